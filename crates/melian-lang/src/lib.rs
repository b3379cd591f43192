//! Text to model: syntax tree, checks, diagnostics, formatter.

pub mod ast;
mod catalogue;
mod catalogue_syntax;
mod compiled;
mod elaborate;
mod format;
mod lexer;
pub mod parser;
pub mod source;
mod words;

pub use catalogue::{Explanation, catalogue, explain};
pub use compiled::{Compiled, compile};
pub use elaborate::Asked;
pub use format::format;
