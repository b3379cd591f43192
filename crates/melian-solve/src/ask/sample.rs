//! Expressions of questions, tabulated at the nodes where they are sampled.

use crate::{
    plan::explore::NodeId,
    plan::flow::Step,
    plan::space::Support,
    plan::{Content, Plan, TableSpec},
    semantics::eval::{Env, eval},
    tables::problems::Problems,
};
use melian_model::{Diagnostic, Expr};

/// Values of an expression over the few axes of a node that it reads.
pub(crate) struct Sample {
    pub support: Support,
    /// Planes one after the other: one at a period's end, one an action at a choice.
    pub data: Vec<f64>,
}

impl Sample {
    /// The value at a state of the node.
    #[inline]
    pub fn at(&self, state: usize, inner: usize) -> f64 {
        self.data[self.support.entry(state, inner)]
    }
}

/// The value of an expression at a period's end, for each state of the node. `ahead` gives, for each question that
/// the expression contains, its value for each state of the node.
///
/// # Errors
/// A reachable state at which it has no finite value.
pub(crate) fn sample_end(
    plan: &Plan,
    node: NodeId,
    e: &Expr,
    params: &[f64],
    period: usize,
    ahead: &[Vec<f64>],
) -> Result<Sample, Vec<Diagnostic>> {
    let vars = if ahead.is_empty() {
        e.variables()
    } else {
        plan.nodes[node].space.axes.iter().map(|a| a.var).collect()
    };
    let inner = plan.nodes[node].space.inner;
    let mut row_of_entry = Vec::new();
    let support = plan.nodes[node].space.support(&vars);
    if !ahead.is_empty() {
        // Over all axes, entries are states.
        row_of_entry = (0..plan.nodes[node].space.size).map(|s| (s, support.entry(s, inner))).collect();
        row_of_entry.sort_by_key(|(_, entry)| *entry);
    }
    let mut problems = Problems::new(plan, period);
    let spec = TableSpec { node, content: Content::Payment(0), support, planes: 1, timed: false };
    let mut data = vec![0.0; spec.support.len()];
    let mut levels = plan.nodes[node].known.clone();
    spec.support.visit(&plan.nodes[node].space, &mut levels, |entry, levels| {
        let here: Vec<f64> = ahead.iter().map(|a| a[row_of_entry[entry].0]).collect();
        let env = Env { model: plan.model, levels, params: Some(params), period: Some(period), ahead: &here };
        data[entry] = value_or_problem(&spec, entry, e, &env, &mut problems);
    });
    problems.finish()?;
    Ok(Sample { support: spec.support, data })
}

/// The value of an expression just before a choice, with the node's stage holding each of its actions in turn.
///
/// # Errors
/// A reachable state at which it has no finite value.
pub(crate) fn sample_stage(
    plan: &Plan,
    node: NodeId,
    e: &Expr,
    params: &[f64],
    period: usize,
) -> Result<Sample, Vec<Diagnostic>> {
    let Step::Choose { stage, choice, .. } = &plan.flow.points[plan.nodes[node].point].step else {
        return Ok(Sample { support: plan.nodes[node].space.support(&[]), data: Vec::new() });
    };
    let stage_var = plan.model.stage(*stage).var;
    let edges = &plan.nodes[node].edges;
    let support = plan.nodes[node].space.support(&e.variables());
    let mut problems = Problems::new(plan, period);
    let spec = TableSpec { node, content: Content::Payment(0), support, planes: edges.len(), timed: false };
    let plane = spec.support.len();
    let mut data = vec![0.0; plane * edges.len()];
    let mut levels = plan.nodes[node].known.clone();
    spec.support.visit(&plan.nodes[node].space, &mut levels, |entry, levels| {
        let mut levels = levels.to_vec();
        for (a, edge) in edges.iter().enumerate() {
            levels[stage_var.0] = choice.actions[edge.role].action as u32;
            let env = Env {
                model: plan.model,
                levels: &levels,
                params: Some(params),
                period: Some(period),
                ahead: &[],
            };
            data[a * plane + entry] = value_or_problem(&spec, entry, e, &env, &mut problems);
        }
    });
    problems.finish()?;
    Ok(Sample { support: spec.support, data })
}

fn value_or_problem(spec: &TableSpec, entry: usize, e: &Expr, env: &Env, problems: &mut Problems) -> f64 {
    match eval(e, env) {
        Ok(x) if x.is_finite() => x,
        Ok(x) => {
            problems.payoff(spec.node, spec, entry, e.span, x);
            0.0
        }
        Err(error) => {
            problems.eval(spec.node, spec, entry, e.span, error);
            0.0
        }
    }
}
