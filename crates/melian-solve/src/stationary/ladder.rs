//! From zero, or from a start that is given, to a solution: one method after the other.
//!
//! 1. Plain iteration from x = 0. If it settles, that is the answer.
//! 2. Where its residual stops falling: damped iteration, α = 0.5, then 0.2.
//! 3. Where it would take long, or damping does not help: Anderson's acceleration; where that does not help either and the
//!    plain iteration was only slow, that to its end.
//! 4. Newton's method from the best point so far.
//!
//! An answer of 2–4 counts as the limit of plain iteration only if that limit can be seen. With x* the answer, y the point
//! where plain iteration was left, and ρ the spectral radius of F′(x*), this is so if ρ < 1 and, after further plain
//! steps from y, y is nearer to x* than it was and
//!
//! ```text
//! ‖F(y) − x* − F′(x*)·(y − x*)‖ ≤ ½·(1 − ρ)·‖y − x*‖                                            (1)
//! ```
//!
//! What is left of F beside its linear part is then too small to lead away, and shrinks with the square of the distance.

use crate::stationary::{
    Effort, Lost, Map, Method, Radius, Selection, Solution, Unsettled,
    anderson::accelerate,
    finish::finish,
    newton::newton,
    plain::{End, cycle, iterate},
    work::{At, Work},
};

/// Shares of the step of damped iteration.
const DAMPING: [f64; 2] = [0.5, 0.2];
/// Most steps of Newton's method.
const NEWTON_STEPS: usize = 100;
/// Plain steps between two looks at (1).
const BETWEEN_LOOKS: usize = 10;

/// The solution to which play from zero leads: plain iteration if that settles, otherwise the gentlest method that does.
///
/// # Errors
/// If no method settles.
pub fn from_zero(map: &mut dyn Map, effort: &Effort) -> Result<Solution, Unsettled> {
    let mut work = Work::new(map, effort);
    let mut at = work.at(vec![0.0; work.size]).map_err(|_| work.unsettled(Method::Plain))?;
    let end = iterate(&mut work, &mut at, 1.0, false);
    if let End::Settled = end {
        let limit = limit(&work);
        return finish(&mut work, at, Method::Plain, limit, None);
    }
    if let End::Restless = end {
        work.cycle = cycle(&mut work, &mut at);
    }
    let mut left = at.clone();
    let found = match end {
        End::Restless | End::Lost => damped(&mut work, at),
        End::Slow | End::Settled => match accelerate(&mut work, &mut at) {
            End::Settled => Ok((at, Method::Anderson)),
            _ => {
                // Slow and sure.
                at.clone_from(&left);
                work.again(&mut at).map_err(|_| work.unsettled(Method::Plain))?;
                match iterate(&mut work, &mut at, 1.0, true) {
                    End::Settled => {
                        let limit = limit(&work);
                        return finish(&mut work, at, Method::Plain, limit, None);
                    }
                    _ => newtons(&mut work, at),
                }
            }
        },
    };
    let (at, method) = found.map_err(|unsettled| match (end, unsettled.cycle) {
        // What looked like a tail may have been the way into a cycle.
        (End::Slow, None) => {
            let further =
                (0..work.effort.patience).all(|_| work.advance(&mut left, |x, rest| x + rest).is_ok());
            let cycle = if further { cycle(&mut work, &mut left) } else { None };
            Unsettled { cycle, ..work.unsettled(unsettled.last) }
        }
        _ => unsettled,
    })?;
    let mut solution = finish(&mut work, at, method, Selection::FromZero(method), None)?;
    // After a plain iteration that left the map there is nothing to see.
    if work.cycle.is_none() && !matches!(end, End::Lost) {
        let heads_there = heads_there(&mut work, left, &solution).unwrap_or(None);
        solution.report.selection = match heads_there {
            Some(true) => limit(&work),
            Some(false) => Selection::FromZero(method),
            None => Selection::FromZeroUnsure(method),
        };
        solution.report.applications = work.applications;
        solution.report.tangents = work.tangents;
    }
    Ok(solution)
}

/// A solution near a start that is given: by Newton's method, then by acceleration.
///
/// # Errors
/// If neither settles.
pub fn from_start(map: &mut dyn Map, x: &[f64], effort: &Effort) -> Result<Solution, Unsettled> {
    let mut work = Work::new(map, effort);
    let mut at = work.at(x.to_vec()).map_err(|_| work.unsettled(Method::Newton))?;
    if let End::Settled = newton(&mut work, &mut at, NEWTON_STEPS) {
        return finish(&mut work, at, Method::Newton, Selection::Start, None);
    }
    let (at, method) = accelerated(&mut work, at)?;
    finish(&mut work, at, method, Selection::Start, None)
}

fn limit(work: &Work<'_>) -> Selection {
    if work.map.is_finite_horizon() { Selection::FiniteHorizon } else { Selection::PlainIteration }
}

/// Damping, and what comes after it.
fn damped(work: &mut Work<'_>, mut at: At) -> Result<(At, Method), Unsettled> {
    for alpha in DAMPING {
        to_nearest(work, &mut at, Method::Damped)?;
        match iterate(work, &mut at, alpha, false) {
            End::Settled => return Ok((at, Method::Damped)),
            End::Slow => break,
            End::Restless | End::Lost => {}
        }
    }
    to_nearest(work, &mut at, Method::Damped)?;
    accelerated(work, at)
}

/// Goes back to the point with the smallest residual.
fn to_nearest(work: &mut Work<'_>, at: &mut At, method: Method) -> Result<(), Unsettled> {
    at.x.copy_from_slice(work.nearest());
    work.again(at).map_err(|_| work.unsettled(method))
}

/// Acceleration, and Newton's method if it does not settle.
fn accelerated(work: &mut Work<'_>, mut at: At) -> Result<(At, Method), Unsettled> {
    if let End::Settled = accelerate(work, &mut at) {
        return Ok((at, Method::Anderson));
    }
    newtons(work, at)
}

/// Newton's method from the point with the smallest residual.
fn newtons(work: &mut Work<'_>, mut at: At) -> Result<(At, Method), Unsettled> {
    to_nearest(work, &mut at, Method::Anderson)?;
    match newton(work, &mut at, NEWTON_STEPS) {
        End::Settled => Ok((at, Method::Newton)),
        _ => Err(work.unsettled(Method::Newton)),
    }
}

/// Whether plain iteration from y heads to the solution, see (1); `None` if it does not show. Leaves the map at the
/// solution.
fn heads_there(work: &mut Work<'_>, mut y: At, solution: &Solution) -> Result<Option<bool>, Lost> {
    let Radius { value: rho, uncertainty } = solution.report.radius;
    if rho >= 1.0 && uncertainty < 0.1 {
        return Ok(Some(false));
    }
    if !solution.report.radius.is_below_one() {
        return Ok(None);
    }
    let mut answer = work.at(solution.x.clone())?;
    let away = |y: &At| -> Vec<f64> { y.x.iter().zip(&solution.x).map(|(y, x)| y - x).collect() };
    let from = work.norm(&away(&y));
    let mut heads_there = None;
    let mut linear = vec![0.0; work.size];
    for _ in 0..work.effort.patience.div_ceil(BETWEEN_LOOKS) {
        for _ in 0..BETWEEN_LOOKS {
            work.advance(&mut y, |x, rest| x + rest)?;
        }
        work.again(&mut answer)?;
        let distance = away(&y);
        work.tangent(&distance, &mut linear)?;
        let beside: Vec<f64> = (0..work.size).map(|e| distance[e] + y.rest[e] - linear[e]).collect();
        let far = work.norm(&distance);
        if work.largest(&distance) <= 10.0 * work.effort.tolerance {
            heads_there = Some(true);
            break;
        }
        if far < from && work.norm(&beside) <= 0.5 * (1.0 - rho) * far {
            heads_there = Some(true);
            break;
        }
    }
    Ok(heads_there)
}
