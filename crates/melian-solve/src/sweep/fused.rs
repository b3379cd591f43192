//! One period backward, fast: the steps of the plan's schedule, region by region, slab by slab, strip by strip.
//!
//! ```text
//! Q(s, a)  = r(s, a) + V'(s after a)                              (1)
//! σ(a | s) = exp(λ·Q(s, a)) / Σ_b exp(λ·Q(s, b))                   (2)
//! V(s)     = Σ_a σ(a | s) · Q(s, a)                                (3)
//! ```
//!
//! (2)–(3) are the agent quantal response of McKelvey and Palfrey (1998). We subtract max λ·Q before exponentiating;
//! (2) is unchanged and cannot overflow. λ = ∞ splits ties evenly. Under the convention `emax` the mover's own value
//! is (1/λ) ln Σ exp(λ·Q) instead of (3) (Rust 1987). Every other column is carried by (3): other players' values,
//! probabilities. At the period's end, V' = δ·V(start of the next period).
//!
//! What a job writes depends on nothing that another job writes, and every number is made in the same order whatever
//! the number of threads, the size of tiles and the width of vectors: results are the same to the last bit.

use crate::{
    plan::explore::NodeId,
    plan::schedule::path::{Path, Places},
    plan::schedule::regions::{Home, Member, Region},
    plan::schedule::{Kind, Schedule, Step},
    stage::derivative,
    sweep::buffer::Buffer,
    sweep::share::Shared,
    sweep::source::Source,
    sweep::strips::{StepWork, Target, values_after},
    sweep::together::{Moment, Settled, Together},
    sweep::workspace::{Scratch, Written},
    sweep::{Boundary, Choosing, Policies, Sweep, Workspace},
};
use pulp::Arch;
use rayon::prelude::*;
use smallvec::SmallVec;
use std::ops::Range;

/// Work below this many numbers is not worth sharing out.
const WORTH_SHARING: usize = 1 << 14;

/// For each of some choices, something of each action.
type Strategies = Vec<Vec<f64>>;

/// What is known of a node, if it is one of those.
fn known(policies: &Policies, node: NodeId) -> Option<&[f64]> {
    policies.get(node).map(|policy| &policy[..]).filter(|policy| !policy.is_empty())
}

/// A list that seldom needs the heap.
type Few<T> = SmallVec<[T; 16]>;

impl Sweep<'_, '_> {
    /// From the values at the start of the next period (`None` after the last) to those at the start of this one.
    /// `at_end` changes the columns of a period-end node as questions demand.
    pub fn run(
        &self,
        space: &mut Workspace,
        next: Option<&Boundary>,
        mut choosing: Choosing,
        at_end: &mut dyn FnMut(NodeId, &mut [f64]),
        out: &mut Boundary,
    ) {
        let schedule = &self.plan.schedule;
        let count = self.columns.len();
        out.resize_with(self.plan.entries.len(), Vec::new);
        space.buffers.resize_with(schedule.buffers.len().max(space.buffers.len()), Buffer::default);
        let (kept, given) = match &mut choosing {
            Choosing::Respond(kept) => (kept.as_deref_mut(), None),
            Choosing::Given(policies, precision) => (None, Some((*policies, *precision))),
        };
        let kept: Vec<Option<Shared>> = match kept {
            None => Vec::new(),
            Some(policies) => policies
                .iter_mut()
                .zip(&self.plan.nodes)
                .map(|(policy, node)| {
                    policy.resize(node.edges.len() * node.space.size, 0.0);
                    Some(Shared::new(policy))
                })
                .collect(),
        };
        let (mut play, mut turns) = (std::mem::take(&mut space.play), std::mem::take(&mut space.turns));
        for nodes in &self.plan.together {
            self.together(nodes).make_room(&mut play);
            if self.derivatives {
                self.together(nodes).make_room(&mut turns);
            }
        }
        let nothing = Policies::new();
        space.paid.clear();
        space.paid.extend(schedule.steps.iter().flat_map(|step| &step.paths).map(|path| self.paid(path)));
        for (r, region) in schedule.regions.iter().enumerate() {
            let mut written = std::mem::take(&mut space.written);
            for member in &region.members {
                let step = &schedule.steps[member.step];
                let size = step.size * count;
                written.push(match step.home {
                    Home::Slab => Written::Nothing,
                    Home::Buffer(b) => {
                        let mut buffer = std::mem::take(&mut space.buffers[b]);
                        buffer.hold(size);
                        Written::Buffer(buffer)
                    }
                    Home::Entry(e) => {
                        let mut values = std::mem::take(&mut out[e]);
                        values.resize(size, 0.0);
                        Written::Entry(values)
                    }
                });
            }
            {
                let targets: SmallVec<[Shared; 64]> =
                    written.iter_mut().map(|w| Shared::new(w.numbers())).collect();
                let work = RegionWork {
                    sweep: self,
                    arch: self.plan.options.lanes.arch(),
                    schedule,
                    region,
                    next,
                    paid: &space.paid,
                    buffers: &space.buffers,
                    entries: out,
                    targets: &targets,
                    kept: &kept,
                    given,
                    play: &nothing,
                    turns: &nothing,
                };
                if let Some(nodes) = region.settles.filter(|_| given.is_none()) {
                    let together = self.together(&self.plan.together[nodes]);
                    let settled = work.settle(together);
                    for (moment, q, dq) in settled {
                        together.write(&moment, &q, &mut play);
                        dq.iter().for_each(|dq| together.write(&moment, dq, &mut turns));
                    }
                }
                let work = RegionWork { play: &play, turns: &turns, ..work };
                let jobs = work.jobs();
                let job = |job: usize| {
                    let mut scratch = Workspace::scratch(space.spare());
                    work.job(job, &mut scratch);
                    Workspace::give_back(space.spare(), scratch);
                };
                let numbers: usize = region.members.iter().map(|m| m.states * region.slabs * count).sum();
                if jobs > 1 && numbers > WORTH_SHARING && rayon::current_num_threads() > 1 {
                    (0..jobs).into_par_iter().for_each(job);
                } else {
                    (0..jobs).for_each(job);
                }
            }
            for (member, done) in region.members.iter().zip(written.drain(..)) {
                match (schedule.steps[member.step].home, done) {
                    (Home::Buffer(b), Written::Buffer(buffer)) => space.buffers[b] = buffer,
                    (Home::Entry(e), Written::Entry(values)) => out[e] = values,
                    _ => {}
                }
            }
            space.written = written;
            if r + 1 == schedule.exits.len() {
                for &exit in &schedule.exits {
                    let step = &schedule.steps[exit];
                    if let Home::Buffer(b) = step.home {
                        at_end(step.node, &mut space.buffers[b][..step.size * count]);
                    }
                }
            }
        }
        (space.play, space.turns) = (play, turns);
        // Where play has ended, a period starts with its end.
        for &exit in &schedule.exits {
            let step = &schedule.steps[exit];
            if let (Ok(entry), Home::Buffer(b)) = (self.plan.entries.binary_search(&step.node), step.home) {
                out[entry].clear();
                out[entry].extend_from_slice(&space.buffers[b][..step.size * count]);
            }
        }
    }
}

impl Sweep<'_, '_> {
    /// The columns to which something is paid on a path: one bit each, the last for all from there on.
    fn paid(&self, path: &Path) -> u64 {
        let mut paid = 0;
        for (c, column) in self.columns.iter().enumerate() {
            if path.pays.iter().any(|(payee, _)| column.pays.counts(*payee)) {
                paid |= 1 << c.min(63);
            }
        }
        paid
    }
}

/// From one column to the next of a member's slab: whole lines of the cache.
fn stride(member: &Member) -> usize {
    member.states.next_multiple_of(8)
}

/// Where a slab's columns begin in its buffer: elsewhere in a page for each, or all would compete for the same places of
/// the cache.
fn lead(local: usize) -> usize {
    local % 12 * 40
}

/// What the jobs of a region share.
pub(super) struct RegionWork<'a, 'b, 'm> {
    pub sweep: &'a Sweep<'b, 'm>,
    /// What runs the kernels.
    pub arch: Arch,
    pub schedule: &'a Schedule,
    region: &'a Region,
    pub next: Option<&'a Boundary>,
    /// For each path, the columns to which something is paid on the way.
    paid: &'a [u64],
    buffers: &'a [Buffer],
    entries: &'a Boundary,
    /// Where each member's values go.
    targets: &'a [Shared<'a>],
    /// Where choice probabilities go, by node; empty if nobody wants them.
    pub kept: &'a [Option<Shared<'a>>],
    pub given: Option<(&'a Policies, &'a [f64])>,
    /// Choice probabilities of choices made at the same time, and their derivatives.
    play: &'a Policies,
    turns: &'a Policies,
}

impl<'a> RegionWork<'a, 'a, 'a> {
    fn jobs(&self) -> usize {
        match &self.region.members[..] {
            [only] => {
                let step = &self.schedule.steps[only.step];
                let rows = step.active.as_ref().map_or(step.rows(), Vec::len);
                rows.div_ceil(self.rows_per_tile(step))
            }
            _ => self.region.slabs,
        }
    }

    /// The choice probabilities of a node, if they are known before its values are.
    pub fn settled(&self, node: NodeId) -> Option<&'a [f64]> {
        match self.given {
            Some((policies, _)) => Some(&policies[node]),
            None => known(self.play, node),
        }
    }

    /// Their derivatives.
    pub fn turning(&self, node: NodeId) -> Option<&'a [f64]> {
        known(self.turns, node)
    }

    /// The equilibria of choices made at the same time, at each state before them; the region's only step is the last of
    /// these choices. With their derivatives, if the sweep has these.
    fn settle(&self, together: Together) -> Vec<(Moment, Strategies, Option<Strategies>)> {
        let (sweep, plan) = (self.sweep, self.sweep.plan);
        let step = &self.schedule.steps[self.region.members[0].step];
        let players = plan.model.players.len();
        let movers = together.movers();
        let mut columns: Vec<usize> = movers.iter().map(|player| player.0).collect();
        if sweep.derivatives {
            columns.extend(movers.iter().map(|player| players + player.0));
        }
        let sources: Vec<Source> = step.paths.iter().map(|path| self.source(path, step, 0, &[])).collect();
        let after = values_after(self, step, &sources, &columns);
        let states: Vec<usize> = plan.nodes[together.nodes[0]].reached.ones().collect();
        let at = |&state: &usize| {
            let moment = together.moment(state);
            let game = together.game(&moment, |player, a, state| after[a][player][state]);
            let Settled { q, counts } = together.settle(&moment, &game, sweep.near);
            sweep.tally.add(counts);
            let dq = sweep.derivatives.then(|| {
                let slopes =
                    together.game(&moment, |player, a, state| after[a][movers.len() + player][state]);
                derivative(&game, &together.precisions(), &q, &slopes)
            });
            (moment, q, dq)
        };
        if rayon::current_num_threads() > 1 {
            states.par_iter().map(at).collect()
        } else {
            states.iter().map(at).collect()
        }
    }

    fn rows_per_tile(&self, step: &Step) -> usize {
        (self.sweep.plan.options.tile_states / step.inner).max(1)
    }

    /// Runs all members on one slab, or the only one on one tile.
    fn job(&self, job: usize, scratch: &mut Scratch) {
        for at in 0..self.region.members.len() {
            self.member(at, job, scratch);
        }
    }

    /// The rows of a member that belong to a job, as far as they hold a state in reach.
    fn rows(&self, member: &Member, job: usize) -> Rows<'a> {
        let step = &self.schedule.steps[member.step];
        let alone = self.region.members.len() == 1;
        let rows = if alone { self.rows_per_tile(step) } else { member.states / step.inner };
        let (begin, end) = (job * rows, (job + 1) * rows);
        match &step.active {
            None => Rows::All(begin..end.min(step.rows())),
            Some(list) if alone => Rows::Some(&list[begin..end.min(list.len())]),
            Some(list) => {
                let from = list.partition_point(|r| (*r as usize) < begin);
                let to = list.partition_point(|r| (*r as usize) < end);
                Rows::Some(&list[from..to])
            }
        }
    }

    /// Runs one member of the region on the job's slab.
    fn member(&self, at: usize, job: usize, scratch: &mut Scratch) {
        let member = &self.region.members[at];
        let step = &self.schedule.steps[member.step];
        let mut own = match member.local {
            None => Buffer::default(),
            Some(local) => {
                if scratch.slab.len() <= local {
                    scratch.slab.resize_with(local + 1, Buffer::default);
                }
                let mut own = std::mem::take(&mut scratch.slab[local]);
                own.hold(lead(local) + stride(member) * self.sweep.columns.len());
                own
            }
        };
        {
            let Scratch { slab, strips } = scratch;
            let sources: Few<Source> =
                step.paths.iter().map(|path| self.source(path, step, job, slab)).collect();
            let local = Shared::new(own.get_mut(lead(member.local.unwrap_or(0))..).unwrap_or_default());
            let target = match member.local {
                None => Target { values: &self.targets[at], stride: step.size, first: 0 },
                Some(_) => Target { values: &local, stride: stride(member), first: job * member.states },
            };
            strips.make_room(sources.len(), self.sweep.derivatives);
            let columns = self.columns(step);
            let mut step_work =
                StepWork { region: self, step, sources: &sources, target, columns: &columns, strips };
            match self.rows(member, job) {
                Rows::All(rows) => {
                    for row in rows {
                        step_work.row(row);
                    }
                }
                Rows::Some(rows) => {
                    for &row in rows {
                        step_work.row(row as usize);
                    }
                }
            }
        }
        if let Some(local) = member.local {
            if step.home != Home::Slab {
                self.export(at, step, member, job * member.states, &own[lead(local)..]);
            }
            scratch.slab[local] = own;
        }
    }

    /// The columns of a step, the mover's first.
    fn columns(&self, step: &Step) -> Few<usize> {
        let mut columns: Few<usize> = (0..self.sweep.columns.len()).collect();
        if let Kind::Choose { player, .. } = step.kind
            && let Some(first) = columns.get_mut(..=player.0)
        {
            first.rotate_right(1);
        }
        columns
    }

    /// Copies a slab to its place in the step's home.
    #[allow(unsafe_code)]
    fn export(&self, at: usize, step: &Step, member: &Member, first: usize, own: &[f64]) {
        for column in 0..self.sweep.columns.len() {
            let begin = column * step.size + first;
            // SAFETY: every job has a slab of its own.
            let home = unsafe { self.targets[at].piece(begin..begin + member.states) };
            home.copy_from_slice(&own[column * stride(member)..][..member.states]);
        }
    }

    fn source<'s>(&'s self, path: &'s Path, step: &Step, job: usize, slab: &'s [Buffer]) -> Source<'s> {
        let from = &self.schedule.steps[path.source];
        let places = match &path.places {
            Places::Rows(rows) => &rows[..],
            Places::Slot(slot) => &self.sweep.tables.rows[*slot][..],
        };
        debug_assert_eq!(places.len(), step.rows());
        let paid = self.paid[path.number];
        let inside = path.member.map(|at| &self.region.members[at]);
        if let Some((member, local)) = inside.and_then(|m| m.local.map(|local| (m, local))) {
            let data = &slab[local][lead(local)..];
            return Source::new(path, paid, places, data, stride(member), job * member.states);
        }
        let data = match from.home {
            Home::Buffer(b) => &self.buffers[b][..],
            Home::Entry(e) => &self.entries[e][..],
            Home::Slab => &[],
        };
        Source::new(path, paid, places, data, from.size, 0)
    }
}

/// Rows of a job.
enum Rows<'a> {
    All(Range<usize>),
    Some(&'a [u32]),
}
