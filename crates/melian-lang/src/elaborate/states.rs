//! State variables: domain, start value, when they exist.

use melian_model::{
    Diagnostic, Domain, Expr, ExprKind, Model, Span, Start, UnaryOp, VarId, VarKind, Variable,
};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    fold,
    symbols::{Family, Global},
    types::Type,
};
use crate::ast::{self, ItemKind, StateDecl};

/// One variable of a declaration, with what its index stands for.
struct Member<'a> {
    var: VarId,
    decl: &'a StateDecl,
    env: Env<'a>,
}

impl<'a> Elaborator<'a> {
    /// All state variables, in order; then their `when`, which may read any of them that always exist.
    pub fn states(&mut self) {
        let file = self.file;
        let mut declared: Vec<Member<'a>> = Vec::new();
        for item in &file.items {
            let ItemKind::State(decl) = &item.kind else { continue };
            match &decl.index {
                None => {
                    let name = decl.name.text.clone();
                    let Some(var) = self.one_state(decl, name, &item.doc, &Env::default()) else { continue };
                    self.settle(&decl.name, Global::State(var));
                    declared.push(Member { var, decl, env: Env::default() });
                }
                Some(binder) => {
                    let Some(members) = self.set(&binder.set, &Env::default()) else { continue };
                    let mut ids = Vec::new();
                    for value in &members {
                        let env =
                            Env::default().with(&binder.name.text, binder.name.span, Binding::Value(*value));
                        let name = format!("{}[{}]", decl.name.text, value.words(&self.model));
                        let Some(var) = self.one_state(decl, name, &item.doc, &env) else { break };
                        ids.push(var.0);
                        declared.push(Member { var, decl, env });
                    }
                    if ids.len() == members.len() {
                        self.symbols.states.push(Family { name: decl.name.text.clone(), members, ids });
                        self.settle(&decl.name, Global::States(self.symbols.states.len() - 1));
                    }
                }
            }
        }
        let mut unclear: Vec<VarId> = Vec::new();
        for member in &declared {
            if !self.existence(member) {
                unclear.push(member.var);
            }
        }
        let (conditional, always): (Vec<_>, Vec<_>) = declared.iter().partition(|m| m.decl.when.is_some());
        for member in always.into_iter().chain(conditional) {
            if !unclear.contains(&member.var) {
                self.start(member);
            }
        }
    }

    fn one_state(&mut self, decl: &'a StateDecl, name: String, doc: &str, env: &Env<'a>) -> Option<VarId> {
        let domain = self.domain(&decl.domain, env)?;
        // Marked as conditional from the start, so that another variable's `when` cannot read it.
        let when = decl.when.as_ref().map(|when| fold::truth(true, when.span));
        self.model.vars.push(Variable {
            name,
            domain,
            kind: VarKind::State { start: Start::Absent, when },
            unit: decl.unit.as_ref().map(|unit| unit.value.clone()).unwrap_or_default(),
            doc: doc.to_owned(),
            span: decl.name.span,
        });
        Some(VarId(self.model.vars.len() - 1))
    }

    /// Reads a variable's `when`; false after an error.
    fn existence(&mut self, member: &Member<'a>) -> bool {
        let Some(condition) = &member.decl.when else { return true };
        let read = self.in_mode(Mode::Existence, |this| this.truth(condition, &member.env));
        match (read, &mut self.model.vars[member.var.0].kind) {
            (Some(read), VarKind::State { when, .. }) => *when = Some(read),
            _ => return false,
        }
        true
    }

    fn start(&mut self, member: &Member<'a>) {
        let known = self.model.var(member.var);
        let (domain, name, span) = (known.domain, known.name.clone(), known.span);
        let level = match &member.decl.start {
            Some(start) => match self.start_level(start, domain, &name, &member.env) {
                Some(level) => Some(level),
                None => return,
            },
            None => None,
        };
        let exists = match &known_when(&self.model, member.var) {
            None => Some(true),
            Some(when) => holds_at_start(&self.model, when),
        };
        let start = match (level, exists) {
            (Some(level), Some(true) | None) => Start::Level(level),
            (None, Some(false) | None) => Start::Absent,
            (None, Some(true)) => {
                let because =
                    if member.decl.when.is_some() { ": its condition holds at the start" } else { "" };
                let example = self.level_words(domain, 0);
                let end = Span { start: member.decl.domain.span.end, end: member.decl.domain.span.end };
                self.report(
                    Diagnostic::error("start-missing", format!("`{name}` has no start value{because}"), span)
                        .help("write the value before the first period behind the domain")
                        .fix(format!("start at `{example}`"), end, format!(" = {example}")),
                );
                return;
            }
            (Some(_), Some(false)) => {
                let at = member.decl.start.as_ref().map_or(span, |start| start.span);
                let title = format!("`{name}` does not exist at the start, so it cannot have a start value");
                let mut problem = Diagnostic::error("start-unneeded", title, at);
                if let Some(when) = &member.decl.when {
                    problem = problem.also(when.span, "this does not hold at the start");
                }
                self.report(problem.help("leave the start value out: it is assigned when it comes to exist"));
                return;
            }
        };
        if let VarKind::State { start: known, .. } = &mut self.model.vars[member.var.0].kind {
            *known = start;
        }
    }

    /// A start value as a level.
    pub fn start_level(
        &mut self,
        start: &'a ast::Expr,
        domain: Domain,
        name: &str,
        env: &Env<'a>,
    ) -> Option<usize> {
        let of = Type::of(domain);
        let want = if let Type::Label(id) = of { Some(id) } else { None };
        let typed = self.in_mode(Mode::Constant, |this| this.expr(start, env, want));
        if !self.agree(&typed, of, start.span) {
            return None;
        }
        self.known(&typed, start.span)?;
        self.literal_level(&typed, domain, name, start.span)
    }

    /// A level as its author would write it.
    fn level_words(&self, domain: Domain, level: usize) -> String {
        match domain {
            Domain::Truth => "false".into(),
            Domain::Enum(id, _) => self.model.enums[id.0].labels[level].clone(),
            _ => melian_model::print::number(domain.value(level)),
        }
    }
}

fn known_when(model: &Model, var: VarId) -> Option<Expr> {
    match &model.var(var).kind {
        VarKind::State { when, .. } => when.clone(),
        _ => None,
    }
}

/// Whether a condition over unconditional state variables holds before the first period; `None` if a start value is
/// not known (yet) or the condition reads parameters.
fn holds_at_start(model: &Model, condition: &Expr) -> Option<bool> {
    let level = |var: VarId| match &model.var(var).kind {
        VarKind::State { start: Start::Level(level), .. } => Some(*level),
        _ => None,
    };
    Some(match &condition.kind {
        ExprKind::Truth(value) => *value,
        ExprKind::IsAt(var, levels) => levels.contains(&level(*var)?),
        ExprKind::Var(var) => level(*var)? != 0,
        ExprKind::Unary(UnaryOp::Not, a) => !holds_at_start(model, a)?,
        ExprKind::Binary(melian_model::BinaryOp::And, a, b) => {
            holds_at_start(model, a)? && holds_at_start(model, b)?
        }
        ExprKind::Binary(melian_model::BinaryOp::Or, a, b) => {
            holds_at_start(model, a)? || holds_at_start(model, b)?
        }
        _ => {
            let value = fold::value_in(condition, &model.defaults(), &|var| {
                level(var).map(|level| model.var(var).domain.value(level))
            })?;
            value != 0.0
        }
    })
}
