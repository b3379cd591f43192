//! `melian flips`: the parameters that turn each claim by themselves, and where.

use clap::Args;
use melian::{
    model::Claim,
    nearest_name,
    study::worlds::{
        Code, Sheet,
        tipping::{self, Flip, Probe, Scan, Seen},
    },
};
use serde_json::{Value, json};

use super::{Ground, Ranges, alone, paint_of, search, signed, value, with_unit};
use crate::command::{
    Format, Settings,
    csv::Csv,
    figures::paint,
    shell::{Failure, Outcome, Shell},
    tables::wrapped,
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian flips signorino
  melian flips signorino deterrence --fix lam_A,lam_B
  melian flips ukraine C1 C5 -c front_levels=4,money_levels=3,ru_levels=2,ua_levels=2
  melian flips my.melian --levels 33 --format csv

Each parameter moves alone, from its baseline through its range. What turns a claim and turns it back between two of the
values that are looked at is not seen: `--levels` takes more of them.";

/// Find the parameters that turn each claim by themselves, and where.
#[derive(Args)]
pub struct Flips {
    /// Path, name of an embedded model, or -
    model: String,
    /// Claims by name [default: all]
    claims: Vec<String>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    ranges: Ranges,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// A claim, what it is called, and what turns it.
struct Turned<'a> {
    claim: &'a Claim,
    name: String,
    flips: tipping::Flips,
}

struct Answer<'a> {
    ground: &'a Ground<'a>,
    claims: Vec<Turned<'a>>,
    solves: u64,
}

impl Flips {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        shell.remark_on_ranges(loaded.game.model(), &self.settings.params);
        let ground = Ground::new(&loaded, &self.settings, &self.ranges)?;
        let claims = self.claims(&ground.model().claims)?;
        let mut sheet = Sheet::default();
        for (name, claim) in &claims {
            sheet.condition(name, &claim.condition);
        }
        let ensemble = ground.ensemble(&sheet)?;
        let probe = Probe::new(&ensemble, &sheet, &ground.space);
        let cube = &ground.space.cube;
        let (found, solves) = search(shell, |crew| {
            let scan = Scan::new(cube, |z| probe.seen(z), self.ranges.levels.into(), crew);
            let turn = |(index, (name, claim)): (usize, (String, &'_ Claim))| {
                let sheet = alone(&name, &claim.condition);
                let brackets = scan.brackets(cube, index);
                crew.expect(10 * brackets.len());
                // A plan for this claim alone, if there is anything to look at.
                let ensemble = if brackets.is_empty() { None } else { Some(ground.ensemble(&sheet)?) };
                let probe = ensemble.as_ref().map(|ensemble| Probe::new(ensemble, &sheet, &ground.space));
                let silent = Seen { code: Code::None, margin: f64::NAN };
                let one =
                    |z: &[f64]| probe.as_ref().and_then(|p| p.seen(z).first().copied()).unwrap_or(silent);
                let flips = scan.refine(cube, index, one, crew);
                Ok((name, flips))
            };
            let found: Result<Vec<(String, tipping::Flips)>, Failure> =
                claims.iter().cloned().enumerate().map(turn).collect();
            (found, crew.solved())
        });
        let claims = claims.iter().zip(found?);
        let claims = claims.map(|((_, claim), (name, flips))| Turned { claim, name, flips }).collect();
        let answer = Answer { ground: &ground, claims, solves };
        shell.print(&match self.format {
            Format::Table => answer.page(shell.colour()),
            Format::Json => serde_json::to_string_pretty(&answer.json()).unwrap_or_default() + "\n",
            Format::Csv => answer.csv(),
        });
        Ok(Outcome::Done)
    }

    /// The claims asked for, with their names.
    fn claims<'m>(&self, all: &'m [Claim]) -> Result<Vec<(String, &'m Claim)>, Failure> {
        let name = |(index, claim): (usize, &'m Claim)| {
            (if claim.id.is_empty() { format!("claim_{}", index + 1) } else { claim.id.clone() }, claim)
        };
        let all: Vec<(String, &Claim)> = all.iter().enumerate().map(name).collect();
        if all.is_empty() {
            return Err(Failure::plain("nothing-asked", "the model has no claims")
                .help("ask about a condition of your own with `melian reach MODEL 'CONDITION'`"));
        }
        for wanted in &self.claims {
            if !all.iter().any(|(name, _)| name == wanted) {
                let failure = Failure::plain("unknown-name", format!("there is no claim `{wanted}`"));
                return Err(match nearest_name(wanted, all.iter().map(|(name, _)| name.as_str())) {
                    Some(near) => failure.help(&format!("did you mean `{near}`?")),
                    None => failure.help("without names, all claims are looked at"),
                });
            }
        }
        Ok(all.into_iter().filter(|(name, _)| self.claims.is_empty() || self.claims.contains(name)).collect())
    }
}

impl Answer<'_> {
    /// Where a parameter turns a claim.
    fn at(&self, flip: &Flip) -> (f64, f64) {
        let space = &self.ground.space;
        (space.value(flip.coordinate, 0.0), space.value(flip.coordinate, flip.at))
    }

    /// Whether it is turned at the very end of the range only.
    fn is_end(&self, flip: &Flip) -> bool {
        let cube = &self.ground.space.cube;
        flip.at == cube.low[flip.coordinate] || flip.at == cube.high[flip.coordinate]
    }

    fn page(&self, colour: bool) -> String {
        let mut text = format!("{} · each of {} alone\n", self.ground.model().name, self.ground.parameters());
        for Turned { claim, name, flips } in &self.claims {
            let Seen { code, margin } = flips.baseline;
            let word = if code == Code::None { "unsolved" } else { code.word() };
            text += "\n";
            text += &wrapped(&format!("{name} {}", claim.words));
            text += &format!("  {}", paint(word, paint_of(code), colour));
            text += &if margin.is_nan() { "\n".into() } else { format!(", margin {}\n", signed(margin)) };
            let Some(wanted) = flips.wanted else {
                text += "  nothing to turn: the baseline has no verdict\n";
                continue;
            };
            for flip in &flips.flips {
                let param = self.ground.param(flip.coordinate);
                let (before, after) = self.at(flip);
                let sign = match flip.at {
                    _ if self.is_end(flip) => ("=", ", the end of its range"),
                    at if at > 0.0 => (">", ""),
                    _ => ("<", ""),
                };
                let jump = if flip.jumps {
                    format!("; the margin jumps to {}", signed(flip.margin))
                } else {
                    String::new()
                };
                text += &wrapped(&format!(
                    "  {} if {} {} {}{} (now {}; {:.3} of its range away{jump})",
                    wanted.word(),
                    param.name,
                    sign.0,
                    with_unit(param, after),
                    sign.1,
                    value(before),
                    flip.at.abs()
                ));
            }
            text += &match self.ground.space.params.len() - flips.flips.len() {
                0 => String::new(),
                others if flips.flips.is_empty() => format!("  none of {others} turns it\n"),
                others => format!("  {others} others do not turn it\n"),
            };
            if flips.silent > 0 {
                text += &format!("  at {} of the values looked at there was no verdict\n", flips.silent);
            }
        }
        text + &format!("\n{} solves\n", self.solves)
    }

    fn json(&self) -> Value {
        let number = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
        let flip = |flip: &Flip| {
            let param = self.ground.param(flip.coordinate);
            let (before, after) = self.at(flip);
            json!({
                "parameter": param.name,
                "from": before,
                "to": after,
                "unit": param.unit,
                "share_of_range": flip.at,
                "margin": number(flip.margin),
                "jumps": flip.jumps,
            })
        };
        let claim = |turned: &Turned<'_>| {
            json!({
                "id": turned.name,
                "claim": turned.claim.words,
                "verdict": turned.flips.baseline.code.word(),
                "margin": number(turned.flips.baseline.margin),
                "turns_to": turned.flips.wanted.map(Code::word),
                "flips": turned.flips.flips.iter().map(flip).collect::<Vec<_>>(),
                "parameters_that_do_not": self.ground.space.params.len() - turned.flips.flips.len(),
                "points_without_verdict": turned.flips.silent,
            })
        };
        json!({
            "model": self.ground.model().name,
            "parameters": self.ground.space.params.len(),
            "claims": self.claims.iter().map(claim).collect::<Vec<_>>(),
            "solves": self.solves,
        })
    }

    /// One row for each parameter that turns a claim; a claim that none turns has one row without a parameter.
    fn csv(&self) -> String {
        let mut table = Csv::new(&[
            "claim",
            "verdict",
            "margin",
            "turns_to",
            "parameter",
            "from",
            "to",
            "share_of_range",
            "unit",
            "margin_after",
        ]);
        for Turned { name, flips, .. } in &self.claims {
            let margin = flips.baseline.margin.to_string();
            let head = [name.as_str(), flips.baseline.code.word(), &margin];
            if flips.flips.is_empty() {
                table.row(&[&head[..], &["", "", "", "", "", "", ""]].concat());
            }
            for flip in &flips.flips {
                let param = self.ground.param(flip.coordinate);
                let (before, after) = self.at(flip);
                table.row(
                    &[
                        &head[..],
                        &[
                            flips.wanted.map_or("", Code::word),
                            &param.name,
                            &before.to_string(),
                            &after.to_string(),
                            &flip.at.to_string(),
                            &param.unit,
                            &flip.margin.to_string(),
                        ],
                    ]
                    .concat(),
                );
            }
        }
        table.text()
    }
}
