//! Choices: families of actions are written out, one stage for all the places where its statement is copied to.

use melian_model::{
    Action, ActionBody, Block, Choice, Diagnostic, Domain, Expr, PlayerId, Span, Stage, StageId, Statement,
    StatementKind, VarId, VarKind, Variable, print,
};

use super::{
    Elaborator,
    env::{Binding, Env},
    fold,
    statements::Site,
    symbols::StageSymbol,
    types::Value,
};
use crate::ast::{self, Choose};

/// One action of a family, with what its arguments stand for.
struct Member<'a> {
    action: &'a ast::Action,
    arguments: Vec<(String, Value)>,
    env: Env<'a>,
}

impl<'a> Elaborator<'a> {
    /// `P chooses stage { … }`.
    pub fn choose(
        &mut self,
        choose: &'a Choose,
        span: Span,
        env: &Env<'a>,
        site: &Site,
        result: &mut Vec<Statement>,
    ) {
        let player =
            self.player(&choose.player.name.text, choose.player.index.as_deref(), choose.player.span, env);
        let Some(player) = player else { return };
        let mut name = choose.stage.name.text.clone();
        if let Some(index) = choose.stage.index.as_deref() {
            let typed = self.expr(index, env, None);
            let Some(value) = self.known(&typed, index.span) else { return };
            name = format!("{name}[{}]", value.words(&self.model));
        }
        let Some(members) = self.action_members(choose, env) else { return };
        let guards: Vec<Option<Expr>> = members.iter().map(|member| self.guard(member)).collect();
        let Some(id) = self.stage_here(choose, player, &name, &members, site) else { return };
        let inner = Site { stage: Some(name), ..site.clone() };
        let mut actions = Vec::new();
        for (position, (member, guard)) in members.iter().zip(guards).enumerate() {
            let known = guard.as_ref().and_then(fold::known_truth);
            if known == Some(false) {
                continue;
            }
            let body = match &member.action.body {
                Some(body) => self.block(body, &member.env, &inner),
                None => Block::default(),
            };
            let guard = if known == Some(true) { None } else { guard };
            actions.push(ActionBody { action: position, guard, body, span: member.action.span });
            if self.exhausted {
                return;
            }
        }
        if actions.is_empty() {
            let stage = self.model.stage_name(id);
            self.report(
                Diagnostic::error(
                    "no-action",
                    format!("no action of `{stage}` is ever available here"),
                    span,
                )
                .help("give it an action without `when`"),
            );
            return;
        }
        result.push(Statement {
            kind: StatementKind::Choose(Choice { stage: id, actions, with_next: false }),
            span,
        });
    }

    /// All actions, families written out in row-major order.
    fn action_members(&mut self, choose: &'a Choose, env: &Env<'a>) -> Option<Vec<Member<'a>>> {
        let mut members: Vec<Member<'a>> = Vec::new();
        for (position, action) in choose.actions.iter().enumerate() {
            let twin =
                choose.actions[..position].iter().find(|earlier| earlier.name.text == action.name.text);
            if let Some(twin) = twin {
                let first = twin.name.span;
                self.duplicate(&action.name.text, action.name.span, first);
                return None;
            }
            for (k, argument) in action.arguments.iter().enumerate() {
                let twin =
                    action.arguments[..k].iter().find(|earlier| earlier.name.text == argument.name.text);
                if let Some(twin) = twin {
                    let first = twin.name.span;
                    self.duplicate(&argument.name.text, argument.name.span, first);
                    return None;
                }
            }
            let mut family: Vec<(Vec<(String, Value)>, Env<'a>)> = vec![(Vec::new(), env.clone())];
            for binder in &action.arguments {
                let mut next = Vec::new();
                for (arguments, outer) in &family {
                    let values = self.set(&binder.set, outer)?;
                    for value in values {
                        let mut arguments = arguments.clone();
                        arguments.push((binder.name.text.clone(), value));
                        let env = outer.with(&binder.name.text, binder.name.span, Binding::Value(value));
                        next.push((arguments, env));
                    }
                }
                if !self.expand(next.len(), binder.span) {
                    return None;
                }
                family = next;
            }
            members.extend(family.into_iter().map(|(arguments, env)| Member { action, arguments, env }));
        }
        if !self.expand(members.len(), choose.stage.span) {
            return None;
        }
        if members.is_empty() {
            let player = &choose.player.name.text;
            let stage = &choose.stage.name.text;
            self.report(
                Diagnostic::error(
                    "no-action",
                    format!("`{player}.{stage}` has no actions"),
                    choose.stage.span,
                )
                .help("list what can be chosen: `{ fight { … }  yield { … } }`"),
            );
            return None;
        }
        Some(members)
    }

    /// When an action is available; a condition with an error in it counts as always.
    fn guard(&mut self, member: &Member<'a>) -> Option<Expr> {
        let when = member.action.when.as_ref()?;
        self.truth(when, &member.env)
    }

    /// The stage that is chosen at this place: a new one, or the one that the same statement made elsewhere.
    fn stage_here(
        &mut self,
        choose: &'a Choose,
        player: PlayerId,
        name: &str,
        members: &[Member<'a>],
        site: &Site,
    ) -> Option<StageId> {
        if let Some(id) = self.symbols.stage_ids.get(&(player, name.to_owned())) {
            let id = *id;
            return self.same_stage(id, choose, members, site);
        }
        let full = format!("{}.{name}", self.model.players[player.0].name);
        if self.model.players[player.0].precision.is_none() {
            self.precision_missing(player, &full, choose.stage.span);
        }
        if members.len() == 1 && self.lints {
            self.report(
                Diagnostic::warning(
                    "single-action",
                    format!("`{full}` has a single action"),
                    choose.stage.span,
                )
                .label("nothing is chosen here")
                .help("write the action's statements without the choice, or add what else could be done"),
            );
        }
        let id = StageId(self.model.stages.len());
        let var = VarId(self.model.vars.len());
        self.model.vars.push(Variable {
            name: full,
            domain: Domain::Integers { lo: 0, hi: members.len() as i64 - 1 },
            kind: VarKind::Stage(id),
            unit: String::new(),
            doc: choose.doc.clone(),
            span: choose.stage.span,
        });
        let actions = members.iter().map(|member| self.action(member)).collect();
        self.model.stages.push(Stage {
            player,
            name: name.to_owned(),
            var,
            actions,
            doc: choose.doc.clone(),
            span: choose.stage.span,
        });
        self.symbols.stage_ids.insert((player, name.to_owned()), id);
        self.symbols.stages.push(StageSymbol {
            span: choose.stage.span,
            turns: site.turns.clone(),
            arguments: members.iter().map(|member| member.arguments.clone()).collect(),
            action_spans: members
                .iter()
                .map(|member| (member.action.name.span, member.action.span))
                .collect(),
        });
        Some(id)
    }

    fn action(&self, member: &Member<'a>) -> Action {
        let words = |value: &Value| match value {
            Value::Number(x) => print::number(*x),
            other => other.words(&self.model),
        };
        Action {
            name: member.action.name.text.clone(),
            arguments: member.arguments.iter().map(|(name, value)| (name.clone(), words(value))).collect(),
            doc: member.action.doc.clone(),
        }
    }

    fn same_stage(
        &mut self,
        id: StageId,
        choose: &'a Choose,
        members: &[Member<'a>],
        site: &Site,
    ) -> Option<StageId> {
        let record = &self.symbols.stages[id.0];
        let (first, turns) = (record.span, record.turns.clone());
        let name = self.model.stage_name(id);
        if first != choose.stage.span {
            self.report(
                Diagnostic::error(
                    "duplicate-stage",
                    format!("`{name}` is chosen at two places"),
                    choose.stage.span,
                )
                .label("again here")
                .also(first, "first here")
                .help("give the two choices different names: each is a decision of its own"),
            );
            return None;
        }
        if turns != site.turns {
            self.report(
                Diagnostic::error("stage-in-loop", format!("`{name}` is chosen in every turn of a loop"), choose.stage.span)
                    .help("put the loop variable into its name or its player, as in `chooses bid[i]` or `Firm[i] chooses bid`"),
            );
            return None;
        }
        let actions: Vec<Action> = members.iter().map(|member| self.action(member)).collect();
        let same =
            actions.iter().map(Action::label).eq(self.model.stage(id).actions.iter().map(Action::label));
        if !same {
            self.report(
                Diagnostic::error(
                    "stage-actions",
                    format!("`{name}` would have different actions at different places"),
                    choose.stage.span,
                )
                .help("list all of them, and say with `when` which are available: `offer(k in 0..9) when k >= x`"),
            );
            return None;
        }
        Some(id)
    }
}
