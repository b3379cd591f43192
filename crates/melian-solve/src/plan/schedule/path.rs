//! From a step to what it reads: assignments and payments on the way followed once and for all.

use crate::{
    plan::explore::NodeId,
    plan::map::{AxisMap, strides},
    plan::schedule::operand::OperandId,
    plan::schedule::{LONGEST_ROW, StepId},
    plan::space::Space,
    plan::{Op, Plan, Rows, TableId},
};
use melian_model::PlayerId;

/// Rows of this length lose little to what each row costs.
const LONG_ENOUGH: usize = 256;
/// A row may be put together from so many shifted pieces.
const MOST_PIECES: usize = 4;

/// A way from a node to the next one that is computed.
#[derive(Clone)]
pub(crate) struct Way {
    /// Which edge it begins with.
    pub edge: usize,
    pub target: NodeId,
    pub map: AxisMap,
    /// What is paid on the way: to whom, by which table, and where the payment's box is entered.
    pub pays: Vec<(PlayerId, TableId, AxisMap)>,
}

/// What a step reads from another.
pub(crate) struct Path {
    pub source: StepId,
    pub places: Places,
    /// How a row is put together; empty: as it stands.
    pub pieces: Vec<Piece>,
    /// What is paid on the way.
    pub pays: Vec<(PlayerId, OperandId)>,
    /// How many leading axes are kept as they are.
    pub kept: usize,
    /// Which member of the step's region the source is, if it is one.
    pub member: Option<usize>,
    /// Its number among all paths.
    pub number: usize,
}

/// Where each row begins in the source.
pub(crate) enum Places {
    Rows(Vec<u32>),
    /// In the tables: it hangs on parameters.
    Slot(usize),
}

impl Path {
    /// How far a row lies from where it would lie if it stood as it is; `None` if it is put together from pieces.
    pub fn shift(&self) -> Option<isize> {
        match &self.pieces[..] {
            [] => Some(0),
            [piece] => Some(piece.shift as isize),
            _ => None,
        }
    }
}

/// States of a row that lie this far from where they would lie if the row stood as it is.
pub(crate) struct Piece {
    pub shift: i32,
    /// 1 for each position of the row that belongs to it, 0 for the others; `None`: all.
    pub mask: Option<Vec<f64>>,
}

/// The ways that a node's edges lead, each as far as that leaves long rows.
pub(crate) fn ways(plan: &Plan, id: NodeId) -> Vec<Way> {
    let node = &plan.nodes[id];
    let draws = matches!(node.op, Op::Chance { .. });
    (0..node.edges.len())
        .map(|edge| {
            let first = &node.edges[edge];
            let map = match &first.map {
                Some(map) => map.clone(),
                None => {
                    let map = AxisMap::identity(&node.space);
                    return Way { edge, target: first.target, map, pays: Vec::new() };
                }
            };
            let length = |map: &AxisMap, target: NodeId| {
                let target = &plan.nodes[target].space;
                stretch(&node.space, longest(map, &node.space, target))
            };
            let least = length(&map, first.target).min(LONG_ENOUGH);
            let mut pays = Vec::new();
            if let Op::Pay { tables } = &node.op {
                let here = AxisMap::identity(&node.space);
                for (payment, &table) in plan.payments(node).iter().zip(tables) {
                    pays.push((payment.player, table, here.clone()));
                }
            }
            let mut way = Way { edge, target: first.target, map, pays };
            let mut furthest = way.clone();
            while let Some(next) = follow(plan, &way, draws) {
                way = next;
                if length(&way.map, way.target) >= least {
                    furthest = way.clone();
                }
            }
            furthest
        })
        .collect()
}

/// One node further, if that node only moves or pays. Payments are not followed from a draw: they would be added once
/// for every outcome.
fn follow(plan: &Plan, way: &Way, draws: bool) -> Option<Way> {
    let node = &plan.nodes[way.target];
    if plan.entries.contains(&way.target) {
        return None;
    }
    let edge = node.edges.first()?;
    let map = edge.map.as_ref()?;
    let mut pays = way.pays.clone();
    match &node.op {
        // With one edge there is nothing to select.
        Op::Move { .. } if node.edges.len() == 1 && matches!(edge.rows, Rows::Fixed(_)) => {}
        Op::Pay { tables } if !draws => {
            for (payment, &table) in plan.payments(node).iter().zip(tables) {
                pays.push((payment.player, table, way.map.clone()));
            }
        }
        _ => return None,
    }
    Some(Way { edge: way.edge, target: edge.target, map: way.map.then(map), pays })
}

/// Number of states in so many trailing axes.
fn stretch(space: &Space, axes: usize) -> usize {
    space.axes[space.axes.len() - axes..].iter().map(|a| a.levels.len()).product()
}

/// How many trailing axes of the source can form a row.
pub(crate) fn longest(map: &AxisMap, source: &Space, target: &Space) -> usize {
    let shifts = shifts(map, source, target);
    let mut sums = vec![0i64];
    let mut axes = 0;
    while axes < source.axes.len() && stretch(source, axes + 1) <= LONGEST_ROW {
        let own = &shifts[source.axes.len() - 1 - axes];
        let mut next: Vec<i64> = sums.iter().flat_map(|s| own.iter().flatten().map(move |d| s + d)).collect();
        next.sort_unstable();
        next.dedup();
        if next.len() > MOST_PIECES {
            break;
        }
        if !next.is_empty() {
            sums = next;
        }
        axes += 1;
    }
    axes
}

/// For each axis of the source and each position there, how far from its own stride it lies in the target; `None`
/// where the way cannot be taken.
fn shifts(map: &AxisMap, source: &Space, target: &Space) -> Vec<Vec<Option<i64>>> {
    let (_, steps) = map.steps(source, &strides(target));
    let axes = source.axes.iter().zip(&map.open).zip(&steps);
    axes.map(|((axis, open), steps)| {
        let positions = steps.iter().zip(open).enumerate();
        positions
            .map(|(p, (&step, open))| open.then_some(i64::from(step) - (p * axis.stride) as i64))
            .collect()
    })
    .collect()
}

/// Where each row begins.
pub(crate) fn places(map: &AxisMap, source: &Space, target: &Space) -> Places {
    let (base, steps) = map.steps(source, &strides(target));
    Places::Rows(source.row_sums(|axis, p| steps[axis][p]).into_iter().map(|r| r + base).collect())
}

/// How a row is put together; empty if it stands as it is.
pub(crate) fn pieces(map: &AxisMap, source: &Space, target: &Space) -> Vec<Piece> {
    let shifts = shifts(map, source, target);
    let first_inner = source.axes.len() - source.inner_axes;
    let mut each: Vec<Option<i64>> = vec![Some(0)];
    for own in &shifts[first_inner..] {
        each = each
            .iter()
            .flat_map(|sum| own.iter().map(move |d| sum.zip(*d).map(|(sum, d)| sum + d)))
            .collect();
    }
    let mut distinct: Vec<i64> = each.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    match distinct[..] {
        [] | [0] => Vec::new(),
        [shift] => vec![Piece { shift: shift as i32, mask: None }],
        _ => distinct
            .iter()
            .map(|&shift| {
                let mask = each.iter().map(|d| if *d == Some(shift) { 1.0 } else { 0.0 });
                Piece { shift: shift as i32, mask: Some(mask.collect()) }
            })
            .collect(),
    }
}
