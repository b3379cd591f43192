//! Indices against functions whose indices are known, and at the edges: missing answers, ties, columns that do not
//! change, tables that are too small.

use std::f64::consts::PI;

use melian_stats::indices::enough::{Enough, Rule};
use melian_stats::indices::{
    Bootstrap, Estimate, Estimates, GivenIndex, SortedInputs, Unusable, delta, morris, pawn, sobol,
};

const RESAMPLES: Bootstrap = Bootstrap { resamples: 100, seed: 5 };

/// A point of the scrambled Sobol' sequence.
fn point(dimensions: u32) -> impl Fn(usize) -> Vec<f64> {
    move |i| (0..dimensions).map(|j| f64::from(sobol_burley::sample(i as u32, j, 11))).collect()
}

/// Columns of the first points.
fn columns(dimensions: u32, rows: usize) -> Vec<Vec<f64>> {
    let at = point(dimensions);
    let points: Vec<Vec<f64>> = (0..rows).map(at).collect();
    (0..dimensions as usize).map(|j| points.iter().map(|p| p[j]).collect()).collect()
}

/// The rows of columns.
fn rows(columns: &[Vec<f64>]) -> impl Iterator<Item = Vec<f64>> {
    (0..columns[0].len()).map(|i| columns.iter().map(|c| c[i]).collect())
}

/// Ishigami and Homma (1990), a = 7, b = 0.1, of the unit cube.
fn ishigami(u: &[f64]) -> f64 {
    let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
    x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
}

/// Its first and total order indices (Saltelli et al. 2008, p. 179).
fn ishigami_indices() -> (Vec<f64>, Vec<f64>) {
    let (a, b) = (7.0, 0.1);
    let v1 = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
    let v2 = a * a / 8.0;
    let v13 = b * b * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let v = v1 + v2 + v13;
    (vec![v1 / v, v2 / v, 0.0], vec![(v1 + v13) / v, v2 / v, v13 / v])
}

const G: [f64; 8] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];

/// The G function of Sobol' (Saltelli and Sobol' 1995).
fn sobol_g(u: &[f64]) -> f64 {
    u.iter().zip(&G).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product()
}

/// Its first and total order indices: V_j = 1/(3(1 + a_j)²), V = Π(1 + V_j) − 1.
fn sobol_g_indices() -> (Vec<f64>, Vec<f64>) {
    let parts = G.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let all: f64 = parts.iter().map(|v| 1.0 + v).product();
    let v = all - 1.0;
    (parts.map(|p| p / v).to_vec(), parts.map(|p| p * (all / (1.0 + p)) / v).to_vec())
}

#[track_caller]
fn check_within(what: &str, found: &Estimates, expected: &[f64], widest: f64) {
    assert_eq!(found.of.len(), expected.len());
    for (j, (estimate, &truth)) in found.of.iter().zip(expected).enumerate() {
        assert!(estimate.contains(truth), "{what} {j}: {truth} not in {estimate:?}");
        // An interval that holds everything proves nothing.
        assert!(estimate.width() < widest, "{what} {j}: {estimate:?}");
        assert!(estimate.contains(estimate.value), "{what} {j}: {estimate:?}");
    }
}

#[test]
fn sobol_of_known_functions() {
    type Known = (u32, fn(&[f64]) -> f64, (Vec<f64>, Vec<f64>));
    let known: [Known; 2] = [(3, ishigami, ishigami_indices()), (8, sobol_g, sobol_g_indices())];
    for (d, f, (first, total)) in known {
        let design = sobol::Saltelli::new(d as usize, 1 << 14, point(2 * d));
        let output: Vec<f64> = (0..design.rows()).map(|i| f(&design.row(i))).collect();
        let found = sobol::analyze(d as usize, &output, &RESAMPLES).unwrap();
        check_within("first", &found.first, &first, 0.06);
        check_within("total", &found.total, &total, 0.06);
        // Low discrepancy: estimates are much nearer than independent points would bring them.
        for (e, truth) in found.total.of.iter().zip(&total) {
            assert!((e.value - truth).abs() < 2e-3, "{e:?} {truth}");
        }
        assert_eq!((found.base, found.dropped), (1 << 14, 0));
        for estimates in [&found.first, &found.total] {
            let enough = estimates.enough(&Rule::default());
            assert!(matches!(enough, Enough::Yes { widest: Some(_) }), "{enough:?}");
        }
    }
}

#[test]
fn few_base_points_are_not_enough() {
    let design = sobol::Saltelli::new(3, 64, point(6));
    let output: Vec<f64> = (0..design.rows()).map(|i| ishigami(&design.row(i))).collect();
    let found = sobol::analyze(3, &output, &RESAMPLES).unwrap();
    let enough = found.first.enough(&Rule::default());
    assert!(matches!(enough, Enough::No { wide: Some(_), .. }), "{enough:?}");
}

#[test]
fn base_points_with_a_missing_answer_are_left_out_whole() {
    let design = sobol::Saltelli::new(3, 256, point(6));
    let mut output: Vec<f64> = (0..design.rows()).map(|i| ishigami(&design.row(i))).collect();
    let without: Vec<f64> =
        output.chunks(5).enumerate().filter(|(i, _)| i % 10 != 3).flat_map(|(_, c)| c.to_vec()).collect();
    let lost = (0..256).filter(|i| i % 10 == 3).count();
    for base in (0..256).filter(|i| i % 10 == 3) {
        output[base * 5 + base % 5] = [f64::NAN, f64::INFINITY, 1e200][base % 3];
    }
    let found = sobol::analyze(3, &output, &RESAMPLES).unwrap();
    assert_eq!((found.base, found.dropped), (256 - lost, lost));
    let expected = sobol::analyze(3, &without, &RESAMPLES).unwrap();
    assert_eq!((found.first, found.total), (expected.first, expected.total));
}

#[test]
fn sobol_says_what_is_wrong() {
    let check = |parameters, output: &[f64], expected| {
        assert_eq!(sobol::analyze(parameters, output, &RESAMPLES), Err(expected));
    };
    check(0, &[], Unusable::NoParameters);
    check(2, &[1.0; 41], Unusable::Lengths { expected: 44, found: 41 });
    check(2, &[f64::NAN; 40], Unusable::TooFew { found: 0, needed: 8 });
    check(2, &[3.0; 40], Unusable::NoVariation { value: 3.0 });
    // A and B vary, by less than the rounding of what AB does.
    let hidden: Vec<f64> = (0..40).map(|i| [f64::from(i), 1e12, -1e12, 1.0][i as usize % 4]).collect();
    check(2, &hidden, Unusable::NoVariation { value: 0.0 });
    // The two answers differ by rounding.
    let rounding: Vec<f64> = (0..40).map(|i| 0.1 + f64::from(i % 4) * 1e-16).collect();
    check(2, &rounding, Unusable::NoVariation { value: 0.1 });
}

/// What `work` gives by one thread and by three.
fn by_threads<T: Send>(work: impl Fn() -> T + Sync) -> [T; 2] {
    [1, 3].map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(&work))
}

#[test]
fn threads_change_nothing_and_seeds_do() {
    let inputs = columns(3, 400);
    let output: Vec<f64> = rows(&inputs).map(|u| ishigami(&u)).collect();
    let sorted = SortedInputs::new(&inputs).unwrap();
    let resamples = |seed| Bootstrap { resamples: 20, seed };
    let options = |seed| pawn::Options { bootstrap: resamples(seed), ..Default::default() };

    let [one, three] = by_threads(|| delta::analyze(&sorted, &output, &resamples(1)).unwrap());
    assert_eq!(one, three);
    assert_ne!(one, delta::analyze(&sorted, &output, &resamples(2)).unwrap());
    let [one, three] = by_threads(|| pawn::analyze(&sorted, &output, &options(1)).unwrap());
    assert_eq!(one, three);
    assert_ne!(one, pawn::analyze(&sorted, &output, &options(2)).unwrap());
    let [one, three] = by_threads(|| sobol::analyze(3, &output, &resamples(1)).unwrap());
    assert_eq!(one, three);
    assert_ne!(one, sobol::analyze(3, &output, &resamples(2)).unwrap());
}

#[test]
fn trajectories_move_each_parameter_once_on_the_grid() {
    for levels in [2, 4, 8] {
        let design = morris::Trajectories::new(6, 50, levels, 3).unwrap();
        assert_eq!(design.rows(), 350);
        let step = levels as f64 / (2.0 * (levels - 1) as f64);
        let (mut seen, mut up) = (vec![0; levels], 0);
        for trajectory in 0..50 {
            let rows: Vec<Vec<f64>> = (0..7).map(|k| design.row(trajectory * 7 + k)).collect();
            let mut moved = [0; 6];
            for (a, b) in rows.iter().zip(&rows[1..]) {
                for j in 0..6 {
                    let change = b[j] - a[j];
                    if change != 0.0 {
                        assert!((change.abs() - step).abs() < 1e-15);
                        moved[j] += 1;
                        up += usize::from(change > 0.0);
                    }
                }
            }
            assert_eq!(moved, [1; 6]);
            for x in rows.iter().flatten() {
                let level = x * (levels - 1) as f64;
                assert!((level - level.round()).abs() < 1e-12 && (0.0..=1.0).contains(x));
                seen[level.round() as usize] += 1;
            }
        }
        // 300 moves: half go up, five deviations of a fair coin apart at most; every level is about as frequent.
        assert!((107..=193).contains(&up), "{up}");
        let fair = 2100 / levels;
        assert!(seen.iter().all(|&n| n > fair * 3 / 4 && n < fair * 5 / 4), "{seen:?}");
    }
    assert_eq!(morris::Trajectories::new(3, 5, 3, 0), Err(Unusable::Levels(3)));
    assert_ne!(
        morris::Trajectories::new(3, 5, 4, 0).map(|t| t.row(0)),
        morris::Trajectories::new(3, 5, 4, 1).map(|t| t.row(0))
    );
}

/// A screening of a function.
fn screen(f: impl Fn(&[f64]) -> f64, parameters: usize, trajectories: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    let design = morris::Trajectories::new(parameters, trajectories, 4, 9).unwrap();
    let rows: Vec<Vec<f64>> = (0..design.rows()).map(|i| design.row(i)).collect();
    let inputs = (0..parameters).map(|j| rows.iter().map(|r| r[j]).collect()).collect();
    (inputs, rows.iter().map(|r| f(r)).collect())
}

#[test]
fn morris_of_known_functions() {
    // Effects 3, −2 and, of the product, x_3 and x_2 of the moment.
    let (inputs, output) = screen(|x| 3.0 * x[0] - 2.0 * x[1] + x[2] * x[3] + 0.0 * x[4], 5, 200);
    let found = morris::analyze(&inputs, &output, &morris::Options::default()).unwrap();
    let effects: Vec<morris::Effects> = found.effects.iter().map(|e| e.unwrap()).collect();
    let near = |a: f64, b: f64, by: f64| assert!((a - b).abs() < by, "{a} {b}");
    near(effects[0].mu, 3.0, 1e-12);
    near(effects[0].sigma, 0.0, 1e-12);
    near(effects[1].mu, -2.0, 1e-12);
    near(effects[1].mu_star.value, 2.0, 1e-12);
    // The mean of four levels and their deviation; 0.03 is its error of 200 effects.
    near(effects[2].mu, 0.5, 0.1);
    near(effects[2].sigma, (5.0f64 / 36.0).sqrt(), 0.06);
    assert!(effects[2].mu_star.contains(0.5), "{:?}", effects[2]);
    near(effects[4].mu_star.value, 0.0, 1e-12);
    assert!(
        matches!(found.enough(&Rule::default()), Enough::Yes { .. }),
        "{:?}",
        found.enough(&Rule::default())
    );
    // Four trajectories are not enough to tell two equal effects.
    let (inputs, output) = screen(ishigami, 3, 4);
    let found = morris::analyze(&inputs, &output, &morris::Options::default()).unwrap();
    assert!(matches!(found.enough(&Rule::default()), Enough::No { .. }));
}

#[test]
fn effects_that_touch_a_missing_answer_are_left_out() {
    let (inputs, mut output) = screen(|x| 3.0 * x[0] - 2.0 * x[1], 2, 10);
    // The first row of the first trajectory touches one effect, the middle one of the second touches both.
    output[0] = f64::NAN;
    output[4] = f64::INFINITY;
    for scaled in [false, true] {
        let options = morris::Options { scaled, ..Default::default() };
        let found = morris::analyze(&inputs, &output, &options).unwrap();
        let effects: Vec<morris::Effects> = found.effects.iter().map(|e| e.unwrap()).collect();
        assert_eq!(found.dropped, 3);
        assert_eq!(effects.iter().map(|e| e.dropped).sum::<usize>(), 3);
        assert!(effects.iter().all(|e| e.count + e.dropped == 10));
        assert!(effects.iter().all(|e| e.mu.is_finite() && e.sigma.is_finite()));
        assert!(scaled || ((effects[0].mu - 3.0).abs() < 1e-12 && (effects[1].mu + 2.0).abs() < 1e-12));
    }
    // A parameter that loses all its effects has none, and the others keep theirs.
    let (inputs, mut output) = screen(|x| x[0] + x[1], 2, 3);
    for t in 0..3 {
        let row = t * 3;
        let first_moves_first = inputs[0][row] != inputs[0][row + 1];
        output[if first_moves_first { row } else { row + 2 }] = f64::NAN;
    }
    let found = morris::analyze(&inputs, &output, &morris::Options::default()).unwrap();
    assert!(found.effects[0].is_none() && found.effects[1].is_some());
    let Enough::No { wide: Some(wide), .. } = found.enough(&Rule::default()) else {
        panic!("nothing is known of it")
    };
    assert_eq!(wide.parameter, 0);
}

#[test]
fn morris_says_what_is_wrong() {
    let (inputs, output) = screen(ishigami, 3, 4);
    let check = |inputs: &[Vec<f64>], output: &[f64], expected| {
        assert_eq!(morris::analyze(inputs, output, &morris::Options::default()), Err(expected));
    };
    check(&[], &output, Unusable::NoParameters);
    check(&inputs, &output[1..], Unusable::Lengths { expected: 16, found: 15 });
    check(&inputs, &[2.0; 16], Unusable::NoVariation { value: 2.0 });
    check(&inputs, &[f64::NAN; 16], Unusable::TooFew { found: 0, needed: 2 });
    let mut random = inputs.clone();
    random[1][5] += 0.1;
    check(&random, &output, Unusable::NoTrajectory { row: 4 });
    let mut missing = inputs.clone();
    missing[2][7] = f64::NAN;
    check(&missing, &output, Unusable::InputNotFinite { parameter: 2, row: 7 });
    let short: Vec<Vec<f64>> = inputs.iter().map(|c| c[..4].to_vec()).collect();
    check(&short, &output[..4], Unusable::TooFew { found: 1, needed: 2 });
}

/// The reduced estimate with its interval.
fn reduced(index: &GivenIndex, parameter: usize) -> Estimate {
    index.reduced.of[parameter]
}

#[test]
fn given_data_of_known_functions() {
    // Six columns that do nothing beside the three that do.
    let inputs = columns(9, 4096);
    let output: Vec<f64> = rows(&inputs).map(|u| ishigami(&u)).collect();
    let sorted = SortedInputs::new(&inputs).unwrap();
    let found = delta::analyze(&sorted, &output, &RESAMPLES).unwrap();
    assert_eq!((found.rows, found.dropped, found.discrete), (4096, 0, false));
    let (first, _) = ishigami_indices();
    // Of sin² x_2, four waves in sixteen slices, what varies within slices is lost: 1 − (sin(π/8)/(π/8))².
    // Of sin x_1, one wave, about a quarter of that.
    let kept = |width: f64| (width.sin() / width).powi(2);
    for (j, expected) in [first[0] * kept(PI / 16.0), first[1] * kept(PI / 8.0)].into_iter().enumerate() {
        let estimate = reduced(&found.first, j);
        assert!((estimate.value - expected).abs() < 5e-3, "{estimate:?} {expected}");
        assert!(estimate.width() < 0.1 && estimate.contains(expected), "{estimate:?}");
    }
    // x_3 has no first order index and yet moves the law.
    assert!(!found.first.above_noise(2) || found.first.raw[2] < 0.02);
    assert!((0..3).all(|j| found.delta.above_noise(j)), "{:?}", found.delta);
    let of = |bootstrap| pawn::Options { bootstrap, ..Default::default() };
    let by_pawn = pawn::analyze(&sorted, &output, &of(RESAMPLES)).unwrap();
    for index in [&by_pawn.mean, &by_pawn.median, &by_pawn.maximum] {
        assert!((0..3).all(|j| index.above_noise(j)), "{index:?}");
    }
    // The columns that do nothing: 1 in 20 may be above the threshold. Points of low discrepancy are even calmer.
    for index in [&found.delta, &found.first, &by_pawn.mean, &by_pawn.maximum] {
        let above = (3..9).filter(|&j| index.above_noise(j)).count();
        assert!(above <= 1, "{above}: {index:?}");
        // Without bias they are nearer to zero.
        assert!((3..9).all(|j| reduced(index, j).value < index.raw[j]), "{index:?}");
    }
}

#[test]
fn delta_of_a_normal_sum() {
    // y = x_1 + x_2 of standard normal laws: given x_1 the law is normal with half the variance. δ = E|…|/2 by
    // quadrature of Borgonovo's (2007) definition, 0.3065 (see `delta_by_quadrature`).
    let normal = statrs::distribution::Normal::standard();
    let uniform = columns(2, 4096);
    use statrs::distribution::ContinuousCDF;
    let output: Vec<f64> = rows(&uniform)
        .map(|u| u.iter().map(|u| normal.inverse_cdf(u.clamp(1e-6, 1.0 - 1e-6))).sum())
        .collect();
    let found = delta::analyze(&SortedInputs::new(&uniform).unwrap(), &output, &RESAMPLES).unwrap();
    let truth = delta_by_quadrature();
    for j in 0..2 {
        // Kernels and slices smooth: Plischke, Borgonovo and Smith find errors of a few hundredths at this size.
        let estimate = reduced(&found.delta, j);
        assert!((estimate.value - truth).abs() < 0.03, "{estimate:?} {truth}");
        assert!(estimate.width() < 0.06, "{estimate:?}");
        assert!((reduced(&found.first, j).value - 0.5).abs() < 0.02);
    }
}

/// δ of one of two equal normal summands by the rectangle rule.
fn delta_by_quadrature() -> f64 {
    let density = |x: f64, variance: f64| (-0.5 * x * x / variance).exp() / (2.0 * PI * variance).sqrt();
    let grid = || (-800..=800).map(|k| f64::from(k) * 0.01);
    grid()
        .map(|x| {
            let shift: f64 = grid().map(|y| (density(y, 2.0) - density(y - x, 1.0)).abs()).sum();
            0.5 * density(x, 1.0) * shift * 1e-4
        })
        .sum()
}

#[test]
fn claims_have_shares_instead_of_densities() {
    // x_1 > 1/2 decides: given x_1 the share is 0 or 1, so δ = 1/2, S = 1, every distance is 1/2.
    let inputs = columns(3, 2048);
    let output: Vec<f64> = inputs[0].iter().map(|x| f64::from(u8::from(*x >= 0.5))).collect();
    let sorted = SortedInputs::new(&inputs).unwrap();
    let found = delta::analyze(&sorted, &output, &RESAMPLES).unwrap();
    assert!(found.discrete);
    // Of thirteen slices one is mixed.
    assert!((found.delta.raw[0] - 0.5).abs() < 0.05 && found.first.raw[0] > 0.9, "{found:?}");
    assert!(found.delta.above_noise(0) && !found.delta.above_noise(1));
    let found =
        pawn::analyze(&sorted, &output, &pawn::Options { bootstrap: RESAMPLES, ..Default::default() })
            .unwrap();
    assert!((found.median.raw[0] - 0.5).abs() < 1e-12, "{found:?}");
    assert!((found.minimum.raw[0] - 0.5).abs() < 1e-12 && found.median.above_noise(0));

    // Shares by hand: a column of two values, with 1/4 and 3/4 true of each 20.
    let column: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
    let claim: Vec<f64> = (0..40).map(|i| f64::from(u8::from((i / 2) % 4 < 1 + 2 * (i % 2)))).collect();
    let sorted = SortedInputs::new(&[column, vec![6.0; 40]]).unwrap();
    let found = delta::analyze(&sorted, &claim, &RESAMPLES).unwrap();
    // |1/4 − 1/2| either way; (1/4)² / (1/2)².
    assert!(
        (found.delta.raw[0] - 0.25).abs() < 1e-12 && (found.first.raw[0] - 0.25).abs() < 1e-12,
        "{found:?}"
    );
    // The column that never changes is one slice: exactly nothing.
    assert_eq!((found.delta.raw[1], found.first.raw[1], found.delta.above_noise(1)), (0.0, 0.0, false));
    assert_eq!(reduced(&found.delta, 1), Estimate { value: 0.0, low: 0.0, high: 0.0 });
}

#[test]
fn slices_without_variation_count() {
    // y = x where x > 1/2, else 0: half of the slices are a point that half of all rows share.
    let inputs = columns(1, 1024);
    let output: Vec<f64> = inputs[0].iter().map(|&x| if x > 0.5 { x } else { 0.0 }).collect();
    let found = delta::analyze(&SortedInputs::new(&inputs).unwrap(), &output, &RESAMPLES).unwrap();
    let halves = 0.5 * 0.5;
    assert!(!found.discrete && found.delta.raw[0] > halves + 0.2, "{found:?}");
    assert!(found.delta.raw[0] <= 1.0 && reduced(&found.delta, 0).width().is_finite());
}

#[test]
fn a_dummy_is_like_its_column() {
    let inputs = vec![columns(1, 500).remove(0), (0..500).map(|i| f64::from(i % 2)).collect()];
    let output: Vec<f64> = inputs[0].iter().map(|x| x * x).collect();
    let of = |inputs: &[Vec<f64>]| {
        let options = pawn::Options { bootstrap: RESAMPLES, ..Default::default() };
        pawn::analyze(&SortedInputs::new(inputs).unwrap(), &output, &options).unwrap().maximum.threshold
    };
    let both = of(&inputs);
    // Two slices of 250 stray less than ten of 50.
    assert!(both[1] < 0.6 * both[0], "{both:?}");
    assert_eq!(both[0..1], of(&inputs[0..1]));
    assert_eq!(both[1..2], of(&inputs[1..2]));
}

#[test]
fn rows_without_an_answer_are_left_out() {
    let inputs = columns(3, 600);
    let mut output: Vec<f64> = rows(&inputs).map(|u| ishigami(&u)).collect();
    let kept: Vec<usize> = (0..600).filter(|i| i % 7 != 2).collect();
    let less: Vec<Vec<f64>> = inputs.iter().map(|c| kept.iter().map(|&i| c[i]).collect()).collect();
    let answers: Vec<f64> = kept.iter().map(|&i| output[i]).collect();
    output.iter_mut().skip(2).step_by(7).for_each(|y| *y = f64::NAN);

    let (whole, part) = (SortedInputs::new(&inputs).unwrap(), SortedInputs::new(&less).unwrap());
    let mut found = delta::analyze(&whole, &output, &RESAMPLES).unwrap();
    assert_eq!((found.rows, found.dropped), (kept.len(), 600 - kept.len()));
    found.dropped = 0;
    assert_eq!(found, delta::analyze(&part, &answers, &RESAMPLES).unwrap());
    let mut found = pawn::analyze(&whole, &output, &pawn::Options::default()).unwrap();
    assert_eq!(std::mem::take(&mut found.dropped), 600 - kept.len());
    assert_eq!(found, pawn::analyze(&part, &answers, &pawn::Options::default()).unwrap());
}

#[test]
fn given_data_say_what_is_wrong() {
    let inputs = columns(2, 40);
    let sorted = SortedInputs::new(&inputs).unwrap();
    let wrong = |output: &[f64], expected: Unusable| {
        assert_eq!(delta::analyze(&sorted, output, &RESAMPLES), Err(expected.clone()));
        let options = pawn::Options { slices: 6, ..Default::default() };
        assert_eq!(pawn::analyze(&sorted, output, &options), Err(expected));
    };
    wrong(&[1.0; 39], Unusable::Lengths { expected: 40, found: 39 });
    wrong(&[1.0; 40], Unusable::NoVariation { value: 1.0 });
    let mut few = vec![f64::NAN; 40];
    few[..29].copy_from_slice(&inputs[0][..29]);
    wrong(&few, Unusable::TooFew { found: 29, needed: 30 });
    few[29] = 0.5;
    assert!(delta::analyze(&sorted, &few, &RESAMPLES).is_ok());
    let slices = |slices| pawn::analyze(&sorted, &few, &pawn::Options { slices, ..Default::default() });
    assert_eq!(slices(0), Err(Unusable::TooFew { found: 0, needed: 1 }));
    assert_eq!(slices(100_000), Err(Unusable::TooMany { found: 100_000, most: 65534 }));
    assert_eq!(SortedInputs::new(&[]), Err(Unusable::NoParameters));
    assert_eq!(
        SortedInputs::new(&[vec![1.0, 2.0], vec![1.0]]),
        Err(Unusable::Lengths { expected: 2, found: 1 })
    );
    assert_eq!(
        SortedInputs::new(&[vec![1.0, f64::INFINITY]]),
        Err(Unusable::InputNotFinite { parameter: 0, row: 1 })
    );
}

#[test]
fn extreme_answers_give_numbers() {
    let inputs = columns(2, 500);
    let sorted = SortedInputs::new(&inputs).unwrap();
    for scale in [1e-140, 1e149] {
        let output: Vec<f64> = rows(&inputs).map(|u| scale * (u[0] - 0.5 * u[1])).collect();
        let found = delta::analyze(&sorted, &output, &RESAMPLES).unwrap();
        assert!(found.delta.raw.iter().chain(&found.first.raw).all(|x| (0.0..=1.0).contains(x)), "{found:?}");
        let found = sobol::analyze(2, &output, &RESAMPLES).unwrap();
        assert!(found.first.of.iter().chain(&found.total.of).all(|e| e.value.is_finite()), "{found:?}");
    }
    // One row far out: most slices are narrower than the grid can show.
    let mut output: Vec<f64> = rows(&inputs).map(|u| u[0]).collect();
    output[0] = 1e6;
    let found = delta::analyze(&sorted, &output, &RESAMPLES).unwrap();
    assert!(found.delta.raw.iter().all(|x| (0.0..=1.0).contains(x)), "{found:?}");
}
