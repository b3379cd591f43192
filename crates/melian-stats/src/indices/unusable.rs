//! Why a table of numbers allows no indices.

use std::fmt;

/// Why no index can be computed.
#[derive(Clone, PartialEq, Debug)]
pub enum Unusable {
    /// There is no parameter.
    NoParameters,
    /// Columns differ in length, or a design has another number of rows than the output.
    Lengths {
        /// How many rows there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A number of an input column is not finite.
    InputNotFinite {
        /// The parameter, from zero.
        parameter: usize,
        /// The row, from zero.
        row: usize,
    },
    /// Rows without a trajectory's shape: from one row to the next exactly one column moves, each once.
    NoTrajectory {
        /// The first row of the trajectory, from zero.
        row: usize,
    },
    /// Levels of a grid that are not even, or fewer than two.
    Levels(usize),
    /// Fewer complete rows (base points, trajectories) than the method needs.
    TooFew {
        /// How many there are, without those whose answer is missing.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// More rows or slices than can be counted here.
    TooMany {
        /// How many there are.
        found: usize,
        /// The most there may be.
        most: usize,
    },
    /// The answer is the same everywhere, so there is no variation to account for.
    NoVariation {
        /// The answer.
        value: f64,
    },
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::NoParameters => write!(f, "there is no parameter"),
            Unusable::Lengths { expected, found } => write!(f, "expected {expected} rows, found {found}"),
            Unusable::InputNotFinite { parameter, row } => {
                write!(f, "row {row} of column {parameter} is not a finite number")
            }
            Unusable::NoTrajectory { row } => {
                write!(f, "the rows from {row} on are no trajectory that moves each column once")
            }
            Unusable::Levels(levels) => write!(f, "{levels} levels: an even number of at least 2 is needed"),
            Unusable::TooFew { found, needed } => {
                write!(f, "{found} complete where {needed} are needed")
            }
            Unusable::TooMany { found, most } => write!(f, "{found} where at most {most} are possible"),
            Unusable::NoVariation { value } => write!(f, "the answer is {value} everywhere"),
        }
    }
}

impl std::error::Error for Unusable {}

/// Differences of numbers that come out of a computation are rounding below this share of their magnitude.
const ROUNDING: f64 = 1e-12;

/// Greater magnitudes have squares that are no numbers, and variations below one in this have none either.
const GREATEST: f64 = 1e150;

/// Whether a number is no answer: not finite, or beyond 1e150.
pub(super) fn is_missing(answer: f64) -> bool {
    answer.is_nan() || answer.abs() > GREATEST
}

/// Refuses numbers that are all the same but for rounding. None is missing.
pub(super) fn check_varies(numbers: impl Iterator<Item = f64> + Clone) -> Result<(), Unusable> {
    let least = numbers.clone().fold(f64::INFINITY, f64::min);
    let greatest = numbers.fold(f64::NEG_INFINITY, f64::max);
    let rounding = ROUNDING * least.abs().max(greatest.abs());
    if greatest - least <= rounding.max(1.0 / GREATEST) {
        return Err(Unusable::NoVariation { value: least });
    }
    Ok(())
}

/// Refuses columns of different lengths and numbers that are not finite; says how many rows there are.
pub(super) fn check_inputs(inputs: &[Vec<f64>]) -> Result<usize, Unusable> {
    let rows = inputs.first().ok_or(Unusable::NoParameters)?.len();
    for (parameter, column) in inputs.iter().enumerate() {
        if column.len() != rows {
            return Err(Unusable::Lengths { expected: rows, found: column.len() });
        }
        if let Some(row) = column.iter().position(|x| !x.is_finite()) {
            return Err(Unusable::InputNotFinite { parameter, row });
        }
    }
    Ok(rows)
}
