//! The flagship's claims answered together are, bit for bit, as if each game were answered alone.

mod common;

use common::{Values, game};
use melian::{
    model::Model,
    solver::{Game, Plan, Route, Solved, Trouble},
    study::{Asked, Effort, Engine, Reply, Study, base_world, engine::Solver, study::needs},
};

/// Hands the solver one game after the other.
struct OneByOne<'a>(Solver<'a>);

impl Engine for OneByOne<'_> {
    fn answer(&self, games: &[Game<'_>], progress: &dyn Fn(f64)) -> Result<Solved, Trouble> {
        let mut all = Solved { games: Vec::new(), periods: 0 };
        for game in games {
            let solved = self.0.answer(std::slice::from_ref(game), progress)?;
            all.games.extend(solved.games);
            all.periods += solved.periods;
        }
        Ok(all)
    }
}

fn study<'a>(model: &'a Model, asked: &[Asked<'_>], engine: Box<dyn Engine + 'a>) -> (Vec<Reply>, Effort) {
    let base = base_world(model, &model.defaults(), &[]).unwrap();
    let mut study = Study::with_engine(model, base, engine);
    let replies = study.answer(asked, &|_| {}).unwrap();
    (replies, study.effort())
}

#[test]
fn claims_together_are_as_if_alone() {
    let levels = ["front", "money", "ru", "ua", "attention", "fatigue", "home"];
    let mut constants: Values = levels.iter().map(|name| (format!("{name}_levels"), 2.0)).collect();
    constants.insert("oil_levels".into(), 2.0);
    constants.insert("horizon".into(), 36.0);
    let game = game(melian::models::flagship().text, &constants);
    let model = game.model();
    let measures = model.measures.iter().filter_map(|m| m.question.as_ref());
    let claims = model.claims.iter().map(|c| Asked::Condition(&c.condition));
    let asked: Vec<Asked<'_>> = measures.map(Asked::Question).chain(claims).collect();
    let base = base_world(model, &model.defaults(), &[]).unwrap();
    let needs = needs(model, &base, &asked, false).unwrap();
    let solver =
        || Solver { plan: Plan::new(model, &needs, &Default::default()).unwrap(), route: Route::Auto };

    let (together, effort) = study(model, &asked, Box::new(solver()));
    let (alone, more) = study(model, &asked, Box::new(OneByOne(solver())));
    for (together, alone) in together.iter().zip(&alone) {
        // As text, in which every bit of a number shows.
        assert_eq!(format!("{together:?}"), format!("{alone:?}"));
    }
    // Of 19 games, five differ from another in the first month only.
    assert_eq!((effort.games, more.games), (19, 19));
    assert_eq!((effort.periods, more.periods), (14 * 36 + 5, 19 * 36));
}
