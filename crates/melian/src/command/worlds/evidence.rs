//! What a folder of worlds says, as parts of a report.

use std::path::Path;

use melian::{
    model::Model,
    report::view::{Answer, ClaimWorlds, Condition, Driver, FailureBox, Global, Interval, Limit, WorldsPart},
    stats::interval::Share,
    study::worlds::{Code, Sheet, Spread},
};
use rayon::prelude::*;

use super::{
    Certainty, LEVEL, boxes,
    details::{ENOUGH, MOST},
    drivers::{self, Found, Method},
    folder::{Folder, fingerprint},
    summary::{Counted, Summary},
    table::Worlds,
};
use crate::command::{
    Settings,
    shell::{Failure, Loaded},
};

/// So many parameters are named for each claim.
const NAMED: usize = 5;
/// So many are drawn for each answer.
const DRAWN: usize = 12;

/// Everything that a report takes from worlds.
pub struct Evidence {
    /// What they are.
    pub worlds: WorldsPart,
    /// What they say of each claim of the model.
    pub claims: Vec<Option<ClaimWorlds>>,
    /// Which parameters the answers hang on.
    pub global: Option<Global>,
}

/// The settings of a folder's study where none are given; a study that was made with others is refused.
///
/// # Errors
/// There is no study, or it is of other constants, parameters or starts, or was solved in another way.
pub fn settings_of(path: &Path, given: &Settings) -> Result<Settings, Failure> {
    let folder = Folder::read(path)?;
    let described = folder.description();
    let text = |x: &serde_json::Value| x.as_str().map_or_else(|| x.to_string(), ToOwned::to_owned);
    let pairs = |key: &str| -> Vec<(String, String)> {
        let entries = described.pointer(&format!("/set/{key}")).and_then(|v| v.as_object());
        entries.into_iter().flatten().map(|(name, x)| (name.clone(), text(x))).collect()
    };
    let numbers = |key: &str| -> Vec<(String, f64)> {
        pairs(key).into_iter().filter_map(|(name, x)| Some((name, x.parse().ok()?))).collect()
    };
    let mut settings = given.clone();
    let refuse = |option: &str| {
        let title = format!("the worlds of `{}` were solved with other values of `{option}`", path.display());
        Err(Failure::plain("other-study", title)
            .help("leave the option out: the report takes the values of its worlds"))
    };
    if settings.consts.is_empty() {
        settings.consts = numbers("const");
    } else if sorted(&settings.consts) != sorted(&numbers("const")) {
        return refuse("--const");
    }
    if settings.params.is_empty() {
        settings.params = numbers("params");
    } else if sorted(&settings.params) != sorted(&numbers("params")) {
        return refuse("--param");
    }
    if settings.starts.is_empty() {
        settings.starts = pairs("start");
    } else if sorted(&settings.starts) != sorted(&pairs("start")) {
        return refuse("--start");
    }
    let truth = |key: &str| described.pointer(key).and_then(serde_json::Value::as_bool).unwrap_or(false);
    let ways = [
        ("--forever", "/model/forever", &mut settings.forever),
        ("--homotopy", "/solver/homotopy", &mut settings.homotopy),
        ("--allow-unconverged", "/solver/allow_unconverged", &mut settings.allow_unconverged),
    ];
    for (option, key, own) in ways {
        if *own && !truth(key) {
            return refuse(option);
        }
        *own = truth(key);
    }
    let from = described.pointer("/solver/start_from_sha256").and_then(|v| v.as_str());
    let read = |file: &String| std::fs::read(file).ok().map(|bytes| fingerprint(&bytes));
    if settings.start_from.as_ref().and_then(read).as_deref() != from {
        let title = format!("the worlds of `{}` were solved from another `--start-from`", path.display());
        return Err(Failure::plain("other-study", title).help("name the file that they were solved from"));
    }
    Ok(settings)
}

fn sorted<T: Clone + PartialOrd>(list: &[(String, T)]) -> Vec<(String, T)> {
    let mut list = list.to_vec();
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

/// Whether the worlds of a folder are of a model's text.
///
/// # Errors
/// They are not, or there are none.
pub fn check(path: &Path, loaded: &Loaded) -> Result<(), Failure> {
    let folder = Folder::read(path)?;
    let described = folder.description();
    let hash = described.pointer("/model/sha256").and_then(|v| v.as_str()).unwrap_or_default();
    if hash != fingerprint(loaded.game.text.as_bytes()) {
        let title = format!("the worlds of `{}` are of another text than `{}`", path.display(), loaded.name);
        return Err(Failure::plain("other-study", title).help(&format!(
            "solve them anew with `melian worlds`, or report on the text they were solved with: `{}`",
            path.join("model.melian").display()
        )));
    }
    Ok(())
}

/// Reads a folder for a report on a model whose worlds it holds.
///
/// # Errors
/// The folder cannot be read.
pub fn evidence(path: &Path, model: &Model) -> Result<Evidence, Failure> {
    let folder = Folder::read(path)?;
    let kind = folder.description().pointer("/design/kind").and_then(|kind| kind.as_str());
    // Indices of a design of their own need all of it.
    let most = if matches!(kind, Some("saltelli" | "morris")) { usize::MAX } else { MOST };
    let worlds = Worlds::read(&folder, most)?;
    let sheet = sheet(&worlds);
    let spread = match worlds.design.as_str() {
        "sobol" | "lhs" => Spread::Randomised,
        "random" | "file" => Spread::Independent,
        _ => Spread::None,
    };
    let certainty = Certainty { spread, looks: 1 };
    let summary = Summary::of(&folder, &folder.done(), &sheet, certainty)?;
    let mut notes = Vec::new();
    let unfinished = folder.unfinished();
    if !unfinished.is_empty() {
        notes.push(unfinished.clone());
    }
    let method = Method::made_for(&worlds);
    let own = method.own_design();
    let mut rows = worlds.rows(worlds.told_apart && !own);
    if rows.len() < ENOUGH && !own {
        rows = worlds.rows(false);
        if worlds.told_apart && rows.len() >= ENOUGH {
            notes.push("too few plausible worlds: drivers and failure boxes are of all worlds".into());
        }
    }
    let usable = if own { unfinished.is_empty() } else { rows.len() >= ENOUGH };
    if !usable {
        notes.push("too few worlds to tell which parameters the answers hang on".into());
    }
    let answers = drivers::usual(&worlds, own);
    let found = match usable {
        true => {
            let rows: Vec<usize> = if own { (0..worlds.solved.len()).collect() } else { rows.clone() };
            drivers::find(&folder, &worlds, method, &rows, &answers, &|_| {})?
        }
        false => Vec::new(),
    };
    let inputs = worlds.inputs_of(&rows);
    let columns: Vec<Vec<f64>> = worlds
        .claims
        .iter()
        .map(|claim| Ok(rows_of(&worlds.answer(&folder, claim)?, &rows)))
        .collect::<Result<_, Failure>>()?;
    let boxes: Vec<Option<FailureBox>> = match usable && !own {
        true => columns.par_iter().map(|column| failure_box(&worlds, &inputs, column)).collect(),
        false => vec![None; columns.len()],
    };
    let named = |claim: &str| found.iter().find(|(name, _)| name.trim_end_matches(".margin") == claim);
    let of_claim = |index: usize| {
        let name = worlds.claims.get(index)?;
        let verdict = worlds.verdicts.iter().position(|v| v == name)?;
        let drivers = named(name).and_then(|(_, found)| found.as_ref().ok());
        let drivers = drivers.map_or_else(Vec::new, |found| ranked(&worlds, found, NAMED));
        let r#box = boxes.get(index).cloned().flatten();
        Some(claim_worlds(&summary.counted(verdict), spread, worlds.told_apart, drivers, r#box))
    };
    let conditions =
        model.plausible.iter().zip(sheet.plausible.clone()).map(|(plausible, verdict)| Condition {
            words: match plausible.words.is_empty() {
                true => melian::report::finding::one_line(&plausible.text),
                false => plausible.words.clone(),
            },
            share: interval(summary.counted(verdict).all, spread),
        });
    let answer = |(name, found): &(String, Result<Found, _>)| Answer {
        name: name.clone(),
        drivers: found.as_ref().ok().map_or_else(Vec::new, |found| ranked(&worlds, found, DRAWN)),
        note: note(found),
    };
    let global = (!found.is_empty())
        .then(|| Global { index: method.index().into(), answers: found.iter().map(answer).collect() });
    let kept = summary.kept();
    Ok(Evidence {
        claims: (0..model.claims.len()).map(of_claim).collect(),
        worlds: WorldsPart {
            worlds: folder.worlds(),
            solved: summary.solved(),
            plausible: worlds.told_apart.then_some(kept),
            design: worlds.design.clone(),
            level: LEVEL,
            notes,
            conditions: conditions.collect(),
        },
        global,
    })
}

/// The names of the answers in a folder, as a sheet of its own would have them.
fn sheet(worlds: &Worlds) -> Sheet<'static> {
    let mut sheet = Sheet::default();
    sheet.numbers.clone_from(&worlds.numbers);
    sheet.verdicts.clone_from(&worlds.verdicts);
    let plausible = |name: &String| !worlds.claims.contains(name);
    let first = worlds.verdicts.iter().position(plausible).unwrap_or(worlds.verdicts.len());
    let count = worlds.verdicts.iter().filter(|name| plausible(name)).count();
    sheet.plausible = first..first + count;
    sheet
}

fn rows_of(column: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&row| column[row]).collect()
}

fn interval(share: Option<Share>, spread: Spread) -> Option<Interval> {
    let told = spread != Spread::None;
    share.map(|s| Interval { share: s.share, low: told.then_some(s.low), high: told.then_some(s.high) })
}

fn claim_worlds(
    counted: &Counted<'_>,
    spread: Spread,
    told_apart: bool,
    drivers: Vec<Driver>,
    r#box: Option<FailureBox>,
) -> ClaimWorlds {
    let counts = counted.counts;
    ClaimWorlds {
        all: interval(counted.all, spread),
        plausible: interval(counted.plausible, spread).filter(|_| told_apart),
        worlds: counts.worlds(),
        holds: counts.count(Code::Holds),
        fails: counts.count(Code::Fails),
        undecided: counts.count(Code::Undecided),
        undefined: counts.count(Code::Undefined),
        median_margin: counted.median,
        drivers,
        r#box,
    }
}

fn ranked(worlds: &Worlds, found: &Found, most: usize) -> Vec<Driver> {
    let finite = |x: f64| Some(x).filter(|x| x.is_finite());
    let driver = |p: usize| {
        let estimate = found.indices[0].1[p]?;
        Some(Driver {
            parameter: worlds.params[p].clone(),
            index: finite(estimate.value)?,
            low: finite(estimate.low),
            high: finite(estimate.high),
            sign: found.sign[p],
        })
    };
    found.ranked().into_iter().take(most).filter_map(driver).collect()
}

fn note<E: ToString>(found: &Result<Found, E>) -> Option<String> {
    match found {
        Err(e) => Some(e.to_string()),
        Ok(found) if found.ranked().is_empty() => Some("no parameter stands out from an idle one".into()),
        Ok(found) => found.enough.as_ref().err().map(|why| format!("more worlds would tell more: {why}")),
    }
}

fn failure_box(worlds: &Worlds, inputs: &[Vec<f64>], column: &[f64]) -> Option<FailureBox> {
    let (scenario, base) = boxes::first(inputs, column)?;
    let limit = |(p, limits): (usize, &melian::stats::discovery::Limits)| {
        let (from, to) =
            inputs[p].iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &x| (a.min(x), b.max(x)));
        let (low, high) = (limits.low.map(|e| e.at), limits.high.map(|e| e.at));
        Limit { parameter: worlds.params[p].clone(), low, high, from, to }
    };
    let limits = scenario.region.limits.iter().enumerate().filter(|(_, limits)| limits.restricted());
    Some(FailureBox {
        words: scenario.region.words(&worlds.params),
        limits: limits.map(limit).collect(),
        coverage: scenario.figures.coverage,
        density: scenario.figures.density,
        base,
    })
}
