//! Which columns and months the outlook shows: a rule that names no variable.

mod common;

use common::{Values, game};
use melian::{Setup, Wishes, study::OutlookPlan};

/// Columns as `variable:what`, months, and what is left out.
fn plan(states: &str, period: &str, periods: usize) -> (Vec<String>, Vec<usize>, Vec<String>) {
    let text = format!(
        "model m\ntype Mood = {{ calm, tense, war }}\nplayer P {{ precision = 1 }}\n{states}\n\
         play rounds for {periods} {{ P chooses move {{ stay  go {{ P pays 1 }} }}\n{period}\n}}"
    );
    let game = game(&text, &Values::new());
    let model = game.model();
    let plan = OutlookPlan::new(model);
    let columns = plan.columns.iter().map(|c| {
        let (name, what) = c.title(model);
        format!("{name}:{what}")
    });
    let left_out = plan.left_out.iter().map(|&v| model.var(v).name.clone()).collect();
    (columns.collect(), plan.months, left_out)
}

#[test]
fn the_enumeration_that_conditions_read_leads() {
    let states = "state side : { left, right } = left\nstate mood : Mood = calm\nstate x : 0 .. 4 = 0\n\
                  state alarm : truth = false\nstate fixed : 1 .. 1 = 1\nstate depth : 0 .. 3 when mood == war";
    let period = "if mood == war { depth = 0 } else if mood == tense { alarm = true }\nP gains x";
    let (columns, months, left_out) = plan(states, period, 5);
    assert_eq!(columns, ["mood:calm", "mood:tense", "mood:war", "side:right", "x:mean", "alarm:true"]);
    assert_eq!(months, [1, 2, 3, 4, 5]);
    assert_eq!(left_out, ["depth"]);
}

#[test]
fn an_enumeration_that_does_not_lead_is_named_below() {
    let states = "state mood : Mood = calm\nstate other : Mood = calm";
    let (columns, _, left_out) = plan(states, "if mood == war { other = war }", 7);
    assert_eq!(columns, ["mood:calm", "mood:tense", "mood:war"]);
    assert_eq!(left_out, ["other"]);
}

#[test]
fn months() {
    let months = |periods| plan("state x : 0 .. 4 = 0", "P gains x", periods).1;
    assert_eq!(months(1), [1]);
    assert_eq!(months(6), [1, 2, 3, 4, 5, 6]);
    assert_eq!(months(7), [1, 3, 6, 7]);
    assert_eq!(months(24), [1, 3, 6, 12, 24]);
    assert_eq!(months(60), [1, 3, 6, 12, 24, 48]);
}

/// A walk that pays at the end only: with a longer game the payment is farther away, and P moves differently.
#[test]
fn a_longer_horizon_is_tried() {
    let text = "
model m
player P { discount = 0.5, precision = 4 }
state x : 0 .. 4 = 0
play rounds for 4 { P chooses move { stay  go { P pays 0.1;  x = min(x + 1, 4) } } }
finally { P gains x }
";
    let game = game(text, &Values::new());
    let solved = melian::solution(game.model(), &Setup::default(), &Wishes::default(), &|_| {}).unwrap();
    let check = solved.horizon_check.unwrap();
    assert_eq!((check.horizon, check.until), (5, 4));
    assert!(check.largest.unwrap().share > 0.01);
    // The longer game, whose last rounds are those of the shorter.
    assert_eq!((solved.effort.games, solved.effort.periods), (2, 5));
}
