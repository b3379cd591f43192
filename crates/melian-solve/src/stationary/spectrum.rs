//! Eigenvalues of F′: its spectral radius, and the condition of I − F′.
//!
//! By Arnoldi's method (1951): on an orthogonal basis of d, F′·d, F′·F′·d, …, F′ is a small Hessenberg matrix whose outer
//! eigenvalues are near those of F′. Where F′ is small all its eigenvalues are computed.

use crate::stationary::{
    Lost, Radius,
    finish::FACTORED,
    linear::{Linear, ROUND_OFF, derivative, orthogonal},
    random::Random,
    work::Work,
};
use faer::{Mat, c64};

/// Up to this size all eigenvalues are computed.
const DENSE: usize = 64;
/// Uncertainty at which Arnoldi's method stops once it has taken the fewest steps: for maps of which I − F′ could be
/// factored, and for larger ones.
const SURE: (f64, f64) = (1e-7, 1e-4);
/// Fewest and most steps.
const STEPS: (usize, usize) = (24, 60);
/// How often a direction is divided by I − F′ for its condition.
const DIVISIONS: usize = 4;

/// What is known of the eigenvalues of F′.
pub(super) struct Spectrum {
    pub radius: Radius,
    /// Estimates of the largest and the smallest singular value of I − F′.
    pub singular: (f64, f64),
}

impl Spectrum {
    /// Nothing is known.
    pub const UNKNOWN: Spectrum = Spectrum {
        radius: Radius { value: f64::NAN, uncertainty: f64::INFINITY },
        singular: (f64::NAN, f64::NAN),
    };
}

/// The outer eigenvalues of F′ at the last point.
pub(super) fn spectrum(work: &mut Work<'_>) -> Result<Spectrum, Lost> {
    if work.size <= DENSE { all(work) } else { outer(work) }
}

fn all(work: &mut Work<'_>) -> Result<Spectrum, Lost> {
    let mut matrix = derivative(work)?;
    let per = |entry| work.per_range()[work.owner(entry)];
    for i in 0..work.size {
        for j in 0..work.size {
            matrix[(i, j)] *= per(i) / per(j);
        }
    }
    let value = modulus(&matrix);
    Ok(Spectrum { radius: Radius { value, uncertainty: 0.0 }, singular: singular(&matrix) })
}

fn outer(work: &mut Work<'_>) -> Result<Spectrum, Lost> {
    let mut first = direction(work);
    let mut basis = Vec::new();
    let sure = if work.size <= FACTORED { SURE.0 } else { SURE.1 };
    // Columns of the Hessenberg matrix, each with the entry below its diagonal.
    let mut columns: Vec<(Vec<f64>, f64)> = Vec::new();
    let radius = loop {
        let mut next = vec![0.0; work.size];
        work.tangent(&first, &mut next)?;
        basis.push(first);
        let (along, left) = orthogonal(work, &basis, &mut next, ROUND_OFF);
        columns.push((along, left));
        let steps = columns.len();
        if left == 0.0 || steps == STEPS.1 || (steps >= STEPS.0 && steps.is_multiple_of(6)) {
            let radius = leading(&square(&columns), left);
            if left == 0.0 || steps == STEPS.1 || radius.uncertainty < sure {
                break radius;
            }
        }
        next.iter_mut().for_each(|x| *x /= left);
        first = next;
    };
    let n = columns.len();
    let tall = Mat::from_fn(n + 1, n, |i, j| entry(&columns, i, j));
    Ok(Spectrum { radius, singular: singular(&tall) })
}

/// The smallest singular value of I − F′ from above, by dividing by it; `None` where it takes a matrix too large.
pub(super) fn smallest(work: &mut Work<'_>, linear: &Linear) -> Option<f64> {
    let Linear::Direct(inverse) = linear else { return None };
    let mut d = direction(work);
    let mut smallest = f64::INFINITY;
    for _ in 0..DIVISIONS {
        inverse.solve(&mut d);
        let length = work.norm(&d);
        if !length.is_finite() {
            return Some(0.0);
        }
        smallest = smallest.min(1.0 / length);
        d.iter_mut().for_each(|d| *d /= length);
    }
    Some(smallest)
}

/// Always the same direction, of length 1.
fn direction(work: &Work<'_>) -> Vec<f64> {
    let mut random = Random::new(1);
    let mut d: Vec<f64> =
        (0..work.size).map(|entry| (random.uniform() - 0.5) / work.per_range()[work.owner(entry)]).collect();
    let length = work.norm(&d);
    d.iter_mut().for_each(|d| *d /= length);
    d
}

fn entry(columns: &[(Vec<f64>, f64)], i: usize, j: usize) -> f64 {
    match i {
        i if i <= j => columns[j].0[i],
        i if i == j + 1 => columns[j].1,
        _ => 0.0,
    }
}

fn square(columns: &[(Vec<f64>, f64)]) -> Mat<f64> {
    Mat::from_fn(columns.len(), columns.len(), |i, j| entry(columns, i, j))
}

/// Largest modulus of an eigenvalue.
fn modulus(matrix: &Mat<f64>) -> f64 {
    let values = matrix.eigenvalues().unwrap_or_default();
    values.iter().map(|v| v.re.hypot(v.im)).fold(0.0, f64::max)
}

/// The leading eigenvalue of a Hessenberg matrix, and how far it is from one of F′: what leaves the basis along its vector.
fn leading(hessenberg: &Mat<f64>, left: f64) -> Radius {
    let Ok(eigen) = hessenberg.eigen() else { return Spectrum::UNKNOWN.radius };
    let size = |v: &c64| v.re.hypot(v.im);
    let (values, vectors) = (eigen.S(), eigen.U());
    let n = hessenberg.nrows();
    let Some(first) = (0..n).max_by(|i, j| size(&values[*i]).total_cmp(&size(&values[*j]))) else {
        return Spectrum::UNKNOWN.radius;
    };
    let value = size(&values[first]);
    let length = (0..n).map(|i| size(&vectors[(i, first)]).powi(2)).sum::<f64>().sqrt();
    let uncertainty = left * size(&vectors[(n - 1, first)]) / length / value.max(f64::MIN_POSITIVE);
    Radius { value, uncertainty }
}

/// Largest and smallest singular value of I − A, I with as many rows as A.
fn singular(matrix: &Mat<f64>) -> (f64, f64) {
    let rest =
        Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| f64::from(u8::from(i == j)) - matrix[(i, j)]);
    let values = rest.singular_values().unwrap_or_default();
    (values.iter().copied().fold(0.0, f64::max), values.iter().copied().fold(f64::INFINITY, f64::min))
}
