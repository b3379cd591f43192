//! Questions answered forward: the exact distribution of histories.
//!
//! Choice probabilities are computed again from the values at the next period's start, once for all games that share
//! them. Questions that stop (first times, events) take their mass out of the flow, so each kind of stop is a pass of
//! its own.

use crate::{
    ask::backward::{Found, Solved},
    ask::batch::{Batch, Snapshots, Trouble},
    ask::push::{Pass, Push, Stop, Ways},
    ask::recursion::Work,
    ask::sharing::{Node, Part},
    forever::settle::is_steady,
    sweep::belief::value_period,
    sweep::policy::adjust,
    sweep::{Tally, Workspace},
    tables::Tables,
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Recursions that can share a flow of mass.
pub(crate) fn flows(work: &Work, root: &[usize]) -> Vec<(Stop, Vec<usize>)> {
    let mut flows: Vec<(Stop, Vec<usize>)> = Vec::new();
    for &r in root {
        let stop = Stop::of(&work.recursions[r]);
        match flows.iter_mut().find(|(s, _)| *s == stop) {
            Some((_, recursions)) => recursions.push(r),
            None => flows.push((stop, vec![r])),
        }
    }
    flows
}

/// The last period that any of these recursions looks at.
pub(crate) fn last_period<'r>(work: &Work, recursions: impl IntoIterator<Item = &'r usize>) -> usize {
    recursions.into_iter().map(|&r| work.recursions[r].by).max().unwrap_or(0)
}

/// Which path of a node a pass takes, and the period as its game counts.
type Way = (Option<usize>, usize);

/// Pushes the passes of all games forward, through the last period that they look at. `onward`: for each game and query,
/// the recursions that are wanted for play from its start.
pub(crate) fn forward(
    batch: &Batch,
    onward: &[Vec<Vec<usize>>],
    found: &mut Found,
    step: &mut dyn FnMut(usize),
) -> Result<Vec<Pass>, Trouble> {
    let Found { snapshots, solved, paths, .. } = found;
    let ways = batch.plan.ways.get_or_init(|| Ways::new(batch.plan));
    let mut passes: Vec<Pass> = Vec::new();
    let mut done: Vec<Pass> = Vec::new();
    for number in (0..batch.sharing.steps.len()).rev() {
        batch.plan.options.interrupt.check().map_err(|problems| Trouble { game: 0, problems })?;
        for (g, _) in batch.games.iter().enumerate().filter(|(_, g)| g.horizon() == number + 1) {
            for (query, root) in onward[g].iter().enumerate() {
                passes.extend(flows(batch.work, root).into_iter().map(|f| Pass::new(batch, g, query, f)));
            }
        }
        let mut by_node: BTreeMap<usize, BTreeMap<Way, Vec<Pass>>> = BTreeMap::new();
        for pass in passes.drain(..) {
            let (part, period) = batch.at(pass.game, number);
            if period > last_period(batch.work, &pass.recursions) {
                done.push(pass);
                continue;
            }
            let node = batch.sharing.nodes[part.0][part.1][number];
            let path = batch.sharing.paths[part.0][number];
            by_node.entry(node).or_default().entry((path, period)).or_default().push(pass);
        }
        let mut jobs = Vec::with_capacity(by_node.len());
        for (node, ways) in by_node {
            let node = &batch.sharing.steps[number][node];
            let Some(solved) = solved[node.stretch].take() else { continue };
            let along = |((path, period), passes): (Way, Vec<Pass>)| {
                let (part, _) = batch.at(passes[0].game, number);
                let tables = path.and_then(|_| paths.remove(&part));
                Along { part, period, believed: path.is_none(), tables, passes }
            };
            jobs.push(Job { node, solved, paths: ways.into_iter().map(along).collect() });
        }
        step(jobs.len());
        let results = batch.side_by_side(jobs, |mut job, space| {
            let result = job.period(batch, ways, snapshots, space);
            (job, result)
        });
        for (job, result) in results {
            result?;
            solved[job.node.stretch] = Some(job.solved);
            for along in job.paths {
                paths.extend(along.tables.map(|tables| (along.part, tables)));
                passes.extend(along.passes);
            }
        }
    }
    done.append(&mut passes);
    Ok(done)
}

impl Pass {
    /// All mass at a query's start.
    fn new(batch: &Batch, game: usize, query: usize, (stop, recursions): (Stop, Vec<usize>)) -> Pass {
        let flow = Pass::flow(batch.plan, batch.starts[game][query], stop);
        Pass { game, query, values: vec![0.0; recursions.len()], recursions, ..flow }
    }
}

/// A node whose choice probabilities are wanted, with what belongs to its stretch and its paths.
struct Job<'a> {
    node: &'a Node,
    solved: Solved,
    paths: Vec<Along>,
}

/// Passes along a path.
struct Along {
    part: Part,
    period: usize,
    believed: bool,
    /// The path's own tables, if it is not believed.
    tables: Option<Tables>,
    passes: Vec<Pass>,
}

impl Job<'_> {
    fn period(
        &mut self,
        batch: &Batch,
        ways: &Ways,
        snapshots: &Snapshots,
        space: &mut Workspace,
    ) -> Result<(), Trouble> {
        let (plan, node) = (batch.plan, self.node);
        let trouble = |problems| Trouble { game: node.parts[0].0, problems };
        let Solved { tables, history, steady, .. } = &mut self.solved;
        let next = match (history, node.next) {
            (Some(history), next) if next.is_some() || plan.model.is_forever() => {
                history.at(plan, tables, space, node.period + 1).map_err(trouble)?
            }
            _ => None,
        };
        tables.at(plan, node.period).map_err(trouble)?;
        let tables = &*tables;
        let mut policies = plan.memory.policies.take();
        policies.resize_with(plan.nodes.len(), Vec::new);
        let mut out = plan.memory.boundaries.take();
        let setting = batch.belief(batch.sharing.stretches[node.stretch].part);
        match steady {
            Some(known) if is_steady(plan, setting, node.period) => policies.clone_from(known),
            _ => value_period(plan, tables, space, next, Some(&mut policies), &mut out, &Tally::default()),
        }
        plan.memory.boundaries.give(out);
        for along in &mut self.paths {
            let trouble = |problems| Trouble { game: along.part.0, problems };
            let mut adjusted = None;
            let of_path = match (&mut along.tables, along.believed) {
                (_, true) => tables,
                (own, false) => {
                    let own = match own {
                        Some(own) => own,
                        none => none.insert(
                            Tables::new(plan, batch.path(along.part), along.period).map_err(trouble)?,
                        ),
                    };
                    own.at(plan, along.period).map_err(trouble)?;
                    adjust(plan, own, adjusted.insert(policies.clone()));
                    &*own
                }
            };
            let policies = adjusted.as_ref().unwrap_or(&policies);
            let push = |pass: &mut Pass| {
                let game = &batch.games[pass.game];
                let push = Push {
                    plan,
                    ways,
                    work: batch.work,
                    tables: of_path,
                    policies,
                    precision: &tables.precision,
                    sampler: batch.sampler(along.part),
                    segments: game.segments,
                    snapshots,
                    game: pass.game,
                    period: along.period,
                    horizon: game.horizon(),
                };
                let result = push.period(pass);
                pass.worth.iter_mut().zip(&of_path.discount).for_each(|(w, d)| *w *= d);
                result.map_err(|problems| Trouble { game: pass.game, problems })
            };
            let results: Vec<Result<(), Trouble>> = along.passes.par_iter_mut().map(push).collect();
            results.into_iter().collect::<Result<(), Trouble>>()?;
        }
        plan.memory.policies.give(policies);
        Ok(())
    }
}
