//! Text to model: syntax tree, checks, diagnostics, formatter.

pub mod ast;
mod catalogue;
pub mod parser;
pub mod source;

pub use catalogue::Explanation;
