//! Questions answered backward: as extra columns of the sweep that solves the game.

use crate::{
    ask::recursion::{LookUp, Rule, Wanted, Work},
    ask::rules::Sampler,
    ask::scenario::Segment,
    plan::explore::NodeId,
    plan::flow::Step,
    plan::{Op, Plan},
    sweep::belief::{History, player_columns},
    sweep::policy::{adjust, look},
    sweep::{Boundary, Choosing, Column, Pays, Policies, StageRule, Sweep, Workspace},
    tables::Tables,
};
use melian_model::Diagnostic;
use std::{collections::HashMap, sync::atomic::AtomicU64};

/// What a backward pass finds.
#[derive(Default)]
pub(crate) struct Found {
    /// For each recursion that is carried to period 1, its value at every entry state.
    pub recursions: HashMap<usize, Boundary>,
    /// For each recursion that others read, its values at the start of its first period.
    pub snapshots: HashMap<usize, Boundary>,
    /// Players' values at the start of period 1 under the first segment's belief.
    pub values: Boundary,
    pub look_ups: Vec<Option<f64>>,
    /// For each segment, what a forward pass needs.
    pub histories: Vec<History>,
    pub ties: u64,
}

/// Runs the segments backward, carrying the recursions in `carry`; keeps what a forward pass through period `last` needs.
pub(crate) fn backward(
    plan: &Plan,
    segments: &[Segment],
    work: &Work,
    carry: &[usize],
    last: usize,
    space: &mut Workspace,
    step: &mut dyn FnMut(),
) -> Result<Found, Vec<Diagnostic>> {
    let horizon = plan.model.horizon;
    let players = player_columns(plan);
    let ties = AtomicU64::new(0);
    let mut found = Found { look_ups: vec![None; work.look_ups.len()], ..Found::default() };
    // For each recursion, its values at the start of the period after the current one.
    let mut carried: HashMap<usize, Boundary> = HashMap::new();
    for (s, segment) in segments.iter().enumerate().rev() {
        let first = if s == 0 { 1 } else { segments[s - 1].until + 1 };
        let same = segment.belief == segment.path;
        let mut belief = Tables::new(plan, &segment.belief, horizon)?;
        let mut path = if same { None } else { Some(Tables::new(plan, &segment.path, horizon)?) };
        let mut sampler = Sampler::new(plan, work, &segment.path.params, segments);
        let mut policies: Policies = vec![Vec::new(); plan.nodes.len()];
        let mut next: Option<Boundary> = None;
        let mut history = History::new(plan, first, segment.until.min(last));
        for period in (first..=horizon).rev() {
            belief.at(plan, period)?;
            let active: Vec<usize> = carry
                .iter()
                .copied()
                .filter(|&r| {
                    let recursion = &work.recursions[r];
                    period <= segment.until && period >= recursion.first && period <= recursion.by
                })
                .collect();
            let looks: Vec<(usize, &LookUp)> = work
                .look_ups
                .iter()
                .enumerate()
                .filter(|(_, l)| l.at == period && period <= segment.until)
                .collect();
            let mut questions: Vec<Column> = Vec::new();
            for &r in &active {
                questions.push(match work.recursions[r].rule {
                    Rule::Value(player) => Column::player(player),
                    _ => Column { pays: Pays::Nothing, discount: None },
                });
            }
            let values_first = if same { players.len() } else { 0 };
            let mut rules: Vec<Vec<StageRule>> = vec![Vec::new(); plan.nodes.len()];
            for (c, &r) in active.iter().enumerate() {
                for (id, rules) in rules.iter_mut().enumerate() {
                    if matches!(plan.nodes[id].op, Op::Choose { .. }) {
                        sampler.stage_rules(values_first + c, r, id, period, rules)?;
                    }
                }
            }
            let mut wrong: Option<Vec<Diagnostic>> = None;
            let snapshots = &found.snapshots;
            let mut at_end = |id: NodeId, values: &mut [f64]| {
                let n = plan.nodes[id].space.size;
                for (c, &r) in active.iter().enumerate() {
                    let column = &mut values[(values_first + c) * n..(values_first + c + 1) * n];
                    let recursion = &work.recursions[r];
                    let done = sampler
                        .ahead_at(id, &recursion.ahead, snapshots)
                        .and_then(|ahead| sampler.at_end(recursion, id, period, &ahead, column));
                    if let Err(e) = done {
                        wrong.get_or_insert(e);
                    }
                }
            };
            let mut answers: Vec<(usize, f64)> = Vec::new();
            let mut seen = |id: NodeId, values: &[Vec<f64>]| {
                for (i, l) in &looks {
                    if l.node == id
                        && let Some(answer) = look_up(plan, &belief, id, l.state, values, &l.wanted)
                    {
                        answers.push((*i, answer));
                    }
                }
            };
            let mut out = Boundary::new();
            if same {
                let columns: Vec<Column> = players.iter().chain(&questions).copied().collect();
                let sweep =
                    Sweep { plan, tables: &belief, columns: &columns, stage_rules: &rules, ties: &ties };
                let joined = join(plan, next.as_ref(), players.len(), &active, &carried);
                let next = if period == horizon { None } else { Some(&joined) };
                if looks.is_empty() {
                    sweep.run(space, next, Choosing::Respond(None), &mut at_end, &mut out);
                } else {
                    sweep.run_plain(space, next, Choosing::Respond(None), &mut at_end, &mut out, &mut seen);
                }
                let (own, rest) = split(plan, out, players.len());
                out = own;
                carried.extend(active.iter().copied().zip(rest));
            } else {
                let sweep = Sweep { plan, tables: &belief, columns: &players, stage_rules: &[], ties: &ties };
                let keep = if active.is_empty() { None } else { Some(&mut policies) };
                let next_values = next.as_ref();
                let choosing = Choosing::Respond(keep);
                if looks.is_empty() {
                    sweep.run(space, next_values, choosing, &mut |_, _| {}, &mut out);
                } else {
                    sweep.run_plain(space, next_values, choosing, &mut |_, _| {}, &mut out, &mut seen);
                }
                if let (false, Some(path)) = (active.is_empty(), &mut path) {
                    path.at(plan, period)?;
                    adjust(plan, path, &mut policies);
                    let sweep =
                        Sweep { plan, tables: path, columns: &questions, stage_rules: &rules, ties: &ties };
                    let joined = join(plan, None, 0, &active, &carried);
                    let next = if period == horizon { None } else { Some(&joined) };
                    let mut rest = Boundary::new();
                    sweep.run(
                        space,
                        next,
                        Choosing::Given(&policies, &belief.precision),
                        &mut at_end,
                        &mut rest,
                    );
                    let (_, rest) = split(plan, rest, 0);
                    carried.extend(active.iter().copied().zip(rest));
                }
            }
            if let Some(wrong) = wrong {
                return Err(wrong);
            }
            answers.into_iter().for_each(|(i, a)| found.look_ups[i] = Some(a));
            for &r in &active {
                let recursion = &work.recursions[r];
                if recursion.first == period
                    && recursion.first > 1
                    && let Some(values) = carried.remove(&r)
                {
                    found.snapshots.insert(r, values);
                }
            }
            history.keep(period, &out);
            next = Some(out);
            step();
        }
        found.histories.insert(0, history);
        if s == 0 {
            found.values = next.unwrap_or_default();
        }
    }
    found.ties = ties.into_inner();
    found.recursions = carried;
    Ok(found)
}

/// The players' columns and those of the active recursions side by side; zeros for a recursion that starts here.
fn join(
    plan: &Plan,
    values: Option<&Boundary>,
    players: usize,
    active: &[usize],
    carried: &HashMap<usize, Boundary>,
) -> Boundary {
    plan.entries
        .iter()
        .enumerate()
        .map(|(e, &id)| {
            let n = plan.nodes[id].space.size;
            let mut joined = Vec::with_capacity(n * (players + active.len()));
            match values {
                Some(values) => joined.extend_from_slice(&values[e]),
                None => joined.resize(n * players, 0.0),
            }
            for r in active {
                match carried.get(r) {
                    Some(column) => joined.extend_from_slice(&column[e]),
                    None => joined.resize(joined.len() + n, 0.0),
                }
            }
            joined
        })
        .collect()
}

/// Takes the players' columns and the others apart again.
fn split(plan: &Plan, joined: Boundary, players: usize) -> (Boundary, Vec<Boundary>) {
    let mut values = Boundary::new();
    let mut rest: Vec<Boundary> = Vec::new();
    for (e, &id) in plan.entries.iter().enumerate() {
        let n = plan.nodes[id].space.size;
        values.push(joined[e][..n * players].to_vec());
        for (c, column) in joined[e][n * players..].chunks(n.max(1)).enumerate() {
            if rest.len() <= c {
                rest.push(Boundary::new());
            }
            rest[c].push(column.to_vec());
        }
    }
    (values, rest)
}

/// The answer to a look-up at a node whose actions' values are at hand.
fn look_up(
    plan: &Plan,
    tables: &Tables,
    node: NodeId,
    state: usize,
    values: &[Vec<f64>],
    wanted: &Wanted,
) -> Option<f64> {
    let look = look(plan, tables, node, state, values)?;
    let Step::Choose { choice, .. } = &plan.flow.points[plan.nodes[node].point].step else { return None };
    let place = |action: usize| {
        plan.nodes[node].edges.iter().position(|edge| choice.actions[edge.role].action == action)
    };
    match wanted {
        Wanted::Probability(actions) => {
            Some(actions.iter().filter_map(|&a| place(a)).map(|a| look.probability[a]).sum())
        }
        Wanted::Margin(a, b) => match (place(*a), place(*b)) {
            (Some(a), Some(b)) if look.available[a] && look.available[b] => {
                Some(look.value[a] - look.value[b])
            }
            _ => None,
        },
    }
}
