//! What a page asks for: parameters and start values that differ from the report's.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
};

use melian::{
    Setup,
    model::{Diagnostic, Model},
    solver::{INTERRUPTED, Interrupt, Options},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::command::{Settings, serve::Refusal, shell::Failure};

/// Parameters and start values by name.
#[derive(Deserialize)]
pub struct Setting {
    #[serde(default)]
    params: BTreeMap<String, f64>,
    #[serde(default)]
    start: BTreeMap<String, String>,
}

/// Reads a part of a request.
///
/// # Errors
/// It is not of the form that the page sends.
pub fn read<T: DeserializeOwned>(body: &Value) -> Result<T, Refusal> {
    serde_json::from_value(body.clone()).map_err(|e| {
        Refusal::wrong("bad-request", format!("the request is not understood: {e}"))
            .help("load the page again")
    })
}

impl Setting {
    /// The settings of the report, with these in their place.
    pub fn over(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        for (name, value) in &self.params {
            settings.params.retain(|(known, _)| known != name);
            settings.params.push((name.clone(), *value));
        }
        for (name, value) in &self.start {
            settings.starts.retain(|(known, _)| known != name);
            settings.starts.push((name.clone(), value.clone()));
        }
        settings
    }

    /// Whether nothing differs from the report.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty() && self.start.is_empty()
    }

    /// Whether play starts as in the report.
    pub fn keeps_start(&self) -> bool {
        self.start.is_empty()
    }

    /// The setup that this makes of the report's.
    pub fn setup(&self, settings: &Settings) -> Setup {
        self.over(settings).setup()
    }

    /// The same for the same setting.
    pub fn key(&self) -> String {
        format!("{:?} {:?}", self.params, self.start)
    }
}

/// How a request is solved: as the report, until nobody waits any more.
///
/// # Errors
/// A file that the settings name cannot be read.
pub fn options(settings: &Settings, model: &Model, cancel: Arc<AtomicBool>) -> Result<Options, Refusal> {
    let options = settings.options(model).map_err(|failure| of_failure(&failure))?;
    Ok(Options { interrupt: Interrupt::by(cancel), ..options })
}

/// Why something cannot be answered, for the page.
pub fn refusal(problems: &[Diagnostic]) -> Refusal {
    let Some(first) = problems.iter().find(|p| p.is_error()).or(problems.first()) else {
        return Refusal::defect("a request failed without a reason");
    };
    if first.id == INTERRUPTED {
        return Refusal::superseded();
    }
    let mut refusal = Refusal::wrong(first.id, first.title.clone());
    for help in &first.help {
        refusal = refusal.help(help.clone());
    }
    refusal
}

/// The same about a question: with the characters that are meant.
pub fn about(problems: &[Diagnostic], question: &str) -> Refusal {
    let label = problems.iter().find(|p| p.is_error()).and_then(|p| p.labels.first());
    let span = label.map(|label| label.span.range());
    let characters = |byte: usize| question.get(..byte).map(|text| text.chars().count());
    match span.and_then(|span| Some((characters(span.start)?, characters(span.end)?))) {
        Some((from, to)) => refusal(problems).at(from, to.max(from + 1)),
        None => refusal(problems),
    }
}

/// The same of what a command reports.
pub fn of_failure(failure: &Failure) -> Refusal {
    refusal(failure.problems())
}
