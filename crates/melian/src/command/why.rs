//! `melian why`: what each action at a state is worth, and which payoffs make the difference.

use clap::Args;
use melian::{
    Game,
    model::{Diagnostic, LineId, Model, Span, StageId, VarId},
    solver::{ActionWhy, Decomposition, Needs, Plan, explain},
};
use serde::Serialize;

use super::{
    Format, Settings,
    csv::Csv,
    figures::{Paint, convention, date, figure, paint, short},
    shell::{Failure, Outcome, Shell},
    tables::{Rows, wrapped},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian why fearon --stage B.reply --at 'A.demand=ask(0.6)'
  melian why frontline --stage A.push --at month=3,line=1
Variables that are not named have their start values. A stage inside an action needs that action: its stage is named
with the action chosen, as in the first example.";

/// Explain a choice.
#[derive(Args)]
pub struct Why {
    /// Path, name of an embedded model, or -
    model: String,
    /// The stage: PLAYER.NAME
    #[arg(long, value_name = "STAGE")]
    stage: String,
    /// Where to look: month=3,regime=talks,'Washington.table=put(current, soft, open)'
    #[arg(long, value_name = "NAME=VALUE,…")]
    at: Vec<String>,
    #[command(flatten)]
    settings: Settings,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// The difference between two actions, payoff line by payoff line.
struct Difference {
    best: usize,
    next: usize,
    /// Line (by name), in this period, later.
    parts: Vec<(String, f64, f64)>,
    total: f64,
}

#[derive(Serialize)]
struct WhyPart {
    stage: String,
    period: usize,
    /// The value convention: `payoff` or `emax`.
    convention: &'static str,
    actions: Vec<ActionPart>,
    difference: Option<DifferencePart>,
}

#[derive(Serialize)]
struct ActionPart {
    action: String,
    probability: f64,
    payoff: f64,
}

#[derive(Serialize)]
struct DifferencePart {
    best: String,
    next: String,
    payoff: f64,
    parts: Vec<LinePart>,
}

#[derive(Serialize)]
struct LinePart {
    line: String,
    now: f64,
    later: f64,
}

impl Why {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        shell.remark_on_ranges(loaded.game.model(), &self.settings.params);
        let model = loaded.game.model();
        let many = |problems| loaded.failure(problems);
        let stage_id = loaded
            .game
            .stage(&self.stage)
            .map_err(|problem| Failure::with(vec![problem], "--stage", &self.stage))?;
        let (period, state) = self.place(&loaded.game)?;
        let world = self.settings.setup().world(model).map_err(many)?;
        let atom = melian::model::Atom::Policy {
            stage: stage_id,
            actions: vec![0],
            at: period,
            state: state.clone(),
        };
        let needs = Needs {
            starts: vec![world.start.clone()],
            atoms: vec![atom],
            commitments: Vec::new(),
            everything: false,
        };
        let plan = Plan::new(model, &needs, &self.settings.options(model)?).map_err(many)?;
        let found =
            shell.watch("solving", |_| explain(&plan, &world, stage_id, period, &state)).map_err(many)?;
        let difference = difference(model, &found);
        shell.print(&match self.format {
            Format::Table => {
                let place = heading(model, stage_id, period, &found.state);
                place + &table(model, stage_id, &found, difference.as_ref(), shell.colour())
            }
            Format::Json => json(model, stage_id, period, &found, difference.as_ref()),
            Format::Csv => csv(model, stage_id, &found, difference.as_ref()),
        });
        Ok(Outcome::Done)
    }

    /// The period and the levels that `--at` names.
    fn place(&self, game: &Game) -> Result<(usize, Vec<(VarId, usize)>), Failure> {
        let model = game.model();
        let mut period = 1;
        let mut bindings = Vec::new();
        for item in self.at.iter().flat_map(|text| parts(text)) {
            let (name, value) = item.split_once('=').unwrap_or((&item, ""));
            let (name, value) = (name.trim(), value.trim());
            let word = &model.period_word;
            let is_time = name == word || name == "t" || name == "month" || name == "period";
            if !is_time || model.vars.iter().any(|v| v.name == name) {
                bindings.push(item);
                continue;
            }
            let inside = value.parse().ok().filter(|p| (1..=model.horizon).contains(p));
            period = inside.ok_or_else(|| {
                Diagnostic::error(
                    "no-such-value",
                    format!("`{value}` is no {word} of this model"),
                    Span::NONE,
                )
                .help(match model.is_forever() {
                    true => format!("a {word} is a whole number from 1 on"),
                    false => format!("a {word} is a whole number from 1 to {}", model.horizon),
                })
            })?;
        }
        let text = bindings.join(", ");
        let fail = |problems| Failure::with(problems, "--at", &text);
        let state = if bindings.is_empty() { Vec::new() } else { game.bindings(&text).map_err(fail)? };
        Ok((period, state))
    }
}

/// Splits at commas outside parentheses.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts.into_iter().filter(|p| !p.trim().is_empty()).collect()
}

/// The best two actions and what makes the difference; `None` if there are not two.
fn difference(model: &Model, found: &Decomposition) -> Option<Difference> {
    let mut order: Vec<usize> = (0..found.actions.len()).collect();
    order.sort_by(|&a, &b| found.actions[b].value.total_cmp(&found.actions[a].value));
    let [best, next, ..] = order[..] else { return None };
    let (a, b) = (&found.actions[best], &found.actions[next]);
    let amount = |list: &[(LineId, f64)], line: LineId| {
        list.iter().filter(|(l, _)| *l == line).map(|(_, x)| x).sum::<f64>()
    };
    let mut parts = Vec::new();
    for (index, line) in model.lines.iter().enumerate().filter(|(_, l)| l.player == found.player) {
        let id = LineId(index);
        let now = amount(&a.now, id) - amount(&b.now, id);
        let later = amount(&a.later, id) - amount(&b.later, id);
        if now != 0.0 || later != 0.0 {
            parts.push((line.label.clone(), now, later));
        }
    }
    let shock = a.shock - b.shock;
    if shock != 0.0 {
        parts.push(("taste shocks".into(), 0.0, shock));
    }
    parts.sort_by(|x, y| (y.1 + y.2).abs().total_cmp(&(x.1 + x.2).abs()));
    let total = a.value - b.value;
    // INVARIANT: the lines add up to the difference; there is no remainder.
    let sum: f64 = parts.iter().map(|(_, now, later)| now + later).sum();
    let scale = a.value.abs().max(b.value.abs()).max(1.0);
    assert!((sum - total).abs() <= 1e-9 * scale, "payoff lines add up to {sum}, not to {total}");
    Some(Difference { best, next, parts, total })
}

/// Where the choice stands, in words.
fn heading(model: &Model, stage: StageId, period: usize, state: &[(VarId, usize)]) -> String {
    let date = date(model, period).map_or(String::new(), |d| format!(" ({d})"));
    let named: Vec<String> =
        state.iter().map(|&(v, k)| format!("{} = {}", model.var(v).name, model.level_name(v, k))).collect();
    let at = if named.is_empty() { String::new() } else { wrapped(&format!("at {}", named.join(", "))) };
    format!(
        "{} in {} {period}{date} · value = {}\n{at}\n",
        model.stage_name(stage),
        model.period_word,
        convention(model.convention)
    )
}

fn label(model: &Model, stage: StageId, action: &ActionWhy) -> String {
    model.stage(stage).actions[action.action].label()
}

fn table(
    model: &Model,
    stage: StageId,
    found: &Decomposition,
    difference: Option<&Difference>,
    colour: bool,
) -> String {
    let mut rows = Rows::new(&["action", "probability", "expected payoff"], &[0], colour);
    for (index, action) in found.actions.iter().enumerate() {
        let row = vec![label(model, stage, action), short(action.probability), figure(action.value)];
        if difference.is_some_and(|d| d.best == index) {
            rows.push_painted(row, 0, Paint::Bold);
        } else {
            rows.push(row);
        }
    }
    let mut text = rows.text();
    let Some(difference) = difference else { return text };
    let name = |index: usize| label(model, stage, &found.actions[index]);
    let player = &model.players[found.player.0].name;
    let title = format!("Why {} over {}", name(difference.best), name(difference.next));
    text += &format!("\n{}\n", paint(&title, Paint::Bold, colour));
    let this = format!("this {}", model.period_word);
    let mut rows = Rows::new(&[player, &this, "later", "together"], &[0], colour);
    for (line, now, later) in &difference.parts {
        rows.push(vec![line.clone(), signed(*now), signed(*later), signed(now + later)]);
    }
    let now = difference.parts.iter().map(|p| p.1).sum();
    let later = difference.parts.iter().map(|p| p.2).sum();
    let total = vec!["all".into(), signed(now), signed(later), signed(difference.total)];
    rows.push_painted(total, 3, Paint::Bold);
    text + &rows.text()
}

fn signed(x: f64) -> String {
    if x > 0.0 { format!("+{}", figure(x)) } else { figure(x) }
}

fn json(
    model: &Model,
    stage: StageId,
    period: usize,
    found: &Decomposition,
    difference: Option<&Difference>,
) -> String {
    let part = WhyPart {
        stage: model.stage_name(stage),
        period,
        convention: convention(model.convention),
        actions: found
            .actions
            .iter()
            .map(|a| ActionPart {
                action: label(model, stage, a),
                probability: a.probability,
                payoff: a.value,
            })
            .collect(),
        difference: difference.map(|d| DifferencePart {
            best: label(model, stage, &found.actions[d.best]),
            next: label(model, stage, &found.actions[d.next]),
            payoff: d.total,
            parts: d
                .parts
                .iter()
                .map(|(line, now, later)| LinePart { line: line.clone(), now: *now, later: *later })
                .collect(),
        }),
    };
    serde_json::to_string_pretty(&part).map_or_else(|e| e.to_string(), |text| text + "\n")
}

fn csv(model: &Model, stage: StageId, found: &Decomposition, difference: Option<&Difference>) -> String {
    let mut table = Csv::new(&["table", "item", "detail", "value"]);
    for action in &found.actions {
        let name = label(model, stage, action);
        table.row(&["action", &name, "probability", &action.probability.to_string()]);
        table.row(&["action", &name, "payoff", &action.value.to_string()]);
    }
    for (line, now, later) in difference.map_or(&[][..], |d| &d.parts) {
        table.row(&["difference", line, "now", &now.to_string()]);
        table.row(&["difference", line, "later", &later.to_string()]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn commas_inside_parentheses_do_not_split() {
        assert_eq!(parts("month=3, W.table=put(a, b),x=1"), ["month=3", " W.table=put(a, b)", "x=1"]);
    }
}
