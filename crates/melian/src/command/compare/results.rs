//! What all worlds say about all policies: outcomes by question, policy and world, compared.

use std::collections::BTreeMap;

use melian::{
    stats::discovery::regret::{Settings, Trouble},
    study::worlds::{Contest, Row, Sheet, Status},
};

use super::policy::Policy;

/// Quantiles of regret that are told.
pub const REGRET: [f64; 2] = [0.5, 0.95];

/// A question with what is wanted of its answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    /// The question.
    pub name: String,
    /// Whether more is better, and what is good enough.
    pub settings: Settings,
}

/// Everything that a comparison found.
pub struct Results<'a> {
    /// The policies.
    pub policies: &'a [Policy],
    /// The questions.
    pub wanted: &'a [Wanted],
    /// All worlds, in order.
    pub rows: &'a [Row],
    /// Whether each fits what has been observed; `None` if it was not solved.
    pub plausible: Vec<Option<bool>>,
    /// The answers where nothing varies.
    pub baseline: &'a Row,
    /// Where the answers begin in a row: question by question, policy by policy.
    pub first: usize,
    /// Whether the model says which worlds are plausible.
    pub has_record: bool,
}

impl<'a> Results<'a> {
    /// From the answers of all worlds.
    pub fn of(
        policies: &'a [Policy],
        wanted: &'a [Wanted],
        (rows, baseline): (&'a [Row], &'a Row),
        sheet: &Sheet<'_>,
        first: usize,
    ) -> Results<'a> {
        let plausible = rows.iter().map(|row| row.plausible(sheet)).collect();
        let has_record = !sheet.plausible.is_empty();
        Results { policies, wanted, rows, plausible, baseline, first, has_record }
    }

    /// The answer of a world to a question under a policy; NaN if there is none.
    pub fn answer(&self, row: &Row, question: usize, policy: usize) -> f64 {
        if row.status != Status::Solved {
            return f64::NAN;
        }
        row.numbers[self.first + question * self.policies.len() + policy]
    }

    /// The worlds that count: those that were solved, or the plausible ones of them.
    pub fn worlds(&self, plausible: bool) -> Vec<usize> {
        let counts = |fits: Option<bool>| fits == Some(true) || (!plausible && fits.is_some());
        (0..self.rows.len()).filter(|&w| counts(self.plausible[w])).collect()
    }

    /// The policies compared by one question.
    ///
    /// # Errors
    /// There is no world in which all of them have an answer.
    pub fn contest(&self, question: usize, plausible: bool) -> Result<Contest, Trouble> {
        let outcomes: Vec<Vec<f64>> = (0..self.policies.len())
            .map(|policy| self.rows.iter().map(|row| self.answer(row, question, policy)).collect())
            .collect();
        Contest::of(&outcomes, &self.worlds(plausible), &self.wanted[question].settings)
    }

    /// How the worlds ended, and why those without all answers have none.
    pub fn statuses(&self) -> (BTreeMap<&'static str, usize>, Vec<(&str, usize)>) {
        let (mut statuses, mut reasons) = (BTreeMap::new(), BTreeMap::new());
        for row in self.rows {
            *statuses.entry(row.status.word()).or_insert(0) += 1;
            if !row.reason.is_empty() {
                *reasons.entry(row.reason.as_str()).or_insert(0) += 1;
            }
        }
        let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
        reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        (statuses, reasons)
    }
}
