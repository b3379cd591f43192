//! Tables of constants and parameters: their index, their entries, and looking up an entry.

use melian_model::{Diagnostic, Expr, ExprKind, Span};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    fold,
    names::Meaning,
    symbols::{ConstState, Global, Index, Table},
    types::{Type, Typed, Value, listed},
};
use crate::ast::{self, Entry, Name, TableIndex};

impl<'a> Elaborator<'a> {
    /// What a table is indexed by.
    pub fn table_index(&mut self, index: &'a TableIndex) -> Option<Index> {
        match index {
            TableIndex::Members(binder) => self.set(&binder.set, &Env::default()).map(Index::Members),
            TableIndex::Knots { knots, span, .. } => {
                let mut values = Vec::new();
                for knot in knots {
                    let value = self.constant_number(knot, &Env::default())?;
                    if values.last().is_some_and(|last| value <= *last) {
                        self.report(Diagnostic::error("knots-order", "knots must increase", knot.span).help(
                            "between two knots the table is interpolated: write them from least to greatest",
                        ));
                        return None;
                    }
                    values.push(value);
                }
                if values.is_empty() {
                    self.empty_set(*span);
                    return None;
                }
                Some(Index::Knots(values))
            }
        }
    }

    /// For each member of the index the position of its entry; every member must have exactly one.
    pub fn match_entries(&mut self, name: &Name, index: &Index, entries: &'a [Entry]) -> Option<Vec<usize>> {
        let members: Vec<Value> = members(index);
        let mut order: Vec<Option<usize>> = vec![None; members.len()];
        let mut sound = true;
        for (position, entry) in entries.iter().enumerate() {
            let Some(value) = self.index_value(&members, &entry.key, &Env::default()) else {
                sound = false;
                continue;
            };
            let Some(member) = members.iter().position(|member| member.same(value, &self.model)) else {
                let words = value.words(&self.model);
                let known: Vec<String> = members.iter().map(|m| m.words(&self.model)).collect();
                self.report(
                    Diagnostic::error(
                        "table-entries",
                        format!("`{}` has no index `{words}`", name.text),
                        entry.key.span,
                    )
                    .help(format!("its index is one of {}", listed(&known))),
                );
                sound = false;
                continue;
            };
            if let Some(first) = order[member] {
                let words = value.words(&self.model);
                self.report(
                    Diagnostic::error(
                        "table-entries",
                        format!("the entry `{words}` of `{}` is given twice", name.text),
                        entry.span,
                    )
                    .label("the second")
                    .also(entries[first].span, "the first"),
                );
                sound = false;
            }
            order[member] = Some(position);
        }
        let missing: Vec<String> = members
            .iter()
            .zip(&order)
            .filter(|(_, o)| o.is_none())
            .map(|(m, _)| m.words(&self.model))
            .collect();
        if sound && !missing.is_empty() {
            let s = if missing.len() == 1 { "entry" } else { "entries" };
            let mut problem = Diagnostic::error(
                "table-entries",
                format!("the table `{}` lacks the {s} {}", name.text, listed(&missing)),
                name.span,
            )
            .help("a table has one entry for each member of its index");
            if let (Some(last), 1) = (entries.last(), missing.len()) {
                let end = Span { start: last.span.end, end: last.span.end };
                problem =
                    problem.fix(format!("add `{}: 0`", missing[0]), end, format!(", {}: 0", missing[0]));
            }
            self.report(problem);
            return None;
        }
        if !sound {
            return None;
        }
        order.into_iter().collect()
    }

    /// `base[index]` as a value.
    pub fn indexed(&mut self, base: &'a ast::Expr, index: &'a ast::Expr, span: Span, env: &Env<'a>) -> Typed {
        let Some(name) = base.as_name() else {
            self.report(
                Diagnostic::error("type-mismatch", "only tables and families have an index", base.span)
                    .label("this is a value"),
            );
            return Typed::unknown(span);
        };
        match self.meaning(&name.text, env, None) {
            Meaning::Global(Global::Const(position), _) => {
                self.symbols.used.insert(name.text.clone());
                self.constant(position);
                match self.symbols.consts[position].state.clone() {
                    ConstState::Table(table) => self.look_up(&table, index, span, env),
                    ConstState::Value(_) => self.no_table(&name, "a constant"),
                    _ => Typed::unknown(span),
                }
            }
            Meaning::Global(Global::ParamTable(table), _) => {
                self.symbols.used.insert(name.text.clone());
                if self.mode == Mode::Constant {
                    let title = format!("`{}` is a table of parameters, not a constant", name.text);
                    self.report(
                        Diagnostic::error("not-constant", title, span)
                            .label("this must be known before anything is solved"),
                    );
                    return Typed::unknown(span);
                }
                let table = self.symbols.tables[table].clone();
                self.look_up(&table, index, span, env)
            }
            Meaning::Global(global @ (Global::State(_) | Global::States(_)), _) => {
                self.symbols.used.insert(name.text.clone());
                match self.state_variable(global, Some(index), span, env) {
                    Some(var) => self.variable(var, span),
                    None => Typed::unknown(span),
                }
            }
            Meaning::Global(Global::Pending, _) | Meaning::Inner(Binding::Unknown, _) => Typed::unknown(span),
            Meaning::Global(other, _) => self.no_table(&name, other.words()),
            Meaning::Nothing => {
                self.unknown_name(&name.text, name.span, env, None);
                Typed::unknown(span)
            }
            _ => self.no_table(&name, "a value"),
        }
    }

    fn no_table(&mut self, name: &Name, what: &str) -> Typed {
        let title = format!("`{}` is {what} and has no index", name.text);
        self.report(Diagnostic::error("wrong-arguments", title, name.span));
        Typed::unknown(name.span)
    }

    /// The entry of a table at an index: at once where the index is known, else in play.
    fn look_up(&mut self, table: &Table, index: &'a ast::Expr, span: Span, env: &Env<'a>) -> Typed {
        match &table.index {
            Index::Knots(knots) => {
                let at = self.expr(index, env, None);
                if !self.agree(&at, Type::Number, index.span) || at.of == Type::Unknown {
                    return Typed::unknown(span);
                }
                Typed { expr: interpolated(knots, &table.entries, at.expr, span), of: table.of }
            }
            Index::Members(members) => {
                let wanted = members.first().map_or(Type::Number, |member| member.typed(span).of);
                let want = if let Type::Label(id) = wanted { Some(id) } else { None };
                let at = self.expr(index, env, want);
                if at.of == Type::Unknown {
                    return Typed::unknown(span);
                }
                if let Some(value) = at.value() {
                    let position = members.iter().position(|member| member.same(value, &self.model));
                    return match position {
                        Some(k) => Typed { expr: placed(&table.entries[k], span), of: table.of },
                        None => {
                            self.no_member(&table.name, value, members, index.span);
                            Typed::unknown(span)
                        }
                    };
                }
                if !self.agree(&at, wanted, index.span) {
                    return Typed::unknown(span);
                }
                self.looked_up_in_play(table, members, at, span)
            }
        }
    }

    fn looked_up_in_play(&mut self, table: &Table, members: &[Value], at: Typed, span: Span) -> Typed {
        let numbers: Vec<f64> = members.iter().map(|member| member.number()).collect();
        let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if numbers.iter().any(|x| x.fract() != 0.0) || most - least > 1e6 {
            self.report(
                Diagnostic::error("not-constant", format!("the index of `{}` must be known here", table.name), span)
                    .help("a table over fractions has no order to look up in; `[x at {…}]` interpolates between knots"),
            );
            return Typed::unknown(span);
        }
        if !self.spend(members.len(), span) {
            return Typed::unknown(span);
        }
        let mut entries = vec![fold::number(f64::NAN, span); (most - least) as usize + 1];
        for (number, entry) in numbers.iter().zip(&table.entries) {
            entries[(number - least) as usize] = placed(entry, span);
        }
        let kind = ExprKind::Lookup { index: Box::new(at.expr), first: least as i64, entries };
        Typed { expr: Expr { kind, span }, of: table.of }
    }

    /// The parameter at `arms[supply]`, where a parameter is wanted.
    pub fn table_parameter(
        &mut self,
        table: usize,
        index: &'a ast::Expr,
        env: &Env<'a>,
    ) -> Option<melian_model::ParamId> {
        let table = self.symbols.tables[table].clone();
        let members = members(&table.index);
        let value = self.index_value(&members, index, env)?;
        let Some(position) = members.iter().position(|member| member.same(value, &self.model)) else {
            self.no_member(&table.name, value, &members, index.span);
            return None;
        };
        match table.entries[position].kind {
            ExprKind::Param(id) => Some(id),
            _ => None,
        }
    }
}

/// The members of an index; knots are numbers.
pub fn members(index: &Index) -> Vec<Value> {
    match index {
        Index::Members(members) => members.clone(),
        Index::Knots(knots) => knots.iter().map(|x| Value::Number(*x)).collect(),
    }
}

/// An entry, read at a place.
fn placed(entry: &Expr, span: Span) -> Expr {
    Expr { kind: entry.kind.clone(), span }
}

/// Linear interpolation, at once where everything is known.
fn interpolated(knots: &[f64], entries: &[Expr], at: Expr, span: Span) -> Expr {
    if let Some(x) = at.literal() {
        if let Some(k) = knots.iter().position(|knot| *knot == x) {
            return placed(&entries[k], span);
        }
        let values: Option<Vec<f64>> = entries.iter().map(Expr::literal).collect();
        if let Some(value) = values.and_then(|values| fold::interpolate(x, knots, &values)) {
            return fold::number(value, span);
        }
    }
    let values = entries.iter().map(|entry| placed(entry, span)).collect();
    Expr { kind: ExprKind::Interpolate { at: Box::new(at), knots: knots.to_vec(), values }, span }
}
