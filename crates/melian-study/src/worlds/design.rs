//! Which parameter point each world is.

use melian_model::{Model, ParamId, Range};
use melian_stats::{
    design::{Copula, Law, Points},
    indices::{morris::Trajectories, sobol::Saltelli},
};

/// The law of a parameter's plausible values.
pub fn law(range: Range) -> Law {
    match range {
        Range::Between(lo, hi) => Law::Uniform(lo, hi),
        Range::Normal(mean, sd) => Law::Normal(mean, sd),
        Range::Lognormal(mu, sigma) => Law::Lognormal(mu, sigma),
        Range::Triangular(lo, mode, hi) => Law::Triangular(lo, mode, hi),
        Range::Beta(a, b) => Law::Beta(a, b),
    }
}

/// The parameters that differ between worlds: their laws, and how they hang together. The others keep their base values.
#[derive(Clone, PartialEq, Debug)]
pub struct Varied {
    /// Which parameters, in order of declaration.
    pub params: Vec<ParamId>,
    /// Their laws.
    pub laws: Vec<Law>,
    /// Rank correlations among them, by position in `params`.
    pub copula: Copula,
    /// The values of all parameters where nothing varies.
    pub base: Vec<f64>,
}

impl Varied {
    /// All parameters of `only` that have a range, or all that have one if `only` is `None`.
    ///
    /// Correlations between a parameter that varies and one that does not are dropped: the others are drawn as if the fixed one
    /// were unknown.
    pub fn new(model: &Model, base: &[f64], only: impl Fn(ParamId) -> bool) -> Varied {
        let mut params = Vec::new();
        let mut laws = Vec::new();
        for (index, param) in model.params.iter().enumerate() {
            if let Some(range) = param.range
                && only(ParamId(index))
            {
                params.push(ParamId(index));
                laws.push(law(range));
            }
        }
        let mut correlations = model.correlations.clone();
        correlations.iter_mut().for_each(|c| c.params.retain(|p| params.contains(p)));
        correlations.retain(|c| c.params.len() > 1);
        // Any group of random numbers that are possible together is possible without the others.
        let normal = melian_model::correlation::copula(&correlations).unwrap_or_default();
        let place = |p: &ParamId| params.iter().position(|q| q == p);
        let coordinates = normal.params.iter().filter_map(place).collect();
        Varied { copula: Copula { coordinates, factor: normal.factor }, params, laws, base: base.to_vec() }
    }

    /// The values of all parameters at a point of the unit cube, one coordinate for each that varies.
    pub fn at(&self, mut point: Vec<f64>) -> Vec<f64> {
        self.copula.apply(&mut point);
        let values: Vec<f64> = self.laws.iter().zip(point).map(|(law, u)| law.quantile(u)).collect();
        self.with(&values)
    }

    /// The values of all parameters, given those of the ones that vary.
    pub fn with(&self, values: &[f64]) -> Vec<f64> {
        let mut all = self.base.clone();
        self.params.iter().zip(values).for_each(|(param, value)| all[param.0] = *value);
        all
    }

    /// The values of those that vary, given those of all.
    pub fn of(&self, all: &[f64]) -> Vec<f64> {
        self.params.iter().map(|p| all[p.0]).collect()
    }
}

impl Varied {
    /// Values that lie so far along the ranges.
    fn across(&self, point: &[f64]) -> Vec<f64> {
        self.laws.iter().zip(point).map(|(law, u)| across(*law, *u)).collect()
    }
}

/// Where the worlds are.
#[derive(Clone, PartialEq, Debug)]
pub enum Design {
    /// Points drawn or laid out.
    Drawn(Points),
    /// Rows for Sobol' indices from so many base points: see [`Saltelli`]. Parameters are taken to be independent.
    Saltelli {
        /// Base points.
        base: usize,
        /// Points of twice as many coordinates as there are parameters.
        points: Points,
    },
    /// Random trajectories in which one parameter moves at a time, for Morris screening. Independent too.
    Trajectories(Trajectories),
    /// Points given, one row of values of the varied parameters for each world.
    Given(Vec<Vec<f64>>),
}

impl Design {
    /// The values of all parameters in a world.
    pub fn params(&self, varied: &Varied, world: u64) -> Vec<f64> {
        match self {
            // A grid is all combinations: there is nothing to correlate.
            Design::Drawn(points @ Points::Grid { .. }) => {
                let point = points.point(world, varied.params.len());
                varied.with(&varied.across(&point))
            }
            Design::Drawn(points) => varied.at(points.point(world, varied.params.len())),
            Design::Saltelli { base, points } => {
                let parameters = varied.params.len();
                let point = |index: usize| points.point(index as u64, 2 * parameters);
                let row = Saltelli::new(parameters, *base, point).row(world as usize);
                let values: Vec<f64> = varied.laws.iter().zip(row).map(|(law, u)| law.quantile(u)).collect();
                varied.with(&values)
            }
            // Levels of a grid from end to end, as those of a grid are.
            Design::Trajectories(rows) => varied.with(&varied.across(&rows.row(world as usize))),
            Design::Given(rows) => varied.with(&rows[world as usize]),
        }
    }

    /// To which independent randomisation a world belongs, if the design has them.
    pub fn replicate(&self, world: u64) -> Option<u64> {
        match self {
            Design::Drawn(points) => points.replicate(world),
            Design::Given(_) | Design::Saltelli { .. } | Design::Trajectories(_) => None,
        }
    }
}

/// A value that lies so far along a law's range.
pub fn across(law: Law, share: f64) -> f64 {
    let (lo, hi) = law.range();
    (lo + share * (hi - lo)).clamp(lo, hi)
}
