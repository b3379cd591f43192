//! What compiling, planning and solving take for each embedded model: `cargo bench -p melian`.

use divan::{Bencher, black_box};
use melian::{
    Game,
    model::{Atom, Model, PlayerId},
    models::{by_name, flagship},
    solver::{Needs, Options, Plan, Route, answer},
    study::base_world,
};

/// The embedded models.
const NAMES: [&str; 6] = ["ukraine", "fearon", "rubinstein", "forts", "signorino", "frontline"];

fn main() {
    divan::main();
}

fn game(name: &str) -> Game {
    let embedded = by_name(name).expect("an embedded model");
    melian::compile(embedded.text, &[]).expect("it compiles")
}

fn plan(model: &Model) -> Plan<'_> {
    let needs = Needs { starts: vec![model.start()], ..Needs::default() };
    Plan::new(model, &needs, &Options::default()).expect("a plan")
}

/// The players' values at the start.
fn solve(bencher: Bencher, model: &Model, threads: usize) {
    let plan = plan(model);
    let world = base_world(model, &model.defaults(), &[]).expect("a world");
    let atoms: Vec<Atom> = (0..model.players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    bencher.bench(|| {
        pool.install(|| {
            answer(black_box(&plan), &world, &atoms, Route::Backward, &mut |_| {}).expect("answers")
        })
    });
}

#[divan::bench(args = NAMES, sample_count = 20)]
fn compiles(bencher: Bencher, name: &str) {
    let embedded = by_name(name).expect("an embedded model");
    bencher.bench(|| melian::compile(black_box(embedded.text), &[]).expect("it compiles"));
}

#[divan::bench(args = NAMES, sample_count = 20)]
fn plans(bencher: Bencher, name: &str) {
    let game = game(name);
    bencher.bench(|| plan(black_box(game.model())));
}

#[divan::bench(args = NAMES, sample_count = 10)]
fn solves(bencher: Bencher, name: &str) {
    let game = game(name);
    solve(bencher, game.model(), 1);
}

/// The flagship's baseline of 48 months.
#[divan::bench(args = [1, 2], sample_count = 10)]
fn baseline(bencher: Bencher, threads: usize) {
    let game = melian::compile(flagship().text, &[("horizon", 48.0)]).expect("it compiles");
    solve(bencher, game.model(), threads);
}
