//! A study's worlds as columns: parameters beside answers.

use melian::study::worlds::{Code, Status};

use super::folder::Folder;
use crate::command::shell::{Failure, Shell};

/// The worlds of a folder, in order.
pub struct Worlds {
    /// Names of the parameters that vary.
    pub params: Vec<String>,
    /// Their values, a column each.
    pub inputs: Vec<Vec<f64>>,
    /// Which worlds were solved.
    pub solved: Vec<bool>,
    /// Which worlds fit what has been observed.
    pub plausible: Vec<bool>,
    /// Whether the model says what fits.
    pub told_apart: bool,
    /// Names of the answers that are numbers, and of those that are verdicts.
    pub numbers: Vec<String>,
    /// See `numbers`.
    pub verdicts: Vec<String>,
    /// The verdicts that are claims or were asked for.
    pub claims: Vec<String>,
    /// The kind of design.
    pub design: String,
    /// The parts that were read.
    parts: Vec<u64>,
}

impl Worlds {
    /// Reads the parameters of the first so many worlds, as far as they are done; of whole parts.
    ///
    /// # Errors
    /// A part cannot be read.
    pub fn read(folder: &Folder, most: usize) -> Result<Worlds, Failure> {
        let described = folder.description();
        let names = |key: &str| -> Vec<String> {
            let list = described.get(key).and_then(|v| v.as_array()).into_iter().flatten();
            list.filter_map(|name| name.as_str().map(ToOwned::to_owned)).collect()
        };
        let params: Vec<String> = described
            .get("varied")
            .and_then(|v| v.as_object())
            .map_or_else(Vec::new, |varied| varied.keys().cloned().collect());
        let (mut solved, mut plausible) = (Vec::new(), Vec::new());
        let mut inputs = vec![Vec::new(); params.len()];
        let parts = folder.first(most);
        folder.each(&parts, |part| {
            for (column, name) in inputs.iter_mut().zip(&params) {
                column.extend(part.numbers(name)?);
            }
            solved.extend(part.texts("status")?.into_iter().map(|s| s == Status::Solved.word()));
            plausible.extend(part.truths("plausible")?.into_iter().map(|p| p == Some(true)));
            Ok(())
        })?;
        let (verdicts, conditions) = (names("verdicts"), names("plausible"));
        let claims = verdicts.iter().filter(|v| !conditions.contains(v)).cloned().collect();
        let design =
            described.pointer("/design/kind").and_then(|k| k.as_str()).unwrap_or_default().to_owned();
        Ok(Worlds {
            params,
            inputs,
            solved,
            plausible,
            told_apart: !conditions.is_empty(),
            numbers: names("numbers"),
            verdicts,
            claims,
            design,
            parts,
        })
    }

    /// An answer by name: a number, or a verdict as 1 where it holds and 0 where it fails; NaN where there is none.
    ///
    /// # Errors
    /// There is no such answer, with the nearest name; a part cannot be read.
    pub fn answer(&self, folder: &Folder, name: &str) -> Result<Vec<f64>, Failure> {
        if self.numbers.iter().any(|n| n == name) {
            return Ok(folder.each(&self.parts, |part| part.numbers(name))?.concat());
        }
        if self.verdicts.iter().any(|n| n == name) {
            let words = folder.each(&self.parts, |part| part.texts(name))?.concat();
            return Ok(words.iter().map(|word| number(Code::named(word))).collect());
        }
        let known = self.claims.iter().chain(&self.numbers).map(String::as_str);
        let failure = Failure::plain("unknown-name", format!("these worlds have no answer `{name}`"));
        Err(match melian::nearest_name(name, known.clone()) {
            Some(near) => failure.help(&format!("did you mean `{near}`?")),
            None => failure.help(&format!("for example: {}", known.take(8).collect::<Vec<_>>().join(", "))),
        })
    }

    /// The rows that count: solved, and plausible where that is wanted.
    pub fn rows(&self, plausible: bool) -> Vec<usize> {
        (0..self.solved.len())
            .filter(|&row| self.solved[row] && (self.plausible[row] || !plausible))
            .collect()
    }

    /// Says if some worlds are not solved yet.
    ///
    /// # Errors
    /// None of them counts.
    pub fn check_any(&self, folder: &Folder, rows: &[usize], shell: &Shell) -> Result<(), Failure> {
        let unfinished = folder.unfinished();
        if !unfinished.is_empty() {
            shell.note(&format!("note: {unfinished}"));
        }
        if !rows.is_empty() {
            return Ok(());
        }
        if self.solved.iter().any(|&s| s) {
            return Err(Failure::plain("indices", "no world fits what has been observed")
                .help("`--all-worlds` takes those that do not, too"));
        }
        Err(Failure::plain("indices", "no world of this folder has an answer"))
    }

    /// The parameters in these rows.
    pub fn inputs_of(&self, rows: &[usize]) -> Vec<Vec<f64>> {
        self.inputs.iter().map(|column| rows.iter().map(|&row| column[row]).collect()).collect()
    }
}

fn number(code: Option<Code>) -> f64 {
    match code {
        Some(Code::Holds) => 1.0,
        Some(Code::Fails) => 0.0,
        _ => f64::NAN,
    }
}
