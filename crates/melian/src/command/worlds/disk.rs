//! Files that several processes write into one folder: each appears at once and whole, and who writes which is agreed on.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::command::{
    output::{self, is_unfinished},
    shell::{Failure, plain},
};

/// Beginning of the names of locks.
const LOCK: &str = ".lock";

/// Writes a file of the folder.
///
/// # Errors
/// The system refuses.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Failure> {
    output::whole(path, write).map_err(|e| trouble(path, &e))
}

/// What went wrong with a file, and that nothing is lost.
pub fn trouble(path: &Path, error: &io::Error) -> Failure {
    let said = plain(error);
    let failure = Failure::plain("folder-trouble", format!("cannot write `{}`: {said}", path.display()));
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => failure
            .help("all worlds solved so far are in the folder: make room and give the same command again"),
        _ => failure,
    }
}

/// Whether a folder has files that are none of a study's beginnings: locks, unfinished files, the model's text.
pub fn holds_others(path: &Path, model: &str) -> bool {
    let ours = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let text = || fs::read(entry.path()).is_ok_and(|bytes| bytes == model.as_bytes());
        is_lock(&name) || is_unfinished(&name) || (name == "model.melian" && text())
    };
    fs::read_dir(path).is_ok_and(|mut entries| entries.any(|entry| !entry.is_ok_and(ours)))
}

/// `.lock`, `.lock-3-of-16`.
fn is_lock(name: &str) -> bool {
    name.strip_prefix(LOCK)
        .is_some_and(|rest| rest.is_empty() || (rest.starts_with('-') && rest.contains("-of-")))
}

/// The right to write into a folder. The system takes it back when the process ends, however it does.
pub struct Lock {
    /// One process that solves all, or any number that solve shards.
    _whole: File,
    /// One process for each shard.
    _shard: Option<File>,
}

impl Lock {
    /// Takes the right to write a shard, or everything; who has everything removes what dead processes left unfinished.
    ///
    /// # Errors
    /// Another process has it.
    pub fn take(folder: &Path, shard: Option<(u64, u64)>) -> Result<Lock, Failure> {
        let whole = open(&folder.join(LOCK))?;
        let Some((k, n)) = shard else {
            granted(whole.try_lock(), "other processes are solving worlds in this folder")?;
            remove_unfinished(folder);
            return Ok(Lock { _whole: whole, _shard: None });
        };
        granted(whole.try_lock_shared(), "another process is solving all worlds in this folder")?;
        let own = open(&folder.join(format!("{LOCK}-{k}-of-{n}")))?;
        granted(own.try_lock(), "another process is solving this shard in this folder")?;
        Ok(Lock { _whole: whole, _shard: Some(own) })
    }
}

fn open(path: &PathBuf) -> Result<File, Failure> {
    File::create(path).map_err(|e| trouble(path, &e))
}

/// A file system without locks is used without.
fn granted(answer: Result<(), TryLockError>, who: &str) -> Result<(), Failure> {
    match answer {
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            Err(Failure::plain("folder-in-use", who).help("wait for it, or choose another `--out DIR`"))
        }
    }
}

fn remove_unfinished(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if is_unfinished(&entry.file_name().to_string_lossy()) {
            // It is in nobody's way if it stays.
            drop(fs::remove_file(entry.path()));
        }
    }
}
