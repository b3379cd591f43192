//! Questions answered backward: as extra columns of the sweeps that solve the games.

use crate::{
    ask::Stationary,
    ask::batch::{Batch, Snapshots, Trouble},
    ask::nearby::{Nearby, Strand},
    ask::recursion::{LookUp, Rule, Wanted},
    ask::rules::Sampler,
    ask::sharing::{Carried, Node, Part, Path, Place},
    forever::classes::recurrent,
    forever::limits::Carrying,
    forever::settle::{Tail, is_steady, settle},
    plan::Plan,
    plan::explore::NodeId,
    plan::flow::Step,
    sweep::belief::{History, player_columns},
    sweep::policy::{Look, adjust},
    sweep::tally::Counts,
    sweep::together::Near,
    sweep::{Boundary, Choosing, Column, Discount, Pays, Policies, StageRule, Sweep, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Diagnostic, FOREVER, PlayerId, Span, StageId};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// What the backward sweeps find.
pub(crate) struct Found {
    /// For each game and query, by recursion that is carried to period 1, its value at the start.
    pub carried: Vec<Vec<HashMap<usize, f64>>>,
    pub snapshots: Snapshots,
    /// For each game and query, the players' values at the start, under the first segment's belief.
    pub values: Vec<Vec<Vec<f64>>>,
    /// For each game and player, the least and greatest value at the start of period 1.
    pub payoff_range: Vec<Vec<(f64, f64)>>,
    pub look_ups: Vec<Option<f64>>,
    /// For each game, what happened at choices.
    pub counts: Vec<Counts>,
    /// For each game that goes on for ever, how it was solved.
    pub forever: Vec<Option<Stationary>>,
    /// By game, recursions over all time that do not settle.
    pub endless: HashSet<(usize, usize)>,
    /// What a forward pass needs of each stretch.
    pub solved: Vec<Option<Solved>>,
    /// The tables of paths that are not believed.
    pub paths: HashMap<Part, Tables>,
}

/// A stretch as far as it is solved.
pub(crate) struct Solved {
    pub tables: Tables,
    /// Values at period starts, if a forward pass goes through it.
    pub history: Option<History>,
    /// Of play that goes on for ever: what comes after its last period, and how that was found.
    tail: Option<Boundary>,
    /// Choice probabilities from then on.
    pub steady: Option<Policies>,
    pub forever: Option<Stationary>,
}

/// Values at the start of a period.
#[derive(Default)]
struct Front {
    /// The players' columns, then those along the path that is believed.
    values: Boundary,
    /// For each other path, its columns.
    others: Vec<Boundary>,
    counts: Counts,
    look_ups: Vec<(usize, f64)>,
    /// Recursions over all time that do not settle.
    endless: Vec<usize>,
}

impl Front {
    fn path(&self, path: usize) -> &Boundary {
        if path == 0 { &self.values } else { &self.others[path - 1] }
    }
}

/// Solves all games, carrying their columns.
pub(crate) fn backward(batch: &Batch, step: &mut dyn FnMut(usize)) -> Result<Found, Trouble> {
    let (plan, games) = (batch.plan, batch.games);
    let mut found = Found {
        carried: games.iter().map(|g| vec![HashMap::new(); g.queries.len()]).collect(),
        snapshots: HashMap::new(),
        values: vec![Vec::new(); games.len()],
        payoff_range: vec![Vec::new(); games.len()],
        look_ups: vec![None; batch.work.look_ups.len()],
        counts: vec![Counts::default(); games.len()],
        forever: vec![None; games.len()],
        endless: HashSet::new(),
        solved: batch.sharing.stretches.iter().map(|_| None).collect(),
        paths: HashMap::new(),
    };
    for (g, game) in games.iter().enumerate() {
        for (s, segment) in game.segments.iter().enumerate().filter(|(_, s)| s.belief != s.path) {
            let tables = Tables::new(plan, &segment.path, segment.until);
            found.paths.insert((g, s), tables.map_err(|problems| Trouble { game: g, problems })?);
        }
    }
    let mut before: Vec<Front> = Vec::new();
    for (number, nodes) in batch.sharing.steps.iter().enumerate() {
        plan.options.interrupt.check().map_err(|problems| Trouble { game: 0, problems })?;
        let mut looks: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for (i, look) in batch.work.look_ups.iter().enumerate() {
            let game = &games[look.game];
            if game.horizon() == look.at + number {
                looks[batch.sharing.nodes[look.game][game.segment_at(look.at)][number]].push(i);
            }
        }
        let jobs: Vec<Job> = nodes
            .iter()
            .zip(looks)
            .map(|(node, looks)| {
                let others = node.paths[1..].iter().map(|path| found.paths.remove(&path.part));
                Job { node, solved: found.solved[node.stretch].take(), others: others.collect(), looks }
            })
            .collect();
        let done = batch.side_by_side(jobs, |mut job, space| {
            let front = job.period(batch, &before, &found.snapshots, space);
            (job, front)
        });
        let mut after = Vec::with_capacity(nodes.len());
        for (job, front) in done {
            let front = front?;
            for (path, tables) in job.node.paths[1..].iter().zip(job.others) {
                found.paths.extend(tables.map(|tables| (path.part, tables)));
            }
            if number == 0
                && let Some(solved) = &job.solved
                && let Some(forever) = &solved.forever
            {
                job.node.parts.iter().for_each(|&(g, _)| found.forever[g] = Some(forever.clone()));
            }
            found.solved[job.node.stretch] = job.solved;
            for &(g, _) in &job.node.parts {
                found.counts[g] += front.counts;
                found.endless.extend(front.endless.iter().map(|&r| (g, r)));
            }
            front.look_ups.iter().for_each(|&(i, answer)| found.look_ups[i] = Some(answer));
            after.push(front);
        }
        found.take(batch, number, &after);
        for front in std::mem::replace(&mut before, after) {
            plan.memory.boundaries.give(front.values);
            front.others.into_iter().for_each(|b| plan.memory.boundaries.give(b));
        }
        step(nodes.len());
    }
    Ok(found)
}

impl Found {
    /// Leaves memory to the next solve.
    pub fn give_back(self, plan: &Plan) {
        for solved in self.solved.into_iter().flatten() {
            plan.memory.tables.give(solved.tables);
            solved.history.into_iter().for_each(|history| history.give_back(plan));
        }
        self.paths.into_values().for_each(|tables| plan.memory.tables.give(tables));
    }

    /// Takes what is wanted of the values at the start of a period.
    fn take(&mut self, batch: &Batch, step: usize, fronts: &[Front]) {
        let (plan, players) = (batch.plan, batch.plan.model.players.len());
        let mut known: HashMap<Place, Arc<Boundary>> = HashMap::new();
        for &(g, r, (node, path, position)) in &batch.sharing.wanted[step] {
            let boundary = fronts[node].path(path);
            let column = position + if path == 0 { players } else { 0 };
            if batch.work.recursions[r].first == 1 {
                for (carried, &start) in self.carried[g].iter_mut().zip(&batch.starts[g]) {
                    carried.insert(r, at(plan, boundary, start, column));
                }
            } else {
                let snapshot = known.entry((node, path, position)).or_insert_with(|| {
                    let of = |(values, &id): (&Vec<f64>, &NodeId)| {
                        values[column * plan.nodes[id].space.size..][..plan.nodes[id].space.size].to_vec()
                    };
                    Arc::new(boundary.iter().zip(&plan.entries).map(of).collect())
                });
                self.snapshots.insert((g, r), snapshot.clone());
            }
        }
        for (g, _) in batch.games.iter().enumerate().filter(|(_, game)| game.horizon() == step + 1) {
            let values = &fronts[batch.sharing.nodes[g][0][step]].values;
            self.values[g] = batch.starts[g]
                .iter()
                .map(|&start| (0..players).map(|player| at(plan, values, start, player)).collect())
                .collect();
            self.payoff_range[g] = payoff_range(plan, values);
        }
    }
}

/// A column's value at an entry state.
pub(crate) fn at(plan: &Plan, boundary: &Boundary, (entry, state): (NodeId, usize), column: usize) -> f64 {
    let e = plan.entries.binary_search(&entry).unwrap_or(0);
    boundary[e][column * plan.nodes[entry].space.size + state]
}

fn payoff_range(plan: &Plan, values: &Boundary) -> Vec<(f64, f64)> {
    let mut range = vec![(f64::INFINITY, f64::NEG_INFINITY); plan.model.players.len()];
    for (e, &id) in plan.entries.iter().enumerate() {
        let n = plan.nodes[id].space.size;
        for (p, (lo, hi)) in range.iter_mut().enumerate() {
            for state in plan.nodes[id].reached.ones() {
                let v = values[e][p * n + state];
                *lo = lo.min(v);
                *hi = hi.max(v);
            }
        }
    }
    range
}

/// A node to be solved, with what belongs to its stretch and its paths.
struct Job<'a> {
    node: &'a Node,
    solved: Option<Solved>,
    others: Vec<Option<Tables>>,
    looks: Vec<usize>,
}

impl Job<'_> {
    fn period(
        &mut self,
        batch: &Batch,
        before: &[Front],
        snapshots: &Snapshots,
        space: &mut Workspace,
    ) -> Result<Front, Trouble> {
        let (plan, node) = (batch.plan, self.node);
        let trouble = |problems| Trouble { game: node.parts[0].0, problems };
        let solved = match &mut self.solved {
            Some(solved) => solved,
            none => none.insert(Solved::new(batch, node, before, space).map_err(trouble)?),
        };
        solved.tables.at(plan, node.period).map_err(trouble)?;
        let tables = &solved.tables;
        let tally = Tally::default();
        let mut policies = Policies::new();
        if node.paths.len() > 1 {
            policies.resize_with(plan.nodes.len(), Vec::new);
        }
        let mut front = Front::default();
        let tail = solved.tail.as_ref().filter(|_| node.next.is_none());
        let setting = batch.belief(batch.sharing.stretches[node.stretch].part);
        let steady = solved.steady.as_ref().filter(|_| is_steady(plan, setting, node.period));
        let nothing = Policies::new();
        let believed = solved.steady.as_ref().unwrap_or(&nothing);
        for (number, path) in node.paths.iter().enumerate() {
            let columns = Columns { batch, carried: &path.columns, snapshots };
            let gathered = match tail {
                None => gather(plan, node, number, before),
                Some(tail) => {
                    let mut adjusted = None;
                    let (of_path, policies) = match number {
                        0 => (tables, believed),
                        _ => {
                            let own = path_tables(batch, path, &mut self.others[number - 1])?;
                            adjust(plan, own, adjusted.insert(believed.clone()));
                            (&*own, adjusted.as_ref().unwrap_or(believed))
                        }
                    };
                    let (limits, endless) = columns.limits(of_path, policies, &tables.precision, space)?;
                    front.endless.extend(endless);
                    if let (Some(forever), true, 0) =
                        (&mut solved.forever, columns.long_run().contains(&true), number)
                    {
                        forever.classes = Some(recurrent(plan, of_path, policies));
                    }
                    Cow::Owned(with_tail(plan, tail, limits, number == 0))
                }
            };
            let next = (node.next.is_some() || tail.is_some()).then_some(&*gathered);
            let mut all = if number == 0 { player_columns(plan) } else { Default::default() };
            let players = all.len();
            all.extend(columns.columns());
            let rules = columns.stage_rules(players)?;
            let mut wrong = Ok(());
            let mut at_end = |id: NodeId, values: &mut [f64]| {
                if wrong.is_ok() {
                    wrong = columns.at_end(id, &mut values[players * plan.nodes[id].space.size..]);
                }
            };
            let mut out = plan.memory.boundaries.take();
            if number == 0 {
                let sweep = Sweep { stage_rules: &rules, ..Sweep::new(plan, tables, &all, &tally) };
                let keep = if node.paths.len() > 1 { Some(&mut policies) } else { None };
                let choosing = match (steady, keep) {
                    (None, keep) => Choosing::Respond(keep),
                    (Some(known), keep) => {
                        keep.into_iter().for_each(|keep| keep.clone_from(known));
                        Choosing::Given(known, &tables.precision)
                    }
                };
                sweep.run(space, next, choosing, &mut at_end, &mut out);
                let near = steady.map(|policies| Near { policies, on_any_branch: true });
                front.look_ups = look_ups(batch, tables, next, &self.looks, near);
                if let Some(tail) = &solved.tail
                    && steady.is_some()
                {
                    for ((out, tail), &id) in out.iter_mut().zip(tail).zip(&plan.entries) {
                        let own = players * plan.nodes[id].space.size;
                        out[..own].copy_from_slice(&tail[..own]);
                    }
                }
                front.values = out;
            } else {
                let own = &*path_tables(batch, path, &mut self.others[number - 1])?;
                let mut adjusted = policies.clone();
                adjust(plan, own, &mut adjusted);
                let sweep = Sweep { stage_rules: &rules, ..Sweep::new(plan, own, &all, &tally) };
                let choosing = Choosing::Given(&adjusted, &tables.precision);
                sweep.run(space, next, choosing, &mut at_end, &mut out);
                front.others.push(out);
            }
            if let Cow::Owned(boundary) = gathered {
                plan.memory.boundaries.give(boundary);
            }
            wrong?;
        }
        front.counts = tally.counts();
        if front.counts.lost > 0 {
            return Err(trouble(vec![unsettled(plan, node.period)]));
        }
        let stretch = &batch.sharing.stretches[node.stretch];
        if let (Some(history), Some((first, last))) = (&mut solved.history, stretch.forward)
            && (first + 1..=last + 1).contains(&node.period)
        {
            history.keep(plan, node.period, &front.values);
        }
        Ok(front)
    }
}

impl Solved {
    /// A stretch at its last period.
    fn new(
        batch: &Batch,
        node: &Node,
        before: &[Front],
        space: &mut Workspace,
    ) -> Result<Solved, Vec<Diagnostic>> {
        let plan = batch.plan;
        let stretch = &batch.sharing.stretches[node.stretch];
        let mut tables = Tables::new(plan, batch.belief(stretch.part), node.period)?;
        let mut history = stretch.forward.map(|(first, last)| History::new(plan, first, last));
        let (mut tail, mut steady, mut forever) = (None, None, None);
        let after = match node.next {
            Some(next) => Some(&before[next].values),
            None if plan.model.is_forever() => {
                let Tail { values, policies, report } = settle(plan, &mut tables, space)?;
                steady = Some(policies);
                forever = Some(Stationary { report, classes: None });
                Some(&*tail.insert(values))
            }
            None => None,
        };
        if let (Some(history), Some(after)) = (&mut history, after) {
            history.keep(plan, node.period + 1, after);
        }
        Ok(Solved { tables, history, tail, steady, forever })
    }
}

/// The tables of a path that is not believed, in its period.
fn path_tables<'t>(
    batch: &Batch,
    path: &Path,
    own: &'t mut Option<Tables>,
) -> Result<&'t mut Tables, Trouble> {
    let trouble = |problems| Trouble { game: path.part.0, problems };
    let own = match own {
        Some(own) => own,
        none => none.insert(Tables::new(batch.plan, batch.path(path.part), path.period).map_err(trouble)?),
    };
    own.at(batch.plan, path.period).map_err(trouble)?;
    Ok(own)
}

/// What follows the last period of play that goes on for ever: the players' values, if they are wanted too, then the
/// questions' columns.
fn with_tail(plan: &Plan, tail: &Boundary, limits: Boundary, believed: bool) -> Boundary {
    if !believed {
        return limits;
    }
    let players = plan.model.players.len();
    let each = tail.iter().zip(limits).zip(&plan.entries);
    each.map(|((values, limits), &id)| {
        let mut all = values[..players * plan.nodes[id].space.size].to_vec();
        all.extend(limits);
        all
    })
    .collect()
}

/// The equilibrium of choices made at the same time was not found.
fn unsettled(plan: &Plan, period: usize) -> Diagnostic {
    let choices = plan.together.iter().flatten().map(|&id| &plan.flow.points[plan.nodes[id].point].step);
    let span = choices.filter_map(|step| match step {
        Step::Choose { span, .. } => Some(*span),
        _ => None,
    });
    let word = &plan.model.period_word;
    let title = format!("no equilibrium of the choices made at the same time was found in {word} {period}");
    Diagnostic::error("stage-not-solved", title, span.clone().next().unwrap_or(Span::NONE))
        .label("the branch from uniform play could not be followed to these precisions")
        .help("lower the players' precisions: far from them the branch may turn very sharply")
}

/// What follows the period of a node along one of its paths: the players' columns if it is believed, and the questions',
/// zeros for those that begin here. Lent where it stands in this order already.
fn gather<'f>(plan: &Plan, node: &Node, path: usize, before: &'f [Front]) -> Cow<'f, Boundary> {
    let players = plan.model.players.len();
    let columns = &node.paths[path].columns;
    let believed = node.next.filter(|_| path == 0);
    let source = match (believed, columns.first().and_then(|c| c.from)) {
        (Some(next), _) => Some((next, 0)),
        (None, Some((next, path, 0))) if path > 0 => Some((next, path)),
        _ => None,
    };
    if let Some((next, path)) = source
        && columns.iter().enumerate().all(|(i, c)| c.from == Some((next, path, i)))
    {
        return Cow::Borrowed(before[next].path(path));
    }
    let of = |((e, &id), all): ((usize, &NodeId), &mut Vec<f64>)| {
        let n = plan.nodes[id].space.size;
        all.clear();
        all.extend(believed.iter().flat_map(|&next| &before[next].values[e][..n * players]));
        for column in columns {
            match column.from {
                Some((next, path, position)) => {
                    let position = position + if path == 0 { players } else { 0 };
                    all.extend_from_slice(&before[next].path(path)[e][position * n..][..n]);
                }
                None => all.resize(all.len() + n, 0.0),
            }
        }
    };
    let mut gathered = plan.memory.boundaries.take();
    gathered.resize_with(plan.entries.len(), Vec::new);
    plan.entries.iter().enumerate().zip(&mut gathered).for_each(of);
    Cow::Owned(gathered)
}

/// The questions' columns along a path in one period.
struct Columns<'a, 'm> {
    batch: &'a Batch<'a, 'm>,
    carried: &'a [Carried],
    snapshots: &'a Snapshots,
}

impl Columns<'_, '_> {
    fn columns(&self) -> impl Iterator<Item = Column> {
        self.carried.iter().map(|c| match self.batch.work.recursions[c.recursion].rule {
            Rule::Value(player) => Column::player(player),
            Rule::Sum { discount: Some(factor), .. } => {
                let discount = Discount::Factor(self.sampler(c).constant(factor, c.period));
                Column { pays: Pays::Nothing, discount }
            }
            _ => Column { pays: Pays::Nothing, discount: Discount::None },
        })
    }

    /// Which of them are means in the long run.
    fn long_run(&self) -> Vec<bool> {
        let is = |c: &Carried| matches!(self.batch.work.recursions[c.recursion].rule, Rule::LongRun { .. });
        self.carried.iter().map(is).collect()
    }

    /// They, as they are when play has gone on for ever, zeros for those that end; and the recursions that do not settle.
    fn limits(
        &self,
        tables: &Tables,
        policies: &Policies,
        precision: &[f64],
        space: &mut Workspace,
    ) -> Result<(Boundary, Vec<usize>), Trouble> {
        let plan = self.batch.plan;
        let endless = |c: &&Carried| self.batch.work.recursions[c.recursion].by == FOREVER;
        let carried: Vec<Carried> = self.carried.iter().filter(endless).cloned().collect();
        let some = Columns { batch: self.batch, carried: &carried, snapshots: self.snapshots };
        let columns: Vec<Column> = some.columns().collect();
        let (rules, tally) = (some.stage_rules(0)?, Tally::default());
        let sweep = Sweep { stage_rules: &rules, ..Sweep::new(plan, tables, &columns, &tally) };
        let carrying = Carrying { sweep, policies, precision, long_run: &some.long_run() };
        let mut wrong = Ok(());
        let mut at_end = |id: NodeId, values: &mut [f64], sampling: bool| {
            if wrong.is_ok() {
                wrong = some.at_end(id, values).and_then(|()| match sampling {
                    true => some.sample_long_run(id, values),
                    false => Ok(()),
                });
            }
        };
        let (found, settled) = match carried.is_empty() {
            true => Default::default(),
            false => carrying.limits(space, &mut at_end),
        };
        wrong?;
        let endless_ones = carried.iter().zip(settled).filter(|(_, settled)| !settled);
        let endless_ones = endless_ones.map(|(c, _)| c.recursion).collect();
        let of = |(e, &id): (usize, &NodeId)| {
            let n = plan.nodes[id].space.size;
            let mut found = found.get(e).into_iter().flat_map(|found| found.chunks(n.max(1)));
            let column = |c: &Carried| match endless(&c) {
                true => found.next().unwrap_or_default().to_vec(),
                false => vec![0.0; n],
            };
            self.carried.iter().flat_map(column).collect()
        };
        Ok((plan.entries.iter().enumerate().map(of).collect(), endless_ones))
    }

    fn sample_long_run(&self, id: NodeId, values: &mut [f64]) -> Result<(), Trouble> {
        let n = self.batch.plan.nodes[id].space.size;
        for (c, values) in self.carried.iter().zip(values.chunks_mut(n.max(1))) {
            let recursion = &self.batch.work.recursions[c.recursion];
            self.sampler(c)
                .long_run(recursion, id, c.period, values)
                .map_err(|problems| Trouble { game: c.game, problems })?;
        }
        Ok(())
    }

    fn sampler(&self, c: &Carried) -> &Sampler<'_, '_> {
        self.batch.sampler((c.game, self.batch.games[c.game].segment_at(c.period)))
    }

    /// What they do at choices, by node; the first of them is column number `first`.
    fn stage_rules(&self, first: usize) -> Result<Vec<Vec<StageRule>>, Trouble> {
        let plan = self.batch.plan;
        if self.carried.is_empty() {
            return Ok(Vec::new());
        }
        let mut rules: Vec<Vec<StageRule>> = vec![Vec::new(); plan.nodes.len()];
        for (i, c) in self.carried.iter().enumerate() {
            for (id, rules) in rules.iter_mut().enumerate() {
                self.sampler(c)
                    .stage_rules(first + i, c.recursion, id, c.period, rules)
                    .map_err(|problems| Trouble { game: c.game, problems })?;
            }
        }
        Ok(rules)
    }

    fn at_end(&self, id: NodeId, values: &mut [f64]) -> Result<(), Trouble> {
        let n = self.batch.plan.nodes[id].space.size;
        for (c, values) in self.carried.iter().zip(values.chunks_mut(n.max(1))) {
            let recursion = &self.batch.work.recursions[c.recursion];
            let segments = self.batch.games[c.game].segments;
            let sampler = self.sampler(c);
            let carried = |r| self.snapshots.get(&(c.game, r)).map(|values| &**values);
            let ahead = || sampler.ahead(id, &recursion.ahead, segments, &carried);
            sampler
                .at_end(recursion, id, c.period, &ahead, values)
                .map_err(|problems| Trouble { game: c.game, problems })?;
        }
        Ok(())
    }
}

/// The answers to look-ups in one period, by their numbers.
fn look_ups(
    batch: &Batch,
    tables: &Tables,
    next: Option<&Boundary>,
    looks: &[usize],
    near: Option<Near>,
) -> Vec<(usize, f64)> {
    if looks.is_empty() {
        return Vec::new();
    }
    let all = looks.iter().map(|&i| &batch.work.look_ups[i]);
    let at: Vec<(NodeId, usize, StageId)> = all.clone().map(|l| (l.node, l.state, l.stage)).collect();
    let players = 0..batch.plan.model.players.len();
    let strands: Vec<Strand> = players.map(|player| Strand::player(PlayerId(player))).collect();
    let seen = at.iter().map(|&(node, state, _)| (node, state));
    let nearby = Nearby::new(batch.plan, tables, &strands, next, seen, near);
    let found = at.iter().map(|&(node, state, stage)| nearby.look(node, state, stage));
    let answers = looks
        .iter()
        .zip(all.zip(found))
        .filter_map(|(&i, (wanted, look))| Some((i, look_up(batch.plan, wanted, &look?)?)));
    answers.collect()
}

/// What is wanted of a choice.
fn look_up(plan: &Plan, wanted: &LookUp, look: &Look) -> Option<f64> {
    let node = &plan.nodes[plan.node_of(wanted.node, wanted.stage)?];
    let Step::Choose { choice, .. } = &plan.flow.points[node.point].step else { return None };
    let place = |action: usize| node.edges.iter().position(|edge| choice.actions[edge.role].action == action);
    match &wanted.wanted {
        Wanted::Probability(actions) => {
            Some(actions.iter().filter_map(|&a| place(a)).map(|a| look.probability[a]).sum())
        }
        Wanted::Margin(a, b) => match (place(*a), place(*b)) {
            (Some(a), Some(b)) if look.available[a] && look.available[b] => {
                Some(look.value[a] - look.value[b])
            }
            _ => None,
        },
    }
}
