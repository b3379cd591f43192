//! Which step of a trajectory to tell.
//!
//! From each step, limits that coincidence explains are dropped first. Then, of the steps with limits on at most
//! `max_restricted` parameters, the one is chosen with the greatest
//!
//! ```text
//! trade-off = 2·c·g / (c + g),   g = (density − share) / (1 − share)          (1)
//! ```
//!
//! c: coverage; share: what is of interest in the rows searched. g is the part of the way from the table's share to
//! certainty, the certainty factor of Shortliffe and Buchanan (1975). (1) is the F-measure of van Rijsbergen (1979) with g in
//! the place of density: with density itself, the whole table would be the best box wherever most rows are of interest.
//! The first step wins a tie.
//!
//! Bryant and Lempert (2010) leave the choice to a person who sees the trajectory; `Settings::steps` does that.

use rayon::prelude::*;

use super::super::Region;
use super::super::figures::Count;
use super::significance::{Restriction, prune};
use super::{Sample, Settings, Step};

/// A step with what is left of its limits.
pub(super) struct Choice {
    pub step: usize,
    pub region: Region,
    pub dropped: Vec<Restriction>,
}

/// The step asked for, or the best one; none if there is no step with a limit that says something.
pub(super) fn choose(
    sample: &Sample<'_>,
    settings: &Settings,
    trajectory: &[Step],
    step: Option<usize>,
) -> Option<Choice> {
    let pruned = |step: usize| {
        let (region, dropped, tally) = prune(sample, &trajectory[step].region, settings.significance);
        (Choice { step, region, dropped }, tally.inside)
    };
    if let Some(step) = step {
        return Some(pruned(step).0);
    }
    let all = sample.count();
    let mut best: Option<(f64, Choice)> = None;
    let steps: Vec<(Choice, Count)> = (1..trajectory.len()).into_par_iter().map(pruned).collect();
    for (choice, inside) in steps {
        let value = trade_off(inside, all);
        let few = (1..=settings.max_restricted).contains(&choice.region.restricted());
        if few && value > best.as_ref().map_or(0.0, |(most, _)| *most) {
            best = Some((value, choice));
        }
    }
    best.map(|(_, choice)| choice)
}

/// Equation (1).
fn trade_off(inside: Count, all: Count) -> f64 {
    let figures = inside.within(all);
    let share = all.density();
    let gain = (figures.density - share) / (1.0 - share);
    if gain > 0.0 { 2.0 * figures.coverage * gain / (figures.coverage + gain) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trade_offs() {
        let all = Count { rows: 100, interest: 50 };
        let check = |rows, interest, expected: f64| {
            let value = trade_off(Count { rows, interest }, all);
            assert!((value - expected).abs() < 1e-15, "{value} {expected}");
        };
        check(100, 50, 0.0);
        check(50, 50, 1.0);
        // Coverage 0.8, density 0.8: six tenths of the way to certainty.
        check(50, 40, 2.0 * 0.8 * 0.6 / 1.4);
        check(10, 0, 0.0);
    }
}
