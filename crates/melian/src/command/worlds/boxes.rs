//! `melian boxes`: in which part of the parameters a claim fails, or holds.

use std::path::PathBuf;

use clap::Args;
use melian::stats::discovery::{
    Figures, Table, Trouble, one_in,
    prim::{self, Discovery},
    tree::{self, Tree},
};
use serde_json::json;

use super::{folder::Folder, table::Worlds};
use crate::command::{
    Format,
    csv::Csv,
    figures::{Paint, count, paint},
    shell::{Failure, Outcome, Shell},
    tables::{Rows, wrapped},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian boxes ukraine.worlds                   where each claim fails
  melian boxes ukraine.worlds C5 --trajectory   every step of the peeling
  melian boxes ukraine.worlds C5 --step 12      the box of another step
  melian boxes ukraine.worlds 'C11' --holds     where it holds";

/// Where claims fail: boxes of parameters in few words (PRIM), and a shallow tree as a second opinion.
#[derive(Args)]
pub struct Boxes {
    /// Folder of worlds
    folder: PathBuf,
    /// Names of claims or other verdicts [default: every claim]
    claims: Vec<String>,
    /// Look for where they hold
    #[arg(long)]
    holds: bool,
    /// Show all steps of the peeling
    #[arg(long)]
    trajectory: bool,
    /// Take the box of this step instead of the one that the rule chooses
    #[arg(long, value_name = "K")]
    step: Option<usize>,
    /// Limits on at most so many parameters
    #[arg(long, default_value_t = 4, value_name = "N")]
    most: usize,
    /// So many boxes at most, one after the other
    #[arg(long, default_value_t = 3, value_name = "N")]
    boxes: usize,
    /// Use all worlds, not only those that fit what has been observed
    #[arg(long)]
    all_worlds: bool,
    /// How to print the boxes
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// The boxes of one claim.
struct Found {
    claim: String,
    /// What is looked for happens in this share of the worlds.
    base: f64,
    boxes: Result<Discovery, Trouble>,
    tree: Result<Tree, Trouble>,
    held_out: Option<f64>,
}

impl Boxes {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let folder = Folder::read(&self.folder)?;
        let worlds = Worlds::read(&folder, usize::MAX)?;
        let rows = worlds.rows(worlds.told_apart && !self.all_worlds);
        worlds.check_any(&folder, &rows, shell)?;
        let claims = if self.claims.is_empty() { worlds.claims.clone() } else { self.claims.clone() };
        if claims.is_empty() {
            return Err(Failure::plain("nothing-asked", "these worlds have no claims")
                .help("ask conditions of worlds with `melian worlds --ask 'CONDITION'`"));
        }
        let settings = prim::Settings {
            max_restricted: self.most,
            max_boxes: self.boxes,
            steps: vec![self.step],
            ..prim::Settings::default()
        };
        let mut found = Vec::new();
        shell.watch("boxes", |progress| {
            for (done, claim) in claims.iter().enumerate() {
                progress(done as f64 / claims.len() as f64);
                let column = worlds.answer(&folder, claim)?;
                if !worlds.verdicts.contains(claim) {
                    return Err(Failure::plain(
                        "no-verdict",
                        format!("`{claim}` is a number, not a verdict"),
                    )
                    .help("ask a condition of worlds: `melian worlds --ask 'NAME > 0.5'`"));
                }
                found.push(search(&worlds, &rows, claim, &column, self.holds, &settings));
            }
            Ok::<(), Failure>(())
        })?;
        let no_step = |f: &Found| matches!(f.boxes, Err(Trouble::NoSuchStep { .. }));
        if let Some(Found { boxes: Err(e), .. }) = found.iter().find(|f| no_step(f)) {
            return Err(Failure::plain("indices", e.to_string()));
        }
        shell.print(&match self.format {
            Format::Table => self.page(&worlds, rows.len(), &found, shell.colour()),
            Format::Json => {
                let entries: Vec<_> = found.iter().map(|f| f.json(&worlds.params)).collect();
                super::folder::text(
                    &json!({"worlds": rows.len(), "looked_for": self.word(), "claims": entries}),
                )
            }
            Format::Csv => csv_of(&found, &worlds.params),
        });
        Ok(Outcome::Done)
    }

    fn word(&self) -> &'static str {
        if self.holds { "holds" } else { "fails" }
    }

    fn page(&self, worlds: &Worlds, rows: usize, found: &[Found], colour: bool) -> String {
        let which = if worlds.told_apart && !self.all_worlds { "plausible worlds" } else { "worlds" };
        let mut text = wrapped(&format!(
            "{} {which}. Boxes by PRIM; coverage: which share of all worlds where the claim {} lie in the box; density: in which share of the box it does; p: how often coincidence alone would do as well as this limit.",
            count(rows as u128),
            self.word()
        ));
        for found in found {
            text += &format!("\n{}\n", paint(&found.claim, Paint::Bold, colour));
            text += &found.page(&worlds.params, self.word(), self.trajectory, colour);
        }
        text
    }
}

/// Looks for the boxes of one claim; worlds without a verdict are left out.
fn search(
    worlds: &Worlds,
    rows: &[usize],
    claim: &str,
    column: &[f64],
    holds: bool,
    settings: &prim::Settings,
) -> Found {
    let rows: Vec<usize> = rows.iter().copied().filter(|&row| !column[row].is_nan()).collect();
    let wanted = if holds { 1.0 } else { 0.0 };
    let outcome: Vec<bool> = rows.iter().map(|&row| column[row] == wanted).collect();
    let inputs = worlds.inputs_of(&rows);
    let base = outcome.iter().filter(|&&o| o).count() as f64 / outcome.len().max(1) as f64;
    let table = Table::new(&inputs);
    let boxes =
        table.as_ref().map_err(Clone::clone).and_then(|table| prim::search(table, &outcome, settings));
    let tree = table
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|t| tree::grow(t, &outcome, &tree::Settings::default()));
    let held_out = table.as_ref().ok().and_then(|t| {
        let one = prim::Settings { max_boxes: 1, steps: Vec::new(), ..settings.clone() };
        prim::resample(t, &outcome, &one, RESAMPLES, 1).ok().filter(|r| r.found > 0).map(|r| r.pooled.density)
    });
    Found { claim: claim.to_owned(), base, boxes, tree, held_out }
}

/// Halves of the worlds in which the search is done again.
const RESAMPLES: usize = 10;

/// The first box in which a claim fails, and in which share of all worlds it does; `None` where there is no box.
pub fn first(inputs: &[Vec<f64>], column: &[f64]) -> Option<(prim::Scenario, f64)> {
    let rows: Vec<usize> = (0..column.len()).filter(|&row| !column[row].is_nan()).collect();
    let outcome: Vec<bool> = rows.iter().map(|&row| column[row] == 0.0).collect();
    let inputs: Vec<Vec<f64>> = inputs.iter().map(|c| rows.iter().map(|&row| c[row]).collect()).collect();
    let table = Table::new(&inputs).ok()?;
    let settings = prim::Settings { max_boxes: 1, ..prim::Settings::default() };
    let found = prim::search(&table, &outcome, &settings).ok()?;
    let base = outcome.iter().filter(|&&fails| fails).count() as f64 / outcome.len().max(1) as f64;
    Some((found.scenarios.into_iter().next()?, base))
}

/// The same in words.
pub fn first_in_words(inputs: &[Vec<f64>], column: &[f64], names: &[String]) -> Option<String> {
    let (scenario, _) = first(inputs, column)?;
    Some(format!("fails where {}: {}", scenario.region.words(names), told(&scenario.figures, "fails")))
}

/// `81 % of the worlds where it fails, 4 in 5 worlds there fail`.
fn told(figures: &Figures, word: &str) -> String {
    let (n, d) = one_in(figures.density);
    let verb = if word == "fails" { "failures" } else { "worlds where it holds" };
    let there = if word == "fails" { "fail" } else { "hold" };
    if (n, d) == (1, 1) {
        format!("{:.0} % of the {verb}, all worlds there {there}", 100.0 * figures.coverage)
    } else {
        format!("{:.0} % of the {verb}, {n} in {d} worlds there {there}", 100.0 * figures.coverage)
    }
}

impl Found {
    fn page(&self, names: &[String], word: &str, trajectory: bool, colour: bool) -> String {
        let mut text = wrapped(&format!("  {word} in {:.1} % of the worlds", 100.0 * self.base));
        let discovery = match &self.boxes {
            Ok(discovery) => discovery,
            Err(e) => return text + &wrapped(&format!("  no box: {e}")),
        };
        for (index, scenario) in discovery.scenarios.iter().enumerate() {
            text += &wrapped(&format!(
                "  {} {word} where {}: {}",
                index + 1,
                scenario.region.words(names),
                told(&scenario.figures, word)
            ));
            let limits: Vec<String> = scenario
                .restrictions
                .iter()
                .map(|r| format!("{} {}", names[r.column], probability(r.quasi_p)))
                .collect();
            text += &wrapped(&format!(
                "    step {} of {}; coverage {:.3}, density {:.3}, mass {:.3}; p: {}",
                scenario.chosen,
                scenario.trajectory.len().saturating_sub(1),
                scenario.figures.coverage,
                scenario.figures.density,
                scenario.figures.mass,
                limits.join(", ")
            ));
        }
        if discovery.scenarios.is_empty() {
            text += &wrapped(
                "  no box in which it does so more often, with limits that coincidence would not give",
            );
        }
        if let Some(density) = self.held_out {
            text += &wrapped(&format!(
                "  boxes found in one half of the worlds: density {density:.3} in the other half, {:.3} by chance",
                self.base
            ));
        }
        if trajectory {
            for scenario in &discovery.scenarios {
                text += &steps(scenario, names, colour);
            }
        }
        text + &self.tree_page(names, word)
    }

    fn tree_page(&self, names: &[String], word: &str) -> String {
        let Ok(tree) = &self.tree else { return String::new() };
        let validation = &tree.validation;
        if validation.skill() <= 0.0 {
            return wrapped(
                "  A tree of three questions says no more than the share itself (cross-validated).",
            );
        }
        let mut leaves: Vec<_> = tree.leaves.iter().filter(|l| l.figures.density > self.base).collect();
        leaves.sort_by(|a, b| b.figures.coverage.total_cmp(&a.figures.coverage));
        let mut text = wrapped(&format!(
            "  A tree of three questions errs in {:.0} % of worlds it has not seen, the most frequent verdict in {:.0} %:",
            100.0 * validation.error,
            100.0 * validation.trivial_error
        ));
        for leaf in leaves.iter().take(2) {
            text += &wrapped(&format!(
                "    {word} where {}: {}",
                leaf.region.words(names),
                told(&leaf.figures, word)
            ));
        }
        text
    }

    fn json(&self, names: &[String]) -> serde_json::Value {
        let figures = |f: &Figures| json!({"worlds": f.rows, "coverage": f.coverage, "density": f.density, "mass": f.mass});
        let boxes = self.boxes.as_ref().map(|discovery| {
            let one = |s: &prim::Scenario| {
                let limits: Vec<_> = s
                    .restrictions
                    .iter()
                    .map(|r| {
                        json!({
                            "parameter": names[r.column],
                            "side": format!("{:?}", r.side).to_lowercase(),
                            "at": r.edge.at,
                            "included": r.edge.included,
                            "quasi_p": r.quasi_p,
                        })
                    })
                    .collect();
                let steps: Vec<_> = s.trajectory.iter().map(|step| figures(&step.figures)).collect();
                json!({
                    "words": s.region.words(names),
                    "limits": limits,
                    "figures": figures(&s.figures),
                    "alone": figures(&s.alone),
                    "step": s.chosen,
                    "trajectory": steps,
                })
            };
            discovery.scenarios.iter().map(one).collect::<Vec<_>>()
        });
        let tree = self.tree.as_ref().ok().map(|tree| {
            let leaf =
                |l: &tree::Leaf| json!({"words": l.region.words(names), "figures": figures(&l.figures)});
            json!({
                "leaves": tree.leaves.iter().map(leaf).collect::<Vec<_>>(),
                "error": tree.validation.error,
                "trivial_error": tree.validation.trivial_error,
                "skill": tree.validation.skill(),
            })
        });
        json!({
            "claim": self.claim,
            "share": self.base,
            "boxes": boxes.as_ref().ok(),
            "undefined": boxes.as_ref().err().map(ToString::to_string),
            "held_out_density": self.held_out,
            "tree": tree,
        })
    }
}

fn probability(p: f64) -> String {
    if p < 0.001 { "below 0.001".into() } else { format!("{p:.3}") }
}

fn steps(scenario: &prim::Scenario, names: &[String], colour: bool) -> String {
    let mut rows = Rows::new(&["step", "coverage", "density", "mass", "limits", "peeled"], &[5], colour);
    for (index, step) in scenario.trajectory.iter().enumerate() {
        let peeled = step.peeled.map_or_else(String::new, |(column, side)| {
            format!("{} {}", names[column], format!("{side:?}").to_lowercase())
        });
        let mark = if index == scenario.chosen { " *" } else { "" };
        rows.push(vec![
            format!("{index}{mark}"),
            format!("{:.3}", step.figures.coverage),
            format!("{:.3}", step.figures.density),
            format!("{:.3}", step.figures.mass),
            step.restricted.to_string(),
            peeled,
        ]);
    }
    rows.text()
}

fn csv_of(found: &[Found], names: &[String]) -> String {
    let mut table = Csv::new(&["claim", "share", "box", "words", "coverage", "density", "mass"]);
    for found in found {
        let Ok(discovery) = &found.boxes else { continue };
        for (index, scenario) in discovery.scenarios.iter().enumerate() {
            let f = &scenario.figures;
            let numbers = [f.coverage, f.density, f.mass].map(|x| x.to_string());
            let (share, index) = (found.base.to_string(), (index + 1).to_string());
            let words = scenario.region.words(names);
            table.row(&[&found.claim, &share, &index, &words, &numbers[0], &numbers[1], &numbers[2]]);
        }
    }
    table.text()
}
