//! What operators stand between: numbers, names with indices and dots, calls, questions, parentheses.

use melian_model::Diagnostic;

use super::core::{Context, MAX_HEIGHT, Parsed, Parser, is_word};
use super::layout::Part;
use crate::{
    ast::{Expr, ExprKind},
    lexer::Kind,
    words,
};

impl Parser<'_> {
    /// A value with indices and dots behind it.
    pub fn operand(&mut self) -> Parsed<Expr> {
        let first = self.at;
        let mut value = self.value()?;
        loop {
            // Only what has a name has parts and members.
            if !matches!(value.kind, ExprKind::Name(_) | ExprKind::Dot(..) | ExprKind::Index(..)) {
                return Ok(value);
            }
            let kind = match self.kind() {
                Kind::Dot => {
                    self.bump();
                    let name = self.name("a name after the dot")?;
                    ExprKind::Dot(Box::new(value), name)
                }
                Kind::SquareOpen => {
                    let open = self.at;
                    self.mark_here(Part::ATTACHED);
                    self.bump();
                    let index = self.nested(|p| p.within(Context::PLAIN, Self::expression))?;
                    self.close(open, Kind::SquareClose)?;
                    ExprKind::Index(Box::new(value), Box::new(index))
                }
                _ => return Ok(value),
            };
            self.height += 1;
            if self.height > MAX_HEIGHT {
                let problem =
                    Diagnostic::error("too-long", "too many dots and indices in a row", self.since(first));
                return Err(self.fail(problem));
            }
            value = Expr::new(kind, self.since(first));
        }
    }

    /// A number, a name, a call, a question, something in parentheses.
    fn value(&mut self) -> Parsed<Expr> {
        let token = self.peek(0);
        match token.kind {
            Kind::Number => {
                self.bump();
                // A malformed number was reported by the lexer.
                let number = self.text_of(token).parse().unwrap_or(0.0);
                Ok(Expr::new(ExprKind::Number(number), token.span))
            }
            Kind::Word => self.word_value(),
            Kind::ParenOpen => {
                let open = self.at;
                self.bump();
                let context = Context { conditions: self.context.conditions, ..Context::PLAIN };
                let mut inside = self.nested(|p| p.within(context, Self::expression))?;
                self.close(open, Kind::ParenClose)?;
                inside.span = self.since(open);
                Ok(inside)
            }
            Kind::Text => {
                let problem = Diagnostic::error("quoted-name", "a text in quotes is not a value", token.span);
                let plain = self.text_of(token).trim_matches('"');
                let problem = if is_word(plain) {
                    problem.label("labels are written without quotes").fix(
                        format!("write `{plain}`"),
                        token.span,
                        plain,
                    )
                } else {
                    problem
                };
                self.report(problem);
                self.bump();
                Ok(Expr::new(ExprKind::Error, token.span))
            }
            Kind::BraceOpen => {
                let problem = Diagnostic::error("set-form", "a set is not a value", token.span)
                    .label("expected a value")
                    .help("sets stand after `in`: `x in {a, b}`");
                Err(self.fail(problem))
            }
            _ => Err(self.unexpected("a value")),
        }
    }

    /// What begins with a word.
    fn word_value(&mut self) -> Parsed<Expr> {
        let token = self.peek(0);
        let word = self.text_of(token);
        let next = self.peek(1).kind;
        let simple = match word {
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => {
                let lower = word.to_lowercase();
                if word != lower {
                    self.misspelt(if lower == "true" { "true" } else { "false" });
                }
                Some(ExprKind::Truth(lower == "true"))
            }
            "_" => Some(ExprKind::Wildcard),
            _ if words::RESERVED.contains(&word) => return Err(self.unexpected("a value")),
            _ if words::LATER.contains(&word) => {
                let problem = self.not_yet(word, token.span);
                return Err(self.fail(problem));
            }
            _ => None,
        };
        if let Some(kind) = simple {
            self.bump();
            return Ok(Expr::new(kind, token.span));
        }
        match next {
            Kind::SquareOpen if matches!(word, "P" | "E") => self.question(word),
            Kind::SquareOpen if matches!(word, "prob" | "policy" | "margin" | "Prob" | "Pr") => {
                self.wrong_brackets(word)
            }
            Kind::ParenOpen if matches!(word, "P" | "E" | "Pr" | "Prob") => self.wrong_brackets(word),
            Kind::ParenOpen if words::QUESTIONS.contains(&word) => self.asking_function(word),
            Kind::ParenOpen => {
                let first = self.at;
                let name = self.name("a name")?;
                let open = self.open_arguments("`(`")?;
                let arguments = self.arguments(open)?;
                Ok(Expr::new(ExprKind::Call(name, arguments), self.since(first)))
            }
            _ => {
                self.bump();
                Ok(Expr::new(ExprKind::Name(word.to_owned()), token.span))
            }
        }
    }

    /// `a, b)` behind an opening parenthesis.
    pub fn arguments(&mut self, open: usize) -> Parsed<Vec<Expr>> {
        let context = Context { conditions: self.context.conditions, ..Context::PLAIN };
        self.nested(|p| {
            let mut arguments = Vec::new();
            while !p.sees(Kind::ParenClose) {
                arguments.push(p.within(context, Self::expression)?);
                if !p.take(Kind::Comma) {
                    break;
                }
            }
            p.close(open, Kind::ParenClose)?;
            Ok(arguments)
        })
    }
}
