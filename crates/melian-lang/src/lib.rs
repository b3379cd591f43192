//! Text to model: syntax tree, checks, diagnostics, formatter.

mod catalogue;

pub use catalogue::Explanation;
