//! What a step reads, strip by strip: values where they stand, or put together on the way, and numbers of tables.

use crate::{
    plan::schedule::operand::OperandId,
    plan::schedule::path::{Path, Piece, Row},
    sweep::StageRule,
    sweep::fused::RegionWork,
    sweep::kernels::{self, APART, Factor, TERMS, TOGETHER},
};
use smallvec::SmallVec;

/// Lists that seldom need the heap: of terms added up at once, of columns worked on at once, of both.
pub(super) type Terms<T> = SmallVec<[T; TERMS]>;
pub(super) type Together<T> = SmallVec<[T; TOGETHER]>;
pub(super) type Few<T> = SmallVec<[T; kernels::MANY * TOGETHER]>;

/// A stretch of states of a row.
#[derive(Clone, Copy)]
pub(super) struct Strip {
    pub row: usize,
    /// Position in the row of the first state.
    pub begin: usize,
    /// How many states.
    pub n: usize,
    /// The first state.
    pub state: usize,
}

/// A plane of an operand along a strip.
#[inline]
pub(super) fn factor<'r>(
    region: &'r RegionWork,
    operand: OperandId,
    plane: usize,
    strip: Strip,
) -> Factor<'r> {
    let spec = &region.schedule.operands[operand];
    let data = &region.sweep.tables.operands[operand];
    let at = plane * spec.plane() + spec.start(strip.row);
    if spec.is_wide() { Factor::Each(&data[at + strip.begin..][..strip.n]) } else { Factor::All(data[at]) }
}

/// The same along a strip, if the operand differs from state to state.
pub(super) fn each<'r>(region: &'r RegionWork, operand: OperandId, plane: usize, strip: Strip) -> &'r [f64] {
    match factor(region, operand, plane, strip) {
        Factor::Each(x) => x,
        Factor::All(_) => &[],
    }
}

/// The same, if the operand does not differ from state to state of a row.
pub(super) fn all(region: &RegionWork, operand: OperandId, plane: usize, strip: Strip) -> f64 {
    match factor(region, operand, plane, strip) {
        Factor::All(x) => x,
        Factor::Each(x) => x[0],
    }
}

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
        let pays = pays.iter().filter(move |(payee, _)| region.sweep.columns[column].pays.counts(*payee));
        pays.map(|(_, operand)| *operand)
    }

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

    /// Writes the values that the path leads to from a strip, with what is paid on the way.
    pub fn put(&self, region: &RegionWork, columns: &[usize], strip: Strip, out: &mut [&mut [f64]]) {
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

/// What questions change in a box's choice.
#[derive(Clone, Copy, Default)]
pub(super) struct Ruled<'t> {
    pub rules: &'t [StageRule],
    /// The number of the first of the actions in question.
    pub action: usize,
    /// States of the box's rows.
    pub inner: usize,
}

impl Ruled<'_> {
    /// Whether the value of the `k`-th of the actions is changed in a column anywhere.
    fn touch(&self, column: usize, k: usize) -> bool {
        self.rules.iter().any(|rule| rule.column == column && rule.touches(self.action + k))
    }

    /// Changes the values of the `k`-th of the actions in a column.
    fn change(&self, column: usize, k: usize, strip: Strip, q: &mut [f64]) {
        for rule in self.rules.iter().filter(|rule| rule.column == column) {
            rule.apply_along(self.action + k, strip.state, self.inner, q);
        }
    }
}

/// What several paths lead to, in several columns.
pub(super) struct Fetch<'t, 's> {
    pub region: &'t RegionWork<'t, 't, 't>,
    pub sources: &'s [Source<'s>],
    pub columns: &'t [usize],
    pub strip: Strip,
    pub ruled: Ruled<'t>,
}

impl<'s> Fetch<'_, 's> {
    /// The values, in place or put together in one of the rooms; those of a path in all columns side by side. Where there
    /// is a `plus` for each path, what is paid to all states of the first column alike is added to it instead.
    pub fn run<'r>(&self, rooms: &'r mut [f64], mut plus: Option<&mut [f64]>) -> Few<&'r [f64]>
    where
        's: 'r,
    {
        let Fetch { region, sources, columns, strip, ruled } = *self;
        let mut x = Few::new();
        let mut rooms = rooms.chunks_exact_mut(APART).map(|room| &mut room[..strip.n]);
        for (k, source) in sources.iter().enumerate() {
            if source.plain {
                for (c, column) in columns.iter().enumerate() {
                    if let Some(there) = source.there(*column, strip)
                        && !ruled.touch(*column, k)
                    {
                        let plus = plus.as_mut().filter(|_| c == 0).map(|plus| &mut plus[k]);
                        if source.paid_alike(region, *column, strip, plus) {
                            x.push(there);
                            continue;
                        }
                    }
                    let Some(room) = rooms.next() else { break };
                    source.put(region, &[*column], strip, &mut [&mut *room]);
                    ruled.change(*column, k, strip, room);
                    x.push(room);
                }
            } else {
                let mut own: Together<&mut [f64]> = rooms.by_ref().take(columns.len()).collect();
                source.put(region, columns, strip, &mut own);
                for (column, room) in columns.iter().zip(own) {
                    ruled.change(*column, k, strip, room);
                    x.push(room);
                }
            }
        }
        x
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
