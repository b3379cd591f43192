//! `melian map`: any answer over a grid of one or two parameters.

mod axis;
mod curve;
mod data;
mod figure;
mod picture;
mod scale;
mod shaded;
mod svg;

use std::path::PathBuf;

use clap::Args;
use melian::{
    Query,
    study::worlds::{Ensemble, Row, Sheet},
};

use self::picture::{Picture, Places};
use super::{
    Format, Settings,
    ask::read,
    asked, output,
    shell::{Failure, Loaded, Outcome, Shell},
    solved,
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian map fearon war --over p --over cost_B            shades of a number
  melian map fearon 'value(A) > value(B)' --over p --over cost_B     where it holds
  melian map signorino war --over back_A=-2..0            one parameter: a curve
  melian map signorino war 'value(A)' --over back_A --over war_B --svg map.svg

Where no range is given it is the model's; all other parameters have their defaults, or what -p gives them.";

/// Draw an answer over a grid of one or two parameters.
#[derive(Args)]
pub struct Map {
    /// Path, name of an embedded model, or -
    model: String,
    /// Questions or conditions; measures of the model may be used by name
    #[arg(required = true)]
    questions: Vec<String>,
    /// A parameter to go over, the first across, the second upward [default range: the model's]
    #[arg(long, value_name = "NAME[=LO..HI]")]
    over: Vec<String>,
    /// Values of each, both ends among them
    #[arg(long, value_name = "N", default_value_t = 21, value_parser = clap::value_parser!(u32).range(2..=1000))]
    steps: u32,
    #[command(flatten)]
    settings: Settings,
    /// How to print the answers
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Also draw the maps into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Map {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        let model = loaded.game.model();
        let names = asked::names(&self.questions)?;
        let queries: Vec<Query> =
            self.questions.iter().map(|text| read(&loaded, text)).collect::<Result<_, _>>()?;
        let plane = axis::plane(model, &self.over, self.steps as usize)?;
        let setup = self.settings.setup();
        let base = setup.world(model).map_err(|problems| loaded.failure(problems))?;
        let values = base.segments[0].path.params.clone();
        let mut sheet = Sheet::default();
        let mut places = Vec::new();
        for (name, query) in names.iter().zip(&queries) {
            let (number, verdict) = (sheet.numbers.len(), sheet.verdicts.len());
            match query {
                Query::Question(question) => {
                    sheet.question(name, question);
                    places.push(Places { number, verdict: None });
                }
                Query::Condition(condition) => {
                    sheet.condition(name, condition);
                    places.push(Places { number, verdict: Some(verdict) });
                }
            }
        }
        if let Some(path) = &self.svg {
            output::check(path)?;
        }
        let (design, varied) = plane.worlds_around(&values);
        let options = self.settings.options(model)?;
        let ensemble = Ensemble::new(model, base, &sheet, (&design, &varied), &options)
            .map_err(|problems| loaded.failure(problems))?;
        let baseline = ensemble.at(&values);
        let rows = solved::in_order(shell, &ensemble, plane.worlds(), "point")?;
        let pictures: Vec<Picture<'_>> = names
            .iter()
            .zip(&places)
            .map(|(name, places)| Picture::of(name, &plane, &rows, &baseline, *places))
            .collect();
        if let Some(path) = &self.svg {
            output::write(path, &figure::file(model, &pictures, &values))?;
        }
        shell.print(&match self.format {
            Format::Table => page(&loaded, &pictures, &values, &rows, shell.colour()),
            Format::Json => data::json(model, &plane, &values, &pictures, &rows, &baseline),
            Format::Csv => data::csv(model, &plane, &sheet, &rows),
        });
        Ok(Outcome::Done)
    }
}

fn page(loaded: &Loaded, pictures: &[Picture<'_>], base: &[f64], rows: &[Row], colour: bool) -> String {
    let model = loaded.game.model();
    let draw = |picture: &Picture<'_>| match picture.plane.axes.len() {
        1 => curve::page(model, picture, base, colour),
        _ => shaded::page(model, picture, base, colour),
    };
    let mut text = pictures.iter().map(draw).collect::<Vec<_>>().join("\n");
    // Why cells are empty, each reason once.
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for row in rows.iter().filter(|row| !row.reason.is_empty()) {
        match reasons.iter_mut().find(|(reason, _)| *reason == row.reason) {
            Some((_, times)) => *times += 1,
            None => reasons.push((&row.reason, 1)),
        }
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.1));
    if !reasons.is_empty() {
        text += "\n";
    }
    for (reason, times) in reasons.into_iter().take(5) {
        text += &super::tables::wrapped(&format!("  {}: {reason}", asked::so_many(times, "point")));
    }
    text
}
