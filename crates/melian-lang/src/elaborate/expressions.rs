//! Expressions: types are checked, names resolved, constants folded. Operations stay in the order they are written in.

use melian_model::{BinaryOp, Diagnostic, EnumId, Expr, Span, UnaryOp};

use super::{
    DEPTH, Elaborator, Mode,
    env::Env,
    fold,
    types::{Type, Typed},
};
use crate::ast;

impl<'a> Elaborator<'a> {
    /// An expression; a label may be one of the enumeration that is wanted.
    pub fn expr(&mut self, e: &'a ast::Expr, env: &Env<'a>, want: Option<EnumId>) -> Typed {
        if !self.descend(e.span) {
            return Typed::unknown(e.span);
        }
        let result = self.expr_within(e, env, want);
        self.depth -= 1;
        result
    }

    /// One level deeper, if that is allowed.
    pub fn descend(&mut self, span: Span) -> bool {
        if self.depth >= DEPTH {
            if !self.exhausted {
                self.exhausted = true;
                self.report(
                    Diagnostic::error("lets-too-deep", "expressions are nested too deeply here", span).help(
                        format!(
                            "more than {DEPTH} levels, `let`s written out; build it in steps with `local`"
                        ),
                    ),
                );
            }
            return false;
        }
        if !self.spend(1, span) {
            return false;
        }
        self.depth += 1;
        true
    }

    fn expr_within(&mut self, e: &'a ast::Expr, env: &Env<'a>, want: Option<EnumId>) -> Typed {
        match &e.kind {
            ast::ExprKind::Number(x) => Typed::number(fold::number(*x, e.span)),
            ast::ExprKind::Truth(x) => Typed::truth(fold::truth(*x, e.span)),
            ast::ExprKind::Name(name) => self.name(name, e.span, env, want),
            ast::ExprKind::Unary(op, operand) => self.unary(*op, operand, e.span, env),
            ast::ExprKind::Binary(op, left, right) => self.binary(*op, left, right, e.span, env),
            ast::ExprKind::If(condition, then, otherwise) => {
                self.if_expression(condition, then, otherwise, e.span, env, want)
            }
            ast::ExprKind::Call(name, arguments) => self.call(name, arguments, e.span, env, want),
            ast::ExprKind::Index(base, index) => match e.as_stage() {
                Some(_) => self.bare_stage(e, env),
                None => self.indexed(base, index, e.span, env),
            },
            ast::ExprKind::Dot(base, name) => self.dot(e, base, name, env),
            ast::ExprKind::Among { value, negated, set } => self.among(value, *negated, set, e.span, env),
            ast::ExprKind::Aggregate { kind, body, binders } => {
                self.aggregate(*kind, body, binders, e.span, env)
            }
            ast::ExprKind::Wildcard => {
                self.report(
                    Diagnostic::error("not-here", "`_` can only stand in a pattern of actions", e.span)
                        .help("as in `Washington.table == put(_, soft)`"),
                );
                Typed::unknown(e.span)
            }
            ast::ExprKind::Error => Typed::unknown(e.span),
            ast::ExprKind::Probability(_)
            | ast::ExprKind::Expectation(_)
            | ast::ExprKind::Choice(_)
            | ast::ExprKind::Count(_)
            | ast::ExprKind::Value(_)
            | ast::ExprKind::Policy(_)
            | ast::ExprKind::Margin(_) => self.question_inside(e, env),
            ast::ExprKind::Under(..) => self.condition_inside("an intervention", e.span),
            ast::ExprKind::By(..) => self.condition_inside("`by`", e.span),
            ast::ExprKind::Near { .. } => self.condition_inside("`near`", e.span),
            ast::ExprKind::Rises(_) => self.condition_inside("`rises` or `falls`", e.span),
        }
    }

    fn condition_inside(&mut self, what: &str, span: Span) -> Typed {
        self.report(
            Diagnostic::error("not-here", format!("{what} can only stand in questions and claims"), span)
                .help("it compares answers about the solved game"),
        );
        Typed::unknown(span)
    }

    fn unary(&mut self, op: UnaryOp, operand: &'a ast::Expr, span: Span, env: &Env<'a>) -> Typed {
        let (value, of) = match op {
            UnaryOp::Minus => (self.number(operand, env), Type::Number),
            UnaryOp::Not => (self.truth(operand, env), Type::Truth),
        };
        match value {
            Some(value) => Typed { expr: fold::unary(op, value, span), of },
            None => Typed::unknown(span),
        }
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
        env: &Env<'a>,
    ) -> Typed {
        match op {
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Power => {
                match (self.number(left, env), self.number(right, env)) {
                    (Some(a), Some(b)) => Typed::number(fold::binary(op, a, b, span)),
                    _ => Typed::unknown(span),
                }
            }
            BinaryOp::And | BinaryOp::Or => {
                let a = self.truth(left, env);
                let decided = matches!(
                    (op, a.as_ref().and_then(fold::known_truth)),
                    (BinaryOp::And, Some(false)) | (BinaryOp::Or, Some(true))
                );
                if decided {
                    return Typed::truth(fold::truth(op == BinaryOp::Or, span));
                }
                match (a, self.truth(right, env)) {
                    (Some(a), Some(b)) => Typed::truth(fold::binary(op, a, b, span)),
                    _ => Typed::unknown(span),
                }
            }
            BinaryOp::Equal
            | BinaryOp::Unequal
            | BinaryOp::Less
            | BinaryOp::AtMost
            | BinaryOp::Greater
            | BinaryOp::AtLeast => self.compare(op, left, right, span, env),
        }
    }

    fn if_expression(
        &mut self,
        condition: &'a ast::Expr,
        then: &'a ast::Expr,
        otherwise: &'a ast::Expr,
        span: Span,
        env: &Env<'a>,
        want: Option<EnumId>,
    ) -> Typed {
        let Some(condition) = self.truth(condition, env) else { return Typed::unknown(span) };
        match fold::known_truth(&condition) {
            Some(true) => return self.expr(then, env, want),
            Some(false) => return self.expr(otherwise, env, want),
            None => {}
        }
        let (a, b) = self.pair(then, otherwise, env, want);
        if a.of == Type::Unknown || !self.agree(&b, a.of, otherwise.span) || b.of == Type::Unknown {
            return Typed::unknown(span);
        }
        Typed { expr: fold::choose(condition, a.expr, b.expr, span), of: a.of }
    }

    /// Two expressions of one type, each of which may name the enumeration for the other's labels.
    pub fn pair(
        &mut self,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        env: &Env<'a>,
        want: Option<EnumId>,
    ) -> (Typed, Typed) {
        let label = |of: Type| if let Type::Label(id) = of { Some(id) } else { want };
        if want.is_none() && self.is_label(left, env) && !self.is_label(right, env) {
            let b = self.expr(right, env, None);
            let a = self.expr(left, env, label(b.of));
            (a, b)
        } else {
            let a = self.expr(left, env, want);
            let b = self.expr(right, env, label(a.of));
            (a, b)
        }
    }

    /// A number.
    pub fn number(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Expr> {
        let typed = self.expr(e, env, None);
        (self.agree(&typed, Type::Number, e.span) && typed.of != Type::Unknown).then_some(typed.expr)
    }

    /// A truth value.
    pub fn truth(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Expr> {
        let typed = self.expr(e, env, None);
        (self.agree(&typed, Type::Truth, e.span) && typed.of != Type::Unknown).then_some(typed.expr)
    }

    /// Whether a value has the type that is wanted; reports it if not.
    pub fn agree(&mut self, value: &Typed, wanted: Type, span: Span) -> bool {
        if value.of.agrees(wanted) {
            return true;
        }
        let (found, want) = (value.of.words(&self.model), wanted.words(&self.model));
        let mut problem =
            Diagnostic::error("type-mismatch", format!("{want} is wanted here, and this is {found}"), span);
        match (wanted, value.of) {
            (Type::Number, Type::Truth | Type::Label(_)) => {
                problem = problem.help(if value.of == Type::Truth {
                    "`num(…)` makes 1 of true and 0 of false"
                } else {
                    "`num(…)` is the position of a label: 0 for the first"
                });
                if let Some(text) = self.source(span) {
                    problem = problem.fix(format!("write `num({text})`"), span, format!("num({text})"));
                }
            }
            (Type::Truth, _) => {
                problem = problem.help("compare it with something, as in `x > 0` or `regime == war`");
            }
            _ => {}
        }
        self.report(problem);
        false
    }

    /// Whether an expression is a label whose type is not known without its surroundings.
    pub fn is_label(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> bool {
        use super::{env::Binding, names::Meaning, types::Value};
        self.work = self.work.saturating_sub(1);
        match &e.kind {
            ast::ExprKind::Name(name) => match self.meaning(name, env, None) {
                Meaning::Label(..) | Meaning::Labels(_) | Meaning::Nothing => true,
                Meaning::Inner(Binding::Value(Value::Label { loose, .. }), _) => loose,
                Meaning::Inner(Binding::Argument(expr, written_in), _) => self.is_label(expr, &written_in),
                _ => false,
            },
            ast::ExprKind::If(_, then, otherwise) => {
                self.is_label(then, env) && self.is_label(otherwise, env)
            }
            _ => false,
        }
    }

    /// A question inside an expression: allowed where it is asked of play that goes on.
    fn question_inside(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Typed {
        if self.ahead.is_some() {
            return self.ahead_question(e, env);
        }
        let place = match self.mode {
            Mode::Program | Mode::Finally => "the program of a period",
            Mode::Event | Mode::Visit => "what is sampled in this question",
            _ => "this",
        };
        self.report(
            Diagnostic::error("not-here", format!("a question cannot stand in {place}"), e.span)
                .help("players and chance do not know the answers; questions stand in measures and claims"),
        );
        Typed::unknown(e.span)
    }
}
