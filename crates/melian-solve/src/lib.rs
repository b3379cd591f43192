//! Model and parameters to solution: plan, tables, sweeps.

pub mod scenario;

pub use scenario::{Answer, Bound, Scenario, Segment, Setting};
