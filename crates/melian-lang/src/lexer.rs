//! Text to tokens and comments. Newlines have no meaning, but every token knows its line, for doc comments and layout.

use melian_model::{Diagnostic, Span};

mod scan;

/// Brackets may be nested this deep, and expressions too.
pub(crate) const MAX_DEPTH: usize = 200;

/// A text may have this many tokens.
const MAX_TOKENS: usize = 2_000_000;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A word.
    Word,
    /// A number.
    Number,
    /// `"…"`.
    Text,
    /// `{`
    BraceOpen,
    /// `}`
    BraceClose,
    /// `(`
    ParenOpen,
    /// `)`
    ParenClose,
    /// `[`
    SquareOpen,
    /// `]`
    SquareClose,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `.`
    Dot,
    /// `..`
    Range,
    /// `=`
    Assign,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `^`
    Caret,
    /// `~`
    Tilde,
    /// `|`
    Bar,
    /// An operator of other languages, such as `&&` or `:=`; the parser says what to write instead.
    Foreign,
    /// The end of the text.
    End,
}

/// A token; its text is the span's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where.
    pub span: Span,
    /// Line of its first byte, from 0.
    pub line: u32,
}

/// A comment; its text is the span's, without trailing blanks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comment {
    /// Where, slashes included.
    pub span: Span,
    /// Its line, from 0.
    pub line: u32,
    /// `///`, not `//` or `////`.
    pub doc: bool,
    /// Nothing but blanks before it on its line.
    pub own_line: bool,
}

/// A text taken apart.
pub(crate) struct Lexed {
    /// All tokens; the last is [`Kind::End`].
    pub tokens: Vec<Token>,
    /// All comments in order.
    pub comments: Vec<Comment>,
    /// What is wrong.
    pub problems: Vec<Diagnostic>,
    /// The text was given up before its end: what the parser then misses at the end is no news.
    pub cut_short: bool,
}

/// Takes a text apart.
pub(crate) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        line: 0,
        fresh_line: true,
        depth: 0,
        out: Lexed { tokens: Vec::new(), comments: Vec::new(), problems: Vec::new(), cut_short: false },
    };
    lexer.run();
    lexer.out
}

/// Whether a word may begin with it.
pub(crate) fn begins_word(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

/// Whether a word may go on with it.
pub(crate) fn continues_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Where the lexer stands.
struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Next byte.
    at: usize,
    line: u32,
    /// Only blanks so far on this line.
    fresh_line: bool,
    /// Open brackets.
    depth: usize,
    out: Lexed,
}

impl Lexer<'_> {
    /// The whole text.
    fn run(&mut self) {
        while self.at < self.bytes.len() && !self.out.cut_short {
            self.step();
            if self.out.tokens.len() >= MAX_TOKENS {
                self.give_up(
                    Diagnostic::error("too-large", "the text is too large for a model", self.span(self.at))
                        .label(format!("more than {MAX_TOKENS} words and signs up to here"))
                        .help("is this the right file? repeat with families and `for` instead of copies"),
                );
            }
        }
        let end = self.bytes.len();
        self.out.tokens.push(Token { kind: Kind::End, span: Span::new(end, end), line: self.line });
    }

    /// Stops reading, with the reason.
    fn give_up(&mut self, problem: Diagnostic) {
        self.out.problems.push(problem);
        self.out.cut_short = true;
    }

    /// From a byte up to where the lexer stands.
    fn span(&self, start: usize) -> Span {
        Span::new(start, self.at)
    }

    /// The byte that comes `ahead` bytes later, 0 at the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The next character.
    fn char(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Goes on while a condition holds.
    fn skip_while(&mut self, holds: impl Fn(char) -> bool) {
        while let Some(c) = self.char().filter(|c| holds(*c)) {
            self.at += c.len_utf8();
        }
    }

    /// Appends a token that began at a byte.
    fn push(&mut self, kind: Kind, start: usize) {
        let token = Token { kind, span: self.span(start), line: self.line };
        self.out.tokens.push(token);
        self.fresh_line = false;
    }

    /// One token, comment or stretch of blanks.
    fn step(&mut self) {
        match self.peek(0) {
            b'\r' if self.peek(1) == b'\n' => self.at += 1,
            b'\n' | b'\r' => {
                self.at += 1;
                self.line += 1;
                self.fresh_line = true;
            }
            b' ' | b'\t' => self.at += 1,
            b'/' if self.peek(1) == b'/' => self.comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'#' => self.hash_comment(),
            b'"' => self.text(),
            b'\'' => self.single_quoted(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.leading_dot(),
            _ => match self.char() {
                Some(c) if begins_word(c) => {
                    let start = self.at;
                    self.skip_while(continues_word);
                    self.push(Kind::Word, start);
                }
                Some(c) if c.is_whitespace() => self.at += c.len_utf8(),
                Some(c) => self.sign(c),
                None => self.at = self.bytes.len(),
            },
        }
    }

    /// An operator, a bracket or a separator.
    fn sign(&mut self, c: char) {
        let start = self.at;
        if let Some(sign) = self.text[start..].get(..2).filter(|s| is_foreign(s)) {
            self.at += sign.len();
            self.push(Kind::Foreign, start);
            return;
        }
        let (kind, length) = match (c, self.peek(1)) {
            ('=', b'=') => (Kind::Equal, 2),
            ('!', b'=') => (Kind::Unequal, 2),
            ('<', b'=') => (Kind::AtMost, 2),
            ('>', b'=') => (Kind::AtLeast, 2),
            ('.', b'.') => (Kind::Range, 2),
            ('=', _) => (Kind::Assign, 1),
            ('<', _) => (Kind::Less, 1),
            ('>', _) => (Kind::Greater, 1),
            ('!' | '&', _) => (Kind::Foreign, 1),
            ('.', _) => (Kind::Dot, 1),
            ('{', _) => (Kind::BraceOpen, 1),
            ('}', _) => (Kind::BraceClose, 1),
            ('(', _) => (Kind::ParenOpen, 1),
            (')', _) => (Kind::ParenClose, 1),
            ('[', _) => (Kind::SquareOpen, 1),
            (']', _) => (Kind::SquareClose, 1),
            (',', _) => (Kind::Comma, 1),
            (';', _) => (Kind::Semicolon, 1),
            (':', _) => (Kind::Colon, 1),
            ('+', _) => (Kind::Plus, 1),
            ('-', _) => (Kind::Minus, 1),
            ('*', _) => (Kind::Star, 1),
            ('/', _) => (Kind::Slash, 1),
            ('^', _) => (Kind::Caret, 1),
            ('~', _) => (Kind::Tilde, 1),
            ('|', _) => (Kind::Bar, 1),
            _ => return self.unknown(c),
        };
        self.at += length;
        match kind {
            Kind::BraceOpen | Kind::ParenOpen | Kind::SquareOpen => self.depth += 1,
            Kind::BraceClose | Kind::ParenClose | Kind::SquareClose => {
                self.depth = self.depth.saturating_sub(1)
            }
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            self.give_up(too_deep(self.span(start)));
            return;
        }
        self.push(kind, start);
    }
}

/// Whether it is an operator of other languages.
fn is_foreign(sign: &str) -> bool {
    matches!(sign, "&&" | "||" | ":=" | "<>" | "=>" | "=<" | "**" | "+=" | "-=" | "*=" | "/=")
}

/// The diagnostic for nesting beyond [`MAX_DEPTH`].
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("too-deep", format!("nested more than {MAX_DEPTH} levels deep"), span)
        .label("the text is not read beyond this point")
        .help("name parts with `let`, or check for brackets that are never closed")
}
