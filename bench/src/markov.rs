//! W2: stochastic games read from numbers, and their stationary logit equilibria.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use melian::{
    model::Convention,
    solver::{
        arrays::{Begin, Play, StochasticGame, solve},
        stationary::{Effort, Method},
    },
};
use serde_json::json;

use crate::process::{peak_mib, pool};

/// What the next period counts in all of these games.
const DISCOUNT: f64 = 0.95;

/// Games of one size.
pub struct Work {
    /// Where their numbers are: doubles, little-endian, payoffs before transitions.
    pub files: Vec<PathBuf>,
    /// Number of states.
    pub states: usize,
    /// Number of players.
    pub players: usize,
    /// Number of actions of each.
    pub actions: usize,
    /// Precision of all choices.
    pub precision: f64,
    /// Whether the branch of uniform play is followed, or play from zero.
    pub homotopy: bool,
    /// Whether strategies are printed.
    pub strategies: bool,
}

impl Work {
    /// Solves each once on so many threads and prints what that took.
    pub fn measure(&self, threads: usize) -> Result<(), String> {
        pool(threads)?.install(|| self.files.iter().try_for_each(|file| self.line(file)))
    }

    fn line(&self, file: &Path) -> Result<(), String> {
        let begin = Instant::now();
        let game = self.game(file)?;
        let play = Play { precisions: vec![self.precision; self.players], convention: Convention::Payoff };
        let setup_seconds = begin.elapsed().as_secs_f64();

        let from = if self.homotopy { Begin::Uniform } else { Begin::Zero };
        let begin = Instant::now();
        let found = solve(&game, &play, &from, &Effort::default());
        let seconds = begin.elapsed().as_secs_f64();

        let mut line = json!({ "seconds": seconds, "setup_seconds": setup_seconds, "peak_mib": peak_mib() });
        match found {
            Ok(found) => {
                let sums = found.values.iter().enumerate();
                line["check"] =
                    sums.map(|(i, v)| (format!("sum {i}"), json!(v.iter().sum::<f64>()))).collect();
                if self.strategies {
                    line["strategies"] = json!(found.strategies.concat().concat());
                }
                let report = &found.report;
                line["note"] = match (report.method, report.path) {
                    (Method::Homotopy, Some(path)) => json!(format!("{} steps", path.steps)),
                    (method, _) => json!(format!("{method:?}, F applied {} times", report.applications)),
                };
            }
            Err(unsettled) => {
                line["check"] = json!({});
                line["note"] = json!(format!("not settled: residual {:.1e}", unsettled.residual));
            }
        }
        println!("{line}");
        Ok(())
    }

    fn game(&self, file: &Path) -> Result<StochasticGame, String> {
        let bytes = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
        let numbers: Vec<f64> = bytes.as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect();
        let profiles = self.states * self.actions.pow(self.players as u32);
        let payoffs = numbers.chunks(profiles).take(self.players).map(<[f64]>::to_vec).collect();
        let transitions = numbers.get(self.players * profiles..).unwrap_or_default().to_vec();
        let (actions, discounts) = (vec![self.actions; self.players], vec![DISCOUNT; self.players]);
        StochasticGame::rectangular(self.states, &actions, payoffs, transitions, discounts)
            .map_err(|wrong| format!("{}: {wrong:?}", file.display()))
    }
}
