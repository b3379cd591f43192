//! A map at work: applications counted, residuals in each player's units.

use crate::stationary::{Effort, Lost, Map, Method, Unsettled};

/// A map with its counters, and the unit of each player's values.
pub(super) struct Work<'m> {
    pub map: &'m mut dyn Map,
    pub effort: Effort,
    pub size: usize,
    owner: Vec<u32>,
    /// 1 / range of values, by player.
    per_range: Vec<f64>,
    /// Units stay as they are.
    pub frozen: bool,
    pub applications: usize,
    pub tangents: usize,
    /// The point with the smallest residual of all that were tried.
    nearest: (Vec<f64>, f64),
    pub lost: Option<Lost>,
    pub cycle: Option<usize>,
}

/// A point and F there.
#[derive(Clone)]
pub(super) struct At {
    pub x: Vec<f64>,
    /// F(x) − x.
    pub rest: Vec<f64>,
    /// Largest entry of `rest`, in players' units.
    pub gap: f64,
}

impl<'m> Work<'m> {
    pub fn new(map: &'m mut dyn Map, effort: &Effort) -> Work<'m> {
        let size = map.size();
        let owner: Vec<u32> = (0..size).map(|entry| map.player(entry) as u32).collect();
        let players = owner.iter().max().map_or(0, |last| *last as usize + 1);
        Work {
            map,
            effort: *effort,
            size,
            owner,
            per_range: vec![1.0; players],
            frozen: false,
            applications: 0,
            tangents: 0,
            nearest: (vec![0.0; size], f64::INFINITY),
            lost: None,
            cycle: None,
        }
    }

    /// F at a point; units are those of F(x) unless frozen.
    pub fn at(&mut self, x: Vec<f64>) -> Result<At, Lost> {
        let mut at = At { rest: vec![0.0; self.size], x, gap: f64::INFINITY };
        self.again(&mut at)?;
        Ok(at)
    }

    /// Replaces a point by another, made of x and F(x) − x, in the same memory.
    pub fn advance(&mut self, at: &mut At, step: impl Fn(f64, f64) -> f64) -> Result<(), Lost> {
        at.x.iter_mut().zip(&at.rest).for_each(|(x, rest)| *x = step(*x, *rest));
        self.again(at)
    }

    /// F at a point, once more.
    pub fn again(&mut self, at: &mut At) -> Result<(), Lost> {
        self.apply(&at.x, &mut at.rest)?;
        if !self.frozen {
            self.take_units(&at.rest);
        }
        at.rest.iter_mut().zip(&at.x).for_each(|(f, x)| *f -= x);
        at.gap = self.largest(&at.rest);
        if at.gap < self.nearest.1 {
            self.nearest.0.copy_from_slice(&at.x);
            self.nearest.1 = at.gap;
        }
        Ok(())
    }

    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        self.applications += 1;
        let done = self.map.apply(x, to).and_then(|()| finite(to));
        self.lost = done.err();
        done
    }

    /// F′·d.
    pub fn tangent(&mut self, d: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        self.tangents += 1;
        self.map.tangent(d, to).and_then(|()| finite(to))
    }

    /// Choice probabilities at the last point.
    pub fn choices(&mut self) -> Vec<f64> {
        let mut choices = Vec::new();
        self.map.choices(&mut choices);
        choices
    }

    /// The unit of a player's values is their range; where they are all the same, their size; where they are zero, 1.
    fn take_units(&mut self, values: &[f64]) {
        let mut least = vec![f64::INFINITY; self.per_range.len()];
        let mut most = vec![f64::NEG_INFINITY; self.per_range.len()];
        for (x, &i) in values.iter().zip(&self.owner) {
            least[i as usize] = least[i as usize].min(*x);
            most[i as usize] = most[i as usize].max(*x);
        }
        for ((per, least), most) in self.per_range.iter_mut().zip(least).zip(most) {
            let size = f64::max(least.abs(), most.abs());
            let range = most - least;
            *per = match () {
                _ if range > 1e-9 * size => range.recip(),
                _ if size > 0.0 && size.is_finite() => size.recip(),
                _ => 1.0,
            };
        }
    }

    /// The gap of a point in its own units, which are taken unless frozen.
    pub fn renewed(&mut self, at: &At) -> f64 {
        if !self.frozen {
            let ahead: Vec<f64> = at.x.iter().zip(&at.rest).map(|(x, rest)| x + rest).collect();
            self.take_units(&ahead);
        }
        self.largest(&at.rest)
    }

    /// Whose value an entry is.
    pub fn owner(&self, entry: usize) -> usize {
        self.owner[entry] as usize
    }

    /// 1 / unit of each player's values.
    pub fn per_range(&self) -> &[f64] {
        &self.per_range
    }

    /// Largest entry in players' units.
    pub fn largest(&self, x: &[f64]) -> f64 {
        let mut largest = 0.0;
        for (x, &i) in x.iter().zip(&self.owner) {
            let x = (x * self.per_range[i as usize]).abs();
            // Not `max`, which would pass over what is not a number.
            if x > largest || x.is_nan() {
                largest = x;
            }
        }
        largest
    }

    /// Inner product in players' units.
    pub fn dot(&self, x: &[f64], y: &[f64]) -> f64 {
        let mut sum = 0.0;
        for ((x, y), &i) in x.iter().zip(y).zip(&self.owner) {
            let per = self.per_range[i as usize];
            sum += x * per * (y * per);
        }
        sum
    }

    /// Length in players' units.
    pub fn norm(&self, x: &[f64]) -> f64 {
        self.dot(x, x).sqrt()
    }

    /// The point with the smallest residual.
    pub fn nearest(&self) -> &[f64] {
        &self.nearest.0
    }

    /// That nothing was found.
    pub fn unsettled(&self, last: Method) -> Unsettled {
        Unsettled {
            nearest: self.nearest.0.clone(),
            residual: self.nearest.1,
            last,
            cycle: self.cycle,
            share: None,
            lost: self.lost,
            applications: self.applications,
            tangents: self.tangents,
        }
    }

    /// Forgets which point was nearest: the map has changed.
    pub fn forget(&mut self) {
        self.nearest.1 = f64::INFINITY;
    }
}

fn finite(x: &[f64]) -> Result<(), Lost> {
    match x.iter().position(|x| !x.is_finite()) {
        Some(entry) => Err(Lost::NotFinite(entry)),
        None => Ok(()),
    }
}
