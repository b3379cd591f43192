//! The bootstrap: how far an estimate would move if other rows had been drawn.
//!
//! Units (rows, base points, trajectories) are drawn again with replacement, as many as there are (Efron 1979). Each
//! resample has a random stream of its own, so that neither the number of threads nor their order changes anything.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Ends of a 95 % interval.
const ENDS: (f64, f64) = (0.025, 0.975);

/// How often to draw again, and from which seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bootstrap {
    /// Number of resamples. Without any, intervals are the whole line.
    pub resamples: usize,
    /// Seed of all that is random.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap { resamples: 200, seed: 1 }
    }
}

/// What streams of one seed are used for; they never overlap.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    /// Drawing rows again.
    Resample,
    /// Shuffling a dummy parameter.
    Dummy,
    /// Drawing trajectories.
    Design,
}

/// The random numbers of one resample, shuffle or trajectory.
pub(super) fn stream(seed: u64, purpose: Stream, number: usize) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(number as u64 * 3 + purpose as u64);
    random
}

/// One index with its interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// The estimate, as it comes out: an index that is zero may be estimated below zero.
    pub value: f64,
    /// Lower end of the 95 % interval; −∞ where no resample tells.
    pub low: f64,
    /// Upper end; +∞ where no resample tells.
    pub high: f64,
}

impl Estimate {
    /// Upper minus lower end.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Whether a number is within the interval.
    pub fn contains(&self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }
}

/// One kind of index for every parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Estimates {
    /// One for each parameter.
    pub of: Vec<Estimate>,
    /// Of each resample, the index of every parameter; not a number where the answer did not vary in it.
    pub(super) replicates: Vec<Vec<f64>>,
}

impl Estimates {
    /// Values with percentile intervals from their replicates.
    pub(super) fn new(values: &[f64], replicates: Vec<Vec<f64>>) -> Estimates {
        let of = values.iter().enumerate().map(|(parameter, &value)| {
            let (low, high) = percentiles(replicates.iter().map(|r| r[parameter]));
            Estimate { value, low, high }
        });
        Estimates { of: of.collect(), replicates }
    }
}

impl Bootstrap {
    /// How often each of `units` units is drawn, for every resample, as what `statistic` makes of it.
    pub(super) fn each<T: Send>(&self, units: usize, statistic: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
        let resample = |number| {
            let mut random = stream(self.seed, Stream::Resample, number);
            let mut counts = vec![0u32; units];
            for _ in 0..units {
                counts[random.random_range(0..units as u32) as usize] += 1;
            }
            statistic(&counts)
        };
        (0..self.resamples).into_par_iter().map(resample).collect()
    }
}

/// The 95 % interval of what is a number among the replicates; the whole line if nothing is.
pub(super) fn percentiles(replicates: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut sorted: Vec<f64> = replicates.filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let ends = (quantile(&sorted, ENDS.0), quantile(&sorted, ENDS.1));
    (ends.0.unwrap_or(f64::NEG_INFINITY), ends.1.unwrap_or(f64::INFINITY))
}

/// A quantile of sorted numbers, interpolated (type 7 of Hyndman and Fan 1996).
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        let check = |numbers: &[f64], share, expected| assert_eq!(quantile(numbers, share), expected);
        check(&[], 0.5, None);
        check(&[3.0], 0.975, Some(3.0));
        check(&[1.0, 2.0], 0.25, Some(1.25));
        check(&[1.0, 2.0, 4.0], 1.0, Some(4.0));
    }

    #[test]
    fn nothing_known_is_the_whole_line() {
        assert_eq!(percentiles([f64::NAN].into_iter()), (f64::NEG_INFINITY, f64::INFINITY));
    }

    #[test]
    fn as_many_are_drawn_as_there_are() {
        let bootstrap = Bootstrap { resamples: 5, seed: 3 };
        let sums = bootstrap.each(17, |counts| counts.iter().sum::<u32>());
        assert_eq!(sums, [17; 5]);
        let drawn = bootstrap.each(17, <[u32]>::to_vec);
        assert_ne!(drawn[0], drawn[1]);
    }
}
