//! Which points are reached under which key values, and with which levels of every variable.
//!
//! A node is a point of the program under one combination of key values. For each variable a node knows the set of
//! levels that can occur there: a box around the reachable states, found by running the program on boxes until
//! nothing grows. What depends on parameters or time counts as possible.

use crate::{
    plan::flow::{Flow, PointId, Step},
    semantics::eval::{Env, EvalError, UNKNOWN, eval},
    semantics::law::{law_exprs, law_reads_current, law_support},
};
use fixedbitset::FixedBitSet;
use melian_model::{Distribution, Expr, Model, VarId, VarKind};
use std::collections::{BTreeSet, HashMap};

/// Number of a node.
pub(crate) type NodeId = usize;

/// Supports with more combinations than this are not narrowed.
const MOST_COMBINATIONS: usize = 1 << 20;
/// After so many visits a node's growing sets are taken as full.
const WIDEN_AFTER: usize = 64;

/// How an edge gives a variable its level.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Source {
    /// This level.
    Level(u32),
    /// One level up, where there is one.
    Up,
    /// One level down, where there is one.
    Down,
    /// The value of the node's assignment.
    Assigned,
}

/// A way from a node to the next.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Link {
    pub target: NodeId,
    /// Variables that change on the way.
    pub sets: Vec<(VarId, Source)>,
    /// Which arm, level, outcome or action it stands for (see [`crate::plan`]).
    pub role: usize,
}

/// A point under one combination of key values.
pub(crate) struct Node {
    pub point: PointId,
    /// Level of each key variable.
    pub key: Vec<u32>,
    /// For every variable, the levels that can occur.
    pub sets: Vec<FixedBitSet>,
    pub links: Vec<Link>,
}

impl Node {
    /// The level of every variable that has only one here; others unknown.
    pub fn known(&self) -> Vec<u32> {
        self.sets
            .iter()
            .map(|set| {
                let mut ones = set.ones();
                match (ones.next(), ones.next()) {
                    (Some(k), None) => k as u32,
                    _ => UNKNOWN,
                }
            })
            .collect()
    }
}

/// The nodes of a period. A link leads to a node with a smaller point, except that the ends of a period lead to entries.
pub(crate) struct Graph {
    pub nodes: Vec<Node>,
    /// Nodes in order of their points, ends first: the order of the backward sweep.
    pub order: Vec<NodeId>,
}

pub(crate) struct Explorer<'a> {
    model: &'a Model,
    flow: &'a Flow<'a>,
    keys: &'a [VarId],
    /// Conditional variables with their conditions.
    conditional: Vec<(VarId, &'a Expr)>,
    nodes: Vec<Node>,
    visits: Vec<usize>,
    index: HashMap<(PointId, Vec<u32>), NodeId>,
    queue: BTreeSet<(std::cmp::Reverse<PointId>, NodeId)>,
}

/// The levels that each support variable can have in one class of cells.
type Narrowed = Vec<(VarId, FixedBitSet)>;

impl<'a> Explorer<'a> {
    pub fn new(model: &'a Model, flow: &'a Flow<'a>, keys: &'a [VarId]) -> Explorer<'a> {
        let conditional = model
            .vars
            .iter()
            .enumerate()
            .filter_map(|(v, var)| match &var.kind {
                VarKind::State { when: Some(when), .. } => Some((VarId(v), when)),
                _ => None,
            })
            .collect();
        Explorer {
            model,
            flow,
            keys,
            conditional,
            nodes: Vec::new(),
            visits: Vec::new(),
            index: HashMap::new(),
            queue: BTreeSet::new(),
        }
    }

    /// The node at which a period starts from these levels.
    pub fn start(&mut self, levels: &[u32]) -> NodeId {
        let sets = self.point_sets(levels);
        let key: Vec<u32> = self.keys.iter().map(|k| levels[k.0]).collect();
        self.reach(self.flow.entry, key, sets)
    }

    /// The node of a point at which a stage is looked up.
    pub fn look_up(&mut self, point: PointId, levels: &[u32]) -> NodeId {
        let sets = self.point_sets(levels);
        let key: Vec<u32> = self.keys.iter().map(|k| levels[k.0]).collect();
        self.reach(point, key, sets)
    }

    /// Runs until no set grows, and returns the graph.
    pub fn finish(mut self) -> Graph {
        while let Some((_, node)) = self.queue.pop_first() {
            self.visits[node] += 1;
            self.nodes[node].links = self.step(node);
        }
        let mut order: Vec<NodeId> = (0..self.nodes.len()).collect();
        order.sort_by_key(|&n| (self.nodes[n].point, n));
        Graph { nodes: self.nodes, order }
    }

    fn point_sets(&self, levels: &[u32]) -> Vec<FixedBitSet> {
        levels
            .iter()
            .zip(&self.model.vars)
            .map(|(&k, var)| {
                let mut set = FixedBitSet::with_capacity(var.levels());
                set.insert(k as usize);
                set
            })
            .collect()
    }

    /// The node of a point under a key, skipping `if`s that the key decides, with these sets added to its own.
    fn reach(&mut self, point: PointId, key: Vec<u32>, sets: Vec<FixedBitSet>) -> NodeId {
        let point = self.resolve(point, &key);
        let node = match self.index.get(&(point, key.clone())) {
            Some(&node) => node,
            None => {
                let empty = self.model.vars.iter().map(|v| FixedBitSet::with_capacity(v.levels())).collect();
                self.nodes.push(Node { point, key: key.clone(), sets: empty, links: Vec::new() });
                self.visits.push(0);
                self.index.insert((point, key), self.nodes.len() - 1);
                self.queue.insert((std::cmp::Reverse(point), self.nodes.len() - 1));
                self.nodes.len() - 1
            }
        };
        let widen = self.visits[node] > WIDEN_AFTER;
        let mut grew = false;
        for (v, more) in sets.iter().enumerate() {
            let own = &mut self.nodes[node].sets[v];
            if !more.is_subset(own) {
                grew = true;
                own.union_with(more);
                if widen && !self.keys.contains(&VarId(v)) {
                    own.insert_range(0..self.model.vars[v].domain.size());
                }
            }
        }
        if grew {
            self.queue.insert((std::cmp::Reverse(point), node));
        }
        node
    }

    fn resolve(&self, mut point: PointId, key: &[u32]) -> PointId {
        let mut levels = vec![UNKNOWN; self.model.vars.len()];
        for (&k, &level) in self.keys.iter().zip(key) {
            levels[k.0] = level;
        }
        let env = Env { model: self.model, levels: &levels, params: None, period: None, ahead: &[] };
        if self.model.ended.is_some_and(|v| levels[v.0] == 1) {
            return 0;
        }
        'point: loop {
            let Step::Branch { arms } = &self.flow.points[point].step else { return point };
            for (condition, body) in arms {
                match eval(condition, &env) {
                    Ok(x) if x != 0.0 => {
                        point = *body;
                        continue 'point;
                    }
                    Ok(_) => {}
                    Err(_) => return point,
                }
            }
            point = self.flow.points[point].next;
        }
    }

    /// Sorts the combinations of the support variables' levels into classes; a cell may be in several.
    /// Returns for each class that occurs what its cells leave of the sets. `None` for a class means all sets whole.
    fn classify(
        &self,
        node: NodeId,
        vars: &[VarId],
        classes: usize,
        mut class: impl FnMut(&Env, &mut [bool]),
    ) -> Vec<Option<Narrowed>> {
        let sets = &self.nodes[node].sets;
        let mut levels = self.nodes[node].known();
        let free: Vec<VarId> = vars.iter().copied().filter(|v| levels[v.0] == UNKNOWN).collect();
        let choices: Vec<Vec<u32>> =
            free.iter().map(|v| sets[v.0].ones().map(|k| k as u32).collect()).collect();
        let combinations = choices.iter().fold(1usize, |n, c| n.saturating_mul(c.len()));
        if combinations > MOST_COMBINATIONS {
            return vec![Some(Vec::new()); classes];
        }
        let mut narrowed: Vec<Option<Narrowed>> = vec![None; classes];
        let mut can = vec![false; classes];
        let mut position = vec![0usize; free.len()];
        for _ in 0..combinations {
            for (i, v) in free.iter().enumerate() {
                levels[v.0] = choices[i][position[i]];
            }
            can.fill(false);
            let env = Env { model: self.model, levels: &levels, params: None, period: None, ahead: &[] };
            class(&env, &mut can);
            for c in (0..classes).filter(|&c| can[c]) {
                let cell = narrowed[c].get_or_insert_with(|| {
                    free.iter().map(|&v| (v, FixedBitSet::with_capacity(sets[v.0].len()))).collect()
                });
                for (v, set) in cell {
                    set.insert(levels[v.0] as usize);
                }
            }
            for (p, c) in position.iter_mut().zip(&choices).rev() {
                *p += 1;
                if *p < c.len() {
                    break;
                }
                *p = 0;
            }
        }
        narrowed
    }

    /// Follows a link: narrowed sets, then the changes, then conditional variables that cease to exist.
    fn link(
        &mut self,
        node: NodeId,
        point: PointId,
        role: usize,
        narrowed: &Narrowed,
        mut changes: Vec<(VarId, Source)>,
        assigned: Option<&FixedBitSet>,
    ) -> Link {
        let mut sets = self.nodes[node].sets.clone();
        for (v, set) in narrowed {
            sets[v.0].clone_from(set);
        }
        let mut key = self.nodes[node].key.clone();
        for (v, source) in &changes {
            let domain = self.model.var(*v).domain.size();
            let old = sets[v.0].clone();
            let new = &mut sets[v.0];
            new.clear();
            match source {
                Source::Level(k) => {
                    new.insert(*k as usize);
                    if let Some(i) = self.keys.iter().position(|key| key == v) {
                        key[i] = *k;
                    }
                }
                Source::Up => old.ones().for_each(|k| new.insert((k + 1).min(domain.saturating_sub(1)))),
                Source::Down => old.ones().for_each(|k| new.insert(k.saturating_sub(1))),
                Source::Assigned => {
                    if let Some(assigned) = assigned {
                        new.clone_from(assigned);
                    }
                }
            }
        }
        if !changes.is_empty() {
            let touched = |when: &Expr| when.variables().iter().any(|v| changes.iter().any(|(c, _)| c == v));
            let mut absent = Vec::new();
            for &(v, when) in &self.conditional {
                if touched(when) && !self.holds(when, &key) {
                    sets[v.0].clear();
                    sets[v.0].insert(self.model.var(v).absent());
                    absent.push((v, Source::Level(self.model.var(v).absent() as u32)));
                }
            }
            changes.retain(|(v, _)| !absent.iter().any(|(a, _)| a == v));
            changes.extend(absent);
        }
        let target = self.reach(point, key, sets);
        Link { target, sets: changes, role }
    }

    /// Whether an existence condition holds under a key; all its variables are keys.
    fn holds(&self, when: &Expr, key: &[u32]) -> bool {
        let mut levels = vec![UNKNOWN; self.model.vars.len()];
        for (&k, &level) in self.keys.iter().zip(key) {
            levels[k.0] = level;
        }
        let env = Env { model: self.model, levels: &levels, params: None, period: None, ahead: &[] };
        eval(when, &env).is_ok_and(|x| x != 0.0)
    }

    fn step(&mut self, node: NodeId) -> Vec<Link> {
        let flow = self.flow;
        let point = &flow.points[self.nodes[node].point];
        let next = point.next;
        let mut links = Vec::new();
        match &point.step {
            Step::Exit => {
                let mut sets = self.nodes[node].sets.clone();
                let mut gone = Vec::new();
                for (v, var) in self.model.vars.iter().enumerate().filter(|(_, var)| !var.is_state()) {
                    sets[v].clear();
                    sets[v].insert(var.absent());
                    gone.push((VarId(v), Source::Level(var.absent() as u32)));
                }
                let key = self.nodes[node].key.clone();
                let target = self.reach(flow.entry, key, sets);
                links.push(Link { target, sets: gone, role: 0 });
            }
            Step::Pay(_) => links.push(self.link(node, next, 0, &Vec::new(), Vec::new(), None)),
            Step::End => {
                let change = self.model.ended.map(|v| (v, Source::Level(1)));
                links.push(self.link(node, 0, 0, &Vec::new(), change.into_iter().collect(), None));
            }
            Step::Assign { var, value, .. } => {
                let size = self.model.var(*var).domain.size();
                let domain = self.model.var(*var).domain;
                let classes =
                    self.classify(node, &value.variables(), size, |env, can| match eval(value, env) {
                        Ok(x) => domain.level(x).into_iter().for_each(|k| can[k] = true),
                        Err(EvalError::Unknown) => can.fill(true),
                        Err(_) => {}
                    });
                if self.keys.contains(var) {
                    for (k, narrowed) in classes.iter().enumerate() {
                        if let Some(narrowed) = narrowed {
                            let change = vec![(*var, Source::Level(k as u32))];
                            links.push(self.link(node, next, k, narrowed, change, None));
                        }
                    }
                } else {
                    let mut levels = FixedBitSet::with_capacity(self.model.var(*var).levels());
                    for (k, narrowed) in classes.iter().enumerate() {
                        levels.set(k, narrowed.is_some());
                    }
                    if levels.count_ones(..) > 0 {
                        let change = vec![(*var, Source::Assigned)];
                        links.push(self.link(node, next, 0, &Vec::new(), change, Some(&levels)));
                    }
                }
            }
            Step::Draw { draw, .. } => {
                let mut vars: Vec<VarId> = law_exprs(draw).iter().flat_map(|e| e.variables()).collect();
                if law_reads_current(draw) {
                    vars.push(draw.var);
                }
                vars.sort();
                vars.dedup();
                let size = self.model.var(draw.var).domain.size();
                let walk = matches!(draw.law, Distribution::Walk { .. });
                if walk && !self.keys.contains(&draw.var) {
                    // Classes: stay, up, down.
                    let mut row = vec![false; size];
                    let classes = self.classify(node, &vars, 3, |env, can| {
                        law_support(draw, env, &mut row);
                        let current = env.levels[draw.var.0] as usize;
                        if current < size {
                            can[0] = true;
                            can[1] = current + 1 < size && row[current + 1];
                            can[2] = current > 0 && row[current - 1];
                        } else {
                            can.fill(env.levels[draw.var.0] == UNKNOWN);
                        }
                    });
                    for (role, narrowed) in classes.iter().enumerate() {
                        if let Some(narrowed) = narrowed {
                            let change = match role {
                                0 => Vec::new(),
                                1 => vec![(draw.var, Source::Up)],
                                _ => vec![(draw.var, Source::Down)],
                            };
                            links.push(self.link(node, next, role, narrowed, change, None));
                        }
                    }
                } else {
                    let classes = self.classify(node, &vars, size, |env, can| law_support(draw, env, can));
                    for (k, narrowed) in classes.iter().enumerate() {
                        if let Some(narrowed) = narrowed {
                            let change = vec![(draw.var, Source::Level(k as u32))];
                            links.push(self.link(node, next, k, narrowed, change, None));
                        }
                    }
                }
            }
            Step::Branch { arms } => {
                let mut vars: Vec<VarId> = arms.iter().flat_map(|(c, _)| c.variables()).collect();
                vars.sort();
                vars.dedup();
                let classes =
                    self.classify(node, &vars, arms.len() + 1, |env, can| branch_arms(arms, env, can));
                for (arm, narrowed) in classes.iter().enumerate() {
                    if let Some(narrowed) = narrowed {
                        let body = arms.get(arm).map_or(next, |(_, body)| *body);
                        links.push(self.link(node, body, arm, narrowed, Vec::new(), None));
                    }
                }
            }
            Step::Choose { stage, choice, bodies, .. } => {
                let stage_var = self.model.stage(*stage).var;
                for (i, action) in choice.actions.iter().enumerate() {
                    let narrowed = match &action.guard {
                        None => Some(Vec::new()),
                        Some(guard) => {
                            let can_hold = |env: &Env, can: &mut [bool]| {
                                can[0] = !matches!(eval(guard, env), Ok(x) if x == 0.0);
                            };
                            self.classify(node, &guard.variables(), 1, can_hold).swap_remove(0)
                        }
                    };
                    if let Some(narrowed) = narrowed {
                        let change = vec![(stage_var, Source::Level(action.action as u32))];
                        links.push(self.link(node, bodies[i], i, &narrowed, change, None));
                    }
                }
            }
        }
        links
    }
}

/// Which arms of a branch can be taken; the last entry is none of them.
pub(crate) fn branch_arms(arms: &[(&Expr, PointId)], env: &Env, can: &mut [bool]) {
    for (arm, (condition, _)) in arms.iter().enumerate() {
        match eval(condition, env) {
            Ok(x) if x != 0.0 => {
                can[arm] = true;
                return;
            }
            Ok(_) => {}
            Err(EvalError::Unknown) => can[arm] = true,
            Err(_) => return,
        }
    }
    can[arms.len()] = true;
}
