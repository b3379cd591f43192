//! Random small models with scenarios and questions, made from a seed.
//!
//! The models are far from sense but close to the language: every kind of statement, expression, law, question and
//! intervention occurs, nested and combined. `features` says which; a test asserts that none is missing.

mod draft;
mod expression;
pub mod faults;
pub mod features;
mod program;
mod questions;
mod scenario;
pub mod shuffle;

use crate::common::{build::*, reference::walk::Play};
use draft::Draft;
use melian_model::{Atom, Block, Convention, Domain, Model, PlayerId, VarId};
use melian_solve::Scenario;

/// A model, a scenario and questions.
pub struct Case {
    /// The seed that it was made from.
    pub seed: u64,
    /// The model.
    pub model: Model,
    /// The scenario.
    pub scenario: Scenario,
    /// The questions.
    pub atoms: Vec<Atom>,
}

/// The case of a seed.
pub fn case(seed: u64) -> Case {
    let mut draft = Draft::new(seed);
    world(&mut draft);
    players(&mut draft);
    draft.b.model.period = Block(draft.period());
    draft.b.model.finally = Block(draft.finally());
    let scenario = draft.scenario();
    let model = draft.b.model.clone();
    let atoms = questions(&mut draft, &model, &scenario);
    Case { seed, model, scenario, atoms }
}

fn questions(draft: &mut Draft, model: &Model, scenario: &Scenario) -> Vec<Atom> {
    let play = Play::new(model, scenario).expect("players' expressions have values");
    // Look-ups choose among the choices that play comes to.
    let walked = play.states_at(&scenario.start, 0, model.horizon);
    let mut atoms: Vec<Atom> = (0..model.players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
    if walked.is_ok() {
        for _ in 0..12 {
            atoms.extend(draft.atom(&play));
        }
    }
    atoms
}

/// Parameters, types and variables.
fn world(draft: &mut Draft) {
    if draft.odds(0.3) {
        let month = 1 + draft.below(12) as u32;
        draft.b.model.calendar = Some((2025, month));
    }
    if draft.odds(0.25) {
        draft.b.model.convention = Convention::Emax;
    }
    for k in 0..draft.below(3) {
        let default = draft.decimal(-15, 15);
        let param = draft.b.param(&format!("amount{k}"), default);
        draft.amounts.push(param);
    }
    for k in 0..1 + draft.below(2) {
        let default = draft.decimal(0, 9) * 0.5;
        let param = draft.b.param(&format!("chance{k}"), default);
        draft.chances.push(param);
    }

    let names = ["red", "green", "blue"];
    let labels = 2 + draft.below(2);
    let colours = draft.b.labels("Colour", &names[..labels]);
    let states = 1 + draft.below(5);
    for k in 0..states {
        let domain = domain(draft, colours);
        let start = draft.below(domain.size());
        draft.b.state(&format!("s{k}"), domain, start);
    }
    if draft.odds(0.3) {
        draft.dead = Some(VarId(draft.below(states)));
    }
    let plain = draft.plain_states();
    for k in 0..draft.below(3).min(2) {
        if !draft.odds(0.6) {
            continue;
        }
        let u = draft.pick(&plain);
        let size = draft.size(u);
        let levels = draft.some_of(size);
        let domain = domain(draft, colours);
        let holds = levels.contains(&draft.b.model.var(u).start_level());
        let start = if holds { Some(draft.below(domain.size())) } else { None };
        draft.b.conditional(&format!("c{k}"), domain, start, at(u, &levels));
    }
    for k in 0..draft.below(3) {
        let domain = domain(draft, colours);
        draft.b.local(&format!("l{k}"), domain);
    }
    if draft.odds(0.45) {
        draft.b.ended();
    }
    draft.stages_left = draft.pick(&[0, 1, 2, 3, 4, 5]);
}

fn domain(draft: &mut Draft, colours: Domain) -> Domain {
    match draft.below(7) {
        0 | 1 => Domain::Truth,
        2 => colours,
        3 => {
            let lo = draft.below(3) as i64 - 1;
            Domain::Integers { lo, hi: lo + draft.below(3) as i64 }
        }
        4 => Domain::Integers { lo: 0, hi: 1 + draft.below(2) as i64 },
        5 => Domain::Grid { lo: -0.3, step: 0.35, levels: 1 + draft.below(4) },
        _ => Domain::Grid { lo: 0.0, step: 1.1 / 3.0, levels: 3 },
    }
}

fn players(draft: &mut Draft) {
    let players = draft.pick(&[0, 1, 1, 2, 2, 2, 3, 3]);
    for k in 0..players {
        let discount = match draft.below(5) {
            0 => num(1.0),
            1 => num(0.0),
            2 => sub(num(1.0), par(draft.chances[0])),
            _ => num(draft.decimal(5, 9)),
        };
        let precision = if draft.odds(0.2) { None } else { Some(draft.precision()) };
        let player = draft.b.player(&format!("P{k}"), discount, precision);
        draft.players.push(player);
    }
}
