//! How long discovery takes at the size of a large study: run with `--release -- --ignored --nocapture`.

use std::time::Instant;

use melian_stats::discovery::{Table, prim, tree};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[test]
#[ignore = "takes seconds, and times mean something in a release build only"]
fn many_rows_columns_and_outcomes() {
    let (rows, columns, outcomes) = (16_384, 80, 20);
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let columns: Vec<Vec<f64>> = (0..columns).map(|_| (0..rows).map(|_| random.random()).collect()).collect();
    let begin = Instant::now();
    let table = Table::new(&columns).unwrap();
    println!("sorting: {:?}", begin.elapsed());
    let outcomes: Vec<Vec<bool>> = (0..outcomes)
        .map(|k| {
            let (a, b, c) = (&columns[k], &columns[k + 1], &columns[2 * k + 2]);
            (0..rows).map(|row| a[row] + b[row] * c[row] + 0.3 * random.random::<f64>() > 1.2).collect()
        })
        .collect();
    let begin = Instant::now();
    for outcome in &outcomes {
        let found = prim::search(&table, outcome, &prim::Settings::default()).unwrap();
        let first = &found.scenarios[0];
        println!("{:?}: {} {:?}", begin.elapsed(), first.region.words(&[]), first.figures);
    }
    println!("searches: {:?}", begin.elapsed());
    let begin = Instant::now();
    for outcome in &outcomes {
        tree::grow(&table, outcome, &tree::Settings::default()).unwrap();
    }
    println!("trees: {:?}", begin.elapsed());
    let begin = Instant::now();
    let found = prim::resample(&table, &outcomes[0], &prim::Settings::default(), 10, 0).unwrap();
    println!("ten resamples of one outcome: {:?}, {:?}", begin.elapsed(), found.pooled);
}
