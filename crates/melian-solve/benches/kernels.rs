//! The inner loops by themselves, a strip that fits the nearest cache, at every width: `cargo bench -p melian-solve
//! --bench kernels`.

use divan::{Bencher, counter::ItemsCount};
use melian_solve::{Kernels, Lanes};

/// States of a strip.
const STATES: usize = 248;

fn main() {
    divan::main();
}

fn widths() -> impl Iterator<Item = Lanes> {
    Lanes::ALL.into_iter().filter(|lanes| lanes.exist())
}

fn states(bencher: Bencher, lanes: &Lanes, run: impl Fn(&mut Kernels)) {
    let mut kernels = Kernels::new(*lanes, STATES);
    bencher.counter(ItemsCount::new(STATES)).bench_local(|| run(&mut kernels));
}

#[divan::bench(args = widths())]
fn exponentials(bencher: Bencher, lanes: &Lanes) {
    states(bencher, lanes, Kernels::exponentials);
}

#[divan::bench(args = widths(), consts = [1, 3, 4])]
fn weigh_three_by_state<const COLUMNS: usize>(bencher: Bencher, lanes: &Lanes) {
    states(bencher, lanes, |kernels| kernels.weigh(3, COLUMNS, true));
}

#[divan::bench(args = widths(), consts = [1, 3, 4])]
fn weigh_three_alike<const COLUMNS: usize>(bencher: Bencher, lanes: &Lanes) {
    states(bencher, lanes, |kernels| kernels.weigh(3, COLUMNS, false));
}

#[divan::bench(args = widths(), consts = [2, 3, 4, 6, 9])]
fn choose_for_three_columns<const ACTIONS: usize>(bencher: Bencher, lanes: &Lanes) {
    states(bencher, lanes, |kernels| kernels.choose(ACTIONS, 3));
}
