//! Shares with their uncertainty.
//!
//! A share is always a ratio: so many worlds in which a claim holds among so many that count. Both numbers are kept for each
//! independent randomisation of the design, because how much they differ between randomisations is all that a quasi-random
//! design tells about its own error (Owen 2013, ch. 17).

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// So many of so many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Those that are as asked.
    pub hits: u64,
    /// All that count.
    pub all: u64,
}

/// A share with an interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Share {
    /// The estimate.
    pub share: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Share {
    /// Upper end less lower end.
    pub fn width(self) -> f64 {
        self.high - self.low
    }
}

impl std::ops::Add for Tally {
    type Output = Tally;
    fn add(self, other: Tally) -> Tally {
        Tally { hits: self.hits + other.hits, all: self.all + other.all }
    }
}

impl Tally {
    /// The share itself; `None` of nothing.
    pub fn share(self) -> Option<f64> {
        (self.all > 0).then(|| self.hits as f64 / self.all as f64)
    }
}

/// The interval for independent worlds (Wilson 1927). `level`: 0.95 for one that covers in 95 % of cases.
///
/// ```
/// use melian_stats::interval::{Tally, wilson};
/// let interval = wilson(Tally { hits: 72, all: 144 }, 0.95).unwrap();
/// assert!((interval.low - 0.4194).abs() < 1e-4 && (interval.high - 0.5806).abs() < 1e-4);
/// ```
pub fn wilson(tally: Tally, level: f64) -> Option<Share> {
    let share = tally.share()?;
    let n = tally.all as f64;
    let z = Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    // Rounding may leave the ends a little inside 0 and 1, where they are exactly there.
    let low = if tally.hits == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if tally.hits == tally.all { 1.0 } else { (middle + half).min(1.0) };
    Some(Share { share, low, high })
}

/// The interval for a design of independent randomisations: Student's, on as many degrees of freedom as there are randomisations,
/// less one. The share is a ratio of two sums; its variance is that of the linearised ratio (Cochran 1977, ch. 6).
///
/// Where fewer than [`FEW`] worlds are hits, or fewer are none, the randomisations say little about how much they might have differed,
/// and nothing where they agree. There the interval is widened to hold Wilson's for as many independent worlds, among which
/// quasi-random ones are spread at least as evenly. `None` for fewer than two randomisations with worlds.
pub fn student(replicates: &[Tally], level: f64) -> Option<Share> {
    let used: Vec<Tally> = replicates.iter().copied().filter(|t| t.all > 0).collect();
    let whole = used.iter().fold(Tally::default(), |a, &b| a + b);
    let share = whole.share()?;
    if used.len() < 2 {
        return None;
    }
    let count = used.len() as f64;
    let usual = whole.all as f64 / count;
    let residuals = used.iter().map(|t| (t.hits as f64 - share * t.all as f64) / usual);
    let variance = residuals.map(|r| r * r).sum::<f64>() / (count - 1.0);
    let t =
        StudentsT::new(0.0, 1.0, count - 1.0).map_or(f64::INFINITY, |law| law.inverse_cdf(0.5 + level / 2.0));
    let half = t * (variance / count).sqrt();
    let own = Share { share, low: (share - half).max(0.0), high: (share + half).min(1.0) };
    let agree = used
        .iter()
        .all(|t| u128::from(t.hits) * u128::from(whole.all) == u128::from(whole.hits) * u128::from(t.all));
    if !agree && whole.hits.min(whole.all - whole.hits) >= FEW {
        return Some(own);
    }
    let independent = wilson(whole, level)?;
    Some(Share { share, low: own.low.min(independent.low), high: own.high.max(independent.high) })
}

/// So few hits, or so few others, do not tell how much they vary.
pub const FEW: u64 = 10;

/// The level that each of so many looks needs so that all of them together cover with the level asked for (Bonferroni).
pub fn corrected(level: f64, looks: usize) -> f64 {
    1.0 - (1.0 - level) / looks.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Points, SCRAMBLES};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn wilson_as_published() {
        // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        let rows = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (hits, all, low, high) in rows {
            let interval = wilson(Tally { hits, all }, 0.95).unwrap();
            assert!((interval.low - low).abs() < 6e-5 && (interval.high - high).abs() < 6e-5, "{interval:?}");
        }
        assert_eq!(wilson(Tally::default(), 0.95), None);
    }

    /// Intervals cover the truth as often as they say, and those of Sobol designs are narrower.
    #[test]
    fn intervals_cover() {
        let happens = |p: &[f64]| p[0] + 0.5 * p[1] > 0.7 && p[2] < 0.8;
        // Area where x + y/2 > 0.7: 1 − (0.7 − 0.25) = 0.55, all of y in 0..1 has 0.7 − y/2 in 0.2..0.7.
        let truth = 0.55 * 0.8;
        let (mut covered, mut widths) = ([0, 0], [0.0, 0.0]);
        const TIMES: u64 = 200;
        for seed in 0..TIMES {
            for (kind, design) in [Points::Random { seed }, Points::Sobol { seed }].into_iter().enumerate() {
                let mut tallies = [Tally::default(); SCRAMBLES as usize];
                for index in 0..1024 {
                    let hit = u64::from(happens(&design.point(index, 3)));
                    let tally = &mut tallies[(index % SCRAMBLES) as usize];
                    *tally = *tally + Tally { hits: hit, all: 1 };
                }
                let whole = tallies.iter().fold(Tally::default(), |a, &b| a + b);
                let interval = if kind == 0 { wilson(whole, 0.95) } else { student(&tallies, 0.95) }.unwrap();
                covered[kind] += u64::from((interval.low..=interval.high).contains(&truth));
                widths[kind] += interval.width() / TIMES as f64;
            }
        }
        for hits in covered {
            // 190 expected; a binomial with 200 and .95 is below 180 once in 2,000 times.
            assert!((180..=200).contains(&hits), "{covered:?}");
        }
        assert!(widths[1] < 0.6 * widths[0], "{widths:?}");
    }

    #[test]
    fn agreement_of_all_randomisations_is_no_certainty() {
        let tallies = [Tally { hits: 4, all: 4 }; 16];
        let interval = student(&tallies, 0.95).unwrap();
        assert_eq!((interval.share, interval.high), (1.0, 1.0));
        assert!(interval.low < 0.95 && interval.low > 0.9);
        assert_eq!(student(&tallies[..1], 0.95), None);
        // One of 49 in each: 1/49 · 49 is not 1 in floating point.
        let tallies = [Tally { hits: 1, all: 49 }; 16];
        let interval = student(&tallies, 0.95).unwrap();
        assert!(interval.low < 0.014 && interval.high > 0.03, "{interval:?}");
    }

    /// Where few worlds are hits, the interval still covers.
    #[test]
    fn rare_events_are_covered() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for expected in [3.5, 5.0, 7.0] {
            let p = expected / 1024.0;
            let covered = (0..2000).filter(|_| {
                let mut draw = || (0..64).filter(|_| random.random_bool(p)).count() as u64;
                let tallies: Vec<Tally> = (0..16).map(|_| Tally { hits: draw(), all: 64 }).collect();
                let interval = student(&tallies, 0.95).unwrap();
                (interval.low..=interval.high).contains(&p)
            });
            let covered = covered.count();
            assert!(covered >= 1860, "{covered} of 2000 at {expected}");
        }
    }

    #[test]
    fn looks_are_paid_for() {
        assert!((corrected(0.95, 5) - 0.99).abs() < 1e-12);
    }
}
