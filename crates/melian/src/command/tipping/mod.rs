//! Tipping points on the command line: `melian reach` and `melian flips`.

mod flips;
mod reach;

pub use {
    flips::{EXAMPLES as FLIPS_EXAMPLES, Flips},
    reach::{EXAMPLES as REACH_EXAMPLES, Reach},
};

use clap::Args;
use melian::{
    model::{Condition, Model, Param},
    solver::{Options, Scenario},
    study::worlds::{
        Code, Design, Ensemble, Sheet, Varied,
        tipping::{Crew, Space},
    },
};

use super::{
    Settings,
    figures::{Paint, figure},
    shell::{Failure, Loaded, Shell},
    worlds::varied,
};

/// Which parameters may move, and how closely their ranges are looked at.
#[derive(Args, Clone, Debug)]
struct Ranges {
    /// Only these parameters may change
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    vary: Vec<String>,
    /// These parameters do not change
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "vary")]
    fix: Vec<String>,
    /// Values of each parameter that are looked at before the nearest change is refined
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u16).range(2..=1001))]
    levels: u16,
}

/// A model with the box that is searched.
struct Ground<'a> {
    loaded: &'a Loaded,
    base: Scenario,
    varied: Varied,
    space: Space,
    options: Options,
    /// No points: worlds are solved where the search wants them.
    design: Design,
}

impl<'a> Ground<'a> {
    fn new(loaded: &'a Loaded, settings: &Settings, ranges: &Ranges) -> Result<Ground<'a>, Failure> {
        let model = loaded.game.model();
        let base = settings.setup().world(model).map_err(|problems| loaded.failure(problems))?;
        let varied = varied(model, &base, settings, &ranges.vary, &ranges.fix)?;
        let space = Space::new(&varied);
        if space.params.is_empty() {
            return Err(Failure::plain("nothing-varies", "every range has one value only")
                .help("widen a range: `param c = 0.2 in 0.1 .. 0.3`"));
        }
        let options = settings.options(model)?;
        Ok(Ground { loaded, base, varied, space, options, design: Design::Given(Vec::new()) })
    }

    fn model(&self) -> &'a Model {
        self.loaded.game.model()
    }

    /// The parameter of a coordinate.
    fn param(&self, coordinate: usize) -> &'a Param {
        &self.model().params[self.space.params[coordinate].0]
    }

    /// Plans for what a sheet asks.
    fn ensemble<'s>(&'s self, sheet: &'s Sheet<'s>) -> Result<Ensemble<'s>, Failure> {
        let place = (&self.design, &self.varied);
        Ensemble::new(self.model(), self.base.clone(), sheet, place, &self.options)
            .map_err(|problems| self.loaded.failure(problems))
    }

    /// Of what there are 82 in `82 parameters`.
    fn parameters(&self) -> String {
        parameters(self.space.params.len())
    }
}

/// A sheet that asks one condition.
fn alone<'q>(name: &str, condition: &'q Condition) -> Sheet<'q> {
    let mut sheet = Sheet::default();
    sheet.condition(name, condition);
    sheet
}

/// Does a search on all threads under a bar.
fn search<T>(shell: &Shell, work: impl FnOnce(&Crew<'_>) -> T) -> T {
    shell.watch("searching", |progress| {
        let told = |solved: u64, expected: u64| progress(solved as f64 / expected.max(1) as f64);
        work(&Crew::new(rayon::current_num_threads(), told))
    })
}

fn parameters(count: usize) -> String {
    if count == 1 { "1 parameter".into() } else { format!("{count} parameters") }
}

/// A value with its unit.
fn with_unit(param: &Param, x: f64) -> String {
    let number = value(x);
    if param.unit.is_empty() { number } else { format!("{number} {}", param.unit) }
}

/// Five significant digits: a value of a parameter.
fn value(x: f64) -> String {
    let rounded: f64 = format!("{x:.4e}").parse().unwrap_or(x);
    melian::model::print::number(rounded)
}

fn signed(margin: f64) -> String {
    if margin.is_nan() {
        "–".into()
    } else if margin > 0.0 {
        format!("+{}", figure(margin))
    } else {
        figure(margin)
    }
}

fn paint_of(code: Code) -> Paint {
    match code {
        Code::Holds => Paint::Green,
        Code::Fails => Paint::Red,
        Code::None | Code::Undecided | Code::Undefined => Paint::Yellow,
    }
}
