//! `melian serve`: the report as a page whose parameters can be moved.

mod engine;
mod setting;
mod words;

use std::path::PathBuf;

use clap::Args;

use super::{
    Settings,
    report::{self, Wanted},
    serve,
    shell::{Failure, Outcome, Shell},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian serve frontline
  melian serve ukraine -c front_levels=4,money_levels=3,ru_levels=2,ua_levels=2,horizon=36
  melian serve ukraine --worlds ukraine.worlds --port 9000
The page is for this machine only, unless `--host` says otherwise. Ctrl-C ends it.";

/// Show the report as a page with sliders; every move is solved again.
#[derive(Args)]
pub struct Serve {
    /// Path, name of an embedded model, or - [default: the flagship]
    model: Option<String>,
    /// A folder that `melian worlds` made of the model; its settings are taken over
    #[arg(long, value_name = "DIR")]
    worlds: Option<PathBuf>,
    #[command(flatten)]
    place: serve::Place,
    #[command(flatten)]
    settings: Settings,
}

impl Serve {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let (name, settings, loaded) =
            report::load(shell, self.model.as_deref(), self.worlds.as_deref(), &self.settings)?;
        // What single parameters change is shown where it is known already: nobody waits for it.
        let wanted = Wanted { no_levers: self.worlds.is_none(), known_levers: true, ..Wanted::default() };
        let view = report::view(shell, &loaded, &settings, &wanted, self.worlds.as_deref())?;
        serve::serve(shell, &self.place, engine::Live::new(name, self.worlds.clone(), loaded, settings, view))
    }
}
