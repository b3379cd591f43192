//! What is solved and along which path it is asked: parameter points, commitments, surprises.

use melian_model::{Atom, Commitment};

/// One parameter point with the commitments in force.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Setting {
    /// One value for each of the model's parameters.
    pub params: Vec<f64>,
    /// Commitments, all in force together; where two bind the same visit, the later one counts.
    pub commitments: Vec<Commitment>,
}

/// A stretch of periods with the game that the players believe they play and the game that happens.
#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    /// Last period of the stretch; the last segment's is the number of periods. It is the model's, unless nothing in the
    /// model reads the time ([`crate::reads_time`]).
    pub until: usize,
    /// The game whose equilibrium gives the choice probabilities.
    pub belief: Setting,
    /// The game that gives chances, payoffs and bound choices. Equal to `belief`, except under `unnoticed`: there,
    /// its commitments replace the choice probabilities where they bind and all other choices are as believed.
    pub path: Setting,
}

/// What is asked from one start.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Level of every variable before period 1; one of the plan's starts.
    pub start: &'a [usize],
    /// The atoms.
    pub atoms: &'a [Atom],
}

/// A path of play with everything that is asked about it.
#[derive(Clone, Debug)]
pub struct Game<'a> {
    /// The segments, in order of time; at least one.
    pub segments: &'a [Segment],
    /// What is asked.
    pub queries: Vec<Query<'a>>,
}

impl Game<'_> {
    /// Number of periods.
    pub(crate) fn horizon(&self) -> usize {
        self.segments.last().map_or(0, |s| s.until)
    }

    /// The first period of a segment.
    pub(crate) fn first(&self, segment: usize) -> usize {
        if segment == 0 { 1 } else { self.segments[segment - 1].until + 1 }
    }

    /// The number of the segment that a period falls into.
    pub(crate) fn segment_at(&self, period: usize) -> usize {
        self.segments.iter().position(|s| period <= s.until).unwrap_or(self.segments.len() - 1)
    }
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
    /// Expected visits to the stage in the commitment's periods; of one without end in play that goes on for ever, in its
    /// first sixty.
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
