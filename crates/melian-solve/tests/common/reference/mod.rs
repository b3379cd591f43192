//! A solver in obvious code: it executes the program state by state and follows every path.
//!
//! It shares only the `Model` with the real solver. What it takes the language to mean:
//!
//! - The state is the level of every variable. A period is executed statement by statement (`mechanics`); locals and
//!   stage variables are absent at its start and dropped at its end.
//! - After a variable took a level, by assignment or by chance, every conditional variable whose `when` reads it and
//!   now fails becomes absent; one whose condition becomes true stays absent until it is assigned. It may be assigned
//!   before its condition is true. At a period's end it must be there exactly where its condition holds, also in a
//!   period that `end` cut short.
//! - Reading an absent variable or an argument that the action does not have is an error; `IsAt` of one is false.
//! - `end` skips the rest of the period. In later periods nothing happens, and `finally` pays nothing.
//! - The payoffs of period t are discounted t − 1 times; `finally` T times, with t = T in its expressions (`game`).
//! - Outcomes of probability zero are not executed. Actions of probability zero are, where values are computed (what
//!   they lead to is a counterfactual that the mover weighs), but the path does not follow them (`walk`).
//! - Actions that a commitment excludes are not available, so nothing in them is executed.
//! - A law whose probabilities exceed one, with or without `rest`, is `probabilities-sum`; a single one below zero is
//!   `probability-negative`.
//! - A segment of a scenario: choices are those of the equilibrium of `belief`, a game over the whole horizon. On the
//!   path they are conditioned on the actions open there, those whose guard holds and which the binding commitment of
//!   `path` leaves: in proportion to their believed probabilities, equally where all of those are zero. Chances,
//!   payments, conditions of questions and of commitments read the parameters of `path`.
//! - `value(P)` adds up what is paid along the path; each period on the way discounts by the factor of `path` in that
//!   period. Under `emax` the expected shock of each choice, its entropy over λ, is paid too.
//! - Where several commitments bind at a visit the last one counts; each is counted as bound.
//! - When each kind of expression is sampled: `ask`. How a stage is looked up at a state: `place`.

pub mod ask;
pub mod commitment;
pub mod evaluate;
pub mod game;
pub mod law;
pub mod mechanics;
pub mod place;
pub mod walk;

use evaluate::{Tried, UNDEFINED};
use melian_model::{Atom, Model};
use melian_solve::{Answer, Bound, Scenario};
use walk::{Memory, Moment, Play};

/// The answers to the atoms, and for each segment how often each commitment of its path bound.
pub fn answer(model: &Model, scenario: &Scenario, atoms: &[Atom]) -> Tried<(Vec<Answer>, Vec<Vec<Bound>>)> {
    let play = Play::new(model, scenario)?;
    play.beliefs[0].value(1, &scenario.start)?;
    let mut answers = Vec::new();
    for atom in atoms {
        answers.push(match play.ask(atom, &scenario.start, 0) {
            Ok(x) => Answer::Number(x),
            Err(fault) if fault.id == UNDEFINED => Answer::Undefined(fault.what),
            Err(fault) => return Err(fault),
        });
    }
    Ok((answers, bounds(&play)?))
}

/// For each segment and each commitment of its path, the expected visits and how many of them it bound.
fn bounds(play: &Play) -> Tried<Vec<Vec<Bound>>> {
    let mut all = Vec::new();
    for (i, segment) in play.scenario.segments.iter().enumerate() {
        let mut shares = Vec::new();
        for commitment in &segment.path.commitments {
            let watch = |t: usize, moment: &Moment, _: &mut Memory| match moment {
                Moment::Reached { stage, before, available }
                    if play.segment(t) == i && commitment::concerns(commitment, *stage, t) =>
                {
                    let scene = play.rules(t).scene(t, before);
                    let bound = commitment::restricts(commitment, scene, available)?.is_some();
                    Ok([1.0, if bound { 1.0 } else { 0.0 }])
                }
                _ => Ok([0.0, 0.0]),
            };
            let [visits, bound] = play.follow(&play.scenario.start, 0, play.model.horizon, &watch)?;
            shares.push(Bound { visits, bound });
        }
        all.push(shares);
    }
    Ok(all)
}
