//! The walls between the crates (ARCHITECTURE.md, invariants), read from manifests and sources.

mod common;

use std::{collections::BTreeSet, fs};

use common::{all_sources, repository, text, without_tests};

/// The crates of this workspace that a crate depends on; test dependencies do not count.
fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = text(&format!("crates/{name}/Cargo.toml"));
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line.trim();
        } else if section == "[dependencies]" || section.ends_with(".dependencies]") {
            let dependency = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if dependency.starts_with("melian") {
                found.insert(dependency.to_owned());
            }
        }
    }
    found
}

fn check(name: &str, allowed: &[&str]) {
    let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
    assert_eq!(dependencies(name), allowed, "{name}");
}

#[test]
fn crates_depend_only_where_the_walls_allow() {
    check("melian-model", &[]);
    check("melian-lang", &["melian-model"]);
    check("melian-solve", &["melian-model"]);
    check("melian-stats", &[]);
    check("melian-study", &["melian-model", "melian-solve", "melian-stats"]);
    check("melian-report", &["melian-model", "melian-solve", "melian-stats", "melian-study"]);
    check(
        "melian",
        &["melian-lang", "melian-model", "melian-report", "melian-solve", "melian-stats", "melian-study"],
    );
    let crates = fs::read_dir(repository("crates")).unwrap().count();
    assert_eq!(crates, 7, "a new crate needs its place among the walls");
}

#[test]
fn only_the_command_touches_files_terminal_clock_and_environment() {
    const OUTSIDE: [&str; 7] =
        ["std::fs", "std::env", "std::io", "std::time", "println!", "std::process", "std::net"];
    let mut wrong = Vec::new();
    for (path, source) in all_sources() {
        if path.contains("melian/src/command")
            || path.ends_with("melian/src/main.rs")
            || path.contains("tests")
        {
            continue;
        }
        let uses = |what: &&&str| without_tests(&source).contains(**what);
        wrong.extend(OUTSIDE.iter().filter(uses).map(|what| format!("{path}: {what}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_source_names_what_a_model_declares() {
    let mut names = BTreeSet::new();
    for embedded in melian::models::MODELS {
        let game = melian::compile(embedded.text, &[]).expect("an embedded model compiles");
        let model = game.model();
        names.extend(model.params.iter().map(|p| p.name.clone()));
        names.extend(model.players.iter().map(|p| p.name.clone()));
        names.extend(model.vars.iter().map(|v| v.name.clone()));
    }
    // Stages are variables with full names (`Russia.talks`). Short names mean something else elsewhere, as do these words
    // of time; `ended` is the language's own.
    // The ends of an interval, and what a box holds without the others, are columns of tables.
    let common = ["ended", "year", "now", "later", "low", "high", "alone"];
    names.retain(|name| name.chars().count() > 2 && !common.contains(&name.as_str()));
    let mut wrong = Vec::new();
    for (path, source) in all_sources() {
        let code = |line: &&str| !line.trim_start().starts_with("//");
        let source = without_tests(&source).lines().filter(code).collect::<Vec<_>>().join("\n");
        wrong.extend(
            names.iter().filter(|n| source.contains(&format!("\"{n}\""))).map(|n| format!("{path}: {n}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    for (path, source) in all_sources() {
        assert!(source.starts_with("//! "), "{path} does not begin with a sentence about itself");
    }
}
