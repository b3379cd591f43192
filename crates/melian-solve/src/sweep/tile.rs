//! Sharing a box's rows out among threads: each tile owns the same stretch of rows in every column.
//!
//! What a tile writes depends on nothing that another tile writes, so results are the same for any number of threads.

use rayon::prelude::*;

/// Work below this many numbers is not worth sharing out.
const WORTH_SHARING: usize = 1 << 15;

/// States of a tile at most, so that its columns stay in the nearest cache.
const TILE_STATES: usize = 4096;

/// A stretch of rows.
pub(crate) struct Tile<'a> {
    /// First row of the stretch.
    pub first: usize,
    /// Its columns: the rows' states, one slice a column.
    pub columns: Vec<&'a mut [f64]>,
    rows: Rows<'a>,
}

enum Rows<'a> {
    All(std::ops::Range<usize>),
    Some(&'a [u32]),
}

impl<'a> Tile<'a> {
    /// The rows with a reachable state.
    pub fn rows(&self) -> Vec<u32> {
        match &self.rows {
            Rows::All(range) => (range.start as u32..range.end as u32).collect(),
            Rows::Some(rows) => rows.to_vec(),
        }
    }

    /// Runs `work` for each row that has a reachable state, with the row and where its states begin in the columns.
    #[inline]
    pub fn each_row(&mut self, inner: usize, mut work: impl FnMut(usize, usize, &mut [&'a mut [f64]])) {
        let first = self.first;
        match &self.rows {
            Rows::All(range) => {
                for row in range.clone() {
                    work(row, (row - first) * inner, &mut self.columns);
                }
            }
            Rows::Some(rows) => {
                for &row in *rows {
                    work(row as usize, (row as usize - first) * inner, &mut self.columns);
                }
            }
        }
    }
}

/// Splits columns of `rows · inner` states each into tiles and works on them, in parallel where it pays.
pub(crate) fn each_tile<'a>(
    columns: Vec<&'a mut [f64]>,
    rows: usize,
    inner: usize,
    active: Option<&'a [u32]>,
    work: impl Fn(&mut Tile<'a>) + Sync,
) {
    let numbers = rows * inner * columns.len();
    let threads = rayon::current_num_threads();
    let shared = if numbers < WORTH_SHARING { rows } else { rows.div_ceil(4 * threads) };
    let per_tile = shared.min((TILE_STATES / inner).max(1));
    let mut tiles: Vec<Tile> = Vec::new();
    let mut rest = columns;
    let mut first = 0;
    while first < rows {
        let last = (first + per_tile).min(rows);
        let mut own = Vec::with_capacity(rest.len());
        let mut after = Vec::with_capacity(rest.len());
        for column in rest {
            let (a, b) = column.split_at_mut((last - first) * inner);
            own.push(a);
            after.push(b);
        }
        rest = after;
        let rows = match active {
            None => Rows::All(first..last),
            Some(list) => {
                let from = list.partition_point(|&r| (r as usize) < first);
                let to = list.partition_point(|&r| (r as usize) < last);
                Rows::Some(&list[from..to])
            }
        };
        tiles.push(Tile { first, columns: own, rows });
        first = last;
    }
    if tiles.len() > 1 {
        tiles.par_iter_mut().for_each(&work);
    } else {
        tiles.iter_mut().for_each(&work);
    }
}
