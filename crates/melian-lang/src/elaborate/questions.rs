//! Questions: numbers computed from answers.

use melian_model::{
    Atom, BinaryOp, Change, Diagnostic, Expr, ExprKind, Function, Question, QuestionKind, Span, UnaryOp,
};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    fold, functions,
    names::Meaning,
    symbols::Global,
    types::{Type, Value},
};
use crate::ast::{self, Aggregate, ItemKind, Name};

impl<'a> Elaborator<'a> {
    /// A number computed from answers; `None` after an error.
    pub fn question(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Question> {
        if !self.descend(e.span) {
            return None;
        }
        let question = self.in_mode(Mode::Question, |this| this.question_within(e, env));
        self.depth -= 1;
        question
    }

    fn question_within(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Question> {
        let span = e.span;
        match &e.kind {
            ast::ExprKind::Number(x) => Some(number(*x, span)),
            ast::ExprKind::Name(name) => self.question_name(name, span, env),
            ast::ExprKind::Unary(UnaryOp::Minus, operand) => {
                let operand = self.question(operand, env)?;
                Some(match known(&operand) {
                    Some(x) => number(-x, span),
                    None => Question::new(QuestionKind::Unary(UnaryOp::Minus, Box::new(operand)), span),
                })
            }
            ast::ExprKind::Binary(
                op @ (BinaryOp::Add
                | BinaryOp::Subtract
                | BinaryOp::Multiply
                | BinaryOp::Divide
                | BinaryOp::Power),
                left,
                right,
            ) => {
                let (left, right) = (self.question(left, env), self.question(right, env));
                Some(arithmetic(*op, left?, right?, span))
            }
            ast::ExprKind::If(condition, then, otherwise) => {
                let condition = self.in_mode(Mode::Constant, |this| this.truth(condition, env))?;
                match fold::known_truth(&condition)? {
                    true => self.question(then, env),
                    false => self.question(otherwise, env),
                }
            }
            ast::ExprKind::Call(name, arguments) => self.question_call(name, arguments, e, env),
            ast::ExprKind::Index(base, index) if e.as_stage().is_none() => {
                self.question_index(base, index, e, env)
            }
            ast::ExprKind::Aggregate { kind: kind @ (Aggregate::Mean | Aggregate::Sum), body, binders } => {
                let members = self.members_of(binders, env)?;
                let questions: Option<Vec<Question>> =
                    members.iter().map(|member| self.question(body, member)).collect();
                Some(Question::new(
                    match kind {
                        Aggregate::Mean => QuestionKind::Mean(questions?),
                        _ => QuestionKind::Sum(questions?),
                    },
                    span,
                ))
            }
            ast::ExprKind::Probability(ask) => {
                let atom = self.probability(ask, span, env);
                asked(atom, span)
            }
            ast::ExprKind::Expectation(ask) => {
                let atom = self.expectation(ask, span, env);
                asked(atom, span)
            }
            ast::ExprKind::Choice(ask) => asked(self.choice_probability(ask, env), span),
            ast::ExprKind::Count(ask) => asked(self.count(ask, env), span),
            ast::ExprKind::Value(player) => asked(self.value_of(player, env), span),
            ast::ExprKind::Policy(ask) => asked(self.policy(ask, env), span),
            ast::ExprKind::Margin(ask) => asked(self.margin(ask, env), span),
            ast::ExprKind::Under(inner, change) => {
                let (change, restarted) = self.change(change, env)?;
                let inner = self.under(restarted, |this| this.question(inner, env))?;
                Some(under(inner, change, span))
            }
            ast::ExprKind::Error => None,
            ast::ExprKind::Dot(..) | ast::ExprKind::Index(..) => {
                let before = self.problems.met();
                let value = self.in_mode(Mode::Event, |this| this.expr(e, env, None));
                if value.of != Type::Unknown && self.problems.met() == before {
                    self.report(
                        Diagnostic::error(
                            "not-here",
                            "what was chosen has no value outside a question",
                            span,
                        )
                        .help("ask for its expectation: `E[… at 12]`"),
                    );
                }
                None
            }
            _ => {
                self.not_a_number(span);
                None
            }
        }
    }

    fn not_a_number(&mut self, span: Span) {
        self.report(
            Diagnostic::error("not-a-number", "a number is wanted here, and this is a condition", span)
                .help("a condition stands in a `claim`; a number is an answer: `P[regime == war at 12]`"),
        );
    }

    fn question_name(&mut self, name: &'a str, span: Span, env: &Env<'a>) -> Option<Question> {
        match self.meaning(name, env, None) {
            Meaning::Inner(Binding::Argument(expr, written_in), _) => {
                self.argument(expr, &written_in, |this, expr, env| this.question(expr, env))
            }
            Meaning::Global(Global::Param(id), _) => {
                self.symbols.used.insert(name.to_owned());
                Some(Question::new(QuestionKind::Param(id), span))
            }
            Meaning::Global(Global::Let(item) | Global::Measure(item), _) => {
                self.symbols.used.insert(name.to_owned());
                let file = self.file;
                let (ItemKind::Let(decl) | ItemKind::Measure(decl)) = &file.items[item].kind else {
                    return None;
                };
                if !decl.arguments.is_empty() {
                    self.wrong_count(name, decl.arguments.len(), 0, span, "measure");
                    return None;
                }
                self.in_macro(decl, span, env, &Env::default(), &[], |this, body, env| {
                    this.question(body, env)
                })?
            }
            _ => {
                let typed = self.expr_named(name, span, env);
                match typed {
                    Some(Value::Number(x)) => Some(number(x, span)),
                    Some(_) => {
                        self.not_a_number(span);
                        None
                    }
                    None => None,
                }
            }
        }
    }

    /// The known value of a name that is no question.
    fn expr_named(&mut self, name: &str, span: Span, env: &Env<'a>) -> Option<Value> {
        self.name(name, span, env, None).value()
    }

    fn question_call(
        &mut self,
        name: &'a Name,
        arguments: &'a [ast::Expr],
        e: &'a ast::Expr,
        env: &Env<'a>,
    ) -> Option<Question> {
        let span = e.span;
        if let Some((function, least, most)) = functions::numeric(&name.text)
            && env.find(&name.text).0.is_none()
        {
            if arguments.len() < least || arguments.len() > most {
                self.wrong_count(&name.text, least, arguments.len(), span, "function");
                return None;
            }
            let operands: Option<Vec<Question>> = arguments.iter().map(|a| self.question(a, env)).collect();
            return Some(called(function, operands?, span));
        }
        if functions::is_function(&name.text) && env.find(&name.text).0.is_none() {
            return self.constant_number(e, env).map(|x| number(x, span));
        }
        let arguments: Vec<&'a ast::Expr> = arguments.iter().collect();
        self.with_macro(name, &arguments, span, env, |this, body, env| this.question(body, env))?
    }

    fn question_index(
        &mut self,
        base: &'a ast::Expr,
        index: &'a ast::Expr,
        e: &'a ast::Expr,
        env: &Env<'a>,
    ) -> Option<Question> {
        if let Some(name) = base.as_name()
            && let Meaning::Global(Global::ParamTable(table), _) = self.meaning(&name.text, env, None)
        {
            self.symbols.used.insert(name.text);
            let id = self.table_parameter(table, index, env)?;
            return Some(Question::new(QuestionKind::Param(id), e.span));
        }
        let typed = self.indexed(base, index, e.span, env);
        match self.known(&typed, e.span)? {
            Value::Number(x) => Some(number(x, e.span)),
            _ => {
                self.not_a_number(e.span);
                None
            }
        }
    }

    fn value_of(&mut self, player: &'a ast::Expr, env: &Env<'a>) -> Option<Atom> {
        let Some(place) = player.as_place() else {
            self.report(Diagnostic::error("type-mismatch", "a player is wanted here", player.span));
            return None;
        };
        let index = super::places::index_of(player);
        self.player(&place.name.text, index, place.span, env).map(Atom::Value)
    }

    /// Reads something under an intervention that sets the start values of these variables.
    pub fn under<T>(&mut self, restarted: Vec<melian_model::VarId>, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.restarted.len();
        self.restarted.extend(restarted);
        let result = read(self);
        self.restarted.truncate(before);
        result
    }
}

fn asked(atom: Option<Atom>, span: Span) -> Option<Question> {
    atom.map(|atom| Question::new(QuestionKind::Ask(Box::new(atom)), span))
}

/// A number as a question.
pub fn number(x: f64, span: Span) -> Question {
    Question::new(QuestionKind::Number(x), span)
}

/// A question under an intervention.
pub fn under(question: Question, change: Change, span: Span) -> Question {
    Question::new(QuestionKind::Under(Box::new(question), change), span)
}

fn known(question: &Question) -> Option<f64> {
    match question.kind {
        QuestionKind::Number(x) => Some(x),
        _ => None,
    }
}

fn arithmetic(op: BinaryOp, left: Question, right: Question, span: Span) -> Question {
    if let (Some(a), Some(b)) = (known(&left), known(&right)) {
        let folded = fold::binary(op, Expr::number(a), Expr::number(b), span);
        if let ExprKind::Number(x) = folded.kind {
            return number(x, span);
        }
    }
    Question::new(QuestionKind::Binary(op, Box::new(left), Box::new(right)), span)
}

fn called(function: Function, operands: Vec<Question>, span: Span) -> Question {
    let values: Option<Vec<f64>> = operands.iter().map(known).collect();
    match values {
        Some(values) => number(fold::apply(function, &values), span),
        None => Question::new(QuestionKind::Call(function, operands), span),
    }
}
