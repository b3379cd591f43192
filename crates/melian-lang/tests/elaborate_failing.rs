//! Every example of a mistake that the checks find gives exactly the diagnostic it is named for, and every fix mends it.

use std::{collections::BTreeSet, fs, path::PathBuf};

use melian_lang::{compile, explain};
use melian_model::Diagnostic;

/// The phases whose mistakes are found before anything is solved.
const PHASES: &[&str] = &["names", "types", "program", "questions", "lint"];

fn examples(phase: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/failing").join(phase);
    let mut found: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "melian"))
        .map(|path| {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            (stem, fs::read_to_string(&path).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn problems(text: &str) -> Vec<Diagnostic> {
    match compile(text, &[]) {
        Ok(compiled) => compiled.warnings,
        Err(problems) => problems,
    }
}

#[test]
fn each_example_has_its_one_mistake() {
    for phase in PHASES {
        for (stem, text) in examples(phase) {
            let id = stem.split("--").next().unwrap();
            let found = problems(&text);
            let ids: Vec<&str> = found.iter().map(|problem| problem.id).collect();
            assert_eq!(ids, [id], "{phase}/{stem}: {found:#?}");
            assert!(explain(id).is_some(), "`{id}` is not explained");
            assert_eq!(found[0].is_error(), *phase != "lint", "{phase}/{stem}");
        }
    }
}

#[test]
fn each_message_keeps_the_voice() {
    for phase in PHASES {
        for (stem, text) in examples(phase) {
            for problem in problems(&text) {
                let first = problem.title.chars().next().unwrap();
                assert!(!first.is_uppercase() && !problem.title.ends_with('.'), "{stem}: {}", problem.title);
                for label in &problem.labels {
                    assert!(text.get(label.span.range()).is_some(), "{stem}: {label:?}");
                }
                let explained =
                    problem.help.len() + problem.labels.len() + usize::from(problem.fix.is_some());
                assert!(explained > 0, "{stem}");
            }
        }
    }
}

#[test]
fn each_fix_mends() {
    let mut mended = 0;
    for phase in PHASES {
        for (stem, text) in examples(phase) {
            for problem in problems(&text) {
                let Some(fix) = problem.fix else { continue };
                let mut better = text.clone();
                better.replace_range(fix.span.range(), &fix.replacement);
                let left = problems(&better);
                let again = left.iter().any(|other| other.is_error() || other.id == problem.id);
                assert!(!again, "{phase}/{stem}: {} leaves {left:#?}", fix.title);
                mended += 1;
            }
        }
    }
    assert!(mended >= 20, "{mended} fixes");
}

#[test]
fn there_are_enough_mistakes() {
    let ids: BTreeSet<String> = PHASES
        .iter()
        .flat_map(|phase| examples(phase))
        .map(|(stem, _)| stem.split("--").next().unwrap().to_owned())
        .collect();
    assert!(ids.len() >= 60, "{}", ids.len());
}

#[test]
fn examples_of_solving_are_sound_texts() {
    for (stem, text) in examples("solve") {
        let found = problems(&text);
        assert!(found.is_empty(), "{stem}: {found:#?}");
    }
}
