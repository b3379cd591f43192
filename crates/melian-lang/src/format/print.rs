//! Tokens and comments to lines.

use std::collections::HashMap;

use super::{
    INDENT, WIDTH,
    align::{Cell, Line},
    gaps::Blank,
};
use crate::{
    lexer::{Kind, Token},
    parser::{Layout, Part},
};

/// Prints a layout.
pub(super) struct Printer<'l> {
    pub(super) text: &'l str,
    layout: &'l Layout,
    /// For each opening bracket its closing one.
    pairs: Vec<usize>,
    /// Doc comments that stay on the line of a token.
    line_docs: HashMap<usize, usize>,
    /// Whether a comment is such a doc comment.
    is_line_doc: Vec<bool>,
    lines: Vec<Line>,
    line: Line,
    /// Source lines that end with a doc comment, with the place that it goes with.
    documented: HashMap<u32, u32>,
    /// Next comment that is not printed where it stands.
    comment: usize,
    /// Doc comments whose node began on the current line.
    waiting: Vec<usize>,
    /// Source line on which the last thing printed ended.
    last_line: u32,
    /// Indentation of the lines on which the brackets around this place were opened.
    open: Vec<usize>,
}

/// What a unit of layout is: it stands on lines of its own.
#[derive(Clone, Copy)]
struct Unit {
    /// First token.
    first: usize,
    /// Last token.
    last: usize,
}

impl<'l> Printer<'l> {
    /// Before the first token.
    pub fn new(text: &'l str, layout: &'l Layout) -> Printer<'l> {
        let mut pairs = vec![0; layout.tokens.len()];
        let mut open = Vec::new();
        for (n, token) in layout.tokens.iter().enumerate() {
            match token.kind {
                Kind::BraceOpen | Kind::ParenOpen | Kind::SquareOpen => open.push(n),
                Kind::BraceClose | Kind::ParenClose | Kind::SquareClose => {
                    if let Some(start) = open.pop() {
                        pairs[start] = n;
                    }
                }
                _ => {}
            }
        }
        let mut is_line_doc = vec![false; layout.comments.len()];
        let trailing = layout.comments.iter().filter(|c| c.doc && !c.own_line);
        let mut documented: HashMap<u32, u32> = trailing.map(|c| (c.line, c.span.start)).collect();
        for (comment, token) in &layout.line_docs {
            is_line_doc[*comment] = true;
            documented.insert(layout.comments[*comment].line, layout.tokens[*token].span.start);
        }
        Printer {
            text,
            layout,
            pairs,
            line_docs: layout.line_docs.iter().map(|(comment, token)| (*token, *comment)).collect(),
            is_line_doc,
            documented,
            lines: Vec::new(),
            line: Line::default(),
            comment: 0,
            waiting: Vec::new(),
            last_line: 0,
            open: Vec::new(),
        }
    }

    /// All lines of the text.
    pub fn lines(mut self) -> Vec<Line> {
        let end = self.layout.tokens.len() - 1;
        self.units(0, end, Part::ITEM, 0);
        self.comments_before(end, 0, true);
        self.lines
    }

    pub(super) fn token(&self, n: usize) -> Token {
        self.layout.tokens[n]
    }

    pub(super) fn kind(&self, n: usize) -> Kind {
        self.layout.tokens[n].kind
    }

    pub(super) fn part(&self, n: usize) -> Part {
        self.layout.parts[n]
    }

    fn token_text(&self, n: usize) -> &'l str {
        &self.text[self.token(n).span.range()]
    }

    /// Whether a token opens statements or actions.
    fn opens_block(&self, n: usize) -> bool {
        self.kind(n) == Kind::BraceOpen && self.part(n).is(Part::BLOCK)
    }

    /// The last token of a unit that begins at a token and ends before another.
    fn unit(&self, first: usize, end: usize, part: Part) -> Unit {
        let mut n = first;
        loop {
            if self.pairs[n] > n {
                n = self.pairs[n];
            }
            let next = n + 1;
            if next >= end || self.part(next).is(part) || self.part(next).is(Part::SEPARATOR) {
                return Unit { first, last: n };
            }
            n = next;
        }
    }

    /// The units between two tokens, each on its own line or lines.
    fn units(&mut self, from: usize, end: usize, part: Part, indent: usize) {
        let mut at = from;
        let mut before: Option<Unit> = None;
        while at < end {
            if self.part(at).is(Part::SEPARATOR) {
                at += 1;
                continue;
            }
            let unit = self.unit(at, end, part);
            at = unit.last + 1;
            if !before.is_some_and(|b| self.joins(b, unit)) {
                match before {
                    Some(_) => self.end_line(unit.first, indent, true),
                    None => self.comments_before(unit.first, indent, false),
                }
                self.begin_line(indent);
                self.print_unit(unit, indent);
            } else {
                self.push(Blank::Semicolon.text());
                self.line.kind.clear();
                self.flat(unit, indent);
            }
            before = Some(unit);
        }
        if before.is_some() {
            self.finish_line();
        }
    }

    /// Whether a simple statement stays on the line of the one before it.
    fn joins(&self, before: Unit, unit: Unit) -> bool {
        let simple = |u: Unit| {
            self.part(u.first).is(Part::SIMPLE)
                && self.part(u.first).is(Part::STATEMENT)
                && self.token(u.first).line == self.token(u.last).line
        };
        simple(before)
            && simple(unit)
            && self.token(before.last).line == self.token(unit.first).line
            && !self.line_docs.contains_key(&unit.first)
            && self.line_width() + Blank::Semicolon.text().len() + self.flat_width(unit) <= WIDTH
    }

    /// Columns of the line so far.
    fn line_width(&self) -> usize {
        self.line.indent + self.line.cells.iter().map(|c| c.blanks + c.width).sum::<usize>()
    }

    /// One statement, action or declaration.
    fn print_unit(&mut self, unit: Unit, indent: usize) {
        self.line.kind = self.kind_of(unit);
        if self.stays_flat(unit, indent) {
            self.flat(unit, indent);
            return;
        }
        let mut from = unit.first;
        let mut n = unit.first;
        while n <= unit.last {
            if self.opens_block(n) {
                self.line.kind.clear();
                self.tokens(from, n, indent, false);
                let close = self.pairs[n];
                self.block(n, close, indent);
                if close < unit.last {
                    self.after_block(close, unit.last, indent);
                }
                from = close + 1;
                n = close;
            }
            n += 1;
        }
        if from <= unit.last {
            self.tokens(from, unit.last, indent, false);
        }
    }

    /// Which lines a unit's line is aligned with.
    fn kind_of(&self, unit: Unit) -> String {
        let part = self.part(unit.first);
        let draws = unit.first < unit.last && (unit.first..=unit.last).any(|n| self.kind(n) == Kind::Tilde);
        if part.is(Part::ITEM) {
            self.token_text(unit.first).to_owned()
        } else if part.is(Part::ACTION) {
            "an action".into()
        } else if part.is(Part::SIMPLE) && draws {
            "a draw".into()
        } else {
            String::new()
        }
    }

    /// The lines between the braces of a block, and the closing brace.
    fn block(&mut self, open: usize, close: usize, indent: usize) {
        if close == open + 1 && !self.has_comment_between(open, close) {
            self.push("}");
            self.last_line = self.token(close).line;
            return;
        }
        let first = (open + 1..=close).find(|n| !self.part(*n).is(Part::SEPARATOR)).unwrap_or(close);
        self.end_line(first, indent + INDENT, false);
        let part = if self.part(first).is(Part::ACTION) { Part::ACTION } else { Part::STATEMENT };
        self.units(open + 1, close, part, indent + INDENT);
        self.comments_before(close, indent + INDENT, first != close);
        self.begin_line(indent);
        self.push("}");
        self.last_line = self.token(close).line;
    }

    /// What stands between a block and `else`.
    fn after_block(&mut self, close: usize, last: usize, indent: usize) {
        let end = (close + 1..=last).find(|n| self.opens_block(*n)).unwrap_or(last) + 1;
        if self.has_unprinted(close, close + 1) || self.must_break(close, close + 1, end) {
            self.end_line(close + 1, indent, false);
            self.begin_line(indent);
        } else {
            self.push(" ");
        }
    }

    /// Whether a unit with blocks stays as it was: each block on one line.
    fn stays_flat(&self, unit: Unit, indent: usize) -> bool {
        let mut n = unit.first;
        let mut start = unit.first;
        while n <= unit.last {
            if self.opens_block(n) {
                let close = self.pairs[n];
                if self.token(n).line != self.token(close).line || self.has_comment_between(n, close) {
                    return false;
                }
                let line_ends = close == unit.last || self.begins_else_line(close + 1);
                if line_ends {
                    if indent + self.flat_width(Unit { first: start, last: close }) > WIDTH {
                        return false;
                    }
                    start = close + 1;
                }
                n = close;
            }
            n += 1;
        }
        true
    }

    /// Whether an `else` stands on a new line.
    fn begins_else_line(&self, n: usize) -> bool {
        self.token_text(n) == "else" && self.token(n).line > self.token(n - 1).line
    }

    /// Whether a comment stands between two tokens.
    fn has_comment_between(&self, before: usize, after: usize) -> bool {
        let (from, to) = (self.token(before).span.end, self.token(after).span.start);
        let next = self.layout.comments.partition_point(|c| c.span.start < from);
        self.layout.comments.get(next).is_some_and(|c| c.span.start < to)
    }

    /// Columns of a unit on one line.
    fn flat_width(&self, unit: Unit) -> usize {
        let mut width = 0;
        let mut before: Option<usize> = None;
        for n in unit.first..=unit.last {
            if self.part(n).is(Part::SEPARATOR) {
                continue;
            }
            width += before.map_or(0, |b| self.blank(b, n).text().len());
            width += self.token_text(n).chars().count();
            before = Some(n);
        }
        width
    }

    /// A unit with its blocks on one line each.
    fn flat(&mut self, unit: Unit, indent: usize) {
        self.tokens(unit.first, unit.last, indent, true);
    }

    /// Tokens of one unit, with the author's line breaks; columns only outside of blocks.
    fn tokens(&mut self, first: usize, last: usize, indent: usize, flat: bool) {
        let outside = self.open.len();
        let mut blocks = 0;
        let mut before: Option<usize> = None;
        for n in first..=last {
            if self.part(n).is(Part::SEPARATOR) {
                continue;
            }
            let closes = matches!(self.kind(n), Kind::BraceClose | Kind::ParenClose | Kind::SquareClose);
            let opener_indent = if closes && self.open.len() > outside { self.open.pop() } else { None };
            if closes && self.part(n).is(Part::BLOCK) {
                blocks -= 1;
            }
            if let Some(b) = before {
                let breaks = self.breaks(b, n, last + 1, flat);
                if breaks {
                    let deeper = match (opener_indent, self.open.get(outside..).and_then(<[usize]>::last)) {
                        (Some(opener), _) => opener,
                        (None, Some(opener)) => opener + INDENT,
                        _ if self.part(b).is(Part::BLOCK) => indent,
                        _ if self.opens_block(n) => indent,
                        _ => indent + INDENT,
                    };
                    self.line.kind.clear();
                    self.end_line(n, deeper, false);
                    self.begin_line(deeper);
                } else {
                    let blank = self.blank(b, n).text();
                    match self.part(n).as_column().filter(|_| blocks == 0) {
                        Some(column) => {
                            self.line.cells.push(Cell { column, blanks: blank.len(), ..Cell::default() });
                        }
                        None => self.push(blank),
                    }
                }
            }
            self.push(self.token_text(n));
            self.last_line = self.token(n).line;
            if let Some(doc) = self.line_docs.get(&n) {
                self.waiting.push(*doc);
            }
            if self.part(n).is(Part::BLOCK) && self.kind(n) == Kind::BraceOpen {
                blocks += 1;
            }
            if matches!(self.kind(n), Kind::BraceOpen | Kind::ParenOpen | Kind::SquareOpen) && n < last {
                self.open.push(self.line.indent);
            }
            before = Some(n);
        }
        self.open.truncate(outside);
    }

    /// Whether a line ends between two tokens of a unit; it ends before token `end` in any case.
    fn breaks(&self, before: usize, after: usize, end: usize, flat: bool) -> bool {
        let source = self.is_broken(before, after);
        if self.has_unprinted(before, after) || self.must_break(before, after, end) {
            return true;
        }
        if !source || self.part(before).is(Part::PREFIX) || self.part(after).is(Part::ATTACHED) {
            return false;
        }
        if self.opens_block(after) {
            return false;
        }
        if self.part(before).is(Part::BLOCK) && self.kind(before) == Kind::BraceClose {
            return flat;
        }
        !self.part(before).is(Part::BLOCK)
    }

    /// Whether a comment between two neighbouring tokens is still to be printed.
    fn has_unprinted(&self, before: usize, after: usize) -> bool {
        let (from, to) = (self.token(before).span.end, self.token(after).span.start);
        let next = self.layout.comments.get(self.comment_from(self.comment));
        let waits = |c: &usize| (from..to).contains(&self.layout.comments[*c].span.start);
        next.is_some_and(|c| c.span.start < to) || self.waiting.iter().any(waits)
    }

    /// Whether the author broke the line between two tokens.
    fn is_broken(&self, before: usize, after: usize) -> bool {
        self.token(after).line > self.token(before).line
    }

    /// Whether the line break between two tokens must stay, given that the line ends before another token: the line
    /// has a doc comment, which would otherwise belong to what begins on the line before.
    fn must_break(&self, before: usize, after: usize, end: usize) -> bool {
        let end = (end..self.layout.tokens.len() - 1).find(|n| !self.part(*n).is(Part::SEPARATOR));
        let end = end.map_or(u32::MAX, |n| self.token(n).span.start);
        let doc = self.documented.get(&self.token(after).line);
        self.is_broken(before, after) && doc.is_some_and(|doc| *doc < end)
    }

    /// The first comment from here on that is printed where it stands.
    fn comment_from(&self, comment: usize) -> usize {
        (comment..self.is_line_doc.len()).find(|n| !self.is_line_doc[*n]).unwrap_or(self.is_line_doc.len())
    }

    // ---- Lines ----

    /// Appends to the line.
    fn push(&mut self, text: &str) {
        if self.line.cells.is_empty() {
            self.line.cells.push(Cell::default());
        }
        if let Some(cell) = self.line.cells.last_mut() {
            cell.push(text);
        }
    }

    /// Begins a line.
    fn begin_line(&mut self, indent: usize) {
        self.line.indent = indent;
    }

    /// Ends the line, with the doc comments that belong on it.
    fn finish_line(&mut self) {
        for doc in std::mem::take(&mut self.waiting) {
            let comment = self.layout.comments[doc];
            self.line.comment = Some(self.text[comment.span.range()].to_owned());
            self.last_line = self.last_line.max(comment.line);
        }
        let line = std::mem::take(&mut self.line);
        self.lines.push(line);
    }

    /// Ends the line before a token, with all comments that stand before the token.
    fn end_line(&mut self, next: usize, indent: usize, may_blank: bool) {
        if !self.line.cells.is_empty() {
            let multiple = self.waiting.is_empty();
            let trailing = self.comment_from(self.comment);
            if let Some(comment) = self.layout.comments.get(trailing).copied()
                && multiple
                && !comment.own_line
                && comment.span.start < self.token(next).span.start
            {
                self.line.comment = Some(self.text[comment.span.range()].to_owned());
                self.last_line = comment.line;
                self.comment = trailing + 1;
            }
            self.finish_line();
        }
        self.comments_before(next, indent, may_blank);
    }

    /// The comments before a token on lines of their own; a blank line where the author left one.
    fn comments_before(&mut self, next: usize, indent: usize, may_blank: bool) {
        let start = self.token(next).span.start;
        let mut may_blank = may_blank && !self.lines.is_empty();
        loop {
            let n = self.comment_from(self.comment);
            let Some(comment) = self.layout.comments.get(n).copied().filter(|c| c.span.start < start) else {
                break;
            };
            self.comment = n + 1;
            let text = self.text[comment.span.range()].to_owned();
            if !comment.own_line
                && let Some(last) =
                    self.lines.last_mut().filter(|l| l.comment.is_none() && !l.cells.is_empty())
            {
                last.comment = Some(text);
            } else {
                if may_blank && comment.line > self.last_line + 1 {
                    self.lines.push(Line::default());
                }
                self.lines.push(Line { indent, comment: Some(text), ..Line::default() });
            }
            self.last_line = comment.line;
            may_blank = true;
        }
        let ends = matches!(self.kind(next), Kind::BraceClose | Kind::End);
        if may_blank && !ends && self.token(next).line > self.last_line + 1 {
            self.lines.push(Line::default());
        }
    }
}
