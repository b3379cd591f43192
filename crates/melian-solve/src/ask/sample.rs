//! Expressions of questions, tabulated at the nodes where they are sampled.

use crate::{
    plan::explore::NodeId,
    plan::flow::Step,
    plan::space::Support,
    plan::{Content, Plan, TableSpec},
    semantics::eval::{Env, eval},
    tables::problems::Problems,
};
use melian_model::{BinaryOp, Diagnostic, Expr, ExprKind, UnaryOp};

/// Values of an expression at a choice, over the few axes of the node that it reads.
pub(crate) struct Sample {
    pub support: Support,
    /// Planes one after the other, one an action.
    pub data: Vec<f64>,
    /// For each action, whether its plane has anything but zeros.
    pub present: Vec<bool>,
}

impl Sample {
    pub fn new(support: Support, data: Vec<f64>) -> Sample {
        let present = data.chunks(support.len()).map(|plane| plane.iter().any(|x| *x != 0.0)).collect();
        Sample { support, data, present }
    }
}

/// Values of an expression at a period's end.
pub(crate) enum Values {
    /// The same at every state.
    Same(f64),
    /// One a state.
    Each(Vec<f64>),
}

impl Values {
    /// Whether they are zero at every state.
    pub fn are_zero(&self) -> bool {
        matches!(self, Values::Same(0.0))
    }

    /// Changes numbers, one a state, by the values there.
    #[inline]
    pub fn change(&self, numbers: &mut [f64], change: impl Fn(&mut f64, f64)) {
        match self {
            Values::Same(x) => numbers.iter_mut().for_each(|n| change(n, *x)),
            Values::Each(values) => numbers.iter_mut().zip(values).for_each(|(n, x)| change(n, *x)),
        }
    }

    /// The sum of the weights where they are not zero, or where they are.
    pub fn sum_where(&self, weights: &[f64], nonzero: bool) -> f64 {
        match self {
            Values::Same(x) if (*x != 0.0) == nonzero => weights.iter().sum(),
            Values::Same(_) => 0.0,
            Values::Each(values) => {
                let there = values.iter().zip(weights).filter(|(x, _)| (**x != 0.0) == nonzero);
                there.map(|(_, w)| w).sum()
            }
        }
    }

    /// Their sum, weighted.
    pub fn sum(&self, weights: &[f64]) -> f64 {
        match self {
            Values::Same(0.0) => 0.0,
            Values::Same(x) => x * weights.iter().sum::<f64>(),
            Values::Each(values) => values.iter().zip(weights).map(|(x, w)| x * w).sum(),
        }
    }
}

/// The value of an expression at each state of a period's end. `ahead` gives, for each question that the expression
/// contains, its value at each state.
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
) -> Result<Values, Vec<Diagnostic>> {
    let space = &plan.nodes[node].space;
    let mut problems = Problems::new(plan, period);
    // The expression over some axes, given what the questions in it are worth at each entry.
    let mut over = |support: &Support, ahead: &dyn Fn(usize) -> Vec<f64>| -> Vec<f64> {
        let spec = TableSpec {
            node,
            content: Content::Payment(0),
            support: support.clone(),
            planes: 1,
            timed: false,
        };
        let mut data = vec![0.0; support.len()];
        let mut levels = plan.nodes[node].known.clone();
        support.visit(space, &mut levels, |entry, levels| {
            let ahead = &ahead(entry);
            let env = Env { model: plan.model, levels, params: Some(params), period: Some(period), ahead };
            data[entry] = value_or_problem(&spec, entry, e, &env, &mut problems);
        });
        data
    };
    let few = space.support(&e.variables());
    let entries = |support: &Support| -> Vec<usize> {
        (0..space.size).map(|state| support.entry(state, space.inner)).collect()
    };
    let values = match degree(e) {
        Some(0) => match over(&few, &|_| Vec::new())[..] {
            [x] => Values::Same(x),
            ref data => Values::Each(entries(&few).into_iter().map(|entry| data[entry]).collect()),
        },
        Some(_) => {
            // What it is where all questions are worth nothing, and what each adds.
            let constant = over(&few, &|_| vec![0.0; ahead.len()]);
            let entries = entries(&few);
            let mut values: Vec<f64> = entries.iter().map(|&entry| constant[entry]).collect();
            for (question, worth) in ahead.iter().enumerate() {
                let unit: Vec<f64> = (0..ahead.len()).map(|q| f64::from(u8::from(q == question))).collect();
                let one = over(&few, &|_| unit.clone());
                for ((value, &entry), x) in values.iter_mut().zip(&entries).zip(worth) {
                    *value += (one[entry] - constant[entry]) * x;
                }
            }
            Values::Each(values)
        }
        None => {
            let all = space.support(&space.axes.iter().map(|a| a.var).collect::<Vec<_>>());
            let entries = entries(&all);
            let mut states = vec![0; entries.len()];
            entries.iter().enumerate().for_each(|(state, &entry)| states[entry] = state);
            let data = over(&all, &|entry| ahead.iter().map(|a| a[states[entry]]).collect());
            Values::Each(entries.into_iter().map(|entry| data[entry]).collect())
        }
    };
    problems.finish()?;
    Ok(values)
}

/// 0 for an expression that contains no question, 1 for one that is linear in what it contains, none for others.
fn degree(e: &Expr) -> Option<usize> {
    Some(match &e.kind {
        ExprKind::Ahead(_) => 1,
        ExprKind::Unary(UnaryOp::Minus, a) => degree(a)?,
        ExprKind::Binary(BinaryOp::Add | BinaryOp::Subtract, a, b) => degree(a)?.max(degree(b)?),
        ExprKind::Binary(BinaryOp::Multiply, a, b) if degree(a)? + degree(b)? < 2 => degree(a)? + degree(b)?,
        ExprKind::Binary(BinaryOp::Divide, a, b) if degree(b)? == 0 => degree(a)?,
        ExprKind::If(c, a, b) if degree(c)? == 0 => degree(a)?.max(degree(b)?),
        _ if e.children().into_iter().all(|child| degree(child) == Some(0)) => 0,
        _ => return None,
    })
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
        return Ok(Sample::new(plan.nodes[node].space.support(&[]), Vec::new()));
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
    Ok(Sample::new(spec.support, data))
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
