//! Where to look for a stationary equilibrium: values or choice probabilities by state.

use crate::{
    forever::limits,
    plan::explore::NodeId,
    plan::{Op, Plan, PlanNode},
    semantics::eval::UNKNOWN,
    sweep::belief::player_columns,
    sweep::{Boundary, Choosing, Policies, Sweep, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Diagnostic, Span, StageId, VarId};
use std::collections::HashMap;

/// Numbers by state: one row for each combination of levels of some variables.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ByState {
    /// The variables.
    pub vars: Vec<VarId>,
    /// Levels, and the numbers there.
    pub rows: Vec<(Vec<usize>, Vec<f64>)>,
}

/// A point to start from.
#[derive(Clone, PartialEq, Debug)]
pub enum Start {
    /// At the states where a period can start, each player's value.
    Values(ByState),
    /// For each stage, where it is played, how likely each of its actions is; the values are those of such play.
    Policies(Vec<(StageId, ByState)>),
}

/// The id of the error that says what a start lacks.
const START: &str = "start-values";

impl ByState {
    /// The numbers at the states of a node, by the variables that matter there.
    fn at<'s>(&'s self, node: &PlanNode) -> impl Fn(usize) -> Option<&'s [f64]> {
        let known = |v: &VarId| node.known[v.0] != UNKNOWN || node.space.axis(*v).is_some();
        let used: Vec<usize> = (0..self.vars.len()).filter(|&i| known(&self.vars[i])).collect();
        let mut rows: HashMap<Vec<usize>, &[f64]> = HashMap::new();
        for (levels, numbers) in &self.rows {
            rows.entry(used.iter().map(|&i| levels[i]).collect()).or_insert(numbers);
        }
        let vars: Vec<VarId> = used.iter().map(|&i| self.vars[i]).collect();
        let (space, levels) = (node.space.clone(), node.known.clone());
        move |state| {
            let mut levels = levels.clone();
            space.levels_of(state, &mut levels);
            let key: Vec<usize> = vars.iter().map(|v| levels[v.0] as usize).collect();
            rows.get(&key).copied()
        }
    }
}

/// The state of a node in words, for whoever has to add it to a file.
fn in_words(plan: &Plan, id: NodeId, state: usize) -> String {
    let levels = plan.levels_at(id, state);
    let known = (0..levels.len()).filter(|&v| (levels[v] as usize) < plan.model.vars[v].domain.size());
    let part = |v: usize| {
        let var = VarId(v);
        format!("{} = {}", plan.model.var(var).name, plan.model.level_name(var, levels[v] as usize))
    };
    known.map(part).collect::<Vec<_>>().join(", ")
}

/// The players' values of a start, player by player, at the states in reach where a period can start; and its choice
/// probabilities, if it has some.
pub(crate) fn values(
    plan: &Plan,
    tables: &Tables,
    space: &mut Workspace,
    start: &Start,
) -> Result<(Vec<f64>, Option<Policies>), Vec<Diagnostic>> {
    let lacks = |what: &str, id: NodeId, state: usize| {
        let title = format!("the start has no {what} at {}", in_words(plan, id, state));
        vec![Diagnostic::error(START, title, Span::NONE).help("it needs one row for every state in reach")]
    };
    let players = plan.model.players.len();
    let mut values = Vec::new();
    let mut known = None;
    match start {
        Start::Values(by_state) => {
            for player in 0..players {
                for &id in &plan.entries {
                    let node = &plan.nodes[id];
                    let find = by_state.at(node);
                    // Where play has ended, nothing is worth anything.
                    let ended = plan.model.ended.is_some_and(|v| node.known[v.0] == 1);
                    for state in node.reached.ones() {
                        values.push(match find(state) {
                            _ if ended => 0.0,
                            Some(row) => row[player],
                            None => return Err(lacks("values", id, state)),
                        });
                    }
                }
            }
        }
        Start::Policies(stages) => {
            let mut policies: Policies = vec![Vec::new(); plan.nodes.len()];
            for (id, node) in plan.nodes.iter().enumerate() {
                let Op::Choose { stage, available } = node.op else { continue };
                let n = node.space.size;
                policies[id].resize(n * node.edges.len(), 0.0);
                let (_, own) = stages.iter().find(|(s, _)| *s == stage).ok_or_else(|| {
                    let title = format!("the start says nothing of `{}`", plan.model.stage_name(stage));
                    vec![Diagnostic::error(START, title, Span::NONE)]
                })?;
                let find = own.at(node);
                let crate::plan::flow::Step::Choose { choice, .. } = &plan.flow.points[node.point].step
                else {
                    continue;
                };
                let (spec, data) = tables.table(plan, available);
                for state in node.reached.ones() {
                    let row = find(state).ok_or_else(|| lacks("choice probabilities", id, state))?;
                    let entry = spec.support.entry(state, node.space.inner);
                    let open = |e: usize| data[e * spec.support.len() + entry] == 0.0;
                    let p =
                        |e: usize| if open(e) { row[choice.actions[node.edges[e].role].action] } else { 0.0 };
                    let sum: f64 = (0..node.edges.len()).map(p).sum();
                    if sum.is_nan() || sum <= 0.0 {
                        return Err(lacks("choice probabilities that add up to something", id, state));
                    }
                    (0..node.edges.len()).for_each(|e| policies[id][e * n + state] = p(e) / sum);
                }
            }
            let (columns, tally) = (player_columns(plan), Tally::default());
            let mut period = |after: &Boundary| {
                let sweep = Sweep::new(plan, tables, &columns, &tally);
                let mut out = Boundary::new();
                let choosing = Choosing::Given(&policies, &tables.precision);
                sweep.run(space, Some(after), choosing, &mut |_, _| {}, &mut out);
                out
            };
            let limits = limits::of(plan, players, &mut period);
            for player in 0..players {
                for (limits, &id) in limits.iter().zip(&plan.entries) {
                    let node = &plan.nodes[id];
                    values.extend(node.reached.ones().map(|state| limits[player * node.space.size + state]));
                }
            }
            known = Some(policies);
        }
    }
    Ok((values, known))
}
