//! What every request passes: the guard, the reading of its body, and the headers that every answer leaves with.

use std::sync::Arc;

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::{guard::Guard, limits::Limits, lines::Line, refusal::Refusal};

/// So much of a body that is too large is still taken, so that its sender comes to read why it was refused.
const TAKEN: usize = 1 << 20;

/// Headers of every answer. Of these, only the first may have been set already.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Judges requests before anything is done about them.
pub struct Gate {
    /// Who may ask.
    pub guard: Guard,
    /// How much they may send.
    pub limits: Limits,
}

/// Lets a request through once it is whole, if it may pass.
pub async fn pass(
    State(gate): State<Arc<Gate>>,
    Extension(line): Extension<Line>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    let judged = gate.guard.check(&head);
    let read = read(&head.headers, body, &gate.limits).await;
    let mut response = match judged.and(read) {
        Ok(body) => {
            let _answering = line.answering();
            next.run(Request::from_parts(head, Body::from(body))).await
        }
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The body of a request.
async fn read(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Bytes, Refusal> {
    let said = headers.get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|n| n > limits.body_bytes) && headers.contains_key(header::EXPECT) {
        return Err(too_large(limits));
    }
    timeout(limits.body_time, collect(body, limits)).await.unwrap_or_else(|_| {
        let title = format!("the body of the request did not come within {:?}", limits.body_time);
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "slow-body", &title, "send it at once"))
    })
}

async fn collect(mut body: Body, limits: &Limits) -> Result<Bytes, Refusal> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let broken = |_| {
            let title = "the body of the request is broken off or badly framed";
            Refusal::new(StatusCode::BAD_REQUEST, "broken-body", title, "send all of it")
        };
        // Trailers say nothing that is of use here.
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        length += data.len();
        if length <= limits.body_bytes {
            bytes.extend_from_slice(&data);
        } else if length > limits.body_bytes.max(TAKEN) {
            break;
        }
    }
    if length > limits.body_bytes { Err(too_large(limits)) } else { Ok(bytes.into()) }
}

fn too_large(limits: &Limits) -> Refusal {
    let title = format!("the body of the request is larger than {} bytes", limits.body_bytes);
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "large-body", &title, "ask less at once")
}
