//! The least change of one parameter, of two, of three, … that is enough: which parameters to try.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use melian_stats::design::Points;

use super::{
    crew::Crew,
    nearest::{Move, Nearest},
    root::{Tolerance, border},
    space::{Cube, SAME, norm},
    sweep::{Bracket, Profile, look, on_axis, profiles, stops},
};

/// How hard to look.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Search {
    /// Values of each parameter in the sweep.
    pub levels: usize,
    /// Parameters that may change together.
    pub most: usize,
    /// Sobol points to look at beside the baseline.
    pub starts: usize,
    /// Their seed.
    pub seed: u64,
}

/// What was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Frontier {
    /// How far inside the wanted verdict the baseline is.
    pub baseline: f64,
    /// The best moves, each with more changes than the one before and much shorter.
    pub moves: Vec<Move>,
    /// The point nearest to the wanted verdict, if none has it.
    pub closest: Option<Move>,
    /// When a border is found.
    pub tolerance: Tolerance,
}

/// Another parameter is worth changing if it shortens the way by this share.
pub const WORTH: f64 = 0.05;

/// Parameters that are tried together: those of greatest gain in the sweep.
const POOL: usize = 12;

/// Brackets refined before the others, most of which then need not be.
const FIRST: usize = 4;

/// Best moves to which another parameter is added.
const SEEDS: usize = 3;

/// Sets of parameters in which the nearest point is looked for, of each size.
const SETS: usize = 8;

/// Points next to which the border is looked at.
const ELSEWHERE: usize = 3;

/// Looks for the least changes after which `f`, which says how far inside the wanted verdict a point is, is positive.
pub fn reach(cube: &Cube, f: &(dyn Fn(&[f64]) -> f64 + Sync), search: &Search, crew: &Crew<'_>) -> Frontier {
    let closest: Mutex<Option<Move>> = Mutex::new(None);
    let noted = |z: &[f64]| {
        let margin = f(z);
        if !margin.is_nan() {
            let mut closest = closest.lock().unwrap_or_else(PoisonError::into_inner);
            let here = Move { at: z.to_vec(), margin };
            let better = |c: &Move| margin > c.margin || margin == c.margin && here.order(c).is_lt();
            if closest.as_ref().is_none_or(better) {
                *closest = Some(here);
            }
        }
        margin
    };
    let stops = stops(cube, search.levels);
    crew.expect(1 + stops.len() + stops.len() / 2);
    let baseline = crew.each(&[vec![0.0; cube.coordinates()]], |z, solved| {
        let y = noted(z);
        solved();
        y
    })[0];
    if baseline > 0.0 {
        return Frontier { baseline, moves: Vec::new(), closest: None, tolerance: Tolerance::of(baseline) };
    }
    let margins = look(cube, &stops, noted, crew);
    let sizes = margins.iter().filter(|m| m.is_finite()).fold(0.0, |a: f64, b| a.max(b.abs()));
    let usual = baseline.abs() > f64::MIN_POSITIVE;
    let tolerance = Tolerance::of(if usual { baseline } else { sizes });
    let sweep = profiles(cube, &stops, &margins, baseline);
    let ground = Ground {
        cube,
        baseline,
        tolerance,
        sweep: &sweep,
        pool: by_gain(&sweep).into_iter().take(POOL).collect(),
    };
    let looking = Looking { ground: &ground, f: &noted, crew };
    let mut found = looking.singles();
    let elsewhere = looking.elsewhere(search);
    for k in 2..=search.most.min(ground.pool.len()) {
        let before = shortest(&found);
        let more = looking.several(k, &found, &elsewhere);
        found.extend(more);
        if k > 2 && shortest(&found) > (1.0 - WORTH) * before {
            break;
        }
    }
    if found.is_empty() {
        found.extend(looking.many(&elsewhere));
    }
    let moves = frontier(found);
    let closest = closest.into_inner().unwrap_or_else(PoisonError::into_inner);
    Frontier { baseline, closest: closest.filter(|_| moves.is_empty()), moves, tolerance }
}

fn shortest(found: &[Move]) -> f64 {
    found.iter().map(Move::distance).fold(f64::INFINITY, f64::min)
}

/// Of each number of changes the shortest move, if it is much shorter than those with fewer.
fn frontier(found: Vec<Move>) -> Vec<Move> {
    let mut best: BTreeMap<usize, Move> = BTreeMap::new();
    for here in found {
        let changes = here.changed().len();
        if best.get(&changes).is_none_or(|b| here.order(b).is_lt()) {
            best.insert(changes, here);
        }
    }
    let mut moves: Vec<Move> = Vec::new();
    for here in best.into_values() {
        if moves.last().is_none_or(|last| here.distance() <= (1.0 - WORTH) * last.distance()) {
            moves.push(here);
        }
    }
    moves
}

/// All coordinates, those of greatest gain first.
fn by_gain(sweep: &[Profile]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sweep.len()).collect();
    order.sort_by(|&a, &b| sweep[b].gain().1.total_cmp(&sweep[a].gain().1));
    order
}

/// What is known after the sweep.
struct Ground<'a> {
    cube: &'a Cube,
    baseline: f64,
    tolerance: Tolerance,
    sweep: &'a [Profile],
    pool: Vec<usize>,
}

impl Ground<'_> {
    /// The least move of some parameters if margins were straight lines from the baseline with the gains of the sweep.
    fn by_gain(&self, set: &[usize]) -> Vec<f64> {
        let gains: Vec<f64> = set
            .iter()
            .map(|&i| {
                let (x, gain) = self.sweep[i].gain();
                gain * x.signum()
            })
            .collect();
        let baseline = if self.baseline.is_nan() { 0.0 } else { self.baseline };
        let p = Move { at: vec![0.0; self.cube.coordinates()], margin: baseline };
        let search = Nearest { cube: self.cube, f: &|_| f64::NAN, baseline, tolerance: self.tolerance };
        search.linearised(&p, set, &gains)
    }

    /// Some parameters where each alone has its greatest margin.
    fn by_greatest(&self, set: &[usize]) -> Vec<f64> {
        let mut z = vec![0.0; self.cube.coordinates()];
        set.iter().for_each(|&i| z[i] = self.sweep[i].greatest());
        z
    }
}

struct Looking<'a, 'c> {
    ground: &'a Ground<'a>,
    f: &'a (dyn Fn(&[f64]) -> f64 + Sync),
    crew: &'a Crew<'c>,
}

impl Looking<'_, '_> {
    /// Does some work for each item, with a search that counts what it solves.
    fn each<T: Sync, U: Send>(&self, items: &[T], work: impl Fn(&T, &Nearest<'_>) -> U + Sync) -> Vec<U> {
        let Ground { cube, baseline, tolerance, .. } = *self.ground;
        let f = self.f;
        self.crew.each(items, |item, solved| {
            let counted = |z: &[f64]| {
                let y = f(z);
                solved();
                y
            };
            work(item, &Nearest { cube, f: &counted, baseline, tolerance })
        })
    }

    /// The border on single axes, wherever it may be among the nearest.
    fn singles(&self) -> Vec<Move> {
        let ground = self.ground;
        let mut brackets: Vec<Bracket> = ground.sweep.iter().flat_map(Profile::brackets).collect();
        brackets.sort_by(|a, b| a.guess().total_cmp(&b.guess()));
        let refine = |brackets: &[Bracket]| {
            self.each(brackets, |bracket, search| {
                let z = |x| on_axis(ground.cube.coordinates(), bracket.coordinate, x);
                let (x, margin) =
                    border(|x| (search.f)(&z(x)), bracket.without, bracket.with, ground.tolerance);
                Move { at: z(x), margin }
            })
        };
        let rest = brackets.split_off(brackets.len().min(FIRST));
        let mut found = refine(&brackets);
        let best = shortest(&found);
        // Also those that are not much farther: another parameter may help them more.
        let rest: Vec<Bracket> = rest.into_iter().filter(|b| b.without.0.abs() < best).take(FIRST).collect();
        found.extend(refine(&rest));
        found
    }

    /// The border next to Sobol points with the wanted verdict: a point, and the coordinates that matter there, the one that
    /// matters most first.
    fn elsewhere(&self, search: &Search) -> Vec<(Move, Vec<usize>)> {
        let cube = self.ground.cube;
        let mut order = self.ground.pool.clone();
        order.sort_unstable();
        let (low, high) = (&cube.low, &cube.high);
        let points: Vec<Vec<f64>> = (0..search.starts as u64)
            .map(|index| {
                let u = Points::Sobol { seed: search.seed }.point(index, order.len());
                let mut z = vec![0.0; cube.coordinates()];
                order.iter().zip(u).for_each(|(&i, u)| z[i] = low[i] + u * (high[i] - low[i]));
                z
            })
            .collect();
        self.crew.expect(points.len() * 8);
        let margins = self.each(&points, |z, search| (search.f)(z));
        let mut with: Vec<Vec<f64>> =
            points.into_iter().zip(margins).filter(|(_, y)| *y > 0.0).map(|(z, _)| z).collect();
        with.sort_by(|a, b| norm(a).total_cmp(&norm(b)));
        with.truncate(ELSEWHERE);
        let found = self.each(&with, |z, search| {
            let p = search.along(z, f64::INFINITY)?;
            let gradient = search.gradient(&p, &order);
            let aim = search.linearised(&p, &order, &gradient);
            // Where the border is a jump it has no slope: the largest changes come first.
            let weight = |i: usize| (aim[i].abs(), p.at[i].abs());
            let mut first = order.clone();
            first.sort_by(|&a, &b| {
                let (a, b) = (weight(a), weight(b));
                b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
            });
            Some((p, first))
        });
        found.into_iter().flatten().collect()
    }

    /// Moves of k parameters.
    fn several(&self, k: usize, before: &[Move], elsewhere: &[(Move, Vec<usize>)]) -> Vec<Move> {
        let mut sets: BTreeMap<Vec<usize>, Vec<Vec<f64>>> = BTreeMap::new();
        let mut add = |set: &[usize], starts: Vec<Vec<f64>>| {
            let mut set = set.to_vec();
            set.sort_unstable();
            sets.entry(set).or_default().extend(starts);
        };
        for (set, start) in self.extended(k, before) {
            add(&set, vec![start]);
        }
        let ground = self.ground;
        let leading = &ground.pool[..k];
        add(leading, vec![ground.by_gain(leading), ground.by_greatest(leading)]);
        for (p, first) in elsewhere {
            let set = &first[..k];
            add(set, vec![only(&p.at, set), ground.by_greatest(set)]);
        }
        let sets: Vec<(Vec<usize>, Vec<Vec<f64>>)> = sets.into_iter().collect();
        self.crew.expect(sets.len() * 25);
        let found = self.each(&sets, |(set, starts), search| search.nearest(set, starts));
        found.into_iter().flatten().collect()
    }

    /// The best moves of k − 1 parameters with one more, as the border looks from them: the sets in which it seems nearest.
    fn extended(&self, k: usize, before: &[Move]) -> Vec<(Vec<usize>, Vec<f64>)> {
        let mut seeds: Vec<&Move> = before.iter().filter(|m| m.changed().len() == k - 1).collect();
        seeds.sort_by(|a, b| a.order(b));
        seeds.truncate(SEEDS);
        self.crew.expect(seeds.len() * 2 * POOL + SETS * 25);
        let pool = &self.ground.pool;
        let ahead = self.each(&seeds, |seed, search| {
            let set = seed.changed();
            let mut all = pool.clone();
            all.extend(set.iter().filter(|i| !pool.contains(i)));
            let gradient = search.gradient(seed, &all);
            let more = all.iter().filter(|i| !set.contains(i)).map(|&i| {
                let mut wider = set.clone();
                wider.push(i);
                let slopes: Vec<f64> = wider
                    .iter()
                    .map(|j| gradient[all.iter().position(|a| a == j).unwrap_or_default()])
                    .collect();
                let aim = search.linearised(seed, &wider, &slopes);
                (norm(&aim), wider, seed.at.clone())
            });
            more.collect::<Vec<_>>()
        });
        let mut ahead: Vec<(f64, Vec<usize>, Vec<f64>)> = ahead.into_iter().flatten().collect();
        ahead.sort_by(|a, b| a.0.total_cmp(&b.0));
        ahead.truncate(SETS);
        ahead.into_iter().map(|(_, set, start)| (set, start)).collect()
    }

    /// Where few parameters are not enough: as few as are, of those that matter most, all moved together.
    fn many(&self, elsewhere: &[(Move, Vec<usize>)]) -> Option<Move> {
        let mut all = by_gain(self.ground.sweep);
        all.retain(|&i| self.ground.sweep[i].greatest().abs() > SAME);
        let corner = (self.ground.by_greatest(&all), all);
        let points = elsewhere.iter().map(|(p, first)| (p.at.clone(), first.clone()));
        let points: Vec<(Vec<f64>, Vec<usize>)> = points.chain([corner]).collect();
        self.crew.expect(points.len() * 40);
        let found = self.each(&points, |(z, first), search| {
            let prefix = |k: usize| only(z, &first[..k]);
            let enough = |k: usize| (search.f)(&prefix(k)) > 0.0;
            let (mut less, mut k) = (0, first.len());
            if k == 0 || !enough(k) {
                return None;
            }
            while k - less > 1 {
                let half = usize::midpoint(less, k);
                if enough(half) {
                    k = half;
                } else {
                    less = half;
                }
            }
            search.nearest(&first[..k], &[prefix(k)])
        });
        let order = |a: &Move, b: &Move| a.changed().len().cmp(&b.changed().len()).then(a.order(b));
        found.into_iter().flatten().min_by(order)
    }
}

/// A point with all but some coordinates back at the baseline.
fn only(z: &[f64], set: &[usize]) -> Vec<f64> {
    (0..z.len()).map(|i| if set.contains(&i) { z[i] } else { 0.0 }).collect()
}
