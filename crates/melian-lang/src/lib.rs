//! Text to model: syntax tree, checks, diagnostics, formatter.

pub mod ast;
mod catalogue;
mod catalogue_lint;
mod catalogue_names;
mod catalogue_program;
mod catalogue_questions;
mod catalogue_solve;
mod catalogue_syntax;
mod catalogue_types;
mod compiled;
mod elaborate;
mod format;
mod highlight;
mod lexer;
pub mod parser;
pub mod source;
mod words;

pub use catalogue::{Explanation, catalogue, explain};
pub use compiled::{Compiled, compile, compile_forever};
pub use elaborate::Asked;
pub use format::format;
pub use highlight::{Piece, highlight};
