//! Where play ends up: sets of states that it never leaves and goes through again and again.

use crate::{
    plan::{Op, Plan},
    sweep::Policies,
    tables::Tables,
};
use petgraph::{algo::kosaraju_scc, graph::DiGraph};
use std::collections::HashMap;

/// The number of recurrent classes that play can come to from the plan's starts, when every period is played by these
/// choice probabilities (Kemeny and Snell 1960, ch. II: classes of states that lead to each other and nowhere else).
pub(crate) fn recurrent(plan: &Plan, tables: &Tables, policies: &Policies) -> usize {
    let mut graph: DiGraph<(), (), u32> = DiGraph::default();
    let mut number = HashMap::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for &place in &plan.starts {
        number.entry(place).or_insert_with(|| {
            open.push(place);
            graph.add_node(())
        });
    }
    while let Some((id, state)) = open.pop() {
        let node = &plan.nodes[id];
        let (inner, n) = (node.space.inner, node.space.size);
        let from = number[&(id, state)];
        for (e, edge) in node.edges.iter().enumerate() {
            let entry = |table: usize, plane: usize| {
                let (spec, data) = tables.table(plan, table);
                data[plane * spec.support.len() + spec.support.entry(state, inner)]
            };
            let taken = match &node.op {
                Op::Move { select: Some(by) } => entry(*by, 0) as usize == e,
                Op::Chance { law } => entry(*law, e) > 0.0,
                Op::Choose { .. } => policies[id][e * n + state] > 0.0,
                _ => e == 0,
            };
            if !taken {
                continue;
            }
            let at = tables.edge_rows(&edge.rows)[state / inner] as usize + state % inner;
            let place = (edge.target, at);
            let to = *number.entry(place).or_insert_with(|| {
                open.push(place);
                graph.add_node(())
            });
            graph.add_edge(from, to, ());
        }
    }
    // Not Tarjan's algorithm: as it is written there, it calls itself once a state, and runs out of stack.
    let components = kosaraju_scc(&graph);
    let mut of = vec![0; graph.node_count()];
    for (c, members) in components.iter().enumerate() {
        members.iter().for_each(|v| of[v.index()] = c);
    }
    let closed =
        |c: &usize| components[*c].iter().all(|&v| graph.neighbors(v).all(|to| of[to.index()] == *c));
    (0..components.len()).filter(closed).count()
}
