//! The equilibrium of a game played once: by the shortest way that is sure to lead to the principal branch.
//!
//! Where best responses are steep, several equilibria are possible and we follow the branch from uniform play. Where they
//! are flat there is one equilibrium only, and any way to it will do. Writing TV for the distance in total variation,
//!
//! ```text
//! TV(q_i, q_i') ≤ Σ_j K_ij · TV(q_j, q_j'),   K_ij = ¼·λ_i·max_{a,b,s} range_c [ u_i(a, c, s) − u_i(b, c, s) ]      (1)
//! ```
//!
//! because a logit choice moves by at most a quarter of how far its log-odds do. If the rows or the columns of K sum to
//! less than 1, response is a contraction and its fixed point unique.
//!
//! Infinite precision: the branch is followed to λ·range = 10⁶ and the Nash equilibrium that it comes close to is
//! solved for on the actions that are still played (McKelvey and Palfrey 1995, theorem 2: the limit is a Nash
//! equilibrium).

use crate::stage::{
    Equilibrium, Lost, NormalForm, Simultaneous, Stride,
    principal::{Branch, largest},
    principal_branch,
};
use faer::{Mat, linalg::solvers::Solve};

/// λ times the range of payoffs that stands for infinite precision before play is made exact.
const SHARP: f64 = 1e6;
/// Below this probability an action is not played in the limit.
const UNPLAYED: f64 = 1e-7;

/// The logit equilibrium of a game at these precisions on its principal branch; a Nash equilibrium on it for those that are
/// infinite. `near`: play that is close to it, if something is known; with `true`, the equilibrium near it is wanted, on
/// whatever branch it lies.
///
/// # Errors
/// Where the branch could be followed no further.
pub fn equilibrium(
    game: &NormalForm,
    lambda: &[f64],
    near: Option<(&[Vec<f64>], bool)>,
) -> Result<Equilibrium, Lost> {
    if let Some(alone) = alone(game, lambda) {
        return Ok(alone);
    }
    if lambda.iter().any(|l| l.is_infinite()) {
        let near = near.filter(|(_, any)| *any && lambda.iter().all(|l| l.is_infinite()));
        return match near.and_then(|(q, _)| indifferent(game, q, &played(q))) {
            Some(q) => Ok(Equilibrium { q, residual: 0.0, folds: 0, crossings: 0, steps: 0, index: 1.0 }),
            None => nash(game, lambda),
        };
    }
    let branch = Branch::new(game, lambda);
    let from = near.map(|(q, _)| log_odds(q));
    let any = near.is_some_and(|(_, any)| any);
    if is_contraction(game, lambda)
        && let Some(found) = settle(&branch, from.as_deref())
    {
        return Ok(found);
    }
    if let Some(from) = from
        && let Some(found) = newton(&branch, &from)
        && (any || (found.1 < NEAR && found.0.index > 0.0))
    {
        return Ok(found.0);
    }
    principal_branch(game, lambda, Stride::default())
}

/// How far log-odds may be from where they were, for the branch to count as the same.
const NEAR: f64 = 0.5;

/// The equilibrium if all players but one have one action only.
fn alone(game: &NormalForm, lambda: &[f64]) -> Option<Equilibrium> {
    let actions = game.actions();
    let mut deciding = (0..actions.len()).filter(|&i| actions[i] > 1);
    let (first, second) = (deciding.next(), deciding.next());
    if second.is_some() {
        return None;
    }
    let mut q: Vec<Vec<f64>> = actions.iter().map(|&n| vec![1.0; n]).collect();
    if let Some(player) = first {
        let worth = game.payoffs_of(player);
        q[player] = response(worth, lambda[player]);
    }
    Some(Equilibrium { q, residual: 0.0, folds: 0, crossings: 0, steps: 0, index: 1.0 })
}

/// Logit response to what actions are worth; ties share equally if precision is infinite.
pub fn response(worth: &[f64], lambda: f64) -> Vec<f64> {
    let top = worth.iter().fold(f64::NEG_INFINITY, |m, x| m.max(*x));
    let weight = |x: &f64| match lambda.is_infinite() {
        true if top - x <= 1e-12 * f64::max(1.0, top.abs()) => 1.0,
        true => 0.0,
        false => (lambda * (x - top)).exp(),
    };
    let mut q: Vec<f64> = worth.iter().map(weight).collect();
    let sum: f64 = q.iter().sum();
    q.iter_mut().for_each(|q| *q /= sum);
    q
}

/// How an equilibrium changes when payoffs change in a direction: the solution of G_y·y' = λ·U' and the change of the
/// probabilities that follows from it. Players of infinite precision do not change.
pub fn derivative(
    game: &NormalForm,
    lambda: &[f64],
    q: &[Vec<f64>],
    direction: &NormalForm,
) -> Vec<Vec<f64>> {
    let lambda: Vec<f64> = lambda.iter().map(|&l| if l.is_finite() { l } else { 0.0 }).collect();
    let branch = Branch::new(game, &lambda);
    let n = branch.size;
    let mut x = log_odds(q);
    let right = Branch::new(direction, &lambda).pull(q);
    x.push(1.0);
    let jacobian = branch.jacobian(&x);
    let left = Mat::from_fn(n, n, |i, j| jacobian[(i, j)]);
    let change = left.partial_piv_lu().solve(Mat::from_fn(n, 1, |i, _| right[i]));
    let of = |(i, q): (usize, &Vec<f64>)| {
        let change = |a: usize| if a == 0 { 0.0 } else { change[(branch.begins[i] + a - 1, 0)] };
        let mean: f64 = q.iter().enumerate().map(|(a, q)| q * change(a)).sum();
        q.iter().enumerate().map(|(a, q)| q * (change(a) - mean)).collect()
    };
    q.iter().enumerate().map(of).collect()
}

/// The unknowns of play.
fn log_odds(q: &[Vec<f64>]) -> Vec<f64> {
    let least = f64::MIN_POSITIVE;
    q.iter().flat_map(|q| q[1..].iter().map(|p| p.max(least).ln() - q[0].max(least).ln())).collect()
}

/// Whether (1) shows that there is one equilibrium only.
fn is_contraction(game: &NormalForm, lambda: &[f64]) -> bool {
    let players = game.actions().len();
    let mut rows = vec![0.0; players];
    let mut columns = vec![0.0; players];
    for i in 0..players {
        for j in (0..players).filter(|&j| j != i) {
            let k = 0.25 * lambda[i] * game.interaction(i, j);
            rows[i] += k;
            columns[j] += k;
        }
    }
    largest(&rows) < 1.0 || largest(&columns) < 1.0
}

/// The only equilibrium: Newton's method, after as many responses as it needs to get there.
fn settle(branch: &Branch<NormalForm>, from: Option<&[f64]>) -> Option<Equilibrium> {
    let mut y = from.map_or_else(|| vec![0.0; branch.size], <[f64]>::to_vec);
    for _ in 0..200 {
        if let Some((found, _)) = newton(branch, &y) {
            return Some(found);
        }
        for _ in 0..5 {
            y = branch.pull(&branch.play(&y));
        }
    }
    None
}

/// Newton's method from these log-odds, and how far it went.
fn newton(branch: &Branch<NormalForm>, y: &[f64]) -> Option<(Equilibrium, f64)> {
    let n = branch.size;
    let mut from = y.to_vec();
    from.push(1.0);
    let mut level = vec![0.0; n + 1];
    level[n] = 1.0;
    let (at, _) = branch.correct(&from, &level)?;
    let moved = at.iter().zip(&from).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
    let (residual, index) = (largest(&branch.value(&at)), branch.index(&at));
    let q = branch.play(&at[..n]);
    Some((Equilibrium { q, residual, folds: 0, crossings: 0, steps: 0, index }, moved))
}

/// The Nash equilibrium that the principal branch leads to.
fn nash(game: &NormalForm, lambda: &[f64]) -> Result<Equilibrium, Lost> {
    let sharp: Vec<f64> = lambda
        .iter()
        .enumerate()
        .map(|(i, &l)| {
            let (lo, hi) = game
                .payoffs_of(i)
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), u| (lo.min(*u), hi.max(*u)));
            if l.is_finite() {
                l
            } else if hi > lo {
                SHARP / (hi - lo)
            } else {
                1.0
            }
        })
        .collect();
    let mut found = principal_branch(game, &sharp, Stride::default())?;
    if lambda.iter().all(|l| l.is_infinite())
        && let Some(exact) = indifferent(game, &found.q, &played(&found.q))
    {
        found.q = exact;
    }
    Ok(found)
}

/// For each player, the actions that are played.
fn played(q: &[Vec<f64>]) -> Vec<Vec<usize>> {
    q.iter().map(|q| (0..q.len()).filter(|&a| q[a] > UNPLAYED).collect()).collect()
}

/// Play of these actions only, at which everyone is indifferent among theirs, close to `q`: Newton's method. `None` where
/// that is not determined, or somebody would rather do something else.
fn indifferent(game: &NormalForm, q: &[Vec<f64>], played: &[Vec<usize>]) -> Option<Vec<Vec<f64>>> {
    let begins: Vec<usize> = played
        .iter()
        .scan(0, |at, own| {
            *at += own.len();
            Some(*at - own.len())
        })
        .collect();
    let size: usize = played.iter().map(Vec::len).sum();
    let mut q: Vec<Vec<f64>> = q
        .iter()
        .zip(played)
        .map(|(q, own)| (0..q.len()).map(|a| if own.contains(&a) { q[a] } else { 0.0 }).collect())
        .collect();
    let worth = |i: usize, q: &[Vec<f64>]| {
        let mut worth = vec![0.0; q[i].len()];
        game.payoffs(i, q, &mut worth);
        worth
    };
    for _ in 0..20 {
        let mut right = Mat::zeros(size, 1);
        let mut left = Mat::zeros(size, size);
        for (i, own) in played.iter().enumerate() {
            let worth = worth(i, &q);
            // One row says that probabilities sum to one, the others that actions are worth the same.
            right[(begins[i], 0)] = 1.0 - own.iter().map(|&a| q[i][a]).sum::<f64>();
            (0..own.len()).for_each(|k| left[(begins[i], begins[i] + k)] = 1.0);
            for (k, &a) in own.iter().enumerate().skip(1) {
                right[(begins[i] + k, 0)] = worth[own[0]] - worth[a];
            }
            for (j, others) in played.iter().enumerate().filter(|(j, _)| *j != i) {
                let slopes = game.slopes(i, j, &q);
                for (k, &a) in own.iter().enumerate().skip(1) {
                    for (l, &b) in others.iter().enumerate() {
                        left[(begins[i] + k, begins[j] + l)] = slopes[(a, b)] - slopes[(own[0], b)];
                    }
                }
            }
        }
        let step = left.partial_piv_lu().solve(&right);
        let mut moved = 0.0f64;
        for (i, own) in played.iter().enumerate() {
            for (k, &a) in own.iter().enumerate() {
                let step = step[(begins[i] + k, 0)];
                q[i][a] += step;
                moved = moved.max(step.abs());
            }
        }
        if !moved.is_finite() || moved > 0.1 {
            return None;
        }
        if moved < 1e-14 {
            break;
        }
    }
    let fine = |(i, q_i): (usize, &Vec<f64>)| {
        let worth = worth(i, &q);
        let top = worth.iter().fold(f64::NEG_INFINITY, |m, x| m.max(*x));
        let tie = 1e-9 * f64::max(1.0, top.abs());
        q_i.iter().zip(&worth).all(|(p, u)| *p >= 0.0 && (*p == 0.0 || top - u <= tie))
    };
    q.iter().enumerate().all(fine).then_some(q)
}
