//! `P[…]`, `E[…]`, `prob(…)`, `count(…)`: which form is asked, and the months that it is asked for.

use melian_model::{
    Ahead, Atom, BinaryOp, Diagnostic, Expr, ExprKind, FOREVER, Span, StageId, Window, print,
};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    fold,
    names::Meaning,
    types::Typed,
};
use crate::ast::{self, Ask, AskMode};

impl<'a> Elaborator<'a> {
    /// `P[…]`.
    pub fn probability(&mut self, ask: &'a Ask, span: Span, env: &Env<'a>) -> Option<Atom> {
        let times = &ask.times;
        if let Some(first) = &ask.first {
            self.form("`when first` stands in `E[…]`", first.span, "for a probability: `P[e until f by m]`");
            return None;
        }
        self.refuse_discount(ask, "P[…]")?;
        if let Some(place) = times.long_run {
            self.alone_in_the_long_run(ask, "P[… in the long run]", place)?;
            let event = self.event(&ask.what, env)?;
            self.check_possible(&event, ask.what.span);
            return self.long_run(event, ask, env);
        }
        if ask.mode == AskMode::Always {
            self.refuse(times.at.as_ref(), "at", "P[always …]", "write `by m`")?;
            self.refuse(times.until.as_ref(), "until", "P[always …]", "write `by m`")?;
            self.refuse(
                ask.given.as_ref(),
                "|",
                "P[always …]",
                "divide by the probability of the condition",
            )?;
            let event = self.state_event(&ask.what, env, "`always`")?;
            self.check_possible(&event, ask.what.span);
            return Some(Atom::Always { event, window: self.window(times, env)? });
        }
        if let Some(at) = &times.at {
            self.refuse(times.by.as_ref(), "by", "P[… at m]", "ask for one month or for several")?;
            self.refuse_after(times, "P[… at m]")?;
            self.refuse(times.until.as_ref(), "until", "P[… at m]", "write `by m`")?;
            let event = self.event(&ask.what, env)?;
            let given = match &ask.given {
                Some(given) => Some(self.event(given, env)?),
                None => None,
            };
            let at = self.month(at, env, 0)?;
            if at > 0 {
                self.check_possible(&event, ask.what.span);
            } else if !self.stages_in(&event).is_empty() {
                self.form("nothing is chosen before period 1", ask.what.span, "ask `at 1` or later");
                return None;
            }
            return Some(Atom::At { what: event, given, at, ahead: Vec::new() });
        }
        if let Some(given) = &ask.given {
            self.form(
                "`P[… | c]` needs a time",
                given.span,
                "the condition holds at the same time as the event: `P[e at 12 | c]`; for choices: `prob(P.stage == a | c)`",
            );
            return None;
        }
        let event = self.event(&ask.what, env)?;
        self.check_possible(&event, ask.what.span);
        let before = match &times.until {
            Some(until) => Some(self.event(until, env)?),
            None => None,
        };
        let window = self.window(times, env)?;
        self.check_within(&times.window, span)?;
        Some(Atom::Ever { event, before, window })
    }

    fn check_within(&mut self, window: &Option<(ast::Expr, ast::Expr)>, span: Span) -> Option<()> {
        if window.is_none() {
            return Some(());
        }
        self.form("`in a..b` stands behind `when first`", span, "write `after k by m`");
        None
    }

    /// `E[…]`.
    pub fn expectation(&mut self, ask: &'a Ask, span: Span, env: &Env<'a>) -> Option<Atom> {
        let times = &ask.times;
        if let Some(first) = &ask.first {
            return self.when_first(ask, first, env);
        }
        self.check_within(&times.window, span)?;
        if let Some(place) = times.long_run {
            self.alone_in_the_long_run(ask, "E[… in the long run]", place)?;
            let what = self.quantity_alone(&ask.what, env)?;
            return self.long_run(what, ask, env);
        }
        if ask.mode == AskMode::Total {
            self.refuse(times.at.as_ref(), "at", "E[total …]", "write `by m`")?;
            self.refuse(
                ask.given.as_ref(),
                "|",
                "E[total …]",
                "put the condition into the sum: `num(c) * e`",
            )?;
            let what = self.quantity_alone(&ask.what, env)?;
            let until = match &times.until {
                Some(until) => Some(self.state_event(until, env, "`until`")?),
                None => None,
            };
            let discount = match &ask.discount {
                Some(discount) => Some(self.discount(discount, env)?),
                None => None,
            };
            return Some(Atom::Total { what, until, window: self.window(times, env)?, discount });
        }
        self.refuse_discount(ask, "E[… at m]")?;
        self.refuse(
            times.until.as_ref(),
            "until",
            "E[… at m]",
            "`until` stops a sum: `E[total e until c by m]`",
        )?;
        let Some(at) = &times.at else {
            self.form(
                "an expectation needs a time",
                ask.what.span,
                if self.model.is_forever() {
                    "write `E[e at 12]`, `E[total e by 12]`, `E[e when first c by 12]` or `E[e in the long run]`"
                } else {
                    "write `E[e at 12]`, `E[total e by 12]` or `E[e when first c by 12]`"
                },
            );
            return None;
        };
        self.refuse(times.by.as_ref(), "by", "E[… at m]", "write `total` for a sum over months")?;
        self.refuse_after(times, "E[… at m]")?;
        let (what, ahead) = self.quantity_with_ahead(&ask.what, env)?;
        let given = match &ask.given {
            Some(given) => Some(self.event(given, env)?),
            None => None,
        };
        let at = self.month(at, env, 0)?;
        self.check_ahead(&ahead, at, ask.what.span)?;
        Some(Atom::At { what, given, at, ahead })
    }

    /// `in the long run` says already when, and needs play without an end.
    fn alone_in_the_long_run(&mut self, ask: &Ask, form: &str, place: Span) -> Option<()> {
        if !self.model.is_forever() {
            let word = self.model.period_word.clone();
            self.report(
                Diagnostic::error("long-run", "only play that goes on for ever has a long run", place).help(
                    format!("ask for a {word}, as in `at 12`, or let play go on: `play … forever {{ … }}`"),
                ),
            );
            return None;
        }
        self.refuse_discount(ask, form)?;
        let times = &ask.times;
        let help = "it is the mean over all periods; for some of them leave `in the long run` out";
        for (clause, word) in
            [(&times.at, "at"), (&times.after, "after"), (&times.by, "by"), (&times.until, "until")]
        {
            self.refuse(clause.as_ref(), word, form, help)?;
        }
        if ask.mode == AskMode::Plain {
            return Some(());
        }
        let (word, help) = match ask.mode {
            AskMode::Total => ("total", "what a period brings in the mean is `E[e in the long run]`"),
            _ => ("always", "the share of periods in which it holds is `P[e in the long run]`"),
        };
        self.form(&format!("`{word}` and `in the long run` do not go together"), ask.what.span, help);
        None
    }

    fn long_run(&mut self, what: Expr, ask: &'a Ask, env: &Env<'a>) -> Option<Atom> {
        let or = "; for a choice itself there is `prob(P.stage == a)`";
        self.states_only(&what, "`in the long run`", or, ask.what.span)?;
        let given = match &ask.given {
            Some(given) => {
                let event = self.event(given, env)?;
                self.states_only(&event, "`in the long run`", or, given.span)?;
                Some(event)
            }
            None => None,
        };
        Some(Atom::LongRun { what, given })
    }

    /// `discounted d`: a number from 0 to 1.
    fn discount(&mut self, discount: &'a ast::Expr, env: &Env<'a>) -> Option<Expr> {
        let factor = self.in_mode(Mode::Parameters, |this| this.number(discount, env))?;
        match fold::value_at(&factor, &self.model.defaults()) {
            Some(x) if !(0.0..=1.0).contains(&x) => {
                let title = format!("this total is discounted by {}, outside 0 .. 1", print::number(x));
                self.report(
                    Diagnostic::error("discount-range", title, discount.span)
                        .help("it is what a point of the next period counts now: 0.95, say"),
                );
                None
            }
            _ => Some(factor),
        }
    }

    fn refuse_discount(&mut self, ask: &Ask, form: &str) -> Option<()> {
        self.refuse(
            ask.discount.as_ref(),
            "discounted",
            form,
            "a sum is discounted: `E[total e discounted d]`",
        )
    }

    /// Refuses the clauses that only `P[…]` and `E[…]` take.
    fn refuse_long_run(&mut self, ask: &Ask, form: &str) -> Option<()> {
        self.refuse_discount(ask, form)?;
        let Some(place) = ask.times.long_run else { return Some(()) };
        self.form(&format!("`{form}` takes no `in the long run`"), place, "leave it out: all periods count");
        None
    }

    fn when_first(&mut self, ask: &'a Ask, first: &'a ast::Expr, env: &Env<'a>) -> Option<Atom> {
        let times = &ask.times;
        let form = "E[… when first c]";
        self.refuse(times.at.as_ref(), "at", form, "write `by m` or `in a..b`")?;
        self.refuse(times.until.as_ref(), "until", form, "write `by m` or `in a..b`")?;
        self.refuse(ask.given.as_ref(), "|", form, "it is conditional already: put it behind `when first`")?;
        self.refuse_long_run(ask, form)?;
        if ask.mode == AskMode::Total {
            self.form(
                "`total` and `when first` do not go together",
                first.span,
                "write `E[total e until c by m]`",
            );
            return None;
        }
        let (what, ahead) = self.quantity_with_ahead(&ask.what, env)?;
        let event = self.state_event(first, env, "`when first`")?;
        self.check_possible(&event, first.span);
        let window = match &times.window {
            Some((from, to)) => {
                let from_month = self.month(from, env, 1)?;
                let to_month = self.month(to, env, 1)?;
                if to_month < from_month {
                    self.reversed(from, to, from.span.to(to.span));
                    return None;
                }
                Window { after: from_month - 1, by: to_month }
            }
            None => self.window(times, env)?,
        };
        self.check_ahead(&ahead, window.by, ask.what.span)?;
        Some(Atom::WhenFirst { what, first: event, window, ahead })
    }

    fn quantity_alone(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Expr> {
        let outer = self.ahead.take();
        let what = self.quantity(e, env);
        self.ahead = outer;
        what
    }

    /// A quantity in which questions about play that goes on may stand.
    fn quantity_with_ahead(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<(Expr, Vec<Ahead>)> {
        let nested = self.ahead.is_some();
        if nested {
            return self.quantity_alone(e, env).map(|what| (what, Vec::new()));
        }
        self.ahead = Some(Vec::new());
        let what = self.quantity(e, env);
        let ahead = self.ahead.take().unwrap_or_default();
        what.map(|what| (what, ahead))
    }

    fn check_ahead(&mut self, ahead: &[Ahead], from: usize, span: Span) -> Option<()> {
        let Some(early) = ahead.iter().map(|ahead| ahead.after).find(|after| *after < from) else {
            return Some(());
        };
        let (title, help) = match from {
            FOREVER => (
                format!("the inner question begins after {early}, and may be asked at any time"),
                "say by when it is asked: `E[… when first c by m]`".to_owned(),
            ),
            _ => (
                format!("the inner question looks back: it begins after {early}, and is asked at {from}"),
                format!("write `after {from}` in the inner question, or later"),
            ),
        };
        self.report(Diagnostic::error("ahead-time", title, span).help(help));
        None
    }

    /// A question inside `E[…]`: for play that goes on from the state at hand.
    pub fn ahead_question(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Typed {
        let outer = self.ahead.take();
        let atom = self.in_mode(Mode::Question, |this| this.ahead_atom(e, env));
        self.ahead = outer;
        match (atom, &mut self.ahead) {
            (Some(ahead), Some(list)) => {
                list.push(ahead);
                Typed::number(Expr { kind: ExprKind::Ahead(list.len() - 1), span: e.span })
            }
            _ => Typed::unknown(e.span),
        }
    }

    fn ahead_atom(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<Ahead> {
        let ask = match &e.kind {
            ast::ExprKind::Probability(ask) | ast::ExprKind::Expectation(ask) => ask,
            _ => {
                self.form(
                    "only `P[…]` and `E[…]` can stand inside another question",
                    e.span,
                    "they are asked of play that goes on: `E[P[broken after 12 by 36] when first signed in 1..12]`",
                );
                return None;
            }
        };
        if ask.first.is_some() || ask.given.is_some() || ask.times.long_run.is_some() {
            self.form(
                "the inner question is too involved",
                e.span,
                "inside, `by`, `at`, `always` and `total` can stand",
            );
            return None;
        }
        let Some(after) = &ask.times.after else {
            self.form(
                "the inner question needs `after m`",
                e.span,
                "it is asked of play that goes on after period m: `P[e after 12 by 24]`",
            );
            return None;
        };
        let after_month = self.month(after, env, 0)?;
        self.ahead = Some(Vec::new());
        let atom = match &e.kind {
            ast::ExprKind::Probability(_) => self.probability(ask, e.span, env),
            _ => self.expectation(ask, e.span, env),
        };
        self.ahead = None;
        let atom = atom?;
        if let Atom::At { at, .. } = &atom
            && *at < after_month
        {
            let title = format!("period {at} is over after {after_month}");
            self.report(Diagnostic::error("time-outside", title, after.span));
            return None;
        }
        Some(Ahead { atom, after: after_month })
    }

    /// `count(P.stage …)`.
    pub fn count(&mut self, ask: &'a Ask, env: &Env<'a>) -> Option<Atom> {
        let stage = self.stage(&ask.what, env)?;
        self.refuse_long_run(ask, "count(…)")?;
        let given = match &ask.given {
            Some(given) => Some(self.visit_condition(stage, given, env)?),
            None => None,
        };
        let until = match &ask.times.until {
            Some(until) => Some(self.state_event(until, env, "`until`")?),
            None => None,
        };
        Some(Atom::Count { stage, given, until, window: self.window(&ask.times, env)? })
    }

    /// `prob(P.stage == a …)`.
    pub fn choice_probability(&mut self, ask: &'a Ask, env: &Env<'a>) -> Option<Atom> {
        let (stage, actions) = self.stage_event(&ask.what, env)?;
        self.refuse_long_run(ask, "prob(…)")?;
        self.refuse(
            ask.times.until.as_ref(),
            "until",
            "prob(…)",
            "ask `P[e until f by m]`, or put the condition behind `|`",
        )?;
        let given = match &ask.given {
            Some(given) => Some(self.visit_condition(stage, given, env)?),
            None => None,
        };
        Some(Atom::Choice { stage, actions, given, window: self.window(&ask.times, env)? })
    }

    /// `P.stage == a`, `!= a`, `in {a, b}`: the stage and its actions.
    pub fn stage_event(&mut self, e: &'a ast::Expr, env: &Env<'a>) -> Option<(StageId, Vec<usize>)> {
        let (stage, actions, others) = match &e.kind {
            ast::ExprKind::Name(name) => {
                if let Meaning::Inner(Binding::Argument(expr, written_in), _) = self.meaning(name, env, None)
                {
                    return self.argument(expr, &written_in, |this, expr, env| this.stage_event(expr, env));
                }
                self.no_stage_event(e.span);
                return None;
            }
            ast::ExprKind::Binary(op @ (BinaryOp::Equal | BinaryOp::Unequal), left, right)
                if self.is_stage(left, env) || self.is_stage(right, env) =>
            {
                let (stage, pattern) = if self.is_stage(left, env) { (left, right) } else { (right, left) };
                let id = self.stage(stage, env)?;
                (id, self.pattern(id, pattern, env)?, *op == BinaryOp::Unequal)
            }
            ast::ExprKind::Among { value, negated, set } if self.is_stage(value, env) => {
                let id = self.stage(value, env)?;
                (id, self.patterns(id, set, env)?, *negated)
            }
            ast::ExprKind::Error => return None,
            _ => {
                self.no_stage_event(e.span);
                return None;
            }
        };
        let count = self.model.stage(stage).actions.len();
        let chosen = (0..count).filter(|action| actions.contains(action) != others).collect();
        Some((stage, chosen))
    }

    fn no_stage_event(&mut self, span: Span) {
        self.form(
            "this is not a choice at a stage",
            span,
            "write `Player.stage == action`; conditions stand behind `|`; for other events there is `P[…]`",
        );
    }
}
