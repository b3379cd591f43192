//! One period backward: from the values at its end to the values at its start, box by box.
//!
//! ```text
//! Q(s, a)  = r(s, a) + V'(s after a)                              (1)
//! σ(a | s) = exp(λ·Q(s, a)) / Σ_b exp(λ·Q(s, b))                   (2)
//! V(s)     = Σ_a σ(a | s) · Q(s, a)                                (3)
//! ```
//!
//! (2)–(3) are the agent quantal response of McKelvey and Palfrey (1998). We subtract max λ·Q before exponentiating;
//! (2) is unchanged and cannot overflow. λ = ∞ splits ties evenly. Under the convention `emax` the mover's own value
//! is (1/λ) ln Σ exp(λ·Q) instead of (3) (Rust 1987). Every other column is carried by (3): other players' values,
//! payoff lines, probabilities. At the period's end, V' = δ·V(start of the next period).

pub(crate) mod belief;
mod buffer;
pub(crate) mod exp;
mod fused;
pub(crate) mod kernels;
pub(crate) mod lanes;
pub(crate) mod policy;
mod share;
mod source;
mod strips;
pub(crate) mod tally;
pub(crate) mod together;
pub(crate) mod workspace;

use crate::{ask::sample::Sample, plan::Plan, plan::explore::NodeId, plan::flow::Payee, tables::Tables};
use melian_model::{LineId, PlayerId};
use std::sync::Arc;

use crate::sweep::together::{Near, Together};
pub(crate) use crate::sweep::{tally::Tally, workspace::Workspace};

/// What a column adds up.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Pays {
    /// All payments to a player.
    Player(PlayerId),
    /// The payments of one line.
    Line(LineId),
    /// None: a question.
    Nothing,
}

impl Pays {
    /// Whether what somebody is paid belongs to it.
    pub fn counts(self, payee: Payee) -> bool {
        match self {
            Pays::Player(player) => player == payee.player,
            Pays::Line(line) => line == payee.line,
            Pays::Nothing => false,
        }
    }
}

/// A column of values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Column {
    pub pays: Pays,
    pub discount: Discount,
}

/// By what a column is discounted from one period to the next.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Discount {
    /// By nothing.
    None,
    /// By this player's factor.
    Player(PlayerId),
    /// By this factor.
    Factor(f64),
}

impl Column {
    pub fn player(player: PlayerId) -> Column {
        Column { pays: Pays::Player(player), discount: Discount::Player(player) }
    }
}

/// What a question does at a choice node.
#[derive(Clone)]
pub(crate) struct StageRule {
    pub column: usize,
    pub change: StageChange,
    /// One plane for each action of the node.
    pub sample: Arc<Sample>,
}

/// How a rule changes what an action leads to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum StageChange {
    /// Adds the entry.
    Add,
    /// 1 where the entry is not 0.
    One,
    /// 0 where the entry is not 0.
    Zero,
}

/// Values at the starts of a period: for each entry of the plan, columns of states.
pub(crate) type Boundary = Vec<Vec<f64>>;

/// Choice probabilities of one period: for each choice node, one plane an action.
pub(crate) type Policies = Vec<Vec<f64>>;

/// Where choice probabilities come from.
pub(crate) enum Choosing<'a> {
    /// Quantal response to the players' values, which are the first columns; kept if there is a place for them.
    Respond(Option<&'a mut Policies>),
    /// These, which come of these precisions.
    Given(&'a Policies, &'a [f64]),
}

/// One backward period.
pub(crate) struct Sweep<'a, 'm> {
    pub plan: &'a Plan<'m>,
    pub tables: &'a Tables,
    pub columns: &'a [Column],
    /// Rules of questions, by node.
    pub stage_rules: &'a [Vec<StageRule>],
    /// Counts what happens on the way.
    pub tally: &'a Tally,
    /// Choice probabilities close to those of choices made at the same time, if some are known.
    pub near: Option<Near<'a>>,
    /// Whether the columns after the players' are their derivatives in some direction: at a choice they change with the
    /// choice probabilities too.
    pub derivatives: bool,
}

impl<'a, 'm> Sweep<'a, 'm> {
    /// A period of these columns, without questions.
    pub fn new(
        plan: &'a Plan<'m>,
        tables: &'a Tables,
        columns: &'a [Column],
        tally: &'a Tally,
    ) -> Sweep<'a, 'm> {
        Sweep { plan, tables, columns, stage_rules: &[], tally, near: None, derivatives: false }
    }

    /// Choices made at the same time.
    fn together<'s>(&'s self, nodes: &'s [NodeId]) -> Together<'s, 'm> {
        Together { plan: self.plan, tables: self.tables, nodes }
    }

    /// What a column is discounted by from one period to the next.
    fn discount(&self, column: usize) -> f64 {
        match self.columns[column].discount {
            Discount::None => 1.0,
            Discount::Player(player) => self.tables.discount[player.0],
            Discount::Factor(factor) => factor,
        }
    }

    fn rules(&self, id: NodeId) -> &[StageRule] {
        self.stage_rules.get(id).map_or(&[], |r| &r[..])
    }
}

/// −Σ p ln p.
pub(crate) fn entropy(p: impl Iterator<Item = f64>) -> f64 {
    p.filter(|p| *p > 0.0).map(|p| -p * libm::log(p)).sum()
}

impl StageRule {
    /// Changes the values of an action at neighbouring states from `first` on; rows of the node have `inner` states.
    fn apply_along(&self, action: usize, first: usize, inner: usize, q: &mut [f64]) {
        let plane = self.plane(action);
        let mut rest = q;
        let mut state = first;
        while !rest.is_empty() {
            let (row, position) = (state / inner, state % inner);
            let here = rest.len().min(inner - position);
            let (some, others) = std::mem::take(&mut rest).split_at_mut(here);
            let start = self.sample.support.start(row);
            match self.sample.support.within() {
                None if plane[start] == 0.0 => {}
                None => some.iter_mut().for_each(|q| *q = self.change.apply(*q, plane[start])),
                Some(within) => {
                    for (q, within) in some.iter_mut().zip(&within[position..]) {
                        *q = self.change.apply(*q, plane[start + *within as usize]);
                    }
                }
            }
            state += here;
            rest = others;
        }
    }

    /// Whether it changes what an action leads to anywhere.
    fn touches(&self, action: usize) -> bool {
        self.sample.present[action]
    }

    fn plane(&self, action: usize) -> &[f64] {
        let entries = self.sample.support.len();
        &self.sample.data[action * entries..][..entries]
    }
}

impl StageChange {
    #[inline(always)]
    fn apply(self, q: f64, x: f64) -> f64 {
        match self {
            StageChange::Add => q + x,
            StageChange::One if x != 0.0 => 1.0,
            StageChange::Zero if x != 0.0 => 0.0,
            _ => q,
        }
    }
}
