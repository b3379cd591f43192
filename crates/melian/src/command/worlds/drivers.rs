//! `melian drivers`: which parameters an answer hangs on.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use melian::stats::indices::{
    Bootstrap, Estimate, Estimates, SortedInputs, Unusable, delta,
    enough::{Enough, Rule},
    morris, pawn, sobol,
};
use rayon::prelude::*;
use serde_json::json;

use super::{PointArgs, Worlds as Solving, folder::Folder, points::Kind, table::Worlds};
use crate::command::{
    Format, Settings,
    csv::Csv,
    figures::{Paint, count, figure, paint},
    shell::{Failure, Outcome, Shell},
    tables::{Rows, wrapped},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian drivers ukraine.worlds                 of every claim, from worlds that are solved
  melian drivers ukraine.worlds C1 C1.margin --method pawn
  melian drivers signorino                      Sobol' indices, on a design of their own
  melian drivers ukraine --method morris -n 2000 -c front_levels=4";

/// Which parameters the answers hang on, with intervals.
#[derive(Args)]
pub struct Drivers {
    /// Folder of worlds, or a model to be solved at a design of its own
    target: String,
    /// Names of answers: claims, their margins (C1.margin), measures [default: every claim]
    answers: Vec<String>,
    /// How they are found [default: as the worlds were designed; of a model: sobol up to 20 parameters, morris above]
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Use all worlds, not only those that fit what has been observed
    #[arg(long)]
    all_worlds: bool,
    /// Show this many parameters of each answer
    #[arg(long, default_value_t = 8)]
    top: usize,
    #[command(flatten)]
    settings: Settings,
    /// Of a model: how many worlds [default: 10000]
    #[arg(short, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    n: Option<u64>,
    /// Of a model: seed of the design [default: 1]
    #[arg(long)]
    seed: Option<u64>,
    /// Of a model: only these parameters vary
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    vary: Vec<String>,
    /// Of a model: these parameters do not vary
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "vary")]
    fix: Vec<String>,
    /// Of a model: folder for the worlds [default: NAME.sobol or NAME.morris]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How to print the indices
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Ways of finding what an answer hangs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Method {
    /// Shares of the variance, on a design of their own (Sobol 1993; Saltelli et al. 2010)
    Sobol,
    /// Elementary effects, on a design of their own (Morris 1991)
    Morris,
    /// How far the law of the answer moves, from any worlds (Borgonovo 2007)
    Delta,
    /// How far its distribution function moves, from any worlds (Pianosi and Wagener 2015)
    Pawn,
}

/// The indices of one answer.
pub struct Found {
    /// Names and values of the indices by parameter; the first one orders the parameters.
    pub indices: Vec<(&'static str, Vec<Option<Estimate>>)>,
    /// By parameter: whether it stands out from what an idle parameter would show.
    pub clear: Vec<bool>,
    /// By parameter: rank correlation with the answer.
    pub sign: Vec<f64>,
    /// Worlds that were used.
    pub rows: usize,
    /// Whether they were enough, in words.
    pub enough: Result<(), String>,
}

impl Drivers {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        if Path::new(&self.target).join("study.json").exists() {
            self.check_for_folder()?;
            return self.tell(shell, &Folder::read(Path::new(&self.target))?);
        }
        if Path::new(&self.target).is_dir() {
            Folder::read(Path::new(&self.target))?;
        }
        let loaded = shell.load(&self.target, &self.settings)?;
        let parameters = {
            let ranges = loaded.game.model().params.iter().filter(|p| p.range.is_some()).count();
            if self.vary.is_empty() { ranges.saturating_sub(self.fix.len()) } else { self.vary.len() }
        };
        let design = match self.method {
            Some(Method::Sobol) => Kind::Saltelli,
            Some(Method::Morris) => Kind::Morris,
            Some(Method::Delta | Method::Pawn) => Kind::Sobol,
            None if parameters <= FEW => Kind::Saltelli,
            None => Kind::Morris,
        };
        let points = PointArgs {
            n: self.n.unwrap_or(10_000),
            design,
            seed: self.seed.unwrap_or(1),
            levels: 5,
            points: None,
            vary: self.vary.clone(),
            fix: self.fix.clone(),
        };
        let word = match design {
            Kind::Saltelli => "sobol",
            Kind::Morris => "morris",
            _ => "worlds",
        };
        let usual = PathBuf::from(format!("{}.{word}", loaded.game.model().name));
        let solving = Solving {
            model: self.target.clone(),
            settings: self.settings.clone(),
            points,
            out: Some(self.out.clone().unwrap_or(usual)),
            asked: Vec::new(),
            no_measures: false,
            shard: None,
            until_width: None,
            csv: None,
            format: self.format,
        };
        solving.go(shell, &loaded, |study, _| self.tell(shell, study.folder).map(|_| study.folder.worlds))
    }

    /// Worlds that are solved are as they are: options that would make others are refused.
    fn check_for_folder(&self) -> Result<(), Failure> {
        let settings = &self.settings;
        let lists = [
            ("--param", settings.params.is_empty()),
            ("--const", settings.consts.is_empty()),
            ("--start", settings.starts.is_empty()),
            ("--vary", self.vary.is_empty()),
            ("--fix", self.fix.is_empty()),
            ("-n", self.n.is_none()),
            ("--seed", self.seed.is_none()),
            ("--out", self.out.is_none()),
        ];
        match lists.into_iter().find(|(_, absent)| !absent) {
            None => Ok(()),
            Some((option, _)) => {
                let title = format!("`{option}` is for a model: the worlds of `{}` are solved", self.target);
                Err(Failure::plain("other-design", title)
                    .help("name the model to solve it at a design of its own"))
            }
        }
    }

    fn tell(&self, shell: &Shell, folder: &Folder) -> Result<Outcome, Failure> {
        let worlds = Worlds::read(folder, usize::MAX)?;
        let method = self.method_for(&worlds)?;
        let own_design = method.own_design();
        let plausible = worlds.told_apart && !self.all_worlds && !own_design;
        let answers = self.names(&worlds, own_design);
        let rows = if own_design { (0..worlds.solved.len()).collect() } else { worlds.rows(plausible) };
        worlds.check_any(folder, &rows, shell)?;
        if own_design && !folder.unfinished().is_empty() {
            let title = format!("{}: these indices need all of them", folder.unfinished());
            return Err(Failure::plain("indices", title)
                .help("the command that made the folder solves what is missing"));
        }
        let found =
            shell.watch("indices", |progress| find(folder, &worlds, method, &rows, &answers, progress))?;
        let head = describe(method, &worlds, &rows, plausible);
        shell.print(&match self.format {
            Format::Table => self.page(&worlds.params, &head, &found, shell.colour()),
            Format::Json => {
                let entries: Vec<_> =
                    found.iter().map(|(name, f)| json_of(name, f, &worlds.params)).collect();
                super::folder::text(&json!({"worlds": head, "answers": entries}))
            }
            Format::Csv => csv_of(&found, &worlds.params),
        });
        Ok(Outcome::Done)
    }

    fn method_for(&self, worlds: &Worlds) -> Result<Method, Failure> {
        let made_for = Method::made_for(worlds);
        match self.method {
            None => Ok(made_for),
            Some(m) if m == made_for || matches!(m, Method::Delta | Method::Pawn) => Ok(m),
            Some(_) => {
                let title = format!(
                    "these worlds are of another design ({}): this method needs its own",
                    worlds.design
                );
                Err(Failure::plain("other-design", title).help(
                    "name the model instead of the folder, or take `--method delta` or `--method pawn`",
                ))
            }
        }
    }

    /// The answers asked for; every claim by default: its margin where the method is about variances.
    fn names(&self, worlds: &Worlds, margins: bool) -> Vec<String> {
        if !self.answers.is_empty() {
            return self.answers.clone();
        }
        usual(worlds, margins)
    }

    fn page(&self, params: &[String], head: &str, found: &Indices, colour: bool) -> String {
        let mut text = wrapped(head);
        for (name, found) in found {
            text += &format!("\n{}\n", paint(name, Paint::Bold, colour));
            match found {
                Err(e) => text += &wrapped(&format!("  {e}")),
                Ok(found) => text += &found.table(params, self.top, colour),
            }
        }
        text
    }
}

impl Method {
    /// The method that a design was made for.
    pub fn made_for(worlds: &Worlds) -> Method {
        match worlds.design.as_str() {
            "saltelli" => Method::Sobol,
            "morris" => Method::Morris,
            _ => Method::Delta,
        }
    }

    /// Whether it needs a design of its own, all of it.
    pub fn own_design(self) -> bool {
        matches!(self, Method::Sobol | Method::Morris)
    }

    /// The index by which parameters are ordered.
    pub fn index(self) -> &'static str {
        match self {
            Method::Sobol => "total-order index of the margin (Sobol' 1993)",
            Method::Morris => "mean size of the effect on the margin, µ* (Morris 1991)",
            Method::Delta => "δ (Borgonovo 2007)",
            Method::Pawn => "PAWN (Pianosi and Wagener 2015)",
        }
    }
}

/// Every claim, or its margin; without claims every number.
pub fn usual(worlds: &Worlds, margins: bool) -> Vec<String> {
    if worlds.claims.is_empty() {
        return worlds.numbers.clone();
    }
    worlds.claims.iter().map(|c| if margins { format!("{c}.margin") } else { c.clone() }).collect()
}

/// The indices of an answer, or why there are none.
pub type Indices = Vec<(String, Result<Found, Unusable>)>;

/// The indices of some answers in some rows, on all threads.
///
/// # Errors
/// A part cannot be read; no parameter varies.
pub fn find(
    folder: &Folder,
    worlds: &Worlds,
    method: Method,
    rows: &[usize],
    answers: &[String],
    progress: &dyn Fn(f64),
) -> Result<Indices, Failure> {
    let inputs = worlds.inputs_of(rows);
    let sorted = match method.own_design() {
        true => None,
        false => Some(SortedInputs::new(&inputs).map_err(|e| cannot(&e))?),
    };
    let paths = if method == Method::Morris { trajectories(folder, worlds)? } else { Vec::new() };
    let mut outputs = Vec::with_capacity(answers.len());
    for name in answers {
        let column = worlds.answer(folder, name)?;
        outputs.push(rows.iter().map(|&row| column[row]).collect::<Vec<f64>>());
    }
    let one = |output: &Vec<f64>| {
        let bare = match (method, &sorted) {
            (Method::Pawn, Some(sorted)) => by_pawn(sorted, output),
            (_, Some(sorted)) => by_delta(sorted, output),
            (Method::Morris, None) => by_morris(&paths, output),
            (_, None) => by_sobol(inputs.len(), output),
        };
        bare.map(|bare| bare.complete(&inputs, output))
    };
    let mut found = Vec::with_capacity(answers.len());
    let together = rayon::current_num_threads().max(1);
    for (some, names) in outputs.chunks(together).zip(answers.chunks(together)) {
        progress(found.len() as f64 / answers.len() as f64);
        let indices: Vec<_> = some.par_iter().map(one).collect();
        found.extend(names.iter().cloned().zip(indices));
    }
    Ok(found)
}

/// Above so many parameters a model is screened rather than analysed.
const FEW: usize = 20;

fn cannot(e: &Unusable) -> Failure {
    Failure::plain("indices", e.to_string())
}

fn describe(method: Method, worlds: &Worlds, rows: &[usize], plausible: bool) -> String {
    let rows = count(rows.len() as u128);
    let which = if plausible { "plausible worlds" } else { "worlds" };
    let parameters = worlds.params.len();
    match method {
        Method::Sobol => format!(
            "Sobol' indices from {rows} worlds of a design of their own: first order, what knowing the parameter alone takes off the variance; total, what not knowing it alone leaves. Parameters are independent here. 95 % bootstrap intervals over base points; an estimate below zero is zero within its interval."
        ),
        Method::Morris => format!(
            "Morris screening from {rows} worlds on trajectories: mu*, the mean size of the effect of moving a parameter across its range; sigma, how much the effect differs between places. 95 % bootstrap intervals."
        ),
        Method::Delta => format!(
            "From {rows} {which} and {parameters} parameters: delta, how far the law of the answer moves when the parameter is known (0 not at all, 1 altogether); first order, the share of the variance. 95 % bootstrap intervals; parameters that an idle one would match are left out."
        ),
        Method::Pawn => format!(
            "From {rows} {which} and {parameters} parameters: PAWN, the median distance between the answer's distribution functions with and without the parameter known. 95 % bootstrap intervals; parameters that an idle one would match are left out."
        ),
    }
}

/// Indices without what they have in common.
struct Bare {
    indices: Vec<(&'static str, Vec<Option<Estimate>>)>,
    clear: Vec<bool>,
    rows: usize,
    enough: Enough,
}

impl Bare {
    fn complete(self, inputs: &[Vec<f64>], output: &[f64]) -> Found {
        let sign = inputs.iter().map(|column| rank_correlation(column, output)).collect();
        Found {
            indices: self.indices,
            clear: self.clear,
            sign,
            rows: self.rows,
            enough: match self.enough {
                Enough::Yes { .. } => Ok(()),
                Enough::No { wide, unstable } => Err(match (wide, unstable) {
                    (Some(w), _) => format!("an interval is {:.2} wide", w.width),
                    (None, Some(o)) => {
                        format!("the order of two parameters is uncertain ({:.0} %)", 100.0 * o.share)
                    }
                    (None, None) => "not enough".into(),
                }),
            },
        }
    }
}

fn some(estimates: &Estimates) -> Vec<Option<Estimate>> {
    estimates.of.iter().copied().map(Some).collect()
}

fn by_sobol(parameters: usize, output: &[f64]) -> Result<Bare, Unusable> {
    let found = sobol::analyze(parameters, output, &Bootstrap::default())?;
    let clear = found.total.of.iter().map(|e| e.low > 0.0).collect();
    Ok(Bare {
        indices: vec![("total", some(&found.total)), ("first order", some(&found.first))],
        clear,
        rows: found.base * (parameters + 2),
        enough: found.total.enough(&Rule::default()),
    })
}

fn by_morris(inputs: &[Vec<f64>], output: &[f64]) -> Result<Bare, Unusable> {
    let found = morris::analyze(inputs, output, &morris::Options::default())?;
    let sigma =
        found.effects.iter().map(|e| e.map(|e| Estimate { value: e.sigma, low: f64::NAN, high: f64::NAN }));
    Ok(Bare {
        clear: found.effects.iter().map(|e| e.is_some_and(|e| e.mu_star.value > 0.0)).collect(),
        rows: output.iter().filter(|y| y.is_finite()).count(),
        enough: found.enough(&Rule::default()),
        indices: vec![
            ("mu*", found.effects.iter().map(|e| e.map(|e| e.mu_star)).collect()),
            ("sigma", sigma.collect()),
        ],
    })
}

/// The points of the unit cube that a folder's trajectories went through: effects are then across whole ranges, so that
/// parameters compare.
fn trajectories(folder: &Folder, worlds: &Worlds) -> Result<Vec<Vec<f64>>, Failure> {
    let number = |key: &str| {
        let value =
            folder.description().pointer(&format!("/design/{key}")).and_then(serde_json::Value::as_u64);
        value.unwrap_or_default()
    };
    let (count, levels) = (number("trajectories") as usize, number("levels") as usize);
    let rows = morris::Trajectories::new(worlds.params.len(), count, levels, number("seed"))
        .map_err(|e| cannot(&e))?;
    let points: Vec<Vec<f64>> = (0..rows.rows()).map(|row| rows.row(row)).collect();
    Ok((0..worlds.params.len()).map(|p| points.iter().map(|point| point[p]).collect()).collect())
}

/// δ and first order of an answer, from any worlds.
fn by_delta(inputs: &SortedInputs, output: &[f64]) -> Result<Bare, Unusable> {
    let found = delta::analyze(inputs, output, &Bootstrap { resamples: 100, seed: 1 })?;
    let parameters = found.delta.reduced.of.len();
    Ok(Bare {
        clear: (0..parameters).map(|p| found.delta.above_noise(p)).collect(),
        indices: vec![("delta", some(&found.delta.reduced)), ("first order", some(&found.first.reduced))],
        rows: found.rows,
        enough: found.delta.reduced.enough(&Rule::default()),
    })
}

fn by_pawn(inputs: &SortedInputs, output: &[f64]) -> Result<Bare, Unusable> {
    let options =
        pawn::Options { bootstrap: Bootstrap { resamples: 100, seed: 1 }, ..pawn::Options::default() };
    let found = pawn::analyze(inputs, output, &options)?;
    let parameters = found.median.reduced.of.len();
    Ok(Bare {
        clear: (0..parameters).map(|p| found.median.above_noise(p)).collect(),
        indices: vec![("median", some(&found.median.reduced)), ("greatest", some(&found.maximum.reduced))],
        rows: found.rows,
        enough: found.median.reduced.enough(&Rule::default()),
    })
}

impl Found {
    /// Parameters by the first index, the greatest first; only those that stand out.
    pub fn ranked(&self) -> Vec<usize> {
        let value = |p: usize| self.indices[0].1[p].map_or(f64::NEG_INFINITY, |e| e.value);
        let mut order: Vec<usize> = (0..self.clear.len()).filter(|&p| self.clear[p]).collect();
        order.sort_by(|&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
        order
    }

    fn table(&self, params: &[String], top: usize, colour: bool) -> String {
        let ranked = self.ranked();
        if ranked.is_empty() {
            return wrapped("  no parameter stands out from an idle one");
        }
        let mut header = vec!["parameter"];
        for (name, values) in &self.indices {
            header.push(name);
            if values.iter().flatten().any(|e| e.low.is_finite()) {
                header.push("95 %");
            }
        }
        header.push("direction");
        let mut rows = Rows::new(&header, &[0], colour);
        for &p in ranked.iter().take(top) {
            let mut row = vec![params[p].clone()];
            for (_, values) in &self.indices {
                let told = values.iter().flatten().any(|e| e.low.is_finite());
                row.push(values[p].map_or("–".into(), |e| figure(e.value)));
                if told {
                    row.push(
                        values[p].map_or("–".into(), |e| format!("{} to {}", short(e.low), short(e.high))),
                    );
                }
            }
            row.push(format!("{:+.2}", self.sign[p]));
            rows.push(row);
        }
        let mut text = rows.text();
        if ranked.len() > top {
            text += &wrapped(&format!("  and {} more", ranked.len() - top));
        }
        let rows = count(self.rows as u128);
        text + &wrapped(&match &self.enough {
            Ok(()) => format!("  {rows} worlds were enough for these indices."),
            Err(why) => format!("  {rows} worlds were not enough: {why}. More worlds narrow the intervals."),
        })
    }
}

fn short(x: f64) -> String {
    if x.is_finite() { format!("{x:.3}") } else { "–".into() }
}

fn json_of(name: &str, found: &Result<Found, Unusable>, params: &[String]) -> serde_json::Value {
    match found {
        Err(e) => json!({"answer": name, "undefined": e.to_string()}),
        Ok(found) => {
            let one = |p: usize| {
                let mut entry = serde_json::Map::new();
                entry.insert("parameter".into(), json!(params[p]));
                for (index, values) in &found.indices {
                    let estimate = values[p].map(|e| json!({"value": e.value, "low": e.low, "high": e.high}));
                    entry.insert((*index).into(), json!(estimate));
                }
                entry.insert("stands_out".into(), json!(found.clear[p]));
                entry.insert("rank_correlation".into(), json!(found.sign[p]));
                serde_json::Value::Object(entry)
            };
            json!({
                "answer": name,
                "worlds": found.rows,
                "enough": found.enough.is_ok(),
                "why_not": found.enough.as_ref().err(),
                "parameters": (0..params.len()).map(one).collect::<Vec<_>>(),
            })
        }
    }
}

fn csv_of(found: &Indices, params: &[String]) -> String {
    let mut table =
        Csv::new(&["answer", "parameter", "index", "value", "low", "high", "stands_out", "rank_correlation"]);
    for (name, found) in found {
        let Ok(found) = found else { continue };
        for (index, values) in &found.indices {
            for (p, estimate) in values.iter().enumerate() {
                let Some(e) = estimate else { continue };
                let numbers = [e.value, e.low, e.high].map(|x| x.to_string());
                let (clear, sign) = (found.clear[p].to_string(), found.sign[p].to_string());
                table.row(&[name, &params[p], index, &numbers[0], &numbers[1], &numbers[2], &clear, &sign]);
            }
        }
    }
    table.text()
}

/// Spearman's rank correlation, over the rows in which both are numbers; 0 where one of them does not vary.
pub fn rank_correlation(x: &[f64], y: &[f64]) -> f64 {
    let rows: Vec<usize> = (0..x.len()).filter(|&k| x[k].is_finite() && y[k].is_finite()).collect();
    let ranks = |values: &[f64]| -> Vec<f64> {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| values[rows[a]].total_cmp(&values[rows[b]]));
        let mut ranks = vec![0.0; rows.len()];
        let mut first = 0;
        while first < order.len() {
            let mut last = first;
            while last + 1 < order.len() && values[rows[order[last + 1]]] == values[rows[order[first]]] {
                last += 1;
            }
            // Ties share the mean of their ranks.
            order[first..=last].iter().for_each(|&k| ranks[k] = (first + last) as f64 / 2.0);
            first = last + 1;
        }
        ranks
    };
    let (a, b) = (ranks(x), ranks(y));
    let mean = (rows.len() as f64 - 1.0) / 2.0;
    let dot = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(u, v)| (u - mean) * (v - mean)).sum::<f64>();
    let scale = (dot(&a, &a) * dot(&b, &b)).sqrt();
    if scale > 0.0 { dot(&a, &b) / scale } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::rank_correlation;

    #[test]
    fn rank_correlations() {
        let x = [1.0, 2.0, 3.0, 4.0, f64::NAN];
        assert!((rank_correlation(&x, &[1.0, 8.0, 27.0, 64.0, 0.0]) - 1.0).abs() < 1e-15);
        assert!((rank_correlation(&x, &[4.0, 3.0, 2.0, 1.0, 0.0]) + 1.0).abs() < 1e-15);
        assert_eq!(rank_correlation(&x, &[1.0, 1.0, 1.0, 1.0, 1.0]), 0.0);
        // Ties: ranks 0.5, 0.5, 2.5, 2.5 against 0, 1, 2, 3.
        assert!((rank_correlation(&x, &[0.0, 0.0, 1.0, 1.0, 1.0]) - 0.8f64.sqrt()).abs() < 1e-12);
    }
}
