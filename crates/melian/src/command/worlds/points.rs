//! Which worlds: the options that say it, for every command that goes through worlds.

use clap::{Args, ValueEnum};
use melian::{
    model::{Model, ParamId},
    solver::Scenario,
    stats::{
        design::{
            Points, SCRAMBLES,
            points::{SOBOL_COORDINATES, SOBOL_POINTS},
        },
        indices::morris::Trajectories,
    },
    study::worlds::{Design, Spread, Varied},
};
use serde_json::json;

use super::{folder::fingerprint, given};
use crate::command::{Settings, shell::Failure};

/// Options of every command that goes through worlds.
#[derive(Args, Clone, Debug)]
pub struct PointArgs {
    /// How many worlds; rounded up to a multiple of 16 for sobol and lhs
    #[arg(short, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub n: u64,
    /// Where they are
    #[arg(long, value_enum, default_value_t = Kind::Sobol)]
    pub design: Kind,
    /// Seed of what is random
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Values of each parameter in a grid
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..1_000_000))]
    pub levels: u64,
    /// A CSV file with one world a row and a column for each parameter that varies; is --design file
    #[arg(long, value_name = "FILE")]
    pub points: Option<String>,
    /// Only these parameters vary
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub vary: Vec<String>,
    /// These parameters do not vary
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "vary")]
    pub fix: Vec<String>,
}

/// Where worlds are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Kind {
    /// Scrambled Sobol points, in 16 independent scrambles
    Sobol,
    /// Latin hypercubes, 16 independent ones
    Lhs,
    /// Independent random points
    Random,
    /// All combinations of equally spaced values
    Grid,
    /// Rows for Sobol' indices: `melian drivers` reads them
    Saltelli,
    /// Trajectories for Morris screening: `melian drivers` reads them
    Morris,
    /// Points from the file that --points names
    File,
}

/// Worlds of a design, with what is random about them.
pub struct Plan {
    /// What varies.
    pub varied: Varied,
    /// Where the worlds are.
    pub design: Design,
    /// How many there are.
    pub worlds: u64,
    /// The design in a description.
    pub description: serde_json::Value,
}

impl Plan {
    /// What the design tells about its own error.
    pub fn spread(&self) -> Spread {
        match &self.design {
            Design::Drawn(Points::Grid { .. }) | Design::Saltelli { .. } | Design::Trajectories(_) => {
                Spread::None
            }
            Design::Drawn(Points::Random { .. }) | Design::Given(_) => Spread::Independent,
            Design::Drawn(Points::Sobol { .. } | Points::Latin { .. }) => Spread::Randomised,
        }
    }
}

/// The parameters that vary: those named, or all with a range but those fixed or set.
///
/// # Errors
/// Unknown names, nothing that varies.
pub fn varied(
    model: &Model,
    base: &Scenario,
    settings: &Settings,
    vary: &[String],
    fix: &[String],
) -> Result<Varied, Failure> {
    let named = |list: &[String]| -> Result<Vec<ParamId>, Failure> {
        let find = |name: &String| {
            let place = model.params.iter().position(|p| p.name == *name);
            place.map(ParamId).ok_or_else(|| unknown(model, name))
        };
        list.iter().map(find).collect()
    };
    let (vary, mut fixed) = (named(vary)?, named(fix)?);
    for param in &vary {
        if model.params[param.0].range.is_none() {
            let name = &model.params[param.0].name;
            return Err(Failure::plain("nothing-varies", format!("`{name}` has no range to vary over"))
                .help(&format!("give it one: `param {name} = … in LOW .. HIGH`")));
        }
    }
    // A value that is given is no longer in question.
    fixed.extend(model.params.iter().enumerate().filter_map(|(index, param)| {
        settings.params.iter().any(|(name, _)| *name == param.name).then_some(ParamId(index))
    }));
    let only = |p: ParamId| (vary.is_empty() || vary.contains(&p)) && !fixed.contains(&p);
    let values = &base.segments[0].path.params;
    let varied = Varied::new(model, values, only);
    if varied.params.is_empty() {
        return Err(Failure::plain("nothing-varies", "no parameter varies: there is one world only")
            .help("give parameters ranges: `param c = 0.2 in 0.1 .. 0.3`"));
    }
    Ok(varied)
}

impl PointArgs {
    /// The worlds of a model around a base world.
    ///
    /// # Errors
    /// Unknown names, nothing that varies, a design that cannot have so many points, a file that is no design.
    pub fn plan(&self, model: &Model, base: &Scenario, settings: &Settings) -> Result<Plan, Failure> {
        let varied = varied(model, base, settings, &self.vary, &self.fix)?;
        let (design, worlds, description) = self.design(model, &varied)?;
        Ok(Plan { varied, design, worlds, description })
    }

    fn design(&self, model: &Model, varied: &Varied) -> Result<(Design, u64, serde_json::Value), Failure> {
        let (seed, coordinates) = (self.seed, varied.params.len());
        let whole = self.n.div_ceil(SCRAMBLES) * SCRAMBLES;
        let kind = if self.points.is_some() { Kind::File } else { self.design };
        Ok(match kind {
            Kind::Random => {
                (Design::Drawn(Points::Random { seed }), self.n, json!({"kind": "random", "seed": seed}))
            }
            Kind::Sobol => {
                let instead = "take `--design lhs` or `--design random`";
                if coordinates > SOBOL_COORDINATES {
                    let title = format!(
                        "Sobol points have at most {SOBOL_COORDINATES} coordinates, not {coordinates}"
                    );
                    return Err(Failure::plain("too-many-worlds", title).help(instead));
                }
                if whole > SOBOL_POINTS {
                    let title = format!("there are {SOBOL_POINTS} Sobol points, not {whole}");
                    return Err(Failure::plain("too-many-worlds", title).help(instead));
                }
                let said = json!({"kind": "sobol", "seed": seed, "scrambles": SCRAMBLES});
                (Design::Drawn(Points::Sobol { seed }), whole, said)
            }
            Kind::Lhs => {
                let strata = whole / SCRAMBLES;
                let said = json!({"kind": "lhs", "seed": seed, "hypercubes": SCRAMBLES, "strata": strata});
                (Design::Drawn(Points::Latin { seed, strata }), whole, said)
            }
            Kind::Grid => {
                let levels = self.levels;
                let worlds = u32::try_from(coordinates).ok().and_then(|d| levels.checked_pow(d));
                let Some(worlds) = worlds.filter(|&w| w <= MOST_OF_A_GRID) else {
                    let title = format!("a grid of {levels} values of {coordinates} parameters is too large");
                    return Err(Failure::plain("too-many-worlds", title)
                        .help("choose a few parameters with `--vary a,b`, or fewer `--levels`"));
                };
                (Design::Drawn(Points::Grid { levels }), worlds, json!({"kind": "grid", "levels": levels}))
            }
            Kind::Saltelli => {
                let most = SOBOL_COORDINATES / 2;
                if coordinates > most {
                    let title = format!("Sobol' indices of more than {most} parameters, here {coordinates}");
                    return Err(Failure::plain("too-many-worlds", title)
                        .help("screen them first with `--design morris`, or choose some with `--vary`"));
                }
                let rows = coordinates as u64 + 2;
                // So many base points in each scramble.
                let base = self.n.div_ceil(rows * SCRAMBLES) * SCRAMBLES;
                if base > SOBOL_POINTS {
                    return Err(Failure::plain(
                        "too-many-worlds",
                        format!("there are {SOBOL_POINTS} base points"),
                    ));
                }
                let design = Design::Saltelli { base: base as usize, points: Points::Sobol { seed } };
                (design, base * rows, json!({"kind": "saltelli", "seed": seed, "base": base}))
            }
            Kind::Morris => {
                let rows = coordinates as u64 + 1;
                let count = self.n.div_ceil(rows).max(2);
                let trajectories = Trajectories::new(coordinates, count as usize, MORRIS_LEVELS, seed)
                    .map_err(|e| Failure::plain("design", e.to_string()))?;
                let said =
                    json!({"kind": "morris", "seed": seed, "trajectories": count, "levels": MORRIS_LEVELS});
                (Design::Trajectories(trajectories), count * rows, said)
            }
            Kind::File => {
                let Some(path) = &self.points else {
                    return Err(Failure::plain("design-file", "`--design file` needs a file")
                        .help("name it with `--points FILE`"));
                };
                let (rows, bytes) = given::read(model, varied, path)?;
                let worlds = rows.len() as u64;
                (Design::Given(rows), worlds, json!({"kind": "file", "sha256": fingerprint(&bytes)}))
            }
        })
    }
}

/// Levels of the grid that trajectories move on.
const MORRIS_LEVELS: usize = 4;

/// More worlds than this are no grid that anybody means.
const MOST_OF_A_GRID: u64 = 100_000_000;

/// There is no such parameter.
pub fn unknown(model: &Model, name: &str) -> Failure {
    let failure = Failure::plain("unknown-name", format!("there is no parameter `{name}`"));
    match melian::nearest_name(name, model.params.iter().map(|p| p.name.as_str())) {
        Some(near) => failure.help(&format!("did you mean `{near}`?")),
        None => failure,
    }
}
