//! One backward period of a plan as a map of values: what the methods for stationary games work on.

use crate::{
    plan::{Op, Plan},
    stage,
    stationary::{Lost, Map},
    sweep::belief::player_columns,
    sweep::{Boundary, Choosing, Column, Discount, Pays, Policies, Sweep, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Convention, PlayerId};

/// From the players' values at the start of a period, at the states in reach, to those at the start of the period before.
/// Entries stand by player, then by entry of the plan, then by state.
pub(crate) struct BackwardPeriod<'a, 'm> {
    plan: &'a Plan<'m>,
    tables: &'a mut Tables,
    space: &'a mut Workspace,
    /// The precisions of the game itself.
    precision: Vec<f64>,
    share: f64,
    /// For each entry of the plan, the states in reach.
    states: Vec<Vec<usize>>,
    size: usize,
    /// Values after the period, and before it: the players' and their derivatives.
    after: Boundary,
    before: Boundary,
    /// Choice probabilities at the last point.
    policies: Policies,
    /// Those of choices made at the same time, if there are some from a point close by.
    near: Option<Policies>,
    /// Whether points close by may be used at all.
    pub warm: bool,
}

impl<'a, 'm> BackwardPeriod<'a, 'm> {
    pub fn new(plan: &'a Plan<'m>, tables: &'a mut Tables, space: &'a mut Workspace) -> Self {
        let states: Vec<Vec<usize>> =
            plan.entries.iter().map(|&id| plan.nodes[id].reached.ones().collect()).collect();
        let size = plan.model.players.len() * states.iter().map(Vec::len).sum::<usize>();
        let mut policies = plan.memory.policies.take();
        policies.resize_with(plan.nodes.len(), Vec::new);
        BackwardPeriod {
            plan,
            precision: tables.precision.clone(),
            tables,
            space,
            share: 1.0,
            states,
            size,
            after: plan.memory.boundaries.take(),
            before: plan.memory.boundaries.take(),
            policies,
            near: None,
            warm: true,
        }
    }

    fn players(&self) -> usize {
        self.plan.model.players.len()
    }

    /// Under `emax` payoffs are scaled and not precisions: F_τ(x) = τ·F^{τλ}(x/τ).
    fn scale(&self) -> f64 {
        if self.plan.model.convention == Convention::Emax { self.share } else { 1.0 }
    }

    /// Writes the players' values into columns of a boundary, from column `first` on.
    pub fn scatter(&self, x: &[f64], first: usize, columns: usize, to: &mut Boundary) {
        to.resize_with(self.plan.entries.len(), Vec::new);
        let mut x = x.iter();
        for (to, &id) in to.iter_mut().zip(&self.plan.entries) {
            to.resize(columns * self.plan.nodes[id].space.size, 0.0);
        }
        for player in 0..self.players() {
            for ((to, states), &id) in to.iter_mut().zip(&self.states).zip(&self.plan.entries) {
                let n = self.plan.nodes[id].space.size;
                let column = &mut to[(first + player) * n..][..n];
                states.iter().zip(&mut x).for_each(|(&state, x)| column[state] = *x);
            }
        }
    }

    fn gather(&self, from: &Boundary, first: usize, to: &mut [f64]) {
        let mut to = to.iter_mut();
        for player in 0..self.players() {
            for ((from, states), &id) in from.iter().zip(&self.states).zip(&self.plan.entries) {
                let n = self.plan.nodes[id].space.size;
                let column = &from[(first + player) * n..][..n];
                states.iter().zip(&mut to).for_each(|(&state, to)| *to = column[state]);
            }
        }
    }

    /// Choice probabilities at the last point.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// The players' values in a boundary as a point.
    pub fn values(&self, from: &Boundary) -> Vec<f64> {
        let mut x = vec![0.0; self.size];
        self.gather(from, 0, &mut x);
        x
    }

    /// Those of choices made at the same time, to be close to at the next point.
    fn remember(&mut self) {
        if !self.warm || self.plan.together.is_empty() {
            self.near = None;
            return;
        }
        let near = self.near.get_or_insert_with(|| vec![Vec::new(); self.plan.nodes.len()]);
        for &id in self.plan.together.iter().flatten() {
            near[id].clone_from(&self.policies[id]);
        }
    }

    /// Leaves memory to the next solve; the choice probabilities at the last point.
    pub fn finish(self) -> Policies {
        self.tables.precision.clone_from(&self.precision);
        self.plan.memory.boundaries.give(self.after);
        self.plan.memory.boundaries.give(self.before);
        self.policies
    }
}

/// The first entry that is no number.
fn finite(x: &[f64]) -> Result<(), Lost> {
    match x.iter().position(|x| !x.is_finite()) {
        Some(entry) => Err(Lost::NotFinite(entry)),
        None => Ok(()),
    }
}

impl Map for BackwardPeriod<'_, '_> {
    fn size(&self) -> usize {
        self.size
    }

    fn player(&self, entry: usize) -> usize {
        entry / (self.size / self.players().max(1)).max(1)
    }

    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        let (plan, players, scale) = (self.plan, self.players(), self.scale());
        let mut after = std::mem::take(&mut self.after);
        self.scatter(x, 0, players, &mut after);
        after.iter_mut().flatten().for_each(|x| *x /= scale);
        self.after = after;
        let columns = player_columns(plan);
        let tally = Tally::default();
        let sweep = Sweep { near: self.near.as_ref(), ..Sweep::new(plan, self.tables, &columns, &tally) };
        let choosing = Choosing::Respond(Some(&mut self.policies));
        sweep.run(self.space, Some(&self.after), choosing, &mut |_, _| {}, &mut self.before);
        if tally.counts().lost > 0 {
            return Err(Lost::Stage(stage::Lost::Stuck(self.share)));
        }
        self.gather(&self.before, 0, to);
        to.iter_mut().for_each(|x| *x *= scale);
        finite(to)?;
        self.remember();
        Ok(())
    }

    fn tangent(&mut self, d: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        let (plan, players) = (self.plan, self.players());
        let mut columns = player_columns(plan);
        let own = (0..players).map(|p| Discount::Player(PlayerId(p)));
        columns.extend(own.map(|discount| Column { pays: Pays::Nothing, discount }));
        let mut after = plan.memory.boundaries.take();
        after.resize_with(plan.entries.len(), Vec::new);
        for ((wide, values), &id) in after.iter_mut().zip(&self.after).zip(&plan.entries) {
            wide.clear();
            wide.extend_from_slice(&values[..players * plan.nodes[id].space.size]);
        }
        self.scatter(d, players, 2 * players, &mut after);
        let tally = Tally::default();
        let sweep = Sweep {
            near: self.near.as_ref(),
            derivatives: true,
            ..Sweep::new(plan, self.tables, &columns, &tally)
        };
        let choosing = Choosing::Respond(None);
        sweep.run(self.space, Some(&after), choosing, &mut |_, _| {}, &mut self.before);
        self.gather(&self.before, players, to);
        plan.memory.boundaries.give(after);
        finite(to)
    }

    fn choices(&mut self, to: &mut Vec<f64>) {
        for (node, policy) in self.plan.nodes.iter().zip(&self.policies) {
            if let Op::Choose { .. } = node.op {
                let n = node.space.size;
                for a in 0..node.edges.len() {
                    to.extend(node.reached.ones().map(|state| policy[a * n + state]));
                }
            }
        }
    }

    fn at_share(&mut self, share: f64) -> bool {
        // Infinite precision has no shares.
        if share != 1.0 && self.precision.iter().any(|p| p.is_infinite()) {
            return false;
        }
        let emax = self.plan.model.convention == Convention::Emax;
        self.share = if emax { share.max(LEAST_SHARE) } else { share };
        let share = self.share;
        self.tables.precision.iter_mut().zip(&self.precision).for_each(|(to, p)| *to = share * p);
        self.near = None;
        true
    }
}

/// Payoffs are not scaled to nothing: values would be 0/0.
const LEAST_SHARE: f64 = 1e-6;
