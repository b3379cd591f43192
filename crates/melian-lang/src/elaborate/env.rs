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

/// A chain of names, innermost first. Cheap to clone.
#[derive(Clone, Default)]
pub struct Env<'a>(Option<Rc<Frame<'a>>>);

struct Frame<'a> {
    kind: FrameKind<'a>,
    outer: Env<'a>,
}

enum FrameKind<'a> {
    /// A name.
    Name(&'a str, Span, Binding<'a>),
    /// The macro declared at this place is being expanded.
    Expanding(Span),
}

impl<'a> Env<'a> {
    /// With one more name, declared at a place.
    #[must_use]
    pub fn with(&self, name: &'a str, span: Span, binding: Binding<'a>) -> Env<'a> {
        Env(Some(Rc::new(Frame { kind: FrameKind::Name(name, span, binding), outer: self.clone() })))
    }

    /// What a name stands for, with the place of its declaration and the number of steps that the search took.
    pub fn find(&self, name: &str) -> (Option<(&Binding<'a>, Span)>, usize) {
        let mut steps = 0;
        let mut at = &self.0;
        while let Some(frame) = at {
            steps += 1;
            match &frame.kind {
                FrameKind::Name(known, span, binding) if *known == name => {
                    return (Some((binding, *span)), steps);
                }
                _ => at = &frame.outer.0,
            }
        }
        (None, steps)
    }

    /// The inner names, innermost first.
    pub fn names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        let mut at = &self.0;
        while let Some(frame) = at {
            if let FrameKind::Name(name, ..) = &frame.kind {
                names.push(*name);
            }
            at = &frame.outer.0;
        }
        names
    }

    /// The environment in which a macro's body is read: the names that its declaration saw, and the note that it is
    /// being expanded, on top of those that are being expanded at its use.
    #[must_use]
    pub fn expanding(&self, used_from: &Env<'a>, declared_at: Span) -> Env<'a> {
        let mut env = self.clone();
        for place in used_from.expansions().into_iter().rev() {
            env = env.noting(place);
        }
        env.noting(declared_at)
    }

    /// Whether the macro declared at a place is being expanded.
    pub fn is_expanding(&self, declared_at: Span) -> bool {
        self.expansions().contains(&declared_at)
    }

    /// The macros being expanded, innermost first.
    fn expansions(&self) -> Vec<Span> {
        let mut places = Vec::new();
        let mut at = &self.0;
        while let Some(frame) = at {
            if let FrameKind::Expanding(place) = &frame.kind
                && !places.contains(place)
            {
                places.push(*place);
            }
            at = &frame.outer.0;
        }
        places
    }

    fn noting(&self, place: Span) -> Env<'a> {
        Env(Some(Rc::new(Frame { kind: FrameKind::Expanding(place), outer: self.clone() })))
    }
}

impl Drop for Frame<'_> {
    /// Frees a long chain without recursion.
    fn drop(&mut self) {
        let mut next = self.outer.0.take();
        while let Some(frame) = next {
            match Rc::try_unwrap(frame) {
                Ok(mut frame) => next = frame.outer.0.take(),
                Err(_) => break,
            }
        }
    }
}
