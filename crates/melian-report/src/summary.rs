//! The question and the answer in four sentences: what happens, why, how sure it is, and what would change it. Every word
//! that is not fixed is a name of the model or a number of the report.

use crate::view::{Claim, Interval, Levers, Outlook, Stage, Summary, Time, WorldsPart};

/// What the sentences are made from.
pub struct Facts<'a> {
    /// The model's title, or its name.
    pub title: &'a str,
    /// The periods.
    pub time: &'a Time,
    /// What happens.
    pub outlook: &'a Outlook,
    /// Why.
    pub stages: &'a [Stage],
    /// How sure.
    /// `None` if they were not judged.
    pub claims: Option<&'a [Claim]>,
    /// How sure, over many worlds.
    pub worlds: Option<&'a WorldsPart>,
    /// What would change it.
    pub levers: &'a Levers,
}

/// The summary of a report.
pub fn summary(facts: &Facts<'_>) -> Summary {
    let topic = facts
        .outlook
        .lead
        .as_ref()
        .map_or_else(String::new, |lead| format!("what becomes of {}", lead.variable));
    let ask = if topic.is_empty() { "what happens".into() } else { topic };
    let question = format!("{}: {ask}, why, how sure is it, and what would change it?", facts.title);
    let sure = facts.claims.and_then(|claims| sure(claims, facts.worlds));
    let sentences = [what(facts), why(facts), sure, change(facts)];
    Summary { question, sentences: sentences.into_iter().flatten().collect() }
}

/// `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

fn percent(p: f64) -> String {
    let p = 100.0 * p;
    match p {
        _ if p > 0.0 && p < 1.0 => "less than 1 %".into(),
        _ if p > 99.0 && p < 100.0 => "more than 99 %".into(),
        _ => format!("{p:.0} %"),
    }
}

/// A number with a minus sign, not a hyphen.
fn minus(text: &str) -> String {
    text.replace('-', "−")
}

fn figure(x: f64) -> String {
    minus(&match x.abs() {
        a if a >= 100.0 => format!("{x:.0}"),
        a if a >= 1.0 => format!("{x:.2}"),
        _ => format!("{x:.3}"),
    })
}

fn when(time: &Time, period: usize) -> String {
    let label = &time.labels[period.min(time.labels.len() - 1)];
    if *label == period.to_string() {
        format!("{} {period}", time.word)
    } else {
        format!("{label} ({} {period})", time.word)
    }
}

/// The likeliest levels of the lead at the last period that is shown; else the first choice.
fn what(facts: &Facts<'_>) -> Option<String> {
    let last = facts.time.periods;
    let Some(lead) = &facts.outlook.lead else { return values(facts) };
    let mut levels: Vec<(&str, f64)> = lead
        .levels
        .iter()
        .zip(&lead.probability)
        .filter_map(|(level, path)| Some((level.as_str(), (*path.last()?)?)))
        .collect();
    levels.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (first, others) = levels.split_first()?;
    let others: Vec<String> = others
        .iter()
        .filter(|(_, p)| *p >= 0.005)
        .take(4)
        .map(|(level, p)| format!("{level} {}", percent(*p)))
        .collect();
    let then = if others.is_empty() { String::new() } else { format!(", ahead of {}", listed(&others)) };
    let at = when(facts.time, last);
    Some(format!(
        "At the end of {at}, the likeliest {} is {} at {}{then}.",
        lead.variable,
        first.0,
        percent(first.1)
    ))
}

fn values(facts: &Facts<'_>) -> Option<String> {
    let value = |v: &crate::view::Value| Some(format!("{} {}", figure(v.value?), v.player));
    let values: Vec<String> = facts.outlook.values.iter().filter_map(value).collect();
    (!values.is_empty()).then(|| format!("The game is worth {}.", listed(&values)))
}

/// The choice that is widest open at the likeliest state of its stage in the first period, and the line that decides it.
fn why(facts: &Facts<'_>) -> Option<String> {
    let mut open: Option<(f64, String)> = None;
    for stage in facts.stages {
        let Some(state) = stage.why.states.iter().min_by_key(|s| s.period) else { continue };
        let [best, next, ..] = &state.actions[..] else { continue };
        let doubt = state.mass * best.probability.min(next.probability);
        if open.as_ref().is_some_and(|(known, _)| *known >= doubt) {
            continue;
        }
        let lines =
            stage.why.lines.iter().zip(next.now.iter().zip(&next.later)).map(|(l, (n, t))| (l, -(n + t)));
        let mut lines: Vec<(&String, f64)> = lines.filter(|(_, x)| *x != 0.0).collect();
        lines.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let speaks = |sign: f64| -> Vec<String> {
            let own = lines.iter().filter(|(_, x)| x * sign > 0.0).take(2);
            own.map(|(line, x)| format!("{line} ({})", minus(&format!("{x:+.3}")))).collect()
        };
        let (for_it, against) = (speaks(1.0), speaks(-1.0));
        let mut reasons = if for_it.is_empty() {
            String::new()
        } else {
            format!(", above all because of {}", listed(&for_it))
        };
        if !against.is_empty() {
            reasons += &format!(", against {}", listed(&against));
        }
        let text = format!(
            "In {}, at the likeliest state of {}, {} is worth {} points more than {} and is chosen with {} to {}{reasons}.",
            when(facts.time, state.period),
            stage.name,
            stage.actions[best.action],
            figure(best.value - next.value),
            stage.actions[next.action],
            percent(best.probability),
            percent(next.probability),
        );
        open = Some((doubt, text));
    }
    open.map(|(_, text)| text)
}

fn name(claim: &Claim) -> &str {
    if claim.id.is_empty() { &claim.words } else { &claim.id }
}

/// How many claims hold, and in which share of worlds.
pub fn sure(claims: &[Claim], worlds: Option<&WorldsPart>) -> Option<String> {
    let n = claims.len();
    if n == 0 {
        return Some("The model makes no claims.".into());
    }
    let holds = claims.iter().filter(|c| c.finding.verdict == "holds").count();
    let base = format!("At these parameters {holds} of {n} claims hold");
    let share = |claim: &Claim| {
        let worlds = claim.worlds.as_ref()?;
        worlds.plausible.clone().or(worlds.all.clone())
    };
    let mut shares: Vec<(&str, Interval)> =
        claims.iter().filter_map(|c| Some((name(c), share(c)?))).collect();
    shares.sort_by(|a, b| b.1.share.total_cmp(&a.1.share));
    if let (Some(worlds), Some((most, high)), Some((least, low))) = (worlds, shares.first(), shares.last()) {
        let which = match worlds.plausible {
            Some(kept) => format!("{kept} plausible worlds of {}", worlds.solved),
            None => format!("{} worlds", worlds.solved),
        };
        let majority = shares.iter().filter(|(_, s)| s.low.unwrap_or(s.share) > 0.5).count();
        return Some(format!(
            "{base}; over {which}, {majority} hold in most, from {most} ({}) down to {least} ({}).",
            interval(high),
            interval(low)
        ));
    }
    let margin = |c: &&Claim| c.finding.margin.map_or(f64::INFINITY, f64::abs);
    let close = claims.iter().min_by(|a, b| margin(a).total_cmp(&margin(b)));
    let close = close.filter(|c| c.finding.margin.is_some()).map_or_else(String::new, |c| {
        let by = figure(c.finding.margin.unwrap_or(0.0).abs());
        let told = match c.finding.verdict {
            "holds" | "fails" if by == "0.000" => format!("narrowly {}", c.finding.verdict),
            "holds" | "fails" => format!("{} by {by}", c.finding.verdict),
            verdict => format!("is {verdict}"),
        };
        format!("; the closest call is {}, which {told}", name(c))
    });
    Some(format!("{base}{close}: how sure they are over plausible parameters, `melian worlds` tells."))
}

/// `58 % [56, 60]`.
fn interval(share: &Interval) -> String {
    match (share.low, share.high) {
        (Some(low), Some(high)) => {
            format!("{:.0} % [{:.0}, {:.0}]", 100.0 * share.share, 100.0 * low, 100.0 * high)
        }
        _ => percent(share.share),
    }
}

/// The parameter that moves the first output most between the ends of its range.
fn change(facts: &Facts<'_>) -> Option<String> {
    let local = facts.levers.local.as_ref()?;
    let (output, effects) = local.outputs.first().zip(local.effects.first())?;
    let spread = |(low, high): &(Option<f64>, Option<f64>)| Some((high.as_ref()? - low.as_ref()?).abs());
    let mut moves: Vec<(usize, f64)> =
        effects.iter().enumerate().filter_map(|(k, e)| Some((k, spread(e)?))).collect();
    moves.sort_by(|a, b| b.1.total_cmp(&a.1));
    let told = |&(k, _): &(usize, f64)| {
        let (p, (low, high)) = (&local.parameters[k], &effects[k]);
        let end = |x: &Option<f64>| x.map_or_else(String::new, figure);
        format!("{} (from {} to {} between its ends)", p.name, end(low), end(high))
    };
    let strongest: Vec<String> = moves.iter().filter(|(_, s)| *s > 0.0).take(2).map(told).collect();
    if strongest.is_empty() {
        return Some(format!("No single parameter moves {}.", output.name));
    }
    let value = output.value.map_or_else(String::new, |v| format!(", {} here,", figure(v)));
    Some(format!(
        "Alone, {} moves {}{value} most{}.",
        strongest[0],
        output.name,
        strongest.get(1).map_or_else(String::new, |s| format!(", then {s}"))
    ))
}
