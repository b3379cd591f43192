//! Which states can be reached: by any parameters (marked in the plan), or by those of one setting.

use crate::{
    plan::explore::{NodeId, branch_arms},
    plan::flow::Step,
    plan::space::Support,
    plan::{Op, Plan, Rows, is_walk},
    semantics::eval::{Env, EvalError, eval},
    semantics::law::law_support,
    tables::Tables,
};
use fixedbitset::FixedBitSet;
use std::collections::BTreeSet;

/// States found and not yet followed, for each node.
type Fresh = Vec<Vec<u32>>;

/// Marks in every node what can be reached, and which rows hold it.
pub(crate) fn mark(plan: &mut Plan) {
    let possible: Vec<Option<Possible>> = (0..plan.nodes.len()).map(|id| possible(plan, id)).collect();
    let mut reached = empty(plan);
    let mut fresh: Fresh = vec![Vec::new(); plan.nodes.len()];
    let look_ups = plan.look_ups.iter().map(|&(id, state, _)| (id, state));
    for (id, state) in plan.starts.iter().copied().chain(look_ups) {
        if !reached[id].put(state) {
            fresh[id].push(state as u32);
        }
    }
    spread(plan, &mut reached, fresh, true, &ByAny { plan, possible });
    for (node, reached) in plan.nodes.iter_mut().zip(reached) {
        let inner = node.space.inner;
        let mut rows: Vec<u32> = Vec::new();
        let mut end = 0;
        for state in reached.ones() {
            if state >= end {
                rows.push((state / inner) as u32);
                end = (state / inner + 1) * inner;
            }
        }
        node.active = (rows.len() < node.space.rows()).then_some(rows);
        node.reached = reached;
    }
}

/// No state of any node.
pub(crate) fn empty(plan: &Plan) -> Vec<FixedBitSet> {
    plan.nodes.iter().map(|n| FixedBitSet::with_capacity(n.space.size)).collect()
}

/// What one period reaches under filled tables, from these states at its start and from the period's look-ups. Returns the
/// reached states of every node; what the next period can start from takes their place in `boundary`.
pub(crate) fn one_period(plan: &Plan, tables: &Tables, boundary: &mut [FixedBitSet]) -> Vec<FixedBitSet> {
    let mut reached = empty(plan);
    let mut fresh: Fresh = vec![Vec::new(); plan.nodes.len()];
    for &id in &plan.entries {
        for state in boundary[id].ones() {
            reached[id].insert(state);
            fresh[id].push(state as u32);
        }
    }
    for &(id, state, at) in &plan.look_ups {
        if at == tables.period && !reached[id].put(state) {
            fresh[id].push(state as u32);
        }
    }
    spread(plan, &mut reached, fresh, false, &BySetting { plan, tables });
    boundary.iter_mut().for_each(FixedBitSet::clear);
    for id in 0..plan.nodes.len() {
        if matches!(plan.nodes[id].op, Op::Exit { .. }) {
            let edge = &plan.nodes[id].edges[0];
            let inner = plan.nodes[id].space.inner;
            let rows = tables.edge_rows(&edge.rows);
            for state in reached[id].ones() {
                boundary[edge.target].insert(rows[state / inner] as usize + state % inner);
            }
        }
    }
    reached
}

/// Where the edges of nodes lead.
trait Follow {
    /// Calls `arrive` with each state of an edge's target that the edge leads to from some states.
    fn follow(&self, id: NodeId, edge: usize, states: &[u32], arrive: impl FnMut(u32));
}

/// By any parameters, as far as is known without them.
struct ByAny<'a, 'm> {
    plan: &'a Plan<'m>,
    /// For each node.
    possible: Vec<Option<Possible>>,
}

impl Follow for ByAny<'_, '_> {
    fn follow(&self, id: NodeId, edge: usize, states: &[u32], mut arrive: impl FnMut(u32)) {
        let node = &self.plan.nodes[id];
        let possible = self.possible[id].as_ref().map(|p| (&p.support, &p.planes[edge]));
        for (row, within) in places(states, node.space.inner) {
            if possible.is_some_and(|(support, plane)| !plane.contains(support.at(row, within))) {
                continue;
            }
            match &node.edges[edge].rows {
                Rows::Fixed(rows) => arrive(rows[row] + within as u32),
                Rows::Assigned { base, axis, .. } => {
                    let axis = &self.plan.nodes[node.edges[edge].target].space.axes[*axis];
                    for p in 0..axis.levels.len() {
                        arrive(base[row] + (within + p * axis.stride) as u32);
                    }
                }
            }
        }
    }
}

/// By the parameters of filled tables.
struct BySetting<'a, 'm> {
    plan: &'a Plan<'m>,
    tables: &'a Tables,
}

impl Follow for BySetting<'_, '_> {
    fn follow(&self, id: NodeId, edge: usize, states: &[u32], mut arrive: impl FnMut(u32)) {
        let (plan, tables) = (self.plan, self.tables);
        let node = &plan.nodes[id];
        let rows = tables.edge_rows(&node.edges[edge].rows);
        for (row, within) in places(states, node.space.inner) {
            let open = match &node.op {
                Op::Move { select: Some(t) } => {
                    let (spec, data) = tables.table(plan, *t);
                    data[spec.support.at(row, within)] as usize == edge
                }
                Op::Chance { law: t } | Op::Choose { available: t, .. } => {
                    let (spec, data) = tables.table(plan, *t);
                    let x = data[edge * spec.support.len() + spec.support.at(row, within)];
                    if matches!(node.op, Op::Chance { .. }) { x > 0.0 } else { x == 0.0 }
                }
                _ => true,
            };
            if open {
                arrive(rows[row] + within as u32);
            }
        }
    }
}

/// Row and position of each state. Most stand in the row of the one before.
fn places(states: &[u32], inner: usize) -> impl Iterator<Item = (usize, usize)> {
    let (mut row, mut begin) = (0, 0);
    states.iter().map(move |&state| {
        let state = state as usize;
        if state < begin || state - begin >= inner {
            row = state / inner;
            begin = row * inner;
        }
        (row, state - begin)
    })
}

/// Follows edges from the fresh states until nothing new is found; the edges of period ends only if `across`.
fn spread(plan: &Plan, reached: &mut [FixedBitSet], mut fresh: Fresh, across: bool, by: &impl Follow) {
    let rank = |id: NodeId| (std::cmp::Reverse(plan.nodes[id].point), id);
    let mut queue: BTreeSet<_> = (0..fresh.len()).filter(|&id| !fresh[id].is_empty()).map(rank).collect();
    while let Some((_, id)) = queue.pop_first() {
        let states = std::mem::take(&mut fresh[id]);
        if !across && matches!(plan.nodes[id].op, Op::Exit { .. }) {
            continue;
        }
        for (i, edge) in plan.nodes[id].edges.iter().enumerate() {
            let seen = &mut reached[edge.target];
            let found = &mut fresh[edge.target];
            let before = found.len();
            by.follow(id, i, &states, |state| {
                if !seen.put(state as usize) {
                    found.push(state);
                }
            });
            if found.len() > before {
                queue.insert(rank(edge.target));
            }
        }
    }
}

/// Which edges can be taken at each entry of a support.
struct Possible {
    support: Support,
    planes: Vec<FixedBitSet>,
}

/// Which edges of a node can be taken where, as far as is known without parameters. `None`: all everywhere.
fn possible(plan: &Plan, id: NodeId) -> Option<Possible> {
    let model = plan.model;
    let node = &plan.nodes[id];
    let table = match node.op {
        Op::Move { select: Some(t) } => t,
        Op::Chance { law } => law,
        Op::Choose { available, .. } => available,
        _ => return None,
    };
    let support = &plan.tables[table].support;
    let mut planes = vec![FixedBitSet::with_capacity(support.len()); node.edges.len()];
    let mut levels = node.known.clone();
    let step = &plan.flow.points[node.point].step;
    let width = match step {
        Step::Assign { var, .. } => model.var(*var).domain.size(),
        Step::Draw { draw, .. } => model.var(draw.var).domain.size(),
        Step::Branch { arms } => arms.len() + 1,
        _ => 0,
    };
    let mut can = vec![false; width];
    support.visit(&node.space, &mut levels, |entry, levels| {
        let env = Env { model, levels, params: None, period: None, ahead: &[] };
        can.fill(false);
        match step {
            Step::Assign { var, value, .. } => match eval(value, &env) {
                Ok(x) => model.var(*var).domain.level(x).into_iter().for_each(|k| can[k] = true),
                Err(EvalError::Unknown) => can.fill(true),
                Err(_) => {}
            },
            Step::Branch { arms } => branch_arms(arms, &env, &mut can),
            Step::Draw { draw, .. } => law_support(draw, &env, &mut can),
            Step::Choose { choice, .. } => {
                for (i, edge) in node.edges.iter().enumerate() {
                    let guard = choice.actions[edge.role].guard.as_ref();
                    planes[i].set(entry, guard.is_none_or(|g| !matches!(eval(g, &env), Ok(x) if x == 0.0)));
                }
                return;
            }
            _ => {}
        }
        let walk = match step {
            Step::Draw { draw, .. } if is_walk(draw, &plan.keys) => Some(levels[draw.var.0] as usize),
            _ => None,
        };
        for (i, edge) in node.edges.iter().enumerate() {
            let can = match (walk, edge.role) {
                (None, role) => can[role],
                (Some(level), 0) => level < width,
                (Some(level), 1) => level + 1 < width && can[level + 1],
                (Some(level), _) => level > 0 && level < width && can[level - 1],
            };
            planes[i].set(entry, can);
        }
    });
    Some(Possible { support: support.clone(), planes })
}
