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
pub(crate) mod exp;
pub(crate) mod policy;
pub(crate) mod tile;

use crate::{
    ask::sample::Sample,
    plan::explore::NodeId,
    plan::{Op, Plan, PlanNode},
    sweep::exp::exp_of_nonpositive,
    sweep::tile::{Tile, each_tile},
    tables::Tables,
};
use melian_model::{Convention, LineId, PlayerId};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

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

/// A column of values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Column {
    pub pays: Pays,
    /// Whose discount factor; `None`: 1.
    pub discount: Option<PlayerId>,
}

impl Column {
    pub fn player(player: PlayerId) -> Column {
        Column { pays: Pays::Player(player), discount: Some(player) }
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

/// Buffers of a sweep, used again and again.
#[derive(Default)]
pub(crate) struct Workspace {
    values: Vec<Vec<f64>>,
    spare: Vec<Vec<f64>>,
    left: Vec<usize>,
}

impl Workspace {
    /// A buffer for a node's columns. Rows that nothing reaches are never written: they must hold numbers, any will do,
    /// but always the same.
    fn take(&mut self, node: &PlanNode, size: usize) -> Vec<f64> {
        let mut buffer = self.spare.pop().unwrap_or_default();
        if node.active.is_some() {
            buffer.clear();
        }
        buffer.resize(size, 0.0);
        buffer
    }
}

/// One backward period.
pub(crate) struct Sweep<'a, 'm> {
    pub plan: &'a Plan<'m>,
    pub tables: &'a Tables,
    pub columns: &'a [Column],
    /// Rules of questions, by node.
    pub stage_rules: &'a [Vec<StageRule>],
    /// Ties split at choices of best response.
    pub ties: &'a AtomicU64,
}

impl Sweep<'_, '_> {
    /// From the values at the start of the next period (`None` after the last) to those at the start of this one.
    /// `at_end` changes the columns of a period-end node as questions demand.
    pub fn run(
        &self,
        space: &mut Workspace,
        next: Option<&Boundary>,
        mut choosing: Choosing,
        at_end: &mut dyn FnMut(NodeId, &mut [f64]),
        out: &mut Boundary,
        seen: &mut dyn FnMut(NodeId, &[Vec<f64>]),
    ) {
        let plan = self.plan;
        space.values.resize_with(plan.nodes.len(), Vec::new);
        space.left.clone_from(&plan.uses);
        out.resize_with(plan.entries.len(), Vec::new);
        for &id in &plan.order {
            let node = &plan.nodes[id];
            let mut values = space.take(node, node.space.size * self.columns.len());
            match &node.op {
                Op::Exit { terminal } => {
                    self.exit(node, *terminal, next, &mut values);
                    at_end(id, &mut values);
                }
                Op::Move { select } => self.pass(node, *select, &space.values, &mut values),
                Op::Pay { tables } => {
                    self.pass(node, None, &space.values, &mut values);
                    self.pay(node, tables, &mut values);
                }
                Op::Chance { law } => self.chance(node, *law, &space.values, &mut values),
                Op::Choose { stage, available } => {
                    let player = plan.model.stage(*stage).player;
                    let planes = node.edges.len() * node.space.size;
                    match &mut choosing {
                        Choosing::Respond(Some(policies)) => {
                            let mut policy = std::mem::take(&mut policies[id]);
                            policy.resize(planes, 0.0);
                            self.respond(
                                id,
                                node,
                                player,
                                *available,
                                &space.values,
                                &mut values,
                                &mut policy,
                            );
                            policies[id] = policy;
                        }
                        Choosing::Respond(None) => {
                            let mut policy = space.spare.pop().unwrap_or_default();
                            policy.resize(planes.max(policy.len()), 0.0);
                            self.respond(
                                id,
                                node,
                                player,
                                *available,
                                &space.values,
                                &mut values,
                                &mut policy[..planes],
                            );
                            space.spare.push(policy);
                        }
                        Choosing::Given(policies, precision) => {
                            let lambda = precision[player.0];
                            self.mix(id, node, player, lambda, &space.values, &mut values, &policies[id]);
                        }
                    }
                }
            }
            seen(id, &space.values);
            if let Ok(entry) = plan.entries.binary_search(&id) {
                out[entry].clear();
                out[entry].extend_from_slice(&values);
            }
            if !matches!(node.op, Op::Exit { .. }) {
                for edge in &node.edges {
                    space.left[edge.target] -= 1;
                    if space.left[edge.target] == 0 {
                        space.spare.push(std::mem::take(&mut space.values[edge.target]));
                    }
                }
            }
            if plan.uses[id] == 0 {
                space.spare.push(values);
            } else {
                space.values[id] = values;
            }
        }
    }

    fn exit(&self, node: &PlanNode, terminal: Option<usize>, next: Option<&Boundary>, values: &mut [f64]) {
        let plan = self.plan;
        let n = node.space.size;
        let inner = node.space.inner;
        for (c, out) in values.chunks_mut(n.max(1)).enumerate().take(self.columns.len()) {
            let column = self.columns[c];
            let discount = column.discount.map_or(1.0, |p| self.tables.discount[p.0]);
            match (next, terminal) {
                (Some(next), _) => {
                    let edge = &node.edges[0];
                    let Ok(entry) = plan.entries.binary_search(&edge.target) else { continue };
                    let size = plan.nodes[edge.target].space.size;
                    let from = &next[entry][c * size..(c + 1) * size];
                    let rows = self.tables.edge_rows(&edge.rows);
                    for (row, out) in out.chunks_mut(inner).enumerate() {
                        let from = &from[rows[row] as usize..][..inner];
                        out.iter_mut().zip(from).for_each(|(o, x)| *o = discount * x);
                    }
                }
                (None, Some(table)) => {
                    out.fill(0.0);
                    let (spec, data) = self.tables.table(plan, table);
                    let plane = spec.support.len();
                    for (i, line) in plan.finally_lines.iter().enumerate() {
                        let counts = match column.pays {
                            Pays::Player(p) => plan.model.lines[line.0].player == p,
                            Pays::Line(l) => l == *line,
                            Pays::Nothing => false,
                        };
                        if counts {
                            for (state, o) in out.iter_mut().enumerate() {
                                *o += discount * data[i * plane + spec.support.entry(state, inner)];
                            }
                        }
                    }
                }
                (None, None) => out.fill(0.0),
            }
        }
    }

    fn tiles<'a>(
        &self,
        node: &'a PlanNode,
        columns: Vec<&'a mut [f64]>,
        work: impl Fn(&mut Tile<'a>) + Sync,
    ) {
        each_tile(columns, node.space.rows(), node.space.inner, node.active.as_deref(), work);
    }

    /// Takes over the values of the one edge that is taken.
    fn pass(&self, node: &PlanNode, select: Option<usize>, from: &[Vec<f64>], values: &mut [f64]) {
        if node.edges.is_empty() {
            values.fill(0.0);
            return;
        }
        let inner = node.space.inner;
        let edges: Vec<(&[f64], usize, &[u32])> = self.edges(node, from);
        let select = select.map(|t| self.tables.table(self.plan, t));
        self.tiles(node, values.chunks_mut(node.space.size).collect(), |tile| {
            tile.each_row(inner, |row, at, columns| match select {
                Some((spec, data)) if spec.support.inner => {
                    let start = spec.support.start(row);
                    for (c, out) in columns.iter_mut().enumerate() {
                        for i in 0..inner {
                            let (source, size, rows) = edges[data[start + i] as usize];
                            out[at + i] = source[c * size + rows[row] as usize + i];
                        }
                    }
                }
                _ => {
                    let edge = select.map_or(0, |(spec, data)| data[spec.support.start(row)] as usize);
                    let (source, size, rows) = edges[edge];
                    let begin = rows[row] as usize;
                    for (c, out) in columns.iter_mut().enumerate() {
                        out[at..at + inner].copy_from_slice(&source[c * size + begin..][..inner]);
                    }
                }
            });
        });
    }

    /// For each edge: the target's values, its size, and where our rows begin in it.
    fn edges<'a>(&'a self, node: &'a PlanNode, from: &'a [Vec<f64>]) -> Vec<(&'a [f64], usize, &'a [u32])> {
        node.edges
            .iter()
            .map(|e| {
                (&from[e.target][..], self.plan.nodes[e.target].space.size, self.tables.edge_rows(&e.rows))
            })
            .collect()
    }

    fn pay(&self, node: &PlanNode, tables: &[usize], values: &mut [f64]) {
        let payments = self.plan.payments(node);
        let inner = node.space.inner;
        for (payment, &table) in payments.iter().zip(tables) {
            let (spec, data) = self.tables.table(self.plan, table);
            let paid: Vec<&mut [f64]> = values
                .chunks_mut(node.space.size)
                .zip(self.columns)
                .filter(|(_, column)| match column.pays {
                    Pays::Player(p) => p == payment.player,
                    Pays::Line(l) => l == payment.line,
                    Pays::Nothing => false,
                })
                .map(|(out, _)| out)
                .collect();
            if paid.is_empty() {
                continue;
            }
            self.tiles(node, paid, |tile| {
                tile.each_row(inner, |row, at, columns| {
                    let start = spec.support.start(row);
                    for out in columns.iter_mut() {
                        let out = &mut out[at..at + inner];
                        if spec.support.inner {
                            out.iter_mut().zip(&data[start..]).for_each(|(o, x)| *o += x);
                        } else {
                            out.iter_mut().for_each(|o| *o += data[start]);
                        }
                    }
                });
            });
        }
    }

    /// The expectation over a draw.
    fn chance(&self, node: &PlanNode, law: usize, from: &[Vec<f64>], values: &mut [f64]) {
        let inner = node.space.inner;
        let edges = self.edges(node, from);
        let (spec, data) = self.tables.table(self.plan, law);
        let (support, plane) = (&spec.support, spec.support.len());
        self.tiles(node, values.chunks_mut(node.space.size).collect(), |tile| {
            let (first, rows) = (tile.first, tile.rows());
            for (c, out) in tile.columns.iter_mut().enumerate() {
                for (k, (source, size, begin)) in edges.iter().enumerate() {
                    let source = &source[c * size..(c + 1) * size];
                    let data = &data[k * plane..(k + 1) * plane];
                    if inner == 1 {
                        for &row in &rows {
                            let term =
                                data[support.start(row as usize)] * source[begin[row as usize] as usize];
                            let o = &mut out[row as usize - first];
                            *o = if k == 0 { term } else { *o + term };
                        }
                        continue;
                    }
                    for &row in &rows {
                        let row = row as usize;
                        let source = &source[begin[row] as usize..][..inner];
                        let out = &mut out[(row - first) * inner..][..inner];
                        let p = &data[support.start(row)..][..support.width];
                        match (support.inner, k) {
                            (true, 0) => (0..inner).for_each(|i| out[i] = p[i] * source[i]),
                            (true, _) => (0..inner).for_each(|i| out[i] += p[i] * source[i]),
                            (false, 0) => (0..inner).for_each(|i| out[i] = p[0] * source[i]),
                            (false, _) => (0..inner).for_each(|i| out[i] += p[0] * source[i]),
                        }
                    }
                }
            }
        });
    }

    /// Quantal response of the mover, then the mixture of every column.
    #[allow(clippy::too_many_arguments)]
    fn respond(
        &self,
        id: NodeId,
        node: &PlanNode,
        player: PlayerId,
        available: usize,
        from: &[Vec<f64>],
        values: &mut [f64],
        policy: &mut [f64],
    ) {
        let inner = node.space.inner;
        let actions = node.edges.len();
        let edges = self.edges(node, from);
        let (spec, data) = self.tables.table(self.plan, available);
        let plane = spec.support.len();
        let lambda = self.tables.precision[player.0];
        let emax = self.plan.model.convention == Convention::Emax;
        let count = self.columns.len();
        let rules = self.rules(id);
        let outs: Vec<&mut [f64]> =
            values.chunks_mut(node.space.size).chain(policy.chunks_mut(node.space.size)).collect();
        self.tiles(node, outs, |tile| {
            let mut top = vec![0.0; inner];
            let mut sum = vec![0.0; inner];
            tile.each_row(inner, |row, at, columns| {
                let (outs, policies) = columns.split_at_mut(count);
                let start = spec.support.start(row);
                let barred = |a: usize| &data[a * plane + start..][..spec.support.width];
                let bar = |a: usize, i: usize| barred(a)[if spec.support.inner { i } else { 0 }];
                let own = |a: usize| {
                    let (source, size, rows) = edges[a];
                    &source[player.0 * size + rows[row] as usize..][..inner]
                };
                top.fill(f64::NEG_INFINITY);
                if lambda.is_infinite() {
                    for a in 0..actions {
                        let q = own(a);
                        for i in 0..inner {
                            top[i] = f64::max(top[i], q[i] + bar(a, i));
                        }
                    }
                    sum.fill(0.0);
                    for a in 0..actions {
                        let q = own(a);
                        for i in 0..inner {
                            let best =
                                bar(a, i) == 0.0 && top[i] - q[i] <= 1e-12 * f64::max(1.0, top[i].abs());
                            policies[a][at + i] = if best { 1.0 } else { 0.0 };
                            sum[i] += policies[a][at + i];
                        }
                    }
                    self.ties.fetch_add(sum.iter().filter(|s| **s > 1.0).count() as u64, Ordering::Relaxed);
                } else {
                    for a in 0..actions {
                        let q = own(a);
                        let bar = barred(a);
                        let z = &mut policies[a][at..at + inner];
                        if spec.support.inner {
                            (0..inner).for_each(|i| z[i] = lambda * q[i] + bar[i]);
                        } else {
                            (0..inner).for_each(|i| z[i] = lambda * q[i] + bar[0]);
                        }
                        top.iter_mut().zip(z).for_each(|(t, z)| *t = if *z > *t { *z } else { *t });
                    }
                    sum.fill(0.0);
                    for policy in policies.iter_mut() {
                        let z = &mut policy[at..at + inner];
                        for ((z, top), sum) in z.iter_mut().zip(&top).zip(&mut sum) {
                            *z = exp_of_nonpositive(*z - *top);
                            *sum += *z;
                        }
                    }
                }
                for policy in policies.iter_mut() {
                    policy[at..at + inner].iter_mut().zip(&sum).for_each(|(p, s)| *p /= s);
                }
                mix_row(row, at, inner, &edges, outs, policies, rules);
                self.enjoy(player, lambda, at, inner, outs, policies);
                if emax {
                    // The mover's own value, where it is a value of this game; (3) plus the shock, without its rounding.
                    let own = &mut outs[player.0][at..at + inner];
                    for i in 0..inner {
                        own[i] =
                            if lambda.is_infinite() { top[i] } else { (top[i] + libm::log(sum[i])) / lambda };
                    }
                }
            });
        });
    }

    /// The mixture of every column by given choice probabilities.
    #[allow(clippy::too_many_arguments)]
    fn mix(
        &self,
        id: NodeId,
        node: &PlanNode,
        player: PlayerId,
        lambda: f64,
        from: &[Vec<f64>],
        values: &mut [f64],
        policy: &[f64],
    ) {
        let inner = node.space.inner;
        let n = node.space.size;
        let edges = self.edges(node, from);
        let rules = self.rules(id);
        self.tiles(node, values.chunks_mut(n).collect(), |tile| {
            let first = tile.first * inner;
            tile.each_row(inner, |row, at, columns| {
                let policies: Vec<&[f64]> =
                    (0..edges.len()).map(|a| &policy[a * n + first..(a + 1) * n]).collect();
                mix_row(row, at, inner, &edges, columns, &policies, rules);
                self.enjoy(player, lambda, at, inner, columns, &policies);
            });
        });
    }

    /// Under the convention `emax`, adds the expected shock of the choice, −Σ σ ln σ / λ, to the mover's columns.
    fn enjoy<P: std::ops::Deref<Target = [f64]>>(
        &self,
        player: PlayerId,
        lambda: f64,
        at: usize,
        inner: usize,
        outs: &mut [&mut [f64]],
        policies: &[P],
    ) {
        if self.plan.model.convention != Convention::Emax || lambda.is_infinite() {
            return;
        }
        for (out, column) in outs.iter_mut().zip(self.columns) {
            if column.pays == Pays::Player(player) {
                for (i, o) in out[at..at + inner].iter_mut().enumerate() {
                    *o += entropy(policies.iter().map(|p| p[at + i])) / lambda;
                }
            }
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

/// (3) for every column of one row, with what questions add at this stage.
fn mix_row<P: std::ops::Deref<Target = [f64]>>(
    row: usize,
    at: usize,
    inner: usize,
    edges: &[(&[f64], usize, &[u32])],
    outs: &mut [&mut [f64]],
    policies: &[P],
    rules: &[StageRule],
) {
    for (c, out) in outs.iter_mut().enumerate() {
        let out = &mut out[at..at + inner];
        out.fill(0.0);
        let ruled = rules.iter().any(|r| r.column == c);
        for (a, (source, size, rows)) in edges.iter().enumerate() {
            let source = &source[c * size + rows[row] as usize..][..inner];
            let p = &policies[a][at..at + inner];
            if ruled {
                for i in 0..inner {
                    out[i] += p[i]
                        * rules
                            .iter()
                            .filter(|r| r.column == c)
                            .fold(source[i], |q, r| r.apply(a, row, i, q));
                }
            } else {
                for i in 0..inner {
                    out[i] += p[i] * source[i];
                }
            }
        }
    }
}

impl StageRule {
    fn apply(&self, action: usize, row: usize, i: usize, q: f64) -> f64 {
        let entry = self.sample.support.start(row) + if self.sample.support.inner { i } else { 0 };
        let x = self.sample.data[action * self.sample.support.len() + entry];
        match self.change {
            StageChange::Add => q + x,
            StageChange::One if x != 0.0 => 1.0,
            StageChange::Zero if x != 0.0 => 0.0,
            _ => q,
        }
    }
}
