//! The inner loops by themselves, to measure what they take where everything is in the nearest cache.

use crate::sweep::{
    buffer::Buffer,
    kernels::{APART, MANY, Menu, STRIP, TERMS, TOGETHER, choose, exponentials, mix_all, mix_each},
    lanes::Lanes,
};
use smallvec::SmallVec;

/// Lists that need no heap.
type Read<'a> = SmallVec<[&'a [f64]; 64]>;
type Written<'a> = SmallVec<[&'a mut [f64]; TOGETHER]>;

/// Strips of numbers for the inner loops.
pub struct Kernels {
    lanes: Lanes,
    n: usize,
    /// Weights and values, one strip each.
    read: Buffer,
    written: Buffer,
}

impl Kernels {
    /// For strips of `n` states.
    ///
    /// # Panics
    /// If a strip of the sweep is not that long.
    pub fn new(lanes: Lanes, n: usize) -> Kernels {
        assert!((1..=STRIP).contains(&n), "{n} states: a strip has at most {STRIP}");
        let strips = (MANY + TERMS) * TOGETHER;
        let (mut read, mut written) = (Buffer::default(), Buffer::default());
        read.hold(strips * APART);
        written.hold(TOGETHER * APART);
        read.iter_mut().enumerate().for_each(|(i, x)| *x = -((i * 7919 % 1000) as f64) / 1000.0);
        Kernels { lanes, n, read, written }
    }

    fn strips(&mut self, columns: usize) -> (Read<'_>, Written<'_>) {
        let read = self.read.chunks(APART).map(|strip| &strip[..self.n]).collect();
        let written =
            self.written.chunks_mut(APART).take(columns).map(|strip| &mut strip[..self.n]).collect();
        (read, written)
    }

    /// e^x.
    pub fn exponentials(&mut self) {
        let lanes = self.lanes;
        let (x, mut out) = self.strips(1);
        exponentials(lanes, x[0], out[0]);
    }

    /// A weighted sum of up to four terms in up to four columns; with weights for each state, or the same for all.
    pub fn weigh(&mut self, terms: usize, columns: usize, each: bool) {
        let arch = self.lanes.arch();
        let (read, mut out) = self.strips(columns);
        let (weights, x) = (&read[..terms], &read[TERMS..TERMS + terms * columns]);
        if each {
            mix_each(arch, &mut out, weights, x, true);
        } else {
            let same: SmallVec<[f64; TERMS]> = weights.iter().map(|w| w[0]).collect();
            mix_all(arch, &mut out, &same, x, true);
        }
    }

    /// A choice among two to nine actions, and what it makes of up to four columns.
    pub fn choose(&mut self, actions: usize, columns: usize) {
        let arch = self.lanes.arch();
        let (read, mut out) = self.strips(columns);
        let menu = Menu { plus: &[0.0; MANY], bar: &[0.0; MANY][..actions], lambda: 2.0 };
        choose(arch, &mut out, &read[..actions * columns], menu, None);
    }
}
