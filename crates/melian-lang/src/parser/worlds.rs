//! What is said about the model and its worlds: mechanisms, claims, what is plausible, which parameters hang together.

use melian_model::{Diagnostic, Span};

use super::core::{Parsed, Parser};
use super::layout::Part;
use crate::{
    ast::{ClaimDecl, CorrelateDecl, ItemKind, MechanismDecl, PlausibleDecl},
    lexer::Kind,
};

impl Parser<'_> {
    /// `ID "words" : condition`.
    pub fn claim(&mut self) -> Parsed<ItemKind> {
        let id = if self.sees(Kind::Word) { Some(self.new_name("the claim's id")?) } else { None };
        let words = self.quoted("the claim in words, in quotes")?;
        self.colon("the condition stands after `:`")?;
        self.mark(self.at - 1, Part::SPACED);
        let condition = self.condition()?;
        Ok(ItemKind::Claim(ClaimDecl { id, words, condition }))
    }

    /// `ID "words"`.
    pub fn mechanism(&mut self) -> Parsed<ItemKind> {
        let id = self.new_name("the mechanism's id")?;
        let words = self.quoted("the mechanism in words, in quotes")?;
        Ok(ItemKind::Mechanism(MechanismDecl { id, words }))
    }

    /// `"words" when condition`.
    pub fn plausible(&mut self) -> Parsed<ItemKind> {
        let words = if self.sees(Kind::Text) {
            Some(self.quoted("what has been observed, in quotes")?)
        } else {
            None
        };
        if !self.take_word("when") {
            let near = self.sees(Kind::Colon) || matches!(self.word(), "if" | "where" | "that" | "unless");
            let here = self.here();
            let problem = Diagnostic::error(
                "plausible-form",
                format!("expected `when` and a condition, found {}", self.found()),
                here,
            );
            if !near && (self.sees(Kind::End) || self.on_new_line()) {
                return Err(self.fail(problem.help("write `plausible \"in words\" when CONDITION`")));
            }
            let at = if near { here } else { Span { end: here.start, ..here } };
            self.report(problem.label("the condition stands after `when`").fix(
                "write `when`",
                at,
                if near { "when" } else { "when " },
            ));
            if near {
                self.bump();
            }
        }
        let condition = self.condition()?;
        Ok(ItemKind::Plausible(PlausibleDecl { words, condition }))
    }

    /// `a, b, arms[supply] by 0.6`.
    pub fn correlate(&mut self) -> Parsed<ItemKind> {
        let mut params = vec![self.operand()?];
        while self.take(Kind::Comma) {
            params.push(self.operand()?);
        }
        self.mark_here(Part::column(0));
        if !self.take_word("by") {
            let problem = Diagnostic::error(
                "correlate-form",
                format!("expected `,` or `by` and a number, found {}", self.found()),
                self.here(),
            )
            .help("a group of parameters and their rank correlation: `correlate a, b, c by 0.6`");
            let problem = match self.kind() {
                Kind::Assign | Kind::Colon | Kind::Equal => problem.fix("write `by`", self.here(), "by"),
                _ => return Err(self.fail(problem)),
            };
            self.report(problem);
            self.bump();
        }
        let by = self.expression()?;
        Ok(ItemKind::Correlate(CorrelateDecl { params, by }))
    }
}
