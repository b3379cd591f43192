//! Constants: read when first needed, so that they may be written in any order; a cycle is an error.

use melian_model::{Diagnostic, Expr, ExprKind};

use super::{
    Elaborator, Mode,
    env::Env,
    symbols::{ConstState, Index, Table},
    types::{Type, Typed, Value},
};
use crate::ast::{self, ItemKind};

impl<'a> Elaborator<'a> {
    /// All constants, those that nothing needs included.
    pub fn constants(&mut self) {
        for position in 0..self.symbols.consts.len() {
            self.constant(position);
            let symbol = &self.symbols.consts[position];
            let name = symbol.name.clone();
            match &symbol.state {
                ConstState::Value(value) => {
                    let words = value.words(&self.model);
                    self.model.constants.push((name, words));
                }
                ConstState::Table(table) => {
                    let entries: Vec<(String, String)> = match &table.index {
                        Index::Members(members) => members.iter().map(|m| m.words(&self.model)).collect(),
                        Index::Knots(knots) => {
                            knots.iter().map(|x| melian_model::print::number(*x)).collect::<Vec<_>>()
                        }
                    }
                    .into_iter()
                    .zip(&table.entries)
                    .map(|(key, entry)| (format!("{name}[{key}]"), literal_words(entry)))
                    .collect();
                    self.model.constants.extend(entries);
                }
                _ => {}
            }
        }
    }

    /// Reads a constant if it has not been read.
    pub fn constant(&mut self, position: usize) {
        let symbol = &self.symbols.consts[position];
        match symbol.state {
            ConstState::Unread => {}
            ConstState::Reading => {
                let name = symbol.name.clone();
                let item = symbol.item;
                self.symbols.consts[position].state = ConstState::Broken;
                if let ItemKind::Const(decl) = &self.file.items[item].kind {
                    let span = decl.name.span;
                    self.report(
                        Diagnostic::error("cycle", format!("`{name}` is defined by itself"), span)
                            .label("to know it, it must be known")
                            .help("constants may use each other, but not in a circle"),
                    );
                }
                return;
            }
            _ => return,
        }
        let (item, given) = (symbol.item, symbol.given);
        let file = self.file;
        let ItemKind::Const(decl) = &file.items[item].kind else { return };
        self.symbols.consts[position].state = ConstState::Reading;
        let state = self.in_mode(Mode::Constant, |this| this.constant_value(decl, given));
        if matches!(self.symbols.consts[position].state, ConstState::Reading) {
            self.symbols.consts[position].state = state;
        }
    }

    fn constant_value(&mut self, decl: &'a ast::Const, given: Option<f64>) -> ConstState {
        match (&decl.value, &decl.index) {
            (ast::Value::Single(expr), _) => {
                let written = self.expr(expr, &Env::default(), None);
                match (written.of, given) {
                    (Type::Number, Some(value)) => ConstState::Value(Value::Number(value)),
                    (Type::Truth, Some(value)) => ConstState::Value(Value::Truth(value != 0.0)),
                    _ => written.value().map_or(ConstState::Broken, ConstState::Value),
                }
            }
            (ast::Value::Table(entries), index) => {
                if given.is_some() {
                    let title =
                        format!("`{}` is a table: it cannot be overridden with one number", decl.name.text);
                    self.report(Diagnostic::error("unknown-constant", title, melian_model::Span::NONE));
                }
                let Some(index) = index.as_ref().and_then(|index| self.table_index(index)) else {
                    return ConstState::Broken;
                };
                let Some(order) = self.match_entries(&decl.name, &index, entries) else {
                    return ConstState::Broken;
                };
                let mut values: Vec<Typed> = Vec::new();
                for position in order {
                    values.push(self.expr(&entries[position].value, &Env::default(), None));
                }
                let of = values.first().map_or(Type::Number, |first| first.of);
                for (value, entry) in values.iter().zip(entries) {
                    self.agree(value, of, entry.value.span);
                }
                if values.iter().any(|value| value.value().is_none() || !value.of.agrees(of)) {
                    return ConstState::Broken;
                }
                let entries = values.into_iter().map(|value| value.expr).collect();
                ConstState::Table(Table { name: decl.name.text.clone(), index, entries, of })
            }
        }
    }

    /// A number known while the model is read: a month, a bound.
    pub fn constant_number(&mut self, expr: &'a ast::Expr, env: &Env<'a>) -> Option<f64> {
        let typed = self.in_mode(Mode::Constant, |this| this.expr(expr, env, None));
        if !self.agree(&typed, Type::Number, expr.span) {
            return None;
        }
        match typed.value() {
            Some(Value::Number(x)) => Some(x),
            _ => None,
        }
    }

    /// A whole number known while the model is read.
    pub fn constant_whole(&mut self, expr: &'a ast::Expr, env: &Env<'a>, what: &str) -> Option<i64> {
        let value = self.constant_number(expr, env)?;
        if value.fract() != 0.0 || value.abs() > 1e15 {
            let words = melian_model::print::number(value);
            self.report(
                Diagnostic::error("not-whole", format!("{what} must be a whole number, not {words}"), expr.span)
                    .help("whole numbers are 0, 1, 2 and so on; for a grid of real numbers write `lo .. hi by step`"),
            );
            return None;
        }
        Some(value as i64)
    }
}

fn literal_words(entry: &Expr) -> String {
    match entry.kind {
        ExprKind::Truth(value) => value.to_string(),
        _ => entry.literal().map(melian_model::print::number).unwrap_or_default(),
    }
}
