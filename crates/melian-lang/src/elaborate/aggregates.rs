//! `sum(e for i in SET)` and its kin, written out.

use melian_model::{BinaryOp, Diagnostic, Expr, Span};

use super::{
    Elaborator,
    env::{Binding, Env},
    fold,
    types::Typed,
};
use crate::ast::{self, Aggregate, Binder};

/// How many members an aggregate inside an expression may have: each nests the sum one level deeper.
const MOST: usize = 200;

impl<'a> Elaborator<'a> {
    /// One environment for each member of the product of some sets; the last runs fastest. `None` after an error.
    pub fn members_of(&mut self, binders: &'a [Binder], env: &Env<'a>) -> Option<Vec<Env<'a>>> {
        let mut environments = vec![env.clone()];
        for binder in binders {
            let mut next = Vec::new();
            for outer in &environments {
                let members = self.set(&binder.set, outer)?;
                if !self.expand(members.len(), binder.span) {
                    return None;
                }
                next.extend(
                    members
                        .into_iter()
                        .map(|value| outer.with(&binder.name.text, binder.name.span, Binding::Value(value))),
                );
            }
            environments = next;
        }
        Some(environments)
    }

    /// `sum`, `mean`, `any` and `all` of expressions.
    pub fn aggregate(
        &mut self,
        kind: Aggregate,
        body: &'a ast::Expr,
        binders: &'a [Binder],
        span: Span,
        env: &Env<'a>,
    ) -> Typed {
        let Some(members) = self.members_of(binders, env) else { return Typed::unknown(span) };
        if members.len() > MOST {
            self.report(
                Diagnostic::error(
                    "expansion-too-large",
                    format!(
                        "this is over {} members; inside an expression {MOST} are allowed",
                        members.len()
                    ),
                    span,
                )
                .help("add up in a `for` loop with a `local` instead"),
            );
            return Typed::unknown(span);
        }
        let count = members.len();
        let numeric = matches!(kind, Aggregate::Mean | Aggregate::Sum);
        let mut terms = Vec::new();
        for member in &members {
            let term = if numeric { self.number(body, member) } else { self.truth(body, member) };
            match term {
                Some(term) => terms.push(term),
                None => return Typed::unknown(span),
            }
        }
        let op = match kind {
            Aggregate::Mean | Aggregate::Sum => BinaryOp::Add,
            Aggregate::Any => BinaryOp::Or,
            Aggregate::All => BinaryOp::And,
        };
        let joined: Option<Expr> = terms.into_iter().reduce(|a, b| fold::binary(op, a, b, span));
        let Some(joined) = joined else { return Typed::unknown(span) };
        match kind {
            Aggregate::Mean => {
                Typed::number(fold::binary(BinaryOp::Divide, joined, fold::number(count as f64, span), span))
            }
            Aggregate::Sum => Typed::number(joined),
            Aggregate::Any | Aggregate::All => Typed::truth(joined),
        }
    }
}
