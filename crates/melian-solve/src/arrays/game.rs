//! The arrays of a stochastic game, checked.

/// A stochastic game of finitely many states in which all players move at once.
#[derive(Clone, PartialEq, Debug)]
pub struct StochasticGame {
    players: usize,
    /// Number of actions, `[state][player]`.
    actions: Vec<usize>,
    /// Where the profiles of each state begin, and their number.
    profiles: Vec<usize>,
    /// Where the actions of each state and player begin, and their number.
    begins: Vec<usize>,
    /// `[player][state and profile]`.
    payoffs: Vec<Vec<f64>>,
    /// `[state and profile][next state]`.
    transitions: Vec<f64>,
    discounts: Vec<f64>,
}

/// What is wrong with arrays.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Wrong {
    /// There is no state, no player, or a player without actions.
    Empty,
    /// A state has another number of players than the first.
    Players {
        /// The state.
        state: usize,
    },
    /// Payoffs of a player are not as many as profiles.
    Payoffs {
        /// The player.
        player: usize,
        /// Profiles of all states.
        expected: usize,
    },
    /// Transitions are not as many as profiles times states.
    Transitions {
        /// Profiles of all states times states.
        expected: usize,
    },
    /// Discounts are not as many as players.
    Discounts,
    /// A payoff is not a finite number.
    Payoff {
        /// The player.
        player: usize,
        /// The profile, counted over all states.
        profile: usize,
    },
    /// Transitions from a profile are negative somewhere, or do not add up to 1.
    Probabilities {
        /// The profile, counted over all states.
        profile: usize,
        /// Their sum.
        sum: f64,
    },
    /// A discount is not in [0, 1).
    Discount {
        /// The player.
        player: usize,
    },
}

/// How far a sum of probabilities may be from 1.
const CLOSE: f64 = 1e-9;

impl StochasticGame {
    /// A game of `actions[state][player]` actions. Profiles of a state are numbered with the last player's action fastest,
    /// those of all states one state after the other; `payoffs[player][profile]`, `transitions[profile · states + next]`.
    /// Payoffs are of one period; `discounts[player]` is what the next period counts.
    ///
    /// # Errors
    /// The first thing that is wrong with the arrays.
    pub fn new(
        actions: &[Vec<usize>],
        payoffs: Vec<Vec<f64>>,
        transitions: Vec<f64>,
        discounts: Vec<f64>,
    ) -> Result<StochasticGame, Wrong> {
        let states = actions.len();
        let players = actions.first().map_or(0, Vec::len);
        if players == 0 || actions.iter().flatten().any(|n| *n == 0) {
            return Err(Wrong::Empty);
        }
        if let Some(state) = actions.iter().position(|of| of.len() != players) {
            return Err(Wrong::Players { state });
        }
        let profiles = begins(actions.iter().map(|of| of.iter().product()));
        let total = profiles[states];
        if let Some(player) = (0..players.max(payoffs.len()))
            .find(|&i| payoffs.get(i).map(Vec::len) != Some(total) || i >= players)
        {
            return Err(Wrong::Payoffs { player, expected: total });
        }
        if transitions.len() != total * states {
            return Err(Wrong::Transitions { expected: total * states });
        }
        if discounts.len() != players {
            return Err(Wrong::Discounts);
        }
        for (player, payoffs) in payoffs.iter().enumerate() {
            if let Some(profile) = payoffs.iter().position(|r| !r.is_finite()) {
                return Err(Wrong::Payoff { player, profile });
            }
        }
        for (profile, row) in transitions.chunks(states).enumerate() {
            let sum: f64 = row.iter().sum();
            if row.iter().any(|p| *p < 0.0) || (sum - 1.0).abs() > CLOSE || sum.is_nan() {
                return Err(Wrong::Probabilities { profile, sum });
            }
        }
        if let Some(player) = discounts.iter().position(|d| !(0.0..1.0).contains(d)) {
            return Err(Wrong::Discount { player });
        }
        let begins = begins(actions.iter().flatten().copied());
        let actions = actions.concat();
        Ok(StochasticGame { players, actions, profiles, begins, payoffs, transitions, discounts })
    }

    /// A game in which a player has the same number of actions in all states.
    ///
    /// # Errors
    /// The first thing that is wrong with the arrays.
    pub fn rectangular(
        states: usize,
        actions: &[usize],
        payoffs: Vec<Vec<f64>>,
        transitions: Vec<f64>,
        discounts: Vec<f64>,
    ) -> Result<StochasticGame, Wrong> {
        StochasticGame::new(&vec![actions.to_vec(); states], payoffs, transitions, discounts)
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.profiles.len() - 1
    }

    /// Number of players.
    pub fn players(&self) -> usize {
        self.players
    }

    /// Number of actions of each player in a state.
    pub fn actions(&self, state: usize) -> &[usize] {
        &self.actions[state * self.players..][..self.players]
    }

    /// Number of pairs of a player's action and a state, of all players.
    pub(super) fn choices(&self) -> usize {
        self.begins[self.begins.len() - 1]
    }

    /// The actions of a player in a state, among those of all states and players.
    pub(super) fn own(&self, state: usize, player: usize) -> std::ops::Range<usize> {
        let place = state * self.players + player;
        self.begins[place]..self.begins[place + 1]
    }

    /// The actions of all players in a state.
    pub(super) fn block(&self, state: usize) -> std::ops::Range<usize> {
        self.begins[state * self.players]..self.begins[(state + 1) * self.players]
    }

    /// The profiles of a state, among those of all states.
    pub(super) fn profiles(&self, state: usize) -> std::ops::Range<usize> {
        self.profiles[state]..self.profiles[state + 1]
    }

    /// A player's payoffs, by profile.
    pub(super) fn payoffs(&self, player: usize) -> &[f64] {
        &self.payoffs[player]
    }

    /// Probabilities of next states, by profile.
    pub(super) fn transitions(&self) -> &[f64] {
        &self.transitions
    }

    /// What the next period counts for a player.
    pub(super) fn discount(&self, player: usize) -> f64 {
        self.discounts[player]
    }
}

/// Where each stretch begins, and where the last one ends.
fn begins(lengths: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut begins = vec![0];
    begins.extend(lengths.scan(0, |sum, n| {
        *sum += n;
        Some(*sum)
    }));
    begins
}
