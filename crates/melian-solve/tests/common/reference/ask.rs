//! What each kind of question means, as a watch over the path.
//!
//! An expression that names exactly one stage is sampled whenever that stage is chosen, on the state just before the
//! choice with the stage's variable at the chosen action. All others are sampled at period ends, those that name
//! several stages too, where a stage that did not run in the period is absent; so are, whatever they name, conditions
//! called `until` and `first` and both sides of `E[what at m | given]`. Periods after `end` are periods in which no
//! stage runs. A question about play that goes on (`Ahead`) takes the state at hand for the state at the end of its
//! period `after`, also where `E[… when first …]` meets that state earlier.

use super::{
    evaluate::{Scene, Tried, UNDEFINED, fault},
    mechanics::State,
    place,
    walk::{Memory, Moment, Play, Tally},
};
use melian_model::{Ahead, Atom, Expr, StageId, VarKind, Window};

/// When an expression is sampled.
#[derive(Clone, Copy, PartialEq)]
enum Sampling {
    /// At period ends.
    Ends,
    /// Whenever this stage is chosen.
    Chosen(StageId),
}

const NOTHING: Tally = [0.0, 0.0];

impl<'m> Play<'m> {
    /// The answer to a question about play from a state at the end of period `after`.
    pub fn ask(&self, atom: &Atom, start: &State, after: usize) -> Tried<f64> {
        match atom {
            Atom::Ever { event, before, window } => self.ever(event, before.as_ref(), *window, start, after),
            Atom::Always { event, window } => self.always(event, *window, start, after),
            Atom::At { what, given, at, ahead } => self.at(what, given.as_ref(), *at, ahead, start, after),
            Atom::Total { what, until, window, discount } => {
                self.total(what, until.as_ref(), discount.as_ref(), *window, start, after)
            }
            // The language refuses to ask this of play with a last period, and the reference solver plays no other.
            Atom::LongRun { .. } => unreachable!("play with a last period has no long run"),
            Atom::WhenFirst { what, first, window, ahead } => {
                self.when_first(what, first, *window, ahead, start, after)
            }
            Atom::Count { stage, given, until, window } => {
                self.count(*stage, given.as_ref(), until.as_ref(), *window, start, after)
            }
            Atom::Choice { stage, actions, given, window } => {
                self.choice_share(*stage, actions, given.as_ref(), *window, start, after)
            }
            Atom::Value(player) => {
                let watch = |t: usize, moment: &Moment, _: &mut Memory| match moment {
                    Moment::Paid { player: paid, amount } if paid == player => {
                        // Each period on the way discounts by the factor that holds on the path in that period.
                        let factor: f64 =
                            (after + 1..t).map(|s| self.paths[self.segment(s)].discounts[player.0]).product();
                        Ok([factor * amount, 0.0])
                    }
                    _ => Ok(NOTHING),
                };
                Ok(self.follow(start, after, self.model.horizon + 1, &watch)?[0])
            }
            Atom::Policy { stage, actions, at, state } => {
                place::policy(&self.beliefs[self.segment(*at)], start, *stage, actions, *at, state)
            }
            Atom::Margin { stage, action, over, at, state } => {
                place::margin(&self.beliefs[self.segment(*at)], start, *stage, [*action, *over], *at, state)
            }
        }
    }

    fn ever(
        &self,
        event: &Expr,
        before: Option<&Expr>,
        window: Window,
        start: &State,
        after: usize,
    ) -> Tried<f64> {
        let watch = |t: usize, moment: &Moment, memory: &mut Memory| {
            if t <= window.after || memory.happened || memory.stopped {
                return Ok(NOTHING);
            }
            if self.sample(event, &[], t, moment)?.is_some_and(is_true) {
                memory.happened = true;
                return Ok([1.0, 0.0]);
            }
            if let Some(before) = before
                && self.sample(before, &[], t, moment)?.is_some_and(is_true)
            {
                memory.stopped = true;
            }
            Ok(NOTHING)
        };
        Ok(self.follow(start, after, window.by, &watch)?[0])
    }

    fn always(&self, event: &Expr, window: Window, start: &State, after: usize) -> Tried<f64> {
        let watch = |t: usize, moment: &Moment, memory: &mut Memory| {
            if t <= window.after || memory.stopped {
                return Ok(NOTHING);
            }
            if self.sample(event, &[], t, moment)?.is_some_and(|x| !is_true(x)) {
                memory.stopped = true;
            }
            let through = matches!(moment, Moment::End { .. }) && t == window.by && !memory.stopped;
            Ok([if through { 1.0 } else { 0.0 }, 0.0])
        };
        Ok(self.follow(start, after, window.by, &watch)?[0])
    }

    fn at(
        &self,
        what: &Expr,
        given: Option<&Expr>,
        at: usize,
        ahead: &[Ahead],
        start: &State,
        after: usize,
    ) -> Tried<f64> {
        if at == after {
            if let Some(given) = given
                && !self.scene(at, start).holds(given)?
            {
                return fault(UNDEFINED, "the condition has probability zero");
            }
            return match self.sampling(what) {
                Sampling::Chosen(_) if given.is_none() => Ok(0.0),
                _ => self.evaluate(what, ahead, at, start),
            };
        }
        let watch = |t: usize, moment: &Moment, _: &mut Memory| {
            if t != at {
                return Ok(NOTHING);
            }
            let Some(given) = given else {
                // Mass that does not reach the stage adds nothing, which is the value 0.
                return Ok([self.sample(what, ahead, t, moment)?.unwrap_or(0.0), 0.0]);
            };
            if !self.holds_at_end(Some(given), t, moment)? {
                return Ok(NOTHING);
            }
            match moment {
                Moment::End { state } => Ok([self.evaluate(what, ahead, t, state)?, 1.0]),
                _ => Ok(NOTHING),
            }
        };
        let tally = self.follow(start, after, at, &watch)?;
        if given.is_some() { ratio(tally) } else { Ok(tally[0]) }
    }

    fn total(
        &self,
        what: &Expr,
        until: Option<&Expr>,
        discount: Option<&Expr>,
        window: Window,
        start: &State,
        after: usize,
    ) -> Tried<f64> {
        let watch = |t: usize, moment: &Moment, memory: &mut Memory| {
            if memory.stopped {
                return Ok(NOTHING);
            }
            let mut sum = 0.0;
            if t > window.after {
                sum = self.sample(what, &[], t, moment)?.unwrap_or(0.0);
                for s in after + 1..t {
                    sum *= discount.map_or(Ok(1.0), |d| self.evaluate(d, &[], s, start))?;
                }
            }
            memory.stopped = self.holds_at_end(until, t, moment)?;
            Ok([sum, 0.0])
        };
        Ok(self.follow(start, after, window.by, &watch)?[0])
    }

    fn when_first(
        &self,
        what: &Expr,
        first: &Expr,
        window: Window,
        ahead: &[Ahead],
        start: &State,
        after: usize,
    ) -> Tried<f64> {
        let watch = |t: usize, moment: &Moment, memory: &mut Memory| {
            if memory.happened || !self.holds_at_end(Some(first), t, moment)? {
                return Ok(NOTHING);
            }
            memory.happened = true;
            if t <= window.after {
                return Ok(NOTHING);
            }
            match moment {
                Moment::End { state } => Ok([self.evaluate(what, ahead, t, state)?, 1.0]),
                _ => Ok(NOTHING),
            }
        };
        ratio(self.follow(start, after, window.by, &watch)?)
    }

    fn count(
        &self,
        stage: StageId,
        given: Option<&Expr>,
        until: Option<&Expr>,
        window: Window,
        start: &State,
        after: usize,
    ) -> Tried<f64> {
        let watch = |t: usize, moment: &Moment, memory: &mut Memory| {
            if memory.stopped {
                return Ok(NOTHING);
            }
            memory.stopped = self.holds_at_end(until, t, moment)?;
            match moment {
                Moment::Reached { stage: reached, before, .. } if *reached == stage && t > window.after => {
                    let counts = self.scene(t, before).holds_if_any(given)?;
                    Ok([if counts { 1.0 } else { 0.0 }, 0.0])
                }
                _ => Ok(NOTHING),
            }
        };
        Ok(self.follow(start, after, window.by, &watch)?[0])
    }

    fn choice_share(
        &self,
        stage: StageId,
        actions: &[usize],
        given: Option<&Expr>,
        window: Window,
        start: &State,
        after: usize,
    ) -> Tried<f64> {
        let watch = |t: usize, moment: &Moment, memory: &mut Memory| {
            match moment {
                Moment::Reached { stage: reached, before, .. } if *reached == stage && t > window.after => {
                    // The condition is on the state before the choice; it is remembered for the choice that follows.
                    let counts = self.scene(t, before).holds_if_any(given)?;
                    memory.held[0] = Some(if counts { 1.0 } else { 0.0 });
                    Ok([0.0, if counts { 1.0 } else { 0.0 }])
                }
                Moment::Chosen { stage: reached, action, .. } if *reached == stage && t > window.after => {
                    let counts = memory.held[0] == Some(1.0) && actions.contains(action);
                    Ok([if counts { 1.0 } else { 0.0 }, 0.0])
                }
                _ => Ok(NOTHING),
            }
        };
        ratio(self.follow(start, after, window.by, &watch)?)
    }

    /// Whether a condition is sampled true at this period end, whatever it names; no condition never is.
    fn holds_at_end(&self, condition: Option<&Expr>, t: usize, moment: &Moment) -> Tried<bool> {
        match (condition, moment) {
            (Some(condition), Moment::End { state }) => self.scene(t, state).holds(condition),
            _ => Ok(false),
        }
    }

    /// The value of an expression, if it is sampled at this moment.
    fn sample(&self, e: &Expr, ahead: &[Ahead], t: usize, moment: &Moment) -> Tried<Option<f64>> {
        let state = match (self.sampling(e), moment) {
            (Sampling::Ends, Moment::End { state }) => state,
            (Sampling::Chosen(stage), Moment::Chosen { stage: chosen_at, chosen, .. })
                if stage == *chosen_at =>
            {
                chosen
            }
            _ => return Ok(None),
        };
        self.evaluate(e, ahead, t, state).map(Some)
    }

    fn sampling(&self, e: &Expr) -> Sampling {
        let stages: Vec<StageId> = e
            .variables()
            .into_iter()
            .filter_map(|v| match self.model.var(v).kind {
                VarKind::Stage(stage) => Some(stage),
                _ => None,
            })
            .collect();
        match stages[..] {
            [stage] => Sampling::Chosen(stage),
            _ => Sampling::Ends,
        }
    }

    fn scene<'a>(&'a self, t: usize, state: &'a State) -> Scene<'a> {
        self.rules(t).scene(t, state)
    }

    /// The value of a question's expression in a state at time `t`.
    fn evaluate(&self, e: &Expr, ahead: &[Ahead], t: usize, state: &State) -> Tried<f64> {
        let look = |i: usize| self.ahead(&ahead[i], state, t);
        Scene { ahead: Some(&look), ..self.scene(t, state) }.value(e)
    }

    /// A question about play that goes on from the state at hand at time `t`, as if it stood at the end of `after`.
    fn ahead(&self, ahead: &Ahead, state: &State, t: usize) -> Tried<f64> {
        let here = self.rules(t).carry(state.clone());
        let key = (std::ptr::from_ref(ahead) as usize, here);
        if let Some(known) = self.aheads.borrow().get(&key) {
            return known.clone();
        }
        let answer = self.ask(&ahead.atom, &key.1, ahead.after);
        self.aheads.borrow_mut().insert(key, answer.clone());
        answer
    }
}

fn is_true(x: f64) -> bool {
    x != 0.0
}

fn ratio(tally: Tally) -> Tried<f64> {
    if tally[1] == 0.0 {
        fault(UNDEFINED, "the condition has probability zero")
    } else {
        Ok(tally[0] / tally[1])
    }
}
