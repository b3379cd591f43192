//! The row of a law: the probability of each level that one redraw can lead to.

use super::evaluate::{Scene, Tried, fault};
use melian_model::{Distribution, Domain, Expr, Outcome, VarId, Weight};

/// By how much a row may miss one, and an entry zero.
const TOLERANCE: f64 = 1e-12;

/// Levels with their probabilities; a level occurs once.
pub fn row(scene: &Scene, var: VarId, law: &Distribution) -> Tried<Vec<(usize, f64)>> {
    let domain = scene.model.var(var).domain;
    let name = &scene.model.var(var).name;
    let finite = |e: &Expr| match scene.value(e)? {
        x if x.is_finite() => Ok(x),
        x => fault("law-not-finite", format!("law of `{name}`: {x}")),
    };
    let probability = |e: &Expr| match finite(e)? {
        p if p >= -TOLERANCE => Ok(p),
        p => fault("probability-negative", format!("law of `{name}`: {p}")),
    };
    let excess = |sum: f64| match sum {
        sum if sum > 1.0 + TOLERANCE => {
            fault("probabilities-sum", format!("law of `{name}` adds up to {sum}"))
        }
        _ => Ok(()),
    };
    let current = || match scene.state[var.0] {
        k if k < domain.size() => Ok(k),
        _ => fault("absent-read", format!("`{name}` is redrawn from its value, which is absent")),
    };

    let mut outcomes: Vec<(usize, f64)> = Vec::new();
    match law {
        Distribution::Walk { up, down } => {
            let (up, down) = (probability(up)?, probability(down)?);
            excess(up + down)?;
            let k = current()?;
            let above = if k + 1 < domain.size() { k + 1 } else { k };
            let below = if k > 0 { k - 1 } else { k };
            outcomes = vec![(above, up), (below, down), (k, 1.0 - up - down)];
        }
        Distribution::Outcomes(list) => {
            let mut weights = Vec::new();
            for (_, weight) in list {
                weights.push(match weight {
                    Weight::Probability(p) => Some(probability(p)?),
                    Weight::Rest => None,
                });
            }
            let sum: f64 = weights.iter().flatten().sum();
            excess(sum)?;
            for ((outcome, _), weight) in list.iter().zip(&weights) {
                let level = match outcome {
                    Outcome::Stay => current()?,
                    Outcome::Value(e) => level_of(scene, var, scene.value(e)?)?,
                };
                outcomes.push((level, weight.unwrap_or(1.0 - sum)));
            }
        }
        Distribution::Normal { mean, sd } => {
            let (mean, sd) = (finite(mean)?, finite(sd)?);
            if sd <= 0.0 {
                return fault("law-not-finite", format!("law of `{name}`: standard deviation {sd}"));
            }
            let half = match domain {
                Domain::Grid { step, .. } => step / 2.0,
                _ => 0.5,
            };
            let below = |x: f64| 0.5 * libm::erfc(-(x - mean) / sd / std::f64::consts::SQRT_2);
            let last = domain.size() - 1;
            for k in 0..=last {
                let x = domain.value(k);
                let to = if k == last { 1.0 } else { below(x + half) };
                let from = if k == 0 { 0.0 } else { below(x - half) };
                outcomes.push((k, to - from));
            }
        }
        Distribution::Binomial { n, p } => {
            let (n, p) = (finite(n)?, probability(p)?);
            excess(p)?;
            if n < 0.0 || n.fract() != 0.0 {
                return fault("law-not-finite", format!("law of `{name}`: {n} trials"));
            }
            let trials = n as usize;
            for k in 0..=trials {
                let mut ways = 1.0;
                for j in 0..k {
                    ways *= (trials - j) as f64 / (j + 1) as f64;
                }
                let mass = ways * p.powi(k as i32) * (1.0 - p).powi((trials - k) as i32);
                outcomes.push((level_of(scene, var, k as f64)?, mass));
            }
        }
        Distribution::Uniform => {
            for k in 0..domain.size() {
                outcomes.push((k, 1.0 / domain.size() as f64));
            }
        }
    }

    let sum: f64 = outcomes.iter().map(|(_, p)| p).sum();
    if (sum - 1.0).abs() > TOLERANCE {
        return fault("probabilities-sum", format!("law of `{name}` adds up to {sum}"));
    }
    let mut row: Vec<(usize, f64)> = Vec::new();
    for (level, p) in outcomes {
        match row.iter_mut().find(|(k, _)| *k == level) {
            Some((_, mass)) => *mass += p,
            None => row.push((level, p)),
        }
    }
    Ok(row)
}

/// The level that a number stands for.
pub fn level_of(scene: &Scene, var: VarId, value: f64) -> Tried<usize> {
    let variable = scene.model.var(var);
    match variable.domain.level(value) {
        Some(level) => Ok(level),
        None => fault("leaves-domain", format!("`{}` cannot be {value}", variable.name)),
    }
}
