//! Filling the tables evaluates each expression once for every combination of the variables that it reads.

use std::collections::BTreeMap;

use melian::{
    model::Model,
    solver::{Plan, Setting},
    study::{Asked, base_world, study::needs},
};

/// The plan for a model's own measures and claims.
fn plan(model: &Model) -> Plan<'_> {
    let measures = model.measures.iter().filter_map(|m| m.question.as_ref()).map(Asked::Question);
    let claims = model.claims.iter().map(|c| Asked::Condition(&c.condition));
    let asked: Vec<Asked<'_>> = measures.chain(claims).collect();
    let base = base_world(model, &model.defaults(), &[]).unwrap();
    let needs = needs(model, &base, &asked, false).unwrap();
    Plan::new(model, &needs, &Default::default()).unwrap()
}

/// The sum over all tables of the product of the levels of the variables that each runs over, from the plan as text:
/// axes with their levels in a box's line, then a line for each of its tables.
fn entries(described: &str) -> u64 {
    let mut levels: BTreeMap<&str, u64> = BTreeMap::new();
    let mut total = 0;
    for line in described.lines() {
        if let Some((over, _)) = line.strip_prefix("      table over ").and_then(|rest| rest.split_once(": "))
        {
            let read = over.split('·').filter(|name| *name != "nothing");
            total += read.map(|name| levels[name]).product::<u64>();
        } else if line.starts_with('#') {
            let axes = line.split("  ").flat_map(|part| part.split('·'));
            levels = axes
                .filter_map(|part| part.strip_suffix(')')?.split_once('('))
                .filter_map(|(name, count)| Some((name, count.parse().ok()?)))
                .collect();
        }
    }
    total
}

fn check(model: &Model) -> (u64, u64) {
    let plan = plan(model);
    let setting = Setting { params: model.defaults(), commitments: Vec::new() };
    let evaluated = plan.fill(&setting).unwrap();
    assert_eq!(evaluated, plan.table_entries(), "{}", model.name);
    assert_eq!(evaluated, entries(&plan.describe()), "{}", model.name);
    (evaluated, plan.cost().states)
}

#[test]
fn expressions_are_evaluated_where_they_differ() {
    for embedded in melian::models::MODELS {
        let game = melian::compile(embedded.text, &[]).unwrap();
        check(game.model());
    }
}

#[test]
fn filling_the_flagship_is_little_beside_one_period() {
    let game = melian::compile(melian::models::flagship().text, &[]).unwrap();
    let (evaluated, states) = check(game.model());
    assert!(states > 1_000_000, "{states} states a period");
    assert!(evaluated < states / 100, "{evaluated} evaluated, {states} states a period");
}
