//! Parameter values and start levels given by name, as `--param dmg=0.2` and `--start front=1.1` do.

use melian_model::{Diagnostic, Domain, Model, Span, VarId, VarKind, Variable};
use melian_solve::Scenario;
use melian_study::{base_world, reading::broken_requirement, study::require_broken};

/// What differs from the model's defaults.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Setup {
    /// Parameters with their values: `("dmg", 0.2)`, `("arms[supply]", 2.0)`.
    pub params: Vec<(String, f64)>,
    /// State variables with their start values: `("regime", "truce")`.
    pub start: Vec<(String, String)>,
}

impl Setup {
    /// The world that it describes: a parameter point and a start.
    ///
    /// # Errors
    /// Unknown names, with the nearest spelling; values that a variable cannot have; a `require` that does not hold.
    pub fn world(&self, model: &Model) -> Result<Scenario, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut params = model.defaults();
        for (name, value) in &self.params {
            match model.params.iter().position(|p| p.name == *name) {
                Some(index) => params[index] = *value,
                None => {
                    problems.push(unknown("parameter", name, model.params.iter().map(|p| p.name.as_str())));
                }
            }
        }
        let mut start = Vec::new();
        for (name, value) in &self.start {
            match state_level(model, name, value) {
                Ok(level) => start.push(level),
                Err(problem) => problems.push(problem),
            }
        }
        if let Some(text) = broken_requirement(model, &params) {
            problems.push(require_broken(&text));
        }
        if problems.is_empty() { base_world(model, &params, &start) } else { Err(problems) }
    }
}

/// A state variable and its level, by name and value.
fn state_level(model: &Model, name: &str, value: &str) -> Result<(VarId, usize), Diagnostic> {
    let states =
        || model.vars.iter().filter(|v| matches!(v.kind, VarKind::State { .. })).map(|v| v.name.as_str());
    match model.vars.iter().position(|v| v.name == name && v.is_state()) {
        Some(index) => Ok((VarId(index), level(model, VarId(index), value)?)),
        None => Err(unknown("state variable", name, states())),
    }
}

/// The level of a variable that a text names: a label, `true`, a number on the grid.
pub fn level_named(model: &Model, var: VarId, text: &str) -> Option<usize> {
    let variable = model.var(var);
    let size = variable.domain.size();
    let squeezed = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let named = (0..size.min(100_000)).find(|&k| squeezed(&model.level_name(var, k)) == squeezed(text));
    named.or_else(|| number_in(variable, text).and_then(|x| variable.domain.level(x)))
}

/// The number that a text is, if the variable has numbers for levels.
fn number_in(variable: &Variable, text: &str) -> Option<f64> {
    let numeric = matches!(variable.domain, Domain::Integers { .. } | Domain::Grid { .. });
    text.trim().parse::<f64>().ok().filter(|_| numeric)
}

fn level(model: &Model, var: VarId, text: &str) -> Result<usize, Diagnostic> {
    let variable = model.var(var);
    if let Some(level) = level_named(model, var, text) {
        return Ok(level);
    }
    let number = number_in(variable, text);
    let problem = |title| Diagnostic::error("no-such-value", title, Span::NONE);
    let problem = problem(format!("`{}` cannot be `{text}`", variable.name));
    Err(match number {
        Some(x) => {
            let near = model.level_name(var, variable.domain.nearest(x));
            problem.help(format!("its values are {}; the nearest is {near}", values(model, var)))
        }
        None => problem.help(format!("its values are {}", values(model, var))),
    })
}

/// The values of a variable in words.
fn values(model: &Model, var: VarId) -> String {
    let variable = model.var(var);
    match variable.domain {
        Domain::Integers { .. } | Domain::Grid { .. } => melian_model::print::domain_text(model, variable),
        _ => {
            let names: Vec<String> = (0..variable.domain.size()).map(|k| model.level_name(var, k)).collect();
            names.join(", ")
        }
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Diagnostic {
    let problem = Diagnostic::error("unknown-name", format!("there is no {what} `{name}`"), Span::NONE);
    match nearest(name, known.clone()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => {
            let all: Vec<&str> = known.take(12).collect();
            if all.is_empty() {
                problem.help(format!("the model has no {what}"))
            } else {
                problem.help(format!("for example: {}", all.join(", ")))
            }
        }
    }
}

/// The name most like a misspelt one, if it is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |other: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
    let limit = 1 + name.chars().count() / 4;
    known.map(|k| (near(k), k)).filter(|(d, _)| *d <= limit).min().map(|(_, k)| k)
}
