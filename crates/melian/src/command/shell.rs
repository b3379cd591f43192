//! Files, terminal and environment: the only place that touches them.

use std::{
    io::{IsTerminal, Read, Write},
    path::Path,
    time::{Duration, Instant},
};

use super::Settings;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use melian::{
    Game,
    model::{Diagnostic, Model, Range, Span},
    render::render,
};

/// Colours and progress as the terminal wants them.
pub struct Shell {
    colour_out: bool,
    colour_err: bool,
    live: bool,
}

/// How a command that was understood ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: a claim or check failed where this was asked for.
    Failed,
}

/// Bad input: diagnostics about a named text. Exit code 2; 3 where no equilibrium was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Failure {
    problems: Vec<Diagnostic>,
    name: String,
    text: String,
}

/// A model that was read and compiled.
pub struct Loaded {
    /// Its path or its name.
    pub name: String,
    /// The game.
    pub game: Game,
}

/// So many diagnostics are shown; the rest are counted.
const SHOWN: usize = 50;

/// Work that takes longer than this shows a bar.
const PATIENCE: Duration = Duration::from_secs(2);

impl Failure {
    /// Problems with a text.
    pub fn with(problems: Vec<Diagnostic>, name: &str, text: &str) -> Failure {
        Failure { problems, name: name.to_owned(), text: text.to_owned() }
    }

    /// What is wrong.
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// The exit code.
    pub fn code(&self) -> i32 {
        if self.problems.iter().any(|p| p.id == "not-converged") { 3 } else { 2 }
    }

    /// The same, with what may help.
    pub fn help(mut self, text: &str) -> Failure {
        if let Some(last) = self.problems.pop() {
            self.problems.push(last.help(text));
        }
        self
    }

    /// A problem that no text is to blame for.
    pub fn plain(id: &'static str, title: impl Into<String>) -> Failure {
        Failure::from(Diagnostic::error(id, title, Span::NONE))
    }
}

impl From<Diagnostic> for Failure {
    fn from(problem: Diagnostic) -> Failure {
        Failure::with(vec![problem], "", "")
    }
}

impl Loaded {
    /// Problems with this model as a failure.
    pub fn failure(&self, problems: Vec<Diagnostic>) -> Failure {
        Failure::with(problems, &self.name, &self.game.text)
    }
}

impl Shell {
    /// The shell around this process.
    pub fn new() -> Shell {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        Shell {
            colour_out: wanted && std::io::stdout().is_terminal(),
            colour_err: wanted && std::io::stderr().is_terminal(),
            live: std::io::stderr().is_terminal(),
        }
    }

    /// One that shows no progress.
    pub fn silent() -> Shell {
        Shell { colour_out: false, colour_err: false, live: false }
    }

    /// Whether standard output shows colours.
    pub fn colour(&self) -> bool {
        self.colour_out
    }

    /// Writes to standard output. A reader that has seen enough is no error.
    pub fn print(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
            std::process::exit(0);
        }
    }

    /// Writes a line to standard error.
    pub fn note(&self, text: &str) {
        // Nothing can be done about a standard error that is closed.
        drop(writeln!(std::io::stderr(), "{text}"));
    }

    /// Writes a line to standard error if somebody is watching.
    pub fn remark(&self, text: &str) {
        if self.live {
            self.note(text);
        }
    }

    /// Shows diagnostics about a text.
    pub fn show(&self, problems: &[Diagnostic], name: &str, text: &str) {
        let shown: Vec<String> =
            problems.iter().take(SHOWN).map(|p| render(p, name, text, self.colour_err)).collect();
        if !shown.is_empty() {
            self.note(shown.join("\n").trim_end());
        }
        if problems.len() > SHOWN {
            self.note(&format!("… and {} more", problems.len() - SHOWN));
        }
    }

    /// Shows why a command could not be done.
    pub fn fail(&self, failure: &Failure) {
        self.show(&failure.problems, &failure.name, &failure.text);
    }

    /// The text of a model and its name in messages: a path, an embedded model, or `-`.
    pub fn text(&self, model: &str) -> Result<(String, String), Failure> {
        if let Some(embedded) = melian::models::by_name(model) {
            return Ok((embedded.text.to_owned(), format!("{model}.melian")));
        }
        let bytes = if model == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        } else {
            if !Path::new(model).exists() && !model.contains(['/', '.']) {
                return Err(melian::models::unknown(model).into());
            }
            std::fs::read(model)
        };
        let bytes = bytes.map_err(|e| {
            Failure::plain("unreadable-file", format!("cannot read `{model}`: {}", plain(&e)))
        })?;
        let text = melian::front::text_of(&bytes).map_err(|p| Failure::with(vec![p], model, ""))?;
        Ok((text, if model == "-" { "standard input".into() } else { model.to_owned() }))
    }

    /// Reads and compiles a model; shows its warnings.
    pub fn load(&self, model: &str, settings: &Settings) -> Result<Loaded, Failure> {
        let (text, name) = self.text(model)?;
        let constants: Vec<(&str, f64)> = settings.consts.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        let compile = if settings.forever { melian::compile_forever } else { melian::compile };
        match compile(&text, &constants) {
            Ok(game) => {
                self.show(game.warnings(), &name, &text);
                if !game.warnings().is_empty() {
                    self.note("");
                }
                Ok(Loaded { name, game })
            }
            Err(problems) => Err(Failure::with(problems, &name, &text)),
        }
    }

    /// Says which of these parameter values are outside what the model calls plausible.
    pub fn remark_on_ranges(&self, model: &Model, params: &[(String, f64)]) {
        for (name, value) in params {
            let range = model.params.iter().find(|p| p.name == *name).and_then(|p| p.range);
            if let Some(Range::Between(lo, hi)) = range
                && !(lo..=hi).contains(value)
            {
                self.note(&format!("note: {name} = {value} is outside its plausible range, {lo} .. {hi}"));
            }
        }
    }

    /// A bar for so many things that are done one by one.
    pub fn count(&self, thing: &'static str, all: u64) -> Count {
        let target = if self.live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::hidden());
        let template = format!("{thing}s {{bar:30}} {{human_pos}} of {{human_len}} · {{msg}} · {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        let hidden = std::cell::Cell::new(Some(target));
        Count { thing, bar, hidden, started: Instant::now(), done: std::cell::Cell::new(0) }
    }

    /// Does work that reports its progress from 0 to 1; a bar appears if it takes long and somebody is watching.
    pub fn watch<T>(&self, what: &str, work: impl FnOnce(&dyn Fn(f64)) -> T) -> T {
        const STEPS: u64 = 1000;
        let target = if self.live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {percent:>3} % · {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        let started = Instant::now();
        let hidden = std::cell::Cell::new(Some(target));
        let result = work(&|share| {
            if started.elapsed() > PATIENCE
                && let Some(target) = hidden.take()
            {
                bar.set_draw_target(target);
            }
            bar.set_position((share.clamp(0.0, 1.0) * STEPS as f64) as u64);
        });
        bar.finish_and_clear();
        result
    }
}

/// A bar that counts, with rate and time left; shown after a while if somebody is watching.
pub struct Count {
    thing: &'static str,
    bar: ProgressBar,
    hidden: std::cell::Cell<Option<ProgressDrawTarget>>,
    started: Instant,
    done: std::cell::Cell<u64>,
}

impl Count {
    /// So many were done before: they do not count for the rate.
    pub fn begin_with(&self, done: u64) {
        self.bar.inc(done);
        self.bar.reset_eta();
    }

    /// One more is done.
    pub fn one(&self) {
        if self.started.elapsed() > PATIENCE
            && let Some(target) = self.hidden.take()
        {
            self.bar.set_draw_target(target);
        }
        self.bar.inc(1);
        self.done.set(self.done.get() + 1);
        let rate = self.done.get() as f64 / self.started.elapsed().as_secs_f64().max(1e-9);
        self.bar.set_message(if rate < 10.0 {
            format!("{rate:.2} a second")
        } else {
            format!("{rate:.0} a second")
        });
    }

    /// Takes the bar away and tells whoever watches how many were done, and how fast.
    pub fn finish(self, shell: &Shell) {
        self.bar.finish_and_clear();
        let (done, seconds) = (self.done.get(), self.started.elapsed().as_secs_f64());
        if done > 0 {
            let rate = done as f64 / seconds.max(1e-9);
            shell.remark(&format!("{done} {}s solved in {seconds:.1} s: {rate:.1} a second", self.thing));
        }
    }
}

/// What the system said, without its error number.
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
