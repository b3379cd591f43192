//! The values of a game at every state, without a question.

use crate::{
    ask::scenario::Setting,
    forever::settle::{ending, is_steady},
    plan::Plan,
    sweep::Tally,
    sweep::belief::value_period,
};
use melian_model::Diagnostic;

/// Solves a game, and writes for each player the values at the states where its first period can start: those that the
/// plan reaches, in the plan's order.
///
/// Solved again with the same plan, at the same parameters or others, it takes no memory that it has not taken before.
///
/// # Errors
/// Everything that goes wrong at a reachable state under the setting's parameters.
pub fn solve_values(
    plan: &Plan,
    setting: &Setting,
    values: &mut Vec<Vec<f64>>,
) -> Result<(), Vec<Diagnostic>> {
    let mut space = plan.memory.workspaces.take();
    let (horizon, mut tables, tail) = ending(plan, setting, 1, &mut space)?;
    let ends = tail.is_none();
    let mut here = plan.memory.boundaries.take();
    let mut after = tail.unwrap_or_else(|| plan.memory.boundaries.take());
    let tally = Tally::default();
    for period in (1..=horizon).rev().skip_while(|&period| is_steady(plan, setting, period)) {
        tables.at(plan, period)?;
        let next = (period < horizon || !ends).then_some(&after);
        value_period(plan, &tables, &mut space, next, None, &mut here, &tally);
        std::mem::swap(&mut here, &mut after);
    }
    values.resize_with(plan.model.players.len(), Vec::new);
    for (player, own) in values.iter_mut().enumerate() {
        own.clear();
        for (&id, all) in plan.entries.iter().zip(&after) {
            let node = &plan.nodes[id];
            own.extend(node.reached.ones().map(|state| all[player * node.space.size + state]));
        }
    }
    plan.memory.boundaries.give(here);
    plan.memory.boundaries.give(after);
    plan.memory.workspaces.give(space);
    plan.memory.tables.give(tables);
    Ok(())
}
