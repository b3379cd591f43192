//! Which parameters alone turn a claim's verdict, and where: one sweep for all claims, then each border by itself.

use super::{
    crew::Crew,
    probe::Seen,
    root::{Tolerance, border},
    space::Cube,
    sweep::{Bracket, look, on_axis, profiles, stops},
};
use crate::worlds::Code;

/// All claims at the baseline and along every parameter.
pub struct Scan {
    stops: Vec<(usize, f64)>,
    baseline: Vec<Seen>,
    seen: Vec<Vec<Seen>>,
}

/// A parameter that turns a verdict.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Flip {
    /// Which coordinate.
    pub coordinate: usize,
    /// Its nearest value with the other verdict.
    pub at: f64,
    /// What is seen there.
    pub margin: f64,
    /// The margin jumps: it is not near zero there.
    pub jumps: bool,
}

/// A claim with all parameters that turn its verdict.
#[derive(Clone, PartialEq, Debug)]
pub struct Flips {
    /// At the baseline.
    pub baseline: Seen,
    /// The other verdict; none where the baseline has neither.
    pub wanted: Option<Code>,
    /// Nearest first.
    pub flips: Vec<Flip>,
    /// Points of the sweep at which there was no verdict.
    pub silent: usize,
}

impl Scan {
    /// Looks at all claims on all axes.
    pub fn new(
        cube: &Cube,
        all: impl Fn(&[f64]) -> Vec<Seen> + Sync,
        levels: usize,
        crew: &Crew<'_>,
    ) -> Scan {
        let stops = stops(cube, levels);
        crew.expect(stops.len() * 5 / 4);
        let baseline = crew.each(&[vec![0.0; cube.coordinates()]], |z, solved| {
            let seen = all(z);
            solved();
            seen
        });
        let seen = look(cube, &stops, all, crew);
        Scan { stops, baseline: baseline.into_iter().flatten().collect(), seen }
    }

    /// Where a claim may turn: for each parameter that turns it, one or two stretches of it.
    pub fn brackets(&self, cube: &Cube, claim: usize) -> Vec<Vec<Bracket>> {
        let Some(wanted) = other(self.baseline[claim].code) else { return Vec::new() };
        let margins: Vec<f64> = self.seen.iter().map(|s| s[claim].toward(wanted)).collect();
        let base = self.baseline[claim].toward(wanted);
        let all = profiles(cube, &self.stops, &margins, base);
        all.iter().map(|p| p.brackets()).filter(|b| !b.is_empty()).collect()
    }

    /// Refines where a claim turns, with a look at this claim alone.
    pub fn refine(
        &self,
        cube: &Cube,
        claim: usize,
        one: impl Fn(&[f64]) -> Seen + Sync,
        crew: &Crew<'_>,
    ) -> Flips {
        let (baseline, brackets) = (self.baseline[claim], self.brackets(cube, claim));
        let wanted = other(baseline.code);
        let tolerance = Tolerance::of(baseline.margin);
        let silent =
            self.seen.iter().filter(|s| matches!(s[claim].code, Code::None | Code::Undefined)).count();
        let mut flips = crew.each(&brackets, |brackets, solved| {
            let mut brackets = brackets.clone();
            brackets.sort_by(|a, b| a.guess().total_cmp(&b.guess()));
            let mut best: Option<Flip> = None;
            for bracket in brackets {
                if best.is_some_and(|flip| flip.at.abs() <= bracket.without.0.abs()) {
                    continue;
                }
                let coordinate = bracket.coordinate;
                let f = |x| {
                    let seen = one(&on_axis(cube.coordinates(), coordinate, x));
                    solved();
                    wanted.map_or(f64::NAN, |wanted| seen.toward(wanted))
                };
                let (at, size) = border(f, bracket.without, bracket.with, tolerance);
                if best.is_none_or(|flip| at.abs() < flip.at.abs()) {
                    let margin = if size <= f64::MIN_POSITIVE { 0.0 } else { size };
                    let margin = if wanted == Some(Code::Holds) { margin } else { 0.0 - margin };
                    best = Some(Flip { coordinate, at, margin, jumps: tolerance.is_jump(size) });
                }
            }
            best
        });
        flips.sort_by(|a, b| {
            let distance = |flip: &Option<Flip>| flip.map_or(f64::INFINITY, |f| f.at.abs());
            distance(a).total_cmp(&distance(b))
        });
        Flips { baseline, wanted, flips: flips.into_iter().flatten().collect(), silent }
    }
}

/// The other verdict.
pub fn other(code: Code) -> Option<Code> {
    match code {
        Code::Holds => Some(Code::Fails),
        Code::Fails => Some(Code::Holds),
        Code::None | Code::Undecided | Code::Undefined => None,
    }
}
