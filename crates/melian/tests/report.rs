//! `melian report`: what the page shows is what other commands answer; what cannot be reported is told.

use assert_cmd::Command;
use serde_json::Value;
use std::{fs, path::Path};
use tempfile::TempDir;

/// Runs the command in a folder; exit code, standard output, standard error.
fn melian(folder: &Path, line: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_melian"));
    let output = command.current_dir(folder).args(line).output().expect("the command starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn json(folder: &Path, line: &[&str]) -> Value {
    let (code, out, err) = melian(folder, &[line, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], |list| list)
}

#[test]
fn numbers_are_those_of_run_and_ask() {
    let here = TempDir::new().unwrap();
    let view = json(here.path(), &["report", "frontline"]);
    assert_eq!((&view["format"], &view["version"]), (&Value::from("melian-report"), &Value::from(1)));
    let run = json(here.path(), &["run", "frontline"]);
    let periods = view["time"]["periods"].as_u64().unwrap() as usize;
    assert_eq!(run["model"]["periods"], view["time"]["periods"]);

    // Verdicts and margins to the last digit.
    assert_eq!(list(&view["claims"]).len(), list(&run["claims"]).len());
    for (shown, claim) in list(&view["claims"]).iter().zip(list(&run["claims"])) {
        assert_eq!(shown["finding"]["verdict"], claim["verdict"]);
        assert_eq!(shown["finding"]["margin"], claim["margin"]);
    }

    // The outlook to the digits that it shows.
    let parts = || list(&view["outlook"]["shares"]).iter().chain([&view["outlook"]["lead"]]);
    let mut compared = 0;
    for entry in list(&run["outlook"]) {
        let period = entry["period"].as_u64().unwrap() as usize;
        let path = match entry["what"].as_str().unwrap() {
            "mean" => {
                let fan = list(&view["outlook"]["fans"]).iter().find(|f| f["variable"] == entry["variable"]);
                fan.map(|fan| &fan["mean"])
            }
            level => {
                let shares = parts().find(|s| s["variable"] == entry["variable"]);
                shares.and_then(|s| {
                    let k = list(&s["levels"]).iter().position(|l| l == level)?;
                    Some(&s["probability"][k])
                })
            }
        };
        let Some(path) = path else { continue };
        assert_eq!(list(path).len(), periods + 1);
        let (shown, exact) = (number(&path[period]), number(&entry["value"]));
        assert!((shown - exact).abs() <= 1e-4 * exact.abs().max(1e-9), "{entry}: {shown}");
        compared += 1;
    }
    assert!(compared >= 5, "{compared} entries compared");

    // A choice taken apart, as `why` does it.
    let stage = &view["stages"][0];
    let state = &stage["why"]["states"][0];
    let mut at = vec![format!("{}={}", view["time"]["word"].as_str().unwrap(), state["period"])];
    for (name, level) in list(&stage["why"]["variables"]).iter().zip(list(&state["at"])) {
        if level != "" {
            at.push(format!("{}={}", name.as_str().unwrap(), level.as_str().unwrap()));
        }
    }
    let why = json(
        here.path(),
        &["why", "frontline", "--stage", stage["name"].as_str().unwrap(), "--at", &at.join(",")],
    );
    for action in list(&state["actions"]) {
        let name = &stage["actions"][action["action"].as_u64().unwrap() as usize];
        let asked = list(&why["actions"]).iter().find(|a| a["action"] == *name).unwrap();
        assert!((number(&action["probability"]) - number(&asked["probability"])).abs() < 1e-4);
        assert!(
            (number(&action["value"]) - number(&asked["payoff"])).abs()
                < 1e-3 * number(&asked["payoff"]).abs().max(1.0)
        );
    }

    // What one parameter changes, as `ask` answers.
    let local = &view["levers"]["local"];
    let parameter = &local["parameters"][0];
    let output = list(&local["outputs"])
        .iter()
        .position(|o| o["name"].as_str().unwrap().starts_with("value("))
        .unwrap();
    let question = local["outputs"][output]["name"].as_str().unwrap();
    let high = format!("{}={}", parameter["name"].as_str().unwrap(), parameter["high"]);
    let asked = &json(here.path(), &["ask", "frontline", "-p", &high, question])[0]["value"];
    assert_eq!(&local["effects"][output][0][1], asked);
}

#[test]
fn a_page_needs_nothing_else() {
    let here = TempDir::new().unwrap();
    let (code, out, err) = melian(here.path(), &["report", "signorino"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let page = fs::read_to_string(here.path().join("signorino.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("Content-Security-Policy"));
    for outside in ["src=", "<link", "@import", "url(", "connect-src"] {
        let (head, _) = page.split_once("<script type=\"application/json\"").unwrap();
        assert!(!head.contains(outside), "{outside}");
    }
    assert!(page.len() < 3 << 20);
}

#[test]
fn worlds_speak_in_a_report() {
    let here = TempDir::new().unwrap();
    let solved = melian(here.path(), &["worlds", "signorino", "-n", "1024", "-p", "lam_A=2", "--out", "w"]);
    assert_eq!(solved.0, 0, "{}", solved.2);
    assert!(here.path().join("w/levers.json").exists(), "little beside a thousand worlds");
    let view = json(here.path(), &["report", "signorino", "--worlds", "w"]);
    assert_eq!(view["worlds"]["solved"], 1024);
    let parameters = list(&view["source"]["parameters"]);
    let lam = parameters.iter().find(|p| p["name"] == "lam_A").unwrap();
    assert_eq!(lam["value"], 2.0, "the worlds' own setting");
    let summary = json(here.path(), &["worlds", "signorino", "-n", "1024", "-p", "lam_A=2", "--out", "w"]);
    for (shown, claim) in list(&view["claims"]).iter().zip(list(&summary["claims"])) {
        assert_eq!(shown["worlds"]["all"]["share"], claim["all"]["share"], "{claim}");
    }
    assert!(!list(&view["levers"]["global"]["answers"]).is_empty());

    // Levers are those that were kept: the same as solved now.
    fs::remove_file(here.path().join("w/levers.json")).unwrap();
    let again = json(here.path(), &["report", "signorino", "--worlds", "w"]);
    assert_eq!(again["levers"], view["levers"]);

    // Worlds of other settings, and of another text.
    let (code, _, err) = melian(here.path(), &["report", "signorino", "--worlds", "w", "-p", "lam_A=3"]);
    assert!(code == 2 && err.contains("other values of `--param`"), "{err}");
    let text = fs::read_to_string(here.path().join("w/model.melian")).unwrap();
    fs::write(here.path().join("changed.melian"), text + "\n// later\n").unwrap();
    let (code, _, err) = melian(here.path(), &["report", "changed.melian", "--worlds", "w"]);
    assert!(code == 2 && err.contains("another text") && err.contains("model.melian"), "{err}");
}

#[test]
fn what_cannot_be_reported_is_told() {
    let here = TempDir::new().unwrap();
    let told = |line: &[&str], what: &str| {
        let (code, _, err) = melian(here.path(), line);
        assert!(code == 2 && err.contains(what), "{line:?}: {code} {err}");
    };
    told(&["report", "frontline", "--map", "success"], "two parameters");
    told(&["report", "frontline", "--map", "nosuch,other"], "nosuch");
    told(&["report", "frontline", "--lever", "value(A) > 0"], "a condition, not a number");
    told(&["report", "frontline", "--lever", "P[nosuch == 1 by 2]"], "nosuch");
    told(&["report", "frontline", "--worlds", "nowhere"], "no folder of worlds");
    told(&["report", "frontline", "-o", "nowhere/page.html"], "cannot write");
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 0, "nothing is left behind");
}
