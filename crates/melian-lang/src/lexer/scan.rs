//! The longer tokens: comments, texts, numbers, and characters that mean nothing here.

use melian_model::{Diagnostic, Span};

use super::{Comment, Kind, Lexer, continues_word};

impl Lexer<'_> {
    /// Goes to the end of the line.
    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
    }

    /// `// …` or `/// …`.
    pub(super) fn comment(&mut self) {
        let start = self.at;
        self.skip_line();
        let text = self.text[start..self.at].trim_end();
        let doc = text.starts_with("///") && !text.starts_with("////");
        let span = Span::new(start, start + text.len());
        self.out.comments.push(Comment { span, line: self.line, doc, own_line: self.fresh_line });
    }

    /// `/* … */`, which is not a comment here.
    pub(super) fn block_comment(&mut self) {
        let start = self.at;
        let rest = &self.text[start + 2..];
        let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
        let until = start + 2 + length;
        self.line += self.text[start..until].matches('\n').count() as u32;
        self.at = until;
        let inside = rest[..length].trim_end_matches("*/").trim();
        let problem = Diagnostic::error("comment-form", "`/* … */` is not a comment here", self.span(start))
            .label("comments begin with `//` and go to the end of the line");
        let problem = if inside.contains('\n') || !self.ends_line() {
            problem.help("begin each line of the comment with `//`")
        } else {
            problem.fix("write `//`", self.span(start), format!("// {inside}"))
        };
        self.out.problems.push(problem);
    }

    /// Whether only blanks follow on this line.
    fn ends_line(&self) -> bool {
        let rest = &self.text[self.at..];
        let line = rest.find(['\n', '\r']).map_or(rest, |end| &rest[..end]);
        line.trim().is_empty()
    }

    /// `# …`, which is not a comment here.
    pub(super) fn hash_comment(&mut self) {
        let start = self.at;
        self.skip_line();
        let sign = Span::new(start, start + 1);
        self.out.problems.push(
            Diagnostic::error("comment-form", "`#` does not begin a comment here", sign)
                .label("comments begin with `//`")
                .fix("write `//`", sign, "//"),
        );
    }

    /// `"…"`.
    pub(super) fn text(&mut self) {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                b'"' => {
                    self.at += 1;
                    break;
                }
                b'\\' if matches!(self.peek(1), b'"' | b'\\' | b'n') => self.at += 2,
                b'\\' => {
                    let from = self.at;
                    self.at += 1;
                    if let Some(c) = self.char().filter(|c| !matches!(c, '\n' | '\r')) {
                        self.at += c.len_utf8();
                    }
                    let found = &self.text[from..self.at];
                    self.out.problems.push(
                        Diagnostic::error(
                            "unknown-escape",
                            format!("`{found}` means nothing in a text"),
                            self.span(from),
                        )
                        .help("the escapes are `\\\"`, `\\\\` and `\\n`; a backslash itself is `\\\\`")
                        .fix(
                            "write a plain backslash",
                            self.span(from),
                            format!("\\{found}"),
                        ),
                    );
                }
                0 if self.at >= self.bytes.len() => {
                    self.unclosed_text(start);
                    break;
                }
                b'\n' | b'\r' => {
                    self.unclosed_text(start);
                    break;
                }
                _ => self.at += self.char().map_or(1, char::len_utf8),
            }
        }
        self.push(Kind::Text, start);
    }

    /// A text that its line does not close.
    fn unclosed_text(&mut self, start: usize) {
        let problem =
            Diagnostic::error("unclosed-text", "this text has no closing `\"`", Span::new(start, start + 1))
                .label("opened here")
                .help("a text ends on the line on which it begins; write `\\n` for a new line inside it");
        self.out.problems.push(problem);
    }

    /// `'…'`, which is not a text here.
    pub(super) fn single_quoted(&mut self) {
        let start = self.at;
        let rest = &self.text[start + 1..];
        let line = rest.find(['\n', '\r']).map_or(rest, |end| &rest[..end]);
        match line.find('\'') {
            Some(end) => {
                self.at = start + 1 + end + 1;
                let inside = &line[..end];
                self.out.problems.push(
                    Diagnostic::error("quote-form", "texts stand in double quotes", self.span(start)).fix(
                        "write double quotes",
                        self.span(start),
                        format!("\"{}\"", inside.replace('\\', "\\\\").replace('"', "\\\"")),
                    ),
                );
                self.push(Kind::Text, start);
            }
            None => self.unknown('\''),
        }
    }

    /// Digits, a fraction, an exponent.
    pub(super) fn number(&mut self) {
        let start = self.at;
        let digit = |c: char| c.is_ascii_digit();
        self.skip_while(digit);
        if self.peek(0) == b'.' && self.peek(1) != b'.' {
            self.at += 1;
            if self.peek(0).is_ascii_digit() {
                self.skip_while(digit);
            } else {
                let whole = self.text[start..self.at - 1].to_owned();
                self.malformed(
                    start,
                    format!("a number does not end in a point: write `{whole}`"),
                    Some(whole),
                );
                self.push(Kind::Number, start);
                return;
            }
        }
        let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
        if matches!(self.peek(0), b'e' | b'E') && self.peek(1 + sign).is_ascii_digit() {
            self.at += 1 + sign;
            self.skip_while(digit);
        }
        let digits = self.at;
        self.skip_while(continues_word);
        if self.at > digits {
            let (number, word) = (&self.text[start..digits], &self.text[digits..self.at]);
            let fix = if word.starts_with('_') {
                Some(format!("{number}{word}").replace('_', "")).filter(|s| s.parse::<f64>().is_ok())
            } else {
                Some(format!("{number} * {word}"))
            };
            let hint = match &fix {
                Some(fix) => format!("did you mean `{fix}`?"),
                None => "a name cannot begin with a digit".into(),
            };
            self.malformed(start, hint, fix);
        } else if self.text[start..self.at].parse::<f64>().is_ok_and(f64::is_infinite) {
            self.malformed(start, "it is beyond 1.8e308, the greatest number there is".into(), None);
        }
        self.push(Kind::Number, start);
    }

    /// `.5`
    pub(super) fn leading_dot(&mut self) {
        let start = self.at;
        self.at += 1;
        self.skip_while(|c| c.is_ascii_digit());
        let fixed = format!("0{}", &self.text[start..self.at]);
        self.malformed(start, format!("a number begins with a digit: write `{fixed}`"), Some(fixed));
        self.push(Kind::Number, start);
    }

    /// Reports a number that is none.
    fn malformed(&mut self, start: usize, help: String, fix: Option<String>) {
        let found = crate::words::shorten(&self.text[start..self.at]);
        let span = self.span(start);
        let mut problem =
            Diagnostic::error("number-form", format!("`{found}` is not a number"), span).help(help);
        if let Some(fix) = fix {
            let title = format!("write `{fix}`");
            problem = problem.fix(title, span, fix);
        }
        self.out.problems.push(problem);
    }

    /// A character that means nothing; a run of them is one problem.
    pub(super) fn unknown(&mut self, c: char) {
        let start = self.at;
        self.at += c.len_utf8();
        if let Some((means, replacement)) = look_alike(c) {
            let span = self.span(start);
            self.out.problems.push(
                Diagnostic::error("unknown-character", format!("`{c}` is not part of the language"), span)
                    .label(format!("write {means}"))
                    .fix(format!("write {means}"), span, replacement),
            );
            self.retry(start, replacement);
            return;
        }
        let first = c;
        self.skip_while(|c| {
            c == first
                || (!c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace() && look_alike(c).is_none())
        });
        let title = if c.is_control() || c == '\u{200b}' || c == '\u{feff}' {
            format!("invisible character U+{:04X}", u32::from(c))
        } else {
            format!("`{c}` is not part of the language")
        };
        let span = self.span(start);
        let problem = Diagnostic::error("unknown-character", title, span);
        self.out.problems.push(match c {
            '%' => {
                problem.help("a share is written as a number from 0 to 1: `0.05`; a remainder is `mod(a, b)`")
            }
            '?' => problem.help("a choice between values is `if c then a else b`"),
            '$' | '@' | '\\' | '`' => problem.help("names consist of letters, digits and `_`"),
            '\'' => problem.help("texts stand in double quotes"),
            _ => problem.fix("delete it", span, ""),
        });
    }

    /// Goes on as if the look-alike's plain form stood there.
    fn retry(&mut self, start: usize, plain: &str) {
        let kind = match plain {
            "-" => Kind::Minus,
            "*" => Kind::Star,
            "/" => Kind::Slash,
            "<=" => Kind::AtMost,
            ">=" => Kind::AtLeast,
            "!=" => Kind::Unequal,
            ".." => Kind::Range,
            "\"" => {
                // A typographic quote: the text goes to the next quote of any kind on the line.
                let rest = &self.text[self.at..];
                let line = rest.find(['\n', '\r']).map_or(rest, |end| &rest[..end]);
                let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„');
                self.at += line
                    .find(is_quote)
                    .map_or(line.len(), |end| end + line[end..].chars().next().map_or(0, char::len_utf8));
                let span = self.span(start);
                let inside = self.text[start..self.at].trim_matches(is_quote).replace('"', "\\\"");
                if let Some(problem) = self.out.problems.last_mut() {
                    *problem = std::mem::replace(problem, Diagnostic::error("", "", span)).fix(
                        "write plain quotes",
                        span,
                        format!("\"{inside}\""),
                    );
                }
                Kind::Text
            }
            _ => return,
        };
        self.push(kind, start);
    }
}

/// Characters that word processors put in place of plain ones: what to write, in words and as text.
fn look_alike(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '−' | '–' | '—' => ("a plain minus `-`", "-"),
        '×' | '·' | '∙' => ("`*`", "*"),
        '÷' => ("`/`", "/"),
        '≤' => ("`<=`", "<="),
        '≥' => ("`>=`", ">="),
        '≠' => ("`!=`", "!="),
        '…' => ("`..`", ".."),
        '“' | '”' | '„' => ("a plain quote `\"`", "\""),
        _ => return None,
    })
}
