//! The value of a question, given the answers that the ledger has.

use melian_model::{Atom, Change, Diagnostic, Model, Question, QuestionKind, Settings, UnaryOp};
use melian_solve::{Answer, Scenario};

use crate::{
    constant::{binary, call, evaluate},
    ledger::Ledger,
    world::changed,
};

/// The value of a question.
#[derive(Clone, PartialEq, Debug)]
pub enum Reading {
    /// A number; truth values are 0 and 1.
    Number(f64),
    /// No number, with the reason.
    Undefined(String),
}

impl Reading {
    /// The number, if there is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Reading::Number(x) => Some(*x),
            Reading::Undefined(_) => None,
        }
    }

    /// Applies a function of numbers; the first reason wins, and a result that is no finite number has none.
    fn combine(readings: Vec<Reading>, f: impl FnOnce(&[f64]) -> f64) -> Reading {
        let mut numbers = Vec::with_capacity(readings.len());
        for reading in readings {
            match reading {
                Reading::Number(x) => numbers.push(x),
                undefined @ Reading::Undefined(_) => return undefined,
            }
        }
        let value = f(&numbers);
        if value.is_finite() {
            Reading::Number(value)
        } else {
            Reading::Undefined(format!("the arithmetic gives {value}"))
        }
    }
}

/// `Ok(None)`: some answer is still missing and has been noted as wanted. `Err`: the question itself is impossible.
pub(crate) type Step<T> = Result<Option<T>, Vec<Diagnostic>>;

/// A walk over questions in one go; it notes what is missing and goes on, so that one walk finds everything.
pub(crate) struct Walk<'a> {
    pub model: &'a Model,
    pub ledger: &'a mut Ledger,
    /// Collect what will be asked before anything is solved: every atom counts as answered, with NaN.
    pub gathering: bool,
    /// Worlds that the questions asked in, by number, each once.
    pub used: Vec<usize>,
}

/// Where a question stands: its world and the parameter values in force.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub world: &'a Scenario,
    pub params: &'a [f64],
}

impl<'a> Place<'a> {
    /// In a world; a parameter that is asked for has the value it ends with on the path.
    pub fn of(world: &'a Scenario) -> Place<'a> {
        let last = world.segments.last().expect("a world has at least one stretch of periods");
        Place { world, params: &last.path.params }
    }
}

impl Walk<'_> {
    /// The value of a question at a place.
    pub fn read(&mut self, question: &Question, place: Place<'_>) -> Step<Reading> {
        match &question.kind {
            QuestionKind::Number(x) => Ok(Some(Reading::Number(*x))),
            QuestionKind::Param(p) => Ok(Some(Reading::Number(place.params[p.0]))),
            QuestionKind::Unary(op, q) => self.combined([&**q], place, |x| match op {
                UnaryOp::Minus => -x[0],
                UnaryOp::Not => f64::from(u8::from(x[0] == 0.0)),
            }),
            QuestionKind::Binary(op, a, b) => self.combined([&**a, &**b], place, |x| binary(*op, x[0], x[1])),
            QuestionKind::Call(f, args) => self.combined(args, place, |x| call(*f, x)),
            QuestionKind::Mean(members) => {
                self.combined(members, place, |x| x.iter().sum::<f64>() / x.len() as f64)
            }
            QuestionKind::Sum(members) => self.combined(members, place, |x| x.iter().sum()),
            QuestionKind::Ask(atom) => Ok(self.ask(atom, place)),
            QuestionKind::Under(inner, change) => match self.enter(change, place)? {
                None => Ok(None),
                Some(Entered::Impossible(reason)) => Ok(Some(Reading::Undefined(reason))),
                Some(Entered::World(world)) => self.read(inner, Place::of(&world)),
            },
        }
    }

    fn combined<'q>(
        &mut self,
        parts: impl IntoIterator<Item = &'q Question>,
        place: Place<'_>,
        f: impl FnOnce(&[f64]) -> f64,
    ) -> Step<Reading> {
        let readings: Vec<Option<Reading>> =
            parts.into_iter().map(|q| self.read(q, place)).collect::<Result<_, _>>()?;
        let readings: Option<Vec<Reading>> = readings.into_iter().collect();
        Ok(readings.map(|r| Reading::combine(r, f)))
    }

    fn ask(&mut self, atom: &Atom, place: Place<'_>) -> Option<Reading> {
        let world = self.ledger.world(place.world);
        if !self.used.contains(&world) {
            self.used.push(world);
        }
        match self.ledger.ask(world, atom) {
            Some(Answer::Number(x)) => Some(Reading::Number(x)),
            Some(Answer::Undefined(reason)) => Some(Reading::Undefined(reason)),
            None => self.gathering.then_some(Reading::Number(f64::NAN)),
        }
    }

    /// The world under an intervention.
    fn enter(&mut self, change: &Change, place: Place<'_>) -> Step<Entered> {
        let (Change::With(settings) | Change::Unexpected { settings, .. } | Change::Unnoticed(settings)) =
            change;
        let mut trouble: Step<Entered> = Ok(Some(Entered::World(place.world.clone())));
        let model = self.model;
        let world = changed(model, place.world, change, &mut |params| {
            let place = Place { world: place.world, params };
            let mut values = Vec::new();
            for (param, question) in &settings.params {
                match self.read(question, place) {
                    Ok(Some(Reading::Number(value))) => values.push((*param, value)),
                    Ok(Some(Reading::Undefined(_))) if self.gathering => values.push((*param, f64::NAN)),
                    Ok(Some(Reading::Undefined(reason))) => trouble = Ok(Some(Entered::Impossible(reason))),
                    Ok(None) => trouble = Ok(None),
                    Err(problems) => trouble = Err(problems),
                }
            }
            values
        })?;
        match trouble {
            Ok(Some(Entered::World(_))) => {}
            _ => return trouble,
        }
        Ok(Some(self.admissible(world)))
    }

    /// A world with one parameter set everywhere.
    pub fn with_param(
        &mut self,
        place: Place<'_>,
        param: melian_model::ParamId,
        value: f64,
    ) -> Step<Entered> {
        let settings = Settings {
            params: vec![(param, Question::new(QuestionKind::Number(value), melian_model::Span::NONE))],
            ..Settings::default()
        };
        self.enter(&Change::With(settings), place)
    }

    /// A world is impossible if its parameters break a `require`.
    fn admissible(&self, world: Scenario) -> Entered {
        if self.gathering {
            return Entered::World(world);
        }
        let points = world.segments.iter().flat_map(|s| [&s.belief.params, &s.path.params]);
        for params in points {
            if let Some(text) = broken_requirement(self.model, params) {
                return Entered::Impossible(format!("`require {text}` does not hold under the intervention"));
            }
        }
        Entered::World(world)
    }
}

/// What an intervention leads to.
pub(crate) enum Entered {
    /// A world.
    World(Scenario),
    /// No world, with the reason.
    Impossible(String),
}

/// The first `require` that does not hold at a parameter point, as text.
pub fn broken_requirement(model: &Model, params: &[f64]) -> Option<String> {
    let broken = |r: &&melian_model::Expr| evaluate(model, r, params, &[]) == Some(0.0);
    model.requirements.iter().find(broken).map(|r| melian_model::print::expr_text(model, r))
}
