//! Which statements and actions a variable's levels rule out, whatever else happens.

use std::collections::BTreeMap;

use melian_model::{Block, Domain, Model, Statement, StatementKind, VarId, VarKind};

use super::levels::{Follow, Levels};

/// What can never be executed, by the address of its statement or action in the model, with the variable that rules
/// it out.
#[derive(Default)]
pub struct Unreached {
    statements: BTreeMap<*const Statement, VarId>,
    actions: BTreeMap<*const melian_model::ActionBody, VarId>,
}

impl Unreached {
    /// Follows every state variable from its start value, and from those that interventions set.
    pub fn of(model: &Model, restarts: &[(VarId, usize)]) -> Unreached {
        let mut found = Unreached::default();
        for index in 0..model.vars.len() {
            let var = VarId(index);
            let known = model.var(var);
            let followed = matches!(known.kind, VarKind::State { .. })
                && matches!(known.domain, Domain::Enum(..) | Domain::Truth | Domain::Integers { .. });
            if !followed {
                continue;
            }
            let Some(follow) = Follow::new(model, var) else { continue };
            let start = restarts
                .iter()
                .filter(|(other, _)| *other == var)
                .fold(1 << known.start_level(), |levels, (_, level)| levels | 1 << level);
            let reached = follow.at_period_ends(start);
            found.block(var, &follow, &model.period, reached);
            found.block(var, &follow, &model.finally, reached);
        }
        found
    }

    /// The variable that rules a statement out.
    pub fn statement(&self, statement: &Statement) -> Option<VarId> {
        self.statements.get(&std::ptr::from_ref(statement)).copied()
    }

    /// The variable that rules an action out at its place.
    pub fn action(&self, action: &melian_model::ActionBody) -> Option<VarId> {
        self.actions.get(&std::ptr::from_ref(action)).copied()
    }

    fn block(&mut self, var: VarId, follow: &Follow<'_>, block: &Block, before: Levels) {
        let mut now = before;
        for statement in &block.0 {
            if now == 0 {
                self.statements.entry(std::ptr::from_ref(statement)).or_insert(var);
            }
            match &statement.kind {
                StatementKind::If { arms, otherwise } => {
                    let mut rest = now;
                    for (condition, body) in arms {
                        self.block(var, follow, body, follow.where_holds(condition, rest, true));
                        rest = follow.where_holds(condition, rest, false);
                    }
                    self.block(var, follow, otherwise, rest);
                }
                StatementKind::Choose(choice) => {
                    for action in &choice.actions {
                        let inside = match &action.guard {
                            Some(guard) => follow.where_holds(guard, now, true),
                            None => now,
                        };
                        if inside == 0 && now != 0 {
                            self.actions.entry(std::ptr::from_ref(action)).or_insert(var);
                        }
                        self.block(var, follow, &action.body, inside);
                    }
                }
                _ => {}
            }
            now = follow.statements(std::slice::from_ref(statement), now).on;
        }
    }
}
