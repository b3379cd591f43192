//! Margins along every parameter alone, and where on them a verdict begins.

use super::{
    crew::Crew,
    space::{Cube, SAME},
};

/// Margins along one coordinate, in order, the baseline among them.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// Which coordinate.
    pub coordinate: usize,
    /// Coordinates with margins.
    pub stops: Vec<(f64, f64)>,
}

/// A stretch of a coordinate on which the wanted verdict begins, seen from the baseline.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bracket {
    /// Which coordinate.
    pub coordinate: usize,
    /// Without the wanted verdict.
    pub without: (f64, f64),
    /// With it.
    pub with: (f64, f64),
}

impl Bracket {
    /// How far away the border is if the margin is a straight line.
    pub fn guess(&self) -> f64 {
        let ((a, fa), (b, fb)) = (self.without, self.with);
        if fa.is_nan() { f64::midpoint(a, b).abs() } else { (a + (b - a) * fa / (fa - fb)).abs() }
    }
}

/// What is solved: points on every axis, without the baseline.
pub fn stops(cube: &Cube, levels: usize) -> Vec<(usize, f64)> {
    let mut stops = Vec::new();
    for i in 0..cube.coordinates() {
        let (low, high) = (cube.low[i], cube.high[i]);
        let at = |k: usize| {
            if k + 1 == levels { high } else { low + (high - low) * k as f64 / (levels - 1) as f64 }
        };
        stops.extend((0..levels.max(2)).map(at).filter(|x| x.abs() > SAME).map(|x| (i, x)));
    }
    stops
}

/// A point on an axis.
pub fn on_axis(coordinates: usize, i: usize, x: f64) -> Vec<f64> {
    let mut z = vec![0.0; coordinates];
    z[i] = x;
    z
}

/// Looks at all points on all axes.
pub fn look<T: Send>(
    cube: &Cube,
    stops: &[(usize, f64)],
    f: impl Fn(&[f64]) -> T + Sync,
    crew: &Crew<'_>,
) -> Vec<T> {
    crew.each(stops, |&(i, x), solved| {
        let y = f(&on_axis(cube.coordinates(), i, x));
        solved();
        y
    })
}

/// Margins by coordinate.
pub fn profiles(cube: &Cube, stops: &[(usize, f64)], margins: &[f64], baseline: f64) -> Vec<Profile> {
    let along = |coordinate: usize| {
        let here = stops.iter().zip(margins).filter(|(stop, _)| stop.0 == coordinate);
        let mut stops: Vec<(f64, f64)> = here.map(|(stop, y)| (stop.1, *y)).collect();
        let place = stops.partition_point(|s| s.0 < 0.0);
        stops.insert(place, (0.0, baseline));
        Profile { coordinate, stops }
    };
    (0..cube.coordinates()).map(along).collect()
}

impl Profile {
    /// Where the wanted verdict begins, downward and upward from the baseline, where it does.
    pub fn brackets(&self) -> Vec<Bracket> {
        let Some(base) = self.stops.iter().position(|s| s.0 == 0.0) else { return Vec::new() };
        let first = |stops: &mut dyn Iterator<Item = (f64, f64)>| {
            let mut without = self.stops[base];
            for stop in stops {
                if stop.1 > 0.0 {
                    return Some(Bracket { coordinate: self.coordinate, without, with: stop });
                }
                without = stop;
            }
            None
        };
        let down = first(&mut self.stops[..base].iter().rev().copied());
        let up = first(&mut self.stops[base + 1..].iter().copied());
        down.into_iter().chain(up).collect()
    }

    /// The coordinate with the greatest gain of margin for its distance, and that gain.
    pub fn gain(&self) -> (f64, f64) {
        let base = self.stops.iter().find(|s| s.0 == 0.0).map_or(0.0, |s| s.1);
        let base = if base.is_nan() { 0.0 } else { base };
        let gains = self.stops.iter().filter(|s| s.0 != 0.0 && !s.1.is_nan());
        let gains = gains.map(|s| (s.0, (s.1 - base) / s.0.abs()));
        gains.fold((0.0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
    }

    /// The coordinate with the greatest margin.
    pub fn greatest(&self) -> f64 {
        let better = |best: (f64, f64), s: &(f64, f64)| if s.1 > best.1 { *s } else { best };
        self.stops.iter().fold((0.0, f64::NEG_INFINITY), better).0
    }
}
