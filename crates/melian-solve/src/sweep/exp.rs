//! The exponential, without branches, in a form that compilers turn into vector code.
//!
//! ```text
//! x = k·ln 2 + r,  |r| ≤ ½ ln 2,    e^x = 2^k · e^r                                  (1)
//! e^r = 1 + 2r / (R − r),           R(r) = r·coth(r/2) = r·(e^r + 1) / (e^r − 1)      (2)
//! R ≈ 2 + y·(P₀ + P₁y + … + P₄y⁴),  y = r²                                            (3)
//! ```
//!
//! k is the whole number nearest to x / ln 2, and ln 2 stands in two parts, the first so short that k times it is exact
//! (Cody and Waite 1980, ch. 6). (2) is the form of Sun's fdlibm (`e_exp.c`, 1993); we leave out the two operations
//! with which fdlibm wins another quarter of a unit in the last place. P is minimax: found by Remez' exchange on
//! 0 < r ≤ ½ ln 2 in 260 bits, with the weight 2r / ((R − r)² e^r), which makes an error in R the relative error that
//! it causes in e^r; every coefficient was rounded before those after it were fitted. That error is at most 1.8·10⁻¹⁹.
//! A polynomial for e^r itself would need degree 11; where vectors are divided fast, as by most processors since 2015, it
//! takes a fifth longer.
//!
//! What rounding adds, in units in the last place, where it is worst, at r = −½ ln 2: 0.18 in r, 0.06 in R − r before
//! its last subtraction and 0.25 in that, 0.25 in the quotient, 0.5 in the sum: 1.24 altogether. Results below 2^−1022
//! are rounded once more, but in units that are larger by then. So no result is further than 1.25 units from e^x, or
//! more than one double from the nearest one (test `close_to_the_exponential`).
//!
//! Nothing here may be contracted to a fused operation: results are the same on any processor.

/// Adding it rounds to a whole number, which then stands in the lowest bits.
const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5 · 2^52
const LN2_HIGH: f64 = 0.693_147_180_559_890_3; // 42 bits
const LN2_LOW: f64 = 5.497_923_018_708_371e-14;
/// P of (3).
const P: [f64; 5] = [
    0.166_666_666_666_665_55,
    -0.002_777_777_777_669_649,
    6.613_756_250_162_046e-5,
    -1.653_383_719_781_762e-6,
    4.136_048_784_753_971e-8,
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
#[inline(always)]
#[allow(dead_code, reason = "what the sweeps need is the cheaper one below, which is tested against it")]
pub(crate) fn exp(x: f64) -> f64 {
    let (half, power) = reduce(x.clamp(LEAST, GREATEST), 1.0 + 2.0 * BIAS);
    let first = power >> 1;
    half * power_of_two(first) * power_of_two(power - first)
}

/// e^x for x ≤ 0, the same to the last bit, for seven eighths of the time.
///
/// Here 2^(k+1) is the product of a normal number and 2^−63, exactly, unless k is so small that the result is 0.
#[inline(always)]
pub(crate) fn exp_of_nonpositive(x: f64) -> f64 {
    debug_assert!(x <= 0.0 || x.is_nan(), "{x} is positive");
    // Odd, as is BIAS: ties between two k are then decided as in `exp`.
    const RAISED: f64 = 63.0;
    const LOWER: f64 = 1.0 / (1_u64 << 63) as f64;
    // Written so that NaN stays.
    let (half, power) = reduce(if x < LEAST { LEAST } else { x }, 1.0 + RAISED + BIAS);
    half * (power_of_two(power) * LOWER)
}

/// ½·e^r, and k + `offset` in the lowest bits.
#[inline(always)]
fn reduce(x: f64, offset: f64) -> (f64, u64) {
    let shift = SHIFT + offset;
    let shifted = x * std::f64::consts::LOG2_E + shift;
    let k = shifted - shift;
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let y = r * r;
    let z = y * y;
    // c = 2 − (R − r), in an order that keeps chains of operations short.
    let c = (r - y * P[0]) - z * ((P[1] + y * P[2]) + z * (P[3] + y * P[4]));
    (0.5 + r / (2.0 - c), shifted.to_bits())
}

/// 2^n, where the twelve lowest bits are n + 1023.
#[inline(always)]
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
                assert_eq!(result.to_bits(), exp_of_nonpositive(x).to_bits(), "at {x:?}");
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
        assert!(off <= 1.25, "{off} units in the last place at {x:?}");
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
                assert_eq!(exp_of_nonpositive(x), expected, "e^{x:?}");
            }
        }
        assert!(exp(LAST_FINITE).is_finite());
        for nan in [f64::NAN, -f64::NAN, f64::from_bits(0x7ff8_0000_0000_0fff)] {
            assert!(exp(nan).is_nan());
            assert!(exp_of_nonpositive(nan).is_nan());
        }
    }
}
