//! An engine that takes as long as it is told to, and remembers what became of it.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::super::{Cancel, Engine, Kind, Lane, Page, Refusal, Reply};

#[derive(Default)]
pub struct Fake {
    pub started: AtomicUsize,
    pub finished: AtomicUsize,
    pub cancelled: AtomicUsize,
    pub at_once: AtomicUsize,
    pub most_at_once: AtomicUsize,
}

impl Engine for Fake {
    fn page(&self, session: &str) -> Page {
        Page {
            html: format!("<!doctype html><title>{session}</title>"),
            policy: "default-src 'self';".into(),
        }
    }

    fn lane(&self, kind: Kind, body: &Value) -> Lane {
        assert!(body["panic"] != "lane", "as asked");
        if kind == Kind::Heat { Lane::Quick } else { Lane::Slow }
    }

    /// `ms`: so long; `deaf`: without looking whether it is cancelled; `panic`, `wrong`, `large`: as they say.
    fn answer(&self, kind: Kind, body: Value, cancel: &Cancel) -> Result<Reply, Refusal> {
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        self.started.fetch_add(1, Ordering::SeqCst);
        let result = self.work(kind, &body, cancel);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        self.finished.fetch_add(1, Ordering::SeqCst);
        assert!(body["panic"] != true, "as asked");
        result
    }
}

impl Fake {
    fn work(&self, kind: Kind, body: &Value, cancel: &Cancel) -> Result<Reply, Refusal> {
        let until = Instant::now() + Duration::from_millis(body["ms"].as_u64().unwrap_or(0));
        while Instant::now() < until {
            if cancel.is_cancelled() && body["deaf"] != true {
                self.cancelled.fetch_add(1, Ordering::SeqCst);
                return Err(Refusal::superseded());
            }
            thread::sleep(Duration::from_millis(1));
        }
        if body["wrong"] == true {
            return Err(Refusal::wrong("unknown-name", "`x` is nothing").help("write `y`").at(2, 3));
        }
        if let Some(size) = body["large"].as_u64() {
            return Reply::json(&json!({ "serial": body["serial"], "more": "x".repeat(size as usize) }));
        }
        if kind == Kind::Report {
            return Ok(Reply::file("a \"name\"\r\n.html", "<p>".into()));
        }
        Reply::json(&json!({ "serial": body["serial"] }))
    }
}
