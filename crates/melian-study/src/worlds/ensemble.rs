//! Many worlds of one plan, each solved on a thread of its own.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError, mpsc},
};

use melian_model::{Diagnostic, Model};
use melian_solve::{Options, Plan, Route, Scenario};

use super::{
    design::{Design, Varied},
    sheet::{Code, Sheet},
};
use crate::{
    engine::Solver,
    reading::broken_requirement,
    study::{Study, needs},
};

/// How the solution of a world ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It has answers.
    Solved = 0,
    /// It breaks a `require`: it is not one of the worlds.
    Excluded = 1,
    /// It could not be solved.
    Failed = 2,
    /// No equilibrium was found: without answers, or with answers from a point that is none where this was allowed.
    Unconverged = 3,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 4] = [Status::Solved, Status::Excluded, Status::Failed, Status::Unconverged];

    /// By its number.
    pub fn of(number: u8) -> Option<Status> {
        Status::ALL.into_iter().find(|s| *s as u8 == number)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Status::Solved => "solved",
            Status::Excluded => "excluded",
            Status::Failed => "failed",
            Status::Unconverged => "unconverged",
        }
    }
}

/// Rows that may wait to be taken.
const WAITING: usize = 1024;

/// A world's answers.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// How its solution ended.
    pub status: Status,
    /// Why it has no answers, or why some of them do not exist; empty if all do.
    pub reason: String,
    /// Numbers as the sheet names them; NaN for what does not exist.
    pub numbers: Vec<f64>,
    /// Verdicts as the sheet names them.
    pub verdicts: Vec<Code>,
}

impl Row {
    /// Whether the world fits what has been observed: all of these verdicts hold. `None` if it was not solved.
    pub fn plausible(&self, sheet: &Sheet<'_>) -> Option<bool> {
        let verdicts = &self.verdicts[sheet.plausible.clone()];
        (self.status == Status::Solved).then(|| verdicts.iter().all(|&v| v == Code::Holds))
    }
}

/// A plan, what is asked, and where.
pub struct Ensemble<'a> {
    model: &'a Model,
    solver: Solver<'a>,
    sheet: &'a Sheet<'a>,
    base: Scenario,
    design: &'a Design,
    varied: &'a Varied,
}

impl<'a> Ensemble<'a> {
    /// Plans for everything that the sheet asks. `base` is the world in which nothing varies.
    ///
    /// # Errors
    /// What is wrong with the questions' starts, or why the game is too large.
    pub fn new(
        model: &'a Model,
        base: Scenario,
        sheet: &'a Sheet<'a>,
        (design, varied): (&'a Design, &'a Varied),
        options: &Options,
    ) -> Result<Ensemble<'a>, Vec<Diagnostic>> {
        let plan = Plan::new(model, &needs(model, &base, &sheet.asked(), false)?, options)?;
        let solver = Solver { plan, route: Route::Auto };
        Ok(Ensemble { model, solver, sheet, base, design, varied })
    }

    /// The values of all parameters in a world.
    pub fn params(&self, world: u64) -> Vec<f64> {
        self.design.params(self.varied, world)
    }

    /// Solves a world, on the threads of the current `rayon` pool.
    pub fn world(&self, world: u64) -> Row {
        self.at(&self.params(world))
    }

    /// Solves the world at a parameter point.
    pub fn at(&self, params: &[f64]) -> Row {
        if let Some(text) = broken_requirement(self.model, params) {
            return self.empty(Status::Excluded, format!("`require {text}` does not hold"));
        }
        let mut base = self.base.clone();
        for segment in &mut base.segments {
            segment.belief.params = params.to_vec();
            segment.path.params = params.to_vec();
        }
        let mut study = Study::with_engine(self.model, base, Box::new(&self.solver));
        match study.answer(&self.sheet.asked(), &|_| {}) {
            Ok(replies) => {
                let (numbers, verdicts, undefined) = self.sheet.answers(&replies);
                let wrong = replies.iter().filter_map(|r| r.forever.as_ref()).any(|f| f.report.is_err());
                let status = if wrong { Status::Unconverged } else { Status::Solved };
                Row { status, reason: undefined, numbers, verdicts }
            }
            Err(problems) => {
                let unconverged = problems.iter().any(|p| p.id == "not-converged");
                let status = if unconverged { Status::Unconverged } else { Status::Failed };
                let first = problems.first().map_or_else(String::new, |p| format!("[{}] {}", p.id, p.title));
                self.empty(status, first)
            }
        }
    }

    fn empty(&self, status: Status, reason: String) -> Row {
        let numbers = vec![f64::NAN; self.sheet.numbers.len()];
        Row { status, reason, numbers, verdicts: vec![Code::None; self.sheet.verdicts.len()] }
    }

    /// Solves worlds on so many threads, each on one; hands them out as they are done, in any order, on the calling thread.
    /// `done` says whether to go on.
    ///
    /// # Errors
    /// No thread could be started.
    pub fn solve(
        &self,
        worlds: impl Iterator<Item = u64> + Send,
        threads: usize,
        mut done: impl FnMut(u64, Row) -> bool,
    ) -> Result<(), Diagnostic> {
        let queue = Mutex::new(worlds);
        let (answers, results) = mpsc::sync_channel(WAITING);
        std::thread::scope(|scope| {
            // Moved in here, so that nobody waits for a reader that has gone.
            let results = results;
            for _ in 0..threads.max(1) {
                let (queue, answers) = (&queue, answers.clone());
                let work = move || {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
                    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    while let Some(world) = next() {
                        let row = match &pool {
                            Ok(pool) => pool.install(|| self.surely(world)),
                            Err(_) => self.surely(world),
                        };
                        if answers.send((world, row)).is_err() {
                            return;
                        }
                    }
                };
                std::thread::Builder::new()
                    .spawn_scoped(scope, work)
                    .map_err(|e| no_thread(&e.to_string()))?;
            }
            drop(answers);
            for (world, row) in results {
                if !done(world, row) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Solves a world; a defect of the solver is told in its row and does not take the other worlds with it.
    fn surely(&self, world: u64) -> Row {
        catch_unwind(AssertUnwindSafe(|| self.world(world))).unwrap_or_else(|_| {
            self.empty(Status::Failed, "the solver broke off: a defect of Melian, please report it".into())
        })
    }
}

fn no_thread(why: &str) -> Diagnostic {
    Diagnostic::error("no-thread", format!("no thread can be started: {why}"), melian_model::Span::NONE)
}
