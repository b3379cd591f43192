//! Solutions that Newton's method finds from random starts.
//!
//! Values of a start are drawn between the least and the greatest that each player's take while play from zero settles or
//! wanders, and half that range on either side; to half of the starts F is then applied once to three times.

use crate::stationary::{
    Effort, Map, Method, Selection, Solution,
    finish::finish,
    newton::newton,
    plain::End,
    random::Random,
    work::{At, Work},
};

/// Solutions whose choice probabilities differ by no more than this are one.
const SAME: f64 = 1e-6;
/// Most steps of Newton's method from a start.
const STEPS: usize = 100;
/// Damped iterations that show which values are plausible.
const LOOK_AROUND: usize = 60;

/// What random starts led to.
#[derive(Clone, PartialEq, Debug)]
pub struct Starts {
    /// Solutions that differ: those of index 1 first, then by spectral radius.
    pub found: Vec<Found>,
    /// Starts from which nothing was found.
    pub unsettled: usize,
}

/// A solution, and how often it was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// The solution.
    pub solution: Solution,
    /// From so many starts.
    pub times: usize,
}

/// Newton's method from `count` random starts, always the same for a seed. That it finds one solution only does not show
/// that there is no other.
pub fn starts(map: &mut dyn Map, count: usize, seed: u64, effort: &Effort) -> Starts {
    let mut work = Work::new(map, effort);
    let ranges = plausible(&mut work);
    let mut random = Random::new(seed);
    let mut all = Starts { found: Vec::new(), unsettled: 0 };
    for start in 0..count {
        let x = (0..work.size).map(|entry| {
            let (least, most) = ranges[work.owner(entry)];
            least + random.uniform() * (most - least)
        });
        let x = x.collect();
        let periods = if start % 2 == 0 { 0 } else { 1 + (random.uniform() * 3.0) as usize };
        match settle(&mut work, x, periods) {
            Some(at) => note(&mut work, at, &mut all),
            None => all.unsettled += 1,
        }
    }
    all.found.sort_by(|a, b| {
        let key = |f: &Found| (f.solution.report.index != Some(1), f.solution.report.radius.value);
        let ((a_after, a_radius), (b_after, b_radius)) = (key(a), key(b));
        a_after.cmp(&b_after).then(a_radius.total_cmp(&b_radius))
    });
    all
}

/// The point that Newton's method comes to after so many periods.
fn settle(work: &mut Work<'_>, x: Vec<f64>, periods: usize) -> Option<At> {
    let mut at = work.at(x).ok()?;
    for _ in 0..periods {
        work.advance(&mut at, |x, rest| x + rest).ok()?;
    }
    matches!(newton(work, &mut at, STEPS), End::Settled).then_some(at)
}

/// Counts a solution, or takes it up if it is new.
fn note(work: &mut Work<'_>, at: At, all: &mut Starts) {
    // Newton's method leaves the map at its solution.
    let choices = work.choices();
    let known = all.found.iter_mut().find(|f| apart(&f.solution.choices, &choices) <= SAME);
    if let Some(known) = known {
        known.times += 1;
        return;
    }
    let (applications, tangents) = (work.applications, work.tangents);
    match finish(work, at, Method::Newton, Selection::Start, None) {
        Ok(mut solution) => {
            solution.report.applications -= applications;
            solution.report.tangents -= tangents;
            // Improved, it may be one that was known.
            match all.found.iter_mut().find(|f| apart(&f.solution.choices, &solution.choices) <= SAME) {
                Some(known) => known.times += 1,
                None => all.found.push(Found { solution, times: 1 }),
            }
        }
        Err(_) => all.unsettled += 1,
    }
}

fn apart(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max)
}

/// For each player, the values among which to draw.
fn plausible(work: &mut Work<'_>) -> Vec<(f64, f64)> {
    let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); work.per_range().len()];
    if let Ok(mut at) = work.at(vec![0.0; work.size]) {
        for _ in 0..LOOK_AROUND {
            for (entry, x) in at.x.iter().enumerate() {
                let range = &mut ranges[work.owner(entry)];
                *range = (range.0.min(*x), range.1.max(*x));
            }
            if work.advance(&mut at, |x, rest| x + 0.5 * rest).is_err() {
                break;
            }
        }
    }
    for (least, most) in &mut ranges {
        let more = if most > least { 0.5 * (*most - *least) } else { 1.0 };
        (*least, *most) = (*least - more, *most + more);
    }
    ranges
}
