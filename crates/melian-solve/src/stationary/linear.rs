//! Linear equations in I − F′: by the map's own factors, by dense elimination, or by GMRES.

use crate::stationary::{Inverse, Lost, work::Work};
use faer::{
    Mat,
    linalg::solvers::{PartialPivLu, Solve},
};

/// A way to divide by I − F′ at the last point.
pub(super) enum Linear {
    /// Factors.
    Direct(Box<dyn Inverse>),
    /// Products with F′ only.
    Products,
}

impl Linear {
    /// The way for this map: factors if it has its own or is small.
    pub fn of(work: &mut Work<'_>) -> Result<Linear, Lost> {
        Linear::up_to(work, work.effort.dense)
    }

    /// The way for this map, with factors from tangents up to this size.
    pub fn up_to(work: &mut Work<'_>, size: usize) -> Result<Linear, Lost> {
        if let Some(inverse) = work.map.inverse() {
            return Ok(Linear::Direct(inverse));
        }
        if work.size > size {
            return Ok(Linear::Products);
        }
        Ok(Linear::Direct(Box::new(Factors::of(&derivative(work)?))))
    }

    /// The d with d − F′·d = r, and its residual relative to r: `close` or less, unless it is not to be had.
    pub fn solve(&self, work: &mut Work<'_>, r: &[f64], close: f64) -> Result<(Vec<f64>, f64), Lost> {
        match self {
            Linear::Direct(inverse) => {
                let mut d = r.to_vec();
                inverse.solve(&mut d);
                let off = if d.iter().all(|d| d.is_finite()) { 0.0 } else { f64::INFINITY };
                Ok((d, off))
            }
            Linear::Products => gmres(work, r, close),
        }
    }
}

/// F′ as a matrix.
pub(super) fn derivative(work: &mut Work<'_>) -> Result<Mat<f64>, Lost> {
    let n = work.size;
    let (mut unit, mut column) = (vec![0.0; n], vec![0.0; n]);
    let mut matrix = Mat::zeros(n, n);
    for j in 0..n {
        unit[j] = 1.0;
        work.tangent(&unit, &mut column)?;
        unit[j] = 0.0;
        matrix.col_as_slice_mut(j).copy_from_slice(&column);
    }
    Ok(matrix)
}

/// I − F′ factored by elimination with pivots.
pub(crate) struct Factors {
    lu: PartialPivLu<f64>,
    sign: f64,
}

impl Factors {
    /// Of the matrix F′.
    pub fn of(derivative: &Mat<f64>) -> Factors {
        let n = derivative.nrows();
        Factors::of_matrix(&Mat::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - derivative[(i, j)]))
    }

    /// Of the matrix itself.
    pub fn of_matrix(matrix: &Mat<f64>) -> Factors {
        let lu = matrix.partial_piv_lu();
        let (u, order) = (lu.U(), lu.P().arrays().0);
        let mut sign: f64 =
            (0..matrix.nrows()).map(|i| u[(i, i)].signum() * f64::from(u8::from(u[(i, i)] != 0.0))).product();
        // Each cycle of even length is an odd permutation.
        let mut seen = vec![false; order.len()];
        for first in 0..order.len() {
            let (mut at, mut length) = (first, 0);
            while !seen[at] {
                seen[at] = true;
                at = order[at];
                length += 1;
            }
            if length > 0 && length % 2 == 0 {
                sign = -sign;
            }
        }
        Factors { lu, sign }
    }

    /// Number of unknowns.
    pub fn size(&self) -> usize {
        self.lu.U().nrows()
    }
}

impl Inverse for Factors {
    fn solve(&self, r: &mut [f64]) {
        let n = r.len();
        self.lu.solve_in_place(faer::MatMut::from_column_major_slice_mut(r, n, 1));
    }

    fn sign(&self) -> f64 {
        self.sign
    }
}

/// Directions kept before GMRES begins anew.
const DIRECTIONS: usize = 30;
/// How often it begins.
const ROUNDS: usize = 6;

/// The generalized minimal residual method (Saad and Schultz 1986) on d − F′·d = r, in players' units; and the residual
/// that is left, relative to r.
fn gmres(work: &mut Work<'_>, r: &[f64], close: f64) -> Result<(Vec<f64>, f64), Lost> {
    let n = work.size;
    let whole = work.norm(r);
    let goal = close * whole;
    let mut d = vec![0.0; n];
    let mut left = r.to_vec();
    for _ in 0..ROUNDS {
        let length = work.norm(&left);
        if length <= goal {
            break;
        }
        let mut basis = vec![scaled(&left, 1.0 / length)];
        let mut triangle: Vec<Vec<f64>> = Vec::new();
        let mut turns: Vec<(f64, f64)> = Vec::new();
        let mut right = vec![length];
        while basis.len() <= DIRECTIONS && right[right.len() - 1].abs() > goal {
            let last = &basis[basis.len() - 1];
            let mut next = vec![0.0; n];
            work.tangent(last, &mut next)?;
            next.iter_mut().zip(last).for_each(|(next, last)| *next = last - *next);
            let (mut column, added) = orthogonal(work, &basis, &mut next, ROUND_OFF);
            for (i, (c, s)) in turns.iter().enumerate() {
                let (above, below) = (column[i], column[i + 1]);
                (column[i], column[i + 1]) = (c * above + s * below, c * below - s * above);
            }
            let last = column.len() - 1;
            let size = column[last].hypot(added);
            if size == 0.0 {
                break;
            }
            let (c, s) = (column[last] / size, added / size);
            column[last] = size;
            turns.push((c, s));
            triangle.push(column);
            let top = right[last];
            right[last] = c * top;
            right.push(-s * top);
            if added == 0.0 {
                break;
            }
            next.iter_mut().for_each(|x| *x /= added);
            basis.push(next);
        }
        let mut share: Vec<f64> = right[..triangle.len()].to_vec();
        for column in (0..share.len()).rev() {
            share[column] /= triangle[column][column];
            for row in 0..column {
                share[row] -= triangle[column][row] * share[column];
            }
        }
        for (share, b) in share.iter().zip(&basis) {
            d.iter_mut().zip(b).for_each(|(d, b)| *d += share * b);
        }
        work.tangent(&d, &mut left)?;
        for ((left, d), r) in left.iter_mut().zip(&d).zip(r) {
            *left += r - d;
        }
    }
    let off = if whole > 0.0 { work.norm(&left) / whole } else { 0.0 };
    Ok((d, if off.is_nan() { f64::INFINITY } else { off }))
}

/// What is left of a vector counts as nothing below this share of it.
pub(super) const ROUND_OFF: f64 = 1e-14;

/// Takes the directions of a basis out of a vector, twice; how much of each there was, and what is left of its length,
/// zero if it is less than a share `least`.
pub(super) fn orthogonal(work: &Work<'_>, basis: &[Vec<f64>], x: &mut [f64], least: f64) -> (Vec<f64>, f64) {
    let before = work.norm(x);
    let mut along = vec![0.0; basis.len()];
    for _ in 0..2 {
        for (b, along) in basis.iter().zip(&mut along) {
            let part = work.dot(b, x);
            *along += part;
            x.iter_mut().zip(b).for_each(|(x, b)| *x -= part * b);
        }
    }
    let left = work.norm(x);
    (along, if left > least * before { left } else { 0.0 })
}

fn scaled(x: &[f64], by: f64) -> Vec<f64> {
    x.iter().map(|x| by * x).collect()
}
