//! Pasting: moving the limits of a box out again where this costs no density.
//!
//! Friedman and Fisher (1999): each limit in turn is moved out so far that the box gains a share of its rows, those next to
//! it; the limit with the best result is moved, and again, until the density would fall. Peeling is greedy, and its
//! early limits can be too narrow for the box that comes out.
//!
//! Rows with equal values are added together. A limit that reaches the last row outside is removed.

use super::super::figures::Count;
use super::super::region::{Edge, kept_out_by};
use super::super::{Region, Side};
use super::Sample;

/// The box after all pastes that keep its density, and how many rows they added.
pub(super) fn paste(sample: &Sample<'_>, mut region: Region, share: f64) -> (Region, usize) {
    let mut count = region.tally(sample.table, sample.outcome, &sample.alive).inside;
    let before = count.rows;
    loop {
        let wanted = ((share * count.rows as f64) as usize).max(1);
        let mut best: Option<(Count, usize, Side, Option<Edge>)> = None;
        let faces = region.faces(sample.table);
        for (at, face) in faces.iter().enumerate() {
            let mut rows = kept_out_by(&faces, at, &sample.alive);
            let value = |row: &usize| face.values[*row];
            rows.sort_by(|a, b| match face.side {
                Side::Low => value(b).total_cmp(&value(a)),
                Side::High => value(a).total_cmp(&value(b)),
            });
            let mut taken = wanted.min(rows.len());
            if taken == 0 {
                continue;
            }
            while taken < rows.len() && value(&rows[taken]) == value(&rows[taken - 1]) {
                taken += 1;
            }
            let after = count.plus(Count::of(rows[..taken].iter().map(|&row| sample.outcome[row])));
            let edge = rows.get(taken).map(|next| Edge::between(value(next), value(&rows[taken - 1])));
            let better = best.as_ref().is_none_or(|(best, ..)| after.density() > best.density());
            if after.density() >= count.density() && better {
                best = Some((after, face.column, face.side, edge));
            }
        }
        let Some((after, column, side, edge)) = best else { break };
        region.set(column, side, edge);
        count = after;
    }
    (region, count.rows - before)
}
