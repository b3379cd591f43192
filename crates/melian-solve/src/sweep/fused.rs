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
    sweep::kernels::{self, Factor, STRIP, TERMS},
    sweep::share::Shared,
    sweep::workspace::Scratch,
    sweep::{Boundary, Choosing, Pays, Policies, StageRule, Sweep, Workspace, entropy},
};
use melian_model::{Convention, PlayerId};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use smallvec::SmallVec;
use std::sync::atomic::Ordering;

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
        space.buffers.resize_with(schedule.buffers.len().max(space.buffers.len()), Vec::new);
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
                    Home::Slab => Vec::new(),
                    Home::Buffer(b) => {
                        let mut buffer = std::mem::take(&mut space.buffers[b]);
                        buffer.resize(size.max(buffer.len()), 0.0);
                        buffer
                    }
                    Home::Entry(e) => {
                        let mut buffer = std::mem::take(&mut out[e]);
                        buffer.resize(size, 0.0);
                        buffer
                    }
                });
            }
            {
                let targets: Few<Shared> = written.iter_mut().map(|buffer| Shared::new(buffer)).collect();
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
            for (member, buffer) in region.members.iter().zip(written.drain(..)) {
                match schedule.steps[member.step].home {
                    Home::Slab => {}
                    Home::Buffer(b) => space.buffers[b] = buffer,
                    Home::Entry(e) => out[e] = buffer,
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

/// What the jobs of a region share.
struct RegionWork<'a, 'b, 'm> {
    sweep: &'a Sweep<'b, 'm>,
    schedule: &'a Schedule,
    region: &'a Region,
    next: Option<&'a Boundary>,
    buffers: &'a [Vec<f64>],
    entries: &'a Boundary,
    /// Where each member's values go.
    targets: &'a [Shared<'a>],
    /// Where choice probabilities go, by node; empty if nobody wants them.
    kept: &'a [Option<Shared<'a>>],
    given: Option<(&'a Policies, &'a [f64])>,
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

/// Where a path's values are.
#[derive(Clone, Copy)]
struct Source<'a> {
    data: &'a [f64],
    /// From one column to the next.
    stride: usize,
    /// The state that comes first.
    first: usize,
    path: &'a Path,
    places: &'a [u32],
}

/// Where a step's values go.
struct Target<'a> {
    local: Option<&'a mut [f64]>,
    /// From one column to the next, and the state that comes first.
    stride: usize,
    first: usize,
    shared: &'a Shared<'a>,
}

impl Target<'_> {
    /// A stretch of states of a column.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn strip(&mut self, column: usize, state: usize, n: usize) -> &mut [f64] {
        let at = column * self.stride + state - self.first;
        match &mut self.local {
            Some(local) => &mut local[at..at + n],
            // SAFETY: a job asks for states of its own rows only, and rows belong to one job; the strip before is no
            // longer in use, since it borrowed `self`.
            None => unsafe { self.shared.piece(at..at + n) },
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
        let mut own = match member.local {
            None => Vec::new(),
            Some(local) => {
                if scratch.slab.len() <= local {
                    scratch.slab.resize_with(local + 1, Vec::new);
                }
                std::mem::take(&mut scratch.slab[local])
            }
        };
        if member.local.is_some() {
            let size = member.states * count;
            own.resize(size.max(own.len()), 0.0);
        }
        {
            let Scratch { slab, assembled, chosen, top, sum, spare } = scratch;
            let sources: Few<Source> =
                step.paths.iter().map(|path| self.source(path, step, job, slab)).collect();
            let local = member.local.map(|_| &mut own[..]);
            let stride = if local.is_some() { member.states } else { step.size };
            let target = Target {
                stride,
                first: if local.is_some() { first } else { 0 },
                local,
                shared: &self.targets[at],
            };
            let strips = sources.len() * STRIP;
            assembled.resize(TERMS * STRIP, 0.0);
            spare.resize(STRIP, 0.0);
            chosen.resize(strips.max(chosen.len()), 0.0);
            top.resize(STRIP, 0.0);
            sum.resize(STRIP, 0.0);
            let mut step_work = StepWork {
                region: self,
                step,
                sources: &sources,
                target,
                assembled,
                chosen,
                top,
                sum,
                spare,
            };
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
                self.export(at, step, member, first, &own);
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
            home.copy_from_slice(&own[column * member.states..][..member.states]);
        }
    }

    #[inline(always)]
    fn source<'s>(&'s self, path: &'s Path, step: &Step, job: usize, slab: &'s [Vec<f64>]) -> Source<'s> {
        let from = &self.schedule.steps[path.source];
        let places = match &path.places {
            Places::Rows(rows) => &rows[..],
            Places::Slot(slot) => &self.sweep.tables.rows[*slot][..],
        };
        debug_assert_eq!(places.len(), step.rows());
        let inside = self.region.members.iter().find(|m| m.step == path.source);
        if let Some((member, local)) = inside.and_then(|m| m.local.map(|l| (m, l))) {
            let data = &slab[local][..];
            return Source { data, stride: member.states, first: job * member.states, path, places };
        }
        let data = match from.home {
            Home::Buffer(b) => &self.buffers[b][..],
            Home::Entry(e) => &self.entries[e][..],
            Home::Slab => &[],
        };
        Source { data, stride: from.size, first: 0, path, places }
    }
}

/// A step's rows of one job.
struct StepWork<'r, 's> {
    region: &'r RegionWork<'r, 'r, 'r>,
    step: &'s Step,
    sources: &'s [Source<'s>],
    target: Target<'s>,
    assembled: &'s mut Vec<f64>,
    chosen: &'s mut Vec<f64>,
    top: &'s mut Vec<f64>,
    sum: &'s mut Vec<f64>,
    spare: &'s mut Vec<f64>,
}

impl StepWork<'_, '_> {
    #[inline(always)]
    fn row(&mut self, row: usize) {
        let inner = self.step.inner;
        let mut begin = 0;
        while begin < inner {
            let n = (inner - begin).min(STRIP);
            let strip = Strip { row, begin, n, state: row * inner + begin };
            match self.step.kind {
                Kind::Exit { terminal } => self.exit(strip, terminal),
                Kind::Copy => self.copy(strip, 0),
                Kind::Select { by } => {
                    let spec = &self.region.schedule.operands[by];
                    let path = self.region.sweep.tables.operands[by][spec.start(row)] as usize;
                    self.copy(strip, path);
                }
                Kind::Mix { weights } => self.mix(strip, weights),
                Kind::Choose { player, available } => self.choose(strip, player, available),
            }
            begin += n;
        }
    }

    #[inline(always)]
    fn exit(&mut self, strip: Strip, terminal: Option<usize>) {
        let sweep = self.region.sweep;
        let plan = sweep.plan;
        let node = &plan.nodes[self.step.node];
        for column in 0..sweep.columns.len() {
            let discount = sweep.discount(column);
            let out = self.target.strip(column, strip.state, strip.n);
            let entry = plan.entries.binary_search(&node.edges[0].target);
            match (self.region.next, entry, terminal) {
                (Some(next), Ok(entry), _) => {
                    let size = plan.nodes[node.edges[0].target].space.size;
                    let place = sweep.tables.edge_rows(&node.edges[0].rows)[strip.row] as usize;
                    let from = &next[entry][column * size + place + strip.begin..][..strip.n];
                    kernels::multiply(out, discount, from);
                }
                (None, _, Some(table)) => {
                    out.fill(0.0);
                    let (spec, data) = sweep.tables.table(plan, table);
                    for (i, &line) in plan.finally_lines.iter().enumerate() {
                        let pays = sweep.columns[column].pays;
                        if pays.counts(plan.model.lines[line.0].player, line) {
                            let plane = i * spec.support.len();
                            for (i, o) in out.iter_mut().enumerate() {
                                let entry = spec.support.entry(strip.state + i, node.space.inner);
                                *o += discount * data[plane + entry];
                            }
                        }
                    }
                }
                _ => out.fill(0.0),
            }
        }
    }

    #[inline(always)]
    fn copy(&mut self, strip: Strip, path: usize) {
        for column in 0..self.region.sweep.columns.len() {
            let out = self.target.strip(column, strip.state, strip.n);
            match self.sources.get(path) {
                None => out.fill(0.0),
                Some(source) => {
                    let from = fetch(self.region, source, column, strip, &mut self.assembled[..STRIP]);
                    out.copy_from_slice(from);
                }
            }
        }
    }

    #[inline(always)]
    fn mix(&mut self, strip: Strip, weights: usize) {
        let region = self.region;
        for column in 0..region.sweep.columns.len() {
            let out = self.target.strip(column, strip.state, strip.n);
            let mut plane = 0;
            for group in self.sources.chunks(TERMS) {
                let mut terms: [(Factor, &[f64]); TERMS] = [(Factor::All(0.0), &[]); TERMS];
                let mut rooms = self.assembled.chunks_exact_mut(STRIP);
                for (k, source) in group.iter().enumerate() {
                    let Some(room) = rooms.next() else { break };
                    let weight = factor(region, weights, plane + k, strip);
                    terms[k] = (weight, fetch(region, source, column, strip, room));
                }
                kernels::mix(out, &terms[..group.len()], plane == 0);
                plane += group.len();
            }
        }
    }

    #[inline(always)]
    fn choose(&mut self, strip: Strip, player: PlayerId, available: usize) {
        let region = self.region;
        let sweep = region.sweep;
        let actions = self.sources.len();
        let emax = sweep.plan.model.convention == Convention::Emax;
        let node = &sweep.plan.nodes[self.step.node];
        let Strip { n, state, .. } = strip;
        let mut lambda = sweep.tables.precision[player.0];
        if let Some((policies, precision)) = region.given {
            lambda = precision[player.0];
            let policy = &policies[self.step.node];
            for (a, chosen) in self.chosen.chunks_exact_mut(STRIP).take(actions).enumerate() {
                chosen[..n].copy_from_slice(&policy[a * self.step.size + state..][..n]);
            }
        } else {
            let finite = lambda.is_finite();
            for (a, source) in self.sources.iter().enumerate() {
                let bar = factor(region, available, a, strip);
                let q = fetch(region, source, player.0, strip, &mut self.assembled[..STRIP]);
                let z = &mut self.chosen[a * STRIP..][..STRIP];
                kernels::scale(z, if finite { lambda } else { 1.0 }, q, bar);
            }
            // Whole vectors: what lies behind the strip's end is never read.
            let whole = n.next_multiple_of(8).min(STRIP);
            if !finite {
                kernels::best(self.chosen, actions, n, self.top, self.sum);
                let ties = self.sum[..n].iter().filter(|s| **s > 1.0).count();
                sweep.ties.fetch_add(ties as u64, Ordering::Relaxed);
            } else if actions == 2 && !emax {
                kernels::respond_two(self.chosen, whole);
            } else {
                kernels::respond(self.chosen, actions, whole, self.top, self.sum);
            }
            if let Some(Some(kept)) = region.kept.get(self.step.node) {
                keep(kept, self.chosen, actions, self.step.size, state, n);
            }
        }
        let rules = sweep.rules(self.step.node);
        for column in 0..sweep.columns.len() {
            let ruled = rules.iter().any(|r| r.column == column);
            let out = self.target.strip(column, state, n);
            let mut action = 0;
            for group in self.sources.chunks(TERMS) {
                let mut terms: [(Factor, &[f64]); TERMS] = [(Factor::All(0.0), &[]); TERMS];
                let mut rooms = self.assembled.chunks_exact_mut(STRIP);
                for (k, source) in group.iter().enumerate() {
                    let Some(room) = rooms.next() else { break };
                    let chosen = &self.chosen[(action + k) * STRIP..][..n];
                    let q = if ruled {
                        let spare = &mut self.spare[..];
                        let q = fetch(region, source, column, strip, spare);
                        room[..n].copy_from_slice(q);
                        change(rules, column, action + k, strip, node.space.inner, &mut room[..n]);
                        &room[..n]
                    } else {
                        fetch(region, source, column, strip, room)
                    };
                    terms[k] = (Factor::Each(chosen), q);
                }
                kernels::mix(out, &terms[..group.len()], action == 0);
                action += group.len();
            }
            if emax && sweep.columns[column].pays == Pays::Player(player) {
                let own = region.given.is_none() && column == player.0;
                for (i, o) in out.iter_mut().enumerate() {
                    if own && lambda.is_infinite() {
                        *o = self.top[i];
                    } else if own {
                        // (3) plus the shock, without its rounding.
                        *o = (self.top[i] + libm::log(self.sum[i])) / lambda;
                    } else if lambda.is_finite() {
                        *o += entropy((0..actions).map(|a| self.chosen[a * STRIP + i])) / lambda;
                    }
                }
            }
        }
    }
}

/// Changes the values of an action as the rules of a column demand.
fn change(rules: &[StageRule], column: usize, action: usize, strip: Strip, inner: usize, q: &mut [f64]) {
    for rule in rules.iter().filter(|r| r.column == column) {
        for (i, q) in q.iter_mut().enumerate() {
            *q = rule.apply(action, strip.state + i, inner, *q);
        }
    }
}

/// A stretch of states of a row.
#[derive(Clone, Copy)]
struct Strip {
    row: usize,
    /// Position in the row of the first state.
    begin: usize,
    /// How many states.
    n: usize,
    /// The first state.
    state: usize,
}

#[inline(always)]
fn factor<'r>(region: &'r RegionWork, operand: usize, plane: usize, strip: Strip) -> Factor<'r> {
    let spec = &region.schedule.operands[operand];
    let data = &region.sweep.tables.operands[operand];
    let at = plane * spec.plane() + spec.start(strip.row);
    if spec.is_wide() { Factor::Each(&data[at + strip.begin..][..strip.n]) } else { Factor::All(data[at]) }
}

/// The values that a path leads to from a strip, with what is paid on the way; in place, or put together in `room`.
/// What lies outside the source carries no weight; 0 stands for it.
#[inline(always)]
fn fetch<'t>(
    region: &RegionWork,
    source: &Source<'t>,
    column: usize,
    strip: Strip,
    room: &'t mut [f64],
) -> &'t [f64] {
    let n = strip.n;
    let path = source.path;
    let begin =
        (source.places[strip.row] as usize + strip.begin + column * source.stride).wrapping_sub(source.first);
    let mut from: &[f64] = match &path.pieces[..] {
        [] => stretch(source.data, begin, n),
        [piece] if piece.mask.is_none() => {
            stretch(source.data, begin.wrapping_add_signed(piece.shift as isize), n)
        }
        _ => &[],
    };
    let Pays::Player(player) = region.sweep.columns[column].pays else {
        if from.is_empty() {
            assemble(source, begin, strip, room);
            from = &room[..n];
        }
        return from;
    };
    let mut untouched = true;
    for (payee, operand) in &path.pays {
        if *payee == player {
            let paid = factor(region, *operand, 0, strip);
            if untouched && !from.is_empty() {
                kernels::sum(&mut room[..n], from, paid);
            } else {
                if untouched {
                    assemble(source, begin, strip, room);
                }
                kernels::add(&mut room[..n], paid);
            }
            untouched = false;
        }
    }
    if untouched && from.is_empty() {
        assemble(source, begin, strip, room);
        untouched = false;
    }
    if untouched { from } else { &room[..n] }
}

/// A stretch of a source; nothing if it leaves it.
#[inline(always)]
fn stretch(data: &[f64], begin: usize, n: usize) -> &[f64] {
    let end = begin.wrapping_add(n);
    if begin <= end && end <= data.len() { &data[begin..end] } else { &[] }
}

/// Puts a strip together from its pieces.
#[inline(always)]
fn assemble(source: &Source, begin: usize, strip: Strip, room: &mut [f64]) {
    let n = strip.n;
    let pieces = &source.path.pieces;
    if pieces.is_empty() {
        outside(source.data, begin, &mut room[..n], |_| 1.0, true);
    }
    for (k, piece) in pieces.iter().enumerate() {
        let from = begin.wrapping_add_signed(piece.shift as isize);
        let inside = stretch(source.data, from, n);
        match &piece.mask {
            None => outside(source.data, from, &mut room[..n], |_| 1.0, true),
            Some(mask) if inside.is_empty() => {
                outside(source.data, from, &mut room[..n], |i| mask[strip.begin + i], k == 0);
            }
            Some(mask) => kernels::blend(&mut room[..n], &mask[strip.begin..][..n], inside, k == 0),
        }
    }
}

/// Adds a masked stretch that leaves the source; 0 stands for what lies outside.
#[cold]
fn outside(data: &[f64], from: usize, room: &mut [f64], mask: impl Fn(usize) -> f64, first: bool) {
    for (i, x) in room.iter_mut().enumerate() {
        let there = data.get(from.wrapping_add(i)).copied().unwrap_or(0.0);
        *x = if first { 0.0 } else { *x } + mask(i) * there;
    }
}

/// Keeps the choice probabilities of a strip.
#[allow(unsafe_code)]
fn keep(kept: &Shared, chosen: &[f64], actions: usize, size: usize, state: usize, n: usize) {
    for a in 0..actions {
        let at = a * size + state;
        // SAFETY: a job asks for states of its own rows only.
        let policy = unsafe { kept.piece(at..at + n) };
        policy.copy_from_slice(&chosen[a * STRIP..][..n]);
    }
}
