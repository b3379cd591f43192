//! Results are the same to the last bit whatever the number of threads, the size of tiles and the width of vectors.

mod common;

use common::{
    compare::{differences, plan},
    generate::{self, Case},
    moves, wide,
};
use melian_solve::{Answer, Answers, Lanes, Options, Route, answer};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Random cases that are tried.
const SEEDS: u64 = 60;

/// The bits of every number in an answer.
fn bits(answers: &Answers) -> Vec<Option<u64>> {
    let values = answers.values.iter().map(|answer| match answer {
        Answer::Number(x) => Some(x.to_bits()),
        Answer::Undefined(_) => None,
    });
    let bounds = answers.bounds.iter().flatten().flat_map(|b| [b.visits, b.bound]);
    let ranges = answers.payoff_range.iter().flat_map(|&(lo, hi)| [lo, hi]);
    values.chain(bounds.chain(ranges).map(|x| Some(x.to_bits()))).chain([Some(answers.counts.ties)]).collect()
}

fn pools() -> Vec<ThreadPool> {
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    [1, 2, 7].map(pool).into()
}

/// Solves a case in ways in which every two of width, tile size and number of threads come together.
fn check(case: &Case, pools: &[ThreadPool]) {
    let widths: Vec<Lanes> = Lanes::ALL.into_iter().filter(|lanes| lanes.exist()).collect();
    let mut expected = [None, None];
    for (t, tile_states) in [1, 64, 4096, 1 << 24].into_iter().enumerate() {
        for (p, pool) in pools.iter().enumerate() {
            let lanes = widths[(t + p) % widths.len()];
            let options = Options { lanes, tile_states, ..Options::default() };
            let plan = plan(case, false, &options).expect("a plan");
            for (route, expected) in [Route::Backward, Route::Forward].into_iter().zip(&mut expected) {
                let found = pool.install(|| answer(&plan, &case.scenario, &case.atoms, route, &mut |_| {}));
                let found = found.as_ref().map(bits).unwrap_or_else(|e| panic!("seed {}: {e:?}", case.seed));
                let threads = pool.current_num_threads();
                assert!(
                    found == *expected.get_or_insert_with(|| found.clone()),
                    "seed {} of {}: {lanes:?}, tiles of {tile_states}, {threads} threads, {route:?}",
                    case.seed,
                    case.model.name
                );
            }
        }
    }
}

#[test]
fn wide_boxes() {
    let pools = pools();
    for sparse in [false, true] {
        check(&wide::case(sparse), &pools);
    }
}

#[test]
fn random_cases() {
    let pools = pools();
    for seed in 0..SEEDS {
        check(&generate::case(seed), &pools);
    }
}

#[test]
fn moves_on_every_axis() {
    let pools = pools();
    // Stretches shorter than a vector, of odd lengths, and longer than a strip.
    for levels in [[3, 5, 4], [13, 11, 9], [2, 2, 600]] {
        check(&moves::case(levels), &pools);
    }
}

#[test]
fn moves_agree_with_the_reference() {
    for levels in [[3, 5, 4], [9, 2, 7]] {
        assert_eq!(differences(&moves::case(levels)), Vec::<String>::new());
    }
}
