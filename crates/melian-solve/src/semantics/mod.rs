//! What expressions and laws mean, at one state.

pub(crate) mod eval;
pub(crate) mod law;
