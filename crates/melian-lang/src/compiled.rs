//! From text to a compiled model, and from text to what is asked of it.

use melian_model::{Diagnostic, Model, Settings, Span, StageId, VarId};

use crate::{
    ast::{File, ItemKind, Length},
    elaborate::{Apart, Asked, Symbols, elaborate, sorted},
    parser,
};

/// A model that was read without errors, and what its names stand for.
pub struct Compiled {
    /// The model.
    pub model: Model,
    /// Warnings, by place.
    pub warnings: Vec<Diagnostic>,
    file: File,
    symbols: Symbols,
}

/// Reads a model. `constants` override the values of `const` declarations by name; with overrides there are no
/// warnings, which speak of the text as it stands.
///
/// # Errors
/// Everything that is wrong with the text, warnings included, by place.
pub fn compile(text: &str, constants: &[(String, f64)]) -> Result<Compiled, Vec<Diagnostic>> {
    compiled(text, constants, |_| false)
}

/// The same, but play goes on for ever, and what would be paid finally is left out.
///
/// # Errors
/// As [`compile`]; the model may not read the time then.
pub fn compile_forever(text: &str, constants: &[(String, f64)]) -> Result<Compiled, Vec<Diagnostic>> {
    compiled(text, constants, |file| {
        file.items.retain(|item| !matches!(item.kind, ItemKind::Finally(_)));
        for item in &mut file.items {
            if let ItemKind::Play(play) = &mut item.kind {
                play.length = Length::Forever;
            }
        }
        true
    })
}

/// `change` says whether it changed the text's tree; there are no warnings about what nobody wrote.
fn compiled(
    text: &str,
    constants: &[(String, f64)],
    change: impl FnOnce(&mut File) -> bool,
) -> Result<Compiled, Vec<Diagnostic>> {
    let (mut file, mut problems) = parser::parse(text);
    if problems.iter().any(Diagnostic::is_error) {
        return Err(sorted(problems));
    }
    let changed = change(&mut file);
    let mut elaborated = elaborate(&file, text, constants);
    if changed {
        elaborated.problems.retain(Diagnostic::is_error);
    }
    problems.extend(elaborated.problems);
    let problems = sorted(problems);
    if problems.iter().any(Diagnostic::is_error) {
        return Err(problems);
    }
    Ok(Compiled { model: elaborated.model, warnings: problems, file, symbols: elaborated.symbols })
}

impl Compiled {
    /// Reads a question or a condition; measures can be used by name.
    ///
    /// # Errors
    /// What is wrong with it; spans are of the question's text.
    pub fn question(&self, text: &str) -> Result<Asked, Vec<Diagnostic>> {
        let (question, problems) = parser::parse_question(text);
        match question {
            Some(question) if !problems.iter().any(Diagnostic::is_error) => {
                self.apart(text).question(&question)
            }
            _ => Err(sorted(problems)),
        }
    }

    /// Reads what stands inside of `with { … }`.
    ///
    /// # Errors
    /// What is wrong with it; spans are of this text.
    pub fn settings(&self, text: &str) -> Result<Settings, Vec<Diagnostic>> {
        let (settings, problems) = parser::parse_settings(text);
        if problems.iter().any(Diagnostic::is_error) {
            return Err(sorted(problems));
        }
        self.apart(text).settings(&settings)
    }

    /// Reads variables with their values: `regime=talks, Washington.table=put(current, soft, open)`.
    ///
    /// # Errors
    /// What is wrong with it; spans are of this text.
    pub fn bindings(&self, text: &str) -> Result<Vec<(VarId, usize)>, Vec<Diagnostic>> {
        let (bindings, problems) = parser::parse_bindings(text);
        if problems.iter().any(Diagnostic::is_error) {
            return Err(sorted(problems));
        }
        self.apart(text).bindings(&bindings)
    }

    /// The stage with a name: `Russia.answer`.
    ///
    /// # Errors
    /// There is none; the span is of this text.
    pub fn stage(&self, name: &str) -> Result<StageId, Diagnostic> {
        let (expr, problems) = parser::parse_question(name);
        let found = match expr {
            Some(expr) => self.apart(name).stage(&expr),
            None => Err(problems),
        };
        found.map_err(|problems| {
            problems.into_iter().next().unwrap_or_else(|| {
                Diagnostic::error("unknown-name", format!("there is no stage `{name}`"), Span::NONE)
            })
        })
    }

    fn apart<'c>(&'c self, text: &'c str) -> Apart<'c> {
        Apart { file: &self.file, model: &self.model, symbols: &self.symbols, text }
    }
}
