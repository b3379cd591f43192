//! Worlds: what an intervention does to the game that is played and to its path.
//!
//! A world is a [`Scenario`]: a start, and stretches of periods, each with the game that is believed and the game
//! that happens. Interventions are applied from the outside in, so that the right sides of an inner one read the
//! values that the outer ones have put in force:
//!
//! - `with` changes belief and path of every stretch, and the start;
//! - `unexpected … at m` splits the stretch around the end of period m and changes what comes after it;
//! - `unnoticed` changes only the path of every stretch, and the start.

use melian_model::{Change, Diagnostic, Model, ParamId, Settings, Span, VarId, VarKind};
use melian_solve::{Scenario, Segment, Setting};

use crate::{constant::evaluate, ledger::commitment_key};

/// The world without interventions: the parameters given, the start state with these levels changed.
///
/// # Errors
/// A conditional variable whose condition comes to hold needs a value; one whose condition fails cannot have one.
pub fn base_world(
    model: &Model,
    params: &[f64],
    start: &[(VarId, usize)],
) -> Result<Scenario, Vec<Diagnostic>> {
    let setting = Setting { params: params.to_vec(), commitments: Vec::new() };
    let whole = Segment { until: model.horizon, belief: setting.clone(), path: setting };
    let mut world = Scenario { start: model.start(), segments: vec![whole] };
    restart(model, &mut world, start)?;
    Ok(world)
}

/// Sets start levels and lets conditional variables appear and disappear with their conditions.
fn restart(model: &Model, world: &mut Scenario, changes: &[(VarId, usize)]) -> Result<(), Vec<Diagnostic>> {
    for &(var, level) in changes {
        world.start[var.0] = level;
    }
    if changes.is_empty() {
        return Ok(());
    }
    let mut problems = Vec::new();
    let params = &world.segments[0].path.params;
    for (index, variable) in model.vars.iter().enumerate() {
        let VarKind::State { when: Some(when), .. } = &variable.kind else { continue };
        let exists = evaluate(model, when, params, &world.start).is_some_and(|x| x != 0.0);
        let named = changes.iter().any(|&(v, _)| v.0 == index);
        let condition = melian_model::print::expr_text(model, when);
        if !exists {
            if named {
                problems.push(Diagnostic::error(
                    "start-absent",
                    format!("`{}` cannot start at a value: it exists only when `{condition}`", variable.name),
                    Span::NONE,
                ));
            }
            world.start[index] = variable.absent();
        } else if world.start[index] == variable.absent() {
            problems.push(
                Diagnostic::error(
                    "start-missing",
                    format!(
                        "`{}` needs a start value, because `{condition}` holds at this start",
                        variable.name
                    ),
                    Span::NONE,
                )
                .help(format!("add `start {} = …`", variable.name)),
            );
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// New parameter values: for each parameter set, its value given the values in force outside.
pub type NewValues<'a> = dyn FnMut(&[f64]) -> Vec<(ParamId, f64)> + 'a;

/// The world under an intervention. `values` evaluates its right sides at a parameter point in force outside.
///
/// # Errors
/// As [`base_world`].
pub fn changed(
    model: &Model,
    outer: &Scenario,
    change: &Change,
    values: &mut NewValues<'_>,
) -> Result<Scenario, Vec<Diagnostic>> {
    let mut world = outer.clone();
    let mut apply = |setting: &mut Setting, settings: &Settings| {
        for (param, value) in values(&setting.params) {
            setting.params[param.0] = value;
        }
        setting.commitments.extend(settings.commitments.iter().cloned());
    };
    match change {
        Change::With(settings) => {
            for segment in &mut world.segments {
                apply(&mut segment.belief, settings);
                apply(&mut segment.path, settings);
            }
            restart(model, &mut world, &settings.start)?;
        }
        Change::Unnoticed(settings) => {
            for segment in &mut world.segments {
                apply(&mut segment.path, settings);
            }
            restart(model, &mut world, &settings.start)?;
        }
        Change::Unexpected { settings, after } => {
            world.segments = split(world.segments, *after);
            let mut first = 0;
            for segment in &mut world.segments {
                if first >= *after {
                    apply(&mut segment.belief, settings);
                    apply(&mut segment.path, settings);
                }
                first = segment.until;
            }
        }
    }
    merge(&mut world.segments);
    Ok(world)
}

/// Makes the end of period `after` an end of a segment.
fn split(segments: Vec<Segment>, after: usize) -> Vec<Segment> {
    let mut parts = Vec::with_capacity(segments.len() + 1);
    let mut first = 0;
    for segment in segments {
        if first < after && after < segment.until {
            parts.push(Segment { until: after, ..segment.clone() });
        }
        first = segment.until;
        parts.push(segment);
    }
    parts
}

/// Joins neighbours that are the same game, so that equal worlds compare equal.
fn merge(segments: &mut Vec<Segment>) {
    let mut merged: Vec<Segment> = Vec::with_capacity(segments.len());
    for segment in segments.drain(..) {
        match merged.last_mut() {
            Some(last) if same(&last.belief, &segment.belief) && same(&last.path, &segment.path) => {
                last.until = segment.until;
            }
            _ => merged.push(segment),
        }
    }
    *segments = merged;
}

/// Whether two settings are the same game, wherever their commitments were written.
fn same(a: &Setting, b: &Setting) -> bool {
    a.params == b.params
        && a.commitments.len() == b.commitments.len()
        && a.commitments.iter().zip(&b.commitments).all(|(x, y)| commitment_key(x) == commitment_key(y))
}

/// What makes a world differ from another, in words: `dmg = 0.2; Washington.stand = supply`. Empty if nothing does.
pub fn difference(model: &Model, world: &Scenario, base: &Scenario) -> String {
    let mut parts = Vec::new();
    for (index, (&level, &usual)) in world.start.iter().zip(&base.start).enumerate() {
        if level != usual {
            let name = &model.vars[index].name;
            parts.push(format!("start {name} = {}", model.level_name(VarId(index), level)));
        }
    }
    let usual = &base.segments[0].path;
    let mut first = 1;
    for segment in &world.segments {
        let since = if first > 1 { format!(" from {first}") } else { String::new() };
        let aside = if same(&segment.belief, &segment.path) { "" } else { " unnoticed" };
        for (p, (value, default)) in segment.path.params.iter().zip(&usual.params).enumerate() {
            if value != default {
                let name = &model.params[p].name;
                parts.push(format!("{name} = {}{since}{aside}", melian_model::print::number(*value)));
            }
        }
        for commitment in &segment.path.commitments {
            let text = melian_model::print::commitment_text(model, commitment);
            parts.push(format!("{text}{since}{aside}"));
        }
        first = segment.until.saturating_add(1);
    }
    parts.join("; ")
}
