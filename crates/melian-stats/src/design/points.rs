//! Points of the unit cube, by number.
//!
//! Each point is a function of its number, the seed and the design: worlds can be solved in any order, on any machine, and
//! taken up again after an interruption.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Independent randomisations of a quasi-random or stratified design. Points take turns: point `i` belongs to randomisation
/// `i mod 16`. The differences between them tell how sure an estimate is, which a single one cannot.
pub const SCRAMBLES: u64 = 16;

/// Greatest number of coordinates of a Sobol point.
pub const SOBOL_COORDINATES: usize = sobol_burley::NUM_DIMENSIONS as usize;

/// Greatest number of Sobol points: so many to each scramble.
pub const SOBOL_POINTS: u64 = SCRAMBLES << 16;

/// A design.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Points {
    /// Independent points.
    Random {
        /// Seed.
        seed: u64,
    },
    /// Sobol points (Sobol 1967, directions of Joe and Kuo 2008) in [`SCRAMBLES`] independent Owen scrambles (Owen 1995, by
    /// hashing: Burley 2020), interleaved. At most [`SOBOL_POINTS`] points of at most [`SOBOL_COORDINATES`] coordinates.
    Sobol {
        /// Seed.
        seed: u64,
    },
    /// [`SCRAMBLES`] independent Latin hypercubes (McKay, Beckman and Conover 1979), interleaved.
    Latin {
        /// Seed.
        seed: u64,
        /// Points of each hypercube.
        strata: u64,
    },
    /// All combinations of so many equally likely values of each coordinate, the last coordinate fastest.
    Grid {
        /// Values of each coordinate.
        levels: u64,
    },
}

impl Points {
    /// The coordinates of a point, each in 0..1; all but those of a grid are strictly inside.
    pub fn point(self, index: u64, coordinates: usize) -> Vec<f64> {
        match self {
            Points::Random { seed } => {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                random.set_stream(index);
                (0..coordinates).map(|_| open(&mut random)).collect()
            }
            Points::Sobol { seed } => {
                let scramble = hash(&[seed, index % SCRAMBLES]) as u32;
                let index = (index / SCRAMBLES) as u32;
                let coordinate = |d| f64::from(sobol_burley::sample(index, d as u32, scramble));
                // Single precision has 2^24 values: the middle of each.
                (0..coordinates).map(|d| coordinate(d) + 0.5 / f64::from(1_u32 << 24)).collect()
            }
            Points::Latin { seed, strata } => {
                let (square, row) = (index % SCRAMBLES, index / SCRAMBLES);
                let mut within = ChaCha8Rng::seed_from_u64(seed);
                within.set_stream(index);
                (0..coordinates)
                    .map(|d| {
                        let key = hash(&[seed, square, d as u64]);
                        (permuted(row, strata, key) as f64 + open(&mut within)) / strata as f64
                    })
                    .collect()
            }
            Points::Grid { levels } => {
                let mut rest = index;
                let mut point: Vec<f64> = (0..coordinates)
                    .map(|_| {
                        let level = rest % levels;
                        rest /= levels;
                        if levels > 1 { level as f64 / (levels - 1) as f64 } else { 0.5 }
                    })
                    .collect();
                point.reverse();
                point
            }
        }
    }

    /// To which of the independent randomisations a point belongs, if the design has them.
    pub fn replicate(self, index: u64) -> Option<u64> {
        matches!(self, Points::Sobol { .. } | Points::Latin { .. }).then_some(index % SCRAMBLES)
    }
}

/// Uniform strictly between 0 and 1.
fn open(random: &mut impl Rng) -> f64 {
    (random.random_range(0..1_u64 << 52) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// A hash of some numbers: the finalizer of SplitMix64 (Steele, Lea and Flood 2014), one round a number.
fn hash(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0x9E37_79B9_7F4A_7C15, |state, &number| {
        let mut z = (state ^ number).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

/// Where a permutation of `0..size` that hangs on a key takes a number, without writing the permutation down: a Feistel network
/// on the next power of four, walked until it is inside (Black and Rogaway 2002).
fn permuted(number: u64, size: u64, key: u64) -> u64 {
    const ROUNDS: u64 = 6;
    let half_bits = (64 - size.saturating_sub(1).leading_zeros()).div_ceil(2).max(1);
    let mask = (1_u64 << half_bits) - 1;
    let mut at = number;
    loop {
        let (mut left, mut right) = (at >> half_bits, at & mask);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ (hash(&[key, round, right]) & mask));
        }
        at = (left << half_bits) | right;
        if at < size {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutations_take_every_number_once_and_differ() {
        for size in [1_u64, 2, 3, 9, 100, 1000] {
            let mut seen: Vec<u64> = (0..size).map(|k| permuted(k, size, 5)).collect();
            let order = seen.clone();
            seen.sort_unstable();
            assert_eq!(seen, (0..size).collect::<Vec<_>>());
            if size > 3 {
                assert_ne!(order, (0..size).map(|k| permuted(k, size, 6)).collect::<Vec<_>>());
                assert_ne!(order, seen);
            }
        }
    }

    #[test]
    fn latin_hypercubes_have_one_point_in_each_stratum() {
        let strata = 9;
        let design = Points::Latin { seed: 3, strata };
        for square in 0..SCRAMBLES {
            for d in 0..4 {
                let mut hit = vec![false; strata as usize];
                for row in 0..strata {
                    let x = design.point(row * SCRAMBLES + square, 4)[d];
                    hit[(x * strata as f64) as usize] = true;
                }
                assert!(hit.iter().all(|&h| h));
            }
        }
    }

    #[test]
    fn sobol_scrambles_are_balanced_and_differ() {
        let design = Points::Sobol { seed: 11 };
        for scramble in 0..SCRAMBLES {
            for d in 0..20 {
                let mut counts = [0; 8];
                for row in 0..64 {
                    counts[(design.point(row * SCRAMBLES + scramble, 20)[d] * 8.0) as usize] += 1;
                }
                assert_eq!(counts, [8; 8], "scramble {scramble}, coordinate {d}");
            }
        }
        assert_ne!(design.point(0, 3), design.point(1, 3));
        assert_ne!(design.point(0, 3), Points::Sobol { seed: 12 }.point(0, 3));
    }

    /// The error of a mean over Sobol points falls faster than one over the root of their number.
    #[test]
    fn sobol_points_integrate_better_than_random_ones() {
        let error = |design: Points| {
            let f = |p: &[f64]| p.iter().map(|x| 0.5 + x).product::<f64>();
            let mean = (0..4096).map(|k| f(&design.point(k, 4))).sum::<f64>() / 4096.0;
            (mean - 1.0).abs()
        };
        let mean_error = |make: &dyn Fn(u64) -> Points| (0..40).map(|s| error(make(s))).sum::<f64>() / 40.0;
        let sobol = mean_error(&|seed| Points::Sobol { seed });
        let random = mean_error(&|seed| Points::Random { seed });
        assert!(sobol < 0.2 * random, "{sobol} {random}");
    }

    #[test]
    fn grids_run_through_all_combinations() {
        let design = Points::Grid { levels: 3 };
        let all: Vec<Vec<f64>> = (0..9).map(|k| design.point(k, 2)).collect();
        assert_eq!(all[0], [0.0, 0.0]);
        assert_eq!(all[1], [0.0, 0.5]);
        assert_eq!(all[8], [1.0, 1.0]);
    }

    #[test]
    fn random_points_are_functions_of_their_number() {
        let design = Points::Random { seed: 1 };
        assert_eq!(design.point(5, 3), design.point(5, 3));
        assert_ne!(design.point(5, 3), design.point(6, 3));
        assert_eq!(design.point(5, 3), design.point(5, 6)[..3]);
        assert_eq!(design.replicate(5), None);
    }
}
