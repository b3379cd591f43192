//! The least changes that turn a verdict, against points that are known in closed form.

use melian_study::worlds::{
    Code,
    tipping::{Crew, Cube, Frontier, Move, Scan, Search, Seen, reach},
};

const USUAL: Search = Search { levels: 9, most: 3, starts: 32, seed: 1 };

/// A box with the same bounds in all coordinates.
fn cube(coordinates: usize, low: f64, high: f64) -> Cube {
    Cube { low: vec![low; coordinates], high: vec![high; coordinates] }
}

fn find(cube: &Cube, f: impl Fn(&[f64]) -> f64 + Sync) -> Frontier {
    reach(cube, &f, &USUAL, &Crew::new(2, |_, _| {}))
}

/// The move with so many changes is this one.
fn check(found: &Frontier, changes: usize, expected: &[(usize, f64)]) {
    let of = |m: &&Move| m.changed().len() == changes;
    let here = found.moves.iter().find(of).unwrap_or_else(|| panic!("{changes} changes: {found:?}"));
    let set: Vec<usize> = expected.iter().map(|e| e.0).collect();
    assert_eq!(here.changed(), set, "{found:?}");
    // Distances are stationary at the nearest point: where along the border it is, is less exact than how far.
    let distance = expected.iter().map(|e| e.1 * e.1).sum::<f64>().sqrt();
    assert!((here.distance() - distance).abs() < 1e-5, "{} for {distance}: {here:?}", here.distance());
    for &(i, x) in expected {
        assert!((here.at[i] - x).abs() < 2e-3, "{here:?} for {expected:?}");
    }
    assert!(here.margin > 0.0, "{here:?}");
}

#[test]
fn straight_borders_have_the_point_of_least_norm() {
    let cube = cube(5, -0.5, 0.5);
    let found = find(&cube, |z| 0.9 * z[1] - 0.7 * z[3] + 0.5 * z[4] - 0.3);
    check(&found, 1, &[(1, 0.3 / 0.9)]);
    let two = 0.3 / (0.81 + 0.49);
    check(&found, 2, &[(1, 0.9 * two), (3, -0.7 * two)]);
    let three = 0.3 / (0.81 + 0.49 + 0.25);
    check(&found, 3, &[(1, 0.9 * three), (3, -0.7 * three), (4, 0.5 * three)]);
}

#[test]
fn the_box_is_kept() {
    let cube = Cube { low: vec![-1.0, 0.0, -1.0], high: vec![0.2, 1.0, 1.0] };
    let found = find(&cube, |z| z[0] + z[1] - 0.5);
    check(&found, 1, &[(1, 0.5)]);
    check(&found, 2, &[(0, 0.2), (1, 0.3)]);
}

#[test]
fn a_parameter_that_hardly_helps_is_not_added() {
    let found = find(&cube(3, -0.5, 0.5), |z| z[0] + 0.1 * z[1] - 0.3);
    assert_eq!(found.moves.len(), 1, "{found:?}");
    check(&found, 1, &[(0, 0.3)]);
}

#[test]
fn few_of_many_are_found() {
    let found = find(&cube(40, -0.5, 0.5), |z| z[33] + 0.6 * z[7] + 0.1 * z[12] - 0.2);
    check(&found, 1, &[(33, 0.2)]);
    let two = 0.2 / 1.36;
    check(&found, 2, &[(7, 0.6 * two), (33, two)]);
}

#[test]
fn curved_borders() {
    // Nearest to 0 on the circle around (0.4, 0.3) with radius 0.2: on the line to its middle.
    let inside = |z: &[f64]| 0.04 - (z[0] - 0.4).powi(2) - (z[1] - 0.3).powi(2);
    check(&find(&cube(2, -0.5, 0.6), inside), 2, &[(0, 0.24), (1, 0.18)]);
    // What no parameter shows alone, and no derivative at the baseline.
    let found = find(&cube(4, -0.1, 0.9), |z| z[1] * z[2] - 0.06);
    check(&found, 2, &[(1, 0.06_f64.sqrt()), (2, 0.06_f64.sqrt())]);
}

#[test]
fn verdicts_that_come_and_go() {
    let bump = |z: &[f64]| 0.01 - (z[0] - 0.3).powi(2);
    check(&find(&cube(1, -0.5, 0.5), bump), 1, &[(0, 0.2)]);
    // Two ways, the nearer one upward: 0.09 of z² + 0.1 z.
    let up = (0.0925_f64).sqrt() - 0.05;
    check(&find(&cube(1, -0.5, 0.5), |z| z[0] * z[0] + 0.1 * z[0] - 0.09), 1, &[(0, up)]);
}

#[test]
fn jumps_are_found_to_the_width() {
    let found = find(&cube(2, -0.5, 0.5), |z| if z[1] >= 0.3 { 1.0 } else { -1.0 });
    check(&found, 1, &[(1, 0.3)]);
    assert!(found.moves[0].margin > found.tolerance.margin);
}

#[test]
fn kinks_of_conditions_with_and() {
    let found = find(&cube(2, -0.5, 0.5), |z| (z[0] - 0.1).min(z[1] - 0.2));
    check(&found, 2, &[(0, 0.1), (1, 0.2)]);
}

#[test]
fn where_there_is_no_world_there_is_no_way() {
    // The first alone leads out of what is possible; the second has to move first.
    let found = find(&cube(2, -0.5, 0.5), |z| if z[0] > 0.2 && z[1] < 0.1 { f64::NAN } else { z[0] - 0.3 });
    assert_eq!(found.moves.len(), 1, "{found:?}");
    check(&found, 2, &[(0, 0.3), (1, 0.1)]);
}

#[test]
fn what_cannot_be_reached_is_said_with_what_is_closest() {
    let found = find(&cube(2, -0.5, 0.5), |z| z[0] - z[1] - 5.0);
    assert!(found.moves.is_empty());
    let closest = found.closest.unwrap();
    assert_eq!((closest.at, closest.margin), (vec![0.5, -0.5], -4.0));
    let nothing = find(&cube(2, -0.5, 0.5), |_| f64::NAN);
    assert!(nothing.moves.is_empty() && nothing.closest.is_none());
    let held = find(&cube(2, -0.5, 0.5), |_| 1.0);
    assert!(held.moves.is_empty() && held.closest.is_none() && held.baseline == 1.0);
}

#[test]
fn more_parameters_than_wanted_are_better_than_none() {
    let found = find(&cube(8, -0.5, 0.5), |z| z[..6].iter().sum::<f64>() - 2.4);
    check(&found, 5, &[(0, 0.48), (1, 0.48), (2, 0.48), (3, 0.48), (4, 0.48)]);
}

#[test]
fn threads_change_nothing() {
    let f = |z: &[f64]| (z[0] * z[1] + z[2] - 0.2).sin() - 0.1 * z[3].abs();
    let with = |threads| {
        let crew = Crew::new(threads, |_, _| {});
        (reach(&cube(4, -0.5, 0.5), &f, &USUAL, &crew), crew.solved())
    };
    let (one, solved) = with(1);
    assert!(!one.moves.is_empty());
    for threads in [2, 5] {
        assert_eq!(with(threads), (one.clone(), solved));
    }
}

#[test]
fn a_baseline_at_the_edge_of_its_range() {
    let cube = Cube { low: vec![0.0, -1.0], high: vec![1.0, 0.0] };
    check(&find(&cube, |z| 0.5 * z[0] - z[1] - 0.5), 1, &[(1, -0.5)]);
}

/// What is seen of a margin.
fn seen(margin: f64) -> Seen {
    let code = if margin.is_nan() {
        Code::Undefined
    } else if margin > 0.0 {
        Code::Holds
    } else {
        Code::Fails
    };
    Seen { code, margin }
}

#[test]
fn all_claims_share_one_sweep() {
    let margins = |z: &[f64]| [z[0] - 0.3, 0.2 - z[1] + 0.5 * z[0], f64::NAN, 1.0];
    let cube = cube(2, -0.5, 0.5);
    let crew = Crew::new(2, |_, _| {});
    let scan = Scan::new(&cube, |z| margins(z).map(seen).to_vec(), 9, &crew);
    // Eight values beside the baseline of each parameter, and the baseline.
    assert_eq!(crew.solved(), 17);
    let flips = |claim: usize| scan.refine(&cube, claim, |z| seen(margins(z)[claim]), &crew);
    let places = |claim: usize| -> Vec<(usize, f64)> {
        flips(claim).flips.iter().map(|f| (f.coordinate, (f.at * 1e4).round() / 1e4)).collect()
    };
    assert_eq!(places(0), [(0, 0.3)]);
    assert_eq!(places(1), [(1, 0.2), (0, -0.4)]);
    let first = flips(0).flips[0];
    assert!(0.0 < first.margin && first.margin <= 3e-7 && !first.jumps, "{first:?}");
    let second = flips(1);
    assert_eq!(second.wanted, Some(Code::Fails));
    assert!(second.flips[0].margin < 0.0);
    let (none, never) = (flips(2), flips(3));
    assert!(none.flips.is_empty() && none.wanted.is_none() && none.silent == 16);
    assert!(never.flips.is_empty() && never.wanted == Some(Code::Fails));
    assert!(crew.solved() < 17 + 4 * 15, "{}", crew.solved());
}
