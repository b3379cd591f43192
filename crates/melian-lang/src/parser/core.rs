//! The parser's cursor: what comes next, what was expected instead, how deep it is.

use melian_model::{Diagnostic, Span};

use super::layout::{Layout, Part};
use crate::{
    ast::Name,
    lexer::{self, Comment, Kind, MAX_DEPTH, Token},
    words::{self, shorten},
};

/// An error was reported and this node has no tree.
#[derive(Debug)]
pub(super) struct Lost;

/// A node, or [`Lost`].
pub(super) type Parsed<T> = Result<T, Lost>;

/// An expression may be this many operators high, so that whoever walks the tree can recurse.
pub(super) const MAX_HEIGHT: usize = 300;

/// So many errors are reported one by one.
const MAX_PROBLEMS: usize = 50;

/// What ends an expression where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Context {
    /// `by`, `near`, `rises` and `falls` are operators.
    pub conditions: bool,
    /// `in` is not an operator.
    pub in_ends: bool,
    /// `in` is an operator only before `{`.
    pub in_range_ends: bool,
    /// `=` is not taken for a mistaken `==`.
    pub equals_ends: bool,
}

impl Context {
    /// Nothing special.
    pub const PLAIN: Context =
        Context { conditions: false, in_ends: false, in_range_ends: false, equals_ends: false };
    /// Where comparisons may say by how much.
    pub const CONDITION: Context = Context { conditions: true, ..Context::PLAIN };
}

/// Where the parser stands, and what it has found so far.
pub(super) struct Parser<'t> {
    pub text: &'t str,
    pub tokens: Vec<Token>,
    pub comments: Vec<Comment>,
    pub parts: Vec<Part>,
    /// Index of the next token.
    pub at: usize,
    pub context: Context,
    /// Expressions and blocks around this place.
    pub depth: usize,
    /// Height of the tree read so far in the innermost expression.
    pub height: usize,
    /// First tokens of the documentable nodes around this place.
    pub documented: Vec<usize>,
    /// For each comment, whether it is the doc comment of something.
    pub claimed: Vec<bool>,
    pub line_docs: Vec<(usize, usize)>,
    /// Braces closed by a `}` that stands further left than their line: opening and closing token.
    pub misaligned: Vec<(usize, usize)>,
    lexical: Vec<Diagnostic>,
    problems: Vec<Diagnostic>,
    unreported: usize,
    /// Token at which the last error was found.
    last_problem: Option<usize>,
    /// No further errors are reported.
    gave_up: bool,
    cut_short: bool,
}

impl<'t> Parser<'t> {
    /// At the beginning of a text.
    pub fn new(text: &'t str) -> Parser<'t> {
        let lexed = lexer::lex(text);
        Parser {
            text,
            parts: vec![Part::default(); lexed.tokens.len()],
            claimed: vec![false; lexed.comments.len()],
            tokens: lexed.tokens,
            comments: lexed.comments,
            at: 0,
            context: Context::PLAIN,
            depth: 0,
            height: 0,
            documented: Vec::new(),
            line_docs: Vec::new(),
            misaligned: Vec::new(),
            lexical: lexed.problems,
            problems: Vec::new(),
            unreported: 0,
            last_problem: None,
            gave_up: false,
            cut_short: lexed.cut_short,
        }
    }

    /// All problems in order of place.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        let mut problems = std::mem::take(&mut self.lexical);
        problems.append(&mut self.problems);
        problems.sort_by_key(|p| p.labels.first().map_or(0, |l| l.span.start));
        let more = self.unreported + problems.len().saturating_sub(MAX_PROBLEMS);
        problems.truncate(MAX_PROBLEMS);
        if more > 0 {
            let last = problems.last().and_then(|p| p.labels.first()).map_or(Span::NONE, |l| l.span);
            let noun = if more == 1 { "problem" } else { "problems" };
            problems.push(
                Diagnostic::error("too-many-problems", format!("and {more} more {noun} after this"), last)
                    .help("mend the first ones and check again"),
            );
        }
        problems
    }

    /// The layout, and all problems.
    pub fn finish_layout(mut self) -> (Layout, Vec<Diagnostic>) {
        let layout = Layout {
            tokens: std::mem::take(&mut self.tokens),
            parts: std::mem::take(&mut self.parts),
            comments: std::mem::take(&mut self.comments),
            line_docs: std::mem::take(&mut self.line_docs),
        };
        (layout, self.finish())
    }

    /// The whole text as one thing.
    pub fn alone<T>(&mut self, one: impl FnOnce(&mut Self) -> Parsed<T>) -> Option<T> {
        let result = one(self).ok()?;
        if self.kind() == Kind::End {
            return Some(result);
        }
        let Lost = self.unexpected("nothing more");
        None
    }

    // ---- Looking ----

    /// The token that comes `ahead` tokens later; beyond the end, the end.
    pub fn peek(&self, ahead: usize) -> Token {
        self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    /// What comes next.
    pub fn kind(&self) -> Kind {
        self.peek(0).kind
    }

    /// Whether this comes next.
    pub fn sees(&self, kind: Kind) -> bool {
        self.kind() == kind
    }

    /// The text of a token.
    pub fn text_of(&self, token: Token) -> &'t str {
        &self.text[token.span.range()]
    }

    /// The word that comes `ahead` tokens later; empty if it is no word.
    pub fn word_at(&self, ahead: usize) -> &'t str {
        let token = self.peek(ahead);
        if token.kind == Kind::Word { self.text_of(token) } else { "" }
    }

    /// The word that comes next; empty if it is no word.
    pub fn word(&self) -> &'t str {
        self.word_at(0)
    }

    /// Whether this word comes next.
    pub fn sees_word(&self, word: &str) -> bool {
        self.word() == word
    }

    /// Span of the next token.
    pub fn here(&self) -> Span {
        self.peek(0).span
    }

    /// Span of the token before.
    pub fn before(&self) -> Span {
        if self.at == 0 { Span::new(0, 0) } else { self.tokens[self.at - 1].span }
    }

    /// From a token's beginning to where the parser stands.
    pub fn since(&self, first: usize) -> Span {
        let start = self.tokens[first].span;
        if self.at > first { start.to(self.before()) } else { Span { end: start.start, ..start } }
    }

    /// Whether the next token stands on a later line than the one before.
    pub fn on_new_line(&self) -> bool {
        self.at == 0 || self.peek(0).line > self.tokens[self.at - 1].line
    }

    /// How far a token's line is indented, in bytes.
    pub fn indentation(&self, token: usize) -> usize {
        let start = self.tokens[token].span.start as usize;
        let line = self.text[..start].rfind(['\n', '\r']).map_or(0, |n| n + 1);
        self.text[line..start].len() - self.text[line..start].trim_start().len()
    }

    // ---- Moving ----

    /// Takes the next token.
    pub fn bump(&mut self) -> Token {
        let token = self.peek(0);
        if token.kind != Kind::End {
            self.at += 1;
        }
        token
    }

    /// Takes the next token if it is this.
    pub fn take(&mut self, kind: Kind) -> bool {
        let found = self.sees(kind);
        if found {
            self.bump();
        }
        found
    }

    /// Takes the next token if it is this word.
    pub fn take_word(&mut self, word: &str) -> bool {
        let found = self.sees_word(word);
        if found {
            self.bump();
        }
        found
    }

    /// Takes this, or reports that it is missing.
    pub fn expect(&mut self, kind: Kind, what: &str) -> Parsed<Token> {
        if self.sees(kind) { Ok(self.bump()) } else { Err(self.unexpected(what)) }
    }

    /// Takes this word, or reports that it is missing.
    pub fn expect_word(&mut self, word: &str) -> Parsed<Token> {
        if self.sees_word(word) {
            return Ok(self.bump());
        }
        if !self.word().is_empty() && words::nearest(self.word(), [word]).is_some() {
            self.misspelt(word);
            return Ok(self.bump());
        }
        Err(self.unexpected(&format!("`{word}`")))
    }

    /// Takes any word as a reference to a name.
    pub fn name(&mut self, what: &str) -> Parsed<Name> {
        if words::RESERVED.contains(&self.word()) {
            return Err(self.unexpected(what));
        }
        let token = self.expect(Kind::Word, what)?;
        Ok(Name { text: self.text_of(token).to_owned(), span: token.span })
    }

    /// Takes a word as the name of something that is declared here.
    pub fn new_name(&mut self, what: &str) -> Parsed<Name> {
        let word = self.word();
        let problem = if words::LATER.contains(&word) {
            self.not_yet(word, self.here())
        } else if words::RESERVED.contains(&word) || word == "_" {
            Diagnostic::error("reserved-word", format!("`{word}` cannot be a name"), self.here())
                .label("a word of the language itself")
                .help(format!("choose another name; `{word}_` is possible"))
                .fix(format!("write `{word}_`"), self.here(), format!("{word}_"))
        } else if matches!(self.kind(), Kind::Text) {
            let plain = self.text_of(self.peek(0)).trim_matches('"').to_owned();
            let problem = Diagnostic::error("quoted-name", "names stand without quotes", self.here());
            if is_word(&plain) {
                problem.fix(format!("write `{plain}`"), self.here(), plain)
            } else {
                problem
            }
        } else {
            let token = self.expect(Kind::Word, what)?;
            return Ok(Name { text: self.text_of(token).to_owned(), span: token.span });
        };
        self.report(problem);
        let token = self.bump();
        Ok(Name { text: self.text_of(token).to_owned(), span: token.span })
    }

    /// Lets the token at an index play a part.
    pub fn mark(&mut self, token: usize, part: Part) {
        self.parts[token].add(part);
    }

    /// Lets the next token play a part.
    pub fn mark_here(&mut self, part: Part) {
        self.mark(self.at, part);
    }

    /// One level deeper.
    pub fn nested<T>(&mut self, inside: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            self.report(lexer::too_deep(self.here()));
            self.give_up();
            return Err(Lost);
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// Something in another context; the context here comes back.
    pub fn within<T>(&mut self, context: Context, inside: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.context, context);
        let result = inside(self);
        self.context = outside;
        result
    }

    // ---- Reporting ----

    /// Whether an error was found so far.
    pub fn has_errors(&self) -> bool {
        !self.lexical.is_empty() || self.unreported > 0 || self.problems.iter().any(Diagnostic::is_error)
    }

    /// Reads no further.
    fn give_up(&mut self) {
        self.gave_up = true;
        self.at = self.tokens.len() - 1;
    }

    /// Whether an error here would only be the consequence of one reported before.
    pub fn is_consequence(&self) -> bool {
        if !self.has_errors() {
            return false;
        }
        if self.gave_up || self.last_problem == Some(self.at) || (self.cut_short && self.sees(Kind::End)) {
            return true;
        }
        // The lexer refused something between the last token and this one, or refused this one.
        let from = if self.at == 0 { 0 } else { self.before().start };
        let next = self.lexical.partition_point(|p| p.labels[0].span.start < from);
        self.lexical.get(next).is_some_and(|p| p.labels[0].span.start <= self.here().start)
    }

    /// Reports a problem that does not keep the parser from going on.
    pub fn report(&mut self, problem: Diagnostic) {
        if self.gave_up {
            return;
        }
        self.last_problem = Some(self.at);
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.unreported += 1;
        }
    }

    /// Takes back what was unexpected between two tokens, because a better reason was found.
    pub fn forget_between(&mut self, first: usize, last: usize) {
        let range = self.tokens[first].span.start..self.tokens[last].span.end;
        // INVARIANT: the caller reports the better reason.
        self.problems.retain(|p| p.id != "unexpected-token" || !range.contains(&p.labels[0].span.start));
    }

    /// Reports a problem, unless it only follows from one before, and is lost.
    pub fn fail(&mut self, problem: Diagnostic) -> Lost {
        if !self.is_consequence() {
            self.report(problem);
        }
        Lost
    }

    /// What comes next, in words.
    pub fn found(&self) -> String {
        match self.kind() {
            Kind::End => "the end of the text".into(),
            _ => format!("`{}`", shorten(self.text_of(self.peek(0)))),
        }
    }

    /// Reports that something else was expected here.
    pub fn unexpected(&mut self, expected: &str) -> Lost {
        let title = format!("expected {expected}, found {}", self.found());
        let problem = if self.on_new_line() && self.at > 0 {
            Diagnostic::error("unexpected-token", title, self.before())
                .label(format!("expected {expected} after this"))
                .also(self.here(), "found this")
        } else {
            Diagnostic::error("unexpected-token", title, self.here()).label(format!("expected {expected}"))
        };
        self.fail(problem)
    }

    /// Reports that the next word should be another one.
    pub fn misspelt(&mut self, right: &str) {
        let problem =
            Diagnostic::error("unknown-keyword", format!("unknown word {}", self.found()), self.here())
                .label(format!("did you mean `{right}`?"))
                .fix(format!("write `{right}`"), self.here(), right);
        self.report(problem);
    }

    /// The diagnostic for a word of a later version.
    pub fn not_yet(&self, word: &str, span: Span) -> Diagnostic {
        let what = match word {
            "secret" => "private information comes with a later version; everybody knows everything so far",
            _ => "observations come with a later version",
        };
        Diagnostic::error("not-yet", format!("`{word}` is not supported yet"), span)
            .label("reserved for a later version")
            .help(what)
    }
}

/// Whether a text could be a name.
pub(super) fn is_word(text: &str) -> bool {
    text.chars().next().is_some_and(lexer::begins_word)
        && text.chars().all(lexer::continues_word)
        && !words::RESERVED.contains(&text)
}
