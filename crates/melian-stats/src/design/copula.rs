//! Rank correlation by a Gaussian copula: each parameter keeps its own law.

use super::law::{normal_quantile, normal_share};

/// Correlation of some coordinates of a point.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Copula {
    /// Which coordinates, each once.
    pub coordinates: Vec<usize>,
    /// Lower Cholesky factor of the correlation matrix of their normal scores: row `i` has `i + 1` entries.
    pub factor: Vec<Vec<f64>>,
}

impl Copula {
    /// Correlates a point of the unit cube.
    ///
    /// Coordinates are made normal, mixed by the factor, and made uniform again. The first one stays as it is, and all
    /// are uniform on 0..1 if those before were uniform and independent.
    pub fn apply(&self, point: &mut [f64]) {
        let scores: Vec<f64> = self.coordinates.iter().map(|&c| normal_quantile(point[c])).collect();
        for (row, &coordinate) in self.factor.iter().zip(&self.coordinates) {
            if row[..row.len() - 1].iter().any(|&x| x != 0.0) {
                let z = row.iter().zip(&scores).map(|(a, z)| a * z).sum();
                point[coordinate] = normal_share(z);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Points;

    fn ranks(values: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let mut ranks = vec![0.0; values.len()];
        for (rank, index) in order.into_iter().enumerate() {
            ranks[index] = rank as f64;
        }
        ranks
    }

    fn correlation(x: &[f64], y: &[f64]) -> f64 {
        let n = x.len() as f64;
        let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
        let cov = |a: &[f64], ma: f64, b: &[f64], mb: f64| -> f64 {
            a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum()
        };
        cov(x, mx, y, my) / (cov(x, mx, x, mx) * cov(y, my, y, my)).sqrt()
    }

    #[test]
    fn ranks_correlate_as_asked_and_margins_stay_uniform() {
        // Spearman's 0.6 between the coordinates 0 and 2.
        let z = 2.0 * (std::f64::consts::PI * 0.6 / 6.0).sin();
        let copula =
            Copula { coordinates: vec![0, 2], factor: vec![vec![1.0], vec![z, (1.0 - z * z).sqrt()]] };
        let points = Points::Sobol { seed: 7 };
        let mut columns = vec![Vec::new(); 3];
        for index in 0..16_384 {
            let mut point = points.point(index, 3);
            copula.apply(&mut point);
            columns.iter_mut().zip(point).for_each(|(c, x)| c.push(x));
        }
        let rank: Vec<Vec<f64>> = columns.iter().map(|c| ranks(c)).collect();
        assert!((correlation(&rank[0], &rank[2]) - 0.6).abs() < 0.01);
        assert!(correlation(&rank[0], &rank[1]).abs() < 0.01);
        assert!(correlation(&rank[1], &rank[2]).abs() < 0.01);
        for column in &columns {
            let below = column.iter().filter(|&&x| x < 0.25).count() as f64 / 16_384.0;
            assert!((below - 0.25).abs() < 0.005, "{below}");
        }
    }
}
