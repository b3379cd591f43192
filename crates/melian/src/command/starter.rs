//! `melian new`: a first model to change.

use std::{fs::OpenOptions, io::Write as _};

use clap::Args;

use super::shell::{Failure, Outcome, Shell, plain};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Example:
  melian new border && melian run border.melian";

/// The starter; its name stands where NAME stands.
const STARTER: &str = include_str!("starter.melian");

/// Write a commented starter model.
#[derive(Args)]
pub struct New {
    /// Its name: letters, digits and _, beginning with a letter
    name: String,
}

impl New {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let name = self.name.strip_suffix(".melian").unwrap_or(&self.name);
        let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if !first || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let title = format!("`{name}` cannot be the name of a model: use letters, digits and _");
            return Err(Failure::plain("bad-name", title));
        }
        let path = format!("{name}.melian");
        let fail = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Failure::plain("file-exists", format!("`{path}` exists already; it was not changed"))
            }
            _ => Failure::plain("unwritable-file", format!("cannot write `{path}`: {}", plain(&e))),
        };
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(fail)?;
        file.write_all(STARTER.replace("NAME", name).as_bytes()).map_err(fail)?;
        shell.print(&format!("{path}\n"));
        shell.remark(&format!("try: melian run {path}"));
        Ok(Outcome::Done)
    }
}
