//! How much a box holds: coverage, density, mass.
//!
//! ```text
//! coverage = rows of interest in the box / rows of interest in all
//! density  = rows of interest in the box / rows in the box
//! mass     = rows in the box / rows in all
//! ```
//!
//! The names are those of Bryant and Lempert (2010). Classification calls the first two recall and precision.

/// How much a box holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Figures {
    /// Rows in it.
    pub rows: usize,
    /// Rows of interest in it.
    pub interest: usize,
    /// Its share of all rows of interest.
    pub coverage: f64,
    /// The share of its rows that are of interest, zero for an empty box. It is also the mean of the outcome, as the
    /// outcome is true or false.
    pub density: f64,
    /// Its share of all rows.
    pub mass: f64,
}

/// Rows, and how many of them are of interest.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Count {
    pub rows: usize,
    pub interest: usize,
}

impl Count {
    /// Counts rows of which it is known whether they are of interest.
    pub fn of(rows: impl Iterator<Item = bool>) -> Count {
        let mut count = Count::default();
        rows.for_each(|happens| count.add(happens));
        count
    }

    pub fn add(&mut self, happens: bool) {
        self.rows += 1;
        self.interest += usize::from(happens);
    }

    pub fn plus(self, other: Count) -> Count {
        Count { rows: self.rows + other.rows, interest: self.interest + other.interest }
    }

    pub fn minus(self, other: Count) -> Count {
        Count { rows: self.rows - other.rows, interest: self.interest - other.interest }
    }

    /// The share of interest; zero where there are no rows.
    pub fn density(self) -> f64 {
        share(self.interest, self.rows)
    }

    /// As part of a whole.
    pub fn within(self, whole: Count) -> Figures {
        Figures {
            rows: self.rows,
            interest: self.interest,
            coverage: share(self.interest, whole.interest),
            density: self.density(),
            mass: share(self.rows, whole.rows),
        }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A share as "n in d": the least of the denominators 1, 2, 3, 4, 5, 6, 8, 10, 20, 100 that comes within 0.015 of it.
/// Zero and one are kept for shares that are exactly that.
pub fn one_in(share: f64) -> (u32, u32) {
    if share.is_nan() || share <= 0.0 {
        return (0, 1);
    }
    if share >= 1.0 {
        return (1, 1);
    }
    for d in [2, 3, 4, 5, 6, 8, 10, 20] {
        let n = (share * f64::from(d)).round();
        if n > 0.0 && n < f64::from(d) && (n / f64::from(d) - share).abs() <= 0.015 {
            return (n as u32, d);
        }
    }
    ((share * 100.0).round().clamp(1.0, 99.0) as u32, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_in_words() {
        for (share, words) in [
            (0.81, (4, 5)),
            (0.5, (1, 2)),
            (0.97, (97, 100)),
            (0.999, (99, 100)),
            (0.001, (1, 100)),
            (0.34, (1, 3)),
            (0.05, (1, 20)),
            (1.0, (1, 1)),
            (0.0, (0, 1)),
            (f64::NAN, (0, 1)),
        ] {
            assert_eq!(one_in(share), words, "{share}");
        }
    }

    #[test]
    fn figures_of_counts() {
        let whole = Count { rows: 100, interest: 20 };
        let figures = Count { rows: 25, interest: 15 }.within(whole);
        assert_eq!((figures.coverage, figures.density, figures.mass), (0.75, 0.6, 0.25));
        let empty = Count::default().within(Count::default());
        assert_eq!((empty.coverage, empty.density, empty.mass), (0.0, 0.0, 0.0));
    }
}
