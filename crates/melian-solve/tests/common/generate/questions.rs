//! Random questions, every kind of atom with every option.

use super::draft::{Draft, Known};
use crate::common::{
    build::*,
    reference::{evaluate::UNDEFINED, mechanics::State, place, walk::Play},
};
use melian_model::{Ahead, Atom, BinaryOp, Expr, ExprKind, PlayerId, StageId, VarId, VarKind, Window};

impl Draft {
    /// A question; none where the model has no stage or player to ask about.
    pub fn atom(&mut self, play: &Play) -> Option<Atom> {
        let horizon = self.b.model.horizon;
        let window = self.window();
        Some(match self.below(14) {
            0 | 1 => {
                let before = if self.odds(0.4) { Some(self.event()) } else { None };
                Atom::Ever { event: self.event(), before, window }
            }
            2 => Atom::Always { event: self.state_event(), window },
            3 => {
                let at = self.below(horizon + 1);
                let what = if at > 0 && self.odds(0.6) { self.event() } else { self.state_number() };
                Atom::At { what, given: None, at, ahead: Vec::new() }
            }
            4 if self.odds(0.2) => {
                let at = self.below(horizon + 1);
                let (c, given) = self.existing()?;
                Atom::At { what: c, given: Some(given), at, ahead: Vec::new() }
            }
            4 => {
                let at = self.below(horizon + 1);
                let given = if at > 0 && self.odds(0.4) { self.event() } else { self.state_event() };
                let what = if self.odds(0.5) { self.state_event() } else { self.state_number() };
                Atom::At { what, given: Some(given), at, ahead: Vec::new() }
            }
            5 => {
                let at = self.below(horizon + 1);
                let ahead = self.aheads(at);
                let given = if self.odds(0.4) { Some(self.state_event()) } else { None };
                Atom::At { what: self.looking_ahead(&ahead), given, at, ahead }
            }
            6 => {
                let until = self.until();
                let what = match self.below(3) {
                    0 => self.event(),
                    1 => self.stage_number().unwrap_or(num(1.0)),
                    _ => self.state_number(),
                };
                Atom::Total { what, until, window, discount: self.rate() }
            }
            7 if self.odds(0.2) => {
                let (c, first) = self.existing()?;
                Atom::WhenFirst { what: c, first, window, ahead: Vec::new() }
            }
            7 => Atom::WhenFirst {
                what: self.state_number(),
                first: self.state_event(),
                window,
                ahead: Vec::new(),
            },
            8 => {
                let after = window.by + self.below(horizon - window.by + 1);
                let ahead = self.aheads(after);
                Atom::WhenFirst { what: self.looking_ahead(&ahead), first: self.state_event(), window, ahead }
            }
            9 => {
                let stage = self.any_stage()?;
                let until = self.until();
                Atom::Count { stage, given: self.at_choice(stage), until, window }
            }
            10 | 11 => {
                let stage = self.any_stage()?;
                let all = self.b.model.stages[stage.0].actions.len();
                Atom::Choice { stage, actions: self.some_of(all), given: self.at_choice(stage), window }
            }
            12 if !self.players.is_empty() => Atom::Value(PlayerId(self.below(self.players.len()))),
            _ => return self.look_up(play),
        })
    }

    /// A stretch of periods.
    fn window(&mut self) -> Window {
        let after = if self.odds(0.3) { self.below(self.b.model.horizon) } else { 0 };
        self.window_after(after)
    }

    /// A stretch of periods after `after`.
    fn window_after(&mut self, after: usize) -> Window {
        let horizon = self.b.model.horizon;
        Window { after, by: after + 1 + self.below(horizon - after) }
    }

    fn any_stage(&mut self) -> Option<StageId> {
        let n = self.b.model.stages.len();
        if n == 0 { None } else { Some(StageId(self.below(n))) }
    }

    /// What a question about states may name.
    fn about_states(&self) -> Known {
        let hidden = self.vars(|kind| matches!(kind, VarKind::Local | VarKind::Stage(_)));
        Known { question: true, hidden: hidden.into_iter().collect(), ..Known::default() }
    }

    /// An event over state variables.
    fn state_event(&mut self) -> Expr {
        let known = self.about_states();
        self.condition(&known, 2)
    }

    /// A number over state variables.
    fn state_number(&mut self) -> Expr {
        let known = self.about_states();
        self.number(&known, 2)
    }

    /// A state event, an event of one stage, or one of several.
    fn event(&mut self) -> Expr {
        let n = self.b.model.stages.len();
        match self.below(4) {
            0 | 1 if n > 0 => self.stage_event(),
            2 if n > 1 => {
                let (a, b) = (self.chosen(), self.chosen());
                let both = self.odds(0.5);
                binary(if both { BinaryOp::And } else { BinaryOp::Or }, a, b)
            }
            _ => self.state_event(),
        }
    }

    /// That certain actions of a stage were chosen.
    fn chosen(&mut self) -> Expr {
        let stage = self.any_stage().expect("the model has stages");
        let v = self.b.var_of(stage);
        let levels = self.some_of(self.size(v));
        at(v, &levels)
    }

    /// An event that names one stage: what was chosen, perhaps in certain states.
    fn stage_event(&mut self) -> Expr {
        let chosen = self.chosen();
        let known = self.about_states();
        match self.below(5) {
            0 => and(chosen, self.condition(&known, 1)),
            1 => binary(BinaryOp::Or, self.condition(&known, 1), chosen),
            2 => not(chosen),
            _ => chosen,
        }
    }

    /// A number that names one stage: the argument of the action that was chosen.
    fn stage_number(&mut self) -> Option<Expr> {
        let stage = self.any_stage()?;
        let v = self.b.var_of(stage);
        let entries = self.arguments[stage.0].clone();
        let with: Vec<usize> = (0..entries.len()).filter(|k| !entries[*k].is_nan()).collect();
        if with.is_empty() {
            return None;
        }
        let argument = Expr::new(ExprKind::Argument(v, entries));
        let known = self.about_states();
        Some(if_then(at(v, &with), mul(argument, self.number(&known, 1)), num(0.0)))
    }

    /// A conditional variable, and that it is there.
    fn existing(&mut self) -> Option<(Expr, Expr)> {
        let conditionals = self.conditional_states();
        if conditionals.is_empty() {
            return None;
        }
        let c = self.pick(&conditionals);
        match &self.b.model.var(c).kind {
            VarKind::State { when: Some(when), .. } => Some((var(c), when.clone())),
            _ => None,
        }
    }

    fn until(&mut self) -> Option<Expr> {
        if self.odds(0.4) { Some(self.state_event()) } else { None }
    }

    /// What a total is discounted by, or nothing.
    fn rate(&mut self) -> Option<Expr> {
        if self.odds(0.3) { Some(Expr::number(self.decimal(5, 10))) } else { None }
    }

    /// A condition on the state just before a choice, or none.
    fn at_choice(&mut self, stage: StageId) -> Option<Expr> {
        if self.odds(0.5) { Some(self.before_choice(stage)) } else { None }
    }

    /// A condition on the state just before a choice: it may test everything but the stage itself and those
    /// played at the same time.
    pub fn before_choice(&mut self, stage: StageId) -> Expr {
        let own = [stage];
        let with = self.together.iter().find(|stages| stages.contains(&stage));
        let hidden = with.map_or(&own[..], |with| with).iter().map(|&s| self.b.var_of(s)).collect();
        let known = Known { question: true, hidden, ..Known::default() };
        self.condition(&known, 2)
    }

    /// Questions about play after the end of a period.
    fn aheads(&mut self, after: usize) -> Vec<Ahead> {
        let horizon = self.b.model.horizon;
        let mut aheads = Vec::new();
        for _ in 0..1 + self.below(2) {
            let atom = match self.below(5) {
                0 if !self.players.is_empty() => Atom::Value(PlayerId(self.below(self.players.len()))),
                1 if after < horizon => Atom::Total {
                    what: self.state_number(),
                    until: self.until(),
                    window: self.window_after(after),
                    discount: self.rate(),
                },
                2 if after < horizon => {
                    Atom::Always { event: self.state_event(), window: self.window_after(after) }
                }
                3 | 4 if after < horizon => {
                    let before = if self.odds(0.3) { Some(self.event()) } else { None };
                    Atom::Ever { event: self.event(), before, window: self.window_after(after) }
                }
                _ => {
                    let at = after + self.below(horizon - after + 1);
                    let what = if at > after { self.event() } else { self.state_number() };
                    Atom::At { what, given: None, at, ahead: Vec::new() }
                }
            };
            aheads.push(Ahead { atom, after });
        }
        aheads
    }

    /// An expression that reads the answers to these questions.
    fn looking_ahead(&mut self, aheads: &[Ahead]) -> Expr {
        let ahead = |i| Expr::new(ExprKind::Ahead(i));
        let last = ahead(aheads.len() - 1);
        match self.below(4) {
            0 => if_then(self.state_event(), ahead(0), last),
            1 => mul(self.state_number(), ahead(0)),
            2 => sub(ahead(0), num(0.3)),
            // Two answers are not compared with each other: they may be equal up to rounding.
            _ => binary(BinaryOp::Greater, last, num(0.37)),
        }
    }

    /// A look-up of a choice at a state that play can come to, or near one.
    fn look_up(&mut self, play: &Play) -> Option<Atom> {
        let model = play.model;
        let stages = (0..model.stages.len()).map(StageId);
        let places: Vec<_> =
            stages.flat_map(|s| place::places(model, s).into_iter().map(move |place| (s, place))).collect();
        let number = |site: usize| {
            places.iter().position(|(_, place)| std::ptr::from_ref(place.site.choice) as usize == site)
        };
        // By the number of the place: its address differs from run to run.
        let mut seen = Vec::new();
        for (i, belief) in play.beliefs.iter().enumerate() {
            for (period, site, state) in belief.decisions_seen() {
                if play.segment(period) == i {
                    seen.push((period, number(site)?, state));
                }
            }
        }
        seen.sort();
        if seen.is_empty() {
            return None;
        }
        let (period, place, mut state) = self.pick(&seen);
        let (stage, place) = &places[place];
        // What is chosen at the same time is not known.
        for site in &place.before {
            let v = model.stage(site.choice.stage).var;
            state[v.0] = model.var(v).absent();
        }
        let mut named: Vec<(VarId, usize)> = (0..state.len())
            .map(|i| (VarId(i), state[i]))
            .filter(|(v, level)| *level != model.var(*v).absent() && *level != play.scenario.start[v.0])
            .collect();
        let rules = play.rules(period);
        let assembled: State = place::assemble(rules, &play.scenario.start, place, period, &named).ok()?;
        if assembled != state {
            return None;
        }
        let plain = self.plain_states();
        if self.odds(0.3) && !plain.is_empty() {
            let v = self.pick(&plain);
            named.retain(|(named, _)| *named != v);
            named.push((v, self.below(self.size(v))));
        }
        if place::places(model, *stage).len() == 1 && self.odds(0.2) {
            named.retain(|(v, _)| place.inside.iter().all(|(stage, _)| stage != v));
        }
        let actions = model.stages[stage.0].actions.len();
        let atom = if self.odds(0.6) {
            Atom::Policy { stage: *stage, actions: self.some_of(actions), at: period, state: named }
        } else {
            let (action, over) = (self.below(actions), self.below(actions));
            Atom::Margin { stage: *stage, action, over, at: period, state: named }
        };
        // Off the path a state may be one that the program cannot go on from.
        match play.ask(&atom, &play.scenario.start, 0) {
            Err(fault) if fault.id != UNDEFINED => None,
            _ => Some(atom),
        }
    }
}
