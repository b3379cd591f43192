//! One period backward, the obvious way: every box of the plan in turn, every row, every column. Slow and simple: what
//! the fused sweep is checked against, and what is used where the values of every box are looked at.

use crate::{
    plan::explore::NodeId,
    plan::{Op, PlanNode},
    sweep::exp::exp_of_nonpositive,
    sweep::tally::Counts,
    sweep::together::{Settled, Together},
    sweep::{Boundary, Choosing, Pays, Policies, Sweep, Workspace, entropy},
};
use melian_model::{Convention, PlayerId};

/// For each edge of a node: the target's values, its size, and where our rows begin in it.
type Edges<'a> = Vec<(&'a [f64], usize, &'a [u32])>;

impl Sweep<'_, '_> {
    /// From the values at the start of the next period (`None` after the last) to those at the start of this one, as
    /// [`Sweep::run`], telling `seen` of every node when all values of what follows it are at hand.
    pub fn run_plain(
        &self,
        space: &mut Workspace,
        next: Option<&Boundary>,
        mut choosing: Choosing,
        at_end: &mut dyn FnMut(NodeId, &mut [f64]),
        out: &mut Boundary,
        seen: &mut dyn FnMut(NodeId, &[Vec<f64>]),
    ) {
        let plan = self.plan;
        let all = &mut space.plain;
        all.resize_with(plan.nodes.len(), Vec::new);
        out.resize_with(plan.entries.len(), Vec::new);
        for &id in &plan.order {
            let node = &plan.nodes[id];
            let mut values = std::mem::take(&mut all[id]);
            values.resize(node.space.size * self.columns.len(), 0.0);
            match &node.op {
                Op::Exit { finally } => {
                    self.exit(node, finally, next, &mut values);
                    at_end(id, &mut values);
                }
                Op::Move { select } => self.pass(node, *select, all, &mut values),
                Op::Pay { tables } => {
                    self.pass(node, None, all, &mut values);
                    self.pay(node, tables, &mut values);
                }
                Op::Chance { law } => self.chance(node, *law, all, &mut values),
                Op::Choose { stage, available } => {
                    let player = plan.model.stage(*stage).player;
                    let edges = self.edges(node, all);
                    let together = match choosing {
                        Choosing::Respond(_) => plan.together_with(id),
                        Choosing::Given(..) => None,
                    };
                    if let Some((nodes, place)) = together
                        && place + 1 == nodes.len()
                    {
                        self.settle(self.together(nodes), &edges, &mut space.play);
                    }
                    let mut own = std::mem::take(&mut space.policy);
                    let (policy, lambda, given) = match &mut choosing {
                        Choosing::Respond(Some(kept)) => {
                            (&mut kept[id], self.tables.precision[player.0], false)
                        }
                        Choosing::Respond(None) => (&mut own, self.tables.precision[player.0], false),
                        Choosing::Given(given, precision) => {
                            own.clear();
                            own.extend_from_slice(&given[id]);
                            (&mut own, precision[player.0], true)
                        }
                    };
                    let given = given || together.is_some();
                    if together.is_some() {
                        policy.clone_from(&space.play[id]);
                    }
                    if !given {
                        policy.resize(node.edges.len() * node.space.size, 0.0);
                        self.respond(node, player, *available, &edges, policy);
                    }
                    self.mix(id, node, &edges, policy, &mut values);
                    self.enjoy(node, player, lambda, policy, &mut values);
                    if !given {
                        self.enjoy_own(node, player, &edges, policy, &mut values);
                    }
                    space.policy = own;
                }
            }
            seen(id, all);
            if let Ok(entry) = plan.entries.binary_search(&id) {
                out[entry].clear();
                out[entry].extend_from_slice(&values);
            }
            all[id] = values;
        }
    }

    /// The rows of a node that hold a state in reach.
    fn rows<'a>(&self, node: &'a PlanNode) -> Box<dyn Iterator<Item = usize> + 'a> {
        match &node.active {
            None => Box::new(0..node.space.rows()),
            Some(rows) => Box::new(rows.iter().map(|&r| r as usize)),
        }
    }

    fn edges<'a>(&'a self, node: &'a PlanNode, from: &'a [Vec<f64>]) -> Edges<'a> {
        let size = |target: NodeId| self.plan.nodes[target].space.size;
        node.edges
            .iter()
            .map(|e| (&from[e.target][..], size(e.target), self.tables.edge_rows(&e.rows)))
            .collect()
    }

    /// A period's end: δ times the values at the next period's start, or what `finally` pays.
    fn exit(&self, node: &PlanNode, finally: &[usize], next: Option<&Boundary>, values: &mut [f64]) {
        let plan = self.plan;
        let n = node.space.size;
        let inner = node.space.inner;
        for (c, out) in values.chunks_mut(n.max(1)).enumerate().take(self.columns.len()) {
            let column = self.columns[c];
            let discount = self.discount(c);
            out.fill(0.0);
            if let Some(next) = next {
                let edge = &node.edges[0];
                let Ok(entry) = plan.entries.binary_search(&edge.target) else { continue };
                let size = plan.nodes[edge.target].space.size;
                let from = &next[entry][c * size..(c + 1) * size];
                let rows = self.tables.edge_rows(&edge.rows);
                for (row, out) in out.chunks_mut(inner).enumerate() {
                    let from = &from[rows[row] as usize..][..inner];
                    out.iter_mut().zip(from).for_each(|(o, x)| *o = discount * x);
                }
            } else {
                for (payment, &table) in plan.payments(node).iter().zip(finally) {
                    if column.pays.counts(payment.player, payment.line) {
                        let (spec, data) = self.tables.table(plan, table);
                        for (state, o) in out.iter_mut().enumerate() {
                            *o += discount * data[spec.support.entry(state, inner)];
                        }
                    }
                }
            }
        }
    }

    /// Takes over the values of the one edge that is taken.
    fn pass(&self, node: &PlanNode, select: Option<usize>, from: &[Vec<f64>], values: &mut [f64]) {
        if node.edges.is_empty() {
            values.fill(0.0);
            return;
        }
        let (n, inner) = (node.space.size, node.space.inner);
        let edges = self.edges(node, from);
        let select = select.map(|t| self.tables.table(self.plan, t));
        for (c, out) in values.chunks_mut(n).enumerate() {
            for row in self.rows(node) {
                for i in 0..inner {
                    let state = row * inner + i;
                    let edge =
                        select.map_or(0, |(spec, data)| data[spec.support.entry(state, inner)] as usize);
                    let (source, size, rows) = edges[edge];
                    out[state] = source[c * size + rows[row] as usize + i];
                }
            }
        }
    }

    fn pay(&self, node: &PlanNode, tables: &[usize], values: &mut [f64]) {
        let (n, inner) = (node.space.size, node.space.inner);
        for (payment, &table) in self.plan.payments(node).iter().zip(tables) {
            let (spec, data) = self.tables.table(self.plan, table);
            for (out, column) in values.chunks_mut(n).zip(self.columns) {
                if column.pays.counts(payment.player, payment.line) {
                    for row in self.rows(node) {
                        for state in row * inner..(row + 1) * inner {
                            out[state] += data[spec.support.entry(state, inner)];
                        }
                    }
                }
            }
        }
    }

    /// The expectation over a draw.
    fn chance(&self, node: &PlanNode, law: usize, from: &[Vec<f64>], values: &mut [f64]) {
        let (n, inner) = (node.space.size, node.space.inner);
        let edges = self.edges(node, from);
        let (spec, data) = self.tables.table(self.plan, law);
        let plane = spec.support.len();
        for (c, out) in values.chunks_mut(n).enumerate() {
            for row in self.rows(node) {
                for i in 0..inner {
                    let state = row * inner + i;
                    let entry = spec.support.entry(state, inner);
                    out[state] = edges.iter().enumerate().fold(0.0, |sum, (k, (source, size, rows))| {
                        sum + data[k * plane + entry] * source[c * size + rows[row] as usize + i]
                    });
                }
            }
        }
    }

    /// Quantal response of the mover: one plane an action.
    fn respond(
        &self,
        node: &PlanNode,
        player: PlayerId,
        available: usize,
        edges: &Edges,
        policy: &mut [f64],
    ) {
        let (n, inner) = (node.space.size, node.space.inner);
        let (spec, data) = self.tables.table(self.plan, available);
        let plane = spec.support.len();
        let lambda = self.tables.precision[player.0];
        let mut z = vec![0.0; edges.len()];
        for row in self.rows(node) {
            for i in 0..inner {
                let state = row * inner + i;
                let entry = spec.support.entry(state, inner);
                for (a, (source, size, rows)) in edges.iter().enumerate() {
                    let q = source[player.0 * size + rows[row] as usize + i];
                    let bar = data[a * plane + entry];
                    z[a] = if lambda.is_infinite() { q + bar } else { lambda * q + bar };
                }
                let top = z.iter().fold(f64::NEG_INFINITY, |m, z| m.max(*z));
                if lambda.is_infinite() {
                    let tie = 1e-12 * f64::max(1.0, top.abs());
                    z.iter_mut().for_each(|z| *z = if top - *z <= tie { 1.0 } else { 0.0 });
                } else {
                    z.iter_mut().for_each(|z| *z = exp_of_nonpositive(pulp::Scalar, *z - top));
                }
                let sum: f64 = z.iter().sum();
                if lambda.is_infinite() && sum > 1.0 {
                    self.tally.add(Counts { ties: 1, ..Counts::default() });
                }
                for (a, z) in z.iter().enumerate() {
                    policy[a * n + state] = z / sum;
                }
            }
        }
    }

    /// The equilibria of choices made at the same time, given what follows the last of them.
    fn settle(&self, together: Together, edges: &Edges, play: &mut Policies) {
        together.make_room(play);
        let movers = together.movers();
        let inner = self.plan.nodes[together.last()].space.inner;
        for state in self.plan.nodes[together.nodes[0]].reached.ones() {
            let moment = together.moment(state);
            let game = together.game(&moment, |player, a, state| {
                let (source, size, rows) = edges[a];
                source[movers[player].0 * size + rows[state / inner] as usize + state % inner]
            });
            let Settled { q, counts } = together.settle(&moment, &game, self.near);
            self.tally.add(counts);
            together.write(&moment, &q, play);
        }
    }

    /// (3) for every column, with what questions add at this stage.
    fn mix(&self, id: NodeId, node: &PlanNode, edges: &Edges, policy: &[f64], values: &mut [f64]) {
        let (n, inner) = (node.space.size, node.space.inner);
        let rules = self.rules(id);
        for (c, out) in values.chunks_mut(n).enumerate() {
            for row in self.rows(node) {
                let at = row * inner;
                out[at..at + inner].fill(0.0);
                for (a, (source, size, rows)) in edges.iter().enumerate() {
                    let source = &source[c * size + rows[row] as usize..][..inner];
                    for i in 0..inner {
                        let mut q = source[i];
                        for rule in rules.iter().filter(|r| r.column == c) {
                            q = rule.apply(a, at + i, inner, q);
                        }
                        out[at + i] += policy[a * n + at + i] * q;
                    }
                }
            }
        }
    }

    /// Under the convention `emax`, adds the expected shock of the choice, −Σ σ ln σ / λ, to the mover's columns.
    fn enjoy(&self, node: &PlanNode, player: PlayerId, lambda: f64, policy: &[f64], values: &mut [f64]) {
        if self.plan.model.convention != Convention::Emax || lambda.is_infinite() {
            return;
        }
        let n = node.space.size;
        for (out, column) in values.chunks_mut(n).zip(self.columns) {
            if column.pays == Pays::Player(player) {
                for (state, o) in out.iter_mut().enumerate() {
                    *o += entropy((0..node.edges.len()).map(|a| policy[a * n + state])) / lambda;
                }
            }
        }
    }

    /// Under the convention `emax` and λ = ∞, the mover's own value is that of the best action.
    fn enjoy_own(
        &self,
        node: &PlanNode,
        player: PlayerId,
        edges: &Edges,
        policy: &[f64],
        values: &mut [f64],
    ) {
        let best =
            self.plan.model.convention == Convention::Emax && self.tables.precision[player.0].is_infinite();
        if !best {
            return;
        }
        let (n, inner) = (node.space.size, node.space.inner);
        for state in 0..n {
            let (row, i) = (state / inner, state % inner);
            let chosen = (0..edges.len()).filter(|&a| policy[a * n + state] > 0.0);
            let q = chosen.map(|a| {
                let (source, size, rows) = edges[a];
                source[player.0 * size + rows[row] as usize + i]
            });
            values[player.0 * n + state] = q.fold(f64::NEG_INFINITY, f64::max);
        }
    }
}
