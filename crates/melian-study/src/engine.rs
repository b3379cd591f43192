//! The solver behind a study: what it is asked and what it tells.

use melian_solve::{Game, Plan, PlanSize, Route, Solved, Trouble};

/// Something that answers everything that is asked about some games, solving once what they share.
pub trait Engine {
    /// Answers what is asked about each game, in order. `progress` is told which share of the work is done.
    ///
    /// # Errors
    /// What is wrong with the model in one of the games.
    fn answer(&self, games: &[Game<'_>], progress: &dyn Fn(f64)) -> Result<Solved, Trouble>;

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
    fn answer(&self, games: &[Game<'_>], progress: &dyn Fn(f64)) -> Result<Solved, Trouble> {
        melian_solve::answer_all(&self.plan, games, self.route, &mut |x| progress(x))
    }
    fn size(&self) -> Option<PlanSize> {
        Some(*self.plan.size())
    }
}

impl<E: Engine + ?Sized> Engine for &E {
    fn answer(&self, games: &[Game<'_>], progress: &dyn Fn(f64)) -> Result<Solved, Trouble> {
        (**self).answer(games, progress)
    }
    fn size(&self) -> Option<PlanSize> {
        (**self).size()
    }
}
