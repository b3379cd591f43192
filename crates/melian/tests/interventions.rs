//! What each kind of intervention does, on a game that is solved by hand.

mod common;

use common::{Values, game, replies};
use melian::study::Reply;

/// Twice a guard sleeps or wakes (at a cost of 1), and a thief who sees it stays or steals. Stealing from a sleeper is
/// worth 3 to the thief and costs the guard 4; stealing from a waking guard costs the thief 2. Both play best
/// responses, so in the baseline: asleep, the thief steals (3 > 0), which costs the guard 4; awake, the thief stays
/// (0 > -2), which costs the guard 1. The guard wakes in both rounds.
const WATCH: &str = "
model watch
player Guard { precision = inf }
player Thief { precision = inf }
param loot = 3
play rounds for 2 {
    Guard chooses watch { sleep  wake { Guard pays 1 } }
    Thief chooses act {
        stay
        steal {
            if Guard.watch == sleep { Thief gains loot;  Guard pays 4 } else { Thief pays 2 }
        }
    }
}
measure nights_asleep = E[total num(Guard.watch == sleep) by 2]
";

fn ask(text: &str, question: &str) -> Reply {
    replies(&game(text, &Values::new()), &Values::new(), &[question]).remove(0)
}

fn check(question: &str, expected: f64) {
    let reply = ask(WATCH, question);
    assert_eq!(reply.reading().unwrap().number(), Some(expected), "{question}");
}

#[test]
fn with_unexpected_and_unnoticed_are_three_things() {
    check("nights_asleep", 0.0);
    // Known to all from the start: a thief who never steals lets the guard sleep (0 > -1) in both rounds.
    check("nights_asleep with { Thief.act = stay }", 2.0);
    // Round 1 as in the baseline, awake; from round 2 on everybody knows, and the guard sleeps.
    check("nights_asleep unexpected { Thief.act = stay } at 1", 1.0);
    // The guard goes on believing in the thief of the baseline and wakes in both rounds.
    check("nights_asleep unnoticed { Thief.act = stay }", 0.0);
    // What is unnoticed happens all the same: a thief bound to steal from the waking guard pays 2 twice.
    check("value(Thief) unnoticed { Thief.act = steal }", -4.0);
}

#[test]
fn surprises_at_the_edges() {
    // Before the first round it is the same as `with`; after the last nothing changes.
    check("nights_asleep unexpected { Thief.act = stay } at 0", 2.0);
    check("nights_asleep unexpected { Thief.act = stay } at 2", 0.0);
}

#[test]
fn commitments_for_some_rounds() {
    check("nights_asleep with { Thief.act = stay at 1 }", 1.0);
    check("nights_asleep with { Thief.act = stay from 2 }", 1.0);
    check("nights_asleep with { Thief.act = stay until 1 }", 1.0);
    check("nights_asleep with { Thief.act = stay from 1 until 2 }", 2.0);
    check("nights_asleep with { Thief.act = stay when Guard.watch == wake }", 0.0);
    check("nights_asleep with { Thief.act = stay when Guard.watch == sleep }", 2.0);
}

#[test]
fn parameters_and_stacks() {
    // Stealing from a sleeper is not worth it: the thief stays either way, and the guard sleeps.
    check("nights_asleep with { loot = -1 }", 2.0);
    check("nights_asleep unexpected { loot = loot - 4 } at 1", 1.0);
    // The outer intervention is in force when the inner one reads: loot = -(3 - 4) = 1, worth stealing.
    check("(nights_asleep with { loot = -loot }) with { loot = loot - 4 }", 0.0);
    // Two interventions that pull apart: the later, inner one counts where both bind.
    check("(nights_asleep with { Thief.act = steal }) with { Thief.act = stay }", 0.0);
    check("(nights_asleep with { Thief.act = stay }) with { Thief.act = steal }", 2.0);
    // A condition under an intervention: both sides stand under it.
    let reply = ask(WATCH, "(nights_asleep > 1) with { Thief.act = stay }");
    assert_eq!(reply.finding().unwrap().judged().margin, Some(1.0));
}

#[test]
fn the_share_in_which_a_commitment_bound() {
    // A guard who tosses a coin: of the thief's two expected visits one is after sleep.
    let coin = WATCH.replace("player Guard { precision = inf }", "player Guard { precision = 0 }");
    let share = |question: &str| {
        let reply = ask(&coin, question);
        assert_eq!(reply.bounds.len(), 1);
        (reply.bounds[0].visits, reply.bounds[0].bound)
    };
    assert_eq!(share("nights_asleep with { Thief.act = steal }"), (2.0, 2.0));
    assert_eq!(share("nights_asleep with { Thief.act = steal when Guard.watch == sleep }"), (2.0, 1.0));
    assert_eq!(share("nights_asleep with { Thief.act = steal when Guard.watch == sleep at 2 }"), (1.0, 0.5));
    assert_eq!(
        share("nights_asleep unexpected { Thief.act = steal when Guard.watch == sleep } at 1"),
        (1.0, 0.5)
    );
    assert_eq!(share("nights_asleep unnoticed { Thief.act = steal when Guard.watch == sleep }"), (2.0, 1.0));
}

/// Where the action is not available, the choice is free.
#[test]
fn a_commitment_to_what_is_not_available_does_not_bind() {
    let guarded = WATCH.replace("steal {", "steal when Guard.watch == sleep {");
    let reply = ask(&guarded, "value(Thief) with { Thief.act = steal }");
    // The guard wakes rather than lose 4; the thief, with nothing else to do, stays.
    assert_eq!(reply.reading().unwrap().number(), Some(0.0));
    assert_eq!((reply.bounds[0].visits, reply.bounds[0].bound), (2.0, 0.0));
    assert_eq!(reply.bounds[0].share(), Some(0.0));
}
