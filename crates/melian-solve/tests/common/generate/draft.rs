//! A model in the making, with the dice.

use crate::common::build::Build;
use melian_model::{LineId, ParamId, PlayerId, StageId, VarId, VarKind};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// What is certain at a point of the program, or of a question.
#[derive(Clone, Default)]
pub struct Known {
    /// Optional variables that are certainly there.
    pub present: BTreeSet<VarId>,
    /// Optional variables that a question must not name at all: locals and, for state events, stages.
    pub hidden: BTreeSet<VarId>,
    /// The expression belongs to a question: it may read everything else, dead variables and the end of play too.
    pub question: bool,
}

/// A model in the making.
pub struct Draft {
    /// The dice.
    pub rng: ChaCha8Rng,
    /// The model so far.
    pub b: Build,
    /// Parameters for amounts, between −1.5 and 1.5.
    pub amounts: Vec<ParamId>,
    /// Parameters for probabilities, between 0 and 0.45.
    pub chances: Vec<ParamId>,
    /// Players with their payoff lines.
    pub players: Vec<(PlayerId, LineId)>,
    /// The argument of each stage's actions; NaN where an action has none.
    pub arguments: Vec<Vec<f64>>,
    /// A variable that nothing in the program reads.
    pub dead: Option<VarId>,
    /// Stages that are played at the same time.
    pub together: Vec<Vec<StageId>>,
    /// How many more stages the model may get.
    pub stages_left: usize,
}

impl Draft {
    /// An empty model with the dice of a seed.
    pub fn new(seed: u64) -> Draft {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let horizon = [1, 2, 2, 3, 3, 4][rng.random_range(0..6)];
        Draft {
            rng,
            b: Build::new(&format!("random {seed}"), horizon),
            amounts: Vec::new(),
            chances: Vec::new(),
            players: Vec::new(),
            arguments: Vec::new(),
            dead: None,
            together: Vec::new(),
            stages_left: 0,
        }
    }

    /// True with this probability.
    pub fn odds(&mut self, p: f64) -> bool {
        self.rng.random_bool(p)
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.rng.random_range(0..n)
    }

    /// One of a list.
    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        let k = self.below(list.len());
        list[k].clone()
    }

    /// A number of one decimal.
    pub fn decimal(&mut self, lo: i32, hi: i32) -> f64 {
        f64::from(self.rng.random_range(lo..=hi)) / 10.0
    }

    /// A subset of `0..n`, not empty, in order.
    pub fn some_of(&mut self, n: usize) -> Vec<usize> {
        let mut subset: Vec<usize> = (0..n).filter(|_| self.rng.random_bool(0.5)).collect();
        if subset.is_empty() {
            subset.push(self.below(n));
        }
        subset
    }

    /// Number of levels of a variable, without absence.
    pub fn size(&self, v: VarId) -> usize {
        self.b.model.var(v).domain.size()
    }

    /// All variables that satisfy a predicate on their kind.
    pub fn vars(&self, wanted: impl Fn(&VarKind) -> bool) -> Vec<VarId> {
        let vars = self.b.model.vars.iter().enumerate();
        vars.filter(|(_, v)| wanted(&v.kind)).map(|(i, _)| VarId(i)).collect()
    }

    /// State variables without a condition.
    pub fn plain_states(&self) -> Vec<VarId> {
        self.vars(|kind| matches!(kind, VarKind::State { when: None, .. }))
    }

    /// State variables with a condition.
    pub fn conditional_states(&self) -> Vec<VarId> {
        self.vars(|kind| matches!(kind, VarKind::State { when: Some(_), .. }))
    }

    /// Variables that an expression may read outright.
    pub fn readable(&self, known: &Known) -> Vec<VarId> {
        let mut vars = self.plain_states();
        vars.retain(|v| known.question || Some(*v) != self.dead);
        vars.extend(known.present.iter().copied());
        if known.question {
            vars.extend(self.b.model.ended);
        }
        vars
    }

    /// Variables that an expression may name in a test: also those that may be absent.
    pub fn testable(&self, known: &Known) -> Vec<VarId> {
        let mut vars = self.readable(known);
        let optional = self.vars(|kind| !matches!(kind, VarKind::State { when: None, .. } | VarKind::Ended));
        vars.extend(optional.into_iter().filter(|v| !known.hidden.contains(v) && !known.present.contains(v)));
        vars
    }
}
