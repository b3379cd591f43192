//! Morris screening: what a step of one parameter does to the answer, averaged over where the others are.
//!
//! ```text
//! Δ     = p / (2·(p − 1))                                                        (1)
//! EE_j  = [y(x + Δ·e_j) − y(x)] / Δ                                              (2)
//! mu_j  = mean EE_j,   mu*_j = mean |EE_j|,   sigma_j = deviation of EE_j        (3)
//! ```
//!
//! (1) and (2) are Morris (1991), mu* is Campolongo, Cariboni and Saltelli (2007). A trajectory starts on a grid of p
//! levels and moves every parameter once, in random order, up or down by Δ; it costs d + 1 rows and gives one
//! effect of each parameter. Scaled effects are EE_j · deviation(x_j) / deviation(y) within the trajectory, with the step measured in
//! x's own units (Sin and Gernaey 2009), so that effects on different answers compare.

use rand::RngExt;
use rand::seq::SliceRandom;

use super::bootstrap::{Bootstrap, Estimate, Estimates, Stream, stream};
use super::enough::{Enough, Rule};
use super::unusable::{Unusable, check_inputs, check_varies, is_missing};

/// The rows of random trajectories, each computed when it is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trajectories {
    parameters: usize,
    trajectories: usize,
    levels: usize,
    seed: u64,
}

impl Trajectories {
    /// Trajectories on a grid of `levels` levels, an even number; four is usual.
    pub fn new(parameters: usize, trajectories: usize, levels: usize, seed: u64) -> Result<Self, Unusable> {
        if parameters == 0 {
            return Err(Unusable::NoParameters);
        }
        check_levels(levels)?;
        Ok(Trajectories { parameters, trajectories, levels, seed })
    }

    /// How many rows there are: `trajectories * (parameters + 1)`.
    pub fn rows(&self) -> usize {
        self.trajectories * (self.parameters + 1)
    }

    /// A row in the unit cube, one number for each parameter.
    pub fn row(&self, number: usize) -> Vec<f64> {
        let (trajectory, step) = (number / (self.parameters + 1), number % (self.parameters + 1));
        let mut random = stream(self.seed, Stream::Design, trajectory);
        let half = self.levels / 2;
        // On the grid, Δ is half the levels.
        let mut place: Vec<(usize, usize)> = (0..self.parameters)
            .map(|_| {
                let low = random.random_range(0..half as u64) as usize;
                if random.random::<bool>() { (low, low + half) } else { (low + half, low) }
            })
            .collect();
        let mut order: Vec<usize> = (0..self.parameters).collect();
        order.shuffle(&mut random);
        for &moved in &order[..step] {
            place[moved].0 = place[moved].1;
        }
        place.iter().map(|&(at, _)| at as f64 / (self.levels - 1) as f64).collect()
    }
}

fn check_levels(levels: usize) -> Result<(), Unusable> {
    if levels >= 2 && levels.is_multiple_of(2) { Ok(()) } else { Err(Unusable::Levels(levels)) }
}

/// How effects are measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Levels of the grid, as in the design.
    pub levels: usize,
    /// Whether effects are scaled by the deviations of input and answer.
    pub scaled: bool,
    /// Resamples of trajectories.
    pub bootstrap: Bootstrap,
}

impl Default for Options {
    fn default() -> Self {
        Options { levels: 4, scaled: false, bootstrap: Bootstrap::default() }
    }
}

/// The elementary effects of one parameter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Effects {
    /// Their mean.
    pub mu: f64,
    /// The mean of their magnitudes, with its bootstrap interval over trajectories.
    pub mu_star: Estimate,
    /// Their deviation (n − 1): great where the effect hangs on other parameters or bends.
    pub sigma: f64,
    /// How many effects there are.
    pub count: usize,
    /// How many were left out, because an answer they need is missing.
    pub dropped: usize,
}

/// Morris screening of one answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Morris {
    /// One for each parameter; none where fewer than two effects are left.
    pub effects: Vec<Option<Effects>>,
    /// Effects left out, of all parameters.
    pub dropped: usize,
    /// mu* in units of the greatest mu*.
    relative: Estimates,
}

impl Morris {
    /// Whether there were enough trajectories: the rule on mu* in units of the greatest mu*. A parameter
    /// without effects has an interval without ends.
    pub fn enough(&self, rule: &Rule) -> Enough {
        self.relative.enough(rule)
    }
}

/// Elementary effects from the rows of trajectories. Columns may be in any units that grow with the unit cube's; effects are
/// per unit of the cube unless they are scaled.
pub fn analyze(inputs: &[Vec<f64>], output: &[f64], options: &Options) -> Result<Morris, Unusable> {
    let rows = check_inputs(inputs)?;
    check_levels(options.levels)?;
    let length = inputs.len() + 1;
    if output.len() != rows {
        return Err(Unusable::Lengths { expected: rows, found: output.len() });
    }
    if !rows.is_multiple_of(length) {
        return Err(Unusable::Lengths { expected: rows.div_ceil(length) * length, found: rows });
    }
    let trajectories = rows / length;
    if trajectories < 2 {
        return Err(Unusable::TooFew { found: trajectories, needed: 2 });
    }
    let answers: Vec<f64> = output.iter().copied().filter(|&y| !is_missing(y)).collect();
    if answers.len() < 2 {
        return Err(Unusable::TooFew { found: answers.len(), needed: 2 });
    }
    check_varies(answers.iter().copied())?;

    let effects: Vec<Vec<f64>> = (0..trajectories)
        .map(|t| trajectory_effects(inputs, output, t * length, options))
        .collect::<Result<_, _>>()?;
    Ok(summarize(&effects, inputs.len(), &options.bootstrap))
}

/// The effect of every parameter in the trajectory that begins at a row; not a number where an answer is missing.
fn trajectory_effects(
    inputs: &[Vec<f64>],
    output: &[f64],
    begin: usize,
    options: &Options,
) -> Result<Vec<f64>, Unusable> {
    let parameters = inputs.len();
    let wrong = Unusable::NoTrajectory { row: begin };
    let step = options.levels as f64 / (2.0 * (options.levels - 1) as f64);
    let mut effects = vec![None; parameters];
    for row in begin..begin + parameters {
        let mut moved = (0..parameters).filter(|&j| inputs[j][row] != inputs[j][row + 1]);
        let (Some(j), None) = (moved.next(), moved.next()) else { return Err(wrong) };
        if effects[j].is_some() {
            return Err(wrong);
        }
        let dx = inputs[j][row + 1] - inputs[j][row];
        let missing = is_missing(output[row]) || is_missing(output[row + 1]);
        let dy = if missing { f64::NAN } else { output[row + 1] - output[row] };
        effects[j] = Some(if options.scaled { dy / dx } else { dy * dx.signum() / step });
    }
    // Every row moved another column, so all are there.
    let mut effects: Vec<f64> = effects.into_iter().flatten().collect();
    if options.scaled {
        let told: Vec<usize> = (begin..=begin + parameters).filter(|&r| !is_missing(output[r])).collect();
        let deviation_y = deviation(&told, output);
        for (effect, column) in effects.iter_mut().zip(inputs) {
            // Where the answer stands still along the whole trajectory, so do its effects.
            *effect *= if deviation_y > 0.0 { deviation(&told, column) / deviation_y } else { 1.0 };
        }
    }
    Ok(effects)
}

/// Deviation (of the population) of some rows of a column.
fn deviation(rows: &[usize], column: &[f64]) -> f64 {
    let n = rows.len() as f64;
    let mean = rows.iter().map(|&r| column[r]).sum::<f64>() / n;
    (rows.iter().map(|&r| (column[r] - mean).powi(2)).sum::<f64>() / n).sqrt()
}

/// (3) with intervals. `effects` are trajectory by trajectory.
fn summarize(effects: &[Vec<f64>], parameters: usize, bootstrap: &Bootstrap) -> Morris {
    let mu_star = |counts: &[u32]| -> Vec<f64> {
        let mean = |j: usize| {
            let present = effects.iter().zip(counts).filter(|(e, _)| !e[j].is_nan());
            let (sum, n) = present.fold((0.0, 0.0), |(sum, n), (e, &count)| {
                (sum + f64::from(count) * e[j].abs(), n + f64::from(count))
            });
            sum / n
        };
        (0..parameters).map(mean).collect()
    };
    let values = mu_star(&vec![1; effects.len()]);
    let estimates = Estimates::new(&values, bootstrap.each(effects.len(), mu_star));

    let mut summary = Vec::with_capacity(parameters);
    for j in 0..parameters {
        let present: Vec<f64> = effects.iter().map(|e| e[j]).filter(|e| !e.is_nan()).collect();
        let n = present.len() as f64;
        let mu = present.iter().sum::<f64>() / n;
        let squares: f64 = present.iter().map(|e| (e - mu).powi(2)).sum();
        summary.push((present.len() >= 2).then(|| Effects {
            mu,
            mu_star: estimates.of[j],
            sigma: (squares / (n - 1.0)).sqrt(),
            count: present.len(),
            dropped: effects.len() - present.len(),
        }));
    }
    let kept = |j: usize| summary[j].is_some();
    let greatest = (0..parameters).filter(|&j| kept(j)).map(|j| values[j]).fold(0.0, f64::max);
    let scale = if greatest > 0.0 { 1.0 / greatest } else { 1.0 };
    let relative = |r: &[f64], unknown: f64| -> Vec<f64> {
        (0..parameters).map(|j| if kept(j) { r[j] * scale } else { unknown }).collect()
    };
    let replicates = estimates.replicates.iter().map(|r| relative(r, f64::NAN)).collect();
    // Of what has no effects nothing is known: its interval is the whole line.
    let relative = Estimates::new(&relative(&values, 0.0), replicates);
    let dropped = effects.iter().flatten().filter(|e| e.is_nan()).count();
    Morris { effects: summary, dropped, relative }
}
