//! The branch of solutions that begins at uniform play.
//!
//! ```text
//! G(x, τ) = x − F_τ(x) = 0,   F_τ: F at a share τ of the precisions                             (1)
//! ```
//!
//! At τ = 0 choices are uniform and (1) has one solution. From there we follow its zeros to τ = 1: the principal branch of
//! the whole game, as Eibelshäuser and Poensgen (2019) define it for stochastic games, and not of each stage given
//! what comes after. By pseudo-arclength (Keller 1977), so that a fold is gone around and not taken for the end. Along a
//! branch the sign of det(I − F′) changes at folds only. Where it changes elsewhere, the corrector has fallen on another
//! branch, and the step is taken again, smaller; if it changes however small the step is, two branches cross, as they do
//! in symmetric games, and we keep to ours.
//!
//! Where I − F′ is too large to factor, τ takes natural steps and Newton's method follows by GMRES: that stops at a fold
//! and sees no jump.

use crate::stationary::{
    Effort, Inverse, Lost, Map, Method, Path, Selection, Solution, Unsettled,
    finish::{FACTORED, finish},
    linear::Linear,
    newton::newton,
    plain::End,
    work::{At, Work},
};

/// Length of the first step and of the longest, x in players' units and τ together.
const FIRST_STEP: f64 = 0.05;
const LONGEST_STEP: f64 = 3.0;
/// Steps below this are given up.
const LEAST_STEP: f64 = 1e-7;
/// Below this a change of sign is a crossing.
const CROSSING: f64 = 1e-4;
/// How many steps may be taken.
const MOST_STEPS: usize = 5000;
/// Residual that counts as none on the way.
const ON_BRANCH: f64 = 1e-8;
/// Most corrections of a step.
const CORRECTIONS: usize = 8;
/// The corrector may move a step by at most this part of it.
const MOVED: f64 = 0.3;
/// The least cosine between the directions before and after a step: some twenty degrees.
const STRAIGHT: f64 = 0.94;
/// Shares above this are not asked for.
const FARTHEST: f64 = 1.5;
/// Natural steps: the first, the longest, and the least before giving up.
const NATURAL: (f64, f64, f64) = (0.05, 0.25, 1e-4);

/// The solution on the branch of uniform play.
///
/// # Errors
/// If the map cannot play at a share of its precisions, or the branch could be followed no further.
pub fn by_homotopy(map: &mut dyn Map, effort: &Effort) -> Result<Solution, Unsettled> {
    let mut work = Work::new(map, effort);
    let share = std::cell::Cell::new(0.0);
    let found = follow(&mut work, &share);
    work.frozen = false;
    // The game itself, whatever has happened.
    let _possible = work.map.at_share(1.0);
    work.forget();
    match found {
        Ok((x, path)) => {
            let mut at = work.at(x).map_err(|_| work.unsettled(Method::Homotopy))?;
            match newton(&mut work, &mut at, 20) {
                End::Settled => finish(&mut work, at, Method::Homotopy, Selection::Homotopy, Some(path)),
                _ => Err(Unsettled { share: Some(1.0), ..work.unsettled(Method::Homotopy) }),
            }
        }
        Err(lost) => Err(Unsettled { share: Some(share.get()), lost, ..work.unsettled(Method::Homotopy) }),
    }
}

/// Follows the branch to τ = 1; `share` says how far it has come.
fn follow(work: &mut Work<'_>, share: &std::cell::Cell<f64>) -> Result<(Vec<f64>, Path), Option<Lost>> {
    if !work.map.at_share(0.0) {
        return Err(None);
    }
    let mut at = work.at(vec![0.0; work.size])?;
    if !matches!(newton(work, &mut at, 20), End::Settled) {
        return Err(work.lost);
    }
    // One unit on the whole way: that of the game itself.
    work.map.at_share(1.0);
    work.again(&mut at)?;
    work.frozen = true;
    if let Some(begin) = (Branch { work: &mut *work }).first(at.x.clone())? {
        Branch { work }.arclength(begin, share)
    } else {
        natural(work, at.x, share)
    }
}

/// A point of the branch with its direction.
#[derive(Clone)]
struct Place {
    x: Vec<f64>,
    tau: f64,
    /// Direction in x and in τ, of length 1.
    toward: (Vec<f64>, f64),
    /// Sign of det(I − F′).
    sign: f64,
}

struct Branch<'w, 'm> {
    work: &'w mut Work<'m>,
}

/// A point of x and τ with its residual, ready to be corrected or left.
struct Local {
    at: At,
    inverse: Box<dyn Inverse>,
    /// (I − F′)⁻¹·∂F/∂τ: dx/dτ along the branch.
    slope: Vec<f64>,
}

impl Branch<'_, '_> {
    /// The beginning of the branch; `None` if I − F′ is too large to factor.
    fn first(&mut self, x: Vec<f64>) -> Result<Option<Place>, Lost> {
        self.work.map.at_share(0.0);
        let at = self.work.at(x)?;
        let Some(local) = self.local(at, 0.0)? else { return Ok(None) };
        let toward = self.direction(&local.slope, (&vec![0.0; self.work.size], 1.0));
        Ok(Some(Place { x: local.at.x, tau: 0.0, toward, sign: local.inverse.sign() }))
    }

    fn arclength(
        &mut self,
        begin: Place,
        share: &std::cell::Cell<f64>,
    ) -> Result<(Vec<f64>, Path), Option<Lost>> {
        let mut path = Path { steps: 0, folds: 0, crossings: 0, is_guarded: true };
        let (mut place, mut step) = (begin, FIRST_STEP);
        while path.steps < MOST_STEPS {
            let (next, fold, jumped) = loop {
                if step < LEAST_STEP {
                    return Err(self.work.lost);
                }
                if let Some(next) = self.step(&place, step) {
                    let fold = next.toward.1 * place.toward.1 < 0.0;
                    let jumped = (next.sign != place.sign) != fold;
                    if !jumped || step < CROSSING {
                        break (next, fold, jumped);
                    }
                }
                step /= 2.0;
            };
            path.steps += 1;
            path.folds += usize::from(fold);
            path.crossings += usize::from(jumped);
            if (place.tau - 1.0) * (next.tau - 1.0) <= 0.0
                && let Some(x) = self.land(&place, &next)
            {
                return Ok((x, path));
            }
            if next.tau < 0.0 {
                return Err(None);
            }
            share.set(next.tau);
            place = next;
            step = (1.5 * step).min(LONGEST_STEP);
        }
        Err(None)
    }

    /// The point a step along the branch, if the branch is nearly straight up to there.
    fn step(&mut self, place: &Place, step: f64) -> Option<Place> {
        let (along, up) = (&place.toward.0, place.toward.1);
        let mut tau = place.tau + step * up;
        if tau > FARTHEST {
            return None;
        }
        let from: Vec<f64> = place.x.iter().zip(along).map(|(x, t)| x + step * t).collect();
        let (mut x, begin) = (from.clone(), tau);
        let mut before = f64::INFINITY;
        for correction in 0..=CORRECTIONS {
            self.work.map.at_share(tau);
            let at = self.work.at(x).ok()?;
            let gap = at.gap;
            if gap.is_nan() || gap > 2.0 * before {
                return None;
            }
            before = gap;
            let local = self.local(at, tau).ok()??;
            if gap <= ON_BRANCH {
                let toward = self.direction(&local.slope, (along, up));
                let turn = self.work.dot(&toward.0, along) + toward.1 * up;
                return (turn > STRAIGHT).then(|| Place {
                    x: local.at.x,
                    tau,
                    toward,
                    sign: local.inverse.sign(),
                });
            }
            if correction == CORRECTIONS {
                break;
            }
            // The Newton step in the plane that stands on the direction.
            let mut change = local.at.rest;
            local.inverse.solve(&mut change);
            let moved: Vec<f64> = local.at.x.iter().zip(&from).map(|(x, from)| x - from).collect();
            let off = self.work.dot(along, &moved) + up * (tau - begin);
            let rise = -(off + self.work.dot(along, &change)) / (up + self.work.dot(along, &local.slope));
            change.iter_mut().zip(&local.slope).for_each(|(c, s)| *c += rise * s);
            x = local.at.x.iter().zip(&change).map(|(x, c)| x + c).collect();
            tau += rise;
            let all: Vec<f64> = x.iter().zip(&from).map(|(x, from)| x - from).collect();
            let far = self.work.norm(&all).hypot(tau - begin);
            if far.is_nan() || far > MOVED * step || !(0.0..=FARTHEST).contains(&tau) {
                return None;
            }
        }
        None
    }

    /// The solution at τ = 1 between two points of the branch.
    fn land(&mut self, from: &Place, to: &Place) -> Option<Vec<f64>> {
        let part = (1.0 - from.tau) / (to.tau - from.tau);
        self.work.map.at_share(1.0);
        let x: Vec<f64> = from.x.iter().zip(&to.x).map(|(x, y)| x + part * (y - x)).collect();
        let apart: Vec<f64> = from.x.iter().zip(&to.x).map(|(x, y)| y - x).collect();
        let mut at = self.work.at(x.clone()).ok()?;
        let settled = matches!(newton(self.work, &mut at, 20), End::Settled);
        let moved: Vec<f64> = at.x.iter().zip(&x).map(|(x, y)| x - y).collect();
        let near = self.work.norm(&moved) <= self.work.norm(&apart).max(LEAST_STEP);
        (settled && near).then_some(at.x)
    }

    /// Factors and slope at the last point; `None` if I − F′ is too large to factor.
    fn local(&mut self, mut at: At, tau: f64) -> Result<Option<Local>, Lost> {
        let mut slope = vec![0.0; self.work.size];
        if !self.work.map.share_slope(&mut slope)? {
            slope = self.difference(&at, tau)?;
            self.work.map.at_share(tau);
            self.work.again(&mut at)?;
        }
        let Linear::Direct(inverse) = Linear::up_to(self.work, FACTORED)? else { return Ok(None) };
        inverse.solve(&mut slope);
        Ok(Some(Local { at, inverse, slope }))
    }

    /// ∂F/∂τ by differences.
    fn difference(&mut self, at: &At, tau: f64) -> Result<Vec<f64>, Lost> {
        let apart = 1e-5;
        let (low, high) = (f64::max(tau - apart, 0.0), tau + apart);
        let mut sides = [Vec::new(), Vec::new()];
        for (side, share) in sides.iter_mut().zip([low, high]) {
            self.work.map.at_share(share);
            *side = self.work.at(at.x.clone())?.rest;
        }
        let [below, above] = sides;
        Ok(above.iter().zip(below).map(|(a, b)| (a - b) / (high - low)).collect())
    }

    /// The direction of the branch, on the side of the one before.
    fn direction(&self, slope: &[f64], before: (&[f64], f64)) -> (Vec<f64>, f64) {
        let length = self.work.norm(slope).hypot(1.0);
        let side = (self.work.dot(slope, before.0) + before.1).signum();
        (slope.iter().map(|s| side * s / length).collect(), side / length)
    }
}

/// Follows the branch upward in τ only.
fn natural(
    work: &mut Work<'_>,
    begin: Vec<f64>,
    share: &std::cell::Cell<f64>,
) -> Result<(Vec<f64>, Path), Option<Lost>> {
    let mut path = Path { steps: 0, folds: 0, crossings: 0, is_guarded: false };
    let (mut before, mut last) = ((begin.clone(), 0.0), (begin, 0.0));
    let mut step = NATURAL.0;
    while last.1 < 1.0 {
        let tau = f64::min(last.1 + step, 1.0);
        // On the line through the last two points.
        let reach = if last.1 > before.1 { (tau - last.1) / (last.1 - before.1) } else { 0.0 };
        let x: Vec<f64> = last.0.iter().zip(&before.0).map(|(x, b)| x + reach * (x - b)).collect();
        work.map.at_share(tau);
        work.forget();
        let settled = match work.at(x) {
            Ok(mut at) => matches!(newton(work, &mut at, 8), End::Settled).then_some(at.x),
            Err(_) => None,
        };
        match settled {
            Some(x) => {
                path.steps += 1;
                share.set(tau);
                before = std::mem::replace(&mut last, (x, tau));
                step = (1.5 * step).min(NATURAL.1);
            }
            None => step /= 2.0,
        }
        if step < NATURAL.2 {
            return Err(work.lost);
        }
    }
    Ok((last.0, path))
}
