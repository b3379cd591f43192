//! Which variables the period is specialised for: one program for each combination of their values.
//!
//! Such a variable's guards vanish, and what does not matter under one of its values costs nothing there. Chosen are
//! the variables that conditional state depends on, `ended`, and enumerations that most of the period's `if`s over
//! choices and draws test, as long as there are at most [`MOST_KEYS`] combinations.

use melian_model::{Domain, Model, StatementKind, VarId, VarKind};

/// At most this many combinations of values.
const MOST_KEYS: usize = 64;
/// At most this many where conditional state demands it.
const MOST_FORCED: usize = 4096;

/// The key variables, or the number of combinations if conditional state would need too many.
pub(crate) fn choose_keys(model: &Model) -> Result<Vec<VarId>, usize> {
    let mut keys: Vec<VarId> = model.ended.into_iter().collect();
    for var in &model.vars {
        if let VarKind::State { when: Some(when), .. } = &var.kind {
            keys.extend(when.variables());
        }
    }
    keys.sort();
    keys.dedup();
    let combinations =
        |keys: &[VarId]| keys.iter().fold(1usize, |n, &k| n.saturating_mul(model.var(k).levels()));
    if combinations(&keys) > MOST_FORCED {
        return Err(combinations(&keys));
    }

    let mut tested = vec![0usize; model.vars.len()];
    model.period.visit(&mut |statement| {
        let StatementKind::If { arms, .. } = &statement.kind else { return };
        for (condition, block) in arms {
            let mut weighs = false;
            block.visit(&mut |s| {
                weighs |= matches!(s.kind, StatementKind::Choose(_) | StatementKind::Draw(_))
            });
            if weighs {
                for v in condition.variables() {
                    tested[v.0] += 1;
                }
            }
        }
    });
    let candidate = |v: usize| {
        matches!(model.vars[v].domain, Domain::Enum(..))
            && matches!(model.vars[v].kind, VarKind::State { when: None, .. })
    };
    let most = (0..tested.len()).filter(|&v| candidate(v)).map(|v| tested[v]).max().unwrap_or(0);
    let mut by_use: Vec<usize> = (0..tested.len()).filter(|&v| candidate(v)).collect();
    by_use.sort_by_key(|&v| std::cmp::Reverse(tested[v]));
    for v in by_use {
        let id = VarId(v);
        if tested[v] < 2 || 2 * tested[v] < most || keys.contains(&id) {
            continue;
        }
        let mut more = keys.clone();
        more.push(id);
        if combinations(&more) <= MOST_KEYS {
            keys = more;
        }
    }
    keys.sort();
    Ok(keys)
}
