//! `melian report`: a page that shows what happens, why, and how sure it is.

mod make;
mod scene;

use std::path::{Path, PathBuf};

pub use make::{claims, command_for, method, title, values, view, view_with};
pub use scene::{plan, scene};

use clap::{Args, ValueEnum};

use super::{
    Settings, output,
    shell::{Failure, Loaded, Outcome, Shell},
    worlds,
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian report ukraine -o ukraine.html
  melian report ukraine --worlds ukraine.worlds     with what many worlds say of each claim
  melian report my.melian --lever 'P[war by 12]' --map c_war,v_land
  melian report fearon --format json > fearon.json";

/// Write a page: what happens, why, how sure it is, what would change it.
#[derive(Args)]
pub struct Report {
    /// Path, name of an embedded model, or - [default: the flagship]
    model: Option<String>,
    /// A folder that `melian worlds` made of the model; its settings are taken over
    #[arg(long, value_name = "DIR")]
    worlds: Option<PathBuf>,
    /// The page [default: NAME.html]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    wanted: Wanted,
    /// What to make
    #[arg(long, value_enum, default_value_t = Kind::Html)]
    format: Kind,
}

/// What a report shows beside the usual.
#[derive(Args, Clone, Debug, Default)]
pub struct Wanted {
    /// An answer whose change with each parameter is shown first: a question, or a measure of the model
    #[arg(long = "lever", value_name = "QUESTION")]
    pub levers: Vec<String>,
    /// The two parameters of the regime map [default: those that move most]
    #[arg(long, value_name = "X,Y", value_delimiter = ',')]
    pub map: Vec<String>,
    /// Leave out what each parameter changes by itself, and the regime map
    #[arg(long)]
    pub no_levers: bool,
    /// Leave the claims out
    #[arg(long)]
    pub no_claims: bool,
    /// Show levers only where a folder of worlds keeps them
    #[arg(skip)]
    pub known_levers: bool,
}

/// Kinds of reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Kind {
    /// A page in one file
    Html,
    /// The data that the page shows
    Json,
}

impl Report {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let (_, settings, loaded) =
            load(shell, self.model.as_deref(), self.worlds.as_deref(), &self.settings)?;
        let usual = PathBuf::from(format!("{}.html", loaded.game.model().name));
        let path = self.out.as_ref().unwrap_or(&usual);
        if self.format == Kind::Html || self.out.is_some() {
            output::check(path)?;
        }
        let view = view(shell, &loaded, &settings, &self.wanted, self.worlds.as_deref())?;
        match self.format {
            Kind::Json => {
                let text =
                    serde_json::to_string_pretty(&view).map_or_else(|e| e.to_string(), |text| text + "\n");
                match &self.out {
                    Some(path) => output::write(path, &text)?,
                    None => shell.print(&text),
                }
            }
            Kind::Html => {
                let title = title(loaded.game.model());
                output::write(path, &melian::report::page(&title, &view, None::<&()>).html)?;
                shell.note(&format!("the report is in {}", path.display()));
            }
        }
        Ok(Outcome::Done)
    }
}

/// Loads the model of a report with the settings of its worlds, if it has any; its name, the settings, the model.
///
/// # Errors
/// The model or the worlds cannot be read, or do not belong together.
pub fn load<'a>(
    shell: &Shell,
    model: Option<&'a str>,
    folder: Option<&Path>,
    given: &Settings,
) -> Result<(&'a str, Settings, Loaded), Failure> {
    let name = model.unwrap_or(melian::models::flagship().name);
    let settings = match folder {
        Some(folder) => worlds::settings_of(folder, given)?,
        None => given.clone(),
    };
    let loaded = shell.load(name, &settings)?;
    shell.remark_on_ranges(loaded.game.model(), &settings.params);
    if let Some(folder) = folder {
        worlds::check_worlds(folder, &loaded)?;
    }
    Ok((name, settings, loaded))
}
