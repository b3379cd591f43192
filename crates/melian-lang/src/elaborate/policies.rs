//! `policy(…)` and `margin(…)`: a stage at a named state; and the bindings that name it.

use melian_model::{Atom, Diagnostic, Span, StageId, VarId};

use super::{Elaborator, env::Env, names::Meaning, symbols::Global};
use crate::ast::{self, Binding, MarginAsk, PolicyAsk};

impl<'a> Elaborator<'a> {
    /// `policy(P.stage == a at m where …)`.
    pub fn policy(&mut self, ask: &'a PolicyAsk, env: &Env<'a>) -> Option<Atom> {
        let (stage, actions) = self.stage_event(&ask.event, env)?;
        let at = self.month_or_first(ask.at.as_ref(), env)?;
        let state = self.state_at(stage, &ask.state, env)?;
        Some(Atom::Policy { stage, actions, at, state })
    }

    /// `margin(P.stage: a over b at m where …)`.
    pub fn margin(&mut self, ask: &'a MarginAsk, env: &Env<'a>) -> Option<Atom> {
        let stage = self.stage(&ask.stage, env)?;
        let action = self.one_action(stage, &ask.action, env)?;
        let over = self.one_action(stage, &ask.over, env)?;
        let at = self.month_or_first(ask.at.as_ref(), env)?;
        let state = self.state_at(stage, &ask.state, env)?;
        Some(Atom::Margin { stage, action, over, at, state })
    }

    fn month_or_first(&mut self, at: Option<&'a ast::Expr>, env: &Env<'a>) -> Option<usize> {
        match at {
            Some(at) => self.month(at, env, 1),
            None => Some(1),
        }
    }

    /// The single action that a pattern means.
    pub fn one_action(&mut self, stage: StageId, pattern: &'a ast::Expr, env: &Env<'a>) -> Option<usize> {
        let actions = self.pattern(stage, pattern, env)?;
        match actions.as_slice() {
            [action] => Some(*action),
            _ => {
                let example =
                    actions.first().map(|a| self.model.stage(stage).actions[*a].label()).unwrap_or_default();
                let title = format!("one action is wanted here, and this matches {}", actions.len());
                self.report(
                    Diagnostic::error("question-clauses", title, pattern.span)
                        .help(format!("write its arguments, as in `{example}`")),
                );
                None
            }
        }
    }

    /// The state that a stage is looked up at: `x = v, P.stage = a`.
    fn state_at(
        &mut self,
        stage: StageId,
        bindings: &'a [Binding],
        env: &Env<'a>,
    ) -> Option<Vec<(VarId, usize)>> {
        let state = self.state_bindings(bindings, env)?;
        for ((var, _), binding) in state.iter().zip(bindings) {
            self.not_at_once(stage, *var, binding.span)?;
        }
        Some(state)
    }

    /// Variables with their levels: `x = v, P.stage = a`.
    pub fn state_bindings(&mut self, bindings: &'a [Binding], env: &Env<'a>) -> Option<Vec<(VarId, usize)>> {
        let mut state: Vec<(VarId, usize)> = Vec::new();
        let mut sound = true;
        for binding in bindings {
            let Some((var, level)) = self.state_binding(binding, env) else {
                sound = false;
                continue;
            };
            if state.iter().any(|(other, _)| *other == var) {
                let name = self.model.var(var).name.clone();
                let title = format!("`{name}` is given twice");
                self.report(
                    Diagnostic::error("duplicate-name", title, binding.span).help("leave one of them out"),
                );
                sound = false;
            }
            state.push((var, level));
        }
        sound.then_some(state)
    }

    fn state_binding(&mut self, binding: &'a Binding, env: &Env<'a>) -> Option<(VarId, usize)> {
        if self.is_stage(&binding.target, env) {
            let stage = self.stage(&binding.target, env)?;
            let action = self.one_action(stage, &binding.value, env)?;
            return Some((self.model.stage(stage).var, action));
        }
        let var = self.named_variable(&binding.target, env, true)?;
        let level = self.level_for(var, &binding.value, env)?;
        Some((var, level))
    }

    /// A value that is given for a variable, as a level.
    pub fn level_for(&mut self, var: VarId, value: &'a ast::Expr, env: &Env<'a>) -> Option<usize> {
        let known = self.model.var(var);
        let (domain, name) = (known.domain, known.name.clone());
        self.start_level(value, domain, &name, env)
    }

    /// The state variable (or local) that is named where a value is given for it.
    pub fn named_variable(&mut self, target: &'a ast::Expr, env: &Env<'a>, locals: bool) -> Option<VarId> {
        let Some(place) = target.as_place() else {
            self.wants_variable(target.span);
            return None;
        };
        let name = place.name.text.clone();
        match self.meaning(&name, env, None) {
            Meaning::Global(global @ (Global::State(_) | Global::States(_)), _) => {
                self.symbols.used.insert(name);
                self.state_variable(global, super::places::index_of(target), target.span, env)
            }
            Meaning::Local(var) if locals => Some(var),
            Meaning::Global(Global::Pending, _) => None,
            Meaning::Nothing => {
                if locals && let Some(var) = self.symbols.locals.get(&name) {
                    return Some(*var);
                }
                self.unknown_name(&name, place.name.span, env, None);
                None
            }
            Meaning::Global(other, declared) => {
                let title = format!("`{name}` is {}, not a state variable", other.words());
                let mut problem = Diagnostic::error("type-mismatch", title, target.span);
                if !self.apart {
                    problem = problem.also(declared, "declared here");
                }
                self.report(problem);
                None
            }
            _ => {
                if locals && let Some(var) = self.symbols.locals.get(&name) {
                    return Some(*var);
                }
                self.wants_variable(target.span);
                None
            }
        }
    }

    fn wants_variable(&mut self, span: Span) {
        self.report(
            Diagnostic::error("type-mismatch", "a state variable or a stage is wanted here", span)
                .help("as in `where regime = talks, Washington.table = put(_, soft)`"),
        );
    }
}
