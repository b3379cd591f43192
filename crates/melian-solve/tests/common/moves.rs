//! A game in which everything moves: every axis walks and is assigned to, before, inside and after the choices.

use super::{baseline, build::*, generate::Case};
use melian_model::{Atom, BinaryOp, Distribution, Domain, Expr, Function, PlayerId, StageId, VarId, Window};

/// Three axes of so many levels and a truth, which the first period scatters; then a choice between two actions and
/// one among five, a period.
pub fn case(levels: [i64; 3]) -> Case {
    let mut b = Build::new("moves", 3);
    let one = b.player("One", num(0.9), precision(num(1.5)));
    let two = b.player("Two", num(0.8), precision(num(2.5)));
    let axes: Vec<VarId> = ["x", "y", "z"]
        .iter()
        .zip(levels)
        .map(|(name, n)| b.state(name, Domain::Integers { lo: 0, hi: n - 1 }, 1))
        .collect();
    let [x, y, z] = [axes[0], axes[1], axes[2]];
    let calm = b.state("calm", Domain::Truth, 1);
    let first = b.stage(one.0, "first", &["climb", "descend"]);
    let second = b.stage(two.0, "second", &["rest", "pay", "climb", "fall", "stir"]);

    let up = |axis: usize, by: f64| {
        let last = num((levels[axis] - 1) as f64);
        assign(axes[axis], call(Function::Min, vec![add(var(axes[axis]), num(by)), last]))
    };
    let down = |axis: usize, by: f64| {
        assign(axes[axis], call(Function::Max, vec![sub(var(axes[axis]), num(by)), num(0.0)]))
    };
    let walk =
        |axis: usize, up: Expr, down: f64| draw(axes[axis], Distribution::Walk { up, down: num(down) });
    let pays = |v: VarId, rate: f64| mul(num(rate), var(v));
    let above = |v: VarId, k: f64| binary(BinaryOp::Greater, var(v), num(k));

    let opening = choose(
        first,
        vec![
            action(0, vec![pay(one, pays(z, -0.05)), up(0, 1.0)]),
            action(1, vec![pay(one, num(0.1)), down(1, 1.0), pay(two, pays(y, 0.02))]),
        ],
    );
    let reply = choose(
        second,
        vec![
            action(0, vec![]),
            action(1, vec![pay(two, num(0.3)), pay(one, pays(x, 0.01))]),
            guarded(2, above(y, 2.0), vec![pay(two, pays(x, -0.03)), up(2, 1.0)]),
            action(3, vec![down(0, 2.0)]),
            guarded(4, above(z, 0.0), vec![up(1, 1.0), walk(2, num(0.4), 0.4)]),
        ],
    );
    let weather = outcomes(vec![
        (Some(num(1.0)), Some(if_then(at(calm, &[1]), num(0.7), num(0.2)))),
        (Some(num(0.0)), None),
    ]);
    let played = vec![
        opening,
        walk(0, num(0.3), 0.2),
        reply,
        when(at(calm, &[0]), vec![walk(1, mul(num(0.02), var(x)), 0.25), down(2, 1.0)]),
        walk(2, num(0.1), 0.3),
        draw(calm, weather),
    ];
    let scattered = axes.iter().map(|&v| draw(v, Distribution::Uniform)).collect();
    let start = binary(BinaryOp::Equal, period(), num(1.0));
    let score = |sign: f64| mul(num(sign), sub(mul(num(0.2), var(x)), mul(var(y), pays(z, 0.05))));
    let model = b.finish(
        vec![if_else(start, scattered, played)],
        vec![pay(one, score(1.0)), pay(two, add(score(-1.0), pays(calm, 0.1)))],
    );

    let window = Window { after: 0, by: 3 };
    let high = || binary(BinaryOp::AtLeast, var(x), num((levels[0] / 2) as f64));
    let mut atoms = vec![
        Atom::Value(PlayerId(0)),
        Atom::Value(PlayerId(1)),
        Atom::Ever { event: high(), before: Some(at(y, &[0])), window: Window { after: 1, by: 3 } },
        Atom::At { what: mul(var(y), var(z)), given: Some(high()), at: 3, ahead: Vec::new() },
        Atom::Count { stage: StageId(1), given: None, until: Some(at(z, &[0])), window },
    ];
    for (stage, actions) in [(0, 2), (1, 5)] {
        for action in 0..actions {
            let stage = StageId(stage);
            atoms.push(Atom::Choice { stage, actions: vec![action], given: Some(high()), window });
        }
    }
    Case { seed: 0, scenario: baseline(&model), model, atoms }
}
