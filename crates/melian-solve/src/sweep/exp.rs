//! The exponential, without branches, for vectors of any length.
//!
//! ```text
//! x = k·ln 2 + r,  |r| ≤ ½ ln 2,    e^x = 2^k · e^r                                  (1)
//! e^r ≈ 1 + r + r²·(P₀ + P₁r + … + P₉r⁹)                                              (2)
//! ```
//!
//! k is the whole number nearest to x / ln 2, and ln 2 stands in two parts, the first so short that k times it is exact
//! (Cody and Waite 1980, ch. 6). P is minimax: found by Remez' exchange on |r| ≤ ½ ln 2 in 200 bits, with the weight
//! e^(−r), which makes an error the relative error of e^r. With coefficients rounded to doubles that is at most
//! 1.2·10⁻¹⁷. The sum is taken in pairs, not term by term, which keeps chains of operations short.
//!
//! What rounding adds, in units in the last place, where it is worst, at r = −½ ln 2: 0.18 in r, 0.03 in r², 0.06 in the
//! polynomial, 0.25 in e^r − 1, 0.5 in the last sum; with the polynomial's own 0.07 that is 1.09 altogether. Results below
//! 2^−1022 are rounded once more, but in units that are larger by then. So no result is further than 1.1 units from e^x,
//! or more than one double from the nearest one (test `close_to_the_exponential`).
//!
//! Every product that is added to something is fused with the sum: rounded once (IEEE 754-2008, fusedMultiplyAdd). So
//! results are the same on any processor and at any width; one without such an instruction takes a slow function.

use pulp::Simd;

/// Adding it rounds to a whole number, which then stands in the lowest bits.
const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5 · 2^52
const LN2_HIGH: f64 = 0.693_147_180_559_890_3; // 42 bits
const LN2_LOW: f64 = 5.497_923_018_708_371e-14;
/// P of (2).
const P: [f64; 10] = [
    0.500_000_000_000_001_1,
    0.166_666_666_666_664_13,
    0.041_666_666_666_530_267,
    0.008_333_333_333_494_336,
    0.001_388_888_894_359_810_4,
    0.000_198_412_695_067_733_78,
    2.480_149_313_572_149_6e-5,
    2.755_758_627_185_882_5e-6,
    2.763_023_409_773_779_5e-7,
    2.500_007_063_906_214_3e-8,
];
/// What stands for 1 in the exponent of a double.
const BIAS: f64 = 1023.0;
/// From here down the result is 0.
const LEAST: f64 = -746.0;
/// From here up the result is infinite.
const GREATEST: f64 = 710.0;

/// e^x, for any x.
///
/// The power of two comes in two factors, since by itself it may be too large or too small for a normal number.
#[allow(dead_code, reason = "what the sweeps need is the one below, which is tested against it")]
pub(crate) fn exp(x: f64) -> f64 {
    let (power, rest) = reduce(pulp::Scalar, x.clamp(LEAST, GREATEST), 2.0 * BIAS);
    let power = power.to_bits();
    let first = power >> 1;
    rest * power_of_two(first) * power_of_two(power - first)
}

/// e^x for as many x ≤ 0 as a vector holds: each the same to the last bit, for less.
///
/// 2^k comes as a normal number and 2^−63, so that only a result below 2^−1022 is rounded once more.
#[inline(always)]
pub(crate) fn exp_of_nonpositive<S: Simd>(simd: S, x: S::f64s) -> S::f64s {
    // Odd, as is BIAS: ties between two k are then decided as in `exp`.
    const RAISED: f64 = 63.0;
    const LOWER: f64 = 1.0 / (1_u64 << 63) as f64;
    // Written so that NaN stays.
    let least = simd.splat_f64s(LEAST);
    let x = simd.select_f64s(simd.less_than_f64s(x, least), least, x);
    let (power, rest) = reduce(simd, x, RAISED + BIAS);
    simd.mul_f64s(simd.mul_f64s(rest, powers_of_two::<S>(power)), simd.splat_f64s(LOWER))
}

/// Numbers with k + `offset` in their lowest bits, and e^r.
#[inline(always)]
fn reduce<S: Simd>(simd: S, x: S::f64s, offset: f64) -> (S::f64s, S::f64s) {
    let shift = simd.splat_f64s(SHIFT + offset);
    let shifted = simd.mul_add_f64s(x, simd.splat_f64s(std::f64::consts::LOG2_E), shift);
    let k = simd.sub_f64s(shifted, shift);
    let r = simd.mul_add_f64s(k, simd.splat_f64s(-LN2_HIGH), x);
    let r = simd.mul_add_f64s(k, simd.splat_f64s(-LN2_LOW), r);
    let y = simd.mul_f64s(r, r);
    let z = simd.mul_f64s(y, y);
    let mut pairs = [y; 5];
    for i in 0..5 {
        pairs[i] = simd.mul_add_f64s(r, simd.splat_f64s(P[2 * i + 1]), simd.splat_f64s(P[2 * i]));
    }
    let middle = simd.mul_add_f64s(y, pairs[2], pairs[1]);
    let high = simd.mul_add_f64s(y, pairs[4], pairs[3]);
    let p = simd.mul_add_f64s(y, simd.mul_add_f64s(z, high, middle), pairs[0]);
    let less_one = simd.mul_add_f64s(y, p, r);
    (shifted, simd.add_f64s(simd.splat_f64s(1.0), less_one))
}

/// 2^n for each number, where the twelve lowest bits are n + 1023.
#[inline(always)]
fn powers_of_two<S: Simd>(numbers: S::f64s) -> S::f64s {
    let mut numbers = numbers;
    let bits: &mut [u64] = bytemuck::cast_slice_mut(std::slice::from_mut(&mut numbers));
    bits.iter_mut().for_each(|bits| *bits <<= 52);
    numbers
}

/// 2^n, where the twelve lowest bits are n + 1023.
fn power_of_two(bits: u64) -> f64 {
    f64::from_bits(bits << 52)
}

#[cfg(test)]
mod tests {
    use super::{exp, exp_of_nonpositive};
    use dashu_float::{FBig, round::mode::HalfEven};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use std::f64::consts::LN_2;

    /// The largest x with a finite e^x.
    const LAST_FINITE: f64 = 709.782_712_893_384;
    /// The least x whose e^x is nearer to the least positive number than to 0.
    const LAST_POSITIVE: f64 = -745.133_219_101_941_1;

    fn of_nonpositive(x: f64) -> f64 {
        exp_of_nonpositive(pulp::Scalar, x)
    }

    /// A sum of two doubles, the second below the last place of the first.
    #[derive(Clone, Copy)]
    struct Double(f64, f64);

    impl Double {
        fn of_sum(a: f64, b: f64) -> Double {
            let sum = a + b;
            let rest = sum - a;
            Double(sum, (a - (sum - rest)) + (b - rest))
        }

        fn of_product(a: f64, b: f64) -> Double {
            let halves = |a: f64| {
                let c = 134_217_729.0 * a; // 2^27 + 1
                let high = c - (c - a);
                (high, a - high)
            };
            let (p, (a, al), (b, bl)) = (a * b, halves(a), halves(b));
            Double(p, ((a * b - p) + a * bl + al * b) + al * bl)
        }

        fn add(self, other: Double) -> Double {
            let (high, low) = (Double::of_sum(self.0, other.0), Double::of_sum(self.1, other.1));
            let sum = Double::of_sum(high.0, high.1 + low.0);
            Double::of_sum(sum.0, sum.1 + low.1)
        }

        fn times(self, other: Double) -> Double {
            let p = Double::of_product(self.0, other.0);
            Double::of_sum(p.0, p.1 + (self.0 * other.1 + self.1 * other.0))
        }

        fn over(self, n: f64) -> Double {
            let inverse = 1.0 / n;
            let p = Double::of_product(inverse, n);
            self.times(Double(inverse, ((1.0 - p.0) - p.1) / n))
        }
    }

    /// e^x = (m + m')·2^k to some 96 bits, by the Taylor series of e^(r/256) − 1, squared eight times.
    fn reference(x: f64) -> (Double, i32) {
        const LN2: [f64; 3] = [super::LN2_HIGH, super::LN2_LOW, 1.947_045_092_380_75e-31];
        let k = (x / LN_2).round();
        let low = Double::of_product(-k, LN2[1]).add(Double(-k * LN2[2], 0.0));
        let r = Double(x - k * LN2[0], 0.0).add(low);
        let r = Double(r.0 / 256.0, r.1 / 256.0);
        let mut less_one = Double(0.0, 0.0);
        for n in (1..=10).rev() {
            less_one = r.over(f64::from(n)).times(Double(1.0, 0.0).add(less_one));
        }
        for _ in 0..8 {
            less_one = Double(2.0 * less_one.0, 2.0 * less_one.1).add(less_one.times(less_one));
        }
        (Double(1.0, 0.0).add(less_one), k as i32)
    }

    fn power_of_two(n: i32) -> f64 {
        super::power_of_two((n + 1023) as u64)
    }

    /// How far a finite result is from e^x, in units in the last place of e^x.
    fn error(result: f64, x: f64) -> f64 {
        let (m, k) = reference(x);
        let below_one = m.0 < 1.0 || (m.0 == 1.0 && m.1 < 0.0);
        let unit = (k - i32::from(below_one) - 52).max(-1074);
        let scaled = result * power_of_two(-unit / 2) * power_of_two(-unit - -unit / 2);
        let scale = power_of_two(k - unit);
        ((scaled - m.0 * scale) - m.1 * scale).abs()
    }

    /// Checks `many` points on the whole range and fewer where something could go wrong.
    fn check(many: u32, seed: u64) -> f64 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut worst = (0.0, 0.0);
        let mut at = |x: f64| {
            let result = exp(x);
            let off = error(result, x);
            if off.is_nan() || off > worst.0 {
                worst = (off, x);
            }
            if x <= 0.0 {
                assert_eq!(result.to_bits(), of_nonpositive(x).to_bits(), "at {x:?}");
            }
        };
        for _ in 0..many {
            at(rng.random_range(LAST_POSITIVE..=LAST_FINITE));
            at(rng.random_range(-40.0..=0.0));
        }
        for _ in 0..many / 4 {
            // Where the result is subnormal or about to become so, and where it is about to overflow.
            at(rng.random_range(LAST_POSITIVE..=-708.0));
            at(rng.random_range(709.0..=LAST_FINITE));
            // Where k changes, and where r is 0.
            let near = f64::from(rng.random_range(-2149..=2047)) * (0.5 * LN_2);
            at((near + 1e-9 * rng.random_range(-1.0..=1.0)).clamp(LAST_POSITIVE, LAST_FINITE));
            let step = f64::from(rng.random_range(-3..=3)) * f64::EPSILON;
            at((near * (1.0 + step)).clamp(LAST_POSITIVE, LAST_FINITE));
            // Next to 0, down to the least of numbers.
            let tiny = f64::from_bits(rng.random_range(0..=1.0_f64.to_bits()));
            at(tiny);
            at(-tiny);
        }
        let (off, x) = worst;
        assert!(off <= 1.1, "{off} units in the last place at {x:?}");
        off
    }

    #[test]
    fn close_to_the_exponential() {
        let worst = check(120_000, 1);
        assert!(worst > 0.5, "{worst} units in the last place: fewer than rounding causes");
    }

    /// `cargo test --release -p melian-solve hundred_million -- --ignored --nocapture`
    #[test]
    #[ignore = "takes a minute or two"]
    fn close_at_a_hundred_million_points() {
        let worst = (0..100).map(|seed| check(286_000, 1000 + seed)).fold(0.0, f64::max);
        println!("at most {worst} units in the last place");
    }

    #[test]
    fn reference_is_the_exponential() {
        let number = |x: f64| FBig::<HalfEven, 2>::try_from(x).unwrap().with_precision(160).value();
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let mut worst = 0.0;
        for i in 0..2_000 {
            let x = match i % 2 {
                0 => rng.random_range(LAST_POSITIVE..=LAST_FINITE),
                _ => rng.random_range(-0.5..=0.5),
            };
            let (m, k) = reference(x);
            let exact = number(x).exp() >> k as isize;
            let off = (number(m.0) + number(m.1) - &exact) / exact;
            worst = off.to_f64().value().abs().max(worst);
        }
        assert!(worst < 1e-28, "{worst}");
    }

    #[test]
    fn ends_of_the_range() {
        let least = f64::from_bits(1);
        for (x, expected) in [
            (0.0, 1.0),
            (-0.0, 1.0),
            (f64::MIN_POSITIVE, 1.0),
            (-least, 1.0),
            (LAST_FINITE.next_up(), f64::INFINITY),
            (709.9, f64::INFINITY),
            (1e300, f64::INFINITY),
            (f64::INFINITY, f64::INFINITY),
            (LAST_POSITIVE, least),
            (LAST_POSITIVE.next_down(), 0.0),
            (-745.9, 0.0),
            (-746.5, 0.0),
            (-1e300, 0.0),
            (f64::NEG_INFINITY, 0.0),
        ] {
            assert_eq!(exp(x), expected, "e^{x:?}");
            if x <= 0.0 {
                assert_eq!(of_nonpositive(x), expected, "e^{x:?}");
            }
        }
        assert!(exp(LAST_FINITE).is_finite());
        for nan in [f64::NAN, -f64::NAN, f64::from_bits(0x7ff8_0000_0000_0fff)] {
            assert!(exp(nan).is_nan());
            assert!(of_nonpositive(nan).is_nan());
        }
    }
}
