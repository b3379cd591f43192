//! The formatter on the models that come with Melian, and on single cases.

use std::path::{Path, PathBuf};

use melian_lang::{format, parser};

/// All models in a folder of the repository and in the folders below.
fn models(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            models(&path, found);
        } else if path.extension().is_some_and(|e| e == "melian") {
            found.push(path);
        }
    }
}

/// The syntax tree of a text without places.
fn tree(text: &str) -> String {
    let (file, _) = parser::parse(text);
    let debug = std::format!("{file:?}");
    let mut parts = debug.split("Span { start: ");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |tree, part| tree + part.split_once('}').map_or("", |(_, rest)| rest))
}

#[test]
fn models_keep_their_meaning() {
    let mut found = Vec::new();
    models(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"), &mut found);
    assert!(found.len() > 5, "{found:?}");
    let mut formatted = 0;
    for path in found {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(once) = format(&text) else { continue };
        formatted += 1;
        assert_eq!(tree(&once), tree(&text), "{}", path.display());
        assert_eq!(format(&once).as_ref(), Ok(&once), "{}", path.display());
        let comments = |text: &str| text.matches("//").count();
        assert_eq!(comments(&once), comments(&text), "{}", path.display());
    }
    assert!(formatted > 5);
}

/// A text and its canonical form.
fn check(text: &str, expected: &str) {
    let once = format(text).unwrap();
    assert_eq!(once, expected, "\n{once}");
    assert_eq!(format(&once).unwrap(), once);
}

#[test]
fn blocks_on_one_line_stay_there_if_they_fit() {
    check(
        "model m\nplay once{A chooses s{a{A gains 1;B pays -2 as x}b}}",
        "model m\nplay once { A chooses s { a { A gains 1;  B pays -2 as x }  b } }\n",
    );
    check(
        "model m\nplay once { A chooses first_stage { first_action { A gains 1 + 2 + 3 + 4 as one_line } second_action { A gains 2 } } }",
        "model m
play once {
    A chooses first_stage { first_action { A gains 1 + 2 + 3 + 4 as one_line }  second_action { A gains 2 } }
}
",
    );
}

#[test]
fn blocks_on_several_lines_are_indented() {
    check(
        "model m\nplay rounds for 3 {\nif a and not(b or c) { x=1 }\nelse if d { x = 2; y = 3 }\n\n\n\nfor i in {1,2} {\nx[i] = if a then b else c }\nA chooses s { keep when x >= 1 {}\n break_it {\nend } }\n}",
        "model m
play rounds for 3 {
    if a and not (b or c) { x = 1 }
    else if d { x = 2;  y = 3 }

    for i in {1, 2} {
        x[i] = if a then b else c
    }
    A chooses s {
        keep when x >= 1 {}
        break_it {
            end
        }
    }
}
",
    );
}

#[test]
fn comments_stay_where_they_are() {
    check(
        "// first\n\n/// what it is\nmodel m // name\n\n\n// alone\n\nparam a=1 in 0..2 /// doc of a\nparam longer = 2 fixed// why\n// before the end\n",
        "// first

/// what it is
model m  // name

// alone

param a      = 1 in 0..2  /// doc of a
param longer = 2 fixed    // why
// before the end
",
    );
    check(
        "model m\nplay once {\n// a\nA chooses s { /// stage\na /// act\n/// own\nb { // body\nx = 1 // one\n// end of b\n}\n// end of s\n}}",
        "model m
play once {
    // a
    A chooses s {  /// stage
        a  /// act
        /// own
        b {  // body
            x = 1  // one
            // end of b
        }
        // end of s
    }
}
",
    );
}

#[test]
fn clauses_of_neighbours_are_aligned() {
    check(
        "model m\nparam a = 1 in 0 .. 2 unit \"x\"\nparam abc = 0.25 in -1 .. 2 unit \"y\"\n\nparam b = 1 source \"s\"\nstate x : { a < b } = a\nstate xyz : truth = false\nplay once { oil ~ { high: 0.1, stay: rest }\nmoney ~ walk(up: 1, down: 0) }",
        "model m
param a   = 1    in 0 .. 2  unit \"x\"
param abc = 0.25 in -1 .. 2 unit \"y\"

param b = 1 source \"s\"
state x   : { a < b } = a
state xyz : truth     = false
play once {
    oil   ~ { high: 0.1, stay: rest }
    money ~ walk(up: 1, down: 0)
}
",
    );
}

#[test]
fn breaks_in_expressions_stay() {
    check(
        "model m\nclaim C1 \"words\" :\n(deal(24) with {\nA.s = b when x\n}) >\ndeal(24) by 0.02\nconst w[k in T] = { a: 1,\nb: 2 }",
        "model m
claim C1 \"words\" :
    (deal(24) with {
        A.s = b when x
    }) >
    deal(24) by 0.02
const w[k in T] = { a: 1,
    b: 2 }
",
    );
}

#[test]
fn what_is_said_about_worlds() {
    check(
        "model m\n/// d\nplausible   \"w\"  when a>1  // c\nplausible when\n  a<1 by 0.1\n   and b near c within 1 // e\n// f\ncorrelate a,b [ x ],c by - 0.5 // g\ncorrelate a, d by 0.5 /// h",
        "model m
/// d
plausible \"w\" when a > 1  // c
plausible when
    a < 1 by 0.1
    and b near c within 1  // e
// f
correlate a, b[x], c by -0.5  // g
correlate a, d       by 0.5   /// h
",
    );
}

#[test]
fn windows_line_ends_and_byte_order_marks_go() {
    check("\u{feff}model m\r\n\r\n// c\r\nconst a = 1\r\n", "model m\n\n// c\nconst a = 1\n");
}

#[test]
fn a_text_with_errors_is_not_touched() {
    let problems = format("model m\nplay once { x = }").unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].id, "unexpected-token");
}
