//! The stationary equilibrium of a setting.

use crate::{
    ask::scenario::Setting,
    forever::period::BackwardPeriod,
    plan::Plan,
    stationary::{self, Effort, Map, Report, Solution, Starts, Unsettled},
    sweep::{Boundary, Workspace},
    tables::Tables,
};
use melian_model::{Diagnostic, FOREVER, Span};

/// How play that goes on for ever is solved.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Forever {
    /// Values to start from: for each player, those at the states where a period can start, in the plan's order
    /// ([`Plan::period_starts`]). `None`: what play of ever greater length leads to.
    pub start: Option<Vec<Vec<f64>>>,
    /// Follow the branch from uniform play instead.
    pub by_homotopy: bool,
    /// Go on with what was found last where nothing settles. Every number is wrong then.
    pub allow_unconverged: bool,
}

/// The id of the error that says so.
pub(crate) const NOT_CONVERGED: &str = "not-converged";

/// Values that a period leaves as they are.
pub(crate) struct Tail {
    /// The players' values at period starts.
    pub values: Boundary,
    pub report: Result<Report, Unsettled>,
}

/// The values of the stationary game of some tables.
pub(crate) fn settle(
    plan: &Plan,
    tables: &mut Tables,
    space: &mut Workspace,
) -> Result<Tail, Vec<Diagnostic>> {
    let wishes = &plan.options.forever;
    let effort = Effort::default();
    let mut map = BackwardPeriod::new(plan, tables, space);
    let players = plan.model.players.len();
    let mut found = solve(&mut map, wishes, &effort);
    if !plan.together.is_empty() && found.is_ok() {
        // Each branch again from uniform play: what lies close by may lie on another.
        map.warm = false;
        map.at_share(1.0);
        if let Ok(solution) = &found {
            let again = stationary::from_start(&mut map, &solution.x, &effort);
            let same = again.as_ref().is_ok_and(|again| apart(&again.choices, &solution.choices) < SAME);
            if !same {
                found = solve(&mut map, wishes, &effort);
            }
        }
    }
    let mut values = plan.memory.boundaries.take();
    let (x, report) = match found {
        Ok(Solution { x, report, .. }) => (x, Ok(report)),
        Err(unsettled) => (unsettled.nearest.clone(), Err(unsettled)),
    };
    map.scatter(&x, 0, players, &mut values);
    plan.memory.policies.give(map.finish());
    match report {
        Err(unsettled) if !wishes.allow_unconverged => Err(vec![not_converged(plan, &unsettled)]),
        report => Ok(Tail { values, report }),
    }
}

/// The last period to solve for whoever looks at period `last`, and what comes after it: for a game of finite length its
/// last period and nothing; for others one from which on nothing hangs on the period, and the stationary values. `tables`
/// are as of that period afterwards.
pub(crate) fn ending(
    plan: &Plan,
    setting: &Setting,
    last: usize,
    space: &mut Workspace,
) -> Result<(usize, Tables, Option<Boundary>), Vec<Diagnostic>> {
    if !plan.model.is_forever() {
        let horizon = plan.model.horizon;
        return Ok((horizon, Tables::new(plan, setting, horizon)?, None));
    }
    let named = setting.commitments.iter().flat_map(|c| [c.from, c.until.saturating_add(1)]);
    let horizon = named.filter(|&period| period != FOREVER).fold(last.max(1), usize::max);
    let mut tables = Tables::new(plan, setting, horizon)?;
    let tail = settle(plan, &mut tables, space)?;
    Ok((horizon, tables, Some(tail.values)))
}

/// Solutions whose choice probabilities differ by less are one.
const SAME: f64 = 1e-8;

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()))
}

fn solve(map: &mut BackwardPeriod, wishes: &Forever, effort: &Effort) -> Result<Solution, Unsettled> {
    match &wishes.start {
        Some(start) => stationary::from_start(map, &start.concat(), effort),
        None if wishes.by_homotopy => stationary::by_homotopy(map, effort),
        None => stationary::from_zero(map, effort),
    }
}

/// What is said where nothing settles.
fn not_converged(plan: &Plan, unsettled: &Unsettled) -> Diagnostic {
    let word = &plan.model.period_word;
    let title = "no stationary equilibrium was found: nothing can be answered";
    let mut problem = Diagnostic::error(NOT_CONVERGED, title, Span::NONE);
    if let Some(periods) = unsettled.cycle {
        problem = problem.help(format!("values go round in a cycle of {periods} {word}s and do not settle"));
    }
    problem
        .help(format!(
            "the best point leaves a residual of {:.1e}, relative to each player's range of values, after {} backward {word}s",
            unsettled.residual, unsettled.applications
        ))
        .help("try `--homotopy`, or a start of your own with `--start-from FILE`; lower precisions are easier")
        .help("`--allow-unconverged` answers all the same, from a point that is no equilibrium")
}

/// The stationary equilibrium of a setting: for each player its values at the states where a period can start, in the
/// order of [`Plan::period_starts`].
///
/// # Errors
/// What is wrong with the setting, or that nothing settles.
pub fn settled(
    plan: &Plan,
    setting: &Setting,
) -> Result<(Vec<Vec<f64>>, Result<Report, Unsettled>), Vec<Diagnostic>> {
    let mut tables = Tables::new(plan, setting, 1)?;
    let mut space = plan.memory.workspaces.take();
    let tail = settle(plan, &mut tables, &mut space)?;
    let of = |player: usize| {
        let own = plan.entries.iter().zip(&tail.values);
        own.flat_map(|(&id, values)| {
            let node = &plan.nodes[id];
            node.reached.ones().map(move |state| values[player * node.space.size + state])
        })
        .collect()
    };
    let values = (0..plan.model.players.len()).map(of).collect();
    plan.memory.workspaces.give(space);
    plan.memory.tables.give(tables);
    Ok((values, tail.report))
}

/// Stationary equilibria of a setting that Newton's method finds from random starts.
///
/// # Errors
/// What is wrong with the setting.
pub fn equilibria(
    plan: &Plan,
    setting: &Setting,
    starts: usize,
    seed: u64,
) -> Result<Starts, Vec<Diagnostic>> {
    let mut tables = Tables::new(plan, setting, 1)?;
    let mut space = plan.memory.workspaces.take();
    let mut map = BackwardPeriod::new(plan, &mut tables, &mut space);
    map.warm = false;
    let found = stationary::starts(&mut map, starts, seed, &Effort::default());
    plan.memory.policies.give(map.finish());
    plan.memory.workspaces.give(space);
    plan.memory.tables.give(tables);
    Ok(found)
}
