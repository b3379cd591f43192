//! One choice at one state, and choice probabilities under commitments that nobody noticed.

use crate::{
    plan::explore::NodeId,
    plan::{Op, Plan},
    stage::Simultaneous,
    sweep::Policies,
    sweep::exp::exp_of_nonpositive,
    sweep::together::{Near, Settled, Together},
    tables::Tables,
};
use melian_model::{PlayerId, StageId};

/// A choice at one state, in plain arithmetic: for each action of the node whether it is available, what the mover
/// expects from it, and how likely it is.
pub(crate) struct Look {
    pub available: Vec<bool>,
    pub value: Vec<f64>,
    pub probability: Vec<f64>,
}

/// What a player expects at a state of a node.
pub(crate) type Worth<'a> = dyn Fn(NodeId, usize, PlayerId) -> f64 + 'a;

/// Looks up the choice of a stage, given what players expect after it. Of stages chosen at the same time, `id` is
/// the first one's node, and what follows is what comes after the last.
pub(crate) fn look_at(
    plan: &Plan,
    tables: &Tables,
    (id, state): (NodeId, usize),
    stage: StageId,
    values: &Worth,
    near: Option<Near>,
) -> Option<Look> {
    let Some((nodes, 0)) = plan.together_with(id) else { return look(plan, tables, id, state, values) };
    let together = Together { plan, tables, nodes };
    let place =
        nodes.iter().position(|&n| matches!(plan.nodes[n].op, Op::Choose { stage: s, .. } if s == stage))?;
    let moment = together.moment(state);
    let game = together.game_at(&moment, values);
    let Settled { q, .. } = together.settle(&moment, &game, near);
    let mut worth = vec![0.0; q[place].len()];
    game.payoffs(place, &q, &mut worth);
    let actions = plan.nodes[nodes[place]].edges.len();
    let mut look =
        Look { available: vec![false; actions], value: vec![0.0; actions], probability: vec![0.0; actions] };
    for (k, &a) in moment.menus[place].iter().enumerate() {
        (look.available[a], look.value[a], look.probability[a]) = (true, worth[k], q[place][k]);
    }
    Some(look)
}

/// Looks a choice up, given what players expect where the node's actions lead.
pub(crate) fn look(plan: &Plan, tables: &Tables, id: NodeId, state: usize, values: &Worth) -> Option<Look> {
    let node = &plan.nodes[id];
    let Op::Choose { stage, available } = node.op else { return None };
    let player = plan.model.stage(stage).player;
    let inner = node.space.inner;
    let (row, within) = (state / inner, state % inner);
    let (spec, data) = tables.table(plan, available);
    let entry = spec.support.entry(state, inner);
    let mut look = Look { available: Vec::new(), value: Vec::new(), probability: Vec::new() };
    for (a, edge) in node.edges.iter().enumerate() {
        let rows = tables.edge_rows(&edge.rows);
        look.available.push(data[a * spec.support.len() + entry] == 0.0);
        look.value.push(values(edge.target, rows[row] as usize + within, player));
    }
    let lambda = tables.precision[player.0];
    let best = |f: &dyn Fn(f64) -> f64| {
        let pairs = look.value.iter().zip(&look.available);
        pairs.filter(|(_, a)| **a).map(|(q, _)| f(*q)).fold(f64::NEG_INFINITY, f64::max)
    };
    let weights: Vec<f64> = if lambda.is_infinite() {
        let top = best(&|q| q);
        let tie = 1e-12 * f64::max(1.0, top.abs());
        look.value.iter().map(|q| if top - q <= tie { 1.0 } else { 0.0 }).collect()
    } else {
        let top = best(&|q| lambda * q);
        look.value.iter().map(|q| exp_of_nonpositive(pulp::Scalar, (lambda * q - top).min(0.0))).collect()
    };
    let total: f64 = weights.iter().zip(&look.available).filter(|(_, a)| **a).map(|(w, _)| w).sum();
    look.probability =
        weights.iter().zip(&look.available).map(|(w, a)| if *a { w / total } else { 0.0 }).collect();
    Some(look)
}

/// Choice probabilities of one game played in another: where an action is not available there, or a commitment
/// excludes it, its share goes to the others in proportion, equally if they had none.
pub(crate) fn adjust(plan: &Plan, path: &Tables, policies: &mut Policies) {
    for (id, node) in plan.nodes.iter().enumerate() {
        let Op::Choose { available, .. } = node.op else { continue };
        let (spec, data) = path.table(plan, available);
        if data.iter().all(|x| *x == 0.0) {
            continue;
        }
        let n = node.space.size;
        let actions = node.edges.len();
        let policy = &mut policies[id];
        for state in 0..n {
            let entry = spec.support.entry(state, node.space.inner);
            let open = |a: usize| data[a * spec.support.len() + entry] == 0.0;
            let kept: f64 = (0..actions).filter(|&a| open(a)).map(|a| policy[a * n + state]).sum();
            let lost = (0..actions).any(|a| !open(a) && policy[a * n + state] != 0.0);
            if !lost {
                continue;
            }
            let count = (0..actions).filter(|&a| open(a)).count() as f64;
            for a in 0..actions {
                let p = &mut policy[a * n + state];
                *p = match (open(a), kept > 0.0) {
                    (false, _) => 0.0,
                    (true, true) => *p / kept,
                    (true, false) => 1.0 / count,
                };
            }
        }
    }
}
