//! The value of an expression at one state, one parameter point and one period; any of them may be partly unknown.

use melian_model::{BinaryOp, Expr, ExprKind, Function, Model, UnaryOp, VarId};

/// The level of a variable whose value is not known (during planning).
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Env<'a> {
    pub model: &'a Model,
    /// Level of every variable, or [`UNKNOWN`].
    pub levels: &'a [u32],
    /// Parameter values; `None` while planning.
    pub params: Option<&'a [f64]>,
    /// Current period; `None` while planning.
    pub period: Option<usize>,
    /// Values of the atom's questions for play that goes on.
    pub ahead: &'a [f64],
}

/// Why an expression has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EvalError {
    /// It depends on something unknown.
    Unknown,
    /// It reads a variable that is absent.
    Absent(VarId),
    /// An index outside a table.
    Outside,
}

type Value = Result<f64, EvalError>;

/// The value of `e`.
pub(crate) fn eval(e: &Expr, env: &Env) -> Value {
    Ok(match &e.kind {
        ExprKind::Number(x) => *x,
        ExprKind::Truth(b) => truth(*b),
        ExprKind::Level(_, k) => *k as f64,
        ExprKind::Var(v) => {
            let level = env.levels[v.0];
            let var = env.model.var(*v);
            match level {
                UNKNOWN => return Err(EvalError::Unknown),
                k if k as usize >= var.domain.size() => return Err(EvalError::Absent(*v)),
                k => var.domain.value(k as usize),
            }
        }
        ExprKind::IsAt(v, levels) => match env.levels[v.0] {
            UNKNOWN => return Err(EvalError::Unknown),
            k => truth(levels.contains(&(k as usize))),
        },
        ExprKind::Param(p) => env.params.ok_or(EvalError::Unknown)?[p.0],
        ExprKind::Period => env.period.ok_or(EvalError::Unknown)? as f64,
        ExprKind::CalendarYear => f64::from(date(env)?.0),
        ExprKind::CalendarMonth => f64::from(date(env)?.1),
        ExprKind::Unary(UnaryOp::Minus, a) => -eval(a, env)?,
        ExprKind::Unary(UnaryOp::Not, a) => truth(eval(a, env)? == 0.0),
        ExprKind::Binary(op, a, b) => return binary(*op, a, b, env),
        ExprKind::If(c, a, b) => return if eval(c, env)? != 0.0 { eval(a, env) } else { eval(b, env) },
        ExprKind::Call(f, args) => return call(*f, args, env),
        ExprKind::Among(a, values) => {
            let x = eval(a, env)?;
            truth(values.contains(&x))
        }
        ExprKind::Lookup { index, first, entries } => {
            let i = eval(index, env)? - *first as f64;
            if !(i >= 0.0 && i < entries.len() as f64 && i.fract() == 0.0) {
                return Err(EvalError::Outside);
            }
            return eval(&entries[i as usize], env);
        }
        ExprKind::Interpolate { at, knots, values } => {
            return interpolate(eval(at, env)?, knots, values, env);
        }
        ExprKind::Argument(v, values) => match env.levels[v.0] {
            UNKNOWN => return Err(EvalError::Unknown),
            k => match values.get(k as usize) {
                Some(x) if !x.is_nan() => *x,
                _ => return Err(EvalError::Absent(*v)),
            },
        },
        ExprKind::Ahead(i) => *env.ahead.get(*i).ok_or(EvalError::Unknown)?,
    })
}

/// The variables that the value of `e` depends on, given what is known: a branch that is never taken is not read.
pub(crate) fn reads(e: &Expr, env: &Env) -> Vec<VarId> {
    let mut found = Vec::new();
    collect_reads(e, env, &mut found);
    found.sort();
    found.dedup();
    found
}

fn collect_reads(e: &Expr, env: &Env, found: &mut Vec<VarId>) {
    if eval(e, env).is_ok() {
        return;
    }
    match &e.kind {
        ExprKind::Var(v) | ExprKind::IsAt(v, _) | ExprKind::Argument(v, _) => found.push(*v),
        ExprKind::If(condition, then, otherwise) => match eval(condition, env) {
            Ok(x) if x != 0.0 => collect_reads(then, env, found),
            Ok(_) => collect_reads(otherwise, env, found),
            Err(_) => e.children().iter().for_each(|c| collect_reads(c, env, found)),
        },
        _ => e.children().iter().for_each(|c| collect_reads(c, env, found)),
    }
}

fn truth(b: bool) -> f64 {
    if b { 1.0 } else { 0.0 }
}

fn date(env: &Env) -> Result<(i32, u32), EvalError> {
    env.model.date(env.period.ok_or(EvalError::Unknown)?).ok_or(EvalError::Unknown)
}

fn binary(op: BinaryOp, a: &Expr, b: &Expr, env: &Env) -> Value {
    if matches!(op, BinaryOp::And | BinaryOp::Or) {
        let decides = op == BinaryOp::Or;
        return match eval(a, env) {
            Ok(x) if (x != 0.0) == decides => Ok(truth(decides)),
            Ok(_) => Ok(truth(eval(b, env)? != 0.0)),
            // Only while planning: the other side may decide alone.
            Err(EvalError::Unknown) => match eval(b, env) {
                Ok(y) if (y != 0.0) == decides => Ok(truth(decides)),
                _ => Err(EvalError::Unknown),
            },
            Err(e) => Err(e),
        };
    }
    let x = eval(a, env)?;
    let y = eval(b, env)?;
    Ok(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        BinaryOp::Divide => x / y,
        BinaryOp::Power => libm::pow(x, y),
        BinaryOp::Equal => truth(x == y),
        BinaryOp::Unequal => truth(x != y),
        BinaryOp::Less => truth(x < y),
        BinaryOp::AtMost => truth(x <= y),
        BinaryOp::Greater => truth(x > y),
        BinaryOp::AtLeast => truth(x >= y),
        BinaryOp::And | BinaryOp::Or => return Err(EvalError::Unknown),
    })
}

fn call(f: Function, args: &[Expr], env: &Env) -> Value {
    let mut x = [0.0; 4];
    if args.len() > x.len() || matches!(f, Function::Min | Function::Max) {
        let mut best = eval(&args[0], env)?;
        for arg in &args[1..] {
            let y = eval(arg, env)?;
            best = if f == Function::Min { best.min(y) } else { best.max(y) };
        }
        return Ok(best);
    }
    for (slot, arg) in x.iter_mut().zip(args) {
        *slot = eval(arg, env)?;
    }
    Ok(apply(f, x))
}

/// A function of at most four numbers.
pub(crate) fn apply(f: Function, x: [f64; 4]) -> f64 {
    match f {
        Function::Min => x[0].min(x[1]),
        Function::Max => x[0].max(x[1]),
        Function::Clamp => x[0].max(x[1]).min(x[2]),
        Function::Abs => x[0].abs(),
        Function::Exp => libm::exp(x[0]),
        Function::Log => libm::log(x[0]),
        Function::Sqrt => x[0].sqrt(),
        Function::Logistic => {
            if x[0] >= 0.0 {
                1.0 / (1.0 + libm::exp(-x[0]))
            } else {
                let e = libm::exp(x[0]);
                e / (1.0 + e)
            }
        }
        Function::Floor => x[0].floor(),
        Function::Round => x[0].round(),
        Function::Mod => x[0] - x[1] * (x[0] / x[1]).floor(),
        Function::Snap => {
            let k = ((x[0] - x[1]) / x[2]).round().clamp(0.0, (x[3] - 1.0).max(0.0));
            if x[3] <= 1.0 { x[1] } else { x[1] + k * x[2] }
        }
    }
}

fn interpolate(x: f64, knots: &[f64], values: &[Expr], env: &Env) -> Value {
    let above = knots.partition_point(|&k| k <= x);
    if above == 0 {
        return eval(&values[0], env);
    }
    if above == knots.len() {
        return eval(&values[above - 1], env);
    }
    let (k0, k1) = (knots[above - 1], knots[above]);
    let v0 = eval(&values[above - 1], env)?;
    if x == k0 {
        return Ok(v0);
    }
    let v1 = eval(&values[above], env)?;
    Ok(v0 + (x - k0) / (k1 - k0) * (v1 - v0))
}
