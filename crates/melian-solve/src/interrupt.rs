//! How somebody who no longer waits for an answer ends a solve.

use melian_model::{Diagnostic, Span};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A flag that ends solves: each looks at it between periods. By default there is none.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Option<Arc<AtomicBool>>);

/// The same if they are ended by the same flag.
impl PartialEq for Interrupt {
    fn eq(&self, other: &Interrupt) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

impl Interrupt {
    /// Ends solves once the flag is true.
    pub fn by(flag: Arc<AtomicBool>) -> Interrupt {
        Interrupt(Some(flag))
    }

    /// Whether solves end.
    pub fn is_set(&self) -> bool {
        self.0.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// # Errors
    /// Solves end.
    pub(crate) fn check(&self) -> Result<(), Vec<Diagnostic>> {
        match self.is_set() {
            true => {
                Err(vec![Diagnostic::error(INTERRUPTED, "the solve was ended before its time", Span::NONE)])
            }
            false => Ok(()),
        }
    }
}

/// The id of the error that says so.
pub const INTERRUPTED: &str = "interrupted";
