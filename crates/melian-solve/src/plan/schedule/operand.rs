//! Tables as the kernels read them: one number a row, or one for each state of a row.

use crate::{
    plan::map::AxisMap,
    plan::space::Space,
    plan::{Plan, TableId},
};

/// Number of an operand.
pub(crate) type OperandId = usize;

/// Which numbers an operand's planes hold.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Planes {
    /// The table's own.
    All,
    /// For each number below this, 1 where the table holds it and 0 elsewhere.
    Equal(usize),
}

/// A table spread over the rows of a step: plane by plane, cell by cell.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct OperandSpec {
    pub table: TableId,
    pub planes: Planes,
    /// The cell of each row; `None`: always cell 0.
    rows: Option<Vec<u32>>,
    /// The table's entry at which each cell begins.
    cells: Vec<u32>,
    /// What each position of a row adds; `None`: a row has one number.
    within: Option<Vec<u32>>,
}

impl OperandSpec {
    /// A table of the node that `map` leads to from a step with the box `space`.
    pub fn new(plan: &Plan, space: &Space, map: &AxisMap, table: TableId, planes: Planes) -> OperandSpec {
        let support = &plan.tables[table].support;
        let (base, steps) = map.steps(space, &support.strides);
        let first_inner = space.axes.len() - space.inner_axes;
        let varies = |axis: usize| steps[axis].iter().any(|s| *s != steps[axis][0]);
        // Cells run over the outer axes along which the table varies.
        let mut cell_strides = vec![0u32; first_inner];
        let mut count = 1u32;
        for axis in (0..first_inner).rev().filter(|&a| varies(a)) {
            cell_strides[axis] = count;
            count *= space.axes[axis].levels.len() as u32;
        }
        let rows = (count > 1).then(|| space.sums(0..first_inner, |axis, p| cell_strides[axis] * p as u32));
        let mut cells =
            vec![base + steps[..first_inner].iter().filter(|s| !s.is_empty()).map(|s| s[0]).sum::<u32>()];
        for axis in (0..first_inner).filter(|&a| varies(a)) {
            let own = &steps[axis];
            cells =
                cells.iter().flat_map(|&c| own.iter().map(move |&s| (c + s).wrapping_sub(own[0]))).collect();
        }
        let within = (first_inner..space.axes.len())
            .any(varies)
            .then(|| space.sums(first_inner..space.axes.len(), |axis, p| steps[axis][p]));
        if within.is_none() {
            let same: u32 = steps[first_inner..].iter().map(|s| s[0]).sum();
            cells.iter_mut().for_each(|c| *c += same);
        }
        OperandSpec { table, planes, rows, cells, within }
    }

    /// Numbers that a row has.
    #[inline(always)]
    pub fn width(&self) -> usize {
        self.within.as_ref().map_or(1, Vec::len)
    }

    /// Whether a row has one number for each of its states.
    #[inline(always)]
    pub fn is_wide(&self) -> bool {
        self.within.is_some()
    }

    /// Numbers of a plane.
    #[inline(always)]
    pub fn plane(&self) -> usize {
        self.cells.len() * self.width()
    }

    /// Where a row's numbers begin in each plane.
    #[inline(always)]
    pub fn start(&self, row: usize) -> usize {
        match &self.rows {
            None => 0,
            Some(rows) => rows[row] as usize * self.width(),
        }
    }

    /// Spreads the table's data.
    pub fn fill(&self, plan: &Plan, table: &[f64], data: &mut Vec<f64>) {
        let spec = &plan.tables[self.table];
        let entries = spec.support.len();
        let planes = match self.planes {
            Planes::All => spec.planes,
            Planes::Equal(n) => n,
        };
        data.clear();
        for plane in 0..planes {
            let number = |entry: usize| match self.planes {
                Planes::All => table[plane * entries + entry],
                Planes::Equal(_) => f64::from(table[entry] == plane as f64),
            };
            for &cell in &self.cells {
                match &self.within {
                    None => data.push(number(cell as usize)),
                    Some(within) => data.extend(within.iter().map(|w| number((cell + w) as usize))),
                }
            }
        }
    }
}
