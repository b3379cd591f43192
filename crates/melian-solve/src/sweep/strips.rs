//! A step on a strip of neighbouring states: what kinds of steps make of what they read.

use crate::{
    plan::flow::Payee,
    plan::schedule::operand::OperandId,
    plan::schedule::{Kind, Step},
    sweep::buffer::Buffer,
    sweep::fused::RegionWork,
    sweep::kernels::{self, APART, STRIP, TERMS, TOGETHER},
    sweep::share::Shared,
    sweep::source::{Fetch, Ruled, Source, Strip, Terms, Together, all, each, factor},
    sweep::tally::Counts,
    sweep::{Pays, entropy},
};
use melian_model::{Convention, PlayerId};
use smallvec::SmallVec;

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
    /// Derivatives of choice probabilities, one strip an action.
    turned: Buffer,
}

impl Strips {
    /// Makes room for so many paths.
    pub fn make_room(&mut self, paths: usize, derivatives: bool) {
        self.chosen.hold(paths * APART);
        self.turned.hold(if derivatives { paths * APART } else { 0 });
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

impl<'r> StepWork<'r, '_> {
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
        for (payee, operand) in &self.step.pays {
            let paid = factor(self.region, *operand, 0, strip);
            for &column in self.columns {
                if self.region.sweep.columns[column].pays.counts(*payee) {
                    for out in self.target.strips(&[column], strip) {
                        kernels::add(self.region.arch, out, paid);
                    }
                }
            }
        }
    }

    fn exit(&mut self, strip: Strip, finally: &[(Payee, OperandId)]) {
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
                for (payee, operand) in finally {
                    if sweep.columns[column].pays.counts(*payee) {
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
                let fetch = Fetch { region, sources, columns, strip, ruled: Ruled::default() };
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
        let settled = region.settled(self.step.node);
        if let Some(policy) = settled {
            self.take(policy, strip);
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
        if sweep.derivatives {
            self.turn(strip, player, lambda);
        }
    }

    /// Takes choice probabilities that are known.
    fn take(&mut self, policy: &[f64], strip: Strip) {
        for (a, chosen) in self.strips.chosen.chunks_exact_mut(APART).take(self.sources.len()).enumerate() {
            chosen[..strip.n].copy_from_slice(&policy[a * self.step.size + strip.state..][..strip.n]);
        }
    }

    /// Response to the first of some columns, and the mixture of all of them.
    fn choose_with(&mut self, columns: &[usize], strip: Strip, available: usize, lambda: f64, more: bool) {
        let (region, sources) = (self.region, self.sources);
        let ruled = self.ruled();
        let Strips { rooms, chosen, .. } = &mut *self.strips;
        let mut plus = [0.0; kernels::MANY];
        let x = Fetch { region, sources, columns, strip, ruled }.run(rooms, Some(&mut plus));
        let bar: SmallVec<[f64; kernels::MANY]> =
            (0..sources.len()).map(|a| all(region, available, a, strip)).collect();
        let menu = kernels::Menu { plus: &plus, bar: &bar, lambda };
        let wanted =
            more || region.sweep.derivatives || matches!(region.kept.get(self.step.node), Some(Some(_)));
        let mut out = self.target.strips(columns, strip);
        kernels::choose(region.arch, &mut out, &x, menu, wanted.then_some(&mut chosen[..]));
    }

    /// Response by any rule, among any number of actions, any of which may be barred in some states.
    fn respond(&mut self, strip: Strip, player: PlayerId, available: usize, lambda: f64) {
        let (region, sources) = (self.region, self.sources);
        let actions = sources.len();
        let Strips { rooms, chosen, top, sum, .. } = &mut *self.strips;
        let fetch = Fetch { region, sources, columns: &[player.0], strip, ruled: Ruled::default() };
        for (a, q) in fetch.run(rooms, None).iter().enumerate() {
            let scale = if lambda.is_infinite() { 1.0 } else { lambda };
            let z = &mut chosen[a * APART..][..strip.n];
            kernels::scale(region.arch, z, scale, q, factor(region, available, a, strip));
        }
        if lambda.is_infinite() {
            kernels::best(chosen, actions, strip.n, top, sum);
            let ties = sum[..strip.n].iter().filter(|s| **s > 1.0).count();
            region.sweep.tally.add(Counts { ties: ties as u64, ..Counts::default() });
        } else {
            kernels::respond(region.arch, chosen, actions, strip.n, top, sum);
        }
    }

    /// The values of actions, weighed by choice probabilities.
    fn weigh_by_choice(&mut self, columns: &[usize], strip: Strip) {
        let region = self.region;
        let ruled = self.ruled();
        let Strips { rooms, chosen, .. } = &mut *self.strips;
        for columns in columns.chunks(TOGETHER) {
            let mut out = self.target.strips(columns, strip);
            let mut action = 0;
            for sources in self.sources.chunks(TERMS) {
                let fetch = Fetch { region, sources, columns, strip, ruled: Ruled { action, ..ruled } };
                let x = fetch.run(rooms, None);
                let weights = (action..action + sources.len()).map(|a| &chosen[a * APART..][..strip.n]);
                kernels::mix_each(region.arch, &mut out, &weights.collect::<Terms<_>>(), &x, action == 0);
                action += sources.len();
            }
        }
    }

    /// Adds what the values' derivatives owe to those of the choice probabilities: Σ σ'(a)·Q(a), where
    /// σ'(a) = λ·σ(a)·(Q'(a) − Σ_b σ(b)·Q'(b)). Under the convention `emax` the mover's own value does not change with
    /// its choice.
    fn turn(&mut self, strip: Strip, player: PlayerId, lambda: f64) {
        let region = self.region;
        let sources = self.sources;
        let players = region.sweep.plan.model.players.len();
        let together = region.turning(self.step.node);
        let emax = region.sweep.plan.model.convention == Convention::Emax;
        let n = strip.n;
        let Strips { rooms, chosen, turned, sum, .. } = &mut *self.strips;
        let mut fetch = |column: usize, see: &mut dyn FnMut(usize, &[f64])| {
            let mut action = 0;
            for sources in sources.chunks(TERMS) {
                let columns = [column];
                let fetch = Fetch { region, sources, columns: &columns, strip, ruled: Ruled::default() };
                for (k, x) in fetch.run(rooms, None).iter().enumerate() {
                    see(action + k, x);
                }
                action += sources.len();
            }
        };
        match together {
            Some(turns) => {
                for (a, turned) in turned.chunks_exact_mut(APART).take(sources.len()).enumerate() {
                    turned[..n].copy_from_slice(&turns[a * self.step.size + strip.state..][..n]);
                }
            }
            None if lambda.is_infinite() => return,
            None => {
                sum[..n].fill(0.0);
                fetch(players + player.0, &mut |a, x| {
                    let (chosen, turned) = (&chosen[a * APART..][..n], &mut turned[a * APART..][..n]);
                    turned.copy_from_slice(x);
                    sum[..n].iter_mut().zip(chosen).zip(x).for_each(|((sum, p), x)| *sum += p * x);
                });
                for a in 0..sources.len() {
                    let (chosen, turned) = (&chosen[a * APART..][..n], &mut turned[a * APART..][..n]);
                    for i in 0..n {
                        turned[i] = lambda * chosen[i] * (turned[i] - sum[i]);
                    }
                }
            }
        }
        for column in 0..players {
            let own = emax && column == player.0;
            if own && together.is_none() {
                continue;
            }
            for out in self.target.strips(&[players + column], strip) {
                fetch(column, &mut |a, x| {
                    let turned = &turned[a * APART..][..n];
                    (0..n).for_each(|i| out[i] += turned[i] * x[i]);
                });
                if own && lambda.is_finite() {
                    // The derivative of the entropy: −Σ σ'(a)·ln σ(a).
                    for a in 0..sources.len() {
                        let (chosen, turned) = (&chosen[a * APART..][..n], &turned[a * APART..][..n]);
                        for i in (0..n).filter(|&i| chosen[i] > 0.0) {
                            out[i] -= turned[i] * libm::log(chosen[i]) / lambda;
                        }
                    }
                }
            }
        }
    }

    /// Under the convention `emax`: adds what the mover enjoys of its choice.
    fn enjoy(&mut self, strip: Strip, player: PlayerId, lambda: f64) {
        let region = self.region;
        let actions = self.sources.len();
        let settled = region.settled(self.step.node);
        let Strips { chosen, top, sum, .. } = &*self.strips;
        for &column in self.columns {
            if region.sweep.columns[column].pays != Pays::Player(player) {
                continue;
            }
            let own = settled.is_none() && column == player.0;
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

    /// What questions change in the choice.
    fn ruled(&self) -> Ruled<'r> {
        let sweep = self.region.sweep;
        let inner = sweep.plan.nodes[self.step.node].space.inner;
        Ruled { rules: sweep.rules(self.step.node), action: 0, inner }
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

/// What a step's paths lead to in some columns: for each path and column, one number a state of the step's box; 0 for rows
/// out of reach.
pub(super) fn values_after(
    region: &RegionWork,
    step: &Step,
    sources: &[Source],
    columns: &[usize],
) -> Vec<Vec<Vec<f64>>> {
    let mut all = vec![vec![vec![0.0; step.size]; columns.len()]; sources.len()];
    let rows: Vec<usize> = match &step.active {
        None => (0..step.rows()).collect(),
        Some(rows) => rows.iter().map(|&row| row as usize).collect(),
    };
    for (source, all) in sources.iter().zip(&mut all) {
        for (&column, out) in columns.iter().zip(all) {
            for &row in &rows {
                for begin in (0..step.inner).step_by(STRIP) {
                    let n = STRIP.min(step.inner - begin);
                    let strip = Strip { row, begin, n, state: row * step.inner + begin };
                    source.put(region, &[column], strip, &mut [&mut out[strip.state..][..n]]);
                }
            }
        }
    }
    all
}
