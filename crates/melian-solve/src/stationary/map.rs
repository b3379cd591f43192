//! What is solved: one backward period, with its derivative.

use crate::stage;

/// One backward period of a stationary game: values after it, from values before it.
///
/// The solver asks for F at many x, and for products with F′ at the x where it last asked for F. It holds some sixty
/// vectors of `size`, and no matrix where `size` is above 2,000.
pub trait Map {
    /// Number of unknowns.
    fn size(&self) -> usize;

    /// Whose value this entry of x is, numbered from zero: residuals are relative to the range of each player's values.
    fn player(&self, entry: usize) -> usize;

    /// F(x). Keeps what `tangent`, `choices` and `inverse` need to know of x.
    ///
    /// # Errors
    /// If F has no value there. The solver then takes another x; what `to` holds is not read.
    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost>;

    /// F′(x)·d, at the x of the last `apply` that succeeded.
    ///
    /// # Errors
    /// If F has no derivative there.
    fn tangent(&mut self, d: &[f64], to: &mut [f64]) -> Result<(), Lost>;

    /// All choice probabilities at the x of the last `apply` that succeeded, always in the same order. `to` comes empty.
    fn choices(&mut self, to: &mut Vec<f64>);

    /// From now on everything is at this share of the precisions (where values are of the best choice with its shock: of
    /// the payoffs, at these precisions). At 0 choices are uniform, 1 is the game itself; 0 ≤ share ≤ 2 must do.
    /// Says whether the map can: by default only the game itself.
    fn at_share(&mut self, share: f64) -> bool {
        share == 1.0
    }

    /// ∂F/∂share at the x of the last `apply`; says whether the map can. Otherwise differences are taken.
    ///
    /// # Errors
    /// If F has no derivative there.
    fn share_slope(&mut self, to: &mut [f64]) -> Result<bool, Lost> {
        let _unused = to;
        Ok(false)
    }

    /// Whether x after n periods from zero is what the game of n periods is worth. It is not where moves made at once
    /// answer to moves of the period before.
    fn is_finite_horizon(&self) -> bool {
        true
    }

    /// How many periods it takes until what comes later weighs little; 0 if that is not known. Plain iteration from zero
    /// is not judged before.
    fn periods_that_matter(&self) -> usize {
        0
    }

    /// I − F′(x) ready to be divided by, at the x of the last `apply`, if the map knows a better way than dense
    /// elimination on `size` tangents.
    fn inverse(&mut self) -> Option<Box<dyn Inverse>> {
        None
    }
}

/// I − F′(x), factored.
pub trait Inverse {
    /// Replaces r by the d with d − F′(x)·d = r. Where there is none, d is not finite or large.
    fn solve(&self, r: &mut [f64]);

    /// The sign of det(I − F′(x)): 1, −1, or 0.
    fn sign(&self) -> f64;
}

/// Why F has no value at a point.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Lost {
    /// This entry of F(x), or of a derivative, is not a finite number.
    NotFinite(usize),
    /// Moves made at once have no equilibrium that was found.
    Stage(stage::Lost),
}
