//! What questions do to their columns, at period ends and at choices.

use crate::{
    ask::recursion::{ExprId, Later, Recursion, Rule, Sampled, Work},
    ask::sample::{Sample, sample_end, sample_stage},
    ask::scenario::{Segment, segment_of},
    plan::explore::NodeId,
    plan::flow::Step,
    plan::{Op, Plan, Rows},
    semantics::eval::{Env, eval},
    sweep::{Boundary, StageChange, StageRule},
    tables::pays_finally,
};
use melian_model::{Commitment, Diagnostic};
use std::{collections::HashMap, sync::Arc};

/// Samples expressions, keeping what does not change from period to period.
pub(crate) struct Sampler<'a, 'm> {
    pub plan: &'a Plan<'m>,
    pub work: &'a Work,
    pub params: &'a [f64],
    /// All segments of the path, for what is asked about later ones.
    segments: &'a [Segment],
    cache: HashMap<(NodeId, ExprId), Arc<Sample>>,
    /// What visits and bound visits add, by node and recursion, where it is the same every period.
    visits: HashMap<(NodeId, usize), Arc<Sample>>,
}

type Sampling<T> = Result<T, Vec<Diagnostic>>;

impl<'a, 'm> Sampler<'a, 'm> {
    pub fn new(
        plan: &'a Plan<'m>,
        work: &'a Work,
        params: &'a [f64],
        segments: &'a [Segment],
    ) -> Sampler<'a, 'm> {
        Sampler { plan, work, params, segments, cache: HashMap::new(), visits: HashMap::new() }
    }

    /// An expression at a node: a period's end, or a choice.
    pub fn sample(&mut self, node: NodeId, id: ExprId, period: usize) -> Sampling<Arc<Sample>> {
        if let Some(sample) = self.cache.get(&(node, id)) {
            return Ok(sample.clone());
        }
        let e = &self.work.exprs[id];
        let at_end = matches!(self.plan.nodes[node].op, Op::Exit { .. });
        let sample = if at_end {
            sample_end(self.plan, node, e, self.params, period, &[])?
        } else {
            sample_stage(self.plan, node, e, self.params, period)?
        };
        let sample = Arc::new(sample);
        if !e.reads_time() {
            self.cache.insert((node, id), sample.clone());
        }
        Ok(sample)
    }

    /// An expression at a period's end that contains questions about play that goes on from there.
    pub fn sample_with(
        &mut self,
        node: NodeId,
        id: ExprId,
        period: usize,
        ahead: &[Vec<f64>],
    ) -> Sampling<Arc<Sample>> {
        if ahead.is_empty() {
            return self.sample(node, id, period);
        }
        sample_end(self.plan, node, &self.work.exprs[id], self.params, period, ahead).map(Arc::new)
    }

    /// What recursion number `r` does at a choice node, if anything, to column `column`.
    pub fn stage_rules(
        &mut self,
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
                    push(StageChange::Zero, self.sample(node, *id, period)?);
                }
                if let Sampled::Stage(here, id) = event
                    && *here == stage
                {
                    push(StageChange::One, self.sample(node, *id, period)?);
                }
            }
            Rule::At { what: Sampled::Stage(here, id), .. }
            | Rule::Sum { what: Sampled::Stage(here, id), .. }
                if *here == stage =>
            {
                push(StageChange::Add, self.sample(node, *id, period)?);
            }
            Rule::Visits { stage: here, .. } if *here == stage => {
                push(StageChange::Add, self.visits(r, node, period)?);
            }
            Rule::Bound(commitment) if commitment.stage == stage => {
                push(StageChange::Add, self.visits(r, node, period)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn visits(&mut self, r: usize, node: NodeId, period: usize) -> Sampling<Arc<Sample>> {
        if let Some(sample) = self.visits.get(&(node, r)) {
            return Ok(sample.clone());
        }
        let work = self.work;
        let (sample, timed) = match &work.recursions[r].rule {
            Rule::Visits { actions, given: Some(id), .. } => {
                let sample = self.sample(node, *id, period)?;
                (self.only(node, &sample, actions.as_deref()), work.exprs[*id].reads_time())
            }
            Rule::Visits { actions, given: None, .. } => {
                (self.only(node, &self.ones(node), actions.as_deref()), false)
            }
            Rule::Bound(commitment) => self.binds(node, commitment, period)?,
            _ => (self.ones(node), false),
        };
        let sample = Arc::new(sample);
        if !timed {
            self.visits.insert((node, r), sample.clone());
        }
        Ok(sample)
    }

    fn ones(&self, node: NodeId) -> Sample {
        let node = &self.plan.nodes[node];
        Sample { support: node.space.support(&[]), data: vec![1.0; node.edges.len()] }
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
        Sample { support: sample.support.clone(), data }
    }

    /// 1 where a commitment binds: its condition holds and one of its actions is available; and whether that depends
    /// on time.
    fn binds(&self, node: NodeId, commitment: &Commitment, period: usize) -> Sampling<(Sample, bool)> {
        let plan = self.plan;
        let Step::Choose { choice, .. } = &plan.flow.points[plan.nodes[node].point].step else {
            return Ok((self.ones(node), false));
        };
        let guards = choice.actions.iter().filter_map(|a| a.guard.as_ref());
        let read: Vec<&melian_model::Expr> = guards.chain(&commitment.when).collect();
        let timed = read.iter().any(|e| e.reads_time());
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
        Ok((Sample { support, data }, timed))
    }

    /// Changes a recursion's column at a period's end. `values` holds what comes after.
    pub fn at_end(
        &mut self,
        recursion: &Recursion,
        node: NodeId,
        period: usize,
        ahead: &[Vec<f64>],
        values: &mut [f64],
    ) -> Sampling<()> {
        let counts = period > recursion.after && period <= recursion.by;
        let last = period == recursion.by;
        let inner = self.plan.nodes[node].space.inner;
        match &recursion.rule {
            Rule::Ever { event, before } if counts => {
                if let Some(Sampled::End(id)) = before {
                    let sample = self.sample(node, *id, period)?;
                    each(values, |state, v| {
                        if sample.at(state, inner) != 0.0 {
                            *v = 0.0
                        }
                    });
                }
                if let Sampled::End(id) = event {
                    let sample = self.sample(node, *id, period)?;
                    each(values, |state, v| {
                        if sample.at(state, inner) != 0.0 {
                            *v = 1.0
                        }
                    });
                }
            }
            Rule::Always { event } if counts => {
                let sample = self.sample(node, *event, period)?;
                each(values, |state, v| {
                    if sample.at(state, inner) == 0.0 {
                        *v = 0.0;
                    } else if last {
                        *v = 1.0;
                    }
                });
            }
            Rule::At { what: Sampled::End(id), given } if last => {
                let sample = self.sample_with(node, *id, period, ahead)?;
                each(values, |state, v| *v = sample.at(state, inner));
                if let Some(given) = given {
                    let given = self.sample(node, *given, period)?;
                    each(values, |state, v| {
                        if given.at(state, inner) == 0.0 {
                            *v = 0.0
                        }
                    });
                }
            }
            Rule::Sum { what, until } => {
                self.stop(node, *until, period, values)?;
                if let Sampled::End(id) = what
                    && counts
                {
                    let sample = self.sample(node, *id, period)?;
                    each(values, |state, v| *v += sample.at(state, inner));
                }
            }
            Rule::First { what, first } => {
                let first = self.sample(node, *first, period)?;
                let what = match what {
                    Some(id) if counts => Some(self.sample_with(node, *id, period, ahead)?),
                    _ => None,
                };
                each(values, |state, v| {
                    if first.at(state, inner) != 0.0 {
                        *v = match &what {
                            _ if !counts => 0.0,
                            Some(what) => what.at(state, inner),
                            None => 1.0,
                        };
                    }
                });
            }
            Rule::Visits { until, .. } => self.stop(node, *until, period, values)?,
            _ => {}
        }
        Ok(())
    }

    fn stop(
        &mut self,
        node: NodeId,
        until: Option<ExprId>,
        period: usize,
        values: &mut [f64],
    ) -> Sampling<()> {
        if let Some(until) = until {
            let sample = self.sample(node, until, period)?;
            let inner = self.plan.nodes[node].space.inner;
            each(values, |state, v| {
                if sample.at(state, inner) != 0.0 {
                    *v = 0.0
                }
            });
        }
        Ok(())
    }

    /// What the questions in a recursion's expression are worth at each state of a period-end node.
    pub fn ahead_at(
        &mut self,
        node: NodeId,
        later: &[Later],
        snapshots: &HashMap<usize, Boundary>,
    ) -> Sampling<Vec<Vec<f64>>> {
        let plan = self.plan;
        let here = &plan.nodes[node];
        let (inner, size) = (here.space.inner, here.space.size);
        let edge = &here.edges[0];
        let Rows::Fixed(rows) = &edge.rows else { return Ok(vec![vec![0.0; size]; later.len()]) };
        let entry = plan.entries.binary_search(&edge.target).ok();
        later
            .iter()
            .map(|later| match *later {
                Later::Carried(r) => {
                    let values = snapshots.get(&r).zip(entry).map(|(snapshot, entry)| &snapshot[entry]);
                    let next = |state: usize| rows[state / inner] as usize + state % inner;
                    Ok((0..size).map(|state| values.map_or(0.0, |v| v[next(state)])).collect())
                }
                Later::Now(id, period) => {
                    let params = &segment_of(self.segments, period).path.params;
                    let sample = sample_end(plan, node, &self.work.exprs[id], params, period, &[])?;
                    Ok((0..size).map(|state| sample.at(state, inner)).collect())
                }
                Later::Final(player) => {
                    let params = &segment_of(self.segments, plan.model.horizon).path.params;
                    let paid = |state| pays_finally(plan, &plan.levels_at(node, state), params, player);
                    Ok((0..size).map(paid).collect())
                }
                Later::Constant(x) => Ok(vec![x; size]),
            })
            .collect()
    }
}

fn each(values: &mut [f64], mut change: impl FnMut(usize, &mut f64)) {
    values.iter_mut().enumerate().for_each(|(state, v)| change(state, v));
}
