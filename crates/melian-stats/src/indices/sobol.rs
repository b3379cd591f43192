//! Sobol' indices: the share of the variance that a parameter accounts for, alone and with all others.
//!
//! ```text
//! S_j  = V[E(y | x_j)] / V(y)         ≈ 1/N Σ_i B_i · (AB_ij − A_i) / V          (1)
//! ST_j = E[V(y | x_-j)] / V(y)        ≈ 1/2N Σ_i (A_i − AB_ij)² / V              (2)
//! ```
//!
//! A_i and B_i are the answers at two independent points, AB_ij the answer at the first with parameter j of the second, and
//! V is the variance of all A_i and B_i. (1) is Saltelli et al. (2010), Table 2 (b), (2) is Jansen (1999), their
//! Table 2 (f). Answers are centred and scaled first by mean and deviation of all rows (as SALib does; S_j of finite
//! samples depends on the centre). The mean stays that of all rows in every resample of the bootstrap, which draws
//! base points.

use super::bootstrap::{Bootstrap, Estimates};
use super::unusable::{Unusable, check_varies, is_missing};

/// The rows of a design for Sobol' indices: base point by base point A_i, AB_i1 … AB_id, B_i (the order of SALib without
/// second order).
pub struct Saltelli<F> {
    parameters: usize,
    base: usize,
    point: F,
}

impl<F: Fn(usize) -> Vec<f64>> Saltelli<F> {
    /// A design of `base` base points. `point(i)` is the i-th point of the unit cube in `2 * parameters` dimensions:
    /// A_i, then B_i.
    pub fn new(parameters: usize, base: usize, point: F) -> Self {
        Saltelli { parameters, base, point }
    }

    /// How many rows there are: `base * (parameters + 2)`.
    pub fn rows(&self) -> usize {
        self.base * (self.parameters + 2)
    }

    /// A row in the unit cube, one number for each parameter.
    pub fn row(&self, number: usize) -> Vec<f64> {
        let (base, part) = (number / (self.parameters + 2), number % (self.parameters + 2));
        let point = (self.point)(base);
        let from_second = |parameter| part == parameter + 1 || part == self.parameters + 1;
        let pick = |j| point[if from_second(j) { self.parameters + j } else { j }];
        (0..self.parameters).map(pick).collect()
    }
}

/// First and total order indices of one answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Sobol {
    /// First order: what knowing the parameter alone would take off the variance.
    pub first: Estimates,
    /// Total order: what would be left of the variance if all but the parameter were known.
    pub total: Estimates,
    /// Base points that were used.
    pub base: usize,
    /// Base points that were left out, because an answer in one of their rows is missing.
    pub dropped: usize,
    /// Mean of the answers A_i and B_i.
    pub mean: f64,
    /// Their variance.
    pub variance: f64,
}

/// Fewest complete base points: below, an interval is no more than the few points that there are.
const FEWEST: usize = 8;

/// First and total order indices from the answers to the rows of a [`Saltelli`] design, in its order.
pub fn analyze(parameters: usize, output: &[f64], bootstrap: &Bootstrap) -> Result<Sobol, Unusable> {
    if parameters == 0 {
        return Err(Unusable::NoParameters);
    }
    let step = parameters + 2;
    if !output.len().is_multiple_of(step) {
        return Err(Unusable::Lengths { expected: output.len().div_ceil(step) * step, found: output.len() });
    }
    let all = output.len() / step;
    let complete: Vec<&[f64]> = output.chunks(step).filter(|c| !c.iter().any(|&y| is_missing(y))).collect();
    if complete.len() < FEWEST {
        return Err(Unusable::TooFew { found: complete.len(), needed: FEWEST });
    }
    check_varies(complete.iter().flat_map(|c| [c[0], c[step - 1]]))?;

    let terms = Terms::new(&complete, parameters);
    let once = vec![1u32; complete.len()];
    let (first, total) = terms.indices(&once);
    if first.iter().any(|s| s.is_nan()) {
        // A and B vary, but by no more than rounding beside AB.
        return Err(Unusable::NoVariation { value: complete[0][0] });
    }
    let resamples = bootstrap.each(complete.len(), |counts| terms.indices(counts));
    let (firsts, totals) = resamples.into_iter().unzip();
    let pairs = complete.iter().flat_map(|c| [c[0], c[step - 1]]);
    let (mean, deviation) = moments(pairs);
    Ok(Sobol {
        first: Estimates::new(&first, firsts),
        total: Estimates::new(&total, totals),
        base: complete.len(),
        dropped: all - complete.len(),
        mean,
        variance: deviation * deviation,
    })
}

/// What each base point adds to the sums of (1), (2) and of the variance.
struct Terms {
    parameters: usize,
    /// Base point by base point, parameter by parameter: first and total order.
    products: Vec<[f64; 2]>,
    /// Of each base point, A + B and A² + B².
    sums: Vec<[f64; 2]>,
}

impl Terms {
    fn new(complete: &[&[f64]], parameters: usize) -> Terms {
        let (mean, deviation) = moments(complete.iter().flat_map(|c| c.iter().copied()));
        let scaled = |y: f64| (y - mean) / deviation;
        let mut products = Vec::with_capacity(complete.len() * parameters);
        let mut sums = Vec::with_capacity(complete.len());
        for chunk in complete {
            let (a, b) = (scaled(chunk[0]), scaled(chunk[parameters + 1]));
            sums.push([a + b, a * a + b * b]);
            products.extend(chunk[1..=parameters].iter().map(|&y| {
                let ab = scaled(y);
                [b * (ab - a), 0.5 * (a - ab) * (a - ab)]
            }));
        }
        Terms { parameters, products, sums }
    }

    /// Indices when base point i is there `counts[i]` times; not numbers where the answer then does not vary.
    fn indices(&self, counts: &[u32]) -> (Vec<f64>, Vec<f64>) {
        let (mut total, mut squares, mut n) = (0.0, 0.0, 0.0);
        let mut sums = vec![[0.0; 2]; self.parameters];
        for ((&count, sum), products) in
            counts.iter().zip(&self.sums).zip(self.products.chunks(self.parameters))
        {
            if count == 0 {
                continue;
            }
            let weight = f64::from(count);
            n += weight;
            total += weight * sum[0];
            squares += weight * sum[1];
            for (s, p) in sums.iter_mut().zip(products) {
                s[0] += weight * p[0];
                s[1] += weight * p[1];
            }
        }
        let mean = total / (2.0 * n);
        let variance = squares / (2.0 * n) - mean * mean;
        // Scaled answers are of magnitude one: what is below is rounding.
        let scale = if variance > f64::EPSILON { 1.0 / (n * variance) } else { f64::NAN };
        (sums.iter().map(|s| s[0] * scale).collect(), sums.iter().map(|s| s[1] * scale).collect())
    }
}

/// Mean and deviation (of the population).
fn moments(numbers: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let (sum, count) = numbers.clone().fold((0.0, 0.0), |(s, n), y| (s + y, n + 1.0));
    let mean = sum / count;
    let squares: f64 = numbers.map(|y| (y - mean) * (y - mean)).sum();
    (mean, (squares / count).sqrt())
}
