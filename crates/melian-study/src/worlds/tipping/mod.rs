//! Tipping points: the nearest point of the parameters' ranges at which a condition changes its verdict.
//!
//! In coordinates in which every parameter's move is divided by the length of its range and the baseline is 0, let f be the
//! condition's margin, taken positive where the wanted verdict is and negative where it is not. Wanted is
//!
//! ```text
//! min ‖z‖₂   such that   f(z) > 0,   low ≤ z ≤ high,   at most k of the z_i are not 0            (1)
//! ```
//!
//! for k = 1, 2, 3, … f costs a solve and has no derivatives; it is smooth mostly, but not monotone, has kinks where a
//! condition has an `and`, and does not exist where a `require` is broken. So nothing is believed that was not solved:
//! every point handed out is one at which the wanted verdict was seen.
//!
//! - k = 1, [`sweep`]: f on a grid along every parameter. The nearest change of sign is refined with the ITP method of Oliveira
//!   and Takahashi (2020, ACM Transactions on Mathematical Software 47:5), [`root`]: no more solves than bisection, and
//!   superlinear where f is smooth.
//! - k ≥ 2, [`nearest`]: the design point of structural reliability, by the iteration of Hasofer and Lind (1974, Journal of
//!   the Engineering Mechanics Division 100) and Rackwitz and Fiessler (1978, Computers and Structures 9): at a point p
//!   of the border step to the point of least norm, within the box, of the linearised border
//!   f(p) + ∇f(p)·(z − p) = 0. Unlike them we return to the border itself along the ray from the baseline after every step, and
//!   take a step only if the border is nearer there: the distance falls from step to step, and f need not be monotone.
//! - which parameters, [`frontier`]: to the best moves of k − 1 parameters those are added that the linearised border says
//!   shorten the way most; beside them the k parameters of greatest effect in the sweep, and those that matter most on the
//!   border next to Sobol points at which the wanted verdict is seen, which finds what no parameter shows alone.
//!
//! This is a search: a nearer point may exist that it does not see, between two values of the grid or in another set of
//! parameters. Correlations between parameters are not looked at: (1) asks what is possible, not what is likely.

pub mod crew;
pub mod flips;
pub mod frontier;
pub mod nearest;
pub mod probe;
pub mod root;
pub mod space;
pub mod sweep;

pub use crew::Crew;
pub use flips::{Flip, Flips, Scan};
pub use frontier::{Frontier, Search, reach};
pub use nearest::Move;
pub use probe::{Probe, Seen};
pub use root::Tolerance;
pub use space::{Cube, Space};
