//! One number of each state at a time.

use crate::sweep::{
    exp::exp_of_nonpositive,
    kernels::Factor,
    kernels::along::{Along, Cell},
    lanes::Lanes,
};
use pulp::{Arch, Simd};

/// λ·x + y.
struct Scaled(f64);
/// λ·x + y with one y for all.
struct ScaledAndMoved(f64, f64);
/// What was there + y, one y for all.
struct Moved(f64);
/// What was there + x.
struct Added;
/// f·x.
struct Multiple(f64);
/// e^x, x ≤ 0.
struct Exponential;

impl Cell<1, 1, 1> for Scaled {
    #[inline(always)]
    fn at<S: Simd>(
        &self,
        s: S,
        _: [S::f64s; 1],
        [y]: [S::f64s; 1],
        [[x]]: [[S::f64s; 1]; 1],
    ) -> [S::f64s; 1] {
        [s.mul_add_f64s(s.splat_f64s(self.0), x, y)]
    }
}

impl Cell<0, 1, 1> for ScaledAndMoved {
    #[inline(always)]
    fn at<S: Simd>(&self, s: S, _: [S::f64s; 1], _: [S::f64s; 0], [[x]]: [[S::f64s; 1]; 1]) -> [S::f64s; 1] {
        [s.mul_add_f64s(s.splat_f64s(self.0), x, s.splat_f64s(self.1))]
    }
}

impl Cell<0, 1, 1> for Added {
    fn is_anew(&self) -> bool {
        false
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        s: S,
        [out]: [S::f64s; 1],
        _: [S::f64s; 0],
        [[x]]: [[S::f64s; 1]; 1],
    ) -> [S::f64s; 1] {
        [s.add_f64s(out, x)]
    }
}

impl Cell<0, 0, 1> for Moved {
    fn is_anew(&self) -> bool {
        false
    }

    #[inline(always)]
    fn at<S: Simd>(&self, s: S, [out]: [S::f64s; 1], _: [S::f64s; 0], _: [[S::f64s; 0]; 1]) -> [S::f64s; 1] {
        [s.add_f64s(out, s.splat_f64s(self.0))]
    }
}

impl Cell<0, 1, 1> for Multiple {
    #[inline(always)]
    fn at<S: Simd>(&self, s: S, _: [S::f64s; 1], _: [S::f64s; 0], [[x]]: [[S::f64s; 1]; 1]) -> [S::f64s; 1] {
        [s.mul_f64s(s.splat_f64s(self.0), x)]
    }
}

impl Cell<0, 1, 1> for Exponential {
    #[inline(always)]
    fn at<S: Simd>(&self, s: S, _: [S::f64s; 1], _: [S::f64s; 0], [[x]]: [[S::f64s; 1]; 1]) -> [S::f64s; 1] {
        [exp_of_nonpositive(s, x)]
    }
}

/// out = λ·q + bar.
pub(in crate::sweep) fn scale(arch: Arch, out: &mut [f64], lambda: f64, q: &[f64], bar: Factor) {
    let (out, x) = ([out], [[q]]);
    match bar {
        Factor::All(bar) => {
            arch.dispatch(Along { cell: ScaledAndMoved(lambda, bar), out, weights: [], x });
        }
        Factor::Each(bar) => arch.dispatch(Along { cell: Scaled(lambda), out, weights: [bar], x }),
    }
}

/// out = x + y.
pub(in crate::sweep) fn sum(arch: Arch, out: &mut [f64], x: &[f64], y: Factor) {
    scale(arch, out, 1.0, x, y);
}

/// out += y.
pub(in crate::sweep) fn add(arch: Arch, out: &mut [f64], y: Factor) {
    let out = [out];
    match y {
        Factor::All(y) => arch.dispatch(Along { cell: Moved(y), out, weights: [], x: [[]] }),
        Factor::Each(y) => arch.dispatch(Along { cell: Added, out, weights: [], x: [[y]] }),
    }
}

/// out = factor · x.
pub(in crate::sweep) fn multiply(arch: Arch, out: &mut [f64], factor: f64, x: &[f64]) {
    arch.dispatch(Along { cell: Multiple(factor), out: [out], weights: [], x: [[x]] });
}

/// e^x for each x, which must be at most 0, as the sweep computes it: to measure what the exponentials of a solve take by
/// themselves.
///
/// # Panics
/// If there are fewer numbers than places for results.
pub fn exponentials(lanes: Lanes, x: &[f64], out: &mut [f64]) {
    lanes.arch().dispatch(Along { cell: Exponential, out: [out], weights: [], x: [[x]] });
}
