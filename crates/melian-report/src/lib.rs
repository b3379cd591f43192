//! Answers to one self-contained HTML page.
//!
//! A [`View`] is everything that the page shows, and what `melian report --format json` prints. It is put together from
//! public results of the solver and of studies: [`outlook`] from the exact distribution of play, [`stages`] from the
//! choices made along it, [`finding`] from verdicts. [`page()`] makes the page of it: one file, no network, a content
//! security policy that allows nothing but its own style and script. The script lives in `web/` and is built from
//! TypeScript; what is built is part of the repository, so that building Melian needs no Node.

pub mod finding;
pub mod outlook;
pub mod page;
pub mod source;
pub mod stages;
pub mod summary;
pub mod view;

pub use page::{Page, page};
pub use view::View;

/// A number with so many significant digits: what a picture can show, in a few bytes.
pub(crate) fn short(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    format!("{x:.4e}").parse().unwrap_or(x)
}

/// The same of a number that may not exist.
pub(crate) fn shown(x: f64) -> Option<f64> {
    (!x.is_nan()).then(|| short(x))
}

/// A calendar month, `2025-10`, or the number of a period.
pub(crate) fn label(model: &melian_model::Model, period: usize) -> String {
    match model.date(period) {
        Some((year, month)) => format!("{year}-{month:02}"),
        None => period.to_string(),
    }
}
