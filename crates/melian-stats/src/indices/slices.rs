//! Slices of a column: its rows in order of size, cut into pieces of equally many.
//!
//! Row of rank r (from 1) of n is in slice s of M if s·n/M < r ≤ (s+1)·n/M (Plischke, Borgonovo and Smith 2013). Rows of
//! the same value stay together: they go where the middle of their ranks goes, so a column of few values has at most as
//! many slices as values. What is left empty is no slice.

use rayon::prelude::*;

use super::unusable::{Unusable, check_inputs};

/// The columns of a table with the order of their rows, to be sliced for many outputs.
#[derive(Clone, PartialEq, Debug)]
pub struct SortedInputs {
    rows: usize,
    columns: Vec<Sorted>,
}

#[derive(Clone, PartialEq, Debug)]
struct Sorted {
    /// Rows by size of their value.
    order: Vec<u32>,
    /// The values in that order.
    values: Vec<f64>,
}

/// Most rows of a table and most slices of a column.
const MOST_ROWS: usize = u32::MAX as usize;
const MOST_SLICES: usize = u16::MAX as usize - 1;

/// How a column is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// By ranks, as this file's first lines say.
    EqualCounts,
    /// Between interpolated quantiles, each slice with its lower end and without its upper: the greatest value is in no
    /// slice. This is what SALib 1.6 does.
    HalfOpenQuantiles,
}

/// The slice of every row.
pub(super) struct Slices {
    /// By row; `count` where the row is in no slice or not present.
    pub of_row: Vec<u16>,
    /// How many slices there are.
    pub count: usize,
}

impl SortedInputs {
    /// Sorts every column.
    pub fn new(inputs: &[Vec<f64>]) -> Result<SortedInputs, Unusable> {
        let rows = check_inputs(inputs)?;
        if rows > MOST_ROWS {
            return Err(Unusable::TooMany { found: rows, most: MOST_ROWS });
        }
        let sorted = |column: &Vec<f64>| {
            let mut order: Vec<u32> = (0..rows as u32).collect();
            // Stable: rows of the same value stay in their order.
            order.sort_by(|&a, &b| column[a as usize].total_cmp(&column[b as usize]));
            let values = order.iter().map(|&r| column[r as usize]).collect();
            Sorted { order, values }
        };
        Ok(SortedInputs { rows, columns: inputs.par_iter().map(sorted).collect() })
    }

    /// How many rows the table has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns it has.
    pub fn parameters(&self) -> usize {
        self.columns.len()
    }

    /// Cuts a column into at most `slices` slices of the rows that are present.
    pub(super) fn slices(&self, parameter: usize, present: &[bool], slices: usize, cut: Cut) -> Slices {
        let sorted = &self.columns[parameter];
        let (order, values): (Vec<u32>, Vec<f64>) =
            sorted.order.iter().zip(&sorted.values).filter(|(r, _)| present[**r as usize]).unzip();
        let places = match cut {
            Cut::EqualCounts => by_ranks(&values, slices),
            Cut::HalfOpenQuantiles => between_quantiles(&values, slices),
        };
        number(self.rows, &order, &places)
    }
}

/// Refuses more slices than can be numbered, and none.
pub(super) fn check_slices(slices: usize) -> Result<(), Unusable> {
    match slices {
        0 => Err(Unusable::TooFew { found: 0, needed: 1 }),
        _ if slices > MOST_SLICES => Err(Unusable::TooMany { found: slices, most: MOST_SLICES }),
        _ => Ok(()),
    }
}

/// The slice of every value, which are sorted.
fn by_ranks(values: &[f64], slices: usize) -> Vec<Option<usize>> {
    let width = values.len() as f64 / slices as f64;
    let mut places = Vec::with_capacity(values.len());
    let mut slice = 0;
    for same in values.chunk_by(|a, b| a == b) {
        let middle = places.len() as f64 + 0.5 * (same.len() + 1) as f64;
        while slice + 1 < slices && middle > (slice + 1) as f64 * width {
            slice += 1;
        }
        places.resize(places.len() + same.len(), Some(slice));
    }
    places
}

/// The slice of every value, which are sorted; none for the greatest.
fn between_quantiles(values: &[f64], slices: usize) -> Vec<Option<usize>> {
    let step = 1.0 / slices as f64;
    let end = |s: usize| super::bootstrap::quantile(values, (s as f64 * step).min(1.0)).unwrap_or(0.0);
    let mut slice = 0;
    let place = |&x: &f64| {
        while slice < slices && x >= end(slice + 1) {
            slice += 1;
        }
        (slice < slices).then_some(slice)
    };
    values.iter().map(place).collect()
}

/// Numbers the slices that are not empty.
fn number(rows: usize, order: &[u32], places: &[Option<usize>]) -> Slices {
    let mut of_row = vec![u16::MAX; rows];
    let mut count = 0;
    let mut last = None;
    for (&row, &place) in order.iter().zip(places) {
        if place.is_none() {
            continue;
        }
        if place != last {
            count += 1;
            last = place;
        }
        of_row[row as usize] = (count - 1) as u16;
    }
    of_row.iter_mut().filter(|s| **s == u16::MAX).for_each(|s| *s = count as u16);
    Slices { of_row, count }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(column: &[f64], slices: usize, cut: Cut, expected: &[u16]) {
        let sorted = SortedInputs::new(&[column.to_vec()]).unwrap();
        let found = sorted.slices(0, &vec![true; column.len()], slices, cut);
        assert_eq!(found.of_row, expected, "{column:?} in {slices} by {cut:?}");
    }

    #[test]
    fn equal_counts_keep_ties_together() {
        use Cut::EqualCounts;
        check(&[4.0, 3.0, 2.0, 1.0], 2, EqualCounts, &[1, 1, 0, 0]);
        check(&[1.0, 2.0, 3.0, 4.0, 5.0], 2, EqualCounts, &[0, 0, 1, 1, 1]);
        // Two values are two slices, however many are asked for.
        check(&[0.0, 1.0, 0.0, 1.0, 1.0], 4, EqualCounts, &[0, 1, 0, 1, 1]);
        // Four alike lie mostly in the upper half.
        check(&[1.0, 2.0, 2.0, 2.0, 2.0], 2, EqualCounts, &[0, 1, 1, 1, 1]);
        // A column that never changes is one slice.
        check(&[7.0; 3], 3, EqualCounts, &[0; 3]);
    }

    #[test]
    fn half_open_quantiles_leave_out_the_greatest() {
        check(&[1.0, 2.0, 3.0, 4.0, 5.0], 2, Cut::HalfOpenQuantiles, &[0, 0, 1, 1, 2]);
    }

    #[test]
    fn absent_rows_are_not_ranked() {
        let sorted = SortedInputs::new(&[vec![1.0, 2.0, 3.0, 4.0]]).unwrap();
        let found = sorted.slices(0, &[false, true, true, false], 2, Cut::EqualCounts);
        assert_eq!(found.of_row, [2, 0, 1, 2]);
    }
}
