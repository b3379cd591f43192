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

/// A stage where it is played, its actions written out.
pub struct Offer<'a> {
    pub choose: &'a Choose,
    pub player: PlayerId,
    /// Its name with its index.
    name: String,
    members: Vec<Member<'a>>,
    site: Site,
    pub span: Span,
}

impl Offer<'_> {
    /// Where each action says when it is available.
    pub fn guard_places(&self) -> impl Iterator<Item = Span> {
        self.members.iter().map(|member| {
            let action = member.action;
            action.when.as_ref().map_or(action.span, |when| when.span)
        })
    }
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
        let Some(offer) = self.offer(choose, span, env, site) else { return };
        let guards = self.guards(&offer);
        let Some(stage) = self.stage_here(&offer) else { return };
        let Some(actions) = self.actions(stage, &offer, guards) else { return };
        result.push(Statement {
            kind: StatementKind::Choose(Choice { stage, actions, with_next: false }),
            span,
        });
    }

    /// Who chooses at a place, and from which actions.
    pub fn offer(&mut self, choose: &'a Choose, span: Span, env: &Env<'a>, site: &Site) -> Option<Offer<'a>> {
        let index = choose.player.index.as_deref();
        let player = self.player(&choose.player.name.text, index, choose.player.span, env)?;
        let mut name = choose.stage.name.text.clone();
        if let Some(index) = choose.stage.index.as_deref() {
            let typed = self.expr(index, env, None);
            let value = self.known(&typed, index.span)?;
            name = format!("{name}[{}]", value.words(&self.model));
        }
        let members = self.action_members(choose, env)?;
        Some(Offer { choose, player, name, members, site: site.clone(), span })
    }

    /// When each action is available; a condition with an error in it counts as always.
    pub fn guards(&mut self, offer: &Offer<'a>) -> Vec<Option<Expr>> {
        let guard =
            |this: &mut Self, member: &Member<'a>| this.truth(member.action.when.as_ref()?, &member.env);
        offer.members.iter().map(|member| guard(self, member)).collect()
    }

    /// The actions that may be available, with what follows them; `None`, after a report, if there are none.
    pub fn actions(
        &mut self,
        stage: StageId,
        offer: &Offer<'a>,
        guards: Vec<Option<Expr>>,
    ) -> Option<Vec<ActionBody>> {
        let inner = Site { stage: Some(offer.name.clone()), ..offer.site.clone() };
        let mut actions = Vec::new();
        for (position, (member, guard)) in offer.members.iter().zip(guards).enumerate() {
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
                return None;
            }
        }
        if actions.is_empty() {
            let stage = self.model.stage_name(stage);
            let title = format!("no action of `{stage}` is ever available here");
            self.report(
                Diagnostic::error("no-action", title, offer.span).help("give it an action without `when`"),
            );
            return None;
        }
        Some(actions)
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

    /// The stage that is chosen at this place: a new one, or the one that the same statement made elsewhere.
    pub fn stage_here(&mut self, offer: &Offer<'a>) -> Option<StageId> {
        let Offer { choose, player, name, members, site, .. } = offer;
        let player = *player;
        if let Some(id) = self.symbols.stage_ids.get(&(player, name.clone())) {
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
            name: name.clone(),
            var,
            actions,
            doc: choose.doc.clone(),
            span: choose.stage.span,
        });
        self.symbols.stage_ids.insert((player, name.clone()), id);
        self.symbols.stages.push(StageSymbol {
            span: choose.stage.span,
            turns: site.turns.clone(),
            arguments: members.iter().map(|member| member.arguments.clone()).collect(),
            action_spans: members
                .iter()
                .map(|member| (member.action.name.span, member.action.span))
                .collect(),
            together: None,
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
