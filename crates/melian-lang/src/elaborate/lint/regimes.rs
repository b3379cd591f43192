//! Lint: both branches of a regime are paid in one period.
//!
//! Two `if`s of one block ask for different levels of the same variable, both pay the same player, neither pays that
//! player on the other's levels, and the variable can move from the one to the other in between. A player who is paid
//! by both in one period probably should be paid by one: an `if … else if …` after the move says so.

use melian_model::{
    Block, Diagnostic, Domain, Expr, ExprKind, Model, PlayerId, Span, Statement, StatementKind, VarId,
    VarKind,
};

use super::levels::{Follow, Levels};

/// The warnings of this lint.
pub fn check_regimes(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for index in 0..model.vars.len() {
        let var = VarId(index);
        let labelled = matches!(model.var(var).domain, Domain::Enum(..) | Domain::Truth);
        if !labelled || !model.var(var).is_state() {
            continue;
        }
        if let Some(follow) = Follow::new(model, var) {
            in_block(model, var, &follow, &model.period, &mut found);
        }
    }
    found
}

fn in_block(model: &Model, var: VarId, follow: &Follow<'_>, block: &Block, found: &mut Vec<Diagnostic>) {
    for (i, first) in block.0.iter().enumerate() {
        for arm in arms_on(var, follow, first) {
            for (j, second) in block.0.iter().enumerate().skip(i + 1) {
                for later in arms_on(var, follow, second) {
                    let pair = Pair { first, arm: &arm, second, later: &later, between: &block.0[i + 1..j] };
                    if let Some(player) = pair.paid_twice(model, follow) {
                        found.push(pair.warning(model, var, player));
                    }
                }
            }
        }
    }
    for statement in &block.0 {
        match &statement.kind {
            StatementKind::If { arms, otherwise } => {
                for (_, body) in arms {
                    in_block(model, var, follow, body, found);
                }
                in_block(model, var, follow, otherwise, found);
            }
            StatementKind::Choose(choice) => {
                for action in &choice.actions {
                    in_block(model, var, follow, &action.body, found);
                }
            }
            _ => {}
        }
    }
}

/// An arm of an `if` that asks for some levels of the variable.
struct Arm<'m> {
    levels: Levels,
    condition: &'m Expr,
    body: &'m Block,
}

/// The arms of a statement that hold only at some levels of the variable.
fn arms_on<'m>(var: VarId, follow: &Follow<'_>, statement: &'m Statement) -> Vec<Arm<'m>> {
    let StatementKind::If { arms, .. } = &statement.kind else { return Vec::new() };
    let mut rest = follow.all();
    let mut found = Vec::new();
    for (condition, body) in arms {
        let levels = follow.where_holds(condition, rest, true);
        rest = follow.where_holds(condition, rest, false);
        if condition.variables().contains(&var) && levels != follow.all() {
            found.push(Arm { levels, condition, body });
        }
    }
    found
}

struct Pair<'a, 'm> {
    first: &'m Statement,
    arm: &'a Arm<'m>,
    second: &'m Statement,
    later: &'a Arm<'m>,
    between: &'m [Statement],
}

impl Pair<'_, '_> {
    /// The player who is paid by both, if the pair is suspicious.
    fn paid_twice(&self, model: &Model, follow: &Follow<'_>) -> Option<PlayerId> {
        if self.arm.levels & self.later.levels != 0 {
            return None;
        }
        let paid_first = payments(model, self.arm.body);
        let paid_later = payments(model, self.later.body);
        let (player, _) = *paid_first.iter().find(|(player, _)| {
            paid_later.iter().any(|(other, _)| other == player)
                && !pays_at(model, follow, self.second, self.arm.levels, *player)
                && !pays_at(model, follow, self.first, self.later.levels, *player)
        })?;
        let body = follow.block(self.arm.body, self.arm.levels);
        let arrives = follow.statements(self.between, body.on);
        (arrives.on & self.later.levels != 0).then_some(player)
    }

    fn warning(&self, model: &Model, var: VarId, player: PlayerId) -> Diagnostic {
        let who = &model.players[player.0].name;
        let name = &model.var(var).name;
        let place = |arm: &Arm<'_>| {
            let paid = payments(model, arm.body).into_iter().find(|(other, _)| *other == player);
            paid.map_or(arm.condition.span, |(_, span)| span)
        };
        Diagnostic::warning(
            "regime-twice",
            format!("`{who}` can be paid under both branches of `{name}` in one period"),
            place(self.later),
        )
        .label("paid here")
        .also(place(self.arm), format!("and here, before `{name}` changes"))
        .help(format!("pay for `{name}` in one place: `if … {{ }} else if … {{ }}` after it has changed"))
    }
}

/// Who is paid in a block, and where; not what is paid for what was chosen, inside a choice or behind it.
fn payments(model: &Model, block: &Block) -> Vec<(PlayerId, Span)> {
    let mut found = Vec::new();
    for statement in &block.0 {
        match &statement.kind {
            StatementKind::Pay { player, .. } => found.push((*player, statement.span)),
            StatementKind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    if !asks_for_choice(model, condition) {
                        found.extend(payments(model, body));
                    }
                }
                found.extend(payments(model, otherwise));
            }
            _ => {}
        }
    }
    found
}

/// Whether a condition is `P.stage == a`.
fn asks_for_choice(model: &Model, condition: &Expr) -> bool {
    matches!(condition.kind, ExprKind::IsAt(var, _) if matches!(model.var(var).kind, VarKind::Stage(_)))
}

/// Whether an `if` pays the player where the variable has one of these levels.
fn pays_at(
    model: &Model,
    follow: &Follow<'_>,
    statement: &Statement,
    levels: Levels,
    player: PlayerId,
) -> bool {
    let StatementKind::If { arms, otherwise } = &statement.kind else { return false };
    let pays = |body: &Block| payments(model, body).iter().any(|(other, _)| *other == player);
    let mut rest = levels;
    for (condition, body) in arms {
        if follow.where_holds(condition, rest, true) != 0 && pays(body) {
            return true;
        }
        rest = follow.where_holds(condition, rest, false);
    }
    rest != 0 && pays(otherwise)
}
