//! Games without end: values that a backward period leaves as they are.
//!
//! ```text
//! x = F(x)                                                                                     (1)
//! ```
//!
//! x holds the values of all players, F is one period solved backward. With several players nothing says that (1) has one
//! solution only, nor that x, F(x), F(F(x)), … comes to rest.

//!
//! [`from_zero`] takes what play of ever greater length leads to, as far as it leads anywhere; [`from_start`] what is near
//! a point that is given; [`by_homotopy`] what uniform play becomes as choices grow more precise; [`starts`] lists what
//! random starts find. Each solution says in its [`Report`] which of these it is, how exact it is, and whether plain
//! iteration would stay there. What does not settle is an [`Unsettled`], and no solution: a cycle is never an answer.

mod anderson;
mod finish;
mod homotopy;
mod ladder;
mod linear;
mod map;
mod newton;
mod plain;
mod random;
mod report;
mod spectrum;
mod starts;
mod work;

pub use homotopy::by_homotopy;
pub use ladder::{from_start, from_zero};
pub(crate) use linear::Factors;
pub use map::{Inverse, Lost, Map};
pub use report::{Doubt, Method, Path, Radius, Report, Residual, Selection, Solution, Unsettled};
pub use starts::{Found, Starts, starts};

/// How much is done before giving up.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Effort {
    /// Residuals that count as none: of values, relative to each player's range of them, and of choice probabilities.
    pub tolerance: f64,
    /// A method is given up for a faster one when it would take this many more iterations at its present speed.
    pub patience: usize,
    /// Most iterations of one method.
    pub most_iterations: usize,
    /// Differences that Anderson's acceleration keeps.
    pub history: usize,
    /// Up to this size I − F′ is made from tangents and factored, unless the map has factors of its own.
    pub dense: usize,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { tolerance: 1e-10, patience: 100, most_iterations: 5000, history: 8, dense: 400 }
    }
}
