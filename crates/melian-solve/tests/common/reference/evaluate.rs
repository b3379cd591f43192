//! The value of an expression at one state.
//!
//! A tree walk over the expression, with nothing prepared. Truth values are 0 and 1; a number is true if it is not 0.

use melian_model::{BinaryOp, Expr, ExprKind, Function, Model, UnaryOp};

/// Why there is no value: the id of the diagnostic that the solver must give, and what happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// Id of the diagnostic; [`UNDEFINED`] for an answer that does not exist.
    pub id: &'static str,
    /// What happened.
    pub what: String,
}

/// Not an error: a question about a condition of probability zero.
pub const UNDEFINED: &str = "undefined";

/// A value or a fault.
pub type Tried<T> = Result<T, Fault>;

/// A fault.
pub fn fault<T>(id: &'static str, what: impl Into<String>) -> Tried<T> {
    Err(Fault { id, what: what.into() })
}

/// Answers the `ahead[i]` of a question's expression.
pub type AheadFn<'a> = &'a dyn Fn(usize) -> Tried<f64>;

/// Everything an expression can read.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The model.
    pub model: &'a Model,
    /// Parameters.
    pub params: &'a [f64],
    /// The current period.
    pub period: usize,
    /// The level of every variable.
    pub state: &'a [usize],
    /// Questions about play that goes on; only in questions.
    pub ahead: Option<AheadFn<'a>>,
}

impl Scene<'_> {
    /// The value of an expression.
    pub fn value(&self, e: &Expr) -> Tried<f64> {
        let model = self.model;
        Ok(match &e.kind {
            ExprKind::Number(x) => *x,
            ExprKind::Truth(b) => truth(*b),
            ExprKind::Level(_, k) => *k as f64,
            ExprKind::Var(v) => {
                let variable = model.var(*v);
                let level = self.state[v.0];
                if level >= variable.domain.size() {
                    return fault("absent-read", format!("`{}` is absent", variable.name));
                }
                variable.domain.value(level)
            }
            ExprKind::IsAt(v, levels) => {
                let level = self.state[v.0];
                truth(level < model.var(*v).domain.size() && levels.contains(&level))
            }
            ExprKind::Param(p) => self.params[p.0],
            ExprKind::Period => self.period as f64,
            ExprKind::CalendarYear => {
                f64::from(model.date(self.period).expect("the model has a start date").0)
            }
            ExprKind::CalendarMonth => {
                f64::from(model.date(self.period).expect("the model has a start date").1)
            }
            ExprKind::Unary(UnaryOp::Minus, a) => -self.value(a)?,
            ExprKind::Unary(UnaryOp::Not, a) => truth(!self.holds(a)?),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b)?,
            ExprKind::If(condition, then, otherwise) => {
                if self.holds(condition)? {
                    self.value(then)?
                } else {
                    self.value(otherwise)?
                }
            }
            ExprKind::Call(function, args) => {
                let values = args.iter().map(|a| self.value(a)).collect::<Tried<Vec<f64>>>()?;
                call(*function, &values)
            }
            ExprKind::Among(a, numbers) => {
                let x = self.value(a)?;
                truth(numbers.contains(&x))
            }
            ExprKind::Lookup { index, first, entries } => {
                let position = self.value(index)? - *first as f64;
                let nearest = position.round();
                if !((position - nearest).abs() <= 1e-9 && nearest >= 0.0 && nearest < entries.len() as f64) {
                    return fault("lookup-outside", format!("entry {position} of {}", entries.len()));
                }
                self.value(&entries[nearest as usize])?
            }
            ExprKind::Interpolate { at, knots, values } => {
                let x = self.value(at)?;
                let last = knots.len() - 1;
                if x <= knots[0] {
                    return self.value(&values[0]);
                }
                if x >= knots[last] {
                    return self.value(&values[last]);
                }
                let mut above = 1;
                while knots[above] <= x {
                    above += 1;
                }
                let (x0, x1) = (knots[above - 1], knots[above]);
                let (y0, y1) = (self.value(&values[above - 1])?, self.value(&values[above])?);
                y0 + (y1 - y0) * (x - x0) / (x1 - x0)
            }
            ExprKind::Argument(v, entries) => {
                let level = self.state[v.0];
                match entries.get(level) {
                    Some(x) if !x.is_nan() => *x,
                    _ => return fault("absent-read", format!("an argument of `{}`", model.var(*v).name)),
                }
            }
            ExprKind::Ahead(i) => self.ahead.expect("only a question looks ahead")(*i)?,
        })
    }

    /// Whether a condition holds.
    pub fn holds(&self, e: &Expr) -> Tried<bool> {
        Ok(self.value(e)? != 0.0)
    }

    /// Whether a condition holds; where there is none, it does.
    pub fn holds_if_any(&self, e: Option<&Expr>) -> Tried<bool> {
        e.map_or(Ok(true), |e| self.holds(e))
    }

    fn binary(&self, op: BinaryOp, a: &Expr, b: &Expr) -> Tried<f64> {
        if op == BinaryOp::And {
            return Ok(truth(self.holds(a)? && self.holds(b)?));
        }
        if op == BinaryOp::Or {
            return Ok(truth(self.holds(a)? || self.holds(b)?));
        }
        let (x, y) = (self.value(a)?, self.value(b)?);
        Ok(match op {
            BinaryOp::Add => x + y,
            BinaryOp::Subtract => x - y,
            BinaryOp::Multiply => x * y,
            BinaryOp::Divide => x / y,
            BinaryOp::Power => x.powf(y),
            BinaryOp::Equal => truth(x == y),
            BinaryOp::Unequal => truth(x != y),
            BinaryOp::Less => truth(x < y),
            BinaryOp::AtMost => truth(x <= y),
            BinaryOp::Greater => truth(x > y),
            BinaryOp::AtLeast => truth(x >= y),
            BinaryOp::And | BinaryOp::Or => unreachable!("answered above"),
        })
    }
}

fn truth(b: bool) -> f64 {
    if b { 1.0 } else { 0.0 }
}

fn call(function: Function, x: &[f64]) -> f64 {
    match function {
        Function::Min => x.iter().copied().fold(f64::INFINITY, f64::min),
        Function::Max => x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Function::Clamp => x[0].max(x[1]).min(x[2]),
        Function::Abs => x[0].abs(),
        Function::Exp => x[0].exp(),
        Function::Log => x[0].ln(),
        Function::Sqrt => x[0].sqrt(),
        Function::Logistic => 1.0 / (1.0 + (-x[0]).exp()),
        Function::Floor => x[0].floor(),
        Function::Round => x[0].round(),
        Function::Mod => x[0] - x[1] * (x[0] / x[1]).floor(),
        Function::Snap => {
            let (lo, step, levels) = (x[1], x[2], x[3]);
            let k = ((x[0] - lo) / step).round().clamp(0.0, levels - 1.0);
            lo + k * step
        }
    }
}
