//! Sensitivity indices: what share of the variation of an answer each parameter accounts for.
//!
//! Inputs are columns, one for each parameter, all equally long; an output is one number for each row, not finite
//! where there is no answer. Two methods ask for a design of their own:
//!
//! - [`sobol`]: shares of the variance, first and total order, from N·(d+2) rows;
//! - [`morris`]: elementary effects, a screening from few rows.
//!
//! Two take any table, for instance what is left after a filter; its columns are sorted once ([`SortedInputs`]) and serve
//! many outputs:
//!
//! - [`delta`]: how far the law of the answer moves when a parameter is known, and the first order index;
//! - [`pawn`]: the same by Kolmogorov's and Smirnov's distance.
//!
//! Every index has a 95 % bootstrap interval; [`enough`] says whether the rows were enough.

mod bootstrap;
pub mod delta;
pub mod enough;
mod given;
mod kernel;
pub mod morris;
pub mod pawn;
mod slices;
pub mod sobol;
mod unusable;

pub use bootstrap::{Bootstrap, Estimate, Estimates};
pub use given::GivenIndex;
pub use slices::SortedInputs;
pub use unusable::Unusable;
