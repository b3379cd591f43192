//! What each side does and why: choices over pairs of variables along the exact distribution of play, and the likeliest
//! states of each stage with their choices taken apart.

use std::collections::BTreeMap;

use melian_model::{LineId, Model, StageId, VarId};
use melian_solve::{ActionWhy, Decomposition, Spot, Visit};

use crate::{
    short, shown,
    view::{Cells, Pair, Stage, StageVariable, Why, WhyAction, WhyState},
};

/// Of each stage, so many states are taken apart.
pub const STATES: usize = 200;
/// So many pairs of variables are drawn of each stage, the most telling ones.
const PAIRS: usize = 6;
/// States less likely than this are no part of pictures: nobody could see them.
const FAINT: f64 = 1e-8;
/// Maps of more cells than this are not drawn.
const MOST_CELLS: usize = 2_500;

/// Takes in the visits of some periods.
pub struct Collector<'a> {
    model: &'a Model,
    periods: &'a [usize],
    stages: Vec<Seen>,
}

/// What was seen of a stage.
struct Seen {
    /// The variables that have more than one level somewhere at the stage, or might have.
    vars: Vec<VarId>,
    /// Positions in `vars`; a variable with itself where there is no other.
    pairs: Vec<(usize, usize)>,
    /// By period: mass, then mass times the probability of each action.
    totals: Vec<Vec<f64>>,
    /// By period and pair.
    grids: Vec<Vec<Grid>>,
    likeliest: Vec<Likely>,
    /// So many others are at least this likely that no other state of this mass is among the likeliest.
    least: f64,
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
    /// For visits in some periods.
    pub fn new(model: &'a Model, periods: &'a [usize]) -> Collector<'a> {
        let stages = model.stages.iter().map(|_| Seen {
            vars: Vec::new(),
            pairs: Vec::new(),
            totals: Vec::new(),
            grids: Vec::new(),
            likeliest: Vec::new(),
            least: 0.0,
        });
        Collector { model, periods, stages: stages.collect() }
    }

    /// Takes a visit in.
    pub fn see(&mut self, visit: &Visit<'_>) {
        let Some(period) = self.periods.iter().position(|p| *p == visit.spot.period) else { return };
        let (model, stage) = (self.model, visit.spot.stage);
        let seen = &mut self.stages[stage.0];
        let actions = model.stage(stage).actions.len();
        if seen.totals.is_empty() {
            seen.open(model, stage, self.periods.len(), visit.levels);
        }
        add(&mut seen.totals[period], visit);
        seen.likely(visit);
        if visit.mass < FAINT {
            return;
        }
        for (&(x, y), grid) in seen.pairs.iter().zip(&mut seen.grids[period]) {
            let level = |k: usize| visit.levels[seen.vars[k].0] as usize;
            let (x, y) = (level(x), if x == y { 0 } else { level(y) });
            let cell = (y * grid.width + x) * (1 + actions);
            // A variable that is absent or matters no more has no place on the map.
            if let (true, Some(sums)) = (x < grid.width, grid.sums.get_mut(cell..cell + 1 + actions)) {
                add(sums, visit);
            }
        }
    }

    /// The likeliest states of all stages, stage by stage.
    pub fn spots(&mut self) -> Vec<Spot> {
        self.stages.iter_mut().for_each(Seen::keep_likeliest);
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
        let (variables, pairs) = seen.pictures(model, actions, self.periods.len());
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
fn add(sums: &mut [f64], visit: &Visit<'_>) {
    sums[0] += visit.mass;
    for (sum, p) in sums[1..].iter_mut().zip(visit.choice).filter(|(_, p)| !p.is_nan()) {
        *sum += visit.mass * p;
    }
}

impl Seen {
    fn open(&mut self, model: &Model, stage: StageId, periods: usize, levels: &[u32]) {
        let actions = model.stage(stage).actions.len();
        let size = |var: VarId| model.var(var).domain.size();
        let here = |v: &VarId| size(*v) > 1 && (levels[v.0] as usize) <= size(*v);
        self.vars =
            (0..model.vars.len()).map(VarId).filter(|v| here(v) && *v != model.stage(stage).var).collect();
        let n = self.vars.len();
        let all = (0..n).flat_map(|x| (x + 1..n).map(move |y| (x, y)));
        let cells = |x: usize, y: usize| size(self.vars[x]) * if x == y { 1 } else { size(self.vars[y]) };
        self.pairs = all.chain((0..n).map(|x| (x, x))).filter(|&(x, y)| cells(x, y) <= MOST_CELLS).collect();
        let grid = |&(x, y): &(usize, usize)| Grid {
            width: size(self.vars[x]),
            sums: vec![0.0; cells(x, y) * (1 + actions)],
        };
        self.totals = vec![vec![0.0; 1 + actions]; periods];
        self.grids = (0..periods).map(|_| self.pairs.iter().map(grid).collect()).collect();
    }

    /// Keeps a visit if it may be among the likeliest.
    fn likely(&mut self, visit: &Visit<'_>) {
        if visit.mass <= self.least {
            return;
        }
        self.likeliest.push(Likely { spot: visit.spot, mass: visit.mass });
        if self.likeliest.len() >= 4 * STATES {
            self.keep_likeliest();
            self.least = self.likeliest.last().map_or(0.0, |last| last.mass);
        }
    }

    fn keep_likeliest(&mut self) {
        // The sort is stable, and visits come in a fixed order: equals stay as they came.
        self.likeliest.sort_by(|a, b| b.mass.total_cmp(&a.mass));
        self.likeliest.truncate(STATES);
    }

    /// The most telling pairs, over the variables that they are made of.
    fn pictures(&self, model: &Model, actions: usize, periods: usize) -> (Vec<StageVariable>, Vec<Pair>) {
        // Between-cell variance of the choice, weighted by mass.
        let telling = |k: usize| -> f64 { self.grids.iter().map(|grids| grids[k].between(actions)).sum() };
        let varies = |var: VarId| self.levels_seen(var, actions) > 1;
        let mut order: Vec<(usize, f64)> = (0..self.pairs.len())
            .filter(|&k| self.pairs[k].0 != self.pairs[k].1)
            .filter(|&k| varies(self.vars[self.pairs[k].0]) && varies(self.vars[self.pairs[k].1]))
            .map(|k| (k, telling(k)))
            .collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        order.truncate(PAIRS);
        if order.is_empty() {
            let single = (0..self.pairs.len()).filter(|&k| self.pairs[k].0 == self.pairs[k].1);
            let best = single.map(|k| (k, telling(k))).max_by(|a, b| a.1.total_cmp(&b.1));
            order.extend(best);
        }
        let mut variables: Vec<StageVariable> = Vec::new();
        let mut known: BTreeMap<usize, usize> = BTreeMap::new();
        let mut place = |k: usize| {
            *known.entry(k).or_insert_with(|| {
                variables.push(stage_variable(model, self.vars[k]));
                variables.len() - 1
            })
        };
        let mut pairs = Vec::new();
        for (k, _) in order {
            let (x, y) = self.pairs[k];
            let (x, y) = if x == y { (place(x), usize::MAX) } else { (place(x), place(y)) };
            let cells = (0..periods).map(|p| self.grids[p][k].cells(actions)).collect();
            pairs.push(Pair { x, y, cells });
        }
        if let Some(alone) = pairs.iter_mut().find(|pair| pair.y == usize::MAX) {
            alone.y = variables.len();
            variables.push(nothing());
        }
        (variables, pairs)
    }

    /// How many levels of a variable hold mass.
    fn levels_seen(&self, var: VarId, actions: usize) -> usize {
        let own = |k: &usize| self.pairs[*k].0 == self.pairs[*k].1 && self.vars[self.pairs[*k].0] == var;
        let Some(k) = (0..self.pairs.len()).find(own) else { return 0 };
        let width = self.grids[0][k].width;
        let seen = |x: &usize| self.grids.iter().any(|grids| grids[k].sums[x * (1 + actions)] > 0.0);
        (0..width).filter(seen).count()
    }
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

/// The states of a stage with their choices taken apart.
fn why(model: &Model, stage: StageId, states: &[(&Likely, &Decomposition)]) -> Why {
    let player = model.stage(stage).player;
    let lines: Vec<LineId> =
        (0..model.lines.len()).map(LineId).filter(|l| model.lines[l.0].player == player).collect();
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
pub fn why_state(
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
