//! Values expected after each profile: a dense matrix times a few columns.

use pulp::{Arch, Simd, WithSimd};

/// Columns taken together, so that what is read of a row is used several times.
const COLUMNS: usize = 4;

/// For each row of a matrix and each column, their product: `to[column · rows + row]`.
pub(super) fn expect(arch: Arch, rows: &[f64], columns: &[f64], length: usize, to: &mut [f64]) {
    arch.dispatch(Expect { rows, columns, length, to });
}

struct Expect<'a> {
    rows: &'a [f64],
    columns: &'a [f64],
    length: usize,
    to: &'a mut [f64],
}

impl WithSimd for Expect<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Expect { rows, columns, length, to } = self;
        let count = rows.len() / length;
        for (k, columns) in columns.chunks(COLUMNS * length).enumerate() {
            let to = &mut to[k * COLUMNS * count..];
            match columns.len() / length {
                1 => strip::<S, 1>(simd, rows, columns, length, to),
                2 => strip::<S, 2>(simd, rows, columns, length, to),
                3 => strip::<S, 3>(simd, rows, columns, length, to),
                _ => strip::<S, COLUMNS>(simd, rows, columns, length, to),
            }
        }
    }
}

/// All rows times K columns.
#[inline(always)]
fn strip<S: Simd, const K: usize>(simd: S, rows: &[f64], columns: &[f64], length: usize, to: &mut [f64]) {
    let count = rows.len() / length;
    let mut parts = [(&[] as &[S::f64s], &[] as &[f64]); K];
    for k in 0..K {
        parts[k] = S::as_simd_f64s(&columns[k * length..][..length]);
    }
    let mut row = 0;
    while row + 2 <= count {
        let (first, second) = rows[row * length..][..2 * length].split_at(length);
        let products = products::<S, 2, K>(simd, [first, second], &parts);
        for k in 0..K {
            to[k * count + row] = products[0][k];
            to[k * count + row + 1] = products[1][k];
        }
        row += 2;
    }
    if row < count {
        let products = products::<S, 1, K>(simd, [&rows[row * length..][..length]], &parts);
        for k in 0..K {
            to[k * count + row] = products[0][k];
        }
    }
}

/// Inner products of R rows and K columns, which come as whole vectors and what is left over.
#[inline(always)]
fn products<S: Simd, const R: usize, const K: usize>(
    simd: S,
    rows: [&[f64]; R],
    columns: &[(&[S::f64s], &[f64]); K],
) -> [[f64; K]; R] {
    let mut parts = [(&[] as &[S::f64s], &[] as &[f64]); R];
    for r in 0..R {
        parts[r] = S::as_simd_f64s(rows[r]);
    }
    let mut sums = [[simd.splat_f64s(0.0); K]; R];
    for at in 0..parts[0].0.len() {
        for r in 0..R {
            let row = parts[r].0[at];
            for k in 0..K {
                sums[r][k] = simd.mul_add_f64s(row, columns[k].0[at], sums[r][k]);
            }
        }
    }
    let mut products = [[0.0; K]; R];
    for r in 0..R {
        for k in 0..K {
            let mut sum = simd.reduce_sum_f64s(sums[r][k]);
            for (x, y) in parts[r].1.iter().zip(columns[k].1) {
                sum += x * y;
            }
            products[r][k] = sum;
        }
    }
    products
}

/// Adds a multiple of a row to another.
pub(super) fn add(arch: Arch, weight: f64, row: &[f64], to: &mut [f64]) {
    arch.dispatch(Add { weight, row, to });
}

struct Add<'a> {
    weight: f64,
    row: &'a [f64],
    to: &'a mut [f64],
}

impl WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (to, x) in self.to.iter_mut().zip(self.row) {
            *to += self.weight * x;
        }
    }
}
