//! `melian models`: the models that are part of the command.

use clap::Args;
use melian::models::{MODELS, by_name, summary, unknown};

use super::shell::{Failure, Outcome, Shell};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian models
  melian models fearon > my.melian           a copy to change";

/// List the embedded models, or print one.
#[derive(Args)]
pub struct Models {
    /// Print this one
    name: Option<String>,
}

impl Models {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        match &self.name {
            Some(name) => {
                let model = by_name(name).ok_or_else(|| unknown(name))?;
                shell.print(model.text);
            }
            None => {
                let width = MODELS.iter().map(|m| m.name.len()).max().unwrap_or(0);
                let line = |m: &melian::models::Embedded| format!("{:width$}  {}\n", m.name, summary(m.text));
                shell.print(&MODELS.iter().map(line).collect::<String>());
            }
        }
        Ok(Outcome::Done)
    }
}
