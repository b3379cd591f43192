//! Patient peeling: from all rows to few, a small share at a time.
//!
//! A peel cuts off the rows below the alpha quantile of a column, or those above its 1 − alpha quantile; of all columns and
//! both sides, the one with the greatest objective is done, if it is positive. At equal objectives a column that is
//! restricted already goes first, then the earlier column, then the upper side. The limit is the middle between the last
//! row outside and the first inside.
//!
//! Quantile: with n sorted values from number 0, those at ⌊(n − 1)·alpha⌋ and ⌈(n − 1)·alpha⌉; where they are equal, the cut
//! is moved inwards to the next larger value, so that equal values go together. It is the convention of sdtoolkit and
//! EMA Workbench, to whose trajectory a test holds ours. One difference: peels that leave fewer rows than the least
//! mass are not considered, while EMA Workbench ends as soon as the best peel is one of them. It matters only where
//! columns are discrete, and only after EMA's last step.

use rayon::prelude::*;

use super::super::figures::{Count, Figures};
use super::super::region::Edge;
use super::super::{Region, Side};
use super::{Sample, Settings};

/// One box of a trajectory.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The box.
    pub region: Region,
    /// How many parameters have a limit.
    pub restricted: usize,
    /// What it holds, as shares of the whole table.
    pub figures: Figures,
    /// Column and side of the peel that led here; absent for the first step, which has all rows.
    pub peeled: Option<(usize, Side)>,
}

/// A peel that could be done.
struct Peel {
    column: usize,
    side: Side,
    edge: Edge,
    after: Count,
    /// How many rows of the sorted column go: the first ones or the last ones.
    cut: usize,
    objective: f64,
    /// Whether its column is restricted already.
    again: bool,
}

/// The trajectory from all rows that are alive.
pub(super) fn peel(sample: &Sample<'_>, settings: &Settings) -> Vec<Step> {
    let columns = sample.table.columns();
    let least = settings.min_mass * sample.whole.rows as f64;
    let mut sorted = sample.table.sorted(&sample.alive);
    let mut inside = sample.alive.clone();
    let mut count = sample.count();
    let mut region = Region::whole(columns.len());
    let mut trajectory = vec![Step {
        region: region.clone(),
        restricted: 0,
        figures: count.within(sample.whole),
        peeled: None,
    }];
    // A box that holds nothing else cannot become better.
    while count.interest < count.rows {
        let mut best: Option<Peel> = None;
        for (column, order) in sorted.iter().enumerate() {
            let again = region.limits[column].restricted();
            for side in [Side::High, Side::Low] {
                let Some(cut) = cut(&columns[column], order, side, settings.alpha) else { continue };
                let gone = match side {
                    Side::Low => &order[..cut],
                    Side::High => &order[order.len() - cut..],
                };
                let after = count.minus(Count::of(gone.iter().map(|&row| sample.outcome[row as usize])));
                let objective = settings.objective.of(count, after);
                let better = best.as_ref().is_none_or(|best| {
                    objective > best.objective || (objective == best.objective && again && !best.again)
                });
                if after.rows as f64 >= least && objective > 0.0 && better {
                    let edge = edge(&columns[column], order, side, cut);
                    best = Some(Peel { column, side, edge, after, cut, objective, again });
                }
            }
        }
        let Some(peel) = best else { break };
        let order = &sorted[peel.column];
        let gone = match peel.side {
            Side::Low => &order[..peel.cut],
            Side::High => &order[order.len() - peel.cut..],
        };
        gone.iter().for_each(|&row| inside[row as usize] = false);
        sorted.par_iter_mut().for_each(|order| order.retain(|&row| inside[row as usize]));
        count = peel.after;
        region.set(peel.column, peel.side, Some(peel.edge));
        trajectory.push(Step {
            restricted: region.restricted(),
            region: region.clone(),
            figures: count.within(sample.whole),
            peeled: Some((peel.column, peel.side)),
        });
    }
    trajectory
}

/// How many rows a peel cuts off, if it leaves any: all rows inside have another value than all rows outside.
fn cut(values: &[f64], order: &[u32], side: Side, alpha: f64) -> Option<usize> {
    let last = order.len().checked_sub(1)?;
    let value = |i: usize| values[order[i] as usize];
    match side {
        Side::Low => {
            let i = last as f64 * alpha;
            let (low, mut high) = (i.floor() as usize, i.ceil() as usize);
            while value(low) == value(high) && high < last {
                high += 1;
            }
            (value(low) < value(high)).then_some(high)
        }
        Side::High => {
            let i = last as f64 * (1.0 - alpha);
            let (mut low, high) = (i.floor() as usize, i.ceil() as usize);
            while value(low) == value(high) && low > 0 {
                low -= 1;
            }
            (value(low) < value(high)).then_some(last - low)
        }
    }
}

/// The limit of a peel that cuts off so many rows.
fn edge(values: &[f64], order: &[u32], side: Side, cut: usize) -> Edge {
    let value = |i: usize| values[order[i] as usize];
    match side {
        Side::Low => Edge::between(value(cut - 1), value(cut)),
        Side::High => Edge::between(value(order.len() - cut), value(order.len() - cut - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_keep_ties_together() {
        let check = |values: &[f64], side, expected| {
            let order: Vec<u32> = (0..values.len() as u32).collect();
            assert_eq!(cut(values, &order, side, 0.3), expected, "{values:?} {side:?}");
        };
        check(&[1.0, 2.0, 3.0, 4.0], Side::Low, Some(1));
        check(&[1.0, 2.0, 3.0, 4.0], Side::High, Some(1));
        check(&[1.0, 1.0, 1.0, 4.0], Side::Low, Some(3));
        check(&[1.0, 4.0, 4.0, 4.0], Side::High, Some(3));
        check(&[4.0, 4.0, 4.0, 4.0], Side::Low, None);
        check(&[4.0, 4.0, 4.0, 4.0], Side::High, None);
        check(&[4.0], Side::Low, None);
        check(&[], Side::High, None);
    }
}
