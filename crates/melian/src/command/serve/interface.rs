//! What the server and its engine know of each other; nothing here is about games, and nothing about threads or sockets.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::Value;

use super::refusal::Refusal;

/// Answers requests; runs on threads of its own, not on the server's.
///
/// A panic in any of these is answered for this one request with status 500; the server lives on.
pub trait Engine: Send + Sync + 'static {
    /// The page for a new session. It is shown at once: nothing may be solved for it.
    fn page(&self, session: &str) -> Page;

    /// How long a request will take, as far as that is known without waiting: is asked on the server's threads.
    fn lane(&self, _kind: Kind, _body: &Value) -> Lane {
        Lane::Slow
    }

    /// What a request is answered with. Its body is an object with `session` and `serial`, and whatever else was sent.
    ///
    /// `cancel` says whether nobody waits for it any more: what is then returned is lost.
    ///
    /// # Errors
    /// Why it is not answered, for whoever asked.
    fn answer(&self, kind: Kind, body: Value, cancel: &Cancel) -> Result<Reply, Refusal>;
}

/// What can be asked; newer requests of a session replace older ones of the same kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Everything that the page shows of a solution.
    Solve,
    /// The claims.
    Claims,
    /// A map of one period by two variables.
    Heat,
    /// A choice, explained.
    Why,
    /// A question in words.
    Ask,
    /// The report as a file.
    Report,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 6] = [Kind::Solve, Kind::Claims, Kind::Heat, Kind::Why, Kind::Ask, Kind::Report];

    /// Where it is asked.
    pub fn path(self) -> &'static str {
        match self {
            Kind::Solve => "/api/solve",
            Kind::Claims => "/api/claims",
            Kind::Heat => "/api/heat",
            Kind::Why => "/api/why",
            Kind::Ask => "/api/ask",
            Kind::Report => "/api/report",
        }
    }
}

/// Which threads work on a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lane {
    /// It can be answered from what is known: it does not wait behind solves.
    Quick,
    /// Something may have to be solved.
    Slow,
}

/// A page for a browser.
pub struct Page {
    /// The whole document.
    pub html: String,
    /// Its content security policy. That nobody may frame it is added by the server.
    pub policy: String,
}

/// What a request is answered with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// Media type.
    pub media: &'static str,
    /// Name of the file that the browser is to save it as.
    pub file: Option<String>,
    /// The bytes of it.
    pub body: Vec<u8>,
}

impl Reply {
    /// A value as JSON.
    ///
    /// # Errors
    /// The value has no form in JSON: a defect.
    pub fn json(value: &impl serde::Serialize) -> Result<Reply, Refusal> {
        let body = serde_json::to_vec(value)
            .map_err(|e| Refusal::defect(&format!("the answer cannot be written: {e}")))?;
        Ok(Reply { media: "application/json", file: None, body })
    }

    /// A page to save as a file.
    pub fn file(name: &str, html: String) -> Reply {
        Reply { media: "text/html; charset=utf-8", file: Some(name.to_owned()), body: html.into_bytes() }
    }
}

/// Whether nobody waits for an answer any more; clones are about the same request.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// What is true once nobody waits any more.
    pub fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }

    /// Nobody waits any more.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits any more. Cheap enough to be asked millions of times a second.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
