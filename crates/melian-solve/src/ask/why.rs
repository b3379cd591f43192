//! Why an action is chosen: each action's expected payoff at a state, taken apart by payoff line, now and later.
//!
//! For each line of the mover there are two columns, what it pays in the period at hand and what it is expected to
//! pay afterwards, discounted. Every column is carried by the same linear recursion as the mover's value, so the
//! lines add up to it; under the convention `emax` what is left is the expected shock, which is reported as such.

use crate::{
    ask::scenario::{Scenario, segment_of},
    forever::settle::{ending, is_steady},
    plan::Plan,
    plan::explore::NodeId,
    plan::flow::Step,
    sweep::belief::{player_columns, value_period},
    sweep::policy::look_at,
    sweep::together::{Settled, Together},
    sweep::{Boundary, Choosing, Column, Discount, Pays, Sweep, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Diagnostic, LineId, PlayerId, StageId, VarId};

/// A choice at a state, explained.
#[derive(Clone, PartialEq, Debug)]
pub struct Decomposition {
    /// Who chooses.
    pub player: PlayerId,
    /// The actions that are available, in the order of the stage's list.
    pub actions: Vec<ActionWhy>,
    /// The variables that matter at this place, with their levels.
    pub state: Vec<(VarId, usize)>,
}

/// One action.
#[derive(Clone, PartialEq, Debug)]
pub struct ActionWhy {
    /// Position in the stage's list.
    pub action: usize,
    /// How likely it is.
    pub probability: f64,
    /// The mover's expected payoff, discounted to this period.
    pub value: f64,
    /// What each of the mover's lines pays for the rest of this period.
    pub now: Vec<(LineId, f64)>,
    /// What each is expected to pay in later periods and at the end.
    pub later: Vec<(LineId, f64)>,
    /// Expected shocks of later choices; 0 under the convention `payoff`.
    pub shock: f64,
}

/// Explains the choice of a stage at a state in a period, under the belief of the scenario.
///
/// # Errors
/// No place of the stage fits the state; everything that goes wrong at a reachable state.
pub fn explain(
    plan: &Plan,
    scenario: &Scenario,
    stage: StageId,
    period: usize,
    state: &[(VarId, usize)],
) -> Result<Decomposition, Vec<Diagnostic>> {
    let model = plan.model;
    let (node, at) = plan.locate_look_up(&scenario.start, stage, state)?;
    let player = model.stage(stage).player;
    let lines: Vec<LineId> =
        (0..model.lines.len()).map(LineId).filter(|l| model.lines[l.0].player == player).collect();
    let players = model.players.len();
    let mut columns = player_columns(plan);
    columns.extend(lines.iter().map(|&l| Column { pays: Pays::Line(l), discount: Discount::Player(player) }));
    let belief = segment_of(&scenario.segments, period);
    let mut space = Workspace::default();
    let (horizon, mut tables, tail) = ending(plan, &belief.belief, period, &mut space)?;
    let tally = Tally::default();
    let mut next: Option<Boundary> =
        tail.map(|tail| lines_for_ever(plan, &tables, &columns, players, tail, &mut space));
    let setting = &belief.belief;
    for later in (period + 1..=horizon).rev().skip_while(|&later| is_steady(plan, setting, later)) {
        tables.at(plan, later)?;
        let sweep = Sweep::new(plan, &tables, &columns, &tally);
        let mut out = Boundary::new();
        let choosing = Choosing::Respond(None);
        sweep.run_plain(&mut space, next.as_ref(), choosing, &mut |_, _| {}, &mut out, &mut |_, _| {});
        next = Some(out);
    }

    // In the period itself, each line once for what it pays now and once for what comes later: the one starts from
    // nothing at the period's end, the other is paid nothing in the period.
    tables.at(plan, period)?;
    let mut here = player_columns(plan);
    for &l in &lines {
        here.push(Column { pays: Pays::Line(l), discount: Discount::None });
        here.push(Column { pays: Pays::Nothing, discount: Discount::Player(player) });
    }
    let doubled = next.map(|next| double(plan, &next, players, lines.len()));
    let last = doubled.is_none();
    let mut explained = None;
    let sweep = Sweep::new(plan, &tables, &here, &tally);
    let mut at_end = |id: NodeId, values: &mut [f64]| {
        if last {
            // `finally` was counted as paid now; it belongs to what comes later.
            let n = plan.nodes[id].space.size;
            for l in 0..lines.len() {
                let now = (players + 2 * l) * n;
                let (a, b) = values[now..now + 2 * n].split_at_mut(n);
                let discount = tables.discount[player.0];
                b.iter_mut().zip(a.iter()).for_each(|(later, now)| *later = discount * now);
                a.fill(0.0);
            }
        }
    };
    let mut seen = |id: NodeId, values: &[Vec<f64>]| {
        if id == node && explained.is_none() {
            explained = take_apart(plan, &tables, (id, at), stage, values, &lines, players);
        }
    };
    let mut out = Boundary::new();
    sweep.run_plain(&mut space, doubled.as_ref(), Choosing::Respond(None), &mut at_end, &mut out, &mut seen);
    let levels = plan.levels_at(node, at);
    let state = levels
        .iter()
        .enumerate()
        .filter(|&(v, &k)| (k as usize) < model.vars[v].domain.size())
        .map(|(v, &k)| (VarId(v), k as usize))
        .collect();
    Ok(Decomposition { player, actions: explained.unwrap_or_default(), state })
}

/// Makes room for two columns a line: nothing yet now, and all of the line later.
fn double(plan: &Plan, next: &Boundary, players: usize, lines: usize) -> Boundary {
    plan.entries
        .iter()
        .enumerate()
        .map(|(e, &id)| {
            let n = plan.nodes[id].space.size;
            let mut out = next[e][..players * n].to_vec();
            for l in 0..lines {
                out.resize(out.len() + n, 0.0);
                out.extend_from_slice(&next[e][(players + l) * n..(players + l + 1) * n]);
            }
            out
        })
        .collect()
}

fn take_apart(
    plan: &Plan,
    tables: &Tables,
    (first, state): (NodeId, usize),
    stage: StageId,
    values: &[Vec<f64>],
    lines: &[LineId],
    players: usize,
) -> Option<Vec<ActionWhy>> {
    let id = plan.node_of(first, stage)?;
    let node = &plan.nodes[id];
    let Step::Choose { choice, .. } = &plan.flow.points[node.point].step else { return None };
    let look = look_at(plan, tables, (first, state), stage, values, None)?;
    let mut actions = Vec::new();
    for (a, edge) in node.edges.iter().enumerate() {
        if !look.available[a] {
            continue;
        }
        let ways = ways(plan, tables, (first, state), id, a, values);
        let column = |c: usize| -> f64 {
            let worth = |&(p, target, at): &(f64, NodeId, usize)| {
                p * values[target][c * plan.nodes[target].space.size + at]
            };
            ways.iter().map(worth).sum()
        };
        let now: Vec<(LineId, f64)> =
            lines.iter().enumerate().map(|(l, &line)| (line, column(players + 2 * l))).collect();
        let later: Vec<(LineId, f64)> =
            lines.iter().enumerate().map(|(l, &line)| (line, column(players + 2 * l + 1))).collect();
        let paid: f64 = now.iter().chain(&later).map(|(_, x)| x).sum();
        let emax = plan.model.convention == melian_model::Convention::Emax;
        actions.push(ActionWhy {
            action: choice.actions[edge.role].action,
            probability: look.probability[a],
            value: look.value[a],
            shock: if emax { look.value[a] - paid } else { 0.0 },
            now,
            later,
        });
    }
    Some(actions)
}

/// Where an action of a node leads from a state, with how likely each way is: one, unless others choose at the same time.
/// `first` is the first of these.
fn ways(
    plan: &Plan,
    tables: &Tables,
    (first, state): (NodeId, usize),
    id: NodeId,
    action: usize,
    values: &[Vec<f64>],
) -> Vec<(f64, NodeId, usize)> {
    let to = |id: NodeId, edge: usize, state: usize| {
        let node = &plan.nodes[id];
        let inner = node.space.inner;
        let edge = &node.edges[edge];
        (edge.target, tables.edge_rows(&edge.rows)[state / inner] as usize + state % inner)
    };
    let Some((nodes, _)) = plan.together_with(first) else {
        let (target, at) = to(id, action, state);
        return vec![(1.0, target, at)];
    };
    let together = Together { plan, tables, nodes };
    let moment = together.moment(state);
    let Settled { q, .. } = together.settle(&moment, &together.game_at(&moment, values), None);
    let mut ways = vec![(1.0, first, state)];
    for (k, &here) in nodes.iter().enumerate() {
        let all: Vec<(usize, f64)> = match here == id {
            true => vec![(action, 1.0)],
            false => moment.menus[k].iter().copied().zip(q[k].iter().copied()).collect(),
        };
        let further = |&(p, _, state): &(f64, NodeId, usize)| {
            let step = |&(a, q): &(usize, f64)| {
                let (target, at) = to(here, a, state);
                (p * q, target, at)
            };
            all.iter().map(step).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(further).collect();
    }
    ways
}

/// The players' values when play goes on for ever, and those of the lines, which add up to them.
fn lines_for_ever(
    plan: &Plan,
    tables: &Tables,
    columns: &[Column],
    players: usize,
    tail: Boundary,
    space: &mut Workspace,
) -> Boundary {
    let mut policies = vec![Vec::new(); plan.nodes.len()];
    let mut out = Boundary::new();
    value_period(plan, tables, space, Some(&tail), Some(&mut policies), &mut out, &Tally::default());
    let (lines, tally) = (&columns[players..], Tally::default());
    // The fused sweep carries no lines.
    let mut period = |after: &Boundary| {
        let sweep = Sweep::new(plan, tables, lines, &tally);
        let choosing = Choosing::Given(&policies, &tables.precision);
        let mut out = Boundary::new();
        sweep.run_plain(space, Some(after), choosing, &mut |_, _| {}, &mut out, &mut |_, _| {});
        out
    };
    let limits = crate::forever::limits::of(plan, lines.len(), &mut period);
    let join = |((values, limits), &id): ((&Vec<f64>, Vec<f64>), &NodeId)| {
        let mut all = values[..players * plan.nodes[id].space.size].to_vec();
        all.extend(limits);
        all
    };
    tail.iter().zip(limits).zip(&plan.entries).map(join).collect()
}
