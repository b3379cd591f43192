//! Which levels one variable can have after a stretch of program: sets of levels carried through its branches.
//!
//! The analysis follows one variable at a time and knows nothing of the others, so its sets may be too large but are
//! never too small: what it calls impossible is impossible.

use melian_model::{
    BinaryOp, Block, Distribution, Expr, ExprKind, Model, Outcome, Statement, StatementKind, UnaryOp, VarId,
    Weight,
};

/// A set of levels of one variable, absence included, as a bit mask.
pub type Levels = u64;

/// One variable of a model, small enough to follow.
pub struct Follow<'m> {
    model: &'m Model,
    var: VarId,
    size: usize,
}

/// Where a stretch of program can leave the variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct After {
    /// Its levels where execution goes on.
    pub on: Levels,
    /// Its levels where play has ended.
    pub ended: Levels,
}

impl<'m> Follow<'m> {
    /// A variable with at most 64 levels.
    pub fn new(model: &'m Model, var: VarId) -> Option<Follow<'m>> {
        let size = model.var(var).levels();
        (size <= 64).then_some(Follow { model, var, size })
    }

    /// All levels.
    pub fn all(&self) -> Levels {
        if self.size == 64 { u64::MAX } else { (1 << self.size) - 1 }
    }

    /// The levels that the variable can have at the end of some period, or at the start of play, from these.
    pub fn at_period_ends(&self, start: Levels) -> Levels {
        let mut reached = start;
        let mut frozen = 0;
        loop {
            let after = self.block(&self.model.period, reached);
            frozen |= after.ended;
            let next = reached | after.on | self.absence();
            if next == reached {
                return reached | frozen;
            }
            reached = next;
        }
    }

    /// The bit of absence, for a variable that can be absent.
    fn absence(&self) -> Levels {
        let var = self.model.var(self.var);
        if var.is_optional() { 1 << var.absent() } else { 0 }
    }

    /// The levels at which a condition can have this value, among these.
    pub fn where_holds(&self, condition: &Expr, among: Levels, value: bool) -> Levels {
        let mut kept = 0;
        for level in 0..self.size {
            if among & (1 << level) != 0 && self.holds(condition, level) != Some(!value) {
                kept |= 1 << level;
            }
        }
        kept
    }

    /// Whether a condition holds where the variable has this level; `None` if that depends on more.
    fn holds(&self, condition: &Expr, level: usize) -> Option<bool> {
        match &condition.kind {
            ExprKind::Truth(value) => Some(*value),
            ExprKind::IsAt(var, levels) if *var == self.var => Some(levels.contains(&level)),
            ExprKind::Unary(UnaryOp::Not, a) => Some(!self.holds(a, level)?),
            ExprKind::Binary(BinaryOp::And, a, b) => match (self.holds(a, level), self.holds(b, level)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            ExprKind::Binary(BinaryOp::Or, a, b) => match (self.holds(a, level), self.holds(b, level)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            _ => {
                let value = self.value(condition, level)?;
                Some(value != 0.0)
            }
        }
    }

    /// The value of an expression that reads nothing but this variable.
    fn value(&self, expr: &Expr, level: usize) -> Option<f64> {
        match &expr.kind {
            ExprKind::Var(var) if *var == self.var => {
                let domain = self.model.var(*var).domain;
                (level < domain.size()).then(|| domain.value(level))
            }
            ExprKind::Among(a, members) => {
                let value = self.value(a, level)?;
                Some(f64::from(u8::from(members.contains(&value))))
            }
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.value(a, level)?, self.value(b, level)?);
                let holds = match op {
                    BinaryOp::Equal => a == b,
                    BinaryOp::Unequal => a != b,
                    BinaryOp::Less => a < b,
                    BinaryOp::AtMost => a <= b,
                    BinaryOp::Greater => a > b,
                    BinaryOp::AtLeast => a >= b,
                    _ => return None,
                };
                Some(f64::from(u8::from(holds)))
            }
            _ => expr.literal(),
        }
    }

    /// The levels after a block.
    pub fn block(&self, block: &Block, before: Levels) -> After {
        self.statements(&block.0, before)
    }

    /// The levels after some statements.
    pub fn statements(&self, statements: &[Statement], before: Levels) -> After {
        let mut after = After { on: before, ended: 0 };
        for statement in statements {
            if after.on == 0 {
                break;
            }
            let step = self.statement(statement, after.on);
            after = After { on: step.on, ended: after.ended | step.ended };
        }
        after
    }

    fn statement(&self, statement: &Statement, before: Levels) -> After {
        let on = match &statement.kind {
            StatementKind::Assign { var, value } if *var == self.var => self.targets(value, before),
            StatementKind::Draw(draw) if draw.var == self.var => self.drawn(&draw.law, before),
            StatementKind::Assign { .. } | StatementKind::Draw(_) | StatementKind::Pay { .. } => before,
            StatementKind::If { arms, otherwise } => {
                let mut result = After { on: 0, ended: 0 };
                let mut rest = before;
                for (condition, body) in arms {
                    let arm = self.block(body, self.where_holds(condition, rest, true));
                    result = After { on: result.on | arm.on, ended: result.ended | arm.ended };
                    rest = self.where_holds(condition, rest, false);
                }
                let last = self.block(otherwise, rest);
                return After { on: result.on | last.on, ended: result.ended | last.ended };
            }
            StatementKind::Choose(choice) => {
                let mut result = After { on: 0, ended: 0 };
                // Where no action can be available the game cannot be solved; that is told elsewhere.
                let mut stuck = before;
                for action in &choice.actions {
                    let inside = match &action.guard {
                        Some(guard) => self.where_holds(guard, before, true),
                        None => before,
                    };
                    stuck &= !inside;
                    let body = self.block(&action.body, inside);
                    result = After { on: result.on | body.on, ended: result.ended | body.ended };
                }
                return After { on: result.on | stuck, ..result };
            }
            StatementKind::End => return After { on: 0, ended: before },
        };
        // A conditional variable can vanish whenever another variable moves.
        After { on: on | self.absence(), ended: 0 }
    }

    /// The levels that an assigned value can have.
    fn targets(&self, value: &Expr, before: Levels) -> Levels {
        if before == 0 {
            return 0;
        }
        let domain = self.model.var(self.var).domain;
        match &value.kind {
            ExprKind::Var(var) if *var == self.var => before,
            ExprKind::If(condition, then, otherwise) => {
                self.targets(then, self.where_holds(condition, before, true))
                    | self.targets(otherwise, self.where_holds(condition, before, false))
            }
            _ => match value.literal() {
                Some(x) => domain.level(x).map_or(0, |level| 1 << level),
                None => self.all(),
            },
        }
    }

    fn drawn(&self, law: &Distribution, before: Levels) -> Levels {
        let never = |probability: &Expr| probability.literal() == Some(0.0);
        match law {
            Distribution::Walk { up, down } => {
                let inside = if self.model.var(self.var).is_optional() {
                    self.all() & !self.absence()
                } else {
                    self.all()
                };
                let mut after = before;
                if !never(up) {
                    after |= (before << 1) & inside;
                }
                if !never(down) {
                    after |= before >> 1;
                }
                after
            }
            Distribution::Outcomes(outcomes) => {
                let mut after = 0;
                for (outcome, weight) in outcomes {
                    if matches!(weight, Weight::Probability(p) if never(p)) {
                        continue;
                    }
                    after |= match outcome {
                        Outcome::Stay => before,
                        Outcome::Value(value) => self.targets(value, before),
                    };
                }
                after
            }
            Distribution::Normal { .. } | Distribution::Binomial { .. } | Distribution::Uniform => self.all(),
        }
    }
}
