//! Planted boxes are found again, noise is told from them, and nothing that a table can be makes a search panic.

use melian_stats::discovery::prim::{self, Ended, Objective};
use melian_stats::discovery::{Region, Side, Table, Trouble, tree};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn uniform(rows: usize, columns: usize, random: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
    (0..columns).map(|_| (0..rows).map(|_| random.random()).collect()).collect()
}

/// Uniform columns; the outcome is a rule with a share of the labels turned round.
fn planted(
    rows: usize,
    columns: usize,
    noise: f64,
    seed: u64,
    rule: impl Fn(&[f64]) -> bool,
) -> (Vec<Vec<f64>>, Vec<bool>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let table = uniform(rows, columns, &mut random);
    let outcome = (0..rows)
        .map(|row| {
            let point: Vec<f64> = table.iter().map(|column| column[row]).collect();
            rule(&point) != (random.random::<f64>() < noise)
        })
        .collect();
    (table, outcome)
}

fn corner(x: &[f64]) -> bool {
    (0.2..0.5).contains(&x[0]) && x[3] > 0.6
}

fn at(region: &Region, column: usize, side: Side) -> f64 {
    region.limits[column].edge(side).unwrap().at
}

#[test]
fn a_planted_box_is_found() {
    let (columns, outcome) = planted(2000, 6, 0.03, 1, corner);
    let table = Table::new(&columns).unwrap();
    let found = prim::search(&table, &outcome, &prim::Settings::default()).unwrap();
    let first = &found.scenarios[0];
    let limits = [(0, Side::Low), (0, Side::High), (3, Side::Low)];
    assert_eq!(first.region.restrictions(), limits, "{}", first.region.words(&[]));
    // A peel is 5 % of the rows in the box: that is how far a limit can be off.
    for ((column, side), truth) in limits.into_iter().zip([0.2, 0.5, 0.6]) {
        assert!((at(&first.region, column, side) - truth).abs() < 0.03, "{}", first.region.words(&[]));
    }
    assert!(first.figures.density > 0.93, "{:?}", first.figures);
    // 240 rows in the box with 3 % turned round, and 3 % of the 1,760 others, which no box can have.
    assert!(first.figures.coverage > 0.72, "{:?}", first.figures);
    assert!(first.restrictions.iter().all(|limit| limit.quasi_p < 1e-10), "{:?}", first.restrictions);
    assert_eq!(first.figures, first.alone);
    // What is left is noise: nothing worth a box.
    assert_eq!((found.scenarios.len(), found.ended), (1, Ended::NoBox));
}

#[test]
fn a_search_is_the_same_each_time() {
    let (columns, outcome) = planted(1000, 6, 0.05, 2, corner);
    let table = Table::new(&columns).unwrap();
    let settings = prim::Settings::default();
    let one = || prim::search(&table, &outcome, &settings).unwrap();
    assert_eq!(one(), one());
    let again = || prim::resample(&table, &outcome, &settings, 6, 7).unwrap();
    assert_eq!(again(), again());
    let grown = || tree::grow(&table, &outcome, &tree::Settings::default()).unwrap();
    assert_eq!(grown(), grown());
}

#[test]
fn limits_that_say_nothing_are_dropped() {
    let (columns, outcome) = planted(2000, 6, 0.03, 1, corner);
    let table = Table::new(&columns).unwrap();
    let all = prim::Settings { significance: None, paste: None, max_boxes: 1, ..Default::default() };
    let steps = prim::search(&table, &outcome, &all).unwrap().scenarios[0].trajectory.len();
    let mut irrelevant = 0;
    for step in 0..steps {
        let kept = prim::Settings { steps: vec![Some(step)], ..all.clone() };
        let pruned = prim::Settings { significance: Some(0.05), ..kept.clone() };
        let kept = prim::search(&table, &outcome, &kept).unwrap().scenarios.remove(0);
        let pruned = prim::search(&table, &outcome, &pruned).unwrap().scenarios.remove(0);
        assert_eq!(kept.chosen, step);
        for limit in &kept.restrictions {
            if limit.column != 0 && limit.column != 3 {
                irrelevant += 1;
                assert!(limit.quasi_p > 0.1, "step {step}: {limit:?}");
            }
        }
        assert_eq!(kept.restrictions.len(), pruned.restrictions.len() + pruned.dropped.len(), "step {step}");
        assert!(pruned.restrictions.iter().all(|limit| limit.quasi_p <= 0.05));
        assert!(pruned.figures.coverage >= kept.figures.coverage);
    }
    assert!(irrelevant > 0);
}

#[test]
fn a_trajectory_says_what_its_boxes_hold() {
    let (columns, outcome) = planted(1500, 5, 0.1, 3, |x| x[1] + x[2] > 1.3);
    let table = Table::new(&columns).unwrap();
    for objective in [Objective::Lenient1, Objective::Lenient2, Objective::Original] {
        let settings = prim::Settings { objective, ..Default::default() };
        let found = prim::search(&table, &outcome, &settings).unwrap();
        for step in &found.scenarios[0].trajectory {
            let rows = step.region.rows(&table);
            let inside = rows.iter().filter(|&&inside| inside).count();
            let interest = rows.iter().zip(&outcome).filter(|&(&inside, &happens)| inside && happens).count();
            assert_eq!((step.figures.rows, step.figures.interest), (inside, interest));
            assert_eq!(step.figures.density, interest as f64 / inside as f64);
            assert_eq!(step.restricted, step.region.restricted());
            assert!(step.figures.mass >= settings.min_mass);
        }
    }
}

#[test]
fn two_boxes_are_found_one_after_the_other() {
    let (columns, outcome) =
        planted(3000, 5, 0.02, 4, |x| (x[0] < 0.3 && x[1] < 0.4) || (x[2] > 0.75 && x[3] > 0.6));
    let table = Table::new(&columns).unwrap();
    let found = prim::search(&table, &outcome, &prim::Settings::default()).unwrap();
    let mut boxes: Vec<Vec<(usize, Side)>> =
        found.scenarios.iter().take(2).map(|scenario| scenario.region.restrictions()).collect();
    boxes.sort();
    assert_eq!(boxes, [[(0, Side::High), (1, Side::High)], [(2, Side::Low), (3, Side::Low)]]);
    let sum: usize = found.scenarios.iter().map(|scenario| scenario.figures.interest).sum();
    assert_eq!(sum, found.together.interest);
    assert!(found.together.coverage > 0.85, "{:?}", found.together);
    // The second box by itself holds rows of the first as well.
    assert!(found.scenarios[1].alone.rows > found.scenarios[1].figures.rows);
}

#[test]
fn pasting_adds_and_loses_no_density() {
    let (columns, outcome) = planted(2000, 6, 0.03, 5, corner);
    let table = Table::new(&columns).unwrap();
    let with = prim::Settings { max_boxes: 1, ..Default::default() };
    let without = prim::Settings { paste: None, ..with.clone() };
    let pasted = &prim::search(&table, &outcome, &with).unwrap().scenarios[0];
    let plain = &prim::search(&table, &outcome, &without).unwrap().scenarios[0];
    assert_eq!(pasted.figures.rows, plain.figures.rows + pasted.pasted);
    assert!(pasted.figures.density >= plain.figures.density);
    // Coarse peels go too far; pasting finds the way back.
    let (columns, outcome) = planted(2000, 6, 0.0, 5, corner);
    let table = Table::new(&columns).unwrap();
    let coarse = prim::Settings { alpha: 0.2, ..with };
    let grown = &prim::search(&table, &outcome, &coarse).unwrap().scenarios[0];
    let peeled = grown.trajectory[grown.chosen].figures;
    assert!(peeled.coverage < 0.95 && grown.figures.coverage > 0.99, "{peeled:?} {:?}", grown.figures);
    assert!(grown.figures.density >= peeled.density);
}

#[test]
fn resampling_tells_a_box_from_noise() {
    let (columns, outcome) = planted(2000, 6, 0.03, 6, corner);
    let table = Table::new(&columns).unwrap();
    let settings = prim::Settings::default();
    let found = prim::resample(&table, &outcome, &settings, 12, 0).unwrap();
    assert_eq!(found.found, 12);
    for (column, &share) in found.restricted.iter().enumerate() {
        let relevant = column == 0 || column == 3;
        assert!(if relevant { share == 1.0 } else { share < 0.3 }, "{:?}", found.restricted);
    }
    assert!(found.pooled.density > 0.88, "{:?}", found.pooled);
    // Without a rule the boxes look good on their own half only.
    let (columns, outcome) = planted(2000, 6, 0.15, 6, |_| false);
    let table = Table::new(&columns).unwrap();
    let all = prim::Settings { significance: None, ..settings.clone() };
    let found = prim::resample(&table, &outcome, &all, 12, 0).unwrap();
    let share = outcome.iter().filter(|&&happens| happens).count() as f64 / 2000.0;
    // On the half it was made for, such a box has three hundredths more.
    assert!(found.found > 8 && (found.pooled.density - share).abs() < 0.015, "{:?}", found.pooled);
    // Quasi-p-values see through most of them.
    assert!(prim::resample(&table, &outcome, &settings, 12, 0).unwrap().found < 4);
}

#[test]
fn columns_of_few_values() {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let mut columns = uniform(1200, 3, &mut random);
    for (column, levels) in columns.iter_mut().zip([2.0, 5.0]) {
        column.iter_mut().for_each(|x| *x = (*x * levels).floor());
    }
    columns.push(vec![3.0; 1200]);
    let outcome: Vec<bool> = (0..1200).map(|row| columns[0][row] == 1.0 && columns[1][row] <= 2.0).collect();
    let table = Table::new(&columns).unwrap();
    let found = prim::search(&table, &outcome, &prim::Settings::default()).unwrap();
    assert_eq!(found.scenarios[0].region.words(&[]), "column 1 >= 1 and column 2 <= 2");
    assert_eq!((found.together.coverage, found.together.density), (1.0, 1.0));
    assert_eq!((found.scenarios.len(), found.ended), (1, Ended::NothingLeft));
    let grown = tree::grow(&table, &outcome, &tree::Settings::default()).unwrap();
    assert_eq!((grown.leaves.len(), grown.validation.error, grown.validation.skill()), (3, 0.0, 1.0));
}

#[test]
fn most_rows_may_be_of_interest() {
    let (columns, outcome) = planted(2000, 4, 0.02, 9, |x| x[0] > 0.2 || x[1] < 0.5);
    let table = Table::new(&columns).unwrap();
    let found = prim::search(&table, &outcome, &prim::Settings::default()).unwrap();
    // Nine tenths happen; the box is where nearly all do, and not the whole table.
    let first = &found.scenarios[0];
    assert!(first.figures.density > 0.96 && first.figures.coverage > 0.6, "{:?}", first.figures);
    assert!(first.region.restrictions().iter().all(|(column, _)| *column < 2), "{}", first.region.words(&[]));
}

#[test]
fn trees_and_their_error() {
    let (columns, outcome) = planted(2000, 6, 0.03, 10, corner);
    let table = Table::new(&columns).unwrap();
    let grown = tree::grow(&table, &outcome, &tree::Settings::default()).unwrap();
    let best = grown.leaves.iter().max_by(|a, b| a.figures.density.total_cmp(&b.figures.density)).unwrap();
    assert_eq!(best.region.restrictions(), [(0, Side::Low), (0, Side::High), (3, Side::Low)]);
    for ((column, side), truth) in best.region.restrictions().into_iter().zip([0.2, 0.5, 0.6]) {
        assert!((at(&best.region, column, side) - truth).abs() < 0.01, "{}", best.region.words(&[]));
    }
    // Leaves fill the space and do not overlap.
    let mut times = vec![0; 2000];
    for leaf in &grown.leaves {
        leaf.region.rows(&table).iter().zip(&mut times).for_each(|(&inside, n)| *n += usize::from(inside));
    }
    assert!(times.iter().all(|&n| n == 1));
    assert!(grown.leaves.iter().all(|leaf| leaf.figures.mass >= 0.05));
    // 3 % of the labels cannot be foretold.
    let honest = grown.validation;
    assert!(honest.error < 0.05 && honest.trivial_error > 0.12 && honest.skill() > 0.6, "{honest:?}");
    // Nothing to foretell: the tree splits all the same, and validation says that it says nothing.
    let (columns, outcome) = planted(1000, 6, 0.3, 11, |_| false);
    let table = Table::new(&columns).unwrap();
    let grown = tree::grow(&table, &outcome, &tree::Settings::default()).unwrap();
    assert!(grown.leaves.len() > 1 && grown.validation.skill() < 0.01, "{:?}", grown.validation);
}

#[test]
fn what_cannot_be_searched_is_told() {
    let (columns, mut outcome) = planted(100, 2, 0.0, 12, |x| x[0] > 0.5);
    let table = Table::new(&columns).unwrap();
    let search =
        |outcome: &[bool], settings: &prim::Settings| prim::search(&table, outcome, settings).map(|_| ());
    let default = prim::Settings::default();
    assert_eq!(search(&[true; 100], &default), Err(Trouble::Always));
    assert_eq!(search(&[false; 100], &default), Err(Trouble::Never));
    assert!(matches!(search(&outcome[1..], &default), Err(Trouble::Lengths { column: None, .. })));
    let far = prim::Settings { steps: vec![Some(99)], ..default.clone() };
    assert!(matches!(search(&outcome, &far), Err(Trouble::NoSuchStep { scenario: 0, step: 99, .. })));
    for settings in [
        prim::Settings { alpha: f64::NAN, ..default.clone() },
        prim::Settings { alpha: 0.5, ..default.clone() },
        prim::Settings { min_mass: 0.0, ..default.clone() },
        prim::Settings { paste: Some(-1.0), ..default.clone() },
        prim::Settings { significance: Some(2.0), ..default.clone() },
    ] {
        assert!(matches!(search(&outcome, &settings), Err(Trouble::Setting { .. })), "{settings:?}");
    }
    let few = [vec![1.0; 19]];
    let few = Table::new(&few).unwrap();
    let trouble = prim::search(&few, &[[true].as_slice(), &[false; 18]].concat(), &default).unwrap_err();
    assert_eq!(trouble, Trouble::TooFew { rows: 19, needed: 20 });
    let empty = [vec![]];
    let empty = Table::new(&empty).unwrap();
    assert_eq!(prim::search(&empty, &[], &default).unwrap_err(), Trouble::TooFew { rows: 0, needed: 20 });
    // One row of interest, or all but one.
    for only in [true, false] {
        outcome.fill(!only);
        outcome[3] = only;
        assert_eq!(search(&outcome, &default), Ok(()));
        assert!(prim::resample(&table, &outcome, &default, 4, 0).is_ok());
        assert!(tree::grow(&table, &outcome, &tree::Settings::default()).is_ok());
    }
    // Constant columns: no peel, no split, no box.
    let flat = [vec![7.0; 100], vec![0.0; 100]];
    let flat = Table::new(&flat).unwrap();
    let found = prim::search(&flat, &outcome, &default).unwrap();
    assert_eq!((found.scenarios.len(), found.ended, found.left.len()), (0, Ended::NoBox, 1));
    assert_eq!(tree::grow(&flat, &outcome, &tree::Settings::default()).unwrap().leaves.len(), 1);
}

/// Tables at random, small and full of ties: everything that is found must be true of its rows.
#[test]
fn random_tables() {
    let mut random = ChaCha8Rng::seed_from_u64(13);
    for _ in 0..300 {
        let rows = random.random_range(20..120);
        let levels = [2.0, 3.0, 10.0, 1e9][random.random_range(0..4)];
        let scale = [1e-300, 1e-3, 1.0, 1e300][random.random_range(0..4)];
        let columns: Vec<Vec<f64>> = (0..random.random_range(1..5))
            .map(|_| {
                (0..rows)
                    .map(|_| ((random.random::<f64>() - 0.3) * levels).floor() / levels * scale)
                    .collect()
            })
            .collect();
        let share = random.random::<f64>();
        let outcome: Vec<bool> = (0..rows).map(|_| random.random::<f64>() < share).collect();
        let table = Table::new(&columns).unwrap();
        let settings = prim::Settings { significance: None, max_boxes: 5, ..Default::default() };
        let Ok(found) = prim::search(&table, &outcome, &settings) else { continue };
        let mut taken = vec![false; rows];
        for scenario in &found.scenarios {
            let inside = scenario.region.rows(&table);
            assert_eq!(inside.iter().filter(|&&x| x).count(), scenario.alone.rows);
            let new = (0..rows).filter(|&row| inside[row] && !taken[row]).count();
            assert_eq!(new, scenario.figures.rows);
            assert_eq!(new, scenario.trajectory[scenario.chosen].figures.rows + scenario.pasted);
            inside.iter().zip(&mut taken).for_each(|(&inside, taken)| *taken |= inside);
        }
        assert_eq!(taken.iter().filter(|&&x| x).count(), found.together.rows);
        let grown = tree::grow(&table, &outcome, &tree::Settings { folds: 3, ..Default::default() }).unwrap();
        assert_eq!(grown.leaves.iter().map(|leaf| leaf.figures.rows).sum::<usize>(), rows);
        for leaf in &grown.leaves {
            assert_eq!(leaf.region.rows(&table).iter().filter(|&&x| x).count(), leaf.figures.rows);
        }
    }
}
