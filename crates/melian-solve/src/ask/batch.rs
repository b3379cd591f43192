//! Several games that are answered together: what they share, and the means to work on them side by side.

use crate::{
    ask::recursion::Work,
    ask::rules::Sampler,
    ask::scenario::{Game, Setting},
    ask::sharing::{Part, Sharing},
    plan::Plan,
    plan::explore::NodeId,
    sweep::{Boundary, Workspace},
};
use melian_model::Diagnostic;
use rayon::prelude::*;
use std::{collections::HashMap, sync::Arc};

/// What went wrong in which game.
#[derive(Clone, PartialEq, Debug)]
pub struct Trouble {
    /// The game's position.
    pub game: usize,
    /// What is wrong.
    pub problems: Vec<Diagnostic>,
}

/// For a game and one of its recursions that others read, the values at the start of its first period.
pub(crate) type Snapshots = HashMap<(usize, usize), Arc<Boundary>>;

/// Games, with everything that is known of them before they are solved.
pub(crate) struct Batch<'a, 'm> {
    pub plan: &'a Plan<'m>,
    pub games: &'a [Game<'a>],
    pub work: &'a Work,
    pub sharing: &'a Sharing,
    /// For each game and query, node and state of its start.
    pub starts: Vec<Vec<(NodeId, usize)>>,
    samplers: Vec<Sampler<'a, 'm>>,
    sampler_of: HashMap<Part, usize>,
}

impl<'a, 'm> Batch<'a, 'm> {
    pub fn new(
        plan: &'a Plan<'m>,
        games: &'a [Game<'a>],
        work: &'a Work,
        sharing: &'a Sharing,
        starts: Vec<Vec<(NodeId, usize)>>,
    ) -> Batch<'a, 'm> {
        let (mut samplers, mut sampler_of, mut by_params) = (Vec::new(), HashMap::new(), HashMap::new());
        for (g, game) in games.iter().enumerate() {
            for (s, segment) in game.segments.iter().enumerate() {
                let params = &segment.path.params;
                let bits: Vec<u64> = params.iter().map(|x| x.to_bits()).collect();
                let sampler = *by_params.entry(bits).or_insert_with(|| {
                    samplers.push(Sampler::new(plan, work, params));
                    samplers.len() - 1
                });
                sampler_of.insert((g, s), sampler);
            }
        }
        Batch { plan, games, work, sharing, starts, samplers, sampler_of }
    }

    pub fn belief(&self, (g, s): Part) -> &'a Setting {
        &self.games[g].segments[s].belief
    }

    pub fn path(&self, (g, s): Part) -> &'a Setting {
        &self.games[g].segments[s].path
    }

    /// The part that a game is in at a step, and the period, as the game counts.
    pub fn at(&self, game: usize, step: usize) -> (Part, usize) {
        let period = self.games[game].horizon() - step;
        ((game, self.games[game].segment_at(period)), period)
    }

    /// Samples at the parameters of a part's path.
    pub fn sampler(&self, part: Part) -> &Sampler<'a, 'm> {
        &self.samplers[self.sampler_of[&part]]
    }

    /// Does independent jobs side by side, as many at a time as their memory allows; the results stand in the order of
    /// the jobs, each with a workspace to itself.
    pub fn side_by_side<T: Send, R: Send>(
        &self,
        jobs: Vec<T>,
        work: impl Fn(T, &mut Workspace) -> R + Sync,
    ) -> Vec<R> {
        let at_once = (AT_ONCE / self.plan.size().solve_bytes.max(1)).max(1) as usize;
        let with_space = |job| {
            let mut space = self.plan.memory.workspaces.take();
            let result = work(job, &mut space);
            self.plan.memory.workspaces.give(space);
            result
        };
        let mut results = Vec::with_capacity(jobs.len());
        let mut jobs = jobs.into_iter();
        loop {
            let some: Vec<T> = jobs.by_ref().take(at_once).collect();
            match some.len() {
                0 => return results,
                1 => results.extend(some.into_iter().map(with_space)),
                _ => results.par_extend(some.into_par_iter().with_max_len(1).map(with_space)),
            }
        }
    }
}

/// Bytes that sweeps side by side may work on.
const AT_ONCE: u64 = 1 << 30;
