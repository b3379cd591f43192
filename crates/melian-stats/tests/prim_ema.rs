//! Our peeling against EMA Workbench's, step by step: `bench/peers/prim_ema.py` wrote its trajectories.

use melian_stats::discovery::prim::{Objective, Settings, Step, search};
use melian_stats::discovery::{Side, Table};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    tables: Vec<Stored>,
}

#[derive(Deserialize)]
struct Stored {
    name: String,
    columns: Vec<Vec<f64>>,
    outcome: Vec<u8>,
    trajectories: BTreeMap<String, Vec<Peeled>>,
}

/// A step of EMA Workbench.
#[derive(Deserialize)]
struct Peeled {
    coverage: f64,
    density: f64,
    mass: f64,
    restricted: usize,
    /// Column, side (0 low, 1 high), limit, quasi-p-value.
    restrictions: Vec<(usize, usize, f64, f64)>,
}

fn stored() -> Vec<Stored> {
    let file: File = serde_json::from_str(include_str!("data/prim_ema.json")).unwrap();
    file.tables
}

/// The same formulas on the same numbers: only the last bit may differ.
const ROUNDING: f64 = 1e-12;

/// Tails of binomials go through logarithms of gamma functions in both programs.
const TAILS: f64 = 1e-9;

fn near(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs())
}

fn same(ours: &Step, theirs: &Peeled) -> bool {
    let limits: Vec<(usize, usize, f64)> = ours
        .region
        .restrictions()
        .into_iter()
        .map(|(column, side)| {
            let at = ours.region.limits[column].edge(side).unwrap().at;
            (column, if side == Side::Low { 0 } else { 1 }, at)
        })
        .collect();
    limits.len() == theirs.restrictions.len()
        && limits
            .iter()
            .zip(&theirs.restrictions)
            .all(|(a, b)| (a.0, a.1) == (b.0, b.1) && near(a.2, b.2, ROUNDING))
        && ours.restricted == theirs.restricted
        && near(ours.figures.coverage, theirs.coverage, ROUNDING)
        && near(ours.figures.density, theirs.density, ROUNDING)
        && near(ours.figures.mass, theirs.mass, ROUNDING)
}

#[test]
fn trajectories_agree_step_by_step() {
    let mut compared = 0;
    for table in stored() {
        let outcome: Vec<bool> = table.outcome.iter().map(|&x| x == 1).collect();
        let sorted = Table::new(&table.columns).unwrap();
        for (name, theirs) in &table.trajectories {
            let objective = match name.as_str() {
                "lenient1" => Objective::Lenient1,
                "lenient2" => Objective::Lenient2,
                _ => Objective::Original,
            };
            let settings = Settings { objective, max_boxes: 1, ..Settings::default() };
            let found = search(&sorted, &outcome, &settings).unwrap();
            let ours = &found.scenarios[0].trajectory;
            let place = format!("{} {name}", table.name);
            for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                assert!(same(ours, theirs), "{place}, step {i}: {ours:?}, EMA at {:?}", theirs.restrictions);
                compared += 1;
            }
            // We end where only rows of interest are left, EMA Workbench with the original objective goes on. It ends
            // where the best peel is too large; with ties we look for another.
            let last = ours.last().unwrap();
            assert!(ours.len() >= theirs.len() || last.figures.density == 1.0, "{place}: {}", ours.len());
            assert!(ours.len() == theirs.len() || name == "original", "{place}: {}", ours.len());
        }
    }
    assert_eq!(compared, 180);
}

/// The quasi-p-values of EMA Workbench's steps, by choosing each of its steps and dropping nothing.
#[test]
fn quasi_p_values_agree() {
    let mut compared = 0;
    for table in stored() {
        let outcome: Vec<bool> = table.outcome.iter().map(|&x| x == 1).collect();
        let sorted = Table::new(&table.columns).unwrap();
        for (step, theirs) in table.trajectories["lenient1"].iter().enumerate() {
            let settings = Settings {
                paste: None,
                significance: None,
                max_boxes: 1,
                steps: vec![Some(step)],
                ..Settings::default()
            };
            let found = search(&sorted, &outcome, &settings).unwrap();
            let ours = &found.scenarios[0].restrictions;
            assert_eq!(ours.len(), theirs.restrictions.len());
            for (ours, &(column, _, _, quasi_p)) in ours.iter().zip(&theirs.restrictions) {
                assert_eq!(ours.column, column);
                assert!(near(ours.quasi_p, quasi_p, TAILS), "step {step}: {ours:?} {quasi_p}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 138);
}
