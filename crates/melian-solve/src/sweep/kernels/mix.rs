//! Weighted sums.

use crate::sweep::kernels::{
    TERMS, TOGETHER,
    along::{Along, Cell},
};
use pulp::{Arch, Simd};

/// Σ w·x, with weights for each state.
struct Mixture {
    /// Whether the sum begins with 0, or with what was there.
    first: bool,
}

/// Σ w·x, with the same weights for all states.
struct Blend<const K: usize> {
    weights: [f64; K],
    first: bool,
}

impl<const K: usize, const C: usize> Cell<K, K, C> for Mixture {
    fn is_anew(&self) -> bool {
        self.first
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        before: [S::f64s; C],
        weights: [S::f64s; K],
        x: [[S::f64s; K]; C],
    ) -> [S::f64s; C] {
        add_up(simd, if self.first { [simd.splat_f64s(0.0); C] } else { before }, weights, x)
    }
}

impl<const K: usize, const C: usize> Cell<0, K, C> for Blend<K> {
    fn is_anew(&self) -> bool {
        self.first
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        before: [S::f64s; C],
        _: [S::f64s; 0],
        x: [[S::f64s; K]; C],
    ) -> [S::f64s; C] {
        let mut weights = [simd.splat_f64s(0.0); K];
        for k in 0..K {
            weights[k] = simd.splat_f64s(self.weights[k]);
        }
        add_up(simd, if self.first { [simd.splat_f64s(0.0); C] } else { before }, weights, x)
    }
}

/// The sum begins with 0 or with what was there, so that a zero is never negative.
#[inline(always)]
pub(super) fn add_up<S: Simd, const K: usize, const C: usize>(
    simd: S,
    mut total: [S::f64s; C],
    weights: [S::f64s; K],
    x: [[S::f64s; K]; C],
) -> [S::f64s; C] {
    for c in 0..C {
        for k in 0..K {
            total[c] = simd.mul_add_f64s(weights[k], x[c][k], total[c]);
        }
    }
    total
}

/// Runs `$run::<K, C>` for numbers of terms and columns that are known only now.
macro_rules! by_size {
    ($terms:expr, $columns:expr, $run:ident) => {
        match ($terms, $columns) {
            (1, 1) => $run!(1, 1),
            (1, 2) => $run!(1, 2),
            (1, 3) => $run!(1, 3),
            (1, 4) => $run!(1, 4),
            (2, 1) => $run!(2, 1),
            (2, 2) => $run!(2, 2),
            (2, 3) => $run!(2, 3),
            (2, 4) => $run!(2, 4),
            (3, 1) => $run!(3, 1),
            (3, 2) => $run!(3, 2),
            (3, 3) => $run!(3, 3),
            (3, 4) => $run!(3, 4),
            (4, 1) => $run!(4, 1),
            (4, 2) => $run!(4, 2),
            (4, 3) => $run!(4, 3),
            (4, 4) => $run!(4, 4),
            (terms, columns) => {
                unreachable!("{terms} terms, at most {TERMS}; {columns} columns, at most {TOGETHER}")
            }
        }
    };
}

/// out = Σ weight · x for at most [`TOGETHER`] columns and [`TERMS`] terms, added to what was there unless they are
/// the first. The values of one term in all columns stand together in `x`.
pub(in crate::sweep) fn mix_each(
    arch: Arch,
    out: &mut [&mut [f64]],
    weights: &[&[f64]],
    x: &[&[f64]],
    first: bool,
) {
    macro_rules! run {
        ($terms:literal, $columns:literal) => {
            arch.dispatch(Along {
                cell: Mixture { first },
                out: columns::<$columns>(out),
                weights: std::array::from_fn::<_, $terms, _>(|k| weights[k]),
                x: values::<$terms, $columns>(x),
            })
        };
    }
    by_size!(weights.len(), out.len(), run);
}

/// The same with weights that all states share.
pub(in crate::sweep) fn mix_all(
    arch: Arch,
    out: &mut [&mut [f64]],
    weights: &[f64],
    x: &[&[f64]],
    first: bool,
) {
    macro_rules! run {
        ($terms:literal, $columns:literal) => {
            arch.dispatch(Along {
                cell: Blend { weights: std::array::from_fn::<_, $terms, _>(|k| weights[k]), first },
                out: columns::<$columns>(out),
                weights: [],
                x: values::<$terms, $columns>(x),
            })
        };
    }
    by_size!(weights.len(), out.len(), run);
}

/// As an array.
pub(super) fn columns<'a, const C: usize>(out: &'a mut [&mut [f64]]) -> [&'a mut [f64]; C] {
    let mut out = out.iter_mut();
    std::array::from_fn(|_| out.next().map_or(&mut [][..], |out| &mut **out))
}

/// As an array for each column.
pub(super) fn values<'a, const K: usize, const C: usize>(x: &[&'a [f64]]) -> [[&'a [f64]; K]; C] {
    std::array::from_fn(|c| std::array::from_fn(|k| x[k * C + c]))
}
