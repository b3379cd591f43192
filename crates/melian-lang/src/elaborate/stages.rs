//! Stages in expressions: `A.reply == resist`, patterns of actions, arguments of what was chosen.

use melian_model::{BinaryOp, Diagnostic, Expr, ExprKind, Span, StageId};

use super::{
    Elaborator, Mode,
    comparisons::at_levels,
    env::{Binding, Env},
    names::Meaning,
    problems::nearest,
    symbols::Global,
    types::{Type, Typed, Value, listed},
};
use crate::ast::{self, Name, Set, SetKind};

impl<'a> Elaborator<'a> {
    /// Whether an expression is written as a stage: `P.stage`, `P[i].stage`, `P.stage[i]`.
    pub fn is_stage(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> bool {
        self.work = self.work.saturating_sub(1);
        match &e.kind {
            ast::ExprKind::Name(name) => match self.meaning(name, env, None) {
                Meaning::Inner(Binding::Argument(expr, written_in), _) => self.is_stage(expr, &written_in),
                _ => false,
            },
            ast::ExprKind::Dot(..) | ast::ExprKind::Index(..) => e.as_stage().is_some(),
            _ => false,
        }
    }

    /// The stage that an expression names; `None` after an error.
    pub fn stage(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<StageId> {
        if let ast::ExprKind::Name(name) = &e.kind
            && let Meaning::Inner(Binding::Argument(expr, written_in), _) = self.meaning(name, env, None)
        {
            return self.argument(expr, &written_in, |this, expr, env| this.stage(expr, env));
        }
        let Some((player_place, stage_place)) = e.as_stage() else {
            self.report(
                Diagnostic::error("type-mismatch", "a stage is wanted here", e.span)
                    .help("write `Player.stage`"),
            );
            return None;
        };
        let (player_index, stage_index) = stage_indices(e);
        let player = self.player(&player_place.name.text, player_index, player_place.span, env)?;
        let mut name = stage_place.name.text.clone();
        if let Some(index) = stage_index {
            let typed = self.in_mode(Mode::Constant, |this| this.expr(index, env, None));
            let value = self.known(&typed, index.span)?;
            name = format!("{name}[{}]", value.words(&self.model));
        }
        if let Some(id) = self.symbols.stage_ids.get(&(player, name.clone())) {
            let id = *id;
            self.stage_readable(id, e.span)?;
            return Some(id);
        }
        self.unknown_stage(&player_place.name.text, &stage_place.name, &name, player, e.span);
        None
    }

    fn stage_readable(&mut self, id: StageId, span: Span) -> Option<()> {
        let refused = match self.mode {
            Mode::Program | Mode::Event | Mode::Visit | Mode::Question => return Some(()),
            Mode::Constant => "this must be known before anything is solved",
            Mode::Parameters => "this may depend on parameters only",
            Mode::Existence => "only state variables may stand here",
            Mode::Finally => "choices are gone when the period is over",
        };
        let name = self.model.stage_name(id);
        self.report(
            Diagnostic::error("not-here", format!("what was chosen at `{name}` cannot be read here"), span)
                .label(refused)
                .help("a choice lasts to the end of its period; to keep it, assign it to a `state` variable"),
        );
        None
    }

    fn unknown_stage(
        &mut self,
        player: &str,
        stage: &Name,
        full: &str,
        id: melian_model::PlayerId,
        span: Span,
    ) {
        let written = format!("{player}.{}", stage.text);
        if let Some(place) = self.symbols.written_stages.get(&written).copied() {
            if self.mode == Mode::Program {
                self.report(
                    Diagnostic::error("stage-unset", format!("`{written}` is read before it can have been chosen"), span)
                        .label("read here")
                        .also(place, "chosen here, later in the period")
                        .help("choices are forgotten between periods; to remember one, assign it to a `state` variable"),
                );
            } else if self.mode == Mode::Existence
                || self.mode == Mode::Parameters
                || self.mode == Mode::Constant
            {
                self.report(
                    Diagnostic::error(
                        "not-here",
                        format!("what was chosen at `{written}` cannot be read here"),
                        span,
                    )
                    .also(place, "chosen here"),
                );
            } else {
                let names: Vec<String> = self.stages_of(id);
                self.report(
                    Diagnostic::error("unknown-name", format!("`{}` has no stage `{full}`", player), span)
                        .help(format!("there is {}", listed(&names))),
                );
            }
            return;
        }
        let names: Vec<String> = self
            .symbols
            .written_stages
            .keys()
            .filter_map(|name| name.strip_prefix(&format!("{player}.")).map(str::to_owned))
            .collect();
        let mut problem = Diagnostic::error(
            "unknown-name",
            format!("`{player}` has no stage `{}`", stage.text),
            stage.span,
        );
        if let Some(near) = nearest(&stage.text, names.iter().map(String::as_str)) {
            problem = problem.fix(format!("write `{near}`"), stage.span, near);
        } else if names.is_empty() {
            problem = problem.help(format!("`{player}` never chooses"));
        } else {
            problem = problem.help(format!("there is {}", listed(&names)));
        }
        self.report(problem);
    }

    fn stages_of(&self, player: melian_model::PlayerId) -> Vec<String> {
        self.symbols.stage_ids.keys().filter(|(p, _)| *p == player).map(|(_, name)| name.clone()).collect()
    }

    /// `P.stage == pattern`, `!=`: ran and chose so, ran and chose otherwise.
    pub fn compare_stage(
        &mut self,
        op: BinaryOp,
        stage: &'a ast::Expr,
        pattern: &'a ast::Expr,
        span: Span,
        env: &Env<'a>,
    ) -> Typed {
        let Some(id) = self.stage(stage, env) else { return Typed::unknown(span) };
        if !matches!(op, BinaryOp::Equal | BinaryOp::Unequal) {
            self.report(
                Diagnostic::error("unordered-labels", "the actions of a stage have no order", span)
                    .help("compare with `==`, `!=` or `in {…}`"),
            );
            return Typed::unknown(span);
        }
        let Some(actions) = self.pattern(id, pattern, env) else { return Typed::unknown(span) };
        Typed::truth(self.chose(id, actions, op == BinaryOp::Unequal, span))
    }

    /// `P.stage in {pattern, …}`.
    pub fn stage_among(
        &mut self,
        stage: &'a ast::Expr,
        negated: bool,
        set: &'a Set,
        span: Span,
        env: &Env<'a>,
    ) -> Typed {
        let Some(id) = self.stage(stage, env) else { return Typed::unknown(span) };
        let Some(actions) = self.patterns(id, set, env) else { return Typed::unknown(span) };
        Typed::truth(self.chose(id, actions, negated, span))
    }

    /// The actions that match one of the patterns in braces.
    pub fn patterns(&mut self, id: StageId, set: &'a Set, env: &Env<'a>) -> Option<Vec<usize>> {
        let SetKind::Members(members) = &set.kind else {
            if !matches!(set.kind, SetKind::Error) {
                self.report(Diagnostic::error(
                    "type-mismatch",
                    "actions are wanted here: `{a, b}`",
                    set.span,
                ));
            }
            return None;
        };
        let mut actions = Vec::new();
        for member in members {
            actions.extend(self.pattern(id, member, env)?);
        }
        Some(actions)
    }

    fn chose(&mut self, id: StageId, mut actions: Vec<usize>, others: bool, span: Span) -> Expr {
        actions.sort_unstable();
        actions.dedup();
        let stage = self.model.stage(id);
        if others {
            actions =
                (0..stage.actions.len()).filter(|action| actions.binary_search(action).is_err()).collect();
        }
        at_levels(stage.var, actions, span)
    }

    /// The actions of a stage that match a pattern: `resist`, `put(_, soft)`. `None`, after a report, if none does.
    pub fn pattern(&mut self, id: StageId, pattern: &'a ast::Expr, env: &Env<'a>) -> Option<Vec<usize>> {
        let (name, arguments, span): (&str, Option<&'a [ast::Expr]>, Span) = match &pattern.kind {
            ast::ExprKind::Name(name) => {
                if let Meaning::Inner(Binding::Argument(expr, written_in), _) = self.meaning(name, env, None)
                {
                    return self.argument(expr, &written_in, |this, expr, env| this.pattern(id, expr, env));
                }
                let bound = match self.meaning(name, env, None) {
                    Meaning::Inner(Binding::Value(value @ Value::Label { .. }), _) => {
                        Some(value.words(&self.model))
                    }
                    _ => None,
                };
                if let Some(label) = bound {
                    return self.actions_named(id, &label, None, pattern.span, env);
                }
                (name, None, pattern.span)
            }
            ast::ExprKind::Call(name, arguments) => (&name.text, Some(arguments), name.span),
            ast::ExprKind::Wildcard => return Some((0..self.model.stage(id).actions.len()).collect()),
            ast::ExprKind::Error => return None,
            _ => {
                self.report(
                    Diagnostic::error("type-mismatch", "an action is wanted here", pattern.span)
                        .help("write its name, or a pattern like `put(_, soft)`"),
                );
                return None;
            }
        };
        self.actions_named(id, name, arguments, span, env)
    }

    fn actions_named(
        &mut self,
        id: StageId,
        name: &str,
        arguments: Option<&'a [ast::Expr]>,
        span: Span,
        env: &Env<'a>,
    ) -> Option<Vec<usize>> {
        let stage = self.model.stage(id);
        let named: Vec<usize> =
            (0..stage.actions.len()).filter(|action| stage.actions[*action].name == name).collect();
        let Some(first) = named.first().copied() else {
            self.unknown_action(id, name, span);
            return None;
        };
        let Some(arguments) = arguments else { return Some(named) };
        let values: Vec<Vec<Value>> = named
            .iter()
            .map(|action| {
                self.symbols.stages[id.0].arguments[*action].iter().map(|(_, value)| *value).collect()
            })
            .collect();
        let wanted = self.model.stage(id).actions[first].arguments.len();
        if wanted != arguments.len() {
            self.wrong_count(name, wanted, arguments.len(), span, "action");
            return None;
        }
        let mut matching: Vec<bool> = vec![true; named.len()];
        for (position, argument) in arguments.iter().enumerate() {
            if matches!(argument.kind, ast::ExprKind::Wildcard) {
                continue;
            }
            let want = values.iter().find_map(|values| match values[position] {
                Value::Label { of, .. } => Some(of),
                _ => None,
            });
            let typed = self.in_mode(Mode::Constant, |this| this.expr(argument, env, want));
            let value = self.known(&typed, argument.span)?;
            let mut any = false;
            for (k, values) in values.iter().enumerate() {
                let same = values[position].same(value, &self.model) || near(values[position], value);
                any |= same;
                matching[k] &= same;
            }
            if !any {
                let words = value.words(&self.model);
                let mut known: Vec<String> = Vec::new();
                for values in &values {
                    let word = values[position].words(&self.model);
                    if !known.contains(&word) {
                        known.push(word);
                    }
                }
                self.report(
                    Diagnostic::error(
                        "unknown-action",
                        format!("`{name}` never has the argument `{words}`"),
                        argument.span,
                    )
                    .help(format!("it is one of {}", listed(&known))),
                );
                return None;
            }
        }
        let found: Vec<usize> =
            named.into_iter().zip(matching).filter(|(_, m)| *m).map(|(action, _)| action).collect();
        Some(found)
    }

    fn unknown_action(&mut self, id: StageId, name: &str, span: Span) {
        let stage_name = self.model.stage_name(id);
        let mut names: Vec<String> = Vec::new();
        for action in &self.model.stage(id).actions {
            if !names.contains(&action.name) {
                names.push(action.name.clone());
            }
        }
        let mut problem =
            Diagnostic::error("unknown-action", format!("`{stage_name}` has no action `{name}`"), span)
                .also(self.symbols.stages[id.0].span, "the stage is here")
                .help(format!("there is {}", listed(&names)));
        if let Some(near) = nearest(name, names.iter().map(String::as_str)) {
            problem = problem.fix(format!("write `{near}`"), span, near);
        }
        self.report(problem);
    }

    /// `base.name` as a value: an argument of what was chosen.
    pub fn dot(&mut self, e: &'a ast::Expr, base: &'a ast::Expr, name: &'a Name, env: &Env<'a>) -> Typed {
        if base.as_stage().is_some() || self.is_stage(base, env) {
            let Some(id) = self.stage(base, env) else { return Typed::unknown(e.span) };
            return self.argument_of(id, name, e.span);
        }
        if let Some(place) = base.as_place()
            && !matches!(
                self.meaning(&place.name.text, env, None),
                Meaning::Global(Global::Player(_) | Global::Players(_), _) | Meaning::Nothing
            )
        {
            let title = format!("`{}` is not a player and has no stages", place.name.text);
            self.report(Diagnostic::error("type-mismatch", title, base.span).help(
                "the dot reads a stage, `Player.stage`, or an argument of its action, `Player.stage.k`",
            ));
            return Typed::unknown(e.span);
        }
        self.bare_stage(e, env)
    }

    /// A stage where a value is wanted.
    pub fn bare_stage(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Typed {
        if let Some(id) = self.stage(e, env) {
            let name = self.model.stage_name(id);
            let first =
                self.model.stage(id).actions.first().map(|action| action.name.clone()).unwrap_or_default();
            self.report(
                Diagnostic::error("type-mismatch", format!("`{name}` is a stage, not a value"), e.span)
                    .help(format!("compare it with an action: `{name} == {first}`")),
            );
        }
        Typed::unknown(e.span)
    }

    fn argument_of(&mut self, id: StageId, name: &Name, span: Span) -> Typed {
        let record = &self.symbols.stages[id.0];
        let mut entries = vec![f64::NAN; record.arguments.len()];
        let mut of: Option<Type> = None;
        let mut names: Vec<String> = Vec::new();
        for (entry, arguments) in entries.iter_mut().zip(&record.arguments) {
            for (argument, value) in arguments {
                if !names.contains(argument) {
                    names.push(argument.clone());
                }
                if *argument != name.text {
                    continue;
                }
                let value_type = value.typed(span).of;
                if *of.get_or_insert(value_type) == value_type {
                    *entry = value.number();
                }
            }
        }
        let Some(of) = of else {
            let stage = self.model.stage_name(id);
            let title = format!("no action of `{stage}` has an argument `{}`", name.text);
            let mut problem = Diagnostic::error("unknown-name", title, name.span);
            if let Some(near) = nearest(&name.text, names.iter().map(String::as_str)) {
                problem = problem.fix(format!("write `{near}`"), name.span, near);
            } else if names.is_empty() {
                problem = problem.help("its actions have no arguments; ask which one was chosen with `==`");
            } else {
                problem = problem.help(format!("there is {}", listed(&names)));
            }
            self.report(problem);
            return Typed::unknown(span);
        };
        let var = self.model.stage(id).var;
        Typed { expr: Expr { kind: ExprKind::Argument(var, entries), span }, of }
    }
}

/// The index of the player and of the stage in `P[i].stage[j]`.
fn stage_indices(e: &ast::Expr) -> (Option<&ast::Expr>, Option<&ast::Expr>) {
    match &e.kind {
        ast::ExprKind::Dot(base, _) => (super::places::index_of(base), None),
        ast::ExprKind::Index(base, index) => (stage_indices(base).0, Some(index)),
        _ => (None, None),
    }
}

/// Whether two numbers differ by rounding only: an argument `0.3` may stand for `3 * 0.1`.
fn near(a: Value, b: Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        _ => false,
    }
}
