//! What a plan must keep alive for the questions that will be asked.

use crate::{
    plan::flow::{Flow, PointId},
    semantics::eval::{Env, eval},
};
use melian_model::{Atom, Commitment, Expr, Model, StageId, VarId, VarKind};

/// What will be asked of a plan.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Needs {
    /// Level of every variable before period 1, for each start that will be asked about.
    pub starts: Vec<Vec<usize>>,
    /// The atoms that will be asked.
    pub atoms: Vec<Atom>,
    /// The commitments that will be made.
    pub commitments: Vec<Commitment>,
    /// Keep all state alive and check every statement, also what no payoff or question depends on.
    pub everything: bool,
}

/// A look-up as it is asked: stage, named variables, period.
type Named = (StageId, Vec<(VarId, usize)>, usize);

/// The variables that questions read, and where.
#[derive(Default)]
pub(crate) struct Observed {
    pub at_end: Vec<VarId>,
    pub at_stage: Vec<(StageId, VarId)>,
    pub look_ups: Vec<Named>,
    pub everything: bool,
}

impl Observed {
    pub fn new(model: &Model, needs: &Needs) -> Observed {
        let mut observed = Observed { everything: needs.everything, ..Observed::default() };
        for atom in &needs.atoms {
            observed.atom(model, atom);
        }
        for c in &needs.commitments {
            if let Some(when) = &c.when {
                observed.stage(c.stage, when);
            }
        }
        observed
    }

    fn atom(&mut self, model: &Model, atom: &Atom) {
        match atom {
            Atom::Ever { event, before, .. } => {
                self.event(model, event);
                before.iter().for_each(|e| self.event(model, e));
            }
            Atom::Always { event, .. } => self.end(event),
            Atom::At { what, given, ahead, .. } => {
                match given {
                    Some(given) => {
                        self.end(what);
                        self.end(given);
                    }
                    None => self.event(model, what),
                }
                ahead.iter().for_each(|a| self.atom(model, &a.atom));
            }
            Atom::Total { what, until, .. } => {
                self.event(model, what);
                until.iter().for_each(|e| self.end(e));
            }
            Atom::WhenFirst { what, first, ahead, .. } => {
                self.end(what);
                self.end(first);
                ahead.iter().for_each(|a| self.atom(model, &a.atom));
            }
            Atom::Count { stage, given, until, .. } => {
                given.iter().for_each(|e| self.stage(*stage, e));
                until.iter().for_each(|e| self.end(e));
            }
            Atom::Choice { stage, given, .. } => given.iter().for_each(|e| self.stage(*stage, e)),
            Atom::LongRun { what, given } => [what].into_iter().chain(given).for_each(|e| self.end(e)),
            Atom::Value(_) => {}
            Atom::Policy { stage, state, at, .. } | Atom::Margin { stage, state, at, .. } => {
                self.look_ups.push((*stage, state.clone(), *at));
            }
        }
    }

    fn event(&mut self, model: &Model, e: &Expr) {
        match event_stage(model, e) {
            Some(stage) => self.stage(stage, e),
            None => self.end(e),
        }
    }

    fn end(&mut self, e: &Expr) {
        self.at_end.extend(e.variables());
    }

    fn stage(&mut self, stage: StageId, e: &Expr) {
        self.at_stage.extend(e.variables().into_iter().map(|v| (stage, v)));
    }
}

/// The stage that an event is sampled at: the one it names, if it names exactly one.
pub(crate) fn event_stage(model: &Model, e: &Expr) -> Option<StageId> {
    let mut stages: Vec<StageId> = e
        .variables()
        .iter()
        .filter_map(|v| match model.var(*v).kind {
            VarKind::Stage(stage) => Some(stage),
            _ => None,
        })
        .collect();
    stages.dedup();
    (stages.len() == 1).then(|| stages[0])
}

/// The place and state of a look-up: start levels, with the named variables changed and the enclosing choices of the
/// place made. Conditional variables whose condition fails there are absent. `None` if no place or several fit.
pub(crate) fn look_up_at(
    model: &Model,
    flow: &Flow,
    start: &[usize],
    stage: StageId,
    named: &[(VarId, usize)],
) -> Option<(PointId, Vec<u32>)> {
    let (point, inside) = flow.place(stage, named)?;
    // Who chooses at the same time as others knows what the first of them knows.
    let point = flow.together_with(point).map_or(point, |points| points[0]);
    let mut levels: Vec<u32> = start.iter().map(|&k| k as u32).collect();
    for &(v, k) in named.iter().chain(inside) {
        levels[v.0] = k as u32;
    }
    for (v, var) in model.vars.iter().enumerate() {
        if let VarKind::State { when: Some(when), .. } = &var.kind {
            let env = Env { model, levels: &levels, params: None, period: None, ahead: &[] };
            if !eval(when, &env).is_ok_and(|x| x != 0.0) {
                levels[v] = var.absent() as u32;
            }
        }
    }
    Some((point, levels))
}
