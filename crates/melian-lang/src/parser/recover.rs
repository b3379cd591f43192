//! How the parser finds its way again after an error, and which bracket it holds responsible.

use melian_model::{Diagnostic, Span};

use super::core::{Lost, Parsed, Parser};
use crate::lexer::Kind;

impl Parser<'_> {
    /// Whether a declaration begins here: its word, and what must follow it.
    pub fn sees_item(&self) -> bool {
        let (next, word) = (self.peek(1).kind, self.word_at(1));
        let follows = |kinds: &[Kind]| next == Kind::Word && kinds.contains(&self.peek(2).kind);
        let at_margin = self.indentation(self.at) == 0;
        match self.word() {
            "const" | "param" => follows(&[Kind::Assign, Kind::SquareOpen]),
            "measure" => follows(&[Kind::Assign, Kind::ParenOpen]),
            "let" => at_margin && follows(&[Kind::Assign, Kind::ParenOpen]),
            "type" => follows(&[Kind::Assign]),
            "state" => follows(&[Kind::Colon, Kind::SquareOpen]),
            "player" => at_margin && next == Kind::Word && word != "chooses",
            "require" => at_margin && next != Kind::BraceOpen,
            "play" => next == Kind::Word && (word == "once" || matches!(self.word_at(2), "for" | "forever")),
            "finally" => at_margin && next == Kind::BraceOpen,
            "correlate" => {
                let verb = matches!(word, "gains" | "pays" | "chooses");
                at_margin && !verb && follows(&[Kind::Comma, Kind::SquareOpen, Kind::Word])
            }
            "mechanism" => follows(&[Kind::Text]),
            "plausible" => next == Kind::Text || word == "when",
            "claim" => next == Kind::Text || follows(&[Kind::Text]),
            _ => false,
        }
    }

    /// Whether a declaration begins here on a line of its own, left of or level with the line of an opening brace:
    /// then that brace, or one inside it, was not closed.
    pub fn sees_item_outside(&self, open: usize) -> bool {
        // A `let` may be a statement, however little it is indented.
        self.sees(Kind::Word)
            && !self.sees_word("let")
            && self.on_new_line()
            && self.sees_item()
            && self.indentation(self.at) <= self.indentation(open)
    }

    /// Skips from within the declaration that began at a token to the next one.
    pub fn skip_to_item(&mut self, from: usize) {
        while !self.sees(Kind::End) {
            if self.at > from && self.on_new_line() && self.sees_item() {
                return;
            }
            self.bump();
        }
    }

    /// Skips from within the statement that began at a token to the next one: behind a `;`, at a word on a new line,
    /// or before the block's `}`.
    pub fn skip_to_statement(&mut self, from: usize) {
        let mut braces = 0usize;
        loop {
            match self.kind() {
                Kind::End => return,
                Kind::BraceOpen => braces += 1,
                Kind::BraceClose if braces == 0 => return,
                Kind::BraceClose => braces -= 1,
                Kind::Semicolon if braces == 0 => {
                    self.bump();
                    return;
                }
                Kind::Word if self.at > from && self.on_new_line() && (braces == 0 || self.sees_item()) => {
                    return;
                }
                _ => {}
            }
            self.bump();
        }
    }

    /// Skips to the end of an entry of a braced list: before `,`, `;` or the list's `}`.
    pub fn skip_to_entry(&mut self) {
        let mut braces = 0usize;
        let mut others = 0usize;
        loop {
            match self.kind() {
                Kind::End => return,
                Kind::BraceOpen => braces += 1,
                Kind::BraceClose if braces == 0 => return,
                Kind::BraceClose => braces -= 1,
                Kind::ParenOpen | Kind::SquareOpen => others += 1,
                Kind::ParenClose | Kind::SquareClose => others = others.saturating_sub(1),
                Kind::Comma | Kind::Semicolon if braces == 0 && others == 0 => return,
                Kind::Word if self.on_new_line() && self.sees_item() => return,
                _ => {}
            }
            self.bump();
        }
    }

    /// Takes the closing bracket of the one at a token, or reports that it is missing.
    pub fn close(&mut self, open: usize, kind: Kind) -> Parsed<()> {
        if self.sees(kind) {
            self.bump();
            return Ok(());
        }
        let opening = self.tokens[open];
        let closer = closer(kind);
        let missing =
            matches!(self.kind(), Kind::End | Kind::BraceOpen | Kind::BraceClose) || self.on_new_line();
        if missing && kind != Kind::BraceClose {
            let end = self.before().end;
            let problem = Diagnostic::error(
                "unclosed-bracket",
                format!("this `{}` is not closed", self.text_of(opening)),
                opening.span,
            )
            .label("opened here")
            .also(Span { start: end, end }, format!("`{closer}` is missing, here at the latest"))
            .fix(format!("insert `{closer}`"), Span { start: end, end }, closer);
            return Err(self.fail(problem));
        }
        let problem = Diagnostic::error(
            "unexpected-token",
            format!("expected `{closer}`, found {}", self.found()),
            self.here(),
        )
        .label(format!("expected `{closer}`"))
        .also(opening.span, "opened here");
        Err(self.fail(problem))
    }

    /// Remembers a brace whose closing brace stands further left than the line that opened it.
    pub fn note_closed(&mut self, open: usize, close: usize) {
        let first_on_line = close == 0 || self.tokens[close].line > self.tokens[close - 1].line;
        if first_on_line
            && self.tokens[close].line > self.tokens[open].line
            && self.indentation(close) < self.indentation(open)
        {
            self.misaligned.push((open, close));
        }
    }

    /// Reports that a block is not closed: points at the brace that indentation holds responsible.
    pub fn unclosed_brace(&mut self, open: usize) -> Lost {
        let suspect = self.misaligned.iter().filter(|(o, _)| *o > open).min_by_key(|(_, c)| *c).copied();
        if self.is_consequence() {
            return Lost;
        }
        if let Some((inner, close)) = suspect {
            self.forget_between(inner, close);
        }
        let found = if self.sees(Kind::End) {
            "the text ends here".to_owned()
        } else {
            format!("{} begins a declaration", self.found())
        };
        let problem = match suspect {
            Some((inner, close)) => {
                Diagnostic::error("unclosed-brace", "this `{` is not closed", self.tokens[inner].span)
                    .label("no `}` is level with this line")
                    .also(self.tokens[close].span, "this one closes it, and is further left")
                    .also(self.here(), found)
            }
            None => Diagnostic::error("unclosed-brace", "this `{` is not closed", self.tokens[open].span)
                .label("opened here")
                .also(self.here(), found),
        };
        let end = self.before().end;
        let problem = match suspect {
            // Where its `}` is missing is a guess that only indentation supports: no fix.
            Some(_) => problem.help("insert the missing `}`; `melian fmt` then shows the nesting"),
            None => problem.fix("insert `}`", Span { start: end, end }, "\n}"),
        };
        let lost = self.fail(problem);
        self.misaligned.clear();
        lost
    }

    /// Reports and takes a closing bracket that closes nothing.
    pub fn unmatched(&mut self) {
        let problem =
            Diagnostic::error("unmatched-bracket", format!("{} closes nothing", self.found()), self.here())
                .label("no bracket of this kind is open here")
                .fix("delete it", self.here(), "");
        let Lost = self.fail(problem);
        self.bump();
    }
}

/// The sign that closes.
fn closer(kind: Kind) -> &'static str {
    match kind {
        Kind::ParenClose => ")",
        Kind::SquareClose => "]",
        _ => "}",
    }
}
