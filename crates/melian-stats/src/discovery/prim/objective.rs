//! What a peel is to make large.
//!
//! With a box of n rows and mean m, and n' and m' after a peel:
//!
//! ```text
//! original   m'                                                              (1)
//! lenient1   (m' − m) / (n − n')                                             (2)
//! lenient2   n' · (m' − m) / (n − n')                                        (3)
//! ```
//!
//! (1) is Friedman and Fisher (1999). (2) and (3) are Kwakkel and Jaxa-Rozen (2016), "Improving scenario discovery for
//! handling heterogeneous uncertainties", under the names of EMA Workbench, whose default is (2): where columns are
//! discrete, peels differ in size, and (1) prefers the large ones. (2) and (3) end when no peel raises the
//! mean. (1) goes on to the least mass, or until only rows of interest are left.

use super::super::figures::Count;

/// What a peel is to make large.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Objective {
    /// Gain of the mean for each row cut off.
    #[default]
    Lenient1,
    /// The same, times the rows that stay.
    Lenient2,
    /// The mean of what stays.
    Original,
}

impl Objective {
    /// The objective of a peel that cuts off at least one row.
    pub(super) fn of(self, before: Count, after: Count) -> f64 {
        let gain = after.density() - before.density();
        let cut = (before.rows - after.rows) as f64;
        match self {
            Objective::Lenient1 => gain / cut,
            Objective::Lenient2 => after.rows as f64 * gain / cut,
            Objective::Original => after.density(),
        }
    }
}
