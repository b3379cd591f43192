//! Doc comments: on lines of their own they belong to what follows, at the end of a line to what stands on it.

use melian_model::Diagnostic;

use super::core::{Parsed, Parser};
use super::layout::Part;
use crate::lexer::Kind;

impl Parser<'_> {
    /// A node that may have a doc comment, with it.
    ///
    /// A doc comment at the end of a line belongs to the outermost node that begins on that line, to the last of
    /// them if several do; if none begins there, to the node that ends there.
    pub fn with_doc<T>(&mut self, node: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<(T, String)> {
        self.with_doc_since(self.at, node)
    }

    /// A node that may have a doc comment and of which some tokens are taken already.
    pub fn with_doc_since<T>(
        &mut self,
        first: usize,
        node: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<(T, String)> {
        let outer = self.documented.len();
        self.documented.push(first);
        let result = node(self);
        self.documented.truncate(outer);
        let node = result?;
        Ok((node, self.docs_of(first)))
    }

    /// The doc comments of a node that began at a token and has just ended.
    fn docs_of(&mut self, first: usize) -> String {
        let mut lines = Vec::new();
        let mut before = first;
        while before > 0 && self.parts[before - 1].is(Part::SEPARATOR) {
            before -= 1;
        }
        let from = if before == 0 { 0 } else { self.tokens[before - 1].span.end };
        let start = self.tokens[first].span.start;
        let mut next = self.comments.partition_point(|c| c.span.start < from);
        while let Some(comment) = self.comments.get(next).filter(|c| c.span.start < start) {
            if comment.doc && comment.own_line {
                self.claimed[next] = true;
                lines.push(self.doc_text(next));
            }
            next += 1;
        }
        if let Some(comment) = self.line_doc(first) {
            self.claimed[comment] = true;
            self.line_docs.push((comment, first));
            lines.push(self.doc_text(comment));
        } else if let Some(comment) = self.end_doc(first) {
            self.claimed[comment] = true;
            lines.push(self.doc_text(comment));
        }
        lines.join("\n")
    }

    /// A doc comment at the end of the line on which the node began.
    fn line_doc(&self, first: usize) -> Option<usize> {
        let line = self.tokens[first].line;
        let comment = self.trailing_doc(line)?;
        let begins_here = |token: &usize| self.tokens[*token].line == line;
        if self.documented.iter().any(begins_here) {
            return None;
        }
        // Another one follows on the same line?
        let last = self.at.max(first + 1) - 1;
        let next = self.after_separators();
        let sibling = self.tokens[last].line == line
            && next.line == line
            && !matches!(next.kind, Kind::BraceClose | Kind::End);
        (!sibling).then_some(comment)
    }

    /// A doc comment behind the node's last token, on a line on which nothing documentable begins.
    fn end_doc(&self, first: usize) -> Option<usize> {
        let last = self.tokens[self.at.max(first + 1) - 1];
        let comment = self.trailing_doc(last.line)?;
        let next = self.after_separators();
        (self.tokens[first].line < last.line && next.span.start > self.comments[comment].span.start)
            .then_some(comment)
    }

    /// The unclaimed doc comment at the end of a line.
    fn trailing_doc(&self, line: u32) -> Option<usize> {
        let index = self.comments.partition_point(|c| c.line < line);
        let comment = self.comments.get(index)?;
        (comment.line == line && comment.doc && !comment.own_line && !self.claimed[index]).then_some(index)
    }

    /// The next token that is no separator.
    fn after_separators(&self) -> crate::lexer::Token {
        let mut ahead = 0;
        while matches!(self.peek(ahead).kind, Kind::Comma | Kind::Semicolon | Kind::Less) {
            ahead += 1;
        }
        self.peek(ahead)
    }

    /// The words of a doc comment.
    fn doc_text(&self, comment: usize) -> String {
        let text = &self.text[self.comments[comment].span.range()];
        let words = text.trim_start_matches('/');
        words.strip_prefix(' ').unwrap_or(words).to_owned()
    }

    /// Doc comments that belong to nothing are probably misplaced.
    pub fn warn_of_stray_docs(&mut self) {
        if self.has_errors() {
            return;
        }
        for index in 0..self.comments.len() {
            let comment = self.comments[index];
            if !comment.doc || self.claimed[index] {
                continue;
            }
            let slashes = melian_model::Span { end: comment.span.start + 3, ..comment.span };
            self.report(
                Diagnostic::warning("stray-doc", "this doc comment belongs to nothing", comment.span)
                    .label("no declaration, action, stage or entry stands on this line or after it")
                    .help("doc comments reach the reports; other comments begin with `//`")
                    .fix("write `//`", slashes, "//"),
            );
        }
    }
}
