//! Atoms taken apart into columns: each a quantity that one backward recursion, or one forward pass, computes.
//!
//! Writing X_t(s) for a column's value at the start of period t, E for the expectation over a period under the
//! choice probabilities, and e for an event sampled at period ends (numerics as in Kemeny and Snell 1960, ch. III):
//!
//! ```text
//! ever e before f, window (a, b]   X_t = E[ e ? 1 : f ? 0 : X_{t+1} ]          within the window
//! sum of g until c                 X_t = E[ g·1{t > a} + (c ? 0 : X_{t+1}) ]
//! g when first e                   X_t = E[ e ? g·1{t > a} : X_{t+1} ]
//! g at b                           X_b = E[ g ],  X_t = E[ X_{t+1} ]
//! ```
//!
//! with X_{b+1} = 0. Events of one stage are sampled at its choices in the same way.

use crate::{plan::Plan, plan::explore::NodeId, plan::flow::Step, plan::needs::event_stage};
use melian_model::{
    Ahead, Atom, Commitment, Diagnostic, Expr, ExprKind, FOREVER, PlayerId, Span, StageId, UnaryOp, Window,
};
use std::collections::HashMap;

/// Position in [`Work::exprs`].
pub(crate) type ExprId = usize;

/// Position in [`Work::commitments`].
pub(crate) type CommitmentId = usize;

/// One recursion.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Recursion {
    pub rule: Rule,
    /// Periods after this one count.
    pub after: usize,
    /// The last period that counts.
    pub by: usize,
    /// The first period that the recursion is carried back to.
    pub first: usize,
    /// What `Ahead` in its expression stands for.
    pub ahead: Vec<Later>,
}

/// A question about play that goes on from the state at hand.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Later {
    /// The value of a recursion at the start of its first period.
    Carried(usize),
    /// One less that.
    Rest(usize),
    /// The value of an expression at the state at hand, at the end of this period.
    Now(ExprId, usize),
    /// What `finally` pays a player at the state at hand.
    Final(PlayerId),
    /// Nothing is left to happen.
    Constant(f64),
}

/// What a recursion computes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Rule {
    /// Whether the event comes, before `before`.
    Ever { event: Sampled, before: Option<Sampled> },
    /// Whether an event at period ends always holds.
    Always { event: ExprId },
    /// The value of an expression at the end of period `by`, times the truth of `given`.
    At { what: Sampled, given: Option<ExprId> },
    /// The sum of what is sampled, stopped by an event at period ends.
    Sum { what: Sampled, until: Option<ExprId>, discount: Option<ExprId> },
    /// The value of an expression (1 if there is none) when an event at period ends first holds.
    First { what: Option<ExprId>, first: ExprId },
    /// Visits to a stage, only those with one of the actions if given, stopped by an event at period ends.
    Visits { stage: StageId, actions: Option<Vec<usize>>, given: Option<ExprId>, until: Option<ExprId> },
    /// The mean over all time of an expression at period ends.
    LongRun { what: ExprId },
    /// Discounted payments to a player along the path.
    Value(PlayerId),
    /// Visits to a stage at which a commitment of the path binds.
    Bound(StageId, CommitmentId),
}

/// An expression with the moment it is sampled at.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Sampled {
    /// At period ends.
    End(ExprId),
    /// At the choices of a stage, on the state just before, with the stage holding what is chosen.
    Stage(StageId, ExprId),
}

/// How an atom's answer is put together from recursions.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Combine {
    /// The value of one.
    One(usize),
    /// One over the other; undefined where the other is zero.
    Ratio(usize, usize, &'static str),
    /// Evaluated on the start state: what, given, and what `Ahead` stands for.
    Start(Expr, Option<Expr>, Vec<Later>),
    /// The player's value at the start.
    Value(PlayerId),
    /// One less the value of one.
    Rest(usize),
    /// Nothing, for this reason.
    Undefined(&'static str),
    /// A look-up.
    Probe(usize),
}

/// Which game an atom is about, and its number of periods: [`FOREVER`] if it goes on for ever.
#[derive(Clone, Copy)]
pub(crate) struct About {
    pub game: usize,
    pub horizon: usize,
}

/// A look-up of a stage's policy at a state.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct LookUp {
    pub game: usize,
    pub at: usize,
    /// The stage's node; the first of those that are chosen at the same time.
    pub node: NodeId,
    pub stage: StageId,
    pub state: usize,
    pub wanted: Wanted,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Wanted {
    Probability(Vec<usize>),
    Margin(usize, usize),
}

/// Everything that a batch of atoms needs.
#[derive(Default)]
pub(crate) struct Work {
    /// Every expression that is sampled, once, wherever it was written.
    pub exprs: Vec<Expr>,
    by_text: HashMap<String, ExprId>,
    /// Every commitment, once, whenever it is alive.
    pub commitments: Vec<Commitment>,
    commitments_by_text: HashMap<String, CommitmentId>,
    pub recursions: Vec<Recursion>,
    pub look_ups: Vec<LookUp>,
}

impl Recursion {
    /// Whether a forward pass can compute it: one that ends, and counts everything alike.
    pub fn can_be_pushed(&self) -> bool {
        self.by != FOREVER && !matches!(self.rule, Rule::Sum { discount: Some(_), .. })
    }
}

impl Work {
    fn expr(&mut self, e: &Expr) -> ExprId {
        // As text, because an argument table holds NaN where an action has no such argument.
        let mut plain = e.clone();
        unplace(&mut plain);
        *self.by_text.entry(format!("{plain:?}")).or_insert_with(|| {
            self.exprs.push(e.clone());
            self.exprs.len() - 1
        })
    }

    /// The number of a commitment, apart from its periods.
    pub fn commitment(&mut self, c: &Commitment) -> CommitmentId {
        let mut plain = Commitment { from: 1, until: usize::MAX, span: Span::NONE, ..c.clone() };
        plain.when.iter_mut().for_each(unplace);
        *self.commitments_by_text.entry(format!("{plain:?}")).or_insert_with(|| {
            self.commitments.push(plain);
            self.commitments.len() - 1
        })
    }

    /// The recursions that count the visits to a commitment's stage in a window, and those at which it binds.
    pub fn bound(&mut self, plan: &Plan, c: &Commitment, window: Window) -> (usize, usize) {
        let visits = Rule::Visits { stage: c.stage, actions: None, given: None, until: None };
        let visits = self.simple(visits, window, 1);
        if always_binds(plan, c) {
            return (visits, visits);
        }
        let commitment = self.commitment(c);
        (visits, self.simple(Rule::Bound(c.stage, commitment), window, 1))
    }

    fn some(&mut self, e: &Option<Expr>) -> Option<ExprId> {
        e.as_ref().map(|e| self.expr(e))
    }

    fn sampled(&mut self, plan: &Plan, e: &Expr) -> Sampled {
        let id = self.expr(e);
        match event_stage(plan.model, e) {
            Some(stage) => Sampled::Stage(stage, id),
            None => Sampled::End(id),
        }
    }

    /// Adds a recursion, unless it is there already; returns its number.
    pub fn push(&mut self, r: Recursion) -> usize {
        match self.recursions.iter().position(|own| *own == r) {
            Some(i) => i,
            None => {
                self.recursions.push(r);
                self.recursions.len() - 1
            }
        }
    }

    pub fn simple(&mut self, rule: Rule, window: Window, first: usize) -> usize {
        self.push(Recursion { rule, after: window.after, by: window.by, first, ahead: Vec::new() })
    }

    fn ahead(&mut self, plan: &Plan, about: About, ahead: &[Ahead]) -> Vec<Later> {
        ahead
            .iter()
            .map(|Ahead { atom, after }| {
                let over = |by: usize| by <= *after;
                match atom {
                    Atom::At { what, at, .. } if over(*at) => match self.sampled(plan, what) {
                        Sampled::End(what) => Later::Now(what, *at),
                        Sampled::Stage(..) => Later::Constant(0.0),
                    },
                    Atom::Always { window, .. } if over(window.by) => Later::Constant(1.0),
                    Atom::Ever { window, .. } | Atom::Total { window, .. } if over(window.by) => {
                        Later::Constant(0.0)
                    }
                    Atom::Value(player) if *after >= about.horizon => Later::Final(*player),
                    Atom::Value(player) => {
                        let window = Window { after: *after, by: about.horizon };
                        Later::Carried(self.simple(Rule::Value(*player), window, after + 1))
                    }
                    atom => match self.atom_from(plan, about, (0, 0), atom, after + 1) {
                        Combine::One(i) => Later::Carried(i),
                        Combine::Rest(i) => Later::Rest(i),
                        // Other atoms are not possible here; the front end does not make them.
                        _ => Later::Constant(f64::NAN),
                    },
                }
            })
            .collect()
    }

    /// Takes an atom apart; look-ups are made from the start that is asked about.
    pub fn atom(
        &mut self,
        plan: &Plan,
        about: About,
        start: &[usize],
        atom: &Atom,
    ) -> Result<Combine, Vec<Diagnostic>> {
        let place = match atom {
            Atom::Policy { stage, state, .. } | Atom::Margin { stage, state, .. } => {
                plan.locate_look_up(start, *stage, state)?
            }
            _ => (0, 0),
        };
        Ok(self.atom_from(plan, about, place, atom, 1))
    }

    fn atom_from(
        &mut self,
        plan: &Plan,
        about: About,
        (node, state): (NodeId, usize),
        atom: &Atom,
        first: usize,
    ) -> Combine {
        let game = about.game;
        match atom {
            Atom::Ever { event, before, window } => {
                let event = self.sampled(plan, event);
                let before = before.as_ref().map(|e| self.sampled(plan, e));
                Combine::One(self.simple(Rule::Ever { event, before }, *window, first))
            }
            // That it always holds is that its contrary never comes.
            Atom::Always { event, window } if window.by == FOREVER => {
                let contrary = ExprKind::Unary(UnaryOp::Not, Box::new(event.clone()));
                let event = self.expr(&Expr { kind: contrary, span: event.span });
                let rule = Rule::Ever { event: Sampled::End(event), before: None };
                Combine::Rest(self.simple(rule, *window, first))
            }
            Atom::Always { event, window } => {
                let event = self.expr(event);
                Combine::One(self.simple(Rule::Always { event }, *window, first))
            }
            Atom::At { what, given, at: 0, ahead } => {
                Combine::Start(what.clone(), given.clone(), self.ahead(plan, about, ahead))
            }
            Atom::At { what, given, at, ahead } => {
                let ahead = self.ahead(plan, about, ahead);
                let what = match given {
                    Some(given) => Sampled::End(self.expr(&only_where(given, what))),
                    None => self.sampled(plan, what),
                };
                let condition = self.some(given);
                let numerator = self.push(Recursion {
                    rule: Rule::At { what, given: condition },
                    after: at.saturating_sub(1),
                    by: *at,
                    first,
                    ahead,
                });
                match condition {
                    None => Combine::One(numerator),
                    Some(condition) => {
                        let rule = Rule::At { what: Sampled::End(condition), given: None };
                        let window = Window { after: at.saturating_sub(1), by: *at };
                        let denominator = self.simple(rule, window, first);
                        Combine::Ratio(numerator, denominator, "the condition has probability zero")
                    }
                }
            }
            Atom::Total { what, until, window, discount } => {
                let what = self.sampled(plan, what);
                let (until, discount) = (self.some(until), self.some(discount));
                Combine::One(self.simple(Rule::Sum { what, until, discount }, *window, first))
            }
            Atom::WhenFirst { what, first: event, window, ahead } => {
                let ahead = self.ahead(plan, about, ahead);
                let (what, event) = (self.expr(&only_where(event, what)), self.expr(event));
                let numerator = self.push(Recursion {
                    rule: Rule::First { what: Some(what), first: event },
                    after: window.after,
                    by: window.by,
                    first,
                    ahead,
                });
                let rule = Rule::First { what: None, first: event };
                let denominator = self.simple(rule, *window, first);
                Combine::Ratio(numerator, denominator, "the first time never falls in these periods")
            }
            Atom::Count { stage, given, until, window } => {
                let (given, until) = (self.some(given), self.some(until));
                let rule = Rule::Visits { stage: *stage, actions: None, given, until };
                Combine::One(self.simple(rule, *window, first))
            }
            Atom::Choice { stage, actions, given, window } => {
                let given = self.some(given);
                let visits = |actions| Rule::Visits { stage: *stage, actions, given, until: None };
                let numerator = self.simple(visits(Some(actions.clone())), *window, first);
                let denominator = self.simple(visits(None), *window, first);
                Combine::Ratio(numerator, denominator, "the stage is never reached under this condition")
            }
            Atom::LongRun { .. } if !plan.model.is_forever() => {
                Combine::Undefined("play does not go on for ever")
            }
            Atom::LongRun { what, given } => {
                let forever = Window { after: 0, by: FOREVER };
                let only = given.as_ref().map(|given| only_where(given, what));
                let what = self.expr(only.as_ref().unwrap_or(what));
                let mean = self.simple(Rule::LongRun { what }, forever, first);
                match self.some(given) {
                    None => Combine::One(mean),
                    Some(given) => {
                        let how_often = self.simple(Rule::LongRun { what: given }, forever, first);
                        Combine::Ratio(mean, how_often, "the condition has probability zero")
                    }
                }
            }
            Atom::Value(player) => Combine::Value(*player),
            Atom::Policy { stage, actions, at, .. } => self.look_up(LookUp {
                game,
                at: *at,
                node,
                stage: *stage,
                state,
                wanted: Wanted::Probability(actions.clone()),
            }),
            Atom::Margin { stage, action, over, at, .. } => self.look_up(LookUp {
                game,
                at: *at,
                node,
                stage: *stage,
                state,
                wanted: Wanted::Margin(*action, *over),
            }),
        }
    }

    fn look_up(&mut self, look_up: LookUp) -> Combine {
        self.look_ups.push(look_up);
        Combine::Probe(self.look_ups.len() - 1)
    }
}

/// Whether a commitment binds wherever its stage is reached, as far as can be told without parameters.
fn always_binds(plan: &Plan, c: &Commitment) -> bool {
    let free = |step: &Step| match step {
        Step::Choose { stage, choice, .. } if *stage == c.stage => {
            choice.actions.iter().any(|a| a.guard.is_none() && c.actions.contains(&a.action))
        }
        _ => true,
    };
    c.when.is_none() && plan.flow.points.iter().all(|point| free(&point.step))
}

/// Forgets where an expression was written.
fn unplace(e: &mut Expr) {
    e.span = Span::NONE;
    e.children_mut().into_iter().for_each(unplace);
}

/// An expression that is read only where its condition holds: elsewhere it need not have a value.
fn only_where(condition: &Expr, what: &Expr) -> Expr {
    let (condition, nothing) = (Box::new(condition.clone()), Box::new(Expr::number(0.0)));
    Expr { kind: ExprKind::If(condition, Box::new(what.clone()), nothing), span: what.span }
}
