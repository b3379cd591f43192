//! Threads that share a list of work, and the count of what they solved.

use std::{
    cell::{Cell, RefCell},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

/// Threads, each of which solves one world at a time.
pub struct Crew<'a> {
    threads: usize,
    solved: Cell<u64>,
    expected: Cell<u64>,
    told: RefCell<Box<dyn FnMut(u64, u64) + 'a>>,
}

enum Message<U> {
    Solved,
    Done(usize, U),
}

impl<'a> Crew<'a> {
    /// So many threads. `told` hears how many worlds are solved and how many are expected, on the calling thread.
    pub fn new(threads: usize, told: impl FnMut(u64, u64) + 'a) -> Crew<'a> {
        let (solved, expected) = (Cell::new(0), Cell::new(0));
        Crew { threads: threads.max(1), solved, expected, told: RefCell::new(Box::new(told)) }
    }

    /// Worlds solved so far.
    pub fn solved(&self) -> u64 {
        self.solved.get()
    }

    /// So many more worlds will be solved, about.
    pub fn expect(&self, more: usize) {
        self.expected.set(self.solved.get() + more as u64);
    }

    /// Does some work for each item; the work says whenever it has solved a world. Results are in the items' order.
    pub fn each<T: Sync, U: Send>(&self, items: &[T], work: impl Fn(&T, &dyn Fn()) -> U + Sync) -> Vec<U> {
        let next = AtomicUsize::new(0);
        let mut results: Vec<Option<U>> = items.iter().map(|_| None).collect();
        let (said, heard) = mpsc::channel();
        let labour = |said: mpsc::Sender<Message<U>>| {
            let solved = || drop(said.send(Message::Solved));
            while let Some((index, item)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                items.get(index).map(|item| (index, item))
            } {
                drop(said.send(Message::Done(index, work(item, &solved))));
            }
        };
        let labour = &labour;
        std::thread::scope(|scope| {
            let mut started = 0;
            for _ in 0..self.threads.min(items.len()) {
                let said = said.clone();
                // A solver shares its work with the pool that it runs in: one thread for each.
                let alone =
                    move || match rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build()
                    {
                        Ok(pool) => pool.install(|| labour(said)),
                        Err(_) => labour(said),
                    };
                if std::thread::Builder::new().spawn_scoped(scope, alone).is_err() {
                    break;
                }
                started += 1;
            }
            if started == 0 {
                labour(said.clone());
            }
            drop(said);
            for message in heard {
                match message {
                    Message::Solved => {
                        self.solved.set(self.solved.get() + 1);
                        (self.told.borrow_mut())(self.solved.get(), self.expected.get());
                    }
                    Message::Done(index, result) => results[index] = Some(result),
                }
            }
        });
        results.into_iter().flatten().collect()
    }
}
