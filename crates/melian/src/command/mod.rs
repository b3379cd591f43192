//! What the command understands: its subcommands, options and help texts.

mod answers;
mod ask;
mod asked;
mod board;
mod check;
mod compare;
mod csv;
mod equilibrium;
mod explain;
mod figures;
mod format;
mod levers;
mod live;
mod map;
mod models;
mod output;
mod play;
mod print;
mod report;
mod run;
mod serve;
mod shell;
mod solved;
mod start;
mod starter;
mod tables;
mod tipping;
mod why;
mod worlds;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use shell::{Outcome, Shell};

/// Conflicts written as text, solved exactly, their claims answered.
///
/// Without a subcommand: `melian run` on the flagship model.
#[derive(Parser)]
#[command(name = "melian", version, arg_required_else_help = false, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_CODES: &str = "\
MODEL is a path, the name of an embedded model (`melian models`), or - for standard input.
Answers go to standard output, everything else to standard error.

Exit codes:
  0  done
  1  a claim failed (run --check), a check failed (check --strict, fmt --check)
  2  bad input or usage";

#[derive(Subcommand)]
enum Command {
    /// Solve a model: outlook, first choices, measures, claims
    #[command(after_help = run::EXAMPLES)]
    Run(run::Run),
    /// Write a page: what happens, why, how sure it is, what would change it
    #[command(after_help = report::EXAMPLES)]
    Report(report::Report),
    /// Show the report as a page with sliders; every move is solved again
    #[command(after_help = live::EXAMPLES)]
    Serve(live::Serve),
    /// Ask questions about a model
    #[command(after_help = ask::EXAMPLES)]
    Ask(ask::Ask),
    /// Explain a choice: what each action is worth, and which payoffs make the difference
    #[command(after_help = why::EXAMPLES)]
    Why(why::Why),
    /// Tell one history of a game, period by period
    #[command(after_help = play::EXAMPLES)]
    Play(play::Play),
    /// Look for mistakes in models
    #[command(after_help = check::EXAMPLES)]
    Check(check::Check),
    /// Put models into the standard layout, in place
    #[command(after_help = format::EXAMPLES)]
    Fmt(format::Fmt),
    /// Write a commented starter model to NAME.melian
    #[command(after_help = starter::EXAMPLES)]
    New(starter::New),
    /// Print a model as the solver sees it, or the plan of its solution
    #[command(after_help = print::EXAMPLES)]
    Print(print::Print),
    /// Explain a diagnostic by its id, or list all ids
    #[command(after_help = explain::EXAMPLES)]
    Explain(explain::Explain),
    /// Find the stationary equilibria of play that goes on for ever
    #[command(after_help = equilibrium::EXAMPLES)]
    Equilibrium(equilibrium::Equilibrium),
    /// Solve a model at many points of its parameters' ranges: how sure is each claim?
    #[command(after_help = worlds::EXAMPLES)]
    Worlds(worlds::Worlds),
    /// Find which parameters the answers hang on: Sobol' indices, Morris screening, delta, PAWN
    #[command(after_help = worlds::DRIVERS_EXAMPLES)]
    Drivers(worlds::Drivers),
    /// Find where claims fail: boxes of parameters in few words
    #[command(after_help = worlds::BOXES_EXAMPLES)]
    Boxes(worlds::Boxes),
    /// Bring the worlds that several machines have solved together
    #[command(after_help = worlds::MERGE_EXAMPLES)]
    Merge(worlds::Merge),
    /// Draw an answer over a grid of one or two parameters
    #[command(after_help = map::EXAMPLES)]
    Map(map::Map),
    /// Policies side by side across worlds: how each does, which regrets least
    #[command(after_help = compare::EXAMPLES, mut_arg("n", |n| n.default_value("1024")))]
    Compare(compare::Compare),
    /// Find the least change of parameters after which a condition holds
    #[command(after_help = tipping::REACH_EXAMPLES)]
    Reach(tipping::Reach),
    /// Find the parameters that turn each claim by themselves, and where
    #[command(after_help = tipping::FLIPS_EXAMPLES)]
    Flips(tipping::Flips),
    /// List the embedded models, or print one
    #[command(after_help = models::EXAMPLES)]
    Models(models::Models),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  melian completions bash > ~/.local/share/bash-completion/completions/melian"
    )]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// How answers are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum Format {
    /// Tables for people
    #[default]
    Table,
    /// JSON with full precision
    Json,
    /// CSV, one number a row
    Csv,
}

/// Options of every command that solves a model.
#[derive(Args, Clone, Debug, Default)]
pub struct Settings {
    /// Set parameters: dmg=0.2,'arms[supply]=2'
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE", value_delimiter = ',', value_parser = named_number)]
    params: Vec<(String, f64)>,
    /// Set start values: regime=truce,guarantee=soft
    #[arg(long = "start", short = 's', value_name = "NAME=VALUE", value_delimiter = ',', value_parser = named)]
    starts: Vec<(String, String)>,
    /// Set constants and compile the model anew: horizon=60
    #[arg(long = "const", short = 'c', value_name = "NAME=VALUE", value_delimiter = ',', value_parser = named_number)]
    consts: Vec<(String, f64)>,
    /// Refuse to take more memory than this [default: 8]
    #[arg(long, value_name = "GIB", value_parser = gibibytes)]
    max_memory: Option<u64>,
    /// Let play go on for ever; what would be paid finally is left out
    #[arg(long)]
    forever: bool,
    /// Play that goes on for ever: start from the values or choice probabilities in this file
    #[arg(long, value_name = "FILE", conflicts_with = "homotopy")]
    start_from: Option<String>,
    /// Play that goes on for ever: follow the branch from uniform play instead of games of ever greater length
    #[arg(long)]
    homotopy: bool,
    /// Play that goes on for ever: answer also where no equilibrium was found; every number is wrong then
    #[arg(long)]
    allow_unconverged: bool,
    /// Vector instructions to use at most; results are the same [default: the widest that the processor has]
    #[arg(long, value_enum, hide_short_help = true)]
    lanes: Option<Lanes>,
}

/// Widths of vector instructions.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Lanes {
    /// What every processor has
    Baseline,
    /// Four numbers at a time
    Avx2,
    /// Eight numbers at a time
    Avx512,
}

impl From<Lanes> for melian::solver::Lanes {
    fn from(lanes: Lanes) -> melian::solver::Lanes {
        match lanes {
            Lanes::Baseline => melian::solver::Lanes::Baseline,
            Lanes::Avx2 => melian::solver::Lanes::Avx2,
            Lanes::Avx512 => melian::solver::Lanes::Avx512,
        }
    }
}

impl Settings {
    fn setup(&self) -> melian::Setup {
        melian::Setup { params: self.params.clone(), start: self.starts.clone() }
    }

    fn options(&self, model: &melian::model::Model) -> Result<melian::solver::Options, shell::Failure> {
        let usual = melian::solver::Options::default();
        let start = self.start_from.as_ref().map(|path| start::read(model, path)).transpose()?;
        let forever = melian::solver::Forever {
            start,
            by_homotopy: self.homotopy,
            allow_unconverged: self.allow_unconverged,
        };
        let max_memory = self.max_memory.unwrap_or(usual.max_memory);
        let lanes = self.lanes.map_or(usual.lanes, Into::into);
        Ok(melian::solver::Options { forever, max_memory, lanes, ..usual })
    }
}

/// `name=value`.
fn named(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write NAME=VALUE".into()),
    }
}

/// `name=number`.
fn named_number(text: &str) -> Result<(String, f64), String> {
    let (name, value) = named(text)?;
    let number = match value.as_str() {
        "true" => Some(1.0),
        "false" => Some(0.0),
        _ => value.parse().ok().filter(|x: &f64| x.is_finite()),
    };
    Ok((name, number.ok_or_else(|| format!("`{value}` is not a number"))?))
}

/// A number of gibibytes as bytes.
fn gibibytes(text: &str) -> Result<u64, String> {
    match text.parse::<f64>() {
        Ok(x) if x > 0.0 && x < 1e9 => Ok((x * f64::from(1 << 30)) as u64),
        _ => Err("write a number of gibibytes, such as 4 or 0.5".into()),
    }
}

/// Runs the command; returns its exit code.
pub fn main() -> i32 {
    let cli = Cli::parse();
    let shell = Shell::new();
    let outcome = match cli.command.unwrap_or_else(|| Command::Run(run::Run::default())) {
        Command::Run(run) => run.execute(&shell),
        Command::Report(report) => report.execute(&shell),
        Command::Serve(serve) => serve.execute(&shell),
        Command::Ask(ask) => ask.execute(&shell),
        Command::Why(why) => why.execute(&shell),
        Command::Play(play) => play.execute(&shell),
        Command::Check(check) => check.execute(&shell),
        Command::Fmt(format) => format.execute(&shell),
        Command::New(new) => new.execute(&shell),
        Command::Print(print) => print.execute(&shell),
        Command::Explain(explain) => explain.execute(&shell),
        Command::Equilibrium(equilibrium) => equilibrium.execute(&shell),
        Command::Worlds(worlds) => worlds.execute(&shell),
        Command::Drivers(drivers) => drivers.execute(&shell),
        Command::Boxes(boxes) => boxes.execute(&shell),
        Command::Merge(merge) => merge.execute(&shell),
        Command::Map(map) => map.execute(&shell),
        Command::Compare(compare) => compare.execute(&shell),
        Command::Reach(reach) => reach.execute(&shell),
        Command::Flips(flips) => flips.execute(&shell),
        Command::Models(models) => models.execute(&shell),
        Command::Completions { shell: which } => {
            let mut script = Vec::new();
            clap_complete::generate(which, &mut Cli::command(), "melian", &mut script);
            shell.print(&String::from_utf8_lossy(&script));
            Ok(Outcome::Done)
        }
    };
    match outcome {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Failed) => 1,
        Err(failure) => {
            shell.fail(&failure);
            failure.code()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
