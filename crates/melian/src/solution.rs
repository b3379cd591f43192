//! The standard answers about a game: outlook, first choices, measures, claims, and what the horizon does to them.

use melian_model::{Diagnostic, Model, Player, Precision, Question};
use melian_solve::{Counts, Options, PlanSize, Route, Scenario, Stationary, reads_time};
use melian_study::{
    Asked, Effort, Facts, Opening, Outlook, OutlookPlan, Reading, Reply, Study,
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
    /// How each column of the outlook goes its way, for small charts.
    pub paths: bool,
    /// Limits of the plan.
    pub options: Options,
}

impl Default for Wishes {
    fn default() -> Wishes {
        Wishes { measures: true, claims: true, horizon_check: true, paths: true, options: Options::default() }
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
    /// The same columns at [`PATH`] evenly spaced periods; without rows if nobody asked.
    pub paths: Outlook,
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
    /// What happened at choices: ties between best responses, branches of choices made at the same time.
    pub counts: Counts,
    /// How it was solved, if play goes on for ever.
    pub forever: Option<Stationary>,
    /// Whether some answers come from a point that is no equilibrium.
    pub unconverged: bool,
    /// What was solved for all this.
    pub effort: Effort,
}

/// Points of a small chart.
pub const PATH: usize = 6;

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
    let path_plan = plan.path(PATH);
    let paths = if wishes.paths { path_plan.questions() } else { Vec::new() };
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
    asked.extend(paths.iter().map(Asked::Question));
    asked.extend(values.iter().map(Asked::Question));
    asked.extend(first.iter().map(Asked::Question));
    asked.extend(measures.iter().map(|(_, q)| Asked::Question(q)));
    asked.extend(claims.map(|c| Asked::Condition(&c.condition)));

    let check = Check::new(model, setup, &plan).filter(|_| wishes.horizon_check);
    // Where nothing reads the time, the longer game shares its end with this one.
    let together = check.as_ref().filter(|_| !reads_time(model));
    let together = together.and_then(|check| check.together(&world, &asked, wishes, progress).ok());
    let answered = match together {
        Some(answered) => answered,
        None => apart(model, &world, &asked, check.as_ref(), wishes, progress)?,
    };

    let mut replies = answered.replies.into_iter();
    let mut readings = |n: usize| -> Vec<Reading> {
        replies.by_ref().take(n).filter_map(|r| r.reading().cloned()).collect()
    };
    let outlook = plan.table(&readings(outlook.len()));
    let paths = path_plan.table(&readings(paths.len()));
    let values = readings(values.len());
    let first = opening(model, &readings(first.len()));
    let measures: Vec<(usize, Reply)> =
        measures.iter().map(|(index, _)| *index).zip(replies.by_ref()).collect();
    let claims: Vec<Reply> = replies.collect();

    let Facts { payoff_range: ranges, counts, forever } = answered.facts;
    let unconverged = answered.unconverged;
    let players = model.players.iter().enumerate().map(|(index, player)| {
        let range = ranges.get(index).copied().unwrap_or((0.0, 0.0));
        let value = values.get(index).cloned();
        facts(model, player, &world, value, range)
    });
    let players = players.collect();
    let horizon_check = check.zip(answered.longer).map(|(check, moved)| HorizonCheck {
        horizon: check.longer.horizon,
        until: check.until,
        largest: moved.and_then(|moved| {
            let moved = check.plan.table(&moved);
            outlook.largest_move(&moved, model).ok_or_else(|| "its outlook is undefined".to_owned())
        }),
    });
    Ok(Solution {
        world,
        players,
        outlook,
        paths,
        opening: first,
        measures,
        claims,
        horizon_check,
        size: answered.size,
        counts,
        forever,
        unconverged,
        effort: answered.effort,
    })
}

/// What a study answered.
struct Answered {
    replies: Vec<Reply>,
    /// The outlook of the longer game, or why there is none.
    longer: Option<Result<Vec<Reading>, String>>,
    /// What is known of the world without interventions.
    facts: Facts,
    unconverged: bool,
    size: PlanSize,
    effort: Effort,
}

impl Answered {
    fn new(study: &Study<'_>, replies: Vec<Reply>, longer: Option<Result<Vec<Reading>, String>>) -> Answered {
        let facts = study.base_facts().cloned().unwrap_or_default();
        let size = study.size().unwrap_or_default();
        let unconverged = replies.iter().any(|r| r.forever.as_ref().is_some_and(|f| f.report.is_err()));
        Answered { replies, longer, facts, unconverged, size, effort: study.effort() }
    }
}

/// Answers everything, and then the longer game's outlook in a study of its own.
///
/// A model may be made for its number of periods (a count that would leave its domain in a longer game), so that the
/// longer one cannot be solved. That is a finding, not an error.
fn apart(
    model: &Model,
    world: &Scenario,
    asked: &[Asked<'_>],
    check: Option<&Check>,
    wishes: &Wishes,
    progress: &dyn Fn(f64),
) -> Result<Answered, Vec<Diagnostic>> {
    // The longer game costs about as much as one of many; it comes last on the bar.
    let share = if check.is_some() { 0.95 } else { 1.0 };
    let mut study = Study::new(model, world.clone(), asked, &wishes.options, Route::Auto)?;
    let replies = study.answer(asked, &|x| progress(x * share))?;
    let mut answered = Answered::new(&study, replies, None);
    drop(study);
    if let Some(check) = check {
        let longer = check.alone(wishes, &|x| progress(share + x * (1.0 - share)));
        if let Ok((_, effort)) = &longer {
            answered.effort.games += effort.games;
            answered.effort.periods += effort.periods;
        }
        answered.longer = Some(longer.map(|(readings, _)| readings).map_err(|problems| {
            let first = problems.iter().find(|p| p.is_error()).or(problems.first());
            first.map_or_else(String::new, |p| p.title.clone())
        }));
    }
    Ok(answered)
}

/// The outlook with the horizon a quarter longer.
struct Check {
    longer: Model,
    world: Scenario,
    plan: OutlookPlan,
    questions: Vec<Question>,
    until: usize,
}

impl Check {
    /// `None` for a game of one period, for one that goes on for ever, and for an outlook without entries.
    fn new(model: &Model, setup: &Setup, plan: &OutlookPlan) -> Option<Check> {
        let plan = plan.clone().until(CHECKED_UNTIL);
        let until = *plan.months.last()?;
        if model.horizon < 2 || model.is_forever() || plan.columns.is_empty() {
            return None;
        }
        let mut longer = model.clone();
        longer.horizon += (model.horizon / 4).max(1);
        let world = setup.world(&longer).ok()?;
        let questions = plan.questions();
        Some(Check { longer, world, plan, questions, until })
    }

    /// The outlook in the longer game, answered beside everything that is asked about the shorter one.
    fn together(
        &self,
        world: &Scenario,
        asked: &[Asked<'_>],
        wishes: &Wishes,
        progress: &dyn Fn(f64),
    ) -> Result<Answered, Vec<Diagnostic>> {
        let mut study = Study::new(&self.longer, world.clone(), asked, &wishes.options, Route::Auto)?;
        let here = asked.iter().map(|item| (world, *item));
        let there = self.questions.iter().map(|q| (&self.world, Asked::Question(q)));
        let mut replies = study.answer_in(&here.chain(there).collect::<Vec<_>>(), progress)?;
        let longer = replies.split_off(asked.len()).iter().filter_map(|r| r.reading().cloned()).collect();
        Ok(Answered::new(&study, replies, Some(Ok(longer))))
    }

    /// The outlook in the longer game, in a study of its own, with what was solved for it.
    fn alone(
        &self,
        wishes: &Wishes,
        progress: &dyn Fn(f64),
    ) -> Result<(Vec<Reading>, Effort), Vec<Diagnostic>> {
        let asked: Vec<Asked<'_>> = self.questions.iter().map(Asked::Question).collect();
        let world = self.world.clone();
        let mut study = Study::new(&self.longer, world, &asked, &wishes.options, Route::Auto)?;
        let replies = study.answer(&asked, progress)?;
        Ok((replies.iter().filter_map(|r| r.reading().cloned()).collect(), study.effort()))
    }
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
