//! The values of a game at every state, without a question.

use crate::{
    ask::scenario::Setting,
    plan::Plan,
    sweep::{Boundary, Workspace, belief::value_period},
    tables::Tables,
};
use melian_model::Diagnostic;
use std::sync::atomic::AtomicU64;

/// Solves a game, and gives for each player the values at the states where its first period can start: those that the
/// plan reaches, in the plan's order.
///
/// # Errors
/// Everything that goes wrong at a reachable state under the setting's parameters.
pub fn solve_values(plan: &Plan, setting: &Setting) -> Result<Vec<Vec<f64>>, Vec<Diagnostic>> {
    let horizon = plan.model.horizon;
    let mut tables = Tables::new(plan, setting, horizon)?;
    let mut space = Workspace::default();
    let ties = AtomicU64::new(0);
    let (mut here, mut after) = (Boundary::new(), Boundary::new());
    for period in (1..=horizon).rev() {
        tables.at(plan, period)?;
        let next = (period < horizon).then_some(&after);
        value_period(plan, &tables, &mut space, next, None, &mut here, &ties);
        std::mem::swap(&mut here, &mut after);
    }
    let players = 0..plan.model.players.len();
    let value = |player: usize| {
        let entries = plan.entries.iter().zip(&after);
        let own = entries.flat_map(|(&id, values)| {
            let node = &plan.nodes[id];
            node.reached.ones().map(move |state| values[player * node.space.size + state])
        });
        own.collect()
    };
    Ok(players.map(value).collect())
}
