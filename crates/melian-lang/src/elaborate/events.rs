//! What a question samples: events and quantities over state variables and stages.

use melian_model::{BinaryOp, Diagnostic, Expr, ExprKind, Span, StageId, VarId, VarKind};

use super::{Elaborator, Mode, env::Env, fold, lint::levels::Follow, types::Type};
use crate::ast;

impl<'a> Elaborator<'a> {
    /// An event: true or false at a period's end or at a stage.
    pub fn event(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Expr> {
        let ahead = self.ahead.take();
        let event = self.in_mode(Mode::Event, |this| this.truth(e, env));
        self.ahead = ahead;
        let event = event?;
        self.check_locals(&event, e.span)?;
        Some(event)
    }

    /// An event at period ends only: no stages, no locals.
    pub fn state_event(&mut self, e: &'a ast::Expr, env: &Env<'a>, what: &str) -> Option<Expr> {
        let event = self.event(e, env)?;
        self.states_only(&event, what, "", e.span)?;
        Some(event)
    }

    /// Refuses what reads stages.
    pub fn states_only(&mut self, read: &Expr, what: &str, or: &str, span: Span) -> Option<()> {
        if self.stages_in(read).is_empty() {
            return Some(());
        }
        self.report(
            Diagnostic::error("question-clauses", format!("{what} is about states, not about choices"), span)
                .help(format!("assign what was chosen to a `state` variable, and ask for that{or}")),
        );
        None
    }

    /// What holds just before the choice at a stage.
    pub fn visit_condition(&mut self, stage: StageId, e: &'a ast::Expr, env: &Env<'a>) -> Option<Expr> {
        let ahead = self.ahead.take();
        let condition = self.in_mode(Mode::Visit, |this| this.truth(e, env));
        self.ahead = ahead;
        let condition = condition?;
        for var in self.stages_in(&condition) {
            self.not_at_once(stage, var, e.span)?;
        }
        Some(condition)
    }

    /// Refuses to say at a stage what is chosen at the same time.
    pub fn not_at_once(&mut self, stage: StageId, var: VarId, span: Span) -> Option<()> {
        let Some(other) = self.at_once(stage, var).filter(|other| *other != stage) else { return Some(()) };
        let (name, other) = (self.model.stage_name(stage), self.model.stage_name(other));
        self.report(
            Diagnostic::error(
                "together-reads",
                format!("`{other}` is chosen at the same time as `{name}`"),
                span,
            )
            .label(format!("not known when `{name}` is chosen"))
            .help(format!("for both choices ask `P[{other} == a and {name} == b]`")),
        );
        None
    }

    /// A quantity whose expectation is asked.
    pub fn quantity(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Expr> {
        let typed = self.in_mode(Mode::Event, |this| this.expr(e, env, None));
        if typed.of == Type::Truth {
            let mut problem = Diagnostic::error(
                "type-mismatch",
                "an expectation is of a number, and this is a truth value",
                e.span,
            )
            .help("for the probability of an event write `P[…]`");
            if let Some(text) = self.source(e.span) {
                problem = problem.fix(format!("write `num({text})`"), e.span, format!("num({text})"));
            }
            self.report(problem);
            return None;
        }
        if !self.agree(&typed, Type::Number, e.span) || typed.of == Type::Unknown {
            return None;
        }
        self.check_locals(&typed.expr, e.span)?;
        Some(typed.expr)
    }

    /// The stages that an expression reads.
    pub fn stages_in(&self, event: &Expr) -> Vec<VarId> {
        let mut stages = event.variables();
        stages.retain(|var| matches!(self.model.var(*var).kind, VarKind::Stage(_)));
        stages
    }

    /// Locals have a value only where exactly one stage says at which moment of the period to look.
    fn check_locals(&mut self, event: &Expr, span: Span) -> Option<()> {
        let local =
            event.variables().into_iter().find(|var| matches!(self.model.var(*var).kind, VarKind::Local));
        let Some(local) = local else { return Some(()) };
        if self.stages_in(event).len() == 1 {
            return Some(());
        }
        let known = self.model.var(local);
        let (name, declared) = (known.name.clone(), known.span);
        let mut problem = Diagnostic::error(
            "local-in-question",
            format!("the local `{name}` has no value at the end of a period"),
            span,
        )
        .help("state events are sampled at period ends, when locals are gone; make it a `state` variable");
        if !self.apart {
            problem = problem.also(declared, "declared here");
        }
        self.report(problem);
        None
    }

    /// Lint: an event that no period's end can bring about.
    pub fn check_possible(&mut self, event: &Expr, span: Span) {
        if self.problems.any_error() || !(self.lints || self.apart) || !self.stages_in(event).is_empty() {
            return;
        }
        let mut parts = vec![event];
        while let Some(part) = parts.pop() {
            if let ExprKind::Binary(BinaryOp::And, a, b) = &part.kind {
                parts.extend([&**a, &**b]);
                continue;
            }
            if fold::known_truth(part) == Some(false) {
                self.impossible("this event can never happen".into(), span);
                return;
            }
            let (var, name) = match part.variables().as_slice() {
                [var] => (*var, self.model.var(*var).name.clone()),
                _ => continue,
            };
            let known = self.model.var(var);
            if self.restarted.contains(&var) || !matches!(known.kind, VarKind::State { .. }) {
                continue;
            }
            let start = known.start_level();
            let domain = known.domain;
            let Some(follow) = Follow::new(&self.model, var) else { continue };
            let possible = follow.at_period_ends(1 << start);
            if follow.where_holds(part, possible, true) == 0 {
                let wanted = follow.where_holds(part, follow.all(), true);
                let levels: Vec<String> = (0..domain.size())
                    .filter(|level| wanted & (1 << level) != 0)
                    .map(|level| format!("`{}`", self.model.level_name(var, level)))
                    .collect();
                let title = if levels.is_empty() {
                    "this event can never happen".to_owned()
                } else {
                    format!("`{name}` is never {} at the end of a period", levels.join(" or "))
                };
                self.impossible(title, span);
                return;
            }
        }
    }

    fn impossible(&mut self, title: String, span: Span) {
        self.report(
            Diagnostic::warning("never-at-period-end", title, span)
                .help("state events are sampled at the ends of periods; the program never leaves this state standing there")
                .help("for what is chosen within a period ask for the stage: `P[Player.stage == action]`"),
        );
    }
}
