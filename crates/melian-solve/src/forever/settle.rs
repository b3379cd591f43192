//! The stationary equilibrium of a setting.

use crate::{
    ask::scenario::Setting,
    forever::period::BackwardPeriod,
    forever::start::{self, ByState, Start},
    plan::explore::NodeId,
    plan::flow::Step,
    plan::{Op, Plan},
    semantics::eval::UNKNOWN,
    stationary::{self, Effort, Found, Map, Method, Report, Solution, Starts, Unsettled},
    sweep::{Boundary, Policies, Workspace},
    tables::Tables,
};
use melian_model::{Commitment, Diagnostic, FOREVER, Span, StageId, VarId, VarKind};

/// How play that goes on for ever is solved.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Forever {
    /// A point to start from. `None`: what play of ever greater length leads to.
    pub start: Option<Start>,
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
    /// Choice probabilities.
    pub policies: Policies,
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
    let start = match &wishes.start {
        Some(start) => Some(start::values(plan, tables, space, start)?),
        None => None,
    };
    let mut map = BackwardPeriod::new(plan, tables, space);
    let (start, near) = start.map_or((None, None), |(values, near)| (Some(values), near));
    let start = start.as_deref();
    let stays = near.is_some();
    near.into_iter().for_each(|near| map.stay_near(near));
    let players = plan.model.players.len();
    let mut found = solve(&mut map, wishes, start, &effort).and_then(|found| bounded(&mut map, found));
    if !plan.together.is_empty() && !stays && found.is_ok() {
        // Each branch again from uniform play: what lies close by may lie on another.
        map.warm = false;
        map.at_share(1.0);
        if let Ok(solution) = &found {
            let again = stationary::from_start(&mut map, &solution.x, &effort);
            let same = again.as_ref().is_ok_and(|again| apart(&again.choices, &solution.choices) < SAME);
            if !same {
                found = solve(&mut map, wishes, start, &effort).and_then(|found| bounded(&mut map, found));
            }
        }
    }
    plan.options.interrupt.check()?;
    let mut values = plan.memory.boundaries.take();
    let (x, report) = match found {
        Ok(Solution { x, report, .. }) => (x, Ok(report)),
        Err(unsettled) => (unsettled.nearest.clone(), Err(unsettled)),
    };
    map.scatter(&x, 0, players, &mut values);
    let mut once = vec![0.0; x.len()];
    let known = map.apply(&x, &mut once).is_ok();
    let policies = map.finish();
    match report {
        Err(unsettled) if !wishes.allow_unconverged => Err(vec![not_converged(plan, &unsettled)]),
        // Where there are no choices, numbers are not numbers.
        _ if !known => Err(vec![not_converged(plan, &unsettled_at(x))]),
        report => Ok(Tail { values, policies, report }),
    }
}

/// Whether from a period on nothing hangs on the period any more. The values at its start are then the stationary ones. They
/// are not computed from those of the period after it: small errors would grow where backward iteration does not stay.
pub(crate) fn is_steady(plan: &Plan, setting: &Setting, period: usize) -> bool {
    let past = |c: &Commitment| c.from <= period && (c.until == FOREVER || c.until < period);
    plan.model.is_forever() && setting.commitments.iter().all(past)
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

/// Values more than so many times what a period pays at most are no values: payments that are not discounted enough add
/// up to more and more, and solve the equations at a point that means nothing.
const MOST: f64 = 1e9;

/// The solution, if its values are of a size that can be.
fn bounded(map: &mut BackwardPeriod, found: Solution) -> Result<Solution, Unsettled> {
    let largest = found.x.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if largest <= MOST * map.paid_at_once().max(f64::MIN_POSITIVE) {
        return Ok(found);
    }
    let (last, applications, tangents) =
        (found.report.method, found.report.applications, found.report.tangents);
    Err(Unsettled { last, applications, tangents, ..unsettled_at(found.x) })
}

/// A point that is no solution.
fn unsettled_at(nearest: Vec<f64>) -> Unsettled {
    Unsettled {
        nearest,
        residual: f64::INFINITY,
        last: Method::Plain,
        cycle: None,
        share: None,
        lost: None,
        applications: 0,
        tangents: 0,
    }
}

/// Solutions whose choice probabilities differ by less are one.
const SAME: f64 = 1e-8;

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()))
}

fn solve(
    map: &mut BackwardPeriod,
    wishes: &Forever,
    start: Option<&[f64]>,
    effort: &Effort,
) -> Result<Solution, Unsettled> {
    match start {
        Some(start) => stationary::from_start(map, start, effort),
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

/// A stationary equilibrium, by state.
#[derive(Clone, PartialEq, Debug)]
pub struct StationaryPoint {
    /// Each player's values at the states where a period can start.
    pub values: ByState,
    /// For each stage, where it is played, how likely each of its actions is.
    pub policies: Vec<(StageId, ByState)>,
    /// How it was found.
    pub report: Result<Report, Unsettled>,
    /// From how many random starts, if it was looked for in that way.
    pub times: usize,
}

/// The stationary equilibrium of a setting, as [`Forever`] says.
///
/// # Errors
/// What is wrong with the setting or the start, or that nothing settles.
pub fn settled(plan: &Plan, setting: &Setting) -> Result<StationaryPoint, Vec<Diagnostic>> {
    let mut tables = Tables::new(plan, setting, 1)?;
    let mut space = plan.memory.workspaces.take();
    let Tail { values, policies, report } = settle(plan, &mut tables, &mut space)?;
    let x = BackwardPeriod::new(plan, &mut tables, &mut space).values(&values);
    Ok(point(plan, &x, &policies, report, 0))
}

/// Stationary equilibria of a setting that Newton's method finds from random starts, with the number of starts that led
/// nowhere.
///
/// # Errors
/// What is wrong with the setting.
pub fn equilibria(
    plan: &Plan,
    setting: &Setting,
    starts: usize,
    seed: u64,
) -> Result<(Vec<StationaryPoint>, usize), Vec<Diagnostic>> {
    let mut tables = Tables::new(plan, setting, 1)?;
    let mut space = plan.memory.workspaces.take();
    let mut map = BackwardPeriod::new(plan, &mut tables, &mut space);
    map.warm = false;
    let Starts { found, unsettled } = stationary::starts(&mut map, starts, seed, &Effort::default());
    let each = found.into_iter().map(|Found { solution, times }| {
        let Solution { x, report, .. } = solution;
        // It had a value there when it was found.
        let _known = map.apply(&x, &mut vec![0.0; x.len()]);
        point(plan, &x, map.policies(), Ok(report), times)
    });
    Ok((each.collect(), unsettled))
}

/// What is known at some values.
fn point(
    plan: &Plan,
    x: &[f64],
    policies: &Policies,
    report: Result<Report, Unsettled>,
    times: usize,
) -> StationaryPoint {
    let players = plan.model.players.len();
    let states = x.len() / players.max(1);
    let vars = matter(plan, plan.entries.iter().copied());
    let starts = plan.entries.iter().flat_map(|&id| plan.nodes[id].reached.ones().map(move |s| (id, s)));
    let rows = starts.enumerate().map(|(k, (id, state))| {
        (levels(plan, &vars, id, state), (0..players).map(|player| x[player * states + k]).collect())
    });
    let values = ByState { rows: rows.collect(), vars };
    let mut stages: Vec<(StageId, ByState)> = Vec::new();
    for stage in (0..plan.model.stages.len()).map(StageId) {
        let is = |id: &NodeId| matches!(plan.nodes[*id].op, Op::Choose { stage: s, .. } if s == stage);
        let nodes: Vec<NodeId> = plan.order.iter().rev().copied().filter(is).collect();
        let vars = matter(plan, nodes.iter().copied());
        let mut rows = Vec::new();
        for id in nodes.into_iter().filter(|&id| policies.get(id).is_some_and(|p| !p.is_empty())) {
            let node = &plan.nodes[id];
            let Step::Choose { choice, .. } = &plan.flow.points[node.point].step else { continue };
            for state in node.reached.ones() {
                let mut p = vec![0.0; plan.model.stage(stage).actions.len()];
                for (e, edge) in node.edges.iter().enumerate() {
                    p[choice.actions[edge.role].action] = policies[id][e * node.space.size + state];
                }
                let row = (levels(plan, &vars, id, state), p);
                // Who chooses at the same time as others does so alike, whatever these did.
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
        stages.push((stage, ByState { vars, rows }));
    }
    StationaryPoint { values, policies: stages, report, times }
}

/// The variables that matter at some nodes and do not have the same level everywhere there.
fn matter(plan: &Plan, nodes: impl Iterator<Item = NodeId> + Clone) -> Vec<VarId> {
    let varies = |v: VarId| {
        let mut known = None;
        !matches!(plan.model.var(v).kind, VarKind::Stage(_))
            && nodes.clone().any(|id| {
                let node = &plan.nodes[id];
                let level = node.known[v.0];
                let other = known.is_some_and(|known| known != level);
                known = Some(level);
                node.space.axis(v).is_some() || other
            })
    };
    (0..plan.model.vars.len()).map(VarId).filter(|&v| varies(v)).collect()
}

/// The levels of some variables; those that do not matter here are absent.
fn levels(plan: &Plan, vars: &[VarId], id: NodeId, state: usize) -> Vec<usize> {
    let levels = plan.levels_at(id, state);
    let of = |v: &VarId| match levels[v.0] {
        UNKNOWN => plan.model.var(*v).absent(),
        level => level as usize,
    };
    vars.iter().map(of).collect()
}
