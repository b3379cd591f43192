//! From text to a game, by the front end.

use melian_lang::source::decode;
use melian_model::{Diagnostic, Model};

/// A game read from text, with what is needed to read questions about it.
pub struct Game {
    compiled: melian_lang::Compiled,
    /// The text it was read from.
    pub text: String,
    /// Warnings about it.
    pub warnings: Vec<Diagnostic>,
}

/// A question read from text.
pub enum Query {
    /// Asks for a number.
    Question(melian_model::Question),
    /// Asks for a verdict.
    Condition(melian_model::Condition),
}

impl Game {
    /// The model.
    pub fn model(&self) -> &Model {
        &self.compiled.model
    }

    /// Reads a question or a condition about the game.
    ///
    /// # Errors
    /// What is wrong with it; spans count bytes of the question's text.
    pub fn query(&self, text: &str) -> Result<Query, Vec<Diagnostic>> {
        Ok(match self.compiled.question(text)? {
            melian_lang::Query::Question(q) => Query::Question(q),
            melian_lang::Query::Condition(c) => Query::Condition(c),
        })
    }
}

/// Reads a game. `constants` override the values of `const` declarations by name.
///
/// # Errors
/// Everything that is wrong with the text, warnings included.
pub fn compile(text: &str, constants: &[(&str, f64)]) -> Result<Game, Vec<Diagnostic>> {
    let constants: Vec<(String, f64)> = constants.iter().map(|(n, v)| ((*n).to_owned(), *v)).collect();
    let (compiled, problems) = melian_lang::compile(text, &constants);
    match compiled {
        Some(compiled) if !problems.iter().any(Diagnostic::is_error) => {
            Ok(Game { compiled, text: text.to_owned(), warnings: problems })
        }
        _ => Err(problems),
    }
}

/// Text from the bytes of a file.
///
/// # Errors
/// The bytes are no UTF-8 text, or far too many.
pub fn text_of(bytes: &[u8]) -> Result<String, Diagnostic> {
    decode(bytes)
}

/// A model's text in the standard layout.
///
/// # Errors
/// What is wrong with its syntax.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    melian_lang::format(text)
}

/// What a diagnostic means.
pub use melian_lang::Explanation;

/// All explanations, in the order of their ids.
pub fn explanations() -> &'static [Explanation] {
    melian_lang::explanations()
}

/// The explanation of a diagnostic.
pub fn explain(id: &str) -> Option<&'static Explanation> {
    melian_lang::explain(id)
}

/// The id most like one that does not exist.
pub fn nearest_explanation(id: &str) -> Option<&'static str> {
    crate::setup::nearest(id, explanations().iter().map(|e| e.id))
}
