//! Play that goes on for ever: the same strategies in every period, at values that a period leaves as they are.
//!
//! From some period on nothing depends on time any more: what questions ask about lies before it, and commitments that
//! end have ended. The values at its start are those of the stationary game ([`settle`]); periods before it are solved
//! from them as those of a game of finite length are from what is paid finally. A question that looks at all time has
//! values there too, the limits of its recursion ([`limits`]).

pub(crate) mod classes;
mod krylov;
pub(crate) mod limits;
mod period;
pub(crate) mod settle;
mod start;

pub use settle::{Forever, StationaryPoint, equilibria, settled};
pub use start::{ByState, Start};
