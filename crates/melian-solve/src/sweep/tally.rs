//! What happened in a sweep that whoever reads its numbers must be told.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts that many threads add to.
#[derive(Default)]
pub(crate) struct Tally {
    ties: AtomicU64,
    lost: AtomicU64,
    folds: AtomicU64,
    crossings: AtomicU64,
}

/// What was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Choices at which best responses were tied.
    pub ties: u64,
    /// Choices made at the same time whose equilibrium was not found.
    pub lost: u64,
    /// How often the branch of their equilibria turned back on the way.
    pub folds: u64,
    /// How often another branch crossed it on the way, as happens in symmetric games.
    pub crossings: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.ties += other.ties;
        self.lost += other.lost;
        self.folds += other.folds;
        self.crossings += other.crossings;
    }
}

impl Tally {
    /// Adds to it.
    pub fn add(&self, counts: Counts) {
        for (own, more) in [
            (&self.ties, counts.ties),
            (&self.lost, counts.lost),
            (&self.folds, counts.folds),
            (&self.crossings, counts.crossings),
        ] {
            if more > 0 {
                own.fetch_add(more, Ordering::Relaxed);
            }
        }
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            ties: read(&self.ties),
            lost: read(&self.lost),
            folds: read(&self.folds),
            crossings: read(&self.crossings),
        }
    }
}
