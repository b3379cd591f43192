//! The problems found so far: each once, in order of place, and the nearest spelling for a name that is unknown.

use std::collections::HashSet;

use melian_model::{Diagnostic, Span};

/// How many problems are kept; a file with more has one cause, not a thousand.
const MOST: usize = 200;

/// Diagnostics collected while a model is elaborated.
#[derive(Default)]
pub struct Problems {
    found: Vec<Diagnostic>,
    seen: HashSet<(&'static str, Span, String)>,
    errors: usize,
    /// Errors met, those included that were there already.
    met: usize,
    /// Macros being expanded, with the places of their uses, outermost first.
    uses: Vec<(String, Span)>,
    /// In a question typed apart from the model: the place that stands for everything inside the model's text.
    elsewhere: Option<Span>,
    /// A question typed apart from the model is being read: places in the model's text mean nothing in it.
    apart: bool,
}

impl Problems {
    /// Adds a problem, unless it is there already.
    pub fn report(&mut self, mut problem: Diagnostic) {
        self.met += usize::from(problem.is_error());
        if let Some(place) = self.elsewhere {
            problem.labels.truncate(1);
            if let Some(label) = problem.labels.first_mut() {
                label.span = place;
            }
            problem.fix = None;
        } else if self.apart {
            problem.labels.truncate(1);
        } else if let Some((name, place)) = self.uses.first().filter(|_| problem.id != "cycle") {
            problem = problem.also(*place, format!("`{name}` is used here"));
        }
        let place = problem.labels.first().map_or(Span::NONE, |label| label.span);
        let fresh = self.seen.insert((problem.id, place, problem.title.clone()));
        if fresh && self.found.len() < MOST {
            self.errors += usize::from(problem.is_error());
            self.found.push(problem);
        }
    }

    /// What is read from here on stands in another text than the model.
    pub fn apart(&mut self) {
        self.apart = true;
    }

    /// Whether there is an error.
    pub fn any_error(&self) -> bool {
        self.errors > 0
    }

    /// Number of errors met so far, those included that were there already.
    pub fn met(&self) -> usize {
        self.met
    }

    /// Notes that the body of a macro is read for the use at this place. `foreign`: the body stands in another text.
    /// Returns what to hand to [`Problems::leave`].
    pub fn enter(&mut self, name: &str, place: Span, foreign: bool) -> Option<Span> {
        let before = self.elsewhere;
        if foreign && self.elsewhere.is_none() {
            self.elsewhere = Some(place);
        }
        self.uses.push((name.to_owned(), place));
        before
    }

    /// The body has been read.
    pub fn leave(&mut self, before: Option<Span>) {
        self.uses.pop();
        self.elsewhere = before;
    }

    /// Reads an argument where it was written: outside the macros that it was handed to.
    pub fn outside(&mut self) -> (Vec<(String, Span)>, Option<Span>) {
        (std::mem::take(&mut self.uses), self.elsewhere)
    }

    /// Goes back into the macros.
    pub fn back(&mut self, before: (Vec<(String, Span)>, Option<Span>)) {
        (self.uses, self.elsewhere) = before;
    }

    /// All problems, by place.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        sorted(self.found)
    }
}

/// Problems by place; errors before warnings at the same place.
pub fn sorted(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by_key(|problem| {
        let place = problem.labels.first().map_or(Span::NONE, |label| label.span);
        (place.start, place.end, std::cmp::Reverse(problem.severity))
    });
    problems
}

/// The candidate nearest to a name, if one is near enough to be meant.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            let folded = candidate.to_lowercase() == name.to_lowercase();
            let distance = if folded { 0 } else { strsim::damerau_levenshtein(name, candidate) };
            (distance, candidate)
        })
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_spelling() {
        let names = ["front", "regime", "posture"];
        assert_eq!(nearest("frnt", names), Some("front"));
        assert_eq!(nearest("Regime", names), Some("regime"));
        assert_eq!(nearest("oil", names), None);
    }
}
