//! Statistics of computer experiments: where to look, how sure a share is, what an answer hangs on, where it fails.
//!
//! Nothing here knows that there are games: inputs are columns of numbers, one for each parameter, outputs are columns
//! of numbers or of truth values. Everything is a function of its arguments; what is random takes a seed.
//!
//! - [`design`]: points of the unit cube, and laws that make parameter values of them;
//! - [`interval`]: shares and means with their uncertainty;
//! - [`indices`]: sensitivity indices;
//! - [`discovery`]: boxes in which something happens;
//! - [`contour`]: the line on a map where something begins to hold.

pub mod contour;
pub mod design;
pub mod discovery;
pub mod indices;
pub mod interval;
