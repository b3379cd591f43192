//! Where the states of one box lead in another, axis by axis.
//!
//! Every way of a plan that does not hang on parameters takes each coordinate of its target from at most one axis of
//! its source. Such ways can be followed one after the other, and the place of a state in the target is a sum over
//! the source's axes.

use crate::plan::space::Space;

/// Where one coordinate of the target comes from.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Coordinate {
    /// Always this position.
    Fixed(u32),
    /// The position that this list gives for the position in an axis of the source.
    Of { axis: usize, positions: Vec<u32> },
}

/// A way from a box to another.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct AxisMap {
    /// One for each axis of the target.
    pub coordinates: Vec<Coordinate>,
    /// For each axis of the source, the positions from which the way can be taken. What is said of the others has no
    /// meaning: it carries no weight.
    pub open: Vec<Vec<bool>>,
}

impl AxisMap {
    /// From each state to itself.
    pub fn identity(space: &Space) -> AxisMap {
        let all = |n: usize| (0..n as u32).collect();
        let axes = space.axes.iter().enumerate();
        AxisMap {
            coordinates: axes
                .map(|(axis, a)| Coordinate::Of { axis, positions: all(a.levels.len()) })
                .collect(),
            open: space.axes.iter().map(|a| vec![true; a.levels.len()]).collect(),
        }
    }

    /// This way, and then the other.
    pub fn then(&self, next: &AxisMap) -> AxisMap {
        let mut open = self.open.clone();
        for (coordinate, may) in self.coordinates.iter().zip(&next.open) {
            if let Coordinate::Of { axis, positions } = coordinate {
                for (open, &p) in open[*axis].iter_mut().zip(positions) {
                    *open &= may[p as usize];
                }
            }
        }
        let coordinates = next
            .coordinates
            .iter()
            .map(|coordinate| match coordinate {
                Coordinate::Fixed(p) => Coordinate::Fixed(*p),
                Coordinate::Of { axis, positions: after } => match &self.coordinates[*axis] {
                    Coordinate::Fixed(p) => Coordinate::Fixed(after[*p as usize]),
                    Coordinate::Of { axis, positions } => Coordinate::Of {
                        axis: *axis,
                        positions: positions.iter().map(|&p| after[p as usize]).collect(),
                    },
                },
            })
            .collect();
        AxisMap { coordinates, open }
    }

    /// What each position of each axis of the source adds to the place in a target with these strides, and what is
    /// added always.
    pub fn steps(&self, source: &Space, strides: &[u32]) -> (u32, Vec<Vec<u32>>) {
        let mut base = 0;
        let mut steps: Vec<Vec<u32>> = source.axes.iter().map(|a| vec![0; a.levels.len()]).collect();
        for (coordinate, stride) in self.coordinates.iter().zip(strides) {
            match coordinate {
                Coordinate::Fixed(p) => base += p * stride,
                Coordinate::Of { axis, positions } => {
                    steps[*axis].iter_mut().zip(positions).for_each(|(s, p)| *s += p * stride);
                }
            }
        }
        (base, steps)
    }

    /// How many leading axes of both boxes are the same and kept as they are.
    pub fn kept_in_front(&self, source: &Space, target: &Space) -> usize {
        let same = |i: usize| {
            let (a, b) = (&source.axes[i], &target.axes[i]);
            let kept = matches!(&self.coordinates[i], Coordinate::Of { axis, positions }
                if *axis == i && positions.iter().enumerate().all(|(p, q)| p == *q as usize || !self.open[i][p]));
            a.var == b.var && a.levels == b.levels && kept
        };
        (0..source.axes.len().min(target.axes.len())).take_while(|&i| same(i)).count()
    }
}

/// A box's strides.
pub(crate) fn strides(space: &Space) -> Vec<u32> {
    space.axes.iter().map(|a| a.stride as u32).collect()
}
