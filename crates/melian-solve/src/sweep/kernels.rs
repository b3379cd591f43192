//! The inner loops: over a strip of neighbouring states, one operation for each of them.
//!
//! Every function is a loop over slices of one length, which compilers turn into vector code when it is inlined where
//! vector instructions are allowed (see [`crate::sweep::lanes`]). No loop adds up along a strip, so a number does not
//! depend on the width.

use crate::sweep::exp::exp_of_nonpositive;

/// States worked on at a time: the strips of a choice stay in the nearest cache.
pub(super) const STRIP: usize = 256;

/// A number for each state of a strip, or one for all.
#[derive(Clone, Copy)]
pub(super) enum Factor<'a> {
    All(f64),
    Each(&'a [f64]),
}

/// z = λ·q + bar.
#[inline(always)]
pub(super) fn scale(z: &mut [f64], lambda: f64, q: &[f64], bar: Factor) {
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

/// x += y.
#[inline(always)]
pub(super) fn add(x: &mut [f64], y: Factor) {
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

/// out = x + y.
#[inline(always)]
pub(super) fn sum(out: &mut [f64], x: &[f64], y: Factor) {
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

/// out = factor · x.
#[inline(always)]
pub(super) fn multiply(out: &mut [f64], factor: f64, x: &[f64]) {
    let n = out.len();
    let x = &x[..n];
    for i in 0..n {
        out[i] = factor * x[i];
    }
}

/// out += mask · x, or that without what was there.
#[inline(always)]
pub(super) fn blend(out: &mut [f64], mask: &[f64], x: &[f64], first: bool) {
    let n = out.len();
    let (mask, x) = (&mask[..n], &x[..n]);
    if first {
        for i in 0..n {
            out[i] = 0.0 + mask[i] * x[i];
        }
    } else {
        for i in 0..n {
            out[i] += mask[i] * x[i];
        }
    }
}

/// Terms that are added up at once.
pub(super) const TERMS: usize = 3;

/// out = Σ factor · x over at most [`TERMS`] terms of one kind, added to what was there unless they are the first.
#[inline(always)]
pub(super) fn mix(out: &mut [f64], terms: &[(Factor, &[f64])], first: bool) {
    if first {
        mix_to::<true>(out, terms);
    } else {
        mix_to::<false>(out, terms);
    }
}

/// The sum begins with 0 so that a zero is never negative.
#[inline(always)]
fn mix_to<const FIRST: bool>(out: &mut [f64], terms: &[(Factor, &[f64])]) {
    let n = out.len();
    match *terms {
        [(Factor::Each(a), x)] => {
            let (a, x) = (&a[..n], &x[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a[i] * x[i];
            }
        }
        [(Factor::Each(a), x), (Factor::Each(b), y)] => {
            let (a, x, b, y) = (&a[..n], &x[..n], &b[..n], &y[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a[i] * x[i] + b[i] * y[i];
            }
        }
        [(Factor::Each(a), x), (Factor::Each(b), y), (Factor::Each(c), z)] => {
            let (a, x, b, y, c, z) = (&a[..n], &x[..n], &b[..n], &y[..n], &c[..n], &z[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a[i] * x[i] + b[i] * y[i] + c[i] * z[i];
            }
        }
        [(Factor::All(a), x)] => {
            let x = &x[..n];
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a * x[i];
            }
        }
        [(Factor::All(a), x), (Factor::All(b), y)] => {
            let (x, y) = (&x[..n], &y[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a * x[i] + b * y[i];
            }
        }
        [(Factor::All(a), x), (Factor::All(b), y), (Factor::All(c), z)] => {
            let (x, y, z) = (&x[..n], &y[..n], &z[..n]);
            for i in 0..n {
                out[i] = if FIRST { 0.0 } else { out[i] } + a * x[i] + b * y[i] + c * z[i];
            }
        }
        _ => {}
    }
}

/// Quantal response between two: z becomes the probabilities. One exponential, of −|z₁ − z₀|, is enough.
#[inline(always)]
pub(super) fn respond_two(z: &mut [f64], n: usize) {
    let (zero, one) = z.split_at_mut(STRIP);
    let (zero, one) = (&mut zero[..n], &mut one[..n]);
    for i in 0..n {
        let d = one[i] - zero[i];
        let e = exp_of_nonpositive(-d.abs());
        let likely = 1.0 / (1.0 + e);
        let other = e * likely;
        zero[i] = if d > 0.0 { other } else { likely };
        one[i] = if d > 0.0 { likely } else { other };
    }
}

/// Quantal response among several: z, strip by strip, becomes the probabilities; leaves the largest z and the sum of
/// exponentials.
#[inline(always)]
pub(super) fn respond(z: &mut [f64], actions: usize, n: usize, top: &mut [f64], sum: &mut [f64]) {
    let (top, sum) = (&mut top[..n], &mut sum[..n]);
    top.copy_from_slice(&z[..n]);
    for z in z.chunks_exact(STRIP).take(actions).skip(1) {
        let z = &z[..n];
        for i in 0..n {
            top[i] = if z[i] > top[i] { z[i] } else { top[i] };
        }
    }
    sum.fill(0.0);
    for z in z.chunks_exact_mut(STRIP).take(actions) {
        let z = &mut z[..n];
        for i in 0..n {
            z[i] = exp_of_nonpositive(z[i] - top[i]);
            sum[i] += z[i];
        }
    }
    for z in z.chunks_exact_mut(STRIP).take(actions) {
        let z = &mut z[..n];
        for i in 0..n {
            z[i] /= sum[i];
        }
    }
}

/// Best response: z, strip by strip, becomes the probabilities, ties shared equally; leaves the largest z and the
/// number of best actions.
pub(super) fn best(z: &mut [f64], actions: usize, n: usize, top: &mut [f64], sum: &mut [f64]) {
    for i in 0..n {
        let own = |a: usize| a * STRIP + i;
        top[i] = (0..actions).map(|a| z[own(a)]).fold(f64::NEG_INFINITY, f64::max);
        let tie = 1e-12 * f64::max(1.0, top[i].abs());
        (0..actions).for_each(|a| z[own(a)] = if top[i] - z[own(a)] <= tie { 1.0 } else { 0.0 });
        sum[i] = (0..actions).map(|a| z[own(a)]).sum();
        (0..actions).for_each(|a| z[own(a)] /= sum[i]);
    }
}
