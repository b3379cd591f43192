//! Why a request is not answered, in the words of a diagnostic.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// Why a request is not answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Refusal {
    #[serde(skip)]
    status: StatusCode,
    /// Stable name of the problem.
    id: String,
    /// The problem in one line.
    title: String,
    /// What to do.
    help: Vec<String>,
    /// Characters of the question that are meant: from, to.
    span: Option<(usize, usize)>,
}

impl Refusal {
    /// A refusal with this status; says also what to do.
    pub(super) fn new(status: StatusCode, id: &str, title: &str, help: &str) -> Refusal {
        Refusal {
            status,
            id: id.to_owned(),
            title: title.to_owned(),
            help: vec![help.to_owned()],
            span: None,
        }
    }

    /// What was asked is wrong: status 422.
    pub fn wrong(id: &str, title: impl Into<String>) -> Refusal {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Refusal { status, id: id.to_owned(), title: title.into(), help: Vec::new(), span: None }
    }

    /// The same, with what may help.
    pub fn help(mut self, text: impl Into<String>) -> Refusal {
        self.help.push(text.into());
        self
    }

    /// The same, about these characters of the question.
    pub fn at(mut self, from: usize, to: usize) -> Refusal {
        self.span = Some((from, to));
        self
    }

    /// Nobody waits for the answer any more, because a newer request came.
    pub fn superseded() -> Refusal {
        let title = "a newer request of this page came";
        Refusal::new(StatusCode::CONFLICT, "newer-request", title, "wait for the answer to the newer one")
    }

    /// Too many are waiting.
    pub(super) fn busy() -> Refusal {
        let title = "too many requests are waiting";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server-busy", title, "ask again in a moment")
    }

    /// The server ends.
    pub(super) fn ending() -> Refusal {
        let title = "the server is ending";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server-ending", title, "start `melian serve` again")
    }

    /// A defect of ours.
    pub fn defect(title: &str) -> Refusal {
        let help = "this is a defect of Melian: please report it with the model and the request";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "defect", title, help)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // It has nothing in it that JSON lacks.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
