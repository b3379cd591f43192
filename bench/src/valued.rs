//! A game solved for its values, with the time of each stage.

use std::time::Instant;

use melian::{
    Game, Setup,
    model::{Atom, Model, PlayerId},
    solver::{self, Answer, Needs, Options, Plan, Query, Route, answer_all, solve_values},
};
use serde_json::{Map, Value, json};

use crate::{
    MAX_MEMORY,
    process::{peak_mib, pool, words},
};

/// A state to report the values at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Where the model starts.
    Start,
    /// All variables at their least level.
    Least,
    /// All variables at the level in the middle, the upper one of two.
    Middle,
    /// All variables at their greatest level.
    Greatest,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Place::Start => "value",
            Place::Least => "least",
            Place::Middle => "middle",
            Place::Greatest => "greatest",
        }
    }

    /// Level of every variable of the model.
    fn levels(self, model: &Model) -> Vec<usize> {
        let mut levels = model.start();
        for (level, var) in levels.iter_mut().zip(&model.vars).filter(|(_, var)| var.is_state()) {
            *level = match self {
                Place::Start => *level,
                Place::Least => 0,
                Place::Middle => var.domain.size() / 2,
                Place::Greatest => var.domain.size() - 1,
            };
        }
        levels
    }
}

/// A game and the places whose values are wanted.
pub struct Work<'a> {
    /// The model's text.
    pub text: &'a str,
    /// Constants to override.
    pub constants: &'a [(&'a str, f64)],
    /// Where values are reported.
    pub places: &'a [Place],
}

impl Work<'_> {
    /// Solves it once on so many threads and prints what that took.
    pub fn measure(&self, threads: usize) -> Result<(), String> {
        let line = pool(threads)?.install(|| self.line(threads))?;
        println!("{line}");
        Ok(())
    }

    fn line(&self, threads: usize) -> Result<Value, String> {
        let begin = Instant::now();
        let game = melian::compile(self.text, self.constants).map_err(|p| words(&p))?;
        let model = game.model();
        let starts: Vec<Vec<usize>> = self.places.iter().map(|place| place.levels(model)).collect();
        let needs = Needs { starts, ..Needs::default() };
        let plan = Plan::new(model, &needs, &Options { max_memory: MAX_MEMORY, ..Options::default() })
            .map_err(|p| words(&p))?;
        let setup_seconds = begin.elapsed().as_secs_f64();

        let world = Setup::default().world(model).map_err(|p| words(&p))?;
        let begin = Instant::now();
        let mut all = Vec::new();
        solve_values(&plan, &world.segments[0].belief, &mut all).map_err(|p| words(&p))?;
        let seconds = begin.elapsed().as_secs_f64();
        let peak_mib = peak_mib();

        // Not timed: values where people look.
        let values = values(&game, &plan, &needs.starts)?;
        let mut check = Map::new();
        for (player, values) in model.players.iter().zip(&all) {
            check.insert(format!("sum {}", player.name), json!(values.iter().sum::<f64>()));
        }
        for (place, values) in self.places.iter().zip(values) {
            for (player, value) in model.players.iter().zip(values) {
                check.insert(format!("{} {}", place.name(), player.name), json!(value));
            }
        }
        Ok(json!({
            "threads": threads,
            "seconds": seconds,
            "setup_seconds": setup_seconds,
            "peak_mib": peak_mib,
            "exponentials_a_period": plan.cost().exponentials,
            "bytes_a_period": plan.cost().bytes,
            "states": plan.size().period_start_states,
            "states_of_all_statements": plan.size().all_states,
            "periods": model.horizon,
            "check": check,
        }))
    }
}

/// The value of every player at every start, by one solve.
fn values(game: &Game, plan: &Plan<'_>, starts: &[Vec<usize>]) -> Result<Vec<Vec<f64>>, String> {
    let world = Setup::default().world(game.model()).map_err(|p| words(&p))?;
    let atoms: Vec<Atom> = (0..game.model().players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
    let queries = starts.iter().map(|start| Query { start, atoms: &atoms }).collect();
    let asked = solver::Game { segments: &world.segments, queries };
    let solved = answer_all(plan, &[asked], Route::Auto, &mut |_| {});
    let solved = solved.map_err(|trouble| words(&trouble.problems))?;
    Ok(solved.games[0].iter().map(|answers| answers.values.iter().map(number).collect()).collect())
}

/// The number that an answer is; none for an undefined one.
pub fn number(answer: &Answer) -> f64 {
    match answer {
        Answer::Number(x) => *x,
        Answer::Undefined(_) => f64::NAN,
    }
}
