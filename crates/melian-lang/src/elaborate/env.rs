//! What names mean inside blocks, loops, action families and macros: an environment that grows inwards.

use std::rc::Rc;

use melian_model::{Span, VarId};

use super::types::Value;
use crate::ast::{Expr, LetDecl};

/// What an inner name stands for.
#[derive(Clone)]
pub enum Binding<'a> {
    /// A known value: of a loop variable or an action's argument.
    Value(Value),
    /// An expression handed to a macro: read where it was written, each time it is used.
    Argument(&'a Expr, Env<'a>),
    /// A local variable.
    Local(VarId),
    /// A `let` of a block, with the names it sees.
    Let(&'a LetDecl, Env<'a>),
    /// A name whose declaration has an error.
    Unknown,
}

/// A chain of names, innermost first, and the macros being expanded. Cheap to clone.
#[derive(Clone, Default)]
pub struct Env<'a> {
    names: Option<Rc<Frame<'a>>>,
    expansions: Option<Rc<Expansion>>,
}

/// One name.
struct Frame<'a> {
    name: &'a str,
    declared: Span,
    binding: Binding<'a>,
    outer: Option<Rc<Frame<'a>>>,
}

/// A macro being expanded, by the place of its declaration, inside others.
struct Expansion {
    declared: Span,
    inside: Option<Rc<Expansion>>,
}

impl<'a> Env<'a> {
    /// With one more name, declared at a place.
    #[must_use]
    pub fn with(&self, name: &'a str, declared: Span, binding: Binding<'a>) -> Env<'a> {
        let frame = Frame { name, declared, binding, outer: self.names.clone() };
        Env { names: Some(Rc::new(frame)), expansions: self.expansions.clone() }
    }

    /// What a name stands for, with the place of its declaration and the number of steps that the search took.
    pub fn find(&self, name: &str) -> (Option<(&Binding<'a>, Span)>, usize) {
        let mut steps = 0;
        let mut at = &self.names;
        while let Some(frame) = at {
            steps += 1;
            if frame.name == name {
                return (Some((&frame.binding, frame.declared)), steps);
            }
            at = &frame.outer;
        }
        (None, steps)
    }

    /// The inner names, innermost first.
    pub fn names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        let mut at = &self.names;
        while let Some(frame) = at {
            names.push(frame.name);
            at = &frame.outer;
        }
        names
    }

    /// The environment in which a macro's body is read: the names that its declaration saw, and the note that it is
    /// being expanded, inside those that are being expanded at its use.
    #[must_use]
    pub fn expanding(&self, used_from: &Env<'a>, declared: Span) -> Env<'a> {
        let expansion = Expansion { declared, inside: used_from.expansions.clone() };
        Env { names: self.names.clone(), expansions: Some(Rc::new(expansion)) }
    }

    /// Whether the macro declared at a place is being expanded.
    pub fn is_expanding(&self, declared: Span) -> bool {
        let mut at = &self.expansions;
        while let Some(expansion) = at {
            if expansion.declared == declared {
                return true;
            }
            at = &expansion.inside;
        }
        false
    }
}

impl Drop for Frame<'_> {
    /// Frees a long chain without recursion.
    fn drop(&mut self) {
        let mut next = self.outer.take();
        while let Some(frame) = next {
            match Rc::try_unwrap(frame) {
                Ok(mut frame) => next = frame.outer.take(),
                Err(_) => break,
            }
        }
    }
}
