//! Chance: the law that a variable is redrawn from.

use melian_model::{
    Diagnostic, Distribution, Domain, Draw, Expr, Outcome, Span, Statement, StatementKind, VarId, Weight,
    print,
};

use super::{
    Elaborator,
    env::Env,
    fold,
    types::{Type, Typed},
};
use crate::ast::{self, Law, LawKind};

/// How far probabilities may be from adding up to one.
const SLACK: f64 = 1e-9;

impl<'a> Elaborator<'a> {
    /// `var ~ law`.
    pub fn draw(&mut self, var: VarId, law: &'a Law, span: Span, env: &Env<'a>, result: &mut Vec<Statement>) {
        let known = self.model.var(var);
        let (domain, name) = (known.domain, known.name.clone());
        let law = match &law.kind {
            LawKind::Error => None,
            LawKind::Walk { up, down } => self.walk(up.as_ref(), down.as_ref(), domain, &name, law.span, env),
            LawKind::Outcomes(outcomes) => self.outcomes(outcomes, domain, &name, law.span, env),
            LawKind::Normal(mean, sd) => self.normal(mean, sd, domain, &name, law.span, env),
            LawKind::Binomial(n, p) => self.binomial(n, p, domain, &name, law.span, env),
            LawKind::Uniform => Some(Distribution::Uniform),
        };
        if let Some(law) = law {
            result.push(Statement { kind: StatementKind::Draw(Draw { var, law }), span });
        }
    }

    fn walk(
        &mut self,
        up: Option<&'a ast::Expr>,
        down: Option<&'a ast::Expr>,
        domain: Domain,
        name: &str,
        span: Span,
        env: &Env<'a>,
    ) -> Option<Distribution> {
        if let Domain::Enum(id, size) = domain
            && size > 2
            && !self.model.enums[id.0].ordered
        {
            self.unordered(id, span);
            return None;
        }
        let probability = |this: &mut Self, e: Option<&'a ast::Expr>| match e {
            None => Some(fold::number(0.0, up.or(down).map_or(span, |written| written.span))),
            Some(e) => this.literal_probability(e, name, env),
        };
        let (up, down) = (probability(self, up), probability(self, down));
        let (up, down) = (up?, down?);
        if let (Some(a), Some(b)) = (up.literal(), down.literal())
            && a + b > 1.0 + SLACK
        {
            self.sum(name, &format!("{} + {}", print::number(a), print::number(b)), a + b, span, None);
            return None;
        }
        Some(Distribution::Walk { up, down })
    }

    /// A probability; one that is written as a literal must be in 0..1.
    fn literal_probability(&mut self, e: &'a ast::Expr, name: &str, env: &Env<'a>) -> Option<Expr> {
        let value = self.number(e, env)?;
        if let Some(x) = value.literal()
            && !(0.0..=1.0 + SLACK).contains(&x)
        {
            let (id, what) = if x < 0.0 {
                ("probability-negative", "negative")
            } else {
                ("probabilities-sum", "more than one")
            };
            let title = format!("a probability of `{name}` is {}, which is {what}", print::number(x));
            self.report(Diagnostic::error(id, title, e.span).help("probabilities are numbers from 0 to 1"));
            return None;
        }
        Some(value)
    }

    fn sum(&mut self, name: &str, terms: &str, total: f64, span: Span, last: Option<(&str, Span)>) {
        let title = format!("probabilities of `{name}` add up to {}", print::number(total));
        let mut problem = Diagnostic::error("probabilities-sum", title, span).label(terms);
        problem = match last {
            Some((value, weight)) if total - 1.0 < 1.0 => problem
                .help(format!("write `{value}: rest` and it takes what remains"))
                .fix(format!("write `{value}: rest`"), weight, "rest"),
            _ if total > 1.0 => problem.help("probabilities add up to one at most"),
            _ => problem.help("they must add up to one; `stay: rest` takes what remains"),
        };
        self.report(problem);
    }

    fn outcomes(
        &mut self,
        outcomes: &'a [ast::Outcome],
        domain: Domain,
        name: &str,
        span: Span,
        env: &Env<'a>,
    ) -> Option<Distribution> {
        let mut read: Vec<(Outcome, Weight)> = Vec::new();
        let mut rest: Option<Span> = None;
        let mut sound = true;
        let mut seen: Vec<(Option<usize>, Span)> = Vec::new();
        for outcome in outcomes {
            let target = match &outcome.value {
                None => Some((Outcome::Stay, None)),
                Some(value) => self.outcome_value(value, domain, name, env),
            };
            let weight = match &outcome.weight {
                Some(weight) => self.literal_probability(weight, name, env).map(Weight::Probability),
                None => {
                    if let Some(first) = rest {
                        self.report(
                            Diagnostic::error(
                                "rest-twice",
                                "only one outcome can take the rest",
                                outcome.span,
                            )
                            .also(first, "this one takes it already")
                            .help("write the probability of the other"),
                        );
                        sound = false;
                    }
                    rest = Some(outcome.span);
                    Some(Weight::Rest)
                }
            };
            let (Some((target, level)), Some(weight)) = (target, weight) else {
                sound = false;
                continue;
            };
            let stays = target == Outcome::Stay;
            if stays || level.is_some() {
                if let Some((_, first)) = seen.iter().find(|(other, _)| *other == level) {
                    self.report(
                        Diagnostic::warning(
                            "duplicate-outcome",
                            "this outcome is listed twice",
                            outcome.span,
                        )
                        .also(*first, "first listed here")
                        .help("their probabilities add up; if that is meant, write the sum"),
                    );
                } else {
                    seen.push((level, outcome.span));
                }
            }
            read.push((target, weight));
        }
        if !sound {
            return None;
        }
        if read.is_empty() {
            self.empty_set(span);
            return None;
        }
        self.check_sum(&read, outcomes, name, span)?;
        Some(Distribution::Outcomes(read))
    }

    fn outcome_value(
        &mut self,
        value: &'a ast::Expr,
        domain: Domain,
        name: &str,
        env: &Env<'a>,
    ) -> Option<(Outcome, Option<usize>)> {
        let of = Type::of(domain);
        let want = if let Type::Label(id) = of { Some(id) } else { None };
        let typed: Typed = self.expr(value, env, want);
        if !self.agree(&typed, of, value.span) || typed.of == Type::Unknown {
            return None;
        }
        let mut level = None;
        if typed.expr.literal().is_some() {
            level = Some(self.literal_level(&typed, domain, name, value.span)?);
        }
        Some((Outcome::Value(typed.expr), level))
    }

    /// That probabilities which are all literals add up to one.
    fn check_sum(
        &mut self,
        read: &[(Outcome, Weight)],
        outcomes: &'a [ast::Outcome],
        name: &str,
        span: Span,
    ) -> Option<()> {
        let mut total = 0.0;
        let mut terms = Vec::new();
        let mut open = false;
        let mut rest = false;
        for (_, weight) in read {
            match weight {
                Weight::Rest => rest = true,
                Weight::Probability(p) => match p.literal() {
                    Some(x) => {
                        total += x;
                        terms.push(print::number(x));
                    }
                    None => open = true,
                },
            }
        }
        let wrong = if open || rest { total > 1.0 + SLACK } else { (total - 1.0).abs() > SLACK };
        if !wrong {
            return Some(());
        }
        let others: f64 = total - read.last().map_or(0.0, |(_, w)| literal_weight(w));
        let last = outcomes.last().filter(|_| !open && !rest && others <= 1.0 + SLACK).and_then(|outcome| {
            let value = match &outcome.value {
                None => "stay".to_owned(),
                Some(value) => self.source(value.span)?,
            };
            Some((value, outcome.weight.as_ref()?.span))
        });
        let last = last.as_ref().map(|(value, span)| (value.as_str(), *span));
        self.sum(name, &terms.join(" + "), total, span, last);
        None
    }

    fn normal(
        &mut self,
        mean: &'a ast::Expr,
        sd: &'a ast::Expr,
        domain: Domain,
        name: &str,
        span: Span,
        env: &Env<'a>,
    ) -> Option<Distribution> {
        self.numeric_domain("normal", domain, name, span)?;
        let (mean_value, sd_value) = (self.number(mean, env), self.number(sd, env));
        let (mean, sd_value) = (mean_value?, sd_value?);
        if let Some(x) = sd_value.literal()
            && x <= 0.0
        {
            let title =
                format!("the standard deviation of `{name}` must be positive, not {}", print::number(x));
            self.report(Diagnostic::error("law-not-finite", title, sd.span));
            return None;
        }
        Some(Distribution::Normal { mean, sd: sd_value })
    }

    fn binomial(
        &mut self,
        n: &'a ast::Expr,
        p: &'a ast::Expr,
        domain: Domain,
        name: &str,
        span: Span,
        env: &Env<'a>,
    ) -> Option<Distribution> {
        self.numeric_domain("binomial", domain, name, span)?;
        let (trials, probability) = (self.number(n, env), self.literal_probability(p, name, env));
        let (trials, p) = (trials?, probability?);
        if let Some(count) = trials.literal() {
            let fits = count >= 0.0
                && count.fract() == 0.0
                && domain.level(0.0).is_some()
                && domain.value(domain.size() - 1) + SLACK >= count;
            if !fits {
                let words = print::number(count);
                self.report(
                    Diagnostic::error(
                        "law-domain",
                        format!("`{name}` cannot hold 0 to {words} successes"),
                        n.span,
                    )
                    .help(format!("declare it as `{name} : 0 .. {words}`, or draw fewer")),
                );
                return None;
            }
        }
        Some(Distribution::Binomial { n: trials, p })
    }

    fn numeric_domain(&mut self, law: &str, domain: Domain, name: &str, span: Span) -> Option<()> {
        if matches!(domain, Domain::Integers { .. } | Domain::Grid { .. }) {
            return Some(());
        }
        self.report(
            Diagnostic::error(
                "law-domain",
                format!("`{law}` draws numbers, and `{name}` is not numeric"),
                span,
            )
            .help("list its outcomes instead: `{ a: 0.1, stay: rest }`"),
        );
        None
    }
}

fn literal_weight(weight: &Weight) -> f64 {
    match weight {
        Weight::Probability(p) => p.literal().unwrap_or(0.0),
        Weight::Rest => 0.0,
    }
}
