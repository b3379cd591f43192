//! Conditions: comparisons of answers, joined by `and`, `or`, `not`.

use melian_model::{
    BinaryOp, Change, Comparison, Condition, Diagnostic, ParamId, Question, QuestionKind, Span, UnaryOp,
};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    fold,
    names::Meaning,
    questions,
    symbols::Global,
};
use crate::ast::{self, Aggregate, ItemKind, SetKind};

impl<'a> Elaborator<'a> {
    /// A condition with a signed margin; `None` after an error.
    pub fn condition(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Condition> {
        if !self.descend(e.span) {
            return None;
        }
        let condition = self.in_mode(Mode::Question, |this| this.condition_within(e, env));
        self.depth -= 1;
        condition
    }

    fn condition_within(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Condition> {
        let span = e.span;
        match &e.kind {
            ast::ExprKind::Binary(BinaryOp::And | BinaryOp::Or, ..) => self.joined(e, env),
            ast::ExprKind::Unary(UnaryOp::Not, inner) => {
                Some(Condition::Not(Box::new(self.condition(inner, env)?)))
            }
            ast::ExprKind::Binary(op, left, right) => {
                let Some(comparison) = comparison(*op) else {
                    self.not_a_condition(span);
                    return None;
                };
                let (left, right) = (self.question(left, env), self.question(right, env));
                Some(Condition::Compare { comparison, left: left?, right: right?, by: None, span })
            }
            ast::ExprKind::By(inner, d) => {
                let inner = self.condition(inner, env);
                let d = self.question(d, env);
                self.with_by(inner?, d?, span)
            }
            ast::ExprKind::Near { left, right, within } => {
                let (left, right) = (self.question(left, env), self.question(right, env));
                let within = self.question(within, env);
                Some(Condition::Near { left: left?, right: right?, within: within?, span })
            }
            ast::ExprKind::Rises(rises) => self.rises(rises, span, env),
            ast::ExprKind::Among { value, negated, set } => self.in_range(value, *negated, set, span, env),
            ast::ExprKind::Aggregate { kind: kind @ (Aggregate::Any | Aggregate::All), body, binders } => {
                let members = self.members_of(binders, env)?;
                let conditions: Option<Vec<Condition>> =
                    members.iter().map(|member| self.condition(body, member)).collect();
                Some(match kind {
                    Aggregate::Any => Condition::Or(conditions?),
                    _ => Condition::And(conditions?),
                })
            }
            ast::ExprKind::Under(inner, change) => {
                let (change, restarted) = self.change(change, env)?;
                let inner = self.under(restarted, |this| this.condition(inner, env))?;
                Some(distribute(inner, &change))
            }
            ast::ExprKind::If(condition, then, otherwise) => {
                let condition = self.in_mode(Mode::Constant, |this| this.truth(condition, env))?;
                match fold::known_truth(&condition)? {
                    true => self.condition(then, env),
                    false => self.condition(otherwise, env),
                }
            }
            ast::ExprKind::Name(name) => self.condition_name(name, span, env),
            ast::ExprKind::Call(name, arguments) if !super::functions::is_function(&name.text) => {
                let arguments: Vec<&'a ast::Expr> = arguments.iter().collect();
                self.with_macro(name, &arguments, span, env, |this, body, env| this.condition(body, env))?
            }
            ast::ExprKind::Error => None,
            _ => {
                self.not_a_condition(span);
                None
            }
        }
    }

    /// A chain of `and` or of `or`, flat.
    fn joined(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Condition> {
        let ast::ExprKind::Binary(op, ..) = &e.kind else { return None };
        let mut operands: Vec<&'a ast::Expr> = Vec::new();
        let mut rest = e;
        while let ast::ExprKind::Binary(other, left, right) = &rest.kind {
            if other != op {
                break;
            }
            operands.push(right);
            rest = left;
        }
        operands.push(rest);
        operands.reverse();
        let read: Vec<Option<Condition>> =
            operands.into_iter().map(|operand| self.condition(operand, env)).collect();
        let conditions: Option<Vec<Condition>> = read.into_iter().collect();
        Some(if *op == BinaryOp::And { Condition::And(conditions?) } else { Condition::Or(conditions?) })
    }

    fn not_a_condition(&mut self, span: Span) {
        self.report(
            Diagnostic::error("not-a-condition", "a condition is wanted here, and this is none", span)
                .help("a claim compares answers: `P[regime == war at 12] > 0.5`, `a > b by 0.02`, `a near b within 0.1`"),
        );
    }

    fn condition_name(&mut self, name: &'a str, span: Span, env: &Env<'a>) -> Option<Condition> {
        match self.meaning(name, env, None) {
            Meaning::Inner(Binding::Argument(expr, written_in), _) => {
                self.argument(expr, &written_in, |this, expr, env| this.condition(expr, env))
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
                    this.condition(body, env)
                })?
            }
            Meaning::Nothing => {
                self.unknown_name(name, span, env, None);
                None
            }
            _ => {
                self.not_a_condition(span);
                None
            }
        }
    }

    fn with_by(&mut self, condition: Condition, d: Question, whole: Span) -> Option<Condition> {
        match condition {
            Condition::Compare { comparison, left, right, by: None, .. } => {
                if matches!(comparison, Comparison::Equal | Comparison::Unequal) {
                    self.report(
                        Diagnostic::error(
                            "question-clauses",
                            "`by` goes with `>`, `>=`, `<` and `<=`",
                            whole,
                        )
                        .help("for equality up to an error: `a near b within 0.01`"),
                    );
                    return None;
                }
                Some(Condition::Compare { comparison, left, right, by: Some(d), span: whole })
            }
            Condition::Rises { question, param, lo, hi, by: None, falls, .. } => {
                Some(Condition::Rises { question, param, lo, hi, by: Some(d), falls, span: whole })
            }
            _ => {
                self.report(
                    Diagnostic::error("question-clauses", "`by` belongs to one comparison", whole)
                        .help("write it behind each: `a > b by 0.1 and c > d by 0.1`"),
                );
                None
            }
        }
    }

    fn rises(&mut self, rises: &'a ast::RisesCondition, span: Span, env: &Env<'a>) -> Option<Condition> {
        let question = self.question(&rises.question, env);
        let param = self.parameter_named(&rises.param, env);
        let (lo, hi) = (self.question(&rises.lo, env), self.question(&rises.hi, env));
        let by = match &rises.by {
            Some(by) => Some(self.question(by, env)?),
            None => None,
        };
        Some(Condition::Rises {
            question: question?,
            param: param?,
            lo: lo?,
            hi: hi?,
            by,
            falls: rises.falls,
            span,
        })
    }

    /// `q in a..b`: not below `a` and not above `b`.
    fn in_range(
        &mut self,
        value: &'a ast::Expr,
        negated: bool,
        set: &'a ast::Set,
        span: Span,
        env: &Env<'a>,
    ) -> Option<Condition> {
        let SetKind::Range { lo, hi, .. } = &set.kind else {
            self.not_a_condition(span);
            return None;
        };
        let (question, lo, hi) =
            (self.question(value, env)?, self.question(lo, env)?, self.question(hi, env)?);
        let side = |comparison, bound| Condition::Compare {
            comparison,
            left: question.clone(),
            right: bound,
            by: None,
            span,
        };
        let inside = Condition::And(vec![side(Comparison::AtLeast, lo), side(Comparison::AtMost, hi)]);
        Some(if negated { Condition::Not(Box::new(inside)) } else { inside })
    }

    /// The parameter that is named: `dmg`, `arms[supply]`.
    pub fn parameter_named(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<ParamId> {
        let Some(place) = e.as_place() else {
            self.report(Diagnostic::error("unknown-parameter", "a parameter is wanted here", e.span));
            return None;
        };
        let name = place.name.text.clone();
        match (self.meaning(&name, env, None), super::places::index_of(e)) {
            (Meaning::Global(Global::Param(id), _), None) => {
                self.symbols.used.insert(name);
                Some(id)
            }
            (Meaning::Global(Global::ParamTable(table), _), Some(index)) => {
                self.symbols.used.insert(name);
                self.table_parameter(table, index, env)
            }
            (Meaning::Global(Global::ParamTable(_), _), None) => {
                self.report(
                    Diagnostic::error(
                        "wrong-arguments",
                        format!("`{name}` is a table of parameters and needs an index"),
                        e.span,
                    )
                    .help(format!("write `{name}[…]`")),
                );
                None
            }
            (Meaning::Inner(Binding::Argument(expr, written_in), _), None) => {
                self.argument(expr, &written_in, |this, expr, env| this.parameter_named(expr, env))
            }
            (meaning, _) => {
                self.unknown_parameter(&name, place.name.span, &meaning);
                None
            }
        }
    }

    fn unknown_parameter(&mut self, name: &str, span: Span, meaning: &Meaning<'a>) {
        let mut problem =
            Diagnostic::error("unknown-parameter", format!("there is no parameter `{name}`"), span);
        match meaning {
            Meaning::Global(Global::Const(_), _) => {
                problem = problem.help(format!(
                    "`{name}` is a constant: declare it as `param {name} = …` if it is no part of the structure"
                ));
            }
            Meaning::Global(Global::State(_) | Global::States(_), _) => {
                problem = problem.help(format!(
                    "`{name}` is a state variable: `start {name} = …` sets its value before period 1"
                ));
            }
            _ => {
                let known: Vec<String> = self
                    .symbols
                    .globals
                    .iter()
                    .filter(|(_, declared)| {
                        matches!(declared.global, Global::Param(_) | Global::ParamTable(_))
                    })
                    .map(|(name, _)| name.clone())
                    .collect();
                if let Some(near) = super::problems::nearest(name, known.iter().map(String::as_str)) {
                    problem = problem.fix(format!("write `{near}`"), span, near);
                } else if known.is_empty() {
                    problem = problem.help("the model has no parameters");
                } else {
                    problem = problem.help(format!("there is {}", super::types::listed(&known)));
                }
            }
        }
        self.report(problem);
    }
}

/// A condition with every question in it under an intervention.
fn distribute(condition: Condition, change: &Change) -> Condition {
    let under = |question: Question| {
        if matches!(question.kind, QuestionKind::Number(_)) {
            return question;
        }
        let span = question.span;
        questions::under(question, change.clone(), span)
    };
    match condition {
        Condition::Compare { comparison, left, right, by, span } => {
            Condition::Compare { comparison, left: under(left), right: under(right), by, span }
        }
        Condition::Near { left, right, within, span } => {
            Condition::Near { left: under(left), right: under(right), within, span }
        }
        Condition::Rises { question, param, lo, hi, by, falls, span } => {
            Condition::Rises { question: under(question), param, lo, hi, by, falls, span }
        }
        Condition::And(parts) => {
            Condition::And(parts.into_iter().map(|part| distribute(part, change)).collect())
        }
        Condition::Or(parts) => {
            Condition::Or(parts.into_iter().map(|part| distribute(part, change)).collect())
        }
        Condition::Not(inner) => Condition::Not(Box::new(distribute(*inner, change))),
    }
}

fn comparison(op: BinaryOp) -> Option<Comparison> {
    Some(match op {
        BinaryOp::Greater => Comparison::Greater,
        BinaryOp::AtLeast => Comparison::AtLeast,
        BinaryOp::Less => Comparison::Less,
        BinaryOp::AtMost => Comparison::AtMost,
        BinaryOp::Equal => Comparison::Equal,
        BinaryOp::Unequal => Comparison::Unequal,
        _ => return None,
    })
}
