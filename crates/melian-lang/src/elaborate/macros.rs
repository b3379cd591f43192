//! Macros: a `let` or a `measure` is read anew, where it is used, with what it was handed.

use melian_model::{Diagnostic, Span};

use super::{
    Elaborator, Mode,
    env::{Binding, Env},
    functions,
    names::Meaning,
    problems::nearest,
    symbols::{Global, key},
};
use crate::ast::{self, ItemKind, LetDecl, Name};

impl<'a> Elaborator<'a> {
    /// Reads the body of the `let` with a name for these arguments; `None`, after a report, if there is none.
    pub fn with_macro<T>(
        &mut self,
        name: &'a Name,
        arguments: &[&'a ast::Expr],
        span: Span,
        env: &Env<'a>,
        read: impl FnOnce(&mut Self, &'a ast::Expr, &Env<'a>) -> T,
    ) -> Option<T> {
        let file = self.file;
        let (decl, seen) = match self.meaning(&name.text, env, None) {
            Meaning::Inner(Binding::Let(decl, seen), _) => {
                self.symbols.used_lets.insert(key(decl.name.span));
                (decl, seen)
            }
            Meaning::Global(Global::Let(item) | Global::Measure(item), place) => {
                self.symbols.used.insert(name.text.clone());
                match &file.items[item].kind {
                    ItemKind::Let(decl) => (decl, Env::default()),
                    ItemKind::Measure(decl) if self.mode == Mode::Question => (decl, Env::default()),
                    _ => {
                        let title = format!("the measure `{}` cannot be read here", name.text);
                        self.report(
                            Diagnostic::error("not-here", title, span).also(place, "declared here").help(
                                "measures are answers about the solved game: only claims and measures have them",
                            ),
                        );
                        return None;
                    }
                }
            }
            Meaning::Inner(Binding::Unknown, _) | Meaning::Global(Global::Pending, _) => return None,
            Meaning::Global(global, place) => {
                let title = format!("`{}` is {} and takes no arguments", name.text, global.words());
                self.report(Diagnostic::error("wrong-arguments", title, span).also(place, "declared here"));
                return None;
            }
            Meaning::Inner(_, place) => {
                let title = format!("`{}` is a value and takes no arguments", name.text);
                self.report(Diagnostic::error("wrong-arguments", title, span).also(place, "declared here"));
                return None;
            }
            _ => {
                self.unknown_function(name, env);
                return None;
            }
        };
        if decl.arguments.len() != arguments.len() {
            self.wrong_count(&name.text, decl.arguments.len(), arguments.len(), span, "let");
            return None;
        }
        self.in_macro(decl, span, env, &seen, arguments, read)
    }

    fn unknown_function(&mut self, name: &Name, env: &Env<'a>) {
        let mut known: Vec<String> = functions::names().map(str::to_owned).collect();
        known.extend(env.names().into_iter().map(str::to_owned));
        for (other, declared) in &self.symbols.globals {
            if matches!(declared.global, Global::Let(_) | Global::Measure(_)) {
                known.push(other.clone());
            }
        }
        let title = format!("there is no function or `let` called `{}`", name.text);
        let mut problem = Diagnostic::error("unknown-name", title, name.span);
        if let Some(near) = nearest(&name.text, known.iter().map(String::as_str)) {
            problem = problem.fix(format!("write `{near}`"), name.span, near);
        } else {
            problem = problem.help(format!("declare it: `let {}(x) = …`", name.text));
        }
        self.report(problem);
    }

    /// Reads an argument of a macro where it was written.
    pub fn argument<T>(
        &mut self,
        expr: &'a ast::Expr,
        written_in: &Env<'a>,
        read: impl FnOnce(&mut Self, &'a ast::Expr, &Env<'a>) -> T,
    ) -> T {
        let before = self.problems.outside();
        let result = read(self, expr, written_in);
        self.problems.back(before);
        result
    }

    /// Reads the body of a macro for one use of it. `None`, after a report, if it is defined by itself.
    pub fn in_macro<T>(
        &mut self,
        decl: &'a LetDecl,
        used_at: Span,
        used_from: &Env<'a>,
        seen: &Env<'a>,
        arguments: &[&'a ast::Expr],
        read: impl FnOnce(&mut Self, &'a ast::Expr, &Env<'a>) -> T,
    ) -> Option<T> {
        let name = &decl.name.text;
        if used_from.is_expanding(decl.name.span) {
            self.report(
                Diagnostic::error("cycle", format!("`{name}` is defined by itself"), decl.name.span)
                    .also(used_at, "to write it out, it must be written out here")
                    .help("a `let` or `measure` is written out where it is used, so it cannot use itself"),
            );
            return None;
        }
        let mut env = seen.expanding(used_from, decl.name.span);
        for (argument, value) in decl.arguments.iter().zip(arguments) {
            env = env.with(&argument.text, argument.span, Binding::Argument(value, used_from.clone()));
        }
        let foreign = self.apart && self.is_of_model(decl);
        let before = self.problems.enter(name, used_at, foreign);
        let result = read(self, &decl.value, &env);
        self.problems.leave(before);
        Some(result)
    }

    /// Whether a macro is declared in the model's text.
    fn is_of_model(&self, decl: &LetDecl) -> bool {
        self.file.items.iter().any(|item| match &item.kind {
            ItemKind::Let(other) | ItemKind::Measure(other) => std::ptr::eq(other, decl),
            _ => false,
        })
    }

    /// A wrong number of arguments.
    pub fn wrong_count(&mut self, name: &str, wanted: usize, got: usize, span: Span, what: &str) {
        let s = if wanted == 1 { "" } else { "s" };
        let title = format!("`{name}` takes {wanted} argument{s}, not {got}");
        let mut problem = Diagnostic::error("wrong-arguments", title, span);
        if got == 0 && wanted > 0 {
            problem = problem.help(format!("the {what} is used as `{name}(…)`"));
        } else if wanted == 0 {
            problem = problem.help(format!("the {what} is used as `{name}`, without brackets"));
        }
        self.report(problem);
    }
}
