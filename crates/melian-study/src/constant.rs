//! The value of an expression over parameters and the start state: discounts, `require`, existence conditions.
//!
//! Only what these places may hold is evaluated; everything else (time, stages, what is not there) gives `None`.

use melian_model::{BinaryOp, Expr, ExprKind, Function, Model, UnaryOp};

/// Evaluates an expression at a parameter point and a state; `None` where it has no value.
pub fn evaluate(model: &Model, expr: &Expr, params: &[f64], levels: &[usize]) -> Option<f64> {
    let of = |e: &Expr| evaluate(model, e, params, levels);
    match &expr.kind {
        ExprKind::Number(x) => Some(*x),
        ExprKind::Truth(b) => Some(truth(*b)),
        ExprKind::Level(_, k) => Some(*k as f64),
        ExprKind::Param(p) => params.get(p.0).copied(),
        ExprKind::Var(v) => {
            let variable = model.var(*v);
            let level = *levels.get(v.0)?;
            (level < variable.domain.size()).then(|| variable.domain.value(level))
        }
        ExprKind::IsAt(v, among) => Some(truth(among.contains(levels.get(v.0)?))),
        ExprKind::Unary(UnaryOp::Minus, a) => Some(-of(a)?),
        ExprKind::Unary(UnaryOp::Not, a) => Some(truth(of(a)? == 0.0)),
        ExprKind::Binary(BinaryOp::And, a, b) => Some(truth(of(a)? != 0.0 && of(b)? != 0.0)),
        ExprKind::Binary(BinaryOp::Or, a, b) => Some(truth(of(a)? != 0.0 || of(b)? != 0.0)),
        ExprKind::Binary(op, a, b) => Some(binary(*op, of(a)?, of(b)?)),
        ExprKind::If(c, a, b) => {
            if of(c)? != 0.0 {
                of(a)
            } else {
                of(b)
            }
        }
        ExprKind::Call(f, args) => {
            let args: Option<Vec<f64>> = args.iter().map(of).collect();
            Some(call(*f, &args?))
        }
        ExprKind::Among(a, values) => of(a).map(|x| truth(values.contains(&x))),
        ExprKind::Lookup { index, first, entries } => {
            let position = of(index)? - *first as f64;
            let whole = position >= 0.0 && position.fract() == 0.0;
            entries.get(if whole { position as usize } else { usize::MAX }).and_then(of)
        }
        ExprKind::Interpolate { at, knots, values } => {
            let x = of(at)?;
            let after = knots.partition_point(|&k| k <= x);
            if after == 0 {
                return of(values.first()?);
            }
            if after == knots.len() {
                return of(values.last()?);
            }
            let share = (x - knots[after - 1]) / (knots[after] - knots[after - 1]);
            Some((1.0 - share) * of(&values[after - 1])? + share * of(&values[after])?)
        }
        ExprKind::Period
        | ExprKind::CalendarYear
        | ExprKind::CalendarMonth
        | ExprKind::Argument(..)
        | ExprKind::Ahead(_) => None,
    }
}

fn truth(b: bool) -> f64 {
    f64::from(u8::from(b))
}

/// An operator of two numbers; truth values are 0 and 1.
pub(crate) fn binary(op: BinaryOp, a: f64, b: f64) -> f64 {
    match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        BinaryOp::Power => a.powf(b),
        BinaryOp::Equal => truth(a == b),
        BinaryOp::Unequal => truth(a != b),
        BinaryOp::Less => truth(a < b),
        BinaryOp::AtMost => truth(a <= b),
        BinaryOp::Greater => truth(a > b),
        BinaryOp::AtLeast => truth(a >= b),
        BinaryOp::And => truth(a != 0.0 && b != 0.0),
        BinaryOp::Or => truth(a != 0.0 || b != 0.0),
    }
}

/// A function of numbers; NaN where arguments are missing.
pub(crate) fn call(function: Function, args: &[f64]) -> f64 {
    let arg = |k: usize| args.get(k).copied().unwrap_or(f64::NAN);
    match function {
        Function::Min => args.iter().copied().fold(f64::INFINITY, f64::min),
        Function::Max => args.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Function::Clamp => arg(0).max(arg(1)).min(arg(2)),
        Function::Abs => arg(0).abs(),
        Function::Exp => arg(0).exp(),
        Function::Log => arg(0).ln(),
        Function::Sqrt => arg(0).sqrt(),
        Function::Logistic => 1.0 / (1.0 + (-arg(0)).exp()),
        Function::Floor => arg(0).floor(),
        Function::Round => arg(0).round(),
        Function::Mod => arg(0) - arg(1) * (arg(0) / arg(1)).floor(),
        Function::Snap => {
            let (x, lo, step, n) = (arg(0), arg(1), arg(2), arg(3));
            lo + ((x - lo) / step).round().max(0.0).min(n - 1.0) * step
        }
    }
}
