//! How large a plan is, and refusing what would be too large before anything is allocated.

use crate::{
    plan::explore::{Graph, NodeId},
    plan::{Op, Options, Plan, Rows},
};
use melian_model::{Diagnostic, Model, StageId, VarId, VarKind};

/// A single variable with more levels than this cannot be planned.
const MOST_LEVELS: usize = 1 << 24;

/// How large a plan is.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct PlanSize {
    /// Product of all state variables' levels.
    pub dense_states: u128,
    /// States that can be reached at the start of a period.
    pub period_start_states: u64,
    /// States in the boxes at the start of a period: what is stored for each period.
    pub boundary_states: u64,
    /// States that can be reached at any statement, counted at each.
    pub all_states: u64,
    /// Boxes.
    pub nodes: usize,
    /// States of all boxes.
    pub box_states: u64,
    /// States of the boxes that are in use at the same time while sweeping.
    pub working_states: u64,
    /// Bytes of a solve with `players` value columns: values at two period starts, the working set, offsets.
    pub solve_bytes: u64,
    /// Bytes of the values at the starts of all periods, where a forward pass needs them.
    pub history_bytes: u64,
}

/// 1234567 as "1 234 567".
pub(crate) fn thousands(n: u128) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Bytes as a person would say them.
pub(crate) fn bytes(n: u128) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut x = n as f64;
    let mut unit = 0;
    while x >= 1024.0 && unit + 1 < units.len() {
        x /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{n} bytes") } else { format!("{x:.1} {}", units[unit]) }
}

fn levels_list(model: &Model, vars: &[(VarId, usize)]) -> String {
    let mut vars = vars.to_vec();
    vars.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let shown: Vec<String> = vars
        .iter()
        .take(6)
        .map(|(v, n)| format!("`{}` {}", model.var(*v).name, thousands(*n as u128)))
        .collect();
    let more = if vars.len() > 6 { format!(" and {} more", vars.len() - 6) } else { String::new() };
    format!("levels: {}{more}", shown.join(", "))
}

pub(crate) fn refuse_wide_variables(model: &Model) -> Result<(), Vec<Diagnostic>> {
    let wide: Vec<Diagnostic> = model
        .vars
        .iter()
        .filter(|v| v.levels() > MOST_LEVELS)
        .map(|v| {
            let states = dense_states(model);
            let memory = states.saturating_mul(8 * model.players.len().max(1) as u128);
            Diagnostic::error(
                "too-large",
                format!("`{}` has {} levels", v.name, thousands(v.levels() as u128)),
                v.span,
            )
            .label("too many for one variable")
            .help(format!(
                "the model has {} states, {} for the values of one period",
                thousands(states),
                bytes(memory)
            ))
            .help(format!(
                "a variable may have at most {} levels: use a coarser grid",
                thousands(MOST_LEVELS as u128)
            ))
        })
        .collect();
    if wide.is_empty() { Ok(()) } else { Err(wide) }
}

pub(crate) fn too_many_keys(model: &Model, combinations: usize) -> Diagnostic {
    let span = model
        .vars
        .iter()
        .find(|v| matches!(v.kind, VarKind::State { when: Some(_), .. }))
        .map(|v| v.span)
        .unwrap_or_default();
    Diagnostic::error("when-too-wide", "the conditions of conditional state depend on too many values", span)
        .label("exists only under this condition")
        .help(format!("the variables in all `when` conditions have {} combinations of values; at most 4 096 are possible", thousands(combinations as u128)))
        .help("let the condition test an enumeration with few labels")
}

pub(crate) fn no_such_place(model: &Model, stage: StageId) -> Diagnostic {
    let name = model.stage_name(stage);
    Diagnostic::error(
        "no-such-place",
        format!("`{name}` is played at several places, and none fits this state"),
        model.stage(stage).span,
    )
    .help(format!(
        "say which action of the enclosing stage led to `{name}`, for example `where Other.stage = action`"
    ))
}

fn dense_states(model: &Model) -> u128 {
    model.vars.iter().filter(|v| v.is_state()).fold(1u128, |n, v| n.saturating_mul(v.levels() as u128))
}

pub(crate) fn refuse_large_boxes(
    model: &Model,
    graph: &Graph,
    boxes: &[Vec<(VarId, Vec<u32>)>],
    options: &Options,
) -> Result<(), Vec<Diagnostic>> {
    let states = |node: NodeId| {
        boxes[node].iter().fold(1u128, |n, (_, levels)| n.saturating_mul(levels.len() as u128))
    };
    let all: u128 = (0..boxes.len()).fold(0u128, |n, b| n.saturating_add(states(b)));
    let largest = (0..boxes.len()).max_by_key(|&b| states(b)).unwrap_or(0);
    // One bit for reachability, four bytes for each edge's offsets at worst, and the values of the largest box and of
    // two period starts; a solve's true need is less where rows are long.
    let offsets: u128 = (0..boxes.len()).fold(0u128, |n, b| {
        n.saturating_add(states(b).saturating_mul(4 * graph.nodes[b].links.len() as u128))
    });
    let columns = model.players.len().max(1) as u128;
    let boundary: u128 = (0..boxes.len())
        .filter(|&b| graph.nodes[b].point == 0)
        .fold(0u128, |n, b| n.saturating_add(states(b)));
    let memory = (all / 8)
        .saturating_add(offsets)
        .saturating_add(8 * columns * (2 * boundary).saturating_add(3 * states(largest)));
    if memory <= u128::from(options.max_memory) && states(largest) < u128::from(u32::MAX) {
        return Ok(());
    }
    let vars: Vec<(VarId, usize)> = boxes[largest].iter().map(|(v, levels)| (*v, levels.len())).collect();
    let widest = vars.iter().max_by_key(|(_, n)| *n).map(|(v, _)| model.var(*v).span).unwrap_or_default();
    let dense = dense_states(model);
    Err(vec![
        Diagnostic::error(
            "too-large",
            format!("the game has {} states, about {} of memory", thousands(all.max(dense)), bytes(memory)),
            widest,
        )
        .label("the variable with the most levels")
        .help(levels_list(model, &vars))
        .help(format!(
            "the limit is {}; use coarser grids, or raise it with `--max-memory`",
            bytes(u128::from(options.max_memory))
        )),
    ])
}

pub(crate) fn measure(plan: &Plan) -> PlanSize {
    let mut size =
        PlanSize { dense_states: dense_states(plan.model), nodes: plan.nodes.len(), ..PlanSize::default() };
    let mut offsets = 0;
    for node in &plan.nodes {
        size.all_states += node.reached.count_ones(..) as u64;
        size.box_states += node.space.size as u64;
        for edge in &node.edges {
            let (Rows::Fixed(rows) | Rows::Assigned { base: rows, .. }) = &edge.rows;
            offsets += 4 * rows.len() as u64;
        }
    }
    for &entry in &plan.entries {
        size.period_start_states += plan.nodes[entry].reached.count_ones(..) as u64;
        size.boundary_states += plan.nodes[entry].space.size as u64;
    }
    // The backward sweep holds a box from when it is computed until the last box that needs it is.
    let mut left = plan.uses.clone();
    let mut held = 0u64;
    for &id in &plan.order {
        let node = &plan.nodes[id];
        held += node.space.size as u64;
        size.working_states = size.working_states.max(held);
        if !matches!(node.op, Op::Exit { .. }) {
            for edge in &node.edges {
                left[edge.target] -= 1;
                if left[edge.target] == 0 {
                    held -= plan.nodes[edge.target].space.size as u64;
                }
            }
        }
    }
    let columns = plan.model.players.len().max(1) as u64;
    let tables: u64 = plan.tables.iter().map(|t| 8 * (t.support.len() * t.planes) as u64).sum();
    size.solve_bytes = 8 * columns * (2 * size.boundary_states + size.working_states)
        + offsets
        + tables
        + size.box_states / 8;
    let periods = if plan.model.is_forever() { 1 } else { plan.model.horizon as u64 + 1 };
    size.history_bytes = 8 * columns * size.boundary_states * periods;
    size
}
