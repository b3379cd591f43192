//! Every model answers what the literature, a closed form or another program says: `models/expected/*.json`.

mod common;

use std::path::Path;

use common::{Expected, Values, files, game, off, readings, repository};

/// Checks one file of expected answers, in as few solves as it has different settings.
fn check(model: &Path, expected: &Path) {
    let text = std::fs::read_to_string(model).unwrap();
    let entries: Vec<Expected> = serde_json::from_str(&std::fs::read_to_string(expected).unwrap()).unwrap();
    assert!(!entries.is_empty(), "{} expects nothing", expected.display());
    let mut groups: Vec<(Values, Values, Vec<Expected>)> = Vec::new();
    for entry in entries {
        assert!(!entry.source.is_empty(), "{} has no source", entry.question);
        match groups.iter_mut().find(|(c, p, _)| *c == entry.constants && *p == entry.params) {
            Some((_, _, group)) => group.push(entry),
            None => groups.push((entry.constants.clone(), entry.params.clone(), vec![entry])),
        }
    }
    let mut wrong = Vec::new();
    for (constants, params, group) in groups {
        let game = game(&text, &constants);
        let questions: Vec<&str> = group.iter().map(|e| e.question.as_str()).collect();
        for (entry, reading) in group.iter().zip(readings(&game, &params, &questions)) {
            let found = off(&entry.question, &reading, entry.value, entry.tolerance);
            wrong.extend(found.map(|text| format!("{text} at {params:?} {constants:?} [{}]", entry.source)));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", expected.display(), wrong.join("\n"));
}

/// Checks every model of a directory that has expected answers; returns how many.
fn models_of(directory: &str, models: &str) -> usize {
    let mut checked = 0;
    for expected in files(directory, "json") {
        let stem = expected.file_stem().unwrap().to_string_lossy().into_owned();
        let model = repository(models).join(format!("{stem}.melian"));
        if model.exists() {
            check(&model, &expected);
            checked += 1;
        }
    }
    checked
}

#[test]
fn models_answer_as_expected() {
    assert!(models_of("models/expected", "models") >= 6);
}

#[test]
fn models_of_the_tests_answer_as_expected() {
    assert!(models_of("crates/melian/tests/data", "crates/melian/tests/data") >= 3);
}

#[test]
fn every_embedded_model_has_expected_answers_and_a_source() {
    for model in melian::models::MODELS {
        let expected = repository("models/expected").join(format!("{}.json", model.name));
        assert!(expected.exists(), "{}", expected.display());
        assert!(model.text.starts_with("///"), "{} does not say where it is from", model.name);
    }
    assert_eq!(files("models", "melian").len(), melian::models::MODELS.len());
}
