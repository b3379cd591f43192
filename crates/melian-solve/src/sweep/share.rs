//! A buffer of which several threads write different parts.

use std::{marker::PhantomData, ops::Range};

/// A mutable slice handed out piece by piece. Pieces are stretches of states in each of many columns, so a slice
/// cannot be split into them beforehand without a list of all pieces for every period.
pub(super) struct Shared<'a> {
    start: *mut f64,
    len: usize,
    borrowed: PhantomData<&'a mut [f64]>,
}

#[allow(unsafe_code)]
// SAFETY: the only way to the numbers is `piece`, whose callers promise that pieces in use at the same time do not
// overlap; numbers may be sent between threads.
unsafe impl Sync for Shared<'_> {}

impl<'a> Shared<'a> {
    pub fn new(slice: &'a mut [f64]) -> Shared<'a> {
        Shared { start: slice.as_mut_ptr(), len: slice.len(), borrowed: PhantomData }
    }

    /// A stretch of the buffer.
    ///
    /// # Safety
    /// No two pieces in use at the same time may overlap.
    #[allow(unsafe_code, clippy::mut_from_ref)]
    #[inline(always)]
    pub unsafe fn piece(&self, range: Range<usize>) -> &'a mut [f64] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: the stretch lies inside the slice that this was made of, which is borrowed for as long as the piece
        // is; the caller promises that nothing else refers to it.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(range.start), range.end - range.start) }
    }
}

#[cfg(test)]
mod tests {
    use super::Shared;
    use rayon::prelude::*;

    /// Columns of rows, as the sweep shares them out: every number is written once, by whoever owns its row.
    #[test]
    #[allow(unsafe_code)]
    fn pieces_of_rows_cover_the_buffer() {
        let (columns, rows, inner) = (3, 64, 5);
        let mut buffer = vec![0.0; columns * rows * inner];
        let shared = Shared::new(&mut buffer);
        (0..rows).into_par_iter().for_each(|row| {
            for column in 0..columns {
                let at = column * rows * inner + row * inner;
                // SAFETY: every row of every column is asked for once.
                let piece = unsafe { shared.piece(at..at + inner) };
                piece.iter_mut().enumerate().for_each(|(i, x)| *x += (at + i) as f64);
            }
        });
        assert!(buffer.iter().enumerate().all(|(i, x)| *x == i as f64));
    }

    #[test]
    #[should_panic(expected = "range.end <= self.len")]
    #[allow(unsafe_code)]
    fn a_piece_outside_is_refused() {
        let mut buffer = vec![0.0; 4];
        // SAFETY: the only piece.
        let _ = unsafe { Shared::new(&mut buffer).piece(2..5) };
    }
}
