//! Files that commands write: each appears at once and whole, and whether it can be written is found out before the work.

use std::{
    fs::{self, File},
    hash::{BuildHasher, RandomState},
    io::{self, Write},
    path::Path,
};

use super::shell::{Failure, plain};

/// Ending of files that are not yet whole.
const UNFINISHED: &str = ".new";

/// Whether a file can be written; what is in it stays for now, and where there is none there is none afterwards.
///
/// # Errors
/// Why not.
pub fn check(path: &Path) -> Result<(), Failure> {
    // A link to nothing is something.
    let made = path.symlink_metadata().is_err();
    let opened = fs::OpenOptions::new().create(true).append(true).open(path);
    opened.map(drop).map_err(|e| trouble(path, &e))?;
    if made {
        // Should it stay, it is empty.
        drop(fs::remove_file(path));
    }
    Ok(())
}

/// Writes a file.
///
/// # Errors
/// Why it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    whole(path, |out| out.write_all(text.as_bytes())).map_err(|e| trouble(path, &e))
}

/// Writes a file that appears at once and whole, whoever else writes it at the same time. What was there stays if this fails.
///
/// # Errors
/// The system refuses.
pub fn whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A name that no other process has, on no machine that shares the disk.
    let new = path.with_file_name(format!(".{name}.{:016x}{UNFINISHED}", RandomState::new().hash_one(&name)));
    let written = File::create(&new).and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&new, path)).inspect_err(|_| drop(fs::remove_file(&new)))
}

/// Whether a name is one that [`whole`] gives a file until it is: `.part-00001.parquet.0123456789abcdef.new`.
pub fn is_unfinished(name: &str) -> bool {
    let inner = name.strip_prefix('.').and_then(|rest| rest.strip_suffix(UNFINISHED));
    let mark = inner.and_then(|rest| rest.rsplit_once('.')).map_or("", |(_, mark)| mark);
    mark.len() == 16 && mark.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Why a file cannot be written.
pub fn trouble(path: &Path, error: &io::Error) -> Failure {
    Failure::plain("unwritable-file", format!("cannot write `{}`: {}", path.display(), plain(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_finished_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figures.csv");
        whole(&path, |out| out.write_all(b"old")).unwrap();
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let failed = whole(&path, |out| out.write_all(b"half").and_then(|()| Err(full())));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_names_of_our_own_are_unfinished() {
        assert!(is_unfinished(".part-00001.parquet.0123456789abcdef.new"));
        for name in ["thesis.new", ".thesis.new", ".a.0123456789abcdeg.new", "a.0123456789abcdef.new"] {
            assert!(!is_unfinished(name), "{name}");
        }
    }
}
