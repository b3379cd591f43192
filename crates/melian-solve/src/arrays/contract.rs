//! Expectations over what others do in a state, one opponent at a time.

/// Takes one player out of a table, in place: before × actions × after numbers become before × after.
#[inline]
fn take_out(table: &mut [f64], before: usize, p: &[f64], after: usize) {
    let many = p.len();
    if after == 1 {
        for b in 0..before {
            let row = &table[b * many..][..many];
            table[b] = row.iter().zip(p).map(|(t, p)| t * p).sum();
        }
        return;
    }
    // What is written has been read: it ends at (b + 1)·after, and what is still needed begins at b·many·after.
    for b in 0..before {
        for x in 0..after {
            let mut sum = 0.0;
            for (a, p) in p.iter().enumerate() {
                sum += p * table[(b * many + a) * after + x];
            }
            table[b * after + x] = sum;
        }
    }
}

/// A table over all players' actions, last player's fastest, with everybody taken out but those of `keep` (ascending).
/// What is left stands at the beginning of `table`.
pub(super) fn without_others(
    table: &mut [f64],
    actions: &[usize],
    keep: &[usize],
    p: impl Fn(usize) -> std::ops::Range<usize>,
    play: &[f64],
) {
    let mut before: usize = actions.iter().product();
    let mut after = 1;
    for other in (0..actions.len()).rev() {
        before /= actions[other];
        if keep.contains(&other) {
            after *= actions[other];
        } else {
            take_out(table, before, &play[p(other)], after);
        }
    }
}
