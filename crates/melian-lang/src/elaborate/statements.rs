//! Statements: the program of a period and what is paid at the end of play. Loops are unrolled, known conditions folded.

use melian_model::{
    Block, Diagnostic, Domain, Expr, ExprKind, Function, LineId, PayoffLine, PlayerId, Span, Statement,
    StatementKind, VarId, VarKind, Variable,
};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    fold,
    types::{Type, Typed},
};
use crate::ast::{self, ItemKind, LetDecl, Name};

/// Where a statement stands.
#[derive(Clone, Default)]
pub struct Site {
    /// The innermost stage whose action it belongs to.
    pub stage: Option<String>,
    /// Turns of the loops around it.
    pub turns: Vec<(Span, usize)>,
}

impl<'a> Elaborator<'a> {
    /// The period and what follows the last one.
    pub fn program(&mut self) {
        let file = self.file;
        let env = Env::default();
        if let Some(play) = self.play() {
            self.model.period =
                self.in_mode(Mode::Program, |this| this.block(&play.body, &env, &Site::default()));
            let mut ends = false;
            self.model.period.visit(&mut |statement| ends |= statement.kind == StatementKind::End);
            if ends {
                self.model.ended = Some(VarId(self.model.vars.len()));
                self.model.vars.push(Variable {
                    name: "ended".into(),
                    domain: Domain::Truth,
                    kind: VarKind::Ended,
                    unit: String::new(),
                    doc: String::new(),
                    span: Span::NONE,
                });
            }
        }
        let last = file.items.iter().find_map(|item| match &item.kind {
            ItemKind::Finally(block) => Some((block, item.span)),
            _ => None,
        });
        if let Some((block, span)) = last {
            if self.model.is_forever() {
                self.no_last_period(span);
            }
            self.model.finally =
                self.in_mode(Mode::Finally, |this| this.block(block, &env, &Site::default()));
        }
    }

    fn no_last_period(&mut self, span: Span) {
        let head = Span { end: span.start + "finally".len() as u32, ..span };
        self.report(
            Diagnostic::error("forever-finally", "play that goes on for ever has no last period", head)
                .label("this would never be paid")
                .help("pay every period for the state that play is in, or play `for N` periods"),
        );
    }

    /// Statements in braces.
    pub fn block(&mut self, block: &'a ast::Block, env: &Env<'a>, site: &Site) -> Block {
        let mut result = Vec::new();
        self.statements(&block.statements, env.clone(), site, &mut result);
        Block(result)
    }

    fn statements(
        &mut self,
        statements: &'a [ast::Statement],
        mut env: Env<'a>,
        site: &Site,
        result: &mut Vec<Statement>,
    ) {
        for (position, statement) in statements.iter().enumerate() {
            if !self.expand(1, statement.span) {
                return;
            }
            match &statement.kind {
                ast::StatementKind::Let(decl) => env = self.block_let(decl, env),
                ast::StatementKind::Local { name, domain, value } => {
                    env = self.local(name, domain, value, statement.span, env, result);
                }
                ast::StatementKind::End => {
                    self.end(statement.span, result);
                    if let Some(next) = statements.get(position + 1) {
                        self.unreachable(next.span, statement.span);
                    }
                }
                _ => self.statement(statement, &env, site, result),
            }
        }
    }

    fn unreachable(&mut self, span: Span, end: Span) {
        if self.lints {
            self.report(
                Diagnostic::warning("unreachable-code", "this is never executed", span)
                    .also(end, "play has ended here")
                    .help("move it before `end`, or delete it"),
            );
        }
    }

    fn end(&mut self, span: Span, result: &mut Vec<Statement>) {
        if self.mode == Mode::Finally {
            self.finally_statement("`end`", span);
            return;
        }
        result.push(Statement { kind: StatementKind::End, span });
    }

    /// A statement that may not stand in `finally`.
    fn finally_statement(&mut self, what: &str, span: Span) {
        self.report(
            Diagnostic::error("finally-statement", format!("{what} cannot stand in `finally`"), span)
                .label("play is over here")
                .help("`finally` pays once, after the last period: payments, `if`, `for` and `let` only"),
        );
    }

    fn block_let(&mut self, decl: &'a LetDecl, env: Env<'a>) -> Env<'a> {
        if let Some(global) = self.symbols.globals.get(&decl.name.text) {
            let first = global.span;
            self.duplicate(&decl.name.text, decl.name.span, first);
        }
        let binding = Binding::Let(decl, env.clone());
        env.with(&decl.name.text, decl.name.span, binding)
    }

    fn local(
        &mut self,
        name: &'a Name,
        domain: &'a ast::DomainDecl,
        value: &'a ast::Expr,
        span: Span,
        env: Env<'a>,
        result: &mut Vec<Statement>,
    ) -> Env<'a> {
        if self.mode == Mode::Finally {
            self.finally_statement("`local`", span);
            return env.with(&name.text, name.span, Binding::Unknown);
        }
        let Some(domain) = self.domain(domain, &env) else {
            return env.with(&name.text, name.span, Binding::Unknown);
        };
        let Some(var) = self.local_variable(name, domain) else {
            return env.with(&name.text, name.span, Binding::Unknown);
        };
        self.assign(var, value, span, &env, result);
        env.with(&name.text, name.span, Binding::Local(var))
    }

    /// The variable of a local's declaration: one, however often the declaration is written out.
    fn local_variable(&mut self, name: &'a Name, domain: Domain) -> Option<VarId> {
        let clash = match self.symbols.globals.get(&name.text) {
            Some(global) => Some(global.span),
            None => self.symbols.locals.get(&name.text).map(|var| self.model.var(*var).span),
        };
        match clash {
            Some(first) if first != name.span => {
                self.duplicate(&name.text, name.span, first);
                None
            }
            Some(_) => {
                let var = *self.symbols.locals.get(&name.text)?;
                if self.model.var(var).domain != domain {
                    self.report(
                        Diagnostic::error(
                            "duplicate-name",
                            format!("the local `{}` would have several domains", name.text),
                            name.span,
                        )
                        .help("its domain must not depend on the loop or action that it stands in"),
                    );
                    return None;
                }
                Some(var)
            }
            None => {
                let var = VarId(self.model.vars.len());
                self.model.vars.push(Variable {
                    name: name.text.clone(),
                    domain,
                    kind: VarKind::Local,
                    unit: String::new(),
                    doc: String::new(),
                    span: name.span,
                });
                self.symbols.locals.insert(name.text.clone(), var);
                Some(var)
            }
        }
    }

    fn statement(
        &mut self,
        statement: &'a ast::Statement,
        env: &Env<'a>,
        site: &Site,
        result: &mut Vec<Statement>,
    ) {
        let span = statement.span;
        match &statement.kind {
            ast::StatementKind::Pay { player, pays, amount, line } => {
                let index = player.index.as_deref();
                let player = self.player(&player.name.text, index, player.span, env);
                let amount = self.number(amount, env);
                if let (Some(player), Some(amount)) = (player, amount) {
                    let label = match line {
                        Some(line) => line.text.clone(),
                        None => site.stage.clone().unwrap_or_else(|| "payoff".into()),
                    };
                    let line = self.line(player, label);
                    let amount =
                        if *pays { fold::unary(melian_model::UnaryOp::Minus, amount, span) } else { amount };
                    result.push(Statement { kind: StatementKind::Pay { player, amount, line }, span });
                }
            }
            ast::StatementKind::If { arms, otherwise } => {
                self.if_statement(arms, otherwise.as_ref(), span, env, site, result);
            }
            ast::StatementKind::For { binder, body } => {
                let Some(members) = self.set(&binder.set, env) else { return };
                for (turn, value) in members.into_iter().enumerate() {
                    let inner = env.with(&binder.name.text, binder.name.span, Binding::Value(value));
                    let mut site = site.clone();
                    site.turns.push((span, turn));
                    self.statements(&body.statements, inner, &site, result);
                    if self.exhausted {
                        return;
                    }
                }
            }
            ast::StatementKind::Assign { target, value } => {
                if self.mode == Mode::Finally {
                    self.finally_statement("an assignment", span);
                } else if let Some(var) = self.target(target, env) {
                    self.assign(var, value, span, env, result);
                }
            }
            ast::StatementKind::Draw { target, law } => {
                if self.mode == Mode::Finally {
                    self.finally_statement("chance", span);
                } else if let Some(var) = self.target(target, env) {
                    self.draw(var, law, span, env, result);
                }
            }
            ast::StatementKind::Choose(choose) => {
                if self.mode == Mode::Finally {
                    self.finally_statement("a choice", span);
                } else {
                    self.choose(choose, span, env, site, result);
                }
            }
            ast::StatementKind::Together(block) => {
                if self.mode == Mode::Finally {
                    self.finally_statement("a choice", span);
                } else {
                    self.together(block, span, env, site, result);
                }
            }
            ast::StatementKind::Let(_) | ast::StatementKind::Local { .. } | ast::StatementKind::End => {}
        }
    }

    /// A player's payoff line with a label.
    fn line(&mut self, player: PlayerId, label: String) -> LineId {
        let known = self.model.lines.iter().position(|line| line.player == player && line.label == label);
        LineId(known.unwrap_or_else(|| {
            self.model.lines.push(PayoffLine { player, label });
            self.model.lines.len() - 1
        }))
    }

    fn if_statement(
        &mut self,
        arms: &'a [(ast::Expr, ast::Block)],
        otherwise: Option<&'a ast::Block>,
        span: Span,
        env: &Env<'a>,
        site: &Site,
        result: &mut Vec<Statement>,
    ) {
        let mut kept: Vec<(Expr, Block)> = Vec::new();
        let mut last = Block::default();
        let mut decided = false;
        for (condition, body) in arms {
            let condition = match self.truth(condition, env) {
                Some(condition) => condition,
                None => Typed::unknown(span).expr,
            };
            match fold::known_truth(&condition) {
                Some(false) => {}
                Some(true) => {
                    last = self.block(body, env, site);
                    decided = true;
                    break;
                }
                None => {
                    let body = self.block(body, env, site);
                    kept.push((condition, body));
                }
            }
        }
        if !decided && let Some(body) = otherwise {
            last = self.block(body, env, site);
        }
        if kept.is_empty() {
            result.extend(last.0);
        } else {
            result.push(Statement { kind: StatementKind::If { arms: kept, otherwise: last }, span });
        }
    }

    /// `var = value`.
    fn assign(
        &mut self,
        var: VarId,
        value: &'a ast::Expr,
        span: Span,
        env: &Env<'a>,
        result: &mut Vec<Statement>,
    ) {
        let known = self.model.var(var);
        let (domain, name) = (known.domain, known.name.clone());
        let typed = match &value.kind {
            ast::ExprKind::Call(function, arguments) if function.text == "snap" && arguments.len() == 1 => {
                self.snap(&arguments[0], domain, &name, value.span, env)
            }
            _ => {
                let of = Type::of(domain);
                let want = if let Type::Label(id) = of { Some(id) } else { None };
                let typed = self.expr(value, env, want);
                if self.agree(&typed, of, value.span) { typed } else { Typed::unknown(value.span) }
            }
        };
        if typed.of == Type::Unknown || !self.literals_in(&typed.expr, domain, &name) {
            return;
        }
        result.push(Statement { kind: StatementKind::Assign { var, value: typed.expr }, span });
    }

    /// Whether every literal that the expression can come to is in the domain; reports those that are not.
    fn literals_in(&mut self, value: &Expr, domain: Domain, name: &str) -> bool {
        match &value.kind {
            ExprKind::If(_, then, otherwise) => {
                let first = self.literals_in(then, domain, name);
                self.literals_in(otherwise, domain, name) && first
            }
            _ if value.literal().is_some() => {
                let of = Type::of(domain);
                let typed = Typed { expr: value.clone(), of };
                self.literal_level(&typed, domain, name, value.span).is_some()
            }
            _ => true,
        }
    }

    /// `snap(e)`: the nearest value of the assigned variable's grid.
    fn snap(&mut self, value: &'a ast::Expr, domain: Domain, name: &str, span: Span, env: &Env<'a>) -> Typed {
        let (lo, step) = match domain {
            Domain::Grid { lo, step, .. } => (lo, step),
            Domain::Integers { lo, .. } => (lo as f64, 1.0),
            Domain::Truth | Domain::Enum(..) => {
                self.report(
                    Diagnostic::error("snap-misplaced", format!("`{name}` has no grid to snap to"), span)
                        .help("`snap` takes the nearest value of a numeric variable's grid"),
                );
                return Typed::unknown(span);
            }
        };
        let Some(value) = self.number(value, env) else { return Typed::unknown(span) };
        let arguments = vec![
            value,
            fold::number(lo, span),
            fold::number(step, span),
            fold::number(domain.size() as f64, span),
        ];
        Typed::number(fold::call(Function::Snap, arguments, span))
    }
}
