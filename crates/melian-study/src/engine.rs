//! The solver behind a study: what it is asked and what it tells.

use melian_model::Diagnostic;
use melian_solve::{Answer, Bound, Plan, PlanSize, Query, Route, Segment};

/// What one solve tells about play from one start.
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

/// Something that solves a game once for everything that is asked of it.
pub trait Engine {
    /// Answers what is asked from each start, in order. `progress` is told which share of the work is done.
    ///
    /// # Errors
    /// What is wrong with the model at this parameter point.
    fn answer(
        &self,
        segments: &[Segment],
        queries: &[Query<'_>],
        progress: &dyn Fn(f64),
    ) -> Result<Vec<Solved>, Vec<Diagnostic>>;

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
        segments: &[Segment],
        queries: &[Query<'_>],
        progress: &dyn Fn(f64),
    ) -> Result<Vec<Solved>, Vec<Diagnostic>> {
        let answers =
            melian_solve::answer_all(&self.plan, segments, queries, self.route, &mut |x| progress(x))?;
        let solved = answers.into_iter().map(|a| Solved {
            values: a.values,
            bounds: a.bounds,
            payoff_range: a.payoff_range,
            ties: a.ties,
        });
        Ok(solved.collect())
    }
    fn size(&self) -> Option<PlanSize> {
        Some(*self.plan.size())
    }
}
