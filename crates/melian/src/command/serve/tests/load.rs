//! Many clients that drag sliders at once.

use super::*;

/// Each client sends without waiting for answers, as a slider does, and then waits for the last. Says how many were answered.
fn drag(server: &Running, clients: u128, gestures: u64, steps: u64) -> usize {
    thread::scope(|scope| {
        let dragging: Vec<_> =
            (0..clients).map(|session| scope.spawn(move || one(server, session, gestures, steps))).collect();
        dragging.into_iter().map(|client| client.join().unwrap()).sum()
    })
}

/// One client, which has six connections, as browsers do.
fn one(server: &Running, session: u128, gestures: u64, steps: u64) -> usize {
    let mut lines: Vec<Client> = (0..6).map(|_| Client::new(server.address)).collect();
    let mut open = [false; 6];
    let (mut serial, mut answered) = (0, 0);
    for gesture in 0..gestures {
        for step in 0..steps {
            serial += 1;
            let at = serial as usize % 6;
            if std::mem::replace(&mut open[at], true) {
                answered += heard(&mut lines[at]);
            }
            lines[at].post("/api/solve", &setting(session, serial, json!({ "ms": 3 })));
            thread::sleep(Duration::from_millis((session as u64 + gesture + step) % 7));
        }
        // The last of a gesture is answered; all others are answered or replaced.
        let last = serial as usize % 6;
        open[last] = false;
        let answer = lines[last].answer().unwrap();
        assert_eq!((answer.status, answer.json()["serial"].as_u64()), (200, Some(serial)));
        answered += 1;
        for (line, open) in lines.iter_mut().zip(&mut open) {
            if std::mem::take(open) {
                answered += heard(line);
            }
        }
    }
    answered
}

fn heard(line: &mut Client) -> usize {
    let status = line.answer().unwrap().status;
    assert!(status == 200 || status == 409, "{status}");
    usize::from(status == 200)
}

#[test]
fn fifty_clients_drag_sliders_and_the_last_request_of_each_is_answered() {
    let server = running(slots(2));
    let answered = drag(&server, 50, 3, 20);
    assert!(answered >= 50 * 3);
    assert!(server.engine.most_at_once.load(Ordering::SeqCst) <= 2);
    server.assert_idle();
}

/// Bytes of memory that this process has.
#[cfg(target_os = "linux")]
fn memory() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes 80 seconds: cargo test --release -p melian --bin melian -- --ignored for_a_minute"]
fn fifty_clients_for_a_minute_take_no_memory() {
    let server = running(slots(2));
    let (mut rounds, mut before) = (0, None);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(80) {
        drag(&server, 50, 2, 60);
        rounds += 1;
        if began.elapsed() > Duration::from_secs(20) && before.is_none() {
            before = Some((rounds, memory()));
        }
    }
    server.assert_idle();
    let (first, before) = before.unwrap();
    let grown = memory().saturating_sub(before);
    eprintln!("{rounds} rounds; memory after round {first}: {before}, grown by {grown}");
    assert!(grown < 2 << 20, "{grown} bytes in {} rounds", rounds - first);
}
