//! Atoms in, answers out.

pub(crate) mod backward;
pub(crate) mod forward;
pub(crate) mod recursion;
pub(crate) mod rules;
pub(crate) mod sample;
pub(crate) mod scenario;
pub(crate) mod simulate;
pub(crate) mod why;

use crate::{
    ask::backward::{Found, backward},
    ask::forward::{forward, last_period, less_work},
    ask::recursion::{Combine, Later, Recursion, Rule, Work},
    ask::scenario::{Answer, Bound, Scenario, Segment, segment_of},
    plan::Plan,
    semantics::eval::{Env, eval},
    sweep::{Boundary, Workspace},
    tables::pays_finally,
};
use melian_model::{Atom, Diagnostic, Expr, Span};
use std::sync::mpsc;

/// How atoms are computed. All routes give the same numbers, up to rounding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Route {
    /// Whichever is less work.
    #[default]
    Auto,
    /// As columns of the backward sweep.
    Backward,
    /// From the forward distribution, where the atom allows.
    Forward,
}

/// What is asked from one start.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Level of every variable before period 1; one of the plan's starts.
    pub start: &'a [usize],
    /// The atoms.
    pub atoms: &'a [Atom],
}

/// Answers to the atoms of one query.
#[derive(Clone, PartialEq, Debug)]
pub struct Answers {
    /// One for each atom.
    pub values: Vec<Answer>,
    /// For each segment, how often each of its path's commitments bound.
    pub bounds: Vec<Vec<Bound>>,
    /// For each player, the least and greatest value at a reachable start of period 1.
    pub payoff_range: Vec<(f64, f64)>,
    /// Visits in the state space at which a best response was tied.
    pub ties: u64,
}

/// Answers atoms asked from one start.
///
/// # Errors
/// Everything that goes wrong at a reachable state under the scenario's parameters.
pub fn answer(
    plan: &Plan,
    scenario: &Scenario,
    atoms: &[Atom],
    route: Route,
    progress: &mut dyn FnMut(f64),
) -> Result<Answers, Vec<Diagnostic>> {
    let query = Query { start: &scenario.start, atoms };
    let mut answers = answer_all(plan, &scenario.segments, &[query], route, progress)?;
    Ok(answers.swap_remove(0))
}

/// Answers several queries that differ in start and atoms, with one solve.
///
/// The work runs on the threads of the current `rayon` pool; `progress` is called on the calling thread.
///
/// # Errors
/// As [`answer`].
pub fn answer_all(
    plan: &Plan,
    segments: &[Segment],
    queries: &[Query],
    route: Route,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<Answers>, Vec<Diagnostic>> {
    if rayon::current_thread_index().is_some() {
        return answer_here(plan, segments, queries, route, progress);
    }
    // From a thread of the pool, sharing out a box's rows costs no hand-over.
    let (report, reports) = mpsc::channel();
    let mut answers = Ok(Vec::new());
    rayon::in_place_scope(|scope| {
        scope.spawn(|_| {
            // Nobody listens any more only if the caller has panicked.
            let mut progress = move |share| report.send(share).unwrap_or_default();
            answers = answer_here(plan, segments, queries, route, &mut progress);
        });
        reports.iter().for_each(progress);
    });
    answers
}

fn answer_here(
    plan: &Plan,
    segments: &[Segment],
    queries: &[Query],
    route: Route,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<Answers>, Vec<Diagnostic>> {
    let mut work = Work::default();
    let mut combined: Vec<Vec<Combine>> = Vec::new();
    for query in queries {
        combined.push(query.atoms.iter().map(|a| work.atom(plan, query.start, a)).collect::<Result<_, _>>()?);
    }
    let several = segments.len() > 1 || segments.iter().any(|s| s.belief != s.path);
    let mut path_values = vec![None; plan.model.players.len()];
    for atoms in &combined {
        for c in atoms {
            if let (Combine::Value(player), true) = (c, several) {
                let rule = Rule::Value(*player);
                let r = Recursion { rule, after: 0, by: plan.model.horizon, first: 1, ahead: Vec::new() };
                path_values[player.0] = Some(work.push(r));
            }
        }
    }
    let bounds = bound_recursions(plan, segments, &mut work);

    // What each query needs, apart from what its questions about play that goes on need.
    let roots: Vec<Vec<usize>> = combined
        .iter()
        .map(|atoms| {
            let mut root: Vec<usize> = bounds.iter().flatten().flat_map(|&(v, b)| [v, b]).collect();
            for c in atoms {
                match c {
                    Combine::One(r) => root.push(*r),
                    Combine::Ratio(a, b, _) => root.extend([*a, *b]),
                    Combine::Value(player) => root.extend(path_values[player.0]),
                    Combine::Start(_, _, ahead) => root.extend(ahead.iter().filter_map(|l| match l {
                        Later::Carried(r) if work.recursions[*r].first == 1 => Some(*r),
                        _ => None,
                    })),
                    Combine::Probe(_) => {}
                }
            }
            root.sort_unstable();
            root.dedup();
            root
        })
        .collect();
    let onward: Vec<Vec<usize>> = roots
        .iter()
        .map(|root| match route {
            Route::Backward => Vec::new(),
            Route::Forward => root.clone(),
            Route::Auto => less_work(plan, &work, root),
        })
        .collect();
    let last = last_period(&work, &onward);
    let carry: Vec<usize> = (0..work.recursions.len())
        .filter(|r| {
            work.recursions[*r].first > 1
                || roots.iter().zip(&onward).any(|(root, onward)| root.contains(r) && !onward.contains(r))
        })
        .collect();

    let mut starts = Vec::new();
    for query in queries {
        let Some(place) = plan.locate(query.start) else {
            let title = "the start is not one that the plan was made for";
            return Err(vec![Diagnostic::error("start-not-planned", title, Span::NONE)]);
        };
        starts.push(place);
    }
    let mut space = Workspace::default();
    let mut done = 0.0;
    let total = (plan.model.horizon * segments.len() + last) as f64;
    let mut step = || {
        done += 1.0;
        progress(f64::min(done / total, 1.0));
    };
    let mut found = backward(plan, segments, &work, &carry, last, &mut space, &mut step)?;
    let mut histories = std::mem::take(&mut found.histories);
    let ahead = &found.snapshots;
    let pushed =
        forward(plan, segments, &work, &onward, &starts, ahead, &mut histories, &mut space, &mut step)?;
    let mut answers = Vec::new();
    for (q, (query, combined)) in queries.iter().zip(&combined).enumerate() {
        let (entry, state) = starts[q];
        let mut values = pushed[q].clone();
        for &r in roots[q].iter().filter(|r| !onward[q].contains(r)) {
            values[r] = found.recursions.get(&r).map_or(0.0, |b| at(plan, b, entry, state, 0));
        }
        answers.push(Answers {
            values: combined
                .iter()
                .map(|c| {
                    put_together(
                        plan,
                        segments,
                        query,
                        c,
                        &values,
                        &work.exprs,
                        &found,
                        &path_values,
                        (entry, state),
                    )
                })
                .collect::<Result<_, _>>()?,
            bounds: bounds
                .iter()
                .map(|pairs| {
                    pairs.iter().map(|&(v, b)| Bound { visits: values[v], bound: values[b] }).collect()
                })
                .collect(),
            payoff_range: payoff_range(plan, &found.values),
            ties: found.ties,
        });
    }
    Ok(answers)
}

/// A column's value at an entry state.
fn at(plan: &Plan, boundary: &Boundary, entry: usize, state: usize, column: usize) -> f64 {
    let e = plan.entries.binary_search(&entry).unwrap_or(0);
    boundary[e][column * plan.nodes[entry].space.size + state]
}

#[allow(clippy::too_many_arguments)]
fn put_together(
    plan: &Plan,
    segments: &[Segment],
    query: &Query,
    combine: &Combine,
    values: &[f64],
    exprs: &[Expr],
    found: &Found,
    path_values: &[Option<usize>],
    (entry, state): (usize, usize),
) -> Result<Answer, Vec<Diagnostic>> {
    Ok(match combine {
        Combine::One(r) => Answer::Number(values[*r]),
        Combine::Ratio(a, b, _) if values[*b] != 0.0 => Answer::Number(values[*a] / values[*b]),
        Combine::Ratio(_, _, why) => Answer::Undefined((*why).into()),
        Combine::Start(what, given, ahead) => {
            let levels: Vec<u32> = query.start.iter().map(|&k| k as u32).collect();
            let params = &segments[0].path.params;
            let (model, params) = (plan.model, Some(&params[..]));
            let ahead: Vec<f64> = ahead
                .iter()
                .map(|later| match *later {
                    Later::Carried(r) => {
                        found.snapshots.get(&r).map_or(values[r], |b| at(plan, b, entry, state, 0))
                    }
                    Later::Now(id, period) => {
                        let params = Some(&segment_of(segments, period).path.params[..]);
                        let env = Env { model, levels: &levels, params, period: Some(period), ahead: &[] };
                        eval(&exprs[id], &env).unwrap_or(f64::NAN)
                    }
                    Later::Final(player) => {
                        let params = &segment_of(segments, model.horizon).path.params;
                        pays_finally(plan, &levels, params, player)
                    }
                    Later::Constant(x) => x,
                })
                .collect();
            let env = Env { model, levels: &levels, params, period: Some(0), ahead: &ahead };
            let value = |e: &Expr| {
                let why = "this reads a variable that has no value at the start";
                eval(e, &env).map_err(|_| vec![Diagnostic::error("absent-read", why, e.span)])
            };
            match given {
                Some(given) if value(given)? == 0.0 => {
                    Answer::Undefined("the condition has probability zero".into())
                }
                _ => Answer::Number(value(what)?),
            }
        }
        Combine::Value(player) => match path_values[player.0] {
            Some(r) => Answer::Number(values[r]),
            None => Answer::Number(at(plan, &found.values, entry, state, player.0)),
        },
        Combine::Probe(i) => match found.look_ups[*i] {
            Some(x) => Answer::Number(x),
            None => Answer::Undefined("the action is not available at this state".into()),
        },
    })
}

/// For each segment and each commitment of its path, the recursions that count visits and bound visits.
fn bound_recursions(plan: &Plan, segments: &[Segment], work: &mut Work) -> Vec<Vec<(usize, usize)>> {
    let mut first = 1;
    let mut all = Vec::new();
    for segment in segments {
        let last = segment.until.min(plan.model.horizon);
        let pairs = segment.path.commitments.iter().map(|c| {
            let (after, by) = (c.from.max(first) - 1, c.until.min(last));
            let mut count = |rule| work.push(Recursion { rule, after, by, first: 1, ahead: Vec::new() });
            let visits = count(Rule::Visits { stage: c.stage, actions: None, given: None, until: None });
            (visits, count(Rule::Bound(c.clone())))
        });
        all.push(pairs.collect());
        first = segment.until + 1;
    }
    all
}

fn payoff_range(plan: &Plan, values: &Boundary) -> Vec<(f64, f64)> {
    let mut range = vec![(f64::INFINITY, f64::NEG_INFINITY); plan.model.players.len()];
    for (e, &id) in plan.entries.iter().enumerate() {
        let n = plan.nodes[id].space.size;
        for (p, (lo, hi)) in range.iter_mut().enumerate() {
            for state in plan.nodes[id].reached.ones() {
                let v = values[e][p * n + state];
                *lo = lo.min(v);
                *hi = hi.max(v);
            }
        }
    }
    range
}
