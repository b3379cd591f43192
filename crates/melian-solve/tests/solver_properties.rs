//! What must hold for every model: both routes agree, probabilities add up, the order of declarations means nothing.

mod common;

use common::{
    compare::{near, solve},
    generate::{self, Case, shuffle::shuffled},
};
use melian_model::{Atom, Expr, ExprKind, StageId, VarId, Window};
use melian_solve::{Answer, Route};

/// Cases for each property.
const SEEDS: u64 = 200;

fn numbers(case: &Case, route: Route) -> Vec<Option<f64>> {
    let answers = solve(case, route, false).unwrap_or_else(|e| panic!("seed {}: {e:?}", case.seed));
    let number = |answer| match answer {
        Answer::Number(x) => Some(x),
        Answer::Undefined(_) => None,
    };
    answers.values.into_iter().map(number).collect()
}

fn check_same(case: &Case, a: &[Option<f64>], b: &[Option<f64>]) {
    for ((a, b), atom) in a.iter().zip(b).zip(&case.atoms) {
        let agree = match (a, b) {
            (Some(a), Some(b)) => near(*a, *b),
            (a, b) => a == b,
        };
        assert!(agree, "seed {}: {a:?} and {b:?} for {atom:?}", case.seed);
    }
}

#[test]
fn forward_and_backward_agree() {
    for seed in 0..SEEDS {
        let case = generate::case(seed);
        check_same(&case, &numbers(&case, Route::Forward), &numbers(&case, Route::Backward));
    }
}

#[test]
fn the_order_of_declarations_means_nothing() {
    for seed in 0..SEEDS {
        let case = generate::case(seed);
        check_same(&case, &numbers(&case, Route::Auto), &numbers(&shuffled(&case), Route::Auto));
    }
}

#[test]
fn probabilities_add_up_to_one() {
    for seed in 0..SEEDS {
        let case = generate::case(seed);
        let horizon = case.model.horizon;
        for stage in 0..case.model.stages.len() {
            let of = |action| Atom::Choice {
                stage: StageId(stage),
                actions: vec![action],
                given: None,
                window: Window { after: 0, by: horizon },
            };
            let atoms = (0..case.model.stages[stage].actions.len()).map(of).collect();
            check_sum(Case { atoms, model: case.model.clone(), scenario: case.scenario.clone(), seed });
        }
        for (i, variable) in case.model.vars.iter().enumerate() {
            if variable.is_optional() {
                continue;
            }
            let is = |k| Atom::At {
                what: Expr::new(ExprKind::IsAt(VarId(i), vec![k])),
                given: None,
                at: horizon,
                ahead: Vec::new(),
            };
            let atoms = (0..variable.domain.size()).map(is).collect();
            check_sum(Case { atoms, model: case.model.clone(), scenario: case.scenario.clone(), seed });
        }
    }
}

/// The answers are probabilities that add up to one, or none of them is defined.
fn check_sum(case: Case) {
    for route in [Route::Backward, Route::Forward] {
        let found = numbers(&case, route);
        if found.iter().all(Option::is_none) {
            continue;
        }
        let probabilities: Vec<f64> = found.into_iter().flatten().collect();
        assert_eq!(probabilities.len(), case.atoms.len(), "seed {}", case.seed);
        assert!(probabilities.iter().all(|p| (-1e-12..=1.0 + 1e-12).contains(p)), "seed {}", case.seed);
        let sum: f64 = probabilities.iter().sum();
        assert!(near(sum, 1.0), "seed {}: {sum} by {route:?}", case.seed);
    }
}
