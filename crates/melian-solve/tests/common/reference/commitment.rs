//! Which commitment binds at a visit.

use super::evaluate::{Scene, Tried};
use melian_model::{ActionBody, Commitment, StageId};

/// Whether a commitment is to this stage and in force in this period.
pub fn concerns(commitment: &Commitment, stage: StageId, period: usize) -> bool {
    commitment.stage == stage && commitment.from <= period && period <= commitment.until
}

/// The positions in `available` to which a commitment restricts a visit in its periods; `None` if it does not bind:
/// its condition fails, or none of its actions is available.
pub fn restricts(
    commitment: &Commitment,
    scene: Scene,
    available: &[&ActionBody],
) -> Tried<Option<Vec<usize>>> {
    if !scene.holds_if_any(commitment.when.as_ref())? {
        return Ok(None);
    }
    let kept: Vec<usize> =
        (0..available.len()).filter(|k| commitment.actions.contains(&available[*k].action)).collect();
    Ok((!kept.is_empty()).then_some(kept))
}

/// What the commitments leave of the available actions; where several bind, the last one counts. `None`: all.
pub fn binding(
    commitments: &[Commitment],
    scene: Scene,
    stage: StageId,
    available: &[&ActionBody],
) -> Tried<Option<Vec<usize>>> {
    let mut bound = None;
    for commitment in commitments {
        if concerns(commitment, stage, scene.period)
            && let Some(kept) = restricts(commitment, scene, available)?
        {
            bound = Some(kept);
        }
    }
    Ok(bound)
}
