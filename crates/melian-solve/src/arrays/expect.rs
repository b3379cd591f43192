//! Values expected after each profile: a dense matrix times a few columns.

use pulp::Arch;

/// Numbers added up side by side.
const LANES: usize = 16;

/// Inner product; the order of addition is fixed.
#[inline(always)]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (x, x_rest) = x.as_chunks::<LANES>();
    let (y, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in x.iter().zip(y) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

/// For each row of a matrix and each column, their product: `to[column · rows + row]`.
pub(super) fn expect(arch: Arch, rows: &[f64], columns: &[f64], length: usize, to: &mut [f64]) {
    let count = rows.len() / length;
    arch.dispatch(
        #[inline(always)]
        || {
            for (row, x) in rows.chunks_exact(length).enumerate() {
                for (column, y) in columns.chunks_exact(length).enumerate() {
                    to[column * count + row] = dot(x, y);
                }
            }
        },
    );
}

/// Adds a multiple of a row to another.
pub(super) fn add(arch: Arch, weight: f64, row: &[f64], to: &mut [f64]) {
    arch.dispatch(
        #[inline(always)]
        || to.iter_mut().zip(row).for_each(|(to, x)| *to += weight * x),
    );
}
