//! `melian explain`: what a diagnostic means.

use clap::Args;

use super::shell::{Failure, Outcome, Shell};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian explain probabilities-sum
  melian explain                             all ids";

/// Explain a diagnostic.
#[derive(Args)]
pub struct Explain {
    /// The id in brackets: error[probabilities-sum]
    id: Option<String>,
}

impl Explain {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let Some(id) = &self.id else {
            let all = melian::front::explanations();
            let width = all.iter().map(|e| e.id.len()).max().unwrap_or(0);
            let lines: Vec<String> = all.iter().map(|e| format!("{:width$}  {}\n", e.id, e.title)).collect();
            shell.print(&lines.concat());
            return Ok(Outcome::Done);
        };
        match melian::front::explain(id) {
            Some(found) => {
                shell.print(&format!("{}: {}\n\n{}\n", found.id, found.title, found.text.trim()));
                Ok(Outcome::Done)
            }
            None => {
                let near = melian::front::nearest_explanation(id);
                let help = near.map_or("`melian explain` lists all ids".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                });
                Err(melian::model::Diagnostic::error(
                    "unknown-id",
                    format!("there is no diagnostic `{id}`"),
                    melian::model::Span::NONE,
                )
                .help(help)
                .into())
            }
        }
    }
}
