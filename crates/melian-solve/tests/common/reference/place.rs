//! Looking up a stage at a state, on or off the path.
//!
//! The place of a stage in the program is the one whose enclosing choices agree with the named stages; the enclosing
//! choices of that place count as made even where they are not named. Other stages did not run, locals are absent.
//! Variables that are not named have their start values, except that a conditional variable whose condition fails in
//! the named state is absent.

use super::{
    evaluate::{Tried, UNDEFINED, fault},
    game::{Decision, Game},
    mechanics::{Mechanics, Rest, Site, State},
};
use melian_model::{Block, Model, StageId, StatementKind, VarId, VarKind};
use std::rc::Rc;

/// A site with the choices it stands in: stage variables and the actions whose bodies enclose it.
pub struct Place<'m> {
    /// The site.
    pub site: Site<'m>,
    /// The choices it stands in.
    pub inside: Vec<(VarId, usize)>,
    /// Those made at the same time that stand before it.
    pub before: Vec<Site<'m>>,
}

/// `policy(…)`: the probability of the actions; 0 for one that is not available.
pub fn policy(
    game: &Game,
    start: &State,
    stage: StageId,
    actions: &[usize],
    at: usize,
    named: &[(VarId, usize)],
) -> Tried<f64> {
    let decision = find(game, start, stage, at, named)?;
    let chosen = decision.available.iter().zip(&decision.p).filter(|(a, _)| actions.contains(&a.action));
    Ok(chosen.map(|(_, p)| p).sum())
}

/// `margin(…)`: the difference of the mover's expected payoffs; undefined where one of the two is not available, also
/// because a commitment leaves others only.
pub fn margin(
    game: &Game,
    start: &State,
    stage: StageId,
    actions: [usize; 2],
    at: usize,
    named: &[(VarId, usize)],
) -> Tried<f64> {
    let decision = find(game, start, stage, at, named)?;
    let payoff = |action: usize| match decision.available.iter().position(|a| a.action == action) {
        Some(k) => Ok(decision.worth[k]),
        None => fault(UNDEFINED, "the action is not available"),
    };
    Ok(payoff(actions[0])? - payoff(actions[1])?)
}

fn find<'m>(
    game: &Game<'m>,
    start: &State,
    stage: StageId,
    at: usize,
    named: &[(VarId, usize)],
) -> Tried<Rc<Decision<'m>>> {
    let model = game.mechanics.model;
    let mut places = places(model, stage);
    places.retain(|place| {
        named.iter().all(|(v, k)| place.inside.iter().all(|(stage, action)| stage != v || action == k))
    });
    let [place] = &places[..] else {
        return fault("no-such-place", format!("{} places of `{}`", places.len(), model.stage_name(stage)));
    };
    let mut state = assemble(&game.mechanics, start, place, at, named)?;
    for before in &place.before {
        // Whatever they choose, the decision is the same.
        let decision = game.decide(at, &state, before)?;
        (state, _) = game.mechanics.choose(before, &state, decision.available[0]);
    }
    game.decide(at, &state, &place.site)
}

/// The state of a look-up at a place.
pub fn assemble(
    rules: &Mechanics,
    start: &State,
    place: &Place,
    at: usize,
    named: &[(VarId, usize)],
) -> Tried<State> {
    let mut state = start.clone();
    for (var, level) in named.iter().chain(&place.inside) {
        state[var.0] = *level;
    }
    for (i, variable) in rules.model.vars.iter().enumerate() {
        if let VarKind::State { when: Some(when), .. } = &variable.kind
            && !rules.scene(at, &state).holds(when)?
        {
            state[i] = variable.absent();
        }
    }
    Ok(state)
}

/// All places of a stage.
pub fn places(model: &Model, stage: StageId) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    collect(model, &model.period, &Vec::new(), &[], stage, &mut places);
    places
}

fn collect<'m>(
    model: &Model,
    block: &'m Block,
    rest: &Rest<'m>,
    inside: &[(VarId, usize)],
    stage: StageId,
    places: &mut Vec<Place<'m>>,
) {
    for (i, statement) in block.0.iter().enumerate() {
        let mut after = rest.clone();
        after.push(&block.0[i + 1..]);
        match &statement.kind {
            StatementKind::If { arms, otherwise } => {
                for arm in arms.iter().map(|(_, arm)| arm).chain([otherwise]) {
                    collect(model, arm, &after, inside, stage, places);
                }
            }
            StatementKind::Choose(choice) => {
                for action in &choice.actions {
                    let mut inside = inside.to_vec();
                    inside.push((model.stage(choice.stage).var, action.action));
                    collect(model, &action.body, &after, &inside, stage, places);
                }
                if choice.stage == stage {
                    let site = |i: usize| match &block.0[i].kind {
                        StatementKind::Choose(choice) => {
                            let mut rest = rest.clone();
                            rest.push(&block.0[i + 1..]);
                            Some(Site { choice, rest })
                        }
                        _ => None,
                    };
                    let with_next = |s: &Site| s.choice.with_next;
                    let mut before: Vec<Site> =
                        (0..i).rev().map_while(|i| site(i).filter(with_next)).collect();
                    before.reverse();
                    places.push(Place {
                        site: Site { choice, rest: after },
                        inside: inside.to_vec(),
                        before,
                    });
                }
            }
            _ => {}
        }
    }
}
