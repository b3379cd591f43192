//! Robust decisions: which policy does not do badly, whatever the world.
//!
//! Each policy has an outcome u in each world. Where more is better:
//!
//! ```text
//! regret(p, w)   = max over q of u(q, w) − u(p, w)                           (1)
//! minimax regret = the policies with the least max over w of regret(p, w)    (2)
//! satisficing(p) = share of the worlds in which u(p, w) ≥ threshold          (3)
//! ```
//!
//! (1), (2): Savage (1951); for many worlds of a simulation, Lempert, Popper and Bankes (2003). (3): the domain criterion
//! of Starr (1963), worlds weighted equally. Where less is better, outcomes are taken with the other sign.
//!
//! Regret compares policies within a world. A world in which any policy has no outcome is therefore left out for all of
//! them, and told: leaving it out for one policy only would compare policies over different worlds.

use std::fmt;

/// Whether large outcomes are good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aim {
    /// More is better.
    More,
    /// Less is better.
    Less,
}

/// What is compared.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// Whether large outcomes are good.
    pub aim: Aim,
    /// What an outcome must reach to be good enough (at least, or at most where less is better); absent: nobody asks.
    pub threshold: Option<f64>,
    /// Probabilities of the quantiles of regret, each from 0 to 1.
    pub quantiles: Vec<f64>,
}

impl Default for Settings {
    /// More is better, no threshold, median and upper decile of regret.
    fn default() -> Settings {
        Settings { aim: Aim::More, threshold: None, quantiles: vec![0.5, 0.9] }
    }
}

/// How policies compare.
#[derive(Clone, PartialEq, Debug)]
pub struct Robustness {
    /// One entry for each policy.
    pub policies: Vec<Policy>,
    /// The policies with the least greatest regret; several if they are equal.
    pub minimax: Vec<usize>,
    /// Worlds that were compared.
    pub worlds: usize,
    /// Worlds left out, because some policy has no outcome there.
    pub left_out: Vec<usize>,
}

/// How one policy does.
#[derive(Clone, PartialEq, Debug)]
pub struct Policy {
    /// Its greatest regret.
    pub greatest: f64,
    /// The world of its greatest regret, the first of several.
    pub worst: usize,
    /// Its mean regret.
    pub mean: f64,
    /// Quantiles of its regret, in the order of the settings; between two worlds linear (type 7 of Hyndman and Fan 1996).
    pub quantiles: Vec<f64>,
    /// Share of worlds in which no policy does better.
    pub best: f64,
    /// Share of worlds in which it is good enough, if there is a threshold.
    pub satisficing: Option<f64>,
}

/// Why policies cannot be compared.
#[derive(Clone, PartialEq, Debug)]
pub enum Trouble {
    /// There is no policy.
    NoPolicies,
    /// A policy has another number of worlds than the first.
    Lengths {
        /// Which policy, from zero.
        policy: usize,
        /// Its number of worlds.
        worlds: usize,
        /// That of the first.
        expected: usize,
    },
    /// An outcome that is not finite. What does not exist is `None`.
    NotFinite {
        /// Which policy, from zero.
        policy: usize,
        /// Which world, from zero.
        world: usize,
    },
    /// No world in which all policies have an outcome.
    NoWorlds {
        /// Worlds left out.
        left_out: usize,
    },
    /// A quantile outside 0 to 1.
    Quantile(f64),
    /// A threshold that is not a number.
    Threshold,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::NoPolicies => write!(f, "there is no policy"),
            Trouble::Lengths { policy, worlds, expected } => {
                write!(f, "policy {} has {worlds} worlds, the first has {expected}", policy + 1)
            }
            Trouble::NotFinite { policy, world } => {
                write!(f, "policy {} has an outcome in world {} that is not finite", policy + 1, world + 1)
            }
            Trouble::NoWorlds { left_out: 0 } => write!(f, "there is no world"),
            Trouble::NoWorlds { left_out } => {
                write!(f, "in each of the {left_out} worlds some policy has no outcome")
            }
            Trouble::Quantile(p) => write!(f, "quantile {p} is not between 0 and 1"),
            Trouble::Threshold => write!(f, "the threshold is not a number"),
        }
    }
}

impl std::error::Error for Trouble {}

/// Compares policies: `outcomes[policy][world]`, `None` where there is none.
///
/// # Errors
///
/// No policy, no world with outcomes of all, policies of different lengths, outcomes that are not finite, settings that
/// are no numbers.
pub fn compare(outcomes: &[Vec<Option<f64>>], settings: &Settings) -> Result<Robustness, Trouble> {
    check(outcomes, settings)?;
    let all = outcomes.first().map_or(0, Vec::len);
    let (complete, left_out): (Vec<usize>, Vec<usize>) =
        (0..all).partition(|&world| outcomes.iter().all(|policy| policy[world].is_some()));
    if complete.is_empty() {
        return Err(Trouble::NoWorlds { left_out: left_out.len() });
    }
    let sign = match settings.aim {
        Aim::More => 1.0,
        Aim::Less => -1.0,
    };
    let values: Vec<Vec<f64>> = outcomes
        .iter()
        .map(|policy| complete.iter().filter_map(|&world| policy[world]).map(|u| sign * u).collect())
        .collect();
    let most: Vec<f64> = (0..complete.len())
        .map(|world| values.iter().map(|policy| policy[world]).fold(f64::NEG_INFINITY, f64::max))
        .collect();
    let policies: Vec<Policy> =
        values.iter().map(|policy| judge(policy, &most, &complete, sign, settings)).collect();
    let least = policies.iter().map(|policy| policy.greatest).fold(f64::INFINITY, f64::min);
    let minimax = (0..policies.len()).filter(|&p| policies[p].greatest == least).collect();
    Ok(Robustness { policies, minimax, worlds: complete.len(), left_out })
}

/// One policy: its outcomes, the best of all policies, the number of each world in the table.
fn judge(values: &[f64], most: &[f64], numbers: &[usize], sign: f64, settings: &Settings) -> Policy {
    let count = values.len() as f64;
    let regret: Vec<f64> = values.iter().zip(most).map(|(u, best)| best - u).collect();
    let share = |test: &dyn Fn(usize) -> bool| (0..values.len()).filter(|&w| test(w)).count() as f64 / count;
    let greatest = regret.iter().copied().fold(0.0, f64::max);
    let worst = regret.iter().position(|&r| r == greatest).map_or(0, |w| numbers[w]);
    let mut rising = regret.clone();
    rising.sort_by(f64::total_cmp);
    Policy {
        greatest,
        worst,
        mean: regret.iter().sum::<f64>() / count,
        quantiles: settings.quantiles.iter().map(|&p| quantile(&rising, p)).collect(),
        best: share(&|w| regret[w] == 0.0),
        satisficing: settings.threshold.map(|threshold| share(&|w| values[w] >= sign * threshold)),
    }
}

/// A quantile of sorted values, linear between them.
pub(super) fn quantile(rising: &[f64], p: f64) -> f64 {
    let place = (rising.len() - 1) as f64 * p;
    let (low, high) = (rising[place.floor() as usize], rising[place.ceil() as usize]);
    low + (place - place.floor()) * (high - low)
}

fn check(outcomes: &[Vec<Option<f64>>], settings: &Settings) -> Result<(), Trouble> {
    let expected = outcomes.first().ok_or(Trouble::NoPolicies)?.len();
    for (policy, worlds) in outcomes.iter().enumerate() {
        if worlds.len() != expected {
            return Err(Trouble::Lengths { policy, worlds: worlds.len(), expected });
        }
        if let Some(world) = worlds.iter().position(|u| u.is_some_and(|u| !u.is_finite())) {
            return Err(Trouble::NotFinite { policy, world });
        }
    }
    if let Some(&p) = settings.quantiles.iter().find(|&p| !(0.0..=1.0).contains(p)) {
        return Err(Trouble::Quantile(p));
    }
    if settings.threshold.is_some_and(f64::is_nan) { Err(Trouble::Threshold) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(rows: &[&[f64]]) -> Vec<Vec<Option<f64>>> {
        rows.iter()
            .map(|row| row.iter().map(|&u| if u.is_nan() { None } else { Some(u) }).collect())
            .collect()
    }

    #[test]
    fn savage() {
        // Bold is best in two of three worlds and terrible in one; cautious is never best and never far from it.
        let table = outcomes(&[&[10.0, 8.0, -5.0], &[7.0, 6.0, 4.0], &[1.0, 2.0, 5.0]]);
        let settings =
            Settings { threshold: Some(4.0), quantiles: vec![0.0, 0.5, 0.75, 1.0], ..Settings::default() };
        let found = compare(&table, &settings).unwrap();
        assert_eq!(found.minimax, [1]);
        let greatest: Vec<f64> = found.policies.iter().map(|p| p.greatest).collect();
        assert_eq!(greatest, [10.0, 3.0, 9.0]);
        assert_eq!(found.policies.iter().map(|p| p.worst).collect::<Vec<_>>(), [2, 0, 0]);
        // Regrets of the second: 3, 2, 1.
        assert_eq!(found.policies[1].quantiles, [1.0, 2.0, 2.5, 3.0]);
        assert_eq!((found.policies[1].mean, found.policies[1].best), (2.0, 0.0));
        assert_eq!(found.policies[1].satisficing, Some(1.0));
        assert_eq!(found.policies[0].satisficing, Some(2.0 / 3.0));
        assert_eq!(found.policies[0].best, 2.0 / 3.0);
    }

    #[test]
    fn less_is_better_is_the_other_sign() {
        let table = outcomes(&[&[10.0, 8.0, -5.0], &[7.0, 6.0, 4.0]]);
        let negative: Vec<Vec<Option<f64>>> =
            table.iter().map(|row| row.iter().map(|u| u.map(|u| -u)).collect()).collect();
        let more = Settings { threshold: Some(6.0), ..Settings::default() };
        let less = Settings { aim: Aim::Less, threshold: Some(-6.0), ..Settings::default() };
        assert_eq!(compare(&table, &more), compare(&negative, &less));
    }

    #[test]
    fn worlds_with_gaps_are_left_out_for_all() {
        let nan = f64::NAN;
        let found =
            compare(&outcomes(&[&[1.0, nan, 3.0], &[2.0, 100.0, 3.0]]), &Settings::default()).unwrap();
        assert_eq!((found.worlds, found.left_out), (2, vec![1]));
        assert_eq!(found.policies[0].greatest, 1.0);
        // The first world has the number it has in the table.
        let found = compare(&outcomes(&[&[nan, 1.0], &[1.0, 2.0]]), &Settings::default()).unwrap();
        assert_eq!(found.policies[0].worst, 1);
    }

    #[test]
    fn ties_are_told() {
        let found = compare(&outcomes(&[&[1.0, 0.0], &[0.0, 1.0]]), &Settings::default()).unwrap();
        assert_eq!(found.minimax, [0, 1]);
    }

    #[test]
    fn refuses() {
        let check = |table: &[Vec<Option<f64>>], settings: &Settings, text: &str| {
            assert_eq!(compare(table, settings).unwrap_err().to_string(), text);
        };
        let default = Settings::default();
        check(&[], &default, "there is no policy");
        check(&[vec![], vec![]], &default, "there is no world");
        check(&[vec![None], vec![Some(1.0)]], &default, "in each of the 1 worlds some policy has no outcome");
        check(&[vec![Some(1.0)], vec![]], &default, "policy 2 has 0 worlds, the first has 1");
        check(&[vec![Some(f64::NAN)]], &default, "policy 1 has an outcome in world 1 that is not finite");
        let quantile = Settings { quantiles: vec![1.5], ..Settings::default() };
        check(&[vec![Some(1.0)]], &quantile, "quantile 1.5 is not between 0 and 1");
        let threshold = Settings { threshold: Some(f64::NAN), ..Settings::default() };
        check(&[vec![Some(1.0)]], &threshold, "the threshold is not a number");
    }
}
