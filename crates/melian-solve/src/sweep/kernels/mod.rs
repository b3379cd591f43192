//! The inner loops: over a strip of neighbouring states, one operation for each of them.
//!
//! Every loop is written for vectors of any length and compiled once for each width (see [`crate::sweep::lanes`]). None
//! adds up along a strip, and what is left over at a strip's end goes through the same operations in a vector that is
//! partly filled, so a number does not depend on the width.

mod alone;
mod along;
mod choose;
mod mix;
mod pointwise;
#[cfg(test)]
mod tests;

pub use alone::Kernels;
pub use pointwise::exponentials;

pub(super) use choose::{MANY, Menu, best, choose, respond};
pub(super) use mix::{mix_all, mix_each};
pub(super) use pointwise::{add, multiply, scale, sum};

/// States worked on at a time: the strips of a choice among a few stay in the nearest cache.
pub(super) const STRIP: usize = 512;

/// From one strip to the next in a buffer of several: not a multiple of a page, or all would compete for the same
/// places of the cache.
pub(super) const APART: usize = STRIP + 40;

/// Terms that are added up at once.
pub(super) const TERMS: usize = 4;

/// Columns worked on at once: what is the same for all of them is read once.
pub(super) const TOGETHER: usize = 4;

/// A number for each state of a strip, or one for all.
#[derive(Clone, Copy)]
pub(super) enum Factor<'a> {
    All(f64),
    Each(&'a [f64]),
}
