//! Melian: conflicts written as text, solved exactly.
//!
//! Three steps: [`compile`] reads a model, [`ask`] answers questions about it, [`solve`] gives the standard answers
//! (outlook, first choices, measures, claims). Nothing here touches files, terminal, clock or environment: that is
//! the command's business.
//!
//! ```
//! let text = "
//!     model coin
//!     player Tosser { precision = 1 }
//!     play once {
//!         Tosser chooses side { heads  tails { Tosser gains 0 } }
//!     }
//! ";
//! let game = melian::compile(text, &[]).unwrap();
//! let replies = melian::ask(&game, &["prob(Tosser.side == heads)"]).unwrap();
//! assert_eq!(replies[0].reading().unwrap().number(), Some(0.5));
//! ```

mod catalogue;
pub mod front;
pub mod models;
pub mod render;
pub mod setup;
pub mod solution;

pub use front::{Game, Query, compile, compile_forever};
pub use melian_model as model;
pub use melian_report as report;
pub use melian_solve as solver;
pub use melian_stats as stats;
pub use melian_study as study;
pub use setup::{Setup, level_named, nearest as nearest_name};
pub use solution::{Solution, Wishes, solution};

use melian_model::{Atom, Diagnostic, PlayerId};
use melian_solve::{Needs, Options, Plan, Route};
use melian_study::{Asked, Reply, Study};

/// Answers questions and conditions, as text, at the model's defaults and in as few solves as they allow.
///
/// ```
/// let fearon = melian::models::by_name("fearon").unwrap();
/// let game = melian::compile(fearon.text, &[]).unwrap();
/// let replies = melian::ask(&game, &["P[B.reply == fight]", "value(A) > value(B)"]).unwrap();
/// assert_eq!(replies[0].reading().unwrap().number(), Some(0.0));
/// assert_eq!(replies[1].finding().unwrap().judged().verdict, melian::study::Verdict::Holds);
/// ```
///
/// # Errors
/// What is wrong with a question, or with the model in one of the worlds that the questions name.
pub fn ask(game: &Game, questions: &[&str]) -> Result<Vec<Reply>, Vec<Diagnostic>> {
    let queries: Vec<Query> = questions.iter().map(|q| game.query(q)).collect::<Result<_, _>>()?;
    answer(game, &Setup::default(), &queries, &Options::default(), &|_| {})
}

/// Answers queries that were read before, from another start or at other parameters.
///
/// # Errors
/// As [`ask`], and what is wrong with the setup.
pub fn answer(
    game: &Game,
    setup: &Setup,
    queries: &[Query],
    options: &Options,
    progress: &dyn Fn(f64),
) -> Result<Vec<Reply>, Vec<Diagnostic>> {
    let asked: Vec<Asked<'_>> = queries
        .iter()
        .map(|query| match query {
            Query::Question(q) => Asked::Question(q),
            Query::Condition(c) => Asked::Condition(c),
        })
        .collect();
    let world = setup.world(game.model())?;
    let mut study = Study::new(game.model(), world, &asked, options, Route::Auto)?;
    study.answer(&asked, progress)
}

/// Solves a game once with everything in it kept, so that every mistake that only numbers show comes up.
///
/// # Errors
/// The mistakes.
pub fn verify(
    game: &Game,
    setup: &Setup,
    options: &Options,
    progress: &dyn Fn(f64),
) -> Result<(), Vec<Diagnostic>> {
    let model = game.model();
    let world = setup.world(model)?;
    let needs = Needs { starts: vec![world.start.clone()], everything: true, ..Needs::default() };
    let plan = Plan::new(model, &needs, options)?;
    let atoms: Vec<Atom> = (0..model.players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
    solver::answer(&plan, &world, &atoms, Route::Auto, &mut |x| progress(x))?;
    Ok(())
}

/// The standard answers about a game at its defaults.
///
/// ```
/// let game = melian::compile(melian::models::by_name("forts").unwrap().text, &[]).unwrap();
/// let solution = melian::solve(&game).unwrap();
/// assert_eq!(solution.claims.len(), game.model().claims.len());
/// ```
///
/// # Errors
/// What is wrong with the model that only solving shows: a probability out of range, a value off its grid.
pub fn solve(game: &Game) -> Result<Solution, Vec<Diagnostic>> {
    solution(game.model(), &Setup::default(), &Wishes::default(), &|_| {})
}
