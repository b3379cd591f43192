//! Diagnostics as text: title, labelled source, help, with or without colour.

use codespan_reporting::{
    diagnostic::{Diagnostic as Report, Label, LabelStyle, Severity as Level},
    files::SimpleFile,
    term::{
        self, Config,
        termcolor::{Ansi, NoColor, WriteColor},
    },
};
use melian_model::{Diagnostic, Severity, Span};

/// Renders one diagnostic about a text that has a name (a path, mostly).
pub fn render(diagnostic: &Diagnostic, name: &str, text: &str, colour: bool) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let mut labels = Vec::new();
    let mut notes = Vec::new();
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let Some(range) = within(label.span, text) else { continue };
        if let Some(excerpt) = excerpt(&range, text) {
            notes.push(format!("{excerpt} {}", label.text).trim_end().to_owned());
            continue;
        }
        let style = if index == 0 { LabelStyle::Primary } else { LabelStyle::Secondary };
        labels.push(Label::new(style, (), range).with_message(&label.text));
    }
    notes.extend(diagnostic.help.iter().map(|h| format!("help: {h}")));
    if let Some(fix) = &diagnostic.fix {
        let fix = format!("help: {}", fix.title);
        if !notes.contains(&fix) {
            notes.push(fix);
        }
    }
    let report = Report::new(severity)
        .with_code(diagnostic.id)
        .with_message(&diagnostic.title)
        .with_labels(labels)
        .with_notes(notes);
    let file = SimpleFile::new(name, text);
    let config = Config { tab_width: 4, ..Config::default() };
    let bytes = if colour {
        emit(Ansi::new(Vec::new()), &config, &file, &report).into_inner()
    } else {
        emit(NoColor::new(Vec::new()), &config, &file, &report).into_inner()
    };
    let rendered = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = rendered.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
}

fn emit<W: WriteColor>(mut out: W, config: &Config, file: &SimpleFile<&str, &str>, report: &Report<()>) -> W {
    // Writing to memory succeeds, and every label was checked to lie within the text.
    if term::emit_to_write_style(&mut out, config, file, report).is_err() {
        debug_assert!(false, "a diagnostic that cannot be rendered: {report:?}");
    }
    out
}

/// The longest lines that are shown whole, in bytes.
const LONG: usize = 400;

/// Where a range begins and the text around it, in words, if it touches a line too long to be shown.
fn excerpt(range: &std::ops::Range<usize>, text: &str) -> Option<String> {
    let first = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let length = text[first..].find('\n').unwrap_or(text.len() - first);
    if length <= LONG && range.end - range.start <= 10 * LONG {
        return None;
    }
    let line = 1 + text[..first].bytes().filter(|&b| b == b'\n').count();
    let column = 1 + text[first..range.start].chars().count();
    let near: String = text[range.start..].chars().take_while(|&c| c != '\n').take(40).collect();
    Some(format!("line {line}, column {column}, at `{near}`"))
}

/// A span as a range of bytes, if it stands for a place in the text.
fn within(span: Span, text: &str) -> Option<std::ops::Range<usize>> {
    let range = span.range();
    let inside = range.start <= range.end && range.end <= text.len();
    let whole = inside && text.is_char_boundary(range.start) && text.is_char_boundary(range.end);
    (span != Span::NONE && whole).then_some(range)
}
