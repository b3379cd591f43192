//! The view model: everything that the page shows, as data.
//!
//! Its fields are those of `web/src/view.ts`, which says what they mean. Periods are counted from 1; index 0 of a list by
//! period is the start of play. Numbers that do not exist are `null`.

use serde::{Deserialize, Serialize};

use crate::finding::{BoundPart, FindingPart};

/// Numbers by period: the start, then the end of each period.
pub type Path = Vec<Option<f64>>;

/// What kind of document this is.
pub const FORMAT: &str = "melian-report";
/// Grows when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// The whole report.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct View {
    pub format: &'static str,
    pub version: u32,
    pub model: ModelPart,
    pub summary: Summary,
    pub time: Time,
    pub outlook: Outlook,
    pub claims: Vec<Claim>,
    pub worlds: Option<WorldsPart>,
    pub stages: Vec<Stage>,
    pub levers: Levers,
    pub source: Source,
    pub method: Method,
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident { $($field:ident : $type:ty),* $(,)? })*) => {
        $($(#[$doc])* #[derive(Clone, Debug, Serialize)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $field: $type),* })*
    };
}

parts! {
    /// What the model is.
    ModelPart { name: String, title: String, doc: String, players: Vec<String>, convention: &'static str }

    /// The question and the answer in four sentences.
    Summary { question: String, sentences: Vec<String> }

    /// The periods that are shown.
    Time { word: String, periods: usize, forever: bool, labels: Vec<String> }

    /// How state variables develop.
    Outlook { lead: Option<Shares>, shares: Vec<Shares>, fans: Vec<Fan>, values: Vec<Value> }

    /// A player's value of the game.
    Value { player: String, value: Option<f64> }

    /// A variable with labelled levels: how likely each of them is, by level and period.
    Shares { variable: String, doc: String, levels: Vec<String>, probability: Vec<Path>, present: Option<Path> }

    /// A variable on a grid of numbers: quantiles by period, given that it exists.
    Fan {
        variable: String, doc: String, unit: String, low: f64, high: f64, levels: Vec<f64>, quantiles: Vec<Path>,
        mean: Path, present: Option<Path>
    }

    /// A claim with its numbers.
    Claim {
        id: String, words: String, condition: String, finding: FindingPart, bounds: Vec<BoundPart>,
        worlds: Option<ClaimWorlds>
    }

    /// A share of worlds.
    Interval { share: f64, low: Option<f64>, high: Option<f64> }

    /// What the worlds say of a claim.
    ClaimWorlds {
        all: Option<Interval>, plausible: Option<Interval>, worlds: u64, holds: u64, fails: u64, undecided: u64,
        undefined: u64, median_margin: Option<f64>, drivers: Vec<Driver>, r#box: Option<FailureBox>
    }

    /// How much an answer hangs on a parameter.
    Driver { parameter: String, index: f64, low: Option<f64>, high: Option<f64>, sign: f64 }

    /// Where a claim fails.
    FailureBox { words: String, limits: Vec<Limit>, coverage: f64, density: f64, base: f64 }

    /// Limits on a parameter, which varies from `from` to `to`.
    Limit { parameter: String, low: Option<f64>, high: Option<f64>, from: f64, to: f64 }

    /// The worlds of a study.
    WorldsPart {
        worlds: u64, solved: u64, plausible: Option<u64>, design: String, level: f64, notes: Vec<String>,
        conditions: Vec<Condition>
    }

    /// A condition on worlds.
    Condition { words: String, share: Option<Interval> }

    /// A stage: what is chosen there, and why.
    Stage {
        name: String, player: String, doc: String, actions: Vec<String>, periods: Vec<usize>,
        visits: Vec<Option<f64>>, choice: Vec<Vec<Option<f64>>>, variables: Vec<StageVariable>, pairs: Vec<Pair>,
        why: Why
    }

    /// What a choice is drawn over.
    StageVariable { name: String, unit: String, doc: String, levels: Vec<String> }

    /// A choice over two variables, by period.
    Pair { x: usize, y: usize, cells: Vec<Cells> }

    /// A choice over the levels of two variables: probability of being there, and of each action there.
    Cells { mass: Vec<f64>, choice: Vec<Vec<Option<f64>>> }

    /// Choices taken apart.
    Why { lines: Vec<String>, variables: Vec<String>, states: Vec<WhyState> }

    /// A choice taken apart at a state.
    WhyState { period: usize, mass: f64, at: Vec<String>, actions: Vec<WhyAction> }

    /// What each line pays under an action more than under the first of the list.
    WhyAction { action: usize, probability: f64, value: f64, now: Vec<f64>, later: Vec<f64>, shock: f64 }

    /// What changes the answers.
    Levers { local: Option<Local>, global: Option<Global>, map: Option<RegimeMap> }

    /// One parameter at a time, to the ends of its range.
    #[derive(Deserialize)]
    Local {
        outputs: Vec<Output>, parameters: Vec<LocalParameter>,
        effects: Vec<Vec<(Option<f64>, Option<f64>)>>
    }

    /// An answer.
    #[derive(Deserialize)]
    Output { name: String, doc: String, value: Option<f64> }

    /// A parameter with its range.
    #[derive(Deserialize)]
    LocalParameter { name: String, doc: String, unit: String, low: f64, high: f64, value: f64 }

    /// Indices from worlds.
    Global { index: String, answers: Vec<Answer> }

    /// The parameters that an answer hangs on.
    Answer { name: String, drivers: Vec<Driver>, note: Option<String> }

    /// How likely each level of the lead is over two parameters.
    #[derive(Deserialize)]
    RegimeMap {
        period: usize, variable: String, levels: Vec<String>, x: MapAxis, y: MapAxis,
        probability: Vec<Vec<Option<f64>>>
    }

    /// A parameter of a map; `value` is the report's own.
    #[derive(Deserialize)]
    MapAxis { parameter: String, unit: String, values: Vec<f64>, value: f64 }

    /// The model's text.
    Source {
        lines: Vec<Vec<(&'static str, String)>>, parameters: Vec<Parameter>, mechanisms: Vec<Mechanism>
    }

    /// A parameter as it is declared.
    Parameter {
        name: String, doc: String, unit: String, source: String, default: f64, value: f64, low: Option<f64>,
        high: Option<f64>, line: usize
    }

    /// A mechanism and the lines that name it.
    Mechanism { id: String, words: String, lines: Vec<usize> }

    /// How the report was made.
    Method {
        melian: String, hash: String, command: String, date: String, seconds: f64, games: usize, periods: usize,
        states: String, reachable: u64, status: String, notes: Vec<String>, players: Vec<MethodPlayer>,
        constants: Vec<Constant>
    }

    /// A player at the report's parameters.
    MethodPlayer {
        name: String, discount: f64, precision: Option<serde_json::Value>, range: f64, product: Option<f64>
    }

    /// A constant of the model.
    Constant { name: String, value: String }
}
