//! Stochastic games given as arrays: stationary logit equilibria in Markov strategies.
//!
//! ```text
//! Q_i(s, a) = Σ_a₋ᵢ Π_j≠i σ_j(a_j | s) · [ r_i(s, a, a₋ᵢ) + δ_i·Σ_s' T(s' | s, a, a₋ᵢ)·V_i(s') ]      (1)
//! σ_i(a | s) = exp(λ_i·Q_i(s, a)) / Σ_b exp(λ_i·Q_i(s, b))                                          (2)
//! V_i(s) = Σ_a σ_i(a | s)·Q_i(s, a),   or   (1/λ_i)·ln Σ_a exp(λ_i·Q_i(s, a))                         (3)
//! ```
//!
//! All players move at once. (1)–(3) are the agent quantal response of McKelvey and Palfrey (1998) in a stochastic game
//! (Shapley 1953); the second value in (3) is that of Rust (1987), where shocks are part of utility: entry games of
//! Aguirregabiria and Mira (2007), crises of Crisman-Cox and Gibilisco (2018).
//!
//! The unknowns are x = Q: by (2) and (3) they have strategies and values in them, and (1) is the map of
//! [`stationary`](crate::stationary). No stage is solved by itself: in an iteration everybody answers what the others did
//! before, in the stage and after it.

mod contract;
mod expect;
mod game;
mod inverse;
mod period;

pub use game::{StochasticGame, Wrong};
pub use melian_model::Convention;
pub use period::{Period, Play};

use crate::stationary::{Effort, Report, Unsettled, by_homotopy, from_start, from_zero};

/// Where the search for an equilibrium begins.
#[derive(Clone, PartialEq, Debug)]
pub enum Begin {
    /// At values of zero, see [`from_zero`].
    Zero,
    /// At uniform play, whose branch is followed to these precisions, see [`by_homotopy`].
    Uniform,
    /// At these strategies, `[player][state][action]`, see [`from_start`].
    At(Vec<Vec<Vec<f64>>>),
}

/// A stationary equilibrium.
#[derive(Clone, PartialEq, Debug)]
pub struct Equilibrium {
    /// Values, `[player][state]`.
    pub values: Vec<Vec<f64>>,
    /// How likely each action is, `[player][state][action]`.
    pub strategies: Vec<Vec<Vec<f64>>>,
    /// How it was found and how far it can be trusted.
    pub report: Report,
}

/// A stationary logit equilibrium of the game.
///
/// # Errors
/// If none was found.
pub fn solve(
    game: &StochasticGame,
    play: &Play,
    begin: &Begin,
    effort: &Effort,
) -> Result<Equilibrium, Unsettled> {
    let mut period = Period::new(game, play);
    let solution = match begin {
        Begin::Zero => from_zero(&mut period, effort)?,
        Begin::Uniform => by_homotopy(&mut period, effort)?,
        Begin::At(strategies) => {
            let start = period.start_at(strategies);
            from_start(&mut period, &start, effort)?
        }
    };
    Ok(Equilibrium {
        values: period.values(&solution.x),
        strategies: period.strategies(&solution.x),
        report: solution.report,
    })
}
