//! `melian equilibrium`: the stationary equilibria of a model that goes on for ever, and where to look for them.

use clap::Args;
use melian::{
    model::{Model, StageId, VarId},
    solver::{
        ByState, Counts, Needs, Plan, StationaryPoint, equilibria, settled,
        stationary::{Doubt, Method, Report, Selection, Unsettled},
    },
};
use serde::Serialize;

use super::{
    Format, Settings,
    csv::Csv,
    figures::{digits, figure, short},
    shell::{Failure, Outcome, Shell},
    start,
    tables::{Rows, wrapped},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian equilibrium attrition                       what play for ever comes to, and how far it can be trusted
  melian equilibrium cuba --starts 200               looks for others, from 200 random starts
  melian equilibrium cuba --save values.csv --save-policies choices.csv
  melian ask cuba --start-from values.csv 'value(US)' answers from the equilibrium near these values";

/// Find the stationary equilibria of play that goes on for ever.
#[derive(Args)]
pub struct Equilibrium {
    /// Path, name of an embedded model, or -
    model: String,
    /// Look for others too: Newton's method from so many random starts
    #[arg(long = "starts", value_name = "N")]
    random_starts: Option<usize>,
    /// Which random starts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the values of the equilibrium to a file that `--start-from` reads
    #[arg(long, value_name = "FILE")]
    save: Option<String>,
    /// Write its choice probabilities to a file that `--start-from` reads
    #[arg(long, value_name = "FILE")]
    save_policies: Option<String>,
    #[command(flatten)]
    settings: Settings,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// A solution as JSON.
#[derive(Serialize)]
struct PointPart {
    #[serde(flatten)]
    solved: SolvedPart,
    /// Random starts that led to it.
    times: Option<usize>,
    values: Vec<StatePart>,
    choices: Vec<ChoicePart>,
}

#[derive(Serialize)]
struct StatePart {
    state: Vec<(String, String)>,
    values: Vec<(String, f64)>,
}

#[derive(Serialize)]
struct ChoicePart {
    stage: String,
    state: Vec<(String, String)>,
    actions: Vec<(String, f64)>,
}

/// How a stationary equilibrium was found, as JSON.
#[derive(Serialize)]
pub struct SolvedPart {
    converged: bool,
    /// "finite-horizon limit", "homotopy", "user start" and so on.
    selection: Option<&'static str>,
    method: &'static str,
    residual_values: f64,
    residual_choices: Option<f64>,
    error_estimate: Option<f64>,
    periods_solved: usize,
    derivatives_taken: usize,
    spectral_radius: Option<f64>,
    index: Option<i8>,
    near_fold: bool,
    recurrent_classes: Option<usize>,
}

impl SolvedPart {
    /// Whether there is an equilibrium at all.
    pub fn is_converged(&self) -> bool {
        self.converged
    }

    /// Of the equilibrium that answers come from.
    pub fn of(found: &melian::solver::Stationary) -> SolvedPart {
        SolvedPart { recurrent_classes: found.classes, ..SolvedPart::of_report(&found.report) }
    }

    fn of_report(report: &Result<Report, Unsettled>) -> SolvedPart {
        let finite = |x: f64| x.is_finite().then_some(x);
        match report {
            Ok(r) => SolvedPart {
                converged: true,
                selection: Some(selection(r.selection)),
                method: method(r.method),
                residual_values: r.residual.values,
                residual_choices: Some(r.residual.choices),
                error_estimate: finite(r.error),
                periods_solved: r.applications,
                derivatives_taken: r.tangents,
                spectral_radius: finite(r.radius.value),
                index: r.index,
                near_fold: r.is_near_fold(),
                recurrent_classes: None,
            },
            Err(u) => SolvedPart {
                converged: false,
                selection: None,
                method: method(u.last),
                residual_values: u.residual,
                residual_choices: None,
                error_estimate: None,
                periods_solved: u.applications,
                derivatives_taken: u.tangents,
                spectral_radius: None,
                index: None,
                near_fold: false,
                recurrent_classes: None,
            },
        }
    }
}

/// What stands above numbers that come from no equilibrium.
pub const UNCONVERGED: &str = "NOT CONVERGED: every number comes from a point that is no equilibrium\n";

fn method(method: Method) -> &'static str {
    match method {
        Method::Plain => "backward iteration",
        Method::Damped => "damped iteration",
        Method::Anderson => "Anderson acceleration",
        Method::Newton => "Newton's method",
        Method::Homotopy => "homotopy",
    }
}

fn selection(selection: Selection) -> &'static str {
    match selection {
        Selection::FiniteHorizon => "finite-horizon limit",
        Selection::PlainIteration => "limit of backward iteration",
        Selection::FromZero(_) => "from zero, no finite-horizon limit",
        Selection::FromZeroUnsure(_) => "from zero, perhaps the finite-horizon limit",
        Selection::Start => "user start",
        Selection::Homotopy => "homotopy",
    }
}

fn which(model: &Model, selection: Selection) -> String {
    let word = &model.period_word;
    match selection {
        Selection::FiniteHorizon => format!("the limit of games of ever more {word}s"),
        Selection::PlainIteration => format!("the limit of backward {word}s from zero"),
        Selection::FromZero(by) => {
            let by = method(by);
            format!("reached from zero by {by}; games of ever more {word}s do not settle there")
        }
        Selection::FromZeroUnsure(by) => {
            let by = method(by);
            format!("reached from zero by {by}; whether games of ever more {word}s settle there did not show")
        }
        Selection::Start => "the one that the start given leads to".into(),
        Selection::Homotopy => "the branch from uniform play (homotopy in the precisions)".into(),
    }
}

/// What happened at choices, in words.
pub fn remarks(model: &Model, counts: &Counts) -> String {
    let mut text = String::new();
    if counts.ties > 0 {
        text +=
            &format!("ties between equally good actions: {}\n", super::figures::count(counts.ties.into()));
    }
    let together = model.choices_together();
    if together > 0 {
        let infinite = model.plays_together_at_infinity();
        let kind = if infinite { "a Nash equilibrium" } else { "the logit equilibrium" };
        text += &wrapped(&format!(
            "choices made at the same time: {kind} on the principal branch of each stage, given what follows"
        ));
    }
    if counts.folds > 0 || counts.crossings > 0 {
        text += &wrapped(&format!(
            "on the way to these equilibria the branch turned back {} times and was crossed by others {} times: there are further equilibria",
            counts.folds, counts.crossings
        ));
    }
    text
}

/// How a stationary equilibrium was found, in words.
pub fn told(model: &Model, found: &melian::solver::Stationary) -> String {
    let mut text = told_of(model, &found.report);
    if let Some(classes) = found.classes {
        let what = if classes == 1 { "class of states" } else { "classes of states" };
        text += &wrapped(&format!("  in the long run play stays in one of {classes} recurrent {what}"));
    }
    text
}

fn told_of(model: &Model, report: &Result<Report, Unsettled>) -> String {
    let word = &model.period_word;
    let r = match report {
        Ok(r) => r,
        Err(u) => {
            let cycle = u.cycle.map_or(String::new(), |n| {
                format!("; backward iteration goes round in a cycle of {n} {word}s")
            });
            return wrapped(&format!(
                "  not converged: residual {:.1e} of each player's range of values after {} backward {word}s{cycle}",
                u.residual, u.applications
            ));
        }
    };
    let mut text = wrapped(&format!(
        "  converged by {}: {} backward {word}s and {} derivatives; residuals {:.0e} in values, {:.0e} in choices; error about {:.0e}",
        method(r.method),
        r.applications,
        r.tangents,
        r.residual.values,
        r.residual.choices,
        r.error
    ));
    text += &wrapped(&format!("  which one: {}", which(model, r.selection)));
    let stays = if r.radius.is_below_one() {
        "backward iteration stays there"
    } else {
        "backward iteration does not stay there"
    };
    let index = match r.index {
        Some(i) => format!("; index {i:+}"),
        None => String::new(),
    };
    text += &wrapped(&format!("  spectral radius {}: {stays}{index}", digits4(r.radius.value)));
    for doubt in r.doubts() {
        text += &wrapped(match doubt {
            Doubt::NearFold => "  near a fold: the solution and its derivatives are unreliable",
            Doubt::Others => "  an index of −1: there are at least two more equilibria",
            // Said above.
            Doubt::Repels | Doubt::NoLimit => continue,
        });
    }
    if model.players.iter().filter(|p| p.precision.is_some()).count() > 1 {
        text += &wrapped(
            "  nothing says that it is the only one: `melian equilibrium MODEL --starts 100` looks for others",
        );
    }
    text
}

fn digits4(x: f64) -> String {
    format!("{x:.4}")
}

impl Equilibrium {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        let model = loaded.game.model();
        if !model.is_forever() {
            return Err(Failure::plain(
                "not-forever",
                format!("`{}` is played for a number of {}s", model.name, model.period_word),
            )
            .help("only play that goes on for ever has stationary equilibria: `play … forever { … }`"));
        }
        let many = |problems| loaded.failure(problems);
        let world = self.settings.setup().world(model).map_err(many)?;
        let needs = Needs { starts: vec![world.start.clone()], ..Needs::default() };
        let plan = Plan::new(model, &needs, &self.settings.options(model)?).map_err(many)?;
        let setting = &world.segments[0].belief;
        let own = shell.watch("solving", |_| settled(&plan, setting)).map_err(many)?;
        let others = match self.random_starts {
            Some(n) => Some((
                n,
                shell
                    .watch("looking for equilibria", |_| equilibria(&plan, setting, n, self.seed))
                    .map_err(many)?,
            )),
            None => None,
        };
        if let Some(path) = &self.save {
            write(path, &start::values_text(model, &own.values))?;
        }
        if let Some(path) = &self.save_policies {
            write(path, &start::policies_text(model, &own.policies))?;
        }
        shell.print(&match self.format {
            Format::Table => self.page(model, &own, others.as_ref(), shell.colour()),
            Format::Json => json(model, &own, others.as_ref()),
            Format::Csv => csv(model, &own, others.as_ref()),
        });
        Ok(Outcome::Done)
    }

    fn page(
        &self,
        model: &Model,
        own: &StationaryPoint,
        others: Option<&(usize, (Vec<StationaryPoint>, usize))>,
        colour: bool,
    ) -> String {
        let mut text = format!("{}\n{}", model.name, told_of(model, &own.report));
        text += &format!("\nChoices\n{}", choices(model, &own.policies, colour));
        text += &format!("\nValues\n{}", values(model, &own.values, colour));
        let Some((starts, (found, nowhere))) = others else { return text };
        let many = if found.len() == 1 { "equilibrium" } else { "equilibria" };
        text += &format!(
            "\n{} {many} from {starts} random starts, {nowhere} of which led nowhere\n",
            found.len()
        );
        let mut rows = Rows::new(&["", "times", "index", "radius", "error", "first choices"], &[5], colour);
        for (k, point) in found.iter().enumerate() {
            let Ok(r) = &point.report else { continue };
            let index = r.index.map_or("–".into(), |i| format!("{i:+}"));
            let error = format!("{:.0e}", r.error);
            let here = if same(point, own) { format!("{} ←", k + 1) } else { (k + 1).to_string() };
            rows.push(vec![
                here,
                point.times.to_string(),
                index,
                digits4(r.radius.value),
                error,
                first(model, point),
            ]);
        }
        text += &rows.text();
        if found.iter().any(|point| same(point, own)) {
            text += "  ← the one above, from which questions are answered\n";
        }
        if found.len() > 1 {
            text += &wrapped(
                "  answers hang on which equilibrium is meant: `--start-from FILE` answers from another one",
            );
        }
        text
    }
}

/// Whether two points are one.
fn same(a: &StationaryPoint, b: &StationaryPoint) -> bool {
    let rows = a.policies.iter().zip(&b.policies).flat_map(|((_, a), (_, b))| a.rows.iter().zip(&b.rows));
    rows.flat_map(|((_, a), (_, b))| a.iter().zip(b)).all(|(a, b)| (a - b).abs() < 1e-6)
}

/// The choices at the first state, in short.
fn first(model: &Model, point: &StationaryPoint) -> String {
    let of = |(stage, by): &(StageId, ByState)| {
        let (_, p) = by.rows.first()?;
        let labels = model.stage(*stage).actions.iter().zip(p);
        let parts: Vec<String> =
            labels.take(3).map(|(a, p)| format!("{} {}", a.label(), short(*p))).collect();
        Some(format!("{}: {}", model.stage_name(*stage), parts.join(" ")))
    };
    point.policies.iter().filter_map(of).collect::<Vec<_>>().join("; ")
}

/// With more variables than this, a state is one cell.
const MOST_COLUMNS: usize = 4;

/// States shown of a table of many.
const SHOWN: usize = 12;

fn state_cells(model: &Model, vars: &[VarId], levels: &[usize]) -> Vec<String> {
    vars.iter().zip(levels).map(|(&v, &k)| model.level_name(v, k)).collect()
}

fn table(model: &Model, by: &ByState, titles: Vec<String>, colour: bool) -> String {
    let names: Vec<String> = by.vars.iter().map(|&v| model.var(v).name.clone()).collect();
    let together = names.len() > MOST_COLUMNS;
    let mut header = if together { vec![names.join(" ")] } else { names };
    let left: Vec<usize> = (0..header.len()).collect();
    header.extend(titles);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut rows = Rows::new(&header, &left, colour);
    for (levels, numbers) in by.rows.iter().take(SHOWN) {
        let mut cells = state_cells(model, &by.vars, levels);
        if together {
            cells = vec![cells.join(" ")];
        }
        cells.extend(numbers.iter().map(|x| if together { figure(*x) } else { digits(*x) }));
        rows.push(cells);
    }
    let mut text = rows.text();
    if by.rows.len() > SHOWN {
        text += &format!("  … and {} more states: `--save FILE` writes all\n", by.rows.len() - SHOWN);
    }
    text
}

fn choices(model: &Model, policies: &[(StageId, ByState)], colour: bool) -> String {
    let of = |(stage, by): &(StageId, ByState)| {
        let titles = model.stage(*stage).actions.iter().map(|a| a.label()).collect();
        format!("  {}\n{}", model.stage_name(*stage), table(model, by, titles, colour))
    };
    policies.iter().map(of).collect()
}

fn values(model: &Model, values: &ByState, colour: bool) -> String {
    table(model, values, model.players.iter().map(|p| p.name.clone()).collect(), colour)
}

fn part(model: &Model, point: &StationaryPoint, times: Option<usize>) -> PointPart {
    let named = |vars: &[VarId], levels: &[usize]| -> Vec<(String, String)> {
        vars.iter().zip(levels).map(|(&v, &k)| (model.var(v).name.clone(), model.level_name(v, k))).collect()
    };
    let state = |(levels, numbers): &(Vec<usize>, Vec<f64>)| StatePart {
        state: named(&point.values.vars, levels),
        values: model.players.iter().map(|p| p.name.clone()).zip(numbers.iter().copied()).collect(),
    };
    let stage = |(stage, by): &(StageId, ByState)| -> Vec<ChoicePart> {
        let row = |(levels, p): &(Vec<usize>, Vec<f64>)| ChoicePart {
            stage: model.stage_name(*stage),
            state: named(&by.vars, levels),
            actions: model.stage(*stage).actions.iter().map(|a| a.label()).zip(p.iter().copied()).collect(),
        };
        by.rows.iter().map(row).collect()
    };
    PointPart {
        solved: SolvedPart::of_report(&point.report),
        times,
        values: point.values.rows.iter().map(state).collect(),
        choices: point.policies.iter().flat_map(stage).collect(),
    }
}

/// Everything as JSON.
#[derive(Serialize)]
struct AllPart {
    equilibrium: PointPart,
    starts: Option<usize>,
    starts_that_led_nowhere: Option<usize>,
    found: Vec<PointPart>,
}

fn json(
    model: &Model,
    own: &StationaryPoint,
    others: Option<&(usize, (Vec<StationaryPoint>, usize))>,
) -> String {
    let found = others.map_or(&[][..], |(_, (found, _))| found);
    let all = AllPart {
        equilibrium: part(model, own, None),
        starts: others.map(|(starts, _)| *starts),
        starts_that_led_nowhere: others.map(|(_, (_, nowhere))| *nowhere),
        found: found.iter().map(|point| part(model, point, Some(point.times))).collect(),
    };
    serde_json::to_string_pretty(&all).map_or_else(|e| e.to_string(), |text| text + "\n")
}

fn csv(
    model: &Model,
    own: &StationaryPoint,
    others: Option<&(usize, (Vec<StationaryPoint>, usize))>,
) -> String {
    let mut table = Csv::new(&["equilibrium", "stage", "state", "action", "probability", "index", "radius"]);
    let found = others.map_or(&[][..], |(_, (found, _))| found);
    for (k, point) in std::iter::once(own).chain(found).enumerate() {
        let report = point.report.as_ref().ok();
        let index = report.and_then(|r| r.index).map_or(String::new(), |i| i.to_string());
        let radius = report.map_or(String::new(), |r| r.radius.value.to_string());
        for (stage, by) in &point.policies {
            for (levels, p) in &by.rows {
                let state = state_cells(model, &by.vars, levels).join(" ");
                for (action, p) in model.stage(*stage).actions.iter().zip(p) {
                    table.row(&[
                        &k.to_string(),
                        &model.stage_name(*stage),
                        &state,
                        &action.label(),
                        &p.to_string(),
                        &index,
                        &radius,
                    ]);
                }
            }
        }
    }
    table.text()
}

fn write(path: &str, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|e| {
        Failure::plain("unwritable-file", format!("cannot write `{path}`: {}", super::shell::plain(&e)))
    })
}
