//! Files that a command writes at its end: whether they can be written is found out before the work.

use std::path::Path;

use super::shell::{Failure, plain};

fn trouble(path: &Path, error: &std::io::Error) -> Failure {
    Failure::plain("unwritable-file", format!("cannot write `{}`: {}", path.display(), plain(error)))
}

/// Whether a file can be written; what is in it stays for now.
///
/// # Errors
/// Why not.
pub fn check(path: &Path) -> Result<(), Failure> {
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(path);
    opened.map(drop).map_err(|e| trouble(path, &e))
}

/// Writes a file.
///
/// # Errors
/// Why it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|e| trouble(path, &e))
}
