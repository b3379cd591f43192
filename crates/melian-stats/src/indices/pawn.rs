//! PAWN: how far the distribution of the answer moves when a parameter is known to lie in a slice.
//!
//! ```text
//! KS_s = max_y |F(y) − F(y | x_j in slice s)|                                    (1)
//! ```
//!
//! and then the least, mean, median and greatest KS_s, and their coefficient of variation (deviation over mean):
//! Pianosi and Wagener (2015), for samples of any design Pianosi and Wagener (2018). F is a step function, so answers that
//! are only true or false need nothing of their own: KS_s is then how far the share of true ones moves. SALib cuts at
//! quantiles and leaves the greatest value out; `Cut::HalfOpenQuantiles` does so too.

use super::bootstrap::Bootstrap;
use super::given::{Answers, GivenIndex, Labels, indices};
use super::slices::{SortedInputs, check_slices};
use super::unusable::Unusable;

pub use super::slices::Cut;

/// How the table is sliced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// How many slices each column is cut into.
    pub slices: usize,
    /// How it is cut.
    pub cut: Cut,
    /// Resamples.
    pub bootstrap: Bootstrap,
}

impl Default for Options {
    fn default() -> Self {
        Options { slices: 10, cut: Cut::EqualCounts, bootstrap: Bootstrap::default() }
    }
}

/// PAWN indices of one answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Pawn {
    /// The least distance of any slice.
    pub minimum: GivenIndex,
    /// The mean over slices.
    pub mean: GivenIndex,
    /// The median over slices, which is what is usually reported.
    pub median: GivenIndex,
    /// The greatest distance of any slice: the one to screen by.
    pub maximum: GivenIndex,
    /// Coefficient of variation over slices; zero where all distances are.
    pub variation: GivenIndex,
    /// Rows that were used.
    pub rows: usize,
    /// Rows that were left out, because their answer is missing.
    pub dropped: usize,
}

/// Fewest complete rows for each slice.
const FEWEST_IN_SLICE: usize = 5;

/// PAWN indices of one answer.
pub fn analyze(inputs: &SortedInputs, output: &[f64], options: &Options) -> Result<Pawn, Unusable> {
    check_slices(options.slices)?;
    let answers = Answers::new(inputs, output, FEWEST_IN_SLICE * options.slices)?;
    let labels = answers.label(inputs, options.slices, options.cut);
    let once = vec![1u32; answers.rows.len()];
    let of = |labels: &Labels, counts: &[u32]| summarize(&distances(labels, counts, &answers.ends));
    let [minimum, mean, median, maximum, variation] =
        indices(&labels, &options.bootstrap, |labels| of(labels, &once), of);
    let (rows, dropped) = (answers.rows.len(), answers.dropped());
    Ok(Pawn { minimum, mean, median, maximum, variation, rows, dropped })
}

/// What is known of one slice while the answers go by.
#[derive(Clone, Copy, Default)]
struct Slice {
    /// One over its rows.
    share: f64,
    /// How many of its rows have gone by.
    gone: f64,
    /// The greatest distance so far.
    distance: f64,
}

impl Slice {
    /// Takes in how far the slice is from the whole at this point.
    fn meet(&mut self, whole: f64) {
        let gap = (whole - self.gone * self.share).abs();
        // Unlike `max`, this needs no care for what is not a number.
        if gap > self.distance {
            self.distance = gap;
        }
    }
}

/// (1) for every slice that has rows. `ends` are where answers change.
fn distances(labels: &Labels, counts: &[u32], ends: &[usize]) -> Vec<f64> {
    let mut sizes = vec![0u32; labels.count + 1];
    labels.of.iter().zip(counts).for_each(|(&s, &count)| sizes[usize::from(s)] += count);
    let all: u32 = sizes.iter().sum();
    let per_row = 1.0 / f64::from(all);
    let share = |n: u32| if n == 0 { 0.0 } else { 1.0 / f64::from(n) };
    let mut slices: Vec<Slice> =
        sizes.iter().map(|&n| Slice { share: share(n), ..Slice::default() }).collect();
    let mut gone = 0.0;
    let mut begin = 0;
    for &end in ends {
        let (labels, counts) = (&labels.of[begin..end], &counts[begin..end]);
        begin = end;
        let before = gone * per_row;
        // F and F_s are compared where (1) has its maxima: just before a step of the slice's own, and just after it. A row
        // that is not in the resample compares them where nothing steps, which does no harm and needs no branch.
        if let (&[s], &[count]) = (labels, counts) {
            let slice = &mut slices[usize::from(s)];
            slice.meet(before);
            slice.gone += f64::from(count);
            gone += f64::from(count);
            slice.meet(gone * per_row);
            continue;
        }
        // Of rows with one answer, all steps are taken before F and F_s are compared again.
        let many = labels.len() > slices.len();
        if many {
            slices.iter_mut().for_each(|slice| slice.meet(before));
        } else {
            labels.iter().for_each(|&s| slices[usize::from(s)].meet(before));
        }
        for (&s, &count) in labels.iter().zip(counts) {
            slices[usize::from(s)].gone += f64::from(count);
            gone += f64::from(count);
        }
        let after = gone * per_row;
        if many {
            slices.iter_mut().for_each(|slice| slice.meet(after));
        } else {
            labels.iter().for_each(|&s| slices[usize::from(s)].meet(after));
        }
    }
    sizes.iter().zip(&slices).take(labels.count).filter(|(n, _)| **n > 0).map(|(_, s)| s.distance).collect()
}

/// Least, mean, median, greatest, and coefficient of variation.
fn summarize(distances: &[f64]) -> [f64; 5] {
    let mut sorted = distances.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    if n == 0 {
        return [f64::NAN; 5];
    }
    let mean = sorted.iter().sum::<f64>() / n as f64;
    let variance = sorted.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n as f64;
    let median = 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
    let variation = if mean > 0.0 { variance.sqrt() / mean } else { 0.0 };
    [sorted[0], mean, median, sorted[n - 1], variation]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (1) as it is written: both step functions at every answer.
    fn obvious(labels: &Labels, counts: &[u32], answers: &[f64]) -> Vec<f64> {
        let law = |y: f64, slice: Option<u16>| {
            let in_slice = |k: &usize| slice.is_none_or(|s| labels.of[*k] == s);
            let all: u32 = (0..answers.len()).filter(in_slice).map(|k| counts[k]).sum();
            let below: u32 =
                (0..answers.len()).filter(in_slice).filter(|&k| answers[k] <= y).map(|k| counts[k]).sum();
            f64::from(below) / f64::from(all)
        };
        let distance =
            |s| answers.iter().map(|&y| (law(y, None) - law(y, Some(s))).abs()).fold(0.0, f64::max);
        (0..labels.count as u16).map(distance).filter(|d| !d.is_nan()).collect()
    }

    #[test]
    fn one_pass_is_the_definition() {
        let answers = [0.0, 0.0, 1.0, 1.5, 1.5, 1.5, 2.0, 4.0, 4.0, 9.0];
        let ends = [2, 3, 6, 7, 9, 10];
        let labels = Labels { of: vec![0, 1, 2, 0, 1, 0, 2, 3, 1, 1], count: 3 };
        for counts in [[1; 10], [0, 2, 1, 0, 3, 1, 1, 0, 0, 2], [3, 0, 0, 1, 0, 2, 1, 1, 1, 1]] {
            let (found, expected) = (distances(&labels, &counts, &ends), obvious(&labels, &counts, &answers));
            assert_eq!(found.len(), expected.len());
            for (a, b) in found.iter().zip(&expected) {
                assert!((a - b).abs() < 1e-15, "{counts:?}: {found:?} {expected:?}");
            }
        }
    }

    #[test]
    fn summaries() {
        assert_eq!(summarize(&[0.0, 0.0]), [0.0; 5]);
        let [least, mean, median, greatest, variation] = summarize(&[4.0, 1.0, 2.0, 1.0]);
        assert_eq!([least, mean, median, greatest, variation], [1.0, 2.0, 1.5, 4.0, 1.5f64.sqrt() / 2.0]);
    }
}
