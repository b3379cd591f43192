//! The page: a view model, a style and a script in one file that needs nothing else.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use sha2::{Digest, Sha256};

const SCRIPT: &str = include_str!("../web/dist/report.js");
const STYLE: &str = include_str!("../web/dist/report.css");

/// A page with the policy under which a browser may show it.
pub struct Page {
    /// The file.
    pub html: String,
    /// Its content security policy, which stands in the file too.
    pub policy: String,
}

/// A page that shows a view. With `live`, it asks the server that it comes from; otherwise it opens no connection.
pub fn page<V: Serialize, L: Serialize>(title: &str, view: &V, live: Option<&L>) -> Page {
    let connect = if live.is_some() { " connect-src 'self';" } else { "" };
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}';{connect} base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    );
    let live = live.map_or_else(String::new, |live| data("live", live));
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <noscript>This report draws its charts with a script that is part of the file; nothing is fetched.</noscript>\n\
         {}{live}<script>{SCRIPT}</script>\n</body>\n</html>\n",
        escaped(title),
        data("view", view),
    );
    Page { html, policy }
}

/// Data for the script, in a form that no text in it can leave.
fn data<T: Serialize>(id: &str, value: &T) -> String {
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            c => safe.push(c),
        }
    }
    format!("<script type=\"application/json\" id=\"{id}\">{safe}</script>\n")
}

/// Text as it may stand between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A content security policy's source for what stands in the page.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_element() {
        let hostile = "</script><script>window.hacked = 1</script></style>\u{2028}&<!--";
        let made = page(hostile, &[hostile], Some(&[hostile]));
        assert_eq!(made.html.matches("</script").count(), 3, "two pieces of data and the script");
        let stands = data("view", &hostile);
        assert!(!stands.contains("<!--") && !stands.contains('\u{2028}') && !stands.contains('&'));
        assert_eq!(stands.matches('<').count(), 2, "its own tags");
        assert!(made.html.contains("<title>&lt;/script&gt;"));
    }

    #[test]
    fn what_is_built_can_stand_in_a_page() {
        assert!(!SCRIPT.to_lowercase().contains("</script") && !SCRIPT.contains("<!--"));
        assert!(!STYLE.to_lowercase().contains("</style"));
    }

    #[test]
    fn a_page_that_is_not_live_may_not_connect() {
        let made = page("", &(), None::<&()>);
        assert!(made.policy.starts_with("default-src 'none';") && !made.policy.contains("connect-src"));
    }
}
