//! What would change the answers: one parameter at a time to the ends of its range, and two of them over a grid.

use std::path::Path;

use melian::{
    Query,
    model::{Atom, Expr, ExprKind, Model, ParamId, PlayerId, Question, QuestionKind, Span},
    report::{
        outlook::looks,
        view::{Local, LocalParameter, MapAxis, Output, RegimeMap},
    },
    solver::{Options, Scenario},
    stats::design::{Copula, Law},
    study::{
        outlook::lead,
        worlds::{Axis, Design, Ensemble, Plane, Row, Sheet, Varied, law},
    },
};
use serde::{Deserialize, Serialize};

use super::{
    asked, output,
    shell::{Failure, Loaded, Shell},
    solved,
    worlds::{fingerprint, unknown},
};

/// Values of each parameter of the regime map.
const STEPS: usize = 11;

/// Periods beyond this are too near the end of any usual horizon.
const LATEST: usize = 24;

/// What is asked at every point.
struct Outputs {
    /// Name, doc, question.
    asked: Vec<(String, String, Question)>,
    /// The first of them that are levels of the lead, and how many.
    levels: std::ops::Range<usize>,
    period: usize,
}

impl Outputs {
    fn new(loaded: &Loaded, wanted: &[String]) -> Result<Outputs, Failure> {
        let model = loaded.game.model();
        let period = looks(model).into_iter().rfind(|&p| p <= LATEST).unwrap_or(1);
        let mut asked = Vec::new();
        for name in asked::names(wanted)? {
            let read = loaded.game.query(&name).map_err(|p| Failure::with(p, "--lever", &name))?;
            let Query::Question(question) = read else {
                let title = format!("`{name}` is a condition, not a number");
                return Err(
                    Failure::plain("not-a-number", title).help("ask for the number on one of its sides")
                );
            };
            asked.push((name, String::new(), question));
        }
        let first = asked.len();
        if let Some(var) = lead(model) {
            for level in 0..model.var(var).domain.size() {
                let what = Expr::new(ExprKind::IsAt(var, vec![level]));
                let atom = Atom::At { what, given: None, at: period, ahead: Vec::new() };
                let (variable, label) = (&model.var(var).name, model.level_name(var, level));
                let name = format!("P[{variable} == {label} at {period}]");
                asked.push((name, String::new(), ask(atom)));
            }
        }
        let levels = first..asked.len();
        for (index, player) in model.players.iter().enumerate() {
            asked.push((format!("value({})", player.name), String::new(), ask(Atom::Value(PlayerId(index)))));
        }
        Ok(Outputs { asked, levels, period })
    }

    fn sheet(&self) -> Sheet<'_> {
        let mut sheet = Sheet::default();
        self.asked.iter().for_each(|(name, _, question)| sheet.question(name, question));
        sheet
    }
}

fn ask(atom: Atom) -> Question {
    Question::new(QuestionKind::Ask(Box::new(atom)), Span::NONE)
}

fn number(row: &Row, k: usize) -> Option<f64> {
    row.numbers.get(k).copied().filter(|x| !x.is_nan())
}

/// What would change the answers.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Levers {
    /// One parameter at a time.
    pub local: Option<Local>,
    /// Two of them.
    pub map: Option<RegimeMap>,
}

/// The file in a folder of worlds that keeps the usual levers of its study.
const FILE: &str = "levers.json";

/// The usual levers of a study, kept in its folder: solved when nobody has solved them before.
///
/// # Errors
/// As [`levers`].
pub fn kept(
    shell: &Shell,
    loaded: &Loaded,
    base: &Scenario,
    options: &Options,
    folder: &Path,
) -> Result<Levers, Failure> {
    if let Some(levers) = known(loaded, base, options, folder) {
        return Ok(levers);
    }
    let levers = levers(shell, loaded, base, options, &Request::new(loaded, &[], &[])?)?;
    // A folder that cannot be written is no reason to have no levers: they are solved again next time.
    if let Ok(text) = serde_json::to_string(&(key(loaded, base, options), &levers)) {
        output::write(&folder.join(FILE), &text).unwrap_or_default();
    }
    Ok(levers)
}

/// The usual levers of a study, if its folder keeps them.
pub fn known(loaded: &Loaded, base: &Scenario, options: &Options, folder: &Path) -> Option<Levers> {
    let text = std::fs::read_to_string(folder.join(FILE)).ok()?;
    let (of, levers) = serde_json::from_str::<(String, Levers)>(&text).ok()?;
    (of == key(loaded, base, options)).then_some(levers)
}

/// A fingerprint of everything that levers hang on.
fn key(loaded: &Loaded, base: &Scenario, options: &Options) -> String {
    let model = loaded.game.model();
    let version = env!("CARGO_PKG_VERSION");
    let all = format!(
        "{version} {:?} {:?} {base:?} {:?} {}",
        model.constants, model.horizon, options.forever, loaded.game.text
    );
    fingerprint(all.as_bytes())
}

/// How many points the usual levers of a model are.
pub fn points(model: &Model) -> u64 {
    let ranged = model.params.iter().filter(|p| p.range.is_some()).count();
    (2 * ranged + STEPS * STEPS) as u64
}

/// What is asked at every point, and over which parameters the map goes.
pub struct Request {
    outputs: Outputs,
    /// `None`: those that move the regime most.
    pair: Option<(ParamId, ParamId)>,
}

impl Request {
    /// Reads it before anything is solved.
    ///
    /// # Errors
    /// A question that cannot be read, a parameter that does not exist or has no range.
    pub fn new(loaded: &Loaded, wanted: &[String], over: &[String]) -> Result<Request, Failure> {
        let model = loaded.game.model();
        let outputs = Outputs::new(loaded, wanted)?;
        let mut params = Vec::new();
        for name in over {
            let place =
                model.params.iter().position(|p| p.name == *name).ok_or_else(|| unknown(model, name))?;
            if model.params[place].range.is_none() {
                let title = format!("`{name}` has no range in the model");
                return Err(Failure::plain("bad-axis", title).help("name a parameter with a range"));
            }
            params.push(ParamId(place));
        }
        let pair = match params[..] {
            [] => None,
            [x, y] if x != y => Some((x, y)),
            _ => {
                return Err(
                    Failure::plain("bad-axis", "a regime map has two parameters").help("write `--map X,Y`")
                );
            }
        };
        Ok(Request { outputs, pair })
    }
}

/// One parameter at a time, and the regime map over two of them.
///
/// # Errors
/// A game that is too large; no thread could be started.
pub fn levers(
    shell: &Shell,
    loaded: &Loaded,
    base: &Scenario,
    options: &Options,
    request: &Request,
) -> Result<Levers, Failure> {
    let model = loaded.game.model();
    let outputs = &request.outputs;
    let params: Vec<ParamId> =
        (0..model.params.len()).map(ParamId).filter(|p| model.params[p.0].range.is_some()).collect();
    if params.is_empty() || outputs.asked.is_empty() {
        return Ok(Levers::default());
    }
    let local = local(shell, loaded, base, options, outputs, &params)?;
    let pair = request.pair.or_else(|| strongest(&local, outputs, &params));
    let map = match pair.filter(|_| !outputs.levels.is_empty()) {
        Some(pair) => Some(map(shell, loaded, base, options, outputs, pair)?),
        None => None,
    };
    Ok(Levers { local: Some(local), map })
}

/// Both ends of a parameter's range.
fn ends(model: &Model, param: ParamId) -> (f64, f64) {
    model.params[param.0].range.map_or((0.0, 0.0), |range| law(range).range())
}

fn local(
    shell: &Shell,
    loaded: &Loaded,
    base: &Scenario,
    options: &Options,
    outputs: &Outputs,
    params: &[ParamId],
) -> Result<Local, Failure> {
    let model = loaded.game.model();
    let values = &base.segments[0].path.params;
    let own: Vec<f64> = params.iter().map(|p| values[p.0]).collect();
    let point = |k: usize, x: f64| {
        let mut point = own.clone();
        point[k] = x;
        point
    };
    let mut points = vec![own.clone()];
    for (k, &param) in params.iter().enumerate() {
        let (low, high) = ends(model, param);
        points.extend([point(k, low), point(k, high)]);
    }
    let count = points.len();
    let laws = params.iter().map(|&p| ends(model, p)).map(|(low, high)| Law::Uniform(low, high));
    let varied = Varied {
        params: params.to_vec(),
        laws: laws.collect(),
        copula: Copula::default(),
        base: values.clone(),
    };
    let design = Design::Given(points);
    let sheet = outputs.sheet();
    let ensemble = Ensemble::new(model, base.clone(), &sheet, (&design, &varied), options)
        .map_err(|problems| loaded.failure(problems))?;
    let rows = solved::in_order(shell, &ensemble, count, "point")?;
    let effect = |output: usize| {
        let of = |k: usize| (number(&rows[1 + 2 * k], output), number(&rows[2 + 2 * k], output));
        (0..params.len()).map(of).collect()
    };
    let parameter = |&param: &ParamId| {
        let (p, (low, high)) = (&model.params[param.0], ends(model, param));
        let (name, doc, unit) = (p.name.clone(), p.doc.clone(), p.unit.clone());
        LocalParameter { name, doc, unit, low, high, value: values[param.0] }
    };
    let output = |(k, (name, doc, _)): (usize, &(String, String, Question))| Output {
        name: name.clone(),
        doc: doc.clone(),
        value: number(&rows[0], k),
    };
    Ok(Local {
        outputs: outputs.asked.iter().enumerate().map(output).collect(),
        parameters: params.iter().map(parameter).collect(),
        effects: (0..outputs.asked.len()).map(effect).collect(),
    })
}

/// The two parameters that move the lead's probabilities most between the ends of their ranges.
fn strongest(local: &Local, outputs: &Outputs, params: &[ParamId]) -> Option<(ParamId, ParamId)> {
    let moved = |k: usize| -> f64 {
        let of = |output: usize| match local.effects[output][k] {
            (Some(low), Some(high)) => (high - low).abs(),
            _ => 0.0,
        };
        outputs.levels.clone().map(of).sum()
    };
    let mut order: Vec<usize> = (0..params.len()).collect();
    order.sort_by(|&a, &b| moved(b).total_cmp(&moved(a)));
    let [x, y, ..] = order[..] else { return None };
    if moved(x) == 0.0 {
        return None;
    }
    Some((params[x], params[y]))
}

fn map(
    shell: &Shell,
    loaded: &Loaded,
    base: &Scenario,
    options: &Options,
    outputs: &Outputs,
    (x, y): (ParamId, ParamId),
) -> Result<RegimeMap, Failure> {
    let model = loaded.game.model();
    let values = &base.segments[0].path.params;
    let axis = |param| {
        let (lo, hi) = ends(model, param);
        Axis { param, lo, hi, steps: STEPS }
    };
    let plane = Plane { axes: vec![axis(x), axis(y)] };
    let (design, varied) = plane.worlds_around(values);
    let sheet = outputs.sheet();
    let ensemble = Ensemble::new(model, base.clone(), &sheet, (&design, &varied), options)
        .map_err(|problems| loaded.failure(problems))?;
    let rows = solved::in_order(shell, &ensemble, plane.worlds(), "point")?;
    let side = |k: usize, param: ParamId| MapAxis {
        parameter: model.params[param.0].name.clone(),
        unit: model.params[param.0].unit.clone(),
        values: plane.axes[k].values(),
        value: values[param.0],
    };
    // INVARIANT: there are levels only of a lead.
    let (variable, levels) = lead(model).map_or_else(Default::default, |var| {
        let levels = (0..model.var(var).domain.size()).map(|level| model.level_name(var, level)).collect();
        (model.var(var).name.clone(), levels)
    });
    Ok(RegimeMap {
        period: outputs.period,
        variable,
        levels,
        x: side(0, x),
        y: side(1, y),
        probability: outputs
            .levels
            .clone()
            .map(|k| rows.iter().map(|row| number(row, k)).collect())
            .collect(),
    })
}
