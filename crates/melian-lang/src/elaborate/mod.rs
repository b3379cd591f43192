//! Syntax tree to model: names get their meaning, types are checked, families and macros are expanded.
//!
//! Order: types, constants, parameters, the head of `play`, players, state variables, requirements, correlations, the
//! period, `finally`, measures, mechanisms, what is plausible, claims, lints. Constants are read when first needed. Everything that a `let`, a family or a
//! loop stands for is written out, so an amount of work is allowed and no more ([`Elaborator::spend`]).

mod aggregates;
mod asks;
mod calendar;
mod choices;
mod claims;
mod comparisons;
mod conditions;
mod constants;
mod correlations;
mod defaults;
mod domains;
mod draws;
mod env;
mod events;
mod expressions;
mod fold;
mod functions;
mod lint;
mod macros;
mod months;
mod names;
mod parameters;
mod places;
mod players;
mod policies;
mod problems;
mod questions;
mod sets;
mod settings;
mod stages;
mod statements;
mod states;
mod survey;
mod symbols;
mod tables;
mod together;
mod types;

use melian_model::{Ahead, Diagnostic, Model, Span, VarId};

use crate::ast::File;
pub use claims::{Apart, Asked};
use problems::Problems;
pub use problems::sorted;
pub use symbols::Symbols;

/// Steps of work allowed for one model: nodes of expressions read, statements and actions written out.
const WORK: usize = 5_000_000;

/// Statements, actions and members of sets that a model may be written out to.
const EXPANSION: usize = 500_000;

/// How deeply expressions may be nested once macros are expanded.
const DEPTH: usize = 400;

/// What may be read where an expression stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// Constants only: domains, horizons, months, defaults.
    Constant,
    /// Constants and parameters: discount, precision, `require`.
    Parameters,
    /// Unconditional state variables too: `state … when`.
    Existence,
    /// Everything: the period's program.
    Program,
    /// State variables: `finally`.
    Finally,
    /// What is sampled in a question: state variables and stages.
    Event,
    /// What holds just before a choice: locals too.
    Visit,
    /// Numbers computed from answers: constants and parameters.
    Question,
}

/// Reads a file into a model.
struct Elaborator<'a> {
    file: &'a File,
    text: &'a str,
    model: Model,
    symbols: Symbols,
    problems: Problems,
    mode: Mode,
    /// Questions about play that goes on, where a question allows them.
    ahead: Option<Vec<Ahead>>,
    /// State variables whose start value an enclosing intervention sets.
    restarted: Vec<VarId>,
    /// Whether lints are wanted.
    lints: bool,
    /// The text being read is not the model's: `melian ask`.
    apart: bool,
    work: usize,
    expansion: usize,
    depth: usize,
    exhausted: bool,
}

/// What remains of reading a model: the model and what its names stand for.
pub struct Elaborated {
    /// The model.
    pub model: Model,
    /// Names.
    pub symbols: Symbols,
    /// Everything found, by place.
    pub problems: Vec<Diagnostic>,
}

/// Reads a whole file. The result is usable only if no problem is an error.
pub fn elaborate(file: &File, text: &str, constants: &[(String, f64)]) -> Elaborated {
    let mut elaborator = Elaborator::new(file, text, Model::default(), Symbols::default());
    elaborator.lints = constants.is_empty();
    elaborator.file(constants);
    Elaborated {
        model: elaborator.model,
        symbols: elaborator.symbols,
        problems: elaborator.problems.into_sorted(),
    }
}

impl<'a> Elaborator<'a> {
    fn new(file: &'a File, text: &'a str, model: Model, symbols: Symbols) -> Elaborator<'a> {
        Elaborator {
            file,
            text,
            model,
            symbols,
            problems: Problems::default(),
            mode: Mode::Constant,
            ahead: None,
            restarted: Vec::new(),
            lints: false,
            apart: false,
            work: WORK,
            expansion: EXPANSION,
            depth: 0,
            exhausted: false,
        }
    }

    fn file(&mut self, constants: &[(String, f64)]) {
        self.header();
        self.declare(constants);
        self.types();
        self.constants();
        self.parameters();
        self.play_head();
        self.players();
        self.states();
        self.requirements();
        self.correlations();
        self.program();
        self.measures();
        self.mechanisms();
        self.plausible();
        self.claims();
        self.check_unused_lets();
        if !self.problems.any_error() {
            self.check_defaults();
        }
        if self.lints && !self.problems.any_error() {
            self.lint();
        }
    }

    /// Reads something in another mode.
    fn in_mode<T>(&mut self, mode: Mode, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.mode, mode);
        let result = read(self);
        self.mode = before;
        result
    }

    /// Adds a problem. It counts as much work, because one mistake in a macro may be met a million times.
    fn report(&mut self, problem: Diagnostic) {
        self.work = self.work.saturating_sub(WORK / 2500);
        self.problems.report(problem);
    }

    /// Takes some of the work that is allowed; false if there is none left.
    fn spend(&mut self, steps: usize, span: Span) -> bool {
        if self.work >= steps {
            self.work -= steps;
            return !self.exhausted;
        }
        self.too_large(span, "the model is too large once its macros and families are written out".into());
        false
    }

    /// Takes some of the statements, actions and members that are allowed; false if there are none left.
    fn expand(&mut self, members: usize, span: Span) -> bool {
        if self.expansion >= members {
            self.expansion -= members;
            return !self.exhausted;
        }
        self.too_large(
            span,
            format!(
                "written out, this brings the model to more than {EXPANSION} statements, actions and members"
            ),
        );
        false
    }

    fn too_large(&mut self, span: Span, title: String) {
        if !self.exhausted {
            self.exhausted = true;
            self.report(Diagnostic::error("expansion-too-large", title, span).help(
                "make the sets smaller, or the `let`s shallower: a `let` is written out wherever it is used",
            ));
        }
    }
}
