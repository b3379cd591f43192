//! One period seen from single states: only what can follow them is computed, in plain arithmetic, columns side by side.

use crate::{
    plan::explore::NodeId,
    plan::flow::Payee,
    plan::{Op, Plan},
    sweep::policy::{Look, look, look_at},
    sweep::together::{Near, Settled, Together},
    sweep::{Boundary, Discount, Pays, Policies, entropy},
    tables::Tables,
};
use melian_model::{Convention, PlayerId, StageId};

/// What a column adds up in the period and takes over from what comes after it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Strand {
    /// What is paid to it in the period.
    pub now: Pays,
    /// The column of the next period's values that it takes over.
    pub later: Option<usize>,
    /// What is paid to it finally, after the last period.
    pub finally: Pays,
    pub discount: Discount,
}

impl Strand {
    /// A player's value, which is the player's column in the next period's values too.
    pub fn player(player: PlayerId) -> Strand {
        let pays = Pays::Player(player);
        Strand { now: pays, later: Some(player.0), finally: pays, discount: Discount::Player(player) }
    }
}

/// Columns at some states of a period, players' values first.
pub(crate) struct Nearby<'a, 'm> {
    plan: &'a Plan<'m>,
    tables: &'a Tables,
    strands: &'a [Strand],
    /// Values at the start of the next period, by column; `None` after the last period.
    next: Option<&'a Boundary>,
    /// For each node, which of its computed states a state is, if it is one.
    places: Vec<Vec<u32>>,
    /// For each node, the columns of its computed states, one state after the other.
    values: Vec<Vec<f64>>,
    /// Choice probabilities of choices made at the same time, and some that are close to them.
    play: Policies,
    near: Option<Near<'a>>,
}

/// Of states that are not computed.
const NOT: u32 = u32::MAX;

impl<'a, 'm> Nearby<'a, 'm> {
    /// Computes everything at some nodes and states.
    pub fn new(
        plan: &'a Plan<'m>,
        tables: &'a Tables,
        strands: &'a [Strand],
        next: Option<&'a Boundary>,
        at: impl Iterator<Item = (NodeId, usize)>,
        near: Option<Near<'a>>,
    ) -> Nearby<'a, 'm> {
        let none = || vec![Vec::new(); plan.nodes.len()];
        let (places, values) = (vec![Vec::new(); plan.nodes.len()], none());
        let mut nearby = Nearby { plan, tables, strands, next, places, values, play: Policies::new(), near };
        let follow = nearby.follow(at);
        for &id in &plan.order {
            let states = &follow[id];
            if states.is_empty() {
                continue;
            }
            if let Some((nodes, place)) = plan.together_with(id)
                && place + 1 == nodes.len()
            {
                nearby.settle(Together { plan, tables, nodes }, &follow[nodes[0]]);
            }
            let mut places = vec![NOT; plan.nodes[id].space.size];
            let mut values = vec![0.0; strands.len() * states.len()];
            for ((place, &state), out) in (0..).zip(states).zip(values.chunks_mut(strands.len().max(1))) {
                places[state] = place;
                nearby.compute(id, state, out);
            }
            (nearby.places[id], nearby.values[id]) = (places, values);
        }
        nearby
    }

    /// The states of each node that can follow, in order.
    fn follow(&self, at: impl Iterator<Item = (NodeId, usize)>) -> Vec<Vec<usize>> {
        let mut follow: Vec<Vec<usize>> = vec![Vec::new(); self.plan.nodes.len()];
        at.for_each(|(id, state)| follow[id].push(state));
        for &id in self.plan.order.iter().rev() {
            let mut states = std::mem::take(&mut follow[id]);
            states.sort_unstable();
            states.dedup();
            if !matches!(self.plan.nodes[id].op, Op::Exit { .. }) {
                for &state in &states {
                    for edge in self.open(id, state) {
                        follow[self.plan.nodes[id].edges[edge].target].push(self.target(id, edge, state));
                    }
                }
            }
            follow[id] = states;
        }
        follow
    }

    /// The columns at a state; zeros where it was not computed: that is read of actions only that are not available.
    pub fn at(&self, id: NodeId, state: usize) -> Option<&[f64]> {
        let place = *self.places[id].get(state)?;
        let columns = self.strands.len();
        (place != NOT).then(|| &self.values[id][place as usize * columns..][..columns])
    }

    /// A column at a state.
    pub fn value(&self, id: NodeId, state: usize, column: usize) -> f64 {
        self.at(id, state).map_or(0.0, |columns| columns[column])
    }

    /// The choice of a stage at a state. Of stages chosen at the same time, `id` is the first one's node.
    pub fn look(&self, id: NodeId, state: usize, stage: StageId) -> Option<Look> {
        let value = |id, state, player: PlayerId| self.value(id, state, player.0);
        look_at(self.plan, self.tables, (id, state), stage, &value, self.near)
    }

    /// The equilibria of choices made at the same time, at some states before them.
    fn settle(&mut self, together: Together, states: &[usize]) {
        together.make_room(&mut self.play);
        for &state in states {
            let moment = together.moment(state);
            let value = |id, state, player: PlayerId| self.value(id, state, player.0);
            let game = together.game_at(&moment, &value);
            let Settled { q, .. } = together.settle(&moment, &game, self.near);
            together.write(&moment, &q, &mut self.play);
        }
    }

    /// How likely each action is at a state.
    fn chosen(&self, id: NodeId, state: usize) -> Option<Vec<f64>> {
        let (plan, n) = (self.plan, self.plan.nodes[id].space.size);
        if plan.together_with(id).is_none() {
            let value = |id, state, player: PlayerId| self.value(id, state, player.0);
            return Some(look(plan, self.tables, id, state, &value)?.probability);
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

    /// Adds what comes after an edge, so many times.
    fn add(&self, id: NodeId, edge: usize, state: usize, times: f64, out: &mut [f64]) {
        let after = self.at(self.plan.nodes[id].edges[edge].target, self.target(id, edge, state));
        let after = after.into_iter().flatten();
        out.iter_mut().zip(after).for_each(|(out, after)| *out += times * after);
    }

    /// Adds what is paid at a state.
    fn pay(
        &self,
        id: NodeId,
        tables: &[usize],
        state: usize,
        pays: impl Fn(&Strand) -> Pays,
        out: &mut [f64],
    ) {
        for (payment, &table) in self.plan.payments(&self.plan.nodes[id]).iter().zip(tables) {
            let payee: Payee = payment.payee;
            let amount = self.entry(table, 0, state);
            for (out, strand) in out.iter_mut().zip(self.strands) {
                if pays(strand).counts(payee) {
                    *out += amount;
                }
            }
        }
    }

    /// The columns at a state, from those that follow it.
    fn compute(&self, id: NodeId, state: usize, out: &mut [f64]) {
        let (plan, tables) = (self.plan, self.tables);
        let node = &plan.nodes[id];
        match &node.op {
            Op::Exit { finally } => {
                match self.next {
                    Some(next) => {
                        let target = node.edges[0].target;
                        let n = plan.nodes[target].space.size;
                        if let Ok(entry) = plan.entries.binary_search(&target) {
                            let at = self.target(id, 0, state);
                            for (out, strand) in out.iter_mut().zip(self.strands) {
                                *out = strand.later.map_or(0.0, |column| next[entry][column * n + at]);
                            }
                        }
                    }
                    None => self.pay(id, finally, state, |strand| strand.finally, out),
                }
                for (out, strand) in out.iter_mut().zip(self.strands) {
                    *out *= match strand.discount {
                        Discount::None => 1.0,
                        Discount::Player(player) => tables.discount[player.0],
                        Discount::Factor(factor) => factor,
                    };
                }
            }
            Op::Pay { tables } => {
                self.add(id, 0, state, 1.0, out);
                self.pay(id, tables, state, |strand| strand.now, out);
            }
            Op::Move { .. } => {
                self.open(id, state)
                    .first()
                    .into_iter()
                    .for_each(|&edge| self.add(id, edge, state, 1.0, out));
            }
            Op::Chance { law } => {
                let open = self.open(id, state).into_iter();
                open.for_each(|edge| self.add(id, edge, state, self.entry(*law, edge, state), out));
            }
            Op::Choose { stage, .. } => {
                let Some(probability) = self.chosen(id, state) else { return };
                let open = self.open(id, state).into_iter();
                open.for_each(|edge| self.add(id, edge, state, probability[edge], out));
                let mover = plan.model.stage(*stage).player;
                let lambda = tables.precision[mover.0];
                if plan.model.convention == Convention::Emax && lambda.is_finite() {
                    let shock = entropy(probability.into_iter()) / lambda;
                    let own = |strand: &Strand| strand.now == Pays::Player(mover);
                    let own = out.iter_mut().zip(self.strands).filter(|(_, strand)| own(strand));
                    own.for_each(|(out, _)| *out += shock);
                }
            }
        }
    }
}
