//! A step on a strip of neighbouring states: finds what each path leads to, and runs the inner loops.

use crate::{
    plan::schedule::operand::OperandId,
    plan::schedule::path::{Path, Piece, Row},
    plan::schedule::{Kind, Step},
    sweep::buffer::Buffer,
    sweep::fused::RegionWork,
    sweep::kernels::{self, APART, Factor, STRIP, TERMS, TOGETHER},
    sweep::share::Shared,
    sweep::{Pays, StageRule, entropy},
};
use melian_model::{Convention, PlayerId};
use smallvec::SmallVec;
use std::sync::atomic::Ordering;

/// Lists that seldom need the heap: of terms added up at once, of columns worked on at once, of both.
type Terms<T> = SmallVec<[T; TERMS]>;
type Together<T> = SmallVec<[T; TOGETHER]>;
type Few<T> = SmallVec<[T; kernels::MANY * TOGETHER]>;

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
        let shift = match path.row {
            Row::Shifted(shift) => Some(shift as isize),
            _ => None,
        };
        let less = first.wrapping_add_signed(-shift.unwrap_or(0));
        Source { path, places, data, stride, less, plain: shift.is_some(), paid }
    }

    /// Where a strip begins in the first column.
    fn begin(&self, strip: Strip) -> usize {
        (self.places[strip.row] as usize + strip.begin).wrapping_sub(self.less)
    }

    /// The values that the path leads to from a strip, before anything is paid, where they stand side by side.
    fn there(&self, column: usize, strip: Strip) -> Option<&'a [f64]> {
        let begin = self.begin(strip).wrapping_add(column * self.stride);
        let end = begin.wrapping_add(strip.n);
        if self.plain && begin <= end { self.data.get(begin..end) } else { None }
    }

    /// What is paid to a column on the way.
    fn pays<'t>(&'t self, region: &'t RegionWork, column: usize) -> impl Iterator<Item = OperandId> + 't {
        let some = self.paid >> column.min(63) & 1 == 1;
        let pays = if some { &self.path.pays[..] } else { &[] };
        let pays = pays.iter().filter(move |(payee, _)| {
            matches!(region.sweep.columns[column].pays, Pays::Player(player) if player == *payee)
        });
        pays.map(|(_, operand)| *operand)
    }

    /// Writes the values that the path leads to from a strip, with what is paid on the way.
    fn put(&self, region: &RegionWork, columns: &[usize], strip: Strip, out: &mut [&mut [f64]]) {
        match &self.path.row {
            Row::Shifted(_) => {}
            Row::Pieces(pieces) => self.assemble(region, pieces, columns, strip, out),
            Row::Scattered(offsets) => self.gather(&offsets[strip.begin..][..strip.n], columns, strip, out),
        }
        for (&column, out) in columns.iter().zip(out) {
            let mut pays = self.pays(region, column);
            if self.plain {
                match (self.there(column, strip), pays.next()) {
                    (Some(x), Some(operand)) => {
                        kernels::sum(region.arch, out, x, factor(region, operand, 0, strip))
                    }
                    (Some(x), None) => out.copy_from_slice(x),
                    (None, first) => {
                        let begin = self.begin(strip).wrapping_add(column * self.stride);
                        outside(self.data, begin, out, None, true);
                        if let Some(operand) = first {
                            kernels::add(region.arch, out, factor(region, operand, 0, strip));
                        }
                    }
                }
            }
            for operand in pays {
                kernels::add(region.arch, out, factor(region, operand, 0, strip));
            }
        }
    }

    /// Puts strips of some columns together from their pieces. What lies outside the source carries no weight; 0 stands
    /// for it.
    fn assemble(
        &self,
        region: &RegionWork,
        pieces: &[Piece],
        columns: &[usize],
        strip: Strip,
        out: &mut [&mut [f64]],
    ) {
        let begin = self.begin(strip);
        let mut first = true;
        for group in pieces.chunks(TERMS) {
            let mut masks: Terms<&[f64]> = Terms::new();
            let mut x: Few<&[f64]> = Few::new();
            for piece in group {
                let from = begin.wrapping_add_signed(piece.shift as isize);
                masks.push(&piece.mask[strip.begin..][..strip.n]);
                x.extend(columns.iter().filter_map(|column| {
                    let from = from.wrapping_add(column * self.stride);
                    let to = from.wrapping_add(strip.n);
                    if from <= to { self.data.get(from..to) } else { None }
                }));
            }
            if x.len() == group.len() * columns.len() {
                kernels::mix_each(region.arch, out, &masks, &x, first);
            } else {
                for (k, piece) in group.iter().enumerate() {
                    for (column, out) in columns.iter().zip(&mut *out) {
                        let from = begin
                            .wrapping_add_signed(piece.shift as isize)
                            .wrapping_add(column * self.stride);
                        outside(self.data, from, out, Some(&piece.mask[strip.begin..]), first && k == 0);
                    }
                }
            }
            first = false;
        }
    }

    /// Fetches strips of some columns state by state.
    fn gather(&self, offsets: &[i32], columns: &[usize], strip: Strip, out: &mut [&mut [f64]]) {
        let place = (self.places[strip.row] as usize).wrapping_sub(self.less);
        for (column, out) in columns.iter().zip(out) {
            let place = place.wrapping_add(column * self.stride);
            for (x, offset) in out.iter_mut().zip(offsets) {
                let from = self.data.get(place.wrapping_add_signed(*offset as isize));
                *x = from.copied().unwrap_or(0.0);
            }
        }
    }
}

/// What several paths lead to, in several columns.
struct Fetch<'t, 's> {
    region: &'t RegionWork<'t, 't, 't>,
    sources: &'s [Source<'s>],
    columns: &'t [usize],
    strip: Strip,
    /// What questions change: the rules, the number of the first of the actions that the sources stand for, and the
    /// length of rows of the box.
    rules: (&'t [StageRule], usize, usize),
}

impl<'s> Fetch<'_, 's> {
    /// The values, in place or put together in one of the rooms; those of a path in all columns side by side. Where there
    /// is a `plus` for each path, what is paid to all states of the first column alike is added to it instead.
    fn run<'r>(&self, rooms: &'r mut [f64], mut plus: Option<&mut [f64]>) -> Few<&'r [f64]>
    where
        's: 'r,
    {
        let Fetch { region, sources, columns, strip, rules } = *self;
        let mut x = Few::new();
        let mut rooms = rooms.chunks_exact_mut(APART).map(|room| &mut room[..strip.n]);
        let is_ruled = |column: usize, k: usize| {
            rules.0.iter().any(|rule| rule.column == column && rule.touches(rules.1 + k))
        };
        for (k, source) in sources.iter().enumerate() {
            if source.plain {
                for (c, column) in columns.iter().enumerate() {
                    let ruled = is_ruled(*column, k);
                    if let Some(there) = source.there(*column, strip)
                        && !ruled
                    {
                        let plus = plus.as_mut().filter(|_| c == 0).map(|plus| &mut plus[k]);
                        if source.paid_alike(region, *column, strip, plus) {
                            x.push(there);
                            continue;
                        }
                    }
                    let Some(room) = rooms.next() else { break };
                    source.put(region, &[*column], strip, &mut [&mut *room]);
                    if ruled {
                        change(rules.0, *column, rules.1 + k, strip, rules.2, room);
                    }
                    x.push(room);
                }
            } else {
                let mut own: Together<&mut [f64]> = rooms.by_ref().take(columns.len()).collect();
                source.put(region, columns, strip, &mut own);
                for (column, room) in columns.iter().zip(own) {
                    change(rules.0, *column, rules.1 + k, strip, rules.2, room);
                    x.push(room);
                }
            }
        }
        x
    }
}

impl Source<'_> {
    /// Whether nothing is paid to a column on the way, or the same to all states of a strip: then that is added to
    /// `plus`, if there is one.
    fn paid_alike(&self, region: &RegionWork, column: usize, strip: Strip, plus: Option<&mut f64>) -> bool {
        let mut all = 0.0;
        let mut any = false;
        for operand in self.pays(region, column) {
            match factor(region, operand, 0, strip) {
                Factor::All(x) => all += x,
                Factor::Each(_) => return false,
            }
            any = true;
        }
        match plus {
            Some(plus) => *plus += all,
            None => return !any,
        }
        true
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
    pub values: &'a Shared<'a>,
    /// From one column to the next.
    pub stride: usize,
    /// The state that comes first.
    pub first: usize,
}

impl Target<'_> {
    /// A strip of each of some columns, all different.
    #[allow(unsafe_code)]
    fn strips(&mut self, columns: &[usize], strip: Strip) -> Together<&mut [f64]> {
        let one = |column: &usize| {
            let at = column * self.stride + strip.state - self.first;
            // SAFETY: a job asks for states of its own rows only, and rows belong to one job; strips before are no
            // longer in use, since they borrowed `self`; strips of different columns do not overlap.
            unsafe { self.values.piece(at..at + strip.n) }
        };
        columns.iter().map(one).collect()
    }
}

/// Buffers of a thread for one strip.
#[derive(Default)]
pub(super) struct Strips {
    /// Values that do not stand as they are.
    rooms: Buffer,
    /// Choice probabilities, one strip an action.
    chosen: Buffer,
    /// The largest λ·Q, and the sum of exponentials.
    top: Buffer,
    sum: Buffer,
}

impl Strips {
    /// Makes room for so many paths.
    pub fn make_room(&mut self, paths: usize) {
        self.chosen.hold(paths * APART);
        self.rooms.hold(paths.max(TERMS) * TOGETHER * APART);
        for strip in [&mut self.top, &mut self.sum] {
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
    /// The columns, those worked on together side by side.
    pub columns: &'s [usize],
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
fn factor<'r>(region: &'r RegionWork, operand: OperandId, plane: usize, strip: Strip) -> Factor<'r> {
    let spec = &region.schedule.operands[operand];
    let data = &region.sweep.tables.operands[operand];
    let at = plane * spec.plane() + spec.start(strip.row);
    if spec.is_wide() { Factor::Each(&data[at + strip.begin..][..strip.n]) } else { Factor::All(data[at]) }
}

/// The same along a strip, if the operand differs from state to state.
fn each<'r>(region: &'r RegionWork, operand: OperandId, plane: usize, strip: Strip) -> &'r [f64] {
    match factor(region, operand, plane, strip) {
        Factor::Each(x) => x,
        Factor::All(_) => &[],
    }
}

/// The same, if the operand does not differ from state to state of a row.
fn all(region: &RegionWork, operand: OperandId, plane: usize, strip: Strip) -> f64 {
    match factor(region, operand, plane, strip) {
        Factor::All(x) => x,
        Factor::Each(x) => x[0],
    }
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
        match &self.step.kind {
            Kind::Exit { finally } => self.exit(strip, finally),
            Kind::Copy => self.copy(strip, 0),
            Kind::Select { by } => {
                let spec = &self.region.schedule.operands[*by];
                let path = self.region.sweep.tables.operands[*by][spec.start(strip.row)] as usize;
                self.copy(strip, path);
            }
            Kind::Mix { weights } => self.mix(strip, *weights),
            Kind::Choose { player, available } => self.choose(strip, *player, *available),
        }
        for (player, operand) in &self.step.pays {
            let paid = factor(self.region, *operand, 0, strip);
            for &column in self.columns {
                if self.region.sweep.columns[column].pays == Pays::Player(*player) {
                    for out in self.target.strips(&[column], strip) {
                        kernels::add(self.region.arch, out, paid);
                    }
                }
            }
        }
    }

    fn exit(&mut self, strip: Strip, finally: &[(PlayerId, OperandId)]) {
        let region = self.region;
        let (sweep, plan) = (region.sweep, region.sweep.plan);
        let edge = &plan.nodes[self.step.node].edges[0];
        let entry = plan.entries.binary_search(&edge.target);
        for &column in self.columns {
            let discount = sweep.discount(column);
            let mut strips = self.target.strips(&[column], strip);
            let Some(out) = strips.first_mut() else { return };
            if let (Some(next), Ok(entry)) = (region.next, entry) {
                let size = plan.nodes[edge.target].space.size;
                let place = sweep.tables.edge_rows(&edge.rows)[strip.row] as usize;
                let from = &next[entry][column * size + place + strip.begin..][..strip.n];
                kernels::multiply(region.arch, out, discount, from);
                continue;
            }
            out.fill(0.0);
            if region.next.is_none() {
                for (player, operand) in finally {
                    if sweep.columns[column].pays == Pays::Player(*player) {
                        kernels::add(region.arch, out, factor(region, *operand, 0, strip));
                    }
                }
                out.iter_mut().for_each(|o| *o *= discount);
            }
        }
    }

    fn copy(&mut self, strip: Strip, path: usize) {
        for columns in self.columns.chunks(TOGETHER) {
            let mut out = self.target.strips(columns, strip);
            match self.sources.get(path) {
                None => out.iter_mut().for_each(|out| out.fill(0.0)),
                Some(source) => source.put(self.region, columns, strip, &mut out),
            }
        }
    }

    fn mix(&mut self, strip: Strip, weights: usize) {
        let region = self.region;
        for columns in self.columns.chunks(TOGETHER) {
            let mut out = self.target.strips(columns, strip);
            let mut plane = 0;
            for sources in self.sources.chunks(TERMS) {
                let fetch = Fetch { region, sources, columns, strip, rules: (&[], 0, 0) };
                let x = fetch.run(&mut self.strips.rooms, None);
                let first = plane == 0;
                let planes = plane..plane + sources.len();
                if region.schedule.operands[weights].is_wide() {
                    let weights = planes.map(|plane| each(region, weights, plane, strip));
                    kernels::mix_each(region.arch, &mut out, &weights.collect::<Terms<_>>(), &x, first);
                } else {
                    let weights = planes.map(|plane| all(region, weights, plane, strip));
                    kernels::mix_all(region.arch, &mut out, &weights.collect::<Terms<_>>(), &x, first);
                }
                plane += sources.len();
            }
        }
    }

    fn choose(&mut self, strip: Strip, player: PlayerId, available: usize) {
        let region = self.region;
        let sweep = region.sweep;
        let actions = self.sources.len();
        let emax = sweep.plan.model.convention == Convention::Emax;
        let wide = region.schedule.operands[available].is_wide();
        let lambda =
            region.given.map_or(sweep.tables.precision[player.0], |(_, precision)| precision[player.0]);
        // The mover's own column stands first.
        let mut rest = self.columns;
        if region.given.is_some() {
            self.take_given(strip);
        } else if lambda.is_finite() && !emax && !wide && (2..=kernels::MANY).contains(&actions) {
            let first;
            (first, rest) = rest.split_at(TOGETHER.min(rest.len()));
            self.choose_with(first, strip, available, lambda, !rest.is_empty());
        } else {
            self.respond(strip, player, available, lambda);
        }
        if region.given.is_none()
            && let Some(Some(kept)) = region.kept.get(self.step.node)
        {
            keep(kept, &self.strips.chosen, actions, self.step.size, strip);
        }
        self.weigh_by_choice(rest, strip);
        if emax {
            self.enjoy(strip, player, lambda);
        }
    }

    /// Takes choice probabilities that are given.
    fn take_given(&mut self, strip: Strip) {
        let Some((policies, _)) = self.region.given else { return };
        let policy = &policies[self.step.node];
        for (a, chosen) in self.strips.chosen.chunks_exact_mut(APART).take(self.sources.len()).enumerate() {
            chosen[..strip.n].copy_from_slice(&policy[a * self.step.size + strip.state..][..strip.n]);
        }
    }

    /// Response to the first of some columns, and the mixture of all of them.
    fn choose_with(&mut self, columns: &[usize], strip: Strip, available: usize, lambda: f64, more: bool) {
        let (region, sources) = (self.region, self.sources);
        let rules = (region.sweep.rules(self.step.node), 0, self.box_inner());
        let Strips { rooms, chosen, .. } = &mut *self.strips;
        let mut plus = [0.0; kernels::MANY];
        let x = Fetch { region, sources, columns, strip, rules }.run(rooms, Some(&mut plus));
        let bar: SmallVec<[f64; kernels::MANY]> =
            (0..sources.len()).map(|a| all(region, available, a, strip)).collect();
        let menu = kernels::Menu { plus: &plus, bar: &bar, lambda };
        let wanted = more || matches!(region.kept.get(self.step.node), Some(Some(_)));
        let mut out = self.target.strips(columns, strip);
        kernels::choose(region.arch, &mut out, &x, menu, wanted.then_some(&mut chosen[..]));
    }

    /// Response by any rule, among any number of actions, any of which may be barred in some states.
    fn respond(&mut self, strip: Strip, player: PlayerId, available: usize, lambda: f64) {
        let (region, sources) = (self.region, self.sources);
        let actions = sources.len();
        let Strips { rooms, chosen, top, sum } = &mut *self.strips;
        let fetch = Fetch { region, sources, columns: &[player.0], strip, rules: (&[], 0, 0) };
        for (a, q) in fetch.run(rooms, None).iter().enumerate() {
            let scale = if lambda.is_infinite() { 1.0 } else { lambda };
            let z = &mut chosen[a * APART..][..strip.n];
            kernels::scale(region.arch, z, scale, q, factor(region, available, a, strip));
        }
        if lambda.is_infinite() {
            kernels::best(chosen, actions, strip.n, top, sum);
            let ties = sum[..strip.n].iter().filter(|s| **s > 1.0).count();
            region.sweep.ties.fetch_add(ties as u64, Ordering::Relaxed);
        } else {
            kernels::respond(region.arch, chosen, actions, strip.n, top, sum);
        }
    }

    /// The values of actions, weighed by choice probabilities.
    fn weigh_by_choice(&mut self, columns: &[usize], strip: Strip) {
        let region = self.region;
        let inner = self.box_inner();
        let rules = region.sweep.rules(self.step.node);
        let Strips { rooms, chosen, .. } = &mut *self.strips;
        for columns in columns.chunks(TOGETHER) {
            let mut out = self.target.strips(columns, strip);
            let mut action = 0;
            for sources in self.sources.chunks(TERMS) {
                let fetch = Fetch { region, sources, columns, strip, rules: (rules, action, inner) };
                let x = fetch.run(rooms, None);
                let weights = (action..action + sources.len()).map(|a| &chosen[a * APART..][..strip.n]);
                kernels::mix_each(region.arch, &mut out, &weights.collect::<Terms<_>>(), &x, action == 0);
                action += sources.len();
            }
        }
    }

    /// Under the convention `emax`: adds what the mover enjoys of its choice.
    fn enjoy(&mut self, strip: Strip, player: PlayerId, lambda: f64) {
        let region = self.region;
        let actions = self.sources.len();
        let Strips { chosen, top, sum, .. } = &*self.strips;
        for &column in self.columns {
            if region.sweep.columns[column].pays != Pays::Player(player) {
                continue;
            }
            let own = region.given.is_none() && column == player.0;
            for out in self.target.strips(&[column], strip) {
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

    /// The length of rows of the box that the step computes.
    fn box_inner(&self) -> usize {
        self.region.sweep.plan.nodes[self.step.node].space.inner
    }
}

/// Changes the values of an action as the rules of a column demand.
fn change(rules: &[StageRule], column: usize, action: usize, strip: Strip, inner: usize, q: &mut [f64]) {
    for rule in rules.iter().filter(|rule| rule.column == column) {
        rule.apply_along(action, strip.state, inner, q);
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
