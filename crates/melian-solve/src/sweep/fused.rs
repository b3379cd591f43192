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
    plan::schedule::{Schedule, Step},
    sweep::buffer::Buffer,
    sweep::share::Shared,
    sweep::strips::{Source, StepWork, Target},
    sweep::workspace::{Scratch, Written},
    sweep::{Boundary, Choosing, Policies, Sweep, Workspace},
};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use smallvec::SmallVec;

/// Work below this many numbers is not worth sharing out.
const WORTH_SHARING: usize = 1 << 14;

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
                let targets: Few<Shared> = written.iter_mut().map(|w| Shared::new(w.numbers())).collect();
                let work = RegionWork {
                    sweep: self,
                    schedule,
                    region,
                    next,
                    buffers: &space.buffers,
                    entries: out,
                    targets: &targets,
                    kept: &kept,
                    given,
                };
                let jobs = work.jobs();
                let arch = self.plan.options.lanes.arch();
                let job = |job: usize| {
                    let mut scratch = Workspace::scratch(space.spare());
                    arch.dispatch(Job { work: &work, job, scratch: &mut scratch });
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
    pub schedule: &'a Schedule,
    region: &'a Region,
    pub next: Option<&'a Boundary>,
    buffers: &'a [Buffer],
    entries: &'a Boundary,
    /// Where each member's values go.
    targets: &'a [Shared<'a>],
    /// Where choice probabilities go, by node; empty if nobody wants them.
    pub kept: &'a [Option<Shared<'a>>],
    pub given: Option<(&'a Policies, &'a [f64])>,
}

/// One slab of a region, or one tile of a single step.
struct Job<'a, 'w> {
    work: &'a RegionWork<'a, 'a, 'a>,
    job: usize,
    scratch: &'w mut Scratch,
}

impl WithSimd for Job<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for at in 0..self.work.region.members.len() {
            self.work.member(at, self.job, self.scratch);
        }
    }
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

    fn rows_per_tile(&self, step: &Step) -> usize {
        (self.sweep.plan.options.tile_states / step.inner).max(1)
    }

    /// Runs one member of the region on the job's slab.
    #[inline(always)]
    fn member(&self, at: usize, job: usize, scratch: &mut Scratch) {
        let member = &self.region.members[at];
        let step = &self.schedule.steps[member.step];
        let count = self.sweep.columns.len();
        let whole = self.region.members.len() == 1;
        let first = if whole { 0 } else { job * member.states };
        let stride = stride(member);
        let mut own = match member.local {
            None => Buffer::default(),
            Some(local) => {
                if scratch.slab.len() <= local {
                    scratch.slab.resize_with(local + 1, Buffer::default);
                }
                std::mem::take(&mut scratch.slab[local])
            }
        };
        if let Some(local) = member.local {
            own.hold(lead(local) + stride * count);
        }
        {
            let Scratch { slab, strips } = scratch;
            let sources: Few<Source> =
                step.paths.iter().map(|path| self.source(path, step, job, slab)).collect();
            let local = member.local.map(|local| &mut own[lead(local)..]);
            let stride = if local.is_some() { stride } else { step.size };
            let target = Target {
                stride,
                first: if local.is_some() { first } else { 0 },
                local,
                shared: &self.targets[at],
            };
            strips.make_room(sources.len());
            let mut step_work = StepWork { region: self, step, sources: &sources, target, strips };
            let (begin, end) = if whole {
                let tile = self.rows_per_tile(step);
                (job * tile, (job + 1) * tile)
            } else {
                let rows = member.states / step.inner;
                (job * rows, (job + 1) * rows)
            };
            match &step.active {
                None => {
                    for row in begin..end.min(step.rows()) {
                        step_work.row(row);
                    }
                }
                Some(list) => {
                    let list = if whole {
                        &list[begin..end.min(list.len())]
                    } else {
                        let from = list.partition_point(|r| (*r as usize) < begin);
                        let to = list.partition_point(|r| (*r as usize) < end);
                        &list[from..to]
                    };
                    for &row in list {
                        step_work.row(row as usize);
                    }
                }
            }
        }
        if let Some(local) = member.local {
            if step.home != Home::Slab {
                self.export(at, step, member, first, &own[lead(local)..]);
            }
            scratch.slab[local] = own;
        }
    }

    /// Copies a slab to its place in the step's home.
    #[allow(unsafe_code)]
    #[inline(always)]
    fn export(&self, at: usize, step: &Step, member: &Member, first: usize, own: &[f64]) {
        for column in 0..self.sweep.columns.len() {
            let begin = column * step.size + first;
            // SAFETY: every job has a slab of its own.
            let home = unsafe { self.targets[at].piece(begin..begin + member.states) };
            home.copy_from_slice(&own[column * stride(member)..][..member.states]);
        }
    }

    #[inline(always)]
    fn source<'s>(&'s self, path: &'s Path, step: &Step, job: usize, slab: &'s [Buffer]) -> Source<'s> {
        let from = &self.schedule.steps[path.source];
        let places = match &path.places {
            Places::Rows(rows) => &rows[..],
            Places::Slot(slot) => &self.sweep.tables.rows[*slot][..],
        };
        debug_assert_eq!(places.len(), step.rows());
        let inside = self.region.members.iter().find(|m| m.step == path.source);
        if let Some((member, local)) = inside.and_then(|m| m.local.map(|l| (m, l))) {
            let first = job * member.states;
            let data = &slab[local][lead(local)..];
            return Source::new(self.sweep, path, places, data, stride(member), first);
        }
        let data = match from.home {
            Home::Buffer(b) => &self.buffers[b][..],
            Home::Entry(e) => &self.entries[e][..],
            Home::Slab => &[],
        };
        Source::new(self.sweep, path, places, data, from.size, 0)
    }
}
