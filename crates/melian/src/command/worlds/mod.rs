//! `melian worlds`: a model solved at many points of its parameters' plausible values.

mod boxes;
mod details;
mod disk;
mod drivers;
mod evidence;
mod folder;
mod given;
mod journal;
mod merge;
mod parts;
mod points;
mod summary;
mod table;

pub use {
    boxes::{Boxes, EXAMPLES as BOXES_EXAMPLES},
    drivers::{Drivers, EXAMPLES as DRIVERS_EXAMPLES},
    evidence::{Evidence, check as check_worlds, evidence, settings_of},
    folder::fingerprint,
    merge::{EXAMPLES as MERGE_EXAMPLES, Merge},
    points::{Plan, PointArgs, unknown, varied},
};

use std::path::PathBuf;

use clap::Args;
use melian::{
    Query,
    model::{Model, ParamId, print::range_text},
    stats::interval::corrected,
    study::worlds::{Ensemble, Row, Sheet, Spread, Varied},
};
use serde_json::json;

use self::{
    details::Details,
    folder::{Desk, Folder},
    parts::Schema,
    summary::Summary,
};
use super::{
    Format, Settings,
    ask::read,
    asked, levers, output,
    shell::{Failure, Loaded, Outcome, Shell},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian worlds signorino                       10,000 Sobol points of all ranges
  melian worlds ukraine -n 4096 -c front_levels=4,money_levels=3,ru_levels=2,ua_levels=2
  melian worlds my.melian --vary dmg,oil_price --design grid --levels 21
  melian worlds my.melian --until-width 0.02    stop when every share is that sure
  melian worlds my.melian --points points.csv   worlds of your own, one a row
  melian worlds my.melian --shard 3/16          the third of 16 machines

The same command goes on where it was interrupted. Results: DIR/part-*.parquet.";

/// Solve a model at many points of its parameters' ranges: how sure is each claim?
#[derive(Args)]
pub struct Worlds {
    /// Path, name of an embedded model, or -
    model: String,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    points: PointArgs,
    /// Folder for the results [default: NAME.worlds]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Ask this too, of every world
    #[arg(long = "ask", value_name = "QUESTION")]
    asked: Vec<String>,
    /// Leave the measures out
    #[arg(long)]
    no_measures: bool,
    /// Solve only every N-th part, beginning with the K-th: one of N machines
    #[arg(long, value_name = "K/N", value_parser = shard, conflicts_with = "until_width")]
    shard: Option<(u64, u64)>,
    /// Stop as soon as the interval of every share is no wider than this
    #[arg(long, value_name = "WIDTH", value_parser = width)]
    until_width: Option<f64>,
    /// Also write all worlds to this CSV file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// How to print the summary
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// A study that is done.
pub(super) struct Study<'a> {
    model: &'a Model,
    folder: &'a Folder,
    sheet: &'a Sheet<'a>,
    spread: Spread,
    /// How often it was looked whether the shares are sure.
    looks: usize,
}

/// `k/N`.
fn shard(text: &str) -> Result<(u64, u64), String> {
    let parts =
        text.split_once('/').and_then(|(k, n)| Some((k.trim().parse().ok()?, n.trim().parse().ok()?)));
    match parts {
        Some((k, n)) if 1 <= k && k <= n => Ok((k, n)),
        _ => Err("write K/N, such as 3/16 for the third of sixteen".into()),
    }
}

/// A width between 0 and 1.
fn width(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(x) if 0.0 < x && x < 1.0 => Ok(x),
        _ => Err("write a width between 0 and 1, such as 0.02".into()),
    }
}

/// Parts of a study: a power of two, so that looks after 2, 4, 8, … of them fall together with powers of two.
fn part_worlds(worlds: u64) -> u64 {
    worlds.div_ceil(64).next_power_of_two().clamp(16, 16_384)
}

impl Worlds {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        self.go(shell, &loaded, |study, baseline| {
            if let Some(csv) = &self.csv {
                summary::export(study.folder, csv)?;
            }
            let certainty = Certainty { spread: study.spread, looks: study.looks };
            let summary = Summary::of(study.folder, &study.folder.done(), study.sheet, certainty)?;
            let details =
                if study.spread == Spread::None { Details::default() } else { Details::of(study.folder)? };
            let model = study.model;
            shell.print(&match self.format {
                Format::Table => {
                    summary.page(model, study.folder, study.sheet, baseline, shell.colour())
                        + &details.page(shell.colour())
                }
                Format::Json => {
                    let mut value = summary.json(model, study.folder, study.sheet, baseline);
                    value["details"] = details.json();
                    folder::text(&value)
                }
                Format::Csv => summary.csv(model, study.sheet, baseline),
            });
            self.levers(shell, &loaded, study.folder)?;
            Ok(summary.solved())
        })
    }

    /// Solves what a report shows of single parameters, where that is little beside the worlds.
    fn levers(&self, shell: &Shell, loaded: &Loaded, folder: &Folder) -> Result<(), Failure> {
        let model = loaded.game.model();
        if folder.worlds() < 2 * levers::points(model) {
            return Ok(());
        }
        let base = self.settings.setup().world(model).map_err(|problems| loaded.failure(problems))?;
        levers::kept(shell, loaded, &base, &self.settings.options(model)?, folder.path()).map(|_| ())
    }

    /// Solves what is not there yet, and hands the whole study on unless other machines have still to do their share.
    pub(super) fn go(
        &self,
        shell: &Shell,
        loaded: &Loaded,
        then: impl FnOnce(Study<'_>, &Row) -> Result<u64, Failure>,
    ) -> Result<Outcome, Failure> {
        let model = loaded.game.model();
        let setup = self.settings.setup();
        let base = setup.world(model).map_err(|problems| loaded.failure(problems))?;
        let plan = self.points.plan(model, &base, &self.settings)?;
        let queries: Vec<Query> = self.asked.iter().map(|q| read(loaded, q)).collect::<Result<_, _>>()?;
        let names = columns_of(model, &plan.varied);
        let sheet = self.sheet(model, &queries, &names)?;
        self.check_outputs(&plan, &sheet)?;
        let description = self.description(loaded, &plan, &sheet, &names)?;
        let usual = PathBuf::from(format!("{}.worlds", model.name));
        let path = self.out.as_ref().unwrap_or(&usual);
        let folder = Folder::open(path, &description, &loaded.game.text, self.shard)?;
        let options = self.settings.options(model)?;
        let ensemble = Ensemble::new(model, base.clone(), &sheet, (&plan.design, &plan.varied), &options)
            .map_err(|problems| loaded.failure(problems))?;
        self.solve(shell, loaded, &plan, (&sheet, &names), &folder, &ensemble)?;
        let missing = folder.parts() - folder.done().len() as u64;
        if self.shard.is_some() && missing > 0 {
            shell.note(&format!(
                "{} of {} parts are in {}; when all are in one folder, the command without --shard sums them up",
                folder.parts() - missing,
                folder.parts(),
                path.display()
            ));
            if self.csv.is_some() {
                shell.note("note: --csv is written when all parts are there");
            }
            return Ok(Outcome::Done);
        }
        let baseline = ensemble.at(&plan.varied.base);
        let looks = self.looks(&folder).len();
        let solved =
            then(Study { model, folder: &folder, sheet: &sheet, spread: plan.spread(), looks }, &baseline)?;
        if solved == 0 {
            shell.note("no world has an answer");
            return Ok(Outcome::Failed);
        }
        Ok(Outcome::Done)
    }

    fn sheet<'q>(
        &self,
        model: &'q Model,
        queries: &'q [Query],
        names: &[String],
    ) -> Result<Sheet<'q>, Failure> {
        let taken: Vec<String> = FIXED.iter().map(ToString::to_string).chain(names.iter().cloned()).collect();
        let mut sheet = Sheet::of_model(model, !self.no_measures, true, &taken);
        for (name, query) in asked::names(&self.asked)?.iter().zip(queries) {
            if sheet.has(name) {
                return Err(Failure::plain("asked-twice", format!("`{name}` is asked already")));
            }
            match query {
                Query::Question(question) => sheet.question(name, question),
                Query::Condition(condition) => sheet.condition(name, condition),
            }
        }
        if sheet.numbers.is_empty() {
            return Err(Failure::plain("nothing-asked", "the model has no measures and no claims")
                .help("ask something with `--ask 'QUESTION'`"));
        }
        Ok(sheet)
    }

    /// Refuses what would overwrite the user's points, and waiting for a certainty that cannot come.
    fn check_outputs(&self, plan: &Plan, sheet: &Sheet<'_>) -> Result<(), Failure> {
        let real = |path: &std::path::Path| std::fs::canonicalize(path).ok();
        if let (Some(csv), Some(points)) = (&self.csv, &self.points.points)
            && real(csv).is_some()
            && real(csv) == real(points.as_ref())
        {
            return Err(Failure::plain(
                "design-file",
                format!("`--csv {points}` would overwrite the points"),
            ));
        }
        if let Some(csv) = &self.csv {
            output::check(csv)?;
        }
        if self.until_width.is_some() && (sheet.verdicts.is_empty() || plan.spread() == Spread::None) {
            let why = if sheet.verdicts.is_empty() {
                "there are no claims"
            } else {
                "this design has no intervals"
            };
            return Err(Failure::plain("nothing-asked", format!("`--until-width` waits for nothing: {why}"))
                .help("ask a condition with `--ask`, or take `--design sobol`, `lhs` or `random`"));
        }
        Ok(())
    }

    /// Everything that the results hang on.
    fn description(
        &self,
        loaded: &Loaded,
        plan: &Plan,
        sheet: &Sheet<'_>,
        names: &[String],
    ) -> Result<serde_json::Value, Failure> {
        let model = loaded.game.model();
        let settings = &self.settings;
        let pairs = |list: &[(String, f64)]| -> serde_json::Value {
            list.iter().map(|(name, x)| (name.clone(), json!(x))).collect::<serde_json::Map<_, _>>().into()
        };
        let starts = settings.starts.iter().map(|(name, x)| (name.clone(), json!(x)));
        let from = settings.start_from.as_ref().map(std::fs::read).transpose();
        let from = from.map_err(|e| Failure::plain("unreadable-file", e.to_string()))?;
        let varied = plan.varied.params.iter().zip(names).map(|(p, name)| {
            let param = &model.params[p.0];
            (name.clone(), json!(param.range.map_or_else(String::new, range_text)))
        });
        Ok(json!({
            "format": 1,
            "melian": env!("CARGO_PKG_VERSION"),
            "model": {
                "name": model.name,
                "sha256": fingerprint(loaded.game.text.as_bytes()),
                "forever": model.is_forever(),
            },
            "set": {
                "params": pairs(&settings.params),
                "start": starts.collect::<serde_json::Map<_, _>>(),
                "const": pairs(&settings.consts),
            },
            "solver": {
                "homotopy": settings.homotopy,
                "allow_unconverged": settings.allow_unconverged,
                "start_from_sha256": from.map(|bytes| fingerprint(&bytes)),
            },
            "design": plan.description,
            "varied": varied.collect::<serde_json::Map<_, _>>(),
            "numbers": sheet.numbers,
            "verdicts": sheet.verdicts,
            "plausible": sheet.verdicts[sheet.plausible.clone()],
            "worlds": plan.worlds,
            "part_worlds": part_worlds(plan.worlds),
        }))
    }

    /// Solves what is not there yet.
    fn solve(
        &self,
        shell: &Shell,
        loaded: &Loaded,
        plan: &Plan,
        (sheet, names): (&Sheet<'_>, &[String]),
        folder: &Folder,
        ensemble: &Ensemble<'_>,
    ) -> Result<(), Failure> {
        let description = folder::text(folder.description());
        let schema = Schema {
            params: names,
            sheet,
            metadata: [("melian", description.as_str()), ("model", loaded.game.text.as_str())],
        };
        let place = |world| (plan.varied.of(&ensemble.params(world)), plan.design.replicate(world));
        let mut desk = Desk::new(folder, &schema, sheet, &place);
        let mine = |part: u64| self.shard.is_none_or(|(k, n)| part % n == k - 1);
        let ours: Vec<u64> = (0..folder.parts()).filter(|&part| mine(part)).collect();
        let all: u64 = ours.iter().map(|&p| folder.members(p)).map(|m| m.end - m.start).sum();
        let looks = self.looks(folder);
        let bar = shell.count("world", all);
        let mut first = 0;
        for &until in &looks {
            let mut open = Vec::new();
            for &part in ours.iter().filter(|&&p| (first..until).contains(&p)) {
                let members = folder.members(part);
                let left = desk.take_up(part)?;
                bar.begin_with(members.end - members.start - left.len() as u64);
                open.extend(left);
            }
            let mut trouble = None;
            let threads = rayon::current_num_threads();
            ensemble
                .solve(open.into_iter(), threads, |world, row| {
                    bar.one();
                    trouble = desk.put(world, row).err();
                    trouble.is_none()
                })
                .map_err(Failure::from)?;
            if let Some(failure) = trouble {
                return Err(failure);
            }
            first = until;
            if let Some(width) = self.until_width {
                let certainty = Certainty { spread: plan.spread(), looks: looks.len() };
                let parts: Vec<u64> = (0..until).collect();
                let widest = summary::widest(folder, &parts, sheet, certainty)?;
                if widest <= width {
                    let worlds = folder.members(until - 1).end;
                    shell.note(&format!(
                        "sure enough after {worlds} worlds: the widest interval is {widest:.4}"
                    ));
                    break;
                }
            }
        }
        bar.finish(shell);
        Ok(())
    }

    /// After how many parts it is looked whether the shares are sure enough: powers of two from 256 worlds on, and the end.
    fn looks(&self, folder: &Folder) -> Vec<u64> {
        let mut looks = Vec::new();
        if self.until_width.is_some() {
            let mut parts = 256_u64.div_ceil(folder.part_worlds);
            while parts < folder.parts() {
                looks.push(parts);
                parts *= 2;
            }
        }
        looks.push(folder.parts());
        looks
    }
}

/// What an interval is made of.
#[derive(Clone, Copy)]
pub(super) struct Certainty {
    /// What the design tells about its own error.
    spread: Spread,
    /// How often it was looked whether the intervals are narrow enough.
    looks: usize,
}

impl Certainty {
    /// The level of each interval, so that all looks together cover in [`LEVEL`] of cases.
    fn level(self) -> f64 {
        corrected(LEVEL, self.looks)
    }
}

/// Intervals cover in this share of cases.
const LEVEL: f64 = 0.95;

/// Columns that every table of worlds has.
const FIXED: [&str; 5] = ["world", "replicate", "status", "reason", "plausible"];

/// Names of the columns of the parameters that vary.
fn columns_of(model: &Model, varied: &Varied) -> Vec<String> {
    let name = |p: &ParamId| {
        let name = &model.params[p.0].name;
        if FIXED.contains(&name.as_str()) { format!("param.{name}") } else { name.clone() }
    };
    varied.params.iter().map(name).collect()
}
