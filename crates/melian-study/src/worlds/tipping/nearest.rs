//! The nearest point of the border in a few coordinates: least norm on the linearised border, and back to the border.

use std::cmp::Ordering;

use super::{
    root::{Tolerance, border},
    space::{Cube, SAME, norm},
};

/// A point with the wanted verdict.
#[derive(Clone, PartialEq, Debug)]
pub struct Move {
    /// The point.
    pub at: Vec<f64>,
    /// How far inside the wanted verdict it is.
    pub margin: f64,
}

impl Move {
    /// How far away it is.
    pub fn distance(&self) -> f64 {
        norm(&self.at)
    }

    /// Which coordinates it changes.
    pub fn changed(&self) -> Vec<usize> {
        (0..self.at.len()).filter(|&i| self.at[i].abs() > SAME).collect()
    }

    /// Nearer first; of equals the one that changes what was declared first.
    pub fn order(&self, other: &Move) -> Ordering {
        let first = || other.changed().cmp(&self.changed()).reverse();
        self.distance().total_cmp(&other.distance()).then_with(first)
    }
}

/// Steps of the iteration at most; it takes two or three.
const MOST_STEPS: usize = 12;

/// A step must shorten the way by this.
const PROGRESS: f64 = 1e-6;

/// Half the distance between two points from which a derivative is taken.
const DIFFERENCE: f64 = 1e-3;

/// The same where that shows nothing.
const WIDE: f64 = 0.05;

/// A search in a box.
pub struct Nearest<'a> {
    /// The box.
    pub cube: &'a Cube,
    /// How far inside the wanted verdict a point is.
    pub f: &'a dyn Fn(&[f64]) -> f64,
    /// At the baseline.
    pub baseline: f64,
    /// When a border is found.
    pub tolerance: Tolerance,
}

impl Nearest<'_> {
    /// A point of the border on the ray from the baseline through a point, bent where it would leave the box: inward from the
    /// point if it has the wanted verdict, else outward, no farther away than `limit`.
    pub fn along(&self, toward: &[f64], limit: f64) -> Option<Move> {
        const INWARD: [f64; 5] = [0.95, 0.8, 0.6, 0.4, 0.2];
        const OUTWARD: [f64; 7] = [1.05, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0];
        let on = |t: f64| self.cube.clip(toward.iter().map(|x| t * x).collect());
        let f = |t: f64| (self.f)(&on(t));
        let here = f(1.0);
        let (without, with) = if here > 0.0 {
            let mut with = (1.0, here);
            let mut without = (0.0, self.baseline);
            for t in INWARD {
                let y = f(t);
                if y > 0.0 {
                    with = (t, y);
                } else {
                    without = (t, y);
                    break;
                }
            }
            (without, with)
        } else {
            let mut without = (1.0, here);
            let mut with = None;
            for t in OUTWARD {
                let z = on(t);
                if z == on(without.0) || norm(&on(without.0)) >= limit {
                    break;
                }
                let y = (self.f)(&z);
                if y > 0.0 {
                    with = Some((t, y));
                    break;
                }
                without = (t, y);
            }
            (without, with?)
        };
        let size = norm(toward).max(SAME);
        let tolerance = Tolerance { width: self.tolerance.width / size, ..self.tolerance };
        let (t, margin) = border(f, without, with, tolerance);
        Some(Move { at: on(t), margin })
    }

    /// Derivatives at a point along some coordinates, by central differences; wide ones where narrow ones show nothing, as
    /// beside a jump.
    pub fn gradient(&self, p: &Move, set: &[usize]) -> Vec<f64> {
        let narrow = self.differences(p, set, DIFFERENCE);
        if narrow.iter().any(|slope| *slope != 0.0) { narrow } else { self.differences(p, set, WIDE) }
    }

    /// Differences are one-sided where one side has no verdict or is outside the box, and 0 where neither has one.
    fn differences(&self, p: &Move, set: &[usize], width: f64) -> Vec<f64> {
        let slope = |&i: &usize| {
            let at = |x: f64| {
                let mut z = p.at.clone();
                z[i] = x.clamp(self.cube.low[i], self.cube.high[i]);
                if z[i] == p.at[i] { (z[i], p.margin) } else { (z[i], (self.f)(&z)) }
            };
            let (mut below, mut above) = (at(p.at[i] - width), at(p.at[i] + width));
            for end in [&mut below, &mut above] {
                if end.1.is_nan() {
                    *end = (p.at[i], p.margin);
                }
            }
            if above.0 > below.0 { (above.1 - below.1) / (above.0 - below.0) } else { 0.0 }
        };
        set.iter().map(slope).collect()
    }

    /// The point of least norm on the border as it looks from a point, in some coordinates.
    pub fn linearised(&self, p: &Move, set: &[usize], gradient: &[f64]) -> Vec<f64> {
        let level: f64 = set.iter().zip(gradient).map(|(&i, g)| g * p.at[i]).sum::<f64>() - p.margin;
        let part = |of: &[f64]| -> Vec<f64> { set.iter().map(|&i| of[i]).collect() };
        let least = least_norm(gradient, level, &part(&self.cube.low), &part(&self.cube.high));
        let mut z = vec![0.0; self.cube.coordinates()];
        set.iter().zip(least).for_each(|(&i, x)| z[i] = x);
        z
    }

    /// The nearest point of the border in some coordinates, from the first of some points whose ray meets it.
    pub fn nearest(&self, set: &[usize], starts: &[Vec<f64>]) -> Option<Move> {
        let mut best = starts.iter().find_map(|start| self.along(start, f64::INFINITY))?;
        for _ in 0..MOST_STEPS {
            match self.step(&best, set).or_else(|| self.contract(&best, set)) {
                Some(nearer) => best = nearer,
                None => return Some(best),
            }
        }
        // Small steps along a kink come to no end.
        Some(self.contract(&best, set).unwrap_or(best))
    }

    /// To the linearised border and back to the border itself, or less far; `None` if that shortens nothing.
    fn step(&self, p: &Move, set: &[usize]) -> Option<Move> {
        let gradient = self.gradient(p, set);
        let aim = self.linearised(p, set, &gradient);
        let distance = p.distance();
        let step: Vec<f64> = aim.iter().zip(&p.at).map(|(a, b)| a - b).collect();
        if norm(&step) < PROGRESS {
            return None;
        }
        [1.0, 0.5, 0.25, 0.1].into_iter().find_map(|share| {
            let toward: Vec<f64> = p.at.iter().zip(&step).map(|(b, s)| b + share * s).collect();
            let found = self.along(&toward, distance)?;
            (found.distance() < distance - PROGRESS).then_some(found)
        })
    }

    /// Takes back what single coordinates moved too far: at a kink or a jump, where derivatives say nothing.
    fn contract(&self, p: &Move, set: &[usize]) -> Option<Move> {
        const BACK: [f64; 6] = [0.9999, 0.9, 0.7, 0.4, 0.2, 0.0];
        let mut best = p.clone();
        for &i in set.iter().filter(|&&i| p.at[i].abs() > SAME) {
            let on = |t: f64| {
                let mut z = best.at.clone();
                z[i] = t * p.at[i];
                z
            };
            let (mut with, mut without) = ((1.0, best.margin), None);
            for t in BACK {
                let y = (self.f)(&on(t));
                if y > 0.0 {
                    with = (t, y);
                } else {
                    without = Some((t, y));
                    break;
                }
            }
            // The margin may be small throughout, by what another coordinate did.
            let tolerance = Tolerance { width: self.tolerance.width / p.at[i].abs(), margin: 0.0 };
            let (t, margin) = match without {
                _ if with.0 == 1.0 => continue,
                Some(without) => border(|t| (self.f)(&on(t)), without, with, tolerance),
                None => with,
            };
            best = Move { at: on(t), margin };
        }
        (best.distance() < p.distance() - PROGRESS).then_some(best)
    }
}

/// The point of least norm in a box around 0 at which g·z ≥ level: zᵢ = clip(λ gᵢ) with the least λ ≥ 0 that is enough; the
/// corner with the greatest g·z if none is.
pub fn least_norm(g: &[f64], level: f64, low: &[f64], high: &[f64]) -> Vec<f64> {
    let at =
        |lambda: f64| -> Vec<f64> { (0..g.len()).map(|i| (lambda * g[i]).clamp(low[i], high[i])).collect() };
    let reach = |z: &[f64]| z.iter().zip(g).map(|(x, g)| x * g).sum::<f64>();
    let far = |i: usize| if g[i] == 0.0 { 0.0 } else { (low[i] / g[i]).max(high[i] / g[i]) };
    let (mut less, mut enough) = (0.0, (0..g.len()).map(far).fold(0.0, f64::max));
    if level <= 0.0 {
        return at(0.0);
    }
    if reach(&at(enough)) <= level {
        return at(enough);
    }
    // Exact to the last bit after as many halvings as a number has bits.
    for _ in 0..200 {
        let half = f64::midpoint(less, enough);
        if half <= less || half >= enough {
            break;
        }
        if reach(&at(half)) < level {
            less = half;
        } else {
            enough = half;
        }
    }
    at(enough)
}
