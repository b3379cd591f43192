//! `melian fmt`: the standard layout.

use clap::Args;

use super::shell::{Failure, Outcome, Shell, plain};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian fmt my.melian
  melian fmt --check models/*.melian         exit code 1 if a file would change
  melian fmt - < my.melian                   to standard output";

/// Put models into the standard layout.
#[derive(Args)]
pub struct Fmt {
    /// Paths, or - for standard input to standard output
    #[arg(required = true)]
    files: Vec<String>,
    /// Change nothing; list the files that would change
    #[arg(long)]
    check: bool,
}

impl Fmt {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::Done;
        for file in &self.files {
            let embedded = melian::models::by_name(file).is_some();
            if embedded && !std::path::Path::new(file).exists() {
                let title = format!("`{file}` is part of Melian and has no file to change");
                return Err(Failure::plain("no-such-file", title));
            }
            // A path is meant here, even one that is called like an embedded model.
            let path = if embedded { format!("./{file}") } else { file.clone() };
            let (text, name) = shell.text(&path)?;
            let formatted =
                melian::front::format(&text).map_err(|problems| Failure::with(problems, &name, &text))?;
            let changed = formatted != text;
            if self.check {
                if changed {
                    shell.print(&format!("{file}\n"));
                    outcome = Outcome::Failed;
                }
            } else if file == "-" {
                shell.print(&formatted);
            } else if changed {
                std::fs::write(&path, formatted).map_err(|e| {
                    Failure::plain("unwritable-file", format!("cannot write `{file}`: {}", plain(&e)))
                })?;
            }
        }
        Ok(outcome)
    }
}
