//! Text to model: syntax tree, checks, diagnostics, formatter.

pub mod ast;
mod catalogue;
mod lexer;
pub mod parser;
pub mod source;
mod words;

pub use catalogue::Explanation;
