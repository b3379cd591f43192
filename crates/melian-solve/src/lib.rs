//! Model and parameters to solution: plan, tables, sweeps, answers.
//!
//! The way from a [`melian_model::Model`] to numbers: a [`Plan`] (free of parameters) says which states are solved and
//! in which order; tables hold the numbers of one parameter point; a sweep goes backward through a period for
//! values and choice probabilities; [`answer`] asks, with further columns of the sweep or with the distribution of
//! histories pushed forward.

pub mod arrays;
mod ask;
mod forever;
mod interrupt;
mod memory;
mod plan;
mod semantics;
pub mod stage;
pub mod stationary;
mod sweep;
mod tables;

pub use ask::batch::Trouble;
pub use ask::portrait::{Levels, Spot, Visit, portrait};
pub use ask::route::Route;
pub use ask::scenario::{Answer, Bound, Game, Query, Scenario, Segment, Setting};
pub use ask::sharing::reads_time;
pub use ask::simulate::{Event, EventKind, simulate};
pub use ask::values::solve_values;
pub use ask::why::{ActionWhy, Decomposition, explain, explain_all};
pub use ask::{Answers, Solved, Stationary, answer, answer_all};
pub use forever::{ByState, Forever, Start, StationaryPoint, equilibria, settled};
pub use interrupt::{INTERRUPTED, Interrupt};
pub use plan::needs::Needs;
pub use plan::schedule::Cost;
pub use plan::size::PlanSize;
pub use plan::{Options, Plan};
pub use sweep::kernels::{Kernels, exponentials};
pub use sweep::lanes::Lanes;
pub use sweep::tally::Counts;
