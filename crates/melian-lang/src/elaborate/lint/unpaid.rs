//! Lint: actions that can never be chosen, payments that are never made, players whom nothing is paid.

use std::collections::BTreeMap;

use melian_model::{Diagnostic, Span, StageId, StatementKind, VarId};

use super::reach::Unreached;
use crate::elaborate::{Elaborator, symbols::key};

/// Why something never happens.
#[derive(Clone, Copy)]
enum Never {
    /// Its condition is constant.
    Constant,
    /// This variable never has the value that its condition asks for.
    Variable(VarId),
}

/// An action that can be chosen nowhere.
struct DeadAction {
    stage: StageId,
    name: Span,
    whole: Span,
    why: Never,
}

/// What the copies of one payment come to.
#[derive(Default)]
struct Copies {
    ruled_out: Option<VarId>,
    alive: bool,
    something: bool,
}

impl Elaborator<'_> {
    /// Warns of actions that can never be chosen, and of payments that are never made or are always nothing.
    pub fn check_reach(&mut self) {
        let unreached = Unreached::of(&self.model, &self.symbols.restarts);
        let dead = self.dead_actions(&unreached);
        for action in &dead {
            self.dead_action(action);
        }
        let copies = self.payments(&unreached);
        for span in self.symbols.written_payments.clone() {
            let inside =
                |action: &DeadAction| action.whole.start <= span.start && span.end <= action.whole.end;
            if dead.iter().any(inside) {
                continue;
            }
            match copies.get(&key(span)) {
                None => self.dead_payment(Never::Constant, span),
                Some(Copies { alive: false, ruled_out: Some(var), .. }) => {
                    self.dead_payment(Never::Variable(*var), span);
                }
                Some(copies) if !copies.something => self.report(
                    Diagnostic::warning("payoff-never", "this pays nothing: the amount is 0", span)
                        .help("delete it, or write what is paid"),
                ),
                Some(_) => {}
            }
        }
    }

    /// The actions that are available nowhere; of a family only if that holds for all its members.
    fn dead_actions(&self, unreached: &Unreached) -> Vec<DeadAction> {
        let mut alive: BTreeMap<(StageId, (u32, u32)), Option<VarId>> = BTreeMap::new();
        self.model.period.visit(&mut |statement| {
            let StatementKind::Choose(choice) = &statement.kind else { return };
            for action in &choice.actions {
                let name = self.symbols.stages[choice.stage.0].action_spans[action.action].0;
                let ruled_out = unreached.action(action);
                let known = alive.entry((choice.stage, key(name))).or_insert(ruled_out);
                *known = known.and(ruled_out);
            }
        });
        let mut found = Vec::new();
        for (index, stage) in self.symbols.stages.iter().enumerate() {
            let id = StageId(index);
            let mut places: Vec<(Span, Span)> = stage.action_spans.clone();
            places.dedup();
            for (name, whole) in places {
                let why = match alive.get(&(id, key(name))) {
                    Some(None) => continue,
                    Some(Some(var)) => Never::Variable(*var),
                    None => Never::Constant,
                };
                found.push(DeadAction { stage: id, name, whole, why });
            }
        }
        found
    }

    fn payments(&self, unreached: &Unreached) -> BTreeMap<(u32, u32), Copies> {
        let mut found: BTreeMap<(u32, u32), Copies> = BTreeMap::new();
        let mut note = |statement: &melian_model::Statement| {
            let StatementKind::Pay { amount, .. } = &statement.kind else { return };
            let copies = found.entry(key(statement.span)).or_default();
            match unreached.statement(statement) {
                Some(var) => copies.ruled_out = Some(var),
                None => copies.alive = true,
            }
            copies.something |= amount.literal() != Some(0.0);
        };
        self.model.period.visit(&mut note);
        self.model.finally.visit(&mut note);
        found
    }

    fn reason(&self, why: Never) -> String {
        match why {
            Never::Constant => "its condition is false whatever happens in play".into(),
            Never::Variable(var) => {
                let name = &self.model.var(var).name;
                format!("`{name}` never has the value here that the condition asks for")
            }
        }
    }

    fn dead_action(&mut self, action: &DeadAction) {
        let stage = self.model.stage_name(action.stage);
        let known = self.symbols.stages[action.stage.0]
            .action_spans
            .iter()
            .position(|(name, _)| *name == action.name);
        let name = known.map(|k| self.model.stage(action.stage).actions[k].name.clone()).unwrap_or_default();
        let reason = self.reason(action.why);
        self.report(
            Diagnostic::warning(
                "unreachable-action",
                format!("`{name}` of `{stage}` can never be chosen"),
                action.name,
            )
            .label("its condition never holds")
            .help(reason)
            .help("delete the action, or correct its `when`"),
        );
    }

    fn dead_payment(&mut self, why: Never, span: Span) {
        let reason = self.reason(why);
        self.report(
            Diagnostic::warning(
                "payoff-never",
                "this is never paid: the condition around it never holds",
                span,
            )
            .help(reason)
            .help("correct the condition, or delete the payment"),
        );
    }

    /// Warns of players whom nothing is paid, and of precisions that nothing needs.
    pub fn check_players(&mut self) {
        let mut declared: Vec<Span> = self.model.players.iter().map(|player| player.span).collect();
        declared.dedup();
        for span in declared {
            let members: Vec<usize> =
                (0..self.model.players.len()).filter(|k| self.model.players[*k].span == span).collect();
            let name = self.source(span).unwrap_or_default();
            let paid = self.model.lines.iter().any(|line| members.contains(&line.player.0));
            let chooses = self.model.stages.iter().any(|stage| members.contains(&stage.player.0));
            if !paid {
                self.report(
                    Diagnostic::warning("player-unpaid", format!("`{name}` is never paid anything"), span)
                        .help(if chooses {
                            "without payoffs all actions are equally good, and the player chooses at random"
                        } else {
                            "a player who neither chooses nor is paid can be deleted"
                        }),
                );
            } else if !chooses && members.iter().any(|k| self.model.players[*k].precision.is_some()) {
                self.report(
                    Diagnostic::warning(
                        "precision-unused",
                        format!("`{name}` never chooses, so its precision has no effect"),
                        span,
                    )
                    .help("leave the precision out, or give the player a choice"),
                );
            }
        }
    }
}
