//! How fast the machine streams through memory: the triad of McCalpin's STREAM (1995).
//!
//! ```text
//! a[i] = b[i] + s · c[i]
//! ```
//!
//! Counted are the 24 bytes that an element names: two read, one written. A machine that reads a line before it
//! writes it moves a third more.

use std::{hint::black_box, sync::Barrier, time::Instant};

use pulp::Arch;

/// Rounds; the best counts.
const ROUNDS: usize = 15;

/// Bytes that each thread goes through in a round, at least.
const BYTES_PER_ROUND: usize = 256 << 20;

/// Bytes of an element of all three arrays.
const ELEMENT: usize = 3 * size_of::<f64>();

/// Bytes per second at a working set of so many bytes, shared by the threads.
pub fn triad(threads: usize, bytes: usize) -> f64 {
    let length = (bytes / threads / ELEMENT).max(1);
    let passes = BYTES_PER_ROUND.div_ceil(length * ELEMENT);
    let barrier = Barrier::new(threads);
    let moved = (threads * passes * length * ELEMENT) as f64;
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| rounds(length, passes, &barrier))).collect();
        let times: Vec<[f64; ROUNDS]> = workers.into_iter().filter_map(|w| w.join().ok()).collect();
        // A round is over when its slowest thread is done.
        let slowest = |round: usize| times.iter().map(|t| t[round]).fold(0.0, f64::max);
        (0..ROUNDS).map(|round| moved / slowest(round)).fold(0.0, f64::max)
    })
}

/// Seconds of each round on one thread.
fn rounds(length: usize, passes: usize, barrier: &Barrier) -> [f64; ROUNDS] {
    let (mut a, b, c) = (vec![0.0; length], vec![1.0; length], vec![2.0; length]);
    let arch = Arch::new();
    [(); ROUNDS].map(|()| {
        barrier.wait();
        let begin = Instant::now();
        for _ in 0..passes {
            arch.dispatch(|| pass(black_box(&mut a), black_box(&b), black_box(&c), black_box(3.0)));
        }
        begin.elapsed().as_secs_f64()
    })
}

#[inline(always)]
fn pass(a: &mut [f64], b: &[f64], c: &[f64], s: f64) {
    for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
        *a = b + s * c;
    }
}

/// Nanoseconds of an exponential of the sweep, on one thread, from and to the nearest cache.
pub fn exponential() -> f64 {
    const NUMBERS: usize = 512;
    let x: Vec<f64> = (0..NUMBERS).map(|i| -0.03 * i as f64).collect();
    let mut out = vec![0.0; NUMBERS];
    let passes = 20_000;
    let mut round = || {
        let begin = Instant::now();
        for _ in 0..passes {
            melian::solver::exponentials(melian::solver::Lanes::best(), black_box(&x), black_box(&mut out));
        }
        begin.elapsed().as_secs_f64() / (passes * NUMBERS) as f64 * 1e9
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}
