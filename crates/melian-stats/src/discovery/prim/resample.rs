//! What is left of a box on other rows.
//!
//! The search is done again on random halves of the table, and each time the box that it finds first is held to the
//! other half, which it has not seen. Bryant and Lempert (2010) report in how many resamples a parameter is
//! restricted; the density on the other half is ours: it is what a new run may expect, while the density of the box
//! itself was made to look good.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::super::figures::{Count, Figures};
use super::super::{Table, Trouble};
use super::{Sample, Settings, peel, settle};

/// What searches on random halves found.
#[derive(Clone, PartialEq, Debug)]
pub struct Resamples {
    /// How many halves were searched.
    pub draws: usize,
    /// In how many of them there was a box.
    pub found: usize,
    /// For each column, the share of the halves whose box restricts it.
    pub restricted: Vec<f64>,
    /// For each box that was found, what it holds of the other half, as shares of that half.
    pub held_out: Vec<Figures>,
    /// Rows and rows of interest in the boxes on the other halves, all together.
    pub pooled: Figures,
}

/// Searches `draws` random halves and measures each first box on the other half.
///
/// # Errors
///
/// As for [`search`](super::search), with twice as many rows needed.
pub fn resample(
    table: &Table<'_>,
    outcome: &[bool],
    settings: &Settings,
    draws: usize,
    seed: u64,
) -> Result<Resamples, Trouble> {
    settings.check()?;
    table.check(outcome, 2 * settings.rows_needed())?;
    // Each draw has its own stream, so that their order does not matter.
    let one = |draw: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(draw as u64);
        half(table, outcome, settings, &mut random)
    };
    let boxes: Vec<Option<(Vec<bool>, Count, Count)>> = (0..draws).into_par_iter().map(one).collect();
    let found: Vec<&(Vec<bool>, Count, Count)> = boxes.iter().flatten().collect();
    let mut restricted = vec![0.0; table.columns().len()];
    for (column, share) in restricted.iter_mut().enumerate() {
        let times = found.iter().filter(|(columns, ..)| columns[column]).count();
        *share = times as f64 / draws.max(1) as f64;
    }
    let sum = |of: fn(&(Vec<bool>, Count, Count)) -> Count| {
        found.iter().fold(Count::default(), |sum, &one| sum.plus(of(one)))
    };
    Ok(Resamples {
        draws,
        found: found.len(),
        restricted,
        held_out: found.iter().map(|(_, inside, other)| inside.within(*other)).collect(),
        pooled: sum(|(_, inside, _)| *inside).within(sum(|(.., other)| *other)),
    })
}

/// The first box of a random half: which columns it restricts, what it holds of the other half, and that half.
fn half(
    table: &Table<'_>,
    outcome: &[bool],
    settings: &Settings,
    random: &mut ChaCha8Rng,
) -> Option<(Vec<bool>, Count, Count)> {
    let mut alive: Vec<bool> = (0..table.rows()).map(|row| row < table.rows() / 2).collect();
    alive.shuffle(random);
    let other: Vec<bool> = alive.iter().map(|alive| !alive).collect();
    let mut sample = Sample { table, outcome, alive, whole: Count::default() };
    sample.whole = sample.count();
    if sample.whole.interest == 0 || sample.whole.interest == sample.whole.rows {
        return None;
    }
    let trajectory = peel::peel(&sample, settings);
    let region = settle(&sample, settings, &trajectory, None)?.region;
    let inside = region.tally(table, outcome, &other).inside;
    let rest = Count::of((0..other.len()).filter(|&row| other[row]).map(|row| outcome[row]));
    Some((region.limits.iter().map(|limits| limits.restricted()).collect(), inside, rest))
}
