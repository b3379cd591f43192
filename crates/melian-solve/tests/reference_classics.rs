//! The reference solver against closed forms and published numbers.
//!
//! The numbers are from the validation catalogue; each is printed there to ten digits, so the tolerance is half a unit
//! of the last, relative to the size of the number.

mod common;

use common::{baseline, build::*, classics, reference};
use melian_model::{Atom, Expr, Model, PlayerId, StageId, VarId, Window};
use melian_solve::Answer;

/// The numbers that the reference solver answers with. It recurses through the periods, so long games need room.
fn ask(model: &Model, atoms: &[Atom]) -> Vec<f64> {
    let scenario = baseline(model);
    let (answers, _) = std::thread::scope(|scope| {
        let solver = std::thread::Builder::new().stack_size(1 << 28);
        let solve = || reference::answer(model, &scenario, atoms);
        solver.spawn_scoped(scope, solve).expect("a thread").join().expect("no panic")
    })
    .expect("the model can be solved");
    answers
        .into_iter()
        .map(|answer| match answer {
            Answer::Number(x) => x,
            Answer::Undefined(why) => panic!("{why}"),
        })
        .collect()
}

/// Compares to ten significant digits.
fn check(model: &Model, atoms: &[Atom], expected: &[f64]) {
    let found = ask(model, atoms);
    assert_eq!(found.len(), expected.len());
    for (x, y) in found.iter().zip(expected) {
        assert!(
            (x - y).abs() <= 6e-11_f64.max(6e-10 * y.abs()),
            "{}: {found:?}, not {expected:?}",
            model.name
        );
    }
}

fn whole(model: &Model) -> Window {
    Window { after: 0, by: model.horizon }
}

fn prob(model: &Model, stage: usize, action: usize) -> Atom {
    Atom::Choice { stage: StageId(stage), actions: vec![action], given: None, window: whole(model) }
}

fn ever(event: Expr, by: usize) -> Atom {
    Atom::Ever { event, before: None, window: Window { after: 0, by } }
}

fn at_end(model: &Model, what: Expr) -> Atom {
    Atom::At { what, given: None, at: model.horizon, ahead: Vec::new() }
}

fn value(player: usize) -> Atom {
    Atom::Value(PlayerId(player))
}

#[test]
fn signorino() {
    let cases = [
        (1.0, 1.0, [0.5083912693, 0.6491476547, 0.6224593312, 0.205424651]),
        (3.0, 3.0, [0.4479315201, 0.7688811327, 0.8175744762, 0.2815776323]),
        (10.0, 10.0, [0.1711083418, 0.8883127537, 0.9933071491, 0.1509804242]),
        (2.0, 5.0, [0.3436470067, 0.9226691549, 0.7310585786, 0.2317985662]),
    ];
    for (lambda_a, lambda_b, expected) in cases {
        let model = classics::signorino(lambda_a, lambda_b, false);
        let last = model.stages[2].var;
        let atoms = [prob(&model, 0, 1), prob(&model, 1, 1), prob(&model, 2, 1), ever(at(last, &[1]), 1)];
        check(&model, &atoms, &expected);
    }
    let model = classics::signorino(3.0, 3.0, false);
    check(&model, &[value(0), value(1)], &[-0.03121063392, -0.1307663847]);
    let model = classics::signorino(3.0, 3.0, true);
    let last = model.stages[2].var;
    check(&model, &[prob(&model, 0, 1), ever(at(last, &[1]), 1)], &[0.5389773694, 0.3388106547]);
}

#[test]
fn forts() {
    // Gambler's ruin, cut off after twenty battles.
    let model = classics::forts(0.55, 4, 10, 20, 0.95);
    let front = VarId(0);
    let ends = [at(front, &[10]), at(front, &[0]), not(at(front, &[0, 10]))];
    check(&model, &ends.map(|e| at_end(&model, e)), &[0.3209131886, 0.2435606211, 0.4355261903]);
    // The symmetric walk from 3, and the biased one, to the end.
    let model = classics::forts(0.5, 3, 10, 1500, 0.95);
    check(&model, &[ever(at(front, &[10]), 1500)], &[0.3]);
    let model = classics::forts(0.55, 4, 10, 1500, 0.95);
    check(&model, &[ever(at(front, &[10]), 1500)], &[0.6375859553]);
    // Expected duration: the battles that are fought.
    let fought =
        Atom::Total { what: not(at(front, &[0, 10])), until: None, window: whole(&model), discount: None };
    check(&model, &[fought], &[23.75859553 - 1.0]);
    check(&model, &[value(0)], &[-0.01913784384]);
}

#[test]
fn stopping() {
    // The infinite horizon to ten digits: 0.95^700 < 1e-15.
    let cases = [
        (Some(1.0), true, [-0.9861343433, 0.3628137518]),
        (Some(1.0), false, [-2.213144935, 0.6462252437]),
        (Some(5.0), true, [-1.971142207, 0.8656375726]),
        (Some(5.0), false, [-2.043738343, 0.900943944]),
        (None, false, [-2.0, 1.0]),
        (None, true, [-2.0, 1.0]),
    ];
    for (lambda, emax, expected) in cases {
        let mut model = classics::stopping(lambda, emax, 700);
        // After the last period nothing is left to pay, so the end must cost what stopping costs.
        model.finally.0.push(pay((PlayerId(0), melian_model::LineId(0)), num(-2.0)));
        let policy = Atom::Policy { stage: StageId(0), actions: vec![0], at: 1, state: vec![] };
        check(&model, &[value(0), policy], &expected);
    }
}

#[test]
fn front_line() {
    let (x, last) = (VarId(0), 6);
    let top = |model: &Model| at_end(model, at(x, &[4]));
    let model = classics::front_line(false);
    check(&model, &[value(0), value(1)], &[-0.06884993615, -0.5815078422]);
    check(&model, &[top(&model)], &[0.3492049611]);
    let policy = Atom::Policy { stage: StageId(0), actions: vec![1], at: 1, state: vec![] };
    check(&model, &[policy], &[0.5437504177]);
    let distribution: Vec<Atom> = (0..5).map(|k| at_end(&model, at(x, &[k]))).collect();
    let expected = [0.1100181794, 0.1160822258, 0.2193410451, 0.2053535885, 0.3492049611];
    check(&model, &distribution, &expected);
    assert_eq!(model.horizon, last);
    let model = classics::front_line(true);
    check(&model, &[value(0), value(1), top(&model)], &[1.756862077, 0.6344973053, 0.3495411478]);
}

#[test]
fn alternating_offers() {
    // Four rounds, a pie of ten slices.
    let offers = |lambda: f64, emax| classics::alternating_offers(Some(lambda), emax, 4, 10, [0.9, 0.9]);
    let agree = |model: &Model| ever(at(model.ended.expect("acceptance ends play"), &[1]), 1);
    let model = offers(0.0, false);
    check(&model, &[value(0), value(1), agree(&model)], &[0.43590625, 0.43590625, 0.5]);
    let model = offers(20.0, false);
    check(&model, &[value(0), value(1), agree(&model)], &[0.2204651167, 0.6768393604, 0.3956953544]);
    let accept = |k: usize| Atom::Policy {
        stage: StageId(1),
        actions: vec![1],
        at: 1,
        state: vec![(model.stages[0].var, k)],
    };
    check(&model, &[accept(5), accept(6), accept(7)], &[0.04546829151, 0.2603393227, 0.7222789704]);
    let offer = Atom::Policy { stage: StageId(0), actions: vec![7], at: 1, state: vec![] };
    check(&model, &[offer], &[0.3396572303]);
    check(&offers(200.0, false), &[value(0), value(1)], &[0.1616909931, 0.7988954403]);
    check(&offers(2000.0, false), &[value(0), value(1)], &[0.09999999981, 0.8999999983]);
    let model = offers(20.0, true);
    check(&model, &[value(0), value(1), agree(&model)], &[0.3601409586, 0.7119447655, 0.1567736661]);
}

#[test]
fn alternating_offers_without_noise() {
    // Best responses on a grid of n slices: the proposer's share is the closed form up to the slices that rounding
    // takes in the rounds on the way.
    let two_rounds = classics::alternating_offers(None, false, 2, 100, [0.9, 0.8]);
    let three_rounds = classics::alternating_offers(None, false, 3, 100, [0.9, 0.8]);
    for (model, share) in [(two_rounds, 0.2), (three_rounds, 0.92)] {
        let found = ask(&model, &[value(0)])[0];
        assert!((found - share).abs() <= 0.02 + 1e-12, "{found} against {share}");
    }
}

#[test]
fn ultimatum() {
    let cases = [
        (10.0, 10.0, [0.4243567739, 0.5608671505, 0.3120670732]),
        (50.0, 50.0, [0.4162512457, 0.5943035845, 0.3058106695]),
        (50.0, 20.0, [0.4218814131, 0.5940040675, 0.2989322324]),
    ];
    for (lambda_a, lambda_b, expected) in cases {
        let model = classics::ultimatum(lambda_a, lambda_b, 10);
        let war = ever(at(model.stages[1].var, &[0]), 1);
        check(&model, &[war, value(0), value(1)], &expected);
    }
}
