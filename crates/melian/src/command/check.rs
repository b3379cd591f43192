//! `melian check`: everything that can be found without asking anything.

use clap::Args;

use super::{
    Settings,
    shell::{Failure, Outcome, Shell},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian check my.melian
  melian check --strict models/*.melian      exit code 1 if there are warnings
  melian check my.melian --text-only         do not solve: skips what only numbers show";

/// Look for mistakes in models.
#[derive(Args)]
pub struct Check {
    /// Paths, names of embedded models, or -
    #[arg(required = true)]
    models: Vec<String>,
    /// End with exit code 1 if there are warnings
    #[arg(long)]
    strict: bool,
    /// Read and check the text only; do not solve at the defaults
    #[arg(long)]
    text_only: bool,
    #[command(flatten)]
    settings: Settings,
}

impl Check {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let mut warnings = 0;
        let mut failure = None;
        for name in &self.models {
            match self.one(shell, name) {
                Ok(count) => {
                    warnings += count;
                    let found = match count {
                        0 => "nothing found".to_owned(),
                        1 => "1 warning".to_owned(),
                        n => format!("{n} warnings"),
                    };
                    shell.print(&format!("{name}: {found}\n"));
                }
                Err(this) => {
                    shell.print(&format!("{name}: cannot be solved\n"));
                    // The last one is shown where the command ends.
                    if let Some(earlier) = failure.replace(this) {
                        shell.fail(&earlier);
                    }
                }
            }
        }
        match failure {
            Some(failure) => Err(failure),
            None if self.strict && warnings > 0 => Ok(Outcome::Failed),
            None => Ok(Outcome::Done),
        }
    }

    /// The number of warnings about one model.
    fn one(&self, shell: &Shell, name: &str) -> Result<usize, Failure> {
        let loaded = shell.load(name, &self.settings)?;
        if !self.text_only {
            let (setup, options) = (self.settings.setup(), self.settings.options(loaded.game.model())?);
            shell
                .watch("solving", |progress| melian::verify(&loaded.game, &setup, &options, progress))
                .map_err(|problems| loaded.failure(problems))?;
        }
        Ok(loaded.game.warnings().len())
    }
}
