//! The solver behind a study: what it is asked and what it tells.

use melian_model::{Atom, Diagnostic};
use melian_solve::{Answer, Bound, Plan, PlanSize, Route, Scenario};

/// What one solve tells.
#[derive(Clone, Debug)]
pub struct Solved {
    /// One answer for each atom.
    pub values: Vec<Answer>,
    /// For each segment, for each commitment on its path: how often it bound.
    pub bounds: Vec<Vec<Bound>>,
    /// Least and greatest value of each player over the states at which a period starts.
    pub payoff_range: Vec<(f64, f64)>,
    /// Choices of a best responder between equally good actions.
    pub ties: u64,
}

/// Something that solves a world for all atoms at once.
pub trait Engine {
    /// Answers the atoms, in order. `progress` is told which share of the work is done.
    ///
    /// # Errors
    /// What is wrong with the model at this parameter point.
    fn answer(
        &self,
        world: &Scenario,
        atoms: &[Atom],
        progress: &dyn Fn(f64),
    ) -> Result<Solved, Vec<Diagnostic>>;

    /// How large the game is, if the engine knows.
    fn size(&self) -> Option<PlanSize> {
        None
    }
}

/// The solver, with its plan.
pub struct Solver<'a> {
    /// The plan.
    pub plan: Plan<'a>,
    /// How questions are answered.
    pub route: Route,
}

impl Engine for Solver<'_> {
    fn answer(
        &self,
        world: &Scenario,
        atoms: &[Atom],
        progress: &dyn Fn(f64),
    ) -> Result<Solved, Vec<Diagnostic>> {
        let answers = melian_solve::answer(&self.plan, world, atoms, self.route, progress)?;
        Ok(Solved {
            values: answers.values,
            bounds: answers.bounds,
            payoff_range: answers.payoff_range,
            ties: answers.ties,
        })
    }
    fn size(&self) -> Option<PlanSize> {
        Some(self.plan.size())
    }
}
