//! The distribution of play and choices taken apart, against what questions answer.

use melian::{
    Game, Setup,
    model::{Atom, Expr, ExprKind, LineId, Model, Question, QuestionKind, Span, StageId, VarId, Window},
    solver::{
        Decomposition, Interrupt, Needs, Options, Plan, Scenario, Spot, explain, explain_all, portrait,
    },
    study::{Asked, Reading, Study},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
};

/// A model with what its plan must keep for a portrait.
fn planned(game: &Game, options: &Options) -> (Needs, Scenario, Options) {
    let model = game.model();
    let world = Setup::default().world(model).unwrap();
    let at = model.horizon.min(PERIODS);
    let states = (0..model.vars.len()).map(VarId).filter(|v| model.var(*v).is_state());
    let atom = |v| Atom::At { what: Expr::new(ExprKind::Var(v)), given: None, at, ahead: Vec::new() };
    let needs =
        Needs { starts: vec![world.start.clone()], atoms: states.map(atom).collect(), ..Needs::default() };
    (needs, world, options.clone())
}

/// So many periods of play that goes on for ever.
const PERIODS: usize = 12;

fn numbers(model: &Model, world: &Scenario, atoms: Vec<Atom>) -> Vec<f64> {
    let questions: Vec<Question> =
        atoms.into_iter().map(|a| Question::new(QuestionKind::Ask(Box::new(a)), Span::NONE)).collect();
    let asked: Vec<Asked<'_>> = questions.iter().map(Asked::Question).collect();
    let options = Options::default();
    let mut study = Study::new(model, world.clone(), &asked, &options, melian::solver::Route::Auto).unwrap();
    let replies = study.answer(&asked, &|_| {}).unwrap();
    replies.iter().map(|r| r.reading().and_then(Reading::number).unwrap_or(f64::NAN)).collect()
}

/// What was seen of a stage in a period: mass, and mass by action.
type Seen = BTreeMap<(usize, usize), (f64, Vec<f64>)>;

fn check(name: &str) {
    let found = melian::models::by_name(name).unwrap();
    let game = melian::compile(found.text, &[]).unwrap();
    let model = game.model();
    let (needs, world, options) = planned(&game, &Options::default());
    let plan = Plan::new(model, &needs, &options).unwrap();
    let periods = model.horizon.min(PERIODS);
    let looks: Vec<usize> = (1..=periods).collect();
    let mut seen = Seen::new();
    let mut spots: Vec<(Spot, f64)> = Vec::new();
    let levels = portrait(
        &plan,
        &world,
        periods,
        &looks,
        &mut |visit| {
            let stage = visit.spot.stage;
            let nothing = || (0.0, vec![0.0; model.stage(stage).actions.len()]);
            let (mass, by) = seen.entry((stage.0, visit.spot.period)).or_insert_with(nothing);
            *mass += visit.mass;
            by.iter_mut()
                .zip(visit.choice)
                .filter(|(_, p)| !p.is_nan())
                .for_each(|(b, p)| *b += visit.mass * p);
            let total: f64 = visit.choice.iter().filter(|p| !p.is_nan()).sum();
            assert!((total - 1.0).abs() < 1e-12, "{name}: a choice adds up to {total}");
            spots.push((visit.spot, visit.mass));
        },
        &|_| {},
    )
    .unwrap();
    assert_eq!(levels.len(), periods + 1);

    // Every level of every state variable at the end of every period, and every stage in every period.
    let (mut atoms, mut expected) = (Vec::new(), Vec::new());
    for (period, at) in levels.iter().enumerate().skip(1) {
        for (var, own) in at.iter().enumerate() {
            for (level, p) in own.iter().enumerate() {
                let what = Expr::new(ExprKind::IsAt(VarId(var), vec![level]));
                atoms.push(Atom::At { what, given: None, at: period, ahead: Vec::new() });
                expected.push(*p);
            }
        }
        for stage in 0..model.stages.len() {
            let window = Window { after: period - 1, by: period };
            atoms.push(Atom::Count { stage: StageId(stage), given: None, until: None, window });
            let here = seen.get(&(stage, period));
            expected.push(here.map_or(0.0, |(mass, _)| *mass));
            for action in 0..model.stages[stage].actions.len() {
                if let Some((mass, by)) = here.filter(|(mass, _)| *mass > 0.0) {
                    let stage = StageId(stage);
                    atoms.push(Atom::Choice { stage, actions: vec![action], given: None, window });
                    expected.push(by[action] / mass);
                }
            }
        }
    }
    for (answer, expected) in numbers(model, &world, atoms).into_iter().zip(expected) {
        assert!((answer - expected).abs() < 1e-11, "{name}: {answer} asked, {expected} seen");
    }

    // The likeliest states taken apart, all at once and one by one.
    spots.sort_by(|a, b| b.1.total_cmp(&a.1));
    let likeliest: Vec<Spot> = spots.iter().take(20).map(|(spot, _)| *spot).collect();
    let all = explain_all(&plan, &world, &likeliest, &|_| {}).unwrap();
    assert_eq!(all.len(), likeliest.len());
    for (spot, found) in likeliest.iter().zip(&all) {
        adds_up(name, model, found);
        let state = &found.state;
        let stands_alone = state.iter().all(|(v, _)| model.var(*v).is_state());
        if stands_alone {
            alone(name, model, &world, *spot, found);
        }
    }
}

/// The lines of an action add up to what it is worth.
fn adds_up(name: &str, model: &Model, found: &Decomposition) {
    assert!(!found.actions.is_empty(), "{name}");
    for action in &found.actions {
        let sum = |list: &[(LineId, f64)]| list.iter().map(|(_, x)| x).sum::<f64>();
        let total = sum(&action.now) + sum(&action.later) + action.shock;
        let scale = action.value.abs().max(1.0);
        assert!((total - action.value).abs() < 1e-9 * scale, "{name}: {total} for {}", action.value);
        let own = |(line, _): &(LineId, f64)| model.lines[line.0].player == found.player;
        assert!(action.now.iter().chain(&action.later).all(own), "{name}: somebody else's line");
    }
}

/// The same choice looked up by itself, with a plan of its own.
fn alone(name: &str, model: &Model, world: &Scenario, spot: Spot, found: &Decomposition) {
    let (stage, at, state) = (spot.stage, spot.period, found.state.clone());
    let needs = Needs {
        starts: vec![world.start.clone()],
        atoms: vec![Atom::Policy { stage, actions: vec![0], at, state: state.clone() }],
        ..Needs::default()
    };
    let plan = Plan::new(model, &needs, &Options::default()).unwrap();
    let again = explain(&plan, world, stage, at, &state).unwrap();
    for (one, other) in again.actions.iter().zip(&found.actions) {
        assert!((one.value - other.value).abs() < 1e-9 * one.value.abs().max(1.0), "{name}");
        assert!((one.probability - other.probability).abs() < 1e-9, "{name}");
        for ((line, x), (_, y)) in one.later.iter().zip(&other.later) {
            assert!((x - y).abs() < 1e-9 * one.value.abs().max(1.0), "{name}: {}", model.lines[line.0].label);
        }
    }
}

#[test]
fn in_turn() {
    ["fearon", "signorino", "forts", "rubinstein", "frontline"].into_iter().for_each(check);
}

#[test]
fn at_the_same_time() {
    ["pennies", "hawkdove", "staghunt"].into_iter().for_each(check);
}

#[test]
fn for_ever() {
    ["rubinstein_forever", "stopping", "audience"].into_iter().for_each(check);
}

#[test]
fn nobody_waits() {
    let flag = Arc::new(AtomicBool::new(true));
    for name in ["frontline", "audience"] {
        let game = melian::compile(melian::models::by_name(name).unwrap().text, &[]).unwrap();
        let options = Options { interrupt: Interrupt::by(flag.clone()), ..Options::default() };
        let (needs, world, options) = planned(&game, &options);
        let plan = Plan::new(game.model(), &needs, &options).unwrap();
        let problems = portrait(&plan, &world, 3, &[], &mut |_| {}, &|_| {}).unwrap_err();
        assert_eq!(problems[0].id, melian::solver::INTERRUPTED, "{name}");
        let problems = melian::ask(&game, &[]).err();
        assert!(problems.is_none(), "nothing asked, nothing ended");
        let queries = [game
            .query("value(A)")
            .or_else(|_| game.query(&format!("value({})", game.model().players[0].name)))
            .unwrap()];
        let ended = melian::answer(&game, &Setup::default(), &queries, &options, &|_| {}).unwrap_err();
        assert_eq!(ended[0].id, melian::solver::INTERRUPTED, "{name}");
    }
}
