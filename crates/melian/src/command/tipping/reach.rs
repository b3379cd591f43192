//! `melian reach`: the least change of parameters after which a condition holds.

use clap::Args;
use melian::{
    Query,
    model::{Condition, Diagnostic, Span},
    study::worlds::{
        Code, Row, Sheet, Status,
        tipping::{self, Move, Probe, Search, Tolerance},
    },
};
use serde_json::{Value, json};

use super::{Ground, Ranges, alone, paint_of, parameters, search, signed, value};
use crate::command::{
    Format, Settings,
    ask::read,
    csv::Csv,
    figures::{digits, figure, paint},
    shell::{Failure, Loaded, Outcome, Shell},
    tables::{Rows, wrapped},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian reach signorino 'war >= 0.2'             what would make war that likely?
  melian reach signorino 'war >= 0.2' --vary war_A,war_B
  melian reach signorino deterrence --fails       a claim by its name: what would make it fail?
  melian reach ukraine 'deal(12) >= 0.5' -c front_levels=4,money_levels=3,ru_levels=2,ua_levels=2

Distance: the square root of the sum of squared moves, each as a share of the length of its parameter's range. Correlations
between parameters are not looked at. A nearer point than the ones found may exist.";

/// Find the least change of parameters after which a condition holds.
#[derive(Args)]
pub struct Reach {
    /// Path, name of an embedded model, or -
    model: String,
    /// A condition, or the name of a claim
    condition: String,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    ranges: Ranges,
    /// Make it fail instead
    #[arg(long)]
    fails: bool,
    /// Parameters that may change together
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=12))]
    most: u16,
    /// Points to start from beside the baseline
    #[arg(long = "starts", value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(0..=65536))]
    points: u32,
    /// Seed of these points
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// What is called the condition in tables of answers.
const NAME: &str = "condition";

/// A point with its answers.
struct Place {
    point: Move,
    row: Row,
}

struct Answer<'a> {
    ground: &'a Ground<'a>,
    sheet: &'a Sheet<'a>,
    condition: &'a str,
    wanted: Code,
    baseline: Row,
    moves: Vec<Place>,
    closest: Option<Place>,
    tolerance: Tolerance,
    solves: u64,
}

impl Reach {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        shell.remark_on_ranges(loaded.game.model(), &self.settings.params);
        let condition = condition(&loaded, &self.condition)?;
        let ground = Ground::new(&loaded, &self.settings, &self.ranges)?;
        let sheet = alone(NAME, &condition);
        let ensemble = ground.ensemble(&sheet)?;
        let probe = Probe::new(&ensemble, &sheet, &ground.space);
        let wanted = if self.fails { Code::Fails } else { Code::Holds };
        let f = |z: &[f64]| probe.seen(z).first().map_or(f64::NAN, |seen| seen.toward(wanted));
        let how = Search {
            levels: self.ranges.levels.into(),
            most: self.most.into(),
            starts: self.points as usize,
            seed: self.seed,
        };
        let (found, solves) = search(shell, |crew| {
            let found = tipping::reach(&ground.space.cube, &f, &how, crew);
            (found, crew.solved())
        });
        let row = |z: &[f64]| ensemble.at(&ground.space.values(z));
        let place = |point: Move| Place { row: row(&point.at), point };
        let baseline = row(&vec![0.0; ground.space.params.len()]);
        if let (Status::Failed | Status::Unconverged, []) = (baseline.status, found.moves.as_slice())
            && found.closest.is_none()
        {
            return Err(Failure::plain(
                "no-answer",
                format!("nowhere is there an answer: {}", baseline.reason),
            ));
        }
        let moves: Vec<Place> = found.moves.into_iter().map(place).collect();
        let closest = found.closest.map(place);
        let solves = solves + 1 + moves.len() as u64 + u64::from(closest.is_some());
        let answer = Answer {
            ground: &ground,
            sheet: &sheet,
            condition: &self.condition,
            wanted,
            baseline,
            moves,
            closest,
            tolerance: found.tolerance,
            solves,
        };
        shell.print(&match self.format {
            Format::Table => answer.page(shell.colour()),
            Format::Json => serde_json::to_string_pretty(&answer.json()).unwrap_or_default() + "\n",
            Format::Csv => answer.csv(),
        });
        Ok(Outcome::Done)
    }
}

/// A claim's condition by its name, or a condition as text.
fn condition(loaded: &Loaded, text: &str) -> Result<Condition, Failure> {
    if let Some(claim) = loaded.game.model().claims.iter().find(|c| c.id == text.trim()) {
        return Ok(claim.condition.clone());
    }
    match read(loaded, text)? {
        Query::Condition(condition) => Ok(*condition),
        Query::Question(_) => {
            let title = "this is a number, and a condition is needed: what should it reach?";
            let problem = Diagnostic::error("not-a-condition", title, Span::new(0, text.len()))
                .help(format!("compare it: `{} >= 0.5`", text.trim()));
            Err(Failure::with(vec![problem], "question", text))
        }
    }
}

impl Answer<'_> {
    fn already(&self) -> bool {
        self.baseline.verdicts.first() == Some(&self.wanted)
    }

    fn margin(row: &Row) -> f64 {
        row.numbers.first().copied().unwrap_or(f64::NAN)
    }

    /// The sides of a condition, by their names.
    fn sides<'r>(&'r self, row: &'r Row) -> impl Iterator<Item = (&'r str, f64)> {
        let name =
            |name: &'r String| name.strip_prefix(NAME).map_or(name.as_str(), |n| n.trim_start_matches('.'));
        self.sheet.numbers.iter().map(name).zip(row.numbers.iter().copied()).skip(1)
    }

    /// `holds: left 0.5, right 0.5, margin +1e-7`.
    fn answers(&self, row: &Row, colour: bool) -> String {
        let code = row.verdicts.first().copied().unwrap_or(Code::None);
        if code == Code::None {
            return format!("{}: {}", row.status.word(), row.reason);
        }
        let mut text = paint(code.word(), paint_of(code), colour);
        if code == Code::Undefined {
            return text + ": " + &row.reason;
        }
        text += &format!(", margin {}", signed(Answer::margin(row)));
        let sides: Vec<String> = self.sides(row).map(|(name, x)| format!("{name} {}", digits(x))).collect();
        if sides.len() <= 6 {
            text += &format!(" ({})", sides.join(", "));
        }
        text
    }

    fn page(&self, colour: bool) -> String {
        let will = if self.wanted == Code::Holds { "holds" } else { "fails" };
        let model = self.ground.model();
        let mut text = format!("{} · {}\n", model.name, self.condition);
        text += &format!("At the baseline it {}\n", self.answers(&self.baseline, colour));
        if self.already() {
            let other = if self.wanted == Code::Holds {
                "; `--fails` finds the least change after which it fails"
            } else {
                ""
            };
            text += &wrapped(&format!("Nothing has to change: it {will} already{other}."));
            return text;
        }
        if self.moves.is_empty() {
            let (parameters, solves) = (self.ground.parameters(), self.solves);
            text += &wrapped(&format!(
                "No change was found after which it {will}, within the ranges of {parameters} ({solves} solves)."
            ));
            if let Some(closest) = &self.closest {
                text += &format!("The closest found {}\n\n", self.answers(&closest.row, colour));
                text += &self.table(std::slice::from_ref(closest), colour);
            }
            return text;
        }
        text += &format!("The least change after which it {will}, of\n\n");
        text += &self.table(&self.moves, colour);
        text += "\n";
        for place in &self.moves {
            let line = format!(
                "  {}: distance {}; {}",
                parameters(place.point.changed().len()),
                figure(place.point.distance()),
                self.answers(&place.row, colour)
            );
            text += &wrapped(&line);
            if self.tolerance.is_jump(place.point.margin) {
                text += "    The answer jumps there: just before it is another one, or none.\n";
            }
        }
        text += "\n";
        text += &wrapped(&format!(
            "Shares are of the length of a parameter's range; distance is the root of the sum of their squares. {} solves of {} that may change.",
            self.solves,
            self.ground.parameters()
        ));
        text
    }

    fn table(&self, places: &[Place], colour: bool) -> String {
        let mut rows =
            Rows::new(&["", "parameter", "from", "", "to", "share", "unit"], &[0, 1, 3, 6], colour);
        for place in places {
            let changed = place.point.changed();
            for (index, &i) in changed.iter().enumerate() {
                let (param, x) = (self.ground.param(i), place.point.at[i]);
                rows.push(vec![
                    if index == 0 { parameters(changed.len()) } else { String::new() },
                    param.name.clone(),
                    value(self.ground.space.value(i, 0.0)),
                    "→".into(),
                    value(self.ground.space.value(i, x)),
                    format!("{x:+.3}"),
                    param.unit.clone(),
                ]);
            }
        }
        rows.text()
    }

    fn json(&self) -> Value {
        let number = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
        let answers = |row: &Row| {
            let sides: serde_json::Map<_, _> =
                self.sides(row).map(|(name, x)| (name.to_owned(), number(x))).collect();
            json!({
                "verdict": row.verdicts.first().map_or("", |c| c.word()),
                "margin": number(Answer::margin(row)),
                "sides": sides,
                "status": row.status.word(),
                "reason": row.reason,
            })
        };
        let place = |place: &Place| {
            let change = |&i: &usize| {
                let (param, x) = (self.ground.param(i), place.point.at[i]);
                json!({
                    "parameter": param.name,
                    "from": self.ground.space.value(i, 0.0),
                    "to": self.ground.space.value(i, x),
                    "share_of_range": x,
                    "unit": param.unit,
                })
            };
            json!({
                "parameters": place.point.changed().len(),
                "distance": place.point.distance(),
                "changes": place.point.changed().iter().map(change).collect::<Vec<_>>(),
                "jumps": self.tolerance.is_jump(place.point.margin),
                "answer": answers(&place.row),
            })
        };
        json!({
            "model": self.ground.model().name,
            "condition": self.condition,
            "wanted": self.wanted.word(),
            "reached": self.already() || !self.moves.is_empty(),
            "already": self.already(),
            "baseline": answers(&self.baseline),
            "moves": self.moves.iter().map(place).collect::<Vec<_>>(),
            "closest": self.closest.as_ref().map(place),
            "margin_tolerance": self.tolerance.margin,
            "width_tolerance": self.tolerance.width,
            "parameters": self.ground.space.params.len(),
            "solves": self.solves,
        })
    }

    /// One row for each change; of a wanted verdict that was not found, the closest point, marked.
    fn csv(&self) -> String {
        let mut table = Csv::new(&[
            "reached",
            "parameters",
            "distance",
            "parameter",
            "from",
            "to",
            "share_of_range",
            "unit",
            "verdict",
            "margin",
        ]);
        for (reached, place) in
            self.moves.iter().map(|p| ("true", p)).chain(self.closest.iter().map(|p| ("false", p)))
        {
            let changed = place.point.changed();
            for &i in &changed {
                let (param, x) = (self.ground.param(i), place.point.at[i]);
                table.row(&[
                    reached,
                    &changed.len().to_string(),
                    &place.point.distance().to_string(),
                    &param.name,
                    &self.ground.space.value(i, 0.0).to_string(),
                    &self.ground.space.value(i, x).to_string(),
                    &x.to_string(),
                    &param.unit,
                    place.row.verdicts.first().map_or("", |c| c.word()),
                    &Answer::margin(&place.row).to_string(),
                ]);
            }
        }
        table.text()
    }
}
