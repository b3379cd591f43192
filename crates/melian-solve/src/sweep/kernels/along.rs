//! From one vector to the next along a strip.

use pulp::{Simd, WithSimd};

/// What is made of the numbers of a state: `C` results, of their values before, of `W` weights that they share, and of
/// `K` numbers each.
pub(super) trait Cell<const W: usize, const K: usize, const C: usize> {
    /// Whether results do not hang on what was there before.
    fn is_anew(&self) -> bool {
        true
    }

    /// The results for as many neighbouring states as a vector holds.
    fn at<S: Simd>(
        &self,
        simd: S,
        before: [S::f64s; C],
        weights: [S::f64s; W],
        x: [[S::f64s; K]; C],
    ) -> [S::f64s; C];
}

/// A cell for all states of a strip, which is as long as its first result.
pub(super) struct Along<'a, F, const W: usize, const K: usize, const C: usize> {
    pub cell: F,
    pub out: [&'a mut [f64]; C],
    pub weights: [&'a [f64]; W],
    pub x: [[&'a [f64]; K]; C],
}

impl<F: Cell<W, K, C>, const W: usize, const K: usize, const C: usize> WithSimd for Along<'_, F, W, K, C> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Along { cell, mut out, weights, x } = self;
        let n = out[0].len();
        let whole = n / S::F64_LANES;
        let none = simd.splat_f64s(0.0);
        let (mut before, mut w, mut values) = ([none; C], [none; W], [[none; K]; C]);
        {
            let out = vectors_mut::<S, C>(&mut out, n);
            let mut all_weights = [&[][..]; W];
            for k in 0..W {
                all_weights[k] = vectors::<S>(weights[k], n);
            }
            let x = all_vectors::<S, K, C>(&x, n);
            for i in 0..whole {
                for k in 0..W {
                    w[k] = all_weights[k][i];
                }
                for c in 0..C {
                    before[c] = out[c][i];
                    for k in 0..K {
                        values[c][k] = x[c][k][i];
                    }
                }
                let results = cell.at(simd, before, w, values);
                for c in 0..C {
                    out[c][i] = results[c];
                }
            }
        }
        let rest = rest::<S>(n, cell.is_anew());
        if rest < n {
            for k in 0..W {
                w[k] = load(simd, &weights[k][rest..n]);
            }
            for c in 0..C {
                before[c] = load(simd, &out[c][rest..n]);
                for k in 0..K {
                    values[c][k] = load(simd, &x[c][k][rest..n]);
                }
            }
            let results = cell.at(simd, before, w, values);
            for c in 0..C {
                store(simd, &mut out[c][rest..n], results[c]);
            }
        }
    }
}

/// Where the vector begins that has what is left over of `n` numbers: it is filled with some of those before, unless they
/// must not be written again or there are not enough.
#[inline(always)]
pub(super) fn rest<S: Simd>(n: usize, again: bool) -> usize {
    let over = n % S::F64_LANES;
    if over > 0 && again && n > S::F64_LANES { n - S::F64_LANES } else { n - over }
}

/// The whole vectors among the first `n` numbers.
#[inline(always)]
pub(super) fn vectors<S: Simd>(numbers: &[f64], n: usize) -> &[S::f64s] {
    S::as_simd_f64s(&numbers[..n]).0
}

#[inline(always)]
pub(super) fn all_vectors<'a, S: Simd, const K: usize, const C: usize>(
    x: &[[&'a [f64]; K]; C],
    n: usize,
) -> [[&'a [S::f64s]; K]; C] {
    let mut all = [[&[][..]; K]; C];
    for c in 0..C {
        for k in 0..K {
            all[c][k] = vectors::<S>(x[c][k], n);
        }
    }
    all
}

#[inline(always)]
pub(super) fn vectors_mut<'a, S: Simd, const C: usize>(
    out: &'a mut [&mut [f64]; C],
    n: usize,
) -> [&'a mut [S::f64s]; C] {
    let mut all: [&mut [S::f64s]; C] = std::array::from_fn(|_| &mut [][..]);
    for (all, out) in all.iter_mut().zip(out) {
        *all = S::as_mut_simd_f64s(&mut out[..n]).0;
    }
    all
}

/// At most a vector's numbers.
#[inline(always)]
pub(super) fn load<S: Simd>(simd: S, numbers: &[f64]) -> S::f64s {
    match S::as_simd_f64s(numbers).0 {
        [vector] => *vector,
        _ => simd.partial_load_f64s(numbers),
    }
}

/// At most a vector's numbers.
#[inline(always)]
pub(super) fn store<S: Simd>(simd: S, numbers: &mut [f64], vector: S::f64s) {
    match S::as_mut_simd_f64s(numbers).0 {
        [place] => *place = vector,
        _ => simd.partial_store_f64s(numbers, vector),
    }
}
