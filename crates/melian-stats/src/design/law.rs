//! Laws of single parameters, by their quantile functions.

use statrs::distribution::{Beta, ContinuousCDF, Normal};

/// What values of a parameter are plausible, and how much so.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Law {
    /// Uniform from the first to the second.
    Uniform(f64, f64),
    /// Normal with mean and standard deviation.
    Normal(f64, f64),
    /// The logarithm is normal with this mean and standard deviation.
    Lognormal(f64, f64),
    /// Triangular: least, mode, greatest.
    Triangular(f64, f64, f64),
    /// Beta on 0..1.
    Beta(f64, f64),
}

/// Shares nearer to 0 or 1 than this are taken to be as near as this: no quantile is infinite.
const EDGE: f64 = 1.0 / (1_u64 << 40) as f64;

/// What lies between these shares of a law without bounds is its range.
const ALMOST_ALL: (f64, f64) = (0.005, 0.995);

impl Law {
    /// The value below which the share `u` lies. Monotone in `u`, within the law's bounds.
    ///
    /// ```
    /// use melian_stats::design::Law;
    /// assert_eq!(Law::Uniform(1.0, 3.0).quantile(0.25), 1.5);
    /// assert_eq!(Law::Triangular(0.0, 1.0, 2.0).quantile(0.5), 1.0);
    /// ```
    pub fn quantile(self, u: f64) -> f64 {
        match self {
            // Both ends exactly, and nothing outside them.
            Law::Uniform(lo, hi) => (lo + u * (hi - lo)).clamp(lo, hi),
            Law::Normal(mean, sd) => mean + sd * normal_quantile(u),
            Law::Lognormal(mu, sigma) => (mu + sigma * normal_quantile(u)).exp(),
            Law::Triangular(lo, mode, hi) => {
                let below = (mode - lo) / (hi - lo);
                if u < below {
                    lo + (u * (hi - lo) * (mode - lo)).sqrt()
                } else {
                    hi - ((1.0 - u) * (hi - lo) * (hi - mode)).sqrt()
                }
            }
            Law::Beta(a, b) => Beta::new(a, b).map_or(f64::NAN, |law| beta_quantile(&law, u)),
        }
    }

    /// The share below a value.
    pub fn share_below(self, x: f64) -> f64 {
        match self {
            Law::Uniform(lo, hi) if hi > lo => ((x - lo) / (hi - lo)).clamp(0.0, 1.0),
            Law::Uniform(lo, _) => f64::from(u8::from(x >= lo)),
            Law::Normal(mean, sd) => normal_share((x - mean) / sd),
            Law::Lognormal(..) if x <= 0.0 => 0.0,
            Law::Lognormal(mu, sigma) => normal_share((x.ln() - mu) / sigma),
            Law::Triangular(lo, mode, hi) => {
                let x = x.clamp(lo, hi);
                if x < mode {
                    (x - lo).powi(2) / ((hi - lo) * (mode - lo))
                } else {
                    1.0 - (hi - x).powi(2) / ((hi - lo) * (hi - mode).max(f64::MIN_POSITIVE))
                }
            }
            Law::Beta(a, b) => Beta::new(a, b).map_or(f64::NAN, |law| law.cdf(x.clamp(0.0, 1.0))),
        }
    }

    /// Where values lie: the bounds of a law that has them, and what holds 99 % of one that has none.
    pub fn range(self) -> (f64, f64) {
        match self {
            Law::Uniform(lo, hi) | Law::Triangular(lo, _, hi) => (lo, hi),
            Law::Beta(..) => (0.0, 1.0),
            Law::Normal(..) | Law::Lognormal(..) => {
                (self.quantile(ALMOST_ALL.0), self.quantile(ALMOST_ALL.1))
            }
        }
    }
}

/// Quantile of the standard normal law.
pub fn normal_quantile(u: f64) -> f64 {
    Normal::standard().inverse_cdf(u.clamp(EDGE, 1.0 - EDGE))
}

/// Share of the standard normal law below a value.
pub fn normal_share(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// By bisection on the share below, which is accurate everywhere.
fn beta_quantile(law: &Beta, u: f64) -> f64 {
    let u = u.clamp(EDGE, 1.0 - EDGE);
    let (mut lo, mut hi) = (0.0_f64, 1.0_f64);
    loop {
        let middle = f64::midpoint(lo, hi);
        if middle <= lo || middle >= hi || hi - lo < 1e-15 * middle.max(1e-300) {
            return middle;
        }
        if law.cdf(middle) < u {
            lo = middle;
        } else {
            hi = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAWS: [Law; 8] = [
        Law::Uniform(-2.0, 5.0),
        Law::Normal(1.0, 0.5),
        Law::Lognormal(0.2, 0.7),
        Law::Triangular(0.0, 0.3, 2.0),
        Law::Triangular(0.0, 0.0, 2.0),
        Law::Triangular(0.0, 2.0, 2.0),
        Law::Beta(2.0, 5.0),
        Law::Beta(0.5, 0.5),
    ];

    #[test]
    fn quantiles_invert_shares() {
        for law in LAWS {
            for k in 1..200 {
                let u = f64::from(k) / 200.0;
                assert!((law.share_below(law.quantile(u)) - u).abs() < 1e-9, "{law:?} at {u}");
            }
        }
    }

    #[test]
    fn means_are_those_of_the_laws() {
        let mean =
            |law: Law| (0..20_000).map(|k| law.quantile((f64::from(k) + 0.5) / 2e4)).sum::<f64>() / 2e4;
        let expected = [1.5, 1.0, (0.2_f64 + 0.245).exp(), 2.3 / 3.0, 2.0 / 3.0, 4.0 / 3.0, 2.0 / 7.0, 0.5];
        for (law, expected) in LAWS.into_iter().zip(expected) {
            assert!((mean(law) - expected).abs() < 2e-4, "{law:?}: {}", mean(law));
        }
    }

    #[test]
    fn edges_are_numbers_within_bounds() {
        for law in LAWS {
            let (lo, hi) = (law.quantile(0.0), law.quantile(1.0));
            assert!(lo.is_finite() && hi.is_finite() && lo < hi, "{law:?}");
        }
        assert_eq!(Law::Uniform(0.1, 0.7).quantile(1.0), 0.7);
        // A range of one value.
        assert_eq!(Law::Uniform(0.3, 0.3).quantile(0.7), 0.3);
    }
}
