//! Worlds: a model's questions answered at many points of its parameters' plausible values.
//!
//! - [`design`]: which point each world is, by its number;
//! - [`sheet`]: what is asked in every world, and the names of the answers;
//! - [`ensemble`]: the worlds solved, one thread a world;
//! - [`shares`]: in which share of the worlds a claim holds;
//! - [`tipping`]: the nearest point at which a verdict changes.
//!
//! A world is a function of its number: in whichever order, on whichever machine worlds are solved, the answers are the
//! same, bit for bit.

pub mod design;
pub mod ensemble;
pub mod shares;
pub mod sheet;
pub mod tipping;

pub use design::{Design, Varied, law};
pub use ensemble::{Ensemble, Row, Status};
pub use shares::{Shares, Spread, VerdictShares};
pub use sheet::{Code, Sheet};
