//! A table of runs, checked and sorted once for all searches in it.

use std::fmt;

use rayon::prelude::*;

/// Columns of numbers, one for each parameter, with the order of their rows.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    columns: &'a [Vec<f64>],
    /// For each column its rows by rising value; equal values stay in the order of the table.
    order: Vec<Vec<u32>>,
    rows: usize,
}

/// Why there is nothing to discover.
#[derive(Clone, PartialEq, Debug)]
pub enum Trouble {
    /// The table has no column.
    NoColumns,
    /// A column, or the outcome (`column` absent), has another length than the first column.
    Lengths {
        /// Which column, from zero; absent for the outcome.
        column: Option<usize>,
        /// Its length.
        rows: usize,
        /// The length of the first column.
        expected: usize,
    },
    /// A number that is not finite.
    NotFinite {
        /// Which column, from zero.
        column: usize,
        /// Which row, from zero.
        row: usize,
    },
    /// Too few rows for this method.
    TooFew {
        /// Rows there are.
        rows: usize,
        /// Rows it needs.
        needed: usize,
    },
    /// More rows than can be numbered in 32 bits.
    TooMany {
        /// Rows there are.
        rows: usize,
    },
    /// The thing of interest never happens.
    Never,
    /// The thing of interest always happens.
    Always,
    /// A setting outside its range.
    Setting {
        /// Its name.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
    /// A step that the trajectory does not have.
    NoSuchStep {
        /// Which box, from zero.
        scenario: usize,
        /// The step that was asked for.
        step: usize,
        /// How many steps there are.
        steps: usize,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::NoColumns => write!(f, "the table has no column"),
            Trouble::Lengths { column: Some(column), rows, expected } => {
                write!(f, "column {} has {rows} rows, the first has {expected}", column + 1)
            }
            Trouble::Lengths { column: None, rows, expected } => {
                write!(f, "the outcome has {rows} rows, the table has {expected}")
            }
            Trouble::NotFinite { column, row } => {
                write!(f, "row {} of column {} is not a finite number", row + 1, column + 1)
            }
            Trouble::TooFew { rows, needed } => {
                write!(f, "{rows} rows are too few, at least {needed} are needed")
            }
            Trouble::TooMany { rows } => write!(f, "{rows} rows are too many"),
            Trouble::Never => write!(f, "it happens in no row"),
            Trouble::Always => write!(f, "it happens in every row"),
            Trouble::Setting { name, value, must } => write!(f, "`{name}` is {value} and must be {must}"),
            Trouble::NoSuchStep { scenario, step, steps } => {
                write!(
                    f,
                    "box {} has no step {step}, the last one is {}",
                    scenario + 1,
                    steps.saturating_sub(1)
                )
            }
        }
    }
}

impl std::error::Error for Trouble {}

impl<'a> Table<'a> {
    /// Checks and sorts columns that are equally long.
    ///
    /// # Errors
    ///
    /// No column, columns of different lengths, numbers that are not finite.
    pub fn new(columns: &'a [Vec<f64>]) -> Result<Table<'a>, Trouble> {
        let rows = columns.first().ok_or(Trouble::NoColumns)?.len();
        let Ok(count) = u32::try_from(rows) else { return Err(Trouble::TooMany { rows }) };
        for (column, values) in columns.iter().enumerate() {
            if values.len() != rows {
                return Err(Trouble::Lengths { column: Some(column), rows: values.len(), expected: rows });
            }
            if let Some(row) = values.iter().position(|x| !x.is_finite()) {
                return Err(Trouble::NotFinite { column, row });
            }
        }
        let sorted = |values: &Vec<f64>| {
            let mut order: Vec<u32> = (0..count).collect();
            // Adding zero makes -0 and 0 one value, as comparisons elsewhere have it.
            order.sort_by(|&a, &b| (values[a as usize] + 0.0).total_cmp(&(values[b as usize] + 0.0)));
            order
        };
        Ok(Table { columns, order: columns.par_iter().map(sorted).collect(), rows })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns.
    pub fn columns(&self) -> &'a [Vec<f64>] {
        self.columns
    }

    /// For each column the rows that `alive` keeps, by rising value.
    pub(super) fn sorted(&self, alive: &[bool]) -> Vec<Vec<u32>> {
        self.order.iter().map(|order| parted(order, alive).0).collect()
    }

    /// Checks an outcome: as long as the table, with enough rows, happening in some and not in all of them.
    pub(super) fn check(&self, outcome: &[bool], needed: usize) -> Result<(), Trouble> {
        if outcome.len() != self.rows {
            return Err(Trouble::Lengths { column: None, rows: outcome.len(), expected: self.rows });
        }
        if self.rows < needed {
            return Err(Trouble::TooFew { rows: self.rows, needed });
        }
        match outcome.iter().filter(|&&happens| happens).count() {
            0 => Err(Trouble::Never),
            count if count == self.rows => Err(Trouble::Always),
            _ => Ok(()),
        }
    }
}

/// Rows for which something is true, and those for which it is not, each in the order in which they were.
///
/// Every row is written to both parts and one of them moves on: which one it is cannot be foretold, and branches that
/// cannot be foretold take most of the time.
pub(super) fn parted(order: &[u32], is: &[bool]) -> (Vec<u32>, Vec<u32>) {
    let mut parts = [vec![0; order.len() + 1], vec![0; order.len() + 1]];
    let (mut yes, mut no) = (0, 0);
    for &row in order {
        parts[0][yes] = row;
        parts[1][no] = row;
        let first = usize::from(is[row as usize]);
        yes += first;
        no += 1 - first;
    }
    let [mut first, mut second] = parts;
    first.truncate(yes);
    second.truncate(no);
    (first, second)
}

/// Checks that a setting lies in a range, both ends excluded.
pub(super) fn between(
    name: &'static str,
    value: f64,
    low: f64,
    high: f64,
    must: &'static str,
) -> Result<(), Trouble> {
    if value > low && value < high { Ok(()) } else { Err(Trouble::Setting { name, value, must }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table() {
        let check = |columns: &[Vec<f64>], trouble: Trouble, text: &str| {
            assert_eq!(Table::new(columns).unwrap_err(), trouble);
            assert_eq!(trouble.to_string(), text);
        };
        check(&[], Trouble::NoColumns, "the table has no column");
        check(
            &[vec![1.0], vec![]],
            Trouble::Lengths { column: Some(1), rows: 0, expected: 1 },
            "column 2 has 0 rows, the first has 1",
        );
        check(
            &[vec![1.0, 2.0], vec![3.0, f64::NAN]],
            Trouble::NotFinite { column: 1, row: 1 },
            "row 2 of column 2 is not a finite number",
        );
        check(
            &[vec![f64::INFINITY]],
            Trouble::NotFinite { column: 0, row: 0 },
            "row 1 of column 1 is not a finite number",
        );
    }

    #[test]
    fn what_is_no_outcome() {
        let columns = [vec![1.0, 2.0]];
        let table = Table::new(&columns).unwrap();
        assert_eq!(table.check(&[false], 2), Err(Trouble::Lengths { column: None, rows: 1, expected: 2 }));
        assert_eq!(table.check(&[false, true], 3), Err(Trouble::TooFew { rows: 2, needed: 3 }));
        assert_eq!(table.check(&[false, false], 2), Err(Trouble::Never));
        assert_eq!(table.check(&[true, true], 2), Err(Trouble::Always));
        assert_eq!(table.check(&[true, false], 2), Ok(()));
    }

    #[test]
    fn parts_keep_their_order() {
        assert_eq!(parted(&[2, 0, 3, 1], &[true, false, true, false]), (vec![2, 0], vec![3, 1]));
        assert_eq!(parted(&[], &[]), (vec![], vec![]));
    }

    #[test]
    fn both_zeros_are_equal() {
        let columns = [vec![0.0, -0.0, -1.0]];
        assert_eq!(Table::new(&columns).unwrap().order, [[2, 0, 1]]);
    }
}
