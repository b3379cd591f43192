//! I − F′ of a stochastic game, factored by way of the values.
//!
//! ```text
//! F′ = B + M·D                                                                                 (1)
//! ```
//!
//! B is how Q answers others' choices in the same state: blocks, one a state. D is the derivative of values with respect to
//! Q, M takes values of the next period to Q of this one. With A = I − B, d = F′·d + r is
//!
//! ```text
//! (I − D·A⁻¹·M)·v = D·A⁻¹·r,   d = A⁻¹·(r + M·v)                                               (2)
//! det(I − F′) = det A · det(I − D·A⁻¹·M)                                                       (3)
//! ```
//!
//! so that only a matrix as large as there are players and states is factored (Woodbury 1950; Sylvester for (3)).

use crate::{
    arrays::{Convention, StochasticGame, expect::add},
    stationary::{Factors, Inverse},
};
use faer::Mat;
use pulp::Arch;

/// What derivatives are made of, at one point.
pub(super) struct Pieces<'a> {
    pub game: &'a StochasticGame,
    pub arch: Arch,
    pub lambda: &'a [f64],
    pub convention: Convention,
    /// Unknowns and choice probabilities, `[state][player][action]`.
    pub q: &'a [f64],
    pub p: &'a [f64],
    /// Values, `[player][state]`.
    pub v: &'a [f64],
    /// What an action is worth against one of another player: by state, player, other player.
    pub pairs: &'a [f64],
}

struct Schur {
    states: usize,
    /// For each state, where its entries are, A⁻¹ by rows, and D by players.
    blocks: Vec<Block>,
    /// M, rows as unknowns, columns next states; a row's player is its block's.
    ahead: Vec<f64>,
    /// I − D·A⁻¹·M, values as `[player][state]`.
    values: Factors,
    sign: f64,
}

struct Block {
    entries: std::ops::Range<usize>,
    /// Player of each entry.
    owner: Vec<usize>,
    inverse: Vec<f64>,
    /// Derivative of the owner's value with respect to each entry.
    slope: Vec<f64>,
}

/// The factors; `None` if a state's block cannot be inverted by itself.
pub(super) fn factor(of: &Pieces<'_>) -> Option<impl Inverse + use<>> {
    let (game, states, players) = (of.game, of.game.states(), of.game.players());
    let ahead = ahead(of);
    let mut blocks = Vec::with_capacity(states);
    let mut values = Mat::<f64>::identity(players * states, players * states);
    let mut sign = 1.0;
    let mut pairs = of.pairs;
    let mut row = vec![0.0; players * states];
    for s in 0..states {
        let (mut matrix, rest) = answers(of, s, pairs);
        pairs = rest;
        let entries = game.block(s);
        let size = entries.len();
        let (inverse, block_sign) = invert(&mut matrix, size)?;
        sign *= block_sign;
        let owner: Vec<usize> = (0..players).flat_map(|i| vec![i; game.actions(s)[i]]).collect();
        let slope: Vec<f64> = entries.clone().zip(&owner).map(|(e, &i)| slope(of, s, e, i)).collect();
        for i in 0..players {
            row.fill(0.0);
            for (k, &j) in owner.iter().enumerate() {
                // D·A⁻¹ at the value of i and the entry k.
                let weight: f64 =
                    (0..size).filter(|&e| owner[e] == i).map(|e| slope[e] * inverse[e * size + k]).sum();
                let from = &ahead[(entries.start + k) * states..][..states];
                add(of.arch, -weight, from, &mut row[j * states..][..states]);
            }
            for (column, x) in row.iter().enumerate() {
                values[(i * states + s, column)] += x;
            }
        }
        blocks.push(Block { entries, owner, inverse, slope });
    }
    let values = Factors::of_matrix(&values);
    sign *= values.sign();
    Some(Schur { states, blocks, ahead, values, sign })
}

/// M: discounted probabilities of the next state, by own action, others taken out.
fn ahead(of: &Pieces<'_>) -> Vec<f64> {
    let (game, states) = (of.game, of.game.states());
    let mut ahead = vec![0.0; of.q.len() * states];
    let mut digits = vec![0; game.players()];
    for s in 0..states {
        let actions = game.actions(s);
        for (k, profile) in game.profiles(s).enumerate() {
            let mut rest = k;
            for (digit, many) in digits.iter_mut().zip(actions).rev() {
                (*digit, rest) = (rest % many, rest / many);
            }
            let row = &game.transitions()[profile * states..][..states];
            for i in 0..actions.len() {
                let others = (0..actions.len()).filter(|&j| j != i);
                let chance: f64 = others.map(|j| of.p[game.own(s, j)][digits[j]]).product();
                let entry = game.own(s, i).start + digits[i];
                add(of.arch, game.discount(i) * chance, row, &mut ahead[entry * states..][..states]);
            }
        }
    }
    ahead
}

/// I − B of a state, by rows; and the pairs of the states after it.
fn answers<'p>(of: &Pieces<'_>, s: usize, mut pairs: &'p [f64]) -> (Vec<f64>, &'p [f64]) {
    let (game, entries) = (of.game, of.game.block(s));
    let size = entries.len();
    let mut matrix = vec![0.0; size * size];
    (0..size).for_each(|k| matrix[k * size + k] = 1.0);
    for i in 0..game.players() {
        for j in (0..game.players()).filter(|&j| j != i) {
            let (own, other) = (game.own(s, i), game.own(s, j));
            let p = &of.p[other.clone()];
            for a in own {
                let (worth, rest) = pairs.split_at(p.len());
                pairs = rest;
                let mean: f64 = worth.iter().zip(p).map(|(w, p)| w * p).sum();
                for (k, (w, p)) in worth.iter().zip(p).enumerate() {
                    let place = (a - entries.start) * size + other.start - entries.start + k;
                    matrix[place] -= of.lambda[j] * p * (w - mean);
                }
            }
        }
    }
    (matrix, pairs)
}

/// The derivative of a player's value with respect to one of its Q.
fn slope(of: &Pieces<'_>, s: usize, entry: usize, player: usize) -> f64 {
    match of.convention {
        Convention::Payoff => {
            let v = of.v[player * of.game.states() + s];
            of.p[entry] * (1.0 + of.lambda[player] * (of.q[entry] - v))
        }
        Convention::Emax => of.p[entry],
    }
}

/// The inverse of a small matrix by rows, and the sign of its determinant, by Gauss and Jordan with pivots.
fn invert(matrix: &mut [f64], size: usize) -> Option<(Vec<f64>, f64)> {
    let mut inverse = vec![0.0; size * size];
    (0..size).for_each(|k| inverse[k * size + k] = 1.0);
    let mut sign = 1.0;
    for column in 0..size {
        let pivot = (column..size)
            .max_by(|&a, &b| matrix[a * size + column].abs().total_cmp(&matrix[b * size + column].abs()))?;
        if pivot != column {
            sign = -sign;
            for k in 0..size {
                matrix.swap(pivot * size + k, column * size + k);
                inverse.swap(pivot * size + k, column * size + k);
            }
        }
        let top = matrix[column * size + column];
        if top == 0.0 || !top.is_finite() {
            return None;
        }
        sign *= top.signum();
        for k in 0..size {
            matrix[column * size + k] /= top;
            inverse[column * size + k] /= top;
        }
        for row in (0..size).filter(|&row| row != column) {
            let by = matrix[row * size + column];
            if by != 0.0 {
                for k in 0..size {
                    matrix[row * size + k] -= by * matrix[column * size + k];
                    inverse[row * size + k] -= by * inverse[column * size + k];
                }
            }
        }
    }
    Some((inverse, sign))
}

impl Block {
    /// A⁻¹·r, in place.
    fn solve(&self, r: &mut [f64]) {
        let r = &mut r[self.entries.clone()];
        let right = r.to_vec();
        for (to, row) in r.iter_mut().zip(self.inverse.chunks(right.len())) {
            *to = row.iter().zip(&right).map(|(a, r)| a * r).sum();
        }
    }
}

impl Inverse for Schur {
    fn solve(&self, r: &mut [f64]) {
        let mut first = r.to_vec();
        let mut v = vec![0.0; self.values.size()];
        for (s, block) in self.blocks.iter().enumerate() {
            block.solve(&mut first);
            let here = &first[block.entries.clone()];
            for ((x, slope), i) in here.iter().zip(&block.slope).zip(&block.owner) {
                v[i * self.states + s] += slope * x;
            }
        }
        self.values.solve(&mut v);
        for block in &self.blocks {
            for (entry, i) in block.entries.clone().zip(&block.owner) {
                let row = &self.ahead[entry * self.states..][..self.states];
                let v = &v[i * self.states..][..self.states];
                r[entry] += row.iter().zip(v).map(|(a, v)| a * v).sum::<f64>();
            }
            block.solve(r);
        }
    }

    fn sign(&self) -> f64 {
        self.sign
    }
}
