//! `melian compare`: its tables against direct computation from single answers.

use assert_cmd::Command;
use tempfile::TempDir;

/// Runs the command; exit code, standard output, standard error.
fn melian(line: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_melian")).args(line).output().expect("the command starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn done(line: &[&str]) -> String {
    let (code, out, err) = melian(line);
    assert_eq!(code, 0, "{err}");
    out
}

/// The answer of the library at some parameters.
fn answer(model: &str, question: &str, params: &[(&str, f64)]) -> f64 {
    let game = melian::compile(melian::models::by_name(model).unwrap().text, &[]).unwrap();
    let params = params.iter().map(|(name, x)| ((*name).to_owned(), *x)).collect();
    let setup = melian::Setup { params, ..Default::default() };
    let query = game.query(question).unwrap();
    let replies = melian::answer(&game, &setup, &[query], &Default::default(), &|_| {}).unwrap();
    replies[0].reading().unwrap().number().unwrap()
}

fn close(found: &serde_json::Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
}

#[test]
fn tables_are_those_of_single_answers() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("worlds.csv");
    let line = [
        "compare",
        "signorino",
        "war",
        "value(A)",
        "--better",
        "less,more",
        "--satisfice",
        "0.2,none",
        "--with",
        "bound: { back_A = 2 * back_A }",
        "--with",
        "{ B.reply = resist }",
        "--vary",
        "war_A,war_B",
        "--design",
        "grid",
        "--levels",
        "3",
        "--format",
        "json",
        "--out",
        path.to_str().unwrap(),
    ];
    let found: serde_json::Value = serde_json::from_str(&done(&line)).unwrap();
    let changes = ["", " with { back_A = 2 * back_A }", " with { B.reply = resist }"];
    let names = ["as it is", "bound", "{ B.reply = resist }"];
    for (place, (question, sign)) in [("war", -1.0), ("value(A)", 1.0)].into_iter().enumerate() {
        // The grid by hand: three values of each from -1 to 0.
        let points: Vec<[f64; 2]> =
            [-1.0, -0.5, 0.0].iter().flat_map(|&a| [-1.0, -0.5, 0.0].map(|b| [a, b])).collect();
        let outcomes = changes.map(|change| {
            let text = format!("({question}){change}");
            let at = |p: &[f64; 2]| answer("signorino", &text, &[("war_A", p[0]), ("war_B", p[1])]);
            points.iter().map(at).collect::<Vec<f64>>()
        });
        let best: Vec<f64> =
            (0..9).map(|w| outcomes.iter().map(|o| sign * o[w]).fold(f64::NEG_INFINITY, f64::max)).collect();
        let group = &found["questions"][place]["all"];
        assert_eq!(group["worlds"], 9);
        for (policy, name) in names.iter().enumerate() {
            let line = &group["policies"][policy];
            assert_eq!(line["policy"], *name);
            close(&line["mean"], outcomes[policy].iter().sum::<f64>() / 9.0);
            close(
                &line["at_defaults"],
                answer("signorino", &format!("({question}){}", changes[policy]), &[]),
            );
            let mut sorted = outcomes[policy].clone();
            sorted.sort_by(f64::total_cmp);
            close(&line["quantiles"]["0.5"], sorted[4]);
            let regret: Vec<f64> = (0..9).map(|w| best[w] - sign * outcomes[policy][w]).collect();
            close(&line["regret"]["mean"], regret.iter().sum::<f64>() / 9.0);
            close(&line["regret"]["greatest"], regret.iter().copied().fold(0.0, f64::max));
            close(&line["best"], regret.iter().filter(|r| **r == 0.0).count() as f64 / 9.0);
            match place {
                0 => {
                    let enough = outcomes[policy].iter().filter(|x| **x <= 0.2).count();
                    close(&line["satisficing"], enough as f64 / 9.0);
                }
                _ => assert!(line["satisficing"].is_null()),
            }
        }
    }
    // Every world as a row: the first is both at -1.
    let csv = std::fs::read_to_string(&path).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    assert_eq!(&header[0], "world");
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 9);
    let column = |name: &str| header.iter().position(|h| h == name).unwrap_or_else(|| panic!("{header:?}"));
    for row in &rows {
        let params = ["war_A", "war_B"].map(|name| (name, row[column(name)].parse().unwrap()));
        let number: f64 = row[column("bound: value(A)")].parse().unwrap();
        assert_eq!(number, answer("signorino", "(value(A)) with { back_A = 2 * back_A }", &params));
        assert_eq!(&row[column("plausible")], "true");
    }
}

/// A coin with a will of unknown strength; the record says that it is rather even.
const COIN: &str = "\
model coin
param bias = 0.5 in 0 .. 1
require bias <= 1.1
player Tosser { precision = 2 }
state heads : truth = false
play once {
    Tosser chooses side {
        up   { heads = true;  Tosser gains bias }
        down
    }
}
measure up = P[heads at 1]
plausible \"Rather even\" when up <= 0.6
";

#[test]
fn plausible_worlds_and_lost_ones() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("coin.melian");
    std::fs::write(&path, COIN).unwrap();
    let line = [
        "compare",
        path.to_str().unwrap(),
        "up",
        "--with",
        "more: { bias = min(1, bias + 0.25) }",
        "--with",
        "never: { Tosser.side = down }",
        "--design",
        "grid",
        "--levels",
        "101",
        "--format",
        "json",
    ];
    let found: serde_json::Value = serde_json::from_str(&done(&line)).unwrap();
    assert_eq!(found["worlds"], 101);
    let (all, plausible) = (&found["questions"][0]["all"], &found["questions"][0]["plausible"]);
    // 1 / (1 + exp(-2 bias)) <= 0.6 where bias <= ln(1.5) / 2 = 0.2027: 0, 0.01, … 0.20.
    assert_eq!((&all["worlds"], &plausible["worlds"]), (&101.into(), &21.into()));
    assert!(all["policies"][0]["mean"].as_f64() > plausible["policies"][0]["mean"].as_f64());
    for group in [all, plausible] {
        assert_eq!(group["least_greatest_regret"], serde_json::json!(["more"]));
        assert_eq!(group["policies"][2]["mean"], 0.0);
        assert_eq!(group["policies"][1]["best"], 1.0);
    }
    let page = done(&line[..line.len() - 2]);
    assert!(page.contains("Plausible worlds only: 21"), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    // A policy that leaves the model's requirements has no answer in some worlds: they are left out for all.
    let lost = ["--with", "much: { bias = bias + 0.3 }"];
    let found: serde_json::Value = serde_json::from_str(&done(&[&line[..], &lost].concat())).unwrap();
    let all = &found["questions"][0]["all"];
    // Where bias + 0.3 > 1.1: from 0.80 or 0.81 on, as rounding will have it.
    assert!((20..=21).contains(&all["left_out"].as_u64().unwrap()), "{all}");
    assert_eq!(
        all["left_out"].as_u64().unwrap() + all["worlds"].as_u64().unwrap(),
        found["statuses"]["solved"]
    );
}

#[test]
fn the_values_of_all_players_are_the_default() {
    let line = ["compare", "signorino", "--with", "{ B.reply = resist }", "-n", "16", "--format", "csv"];
    let csv = done(&line);
    let questions: Vec<&str> = csv.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
    assert_eq!(questions, ["value(A)", "value(A)", "value(B)", "value(B)"]);
}

#[test]
fn mistakes() {
    let check = |arguments: &[&str], said: &[&str]| {
        let (code, _, err) = melian(&[&["compare", "signorino", "-n", "16"], arguments].concat());
        assert_eq!(code, 2, "{err}");
        for part in said {
            assert!(err.contains(part) && !err.contains("panicked"), "expected {part}: {err}");
        }
    };
    let firm = ["--with", "firm: { B.reply = resist }"];
    check(&[], &["no policy is named"]);
    check(&[&firm[..], &["--no-baseline"]].concat(), &["nothing to compare the policy with"]);
    check(
        &[&firm[..], &["--with", "firm: { A.start = keep }"]].concat(),
        &["two policies are called `firm`"],
    );
    check(&["--with", "as it is: { A.start = keep }"], &["two policies are called `as it is`"]);
    check(&["--with", "A.start = keep"], &["stands in braces", "write `{ A.start = keep }`"]);
    check(&["--with", "{ A.start = kep }"], &["--with:1:13", "`keep`"]);
    check(&["--with", "hard: { A.begin = keep }"], &["--with:1:11", "has no stage `begin`"]);
    check(&["--with", "hard: { A.start = keep"], &["--with:1:7", "is not closed"]);
    check(&["--with", "{ A.start = keep } > 3"], &["more than an intervention"]);
    check(&["--with", "{ A.start = keep }) + (1"], &["--with:1:19"]);
    check(&[&["value(A) > value(B)"], &firm[..]].concat(), &["number-needed", "question:1:1"]);
    check(&[&["value(C)"], &firm[..]].concat(), &["question:1:7"]);
    check(&[&["war", "war"], &firm[..]].concat(), &["`war` is asked twice"]);
    check(&[&["war"], &firm[..], &["--better", "less,more"]].concat(), &["for 2 questions, and there are 1"]);
    check(&[&["war"], &firm[..], &["--satisfice", "much"]].concat(), &["write a number, or `none`"]);
    check(&[&["war"], &firm[..], &["--vary", "war_a"]].concat(), &["did you mean `war_A`?"]);
    check(&[&firm[..], &["--out", "/nowhere/x.csv"]].concat(), &["cannot write `/nowhere/x.csv`"]);
}
