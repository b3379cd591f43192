//! Properties of the formatter on texts whose blanks, line breaks and comments are random.

use proptest::prelude::*;

use super::format;
use crate::{
    lexer::{self, Kind},
    parser,
};

/// A text with every construct of the language.
const EVERYTHING: &str = include_str!("../../tests/texts/everything.melian");

/// The syntax tree of a text, doc comments included, without places.
fn tree(text: &str) -> String {
    let (file, problems) = parser::parse(text);
    assert!(!problems.iter().any(|p| p.is_error()), "{problems:?}\n{text}");
    let mut tree = String::new();
    for part in format!("{file:?}").split("Span { start: ") {
        // What follows is `N, end: M }`.
        let rest = if tree.is_empty() { part } else { part.split_once('}').map_or("", |(_, rest)| rest) };
        tree.push_str(rest);
    }
    tree
}

/// All comments of a text, sorted.
fn comments(text: &str) -> Vec<&str> {
    let mut comments: Vec<&str> = lexer::lex(text).comments.iter().map(|c| &text[c.span.range()]).collect();
    comments.sort_unstable();
    comments
}

/// Formatting keeps the tree and the comments, and is a fixed point.
fn check(text: &str) {
    let once = format(text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
    assert!(comments(&once) == comments(text), "comments changed:\n{text}\n--- became\n{once}");
    assert!(tree(&once) == tree(text), "the tree changed:\n{text}\n--- became\n{once}");
    let twice = format(&once).unwrap_or_else(|problems| panic!("{problems:?}\n{once}"));
    assert!(twice == once, "not a fixed point:\n{text}\n--- became\n{once}\n--- became\n{twice}");
}

/// The words and signs of a text, in declarations.
fn declarations(text: &str) -> Vec<Vec<&str>> {
    let (file, _) = parser::parse(text);
    let tokens = lexer::lex(text).tokens;
    let mut parts = Vec::new();
    let mut starts: Vec<u32> = file.items.iter().map(|i| i.span.start).collect();
    starts.insert(0, 0);
    starts.push(u32::MAX);
    for pair in starts.windows(2) {
        let inside =
            tokens.iter().filter(|t| t.kind != Kind::End && (pair[0]..pair[1]).contains(&t.span.start));
        parts.push(inside.map(|t| &text[t.span.range()]).collect());
    }
    parts
}

/// What may stand between two tokens besides a blank.
fn gap(kind: u8, serial: usize) -> String {
    match kind % 12 {
        0..=2 => "\n".into(),
        3 => "\n\n\n".into(),
        4 | 5 => format!(" // c{serial}\n"),
        6 => format!("\n// c{serial}\n"),
        7 => format!("\n\n// c{serial}\n\n"),
        8 | 9 => format!(" /// d{serial}\n"),
        10 => format!("\n/// d{serial}\n"),
        _ => format!("\n/// d{serial}\n/// e{serial}\n"),
    }
}

#[test]
fn everything_is_format() {
    check(EVERYTHING);
    assert_eq!(format(EVERYTHING).unwrap(), EVERYTHING);
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    /// Any blanks, line breaks and comments between the tokens of any declarations.
    #[test]
    fn any_layout_is_format(
        which in prop::collection::vec(0usize..1000, 1..3),
        gaps in prop::collection::vec((0usize..400, any::<u8>()), 0..40),
    ) {
        let all = declarations(EVERYTHING);
        let mut text = all[0].join(" ");
        text.push('\n');
        let mut serial = 0;
        for n in which {
            for token in &all[1 + n % (all.len() - 1)] {
                match gaps.iter().find(|(place, _)| *place == serial) {
                    Some((_, kind)) => text.push_str(&gap(*kind, serial)),
                    None => text.push(' '),
                }
                text.push_str(token);
                serial += 1;
            }
        }
        check(&text);
    }

    /// A token left out, doubled or moved: there is an error, or the text is as good as any other.
    #[test]
    fn a_slip_is_an_error_or_harmless(at in 0usize..10_000, slip in 0u8..3) {
        let tokens = lexer::lex(EVERYTHING).tokens;
        let token = tokens[at % (tokens.len() - 2)].span.range();
        let next = tokens[at % (tokens.len() - 2) + 1].span.range();
        let (before, behind) = (&EVERYTHING[..token.start], &EVERYTHING[next.end..]);
        let (token, next) = (&EVERYTHING[token.clone()], &EVERYTHING[next]);
        let middle = match slip {
            0 => next.to_owned(),
            1 => format!("{token} {token} {next}"),
            _ => format!("{next} {token}"),
        };
        let text = format!("{before}{middle}{behind}");
        if !parser::parse(&text).1.iter().any(|p| p.is_error()) {
            check(&text);
        }
    }
}
