//! Text to syntax tree, by recursive descent; it goes on after an error and reports all of them.
//!
//! INVARIANT: a function that returns `Err(Lost)` has reported why. Whoever can go on (a block, a list, the file) then
//! skips to where the next statement, entry or declaration begins; see `recover`.

mod clauses;
mod core;
mod docs;
mod expressions;
mod items;
mod laws;
mod layout;
mod questions;
mod recover;
mod sets;
mod statements;
mod values;
mod worlds;

use melian_model::Diagnostic;

use self::core::Parser;
pub(crate) use self::layout::{Layout, Part};
use crate::ast::{Binding, Expr, File, Setting};

/// A whole model. The file is complete exactly if no diagnostic is an error.
pub fn parse(text: &str) -> (File, Vec<Diagnostic>) {
    let mut parser = Parser::new(text);
    let file = parser.file();
    parser.warn_of_stray_docs();
    (file, parser.finish())
}

/// A whole model, with what the formatter needs besides.
pub(crate) fn parse_layout(text: &str) -> (Layout, Vec<Diagnostic>) {
    let mut parser = Parser::new(text);
    parser.file();
    parser.finish_layout()
}

/// One question or condition, as on the command line; `None` if there is an error.
pub fn parse_question(text: &str) -> (Option<Expr>, Vec<Diagnostic>) {
    let mut parser = Parser::new(text);
    let question = parser.alone(Parser::condition);
    let problems = parser.finish();
    (question.filter(|_| problems.is_empty()), problems)
}

/// The inside of `with { … }`.
pub fn parse_settings(text: &str) -> (Vec<Setting>, Vec<Diagnostic>) {
    let mut parser = Parser::new(text);
    let settings = parser.alone(|p| p.loose_list(Parser::setting));
    (settings.unwrap_or_default(), parser.finish())
}

/// `month=3, regime=talks, Washington.table=put(current, soft, open)`.
pub fn parse_bindings(text: &str) -> (Vec<Binding>, Vec<Diagnostic>) {
    let mut parser = Parser::new(text);
    let bindings = parser.alone(|p| p.loose_list(Parser::binding));
    (bindings.unwrap_or_default(), parser.finish())
}
