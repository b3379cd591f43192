//! The open connections: how many, and which of them makes room for a new one.
//!
//! A connection whose request is being answered stays. Any other — silent, slow to ask, slow to listen — is the first to go
//! the longer it has been so; whoever sends requests as fast as anybody can is therefore served however many do not.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

/// The open connections.
pub struct Lines {
    limit: usize,
    open: Mutex<HashMap<u64, Arc<State>>>,
    /// Counts what happens on any of them.
    clock: AtomicU64,
    /// One was closed, or its request was answered.
    room: Notify,
}

struct State {
    answering: AtomicUsize,
    /// When something last happened on it.
    last: AtomicU64,
    hang_up: Notify,
}

/// One connection; closed when all that know it are dropped.
#[derive(Clone)]
pub struct Line(Arc<Inner>);

struct Inner {
    lines: Arc<Lines>,
    number: u64,
    state: Arc<State>,
}

/// A request of a connection is being answered as long as this lives.
pub struct Answering<'l>(&'l Line);

impl Lines {
    /// At most so many.
    pub fn new(limit: usize) -> Arc<Lines> {
        let open = Mutex::default();
        Arc::new(Lines { limit: limit.max(1), open, clock: AtomicU64::new(0), room: Notify::new() })
    }

    /// A new connection, at the cost of another if need be. None if all are busy.
    pub fn admit(self: &Arc<Lines>) -> Option<Line> {
        let mut open = self.open();
        if open.len() >= self.limit && !hang_up(&mut open) {
            return None;
        }
        let number = self.tick();
        let state =
            State { answering: AtomicUsize::new(0), last: AtomicU64::new(number), hang_up: Notify::new() };
        let state = Arc::new(state);
        open.insert(number, Arc::clone(&state));
        drop(open);
        Some(Line(Arc::new(Inner { lines: Arc::clone(self), number, state })))
    }

    /// Closes the one that has been idle the longest.
    pub fn make_room(&self) {
        hang_up(&mut self.open());
    }

    /// Waits until asking again for a connection makes sense.
    pub async fn room(&self) {
        self.room.notified().await;
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.open().is_empty()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<State>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }
}

/// Closes the connection that has been idle the longest, if one is idle.
fn hang_up(open: &mut HashMap<u64, Arc<State>>) -> bool {
    let idle = open.iter().filter(|(_, state)| state.answering.load(Ordering::Relaxed) == 0);
    let oldest = idle.min_by_key(|(_, state)| state.last.load(Ordering::Relaxed)).map(|(&number, _)| number);
    let Some(state) = oldest.and_then(|number| open.remove(&number)) else { return false };
    state.hang_up.notify_one();
    true
}

impl Line {
    /// A whole request has come and is being answered.
    pub fn answering(&self) -> Answering<'_> {
        self.0.state.answering.fetch_add(1, Ordering::Relaxed);
        Answering(self)
    }

    /// Waits until this connection has to make room.
    pub async fn hung_up(&self) {
        self.0.state.hang_up.notified().await;
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        let Inner { lines, state, .. } = &*self.0.0;
        state.last.store(lines.tick(), Ordering::Relaxed);
        state.answering.fetch_sub(1, Ordering::Relaxed);
        lines.room.notify_one();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.lines.open().remove(&self.number);
        self.lines.room.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_is_idle_the_longest_makes_room_and_a_busy_one_never_does() {
        let lines = Lines::new(3);
        let all: Vec<Line> = (0..3).filter_map(|_| lines.admit()).collect();
        let busy = all[0].answering();
        drop(all[1].answering());
        // The third has not said anything since it came; the second has.
        let fourth = lines.admit().unwrap();
        let left = |line: &Line| lines.open().contains_key(&line.0.number);
        assert_eq!(all.iter().map(left).collect::<Vec<_>>(), [true, true, false]);
        let (_second, _fourth) = (all[1].answering(), fourth.answering());
        assert!(lines.admit().is_none());
        drop(busy);
        assert!(lines.admit().is_some());
        assert!(!left(&all[0]));
    }
}
