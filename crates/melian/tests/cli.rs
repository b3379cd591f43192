//! The command's sessions: what it prints, where, and with which exit code.

use assert_cmd::Command;
use tempfile::TempDir;

/// A transcript as a snapshot, without the commands a second time.
macro_rules! snapshot {
    ($transcript:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($transcript) })
    };
}

/// A directory for one session, with a model in which one claim fails and one thing is never read.
fn directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    let model = "\
/// A coin with a will.
model coin \"A coin with a will\"

param bias   = 0.5 in 0 .. 1
param unread = 1   in 0 .. 2

player Tosser { precision = 2 }

state heads : 0 .. 3 = 0

play rounds for 3 {
    Tosser chooses side {
        up   { heads = heads + 1;  Tosser gains bias }
        down
    }
}

measure thrice = P[heads == 3]
claim likely   \"Heads are likelier\"    : prob(Tosser.side == up at 1) > 0.5
claim certain  \"Heads are certain\"     : thrice > 0.99
claim known_up \"A known hand is heads\" : (thrice with { Tosser.side = up until 2 }) > thrice
";
    std::fs::write(directory.path().join("coin.melian"), model).unwrap();
    directory
}

/// One command in a directory, as a transcript.
fn one(directory: &TempDir, line: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_melian"))
        .current_dir(directory.path())
        .args(line)
        .output()
        .expect("the command starts");
    let quoted = |word: &&str| {
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=,+".contains(c));
        if plain { (*word).to_owned() } else { format!("'{word}'") }
    };
    let words: Vec<String> = line.iter().map(quoted).collect();
    let mut text = format!("$ melian {}\n{}", words.join(" "), String::from_utf8_lossy(&output.stdout));
    if !output.stderr.is_empty() {
        text += &format!("[stderr]\n{}", String::from_utf8_lossy(&output.stderr));
    }
    text + &format!("[exit code {}]\n", output.status.code().unwrap_or(-1))
}

/// Commands one after the other, as a transcript.
fn session(lines: &[&[&str]]) -> String {
    let directory = directory();
    lines.iter().map(|line| one(&directory, line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn run() {
    snapshot!(session(&[
        &["run", "fearon"],
        &["run", "coin.melian"],
        &["run", "coin.melian", "--check", "--no-measures", "--no-horizon-check"],
        &["run", "coin.melian", "--check", "--format", "csv"],
        &["run", "coin.melian", "--param", "bias=1.5", "--no-claims"],
        &["run", "coin.melian", "--start", "heads=1"],
        &["run", "coin.melian", "--const", "none=1"],
    ]));
}

#[test]
fn run_as_json_keeps_its_fields() {
    let directory = directory();
    let output = Command::new(env!("CARGO_BIN_EXE_melian"))
        .current_dir(directory.path())
        .args(["run", "coin.melian", "--format", "json"])
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let fields: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        [
            "model",
            "players",
            "outlook",
            "first_period",
            "measures",
            "claims",
            "horizon_check",
            "equilibrium",
            "games_solved",
            "periods_solved",
            "warnings"
        ]
    );
    assert_eq!(report["model"]["periods"], 3);
    assert_eq!(report["claims"][1]["verdict"], "fails");
    assert_eq!(report["claims"][1]["sides"][0]["question"], "P[heads == 3 by 3]");
    assert_eq!(report["claims"][2]["bounds"][0]["commitment"], "Tosser.side = up until 2");
    assert_eq!(report["warnings"].as_array().unwrap().len(), 1);
    let up = report["first_period"][0]["actions"][0]["probability"].as_f64().unwrap();
    // Two actions, half a point apart, at precision 2: 1 / (1 + e^-1).
    assert!((up - 1.0 / (1.0 + (-1.0_f64).exp())).abs() < 1e-12);
}

#[test]
fn ask() {
    snapshot!(session(&[
        &["ask", "fearon", "P[B.reply == fight]", "value(A)", "demand"],
        &["ask", "fearon", "value(A) with { cost_B = 2 * cost_B }", "value(A) > value(B) by 0.5"],
        &["ask", "coin.melian", "E[heads at 3]", "E[heads at 3] with { Tosser.side = up when heads == 0 }"],
        &["ask", "coin.melian", "E[heads at 2 | heads == 3]", "thrice rises with bias over 0 .. 1"],
        &["ask", "fearon", "--format", "json", "P[B.reply == fight]", "value(A) > 0.5"],
        &["ask", "fearon", "--format", "csv", "P[B.reply == fight]", "value(A) > 0.5"],
        &["ask", "fearon", "P[B.replay == fight]"],
        &["ask", "fearon", "P[B.reply = fight]"],
    ]));
}

#[test]
fn why() {
    snapshot!(session(&[
        &["why", "fearon", "--stage", "B.reply", "--at", "A.demand=ask(0.6)"],
        &["why", "frontline", "--stage", "A.push", "--at", "round=3,line=1"],
        &["why", "fearon", "--stage", "B.reply"],
        &["why", "fearon", "--stage", "B.answer"],
        &["why", "frontline", "--stage", "A.push", "--at", "round=7"],
    ]));
}

#[test]
fn play() {
    snapshot!(session(&[
        &["play", "frontline", "--seed", "7"],
        &["play", "frontline", "--most-likely", "--months", "2"],
        &["play", "coin.melian", "--months", "1", "--format", "csv"],
    ]));
    // The same seed tells the same story, another seed another one.
    let directory = directory();
    let story = |seed| one(&directory, &["play", "forts", "--seed", seed]);
    assert_eq!(story("3"), story("3"));
    assert_ne!(
        story("3").lines().skip(1).collect::<String>(),
        story("4").lines().skip(1).collect::<String>()
    );
}

#[test]
fn files() {
    snapshot!(session(&[
        &["check", "coin.melian"],
        &["check", "--strict", "coin.melian", "fearon"],
        &["new", "border"],
        &["new", "border"],
        &["new", "1st"],
        &["check", "--strict", "border.melian"],
        &["fmt", "--check", "border.melian", "coin.melian"],
    ]));
}

#[test]
fn the_starter_is_a_model_worth_starting_from() {
    let directory = directory();
    one(&directory, &["new", "border"]);
    let said = one(&directory, &["run", "border.melian", "--check"]);
    assert!(said.ends_with("[exit code 0]\n") && !said.contains("[stderr]"), "{said}");
}

#[test]
fn formatting_changes_the_file_once() {
    let directory = directory();
    let path = directory.path().join("loose.melian");
    std::fs::write(&path, "model m\nplayer A { precision=1 }\nplay once{A chooses a{x{A gains 1}y}}\n")
        .unwrap();
    assert!(one(&directory, &["fmt", "--check", "loose.melian"]).ends_with("[exit code 1]\n"));
    assert!(one(&directory, &["fmt", "loose.melian"]).ends_with("[exit code 0]\n"));
    assert!(one(&directory, &["fmt", "--check", "loose.melian"]).ends_with("[exit code 0]\n"));
    let piped = Command::new(env!("CARGO_BIN_EXE_melian"))
        .args(["fmt", "-"])
        .write_stdin("model m\nplayer A { precision=1 }\nplay once{A chooses a{x{A gains 1}y}}\n")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&piped.stdout), std::fs::read_to_string(&path).unwrap());
}

#[test]
fn print() {
    snapshot!(session(&[
        &["print", "signorino"],
        &["print", "coin.melian", "--stage", "model"],
        &["print", "coin.melian", "--stage", "plan"],
    ]));
}

#[test]
fn looking_things_up() {
    snapshot!(session(&[
        &["models"],
        &["models", "fearom"],
        &["explain", "probabilities-sum"],
        &["explain", "probability-sum"],
        &["run", "fearom"],
        &["run", "fearon", "--param", "cost_C=0.1"],
        &["run", "forts", "--start", "held=99"],
    ]));
}

#[test]
fn help() {
    snapshot!(session(&[&["--help"], &["run", "--help"], &["why", "--help"]]));
}

#[test]
fn completions_and_lists() {
    let directory = directory();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = one(&directory, &["completions", shell]);
        assert!(script.contains("melian") && script.len() > 1000, "{shell}");
    }
    let listed = one(&directory, &["explain"]);
    assert!(listed.lines().count() > 45);
    for model in melian::models::MODELS {
        let output =
            Command::new(env!("CARGO_BIN_EXE_melian")).args(["models", model.name]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), model.text);
    }
}
