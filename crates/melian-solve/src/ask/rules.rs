//! What questions do to their columns, at period ends and at choices.

use crate::{
    ask::recursion::{ExprId, Later, Recursion, Rule, Sampled, Work},
    ask::sample::{Sample, Values, sample_end, sample_stage},
    ask::scenario::{Segment, segment_of},
    plan::explore::NodeId,
    plan::flow::Step,
    plan::{Op, Plan, Rows},
    semantics::eval::{Env, eval},
    sweep::{Boundary, StageChange, StageRule},
    tables::pays_finally,
};
use melian_model::{Commitment, Diagnostic};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

/// Samples expressions at one parameter point, keeping what does not change from period to period. Several threads may
/// use one.
pub(crate) struct Sampler<'a, 'm> {
    plan: &'a Plan<'m>,
    work: &'a Work,
    params: &'a [f64],
    ends: Kept<ExprId, Values>,
    choices: Kept<ExprId, Sample>,
    /// What visits and bound visits add, by recursion.
    visits: Kept<usize, Sample>,
}

/// What is kept, by node.
type Kept<Key, T> = Mutex<HashMap<(NodeId, Key), Arc<T>>>;

type Sampling<T> = Result<T, Vec<Diagnostic>>;

/// What is kept under a key; if there is nothing, it is made, and kept if it says so.
fn keep<Key: Copy + Eq + Hash, T>(
    kept: &Kept<Key, T>,
    node: NodeId,
    key: Key,
    make: impl FnOnce() -> Sampling<(T, bool)>,
) -> Sampling<Arc<T>> {
    let open = || kept.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = open().get(&(node, key)) {
        return Ok(known.clone());
    }
    let (made, stays) = make()?;
    let made = Arc::new(made);
    if stays {
        open().insert((node, key), made.clone());
    }
    Ok(made)
}

impl<'a, 'm> Sampler<'a, 'm> {
    pub fn new(plan: &'a Plan<'m>, work: &'a Work, params: &'a [f64]) -> Sampler<'a, 'm> {
        let (ends, choices, visits) = Default::default();
        Sampler { plan, work, params, ends, choices, visits }
    }

    /// An expression at a period's end.
    pub fn end(&self, node: NodeId, id: ExprId, period: usize) -> Sampling<Arc<Values>> {
        let e = &self.work.exprs[id];
        keep(&self.ends, node, id, || {
            Ok((sample_end(self.plan, node, e, self.params, period, &[])?, !e.reads_time()))
        })
    }

    /// An expression that reads parameters only.
    pub fn constant(&self, id: ExprId, period: usize) -> f64 {
        let (model, params) = (self.plan.model, Some(self.params));
        let env = Env { model, levels: &[], params, period: Some(period), ahead: &[] };
        eval(&self.work.exprs[id], &env).unwrap_or(f64::NAN)
    }

    /// An expression at a period's end that may contain questions about play that goes on from there.
    pub fn end_with(
        &self,
        node: NodeId,
        id: ExprId,
        period: usize,
        ahead: &[Vec<f64>],
    ) -> Sampling<Arc<Values>> {
        if ahead.is_empty() {
            return self.end(node, id, period);
        }
        sample_end(self.plan, node, &self.work.exprs[id], self.params, period, ahead).map(Arc::new)
    }

    /// An expression at a choice.
    fn choice(&self, node: NodeId, id: ExprId, period: usize) -> Sampling<Arc<Sample>> {
        let e = &self.work.exprs[id];
        keep(&self.choices, node, id, || {
            Ok((sample_stage(self.plan, node, e, self.params, period)?, !e.reads_time()))
        })
    }

    /// What recursion number `r` does at a choice node, if anything, to column `column`.
    pub fn stage_rules(
        &self,
        column: usize,
        r: usize,
        node: NodeId,
        period: usize,
        rules: &mut Vec<StageRule>,
    ) -> Sampling<()> {
        let recursion = &self.work.recursions[r];
        if period <= recursion.after || period > recursion.by {
            return Ok(());
        }
        let Op::Choose { stage, .. } = self.plan.nodes[node].op else { return Ok(()) };
        let mut push = |change, sample| rules.push(StageRule { column, change, sample });
        match &recursion.rule {
            Rule::Ever { event, before } => {
                // The event comes last, so that it wins.
                if let Some(Sampled::Stage(here, id)) = before
                    && *here == stage
                {
                    push(StageChange::Zero, self.choice(node, *id, period)?);
                }
                if let Sampled::Stage(here, id) = event
                    && *here == stage
                {
                    push(StageChange::One, self.choice(node, *id, period)?);
                }
            }
            Rule::At { what: Sampled::Stage(here, id), .. }
            | Rule::Sum { what: Sampled::Stage(here, id), .. }
                if *here == stage =>
            {
                push(StageChange::Add, self.choice(node, *id, period)?);
            }
            Rule::Visits { stage: here, .. } if *here == stage => {
                push(StageChange::Add, self.visits(r, node, period)?);
            }
            Rule::Bound(here, _) if *here == stage => {
                push(StageChange::Add, self.visits(r, node, period)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn visits(&self, r: usize, node: NodeId, period: usize) -> Sampling<Arc<Sample>> {
        let work = self.work;
        keep(&self.visits, node, r, || match &work.recursions[r].rule {
            Rule::Visits { actions, given: Some(id), .. } => {
                let sample = self.choice(node, *id, period)?;
                Ok((self.only(node, &sample, actions.as_deref()), !work.exprs[*id].reads_time()))
            }
            Rule::Visits { actions, given: None, .. } => {
                Ok((self.only(node, &self.ones(node), actions.as_deref()), true))
            }
            Rule::Bound(_, commitment) => Ok(self.binds(node, &work.commitments[*commitment], period)),
            _ => Ok((self.ones(node), true)),
        })
    }

    fn ones(&self, node: NodeId) -> Sample {
        let node = &self.plan.nodes[node];
        Sample::new(node.space.support(&[]), vec![1.0; node.edges.len()])
    }

    /// A truth at a choice as numbers 0 and 1, and 0 for actions that are not asked for.
    fn only(&self, node: NodeId, sample: &Sample, actions: Option<&[usize]>) -> Sample {
        let plane = sample.support.len();
        let mut data: Vec<f64> = sample.data.iter().map(|x| if *x != 0.0 { 1.0 } else { 0.0 }).collect();
        if let (Some(actions), Step::Choose { choice, .. }) =
            (actions, &self.plan.flow.points[self.plan.nodes[node].point].step)
        {
            for (a, edge) in self.plan.nodes[node].edges.iter().enumerate() {
                if !actions.contains(&choice.actions[edge.role].action) {
                    data[a * plane..(a + 1) * plane].fill(0.0);
                }
            }
        }
        Sample::new(sample.support.clone(), data)
    }

    /// 1 where a commitment binds: its condition holds and one of its actions is available; and whether that is so in
    /// every period.
    fn binds(&self, node: NodeId, commitment: &Commitment, period: usize) -> (Sample, bool) {
        let plan = self.plan;
        let Step::Choose { choice, .. } = &plan.flow.points[plan.nodes[node].point].step else {
            return (self.ones(node), true);
        };
        let guards = choice.actions.iter().filter_map(|a| a.guard.as_ref());
        let read: Vec<&melian_model::Expr> = guards.chain(&commitment.when).collect();
        let stays = !read.iter().any(|e| e.reads_time());
        let vars: Vec<_> = read.iter().flat_map(|e| e.variables()).collect();
        let here = &plan.nodes[node];
        let support = here.space.support(&vars);
        let plane = support.len();
        let mut data = vec![0.0; plane * here.edges.len()];
        let mut levels = here.known.clone();
        support.visit(&here.space, &mut levels, |entry, levels| {
            let env = Env {
                model: plan.model,
                levels,
                params: Some(self.params),
                period: Some(period),
                ahead: &[],
            };
            let holds = |e: &melian_model::Expr| eval(e, &env).is_ok_and(|x| x != 0.0);
            let binds = commitment.when.as_ref().is_none_or(holds)
                && here.edges.iter().any(|edge| {
                    let action = &choice.actions[edge.role];
                    commitment.actions.contains(&action.action) && action.guard.as_ref().is_none_or(holds)
                });
            if binds {
                (0..here.edges.len()).for_each(|a| data[a * plane + entry] = 1.0);
            }
        });
        (Sample::new(support, data), stays)
    }

    /// What a mean in the long run samples at a period's end.
    pub fn long_run(
        &self,
        recursion: &Recursion,
        node: NodeId,
        period: usize,
        values: &mut [f64],
    ) -> Sampling<()> {
        if let Rule::LongRun { what } = recursion.rule {
            self.end(node, what, period)?.change(values, |v, x| *v = x);
        }
        Ok(())
    }

    /// Changes a recursion's column at a period's end. `values` holds what comes after; `ahead` makes what the questions
    /// in the recursion's expression are worth.
    pub fn at_end(
        &self,
        recursion: &Recursion,
        node: NodeId,
        period: usize,
        ahead: &dyn Fn() -> Sampling<Vec<Vec<f64>>>,
        values: &mut [f64],
    ) -> Sampling<()> {
        let counts = period > recursion.after && period <= recursion.by;
        let last = period == recursion.by;
        let zero_where = |v: &mut f64, x: f64| *v = if x != 0.0 { 0.0 } else { *v };
        match &recursion.rule {
            Rule::Ever { event, before } if counts => {
                if let Some(Sampled::End(id)) = before {
                    self.end(node, *id, period)?.change(values, zero_where);
                }
                if let Sampled::End(id) = event {
                    let one_where = |v: &mut f64, x: f64| *v = if x != 0.0 { 1.0 } else { *v };
                    self.end(node, *id, period)?.change(values, one_where);
                }
            }
            Rule::Always { event } if counts => {
                if last {
                    values.fill(1.0);
                }
                let zero_elsewhere = |v: &mut f64, x: f64| *v = if x == 0.0 { 0.0 } else { *v };
                self.end(node, *event, period)?.change(values, zero_elsewhere);
            }
            Rule::At { what: Sampled::End(id), given } if last => {
                let given = match given {
                    Some(given) => self.end(node, *given, period)?,
                    None => Arc::new(Values::Same(1.0)),
                };
                if given.are_zero() {
                    values.fill(0.0);
                } else {
                    self.end_with(node, *id, period, &ahead()?)?.change(values, |v, x| *v = x);
                    given.change(values, |v, x| *v = if x != 0.0 { *v } else { 0.0 });
                }
            }
            Rule::Sum { what, until, .. } => {
                if let Some(until) = until {
                    self.end(node, *until, period)?.change(values, zero_where);
                }
                if let Sampled::End(id) = what
                    && counts
                {
                    self.end(node, *id, period)?.change(values, |v, x| *v += x);
                }
            }
            Rule::First { what, first } => {
                let first = self.end(node, *first, period)?;
                if first.are_zero() {
                    return Ok(());
                }
                first.change(values, zero_where);
                match what {
                    // Zero where the event does not hold.
                    Some(id) if counts => {
                        self.end_with(node, *id, period, &ahead()?)?.change(values, |v, x| *v += x);
                    }
                    None if counts => first.change(values, |v, x| *v += if x != 0.0 { 1.0 } else { 0.0 }),
                    _ => {}
                }
            }
            Rule::Visits { until: Some(until), .. } => {
                self.end(node, *until, period)?.change(values, zero_where);
            }
            _ => {}
        }
        Ok(())
    }

    /// What the questions in an expression are worth at each state of a period's end. `carried` gives a recursion's
    /// values at the start of the next period.
    pub fn ahead<'v>(
        &self,
        node: NodeId,
        later: &[Later],
        segments: &[Segment],
        carried: &dyn Fn(usize) -> Option<&'v Boundary>,
    ) -> Sampling<Vec<Vec<f64>>> {
        let plan = self.plan;
        let here = &plan.nodes[node];
        let (inner, size) = (here.space.inner, here.space.size);
        let edge = &here.edges[0];
        let Rows::Fixed(rows) = &edge.rows else { return Ok(vec![vec![0.0; size]; later.len()]) };
        let entry = plan.entries.binary_search(&edge.target).ok();
        let carry = |r: usize| -> Vec<f64> {
            match carried(r).zip(entry) {
                Some((values, entry)) => {
                    let row = |&begin: &u32| &values[entry][begin as usize..][..inner];
                    rows.iter().flat_map(row).copied().collect()
                }
                None => vec![0.0; size],
            }
        };
        let worth = |later: &Later| match *later {
            Later::Carried(r) => Ok(carry(r)),
            Later::Rest(r) => Ok(carry(r).into_iter().map(|x| 1.0 - x).collect()),
            Later::Now(id, period) => {
                let params = &segment_of(segments, period).path.params;
                let values = sample_end(plan, node, &self.work.exprs[id], params, period, &[])?;
                let mut worth = vec![0.0; size];
                values.change(&mut worth, |worth, x| *worth = x);
                Ok(worth)
            }
            Later::Final(player) => {
                let params = &segments[segments.len() - 1].path.params;
                let paid = |state| pays_finally(plan, &plan.levels_at(node, state), params, player);
                Ok((0..size).map(paid).collect())
            }
            Later::Constant(x) => Ok(vec![x; size]),
        };
        later.iter().map(worth).collect()
    }
}
