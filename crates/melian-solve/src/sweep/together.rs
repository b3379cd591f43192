//! Choices made at the same time.
//!
//! In the plan they stand one after the other, so that what each of them leads to is carried like any other choice, one
//! player integrated out at a time. But nobody sees what the others choose: strategies are those of the game that is
//! played at the state before all of them, at the values that follow the last of them, and the same whatever those who
//! stand before chose.

use crate::{
    plan::explore::NodeId,
    plan::{Op, Plan},
    stage::{Equilibrium, NormalForm, equilibrium},
    sweep::policy::Worth,
    sweep::{Policies, tally::Counts},
    tables::Tables,
};
use melian_model::PlayerId;

/// Choices made at the same time, at the parameters of some tables.
#[derive(Clone, Copy)]
pub(crate) struct Together<'a, 'm> {
    pub plan: &'a Plan<'m>,
    pub tables: &'a Tables,
    /// The choices, in the order in which they are written.
    pub nodes: &'a [NodeId],
}

/// Choice probabilities close to those of choices made at the same time.
#[derive(Clone, Copy)]
pub(crate) struct Near<'a> {
    pub policies: &'a Policies,
    /// Whether what is close to them is wanted, on whatever branch of the stage it lies.
    pub on_any_branch: bool,
}

/// The game at one state before all of them.
pub(crate) struct Moment {
    /// For each choice, the actions that are available.
    pub menus: Vec<Vec<usize>>,
    /// For each choice, its states: one for each way in which those before it may be made, the last of them fastest.
    pub states: Vec<Vec<usize>>,
    /// The same, with actions that are not available too.
    pub all_states: Vec<Vec<usize>>,
}

impl Together<'_, '_> {
    /// Who chooses, in order.
    pub fn movers(&self) -> Vec<PlayerId> {
        let mover = |&id: &NodeId| match self.plan.nodes[id].op {
            Op::Choose { stage, .. } => Some(self.plan.model.stage(stage).player),
            _ => None,
        };
        self.nodes.iter().filter_map(mover).collect()
    }

    /// Their precisions, in order.
    pub fn precisions(&self) -> Vec<f64> {
        self.movers().iter().map(|player| self.tables.precision[player.0]).collect()
    }

    /// The node after which the values are.
    pub fn last(&self) -> NodeId {
        self.nodes[self.nodes.len() - 1]
    }

    /// What may be chosen at a state before all of them.
    pub fn moment(&self, state: usize) -> Moment {
        let mut moment =
            Moment { menus: Vec::new(), states: vec![vec![state]], all_states: vec![vec![state]] };
        for (k, &id) in self.nodes.iter().enumerate() {
            let node = &self.plan.nodes[id];
            let inner = node.space.inner;
            let here = &moment.states[k];
            let Op::Choose { available, .. } = node.op else { continue };
            let (spec, data) = self.tables.table(self.plan, available);
            let open = |a: &usize| {
                here.first()
                    .is_some_and(|&s| data[a * spec.support.len() + spec.support.entry(s, inner)] == 0.0)
            };
            let menu: Vec<usize> = (0..node.edges.len()).filter(open).collect();
            let after = |states: &[usize], menu: &[usize]| -> Vec<usize> {
                let to = |state: usize, a: usize| {
                    self.tables.edge_rows(&node.edges[a].rows)[state / inner] as usize + state % inner
                };
                states.iter().flat_map(|&state| menu.iter().map(move |&a| to(state, a))).collect()
            };
            if k + 1 < self.nodes.len() {
                let all: Vec<usize> = (0..node.edges.len()).collect();
                let (open, any) = (after(here, &menu), after(&moment.all_states[k], &all));
                moment.states.push(open);
                moment.all_states.push(any);
            }
            moment.menus.push(menu);
        }
        moment
    }

    /// The game that is played there. `worth` tells what a player, given by its place among the movers, expects after an
    /// action of the last choice at one of its states.
    pub fn game(&self, moment: &Moment, worth: impl Fn(usize, usize, usize) -> f64) -> NormalForm {
        let last = &moment.menus[self.nodes.len() - 1];
        let payoffs = |player: usize| {
            let states = moment.states[self.nodes.len() - 1].iter();
            states
                .flat_map(|&state| last.iter().map(move |&a| (state, a)))
                .map(|(state, a)| worth(player, a, state))
                .collect()
        };
        let payoffs = (0..self.nodes.len()).map(payoffs).collect();
        NormalForm::new(moment.menus.iter().map(Vec::len).collect(), payoffs)
    }

    /// The same, given what players expect after the last choice.
    pub fn game_at(&self, moment: &Moment, values: &Worth) -> NormalForm {
        let movers = self.movers();
        let node = &self.plan.nodes[self.last()];
        let inner = node.space.inner;
        self.game(moment, |player, a, state| {
            let edge = &node.edges[a];
            let at = self.tables.edge_rows(&edge.rows)[state / inner] as usize + state % inner;
            values(edge.target, at, movers[player])
        })
    }

    /// The equilibrium of that game; `near` are choice probabilities close to it, if some are known.
    pub fn settle(&self, moment: &Moment, game: &NormalForm, near: Option<Near>) -> Settled {
        if moment.menus.iter().any(Vec::is_empty) {
            // An error, which is told where tables are filled, if the state can be reached.
            return Settled {
                q: moment.menus.iter().map(|m| vec![0.0; m.len()]).collect(),
                ..Settled::default()
            };
        }
        let strategies = near.map(|near| -> Vec<Vec<f64>> {
            let of = |(k, &id): (usize, &NodeId)| {
                let n = self.plan.nodes[id].space.size;
                moment.menus[k].iter().map(|a| near.policies[id][a * n + moment.states[k][0]]).collect()
            };
            self.nodes.iter().enumerate().map(of).collect()
        });
        let any = near.is_some_and(|near| near.on_any_branch);
        match equilibrium(game, &self.precisions(), strategies.as_deref().map(|q| (q, any))) {
            Ok(Equilibrium { q, folds, crossings, .. }) => {
                let counts = Counts { folds: folds as u64, crossings: crossings as u64, ..Counts::default() };
                Settled { q, counts }
            }
            Err(_) => Settled {
                q: moment.menus.iter().map(|m| vec![f64::NAN; m.len()]).collect(),
                counts: Counts { lost: 1, ..Counts::default() },
            },
        }
    }

    /// Writes what is known of each choice's actions at all of its states that belong to a moment, also after what the
    /// others would not or could not do: it may happen all the same where they are bound in a way that nobody expects.
    pub fn write(&self, moment: &Moment, q: &[Vec<f64>], to: &mut Policies) {
        for (k, &id) in self.nodes.iter().enumerate() {
            let node = &self.plan.nodes[id];
            let n = node.space.size;
            for &state in &moment.all_states[k] {
                (0..node.edges.len()).for_each(|a| to[id][a * n + state] = 0.0);
                moment.menus[k].iter().zip(&q[k]).for_each(|(&a, q)| to[id][a * n + state] = *q);
            }
        }
    }

    /// Makes room for what is known of each choice's actions.
    pub fn make_room(&self, to: &mut Policies) {
        to.resize_with(self.plan.nodes.len(), Vec::new);
        for &id in self.nodes {
            let node = &self.plan.nodes[id];
            to[id].resize(node.edges.len() * node.space.size, 0.0);
        }
    }
}

/// Strategies at a moment, by choice and available action.
#[derive(Default)]
pub(crate) struct Settled {
    pub q: Vec<Vec<f64>>,
    pub counts: Counts,
}
