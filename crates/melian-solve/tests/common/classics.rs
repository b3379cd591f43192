//! Classic games, built by hand.

use super::build::*;
use melian_model::{Distribution, Domain, Model, Precision};

/// Signorino (1999): A keeps or challenges, B capitulates or resists, A backs down or fights.
/// Stages 0 `A.start`, 1 `B.reply`, 2 `A.final`; parameters: λA, λB.
pub fn signorino(lambda_a: f64, lambda_b: f64, emax: bool) -> Model {
    let mut b = Build::new("signorino", 1).emax(emax);
    let (la, lb) = (b.param("lambda_a", lambda_a), b.param("lambda_b", lambda_b));
    let attacker = b.player("A", num(1.0), precision(par(la)));
    let defender = b.player("B", num(1.0), precision(par(lb)));
    let start = b.stage(attacker.0, "start", &["keep", "challenge"]);
    let reply = b.stage(defender.0, "reply", &["capitulate", "resist"]);
    let last = b.stage(attacker.0, "final", &["back_down", "war"]);
    let both = |a: f64, d: f64| vec![pay(attacker, num(a)), pay(defender, num(d))];
    let fight = choose(last, vec![action(0, both(-0.8, 0.7)), action(1, both(-0.3, -0.4))]);
    let answer = choose(reply, vec![action(0, both(1.0, -0.6)), action(1, vec![fight])]);
    b.finish(vec![choose(start, vec![action(0, vec![]), action(1, vec![answer])])], vec![])
}

/// A random walk of forts between 0 and `n` (Smith and Stam 2004): nobody decides; each battle that is fought costs.
/// Variable 0 is the front.
pub fn forts(p: f64, start: usize, n: i64, horizon: usize, discount: f64) -> Model {
    let mut b = Build::new("forts", horizon);
    let win = b.param("p", p);
    let side = b.player("A", num(discount), None);
    let front = b.state("front", Domain::Integers { lo: 0, hi: n }, start);
    let ended = b.ended();
    assert!(ended.0 == 1, "the front is variable 0");
    let walk = Distribution::Walk { up: par(win), down: sub(num(1.0), par(win)) };
    b.finish(
        vec![
            when(at(front, &[n as usize]), vec![pay(side, num(1.0)), end()]),
            when(at(front, &[0]), vec![end()]),
            pay(side, num(-0.02)),
            draw(front, walk),
        ],
        vec![],
    )
}

/// Optimal stopping: stop for −2, or continue at a cost of 0.5, discount 0.95. The last period leaves nothing.
pub fn stopping(lambda: Option<f64>, emax: bool, horizon: usize) -> Model {
    let mut b = Build::new("stopping", horizon).emax(emax);
    let precision = lambda.map_or(Some(Precision::Infinite), |l| precision(num(l)));
    let player = b.player("P", num(0.95), precision);
    let stage = b.stage(player.0, "move", &["stop", "continue"]);
    b.ended();
    let stop = action(0, vec![pay(player, num(-2.0)), end()]);
    let go = action(1, vec![pay(player, num(-0.5))]);
    b.finish(vec![choose(stage, vec![stop, go])], vec![])
}

/// The front-line game of the validation catalogue: x in −2..2, y in 0..1, six periods, A moves, then B, then chance.
/// Variables 0 x, 1 y, 2 whether x is absorbed; parameters: λA, λB, cost of A, cost of B, p_a, p_y.
pub fn front_line(emax: bool) -> Model {
    let mut b = Build::new("front_line", 6).emax(emax);
    let (la, lb) = (b.param("lambda_a", 2.0), b.param("lambda_b", 3.0));
    let (ca, cb) = (b.param("cost_a", 0.1), b.param("cost_b", 0.15));
    let (pa, py) = (b.param("p_a", 0.6), b.param("p_y", 0.7));
    let attacker = b.player("A", num(0.95), precision(par(la)));
    let defender = b.player("B", num(0.95), precision(par(lb)));
    let x = b.state("x", Domain::Integers { lo: -2, hi: 2 }, 2);
    let y = b.state("y", Domain::Truth, 1);
    let attack = b.stage(attacker.0, "attack", &["no", "yes"]);
    let defend = b.stage(defender.0, "defend", &["no", "yes"]);
    let (a, d) = (var(b.var_of(attack)), var(b.var_of(defend)));
    let up = mul(mul(par(pa), a.clone()), add(num(0.5), mul(num(0.5), var(y))));
    let down = mul(num(0.3), d);
    let stays = if_then(at(y, &[1]), par(py), sub(num(1.0), par(py)));
    let y_up = sub(stays, mul(mul(num(0.2), a), var(y)));
    let walk = Distribution::Walk { up, down };
    b.finish(
        vec![
            choose(attack, vec![action(0, vec![]), action(1, vec![pay(attacker, minus(par(ca)))])]),
            choose(defend, vec![action(0, vec![]), action(1, vec![pay(defender, minus(par(cb)))])]),
            when(not(at(x, &[0, 4])), vec![draw(x, walk)]),
            draw(y, outcomes(vec![(Some(num(1.0)), Some(y_up)), (Some(num(0.0)), None)])),
        ],
        vec![pay(attacker, mul(num(0.5), var(x))), pay(defender, mul(num(-0.5), var(x)))],
    )
}

/// Alternating offers (Rubinstein 1982): in odd rounds player 1 offers a share k/n to player 2, in even rounds the
/// other way round; acceptance ends play. Stages 0 offer of 1, 1 reply of 2, 2 offer of 2, 3 reply of 1.
pub fn alternating_offers(
    lambda: Option<f64>,
    emax: bool,
    rounds: usize,
    n: usize,
    discounts: [f64; 2],
) -> Model {
    let mut b = Build::new("alternating_offers", rounds).emax(emax);
    let precision = || lambda.map_or(Some(Precision::Infinite), |l| precision(num(l)));
    let one = b.player("One", num(discounts[0]), precision());
    let two = b.player("Two", num(discounts[1]), precision());
    let names: Vec<String> = (0..=n).map(|k| format!("offer({k})")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut turns = Vec::new();
    for (proposer, responder) in [(one, two), (two, one)] {
        let offer = b.stage(proposer.0, "offer", &names);
        let reply = b.stage(responder.0, "reply", &["reject", "accept"]);
        let mut offers = Vec::new();
        for k in 0..=n {
            let share = k as f64 / n as f64;
            let deal = vec![pay(proposer, num(1.0 - share)), pay(responder, num(share)), end()];
            let answer = choose(reply, vec![action(0, vec![]), action(1, deal)]);
            offers.push(action(k, vec![answer]));
        }
        turns.push(choose(offer, offers));
    }
    b.ended();
    let [first, second] = <[_; 2]>::try_from(turns).expect("two turns");
    let odd = binary(
        melian_model::BinaryOp::Equal,
        call(melian_model::Function::Mod, vec![period(), num(2.0)]),
        num(1.0),
    );
    b.finish(vec![if_else(odd, vec![first], vec![second])], vec![])
}

/// Fearon's ultimatum: A demands k/20 of a pie; B, whose cost is the j-th of n equally likely midpoints of 0..0.6,
/// accepts or fights; A wins with probability one half and pays 0.1. Stages 0 demand, 1 reply.
pub fn ultimatum(lambda_a: f64, lambda_b: f64, n: i64) -> Model {
    let mut b = Build::new("ultimatum", 1);
    let one = b.player("A", num(1.0), precision(num(lambda_a)));
    let two = b.player("B", num(1.0), precision(num(lambda_b)));
    let names: Vec<String> = (0..=20).map(|k| format!("demand({k})")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let demand = b.stage(one.0, "demand", &names);
    let reply = b.stage(two.0, "reply", &["fight", "accept"]);
    let cost = b.local("cost", Domain::Integers { lo: 0, hi: n - 1 });
    let mut demands = Vec::new();
    for k in 0..=20 {
        let share = k as f64 / 20.0;
        let loss = mul(add(var(cost), num(0.5)), num(0.6 / n as f64));
        let war = vec![pay(one, num(0.4)), pay(two, sub(num(0.5), loss))];
        let deal = vec![pay(one, num(share)), pay(two, num(1.0 - share))];
        let answer = choose(reply, vec![action(0, war), action(1, deal)]);
        demands.push(action(k, vec![draw(cost, Distribution::Uniform), answer]));
    }
    b.finish(vec![choose(demand, demands)], vec![])
}
