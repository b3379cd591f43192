//! Finite sets that families, loops and tables run over: types, listed members, ranges.

use melian_model::{Diagnostic, EnumId, Span};

use super::{
    Elaborator, Mode,
    env::Env,
    names::Meaning,
    problems::nearest,
    symbols::Global,
    types::{Type, Value, listed},
};
use crate::ast::{Expr, Set, SetKind};

/// How many members a set may have.
const MOST: f64 = 1e6;

impl<'a> Elaborator<'a> {
    /// The members of a set, in order; `None` after an error.
    pub fn set(&mut self, set: &'a Set, env: &Env<'a>) -> Option<Vec<Value>> {
        let members = match &set.kind {
            SetKind::Error => return None,
            SetKind::Named(name) => {
                let id = self.type_named(&name.text, name.span)?;
                let labels = self.model.enums[id.0].labels.len();
                (0..labels).map(|level| Value::Label { of: id, level, loose: false }).collect()
            }
            SetKind::Members(members) => self.listed_members(members, set.span, env)?,
            SetKind::Range { lo, hi, step } => self.range_members(lo, hi, step.as_ref(), set.span, env)?,
        };
        if !self.expand(members.len(), set.span) {
            return None;
        }
        Some(members)
    }

    /// The enumeration with a name.
    pub fn type_named(&mut self, name: &str, span: Span) -> Option<EnumId> {
        match self.symbols.globals.get(name).map(|declared| (declared.global, declared.span)) {
            Some((Global::Type(id), _)) => Some(id),
            Some((Global::Pending, _)) => None,
            Some((other, place)) => {
                let title = format!("`{name}` is {}, not a type", other.words());
                self.report(
                    Diagnostic::error("type-mismatch", title, span)
                        .label("a type is wanted here")
                        .also(place, format!("`{name}` is declared here"))
                        .help("a type is declared by `type Name = { a, b }`; labels may also be listed in place: `{a, b}`"),
                );
                None
            }
            None => {
                let types: Vec<String> = self.model.enums.iter().map(|e| e.name.clone()).collect();
                let near =
                    nearest(name, types.iter().map(String::as_str).chain(["truth"])).map(str::to_owned);
                let mut problem =
                    Diagnostic::error("unknown-name", format!("there is no type `{name}`"), span);
                if let Some(near) = near {
                    problem = problem.fix(format!("write `{near}`"), span, near);
                } else {
                    problem = problem.help("a type is declared by `type Name = { a, b }`");
                }
                self.report(problem);
                None
            }
        }
    }

    fn listed_members(&mut self, members: &'a [Expr], span: Span, env: &Env<'a>) -> Option<Vec<Value>> {
        if members.is_empty() {
            self.empty_set(span);
            return None;
        }
        let mut labels: Vec<(&'a str, Span)> = Vec::new();
        for member in members {
            if let crate::ast::ExprKind::Name(name) = &member.kind
                && self.may_be_label(name, env)
            {
                labels.push((name, member.span));
            }
        }
        let found: Vec<Value> = if labels.len() == members.len() {
            self.label_members(&labels)?
        } else {
            let mut found = Vec::new();
            for member in members {
                let want = found.iter().find_map(|value| match value {
                    Value::Label { of, .. } => Some(*of),
                    _ => None,
                });
                let typed = self.in_mode(Mode::Constant, |this| this.expr(member, env, want));
                if typed.of == Type::Unknown {
                    return None;
                }
                let value = match typed.value()? {
                    Value::Label { of, level, .. } => Value::Label { of, level, loose: true },
                    value => value,
                };
                if let Some(Value::Number(_)) = found.first()
                    && !self.agree(&typed, Type::Number, member.span)
                {
                    return None;
                }
                found.push(value);
            }
            found
        };
        for (k, value) in found.iter().enumerate() {
            if found[..k].iter().any(|earlier| earlier.same(*value, &self.model)) {
                let words = value.words(&self.model);
                let problem = Diagnostic::error(
                    "duplicate-name",
                    format!("`{words}` is listed twice in this set"),
                    members[k].span,
                );
                self.report(problem.help("leave one of them out"));
                return None;
            }
        }
        Some(found)
    }

    /// Whether a listed name can only be a label: nothing declared by it is known while the model is read.
    fn may_be_label(&mut self, name: &str, env: &Env<'a>) -> bool {
        match self.meaning(name, env, None) {
            Meaning::Label(..) | Meaning::Labels(_) | Meaning::Nothing => true,
            Meaning::Global(Global::Const(_) | Global::Pending, _) => false,
            Meaning::Global(..) => {
                self.model.enums.iter().any(|e| e.labels.iter().any(|label| label == name))
            }
            _ => false,
        }
    }

    /// Labels listed without a type: those of the enumeration that has them all, or of a new one if none has any.
    fn label_members(&mut self, labels: &[(&str, Span)]) -> Option<Vec<Value>> {
        let has = |e: &melian_model::Enumeration, name: &str| e.labels.iter().any(|label| label == name);
        let best = (0..self.model.enums.len())
            .map(|k| (labels.iter().filter(|(name, _)| has(&self.model.enums[k], name)).count(), k))
            .max_by_key(|(count, k)| (*count, std::cmp::Reverse(*k)));
        let id = match best {
            Some((count, k)) if count > 0 => EnumId(k),
            _ => self.intern(labels.iter().map(|(name, _)| (*name).to_owned()).collect(), false),
        };
        let mut values = Vec::new();
        for (name, span) in labels {
            let level = self.label_of(id, name, *span)?;
            values.push(Value::Label { of: id, level, loose: true });
        }
        Some(values)
    }

    /// The index of a label in an enumeration; an error if it is not there.
    pub fn label_of(&mut self, id: EnumId, name: &str, span: Span) -> Option<usize> {
        let of = &self.model.enums[id.0];
        if let Some(level) = of.labels.iter().position(|label| label == name) {
            return Some(level);
        }
        let words = Type::Label(id).words(&self.model);
        let of = &self.model.enums[id.0];
        let mut problem = Diagnostic::error("unknown-label", format!("`{name}` is not {words}"), span)
            .help(format!("there is {}", listed(&of.labels)));
        if let Some(near) = nearest(name, of.labels.iter().map(String::as_str)) {
            problem = problem.fix(format!("write `{near}`"), span, near);
        }
        self.report(problem);
        None
    }

    /// The enumeration with these labels: a declared one if it is the same, or one without a name.
    pub fn intern(&mut self, labels: Vec<String>, ordered: bool) -> EnumId {
        let same = self.model.enums.iter().position(|e| e.labels == labels && e.ordered == ordered);
        EnumId(same.unwrap_or_else(|| {
            self.model.enums.push(melian_model::Enumeration {
                name: String::new(),
                labels,
                ordered,
                doc: String::new(),
            });
            self.model.enums.len() - 1
        }))
    }

    fn range_members(
        &mut self,
        lo: &'a Expr,
        hi: &'a Expr,
        step: Option<&'a Expr>,
        span: Span,
        env: &Env<'a>,
    ) -> Option<Vec<Value>> {
        let (from, to, by) = match step {
            None => {
                let from = self.constant_whole(lo, env, "the start of a range")? as f64;
                let to = self.constant_whole(hi, env, "the end of a range")? as f64;
                (from, to, 1.0)
            }
            Some(step_expr) => {
                let from = self.constant_number(lo, env)?;
                let to = self.constant_number(hi, env)?;
                let by = self.constant_number(step_expr, env)?;
                if !(by > 0.0 && by.is_finite() && from.is_finite() && to.is_finite()) {
                    let words = melian_model::print::number(by);
                    let title = format!("the step of a range must be positive, not {words}");
                    self.report(Diagnostic::error("grid-step", title, step_expr.span));
                    return None;
                }
                (from, to, by)
            }
        };
        if to < from {
            self.reversed(lo, hi, span);
            return None;
        }
        let count = ((to - from) / by + 1e-9).floor() + 1.0;
        if count > MOST {
            self.too_large(span, format!("this set has {count} members"));
            return None;
        }
        Some((0..count as usize).map(|k| Value::Number(from + k as f64 * by)).collect())
    }

    /// A range whose end is before its start.
    pub fn reversed(&mut self, lo: &Expr, hi: &Expr, span: Span) {
        let mut problem = Diagnostic::error("range-reversed", "the range ends before it starts", span);
        if let (Some(from), Some(to)) = (self.source(lo.span), self.source(hi.span)) {
            let whole = lo.span.to(hi.span);
            problem = problem.fix("swap the two ends", whole, format!("{to} .. {from}"));
        }
        self.report(problem);
    }

    /// The text at a place of the text being read.
    pub fn source(&self, span: Span) -> Option<String> {
        self.text.get(span.range()).map(str::to_owned)
    }
}
