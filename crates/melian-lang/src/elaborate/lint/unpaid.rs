//! Lint: actions that can never be chosen, payments that are never made, players whom nothing is paid.

use melian_model::{Diagnostic, Span, StatementKind};

use crate::elaborate::Elaborator;

impl Elaborator<'_> {
    /// The places of whole actions that are available nowhere.
    fn unreachable_actions(&self) -> Vec<(String, String, Span, Span)> {
        let mut found = Vec::new();
        for (index, stage) in self.symbols.stages.iter().enumerate() {
            let mut places: Vec<(Span, Span)> = stage.action_spans.clone();
            places.dedup();
            for (name, whole) in places {
                let of_place = |k: &usize| stage.action_spans[*k].0 == name;
                let members: Vec<usize> = (0..stage.action_spans.len()).filter(of_place).collect();
                if members.iter().all(|member| !stage.available[*member]) {
                    let id = melian_model::StageId(index);
                    let action = self.model.stage(id).actions[members[0]].name.clone();
                    found.push((self.model.stage_name(id), action, name, whole));
                }
            }
        }
        found
    }

    /// Warns of actions that can never be chosen.
    pub fn check_unreachable_actions(&mut self) {
        for (stage, action, name, _) in self.unreachable_actions() {
            self.report(
                Diagnostic::warning("unreachable-action", format!("`{action}` of `{stage}` can never be chosen"), name)
                    .label("its condition never holds")
                    .help("the condition is false whatever happens in play; delete the action, or correct its `when`"),
            );
        }
    }

    /// Warns of payments that are never made, or are always nothing.
    pub fn check_payments(&mut self) {
        let mut made: Vec<(Span, bool)> = Vec::new();
        let mut note = |statement: &melian_model::Statement| {
            if let StatementKind::Pay { amount, .. } = &statement.kind {
                made.push((statement.span, amount.literal() == Some(0.0)));
            }
        };
        self.model.period.visit(&mut note);
        self.model.finally.visit(&mut note);
        made.sort_by_key(|(span, nothing)| (span.start, span.end, *nothing));
        let dead: Vec<Span> = self.unreachable_actions().into_iter().map(|(.., whole)| whole).collect();
        for span in self.symbols.written_payments.clone() {
            if dead.iter().any(|action| action.start <= span.start && span.end <= action.end) {
                continue;
            }
            let position =
                made.partition_point(|(other, _)| (other.start, other.end) < (span.start, span.end));
            match made.get(position) {
                Some((other, nothing)) if *other == span => {
                    if *nothing {
                        self.report(
                            Diagnostic::warning("payoff-never", "this pays nothing: the amount is 0", span)
                                .help("delete it, or write what is paid"),
                        );
                    }
                }
                _ => self.report(
                    Diagnostic::warning(
                        "payoff-never",
                        "this is never paid: the condition around it never holds",
                        span,
                    )
                    .help(
                        "the condition is false whatever happens in play; correct it, or delete the payment",
                    ),
                ),
            }
        }
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
