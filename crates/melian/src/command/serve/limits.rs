//! How much the server takes upon itself: times, sizes and numbers.

use std::{thread, time::Duration};

/// Bounds on clients and on work.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections; beyond, those that have been idle the longest are closed.
    pub lines: usize,
    /// Time that a connection has in any case before it is closed for another.
    pub grace: Duration,
    /// Time for the head of a request, from the moment the connection is open or the last answer is out.
    pub head_time: Duration,
    /// Bytes of the head of a request.
    pub head_bytes: usize,
    /// Time for the body of a request.
    pub body_time: Duration,
    /// Bytes of the body of a request.
    pub body_bytes: usize,
    /// Time in which a client has to take some of its answer.
    pub write_time: Duration,
    /// Slow requests that are worked on at once.
    pub slow: usize,
    /// Quick requests that are worked on at once.
    pub quick: usize,
    /// Requests that wait for a thread, in each lane.
    pub waiting: usize,
    /// Time for last answers when the server ends.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let waiting = 256;
        Limits {
            // More than can be waiting or worked on, so that there is always a line for one who comes anew.
            lines: 512.max(waiting + cores + 128),
            grace: Duration::from_millis(100),
            head_time: Duration::from_secs(10),
            head_bytes: 16 << 10,
            body_time: Duration::from_secs(10),
            body_bytes: 64 << 10,
            write_time: Duration::from_secs(30),
            slow: cores,
            quick: 2,
            waiting,
            farewell: Duration::from_secs(2),
        }
    }
}
