//! Questions answered forward: the exact distribution of histories, pushed through the period box by box.
//!
//! ```text
//! μ_{t+1} = μ_t · P_t,   P_t made of the same kernels as the backward sweep, transposed
//! ```
//!
//! Choice probabilities are computed again from the values at the next period's start. Questions that stop (first
//! times, events) take their mass out of the flow, so each kind of stop is a pass of its own.

use crate::{
    ask::recursion::{ExprId, Rule, Sampled, Work},
    ask::rules::Sampler,
    ask::scenario::Segment,
    plan::explore::NodeId,
    plan::{Op, Plan},
    sweep::belief::{History, value_period},
    sweep::policy::adjust,
    sweep::{Boundary, Policies, StageChange, StageRule, Workspace, entropy},
    tables::Tables,
};
use melian_model::{Convention, Diagnostic};
use std::{collections::HashMap, sync::atomic::AtomicU64};

/// What takes mass out of a pass.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stop {
    Never,
    Until(ExprId),
    Ever { event: Sampled, before: Option<Sampled>, after: usize },
    Always { event: ExprId, after: usize },
    First(ExprId),
}

/// The recursions that share a flow of mass.
struct Pass {
    stop: Stop,
    /// Whose question it is.
    query: usize,
    recursions: Vec<usize>,
    /// Mass at the entries, at the start of the current period.
    mass: Vec<Vec<f64>>,
    /// Mass that the event has taken so far.
    taken: f64,
}

fn stop(rule: &Rule, after: usize) -> Stop {
    match rule {
        Rule::Ever { event, before } => Stop::Ever { event: *event, before: *before, after },
        Rule::Always { event } => Stop::Always { event: *event, after },
        Rule::Sum { until: Some(until), .. } | Rule::Visits { until: Some(until), .. } => Stop::Until(*until),
        Rule::First { first, .. } => Stop::First(*first),
        _ => Stop::Never,
    }
}

fn group(work: &Work, query: usize, root: &[usize]) -> Vec<Pass> {
    let mut passes: Vec<Pass> = Vec::new();
    for &r in root {
        let stop = stop(&work.recursions[r].rule, work.recursions[r].after);
        match passes.iter_mut().find(|p| p.stop == stop) {
            Some(pass) => pass.recursions.push(r),
            None => passes.push(Pass { stop, query, recursions: vec![r], mass: Vec::new(), taken: 0.0 }),
        }
    }
    passes
}

/// Of the recursions of a query, those that a forward pass computes with less work than columns of the backward sweep.
///
/// A column costs one a period; a pass about two a period, however many recursions share it, and all passes together
/// the players' columns once more.
pub(crate) fn less_work(plan: &Plan, work: &Work, root: &[usize]) -> Vec<usize> {
    let by = |r: &usize| work.recursions[*r].by;
    let mut passes = group(work, 0, root);
    passes.retain(|p| {
        p.recursions.iter().map(by).sum::<usize>() > 2 * p.recursions.iter().map(by).max().unwrap_or(0)
    });
    let chosen: Vec<usize> = passes.iter().flat_map(|p| p.recursions.iter().copied()).collect();
    let last = chosen.iter().map(by).max().unwrap_or(0);
    let saved: usize = passes
        .iter()
        .map(|p| {
            p.recursions.iter().map(by).sum::<usize>() - 2 * p.recursions.iter().map(by).max().unwrap_or(0)
        })
        .sum();
    if saved > last * (plan.model.players.len() + 1) { chosen } else { Vec::new() }
}

/// The last period that any of these recursions looks at.
pub(crate) fn last_period(work: &Work, roots: &[Vec<usize>]) -> usize {
    roots.iter().flatten().map(|&r| work.recursions[r].by).max().unwrap_or(0)
}

/// The values of each query's recursions in `roots`, for play from its start. `histories` come from the backward pass.
#[allow(clippy::too_many_arguments)]
pub(crate) fn forward(
    plan: &Plan,
    segments: &[Segment],
    work: &Work,
    roots: &[Vec<usize>],
    starts: &[(NodeId, usize)],
    snapshots: &HashMap<usize, Boundary>,
    histories: &mut [History],
    space: &mut Workspace,
    step: &mut dyn FnMut(),
) -> Result<Vec<Vec<f64>>, Vec<Diagnostic>> {
    let mut values = vec![vec![0.0; work.recursions.len()]; roots.len()];
    let mut passes: Vec<Pass> = (0..roots.len()).flat_map(|q| group(work, q, &roots[q])).collect();
    let last = last_period(work, roots);
    for pass in &mut passes {
        pass.mass = plan.entries.iter().map(|&id| vec![0.0; plan.nodes[id].space.size]).collect();
        let (node, state) = starts[pass.query];
        if let Ok(entry) = plan.entries.binary_search(&node) {
            pass.mass[entry][state] = 1.0;
        }
    }
    let mut worth = vec![1.0; plan.model.players.len()];
    let ties = AtomicU64::new(0);
    let mut first = 1;
    for (segment, history) in segments.iter().zip(histories) {
        let until = segment.until.min(last);
        if first > until {
            break;
        }
        let same = segment.belief == segment.path;
        let mut belief = Tables::new(plan, &segment.belief, first)?;
        let mut path = if same { None } else { Some(Tables::new(plan, &segment.path, first)?) };
        let mut sampler = Sampler::new(plan, work, &segment.path.params, segments);
        let mut policies: Policies = vec![Vec::new(); plan.nodes.len()];
        let precision = belief.precision.clone();
        for period in first..=until {
            let next = history.at(plan, &mut belief, space, period + 1)?;
            belief.at(plan, period)?;
            let mut out = Boundary::new();
            value_period(plan, &belief, space, next, Some(&mut policies), &mut out, &ties);
            let tables = match &mut path {
                None => &belief,
                Some(path) => {
                    path.at(plan, period)?;
                    adjust(plan, path, &mut policies);
                    path
                }
            };
            for pass in &mut passes {
                let mut push = Push {
                    plan,
                    tables,
                    policies: &policies,
                    work,
                    sampler: &mut sampler,
                    snapshots,
                    period,
                    worth: &worth,
                    precision: &precision,
                    values: &mut values[pass.query],
                };
                push.period(pass)?;
            }
            for (w, d) in worth.iter_mut().zip(&tables.discount) {
                *w *= d;
            }
            step();
        }
        first = segment.until + 1;
    }
    Ok(values)
}

/// One period of one pass.
struct Push<'a, 'b, 's, 'm> {
    plan: &'a Plan<'m>,
    tables: &'a Tables,
    policies: &'a Policies,
    work: &'a Work,
    sampler: &'b mut Sampler<'s, 'm>,
    snapshots: &'a HashMap<usize, Boundary>,
    period: usize,
    /// What a payment of each player in this period is worth at the start.
    worth: &'b [f64],
    /// The precisions that the choice probabilities come of.
    precision: &'b [f64],
    values: &'b mut [f64],
}

impl Push<'_, '_, '_, '_> {
    fn period(&mut self, pass: &mut Pass) -> Result<(), Vec<Diagnostic>> {
        let plan = self.plan;
        let mut mass: Vec<Vec<f64>> = vec![Vec::new(); plan.nodes.len()];
        for (entry, &id) in plan.entries.iter().enumerate() {
            let own = std::mem::take(&mut pass.mass[entry]);
            pass.mass[entry] = vec![0.0; own.len()];
            if own.iter().any(|m| *m != 0.0) {
                mass[id] = own;
            }
        }
        for &id in plan.order.iter().rev() {
            let mut own = std::mem::take(&mut mass[id]);
            if own.is_empty() {
                continue;
            }
            let node = &plan.nodes[id];
            let inner = node.space.inner;
            match &node.op {
                Op::Exit { terminal } => {
                    self.value_at_horizon(pass, id, *terminal, &own);
                    self.end(pass, id, &mut own)?;
                    let edge = &node.edges[0];
                    if let Ok(entry) = plan.entries.binary_search(&edge.target) {
                        let rows = self.tables.edge_rows(&edge.rows);
                        add_rows(&own, inner, rows, &mut pass.mass[entry]);
                    }
                }
                Op::Pay { tables } => {
                    self.pay(pass, id, tables, &own);
                    self.move_on(id, None, &own, &mut mass);
                }
                Op::Move { select } => self.move_on(id, *select, &own, &mut mass),
                Op::Chance { law } => {
                    let (spec, data) = self.tables.table(plan, *law);
                    let plane = spec.support.len();
                    for (k, edge) in node.edges.iter().enumerate() {
                        let rows = self.tables.edge_rows(&edge.rows);
                        let to = arrive(&mut mass, edge.target, plan.nodes[edge.target].space.size);
                        for (state, m) in own.iter().enumerate().filter(|(_, m)| **m != 0.0) {
                            let p = data[k * plane + spec.support.entry(state, inner)];
                            to[rows[state / inner] as usize + state % inner] += m * p;
                        }
                    }
                }
                Op::Choose { .. } => self.choose(pass, id, &own, &mut mass)?,
            }
        }
        for &r in &pass.recursions {
            let recursion = &self.work.recursions[r];
            if recursion.by == self.period {
                match recursion.rule {
                    Rule::Ever { .. } => self.values[r] = pass.taken,
                    Rule::Always { .. } => self.values[r] = pass.mass.iter().flatten().sum(),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn move_on(&self, id: NodeId, select: Option<usize>, own: &[f64], mass: &mut [Vec<f64>]) {
        let plan = self.plan;
        let node = &plan.nodes[id];
        let inner = node.space.inner;
        match select {
            None => {
                if let Some(edge) = node.edges.first() {
                    let to = arrive(mass, edge.target, plan.nodes[edge.target].space.size);
                    add_rows(own, inner, self.tables.edge_rows(&edge.rows), to);
                }
            }
            Some(select) => {
                let (spec, data) = self.tables.table(plan, select);
                for (e, edge) in node.edges.iter().enumerate() {
                    let rows = self.tables.edge_rows(&edge.rows);
                    let to = arrive(mass, edge.target, plan.nodes[edge.target].space.size);
                    for (state, m) in own.iter().enumerate().filter(|(_, m)| **m != 0.0) {
                        if data[spec.support.entry(state, inner)] as usize == e {
                            to[rows[state / inner] as usize + state % inner] += m;
                        }
                    }
                }
            }
        }
    }

    fn choose(
        &mut self,
        pass: &mut Pass,
        id: NodeId,
        own: &[f64],
        mass: &mut [Vec<f64>],
    ) -> Result<(), Vec<Diagnostic>> {
        let plan = self.plan;
        let node = &plan.nodes[id];
        let inner = node.space.inner;
        let n = node.space.size;
        let policy = &self.policies[id];
        self.enjoy(pass, id, own);
        // What the sums collect here; for an event, what takes mass out.
        let mut takes: Vec<StageRule> = Vec::new();
        if let Stop::Ever { .. } = pass.stop {
            let longest = pass.recursions.iter().max_by_key(|&&r| self.work.recursions[r].by);
            if let Some(&r) = longest {
                self.sampler.stage_rules(r, r, id, self.period, &mut takes)?;
            }
        } else {
            let mut adds: Vec<StageRule> = Vec::new();
            for &r in &pass.recursions {
                self.sampler.stage_rules(r, r, id, self.period, &mut adds)?;
            }
            for rule in &adds {
                let plane = rule.sample.support.len();
                let mut sum = 0.0;
                for (state, m) in own.iter().enumerate().filter(|(_, m)| **m != 0.0) {
                    let entry = rule.sample.support.entry(state, inner);
                    let expected: f64 = (0..node.edges.len())
                        .map(|a| policy[a * n + state] * rule.sample.data[a * plane + entry])
                        .sum();
                    sum += m * expected;
                }
                self.values[rule.column] += sum;
            }
        }
        for (a, edge) in node.edges.iter().enumerate() {
            let rows = self.tables.edge_rows(&edge.rows);
            let to = arrive(mass, edge.target, plan.nodes[edge.target].space.size);
            for (state, m) in own.iter().enumerate().filter(|(_, m)| **m != 0.0) {
                let m = m * policy[a * n + state];
                let happens = |change| {
                    takes.iter().any(|rule| {
                        let entry = rule.sample.support.entry(state, inner);
                        rule.change == change
                            && rule.sample.data[a * rule.sample.support.len() + entry] != 0.0
                    })
                };
                if happens(StageChange::One) {
                    pass.taken += m;
                } else if !happens(StageChange::Zero) {
                    to[rows[state / inner] as usize + state % inner] += m;
                }
            }
        }
        Ok(())
    }

    /// Under the convention `emax`, the expected shock of a choice is part of its mover's value.
    fn enjoy(&mut self, pass: &Pass, id: NodeId, own: &[f64]) {
        let plan = self.plan;
        let node = &plan.nodes[id];
        let Op::Choose { stage, .. } = node.op else { return };
        let mover = plan.model.stage(stage).player;
        let lambda = self.precision[mover.0];
        if plan.model.convention != Convention::Emax || lambda.is_infinite() {
            return;
        }
        for &r in &pass.recursions {
            if self.work.recursions[r].rule == Rule::Value(mover) {
                let policy = &self.policies[id];
                let shock =
                    |s: usize| entropy((0..node.edges.len()).map(|a| policy[a * node.space.size + s]));
                let expected: f64 =
                    own.iter().enumerate().filter(|(_, m)| **m != 0.0).map(|(s, m)| m * shock(s)).sum();
                self.values[r] += self.worth[mover.0] * expected / lambda;
            }
        }
    }

    /// A period's end: what is sampled there, and what stops there.
    fn end(&mut self, pass: &mut Pass, id: NodeId, own: &mut [f64]) -> Result<(), Vec<Diagnostic>> {
        let period = self.period;
        let inner = self.plan.nodes[id].space.inner;
        let sum = |own: &[f64], x: &dyn Fn(usize) -> f64| -> f64 {
            own.iter().enumerate().filter(|(_, m)| **m != 0.0).map(|(state, m)| m * x(state)).sum()
        };
        for &r in &pass.recursions {
            let recursion = &self.work.recursions[r];
            let counts = period > recursion.after && period <= recursion.by;
            match &recursion.rule {
                Rule::At { what: Sampled::End(what), given } if period == recursion.by => {
                    let ahead = self.sampler.ahead_at(id, &recursion.ahead, self.snapshots)?;
                    let what = self.sampler.sample_with(id, *what, period, &ahead)?;
                    self.values[r] += match given {
                        None => sum(own, &|s| what.at(s, inner)),
                        Some(given) => {
                            let given = self.sampler.sample(id, *given, period)?;
                            sum(own, &|s| if given.at(s, inner) != 0.0 { what.at(s, inner) } else { 0.0 })
                        }
                    };
                }
                Rule::Sum { what: Sampled::End(what), .. } if counts => {
                    let what = self.sampler.sample(id, *what, period)?;
                    self.values[r] += sum(own, &|s| what.at(s, inner));
                }
                Rule::First { what, first } if counts => {
                    let first = self.sampler.sample(id, *first, period)?;
                    let what = match what {
                        Some(what) => {
                            let ahead = self.sampler.ahead_at(id, &recursion.ahead, self.snapshots)?;
                            Some(self.sampler.sample_with(id, *what, period, &ahead)?)
                        }
                        None => None,
                    };
                    self.values[r] += sum(own, &|s| match (&what, first.at(s, inner) != 0.0) {
                        (_, false) => 0.0,
                        (Some(what), true) => what.at(s, inner),
                        (None, true) => 1.0,
                    });
                }
                _ => {}
            }
        }
        let mut remove = |id_expr: ExprId, when: bool, own: &mut [f64]| -> Result<f64, Vec<Diagnostic>> {
            let sample = self.sampler.sample(id, id_expr, period)?;
            let mut removed = 0.0;
            for (state, m) in own.iter_mut().enumerate().filter(|(_, m)| **m != 0.0) {
                if (sample.at(state, inner) != 0.0) == when {
                    removed += *m;
                    *m = 0.0;
                }
            }
            Ok(removed)
        };
        match pass.stop {
            Stop::Until(e) | Stop::First(e) => {
                remove(e, true, own)?;
            }
            Stop::Ever { event, before, after } if period > after => {
                if let Sampled::End(e) = event {
                    pass.taken += remove(e, true, own)?;
                }
                if let Some(Sampled::End(e)) = before {
                    remove(e, true, own)?;
                }
            }
            Stop::Always { event, after } if period > after => {
                remove(event, false, own)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn pay(&mut self, pass: &Pass, id: NodeId, tables: &[usize], own: &[f64]) {
        let node = &self.plan.nodes[id];
        for &r in &pass.recursions {
            let Rule::Value(player) = self.work.recursions[r].rule else { continue };
            for (payment, &table) in self.plan.payments(node).iter().zip(tables) {
                if payment.player == player {
                    let (spec, data) = self.tables.table(self.plan, table);
                    let paid: f64 = own
                        .iter()
                        .enumerate()
                        .map(|(state, m)| m * data[spec.support.entry(state, node.space.inner)])
                        .sum();
                    self.values[r] += self.worth[player.0] * paid;
                }
            }
        }
    }

    fn value_at_horizon(&mut self, pass: &Pass, id: NodeId, terminal: Option<usize>, own: &[f64]) {
        let (Some(table), true) = (terminal, self.period == self.plan.model.horizon) else { return };
        let (spec, data) = self.tables.table(self.plan, table);
        let inner = self.plan.nodes[id].space.inner;
        for &r in &pass.recursions {
            let Rule::Value(player) = self.work.recursions[r].rule else { continue };
            for (i, line) in self.plan.finally_lines.iter().enumerate() {
                if self.plan.model.lines[line.0].player == player {
                    let plane = i * spec.support.len();
                    let paid: f64 = own
                        .iter()
                        .enumerate()
                        .map(|(s, m)| m * data[plane + spec.support.entry(s, inner)])
                        .sum();
                    self.values[r] += self.worth[player.0] * self.tables.discount[player.0] * paid;
                }
            }
        }
    }
}

/// The mass at a node, made if it is the first to arrive.
fn arrive(mass: &mut [Vec<f64>], id: NodeId, size: usize) -> &mut Vec<f64> {
    if mass[id].is_empty() {
        mass[id] = vec![0.0; size];
    }
    &mut mass[id]
}

fn add_rows(own: &[f64], inner: usize, rows: &[u32], to: &mut [f64]) {
    for (row, own) in own.chunks(inner).enumerate() {
        let to = &mut to[rows[row] as usize..][..inner];
        to.iter_mut().zip(own).for_each(|(t, m)| *t += m);
    }
}
