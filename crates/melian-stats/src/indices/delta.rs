//! Borgonovo's δ and the first order index, from data of any design.
//!
//! ```text
//! δ_j = 1/2 E|f(y) − f(y | x_j)|      ≈ Σ_s n_s/2n ∫ |f̂(y) − f̂_s(y)| dy          (1)
//! S_j = V[E(y | x_j)] / V(y)          ≈ Σ_s n_s/n (ȳ_s − ȳ)² / V                 (2)
//! ```
//!
//! δ is Borgonovo (2007): 0 if the answer's law does not hang on the parameter, 1 if the parameter tells the answer. (1)
//! is Plischke, Borgonovo and Smith (2013, eq. 26), with kernel densities (`kernel.rs`) over slices of the column, as many
//! as
//!
//! ```text
//! M = min(⌈n^(2 / (7 + tanh((1500 − n)/500)))⌉, 48)                              (3)
//! ```
//!
//! An answer with at most ten different values, true or false for instance, has shares instead of densities:
//!
//! ```text
//! δ_j ≈ Σ_s n_s/2n Σ_v |p(v) − p_s(v)|                                           (4)
//! ```
//!
//! What varies within a slice is lost to (1) and (2): of a wave that k slices cover, (2) keeps (sin(π/k)/(π/k))². No
//! interval tells of that; it fades with n.
//!
//! SALib leaves out slices in which the answer does not vary. Here such a slice is at the distance of a point from the
//! whole, 1 − p(its value), as in (4).

use super::bootstrap::Bootstrap;
use super::given::{Answers, GivenIndex, Labels, indices};
use super::kernel::{Density, Grid, POINTS};
use super::slices::{Cut, SortedInputs};
use super::unusable::Unusable;

/// δ and first order indices of one answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Delta {
    /// Borgonovo's δ.
    pub delta: GivenIndex,
    /// The first order index.
    pub first: GivenIndex,
    /// Rows that were used.
    pub rows: usize,
    /// Rows that were left out, because their answer is missing.
    pub dropped: usize,
    /// Whether the answer has so few values that shares took the place of densities.
    pub discrete: bool,
}

/// Fewest complete rows: three slices of ten.
const FEWEST: usize = 30;

/// Most different values of an answer that has shares instead of densities.
const MOST_VALUES: usize = 10;

/// Variance, in units of the squared range, that may be rounding.
const ROUNDING: f64 = 1e-14;

/// δ and first order indices of one answer.
pub fn analyze(inputs: &SortedInputs, output: &[f64], bootstrap: &Bootstrap) -> Result<Delta, Unusable> {
    let answers = Answers::new(inputs, output, FEWEST)?;
    let n = answers.rows.len();
    let labels = answers.label(inputs, slices(n), Cut::EqualCounts);
    let discrete = answers.ends.len() <= MOST_VALUES;
    let [delta, first] = if discrete {
        let law = Shares::new(&answers);
        let once = vec![1u32; n];
        let of = |labels: &Labels, counts: &[u32]| law.indices(labels, counts);
        indices(&labels, bootstrap, |labels| of(labels, &once), of)
    } else {
        let law = Densities::new(&answers);
        indices(&labels, bootstrap, |l| law.exact(l), |l, counts| law.binned(l, counts))
    };
    Ok(Delta { delta, first, rows: n, dropped: answers.dropped(), discrete })
}

/// (3).
fn slices(rows: usize) -> usize {
    let n = rows as f64;
    let exponent = 2.0 / (7.0 + ((1500.0 - n) / 500.0).tanh());
    (n.powf(exponent).ceil() as usize).clamp(1, 48)
}

/// Sums over the rows of a slice, or of all.
#[derive(Clone, Copy, Default)]
struct Sums {
    rows: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, rows: f64, y: f64) {
        self.rows += rows;
        self.sum += rows * y;
        self.squares += rows * y * y;
    }

    fn mean(&self) -> f64 {
        self.sum / self.rows
    }

    /// Sum of squares around the mean.
    fn around(&self) -> f64 {
        (self.squares - self.sum * self.mean()).max(0.0)
    }

    fn all(slices: &[Sums]) -> Sums {
        slices.iter().fold(Sums::default(), |all, s| Sums {
            rows: all.rows + s.rows,
            sum: all.sum + s.sum,
            squares: all.squares + s.squares,
        })
    }
}

/// (2); not a number where the answer does not vary.
fn first_order(slices: &[Sums]) -> f64 {
    let all = Sums::all(slices);
    let between: f64 =
        slices.iter().filter(|s| s.rows > 0.0).map(|s| s.rows * (s.mean() - all.mean()).powi(2)).sum();
    // Answers are centred and of magnitude one: less is rounding.
    let around = all.around();
    if around > f64::EPSILON { between / around } else { f64::NAN }
}

/// The answers, centred and in units of their range: sums of squares lose no digits then.
fn centred(sorted: &[f64]) -> Vec<f64> {
    let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
    let range = sorted[sorted.len() - 1] - sorted[0];
    sorted.iter().map(|y| (y - mean) / range).collect()
}

/// The law of an answer with few values.
struct Shares {
    /// Each answer's value, by number.
    value: Vec<usize>,
    values: usize,
    centred: Vec<f64>,
}

impl Shares {
    fn new(answers: &Answers) -> Shares {
        let mut value = Vec::with_capacity(answers.sorted.len());
        answers.ends.iter().enumerate().for_each(|(v, &end)| value.resize(end, v));
        Shares { value, values: answers.ends.len(), centred: centred(&answers.sorted) }
    }

    /// (4) and (2).
    fn indices(&self, labels: &Labels, counts: &[u32]) -> [f64; 2] {
        let mut sums = vec![Sums::default(); labels.count];
        let mut bins = vec![0.0; labels.count * self.values];
        for (k, (&s, &count)) in labels.of.iter().zip(counts).enumerate() {
            let s = usize::from(s);
            sums[s].add(f64::from(count), self.centred[k]);
            bins[s * self.values + self.value[k]] += f64::from(count);
        }
        let all = Sums::all(&sums).rows;
        let mut shares = vec![0.0; self.values];
        for slice in bins.chunks(self.values) {
            shares.iter_mut().zip(slice).for_each(|(share, rows)| *share += rows / all);
        }
        let mut delta = 0.0;
        for (slice, sums) in bins.chunks(self.values).zip(&sums).filter(|(_, sums)| sums.rows > 0.0) {
            let gap: f64 =
                slice.iter().zip(&shares).map(|(rows, share)| (rows / sums.rows - share).abs()).sum();
            delta += sums.rows / all * 0.5 * gap;
        }
        [delta, first_order(&sums)]
    }
}

/// The law of an answer with a density.
struct Densities {
    grid: Grid,
    /// The density of all rows.
    whole: Density,
    centred: Vec<f64>,
    /// Each answer's grid point, and how far it is towards the next.
    places: Vec<(u32, f64)>,
    /// Where answers change.
    ends: Vec<usize>,
}

impl Densities {
    fn new(answers: &Answers) -> Densities {
        let centred = centred(&answers.sorted);
        let grid = Grid::over(&centred);
        let mut all = Sums::default();
        centred.iter().for_each(|&y| all.add(1.0, y));
        let bandwidth = grid.bandwidth(all.rows, all.around() / (all.rows - 1.0));
        let whole = grid.density(&centred, bandwidth);
        let place = |&y: &f64| {
            let (point, share) = grid.place(y);
            (point as u32, share)
        };
        let places = centred.iter().map(place).collect();
        Densities { whole, places, grid, centred, ends: answers.ends.clone() }
    }

    /// (1) and (2) of the rows as they are.
    fn exact(&self, labels: &Labels) -> [f64; 2] {
        let once = vec![1u32; labels.of.len()];
        let mut sums = vec![Sums::default(); labels.count];
        let mut rows = vec![Vec::new(); labels.count];
        for (&s, &y) in labels.of.iter().zip(&self.centred) {
            sums[usize::from(s)].add(1.0, y);
            rows[usize::from(s)].push(y);
        }
        let density = |s: usize, bandwidth: f64| self.grid.density(&rows[s], bandwidth);
        self.indices(&sums, labels, &once, &self.whole, density)
    }

    /// (1) and (2) of a resample, with rows moved to the grid.
    fn binned(&self, labels: &Labels, counts: &[u32]) -> [f64; 2] {
        let mut sums = vec![Sums::default(); labels.count];
        let mut bins = vec![[0.0; POINTS]; labels.count];
        for (((&s, &count), &(point, share)), &y) in
            labels.of.iter().zip(counts).zip(&self.places).zip(&self.centred)
        {
            let (s, point, rows) = (usize::from(s), point as usize, f64::from(count));
            sums[s].add(rows, y);
            bins[s][point] += rows * (1.0 - share);
            bins[s][point + 1] += rows * share;
        }
        let mut together = [0.0; POINTS];
        for slice in &bins {
            together.iter_mut().zip(slice).for_each(|(a, b)| *a += b);
        }
        let all = Sums::all(&sums);
        let bandwidth = self.grid.bandwidth(all.rows, all.around() / (all.rows - 1.0));
        let whole = self.grid.binned(&together, all.rows, bandwidth);
        let density = |s: usize, bandwidth: f64| self.grid.binned(&bins[s], sums[s].rows, bandwidth);
        self.indices(&sums, labels, counts, &whole, density)
    }

    fn indices(
        &self,
        sums: &[Sums],
        labels: &Labels,
        counts: &[u32],
        whole: &Density,
        density: impl Fn(usize, f64) -> Density,
    ) -> [f64; 2] {
        let all = Sums::all(sums).rows;
        let mut delta = 0.0;
        for (s, slice) in sums.iter().enumerate().filter(|(_, slice)| slice.rows > 0.0) {
            let distance = match self.only_answer(s, slice, labels, counts) {
                Some(k) => 1.0 - self.rows_like(k, counts) / all,
                None => {
                    let bandwidth = self.grid.bandwidth(slice.rows, slice.around() / (slice.rows - 1.0));
                    self.grid.half_distance(whole, &density(s, bandwidth))
                }
            };
            delta += slice.rows / all * distance;
        }
        [delta, first_order(sums)]
    }

    /// The place of an answer, if all rows of the slice have it.
    fn only_answer(&self, s: usize, sums: &Sums, labels: &Labels, counts: &[u32]) -> Option<usize> {
        // Answers are in units of their range: what varies by less than rounding may not vary at all.
        if sums.around() > ROUNDING * sums.rows {
            return None;
        }
        let mut places = (0..counts.len()).filter(|&k| usize::from(labels.of[k]) == s && counts[k] > 0);
        let first = places.next()?;
        let last = places.next_back().unwrap_or(first);
        (self.centred[first] == self.centred[last]).then_some(first)
    }

    /// How many rows have the k-th answer.
    fn rows_like(&self, k: usize, counts: &[u32]) -> f64 {
        let which = self.ends.partition_point(|&end| end <= k);
        let begin = if which == 0 { 0 } else { self.ends[which - 1] };
        counts[begin..self.ends[which]].iter().map(|&count| f64::from(count)).sum()
    }
}
