//! Blanks between two tokens on one line.

use super::print::Printer;
use crate::{lexer::Kind, parser::Part};

/// What stands between two tokens on one line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// Nothing.
    None,
    /// One blank.
    One,
    /// Two blanks: between actions.
    Two,
    /// `;` and two blanks: between statements.
    Semicolon,
}

impl Blank {
    /// As text.
    pub fn text(self) -> &'static str {
        match self {
            Blank::None => "",
            Blank::One => " ",
            Blank::Two => "  ",
            Blank::Semicolon => ";  ",
        }
    }
}

impl Printer<'_> {
    /// The blank between two neighbouring tokens.
    pub(super) fn blank(&self, before: usize, after: usize) -> Blank {
        let (left, right) = (self.kind(before), self.kind(after));
        let (left_part, right_part) = (self.part(before), self.part(after));
        if right_part.is(Part::STATEMENT) && left != Kind::BraceOpen {
            return Blank::Semicolon;
        }
        if right_part.is(Part::ACTION) && left != Kind::BraceOpen {
            return Blank::Two;
        }
        if left == Kind::BraceOpen || right == Kind::BraceClose {
            let brace = if left == Kind::BraceOpen { left_part } else { right_part };
            let empty = left == Kind::BraceOpen && right == Kind::BraceClose;
            return if empty || brace.is(Part::TIGHT) { Blank::None } else { Blank::One };
        }
        if left == Kind::Range || right == Kind::Range {
            let range = if left == Kind::Range { before } else { after };
            return if self.is_loose(range) { Blank::One } else { Blank::None };
        }
        let dash = |kind, part: Part| kind == Kind::Minus && part.is(Part::TIGHT);
        let nothing = left_part.is(Part::PREFIX)
            || dash(left, left_part)
            || dash(right, right_part)
            || right_part.is(Part::ATTACHED)
            || matches!(left, Kind::ParenOpen | Kind::SquareOpen | Kind::Dot)
            || matches!(right, Kind::ParenClose | Kind::SquareClose | Kind::Dot)
            || matches!(right, Kind::Comma | Kind::Semicolon)
            || (right == Kind::Colon && !right_part.is(Part::SPACED));
        if nothing { Blank::None } else { Blank::One }
    }

    /// Whether the author put blanks around a `..`.
    fn is_loose(&self, range: usize) -> bool {
        let span = self.token(range).span;
        let touches = |neighbour: Option<u8>| neighbour.is_some_and(|b| !b.is_ascii_whitespace());
        let bytes = self.text.as_bytes();
        let left = (span.start as usize).checked_sub(1).and_then(|n| bytes.get(n)).copied();
        !(touches(left) && touches(bytes.get(span.end as usize).copied()))
    }
}
