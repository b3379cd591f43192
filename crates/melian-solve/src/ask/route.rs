//! Which columns are carried backward, and which are answered by a forward pass.

use crate::{
    ask::forward::{flows, last_period},
    ask::recursion::Work,
    plan::Plan,
};

/// How atoms are computed. All routes give the same numbers, up to rounding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Route {
    /// Whichever is less work.
    #[default]
    Auto,
    /// As columns of the backward sweep.
    Backward,
    /// From the forward distribution, where the atom allows.
    Forward,
}

/// What a period of a forward pass costs, in columns of a backward sweep of one period.
const PASS: usize = 2;

/// What a period's choice probabilities cost, computed again: a column for each player, and so much for exponentials.
const CHOICES: usize = 2;

/// Of the recursions of a game's queries, those that forward passes compute with less work than columns of the backward
/// sweep: for each query a list. All passes of a game share the choice probabilities, as far as the longest goes.
pub(crate) fn onward(plan: &Plan, work: &Work, roots: &[Vec<usize>], route: Route) -> Vec<Vec<usize>> {
    let nothing = || vec![Vec::new(); roots.len()];
    let pushed = |root: &Vec<usize>| -> Vec<usize> {
        root.iter().copied().filter(|&r| work.recursions[r].can_be_pushed()).collect()
    };
    let roots: Vec<Vec<usize>> = roots.iter().map(pushed).collect();
    match route {
        Route::Backward => return nothing(),
        Route::Forward => return roots,
        Route::Auto => {}
    }
    let mut lasts: Vec<usize> = roots.iter().flatten().map(|&r| work.recursions[r].by).collect();
    lasts.sort_unstable();
    lasts.dedup();
    let (mut best, mut most) = (nothing(), 0);
    for last in lasts {
        let mut chosen = nothing();
        let mut columns = 0;
        let mut cost = last * (plan.model.players.len() + CHOICES);
        for (chosen, root) in chosen.iter_mut().zip(&roots) {
            let root: Vec<usize> = root.iter().copied().filter(|&r| work.recursions[r].by <= last).collect();
            for (_, recursions) in flows(work, &root) {
                let carried: usize = recursions.iter().map(|&r| work.recursions[r].by).sum();
                let pushed = PASS * last_period(work, &recursions);
                if carried > pushed {
                    columns += carried;
                    cost += pushed;
                    chosen.extend(recursions);
                }
            }
        }
        if columns > cost && columns - cost > most {
            (best, most) = (chosen, columns - cost);
        }
    }
    best
}
