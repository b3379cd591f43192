//! Questions to answers: probabilities, expectations, interventions, claims.
//!
//! A question is a tree: numbers and parameters, arithmetic, interventions, and at its leaves *atoms*, each of which
//! is computed from one solved game. Answering goes in rounds. A walk over all questions notes which atom is needed
//! in which *world* (a start, a parameter point, commitments, surprises); equal worlds are one world, worlds that
//! differ in their start only are one game, and the solver is handed all games of a round at once, so that it solves
//! once what they share. A second round is needed only where an intervention sets a parameter to the answer of a
//! question.
//!
//! - [`world`]: what an intervention does to a world;
//! - [`ledger`]: which atoms are wanted in which worlds, and their answers;
//! - [`reading`]: the value of a question, given the ledger;
//! - [`verdict`]: the margin and the verdict of a condition;
//! - [`study`]: the rounds; [`engine`]: the solver behind them;
//! - [`worlds`]: the same questions at many points of the parameters' plausible values;
//! - [`outlook`], [`mod@opening`]: the standard tables of a report.

pub mod constant;
pub mod engine;
pub mod ledger;
pub mod opening;
pub mod outlook;
pub mod reading;
pub mod study;
pub mod verdict;
pub mod world;
pub mod worlds;

pub use engine::Engine;
pub use ledger::{Ledger, Need};
pub use opening::{Opening, opening};
pub use outlook::{Column, Outlook, OutlookPlan};
pub use reading::Reading;
pub use study::{Asked, BoundShare, Effort, Facts, Reply, Study};
pub use verdict::{Finding, Judged, Side, Verdict};
pub use world::base_world;
