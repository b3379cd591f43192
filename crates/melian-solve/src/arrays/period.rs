//! One period of a stochastic game: from Q of the next to Q of this one, with derivatives.

use crate::{
    arrays::{
        Convention, StochasticGame,
        contract::without_others,
        expect::expect,
        inverse::{Pieces, factor},
    },
    stationary::{Inverse, Lost, Map},
};
use faer::{Mat, linalg::solvers::Solve};
use pulp::Arch;
use rayon::prelude::*;

/// How a game is played.
#[derive(Clone, PartialEq, Debug)]
pub struct Play {
    /// Precision λ of each player, finite and positive.
    pub precisions: Vec<f64>,
    /// What a choice is worth to who makes it.
    pub convention: Convention,
}

/// A period of a game, as a map of Q: entries are `[state][player][action]`.
pub struct Period<'g> {
    game: &'g StochasticGame,
    play: Play,
    arch: Arch,
    share: f64,
    /// Whose action an entry is.
    owner: Vec<usize>,
    /// Unknowns, and choice probabilities there.
    q: Vec<f64>,
    p: Vec<f64>,
    /// Values, `[player][state]`.
    v: Vec<f64>,
    /// What profiles are worth, state by state `[player][profile]`.
    worth: Vec<f64>,
    /// For each state and two players, what an action of the first is worth against one of the second; empty if not
    /// needed yet.
    pairs: Vec<f64>,
}

/// Below so many numbers in the transitions threads are not worth their while.
const WORTH_SHARING: usize = 200_000;

impl<'g> Period<'g> {
    /// The period of a game played so.
    ///
    /// # Panics
    /// If there are not as many precisions as players, or one is not finite and positive.
    pub fn new(game: &'g StochasticGame, play: &Play) -> Period<'g> {
        assert_eq!(play.precisions.len(), game.players(), "one precision a player");
        assert!(
            play.precisions.iter().all(|l| *l > 0.0 && l.is_finite()),
            "precisions are finite and positive"
        );
        let size = game.choices();
        Period {
            game,
            play: play.clone(),
            arch: Arch::new(),
            share: 1.0,
            owner: (0..game.states())
                .flat_map(|s| (0..game.players()).flat_map(move |i| game.own(s, i).map(move |_| i)))
                .collect(),
            q: vec![0.0; size],
            p: vec![0.0; size],
            v: vec![0.0; game.players() * game.states()],
            worth: vec![0.0; game.players() * game.profiles(game.states() - 1).end],
            pairs: Vec::new(),
        }
    }

    /// Values at these unknowns, `[player][state]`.
    pub fn values(&mut self, q: &[f64]) -> Vec<Vec<f64>> {
        self.choose(q);
        self.v.chunks(self.game.states()).map(<[f64]>::to_vec).collect()
    }

    /// Choice probabilities at these unknowns, `[player][state][action]`.
    pub fn strategies(&mut self, q: &[f64]) -> Vec<Vec<Vec<f64>>> {
        self.choose(q);
        let of = |i| (0..self.game.states()).map(|s| self.p[self.game.own(s, i)].to_vec()).collect();
        (0..self.game.players()).map(of).collect()
    }

    /// The unknowns if these strategies, `[player][state][action]`, were played for ever: a start for
    /// [`from_start`](crate::stationary::from_start).
    ///
    /// # Panics
    /// If the strategies have not the game's shape.
    pub fn start_at(&mut self, strategies: &[Vec<Vec<f64>>]) -> Vec<f64> {
        let (game, states) = (self.game, self.game.states());
        let mut p = vec![0.0; self.q.len()];
        for (i, strategy) in strategies.iter().enumerate() {
            for (s, p_own) in strategy.iter().enumerate() {
                p[game.own(s, i)].copy_from_slice(p_own);
            }
        }
        for i in 0..game.players() {
            // V = Σ σ·(Q + shock), Q by (1) at these σ: linear in V.
            let mut flow = vec![0.0; states];
            let mut next = Mat::<f64>::identity(states, states);
            for s in 0..states {
                for (k, profile) in game.profiles(s).enumerate() {
                    let chance = chance(game, s, k, &p);
                    flow[s] += chance * game.payoffs(i)[profile];
                    for (t, to) in game.transitions()[profile * states..][..states].iter().enumerate() {
                        next[(s, t)] -= game.discount(i) * chance * to;
                    }
                }
                if self.play.convention == Convention::Emax {
                    let entropy: f64 =
                        p[game.own(s, i)].iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
                    flow[s] += entropy / self.play.precisions[i];
                }
            }
            let v = next.partial_piv_lu().solve(Mat::from_fn(states, 1, |s, _| flow[s]));
            (0..states).for_each(|s| self.v[i * states + s] = v[(s, 0)]);
        }
        self.p = p;
        let mut q = vec![0.0; self.q.len()];
        self.look_ahead(&mut q);
        q
    }

    /// The precision that a player's choices have at the present share.
    fn precision(&self, player: usize) -> f64 {
        match self.play.convention {
            Convention::Payoff => self.share * self.play.precisions[player],
            Convention::Emax => self.play.precisions[player],
        }
    }

    /// The share of the payoffs that is paid at the present share.
    fn paid(&self) -> f64 {
        match self.play.convention {
            Convention::Payoff => 1.0,
            Convention::Emax => self.share,
        }
    }

    /// (2) and (3).
    fn choose(&mut self, q: &[f64]) {
        let states = self.game.states();
        for s in 0..states {
            for i in 0..self.game.players() {
                let (own, lambda) = (self.game.own(s, i), self.precision(i));
                let (q, p) = (&q[own.clone()], &mut self.p[own]);
                let top = q.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                p.iter_mut().zip(q).for_each(|(p, q)| *p = (lambda * (q - top)).exp());
                let sum: f64 = p.iter().sum();
                p.iter_mut().for_each(|p| *p /= sum);
                self.v[i * states + s] = match self.play.convention {
                    Convention::Payoff => p.iter().zip(q).map(|(p, q)| p * q).sum(),
                    Convention::Emax => top + sum.ln() / lambda,
                };
            }
        }
    }

    /// (1), with what it needs for derivatives kept.
    fn look_ahead(&mut self, to: &mut [f64]) {
        self.pairs.clear();
        let (game, arch, paid) = (self.game, self.arch, self.paid());
        let (states, players) = (game.states(), game.players());
        let (p, v) = (&self.p, &self.v);
        let of_state = |s: usize, worth: &mut [f64], to: &mut [f64], table: &mut Vec<f64>| {
            let profiles = game.profiles(s);
            let rows = &game.transitions()[profiles.start * states..profiles.end * states];
            expect(arch, rows, v, states, worth);
            let begin = game.block(s).start;
            for i in 0..players {
                let worth = &mut worth[i * profiles.len()..][..profiles.len()];
                let payoffs = &game.payoffs(i)[profiles.clone()];
                worth.iter_mut().zip(payoffs).for_each(|(w, r)| *w = paid * r + game.discount(i) * *w);
                table.clear();
                table.extend_from_slice(worth);
                without_others(table, game.actions(s), &[i], |j| game.own(s, j), p);
                let own = game.own(s, i);
                to[own.start - begin..own.end - begin].copy_from_slice(&table[..own.len()]);
            }
        };
        each_state(game, &mut self.worth, to, of_state);
    }

    /// What an action of one player is worth against one of another, everybody else taken out.
    fn fill_pairs(&mut self) {
        if !self.pairs.is_empty() {
            return;
        }
        let (game, players) = (self.game, self.game.players());
        let mut table = Vec::new();
        for s in 0..game.states() {
            let (actions, profiles) = (game.actions(s), game.profiles(s));
            for i in 0..players {
                for j in (0..players).filter(|&j| j != i) {
                    table.clear();
                    table.extend_from_slice(
                        &self.worth[players * profiles.start + i * profiles.len()..][..profiles.len()],
                    );
                    without_others(&mut table, actions, &[i.min(j), i.max(j)], |o| game.own(s, o), &self.p);
                    let (own, other) = (actions[i], actions[j]);
                    for a in 0..own {
                        for b in 0..other {
                            self.pairs.push(if i < j { table[a * other + b] } else { table[b * own + a] });
                        }
                    }
                }
            }
        }
        if self.pairs.is_empty() {
            // With one player there are none: filled all the same.
            self.pairs.push(0.0);
        }
    }

    /// The change of (1) with changes of probabilities and values.
    fn respond(&mut self, dp: &[f64], dv: &[f64], to: &mut [f64]) {
        self.fill_pairs();
        let (game, arch) = (self.game, self.arch);
        let (states, players) = (game.states(), game.players());
        let p = &self.p;
        let ahead = |s: usize, change: &mut [f64], to: &mut [f64], table: &mut Vec<f64>| {
            let profiles = game.profiles(s);
            let rows = &game.transitions()[profiles.start * states..profiles.end * states];
            expect(arch, rows, dv, states, change);
            let begin = game.block(s).start;
            for i in 0..players {
                table.clear();
                table.extend_from_slice(&change[i * profiles.len()..][..profiles.len()]);
                without_others(table, game.actions(s), &[i], |j| game.own(s, j), p);
                let own = game.own(s, i);
                let to = &mut to[own.start - begin..own.end - begin];
                to.iter_mut().zip(&*table).for_each(|(to, t)| *to = game.discount(i) * t);
            }
        };
        let mut change = vec![0.0; self.worth.len()];
        each_state(game, &mut change, to, ahead);
        let mut pairs = self.pairs.iter();
        for s in 0..states {
            for i in 0..players {
                for j in (0..players).filter(|&j| j != i) {
                    let dp = &dp[game.own(s, j)];
                    for a in game.own(s, i) {
                        to[a] += dp.iter().zip(pairs.by_ref()).map(|(dp, w)| dp * w).sum::<f64>();
                    }
                }
            }
        }
    }
}

/// How likely a profile of a state is.
fn chance(game: &StochasticGame, state: usize, profile: usize, p: &[f64]) -> f64 {
    let mut rest = profile;
    let mut chance = 1.0;
    for (j, &many) in game.actions(state).iter().enumerate().rev() {
        chance *= p[game.own(state, j)][rest % many];
        rest /= many;
    }
    chance
}

/// Calls a function for each state with its part of `[state][player][profile]` and of `[state][player][action]`.
fn each_state(
    game: &StochasticGame,
    mut by_profile: &mut [f64],
    mut by_action: &mut [f64],
    of_state: impl Fn(usize, &mut [f64], &mut [f64], &mut Vec<f64>) + Sync,
) {
    let states = game.states();
    if game.transitions().len() < WORTH_SHARING {
        let mut table = Vec::new();
        for s in 0..states {
            let (of_profile, more) = by_profile.split_at_mut(game.players() * game.profiles(s).len());
            let (of_action, others) = by_action.split_at_mut(game.block(s).len());
            of_state(s, of_profile, of_action, &mut table);
            (by_profile, by_action) = (more, others);
        }
        return;
    }
    let mut parts = Vec::with_capacity(states);
    for s in 0..states {
        let (of_profile, more) = by_profile.split_at_mut(game.players() * game.profiles(s).len());
        let (of_action, others) = by_action.split_at_mut(game.block(s).len());
        parts.push((s, of_profile, of_action));
        (by_profile, by_action) = (more, others);
    }
    let at_once = states.div_ceil(4 * rayon::current_num_threads());
    parts.par_chunks_mut(at_once).for_each(|parts| {
        let mut table = Vec::new();
        for (s, of_profile, of_action) in parts {
            of_state(*s, of_profile, of_action, &mut table);
        }
    });
}

impl Map for Period<'_> {
    fn size(&self) -> usize {
        self.q.len()
    }

    fn player(&self, entry: usize) -> usize {
        self.owner[entry]
    }

    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        self.q.copy_from_slice(x);
        self.choose(x);
        self.look_ahead(to);
        Ok(())
    }

    fn tangent(&mut self, d: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        let (game, states) = (self.game, self.game.states());
        let (mut dp, mut dv) = (vec![0.0; d.len()], vec![0.0; self.v.len()]);
        for s in 0..states {
            for i in 0..game.players() {
                let (own, lambda) = (game.own(s, i), self.precision(i));
                let (d, p, q, dp) =
                    (&d[own.clone()], &self.p[own.clone()], &self.q[own.clone()], &mut dp[own]);
                let mean: f64 = p.iter().zip(d).map(|(p, d)| p * d).sum();
                dp.iter_mut().zip(p).zip(d).for_each(|((dp, p), d)| *dp = lambda * p * (d - mean));
                dv[i * states + s] = match self.play.convention {
                    Convention::Payoff => mean + dp.iter().zip(q).map(|(dp, q)| dp * q).sum::<f64>(),
                    Convention::Emax => mean,
                };
            }
        }
        self.respond(&dp, &dv, to);
        Ok(())
    }

    fn choices(&mut self, to: &mut Vec<f64>) {
        to.extend_from_slice(&self.p);
    }

    fn at_share(&mut self, share: f64) -> bool {
        self.share = share;
        true
    }

    fn share_slope(&mut self, to: &mut [f64]) -> Result<bool, Lost> {
        let (game, states) = (self.game, self.game.states());
        match self.play.convention {
            Convention::Payoff => {
                let (mut dp, mut dv) = (vec![0.0; self.q.len()], vec![0.0; self.v.len()]);
                for s in 0..states {
                    for i in 0..game.players() {
                        let (own, lambda, v) =
                            (game.own(s, i), self.play.precisions[i], self.v[i * states + s]);
                        for a in own {
                            dp[a] = lambda * self.p[a] * (self.q[a] - v);
                            dv[i * states + s] += dp[a] * self.q[a];
                        }
                    }
                }
                self.respond(&dp, &dv, to);
            }
            Convention::Emax => {
                let mut table = Vec::new();
                for s in 0..states {
                    for i in 0..game.players() {
                        table.clear();
                        table.extend_from_slice(&game.payoffs(i)[game.profiles(s)]);
                        without_others(&mut table, game.actions(s), &[i], |j| game.own(s, j), &self.p);
                        let own = game.own(s, i);
                        let many = own.len();
                        to[own].copy_from_slice(&table[..many]);
                    }
                }
            }
        }
        Ok(true)
    }

    fn is_finite_horizon(&self) -> bool {
        // Somebody answers others' moves of the period before wherever two have a choice.
        let choosers = |s| self.game.actions(s).iter().filter(|n| **n > 1).count();
        (0..self.game.states()).all(|s| choosers(s) < 2)
    }

    fn inverse(&mut self) -> Option<Box<dyn Inverse>> {
        self.fill_pairs();
        let lambda: Vec<f64> = (0..self.game.players()).map(|i| self.precision(i)).collect();
        let pieces = Pieces {
            game: self.game,
            arch: self.arch,
            lambda: &lambda,
            convention: self.play.convention,
            q: &self.q,
            p: &self.p,
            v: &self.v,
            pairs: &self.pairs,
        };
        factor(&pieces).map(|factors| Box::new(factors) as Box<dyn Inverse>)
    }
}
