//! Worlds from the command line: what is solved, what survives an interruption, what is refused.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use assert_cmd::Command;
use melian::Setup;
use tempfile::TempDir;

/// Up is likelier where a > b: in a quarter of the worlds.
const ODDS: &str = "\
model odds \"A choice of two\"

param a    = 0.5 in -1 .. 1
param b    = 0.2 in 0 .. 1
param idle = 1   in 0 .. 2

player P { precision = 2 }

play once {
    P chooses side { up { P gains a - b + 0 * idle }  down }
}

measure high = prob(P.side == up)
claim over \"Up is likelier\" : high > 0.5
plausible \"Up is not all but certain\" when high <= 0.7
";

fn odds() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("odds.melian"), ODDS).unwrap();
    directory
}

fn melian(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_melian"));
    command.current_dir(directory).args(arguments).timeout(Duration::from_secs(300));
    command
}

/// Standard output of a command that succeeds.
fn told(directory: &Path, arguments: &[&str]) -> String {
    let output = melian(directory, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(directory: &Path, arguments: &[&str]) -> serde_json::Value {
    let text = told(directory, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&text).unwrap()
}

/// What a command that is refused says.
fn refused(directory: &Path, arguments: &[&str], id: &str) -> String {
    let output = melian(directory, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(said.contains(id), "{arguments:?}: expected {id}: {said}");
    said
}

/// Contents of a folder's files, without locks.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    entries
        // What a report shows of single parameters is no world: it is solved where worlds are summed up.
        .filter(|path| !name(path).starts_with('.') && name(path) != "levers.json")
        .map(|path| (name(&path), fs::read(&path).unwrap()))
        .collect()
}

fn rows(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(ToOwned::to_owned).collect();
    let rows = reader.records().map(|r| r.unwrap().iter().map(ToOwned::to_owned).collect()).collect();
    (header, rows)
}

#[test]
fn shares_are_those_of_the_model() {
    let directory = odds();
    for design in ["sobol", "lhs", "random"] {
        let found = json(
            directory.path(),
            &["worlds", "odds.melian", "-n", "1024", "--design", design, "--out", design],
        );
        let claim = &found["claims"][0];
        let interval = |which: &str| {
            let ends = &claim[which]["interval"];
            ends[0].as_f64().unwrap()..=ends[1].as_f64().unwrap()
        };
        assert!(interval("all").contains(&0.25), "{design}: {claim}");
        // Of the worlds with a − b ≤ c, c = ln(7/3)/2, those with a > b: (¼ − (1−c)²/4) / (1 − (1−c)²/4).
        let c = 0.5 * (0.7_f64 / 0.3).ln();
        let corner = (1.0 - c).powi(2) / 4.0;
        assert!(interval("plausible").contains(&((0.25 - corner) / (1.0 - corner))), "{design}: {claim}");
        let kept = found["plausible"]["worlds"].as_f64().unwrap() / 1024.0;
        assert!((kept - (1.0 - corner)).abs() < 0.03, "{design}: {kept}");
    }
    let sobol = json(directory.path(), &["worlds", "odds.melian", "-n", "1024", "--out", "sobol"]);
    let width = |v: &serde_json::Value| {
        let ends = &v["claims"][0]["all"]["interval"];
        ends[1].as_f64().unwrap() - ends[0].as_f64().unwrap()
    };
    let random = json(
        directory.path(),
        &["worlds", "odds.melian", "-n", "1024", "--design", "random", "--out", "random"],
    );
    assert!(width(&sobol) < 0.7 * width(&random));
}

#[test]
fn every_world_has_the_answers_that_ask_gives() {
    let directory = odds();
    let points = "b,a,idle\n0.25,0.75,1\n0.5,-0.5,0\n0.9,0.9,2\n";
    fs::write(directory.path().join("points.csv"), points).unwrap();
    told(
        directory.path(),
        &["worlds", "odds.melian", "--points", "points.csv", "--ask", "value(P)", "--csv", "all.csv"],
    );
    let (header, rows) = rows(&directory.path().join("all.csv"));
    let column =
        |name: &str| header.iter().position(|h| h == name).unwrap_or_else(|| panic!("{name} in {header:?}"));
    let game = melian::compile(ODDS, &[]).unwrap();
    let queries: Vec<_> = ["high", "value(P)"].iter().map(|q| game.query(q).unwrap()).collect();
    assert_eq!(rows.len(), 3);
    for row in &rows {
        let number = |name: &str| row[column(name)].parse::<f64>().unwrap();
        let params = ["a", "b", "idle"].map(|name| (name.to_owned(), number(name))).to_vec();
        let setup = Setup { params, start: Vec::new() };
        let replies =
            melian::answer(&game, &setup, &queries, &melian::solver::Options::default(), &|_| {}).unwrap();
        for (reply, name) in replies.iter().zip(["high", "value(P)"]) {
            assert_eq!(reply.reading().unwrap().number(), Some(number(name)));
        }
        assert_eq!(number("over.margin"), number("high") - 0.5);
        assert_eq!((number("over.left"), number("over.right")), (number("high"), 0.5));
    }
    assert_eq!(rows[0][column("over")], "holds");
    assert_eq!(rows[1][column("over")], "fails");
    // a = b: as likely as not.
    assert_eq!(rows[2][column("over")], "fails");
}

#[test]
fn killed_and_shared_out_it_ends_with_the_same_bytes() {
    let directory = odds();
    let at = |name: &str| directory.path().join(name);
    let options = ["worlds", "odds.melian", "-n", "2048", "--seed", "7"];
    fn joined<'t>(options: &[&'t str], more: &[&'t str]) -> Vec<&'t str> {
        [options, more].concat()
    }
    let with = |more| joined(&options, more);
    let calm = told(directory.path(), &with(&["--out", "calm"]));
    let expected = contents(&at("calm"));
    assert!(expected.len() > 30);

    // Killed again and again, at whatever moment.
    let mut patience = Duration::from_millis(5);
    loop {
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_melian"))
            .current_dir(directory.path())
            .args(with(&["--out", "killed"]))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(patience);
        process.kill().unwrap();
        if process.wait().unwrap().success() || patience > Duration::from_secs(20) {
            break;
        }
        patience = patience.mul_f64(1.5);
    }
    assert_eq!(told(directory.path(), &with(&["--out", "killed"])), calm);
    assert!(contents(&at("killed")) == expected);

    // One thread or three, and a damaged journal.
    melian(directory.path(), &with(&["--out", "threads"])).env("RAYON_NUM_THREADS", "3").assert().success();
    assert!(contents(&at("threads")) == expected);
    fs::remove_file(at("threads/part-00003.parquet")).unwrap();
    fs::write(at("threads/part-00003.journal"), b"melianJ1 and then nonsense").unwrap();
    told(directory.path(), &with(&["--out", "threads"]));
    assert!(contents(&at("threads")) == expected);

    // Shards: into one folder, and into folders that are merged.
    for k in 1..=3 {
        let shard = format!("{k}/3");
        told(directory.path(), &joined(&options, &["--out", "shared", "--shard", &shard]));
        told(directory.path(), &joined(&options, &["--out", &format!("shard-{k}"), "--shard", &shard]));
    }
    assert!(contents(&at("shared")) == expected);
    let partial =
        melian(directory.path(), &["merge", "shard-1", "shard-3", "--out", "merged"]).output().unwrap();
    assert_eq!(partial.status.code(), Some(1), "parts are missing");
    told(directory.path(), &["merge", "shard-1", "shard-2", "shard-3", "--out", "merged"]);
    assert!(contents(&at("merged")) == expected);
    assert_eq!(told(directory.path(), &with(&["--out", "merged"])), calm);
}

#[test]
fn a_world_that_fails_is_a_row_with_its_reason() {
    let directory = TempDir::new().unwrap();
    let model = "\
model edge
param p = 0.5 in 0.2 .. 1.2
param q = 0.5 in 0 .. 1
require q < 0.75
player P { precision = 1 }
state x : 0 .. 1 = 0
play rounds for 2 {
    x ~ { 0: 1 - p, 1: p }
    P chooses side { up { P gains q * x }  down }
}
measure end = E[x at 2]
claim likely \"It ends high\" : end > 0.5
";
    fs::write(directory.path().join("edge.melian"), model).unwrap();
    let found = json(directory.path(), &["worlds", "edge.melian", "-n", "512"]);
    let number = |name: &str| found["statuses"][name].as_u64().unwrap_or(0) as f64 / 512.0;
    assert!((number("excluded") - 0.25).abs() < 0.02, "{}", found["statuses"]);
    assert!((number("failed") - 0.75 * 0.2).abs() < 0.02, "{}", found["statuses"]);
    let reasons: Vec<&String> = found["reasons"].as_object().unwrap().keys().collect();
    assert!(reasons.iter().any(|r| r.contains("require q < 0.75")), "{reasons:?}");
    assert!(reasons.iter().any(|r| r.contains("probabilit")), "{reasons:?}");
    // p > 0.5 of p in 0.2 .. 1, the worlds that have an answer.
    let share = found["claims"][0]["all"]["share"].as_f64().unwrap();
    assert!((share - 0.5 / 0.8).abs() < 0.02, "{share}");
}

#[test]
fn it_stops_when_sure() {
    let directory = odds();
    let command = ["worlds", "odds.melian", "-n", "65536", "--until-width", "0.1"];
    let found = json(directory.path(), &command);
    let solved = found["statuses"]["solved"].as_u64().unwrap();
    assert!((256..16_384).contains(&solved), "{solved}");
    let before = contents(&directory.path().join("odds.worlds"));
    assert_eq!(json(directory.path(), &command), found);
    assert!(contents(&directory.path().join("odds.worlds")) == before);
    refused(directory.path(), &[&command[..], &["--shard", "1/2"]].concat(), "cannot be used with");
}

#[test]
fn correlated_parameters_are_drawn_together() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("pair.melian"), format!("{ODDS}correlate a, b by 0.8\n")).unwrap();
    told(directory.path(), &["worlds", "pair.melian", "-n", "1024", "--csv", "all.csv"]);
    let (header, rows) = rows(&directory.path().join("all.csv"));
    let column = |name: &str| -> Vec<f64> {
        let place = header.iter().position(|h| h == name).unwrap();
        rows.iter().map(|r| r[place].parse().unwrap()).collect()
    };
    // Both laws are uniform: the correlation of the values is that of the ranks.
    let correlation = |x: &[f64], y: &[f64]| {
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let (mx, my) = (mean(x), mean(y));
        let dot = |u: &[f64], mu: f64, v: &[f64], mv: f64| -> f64 {
            u.iter().zip(v).map(|(a, b)| (a - mu) * (b - mv)).sum()
        };
        dot(x, mx, y, my) / (dot(x, mx, x, mx) * dot(y, my, y, my)).sqrt()
    };
    assert!((correlation(&column("a"), &column("b")) - 0.8).abs() < 0.02);
    assert!(correlation(&column("a"), &column("idle")).abs() < 0.05);
}

#[test]
fn drivers_and_boxes_find_what_matters() {
    let directory = odds();
    told(directory.path(), &["worlds", "odds.melian", "-n", "2048", "--out", "w"]);
    for method in ["delta", "pawn"] {
        let found = json(directory.path(), &["drivers", "w", "over", "--method", method, "--all-worlds"]);
        let clear: Vec<bool> = found["answers"][0]["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["stands_out"].as_bool().unwrap())
            .collect();
        assert_eq!(clear[..2], [true, true], "{method}: {found}");
    }
    // a − b: variances 1/3 and 1/12, so a answers for four fifths of a linear answer, and nearly that of this one.
    let found = json(directory.path(), &["drivers", "odds.melian", "-n", "8192", "over.margin"]);
    let total = |k: usize| found["answers"][0]["parameters"][k]["total"]["value"].as_f64().unwrap();
    assert!((total(0) - 0.8).abs() < 0.03 && (total(1) - 0.2).abs() < 0.03, "{found}");
    assert!(total(2).abs() < 1e-9);
    let found =
        json(directory.path(), &["drivers", "odds.melian", "-n", "400", "--method", "morris", "--out", "m"]);
    let effect = |k: usize| found["answers"][0]["parameters"][k]["mu*"]["value"].as_f64().unwrap();
    assert!(effect(0) > effect(1) && effect(1) > 0.0 && effect(2) == 0.0, "{found}");
    // It holds where a is great and b small.
    let found = json(directory.path(), &["boxes", "w", "--holds", "--all-worlds"]);
    let first = &found["claims"][0]["boxes"][0];
    let limits = first["limits"].as_array().unwrap();
    let sides: Vec<(&str, &str)> =
        limits.iter().map(|l| (l["parameter"].as_str().unwrap(), l["side"].as_str().unwrap())).collect();
    assert!(sides.contains(&("a", "low")), "{first}");
    assert!(sides.iter().all(|s| [("a", "low"), ("b", "high")].contains(s)), "{first}");
    assert!(first["figures"]["density"].as_f64().unwrap() > 0.8, "{first}");
}

#[test]
fn bad_input_is_refused_and_nothing_is_overwritten() {
    let directory = odds();
    let here = directory.path();
    let file = |text: &str| fs::write(here.join("points.csv"), text).unwrap();
    let points = ["worlds", "odds.melian", "--points", "points.csv", "--out", "p"];
    file("a,bb,idle\n1,1,1\n");
    assert!(refused(here, &points, "design-file").contains("did you mean `b`?"));
    file("a,b\n1,1\n");
    assert!(refused(here, &points, "design-file").contains("no column for idle"));
    file("a,b,idle\n0.5,0.5,1\n0.5,NaN,1\n");
    assert!(refused(here, &points, "design-file").contains("line 3: `b` is `NaN`"));
    file("a,b,idle\n0.5,,1\n");
    assert!(refused(here, &points, "design-file").contains("`b` is nothing"));
    file("a,b,idle\n0.5,1\n");
    refused(here, &points, "design-file");
    file("a,b,idle\n");
    refused(here, &points, "design-file");
    file("a,a,b,idle\n1,1,1,1\n");
    assert!(refused(here, &points, "design-file").contains("there twice"));
    assert!(!here.join("p").exists());

    assert!(refused(here, &["worlds", "odds.melian", "--vary", "aa"], "unknown-name").contains("`a`"));
    refused(here, &["worlds", "odds.melian", "--fix", "a,b,idle"], "nothing-varies");
    refused(here, &["worlds", "odds.melian", "--design", "grid", "--levels", "9999"], "too-many-worlds");
    refused(here, &["worlds", "odds.melian", "-n", "9000000"], "too-many-worlds");
    refused(here, &["worlds", "odds.melian", "--ask", "hig"], "unknown-name");
    refused(here, &["worlds", "odds.melian", "--ask", "high"], "asked-twice");
    refused(here, &["worlds", "odds.melian", "--shard", "4/3"], "K/N");
    assert!(!here.join("odds.worlds").exists());

    // A folder of another study, and one of something else.
    told(here, &["worlds", "odds.melian", "-n", "64", "--out", "mine"]);
    let before = contents(&here.join("mine"));
    let said =
        refused(here, &["worlds", "odds.melian", "-n", "64", "--out", "mine", "--seed", "2"], "other-study");
    assert!(said.contains("design.seed: 1 there, 2 now"), "{said}");
    fs::write(here.join("other.melian"), ODDS.replace("0.2 in 0", "0.3 in 0")).unwrap();
    let said = refused(here, &["worlds", "other.melian", "-n", "64", "--out", "mine"], "other-study");
    assert!(said.contains("model.sha256"), "{said}");
    assert!(contents(&here.join("mine")) == before);
    fs::create_dir(here.join("photos")).unwrap();
    fs::write(here.join("photos/cat.jpg"), b"cat").unwrap();
    refused(here, &["worlds", "odds.melian", "-n", "64", "--out", "photos"], "folder-taken");
    assert_eq!(contents(&here.join("photos")).len(), 1);
    refused(here, &["merge", "mine", "photos", "--out", "all"], "no-study");
    told(here, &["worlds", "other.melian", "-n", "64", "--out", "theirs"]);
    refused(here, &["merge", "mine", "theirs", "--out", "mine"], "other-study");
    assert!(contents(&here.join("mine")) == before);

    // A part that was damaged is named, and made anew when it is gone.
    fs::write(here.join("mine/part-00001.parquet"), b"PAR1 no").unwrap();
    refused(here, &["worlds", "odds.melian", "-n", "64", "--out", "mine"], "part-unreadable");
    fs::remove_file(here.join("mine/part-00001.parquet")).unwrap();
    told(here, &["worlds", "odds.melian", "-n", "64", "--out", "mine"]);
    assert!(contents(&here.join("mine")) == before);
    refused(here, &["boxes", "mine", "high"], "no-verdict");
    assert!(refused(here, &["drivers", "mine", "ovr"], "unknown-name").contains("`over`"));
    refused(here, &["drivers", "mine", "--method", "sobol"], "other-design");
}

#[test]
fn columns_have_names_of_their_own() {
    let directory = TempDir::new().unwrap();
    let here = directory.path();
    let model = ODDS
        .replace("param idle", "param world")
        .replace("* idle", "* world")
        .replace("claim over", "claim high");
    fs::write(here.join("same.melian"), model).unwrap();
    told(here, &["worlds", "same.melian", "-n", "256", "--csv", "all.csv"]);
    let (mut header, _) = rows(&here.join("all.csv"));
    for name in ["world", "param.world", "high", "claim.high", "claim.high.margin"] {
        assert!(header.iter().any(|h| h == name), "{name}: {header:?}");
    }
    header.sort();
    header.dedup();
    assert_eq!(header.len(), rows(&here.join("all.csv")).0.len());
    let found = json(here, &["drivers", "odds.worlds", "claim.high", "--all-worlds"]);
    assert_eq!(found["answers"][0]["parameters"][2]["parameter"], "param.world");
}

#[test]
fn files_of_others_stay_as_they_are() {
    let directory = odds();
    let here = directory.path();
    let file = |name: &str, text: &str| fs::write(here.join(name), text).unwrap();
    fs::create_dir(here.join("mine")).unwrap();
    file("mine/model.melian", ODDS.replace("0.5 in", "0.4 in").as_str());
    refused(here, &["worlds", "odds.melian", "-n", "16", "--out", "mine"], "folder-taken");
    fs::remove_file(here.join("mine/model.melian")).unwrap();
    file("mine/thesis.new", "do not lose this");
    refused(here, &["worlds", "odds.melian", "-n", "16", "--out", "mine"], "folder-taken");
    assert_eq!(contents(&here.join("mine")).len(), 1);
    file("points.csv", "a,b,idle\n0,0,1\n1,0,1\n");
    refused(
        here,
        &["worlds", "odds.melian", "--points", "points.csv", "--csv", "points.csv", "--out", "p"],
        "overwrite",
    );
    assert!(fs::read_to_string(here.join("points.csv")).unwrap().starts_with("a,b,idle"));
}

#[test]
fn numbers_on_the_command_line_are_kept_to_the_last_digit() {
    let directory = odds();
    for value in ["4.327670679050534e-10", "0.9452706955539223", "0.38120423768821243"] {
        let set = format!("idle={value}");
        let command = ["worlds", "odds.melian", "-n", "32", "-p", &set, "--out", value];
        told(directory.path(), &command);
        told(directory.path(), &command);
    }
}

#[test]
fn what_is_not_finished_is_not_taken_for_whole() {
    let directory = odds();
    let here = directory.path();
    let saltelli = ["worlds", "odds.melian", "--design", "saltelli", "-n", "2000", "--out", "s"];
    told(here, &[&saltelli[..], &["--shard", "1/7"]].concat());
    let said = refused(here, &["drivers", "s", "high"], "indices");
    assert!(said.contains("parts are solved so far"), "{said}");
    told(here, &saltelli);
    told(here, &["drivers", "s", "high"]);
    // Worlds that are solved cannot be solved otherwise.
    assert!(refused(here, &["drivers", "s", "-n", "3"], "other-design").contains("`-n` is for a model"));
    // Nothing to be sure of.
    for more in [&["--design", "grid", "--levels", "3"][..], &["--design", "morris"]] {
        let command = [&["worlds", "odds.melian", "--until-width", "0.1", "--out", "u"][..], more].concat();
        refused(here, &command, "until-width");
    }
    refused(here, &["boxes", "s", "--step", "999", "--all-worlds"], "no step 999");
    let first = std::process::Command::new(env!("CARGO_BIN_EXE_melian"))
        .current_dir(here)
        .args(["drivers", "-", "-n", "500"])
        .stdin(fs::File::open(here.join("odds.melian")).unwrap())
        .output()
        .unwrap();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
}
