//! Names with an index: members of families, players, the variable that a statement sets.

use melian_model::{Diagnostic, PlayerId, Span, VarId};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    names::Meaning,
    problems::nearest,
    symbols::{Family, Global},
    types::{Value, listed},
};
use crate::ast::{Expr, Place};

impl<'a> Elaborator<'a> {
    /// The player at a place; `None` after an error.
    pub fn player(
        &mut self,
        name: &str,
        index: Option<&'a Expr>,
        span: Span,
        env: &Env<'a>,
    ) -> Option<PlayerId> {
        match self.meaning(name, env, None) {
            Meaning::Global(Global::Player(id), _) => {
                if let Some(index) = index {
                    let title = format!("`{name}` is one player, not a family");
                    self.report(
                        Diagnostic::error("wrong-arguments", title, index.span).help("leave the index out"),
                    );
                    return None;
                }
                self.symbols.used.insert(name.to_owned());
                Some(id)
            }
            Meaning::Global(Global::Players(family), _) => {
                self.symbols.used.insert(name.to_owned());
                let family = self.symbols.players[family].clone();
                self.member(&family, index, span, env).map(PlayerId)
            }
            Meaning::Global(Global::Pending, _) | Meaning::Inner(Binding::Unknown, _) => None,
            Meaning::Inner(Binding::Argument(expr, written_in), _) if index.is_none() => {
                let place = expr.as_place();
                let Some(place) = place else {
                    self.report(Diagnostic::error("type-mismatch", "a player is wanted here", expr.span));
                    return None;
                };
                let index = index_of(expr);
                self.argument(expr, &written_in, |this, _, env| {
                    this.player(&place.name.text, index, place.span, env)
                })
            }
            Meaning::Nothing | Meaning::Label(..) | Meaning::Labels(_) => {
                let names: Vec<String> = self.player_names();
                let mut problem =
                    Diagnostic::error("unknown-name", format!("there is no player `{name}`"), span);
                if let Some(near) = nearest(name, names.iter().map(String::as_str)) {
                    let at = Span { start: span.start, end: span.start + name.len() as u32 };
                    problem = problem.fix(format!("write `{near}`"), at, near);
                } else if names.is_empty() {
                    problem = problem.help(format!("declare it: `player {name} {{ precision = 2 }}`"));
                } else {
                    problem = problem.help(format!("there is {}", listed(&names)));
                }
                self.report(problem);
                None
            }
            Meaning::Global(other, place) => {
                let title = format!("`{name}` is {}, not a player", other.words());
                self.report(Diagnostic::error("type-mismatch", title, span).also(place, "declared here"));
                None
            }
            _ => {
                self.report(Diagnostic::error("type-mismatch", format!("`{name}` is not a player"), span));
                None
            }
        }
    }

    fn player_names(&self) -> Vec<String> {
        self.symbols
            .globals
            .iter()
            .filter(|(_, declared)| matches!(declared.global, Global::Player(_) | Global::Players(_)))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The member of a family at an index.
    pub fn member(
        &mut self,
        family: &Family,
        index: Option<&'a Expr>,
        span: Span,
        env: &Env<'a>,
    ) -> Option<usize> {
        let name = &family.name;
        let Some(index) = index else {
            self.report(
                Diagnostic::error(
                    "wrong-arguments",
                    format!("`{name}` is a family and needs an index"),
                    span,
                )
                .help(format!("write `{name}[…]`, inside `for i in …` for instance `{name}[i]`")),
            );
            return None;
        };
        let value = self.index_value(&family.members, index, env)?;
        let position = family.members.iter().position(|member| member.same(value, &self.model));
        if position.is_none() {
            self.no_member(name, value, &family.members, index.span);
        }
        position.map(|k| family.ids[k])
    }

    /// The value of an index that must be known while the model is read.
    pub fn index_value(&mut self, members: &[Value], index: &'a Expr, env: &Env<'a>) -> Option<Value> {
        let want = match members.first() {
            Some(Value::Label { of, .. }) => Some(*of),
            _ => None,
        };
        let typed = self.in_mode(Mode::Constant, |this| this.expr(index, env, want));
        typed.value()
    }

    /// An index outside a family or table.
    pub fn no_member(&mut self, name: &str, value: Value, members: &[Value], span: Span) {
        let value = value.words(&self.model);
        let known: Vec<String> = members.iter().map(|member| member.words(&self.model)).collect();
        let mut problem = Diagnostic::error("no-member", format!("there is no `{name}[{value}]`"), span)
            .help(format!("the index is one of {}", listed(&known)));
        if let Some(near) = nearest(&value, known.iter().map(String::as_str)) {
            problem = problem.fix(format!("write `{near}`"), span, near);
        }
        self.report(problem);
    }

    /// The state variable with a name and an index; `None` if the name is no state variable, or after an error.
    pub fn state_variable(
        &mut self,
        global: Global,
        index: Option<&'a Expr>,
        span: Span,
        env: &Env<'a>,
    ) -> Option<VarId> {
        match global {
            Global::State(var) => {
                if let Some(index) = index {
                    let name = self.model.var(var).name.clone();
                    let title = format!("`{name}` is one variable, not a family");
                    self.report(
                        Diagnostic::error("wrong-arguments", title, index.span).help("leave the index out"),
                    );
                    return None;
                }
                Some(var)
            }
            Global::States(family) => {
                let family = self.symbols.states[family].clone();
                self.member(&family, index, span, env).map(VarId)
            }
            _ => None,
        }
    }

    /// The variable that a statement sets.
    pub fn target(&mut self, place: &'a Place, env: &Env<'a>) -> Option<VarId> {
        let name = &place.name.text;
        let index = place.index.as_deref();
        match self.meaning(name, env, None) {
            Meaning::Inner(Binding::Local(var), _) => {
                if let Some(index) = index {
                    let title = format!("the local `{name}` is not a family");
                    self.report(Diagnostic::error("wrong-arguments", title, index.span));
                    return None;
                }
                Some(var)
            }
            Meaning::Global(global @ (Global::State(_) | Global::States(_)), _) => {
                self.state_variable(global, index, place.span, env)
            }
            Meaning::Global(Global::Pending, _) | Meaning::Inner(Binding::Unknown, _) => None,
            Meaning::Global(other, declared) => {
                self.not_assignable(name, other.words(), place.span, Some(declared));
                None
            }
            Meaning::Inner(binding, declared) => {
                let what = match binding {
                    Binding::Let(..) => "a `let`",
                    _ => "a fixed value: an argument or a loop variable",
                };
                self.not_assignable(name, what, place.span, Some(declared));
                None
            }
            Meaning::Period => {
                self.not_assignable(name, "the current period", place.span, None);
                None
            }
            _ => {
                self.unknown_name(name, place.name.span, env, None);
                None
            }
        }
    }

    fn not_assignable(&mut self, name: &str, what: &str, span: Span, declared: Option<Span>) {
        let mut problem =
            Diagnostic::error("not-assignable", format!("`{name}` is {what}: it cannot be set"), span)
                .help("only `state` and `local` variables change during play");
        if let Some(declared) = declared {
            problem = problem.also(declared, "declared here");
        }
        self.report(problem);
    }
}

/// The index in `name[index]`.
pub fn index_of(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        crate::ast::ExprKind::Index(_, index) => Some(index),
        _ => None,
    }
}
