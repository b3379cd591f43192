//! `melian play`: one history of a game, in words.

use clap::Args;
use melian::{
    model::{Model, VarId},
    solver::{Event, EventKind, Needs, Plan, simulate},
};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::{
    Format, Settings,
    csv::Csv,
    figures::{Paint, convention, date, paint, short},
    shell::{Failure, Outcome, Shell},
    tables::wrapped,
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian play ukraine --const front_levels=4,money_levels=2 --months 12
  melian play frontline --seed 7
  melian play fearon --most-likely           at every step the likeliest thing happens";

/// Tell one history of a game.
#[derive(Args)]
pub struct Play {
    /// Path, name of an embedded model, or -
    model: String,
    /// Which history: the same seed tells the same one
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after so many periods
    #[arg(long, alias = "periods", value_name = "N")]
    months: Option<usize>,
    /// Let the likeliest thing happen at every step
    #[arg(long, conflicts_with = "seed")]
    most_likely: bool,
    #[command(flatten)]
    settings: Settings,
    /// How to print the history
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// One event as JSON.
#[derive(Serialize)]
struct EventPart {
    period: usize,
    date: Option<String>,
    /// "chose", "drew", "set", "paid", "ended", and at the end of each period "state".
    event: &'static str,
    /// The stage, variable or payoff line.
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
}

/// Periods shown of play that goes on for ever.
const FOREVER_SHOWN: usize = 24;

impl Play {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        shell.remark_on_ranges(loaded.game.model(), &self.settings.params);
        let model = loaded.game.model();
        let many = |problems| loaded.failure(problems);
        let world = self.settings.setup().world(model).map_err(many)?;
        let needs = Needs { starts: vec![world.start.clone()], everything: true, ..Needs::default() };
        let plan = Plan::new(model, &needs, &self.settings.options(model)?).map_err(many)?;
        let shown = if model.is_forever() { FOREVER_SHOWN } else { model.horizon };
        let periods = self.months.unwrap_or(shown).min(model.horizon);
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mut pick = |chances: &[f64]| {
            if self.most_likely { likeliest(chances) } else { drawn(chances, random.random()) }
        };
        let events = shell.watch("solving", |_| simulate(&plan, &world, periods, &mut pick)).map_err(many)?;
        shell.print(&match self.format {
            Format::Table => story(model, &world.start, periods, &events, shell.colour()),
            Format::Json => {
                let parts: Vec<EventPart> = events.iter().map(|e| part(model, e)).collect();
                serde_json::to_string_pretty(&parts).map_or_else(|e| e.to_string(), |text| text + "\n")
            }
            Format::Csv => csv(model, &events),
        });
        Ok(Outcome::Done)
    }
}

/// The first of the likeliest.
fn likeliest(chances: &[f64]) -> usize {
    let mut best = 0;
    for (index, &p) in chances.iter().enumerate() {
        if p > chances[best] {
            best = index;
        }
    }
    best
}

/// The outcome at which the chances add up to more than `u`, uniform on 0..1; never one of chance zero.
fn drawn(chances: &[f64], u: f64) -> usize {
    let mut sum = 0.0;
    for (index, &p) in chances.iter().enumerate() {
        sum += p;
        if p > 0.0 && u < sum {
            return index;
        }
    }
    // Rounding may leave the sum a little below one.
    chances.iter().rposition(|&p| p > 0.0).unwrap_or(0)
}

/// The history as paragraphs, one a period.
fn story(model: &Model, start: &[usize], periods: usize, events: &[Event], colour: bool) -> String {
    let mut text = wrapped(&format!(
        "{} · value = {} · {}",
        paint(&model.name, Paint::Bold, colour),
        convention(model.convention),
        opening(model, start)
    ));
    let mut ended = false;
    for period in 1..=periods {
        if ended {
            break;
        }
        let date = date(model, period).map_or(String::new(), |d| format!(" · {d}"));
        let word = capital(&model.period_word);
        text += &format!("\n{}\n", paint(&format!("{word} {period}{date}"), Paint::Bold, colour));
        let mut silent = true;
        for event in events.iter().filter(|e| e.period == period) {
            ended |= matches!(event.kind, EventKind::Ended);
            if let Some(line) = words(model, event) {
                text += &format!("  {line}\n");
                silent = false;
            }
        }
        if silent {
            text += "  Nothing changes.\n";
        }
    }
    let last = events.iter().rev().find_map(|e| match &e.kind {
        EventKind::PeriodEnd(state) => Some(state_words(model, state)),
        _ => None,
    });
    if let Some(last) = last.filter(|words| !words.is_empty()) {
        text += &format!("\n{}", wrapped(&format!("At the end: {last}")));
    }
    text
}

/// The start state in words.
fn opening(model: &Model, start: &[usize]) -> String {
    let levels = start.iter().enumerate().map(|(index, &level)| (VarId(index), level));
    let words = state_words(model, &levels.collect::<Vec<_>>());
    if words.is_empty() { "from the start".into() } else { format!("at the start: {words}") }
}

/// The state variables that exist, with their levels.
fn state_words(model: &Model, state: &[(VarId, usize)]) -> String {
    let known = state.iter().filter(|&&(v, level)| {
        let variable = model.var(v);
        variable.is_state() && level < variable.domain.size() && Some(v) != model.ended
    });
    let parts: Vec<String> =
        known.map(|&(v, level)| format!("{} {}", model.var(v).name, model.level_name(v, level))).collect();
    parts.join(", ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// An event in words; `None` for a draw that changed nothing.
fn words(model: &Model, event: &Event) -> Option<String> {
    match &event.kind {
        &EventKind::Chose { stage, action, probability, .. } => {
            let label = model.stage(stage).actions[action].label();
            Some(format!("{}: {label} ({})", model.stage_name(stage), short(probability)))
        }
        EventKind::Drew { from, to, .. } if from == to => None,
        &EventKind::Drew { var, from, to, probability } => {
            let (name, from, to) =
                (&model.var(var).name, model.level_name(var, from), model.level_name(var, to));
            Some(format!("chance: {name} {from} → {to} ({})", short(probability)))
        }
        &EventKind::Set { var, to } => {
            let v = model.var(var);
            v.is_state().then(|| match model.level_name(var, to).as_str() {
                "absent" => format!("{} is over", v.name),
                level => format!("{} becomes {level}", v.name),
            })
        }
        EventKind::Ended => Some("Play ends.".into()),
        EventKind::Paid { .. } | EventKind::PeriodEnd(_) => None,
    }
}

fn part(model: &Model, event: &Event) -> EventPart {
    let (kind, what, from, to, probability) = match &event.kind {
        &EventKind::Chose { stage, action, probability, .. } => {
            let label = model.stage(stage).actions[action].label();
            ("chose", model.stage_name(stage), None, label, Some(probability))
        }
        &EventKind::Drew { var, from, to, probability } => {
            let name = model.var(var).name.clone();
            let (from, to) = (model.level_name(var, from), model.level_name(var, to));
            ("drew", name, Some(from), to, Some(probability))
        }
        &EventKind::Set { var, to } => {
            ("set", model.var(var).name.clone(), None, model.level_name(var, to), None)
        }
        &EventKind::Paid { player, line, amount } => {
            let what = format!("{}.{}", model.players[player.0].name, model.lines[line.0].label);
            ("paid", what, None, amount.to_string(), None)
        }
        EventKind::PeriodEnd(state) => ("state", String::new(), None, state_words(model, state), None),
        EventKind::Ended => ("ended", String::new(), None, String::new(), None),
    };
    EventPart {
        period: event.period,
        date: date(model, event.period),
        event: kind,
        what,
        from,
        to,
        probability,
    }
}

fn csv(model: &Model, events: &[Event]) -> String {
    let mut table = Csv::new(&["period", "event", "what", "from", "to", "probability"]);
    for event in events {
        let e = part(model, event);
        let probability = e.probability.map_or(String::new(), |p| p.to_string());
        table.row(&[
            &e.period.to_string(),
            e.event,
            &e.what,
            e.from.as_deref().unwrap_or(""),
            &e.to,
            &probability,
        ]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::{drawn, likeliest};

    #[test]
    fn draws_follow_the_chances() {
        let chances = [0.0, 0.25, 0.0, 0.75, 0.0];
        assert_eq!(drawn(&chances, 0.0), 1);
        assert_eq!(drawn(&chances, 0.249), 1);
        assert_eq!(drawn(&chances, 0.25), 3);
        // The sum may fall short of one by rounding.
        assert_eq!(drawn(&[0.5, 0.4999, 0.0], 0.99999), 1);
        assert_eq!(likeliest(&chances), 3);
        assert_eq!(likeliest(&[0.5, 0.5]), 0);
    }
}
