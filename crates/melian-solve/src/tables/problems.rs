//! What goes wrong at a state that can be reached, told with the state.

use crate::{
    plan::explore::NodeId,
    plan::{Op, Plan, TableSpec},
    semantics::eval::{Env, EvalError, UNKNOWN, eval},
    semantics::law::LawError,
};
use fixedbitset::FixedBitSet;
use melian_model::{Diagnostic, Span, StageId, VarId, VarKind, print::number};
use std::collections::{HashMap, HashSet};

/// Collects problems at reachable states, each kind once a place.
pub(crate) struct Problems<'p, 'm> {
    plan: &'p Plan<'m>,
    period: usize,
    /// The states that count, if not all that any parameters reach.
    only: Option<&'p [FixedBitSet]>,
    found: Vec<Diagnostic>,
    told: HashSet<(&'static str, Span)>,
    reachable: HashMap<*const TableSpec, FixedBitSet>,
}

impl<'p, 'm> Problems<'p, 'm> {
    pub fn new(plan: &'p Plan<'m>, period: usize) -> Problems<'p, 'm> {
        Problems {
            plan,
            period,
            only: None,
            found: Vec::new(),
            told: HashSet::new(),
            reachable: HashMap::new(),
        }
    }

    /// Only problems at these states, one set a node.
    pub fn among(self, only: &'p [FixedBitSet]) -> Problems<'p, 'm> {
        Problems { only: Some(only), ..self }
    }

    fn reached(&self, node: NodeId) -> &'p FixedBitSet {
        let plan = self.plan;
        self.only.map_or(&plan.nodes[node].reached, |only| &only[node])
    }

    /// Conditional state that is absent at a period's end though its condition holds, or the other way round.
    pub fn conditional(&mut self) {
        let plan = self.plan;
        let model = plan.model;
        for (id, node) in plan.nodes.iter().enumerate().filter(|(_, n)| matches!(n.op, Op::Exit { .. })) {
            let env = Env { model, levels: &node.known, params: None, period: None, ahead: &[] };
            for (v, var) in model.vars.iter().enumerate() {
                let VarKind::State { when: Some(when), .. } = &var.kind else { continue };
                let exists = eval(when, &env).is_ok_and(|x| x != 0.0);
                let wrong = |k: u32| (k as usize == var.absent()) == exists && k != UNKNOWN;
                if self.told.contains(&("conditional-unset", var.span)) {
                    continue;
                }
                let state = self.reached(id).ones().find(|&s| wrong(plan.levels_at(id, s)[v]));
                if let Some(state) = state {
                    let at = plan.describe_state(id, state);
                    let title = if exists {
                        format!(
                            "`{}` is not assigned though its condition holds at the end of a {}",
                            var.name, model.period_word
                        )
                    } else {
                        format!(
                            "`{}` is assigned though its condition does not hold at the end of a {}",
                            var.name, model.period_word
                        )
                    };
                    self.told.insert(("conditional-unset", var.span));
                    self.found.push(
                        Diagnostic::error("conditional-unset", title, var.span)
                            .label("exists only under this condition")
                            .help(format!("it happens in {} {}, at {at}", model.period_word, self.period))
                            .help("whatever makes the condition true must assign it in the same period"),
                    );
                }
            }
        }
    }

    pub fn finish(self) -> Result<(), Vec<Diagnostic>> {
        if self.found.is_empty() { Ok(()) } else { Err(self.found) }
    }

    pub fn payoff(&mut self, node: NodeId, spec: &TableSpec, entry: usize, span: Span, x: f64) {
        let kind = if x.is_nan() { "not a number" } else { "infinite" };
        self.tell("payoff-not-finite", node, spec, entry, span, || {
            (
                format!("this payoff is {kind}"),
                vec!["check for a division by zero or the logarithm of zero".into()],
            )
        });
    }

    pub fn eval(&mut self, node: NodeId, spec: &TableSpec, entry: usize, span: Span, e: EvalError) {
        let model = self.plan.model;
        match e {
            EvalError::Absent(v) => self.tell("absent-read", node, spec, entry, span, || {
                let var = model.var(v);
                let help = match &var.kind {
                    VarKind::Stage(_) => "the stage did not run, or was answered by an action without this argument: ask first, with `and`",
                    VarKind::State { .. } => "it exists only while its `when` condition holds, and must be assigned then: test the condition first, with `and` or `if`",
                    _ => "assign it before",
                };
                (format!("`{}` has no value here", var.name), vec![help.into()])
            }),
            EvalError::Outside => self.tell("lookup-outside", node, spec, entry, span, || {
                ("the index is outside the table".into(), vec!["clamp the index, or give the table more entries".into()])
            }),
            EvalError::Unknown => {}
        }
    }

    pub fn leaves(&mut self, node: NodeId, spec: &TableSpec, entry: usize, span: Span, var: VarId, x: f64) {
        let var = self.plan.model.var(var);
        let (lo, hi) = (var.domain.value(0), var.domain.value(var.domain.size() - 1));
        self.tell("leaves-domain", node, spec, entry, span, || {
            let title = if x >= lo && x <= hi {
                format!("`{}` would become {}, which is no value of its grid", var.name, number(x))
            } else {
                format!("`{}` would become {}, outside {} to {}", var.name, number(x), number(lo), number(hi))
            };
            let help = if x >= lo && x <= hi {
                "write `snap(…)` to take the nearest value"
            } else {
                "write `clamp(…)`, `min(…)` or `max(…)` to stay inside"
            };
            (title, vec![help.into()])
        });
    }

    pub fn law(&mut self, node: NodeId, spec: &TableSpec, entry: usize, span: Span, var: VarId, e: LawError) {
        let name = &self.plan.model.var(var).name;
        match e {
            LawError::Sum(sum) => self.tell("probabilities-sum", node, spec, entry, span, || {
                (
                    format!("probabilities of `{name}` add up to {}", number(sum)),
                    vec!["give one outcome the weight `rest`, and it takes what remains to 1".into()],
                )
            }),
            LawError::Negative(p) => self.tell("probability-negative", node, spec, entry, span, || {
                (format!("a probability of `{name}` is {}", number(p)), vec!["write `max(0, …)` if that is meant".into()])
            }),
            LawError::NotFinite => self.tell("law-not-finite", node, spec, entry, span, || {
                (
                    format!("the law of `{name}` is not defined"),
                    vec!["probabilities must be finite, a standard deviation positive, a number of trials whole".into()],
                )
            }),
            LawError::Leaves(x) => self.leaves(node, spec, entry, span, var, x),
            LawError::Eval(e) => self.eval(node, spec, entry, span, e),
        }
    }

    pub fn no_action(&mut self, node: NodeId, spec: &TableSpec, entry: usize, span: Span, stage: StageId) {
        let name = self.plan.model.stage_name(stage);
        self.tell("no-action", node, spec, entry, span, || {
            (
                format!("no action of `{name}` is available"),
                vec!["give one action no `when`, or put the stage inside an `if`".into()],
            )
        });
    }

    /// The first problem of each kind at each place is told, if a reachable state has it.
    fn tell(
        &mut self,
        id: &'static str,
        node: NodeId,
        spec: &TableSpec,
        entry: usize,
        span: Span,
        words: impl FnOnce() -> (String, Vec<String>),
    ) {
        if self.told.contains(&(id, span)) {
            return;
        }
        let plan = self.plan;
        let inner = plan.nodes[node].space.inner;
        let reached = self.reached(node);
        let reachable = self.reachable.entry(std::ptr::from_ref(spec)).or_insert_with(|| {
            let mut set = FixedBitSet::with_capacity(spec.support.len());
            reached.ones().for_each(|s| set.insert(spec.support.entry(s, inner)));
            set
        });
        if !reachable.contains(entry) {
            return;
        }
        let state = reached.ones().find(|&s| spec.support.entry(s, inner) == entry);
        let (title, help) = words();
        let mut diagnostic = Diagnostic::error(id, title, span);
        if let Some(state) = state {
            diagnostic = diagnostic.help(format!(
                "it happens in {} {}, at {}",
                plan.model.period_word,
                self.period,
                plan.describe_state(node, state)
            ));
        }
        for line in help {
            diagnostic = diagnostic.help(line);
        }
        self.told.insert((id, span));
        self.found.push(diagnostic);
    }
}

impl Plan<'_> {
    /// A state of a node in words: `regime = war, front = 1.1`.
    pub(crate) fn describe_state(&self, node: NodeId, state: usize) -> String {
        let levels = self.levels_at(node, state);
        let mut parts = Vec::new();
        for (v, var) in self.model.vars.iter().enumerate() {
            let k = levels[v];
            if k != UNKNOWN && (k as usize) < var.domain.size() && !matches!(var.kind, VarKind::Ended) {
                parts.push(format!("{} = {}", var.name, self.model.level_name(VarId(v), k as usize)));
            }
        }
        if parts.is_empty() { "the only state".into() } else { parts.join(", ") }
    }
}
