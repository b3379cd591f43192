//! From text to a game, by the front end.

use melian_lang::{Asked, Compiled, source::decode};
use melian_model::{Diagnostic, Model, StageId, VarId};

use crate::catalogue::EXPLANATIONS;

/// A game read from text, with what is needed to read questions about it.
pub struct Game {
    compiled: Compiled,
    /// The text it was read from.
    pub text: String,
}

/// A question read from text.
pub enum Query {
    /// Asks for a number.
    Question(melian_model::Question),
    /// Asks for a verdict.
    Condition(Box<melian_model::Condition>),
}

impl Game {
    /// The model.
    pub fn model(&self) -> &Model {
        &self.compiled.model
    }

    /// Warnings about the text, by place.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.compiled.warnings
    }

    /// Reads a question or a condition about the game.
    ///
    /// # Errors
    /// What is wrong with it; spans count bytes of the question's text.
    pub fn query(&self, text: &str) -> Result<Query, Vec<Diagnostic>> {
        Ok(match self.compiled.question(text)? {
            Asked::Number(q) => Query::Question(q),
            Asked::Condition(c) => Query::Condition(Box::new(c)),
        })
    }

    /// Reads variables with their values: `regime=talks, Washington.table=put(current, soft, open)`.
    ///
    /// # Errors
    /// What is wrong with it; spans count bytes of this text.
    pub fn bindings(&self, text: &str) -> Result<Vec<(VarId, usize)>, Vec<Diagnostic>> {
        self.compiled.bindings(text)
    }

    /// The stage with a name: `Russia.answer`.
    ///
    /// # Errors
    /// There is none.
    pub fn stage(&self, name: &str) -> Result<StageId, Diagnostic> {
        self.compiled.stage(name)
    }
}

/// Reads a game. `constants` override the values of `const` declarations by name.
///
/// # Errors
/// Everything that is wrong with the text, warnings included.
pub fn compile(text: &str, constants: &[(&str, f64)]) -> Result<Game, Vec<Diagnostic>> {
    let constants: Vec<(String, f64)> = constants.iter().map(|(n, v)| ((*n).to_owned(), *v)).collect();
    Ok(Game { compiled: melian_lang::compile(text, &constants)?, text: text.to_owned() })
}

/// The same, but play goes on for ever, and what would be paid finally is left out.
///
/// # Errors
/// As [`compile`]; the model may not read the time then.
pub fn compile_forever(text: &str, constants: &[(&str, f64)]) -> Result<Game, Vec<Diagnostic>> {
    let constants: Vec<(String, f64)> = constants.iter().map(|(n, v)| ((*n).to_owned(), *v)).collect();
    Ok(Game { compiled: melian_lang::compile_forever(text, &constants)?, text: text.to_owned() })
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

/// What each piece of a text is, for whoever shows it in colours.
pub use melian_lang::{Piece, highlight};

/// What a diagnostic means.
pub use melian_lang::Explanation;

/// All explanations, by id.
pub fn explanations() -> Vec<&'static Explanation> {
    let mut all: Vec<&Explanation> = melian_lang::catalogue().chain(EXPLANATIONS).collect();
    all.sort_by_key(|e| e.id);
    all.dedup_by_key(|e| e.id);
    all
}

/// The explanation of a diagnostic.
pub fn explain(id: &str) -> Option<&'static Explanation> {
    melian_lang::explain(id).or_else(|| EXPLANATIONS.iter().find(|e| e.id == id))
}

/// The id most like one that does not exist.
pub fn nearest_explanation(id: &str) -> Option<&'static str> {
    crate::setup::nearest(id, explanations().into_iter().map(|e| e.id))
}
