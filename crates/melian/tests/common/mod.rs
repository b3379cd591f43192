//! What the tests share: the repository's files, and asking questions of a compiled model.
#![allow(dead_code)] // Every test binary uses a part of it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use melian::{
    Game, Query, Setup,
    model::Diagnostic,
    study::{Reading, Reply},
};
use serde::Deserialize;

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The text of a file of the repository.
pub fn text(path: &str) -> String {
    let path = repository(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Files of a directory with an extension, sorted; none if there is no such directory.
pub fn files(directory: &str, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(repository(directory)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    files
}

/// Name and value pairs of a golden file.
pub type Values = BTreeMap<String, f64>;

/// A model under constants.
pub fn game(text: &str, constants: &Values) -> Game {
    let constants: Vec<(&str, f64)> = constants.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    melian::compile(text, &constants).unwrap_or_else(|problems| panic!("{}", shown(&problems, text)))
}

/// Diagnostics as text.
pub fn shown(problems: &[Diagnostic], text: &str) -> String {
    problems.iter().map(|p| melian::render::render(p, "model", text, false)).collect::<Vec<_>>().join("\n")
}

/// The answers to questions at a parameter point, all in one go.
pub fn replies(game: &Game, params: &Values, questions: &[&str]) -> Vec<Reply> {
    let queries: Vec<Query> = questions
        .iter()
        .map(|q| game.query(q).unwrap_or_else(|problems| panic!("{q}\n{}", shown(&problems, q))))
        .collect();
    let params = params.iter().map(|(n, v)| (n.clone(), *v)).collect();
    let setup = Setup { params, start: Vec::new() };
    melian::answer(game, &setup, &queries, &melian::solver::Options::default(), &|_| {})
        .unwrap_or_else(|problems| panic!("{}", shown(&problems, &game.text)))
}

/// As [`replies`], numbers only.
pub fn readings(game: &Game, params: &Values, questions: &[&str]) -> Vec<Reading> {
    replies(game, params, questions).iter().map(|r| r.reading().expect("a number").clone()).collect()
}

/// One entry of a golden file.
#[derive(Deserialize, Clone, Debug)]
pub struct Expected {
    pub question: String,
    pub value: f64,
    pub tolerance: f64,
    pub source: String,
    #[serde(default)]
    pub constants: Values,
    #[serde(default)]
    pub params: Values,
}

/// A reading that is off, in words.
pub fn off(question: &str, reading: &Reading, expected: f64, tolerance: f64) -> Option<String> {
    match reading {
        Reading::Number(x) if (x - expected).abs() <= tolerance => None,
        Reading::Number(x) => Some(format!("{question}: {x}, expected {expected} ± {tolerance:e}")),
        Reading::Undefined(reason) => Some(format!("{question}: undefined ({reason}), expected {expected}")),
    }
}

/// All Rust sources below a directory.
fn sources(directory: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(directory).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            found.push((entry.display().to_string(), fs::read_to_string(&entry).unwrap()));
        }
    }
}

/// All Rust sources of the crates, with their paths.
pub fn all_sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(repository("crates")).unwrap().map(|e| e.unwrap().path()) {
        sources(&entry.join("src"), &mut found);
    }
    found
}

/// The part of a source before its tests.
pub fn without_tests(source: &str) -> &str {
    source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source)
}
