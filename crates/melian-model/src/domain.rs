//! The finite set of values that a variable can take.

use crate::game::EnumId;

/// An enumeration: `type Posture = { withhold < supply < squeeze }`, or the anonymous set of one variable.
#[derive(Clone, PartialEq, Debug)]
pub struct Enumeration {
    /// Its name; empty for an anonymous set.
    pub name: String,
    /// Its labels, in order.
    pub labels: Vec<String>,
    /// Declared with `<`: labels may be compared and have a least and a greatest.
    pub ordered: bool,
    /// Doc comment.
    pub doc: String,
}

/// A finite domain: levels `0..size`, each standing for a number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Domain {
    /// `false`, `true`.
    Truth,
    /// The labels of an enumeration; the value of a label is its index.
    Enum(EnumId, usize),
    /// `lo .. hi`, whole numbers.
    Integers {
        /// Least value.
        lo: i64,
        /// Greatest value.
        hi: i64,
    },
    /// `lo .. hi by step`: `levels` numbers, level `k` standing for `lo + k·step`.
    Grid {
        /// Least value.
        lo: f64,
        /// Distance between neighbours, positive.
        step: f64,
        /// Number of levels, at least one.
        levels: usize,
    },
}

/// How far off a grid point a value may be, in steps, and still count as that point.
pub const GRID_TOLERANCE: f64 = 1e-9;

impl Domain {
    /// Number of levels.
    pub fn size(&self) -> usize {
        match *self {
            Domain::Truth => 2,
            Domain::Enum(_, n) => n,
            Domain::Integers { lo, hi } => (hi - lo + 1) as usize,
            Domain::Grid { levels, .. } => levels,
        }
    }

    /// The number that a level stands for.
    pub fn value(&self, level: usize) -> f64 {
        match *self {
            Domain::Truth | Domain::Enum(..) => level as f64,
            Domain::Integers { lo, .. } => (lo + level as i64) as f64,
            Domain::Grid { lo, step, .. } => lo + level as f64 * step,
        }
    }

    /// The level that stands for a number; `None` if it is off the grid by more than [`GRID_TOLERANCE`] steps.
    pub fn level(&self, value: f64) -> Option<usize> {
        let position = match *self {
            Domain::Truth | Domain::Enum(..) => value,
            Domain::Integers { lo, .. } => value - lo as f64,
            Domain::Grid { lo, step, .. } => (value - lo) / step,
        };
        let nearest = position.round();
        let inside = nearest >= 0.0 && nearest < self.size() as f64;
        (inside && (position - nearest).abs() <= GRID_TOLERANCE).then_some(nearest as usize)
    }

    /// The level nearest to a number, clamped to the domain: what `snap` means.
    pub fn nearest(&self, value: f64) -> usize {
        let position = match *self {
            Domain::Truth | Domain::Enum(..) => value,
            Domain::Integers { lo, .. } => value - lo as f64,
            Domain::Grid { lo, step, .. } => (value - lo) / step,
        };
        position.round().clamp(0.0, (self.size() - 1) as f64) as usize
    }
}
