//! The same samples by SALib (`bench/peers/indices_salib.py`): the same indices.

use melian_stats::indices::{Bootstrap, SortedInputs, delta, morris, pawn, sobol};
use serde::Deserialize;

/// Both sum the same few hundred numbers of magnitude ten, in another order.
const TOLERANCE: f64 = 1e-10;

const NO_RESAMPLES: Bootstrap = Bootstrap { resamples: 0, seed: 0 };

#[derive(Deserialize)]
struct Stored {
    sobol: StoredSobol,
    morris: StoredMorris,
    given: StoredGiven,
    claim: StoredGiven,
}

#[derive(Deserialize)]
struct StoredSobol {
    inputs: Vec<Vec<f64>>,
    output: Vec<f64>,
    first: Vec<f64>,
    total: Vec<f64>,
}

#[derive(Deserialize)]
struct StoredMorris {
    inputs: Vec<Vec<f64>>,
    output: Vec<f64>,
    plain: StoredEffects,
    scaled: StoredEffects,
}

#[derive(Deserialize)]
struct StoredEffects {
    mu: Vec<f64>,
    mu_star: Vec<f64>,
    sigma: Vec<f64>,
}

#[derive(Deserialize)]
struct StoredGiven {
    inputs: Vec<Vec<f64>>,
    output: Vec<f64>,
    delta: Option<Vec<f64>>,
    first: Vec<f64>,
    pawn: StoredPawn,
}

#[derive(Deserialize)]
struct StoredPawn {
    minimum: Vec<f64>,
    mean: Vec<f64>,
    median: Vec<f64>,
    maximum: Vec<f64>,
    #[serde(rename = "CV")]
    variation: Vec<f64>,
}

fn stored() -> Stored {
    serde_json::from_str(include_str!("data/salib.json")).expect("the file is as the script wrote it")
}

#[track_caller]
fn check(what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let gap = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    println!("{what}: {gap:.1e}");
    assert!(
        found.iter().all(|x| x.is_finite()) && gap < TOLERANCE,
        "{what}: {found:?}, by SALib {expected:?}"
    );
}

#[test]
fn sobol_rows_and_indices() {
    let s = stored().sobol;
    // Row A, then B, of each base point.
    let point = |i: usize| -> Vec<f64> {
        [i * 5, i * 5 + 4].iter().flat_map(|&row| s.inputs.iter().map(move |column| column[row])).collect()
    };
    let design = sobol::Saltelli::new(3, 64, point);
    assert_eq!(design.rows(), s.output.len());
    for row in 0..design.rows() {
        let expected: Vec<f64> = s.inputs.iter().map(|column| column[row]).collect();
        assert_eq!(design.row(row), expected, "row {row}");
    }
    let found = sobol::analyze(3, &s.output, &NO_RESAMPLES).unwrap();
    let values = |e: &melian_stats::indices::Estimates| e.of.iter().map(|e| e.value).collect::<Vec<_>>();
    check("sobol first", &values(&found.first), &s.first);
    check("sobol total", &values(&found.total), &s.total);

    // x_3 has no first order index; its estimate is below zero and stays there, with zero in its interval.
    let bootstrap = Bootstrap { resamples: 200, seed: 2 };
    let third = sobol::analyze(3, &s.output, &bootstrap).unwrap().first.of[2];
    assert!(third.value < -0.1 && third.low < third.value && third.contains(0.0), "{third:?}");
}

#[test]
fn morris_effects() {
    let m = stored().morris;
    // Effects are of the unit cube also where columns are in other units.
    let units: Vec<Vec<f64>> = m.inputs.iter().map(|c| c.iter().map(|x| 3.0 * x - 100.0).collect()).collect();
    for inputs in [&m.inputs, &units] {
        for (scaled, expected) in [(false, &m.plain), (true, &m.scaled)] {
            let options = morris::Options { scaled, bootstrap: NO_RESAMPLES, ..Default::default() };
            let found = morris::analyze(inputs, &m.output, &options).unwrap();
            let of = |f: &dyn Fn(&morris::Effects) -> f64| -> Vec<f64> {
                found.effects.iter().map(|e| f(e.as_ref().unwrap())).collect()
            };
            check("morris mu", &of(&|e| e.mu), &expected.mu);
            check("morris mu*", &of(&|e| e.mu_star.value), &expected.mu_star);
            check("morris sigma", &of(&|e| e.sigma), &expected.sigma);
        }
    }
}

#[test]
fn given_data() {
    let stored = stored();
    for (name, g) in [("number", stored.given), ("claim", stored.claim)] {
        let inputs = SortedInputs::new(&g.inputs).unwrap();
        let found = delta::analyze(&inputs, &g.output, &NO_RESAMPLES).unwrap();
        if let Some(expected) = &g.delta {
            check(&format!("{name}: delta"), &found.delta.raw, expected);
        }
        check(&format!("{name}: first"), &found.first.raw, &g.first);
        let options =
            pawn::Options { slices: 10, cut: pawn::Cut::HalfOpenQuantiles, bootstrap: NO_RESAMPLES };
        let found = pawn::analyze(&inputs, &g.output, &options).unwrap();
        check(&format!("{name}: pawn minimum"), &found.minimum.raw, &g.pawn.minimum);
        check(&format!("{name}: pawn mean"), &found.mean.raw, &g.pawn.mean);
        check(&format!("{name}: pawn median"), &found.median.raw, &g.pawn.median);
        check(&format!("{name}: pawn maximum"), &found.maximum.raw, &g.pawn.maximum);
        check(&format!("{name}: pawn CV"), &found.variation.raw, &g.pawn.variation);
    }
}
