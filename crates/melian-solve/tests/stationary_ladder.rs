//! The ladder from plain iteration to Newton's method, on maps whose fixed points and eigenvalues are known.

use melian_solve::{
    arrays::{Convention, Period, Play, StochasticGame},
    stationary::{Doubt, Effort, Lost, Map, Method, Selection, by_homotopy, from_start, from_zero, starts},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// x ← τ·x* + A·(x − τ·x*) + c·(x − τ·x*)², A triangular with these eigenvalues, at the share τ.
struct Known {
    eigenvalues: Vec<f64>,
    bend: f64,
    share: f64,
    at: Vec<f64>,
}

impl Known {
    fn new(eigenvalues: &[f64], bend: f64) -> Known {
        Known { eigenvalues: eigenvalues.to_vec(), bend, share: 1.0, at: vec![0.0; eigenvalues.len()] }
    }

    fn answer(entry: usize) -> f64 {
        1.0 + (entry as f64).sin()
    }
}

impl Map for Known {
    fn size(&self) -> usize {
        self.at.len()
    }

    fn player(&self, entry: usize) -> usize {
        entry % 2
    }

    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        self.at.copy_from_slice(x);
        let away = |e: usize| x[e] - self.share * Known::answer(e);
        for e in 0..x.len() {
            let next = if e + 1 < x.len() { 0.3 * away(e + 1) } else { 0.0 };
            to[e] = self.share * Known::answer(e)
                + self.eigenvalues[e] * away(e)
                + next
                + self.bend * away(e).powi(2);
        }
        Ok(())
    }

    fn tangent(&mut self, d: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        for e in 0..d.len() {
            let next = if e + 1 < d.len() { 0.3 * d[e + 1] } else { 0.0 };
            let bend = 2.0 * self.bend * (self.at[e] - self.share * Known::answer(e));
            to[e] = (self.eigenvalues[e] + bend) * d[e] + next;
        }
        Ok(())
    }

    fn choices(&mut self, to: &mut Vec<f64>) {
        to.extend(self.at.iter().map(|x| 1.0 / (1.0 + (-x).exp())));
    }

    fn at_share(&mut self, share: f64) -> bool {
        self.share = share;
        true
    }
}

#[test]
fn eigenvalues_decide() {
    let cases: [(&[f64], f64, Method, Selection, i8); 5] = [
        (&[0.5, -0.3, 0.2], 0.01, Method::Plain, Selection::FiniteHorizon, 1),
        // A long tail, but no cycle: the limit of plain iteration all the same.
        (&[0.999, -0.3, 0.2], 0.0, Method::Anderson, Selection::FiniteHorizon, 1),
        (&[0.5, -1.65, 0.2], 0.0, Method::Damped, Selection::FromZero(Method::Damped), 1),
        (&[0.98, -1.65, 0.2], 0.0, Method::Anderson, Selection::FromZero(Method::Anderson), 1),
        (&[0.5, 1.3, 0.2], 0.0, Method::Anderson, Selection::FromZero(Method::Anderson), -1),
    ];
    for (eigenvalues, bend, method, selection, index) in cases {
        let found = from_zero(&mut Known::new(eigenvalues, bend), &Effort::default()).unwrap();
        let report = &found.report;
        for (e, x) in found.x.iter().enumerate() {
            assert!((x - Known::answer(e)).abs() < 1e-9, "{eigenvalues:?}: {x}");
        }
        let radius = eigenvalues.iter().fold(0.0, |r: f64, e| r.max(e.abs()));
        assert_eq!((report.method, report.selection), (method, selection), "{eigenvalues:?}");
        assert_eq!(report.index, Some(index), "{eigenvalues:?}");
        assert!((report.radius.value - radius).abs() < 1e-9, "{eigenvalues:?}: {:?}", report.radius);
        assert!(report.applications < 500, "{eigenvalues:?}: {}", report.applications);
        assert!(report.error < 1e-10 && !report.is_near_fold(), "{eigenvalues:?}: {report:?}");
    }
}

#[test]
fn a_fold_is_reported() {
    // Both solutions of x = x − (x − 1)² are one.
    let mut map = Known::new(&[1.0, 0.0], -1.0);
    let found = from_start(&mut map, &[Known::answer(0), Known::answer(1)], &Effort::default()).unwrap();
    assert_eq!(found.report.index, Some(0));
    assert_eq!(found.report.doubts(), [Doubt::NearFold, Doubt::Repels]);
}

#[test]
fn large_maps_take_products_only() {
    let eigenvalues: Vec<f64> = (0..2500).map(|e| 0.6 * (e as f64).cos()).collect();
    let mut map = Known::new(&[&[-1.4, 0.97], &eigenvalues[..]].concat(), 0.001);
    let found = from_zero(&mut map, &Effort::default()).unwrap();
    let report = &found.report;
    assert!(report.method >= Method::Anderson, "{report:?}");
    assert!((report.radius.value - 1.4).abs() < 1e-3, "{report:?}");
    assert_eq!(report.index, None);
    assert!(report.error < 1e-10);
    let from_near: Vec<f64> = found.x.iter().map(|x| x + 0.05).collect();
    let again = from_start(&mut map, &from_near, &Effort::default()).unwrap();
    assert_eq!(again.report.method, Method::Newton);
    assert!(found.x.iter().zip(&again.x).all(|(x, y)| (x - y).abs() < 1e-9));
    let branch = by_homotopy(&mut map, &Effort::default()).unwrap();
    assert!(!branch.report.path.unwrap().is_guarded);
    assert!(found.x.iter().zip(&branch.x).all(|(x, y)| (x - y).abs() < 1e-9));
}

/// A map that jumps between two points and has none that stays.
struct Jumps;

impl Map for Jumps {
    fn size(&self) -> usize {
        1
    }

    fn player(&self, _: usize) -> usize {
        0
    }

    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        to[0] = if x[0] < 0.5 { 1.0 } else { 0.0 };
        Ok(())
    }

    fn tangent(&mut self, _: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        to[0] = 0.0;
        Ok(())
    }

    fn choices(&mut self, _: &mut Vec<f64>) {}
}

#[test]
fn a_cycle_is_no_solution() {
    let unsettled = from_zero(&mut Jumps, &Effort::default()).unwrap_err();
    assert_eq!(unsettled.cycle, Some(2));
    assert!(unsettled.residual > 0.1);
    let all = starts(&mut Jumps, 20, 1, &Effort::default());
    assert!(all.found.is_empty() && all.unsettled == 20);
    assert!(by_homotopy(&mut Jumps, &Effort::default()).is_err());
}

/// Alternating offers without end (Rubinstein 1982) of shares 0, 1/N, …, 1 with logit choices: values of who proposes and
/// of who responds.
struct Offers {
    precision: f64,
    at: [f64; 2],
}

const SHARES: usize = 100;
const DISCOUNT: f64 = 0.9;

impl Offers {
    /// For each offer, how likely it is accepted and made.
    fn behaviour(&self) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let [proposer, responder] = self.at.map(|v| DISCOUNT * v);
        let offers: Vec<f64> = (0..=SHARES).map(|k| k as f64 / SHARES as f64).collect();
        let accepted: Vec<f64> =
            offers.iter().map(|o| 1.0 / (1.0 + (-self.precision * (o - proposer)).exp())).collect();
        let worth: Vec<f64> =
            offers.iter().zip(&accepted).map(|(o, a)| a * (1.0 - o) + (1.0 - a) * responder).collect();
        let top = worth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let made: Vec<f64> = worth.iter().map(|w| (self.precision * (w - top)).exp()).collect();
        let sum: f64 = made.iter().sum();
        (accepted, made.iter().map(|p| p / sum).collect(), worth)
    }
}

impl Map for Offers {
    fn size(&self) -> usize {
        2
    }

    fn player(&self, entry: usize) -> usize {
        entry
    }

    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        self.at = [x[0], x[1]];
        let (accepted, made, worth) = self.behaviour();
        to[0] = made.iter().zip(&worth).map(|(p, w)| p * w).sum();
        let response =
            |k: usize| accepted[k] * k as f64 / SHARES as f64 + (1.0 - accepted[k]) * DISCOUNT * x[0];
        to[1] = (0..=SHARES).map(|k| made[k] * response(k)).sum();
        Ok(())
    }

    fn tangent(&mut self, d: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        let (accepted, made, worth) = self.behaviour();
        let [proposer, responder] = self.at.map(|v| DISCOUNT * v);
        let (d_proposer, d_responder) = (DISCOUNT * d[0], DISCOUNT * d[1]);
        let offer = |k: usize| k as f64 / SHARES as f64;
        let d_accepted = |k: usize| -self.precision * accepted[k] * (1.0 - accepted[k]) * d_proposer;
        let d_worth =
            |k: usize| d_accepted(k) * (1.0 - offer(k) - responder) + (1.0 - accepted[k]) * d_responder;
        let mean: f64 = (0..=SHARES).map(|k| made[k] * d_worth(k)).sum();
        to.fill(0.0);
        for k in 0..=SHARES {
            let d_made = self.precision * made[k] * (d_worth(k) - mean);
            let response = accepted[k] * offer(k) + (1.0 - accepted[k]) * proposer;
            let d_response = d_accepted(k) * (offer(k) - proposer) + (1.0 - accepted[k]) * d_proposer;
            to[0] += d_made * worth[k] + made[k] * d_worth(k);
            to[1] += d_made * response + made[k] * d_response;
        }
        Ok(())
    }

    fn choices(&mut self, to: &mut Vec<f64>) {
        let (accepted, made, _) = self.behaviour();
        to.extend(accepted);
        to.extend(made);
    }
}

#[test]
fn offers_without_end() {
    let cases = [
        (20.0, 0.4607162635, 0.4475048826),
        (100.0, 0.5066849092, 0.4795449559),
        (1000.0, 0.519818713, 0.4760663266),
    ];
    for (precision, proposer, responder) in cases {
        let mut map = Offers { precision, at: [0.0; 2] };
        let found = from_zero(&mut map, &Effort::default()).unwrap();
        assert!((found.x[0] - proposer).abs() < 1e-8, "λ = {precision}: {:?}", found.x);
        assert!((found.x[1] - responder).abs() < 1e-8, "λ = {precision}: {:?}", found.x);
        if precision == 1000.0 {
            // Plain iteration ends in a cycle of three periods.
            assert!((found.report.radius.value - 2.538936943).abs() < 1e-6, "{:?}", found.report.radius);
            assert_eq!(found.report.selection, Selection::FromZero(found.report.method));
        }
    }
}

#[test]
fn the_cycle_of_offers_is_seen() {
    // Nothing but plain iteration: tangents mislead, so that no later method helps.
    struct NoHelp(Offers);
    impl Map for NoHelp {
        fn size(&self) -> usize {
            2
        }
        fn player(&self, entry: usize) -> usize {
            entry
        }
        fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
            self.0.apply(x, to)
        }
        fn tangent(&mut self, _: &[f64], to: &mut [f64]) -> Result<(), Lost> {
            to.fill(f64::NAN);
            Ok(())
        }
        fn choices(&mut self, to: &mut Vec<f64>) {
            self.0.choices(to);
        }
    }
    let mut map = NoHelp(Offers { precision: 1000.0, at: [0.0; 2] });
    let effort = Effort { most_iterations: 90, ..Effort::default() };
    let unsettled = from_zero(&mut map, &effort).unwrap_err();
    assert_eq!(unsettled.cycle, Some(3), "{unsettled:?}");
}

/// A game with so many states and players, with numbers of actions that differ.
fn random_game(states: usize, most_actions: &[usize], seed: u64) -> StochasticGame {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let players = most_actions.len();
    let actions: Vec<Vec<usize>> =
        (0..states).map(|s| (0..players).map(|i| 1 + (s + i) % most_actions[i]).collect()).collect();
    let profiles: usize = actions.iter().map(|of| of.iter().product::<usize>()).sum();
    let payoffs = (0..players).map(|_| (0..profiles).map(|_| random.random()).collect()).collect();
    let mut transitions: Vec<f64> = (0..profiles * states).map(|_| random.random()).collect();
    for row in transitions.chunks_mut(states) {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|p| *p /= sum);
    }
    let discounts = (0..players).map(|i| 0.9 - 0.1 * i as f64).collect();
    StochasticGame::new(&actions, payoffs, transitions, discounts).unwrap()
}

#[test]
fn derivatives_are_differences() {
    let game = random_game(5, &[3, 2, 4], 3);
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for convention in [Convention::Payoff, Convention::Emax] {
        let mut period = Period::new(&game, &Play { precisions: vec![2.0, 0.7, 1.5], convention });
        let n = period.size();
        let x: Vec<f64> = (0..n).map(|_| random.random::<f64>() * 3.0).collect();
        let d: Vec<f64> = (0..n).map(|_| random.random::<f64>() - 0.5).collect();
        let h = 1e-5;
        let mut sides = [vec![0.0; n], vec![0.0; n]];
        let check = |name: &str, sides: &[Vec<f64>; 2], derivative: &[f64]| {
            for e in 0..n {
                let difference = (sides[1][e] - sides[0][e]) / (2.0 * h);
                let off = (difference - derivative[e]).abs();
                assert!(off < 1e-8, "{convention:?}, {name}, entry {e}: off by {off}");
            }
        };
        period.at_share(0.6);
        for (side, by) in sides.iter_mut().zip([-h, h]) {
            let near: Vec<f64> = x.iter().zip(&d).map(|(x, d)| x + by * d).collect();
            period.apply(&near, side).unwrap();
        }
        let mut derivative = vec![0.0; n];
        let mut at = vec![0.0; n];
        period.apply(&x, &mut at).unwrap();
        period.tangent(&d, &mut derivative).unwrap();
        check("tangent", &sides, &derivative);
        // (I − F′)⁻¹ takes d − F′·d back to d.
        let inverse = period.inverse().unwrap();
        let mut back: Vec<f64> = d.iter().zip(&derivative).map(|(d, f)| d - f).collect();
        inverse.solve(&mut back);
        assert!(back.iter().zip(&d).all(|(b, d)| (b - d).abs() < 1e-10));
        let mut slope = vec![0.0; n];
        assert!(period.share_slope(&mut slope).unwrap());
        for (side, by) in sides.iter_mut().zip([-h, h]) {
            period.at_share(0.6 + by);
            period.apply(&x, side).unwrap();
        }
        check("share", &sides, &slope);
    }
}

/// A period that hides its factors and its slope.
struct Bare<'g>(Period<'g>);

impl Map for Bare<'_> {
    fn size(&self) -> usize {
        self.0.size()
    }
    fn player(&self, entry: usize) -> usize {
        self.0.player(entry)
    }
    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        self.0.apply(x, to)
    }
    fn tangent(&mut self, d: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        self.0.tangent(d, to)
    }
    fn choices(&mut self, to: &mut Vec<f64>) {
        self.0.choices(to);
    }
    fn at_share(&mut self, share: f64) -> bool {
        self.0.at_share(share)
    }
}

#[test]
fn factors_change_nothing() {
    let game = random_game(12, &[3, 2, 2], 9);
    let play = Play { precisions: vec![6.0; 3], convention: Convention::Payoff };
    let effort = Effort::default();
    let with = by_homotopy(&mut Period::new(&game, &play), &effort).unwrap();
    let without = by_homotopy(&mut Bare(Period::new(&game, &play)), &effort).unwrap();
    let zero = from_zero(&mut Bare(Period::new(&game, &play)), &effort).unwrap();
    let products = Effort { dense: 0, ..effort };
    let start: Vec<f64> = with.x.iter().map(|x| x + 0.1).collect();
    let krylov = from_start(&mut Bare(Period::new(&game, &play)), &start, &products).unwrap();
    for (name, other) in [("dense", &without), ("products", &krylov), ("zero", &zero)] {
        for (p, q) in with.choices.iter().zip(&other.choices) {
            assert!((p - q).abs() < 1e-9, "{name}: {p} and {q}");
        }
        assert_eq!(with.report.index, other.report.index, "{name}");
        let apart = (with.report.radius.value - other.report.radius.value).abs();
        assert!(apart < 1e-6, "{name}: {apart}");
    }
}
