//! The months that a question is asked for, and the clauses that its form takes.

use melian_model::{Diagnostic, Span, Window};

use super::{Elaborator, env::Env};
use crate::ast;

/// The last month that can be asked for in play that goes on for ever.
const FARTHEST: usize = 100_000;

impl<'a> Elaborator<'a> {
    /// A month: a whole number from `least` to the horizon.
    pub fn month(&mut self, e: &'a ast::Expr, env: &Env<'a>, least: usize) -> Option<usize> {
        let word = self.model.period_word.clone();
        let value = self.constant_whole(e, env, &format!("a {word}"))?;
        let last = if self.model.is_forever() { FARTHEST } else { self.model.horizon };
        if value >= least as i64 && value <= last as i64 {
            return Some(value as usize);
        }
        let mut problem =
            Diagnostic::error("time-outside", format!("there is no {word} {value} to ask about"), e.span);
        problem = if value > last as i64 {
            match self.model.is_forever() {
                true => problem.help(format!(
                    "up to {word} {last} can be asked for; beyond all of them is `in the long run`"
                )),
                false => problem.help(format!("the game is played for {last} {word}s")).fix(
                    format!("ask for {word} {last}"),
                    e.span,
                    last.to_string(),
                ),
            }
        } else if value == 0 {
            problem.help(format!("{word} 0 is the start: only `at 0` can ask for it"))
        } else {
            problem.help(format!("{word}s are counted from 1"))
        };
        self.report(problem);
        None
    }

    /// The window of `after k by m`, of `at m`, or of all periods.
    pub fn window(&mut self, times: &'a ast::Times, env: &Env<'a>) -> Option<Window> {
        if let Some(at) = &times.at {
            self.refuse(
                times.by.as_ref().or(times.after.as_ref()),
                "by` or `after",
                "… at m",
                "ask for one month or for several",
            )?;
            let month = self.month(at, env, 1)?;
            return Some(Window { after: month - 1, by: month });
        }
        let after = match &times.after {
            Some(after) => self.month(after, env, 0)?,
            None => 0,
        };
        let by = match &times.by {
            Some(by) => self.month(by, env, 1)?,
            None => self.model.horizon,
        };
        if after >= by {
            let at = times.by.as_ref().or(times.after.as_ref()).map_or(Span::NONE, |e| e.span);
            let title = format!("no {} is after {after} and not after {by}", self.model.period_word);
            self.report(Diagnostic::error("time-outside", title, at).help("`after k by m` is k+1 .. m"));
            return None;
        }
        Some(Window { after, by })
    }

    /// A form of question that there is not.
    pub fn form(&mut self, title: &str, span: Span, help: &str) {
        self.report(Diagnostic::error("question-clauses", title, span).help(help));
    }

    /// A clause that this form of question does not take.
    pub fn refuse(&mut self, clause: Option<&ast::Expr>, word: &str, form: &str, help: &str) -> Option<()> {
        match clause {
            None => Some(()),
            Some(clause) => {
                self.form(&format!("`{form}` takes no `{word}`"), clause.span, help);
                None
            }
        }
    }

    /// `at k after m` is asked of play that goes on from the end of m: only inside another question.
    pub fn refuse_after(&mut self, times: &'a ast::Times, form: &str) -> Option<()> {
        if self.ahead.is_some() {
            return Some(());
        }
        self.refuse(
            times.after.as_ref(),
            "after",
            form,
            "`at k after m` can only stand inside another question",
        )
    }
}
