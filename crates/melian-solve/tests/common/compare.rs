//! The solver against the reference solver on one case.

use super::{generate::Case, reference};
use melian_model::{Atom, Diagnostic, Question, QuestionKind, Span, print};
use melian_solve::{Answer, Answers, Needs, Options, Plan, Route, answer};

/// How far two answers may be apart, relative to the larger of 1 and their size.
pub const TOLERANCE: f64 = 1e-12;

/// The solver's answers to a case by a route; `everything` keeps all state alive.
pub fn solve(case: &Case, route: Route, everything: bool) -> Result<Answers, Vec<Diagnostic>> {
    answer(&plan(case, everything, &Options::default())?, &case.scenario, &case.atoms, route, &mut |_| {})
}

/// The plan for a case.
pub fn plan<'a>(case: &'a Case, everything: bool, options: &Options) -> Result<Plan<'a>, Vec<Diagnostic>> {
    let segments = &case.scenario.segments;
    let needs = Needs {
        starts: vec![case.scenario.start.clone()],
        atoms: case.atoms.clone(),
        commitments: segments
            .iter()
            .flat_map(|s| s.belief.commitments.iter().chain(&s.path.commitments))
            .cloned()
            .collect(),
        everything,
    };
    Plan::new(&case.model, &needs, options)
}

/// Whether two numbers agree.
pub fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0)
}

/// In what the solver and the reference differ on a case, by all routes.
pub fn differences(case: &Case) -> Vec<String> {
    let expected = reference::answer(&case.model, &case.scenario, &case.atoms);
    let mut found = Vec::new();
    for route in [Route::Auto, Route::Backward, Route::Forward] {
        for everything in [false, true] {
            let answers = solve(case, route, everything);
            for difference in between(case, &expected, &answers) {
                found.push(format!("seed {} {route:?} everything={everything}: {difference}", case.seed));
            }
        }
    }
    found
}

/// In what the solver and the reference differ on whether a case is in error; every statement is looked at.
pub fn errors_differ(case: &Case) -> Option<String> {
    let expected = reference::answer(&case.model, &case.scenario, &case.atoms);
    let found = solve(case, Route::Auto, true);
    between(case, &expected, &found)
        .into_iter()
        .next()
        .map(|difference| format!("seed {}: {difference}", case.seed))
}

type Expected = reference::evaluate::Tried<(Vec<Answer>, Vec<Vec<melian_solve::Bound>>)>;

fn between(case: &Case, expected: &Expected, found: &Result<Answers, Vec<Diagnostic>>) -> Vec<String> {
    let mut differences = Vec::new();
    match (expected, found) {
        (Err(fault), Err(problems)) => {
            if problems.iter().all(|d| d.id != fault.id) {
                let ids: Vec<&str> = problems.iter().map(|d| d.id).collect();
                differences.push(format!("error {} ({}), solver {ids:?}", fault.id, fault.what));
            }
        }
        (Err(fault), Ok(_)) => differences.push(format!("error {} ({}), solver none", fault.id, fault.what)),
        (Ok(_), Err(problems)) => differences.push(format!("no error, solver {problems:?}")),
        (Ok((values, bounds)), Ok(answers)) => {
            for ((atom, x), y) in case.atoms.iter().zip(values).zip(&answers.values) {
                let agree = match (x, y) {
                    (Answer::Number(x), Answer::Number(y)) => near(*x, *y),
                    (Answer::Undefined(_), Answer::Undefined(_)) => true,
                    _ => false,
                };
                if !agree {
                    differences.push(format!("{x:?}, solver {y:?}: {}", text(case, atom)));
                }
            }
            for (i, (x, y)) in bounds.iter().zip(&answers.bounds).enumerate() {
                let agree = x.len() == y.len()
                    && x.iter().zip(y).all(|(x, y)| near(x.visits, y.visits) && near(x.bound, y.bound));
                if !agree {
                    differences.push(format!("segment {}: {x:?}, solver {y:?}", i + 1));
                }
            }
        }
    }
    differences
}

/// An atom as its author would write it.
fn text(case: &Case, atom: &Atom) -> String {
    let asked = Question::new(QuestionKind::Ask(Box::new(atom.clone())), Span::NONE);
    print::question_text(&case.model, &asked)
}
