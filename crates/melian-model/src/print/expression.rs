//! Expressions, laws and numbers as their author would write them.

use crate::{
    BinaryOp, Distribution, Domain, Expr, ExprKind, Function, Model, Outcome, UnaryOp, VarId, VarKind, Weight,
};

use super::number;

/// How tightly an operator binds; a looser operand stands in parentheses.
const LOOSEST: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const ADD: u8 = 5;
const MULTIPLY: u8 = 6;
const MINUS: u8 = 7;
const POWER: u8 = 8;
const TIGHTEST: u8 = 9;

/// An expression with names instead of ids.
pub fn expr_text(model: &Model, expr: &Expr) -> String {
    at_level(model, expr, LOOSEST)
}

fn at_level(model: &Model, expr: &Expr, outer: u8) -> String {
    let (text, level) = with_level(model, expr);
    if level < outer { format!("({text})") } else { text }
}

fn with_level(model: &Model, expr: &Expr) -> (String, u8) {
    let plain = |e: &Expr| at_level(model, e, LOOSEST);
    match &expr.kind {
        ExprKind::Number(x) => (number(*x), if *x < 0.0 { MINUS } else { TIGHTEST }),
        ExprKind::Truth(b) => (b.to_string(), TIGHTEST),
        ExprKind::Level(e, k) => (model.enums[e.0].labels[*k].clone(), TIGHTEST),
        ExprKind::Var(v) => (model.var(*v).name.clone(), TIGHTEST),
        ExprKind::IsAt(v, levels) => is_at(model, *v, levels),
        ExprKind::Param(p) => (model.params[p.0].name.clone(), TIGHTEST),
        ExprKind::Period => ("t".into(), TIGHTEST),
        ExprKind::CalendarYear => ("year".into(), TIGHTEST),
        ExprKind::CalendarMonth => ("month".into(), TIGHTEST),
        ExprKind::Unary(UnaryOp::Minus, a) => (format!("-{}", at_level(model, a, MINUS)), MINUS),
        ExprKind::Unary(UnaryOp::Not, a) => (format!("not {}", at_level(model, a, NOT)), NOT),
        ExprKind::Binary(op, a, b) => {
            let level = binary_level(*op);
            // Left-associative, except the power; comparisons do not chain.
            let (left, right) = match op {
                BinaryOp::Power => (level + 1, level),
                _ if level == COMPARE => (level + 1, level + 1),
                _ => (level, level + 1),
            };
            let text =
                format!("{} {} {}", at_level(model, a, left), binary_word(*op), at_level(model, b, right));
            (text, level)
        }
        ExprKind::If(c, a, b) => (format!("if {} then {} else {}", plain(c), plain(a), plain(b)), LOOSEST),
        ExprKind::Call(function, args) => {
            let args: Vec<String> = args.iter().map(plain).collect();
            (format!("{}({})", function_word(*function), args.join(", ")), TIGHTEST)
        }
        ExprKind::Among(a, values) => {
            let values: Vec<String> = values.iter().map(|&x| number(x)).collect();
            (format!("{} in {{{}}}", at_level(model, a, COMPARE + 1), values.join(", ")), COMPARE)
        }
        ExprKind::Lookup { index, first, entries } => {
            let entries = (*first..).zip(entries).map(|(k, e)| format!("{k}: {}", plain(e)));
            (format!("{{{}}}[{}]", entries.collect::<Vec<_>>().join(", "), plain(index)), TIGHTEST)
        }
        ExprKind::Interpolate { at, knots, values } => {
            let points = knots.iter().zip(values).map(|(&k, e)| format!("{}: {}", number(k), plain(e)));
            (format!("{{{}}}[at {}]", points.collect::<Vec<_>>().join(", "), plain(at)), TIGHTEST)
        }
        ExprKind::Argument(stage, values) => (argument(model, *stage, values), TIGHTEST),
        ExprKind::Ahead(k) => (format!("ahead {}", k + 1), TIGHTEST),
    }
}

/// `regime == war`, `posture in {a, b}`, `burning`, `not burning`.
fn is_at(model: &Model, var: VarId, levels: &[usize]) -> (String, u8) {
    let v = model.var(var);
    match (v.domain, levels) {
        (Domain::Truth, [1]) => (v.name.clone(), TIGHTEST),
        (Domain::Truth, [0]) if !v.is_optional() => (format!("not {}", v.name), NOT),
        (_, [one]) => (format!("{} == {}", v.name, model.level_name(var, *one)), COMPARE),
        _ => {
            let names: Vec<String> = levels.iter().map(|&k| model.level_name(var, k)).collect();
            (format!("{} in {{{}}}", v.name, names.join(", ")), COMPARE)
        }
    }
}

/// `One.offer.k`: the first argument whose values are these; the stage's name with the table otherwise.
fn argument(model: &Model, var: VarId, values: &[f64]) -> String {
    let name = &model.var(var).name;
    if let VarKind::Stage(stage) = model.var(var).kind {
        let actions = &model.stage(stage).actions;
        let carriers: Vec<_> = actions.iter().zip(values).filter(|(_, x)| !x.is_nan()).collect();
        if let [(only, _)] | [(only, _), ..] = carriers.as_slice() {
            for (position, (argument, _)) in only.arguments.iter().enumerate() {
                let agrees = carriers.iter().all(|(action, x)| {
                    action.arguments.get(position).is_some_and(|(_, text)| match text.parse::<f64>() {
                        Ok(value) => (value - **x).abs() <= 1e-9 * value.abs().max(1.0),
                        Err(_) => true,
                    })
                });
                if agrees {
                    return format!("{name}.{argument}");
                }
            }
        }
    }
    let values: Vec<String> = values.iter().map(|&x| number(x)).collect();
    format!("{{{}}}[{name}]", values.join(", "))
}

fn binary_level(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => OR,
        BinaryOp::And => AND,
        BinaryOp::Equal
        | BinaryOp::Unequal
        | BinaryOp::Less
        | BinaryOp::AtMost
        | BinaryOp::Greater
        | BinaryOp::AtLeast => COMPARE,
        BinaryOp::Add | BinaryOp::Subtract => ADD,
        BinaryOp::Multiply | BinaryOp::Divide => MULTIPLY,
        BinaryOp::Power => POWER,
    }
}

/// An operator of two operands as it is written.
pub fn binary_word(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Power => "^",
        BinaryOp::Equal => "==",
        BinaryOp::Unequal => "!=",
        BinaryOp::Less => "<",
        BinaryOp::AtMost => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::AtLeast => ">=",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
    }
}

/// A function as it is written.
pub fn function_word(function: Function) -> &'static str {
    match function {
        Function::Min => "min",
        Function::Max => "max",
        Function::Clamp => "clamp",
        Function::Abs => "abs",
        Function::Exp => "exp",
        Function::Log => "log",
        Function::Sqrt => "sqrt",
        Function::Logistic => "logistic",
        Function::Floor => "floor",
        Function::Round => "round",
        Function::Mod => "mod",
        Function::Snap => "snap",
    }
}

/// The law of a draw, after the `~`.
pub fn law_text(model: &Model, law: &Distribution) -> String {
    let text = |e: &Expr| expr_text(model, e);
    match law {
        Distribution::Walk { up, down } => format!("walk(up: {}, down: {})", text(up), text(down)),
        Distribution::Outcomes(outcomes) => {
            let parts: Vec<String> = outcomes
                .iter()
                .map(|(outcome, weight)| {
                    let to = match outcome {
                        Outcome::Stay => "stay".into(),
                        Outcome::Value(e) => at_level(model, e, TIGHTEST),
                    };
                    let weight = match weight {
                        Weight::Rest => "rest".into(),
                        Weight::Probability(e) => text(e),
                    };
                    format!("{to}: {weight}")
                })
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        Distribution::Normal { mean, sd } => format!("normal({}, {})", text(mean), text(sd)),
        Distribution::Binomial { n, p } => format!("binomial({}, {})", text(n), text(p)),
        Distribution::Uniform => "uniform".into(),
    }
}
