//! `melian reach` and `melian flips` on models whose tipping points are known in closed form.

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The chance of `go` is 1 / (1 + exp(−2 (near + 3 far − 1))), unless `near` is greater than `far` allows.
const LINEAR: &str = "\
model linear \"A straight border\"
param near = 0 in -1 .. 1 unit \"points\"
param far  = 0 in -0.5 .. 0.5
param idle = 1 in 0 .. 2
require near < 0.4 or far > 0.1
player P { precision = 2 }
play once { P chooses move { go { P gains near;  P gains 3 * far;  P gains idle }  stay { P gains 1;  P gains idle } } }
claim even \"As likely as not\" : prob(P.move == go) >= 0.5
claim sure \"It is not sure\"   : prob(P.move == go) < 0.99
claim never \"It can happen\"   : prob(P.move == go) > 0
";

fn directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    std::fs::write(directory.path().join("linear.melian"), LINEAR).unwrap();
    directory
}

/// Exit code, standard output, standard error.
fn melian(line: &[&str]) -> (i32, String, String) {
    let directory = directory();
    let output = Command::new(env!("CARGO_BIN_EXE_melian"))
        .current_dir(directory.path())
        .args(line)
        .output()
        .expect("the command starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn json(line: &[&str]) -> Value {
    let (code, out, err) = melian(&[line, &["--format", "json"]].concat());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    serde_json::from_str(&out).unwrap()
}

#[track_caller]
fn close(value: &Value, expected: f64, tolerance: f64) {
    let x = value.as_f64().unwrap_or_else(|| panic!("{value} for {expected}"));
    assert!((x - expected).abs() <= tolerance, "{x} for {expected}");
}

#[test]
fn the_least_change_is_that_of_the_closed_form() {
    let found = json(&["reach", "linear.melian", "even"]);
    assert_eq!((&found["reached"], &found["already"]), (&Value::Bool(true), &Value::Bool(false)));
    // near + 3 far = 1: far alone by 1/3, a third of its range; in shares of ranges 2 x + 3 y = 1, where the nearest
    // point is (2, 3) / 13, and near stays below 0.4.
    let moves = found["moves"].as_array().unwrap();
    assert_eq!(moves.len(), 2, "{found:#}");
    close(&moves[0]["distance"], 1.0 / 3.0, 1e-5);
    assert_eq!(moves[0]["changes"][0]["parameter"], "far");
    close(&moves[0]["changes"][0]["to"], 1.0 / 3.0, 1e-5);
    close(&moves[1]["distance"], 1.0 / 13.0_f64.sqrt(), 1e-5);
    close(&moves[1]["changes"][0]["to"], 4.0 / 13.0, 1e-3);
    close(&moves[1]["changes"][1]["to"], 3.0 / 13.0, 1e-3);
    for place in moves {
        assert_eq!(place["answer"]["verdict"], "holds");
        close(&place["answer"]["margin"], 0.0, found["margin_tolerance"].as_f64().unwrap());
        close(&place["answer"]["sides"]["left"], 0.5, 1e-6);
        close(&place["answer"]["sides"]["right"], 0.5, 0.0);
    }
}

#[test]
fn what_is_required_is_kept() {
    // Alone, `near` would have to be 1, which is not possible while `far` is 0.
    let found = json(&["reach", "linear.melian", "even", "--vary", "near"]);
    assert_eq!(found["reached"], false);
    let closest = &found["closest"];
    let near = closest["changes"][0]["to"].as_f64().unwrap();
    assert!((0.2..0.4).contains(&near), "{found:#}");
    assert_eq!(closest["answer"]["verdict"], "fails");
}

#[test]
fn what_holds_needs_no_change_and_what_cannot_be_is_said() {
    let (code, out, _) = melian(&["reach", "linear.melian", "sure"]);
    assert_eq!(code, 0);
    assert!(out.contains("it holds already") && out.contains("--fails"), "{out}");
    let fails = json(&["reach", "linear.melian", "sure", "--fails"]);
    // ln 99 / 2 + 1 = near + 3 far.
    let needed = 99.0_f64.ln() / 2.0 + 1.0;
    assert!(needed > 2.5, "{needed}");
    assert_eq!(fails["reached"], false, "{fails:#}");
    close(&fails["closest"]["changes"][0]["to"], 1.0, 1e-9);
    close(&fails["closest"]["changes"][1]["to"], 0.5, 1e-9);
    let (code, out, _) = melian(&["reach", "linear.melian", "sure", "--fails"]);
    assert!(code == 0 && out.contains("No change was found after which it fails"), "{out}");
}

#[test]
fn flips_of_all_claims() {
    let found = json(&["flips", "linear.melian"]);
    let claims = found["claims"].as_array().unwrap();
    let flips = claims[0]["flips"].as_array().unwrap();
    assert_eq!(
        (claims[0]["verdict"].as_str(), claims[0]["turns_to"].as_str()),
        (Some("fails"), Some("holds"))
    );
    assert_eq!((flips.len(), flips[0]["parameter"].as_str()), (1, Some("far")));
    close(&flips[0]["to"], 1.0 / 3.0, 1e-5);
    close(&flips[0]["share_of_range"], 1.0 / 3.0, 1e-5);
    for claim in &claims[1..] {
        assert_eq!(claim["flips"].as_array().map(Vec::len), Some(0));
        assert_eq!(claim["parameters_that_do_not"], 3);
    }
    let (_, out, _) = melian(&["flips", "linear.melian", "even"]);
    assert!(out.contains("holds if far > 0.33333 (now 0; 0.333 of its range away)"), "{out}");
    assert!(out.contains("2 others do not turn it") && !out.contains("It can happen"), "{out}");
    let (_, out, _) = melian(&["flips", "linear.melian", "--format", "csv"]);
    assert_eq!(out.lines().count(), 4, "{out}");
}

#[test]
fn bad_input_is_said() {
    let check = |line: &[&str], expected: &str| {
        let (code, out, err) = melian(line);
        assert!(code == 2 && out.is_empty() && err.contains(expected), "{line:?}: {code}\n{out}{err}");
    };
    check(&["reach", "linear.melian", "prob(P.move == go)"], "a condition is needed");
    check(&["reach", "linear.melian", "prob(P.move == gone) > 0.5"], "gone");
    check(&["reach", "linear.melian", "even", "--vary", "fer"], "did you mean `far`?");
    check(&["reach", "linear.melian", "even", "--fix", "near,far,idle"], "no parameter varies");
    check(&["reach", "linear.melian", "even", "--levels", "1"], "--levels");
    check(&["reach", "linear.melian", "even", "--most", "0"], "--most");
    check(&["flips", "linear.melian", "evn"], "did you mean `even`?");
}
