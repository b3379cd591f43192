//! A dense box of states: some variables with the levels that matter, in rows of contiguous states.
//!
//! States are numbered in mixed radix, last axis fastest. The trailing axes that nothing at a node moves form the
//! inner stretch of `inner` states; a row is one combination of the other axes, so state = row · inner + position.

use melian_model::VarId;

/// No position: the level is not in the box.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// One variable of a box.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Axis {
    pub var: VarId,
    /// Levels in the box, ascending.
    pub levels: Vec<u32>,
    /// Distance between neighbours in this axis.
    pub stride: usize,
}

impl Axis {
    /// Position of a level among the axis's levels.
    pub fn position(&self, level: u32) -> u32 {
        self.levels.binary_search(&level).map_or(NOWHERE, |p| p as u32)
    }
}

/// A box.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Space {
    pub axes: Vec<Axis>,
    /// Number of states.
    pub size: usize,
    /// How many trailing axes form the inner stretch.
    pub inner_axes: usize,
    /// States in the inner stretch.
    pub inner: usize,
}

impl Space {
    /// A box of these variables with their levels, last fastest; rows of single states until `set_inner`.
    pub fn new(axes: impl IntoIterator<Item = (VarId, Vec<u32>)>) -> Space {
        let mut axes: Vec<Axis> =
            axes.into_iter().map(|(var, levels)| Axis { var, levels, stride: 0 }).collect();
        let mut size = 1;
        for axis in axes.iter_mut().rev() {
            axis.stride = size;
            size *= axis.levels.len();
        }
        Space { axes, size, inner_axes: 0, inner: 1 }
    }

    pub fn set_inner(&mut self, inner_axes: usize) {
        self.inner_axes = inner_axes;
        self.inner = self.axes[self.axes.len() - inner_axes..].iter().map(|a| a.levels.len()).product();
    }

    pub fn rows(&self) -> usize {
        self.size / self.inner
    }

    /// The axes that rows run over.
    pub fn outer_axes(&self) -> &[Axis] {
        &self.axes[..self.axes.len() - self.inner_axes]
    }

    pub fn axis(&self, var: VarId) -> Option<&Axis> {
        self.axes.iter().find(|a| a.var == var)
    }

    /// Writes the levels of a state into `levels`, leaving variables that are no axis alone.
    pub fn levels_of(&self, state: usize, levels: &mut [u32]) {
        for axis in &self.axes {
            levels[axis.var.0] = axis.levels[state / axis.stride % axis.levels.len()];
        }
    }

    /// The state with these levels; `None` if it is outside the box.
    pub fn state_of(&self, levels: &[u32]) -> Option<usize> {
        let mut state = 0;
        for axis in &self.axes {
            match axis.position(levels[axis.var.0]) {
                NOWHERE => return None,
                p => state += p as usize * axis.stride,
            }
        }
        Some(state)
    }

    /// For every row, the sum over the outer axes of what `contribution(axis number, position)` says.
    pub fn row_sums(&self, contribution: impl Fn(usize, usize) -> u32) -> Vec<u32> {
        let outer = self.outer_axes();
        let mut sums = vec![0u32];
        sums.reserve(self.rows());
        // Built up axis by axis: each pass multiplies the list by one axis, last axis fastest.
        for (number, axis) in outer.iter().enumerate() {
            let steps: Vec<u32> = (0..axis.levels.len()).map(|p| contribution(number, p)).collect();
            sums = sums.iter().flat_map(|&s| steps.iter().map(move |&d| s.wrapping_add(d))).collect();
        }
        sums
    }

    /// The cells of a table over some of the variables.
    pub fn support(&self, vars: &[VarId]) -> Support {
        let first_inner = self.axes.len() - self.inner_axes;
        let mut axes: Vec<usize> = (0..first_inner).filter(|&i| vars.contains(&self.axes[i].var)).collect();
        let inner = self.axes[first_inner..].iter().any(|a| vars.contains(&a.var));
        let mut strides = vec![0u32; self.axes.len()];
        let mut cells = 1usize;
        for &i in axes.iter().rev() {
            strides[i] = cells as u32;
            cells *= self.axes[i].levels.len();
        }
        let rows = (cells > 1).then(|| self.row_sums(|axis, position| strides[axis] * position as u32));
        if inner {
            axes.extend(first_inner..self.axes.len());
        }
        Support { axes, cells, inner, width: if inner { self.inner } else { 1 }, rows }
    }
}

/// Where the rows of a box find their entries in a table over some of its axes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Support {
    /// Axes of the box that the table runs over; all inner ones if any.
    pub axes: Vec<usize>,
    /// Number of combinations of the outer axes among them.
    pub cells: usize,
    /// Whether the entries differ along the inner stretch.
    pub inner: bool,
    /// Entries a cell: the inner stretch, or 1.
    pub width: usize,
    /// The cell of each row; `None`: always cell 0.
    pub rows: Option<Vec<u32>>,
}

impl Support {
    /// Number of entries of one plane of the table.
    pub fn len(&self) -> usize {
        self.cells * self.width
    }

    /// First entry of a row.
    #[inline]
    pub fn start(&self, row: usize) -> usize {
        self.rows.as_ref().map_or(0, |rows| rows[row] as usize) * self.width
    }

    /// The entry of a state.
    pub fn entry(&self, state: usize, inner: usize) -> usize {
        self.start(state / inner) + if self.inner { state % inner } else { 0 }
    }

    /// Visits every entry with the levels of its axes written into `levels`.
    pub fn visit(&self, space: &Space, levels: &mut [u32], mut see: impl FnMut(usize, &[u32])) {
        let axes: Vec<&Axis> = self.axes.iter().map(|&i| &space.axes[i]).collect();
        let mut position = vec![0usize; axes.len()];
        for axis in &axes {
            levels[axis.var.0] = axis.levels[0];
        }
        for entry in 0..self.len() {
            see(entry, levels);
            for (p, axis) in position.iter_mut().zip(&axes).rev() {
                *p += 1;
                if *p < axis.levels.len() {
                    levels[axis.var.0] = axis.levels[*p];
                    break;
                }
                *p = 0;
                levels[axis.var.0] = axis.levels[0];
            }
        }
    }
}
