//! What is found where: the page, and what it asks.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::{
    gate::{self, Gate},
    interface::{Kind, Page, Reply},
    queue::{Asked, Desk},
    refusal::Refusal,
};

/// Everything, behind the gate.
pub fn router(desk: Arc<Desk>, gate: Arc<Gate>) -> Router {
    let mut router = Router::new().route("/", get(page));
    for kind in Kind::ALL {
        let answer = move |desk, headers, body| answer(kind, desk, headers, body);
        router = router.route(kind.path(), post(answer));
    }
    router
        .fallback(|| async {
            let help = "the page is at `/`";
            Refusal::new(StatusCode::NOT_FOUND, "nothing-here", "there is nothing at this address", help)
        })
        .method_not_allowed_fallback(|| async {
            let help = "the page is read with GET, and asks with POST";
            let title = "this address does not understand the method of the request";
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", title, help)
        })
        .layer(middleware::from_fn_with_state(gate, gate::pass))
        .with_state(desk)
}

/// The page, for a session of its own.
async fn page(State(desk): State<Arc<Desk>>) -> Result<Response, Refusal> {
    let session = format!("{:032x}", rand::random::<u128>());
    let made = spawn_blocking(move || desk.page(&session)).await;
    let Page { html, policy } = made.unwrap_or_else(|_| Err(Refusal::ending()))?;
    let policy =
        HeaderValue::try_from(format!("{}; frame-ancestors 'none'", policy.trim_end_matches([';', ' '])));
    let policy = policy.map_err(|_| Refusal::defect("the policy of the page is no header"))?;
    let media = HeaderValue::from_static("text/html; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, media), (header::CONTENT_SECURITY_POLICY, policy)], html).into_response())
}

async fn answer(
    kind: Kind,
    State(desk): State<Arc<Desk>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked = understand(kind, &headers, &body)?;
    let reply = desk.submit(asked)?.outcome().await?;
    sent(reply)
}

/// The request, if it is one.
fn understand(kind: Kind, headers: &HeaderMap, body: &[u8]) -> Result<Asked, Refusal> {
    // No page of another site can send this type without asking first, and it is never told that it may.
    let media = headers.get(header::CONTENT_TYPE).and_then(|m| m.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        let (title, help) = ("the request is not said to be JSON", "send `Content-Type: application/json`");
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", title, help));
    }
    let wrong = |title: &str| {
        let help = "send an object with `session`, as the page has it, and `serial`, a number that grows";
        Refusal::new(StatusCode::BAD_REQUEST, "bad-request", title, help)
    };
    let body: Value =
        serde_json::from_slice(body).map_err(|e| wrong(&format!("the request is no JSON: {e}")))?;
    let session = body.get("session").and_then(Value::as_str).and_then(session);
    let session = session.ok_or_else(|| wrong("the session of the request is no session"))?;
    let serial = body.get("serial").and_then(Value::as_u64);
    let serial = serial.ok_or_else(|| wrong("the serial of the request is no whole number"))?;
    Ok(Asked { session, kind, serial, body })
}

/// A session, from its 32 hexadecimal digits. It need not be one that this server gave out: pages outlive servers.
fn session(text: &str) -> Option<u128> {
    let good = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    good.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

fn sent(reply: Reply) -> Result<Response, Refusal> {
    let mut response = reply.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.media));
    if let Some(name) = reply.file {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let name: String = name.chars().map(plain).collect();
        let value = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
        let value = value.map_err(|_| Refusal::defect("the name of the file is no header"))?;
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
