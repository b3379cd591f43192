//! `melian run`: the standard report on a model.

use std::time::Instant;

use clap::Args;
use melian::{
    Game, Solution, Wishes,
    model::{FOREVER, Model},
    solution::HorizonCheck,
    study::{Reading, Verdict},
};

use super::{
    Format, Settings,
    answers::Answers,
    board::{board, unbound},
    equilibrium::{UNCONVERGED, remarks, told},
    figures::{Paint, convention, count, date, digits, figure, paint, percent, reading, short, sparkline},
    shell::{Failure, Outcome, Shell},
    tables::{Rows, WIDTH, wrapped},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian run                                   the flagship
  melian run fearon --param cost_B=0.3         another cost of war
  melian run ukraine --const front_levels=4 --no-claims
  melian run my.melian --start regime=truce --start guarantee=soft
  melian run my.melian --check                 exit code 1 unless every claim holds
  melian run my.melian --format json > answers.json";

/// Solve a model: outlook, first choices, measures, claims.
#[derive(Args, Default)]
pub struct Run {
    /// Path, name of an embedded model, or - [default: the flagship]
    model: Option<String>,
    #[command(flatten)]
    settings: Settings,
    /// How to print the answers
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// End with exit code 1 unless every claim holds
    #[arg(long)]
    check: bool,
    /// Leave the claims out
    #[arg(long, conflicts_with = "check")]
    no_claims: bool,
    /// Leave the measures out
    #[arg(long)]
    no_measures: bool,
    /// Leave out the second solve with a longer horizon
    #[arg(long)]
    no_horizon_check: bool,
}

impl Run {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let name = self.model.as_deref().unwrap_or(melian::models::flagship().name);
        let loaded = shell.load(name, &self.settings)?;
        shell.remark_on_ranges(loaded.game.model(), &self.settings.params);
        let wishes = Wishes {
            measures: !self.no_measures,
            claims: !self.no_claims,
            horizon_check: !self.no_horizon_check,
            paths: self.format == Format::Table,
            options: self.settings.options(loaded.game.model())?,
        };
        let started = Instant::now();
        let solution = shell
            .watch("solving", |progress| {
                melian::solution(loaded.game.model(), &self.settings.setup(), &wishes, progress)
            })
            .map_err(|problems| loaded.failure(problems))?;
        shell.remark(&format!(
            "{} games solved in {:.1} s: {} {}s, counted once where games share them",
            solution.effort.games,
            started.elapsed().as_secs_f64(),
            solution.effort.periods,
            loaded.game.model().period_word
        ));
        shell.print(&match self.format {
            Format::Table => page(&loaded.game, &solution, shell.colour()),
            Format::Json => Answers::new(&loaded.game, &solution).json(),
            Format::Csv => Answers::new(&loaded.game, &solution).csv(),
        });
        let open = solution
            .claims
            .iter()
            .filter_map(|r| r.finding())
            .filter(|f| f.judged().verdict != Verdict::Holds)
            .count();
        if self.check && open > 0 {
            shell.note(&format!("{open} of {} claims do not hold", solution.claims.len()));
            return Ok(Outcome::Failed);
        }
        Ok(Outcome::Done)
    }
}

/// The report as a page of text.
fn page(game: &Game, solution: &Solution, colour: bool) -> String {
    let model = game.model();
    let mut text = head(model, solution, colour);
    if solution.unconverged {
        text += &paint(UNCONVERGED, Paint::Red, colour);
    }
    let mut section = |title: &str, body: String| {
        if !body.is_empty() {
            text += &format!("\n{}\n{body}", paint(title, Paint::Bold, colour));
        }
    };
    section("Equilibrium", solution.forever.as_ref().map_or(String::new(), |f| told(model, f)));
    section("Outlook", outlook(model, solution, colour));
    section(&format!("First {}", model.period_word), opening(model, solution, colour));
    section("Measures", measures(model, solution, colour));
    if !solution.claims.is_empty() {
        section("Claims", board(model, &solution.claims, colour));
    }
    section("Horizon", horizon(model, solution.horizon_check.as_ref()));
    text
}

/// The model in a title and two lines.
fn head(model: &Model, solution: &Solution, colour: bool) -> String {
    let title = if model.title.is_empty() { String::new() } else { format!(" · {}", model.title) };
    let names: Vec<&str> = model.players.iter().map(|p| p.name.as_str()).collect();
    let length = match (model.horizon, date(model, 1)) {
        (FOREVER, Some(from)) => format!("{}s from {from}, forever", model.period_word),
        (FOREVER, None) => format!("{}s, forever", model.period_word),
        (n, Some(from)) => format!("{n} {}s from {from}", model.period_word),
        (1, None) => format!("1 {}", model.period_word),
        (n, None) => format!("{n} {}s", model.period_word),
    };
    let size = solution.size;
    let states = match size.dense_states {
        0 | 1 => "no state between periods".to_owned(),
        dense => format!("{} of {} states reachable", count(size.period_start_states.into()), count(dense)),
    };
    let first = format!(
        "{} · {states} · {length} · value = {}",
        if names.is_empty() { "no players".to_owned() } else { names.join(", ") },
        convention(model.convention)
    );
    let one_state = solution.players.iter().all(|p| p.payoff_range.0 == p.payoff_range.1);
    let sharp: Vec<String> = solution
        .players
        .iter()
        .filter_map(|p| {
            let range = p.payoff_range.1 - p.payoff_range.0;
            let precision = p.precision?;
            Some(if precision.is_finite() && !one_state {
                format!(
                    "{} {} × {} = {}",
                    p.name,
                    digits(precision),
                    spread(range),
                    spread(precision * range)
                )
            } else {
                format!("{} {precision}", p.name)
            })
        })
        .collect();
    let values: Vec<String> =
        solution.players.iter().map(|p| format!("{} {}", p.name, reading(&p.value, figure))).collect();
    let mut text = format!("{}{title}\n{first}\n", paint(&model.name, Paint::Bold, colour));
    if !sharp.is_empty() {
        let what = if one_state { "precision" } else { "precision × payoff range" };
        text += &wrapped(&format!("{what}: {}", sharp.join(", ")));
    }
    if !values.is_empty() {
        text += &wrapped(&format!("value at the start: {}", values.join(", ")));
    }
    text += &remarks(model, &solution.counts);
    text
}

/// A payoff range, which matters by its size only.
fn spread(x: f64) -> String {
    if x >= 100.0 { format!("{x:.0}") } else { format!("{x:.2}") }
}

fn outlook(model: &Model, solution: &Solution, colour: bool) -> String {
    let plan = &solution.outlook.plan;
    let titles: Vec<(String, String)> = plan.columns.iter().map(|c| c.title(model)).collect();
    let mut text = String::new();
    let mut first = 0;
    while first < titles.len() {
        let mut last = first;
        let mut width = 2 + model.period_word.len() + if model.calendar.is_some() { 10 } else { 0 };
        while last < titles.len() && (last == first || width <= WIDTH.into()) {
            width += 3 + titles[last].0.chars().count().max(titles[last].1.chars().count()).max(6);
            last += usize::from(last == first || width <= WIDTH.into());
        }
        if first > 0 {
            text += "\n";
        }
        text += &outlook_part(model, solution, first..last, &titles, colour);
        first = last;
    }
    let left_out: Vec<&str> = plan.left_out.iter().map(|&v| model.var(v).name.as_str()).collect();
    if !left_out.is_empty() {
        text += &wrapped(&format!("  not shown, for `melian ask`: {}", left_out.join(", ")));
    }
    text
}

/// Some columns of the outlook: as many as fit the page.
fn outlook_part(
    model: &Model,
    solution: &Solution,
    columns: std::ops::Range<usize>,
    titles: &[(String, String)],
    colour: bool,
) -> String {
    let outlook = &solution.outlook;
    let dated = model.calendar.is_some();
    let mut header = vec![format!("\n{}", model.period_word)];
    header.extend(dated.then(|| "\n".to_owned()));
    let mut before = None;
    for index in columns.clone() {
        let (name, what) = &titles[index];
        let shown = if before == Some(name) { "" } else { name };
        before = Some(name);
        header.push(format!("{shown}\n{what}"));
    }
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut rows = Rows::new(&header, if dated { &[1] } else { &[] }, colour);
    for (&month, row) in outlook.plan.months.iter().zip(&outlook.rows) {
        let mut cells = vec![month.to_string()];
        cells.extend(dated.then(|| date(model, month).unwrap_or_default()));
        cells.extend(row[columns.clone()].iter().map(|r| reading(r, short)));
        rows.push(cells);
    }
    if solution.paths.rows.len() >= FEWEST {
        let mut cells = vec![String::new()];
        cells.extend(dated.then(String::new));
        cells.extend(columns.map(|column| small_chart(solution, column)));
        rows.push(cells);
    }
    rows.text()
}

/// Fewer points than this make no chart.
const FEWEST: usize = 4;

/// How a column of the outlook goes its way, from its least to its greatest value; a probability from 0.
fn small_chart(solution: &Solution, column: usize) -> String {
    let paths = &solution.paths;
    let values: Option<Vec<f64>> = paths.rows.iter().map(|row| row[column].number()).collect();
    let from = paths.plan.columns[column].level.map(|_| 0.0);
    values.map_or_else(String::new, |values| sparkline(&values, from))
}

fn opening(model: &Model, solution: &Solution, colour: bool) -> String {
    if solution.opening.is_empty() {
        return String::new();
    }
    let mut rows = Rows::new(&["stage", "visits", "choice"], &[0, 2], colour);
    for stage in &solution.opening {
        let actions = model.stage(stage.stage).actions.iter().zip(&stage.actions);
        let mut chosen: Vec<(String, f64)> =
            actions.filter_map(|(a, p)| Some((a.label(), p.number()?))).collect();
        let total = chosen.len();
        if total > MOST_ACTIONS {
            chosen.sort_by(|a, b| b.1.total_cmp(&a.1));
            chosen.truncate(MOST_ACTIONS);
            chosen.retain(|(_, p)| *p >= 0.0005);
        }
        let mut parts: Vec<String> =
            chosen.iter().map(|(label, p)| format!("{}\u{a0}{}", solid(label), short(*p))).collect();
        if parts.len() < total {
            let rest = 1.0 - chosen.iter().map(|(_, p)| p).sum::<f64>();
            parts.push(solid(&format!("{} others {:.3}", total - parts.len(), rest.max(0.0))));
        }
        let reached = stage.visits.number().is_some_and(|v| v > 0.0);
        let choice = if reached { parts.join("   ") } else { "not reached".into() };
        rows.push(vec![model.stage_name(stage.stage), reading(&stage.visits, short), choice]);
    }
    rows.text().replace('\u{a0}', " ")
}

/// More actions than this are cut to the likeliest.
const MOST_ACTIONS: usize = 12;

/// A label that does not break at the end of a line.
fn solid(label: &str) -> String {
    label.replace(' ', "\u{a0}")
}

fn measures(model: &Model, solution: &Solution, colour: bool) -> String {
    if solution.measures.is_empty() {
        return String::new();
    }
    let mut rows = Rows::new(&["", "", ""], &[0, 2], colour);
    let mut notes = Vec::new();
    for (index, reply) in &solution.measures {
        let measure = &model.measures[*index];
        let Some(value) = reply.reading() else { continue };
        if let Reading::Undefined(reason) = value {
            notes.push(format!("  {} is undefined: {reason}\n", measure.name));
        }
        notes.extend(unbound(&reply.bounds).iter().map(|b| format!("  {}: {b}\n", measure.name)));
        rows.push(vec![measure.name.clone(), reading(value, figure), measure.doc.clone()]);
    }
    rows.text() + &notes.concat()
}

fn horizon(model: &Model, check: Option<&HorizonCheck>) -> String {
    let Some(check) = check else { return String::new() };
    let word = &model.period_word;
    let largest = match &check.largest {
        Ok(largest) => largest,
        Err(why) => {
            let text = format!(
                "  With {} {word}s instead of {} the model cannot be solved: {why}.",
                check.horizon, model.horizon
            );
            return wrapped(&text);
        }
    };
    let longer = format!(
        "With {} {word}s instead of {}, the outlook up to {word} {}",
        check.horizon, model.horizon, check.until
    );
    if largest.amount.abs() < 5e-13 {
        return wrapped(&format!("  {longer} stays the same."));
    }
    let (name, what) = largest.column.title(model);
    let amount = figure(largest.amount.abs());
    let month = largest.month;
    let entry = match largest.column.level {
        None => format!(
            "{amount} ({} of its range): the mean of {name} at {word} {month}",
            percent(largest.share)
        ),
        Some(_) if what == "true" => format!("{amount}: P[{name}] at {word} {month}"),
        Some(_) => format!("{amount}: P[{name} == {what}] at {word} {month}"),
    };
    wrapped(&format!("  {longer} moves by at most {entry}."))
}
