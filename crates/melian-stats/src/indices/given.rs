//! What the indices of given data have in common: slices of every column against one answer, resamples, and dummies.
//!
//! ```text
//! reduced = 2·raw − mean of resamples                                            (1)
//! ```
//!
//! These indices are distances between a law and laws of fewer rows, so they are above zero also for a parameter that does
//! nothing. (1) takes off the first order of that bias (Plischke, Borgonovo and Smith 2013, eq. 30); quantiles of
//! 2·raw − resample are the interval, which is the basic bootstrap interval (Davison and Hinkley 1997, eq. 5.6). A
//! resample draws rows and leaves each in its slice. What bias is left shows in the *threshold*: the 95 % quantile of the
//! raw index of a dummy, the column's own slices dealt out to the rows at random. One dummy in twenty is above it, so of
//! eighty parameters that do nothing four will be.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::bootstrap::{Bootstrap, Estimates, Stream, quantile, stream};
use super::slices::{Cut, SortedInputs};
use super::unusable::{Unusable, check_varies, is_missing};

/// Share of dummies below the threshold.
const DUMMIES_BELOW: f64 = 0.95;

/// An index of given data for every parameter. It is zero for a column that never changes.
#[derive(Clone, PartialEq, Debug)]
pub struct GivenIndex {
    /// The plain estimate, biased upwards.
    pub raw: Vec<f64>,
    /// The estimate with less bias, and its interval.
    pub reduced: Estimates,
    /// What a parameter that does nothing stays below, of the plain estimate, 95 times in 100. Infinite without
    /// resamples.
    pub threshold: Vec<f64>,
}

impl GivenIndex {
    /// Whether a parameter's index can be told from that of a parameter that does nothing.
    pub fn above_noise(&self, parameter: usize) -> bool {
        self.raw[parameter] > self.threshold[parameter]
    }
}

/// The answers that are there, in order of size.
pub(super) struct Answers {
    /// The answers.
    pub sorted: Vec<f64>,
    /// Where they stand in the table.
    pub rows: Vec<u32>,
    /// Of each different answer, the end of its places in `sorted`.
    pub ends: Vec<usize>,
    /// Of every row of the table, whether there is an answer.
    present: Vec<bool>,
}

impl Answers {
    pub(super) fn new(inputs: &SortedInputs, output: &[f64], fewest: usize) -> Result<Answers, Unusable> {
        if output.len() != inputs.rows() {
            return Err(Unusable::Lengths { expected: inputs.rows(), found: output.len() });
        }
        let present: Vec<bool> = output.iter().map(|&y| !is_missing(y)).collect();
        let mut rows: Vec<u32> = (0..output.len() as u32).filter(|&r| present[r as usize]).collect();
        if rows.len() < fewest {
            return Err(Unusable::TooFew { found: rows.len(), needed: fewest });
        }
        check_varies(rows.iter().map(|&r| output[r as usize]))?;
        rows.sort_by(|&a, &b| output[a as usize].total_cmp(&output[b as usize]));
        let sorted: Vec<f64> = rows.iter().map(|&r| output[r as usize]).collect();
        let ends = sorted.chunk_by(|a, b| a == b).scan(0, |end, same| {
            *end += same.len();
            Some(*end)
        });
        Ok(Answers { ends: ends.collect(), sorted, rows, present })
    }

    /// How many rows have no answer.
    pub(super) fn dropped(&self) -> usize {
        self.present.len() - self.rows.len()
    }

    /// The slices of every column, in the order of the answers.
    pub(super) fn label(&self, inputs: &SortedInputs, slices: usize, cut: Cut) -> Vec<Labels> {
        let label = |parameter| {
            let slices = inputs.slices(parameter, &self.present, slices, cut);
            Labels { of: self.rows.iter().map(|&r| slices.of_row[r as usize]).collect(), count: slices.count }
        };
        (0..inputs.parameters()).into_par_iter().map(label).collect()
    }
}

/// The slices of one column.
#[derive(Clone)]
pub(super) struct Labels {
    /// In the order of the answers; `count` where a row is in no slice.
    pub of: Vec<u16>,
    /// How many slices there are.
    pub count: usize,
}

/// K indices at once of every parameter.
///
/// `exact` is the plain estimate, `quick` the same of a resample in which the k-th answer is there `counts[k]` times; it
/// may approximate, since resamples are only compared with `quick` of the rows as they are. It gives what is not a number
/// where a resample tells nothing.
pub(super) fn indices<const K: usize>(
    labels: &[Labels],
    bootstrap: &Bootstrap,
    exact: impl Fn(&Labels) -> [f64; K] + Sync,
    quick: impl Fn(&Labels, &[u32]) -> [f64; K] + Sync,
) -> [GivenIndex; K] {
    let units = labels.first().map_or(0, |l| l.of.len());
    let once = vec![1u32; units];
    let raw: Vec<[f64; K]> = labels.par_iter().map(&exact).collect();
    let plain: Vec<[f64; K]> = labels.par_iter().map(|l| quick(l, &once)).collect();
    let resamples: Vec<Vec<[f64; K]>> =
        bootstrap.each(units, |counts| labels.iter().map(|l| quick(l, counts)).collect());
    let thresholds = thresholds(labels, bootstrap, &once, &quick);
    std::array::from_fn(|k| {
        let replicate = |r: &Vec<[f64; K]>| -> Vec<f64> {
            (0..labels.len()).map(|j| raw[j][k] + plain[j][k] - r[j][k]).collect()
        };
        let replicates: Vec<Vec<f64>> = resamples.iter().map(replicate).collect();
        let mean = |j: usize| {
            let told = replicates.iter().map(|r| r[j]).filter(|x| !x.is_nan());
            let (sum, n) = told.fold((0.0, 0), |(sum, n), x| (sum + x, n + 1));
            if n == 0 { raw[j][k] } else { sum / f64::from(n) }
        };
        let reduced: Vec<f64> = (0..labels.len()).map(mean).collect();
        GivenIndex {
            raw: raw.iter().map(|r| r[k]).collect(),
            reduced: Estimates::new(&reduced, replicates),
            threshold: thresholds.iter().map(|t| t[k]).collect(),
        }
    })
}

/// The threshold of every parameter. Columns whose slices are of the same sizes share their dummies.
fn thresholds<const K: usize>(
    labels: &[Labels],
    bootstrap: &Bootstrap,
    once: &[u32],
    quick: &(impl Fn(&Labels, &[u32]) -> [f64; K] + Sync),
) -> Vec<[f64; K]> {
    let mut alike: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (parameter, labels) in labels.iter().enumerate() {
        let mut sizes = vec![0; labels.count + 1];
        labels.of.iter().for_each(|&s| sizes[usize::from(s)] += 1);
        alike.entry(sizes).or_default().push(parameter);
    }
    let mut thresholds = vec![[f64::INFINITY; K]; labels.len()];
    for parameters in alike.values() {
        let dummy = |number| {
            let mut dummy = labels[parameters[0]].clone();
            dummy.of.shuffle(&mut stream(bootstrap.seed, Stream::Dummy, number));
            quick(&dummy, once)
        };
        let dummies: Vec<[f64; K]> = (0..bootstrap.resamples).into_par_iter().map(dummy).collect();
        let threshold: [f64; K] = std::array::from_fn(|k| {
            let mut one: Vec<f64> = dummies.iter().map(|d| d[k]).collect();
            one.sort_unstable_by(f64::total_cmp);
            quantile(&one, DUMMIES_BELOW).unwrap_or(f64::INFINITY)
        });
        parameters.iter().for_each(|&p| thresholds[p] = threshold);
    }
    thresholds
}
