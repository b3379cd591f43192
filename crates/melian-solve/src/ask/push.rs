//! One period forward: mass at the period's start pushed through the boxes to the start of the next.
//!
//! ```text
//! μ_{t+1} = μ_t · P_t,   P_t made of the same kernels as the backward sweep, transposed
//! ```
//!
//! Rows without mass are passed over. Sums run over states in their order, whatever the number of threads.

use crate::{
    ask::batch::Snapshots,
    ask::recursion::{ExprId, Recursion, Rule, Sampled, Work},
    ask::rules::Sampler,
    ask::sample::Sample,
    ask::scenario::Segment,
    plan::explore::NodeId,
    plan::space::Support,
    plan::{Edge, Op, Plan, PlanNode, Rows},
    sweep::{Policies, StageChange, StageRule, entropy},
    tables::Tables,
};
use melian_model::{Convention, Diagnostic};

/// What takes mass out of a pass.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Stop {
    Never,
    /// An event at period ends after a period, where it is true or where it is false.
    Event {
        event: ExprId,
        when: bool,
        after: usize,
    },
    /// An event or what must not come before it, one of them at choices.
    Race {
        event: Sampled,
        before: Option<Sampled>,
        after: usize,
    },
}

impl Stop {
    /// What stops a recursion.
    pub fn of(recursion: &Recursion) -> Stop {
        let after = recursion.after;
        match recursion.rule {
            Rule::Ever { event: Sampled::End(event), before: None } => {
                Stop::Event { event, when: true, after }
            }
            Rule::Ever { event, before } => Stop::Race { event, before, after },
            Rule::Always { event } => Stop::Event { event, when: false, after },
            Rule::Sum { until: Some(event), .. }
            | Rule::Visits { until: Some(event), .. }
            | Rule::First { first: event, .. } => Stop::Event { event, when: true, after: 0 },
            _ => Stop::Never,
        }
    }
}

/// A flow of mass, and the recursions that share it.
pub(crate) struct Pass {
    pub game: usize,
    /// Whose question it is.
    pub query: usize,
    pub stop: Stop,
    pub recursions: Vec<usize>,
    /// What each of them has come to so far.
    pub values: Vec<f64>,
    /// Mass at the entries, at the start of the current period.
    pub mass: Vec<Vec<f64>>,
    /// Mass that the event has taken so far.
    pub taken: f64,
    /// What a payment of each player in this period is worth at the start.
    pub worth: Vec<f64>,
}

impl Pass {
    /// All mass at one state of an entry, nothing asked.
    pub fn flow(plan: &Plan, (node, state): (NodeId, usize), stop: Stop) -> Pass {
        let mut mass: Vec<Vec<f64>> =
            plan.entries.iter().map(|&id| vec![0.0; plan.nodes[id].space.size]).collect();
        if let Ok(entry) = plan.entries.binary_search(&node) {
            mass[entry][state] = 1.0;
        }
        let worth = vec![1.0; plan.model.players.len()];
        Pass { game: 0, query: 0, stop, recursions: Vec::new(), values: Vec::new(), mass, taken: 0.0, worth }
    }
}

/// What of a plan's edges and tables is the same in every period.
pub(crate) struct Ways {
    /// For each node, whether its first edge hands all rows on as they are.
    whole: Vec<bool>,
    /// For each table, which entries follow the first of a row.
    within: Vec<Within>,
}

/// The entries of a table for the states of a row, counted from the row's first.
enum Within {
    /// The same for all.
    Same,
    /// One after the other.
    Run,
    At(Vec<u32>),
}

impl Within {
    fn new(support: &Support, inner: usize) -> Within {
        let first = support.start(0);
        let at: Vec<u32> = (0..inner).map(|i| (support.entry(i, inner) - first) as u32).collect();
        if at.iter().all(|&i| i == 0) {
            Within::Same
        } else if at.iter().enumerate().all(|(k, &i)| k as u32 == i) {
            Within::Run
        } else {
            Within::At(at)
        }
    }
}

impl Ways {
    pub fn new(plan: &Plan) -> Ways {
        let whole = |node: &PlanNode| {
            node.edges.first().is_some_and(|edge| match &edge.rows {
                Rows::Fixed(rows) => {
                    plan.nodes[edge.target].space.size == node.space.size
                        && rows.iter().enumerate().all(|(row, &at)| at as usize == row * node.space.inner)
                }
                Rows::Assigned { .. } => false,
            })
        };
        let within = plan.tables.iter().map(|t| Within::new(&t.support, plan.nodes[t.node].space.inner));
        Ways { whole: plan.nodes.iter().map(whole).collect(), within: within.collect() }
    }
}

/// One period of one path.
pub(crate) struct Push<'a, 'm> {
    pub plan: &'a Plan<'m>,
    pub ways: &'a Ways,
    pub work: &'a Work,
    pub tables: &'a Tables,
    pub policies: &'a Policies,
    /// The precisions that the choice probabilities come of.
    pub precision: &'a [f64],
    pub sampler: &'a Sampler<'a, 'm>,
    pub segments: &'a [Segment],
    pub snapshots: &'a Snapshots,
    pub game: usize,
    pub period: usize,
    pub horizon: usize,
}

/// The mass at each node, and buffers that are free.
struct Flow {
    mass: Vec<Vec<f64>>,
    spare: Vec<Vec<f64>>,
}

impl Flow {
    /// The mass at a node, made if it is the first to arrive.
    fn to(&mut self, plan: &Plan, id: NodeId) -> &mut [f64] {
        if self.mass[id].is_empty() {
            let mut buffer = self.spare.pop().unwrap_or_default();
            buffer.clear();
            buffer.resize(plan.nodes[id].space.size, 0.0);
            self.mass[id] = buffer;
        }
        &mut self.mass[id]
    }
}

/// Mass at the states of a node.
struct Here<'a> {
    id: NodeId,
    inner: usize,
    mass: &'a [f64],
    /// The rows that hold any.
    rows: Vec<usize>,
}

impl<'a> Here<'a> {
    fn new(id: NodeId, node: &PlanNode, mass: &'a [f64]) -> Here<'a> {
        let inner = node.space.inner;
        let rows = mass.chunks(inner).enumerate().filter(|(_, row)| row.iter().any(|m| *m != 0.0));
        Here { id, inner, mass, rows: rows.map(|(row, _)| row).collect() }
    }

    /// The rows that hold mass, each with its number.
    fn rows(&self) -> impl Iterator<Item = (usize, &'a [f64])> {
        self.rows.iter().map(|&row| (row, &self.mass[row * self.inner..][..self.inner]))
    }

    /// The mass at each state that holds any.
    fn states(&self) -> impl Iterator<Item = (usize, f64)> {
        let within = |(row, mass): (usize, &'a [f64])| {
            let first = row * self.inner;
            mass.iter().enumerate().filter(|(_, m)| **m != 0.0).map(move |(i, m)| (first + i, *m))
        };
        self.rows().flat_map(within)
    }

    fn total(&self) -> f64 {
        self.rows().map(|(_, mass)| mass.iter().sum::<f64>()).sum()
    }
}

impl Push<'_, '_> {
    /// # Errors
    /// A question that has no value at a reachable state.
    pub fn period(&self, pass: &mut Pass) -> Result<(), Vec<Diagnostic>> {
        self.period_seen(pass, &mut |_, _| {})
    }

    /// The same; `seen` is shown the mass at each node that holds any.
    ///
    /// # Errors
    /// As [`Push::period`].
    pub fn period_seen(
        &self,
        pass: &mut Pass,
        seen: &mut dyn FnMut(NodeId, &[f64]),
    ) -> Result<(), Vec<Diagnostic>> {
        let plan = self.plan;
        let mut flow = Flow { mass: vec![Vec::new(); plan.nodes.len()], spare: Vec::new() };
        for (mass, &id) in pass.mass.iter_mut().zip(&plan.entries) {
            if mass.iter().any(|m| *m != 0.0) {
                flow.to(plan, id).copy_from_slice(mass);
                mass.fill(0.0);
            }
        }
        for &id in plan.order.iter().rev() {
            let mut own = std::mem::take(&mut flow.mass[id]);
            if own.is_empty() {
                continue;
            }
            seen(id, &own);
            let node = &plan.nodes[id];
            if let Op::Exit { .. } = node.op {
                self.exit(pass, id, &mut own)?;
                flow.spare.push(own);
                continue;
            }
            let here = Here::new(id, node, &own);
            match &node.op {
                Op::Exit { .. } => {}
                Op::Move { select: None } => {}
                Op::Pay { tables } => self.pay(pass, &here, tables),
                Op::Move { select: Some(select) } => {
                    for (e, edge) in node.edges.iter().enumerate() {
                        let taken = |x: f64| f64::from(u8::from(x as usize == e));
                        self.share(&here, edge, *select, 0, taken, flow.to(plan, edge.target));
                    }
                }
                Op::Chance { law } => {
                    for (plane, edge) in node.edges.iter().enumerate() {
                        self.share(&here, edge, *law, plane, |p| p, flow.to(plan, edge.target));
                    }
                }
                Op::Choose { .. } => self.choose(pass, &here, &mut flow)?,
            }
            if let Op::Move { select: None } | Op::Pay { .. } = node.op
                && let Some(edge) = node.edges.first()
            {
                if self.ways.whole[id] && flow.mass[edge.target].is_empty() {
                    flow.mass[edge.target] = own;
                    continue;
                }
                let begin = self.tables.edge_rows(&edge.rows);
                let to = flow.to(plan, edge.target);
                for (row, mass) in here.rows() {
                    let to = &mut to[begin[row] as usize..][..here.inner];
                    to.iter_mut().zip(mass).for_each(|(t, m)| *t += m);
                }
            }
            flow.spare.push(own);
        }
        for (value, &r) in pass.values.iter_mut().zip(&pass.recursions) {
            let recursion = &self.work.recursions[r];
            match recursion.rule {
                Rule::Ever { .. } if recursion.by == self.period => *value = pass.taken,
                Rule::Always { .. } if recursion.by == self.period => {
                    *value = pass.mass.iter().flatten().sum();
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds the mass times what a table says to where an edge leads.
    fn share(
        &self,
        here: &Here,
        edge: &Edge,
        table: usize,
        plane: usize,
        factor: impl Fn(f64) -> f64,
        to: &mut [f64],
    ) {
        let (spec, data) = self.tables.table(self.plan, table);
        let data = &data[plane * spec.support.len()..];
        let begin = self.tables.edge_rows(&edge.rows);
        for (row, mass) in here.rows() {
            let data = &data[spec.support.start(row)..];
            let to = to[begin[row] as usize..][..here.inner].iter_mut().zip(mass);
            match &self.ways.within[table] {
                Within::Same => {
                    let x = factor(data[0]);
                    to.for_each(|(t, m)| *t += m * x);
                }
                Within::Run => to.zip(data).for_each(|((t, m), x)| *t += m * factor(*x)),
                Within::At(at) => to.zip(at).for_each(|((t, m), &i)| *t += m * factor(data[i as usize])),
            }
        }
    }

    /// The expected entry of a table.
    fn mean(&self, here: &Here, table: usize, plane: usize) -> f64 {
        let (spec, data) = self.tables.table(self.plan, table);
        let data = &data[plane * spec.support.len()..];
        let of = |(row, mass): (usize, &[f64])| -> f64 {
            let data = &data[spec.support.start(row)..];
            match &self.ways.within[table] {
                Within::Same => data[0] * mass.iter().sum::<f64>(),
                Within::Run => mass.iter().zip(data).map(|(m, x)| m * x).sum(),
                Within::At(at) => mass.iter().zip(at).map(|(m, &i)| m * data[i as usize]).sum(),
            }
        };
        here.rows().map(of).sum()
    }

    fn choose(&self, pass: &mut Pass, here: &Here, flow: &mut Flow) -> Result<(), Vec<Diagnostic>> {
        let plan = self.plan;
        let node = &plan.nodes[here.id];
        let n = node.space.size;
        let policy = &self.policies[here.id];
        self.enjoy(pass, here);
        // For an event, what takes mass out; else what the sums collect.
        let mut takes: Vec<StageRule> = Vec::new();
        if let Stop::Race { .. } = pass.stop {
            let longest = pass.recursions.iter().max_by_key(|&&r| self.work.recursions[r].by);
            if let Some(&r) = longest {
                self.sampler.stage_rules(0, r, here.id, self.period, &mut takes)?;
            }
        } else {
            let mut adds: Vec<StageRule> = Vec::new();
            for (i, &r) in pass.recursions.iter().enumerate() {
                self.sampler.stage_rules(i, r, here.id, self.period, &mut adds)?;
            }
            for rule in &adds {
                pass.values[rule.column] += self.chosen(here, &rule.sample);
            }
        }
        for (a, edge) in node.edges.iter().enumerate() {
            let begin = self.tables.edge_rows(&edge.rows);
            let to = flow.to(plan, edge.target);
            if takes.is_empty() {
                for (row, mass) in here.rows() {
                    let policy = &policy[a * n + row * here.inner..];
                    let to = to[begin[row] as usize..][..here.inner].iter_mut().zip(mass);
                    to.zip(policy).for_each(|((t, m), p)| *t += m * p);
                }
                continue;
            }
            for (state, m) in here.states() {
                let m = m * policy[a * n + state];
                let happens = |change| {
                    takes.iter().any(|rule| {
                        let entry = rule.sample.support.entry(state, here.inner);
                        rule.change == change
                            && rule.sample.data[a * rule.sample.support.len() + entry] != 0.0
                    })
                };
                if happens(StageChange::One) {
                    pass.taken += m;
                } else if !happens(StageChange::Zero) {
                    to[begin[state / here.inner] as usize + state % here.inner] += m;
                }
            }
        }
        Ok(())
    }

    /// What a sample at a choice is expected to be.
    fn chosen(&self, here: &Here, sample: &Sample) -> f64 {
        let node = &self.plan.nodes[here.id];
        let n = node.space.size;
        let policy = &self.policies[here.id];
        let plane = sample.support.len();
        if plane == 1 && sample.data.iter().all(|x| *x == sample.data[0]) {
            return sample.data[0] * here.total();
        }
        let mut sum = 0.0;
        for (a, data) in sample.data.chunks(plane).enumerate() {
            if data.iter().all(|x| *x == 0.0) {
                continue;
            }
            for (row, mass) in here.rows() {
                let first = row * here.inner;
                let policy = &policy[a * n + first..];
                sum += match data {
                    [x] => x * mass.iter().zip(policy).map(|(m, p)| m * p).sum::<f64>(),
                    _ => {
                        let x = |i: usize| data[sample.support.entry(first + i, here.inner)];
                        mass.iter().zip(policy).enumerate().map(|(i, (m, p))| m * p * x(i)).sum()
                    }
                };
            }
        }
        sum
    }

    /// Under the convention `emax`, the expected shock of a choice is part of its mover's value.
    fn enjoy(&self, pass: &mut Pass, here: &Here) {
        let plan = self.plan;
        let node = &plan.nodes[here.id];
        let Op::Choose { stage, .. } = node.op else { return };
        let mover = plan.model.stage(stage).player;
        let lambda = self.precision[mover.0];
        if plan.model.convention != Convention::Emax || lambda.is_infinite() {
            return;
        }
        for (i, &r) in pass.recursions.iter().enumerate() {
            if self.work.recursions[r].rule == Rule::Value(mover) {
                let policy = &self.policies[here.id];
                let shock =
                    |s: usize| entropy((0..node.edges.len()).map(|a| policy[a * node.space.size + s]));
                let expected: f64 = here.states().map(|(s, m)| m * shock(s)).sum();
                pass.values[i] += pass.worth[mover.0] * expected / lambda;
            }
        }
    }

    fn pay(&self, pass: &mut Pass, here: &Here, tables: &[usize]) {
        for (i, &r) in pass.recursions.iter().enumerate() {
            let Rule::Value(player) = self.work.recursions[r].rule else { continue };
            for (payment, &table) in self.plan.payments(&self.plan.nodes[here.id]).iter().zip(tables) {
                if payment.payee.player == player {
                    pass.values[i] += pass.worth[player.0] * self.mean(here, table, 0);
                }
            }
        }
    }

    /// A period's end: what is sampled there, what stops there, and the start of the next period.
    fn exit(&self, pass: &mut Pass, id: NodeId, own: &mut [f64]) -> Result<(), Vec<Diagnostic>> {
        let plan = self.plan;
        let node = &plan.nodes[id];
        if let (Op::Exit { finally }, true) = (&node.op, self.period == self.horizon) {
            let here = Here::new(id, node, own);
            for (i, &r) in pass.recursions.iter().enumerate() {
                let Rule::Value(player) = self.work.recursions[r].rule else { continue };
                for (payment, &table) in plan.payments(node).iter().zip(finally) {
                    if payment.payee.player == player {
                        let worth = pass.worth[player.0] * self.tables.discount[player.0];
                        pass.values[i] += worth * self.mean(&here, table, 0);
                    }
                }
            }
        }
        for (i, &r) in pass.recursions.iter().enumerate() {
            pass.values[i] += self.sampled(r, id, own)?;
        }
        let mut remove = |event: ExprId, when: bool| -> Result<f64, Vec<Diagnostic>> {
            let values = self.sampler.end(id, event, self.period)?;
            let removed = values.sum_where(own, when);
            values.change(own, |m, x| *m = if (x != 0.0) == when { 0.0 } else { *m });
            Ok(removed)
        };
        match pass.stop {
            Stop::Event { event, when, after } if self.period > after => {
                pass.taken += remove(event, when)?;
            }
            Stop::Race { event, before, after } if self.period > after => {
                if let Sampled::End(event) = event {
                    pass.taken += remove(event, true)?;
                }
                if let Some(Sampled::End(before)) = before {
                    remove(before, true)?;
                }
            }
            _ => {}
        }
        if let Ok(entry) = plan.entries.binary_search(&node.edges[0].target) {
            let begin = self.tables.edge_rows(&node.edges[0].rows);
            let to = &mut pass.mass[entry];
            for (row, mass) in Here::new(id, node, own).rows() {
                let to = &mut to[begin[row] as usize..][..node.space.inner];
                to.iter_mut().zip(mass).for_each(|(t, m)| *t += m);
            }
        }
        Ok(())
    }

    /// What a recursion collects of the mass at a period's end.
    fn sampled(&self, r: usize, id: NodeId, own: &[f64]) -> Result<f64, Vec<Diagnostic>> {
        let recursion = &self.work.recursions[r];
        let counts = self.period > recursion.after && self.period <= recursion.by;
        let with_ahead = |what: ExprId| {
            let carried = |r| self.snapshots.get(&(self.game, r)).map(|values| &**values);
            let ahead = self.sampler.ahead(id, &recursion.ahead, self.segments, &carried)?;
            self.sampler.end_with(id, what, self.period, &ahead)
        };
        Ok(match recursion.rule {
            Rule::At { what: Sampled::End(what), given } if self.period == recursion.by => {
                let Some(given) = given else { return Ok(with_ahead(what)?.sum(own)) };
                let given = self.sampler.end(id, given, self.period)?;
                // Zero where the condition does not hold.
                if given.are_zero() { 0.0 } else { with_ahead(what)?.sum(own) }
            }
            Rule::Sum { what: Sampled::End(what), .. } if counts => {
                self.sampler.end(id, what, self.period)?.sum(own)
            }
            Rule::First { what, first } if counts => {
                let first = self.sampler.end(id, first, self.period)?;
                match what {
                    _ if first.are_zero() => 0.0,
                    // Zero where the event does not hold.
                    Some(what) => with_ahead(what)?.sum(own),
                    None => first.sum_where(own, true),
                }
            }
            _ => 0.0,
        })
    }
}
