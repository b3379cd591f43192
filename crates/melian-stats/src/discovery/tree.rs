//! A shallow classification tree, as a second opinion on the boxes of [`prim`](super::prim).
//!
//! CART of Breiman, Friedman, Olshen and Stone (1984). A node of n rows, k of them of interest, has the impurity of Gini,
//! and is split at the value of a column that lowers the sum over both parts most:
//!
//! ```text
//! n · 2 · (k/n) · (1 − k/n)                                                  (1)
//! ```
//!
//! At equal gains the earlier column wins, then the lower value. The value is the shortest decimal between the rows of
//! the two parts, so that the leaves read well and still fill the whole space. There is no pruning back: a tree of depth three
//! has at most eight leaves, and cross-validation says whether they say anything.
//!
//! ```text
//! error  = rows whose leaf's majority is wrong / rows                        (2)
//! Brier  = mean of (share of interest in the row's leaf − what happened)²    (3)
//! ```
//!
//! Both are of rows that the tree has not seen, beside the trivial rule that knows only the share of interest. Where little
//! is of interest, (2) is the trivial rule's for good trees too, as no leaf has a majority; (3), Brier (1950), tells them apart.
//!
//! Our own, because `linfa-trees` needs 40 crates, few of which we have (ndarray, a second `rand`, sparse matrices), sums weights in 32-bit
//! floats and hash maps, and gives neither boxes nor minimum leaves as a share.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::decimal::shortest;
use super::figures::{Count, Figures};
use super::region::Edge;
use super::table::{between, parted};
use super::{Region, Side, Table, Trouble};

/// How to grow a tree.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// At most so many splits from the root to a leaf.
    pub depth: usize,
    /// Least share of all rows in a leaf, between 0 and 1/2.
    pub min_leaf: f64,
    /// Parts of the cross-validation, at least two.
    pub folds: usize,
    /// Seed that deals the rows to the parts.
    pub seed: u64,
}

impl Default for Settings {
    /// Depth three, leaves of at least 5 %, ten folds.
    fn default() -> Settings {
        Settings { depth: 3, min_leaf: 0.05, folds: 10, seed: 0 }
    }
}

/// A tree as its leaves: boxes that fill the space and do not overlap.
#[derive(Clone, PartialEq, Debug)]
pub struct Tree {
    /// The leaves; in the order of the splits, low side first.
    pub leaves: Vec<Leaf>,
    /// How well it foretells.
    pub validation: Validation,
}

/// A leaf of a tree.
#[derive(Clone, PartialEq, Debug)]
pub struct Leaf {
    /// Its box.
    pub region: Region,
    /// What it holds.
    pub figures: Figures,
}

/// How well trees foretell rows that they have not seen, and how well the trivial rule does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Validation {
    /// Parts into which the rows were dealt.
    pub folds: usize,
    /// Share of rows that the majority of their leaf gets wrong, equation (2).
    pub error: f64,
    /// The same for the majority of all rows.
    pub trivial_error: f64,
    /// Mean squared error of the leaf's share, equation (3).
    pub brier: f64,
    /// The same for the share of all rows.
    pub trivial_brier: f64,
}

impl Validation {
    /// The Brier skill score, 1 − brier / trivial: one for certainty, zero or less for a tree that says nothing.
    pub fn skill(&self) -> f64 {
        if self.trivial_brier > 0.0 { 1.0 - self.brier / self.trivial_brier } else { 0.0 }
    }
}

/// Grows a tree and validates it.
///
/// # Errors
///
/// An outcome that never or always happens or is not as long as the table, fewer than two rows a fold, settings
/// outside their ranges.
pub fn grow(table: &Table<'_>, outcome: &[bool], settings: &Settings) -> Result<Tree, Trouble> {
    between("min_leaf", settings.min_leaf, 0.0, 0.5, "between 0 and 0.5")?;
    if settings.folds < 2 {
        return Err(Trouble::Setting { name: "folds", value: settings.folds as f64, must: "at least 2" });
    }
    table.check(outcome, settings.folds.saturating_mul(2))?;
    let all = vec![true; table.rows()];
    let (leaves, whole) = fit(table, outcome, &all, settings);
    let leaves =
        leaves.into_iter().map(|(region, count)| Leaf { region, figures: count.within(whole) }).collect();
    Ok(Tree { leaves, validation: validate(table, outcome, settings) })
}

/// The leaves of the tree of some rows, and their number in all.
fn fit(
    table: &Table<'_>,
    outcome: &[bool],
    alive: &[bool],
    settings: &Settings,
) -> (Vec<(Region, Count)>, Count) {
    let sorted = table.sorted(alive);
    let count = Count::of(sorted.iter().take(1).flatten().map(|&row| outcome[row as usize]));
    let least = (settings.min_leaf * count.rows as f64).max(1.0);
    let mut growth = Growth { table, outcome, least, leaves: Vec::new() };
    growth.node(sorted, count, Region::whole(table.columns().len()), settings.depth);
    (growth.leaves, count)
}

struct Growth<'a> {
    table: &'a Table<'a>,
    outcome: &'a [bool],
    /// Least rows of a leaf.
    least: f64,
    leaves: Vec<(Region, Count)>,
}

/// Where a node is split: the rows up to this one in the order of the column go to the low side.
struct Split {
    column: usize,
    at: usize,
    low: Count,
}

impl Growth<'_> {
    /// Splits a node, given by its rows in the order of each column, down to its leaves.
    fn node(&mut self, sorted: Vec<Vec<u32>>, count: Count, region: Region, depth: usize) {
        let split = if depth == 0 { None } else { self.best(&sorted, count) };
        let Some(split) = split else {
            self.leaves.push((region, count));
            return;
        };
        let (values, order) = (&self.table.columns()[split.column], &sorted[split.column]);
        let value = |i: usize| values[order[i] as usize];
        let edge = shortest(value(split.at + 1), value(split.at));
        let (mut low, mut high) = (region.clone(), region);
        low.set(split.column, Side::High, Some(Edge { at: edge.at, included: true }));
        high.set(split.column, Side::Low, Some(Edge { at: edge.at, included: false }));
        let (low_count, high_count) = (split.low, count.minus(split.low));
        if depth == 1 {
            self.leaves.extend([(low, low_count), (high, high_count)]);
            return;
        }
        let mut is_low = vec![false; self.outcome.len()];
        order[..=split.at].iter().for_each(|&row| is_low[row as usize] = true);
        let (low_rows, high_rows) = sorted.iter().map(|order| parted(order, &is_low)).unzip();
        drop(sorted);
        self.node(low_rows, low_count, low, depth - 1);
        self.node(high_rows, high_count, high, depth - 1);
    }

    fn best(&self, sorted: &[Vec<u32>], count: Count) -> Option<Split> {
        let mut best = None;
        // Gains below rounding of the sums are none.
        let mut most = purity(count) + 1e-9 * count.rows as f64;
        for (column, order) in sorted.iter().enumerate() {
            let values = &self.table.columns()[column];
            let value = |at: usize| values[order[at] as usize];
            let mut low = Count::default();
            for at in 0..order.len().saturating_sub(1) {
                low.add(self.outcome[order[at] as usize]);
                let high = count.minus(low);
                if (low.rows.min(high.rows) as f64) < self.least {
                    continue;
                }
                let sum = purity(low) + purity(high);
                if sum > most && value(at) != value(at + 1) {
                    most = sum;
                    best = Some(Split { column, at, low });
                }
            }
        }
        best
    }
}

/// Equation (1) is 2 · (k − k²/n), and the sum of k over both parts is the same for all splits: what remains to be made
/// large is the sum of k²/n.
fn purity(count: Count) -> f64 {
    let interest = count.interest as f64;
    interest * interest / count.rows as f64
}

/// Deals the rows of interest and the others to folds, each evenly, and foretells every fold from all others.
fn validate(table: &Table<'_>, outcome: &[bool], settings: &Settings) -> Validation {
    let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    rows.shuffle(&mut random);
    rows.sort_by_key(|&row| outcome[row]);
    let mut fold = vec![0; rows.len()];
    rows.iter().enumerate().for_each(|(at, &row)| fold[row] = at % settings.folds);
    let scores: Vec<[f64; 4]> =
        (0..settings.folds).into_par_iter().map(|k| score(table, outcome, &fold, k, settings)).collect();
    let mean = |which: usize| scores.iter().map(|score| score[which]).sum::<f64>() / table.rows() as f64;
    Validation {
        folds: settings.folds,
        error: mean(0),
        trivial_error: mean(1),
        brier: mean(2),
        trivial_brier: mean(3),
    }
}

/// Sums over one fold of errors and squared errors: of the tree of the other folds, and of the trivial rule.
fn score(table: &Table<'_>, outcome: &[bool], fold: &[usize], k: usize, settings: &Settings) -> [f64; 4] {
    let seen: Vec<bool> = fold.iter().map(|&f| f != k).collect();
    let (leaves, whole) = fit(table, outcome, &seen, settings);
    let leaves: Vec<_> =
        leaves.iter().map(|(region, count)| (region.faces(table), count.density())).collect();
    let mut sums = [0.0; 4];
    for row in (0..fold.len()).filter(|&row| !seen[row]) {
        let happened = if outcome[row] { 1.0 } else { 0.0 };
        let wrong = |share: f64| if (share > 0.5) == outcome[row] { 0.0 } else { 1.0 };
        // Leaves fill the space: there is always one.
        let leaf = leaves.iter().find(|(faces, _)| faces.iter().all(|face| face.keeps(row)));
        let share = leaf.map_or(whole.density(), |(_, share)| *share);
        sums[0] += wrong(share);
        sums[1] += wrong(whole.density());
        sums[2] += (share - happened).powi(2);
        sums[3] += (whole.density() - happened).powi(2);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_where_it_should() {
        // Worked by hand: x = 3 and 4 are of interest where y is 1.
        let columns = [vec![1.0, 2.0, 3.0, 4.0, 3.0, 4.0], vec![1.0, 0.0, 1.0, 1.0, 0.0, 0.0]];
        let table = Table::new(&columns).unwrap();
        let outcome = [false, false, true, true, false, false];
        let settings = Settings { folds: 2, min_leaf: 0.01, ..Settings::default() };
        let tree = grow(&table, &outcome, &settings).unwrap();
        let leaves: Vec<(String, usize, f64)> = tree
            .leaves
            .iter()
            .map(|leaf| (leaf.region.words(&[]), leaf.figures.rows, leaf.figures.density))
            .collect();
        assert_eq!(
            leaves,
            [
                ("column 2 <= 0".to_string(), 3, 0.0),
                ("column 1 <= 2 and column 2 > 0".to_string(), 1, 0.0),
                ("column 1 > 2 and column 2 > 0".to_string(), 2, 1.0),
            ]
        );
    }

    #[test]
    fn refuses() {
        let columns = [vec![1.0, 2.0]];
        let table = Table::new(&columns).unwrap();
        let check = |settings: Settings, trouble: &str| {
            assert_eq!(grow(&table, &[true, false], &settings).unwrap_err().to_string(), trouble);
        };
        let default = Settings::default();
        check(default.clone(), "2 rows are too few, at least 20 are needed");
        check(Settings { folds: 1, ..default.clone() }, "`folds` is 1 and must be at least 2");
        check(Settings { min_leaf: f64::NAN, ..default }, "`min_leaf` is NaN and must be between 0 and 0.5");
    }
}
