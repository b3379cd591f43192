//! Games without end: values that a backward period leaves as they are.
//!
//! ```text
//! x = F(x)                                                                                     (1)
//! ```
//!
//! x holds the values of all players, F is one period solved backward. With several players nothing says that (1) has one
//! solution only, nor that x, F(x), F(F(x)), … comes to rest.

mod map;

pub use map::{Inverse, Lost, Map};
