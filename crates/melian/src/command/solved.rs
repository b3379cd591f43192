//! Worlds solved on all threads and brought into order, with a bar.

use melian::study::worlds::{Ensemble, Row};

use super::shell::{Failure, Shell};

/// The worlds 0, 1, … of an ensemble. `thing`: what one of them is called.
///
/// # Errors
/// No thread could be started.
pub fn in_order(
    shell: &Shell,
    ensemble: &Ensemble<'_>,
    worlds: usize,
    thing: &'static str,
) -> Result<Vec<Row>, Failure> {
    let mut rows: Vec<Option<Row>> = vec![None; worlds];
    let bar = shell.count(thing, worlds as u64);
    ensemble.solve(0..worlds as u64, rayon::current_num_threads(), |world, row| {
        bar.one();
        rows[world as usize] = Some(row);
        true
    })?;
    bar.finish(shell);
    Ok(rows.into_iter().flatten().collect())
}
