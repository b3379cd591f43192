//! What `melian run` prints as JSON and CSV: stable field names, full precision.
//!
//! JSON: one object with `model`, `players`, `outlook`, `first_period`, `measures`, `claims`, `horizon_check`,
//! `warnings`. A number that does not exist is `null`, with `undefined` giving the reason. CSV: one number a row, in
//! the columns `table`, `item`, `detail`, `period`, `value`.

use melian::{
    Game, Solution,
    report::finding::{BoundPart, FindingPart, Number, bounds, one_line},
    solution::HorizonCheck,
    study::{Reading, Reply},
};
use serde::Serialize;

use super::{
    csv::Csv,
    equilibrium::SolvedPart,
    figures::{convention, date},
};

/// Everything that is answered.
#[derive(Serialize)]
pub struct Answers {
    model: ModelPart,
    players: Vec<PlayerPart>,
    outlook: Vec<OutlookEntry>,
    first_period: Vec<StagePart>,
    measures: Vec<MeasurePart>,
    claims: Vec<ClaimPart>,
    horizon_check: Option<HorizonPart>,
    /// How it was solved, if play goes on for ever.
    equilibrium: Option<SolvedPart>,
    games_solved: usize,
    periods_solved: usize,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct ModelPart {
    name: String,
    title: String,
    value: &'static str,
    /// `null` if play goes on for ever.
    periods: Option<usize>,
    period: String,
    from: Option<String>,
    states: String,
    reachable_states: u64,
    constants: Vec<(String, String)>,
    parameters: Vec<(String, f64)>,
}

#[derive(Serialize)]
struct PlayerPart {
    name: String,
    discount: f64,
    /// A number, or "inf".
    precision: Option<serde_json::Value>,
    value: Option<f64>,
    payoff_range: (f64, f64),
    precision_times_range: Option<f64>,
}

#[derive(Serialize)]
struct OutlookEntry {
    variable: String,
    /// The level whose probability it is, or "mean".
    what: String,
    period: usize,
    date: Option<String>,
    value: Option<f64>,
}

#[derive(Serialize)]
struct StagePart {
    stage: String,
    visits: Option<f64>,
    actions: Vec<ActionPart>,
}

#[derive(Serialize)]
struct ActionPart {
    action: String,
    probability: Option<f64>,
}

#[derive(Serialize)]
struct MeasurePart {
    name: String,
    doc: String,
    #[serde(flatten)]
    value: Number,
    bounds: Vec<BoundPart>,
}

#[derive(Serialize)]
struct ClaimPart {
    id: String,
    claim: String,
    condition: String,
    #[serde(flatten)]
    finding: FindingPart,
    bounds: Vec<BoundPart>,
}

#[derive(Serialize)]
struct HorizonPart {
    periods: usize,
    compared_until: usize,
    largest_move: Option<f64>,
    relative_to_range: Option<f64>,
    variable: Option<String>,
    what: Option<String>,
    period: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undefined: Option<String>,
}

impl Answers {
    /// From a solution.
    pub fn new(game: &Game, solution: &Solution) -> Answers {
        let model = game.model();
        let params = &solution.world.segments[0].path.params;
        let outlook = &solution.outlook;
        let entries = outlook.plan.months.iter().zip(&outlook.rows).flat_map(|(&period, row)| {
            outlook.plan.columns.iter().zip(row).map(move |(column, value)| {
                let (variable, what) = column.title(model);
                OutlookEntry { variable, what, period, date: date(model, period), value: value.number() }
            })
        });
        Answers {
            model: ModelPart {
                name: model.name.clone(),
                title: model.title.clone(),
                value: convention(model.convention),
                periods: (!model.is_forever()).then_some(model.horizon),
                period: model.period_word.clone(),
                from: date(model, 1),
                states: solution.size.dense_states.to_string(),
                reachable_states: solution.size.period_start_states,
                constants: model.constants.clone(),
                parameters: model.params.iter().map(|p| p.name.clone()).zip(params.iter().copied()).collect(),
            },
            players: solution.players.iter().map(player).collect(),
            outlook: entries.collect(),
            first_period: first_period(game, solution),
            measures: solution.measures.iter().map(|(index, reply)| measure(game, *index, reply)).collect(),
            claims: model
                .claims
                .iter()
                .zip(&solution.claims)
                .filter_map(|(c, r)| claim(game, c, r))
                .collect(),
            horizon_check: solution.horizon_check.as_ref().map(|check| horizon(game, check)),
            equilibrium: solution.forever.as_ref().map(SolvedPart::of),
            games_solved: solution.effort.games,
            periods_solved: solution.effort.periods,
            warnings: game.warnings().iter().map(|w| format!("{}: {}", w.id, w.title)).collect(),
        }
    }

    /// As JSON.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).map_or_else(|e| e.to_string(), |text| text + "\n")
    }

    /// As CSV.
    pub fn csv(&self) -> String {
        let mut table = Csv::new(&["table", "item", "detail", "period", "value"]);
        let number = |x: Option<f64>| x.map_or(String::new(), |x| x.to_string());
        for p in &self.players {
            table.row(&["value", &p.name, "", "0", &number(p.value)]);
        }
        for e in &self.outlook {
            table.row(&["outlook", &e.variable, &e.what, &e.period.to_string(), &number(e.value)]);
        }
        for s in &self.first_period {
            table.row(&["visits", &s.stage, "", "1", &number(s.visits)]);
            for a in &s.actions {
                table.row(&["choice", &s.stage, &a.action, "1", &number(a.probability)]);
            }
        }
        for m in &self.measures {
            table.row(&["measure", &m.name, "", "", &number(m.value.value)]);
        }
        for c in &self.claims {
            let name = if c.id.is_empty() { &c.claim } else { &c.id };
            table.row(&["verdict", name, c.finding.verdict, "", &number(c.finding.margin)]);
        }
        if let Some(solved) = &self.equilibrium {
            table.row(&["converged", "", "", "", if solved.is_converged() { "true" } else { "false" }]);
        }
        if let Some(check) = &self.horizon_check {
            let period = check.period.map_or(String::new(), |p| p.to_string());
            let item = check.variable.as_deref().unwrap_or_default();
            let what = check.what.as_deref().unwrap_or_default();
            table.row(&["horizon_move", item, what, &period, &number(check.largest_move)]);
        }
        table.text()
    }
}

fn player(facts: &melian::solution::PlayerFacts) -> PlayerPart {
    PlayerPart {
        name: facts.name.clone(),
        discount: facts.discount,
        precision: facts
            .precision
            .map(|p| if p.is_finite() { serde_json::json!(p) } else { serde_json::json!("inf") }),
        value: facts.value.number(),
        payoff_range: facts.payoff_range,
        precision_times_range: facts.sharpness().filter(|x| x.is_finite()),
    }
}

fn first_period(game: &Game, solution: &Solution) -> Vec<StagePart> {
    let model = game.model();
    let stage = |opening: &melian::study::Opening| StagePart {
        stage: model.stage_name(opening.stage),
        visits: opening.visits.number(),
        actions: model
            .stage(opening.stage)
            .actions
            .iter()
            .zip(&opening.actions)
            .map(|(action, p)| ActionPart { action: action.label(), probability: p.number() })
            .collect(),
    };
    solution.opening.iter().map(stage).collect()
}

fn measure(game: &Game, index: usize, reply: &Reply) -> MeasurePart {
    let measure = &game.model().measures[index];
    let none = Reading::Undefined("not a number".into());
    MeasurePart {
        name: measure.name.clone(),
        doc: measure.doc.clone(),
        value: Number::of(reply.reading().unwrap_or(&none)),
        bounds: bounds(&reply.bounds),
    }
}

fn claim(game: &Game, claim: &melian::model::Claim, reply: &Reply) -> Option<ClaimPart> {
    Some(ClaimPart {
        id: claim.id.clone(),
        claim: claim.words.clone(),
        condition: one_line(&claim.text),
        finding: FindingPart::of(reply.finding()?, Some((&game.text, claim.span))),
        bounds: bounds(&reply.bounds),
    })
}

fn horizon(game: &Game, check: &HorizonCheck) -> HorizonPart {
    let largest = check.largest.as_ref().ok();
    let titles = largest.map(|m| m.column.title(game.model()));
    HorizonPart {
        periods: check.horizon,
        compared_until: check.until,
        largest_move: largest.map(|m| m.amount),
        relative_to_range: largest.map(|m| m.share),
        variable: titles.as_ref().map(|t| t.0.clone()),
        what: titles.map(|t| t.1),
        period: largest.map(|m| m.month),
        undefined: check.largest.as_ref().err().cloned(),
    }
}
