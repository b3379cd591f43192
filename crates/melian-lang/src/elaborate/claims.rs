//! Measures, mechanisms, what is plausible, and claims; and what is asked of a compiled model later: questions, settings, bindings, stages.

use melian_model::{
    Claim, Condition, Diagnostic, Measure, Mechanism, Model, Plausible, Question, Settings, Span, StageId,
    VarId,
};

use super::{Elaborator, Symbols, env::Env, names::Meaning, symbols::Global};
use crate::{
    ast::{self, Aggregate, File, ItemKind},
    lexer::lex,
};

/// Whether an id stands in a comment as a word.
fn names(comment: &str, id: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    comment.match_indices(id).any(|(at, _)| {
        !inside(comment[..at].chars().next_back()) && !inside(comment[at + id.len()..].chars().next())
    })
}

impl<'a> Elaborator<'a> {
    /// All measures.
    pub fn measures(&mut self) {
        let file = self.file;
        for item in &file.items {
            let ItemKind::Measure(decl) = &item.kind else { continue };
            let question = if decl.arguments.is_empty() {
                let before = Env::default();
                let env = before.expanding(&before, decl.name.span);
                let before = self.problems.met();
                match self.question(&decl.value, &env) {
                    Some(question) => Some(question),
                    None => {
                        self.never_silent(before, decl.value.span);
                        continue;
                    }
                }
            } else {
                None
            };
            self.model.measures.push(Measure {
                name: decl.name.text.clone(),
                question,
                doc: item.doc.clone(),
                span: item.span,
            });
        }
    }

    /// What the system is made of.
    pub fn mechanisms(&mut self) {
        let file = self.file;
        let mut ids: Vec<(&'a str, Span)> = Vec::new();
        if !file.items.iter().any(|item| matches!(item.kind, ItemKind::Mechanism(_))) {
            return;
        }
        let comments = lex(self.text).comments;
        for item in &file.items {
            let ItemKind::Mechanism(decl) = &item.kind else { continue };
            self.only_id(&decl.id, &mut ids);
            let (id, words) = (decl.id.text.clone(), decl.words.value.clone());
            let named = comments.iter().filter(|c| names(&self.text[c.span.range()], &id));
            let mut lines: Vec<usize> = named.map(|c| c.line as usize + 1).collect();
            lines.dedup();
            self.model.mechanisms.push(Mechanism {
                id,
                words,
                lines,
                doc: item.doc.clone(),
                span: item.span,
            });
        }
    }

    /// Reports an id that was given before.
    fn only_id(&mut self, id: &'a ast::Name, ids: &mut Vec<(&'a str, Span)>) {
        match ids.iter().find(|(other, _)| *other == id.text) {
            Some(&(_, first)) => self.duplicate(&id.text, id.span, first),
            None => ids.push((&id.text, id.span)),
        }
    }

    /// What a world must show to be plausible.
    pub fn plausible(&mut self) {
        let file = self.file;
        for item in &file.items {
            let ItemKind::Plausible(decl) = &item.kind else { continue };
            let Some((condition, text)) = self.tested(&decl.condition) else { continue };
            self.model.plausible.push(Plausible {
                words: decl.words.as_ref().map(|words| words.value.clone()).unwrap_or_default(),
                condition,
                doc: item.doc.clone(),
                span: item.span,
                text,
            });
        }
    }

    /// All claims.
    pub fn claims(&mut self) {
        let file = self.file;
        let mut ids: Vec<(&'a str, Span)> = Vec::new();
        for item in &file.items {
            let ItemKind::Claim(decl) = &item.kind else { continue };
            if let Some(id) = &decl.id {
                self.only_id(id, &mut ids);
            }
            let Some((condition, text)) = self.tested(&decl.condition) else { continue };
            self.model.claims.push(Claim {
                id: decl.id.as_ref().map(|id| id.text.clone()).unwrap_or_default(),
                words: decl.words.value.clone(),
                condition,
                doc: item.doc.clone(),
                span: item.span,
                text,
            });
        }
    }

    /// What an answer is tested by, and its text.
    fn tested(&mut self, written: &'a ast::Expr) -> Option<(Condition, String)> {
        let before = self.problems.met();
        let Some(condition) = self.condition(written, &Env::default()) else {
            self.never_silent(before, written.span);
            return None;
        };
        let text = self.source(written.span).unwrap_or_default();
        Some((condition, one_line(&text)))
    }

    /// INVARIANT: what cannot be read is reported. Should a cause have been missed, this says so instead.
    fn never_silent(&mut self, errors_before: usize, span: Span) {
        if self.problems.met() == errors_before && !self.exhausted {
            self.report(
                Diagnostic::error("question-clauses", "this question cannot be asked", span)
                    .help("the language reference lists the forms of questions"),
            );
        }
    }

    /// Reads the body of a measure that nothing uses, as whatever it is.
    pub fn probe_question(&mut self, e: &'a ast::Expr, env: &Env<'a>) {
        if self.is_condition(e) {
            self.condition(e, env);
        } else {
            self.question(e, env);
        }
    }

    /// Whether something is a condition rather than a number.
    fn is_condition(&mut self, e: &'a ast::Expr) -> bool {
        use melian_model::BinaryOp::{Add, Divide, Multiply, Power, Subtract};
        match &e.kind {
            ast::ExprKind::Binary(Add | Subtract | Multiply | Divide | Power, ..) => false,
            ast::ExprKind::Binary(..)
            | ast::ExprKind::Unary(melian_model::UnaryOp::Not, _)
            | ast::ExprKind::By(..)
            | ast::ExprKind::Near { .. }
            | ast::ExprKind::Rises(_)
            | ast::ExprKind::Among { .. }
            | ast::ExprKind::Aggregate { kind: Aggregate::Any | Aggregate::All, .. } => true,
            ast::ExprKind::Under(inner, _) => self.is_condition(inner),
            ast::ExprKind::Name(name) => self.macro_is_condition(name),
            ast::ExprKind::Call(name, _) => self.macro_is_condition(&name.text),
            _ => false,
        }
    }

    fn macro_is_condition(&mut self, name: &str) -> bool {
        let env = Env::default();
        let Meaning::Global(Global::Let(item) | Global::Measure(item), _) = self.meaning(name, &env, None)
        else {
            return false;
        };
        let file = self.file;
        let (ItemKind::Let(decl) | ItemKind::Measure(decl)) = &file.items[item].kind else { return false };
        // A measure that only names another one is looked through once: enough for what people write, and no cycle.
        !matches!(decl.value.kind, ast::ExprKind::Name(_) | ast::ExprKind::Call(..))
            && self.is_condition(&decl.value)
    }
}

/// A condition's text on one line, without comments.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// What can be asked of a model apart from its text.
pub struct Apart<'c> {
    /// The model's syntax tree.
    pub file: &'c File,
    /// The model.
    pub model: &'c Model,
    /// Its names.
    pub symbols: &'c Symbols,
    /// What is asked.
    pub text: &'c str,
}

/// A number or a condition.
#[expect(clippy::large_enum_variant, reason = "there is one of them at a time")]
pub enum Asked {
    /// A number (or truth value).
    Number(Question),
    /// A condition with a margin.
    Condition(Condition),
}

impl Apart<'_> {
    /// A question or condition.
    pub fn question<'s>(&'s self, e: &'s ast::Expr) -> Result<Asked, Vec<Diagnostic>> {
        self.read(|this| {
            let env = Env::default();
            if this.is_condition(e) {
                this.condition(e, &env).map(Asked::Condition)
            } else {
                this.question(e, &env).map(Asked::Number)
            }
        })
    }

    /// The inside of `with { … }`.
    pub fn settings<'s>(&'s self, settings: &'s [ast::Setting]) -> Result<Settings, Vec<Diagnostic>> {
        self.read(|this| this.in_mode(super::Mode::Question, |this| this.settings(settings, &Env::default())))
    }

    /// `regime = talks, Washington.table = put(current, soft, open)`.
    pub fn bindings<'s>(
        &'s self,
        bindings: &'s [ast::Binding],
    ) -> Result<Vec<(VarId, usize)>, Vec<Diagnostic>> {
        self.read(|this| {
            this.in_mode(super::Mode::Question, |this| this.state_bindings(bindings, &Env::default()))
        })
    }

    /// `Russia.answer`.
    pub fn stage<'s>(&'s self, e: &'s ast::Expr) -> Result<StageId, Vec<Diagnostic>> {
        self.read(|this| this.in_mode(super::Mode::Question, |this| this.stage(e, &Env::default())))
    }

    fn read<'s, T>(
        &'s self,
        read: impl FnOnce(&mut Elaborator<'s>) -> Option<T>,
    ) -> Result<T, Vec<Diagnostic>> {
        let mut elaborator = Elaborator::new(self.file, self.text, self.model.clone(), self.symbols.clone());
        elaborator.apart = true;
        elaborator.problems.apart();
        let result = read(&mut elaborator);
        if result.is_none() {
            elaborator.never_silent(0, Span { start: 0, end: self.text.len() as u32 });
        }
        let problems = elaborator.problems.into_sorted();
        match result {
            Some(value) if !problems.iter().any(Diagnostic::is_error) => Ok(value),
            _ => Err(problems),
        }
    }
}
