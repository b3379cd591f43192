//! Quasi-p-values: could a limit be there by coincidence?
//!
//! A box holds H rows of interest among T. Without one of its limits it would hold H' among T'. If that limit said nothing,
//! the T rows were a draw from those T', and the chance of at least as many rows of interest as there are is
//!
//! ```text
//! q = P(X ≥ H),   X ~ Binomial(T, H'/T')                                     (1)
//! ```
//!
//! Bryant and Lempert (2010). "Quasi", because the limit was chosen to make H large on the same rows: small values are no
//! proof. Like EMA Workbench, we test the two sides of a parameter apart.

use statrs::function::gamma::ln_gamma;

use super::super::region::Tally;
use super::super::{Edge, Region, Side};
use super::Sample;

/// One limit of a box.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Restriction {
    /// Its column.
    pub column: usize,
    /// Its side.
    pub side: Side,
    /// Where it is.
    pub edge: Edge,
    /// Equation (1): how likely the box would hold as many rows of interest if this limit said nothing.
    pub quasi_p: f64,
}

/// The limits of a box with their quasi-p-values.
pub(super) fn restrictions(region: &Region, tally: &Tally) -> Vec<Restriction> {
    let inside = tally.inside;
    let restriction = |((column, side), &more): ((usize, Side), &_)| {
        let quasi_p = upper_tail(inside.interest, inside.rows, inside.plus(more).density());
        Some(Restriction { column, side, edge: region.limits[column].edge(side)?, quasi_p })
    };
    region.restrictions().into_iter().zip(&tally.alone).filter_map(restriction).collect()
}

/// Drops limits whose quasi-p-value is above the threshold, the worst first, each time testing again what is left. What
/// it returns beside the box is what was dropped, and the last tally.
pub(super) fn prune(
    sample: &Sample<'_>,
    region: &Region,
    threshold: Option<f64>,
) -> (Region, Vec<Restriction>, Tally) {
    let mut region = region.clone();
    let mut dropped = Vec::new();
    loop {
        let tally = region.tally(sample.table, sample.outcome, &sample.alive);
        let Some(threshold) = threshold else { return (region, dropped, tally) };
        let worst = restrictions(&region, &tally)
            .into_iter()
            .filter(|restriction| restriction.quasi_p > threshold)
            .reduce(|a, b| if b.quasi_p > a.quasi_p { b } else { a });
        let Some(worst) = worst else { return (region, dropped, tally) };
        region.set(worst.column, worst.side, None);
        dropped.push(worst);
    }
}

/// P(X ≥ k) of a binomial with n draws of chance p.
///
/// Terms are added from k away from the mean, where they fall, so that nothing is lost to rounding; on the near side of
/// the mean it is one minus the other tail.
fn upper_tail(k: usize, n: usize, p: f64) -> f64 {
    if k == 0 || p >= 1.0 {
        return 1.0;
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    let odds = p / (1.0 - p);
    let term = |i: usize| {
        let choose = ln_gamma(n as f64 + 1.0) - ln_gamma(i as f64 + 1.0) - ln_gamma((n - i) as f64 + 1.0);
        (choose + i as f64 * p.ln() + (n - i) as f64 * (-p).ln_1p()).exp()
    };
    let sum = |first: f64, ratios: &mut dyn Iterator<Item = f64>| {
        let (mut sum, mut term) = (first, first);
        for ratio in ratios {
            term *= ratio;
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        sum
    };
    if k as f64 > n as f64 * p {
        sum(term(k), &mut (k..n).map(|i| odds * (n - i) as f64 / (i + 1) as f64))
    } else {
        1.0 - sum(term(k - 1), &mut (1..k).rev().map(|i| i as f64 / ((n - i + 1) as f64 * odds)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Table;
    use super::super::super::figures::Count;
    use super::*;

    #[test]
    fn binomial_tails() {
        // The last four are from scipy.stats.binom.sf(k - 1, n, p), SciPy 1.17.1.
        for (k, n, p, expected) in [
            (0, 10, 0.3, 1.0),
            (3, 3, 0.5, 0.125),
            (1, 3, 0.5, 0.875),
            (2, 3, 1.0, 1.0),
            (2, 3, 0.0, 0.0),
            (10, 20, 0.3, 0.04796189733134342),
            (240, 250, 0.9, 0.0003534385733063914),
            (9000, 16384, 0.5, 7.458589565463335e-37),
            (400, 1000, 0.45, 0.9993645961442801),
        ] {
            let tail = upper_tail(k, n, p);
            // Logarithms of gamma functions near 1e5 leave 1e-11 of relative rounding.
            assert!((tail - expected).abs() <= 1e-10 * expected, "{k} {n} {p}: {tail} {expected}");
        }
    }

    #[test]
    fn the_worst_limit_goes_first() {
        // The second column is nearly the first: either limit makes the other needless, and the first is the better one.
        let first: Vec<f64> = (0..40).map(f64::from).collect();
        let second: Vec<f64> = first.iter().map(|x| if *x == 19.0 { 20.0 } else { *x }).collect();
        let outcome: Vec<bool> = first.iter().map(|x| *x >= 20.0).collect();
        let columns = [first, second];
        let table = Table::new(&columns).unwrap();
        let mut region = Region::whole(2);
        for column in [0, 1] {
            region.set(column, Side::Low, Some(Edge { at: 19.5, included: false }));
        }
        let whole = Count::of(outcome.iter().copied());
        let sample = Sample { table: &table, outcome: &outcome, alive: vec![true; 40], whole };
        let (pruned, dropped, tally) = prune(&sample, &region, Some(0.05));
        assert_eq!(pruned.restrictions(), [(0, Side::Low)]);
        assert_eq!(dropped.iter().map(|limit| (limit.column, limit.quasi_p)).collect::<Vec<_>>(), [(1, 1.0)]);
        assert_eq!(tally.inside, Count { rows: 20, interest: 20 });
        assert_eq!(prune(&sample, &region, None).0, region);
    }
}
