//! First look at a file: the model's header, which names are declared, which stages and locals are written where.

use std::collections::BTreeMap;

use melian_model::{Convention, Diagnostic, EnumId, Enumeration, Span};

use super::{
    Elaborator, functions,
    problems::nearest,
    symbols::{ConstState, ConstSymbol, Declared, Global},
    types::listed,
};
use crate::ast::{Block, ItemKind, Labels, Name, Statement, StatementKind};

impl<'a> Elaborator<'a> {
    /// The model's name, title and attributes.
    pub fn header(&mut self) {
        let file = self.file;
        self.model.name = file.name.as_ref().map(|name| name.text.clone()).unwrap_or_default();
        self.model.title = file.title.as_ref().map(|title| title.value.clone()).unwrap_or_default();
        self.model.doc = file.doc.clone();
        let mut set: Option<Span> = None;
        for attribute in &file.attributes {
            if attribute.name.text != "value" {
                self.unknown_attribute(&attribute.name, "a model", &["value"]);
                continue;
            }
            if let Some(first) = set {
                self.duplicate("value", attribute.name.span, first);
            }
            set = Some(attribute.name.span);
            match attribute.value.as_name().map(|name| name.text).as_deref() {
                Some("payoff") => self.model.convention = Convention::Payoff,
                Some("emax") => self.model.convention = Convention::Emax,
                _ => self.report(
                    Diagnostic::error(
                        "unknown-attribute",
                        "`value` is `payoff` or `emax`",
                        attribute.value.span,
                    )
                    .help(
                        "`payoff`: a mover's value is the expected payoff; `emax`: its shock is part of it",
                    ),
                ),
            }
        }
    }

    /// An attribute that there is not.
    pub fn unknown_attribute(&mut self, name: &Name, of: &str, known: &[&str]) {
        let mut problem = Diagnostic::error(
            "unknown-attribute",
            format!("{of} has no attribute `{}`", name.text),
            name.span,
        )
        .help(format!("there is {}", listed(known)));
        if let Some(near) = nearest(&name.text, known.iter().copied()) {
            problem = problem.fix(format!("write `{near}`"), name.span, near);
        }
        self.report(problem);
    }

    /// Names of everything declared at the top, and the stages and locals that are written.
    pub fn declare(&mut self, given: &[(String, f64)]) {
        let file = self.file;
        let mut plays: Option<Span> = None;
        let mut finals: Option<Span> = None;
        for (item, declaration) in file.items.iter().enumerate() {
            match &declaration.kind {
                ItemKind::Const(decl) => {
                    let position = self.symbols.consts.len();
                    self.symbols.consts.push(ConstSymbol {
                        name: decl.name.text.clone(),
                        item,
                        given: given.iter().rev().find(|(name, _)| *name == decl.name.text).map(|(_, v)| *v),
                        state: ConstState::Unread,
                    });
                    self.declare_name(&decl.name, Global::Const(position), item);
                }
                ItemKind::Type(decl) => self.declare_name(&decl.name, Global::Pending, item),
                ItemKind::Param(decl) => self.declare_name(&decl.name, Global::Pending, item),
                ItemKind::Player(decl) => self.declare_name(&decl.name, Global::Pending, item),
                ItemKind::State(decl) => self.declare_name(&decl.name, Global::Pending, item),
                ItemKind::Let(decl) => self.declare_name(&decl.name, Global::Let(item), item),
                ItemKind::Measure(decl) => self.declare_name(&decl.name, Global::Measure(item), item),
                ItemKind::Play(play) => {
                    self.only_one("play", declaration.span, &mut plays);
                    self.survey_block(&play.body);
                }
                ItemKind::Finally(block) => {
                    self.only_one("finally", declaration.span, &mut finals);
                    self.survey_block(block);
                }
                ItemKind::Require(_)
                | ItemKind::Correlate(_)
                | ItemKind::Mechanism(_)
                | ItemKind::Plausible(_)
                | ItemKind::Claim(_) => {}
            }
        }
        if plays.is_none() {
            let end = file.span.end;
            self.report(
                Diagnostic::error("play-count", "the model has no `play`", Span { start: end, end })
                    .help("`play monthly for 24 { … }` is the program of one period; `play once { … }` has one period"),
            );
        }
        self.check_given(given);
    }

    fn only_one(&mut self, what: &str, span: Span, first: &mut Option<Span>) {
        let head = Span { start: span.start, end: span.start + what.len() as u32 };
        if let Some(first) = *first {
            self.report(
                Diagnostic::error("play-count", format!("a model has one `{what}`"), head)
                    .label("the second")
                    .also(first, "the first")
                    .help("join the two: what comes first in the period stands first"),
            );
        } else {
            *first = Some(head);
        }
    }

    fn check_given(&mut self, given: &[(String, f64)]) {
        for (name, _) in given {
            let known = self.symbols.consts.iter().any(|c| c.name == *name);
            if !known {
                let names: Vec<String> = self.symbols.consts.iter().map(|c| c.name.clone()).collect();
                let mut problem = Diagnostic::error(
                    "unknown-constant",
                    format!("there is no `const {name}` to override"),
                    Span::NONE,
                );
                if let Some(near) = nearest(name, names.iter().map(String::as_str)) {
                    problem = problem.help(format!("there is `{near}`"));
                } else if names.is_empty() {
                    problem = problem.help("the model has no constants");
                } else {
                    problem = problem.help(format!("there is {}", listed(&names)));
                }
                if let Some(declared) = self.symbols.globals.get(name) {
                    problem = problem.help(format!("`{name}` is {}", declared.global.words()));
                }
                self.report(problem);
            }
        }
    }

    fn declare_name(&mut self, name: &Name, global: Global, item: usize) {
        if name.text == "t" || name.text == "ended" || functions::is_function(&name.text) {
            self.report(
                Diagnostic::error(
                    "duplicate-name",
                    format!("`{}` already means something", name.text),
                    name.span,
                )
                .help(if name.text == "t" {
                    "`t` is the current period; choose another name"
                } else {
                    "it is a word of the language; choose another name"
                }),
            );
            return;
        }
        if let Some(first) = self.symbols.globals.get_mut(&name.text) {
            first.clash = true;
            first.global = Global::Pending;
            let first = first.span;
            self.duplicate(&name.text, name.span, first);
            return;
        }
        self.symbols
            .globals
            .insert(name.text.clone(), Declared { global, span: name.span, item, clash: false });
    }

    /// A name declared twice.
    pub fn duplicate(&mut self, name: &str, second: Span, first: Span) {
        self.report(
            Diagnostic::error("duplicate-name", format!("`{name}` is declared twice"), second)
                .label("declared again")
                .also(first, "first declared here")
                .help("names are shared by everything in a model: give one of the two another name"),
        );
    }

    /// Says what a declared name stands for, unless it was a duplicate.
    pub fn settle(&mut self, name: &Name, global: Global) {
        if let Some(declared) = self.symbols.globals.get_mut(&name.text)
            && declared.span == name.span
            && !declared.clash
        {
            declared.global = global;
        }
    }

    /// Enumerations.
    pub fn types(&mut self) {
        let file = self.file;
        for declaration in &file.items {
            if let ItemKind::Type(decl) = &declaration.kind {
                let labels = self.labels(&decl.labels);
                let id = EnumId(self.model.enums.len());
                self.model.enums.push(Enumeration {
                    name: decl.name.text.clone(),
                    labels,
                    ordered: decl.labels.ordered,
                    doc: declaration.doc.clone(),
                });
                self.settle(&decl.name, Global::Type(id));
            }
        }
    }

    /// The labels of an enumeration, each once.
    pub fn labels(&mut self, decl: &Labels) -> Vec<String> {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut labels = Vec::new();
        for label in &decl.labels {
            match seen.get(label.name.text.as_str()) {
                Some(first) => {
                    let first = *first;
                    self.report(
                        Diagnostic::error(
                            "duplicate-name",
                            format!("the label `{}` is listed twice", label.name.text),
                            label.name.span,
                        )
                        .also(first, "first listed here"),
                    );
                }
                None => {
                    seen.insert(&label.name.text, label.name.span);
                    labels.push(label.name.text.clone());
                }
            }
        }
        if labels.is_empty() {
            self.empty_set(decl.span);
        }
        labels
    }

    /// A set without members.
    pub fn empty_set(&mut self, span: Span) {
        self.report(
            Diagnostic::error("empty-set", "this set has no members", span).help("list at least one"),
        );
    }

    fn survey_block(&mut self, block: &'a Block) {
        for statement in &block.statements {
            self.survey_statement(statement);
        }
    }

    fn survey_statement(&mut self, statement: &'a Statement) {
        match &statement.kind {
            StatementKind::If { arms, otherwise } => {
                for (_, body) in arms {
                    self.survey_block(body);
                }
                if let Some(body) = otherwise {
                    self.survey_block(body);
                }
            }
            StatementKind::For { body, .. } | StatementKind::Together(body) => self.survey_block(body),
            StatementKind::Pay { .. } => self.symbols.written_payments.push(statement.span),
            StatementKind::Let(decl) => {
                self.symbols.written_lets.push((decl.name.text.clone(), decl.name.span))
            }
            StatementKind::Local { name, .. } => {
                self.symbols.written_locals.entry(name.text.clone()).or_insert(name.span);
            }
            StatementKind::Choose(choose) => {
                let name = format!("{}.{}", choose.player.name.text, choose.stage.name.text);
                self.symbols.written_stages.entry(name).or_insert(choose.stage.name.span);
                for action in &choose.actions {
                    if let Some(body) = &action.body {
                        self.survey_block(body);
                    }
                }
            }
            _ => {}
        }
    }
}
