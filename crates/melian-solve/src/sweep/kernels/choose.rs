//! Quantal response, and what it makes of the values of actions.
//!
//! ```text
//! σ_a = e^(z_a − max z) / Σ_b e^(z_b − max z),   z_a = λ·Q_a + bar_a
//! ```

use crate::sweep::{
    exp::exp_of_nonpositive,
    kernels::along::{all_vectors, load, rest, store, vectors_mut},
    kernels::mix::{add_up, columns, values},
    kernels::{APART, TOGETHER},
};
use pulp::{Arch, Simd, WithSimd};

/// Among at most so many actions, response and the mixture of several columns are made in one loop.
pub(in crate::sweep) const MANY: usize = 9;

/// A choice among `A` actions, for `C` columns of which the first is the mover's.
struct Choice<'a, const A: usize, const C: usize> {
    out: [&'a mut [f64]; C],
    x: [[&'a [f64]; A]; C],
    /// What the mover is paid for each action on top of its values.
    plus: [f64; A],
    /// 0, or −∞ for an action that is not available.
    bar: [f64; A],
    lambda: f64,
    /// Where probabilities go, strip by strip.
    chosen: Option<&'a mut [f64]>,
}

impl<const A: usize, const C: usize> WithSimd for Choice<'_, A, C> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Choice { mut out, x, plus, bar, lambda, chosen } = self;
        let n = out[0].len();
        let lanes = S::F64_LANES;
        let (keep, chosen) = (chosen.is_some(), chosen.unwrap_or(&mut []));
        let none = simd.splat_f64s(0.0);
        let mut values = [[none; A]; C];
        {
            let out = vectors_mut::<S, C>(&mut out, n);
            let x = all_vectors::<S, A, C>(&x, n);
            for i in 0..n / lanes {
                for c in 0..C {
                    for a in 0..A {
                        values[c][a] = x[c][a][i];
                    }
                }
                let (p, results) = respond_and_add_up(simd, values, plus, bar, lambda);
                for c in 0..C {
                    out[c][i] = results[c];
                }
                if keep {
                    for a in 0..A {
                        store(simd, &mut chosen[a * APART + i * lanes..][..lanes], p[a]);
                    }
                }
            }
        }
        let rest = rest::<S>(n, true);
        if rest < n {
            for c in 0..C {
                for a in 0..A {
                    values[c][a] = load(simd, &x[c][a][rest..n]);
                }
            }
            let (p, results) = respond_and_add_up(simd, values, plus, bar, lambda);
            for c in 0..C {
                store(simd, &mut out[c][rest..n], results[c]);
            }
            if keep {
                for a in 0..A {
                    store(simd, &mut chosen[a * APART + rest..a * APART + n], p[a]);
                }
            }
        }
    }
}

/// The response to the first column's values, more what is paid, and the mixture of all columns.
#[inline(always)]
fn respond_and_add_up<S: Simd, const A: usize, const C: usize>(
    simd: S,
    mut values: [[S::f64s; A]; C],
    plus: [f64; A],
    bar: [f64; A],
    lambda: f64,
) -> ([S::f64s; A], [S::f64s; C]) {
    for a in 0..A {
        values[0][a] = simd.add_f64s(values[0][a], simd.splat_f64s(plus[a]));
    }
    let p = response(simd, values[0], bar, lambda);
    (p, add_up(simd, [simd.splat_f64s(0.0); C], p, values))
}

/// The response to values of actions.
#[inline(always)]
fn response<S: Simd, const A: usize>(simd: S, q: [S::f64s; A], bar: [f64; A], lambda: f64) -> [S::f64s; A] {
    let lambda = simd.splat_f64s(lambda);
    let one = simd.splat_f64s(1.0);
    let mut z = q;
    for a in 0..A {
        z[a] = simd.mul_add_f64s(lambda, q[a], simd.splat_f64s(bar[a]));
    }
    if A == 2 {
        // One exponential, of −|z₁ − z₀|, is enough.
        let second = simd.less_than_f64s(z[0], z[1]);
        let less = simd.select_f64s(second, simd.sub_f64s(z[0], z[1]), simd.sub_f64s(z[1], z[0]));
        let e = exp_of_nonpositive(simd, less);
        let likely = simd.div_f64s(one, simd.add_f64s(one, e));
        let other = simd.mul_f64s(e, likely);
        z[0] = simd.select_f64s(second, other, likely);
        z[1] = simd.select_f64s(second, likely, other);
        return z;
    }
    let mut top = z[0];
    for a in 1..A {
        top = simd.select_f64s(simd.less_than_f64s(top, z[a]), z[a], top);
    }
    let mut sum = simd.splat_f64s(0.0);
    for a in 0..A {
        z[a] = exp_of_nonpositive(simd, simd.sub_f64s(z[a], top));
        sum = simd.add_f64s(sum, z[a]);
    }
    let each = simd.div_f64s(one, sum);
    for a in 0..A {
        z[a] = simd.mul_f64s(z[a], each);
    }
    z
}

/// What the mover sees of an action: its values, and what is paid on top, and 0 or −∞ if it is barred.
#[derive(Clone, Copy)]
pub(in crate::sweep) struct Menu<'a> {
    pub plus: &'a [f64],
    pub bar: &'a [f64],
    pub lambda: f64,
}

/// Quantal response among 2 to [`MANY`] actions to the first of at most [`TOGETHER`] columns, and the mixture of all of
/// them: out. Probabilities are kept if there is a place for them. The values of one action in all columns stand
/// together in `x`.
pub(in crate::sweep) fn choose(
    arch: Arch,
    out: &mut [&mut [f64]],
    x: &[&[f64]],
    menu: Menu,
    chosen: Option<&mut [f64]>,
) {
    macro_rules! run {
        ($actions:literal, $columns:literal) => {
            arch.dispatch(Choice::<$actions, $columns> {
                out: columns(out),
                x: values(x),
                plus: std::array::from_fn(|a| menu.plus[a]),
                bar: std::array::from_fn(|a| menu.bar[a]),
                lambda: menu.lambda,
                chosen,
            })
        };
    }
    match (menu.bar.len(), out.len()) {
        (2, 1) => run!(2, 1),
        (2, 2) => run!(2, 2),
        (2, 3) => run!(2, 3),
        (2, 4) => run!(2, 4),
        (3, 1) => run!(3, 1),
        (3, 2) => run!(3, 2),
        (3, 3) => run!(3, 3),
        (3, 4) => run!(3, 4),
        (4, 1) => run!(4, 1),
        (4, 2) => run!(4, 2),
        (4, 3) => run!(4, 3),
        (4, 4) => run!(4, 4),
        (5, 1) => run!(5, 1),
        (5, 2) => run!(5, 2),
        (5, 3) => run!(5, 3),
        (5, 4) => run!(5, 4),
        (6, 1) => run!(6, 1),
        (6, 2) => run!(6, 2),
        (6, 3) => run!(6, 3),
        (6, 4) => run!(6, 4),
        (7, 1) => run!(7, 1),
        (7, 2) => run!(7, 2),
        (7, 3) => run!(7, 3),
        (7, 4) => run!(7, 4),
        (8, 1) => run!(8, 1),
        (8, 2) => run!(8, 2),
        (8, 3) => run!(8, 3),
        (8, 4) => run!(8, 4),
        (9, 1) => run!(9, 1),
        (9, 2) => run!(9, 2),
        (9, 3) => run!(9, 3),
        (9, 4) => run!(9, 4),
        (actions, columns) => unreachable!("{actions} actions, {columns} columns, at most {TOGETHER}"),
    }
}

/// A choice among any number of actions.
struct AmongAny<'a> {
    z: &'a mut [f64],
    actions: usize,
    top: &'a mut [f64],
    sum: &'a mut [f64],
}

impl WithSimd for AmongAny<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let AmongAny { z, actions, top, sum } = self;
        let n = top.len();
        for begin in (0..n).step_by(S::F64_LANES) {
            let end = n.min(begin + S::F64_LANES);
            let own = |a: usize| a * APART + begin..a * APART + end;
            let mut most = load(simd, &z[own(0)]);
            for a in 1..actions {
                let z = load(simd, &z[own(a)]);
                most = simd.select_f64s(simd.less_than_f64s(most, z), z, most);
            }
            let mut total = simd.splat_f64s(0.0);
            for a in 0..actions {
                let z = &mut z[own(a)];
                let e = exp_of_nonpositive(simd, simd.sub_f64s(load(simd, z), most));
                total = simd.add_f64s(total, e);
                store(simd, z, e);
            }
            let each = simd.div_f64s(simd.splat_f64s(1.0), total);
            for a in 0..actions {
                let z = &mut z[own(a)];
                store(simd, z, simd.mul_f64s(load(simd, z), each));
            }
            store(simd, &mut top[begin..end], most);
            store(simd, &mut sum[begin..end], total);
        }
    }
}

/// Quantal response among any number of actions: z, strip by strip, becomes the probabilities; leaves the largest z and
/// the sum of exponentials.
pub(in crate::sweep) fn respond(
    arch: Arch,
    z: &mut [f64],
    actions: usize,
    n: usize,
    top: &mut [f64],
    sum: &mut [f64],
) {
    arch.dispatch(AmongAny { z, actions, top: &mut top[..n], sum: &mut sum[..n] });
}

/// Best response: z, strip by strip, becomes the probabilities, ties shared equally; leaves the largest z and the
/// number of best actions.
pub(in crate::sweep) fn best(z: &mut [f64], actions: usize, n: usize, top: &mut [f64], sum: &mut [f64]) {
    for i in 0..n {
        let own = |a: usize| a * APART + i;
        top[i] = (0..actions).map(|a| z[own(a)]).fold(f64::NEG_INFINITY, f64::max);
        let tie = 1e-12 * f64::max(1.0, top[i].abs());
        (0..actions).for_each(|a| z[own(a)] = if top[i] - z[own(a)] <= tie { 1.0 } else { 0.0 });
        sum[i] = (0..actions).map(|a| z[own(a)]).sum();
        (0..actions).for_each(|a| z[own(a)] /= sum[i]);
    }
}
