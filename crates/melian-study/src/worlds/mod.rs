//! Worlds: a model's questions answered at many points of its parameters' plausible values.
//!
//! - [`design`]: which point each world is, by its number;
//! - [`sheet`]: what is asked in every world, and the names of the answers;
//! - [`ensemble`]: the worlds solved, one thread a world;
//! - [`plane`]: worlds on a grid of one or two parameters, for a map;
//! - [`contest`]: policies compared over worlds;
//! - [`shares`]: in which share of the worlds a claim holds;
//! - [`tipping`]: the nearest point at which a verdict changes.
//!
//! A world is a function of its number: in whichever order, on whichever machine worlds are solved, the answers are the
//! same, bit for bit.

pub mod contest;
pub mod design;
pub mod ensemble;
pub mod plane;
pub mod shares;
pub mod sheet;
pub mod tipping;

pub use contest::Contest;
pub use design::{Design, Varied, law};
pub use ensemble::{Ensemble, Row, Status};
pub use plane::{Axis, Plane};
pub use shares::{Shares, Spread, VerdictShares};
pub use sheet::{Code, Sheet};
