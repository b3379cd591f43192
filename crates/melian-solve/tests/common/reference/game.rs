//! The equilibrium of one game, by recursion state by state.
//!
//!     V(s, t)        = ended(s) ? 0 : run(s, period t)                        V(s, T+1) = what `finally` pays
//!     run(s, rest)   = what the next statement pays + E[run(s', rest')]       run(s, nothing) = δ · V(s', t+1)
//!     Q(a)           = run(s with the stage at a, body of a, then rest)
//!     p(a)           = exp(λ·Q_i(a)) / Σ_b exp(λ·Q_i(b))   over the available actions
//!     run(s, choice) = Σ_a p(a)·Q(a) for all players; under `emax` the mover's own entry is (1/λ) ln Σ_a exp(λ·Q_i(a))
//!
//! One entry for each player. Values are kept at period starts; decisions are kept too, because the walk forward asks
//! for the same ones again and again (what follows a choice is fixed by its place in the program).

use super::{
    evaluate::{Tried, fault},
    mechanics::{Mechanics, Rest, Site, State, Step},
};
use crate::common::reference::commitment;
use melian_model::{ActionBody, Commitment, Convention, Model, PlayerId, Precision};
use melian_solve::{
    Setting,
    stage::{NormalForm, Simultaneous, equilibrium},
};
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// What the mover sees at a choice, and what it does.
pub struct Decision<'m> {
    /// The mover's precision.
    pub precision: f64,
    /// The actions that are available: their guard holds and the binding commitment leaves them.
    pub available: Vec<&'m ActionBody>,
    /// Whether a commitment binds.
    pub bound: bool,
    /// Expected payoffs of all players after each of them.
    pub q: Vec<Vec<f64>>,
    /// What the mover expects of each: differs from its entry in `q` where others choose at the same time, who in `q` have
    /// chosen already.
    pub worth: Vec<f64>,
    /// Probability of each.
    pub p: Vec<f64>,
}

/// A choice about to be made by one of several at the same time, when those before it in the program have chosen.
struct Turn<'m> {
    state: State,
    site: Site<'m>,
    available: Vec<&'m ActionBody>,
    bound: bool,
}

/// One game with the commitments in force.
pub struct Game<'m> {
    /// Its rules.
    pub mechanics: Mechanics<'m>,
    /// Discount factor of each player.
    pub discounts: Vec<f64>,
    precisions: Vec<Option<f64>>,
    commitments: &'m [Commitment],
    values: RefCell<HashMap<(usize, State), Vec<f64>>>,
    decisions: RefCell<HashMap<(usize, usize, State), Rc<Decision<'m>>>>,
}

impl<'m> Game<'m> {
    /// The game under a setting.
    pub fn new(model: &'m Model, setting: &'m Setting) -> Tried<Game<'m>> {
        let mechanics = Mechanics { model, params: &setting.params };
        let nothing = model.start();
        let scene = mechanics.scene(1, &nothing);
        let mut discounts = Vec::new();
        let mut precisions = Vec::new();
        for player in &model.players {
            discounts.push(scene.value(&player.discount)?);
            precisions.push(match &player.precision {
                None => None,
                Some(Precision::Infinite) => Some(f64::INFINITY),
                Some(Precision::Finite(e)) => Some(scene.value(e)?),
            });
        }
        Ok(Game {
            mechanics,
            discounts,
            precisions,
            commitments: &setting.commitments,
            values: RefCell::default(),
            decisions: RefCell::default(),
        })
    }

    /// The precision of a player with a stage.
    pub fn precision(&self, player: PlayerId) -> f64 {
        self.precisions[player.0].expect("a player with a stage has a precision")
    }

    /// How many states at period starts have a value by now.
    pub fn states_seen(&self) -> usize {
        self.values.borrow().len()
    }

    /// The periods, addresses of choices in the program, and states that have been asked for, in no order.
    pub fn decisions_seen(&self) -> Vec<(usize, usize, State)> {
        self.decisions.borrow().keys().cloned().collect()
    }

    /// All decisions that have been asked for.
    pub fn all_decisions(&self) -> Vec<Rc<Decision<'m>>> {
        self.decisions.borrow().values().cloned().collect()
    }

    /// Expected payoffs of all players from the start of a period, discounted to it.
    pub fn value(&self, period: usize, state: &State) -> Tried<Vec<f64>> {
        let model = self.mechanics.model;
        if self.mechanics.ended(state) {
            return Ok(vec![0.0; model.players.len()]);
        }
        let key = (period, state.clone());
        if let Some(known) = self.values.borrow().get(&key) {
            return Ok(known.clone());
        }
        let value = if period > model.horizon {
            self.run_finally(state, vec![&model.finally.0])?
        } else {
            self.run(period, state, vec![&model.period.0])?
        };
        self.values.borrow_mut().insert(key, value.clone());
        Ok(value)
    }

    /// Expected payoffs from the middle of a period on.
    fn run(&self, period: usize, state: &State, rest: Rest<'m>) -> Tried<Vec<f64>> {
        match self.mechanics.step(period, state, rest)? {
            Step::Over => {
                self.mechanics.check_end(period, state)?;
                let mut value = self.value(period + 1, &self.mechanics.carry(state.clone()))?;
                for (v, discount) in value.iter_mut().zip(&self.discounts) {
                    *v *= discount;
                }
                Ok(value)
            }
            Step::Go(state, rest) => self.run(period, &state, rest),
            Step::Paid(player, amount, rest) => {
                let mut value = self.run(period, state, rest)?;
                value[player.0] += amount;
                Ok(value)
            }
            Step::Draw(outcomes, rest) => {
                let mut sum = vec![0.0; self.discounts.len()];
                for (state, p) in outcomes {
                    if p == 0.0 {
                        continue;
                    }
                    for (total, v) in sum.iter_mut().zip(self.run(period, &state, rest.clone())?) {
                        *total += p * v;
                    }
                }
                Ok(sum)
            }
            Step::Choose(site) => {
                let decision = self.decide(period, state, &site)?;
                let mover = self.mechanics.model.stage(site.choice.stage).player;
                let mut sum = vec![0.0; self.discounts.len()];
                for (p, q) in decision.p.iter().zip(&decision.q) {
                    for (total, v) in sum.iter_mut().zip(q) {
                        *total += p * v;
                    }
                }
                sum[mover.0] += self.shock(mover, &decision.p)?;
                Ok(sum)
            }
        }
    }

    fn run_finally(&self, state: &State, rest: Rest<'m>) -> Tried<Vec<f64>> {
        match self.mechanics.step(self.mechanics.model.horizon, state, rest)? {
            Step::Over => Ok(vec![0.0; self.discounts.len()]),
            Step::Go(state, rest) => self.run_finally(&state, rest),
            Step::Paid(player, amount, rest) => {
                let mut value = self.run_finally(state, rest)?;
                value[player.0] += amount;
                Ok(value)
            }
            Step::Draw(..) | Step::Choose(_) => unreachable!("`finally` only pays"),
        }
    }

    /// What a mover sees and does at a site.
    pub fn decide(&self, period: usize, state: &State, site: &Site<'m>) -> Tried<Rc<Decision<'m>>> {
        let key = (period, std::ptr::from_ref(site.choice) as usize, state.clone());
        if let Some(known) = self.decisions.borrow().get(&key) {
            return Ok(known.clone());
        }
        if site.choice.with_next {
            self.decide_together(period, state, site)?;
            return self.decide(period, state, site);
        }
        let mover = self.mover(site);
        let turn = self.turn(period, state.clone(), site.clone())?;
        let q = self.after(period, &turn)?;
        let own: Vec<f64> = q.iter().map(|q| q[mover.0]).collect();
        let precision = self.precision(mover);
        let p = response(&own, precision);
        let Turn { available, bound, .. } = turn;
        let decision = Rc::new(Decision { precision, available, bound, q, worth: own, p });
        self.decisions.borrow_mut().insert(key, decision.clone());
        Ok(decision)
    }

    fn mover(&self, site: &Site) -> PlayerId {
        self.mechanics.model.stage(site.choice.stage).player
    }

    /// What may be chosen at a site.
    fn turn(&self, period: usize, state: State, site: Site<'m>) -> Tried<Turn<'m>> {
        let mut available = self.mechanics.available(period, &site, &state)?;
        let scene = self.mechanics.scene(period, &state);
        let binding = commitment::binding(self.commitments, scene, site.choice.stage, &available)?;
        let bound = binding.is_some();
        if let Some(kept) = binding {
            available = kept.into_iter().map(|k| available[k]).collect();
        }
        Ok(Turn { state, site, available, bound })
    }

    /// Expected payoffs of all players after each action.
    fn after(&self, period: usize, turn: &Turn<'m>) -> Tried<Vec<Vec<f64>>> {
        let value = |action: &&'m ActionBody| {
            let (state, rest) = self.mechanics.choose(&turn.site, &turn.state, action);
            self.run(period, &state, rest)
        };
        turn.available.iter().map(value).collect()
    }

    /// Decides all choices that are made at the same time as the one at a site, which is the first of them: the game in
    /// which each profile of actions is worth what follows it. The profiles are walked through one by one.
    fn decide_together(&self, period: usize, state: &State, first: &Site<'m>) -> Tried<()> {
        let mut turns: Vec<Vec<Turn<'m>>> = vec![vec![self.turn(period, state.clone(), first.clone())?]];
        while turns[turns.len() - 1][0].site.choice.with_next {
            let mut next = Vec::new();
            for turn in &turns[turns.len() - 1] {
                for action in &turn.available {
                    let (state, rest) = self.mechanics.choose(&turn.site, &turn.state, action);
                    let Step::Choose(site) = self.mechanics.step(period, &state, rest)? else {
                        unreachable!("another choice stands next")
                    };
                    next.push(self.turn(period, state, site)?);
                }
            }
            turns.push(next);
        }
        let movers: Vec<PlayerId> = turns.iter().map(|level| self.mover(&level[0].site)).collect();
        let mut payoffs = vec![Vec::new(); movers.len()];
        for turn in &turns[turns.len() - 1] {
            for q in self.after(period, turn)? {
                payoffs.iter_mut().zip(&movers).for_each(|(payoffs, mover)| payoffs.push(q[mover.0]));
            }
        }
        let actions: Vec<usize> = turns.iter().map(|level| level[0].available.len()).collect();
        let precisions: Vec<f64> = movers.iter().map(|&mover| self.precision(mover)).collect();
        let game = NormalForm::new(actions, payoffs);
        let Ok(found) = equilibrium(&game, &precisions, None) else {
            return fault("stage-not-solved", "the branch was lost");
        };
        // One decision of each choice, the last one's first.
        let mut models: Vec<Rc<Decision>> = Vec::new();
        for (k, level) in turns.into_iter().enumerate().rev() {
            let mut worth = vec![0.0; found.q[k].len()];
            game.payoffs(k, &found.q, &mut worth);
            for turn in level {
                let q = self.after(period, &turn)?;
                let key = (period, std::ptr::from_ref(turn.site.choice) as usize, turn.state);
                let decision = Decision {
                    precision: precisions[k],
                    available: turn.available,
                    bound: turn.bound,
                    q,
                    worth: worth.clone(),
                    p: found.q[k].clone(),
                };
                let decision = Rc::new(decision);
                if models.len() == movers.len() - 1 - k {
                    models.push(decision.clone());
                }
                self.decisions.borrow_mut().insert(key, decision);
            }
        }
        models.pop();
        self.decide_after_anything(period, state, first, &models)
    }

    /// Copies the decisions of those who choose after the one at a site to what that one could not or would not do: it may
    /// happen all the same where it is bound in a way that nobody expects. What follows has no value then.
    /// `models`: for each of those, the last first, what is decided.
    fn decide_after_anything(
        &self,
        period: usize,
        state: &State,
        site: &Site<'m>,
        models: &[Rc<Decision<'m>>],
    ) -> Tried<()> {
        let Some((model, models)) = models.split_last() else { return Ok(()) };
        for action in &site.choice.actions {
            let (state, rest) = self.mechanics.choose(site, state, action);
            let Step::Choose(next) = self.mechanics.step(period, &state, rest)? else {
                unreachable!("another choice stands next")
            };
            let key = (period, std::ptr::from_ref(next.choice) as usize, state.clone());
            let decision = Decision {
                precision: model.precision,
                available: model.available.clone(),
                bound: model.bound,
                q: Vec::new(),
                worth: model.worth.clone(),
                p: model.p.clone(),
            };
            self.decisions.borrow_mut().entry(key).or_insert_with(|| Rc::new(decision));
            self.decide_after_anything(period, &state, &next, models)?;
        }
        Ok(())
    }

    /// The expected shock of the chosen action, which is part of the mover's value under `emax`: the entropy of the
    /// choice over λ, since (1/λ) ln Σ exp(λ·Q) = Σ p·Q − (1/λ) Σ p ln p.
    pub fn shock(&self, mover: PlayerId, p: &[f64]) -> Tried<f64> {
        let precision = self.precision(mover);
        if self.mechanics.model.convention == Convention::Payoff || precision.is_infinite() {
            return Ok(0.0);
        }
        if precision == 0.0 {
            return fault("emax-precision", "`emax` needs positive precision");
        }
        let entropy: f64 = p.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
        Ok(entropy / precision)
    }
}

/// Quantal response: λ = ∞ shares ties equally, λ = 0 is uniform.
pub fn response(own: &[f64], precision: f64) -> Vec<f64> {
    let best = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weight = |q: &f64| {
        if precision.is_infinite() {
            let tied = (q - best).abs() <= 1e-12 * best.abs().max(1.0);
            if tied { 1.0 } else { 0.0 }
        } else {
            (precision * (q - best)).exp()
        }
    };
    let weights: Vec<f64> = own.iter().map(weight).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}
