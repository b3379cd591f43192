//! A game with thousands of states in one box, where the kernels work in tiles and on several threads.

use super::{baseline, build::*, generate::Case};
use melian_model::{
    Ahead, Atom, BinaryOp, Distribution, Domain, Expr, ExprKind, Function, Model, PlayerId, Precision,
    StageId, VarId, Window,
};

/// Three variables that the first period scatters over their whole domains (or, `sparse`, over a part of them that
/// leaves most rows of the box empty), and two players who push the first two in the second.
fn model(sparse: bool) -> Model {
    let mut b = Build::new("wide", 2);
    let push = b.param("push", 0.3);
    let one = b.player("One", num(0.9), precision(num(1.7)));
    let two = b.player("Two", num(0.8), Some(Precision::Infinite));
    let x = b.state("x", Domain::Integers { lo: 0, hi: 20 }, 3);
    let y = b.state("y", Domain::Integers { lo: -10, hi: 10 }, 4);
    let z = b.state("z", Domain::Grid { lo: 0.0, step: 0.25, levels: 19 }, 0);
    let first = b.stage(one.0, "first", &["hold", "push", "pull"]);
    let second = b.stage(two.0, "second", &["hold", "push"]);
    let whole = |v: VarId| draw(v, Distribution::Uniform);
    let scattered = if sparse {
        let follow = call(Function::Floor, vec![mul(num(0.5), var(x))]);
        let near = outcomes(vec![(Some(follow.clone()), Some(num(0.5))), (Some(minus(follow)), None)]);
        vec![whole(x), draw(y, near), whole(z)]
    } else {
        vec![whole(x), whole(y), whole(z)]
    };

    let pushed = var(b.var_of(first));
    let up = mul(par(push), pushed.clone());
    let (cost_one, cost_two) = (pay(one, minus(mul(num(0.2), var(z)))), pay(two, num(-0.1)));
    let below_zero = binary(BinaryOp::Less, var(y), num(0.0));
    let answer = choose(second, vec![action(0, vec![]), guarded(1, below_zero, vec![cost_two])]);
    let played = vec![
        choose(
            first,
            vec![action(0, vec![]), action(1, vec![cost_one, answer]), guarded(2, at(x, &[0]), vec![])],
        ),
        draw(x, Distribution::Walk { up, down: num(0.2) }),
        draw(y, Distribution::Walk { up: num(0.25), down: mul(num(0.1), at(z, &[0, 1, 2, 3])) }),
        draw(z, outcomes(vec![(Some(num(4.5)), Some(mul(num(0.02), var(x)))), (None, None)])),
    ];
    let scatter = binary(BinaryOp::Equal, period(), num(1.0));
    let gain =
        |player, sign: f64| pay(player, mul(num(sign), sub(mul(num(0.3), var(x)), mul(num(0.1), var(y)))));
    b.finish(vec![if_else(scatter, scattered, played)], vec![gain(one, 1.0), gain(two, -1.0)])
}

/// The model, and all that can be asked of it.
pub fn case(sparse: bool) -> Case {
    let model = model(sparse);
    let (x, y, z) = (VarId(0), VarId(1), VarId(2));
    let window = Window { after: 0, by: 2 };
    let high = || binary(BinaryOp::AtLeast, var(x), num(15.0));
    let ahead = vec![Ahead {
        atom: Atom::At { what: mul(var(x), var(z)), given: None, at: 2, ahead: Vec::new() },
        after: 1,
    }];
    let told = binary(BinaryOp::Multiply, Expr::new(ExprKind::Ahead(0)), var(y));
    let atoms = vec![
        Atom::Value(PlayerId(0)),
        Atom::Value(PlayerId(1)),
        Atom::Ever { event: high(), before: Some(at(y, &[0, 20])), window: Window { after: 1, by: 2 } },
        Atom::At { what: mul(var(y), var(z)), given: Some(high()), at: 2, ahead: Vec::new() },
        Atom::At { what: told, given: None, at: 1, ahead },
        Atom::Choice { stage: StageId(1), actions: vec![1], given: Some(high()), window },
        Atom::Count { stage: StageId(0), given: None, until: Some(at(z, &[3])), window },
    ];
    Case { seed: 0, scenario: baseline(&model), model, atoms }
}
