//! The plan made ready for speed: which boxes are computed at all, from which rows of which others, in which order.
//!
//! Assignments and payments on the way to the next box are followed when the plan is made, not in every period: a
//! choice reads its actions' values where they are kept, adding what is paid on the way. What remains are steps. Steps
//! that keep their leading axes as they are work on one slab of these at a time, so that what passes between them
//! stays in cache (see [`regions`]); slabs are shared out among threads.

pub(crate) mod operand;
pub(crate) mod path;
pub(crate) mod regions;

use crate::{
    plan::explore::NodeId,
    plan::flow::Payee,
    plan::map::AxisMap,
    plan::schedule::operand::{OperandId, OperandSpec, Planes},
    plan::schedule::path::{Path, Places, Row, Way, ways},
    plan::schedule::regions::{Home, Region, regions},
    plan::{Op, Plan, Rows, TableId},
};
use melian_model::PlayerId;

/// Number of a step.
pub(crate) type StepId = usize;

/// Rows are not made longer than this, so that there are enough of them to share out.
pub(crate) const LONGEST_ROW: usize = 2048;

/// What a step does with what its paths lead to.
pub(crate) enum Kind {
    /// A period's end: discounts the values at the next period's start; in the last period what `finally` pays.
    Exit { finally: Vec<(Payee, OperandId)> },
    /// Takes over what its only path leads to; nothing if it has none.
    Copy,
    /// Takes over, for each row, the path that the operand says.
    Select { by: OperandId },
    /// Weighs the paths, one plane each.
    Mix { weights: OperandId },
    /// A choice among the paths; plane `i` of the operand is 0 where path `i` is available and −∞ where not.
    Choose { player: PlayerId, available: OperandId },
}

/// One box to compute.
pub(crate) struct Step {
    /// The statement that it carries out.
    pub node: NodeId,
    /// Whose values it computes: the statement's, or those of the payments before it.
    pub values_of: NodeId,
    pub kind: Kind,
    pub paths: Vec<Path>,
    /// What is paid before the statement.
    pub pays: Vec<(Payee, OperandId)>,
    /// States in all.
    pub size: usize,
    /// States of a row.
    pub inner: usize,
    /// The rows with a reachable state; `None`: all.
    pub active: Option<Vec<u32>>,
    /// Where its values are kept.
    pub home: Home,
}

impl Kind {
    /// In a word.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Exit { .. } => "end",
            Kind::Copy => "take over",
            Kind::Select { .. } => "select",
            Kind::Mix { .. } => "weigh",
            Kind::Choose { .. } => "choose",
        }
    }
}

impl Step {
    /// States that are computed: those of rows with a reachable state.
    pub fn computed(&self) -> usize {
        self.active.as_ref().map_or(self.rows(), Vec::len) * self.inner
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.size / self.inner
    }
}

/// Steps in order, with the operands they read.
#[derive(Default)]
pub(crate) struct Schedule {
    pub steps: Vec<Step>,
    pub operands: Vec<OperandSpec>,
    pub regions: Vec<Region>,
    /// Largest number of states that each buffer must hold.
    pub buffers: Vec<usize>,
    /// The steps of period ends.
    pub exits: Vec<StepId>,
}

/// What one period of a backward sweep takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cost {
    /// States computed, in all steps.
    pub states: u64,
    /// Exponentials: one for a choice between two, else one an action.
    pub exponentials: u64,
    /// Bytes that steps read from other steps and write, in all columns.
    pub bytes: u64,
}

impl Schedule {
    /// What a period takes with so many columns.
    pub fn cost(&self, columns: usize) -> Cost {
        let mut cost = Cost::default();
        for step in &self.steps {
            let states = step.computed() as u64;
            let paths = step.paths.len() as u64;
            let (read, exponentials) = match step.kind {
                Kind::Exit { .. } | Kind::Select { .. } => (1, 0),
                Kind::Copy | Kind::Mix { .. } => (paths, 0),
                Kind::Choose { .. } => (paths, if paths == 2 { 1 } else { paths }),
            };
            cost.states += states;
            cost.exponentials += exponentials * states;
            cost.bytes += 8 * states * columns as u64 * (read + 1);
        }
        cost
    }

    /// The schedule of a plan whose reachable states are marked.
    pub fn new(plan: &Plan) -> Schedule {
        let mut wanted = vec![false; plan.nodes.len()];
        let mut resolved: Vec<Vec<Way>> = (0..plan.nodes.len()).map(|_| Vec::new()).collect();
        for (id, node) in plan.nodes.iter().enumerate() {
            wanted[id] = matches!(node.op, Op::Exit { .. }) && !node.reached.is_clear();
        }
        plan.entries.iter().for_each(|&id| wanted[id] = true);
        // From the period's start on, so that who reads a box comes before it.
        for &id in plan.order.iter().rev() {
            if wanted[id] && !matches!(plan.nodes[id].op, Op::Exit { .. }) {
                resolved[id] = ways(plan, id);
                resolved[id].iter().for_each(|way| wanted[way.target] = true);
            }
        }
        let before = payments_before(plan, &resolved);
        before.iter().flatten().for_each(|&payments| wanted[payments] = false);
        let order: Vec<NodeId> = plan.order.iter().copied().filter(|&id| wanted[id]).collect();
        let mut step_of = vec![usize::MAX; plan.nodes.len()];
        for (step, &id) in order.iter().enumerate() {
            step_of[id] = step;
            before[id].iter().for_each(|&payments| step_of[payments] = step);
        }
        let mut schedule = Schedule::default();
        for &id in &order {
            let ways = std::mem::take(&mut resolved[id]);
            let paid = before[id].map(|payments| (payments, std::mem::take(&mut resolved[payments])));
            let step = schedule.step(plan, id, ways, paid, &step_of);
            schedule.steps.push(step);
        }
        for (number, path) in schedule.steps.iter_mut().flat_map(|step| &mut step.paths).enumerate() {
            path.number = number;
        }
        regions(plan, &mut schedule);
        schedule
    }

    /// The step of a statement, and of the payments before it if these are made with it.
    fn step(
        &mut self,
        plan: &Plan,
        id: NodeId,
        ways: Vec<Way>,
        paid: Option<(NodeId, Vec<Way>)>,
        step_of: &[StepId],
    ) -> Step {
        let node = &plan.nodes[id];
        let space = &node.space;
        let moving = matches!(node.edges.first().map(|e| &e.rows), Some(Rows::Assigned { .. }));
        let exit = matches!(node.op, Op::Exit { .. });
        let inner_axes = if moving || exit {
            // As the plan has them: no parameter moves these.
            space.inner_axes
        } else {
            path::row_axes(plan, space, &ways)
        };
        let mut cut = space.clone();
        cut.set_inner(inner_axes);
        let identity = AxisMap::identity(space);
        let mut operand = |table: TableId, planes: Planes| {
            self.operand(OperandSpec::new(plan, &cut, &identity, table, planes))
        };
        let kind = match &node.op {
            Op::Exit { finally } => {
                let paid = plan.payments(node).iter().zip(finally);
                Kind::Exit {
                    finally: paid.map(|(p, &table)| (p.payee, operand(table, Planes::All))).collect(),
                }
            }
            Op::Pay { .. } | Op::Move { select: None } => Kind::Copy,
            Op::Move { .. } if node.edges.len() == 1 => Kind::Copy,
            Op::Move { select: Some(table) } => {
                let along = &plan.tables[*table].support.strides[space.axes.len() - inner_axes..];
                if along.iter().any(|s| *s != 0) {
                    Kind::Mix { weights: operand(*table, Planes::Equal(node.edges.len())) }
                } else {
                    Kind::Select { by: operand(*table, Planes::All) }
                }
            }
            Op::Chance { law } => Kind::Mix { weights: operand(*law, Planes::All) },
            Op::Choose { stage, available } => Kind::Choose {
                player: plan.model.stage(*stage).player,
                available: operand(*available, Planes::All),
            },
        };
        let paths = ways
            .into_iter()
            .map(|way| {
                let places = match &node.edges[way.edge].rows {
                    Rows::Assigned { slot, .. } => Places::Slot(*slot),
                    Rows::Fixed(_) => path::places(&way.map, &cut, &plan.nodes[way.target].space),
                };
                let pays = way
                    .pays
                    .iter()
                    .map(|(payee, table, map)| {
                        (*payee, self.operand(OperandSpec::new(plan, &cut, map, *table, Planes::All)))
                    })
                    .collect();
                let target = &plan.nodes[way.target].space;
                let source = step_of[way.target];
                let row = if moving { Row::Shifted(0) } else { path::row(&way.map, &cut, target) };
                Path {
                    source,
                    row,
                    places,
                    pays,
                    kept: if moving { 0 } else { way.map.kept_in_front(space, target) },
                    member: None,
                    number: 0,
                }
            })
            .collect();
        let (values_of, paid) = paid.unwrap_or((id, Vec::new()));
        let pays = paid.iter().flat_map(|way| &way.pays);
        let pays = pays.map(|(payee, table, map)| {
            (*payee, self.operand(OperandSpec::new(plan, &cut, map, *table, Planes::All)))
        });
        let pays = pays.collect();
        let mut active: Vec<u32> = node.reached.ones().map(|s| (s / cut.inner) as u32).collect();
        active.dedup();
        Step {
            node: id,
            values_of,
            kind,
            paths,
            pays,
            size: space.size,
            inner: cut.inner,
            active: (active.len() < cut.rows()).then_some(active),
            home: Home::Buffer(usize::MAX),
        }
    }

    /// The number of an operand; the same for the same.
    fn operand(&mut self, spec: OperandSpec) -> OperandId {
        match self.operands.iter().position(|o| *o == spec) {
            Some(known) => known,
            None => {
                self.operands.push(spec);
                self.operands.len() - 1
            }
        }
    }
}

/// For each node, the payments that come right before it, where nothing else leads to it: these are added to its values
/// when they are computed.
fn payments_before(plan: &Plan, resolved: &[Vec<Way>]) -> Vec<Option<NodeId>> {
    let mut leading_to = vec![0; plan.nodes.len()];
    resolved.iter().flatten().for_each(|way| leading_to[way.target] += 1);
    let mut before = vec![None; plan.nodes.len()];
    for (id, ways) in resolved.iter().enumerate() {
        let [Way { target, map, .. }] = &ways[..] else { continue };
        let (own, other) = (&plan.nodes[id], &plan.nodes[*target]);
        let (own_axes, other_axes) = (own.space.axes.len(), other.space.axes.len());
        let same = own_axes == other_axes && map.kept_in_front(&own.space, &other.space) == own_axes;
        let is_pay = |op: &Op| matches!(op, Op::Pay { .. });
        let apart = is_pay(&other.op) || matches!(other.op, Op::Exit { .. }) || plan.entries.contains(target);
        if is_pay(&own.op) && same && !apart && leading_to[*target] == 1 {
            before[*target] = Some(id);
        }
    }
    before
}
