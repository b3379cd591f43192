//! The inner loops: over a strip of neighbouring states, one operation for each of them.
//!
//! Every function is a loop over slices of one length, compiled once for each width of vectors (see
//! [`crate::sweep::lanes`]). No loop adds up along a strip, so a number does not depend on the width.

use crate::sweep::{exp::exp_of_nonpositive, lanes::Lanes};
use pulp::{Arch, Simd, WithSimd};

/// Makes of `fn name<'a>(arguments) body` a function that runs the body with the vector instructions of an [`Arch`].
macro_rules! vectorised {
    ($(#[$doc:meta])* fn $name:ident<$life:lifetime $(, const $count:ident)?>($($arg:ident: $ty:ty),*) $body:block) => {
        $(#[$doc])*
        #[allow(clippy::too_many_arguments)]
        pub(super) fn $name<$life $(, const $count: usize)?>(arch: Arch, $($arg: $ty),*) {
            struct Work<$life $(, const $count: usize)?> {
                $($arg: $ty,)*
                life: std::marker::PhantomData<&$life ()>,
            }
            impl<$life $(, const $count: usize)?> WithSimd for Work<$life $(, $count)?> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: Simd>(self, _: S) {
                    let Work { $($arg,)* life: _ } = self;
                    $body
                }
            }
            arch.dispatch(Work { $($arg,)* life: std::marker::PhantomData });
        }
    };
}

/// States worked on at a time: the strips of a choice among a few stay in the nearest cache.
pub(super) const STRIP: usize = 512;

/// From one strip to the next in a buffer of several: not a multiple of a page, or all would compete for the same
/// places of the cache.
pub(super) const APART: usize = STRIP + 40;

/// Terms that are added up at once.
pub(super) const TERMS: usize = 4;

/// A number for each state of a strip, or one for all.
#[derive(Clone, Copy)]
pub(super) enum Factor<'a> {
    All(f64),
    Each(&'a [f64]),
}

vectorised! {
    /// z = λ·q + bar.
    fn scale<'a>(z: &'a mut [f64], lambda: f64, q: &'a [f64], bar: Factor<'a>) {
        let n = q.len();
        let z = &mut z[..n];
        match bar {
            Factor::All(bar) => {
                for i in 0..n {
                    z[i] = lambda * q[i] + bar;
                }
            }
            Factor::Each(bar) => {
                let bar = &bar[..n];
                for i in 0..n {
                    z[i] = lambda * q[i] + bar[i];
                }
            }
        }
    }
}

vectorised! {
    /// x += y.
    fn add<'a>(x: &'a mut [f64], y: Factor<'a>) {
        let n = x.len();
        match y {
            Factor::All(y) => {
                for x in x {
                    *x += y;
                }
            }
            Factor::Each(y) => {
                let y = &y[..n];
                for i in 0..n {
                    x[i] += y[i];
                }
            }
        }
    }
}

vectorised! {
    /// out = x + y.
    fn sum<'a>(out: &'a mut [f64], x: &'a [f64], y: Factor<'a>) {
        let n = out.len();
        let x = &x[..n];
        match y {
            Factor::All(y) => {
                for i in 0..n {
                    out[i] = x[i] + y;
                }
            }
            Factor::Each(y) => {
                let y = &y[..n];
                for i in 0..n {
                    out[i] = x[i] + y[i];
                }
            }
        }
    }
}

vectorised! {
    /// out = factor · x.
    fn multiply<'a>(out: &'a mut [f64], factor: f64, x: &'a [f64]) {
        let n = out.len();
        let x = &x[..n];
        for i in 0..n {
            out[i] = factor * x[i];
        }
    }
}

/// A factor and what it weighs.
pub(super) type Term<'a> = (Factor<'a>, &'a [f64]);

vectorised! {
    /// out = Σ factor · x over at most [`TERMS`] terms, added to what was there unless they are the first.
    fn mix<'a>(out: &'a mut [f64], terms: &'a [Term<'a>], first: bool) {
        if first {
            mix_to::<true>(out, terms);
        } else {
            mix_to::<false>(out, terms);
        }
    }
}

/// The sum begins with 0 so that a zero is never negative.
#[inline(always)]
fn mix_to<const FIRST: bool>(out: &mut [f64], terms: &[Term]) {
    use Factor::{All, Each};
    let n = out.len();
    match *terms {
        [(Each(a), w)] => {
            let (a, w) = (&a[..n], &w[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a[i] * w[i];
            }
        }
        [(Each(a), w), (Each(b), x)] => {
            let (a, w, b, x) = (&a[..n], &w[..n], &b[..n], &x[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a[i] * w[i] + b[i] * x[i];
            }
        }
        [(Each(a), w), (Each(b), x), (Each(c), y)] => {
            let (a, w, b, x, c, y) = (&a[..n], &w[..n], &b[..n], &x[..n], &c[..n], &y[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a[i] * w[i] + b[i] * x[i] + c[i] * y[i];
            }
        }
        [(Each(a), w), (Each(b), x), (Each(c), y), (Each(d), z)] => {
            let (a, w, b, x) = (&a[..n], &w[..n], &b[..n], &x[..n]);
            let (c, y, d, z) = (&c[..n], &y[..n], &d[..n], &z[..n]);
            for i in 0..n {
                let before = if FIRST { 0.0 } else { out[i] };
                out[i] = before + a[i] * w[i] + b[i] * x[i] + c[i] * y[i] + d[i] * z[i];
            }
        }
        [(All(a), w), (All(b), x)] => {
            let (w, x) = (&w[..n], &x[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a * w[i] + b * x[i];
            }
        }
        [(All(a), w), (All(b), x), (All(c), y)] => {
            let (w, x, y) = (&w[..n], &x[..n], &y[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a * w[i] + b * x[i] + c * y[i];
            }
        }
        _ => {
            for (k, (factor, x)) in terms.iter().enumerate() {
                let x = &x[..n];
                match factor {
                    All(a) => {
                        for i in 0..n {
                            out[i] = if FIRST && k == 0 { 0.0 } else { out[i] } + a * x[i];
                        }
                    }
                    Each(a) => {
                        let a = &a[..n];
                        for i in 0..n {
                            out[i] = if FIRST && k == 0 { 0.0 } else { out[i] } + a[i] * x[i];
                        }
                    }
                }
            }
        }
    }
}

vectorised! {
    /// Quantal response between two, to values q that may be barred: p, strip by strip. One exponential, of −|z₁ − z₀|,
    /// is enough.
    fn respond_two<'a>(p: &'a mut [f64], q: [&'a [f64]; 2], bar: [f64; 2], lambda: f64) {
        let n = q[0].len();
        let (zero, one) = p.split_at_mut(APART);
        let (zero, one) = (&mut zero[..n], &mut one[..n]);
        let (q0, q1) = (&q[0][..n], &q[1][..n]);
        for i in 0..n {
            let d = (lambda * q1[i] + bar[1]) - (lambda * q0[i] + bar[0]);
            let e = exp_of_nonpositive(-d.abs());
            let likely = 1.0 / (1.0 + e);
            let other = e * likely;
            zero[i] = if d > 0.0 { other } else { likely };
            one[i] = if d > 0.0 { likely } else { other };
        }
    }
}

vectorised! {
    /// Quantal response among a few, to values q that may be barred: p, strip by strip.
    fn respond_few<'a, const A>(p: &'a mut [f64], q: [&'a [f64]; A], bar: [f64; A], lambda: f64) {
        let n = q[0].len();
        let p = &mut p[..A * APART];
        let mut rows = [&[][..]; A];
        for a in 0..A {
            rows[a] = &q[a][..n];
        }
        for i in 0..n.min(STRIP) {
            let mut z = [0.0; A];
            let mut top = f64::NEG_INFINITY;
            for a in 0..A {
                z[a] = lambda * rows[a][i] + bar[a];
                top = if z[a] > top { z[a] } else { top };
            }
            let mut sum = 0.0;
            for a in 0..A {
                z[a] = exp_of_nonpositive(z[a] - top);
                sum += z[a];
            }
            let each = 1.0 / sum;
            for a in 0..A {
                p[a * APART + i] = z[a] * each;
            }
        }
    }
}

vectorised! {
    /// Quantal response among several: z, strip by strip, becomes the probabilities; leaves the largest z and the sum of
    /// exponentials.
    fn respond<'a>(z: &'a mut [f64], actions: usize, n: usize, top: &'a mut [f64], sum: &'a mut [f64]) {
        let (top, sum) = (&mut top[..n], &mut sum[..n]);
        top.copy_from_slice(&z[..n]);
        for a in 1..actions {
            let z = &z[a * APART..][..n];
            for i in 0..n {
                top[i] = if z[i] > top[i] { z[i] } else { top[i] };
            }
        }
        sum.fill(0.0);
        for a in 0..actions {
            let z = &mut z[a * APART..][..n];
            for i in 0..n {
                z[i] = exp_of_nonpositive(z[i] - top[i]);
                sum[i] += z[i];
            }
        }
        for a in 0..actions {
            let z = &mut z[a * APART..][..n];
            for i in 0..n {
                z[i] *= 1.0 / sum[i];
            }
        }
    }
}

/// Best response: z, strip by strip, becomes the probabilities, ties shared equally; leaves the largest z and the
/// number of best actions.
pub(super) fn best(z: &mut [f64], actions: usize, n: usize, top: &mut [f64], sum: &mut [f64]) {
    for i in 0..n {
        let own = |a: usize| a * APART + i;
        top[i] = (0..actions).map(|a| z[own(a)]).fold(f64::NEG_INFINITY, f64::max);
        let tie = 1e-12 * f64::max(1.0, top[i].abs());
        (0..actions).for_each(|a| z[own(a)] = if top[i] - z[own(a)] <= tie { 1.0 } else { 0.0 });
        sum[i] = (0..actions).map(|a| z[own(a)]).sum();
        (0..actions).for_each(|a| z[own(a)] /= sum[i]);
    }
}

vectorised! {
    /// out = e^x, x ≤ 0.
    fn exponentials_of<'a>(out: &'a mut [f64], x: &'a [f64]) {
        let n = out.len();
        let x = &x[..n];
        for i in 0..n {
            out[i] = exp_of_nonpositive(x[i]);
        }
    }
}

/// e^x for each x, which must be at most 0, as the sweep computes it: to measure what the exponentials of a solve take by
/// themselves.
///
/// # Panics
/// If there are fewer numbers than places for results.
pub fn exponentials(lanes: Lanes, x: &[f64], out: &mut [f64]) {
    exponentials_of(lanes.arch(), out, x);
}
