//! Why an action is chosen: each action's expected payoff at a state, taken apart by payoff line, now and later.
//!
//! For each line of the mover there are two columns, what it pays in the period at hand and what it is expected to
//! pay afterwards, discounted. Every column is carried by the same linear recursion as the mover's value, so the
//! lines add up to it; under the convention `emax` what is left is the expected shock, which is reported as such.

use crate::{
    ask::nearby::{Nearby, Strand},
    ask::portrait::Spot,
    ask::scenario::{Scenario, Segment},
    forever::settle::{ending, is_steady},
    plan::Plan,
    plan::explore::NodeId,
    plan::flow::Step,
    sweep::belief::{player_columns, value_period},
    sweep::together::{Settled, Together},
    sweep::{Boundary, Choosing, Column, Discount, Pays, Sweep, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Convention, Diagnostic, LineId, PlayerId, StageId, VarId};

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
    let spot = Spot::at(plan, &scenario.start, stage, period, state)?;
    let mut explained = explain_all(plan, scenario, &[spot], &|_| {})?;
    Ok(explained.swap_remove(0))
}

/// Explains choices at several states, in the order in which they are given, all in one solve. `progress` is told which
/// share of the work is done.
///
/// # Errors
/// Everything that goes wrong at a reachable state.
pub fn explain_all(
    plan: &Plan,
    scenario: &Scenario,
    spots: &[Spot],
    progress: &dyn Fn(f64),
) -> Result<Vec<Decomposition>, Vec<Diagnostic>> {
    let mut explained: Vec<Option<Decomposition>> = vec![None; spots.len()];
    let mut first = 1;
    for segment in &scenario.segments {
        let here: Vec<usize> =
            (0..spots.len()).filter(|&i| (first..=segment.until).contains(&spots[i].period)).collect();
        if !here.is_empty() {
            explain_segment(plan, segment, spots, &here, &mut explained, progress)?;
        }
        first = segment.until.saturating_add(1);
    }
    // INVARIANT: segments follow each other to the last period, so every spot lies in one.
    Ok(explained.into_iter().flatten().collect())
}

fn explain_segment(
    plan: &Plan,
    segment: &Segment,
    spots: &[Spot],
    here: &[usize],
    explained: &mut [Option<Decomposition>],
    progress: &dyn Fn(f64),
) -> Result<(), Vec<Diagnostic>> {
    let model = plan.model;
    let players = model.players.len();
    let moves = |player: PlayerId| here.iter().any(|&i| model.stage(spots[i].stage).player == player);
    let lines: Vec<LineId> =
        (0..model.lines.len()).map(LineId).filter(|l| moves(model.lines[l.0].player)).collect();
    let discount = |l: LineId| Discount::Player(model.lines[l.0].player);
    let mut columns = player_columns(plan);
    columns.extend(lines.iter().map(|&l| Column { pays: Pays::Line(l), discount: discount(l) }));
    // In the period itself, each line once for what it pays now and once for what comes later.
    let mut strands: Vec<Strand> = (0..players).map(|p| Strand::player(PlayerId(p))).collect();
    for (k, &line) in lines.iter().enumerate() {
        let (now, nothing) = (Pays::Line(line), Pays::Nothing);
        strands.push(Strand { now, later: None, finally: nothing, discount: Discount::None });
        let later = Some(players + k);
        strands.push(Strand { now: nothing, later, finally: now, discount: discount(line) });
    }
    let look = |tables: &Tables, period: usize, next: Option<&Boundary>| {
        let of: Vec<usize> = here.iter().copied().filter(|&i| spots[i].period == period).collect();
        let at = of.iter().map(|&i| (spots[i].node, spots[i].state));
        let nearby = Nearby::new(plan, tables, &strands, next, at, None);
        let explain = |&i: &usize| (i, take_apart(plan, tables, &nearby, &spots[i], &lines));
        of.iter().map(explain).collect::<Vec<_>>()
    };

    let setting = &segment.belief;
    let (from, last) =
        here.iter().map(|&i| spots[i].period).fold((usize::MAX, 0), |(a, b), p| (a.min(p), b.max(p)));
    let mut space = Workspace::default();
    let (horizon, mut tables, tail) = ending(plan, setting, last, &mut space)?;
    let tally = Tally::default();
    let mut next = tail.map(|tail| lines_for_ever(plan, &tables, &columns, players, tail, &mut space));
    for period in (from..=horizon).rev() {
        progress((horizon - period) as f64 / (horizon + 1 - from) as f64);
        plan.options.interrupt.check()?;
        tables.at(plan, period)?;
        for (i, found) in look(&tables, period, next.as_ref()) {
            explained[i] = Some(found);
        }
        if period > from && !(next.is_some() && is_steady(plan, setting, period)) {
            let sweep = Sweep::new(plan, &tables, &columns, &tally);
            let mut out = Boundary::new();
            sweep.run(&mut space, next.as_ref(), Choosing::Respond(None), &mut |_, _| {}, &mut out);
            next = Some(out);
        }
    }
    Ok(())
}

fn take_apart(plan: &Plan, tables: &Tables, nearby: &Nearby, spot: &Spot, lines: &[LineId]) -> Decomposition {
    let model = plan.model;
    let player = model.stage(spot.stage).player;
    let levels = plan.levels_at(spot.node, spot.state);
    let known = levels.iter().enumerate().filter(|&(v, &k)| (k as usize) < model.vars[v].domain.size());
    let state = known.map(|(v, &k)| (VarId(v), k as usize)).collect();
    let actions = actions(plan, tables, nearby, spot, lines, player).unwrap_or_default();
    Decomposition { player, actions, state }
}

fn actions(
    plan: &Plan,
    tables: &Tables,
    nearby: &Nearby,
    spot: &Spot,
    lines: &[LineId],
    player: PlayerId,
) -> Option<Vec<ActionWhy>> {
    let model = plan.model;
    let id = plan.node_of(spot.node, spot.stage)?;
    let node = &plan.nodes[id];
    let Step::Choose { choice, .. } = &plan.flow.points[node.point].step else { return None };
    let look = nearby.look(spot.node, spot.state, spot.stage)?;
    let own = || (0..lines.len()).filter(|&k| model.lines[lines[k].0].player == player);
    let mut actions = Vec::new();
    for (a, edge) in node.edges.iter().enumerate() {
        if !look.available[a] {
            continue;
        }
        let ways = ways(plan, tables, spot, id, a, nearby);
        let column = |c: usize| -> f64 {
            let worth = |&(p, target, at): &(f64, NodeId, usize)| {
                p * nearby.at(target, at).map_or(0.0, |columns| columns[c])
            };
            ways.iter().map(worth).sum()
        };
        let players = model.players.len();
        let now: Vec<(LineId, f64)> = own().map(|k| (lines[k], column(players + 2 * k))).collect();
        let later: Vec<(LineId, f64)> = own().map(|k| (lines[k], column(players + 2 * k + 1))).collect();
        let paid: f64 = now.iter().chain(&later).map(|(_, x)| x).sum();
        let emax = model.convention == Convention::Emax;
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
fn ways(
    plan: &Plan,
    tables: &Tables,
    spot: &Spot,
    id: NodeId,
    action: usize,
    nearby: &Nearby,
) -> Vec<(f64, NodeId, usize)> {
    let to = |id: NodeId, edge: usize, state: usize| {
        let node = &plan.nodes[id];
        let inner = node.space.inner;
        let edge = &node.edges[edge];
        (edge.target, tables.edge_rows(&edge.rows)[state / inner] as usize + state % inner)
    };
    // Of choices made at the same time, the spot is at the first.
    let (first, state) = (spot.node, spot.state);
    let Some((nodes, _)) = plan.together_with(first) else {
        let (target, at) = to(id, action, state);
        return vec![(1.0, target, at)];
    };
    let together = Together { plan, tables, nodes };
    let moment = together.moment(state);
    let value = |id, state, player: PlayerId| nearby.value(id, state, player.0);
    let Settled { q, .. } = together.settle(&moment, &together.game_at(&moment, &value), None);
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
    let mut period = |after: &Boundary| {
        let sweep = Sweep::new(plan, tables, lines, &tally);
        let choosing = Choosing::Given(&policies, &tables.precision);
        let mut out = Boundary::new();
        sweep.run(space, Some(after), choosing, &mut |_, _| {}, &mut out);
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
