//! Games without end whose equilibria are known: wars of attrition, crises, entry and exit.

use melian_solve::{
    arrays::{Begin, Convention, Equilibrium, Period, Play, StochasticGame, solve},
    stage::{NormalForm, Stride, principal_branch},
    stationary::{Doubt, Effort, Method, Selection, by_homotopy, from_start, from_zero, starts},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn close(name: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{name}: {found} and not {expected}");
}

fn play(players: usize, precision: f64, convention: Convention) -> Play {
    Play { precisions: vec![precision; players], convention }
}

/// The discrete war of attrition (Hendricks, Weiss and Wilson 1988): whoever quits leaves the prize of 1 to the other;
/// while both stay, each pays 0.1.
fn attrition() -> StochasticGame {
    // Quit or stay; then it is over. Profiles: quit–quit, quit–stay, stay–quit, stay–stay.
    let payoffs = vec![vec![0.0, 0.0, 1.0, -0.1, 0.0], vec![0.0, 1.0, 0.0, -0.1, 0.0]];
    let (again, over) = ([1.0, 0.0], [0.0, 1.0]);
    let transitions = [over, over, over, again, over].concat();
    StochasticGame::new(&[vec![2, 2], vec![1, 1]], payoffs, transitions, vec![0.95; 2]).unwrap()
}

#[test]
fn attrition_stays_symmetric() {
    let game = attrition();
    let cases = [
        (Convention::Payoff, 1.0, 0.3777482189, 0.310576391),
        (Convention::Payoff, 5.0, 0.1902144423, 0.2346138881),
        (Convention::Payoff, 20.0, 0.1146336694, 0.09049594572),
        (Convention::Payoff, 100.0, 0.0954620976, 0.02034029789),
        (Convention::Payoff, 1000.0, 0.09135944409, 0.002087281769),
        (Convention::Emax, 5.0, 0.1299530652, 0.4081163861),
    ];
    for (convention, precision, quit, value) in cases {
        for begin in [Begin::Uniform, Begin::Zero] {
            let found = solve(&game, &play(2, precision, convention), &begin, &Effort::default());
            let found = found.unwrap_or_else(|e| panic!("{convention:?} {precision} {begin:?}: {e:?}"));
            for player in 0..2 {
                let name = format!("{convention:?} {precision} {begin:?}, player {player}");
                close(&name, found.strategies[player][0][0], quit, 1e-8);
                close(&name, found.values[player][0], value, 1e-8);
            }
            assert!(found.report.error < 1e-9);
        }
    }
}

/// Parameters of a crisis between two countries.
struct Crisis {
    beta: [[f64; 3]; 2],
    kappa: [[f64; 3]; 2],
    gamma: [f64; 3],
    alpha: [f64; 2],
}

impl Crisis {
    /// The game of Crisman-Cox and Gibilisco (2018): peace, crisis and war are actions and states, and the next state is
    /// the harsher of both actions.
    fn game(&self) -> StochasticGame {
        let mut payoffs = vec![Vec::new(); 2];
        let mut transitions = Vec::new();
        for s in 0..3 {
            for a in 0..3 {
                for b in 0..3 {
                    for (i, (own, other)) in [(a, b), (b, a)].into_iter().enumerate() {
                        let both = if a > 0 && b > 0 { self.gamma[s] } else { 0.0 };
                        let backs_down = if s > 0 && other >= s && own < s { self.alpha[i] } else { 0.0 };
                        payoffs[i].push(self.beta[i][s] + self.kappa[i][own] + both + backs_down);
                    }
                    transitions.extend((0..3).map(|next| f64::from(u8::from(next == a.max(b)))));
                }
            }
        }
        StochasticGame::rectangular(3, &[3, 3], payoffs, transitions, vec![0.9; 2]).unwrap()
    }
}

/// How often each state is seen in the long run, the next state being the harsher of both actions.
fn invariant(strategies: &[Vec<Vec<f64>>]) -> [f64; 3] {
    let mut law = [1.0 / 3.0; 3];
    for _ in 0..5000 {
        let mut next = [0.0; 3];
        for s in 0..3 {
            for a in 0..3 {
                for b in 0..3 {
                    next[a.max(b)] += law[s] * strategies[0][s][a] * strategies[1][s][b];
                }
            }
        }
        law = next;
    }
    law
}

fn toy(alpha: f64) -> Crisis {
    Crisis {
        beta: [[0.0, -0.5, -1.5], [0.0, -0.4, -1.0]],
        kappa: [[0.0, -2.0, -3.5], [0.0, -1.5, -3.0]],
        gamma: [-1.0, -0.5, 1.0],
        alpha: [alpha, -4.0],
    }
}

#[test]
fn a_crisis_with_one_equilibrium() {
    let crisis_play = play(2, 1.0, Convention::Emax);
    let at = |alpha: f64, begin: Begin| -> Equilibrium {
        solve(&toy(alpha).game(), &crisis_play, &begin, &Effort::default()).unwrap()
    };
    let found = at(-2.0, Begin::Zero);
    let peace = [[0.9353740122, 0.9062727408, 0.9170501261], [0.883576452, 0.8340541079, 0.8654578185]];
    let values = [[-0.3213006559, -1.16368211, -1.858076722], [0.7906096253, 0.05323337761, -0.2385702155]];
    let law = [0.8143396897, 0.1599447166, 0.02571559373];
    for s in 0..3 {
        for i in 0..2 {
            close("peace", found.strategies[i][s][0], peace[i][s], 1e-8);
            close("value", found.values[i][s], values[i][s], 1e-8);
        }
        close("law", invariant(&found.strategies)[s], law[s], 1e-8);
    }
    let uniform = at(-2.0, Begin::Uniform);
    close("from uniform play", uniform.strategies[0][1][0], found.strategies[0][1][0], 1e-10);
    let war = |alpha| invariant(&at(alpha, Begin::Zero).strategies)[2];
    let slope = (war(-2.0 + 1e-3) - war(-2.0 - 1e-3)) / 2e-3;
    close("change of war with audience costs", slope, -0.0003298508194, 1e-8);

    let path: [(usize, usize); 7] = [(0, 0), (1, 0), (1, 1), (2, 1), (0, 0), (0, 1), (0, 0)];
    let (mut s, mut likelihood) = (0, 0.0);
    for (a, b) in path {
        likelihood += (found.strategies[0][s][a] * found.strategies[1][s][b]).ln();
        s = a.max(b);
    }
    close("likelihood", likelihood, -17.03748497, 1e-8);

    let game = toy(-2.0).game();
    let all = starts(&mut Period::new(&game, &crisis_play), 300, 7, &Effort::default());
    assert_eq!(all.found.len(), 1, "{all:?}");
    assert_eq!(all.found[0].solution.report.index, Some(1));
    assert!(all.found[0].times > 200, "{} of 300 starts", all.found[0].times);
}

/// United States and Cuba, as estimated by Crisman-Cox and Gibilisco (2018).
fn estimated() -> Crisis {
    Crisis {
        beta: [[0.0, 19.2623491, 19.0972747], [0.0, 19.25359566, 19.31105534]],
        kappa: [[0.0, -20.55252948, -21.64438948], [0.0, -20.94392469, -21.214425]],
        gamma: [-48.24506818, 9.322797958, 13.83602805],
        alpha: [-16.92113016, -14.80297659],
    }
}

#[test]
fn a_published_equilibrium_that_no_iteration_reaches() {
    let peace = [[0.9780395672, 0.8795857147, 0.9520161856], [0.9873072194, 0.8910449495, 0.9500944023]];
    let game = estimated().game();
    let crisis_play = play(2, 1.0, Convention::Emax);
    let mut period = Period::new(&game, &crisis_play);
    let effort = Effort::default();

    let zero = from_zero(&mut period, &effort).unwrap();
    let elsewhere = period.strategies(&zero.x);
    assert!((elsewhere[0][0][0] - peace[0][0]).abs() > 0.01, "from zero: {elsewhere:?}");

    let all = starts(&mut period, 400, 11, &effort);
    assert!(all.found.len() >= 5, "{} equilibria", all.found.len());
    assert!(all.found.iter().any(|f| f.solution.report.index == Some(-1)));
    for (n, a) in all.found.iter().enumerate() {
        for b in &all.found[..n] {
            let apart = a.solution.choices.iter().zip(&b.solution.choices).map(|(p, q)| (p - q).abs());
            assert!(apart.fold(0.0, f64::max) > 1e-6);
        }
    }

    // Published is how likely peace is; crisis and war are shared out as they are near it.
    let mut strategies: Vec<Vec<Vec<f64>>> = peace
        .iter()
        .map(|own| own.iter().map(|p| vec![*p, 0.6 * (1.0 - p), 0.4 * (1.0 - p)]).collect())
        .collect();
    let start = period.start_at(&strategies);
    let solution = from_start(&mut period, &start, &effort).unwrap();
    strategies = period.strategies(&solution.x);
    for i in 0..2 {
        for s in 0..3 {
            close("peace", strategies[i][s][0], peace[i][s], 1e-8);
        }
    }
    let law = [0.9601089582, 0.0254931053, 0.01439793651];
    (0..3).for_each(|s| close("law", invariant(&strategies)[s], law[s], 1e-8));
    close("radius", solution.report.radius.value, 1.253986353, 1e-8);
    // One eigenvalue is above 1, and real.
    assert_eq!(solution.report.index, Some(-1));
    assert_eq!(solution.report.selection, Selection::Start);
    assert_eq!(solution.report.doubts(), [Doubt::Others, Doubt::Repels]);
    let branch = by_homotopy(&mut period, &effort).unwrap();
    assert_eq!(branch.report.index, Some(1));
}

/// Entry and exit of five firms (Aguirregabiria and Mira 2007): a market of five sizes, and who was active before.
fn entry(rivalry: f64) -> StochasticGame {
    let fixed = [-1.9, -1.8, -1.7, -1.6, -1.5];
    let (mut payoffs, mut transitions) = (vec![Vec::new(); 5], Vec::new());
    for size in 0..5 {
        for before in 0..32 {
            for now in 0..32 {
                for (i, fixed) in fixed.iter().enumerate() {
                    let (was, is) = (active(before, i), active(now, i));
                    let others = (0..5).filter(|&j| j != i).map(|j| active(now, j)).sum::<f64>();
                    let profit = fixed + (size + 1) as f64 - rivalry * (1.0 + others).ln() - (1.0 - was);
                    payoffs[i].push(is * profit);
                }
                let row = transitions.len();
                transitions.resize(row + 160, 0.0);
                for next in 0..5 {
                    transitions[row + next * 32 + now] = walk(size, next);
                }
            }
        }
    }
    StochasticGame::rectangular(160, &[2; 5], payoffs, transitions, vec![0.95; 5]).unwrap()
}

fn active(profile: usize, firm: usize) -> f64 {
    (profile >> (4 - firm) & 1) as f64
}

fn walk(from: usize, to: usize) -> f64 {
    match from.abs_diff(to) {
        0 if from == 0 || from == 4 => 0.8,
        0 => 0.6,
        1 => 0.2,
        _ => 0.0,
    }
}

/// Mean, deviation and persistence of the number of firms; entries, turnover beyond need, and correlation of entries and
/// exits; how often each firm is active.
fn moments(strategies: &[Vec<Vec<f64>>]) -> Vec<f64> {
    let chance = |state: usize, now: usize| -> f64 {
        (0..5).map(|i| strategies[i][state][active(now, i) as usize]).product()
    };
    let table: Vec<f64> = (0..160 * 32).map(|k| chance(k / 32, k % 32)).collect();
    let mut law = vec![1.0 / 160.0; 160];
    for _ in 0..600 {
        let mut next = vec![0.0; 160];
        for state in 0..160 {
            for now in 0..32 {
                let mass = law[state] * table[state * 32 + now];
                for size in (state / 32).saturating_sub(1)..=(state / 32 + 1).min(4) {
                    next[size * 32 + now] += mass * walk(state / 32, size);
                }
            }
        }
        law = next;
    }
    let mean = |of: &dyn Fn(usize, usize) -> f64| -> f64 {
        (0..160 * 32).map(|k| law[k / 32] * table[k] * of(k / 32 % 32, k % 32)).sum()
    };
    let n = |profile: usize| f64::from(profile.count_ones());
    let enter = |before: usize, now: usize| n(now & !before);
    let leave = |before: usize, now: usize| n(before & !now);
    let number = mean(&|_, now| n(now));
    let variance = mean(&|_, now| n(now).powi(2)) - number.powi(2);
    let persistence = (mean(&|before, now| n(before) * n(now)) - number.powi(2)) / variance;
    let (entries, exits) = (mean(&enter), mean(&leave));
    let turnover = mean(&|b, now| enter(b, now) + leave(b, now) - (enter(b, now) - leave(b, now)).abs());
    let spread =
        |of: &dyn Fn(usize, usize) -> f64, m: f64| (mean(&|b, now| of(b, now).powi(2)) - m * m).sqrt();
    let together = mean(&|b, now| enter(b, now) * leave(b, now)) - entries * exits;
    let correlation = together / spread(&enter, entries) / spread(&leave, exits);
    let mut all = vec![number, variance.sqrt(), persistence, entries, turnover, correlation];
    all.extend((0..5).map(|i| mean(&|_, now| active(now, i))));
    all
}

fn check_entry(rivalry: f64, expected: &[f64]) -> Equilibrium {
    let game = entry(rivalry);
    let found = solve(&game, &play(5, 1.0, Convention::Emax), &Begin::Zero, &Effort::default()).unwrap();
    for (name, (found, expected)) in moments(&found.strategies).iter().zip(expected).enumerate() {
        close(&format!("rivalry {rivalry}, moment {name}"), *found, *expected, 1e-8);
    }
    found
}

#[test]
fn entry_and_exit_little_rivalry() {
    let expected = [
        2.766929339,
        1.660879032,
        0.7078385091,
        0.6922412977,
        0.4606154669,
        -0.1730382404,
        0.4974781408,
        0.5250449513,
        0.5530297535,
        0.581374119,
        0.610002374,
    ];
    let found = check_entry(1.0, &expected);
    assert!(found.report.radius.value < 1.0);
    assert_eq!(found.report.selection, Selection::PlainIteration);
}

#[test]
fn entry_and_exit_more_rivalry() {
    let expected = [1.7175844, 1.298721729, 0.5009591437, 0.7251765756, 0.4888050245, -0.2066500938];
    let found = check_entry(2.5, &expected);
    close("radius", found.report.radius.value, 1.0599820, 1e-5);
    assert!(found.report.method >= Method::Anderson);
    assert_eq!(found.report.selection, Selection::FromZero(found.report.method));
}

#[test]
fn entry_and_exit_most_rivalry() {
    let expected = [1.229992265, 1.006345685, 0.361517905, 0.5538207791, 0.2946951527, -0.1801003463];
    let found = check_entry(4.0, &expected);
    close("radius", found.report.radius.value, 1.6545959, 1e-5);
    assert!(found.report.method >= Method::Anderson);
    let enters = [0.1143151701, 0.1345686388, 0.1640768376, 0.2217312421, 0.4484391286];
    for (i, expected) in enters.into_iter().enumerate() {
        close("enters a market of middle size", found.strategies[i][2 * 32][1], expected, 1e-8);
    }
}

#[test]
fn branches_that_cross_are_seen() {
    let game = attrition();
    let mut period = Period::new(&game, &play(2, 1000.0, Convention::Payoff));
    let solution = by_homotopy(&mut period, &Effort::default()).unwrap();
    let path = solution.report.path.unwrap();
    assert_eq!(solution.report.selection, Selection::Homotopy);
    assert!(path.is_guarded && path.crossings >= 1, "asymmetric branches leave the symmetric one: {path:?}");
}

/// Games played once, by this many players with two actions each.
fn once(players: usize, payoffs: Vec<Vec<f64>>) -> StochasticGame {
    let profiles = 1 << players;
    StochasticGame::rectangular(1, &vec![2; players], payoffs, vec![1.0; profiles], vec![0.0; players])
        .unwrap()
}

#[test]
fn stag_hunt_and_hawk_dove_keep_to_their_branches() {
    let stag = once(2, vec![vec![10.0, 1.0, 8.0, 5.0], vec![10.0, 8.0, 1.0, 5.0]]);
    let hawk = once(2, vec![vec![-1.0, 1.0, 0.0, 0.5], vec![-1.0, 0.0, 1.0, 0.5]]);
    let cases = [
        (&stag, 0.1, 0.470628066, 0),
        (&stag, 0.5, 0.1958460469, 0),
        (&stag, 2.0, 0.0003367073928, 0),
        (&hawk, 1.0, 0.454636427, 0),
        (&hawk, 5.0, 0.3919070653, 1),
        (&hawk, 10.0, 0.3690782196, 1),
    ];
    for (game, precision, expected, crossings) in cases {
        let play = play(2, precision, Convention::Payoff);
        let found = solve(game, &play, &Begin::Uniform, &Effort::default()).unwrap();
        for i in 0..2 {
            close("first action", found.strategies[i][0][0], expected, 1e-9);
        }
        assert_eq!(found.report.path.unwrap().crossings, crossings);
    }
    let all = starts(&mut Period::new(&stag, &play(2, 2.0, Convention::Payoff)), 200, 5, &Effort::default());
    for expected in [0.0003367073928, 0.7650451009, 0.976213464] {
        let there = all.found.iter().find(|f| (f.solution.choices[0] - expected).abs() < 1e-9);
        let index = there.and_then(|f| f.solution.report.index);
        assert_eq!(index, Some(if expected == 0.7650451009 { -1 } else { 1 }), "{expected}");
    }
}

#[test]
fn branches_are_those_of_a_game_played_once() {
    let mut folded = 0;
    for seed in 0..80 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let payoffs: Vec<Vec<f64>> = (0..3).map(|_| (0..8).map(|_| random.random()).collect()).collect();
        let lambda = [15.0, 20.0, 30.0];
        let expected =
            principal_branch(&NormalForm::new(vec![2; 3], payoffs.clone()), &lambda, Stride::default())
                .unwrap();
        let play = Play { precisions: lambda.to_vec(), convention: Convention::Payoff };
        let found = solve(&once(3, payoffs), &play, &Begin::Uniform, &Effort::default()).unwrap();
        for i in 0..3 {
            close(&format!("seed {seed}"), found.strategies[i][0][0], expected.q[i][0], 1e-9);
        }
        assert_eq!(found.report.path.unwrap().folds, expected.folds, "seed {seed}");
        folded += usize::from(expected.folds > 0);
    }
    assert!(folded > 0, "no branch turned back");
}

#[test]
fn threads_change_no_bit() {
    let game = entry(1.0);
    let play = play(5, 1.0, Convention::Emax);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| solve(&game, &play, &Begin::Zero, &Effort::default()).unwrap())
    };
    assert_eq!(on(1), on(3));
}
