//! Functions of the language, and the use of a `let` with arguments.

use melian_model::{BinaryOp, Diagnostic, Domain, EnumId, Expr, ExprKind, Function, Span, VarId};

use super::{
    Elaborator,
    env::{Binding, Env},
    fold,
    names::Meaning,
    symbols::Global,
    types::{Type, Typed},
};
use crate::ast::{self, ItemKind, Name};

/// Functions of numbers: name, function, least and greatest number of arguments.
const NUMERIC: &[(&str, Function, usize, usize)] = &[
    ("min", Function::Min, 1, usize::MAX),
    ("max", Function::Max, 1, usize::MAX),
    ("clamp", Function::Clamp, 3, 3),
    ("abs", Function::Abs, 1, 1),
    ("exp", Function::Exp, 1, 1),
    ("log", Function::Log, 1, 1),
    ("sqrt", Function::Sqrt, 1, 1),
    ("logistic", Function::Logistic, 1, 1),
    ("floor", Function::Floor, 1, 1),
    ("round", Function::Round, 1, 1),
    ("mod", Function::Mod, 2, 2),
];

/// Functions of variables and types.
const OTHER: &[&str] = &["num", "unit", "step", "first", "last", "levels", "snap", "date"];

/// The names of all functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    NUMERIC.iter().map(|(name, ..)| *name).chain(OTHER.iter().copied())
}

/// Whether a name is a function's.
pub fn is_function(name: &str) -> bool {
    names().any(|known| known == name)
}

/// The function of numbers with a name and the number of its arguments.
pub fn numeric(name: &str) -> Option<(Function, usize, usize)> {
    NUMERIC
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|(_, function, least, most)| (*function, *least, *most))
}

impl<'a> Elaborator<'a> {
    /// `name(arguments)`.
    pub fn call(
        &mut self,
        name: &'a Name,
        arguments: &'a [ast::Expr],
        span: Span,
        env: &Env<'a>,
        want: Option<EnumId>,
    ) -> Typed {
        let (function, count) = (name.text.as_str(), arguments.len());
        if is_function(function) && env.find(function).0.is_none() {
            if let Some((known, least, most)) = numeric(function) {
                if count < least || count > most {
                    self.wrong_count(function, least, count, span, "function");
                    return Typed::unknown(span);
                }
                return self.numeric_call(known, arguments, span, env, want);
            }
            let wanted = if function == "date" { 2 } else { 1 };
            if count != wanted {
                self.wrong_count(function, wanted, count, span, "function");
                return Typed::unknown(span);
            }
            return match function {
                "num" => self.num(&arguments[0], span, env),
                "unit" => self.unit(&arguments[0], span, env),
                "date" => self.date(&arguments[0], &arguments[1], span, env),
                "snap" => self.misplaced_snap(span),
                _ => self.of_domain(function, &arguments[0], span, env),
            };
        }
        let arguments: Vec<&'a ast::Expr> = arguments.iter().collect();
        self.with_macro(name, &arguments, span, env, |this, body, env| this.expr(body, env, want))
            .unwrap_or_else(|| Typed::unknown(span))
    }

    fn numeric_call(
        &mut self,
        function: Function,
        arguments: &'a [ast::Expr],
        span: Span,
        env: &Env<'a>,
        want: Option<EnumId>,
    ) -> Typed {
        let mut values: Vec<Option<Typed>> = Vec::new();
        for argument in arguments {
            let later = self.is_label(argument, env);
            values.push(if later { None } else { Some(self.expr(argument, env, want)) });
        }
        let of_label = values.iter().flatten().find_map(|value| match value.of {
            Type::Label(id) => Some(id),
            _ => None,
        });
        let extreme = matches!(function, Function::Min | Function::Max);
        let label = if extreme { of_label.or(want) } else { None };
        let wanted = label.map_or(Type::Number, Type::Label);
        let mut operands = Vec::new();
        for (argument, value) in arguments.iter().zip(values) {
            let value = match value {
                Some(value) => value,
                None => self.expr(argument, env, label),
            };
            if !self.agree(&value, wanted, argument.span) || value.of == Type::Unknown {
                return Typed::unknown(span);
            }
            operands.push(value.expr);
        }
        match label {
            Some(id) => self.extreme_label(id, function, operands, span),
            None => Typed::number(fold::call(function, operands, span)),
        }
    }

    /// `max(posture, supply)`: the greater of labels of an ordered type.
    fn extreme_label(&mut self, id: EnumId, function: Function, operands: Vec<Expr>, span: Span) -> Typed {
        if !self.model.enums[id.0].ordered {
            self.unordered(id, span);
            return Typed::unknown(span);
        }
        let expr = fold::call(function, operands, span);
        let kind = match expr.kind {
            ExprKind::Number(level) => ExprKind::Level(id, level as usize),
            kind => kind,
        };
        Typed { expr: Expr { kind, span }, of: Type::Label(id) }
    }

    /// `num(x)`: 0 and 1 for truth values, the position of a label, the level of a numeric variable on its grid.
    fn num(&mut self, argument: &'a ast::Expr, span: Span, env: &Env<'a>) -> Typed {
        let typed = self.expr(argument, env, None);
        match typed.of {
            Type::Unknown => Typed::unknown(span),
            Type::Truth | Type::Label(_) => Typed::number(match typed.expr.literal() {
                Some(value) => fold::number(value, span),
                None => Expr { kind: typed.expr.kind, span },
            }),
            Type::Number => match typed.expr.kind {
                ExprKind::Var(var) => Typed::number(self.level_number(var, typed.expr, span)),
                _ => {
                    self.report(
                        Diagnostic::error("type-mismatch", "this is a number already", argument.span).help(
                            "`num(x)` is the level of a variable on its grid, the position of a label, or 0 and 1 for truth values",
                        ),
                    );
                    Typed::unknown(span)
                }
            },
        }
    }

    fn level_number(&self, var: VarId, value: Expr, span: Span) -> Expr {
        match self.model.var(var).domain {
            Domain::Integers { lo: 0, .. } | Domain::Truth | Domain::Enum(..) => {
                Expr { kind: value.kind, span }
            }
            Domain::Integers { lo, .. } => {
                fold::binary(BinaryOp::Subtract, value, fold::number(lo as f64, span), span)
            }
            Domain::Grid { lo, step, .. } => {
                let above = fold::binary(BinaryOp::Subtract, value, fold::number(lo, span), span);
                let steps = fold::binary(BinaryOp::Divide, above, fold::number(step, span), span);
                fold::call(Function::Round, vec![steps], span)
            }
        }
    }

    /// `unit(x)`: a variable scaled to 0..1 by its levels; one half if it has one level.
    fn unit(&mut self, argument: &'a ast::Expr, span: Span, env: &Env<'a>) -> Typed {
        let typed = self.expr(argument, env, None);
        let divided =
            |value: Expr, by: f64| fold::binary(BinaryOp::Divide, value, fold::number(by, span), span);
        match (typed.of, &typed.expr.kind) {
            (Type::Unknown, _) => Typed::unknown(span),
            (_, ExprKind::Var(var)) => {
                let domain = self.model.var(*var).domain;
                let size = domain.size();
                if size == 1 {
                    return Typed::number(fold::number(0.5, span));
                }
                let (lo, hi) = (domain.value(0), domain.value(size - 1));
                let above = if lo == 0.0 {
                    Expr { kind: typed.expr.kind, span }
                } else {
                    fold::binary(BinaryOp::Subtract, typed.expr, fold::number(lo, span), span)
                };
                Typed::number(divided(above, hi - lo))
            }
            (Type::Label(id), _) => {
                let size = self.model.enums[id.0].labels.len();
                if size == 1 {
                    return Typed::number(fold::number(0.5, span));
                }
                let index = match typed.expr.literal() {
                    Some(level) => fold::number(level, span),
                    None => typed.expr,
                };
                Typed::number(divided(index, (size - 1) as f64))
            }
            _ => {
                self.report(
                    Diagnostic::error("type-mismatch", "`unit` wants a variable or a label", argument.span)
                        .help("`unit(x)` scales the variable `x` to 0 .. 1 by its levels"),
                );
                Typed::unknown(span)
            }
        }
    }

    /// `step(x)`, `first(x)`, `last(x)`, `levels(x)` of a variable or a type: known while the model is read.
    fn of_domain(&mut self, function: &str, argument: &'a ast::Expr, span: Span, env: &Env<'a>) -> Typed {
        let Some(domain) = self.domain_of(argument, env) else { return Typed::unknown(span) };
        let size = domain.size();
        let end = |level: usize| match domain {
            Domain::Enum(id, _) => {
                Typed { expr: Expr { kind: ExprKind::Level(id, level), span }, of: Type::Label(id) }
            }
            Domain::Truth => Typed::truth(fold::truth(level == 1, span)),
            _ => Typed::number(fold::number(domain.value(level), span)),
        };
        match (function, domain) {
            ("levels", _) => Typed::number(fold::number(size as f64, span)),
            ("first", _) => end(0),
            ("last", _) => end(size - 1),
            (_, Domain::Integers { .. }) => Typed::number(fold::number(1.0, span)),
            (_, Domain::Grid { step, .. }) => Typed::number(fold::number(step, span)),
            _ => {
                self.report(
                    Diagnostic::error("type-mismatch", "`step` wants a numeric variable", argument.span)
                        .help("it is the distance between two neighbours of a grid"),
                );
                Typed::unknown(span)
            }
        }
    }

    /// The domain of a variable or a type that is named.
    fn domain_of(&mut self, argument: &'a ast::Expr, env: &Env<'a>) -> Option<Domain> {
        let Some(place) = argument.as_place() else {
            self.report(Diagnostic::error(
                "type-mismatch",
                "a variable or a type is wanted here",
                argument.span,
            ));
            return None;
        };
        let name = &place.name.text;
        match self.meaning(name, env, None) {
            Meaning::Global(Global::Type(id), _) => {
                self.symbols.used.insert(name.clone());
                Some(Domain::Enum(id, self.model.enums[id.0].labels.len()))
            }
            Meaning::Global(global @ (Global::State(_) | Global::States(_)), _) => {
                self.symbols.used.insert(name.clone());
                let index = super::places::index_of(argument);
                let var = self.state_variable(global, index, argument.span, env)?;
                Some(self.model.var(var).domain)
            }
            Meaning::Inner(Binding::Local(var), _) | Meaning::Local(var) => Some(self.model.var(var).domain),
            Meaning::Inner(Binding::Argument(expr, written_in), _) => {
                self.argument(expr, &written_in, |this, expr, env| this.domain_of(expr, env))
            }
            Meaning::Inner(Binding::Unknown, _) => None,
            Meaning::Global(Global::Pending, _) => self.early_domain(name, argument.span),
            Meaning::Nothing => {
                self.unknown_name(name, place.name.span, env, None);
                None
            }
            _ => {
                let title = format!("`{name}` is neither a variable nor a type");
                self.report(Diagnostic::error("type-mismatch", title, argument.span));
                None
            }
        }
    }

    /// The domain of a state variable that is needed before the variables are read: by a constant or a parameter.
    fn early_domain(&mut self, name: &str, span: Span) -> Option<Domain> {
        let file = self.file;
        let item = self.symbols.globals.get(name).filter(|declared| !declared.clash)?.item;
        let ItemKind::State(decl) = &file.items[item].kind else { return None };
        if !self.descend(span) {
            return None;
        }
        let domain = self.domain(&decl.domain, &Env::default());
        self.depth -= 1;
        domain
    }

    fn misplaced_snap(&mut self, span: Span) -> Typed {
        self.report(
            Diagnostic::error(
                "snap-misplaced",
                "`snap` can only be the whole right side of an assignment",
                span,
            )
            .help("`front = snap(front + 0.3)` takes the nearest value of the grid of `front`"),
        );
        Typed::unknown(span)
    }
}
