//! Questions about all time, at the start of a period of play that goes on for ever.
//!
//! ```text
//! X = b + M·X                        a total, a first time, an event                             (1)
//! g = P·g, mean of P^t·e over t      the mean of e in the long run                               (2)
//! ```
//!
//! (1) is the recursion of a question as any period carries it; of several solutions we take the smallest, which counts
//! what really comes. For (2) we solve (I − P)·z = (I − P)·e and take g = e − z: z lies in the range of I − P, which a
//! mean over time sends to zero (Kemeny and Snell 1960, ch. V).

use crate::{
    forever::krylov::{self, Limit},
    plan::Plan,
    plan::explore::NodeId,
    sweep::{Boundary, Choosing, Policies, Sweep, Workspace},
};

/// What is carried for ever, and how.
pub(crate) struct Carrying<'a, 'm> {
    /// The columns, all of questions, with their rules.
    pub sweep: Sweep<'a, 'm>,
    pub policies: &'a Policies,
    pub precision: &'a [f64],
    /// For each column, whether it is a mean in the long run.
    pub long_run: &'a [bool],
}

/// What the columns do at a period's end; with `true`, those of the long run sample there.
type AtEnd<'a> = &'a mut dyn FnMut(NodeId, &mut [f64], bool);

impl Carrying<'_, '_> {
    /// The columns at the start of a period, and which of them settle; those that do not are 0.
    pub fn limits(&self, space: &mut Workspace, at_end: AtEnd) -> (Boundary, Vec<bool>) {
        let states = states(self.sweep.plan);
        let mut out = Boundary::new();
        let period = &mut |after: &Boundary, sampling: bool| -> Boundary {
            let choosing = Choosing::Given(self.policies, self.precision);
            let mut end = |id: NodeId, values: &mut [f64]| at_end(id, values, sampling);
            self.sweep.run(space, Some(after), choosing, &mut end, &mut out);
            std::mem::take(&mut out)
        };
        limits(self.sweep.plan, &states, self.long_run, period)
    }
}

/// The same for columns that a period, given what follows it, carries without a question.
pub(crate) fn of(plan: &Plan, columns: usize, period: &mut dyn FnMut(&Boundary) -> Boundary) -> Boundary {
    limits(plan, &states(plan), &vec![false; columns], &mut |after, _| period(after)).0
}

/// For each entry of the plan, the states in reach.
fn states(plan: &Plan) -> Vec<Vec<usize>> {
    plan.entries.iter().map(|&id| plan.nodes[id].reached.ones().collect()).collect()
}

fn limits(
    plan: &Plan,
    states: &[Vec<usize>],
    long_run: &[bool],
    period: &mut dyn FnMut(&Boundary, bool) -> Boundary,
) -> (Boundary, Vec<bool>) {
    let count = long_run.len();
    let size: usize = states.iter().map(Vec::len).sum();
    let zero = vec![vec![0.0; size]; count];
    let mut after = Boundary::new();
    let mut period = |x: &[Vec<f64>], sampling: bool| -> Vec<Vec<f64>> {
        scatter(plan, states, x, &mut after);
        gather(plan, states, count, &period(&after, sampling))
    };
    let always = period(&zero, false);
    let (sampled, moved) = if long_run.contains(&true) {
        let sampled = period(&zero, true);
        let moved = period(&sampled, false);
        (sampled, moved)
    } else {
        (zero.clone(), zero)
    };
    let b = (0..count).map(|c| match long_run[c] {
        true => sampled[c].iter().zip(&moved[c]).map(|(e, pe)| e - pe).collect(),
        false => always[c].clone(),
    });
    let mut product = |v: &mut [Vec<f64>]| -> Result<(), std::convert::Infallible> {
        let moved = period(v, false);
        for ((v, moved), always) in v.iter_mut().zip(moved).zip(&always) {
            v.iter_mut().zip(moved).zip(always).for_each(|((v, m), a)| *v = m - a);
        }
        Ok(())
    };
    let Ok(found) = krylov::solve(b.collect(), long_run, &mut product);
    let settled: Vec<bool> = found.iter().map(|limit| limit.settled).collect();
    // A number that is none would spoil others wherever it meets a probability of zero.
    let column = |(c, Limit { x, settled }): (usize, Limit)| match (settled, long_run[c]) {
        (false, _) => vec![0.0; size],
        (true, false) => x,
        (true, true) => sampled[c].iter().zip(x).map(|(e, z)| e - z).collect(),
    };
    let x: Vec<Vec<f64>> = found.into_iter().enumerate().map(column).collect();
    let mut limits = Boundary::new();
    scatter(plan, states, &x, &mut limits);
    (limits, settled)
}

fn scatter(plan: &Plan, states: &[Vec<usize>], x: &[Vec<f64>], to: &mut Boundary) {
    to.resize_with(plan.entries.len(), Vec::new);
    let mut begin = 0;
    for ((to, states), &id) in to.iter_mut().zip(states).zip(&plan.entries) {
        let n = plan.nodes[id].space.size;
        to.resize(x.len() * n, 0.0);
        for (c, x) in x.iter().enumerate() {
            states.iter().zip(&x[begin..]).for_each(|(&state, x)| to[c * n + state] = *x);
        }
        begin += states.len();
    }
}

fn gather(plan: &Plan, states: &[Vec<usize>], columns: usize, from: &Boundary) -> Vec<Vec<f64>> {
    let of = |c: usize| {
        let each = from.iter().zip(states).zip(&plan.entries);
        each.flat_map(|((from, states), &id)| {
            let column = &from[c * plan.nodes[id].space.size..];
            states.iter().map(move |&state| column[state])
        })
        .collect()
    };
    (0..columns).map(of).collect()
}
