//! Small parts of declarations: `= e`, `unit "…"`, plausible ranges, attributes, dates.

use melian_model::{Diagnostic, Span};

use super::core::{Context, Lost, Parsed, Parser};
use super::layout::Part;
use super::sets::Between;
use crate::{
    ast::{Attribute, Binder, Date, Expr, RangeDecl, RangeKind, Text},
    lexer::Kind,
    words,
};

impl Parser<'_> {
    /// `=`; other signs that people write for it are reported and taken.
    pub fn equals(&mut self, after: &str) -> Parsed<()> {
        let (id, label) = match self.kind() {
            Kind::Assign => {
                self.bump();
                return if self.sees_next_line() { Err(self.unexpected("a value")) } else { Ok(()) };
            }
            Kind::Equal => ("double-equals", "`==` compares; a single `=` sets"),
            Kind::Colon => ("colon-for-equals", "a value stands after `=`"),
            Kind::Foreign if self.text_of(self.peek(0)) == ":=" => ("colon-equals", "`=` sets a value here"),
            _ => return Err(self.unexpected(&format!("`=` after {after}"))),
        };
        let span = self.here();
        let fix = if self.before().end == span.start { " =" } else { "=" };
        let problem = Diagnostic::error(id, format!("expected `=`, found {}", self.found()), span)
            .label(label)
            .fix("write `=`", span, fix);
        self.report(problem);
        self.bump();
        Ok(())
    }

    /// A text in quotes.
    pub fn quoted(&mut self, what: &str) -> Parsed<Text> {
        let token = self.expect(Kind::Text, what)?;
        let raw = self.text_of(token);
        let inside = raw.strip_prefix(['"', '\'', '“', '”', '„']).unwrap_or(raw);
        let inside = inside.strip_suffix(['"', '\'', '“', '”', '„']).unwrap_or(inside);
        let mut value = String::with_capacity(inside.len());
        let mut characters = inside.chars();
        while let Some(c) = characters.next() {
            match (c, characters.clone().next()) {
                ('\\', Some('n')) => {
                    characters.next();
                    value.push('\n');
                }
                ('\\', Some(escaped @ ('"' | '\\'))) => {
                    characters.next();
                    value.push(escaped);
                }
                _ => value.push(c),
            }
        }
        Ok(Text { value, span: token.span })
    }

    /// Puts a clause in its slot; a second one is reported.
    pub fn once<T>(&mut self, slot: &mut Option<T>, clause: &str, span: Span, value: T) {
        if slot.replace(value).is_some() {
            self.report(
                Diagnostic::error("duplicate-clause", format!("{clause} is said twice"), span)
                    .label("for the second time")
                    .help("say it once"),
            );
        }
    }

    /// `word "text"` where only some words are clauses: reports it and takes it.
    pub fn unknown_clause(&mut self, clauses: &[&str]) -> bool {
        if self.peek(1).kind != Kind::Text || !self.sees(Kind::Word) || words::ITEMS.contains(&self.word()) {
            return false;
        }
        match words::nearest(self.word(), clauses.iter().copied()) {
            Some(right) => self.misspelt(right),
            None => {
                let list: Vec<String> = clauses.iter().map(|c| format!("`{c}`")).collect();
                let problem = Diagnostic::error(
                    "unknown-keyword",
                    format!("unknown word {}", self.found()),
                    self.here(),
                )
                .label(format!("possible here: {}", list.join(", ")));
                self.report(problem);
            }
        }
        self.bump();
        self.bump();
        true
    }

    /// What is plausible for a parameter, if it is said here.
    pub fn range_decl(&mut self) -> Parsed<Option<RangeDecl>> {
        let first = self.at;
        let kind = if self.take_word("in") {
            if matches!(self.kind(), Kind::SquareOpen | Kind::BraceOpen) || self.sees_pair() {
                return Err(self.bracketed_range("a plausible range is written `in lo .. hi`"));
            }
            let lo = self.sum()?;
            if self.sees(Kind::Comma) || self.sees_word("to") || self.sees(Kind::Minus) {
                let problem = Diagnostic::error(
                    "range-form",
                    format!("expected `..`, found {}", self.found()),
                    self.here(),
                )
                .label("a plausible range is written `in lo .. hi`")
                .fix(
                    "write `..`",
                    self.here(),
                    if self.sees(Kind::Comma) { " .." } else { ".." },
                );
                self.report(problem);
                self.bump();
            } else {
                self.expect(Kind::Range, "`..`, as in `in lo .. hi`")?;
            }
            RangeKind::Between(lo, self.sum()?)
        } else if self.take(Kind::Tilde) {
            let (name, arguments) =
                self.law_call(&[("normal", 2), ("lognormal", 2), ("triangular", 3), ("beta", 2)])?;
            RangeKind::Law(name, arguments)
        } else if self.take_word("fixed") {
            RangeKind::Fixed
        } else {
            return Ok(None);
        };
        Ok(Some(RangeDecl { kind, span: self.since(first) }))
    }

    /// Whether `(a, b)` without a call before it comes next.
    fn sees_pair(&self) -> bool {
        self.sees(Kind::ParenOpen)
            && (1..12)
                .map(|n| self.peek(n).kind)
                .take_while(|k| *k != Kind::ParenClose)
                .any(|k| k == Kind::Comma)
    }

    /// `{ name = value, … }` of a player or the model.
    pub fn attributes(&mut self) -> Parsed<Vec<Attribute>> {
        let (attributes, _) = self.braced("attributes", Between::Anything, |p| {
            let first = p.at;
            let name = p.name("the name of an attribute")?;
            p.equals(&format!("`{}`", name.text))?;
            let value = p.expression()?;
            Ok(Attribute { name, value, span: p.since(first) })
        })?;
        Ok(attributes)
    }

    /// `[i in SET]` of a family, if it is there.
    pub fn family_index(&mut self) -> Parsed<Option<Binder>> {
        if !self.sees(Kind::SquareOpen) {
            return Ok(None);
        }
        let open = self.at;
        self.mark_here(Part::ATTACHED);
        self.bump();
        let binder = self.within(Context::PLAIN, Self::binder)?;
        self.close(open, Kind::SquareClose)?;
        Ok(Some(binder))
    }

    /// `2025-10`.
    pub fn date(&mut self) -> Parsed<Date> {
        let first = self.at;
        let year = self.expect(Kind::Number, "a date, as in `from 2025-10`")?;
        let mut month = None;
        if self.sees(Kind::Minus) {
            self.mark_here(Part::TIGHT);
            self.bump();
            month = Some(self.expect(Kind::Number, "a month, as in `from 2025-10`")?);
        }
        let span = self.since(first);
        let number = |p: &Self, token| p.text_of(token).parse::<u32>().ok();
        let year = number(self, year).filter(|y| (1..=9999).contains(y));
        let month = month.and_then(|m| number(self, m)).filter(|m| (1..=12).contains(m));
        match (year, month) {
            (Some(year), Some(month)) => Ok(Date { year: year as i32, month, span }),
            _ => {
                let found = words::shorten(&self.text[span.range()]);
                let problem =
                    Diagnostic::error("date-form", format!("`{found}` is not a calendar month"), span)
                        .label("expected a year and a month from 1 to 12")
                        .help("write `from 2025-10` for October 2025");
                Err(self.fail(problem))
            }
        }
    }

    /// An expression that is not meant to have `in` or `by` behind it.
    pub fn default_value(&mut self) -> Parsed<Expr> {
        self.within(Context { in_ends: true, ..Context::PLAIN }, Self::expression)
    }

    /// Reports what is expected where a declaration should begin, and takes a word that was meant for one.
    pub fn misspelt_item(&mut self) -> Result<&'static str, Lost> {
        let word = self.word();
        let nearest = words::item_alias(word).or_else(|| {
            words::nearest(word, words::ITEMS).and_then(|w| words::ITEMS.into_iter().find(|i| *i == w))
        });
        let starts = matches!(self.peek(1).kind, Kind::Word | Kind::Text | Kind::BraceOpen);
        match nearest {
            Some(right) if starts && !matches!(self.word_at(1), "gains" | "pays" | "chooses") => {
                self.misspelt(right);
                Ok(right)
            }
            _ => Err(Lost),
        }
    }
}
