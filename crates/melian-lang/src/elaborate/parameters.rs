//! Parameters: defaults, plausible ranges, tables; and what `require` demands of them.

use melian_model::{Diagnostic, Expr, ExprKind, Param, ParamId, Range, Span, print};

use super::{
    Elaborator, Mode,
    env::Env,
    symbols::{Global, Table},
    tables::members,
    types::Type,
};
use crate::ast::{self, Item, ItemKind, ParamDecl, RangeDecl, RangeKind, Value};

impl<'a> Elaborator<'a> {
    /// All parameters, in order.
    pub fn parameters(&mut self) {
        let file = self.file;
        for item in &file.items {
            if let ItemKind::Param(decl) = &item.kind {
                match &decl.value {
                    Value::Single(default) => {
                        let id = self.parameter(
                            decl,
                            decl.name.text.clone(),
                            default,
                            decl.range.as_ref(),
                            &item.doc,
                            item.span,
                        );
                        self.settle(&decl.name, Global::Param(id));
                    }
                    Value::Table(entries) => self.parameter_table(decl, entries, item),
                }
            }
        }
    }

    fn parameter_table(&mut self, decl: &'a ParamDecl, entries: &'a [ast::Entry], item: &'a Item) {
        let Some(index) = decl.index.as_ref().and_then(|index| self.table_index(index)) else { return };
        let Some(order) = self.match_entries(&decl.name, &index, entries) else { return };
        let keys: Vec<String> = members(&index).iter().map(|member| member.words(&self.model)).collect();
        let mut expressions = Vec::new();
        for (key, position) in keys.iter().zip(order) {
            let entry = &entries[position];
            let name = format!("{}[{key}]", decl.name.text);
            let range = entry.range.as_ref().or(decl.range.as_ref());
            let doc = if entry.doc.is_empty() { &item.doc } else { &entry.doc };
            let id = self.parameter(decl, name, &entry.value, range, doc, entry.span);
            expressions.push(Expr { kind: ExprKind::Param(id), span: entry.span });
        }
        let table = Table { name: decl.name.text.clone(), index, entries: expressions, of: Type::Number };
        self.symbols.tables.push(table);
        self.settle(&decl.name, Global::ParamTable(self.symbols.tables.len() - 1));
    }

    fn parameter(
        &mut self,
        decl: &'a ParamDecl,
        name: String,
        default: &'a ast::Expr,
        range: Option<&'a RangeDecl>,
        doc: &str,
        span: Span,
    ) -> ParamId {
        let env = Env::default();
        let value = self.constant_number(default, &env);
        if let Some(x) = value
            && !x.is_finite()
        {
            let title = format!("the default of `{name}` is {x}, which is no number to compute with");
            self.report(Diagnostic::error("default-outside", title, default.span));
        }
        let range = range.and_then(|range| {
            let read = self.range(range)?;
            if let Some(x) = value.filter(|x| x.is_finite()) {
                self.check_default(&name, x, read, default.span, range.span);
            }
            Some(read)
        });
        let text = |text: &Option<ast::Text>| text.as_ref().map(|t| t.value.clone()).unwrap_or_default();
        self.model.params.push(Param {
            name,
            default: value.unwrap_or(f64::NAN),
            range,
            unit: text(&decl.unit),
            source: text(&decl.source),
            doc: doc.to_owned(),
            span,
        });
        ParamId(self.model.params.len() - 1)
    }

    fn range(&mut self, decl: &'a RangeDecl) -> Option<Range> {
        let env = Env::default();
        match &decl.kind {
            RangeKind::Fixed => None,
            RangeKind::Between(lo, hi) => {
                let (from, to) = (self.constant_number(lo, &env)?, self.constant_number(hi, &env)?);
                if to < from {
                    self.reversed(lo, hi, decl.span);
                    return None;
                }
                Some(Range::Between(from, to))
            }
            RangeKind::Law(name, arguments) => {
                let mut numbers = Vec::new();
                for argument in arguments {
                    numbers.push(self.constant_number(argument, &env)?);
                }
                let number = |k: usize| numbers.get(k).copied().unwrap_or(f64::NAN);
                let (range, wrong) = match name.text.as_str() {
                    "normal" => {
                        (Range::Normal(number(0), number(1)), (number(1) <= 0.0).then_some((1, "positive")))
                    }
                    "lognormal" => (
                        Range::Lognormal(number(0), number(1)),
                        (number(1) <= 0.0).then_some((1, "positive")),
                    ),
                    "triangular" => {
                        let wrong = if number(1) < number(0) {
                            Some((1, "not below the first"))
                        } else if number(2) < number(1) || number(2) <= number(0) {
                            Some((2, "above the others"))
                        } else {
                            None
                        };
                        (Range::Triangular(number(0), number(1), number(2)), wrong)
                    }
                    "beta" => {
                        let wrong = (0..2).find(|k| number(*k) <= 0.0).map(|k| (k, "positive"));
                        (Range::Beta(number(0), number(1)), wrong)
                    }
                    _ => return None,
                };
                if let Some((argument, must)) = wrong {
                    let value = print::number(number(argument));
                    let title = format!("an argument of `{}` must be {must}, not {value}", name.text);
                    let span = arguments.get(argument).map_or(decl.span, |a| a.span);
                    self.report(Diagnostic::error("range-law", title, span));
                    return None;
                }
                Some(range)
            }
        }
    }

    fn check_default(&mut self, name: &str, default: f64, range: Range, at: Span, range_span: Span) {
        let (lo, hi) = match range {
            Range::Between(lo, hi) | Range::Triangular(lo, _, hi) => (lo, hi),
            Range::Lognormal(..) => (f64::MIN_POSITIVE, f64::INFINITY),
            Range::Beta(..) => (0.0, 1.0),
            Range::Normal(..) => return,
        };
        if default >= lo && default <= hi {
            return;
        }
        let value = print::number(default);
        let bound = if default < lo { lo } else { hi };
        let mut problem = Diagnostic::error(
            "default-outside",
            format!("the default of `{name}`, {value}, is outside its range"),
            at,
        )
        .also(range_span, "the range")
        .help("worlds are drawn from the range: the default should be one of them");
        if let Range::Between(lo, hi) = range {
            let (lo, hi) = (lo.min(default), hi.max(default));
            problem = problem.fix(
                format!("widen the range to {value}"),
                range_span,
                format!("in {} .. {}", print::number(lo), print::number(hi)),
            );
        } else if matches!(range, Range::Lognormal(..)) {
            problem = problem.help("a lognormal parameter is positive");
        } else {
            problem = problem.help(format!("the nearest value of the range is {}", print::number(bound)));
        }
        self.report(problem);
    }

    /// What `require` demands of the parameters.
    pub fn requirements(&mut self) {
        let file = self.file;
        for item in &file.items {
            if let ItemKind::Require(condition) = &item.kind {
                let read = self.in_mode(Mode::Parameters, |this| this.truth(condition, &Env::default()));
                if let Some(read) = read {
                    self.model.requirements.push(read);
                }
            }
        }
    }
}
