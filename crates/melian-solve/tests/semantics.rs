//! What questions and interventions mean, on games small enough to work out by hand. Each answer is asked of the
//! reference solver and of the solver by both routes.

mod common;

use common::{
    baseline,
    build::*,
    compare::{differences, near},
    generate::Case,
    reference,
};
use melian_model::{
    Atom, BinaryOp, Commitment, Convention, Domain, Expr, Model, PlayerId, Span, StageId, Statement, VarId,
    Window,
};
use melian_solve::{Answer, Bound, Scenario, Segment};

/// Asks, and compares the numbers with those worked out by hand.
fn check(model: &Model, scenario: &Scenario, expected: &[(Atom, f64)]) -> Vec<Vec<Bound>> {
    let atoms: Vec<Atom> = expected.iter().map(|(atom, _)| atom.clone()).collect();
    let case = Case { seed: 0, model: model.clone(), scenario: scenario.clone(), atoms };
    let (answers, bounds) = reference::answer(model, scenario, &case.atoms).expect("no error");
    for (answer, (atom, expected)) in answers.iter().zip(expected) {
        let Answer::Number(x) = answer else { panic!("{answer:?} for {atom:?}") };
        assert!(near(*x, *expected), "{x}, not {expected}, for {atom:?}");
    }
    assert_eq!(differences(&case), Vec::<String>::new());
    bounds
}

fn window(after: usize, by: usize) -> Window {
    Window { after, by }
}

fn ever(event: Expr, before: Option<Expr>, after: usize, by: usize) -> Atom {
    Atom::Ever { event, before, window: window(after, by) }
}

fn at_time(what: Expr, given: Option<Expr>, at: usize) -> Atom {
    Atom::At { what, given, at, ahead: Vec::new() }
}

fn total(what: Expr, until: Option<Expr>, after: usize, by: usize) -> Atom {
    Atom::Total { what, until, window: window(after, by), discount: None }
}

fn count(given: Option<Expr>, until: Option<Expr>, after: usize, by: usize) -> Atom {
    Atom::Count { stage: StageId(0), given, until, window: window(after, by) }
}

fn choice(stage: usize, action: usize, given: Option<Expr>, after: usize, by: usize) -> Atom {
    Atom::Choice { stage: StageId(stage), actions: vec![action], given, window: window(after, by) }
}

fn commitment(stage: usize, action: usize, when: Option<Expr>) -> Commitment {
    Commitment {
        stage: StageId(stage),
        actions: vec![action],
        when,
        from: 1,
        until: usize::MAX,
        span: Span::NONE,
    }
}

/// Three tosses of a coin; `x` counts heads and stops at two.
fn tosses() -> (Model, VarId) {
    let mut b = Build::new("tosses", 3);
    let x = b.state("x", Domain::Integers { lo: 0, hi: 2 }, 0);
    let up = call(melian_model::Function::Min, vec![add(var(x), num(1.0)), num(2.0)]);
    let toss = draw(x, outcomes(vec![(Some(up), Some(num(0.5))), (None, None)]));
    (b.finish(vec![toss], vec![]), x)
}

#[test]
fn events_at_period_ends() {
    let (model, x) = tosses();
    let some = || at(x, &[1, 2]);
    let two = || at(x, &[2]);
    let third = || binary(BinaryOp::Equal, period(), num(3.0));
    let second = || binary(BinaryOp::Equal, period(), num(2.0));
    check(
        &model,
        &baseline(&model),
        &[
            (ever(two(), None, 0, 3), 0.5),
            (at_time(two(), None, 2), 0.25),
            (at_time(var(x), None, 0), 0.0),
            (ever(some(), None, 1, 2), 0.75),
            // At the same sampling the event wins over what must not come before it.
            (ever(two(), Some(third()), 0, 3), 0.5),
            (ever(two(), Some(second()), 0, 3), 0.25),
            // What must not come first counts within the window only.
            (ever(two(), Some(second()), 2, 3), 0.5),
            (Atom::Always { event: not(some()), window: window(0, 2) }, 0.25),
            (Atom::Always { event: some(), window: window(1, 3) }, 0.75),
            (total(var(x), None, 0, 3), 0.5 + 1.0 + (3.0 / 8.0 + 2.0 * 4.0 / 8.0)),
            // The period in which `until` first holds still counts.
            (total(var(x), Some(some()), 0, 3), 7.0 / 8.0),
            // `until` is looked for from the first period on, also where the sum begins later.
            (total(var(x), Some(some()), 1, 3), 3.0 / 8.0),
            (at_time(var(x), Some(some()), 3), (3.0 / 8.0 + 1.0) / (7.0 / 8.0)),
            (
                Atom::WhenFirst { what: period(), first: some(), window: window(1, 3), ahead: Vec::new() },
                (2.0 / 4.0 + 3.0 / 8.0) / (3.0 / 8.0),
            ),
        ],
    );
}

/// In each of three periods a player stops, which ends play, or goes on, which pays 1; 8 for getting through.
fn stop_or_go(precision_of: f64, convention: Convention) -> (Model, StageId) {
    let mut b = Build::new("stop_or_go", 3);
    b.model.convention = convention;
    let p = b.player("P", num(0.5), precision(num(precision_of)));
    let stage = b.stage(p.0, "move", &["stop", "go"]);
    b.ended();
    let go = vec![pay(p, num(1.0))];
    let choose = choose(stage, vec![action(0, vec![end()]), action(1, go)]);
    (b.finish(vec![choose], vec![pay(p, num(8.0))]), stage)
}

#[test]
fn choices_and_the_end_of_play() {
    let (model, stage) = stop_or_go(0.0, Convention::Payoff);
    let (v, ended) = (model.stage(stage).var, model.ended.expect("it ends"));
    let late = || Some(binary(BinaryOp::AtLeast, period(), num(2.0)));
    let went = || at(v, &[1]);
    check(
        &model,
        &baseline(&model),
        &[
            (ever(at(v, &[0]), None, 0, 3), 7.0 / 8.0),
            (at_time(at(ended, &[1]), None, 2), 3.0 / 4.0),
            (count(None, None, 0, 3), 1.0 + 0.5 + 0.25),
            (count(late(), None, 0, 3), 0.5 + 0.25),
            (count(None, Some(binary(BinaryOp::Equal, period(), num(2.0))), 0, 3), 1.0 + 0.5),
            (total(went(), None, 0, 3), 0.5 + 0.25 + 0.125),
            // A choice event is not sampled after the end: `not` of it does not hold there.
            (total(not(went()), None, 0, 3), 0.5 + 0.25 + 0.125),
            // With a condition, both sides are sampled at the period's end, where no stage has run after the end.
            (at_time(went(), Some(at(v, &[0, 1])), 2), 0.5),
            (at_time(not(went()), Some(Expr::new(melian_model::ExprKind::Truth(true))), 2), 0.75),
            (choice(0, 1, late(), 0, 3), 0.5),
            (Atom::Value(PlayerId(0)), 0.5 + 0.5 * 0.25 + 0.25 * 0.125 + 0.125 * 8.0 * 0.125),
        ],
    );
}

#[test]
fn commitments_bind_where_their_condition_holds() {
    let mut b = Build::new("bound", 2);
    let coin = b.state("coin", Domain::Truth, 0);
    let p = b.player("P", num(1.0), precision(num(0.0)));
    let stage = b.stage(p.0, "move", &["a", "b", "c"]);
    let tossed = draw(coin, melian_model::Distribution::Uniform);
    let bodies =
        vec![action(0, vec![]), action(1, vec![pay(p, num(1.0))]), guarded(2, at(coin, &[0]), vec![])];
    let model = b.finish(vec![tossed, choose(stage, bodies)], vec![]);

    // Heads: bound to b. Tails: b is one of three.
    let mut scenario = baseline(&model);
    let heads = commitment(0, 1, Some(at(coin, &[1])));
    scenario.segments[0].belief.commitments = vec![heads.clone()];
    scenario.segments[0].path.commitments = vec![heads.clone()];
    let b_chosen = 0.5 + 0.5 / 3.0;
    let asked = [(choice(0, 1, None, 0, 2), b_chosen), (Atom::Value(PlayerId(0)), 2.0 * b_chosen)];
    let bounds = check(&model, &scenario, &asked);
    assert_eq!(bounds, [[Bound { visits: 2.0, bound: 1.0 }]]);

    // To c, which heads rule out: free there. Only in period 2. Where both bind, the later one counts.
    let to_c = Commitment { from: 2, ..commitment(0, 2, None) };
    scenario.segments[0].belief.commitments = vec![heads.clone(), to_c.clone()];
    scenario.segments[0].path.commitments = vec![heads, to_c];
    let asked = [
        (choice(0, 1, None, 0, 1), b_chosen),
        (choice(0, 1, None, 1, 2), 0.5),
        (choice(0, 2, None, 1, 2), 0.5),
    ];
    let bounds = check(&model, &scenario, &asked);
    assert_eq!(bounds, [[Bound { visits: 2.0, bound: 1.0 }, Bound { visits: 1.0, bound: 0.5 }]]);
}

/// An entrant that stays out for 0 or goes in, and an incumbent that yields or fights, which costs both 1.
fn entry() -> Model {
    let mut b = Build::new("entry", 2);
    let entrant = b.player("E", num(0.5), precision(num(2.0)));
    let incumbent = b.player("I", num(0.5), precision(num(3.0)));
    let enter = b.stage(entrant.0, "move", &["out", "in"]);
    let reply = b.stage(incumbent.0, "reply", &["yield", "fight"]);
    let both = |e: f64, i: f64| -> Vec<Statement> { vec![pay(entrant, num(e)), pay(incumbent, num(i))] };
    let answer = choose(reply, vec![action(0, both(1.0, 0.0)), action(1, both(-1.0, -1.0))]);
    b.finish(vec![choose(enter, vec![action(0, vec![]), action(1, vec![answer])])], vec![])
}

fn sigma(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[test]
fn who_knows_of_a_commitment() {
    let model = entry();
    let fight = vec![commitment(1, 1, None)];
    let fights = sigma(-3.0);
    let enters = sigma(2.0 * (1.0 - 2.0 * fights));
    let deterred = sigma(-2.0);
    let entered = |by| choice(0, 1, None, by - 1, by);
    let fought = |by| choice(1, 1, None, by - 1, by);
    let free = enters * (1.0 - 2.0 * fights);

    let mut known = baseline(&model);
    known.segments[0].belief.commitments = fight.clone();
    known.segments[0].path.commitments = fight.clone();
    let asked = [(entered(1), deterred), (fought(1), 1.0), (Atom::Value(PlayerId(0)), -1.5 * deterred)];
    check(&model, &known, &asked);

    let mut unnoticed = baseline(&model);
    unnoticed.segments[0].path.commitments = fight.clone();
    let asked = [(entered(1), enters), (fought(1), 1.0), (Atom::Value(PlayerId(0)), -1.5 * enters)];
    check(&model, &unnoticed, &asked);

    // A surprise after period 1: before it, play as ever; from then on everybody knows.
    let whole = baseline(&model).segments.remove(0);
    let later = Segment { until: 2, ..known.segments[0].clone() };
    let surprise = Scenario { start: model.start(), segments: vec![Segment { until: 1, ..whole }, later] };
    let value = free + 0.5 * -deterred;
    let asked = [
        (entered(1), enters),
        (entered(2), deterred),
        (fought(1), fights),
        (fought(2), 1.0),
        (Atom::Value(PlayerId(0)), value),
        (Atom::Policy { stage: StageId(1), actions: vec![1], at: 1, state: vec![] }, fights),
        (Atom::Policy { stage: StageId(1), actions: vec![1], at: 2, state: vec![] }, 1.0),
        (Atom::Margin { stage: StageId(1), action: 1, over: 0, at: 1, state: vec![] }, -1.0),
    ];
    check(&model, &surprise, &asked);
}

#[test]
fn a_surprise_that_changes_nothing_changes_no_value() {
    for convention in [Convention::Payoff, Convention::Emax] {
        let (model, _) = stop_or_go(1.5, convention);
        let plain = baseline(&model);
        let whole = plain.segments[0].clone();
        let segments = vec![Segment { until: 2, ..whole.clone() }, whole];
        let split = Scenario { start: plain.start.clone(), segments };
        let value = |scenario: &Scenario| {
            let atoms = [Atom::Value(PlayerId(0))];
            reference::answer(&model, scenario, &atoms).expect("no error").0.remove(0)
        };
        let Answer::Number(expected) = value(&plain) else { panic!("a value is a number") };
        check(&model, &split, &[(Atom::Value(PlayerId(0)), expected)]);
    }
}

#[test]
fn conditional_state_comes_and_goes() {
    // At peace a coin decides on war; in war intensity is drawn anew each period; peace returns after one period.
    let mut b = Build::new("conditional", 3);
    let war = b.state("war", Domain::Truth, 0);
    let intensity = b.conditional("intensity", Domain::Integers { lo: 1, hi: 3 }, None, at(war, &[1]));
    let someone = b.player("P", num(1.0), None);
    let begins = vec![
        draw(war, melian_model::Distribution::Uniform),
        when(at(war, &[1]), vec![draw(intensity, melian_model::Distribution::Uniform)]),
    ];
    let fought = vec![pay(someone, var(intensity)), assign(war, num(0.0))];
    let model = b.finish(vec![if_else(at(war, &[1]), fought, begins)], vec![]);
    let there = |by| at_time(at(intensity, &[0, 1, 2]), None, by);
    check(
        &model,
        &baseline(&model),
        &[
            (there(1), 0.5),
            (there(2), 0.25),
            (there(3), 0.5 * 0.25 + 0.25),
            (at_time(var(intensity), Some(at(war, &[1])), 3), 2.0),
            (at_time(if_then(at(war, &[1]), var(intensity), num(0.0)), None, 1), 1.0),
            (Atom::Value(PlayerId(0)), 2.0 * (0.5 + 0.25)),
        ],
    );
}

#[test]
fn play_that_goes_on_from_the_state_at_hand() {
    let (model, x) = tosses();
    let ahead = |atom: Atom, after: usize| vec![melian_model::Ahead { atom, after }];
    let the_answer = || Expr::new(melian_model::ExprKind::Ahead(0));
    let two_by = |after, by| ever(at(x, &[2]), None, after, by);
    // From x after one toss, two heads by the third: 3/4 from one, 1/4 from none.
    let at_one = Atom::At { what: the_answer(), given: None, at: 1, ahead: ahead(two_by(1, 3), 1) };
    let square = Atom::At {
        what: mul(the_answer(), the_answer()),
        given: Some(at(x, &[1])),
        at: 1,
        ahead: ahead(two_by(1, 3), 1),
    };
    // The state at the first head is taken for the state after period 2: one toss is left from there.
    let first = Atom::WhenFirst {
        what: the_answer(),
        first: at(x, &[1]),
        window: window(0, 2),
        ahead: ahead(two_by(2, 3), 2),
    };
    let now = Atom::At { what: the_answer(), given: None, at: 2, ahead: ahead(at_time(var(x), None, 2), 2) };
    check(&model, &baseline(&model), &[(at_one, 0.5), (square, 9.0 / 16.0), (first, 0.5), (now, 1.0)]);
}
