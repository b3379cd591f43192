//! Braced lists, sets, families' indices, enumerations and domains.

use melian_model::{Diagnostic, Span};

use super::core::{Context, Lost, Parsed, Parser};
use super::layout::Part;
use crate::{
    ast::{Binder, DomainDecl, DomainKind, Label, Labels, Set, SetKind},
    lexer::Kind,
};

/// What stands between the entries of a braced list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// A comma.
    Commas,
    /// A comma or `<`.
    Order,
    /// A comma, a semicolon or nothing.
    Anything,
}

impl Parser<'_> {
    /// `{ entry, … }`. An entry that is wrong is left out; the list goes on behind it.
    pub fn braced<T>(
        &mut self,
        what: &str,
        between: Between,
        mut entry: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<(Vec<T>, Span)> {
        let open = self.at;
        if !self.sees(Kind::BraceOpen) {
            return Err(self.unexpected(&format!("`{{` and {what}")));
        }
        self.mark_here(Part::LIST);
        self.bump();
        let entries = self.nested(|p| {
            let mut entries = Vec::new();
            while !p.sees(Kind::BraceClose) {
                if p.sees(Kind::End) || p.sees_item_outside(open) {
                    return Err(p.unclosed_brace(open));
                }
                let before = p.at;
                p.mark_here(Part::ENTRY);
                match p.within(Context::PLAIN, &mut entry).and_then(|e| p.between(between).map(|()| e)) {
                    Ok(entry) => entries.push(entry),
                    Err(Lost) => {
                        p.skip_to_entry();
                        if !p.take(Kind::Comma) && !p.take(Kind::Semicolon) && p.at == before {
                            p.bump();
                        }
                    }
                }
            }
            Ok(entries)
        })?;
        self.mark_here(Part::LIST);
        let close = self.at;
        self.bump();
        self.note_closed(open, close);
        Ok((entries, self.since(open)))
    }

    /// What stands after an entry of a braced list.
    fn between(&mut self, between: Between) -> Parsed<()> {
        let begins_entry = matches!(self.kind(), Kind::Word | Kind::Number | Kind::Minus | Kind::ParenOpen);
        match self.kind() {
            Kind::Comma => {
                self.bump();
                if self.sees(Kind::Comma) {
                    return Err(self.unexpected("an entry"));
                }
            }
            Kind::Semicolon => {
                self.bump();
            }
            Kind::Less if between == Between::Order => {
                self.bump();
            }
            Kind::BraceClose | Kind::End => {}
            _ if begins_entry && between == Between::Anything => {}
            _ if begins_entry && self.sees_item() && self.on_new_line() => {}
            _ if begins_entry => {
                let end = Span { start: self.before().end, end: self.before().end };
                let problem = Diagnostic::error(
                    "missing-comma",
                    format!("a comma is missing before {}", self.found()),
                    self.here(),
                )
                .fix("insert `,`", end, ",");
                self.fail(problem);
            }
            _ => return Err(self.unexpected("`,` or `}`")),
        }
        Ok(())
    }

    /// Entries without braces to the end of the text.
    pub fn loose_list<T>(&mut self, mut entry: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut entries = Vec::new();
        while !self.sees(Kind::End) {
            entries.push(entry(self)?);
            while self.take(Kind::Comma) || self.take(Kind::Semicolon) {}
        }
        Ok(entries)
    }

    /// `k in SET`.
    pub fn binder(&mut self) -> Parsed<Binder> {
        let first = self.at;
        let name = self.new_name("a name, as in `k in Posture`")?;
        if self.sees(Kind::Colon) || self.sees(Kind::Assign) {
            let sign = self.here();
            let problem =
                Diagnostic::error("unexpected-token", format!("expected `in`, found {}", self.found()), sign)
                    .label(format!("the values that `{}` runs over stand after `in`", name.text))
                    .fix(
                        "write `in`",
                        sign,
                        if self.text[..sign.start as usize].ends_with(' ') { "in" } else { " in" },
                    );
            self.report(problem);
            self.bump();
        } else {
            self.expect_word("in")?;
        }
        let set = self.set(true)?;
        Ok(Binder { name, set, span: self.since(first) })
    }

    /// A set; `lo .. hi by step` only where a step may be said.
    pub fn set(&mut self, may_step: bool) -> Parsed<Set> {
        let first = self.at;
        if self.sees(Kind::BraceOpen) {
            let (members, span) = self.braced("the members of a set", Between::Commas, Self::sum)?;
            self.mark(first, Part::TIGHT);
            self.mark(self.at - 1, Part::TIGHT);
            if members.is_empty() && !self.has_errors() {
                self.report(
                    Diagnostic::error("empty-set", "this set is empty", span)
                        .help("a set needs a member: `{a, b}`, a type's name, or a range `1..5`"),
                );
            }
            return Ok(Set { kind: SetKind::Members(members), span });
        }
        let lo = self.sum()?;
        if self.take(Kind::Range) {
            let hi = self.sum()?;
            let step = if may_step && self.take_word("by") { Some(self.sum()?) } else { None };
            return Ok(Set { kind: SetKind::Range { lo, hi, step }, span: self.since(first) });
        }
        match lo.as_name() {
            Some(name) => Ok(Set { kind: SetKind::Named(name), span: lo.span }),
            None => {
                let text = &self.text[lo.span.range()];
                let problem = Diagnostic::error("set-form", "this is not a set", lo.span)
                    .label("expected `{a, b}`, a type's name, or a range `1..5`");
                let problem = if text.len() < 40 && !text.contains('\n') {
                    problem.fix("write it in braces", lo.span, format!("{{{text}}}"))
                } else {
                    problem
                };
                self.report(problem);
                Ok(Set { kind: SetKind::Error, span: lo.span })
            }
        }
    }

    /// `{ a, b }` or `{ a < b }`.
    pub fn labels(&mut self) -> Parsed<Labels> {
        let mut ordered = 0;
        let mut last = Span::NONE;
        let (labels, span) = self.braced("labels", Between::Order, |p| {
            let (name, doc) = p.with_doc(|p| p.new_name("a label"))?;
            let less = p.sees(Kind::Less);
            if less {
                last = p.here();
                ordered += 1;
            }
            Ok((Label { name, doc }, less))
        })?;
        let plain = labels.iter().rev().skip(1).filter(|(_, less)| !less).count();
        if ordered > 0 && plain > 0 {
            self.report(
                Diagnostic::error("mixed-order", "labels are separated by both `<` and `,`", span)
                    .label("either all in order or none")
                    .also(last, "`<` here")
                    .help("write `{ a < b < c }` for ordered labels, `{ a, b, c }` for unordered ones"),
            );
        }
        if labels.is_empty() {
            self.fail(
                Diagnostic::error("empty-set", "no labels stand here", span)
                    .help("name the values it can take: `{ low, high }`"),
            );
        }
        let labels = labels.into_iter().map(|(label, _)| label).collect();
        Ok(Labels { labels, ordered: ordered > 0, span })
    }

    /// The values that a variable can take.
    pub fn domain(&mut self) -> Parsed<DomainDecl> {
        let first = self.at;
        if self.sees(Kind::BraceOpen) {
            let labels = self.labels()?;
            return Ok(DomainDecl { span: labels.span, kind: DomainKind::Labels(labels) });
        }
        if self.sees_word("truth") {
            let span = self.bump().span;
            return Ok(DomainDecl { kind: DomainKind::Truth, span });
        }
        if let word @ ("bool" | "boolean" | "Bool" | "logical") = self.word()
            && self.peek(1).kind != Kind::Range
        {
            let problem = Diagnostic::error("unknown-keyword", format!("`{word}` is no domain"), self.here())
                .label("true or false is called `truth`")
                .fix("write `truth`", self.here(), "truth");
            self.report(problem);
            let span = self.bump().span;
            return Ok(DomainDecl { kind: DomainKind::Truth, span });
        }
        if self.sees(Kind::SquareOpen) {
            return Err(self.bracketed_range(
                "a domain is written `lo .. hi`, `lo .. hi by step`, `{ a, b }` or `truth`",
            ));
        }
        let lo = self.sum()?;
        if self.take(Kind::Range) {
            let hi = self.sum()?;
            let step = if self.take_word("by") { Some(self.sum()?) } else { None };
            return Ok(DomainDecl { kind: DomainKind::Range { lo, hi, step }, span: self.since(first) });
        }
        match lo.as_name() {
            Some(name) => Ok(DomainDecl { kind: DomainKind::Named(name), span: lo.span }),
            None => {
                self.report(
                    Diagnostic::error("domain-form", "this is not a set of values", lo.span)
                        .label("expected `{ a, b }`, a type's name, `truth`, or a range")
                        .help("whole numbers: `0 .. 5`; a grid: `0 .. 3.3 by 0.55`"),
                );
                Ok(DomainDecl { kind: DomainKind::Error, span: lo.span })
            }
        }
    }

    /// `[lo, hi]` where a range belongs.
    pub fn bracketed_range(&mut self, help: &str) -> Lost {
        let open = self.at;
        let problem =
            Diagnostic::error("range-form", "a range does not stand in brackets", self.here()).help(help);
        let mut end = open;
        while !matches!(
            self.tokens[end].kind,
            Kind::End | Kind::SquareClose | Kind::ParenClose | Kind::BraceClose
        ) {
            end += 1;
        }
        let inside = &self.tokens[open + 1..end];
        let span = self.tokens[open].span.to(self.tokens[end].span);
        let commas: Vec<_> = inside.iter().filter(|t| t.kind == Kind::Comma).collect();
        let simple = span.range().len() < 60 && inside.iter().all(|t| t.kind != Kind::ParenOpen);
        let problem = match commas[..] {
            [comma] if simple && self.tokens[end].kind != Kind::End => {
                let lo = self.text[self.tokens[open].span.end as usize..comma.span.start as usize].trim();
                let hi = self.text[comma.span.end as usize..self.tokens[end].span.start as usize].trim();
                problem.fix(format!("write `{lo} .. {hi}`"), span, format!("{lo} .. {hi}"))
            }
            _ => problem,
        };
        self.fail(problem)
    }
}
