//! How parameters hang together over the plausible worlds.
//!
//! A rank correlation ρ (Spearman's) says nothing of the parameters' own laws, so it can be asked of any of them. It is
//! brought about by a Gaussian copula: standard normal numbers z with the correlation
//!
//! ```text
//! r = 2 sin(π ρ / 6)                                                  (1)
//! ```
//!
//! for each pair that is named and 0 for every other one, of which each parameter takes the quantile of its own law at
//! Φ(z). Then the rank correlation of two parameters is ρ exactly. (1) is Pearson's (1907), proved by Hotelling and Pabst
//! (1936); to give a sample a rank correlation through normal scores is the idea of Iman and Conover (1982), who
//! rearrange a sample where we say what it is drawn from.
//!
//! Not every table of correlations belongs to random numbers: that of the z must be positive definite, which is that
//! it has a Cholesky factor.

use std::f64::consts::PI;

use crate::{Model, ParamId, Span};

/// A factor whose diagonal entry has a square below this is taken not to exist.
const LEAST_SQUARE: f64 = 1e-10;

/// `correlate a, b, c by 0.6`: the same rank correlation between any two of a group.
#[derive(Clone, PartialEq, Debug)]
pub struct Correlation {
    /// The group: at least two, all different, each with a range.
    pub params: Vec<ParamId>,
    /// Spearman's rank correlation, strictly between −1 and 1.
    pub by: f64,
    /// Where it was written.
    pub span: Span,
}

impl Correlation {
    /// The correlation r of the normal numbers behind two of the group, by (1).
    pub fn normal(&self) -> f64 {
        2.0 * (PI * self.by / 6.0).sin()
    }

    /// What the rank correlation of a group of this size must exceed if nothing else is correlated: the z need
    /// r > −1/(k − 1).
    pub fn least(size: usize) -> f64 {
        6.0 / PI * (-0.5 / (size.max(2) - 1) as f64).asin()
    }
}

/// The normal numbers that correlated parameters are drawn by.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Copula {
    /// The parameters that are correlated with some other, each once, in order of declaration.
    pub params: Vec<ParamId>,
    /// The lower Cholesky factor L of the matrix of r, row by row: row i has i + 1 entries. With independent standard
    /// normal e, z = L e has the correlations asked for: z_i = Σ_{j ≤ i} L_ij e_j, of variance 1.
    pub factor: Vec<Vec<f64>>,
}

impl Model {
    /// The copula of all correlations; empty if nothing is correlated, `None` if no random numbers have them all: the
    /// matrix is not positive definite. Of a pair that is named twice the last one counts, which the language refuses.
    pub fn copula(&self) -> Option<Copula> {
        copula(&self.correlations)
    }
}

/// The copula of some correlations: see [`Model::copula`].
pub fn copula(correlations: &[Correlation]) -> Option<Copula> {
    let mut params: Vec<ParamId> = correlations.iter().flat_map(|c| c.params.iter().copied()).collect();
    params.sort_unstable();
    params.dedup();
    let mut matrix: Vec<Vec<f64>> = (0..params.len()).map(|i| vec![0.0; i + 1]).collect();
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for correlation in correlations {
        let places: Vec<usize> =
            correlation.params.iter().filter_map(|p| params.binary_search(p).ok()).collect();
        for (n, &a) in places.iter().enumerate() {
            for &b in places[..n].iter().filter(|b| **b != a) {
                matrix[a.max(b)][a.min(b)] = correlation.normal();
            }
        }
    }
    Some(Copula { params, factor: cholesky(matrix)? })
}

/// The lower Cholesky factor of a symmetric matrix given by its lower rows; `None` if it is not positive definite.
fn cholesky(mut rows: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    for i in 0..rows.len() {
        let (above, below) = rows.split_at_mut(i);
        let row = &mut below[0];
        for j in 0..i {
            let dot: f64 = row[..j].iter().zip(&above[j]).map(|(a, b)| a * b).sum();
            row[j] = (row[j] - dot) / above[j][j];
        }
        let left = row[i] - row[..i].iter().map(|x| x * x).sum::<f64>();
        if left.is_nan() || left <= LEAST_SQUARE {
            return None;
        }
        row[i] = left.sqrt();
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::{Correlation, copula};
    use crate::{ParamId, Span};

    fn group(params: &[usize], by: f64) -> Correlation {
        Correlation { params: params.iter().copied().map(ParamId).collect(), by, span: Span::NONE }
    }

    #[test]
    fn the_factor_gives_the_matrix_back() {
        let groups = [group(&[4, 1, 2], 0.6), group(&[7, 1], -0.3)];
        let copula = copula(&groups).unwrap();
        assert_eq!(copula.params, [1, 2, 4, 7].map(ParamId));
        let r = |i: usize, j: usize| -> f64 {
            copula.factor[i].iter().zip(&copula.factor[j]).map(|(a, b)| a * b).sum()
        };
        let (close, far) = (groups[0].normal(), groups[1].normal());
        let expected = [
            [1.0, close, close, far],
            [close, 1.0, close, 0.0],
            [close, close, 1.0, 0.0],
            [far, 0.0, 0.0, 1.0],
        ];
        for (i, row) in expected.iter().enumerate() {
            for (j, x) in row.iter().enumerate() {
                assert!((r(i, j) - x).abs() < 1e-15, "{i}, {j}: {} for {x}", r(i, j));
            }
        }
    }

    #[test]
    fn a_group_repels_each_other_only_so_much() {
        for size in 2..8 {
            let all: Vec<usize> = (0..size).collect();
            let least = Correlation::least(size);
            assert!(copula(&[group(&all, least + 1e-6)]).is_some(), "{size}");
            assert!(copula(&[group(&all, least - 1e-6)]).is_none(), "{size}");
        }
    }

    #[test]
    fn nothing_correlated_is_empty_and_a_friend_of_both_sides_impossible() {
        assert_eq!(copula(&[]).unwrap().params, []);
        let pairs = [group(&[0, 1], 0.6), group(&[1, 2], 0.6), group(&[0, 2], -0.5)];
        assert!(copula(&pairs[..2]).is_some());
        assert!(copula(&pairs).is_none());
        assert!(copula(&[group(&[0, 1], f64::NAN)]).is_none());
    }
}
