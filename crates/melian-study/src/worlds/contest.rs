//! Policies compared over worlds: how each does by itself, and what it costs to have chosen it.

use melian_stats::discovery::{
    Spread,
    regret::{Robustness, Settings, Trouble, compare},
};

/// Quantiles of outcomes that are told.
pub const QUANTILES: [f64; 3] = [0.05, 0.5, 0.95];

/// Policies over the same worlds.
#[derive(Clone, PartialEq, Debug)]
pub struct Contest {
    /// Outcomes of each policy, over the worlds in which all have one: [`QUANTILES`].
    pub outcomes: Vec<Spread>,
    /// Regret. Worlds are numbered as in the whole table.
    pub robustness: Robustness,
}

impl Contest {
    /// Compares policies over some of the worlds: `outcomes[policy][world]`, NaN where there is none.
    ///
    /// # Errors
    /// No policy, or no world in which all of them have an outcome.
    pub fn of(outcomes: &[Vec<f64>], worlds: &[usize], settings: &Settings) -> Result<Contest, Trouble> {
        let table: Vec<Vec<Option<f64>>> = outcomes
            .iter()
            .map(|policy| worlds.iter().map(|&w| Some(policy[w]).filter(|x| x.is_finite())).collect())
            .collect();
        let mut robustness = compare(&table, settings)?;
        let is_complete = |&w: &usize| table.iter().all(|policy| policy[w].is_some());
        let complete: Vec<usize> = (0..worlds.len()).filter(is_complete).collect();
        let spread = |policy: &Vec<Option<f64>>| {
            let numbers: Vec<f64> = complete.iter().filter_map(|&w| policy[w]).collect();
            Spread::of(&numbers, &QUANTILES).ok_or(Trouble::NoWorlds { left_out: worlds.len() })
        };
        let outcomes = table.iter().map(spread).collect::<Result<_, _>>()?;
        robustness.policies.iter_mut().for_each(|policy| policy.worst = worlds[policy.worst]);
        robustness.left_out.iter_mut().for_each(|world| *world = worlds[*world]);
        Ok(Contest { outcomes, robustness })
    }

    /// The policies with the least mean regret.
    pub fn least_mean_regret(&self) -> Vec<usize> {
        best(self.robustness.policies.iter().map(|p| -p.mean))
    }

    /// The policies that are best in most worlds.
    pub fn most_often_best(&self) -> Vec<usize> {
        best(self.robustness.policies.iter().map(|p| p.best))
    }
}

/// Where the greatest number stands; several places if it is there several times.
fn best(numbers: impl Iterator<Item = f64> + Clone) -> Vec<usize> {
    let most = numbers.clone().fold(f64::NEG_INFINITY, f64::max);
    numbers.enumerate().filter(|(_, x)| *x == most).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_the_worlds() {
        let nan = f64::NAN;
        let table = vec![vec![9.0, 1.0, 5.0, nan, 2.0], vec![0.0, 3.0, 4.0, 1.0, 2.0]];
        let whole = Contest::of(&table, &[0, 1, 2, 3, 4], &Settings::default()).unwrap();
        assert_eq!((whole.robustness.worlds, &whole.robustness.left_out), (4, &vec![3]));
        assert_eq!((whole.outcomes[0].mean, whole.outcomes[1].mean), (4.25, 2.25));
        assert_eq!(whole.most_often_best(), [0]);
        // Without the first world the second policy is the safer one; worlds keep their numbers.
        let some = Contest::of(&table, &[1, 2, 3, 4], &Settings::default()).unwrap();
        assert_eq!(some.outcomes[1].quantiles[1], 3.0);
        assert_eq!((some.robustness.minimax.as_slice(), some.robustness.policies[0].worst), (&[1][..], 1));
        assert_eq!((some.robustness.left_out.as_slice(), some.least_mean_regret()), (&[3][..], vec![1]));
        assert!(Contest::of(&table, &[3], &Settings::default()).is_err());
        assert!(Contest::of(&table, &[], &Settings::default()).is_err());
    }
}
