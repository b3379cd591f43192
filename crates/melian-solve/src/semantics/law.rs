//! The probability of every level of a redrawn variable, at one state.
//!
//! - walk: up and down one level; what would leave the domain stays;
//! - normal on a grid with spacing h: P(x_k) = Φ((x_k + h/2 − μ)/σ) − Φ((x_k − h/2 − μ)/σ), the end levels take the tails;
//! - binomial: C(n, k) p^k (1 − p)^(n−k).

use crate::semantics::eval::{Env, EvalError, eval};
use melian_model::{Distribution, Domain, Draw, Outcome, Weight};

/// How far a sum of probabilities may be off one, and a probability below zero, by rounding.
pub(crate) const PROBABILITY_TOLERANCE: f64 = 1e-12;

/// Why a law has no probabilities at a state.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum LawError {
    /// An expression in it has no value.
    Eval(EvalError),
    /// The probabilities add up to this.
    Sum(f64),
    /// A probability is this, below zero.
    Negative(f64),
    /// A probability or a moment is not a number, or a standard deviation is not positive.
    NotFinite,
    /// An outcome, this value, is not in the domain.
    Leaves(f64),
}

impl From<EvalError> for LawError {
    fn from(e: EvalError) -> LawError {
        LawError::Eval(e)
    }
}

/// Fills `row[k]` with the probability that the variable is at level k afterwards.
pub(crate) fn law_row(draw: &Draw, env: &Env, row: &mut [f64]) -> Result<(), LawError> {
    row.fill(0.0);
    let n = row.len();
    let var = env.model.var(draw.var);
    let current = env.levels[draw.var.0] as usize;
    let absent = || LawError::Eval(EvalError::Absent(draw.var));
    match &draw.law {
        Distribution::Walk { up, down } => {
            if current >= n {
                return Err(absent());
            }
            let up = probability(eval(up, env)?)?;
            let down = probability(eval(down, env)?)?;
            if up + down > 1.0 + PROBABILITY_TOLERANCE {
                return Err(LawError::Sum(up + down));
            }
            let up = if current + 1 < n { up } else { 0.0 };
            let down = if current > 0 { down } else { 0.0 };
            row[current] = (1.0 - up - down).max(0.0);
            if current + 1 < n {
                row[current + 1] = up;
            }
            if current > 0 {
                row[current - 1] = down;
            }
        }
        Distribution::Outcomes(outcomes) => {
            let mut total = 0.0;
            let mut rest = None;
            for (outcome, weight) in outcomes {
                let level = match outcome {
                    Outcome::Stay if current < n => current,
                    Outcome::Stay => return Err(absent()),
                    Outcome::Value(e) => {
                        let x = eval(e, env)?;
                        var.domain.level(x).ok_or(LawError::Leaves(x))?
                    }
                };
                match weight {
                    Weight::Probability(e) => {
                        let p = probability(eval(e, env)?)?;
                        total += p;
                        row[level] += p;
                    }
                    Weight::Rest => rest = Some(level),
                }
            }
            match rest {
                Some(level) if total <= 1.0 + PROBABILITY_TOLERANCE => row[level] += (1.0 - total).max(0.0),
                _ if (total - 1.0).abs() > PROBABILITY_TOLERANCE => return Err(LawError::Sum(total)),
                _ => {}
            }
        }
        Distribution::Normal { mean, sd } => {
            let (mean, sd) = (eval(mean, env)?, eval(sd, env)?);
            if !mean.is_finite() || !sd.is_finite() || sd <= 0.0 {
                return Err(LawError::NotFinite);
            }
            let half = match var.domain {
                Domain::Grid { step, .. } => step / 2.0,
                _ => 0.5,
            };
            let below = |x: f64| 0.5 * libm::erfc((mean - x) / (sd * std::f64::consts::SQRT_2));
            let mut left = 0.0;
            for k in 0..n {
                let right = if k + 1 == n { 1.0 } else { below(var.domain.value(k) + half) };
                row[k] = right - left;
                left = right;
            }
        }
        Distribution::Binomial { n: trials, p } => {
            let (trials, p) = (eval(trials, env)?, probability(eval(p, env)?)?);
            if p > 1.0 {
                return Err(LawError::Sum(p));
            }
            if !(trials >= 0.0 && trials.fract() == 0.0) {
                return Err(LawError::NotFinite);
            }
            let mut coefficient = 1.0;
            for k in 0..=trials as usize {
                let level = var.domain.level(k as f64).ok_or(LawError::Leaves(k as f64))?;
                let rest = trials - k as f64;
                row[level] += coefficient * p.powi(k as i32) * (1.0 - p).powi(rest as i32);
                coefficient = coefficient * rest / (k as f64 + 1.0);
            }
        }
        Distribution::Uniform => row.fill(1.0 / n as f64),
    }
    Ok(())
}

fn probability(p: f64) -> Result<f64, LawError> {
    if !p.is_finite() {
        Err(LawError::NotFinite)
    } else if p < -PROBABILITY_TOLERANCE {
        Err(LawError::Negative(p))
    } else {
        Ok(p.max(0.0))
    }
}

/// Which levels can have a positive probability, as far as is known without parameters: a probability that cannot be
/// evaluated counts as positive.
pub(crate) fn law_support(draw: &Draw, env: &Env, can: &mut [bool]) {
    can.fill(false);
    let n = can.len();
    let current = env.levels[draw.var.0] as usize;
    let known = current < n;
    let positive = |e| !matches!(eval(e, env), Ok(p) if p <= 0.0);
    match &draw.law {
        Distribution::Walk { up, down } if known => {
            can[current] = true;
            if current + 1 < n && positive(up) {
                can[current + 1] = true;
            }
            if current > 0 && positive(down) {
                can[current - 1] = true;
            }
        }
        Distribution::Outcomes(outcomes) => {
            for (outcome, weight) in outcomes {
                if matches!(weight, Weight::Probability(e) if !positive(e)) {
                    continue;
                }
                match outcome {
                    Outcome::Stay if known => can[current] = true,
                    Outcome::Stay => {}
                    Outcome::Value(e) => match eval(e, env) {
                        Ok(x) => {
                            if let Some(level) = env.model.var(draw.var).domain.level(x) {
                                can[level] = true;
                            }
                        }
                        Err(EvalError::Unknown) => can.fill(true),
                        Err(_) => {}
                    },
                }
            }
        }
        Distribution::Walk { .. } => {}
        Distribution::Normal { .. } | Distribution::Uniform => can.fill(true),
        Distribution::Binomial { n: trials, .. } => match eval(trials, env) {
            Ok(trials) => {
                for k in 0..n {
                    let x = env.model.var(draw.var).domain.value(k);
                    can[k] = x >= 0.0 && x <= trials;
                }
            }
            Err(_) => can.fill(true),
        },
    }
}

/// Every expression of a law.
pub(crate) fn law_exprs(draw: &Draw) -> Vec<&melian_model::Expr> {
    match &draw.law {
        Distribution::Walk { up: a, down: b }
        | Distribution::Normal { mean: a, sd: b }
        | Distribution::Binomial { n: a, p: b } => vec![a, b],
        Distribution::Outcomes(outcomes) => outcomes
            .iter()
            .flat_map(|(outcome, weight)| {
                let value = match outcome {
                    Outcome::Value(e) => Some(e),
                    Outcome::Stay => None,
                };
                let weight = match weight {
                    Weight::Probability(e) => Some(e),
                    Weight::Rest => None,
                };
                value.into_iter().chain(weight)
            })
            .collect(),
        Distribution::Uniform => Vec::new(),
    }
}

/// Whether a law reads the current value of its variable.
pub(crate) fn law_reads_current(draw: &Draw) -> bool {
    match &draw.law {
        Distribution::Walk { .. } => true,
        Distribution::Outcomes(outcomes) => outcomes.iter().any(|(o, _)| matches!(o, Outcome::Stay)),
        _ => false,
    }
}
