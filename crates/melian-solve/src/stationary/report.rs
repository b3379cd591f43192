//! What is known about a solution, and about an attempt that found none.

use crate::stationary::Lost;

/// A solution of x = F(x).
#[derive(Clone, PartialEq, Debug)]
pub struct Solution {
    /// The values.
    pub x: Vec<f64>,
    /// All choice probabilities there, in the map's order.
    pub choices: Vec<f64>,
    /// How it was found, how exact it is, and what plain iteration does near it.
    pub report: Report,
}

/// How a solution was found and how far it can be trusted.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// Which of several solutions this is.
    pub selection: Selection,
    /// What it was found by.
    pub method: Method,
    /// How far F is from leaving it as it is.
    pub residual: Residual,
    /// ‖(I − F′)⁻¹·(F(x) − x)‖, what Newton's method would still change: the error of x, relative to each player's
    /// range of values (Kantorovich 1948). Infinite if it could not be computed.
    pub error: f64,
    /// How often F was applied, everything that this report needs included.
    pub applications: usize,
    /// How many products with F′ were taken.
    pub tangents: usize,
    /// Spectral radius of F′: plain iteration comes to rest here only if it is below 1.
    pub radius: Radius,
    /// Sign of det(I − F′): 1, −1, or 0 at a fold. The indices of all solutions of a regular game add up to 1. `None`
    /// where it takes a matrix too large to factor.
    pub index: Option<i8>,
    /// Estimate of the condition of I − F′, from below.
    pub condition: f64,
    /// For a branch that was followed.
    pub path: Option<Path>,
}

impl Report {
    /// The condition above which a solution counts as near a fold.
    pub const NEAR_FOLD: f64 = 1e10;

    /// Whether I − F′ is so near to singular that the solution and its derivatives are unreliable.
    pub fn is_near_fold(&self) -> bool {
        self.condition > Report::NEAR_FOLD || self.index == Some(0)
    }

    /// What whoever uses the solution should be told, gravest first.
    pub fn doubts(&self) -> Vec<Doubt> {
        let no_limit = matches!(self.selection, Selection::FromZero(_) | Selection::FromZeroUnsure(_));
        let doubts = [
            (self.is_near_fold(), Doubt::NearFold),
            (self.index == Some(-1), Doubt::Others),
            (self.radius.value >= 1.0, Doubt::Repels),
            (no_limit, Doubt::NoLimit),
        ];
        doubts.into_iter().filter(|(there, _)| *there).map(|(_, doubt)| doubt).collect()
    }
}

/// Why a solution, though exact, may not be what was wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// I − F′ is nearly singular: a little change of the game may take the solution away, and derivatives are unreliable.
    NearFold,
    /// The index is −1. Indices add up to 1, so that there are at least two more solutions.
    Others,
    /// The spectral radius is 1 or more: plain iteration leaves the solution from almost everywhere near it.
    Repels,
    /// Play of great but finite length was not seen to settle here.
    NoLimit,
}

/// How far F(x) is from x.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Residual {
    /// Largest |F(x) − x|, relative to the range of the player's values.
    pub values: f64,
    /// Largest difference between a choice probability at F(x) and at x.
    pub choices: f64,
}

/// Estimate of a spectral radius.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Radius {
    /// The estimate; not a number where F has no derivative.
    pub value: f64,
    /// How far the estimate is from an eigenvalue of a matrix near F′, relatively; zero where all eigenvalues were computed.
    pub uncertainty: f64,
}

impl Radius {
    /// Whether it is below 1 as far as the estimate can tell.
    pub fn is_below_one(self) -> bool {
        self.value * (1.0 + self.uncertainty) < 1.0 && self.uncertainty < 0.1
    }
}

/// What a solution was found by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Method {
    /// x ← F(x).
    Plain,
    /// x ← x + α·(F(x) − x) with α < 1.
    Damped,
    /// Anderson's acceleration.
    Anderson,
    /// Newton's method.
    Newton,
    /// A branch followed from uniform play.
    Homotopy,
}

/// Which solution was selected, where there may be several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Selection {
    /// The limit of games of finite length: values of n periods come to rest here as n grows.
    FiniteHorizon,
    /// The limit of x, F(x), F(F(x)), … from zero, for a map whose iterates are not games of finite length.
    PlainIteration,
    /// Reached from zero by this method; plain iteration from zero does not settle there.
    FromZero(Method),
    /// Reached from zero by this method; whether plain iteration settles there too did not show within the patience.
    FromZeroUnsure(Method),
    /// Reached from a start that was given, by Newton's method.
    Start,
    /// The branch that begins where all choices are uniform.
    Homotopy,
}

/// The branch that led to a solution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Path {
    /// How many steps were taken.
    pub steps: usize,
    /// How often the branch turned back.
    pub folds: usize,
    /// How often another branch crossed it.
    pub crossings: usize,
    /// Whether folds could be passed and changes of branch seen: not where I − F′ is too large to factor.
    pub is_guarded: bool,
}

/// An attempt that found no solution.
#[derive(Clone, PartialEq, Debug)]
pub struct Unsettled {
    /// The point with the smallest residual, for whoever wants to look at it: no solution.
    pub nearest: Vec<f64>,
    /// |F(x) − x| there, relative to the range of each player's values; infinite if F has no value there.
    pub residual: f64,
    /// The method given up last.
    pub last: Method,
    /// Plain iteration ends in a cycle of so many periods.
    pub cycle: Option<usize>,
    /// The share of the precisions at which a branch could be followed no further.
    pub share: Option<f64>,
    /// Why F had no value, if that ended it.
    pub lost: Option<Lost>,
    /// How often F was applied.
    pub applications: usize,
    /// How many products with F′ were taken.
    pub tangents: usize,
}
