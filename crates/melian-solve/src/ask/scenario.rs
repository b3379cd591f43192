//! What is solved and along which path it is asked: parameter points, commitments, surprises.

use melian_model::Commitment;

/// One parameter point with the commitments in force.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// One value for each of the model's parameters.
    pub params: Vec<f64>,
    /// Commitments, all in force together; where two bind the same visit, the later one counts.
    pub commitments: Vec<Commitment>,
}

/// A stretch of periods with the game that the players believe they play and the game that happens.
#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    /// Last period of the stretch; the last segment's is the horizon.
    pub until: usize,
    /// The game whose equilibrium gives the choice probabilities.
    pub belief: Setting,
    /// The game that gives chances, payoffs and bound choices. Equal to `belief`, except under `unnoticed`: there,
    /// its commitments replace the choice probabilities where they bind and all other choices are as believed.
    pub path: Setting,
}

/// The segment that a period falls into; the last one for periods beyond.
pub(crate) fn segment_of(segments: &[Segment], period: usize) -> &Segment {
    segments.iter().find(|s| period <= s.until).unwrap_or(&segments[segments.len() - 1])
}

/// A start and a path of play.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// Level of every variable of the model before period 1 (locals and stages absent).
    pub start: Vec<usize>,
    /// The segments, in order of time; at least one.
    pub segments: Vec<Segment>,
}

/// How often a commitment bound.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bound {
    /// Expected visits to the stage in the commitment's periods.
    pub visits: f64,
    /// Expected visits at which it bound: its condition held and one of its actions was available.
    pub bound: f64,
}

/// The answer to one atom.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// A number.
    Number(f64),
    /// No number, with the reason: a condition of probability zero.
    Undefined(String),
}
