//! The principal branch of logit quantal response equilibria.
//!
//! ```text
//! q_i(a) ∝ exp(λ_i·U_i(a; q_−i))                                                              (1)
//! G(y, τ)_i(a) = y_i(a) − τ·λ_i·(U_i(a; q_−i) − U_i(0; q_−i)),   y_i(a) = ln q_i(a) / q_i(0)     (2)
//! ```
//!
//! (1) is McKelvey and Palfrey (1995). We follow the zeros of (2) from τ = 0, where play is uniform, to τ = 1, by
//! pseudo-arclength continuation (Keller 1977), so that a fold is gone around and not taken for the end. Along a branch
//! the sign of det G_y changes at folds only. Where it changes elsewhere, the corrector has fallen on another branch, and
//! the step is taken again, smaller; if it changes however small the step is, two branches cross, as they do in symmetric
//! games, and we keep to ours.

use crate::stage::Simultaneous;
use faer::{Mat, linalg::solvers::Solve};

/// Where a branch has led.
#[derive(Clone, PartialEq, Debug)]
pub struct Equilibrium {
    /// For each player, how likely each action is.
    pub q: Vec<Vec<f64>>,
    /// Largest difference in (2).
    pub residual: f64,
    /// How often the branch turned back.
    pub folds: usize,
    /// How often another branch crossed it.
    pub crossings: usize,
    /// How many steps were taken.
    pub steps: usize,
    /// Sign of det G_y: 1 on a branch that started at uniform play and was not crossed or folded.
    pub index: f64,
}

/// Why a branch could not be followed to its end.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Lost {
    /// The step became too small at this τ.
    Stuck(f64),
    /// Too many steps, at this τ.
    Endless(f64),
}

/// How a branch is followed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stride {
    /// Length of the first step, in y and τ together.
    pub first: f64,
    /// Steps are not made longer than this: longer ones may jump to another branch.
    pub longest: f64,
    /// How many steps may be taken.
    pub most_steps: usize,
}

impl Default for Stride {
    fn default() -> Stride {
        Stride { first: 0.03, longest: 1.0, most_steps: 20_000 }
    }
}

/// Precision times payoffs above which τ is measured in precision.
const SHARP: f64 = 100.0;
/// Largest difference in (2) that counts as none.
const CLOSE: f64 = 1e-12;
/// The least cosine between the directions before and after a step: some twenty degrees.
const STRAIGHT: f64 = 0.94;
/// Steps below this are given up.
const LEAST_STEP: f64 = 1e-9;
/// Below this a change of sign is a crossing.
const CROSSING: f64 = 1e-4;

pub(super) struct Branch<'g, G> {
    game: &'g G,
    lambda: &'g [f64],
    /// Where each player's unknowns begin.
    pub(super) begins: Vec<usize>,
    pub(super) size: usize,
}

impl<'g, G: Simultaneous> Branch<'g, G> {
    pub(super) fn new(game: &'g G, lambda: &'g [f64]) -> Self {
        let mut begins = Vec::new();
        let mut size = 0;
        for &actions in game.actions() {
            begins.push(size);
            size += actions - 1;
        }
        Branch { game, lambda, begins, size }
    }

    /// Probabilities of y.
    pub(super) fn play(&self, y: &[f64]) -> Vec<Vec<f64>> {
        let of = |(i, &actions): (usize, &usize)| {
            let y = &y[self.begins[i]..][..actions - 1];
            let top = y.iter().fold(0.0, |m: f64, y| m.max(*y));
            let mut q: Vec<f64> = std::iter::once(&0.0).chain(y).map(|y| (y - top).exp()).collect();
            let sum: f64 = q.iter().sum();
            q.iter_mut().for_each(|q| *q /= sum);
            q
        };
        self.game.actions().iter().enumerate().map(of).collect()
    }

    /// λ times what each action is worth more than the first.
    pub(super) fn pull(&self, q: &[Vec<f64>]) -> Vec<f64> {
        let mut pull = Vec::with_capacity(self.size);
        for (i, &actions) in self.game.actions().iter().enumerate() {
            let mut worth = vec![0.0; actions];
            self.game.payoffs(i, q, &mut worth);
            pull.extend(worth[1..].iter().map(|u| self.lambda[i] * (u - worth[0])));
        }
        pull
    }

    /// G, at y and τ.
    pub(super) fn value(&self, x: &[f64]) -> Vec<f64> {
        let (y, tau) = (&x[..self.size], x[self.size]);
        y.iter().zip(self.pull(&self.play(y))).map(|(y, pull)| y - tau * pull).collect()
    }

    /// [G_y G_τ].
    pub(super) fn jacobian(&self, x: &[f64]) -> Mat<f64> {
        let n = self.size;
        let q = self.play(&x[..n]);
        let pull = self.pull(&q);
        let mut jacobian = Mat::from_fn(n, n + 1, |i, j| match j {
            j if j == n => -pull[i],
            j if j == i => 1.0,
            _ => 0.0,
        });
        for i in 0..q.len() {
            for j in (0..q.len()).filter(|&j| j != i) {
                let slopes = self.game.slopes(i, j, &q);
                for a in 1..q[i].len() {
                    let more: Vec<f64> = (0..q[j].len()).map(|b| slopes[(a, b)] - slopes[(0, b)]).collect();
                    let mean: f64 = more.iter().zip(&q[j]).map(|(m, q)| m * q).sum();
                    for c in 1..q[j].len() {
                        // dq_b/dy_c = q_b·(1[b = c] − q_c)
                        jacobian[(self.begins[i] + a - 1, self.begins[j] + c - 1)] -=
                            x[n] * self.lambda[i] * q[j][c] * (more[c] - mean);
                    }
                }
            }
        }
        jacobian
    }

    /// The sign of det G_y.
    pub(super) fn index(&self, x: &[f64]) -> f64 {
        self.jacobian(x).subcols(0, self.size).determinant().signum()
    }

    /// The direction in which the branch goes on.
    fn tangent(&self, x: &[f64], before: &[f64]) -> Option<Vec<f64>> {
        let mut right = vec![0.0; self.size + 1];
        right[self.size] = 1.0;
        let mut tangent = self.solve(x, before, &right)?;
        let length = norm(&tangent);
        tangent.iter_mut().for_each(|t| *t /= length);
        Some(tangent)
    }

    /// The solution of [G_y G_τ; row]·x = right; `None` if there is none.
    fn solve(&self, x: &[f64], row: &[f64], right: &[f64]) -> Option<Vec<f64>> {
        let n = self.size;
        let jacobian = self.jacobian(x);
        let all = Mat::from_fn(n + 1, n + 1, |i, j| if i < n { jacobian[(i, j)] } else { row[j] });
        let solved = all.partial_piv_lu().solve(Mat::from_fn(n + 1, 1, |i, _| right[i]));
        let solved: Vec<f64> = (0..=n).map(|i| solved[(i, 0)]).collect();
        solved.iter().all(|x| x.is_finite()).then_some(solved)
    }

    /// What rounding of the payoffs leaves of G: where precision is high, differences of payoffs are small and count much.
    fn noise(&self, x: &[f64]) -> f64 {
        let q = self.play(&x[..self.size]);
        let mut most = 0.0f64;
        for (i, &actions) in self.game.actions().iter().enumerate() {
            let mut worth = vec![0.0; actions];
            self.game.payoffs(i, &q, &mut worth);
            most = most.max(self.lambda[i] * largest(&worth));
        }
        4.0 * f64::EPSILON * x[self.size].abs() * most
    }

    /// Newton's method on G = 0 in the plane through `from` that stands on `normal`; and how far it moved.
    pub(super) fn correct(&self, from: &[f64], normal: &[f64]) -> Option<(Vec<f64>, f64)> {
        let mut x = from.to_vec();
        let mut last = f64::INFINITY;
        let noise = self.noise(from);
        for _ in 0..12 {
            let moved: Vec<f64> = x.iter().zip(from).map(|(x, from)| x - from).collect();
            let g = self.value(&x);
            let off = largest(&g);
            if off <= CLOSE * (1.0 + largest(&x)) + noise {
                return Some((x, norm(&moved)));
            }
            if off.is_nan() || off > 2.0 * last {
                return None;
            }
            last = off;
            let mut right: Vec<f64> = g.iter().map(|g| -g).collect();
            right.push(-dot(normal, &moved));
            let step = self.solve(&x, normal, &right)?;
            x.iter_mut().zip(step).for_each(|(x, step)| *x += step);
        }
        None
    }

    /// The point between two of the branch at which τ is at its end.
    fn land(&self, x: &[f64], y: &[f64], end: f64) -> Option<Vec<f64>> {
        let n = self.size;
        let share = (end - x[n]) / (y[n] - x[n]);
        let mut at: Vec<f64> = x.iter().zip(y).map(|(x, y)| x + share * (y - x)).collect();
        at[n] = end;
        let mut level = vec![0.0; n + 1];
        level[n] = 1.0;
        self.correct(&at, &level).map(|(at, _)| at)
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

pub(super) fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |m, x| f64::max(m, x.abs()))
}

/// Follows the principal branch of a game to these precisions.
///
/// # Errors
/// Where it could be followed no further.
pub fn principal_branch(
    game: &impl Simultaneous,
    lambda: &[f64],
    stride: Stride,
) -> Result<Equilibrium, Lost> {
    // τ goes from 0 to `end`, at these precisions over `end`: where they are high, log-odds and τ are then of like size.
    let uniform: Vec<Vec<f64>> = game.actions().iter().map(|&n| vec![1.0 / n as f64; n]).collect();
    let sharpness = (0..lambda.len()).fold(0.0, |most: f64, i| {
        let mut worth = vec![0.0; uniform[i].len()];
        game.payoffs(i, &uniform, &mut worth);
        most.max(lambda[i] * largest(&worth))
    });
    let end = if sharpness > SHARP { sharpness } else { 1.0 };
    let lambda: Vec<f64> = lambda.iter().map(|l| l / end).collect();
    let branch = Branch::new(game, &lambda);
    let n = branch.size;
    let mut x = vec![0.0; n + 1];
    let mut toward = vec![0.0; n + 1];
    toward[n] = 1.0;
    let mut tangent = branch.tangent(&x, &toward).ok_or(Lost::Stuck(0.0))?;
    let mut index = branch.index(&x);
    let (mut step, mut folds, mut crossings) = (stride.first, 0, 0);
    for steps in 1..=stride.most_steps {
        let (y, turned, sign, fold, jumped) = loop {
            if step < LEAST_STEP {
                return Err(Lost::Stuck(x[n] / end));
            }
            let from: Vec<f64> = x.iter().zip(&tangent).map(|(x, t)| x + step * t).collect();
            let found = branch.correct(&from, &tangent).filter(|(_, moved)| *moved < 0.3 * step);
            if let Some((y, _)) = found
                && let Some(turned) = branch.tangent(&y, &tangent)
            {
                let sign = branch.index(&y);
                let fold = turned[n] * tangent[n] < 0.0;
                let jumped = (sign != index) != fold;
                if dot(&turned, &tangent) > STRAIGHT && (!jumped || step < CROSSING) {
                    break (y, turned, sign, fold, jumped);
                }
            }
            step /= 2.0;
        };
        folds += usize::from(fold);
        crossings += usize::from(jumped);
        if (x[n] - end) * (y[n] - end) <= 0.0 {
            let at = branch.land(&x, &y, end).ok_or(Lost::Stuck(x[n] / end))?;
            let (residual, index) = (largest(&branch.value(&at)), branch.index(&at));
            let q = branch.play(&at[..n]);
            return Ok(Equilibrium { q, residual, folds, crossings, steps, index });
        }
        (x, tangent, index) = (y, turned, sign);
        // Far out, log-odds grow with the precision, and so may steps.
        step = (1.5 * step).min(stride.longest * (1.0 + 0.2 * norm(&x)));
    }
    Err(Lost::Endless(x[n] / end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::NormalForm;

    #[test]
    fn derivatives_are_differences() {
        let (actions, lambda) = (vec![2, 3, 3], [0.7, 2.0, 1.3]);
        let payoffs =
            (0..3).map(|i| (0..18).map(|p| f64::from((7 * p + 5 * i) % 11) / 11.0).collect()).collect();
        let game = NormalForm::new(actions, payoffs);
        let branch = Branch::new(&game, &lambda);
        let x: Vec<f64> = (0..=branch.size).map(|i| 0.3 * i as f64 - 0.7).collect();
        let jacobian = branch.jacobian(&x);
        for column in 0..=branch.size {
            let step = 1e-6;
            let at = |by: f64| {
                let mut near = x.clone();
                near[column] += by;
                branch.value(&near)
            };
            for (row, (high, low)) in at(step).iter().zip(at(-step)).enumerate() {
                let difference = (high - low) / (2.0 * step);
                let off = (difference - jacobian[(row, column)]).abs();
                assert!(off < 1e-9, "row {row}, column {column}: off by {off}");
            }
        }
    }
}
