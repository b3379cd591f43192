//! The models of the comparison against obvious code, so that what is timed is known to be the same work.

use melian::{
    Setup,
    model::{Atom, Model, PlayerId},
    solver::{self, Answer, Needs, Options, Plan, Query, Route, answer_all},
};

/// Rounding only.
const TOLERANCE: f64 = 1e-12;

/// Values of all players at the start with these state levels, in order of declaration.
fn values(text: &str, constants: &[(&str, f64)], starts: &[Vec<usize>]) -> Vec<Vec<f64>> {
    let game = melian::compile(text, constants).unwrap();
    let model = game.model();
    let starts: Vec<Vec<usize>> = starts.iter().map(|levels| start(model, levels)).collect();
    let needs = Needs { starts, ..Needs::default() };
    let plan = Plan::new(model, &needs, &Options::default()).unwrap();
    let world = Setup::default().world(model).unwrap();
    let atoms: Vec<Atom> = (0..model.players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
    let queries: Vec<Query<'_>> = needs.starts.iter().map(|start| Query { start, atoms: &atoms }).collect();
    let asked = solver::Game { segments: &world.segments, queries };
    let solved = answer_all(&plan, &[asked], Route::Auto, &mut |_| {}).unwrap();
    let number = |answer: &Answer| match answer {
        Answer::Number(x) => *x,
        Answer::Undefined(why) => panic!("{why}"),
    };
    solved.games[0].iter().map(|a| a.values.iter().map(number).collect()).collect()
}

fn start(model: &Model, levels: &[usize]) -> Vec<usize> {
    let mut start = model.start();
    let states = start.iter_mut().zip(&model.vars).filter(|(_, var)| var.is_state());
    states.zip(levels).for_each(|((place, _), level)| *place = *level);
    start
}

fn assert_near(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (x, y) in found.iter().zip(expected) {
        assert!((x - y).abs() <= TOLERANCE * y.abs().max(1.0), "{what}: {x}, expected {y}");
    }
}

/// Choice probabilities.
fn logit(precision: f64, worth: &[f64]) -> Vec<f64> {
    let best = worth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = worth.iter().map(|x| (precision * (x - best)).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

/// Averages the values of several continuations.
fn mean<const N: usize>(weights: &[f64], values: &[[f64; N]]) -> [f64; N] {
    let mut mean = [0.0; N];
    for (weight, values) in weights.iter().zip(values) {
        mean.iter_mut().zip(values).for_each(|(m, v)| *m += weight * v);
    }
    mean
}

const W1: &str = include_str!("../models/w1.melian");

/// For each player and action of W1: its cost, and which variables it moves by how much.
type Action = (f64, &'static [(usize, i64)]);
const ACTIONS: [[Action; 4]; 3] = [
    [(0.0, &[]), (0.10, &[(0, 1)]), (0.15, &[(1, 1), (4, -1)]), (0.05, &[(3, -1)])],
    [(0.0, &[]), (0.10, &[(0, -1)]), (0.15, &[(2, 1), (4, -1)]), (0.05, &[(3, -1)])],
    [(0.0, &[]), (0.05, &[(3, 1)]), (0.10, &[(1, -1), (2, -1)]), (0.08, &[(5, 1)])],
];
/// For each variable of W1: the chances to go down and up.
const WALKS: [(f64, f64); 6] =
    [(0.15, 0.15), (0.20, 0.10), (0.10, 0.20), (0.25, 0.15), (0.10, 0.10), (0.10, 0.05)];

/// W1 state by state; states in row-major order.
struct Grid {
    sizes: [usize; 6],
}

impl Grid {
    fn states(&self) -> usize {
        self.sizes.iter().product()
    }

    fn levels(&self, mut state: usize) -> [usize; 6] {
        let mut levels = [0; 6];
        for v in (0..6).rev() {
            levels[v] = state % self.sizes[v];
            state /= self.sizes[v];
        }
        levels
    }

    /// The state after some variables have moved, as far as they can.
    fn moved(&self, state: usize, steps: &[(usize, i64)]) -> usize {
        let mut levels = self.levels(state);
        for &(v, step) in steps {
            levels[v] = (levels[v] as i64 + step).clamp(0, self.sizes[v] as i64 - 1) as usize;
        }
        levels.iter().zip(&self.sizes).fold(0, |state, (level, size)| state * size + level)
    }

    fn flow(&self, state: usize) -> [f64; 3] {
        let levels = self.levels(state);
        let [front, arms_a, arms_b, tension, trust, standing] =
            std::array::from_fn(|v| levels[v] as f64 / (self.sizes[v] - 1) as f64);
        [
            front + 0.3 * arms_a - 0.5 * tension,
            (1.0 - front) + 0.3 * arms_b - 0.5 * tension,
            0.5 * standing - tension + 0.2 * trust,
        ]
    }

    /// Values at the start of play.
    fn solve(&self, periods: usize) -> Vec<[f64; 3]> {
        let mut values = vec![[0.0; 3]; self.states()];
        for _ in 0..periods {
            for (v, (down, up)) in WALKS.iter().enumerate() {
                let walk = |state| {
                    let (below, above) = (self.moved(state, &[(v, -1)]), self.moved(state, &[(v, 1)]));
                    mean(&[*down, 1.0 - down - up, *up], &[values[below], values[state], values[above]])
                };
                values = (0..self.states()).map(walk).collect();
            }
            values.iter_mut().flatten().for_each(|x| *x *= 0.96);
            for player in (0..3).rev() {
                let choice = |state| {
                    let worth = ACTIONS[player].map(|(cost, steps)| {
                        let mut worth = values[self.moved(state, steps)];
                        worth[player] -= cost;
                        worth
                    });
                    mean(&logit(2.0, &worth.map(|w| w[player])), &worth)
                };
                values = (0..self.states()).map(choice).collect();
            }
            for (state, values) in values.iter_mut().enumerate() {
                values.iter_mut().zip(self.flow(state)).for_each(|(value, flow)| *value += flow);
            }
        }
        values
    }
}

#[test]
fn w1_is_the_same_in_obvious_code() {
    let grid = Grid { sizes: [3, 4, 2, 3, 2, 3] };
    let constants = [
        ("periods", 5.0),
        ("front_levels", 3.0),
        ("arms_A_levels", 4.0),
        ("arms_B_levels", 2.0),
        ("tension_levels", 3.0),
        ("trust_levels", 2.0),
        ("standing_levels", 3.0),
    ];
    let starts: Vec<Vec<usize>> = (0..grid.states()).map(|state| grid.levels(state).to_vec()).collect();
    let found = values(W1, &constants, &starts);
    for (state, expected) in grid.solve(5).iter().enumerate() {
        assert_near(&found[state], expected, &format!("state {state}"));
    }
}

const W3: &str = include_str!("../models/w3.melian");

/// Payoffs of W3 from a round on, through the whole tree.
fn offers(round: i32, rounds: i32) -> [f64; 2] {
    if round > rounds {
        return [0.20 * 0.9f64.powi(rounds), 0.30 * 0.9f64.powi(rounds)];
    }
    let proposer = (round as usize - 1) % 2;
    let worth = 0.9f64.powi(round - 1);
    let offers: Vec<[f64; 2]> = (1..=5)
        .map(|k| {
            let share = f64::from(k) / 6.0;
            let mut accepted = [share * worth; 2];
            accepted[proposer] = (1.0 - share) * worth;
            let answers = [accepted, offers(round + 1, rounds)];
            mean(&logit(1.0, &answers.map(|a| a[1 - proposer])), &answers)
        })
        .collect();
    let worth: Vec<f64> = offers.iter().map(|o| o[proposer]).collect();
    mean(&logit(1.0, &worth), &offers)
}

#[test]
fn w3_is_the_same_in_obvious_code() {
    for rounds in 1..=5 {
        let found = values(W3, &[("rounds", f64::from(rounds))], &[vec![]]);
        assert_near(&found[0], &offers(1, rounds), &format!("{rounds} rounds"));
    }
}
