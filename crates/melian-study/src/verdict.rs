//! The margin and the verdict of a condition.
//!
//! ```text
//! a > b, a >= b       margin  a − b          a < b, a <= b     margin  b − a
//! … by d              margin  … − d          a near b within d margin  d − |a − b|
//! a == b              margin  −|a − b|       a != b            margin  |a − b|
//! rises over x0..x4   margin  least step (with `by d`: the lesser of that and the whole rise − d)
//! and, or, not        margin  least, greatest, minus
//! ```
//!
//! A comparison whose margin is within 1e-9 · max(1, |sides|) of zero is *undecided*: the numbers cannot tell. One
//! case is decided all the same: sides that are equal to the last bit (a probability of exactly zero on both sides,
//! or an intervention that changes nothing). There `>=`, `<=`, `==`, `near` and everything with `by` hold, because
//! they include the boundary, and `>`, `<`, `!=`, `rises` and `falls` fail, because they exclude it.
//!
//! `and` fails as soon as one member fails, `or` holds as soon as one holds; otherwise an undefined member makes
//! them undefined, and an undecided one undecided.

use melian_model::{Comparison, Condition, ParamId, Question, Span};

use crate::reading::{Entered, Place, Reading, Step, Walk};

/// Numerical error that an answer may carry, relative to the greater of one and the sides.
const TOLERANCE: f64 = 1e-9;

/// How many values of the parameter `rises` looks at.
pub(crate) const POINTS: usize = 5;

/// Whether a condition holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does not.
    Fails,
    /// The margin is within numerical error.
    Undecided,
    /// Some number it needs does not exist, with the reason.
    Undefined(String),
}

/// A verdict with its margin.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// Whether it holds.
    pub verdict: Verdict,
    /// By how much: positive where it holds. Absent where it is undefined, and for `all` or `any` of nothing.
    pub margin: Option<f64>,
}

/// One side of a comparison.
#[derive(Clone, PartialEq, Debug)]
pub struct Side {
    /// As its author would write it.
    pub text: String,
    /// Where it was written.
    pub span: Span,
    /// Its value.
    pub reading: Reading,
}

/// A condition with all its numbers.
#[derive(Clone, PartialEq, Debug)]
pub enum Finding {
    /// `a > b by d`.
    Compare {
        /// The comparison.
        comparison: Comparison,
        /// Left side.
        left: Side,
        /// Right side.
        right: Side,
        /// By at least this much.
        by: Option<Reading>,
        /// Verdict and margin.
        judged: Judged,
    },
    /// `a near b within d`.
    Near {
        /// Left side.
        left: Side,
        /// Right side.
        right: Side,
        /// How near.
        within: Reading,
        /// Verdict and margin.
        judged: Judged,
    },
    /// `q rises with x over a..b by d`.
    Rises {
        /// The question, with its value at the first point.
        side: Side,
        /// The parameter.
        param: ParamId,
        /// `falls` instead.
        falls: bool,
        /// The parameter's values with the question's.
        points: Vec<(f64, Reading)>,
        /// By at least this much in all.
        by: Option<Reading>,
        /// Verdict and margin.
        judged: Judged,
    },
    /// All hold.
    And(Vec<Finding>, Judged),
    /// One holds.
    Or(Vec<Finding>, Judged),
    /// It does not hold.
    Not(Box<Finding>, Judged),
}

impl Finding {
    /// Verdict and margin.
    pub fn judged(&self) -> &Judged {
        match self {
            Finding::Compare { judged, .. }
            | Finding::Near { judged, .. }
            | Finding::Rises { judged, .. }
            | Finding::And(_, judged)
            | Finding::Or(_, judged)
            | Finding::Not(_, judged) => judged,
        }
    }
}

/// Judges a margin. `size` is the greatest magnitude that entered it; `inclusive`: zero holds.
fn decide(margin: f64, size: f64, inclusive: bool) -> Judged {
    let verdict = if margin == 0.0 {
        if inclusive { Verdict::Holds } else { Verdict::Fails }
    } else if margin.abs() <= TOLERANCE * size.max(1.0) {
        Verdict::Undecided
    } else if margin > 0.0 {
        Verdict::Holds
    } else {
        Verdict::Fails
    };
    Judged { verdict, margin: Some(margin) }
}

/// Judges numbers, or passes on why one of them is missing.
fn judge(readings: &[&Reading], f: impl FnOnce(&[f64]) -> Judged) -> Judged {
    let mut numbers = Vec::with_capacity(readings.len());
    for reading in readings {
        match reading {
            Reading::Number(x) => numbers.push(*x),
            Reading::Undefined(reason) => {
                return Judged { verdict: Verdict::Undefined(reason.clone()), margin: None };
            }
        }
    }
    f(&numbers)
}

fn judge_comparison(comparison: Comparison, left: &Reading, right: &Reading, by: Option<&Reading>) -> Judged {
    let zero = Reading::Number(0.0);
    judge(&[left, right, by.unwrap_or(&zero)], |x| {
        let (a, b, d) = (x[0], x[1], x[2]);
        let margin = match comparison {
            Comparison::Greater | Comparison::AtLeast => a - b,
            Comparison::Less | Comparison::AtMost => b - a,
            Comparison::Equal => -(a - b).abs(),
            Comparison::Unequal => (a - b).abs(),
        };
        let strict = matches!(comparison, Comparison::Greater | Comparison::Less | Comparison::Unequal);
        let margin = if by.is_some() { margin - d } else { margin };
        decide(margin, a.abs().max(b.abs()).max(d.abs()), !strict || by.is_some())
    })
}

fn judge_near(left: &Reading, right: &Reading, within: &Reading) -> Judged {
    judge(&[left, right, within], |x| {
        decide(x[2] - (x[0] - x[1]).abs(), x.iter().fold(0.0, |m: f64, v| m.max(v.abs())), true)
    })
}

fn judge_rise(values: &[&Reading], falls: bool, by: Option<&Reading>) -> Judged {
    let sign = if falls { -1.0 } else { 1.0 };
    let steps = judge(values, |x| {
        let least = x.windows(2).map(|w| sign * (w[1] - w[0])).fold(f64::INFINITY, f64::min);
        decide(least, x.iter().fold(0.0, |m: f64, v| m.max(v.abs())), false)
    });
    let Some(by) = by else { return steps };
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return steps };
    let whole = if falls { Comparison::Less } else { Comparison::Greater };
    join(&[steps, judge_comparison(whole, last, first, Some(by))], false)
}

/// `and` (`any` false) and `or` (`any` true) of verdicts.
fn join(members: &[Judged], any: bool) -> Judged {
    let decisive = if any { Verdict::Holds } else { Verdict::Fails };
    let otherwise = if any { Verdict::Fails } else { Verdict::Holds };
    let first = |test: &dyn Fn(&Verdict) -> bool| members.iter().map(|m| &m.verdict).find(|v| test(v));
    let verdict = first(&|v| *v == decisive)
        .or_else(|| first(&|v| matches!(v, Verdict::Undefined(_))))
        .or_else(|| first(&|v| *v == Verdict::Undecided))
        .unwrap_or(&otherwise)
        .clone();
    let margins = members.iter().filter_map(|m| m.margin);
    let margin = if any { margins.reduce(f64::max) } else { margins.reduce(f64::min) };
    Judged { margin: if matches!(verdict, Verdict::Undefined(_)) { None } else { margin }, verdict }
}

fn negate(judged: &Judged) -> Judged {
    let verdict = match &judged.verdict {
        Verdict::Holds => Verdict::Fails,
        Verdict::Fails => Verdict::Holds,
        other => other.clone(),
    };
    Judged { verdict, margin: judged.margin.map(|m| -m) }
}

impl Walk<'_> {
    /// Judges a condition at a place.
    pub fn judge(&mut self, condition: &Condition, place: Place<'_>) -> Step<Finding> {
        match condition {
            Condition::Compare { comparison, left, right, by, .. } => {
                let (left, right) = (self.side(left, place)?, self.side(right, place)?);
                let by = self.optional(by.as_ref(), place)?;
                let (Some(left), Some(right), Some(by)) = (left, right, by) else { return Ok(None) };
                let judged = judge_comparison(*comparison, &left.reading, &right.reading, by.as_ref());
                Ok(Some(Finding::Compare { comparison: *comparison, left, right, by, judged }))
            }
            Condition::Near { left, right, within, .. } => {
                let (left, right) = (self.side(left, place)?, self.side(right, place)?);
                let within = self.read(within, place)?;
                let (Some(left), Some(right), Some(within)) = (left, right, within) else { return Ok(None) };
                let judged = judge_near(&left.reading, &right.reading, &within);
                Ok(Some(Finding::Near { left, right, within, judged }))
            }
            Condition::Rises { .. } => self.rises(condition, place),
            Condition::And(members) => Ok(self.members(members, place)?.map(|findings| {
                let judged = join(&findings.iter().map(|f| f.judged().clone()).collect::<Vec<_>>(), false);
                Finding::And(findings, judged)
            })),
            Condition::Or(members) => Ok(self.members(members, place)?.map(|findings| {
                let judged = join(&findings.iter().map(|f| f.judged().clone()).collect::<Vec<_>>(), true);
                Finding::Or(findings, judged)
            })),
            Condition::Not(inner) => Ok(self.judge(inner, place)?.map(|finding| {
                let judged = negate(finding.judged());
                Finding::Not(Box::new(finding), judged)
            })),
        }
    }

    fn members(&mut self, members: &[Condition], place: Place<'_>) -> Step<Vec<Finding>> {
        let findings: Vec<Option<Finding>> =
            members.iter().map(|c| self.judge(c, place)).collect::<Result<_, _>>()?;
        Ok(findings.into_iter().collect())
    }

    fn side(&mut self, question: &Question, place: Place<'_>) -> Step<Side> {
        let text = melian_model::print::question_text(self.model, question);
        Ok(self.read(question, place)?.map(|reading| Side { text, span: question.span, reading }))
    }

    fn optional(&mut self, question: Option<&Question>, place: Place<'_>) -> Step<Option<Reading>> {
        match question {
            None => Ok(Some(None)),
            Some(q) => Ok(self.read(q, place)?.map(Some)),
        }
    }

    fn rises(&mut self, condition: &Condition, place: Place<'_>) -> Step<Finding> {
        let Condition::Rises { question, param, lo, hi, by, falls, .. } = condition else { return Ok(None) };
        let (lo, hi) = (self.read(lo, place)?, self.read(hi, place)?);
        let by = self.optional(by.as_ref(), place)?;
        let (Some(lo), Some(hi), Some(by)) = (lo, hi, by) else { return Ok(None) };
        let mut points = Vec::with_capacity(POINTS);
        let mut missing = false;
        for k in 0..POINTS {
            let share = k as f64 / (POINTS - 1) as f64;
            // Ends without interpolation error; both ends unknown only while gathering.
            let (a, b) = (lo.number().unwrap_or(f64::NAN), hi.number().unwrap_or(f64::NAN));
            let value = if k + 1 == POINTS { b } else { a + share * (b - a) };
            let reading = match (&lo, &hi) {
                (Reading::Undefined(reason), _) | (_, Reading::Undefined(reason)) if !self.gathering => {
                    Some(Reading::Undefined(reason.clone()))
                }
                _ => match self.with_param(place, *param, value)? {
                    None => None,
                    Some(Entered::Impossible(reason)) => Some(Reading::Undefined(reason)),
                    Some(Entered::World(world)) => self.read(question, Place::of(&world))?,
                },
            };
            missing |= reading.is_none();
            points.extend(reading.map(|r| (value, r)));
        }
        if missing {
            return Ok(None);
        }
        let values: Vec<&Reading> = points.iter().map(|(_, r)| r).collect();
        let judged = judge_rise(&values, *falls, by.as_ref());
        let text = melian_model::print::question_text(self.model, question);
        let side = Side { text, span: question.span, reading: points[0].1.clone() };
        Ok(Some(Finding::Rises { side, param: *param, falls: *falls, points, by, judged }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(x: f64) -> Reading {
        Reading::Number(x)
    }

    fn undefined() -> Reading {
        Reading::Undefined("never".into())
    }

    #[test]
    fn comparisons() {
        use Comparison::{AtLeast, AtMost, Equal, Greater, Less, Unequal};
        let check = |comparison, a: f64, b: f64, by: Option<f64>, verdict: Verdict, margin: f64| {
            let by = by.map(number);
            let judged = judge_comparison(comparison, &number(a), &number(b), by.as_ref());
            assert_eq!(judged.verdict, verdict, "{a} {comparison:?} {b} by {by:?}");
            // Subtracting sides of magnitude 1e6 leaves 1e-10 of rounding.
            assert!((judged.margin.unwrap() - margin).abs() < 1e-9, "{judged:?}");
        };
        check(Greater, 2.0, 1.0, None, Verdict::Holds, 1.0);
        check(Greater, 2.0, 1.0, Some(1.5), Verdict::Fails, -0.5);
        check(Greater, 2.0, 1.0, Some(1.0), Verdict::Holds, 0.0);
        check(Greater, 1.0, 1.0, None, Verdict::Fails, 0.0);
        check(AtLeast, 1.0, 1.0, None, Verdict::Holds, 0.0);
        check(Less, 1.0, 2.0, None, Verdict::Holds, 1.0);
        check(AtMost, 3.0, 2.0, None, Verdict::Fails, -1.0);
        check(Greater, 1.0 + 1e-10, 1.0, None, Verdict::Undecided, 1e-10);
        check(AtLeast, 1.0 - 1e-10, 1.0, None, Verdict::Undecided, -1e-10);
        // The tolerance grows with the sides.
        check(Greater, 1e6 + 1e-4, 1e6, None, Verdict::Undecided, 1e-4);
        check(Equal, 1.0, 1.0, None, Verdict::Holds, 0.0);
        check(Equal, 1.0, 1.5, None, Verdict::Fails, -0.5);
        check(Unequal, 1.0, 1.5, None, Verdict::Holds, 0.5);
        check(Unequal, 1.0, 1.0, None, Verdict::Fails, 0.0);
    }

    #[test]
    fn near_includes_its_boundary() {
        assert_eq!(judge_near(&number(1.0), &number(1.5), &number(0.5)).verdict, Verdict::Holds);
        assert_eq!(judge_near(&number(1.0), &number(1.75), &number(0.5)).margin, Some(-0.25));
    }

    #[test]
    fn rises_needs_every_step() {
        let values = [0.0, 1.0, 2.0, 2.5, 4.0].map(number);
        let all: Vec<&Reading> = values.iter().collect();
        assert_eq!(judge_rise(&all, false, None).margin, Some(0.5));
        assert_eq!(judge_rise(&all, true, None).verdict, Verdict::Fails);
        assert_eq!(judge_rise(&all, false, Some(&number(4.0))).verdict, Verdict::Holds);
        assert_eq!(judge_rise(&all, false, Some(&number(5.0))).margin, Some(-1.0));
        let flat = [0.0, 0.0, 1.0, 2.0, 3.0].map(number);
        let flat: Vec<&Reading> = flat.iter().collect();
        assert_eq!(judge_rise(&flat, false, None).verdict, Verdict::Fails);
    }

    #[test]
    fn connectives() {
        let holds = decide(1.0, 1.0, false);
        let fails = decide(-2.0, 1.0, false);
        let unsure = decide(1e-12, 1.0, false);
        let nothing = judge(&[&undefined()], |_| unreachable!());
        let all = |m: &[&Judged]| join(&m.iter().map(|&j| j.clone()).collect::<Vec<_>>(), false);
        let any = |m: &[&Judged]| join(&m.iter().map(|&j| j.clone()).collect::<Vec<_>>(), true);
        assert_eq!(all(&[&holds, &fails]).margin, Some(-2.0));
        assert_eq!(any(&[&holds, &fails]).margin, Some(1.0));
        assert_eq!(all(&[&holds, &unsure]).verdict, Verdict::Undecided);
        assert_eq!(all(&[&nothing, &fails]).verdict, Verdict::Fails);
        assert_eq!(any(&[&nothing, &holds]).verdict, Verdict::Holds);
        assert_eq!(any(&[&nothing, &fails]).verdict, Verdict::Undefined("never".into()));
        assert_eq!(negate(&fails).verdict, Verdict::Holds);
        assert_eq!(all(&[]), Judged { verdict: Verdict::Holds, margin: None });
    }
}
