//! Numbers that begin at the start of a cache line.

use bytemuck::{Pod, Zeroable};
use std::ops::{Deref, DerefMut};

/// A line of the cache.
#[derive(Clone, Copy, Zeroable, Pod)]
#[repr(C, align(64))]
struct Line([f64; 8]);

/// A buffer that only grows; new numbers are 0. A vector that a load takes in one piece never spans two lines where it
/// starts at a multiple of its length.
#[derive(Default)]
pub(super) struct Buffer(Vec<Line>);

impl Buffer {
    /// Makes it hold at least so many numbers.
    pub fn hold(&mut self, numbers: usize) {
        let lines = numbers.div_ceil(8);
        if lines > self.0.len() {
            self.0.resize(lines, Line([0.0; 8]));
        }
    }
}

impl Deref for Buffer {
    type Target = [f64];

    #[inline(always)]
    fn deref(&self) -> &[f64] {
        bytemuck::cast_slice(&self.0)
    }
}

impl DerefMut for Buffer {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f64] {
        bytemuck::cast_slice_mut(&mut self.0)
    }
}
