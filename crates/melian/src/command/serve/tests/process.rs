//! The server as a process: what it prints, how it ends, and what it does when the system has no more files for it.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use super::{super::serve, *};
use crate::command::shell::{Outcome, Shell};

/// Set in a process that is to be a server.
const SWITCH: &str = "MELIAN_TEST_SERVER";

#[test]
#[ignore = "is a server for the other tests of this file"]
fn server() {
    if std::env::var_os(SWITCH).is_some() {
        let place = Place { port: Some(0), host: "127.0.0.1".parse().unwrap(), allow_host: Vec::new() };
        assert_eq!(serve(&Shell::new(), &place, Fake::default()), Ok(Outcome::Done));
    }
}

/// A server that may have so many files open, and its address as it prints it.
fn process(files: usize) -> (Child, SocketAddr) {
    let name = format!("{}::server", module_path!().split_once("::").unwrap().1);
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -n {files} && exec \"$@\""), "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--nocapture", "--exact", &name])
        .env(SWITCH, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let printed = out.by_ref().lines().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("http://")?;
        rest.strip_suffix('/')?.parse().ok()
    });
    child.stdout = Some(out.into_inner());
    (child, printed.unwrap())
}

/// Sends a signal; says whether the process ends well, and what it still printed.
fn signal(mut child: Child, which: &str) -> (bool, String) {
    assert!(Command::new("kill").args([which, &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    (child.wait().unwrap().success(), rest)
}

#[test]
fn signals_end_it_even_while_it_solves() {
    for which in ["-INT", "-TERM"] {
        let (child, address) = process(256);
        let mut client = Client::new(address);
        client.post("/api/solve", &setting(1, 1, json!({ "ms": 60_000 })));
        // The answer to this one says that the first one is there.
        assert_eq!(ask(address, "/api/heat", &setting(1, 1, json!({}))).status, 200);
        let (well, _) = signal(child, which);
        assert!(well, "{which}");
    }
}

#[test]
fn a_system_without_more_files_ends_nothing() {
    let (child, address) = process(32);
    let crowd: Vec<Client> = (0..100).map(|_| Client::new(address)).collect();
    for serial in 1..5 {
        assert_eq!(ask(address, "/api/solve", &setting(1, serial, json!({}))).status, 200);
    }
    drop(crowd);
    assert_eq!(ask(address, "/api/solve", &setting(1, 9, json!({}))).status, 200);
    assert!(signal(child, "-TERM").0);
}
