//! From a point with a small residual to a solution with its report.

use crate::stationary::{
    Inverse, Method, Path, Report, Residual, Selection, Solution, Unsettled,
    linear::{Factors, Linear, derivative},
    spectrum::{Spectrum, smallest, spectrum},
    work::{At, Work},
};

/// Steps of Newton's method, all with the same factors, that are tried before the report.
const POLISH: usize = 3;
/// Relative residuals of equations solved by GMRES: for these steps, and for the error.
const CLOSE: (f64, f64) = (1e-4, 1e-2);
/// Matrices up to this size are factored for the index.
pub(super) const FACTORED: usize = 2000;

/// The solution at a point, improved as far as the numbers allow. Afterwards the map was last applied there.
///
/// # Errors
/// If choices at F(x) are not those at x.
pub(super) fn finish(
    work: &mut Work<'_>,
    mut at: At,
    method: Method,
    selection: Selection,
    path: Option<Path>,
) -> Result<Solution, Unsettled> {
    let gave_up = |work: &Work<'_>| work.unsettled(method);
    work.again(&mut at).map_err(|_| gave_up(work))?;
    let linear = Linear::of(work).unwrap_or(Linear::Products);
    for _ in 0..POLISH {
        if !polish(work, &linear, &mut at) {
            break;
        }
    }
    let ahead = at.x.iter().zip(&at.rest).map(|(x, rest)| x + rest).collect();
    work.at(ahead).map_err(|_| gave_up(work))?;
    let choices_ahead = work.choices();
    work.again(&mut at).map_err(|_| gave_up(work))?;
    let choices = work.choices();
    let apart = choices.iter().zip(&choices_ahead).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
    if at.gap > work.effort.tolerance || apart > work.effort.tolerance || apart.is_nan() {
        return Err(gave_up(work));
    }
    let known = spectrum(work).unwrap_or(Spectrum::UNKNOWN);
    let (large, small) = known.singular;
    let condition = large / smallest(work, &linear).map_or(small, |s| s.min(small));
    let index = match &linear {
        Linear::Direct(inverse) => Some(inverse.sign() as i8),
        // No eigenvalue has reached 1.
        Linear::Products if known.radius.is_below_one() => Some(1),
        Linear::Products if work.size <= FACTORED => {
            derivative(work).ok().map(|matrix| Factors::of(&matrix).sign() as i8)
        }
        Linear::Products => None,
    };
    let error = match linear.solve(work, &at.rest, CLOSE.1) {
        Ok((d, off)) if off <= 10.0 * CLOSE.1 => work.largest(&d),
        _ => f64::INFINITY,
    };
    let report = Report {
        selection,
        method,
        residual: Residual { values: at.gap, choices: apart },
        error,
        applications: work.applications,
        tangents: work.tangents,
        radius: known.radius,
        index,
        condition: if condition.is_nan() { f64::INFINITY } else { condition },
        path,
    };
    Ok(Solution { x: at.x, choices, report })
}

/// One step with these factors; whether it made the residual much smaller. The map is left where it was.
fn polish(work: &mut Work<'_>, linear: &Linear, at: &mut At) -> bool {
    if at.gap == 0.0 {
        return false;
    }
    let Ok((d, off)) = linear.solve(work, &at.rest, CLOSE.0) else { return false };
    if off > 0.5 {
        return false;
    }
    match work.at(at.x.iter().zip(&d).map(|(x, d)| x + d).collect()) {
        Ok(better) if better.gap < at.gap => {
            let much = better.gap < 0.1 * at.gap;
            *at = better;
            much
        }
        _ => {
            // It was at the point before; tangents must be so again.
            let _same = work.again(at);
            false
        }
    }
}
