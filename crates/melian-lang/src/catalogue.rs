//! The catalogue of diagnostics: what each id means, with a wrong and a right example.

use crate::catalogue_syntax::SYNTAX;

/// What `melian explain ID` tells about a diagnostic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The diagnostic's id.
    pub id: &'static str,
    /// The problem in a few words.
    pub title: &'static str,
    /// What it means and what to do, with a wrong and a right example.
    pub text: &'static str,
}

/// All explanations.
pub fn catalogue() -> impl Iterator<Item = &'static Explanation> {
    SYNTAX.iter()
}

/// The explanation of a diagnostic.
pub fn explain(id: &str) -> Option<&'static Explanation> {
    catalogue().find(|explanation| explanation.id == id)
}
