//! Scenario discovery: boxes of parameters in which something happens, in few words.
//!
//! A [`Table`] holds the parameters of many runs; an outcome says in which of them the thing of interest happened.
//! [`prim`] looks for boxes that hold many of those runs and few others; [`tree`] is a second opinion, by another
//! method and with an honest error; [`regret`] compares policies across the runs instead.
//!
//! The method as a whole is that of Bryant and Lempert (2010), "Thinking inside the box".

mod decimal;
mod figures;
pub mod prim;
mod region;
pub mod regret;
mod spread;
mod table;
pub mod tree;

pub use figures::{Figures, one_in};
pub use region::{Edge, Limits, Region, Side};
pub use spread::Spread;
pub use table::{Table, Trouble};
