//! Interventions: parameters, start values and commitments that a question is asked under.

use melian_model::{Change, Commitment, Diagnostic, Settings, VarId};

use super::{Elaborator, Mode, env::Env};
use crate::ast::{self, ChangeKind, Setting};

impl<'a> Elaborator<'a> {
    /// An intervention, and the variables whose start value it sets.
    pub fn change(&mut self, change: &'a ast::Change, env: &Env<'a>) -> Option<(Change, Vec<VarId>)> {
        let settings = self.in_mode(Mode::Question, |this| this.settings(&change.settings, env))?;
        let restarted: Vec<VarId> = settings.start.iter().map(|(var, _)| *var).collect();
        let change = match &change.kind {
            ChangeKind::With => Change::With(settings),
            ChangeKind::Unnoticed => Change::Unnoticed(settings),
            ChangeKind::Unexpected(after) => {
                if let Some(setting) = change.settings.iter().find(|setting| setting.start) {
                    self.report(
                        Diagnostic::error(
                            "question-clauses",
                            "a surprise cannot change the start of play",
                            setting.span,
                        )
                        .help(
                            "`unexpected` comes into force later: `with { start x = v }` changes the start",
                        ),
                    );
                    return None;
                }
                Change::Unexpected { settings, after: self.month(after, env, 0)? }
            }
        };
        Some((change, restarted))
    }

    /// What an intervention changes.
    pub fn settings(&mut self, settings: &'a [Setting], env: &Env<'a>) -> Option<Settings> {
        let mut read = Settings::default();
        let mut sound = true;
        for setting in settings {
            sound &= self.setting(setting, &mut read, env).is_some();
        }
        sound.then_some(read)
    }

    fn setting(&mut self, setting: &'a Setting, read: &mut Settings, env: &Env<'a>) -> Option<()> {
        if !setting.start && self.is_stage(&setting.target, env) {
            read.commitments.push(self.commitment(setting, env)?);
            return Some(());
        }
        self.no_clauses(setting)?;
        if setting.start {
            let var = self.named_variable(&setting.target, env, false)?;
            let level = self.level_for(var, &setting.value, env)?;
            if read.start.iter().any(|(other, _)| *other == var) {
                return self.twice(&self.model.var(var).name.clone(), setting);
            }
            self.symbols.restarts.push((var, level));
            read.start.push((var, level));
        } else {
            let id = self.parameter_named(&setting.target, env);
            let value = self.question(&setting.value, env);
            let (id, value) = (id?, value?);
            if read.params.iter().any(|(other, _)| *other == id) {
                return self.twice(&self.model.params[id.0].name.clone(), setting);
            }
            read.params.push((id, value));
        }
        Some(())
    }

    fn twice(&mut self, name: &str, setting: &Setting) -> Option<()> {
        self.report(
            Diagnostic::error("duplicate-name", format!("`{name}` is set twice"), setting.span)
                .help("all settings apply at once: leave one of them out"),
        );
        None
    }

    fn no_clauses(&mut self, setting: &Setting) -> Option<()> {
        let clauses = [
            ("when", &setting.when),
            ("at", &setting.at),
            ("from", &setting.from),
            ("until", &setting.until),
        ];
        for (word, clause) in clauses {
            if let Some(clause) = clause {
                self.report(
                    Diagnostic::error("question-clauses", format!("only commitments take `{word}`"), clause.span)
                        .help("a parameter or start value is set for the whole of play; a commitment is `Player.stage = action`"),
                );
                return None;
            }
        }
        Some(())
    }

    fn commitment(&mut self, setting: &'a Setting, env: &Env<'a>) -> Option<Commitment> {
        let stage = self.stage(&setting.target, env)?;
        let actions = self.pattern(stage, &setting.value, env);
        let when = match &setting.when {
            Some(when) => Some(self.visit_condition(stage, when, env)?),
            None => None,
        };
        let (mut from, mut until) = (1, usize::MAX);
        if let Some(at) = &setting.at {
            from = self.month(at, env, 1)?;
            until = from;
            if let Some(other) = setting.from.as_ref().or(setting.until.as_ref()) {
                self.report(
                    Diagnostic::error(
                        "question-clauses",
                        "`at` is one period; `from` and `until` are several",
                        other.span,
                    )
                    .help("write one or the other"),
                );
                return None;
            }
        }
        if let Some(start) = &setting.from {
            from = self.month(start, env, 1)?;
        }
        if let Some(end) = &setting.until {
            until = self.month(end, env, 1)?;
            if until < from {
                let title = format!("this commitment ends at {until}, before it begins at {from}");
                self.report(Diagnostic::error("time-outside", title, end.span));
                return None;
            }
        }
        Some(Commitment { stage, actions: actions?, when, from, until, span: setting.span })
    }
}
