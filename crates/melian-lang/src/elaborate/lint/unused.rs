//! Lint: names that nothing reads, and the bodies of `let`s that nothing uses.

use melian_model::{Diagnostic, Span, VarId, VarKind};

use crate::{
    ast::ItemKind,
    elaborate::{
        Elaborator, Mode,
        env::{Binding, Env},
        symbols::{Global, key},
    },
};

/// The mistakes that are certain even though a `let` was never used: its arguments are not known.
const CERTAIN: &[&str] = &["unknown-name", "cycle", "wrong-arguments", "lets-too-deep", "local-unset"];

impl Elaborator<'_> {
    /// Reads the `let`s that nothing uses, so that a mistake in them is found.
    pub fn check_unused_lets(&mut self) {
        let file = self.file;
        for item in &file.items {
            let (ItemKind::Let(decl) | ItemKind::Measure(decl)) = &item.kind else { continue };
            let measure = matches!(item.kind, ItemKind::Measure(_));
            if self.symbols.used.contains(&decl.name.text) || (measure && decl.arguments.is_empty()) {
                continue;
            }
            let nothing = Env::default();
            let mut env = nothing.expanding(&nothing, decl.name.span);
            for argument in &decl.arguments {
                env = env.with(&argument.text, argument.span, Binding::Unknown);
            }
            let outer = std::mem::take(&mut self.problems);
            if measure {
                self.probe_question(&decl.value, &env);
            } else {
                self.in_mode(Mode::Program, |this| this.expr(&decl.value, &env, None));
            }
            let found = std::mem::replace(&mut self.problems, outer).into_sorted();
            for problem in found {
                let certain = CERTAIN.contains(&problem.id);
                if certain || (decl.arguments.is_empty() && problem.id != "ambiguous-label") {
                    self.report(problem);
                }
            }
        }
    }

    /// Warns of mechanisms that no comment names.
    pub fn check_mechanisms(&mut self) {
        for mechanism in self.model.mechanisms.clone() {
            if mechanism.lines.is_empty() {
                self.report(
                    Diagnostic::warning(
                        "mechanism-nowhere",
                        format!("nothing says where mechanism `{}` lives", mechanism.id),
                        mechanism.span,
                    )
                    .label("no comment names it")
                    .help(format!("name it in the comments of what makes it: `// … ({})`", mechanism.id)),
                );
            }
        }
    }

    /// Warns of parameters, constants, variables, `let`s and locals that nothing reads.
    pub fn check_unused(&mut self) {
        let mut unused: Vec<Diagnostic> = Vec::new();
        for (name, declared) in &self.symbols.globals {
            if name.starts_with('_') {
                continue;
            }
            let used = self.symbols.used.contains(name);
            let read = |var: &usize| self.symbols.read.contains(&VarId(*var));
            let (id, what, used) = match declared.global {
                Global::Param(_) | Global::ParamTable(_) => ("unused-parameter", "parameter", used),
                Global::Const(_) => ("unused-constant", "constant", used),
                Global::Let(_) => ("unused-let", "`let`", used),
                Global::State(var) => ("unused-variable", "variable", read(&var.0)),
                Global::States(family) => {
                    ("unused-variable", "variable", self.symbols.states[family].ids.iter().any(read))
                }
                _ => continue,
            };
            if !used {
                unused.push(nothing_reads(id, what, name, declared.span));
            }
        }
        for (index, var) in self.model.vars.iter().enumerate() {
            let local = matches!(var.kind, VarKind::Local);
            if local && !var.name.starts_with('_') && !self.symbols.read.contains(&VarId(index)) {
                unused.push(nothing_reads("unused-local", "local", &var.name, var.span));
            }
        }
        for (name, span) in &self.symbols.written_lets {
            if !name.starts_with('_') && !self.symbols.used_lets.contains(&key(*span)) {
                unused.push(nothing_reads("unused-let", "`let`", name, *span));
            }
        }
        for problem in unused {
            self.report(problem);
        }
    }
}

fn nothing_reads(id: &'static str, what: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(id, format!("nothing reads the {what} `{name}`"), span)
        .help(format!("delete it, or write `_{name}` to keep it all the same"))
}
