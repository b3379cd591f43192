//! The worlds of a map: all combinations of equally spaced values of one or two parameters; everything else stays.

use melian_model::ParamId;
use melian_stats::design::{Copula, Law};

use super::design::{Design, Varied};

/// A parameter with its values on a map.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Axis {
    /// Which parameter.
    pub param: ParamId,
    /// The first value.
    pub lo: f64,
    /// The last value.
    pub hi: f64,
    /// How many values, both ends among them; at least 2.
    pub steps: usize,
}

impl Axis {
    /// The value at a step: both ends exactly, those between as people write them (0.13, not 0.13000000000000003).
    pub fn value(&self, step: usize) -> f64 {
        if step == 0 {
            return self.lo;
        }
        if step + 1 >= self.steps {
            return self.hi;
        }
        let x = self.lo + (self.hi - self.lo) * (step as f64 / (self.steps - 1) as f64);
        if x.abs() < 1e-12 * (self.hi - self.lo) {
            return 0.0;
        }
        format!("{x:.13e}").parse().unwrap_or(x)
    }

    /// All values, from the first to the last.
    pub fn values(&self) -> Vec<f64> {
        (0..self.steps).map(|step| self.value(step)).collect()
    }

    /// Where a value lies, counted in steps; `None` outside.
    pub fn place(&self, value: f64) -> Option<f64> {
        let place = (value - self.lo) / (self.hi - self.lo) * (self.steps - 1) as f64;
        (self.lo <= value && value <= self.hi).then_some(place)
    }
}

/// One or two axes. The worlds are numbered along the first axis, row by row of the second.
#[derive(Clone, PartialEq, Debug)]
pub struct Plane {
    /// The axes.
    pub axes: Vec<Axis>,
}

impl Plane {
    /// How many worlds there are.
    pub fn worlds(&self) -> usize {
        self.axes.iter().map(|axis| axis.steps).product()
    }

    /// How many worlds stand in a row.
    pub fn width(&self) -> usize {
        self.axes.first().map_or(1, |axis| axis.steps)
    }

    /// The values of the axes' parameters in a world.
    pub fn values(&self, mut world: usize) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.axes.len());
        for axis in &self.axes {
            values.push(axis.value(world % axis.steps));
            world /= axis.steps;
        }
        values
    }

    /// The worlds for an ensemble; parameters that are no axis have their values of `base`.
    pub fn worlds_around(&self, base: &[f64]) -> (Design, Varied) {
        let rows = (0..self.worlds()).map(|world| self.values(world)).collect();
        let varied = Varied {
            params: self.axes.iter().map(|axis| axis.param).collect(),
            laws: self.axes.iter().map(|axis| Law::Uniform(axis.lo, axis.hi)).collect(),
            copula: Copula::default(),
            base: base.to_vec(),
        };
        (Design::Given(rows), varied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_that_people_write() {
        let axis = Axis { param: ParamId(0), lo: -0.1, hi: 0.2, steps: 31 };
        let values = axis.values();
        assert_eq!((values[0], values[10], values[13], values[30]), (-0.1, 0.0, 0.03, 0.2));
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(axis.place(0.05).map(f64::round), Some(15.0));
        assert_eq!(axis.place(0.21), None);
    }

    #[test]
    fn the_first_axis_runs_fastest() {
        let axis = |param, hi, steps| Axis { param: ParamId(param), lo: 0.0, hi, steps };
        let plane = Plane { axes: vec![axis(2, 2.0, 3), axis(0, 1.0, 2)] };
        assert_eq!((plane.worlds(), plane.width()), (6, 3));
        assert_eq!(plane.values(4), [1.0, 1.0]);
        let (design, varied) = plane.worlds_around(&[7.0, 8.0, 9.0]);
        assert_eq!(design.params(&varied, 5), [1.0, 8.0, 2.0]);
    }
}
