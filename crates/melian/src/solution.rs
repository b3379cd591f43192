//! The standard answers about a game: outlook, first choices, measures, claims, and what the horizon does to them.

use melian_model::{Diagnostic, Model, Player, Precision};
use melian_solve::{Options, PlanSize, Route, Scenario};
use melian_study::{
    Asked, Opening, Outlook, OutlookPlan, Reading, Reply, Study,
    constant::evaluate,
    opening,
    opening::{opening_questions, value_questions},
    outlook::Move,
};

use crate::setup::Setup;

/// What is computed beside outlook, values and first choices, and how.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// The model's measures.
    pub measures: bool,
    /// The model's claims.
    pub claims: bool,
    /// The outlook again with the horizon a quarter longer.
    pub horizon_check: bool,
    /// Limits of the plan.
    pub options: Options,
}

impl Default for Wishes {
    fn default() -> Wishes {
        Wishes { measures: true, claims: true, horizon_check: true, options: Options::default() }
    }
}

/// A player at a parameter point.
#[derive(Clone, PartialEq, Debug)]
pub struct PlayerFacts {
    /// Name.
    pub name: String,
    /// Discount factor.
    pub discount: f64,
    /// Precision; infinite for a best responder, `None` for a player without a stage.
    pub precision: Option<f64>,
    /// Expected discounted payoff at the start of play.
    pub value: Reading,
    /// Least and greatest value over the states at which a period starts.
    pub payoff_range: (f64, f64),
}

impl PlayerFacts {
    /// Precision times payoff range: how far this player is from choosing blindly.
    pub fn sharpness(&self) -> Option<f64> {
        self.precision.map(|p| p * (self.payoff_range.1 - self.payoff_range.0))
    }
}

/// The outlook with the horizon a quarter longer.
#[derive(Clone, PartialEq, Debug)]
pub struct HorizonCheck {
    /// The longer horizon.
    pub horizon: usize,
    /// Last month that is compared.
    pub until: usize,
    /// The entry that moved most, relative to its variable's range; or why the longer game cannot be solved.
    pub largest: Result<Move, String>,
}

/// The standard answers about a game.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The world that was solved.
    pub world: Scenario,
    /// Players at this parameter point.
    pub players: Vec<PlayerFacts>,
    /// How the state variables are expected to develop.
    pub outlook: Outlook,
    /// What each stage does in the first period.
    pub opening: Vec<Opening>,
    /// The model's measures without arguments, by position.
    pub measures: Vec<(usize, Reply)>,
    /// The model's claims, in order.
    pub claims: Vec<Reply>,
    /// What a longer horizon changes.
    pub horizon_check: Option<HorizonCheck>,
    /// How large the game is.
    pub size: PlanSize,
    /// Choices of best responders between equally good actions.
    pub ties: u64,
    /// How many games were solved for all this.
    pub solves: usize,
}

/// Months beyond this one do not enter the horizon check: they are too near the end of any usual horizon.
const CHECKED_UNTIL: usize = 24;

/// Solves a game and answers the standard questions, the measures and the claims.
///
/// # Errors
/// What is wrong with the setup, or with the model at this parameter point; a game too large for the options.
pub fn solution(
    model: &Model,
    setup: &Setup,
    wishes: &Wishes,
    progress: &dyn Fn(f64),
) -> Result<Solution, Vec<Diagnostic>> {
    let world = setup.world(model)?;
    let plan = OutlookPlan::new(model);
    let (outlook, values, first) = (plan.questions(), value_questions(model), opening_questions(model));
    let measures: Vec<_> = model
        .measures
        .iter()
        .enumerate()
        .filter_map(|(index, measure)| Some((index, measure.question.as_ref()?)))
        .filter(|_| wishes.measures)
        .collect();
    let claims = model.claims.iter().filter(|_| wishes.claims);

    let mut asked: Vec<Asked<'_>> = Vec::new();
    asked.extend(outlook.iter().map(Asked::Question));
    asked.extend(values.iter().map(Asked::Question));
    asked.extend(first.iter().map(Asked::Question));
    asked.extend(measures.iter().map(|(_, q)| Asked::Question(q)));
    asked.extend(claims.map(|c| Asked::Condition(&c.condition)));

    // The longer game costs about as much as one solve; it comes last on the bar.
    let share = if wishes.horizon_check { 0.95 } else { 1.0 };
    let mut study = Study::new(model, world.clone(), &asked, &wishes.options, Route::Auto)?;
    let mut replies = study.answer(&asked, &|x| progress(x * share))?.into_iter();
    let mut readings = |n: usize| -> Vec<Reading> {
        replies.by_ref().take(n).filter_map(|r| r.reading().cloned()).collect()
    };
    let outlook = plan.clone().table(&readings(outlook.len()));
    let values = readings(values.len());
    let first = opening(model, &readings(first.len()));
    let measures: Vec<(usize, Reply)> =
        measures.iter().map(|(index, _)| *index).zip(replies.by_ref()).collect();
    let claims: Vec<Reply> = replies.collect();

    let (ranges, ties) = study.base_facts().map_or((Vec::new(), 0), |(r, ties)| (r.to_vec(), ties));
    let players = model.players.iter().enumerate().map(|(index, player)| {
        let range = ranges.get(index).copied().unwrap_or((0.0, 0.0));
        let value = values.get(index).cloned();
        facts(model, player, &world, value, range)
    });
    let players = players.collect();
    let solves = study.solves();
    let size = study.size().unwrap_or_default();
    drop(study);
    let horizon_check = match wishes.horizon_check {
        true => horizon_check(model, setup, wishes, &outlook, &|x| progress(share + x * (1.0 - share))),
        false => None,
    };
    let solves = solves + usize::from(horizon_check.is_some());
    Ok(Solution {
        world,
        players,
        outlook,
        opening: first,
        measures,
        claims,
        horizon_check,
        size,
        ties,
        solves,
    })
}

fn facts(
    model: &Model,
    player: &Player,
    world: &Scenario,
    value: Option<Reading>,
    payoff_range: (f64, f64),
) -> PlayerFacts {
    let params = &world.segments[0].path.params;
    let number = |e: &melian_model::Expr| evaluate(model, e, params, &world.start).unwrap_or(f64::NAN);
    PlayerFacts {
        name: player.name.clone(),
        discount: number(&player.discount),
        precision: player.precision.as_ref().map(|p| match p {
            Precision::Infinite => f64::INFINITY,
            Precision::Finite(e) => number(e),
        }),
        value: value.unwrap_or_else(|| Reading::Undefined("not asked".into())),
        payoff_range,
    }
}

/// The outlook with the horizon a quarter longer; `None` for a game of one period and for an outlook without entries.
///
/// A model may be made for its number of periods (a count that would leave its domain in a longer game), so that the
/// longer one cannot be solved. That is a finding, not an error.
fn horizon_check(
    model: &Model,
    setup: &Setup,
    wishes: &Wishes,
    outlook: &Outlook,
    progress: &dyn Fn(f64),
) -> Option<HorizonCheck> {
    let plan = outlook.plan.clone().until(CHECKED_UNTIL);
    let until = *plan.months.last()?;
    if model.horizon < 2 || plan.columns.is_empty() {
        return None;
    }
    let mut longer = model.clone();
    longer.horizon += (model.horizon / 4).max(1);
    let moved = longer_outlook(&longer, setup, wishes, plan, progress);
    let largest = match moved {
        Ok(moved) => outlook.largest_move(&moved, model).ok_or_else(|| "its outlook is undefined".to_owned()),
        Err(problems) => {
            let first = problems.iter().find(|p| p.is_error()).or(problems.first());
            Err(first.map_or_else(String::new, |p| p.title.clone()))
        }
    };
    Some(HorizonCheck { horizon: longer.horizon, until, largest })
}

fn longer_outlook(
    longer: &Model,
    setup: &Setup,
    wishes: &Wishes,
    plan: OutlookPlan,
    progress: &dyn Fn(f64),
) -> Result<Outlook, Vec<Diagnostic>> {
    let questions = plan.questions();
    let asked: Vec<Asked<'_>> = questions.iter().map(Asked::Question).collect();
    let mut study = Study::new(longer, setup.world(longer)?, &asked, &wishes.options, Route::Auto)?;
    let readings: Vec<Reading> =
        study.answer(&asked, progress)?.iter().filter_map(|r| r.reading().cloned()).collect();
    Ok(plan.table(&readings))
}
