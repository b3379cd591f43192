//! Verdicts as data: the same in the report and in `melian run --format json`.

use melian_model::{Span, print::comparison_word};
use melian_study::{BoundShare, Finding, Reading, Side, Verdict};
use serde::Serialize;

/// A verdict in a word.
pub fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Fails => "fails",
        Verdict::Undecided => "undecided",
        Verdict::Undefined(_) => "undefined",
    }
}

/// A number, or why there is none.
#[derive(Clone, Debug, Serialize)]
pub struct Number {
    /// The number.
    pub value: Option<f64>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<String>,
}

/// How often a commitment bound.
#[derive(Clone, Debug, Serialize)]
pub struct BoundPart {
    commitment: String,
    visits: f64,
    bound: f64,
}

/// A verdict with its numbers.
#[derive(Clone, Debug, Serialize)]
pub struct FindingPart {
    /// `holds`, `fails`, `undecided` or `undefined`.
    pub verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    undefined: Option<String>,
    /// By how much it holds.
    pub margin: Option<f64>,
    /// "and", "or", "not", "near", "rises", "falls", or the comparison's sign.
    relation: String,
    sides: Vec<SidePart>,
    by: Option<f64>,
    members: Vec<FindingPart>,
}

#[derive(Clone, Debug, Serialize)]
struct SidePart {
    question: String,
    /// The parameter's value, of `rises` and `falls`.
    at: Option<f64>,
    #[serde(flatten)]
    value: Number,
}

impl Number {
    /// From a reading.
    pub fn of(reading: &Reading) -> Number {
        match reading {
            Reading::Number(x) => Number { value: Some(*x), undefined: None },
            Reading::Undefined(reason) => Number { value: None, undefined: Some(reason.clone()) },
        }
    }
}

/// How often commitments bound.
pub fn bounds(shares: &[BoundShare]) -> Vec<BoundPart> {
    let part =
        |b: &BoundShare| BoundPart { commitment: b.commitment.clone(), visits: b.visits, bound: b.bound };
    shares.iter().map(part).collect()
}

impl FindingPart {
    /// From a finding; sides are quoted as they stand in `written`, a stretch of a text, if they stand there.
    pub fn of(finding: &Finding, written: Option<(&str, Span)>) -> FindingPart {
        let judged = finding.judged();
        let side = |side: &Side, at: Option<f64>, reading: &Reading| SidePart {
            question: quoted(side, written),
            at,
            value: Number::of(reading),
        };
        let two = |left: &Side, right: &Side| {
            vec![side(left, None, &left.reading), side(right, None, &right.reading)]
        };
        let all = |members: &[Finding]| members.iter().map(|m| FindingPart::of(m, written)).collect();
        let number = |by: &Option<Reading>| by.as_ref().and_then(Reading::number);
        let (relation, sides, by, members) = match finding {
            Finding::Compare { comparison, left, right, by, .. } => {
                (comparison_word(*comparison), two(left, right), number(by), Vec::new())
            }
            Finding::Near { left, right, within, .. } => {
                ("near", two(left, right), within.number(), Vec::new())
            }
            Finding::Rises { side: s, points, by, falls, .. } => {
                let sides = points.iter().map(|(x, y)| side(s, Some(*x), y)).collect();
                (if *falls { "falls" } else { "rises" }, sides, number(by), Vec::new())
            }
            Finding::And(members, _) => ("and", Vec::new(), None, all(members)),
            Finding::Or(members, _) => ("or", Vec::new(), None, all(members)),
            Finding::Not(inner, _) => ("not", Vec::new(), None, vec![FindingPart::of(inner, written)]),
        };
        let undefined = match &judged.verdict {
            Verdict::Undefined(reason) => Some(reason.clone()),
            _ => None,
        };
        FindingPart {
            verdict: word(&judged.verdict),
            undefined,
            margin: judged.margin,
            relation: relation.to_owned(),
            sides,
            by,
            members,
        }
    }
}

/// A side as written, or as it prints where it stands elsewhere: in the measure that a claim names, for example.
fn quoted(side: &Side, written: Option<(&str, Span)>) -> String {
    let Some((text, within)) = written else { return side.text.clone() };
    let inside = within.start <= side.span.start && side.span.end <= within.end;
    match text.get(side.span.range()) {
        Some(quoted) if inside && !quoted.is_empty() => one_line(quoted),
        _ => side.text.clone(),
    }
}

/// A text with its line breaks and indentation made single blanks.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
