//! Folding of constants: an operation whose operands are all literals becomes a literal, computed as the solver would.

use melian_model::{BinaryOp, Expr, ExprKind, Function, Span, UnaryOp, VarId};

/// The truth value or number as a literal.
pub fn truth(value: bool, span: Span) -> Expr {
    Expr { kind: ExprKind::Truth(value), span }
}

/// A number literal.
pub fn number(value: f64, span: Span) -> Expr {
    Expr { kind: ExprKind::Number(value), span }
}

/// Whether an expression is a literal truth value, and which.
pub fn known_truth(expr: &Expr) -> Option<bool> {
    match expr.kind {
        ExprKind::Truth(value) => Some(value),
        _ => None,
    }
}

/// One operand.
pub fn unary(op: UnaryOp, operand: Expr, span: Span) -> Expr {
    match (op, operand.literal()) {
        (UnaryOp::Minus, Some(x)) => number(-x, span),
        (UnaryOp::Not, Some(x)) => truth(x == 0.0, span),
        (_, None) => Expr { kind: ExprKind::Unary(op, Box::new(operand)), span },
    }
}

/// Two operands. `and` and `or` with one literal operand become the other operand or the literal, as short-circuit
/// evaluation would; nothing else changes unless both sides are literals.
pub fn binary(op: BinaryOp, left: Expr, right: Expr, span: Span) -> Expr {
    match (op, known_truth(&left), known_truth(&right)) {
        (BinaryOp::And, Some(true), _) | (BinaryOp::Or, Some(false), _) => return right,
        (BinaryOp::And, Some(false), _) => return truth(false, span),
        (BinaryOp::Or, Some(true), _) => return truth(true, span),
        (BinaryOp::And, None, Some(true)) | (BinaryOp::Or, None, Some(false)) => return left,
        _ => {}
    }
    match (left.literal(), right.literal()) {
        (Some(a), Some(b)) => match operate(op, a, b) {
            Folded::Number(x) => number(x, span),
            Folded::Truth(x) => truth(x, span),
        },
        _ => Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span },
    }
}

/// `if … then … else` with a literal condition is the branch that it selects.
pub fn choose(condition: Expr, then: Expr, otherwise: Expr, span: Span) -> Expr {
    match known_truth(&condition) {
        Some(true) => then,
        Some(false) => otherwise,
        None => Expr { kind: ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise)), span },
    }
}

/// A function of numbers.
pub fn call(function: Function, args: Vec<Expr>, span: Span) -> Expr {
    let values: Option<Vec<f64>> = args.iter().map(Expr::literal).collect();
    match values {
        Some(values) => number(apply(function, &values), span),
        None => Expr { kind: ExprKind::Call(function, args), span },
    }
}

/// Whether a value is one of these numbers.
pub fn among(value: Expr, members: Vec<f64>, span: Span) -> Expr {
    match value.literal() {
        Some(x) => truth(members.contains(&x), span),
        None => Expr { kind: ExprKind::Among(Box::new(value), members), span },
    }
}

enum Folded {
    Number(f64),
    Truth(bool),
}

fn operate(op: BinaryOp, a: f64, b: f64) -> Folded {
    match op {
        BinaryOp::Add => Folded::Number(a + b),
        BinaryOp::Subtract => Folded::Number(a - b),
        BinaryOp::Multiply => Folded::Number(a * b),
        BinaryOp::Divide => Folded::Number(a / b),
        BinaryOp::Power => Folded::Number(a.powf(b)),
        BinaryOp::Equal => Folded::Truth(a == b),
        BinaryOp::Unequal => Folded::Truth(a != b),
        BinaryOp::Less => Folded::Truth(a < b),
        BinaryOp::AtMost => Folded::Truth(a <= b),
        BinaryOp::Greater => Folded::Truth(a > b),
        BinaryOp::AtLeast => Folded::Truth(a >= b),
        BinaryOp::And => Folded::Truth(a != 0.0 && b != 0.0),
        BinaryOp::Or => Folded::Truth(a != 0.0 || b != 0.0),
    }
}

/// A function's value. The number of arguments was checked before.
pub fn apply(function: Function, args: &[f64]) -> f64 {
    let arg = |k: usize| args.get(k).copied().unwrap_or(f64::NAN);
    match function {
        Function::Min => args.iter().copied().fold(f64::INFINITY, f64::min),
        Function::Max => args.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Function::Clamp => arg(0).max(arg(1)).min(arg(2)),
        Function::Abs => arg(0).abs(),
        Function::Exp => arg(0).exp(),
        Function::Log => arg(0).ln(),
        Function::Sqrt => arg(0).sqrt(),
        Function::Logistic => {
            let x = arg(0);
            if x >= 0.0 {
                1.0 / (1.0 + (-x).exp())
            } else {
                let e = x.exp();
                e / (1.0 + e)
            }
        }
        Function::Floor => arg(0).floor(),
        Function::Round => arg(0).round(),
        Function::Mod => arg(0) - arg(1) * (arg(0) / arg(1)).floor(),
        Function::Snap => {
            let (lo, step, n) = (arg(1), arg(2), arg(3));
            let level = ((arg(0) - lo) / step).round().max(0.0).min(n - 1.0);
            lo + level * step
        }
    }
}

/// The value of an expression that reads nothing but parameters, with these values; `None` if it reads anything else.
pub fn value_at(expr: &Expr, params: &[f64]) -> Option<f64> {
    value_in(expr, params, &|_| None)
}

/// The value of an expression with these parameters and the values of variables, where they are known.
pub fn value_in(expr: &Expr, params: &[f64], variable: &dyn Fn(VarId) -> Option<f64>) -> Option<f64> {
    let value = |e: &Expr| value_in(e, params, variable);
    Some(match &expr.kind {
        ExprKind::Param(id) => *params.get(id.0)?,
        ExprKind::Var(var) => variable(*var)?,
        ExprKind::Unary(UnaryOp::Minus, a) => -value(a)?,
        ExprKind::Unary(UnaryOp::Not, a) => f64::from(u8::from(value(a)? == 0.0)),
        ExprKind::Binary(BinaryOp::And, a, b) if value(a)? != 0.0 => value(b)?,
        ExprKind::Binary(BinaryOp::And, ..) => 0.0,
        ExprKind::Binary(BinaryOp::Or, a, b) if value(a)? == 0.0 => value(b)?,
        ExprKind::Binary(BinaryOp::Or, ..) => 1.0,
        ExprKind::Binary(op, a, b) => match operate(*op, value(a)?, value(b)?) {
            Folded::Number(x) => x,
            Folded::Truth(x) => f64::from(u8::from(x)),
        },
        ExprKind::If(c, a, b) => value(if value(c)? != 0.0 { a } else { b })?,
        ExprKind::Call(function, args) => {
            let args: Option<Vec<f64>> = args.iter().map(value).collect();
            apply(*function, &args?)
        }
        ExprKind::Among(a, members) => f64::from(u8::from(members.contains(&value(a)?))),
        ExprKind::Lookup { index, first, entries } => {
            let position = value(index)? - *first as f64;
            if position.fract() != 0.0 || position < 0.0 {
                return None;
            }
            value(entries.get(position as usize)?)?
        }
        ExprKind::Interpolate { at, knots, values } => {
            let values: Option<Vec<f64>> = values.iter().map(value).collect();
            interpolate(value(at)?, knots, &values?)?
        }
        _ => expr.literal()?,
    })
}

/// Piecewise linear through the points, constant beyond the ends.
pub fn interpolate(x: f64, knots: &[f64], values: &[f64]) -> Option<f64> {
    let above = knots.iter().position(|knot| x <= *knot);
    Some(match above {
        None => *values.last()?,
        Some(0) => *values.first()?,
        Some(k) => {
            let share = (x - knots[k - 1]) / (knots[k] - knots[k - 1]);
            values[k - 1] + share * (values[k] - values[k - 1])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_fold_and_nothing_else_moves() {
        let x = || Expr::new(ExprKind::Var(VarId(0)));
        let sum = binary(BinaryOp::Add, Expr::number(1.0), Expr::number(2.0), Span::NONE);
        assert_eq!(sum.literal(), Some(3.0));
        let product = binary(BinaryOp::Multiply, Expr::number(0.0), x(), Span::NONE);
        assert!(matches!(product.kind, ExprKind::Binary(BinaryOp::Multiply, ..)));
        let and = binary(BinaryOp::And, truth(true, Span::NONE), x(), Span::NONE);
        assert_eq!(and, x());
    }

    #[test]
    fn functions_have_the_values_of_the_reference() {
        assert_eq!(apply(Function::Mod, &[-1.0, 3.0]), 2.0);
        assert_eq!(apply(Function::Round, &[2.5]), 3.0);
        assert_eq!(apply(Function::Snap, &[0.6, 0.0, 0.5, 3.0]), 0.5);
        assert_eq!(apply(Function::Snap, &[9.0, 0.0, 0.5, 3.0]), 1.0);
        assert_eq!(interpolate(0.25, &[0.0, 0.5], &[1.0, 2.0]), Some(1.5));
        assert_eq!(interpolate(7.0, &[0.0, 0.5], &[1.0, 2.0]), Some(2.0));
    }
}
