//! Whether there were enough rows for the indices.
//!
//! After Sarrazin, Pianosi and Wagener (2016), who call indices converged when bootstrap intervals are narrow and the
//! ranking stays. The rule here, with thresholds in [`Rule`]:
//!
//! - a parameter *may matter* if its interval reaches above 0.05;
//! - *narrow*: no interval of a parameter that may matter is wider than 0.1;
//! - *stable*: take the parameters whose estimate is above 0.05. Two of them that are more than 0.05 apart keep their
//!   order in at least 95 % of the resamples. Nearer ones count as level: their order means nothing.
//!
//! Rows were enough if both are so. Elementary effects are measured in the greatest of them before the rule is applied.

use super::bootstrap::Estimates;

/// The thresholds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rule {
    /// An index above this matters; two that are not further apart are level.
    pub matters: f64,
    /// The greatest width of an interval.
    pub width: f64,
    /// The least share of resamples in which an order stays.
    pub stable: f64,
}

impl Default for Rule {
    fn default() -> Self {
        Rule { matters: 0.05, width: 0.1, stable: 0.95 }
    }
}

/// The widest interval among the parameters that may matter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Widest {
    /// The parameter, from zero.
    pub parameter: usize,
    /// Upper minus lower end.
    pub width: f64,
}

/// Two parameters whose order is the least certain.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LeastStable {
    /// The parameter with the greater index.
    pub above: usize,
    /// The parameter with the lesser index.
    pub below: usize,
    /// Share of resamples that agree.
    pub share: f64,
}

/// Whether the rows were enough.
#[derive(Clone, PartialEq, Debug)]
pub enum Enough {
    /// They were.
    Yes {
        /// The widest interval; none if no parameter may matter.
        widest: Option<Widest>,
    },
    /// They were not, for one reason or both.
    No {
        /// The widest interval, if it is too wide.
        wide: Option<Widest>,
        /// The least certain order, if it is too uncertain.
        unstable: Option<LeastStable>,
    },
}

impl Estimates {
    /// Whether there were enough rows for these indices.
    pub fn enough(&self, rule: &Rule) -> Enough {
        let widest = self.widest(rule);
        let wide = widest.filter(|w| w.width > rule.width);
        let unstable = self.least_stable(rule).filter(|order| order.share < rule.stable);
        if wide.is_none() && unstable.is_none() {
            Enough::Yes { widest }
        } else {
            Enough::No { wide, unstable }
        }
    }

    fn widest(&self, rule: &Rule) -> Option<Widest> {
        let may_matter = self.of.iter().enumerate().filter(|(_, e)| e.value.max(e.high) > rule.matters);
        may_matter
            .map(|(parameter, estimate)| Widest { parameter, width: estimate.width() })
            .max_by(|a, b| a.width.total_cmp(&b.width))
    }

    fn least_stable(&self, rule: &Rule) -> Option<LeastStable> {
        let matter: Vec<usize> = (0..self.of.len()).filter(|&i| self.of[i].value > rule.matters).collect();
        let mut least: Option<LeastStable> = None;
        for &above in &matter {
            for &below in &matter {
                if self.of[above].value - self.of[below].value <= rule.matters {
                    continue;
                }
                let told = self.replicates.iter().filter(|r| !r[above].is_nan() && !r[below].is_nan());
                let (agree, all) =
                    told.fold((0, 0), |(agree, all), r| (agree + usize::from(r[above] > r[below]), all + 1));
                let share = if all == 0 { 0.0 } else { agree as f64 / all as f64 };
                if least.is_none_or(|l| share < l.share) {
                    least = Some(LeastStable { above, below, share });
                }
            }
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], replicates: &[&[f64]], expected: Enough) {
        let estimates = Estimates::new(values, replicates.iter().map(|r| r.to_vec()).collect());
        assert_eq!(estimates.enough(&Rule::default()), expected, "{estimates:?}");
    }

    #[test]
    fn the_rule() {
        let same: &[f64] = &[0.5, 0.2, 0.01];
        let widest = Some(Widest { parameter: 1, width: 0.0 });
        check(same, &[same, same], Enough::Yes { widest });
        // No resample: nothing is known.
        let wide = Some(Widest { parameter: 2, width: f64::INFINITY });
        check(same, &[], Enough::No { wide, unstable: Some(LeastStable { above: 0, below: 1, share: 0.0 }) });
        // An order that half of the resamples turn round, and a wide interval.
        let turned: &[f64] = &[0.2, 0.5, 0.01];
        let Enough::No { wide, unstable } =
            Estimates::new(same, vec![same.to_vec(), turned.to_vec()]).enough(&Rule::default())
        else {
            panic!("not enough")
        };
        assert_eq!(unstable, Some(LeastStable { above: 0, below: 1, share: 0.5 }));
        assert!((wide.unwrap().width - 0.3 * 0.95).abs() < 1e-12);
        // What is level may change places, and what does not matter may be anywhere below 0.05.
        let level: &[f64] = &[0.20, 0.21, 0.01];
        let other: &[f64] = &[0.21, 0.20, 0.04];
        assert!(matches!(
            Estimates::new(level, vec![level.to_vec(), other.to_vec()]).enough(&Rule::default()),
            Enough::Yes { .. }
        ));
        // An estimate below the threshold whose interval reaches above it counts.
        let (low, high): (&[f64], &[f64]) = (&[0.0], &[0.3]);
        assert!(matches!(
            Estimates::new(&[0.04], vec![low.to_vec(), high.to_vec()]).enough(&Rule::default()),
            Enough::No { wide: Some(_), unstable: None }
        ));
        // Nothing matters.
        check(&[0.0], &[&[0.01], &[0.0]], Enough::Yes { widest: None });
    }
}
