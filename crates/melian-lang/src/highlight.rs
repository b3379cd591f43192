//! What each piece of a text is, for whoever shows it in colours.

use std::ops::Range;

use crate::{
    lexer::{Kind, lex},
    words::{CLAUSES, ITEMS, RESERVED},
};

/// What a piece of a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// A word of the language.
    Keyword,
    /// A name.
    Name,
    /// A number.
    Number,
    /// A quoted text.
    Text,
    /// A comment.
    Comment,
    /// A doc comment.
    Doc,
    /// An operator or a bracket.
    Sign,
}

/// The pieces of a text in order, by bytes; between them are blanks only. A text with mistakes has pieces, too.
///
/// ```
/// use melian_lang::{Piece, highlight};
/// let pieces = highlight("state n : 0 .. 3 = 0  // to begin with");
/// assert_eq!(pieces[0], (0..5, Piece::Keyword));
/// assert_eq!(pieces.last().unwrap().1, Piece::Comment);
/// ```
pub fn highlight(text: &str) -> Vec<(Range<usize>, Piece)> {
    let lexed = lex(text);
    let piece = |kind: Kind, word: &str| match kind {
        Kind::Word if ITEMS.contains(&word) || RESERVED.contains(&word) || CLAUSES.contains(&word) => {
            Piece::Keyword
        }
        Kind::Word => Piece::Name,
        Kind::Number => Piece::Number,
        Kind::Text => Piece::Text,
        _ => Piece::Sign,
    };
    let tokens = lexed.tokens.iter().filter(|token| token.kind != Kind::End).map(|token| {
        let range = token.span.range();
        let word = text.get(range.clone()).unwrap_or_default();
        (range, piece(token.kind, word))
    });
    let comments = lexed
        .comments
        .iter()
        .map(|comment| (comment.span.range(), if comment.doc { Piece::Doc } else { Piece::Comment }));
    let mut pieces: Vec<(Range<usize>, Piece)> = tokens.chain(comments).collect();
    pieces.sort_by_key(|(range, _)| range.start);
    pieces
}
