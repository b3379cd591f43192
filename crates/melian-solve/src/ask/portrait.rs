//! The exact distribution of play, period by period: over the levels of each state variable at period ends, and over the
//! states in which stages are reached, with the choices made there.

use crate::{
    ask::push::{Pass, Push, Stop, Ways},
    ask::recursion::Work,
    ask::rules::Sampler,
    ask::scenario::Scenario,
    plan::explore::NodeId,
    plan::flow::Step,
    plan::{Op, Plan},
    sweep::belief::{History, value_period},
    sweep::policy::adjust,
    sweep::together::Together,
    sweep::{Boundary, Policies, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Diagnostic, Span, StageId, VarId};
use std::collections::HashMap;

/// A stage in a state and a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spot {
    /// The stage.
    pub stage: StageId,
    /// The period.
    pub period: usize,
    /// Of choices made at the same time, the first one's.
    pub(crate) node: NodeId,
    pub(crate) state: usize,
}

/// A stage that is reached in a state.
pub struct Visit<'a> {
    /// Where.
    pub spot: Spot,
    /// Probability of it.
    pub mass: f64,
    /// Level of every variable of the model; of one that is absent or matters no more, none of its domain's.
    pub levels: &'a [u32],
    /// How likely each action of the stage's list is; NaN of one that is not available.
    pub choice: &'a [f64],
}

/// For each period from 0, the start, and for each variable: how likely each of its levels is at the period's end. They add
/// up to the probability that it exists; of variables that are no state and of those that the plan does not keep until the
/// end of a period there are none.
pub type Levels = Vec<Vec<Vec<f64>>>;

/// Follows play through so many periods. `seen` is told of every visit in the periods of `look`.
///
/// # Errors
/// Everything that goes wrong at a reachable state; a start that the plan was not made for.
pub fn portrait(
    plan: &Plan,
    scenario: &Scenario,
    periods: usize,
    look: &[usize],
    seen: &mut dyn FnMut(Visit<'_>),
    progress: &dyn Fn(f64),
) -> Result<Levels, Vec<Diagnostic>> {
    let model = plan.model;
    let Some((node, state)) = plan.locate(&scenario.start) else {
        let title = "the start is not one that the plan was made for";
        return Err(vec![Diagnostic::error("start-not-planned", title, Span::NONE)]);
    };
    let last = periods.min(model.horizon);
    let mut levels = vec![at_start(plan, &scenario.start)];
    let work = Work::default();
    let mut pass = Pass::flow(plan, (node, state), Stop::Never);
    let (mut space, tally) = (Workspace::default(), Tally::default());
    let mut policies: Policies = vec![Vec::new(); plan.nodes.len()];
    let ways = plan.ways.get_or_init(|| Ways::new(plan));
    let snapshots = HashMap::new();
    let mut first = 1;
    for segment in &scenario.segments {
        let until = segment.until.min(last);
        if first > until {
            break;
        }
        let mut solved = 0;
        let mut step = || {
            solved += 1;
            progress(solved as f64 / (2 * last) as f64);
        };
        let (mut history, mut belief) =
            History::solve(plan, &segment.belief, first, until, &mut space, &mut step)?;
        let mut path = match segment.belief == segment.path {
            true => None,
            false => Some(Tables::new(plan, &segment.path, first)?),
        };
        let sampler = Sampler::new(plan, &work, &segment.path.params);
        for period in first..=until {
            plan.options.interrupt.check()?;
            let next = history.at(plan, &mut belief, &mut space, period + 1)?;
            belief.at(plan, period)?;
            let mut out = Boundary::new();
            value_period(plan, &belief, &mut space, next, Some(&mut policies), &mut out, &tally);
            let tables = match &mut path {
                None => &belief,
                Some(path) => {
                    path.at(plan, period)?;
                    adjust(plan, path, &mut policies);
                    &*path
                }
            };
            let push = Push {
                plan,
                ways,
                work: &work,
                tables,
                policies: &policies,
                precision: &belief.precision,
                sampler: &sampler,
                segments: &scenario.segments,
                snapshots: &snapshots,
                game: 0,
                period,
                horizon: model.horizon,
            };
            let mut ends = nothing(plan);
            let looked_at = look.contains(&period);
            push.period_seen(&mut pass, &mut |id, mass| match &plan.nodes[id].op {
                Op::Exit { .. } => add_levels(plan, id, mass, &mut ends),
                Op::Choose { .. } if looked_at => visits(plan, tables, &policies, (id, period), mass, seen),
                _ => {}
            })?;
            levels.push(ends);
            progress(0.5 + 0.5 * period as f64 / last as f64);
        }
        first = segment.until.saturating_add(1);
    }
    Ok(levels)
}

/// A probability of 0 for each level of each state variable.
fn nothing(plan: &Plan) -> Vec<Vec<f64>> {
    let zeros = |v: &melian_model::Variable| vec![0.0; if v.is_state() { v.domain.size() } else { 0 }];
    plan.model.vars.iter().map(zeros).collect()
}

fn at_start(plan: &Plan, start: &[usize]) -> Vec<Vec<f64>> {
    let mut levels = nothing(plan);
    for (levels, &level) in levels.iter_mut().zip(start) {
        if let Some(p) = levels.get_mut(level) {
            *p = 1.0;
        }
    }
    levels
}

/// Adds the mass at a node to the levels that its variables have there.
fn add_levels(plan: &Plan, id: NodeId, mass: &[f64], to: &mut [Vec<f64>]) {
    let node = &plan.nodes[id];
    let total: f64 = mass.iter().sum();
    for (to, &level) in to.iter_mut().zip(&node.known) {
        if let Some(p) = to.get_mut(level as usize) {
            *p += total;
        }
    }
    for axis in &node.space.axes {
        let to = &mut to[axis.var.0];
        for (state, m) in mass.iter().enumerate().filter(|(_, m)| **m != 0.0) {
            let level = axis.levels[state / axis.stride % axis.levels.len()];
            if let Some(p) = to.get_mut(level as usize) {
                *p += m;
            }
        }
    }
}

/// Tells of every state of a choice that holds mass. Choices made at the same time are told of at the first.
fn visits(
    plan: &Plan,
    tables: &Tables,
    policies: &Policies,
    (id, period): (NodeId, usize),
    mass: &[f64],
    seen: &mut dyn FnMut(Visit<'_>),
) {
    let together = plan.together_with(id);
    if together.is_some_and(|(_, place)| place > 0) {
        return;
    }
    let nodes = together.map_or(std::slice::from_ref(&id), |(nodes, _)| nodes);
    let mut levels = plan.nodes[id].known.clone();
    let mut choice = Vec::new();
    for (state, &mass) in mass.iter().enumerate().filter(|(_, m)| **m != 0.0) {
        plan.nodes[id].space.levels_of(state, &mut levels);
        let moment = together.map(|_| Together { plan, tables, nodes }.moment(state));
        for (k, &chooser) in nodes.iter().enumerate() {
            let node = &plan.nodes[chooser];
            let (Op::Choose { stage, available }, Step::Choose { choice: written, .. }) =
                (&node.op, &plan.flow.points[node.point].step)
            else {
                continue;
            };
            // What others choose at the same time changes nothing in the choice: the first of its states serves.
            let at = moment.as_ref().map_or(state, |moment| moment.states[k][0]);
            let (spec, data) = tables.table(plan, *available);
            let entry = spec.support.entry(at, node.space.inner);
            choice.clear();
            choice.resize(plan.model.stage(*stage).actions.len(), f64::NAN);
            for (a, edge) in node.edges.iter().enumerate() {
                if data[a * spec.support.len() + entry] == 0.0 {
                    choice[written.actions[edge.role].action] = policies[chooser][a * node.space.size + at];
                }
            }
            let spot = Spot { stage: *stage, period, node: id, state };
            seen(Visit { spot, mass, levels: &levels, choice: &choice });
        }
    }
}

impl Spot {
    /// The spot of a stage in a period at a state: the variables named, the others as at the start.
    ///
    /// # Errors
    /// No place of the stage fits, or the plan was not made for it.
    pub fn at(
        plan: &Plan,
        start: &[usize],
        stage: StageId,
        period: usize,
        state: &[(VarId, usize)],
    ) -> Result<Spot, Vec<Diagnostic>> {
        let (node, state) = plan.locate_look_up(start, stage, state)?;
        Ok(Spot { stage, period, node, state })
    }
}
