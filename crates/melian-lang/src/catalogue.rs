//! The catalogue of diagnostics: what each id means, with a wrong and a right example.

use crate::{
    catalogue_lint::LINT, catalogue_names::NAMES, catalogue_program::PROGRAM, catalogue_questions::QUESTIONS,
    catalogue_solve::SOLVE, catalogue_syntax::SYNTAX, catalogue_types::TYPES,
};

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

/// All explanations, by the phase in which a model meets them.
pub fn catalogue() -> impl Iterator<Item = &'static Explanation> {
    [SYNTAX, NAMES, TYPES, PROGRAM, QUESTIONS, LINT, SOLVE].into_iter().flatten()
}

/// The explanation of a diagnostic.
pub fn explain(id: &str) -> Option<&'static Explanation> {
    catalogue().find(|explanation| explanation.id == id)
}

#[cfg(test)]
mod tests {
    use super::catalogue;
    use std::collections::BTreeSet;

    #[test]
    fn each_id_is_explained_once_in_a_few_lines() {
        let mut seen = BTreeSet::new();
        for explanation in catalogue() {
            assert!(seen.insert(explanation.id), "`{}` is explained twice", explanation.id);
            let kebab =
                explanation.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            assert!(kebab, "`{}`", explanation.id);
            assert!(!explanation.title.ends_with('.'), "`{}`", explanation.id);
            assert!(explanation.text.trim().len() > 60, "`{}` is hardly explained", explanation.id);
        }
    }
}
