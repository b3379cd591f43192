//! What a random case exercises, read off the case itself and its answers.

use super::Case;
use crate::common::reference::{self, place, walk::Play};
use melian_model::{
    Atom, Block, Convention, Distribution, Expr, ExprKind, Model, Outcome, Precision, StageId, Statement,
    StatementKind, VarKind, Weight,
};
use melian_solve::Answer;
use std::{collections::BTreeSet, fmt::Debug};

/// The names of everything that occurs in a case.
pub fn features(case: &Case) -> BTreeSet<String> {
    let mut found = Found(BTreeSet::new());
    found.model(&case.model);
    found.scenario(case);
    for atom in &case.atoms {
        found.atom(&case.model, atom);
    }
    found.play(case);
    found.0
}

struct Found(BTreeSet<String>);

/// The name of a variant: the first word of its debug text.
fn variant(x: &impl Debug) -> String {
    format!("{x:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}

impl Found {
    fn note(&mut self, name: impl Into<String>) {
        self.0.insert(name.into());
    }

    fn note_if(&mut self, condition: bool, name: &str) {
        if condition {
            self.note(name);
        }
    }

    fn model(&mut self, model: &Model) {
        self.block(&model.period, &[]);
        self.block(&model.finally, &["finally"]);
        self.note_if(model.convention == Convention::Emax, "emax");
        self.note_if(model.calendar.is_some(), "calendar");
        self.note_if(model.players.is_empty(), "no player");
        self.note_if(model.players.len() > 1, "several players");
        for (i, player) in model.players.iter().enumerate() {
            let chooses = model.stages.iter().any(|s| s.player.0 == i);
            self.note_if(!chooses, "player without stage");
            self.note_if(player.precision.is_none(), "player without precision");
            if chooses {
                match &player.precision {
                    Some(Precision::Infinite) => self.note("infinite precision"),
                    Some(Precision::Finite(e)) if e.literal() == Some(0.0) => self.note("zero precision"),
                    Some(Precision::Finite(e)) if e.reads_parameters() => self.note("precision by parameter"),
                    _ => self.note("finite precision"),
                }
            }
            match player.discount.literal() {
                Some(0.0) => self.note("discount 0"),
                Some(1.0) => self.note("discount 1"),
                Some(_) => self.note("discount between"),
                None => self.note("discount by parameter"),
            }
        }
        for stage in 0..model.stages.len() {
            let places = place::places(model, StageId(stage));
            self.note_if(places.len() > 1, "stage at several places");
            for place in &places {
                let actions = &place.site.choice.actions;
                let all = model.stages[stage].actions.len();
                self.note_if(actions.len() < all, "action left out at a place");
                self.note_if(actions.iter().all(|a| a.guard.is_some()), "no unguarded action");
                self.note_if(actions.iter().any(|a| a.guard.is_some()), "guard");
                self.note_if(place.inside.len() > 1, "choice two deep");
            }
        }
        for variable in &model.vars {
            match &variable.kind {
                VarKind::State { start, when: Some(_) } => {
                    self.note(format!("conditional {}", variant(start)));
                }
                kind => self.note(format!("variable {}", variant(kind))),
            }
            self.note(format!("domain {}", variant(&variable.domain)));
            self.note_if(variable.domain.size() == 1 && variable.is_state(), "domain of one level");
        }
        let mut read = BTreeSet::new();
        each_expr(&model.period, &mut |e| read.extend(e.variables()));
        each_expr(&model.finally, &mut |e| read.extend(e.variables()));
        let dead = model.vars.iter().enumerate().any(|(i, v)| {
            matches!(v.kind, VarKind::State { when: None, .. }) && !read.contains(&melian_model::VarId(i))
        });
        self.note_if(dead, "dead variable");
    }

    fn block(&mut self, block: &Block, inside: &[&'static str]) {
        for statement in &block.0 {
            let kind = variant(&statement.kind);
            self.note(format!("statement {kind}"));
            if let Some(around) = inside.last() {
                self.note(format!("{kind} in {around}"));
            }
            self.statement(statement, inside);
        }
    }

    fn statement(&mut self, statement: &Statement, inside: &[&'static str]) {
        let deeper = |name| [inside, &[name]].concat();
        exprs_of(statement, &mut |e| self.expr(e, "program"));
        match &statement.kind {
            StatementKind::Draw(draw) => {
                self.note(format!("law {}", variant(&draw.law)));
                if let Distribution::Outcomes(list) = &draw.law {
                    let rest = list.iter().any(|(_, w)| *w == Weight::Rest);
                    self.note(if rest { "rest" } else { "no rest" });
                    self.note_if(list.iter().any(|(o, _)| *o == Outcome::Stay), "stay");
                }
            }
            StatementKind::If { arms, otherwise } => {
                self.note_if(arms.len() > 1, "else if");
                self.note_if(!otherwise.0.is_empty(), "else");
                for arm in arms.iter().map(|(_, arm)| arm).chain([otherwise]) {
                    self.block(arm, &deeper("if"));
                }
            }
            StatementKind::Choose(choice) => {
                for action in &choice.actions {
                    self.block(&action.body, &deeper("choice"));
                }
            }
            _ => {}
        }
    }

    fn expr(&mut self, e: &Expr, place: &str) {
        e.visit(&mut |e| {
            self.note(match &e.kind {
                ExprKind::Call(f, _) => format!("function {f:?}"),
                ExprKind::Binary(op, ..) => format!("operator {op:?}"),
                ExprKind::Unary(op, _) => format!("operator {op:?}"),
                kind => format!("expression {} in {place}", variant(kind)),
            });
        });
    }

    fn scenario(&mut self, case: &Case) {
        let scenario = &case.scenario;
        self.note_if(scenario.segments.len() > 1, "unexpected");
        self.note_if(scenario.start != case.model.start(), "other start");
        for segment in &scenario.segments {
            let unnoticed = segment.belief != segment.path;
            self.note_if(unnoticed, "unnoticed");
            self.note_if(unnoticed && scenario.segments.len() > 1, "unexpected and unnoticed");
            self.note_if(unnoticed && !segment.belief.commitments.is_empty(), "with and unnoticed");
            self.note_if(!unnoticed && segment.path.params != case.model.defaults(), "other parameters");
            self.note_if(unnoticed && segment.path.params != segment.belief.params, "unnoticed parameters");
            let commitments = &segment.path.commitments;
            for (i, c) in commitments.iter().enumerate() {
                self.note(if unnoticed { "unnoticed commitment" } else { "commitment" });
                self.note_if(c.when.is_some(), "commitment with condition");
                self.note_if(c.from > 1 || c.until < case.model.horizon, "commitment for a while");
                self.note_if(c.actions.len() > 1, "commitment to several actions");
                self.note_if(commitments[..i].iter().any(|b| b.stage == c.stage), "commitments to one stage");
            }
        }
    }

    fn atom(&mut self, model: &Model, atom: &Atom) {
        let name = variant(atom);
        self.note(format!("atom {name}"));
        let mut option = |given: bool, option: &str| {
            if given {
                self.0.insert(format!("atom {name} {option}"));
            }
        };
        let mut events: Vec<&Expr> = Vec::new();
        let mut aheads = &Vec::new();
        match atom {
            Atom::Ever { event, before, window } => {
                option(before.is_some(), "before");
                option(window.after > 0, "after");
                events.extend([event].into_iter().chain(before));
            }
            Atom::Always { event, window } => {
                option(window.after > 0, "after");
                events.push(event);
            }
            Atom::At { what, given, at, ahead } => {
                option(*at == 0, "start");
                option(given.is_some(), "given");
                option(!ahead.is_empty(), "ahead");
                events.extend([what].into_iter().chain(given));
                aheads = ahead;
            }
            Atom::Total { what, until, window, discount } => {
                option(discount.is_some(), "discounted");
                option(until.is_some(), "until");
                option(window.after > 0, "after");
                events.extend([what].into_iter().chain(until));
            }
            Atom::WhenFirst { what, first, window, ahead } => {
                option(!ahead.is_empty(), "ahead");
                option(window.after > 0, "after");
                events.extend([what, first]);
                aheads = ahead;
            }
            Atom::Count { given, until, window, .. } => {
                option(given.is_some(), "given");
                option(until.is_some(), "until");
                option(window.after > 0, "after");
                events.extend(given.iter().chain(until));
            }
            Atom::Choice { given, window, .. } => {
                option(given.is_some(), "given");
                option(window.after > 0, "after");
                events.extend(given);
            }
            Atom::LongRun { .. } | Atom::Value(_) => {}
            Atom::Policy { state, .. } | Atom::Margin { state, .. } => option(!state.is_empty(), "where"),
        }
        for event in events {
            self.expr(event, "question");
            let stages =
                event.variables().iter().filter(|v| matches!(model.var(**v).kind, VarKind::Stage(_))).count();
            self.note(format!(
                "atom {name} naming {}",
                ["no stage", "one stage", "several stages"][stages.min(2)]
            ));
        }
        for ahead in aheads {
            self.note(format!("ahead {}", variant(&ahead.atom)));
        }
    }

    /// What turns up in play.
    fn play(&mut self, case: &Case) {
        let Ok((answers, bounds)) = reference::answer(&case.model, &case.scenario, &case.atoms) else {
            return self.note("fault");
        };
        for (answer, atom) in answers.iter().zip(&case.atoms) {
            match answer {
                Answer::Number(x) => {
                    let inner = *x != 0.0 && *x != 1.0;
                    self.note_if(inner, &format!("inner answer to {}", variant(atom)));
                }
                Answer::Undefined(_) => self.note(format!("undefined {}", variant(atom))),
            }
        }
        for bound in bounds.iter().flatten() {
            self.note_if(bound.bound > 0.0, "commitment bound");
            self.note_if(bound.bound > 0.0 && bound.bound < bound.visits, "commitment bound at times");
        }
        let play = Play::new(&case.model, &case.scenario).expect("it was answered");
        play.beliefs[0].value(1, &case.scenario.start).expect("it was answered");
        self.note_if(play.beliefs[0].states_seen() > 50, "more than 50 states");
        for decision in play.beliefs[0].all_decisions() {
            let possible = decision.p.iter().filter(|p| **p > 0.0).count();
            self.note_if(possible > 1 && decision.precision.is_infinite(), "tie");
            self.note_if(possible == 1 && decision.p.len() > 1, "best response");
            self.note_if(possible > 1 && possible < decision.p.len(), "some probabilities zero");
            self.note_if(decision.bound, "commitment in belief");
        }
        let ends = play.states_at(&case.scenario.start, 0, case.model.horizon).expect("it was answered");
        let ended = |state: &[usize]| case.model.ended.is_some_and(|v| state[v.0] == 1);
        self.note_if(ends.keys().any(|s| ended(s)) && ends.keys().any(|s| !ended(s)), "ends at times");
        for (i, variable) in case.model.vars.iter().enumerate() {
            let absent = |state: &[usize]| state[i] == variable.absent();
            let mixed = ends.keys().any(|s| absent(s)) && ends.keys().any(|s| !absent(s));
            self.note_if(mixed, "conditional there at times");
        }
    }
}

fn each_expr<'a>(block: &'a Block, see: &mut dyn FnMut(&'a Expr)) {
    block.visit(&mut |statement| exprs_of(statement, see));
}

/// The expressions of one statement, without those of the statements in it.
fn exprs_of<'a>(statement: &'a Statement, see: &mut dyn FnMut(&'a Expr)) {
    match &statement.kind {
        StatementKind::Assign { value, .. } => see(value),
        StatementKind::Pay { amount, .. } => see(amount),
        StatementKind::If { arms, .. } => arms.iter().for_each(|(condition, _)| see(condition)),
        StatementKind::Choose(choice) => choice.actions.iter().filter_map(|a| a.guard.as_ref()).for_each(see),
        StatementKind::Draw(draw) => match &draw.law {
            Distribution::Walk { up: a, down: b }
            | Distribution::Normal { mean: a, sd: b }
            | Distribution::Binomial { n: a, p: b } => [a, b].into_iter().for_each(see),
            Distribution::Outcomes(list) => {
                for (outcome, weight) in list {
                    if let Outcome::Value(e) = outcome {
                        see(e);
                    }
                    if let Weight::Probability(e) = weight {
                        see(e);
                    }
                }
            }
            Distribution::Uniform => {}
        },
        StatementKind::End => {}
    }
}
