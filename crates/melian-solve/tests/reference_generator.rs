//! The random-model generator makes what it is meant to make.

mod common;

use common::generate::{self, features::features};
use std::collections::BTreeMap;

/// Seeds of the coverage count.
const SEEDS: u64 = 400;

/// How many of the seeds must exercise each feature.
const LEAST: usize = 3;

/// Every feature that must occur.
const REQUIRED: &str = "
Assign in choice
Assign in if
Choose in choice
Choose in if
Draw in choice
Draw in if
End in choice
End in if
If in choice
If in finally
If in if
Pay in choice
Pay in finally
Pay in if
action left out at a place
ahead Always
ahead At
ahead Ever
ahead Total
ahead Value
atom Always
atom Always after
atom Always naming no stage
atom At
atom At ahead
atom At given
atom At naming no stage
atom At naming one stage
atom At naming several stages
atom At start
atom Choice
atom Choice after
atom Choice given
atom Choice naming no stage
atom Choice naming one stage
atom Count
atom Count after
atom Count given
atom Count naming no stage
atom Count naming one stage
atom Count until
atom Ever
atom Ever after
atom Ever before
atom Ever naming no stage
atom Ever naming one stage
atom Ever naming several stages
atom Margin
atom Margin where
atom Policy
atom Policy where
atom Total
atom Total after
atom Total naming no stage
atom Total naming one stage
atom Total until
atom Value
atom WhenFirst
atom WhenFirst after
atom WhenFirst ahead
atom WhenFirst naming no stage
best response
calendar
choice two deep
commitment
commitment bound
commitment bound at times
commitment for a while
commitment in belief
commitment to several actions
commitment with condition
commitments to one stage
conditional Absent
conditional Level
conditional there at times
dead variable
discount 0
discount 1
discount between
discount by parameter
domain Enum
domain Grid
domain Integers
domain Truth
domain of one level
else
else if
emax
ends at times
expression Ahead in question
expression Among in program
expression Among in question
expression Argument in program
expression Argument in question
expression CalendarMonth in program
expression CalendarMonth in question
expression CalendarYear in program
expression CalendarYear in question
expression If in program
expression If in question
expression Interpolate in program
expression Interpolate in question
expression IsAt in program
expression IsAt in question
expression Level in program
expression Lookup in program
expression Lookup in question
expression Number in program
expression Number in question
expression Param in program
expression Param in question
expression Period in program
expression Period in question
expression Truth in program
expression Truth in question
expression Var in program
expression Var in question
finite precision
function Abs
function Clamp
function Exp
function Floor
function Log
function Logistic
function Max
function Min
function Mod
function Round
function Snap
function Sqrt
guard
infinite precision
inner answer to Always
inner answer to At
inner answer to Choice
inner answer to Count
inner answer to Ever
inner answer to Margin
inner answer to Policy
inner answer to Total
inner answer to Value
inner answer to WhenFirst
law Binomial
law Normal
law Outcomes
law Uniform
law Walk
more than 50 states
no player
no rest
no unguarded action
operator Add
operator And
operator AtLeast
operator AtMost
operator Divide
operator Equal
operator Greater
operator Less
operator Minus
operator Multiply
operator Not
operator Or
operator Power
operator Subtract
operator Unequal
other parameters
other start
player without precision
player without stage
precision by parameter
rest
several players
some probabilities zero
stage at several places
statement Assign
statement Choose
statement Draw
statement End
statement If
statement Pay
stay
tie
undefined At
undefined Choice
undefined Margin
undefined WhenFirst
unexpected
unexpected and unnoticed
unnoticed
unnoticed commitment
unnoticed parameters
variable Ended
variable Local
variable Stage
variable State
with and unnoticed
zero precision
";

#[test]
fn every_feature_occurs() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..SEEDS {
        for feature in features(&generate::case(seed)) {
            *counts.entry(feature).or_default() += 1;
        }
    }
    let count = |feature: &str| counts.get(feature).copied().unwrap_or(0);
    let rare: Vec<&str> = REQUIRED.trim().lines().filter(|feature| count(feature) < LEAST).collect();
    assert!(rare.is_empty(), "fewer than {LEAST} of {SEEDS} cases have: {rare:#?}");
    assert_eq!(count("fault"), 0, "the generator's models are free of errors");
}

#[test]
fn a_seed_always_makes_the_same_case() {
    for seed in 0..20 {
        let (a, b) = (generate::case(seed), generate::case(seed));
        // As text, because arguments that an action does not have are NaN.
        let text = |case: &generate::Case| format!("{:?}", (&case.model, &case.scenario, &case.atoms));
        assert!(text(&a) == text(&b), "seed {seed}");
    }
}
