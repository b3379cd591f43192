//! Memory of solves that are done, kept for the next one.
//!
//! All of it is as large as the plan makes it, so a plan that is solved at one parameter point after another takes
//! memory for the first and nothing for the others.

use crate::{
    sweep::{Boundary, Policies, Workspace},
    tables::Tables,
};
use std::sync::{Mutex, PoisonError};

/// Things to be used again, with anything in them.
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool(Mutex::default())
    }
}

impl<T> Pool<T> {
    /// One that nobody needs now, if there is one.
    pub fn find(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Gives one back that is not needed any more.
    pub fn give(&self, thing: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(thing);
    }
}

impl<T: Default> Pool<T> {
    /// One that nobody needs now, or a new one.
    pub fn take(&self) -> T {
        self.find().unwrap_or_default()
    }
}

/// What solves of a plan work on.
#[derive(Default)]
pub(crate) struct Memory {
    pub workspaces: Pool<Workspace>,
    pub boundaries: Pool<Boundary>,
    pub policies: Pool<Policies>,
    pub tables: Pool<Tables>,
}
