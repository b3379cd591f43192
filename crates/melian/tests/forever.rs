//! Play that goes on for ever, from the command line: what is told, what is refused, and files to start from.

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A war of attrition, in which three equilibria are known: one in which both are alike, and two in which one gives in.
const ATTRITION: &str = "\
model attrition
param lam = 5
player A { discount = 0.95, precision = lam }
player B { discount = 0.95, precision = lam }
play rounds forever {
    together { A chooses move { quit stay }  B chooses move { quit stay } }
    if A.move == stay and B.move == stay { A pays 0.1  B pays 0.1 }
    else {
        if A.move == stay { A gains 1 }
        if B.move == stay { B gains 1 }
        end
    }
}
";

/// Payoffs that add up to more and more.
const ENDLESS: &str = "\
model endless
player A { discount = 1, precision = 2 }
play rounds forever { A chooses move { take { A gains 1 }  leave } }
";

struct Session(TempDir);

struct Told {
    code: i32,
    out: String,
    err: String,
}

impl Session {
    fn new() -> Session {
        let directory = TempDir::new().unwrap();
        std::fs::write(directory.path().join("attrition.melian"), ATTRITION).unwrap();
        std::fs::write(directory.path().join("endless.melian"), ENDLESS).unwrap();
        Session(directory)
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn run(&self, line: &[&str]) -> Told {
        let output = Command::new(env!("CARGO_BIN_EXE_melian"))
            .current_dir(self.0.path())
            .args(line)
            .output()
            .expect("the command starts");
        Told {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn json(&self, line: &[&str]) -> Value {
        let told = self.run(line);
        assert_eq!(told.code, 0, "{}", told.err);
        serde_json::from_str(&told.out).unwrap_or_else(|e| panic!("{e}\n{}", told.out))
    }

    /// The answers to questions about attrition, with further options.
    fn ask(&self, options: &[&str], questions: &[&str]) -> Vec<Value> {
        let line: Vec<&str> = ["ask", "attrition.melian", "--format", "json"]
            .iter()
            .chain(options)
            .chain(questions)
            .copied()
            .collect();
        self.json(&line).as_array().expect("a list").clone()
    }
}

fn close(found: &Value, expected: f64) {
    let x = found.as_f64().unwrap_or_else(|| panic!("{found} is no number"));
    assert!((x - expected).abs() < 1e-8, "{x} is not {expected}");
}

#[test]
fn what_does_not_settle_is_no_answer() {
    let session = Session::new();
    let told = session.run(&["ask", "endless.melian", "value(A)"]);
    assert_eq!(told.code, 3, "{}", told.out);
    assert_eq!(told.out, "");
    assert!(
        told.err.contains("error[not-converged]") && told.err.contains("--allow-unconverged"),
        "{}",
        told.err
    );

    let told = session.run(&["ask", "endless.melian", "--allow-unconverged", "value(A)"]);
    assert_eq!(told.code, 0);
    assert!(told.out.contains("NOT CONVERGED") && told.out.contains("(not converged)"), "{}", told.out);
    let json =
        session.json(&["ask", "endless.melian", "--allow-unconverged", "--format", "json", "value(A)"]);
    assert_eq!(json[0]["equilibrium"]["converged"], false);
    let told = session.run(&["ask", "endless.melian", "--allow-unconverged", "--format", "csv", "value(A)"]);
    assert!(told.out.lines().nth(1).is_some_and(|line| line.ends_with(",false")), "{}", told.out);
    let told = session.run(&["run", "endless.melian"]);
    assert_eq!((told.code, told.out.as_str()), (3, ""));
}

#[test]
fn every_answer_says_how_it_was_found() {
    let session = Session::new();
    let answers = session
        .ask(&["-p", "lam=1"], &["value(A)", "policy(A.move == quit)", "policy(A.move == quit at 40)"]);
    // The symmetric equilibrium of validation, and the same in every period.
    close(&answers[0]["value"], 0.310576391);
    close(&answers[1]["value"], 0.3777482189);
    assert_eq!(answers[1]["value"], answers[2]["value"]);
    let how = &answers[0]["equilibrium"];
    assert_eq!(how["converged"], true);
    assert!(how["residual_values"].as_f64().unwrap() < 1e-9 && how["spectral_radius"].is_number(), "{how}");
    assert!(how["index"] == 1 || how["index"] == -1, "{how}");
    let by_homotopy = session.ask(&["-p", "lam=1", "--homotopy"], &["value(A)"]);
    close(&by_homotopy[0]["value"], 0.310576391);
    assert_eq!(by_homotopy[0]["equilibrium"]["selection"], "homotopy");
}

#[test]
fn other_equilibria_are_listed_and_can_be_asked() {
    let session = Session::new();
    let all = session.json(&["equilibrium", "attrition.melian", "--starts", "30", "--format", "json"]);
    let found = all["found"].as_array().unwrap();
    assert_eq!(found.len(), 3);
    let indices: i64 = found.iter().map(|point| point["index"].as_i64().unwrap()).sum();
    assert_eq!(indices, 1, "indices of all equilibria add up to one");

    // Somebody's idea of the one in which the first gives in.
    let choices =
        "stage,action,probability\nA.move,quit,0.7\nA.move,stay,0.3\nB.move,quit,0\nB.move,stay,1\n";
    session.file("gives_in.csv", choices);
    let answers =
        session.ask(&["--start-from", "gives_in.csv"], &["policy(A.move == quit)", "policy(B.move == quit)"]);
    let p = |k: usize| answers[k]["value"].as_f64().unwrap();
    assert!(p(0) > 0.6 && p(1) < 0.02, "{} {}", p(0), p(1));
    assert_eq!(answers[0]["equilibrium"]["selection"], "user start");

    // An equilibrium written to files is found again from either.
    let line = ["equilibrium", "attrition.melian", "--start-from", "gives_in.csv"];
    let saved =
        session.run(&[&line[..], &["--save", "values.csv", "--save-policies", "choices.csv"]].concat());
    assert_eq!(saved.code, 0, "{}", saved.err);
    for file in ["values.csv", "choices.csv"] {
        let again = session.ask(&["--start-from", file], &["policy(A.move == quit)"]);
        close(&again[0]["value"], p(0));
    }
}

#[test]
fn files_to_start_from_are_read_with_care() {
    let session = Session::new();
    let refused = |text: &str, complaint: &str| {
        session.file("start.csv", text);
        let told = session.run(&["ask", "attrition.melian", "--start-from", "start.csv", "value(A)"]);
        assert_eq!(told.code, 2, "{}", told.err);
        assert!(told.err.contains(complaint), "{}", told.err);
    };
    refused("value(A)\n1\n", "there is no column `value(B)`");
    refused("value(A),value(B)\n1,many\n", "line 2: `many` is not a number");
    refused("value(A),value(B)\n", "the start has no values");
    refused("stage,action,probability\nC.move,quit,1\n", "there is no stage `C.move`");
    refused("stage,action,probability\nA.move,quits,1\n", "`A.move` has no action `quits`");
    refused("stage,action,probability\nA.move,quit,2\n", "2 is no probability");
    refused("stage,action,probability\nA.move,quit,1\n", "the start says nothing of `B.move`");
    refused("endet,value(A),value(B)\n0,1,1\n", "there is no variable `endet`; did you mean `ended`?");
    let told = session.run(&["ask", "attrition.melian", "--start-from", "nowhere.csv", "value(A)"]);
    assert!(told.code == 2 && told.err.contains("cannot read `nowhere.csv`"), "{}", told.err);
}

#[test]
fn questions_about_all_time() {
    let session = Session::new();
    let questions = [
        "P[ended]",
        "E[total num(not ended)]",
        "E[total 1]",
        "P[ended in the long run]",
        "prob(A.move == quit)",
        "P[ended by 10] with { A.move = stay until 3 }",
        "P[ended by 3] with { A.move = stay, B.move = stay }",
        "E[total num(not ended) discounted 0.5]",
    ];
    let answers = session.ask(&[], &questions);
    let q = 0.190214442; // Each quits so often: numbers below follow from it.
    let goes_on = (1.0 - q) * (1.0 - q);
    let value = |k: usize| &answers[k]["value"];
    let near = |k: usize, expected: f64| {
        let x = value(k).as_f64().unwrap_or_else(|| panic!("{}: {}", questions[k], answers[k]));
        assert!((x - expected).abs() < 1e-6, "{}: {x} is not {expected}", questions[k]);
    };
    near(0, 1.0);
    near(1, goes_on / (1.0 - goes_on));
    assert!(
        value(2).is_null() && answers[2]["undefined"].as_str().is_some_and(|why| why.contains("never stops"))
    );
    near(3, 1.0);
    near(4, q);
    near(6, 0.0);
    near(7, goes_on / (1.0 - 0.5 * goes_on));
    let bound = &answers[5]["bounds"][0];
    assert!(bound["visits"].as_f64().unwrap() > 0.9, "{bound}");
}

#[test]
fn any_model_can_go_on_for_ever() {
    let session = Session::new();
    let finite = ATTRITION.replace("forever", "for 3") + "finally { A gains 5 }\n";
    session.file("finite.melian", &finite);
    let ask = |options: &[&str]| {
        let line =
            [&["ask", "finite.melian", "--format", "json", "-p", "lam=1"], options, &["value(A)"]].concat();
        session.json(&line)[0]["value"].as_f64().unwrap()
    };
    assert!((ask(&["--forever"]) - 0.310576391).abs() < 1e-8);
    assert!((ask(&[]) - 0.310576391).abs() > 0.01);
    session.file("timed.melian", &finite.replace("A pays 0.1", "A pays 0.1 * t"));
    let told = session.run(&["ask", "timed.melian", "--forever", "value(A)"]);
    assert!(told.code == 2 && told.err.contains("error[forever-time]"), "{}", told.err);
    let told = session.run(&["equilibrium", "finite.melian"]);
    assert!(told.code == 2 && told.err.contains("error[not-forever]"), "{}", told.err);
}

/// Crisman-Cox and Gibilisco (2018): at the published estimates plain iteration leads elsewhere; from the published choice
/// probabilities the published equilibrium is found, though at peace it lies on no principal branch.
#[test]
fn a_published_equilibrium_is_found_from_itself() {
    let session = Session::new();
    let published = [
        (
            "One.act",
            [
                [0.978039567, 0.016028284, 0.005932149],
                [0.879585712, 0.087996406, 0.032417882],
                [0.952016185, 0.030188811, 0.017795003],
            ],
        ),
        (
            "Two.act",
            [
                [0.987307219, 0.006490265, 0.006202516],
                [0.891044947, 0.055875853, 0.053079200],
                [0.950094402, 0.022275924, 0.027629674],
            ],
        ),
    ];
    let relations = ["peace", "crisis", "war"];
    let mut file = "stage,relations,action,probability\n".to_owned();
    for (stage, rows) in published {
        for (relation, row) in relations.iter().zip(rows) {
            for (action, p) in relations.iter().zip(row) {
                file += &format!("{stage},{relation},go({action}),{p}\n");
            }
        }
    }
    session.file("published.csv", &file);
    let questions = [
        "policy(One.act == go(peace))",
        "policy(One.act == go(peace) where relations = crisis)",
        "policy(One.act == go(peace) where relations = war)",
        "policy(Two.act == go(peace))",
        "policy(Two.act == go(peace) where relations = crisis)",
        "policy(Two.act == go(peace) where relations = war)",
        "P[relations == peace in the long run]",
        "P[relations == crisis in the long run]",
        "P[relations == war in the long run]",
    ];
    let line =
        [&["ask", "cuba", "--format", "json", "--start-from", "published.csv"][..], &questions].concat();
    let answers = session.json(&line);
    let expected = [
        0.9780395672,
        0.8795857147,
        0.9520161856,
        0.9873072194,
        0.8910449495,
        0.9500944023,
        0.9601089582,
        0.0254931053,
        0.01439793651,
    ];
    for (k, expected) in expected.into_iter().enumerate() {
        close(&answers[k]["value"], expected);
    }
    assert_eq!(answers[0]["equilibrium"]["selection"], "user start");
    // Left to itself, play for ever is another game.
    let line = ["ask", "cuba", "--format", "json", "P[relations == peace in the long run]"];
    assert!(session.json(&line)[0]["value"].as_f64().unwrap() < 0.5);
}
