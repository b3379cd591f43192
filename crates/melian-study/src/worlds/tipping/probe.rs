//! Verdicts and margins at points of the box: where the search meets the solver.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::space::Space;
use crate::worlds::{Code, Ensemble, Row, Sheet};

/// What was seen of a condition at a point.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Seen {
    /// The verdict.
    pub code: Code,
    /// The margin; NaN where there is none.
    pub margin: f64,
}

impl Seen {
    /// How far inside the wanted verdict a point is: greater than 0 exactly where that verdict was seen, NaN where there
    /// was no verdict. An undecided margin is not the wanted verdict.
    pub fn toward(self, wanted: Code) -> f64 {
        let size = if self.margin.is_nan() { 0.0 } else { self.margin.abs() }.max(f64::MIN_POSITIVE);
        match self.code {
            Code::None | Code::Undefined => f64::NAN,
            code if code == wanted => size,
            _ => -size,
        }
    }
}

/// Conditions that can be looked at anywhere in the box.
pub struct Probe<'a> {
    ensemble: &'a Ensemble<'a>,
    space: &'a Space,
    /// Position of each verdict's margin among the numbers.
    margins: Vec<Option<usize>>,
}

impl<'a> Probe<'a> {
    /// All verdicts of a sheet.
    pub fn new(ensemble: &'a Ensemble<'a>, sheet: &Sheet<'_>, space: &'a Space) -> Probe<'a> {
        let place = |name: &String| sheet.numbers.iter().position(|n| *n == format!("{name}.margin"));
        Probe { ensemble, space, margins: sheet.verdicts.iter().map(place).collect() }
    }

    /// Solves the world at a point. A defect of the solver is a world without an answer.
    pub fn row(&self, z: &[f64]) -> Option<Row> {
        catch_unwind(AssertUnwindSafe(|| self.ensemble.at(&self.space.values(z)))).ok()
    }

    /// What is seen of all verdicts at a point.
    pub fn seen(&self, z: &[f64]) -> Vec<Seen> {
        let row = self.row(z);
        let of = |(index, place): (usize, &Option<usize>)| match (&row, place) {
            (Some(row), Some(place)) => Seen { code: row.verdicts[index], margin: row.numbers[*place] },
            _ => Seen { code: Code::None, margin: f64::NAN },
        };
        self.margins.iter().enumerate().map(of).collect()
    }
}
