//! Laws of chance: `walk(up: e, down: e)`, `{ a: p, stay: rest }`, `normal(m, sd)`, `binomial(n, p)`, `uniform`.

use melian_model::Diagnostic;

use super::core::{Context, Parsed, Parser};
use super::layout::Part;
use super::sets::Between;
use crate::{
    ast::{Expr, Law, LawKind, Name, Outcome},
    lexer::Kind,
    words,
};

/// The laws that a variable may be redrawn from.
const LAWS: [&str; 4] = ["walk", "normal", "binomial", "uniform"];

impl Parser<'_> {
    /// What stands after `x ~`.
    pub fn law(&mut self) -> Parsed<Law> {
        let first = self.at;
        let kind = match self.word() {
            "walk" => self.walk()?,
            "uniform" => {
                self.bump();
                if self.sees(Kind::ParenOpen) && self.peek(1).kind == Kind::ParenClose {
                    let span = self.here().to(self.peek(1).span);
                    self.report(
                        Diagnostic::error("law-arguments", "`uniform` takes no parentheses", span)
                            .label("every value of the variable is equally likely")
                            .fix("delete them", span, ""),
                    );
                    self.bump();
                    self.bump();
                }
                LawKind::Uniform
            }
            "normal" | "binomial" => {
                let (name, arguments) = self.law_call(&[("normal", 2), ("binomial", 2)])?;
                match <[Expr; 2]>::try_from(arguments) {
                    Ok([a, b]) if name.text == "normal" => LawKind::Normal(a, b),
                    Ok([a, b]) => LawKind::Binomial(a, b),
                    Err(_) => LawKind::Error,
                }
            }
            "" if self.sees(Kind::BraceOpen) => {
                let (outcomes, span) =
                    self.braced("outcomes with their probabilities", Between::Commas, Self::outcome)?;
                if outcomes.is_empty() && !self.has_errors() {
                    self.report(
                        Diagnostic::error("empty-set", "this law has no outcomes", span)
                            .help("name outcomes with their probabilities: `{ high: 0.1, stay: rest }`"),
                    );
                }
                LawKind::Outcomes(outcomes)
            }
            word => {
                let problem = Diagnostic::error(
                    "unknown-law",
                    format!("expected a law of chance, found {}", self.found()),
                    self.here(),
                )
                .help(
                    "the laws are `walk(up: e, down: e)`, `{ a: p, stay: \
                    rest }`, `normal(mean, sd)`, `binomial(n, p)` and `uniform`",
                );
                let problem = match words::nearest(word, LAWS) {
                    Some(law) if !word.is_empty() => problem.fix(format!("write `{law}`"), self.here(), law),
                    _ if self.on_new_line() => problem,
                    _ => problem.label("not a law"),
                };
                return Err(self.fail(problem));
            }
        };
        Ok(Law { kind, span: self.since(first) })
    }

    /// `walk(up: e, down: e)`.
    fn walk(&mut self) -> Parsed<LawKind> {
        let first = self.at;
        self.bump();
        let open = self.open_arguments("`(`, as in `walk(up: e, down: e)`")?;
        let (mut up, mut down) = (None, None);
        self.nested(|p| {
            while !p.sees(Kind::ParenClose) {
                let named =
                    matches!(p.word(), "up" | "down") && matches!(p.peek(1).kind, Kind::Colon | Kind::Assign);
                if !named {
                    let problem = Diagnostic::error(
                        "law-arguments",
                        format!("expected `up:` or `down:`, found {}", p.found()),
                        p.here(),
                    )
                    .help("the two probabilities of `walk` are named: `walk(up: 0.2, down: 0.1)`");
                    return Err(p.fail(problem));
                }
                let span = p.here();
                let is_up = p.word() == "up";
                p.bump();
                if p.sees(Kind::Assign) {
                    let problem = Diagnostic::error("law-arguments", "expected `:`, found `=`", p.here())
                        .fix("write `:`", p.here(), ":");
                    p.report(problem);
                }
                p.bump();
                let value = p.within(Context::PLAIN, Self::expression)?;
                let (slot, word) = if is_up { (&mut up, "`up`") } else { (&mut down, "`down`") };
                p.once(slot, word, span, value);
                if !p.take(Kind::Comma) {
                    break;
                }
            }
            Ok(())
        })?;
        self.close(open, Kind::ParenClose)?;
        if up.is_none() && down.is_none() {
            let span = self.since(first);
            self.fail(Diagnostic::error("law-arguments", "this walk goes nowhere", span).help(
                "say how likely a step is: `walk(up: 0.2, down: 0.1)`; one of the two may be left out",
            ));
        }
        Ok(LawKind::Walk { up, down })
    }

    /// `VALUE: e`, `stay: rest`.
    fn outcome(&mut self) -> Parsed<Outcome> {
        let first = self.at;
        let value = if self.sees_word("stay") && self.peek(1).kind == Kind::Colon {
            self.bump();
            None
        } else {
            Some(self.sum()?)
        };
        self.colon("an outcome's probability stands after `:`")?;
        let weight = if self.sees_word("rest")
            && matches!(self.peek(1).kind, Kind::Comma | Kind::BraceClose | Kind::Semicolon)
        {
            self.bump();
            None
        } else {
            Some(self.expression()?)
        };
        Ok(Outcome { value, weight, span: self.since(first) })
    }

    /// `:`, or `=` taken for it.
    pub fn colon(&mut self, why: &str) -> Parsed<()> {
        if self.sees(Kind::Assign) || self.text_of(self.peek(0)) == "=>" {
            let problem = Diagnostic::error(
                "equals-for-colon",
                format!("expected `:`, found {}", self.found()),
                self.here(),
            )
            .label(why)
            .fix("write `:`", self.here(), ":");
            self.report(problem);
            self.bump();
            return Ok(());
        }
        self.expect(Kind::Colon, "`:`").map(|_| ())
    }

    /// The parenthesis that opens arguments.
    pub fn open_arguments(&mut self, what: &str) -> Parsed<usize> {
        let open = self.at;
        self.mark_here(Part::ATTACHED);
        self.expect(Kind::ParenOpen, what)?;
        Ok(open)
    }

    /// One of these laws with as many arguments as it takes.
    pub fn law_call(&mut self, laws: &[(&'static str, usize)]) -> Parsed<(Name, Vec<Expr>)> {
        let first = self.at;
        let names = || laws.iter().map(|(name, _)| *name);
        let Some((law, wanted)) = laws.iter().find(|(name, _)| *name == self.word()).copied() else {
            let list: Vec<String> = names().map(|n| format!("`{n}`")).collect();
            let problem = Diagnostic::error(
                "unknown-law",
                format!("expected a law, found {}", self.found()),
                self.here(),
            )
            .help(format!("possible here: {}", list.join(", ")));
            let problem = match words::nearest(self.word(), names()) {
                Some(law) if self.sees(Kind::Word) => problem.fix(format!("write `{law}`"), self.here(), law),
                _ => problem,
            };
            return Err(self.fail(problem));
        };
        let name = self.name("a law")?;
        let open = self.open_arguments(&format!("`(` and the arguments of `{law}`"))?;
        let arguments = self.arguments(open)?;
        if arguments.len() != wanted {
            let form = match law {
                "normal" => "normal(mean, sd)",
                "lognormal" => "lognormal(mu, sigma)",
                "triangular" => "triangular(lo, mode, hi)",
                "beta" => "beta(a, b)",
                _ => "binomial(n, p)",
            };
            let span = self.since(first);
            let problem = Diagnostic::error(
                "law-arguments",
                format!("`{law}` takes {wanted} arguments, not {}", arguments.len()),
                span,
            )
            .help(format!("write `{form}`"));
            return Err(self.fail(problem));
        }
        Ok((name, arguments))
    }
}
