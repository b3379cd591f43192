//! The flagship agrees with an independent implementation of its specification, on four grids.

mod common;

use std::collections::BTreeMap;

use common::{Values, game, off, readings, replies, text};
use melian::study::Verdict;
use serde::Deserialize;

/// Numbers of one grid.
#[derive(Deserialize)]
struct Grid {
    constants: Values,
    groups: BTreeMap<String, Vec<Entry>>,
}

/// Numbers behind the claims.
#[derive(Deserialize)]
struct Claims {
    constants: Values,
    answers: Vec<Entry>,
    holds: BTreeMap<String, bool>,
}

#[derive(Deserialize)]
struct Entry {
    question: String,
    value: f64,
    #[serde(default)]
    decimals: Option<i32>,
}

/// Agreement with the independent implementation, relative to the greater of one and the number.
const TOLERANCE: f64 = 1e-9;

fn data(name: &str) -> String {
    text(&format!("crates/melian/tests/data/flagship_{name}.json"))
}

fn check(name: &str) {
    let grid: Grid = serde_json::from_str(&data(name)).unwrap();
    let game = game(melian::models::flagship().text, &grid.constants);
    let entries: Vec<&Entry> = grid.groups.values().flatten().collect();
    assert!(entries.len() > 100);
    let questions: Vec<&str> = entries.iter().map(|e| e.question.as_str()).collect();
    let readings = readings(&game, &Values::new(), &questions);
    let wrong: Vec<String> = entries
        .iter()
        .zip(&readings)
        .filter_map(|(e, r)| off(&e.question, r, e.value, TOLERANCE * e.value.abs().max(1.0)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} are off:\n{}", wrong.len(), entries.len(), wrong.join("\n"));
}

#[test]
fn small_a() {
    check("small_a");
}

#[test]
fn small_b() {
    check("small_b");
}

#[test]
fn medium() {
    check("medium");
}

#[test]
fn full() {
    check("full");
}

/// The numbers behind the claims agree to the digits that were printed, and so do the verdicts.
#[test]
fn claims() {
    let claims: Claims = serde_json::from_str(&data("claims")).unwrap();
    let game = game(melian::models::flagship().text, &claims.constants);
    let mut questions: Vec<&str> = claims.answers.iter().map(|e| e.question.as_str()).collect();
    let numbers = questions.len();
    let model = game.model();
    questions.extend(model.claims.iter().map(|c| c.text.as_str()));
    let replies = replies(&game, &Values::new(), &questions);
    let mut wrong: Vec<String> = claims
        .answers
        .iter()
        .zip(&replies)
        .filter_map(|(e, r)| {
            let half_a_digit = 0.5 * 10_f64.powi(-e.decimals.unwrap_or(3));
            off(&e.question, r.reading().unwrap(), e.value, half_a_digit)
        })
        .collect();
    for (claim, reply) in model.claims.iter().zip(&replies[numbers..]) {
        let judged = reply.finding().unwrap().judged();
        let expected = if claims.holds[&claim.id] { Verdict::Holds } else { Verdict::Fails };
        if judged.verdict != expected {
            wrong.push(format!("{}: {judged:?}, expected {expected:?}", claim.id));
        }
    }
    assert_eq!(model.claims.len(), claims.holds.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
