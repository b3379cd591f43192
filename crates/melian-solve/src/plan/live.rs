//! Which variables matter at each node: those that something later reads before they are set anew.

use crate::{
    plan::explore::{Graph, Node, Source},
    plan::flow::{Flow, Step},
    plan::needs::Observed,
    semantics::eval::{Env, reads},
    semantics::law::{law_exprs, law_reads_current},
};
use fixedbitset::FixedBitSet;
use melian_model::{Block, Expr, Model, StatementKind, VarId, VarKind};

/// For each node, the variables that matter there.
pub(crate) fn liveness(
    model: &Model,
    flow: &Flow,
    graph: &Graph,
    keys: &[VarId],
    observed: &Observed,
) -> Vec<FixedBitSet> {
    let n = model.vars.len();
    let mut live = vec![FixedBitSet::with_capacity(n); graph.nodes.len()];
    let known: Vec<Vec<u32>> = graph.nodes.iter().map(Node::known).collect();
    let mut finally = FixedBitSet::with_capacity(n);
    block_reads(&model.finally, &mut finally);
    loop {
        let mut changed = false;
        for &id in &graph.order {
            let node = &graph.nodes[id];
            let mut set = FixedBitSet::with_capacity(n);
            let env = Env { model, levels: &known[id], params: None, period: None, ahead: &[] };
            for link in &node.links {
                let mut after = live[link.target].clone();
                for (v, source) in &link.sets {
                    if matches!(source, Source::Level(_) | Source::Assigned) {
                        after.set(v.0, false);
                    }
                }
                set.union_with(&after);
            }
            let needed = |v: VarId| {
                observed.everything
                    || keys.contains(&v)
                    || node.links.iter().any(|l| live[l.target].contains(v.0))
            };
            match &flow.points[node.point].step {
                Step::Exit => {
                    for (v, var) in model.vars.iter().enumerate() {
                        if !var.is_state() {
                            set.set(v, false);
                        } else if observed.everything
                            || matches!(&var.kind, VarKind::State { when: Some(_), .. })
                        {
                            set.insert(v);
                        }
                    }
                    set.union_with(&finally);
                    observed.at_end.iter().for_each(|v| set.insert(v.0));
                }
                Step::Assign { var, value, .. } => {
                    if needed(*var) {
                        add(&mut set, value, &env);
                    }
                }
                Step::Draw { draw, .. } => {
                    if needed(draw.var) {
                        law_exprs(draw).iter().for_each(|e| add(&mut set, e, &env));
                        set.set(draw.var.0, law_reads_current(draw) || set.contains(draw.var.0));
                    }
                }
                Step::Pay(payments) => {
                    payments.iter().flat_map(|p| p.expressions(&env)).for_each(|e| add(&mut set, e, &env));
                }
                Step::Branch { arms } => arms.iter().for_each(|(c, _)| add(&mut set, c, &env)),
                Step::Choose { .. } => {
                    // Choices made at the same time know the same.
                    let own = [node.point];
                    for &point in flow.together_with(node.point).unwrap_or(&own) {
                        let Step::Choose { stage, choice, .. } = &flow.points[point].step else { continue };
                        let guards = choice.actions.iter().filter_map(|a| a.guard.as_ref());
                        guards.for_each(|g| add(&mut set, g, &env));
                        let seen = observed.at_stage.iter().filter(|(s, _)| s == stage);
                        seen.for_each(|(_, v)| set.insert(v.0));
                    }
                }
                Step::End => {}
            }
            for key in keys {
                set.set(key.0, false);
            }
            if set != live[id] {
                set.union_with(&live[id]);
                live[id] = set;
                changed = true;
            }
        }
        if !changed {
            return live;
        }
    }
}

/// The axes of a node: what matters there and can take several levels.
pub(crate) fn axes(node: &Node, live: &FixedBitSet, order: &[VarId]) -> Vec<(VarId, Vec<u32>)> {
    order
        .iter()
        .filter(|v| live.contains(v.0))
        .map(|&v| (v, node.sets[v.0].ones().map(|k| k as u32).collect::<Vec<u32>>()))
        .filter(|(_, levels)| levels.len() > 1)
        .collect()
}

/// The order of axes in every box: what statements touch most comes first, so that the last ones form long stretches
/// that nothing moves.
pub(crate) fn axis_order(model: &Model, flow: &Flow) -> Vec<VarId> {
    let mut touched = vec![0usize; model.vars.len()];
    let mut reads = |e: &Expr| e.variables().iter().for_each(|v| touched[v.0] += 1);
    for point in &flow.points {
        match &point.step {
            Step::Assign { value, .. } => reads(value),
            Step::Draw { draw, .. } => law_exprs(draw).into_iter().for_each(&mut reads),
            Step::Pay(payments) => payments.iter().for_each(|p| {
                reads(p.amount);
                p.when.iter().for_each(|(c, _)| reads(c));
            }),
            Step::Branch { arms } => arms.iter().for_each(|(c, _)| reads(c)),
            Step::Choose { choice, .. } => {
                choice.actions.iter().filter_map(|a| a.guard.as_ref()).for_each(&mut reads);
            }
            Step::Exit | Step::End => {}
        }
    }
    for point in &flow.points {
        match &point.step {
            Step::Assign { var, .. } => touched[var.0] += 3,
            Step::Draw { draw, .. } => touched[draw.var.0] += 3,
            Step::Choose { stage, .. } => touched[model.stage(*stage).var.0] += 100,
            _ => {}
        }
    }
    let mut order: Vec<VarId> = (0..model.vars.len()).map(VarId).collect();
    order.sort_by_key(|v| std::cmp::Reverse(touched[v.0]));
    order
}

fn add(set: &mut FixedBitSet, e: &Expr, env: &Env) {
    reads(e, env).iter().for_each(|v| set.insert(v.0));
}

fn block_reads(block: &Block, set: &mut FixedBitSet) {
    block.visit(&mut |s| match &s.kind {
        StatementKind::Pay { amount, .. } => amount.variables().iter().for_each(|v| set.insert(v.0)),
        StatementKind::If { arms, .. } => {
            arms.iter().flat_map(|(c, _)| c.variables()).for_each(|v| set.insert(v.0));
        }
        _ => {}
    });
}
