//! Which parameters hang together: groups, their rank correlation, and whether all of them can be had at once.

use melian_model::{Correlation, Diagnostic, ExprKind, ParamId, Span, correlation::copula, print};

use super::{Elaborator, env::Env, names::Meaning, symbols::Global};
use crate::ast::{self, CorrelateDecl, ItemKind};

/// The parameters of a group, each with the place that names it.
type Group = Vec<(ParamId, Span)>;

impl<'a> Elaborator<'a> {
    /// All correlations.
    pub fn correlations(&mut self) {
        let file = self.file;
        let before = self.problems.met();
        let mut groups: Vec<(Group, Span)> = Vec::new();
        for item in &file.items {
            let ItemKind::Correlate(decl) = &item.kind else { continue };
            let group = self.group(decl, item.span);
            let by = self.rank_correlation(&decl.by);
            if let Some(group) = group {
                self.check_pairs(&group, &groups);
                let params = group.iter().map(|(param, _)| *param).collect();
                groups.push((group, item.span));
                if let Some(by) = by {
                    self.model.correlations.push(Correlation { params, by, span: item.span });
                }
            }
        }
        if self.problems.met() == before {
            self.check_compatible();
        }
    }

    /// The parameters of one group; `None` after an error.
    fn group(&mut self, decl: &'a CorrelateDecl, span: Span) -> Option<Group> {
        let mut group = Group::new();
        let mut sound = true;
        for written in &decl.params {
            match self.correlated(written) {
                None => sound = false,
                Some(params) => {
                    for param in params {
                        match group.iter().find(|(other, _)| *other == param) {
                            Some((_, first)) => {
                                self.named_twice(param, written.span, *first);
                                sound = false;
                            }
                            None => group.push((param, written.span)),
                        }
                    }
                }
            }
        }
        if sound && group.len() < 2 {
            let problem = Diagnostic::error("correlate-few", "one parameter alone is not correlated", span)
                .help("name at least two, with commas between them: `correlate a, b by 0.6`");
            self.report(problem);
            return None;
        }
        sound.then_some(group)
    }

    /// A parameter, an entry of a table, or all entries of a table that can vary.
    fn correlated(&mut self, written: &'a ast::Expr) -> Option<Vec<ParamId>> {
        let env = Env::default();
        if let ast::ExprKind::Name(name) = &written.kind
            && let Meaning::Global(Global::ParamTable(table), _) = self.meaning(name, &env, None)
        {
            let entries = self.symbols.tables[table].entries.iter();
            let params = entries.filter_map(|entry| match entry.kind {
                ExprKind::Param(id) => Some(id),
                _ => None,
            });
            let free: Vec<ParamId> = params.filter(|id| self.model.params[id.0].range.is_some()).collect();
            if free.is_empty() {
                self.fixed(&format!("no entry of `{name}` has"), written.span, Span::NONE);
                return None;
            }
            return Some(free);
        }
        // That a parameter hangs together with another is no use of it.
        let name = written.as_place().map(|place| place.name.text);
        let unused = name.filter(|name| !self.symbols.used.contains(name));
        let id = self.parameter_named(written, &env);
        if let Some(name) = unused {
            self.symbols.used.remove(&name);
        }
        let param = &self.model.params[id?.0];
        if param.range.is_none() {
            let (name, place) = (param.name.clone(), param.span);
            self.fixed(&format!("`{name}` has"), written.span, place);
            return None;
        }
        id.map(|id| vec![id])
    }

    fn fixed(&mut self, what: &str, span: Span, declared: Span) {
        let mut problem =
            Diagnostic::error("correlate-fixed", format!("{what} no range and cannot be correlated"), span)
                .label("the same in all worlds")
                .help("give it a range, `in lo .. hi`, or leave it out");
        if declared != Span::NONE {
            problem = problem.also(declared, "declared here");
        }
        self.report(problem);
    }

    fn named_twice(&mut self, param: ParamId, span: Span, first: Span) {
        let name = &self.model.params[param.0].name;
        let problem = Diagnostic::error("correlate-twice", format!("`{name}` is twice in this group"), span)
            .label("for the second time")
            .also(first, "for the first time")
            .help("name it once");
        self.report(problem);
    }

    /// A number strictly between −1 and 1.
    fn rank_correlation(&mut self, written: &'a ast::Expr) -> Option<f64> {
        let by = self.constant_number(written, &Env::default())?;
        if by > -1.0 && by < 1.0 {
            return Some(by);
        }
        let title =
            format!("a rank correlation lies strictly between -1 and 1, and {} does not", print::number(by));
        let problem = Diagnostic::error("correlate-range", title, written.span);
        self.report(if by.abs() == 1.0 {
            problem.help("of parameters that always move together declare one, and the others by `let` in terms of it")
        } else {
            problem.help("0 is no connection, 0.5 a fair one, 0.9 a close one; below 0 one is high where the other is low")
        });
        None
    }

    /// No pair may be correlated by two items.
    fn check_pairs(&mut self, group: &Group, before: &[(Group, Span)]) {
        for (others, place) in before {
            let shared: Vec<&(ParamId, Span)> =
                group.iter().filter(|(param, _)| others.iter().any(|(other, _)| other == param)).collect();
            if let [(a, _), (b, span), ..] = shared[..] {
                let name = |id: &ParamId| &self.model.params[id.0].name;
                let title = format!("`{}` and `{}` are correlated a second time", name(a), name(b));
                let problem = Diagnostic::error("correlate-twice", title, *span)
                    .label("with both in one group again")
                    .also(*place, "they are correlated here already")
                    .help("each pair has one correlation: leave one of them out of this group");
                self.report(problem);
                return;
            }
        }
    }

    /// Numbers with all these correlations must exist.
    fn check_compatible(&mut self) {
        let all = &self.model.correlations;
        let Some(n) = (1..=all.len()).find(|n| copula(&all[..*n]).is_none()) else { return };
        let last = &all[n - 1];
        let problem = if copula(std::slice::from_ref(last)).is_none() {
            let size = last.params.len();
            let title = format!(
                "{size} parameters cannot be correlated by {} with each other",
                print::number(last.by)
            );
            let least = (Correlation::least(size) * 1000.0).ceil() / 1000.0;
            Diagnostic::error("correlate-impossible", title, last.span)
                .label("not each of them can be high where the others are low")
                .help(format!(
                    "for a group of {size} it must be above {}: the correlation of the normal numbers behind the \
                    ranks, 2 sin(pi * {} / 6) = {:.3}, must exceed -1 / {}",
                    print::number(least),
                    print::number(last.by),
                    last.normal(),
                    size - 1
                ))
        } else {
            // Those before that can be left out while it stays impossible have nothing to do with it.
            let mut guilty: Vec<Correlation> = all[..n].to_vec();
            for k in (0..n - 1).rev() {
                let left = guilty.remove(k);
                if copula(&guilty).is_some() {
                    guilty.insert(k, left);
                }
            }
            let (last, others) =
                guilty.split_last().map_or((last, &all[..0]), |(last, others)| (last, others));
            let problem = Diagnostic::error(
                "correlate-impossible",
                "these correlations cannot all hold at once",
                last.span,
            )
            .label("with this one they are impossible")
            .help(
                "parameters that no `correlate` names together are uncorrelated: put all that belong together \
                into one group, or make the correlations smaller",
            );
            others.iter().fold(problem, |problem, other| problem.also(other.span, "together with this"))
        };
        self.report(problem);
    }
}
