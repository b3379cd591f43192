//! Bad input is answered with a clear error and exit code 2: no panic, no endless time, no memory blow-up.

mod common;

use std::{fs, time::Duration};

use assert_cmd::Command;
use tempfile::TempDir;

/// Address space that the command may take, in KiB: its stack of 256 MiB, its threads, and room to work.
const MEMORY_KIB: u64 = 6 << 20;

/// The command, limited in time and memory.
fn melian() -> Command {
    let binary = env!("CARGO_BIN_EXE_melian");
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY_KIB} && exec \"{binary}\" \"$@\""))
        .arg("melian")
        .timeout(Duration::from_secs(120));
    command
}

/// Runs `melian check` on these bytes; the exit code and what it said.
fn checked(bytes: &[u8]) -> (i32, String) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("input.melian");
    fs::write(&path, bytes).unwrap();
    let output = melian().arg("check").arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), said)
}

/// Bad input: exit code 2, the id, and a message of bearable length.
fn refused(bytes: &[u8], id: &str) -> String {
    let (code, said) = checked(bytes);
    assert_eq!(code, 2, "{}", &said[..said.len().min(2000)]);
    assert!(!said.contains("panicked") && !said.contains("defect"), "{said}");
    assert!(said.contains("error["), "{said}");
    assert!(said.contains(id), "expected {id}: {}", &said[..said.len().min(2000)]);
    assert!(said.len() < 100_000, "{} bytes of message", said.len());
    said
}

fn flagship() -> &'static str {
    melian::models::flagship().text
}

#[test]
fn truncated_files() {
    let text = flagship();
    // In process: a cut at many places, each either still a model or refused with errors.
    for at in (0..text.len()).step_by(97).filter(|&at| text.is_char_boundary(at)) {
        if let Err(problems) = melian::compile(&text[..at], &[]) {
            assert!(problems.iter().any(melian::model::Diagnostic::is_error), "cut at {at}");
            for problem in problems.iter().take(3) {
                assert!(!melian::render::render(problem, "cut", &text[..at], false).is_empty());
            }
        }
    }
    refused(&text.as_bytes()[..text.len() / 2], "error[");
}

#[test]
fn binary_garbage() {
    let mut state = 88_172_645_463_325_252_u64;
    let garbage: Vec<u8> = (0..200_000)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        })
        .collect();
    refused(&garbage, "binary-file");
}

#[test]
fn not_utf8() {
    refused(b"model caf\xe9\nplay once { }\n", "not-utf8");
}

#[test]
fn empty() {
    refused(b"", "empty-file");
}

#[test]
fn ten_megabytes_of_brackets() {
    refused(&vec![b'('; 10 << 20], "error[");
    refused(&[b"model m\nparam a = ".to_vec(), vec![b'('; 10 << 20]].concat(), "error[");
    refused(&[b"model m\nplay once ".to_vec(), vec![b'{'; 10 << 20]].concat(), "error[");
}

#[test]
fn a_hundred_thousand_terms() {
    // A long sum is unusual, not wrong: it is solved or refused, but does not break anything.
    let sum = vec!["1"; 100_000].join(" + ");
    let text = format!(
        "model m\nplayer A {{ precision = 1 }}\nplay once {{ A chooses a {{ x {{ A gains {sum} }} y }} }}\n"
    );
    let (code, said) = checked(text.as_bytes());
    assert!(code == 0 || code == 2, "{code}: {}", &said[..said.len().min(2000)]);
    assert!(!said.contains("defect"), "{}", &said[..said.len().min(2000)]);
    assert!(said.len() < 100_000, "{} bytes of message", said.len());
}

#[test]
fn deep_nesting() {
    let deep = format!("{}1{}", "(".repeat(50_000), ")".repeat(50_000));
    let (code, said) = checked(format!("model m\nparam a = {deep}\nplay once {{ }}\n").as_bytes());
    assert!(code == 0 || code == 2, "{code}");
    assert!(!said.contains("defect"), "{}", &said[..said.len().min(2000)]);
    let blocks = format!("{}{}", "if true { ".repeat(20_000), "}".repeat(20_000));
    let (code, said) = checked(format!("model m\nplay once {{ {blocks} }}\n").as_bytes());
    assert!(code == 0 || code == 2, "{code}");
    assert!(!said.contains("defect"), "{}", &said[..said.len().min(2000)]);
}

#[test]
fn windows_files_are_read() {
    let classic = melian::models::by_name("fearon").unwrap().text;
    let windows = format!("\u{feff}{}", classic.replace('\n', "\r\n"));
    let (code, said) = checked(windows.as_bytes());
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_trillion_states() {
    // Four walks over a thousand levels each, all of them paid for.
    let mut text = String::from("model m\nplayer A { precision = 1 }\n");
    for v in ["a", "b", "c", "d"] {
        text += &format!("state {v} : 0 .. 999 = 0\n");
    }
    text += "play rounds for 10 {\n    A chooses move { stay  go { A pays 1 } }\n";
    for v in ["a", "b", "c", "d"] {
        text += &format!("    {v} ~ walk(up: 0.5, down: 0.5)\n");
    }
    text += "    A gains a * b * c * d\n}\n";
    let started = std::time::Instant::now();
    let said = refused(text.as_bytes(), "error[");
    assert!(started.elapsed() < Duration::from_secs(30));
    assert!(said.contains("iB") && said.contains('a'), "{said}");
}

#[test]
fn usage() {
    let check = |arguments: &[&str]| {
        let output = melian().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.is_empty() && !said.contains("defect"), "{arguments:?}: {said}");
        said
    };
    check(&["run", "no-such-model"]);
    check(&["run", "no/such/file.melian"]);
    check(&["run", "."]);
    check(&["run", "fearon", "--param", "p"]);
    check(&["run", "fearon", "--param", "p=much"]);
    check(&["run", "fearon", "--param", "no_such=1"]);
    check(&["run", "fearon", "--param", "p=2"]);
    check(&["run", "fearon", "--const", "no_such=1"]);
    check(&["run", "forts", "--start", "held=99"]);
    check(&["ask", "fearon", "P["]);
    check(&["ask", "fearon", "P[no_such == 1]"]);
    check(&["why", "fearon", "--stage", "B.no_such"]);
    check(&["why", "fearon", "--stage", "B.reply", "--at", "month=7"]);
    check(&["explain", "no-such-id"]);
    check(&["models", "no-such-model"]);
    check(&["fmt", "fearon"]);
    check(&["frobnicate"]);
    assert!(check(&["run", "ukrain"]).contains("did you mean `ukraine`?"));
}
