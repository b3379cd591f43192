//! The solver against the reference solver: values, all questions by all routes, errors.

mod common;

use common::{
    baseline,
    build::at,
    classics,
    compare::{differences, errors_differ},
    generate::{
        self, Case,
        faults::{each_error, faulty},
    },
    reference,
};
use melian_model::{Atom, PlayerId, StageId, Window};

/// How many seeds are tried; `MELIAN_SEEDS=5000` tries more, `MELIAN_FIRST_SEED` others.
fn seeds() -> std::ops::Range<u64> {
    let number =
        |name: &str, default| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let first = number("MELIAN_FIRST_SEED", 0);
    first..first + number("MELIAN_SEEDS", 600)
}

fn check(found: Vec<String>) {
    let first = &found[..found.len().min(10)];
    assert!(found.is_empty(), "{} differences, the first of them: {first:#?}", found.len());
}

#[test]
fn random_cases_agree() {
    check(seeds().flat_map(|seed| differences(&generate::case(seed))).collect());
}

#[test]
fn random_errors_agree() {
    check(seeds().filter_map(|seed| errors_differ(&faulty(seed))).collect());
}

#[test]
fn each_error_is_found() {
    for (id, model) in each_error() {
        let case = Case { seed: 0, scenario: baseline(&model), atoms: Vec::new(), model };
        let fault = reference::answer(&case.model, &case.scenario, &case.atoms).expect_err(id);
        assert_eq!(fault.id, id);
        assert_eq!(errors_differ(&case), None);
    }
}

#[test]
fn classics_agree() {
    let offers = |lambda, emax| classics::alternating_offers(lambda, emax, 4, 10, [0.9, 0.8]);
    let models = [
        classics::signorino(3.0, 5.0, false),
        classics::signorino(3000.0, 0.0, false),
        classics::forts(0.55, 4, 10, 20, 0.95),
        classics::stopping(Some(1.0), true, 40),
        classics::stopping(None, false, 40),
        classics::front_line(false),
        classics::front_line(true),
        offers(Some(20.0), false),
        offers(Some(20.0), true),
        offers(Some(2000.0), false),
        offers(None, false),
        classics::ultimatum(50.0, 20.0, 10),
    ];
    for model in models {
        let window = Window { after: 0, by: model.horizon };
        let mut atoms: Vec<Atom> = (0..model.players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
        for (stage, declared) in model.stages.iter().enumerate() {
            for action in 0..declared.actions.len() {
                atoms.push(Atom::Choice {
                    stage: StageId(stage),
                    actions: vec![action],
                    given: None,
                    window,
                });
                let event = at(declared.var, &[action]);
                atoms.push(Atom::Ever { event, before: None, window });
            }
        }
        check(differences(&Case { seed: 0, scenario: baseline(&model), atoms, model }));
    }
}
