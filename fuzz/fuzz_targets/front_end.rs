//! Parser, formatter and checker on arbitrary bytes: no panic, no runaway, and the formatter keeps its promises.
//!
//! Run it with `cargo install cargo-fuzz`, then, from the repository's root,
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run -s none front_end fuzz/corpus/front_end models models/failing/* -- -max_len=4000 -dict=fuzz/words.dict`.
//! New inputs go into the first folder; the models are seeds. Without `-s none` it runs under the address sanitizer,
//! several times slower; the crates forbid `unsafe`, so there is little for it to find.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = melian_lang::source::decode(bytes) else { return };
    let (_, problems) = melian_lang::parser::parse(&text);
    for problem in &problems {
        // Renderers slice the text by these.
        assert!(problem.labels.iter().all(|l| text.get(l.span.range()).is_some()), "{problem:?}");
        assert!(problem.fix.iter().all(|f| text.get(f.span.range()).is_some()), "{problem:?}");
    }
    if let Ok(once) = melian_lang::format(&text) {
        assert_eq!(tree(&once), tree(&text), "the formatter changed the meaning to\n{once}");
        let twice = melian_lang::format(&once).expect("the formatter's output can be read");
        assert_eq!(twice, once, "the formatter's output is not a fixed point");
    }
    if let Err(problems) = melian_lang::compile(&text, &[]) {
        assert!(problems.iter().any(|p| p.is_error()));
    }
});

/// The syntax tree of a text without places.
fn tree(text: &str) -> String {
    let (file, _) = melian_lang::parser::parse(text);
    let debug = format!("{file:?}");
    let mut parts = debug.split("Span { start: ");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |tree, part| tree + part.split_once('}').map_or("", |(_, rest)| rest))
}
