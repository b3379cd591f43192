//! Who may ask: names under which the server is known, and pages from which requests may come.
//!
//! A page elsewhere can make a browser send requests here, and a name elsewhere can be made to point here (DNS rebinding).
//! Both show in the headers `Host`, `Origin` and `Sec-Fetch-Site`, which pages cannot change.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header, request::Parts};

use super::refusal::Refusal;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Names with ports under which the server may be spoken to.
#[derive(Debug)]
pub struct Guard {
    /// In lower case, each with its port.
    names: Vec<String>,
    /// Bound to every address of the machine: any of them is a good name, as no name can be made to point to a number.
    numbers: Option<u16>,
}

impl Guard {
    /// A guard of a server that is bound to this address; others may know it by more names, with another port or without.
    pub fn new(bound: SocketAddr, more: &[String]) -> Guard {
        let (address, port) = (bound.ip(), bound.port());
        let mut names =
            vec![format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")];
        names.push(SocketAddr::new(address, port).to_string());
        names.extend(more.iter().map(|name| {
            let name = name.to_ascii_lowercase();
            match name.parse::<IpAddr>() {
                Ok(number) => SocketAddr::new(number, port).to_string(),
                Err(_) if has_port(&name) => name,
                Err(_) => format!("{name}:{port}"),
            }
        }));
        Guard { names, numbers: address.is_unspecified().then_some(port) }
    }

    /// Whether a request may be answered, by its head.
    ///
    /// # Errors
    /// It may not.
    pub fn check(&self, head: &Parts) -> Result<(), Refusal> {
        self.check_host(head)?;
        self.check_origin(&head.headers)?;
        check_site(head)
    }

    fn check_host(&self, head: &Parts) -> Result<(), Refusal> {
        let Some(host) = only(&head.headers, &header::HOST)? else {
            let title = "the request does not say which host it is for";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "no-host", title, "send the header `Host`"));
        };
        let target = head.uri.authority().map(|a| a.as_str());
        if self.knows(host) && target.is_none_or(|t| self.knows(t)) {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::MISDIRECTED_REQUEST,
            "unknown-host",
            "this server is not known by that name",
            "open the address that `melian serve` printed, or start it with `--allow-host NAME`",
        ))
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(origin) = only(headers, &header::ORIGIN)? else { return Ok(()) };
        let scheme = origin.get(..7).filter(|s| s.eq_ignore_ascii_case("http://"));
        if scheme.is_some() && self.knows(&origin[7..]) {
            return Ok(());
        }
        Err(foreign("the request comes from a page of another server"))
    }

    /// Whether this is us.
    fn knows(&self, authority: &str) -> bool {
        let authority = authority.to_ascii_lowercase();
        let authority = if has_port(&authority) { authority } else { format!("{authority}:80") };
        let number = || authority.parse::<SocketAddr>().ok().map(|a| a.port());
        self.names.contains(&authority) || (self.numbers.is_some() && self.numbers == number())
    }
}

/// Whether a host in lower case, as in a URL, says a port.
fn has_port(host: &str) -> bool {
    host.rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
        && !host.ends_with(']')
}

/// Pages of other sites may lead here, but not use what is here.
fn check_site(head: &Parts) -> Result<(), Refusal> {
    match only(&head.headers, &FETCH_SITE)? {
        None | Some("same-origin" | "none") => return Ok(()),
        Some(_) => {}
    }
    let is = |name: &HeaderName, what: &str| only(&head.headers, name).is_ok_and(|v| v == Some(what));
    let reading = head.method == Method::GET || head.method == Method::HEAD;
    if reading && head.uri.path() == "/" && is(&FETCH_MODE, "navigate") && is(&FETCH_DEST, "document") {
        return Ok(());
    }
    Err(foreign("the request comes from a page of another site"))
}

fn foreign(title: &str) -> Refusal {
    let help = "only pages that `melian serve` handed out may ask; open its address in a tab of its own";
    Refusal::new(StatusCode::FORBIDDEN, "foreign-page", title, help)
}

/// The value of a header that must not be there twice.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(|value| value.to_str());
    match (first, values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(text)), None) => Ok(Some(text)),
        _ => {
            let title = format!("the header `{name}` is there twice, or is no text");
            Err(Refusal::new(StatusCode::BAD_REQUEST, "bad-header", &title, "send it once"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn verdict(bound: &str, more: &[&str], method: &str, headers: &[(&str, &str)]) -> u16 {
        let more: Vec<String> = more.iter().map(ToString::to_string).collect();
        let guard = Guard::new(bound.parse().unwrap(), &more);
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        use axum::response::IntoResponse;
        guard.check(&head).map_or_else(|r| r.into_response().status().as_u16(), |()| 200)
    }

    fn host(bound: &str, more: &[&str], name: &str) -> u16 {
        verdict(bound, more, "POST", &[("host", name)])
    }

    #[test]
    fn only_our_names_with_our_port_are_hosts() {
        for name in ["127.0.0.1:8417", "localhost:8417", "LocalHost:8417", "[::1]:8417"] {
            assert_eq!(host("127.0.0.1:8417", &[], name), 200, "{name}");
        }
        for name in [
            "evil.example:8417",
            "127.0.0.1",
            "127.0.0.1:8418",
            "localhost",
            "localhost.:8417",
            "127.0.0.2:8417",
            "127.1:8417",
            "0.0.0.0:8417",
            "[::]:8417",
            "localhost:8417.evil.example",
            "localhost:08417",
            "",
            "localhost:8417@evil.example",
            "evil.example:80:8417",
            "[::ffff:127.0.0.1]:8417",
        ] {
            assert_eq!(host("127.0.0.1:8417", &[], name), 421, "{name}");
        }
        assert_eq!(verdict("127.0.0.1:8417", &[], "GET", &[]), 400);
        assert_eq!(
            verdict("127.0.0.1:1", &[], "GET", &[("host", "localhost:1"), ("host", "localhost:1")]),
            400
        );
    }

    #[test]
    fn port_80_goes_without_saying() {
        assert_eq!(host("127.0.0.1:80", &[], "localhost"), 200);
        assert_eq!(host("127.0.0.1:80", &[], "[::1]"), 200);
        assert_eq!(host("127.0.0.1:80", &[], "evil.example"), 421);
    }

    #[test]
    fn names_can_be_allowed_with_a_port_or_without() {
        assert_eq!(host("127.0.0.1:8417", &["Box.lan"], "box.lan:8417"), 200);
        assert_eq!(host("127.0.0.1:8417", &["box.lan"], "box.lan"), 421);
        assert_eq!(host("127.0.0.1:8417", &["box.lan:80"], "box.lan"), 200);
        assert_eq!(host("127.0.0.1:8417", &["localhost:9000"], "localhost:9000"), 200);
        assert_eq!(host("127.0.0.1:8417", &["fe80::1"], "[fe80::1]:8417"), 200);
    }

    #[test]
    fn bound_to_every_address_any_number_is_a_name_and_no_other_name_is() {
        assert_eq!(host("0.0.0.0:8417", &[], "192.168.1.7:8417"), 200);
        assert_eq!(host("[::]:8417", &[], "[fe80::1]:8417"), 200);
        assert_eq!(host("0.0.0.0:8417", &[], "192.168.1.7:8418"), 421);
        assert_eq!(host("0.0.0.0:8417", &[], "evil.example:8417"), 421);
        assert_eq!(host("192.168.1.7:8417", &[], "192.168.1.7:8417"), 200);
        assert_eq!(host("192.168.1.7:8417", &[], "192.168.1.8:8417"), 421);
    }

    #[test]
    fn origins_are_ours() {
        let origin =
            |text| verdict("127.0.0.1:8417", &[], "POST", &[("host", "localhost:8417"), ("origin", text)]);
        assert_eq!(origin("http://localhost:8417"), 200);
        assert_eq!(origin("http://127.0.0.1:8417"), 200);
        for text in [
            "null",
            "http://evil.example",
            "https://localhost:8417",
            "http://localhost:8418",
            "http://localhost",
            "",
            "http://",
            "http://localhost:8417/",
            "ftp://127.0.0.1:8417",
            "localhost:8417",
            "httpé//localhost:8417",
        ] {
            assert!([400, 403].contains(&origin(text)), "{text}");
        }
    }

    #[test]
    fn other_sites_may_lead_to_the_page_and_no_more() {
        let from = |method, more: &[(&str, &str)]| {
            let mut headers = vec![("host", "localhost:8417")];
            headers.extend(more);
            verdict("127.0.0.1:8417", &[], method, &headers)
        };
        assert_eq!(from("POST", &[("sec-fetch-site", "same-origin")]), 200);
        assert_eq!(from("GET", &[("sec-fetch-site", "none")]), 200);
        assert_eq!(from("POST", &[("sec-fetch-site", "cross-site")]), 403);
        assert_eq!(from("POST", &[("sec-fetch-site", "same-site")]), 403);
        assert_eq!(from("GET", &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]), 403);
        let link = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        assert_eq!(from("GET", &link), 200);
        assert_eq!(from("POST", &link), 403);
        let frame =
            [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
        assert_eq!(from("GET", &frame), 403);
    }
}
