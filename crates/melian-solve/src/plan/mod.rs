//! The plan: which boxes of states are solved, in which order, and how they hang together. Free of parameters.

pub(crate) mod describe;
pub(crate) mod explore;
pub(crate) mod flow;
pub(crate) mod keys;
pub(crate) mod live;
pub(crate) mod map;
pub(crate) mod needs;
pub(crate) mod reach;
pub(crate) mod schedule;
pub(crate) mod size;
pub(crate) mod space;

use crate::{
    ask::push::Ways,
    forever::Forever,
    interrupt::Interrupt,
    memory::Memory,
    plan::explore::{Explorer, Graph, NodeId, Source},
    plan::flow::{Flow, Payment, Step},
    plan::keys::choose_keys,
    plan::live::{axes, axis_order, liveness},
    plan::map::{AxisMap, Coordinate, strides},
    plan::needs::{Needs, Observed, look_up_at},
    plan::schedule::{Cost, LONGEST_ROW, Schedule},
    plan::size::PlanSize,
    plan::space::{NOWHERE, Space, Support},
    semantics::eval::{Env, EvalError, UNKNOWN, eval, reads},
    semantics::law::{law_exprs, law_reads_current},
    sweep::lanes::Lanes,
    tables::problems::Problems,
};
use fixedbitset::FixedBitSet;
use melian_model::{Diagnostic, Distribution, Model, StageId, VarId};
use std::sync::OnceLock;

/// How a plan may be solved. No result hangs on anything here but on how play that goes on for ever is solved.
#[derive(Clone, PartialEq, Debug)]
pub struct Options {
    /// How play that goes on for ever is solved.
    pub forever: Forever,
    /// What ends a solve before its time.
    pub interrupt: Interrupt,
    /// Bytes that a solve may take.
    pub max_memory: u64,
    /// Vector instructions to use.
    pub lanes: Lanes,
    /// States that a thread takes on at a time where a box is not worked on slab by slab.
    pub tile_states: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            forever: Forever::default(),
            interrupt: Interrupt::default(),
            max_memory: 8 << 30,
            lanes: Lanes::best(),
            tile_states: 4096,
        }
    }
}

/// Number of a table.
pub(crate) type TableId = usize;

/// What a node does, going backward.
pub(crate) enum Op {
    /// The period ends: edge 0 leads to the next period's start.
    ///
    /// In the last period the payments of `finally` are made first, one table each.
    Exit { finally: Vec<TableId> },
    /// One edge is taken: the only one, or the one that the table says.
    Move { select: Option<TableId> },
    /// Payments, one table each, then edge 0.
    Pay { tables: Vec<TableId> },
    /// Edge `i` with the probability in plane `i` of the table.
    Chance { law: TableId },
    /// Edge `i` is an action; plane `i` of the table is 0 where it is available and −∞ where not.
    Choose { stage: StageId, available: TableId },
}

/// Where the rows of a node's box begin in the target's box.
pub(crate) enum Rows {
    /// Fixed.
    Fixed(Vec<u32>),
    /// These, plus `stride` times the position of the level in the assignment's table.
    Assigned { base: Vec<u32>, axis: usize, table: TableId, slot: usize },
}

/// A way from a node to the next.
pub(crate) struct Edge {
    pub target: NodeId,
    pub rows: Rows,
    /// Where it leads, if that does not hang on parameters.
    pub map: Option<AxisMap>,
    /// Arm, level, outcome or action (see [`crate::explore`]).
    pub role: usize,
}

/// A point of the program under one combination of key values, with its box.
pub(crate) struct PlanNode {
    pub point: usize,
    /// Level of every variable that has one level here; others, axes or dead, are unknown.
    pub known: Vec<u32>,
    pub space: Space,
    pub op: Op,
    pub edges: Vec<Edge>,
    /// Which states can be reached.
    pub reached: FixedBitSet,
    /// The rows with a reachable state; `None`: all.
    pub active: Option<Vec<u32>>,
}

/// What a table holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Content {
    /// The amount of payment `i` of the node.
    Payment(usize),
    /// Which edge is taken.
    Select,
    /// The level of the assigned variable.
    Level,
    /// One plane an edge: its probability.
    Law,
    /// One plane an action: 0 or −∞.
    Available,
    /// The amount of payment `i` of `finally`.
    Final(usize),
}

/// A table over some axes of a node's box.
pub(crate) struct TableSpec {
    pub node: NodeId,
    pub content: Content,
    pub support: Support,
    pub planes: usize,
    /// Whether it must be filled anew each period.
    pub timed: bool,
}

/// Everything about solving a model that does not depend on parameters.
pub struct Plan<'m> {
    pub(crate) model: &'m Model,
    pub(crate) flow: Flow<'m>,
    pub(crate) keys: Vec<VarId>,
    pub(crate) nodes: Vec<PlanNode>,
    /// Nodes, period ends first.
    pub(crate) order: Vec<NodeId>,
    /// Nodes where a period starts.
    pub(crate) entries: Vec<NodeId>,
    /// How many edges lead to each node, edges from period ends not counted.
    pub(crate) uses: Vec<usize>,
    pub(crate) tables: Vec<TableSpec>,
    /// Number of edges whose rows depend on a table.
    pub(crate) slots: usize,
    /// Choices made at the same time: their nodes, in the order in which they are written.
    pub(crate) together: Vec<Vec<NodeId>>,
    pub(crate) size: PlanSize,
    pub(crate) schedule: Schedule,
    pub(crate) options: Options,
    /// States from which everything is reached: starts, then look-ups.
    pub(crate) starts: Vec<(NodeId, usize)>,
    /// Node, state, period.
    pub(crate) look_ups: Vec<(NodeId, usize, usize)>,
    /// Whether conditional state may be absent where its condition holds, or the other way round.
    pub(crate) doubts_conditional: bool,
    /// What forward passes need of it.
    pub(crate) ways: OnceLock<Ways>,
    pub(crate) memory: Memory,
}

impl<'m> Plan<'m> {
    /// Plans a model for what will be asked of it.
    ///
    /// # Errors
    /// A box too large for `options.max_memory`, with the variables that cause it; conditional state over too many
    /// values; a look-up at a stage that no place fits.
    pub fn new(model: &'m Model, needs: &Needs, options: &Options) -> Result<Plan<'m>, Vec<Diagnostic>> {
        size::refuse_wide_variables(model)?;
        let keys = choose_keys(model).map_err(|n| vec![size::too_many_keys(model, n)])?;
        let flow = Flow::new(model);
        let observed = Observed::new(model, needs);

        let mut explorer = Explorer::new(model, &flow, &keys);
        let mut seeds: Vec<(NodeId, Vec<u32>)> = Vec::new();
        let default_start = [model.start()];
        let starts = if needs.starts.is_empty() { &default_start[..] } else { &needs.starts[..] };
        for start in starts {
            let levels: Vec<u32> = start.iter().map(|&k| k as u32).collect();
            seeds.push((explorer.start(&levels), levels));
        }
        let mut periods: Vec<usize> = Vec::new();
        for (stage, named, at) in &observed.look_ups {
            for start in starts {
                let (point, levels) = look_up_at(model, &flow, start, *stage, named)
                    .ok_or_else(|| vec![size::no_such_place(model, *stage)])?;
                seeds.push((explorer.look_up(point, &levels), levels));
                periods.push(*at);
            }
        }
        let graph = explorer.finish();
        let live = liveness(model, &flow, &graph, &keys, &observed);
        let order = axis_order(model, &flow);
        let boxes: Vec<Vec<(VarId, Vec<u32>)>> =
            graph.nodes.iter().zip(&live).map(|(node, live)| axes(node, live, &order)).collect();
        size::refuse_large_boxes(model, &graph, &boxes, options)?;
        let spaces: Vec<Space> = boxes.into_iter().map(Space::new).collect();

        let mut builder = Builder {
            model,
            flow: &flow,
            graph: &graph,
            keys: &keys,
            needs,
            spaces,
            tables: Vec::new(),
            slots: 0,
        };
        builder.set_inner();
        let mut nodes: Vec<PlanNode> = Vec::with_capacity(graph.nodes.len());
        for id in 0..graph.nodes.len() {
            nodes.push(builder.node(id));
        }
        let Builder { tables, slots, .. } = builder;
        let mut entries: Vec<NodeId> = nodes
            .iter()
            .filter(|n| matches!(n.op, Op::Exit { .. }))
            .map(|n| n.edges[0].target)
            .chain(seeds[..starts.len()].iter().map(|(node, _)| *node))
            .collect();
        entries.sort_unstable();
        entries.dedup();
        let mut uses = vec![0; nodes.len()];
        for node in nodes.iter().filter(|n| !matches!(n.op, Op::Exit { .. })) {
            for edge in &node.edges {
                uses[edge.target] += 1;
            }
        }
        let together = together(&flow, &nodes);
        let mut plan = Plan {
            model,
            together,
            keys,
            nodes,
            order: graph.order,
            entries,
            uses,
            tables,
            slots,
            size: PlanSize::default(),
            schedule: Schedule::default(),
            options: options.clone(),
            starts: Vec::new(),
            look_ups: Vec::new(),
            doubts_conditional: false,
            ways: OnceLock::new(),
            memory: Memory::default(),
            flow,
        };
        let place = |(node, levels): &(NodeId, Vec<u32>)| {
            plan.nodes[*node].space.state_of(levels).map(|state| (*node, state))
        };
        let (starts, look_ups) = seeds.split_at(starts.len());
        let starts = starts.iter().filter_map(place).collect();
        let look_ups = look_ups.iter().zip(&periods);
        let look_ups =
            look_ups.filter_map(|(seed, &at)| place(seed).map(|(node, state)| (node, state, at))).collect();
        (plan.starts, plan.look_ups) = (starts, look_ups);
        reach::mark(&mut plan);
        let mut problems = Problems::new(&plan, 1);
        problems.conditional();
        plan.doubts_conditional = problems.finish().is_err();
        plan.schedule = Schedule::new(&plan);
        plan.size = size::measure(&plan);
        Ok(plan)
    }

    /// The choices made at the same time as that of a node, and its place among them.
    pub(crate) fn together_with(&self, id: NodeId) -> Option<(&[NodeId], usize)> {
        self.together.iter().find_map(|nodes| Some((&nodes[..], nodes.iter().position(|n| *n == id)?)))
    }

    /// The node of a stage: of those chosen at the same time, `first` is the first one's.
    pub(crate) fn node_of(&self, first: NodeId, stage: StageId) -> Option<NodeId> {
        let nodes = self.together_with(first).map_or(std::slice::from_ref(&first), |(nodes, _)| nodes);
        let is = |id: &NodeId| matches!(self.nodes[*id].op, Op::Choose { stage: own, .. } if own == stage);
        nodes.iter().copied().find(is)
    }

    /// The model it was made for.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// What a period of the players' values takes.
    pub fn cost(&self) -> Cost {
        self.schedule.cost(self.model.players.len())
    }

    /// Entries of all tables: each expression is evaluated once for every combination of the variables of its box that
    /// it reads, not for every state.
    pub fn table_entries(&self) -> u64 {
        self.tables.iter().map(|table| table.support.len() as u64).sum()
    }

    /// How large it is.
    pub fn size(&self) -> &PlanSize {
        &self.size
    }

    /// The entry and state at which a period starts from these levels.
    pub(crate) fn locate(&self, levels: &[usize]) -> Option<(NodeId, usize)> {
        let levels: Vec<u32> = levels.iter().map(|&k| k as u32).collect();
        self.entries.iter().find_map(|&id| self.fits(id, &levels).map(|state| (id, state)))
    }

    /// The node and state of a look-up from a start.
    pub(crate) fn locate_look_up(
        &self,
        start: &[usize],
        stage: StageId,
        named: &[(VarId, usize)],
    ) -> Result<(NodeId, usize), Vec<Diagnostic>> {
        look_up_at(self.model, &self.flow, start, stage, named)
            .and_then(|(point, levels)| {
                let mut here = self.order.iter().filter(|&&id| self.nodes[id].point == point);
                here.find_map(|&id| self.fits(id, &levels).map(|state| (id, state)))
            })
            .ok_or_else(|| vec![size::no_such_place(self.model, stage)])
    }

    fn fits(&self, id: NodeId, levels: &[u32]) -> Option<usize> {
        let node = &self.nodes[id];
        let keys_fit = self.keys.iter().all(|k| node.known[k.0] == levels[k.0]);
        if keys_fit { node.space.state_of(levels) } else { None }
    }

    /// The payments of a node.
    pub(crate) fn payments(&self, node: &PlanNode) -> &[Payment<'m>] {
        match &self.flow.points[node.point].step {
            Step::Pay(payments) => payments,
            Step::Exit => &self.flow.finally,
            _ => &[],
        }
    }

    /// An environment's levels at a state of a node.
    pub(crate) fn levels_at(&self, node: NodeId, state: usize) -> Vec<u32> {
        let node = &self.nodes[node];
        let mut levels = node.known.clone();
        node.space.levels_of(state, &mut levels);
        levels
    }
}

/// For each combination of keys, the nodes of choices that are made at the same time.
fn together(flow: &Flow, nodes: &[PlanNode]) -> Vec<Vec<NodeId>> {
    let mut all = Vec::new();
    for points in &flow.together {
        for first in (0..nodes.len()).filter(|&id| nodes[id].point == points[0]) {
            let mut own = vec![first];
            while own.len() < points.len()
                && let Some(edge) = nodes[own[own.len() - 1]].edges.first()
            {
                own.push(edge.target);
            }
            all.push(own);
        }
    }
    all
}

/// Whether a draw's edges are stay, up and down instead of one for each level.
pub(crate) fn is_walk(draw: &melian_model::Draw, keys: &[VarId]) -> bool {
    matches!(draw.law, Distribution::Walk { .. }) && !keys.contains(&draw.var)
}

struct Builder<'a, 'm> {
    model: &'m Model,
    flow: &'a Flow<'m>,
    graph: &'a Graph,
    keys: &'a [VarId],
    needs: &'a Needs,
    spaces: Vec<Space>,
    tables: Vec<TableSpec>,
    slots: usize,
}

impl<'m> Builder<'_, 'm> {
    /// Finds, for each node, the trailing axes that none of its links moves.
    fn set_inner(&mut self) {
        for id in 0..self.graph.nodes.len() {
            let node = &self.graph.nodes[id];
            let own = &self.spaces[id].axes;
            let moved: Vec<VarId> = match &self.flow.points[node.point].step {
                Step::Assign { value, .. } => value.variables(),
                Step::Draw { draw, .. } => vec![draw.var],
                _ => Vec::new(),
            };
            let mut count = 0;
            let mut states = 1;
            while count < own.len() {
                let axis = &own[own.len() - 1 - count];
                let same = node.links.iter().all(|link| {
                    let other = &self.spaces[link.target].axes;
                    other.len() > count
                        && other[other.len() - 1 - count].var == axis.var
                        && other[other.len() - 1 - count].levels == axis.levels
                        && !link.sets.iter().any(|(v, _)| *v == axis.var)
                });
                states *= axis.levels.len();
                if !same || moved.contains(&axis.var) || states > LONGEST_ROW {
                    break;
                }
                count += 1;
            }
            self.spaces[id].set_inner(count);
        }
    }

    fn table(
        &mut self,
        node: NodeId,
        content: Content,
        vars: &[VarId],
        planes: usize,
        timed: bool,
    ) -> TableId {
        let support = self.spaces[node].support(vars);
        self.tables.push(TableSpec { node, content, support, planes, timed });
        self.tables.len() - 1
    }

    /// A table for each payment made at a node.
    fn payments(
        &mut self,
        node: NodeId,
        payments: &[Payment],
        env: &Env,
        content: impl Fn(usize) -> Content,
    ) -> Vec<TableId> {
        let table = |(i, payment): (usize, &Payment)| {
            let expressions = payment.expressions(env);
            let vars: Vec<VarId> = expressions.iter().flat_map(|e| reads(e, env)).collect();
            self.table(node, content(i), &vars, 1, payment.reads_time())
        };
        payments.iter().enumerate().map(table).collect()
    }

    fn node(&mut self, id: NodeId) -> PlanNode {
        let graph = self.graph;
        let node = &graph.nodes[id];
        let flow = self.flow;
        let known = node.known();
        let env = Env { model: self.model, levels: &known, params: None, period: None, ahead: &[] };
        let mut assigned = None;
        let op = match &flow.points[node.point].step {
            Step::Exit => {
                let ended = self.model.ended.is_some_and(|v| known[v.0] == 1);
                let payments = if ended { &[] } else { &flow.finally[..] };
                Op::Exit { finally: self.payments(id, payments, &env, Content::Final) }
            }
            Step::End => Op::Move { select: None },
            Step::Pay(payments) => Op::Pay { tables: self.payments(id, payments, &env, Content::Payment) },
            Step::Branch { arms } => {
                let vars: Vec<VarId> = arms.iter().flat_map(|(c, _)| reads(c, &env)).collect();
                let timed = arms.iter().any(|(c, _)| c.reads_time());
                Op::Move { select: Some(self.table(id, Content::Select, &vars, 1, timed)) }
            }
            Step::Assign { var, value, .. } => {
                let vars = reads(value, &env);
                let known_or_axis = |v: &VarId| known[v.0] != UNKNOWN || self.spaces[id].axis(*v).is_some();
                if self.keys.contains(var) {
                    Op::Move { select: Some(self.table(id, Content::Select, &vars, 1, value.reads_time())) }
                } else {
                    if vars.iter().all(known_or_axis) {
                        assigned = Some(self.table(id, Content::Level, &vars, 1, value.reads_time()));
                    }
                    Op::Move { select: None }
                }
            }
            Step::Draw { draw, .. } => {
                let mut vars: Vec<VarId> = law_exprs(draw).iter().flat_map(|e| reads(e, &env)).collect();
                if law_reads_current(draw) {
                    vars.push(draw.var);
                }
                let known_or_axis = |v: &VarId| known[v.0] != UNKNOWN || self.spaces[id].axis(*v).is_some();
                if vars.iter().all(known_or_axis) {
                    let timed = law_exprs(draw).iter().any(|e| e.reads_time());
                    Op::Chance { law: self.table(id, Content::Law, &vars, node.links.len(), timed) }
                } else {
                    // Nothing that matters depends on it: any outcome will do.
                    Op::Move { select: None }
                }
            }
            Step::Choose { stage, choice, .. } => {
                let mut vars: Vec<VarId> = choice
                    .actions
                    .iter()
                    .filter_map(|a| a.guard.as_ref())
                    .flat_map(|g| reads(g, &env))
                    .collect();
                let mut timed =
                    choice.actions.iter().filter_map(|a| a.guard.as_ref()).any(|g| g.reads_time());
                for c in self.needs.commitments.iter().filter(|c| c.stage == *stage) {
                    timed |= c.from > 1 || c.until < self.model.horizon;
                    if let Some(when) = &c.when {
                        vars.extend(when.variables());
                        timed |= when.reads_time();
                    }
                }
                let available = self.table(id, Content::Available, &vars, node.links.len(), timed);
                Op::Choose { stage: *stage, available }
            }
        };
        let single = matches!(op, Op::Move { select: None });
        let links = if single { &node.links[..node.links.len().min(1)] } else { &node.links[..] };
        let edges = links
            .iter()
            .map(|link| {
                let (rows, map) = self.rows(id, &known, link.target, &link.sets, assigned);
                Edge { target: link.target, rows, map, role: link.role }
            })
            .collect();
        PlanNode {
            point: node.point,
            known,
            space: self.spaces[id].clone(),
            op,
            edges,
            reached: FixedBitSet::new(),
            active: None,
        }
    }

    /// Where an edge leads, and where each row of the node's box begins in the target's box.
    fn rows(
        &mut self,
        id: NodeId,
        known: &[u32],
        target: NodeId,
        sets: &[(VarId, Source)],
        assigned: Option<TableId>,
    ) -> (Rows, Option<AxisMap>) {
        let own = &self.spaces[id];
        let other = &self.spaces[target];
        let arriving = self.graph.nodes[target].known();
        let mut map = AxisMap {
            coordinates: Vec::with_capacity(other.axes.len()),
            open: own.axes.iter().map(|a| vec![true; a.levels.len()]).collect(),
        };
        let mut by_table = None;
        for (number, axis) in other.axes.iter().enumerate() {
            let source = sets.iter().find(|(v, _)| *v == axis.var).map(|(_, s)| s);
            let top = self.model.var(axis.var).domain.size() as u32 - 1;
            // The level after the way, if it can be taken.
            let moved = |level: u32| match source {
                Some(Source::Up) => (level < top).then_some(level + 1),
                Some(Source::Down) => level.checked_sub(1),
                _ => Some(level),
            };
            let position = |level: u32| match axis.position(level) {
                NOWHERE => None,
                p => Some(p),
            };
            let mine = own.axes.iter().position(|a| a.var == axis.var);
            map.coordinates.push(match source {
                Some(Source::Level(k)) => Coordinate::Fixed(position(*k).unwrap_or(0)),
                Some(Source::Assigned) => match self.assigned(id, known, axis.var) {
                    Some((None, levels)) => Coordinate::Fixed(levels[0].and_then(position).unwrap_or(0)),
                    // Where the value leaves its grid, which is an error if it is ever reached, any place will do.
                    Some((Some(axis), levels)) => {
                        let positions = levels.iter().map(|k| k.and_then(position).unwrap_or(0));
                        Coordinate::Of { axis, positions: positions.collect() }
                    }
                    None => {
                        by_table = Some(number);
                        Coordinate::Fixed(0)
                    }
                },
                _ => match mine {
                    Some(mine) => {
                        let levels = &own.axes[mine].levels;
                        let positions = levels.iter().map(|&k| moved(k).and_then(position));
                        let open = &mut map.open[mine];
                        open.iter_mut().zip(positions.clone()).for_each(|(open, p)| *open &= p.is_some());
                        Coordinate::Of { axis: mine, positions: positions.map(|p| p.unwrap_or(0)).collect() }
                    }
                    None => Coordinate::Fixed(moved(known[axis.var.0]).and_then(position).unwrap_or(0)),
                },
            });
        }
        // A variable that holds one level on arrival and was not changed held it before.
        for (mine, axis) in own.axes.iter().enumerate() {
            let level = arriving[axis.var.0];
            if level != UNKNOWN && !sets.iter().any(|(v, _)| *v == axis.var) {
                map.open[mine].iter_mut().zip(&axis.levels).for_each(|(open, k)| *open &= *k == level);
            }
        }
        let (base, steps) = map.steps(own, &strides(other));
        let rows: Vec<u32> =
            own.row_sums(|axis, position| steps[axis][position]).into_iter().map(|r| r + base).collect();
        match (by_table, assigned) {
            (Some(axis), Some(table)) => {
                self.slots += 1;
                (Rows::Assigned { base: rows, axis, table, slot: self.slots - 1 }, None)
            }
            // An assigned axis without a table matters to nothing that is reached.
            _ => (Rows::Fixed(rows), Some(map)),
        }
    }

    /// The axis that a node's assignment reads, if any, and the level that it gives for each position there; `None` if
    /// it reads several axes, a parameter or the time.
    fn assigned(&self, id: NodeId, known: &[u32], var: VarId) -> Option<(Option<usize>, Vec<Option<u32>>)> {
        let Step::Assign { var: assigned, value, .. } = &self.flow.points[self.graph.nodes[id].point].step
        else {
            return None;
        };
        let own = &self.spaces[id];
        let env = Env { model: self.model, levels: known, params: None, period: None, ahead: &[] };
        let read = reads(value, &env);
        let axes: Vec<usize> = (0..own.axes.len()).filter(|&i| read.contains(&own.axes[i].var)).collect();
        let axis = match axes[..] {
            [] => None,
            [axis] => Some(axis),
            _ => return None,
        };
        if *assigned != var {
            return None;
        }
        let domain = self.model.var(var).domain;
        let mut levels = known.to_vec();
        let mut found = Vec::new();
        for position in 0..axis.map_or(1, |axis| own.axes[axis].levels.len()) {
            if let Some(axis) = axis {
                levels[own.axes[axis].var.0] = own.axes[axis].levels[position];
            }
            let env = Env { levels: &levels, ..env };
            found.push(match eval(value, &env) {
                Ok(x) => domain.level(x).map(|k| k as u32),
                Err(EvalError::Unknown) => return None,
                Err(_) => None,
            });
        }
        Some((axis, found))
    }
}
