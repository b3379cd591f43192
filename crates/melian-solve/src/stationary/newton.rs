//! Newton's method.
//!
//! ```text
//! (I − F′(x))·d = F(x) − x,   x ← x + t·d                                                      (1)
//! ```
//!
//! t is halved from 1 until the length of F(x) − x falls (Armijo 1966). (1) is solved by factors where the map has them
//! or is small, otherwise by GMRES.

use crate::stationary::{
    Lost,
    linear::Linear,
    plain::End,
    work::{At, Work},
};

/// The fall of the residual's length that a step must bring, of the fall that (1) promises.
const ENOUGH: f64 = 1e-4;
/// The shortest step.
const SHORTEST: f64 = 1e-3;
/// Relative residual to which GMRES solves (1).
const CLOSE: f64 = 1e-3;
/// Relative residual above which a direction is of no use.
const USELESS: f64 = 0.5;

/// Newton's method from a point, in so many steps at most. Where it settles, the map was last applied at the solution.
pub(super) fn newton(work: &mut Work<'_>, at: &mut At, most_steps: usize) -> End {
    // Tangents are at the last point to which the map was applied.
    if work.again(at).is_err() {
        return End::Lost;
    }
    for _ in 0..most_steps {
        if at.gap <= work.effort.tolerance {
            return End::Settled;
        }
        // Residuals are compared in one unit.
        let frozen = std::mem::replace(&mut work.frozen, true);
        let fell = step(work, at);
        work.frozen = frozen;
        match fell {
            Ok(true) => at.gap = work.renewed(at),
            Ok(false) => return End::Restless,
            Err(_) => return End::Lost,
        }
    }
    if at.gap <= work.effort.tolerance { End::Settled } else { End::Slow }
}

/// One step of (1); whether the residual fell.
fn step(work: &mut Work<'_>, at: &mut At) -> Result<bool, Lost> {
    let (d, off) = Linear::of(work)?.solve(work, &at.rest, CLOSE)?;
    if off > USELESS {
        return Ok(false);
    }
    let before = work.norm(&at.rest);
    let mut t = 1.0;
    while t > SHORTEST {
        let trial = work.at(at.x.iter().zip(&d).map(|(x, d)| x + t * d).collect());
        if let Ok(trial) = trial
            && work.norm(&trial.rest) <= (1.0 - ENOUGH * t) * before
        {
            *at = trial;
            return Ok(true);
        }
        t /= 2.0;
    }
    Ok(false)
}
