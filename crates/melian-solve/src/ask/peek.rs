//! Choices looked up at single states: only what can follow them within the period is computed, in plain arithmetic.

use crate::{
    plan::explore::NodeId,
    plan::{Op, Plan},
    sweep::policy::{Look, look, look_at},
    sweep::together::{Near, Settled, Together},
    sweep::{Boundary, Policies, entropy},
    tables::Tables,
};
use melian_model::{Convention, StageId};

/// The choices at some nodes and states, given the values at the start of the next period (`None` after the last).
pub(crate) fn peek(
    plan: &Plan,
    tables: &Tables,
    next: Option<&Boundary>,
    at: &[(NodeId, usize, StageId)],
    near: Option<Near>,
) -> Vec<Option<Look>> {
    let players = plan.model.players.len();
    let mut peek =
        Peek { plan, tables, next, values: vec![Vec::new(); plan.nodes.len()], near, play: Policies::new() };
    // The states of each node that can follow.
    let mut follow: Vec<Vec<usize>> = vec![Vec::new(); plan.nodes.len()];
    at.iter().for_each(|&(id, state, _)| follow[id].push(state));
    for &id in plan.order.iter().rev() {
        let mut states = std::mem::take(&mut follow[id]);
        states.sort_unstable();
        states.dedup();
        if !matches!(plan.nodes[id].op, Op::Exit { .. }) {
            for &state in &states {
                for edge in peek.open(id, state) {
                    follow[plan.nodes[id].edges[edge].target].push(peek.target(id, edge, state));
                }
            }
        }
        follow[id] = states;
    }
    for &id in &plan.order {
        if follow[id].is_empty() {
            continue;
        }
        let room = |id: NodeId| vec![0.0; players * plan.nodes[id].space.size];
        for edge in &plan.nodes[id].edges {
            // Of an action that is not available, anything may be read.
            if peek.values[edge.target].is_empty() {
                peek.values[edge.target] = room(edge.target);
            }
        }
        if let Some((nodes, place)) = plan.together_with(id)
            && place + 1 == nodes.len()
        {
            peek.settle(Together { plan, tables, nodes }, &follow[nodes[0]]);
        }
        let n = plan.nodes[id].space.size;
        let mut values = room(id);
        for &state in &follow[id] {
            for player in 0..players {
                values[player * n + state] = peek.value(id, state, player);
            }
        }
        peek.values[id] = values;
    }
    at.iter()
        .map(|&(id, state, stage)| look_at(plan, tables, (id, state), stage, &peek.values, near))
        .collect()
}

struct Peek<'a, 'm> {
    plan: &'a Plan<'m>,
    tables: &'a Tables,
    next: Option<&'a Boundary>,
    /// Players' values at the states that were asked for; 0 at others.
    values: Vec<Vec<f64>>,
    /// Choice probabilities of choices made at the same time, and some that are close to them.
    play: Policies,
    near: Option<Near<'a>>,
}

impl Peek<'_, '_> {
    /// The equilibria of choices made at the same time, at some states before them.
    fn settle(&mut self, together: Together, states: &[usize]) {
        together.make_room(&mut self.play);
        for &state in states {
            let moment = together.moment(state);
            let game = together.game_at(&moment, &self.values);
            let Settled { q, .. } = together.settle(&moment, &game, self.near);
            together.write(&moment, &q, &mut self.play);
        }
    }

    /// How likely each action is at a state.
    fn chosen(&self, id: NodeId, state: usize) -> Option<Vec<f64>> {
        let (plan, n) = (self.plan, self.plan.nodes[id].space.size);
        if plan.together_with(id).is_none() {
            return Some(look(plan, self.tables, id, state, &self.values)?.probability);
        }
        Some((0..plan.nodes[id].edges.len()).map(|a| self.play[id][a * n + state]).collect())
    }

    /// The entry of a table at a state of its node.
    fn entry(&self, table: usize, plane: usize, state: usize) -> f64 {
        let (spec, data) = self.tables.table(self.plan, table);
        let inner = self.plan.nodes[spec.node].space.inner;
        data[plane * spec.support.len() + spec.support.entry(state, inner)]
    }

    /// The edges that can be taken from a state.
    fn open(&self, id: NodeId, state: usize) -> Vec<usize> {
        let node = &self.plan.nodes[id];
        let mut edges = 0..node.edges.len();
        match node.op {
            Op::Move { select: Some(by) } => vec![self.entry(by, 0, state) as usize],
            Op::Chance { law } => edges.filter(|&k| self.entry(law, k, state) != 0.0).collect(),
            Op::Choose { available, .. } => {
                edges.filter(|&a| self.entry(available, a, state) == 0.0).collect()
            }
            _ => edges.next().into_iter().collect(),
        }
    }

    /// Where an edge leads from a state.
    fn target(&self, id: NodeId, edge: usize, state: usize) -> usize {
        let node = &self.plan.nodes[id];
        let inner = node.space.inner;
        self.tables.edge_rows(&node.edges[edge].rows)[state / inner] as usize + state % inner
    }

    /// What a player expects after an edge.
    fn after(&self, id: NodeId, edge: usize, state: usize, player: usize) -> f64 {
        let target = self.plan.nodes[id].edges[edge].target;
        let n = self.plan.nodes[target].space.size;
        self.values[target][player * n + self.target(id, edge, state)]
    }

    fn value(&self, id: NodeId, state: usize, player: usize) -> f64 {
        let (plan, tables) = (self.plan, self.tables);
        let node = &plan.nodes[id];
        let after = |edge: usize| self.after(id, edge, state, player);
        match &node.op {
            Op::Exit { finally } => {
                let paid = match self.next {
                    Some(next) => {
                        let target = node.edges[0].target;
                        let n = plan.nodes[target].space.size;
                        let values = plan.entries.binary_search(&target).map(|entry| &next[entry]);
                        values.map_or(0.0, |values| values[player * n + self.target(id, 0, state)])
                    }
                    None => {
                        let payments = plan.payments(node).iter().zip(finally);
                        let own = payments.filter(|(payment, _)| payment.player.0 == player);
                        own.map(|(_, &table)| self.entry(table, 0, state)).sum()
                    }
                };
                tables.discount[player] * paid
            }
            Op::Pay { tables: paid } => {
                let payments = plan.payments(node).iter().zip(paid);
                let own = payments.filter(|(payment, _)| payment.player.0 == player);
                own.map(|(_, &table)| self.entry(table, 0, state)).fold(after(0), |sum, x| sum + x)
            }
            Op::Move { .. } => self.open(id, state).first().map_or(0.0, |&edge| after(edge)),
            Op::Chance { law } => {
                let open = self.open(id, state).into_iter();
                open.map(|edge| self.entry(*law, edge, state) * after(edge)).sum()
            }
            Op::Choose { stage, .. } => {
                let Some(probability) = self.chosen(id, state) else { return 0.0 };
                let open = self.open(id, state).into_iter();
                let expected: f64 = open.map(|edge| probability[edge] * after(edge)).sum();
                let mover = plan.model.stage(*stage).player.0;
                let lambda = tables.precision[mover];
                let enjoyed = mover == player && plan.model.convention == Convention::Emax;
                if enjoyed && lambda.is_finite() {
                    expected + entropy(probability.into_iter()) / lambda
                } else {
                    expected
                }
            }
        }
    }
}
