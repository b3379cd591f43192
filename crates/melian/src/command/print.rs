//! `melian print`: what the program made of the text.

use clap::{Args, ValueEnum};
use melian::{solver::Plan, study::Asked};

use super::{
    Settings,
    shell::{Failure, Outcome, Shell},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian print fearon --stage model          players, variables and the program, names resolved
  melian print ukraine --stage plan          spaces, sizes and memory of its solution";

/// Print a stage of the way from text to answers.
#[derive(Args)]
pub struct Print {
    /// Path, name of an embedded model, or -
    model: String,
    /// Which stage
    #[arg(long, value_enum, default_value_t = Stage::Model)]
    stage: Stage,
    #[command(flatten)]
    settings: Settings,
}

/// Stages that can be printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Stage {
    /// The model with all names resolved and everything written out
    Model,
    /// How it is solved for its own measures and claims: spaces, sizes, memory
    Plan,
}

impl Print {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        let model = loaded.game.model();
        if self.stage == Stage::Model {
            shell.print(&melian::model::print::print_model(model));
            return Ok(Outcome::Done);
        }
        let fail = |problems| loaded.failure(problems);
        let world = self.settings.setup().world(model).map_err(fail)?;
        let mut asked: Vec<Asked<'_>> =
            model.measures.iter().filter_map(|m| m.question.as_ref()).map(Asked::Question).collect();
        asked.extend(model.claims.iter().map(|c| Asked::Condition(&c.condition)));
        let needs = melian::study::study::needs(model, &world, &asked, false).map_err(fail)?;
        let plan = Plan::new(model, &needs, &self.settings.options(model)?).map_err(fail)?;
        shell.print(&plan.describe());
        Ok(Outcome::Done)
    }
}
