//! The claims board: every claim with its verdict and the numbers on both sides.

use melian::{
    model::{Model, print::comparison_word},
    report::finding::word,
    study::{BoundShare, Finding, Judged, Reading, Reply, Verdict},
};

use super::{
    figures::{Paint, figure, percent, reading},
    tables::Rows,
};

/// More comparisons than this are not listed; the one that decides is.
const LISTED: usize = 6;

/// The colour of a verdict.
pub fn paint(verdict: &Verdict) -> Paint {
    match verdict {
        Verdict::Holds => Paint::Green,
        Verdict::Fails => Paint::Red,
        Verdict::Undecided | Verdict::Undefined(_) => Paint::Yellow,
    }
}

/// The numbers of a condition, one comparison a line.
pub fn numbers(model: &Model, finding: &Finding) -> Vec<String> {
    let by =
        |by: &Option<Reading>| by.as_ref().map_or(String::new(), |d| format!(" by {}", reading(d, figure)));
    match finding {
        Finding::Compare { comparison, left, right, by: d, .. } => {
            let (left, right) = (reading(&left.reading, figure), reading(&right.reading, figure));
            vec![format!("{left} {} {right}{}", comparison_word(*comparison), by(d))]
        }
        Finding::Near { left, right, within, .. } => {
            let (left, right) = (reading(&left.reading, figure), reading(&right.reading, figure));
            vec![format!("{left} near {right} within {}", reading(within, figure))]
        }
        Finding::Rises { param, points, falls, by: d, .. } => {
            let values: Vec<String> = points.iter().map(|(_, y)| reading(y, figure)).collect();
            let (first, last) = (points.first().map_or(0.0, |p| p.0), points.last().map_or(0.0, |p| p.0));
            let arrow = if *falls { "falling" } else { "rising" };
            let range = format!("{} {}..{}", model.params[param.0].name, figure(first), figure(last));
            vec![format!("{} ({arrow} with {range}){}", values.join(", "), by(d))]
        }
        Finding::And(members, judged) => listed(model, members, judged, "and"),
        Finding::Or(members, judged) => listed(model, members, judged, "or"),
        Finding::Not(inner, _) => {
            numbers(model, inner).into_iter().map(|line| format!("not: {line}")).collect()
        }
    }
}

/// The members of an `and` or `or`, one a line; of many, only those that decide.
fn listed(model: &Model, members: &[Finding], judged: &Judged, join: &str) -> Vec<String> {
    let many = members.len() > LISTED;
    let decides = |f: &&Finding| !many || f.judged().margin == judged.margin;
    let shown: Vec<&Finding> = members.iter().filter(decides).take(LISTED).collect();
    let mut lines: Vec<String> = Vec::new();
    for (index, member) in shown.iter().enumerate() {
        let line = numbers(model, member).join(" ");
        lines.push(if index > 0 { format!("{join} {line}") } else { line });
    }
    if shown.len() < members.len() {
        lines.push(format!("{join} {} more", members.len() - shown.len()));
    }
    lines
}

/// The margin of a verdict.
pub fn margin(judged: &Judged) -> String {
    judged.margin.map_or_else(|| "–".into(), |m| if m > 0.0 { format!("+{}", figure(m)) } else { figure(m) })
}

/// The commitments that did not always bind, in words; each once, over all worlds in which it was made.
pub fn unbound(bounds: &[BoundShare]) -> Vec<String> {
    let mut texts: Vec<&str> = bounds.iter().map(|b| b.commitment.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.into_iter().filter_map(|text| unbound_one(text, bounds)).collect()
}

fn unbound_one(text: &str, bounds: &[BoundShare]) -> Option<String> {
    let here = bounds.iter().filter(|b| b.commitment == text);
    let shares: Vec<Option<f64>> = here.map(BoundShare::share).collect();
    let known = || shares.iter().flatten().copied();
    let (least, most) = (known().fold(f64::INFINITY, f64::min), known().fold(0.0, f64::max));
    if least > most {
        return Some(format!("`{text}`: the stage is never reached"));
    }
    if least >= 1.0 - 1e-9 {
        return None;
    }
    let (least, most) = (percent(least), percent(most));
    let share = if least == most { least } else { format!("{least} to {most}") };
    Some(format!("`{text}` bound in {share} of the visits"))
}

/// The board: a table, and below it what qualifies single claims.
pub fn board(model: &Model, replies: &[Reply], colour: bool) -> String {
    let mut rows = Rows::new(&["", "claim", "verdict", "margin", "numbers"], &[0, 1, 2, 4], colour);
    let mut notes = Vec::new();
    for (claim, reply) in model.claims.iter().zip(replies) {
        let Some(finding) = reply.finding() else { continue };
        let judged = finding.judged();
        let row = vec![
            claim.id.clone(),
            claim.words.clone(),
            word(&judged.verdict).into(),
            margin(judged),
            numbers(model, finding).join("\n"),
        ];
        rows.push_painted(row, 2, paint(&judged.verdict));
        let name = if claim.id.is_empty() { &claim.words } else { &claim.id };
        if let Verdict::Undefined(reason) = &judged.verdict {
            notes.push(format!("  {name} is undefined: {reason}\n"));
        }
        notes.extend(unbound(&reply.bounds).into_iter().map(|text| format!("  {name}: {text}\n")));
    }
    rows.wrap(1, 42);
    rows.wrap(4, 34);
    let mut text = rows.text();
    if !notes.is_empty() {
        text += "\n";
        text += &notes.concat();
    }
    text
}
