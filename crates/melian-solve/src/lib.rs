//! Model and parameters to solution: plan, tables, sweeps.
//!
//! The way from a [`melian_model::Model`] to numbers: a [`Plan`] (free of parameters) says which states are solved and
//! in which order; tables hold the numbers of one parameter point; a sweep goes backward through the period for
//! values and forward for distributions; [`answer`] asks.

mod answer;
mod ask;
mod backward;
mod belief;
mod describe;
mod eval;
mod exp;
mod explore;
mod flow;
mod forward;
mod keys;
mod law;
mod live;
mod needs;
mod plan;
mod policy;
mod problems;
mod reach;
mod rules;
mod sample;
mod scenario;
mod simulate;
mod size;
mod space;
mod sweep;
mod tables;
mod tile;
mod why;

pub use answer::{Answers, Query, Route, answer, answer_all};
pub use needs::Needs;
pub use plan::{Options, Plan};
pub use scenario::{Answer, Bound, Scenario, Segment, Setting};
pub use simulate::{Event, EventKind, simulate};
pub use size::PlanSize;
pub use why::{ActionWhy, Decomposition, explain};
