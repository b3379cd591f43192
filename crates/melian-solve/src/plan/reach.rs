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
    spread(plan, &mut reached, fresh, true, &mut |id, i, state, arrive| {
        let node = &plan.nodes[id];
        let inner = node.space.inner;
        if let Some(possible) = &possible[id]
            && !possible.planes[i].contains(possible.support.entry(state, inner))
        {
            return;
        }
        let (row, within) = (state / inner, (state % inner) as u32);
        match &node.edges[i].rows {
            Rows::Fixed(rows) => arrive(rows[row] + within),
            Rows::Assigned { base, axis, .. } => {
                let axis = &plan.nodes[node.edges[i].target].space.axes[*axis];
                for p in 0..axis.levels.len() {
                    arrive(base[row] + within + (p * axis.stride) as u32);
                }
            }
        }
    });
    for (node, reached) in plan.nodes.iter_mut().zip(reached) {
        let inner = node.space.inner;
        let mut rows: Vec<u32> = Vec::new();
        for state in reached.ones() {
            let row = (state / inner) as u32;
            if rows.last() != Some(&row) {
                rows.push(row);
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
    spread(plan, &mut reached, fresh, false, &mut |id, i, state, arrive| {
        let node = &plan.nodes[id];
        let inner = node.space.inner;
        let open = match &node.op {
            Op::Move { select: Some(t) } => {
                let (spec, data) = tables.table(plan, *t);
                data[spec.support.entry(state, inner)] as usize == i
            }
            Op::Chance { law: t } | Op::Choose { available: t, .. } => {
                let (spec, data) = tables.table(plan, *t);
                let x = data[i * spec.support.len() + spec.support.entry(state, inner)];
                if matches!(node.op, Op::Chance { .. }) { x > 0.0 } else { x == 0.0 }
            }
            _ => true,
        };
        if open {
            let rows = tables.edge_rows(&node.edges[i].rows);
            arrive(rows[state / inner] + (state % inner) as u32);
        }
    });
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

/// Where an edge of a node leads from a state: calls its last argument with each state of the edge's target.
type Follow<'f> = dyn FnMut(NodeId, usize, usize, &mut dyn FnMut(u32)) + 'f;

/// Follows edges from the fresh states until nothing new is found. `follow(node, edge, state, arrive)` says where an
/// edge leads; the edges of period ends are followed only if `across`.
fn spread(plan: &Plan, reached: &mut [FixedBitSet], mut fresh: Fresh, across: bool, follow: &mut Follow) {
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
            let mut arrive = |state: u32| {
                if !seen.put(state as usize) {
                    found.push(state);
                }
            };
            for &state in &states {
                follow(id, i, state as usize, &mut arrive);
            }
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
