//! What the formatter must know beyond tokens: what part each token plays, and to what each doc comment belongs.

use crate::lexer::{Comment, Token};

/// The parts a token can play, as bits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Part(u16);

impl Part {
    /// First token of a declaration.
    pub const ITEM: Part = Part(1);
    /// First token of a statement.
    pub const STATEMENT: Part = Part(1 << 1);
    /// First token of an action.
    pub const ACTION: Part = Part(1 << 2);
    /// First token of an entry in a braced list.
    pub const ENTRY: Part = Part(1 << 3);
    /// `{` of statements or actions; also on its `}`.
    pub const BLOCK: Part = Part(1 << 4);
    /// `{` of a list of entries; also on its `}`.
    pub const LIST: Part = Part(1 << 5);
    /// An operator of one operand.
    pub const PREFIX: Part = Part(1 << 6);
    /// `(` or `[` that belongs to the word before it.
    pub const ATTACHED: Part = Part(1 << 7);
    /// `;` between statements or actions.
    pub const SEPARATOR: Part = Part(1 << 8);
    /// A statement without braces.
    pub const SIMPLE: Part = Part(1 << 9);
    /// `{` of a list that is written without blanks inside, also on its `}`; `-` inside a date.
    pub const TIGHT: Part = Part(1 << 10);
    /// `:` with a blank before it.
    pub const SPACED: Part = Part(1 << 11);
    /// A clause of a declaration begins: lines of the same kind align it. The number is in the bits above.
    const COLUMN: u16 = 1 << 12;

    /// The beginning of column `n`, 0 to 7.
    pub fn column(n: u16) -> Part {
        Part(Part::COLUMN | n << 13)
    }

    /// The column that begins here.
    pub fn as_column(self) -> Option<u16> {
        (self.0 & Part::COLUMN != 0).then_some(self.0 >> 13)
    }

    /// Whether it plays this part.
    pub fn is(self, part: Part) -> bool {
        self.0 & part.0 == part.0
    }

    /// Lets it play this part too.
    pub fn add(&mut self, part: Part) {
        self.0 |= part.0;
    }
}

/// A text in parts.
pub(crate) struct Layout {
    /// All tokens; the last is the end of the text.
    pub tokens: Vec<Token>,
    /// One for each token.
    pub parts: Vec<Part>,
    /// All comments in order.
    pub comments: Vec<Comment>,
    /// Doc comments at the end of a line that belong to what begins on that line: comment, first token. They must
    /// stay on the line on which that token stands.
    pub line_docs: Vec<(usize, usize)>,
}
