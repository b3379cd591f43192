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
        self.sums(0..self.axes.len() - self.inner_axes, contribution)
    }

    /// For every combination of some neighbouring axes, last fastest, the sum of their contributions.
    pub fn sums(&self, axes: std::ops::Range<usize>, contribution: impl Fn(usize, usize) -> u32) -> Vec<u32> {
        let mut sums = vec![0u32];
        // Built up axis by axis: each pass multiplies the list by one axis, last axis fastest.
        for number in axes {
            let steps: Vec<u32> =
                (0..self.axes[number].levels.len()).map(|p| contribution(number, p)).collect();
            sums = sums.iter().flat_map(|&s| steps.iter().map(move |&d| s.wrapping_add(d))).collect();
        }
        sums
    }

    /// The cells of a table over some of the variables.
    pub fn support(&self, vars: &[VarId]) -> Support {
        let axes: Vec<usize> = (0..self.axes.len()).filter(|&i| vars.contains(&self.axes[i].var)).collect();
        let mut strides = vec![0u32; self.axes.len()];
        let mut len = 1usize;
        for &i in axes.iter().rev() {
            strides[i] = len as u32;
            len *= self.axes[i].levels.len();
        }
        let first_inner = self.axes.len() - self.inner_axes;
        let entry = |axis: usize, position: usize| strides[axis] * position as u32;
        let some = |axes: std::ops::Range<usize>| {
            axes.clone().any(|i| strides[i] != 0).then(|| self.sums(axes, entry))
        };
        let (rows, within) = (some(0..first_inner), some(first_inner..self.axes.len()));
        Support { axes, strides, len, rows, within }
    }
}

/// Where the states of a box find their entries in a table over some of its axes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Support {
    /// Axes of the box that the table runs over, last fastest.
    pub axes: Vec<usize>,
    /// For every axis of the box, the distance between its neighbours in the table; 0 for the others.
    pub strides: Vec<u32>,
    len: usize,
    /// The entry at which each row begins; `None`: all at 0.
    rows: Option<Vec<u32>>,
    /// What each position of the inner stretch adds; `None`: nothing.
    within: Option<Vec<u32>>,
}

impl Support {
    /// Number of entries of one plane of the table.
    pub fn len(&self) -> usize {
        self.len
    }

    /// First entry of a row.
    #[inline]
    pub fn start(&self, row: usize) -> usize {
        self.rows.as_ref().map_or(0, |rows| rows[row] as usize)
    }

    /// What each position of the inner stretch adds to the first entry of its row; `None`: nothing.
    pub fn within(&self) -> Option<&[u32]> {
        self.within.as_deref()
    }

    /// The entry of a state.
    #[inline]
    pub fn entry(&self, state: usize, inner: usize) -> usize {
        self.at(state / inner, state % inner)
    }

    /// The entry of a position of a row.
    #[inline]
    pub fn at(&self, row: usize, position: usize) -> usize {
        self.start(row) + self.within.as_ref().map_or(0, |w| w[position] as usize)
    }

    /// Visits every entry with the levels of its axes written into `levels`.
    pub fn visit(&self, space: &Space, levels: &mut [u32], see: impl FnMut(usize, &[u32])) {
        self.visit_with(space, levels, &mut Vec::new(), see);
    }

    /// The same, with a list to work on.
    pub fn visit_with(
        &self,
        space: &Space,
        levels: &mut [u32],
        positions: &mut Vec<usize>,
        mut see: impl FnMut(usize, &[u32]),
    ) {
        let axes = || self.axes.iter().map(|&i| &space.axes[i]);
        positions.clear();
        positions.resize(self.axes.len(), 0);
        for axis in axes() {
            levels[axis.var.0] = axis.levels[0];
        }
        for entry in 0..self.len() {
            see(entry, levels);
            for (p, axis) in positions.iter_mut().zip(axes()).rev() {
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
