//! What each side does and why: choices over pairs of variables along the exact distribution of play, and the likeliest
//! states of each stage with their choices taken apart.

use std::collections::BTreeMap;

use melian_model::{LineId, Model, StageId, VarId};
use melian_solve::{ActionWhy, Decomposition, Spot, Visit};

use serde::Serialize;

use crate::{
    short, shown,
    view::{Cells, Pair, Stage, StageVariable, Why, WhyAction, WhyState},
};

/// Of each stage, so many states are taken apart in a report.
pub const STATES: usize = 200;
/// The most telling variables of each stage, so many, are drawn in pairs,
const TELLING: usize = 4;
/// the most telling pairs first, at most so many.
const PAIRS: usize = 6;
/// States less likely than this are no part of pictures: nobody could see them.
const FAINT: f64 = 1e-8;
/// Maps of more cells than this are not drawn.
const MOST_CELLS: usize = 2_500;

/// Takes in the visits of some periods.
pub struct Collector<'a> {
    model: &'a Model,
    periods: &'a [usize],
    /// Of each stage, so many states are kept.
    states: usize,
    stages: Vec<Seen>,
}

/// What was seen of a stage.
struct Seen {
    /// The variables that a choice may be drawn over.
    vars: Vec<VarId>,
    /// By period: mass, then mass times the probability of each action.
    totals: Vec<Vec<f64>>,
    /// The visits that are not too faint.
    visits: Vec<Kept>,
    /// Of these, one after the other: the level of each of `vars`.
    levels: Vec<u32>,
    /// And how likely each action is; NaN of one that is not available.
    choice: Vec<f32>,
    likeliest: Vec<Likely>,
    /// So many others are at least this likely that no other state of this mass is among the likeliest.
    least: f64,
}

/// A visit: in which of the periods, and how likely.
struct Kept {
    period: usize,
    mass: f64,
}

/// By cell, row by row: mass, then mass times the probability of each action.
struct Grid {
    width: usize,
    sums: Vec<f64>,
}

/// A state of a stage.
#[derive(Clone)]
struct Likely {
    spot: Spot,
    mass: f64,
}

impl<'a> Collector<'a> {
    /// For visits in some periods; of each stage so many states are kept, the likeliest.
    pub fn new(model: &'a Model, periods: &'a [usize], states: usize) -> Collector<'a> {
        let stages = model.stages.iter().map(|_| Seen {
            vars: Vec::new(),
            totals: Vec::new(),
            visits: Vec::new(),
            levels: Vec::new(),
            choice: Vec::new(),
            likeliest: Vec::new(),
            least: 0.0,
        });
        Collector { model, periods, states, stages: stages.collect() }
    }

    /// Takes a visit in.
    pub fn see(&mut self, visit: &Visit<'_>) {
        let Some(period) = self.periods.iter().position(|p| *p == visit.spot.period) else { return };
        let (model, stage) = (self.model, visit.spot.stage);
        let seen = &mut self.stages[stage.0];
        if seen.totals.is_empty() {
            seen.open(model, stage, self.periods.len(), visit.levels);
        }
        add(&mut seen.totals[period], visit.mass, visit.choice.iter().copied());
        seen.likely(visit, self.states);
        if visit.mass >= FAINT {
            seen.visits.push(Kept { period, mass: visit.mass });
            seen.levels.extend(seen.vars.iter().map(|var| visit.levels[var.0]));
            seen.choice.extend(visit.choice.iter().map(|p| *p as f32));
        }
    }

    /// The likeliest states of all stages, stage by stage.
    pub fn spots(&mut self) -> Vec<Spot> {
        let states = self.states;
        self.stages.iter_mut().for_each(|seen| seen.keep_likeliest(states));
        self.stages.iter().flat_map(|seen| &seen.likeliest).map(|likely| likely.spot).collect()
    }

    /// Everything about the stages; `explained` belongs to the spots.
    pub fn stages(&self, explained: &[Decomposition]) -> Vec<Stage> {
        let mut explained = explained.iter();
        let stages = self.stages.iter().enumerate();
        stages.map(|(index, seen)| self.stage(StageId(index), seen, &mut explained)).collect()
    }

    fn stage<'d>(
        &self,
        id: StageId,
        seen: &Seen,
        explained: &mut impl Iterator<Item = &'d Decomposition>,
    ) -> Stage {
        let model = self.model;
        let stage = model.stage(id);
        let actions = stage.actions.len();
        let total = |p: usize| seen.totals.get(p);
        let visits = (0..self.periods.len()).map(|p| shown(total(p).map_or(0.0, |t| t[0]))).collect();
        let share = |p: usize, a: usize| {
            let total = total(p).filter(|t| t[0] > 0.0)?;
            shown(total[1 + a] / total[0])
        };
        let choice = (0..self.periods.len()).map(|p| (0..actions).map(|a| share(p, a)).collect()).collect();
        let (variables, pairs) = seen.pictures(model, actions);
        let states: Vec<(&Likely, &Decomposition)> = seen.likeliest.iter().zip(explained).collect();
        Stage {
            name: model.stage_name(id),
            player: model.players[stage.player.0].name.clone(),
            doc: stage.doc.clone(),
            actions: stage.actions.iter().map(|action| action.label()).collect(),
            periods: self.periods.to_vec(),
            visits,
            choice,
            variables,
            pairs,
            why: why(model, id, &states),
        }
    }
}

/// Adds a visit to its mass and to the mass of its actions.
fn add(sums: &mut [f64], mass: f64, choice: impl Iterator<Item = f64>) {
    sums[0] += mass;
    for (sum, p) in sums[1..].iter_mut().zip(choice).filter(|(_, p)| !p.is_nan()) {
        *sum += mass * p;
    }
}

impl Seen {
    fn open(&mut self, model: &Model, stage: StageId, periods: usize, levels: &[u32]) {
        let size = |var: VarId| model.var(var).domain.size();
        let here = |v: &VarId| size(*v) > 1 && (levels[v.0] as usize) <= size(*v);
        let own = model.stage(stage).var;
        self.vars = (0..model.vars.len()).map(VarId).filter(|v| here(v) && *v != own).collect();
        self.totals = vec![vec![0.0; 1 + model.stage(stage).actions.len()]; periods];
    }

    /// Keeps a visit if it may be among the likeliest.
    fn likely(&mut self, visit: &Visit<'_>, states: usize) {
        if visit.mass <= self.least {
            return;
        }
        self.likeliest.push(Likely { spot: visit.spot, mass: visit.mass });
        if self.likeliest.len() >= 4 * states {
            self.keep_likeliest(states);
            self.least = self.likeliest.last().map_or(0.0, |last| last.mass);
        }
    }

    fn keep_likeliest(&mut self, states: usize) {
        // The sort is stable, and visits come in a fixed order: equals stay as they came.
        self.likeliest.sort_by(|a, b| b.mass.total_cmp(&a.mass));
        self.likeliest.truncate(states);
    }

    /// The choice over two of `vars`, or over one of them, by period.
    fn grids(&self, model: &Model, (x, y): (usize, usize)) -> Vec<Grid> {
        let size = |k: usize| model.var(self.vars[k]).domain.size();
        let cells = size(x) * if x == y { 1 } else { size(y) };
        let actions = self.totals.first().map_or(0, |total| total.len() - 1);
        let grid = || Grid { width: size(x), sums: vec![0.0; cells * (1 + actions)] };
        let mut grids: Vec<Grid> = self.totals.iter().map(|_| grid()).collect();
        let levels = self.levels.chunks(self.vars.len().max(1));
        for ((kept, levels), choice) in self.visits.iter().zip(levels).zip(self.choice.chunks(actions.max(1)))
        {
            let (x, y) = (levels[x] as usize, if x == y { 0 } else { levels[y] as usize });
            grids[kept.period].add(x, y, kept.mass, choice.iter().map(|p| f64::from(*p)));
        }
        grids
    }

    /// The most telling variables, in pairs.
    fn pictures(&self, model: &Model, actions: usize) -> (Vec<StageVariable>, Vec<Pair>) {
        let telling = |grids: &[Grid]| grids.iter().map(|grid| grid.between(actions)).sum::<f64>();
        let size = |k: usize| model.var(self.vars[k]).domain.size();
        let mut single: Vec<(usize, f64)> = (0..self.vars.len())
            .filter(|&k| size(k) <= MOST_CELLS)
            .map(|k| (k, self.grids(model, (k, k))))
            .filter(|(_, grids)| levels_seen(grids, actions) > 1)
            .map(|(k, grids)| (k, telling(&grids)))
            .collect();
        single.sort_by(|a, b| b.1.total_cmp(&a.1));
        let best: Vec<usize> = single.iter().take(TELLING).map(|(k, _)| *k).collect();
        let all = best.iter().enumerate().flat_map(|(k, &x)| best[k + 1..].iter().map(move |&y| (x, y)));
        let mut drawn: Vec<((usize, usize), Vec<Grid>, f64)> = all
            .filter(|&(x, y)| size(x) * size(y) <= MOST_CELLS)
            .map(|pair| (pair, self.grids(model, pair)))
            .map(|(pair, grids)| {
                let tells = telling(&grids);
                (pair, grids, tells)
            })
            .collect();
        drawn.sort_by(|a, b| b.2.total_cmp(&a.2));
        drawn.truncate(PAIRS);
        let first = (0..self.vars.len()).find(|&k| size(k) <= MOST_CELLS);
        let alone = best.first().copied().or(first).filter(|_| drawn.is_empty());
        drawn.extend(alone.map(|k| ((k, k), self.grids(model, (k, k)), 0.0)));
        let mut variables: Vec<StageVariable> = Vec::new();
        let mut known: BTreeMap<usize, usize> = BTreeMap::new();
        let mut place = |k: usize| {
            *known.entry(k).or_insert_with(|| {
                variables.push(stage_variable(model, self.vars[k]));
                variables.len() - 1
            })
        };
        let mut pairs = Vec::new();
        for ((x, y), grids, _) in drawn {
            let (x, y) = if x == y { (place(x), usize::MAX) } else { (place(x), place(y)) };
            pairs.push(Pair { x, y, cells: grids.iter().map(|grid| grid.cells(actions)).collect() });
        }
        if let Some(alone) = pairs.iter_mut().find(|pair| pair.y == usize::MAX) {
            alone.y = variables.len();
            variables.push(nothing());
        }
        (variables, pairs)
    }
}

/// How many levels of a variable hold mass in some period.
fn levels_seen(grids: &[Grid], actions: usize) -> usize {
    let width = grids.first().map_or(0, |grid| grid.width);
    (0..width).filter(|x| grids.iter().any(|grid| grid.sums[x * (1 + actions)] > 0.0)).count()
}

/// Stands for a second variable where there is none.
fn nothing() -> StageVariable {
    StageVariable {
        name: String::new(),
        unit: String::new(),
        doc: String::new(),
        levels: vec![String::new()],
    }
}

/// A variable with its levels in words.
pub fn stage_variable(model: &Model, var: VarId) -> StageVariable {
    let variable = model.var(var);
    StageVariable {
        name: variable.name.clone(),
        unit: variable.unit.clone(),
        doc: variable.doc.clone(),
        levels: (0..variable.domain.size()).map(|level| model.level_name(var, level)).collect(),
    }
}

impl Grid {
    /// Adds a visit to a cell. A variable that is absent or matters no more has no place on the map.
    fn add(&mut self, x: usize, y: usize, mass: f64, choice: impl ExactSizeIterator<Item = f64>) {
        let size = 1 + choice.len();
        let cell = y.saturating_mul(self.width).saturating_add(x).saturating_mul(size);
        if let (true, Some(sums)) = (x < self.width, self.sums.get_mut(cell..cell.saturating_add(size))) {
            add(sums, mass, choice);
        }
    }

    fn mass(&self, actions: usize) -> f64 {
        self.sums.chunks(1 + actions).map(|cell| cell[0]).sum()
    }

    fn between(&self, actions: usize) -> f64 {
        let mass = self.mass(actions);
        if mass <= 0.0 {
            return 0.0;
        }
        let action = |a: usize| {
            let mean = self.sums.chunks(1 + actions).map(|cell| cell[1 + a]).sum::<f64>() / mass;
            let off =
                |cell: &[f64]| (cell[0] > 0.0).then(|| cell[0] * (cell[1 + a] / cell[0] - mean).powi(2));
            self.sums.chunks(1 + actions).filter_map(off).sum::<f64>() / mass
        };
        (0..actions).map(action).sum()
    }

    fn cells(&self, actions: usize) -> Cells {
        let all = self.mass(actions);
        let cells = || self.sums.chunks(1 + actions);
        let share = |cell: &[f64], a: usize| if cell[0] > 0.0 { shown(cell[1 + a] / cell[0]) } else { None };
        Cells {
            mass: cells().map(|cell| if all > 0.0 { short(cell[0] / all) } else { 0.0 }).collect(),
            choice: (0..actions).map(|a| cells().map(|cell| share(cell, a)).collect()).collect(),
        }
    }
}

/// The choice of a stage over two variables in one period.
pub struct Heat<'a> {
    model: &'a Model,
    stage: StageId,
    axes: (VarId, VarId),
    grid: Grid,
    visits: f64,
}

/// What a page shows of it.
#[derive(Clone, Debug, Serialize)]
pub struct HeatPart {
    visits: f64,
    x_levels: Vec<String>,
    y_levels: Vec<String>,
    cells: Cells,
}

impl<'a> Heat<'a> {
    /// Of nothing yet; `None` if there would be too many cells.
    pub fn new(model: &'a Model, stage: StageId, axes: (VarId, VarId)) -> Option<Heat<'a>> {
        let size = |var: VarId| model.var(var).domain.size();
        let (width, height) = (size(axes.0), if axes.0 == axes.1 { 1 } else { size(axes.1) });
        let cells = width.checked_mul(height).filter(|&cells| cells <= 4 * MOST_CELLS)?;
        let grid = Grid { width, sums: vec![0.0; cells * (1 + model.stage(stage).actions.len())] };
        Some(Heat { model, stage, axes, grid, visits: 0.0 })
    }

    /// Takes a visit in.
    pub fn see(&mut self, visit: &Visit<'_>) {
        if visit.spot.stage != self.stage {
            return;
        }
        self.visits += visit.mass;
        let level = |var: VarId| visit.levels[var.0] as usize;
        let (x, y) = (level(self.axes.0), if self.axes.0 == self.axes.1 { 0 } else { level(self.axes.1) });
        self.grid.add(x, y, visit.mass, visit.choice.iter().copied());
    }

    /// What was seen.
    pub fn told(&self) -> HeatPart {
        let (x, y) = self.axes;
        let y_levels = if x == y { vec![String::new()] } else { stage_variable(self.model, y).levels };
        HeatPart {
            visits: short(self.visits),
            x_levels: stage_variable(self.model, x).levels,
            y_levels,
            cells: self.grid.cells(self.model.stage(self.stage).actions.len()),
        }
    }
}

/// A choice taken apart by itself, and the names of the variables that its state is made of.
pub fn why_alone(
    model: &Model,
    stage: StageId,
    period: usize,
    found: &Decomposition,
) -> (Vec<String>, WhyState) {
    let vars: Vec<VarId> = found.state.iter().map(|(var, _)| *var).collect();
    let names = vars.iter().map(|var| model.var(*var).name.clone()).collect();
    (names, why_state(model, period, 0.0, &vars, &lines_of(model, stage), found))
}

/// The payoff lines of whoever chooses at a stage.
fn lines_of(model: &Model, stage: StageId) -> Vec<LineId> {
    let player = model.stage(stage).player;
    (0..model.lines.len()).map(LineId).filter(|l| model.lines[l.0].player == player).collect()
}

/// The states of a stage with their choices taken apart.
fn why(model: &Model, stage: StageId, states: &[(&Likely, &Decomposition)]) -> Why {
    let lines = lines_of(model, stage);
    let known = |var: &VarId| states.iter().any(|(_, d)| d.state.iter().any(|(v, _)| v == var));
    let vars: Vec<VarId> = (0..model.vars.len())
        .map(VarId)
        .filter(|v| model.var(*v).domain.size() > 1 && *v != model.stage(stage).var && known(v))
        .collect();
    Why {
        lines: lines.iter().map(|l| model.lines[l.0].label.clone()).collect(),
        variables: vars.iter().map(|v| model.var(*v).name.clone()).collect(),
        states: states
            .iter()
            .map(|(likely, d)| why_state(model, likely.spot.period, likely.mass, &vars, &lines, d))
            .collect(),
    }
}

/// A choice taken apart: what each line pays under each action more than under the best one.
fn why_state(
    model: &Model,
    period: usize,
    mass: f64,
    vars: &[VarId],
    lines: &[LineId],
    found: &Decomposition,
) -> WhyState {
    let level = |var: &VarId| found.state.iter().find(|(v, _)| v == var).map(|(_, level)| *level);
    let at = |var: &VarId| level(var).map_or_else(String::new, |level| model.level_name(*var, level));
    let mut order: Vec<&ActionWhy> = found.actions.iter().collect();
    order.sort_by(|a, b| b.value.total_cmp(&a.value));
    let amount =
        |list: &[(LineId, f64)], line: LineId| list.iter().find(|(l, _)| *l == line).map_or(0.0, |(_, x)| *x);
    // What rounding leaves of a difference is nothing.
    let scale = order.iter().fold(1.0, |scale: f64, of| scale.max(of.value.abs()));
    let clean = |x: f64| if x.abs() < 1e-9 * scale { 0.0 } else { short(x) };
    let more = |of: &ActionWhy, list: fn(&ActionWhy) -> &[(LineId, f64)]| {
        let first = order.first().map_or(&[][..], |first| list(first));
        lines.iter().map(|&l| clean(amount(list(of), l) - amount(first, l))).collect()
    };
    let action = |of: &&ActionWhy| WhyAction {
        action: of.action,
        probability: short(of.probability),
        value: short(of.value),
        now: more(of, |w| &w.now),
        later: more(of, |w| &w.later),
        shock: short(of.shock - order.first().map_or(0.0, |first| first.shock)),
    };
    WhyState {
        period,
        mass: short(mass),
        at: vars.iter().map(at).collect(),
        actions: order.iter().map(action).collect(),
    }
}
