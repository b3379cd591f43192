//! Atoms in, answers out.

pub(crate) mod backward;
pub(crate) mod batch;
pub(crate) mod forward;
pub(crate) mod nearby;
pub(crate) mod portrait;
pub(crate) mod push;
pub(crate) mod recursion;
pub(crate) mod route;
pub(crate) mod rules;
pub(crate) mod sample;
pub(crate) mod scenario;
pub(crate) mod sharing;
pub(crate) mod simulate;
pub(crate) mod values;
pub(crate) mod why;

use crate::{
    ask::backward::{Found, at, backward},
    ask::batch::{Batch, Trouble},
    ask::forward::{forward, last_period},
    ask::push::Pass,
    ask::recursion::{About, Combine, Later, Rule, Work},
    ask::route::{Route, onward},
    ask::scenario::{Answer, Bound, Game, Query, Scenario, Segment, segment_of},
    ask::sharing::Sharing,
    plan::Plan,
    plan::explore::NodeId,
    semantics::eval::{Env, eval},
    stationary::{Report, Unsettled},
    sweep::tally::Counts,
    tables::pays_finally,
};
use melian_model::{Ahead, Atom, Diagnostic, Expr, FOREVER, PlayerId, Span, Window};
use std::{collections::HashMap, sync::mpsc};

/// Answers to the atoms of one query.
#[derive(Clone, PartialEq, Debug)]
pub struct Answers {
    /// One for each atom.
    pub values: Vec<Answer>,
    /// For each segment, how often each of its path's commitments bound.
    pub bounds: Vec<Vec<Bound>>,
    /// For each player, the least and greatest value at a reachable start of period 1.
    pub payoff_range: Vec<(f64, f64)>,
    /// What happened at choices, in all of the state space and all periods.
    pub counts: Counts,
    /// How play was solved, if it goes on for ever.
    pub forever: Option<Stationary>,
}

/// The stationary equilibrium from which a game was answered.
#[derive(Clone, PartialEq, Debug)]
pub struct Stationary {
    /// How it was found and how far it can be trusted; or that it was not, and all numbers are wrong.
    pub report: Result<Report, Unsettled>,
    /// The number of recurrent classes that play can come to, if somebody asked about the long run.
    pub classes: Option<usize>,
}

/// Answers about several games.
#[derive(Clone, PartialEq, Debug)]
pub struct Solved {
    /// For each game, answers to each of its queries.
    pub games: Vec<Vec<Answers>>,
    /// How many periods were solved. A period that games share counts once.
    pub periods: usize,
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
    let queries = vec![Query { start: &scenario.start, atoms }];
    let games = [Game { segments: &scenario.segments, queries }];
    let mut solved = answer_all(plan, &games, route, progress).map_err(|trouble| trouble.problems)?;
    Ok(solved.games.swap_remove(0).swap_remove(0))
}

/// Answers queries about several games, solving once what they share.
///
/// The work runs on the threads of the current `rayon` pool; `progress` is called on the calling thread.
///
/// # Errors
/// As [`answer`], in one of the games.
pub fn answer_all(
    plan: &Plan,
    games: &[Game],
    route: Route,
    progress: &mut dyn FnMut(f64),
) -> Result<Solved, Trouble> {
    if plan.model.is_forever() {
        let cut: Vec<Vec<Segment>> = games.iter().map(until_stationary).collect();
        let queries = games.iter().map(|game| game.queries.clone());
        let games: Vec<Game> =
            cut.iter().zip(queries).map(|(segments, queries)| Game { segments, queries }).collect();
        return on_threads(plan, &games, route, progress);
    }
    on_threads(plan, games, route, progress)
}

/// The segments of a game that goes on for ever, up to the first period from which on nothing that anybody asks about or
/// is bound by hangs on the period any more.
fn until_stationary(game: &Game) -> Vec<Segment> {
    let mut last = 1;
    let mut see = |period: usize| {
        if period != FOREVER {
            last = last.max(period);
        }
    };
    for segment in game.segments {
        see(segment.until.saturating_add(1));
        for c in segment.belief.commitments.iter().chain(&segment.path.commitments) {
            see(c.from.saturating_add(if c.until == FOREVER { BOUND_WITHIN } else { 0 }));
            see(c.until.saturating_add(1));
        }
    }
    game.queries.iter().flat_map(|query| query.atoms).for_each(|atom| looks_until(atom, &mut see));
    let mut segments = game.segments.to_vec();
    if let Some(segment) = segments.last_mut() {
        segment.until = last;
    }
    segments
}

/// Of a commitment without an end, the visits that it binds are counted in so many periods.
const BOUND_WITHIN: usize = 60;

/// The periods that a question names.
fn looks_until(atom: &Atom, see: &mut dyn FnMut(usize)) {
    match atom {
        Atom::Ever { window, .. }
        | Atom::Always { window, .. }
        | Atom::Total { window, .. }
        | Atom::Count { window, .. }
        | Atom::Choice { window, .. } => {
            see(window.after.saturating_add(1));
            see(window.by);
        }
        Atom::WhenFirst { window, ahead, .. } => {
            see(window.after.saturating_add(1));
            see(window.by);
            ahead.iter().for_each(|later| looks_ahead(later, see));
        }
        Atom::At { at, ahead, .. } => {
            see(*at);
            ahead.iter().for_each(|later| looks_ahead(later, see));
        }
        Atom::Policy { at, .. } | Atom::Margin { at, .. } => see(*at),
        Atom::LongRun { .. } | Atom::Value(_) => {}
    }
}

fn looks_ahead(later: &Ahead, see: &mut dyn FnMut(usize)) {
    see(later.after.saturating_add(1));
    looks_until(&later.atom, see);
}

fn on_threads(
    plan: &Plan,
    games: &[Game],
    route: Route,
    progress: &mut dyn FnMut(f64),
) -> Result<Solved, Trouble> {
    if rayon::current_thread_index().is_some() {
        return answer_here(plan, games, route, progress);
    }
    // From a thread of the pool, sharing out a box's rows costs no hand-over.
    let (report, reports) = mpsc::channel();
    let mut solved = Ok(Solved { games: Vec::new(), periods: 0 });
    rayon::in_place_scope(|scope| {
        scope.spawn(|_| {
            // Nobody listens any more only if the caller has panicked.
            let mut progress = move |share| report.send(share).unwrap_or_default();
            solved = answer_here(plan, games, route, &mut progress);
        });
        reports.iter().for_each(progress);
    });
    solved
}

/// What is asked of one game, taken apart.
struct Taken {
    /// For each query and atom.
    combined: Vec<Vec<Combine>>,
    /// By player, the recursion that stands for `value` where the path is not what was believed at the start.
    path_values: Vec<Option<usize>>,
    /// For each segment and commitment, the recursions that count visits and bound visits.
    bounds: Vec<Vec<(usize, usize)>>,
    /// Those of them that forward passes compute.
    onward: Vec<Vec<usize>>,
    /// The recursions that are carried backward.
    carry: Vec<usize>,
}

fn answer_here(
    plan: &Plan,
    games: &[Game],
    route: Route,
    progress: &mut dyn FnMut(f64),
) -> Result<Solved, Trouble> {
    let mut work = Work::default();
    let mut taken = Vec::with_capacity(games.len());
    let mut starts = Vec::with_capacity(games.len());
    for (g, game) in games.iter().enumerate() {
        let trouble = |problems| Trouble { game: g, problems };
        taken.push(Taken::new(plan, &mut work, g, game, route).map_err(trouble)?);
        starts.push(located(plan, game).map_err(trouble)?);
    }
    let carry: Vec<Vec<usize>> = taken.iter().map(|t| t.carry.clone()).collect();
    let onward: Vec<Vec<Vec<usize>>> = taken.iter().map(|t| t.onward.clone()).collect();
    let lasts: Vec<usize> = onward.iter().map(|o| last_period(&work, o.iter().flatten())).collect();
    let players = plan.model.players.len();
    let columns = carry.iter().zip(&lasts).map(|(c, last)| 2 * (players + c.len()) + players * last);
    if games.len() > 1 && 8 * plan.size().boundary_states * columns.sum::<usize>() as u64 > TOGETHER {
        return in_halves(plan, games, route, progress);
    }
    let sharing = Sharing::new(plan.model, games, &mut work, &carry, &lasts);
    let periods: usize = sharing.steps.iter().map(Vec::len).sum();
    let passed: usize = sharing.stretches.iter().filter_map(|s| s.forward.map(|(a, b)| b + 1 - a)).sum();
    let mut done = 0;
    let mut step = |count| {
        done += count;
        progress(f64::min(done as f64 / (periods + passed) as f64, 1.0));
    };
    let batch = Batch::new(plan, games, &work, &sharing, starts);
    let mut found = backward(&batch, &mut step)?;
    let passes = forward(&batch, &onward, &mut found, &mut step)?;
    let answers = |(g, taken): (usize, &Taken)| {
        let of = |q| taken.answers(&batch, &found, &passes, g, q);
        let all: Result<Vec<Answers>, Vec<Diagnostic>> = (0..games[g].queries.len()).map(of).collect();
        all.map_err(|problems| Trouble { game: g, problems })
    };
    let games = taken.iter().enumerate().map(answers).collect::<Result<_, _>>()?;
    found.give_back(plan);
    Ok(Solved { games, periods })
}

/// Bytes of period starts that games answered together may take.
const TOGETHER: u64 = 1 << 30;

/// One half of the games, then the other.
fn in_halves(
    plan: &Plan,
    games: &[Game],
    route: Route,
    progress: &mut dyn FnMut(f64),
) -> Result<Solved, Trouble> {
    let (one, other) = games.split_at(games.len() / 2);
    let mut solved = answer_here(plan, one, route, &mut |share| progress(share / 2.0))?;
    let more = answer_here(plan, other, route, &mut |share| progress((1.0 + share) / 2.0))
        .map_err(|trouble| Trouble { game: trouble.game + one.len(), ..trouble })?;
    solved.games.extend(more.games);
    Ok(Solved { periods: solved.periods + more.periods, ..solved })
}

/// Node and state of each query's start.
fn located(plan: &Plan, game: &Game) -> Result<Vec<(NodeId, usize)>, Vec<Diagnostic>> {
    let title = "the start is not one that the plan was made for";
    let problem = || vec![Diagnostic::error("start-not-planned", title, Span::NONE)];
    game.queries.iter().map(|query| plan.locate(query.start).ok_or_else(problem)).collect()
}

impl Taken {
    fn new(
        plan: &Plan,
        work: &mut Work,
        g: usize,
        game: &Game,
        route: Route,
    ) -> Result<Taken, Vec<Diagnostic>> {
        let horizon = if plan.model.is_forever() { FOREVER } else { game.horizon() };
        let about = About { game: g, horizon };
        let mut combined: Vec<Vec<Combine>> = Vec::new();
        for query in &game.queries {
            let atoms = query.atoms.iter().map(|a| work.atom(plan, about, query.start, a));
            combined.push(atoms.collect::<Result<_, _>>()?);
        }
        let several = game.segments.len() > 1 || game.segments.iter().any(|s| s.belief != s.path);
        let mut path_values = vec![None; plan.model.players.len()];
        for c in combined.iter().flatten() {
            if let (Combine::Value(player), true) = (c, several) {
                let window = Window { after: 0, by: horizon };
                path_values[player.0] = Some(work.simple(Rule::Value(*player), window, 1));
            }
        }
        let bounds = bounds(plan, work, game);
        let counted: Vec<usize> = bounds.iter().flatten().flat_map(|&(v, b)| [v, b]).collect();
        let mut roots: Vec<Vec<usize>> = Vec::new();
        // What questions about play that goes on need.
        let mut later: Vec<usize> = Vec::new();
        for combined in &combined {
            let mut root = counted.clone();
            for c in combined {
                match c {
                    Combine::One(r) | Combine::Rest(r) => root.push(*r),
                    Combine::Ratio(a, b, _) => root.extend([*a, *b]),
                    Combine::Value(player) => root.extend(path_values[player.0]),
                    Combine::Start(_, _, ahead) => {
                        let (now, then): (Vec<_>, Vec<_>) =
                            carried(ahead).partition(|&r| work.recursions[r].first == 1);
                        root.extend(now);
                        later.extend(then);
                    }
                    Combine::Undefined(_) | Combine::Probe(_) => {}
                }
            }
            root.sort_unstable();
            root.dedup();
            roots.push(root);
        }
        let onward = onward(plan, work, &roots, route);
        let mut carry: Vec<usize> = Vec::new();
        for (root, onward) in roots.iter().zip(&onward) {
            carry.extend(root.iter().filter(|r| !onward.contains(r)));
            later.extend(root.iter().flat_map(|&r| carried(&work.recursions[r].ahead)));
        }
        while let Some(r) = later.pop() {
            if !carry.contains(&r) {
                carry.push(r);
                later.extend(carried(&work.recursions[r].ahead));
            }
        }
        carry.sort_unstable();
        carry.dedup();
        Ok(Taken { combined, path_values, bounds, onward, carry })
    }

    /// The answers to a query.
    fn answers(
        &self,
        batch: &Batch,
        found: &Found,
        passes: &[Pass],
        g: usize,
        q: usize,
    ) -> Result<Answers, Vec<Diagnostic>> {
        let mut values = found.carried[g][q].clone();
        for pass in passes.iter().filter(|pass| (pass.game, pass.query) == (g, q)) {
            values.extend(pass.recursions.iter().copied().zip(pass.values.iter().copied()));
        }
        let told = Told { batch, found, g, q, values, path_values: &self.path_values };
        let bound = |&(v, b): &(usize, usize)| Bound { visits: told.value(v), bound: told.value(b) };
        Ok(Answers {
            values: self.combined[q].iter().map(|c| told.answer(c)).collect::<Result<_, _>>()?,
            bounds: self.bounds.iter().map(|pairs| pairs.iter().map(bound).collect()).collect(),
            payoff_range: found.payoff_range[g].clone(),
            counts: found.counts[g],
            forever: found.forever[g].clone(),
        })
    }
}

/// The recursions among what questions about play that goes on stand for.
fn carried(ahead: &[Later]) -> impl Iterator<Item = usize> {
    ahead.iter().filter_map(|later| match later {
        Later::Carried(r) | Later::Rest(r) => Some(*r),
        _ => None,
    })
}

/// For each segment and each commitment of its path, the recursions that count visits and bound visits.
fn bounds(plan: &Plan, work: &mut Work, game: &Game) -> Vec<Vec<(usize, usize)>> {
    let of = |(s, segment): (usize, &Segment)| {
        let pairs = segment.path.commitments.iter().map(|c| {
            let window = Window { after: c.from.max(game.first(s)) - 1, by: c.until.min(segment.until) };
            work.bound(plan, c, window)
        });
        pairs.collect()
    };
    game.segments.iter().enumerate().map(of).collect()
}

/// What is said of a sum over all time that does not settle.
const UNSETTLED: &str = "it adds up over all time and does not settle: what it counts never stops coming";

/// What one query of one game was told.
struct Told<'a, 'm> {
    batch: &'a Batch<'a, 'm>,
    found: &'a Found,
    g: usize,
    q: usize,
    /// By recursion.
    values: HashMap<usize, f64>,
    path_values: &'a [Option<usize>],
}

impl Told<'_, '_> {
    /// The value of a recursion; not a number if it does not settle.
    fn value(&self, recursion: usize) -> f64 {
        if self.is_endless(recursion) {
            return f64::NAN;
        }
        self.values.get(&recursion).copied().unwrap_or(0.0)
    }

    /// Whether a recursion does not settle, or hangs on one that does not.
    fn is_endless(&self, recursion: usize) -> bool {
        let ahead = &self.batch.work.recursions[recursion].ahead;
        self.found.endless.contains(&(self.g, recursion)) || carried(ahead).any(|r| self.is_endless(r))
    }

    fn answer(&self, combine: &Combine) -> Result<Answer, Vec<Diagnostic>> {
        Ok(match combine {
            Combine::One(r) if self.value(*r).is_nan() => Answer::Undefined(UNSETTLED.into()),
            Combine::Rest(r) if self.value(*r).is_nan() => Answer::Undefined(UNSETTLED.into()),
            Combine::Ratio(a, b, _) if self.value(*a).is_nan() || self.value(*b).is_nan() => {
                Answer::Undefined(UNSETTLED.into())
            }
            Combine::One(r) => Answer::Number(self.value(*r)),
            Combine::Ratio(_, b, why) if self.value(*b) == 0.0 => Answer::Undefined((*why).into()),
            Combine::Ratio(a, b, _) => Answer::Number(self.value(*a) / self.value(*b)),
            Combine::Start(what, given, ahead) => return self.at_start(what, given.as_ref(), ahead),
            Combine::Value(PlayerId(player)) => Answer::Number(match self.path_values[*player] {
                Some(r) => self.value(r),
                None => self.found.values[self.g][self.q][*player],
            }),
            Combine::Rest(r) => Answer::Number(1.0 - self.value(*r)),
            Combine::Undefined(why) => Answer::Undefined((*why).into()),
            Combine::Probe(i) => match self.found.look_ups[*i] {
                Some(x) => Answer::Number(x),
                None => Answer::Undefined("the action is not available at this state".into()),
            },
        })
    }

    /// The value of an expression on the start state.
    fn at_start(
        &self,
        what: &Expr,
        given: Option<&Expr>,
        ahead: &[Later],
    ) -> Result<Answer, Vec<Diagnostic>> {
        let plan = self.batch.plan;
        let segments = self.batch.games[self.g].segments;
        let start = self.batch.games[self.g].queries[self.q].start;
        let levels: Vec<u32> = start.iter().map(|&k| k as u32).collect();
        let params_at = |period| Some(&segment_of(segments, period).path.params[..]);
        let env = |period, ahead| Env {
            model: plan.model,
            levels: &levels,
            params: params_at(period),
            period: Some(period),
            ahead,
        };
        let carried = |r: usize| match self.found.snapshots.get(&(self.g, r)) {
            _ if self.is_endless(r) => f64::NAN,
            Some(values) => at(plan, values, self.batch.starts[self.g][self.q], 0),
            None => self.value(r),
        };
        let worth = |later: &Later| match *later {
            Later::Carried(r) => carried(r),
            Later::Rest(r) => 1.0 - carried(r),
            Later::Now(id, period) => eval(&self.batch.work.exprs[id], &env(period, &[])).unwrap_or(f64::NAN),
            Later::Final(player) => {
                pays_finally(plan, &levels, &segments[segments.len() - 1].path.params, player)
            }
            Later::Constant(x) => x,
        };
        let ahead: Vec<f64> = ahead.iter().map(worth).collect();
        let env = Env { params: params_at(1), ..env(0, &ahead) };
        let value = |e: &Expr| {
            let why = "this reads a variable that has no value at the start";
            eval(e, &env).map_err(|_| vec![Diagnostic::error("absent-read", why, e.span)])
        };
        Ok(match given {
            _ if ahead.iter().any(|x| x.is_nan()) => Answer::Undefined(UNSETTLED.into()),
            Some(given) if value(given)? == 0.0 => {
                Answer::Undefined("the condition has probability zero".into())
            }
            _ => Answer::Number(value(what)?),
        })
    }
}
