//! Moves made at once: games played once, in which nobody sees what the others choose.

mod normal_form;
mod principal;
mod solve;

pub use normal_form::NormalForm;
pub use principal::{Equilibrium, Lost, Stride, principal_branch};
pub use solve::{derivative, equilibrium, response};

use faer::Mat;

/// A game played once, in which all players choose at the same time.
pub trait Simultaneous {
    /// Number of actions of each player.
    fn actions(&self) -> &[usize];

    /// What each action of a player is worth, given what the others do.
    fn payoffs(&self, player: usize, q: &[Vec<f64>], worth: &mut [f64]);

    /// For each action of a player (rows) and of another (columns), how much more the first is worth the more often the
    /// second is played.
    fn slopes(&self, player: usize, other: usize, q: &[Vec<f64>]) -> Mat<f64>;
}
