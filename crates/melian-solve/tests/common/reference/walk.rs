//! The exact distribution of play along a scenario's path, period by period.
//!
//! At period starts it is a map from (state, what is remembered for the question) to mass; within a period every
//! execution path is followed by itself. A question sees the path as a series of moments, remembers two flags, and
//! adds amounts to a tally weighted with the mass of the path.

use super::{
    commitment,
    evaluate::Tried,
    game::Game,
    mechanics::{Mechanics, Rest, Site, State, Step},
};
use melian_model::{ActionBody, Model, PlayerId, StageId};
use melian_solve::Scenario;
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

/// Something that happens on the path.
pub enum Moment<'a, 'm> {
    /// Somebody is paid, or enjoys the shock of a choice (`emax`).
    Paid {
        /// Who.
        player: PlayerId,
        /// How much.
        amount: f64,
    },
    /// A stage is about to be played.
    Reached {
        /// Which.
        stage: StageId,
        /// The state just before the choice.
        before: &'a State,
        /// The actions whose guard holds.
        available: &'a [&'m ActionBody],
    },
    /// An action was chosen; its body has not run.
    Chosen {
        /// At which stage.
        stage: StageId,
        /// The state just before the choice, except that the stage's variable holds the action.
        chosen: &'a State,
        /// Which action.
        action: usize,
    },
    /// A period has ended; locals and stages are still there.
    End {
        /// The state.
        state: &'a State,
    },
}

/// What a question remembers of a path.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Memory {
    /// What it waits for has happened.
    pub happened: bool,
    /// Something came that settles the question otherwise.
    pub stopped: bool,
    /// Values sampled in the present period.
    pub held: [Option<f64>; 2],
}

/// Two sums, of which many answers are the ratio.
pub type Tally = [f64; 2];

/// What a question does at a moment: it may remember, and adds amounts to the tally.
pub type Watch<'w, 'm> = &'w dyn Fn(usize, &Moment<'_, 'm>, &mut Memory) -> Tried<Tally>;

/// Mass over states and flags.
type Distribution = BTreeMap<(State, bool, bool), f64>;

/// A scenario made ready for walking.
pub struct Play<'m> {
    /// The model.
    pub model: &'m Model,
    /// The scenario.
    pub scenario: &'m Scenario,
    /// The believed game of each segment.
    pub beliefs: Vec<Game<'m>>,
    /// The game that happens in each segment; of its equilibrium only the discounts are used.
    pub paths: Vec<Game<'m>>,
    /// Answers about play that goes on, by question and state.
    pub aheads: RefCell<HashMap<(usize, State), Tried<f64>>>,
}

/// What is followed through one period.
struct Follow<'a, 'm> {
    period: usize,
    watch: Watch<'a, 'm>,
    next: &'a mut Distribution,
    tally: &'a mut Tally,
}

impl<'m> Play<'m> {
    /// The scenario's games.
    pub fn new(model: &'m Model, scenario: &'m Scenario) -> Tried<Play<'m>> {
        let games = |pick: fn(&melian_solve::Segment) -> &melian_solve::Setting| {
            scenario.segments.iter().map(|s| Game::new(model, pick(s))).collect::<Tried<Vec<_>>>()
        };
        Ok(Play {
            model,
            scenario,
            beliefs: games(|s| &s.belief)?,
            paths: games(|s| &s.path)?,
            aheads: RefCell::default(),
        })
    }

    /// The segment that a period belongs to; period 0 belongs to the first, what `finally` does to the last.
    pub fn segment(&self, period: usize) -> usize {
        let last = self.scenario.segments.len() - 1;
        self.scenario.segments.iter().position(|s| period <= s.until).unwrap_or(last)
    }

    /// The rules of the game that happens in a period.
    pub fn rules(&self, period: usize) -> &Mechanics<'m> {
        &self.paths[self.segment(period)].mechanics
    }

    /// Follows play from a state at the end of period `after` through the end of period `until`; up to one past the
    /// horizon, which is what `finally` pays.
    pub fn follow(&self, start: &State, after: usize, until: usize, watch: Watch<'_, 'm>) -> Tried<Tally> {
        Ok(self.follow_to(start, after, until, watch)?.0)
    }

    fn follow_to(
        &self,
        start: &State,
        after: usize,
        until: usize,
        watch: Watch<'_, 'm>,
    ) -> Tried<(Tally, Distribution)> {
        let mut tally = [0.0, 0.0];
        let mut now = Distribution::from([((start.clone(), false, false), 1.0)]);
        for period in after + 1..=until {
            let mut next = Distribution::new();
            let mut follow = Follow { period, watch, next: &mut next, tally: &mut tally };
            for ((state, happened, stopped), mass) in now {
                let memory = Memory { happened, stopped, held: [None; 2] };
                let ended = self.rules(period).ended(&state);
                if period > self.model.horizon {
                    if !ended {
                        self.finally(&state, vec![&self.model.finally.0], mass, memory, &mut follow)?;
                    }
                } else if ended {
                    self.end(state, mass, memory, &mut follow)?;
                } else {
                    self.path(state, vec![&self.model.period.0], mass, memory, &mut follow)?;
                }
            }
            now = next;
        }
        Ok((tally, now))
    }

    /// The distribution of states at the end of period `until`, from a state at the end of period `after`.
    pub fn states_at(&self, start: &State, after: usize, until: usize) -> Tried<BTreeMap<State, f64>> {
        let nothing = |_: usize, _: &Moment<'_, 'm>, _: &mut Memory| Ok([0.0, 0.0]);
        let (_, distribution) = self.follow_to(start, after, until, &nothing)?;
        let mut states = BTreeMap::new();
        for ((state, _, _), mass) in distribution {
            *states.entry(state).or_default() += mass;
        }
        Ok(states)
    }

    /// Follows every execution path of the rest of a period.
    fn path(
        &self,
        state: State,
        rest: Rest<'m>,
        mass: f64,
        mut memory: Memory,
        follow: &mut Follow<'_, 'm>,
    ) -> Tried<()> {
        if mass == 0.0 {
            return Ok(());
        }
        let period = follow.period;
        match self.rules(period).step(period, &state, rest)? {
            Step::Over => {
                self.rules(period).check_end(period, &state)?;
                self.end(state, mass, memory, follow)
            }
            Step::Go(state, rest) => self.path(state, rest, mass, memory, follow),
            Step::Paid(player, amount, rest) => {
                follow.see(&Moment::Paid { player, amount }, mass, &mut memory)?;
                self.path(state, rest, mass, memory, follow)
            }
            Step::Draw(outcomes, rest) => {
                for (state, p) in outcomes {
                    self.path(state, rest.clone(), mass * p, memory, follow)?;
                }
                Ok(())
            }
            Step::Choose(site) => self.choice(&state, &site, mass, memory, follow),
        }
    }

    fn choice(
        &self,
        state: &State,
        site: &Site<'m>,
        mass: f64,
        mut memory: Memory,
        follow: &mut Follow<'_, 'm>,
    ) -> Tried<()> {
        let period = follow.period;
        let segment = self.segment(period);
        let belief = &self.beliefs[segment];
        let stage = site.choice.stage;
        let mover = self.model.stage(stage).player;

        let decision = belief.decide(period, state, site)?;
        let believed = |action: usize| {
            let k = decision.available.iter().position(|a| a.action == action);
            k.map_or(0.0, |k| decision.p[k])
        };
        // The believed probabilities, given that the action is one of those open on the path.
        let available = &self.rules(period).available(period, site, state)?;
        let commitments = &self.scenario.segments[segment].path.commitments;
        let scene = self.rules(period).scene(period, state);
        let open = commitment::binding(commitments, scene, stage, available)?
            .unwrap_or_else(|| (0..available.len()).collect());
        let kept: f64 = open.iter().map(|&k| believed(available[k].action)).sum();
        let mut p = vec![0.0; available.len()];
        for &k in &open {
            p[k] = if kept > 0.0 { believed(available[k].action) / kept } else { 1.0 / open.len() as f64 };
        }

        follow.see(&Moment::Reached { stage, before: state, available }, mass, &mut memory)?;
        let shock = belief.shock(mover, &p)?;
        follow.see(&Moment::Paid { player: mover, amount: shock }, mass, &mut memory)?;
        for (action, p) in available.iter().zip(&p) {
            if *p == 0.0 {
                continue;
            }
            let (chosen, rest) = self.rules(period).choose(site, state, action);
            let mut memory = memory;
            let moment = Moment::Chosen { stage, chosen: &chosen, action: action.action };
            follow.see(&moment, mass * p, &mut memory)?;
            self.path(chosen, rest, mass * p, memory, follow)?;
        }
        Ok(())
    }

    fn end(&self, state: State, mass: f64, mut memory: Memory, follow: &mut Follow<'_, 'm>) -> Tried<()> {
        follow.see(&Moment::End { state: &state }, mass, &mut memory)?;
        let carried = self.rules(follow.period).carry(state);
        *follow.next.entry((carried, memory.happened, memory.stopped)).or_default() += mass;
        Ok(())
    }

    fn finally(
        &self,
        state: &State,
        rest: Rest<'m>,
        mass: f64,
        mut memory: Memory,
        follow: &mut Follow<'_, 'm>,
    ) -> Tried<()> {
        match self.rules(follow.period).step(self.model.horizon, state, rest)? {
            Step::Over => Ok(()),
            Step::Go(state, rest) => self.finally(&state, rest, mass, memory, follow),
            Step::Paid(player, amount, rest) => {
                follow.see(&Moment::Paid { player, amount }, mass, &mut memory)?;
                self.finally(state, rest, mass, memory, follow)
            }
            Step::Draw(..) | Step::Choose(_) => unreachable!("`finally` only pays"),
        }
    }
}

impl<'m> Follow<'_, 'm> {
    fn see(&mut self, moment: &Moment<'_, 'm>, mass: f64, memory: &mut Memory) -> Tried<()> {
        let amounts = (self.watch)(self.period, moment, memory)?;
        self.tally[0] += mass * amounts[0];
        self.tally[1] += mass * amounts[1];
        Ok(())
    }
}
