//! The head of `play`: how many periods, what they are called, when they begin; and dates as periods.

use melian_model::{Diagnostic, FOREVER, Span, print};

use super::{Elaborator, env::Env, fold, types::Typed};
use crate::ast::{self, ItemKind, Length, Play};

/// The longest horizon.
const MOST: f64 = 1e6;

impl<'a> Elaborator<'a> {
    /// Horizon, period word and calendar.
    pub fn play_head(&mut self) {
        self.model.horizon = 1;
        self.model.period_word = "period".into();
        let Some(play) = self.play() else { return };
        self.model.period_word = period_word(&play.word.text);
        match &play.length {
            Length::Once => {}
            Length::Periods(periods) => self.horizon(periods),
            Length::Forever => self.model.horizon = FOREVER,
        }
        if let Some(from) = &play.from {
            if self.model.period_word == "month" {
                self.model.calendar = Some((from.year, from.month));
            } else {
                self.report(
                    Diagnostic::error("calendar-months", "only months have a calendar", from.span)
                        .also(play.word.span, format!("a period is a {} here", self.model.period_word))
                        .help("leave `from` out, or play `monthly`"),
                );
            }
        }
    }

    /// The first `play`.
    pub fn play(&self) -> Option<&'a Play> {
        let file = self.file;
        file.items.iter().find_map(|item| match &item.kind {
            ItemKind::Play(play) => Some(play),
            _ => None,
        })
    }

    fn horizon(&mut self, periods: &'a ast::Expr) {
        let Some(value) = self.constant_number(periods, &Env::default()) else { return };
        if value >= 1.0 && value.fract() == 0.0 && value <= MOST {
            self.model.horizon = value as usize;
            return;
        }
        let words = print::number(value);
        let mut problem = Diagnostic::error(
            "horizon",
            format!("a game cannot be played for {words} periods"),
            periods.span,
        )
        .help("the horizon is a whole number, at least 1");
        if value.is_finite() && value <= MOST {
            let near = value.round().max(1.0);
            problem = problem.fix(format!("play for {near}"), periods.span, print::number(near));
        }
        self.report(problem);
    }

    /// `date(2026, 7)`: the period with that calendar date.
    pub fn date(&mut self, year: &'a ast::Expr, month: &'a ast::Expr, span: Span, env: &Env<'a>) -> Typed {
        let Some((first_year, first_month)) = self.model.calendar else {
            self.no_calendar("`date`", span);
            return Typed::unknown(span);
        };
        let Some(y) = self.constant_whole(year, env, "a year") else { return Typed::unknown(span) };
        let Some(m) = self.constant_whole(month, env, "a month") else { return Typed::unknown(span) };
        if !(1..=12).contains(&m) {
            self.report(
                Diagnostic::error("time-outside", format!("there is no month {m} of a year"), month.span)
                    .help("months are 1 to 12: July 2026 is `date(2026, 7)`"),
            );
            return Typed::unknown(span);
        }
        let periods = (y - i64::from(first_year)) * 12 + m - i64::from(first_month) + 1;
        Typed::number(fold::number(periods as f64, span))
    }
}

/// The word for one period: "month" for `monthly`, "round" for `rounds`.
fn period_word(word: &str) -> String {
    match word {
        "once" => "period",
        "monthly" => "month",
        "weekly" => "week",
        "yearly" => "year",
        "quarterly" => "quarter",
        "daily" => "day",
        other => other.strip_suffix('s').filter(|stem| !stem.is_empty()).unwrap_or(other),
    }
    .into()
}
