//! One history, told event by event.

use crate::{
    ask::scenario::Scenario,
    plan::flow::Step,
    plan::{Op, Plan},
    sweep::belief::{History, value_period},
    sweep::policy::adjust,
    sweep::{Boundary, Policies, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Diagnostic, LineId, PlayerId, Span, StageId, VarId};

/// Something that happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// In which period.
    pub period: usize,
    /// What.
    pub kind: EventKind,
}

/// What can happen.
#[derive(Clone, PartialEq, Debug)]
pub enum EventKind {
    /// A player chose.
    Chose {
        /// The stage.
        stage: StageId,
        /// Position in the stage's list of actions.
        action: usize,
        /// How likely it was.
        probability: f64,
        /// How many actions were available.
        among: usize,
    },
    /// Chance redrew a variable.
    Drew {
        /// The variable.
        var: VarId,
        /// Its level before; absent levels are one past the domain.
        from: usize,
        /// Its level after.
        to: usize,
        /// How likely that was.
        probability: f64,
    },
    /// A variable was assigned a level that it did not have.
    Set {
        /// The variable.
        var: VarId,
        /// Its new level.
        to: usize,
    },
    /// A payment.
    Paid {
        /// To whom.
        player: PlayerId,
        /// Under which name.
        line: LineId,
        /// How much, undiscounted.
        amount: f64,
    },
    /// Play ended.
    Ended,
    /// The period is over; the state that it leaves: the variables that matter, with their levels.
    PeriodEnd(Vec<(VarId, usize)>),
}

/// Plays one history. `pick` gets the probabilities of what may happen and says which of it does.
///
/// # Errors
/// As [`crate::answer`].
pub fn simulate(
    plan: &Plan,
    scenario: &Scenario,
    periods: usize,
    pick: &mut dyn FnMut(&[f64]) -> usize,
) -> Result<Vec<Event>, Vec<Diagnostic>> {
    let model = plan.model;
    let Some((mut entry, mut state)) = plan.locate(&scenario.start) else {
        return Err(vec![Diagnostic::error(
            "start-not-planned",
            "the start is not one that the plan was made for",
            Span::NONE,
        )]);
    };
    let mut events = Vec::new();
    let mut space = Workspace::default();
    let tally = Tally::default();
    let last = periods.min(model.horizon);
    let mut first = 1;
    for segment in &scenario.segments {
        let until = segment.until.min(last);
        if first > until {
            break;
        }
        let (mut history, mut belief) =
            History::solve(plan, &segment.belief, first, until, &mut space, &mut || {})?;
        let mut path = if segment.belief == segment.path {
            None
        } else {
            Some(Tables::new(plan, &segment.path, first)?)
        };
        let mut policies: Policies = vec![Vec::new(); plan.nodes.len()];
        for period in first..=until {
            let next = history.at(plan, &mut belief, &mut space, period + 1)?;
            belief.at(plan, period)?;
            let mut out = Boundary::new();
            value_period(plan, &belief, &mut space, next, Some(&mut policies), &mut out, &tally);
            let tables = match &mut path {
                None => &belief,
                Some(path) => {
                    path.at(plan, period)?;
                    adjust(plan, path, &mut policies);
                    path
                }
            };
            let mut player = Player { plan, tables, policies: &policies, period, events: &mut events };
            (entry, state) = player.period(entry, state, pick);
        }
        first = segment.until.saturating_add(1);
    }
    Ok(events)
}

struct Player<'a, 'm> {
    plan: &'a Plan<'m>,
    tables: &'a Tables,
    policies: &'a Policies,
    period: usize,
    events: &'a mut Vec<Event>,
}

impl Player<'_, '_> {
    fn tell(&mut self, kind: EventKind) {
        self.events.push(Event { period: self.period, kind });
    }

    /// Plays a period from an entry's state; returns where the next one starts.
    fn period(
        &mut self,
        entry: usize,
        state: usize,
        pick: &mut dyn FnMut(&[f64]) -> usize,
    ) -> (usize, usize) {
        let (plan, tables) = (self.plan, self.tables);
        let (mut id, mut state) = (entry, state);
        loop {
            let node = &plan.nodes[id];
            let step = &plan.flow.points[node.point].step;
            let edge = match &node.op {
                Op::Exit { .. } => 0,
                Op::Move { select: None } => 0,
                Op::Move { select: Some(t) } => {
                    let (spec, data) = tables.table(plan, *t);
                    data[spec.support.entry(state, node.space.inner)] as usize
                }
                Op::Pay { tables: list } => {
                    for (payment, &t) in plan.payments(node).iter().zip(list) {
                        let (spec, data) = tables.table(plan, t);
                        let amount = data[spec.support.entry(state, node.space.inner)];
                        self.tell(EventKind::Paid {
                            player: payment.payee.player,
                            line: payment.payee.line,
                            amount,
                        });
                    }
                    0
                }
                Op::Chance { law } => {
                    let (spec, data) = tables.table(plan, *law);
                    let entry = spec.support.entry(state, node.space.inner);
                    let p: Vec<f64> =
                        (0..node.edges.len()).map(|k| data[k * spec.support.len() + entry]).collect();
                    let edge = pick(&p);
                    self.drawn(id, state, edge, p[edge]);
                    edge
                }
                Op::Choose { stage, .. } => {
                    let policy = &self.policies[id];
                    let p: Vec<f64> =
                        (0..node.edges.len()).map(|a| policy[a * node.space.size + state]).collect();
                    let edge = pick(&p);
                    if let Step::Choose { choice, .. } = step {
                        self.tell(EventKind::Chose {
                            stage: *stage,
                            action: choice.actions[node.edges[edge].role].action,
                            probability: p[edge],
                            among: p.iter().filter(|p| **p > 0.0).count(),
                        });
                    }
                    edge
                }
            };
            let link = &node.edges[edge];
            let at =
                tables.edge_rows(&link.rows)[state / node.space.inner] as usize + state % node.space.inner;
            if matches!(node.op, Op::Exit { .. }) {
                let levels = plan.levels_at(id, state);
                let known = levels
                    .iter()
                    .enumerate()
                    .filter(|&(v, &k)| (k as usize) < plan.model.vars[v].domain.size());
                let end = known.map(|(v, &k)| (VarId(v), k as usize)).collect();
                self.tell(EventKind::PeriodEnd(end));
                return (link.target, at);
            }
            self.assigned(id, state, link.target, at);
            (id, state) = (link.target, at);
        }
    }

    fn drawn(&mut self, id: usize, state: usize, edge: usize, probability: f64) {
        let plan = self.plan;
        let node = &plan.nodes[id];
        let Step::Draw { draw, .. } = &plan.flow.points[node.point].step else { return };
        let from = plan.levels_at(id, state)[draw.var.0];
        let role = node.edges[edge].role;
        let to = if crate::plan::is_walk(draw, &plan.keys) {
            match role {
                1 => from as usize + 1,
                2 => from as usize - 1,
                _ => from as usize,
            }
        } else {
            role
        };
        let from = (from as usize).min(plan.model.var(draw.var).absent());
        self.tell(EventKind::Drew { var: draw.var, from, to, probability });
    }

    fn assigned(&mut self, id: usize, state: usize, target: usize, at: usize) {
        let plan = self.plan;
        match &plan.flow.points[plan.nodes[id].point].step {
            Step::Assign { var, .. } => {
                let before = plan.levels_at(id, state)[var.0];
                let after = plan.levels_at(target, at)[var.0];
                if before != after && (after as usize) < plan.model.var(*var).domain.size() {
                    self.tell(EventKind::Set { var: *var, to: after as usize });
                }
            }
            Step::End => self.tell(EventKind::Ended),
            _ => {}
        }
    }
}
