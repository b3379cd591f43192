//! Expressions, by precedence climbing.
//!
//! ```text
//! level   operators
//!   1     or
//!   2     and
//!   3     not (prefix)
//!   4     == != < <= > >= in, not in; in conditions also by, near … within, rises, falls: not chained
//!   5     with, unexpected, unnoticed (behind)
//!   6     + -
//!   7     * /
//!   8     - (prefix)
//!   9     ^ (to the right)
//! ```

use melian_model::{BinaryOp, Diagnostic, Span, UnaryOp};

use super::core::{Context, MAX_HEIGHT, Parsed, Parser};
use super::layout::Part;
use crate::{
    ast::{Expr, ExprKind, RisesCondition},
    lexer::Kind,
};

/// The levels by name.
const LOWEST: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const UNDER: u8 = 5;
const SUM: u8 = 6;
const PRODUCT: u8 = 7;
const MINUS: u8 = 8;
const POWER: u8 = 9;

impl Parser<'_> {
    /// Any expression.
    pub fn expression(&mut self) -> Parsed<Expr> {
        self.climb(LOWEST)
    }

    /// Any expression or condition: comparisons may say by how much.
    pub fn condition(&mut self) -> Parsed<Expr> {
        self.within(Context::CONDITION, Self::expression)
    }

    /// An expression without comparisons and interventions.
    pub fn sum(&mut self) -> Parsed<Expr> {
        self.climb(SUM)
    }

    /// An operand and all operators behind it that bind at least as tightly as a level.
    fn climb(&mut self, least: u8) -> Parsed<Expr> {
        let outer = std::mem::take(&mut self.height);
        let first = self.at;
        let result = self.prefix(least).and_then(|left| self.climb_from(first, left, least));
        self.height = outer.max(self.height);
        result
    }

    /// All operators behind an operand.
    fn climb_from(&mut self, first: usize, mut left: Expr, least: u8) -> Parsed<Expr> {
        let mut compared = false;
        loop {
            if self.height > MAX_HEIGHT {
                let problem = Diagnostic::error(
                    "too-long",
                    format!("an expression of more than {MAX_HEIGHT} operations in a row"),
                    self.since(first),
                )
                .help("use `sum(… for i in SET)`, or build it in steps with `local`");
                return Err(self.fail(problem));
            }
            let start = self.at;
            let Some((operator, level)) = self.operator() else { return Ok(left) };
            if level < least {
                return Ok(left);
            }
            if level == COMPARE && compared && !matches!(operator, Operator::By) {
                let problem =
                    Diagnostic::error("chained-comparison", "comparisons are not chained", self.here())
                        .label("a second comparison")
                        .help("write `a < b and b < c`");
                let lost = self.fail(problem);
                let Operator::Binary(_) = operator else { return Err(lost) };
                self.bump();
                self.climb(UNDER)?;
                continue;
            }
            compared |= level == COMPARE;
            left = self.operation(operator, start, left)?;
            left.span = self.since(first);
            self.height += 1;
        }
    }

    /// The operator that comes next, with its level.
    fn operator(&self) -> Option<(Operator, u8)> {
        use BinaryOp::{
            Add, And, AtLeast, AtMost, Divide, Equal, Greater, Less, Multiply, Or, Power, Subtract, Unequal,
        };
        let binary = |op, level| Some((Operator::Binary(op), level));
        match self.kind() {
            Kind::Plus => binary(Add, SUM),
            Kind::Minus => binary(Subtract, SUM),
            Kind::Star => binary(Multiply, PRODUCT),
            Kind::Slash => binary(Divide, PRODUCT),
            Kind::Caret => binary(Power, POWER),
            Kind::Equal => binary(Equal, COMPARE),
            Kind::Unequal => binary(Unequal, COMPARE),
            Kind::Less => binary(Less, COMPARE),
            Kind::AtMost => binary(AtMost, COMPARE),
            Kind::Greater => binary(Greater, COMPARE),
            Kind::AtLeast => binary(AtLeast, COMPARE),
            Kind::Assign if !self.context.equals_ends => binary(Equal, COMPARE),
            Kind::Foreign => match self.text_of(self.peek(0)) {
                "&&" | "&" => binary(And, AND),
                "||" => binary(Or, OR),
                "**" => binary(Power, POWER),
                "<>" => binary(Unequal, COMPARE),
                "=>" => binary(AtLeast, COMPARE),
                "=<" => binary(AtMost, COMPARE),
                _ => None,
            },
            Kind::Word => match self.word() {
                "or" => binary(Or, OR),
                "and" => binary(And, AND),
                "in" if self.in_is_operator(1) => Some((Operator::In, COMPARE)),
                "not" if self.word_at(1) == "in" && self.in_is_operator(2) => {
                    Some((Operator::NotIn, COMPARE))
                }
                "with" | "unexpected" | "unnoticed" => Some((Operator::Under, UNDER)),
                "by" if self.context.conditions => Some((Operator::By, COMPARE)),
                "near" if self.context.conditions => Some((Operator::Near, COMPARE)),
                "rises" | "falls" if self.context.conditions && self.word_at(1) == "with" => {
                    Some((Operator::Rises, COMPARE))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether `in` is an operator here, given what follows it.
    fn in_is_operator(&self, ahead: usize) -> bool {
        !self.context.in_ends
            && (!self.context.in_range_ends || self.peek(ahead).kind == Kind::BraceOpen)
            && !self.sees_long_run(ahead)
    }

    /// Takes an operator's sign, and reports it if other languages write it so.
    fn take_operator(&mut self, operator: Operator) {
        let span = self.here();
        if let (Kind::Foreign | Kind::Assign, Operator::Binary(op)) = (self.kind(), operator) {
            let (id, right, label) = match op {
                BinaryOp::And => ("foreign-operator", "and", "this is written `and`"),
                BinaryOp::Or => ("foreign-operator", "or", "this is written `or`"),
                BinaryOp::Power => ("foreign-operator", "^", "a power is written `^`"),
                BinaryOp::Unequal => ("foreign-operator", "!=", "this is written `!=`"),
                BinaryOp::AtLeast => ("foreign-operator", ">=", "this is written `>=`"),
                BinaryOp::AtMost => ("foreign-operator", "<=", "this is written `<=`"),
                _ => ("single-equals", "==", "`=` sets a value; `==` compares"),
            };
            let found = self.found();
            let glued =
                |byte: usize| self.text.as_bytes().get(byte).is_some_and(|b| !b.is_ascii_whitespace());
            let wordy = matches!(op, BinaryOp::And | BinaryOp::Or);
            let before = if wordy && glued((span.start as usize).wrapping_sub(1)) { " " } else { "" };
            let after = if wordy && glued(span.end as usize) { " " } else { "" };
            let problem = Diagnostic::error(id, format!("{found} is not an operator of expressions"), span)
                .label(label)
                .fix(format!("write `{right}`"), span, format!("{before}{right}{after}"));
            self.report(problem);
        }
        self.bump();
        if matches!(operator, Operator::NotIn) {
            self.bump();
        }
    }

    /// An operator with what stands behind it.
    fn operation(&mut self, operator: Operator, start: usize, left: Expr) -> Parsed<Expr> {
        if let Operator::Under = operator {
            return self.under(left);
        }
        let begin = left.span;
        if !matches!(operator, Operator::By) || is_comparison(&left) {
            self.take_operator(operator);
        }
        if let Operator::Binary(_) = operator
            && (self.sees_next_line() || (self.on_new_line() && self.sees_word("if")))
        {
            return Err(self.unexpected("a value"));
        }
        let left = Box::new(left);
        let kind = match operator {
            Operator::Binary(op @ (BinaryOp::Add | BinaryOp::Subtract)) => {
                ExprKind::Binary(op, left, Box::new(self.climb(PRODUCT)?))
            }
            Operator::Binary(op @ (BinaryOp::Multiply | BinaryOp::Divide)) => {
                ExprKind::Binary(op, left, Box::new(self.climb(MINUS)?))
            }
            Operator::Binary(BinaryOp::Power) => {
                let exponent = self.nested(|p| p.climb(POWER))?;
                ExprKind::Binary(BinaryOp::Power, left, Box::new(exponent))
            }
            Operator::Binary(BinaryOp::And) => {
                ExprKind::Binary(BinaryOp::And, left, Box::new(self.climb(NOT)?))
            }
            Operator::Binary(BinaryOp::Or) => {
                ExprKind::Binary(BinaryOp::Or, left, Box::new(self.climb(AND)?))
            }
            Operator::Binary(op) => ExprKind::Binary(op, left, Box::new(self.climb(UNDER)?)),
            Operator::In | Operator::NotIn => {
                let set = Box::new(self.set(false)?);
                ExprKind::Among { value: left, negated: matches!(operator, Operator::NotIn), set }
            }
            Operator::By if is_comparison(&left) => ExprKind::By(left, Box::new(self.sum()?)),
            Operator::By => {
                let asks = is_question(&left);
                let problem =
                    Diagnostic::error("by-form", "`by` stands behind a comparison", self.tokens[start].span)
                        .label("by how much what exceeds what?")
                        .also(begin, "this is not a comparison")
                        .help(if asks {
                            "a time stands inside of the brackets: `P[e by m]`, `count(P.stage by m)`"
                        } else {
                            "write `a > b by d`, or put a comparison in parentheses"
                        });
                return Err(self.fail(problem));
            }
            Operator::Near => {
                let right = Box::new(self.climb(UNDER)?);
                self.expect_word("within")?;
                ExprKind::Near { left, right, within: Box::new(self.sum()?) }
            }
            Operator::Rises => {
                let falls = self.text_of(self.tokens[start]) == "falls";
                self.expect_word("with")?;
                let param = self.operand()?;
                self.expect_word("over")?;
                let lo = self.sum()?;
                self.expect(Kind::Range, "`..`, as in `over 0.1 .. 0.5`")?;
                let hi = self.sum()?;
                let by = if self.take_word("by") { Some(self.sum()?) } else { None };
                ExprKind::Rises(Box::new(RisesCondition { question: *left, falls, param, lo, hi, by }))
            }
            Operator::Under => ExprKind::Error,
        };
        Ok(Expr::new(kind, begin))
    }

    /// Whether the next line begins a declaration, an assignment or the like: then a value before it is missing.
    pub fn sees_next_line(&self) -> bool {
        let statement = matches!(self.peek(1).kind, Kind::Assign | Kind::Tilde)
            || matches!(self.word_at(1), "gains" | "pays" | "chooses");
        self.on_new_line() && self.sees(Kind::Word) && (statement || self.sees_item())
    }

    /// An operand with the operators before it.
    fn prefix(&mut self, least: u8) -> Parsed<Expr> {
        let first = self.at;
        match (self.kind(), self.word()) {
            (Kind::Minus, _) => {
                self.mark_here(Part::PREFIX);
                self.bump();
                let operand = self.nested(|p| p.climb(MINUS))?;
                self.height += 1;
                Ok(Expr::new(ExprKind::Unary(UnaryOp::Minus, Box::new(operand)), self.since(first)))
            }
            (Kind::Word, "not") => self.not(least),
            (Kind::Foreign, _) if self.text_of(self.peek(0)) == "!" => {
                let problem = Diagnostic::error(
                    "foreign-operator",
                    "`!` is not an operator of expressions",
                    self.here(),
                )
                .label("this is written `not`")
                .fix("write `not`", self.here(), "not ");
                self.report(problem);
                self.not(NOT)
            }
            (Kind::Word, "if") => {
                let conditional = self.nested(Self::if_else)?;
                self.height += 1;
                if least > LOWEST {
                    self.needs_parentheses(conditional.span, "an `if` inside an expression");
                }
                Ok(conditional)
            }
            _ => self.operand(),
        }
    }

    /// `not a`.
    fn not(&mut self, least: u8) -> Parsed<Expr> {
        let first = self.at;
        self.bump();
        let operand = self.nested(|p| p.climb(NOT))?;
        self.height += 1;
        let span = self.since(first);
        if least > NOT {
            self.needs_parentheses(span, "`not` behind an operator");
        }
        Ok(Expr::new(ExprKind::Unary(UnaryOp::Not, Box::new(operand)), span))
    }

    /// Reports an operand that binds less tightly than the operator before it.
    fn needs_parentheses(&mut self, span: Span, what: &str) {
        let text = &self.text[span.range()];
        let problem = Diagnostic::error("missing-parentheses", format!("{what} stands in parentheses"), span);
        let problem = if text.len() < 200 {
            problem.fix("put it in parentheses", span, format!("({text})"))
        } else {
            problem
        };
        self.report(problem);
    }

    /// `if c then a else b`.
    fn if_else(&mut self) -> Parsed<Expr> {
        let first = self.at;
        self.bump();
        let inner = Context { in_ends: false, in_range_ends: false, equals_ends: false, ..self.context };
        let condition = self.within(inner, Self::expression)?;
        if self.sees(Kind::BraceOpen) {
            let problem = Diagnostic::error("if-form", "expected `then`, found `{`", self.here())
                .label("this `if` is part of an expression")
                .help("an expression is `if c then a else b`; only statements have braces");
            return Err(self.fail(problem));
        }
        self.expect_word("then")?;
        let then = self.within(inner, Self::expression)?;
        if !self.sees_word("else") {
            let problem = Diagnostic::error("if-form", "this `if` has no `else`", self.tokens[first].span)
                .label("what is its value if the condition fails?")
                .also(self.here(), "expected `else` before this")
                .help("an expression always has a value: `if c then a else b`");
            return Err(self.fail(problem));
        }
        self.bump();
        let otherwise = self.expression()?;
        let kind = ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise));
        Ok(Expr::new(kind, self.since(first)))
    }
}

/// Operators that stand between or behind operands.
#[derive(Clone, Copy)]
enum Operator {
    Binary(BinaryOp),
    In,
    NotIn,
    Under,
    By,
    Near,
    Rises,
}

/// Whether it compares two numbers.
fn is_comparison(expr: &Expr) -> bool {
    use BinaryOp::{AtLeast, AtMost, Equal, Greater, Less, Unequal};
    matches!(expr.kind, ExprKind::Binary(Greater | AtLeast | Less | AtMost | Equal | Unequal, ..))
}

/// Whether it asks something with times of its own.
fn is_question(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Probability(_) | ExprKind::Expectation(_) | ExprKind::Choice(_) | ExprKind::Count(_)
    )
}
