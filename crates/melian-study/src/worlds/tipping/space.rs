//! The box that is searched, in coordinates in which the baseline is 0 and every range has length 1.

use melian_model::ParamId;

use crate::worlds::Varied;

/// Coordinates less than this apart are the same.
pub const SAME: f64 = 1e-9;

/// A box around 0.
#[derive(Clone, PartialEq, Debug)]
pub struct Cube {
    /// Least coordinates, at most 0.
    pub low: Vec<f64>,
    /// Greatest coordinates, at least 0.
    pub high: Vec<f64>,
}

impl Cube {
    /// How many coordinates there are.
    pub fn coordinates(&self) -> usize {
        self.low.len()
    }

    /// The nearest point of the box.
    pub fn clip(&self, mut z: Vec<f64>) -> Vec<f64> {
        for (x, (low, high)) in z.iter_mut().zip(self.low.iter().zip(&self.high)) {
            *x = x.clamp(*low, *high);
        }
        z
    }
}

/// The parameters that may move, and what the box's coordinates mean.
#[derive(Clone, PartialEq, Debug)]
pub struct Space {
    /// Which parameters, one for each coordinate.
    pub params: Vec<ParamId>,
    /// The box.
    pub cube: Cube,
    length: Vec<f64>,
    base: Vec<f64>,
}

impl Space {
    /// The ranges of what varies, widened to the baseline where that lies outside; ranges of one value are left out.
    pub fn new(varied: &Varied) -> Space {
        let mut space = Space {
            params: Vec::new(),
            cube: Cube { low: Vec::new(), high: Vec::new() },
            length: Vec::new(),
            base: varied.base.clone(),
        };
        for (&param, law) in varied.params.iter().zip(&varied.laws) {
            let (low, high) = law.range();
            let (length, base) = (high - low, varied.base[param.0]);
            if length > 0.0 && length.is_finite() {
                space.params.push(param);
                space.length.push(length);
                space.cube.low.push(((low - base) / length).min(0.0));
                space.cube.high.push(((high - base) / length).max(0.0));
            }
        }
        space
    }

    /// The values of all parameters at a point.
    pub fn values(&self, z: &[f64]) -> Vec<f64> {
        let mut all = self.base.clone();
        for (i, &x) in z.iter().enumerate() {
            all[self.params[i].0] = self.value(i, x);
        }
        all
    }

    /// The value of a parameter at a coordinate.
    pub fn value(&self, coordinate: usize, x: f64) -> f64 {
        self.base[self.params[coordinate].0] + x * self.length[coordinate]
    }
}

/// The length of a move.
pub fn norm(z: &[f64]) -> f64 {
    z.iter().map(|x| x * x).sum::<f64>().sqrt()
}
