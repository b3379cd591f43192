//! Games in tables.

use crate::stage::Simultaneous;
use faer::Mat;

/// A game of any number of players in a table: the payoffs of each at every profile of actions, last player's fastest.
pub struct NormalForm {
    actions: Vec<usize>,
    payoffs: Vec<Vec<f64>>,
}

impl NormalForm {
    /// The actions of each player, and each player's payoffs.
    ///
    /// # Panics
    /// If there is not one table for each player, as long as there are profiles.
    pub fn new(actions: Vec<usize>, payoffs: Vec<Vec<f64>>) -> NormalForm {
        let profiles: usize = actions.iter().product();
        assert!(payoffs.iter().all(|p| p.len() == profiles) && payoffs.len() == actions.len());
        NormalForm { actions, payoffs }
    }

    /// A player's payoffs, the last player's actions fastest.
    pub fn payoffs_of(&self, player: usize) -> &[f64] {
        &self.payoffs[player]
    }

    /// How much what another does can matter to what a player gets more from one action than from another:
    /// max over pairs of actions a, b and the others' actions s of range_c [ u(a, c, s) − u(b, c, s) ].
    pub fn interaction(&self, player: usize, other: usize) -> f64 {
        let after = |i: usize| self.actions[i + 1..].iter().product::<usize>();
        let (own, theirs) = (self.actions[player], self.actions[other]);
        let (step, turn) = (after(player), after(other));
        let payoffs = &self.payoffs[player];
        let mut most = 0.0f64;
        // Profiles in which both play their first action stand for all others'.
        let firsts = (0..payoffs.len()).filter(|p| p / step % own == 0 && p / turn % theirs == 0);
        for at in firsts {
            for a in 0..own {
                for b in 0..a {
                    let more =
                        |c: usize| payoffs[at + a * step + c * turn] - payoffs[at + b * step + c * turn];
                    let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
                    for c in 0..theirs {
                        (lo, hi) = (lo.min(more(c)), hi.max(more(c)));
                    }
                    most = most.max(hi - lo);
                }
            }
        }
        most
    }

    /// The player's payoffs with all others' actions integrated out, one at a time, but for those of `keep`.
    fn without_others(&self, player: usize, keep: Option<usize>, q: &[Vec<f64>]) -> Vec<f64> {
        let mut table = self.payoffs[player].clone();
        let mut sizes = self.actions.clone();
        for other in (0..sizes.len()).filter(|&o| o != player && Some(o) != keep) {
            let after: usize = sizes[other + 1..].iter().product();
            let many = sizes[other];
            let before = table.len() / (after * many);
            let mut less = vec![0.0; before * after];
            for b in 0..before {
                for (a, p) in q[other].iter().enumerate() {
                    for x in 0..after {
                        less[b * after + x] += p * table[(b * many + a) * after + x];
                    }
                }
            }
            table = less;
            sizes[other] = 1;
        }
        table
    }
}

impl Simultaneous for NormalForm {
    fn actions(&self) -> &[usize] {
        &self.actions
    }

    fn payoffs(&self, player: usize, q: &[Vec<f64>], worth: &mut [f64]) {
        worth.copy_from_slice(&self.without_others(player, None, q));
    }

    fn slopes(&self, player: usize, other: usize, q: &[Vec<f64>]) -> Mat<f64> {
        let table = self.without_others(player, Some(other), q);
        let (own, others) = (self.actions[player], self.actions[other]);
        Mat::from_fn(
            own,
            others,
            |a, b| if player < other { table[a * others + b] } else { table[b * own + a] },
        )
    }
}
