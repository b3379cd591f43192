//! The model's text, its parameters, and where each mechanism lives.

use std::ops::Range;

use melian_model::Model;
use melian_study::worlds::law;

use crate::view::{Mechanism, Parameter, Source};

/// The source as it is shown. `pieces` are stretches of the text in order, each with what it is; what lies between them is
/// plain.
pub fn source(model: &Model, params: &[f64], text: &str, pieces: &[(Range<usize>, &'static str)]) -> Source {
    let parameters = model.params.iter().zip(params).map(|(p, &value)| {
        let limits = p.range.map(|range| law(range).range());
        Parameter {
            name: p.name.clone(),
            doc: p.doc.clone(),
            unit: p.unit.clone(),
            source: p.source.clone(),
            default: p.default,
            value,
            low: limits.map(|l| l.0),
            high: limits.map(|l| l.1),
            line: line_of(text, p.span.start as usize),
        }
    });
    Source { lines: lines(text, pieces), parameters: parameters.collect(), mechanisms: mechanisms(model) }
}

/// The number of the line that a byte lies in, from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count()
}

fn lines(text: &str, pieces: &[(Range<usize>, &'static str)]) -> Vec<Vec<(&'static str, String)>> {
    let mut lines = vec![Vec::new()];
    let mut push = |kind: &'static str, part: &str| {
        for (k, piece) in part.split('\n').enumerate() {
            if k > 0 {
                lines.push(Vec::new());
            }
            let piece = piece.strip_suffix('\r').unwrap_or(piece);
            if !piece.is_empty() {
                lines.last_mut().into_iter().for_each(|line| line.push((kind, piece.to_owned())));
            }
        }
    };
    let mut at = 0;
    for (range, kind) in pieces {
        push("", text.get(at..range.start).unwrap_or_default());
        push(kind, text.get(range.clone()).unwrap_or_default());
        at = range.end;
    }
    push("", text.get(at..).unwrap_or_default());
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

/// The mechanisms that the model declares, each with the lines whose comments name it.
fn mechanisms(model: &Model) -> Vec<Mechanism> {
    let part = |m: &melian_model::Mechanism| Mechanism {
        id: m.id.clone(),
        words: m.words.clone(),
        lines: m.lines.clone(),
    };
    model.mechanisms.iter().map(part).collect()
}
