//! Where on a line a verdict begins: the ITP method of Oliveira and Takahashi (2020), which interpolates, truncates and
//! projects onto what bisection would guarantee.
//!
//! Not the zero of the margin is sought but a point just inside, where half the tolerance is left: a point that is handed out
//! has the wanted verdict.

/// When a border is found.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tolerance {
    /// The margin there is no greater than this …
    pub margin: f64,
    /// … or a point without the wanted verdict is no farther than this: the margin jumps.
    pub width: f64,
}

impl Tolerance {
    /// For margins of a size: a millionth of it, or a ten-millionth of a range.
    pub fn of(size: f64) -> Tolerance {
        let margin = if size.is_finite() { 1e-6 * size.abs() } else { 0.0 };
        Tolerance { margin, width: 1e-7 }
    }

    /// Whether a margin next to the border is too large to be the end of a smooth one.
    pub fn is_jump(&self, margin: f64) -> bool {
        margin > 1e3 * self.margin
    }
}

/// A point of the line between one without (not positive, or NaN) and one with the wanted verdict (positive), as close to
/// the border as the tolerance says, with its margin.
pub fn border(
    mut f: impl FnMut(f64) -> f64,
    without: (f64, f64),
    with: (f64, f64),
    tolerance: Tolerance,
) -> (f64, f64) {
    let ((mut a, mut fa), (mut b, mut fb)) = (without, with);
    let span = (b - a).abs();
    let inside = 0.5 * tolerance.margin;
    let error = 0.5 * tolerance.width;
    let most = (span / tolerance.width).log2().ceil().max(0.0) as i32 + 1;
    for step in 0..=most {
        let width = (b - a).abs();
        if fb <= tolerance.margin || width <= tolerance.width {
            break;
        }
        let half = f64::midpoint(a, b);
        let t = if fa.is_finite() && fb.is_finite() {
            let (ga, gb) = (fa - inside, fb - inside);
            let interpolated = (gb * a - ga * b) / (gb - ga);
            let toward = (half - interpolated).signum();
            let shift = 0.2 / span * width * width;
            let truncated =
                if shift <= (half - interpolated).abs() { interpolated + toward * shift } else { half };
            let radius = (error * f64::from(most - step).exp2() - 0.5 * width).max(0.0);
            if (truncated - half).abs() <= radius { truncated } else { half - toward * radius }
        } else {
            half
        };
        let y = f(t);
        if y > 0.0 {
            (b, fb) = (t, y);
        } else {
            (a, fa) = (t, y);
        }
    }
    (b, fb)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(f: impl Fn(f64) -> f64, a: f64, b: f64, expected: f64, most: u32) {
        let mut calls = 0;
        let counted = |x| {
            calls += 1;
            f(x)
        };
        let (at, y) = border(counted, (a, f(a)), (b, f(b)), Tolerance { margin: 1e-9, width: 1e-9 });
        assert!(y > 0.0 && y == f(at), "{at}: {y}");
        assert!((at - expected).abs() < 3e-9, "{at} for {expected}");
        assert!(calls <= most, "{calls} calls");
    }

    #[test]
    fn smooth_margins_take_few_solves() {
        check(|x| x - 0.3, 0.0, 1.0, 0.3, 10);
        check(|x| 0.3 - x, 1.0, 0.0, 0.3, 10);
        check(|x| x.exp() - 2.0, 0.0, 1.0, 2.0_f64.ln(), 12);
        check(|x| x.powi(9) - 0.5, 0.0, 1.0, 0.5_f64.powf(1.0 / 9.0), 20);
    }

    #[test]
    fn jumps_take_no_more_than_bisection() {
        check(|x| if x > 0.7 { 5.0 } else { -0.001 }, 0.0, 1.0, 0.7, 31);
        check(|x| if x > 0.7 { 5.0 } else { f64::NAN }, 0.0, 1.0, 0.7, 31);
    }
}
