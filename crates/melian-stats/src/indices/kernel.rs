//! Gaussian kernel densities on an even grid.
//!
//! ```text
//! f(g) = 1/(n·h·√2π) Σ_i exp(−(g − y_i)²/2h²),  h = deviation · (3n/4)^(−1/5)            (1)
//! ```
//!
//! (1) is Silverman (1986). From one grid point to the next the exponential changes by a factor that itself changes by a
//! constant factor, so a row costs two exponentials and two products for each point. The quick density first moves every
//! row to the two grid points beside it, in proportion (linear binning, Wand 1994). A bandwidth is never below half a step
//! of the grid, where (1) would fall between the points.

/// Points of the grid (as many as Plischke, Borgonovo and Smith and SALib use).
pub(super) const POINTS: usize = 100;

/// Terms below this share of the greatest do not change a density that is compared to 1e-10.
const NEGLIGIBLE: f64 = 1e-18;

/// Of binned rows, which are approximate already.
const NEGLIGIBLE_BINNED: f64 = 1e-7;

/// A density at the points of the grid.
pub(super) type Density = [f64; POINTS];

/// Even points from the least to the greatest answer.
pub(super) struct Grid {
    low: f64,
    step: f64,
}

impl Grid {
    /// The grid over sorted answers.
    pub(super) fn over(sorted: &[f64]) -> Grid {
        let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
        Grid { low, step: (high - low) / (POINTS - 1) as f64 }
    }

    /// Bandwidth of (1) for as many rows with this variance (n − 1).
    pub(super) fn bandwidth(&self, rows: f64, variance: f64) -> f64 {
        (variance.sqrt() * (0.75 * rows).powf(-0.2)).max(0.5 * self.step)
    }

    /// The grid point below an answer, and how far it is towards the next.
    pub(super) fn place(&self, y: f64) -> (usize, f64) {
        let at = ((y - self.low) / self.step).clamp(0.0, (POINTS - 1) as f64);
        let below = (at as usize).min(POINTS - 2);
        (below, at - below as f64)
    }

    /// Half of the integral of |f − g| by the trapezoid rule.
    pub(super) fn half_distance(&self, f: &Density, g: &Density) -> f64 {
        let gap = |k: usize| (f[k] - g[k]).abs();
        let inner: f64 = (1..POINTS - 1).map(gap).sum();
        0.5 * self.step * (inner + 0.5 * (gap(0) + gap(POINTS - 1)))
    }

    /// (1).
    pub(super) fn density(&self, rows: &[f64], bandwidth: f64) -> Density {
        let mut density = [0.0; POINTS];
        let width = self.step / bandwidth;
        // How a term's factor changes: width is at most two, so nothing overflows.
        let bend = (-width * width).exp();
        for &y in rows {
            let nearest = ((y - self.low) / self.step).round().clamp(0.0, (POINTS - 1) as f64) as usize;
            let away = (y - self.low - nearest as f64 * self.step) / bandwidth;
            let peak = (-0.5 * away * away).exp();
            density[nearest] += peak;
            let (above, below) = density.split_at_mut(nearest + 1);
            let tilt = (away * width).exp();
            let start = bend.sqrt();
            let spread = |term: &mut f64, factor: &mut f64, point: &mut f64| {
                *term *= *factor;
                *factor *= bend;
                *point += *term;
                *term > NEGLIGIBLE
            };
            let (mut term, mut factor) = (peak, tilt * start);
            below.iter_mut().all(|point| spread(&mut term, &mut factor, point));
            let (mut term, mut factor) = (peak, start / tilt);
            above[..nearest].iter_mut().rev().all(|point| spread(&mut term, &mut factor, point));
        }
        self.scale(&mut density, rows.len() as f64, bandwidth);
        density
    }

    /// (1) of rows that were moved to grid points: `bins` are how many are at each.
    pub(super) fn binned(&self, bins: &Density, rows: f64, bandwidth: f64) -> Density {
        let width = self.step / bandwidth;
        let bend = (-width * width).exp();
        // Terms at distances −reach … reach.
        let (mut term, mut factor) = (1.0, bend.sqrt());
        let mut terms = [0.0; 2 * POINTS - 1];
        let mut reach = POINTS - 1;
        for distance in 0..POINTS {
            if term < NEGLIGIBLE_BINNED {
                reach = distance;
                break;
            }
            terms[POINTS - 1 + distance] = term;
            terms[POINTS - 1 - distance] = term;
            term *= factor;
            factor *= bend;
        }
        let mut density = [0.0; POINTS];
        for (bin, &many) in bins.iter().enumerate() {
            if many == 0.0 {
                continue;
            }
            let (begin, end) = (bin.saturating_sub(reach), (bin + reach + 1).min(POINTS));
            let terms = &terms[POINTS - 1 + begin - bin..POINTS - 1 + end - bin];
            for (point, term) in density[begin..end].iter_mut().zip(terms) {
                *point += many * term;
            }
        }
        self.scale(&mut density, rows, bandwidth);
        density
    }

    fn scale(&self, density: &mut Density, rows: f64, bandwidth: f64) {
        let scale = 1.0 / (rows * bandwidth * std::f64::consts::TAU.sqrt());
        density.iter_mut().for_each(|f| *f *= scale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recurrence_is_the_definition() {
        let rows = [0.0, 0.1, 0.1234, 0.77, 0.770001, 1.0];
        let grid = Grid::over(&rows);
        for bandwidth in [0.5 * grid.step, 0.03, 0.2, 3.0] {
            let found = grid.density(&rows, bandwidth);
            for (k, f) in found.iter().enumerate() {
                let g = k as f64 * grid.step;
                let sum: f64 = rows.iter().map(|y| (-0.5 * ((g - y) / bandwidth).powi(2)).exp()).sum();
                let expected = sum / (6.0 * bandwidth * std::f64::consts::TAU.sqrt());
                // A hundred products, each with rounding of 1e-16.
                assert!((f - expected).abs() < 1e-13 * (1.0 + expected), "{bandwidth} {k}: {f} {expected}");
            }
        }
    }

    #[test]
    fn binned_is_exact_for_rows_on_the_grid() {
        let rows = [0.0, 3.0, 3.0, 50.0, 99.0];
        let grid = Grid::over(&rows);
        let mut bins = [0.0; POINTS];
        for &y in &rows {
            let (below, share) = grid.place(y);
            bins[below] += 1.0 - share;
            bins[below + 1] += share;
        }
        let (exact, quick) = (grid.density(&rows, 4.0), grid.binned(&bins, 5.0, 4.0));
        for k in 0..POINTS {
            assert!((exact[k] - quick[k]).abs() < NEGLIGIBLE_BINNED, "{k}: {} {}", exact[k], quick[k]);
        }
    }
}
