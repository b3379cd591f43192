//! The folder of a study: its description, the model's text, and one file for each part that is done.
//!
//! ```text
//! study.json            what was asked, where, of which model: everything that the results hang on
//! model.melian          the model's text
//! part-00000.parquet    worlds 0, 1, …: so many to each part
//! part-00001.journal    worlds of a part that is not done yet
//! ```
//!
//! A part appears at once and whole: it is written under another name, flushed to the disk and then renamed. Until then its worlds
//! are in its journal. So whatever happens to the process, the same command goes on where it was.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use melian::study::worlds::{Row, Sheet};
use sha2::{Digest, Sha256};

use super::{
    disk::{self, Lock, trouble, write_whole},
    journal::{Journal, Shape},
    parts::{Part, Schema, World},
};
use crate::command::shell::{Failure, plain};

/// The folder of a study.
pub struct Folder {
    path: PathBuf,
    /// The study's description.
    description: serde_json::Value,
    /// Worlds in each part.
    pub part_worlds: u64,
    /// Worlds in all.
    pub worlds: u64,
    /// Released when the process ends, however it does.
    _lock: Option<Lock>,
}

/// A hash in hexadecimal.
pub fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// The description as it is written.
pub fn text(description: &serde_json::Value) -> String {
    serde_json::to_string_pretty(description).unwrap_or_default() + "\n"
}

/// What is wrong with a part.
pub fn unreadable(path: &Path, error: &parquet::errors::ParquetError) -> Failure {
    Failure::plain("part-unreadable", format!("cannot read `{}`: {error}", path.display()))
        .help("remove this file and give the same command again: its worlds are solved anew")
}

impl Folder {
    /// Makes the folder of a study, or opens the one that is there.
    ///
    /// # Errors
    /// There is something else in it: another study, or no study at all; it is in use; it cannot be written.
    pub fn open(
        path: &Path,
        description: &serde_json::Value,
        model: &str,
        shard: Option<(u64, u64)>,
    ) -> Result<Folder, Failure> {
        let file = path.join("study.json");
        if !file.exists() && disk::holds_others(path, model) && !file.exists() {
            let title = format!("`{}` holds something else: nothing is written there", path.display());
            return Err(Failure::plain("folder-taken", title)
                .help("choose a folder that is empty or does not exist, with `--out DIR`"));
        }
        fs::create_dir_all(path).map_err(|e| trouble(path, &e))?;
        let lock = Lock::take(path, shard)?;
        if !file.exists() {
            write_whole(&path.join("model.melian"), |out| out.write_all(model.as_bytes()))?;
            write_whole(&file, |out| out.write_all(text(description).as_bytes()))?;
        }
        // Also after writing it: another process may have begun another study at the same moment.
        let there = fs::read_to_string(&file).map_err(|e| trouble(&file, &e))?;
        check_same(path, &there, description, ADVICE)?;
        let mut folder = Folder::described(path, description.clone())?;
        folder._lock = Some(lock);
        Ok(folder)
    }

    /// Opens a folder to read it.
    ///
    /// # Errors
    /// There is no study in it.
    pub fn read(path: &Path) -> Result<Folder, Failure> {
        let file = path.join("study.json");
        let there = fs::read_to_string(&file).map_err(|e| {
            Failure::plain("no-study", format!("`{}` is no folder of worlds: {}", path.display(), plain(&e)))
                .help("make one with `melian worlds MODEL --out DIR`")
        })?;
        let description = serde_json::from_str(&there).map_err(|e| {
            Failure::plain("no-study", format!("`{}` is no description of worlds: {e}", file.display()))
        })?;
        Folder::described(path, description)
    }

    fn described(path: &Path, description: serde_json::Value) -> Result<Folder, Failure> {
        let number = |key: &str| description.get(key).and_then(serde_json::Value::as_u64).filter(|&n| n > 0);
        let (Some(worlds), Some(part_worlds)) = (number("worlds"), number("part_worlds")) else {
            let title = format!("`{}` holds a description without numbers of worlds", path.display());
            return Err(Failure::plain("no-study", title));
        };
        Ok(Folder { path: path.to_owned(), description, part_worlds, worlds, _lock: None })
    }

    /// The study's description.
    pub fn description(&self) -> &serde_json::Value {
        &self.description
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many worlds there will be.
    pub fn worlds(&self) -> u64 {
        self.worlds
    }

    /// How many parts there will be.
    pub fn parts(&self) -> u64 {
        self.worlds.div_ceil(self.part_worlds)
    }

    /// The worlds of a part.
    pub fn members(&self, part: u64) -> std::ops::Range<u64> {
        part * self.part_worlds..((part + 1) * self.part_worlds).min(self.worlds)
    }

    /// Where a part is when it is done.
    pub fn part_path(&self, part: u64) -> PathBuf {
        self.path.join(format!("part-{part:05}.parquet"))
    }

    fn journal_path(&self, part: u64) -> PathBuf {
        self.path.join(format!("part-{part:05}.journal"))
    }

    /// Whether a part is done.
    pub fn is_done(&self, part: u64) -> bool {
        self.part_path(part).exists()
    }

    /// The parts that are done, in order.
    pub fn done(&self) -> Vec<u64> {
        (0..self.parts()).filter(|&part| self.is_done(part)).collect()
    }

    /// Opens a part that is done.
    pub fn part(&self, part: u64) -> Result<Part, Failure> {
        let path = self.part_path(part);
        let opened = Part::open(&path).map_err(|e| unreadable(&path, &e))?;
        let expected = self.members(part);
        let same = opened.metadata("melian").is_some_and(|said| said == text(&self.description));
        if opened.len() as u64 != expected.end - expected.start || !same {
            let error = parquet::errors::ParquetError::General("it is of another study".into());
            return Err(unreadable(&path, &error));
        }
        Ok(opened)
    }

    /// What is missing, in words; empty if nothing is.
    pub fn unfinished(&self) -> String {
        let (done, parts) = (self.done().len() as u64, self.parts());
        if done == parts { String::new() } else { format!("{done} of {parts} parts are solved so far") }
    }

    /// The parts that are done and hold the first so many worlds.
    pub fn first(&self, worlds: usize) -> Vec<u64> {
        let parts = (worlds as u64).div_ceil(self.part_worlds);
        self.done().into_iter().filter(|&part| part < parts).collect()
    }

    /// Reads something of parts that are done, one after the other.
    pub fn each<T>(
        &self,
        parts: &[u64],
        mut read: impl FnMut(&Part) -> Result<T, parquet::errors::ParquetError>,
    ) -> Result<Vec<T>, Failure> {
        let one = |&k: &u64| read(&self.part(k)?).map_err(|e| unreadable(&self.part_path(k), &e));
        parts.iter().map(one).collect()
    }

    /// The model's text.
    pub fn model(&self) -> Result<String, Failure> {
        let path = self.path.join("model.melian");
        fs::read_to_string(&path).map_err(|e| {
            Failure::plain("no-study", format!("cannot read `{}`: {}", path.display(), plain(&e)))
        })
    }

    /// Whether another folder holds the same study.
    pub fn check_same(&self, other: &Folder) -> Result<(), Failure> {
        let advice = "only shards of the same command on the same model can be merged";
        check_same(&other.path, &text(&other.description), &self.description, advice)
    }

    /// Copies a part of the same study from another folder.
    pub fn take_over(&self, other: &Folder, part: u64) -> Result<(), Failure> {
        let from = other.part_path(part);
        let mut source = File::open(&from).map_err(|e| {
            Failure::plain("part-unreadable", format!("cannot read `{}`: {}", from.display(), plain(&e)))
        })?;
        write_whole(&self.part_path(part), |file| io::copy(&mut source, file).map(|_| ()))
    }
}

/// What to do where a folder holds another study.
const ADVICE: &str = "choose another folder with `--out DIR`, or give the command that made this one";

/// Whether the study in a folder is the one wanted; what differs if not.
fn check_same(path: &Path, there: &str, wanted: &serde_json::Value, advice: &str) -> Result<(), Failure> {
    let known: serde_json::Value = serde_json::from_str(there).unwrap_or_default();
    if known == *wanted {
        return Ok(());
    }
    let title = format!("`{}` holds worlds of another study", path.display());
    let mut failure = Failure::plain("other-study", title);
    let mut differences = Vec::new();
    differ("", &known, wanted, &mut differences);
    if differences
        .iter()
        .all(|d| d.starts_with("worlds:") || d.starts_with("part_worlds:") || d.starts_with("design."))
    {
        failure = failure
            .help("a folder keeps its number of worlds and its design: others need a folder of their own");
    }
    for difference in differences.iter().take(5) {
        failure = failure.help(difference);
    }
    Err(failure.help(advice))
}

/// In which entries two descriptions differ.
fn differ(name: &str, a: &serde_json::Value, b: &serde_json::Value, found: &mut Vec<String>) {
    use serde_json::Value::Object;
    if a == b {
        return;
    }
    if let (Object(x), Object(y)) = (a, b) {
        let mut keys: Vec<&String> = x.keys().chain(y.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let inner = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            let none = serde_json::Value::Null;
            differ(&inner, x.get(key).unwrap_or(&none), y.get(key).unwrap_or(&none), found);
        }
        return;
    }
    let short = |value: &serde_json::Value| {
        let text = value.to_string();
        if text.chars().count() > 60 { text.chars().take(57).chain("…".chars()).collect() } else { text }
    };
    found.push(format!("{name}: {} there, {} now", short(a), short(b)));
}

/// The parts that are being worked on.
pub struct Desk<'a> {
    folder: &'a Folder,
    schema: &'a Schema<'a>,
    /// Values of the varied parameters and the randomisation of a world.
    place: &'a (dyn Fn(u64) -> (Vec<f64>, Option<u64>) + 'a),
    study: [u8; 32],
    shape: Shape,
    open: BTreeMap<u64, (Option<Journal>, BTreeMap<u64, Row>)>,
}

impl<'a> Desk<'a> {
    /// A desk for a folder.
    pub fn new(
        folder: &'a Folder,
        schema: &'a Schema<'a>,
        sheet: &Sheet<'_>,
        place: &'a (dyn Fn(u64) -> (Vec<f64>, Option<u64>) + 'a),
    ) -> Desk<'a> {
        let study = Sha256::digest(text(&folder.description).as_bytes()).into();
        let shape = Shape { numbers: sheet.numbers.len(), verdicts: sheet.verdicts.len() };
        Desk { folder, schema, place, study, shape, open: BTreeMap::new() }
    }

    /// Takes up a part: the worlds of it that are still to be solved.
    pub fn take_up(&mut self, part: u64) -> Result<Vec<u64>, Failure> {
        if self.folder.is_done(part) {
            // Left by a process that died between the two.
            drop(fs::remove_file(self.folder.journal_path(part)));
            return Ok(Vec::new());
        }
        // Opened to write only when there is something to write: of a study with many parts, few are being worked on.
        let rows = if self.folder.journal_path(part).exists() { self.journal(part)?.1 } else { Vec::new() };
        let members = self.folder.members(part);
        let rows: BTreeMap<u64, Row> = rows.into_iter().filter(|(w, _)| members.contains(w)).collect();
        let open: Vec<u64> = members.filter(|w| !rows.contains_key(w)).collect();
        self.open.insert(part, (None, rows));
        if open.is_empty() {
            self.finish(part)?;
        }
        Ok(open)
    }

    /// Puts a world down; writes its part if it was the last one of it.
    pub fn put(&mut self, world: u64, row: Row) -> Result<(), Failure> {
        let part = world / self.folder.part_worlds;
        let members = self.folder.members(part);
        if self.open.get(&part).is_some_and(|(journal, _)| journal.is_none()) {
            let journal = self.journal(part)?.0;
            self.open.entry(part).and_modify(|entry| entry.0 = Some(journal));
        }
        let Some((Some(journal), rows)) = self.open.get_mut(&part) else { return Ok(()) };
        journal.write(world, &row).map_err(|e| trouble(&self.folder.journal_path(part), &e))?;
        rows.insert(world, row);
        if rows.len() as u64 == members.end - members.start { self.finish(part) } else { Ok(()) }
    }

    fn journal(&self, part: u64) -> Result<(Journal, Vec<(u64, Row)>), Failure> {
        let path = self.folder.journal_path(part);
        Journal::open(&path, &self.study, self.shape).map_err(|e| trouble(&path, &e))
    }

    fn finish(&mut self, part: u64) -> Result<(), Failure> {
        let Some((_, rows)) = self.open.remove(&part) else { return Ok(()) };
        let worlds: Vec<World> = rows
            .into_iter()
            .map(|(world, row)| {
                let (params, replicate) = (self.place)(world);
                World { world, replicate, params, row }
            })
            .collect();
        let path = self.folder.part_path(part);
        write_whole(&path, |file| {
            self.schema.write(file, &worlds).map_err(|e| match e {
                parquet::errors::ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                    Ok(error) => *error,
                    Err(inner) => io::Error::other(inner.to_string()),
                },
                other => io::Error::other(other.to_string()),
            })
        })?;
        // The part is there: a journal that stays is opened by nobody.
        drop(fs::remove_file(self.folder.journal_path(part)));
        Ok(())
    }
}
