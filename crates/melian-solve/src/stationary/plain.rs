//! Plain and damped iteration.
//!
//! ```text
//! x ← x + α·(F(x) − x)                                                                         (1)
//! ```
//!
//! With α = 1 and from x = 0 these are values of games with ever more periods. An eigenvalue μ of F′ turns into
//! 1 + α·(μ − 1): damping cures μ < −1 where α < 2 / (1 + |μ|), and never μ > 1.

use crate::stationary::work::{At, Work};

/// How an iteration ended.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// The residual is as small as asked.
    Settled,
    /// It settles, but will take long.
    Slow,
    /// The residual has stopped falling.
    Restless,
    /// F has no value at a point that was reached; the work knows why.
    Lost,
}

/// Over so many iterations at least must the residual fall.
const TRIAL: usize = 50;
/// Speed is seen over two windows of so many iterations, once the first ones are over.
const WINDOW: usize = 10;
/// When speed is looked at first.
const FIRST_LOOK: usize = 30;

/// Iterates (1) from a point; unless `patiently`, it is given up when it would take long.
///
/// Values from zero first grow to their size, which takes as many periods as the future that matters is long; nothing is
/// concluded from residuals before.
pub(super) fn iterate(work: &mut Work<'_>, at: &mut At, alpha: f64, patiently: bool) -> End {
    let growth = (work.map.periods_that_matter() as f64 / alpha) as usize;
    let trial = TRIAL.max(growth / 2);
    // Residuals of all iterations; `best_before` is the least of those that are more than `trial` old.
    let mut gaps: Vec<f64> = vec![at.gap];
    let mut best_before = f64::INFINITY;
    while gaps.len() <= work.effort.most_iterations {
        if at.gap <= work.effort.tolerance {
            return End::Settled;
        }
        let slow = |gaps: &[f64]| left(gaps, work.effort.tolerance) > work.effort.patience as f64;
        if !patiently && gaps.len() >= FIRST_LOOK.max(growth) && slow(&gaps) {
            return End::Slow;
        }
        if gaps.len() > growth + trial {
            best_before = best_before.min(gaps[gaps.len() - 1 - trial]);
            if least(&gaps[gaps.len() - trial..]) >= best_before {
                return End::Restless;
            }
        }
        let step = |x: f64, rest: f64| if alpha == 1.0 { x + rest } else { x + alpha * rest };
        if work.advance(at, step).is_err() {
            return End::Lost;
        }
        gaps.push(at.gap);
    }
    End::Slow
}

/// How many more iterations it takes at the speed observed; none known if the residual does not fall.
fn left(gaps: &[f64], tolerance: f64) -> f64 {
    let (before, last) = gaps[gaps.len() - 2 * WINDOW..].split_at(WINDOW);
    let rate = (least(last) / least(before)).powf(1.0 / WINDOW as f64);
    if rate < 1.0 { (tolerance / least(last)).ln() / rate.ln() } else { 0.0 }
}

fn least(gaps: &[f64]) -> f64 {
    gaps.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The length of the cycle in which plain iteration from a point runs, if it is at most this.
const LONGEST_CYCLE: usize = 24;
/// How close an iterate must come again, relative to the residual.
const SAME: f64 = 1e-3;

/// Looks whether plain iteration comes back to a point that it does not stay at.
pub(super) fn cycle(work: &mut Work<'_>, at: &mut At) -> Option<usize> {
    let from = at.x.clone();
    let gap = at.gap;
    (1..=LONGEST_CYCLE).find(|_| {
        let moved = work.advance(at, |x, rest| x + rest);
        let away: Vec<f64> = at.x.iter().zip(&from).map(|(x, from)| x - from).collect();
        moved.is_ok() && work.largest(&away) < SAME * gap
    })
}
