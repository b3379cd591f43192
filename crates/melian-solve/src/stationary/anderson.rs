//! Anderson's acceleration (Anderson 1965; Walker and Ni 2011).
//!
//! ```text
//! r_k = F(x_k) − x_k
//! γ   = argmin ‖r_k − ΔR·γ‖                                                                    (1)
//! x_k+1 = x_k + r_k − (ΔX + ΔR)·γ                                                              (2)
//! ```
//!
//! ΔX and ΔR are the last m differences of x and of r. (1) is solved by QR, oldest columns last: those that add nothing to
//! younger ones are left out. Where the residual grows tenfold we begin anew at the best point.

use crate::stationary::{
    linear::orthogonal,
    plain::End,
    work::{At, Work},
};
use std::collections::VecDeque;

/// A column that adds less than this share of itself to the others is left out.
const DEPENDENT: f64 = 1e-12;
/// Growth of the residual at which the past is forgotten.
const TOO_FAR: f64 = 10.0;
/// In so many iterations must the best residual fall by half.
const TRIAL: usize = 60;

/// Accelerates from a point.
pub(super) fn accelerate(work: &mut Work<'_>, at: &mut At) -> End {
    let mut past: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    let mut best = at.clone();
    let (mut mark, mut since) = (at.gap, 0);
    for _ in 0..work.effort.most_iterations {
        if at.gap <= work.effort.tolerance {
            return End::Settled;
        }
        if at.gap < 0.5 * mark {
            (mark, since) = (at.gap, 0);
        }
        since += 1;
        if since > TRIAL {
            *at = best;
            return End::Restless;
        }
        let mut x = at.x.clone();
        step(work, at, &past, &mut x);
        match work.at(x) {
            Ok(next) if next.gap <= TOO_FAR * best.gap => {
                if past.len() == work.effort.history {
                    past.pop_back();
                }
                let differences =
                    |to: &[f64], from: &[f64]| to.iter().zip(from).map(|(t, f)| t - f).collect();
                past.push_front((differences(&next.x, &at.x), differences(&next.rest, &at.rest)));
                *at = next;
                if at.gap < best.gap {
                    best = at.clone();
                }
            }
            // A plain step leads too far, or out of the map.
            _ if past.is_empty() => {
                *at = best;
                return End::Restless;
            }
            _ => {
                past.clear();
                *at = best.clone();
            }
        }
    }
    *at = best;
    End::Slow
}

/// Adds the step of (2) to x.
fn step(work: &Work<'_>, at: &At, past: &VecDeque<(Vec<f64>, Vec<f64>)>, x: &mut [f64]) {
    // ΔR = QR: `basis` has the columns of Q, `triangle` those of R.
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut triangle: Vec<Vec<f64>> = Vec::new();
    let mut kept: Vec<usize> = Vec::new();
    for (column, (_, difference)) in past.iter().enumerate() {
        let mut q = difference.clone();
        let (mut above, added) = orthogonal(work, &basis, &mut q, DEPENDENT);
        if added > 0.0 {
            q.iter_mut().for_each(|q| *q /= added);
            above.push(added);
            basis.push(q);
            triangle.push(above);
            kept.push(column);
        }
    }
    let mut gamma: Vec<f64> = basis.iter().map(|q| work.dot(q, &at.rest)).collect();
    for column in (0..gamma.len()).rev() {
        gamma[column] /= triangle[column][column];
        for row in 0..column {
            gamma[row] -= triangle[column][row] * gamma[column];
        }
    }
    x.iter_mut().zip(&at.rest).for_each(|(x, rest)| *x += rest);
    for (gamma, column) in gamma.iter().zip(kept) {
        let (of_x, of_rest) = &past[column];
        for ((x, dx), dr) in x.iter_mut().zip(of_x).zip(of_rest) {
            *x -= gamma * (dx + dr);
        }
    }
}
