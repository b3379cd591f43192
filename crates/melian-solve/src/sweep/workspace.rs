//! Memory of a sweep, used again and again.

use std::sync::{Mutex, PoisonError};

/// Buffers of a sweep.
#[derive(Default)]
pub(crate) struct Workspace {
    /// The buffers of a schedule.
    pub(super) buffers: Vec<Vec<f64>>,
    /// The buffers that a region writes.
    pub(super) written: Vec<Vec<f64>>,
    /// What threads need for themselves.
    spare: Mutex<Vec<Scratch>>,
    /// The boxes of a plain sweep, and choice probabilities that nobody keeps.
    pub(super) plain: Vec<Vec<f64>>,
    pub(super) policy: Vec<f64>,
}

/// Buffers of a thread.
#[derive(Default)]
pub(super) struct Scratch {
    /// What steps of a region hand on.
    pub slab: Vec<Vec<f64>>,
    /// Values of actions that do not stand as they are.
    pub assembled: Vec<f64>,
    /// Choice probabilities, one strip an action.
    pub chosen: Vec<f64>,
    /// The largest λ·Q, and the sum of exponentials.
    pub top: Vec<f64>,
    pub sum: Vec<f64>,
    /// A strip's values before a question changes them.
    pub spare: Vec<f64>,
}

impl Workspace {
    pub(super) fn scratch(spare: &Mutex<Vec<Scratch>>) -> Scratch {
        spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(super) fn give_back(spare: &Mutex<Vec<Scratch>>, scratch: Scratch) {
        spare.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    }

    pub(super) fn spare(&self) -> &Mutex<Vec<Scratch>> {
        &self.spare
    }
}
