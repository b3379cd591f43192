//! What one statement does to the state: the rules of a period, without values and without probabilities of choices.
//!
//! Both recursions of the reference solver, the one that computes values and the one that follows the distribution,
//! take a period apart with [`Mechanics::step`]; so there is one account of what each statement means.

use super::{
    evaluate::{Scene, Tried, fault},
    law,
};
use melian_model::{ActionBody, Choice, Model, PlayerId, Statement, StatementKind, VarId, VarKind};

/// The level of every variable of the model.
pub type State = Vec<usize>;

/// What remains of a period: blocks, the innermost last.
pub type Rest<'m> = Vec<&'m [Statement]>;

/// What the next statement does.
pub enum Step<'m> {
    /// Nothing remains of the period.
    Over,
    /// The state changes and the period goes on.
    Go(State, Rest<'m>),
    /// Somebody gains so much, and the period goes on.
    Paid(PlayerId, f64, Rest<'m>),
    /// Chance picks the state; entries may have probability zero.
    Draw(Vec<(State, f64)>, Rest<'m>),
    /// A player picks an action.
    Choose(Site<'m>),
}

/// A stage about to be played.
#[derive(Clone)]
pub struct Site<'m> {
    /// The choice.
    pub choice: &'m Choice,
    /// What remains of the period after the chosen action's body.
    pub rest: Rest<'m>,
}

/// The rules at one parameter point.
pub struct Mechanics<'m> {
    /// The model.
    pub model: &'m Model,
    /// Parameters.
    pub params: &'m [f64],
}

impl<'m> Mechanics<'m> {
    /// What an expression reads in a period.
    pub fn scene<'a>(&'a self, period: usize, state: &'a [usize]) -> Scene<'a> {
        Scene { model: self.model, params: self.params, period, state, ahead: None }
    }

    /// Executes the next statement.
    pub fn step(&self, period: usize, state: &State, mut rest: Rest<'m>) -> Tried<Step<'m>> {
        while rest.last().is_some_and(|block| block.is_empty()) {
            rest.pop();
        }
        let Some(block) = rest.pop() else { return Ok(Step::Over) };
        rest.push(&block[1..]);
        let scene = self.scene(period, state);
        Ok(match &block[0].kind {
            StatementKind::Assign { var, value } => {
                let level = law::level_of(&scene, *var, scene.value(value)?)?;
                Step::Go(self.set(period, state, *var, level)?, rest)
            }
            StatementKind::Draw(draw) => {
                let mut outcomes = Vec::new();
                for (level, p) in law::row(&scene, draw.var, &draw.law)? {
                    outcomes.push((self.set(period, state, draw.var, level)?, p));
                }
                Step::Draw(outcomes, rest)
            }
            StatementKind::Pay { player, amount, .. } => {
                let amount = scene.value(amount)?;
                if !amount.is_finite() {
                    return fault("payoff-not-finite", format!("{amount}"));
                }
                Step::Paid(*player, amount, rest)
            }
            StatementKind::If { arms, otherwise } => {
                let mut taken = otherwise;
                for (condition, arm) in arms {
                    if scene.holds(condition)? {
                        taken = arm;
                        break;
                    }
                }
                rest.push(&taken.0);
                Step::Go(state.clone(), rest)
            }
            StatementKind::Choose(choice) => Step::Choose(Site { choice, rest }),
            StatementKind::End => {
                let ended = self.model.ended.expect("a model with `end` has the variable");
                let mut state = state.clone();
                state[ended.0] = 1;
                Step::Go(state, Vec::new())
            }
        })
    }

    /// The actions that can be chosen at a site.
    pub fn available(&self, period: usize, site: &Site<'m>, state: &State) -> Tried<Vec<&'m ActionBody>> {
        let mut available = Vec::new();
        for action in &site.choice.actions {
            if self.scene(period, state).holds_if_any(action.guard.as_ref())? {
                available.push(action);
            }
        }
        if available.is_empty() {
            return fault("no-action", self.model.stage_name(site.choice.stage));
        }
        Ok(available)
    }

    /// The state and the rest of the period once an action was chosen.
    pub fn choose(&self, site: &Site<'m>, state: &State, action: &'m ActionBody) -> (State, Rest<'m>) {
        let mut state = state.clone();
        state[self.model.stage(site.choice.stage).var.0] = action.action;
        let mut rest = site.rest.clone();
        rest.push(&action.body.0);
        (state, rest)
    }

    /// Whether play has ended.
    pub fn ended(&self, state: &[usize]) -> bool {
        self.model.ended.is_some_and(|v| state[v.0] == 1)
    }

    /// Checks the state at the end of a period: a conditional variable is there exactly where its condition holds.
    pub fn check_end(&self, period: usize, state: &State) -> Tried<()> {
        for (i, variable) in self.model.vars.iter().enumerate() {
            if let VarKind::State { when: Some(when), .. } = &variable.kind
                && self.scene(period, state).holds(when)? != (state[i] != variable.absent())
            {
                return fault(
                    "conditional-unset",
                    format!("`{}` at the end of period {period}", variable.name),
                );
            }
        }
        Ok(())
    }

    /// The state with which the next period begins: locals and stages are gone.
    pub fn carry(&self, mut state: State) -> State {
        for (i, variable) in self.model.vars.iter().enumerate() {
            if !variable.is_state() {
                state[i] = variable.absent();
            }
        }
        state
    }

    /// The state after a variable took a level: conditional variables whose condition reads it and now fails are gone.
    pub fn set(&self, period: usize, state: &State, var: VarId, level: usize) -> Tried<State> {
        let mut state = state.clone();
        state[var.0] = level;
        for (i, variable) in self.model.vars.iter().enumerate() {
            if let VarKind::State { when: Some(when), .. } = &variable.kind
                && when.variables().contains(&var)
                && !self.scene(period, &state).holds(when)?
            {
                state[i] = variable.absent();
            }
        }
        Ok(state)
    }
}
