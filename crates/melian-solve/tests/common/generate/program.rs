//! A random program of a period.
//!
//! What is certain at each point is tracked, so that optional variables are read where they are there, conditional
//! variables are assigned where their condition holds, and a stage is played at most once in a period.

use super::draft::{Draft, Known};
use crate::common::build::*;
use melian_model::{
    ActionBody, Distribution, Domain, Expr, PlayerId, Precision, StageId, Statement, StatementKind, VarId,
    VarKind,
};

impl Draft {
    /// The program of a period.
    pub fn period(&mut self) -> Vec<Statement> {
        let mut known = Known::default();
        let mut paths = 10 + self.below(90);
        let length = 3 + self.below(6);
        let mut program = self.block(length, 3, &mut known, &mut paths);
        // Most variables move at the end, or few states would ever be reached.
        let mut more = if self.odds(0.7) { 12 } else { 1 };
        for v in self.plain_states() {
            if let Some(law) = self.law(v, true, &known, &mut more) {
                self.forget_conditionals(v, &mut known);
                program.push(draw(v, law));
            }
        }
        program.extend(self.mend_conditionals());
        program
    }

    /// What is paid after the last period.
    pub fn finally(&mut self) -> Vec<Statement> {
        // Locals and stages are gone by then.
        let hidden = self.vars(|kind| matches!(kind, VarKind::Local | VarKind::Stage(_)));
        let known = Known { hidden: hidden.into_iter().collect(), ..Known::default() };
        let mut statements = Vec::new();
        for _ in 0..self.below(3) {
            let paid = self.pay(&known);
            let Some(paid) = paid else { break };
            if self.odds(0.5) {
                let condition = self.condition(&known, 1);
                let otherwise = self.pay(&known).into_iter().collect();
                statements.push(if_else(condition, vec![paid], otherwise));
            } else {
                statements.push(paid);
            }
        }
        statements
    }

    /// Statements in a row. `paths` is how many execution paths they may still branch into.
    fn block(&mut self, length: usize, depth: usize, known: &mut Known, paths: &mut usize) -> Vec<Statement> {
        let mut statements = Vec::new();
        for _ in 0..length {
            match self.below(17) {
                0..=2 => statements.extend(self.assignment(known)),
                3..=5 => statements.extend(self.redraw(known, paths)),
                6 | 7 => statements.extend(self.pay(known)),
                8 | 9 if depth > 0 => statements.push(self.branch(depth, known, paths)),
                10 | 11 | 14 if depth > 0 => statements.extend(self.stage(depth, known, paths)),
                15 if depth > 0 => statements.extend(self.together(known, paths)),
                16 => statements.extend(self.conditional(known)),
                12 | 13 if depth < 3 && self.b.model.ended.is_some() && self.odds(0.7) => {
                    statements.extend(self.mend_conditionals());
                    statements.push(end());
                    break;
                }
                _ => statements.extend(self.declare(known, paths)),
            }
        }
        statements
    }

    /// `x = e` for a variable that may be assigned without further thought.
    fn assignment(&mut self, known: &mut Known) -> Vec<Statement> {
        let mut targets = self.plain_states();
        targets.extend(known.present.iter().filter(|v| self.b.model.var(**v).kind == VarKind::Local));
        if targets.is_empty() {
            return Vec::new();
        }
        let target = self.pick(&targets);
        let value = self.value_for(target, known, 2);
        self.forget_conditionals(target, known);
        vec![assign(target, value)]
    }

    /// `x ~ law`.
    fn redraw(&mut self, known: &mut Known, paths: &mut usize) -> Vec<Statement> {
        let mut targets = self.plain_states();
        targets.extend(known.present.iter().filter(|v| !self.is_stage(**v)));
        if targets.is_empty() {
            return Vec::new();
        }
        let target = self.pick(&targets);
        let Some(law) = self.law(target, true, known, paths) else { return Vec::new() };
        self.forget_conditionals(target, known);
        vec![draw(target, law)]
    }

    /// A random law; `current`: the variable's value may be used.
    fn law(
        &mut self,
        target: VarId,
        current: bool,
        known: &Known,
        paths: &mut usize,
    ) -> Option<Distribution> {
        let size = self.size(target);
        let domain = self.b.model.var(target).domain;
        let kinds = 5;
        let (law, ways) = match self.below(kinds) {
            0 if current => {
                let (up, down) = (self.probability(0.45, known), self.probability(0.5, known));
                (Distribution::Walk { up, down }, size.min(3))
            }
            1 if matches!(domain, Domain::Grid { .. } | Domain::Integers { .. }) => {
                let sd = add(num(0.4), call(melian_model::Function::Abs, vec![self.number(known, 0)]));
                (Distribution::Normal { mean: self.number(known, 1), sd }, size)
            }
            2 if matches!(domain, Domain::Integers { lo: 0, .. }) => {
                let most = num((size - 1) as f64);
                let n = if self.odds(0.5) { most } else { if_then(self.condition(known, 1), most, num(0.0)) };
                (Distribution::Binomial { n, p: self.probability(1.0, known) }, size)
            }
            3 => (Distribution::Uniform, size),
            _ => self.outcomes(target, current, known),
        };
        if ways > *paths {
            return None;
        }
        *paths /= ways;
        Some(law)
    }

    fn outcomes(&mut self, target: VarId, current: bool, known: &Known) -> (Distribution, usize) {
        let ways = 1 + self.below(3);
        let mut list = Vec::new();
        let exact = self.odds(0.2);
        for k in 0..ways {
            let value = if current && self.odds(0.3) { None } else { Some(self.value_for(target, known, 1)) };
            // Quarters add up exactly, so that `rest` is not always needed.
            let p = match (k + 1 == ways, exact) {
                (true, true) => Some(num(1.0 - 0.25 * k as f64)),
                (true, false) => None,
                (false, true) => Some(num(0.25)),
                (false, false) => Some(self.probability(0.45, known)),
            };
            list.push((value, p));
        }
        if self.odds(0.3) {
            list.reverse();
        }
        (outcomes(list), ways)
    }

    /// `P gains e`.
    fn pay(&mut self, known: &Known) -> Option<Statement> {
        if self.players.is_empty() {
            return None;
        }
        let line = self.pick(&self.players.clone());
        // Whole and half amounts now and then, so that best responses tie.
        let amount = if self.odds(0.3) { num(self.pick(&[0.0, 1.0, -0.5])) } else { self.number(known, 2) };
        Some(pay(line, amount))
    }

    fn branch(&mut self, depth: usize, known: &mut Known, paths: &mut usize) -> Statement {
        let arms = 1 + self.below(2);
        let mut ends = Vec::new();
        let mut fewest = *paths;
        let mut blocks = Vec::new();
        for k in 0..=arms {
            let mut inside = known.clone();
            let mut left = *paths;
            let condition = self.condition(known, 2);
            let length = if k == arms { self.below(3) } else { 1 + self.below(3) };
            // One stage may stand in one place only; `block` sees to that by always making a new one.
            let block = self.block(length, depth - 1, &mut inside, &mut left);
            fewest = fewest.min(left);
            ends.push(inside.present);
            blocks.push((condition, melian_model::Block(block)));
        }
        *paths = fewest;
        known.present.retain(|v| ends.iter().all(|present| present.contains(v)));
        let (_, otherwise) = blocks.pop().expect("the last one is `else`");
        statement(StatementKind::If { arms: blocks, otherwise })
    }

    /// A new stage, played here.
    fn stage(&mut self, depth: usize, known: &mut Known, paths: &mut usize) -> Option<Statement> {
        let movers: Vec<PlayerId> = self
            .players
            .iter()
            .map(|p| p.0)
            .filter(|p| self.b.model.players[p.0].precision.is_some())
            .collect();
        if movers.is_empty() || self.stages_left == 0 || *paths < 2 {
            return None;
        }
        let mover = self.pick(&movers);
        let stage = self.new_stage(mover);
        let nested = if self.odds(0.35) && self.stages_left > 0 && *paths > 8 {
            let mover = self.pick(&movers);
            Some(self.new_stage(mover))
        } else {
            None
        };
        Some(self.site(stage, nested, depth, known, paths))
    }

    /// New stages that are played at the same time, by different players of finite precision: how ties among best
    /// responses are shared hangs on the last bits.
    fn together(&mut self, known: &mut Known, paths: &mut usize) -> Vec<Statement> {
        let finite = |p: &PlayerId| matches!(self.b.model.players[p.0].precision, Some(Precision::Finite(_)));
        let mut movers: Vec<PlayerId> = self.players.iter().map(|p| p.0).filter(finite).collect();
        movers.truncate(self.stages_left);
        if movers.len() < 2 || *paths < 12 {
            return Vec::new();
        }
        if movers.len() > 2 && self.odds(0.5) {
            let leaver = self.below(movers.len());
            movers.remove(leaver);
        }
        let mut choices = Vec::new();
        let mut after = Vec::new();
        let stages: Vec<StageId> = movers.iter().map(|&mover| self.new_stage(mover)).collect();
        // Nobody sees what the others choose.
        let mut before = known.clone();
        before.hidden.extend(stages.iter().map(|&stage| self.b.var_of(stage)));
        for &stage in &stages {
            let v = self.b.var_of(stage);
            let all = self.size(v);
            *paths /= all.max(1);
            let actions = (0..all).map(|k| match k > 0 && self.odds(0.3) {
                true => guarded(k, self.condition(&before, 1), Vec::new()),
                false => action(k, Vec::new()),
            });
            choices.push((stage, actions.collect()));
            known.present.insert(v);
        }
        self.together.push(stages.clone());
        for &stage in &stages {
            let v = self.b.var_of(stage);
            let line = self.players[self.b.model.stage(stage).player.0];
            let k = self.below(self.size(v));
            let amount = self.number(known, 2);
            after.push(when(at(v, &[k]), vec![pay(line, amount)]));
            after.extend(self.assignment(known));
        }
        let mut statements = together(choices);
        statements.extend(after);
        statements
    }

    fn new_stage(&mut self, mover: PlayerId) -> StageId {
        self.stages_left -= 1;
        let number = self.b.model.stages.len();
        let actions = 1 + self.below(3) + usize::from(self.odds(0.7));
        let names: Vec<String> = (0..actions).map(|k| format!("a{k}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let stage = self.b.stage(mover, &format!("stage{number}"), &names);
        let mut arguments = vec![f64::NAN; actions];
        if self.odds(0.6) {
            for (k, argument) in arguments.iter_mut().enumerate() {
                if self.odds(0.7) {
                    *argument = self.decimal(-10, 10);
                    let printed = ("k".to_string(), format!("{argument}"));
                    self.b.model.stages[stage.0].actions[k].arguments.push(printed);
                }
            }
        }
        self.arguments.push(arguments);
        stage
    }

    /// One place of a stage. With `nested`, several of its actions have a place of that stage in their bodies, as the
    /// copies of a family's body do.
    fn site(
        &mut self,
        stage: StageId,
        nested: Option<StageId>,
        depth: usize,
        known: &mut Known,
        paths: &mut usize,
    ) -> Statement {
        let v = self.b.var_of(stage);
        let all = self.size(v);
        let mut here: Vec<usize> = (0..all).collect();
        if all > 1 && self.odds(0.15) {
            here = self.some_of(all);
        }
        let free = self.pick(&here);
        let split = if here.len() > 1 && self.odds(0.1) { Some(self.condition(known, 1)) } else { None };
        let share = (*paths / here.len()).max(1);
        let mut left_in_all = share;
        let mut ends = Vec::new();
        let mut bodies: Vec<ActionBody> = Vec::new();
        for &k in &here {
            let mut inside = known.clone();
            inside.present.insert(v);
            let mut left = share;
            let length = self.below(3);
            let mut body: Vec<Statement> = Vec::new();
            if self.odds(0.6) {
                let amount = self.number(&inside, 2);
                body.push(pay(self.players[self.b.model.stage(stage).player.0], amount));
            }
            body.extend(self.block(length, depth - 1, &mut inside, &mut left));
            if let Some(nested) = nested
                && left > 2
                && depth > 1
                && !ends_play(&body)
            {
                body.push(self.site(nested, None, depth - 1, &mut inside, &mut left));
                let length = self.below(2);
                body.extend(self.block(length, depth - 1, &mut inside, &mut left));
            }
            left_in_all = left_in_all.min(left);
            ends.push(inside.present);
            let guard = match &split {
                // Two actions that share the states between them: neither is always there.
                Some(condition) if k == here[0] => Some(condition.clone()),
                Some(condition) if k == here[1] => Some(not(condition.clone())),
                _ if k != free && self.odds(0.35) => Some(self.condition(known, 2)),
                _ => None,
            };
            bodies.push(ActionBody { guard, ..action(k, body) });
        }
        *paths = left_in_all;
        known.present.insert(v);
        known.present.retain(|v| ends.iter().all(|present| present.contains(v)));
        choose(stage, bodies)
    }

    /// A local gets its first value.
    fn declare(&mut self, known: &mut Known, paths: &mut usize) -> Option<Statement> {
        let locals: Vec<VarId> = self
            .vars(|kind| *kind == VarKind::Local)
            .into_iter()
            .filter(|v| !known.present.contains(v))
            .collect();
        if locals.is_empty() {
            return None;
        }
        let local = self.pick(&locals);
        let statement = match self.odds(0.4) {
            true => draw(local, self.law(local, false, known, paths)?),
            false => assign(local, self.value_for(local, known, 2)),
        };
        known.present.insert(local);
        Some(statement)
    }

    /// A conditional variable is assigned: where its condition holds, after making it hold, or before.
    fn conditional(&mut self, known: &mut Known) -> Vec<Statement> {
        let conditionals = self.conditional_states();
        if conditionals.is_empty() {
            return Vec::new();
        }
        let c = self.pick(&conditionals);
        let (when_c, u, levels) = self.condition_of(c);
        let value = self.value_for(c, known, 1);
        let domain = self.b.model.var(u).domain;
        let enter = assign(u, num(domain.value(levels[0])));
        match self.below(3) {
            0 => vec![when(when_c, vec![assign(c, value)])],
            1 => {
                self.forget_conditionals(u, known);
                known.present.insert(c);
                vec![enter, assign(c, self.value_for(c, &Known::default(), 0))]
            }
            _ => {
                self.forget_conditionals(u, known);
                known.present.insert(c);
                vec![assign(c, value), enter]
            }
        }
    }

    /// A conditional variable's condition, which in these models tests the levels of one variable.
    fn condition_of(&self, c: VarId) -> (Expr, VarId, Vec<usize>) {
        if let VarKind::State { when: Some(when), .. } = &self.b.model.var(c).kind
            && let melian_model::ExprKind::IsAt(u, levels) = &when.kind
        {
            return (when.clone(), *u, levels.clone());
        }
        unreachable!("the generator makes conditions of this form only")
    }

    /// Assigns conditional variables that ought to be there and are not.
    fn mend_conditionals(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        for c in self.conditional_states() {
            let (when_c, ..) = self.condition_of(c);
            let all: Vec<usize> = (0..self.size(c)).collect();
            let value = self.value_for(c, &Known::default(), 0);
            statements.push(when(and(when_c, not(at(c, &all))), vec![assign(c, value)]));
        }
        statements
    }

    /// After `u` changed, conditional variables that depend on it may be gone.
    fn forget_conditionals(&mut self, u: VarId, known: &mut Known) {
        for c in self.conditional_states() {
            if self.condition_of(c).1 == u {
                known.present.remove(&c);
            }
        }
    }

    fn is_stage(&self, v: VarId) -> bool {
        matches!(self.b.model.var(v).kind, VarKind::Stage(_))
    }

    /// A player's precision.
    pub fn precision(&mut self) -> Precision {
        match self.below(5) {
            0 => Precision::Infinite,
            1 if self.b.model.convention == melian_model::Convention::Payoff => Precision::Finite(num(0.0)),
            2 if !self.chances.is_empty() => {
                Precision::Finite(add(num(0.5), mul(num(4.0), par(self.pick(&self.chances.clone())))))
            }
            _ => Precision::Finite(num(self.decimal(2, 60))),
        }
    }
}

fn ends_play(body: &[Statement]) -> bool {
    body.last().is_some_and(|s| matches!(s.kind, StatementKind::End))
}
