//! Requests that wait, are worked on, and are given up: the newest of a session goes before its older ones of the same kind.
//!
//! At most one request of a session and kind is waiting or of use; a newer one takes over its place in the line, so that
//! whoever drags a slider keeps it. Nothing is remembered of sessions that have nothing open.

use std::{
    collections::{HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use serde_json::Value;
use tokio::sync::oneshot;

use super::{
    interface::{Cancel, Engine, Kind, Lane, Page, Reply},
    limits::Limits,
    refusal::Refusal,
};

/// Deeply nested questions recurse deeply.
const STACK: usize = crate::STACK;

/// How a request ended.
pub type Outcome = Result<Reply, Refusal>;

/// One request.
pub struct Asked {
    /// Whose it is.
    pub session: u128,
    /// What is asked.
    pub kind: Kind,
    /// Greater than that of the requests before it.
    pub serial: u64,
    /// All of what was sent.
    pub body: Value,
}

/// Takes requests and has them answered by threads of its own, which end with it.
pub struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Arc<dyn Engine>,
    waiting: usize,
    books: Mutex<Books>,
    /// Something waits, by lane.
    more: [Condvar; 2],
}

#[derive(Default)]
struct Books {
    /// First come first served, by lane.
    lines: [VecDeque<Job>; 2],
    open: HashMap<Key, Open>,
    tickets: u64,
    ended: bool,
}

type Key = (u128, Kind);

/// A request for which somebody waits.
struct Open {
    ticket: u64,
    serial: u64,
    lane: Lane,
    cancel: Cancel,
    tell: oneshot::Sender<Outcome>,
}

/// A request that no thread has taken yet.
struct Job {
    key: Key,
    ticket: u64,
    body: Value,
    cancel: Cancel,
}

impl Desk {
    /// A desk with as many threads as the limits say.
    ///
    /// # Errors
    /// The system has no threads left.
    pub fn new(engine: Arc<dyn Engine>, limits: &Limits) -> std::io::Result<Desk> {
        let shared = Arc::new(Shared {
            engine,
            waiting: limits.waiting,
            books: Mutex::default(),
            more: [Condvar::new(), Condvar::new()],
        });
        let desk = Desk { shared };
        for (lane, count) in [(Lane::Quick, limits.quick), (Lane::Slow, limits.slow)] {
            for _ in 0..count.max(1) {
                let shared = Arc::clone(&desk.shared);
                let name = format!("melian-{lane:?}").to_lowercase();
                thread::Builder::new().name(name).stack_size(STACK).spawn(move || shared.work(lane))?;
            }
        }
        Ok(desk)
    }

    /// The page for a new session.
    ///
    /// # Errors
    /// A defect.
    pub fn page(&self, session: &str) -> Result<Page, Refusal> {
        guarded(|| Ok(self.shared.engine.page(session)))
    }

    /// Puts a request into its line. Dropping what is returned gives it up.
    ///
    /// # Errors
    /// A newer one is there, or too many wait.
    pub fn submit(&self, asked: Asked) -> Result<Waiting, Refusal> {
        let Asked { session, kind, serial, body } = asked;
        let key = (session, kind);
        let lane = guarded(|| Ok(self.shared.engine.lane(kind, &body)))?;
        let mut books = self.shared.books();
        if books.ended {
            return Err(Refusal::ending());
        }
        if books.open.get(&key).is_some_and(|open| open.serial > serial) {
            return Err(Refusal::superseded());
        }
        // What it replaces is of no use to the page any more, even if there is no room for the new one.
        let place = books.give_up(key, &Refusal::superseded()).filter(|(old, _)| *old == lane);
        let line = &mut books.lines[lane as usize];
        if line.len() >= self.shared.waiting {
            return Err(Refusal::busy());
        }
        let place = place.map_or(line.len(), |(_, place)| place.min(line.len()));
        books.tickets += 1;
        let (ticket, cancel) = (books.tickets, Cancel::default());
        let job = Job { key, ticket, body, cancel: cancel.clone() };
        books.lines[lane as usize].insert(place, job);
        let (tell, answer) = oneshot::channel();
        books.open.insert(key, Open { ticket, serial, lane, cancel, tell });
        drop(books);
        self.shared.more[lane as usize].notify_one();
        Ok(Waiting { shared: Arc::clone(&self.shared), key, ticket, answer })
    }

    /// Gives up everything that is open and takes nothing more.
    pub fn end(&self) {
        let mut books = self.shared.books();
        books.ended = true;
        let keys: Vec<Key> = books.open.keys().copied().collect();
        for key in keys {
            books.give_up(key, &Refusal::ending());
        }
        drop(books);
        self.shared.more.iter().for_each(Condvar::notify_all);
    }

    /// How many requests are open.
    #[cfg(test)]
    pub fn open(&self) -> usize {
        self.shared.books().open.len()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.end();
    }
}

impl Books {
    /// Takes a request out, whether it waits or is worked on, and tells whoever waits for it why. If it stood in a line,
    /// says where.
    fn give_up(&mut self, key: Key, why: &Refusal) -> Option<(Lane, usize)> {
        let open = self.open.remove(&key)?;
        open.cancel.cancel();
        // Whoever waited may be gone.
        drop(open.tell.send(Err(why.clone())));
        let line = &mut self.lines[open.lane as usize];
        let place = line.iter().position(|job| job.ticket == open.ticket)?;
        line.remove(place);
        Some((open.lane, place))
    }
}

impl Shared {
    /// What is in the books is whole between any two calls, even after a panic.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers requests of a lane until the desk ends.
    fn work(&self, lane: Lane) {
        while let Some(job) = self.next(lane) {
            let Job { key, ticket, body, cancel } = job;
            let outcome = guarded(|| self.engine.answer(key.1, body, &cancel));
            let mut books = self.books();
            if books.open.get(&key).is_some_and(|open| open.ticket == ticket) {
                let open = books.open.remove(&key);
                drop(books);
                // Whoever waited may be gone.
                drop(open.map(|open| open.tell.send(outcome)));
            }
        }
    }

    /// The next request of a lane; none when the desk has ended.
    fn next(&self, lane: Lane) -> Option<Job> {
        let mut books = self.books();
        loop {
            if books.ended {
                return None;
            }
            if let Some(job) = books.lines[lane as usize].pop_front() {
                return Some(job);
            }
            books = self.more[lane as usize].wait(books).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Work of the engine; a panic in it becomes a refusal.
fn guarded<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    // What the engine leaves behind when it panics is its own business.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Refusal::defect("this request brought the engine down")))
}

/// A request in a line or in work. Dropping it gives it up.
pub struct Waiting {
    shared: Arc<Shared>,
    key: Key,
    ticket: u64,
    answer: oneshot::Receiver<Outcome>,
}

impl Waiting {
    /// How it ended.
    ///
    /// # Errors
    /// It was refused, replaced or given up.
    pub async fn outcome(mut self) -> Outcome {
        (&mut self.answer).await.unwrap_or_else(|_| Err(Refusal::ending()))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut books = self.shared.books();
        if books.open.get(&self.key).is_some_and(|open| open.ticket == self.ticket) {
            books.give_up(self.key, &Refusal::superseded());
        }
    }
}
