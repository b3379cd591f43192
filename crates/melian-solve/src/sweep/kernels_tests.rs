//! Every inner loop against the obvious one, and the same bits at every width of vectors.

use crate::sweep::{
    kernels::{self, APART, Factor, STRIP, TERMS, Term},
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

/// The obvious mixture.
fn mixed(before: f64, terms: &[Term], first: bool, i: usize) -> f64 {
    let mut total = if first { 0.0 } else { before };
    for (factor, x) in terms {
        total += of(*factor, i) * x[i];
    }
    total
}

#[test]
fn mixtures() {
    let mut rng = random(1);
    for n in lengths() {
        let data: Vec<Vec<f64>> = (0..2 * TERMS).map(|_| numbers(&mut rng, n)).collect();
        let before = numbers(&mut rng, n);
        for count in 1..=TERMS {
            // Every choice of a factor for all states or for each.
            for kinds in 0..1 << count {
                let term = |k: usize| -> Term {
                    let each = kinds >> k & 1 == 1;
                    (if each { Factor::Each(&data[k]) } else { Factor::All(data[k][0]) }, &data[TERMS + k])
                };
                let terms: Vec<Term> = (0..count).map(term).collect();
                for first in [true, false] {
                    let found = at_every_width(&before, |arch, out| kernels::mix(arch, out, &terms, first));
                    let expected: Vec<f64> = (0..n).map(|i| mixed(before[i], &terms, first, i)).collect();
                    check_same(&found, &expected, &format!("{count} terms, kinds {kinds:b}, {n} states"));
                }
            }
        }
    }
}

#[test]
fn no_zero_of_a_mixture_is_negative() {
    let terms: [Term; 2] = [(Factor::All(0.0), &[-1.0; 9]), (Factor::All(-0.0), &[1.0; 9])];
    for terms in [&terms[..1], &terms[..]] {
        let found = at_every_width(&[5.0; 9], |arch, out| kernels::mix(arch, out, terms, true));
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
            check_same(&found, &obvious(&|i| 1.7 * x[i] + of(factor, i)), "scale");
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
        lambda * self.q[a][i] + self.bar[a]
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

    fn rows<const A: usize>(&self) -> ([&[f64]; A], [f64; A]) {
        (std::array::from_fn(|a| &self.q[a][..]), std::array::from_fn(|a| self.bar[a]))
    }
}

/// A few: two, three and four have loops of their own.
fn few<const A: usize>(seed: u64) {
    let mut rng = random(seed);
    let before = vec![7.0; A * APART];
    for n in lengths() {
        for menu in menus(&mut rng, A, n) {
            for lambda in [0.0, 0.4, 3.0] {
                let (q, bar) = menu.rows::<A>();
                let expected = menu.chosen(lambda, &before);
                let what = format!("{n} states, precision {lambda}, barred {bar:?}");
                let found = at_every_width(&before, |arch, p| kernels::respond_few(arch, p, q, bar, lambda));
                check_near(&found, &expected, &what);
                if A == 2 {
                    let (q, bar) = menu.rows::<2>();
                    let found =
                        at_every_width(&before, |arch, p| kernels::respond_two(arch, p, q, bar, lambda));
                    check_near(&found, &expected, &what);
                }
            }
        }
    }
}

#[test]
fn responses_among_a_few() {
    few::<2>(3);
    few::<3>(4);
    few::<4>(5);
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
