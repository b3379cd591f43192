//! Text to syntax tree, by recursive descent; it goes on after an error and reports all of them.

use melian_model::Diagnostic;

use crate::ast::{Binding, Expr, File, Setting};

/// A whole model.
pub fn parse(text: &str) -> (File, Vec<Diagnostic>) {
    let _ = text;
    (File::default(), Vec::new())
}

/// One question or condition, as on the command line; `None` if there is an error.
pub fn parse_question(text: &str) -> (Option<Expr>, Vec<Diagnostic>) {
    let _ = text;
    (None, Vec::new())
}

/// The inside of `with { … }`.
pub fn parse_settings(text: &str) -> (Vec<Setting>, Vec<Diagnostic>) {
    let _ = text;
    (Vec::new(), Vec::new())
}

/// `month=3, regime=talks, Washington.table=put(current, soft, open)`.
pub fn parse_bindings(text: &str) -> (Vec<Binding>, Vec<Diagnostic>) {
    let _ = text;
    (Vec::new(), Vec::new())
}
