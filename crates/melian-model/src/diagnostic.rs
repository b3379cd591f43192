//! What is wrong with a model, as data: a stable id, a title, labelled spans, help and a fix. The shell renders it.

use crate::Span;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The model can be solved, but probably does not say what its author means.
    Warning,
    /// The model cannot be solved.
    Error,
}

/// A stretch of text with a few words about it.
#[derive(Clone, PartialEq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// A replacement of text that mends the problem.
#[derive(Clone, PartialEq, Debug)]
pub struct Fix {
    /// What to do, in words: "write `frost: rest`".
    pub title: String,
    /// The text to replace (an empty span inserts).
    pub span: Span,
    /// What to put there.
    pub replacement: String,
}

/// One problem. Titles are lower case, end without a full stop, and quote the user's text in backticks.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    /// Stable kebab-case id, explained by `melian explain ID`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The problem in one line.
    pub title: String,
    /// Where it is; the first label is the primary one.
    pub labels: Vec<Label>,
    /// What to do about it, and facts that help (a state, a sum); each is a line of its own.
    pub help: Vec<String>,
    /// A replacement that mends it, when one is simple.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(id: &'static str, title: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic {
            id,
            severity: Severity::Error,
            title: title.into(),
            labels: vec![Label { span, text: String::new() }],
            help: Vec::new(),
            fix: None,
        }
    }

    /// A warning at a place.
    pub fn warning(id: &'static str, title: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(id, title, span) }
    }

    /// Words for the primary label.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// A further labelled place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// A line of help.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help.push(text.into());
        self
    }

    /// A fix.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.fix = Some(Fix { title: title.into(), span, replacement: replacement.into() });
        self
    }

    /// Whether the model cannot be solved because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
