//! Designs: at which parameter points a model is solved.
//!
//! - [`points`]: points of the unit cube, by number, so that any of them can be had without those before it;
//! - [`law`]: what makes parameter values of them;
//! - [`copula`]: rank correlation.

pub mod copula;
pub mod law;
pub mod points;

pub use copula::Copula;
pub use law::Law;
pub use points::{Points, SCRAMBLES};
