//! Domains of variables, and which level a value is.

use melian_model::{Diagnostic, Domain, Span, print};

use super::{
    Elaborator,
    env::Env,
    types::{Type, Typed},
};
use crate::ast::{DomainDecl, DomainKind};

/// How many values a variable may have.
const MOST: f64 = 1e6;

impl<'a> Elaborator<'a> {
    /// A variable's domain; `None` after an error.
    pub fn domain(&mut self, decl: &'a DomainDecl, env: &Env<'a>) -> Option<Domain> {
        match &decl.kind {
            DomainKind::Error => None,
            DomainKind::Truth => Some(Domain::Truth),
            DomainKind::Labels(labels) => {
                let names = self.labels(labels);
                if names.is_empty() {
                    return None;
                }
                let size = names.len();
                Some(Domain::Enum(self.intern(names, labels.ordered), size))
            }
            DomainKind::Named(name) => {
                let id = self.type_named(&name.text, name.span)?;
                Some(Domain::Enum(id, self.model.enums[id.0].labels.len()))
            }
            DomainKind::Range { lo, hi, step: None } => {
                let from = self.constant_whole(lo, env, "the least value of a range of whole numbers")?;
                let to = self.constant_whole(hi, env, "the greatest value of a range of whole numbers")?;
                if to < from {
                    self.reversed(lo, hi, decl.span);
                    return None;
                }
                self.check_size((to - from) as f64 + 1.0, decl.span)?;
                Some(Domain::Integers { lo: from, hi: to })
            }
            DomainKind::Range { lo, hi, step: Some(step) } => {
                let from = self.constant_number(lo, env)?;
                let to = self.constant_number(hi, env)?;
                let by = self.constant_number(step, env)?;
                if to < from {
                    self.reversed(lo, hi, decl.span);
                    return None;
                }
                if from == to {
                    let by = if by.is_finite() && by > 0.0 { by } else { 1.0 };
                    return Some(Domain::Grid { lo: from, step: by, levels: 1 });
                }
                self.check_grid(from, to, by, decl.span, step.span)?;
                let levels = ((to - from) / by).round() + 1.0;
                self.check_size(levels, decl.span)?;
                Some(Domain::Grid { lo: from, step: by, levels: levels as usize })
            }
        }
    }

    fn check_size(&mut self, levels: f64, span: Span) -> Option<()> {
        if levels <= MOST {
            return Some(());
        }
        let title = format!("this variable would have {levels} values");
        self.report(
            Diagnostic::error("domain-too-large", title, span)
                .help("every value of every variable multiplies the states to be solved: use a coarser grid"),
        );
        None
    }

    /// That a grid's step is positive and ends exactly at its greatest value.
    pub fn check_grid(&mut self, lo: f64, hi: f64, step: f64, span: Span, at: Span) -> Option<()> {
        if !(step > 0.0 && step.is_finite() && lo.is_finite() && hi.is_finite()) {
            let words = print::number(step);
            self.report(Diagnostic::error(
                "grid-step",
                format!("the step of a grid must be positive, not {words}"),
                at,
            ));
            return None;
        }
        let steps = (hi - lo) / step;
        if (steps - steps.round()).abs() <= 1e-9 * steps.abs().max(1.0) {
            return Some(());
        }
        let fitting = (hi - lo) / steps.round().max(1.0);
        self.report(
            Diagnostic::error(
                "grid-step",
                format!(
                    "steps of {} from {} do not end at {}",
                    print::number(step),
                    print::number(lo),
                    print::number(hi)
                ),
                span,
            )
            .help(format!(
                "the nearest value of the grid is {}; a step of {} would fit",
                print::number(lo + steps.round() * step),
                print::number(fitting)
            )),
        );
        None
    }

    /// The level of a literal in a domain; `None`, with a report, if it is none. Not literal: `None` without a report.
    pub fn literal_level(&mut self, value: &Typed, domain: Domain, name: &str, span: Span) -> Option<usize> {
        let number = value.expr.literal()?;
        if value.of == Type::Unknown {
            return None;
        }
        if let Some(level) = domain.level(number) {
            return Some(level);
        }
        self.off_grid(number, domain, name, span);
        None
    }

    fn off_grid(&mut self, number: f64, domain: Domain, name: &str, span: Span) {
        let words = print::number(number);
        let nearest = print::number(domain.value(domain.nearest(number)));
        let mut problem =
            Diagnostic::error("off-grid", format!("`{name}` never has the value {words}"), span).help(
                match domain {
                    Domain::Integers { lo, hi } => format!("its values are the whole numbers {lo} .. {hi}"),
                    Domain::Grid { lo, step, levels } => format!(
                        "its values are {} .. {} by {}",
                        print::number(lo),
                        print::number(domain.value(levels - 1)),
                        print::number(step)
                    ),
                    Domain::Truth | Domain::Enum(..) => format!("it has {} values", domain.size()),
                },
            );
        if number.is_finite() {
            problem = problem.fix(format!("use the nearest value, {nearest}"), span, nearest);
        }
        self.report(problem);
    }
}
