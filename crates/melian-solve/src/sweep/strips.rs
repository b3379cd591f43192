//! A step on a strip of neighbouring states: finds what each path leads to, and runs the inner loops.

use crate::{
    plan::schedule::path::Path,
    plan::schedule::{Kind, Step},
    sweep::buffer::Buffer,
    sweep::fused::RegionWork,
    sweep::kernels::{self, APART, Factor, STRIP, TERMS, Term},
    sweep::share::Shared,
    sweep::{Pays, StageRule, entropy},
};
use melian_model::{Convention, PlayerId};
use smallvec::SmallVec;
use std::sync::atomic::Ordering;

/// Where a path's values are.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    path: &'a Path,
    /// Where each row begins.
    places: &'a [u32],
    data: &'a [f64],
    /// From one column to the next.
    stride: usize,
    /// What is taken from a row's place: the state that comes first, less the shift of a row that stands as it is.
    less: usize,
    /// Whether rows stand as they are.
    plain: bool,
    /// The columns to which something is paid on the way, one bit each; the last bit is for all from there on.
    paid: u64,
}

impl<'a> Source<'a> {
    /// The values of a path in `data`, whose columns lie `stride` apart and begin with state `first`.
    #[inline]
    pub fn new(
        path: &'a Path,
        paid: u64,
        places: &'a [u32],
        data: &'a [f64],
        stride: usize,
        first: usize,
    ) -> Source<'a> {
        let shift = path.shift();
        let less = first.wrapping_add_signed(-shift.unwrap_or(0));
        Source { path, places, data, stride, less, plain: shift.is_some(), paid }
    }

    /// Where a strip begins in the first column.
    fn begin(&self, strip: Strip) -> usize {
        (self.places[strip.row] as usize + strip.begin).wrapping_sub(self.less)
    }

    /// The values that the path leads to from a strip, with what is paid on the way; in place, or put together in
    /// `room`. What lies outside the source carries no weight; 0 stands for it.
    fn fetch<'t>(&self, region: &RegionWork, column: usize, strip: Strip, room: &'t mut [f64]) -> &'t [f64]
    where
        'a: 't,
    {
        let begin = self.begin(strip).wrapping_add(column * self.stride);
        let end = begin.wrapping_add(strip.n);
        if self.plain && self.paid >> column.min(63) & 1 == 0 && begin <= end && end <= self.data.len() {
            return &self.data[begin..end];
        }
        let room = &mut room[..strip.n];
        let mut pays = self.path.pays.iter().filter(|(payee, _)| {
            matches!(region.sweep.columns[column].pays, Pays::Player(player) if player == *payee)
        });
        match pays.next() {
            Some((_, operand)) if self.plain && begin <= end && end <= self.data.len() => {
                kernels::sum(region.arch, room, &self.data[begin..end], factor(region, *operand, 0, strip));
            }
            first => {
                self.assemble(region, begin, strip, room);
                if let Some((_, operand)) = first {
                    kernels::add(region.arch, room, factor(region, *operand, 0, strip));
                }
            }
        }
        for (_, operand) in pays {
            kernels::add(region.arch, room, factor(region, *operand, 0, strip));
        }
        room
    }

    /// Puts a strip together from its pieces.
    fn assemble(&self, region: &RegionWork, begin: usize, strip: Strip, room: &mut [f64]) {
        if self.plain {
            outside(self.data, begin, room, None, true);
            return;
        }
        let mut done = 0;
        for group in self.path.pieces.chunks(TERMS) {
            let mut terms: [Term; TERMS] = [(Factor::All(0.0), &[]); TERMS];
            let mut inside = true;
            for (piece, term) in group.iter().zip(&mut terms) {
                let from = begin.wrapping_add_signed(piece.shift as isize);
                let to = from.wrapping_add(strip.n);
                let mask = piece.mask.as_deref().unwrap_or(&[]);
                if from <= to && to <= self.data.len() {
                    *term = (Factor::Each(&mask[strip.begin..][..strip.n]), &self.data[from..to]);
                } else {
                    inside = false;
                }
            }
            if inside {
                kernels::mix(region.arch, room, &terms[..group.len()], done == 0);
            } else {
                for (k, piece) in group.iter().enumerate() {
                    let from = begin.wrapping_add_signed(piece.shift as isize);
                    let mask = piece.mask.as_ref().map(|mask| &mask[strip.begin..]);
                    outside(self.data, from, room, mask, done + k == 0);
                }
            }
            done += group.len();
        }
    }
}

/// Adds a stretch that leaves the source, masked; 0 stands for what lies outside.
#[cold]
fn outside(data: &[f64], from: usize, room: &mut [f64], mask: Option<&[f64]>, first: bool) {
    for (i, x) in room.iter_mut().enumerate() {
        let there = data.get(from.wrapping_add(i)).copied().unwrap_or(0.0);
        *x = if first { 0.0 } else { *x } + mask.map_or(1.0, |mask| mask[i]) * there;
    }
}

/// Where a step's values go.
pub(super) struct Target<'a> {
    pub local: Option<&'a mut [f64]>,
    /// From one column to the next.
    pub stride: usize,
    /// The state that comes first.
    pub first: usize,
    pub shared: &'a Shared<'a>,
}

impl Target<'_> {
    /// A strip of a column.
    #[allow(unsafe_code)]
    fn strip(&mut self, column: usize, strip: Strip) -> &mut [f64] {
        let at = column * self.stride + strip.state - self.first;
        match &mut self.local {
            Some(local) => &mut local[at..at + strip.n],
            // SAFETY: a job asks for states of its own rows only, and rows belong to one job; the strip before is no
            // longer in use, since it borrowed `self`.
            None => unsafe { self.shared.piece(at..at + strip.n) },
        }
    }
}

/// Buffers of a thread for one strip.
#[derive(Default)]
pub(super) struct Strips {
    /// Values of actions, and of the mover's own, that do not stand as they are.
    rooms: Buffer,
    own: Buffer,
    /// Choice probabilities, one strip an action.
    chosen: Buffer,
    /// The largest λ·Q, and the sum of exponentials.
    top: Buffer,
    sum: Buffer,
    /// A strip's values before a question changes them.
    spare: Buffer,
}

impl Strips {
    /// Makes room for so many paths.
    pub fn make_room(&mut self, paths: usize) {
        self.own.hold(paths * APART);
        self.chosen.hold(paths * APART);
        self.rooms.hold(TERMS * APART);
        for strip in [&mut self.top, &mut self.sum, &mut self.spare] {
            strip.hold(STRIP);
        }
    }
}

/// A step's rows of one job.
pub(super) struct StepWork<'r, 's> {
    pub region: &'r RegionWork<'r, 'r, 'r>,
    pub step: &'s Step,
    pub sources: &'s [Source<'s>],
    pub target: Target<'s>,
    pub strips: &'s mut Strips,
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

/// A plane of an operand along a strip.
#[inline]
fn factor<'r>(region: &'r RegionWork, operand: usize, plane: usize, strip: Strip) -> Factor<'r> {
    let spec = &region.schedule.operands[operand];
    let data = &region.sweep.tables.operands[operand];
    let at = plane * spec.plane() + spec.start(strip.row);
    if spec.is_wide() { Factor::Each(&data[at + strip.begin..][..strip.n]) } else { Factor::All(data[at]) }
}

impl StepWork<'_, '_> {
    pub fn row(&mut self, row: usize) {
        let inner = self.step.inner;
        // Strips of much the same length, in whole lines of the cache.
        let longest = inner.div_ceil(inner.div_ceil(STRIP)).next_multiple_of(8);
        for begin in (0..inner).step_by(longest) {
            self.strip(Strip { row, begin, n: longest.min(inner - begin), state: row * inner + begin });
        }
    }

    fn strip(&mut self, strip: Strip) {
        match self.step.kind {
            Kind::Exit { terminal } => self.exit(strip, terminal),
            Kind::Copy => self.copy(strip, 0),
            Kind::Select { by } => {
                let spec = &self.region.schedule.operands[by];
                let path = self.region.sweep.tables.operands[by][spec.start(strip.row)] as usize;
                self.copy(strip, path);
            }
            Kind::Mix { weights } => self.mix(strip, weights),
            Kind::Choose { player, available } => self.choose(strip, player, available),
        }
    }

    fn exit(&mut self, strip: Strip, terminal: Option<usize>) {
        let sweep = self.region.sweep;
        let plan = sweep.plan;
        let node = &plan.nodes[self.step.node];
        let after = node.edges[0].target;
        for column in 0..sweep.columns.len() {
            let discount = sweep.discount(column);
            let out = self.target.strip(column, strip);
            match (self.region.next, plan.entries.binary_search(&after), terminal) {
                (Some(next), Ok(entry), _) => {
                    let size = plan.nodes[after].space.size;
                    let place = sweep.tables.edge_rows(&node.edges[0].rows)[strip.row] as usize;
                    let from = &next[entry][column * size + place + strip.begin..][..strip.n];
                    kernels::multiply(self.region.arch, out, discount, from);
                }
                (None, _, Some(table)) => {
                    out.fill(0.0);
                    let (spec, data) = sweep.tables.table(plan, table);
                    for (line, &paid) in plan.finally_lines.iter().enumerate() {
                        let pays = sweep.columns[column].pays;
                        if pays.counts(plan.model.lines[paid.0].player, paid) {
                            let plane = line * spec.support.len();
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

    fn copy(&mut self, strip: Strip, path: usize) {
        for column in 0..self.region.sweep.columns.len() {
            let out = self.target.strip(column, strip);
            match self.sources.get(path) {
                None => out.fill(0.0),
                Some(source) => {
                    out.copy_from_slice(source.fetch(self.region, column, strip, &mut self.strips.rooms));
                }
            }
        }
    }

    fn mix(&mut self, strip: Strip, weights: usize) {
        let region = self.region;
        let mut plane = 0;
        for group in self.sources.chunks(TERMS) {
            let mut terms: [Term; TERMS] = [(Factor::All(0.0), &[]); TERMS];
            for k in 0..group.len() {
                terms[k].0 = factor(region, weights, plane + k, strip);
            }
            for column in 0..region.sweep.columns.len() {
                let mut terms = terms;
                let mut rooms = self.strips.rooms.chunks_exact_mut(APART);
                for (source, term) in group.iter().zip(&mut terms) {
                    let Some(room) = rooms.next() else { break };
                    term.1 = source.fetch(region, column, strip, room);
                }
                kernels::mix(
                    region.arch,
                    self.target.strip(column, strip),
                    &terms[..group.len()],
                    plane == 0,
                );
            }
            plane += group.len();
        }
    }

    fn choose(&mut self, strip: Strip, player: PlayerId, available: usize) {
        let region = self.region;
        let sweep = region.sweep;
        let actions = self.sources.len();
        let emax = sweep.plan.model.convention == Convention::Emax;
        let Strip { n, state, .. } = strip;
        let Strips { rooms, own, chosen, top, sum, spare } = &mut *self.strips;
        // What the mover expects of each action: its own column.
        let mut q: SmallVec<[&[f64]; 16]> = SmallVec::new();
        let mut lambda = sweep.tables.precision[player.0];
        if let Some((policies, precision)) = region.given {
            lambda = precision[player.0];
            let policy = &policies[self.step.node];
            for a in 0..actions {
                chosen[a * APART..][..n].copy_from_slice(&policy[a * self.step.size + state..][..n]);
            }
        } else {
            let mut own = own.chunks_exact_mut(APART);
            for source in self.sources {
                let Some(room) = own.next() else { break };
                q.push(source.fetch(region, player.0, strip, room));
            }
            let wide = region.schedule.operands[available].is_wide();
            if lambda.is_infinite() || emax || wide || !(2..=4).contains(&actions) {
                for (a, q) in q.iter().enumerate() {
                    let bar = factor(region, available, a, strip);
                    let scale = if lambda.is_infinite() { 1.0 } else { lambda };
                    kernels::scale(region.arch, &mut chosen[a * APART..], scale, q, bar);
                }
                if lambda.is_infinite() {
                    kernels::best(chosen, actions, n, top, sum);
                    let ties = sum[..n].iter().filter(|s| **s > 1.0).count();
                    sweep.ties.fetch_add(ties as u64, Ordering::Relaxed);
                } else {
                    kernels::respond(region.arch, chosen, actions, n, top, sum);
                }
            } else {
                let mut bar = [0.0; 4];
                for (a, bar) in bar.iter_mut().enumerate().take(actions) {
                    if let Factor::All(x) = factor(region, available, a, strip) {
                        *bar = x;
                    }
                }
                match q[..] {
                    [q0, q1] => kernels::respond_two(region.arch, chosen, [q0, q1], [bar[0], bar[1]], lambda),
                    [q0, q1, q2] => {
                        kernels::respond_few(
                            region.arch,
                            chosen,
                            [q0, q1, q2],
                            [bar[0], bar[1], bar[2]],
                            lambda,
                        );
                    }
                    [q0, q1, q2, q3] => {
                        kernels::respond_few(region.arch, chosen, [q0, q1, q2, q3], bar, lambda)
                    }
                    _ => {}
                }
            }
            if let Some(Some(kept)) = region.kept.get(self.step.node) {
                keep(kept, chosen, actions, self.step.size, strip);
            }
        }
        let rules = sweep.rules(self.step.node);
        for column in 0..sweep.columns.len() {
            let ruled = !rules.is_empty() && rules.iter().any(|r| r.column == column);
            let out = self.target.strip(column, strip);
            let mut action = 0;
            for group in self.sources.chunks(TERMS) {
                let mut terms: [Term; TERMS] = [(Factor::All(0.0), &[]); TERMS];
                let mut free = rooms.chunks_exact_mut(APART);
                for (k, source) in group.iter().enumerate() {
                    let Some(room) = free.next() else { break };
                    let a = action + k;
                    let q = if column == player.0 && a < q.len() {
                        q[a]
                    } else if ruled {
                        let inner = sweep.plan.nodes[self.step.node].space.inner;
                        let q = source.fetch(region, column, strip, spare);
                        let room = &mut room[..n];
                        room.copy_from_slice(q);
                        change(rules, column, a, strip, inner, room);
                        room
                    } else {
                        source.fetch(region, column, strip, room)
                    };
                    terms[k] = (Factor::Each(&chosen[a * APART..][..n]), q);
                }
                kernels::mix(region.arch, out, &terms[..group.len()], action == 0);
                action += group.len();
            }
            if emax && sweep.columns[column].pays == Pays::Player(player) {
                let own = region.given.is_none() && column == player.0;
                for (i, o) in out.iter_mut().enumerate() {
                    if own && lambda.is_infinite() {
                        *o = top[i];
                    } else if own {
                        // (3) plus the shock, without its rounding.
                        *o = (top[i] + libm::log(sum[i])) / lambda;
                    } else if lambda.is_finite() {
                        *o += entropy((0..actions).map(|a| chosen[a * APART + i])) / lambda;
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

/// Keeps the choice probabilities of a strip.
#[allow(unsafe_code)]
fn keep(kept: &Shared, chosen: &[f64], actions: usize, size: usize, strip: Strip) {
    for a in 0..actions {
        let at = a * size + strip.state;
        // SAFETY: a job asks for states of its own rows only.
        let policy = unsafe { kept.piece(at..at + strip.n) };
        policy.copy_from_slice(&chosen[a * APART..][..strip.n]);
    }
}
