//! The solver against the reference solver: values, all questions by all routes, errors.

mod common;

use common::{
    baseline,
    compare::{differences, errors_differ},
    generate::{
        self, Case,
        faults::{each_error, faulty},
    },
    reference,
};

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
