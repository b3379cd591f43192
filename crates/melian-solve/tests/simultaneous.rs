//! The principal branch against published equilibria, differences, and another program.

use melian_solve::stage::{NormalForm, Simultaneous, Stride, principal_branch};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn two(row: [[f64; 2]; 2], column: [[f64; 2]; 2]) -> NormalForm {
    NormalForm::new(vec![2, 2], vec![row.concat(), column.concat()])
}

/// V08: Ochs (1995), as in McKelvey and Palfrey (1995).
#[test]
fn matching_pennies() {
    let game = two([[1.1141, 0.0], [0.0, 0.2785]], [[0.0, 1.1141], [1.1141, 0.0]]);
    for (lambda, up, left) in [
        (1.0, 0.5867840367, 0.4518070314),
        (2.0, 0.6175219459, 0.3719816642),
        (3.0, 0.6168968501, 0.3140163618),
        (10.0, 0.5576885206, 0.2166297761),
        (100.0, 0.5062169837, 0.2001642196),
    ] {
        let found = principal_branch(&game, &[lambda; 2], Stride::default()).unwrap();
        assert!((found.q[0][0] - up).abs() < 1e-9, "{lambda}: {found:?}");
        assert!((found.q[1][0] - left).abs() < 1e-9, "{lambda}: {found:?}");
        assert_eq!((found.folds, found.crossings, found.index), (0, 0, 1.0));
    }
}

/// V09.
#[test]
fn stag_hunt() {
    let game = two([[10.0, 1.0], [8.0, 5.0]], [[10.0, 8.0], [1.0, 5.0]]);
    for (lambda, stag) in
        [(0.1, 0.470628066), (0.5, 0.1958460469), (1.0, 0.0202644786), (2.0, 0.0003367073928)]
    {
        let found = principal_branch(&game, &[lambda; 2], Stride::default()).unwrap();
        assert!((found.q[0][0] - stag).abs() < 1e-9, "{lambda}: {found:?}");
    }
}

/// V09.
#[test]
fn hawk_and_dove() {
    let (v, c) = (1.0, 3.0);
    let row = [[(v - c) / 2.0, v], [0.0, v / 2.0]];
    let game = two(row, [[row[0][0], row[1][0]], [row[0][1], row[1][1]]]);
    for (lambda, hawk, crossings) in
        [(1.0, 0.454636427, 0), (3.0, 0.4121974599, 1), (5.0, 0.3919070653, 1), (10.0, 0.3690782196, 1)]
    {
        let found = principal_branch(&game, &[lambda; 2], Stride::default()).unwrap();
        assert!((found.q[0][0] - hawk).abs() < 1e-9, "{lambda}: {found:?}");
        assert!((found.q[1][0] - hawk).abs() < 1e-9, "{lambda}: {found:?}");
        assert_eq!(found.crossings, crossings, "{lambda}: {found:?}");
    }
}

/// A game with payoffs from 0 to 1.
fn random_game(rng: &mut ChaCha8Rng, actions: Vec<usize>) -> NormalForm {
    let profiles: usize = actions.iter().product();
    let payoffs =
        actions.iter().map(|_| (0..profiles).map(|_| rng.random_range(0.0..1.0)).collect()).collect();
    NormalForm::new(actions, payoffs)
}

/// What (1) makes of play.
fn response(game: &NormalForm, lambda: &[f64], q: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let of = |(i, own): (usize, &Vec<f64>)| {
        let mut worth = vec![0.0; own.len()];
        game.payoffs(i, q, &mut worth);
        let top = worth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let e: Vec<f64> = worth.iter().map(|u| (lambda[i] * (u - top)).exp()).collect();
        let sum: f64 = e.iter().sum();
        e.iter().map(|e| e / sum).collect()
    };
    q.iter().enumerate().map(of).collect()
}

#[test]
fn what_is_found_is_an_equilibrium() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for actions in [vec![2, 3], vec![4, 4], vec![2, 3, 4], vec![2, 2, 2, 2, 2]] {
        for _ in 0..20 {
            let game = random_game(&mut rng, actions.clone());
            let lambda: Vec<f64> = actions.iter().map(|_| rng.random_range(0.5..15.0)).collect();
            let found = principal_branch(&game, &lambda, Stride::default()).unwrap();
            for (q, r) in found.q.iter().zip(response(&game, &lambda, &found.q)) {
                q.iter().zip(r).for_each(|(q, r)| assert!((q - r).abs() < 1e-11, "{found:?}"));
            }
            // The same with steps a tenth as long.
            let careful = Stride { longest: 0.1, ..Stride::default() };
            let again = principal_branch(&game, &lambda, careful).unwrap();
            for (q, r) in found.q.iter().flatten().zip(again.q.iter().flatten()) {
                assert!((q - r).abs() < 1e-9, "{found:?} {again:?}");
            }
            assert_eq!(found.folds % 2, 0, "{found:?}");
            assert_eq!((found.crossings, found.index), (0, 1.0), "{found:?}");
        }
    }
}

/// Payoffs are sums over profiles, and slopes their derivatives.
#[test]
fn payoffs_and_slopes_are_sums_over_profiles() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let actions = vec![2, 3, 4];
    let game = random_game(&mut rng, actions.clone());
    let q: Vec<Vec<f64>> =
        actions.iter().map(|&n| (0..n).map(|_| rng.random_range(0.0..1.0)).collect()).collect();
    let worth = |i: usize, q: &[Vec<f64>]| {
        let mut worth = vec![0.0; actions[i]];
        game.payoffs(i, q, &mut worth);
        worth
    };
    for i in 0..3 {
        let mut obvious = vec![0.0; actions[i]];
        for (profile, u) in game.payoffs_of(i).iter().enumerate() {
            let played = [profile / 12, profile / 4 % 3, profile % 4];
            let others: f64 = (0..3).filter(|&j| j != i).map(|j| q[j][played[j]]).product();
            obvious[played[i]] += u * others;
        }
        worth(i, &q).iter().zip(&obvious).for_each(|(x, y)| assert!((x - y).abs() < 1e-14));
        for j in (0..3).filter(|&j| j != i) {
            let slopes = game.slopes(i, j, &q);
            for b in 0..actions[j] {
                let mut more = q.clone();
                more[j][b] += 1.0;
                for a in 0..actions[i] {
                    let difference = worth(i, &more)[a] - worth(i, &q)[a];
                    assert!((slopes[(a, b)] - difference).abs() < 1e-13);
                }
            }
        }
    }
}

/// Random games with the answers of Gambit 17.0.0b2, as `bench/peers/simultaneous_gambit.py` writes them;
/// `MELIAN_GAMBIT_GAMES=FILE` takes others.
#[test]
fn as_gambit_finds() {
    let text = match std::env::var("MELIAN_GAMBIT_GAMES") {
        Ok(file) => std::fs::read_to_string(file).unwrap(),
        Err(_) => include_str!("published/gambit.txt").into(),
    };
    let list = |text: &str| -> Vec<f64> { text.split_whitespace().map(|x| x.parse().unwrap()).collect() };
    let lists = |text: &str| -> Vec<Vec<f64>> { text.split('|').map(list).collect() };
    let mut worst = (0.0, String::new());
    let mut games = 0;
    for line in text.lines() {
        let parts: Vec<&str> = line.split(';').collect();
        let [actions, lambda, payoffs, expected] = parts[..] else { panic!("{line}") };
        let actions: Vec<usize> = list(actions).iter().map(|n| *n as usize).collect();
        let lambda = vec![list(lambda)[0]; actions.len()];
        let found =
            principal_branch(&NormalForm::new(actions, lists(payoffs)), &lambda, Stride::default()).unwrap();
        let expected = lists(expected);
        for (x, y) in found.q.iter().flatten().zip(expected.iter().flatten()) {
            if (x - y).abs() > worst.0 {
                worst = ((x - y).abs(), format!("{line} {found:?}"));
            }
        }
        games += 1;
    }
    println!("{games} games, off by {:e} at most", worst.0);
    assert!(games > 0 && worst.0 < 1e-7, "off by {} at {}", worst.0, worst.1);
}

/// Where the equilibrium mixes, its payoffs differ by little and precision makes much of what rounding leaves of that.
#[test]
fn high_precision_and_none_at_all() {
    use melian_solve::stage::equilibrium;
    let alike = |u: [f64; 4]| NormalForm::new(vec![2, 2], vec![u.to_vec(), vec![u[0], u[2], u[1], u[3]]]);
    // Chicken: who stays alone gains 1, both lose 0.1: each quits with probability 1/11.
    let chicken = alike([0.0, 0.0, 1.0, -0.1]);
    for lambda in [200.0, 2000.0, 2e5, f64::INFINITY] {
        let found = equilibrium(&chicken, &[lambda; 2], None).unwrap();
        let within = if lambda.is_infinite() { 1e-12 } else { 3.0 / lambda };
        for q in &found.q {
            assert!((q[0] - 1.0 / 11.0).abs() < within, "{lambda}: {q:?}");
        }
    }
    // Asymmetric matching pennies (Ochs 1995): the Nash equilibrium of the catalogue.
    let pennies =
        NormalForm::new(vec![2, 2], vec![vec![1.1141, 0.0, 0.0, 0.2785], vec![0.0, 1.1141, 1.1141, 0.0]]);
    let found = equilibrium(&pennies, &[f64::INFINITY; 2], None).unwrap();
    assert!((found.q[0][0] - 0.5).abs() < 1e-12 && (found.q[1][0] - 0.1999856384).abs() < 1e-9);
}
