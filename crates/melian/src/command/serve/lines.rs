//! The open connections: how many, and which of them makes room for a new one.
//!
//! A connection whose request is being answered stays. Any other — silent, slow to ask, slow to listen — is the first to go
//! the longer it has been so, but not before it had a moment for its request; until then, new ones wait with the system.
//! Whoever asks without delay is therefore served, however many do not.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{sync::Notify, time::timeout};

/// The open connections.
pub struct Lines {
    limit: usize,
    grace: Duration,
    open: Mutex<Open>,
    began: Instant,
    /// One was closed, or its request was answered.
    room: Notify,
}

#[derive(Default)]
struct Open {
    lines: HashMap<u64, Arc<State>>,
    /// So many there have been.
    count: u64,
}

struct State {
    answering: AtomicUsize,
    /// When it was opened or something was last answered on it, in microseconds from the beginning.
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
    /// At most so many, each of which has so much time before it may have to make room.
    pub fn new(limit: usize, grace: Duration) -> Arc<Lines> {
        let (limit, open, room) = (limit.max(1), Mutex::default(), Notify::new());
        Arc::new(Lines { limit, grace, open, began: Instant::now(), room })
    }

    /// A new connection, at the cost of another if need be; none if all are busy or new.
    pub fn admit(self: &Arc<Lines>) -> Option<Line> {
        let mut open = self.open();
        if open.lines.len() >= self.limit && !self.hang_up(&mut open) {
            return None;
        }
        open.count += 1;
        let number = open.count;
        let (answering, last) = (AtomicUsize::new(0), AtomicU64::new(self.now()));
        let state = Arc::new(State { answering, last, hang_up: Notify::new() });
        open.lines.insert(number, Arc::clone(&state));
        drop(open);
        Some(Line(Arc::new(Inner { lines: Arc::clone(self), number, state })))
    }

    /// Closes the connection that has been idle the longest, if it had its time.
    pub fn make_room(&self) {
        self.hang_up(&mut self.open());
    }

    /// Waits until one is closed or idle, or has had its time.
    pub async fn room(&self) {
        let grace = self.grace.max(Duration::from_millis(1));
        drop(timeout(grace, self.room.notified()).await);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.open().lines.is_empty()
    }

    fn hang_up(&self, open: &mut Open) -> bool {
        let idle = open.lines.iter().filter(|(_, state)| state.answering.load(Ordering::Relaxed) == 0);
        let times = idle.map(|(&number, state)| (state.last.load(Ordering::Relaxed), number));
        let Some((last, number)) = times.min() else { return false };
        if Duration::from_micros(self.now().saturating_sub(last)) < self.grace {
            return false;
        }
        let oldest = open.lines.remove(&number);
        oldest.inspect(|state| state.hang_up.notify_one()).is_some()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }
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
        state.last.store(lines.now(), Ordering::Relaxed);
        state.answering.fetch_sub(1, Ordering::Relaxed);
        lines.room.notify_one();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.lines.open().lines.remove(&self.number);
        self.lines.room.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;

    /// Later than everything before.
    fn later() {
        sleep(Duration::from_millis(1));
    }

    #[test]
    fn the_one_that_is_idle_the_longest_makes_room_and_a_busy_one_never_does() {
        let lines = Lines::new(3, Duration::ZERO);
        let all: Vec<Line> = (0..3).filter_map(|_| lines.admit()).collect();
        later();
        let busy = all[0].answering();
        drop(all[1].answering());
        // The third has not said anything since it came; the second has.
        let fourth = lines.admit().unwrap();
        let left = |line: &Line| lines.open().lines.contains_key(&line.0.number);
        assert_eq!(all.iter().map(left).collect::<Vec<_>>(), [true, true, false]);
        let (_second, _fourth) = (all[1].answering(), fourth.answering());
        assert!(lines.admit().is_none());
        drop(busy);
        assert!(lines.admit().is_some());
        assert!(!left(&all[0]));
    }

    #[test]
    fn a_new_one_has_a_moment() {
        let lines = Lines::new(1, Duration::from_secs(3600));
        let first = lines.admit().unwrap();
        assert!(lines.admit().is_none());
        drop(first);
        assert!(lines.admit().is_some());
    }
}
