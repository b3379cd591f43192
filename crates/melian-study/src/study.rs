//! A study: questions and conditions answered together, in no more games than they have different worlds.

use melian_model::{Condition, Diagnostic, Model, Question, Severity};
use melian_solve::{
    Answers, Counts, Game, Needs, Options, Plan, PlanSize, Query, Route, Scenario, Stationary,
};

use crate::{
    engine::{Engine, Solver},
    ledger::{Ledger, Need},
    reading::{Place, Reading, Walk, broken_requirement},
    verdict::Finding,
    world::difference,
};

/// Something to answer.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'q> {
    /// A number.
    Question(&'q Question),
    /// A verdict.
    Condition(&'q Condition),
}

/// How often a commitment of an intervention bound.
#[derive(Clone, PartialEq, Debug)]
pub struct BoundShare {
    /// The commitment as written.
    pub commitment: String,
    /// Expected visits to the stage in its periods.
    pub visits: f64,
    /// Expected visits at which it bound.
    pub bound: f64,
}

impl BoundShare {
    /// The share of visits at which the commitment bound; `None` if the stage was never reached.
    pub fn share(&self) -> Option<f64> {
        (self.visits > 0.0).then(|| self.bound / self.visits)
    }
}

/// An answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Reply {
    /// The number or the verdict.
    pub found: Found,
    /// How often the commitments of its interventions bound.
    pub bounds: Vec<BoundShare>,
    /// How the worlds that it was answered from were solved, if play goes on for ever: the least certain of them.
    pub forever: Option<Stationary>,
}

/// A number or a verdict.
#[derive(Clone, PartialEq, Debug)]
pub enum Found {
    /// The value of a question.
    Value(Reading),
    /// The verdict on a condition, with all its numbers.
    Finding(Finding),
}

impl Reply {
    /// The value of a question.
    pub fn reading(&self) -> Option<&Reading> {
        match &self.found {
            Found::Value(reading) => Some(reading),
            Found::Finding(_) => None,
        }
    }

    /// The verdict on a condition.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.found {
            Found::Value(_) => None,
            Found::Finding(finding) => Some(finding),
        }
    }
}

/// What was solved for some answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Effort {
    /// Games: worlds that differ in more than their start.
    pub games: usize,
    /// Periods of these games. One that several games share counts once.
    pub periods: usize,
}

/// Rounds after which a study gives up: each one answers questions inside interventions inside interventions.
const MOST_ROUNDS: usize = 64;

/// A model with a plan and everything that has been answered so far.
pub struct Study<'a> {
    model: &'a Model,
    engine: Box<dyn Engine + 'a>,
    base: Scenario,
    ledger: Ledger,
    effort: Effort,
    base_facts: Option<Facts>,
}

/// What is known of the world without interventions beside answers.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts {
    /// Least and greatest value of each player at the start of a period.
    pub payoff_range: Vec<(f64, f64)>,
    /// What happened at choices.
    pub counts: Counts,
    /// How it was solved, if play goes on for ever.
    pub forever: Option<Stationary>,
}

/// Everything that answering will need of a plan: starts, atoms and commitments of all worlds.
///
/// # Errors
/// As [`crate::world::base_world`], for a start that an intervention names.
pub fn needs(
    model: &Model,
    base: &Scenario,
    asked: &[Asked<'_>],
    everything: bool,
) -> Result<Needs, Vec<Diagnostic>> {
    let mut ledger = Ledger::new();
    ledger.world(base);
    let mut walk = Walk { model, ledger: &mut ledger, gathering: true, used: Vec::new() };
    for item in asked {
        match item {
            Asked::Question(q) => drop(walk.read(q, Place::of(base))?),
            Asked::Condition(c) => drop(walk.judge(c, Place::of(base))?),
        }
    }
    let (starts, atoms, commitments) = ledger.all();
    Ok(Needs { starts, atoms, commitments, everything })
}

impl<'a> Study<'a> {
    /// Plans for everything that will be asked.
    ///
    /// # Errors
    /// What is wrong with the questions' starts or with the base parameters, or why the game is too large.
    pub fn new(
        model: &'a Model,
        base: Scenario,
        asked: &[Asked<'_>],
        options: &Options,
        route: Route,
    ) -> Result<Study<'a>, Vec<Diagnostic>> {
        if let Some(text) = base.segments.iter().find_map(|s| broken_requirement(model, &s.path.params)) {
            return Err(vec![require_broken(&text)]);
        }
        let plan = Plan::new(model, &needs(model, &base, asked, false)?, options)?;
        Ok(Study::with_engine(model, base, Box::new(Solver { plan, route })))
    }

    /// A study on a solver of one's own.
    pub fn with_engine(model: &'a Model, base: Scenario, engine: Box<dyn Engine + 'a>) -> Study<'a> {
        Study { model, engine, base, ledger: Ledger::new(), effort: Effort::default(), base_facts: None }
    }

    /// What was solved so far.
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// How large the game is, if the solver knows.
    pub fn size(&self) -> Option<PlanSize> {
        self.engine.size()
    }

    /// The world without interventions.
    pub fn base(&self) -> &Scenario {
        &self.base
    }

    /// What is known of the world without interventions, once something was asked there.
    pub fn base_facts(&self) -> Option<&Facts> {
        self.base_facts.as_ref()
    }

    /// Answers everything asked, in order. What was answered before costs nothing. `progress` is told which share
    /// of the work is done.
    ///
    /// # Errors
    /// What is wrong with the model in one of the worlds.
    pub fn answer(
        &mut self,
        asked: &[Asked<'_>],
        progress: &dyn Fn(f64),
    ) -> Result<Vec<Reply>, Vec<Diagnostic>> {
        let base = self.base.clone();
        let asked: Vec<(&Scenario, Asked<'_>)> = asked.iter().map(|item| (&base, *item)).collect();
        self.answer_in(&asked, progress)
    }

    /// Answers everything asked, each in a world of its own.
    ///
    /// # Errors
    /// As [`Study::answer`].
    pub fn answer_in(
        &mut self,
        asked: &[(&Scenario, Asked<'_>)],
        progress: &dyn Fn(f64),
    ) -> Result<Vec<Reply>, Vec<Diagnostic>> {
        for _ in 0..MOST_ROUNDS {
            let mut replies = Vec::with_capacity(asked.len());
            for (world, item) in asked {
                replies.push(self.reply(world, *item)?);
            }
            let needs = self.ledger.needs();
            if needs.is_empty() {
                return Ok(replies.into_iter().flatten().collect());
            }
            self.solve(&needs, progress)?;
        }
        Err(vec![Diagnostic::error(
            "questions-too-deep",
            format!("interventions set parameters to questions {MOST_ROUNDS} levels deep"),
            melian_model::Span::NONE,
        )])
    }

    /// Solves games together, each for worlds that differ in their start only.
    fn solve(&mut self, groups: &[Vec<Need>], progress: &dyn Fn(f64)) -> Result<(), Vec<Diagnostic>> {
        let games: Vec<Game<'_>> = groups.iter().map(|group| game(group)).collect();
        let solved = self
            .engine
            .answer(&games, progress)
            .map_err(|trouble| self.blame(&groups[trouble.game][0].world, trouble.problems))?;
        self.effort.games += games.len();
        self.effort.periods += solved.periods;
        for (need, answers) in groups.iter().flatten().zip(solved.games.into_iter().flatten()) {
            if need.world == self.base {
                let Answers { payoff_range, counts, ref forever, .. } = answers;
                let known = self.base_facts.take().and_then(|facts| facts.forever);
                self.base_facts =
                    Some(Facts { payoff_range, counts, forever: with_classes(forever.clone(), known) });
            }
            self.ledger.enter(need.number, answers.values, answers.bounds, answers.forever);
        }
        Ok(())
    }

    fn reply(&mut self, world: &Scenario, item: Asked<'_>) -> Result<Option<Reply>, Vec<Diagnostic>> {
        let mut walk =
            Walk { model: self.model, ledger: &mut self.ledger, gathering: false, used: Vec::new() };
        let place = Place::of(world);
        let found = match item {
            Asked::Question(q) => walk.read(q, place)?.map(Found::Value),
            Asked::Condition(c) => walk.judge(c, place)?.map(Found::Finding),
        };
        let used = walk.used;
        let forever = used.iter().filter_map(|&world| self.ledger.forever(world)).max_by(|a, b| {
            let doubt = |s: &Stationary| s.report.as_ref().map_or(f64::INFINITY, |r| r.residual.values);
            doubt(a).total_cmp(&doubt(b))
        });
        Ok(found.map(|found| Reply { found, bounds: self.bounds(&used), forever: forever.cloned() }))
    }

    /// How often the commitments of these worlds bound: each commitment once in a world, over all its periods.
    fn bounds(&self, worlds: &[usize]) -> Vec<BoundShare> {
        let mut shares: Vec<BoundShare> = Vec::new();
        for &index in worlds {
            let (world, bounds) = self.ledger.bounds(index);
            let mut here: Vec<BoundShare> = Vec::new();
            for (segment, bounds) in world.segments.iter().zip(bounds) {
                for (commitment, bound) in segment.path.commitments.iter().zip(bounds) {
                    let text = melian_model::print::commitment_text(self.model, commitment);
                    match here.iter_mut().find(|b| b.commitment == text) {
                        Some(known) => {
                            known.visits += bound.visits;
                            known.bound += bound.bound;
                        }
                        None => here.push(BoundShare {
                            commitment: text,
                            visits: bound.visits,
                            bound: bound.bound,
                        }),
                    }
                }
            }
            shares.extend(here);
        }
        shares
    }

    /// Adds in which world a problem came up, if it is not the base.
    fn blame(&self, world: &Scenario, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let difference = difference(self.model, world, &self.base);
        if difference.is_empty() {
            return problems;
        }
        let note = format!("this comes up under the intervention {difference}");
        problems
            .into_iter()
            .map(|p| if p.severity == Severity::Error { p.help(note.clone()) } else { p })
            .collect()
    }
}

/// How a world was solved, with the number of recurrent classes if it is known from before.
fn with_classes(now: Option<Stationary>, before: Option<Stationary>) -> Option<Stationary> {
    let classes = before.and_then(|before| before.classes);
    now.map(|now| Stationary { classes: now.classes.or(classes), ..now })
}

/// The game of worlds that differ in their start only.
fn game(group: &[Need]) -> Game<'_> {
    let queries = group.iter().map(|need| Query { start: &need.world.start, atoms: &need.atoms });
    Game { segments: &group[0].world.segments, queries: queries.collect() }
}

/// What is said when the parameters of a base world break a `require`.
pub fn require_broken(text: &str) -> Diagnostic {
    Diagnostic::error(
        "require-broken",
        format!("the parameters do not satisfy `require {text}`"),
        melian_model::Span::NONE,
    )
    .help("change the defaults, or the values given with `--param`")
}
