//! Every model in the book and the README compiles, and every question there has an answer.
//!
//! A block ```` ```melian ```` is a whole model. A block ```` ```melian-question NAME const=value … ```` holds
//! questions or conditions, one a line, about a model further up on the same page or an embedded one.

mod common;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use common::{Values, game, replies, repository, shown};

/// A fenced code block: the rest of its opening line, its text, and the line it begins at.
struct Fenced {
    info: String,
    text: String,
    line: usize,
}

fn fenced(page: &str) -> Vec<Fenced> {
    let mut blocks: Vec<Fenced> = Vec::new();
    let mut open: Option<Fenced> = None;
    for (index, line) in page.lines().enumerate() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => block.text += &format!("{line}\n"),
            (None, Some(info)) => {
                open = Some(Fenced { info: info.trim().to_owned(), text: String::new(), line: index + 1 });
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a code block is not closed");
    blocks
}

fn pages(directory: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            pages(&entry, found);
        } else if entry.extension().is_some_and(|e| e == "md") {
            found.push(entry);
        }
    }
}

/// Checks one page; returns how many models and how many questions it holds.
fn check(path: &Path) -> (usize, usize) {
    let page = fs::read_to_string(path).unwrap();
    let mut models: BTreeMap<String, String> =
        melian::models::MODELS.iter().map(|m| (m.name.to_owned(), m.text.to_owned())).collect();
    let (mut compiled, mut asked) = (0, 0);
    for block in fenced(&page) {
        let place = format!("{}:{}", path.display(), block.line);
        let mut words = block.info.split_whitespace();
        match words.next() {
            Some("melian") => {
                let game = melian::compile(&block.text, &[])
                    .unwrap_or_else(|problems| panic!("{place}\n{}", shown(&problems, &block.text)));
                models.insert(game.model().name.clone(), block.text);
                compiled += 1;
            }
            Some("melian-question") => {
                let name = words.next().unwrap_or_else(|| panic!("{place}: which model?"));
                let text = models.get(name).unwrap_or_else(|| panic!("{place}: no model `{name}` above"));
                let constants: Values = words
                    .map(|word| {
                        let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("{place}: {word}"));
                        (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{place}: {word}")))
                    })
                    .collect();
                let questions: Vec<&str> = block
                    .text
                    .lines()
                    .map(|line| line.split("//").next().unwrap_or_default().trim())
                    .filter(|line| !line.is_empty())
                    .collect();
                assert_eq!(
                    replies(&game(text, &constants), &Values::new(), &questions).len(),
                    questions.len()
                );
                asked += questions.len();
            }
            _ => {}
        }
    }
    (compiled, asked)
}

#[test]
fn the_book_runs() {
    let mut paths = vec![repository("README.md")];
    pages(&repository("book/src"), &mut paths);
    let (mut compiled, mut asked) = (0, 0);
    for path in paths {
        let (models, questions) = check(&path);
        compiled += models;
        asked += questions;
    }
    assert!(compiled >= 10 && asked >= 10, "{compiled} models, {asked} questions");
}
