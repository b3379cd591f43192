//! Expressions over the current values of variables, parameters and time.
//!
//! Every expression has an `f64` value: truth values are 0 and 1, labels their index. `and`, `or` and `if` evaluate
//! only what they need. Reading a variable that is absent (see [`crate::game::Variable`]) is an error.

use crate::{
    Span,
    game::{EnumId, ParamId, VarId},
};

/// An expression with the place it was written at.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it was written.
    pub span: Span,
}

/// What an expression can be.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Truth(bool),
    /// A label of an enumeration; its value is its index.
    Level(EnumId, usize),
    /// The current value of a variable; an error where it is absent.
    Var(VarId),
    /// Whether a variable is at one of these levels; false where it is absent. `A.reply == resist` is this.
    IsAt(VarId, Vec<usize>),
    /// A parameter.
    Param(ParamId),
    /// `t`, the current period, from 1. At the end of period m (questions) it is m; in `finally` it is the horizon.
    Period,
    /// The calendar year of the current period (needs a start date).
    CalendarYear,
    /// The calendar month, 1 to 12, of the current period (needs a start date).
    CalendarMonth,
    /// One operand.
    Unary(UnaryOp, Box<Expr>),
    /// Two operands; `And` and `Or` look at the second only if they must.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `if … then … else`: condition, then, else.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A function of numbers.
    Call(Function, Vec<Expr>),
    /// Whether a value equals one of these numbers (labels as indices).
    Among(Box<Expr>, Vec<f64>),
    /// The entry at a whole-number index: a table over an enumeration or whole numbers. The index minus `first`
    /// selects the entry; outside the entries it is an error.
    Lookup {
        /// Index expression.
        index: Box<Expr>,
        /// Index of the first entry.
        first: i64,
        /// The entries.
        entries: Vec<Expr>,
    },
    /// Piecewise linear through `(knot, value)` points, constant beyond the first and last knot; knots increase.
    Interpolate {
        /// Where to look.
        at: Box<Expr>,
        /// Knots, strictly increasing, at least one.
        knots: Vec<f64>,
        /// One value for each knot.
        values: Vec<Expr>,
    },
    /// The argument that an action was chosen with (`One.offer.k`): entry by the stage's current action, NaN where
    /// that action has no such argument; an error where the stage did not run or the entry is NaN.
    Argument(VarId, Vec<f64>),
    /// Only in questions: the value of the atom's `ahead[i]` for play that goes on from the state at hand.
    Ahead(usize),
}

/// Operators of one operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    /// `-x`.
    Minus,
    /// `not x`.
    Not,
}

/// Operators of two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`.
    Divide,
    /// `a ^ b`.
    Power,
    /// `a == b`, exact.
    Equal,
    /// `a != b`.
    Unequal,
    /// `a < b`.
    Less,
    /// `a <= b`.
    AtMost,
    /// `a > b`.
    Greater,
    /// `a >= b`.
    AtLeast,
    /// `a and b`.
    And,
    /// `a or b`.
    Or,
}

/// Functions of numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Function {
    /// Least of one or more.
    Min,
    /// Greatest of one or more.
    Max,
    /// `clamp(x, lo, hi)`.
    Clamp,
    /// Absolute value.
    Abs,
    /// e to the x.
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// 1 / (1 + e^−x).
    Logistic,
    /// Greatest whole number not above.
    Floor,
    /// Nearest whole number, halves away from zero.
    Round,
    /// `mod(a, b)`: remainder with the sign of `b`.
    Mod,
    /// `snap(x, lo, step, n)`: the nearest of `lo + k·step`, k in 0..n. Written `snap(x)` where a grid is assigned.
    Snap,
}

impl Expr {
    /// An expression without a place.
    pub fn new(kind: ExprKind) -> Expr {
        Expr { kind, span: Span::NONE }
    }

    /// A number without a place.
    pub fn number(value: f64) -> Expr {
        Expr::new(ExprKind::Number(value))
    }

    /// The value, if it is written as a literal.
    pub fn literal(&self) -> Option<f64> {
        match self.kind {
            ExprKind::Number(x) => Some(x),
            ExprKind::Truth(b) => Some(f64::from(u8::from(b))),
            ExprKind::Level(_, k) => Some(k as f64),
            _ => None,
        }
    }

    /// The direct operands.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Number(_)
            | ExprKind::Truth(_)
            | ExprKind::Level(..)
            | ExprKind::Var(_)
            | ExprKind::IsAt(..)
            | ExprKind::Param(_)
            | ExprKind::Period
            | ExprKind::CalendarYear
            | ExprKind::CalendarMonth
            | ExprKind::Argument(..)
            | ExprKind::Ahead(_) => Vec::new(),
            ExprKind::Unary(_, a) | ExprKind::Among(a, _) => vec![a],
            ExprKind::Binary(_, a, b) => vec![a, b],
            ExprKind::If(a, b, c) => vec![a, b, c],
            ExprKind::Call(_, args) => args.iter().collect(),
            ExprKind::Lookup { index: a, entries: more, .. }
            | ExprKind::Interpolate { at: a, values: more, .. } => {
                std::iter::once(&**a).chain(more).collect()
            }
        }
    }

    /// The direct operands, to change them.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Unary(_, a) | ExprKind::Among(a, _) => vec![a],
            ExprKind::Binary(_, a, b) => vec![a, b],
            ExprKind::If(a, b, c) => vec![a, b, c],
            ExprKind::Call(_, args) => args.iter_mut().collect(),
            ExprKind::Lookup { index: a, entries: more, .. }
            | ExprKind::Interpolate { at: a, values: more, .. } => {
                std::iter::once(&mut **a).chain(more).collect()
            }
            ExprKind::Number(_)
            | ExprKind::Truth(_)
            | ExprKind::Level(..)
            | ExprKind::Var(_)
            | ExprKind::IsAt(..)
            | ExprKind::Param(_)
            | ExprKind::Period
            | ExprKind::CalendarYear
            | ExprKind::CalendarMonth
            | ExprKind::Argument(..)
            | ExprKind::Ahead(_) => Vec::new(),
        }
    }

    /// Visits this expression and everything in it, outside first.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        see(self);
        for child in self.children() {
            child.visit(see);
        }
    }

    /// The variables it reads, each once, in order of id.
    pub fn variables(&self) -> Vec<VarId> {
        let mut found = Vec::new();
        self.visit(&mut |e| match e.kind {
            ExprKind::Var(v) | ExprKind::IsAt(v, _) | ExprKind::Argument(v, _) => found.push(v),
            _ => {}
        });
        found.sort();
        found.dedup();
        found
    }

    /// Whether it reads a parameter.
    pub fn reads_parameters(&self) -> bool {
        let mut found = false;
        self.visit(&mut |e| found |= matches!(e.kind, ExprKind::Param(_)));
        found
    }

    /// Whether it depends on the period.
    pub fn reads_time(&self) -> bool {
        let mut found = false;
        self.visit(&mut |e| {
            found |= matches!(e.kind, ExprKind::Period | ExprKind::CalendarYear | ExprKind::CalendarMonth);
        });
        found
    }
}
