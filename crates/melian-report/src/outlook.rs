//! The outlook: from the exact distribution of each state variable, period by period, to stacked areas and fans.

use melian_model::{Domain, Model, VarId};
use melian_solve::Levels;
use melian_study::{OutlookPlan, Reading, outlook::lead};

use crate::{
    label, short, shown,
    view::{Fan, Outlook, Path, Shares, Time, Value},
};

/// Probabilities of the quantiles of a fan.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Quantiles of no more levels than this jump up and down: how likely each level is tells more.
const FEW_LEVELS: usize = 3;

/// Labels of more levels than this are no picture.
const MOST_LEVELS: usize = 12;

/// So many periods are shown of play that goes on for ever.
const OF_FOREVER: usize = 60;

/// How many periods are shown.
pub fn shown_periods(model: &Model) -> usize {
    if model.is_forever() { OF_FOREVER } else { model.horizon }
}

/// The periods of which choices are drawn.
pub fn looks(model: &Model) -> Vec<usize> {
    OutlookPlan::new(model).months.into_iter().filter(|&period| period <= shown_periods(model)).collect()
}

/// The periods that a distribution covers.
pub fn time(model: &Model, levels: &Levels) -> Time {
    let periods = levels.len().saturating_sub(1);
    let mut labels = vec!["start".to_owned()];
    labels.extend((1..=periods).map(|period| label(model, period)));
    Time { word: model.period_word.clone(), periods, forever: model.is_forever(), labels }
}

/// Every state variable with more than one level.
pub fn outlook(model: &Model, levels: &Levels, values: &[(String, Reading)]) -> Outlook {
    let lead = lead(model);
    let states = model.vars.iter().enumerate().filter(|(_, v)| v.is_state() && v.domain.size() > 1);
    let (mut parts, mut fans) = (Vec::new(), Vec::new());
    for (index, variable) in states {
        let var = VarId(index);
        let own: Vec<&[f64]> = levels.iter().map(|at| &at[index][..]).collect();
        match variable.domain {
            Domain::Integers { .. } | Domain::Grid { .. } if variable.domain.size() > FEW_LEVELS => {
                fans.push(fan(model, var, &own));
            }
            _ if Some(var) == lead || variable.domain.size() <= MOST_LEVELS => {
                parts.push((var, shares(model, var, &own)));
            }
            _ => {}
        }
    }
    let place = parts.iter().position(|(var, _)| Some(*var) == lead);
    let lead = place.map(|at| parts.remove(at).1);
    let value = |(player, value): &(String, Reading)| Value { player: player.clone(), value: value.number() };
    let shares = parts.into_iter().map(|(_, shares)| shares).collect();
    Outlook { lead, shares, fans, values: values.iter().map(value).collect() }
}

/// By period, how likely it is that a variable exists; `None` if it always does.
fn present(model: &Model, var: VarId, own: &[&[f64]]) -> Option<Path> {
    let total = |at: &&[f64]| Some(short(at.iter().sum()));
    model.var(var).is_optional().then(|| own.iter().map(total).collect())
}

fn shares(model: &Model, var: VarId, own: &[&[f64]]) -> Shares {
    let variable = model.var(var);
    let size = variable.domain.size();
    Shares {
        variable: variable.name.clone(),
        doc: variable.doc.clone(),
        levels: (0..size).map(|level| model.level_name(var, level)).collect(),
        probability: (0..size).map(|level| own.iter().map(|at| shown(at[level])).collect()).collect(),
        present: present(model, var, own),
    }
}

fn fan(model: &Model, var: VarId, own: &[&[f64]]) -> Fan {
    let variable = model.var(var);
    let value = |level: usize| variable.domain.value(level);
    let quantile = |p: f64, at: &&[f64]| {
        let total: f64 = at.iter().sum();
        // Less than what rounding leaves is nothing.
        if total < 1e-12 {
            return None;
        }
        let mut below = 0.0;
        let reaches = |mass: &f64| {
            below += mass;
            below >= p * total * (1.0 - 1e-12)
        };
        Some(short(value(at.iter().position(reaches).unwrap_or(at.len() - 1))))
    };
    let mean = |at: &&[f64]| {
        let total: f64 = at.iter().sum();
        let sum: f64 = at.iter().enumerate().map(|(level, mass)| mass * value(level)).sum();
        (total >= 1e-12).then(|| short(sum / total))
    };
    Fan {
        variable: variable.name.clone(),
        doc: variable.doc.clone(),
        unit: variable.unit.clone(),
        low: short(value(0)),
        high: short(value(variable.domain.size() - 1)),
        levels: QUANTILES.to_vec(),
        quantiles: QUANTILES.iter().map(|&p| own.iter().map(|at| quantile(p, at)).collect()).collect(),
        mean: own.iter().map(mean).collect(),
        present: present(model, var, own),
    }
}
