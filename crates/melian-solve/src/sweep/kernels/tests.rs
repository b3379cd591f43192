//! Every inner loop against the obvious one, and the same bits at every width of vectors.

use crate::sweep::{
    kernels::{self, APART, Factor, MANY, STRIP, TERMS, TOGETHER},
    lanes::Lanes,
};
use pulp::Arch;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How far a probability may be from the obvious one: a few roundings, and two different exponentials.
const TOLERANCE: f64 = 1e-15;

/// Shorter than a vector and longer, with every remainder, up to a whole strip.
fn lengths() -> impl Iterator<Item = usize> {
    (1..=40).chain([250, STRIP])
}

fn random(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn numbers(rng: &mut ChaCha8Rng, n: usize) -> Vec<f64> {
    (0..n).map(|_| rng.random_range(-3.0..3.0)).collect()
}

/// What a loop makes of `before`, the same at every width.
fn at_every_width(before: &[f64], run: impl Fn(Arch, &mut [f64])) -> Vec<f64> {
    let mut found: Option<Vec<f64>> = None;
    for lanes in Lanes::ALL.into_iter().filter(|lanes| lanes.exist()) {
        let mut out = before.to_vec();
        run(lanes.arch(), &mut out);
        let found = found.get_or_insert_with(|| out.clone());
        check_same(&out, found, &format!("{lanes:?}"));
    }
    found.unwrap_or_default()
}

fn check_same(found: &[f64], expected: &[f64], what: &str) {
    for (i, (x, y)) in found.iter().zip(expected).enumerate() {
        assert_eq!(x.to_bits(), y.to_bits(), "{what}, place {i}: {x:?}, expected {y:?}");
    }
}

fn check_near(found: &[f64], expected: &[f64], what: &str) {
    // Where numbers have fewer digits, a few units in the last place.
    let least = f64::from_bits(4);
    for (i, (x, y)) in found.iter().zip(expected).enumerate() {
        let near = (x - y).abs() <= TOLERANCE * y.abs() + least;
        assert!(near, "{what}, place {i}: {x:?}, expected {y:?}");
    }
}

/// A number of a factor.
fn of(factor: Factor, i: usize) -> f64 {
    match factor {
        Factor::All(x) => x,
        Factor::Each(x) => x[i],
    }
}

/// Strips of an array, one for each column.
fn columns(out: &mut [f64], n: usize) -> Vec<&mut [f64]> {
    out.chunks_mut(n).collect()
}

/// The obvious mixture: each product is added in one rounding.
fn mixed(before: f64, terms: impl Iterator<Item = (f64, f64)>) -> f64 {
    terms.fold(before, |total, (weight, x)| weight.mul_add(x, total))
}

#[test]
fn mixtures() {
    let mut rng = random(1);
    for n in lengths() {
        let weights: Vec<Vec<f64>> = (0..TERMS).map(|_| numbers(&mut rng, n)).collect();
        let x: Vec<Vec<f64>> = (0..TERMS * TOGETHER).map(|_| numbers(&mut rng, n)).collect();
        for (terms, together) in (1..=TERMS).flat_map(|k| (1..=TOGETHER).map(move |c| (k, c))) {
            let before = numbers(&mut rng, n * together);
            let each: Vec<&[f64]> = weights[..terms].iter().map(|w| &w[..]).collect();
            let all: Vec<f64> = each.iter().map(|w| w[0]).collect();
            let x: Vec<&[f64]> = x[..terms * together].iter().map(|x| &x[..]).collect();
            for first in [true, false] {
                let obvious = |weight: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
                    let place = |at: usize| {
                        let (c, i) = (at / n, at % n);
                        let terms = (0..terms).map(|k| (weight(k, i), x[k * together + c][i]));
                        mixed(if first { 0.0 } else { before[at] }, terms)
                    };
                    (0..n * together).map(place).collect()
                };
                let what = format!("{terms} terms, {together} columns, {n} states");
                let found = at_every_width(&before, |arch, out| {
                    kernels::mix_each(arch, &mut columns(out, n), &each, &x, first);
                });
                check_same(&found, &obvious(&|k, i| each[k][i]), &what);
                let found = at_every_width(&before, |arch, out| {
                    kernels::mix_all(arch, &mut columns(out, n), &all, &x, first);
                });
                check_same(&found, &obvious(&|k, _| all[k]), &what);
            }
        }
    }
}

#[test]
fn no_zero_of_a_mixture_is_negative() {
    let x: [&[f64]; 2] = [&[-1.0; 9], &[1.0; 9]];
    let weights = [0.0, -0.0];
    for terms in [1, 2] {
        let found = at_every_width(&[5.0; 9], |arch, out| {
            kernels::mix_all(arch, &mut [out], &weights[..terms], &x[..terms], true);
        });
        check_same(&found, &[0.0; 9], "zero");
    }
}

#[test]
fn sums_and_products() {
    let mut rng = random(2);
    for n in lengths() {
        let (before, x, y) = (numbers(&mut rng, n), numbers(&mut rng, n), numbers(&mut rng, n));
        let barred: Vec<f64> = y.iter().map(|y| if *y > 0.0 { 0.0 } else { f64::NEG_INFINITY }).collect();
        let obvious = |make: &dyn Fn(usize) -> f64| (0..n).map(make).collect::<Vec<f64>>();
        for factor in
            [Factor::All(y[0]), Factor::Each(&y), Factor::All(f64::NEG_INFINITY), Factor::Each(&barred)]
        {
            let found = at_every_width(&before, |arch, out| kernels::add(arch, out, factor));
            check_same(&found, &obvious(&|i| before[i] + of(factor, i)), "add");
            let found = at_every_width(&before, |arch, out| kernels::sum(arch, out, &x, factor));
            check_same(&found, &obvious(&|i| x[i] + of(factor, i)), "sum");
            let found = at_every_width(&before, |arch, out| kernels::scale(arch, out, 1.7, &x, factor));
            check_same(&found, &obvious(&|i| x[i].mul_add(1.7, of(factor, i))), "scale");
        }
        let found = at_every_width(&before, |arch, out| kernels::multiply(arch, out, y[0], &x));
        check_same(&found, &obvious(&|i| y[0] * x[i]), "multiply");
    }
}

/// Values of actions, and which are barred: all alike, near each other or far apart.
struct Menu {
    q: Vec<Vec<f64>>,
    bar: Vec<f64>,
}

fn menus(rng: &mut ChaCha8Rng, actions: usize, n: usize) -> Vec<Menu> {
    let mut menus = Vec::new();
    for kind in 0..3 {
        for barred in 0..4 {
            let same = numbers(rng, n);
            let mut value = |i: usize| match kind {
                0 => same[i],
                1 => rng.random_range(-3.0..3.0),
                // From a thousand to a million, of either sign.
                _ => f64::copysign(10_f64.powf(rng.random_range(3.0..6.0)), rng.random_range(-1.0..1.0)),
            };
            let q = (0..actions).map(|_| (0..n).map(&mut value).collect()).collect();
            // None, the first, the last, or all but one.
            let is_barred = |a: usize| match barred {
                0 => false,
                1 => a == 0,
                2 => a + 1 == actions,
                _ => a != actions / 2,
            };
            let bar = (0..actions).map(|a| if is_barred(a) && actions > 1 { f64::NEG_INFINITY } else { 0.0 });
            menus.push(Menu { q, bar: bar.collect() });
        }
    }
    menus
}

impl Menu {
    fn z(&self, a: usize, i: usize, lambda: f64) -> f64 {
        lambda.mul_add(self.q[a][i], self.bar[a])
    }

    fn top(&self, i: usize, lambda: f64) -> f64 {
        (0..self.q.len()).map(|a| self.z(a, i, lambda)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The sum of exponentials, less the largest.
    fn sum(&self, i: usize, lambda: f64) -> f64 {
        (0..self.q.len()).map(|a| libm::exp(self.z(a, i, lambda) - self.top(i, lambda))).sum()
    }

    /// The obvious choice probabilities, strip by strip, over what was there.
    fn chosen(&self, lambda: f64, before: &[f64]) -> Vec<f64> {
        let mut p = before.to_vec();
        for a in 0..self.q.len() {
            for i in 0..self.q[a].len() {
                p[a * APART + i] =
                    libm::exp(self.z(a, i, lambda) - self.top(i, lambda)) / self.sum(i, lambda);
            }
        }
        p
    }

    /// The obvious mixture of a column's values of actions by choice probabilities.
    fn worth(&self, chosen: &[f64], q: &[Vec<f64>], i: usize) -> f64 {
        mixed(0.0, (0..self.q.len()).map(|a| (chosen[a * APART + i], q[a][i])))
    }
}

/// Choices that have loops of their own: probabilities, and what they make of each column.
fn choices(actions: usize, together: usize, seed: u64) {
    let mut rng = random(seed);
    for n in lengths() {
        for menu in menus(&mut rng, actions, n) {
            for lambda in [0.0, 0.4, 3.0] {
                let plus = numbers(&mut rng, actions);
                // What the mover sees has what it is paid in it; what the kernel reads does not.
                let unpaid: Vec<Vec<f64>> =
                    menu.q.iter().zip(&plus).map(|(q, p)| q.iter().map(|q| q - p).collect()).collect();
                let seen: Vec<Vec<f64>> =
                    unpaid.iter().zip(&plus).map(|(q, p)| q.iter().map(|q| q + p).collect()).collect();
                let menu = Menu { q: seen, bar: menu.bar.clone() };
                let others: Vec<Vec<Vec<f64>>> =
                    (1..together).map(|_| (0..actions).map(|_| numbers(&mut rng, n)).collect()).collect();
                let x: Vec<&[f64]> = (0..actions)
                    .flat_map(|a| {
                        std::iter::once(&unpaid[a][..]).chain(others.iter().map(move |other| &other[a][..]))
                    })
                    .collect();
                let what =
                    format!("{n} states, {together} columns, precision {lambda}, barred {:?}", menu.bar);
                let before = vec![7.0; actions * APART + together * n];
                let run = |arch, all: &mut [f64], keep: bool| {
                    let (chosen, out) = all.split_at_mut(actions * APART);
                    let seen = kernels::Menu { plus: &plus, bar: &menu.bar, lambda };
                    kernels::choose(arch, &mut columns(out, n), &x, seen, keep.then_some(chosen));
                };
                let found = at_every_width(&before, |arch, all| run(arch, all, true));
                let (chosen, out) = found.split_at(actions * APART);
                check_near(chosen, &menu.chosen(lambda, &before[..actions * APART]), &what);
                for (c, out) in out.chunks(n).enumerate() {
                    let q = if c == 0 { &menu.q } else { &others[c - 1] };
                    let expected: Vec<f64> = (0..n).map(|i| menu.worth(chosen, q, i)).collect();
                    check_same(out, &expected, &what);
                }
                // The same where nobody wants the probabilities.
                let unkept = at_every_width(&before, |arch, all| run(arch, all, false));
                check_same(&unkept[actions * APART..], out, &what);
                check_same(&unkept[..actions * APART], &before[..actions * APART], &what);
            }
        }
    }
}

#[test]
fn choices_in_one_loop() {
    for actions in 2..=MANY {
        for together in 1..=TOGETHER {
            choices(actions, together, (10 * actions + together) as u64);
        }
    }
}

/// Buffers of a loop over many actions, one after the other: z, the largest, the sums.
fn buffers(menu: &Menu, n: usize, lambda: f64) -> Vec<f64> {
    let actions = menu.q.len();
    let mut all = vec![7.0; (actions + 2) * APART];
    for a in 0..actions {
        (0..n).for_each(|i| all[a * APART + i] = menu.z(a, i, lambda));
    }
    all
}

fn apart(all: &mut [f64], actions: usize) -> (&mut [f64], &mut [f64], &mut [f64]) {
    let (z, rest) = all.split_at_mut(actions * APART);
    let (top, sum) = rest.split_at_mut(APART);
    (z, top, sum)
}

#[test]
fn responses_among_many() {
    let mut rng = random(6);
    for n in lengths() {
        for actions in [1, 2, 3, 5, 9] {
            for menu in menus(&mut rng, actions, n) {
                let lambda = 1.3;
                let before = buffers(&menu, n, lambda);
                let found = at_every_width(&before, |arch, all| {
                    let (z, top, sum) = apart(all, actions);
                    kernels::respond(arch, z, actions, n, top, sum);
                });
                let mut expected = menu.chosen(lambda, &before);
                let (_, top, sum) = apart(&mut expected, actions);
                (0..n).for_each(|i| (top[i], sum[i]) = (menu.top(i, lambda), menu.sum(i, lambda)));
                check_near(&found, &expected, &format!("{actions} actions, {n} states"));
            }
        }
    }
}

#[test]
fn best_responses() {
    let mut rng = random(7);
    for n in lengths() {
        for actions in [1, 2, 3, 5, 9] {
            for menu in menus(&mut rng, actions, n) {
                let mut found = buffers(&menu, n, 1.0);
                let mut expected = found.clone();
                let (z, top, sum) = apart(&mut found, actions);
                kernels::best(z, actions, n, top, sum);
                let (p, top, sum) = apart(&mut expected, actions);
                for i in 0..n {
                    top[i] = menu.top(i, 1.0);
                    let is_best = |a: usize| menu.z(a, i, 1.0) == top[i];
                    let many = (0..actions).filter(|&a| is_best(a)).count() as f64;
                    sum[i] = many;
                    (0..actions).for_each(|a| p[a * APART + i] = if is_best(a) { 1.0 / many } else { 0.0 });
                }
                check_same(&found, &expected, &format!("{actions} actions, {n} states"));
            }
        }
    }
}

/// The exponential of a vector's numbers is that of each, and what the sweep makes public is what it computes with.
#[test]
fn exponentials_of_strips() {
    let mut rng = random(8);
    for n in lengths() {
        let x: Vec<f64> = (0..n)
            .map(|i| match i % 5 {
                0 => -10_f64.powf(rng.random_range(-3.0..3.0)),
                1 => rng.random_range(-746.5..-707.0),
                2 => -0.0,
                3 => f64::NEG_INFINITY,
                _ => rng.random_range(-40.0..0.0),
            })
            .collect();
        let expected: Vec<f64> = x.iter().map(|x| crate::sweep::exp::exp(*x)).collect();
        for lanes in Lanes::ALL.into_iter().filter(|lanes| lanes.exist()) {
            let mut out = vec![7.0; n];
            kernels::exponentials(lanes, &x, &mut out);
            check_same(&out, &expected, &format!("{lanes:?}, {n} numbers"));
            let far =
                out.iter().zip(&x).any(|(e, x)| (e - libm::exp(*x)).abs() > 1e-15 * e + f64::from_bits(1));
            assert!(!far, "{lanes:?}, {n} numbers");
        }
    }
}
