//! The server as its clients see it, good and bad ones, in front of an engine that is none.

mod client;
mod fake;
mod load;
#[cfg(unix)]
mod process;

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::sync::oneshot;

use super::{Place, limits::Limits, listen::Server, queue::Desk};
use client::{Client, ask, once, request, setting};
use fake::Fake;

/// A server that runs as long as this lives.
struct Running {
    address: SocketAddr,
    engine: Arc<Fake>,
    desk: Arc<Desk>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

fn running(limits: Limits) -> Running {
    let engine = Arc::new(Fake::default());
    let theirs = Arc::clone(&engine);
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = std::sync::mpsc::channel();
    let thread = thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let server = Server::new(listener, &[], theirs, limits).unwrap();
            tell.send((server.address().unwrap(), server.desk())).unwrap();
            server.run(async { drop(stopped.await) }).await;
        });
    });
    let (address, desk) = told.recv().unwrap();
    Running { address, engine, desk, stop: Some(stop), thread: Some(thread) }
}

impl Running {
    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    /// Nothing is open, and nobody works.
    fn assert_idle(&self) {
        soon("idle", || self.desk.open() == 0 && self.engine.at_once.load(Ordering::SeqCst) == 0);
    }

    fn started(&self) -> usize {
        self.engine.started.load(Ordering::SeqCst)
    }

    fn cancelled(&self) -> usize {
        self.engine.cancelled.load(Ordering::SeqCst)
    }

    /// A solve, sent and not waited for.
    fn solve(&self, session: u128, serial: u64, ms: u64) -> Client {
        let mut client = Client::new(self.address);
        client.post("/api/solve", &setting(session, serial, json!({ "ms": ms })));
        client
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

/// Waits until something is so.
fn soon(what: &str, mut so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !so() {
        assert!(Instant::now() < until, "not soon enough: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

fn slots(slow: usize) -> Limits {
    Limits { slow, ..Limits::default() }
}

#[test]
fn every_page_load_is_a_session() {
    let server = running(slots(1));
    let load = || once(server.address, &request(server.address, "GET", "/", ""));
    let (one, two) = (load(), load());
    assert_eq!(one.status, 200);
    assert_eq!(one.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(one.header("content-security-policy"), "default-src 'self'; frame-ancestors 'none'");
    assert_ne!(one.body, two.body);
    let page = String::from_utf8(one.body).unwrap();
    let session = page.trim_start_matches("<!doctype html><title>").trim_end_matches("</title>");
    let body = json!({ "session": session, "serial": 1 });
    assert_eq!(ask(server.address, "/api/solve", &body).status, 200);
    server.assert_idle();
}

#[test]
fn answers_leave_with_their_headers() {
    let server = running(slots(1));
    let at = server.address;
    let answers = [
        (200, ask(at, "/api/solve", &setting(1, 1, json!({})))),
        (404, once(at, &request(at, "GET", "/favicon.ico", ""))),
        (405, once(at, &request(at, "GET", "/api/solve", ""))),
        (405, once(at, &request(at, "DELETE", "/", ""))),
        (405, once(at, &request(at, "OPTIONS", "/api/solve", "access-control-request-method: POST\r\n"))),
        (421, once(at, "GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n")),
        (421, once(at, &format!("GET http://evil.example/ HTTP/1.1\r\nhost: {at}\r\n\r\n"))),
        (400, once(at, "GET / HTTP/1.0\r\n\r\n")),
        (403, once(at, &request(at, "GET", "/", "origin: http://evil.example\r\n"))),
        (403, once(at, &request(at, "GET", "/", "sec-fetch-site: cross-site\r\n"))),
    ];
    for (status, answer) in answers {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control")));
        if status != 200 {
            let refusal = answer.json();
            assert!(refusal["id"].is_string() && refusal["title"].is_string(), "{refusal}");
            assert!(
                !refusal["help"].as_array().unwrap().is_empty() && refusal["span"].is_null(),
                "{refusal}"
            );
        }
    }
    let mut client = Client::new(at);
    client.send(request(at, "HEAD", "/", "connection: close\r\n").as_bytes()).unwrap();
    let answer = client.rest();
    assert!(answer.starts_with(b"HTTP/1.1 200 ") && answer.ends_with(b"\r\n\r\n"));
}

#[test]
fn requests_that_are_none_are_refused() {
    let server = running(slots(1));
    let at = server.address;
    let post = |media: &str, body: &str| {
        let head = format!("content-type: {media}\r\ncontent-length: {}\r\n", body.len());
        once(at, &(request(at, "POST", "/api/solve", &head) + body)).status
    };
    let good = setting(1, 1, json!({})).to_string();
    assert_eq!(post("application/json", &good), 200);
    assert_eq!(post("Application/JSON; charset=utf-8", &good), 200);
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        assert_eq!(post(media, &good), 415, "{media}");
    }
    assert_eq!(once(at, &request(at, "POST", "/api/solve", "content-length: 0\r\n")).status, 415);
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "\u{feff}{}",
        &"[".repeat(60_000),
        r#"{"session":"0123456789abcdef0123456789abcdef"}"#,
        r#"{"session":"0123456789abcdef0123456789abcdef","serial":-1}"#,
        r#"{"session":"0123456789abcdef0123456789abcdef","serial":1.5}"#,
        r#"{"session":"0123456789abcdef0123456789abcdef","serial":1e3000}"#,
        r#"{"session":"0123456789ABCDEF0123456789abcdef","serial":1}"#,
        r#"{"session":"+123456789abcdef0123456789abcdef","serial":1}"#,
        r#"{"session":"0123","serial":1}"#,
        r#"{"session":7,"serial":1}"#,
    ] {
        assert_eq!(post("application/json", body), 400, "{}", &body[..body.len().min(80)]);
    }
    assert_eq!(server.started(), 2);
    server.assert_idle();
}

#[test]
fn what_the_engine_says_arrives() {
    let server = running(slots(1));
    let refused = ask(server.address, "/api/ask", &setting(1, 1, json!({ "wrong": true })));
    assert_eq!(refused.status, 422);
    let told =
        json!({ "id": "unknown-name", "title": "`x` is nothing", "help": ["write `y`"], "span": [2, 3] });
    assert_eq!(refused.json(), told);
    let report = ask(server.address, "/api/report", &setting(1, 1, json!({})));
    assert_eq!(report.header("content-disposition"), "attachment; filename=\"a__name___.html\"");
    assert_eq!(report.body, b"<p>");
    let large = ask(server.address, "/api/solve", &setting(1, 1, json!({ "large": 5_000_000 })));
    assert_eq!((large.status, large.body.len() > 5_000_000), (200, true));
}

#[test]
fn bodies_are_limited_and_their_senders_hear_of_it() {
    let server = running(slots(1));
    let at = server.address;
    let json = "content-type: application/json\r\n";
    for size in [(64 << 10) + 1, 900_000] {
        let head = request(at, "POST", "/api/solve", &format!("{json}content-length: {size}\r\n"));
        assert_eq!(once(at, &(head + &" ".repeat(size))).status, 413);
        let head = request(at, "POST", "/api/solve", &format!("{json}transfer-encoding: chunked\r\n"));
        let chunk = format!("{size:x}\r\n{}\r\n0\r\n\r\n", " ".repeat(size));
        assert_eq!(once(at, &(head + &chunk)).status, 413);
    }
    // Who asks whether it may send so much hears at once that it may not.
    let head = format!("{json}content-length: 100000000\r\nexpect: 100-continue\r\n");
    assert_eq!(once(at, &request(at, "POST", "/api/solve", &head)).status, 413);
    // As large as may be.
    let good = setting(1, 1, json!({})).to_string();
    let body = format!("{good}{}", " ".repeat((64 << 10) - good.len()));
    let head = request(at, "POST", "/api/solve", &format!("{json}content-length: {}\r\n", body.len()));
    assert_eq!(once(at, &(head + &body)).status, 200);
    // Never an end, without waiting for an answer.
    let mut client = Client::new(at);
    client
        .send(request(at, "POST", "/api/solve", &format!("{json}transfer-encoding: chunked\r\n")).as_bytes())
        .unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, " ".repeat(1 << 16));
    assert!((0..4096).any(|_| client.send(chunk.as_bytes()).is_err()), "256 MiB were taken");
}

#[test]
fn what_is_no_http_is_survived() {
    let server = running(slots(1));
    let at = server.address;
    let long = format!("GET / HTTP/1.1\r\nhost: {at}\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\nhost: {at}\r\n{}\r\n", "x: y\r\n".repeat(500));
    let path = format!("GET /{} HTTP/1.1\r\nhost: {at}\r\n\r\n", "x".repeat(100_000));
    let json = "content-type: application/json\r\n";
    let chunk =
        request(at, "POST", "/api/solve", &format!("{json}transfer-encoding: chunked\r\n")) + "zz\r\nno\r\n";
    let both =
        request(at, "POST", "/api/solve", &format!("{json}content-length: 3\r\ncontent-length: 4\r\n"))
            + "{}  ";
    let cases: [(&[u8], &[u16]); 12] = [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", &[400]),
        (b"no http at all\r\n\r\n", &[400]),
        (b"GET / HTTP/9.9\r\n\r\n", &[400]),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[400, 0]),
        (b"GET / HTTP/1.1\r\nhost: a\r\nb\0ad: \x01\r\n\r\n", &[400]),
        (b"\0\0\0\0\0\0\0\0\r\n\r\n", &[400]),
        (b"POST /api/solve HTTP/1.1\r\ncontent-length: -1\r\n\r\n", &[400]),
        (long.as_bytes(), &[431, 0]),
        (many.as_bytes(), &[431]),
        (path.as_bytes(), &[414, 431, 0]),
        (chunk.as_bytes(), &[400]),
        (both.as_bytes(), &[400]),
    ];
    for (bytes, statuses) in cases {
        let mut client = Client::new(at);
        // It may hang up before all is out.
        drop(client.send(bytes));
        let answer = String::from_utf8_lossy(&client.rest()).into_owned();
        let status = answer.split(' ').nth(1).map_or(0, |s| s.parse().unwrap());
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert!(statuses.contains(&status), "{shown:?}: {status}");
    }
    // Who breaks off in the middle of it.
    for part in [
        "",
        "G",
        "POST /api/solve HTTP/1.1\r\nhost",
        &request(at, "POST", "/api/solve", "content-length: 9\r\n"),
    ] {
        Client::new(at).send(part.as_bytes()).unwrap();
    }
    assert_eq!(ask(at, "/api/solve", &setting(1, 1, json!({}))).status, 200);
    server.assert_idle();
}

#[test]
fn slow_clients_are_dropped_and_hold_up_nobody() {
    let limits =
        Limits { lines: 8, head_time: Duration::from_secs(2), body_time: Duration::from_secs(2), ..slots(1) };
    let server = running(limits);
    let at = server.address;
    let silent = |part: &str| {
        let mut client = Client::new(at);
        client.send(part.as_bytes()).unwrap();
        client
    };
    let began = Instant::now();
    let mut nothing = silent("");
    let mut head = silent("POST /api/solve HTTP/1.1\r\nhost:");
    let mut body = silent(&(request(at, "POST", "/api/solve", "content-length: 99\r\n") + "{"));
    // After an answer as well.
    let mut after = silent(&request(at, "GET", "/", ""));
    assert_eq!(after.answer().unwrap().status, 200);
    assert_eq!(ask(at, "/api/solve", &setting(1, 1, json!({}))).status, 200);
    assert!(began.elapsed() < Duration::from_secs(2), "held up");
    assert_eq!(nothing.rest(), b"");
    assert_eq!(head.rest(), b"");
    assert_eq!(body.answer().unwrap().status, 408);
    assert_eq!(body.rest(), b"");
    assert_eq!(after.rest(), b"");
    assert!(began.elapsed() >= Duration::from_secs(2), "too impatient");
    // More of them than there are lines, and one at work: it is answered, and so is everybody who asks in time.
    let mut worker = server.solve(1, 1, 300);
    soon("started", || server.started() == 2);
    let crowd: Vec<Client> = (0..50).map(|_| silent("POST /api/solve HTTP/1.1\r\nhost:")).collect();
    for serial in 1..20 {
        assert_eq!(ask(at, "/api/heat", &setting(2, serial, json!({}))).status, 200);
    }
    assert_eq!(worker.answer().unwrap().status, 200);
    drop(crowd);
    server.assert_idle();
}

#[test]
fn who_does_not_listen_is_dropped() {
    let server = running(Limits { write_time: Duration::from_millis(200), ..slots(1) });
    let mut deaf = Client::new(server.address);
    deaf.post("/api/solve", &setting(1, 1, json!({ "large": 50_000_000 })));
    soon("hung up", || deaf.send(b" ").is_err());
    assert!(deaf.rest().len() < 50_000_000);
    server.assert_idle();
}

#[test]
fn the_newest_request_of_a_session_goes_before_older_ones() {
    let server = running(slots(1));
    let mut first = server.solve(1, 1, 60_000);
    soon("started", || server.started() == 1);
    // Another session and another kind wait their turn; a newer one of the same ends what runs.
    let mut other = server.solve(2, 1, 0);
    soon("in line", || server.desk.open() == 2);
    let mut second = server.solve(1, 2, 60_000);
    assert_eq!(first.answer().unwrap().status, 409);
    soon("second started", || server.started() == 3);
    assert_eq!(other.answer().unwrap().status, 200);
    assert_eq!(server.cancelled(), 1);
    // One that waits gives its place to the newer one; an older one that comes late gets nothing.
    let mut third = server.solve(3, 1, 0);
    soon("third waits", || server.desk.open() == 2);
    let mut fourth = server.solve(3, 3, 0);
    assert_eq!(third.answer().unwrap().status, 409);
    let late = ask(server.address, "/api/solve", &setting(3, 2, json!({})));
    assert_eq!((late.status, late.json()["id"].as_str()), (409, Some("newer-request")));
    // The same one again, as browsers send it when a connection breaks, counts as newer.
    let mut again = server.solve(3, 3, 0);
    assert_eq!(fourth.answer().unwrap().status, 409);
    // Other kinds of the same session stay.
    let mut claims = Client::new(server.address);
    claims.post("/api/claims", &setting(3, 9, json!({})));
    soon("claims wait", || server.desk.open() == 3);
    let mut last = server.solve(1, 3, 0);
    assert_eq!(second.answer().unwrap().status, 409);
    for client in [&mut again, &mut claims, &mut last] {
        assert_eq!(client.answer().unwrap().status, 200);
    }
    assert_eq!((server.cancelled(), server.started()), (2, 6));
    server.assert_idle();
}

#[test]
fn who_leaves_is_given_up() {
    let server = running(slots(1));
    let runs = server.solve(1, 1, 60_000);
    soon("started", || server.started() == 1);
    let waits = server.solve(2, 1, 60_000);
    soon("in line", || server.desk.open() == 2);
    drop(waits);
    soon("out of line", || server.desk.open() == 1);
    drop(runs);
    soon("cancelled", || server.cancelled() == 1);
    assert_eq!(server.started(), 1);
    server.assert_idle();
}

#[test]
fn no_more_than_so_many_wait_and_the_page_never_does() {
    let server = running(Limits { waiting: 3, ..slots(2) });
    let mut runs: Vec<Client> = (0..2).map(|s| server.solve(s, 1, 60_000)).collect();
    soon("both started", || server.started() == 2);
    let mut wait: Vec<Client> = (2..5).map(|s| server.solve(s, 1, 0)).collect();
    soon("in line", || server.desk.open() == 5);
    let refused = ask(server.address, "/api/solve", &setting(5, 1, json!({})));
    assert_eq!((refused.status, refused.header("retry-after")), (503, "1"));
    assert_eq!(refused.json()["id"], "server-busy");
    // Who has a place keeps it.
    let mut newer = server.solve(4, 2, 0);
    assert_eq!(wait[2].answer().unwrap().status, 409);
    assert_eq!(server.desk.open(), 5);
    // The page and what is quick go past all of them.
    let began = Instant::now();
    assert_eq!(once(server.address, &request(server.address, "GET", "/", "")).status, 200);
    assert_eq!(ask(server.address, "/api/heat", &setting(0, 1, json!({}))).status, 200);
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(server.engine.most_at_once.load(Ordering::SeqCst), 3);
    runs.clear();
    for client in [&mut newer].into_iter().chain(wait.iter_mut().take(2)) {
        assert_eq!(client.answer().unwrap().status, 200);
    }
    server.assert_idle();
}

#[test]
fn an_engine_that_breaks_down_breaks_one_request() {
    let server = running(slots(1));
    for panic in [json!(true), json!("lane")] {
        let broken = ask(server.address, "/api/solve", &setting(1, 1, json!({ "panic": panic })));
        assert_eq!((broken.status, broken.json()["id"].as_str()), (500, Some("defect")));
        assert_eq!(ask(server.address, "/api/solve", &setting(1, 2, json!({}))).status, 200);
    }
    server.assert_idle();
}

#[test]
fn places_are_understood() {
    use clap::Parser;
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        place: Place,
    }
    let line =
        |words: &str| Line::try_parse_from(format!("serve {words}").split_whitespace()).map(|l| l.place);
    let usual = line("").unwrap();
    assert_eq!((usual.port, usual.host.to_string().as_str()), (None, "127.0.0.1"));
    let other = line("--port 0 --host :: --allow-host box.lan,Box:90 --allow-host [::1]").unwrap();
    assert_eq!((other.port, other.host.to_string().as_str()), (Some(0), "::"));
    assert_eq!(other.allow_host, ["box.lan", "Box:90", "[::1]"]);
    for wrong in
        ["--port 65536", "--host nowhere", "--allow-host http://box", "--allow-host a/b", "--allow-host *"]
    {
        assert!(line(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_taken_port_is_named_or_gone_by() {
    let first = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let taken = first.local_addr().unwrap();
    let place = |port| Place { port, host: taken.ip(), allow_host: Vec::new() };
    assert_eq!(place(Some(taken.port())).bind().unwrap_err().code(), 2);
    // The usual port, or another one if that is taken, by us or by anybody.
    let (second, third) = (place(None).bind().unwrap(), place(None).bind().unwrap());
    let ports = [first, second, third].map(|l| l.local_addr().unwrap().port());
    assert!(ports[0] == taken.port() && ports[1] != ports[2], "{ports:?}");
    let nowhere = Place { host: "192.0.2.1".parse().unwrap(), ..place(None) };
    assert_eq!(nowhere.bind().unwrap_err().code(), 2);
}

#[test]
fn connections_are_used_again_and_requests_may_come_in_advance() {
    let server = running(slots(1));
    let mut client = Client::new(server.address);
    for serial in 1..=3 {
        client.post("/api/solve", &setting(1, serial, json!({ "ms": 5 })));
    }
    for serial in 1..=3 {
        assert_eq!(client.answer().unwrap().json()["serial"], serial);
    }
    server.assert_idle();
}

#[test]
fn the_end_is_told_to_those_who_wait_and_does_not_wait_for_the_deaf() {
    let mut server = running(Limits { farewell: Duration::from_millis(500), ..slots(1) });
    let mut deaf = Client::new(server.address);
    deaf.post("/api/solve", &setting(1, 1, json!({ "ms": 3_000, "deaf": true })));
    soon("started", || server.started() == 1);
    let mut waits = server.solve(2, 1, 0);
    soon("in line", || server.desk.open() == 2);
    let silent = Client::new(server.address);
    let began = Instant::now();
    server.end();
    assert!(began.elapsed() < Duration::from_secs(2));
    for client in [&mut deaf, &mut waits] {
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, answer.json()["id"].as_str()), (503, Some("server-ending")));
        assert_eq!(client.rest(), b"");
    }
    drop(silent);
    assert!(std::net::TcpStream::connect(server.address).is_err());
}
