//! `melian map`: numbers on a map are those that `melian ask` gives, and what is no number is told.

use assert_cmd::Command;
use tempfile::TempDir;

/// Runs the command; exit code, standard output, standard error.
fn melian(line: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_melian")).args(line).output().expect("the command starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn json(line: &[&str]) -> serde_json::Value {
    let (code, out, err) = melian(&[line, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).unwrap()
}

/// The question's value by `melian ask` at some parameters.
fn asked(model: &str, question: &str, params: &str) -> serde_json::Value {
    json(&["ask", model, "--param", params, question])[0].clone()
}

#[test]
fn numbers_are_those_of_ask() {
    let condition = "value(A) > value(B)";
    let found = json(&[
        "map",
        "signorino",
        "war",
        condition,
        "--over",
        "back_A=-2..0.5",
        "--over",
        "war_B",
        "--steps",
        "5",
        "-p",
        "lam_A=2",
    ]);
    assert_eq!(found["axes"][0]["values"], serde_json::json!([-2.0, -1.375, -0.75, -0.125, 0.5]));
    // The model's own range.
    assert_eq!(found["axes"][1]["values"], serde_json::json!([-1.0, -0.75, -0.5, -0.25, 0.0]));
    let mut verdicts = std::collections::BTreeSet::new();
    for (column, row) in [(0, 0), (3, 1), (1, 4), (4, 2)] {
        let (x, y) = (&found["axes"][0]["values"][column], &found["axes"][1]["values"][row]);
        let params = format!("back_A={x},war_B={y},lam_A=2");
        assert_eq!(found["maps"][0]["values"][row][column], asked("signorino", "war", &params)["value"]);
        let answer = asked("signorino", condition, &params);
        assert_eq!(found["maps"][1]["margins"][row][column], answer["margin"]);
        assert_eq!(found["maps"][1]["verdicts"][row][column], answer["verdict"]);
        verdicts.insert(answer["verdict"].to_string());
    }
    assert_eq!(verdicts.len(), 2, "a map on one side only shows little: {verdicts:?}");
    let baseline = asked("signorino", "war", "lam_A=2");
    assert_eq!(found["maps"][0]["baseline"]["value"], baseline["value"]);
}

#[test]
fn a_curve_and_its_change() {
    // Fearon: A demands p + cost_B, up to a step; so it gets more than half where p + cost_B > 0.5.
    let line = ["map", "fearon", "value(A) > 0.5", "--over", "p", "--steps", "7", "-c", "steps=1000"];
    let found = json(&line);
    let verdicts: Vec<&str> =
        found["maps"][0]["verdicts"].as_array().unwrap().iter().map(|v| v.as_str().unwrap_or("")).collect();
    // p = 0.2, 0.3, … 0.8; cost_B = 0.2. At 0.3 A is a step short of the half; the last breaks the model's requirement.
    assert_eq!((&verdicts[..2], &verdicts[2..6]), (&["fails"; 2][..], &["holds"; 4][..]));
    let (code, page, _) = melian(&line);
    assert_eq!(code, 0);
    assert!(page.contains("begins to hold between p = 0.3 and 0.4"), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
}

#[test]
fn what_breaks_a_requirement_is_told() {
    let line =
        ["map", "fearon", "demand", "--over", "p", "--over", "cost_B", "--steps", "4", "-c", "steps=20"];
    let found = json(&line);
    let without = found["without"].as_array().unwrap();
    // p + cost_B < 1 fails at p = 0.8 with cost_B = 0.207 and 0.3 only.
    assert_eq!(without.len(), 2, "{without:?}");
    assert!(without.iter().all(|w| w["status"] == "excluded" && w["at"]["p"] == 0.8));
    assert!(without[0]["reason"].as_str().unwrap().contains("require p - cost_A > 0"));
    assert!(found["maps"][0]["values"][3][3].is_null());
    let (_, page, _) = melian(&line);
    assert!(page.contains("× breaks a `require` of the model: 2 points"), "{page}");
    let (_, csv, _) = melian(&[&line[..], &["--format", "csv"]].concat());
    assert!(csv.starts_with("p,cost_B,status,reason,demand\n0.2,0.02,solved,,"), "{csv}");
    assert_eq!(csv.lines().count(), 17);
}

#[test]
fn drawings_are_whole() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("map.svg");
    let line = ["map", "fearon", "value(A) > value(B)", "demand", "--over", "p", "--over", "cost_B"];
    let (code, _, err) =
        melian(&[&line[..], &["--steps", "4", "-c", "steps=20", "--svg", path.to_str().unwrap()]].concat());
    assert_eq!(code, 0, "{err}");
    let svg = std::fs::read_to_string(&path).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    // Escaped, with a contour and the cells that are none.
    assert!(svg.contains("value(A) &gt; value(B)") && svg.contains("margin 0") && svg.contains("url(#none)"));
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
    let (code, _, err) = melian(&[&line[..], &["--svg", "/nowhere/map.svg"]].concat());
    assert_eq!((code, err.contains("cannot write `/nowhere/map.svg`")), (2, true), "{err}");
}

#[test]
fn mistakes() {
    let check = |arguments: &[&str], said: &str| {
        let (code, _, err) = melian(&[&["map", "fearon"], arguments].concat());
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(said) && !err.contains("panicked"), "expected {said}: {err}");
    };
    check(&["war"], "for example: `--over p --over cost_A`");
    check(&["war", "--over", "cost_b"], "did you mean `cost_B`?");
    check(&["war", "--over", "p", "--over", "p=0.1..0.2"], "both axes are `p`");
    check(&["war", "--over", "p", "--over", "cost_A", "--over", "cost_B"], "one or two axes, not 3");
    check(&["war", "--over", "p=0.8..0.2"], "turn it around: `0.2..0.8`");
    check(&["war", "--over", "p=0.2..x"], "this is no number");
    check(&["war", "--over", "p=0.2"], "this is no range");
    check(&["war", "--over", "p=..0.2"], "here is nothing");
    check(&["war", "--over", "p=0.5..0.5"], "does not go up");
    check(&["war", "--over", "p=nan..1"], "this is no number");
    check(&["war", "--over", "p=-1e308..1e308"], "too wide");
    check(&["war", " war ", "--over", "p"], "`war` is asked twice");
    check(&["P[B.replay == fight]", "--over", "p"], "unknown-name");
    check(&["war", "--over", "p", "--steps", "1"], "1 is not in 2..=1000");
    let (code, _, err) = melian(&["map", "stopping", "1", "--over", "nothing"]);
    assert_eq!((code, err.contains("there is no parameter `nothing`")), (2, true), "{err}");
}
