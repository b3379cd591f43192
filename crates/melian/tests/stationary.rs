//! Models of play without an end: which equilibrium is reported, and how.

mod common;

use common::{Values, game, readings, text};
use melian::{
    Game,
    solver::{
        Needs, Options, Plan, Setting, settled,
        stationary::{Method, Report, Selection},
    },
};

fn params(values: &[(&str, f64)]) -> Values {
    values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

/// The report on a model at its defaults, some parameters changed.
fn report(game: &Game, params: &Values) -> Report {
    let model = game.model();
    let mut setting = Setting { params: model.defaults(), commitments: Vec::new() };
    for (name, value) in params {
        let place = model.params.iter().position(|p| p.name == *name).unwrap();
        setting.params[place] = *value;
    }
    let plan = Plan::new(model, &Needs::default(), &Options::default()).unwrap();
    settled(&plan, &setting).unwrap().report.unwrap()
}

fn embedded(name: &str) -> Game {
    game(&text(&format!("models/{name}.melian")), &Values::new())
}

/// V01: plain iteration from zero ends in a cycle of three rounds around the equilibrium.
#[test]
fn a_cycle_of_three_is_no_answer() {
    let game = embedded("rubinstein_forever");
    let precise = params(&[("lam", 1000.0)]);
    let report = report(&game, &precise);
    let Selection::FromZero(method) = report.selection else { panic!("{report:?}") };
    assert!([Method::Damped, Method::Anderson, Method::Newton].contains(&method), "{report:?}");
    assert!((report.radius.value - 2.538936943).abs() < 1e-6, "{report:?}");
    assert!(report.residual.values < 1e-10 && report.residual.choices < 1e-10, "{report:?}");
    let found = readings(&game, &precise, &["value(One)", "value(Two)"]);
    for (reading, expected) in found.iter().zip([0.519818713, 0.4760663266]) {
        assert!((reading.number().unwrap() - expected).abs() < 1e-8, "{found:?}");
    }
}

/// V17: all three experiments settle.
#[test]
fn entry_and_exit_settle() {
    let game = embedded("entry");
    for rivalry in [1.0, 2.5, 4.0] {
        let report = report(&game, &params(&[("rivalry", rivalry)]));
        assert!(report.residual.values < 1e-10 && report.error < 1e-9, "{rivalry}: {report:?}");
        assert_eq!(report.index, Some(1), "{rivalry}");
    }
}

/// V11 and V16: one of each is enough for the toy; the war of attrition stays symmetric.
#[test]
fn reports_of_small_models() {
    for name in ["attrition", "audience", "stopping", "preventive", "powell", "forts_forever"] {
        let report = report(&embedded(name), &Values::new());
        assert!(report.residual.values < 1e-10 && report.residual.choices < 1e-10, "{name}: {report:?}");
        assert_eq!(report.selection, Selection::FiniteHorizon, "{name}: {report:?}");
    }
}

/// V11: at this precision backward iteration leads away from the symmetric equilibrium.
#[test]
fn attrition_stays_symmetric() {
    let game = embedded("attrition");
    let found = readings(&game, &params(&[("lam", 5.0)]), &["quits(1)", "quits(2)", "value(Side[1])"]);
    for (reading, expected) in found.iter().zip([0.1902144423, 0.1902144423, 0.2346138881]) {
        assert!((reading.number().unwrap() - expected).abs() < 1e-8, "{found:?}");
    }
}

/// V11: who never errs quits with chance c / (V + c), as the mixed equilibrium has it.
#[test]
fn attrition_without_errors() {
    let model = text("models/attrition.melian").replace("precision = lam", "precision = inf");
    let game = game(model.split("claim ").next().unwrap(), &Values::new());
    let questions = ["quits(1)", "value(Side[1])", "goes_on", "rounds", "longer(10)"];
    let found = readings(&game, &Values::new(), &questions);
    let expected = [1.0 / 11.0, 0.0, 0.826446281, 4.761904762, 0.148643628];
    for (reading, expected) in found.iter().zip(expected) {
        assert!((reading.number().unwrap() - expected).abs() < 1e-8, "{found:?}");
    }
    let shared = readings(&game, &params(&[("split", 0.5)]), &["quits(1)", "value(Side[1])"]);
    for (reading, expected) in shared.iter().zip([0.09719768384, 0.04859884192]) {
        assert!((reading.number().unwrap() - expected).abs() < 1e-8, "{shared:?}");
    }
}
