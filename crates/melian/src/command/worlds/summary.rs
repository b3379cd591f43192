//! What many worlds say about the claims: in which share of them each holds, before and after those are left out that do not fit
//! what has been observed.

use std::{collections::BTreeMap, io::Write, path::Path};

use melian::{
    model::Model,
    stats::interval::Share,
    study::worlds::{Code, Row, Shares, Sheet, Spread, Status, VerdictShares},
};
use serde_json::json;

use super::{
    Certainty,
    folder::{Folder, unreadable},
};
use crate::command::{
    csv::Csv,
    figures::{Paint, count, figure, paint},
    output,
    shell::Failure,
    tables::{Rows, wrapped},
};

/// Counts and shares over all worlds of a folder.
pub struct Summary {
    shares: Shares,
    spread: Spread,
    level: f64,
    looks: usize,
    statuses: BTreeMap<String, u64>,
    reasons: BTreeMap<String, u64>,
    /// Of each verdict, the median margin over the worlds that have one: in all worlds, in the plausible ones.
    medians: Vec<[Option<f64>; 2]>,
    quantiles: Vec<Quantiles>,
}

/// How a number is spread over worlds.
struct Quantiles {
    name: String,
    /// Position among the sheet's numbers.
    number: usize,
    /// 5 %, 50 % and 95 % of all worlds, and of the plausible ones.
    of: [Option<[f64; 3]>; 2],
}

impl Quantiles {
    /// Of all numbers that are asked for themselves: measures and questions.
    fn of(
        folder: &Folder,
        parts: &[u64],
        sheet: &Sheet<'_>,
        kept: &[bool],
    ) -> Result<Vec<Quantiles>, Failure> {
        let mut found = Vec::new();
        for (number, name) in sheet.numbers.iter().enumerate() {
            let of_claim =
                |v: &String| name.strip_prefix(v.as_str()).is_some_and(|rest| rest.starts_with('.'));
            if sheet.verdicts.iter().any(of_claim) {
                continue;
            }
            let all = folder.each(parts, |part| part.numbers(name))?.concat();
            let plausible = all.iter().zip(kept).filter(|(_, kept)| **kept).map(|(x, _)| *x).collect();
            found.push(Quantiles { name: name.clone(), number, of: [three(all), three(plausible)] });
        }
        Ok(found)
    }
}

/// 5 %, 50 % and 95 % of the numbers that exist.
fn three(mut values: Vec<f64>) -> Option<[f64; 3]> {
    values.retain(|x| !x.is_nan());
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().checked_sub(1)? as f64;
    Some([0.05, 0.5, 0.95].map(|share| {
        let place = share * last;
        let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
        below + (place - place.floor()) * (above - below)
    }))
}

/// Medians are of at most about so many worlds, the first ones: memory does not grow with their number.
const MEDIAN_OF: usize = 1 << 17;

/// Counts the verdicts of all worlds of some parts; `fits` is told of each whether it fits what has been observed.
fn tally(
    folder: &Folder,
    parts: &[u64],
    sheet: &Sheet<'_>,
    mut fits: impl FnMut(bool),
) -> Result<Shares, Failure> {
    let mut shares = Shares::new(sheet.verdicts.len());
    folder.each(parts, |part| {
        let columns: Vec<Vec<String>> =
            sheet.verdicts.iter().map(|name| part.texts(name)).collect::<Result<_, _>>()?;
        for (row, (plausible, replicate)) in
            part.truths("plausible")?.into_iter().zip(part.replicates()?).enumerate()
        {
            fits(plausible == Some(true));
            let Some(plausible) = plausible else { continue };
            let codes: Vec<Code> =
                columns.iter().map(|c| Code::named(&c[row]).unwrap_or(Code::None)).collect();
            shares.add(&codes, plausible, replicate);
        }
        Ok(())
    })?;
    Ok(shares)
}

/// Width of the widest interval of a share of worlds in which a claim holds: in the plausible worlds, where those are told apart.
///
/// # Errors
/// A part cannot be read.
pub fn widest(
    folder: &Folder,
    parts: &[u64],
    sheet: &Sheet<'_>,
    certainty: Certainty,
) -> Result<f64, Failure> {
    let shares = tally(folder, parts, sheet, |_| {})?;
    let told_apart = shares.kept.count(Code::Fails) > 0;
    let counted = if told_apart { &shares.plausible } else { &shares.all };
    let width = |c: &VerdictShares| match c.worlds() {
        0 => 1.0,
        _ => c.share(Code::Holds, certainty.spread, certainty.level()).map_or(1.0, Share::width),
    };
    Ok(counted.iter().map(width).fold(0.0, f64::max))
}

/// A verdict over worlds.
pub struct Counted<'a> {
    /// In which share of all worlds it holds.
    pub all: Option<Share>,
    /// In which share of those that fit what has been observed.
    pub plausible: Option<Share>,
    /// How often each verdict came up in these, or in all if all fit.
    pub counts: &'a VerdictShares,
    /// Median margin over the same worlds.
    pub median: Option<f64>,
}

/// A claim, or a condition that was asked for.
struct Line {
    name: String,
    words: String,
    verdict: usize,
}

impl Summary {
    /// Goes through all parts that are done.
    ///
    /// # Errors
    /// A part cannot be read.
    pub fn of(
        folder: &Folder,
        parts: &[u64],
        sheet: &Sheet<'_>,
        certainty: Certainty,
    ) -> Result<Summary, Failure> {
        let mut kept = Vec::new();
        let shares = tally(folder, parts, sheet, |fits| {
            if kept.len() < 2 * MEDIAN_OF {
                kept.push(fits);
            }
        })?;
        let (mut statuses, mut reasons) = (BTreeMap::new(), BTreeMap::new());
        folder.each(parts, |part| {
            for (status, reason) in part.texts("status")?.into_iter().zip(part.texts("reason")?) {
                if status != Status::Solved.word() {
                    *reasons.entry(reason).or_insert(0) += 1;
                }
                *statuses.entry(status).or_insert(0) += 1;
            }
            Ok(())
        })?;
        let mut medians = Vec::new();
        let first: Vec<u64> = folder.first(MEDIAN_OF).into_iter().filter(|p| parts.contains(p)).collect();
        for name in &sheet.verdicts {
            let margins = folder.each(&first, |part| part.numbers(&format!("{name}.margin")))?.concat();
            let plausible = margins.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(m, _)| *m).collect();
            medians.push([median(margins), median(plausible)]);
        }
        let quantiles = Quantiles::of(folder, &first, sheet, &kept)?;
        let (spread, level) = (certainty.spread, certainty.level());
        Ok(Summary { shares, spread, level, looks: certainty.looks, statuses, reasons, medians, quantiles })
    }

    /// What was counted of a verdict.
    pub fn counted(&self, verdict: usize) -> Counted<'_> {
        let told_apart = self.shares.kept.count(Code::Fails) > 0;
        let counts = if told_apart { &self.shares.plausible } else { &self.shares.all };
        Counted {
            all: self.holds(verdict, false),
            plausible: self.holds(verdict, true),
            counts: &counts[verdict],
            median: self.medians[verdict][usize::from(told_apart)],
        }
    }

    /// Worlds that fit what has been observed.
    pub fn kept(&self) -> u64 {
        self.shares.kept.count(Code::Holds)
    }

    fn lines(&self, model: &Model, sheet: &Sheet<'_>) -> Vec<Line> {
        let mut lines = Vec::new();
        for (verdict, name) in sheet.verdicts.iter().enumerate() {
            if sheet.plausible.contains(&verdict) {
                continue;
            }
            let claim = model.claims.get(verdict).filter(|_| verdict < sheet.plausible.start);
            let words = claim.map_or_else(String::new, |c| c.words.clone());
            lines.push(Line { name: name.clone(), words, verdict });
        }
        lines
    }

    fn conditions<'m>(model: &'m Model, sheet: &Sheet<'_>) -> Vec<(usize, &'m melian::model::Plausible)> {
        sheet.plausible.clone().zip(&model.plausible).collect()
    }

    /// Worlds that have answers.
    pub fn solved(&self) -> u64 {
        self.statuses.get(Status::Solved.word()).copied().unwrap_or(0)
    }

    fn worlds(&self) -> u64 {
        self.statuses.values().sum()
    }

    fn holds(&self, verdict: usize, plausible: bool) -> Option<Share> {
        let counted = if plausible { &self.shares.plausible } else { &self.shares.all };
        counted[verdict].share(Code::Holds, self.spread, self.level)
    }

    /// As a page of text.
    pub fn page(
        &self,
        model: &Model,
        folder: &Folder,
        sheet: &Sheet<'_>,
        baseline: &Row,
        colour: bool,
    ) -> String {
        let title = if model.title.is_empty() { String::new() } else { format!(" · {}", model.title) };
        let mut text = format!("{}{title}\n", paint(&model.name, Paint::Bold, colour));
        text += &self.head(folder);
        let conditions = Summary::conditions(model, sheet);
        let told_apart = !conditions.is_empty();
        let lines = self.lines(model, sheet);
        if !lines.is_empty() {
            text += &format!("\n{}\n", paint("Claims", Paint::Bold, colour));
            text += &self.claims(&lines, baseline, told_apart, colour);
        }
        if !self.quantiles.is_empty() {
            text += &format!("\n{}\n", paint("Measures", Paint::Bold, colour));
            text += &self.measures(baseline, told_apart, colour);
        }
        if told_apart {
            text += &format!("\n{}\n", paint("Plausible worlds", Paint::Bold, colour));
            text += &self.record(&conditions, colour);
        }
        text.replace('\u{a0}', " ")
    }

    fn head(&self, folder: &Folder) -> String {
        let number = |status: Status| self.statuses.get(status.word()).copied().unwrap_or(0);
        let solved = number(Status::Solved);
        let mut parts = vec![
            format!("{} worlds", count(self.worlds().into())),
            format!("{} solved", count(solved.into())),
        ];
        let others = [
            (Status::Excluded, "that break a `require`"),
            (Status::Failed, "failed"),
            (Status::Unconverged, "without an equilibrium"),
        ];
        for (status, words) in others {
            if number(status) > 0 {
                parts.push(format!("{} {words}", count(number(status).into())));
            }
        }
        let design = folder.description().get("design").and_then(|d| d.get("kind")).and_then(|k| k.as_str());
        let design = match design {
            Some("sobol") => {
                "Sobol points in 16 independent scrambles; intervals: 95 %, Student's t over the scrambles"
            }
            Some("lhs") => {
                "16 independent Latin hypercubes; intervals: 95 %, Student's t over the hypercubes"
            }
            Some("random") => "independent random points; intervals: 95 %, Wilson",
            Some("grid") => "a grid: shares are of its points, without intervals",
            Some("saltelli") => {
                "rows for Sobol' indices, which `melian drivers` reads; shares without intervals"
            }
            Some("morris") => "trajectories, which `melian drivers` reads; shares without intervals",
            _ => "points from a file; intervals: 95 %, Wilson, as if they were independent draws",
        };
        let looks =
            if self.looks > 1 { format!(", all {} looks together", self.looks) } else { String::new() };
        let mut text = wrapped(&format!("{} · {design}{looks}", parts.join(", ")));
        if number(Status::Solved) < self.worlds() {
            let mut reasons: Vec<(&String, &u64)> = self.reasons.iter().collect();
            reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            for (reason, times) in reasons.into_iter().take(5) {
                let times =
                    if *times == 1 { "once".into() } else { format!("{} times", count((*times).into())) };
                text += &wrapped(&format!("  {times}: {reason}"));
            }
        }
        text
    }

    fn claims(&self, lines: &[Line], baseline: &Row, told_apart: bool, colour: bool) -> String {
        let mut header = vec!["\n", "\nclaim", "\nbaseline", "holds in\nall worlds"];
        if told_apart {
            header.push("\nplausible ones");
        }
        header.extend(["\nfails", "not\ndecided", "median\nmargin"]);
        let left: &[usize] = &[0, 1, 2];
        let mut rows = Rows::new(&header, left, colour);
        for line in lines {
            let counted = if told_apart { &self.shares.plausible } else { &self.shares.all };
            let counted = &counted[line.verdict];
            let all = counted.worlds() as f64;
            let share = |n: u64| if all > 0.0 { per_cent(n as f64 / all) } else { "–".into() };
            let code = baseline.verdicts[line.verdict];
            let mut row = vec![line.name.clone(), line.words.clone(), code.word().into()];
            row.push(interval(self.holds(line.verdict, false), self.spread));
            if told_apart {
                row.push(interval(self.holds(line.verdict, true), self.spread));
            }
            row.push(share(counted.count(Code::Fails)));
            row.push(share(counted.count(Code::Undecided) + counted.count(Code::Undefined)));
            let median = self.medians[line.verdict][usize::from(told_apart)];
            row.push(
                median.map_or("–".into(), |m| if m > 0.0 { format!("+{}", figure(m)) } else { figure(m) }),
            );
            let painted = match code {
                Code::Holds => Paint::Green,
                Code::Fails => Paint::Red,
                _ => Paint::Yellow,
            };
            rows.push_painted(row, 2, painted);
        }
        rows.wrap(1, if told_apart { 20 } else { 34 });
        let mut text = rows.text();
        if told_apart {
            text += &wrapped(
                "  fails, not decided (undecided or undefined), median margin: of the plausible worlds",
            );
        }
        text
    }

    /// Measures and questions: the baseline, and what lies between 5 % and 95 % of the worlds.
    fn measures(&self, baseline: &Row, told_apart: bool, colour: bool) -> String {
        let mut header = vec!["", "baseline", "5 %", "median", "95 %"];
        if told_apart {
            header.extend(["plausible: 5 %", "median", "95 %"]);
        }
        let mut rows = Rows::new(&header, &[0], colour);
        for entry in &self.quantiles {
            let number = |x: f64| if x.is_nan() { "–".into() } else { figure(x) };
            let mut row = vec![entry.name.clone(), number(baseline.numbers[entry.number])];
            for of in &entry.of[..if told_apart { 2 } else { 1 }] {
                row.extend(of.map_or_else(|| vec!["–".into(); 3], |q| q.map(number).to_vec()));
            }
            rows.push(row);
        }
        rows.text()
    }

    fn record(&self, conditions: &[(usize, &melian::model::Plausible)], colour: bool) -> String {
        let mut rows = Rows::new(&["", "condition", "holds in", "median margin"], &[0, 1], colour);
        for (index, (verdict, plausible)) in conditions.iter().enumerate() {
            let words = if plausible.words.is_empty() {
                plausible.text.split_whitespace().collect::<Vec<_>>().join(" ")
            } else {
                plausible.words.clone()
            };
            let median = self.medians[*verdict][0];
            rows.push(vec![
                (index + 1).to_string(),
                words,
                interval(self.holds(*verdict, false), self.spread),
                median.map_or("–".into(), figure),
            ]);
        }
        rows.wrap(1, 50);
        let kept = self.shares.kept.count(Code::Holds);
        let share = self.shares.kept.share(Code::Holds, self.spread, self.level);
        rows.text()
            + &wrapped(&format!(
                "  all of them: {} of the worlds, {} kept",
                interval(share, self.spread),
                count(kept.into())
            ))
    }

    /// As JSON.
    pub fn json(
        &self,
        model: &Model,
        folder: &Folder,
        sheet: &Sheet<'_>,
        baseline: &Row,
    ) -> serde_json::Value {
        let share = |verdict: usize, plausible: bool| {
            let counted = if plausible { &self.shares.plausible } else { &self.shares.all };
            let counted = &counted[verdict];
            let holds = counted.share(Code::Holds, self.spread, self.level);
            json!({
                "worlds": counted.worlds(),
                "holds": counted.count(Code::Holds),
                "fails": counted.count(Code::Fails),
                "undecided": counted.count(Code::Undecided),
                "undefined": counted.count(Code::Undefined),
                "share": holds.map(|s| s.share),
                "interval": holds.filter(|_| self.spread != Spread::None).map(|s| [s.low, s.high]),
                "median_margin": self.medians[verdict][usize::from(plausible)],
            })
        };
        let entry = |name: &str, words: &str, verdict: usize| {
            json!({
                "name": name,
                "words": words,
                "baseline": baseline.verdicts[verdict].word(),
                "all": share(verdict, false),
                "plausible": share(verdict, true),
            })
        };
        let measures: Vec<_> = self
            .quantiles
            .iter()
            .map(|q| {
                let at = |of: &Option<[f64; 3]>| of.map(|[a, b, c]| json!({"q05": a, "median": b, "q95": c}));
                json!({
                    "name": q.name,
                    "baseline": Some(baseline.numbers[q.number]).filter(|x| !x.is_nan()),
                    "all": at(&q.of[0]),
                    "plausible": at(&q.of[1]),
                })
            })
            .collect();
        let lines = self.lines(model, sheet);
        let claims: Vec<_> = lines.iter().map(|l| entry(&l.name, &l.words, l.verdict)).collect();
        let conditions = Summary::conditions(model, sheet);
        let conditions: Vec<_> =
            conditions.iter().map(|(v, p)| entry(&sheet.verdicts[*v], &p.words, *v)).collect();
        json!({
            "study": folder.description(),
            "statuses": self.statuses,
            "reasons": self.reasons,
            "level": self.level,
            "looks": self.looks,
            "claims": claims,
            "measures": measures,
            "plausible": { "conditions": conditions, "worlds": self.shares.kept.count(Code::Holds) },
        })
    }

    /// As CSV: one claim a row.
    pub fn csv(&self, model: &Model, sheet: &Sheet<'_>, baseline: &Row) -> String {
        let mut table = Csv::new(&[
            "claim",
            "baseline",
            "worlds",
            "holds",
            "fails",
            "undecided",
            "undefined",
            "share",
            "low",
            "high",
            "which",
        ]);
        for line in self.lines(model, sheet) {
            for (which, counted) in [("all", &self.shares.all), ("plausible", &self.shares.plausible)] {
                let counted = &counted[line.verdict];
                let share = counted.share(Code::Holds, self.spread, self.level);
                let number = |x: Option<f64>| x.map_or(String::new(), |x| x.to_string());
                let codes = [Code::Holds, Code::Fails, Code::Undecided, Code::Undefined];
                let counts = codes.map(|c| counted.count(c).to_string());
                let mut row = vec![line.name.clone(), baseline.verdicts[line.verdict].word().into()];
                row.push(counted.worlds().to_string());
                row.extend(counts);
                row.push(number(share.map(|s| s.share)));
                row.push(number(share.filter(|_| self.spread != Spread::None).map(|s| s.low)));
                row.push(number(share.filter(|_| self.spread != Spread::None).map(|s| s.high)));
                row.push(which.into());
                table.row(&row.iter().map(String::as_str).collect::<Vec<_>>());
            }
        }
        table.text()
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|x| !x.is_nan());
    let middle = values.len().checked_sub(1)? / 2;
    let even = values.len().is_multiple_of(2);
    let (_, &mut low, above) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).filter(|_| even);
    Some(high.map_or(low, |high| f64::midpoint(low, high)))
}

fn per_cent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// `53 % [50, 56]`, with a decimal where the interval is narrow; it does not break at the end of a line.
fn interval(share: Option<Share>, spread: Spread) -> String {
    let Some(Share { share, low, high }) = share else { return "–".into() };
    let (share, low, high) = (100.0 * share, 100.0 * low, 100.0 * high);
    if spread == Spread::None {
        return format!("{share:.1}\u{a0}%");
    }
    let decimals = usize::from(high - low < 2.0);
    format!("{share:.decimals$}\u{a0}%\u{a0}[{low:.decimals$},\u{a0}{high:.decimals$}]")
}

/// Writes all worlds that are done as one CSV file.
///
/// # Errors
/// A part cannot be read, or the file cannot be written.
pub fn export(folder: &Folder, path: &Path) -> Result<(), Failure> {
    let mut wrong = None;
    let written = output::whole(path, |out| {
        for (index, k) in folder.done().into_iter().enumerate() {
            let text = folder
                .part(k)
                .and_then(|part| part.csv(index == 0).map_err(|e| unreadable(&folder.part_path(k), &e)));
            match text {
                Ok(text) => out.write_all(text.as_bytes())?,
                Err(failure) => {
                    wrong = Some(failure);
                    return Err(std::io::Error::other("a part cannot be read"));
                }
            }
        }
        Ok(())
    });
    wrong.map_or(written.map_err(|e| output::trouble(path, &e)), Err)
}
