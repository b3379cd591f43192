//! What a bare name stands for where it is read.

use melian_model::{Diagnostic, EnumId, Expr, ExprKind, Span, VarId};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    functions,
    problems::nearest,
    symbols::{ConstState, Global, key},
    types::{Type, Typed, Value, listed},
};
use crate::ast::ItemKind;

/// What a name stands for.
pub enum Meaning<'a> {
    /// An inner name.
    Inner(Binding<'a>, Span),
    /// A declaration at the top.
    Global(Global, Span),
    /// A label of the enumeration that is wanted, or the only one that has it.
    Label(EnumId, usize),
    /// A label of several enumerations, none of which is wanted.
    Labels(Vec<EnumId>),
    /// A local variable named outside its block, in a question.
    Local(VarId),
    /// `t`.
    Period,
    /// `year`.
    Year,
    /// `month`.
    Month,
    /// `ended`.
    Ended,
    /// Nothing.
    Nothing,
}

impl<'a> Elaborator<'a> {
    /// What a name stands for. With an enumeration wanted, its labels come before the names declared at the top.
    pub fn meaning(&mut self, name: &str, env: &Env<'a>, want: Option<EnumId>) -> Meaning<'a> {
        let (found, steps) = env.find(name);
        self.work = self.work.saturating_sub(steps);
        if let Some((binding, span)) = found {
            return Meaning::Inner(binding.clone(), span);
        }
        if let Some(id) = want
            && let Some(level) = self.model.enums[id.0].labels.iter().position(|label| label == name)
        {
            return Meaning::Label(id, level);
        }
        if let Some(declared) = self.symbols.globals.get(name) {
            return Meaning::Global(declared.global, declared.span);
        }
        match name {
            "t" => return Meaning::Period,
            "year" => return Meaning::Year,
            "month" => return Meaning::Month,
            "ended" => return Meaning::Ended,
            _ => {}
        }
        if matches!(self.mode, Mode::Visit | Mode::Event)
            && let Some(var) = self.symbols.locals.get(name)
        {
            return Meaning::Local(*var);
        }
        let having: Vec<(EnumId, usize)> = (0..self.model.enums.len())
            .filter_map(|k| {
                let level = self.model.enums[k].labels.iter().position(|label| label == name)?;
                Some((EnumId(k), level))
            })
            .collect();
        match having.as_slice() {
            [] => Meaning::Nothing,
            [(id, level)] => Meaning::Label(*id, *level),
            _ => Meaning::Labels(having.into_iter().map(|(id, _)| id).collect()),
        }
    }

    /// The value of a bare name.
    pub fn name(&mut self, name: &str, span: Span, env: &Env<'a>, want: Option<EnumId>) -> Typed {
        match self.meaning(name, env, want) {
            Meaning::Inner(binding, _) => self.inner(name, binding, span, env, want),
            Meaning::Global(global, place) => self.global(name, global, place, span, env, want),
            Meaning::Label(id, level) => Value::Label { of: id, level, loose: false }.typed(span),
            Meaning::Labels(ids) => {
                let types: Vec<String> = ids.iter().map(|id| Type::Label(*id).words(&self.model)).collect();
                self.report(
                    Diagnostic::error(
                        "ambiguous-label",
                        format!("`{name}` can be a label of several types"),
                        span,
                    )
                    .help(format!("it may be {}", types.join(" or ")))
                    .help("write it where its type is known: compared with a variable, or as an index"),
                );
                Typed::unknown(span)
            }
            Meaning::Local(var) => self.variable(var, span),
            Meaning::Period => self.time(name, ExprKind::Period, span),
            Meaning::Year => self.time(name, ExprKind::CalendarYear, span),
            Meaning::Month => self.time(name, ExprKind::CalendarMonth, span),
            Meaning::Ended => self.ended(span),
            Meaning::Nothing => {
                self.unknown_name(name, span, env, want);
                Typed::unknown(span)
            }
        }
    }

    fn inner(
        &mut self,
        name: &str,
        binding: Binding<'a>,
        span: Span,
        env: &Env<'a>,
        want: Option<EnumId>,
    ) -> Typed {
        match binding {
            Binding::Value(Value::Label { of, level, loose: true }) => {
                let label = &self.model.enums[of.0].labels[level];
                let wanted = want.and_then(|id| {
                    let level = self.model.enums[id.0].labels.iter().position(|other| other == label)?;
                    Some(Value::Label { of: id, level, loose: true })
                });
                wanted.unwrap_or(Value::Label { of, level, loose: true }).typed(span)
            }
            Binding::Value(value) => value.typed(span),
            Binding::Argument(expr, written_in) => {
                self.argument(expr, &written_in, |this, expr, env| this.expr(expr, env, want))
            }
            Binding::Local(var) => self.variable(var, span),
            Binding::Let(decl, seen) => {
                self.symbols.used_lets.insert(key(decl.name.span));
                if !decl.arguments.is_empty() {
                    self.wrong_count(name, decl.arguments.len(), 0, span, "let");
                    return Typed::unknown(span);
                }
                self.in_macro(decl, span, env, &seen, &[], |this, body, env| this.expr(body, env, want))
                    .unwrap_or_else(|| Typed::unknown(span))
            }
            Binding::Unknown => Typed::unknown(span),
        }
    }

    fn global(
        &mut self,
        name: &str,
        global: Global,
        place: Span,
        span: Span,
        env: &Env<'a>,
        want: Option<EnumId>,
    ) -> Typed {
        self.symbols.used.insert(name.to_owned());
        match global {
            Global::Const(position) => {
                self.constant(position);
                match &self.symbols.consts[position].state {
                    ConstState::Value(value) => (*value).typed(span),
                    ConstState::Table(_) => self.wants_index(name, "a table of constants", span),
                    _ => Typed::unknown(span),
                }
            }
            Global::Param(id) => {
                if self.mode == Mode::Constant {
                    self.report(
                        Diagnostic::error(
                            "not-constant",
                            format!("`{name}` is a parameter, not a constant"),
                            span,
                        )
                        .label("this must be known before anything is solved")
                        .also(place, "declared here")
                        .help(format!(
                            "declare it by `const {name} = …` if it is part of the model's structure"
                        )),
                    );
                    return Typed::unknown(span);
                }
                Typed::number(Expr { kind: ExprKind::Param(id), span })
            }
            Global::ParamTable(_) => self.wants_index(name, "a table of parameters", span),
            Global::State(var) => self.variable(var, span),
            Global::States(_) => self.wants_index(name, "a family of variables", span),
            Global::Players(_) | Global::Player(_) | Global::Type(_) => {
                let title = format!("`{name}` is {}, not a value", global.words());
                self.report(Diagnostic::error("type-mismatch", title, span).also(place, "declared here"));
                Typed::unknown(span)
            }
            Global::Measure(_) => {
                let title = format!("the measure `{name}` cannot be read here");
                self.report(
                    Diagnostic::error("not-here", title, span)
                        .also(place, "declared here")
                        .help("measures are answers about the solved game: only claims, measures and `melian ask` have them"),
                );
                Typed::unknown(span)
            }
            Global::Let(item) => {
                let file = self.file;
                let ItemKind::Let(decl) = &file.items[item].kind else { return Typed::unknown(span) };
                if !decl.arguments.is_empty() {
                    self.wrong_count(name, decl.arguments.len(), 0, span, "let");
                    return Typed::unknown(span);
                }
                self.in_macro(decl, span, env, &Env::default(), &[], |this, body, env| {
                    this.expr(body, env, want)
                })
                .unwrap_or_else(|| Typed::unknown(span))
            }
            Global::Pending => {
                if matches!(self.mode, Mode::Constant | Mode::Parameters) {
                    let declared = self.symbols.globals.get(name).filter(|d| !d.clash).map(|d| d.item);
                    self.not_known_yet(name, declared, place, span);
                }
                Typed::unknown(span)
            }
        }
    }

    /// A name that is declared, but is nothing that may be read here.
    fn not_known_yet(&mut self, name: &str, item: Option<usize>, place: Span, span: Span) {
        let Some(item) = item else { return };
        let what = match &self.file.items[item].kind {
            ItemKind::State(_) => "a state variable",
            ItemKind::Param(_) => "a parameter",
            ItemKind::Player(_) => "a player",
            _ => return,
        };
        self.report(
            Diagnostic::error("not-constant", format!("`{name}` is {what}, not a constant"), span)
                .label(if self.mode == Mode::Parameters {
                    "this may depend on parameters only"
                } else {
                    "this must be known before anything is solved"
                })
                .also(place, "declared here"),
        );
    }

    fn wants_index(&mut self, name: &str, what: &str, span: Span) -> Typed {
        self.report(
            Diagnostic::error("wrong-arguments", format!("`{name}` is {what} and needs an index"), span)
                .help(format!("write `{name}[…]`")),
        );
        Typed::unknown(span)
    }

    /// The value of a variable.
    pub fn variable(&mut self, var: VarId, span: Span) -> Typed {
        let known = self.model.var(var);
        let name = known.name.clone();
        let of = Type::of(known.domain);
        let optional = known.is_optional();
        let local = matches!(known.kind, melian_model::VarKind::Local);
        let place = known.span;
        let refusal = match self.mode {
            Mode::Constant => Some(("not-constant", "this must be known before anything is solved")),
            Mode::Parameters => Some(("not-constant", "this may depend on parameters only")),
            Mode::Question => Some(("not-here", "a variable has no value outside `P[…]` and `E[…]`")),
            Mode::Existence if optional => {
                Some(("when-conditional", "only variables that always exist may stand here"))
            }
            Mode::Finally if local => {
                Some(("not-here", "locals and choices are gone when the period is over"))
            }
            _ => None,
        };
        self.symbols.read.insert(var);
        if let Some((id, label)) = refusal {
            let mut problem =
                Diagnostic::error(id, format!("the variable `{name}` cannot be read here"), span)
                    .label(label)
                    .also(place, "declared here");
            if self.mode == Mode::Question {
                problem = problem.help(format!("ask for its expectation: `E[{name} at 12]`"));
            }
            self.report(problem);
            return Typed::unknown(span);
        }
        Typed { expr: Expr { kind: ExprKind::Var(var), span }, of }
    }

    fn time(&mut self, name: &str, kind: ExprKind, span: Span) -> Typed {
        if !matches!(self.mode, Mode::Program | Mode::Finally | Mode::Event | Mode::Visit) {
            self.report(
                Diagnostic::error("not-here", format!("`{name}` has no value here"), span).help(
                    "it is the time while play goes on: in `play`, `finally`, and what questions sample",
                ),
            );
            return Typed::unknown(span);
        }
        if self.model.is_forever() {
            self.no_time(name, span);
            return Typed::unknown(span);
        }
        if kind != ExprKind::Period && self.model.calendar.is_none() {
            self.no_calendar(&format!("`{name}`"), span);
            return Typed::unknown(span);
        }
        Typed::number(Expr { kind, span })
    }

    /// The time is read in play that goes on for ever.
    fn no_time(&mut self, name: &str, span: Span) {
        let problem = Diagnostic::error(
            "forever-time",
            format!("play that goes on for ever is the same in every period: `{name}` has no place in it"),
            span,
        );
        self.report(match self.mode {
            Mode::Event | Mode::Visit => {
                problem.help("say when by `at m`, `after k` and `by m`, and of a commitment by `from m`")
            }
            _ => problem.help(
                "let a state variable count: `state age : 0 .. 12 = 0`, and in the period `age = min(age + 1, 12)`",
            ),
        });
    }

    /// A date is wanted and the model has no calendar.
    pub fn no_calendar(&mut self, what: &str, span: Span) {
        self.report(
            Diagnostic::error("no-calendar", format!("{what} needs the date of the first period"), span)
                .help("write `play monthly for … from 2025-10 { … }`"),
        );
    }

    fn ended(&mut self, span: Span) -> Typed {
        if !matches!(self.mode, Mode::Event | Mode::Visit) {
            self.report(
                Diagnostic::error("not-here", "`ended` can only be asked in questions", span)
                    .help("inside the period play has not ended; after `end` nothing more is executed"),
            );
            return Typed::unknown(span);
        }
        match self.model.ended {
            Some(var) => Typed::truth(Expr { kind: ExprKind::Var(var), span }),
            None => {
                self.report(
                    Diagnostic::error(
                        "not-here",
                        "`ended` never happens: the period contains no `end`",
                        span,
                    )
                    .help("ask for the state in which play is over, or write `end` where it stops"),
                );
                Typed::unknown(span)
            }
        }
    }

    /// A name that stands for nothing.
    pub fn unknown_name(&mut self, name: &str, span: Span, env: &Env<'a>, want: Option<EnumId>) {
        if let Some(place) = self.symbols.written_locals.get(name).copied()
            && matches!(self.mode, Mode::Event | Mode::Visit | Mode::Finally | Mode::Program)
        {
            self.report(
                Diagnostic::error("local-unset", format!("the local `{name}` has no value here"), span)
                    .label("read here")
                    .also(place, "declared here: it lives from this line to the end of its block")
                    .help("declare it earlier, or before the block in which it is set"),
            );
            return;
        }
        if let Some(id) = want
            && !self.model.enums[id.0].labels.is_empty()
        {
            let labels = &self.model.enums[id.0].labels;
            let words = Type::Label(id).words(&self.model);
            let mut problem = Diagnostic::error("unknown-label", format!("`{name}` is not {words}"), span)
                .help(format!("there is {}", listed(labels)));
            if let Some(near) = nearest(name, labels.iter().map(String::as_str)) {
                problem = problem.fix(format!("write `{near}`"), span, near);
            }
            self.report(problem);
            return;
        }
        let mut problem = Diagnostic::error("unknown-name", format!("`{name}` is not declared"), span);
        let mut known: Vec<String> = env.names().into_iter().map(str::to_owned).collect();
        known.extend(self.symbols.globals.keys().cloned());
        known.extend(self.model.enums.iter().flat_map(|e| e.labels.clone()));
        known.extend(functions::names().map(str::to_owned));
        if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
            problem = problem.help(format!("there is `{near}`")).fix(format!("write `{near}`"), span, near);
        } else {
            problem = problem.help(
                "declare it: `param` for a number to vary, `state` for what changes, `let` for a formula",
            );
        }
        self.report(problem);
    }
}
