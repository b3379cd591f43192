//! `melian compare`: policies side by side across worlds.
//!
//! A policy is an intervention. In every world each question is asked under each policy, all on one sheet, so that what the
//! policies' games share is solved once.

mod data;
mod page;
mod policy;
mod results;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use melian::{
    Query,
    model::{Diagnostic, Question, Severity},
    stats::{
        design::Points,
        discovery::regret::{Aim, Settings as Aims},
    },
    study::worlds::{Design, Ensemble, Sheet},
};

use self::{
    policy::Policy,
    results::{REGRET, Results, Wanted},
};
use super::{
    Format, Settings, asked, board, output,
    shell::{Failure, Loaded, Outcome, Shell},
    solved,
    worlds::{Plan, PointArgs},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian compare signorino --with 'bound: { back_A = 2 * back_A }'     values of all players
  melian compare signorino war --better less --with '{ B.reply = resist }' --with '{ A.start = challenge }'
  melian compare ukraine 'deal(24)' 'value(Ukraine)' --satisfice 0.5,none --out worlds.csv \\
      --with 'squeeze: { Washington.stand = arm(squeeze) }' --with 'withhold: { Washington.stand = withhold }'
  melian compare my.melian 'E[front at 12]' --with 'later: unexpected { aid = 2 * aid } at 6'";

/// Policies side by side across worlds: how each does, which regrets least.
#[derive(Args)]
pub struct Compare {
    /// Path, name of an embedded model, or -
    model: String,
    /// What is compared: numbers; measures of the model may be used by name [default: the value of every player]
    questions: Vec<String>,
    /// A policy: an intervention as behind `with`; may be named
    #[arg(long = "with", value_name = "[NAME:] {…}")]
    policies: Vec<String>,
    /// Leave the unchanged model out of the comparison
    #[arg(long)]
    no_baseline: bool,
    /// Whether more or less is better; for all questions, or one for each [default: more]
    #[arg(long, value_enum, value_delimiter = ',')]
    better: Vec<Better>,
    /// What is good enough; for all questions, or one for each (`none` for those without)
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', value_parser = enough, allow_hyphen_values = true)]
    satisfice: Vec<Enough>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    points: PointArgs,
    /// Also write all worlds to this CSV file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How to print the comparison
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Whether large answers are good.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Better {
    /// More is better
    More,
    /// Less is better
    Less,
}

/// A number that is good enough, if there is one.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Enough(Option<f64>);

/// A number or `none`.
fn enough(text: &str) -> Result<Enough, String> {
    match text.trim() {
        "none" => Ok(Enough(None)),
        text => match text.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(Enough(Some(x))),
            _ => Err("write a number, or `none`".into()),
        },
    }
}

/// What holds for a question: one thing for all of them, or one for each.
fn each<T: Copy>(given: &[T], usual: T, questions: usize, option: &str) -> Result<Vec<T>, Failure> {
    match given.len() {
        0 => Ok(vec![usual; questions]),
        1 => Ok(vec![given[0]; questions]),
        n if n == questions => Ok(given.to_vec()),
        n => {
            let title = format!("{option} is given for {n} questions, and there are {questions}");
            Err(Failure::plain("one-for-each", title)
                .help(&format!("give {option} once for all, or once for each, separated by commas")))
        }
    }
}

impl Compare {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        let model = loaded.game.model();
        let texts = self.questions(&loaded);
        let wanted = self.wanted(&texts)?;
        for text in &texts {
            policy::number(&loaded, text)?;
        }
        let policies = policy::policies(&self.policies, !self.no_baseline)?;
        let mut questions: Vec<(String, Question)> = Vec::new();
        for (text, wanted) in texts.iter().zip(&wanted) {
            for policy in &policies {
                questions.push((format!("{}: {}", policy.name, wanted.name), policy.ask(&loaded, text)?));
            }
        }
        let base = self.settings.setup().world(model).map_err(|problems| loaded.failure(problems))?;
        let plan = self.points.plan(model, &base, &self.settings)?;
        let mut sheet = Sheet::of_model(model, false, false, &[]);
        let first = sheet.numbers.len();
        questions.iter().for_each(|(name, question)| sheet.question(name, question));
        let options = self.settings.options(model)?;
        let ensemble = Ensemble::new(model, base, &sheet, (&plan.design, &plan.varied), &options)
            .map_err(|problems| loaded.failure(problems))?;
        if let Some(path) = &self.out {
            output::check(path)?;
        }
        let notes = self.unbound(shell, &loaded, &policies, questions.clone())?;
        let baseline = ensemble.at(&plan.varied.base);
        let rows = solved::in_order(shell, &ensemble, plan.worlds as usize, "world")?;
        let results = Results::of(&policies, &wanted, (&rows, &baseline), &sheet, first);
        if let Some(path) = &self.out {
            output::write(path, &data::worlds(model, &plan, &results))?;
        }
        shell.print(&match self.format {
            Format::Table => page::page(&results, &design(&plan), shell.colour()) + &notes,
            Format::Json => data::json(model, &plan, &results),
            Format::Csv => data::csv(&results),
        });
        Ok(Outcome::Done)
    }

    /// What is compared.
    fn questions(&self, loaded: &Loaded) -> Vec<String> {
        if self.questions.is_empty() {
            loaded.game.model().players.iter().map(|p| format!("value({})", p.name)).collect()
        } else {
            self.questions.clone()
        }
    }

    fn wanted(&self, texts: &[String]) -> Result<Vec<Wanted>, Failure> {
        let names = asked::names(texts)?;
        let better = each(&self.better, Better::More, names.len(), "--better")?;
        let enough = each(&self.satisfice, Enough(None), names.len(), "--satisfice")?;
        let settings = |better: Better, enough: Enough| Aims {
            aim: if better == Better::More { Aim::More } else { Aim::Less },
            threshold: enough.0,
            quantiles: REGRET.to_vec(),
        };
        let each = names.into_iter().zip(better.into_iter().zip(enough));
        Ok(each.map(|(name, (better, enough))| Wanted { name, settings: settings(better, enough) }).collect())
    }

    /// Which commitments do not always bind where nothing varies: a policy that is never put into effect is a mistake, mostly.
    fn unbound(
        &self,
        shell: &Shell,
        loaded: &Loaded,
        policies: &[Policy],
        questions: Vec<(String, Question)>,
    ) -> Result<String, Failure> {
        let queries: Vec<Query> = questions.into_iter().map(|(_, q)| Query::Question(q)).collect();
        let (setup, options) = (self.settings.setup(), self.settings.options(loaded.game.model())?);
        let replies = shell
            .watch("solving", |progress| melian::answer(&loaded.game, &setup, &queries, &options, progress));
        let replies = match replies {
            Ok(replies) => replies,
            Err(problems) => {
                // Other worlds may have answers.
                let mild = |p: Diagnostic| Diagnostic { severity: Severity::Warning, ..p };
                let problems: Vec<Diagnostic> = problems
                    .into_iter()
                    .map(mild)
                    .map(|p| p.help("so it is at the defaults; other worlds may have answers"))
                    .collect();
                shell.show(&problems, &loaded.name, &loaded.game.text);
                return Ok(String::new());
            }
        };
        let mut text = String::new();
        for (place, policy) in policies.iter().enumerate() {
            let bounds: Vec<_> =
                replies.iter().skip(place).step_by(policies.len()).flat_map(|r| r.bounds.clone()).collect();
            for line in board::unbound(&bounds) {
                text += &super::tables::wrapped(&format!("  {}, at the defaults: {line}", policy.name));
            }
        }
        Ok(text)
    }
}

/// The design in words.
fn design(plan: &Plan) -> String {
    match &plan.design {
        Design::Drawn(Points::Sobol { .. }) => "Sobol points".into(),
        Design::Drawn(Points::Latin { .. }) => "Latin hypercubes".into(),
        Design::Drawn(Points::Random { .. }) => "independent random points".into(),
        Design::Drawn(Points::Grid { levels }) => format!("a grid of {levels} values of each parameter"),
        Design::Saltelli { .. } => "rows for Sobol' indices".into(),
        Design::Trajectories(_) => "trajectories for Morris screening".into(),
        Design::Given(_) => "points from a file".into(),
    }
}
