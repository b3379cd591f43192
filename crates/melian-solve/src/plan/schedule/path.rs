//! From a step to what it reads: assignments and payments on the way followed once and for all.

use crate::{
    plan::explore::NodeId,
    plan::flow::Payee,
    plan::map::{AxisMap, strides},
    plan::schedule::operand::OperandId,
    plan::schedule::{LONGEST_ROW, StepId},
    plan::space::Space,
    plan::{Op, Plan, Rows, TableId},
};

/// Rows of this length lose little to what each row costs.
const LONG_ENOUGH: usize = 256;
/// A row may be put together from so many shifted pieces; beyond that it is cheaper to fetch state by state.
const MOST_PIECES: usize = 4;

/// A way from a node to the next one that is computed.
#[derive(Clone)]
pub(crate) struct Way {
    /// Which edge it begins with.
    pub edge: usize,
    pub target: NodeId,
    pub map: AxisMap,
    /// What is paid on the way: to whom, by which table, and where the payment's box is entered.
    pub pays: Vec<(Payee, TableId, AxisMap)>,
}

/// What a step reads from another.
pub(crate) struct Path {
    pub source: StepId,
    pub places: Places,
    /// How a row lies there.
    pub row: Row,
    /// What is paid on the way.
    pub pays: Vec<(Payee, OperandId)>,
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

/// How a row lies in the source.
pub(crate) enum Row {
    /// As it stands, so far from the row's place.
    Shifted(i32),
    /// In pieces that are shifted differently.
    Pieces(Vec<Piece>),
    /// Anyhow: how far each state lies from the row's place.
    Scattered(Vec<i32>),
}

/// States of a row that lie this far from where they would lie if the row stood as it is.
pub(crate) struct Piece {
    pub shift: i32,
    /// 1 for each position of the row that belongs to it, 0 for the others.
    pub mask: Vec<f64>,
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
                    pays.push((payment.payee, table, here.clone()));
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
                pays.push((payment.payee, table, way.map.clone()));
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

/// How many trailing axes of the source can form a row that lies in one piece or a few.
fn longest(map: &AxisMap, source: &Space, target: &Space) -> usize {
    let shifts = shifts(map, source, target);
    let mut sums = vec![0i64];
    let mut axes = 0;
    while axes < most_axes(source) {
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

/// How many trailing axes can form a row at all.
fn most_axes(space: &Space) -> usize {
    (0..=space.axes.len()).rev().find(|axes| stretch(space, *axes) <= LONGEST_ROW).unwrap_or(0)
}

/// How many trailing axes form the rows of a box from which these ways lead: as many as lie in a few pieces along every
/// way, but for ways along which such rows would be short.
pub(crate) fn row_axes(plan: &Plan, space: &Space, ways: &[Way]) -> usize {
    let longest = ways.iter().map(|way| longest(&way.map, space, &plan.nodes[way.target].space));
    longest.filter(|axes| stretch(space, *axes) >= LONG_ENOUGH).min().unwrap_or(most_axes(space))
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

/// How a row lies in the target.
pub(crate) fn row(map: &AxisMap, source: &Space, target: &Space) -> Row {
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
        [] => Row::Shifted(0),
        [shift] => Row::Shifted(shift as i32),
        _ if distinct.len() <= MOST_PIECES => {
            let piece = |&shift: &i64| {
                let mask = each.iter().map(|d| if *d == Some(shift) { 1.0 } else { 0.0 });
                Piece { shift: shift as i32, mask: mask.collect() }
            };
            Row::Pieces(distinct.iter().map(piece).collect())
        }
        // What cannot be reached is fetched from anywhere: it carries no weight.
        _ => Row::Scattered(
            each.iter().enumerate().map(|(i, d)| (d.unwrap_or(distinct[0]) + i as i64) as i32).collect(),
        ),
    }
}
