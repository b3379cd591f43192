//! The exponential of numbers that are not positive, in a form that compilers turn into vector code.
//!
//! ```text
//! x = k·ln 2 + r,  |r| ≤ ½ ln 2,   e^x = 2^k · e^r
//! ```
//!
//! with k the nearest whole number to x / ln 2, ln 2 split in two parts so that r is exact to rounding (Cody and Waite
//! 1980, ch. 6), and e^r by its Taylor series to r^13, whose remainder is below 5·10⁻¹⁸. The error is at most 2 units
//! in the last place (test `close_to_libm`). Results below 2^−1021 are 0: a choice probability of that size is none.

/// Adding it rounds to a whole number, which then stands in the lowest bits.
const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5 · 2^52
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Below this the result is 0.
const LEAST: f64 = -707.7;

/// 1/k! for k = 0 to 13.
const INVERSE_FACTORIALS: [f64; 14] = [
    1.0,
    1.0,
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// e^x for x ≤ 0, −∞ included.
#[inline(always)]
pub(crate) fn exp_of_nonpositive(x: f64) -> f64 {
    let shifted = x * std::f64::consts::LOG2_E + SHIFT;
    let k = shifted - SHIFT;
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let mut p = INVERSE_FACTORIALS[13];
    for c in INVERSE_FACTORIALS[..13].iter().rev() {
        p = p * r + c;
    }
    let scale = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    if x < LEAST { 0.0 } else { p * scale }
}

#[cfg(test)]
mod tests {
    use super::exp_of_nonpositive;

    fn ulps(a: f64, b: f64) -> u64 {
        a.to_bits().abs_diff(b.to_bits())
    }

    #[test]
    fn close_to_libm() {
        let mut worst = 0;
        for i in 0..2_000_000 {
            let x = -707.6 * f64::from(i) / 2_000_000.0;
            let small = -f64::from(i) * 1e-9;
            worst = worst.max(ulps(exp_of_nonpositive(x), libm::exp(x)));
            worst = worst.max(ulps(exp_of_nonpositive(small), libm::exp(small)));
        }
        assert!(worst <= 2, "{worst} units in the last place");
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(exp_of_nonpositive(0.0), 1.0);
        assert_eq!(exp_of_nonpositive(-0.0), 1.0);
        assert_eq!(exp_of_nonpositive(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp_of_nonpositive(-1e300), 0.0);
        assert_eq!(exp_of_nonpositive(-708.0), 0.0);
        assert!(exp_of_nonpositive(-707.6) > 0.0);
    }
}
