//! The program of a period as points: where one statement ends and what comes next.
//!
//! A point's successors always have smaller numbers, so that walking the points upwards is walking the program
//! backwards. Point 0 is the period's end. Payments that follow each other share a point, also those inside `if`s that
//! only pay.

use crate::semantics::eval::{Env, EvalError, eval};
use melian_model::{Block, Choice, Draw, Expr, LineId, Model, PlayerId, Span, StageId, StatementKind, VarId};

/// Number of a point; 0 is the end of the period.
pub(crate) type PointId = usize;

/// What happens at a point.
pub(crate) enum Step<'m> {
    /// The end of the period.
    Exit,
    /// A variable takes a value.
    Assign { var: VarId, value: &'m Expr },
    /// A variable is redrawn.
    Draw { draw: &'m Draw, span: Span },
    /// Payments.
    Pay(Vec<Payment<'m>>),
    /// The first arm whose condition holds, else `next`.
    Branch { arms: Vec<(&'m Expr, PointId)> },
    /// A player chooses. `inside` lists the enclosing stages with the action that leads here.
    Choose {
        stage: StageId,
        choice: &'m Choice,
        bodies: Vec<PointId>,
        inside: Vec<(VarId, usize)>,
        span: Span,
    },
    /// Play ends here.
    End,
}

/// To whom something is paid, and under which name.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Payee {
    pub player: PlayerId,
    pub line: LineId,
}

/// A payment to a player.
#[derive(Clone)]
pub(crate) struct Payment<'m> {
    pub payee: Payee,
    pub amount: &'m Expr,
    /// Conditions that must hold, or must not, for it to be paid; in the order in which they are tested.
    pub when: Vec<(&'m Expr, bool)>,
}

impl<'m> Payment<'m> {
    /// What is paid; nothing where a condition fails. An error comes with the expression that has it.
    pub fn amount(&self, env: &Env) -> Result<f64, (EvalError, Span)> {
        for &(condition, wanted) in &self.when {
            if (eval(condition, env).map_err(|e| (e, condition.span))? != 0.0) != wanted {
                return Ok(0.0);
            }
        }
        eval(self.amount, env).map_err(|e| (e, self.amount.span))
    }

    /// The expressions that decide what is paid where only some levels are known: those behind a condition that is
    /// known to fail do not.
    pub fn expressions(&self, env: &Env) -> Vec<&'m Expr> {
        let mut all = Vec::new();
        for &(condition, wanted) in &self.when {
            match eval(condition, env) {
                Ok(x) if (x != 0.0) != wanted => return all,
                Ok(_) => {}
                Err(_) => all.push(condition),
            }
        }
        all.push(self.amount);
        all
    }

    /// Whether it hangs on the period.
    pub fn reads_time(&self) -> bool {
        self.amount.reads_time() || self.when.iter().any(|(c, _)| c.reads_time())
    }
}

/// A step and the point that follows it.
pub(crate) struct Point<'m> {
    pub step: Step<'m>,
    pub next: PointId,
}

/// All points of a period; the last one is where it begins.
pub(crate) struct Flow<'m> {
    pub points: Vec<Point<'m>>,
    pub entry: PointId,
    /// What is paid at the end of the last period.
    pub finally: Vec<Payment<'m>>,
    /// Choices that are made at the same time: their points, in the order in which they are written.
    pub together: Vec<Vec<PointId>>,
}

impl<'m> Flow<'m> {
    pub fn new(model: &'m Model) -> Flow<'m> {
        let mut finally = Vec::new();
        model.finally.0.iter().for_each(|s| collect(&s.kind, &mut Vec::new(), &mut finally));
        let mut flow = Flow {
            points: vec![Point { step: Step::Exit, next: 0 }],
            entry: 0,
            finally,
            together: Vec::new(),
        };
        flow.entry = flow.block(model, &model.period, 0, &mut Vec::new());
        flow
    }

    /// The choices made at the same time as that of a point, its own among them.
    pub fn together_with(&self, point: PointId) -> Option<&[PointId]> {
        self.together.iter().find(|points| points.contains(&point)).map(|points| &points[..])
    }

    /// The place at which a stage is played, if exactly one agrees with the enclosing choices that are named; with the
    /// enclosing choices of that place.
    pub fn place(&self, stage: StageId, named: &[(VarId, usize)]) -> Option<(PointId, &[(VarId, usize)])> {
        let mut places = self.points.iter().enumerate().filter_map(|(id, point)| match &point.step {
            Step::Choose { stage: here, inside, .. } if *here == stage => {
                let agrees =
                    inside.iter().all(|(v, action)| named.iter().all(|(n, k)| n != v || k == action));
                agrees.then_some((id, &inside[..]))
            }
            _ => None,
        });
        match (places.next(), places.next()) {
            (Some(place), None) => Some(place),
            _ => None,
        }
    }

    fn push(&mut self, step: Step<'m>, next: PointId) -> PointId {
        self.points.push(Point { step, next });
        self.points.len() - 1
    }

    fn block(
        &mut self,
        model: &'m Model,
        block: &'m Block,
        next: PointId,
        inside: &mut Vec<(VarId, usize)>,
    ) -> PointId {
        let mut next = next;
        // Payments that stand next to each other, last first.
        let mut payments: Vec<Payment> = Vec::new();
        for statement in block.0.iter().rev() {
            let span = statement.span;
            if only_pays(&statement.kind) {
                let mut here = Vec::new();
                collect(&statement.kind, &mut Vec::new(), &mut here);
                payments.extend(here.into_iter().rev());
                continue;
            }
            next = self.payments(&mut payments, next);
            next = match &statement.kind {
                StatementKind::Assign { var, value } => self.push(Step::Assign { var: *var, value }, next),
                StatementKind::Draw(draw) => self.push(Step::Draw { draw, span }, next),
                StatementKind::If { arms, otherwise } => {
                    let otherwise = self.block(model, otherwise, next, inside);
                    let arms = arms.iter().map(|(c, b)| (c, self.block(model, b, next, inside))).collect();
                    self.push(Step::Branch { arms }, otherwise)
                }
                StatementKind::Choose(choice) => {
                    let mut bodies = Vec::new();
                    for action in &choice.actions {
                        inside.push((model.stage(choice.stage).var, action.action));
                        bodies.push(self.block(model, &action.body, next, inside));
                        inside.pop();
                    }
                    let inside = inside.clone();
                    let after = next;
                    let point =
                        self.push(Step::Choose { stage: choice.stage, choice, bodies, inside, span }, after);
                    if choice.with_next {
                        match self.together.last_mut() {
                            Some(points) if points.first() == Some(&after) => points.insert(0, point),
                            _ => self.together.push(vec![point, after]),
                        }
                    }
                    point
                }
                StatementKind::End => self.push(Step::End, 0),
                StatementKind::Pay { .. } => next,
            };
        }
        self.payments(&mut payments, next)
    }

    fn payments(&mut self, payments: &mut Vec<Payment<'m>>, next: PointId) -> PointId {
        if payments.is_empty() {
            return next;
        }
        payments.reverse();
        let step = Step::Pay(std::mem::take(payments));
        self.push(step, next)
    }
}

/// Whether a statement does nothing but pay, perhaps under conditions.
fn only_pays(statement: &StatementKind) -> bool {
    match statement {
        StatementKind::Pay { .. } => true,
        StatementKind::If { arms, otherwise } => {
            let blocks = arms.iter().map(|(_, block)| block).chain([otherwise]);
            blocks.flat_map(|block| &block.0).all(|s| only_pays(&s.kind))
        }
        _ => false,
    }
}

/// The payments of a statement that does nothing else, each with the conditions that lead to it.
fn collect<'m>(
    statement: &'m StatementKind,
    when: &mut Vec<(&'m Expr, bool)>,
    payments: &mut Vec<Payment<'m>>,
) {
    match statement {
        StatementKind::Pay { player, amount, line } => {
            payments.push(Payment {
                payee: Payee { player: *player, line: *line },
                amount,
                when: when.clone(),
            });
        }
        StatementKind::If { arms, otherwise } => {
            let depth = when.len();
            for (condition, block) in arms {
                when.push((condition, true));
                block.0.iter().for_each(|s| collect(&s.kind, when, payments));
                when.pop();
                when.push((condition, false));
            }
            otherwise.0.iter().for_each(|s| collect(&s.kind, when, payments));
            when.truncate(depth);
        }
        _ => {}
    }
}
