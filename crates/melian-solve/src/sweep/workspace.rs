//! Memory of a sweep, used again and again.

use crate::sweep::{Policies, buffer::Buffer, strips::Strips};
use std::sync::{Mutex, PoisonError};

/// Buffers of a sweep.
#[derive(Default)]
pub(crate) struct Workspace {
    /// The buffers of a schedule.
    pub(super) buffers: Vec<Buffer>,
    /// The buffers that a region writes.
    pub(super) written: Vec<Written>,
    /// For each path, the columns to which something is paid on the way: one bit each, the last for all from there on.
    pub(super) paid: Vec<u64>,
    /// What threads need for themselves.
    spare: Mutex<Vec<Scratch>>,
    /// Choice probabilities of choices made at the same time, and their derivatives; nothing of other nodes.
    pub(super) play: Policies,
    pub(super) turns: Policies,
}

/// A buffer that a region writes.
pub(super) enum Written {
    Nothing,
    Buffer(Buffer),
    Entry(Vec<f64>),
}

impl Written {
    pub fn numbers(&mut self) -> &mut [f64] {
        match self {
            Written::Nothing => &mut [],
            Written::Buffer(buffer) => buffer,
            Written::Entry(values) => values,
        }
    }
}

/// Buffers of a thread.
#[derive(Default)]
pub(super) struct Scratch {
    /// What steps of a region hand on.
    pub slab: Vec<Buffer>,
    pub strips: Strips,
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
