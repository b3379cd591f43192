//! Melian's side of the comparison that `run.py` makes: one piece of work a call, one line of JSON a result.

#![forbid(unsafe_code)]

mod limits;
mod markov;
mod process;
mod valued;
mod worlds;

use clap::{Parser, Subcommand};
use serde_json::json;

use valued::{Place, Work};

/// Does one piece of work and prints what it took, as lines of JSON.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Backward induction on a large grid, and on finer and coarser ones
    W1 {
        #[arg(long, default_value_t = 1)]
        threads: usize,
        /// Levels of front, arms of A, arms of B, tension, trust and standing
        #[arg(long, value_parser = levels, default_value = "8,10,10,10,5,5")]
        levels: [usize; 6],
    },
    /// The stationary logit equilibrium of each of these random stochastic games
    W2 {
        #[arg(long, default_value_t = 1)]
        threads: usize,
        /// Files that `peers/w2_write.py` wrote
        #[arg(long = "game", required = true)]
        games: Vec<std::path::PathBuf>,
        #[arg(long)]
        states: usize,
        #[arg(long)]
        players: usize,
        #[arg(long)]
        actions: usize,
        #[arg(long, default_value_t = 1.0)]
        precision: f64,
        /// Follow the branch of uniform play, not play from zero
        #[arg(long)]
        homotopy: bool,
        /// Print the strategies too
        #[arg(long)]
        strategies: bool,
    },
    /// Alternating offers
    W3 {
        #[arg(long, default_value_t = 1)]
        threads: usize,
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// The flagship's baseline: 48 months, the full grid
    W4 {
        #[arg(long, default_value_t = 1)]
        threads: usize,
    },
    /// Many flagship worlds, each with parameters of its own
    Worlds {
        #[arg(long, default_value_t = 1)]
        threads: usize,
        #[arg(long, default_value_t = 100)]
        count: usize,
    },
    /// How fast the machine streams through memory, by size of the working set
    Limits {
        #[arg(long, default_value_t = 1)]
        threads: usize,
        /// Sizes of the working set, all threads together
        #[arg(long, value_delimiter = ',', default_value = "48,192,768,3072,12288,49152,196608,786432")]
        kib: Vec<usize>,
    },
}

const W1: &str = include_str!("../models/w1.melian");
const W3: &str = include_str!("../models/w3.melian");

/// The flagship as W4 specifies it.
pub const W4_CONSTANTS: [(&str, f64); 2] = [("horizon", 48.0), ("tail_months", 24.0)];

/// Bytes that any of this may take: what the largest grid is allowed.
const MAX_MEMORY: u64 = 24 << 30;

/// `8,10,10,10,5,5`.
fn levels(text: &str) -> Result<[usize; 6], String> {
    let levels: Result<Vec<usize>, _> = text.split(',').map(str::parse).collect();
    levels.ok().and_then(|levels| levels.try_into().ok()).ok_or_else(|| "write six numbers".into())
}

fn main() -> Result<(), String> {
    match Cli::parse().command {
        Command::W1 { threads, levels } => {
            let names = ["front", "arms_A", "arms_B", "tension", "trust", "standing"];
            let constants: Vec<(String, f64)> =
                names.iter().zip(&levels).map(|(name, &n)| (format!("{name}_levels"), n as f64)).collect();
            let constants: Vec<(&str, f64)> = constants.iter().map(|(name, n)| (name.as_str(), *n)).collect();
            let places = &[Place::Least, Place::Middle, Place::Greatest];
            Work { text: W1, constants: &constants, places }.measure(threads)
        }
        Command::W2 { threads, games, states, players, actions, precision, homotopy, strategies } => {
            markov::Work { files: games, states, players, actions, precision, homotopy, strategies }
                .measure(threads)
        }
        Command::W3 { threads, rounds } => {
            Work { text: W3, constants: &[("rounds", rounds as f64)], places: &[Place::Start] }
                .measure(threads)
        }
        Command::W4 { threads } => {
            let text = melian::models::flagship().text;
            Work { text, constants: &W4_CONSTANTS, places: &[Place::Start] }.measure(threads)
        }
        Command::Worlds { threads, count } => worlds::measure(threads, count),
        Command::Limits { threads, kib } => {
            for kib in kib {
                let gb_per_second = limits::triad(threads, kib << 10) / 1e9;
                println!("{}", json!({ "threads": threads, "kib": kib, "gb_per_second": gb_per_second }));
            }
            println!("{}", json!({ "nanoseconds_an_exponential": limits::exponential() }));
            Ok(())
        }
    }
}
