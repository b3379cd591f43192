//! Random expressions of moderate size that have a value wherever they are read.

use super::draft::{Draft, Known};
use crate::common::build::*;
use melian_model::{BinaryOp, Domain, Expr, ExprKind, Function, VarId, VarKind};

const COMPARISONS: [BinaryOp; 6] = [
    BinaryOp::Equal,
    BinaryOp::Unequal,
    BinaryOp::Less,
    BinaryOp::AtMost,
    BinaryOp::Greater,
    BinaryOp::AtLeast,
];

impl Draft {
    /// A number; sums of a few payoffs of this kind stay within some tens.
    pub fn number(&mut self, known: &Known, depth: usize) -> Expr {
        let deep = depth > 0;
        match self.below(if deep { 22 } else { 6 }) {
            0 => num(self.decimal(-15, 15)),
            1 | 2 if !self.amounts.is_empty() => par(self.pick(&self.amounts.clone())),
            3 | 4 => self.read(known),
            5 if self.odds(0.5) => mul(num(0.1), period()),
            6 => minus(self.number(known, depth - 1)),
            7 => add(self.number(known, depth - 1), self.number(known, depth - 1)),
            8 => sub(self.number(known, depth - 1), self.number(known, depth - 1)),
            9 => mul(self.number(known, 0), self.number(known, depth - 1)),
            10 => {
                let divisor = add(num(1.0), call(Function::Abs, vec![self.number(known, 0)]));
                binary(BinaryOp::Divide, self.number(known, depth - 1), divisor)
            }
            11 => {
                let base = add(num(0.5), call(Function::Abs, vec![self.number(known, 0)]));
                binary(BinaryOp::Power, base, num(self.pick(&[0.5, 2.0, -1.0])))
            }
            12 => {
                let (a, b) = (self.number(known, depth - 1), self.number(known, depth - 1));
                if_then(self.condition(known, depth - 1), a, b)
            }
            13 | 14 => self.function(known, depth),
            15 => self.lookup(known, |draft, known| draft.number(known, 0)),
            16 => {
                let knots = vec![-1.0, 0.0, 0.5, 2.0];
                let values = (0..4).map(|_| self.number(known, 0)).collect();
                Expr::new(ExprKind::Interpolate {
                    at: Box::new(self.number(known, depth - 1)),
                    knots,
                    values,
                })
            }
            17 => self.condition(known, depth - 1),
            18 => self.argument(known).unwrap_or(num(0.3)),
            19 => self.guarded_read(known),
            20 if self.b.model.calendar.is_some() => sub(Expr::new(ExprKind::CalendarYear), num(2025.0)),
            21 if self.b.model.calendar.is_some() => mul(num(0.1), Expr::new(ExprKind::CalendarMonth)),
            _ => num(self.decimal(-10, 10)),
        }
    }

    fn function(&mut self, known: &Known, depth: usize) -> Expr {
        let a = self.number(known, depth - 1);
        let b = self.number(known, 0);
        match self.below(12) {
            0 => call(Function::Min, vec![a, b, num(1.0)]),
            1 => call(Function::Max, vec![a, b]),
            2 => call(Function::Clamp, vec![a, num(-0.7), num(1.2)]),
            3 => call(Function::Abs, vec![a]),
            4 => call(Function::Exp, vec![call(Function::Min, vec![a, num(1.0)])]),
            5 => call(Function::Log, vec![add(num(1.0), call(Function::Abs, vec![a]))]),
            6 => call(Function::Sqrt, vec![call(Function::Abs, vec![a])]),
            7 => call(Function::Logistic, vec![a]),
            8 => call(Function::Floor, vec![a]),
            9 => call(Function::Round, vec![a]),
            10 => call(Function::Mod, vec![a, num(self.pick(&[2.0, -3.0, 0.75]))]),
            _ => call(Function::Snap, vec![a, num(-1.0), num(0.5), num(5.0)]),
        }
    }

    /// The value of a variable that is certainly there.
    fn read(&mut self, known: &Known) -> Expr {
        let readable = self.readable(known);
        if readable.is_empty() { num(0.4) } else { var(self.pick(&readable)) }
    }

    /// The value of a variable that may be absent, behind a test.
    fn guarded_read(&mut self, known: &Known) -> Expr {
        let testable = self.testable(known);
        if testable.is_empty() {
            return num(0.2);
        }
        let v = self.pick(&testable);
        let all: Vec<usize> = (0..self.size(v)).collect();
        if_then(at(v, &all), var(v), num(-0.5))
    }

    /// The argument of a stage's action, behind a test.
    fn argument(&mut self, known: &Known) -> Option<Expr> {
        let mut found = Vec::new();
        for v in self.testable(known) {
            if let VarKind::Stage(stage) = self.b.model.var(v).kind {
                let entries = self.arguments[stage.0].clone();
                let with: Vec<usize> = (0..entries.len()).filter(|k| !entries[*k].is_nan()).collect();
                if !with.is_empty() {
                    let argument = Expr::new(ExprKind::Argument(v, entries));
                    found.push(if_then(at(v, &with), argument, num(0.1)));
                }
            }
        }
        if found.is_empty() { None } else { Some(self.pick(&found)) }
    }

    /// A table over an enumeration or whole numbers.
    fn lookup(&mut self, known: &Known, mut entry: impl FnMut(&mut Draft, &Known) -> Expr) -> Expr {
        let mut indices = self.readable(known);
        indices.retain(|v| !matches!(self.b.model.var(*v).domain, Domain::Grid { .. }));
        if indices.is_empty() {
            return entry(self, known);
        }
        let v = self.pick(&indices);
        let first = match self.b.model.var(v).domain {
            Domain::Integers { lo, .. } => lo,
            _ => 0,
        };
        let entries = (0..self.size(v)).map(|_| entry(self, known)).collect();
        Expr::new(ExprKind::Lookup { index: Box::new(var(v)), first, entries })
    }

    /// A condition.
    pub fn condition(&mut self, known: &Known, depth: usize) -> Expr {
        let testable = self.testable(known);
        let deep = depth > 0;
        match self.below(if deep { 14 } else { 6 }) {
            0..=3 if !testable.is_empty() => {
                let v = self.pick(&testable);
                let levels = self.some_of(self.size(v));
                at(v, &levels)
            }
            4 => binary(self.pick(&COMPARISONS), period(), num((1 + self.below(3)) as f64)),
            5 => Expr::new(ExprKind::Truth(self.odds(0.7))),
            6 => and(self.condition(known, depth - 1), self.condition(known, depth - 1)),
            7 => binary(BinaryOp::Or, self.condition(known, depth - 1), self.condition(known, depth - 1)),
            8 => not(self.condition(known, depth - 1)),
            9 | 10 => {
                let threshold = self.number(known, 0);
                binary(self.pick(&COMPARISONS), self.number(known, depth - 1), threshold)
            }
            11 if !testable.is_empty() => {
                // Short-circuit: the second side reads what the first made sure of.
                let v = self.pick(&testable);
                let all: Vec<usize> = (0..self.size(v)).collect();
                let level = self.below(all.len());
                let value = self.b.model.var(v).domain.value(level);
                let comparison = binary(self.pick(&COMPARISONS), var(v), num(value));
                if self.odds(0.5) {
                    and(at(v, &all), comparison)
                } else {
                    binary(BinaryOp::Or, not(at(v, &all)), comparison)
                }
            }
            12 => {
                let value = self.read(known);
                let numbers = vec![0.0, self.pick(&[1.0, 0.5, -1.0]), 2.0];
                Expr::new(ExprKind::Among(Box::new(value), numbers))
            }
            _ => {
                let mut truths = self.readable(known);
                truths.retain(|v| self.b.model.var(*v).domain == Domain::Truth);
                if truths.is_empty() { self.condition(known, 0) } else { var(self.pick(&truths)) }
            }
        }
    }

    /// A value in the domain of a variable, wherever it is computed.
    pub fn value_for(&mut self, target: VarId, known: &Known, depth: usize) -> Expr {
        let domain = self.b.model.var(target).domain;
        let level = self.below(domain.size());
        let literal = match domain {
            Domain::Truth => Expr::new(ExprKind::Truth(level == 1)),
            Domain::Enum(e, _) => Expr::new(ExprKind::Level(e, level)),
            _ => num(domain.value(level)),
        };
        if depth == 0 {
            return literal;
        }
        let (lo, hi) = (domain.value(0), domain.value(domain.size() - 1));
        match (self.below(7), domain) {
            (0, _) => {
                let mut same = self.readable(known);
                same.retain(|v| self.b.model.var(*v).domain == domain);
                if same.is_empty() { literal } else { var(self.pick(&same)) }
            }
            (1, _) => {
                let (a, b) = (self.value_for(target, known, depth - 1), self.value_for(target, known, 0));
                if_then(self.condition(known, depth - 1), a, b)
            }
            (2, _) => self.lookup(known, |draft, known| draft.value_for(target, known, 0)),
            (_, Domain::Truth) => self.condition(known, depth - 1),
            (3 | 4, Domain::Integers { .. }) if self.readable(known).contains(&target) => {
                let step = num(self.pick(&[1.0, -1.0, 2.0]));
                call(Function::Clamp, vec![add(var(target), step), num(lo), num(hi)])
            }
            (3 | 4, Domain::Integers { .. }) => {
                let rounded = call(Function::Round, vec![self.number(known, depth - 1)]);
                call(Function::Clamp, vec![rounded, num(lo), num(hi)])
            }
            (3..=5, Domain::Grid { lo, step, levels }) => {
                let x = self.number(known, depth - 1);
                call(Function::Snap, vec![x, num(lo), num(step), num(levels as f64)])
            }
            (5, Domain::Enum(_, n)) => {
                let rounded = call(Function::Floor, vec![self.number(known, depth - 1)]);
                call(Function::Mod, vec![rounded, num(n as f64)])
            }
            _ => literal,
        }
    }

    /// A probability between 0 and `most`.
    pub fn probability(&mut self, most: f64, known: &Known) -> Expr {
        match self.below(7) {
            0 => num(0.0),
            1 => num(most),
            2 if !self.chances.is_empty() => mul(num(most), par(self.pick(&self.chances.clone()))),
            3 => if_then(self.condition(known, 1), num(most), num(most / 3.0)),
            4 => self.lookup(known, |draft, _| num(most * draft.decimal(0, 10))),
            5 => mul(num(most), call(Function::Logistic, vec![self.number(known, 1)])),
            _ => num(most * self.decimal(1, 9)),
        }
    }
}
