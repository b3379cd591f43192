//! Questions about play: `P[…]`, `E[…]`, `prob(…)`, `policy(…)`; interventions; means and sums over families.

use melian_model::{Diagnostic, Span};

use super::core::{Context, Parsed, Parser};
use super::layout::Part;
use super::sets::Between;
use crate::{
    ast::{
        Aggregate, Ask, AskMode, Binding, Change, ChangeKind, Expr, ExprKind, MarginAsk, PolicyAsk, Setting,
        Times,
    },
    lexer::Kind,
};

impl Parser<'_> {
    /// `P[…]`, `E[…]`.
    pub fn question(&mut self, word: &str) -> Parsed<Expr> {
        let first = self.at;
        self.bump();
        let open = self.at;
        self.mark_here(Part::ATTACHED);
        self.bump();
        let ask = self.nested(|p| p.within(Context::PLAIN, |p| p.ask(word)))?;
        self.close_question(open, Kind::SquareClose)?;
        let ask = Box::new(ask);
        let kind = if word == "E" { ExprKind::Expectation(ask) } else { ExprKind::Probability(ask) };
        Ok(Expr::new(kind, self.since(first)))
    }

    /// The closing bracket of a question; what may stand before it is known.
    fn close_question(&mut self, open: usize, kind: Kind) -> Parsed<()> {
        if self.sees(Kind::Word) && !self.on_new_line() {
            let clauses = ["at", "by", "after", "until", "when", "where", "always", "total", "discounted"];
            let problem = Diagnostic::error(
                "question-form",
                format!("unexpected {} in a question", self.found()),
                self.here(),
            )
            .help(
                "behind what is asked stand `at m`, `by m`, `after k by m`, `until c by m`, \
                    `when first c by m`, `discounted d`, `in the long run` or `| c`",
            );
            let problem = match crate::words::nearest(self.word(), clauses) {
                Some(right) => problem.fix(format!("write `{right}`"), self.here(), right),
                None => problem,
            };
            return Err(self.fail(problem));
        }
        self.close(open, kind)
    }

    /// `P(…)` for `P[…]`, or `prob[…]` for `prob(…)`: reads it as what it is meant to be.
    pub fn wrong_brackets(&mut self, word: &str) -> Parsed<Expr> {
        let first = self.at;
        let open = first + 1;
        let square = matches!(word, "P" | "E") || self.peek(1).kind == Kind::ParenOpen;
        let (name, form) = match word {
            "E" => ("E", "E[…]"),
            "policy" => ("policy", "policy(…)"),
            "margin" => ("margin", "margin(…)"),
            _ if square => ("P", "P[…]"),
            _ => ("prob", "prob(…)"),
        };
        let span = self.here().to(self.peek(1).span);
        let problem =
            Diagnostic::error("question-brackets", format!("`{form}` is written with other brackets"), span)
                .label(format!("write `{form}`"));
        self.bump();
        self.bump();
        let read = self.nested(|p| {
            p.within(Context::PLAIN, |p| match name {
                "policy" => p.policy(),
                "margin" => p.margin(),
                "prob" => Ok(ExprKind::Choice(Box::new(p.ask(name)?))),
                "E" => Ok(ExprKind::Expectation(Box::new(p.ask(name)?))),
                _ => Ok(ExprKind::Probability(Box::new(p.ask(name)?))),
            })
        });
        let close = if square { Kind::ParenClose } else { Kind::SquareClose };
        let whole = read.is_ok() && self.sees(close);
        let inside = self.tokens[open].span.end as usize..self.here().start as usize;
        if !whole {
            return Err(self.fail(problem));
        }
        self.bump();
        let span = self.since(first);
        let (left, right) = if square { ('[', ']') } else { ('(', ')') };
        let text = format!("{name}{left}{}{right}", &self.text[inside]);
        let problem = problem.fix(format!("write `{form}`"), span, text);
        self.report(problem);
        Ok(Expr::new(read?, span))
    }

    /// `prob(…)`, `count(…)`, `value(…)`, `policy(…)`, `margin(…)`, `mean(…)`, `sum(…)`, `any(…)`, `all(…)`.
    pub fn asking_function(&mut self, word: &str) -> Parsed<Expr> {
        let first = self.at;
        let outer = self.context;
        self.bump();
        let open = self.open_arguments("`(`")?;
        let kind = self.nested(|p| {
            p.within(Context::PLAIN, |p| match word {
                "prob" => Ok(ExprKind::Choice(Box::new(p.ask(word)?))),
                "count" => Ok(ExprKind::Count(Box::new(p.ask(word)?))),
                "value" => Ok(ExprKind::Value(Box::new(p.operand()?))),
                "policy" => p.policy(),
                "margin" => p.margin(),
                "mean" => p.aggregate(Aggregate::Mean, outer),
                "sum" => p.aggregate(Aggregate::Sum, outer),
                "any" => p.aggregate(Aggregate::Any, outer),
                _ => p.aggregate(Aggregate::All, outer),
            })
        })?;
        match word {
            "prob" | "count" | "policy" | "margin" => self.close_question(open, Kind::ParenClose)?,
            _ => self.close(open, Kind::ParenClose)?,
        }
        Ok(Expr::new(kind, self.since(first)))
    }

    /// What is asked, with its times and its condition.
    fn ask(&mut self, word: &str) -> Parsed<Ask> {
        let mode = match self.word() {
            "always" if word == "P" && self.begins_value(1) => AskMode::Always,
            "total" if word == "E" && self.begins_value(1) => AskMode::Total,
            _ => AskMode::Plain,
        };
        if mode != AskMode::Plain {
            self.bump();
        }
        let what = self.expression()?;
        let mut ask = Ask { mode, what, first: None, times: Times::default(), discount: None, given: None };
        loop {
            let span = self.here();
            match (self.kind(), self.word()) {
                (Kind::Word, word @ ("at" | "after" | "by")) => {
                    self.bump();
                    let month = self.sum()?;
                    let slot = match word {
                        "at" => &mut ask.times.at,
                        "after" => &mut ask.times.after,
                        _ => &mut ask.times.by,
                    };
                    self.once(slot, &format!("`{word}`"), span, month);
                }
                (Kind::Word, "until") => {
                    self.bump();
                    let event = self.expression()?;
                    self.once(&mut ask.times.until, "`until`", span, event);
                }
                (Kind::Word, "discounted") => {
                    self.bump();
                    let discount = self.sum()?;
                    self.once(&mut ask.discount, "`discounted`", span, discount);
                }
                (Kind::Word, "in") if self.sees_long_run(1) => {
                    let first = self.at;
                    for _ in 0..4 {
                        self.bump();
                    }
                    let words = self.since(first);
                    self.once(&mut ask.times.long_run, "`in the long run`", words, words);
                }
                (Kind::Word, "when") => self.when_first(&mut ask)?,
                (Kind::Bar, _) => {
                    self.bump();
                    let condition = self.expression()?;
                    self.once(&mut ask.given, "the condition behind `|`", span, condition);
                }
                (Kind::Word, "given") => {
                    let problem = Diagnostic::error("question-form", "a condition stands behind `|`", span)
                        .label("this is written `|`")
                        .fix("write `|`", span, "|");
                    self.report(problem);
                    self.bump();
                    let condition = self.expression()?;
                    self.once(&mut ask.given, "the condition behind `|`", span, condition);
                }
                _ => return Ok(ask),
            }
        }
    }

    /// Whether `the long run` stands some tokens ahead: behind `in` it is no set.
    pub fn sees_long_run(&self, ahead: usize) -> bool {
        ["the", "long", "run"].into_iter().zip(ahead..).all(|(word, n)| self.word_at(n) == word)
    }

    /// `when first c`, `when first c in a..b`.
    fn when_first(&mut self, ask: &mut Ask) -> Parsed<()> {
        let span = self.here();
        self.bump();
        if !self.sees_word("first") {
            let problem = Diagnostic::error(
                "question-form",
                format!("expected `first` after `when`, found {}", self.found()),
                self.here(),
            )
            .help(
                "`when first c` asks at the first month in which `c` \
                    holds; a condition at the same time stands behind `|`",
            );
            return Err(self.fail(problem));
        }
        self.bump();
        let context = Context { in_range_ends: true, ..Context::PLAIN };
        let event = self.within(context, Self::expression)?;
        self.once(&mut ask.first, "`when first`", span, event);
        let span = self.here();
        if !self.sees_long_run(1) && self.take_word("in") {
            let lo = self.sum()?;
            self.expect(Kind::Range, "`..`: a stretch of months, as in `in 1..24`")?;
            let hi = self.sum()?;
            self.once(&mut ask.times.window, "`in`", span, (lo, hi));
        }
        Ok(())
    }

    /// Whether a value begins with the token `ahead` tokens later: then a word before it is no name.
    fn begins_value(&self, ahead: usize) -> bool {
        match self.peek(ahead).kind {
            Kind::Word => match self.word_at(ahead) {
                "at" | "by" | "after" | "until" | "when" | "in" | "and" | "or" | "with" | "given" => false,
                "not" => self.word_at(ahead + 1) != "in",
                _ => true,
            },
            Kind::Number | Kind::ParenOpen | Kind::Minus | Kind::Text => true,
            Kind::Foreign => self.text_of(self.peek(ahead)) == "!",
            _ => false,
        }
    }

    /// The inside of `policy(…)`.
    fn policy(&mut self) -> Parsed<ExprKind> {
        let event = self.expression()?;
        let (at, state) = self.at_where()?;
        Ok(ExprKind::Policy(Box::new(PolicyAsk { event, at, state })))
    }

    /// The inside of `margin(…)`.
    fn margin(&mut self) -> Parsed<ExprKind> {
        let stage = self.operand()?;
        if !self.sees(Kind::Colon) {
            let problem = Diagnostic::error(
                "question-form",
                format!("expected `:` and two actions, found {}", self.found()),
                self.here(),
            )
            .help("write `margin(P.stage: a over b)`");
            return Err(self.fail(problem));
        }
        self.bump();
        let action = self.operand()?;
        self.expect_word("over")?;
        let over = self.operand()?;
        let (at, state) = self.at_where()?;
        Ok(ExprKind::Margin(Box::new(MarginAsk { stage, action, over, at, state })))
    }

    /// `at m where x = v, …`, in either order.
    fn at_where(&mut self) -> Parsed<(Option<Expr>, Vec<Binding>)> {
        let (mut at, mut state) = (None, Vec::new());
        loop {
            let span = self.here();
            if self.take_word("at") {
                let month = self.sum()?;
                self.once(&mut at, "`at`", span, month);
            } else if self.take_word("where") {
                loop {
                    state.push(self.binding()?);
                    if !self.take(Kind::Comma) {
                        break;
                    }
                }
            } else {
                return Ok((at, state));
            }
        }
    }

    /// `x = v`.
    pub fn binding(&mut self) -> Parsed<Binding> {
        let first = self.at;
        let target = self.operand()?;
        self.equals("the name of a variable or stage")?;
        let value = self.sum()?;
        Ok(Binding { target, value, span: self.since(first) })
    }

    /// `q for m in SET, l in SET`.
    fn aggregate(&mut self, kind: Aggregate, outer: Context) -> Parsed<ExprKind> {
        let context = Context { conditions: outer.conditions, ..Context::PLAIN };
        let body = self.within(context, Self::expression)?;
        if !self.sees_word("for") {
            let word = match kind {
                Aggregate::Mean => "mean",
                Aggregate::Sum => "sum",
                Aggregate::Any => "any",
                Aggregate::All => "all",
            };
            let problem = Diagnostic::error(
                "aggregate-form",
                format!("`{word}` needs `for`, found {}", self.found()),
                self.here(),
            )
            .label(format!("expected `for m in 1..12`, so that `{word}` knows what it runs over"));
            let problem = match kind {
                Aggregate::Mean | Aggregate::Sum => problem.help("a few numbers are added with `+`"),
                Aggregate::Any => problem.help("a few conditions are joined with `or`"),
                Aggregate::All => problem.help("a few conditions are joined with `and`"),
            };
            return Err(self.fail(problem));
        }
        self.bump();
        let mut binders = vec![self.binder()?];
        while self.take(Kind::Comma) {
            binders.push(self.binder()?);
        }
        Ok(ExprKind::Aggregate { kind, body: Box::new(body), binders })
    }

    /// `with { … }`, `unexpected { … } at m`, `unnoticed { … }` behind a question.
    pub fn under(&mut self, question: Expr) -> Parsed<Expr> {
        let first = self.at;
        let word = self.word();
        self.bump();
        if !self.sees(Kind::BraceOpen) {
            let problem = Diagnostic::error(
                "question-form",
                format!("expected `{{` after `{word}`, found {}", self.found()),
                self.here(),
            )
            .help(format!("what changes stands in braces: `q {word} {{ dmg = 2 * dmg }}`"));
            return Err(self.fail(problem));
        }
        let (settings, _) = self.braced("settings", Between::Anything, Self::setting)?;
        let kind = match word {
            "unnoticed" => ChangeKind::Unnoticed,
            "unexpected" if self.take_word("at") => ChangeKind::Unexpected(self.sum()?),
            "unexpected" => {
                let at = Span { start: self.before().end, end: self.before().end };
                let problem = Diagnostic::error(
                    "question-form",
                    "`unexpected` does not say when",
                    self.tokens[first].span,
                )
                .label("expected `unexpected { … } at m`")
                .also(at, "`at m` is missing here")
                .help("play goes as in the baseline to the end of month m; then everyone knows");
                return Err(self.fail(problem));
            }
            _ => ChangeKind::With,
        };
        let change = Change { kind, settings, span: self.since(first) };
        let span = question.span;
        Ok(Expr::new(ExprKind::Under(Box::new(question), Box::new(change)), span))
    }

    /// `dmg = e`, `start x = v`, `P.stage = a when c from m until n`.
    pub fn setting(&mut self) -> Parsed<Setting> {
        let first = self.at;
        let start = self.sees_word("start") && self.peek(1).kind == Kind::Word;
        if start {
            self.bump();
        }
        let target = self.operand()?;
        self.equals("what is set")?;
        let value = self.expression()?;
        let mut setting =
            Setting { start, target, value, when: None, at: None, from: None, until: None, span: Span::NONE };
        loop {
            let span = self.here();
            let word = self.word();
            match word {
                "when" => {
                    self.bump();
                    let condition = self.expression()?;
                    self.once(&mut setting.when, "`when`", span, condition);
                }
                "at" | "from" | "until" => {
                    self.bump();
                    let month = self.sum()?;
                    let slot = match word {
                        "at" => &mut setting.at,
                        "from" => &mut setting.from,
                        _ => &mut setting.until,
                    };
                    self.once(slot, &format!("`{word}`"), span, month);
                }
                _ => break,
            }
        }
        setting.span = self.since(first);
        Ok(setting)
    }
}
