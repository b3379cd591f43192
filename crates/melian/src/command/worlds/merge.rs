//! `melian merge`: the parts that several machines have solved, in one folder.

use std::path::PathBuf;

use clap::Args;

use super::folder::Folder;
use crate::command::shell::{Failure, Outcome, Shell};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian merge node-1 node-2 node-3 --out all
  melian worlds my.melian --out all             sums up what is in the folder";

/// Bring the parts of one study together in one folder.
#[derive(Args)]
pub struct Merge {
    /// Folders that `melian worlds --shard K/N` wrote
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Folder for all parts; may be one of them
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Merge {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let folders: Vec<Folder> =
            self.folders.iter().map(|path| Folder::read(path)).collect::<Result<_, _>>()?;
        let first = &folders[0];
        for folder in &folders[1..] {
            first.check_same(folder)?;
        }
        let out = Folder::open(&self.out, first.description(), &first.model()?, None)?;
        let mut copied = 0;
        for folder in &folders {
            for part in folder.done().into_iter().filter(|&part| !out.is_done(part)).collect::<Vec<_>>() {
                // A part that cannot be read is not taken over.
                folder.part(part)?;
                out.take_over(folder, part)?;
                copied += 1;
            }
        }
        let missing: Vec<String> =
            (0..out.parts()).filter(|&part| !out.is_done(part)).map(|part| part.to_string()).collect();
        shell.note(&format!("{copied} parts taken over into {}", self.out.display()));
        if missing.is_empty() {
            return Ok(Outcome::Done);
        }
        let shown = missing.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
        let more =
            if missing.len() > 10 { format!(" and {} more", missing.len() - 10) } else { String::new() };
        shell.note(&format!("{} of {} parts are missing: {shown}{more}", missing.len(), out.parts()));
        shell.note("`melian worlds` with the same options and this folder solves what is missing");
        Ok(Outcome::Failed)
    }
}
