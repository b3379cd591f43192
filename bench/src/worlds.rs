//! Many worlds of the flagship, each with parameters of its own: the values and three questions of each.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use cpu_time::ProcessTime;
use melian::{
    Query,
    model::{Atom, Model, PlayerId, QuestionKind, Range},
    solver::{self, Needs, Options, Plan, Route, Scenario},
    study::{base_world, reading::broken_requirement},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use crate::{
    MAX_MEMORY, W4_CONSTANTS,
    process::{peak_mib, pool, words},
    valued::number,
};

/// What is asked of each world beside the values.
const QUESTIONS: [&str; 3] = ["P[regime == truce at 24]", "P[regime == fall by 36]", "E[front at 24]"];

/// How often the default world is solved alone, to compare; the median counts.
const ALONE: usize = 5;

/// Solves so many worlds, one a thread, and prints what that took beside a world solved alone.
pub fn measure(threads: usize, count: usize) -> Result<(), String> {
    let game = melian::compile(melian::models::flagship().text, &W4_CONSTANTS).map_err(|p| words(&p))?;
    let model = game.model();
    let atoms = atoms(&game)?;
    let default = base_world(model, &model.defaults(), &[]).map_err(|p| words(&p))?;
    let needs = Needs { starts: vec![default.start.clone()], atoms: atoms.clone(), ..Needs::default() };
    let plan = Plan::new(model, &needs, &Options { max_memory: MAX_MEMORY, ..Options::default() })
        .map_err(|p| words(&p))?;
    let worlds = random_worlds(model, count)?;
    let alone_one_thread = alone(&plan, &default, &atoms, 1)?;
    let alone_all_threads = alone(&plan, &default, &atoms, threads)?;

    let (begin, busy) = (Instant::now(), ProcessTime::now());
    let answers = answer_each(&plan, &worlds, &atoms, threads)?;
    let (seconds, busy) = (begin.elapsed().as_secs_f64(), busy.elapsed().as_secs_f64());

    let means: Vec<f64> = (0..atoms.len())
        .map(|i| answers.iter().map(|answer| answer[i]).sum::<f64>() / count as f64)
        .collect();
    println!(
        "{}",
        json!({
            "threads": threads,
            "worlds": count,
            "seconds": seconds,
            "seconds_per_world": seconds / count as f64,
            "alone_one_thread_seconds": alone_one_thread,
            "alone_all_threads_seconds": alone_all_threads,
            "busy_share": busy / (seconds * threads as f64),
            "peak_mib": peak_mib(),
            "mean_answers": means,
        })
    );
    Ok(())
}

/// The players' values, then the questions.
fn atoms(game: &melian::Game) -> Result<Vec<Atom>, String> {
    let mut atoms: Vec<Atom> = (0..game.model().players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
    for text in QUESTIONS {
        match game.query(text).map_err(|p| words(&p))? {
            Query::Question(melian::model::Question { kind: QuestionKind::Ask(atom), .. }) => {
                atoms.push(*atom);
            }
            _ => return Err(format!("`{text}` is not one question")),
        }
    }
    Ok(atoms)
}

/// Worlds with every parameter drawn evenly from its range, the same ones each time.
fn random_worlds(model: &Model, count: usize) -> Result<Vec<Scenario>, String> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut worlds = Vec::with_capacity(count);
    while worlds.len() < count {
        let params: Vec<f64> = model
            .params
            .iter()
            .map(|p| match p.range {
                Some(Range::Between(lo, hi)) => random.random_range(lo..=hi),
                _ => p.default,
            })
            .collect();
        if broken_requirement(model, &params).is_none() {
            worlds.push(base_world(model, &params, &[]).map_err(|p| words(&p))?);
        }
    }
    Ok(worlds)
}

/// Median seconds of one world solved alone on so many threads.
fn alone(plan: &Plan<'_>, world: &Scenario, atoms: &[Atom], threads: usize) -> Result<f64, String> {
    let pool = pool(threads)?;
    let mut seconds = Vec::with_capacity(ALONE);
    for _ in 0..ALONE {
        let begin = Instant::now();
        pool.install(|| answer(plan, world, atoms))?;
        seconds.push(begin.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[ALONE / 2])
}

/// The answers of every world; each thread takes the next world when it has done one.
fn answer_each(
    plan: &Plan<'_>,
    worlds: &[Scenario],
    atoms: &[Atom],
    threads: usize,
) -> Result<Vec<Vec<f64>>, String> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Vec<f64>)>, String> {
        let pool = pool(1)?;
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(world) = worlds.get(index) else { return Ok(done) };
            done.push((index, pool.install(|| answer(plan, world, atoms))?));
        }
    };
    let mut done = Vec::with_capacity(worlds.len());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            done.extend(worker.join().map_err(|_| "a thread has panicked")??);
        }
        Ok::<(), String>(())
    })?;
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, answers)| answers).collect())
}

fn answer(plan: &Plan<'_>, world: &Scenario, atoms: &[Atom]) -> Result<Vec<f64>, String> {
    let answers = solver::answer(plan, world, atoms, Route::Auto, &mut |_| {}).map_err(|p| words(&p))?;
    Ok(answers.values.iter().map(number).collect())
}
