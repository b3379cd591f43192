//! How numbers are spread over worlds: mean and quantiles.

use super::regret::quantile;

/// Mean and quantiles.
#[derive(Clone, PartialEq, Debug)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// Quantiles, in the order asked for; between two numbers linear (type 7 of Hyndman and Fan 1996).
    pub quantiles: Vec<f64>,
}

impl Spread {
    /// Of numbers in any order, for probabilities from 0 to 1; `None` of nothing, or if a number or a probability is none.
    ///
    /// ```
    /// use melian_stats::discovery::Spread;
    /// let spread = Spread::of(&[4.0, 1.0, 2.0, 3.0], &[0.0, 0.5]).unwrap();
    /// assert_eq!((spread.mean, spread.quantiles), (2.5, vec![1.0, 2.5]));
    /// ```
    pub fn of(numbers: &[f64], probabilities: &[f64]) -> Option<Spread> {
        let fine =
            numbers.iter().all(|x| x.is_finite()) && probabilities.iter().all(|p| (0.0..=1.0).contains(p));
        if numbers.is_empty() || !fine {
            return None;
        }
        let mut rising = numbers.to_vec();
        rising.sort_by(f64::total_cmp);
        // Summed in order of size: the same whatever the order of worlds.
        let mean = rising.iter().sum::<f64>() / rising.len() as f64;
        Some(Spread { mean, quantiles: probabilities.iter().map(|&p| quantile(&rising, p)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_nothing_and_of_no_numbers() {
        assert_eq!(Spread::of(&[], &[0.5]), None);
        assert_eq!(Spread::of(&[1.0, f64::NAN], &[0.5]), None);
        assert_eq!(Spread::of(&[1.0], &[1.5]), None);
        let one = Spread::of(&[7.0], &[0.05, 0.95]).unwrap();
        assert_eq!((one.mean, one.quantiles), (7.0, vec![7.0, 7.0]));
    }
}
