//! Comparisons and membership. A variable compared with a literal becomes a test of its levels, which is false where
//! the variable is absent.

use melian_model::{BinaryOp, Diagnostic, Domain, EnumId, Expr, ExprKind, Span, UnaryOp, VarId};

use super::{
    Elaborator,
    env::Env,
    fold,
    types::{Type, Typed, Value},
};
use crate::ast::{self, Set, SetKind};

impl<'a> Elaborator<'a> {
    /// `left op right`.
    pub fn compare(
        &mut self,
        op: BinaryOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
        env: &Env<'a>,
    ) -> Typed {
        for (stage, pattern) in [(left, right), (right, left)] {
            if self.is_stage(stage, env) {
                return self.compare_stage(op, stage, pattern, span, env);
            }
        }
        let (a, b) = self.pair(left, right, env, None);
        if a.of == Type::Unknown || b.of == Type::Unknown {
            return Typed::unknown(span);
        }
        if a.of != b.of {
            return self.mismatch(&a, &b, left.span, right.span);
        }
        if matches!(op, BinaryOp::Equal | BinaryOp::Unequal) {
            return self.equality(op, a, b, left.span, right.span, span);
        }
        match a.of {
            Type::Truth => {
                self.report(
                    Diagnostic::error("type-mismatch", "truth values have no order", span)
                        .help("compare them with `==`, or count with `num(…)`"),
                );
                Typed::unknown(span)
            }
            Type::Label(id) if !self.model.enums[id.0].ordered => {
                self.unordered(id, span);
                Typed::unknown(span)
            }
            _ => Typed::truth(fold::binary(op, a.expr, b.expr, span)),
        }
    }

    fn mismatch(&mut self, a: &Typed, b: &Typed, left: Span, right: Span) -> Typed {
        let (words_a, words_b) = (a.of.words(&self.model), b.of.words(&self.model));
        self.report(
            Diagnostic::error("type-mismatch", format!("{words_a} cannot be compared with {words_b}"), right)
                .label(format!("this is {words_b}"))
                .also(left, format!("this is {words_a}")),
        );
        Typed::unknown(left.to(right))
    }

    /// Labels without an order where an order is needed.
    pub fn unordered(&mut self, id: EnumId, span: Span) {
        let of = &self.model.enums[id.0];
        let ordered = of.labels.join(" < ");
        let what = if of.name.is_empty() {
            "these labels".to_owned()
        } else {
            format!("the labels of `{}`", of.name)
        };
        self.report(
            Diagnostic::error("unordered-labels", format!("{what} have no order"), span)
                .help(format!("if they have one, declare it: `{{ {ordered} }}`")),
        );
    }

    fn equality(&mut self, op: BinaryOp, a: Typed, b: Typed, left: Span, right: Span, span: Span) -> Typed {
        for (variable, literal, place) in [(&a, &b, right), (&b, &a, left)] {
            if let (ExprKind::Var(var), Some(_)) = (&variable.expr.kind, literal.expr.literal()) {
                let (var, known) = (*var, self.model.var(*var));
                let (domain, name) = (known.domain, known.name.clone());
                return match self.literal_level(literal, domain, &name, place) {
                    Some(level) if op == BinaryOp::Equal => Typed::truth(at_levels(var, vec![level], span)),
                    Some(level) => {
                        if !self.spend(domain.size() / 8, span) {
                            return Typed::unknown(span);
                        }
                        let others = (0..domain.size()).filter(|other| *other != level).collect();
                        Typed::truth(at_levels(var, others, span))
                    }
                    None => Typed::unknown(span),
                };
            }
        }
        Typed::truth(fold::binary(op, a.expr, b.expr, span))
    }

    /// `value in set`, `value not in set`.
    pub fn among(
        &mut self,
        value: &'a ast::Expr,
        negated: bool,
        set: &'a Set,
        span: Span,
        env: &Env<'a>,
    ) -> Typed {
        if self.is_stage(value, env) {
            return self.stage_among(value, negated, set, span, env);
        }
        match &set.kind {
            SetKind::Range { lo, hi, .. } => self.between(value, lo, hi, negated, span, env),
            SetKind::Members(members) => self.one_of(value, members, negated, span, env),
            SetKind::Named(name) => {
                let wanted = match self.type_named(&name.text, name.span) {
                    Some(id) => id,
                    None => return Typed::unknown(span),
                };
                let typed = self.expr(value, env, Some(wanted));
                if !self.agree(&typed, Type::Label(wanted), value.span) {
                    return Typed::unknown(span);
                }
                Typed::truth(fold::truth(!negated, span))
            }
            SetKind::Error => Typed::unknown(span),
        }
    }

    fn one_of(
        &mut self,
        value: &'a ast::Expr,
        members: &'a [ast::Expr],
        negated: bool,
        span: Span,
        env: &Env<'a>,
    ) -> Typed {
        let Some(first) = members.first() else {
            self.empty_set(span);
            return Typed::unknown(span);
        };
        let (typed, _) = if self.is_label(value, env) {
            self.pair(value, first, env, None)
        } else {
            (self.expr(value, env, None), Typed::unknown(span))
        };
        let want = if let Type::Label(id) = typed.of { Some(id) } else { None };
        let mut literals: Vec<(Typed, Span)> = Vec::new();
        for member in members {
            let read = self.expr(member, env, want);
            if read.of == Type::Unknown
                || typed.of == Type::Unknown
                || !self.agree(&read, typed.of, member.span)
            {
                return Typed::unknown(span);
            }
            if read.expr.literal().is_none() {
                self.report(
                    Diagnostic::error("not-constant", "the members of a set must be known here", member.span)
                        .label("this changes during play")
                        .help("compare with `==` and join with `or`"),
                );
                return Typed::unknown(span);
            }
            literals.push((read, member.span));
        }
        if let ExprKind::Var(var) = typed.expr.kind {
            let known = self.model.var(var);
            let (domain, name) = (known.domain, known.name.clone());
            let mut levels = Vec::new();
            for (literal, place) in &literals {
                match self.literal_level(literal, domain, &name, *place) {
                    Some(level) => levels.push(level),
                    None => return Typed::unknown(span),
                }
            }
            if negated && !self.spend(domain.size() / 8, span) {
                return Typed::unknown(span);
            }
            return Typed::truth(self.at_or_not(var, levels, negated, domain, span));
        }
        let numbers = literals.iter().filter_map(|(literal, _)| literal.expr.literal()).collect();
        Typed::truth(negate(fold::among(typed.expr, numbers, span), negated, span))
    }

    /// `value in lo..hi`: not below `lo` and not above `hi`.
    fn between(
        &mut self,
        value: &'a ast::Expr,
        lo: &'a ast::Expr,
        hi: &'a ast::Expr,
        negated: bool,
        span: Span,
        env: &Env<'a>,
    ) -> Typed {
        let (low, high) = (self.number(lo, env), self.number(hi, env));
        let (Some(value), Some(low), Some(high)) = (self.number(value, env), low, high) else {
            return Typed::unknown(span);
        };
        if let (Some(from), Some(to)) = (low.literal(), high.literal()) {
            if to < from {
                self.reversed(lo, hi, span);
                return Typed::unknown(span);
            }
            if let ExprKind::Var(var) = value.kind {
                let domain = self.model.var(var).domain;
                let slack = match domain {
                    Domain::Grid { step, .. } => step * melian_model::domain::GRID_TOLERANCE,
                    _ => 0.0,
                };
                let inside = |level: &usize| {
                    let x = domain.value(*level);
                    x >= from - slack && x <= to + slack
                };
                if !self.spend(domain.size() / 8, span) {
                    return Typed::unknown(span);
                }
                let levels = (0..domain.size()).filter(inside).collect();
                return Typed::truth(self.at_or_not(var, levels, negated, domain, span));
            }
        }
        if !self.spend(1, span) {
            return Typed::unknown(span);
        }
        let above = fold::binary(BinaryOp::AtLeast, value.clone(), low, span);
        let below = fold::binary(BinaryOp::AtMost, value, high, span);
        Typed::truth(negate(fold::binary(BinaryOp::And, above, below, span), negated, span))
    }

    fn at_or_not(
        &self,
        var: VarId,
        mut levels: Vec<usize>,
        negated: bool,
        domain: Domain,
        span: Span,
    ) -> Expr {
        levels.sort_unstable();
        levels.dedup();
        if negated {
            levels = (0..domain.size()).filter(|level| levels.binary_search(level).is_err()).collect();
        }
        at_levels(var, levels, span)
    }

    /// The literal of a typed expression that is known while the model is read; an error if it is not.
    pub fn known(&mut self, typed: &Typed, span: Span) -> Option<Value> {
        if typed.of == Type::Unknown {
            return None;
        }
        let value = typed.value();
        if value.is_none() {
            self.report(
                Diagnostic::error("not-constant", "this must be known before anything is solved", span)
                    .help("only constants, loop variables and arguments of actions are"),
            );
        }
        value
    }
}

/// Whether a variable is at one of these levels.
pub fn at_levels(var: VarId, levels: Vec<usize>, span: Span) -> Expr {
    Expr { kind: ExprKind::IsAt(var, levels), span }
}

fn negate(expr: Expr, negated: bool, span: Span) -> Expr {
    if negated { fold::unary(UnaryOp::Not, expr, span) } else { expr }
}
