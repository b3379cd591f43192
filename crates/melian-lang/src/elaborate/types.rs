//! What a value can be: numbers, truth values, labels of an enumeration.

use melian_model::{Domain, EnumId, Expr, ExprKind, Model, Span};

/// The type of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// A number.
    Number,
    /// `true` or `false`.
    Truth,
    /// A label of an enumeration.
    Label(EnumId),
    /// What is left after an error: agrees with everything, so that one mistake is reported once.
    Unknown,
}

impl Type {
    /// Whether a value of this type may stand where the other is wanted.
    pub fn agrees(self, wanted: Type) -> bool {
        self == wanted || self == Type::Unknown || wanted == Type::Unknown
    }

    /// The type of a domain's values.
    pub fn of(domain: Domain) -> Type {
        match domain {
            Domain::Truth => Type::Truth,
            Domain::Enum(id, _) => Type::Label(id),
            Domain::Integers { .. } | Domain::Grid { .. } => Type::Number,
        }
    }

    /// In words: "a number", "a truth value", "one of `war`, `peace`".
    pub fn words(self, model: &Model) -> String {
        match self {
            Type::Number => "a number".into(),
            Type::Truth => "a truth value".into(),
            Type::Label(id) => {
                let of = &model.enums[id.0];
                if of.name.is_empty() {
                    format!("one of {}", listed(&of.labels))
                } else {
                    format!("a `{}`", of.name)
                }
            }
            Type::Unknown => "a value".into(),
        }
    }
}

/// Names in backticks, shortened after six: "`a`, `b`, …".
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let mut parts: Vec<String> = names.iter().take(6).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > 6 {
        parts.push("…".into());
    }
    parts.join(", ")
}

/// An expression and its type.
#[derive(Clone, Debug)]
pub struct Typed {
    /// The expression.
    pub expr: Expr,
    /// Its type.
    pub of: Type,
}

impl Typed {
    /// A number.
    pub fn number(expr: Expr) -> Typed {
        Typed { expr, of: Type::Number }
    }

    /// A truth value.
    pub fn truth(expr: Expr) -> Typed {
        Typed { expr, of: Type::Truth }
    }

    /// What stands for an expression with an error in it.
    pub fn unknown(span: Span) -> Typed {
        Typed { expr: Expr { kind: ExprKind::Number(f64::NAN), span }, of: Type::Unknown }
    }

    /// The literal value, if it is one.
    pub fn value(&self) -> Option<Value> {
        match self.expr.kind {
            ExprKind::Number(x) if self.of != Type::Unknown => Some(Value::Number(x)),
            ExprKind::Truth(x) => Some(Value::Truth(x)),
            ExprKind::Level(of, level) => Some(Value::Label { of, level, loose: false }),
            _ => None,
        }
    }
}

/// A value known while the model is read: of a constant, a loop variable, an action's argument.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A truth value.
    Truth(bool),
    /// A label. Loose: it was listed in a set without a type and may be read as the same label of another type.
    Label {
        /// The enumeration.
        of: EnumId,
        /// Its index there.
        level: usize,
        /// Listed in a set without a type.
        loose: bool,
    },
}

impl Value {
    /// As a typed literal.
    pub fn typed(self, span: Span) -> Typed {
        let (kind, of) = match self {
            Value::Number(x) => (ExprKind::Number(x), Type::Number),
            Value::Truth(x) => (ExprKind::Truth(x), Type::Truth),
            Value::Label { of, level, .. } => (ExprKind::Level(of, level), Type::Label(of)),
        };
        Typed { expr: Expr { kind, span }, of }
    }

    /// As a number: labels by index, truth values as 0 and 1.
    pub fn number(self) -> f64 {
        match self {
            Value::Number(x) => x,
            Value::Truth(x) => f64::from(u8::from(x)),
            Value::Label { level, .. } => level as f64,
        }
    }

    /// As its author would write it.
    pub fn words(self, model: &Model) -> String {
        match self {
            Value::Number(x) => melian_model::print::number(x),
            Value::Truth(x) => x.to_string(),
            Value::Label { of, level, .. } => model.enums[of.0].labels[level].clone(),
        }
    }

    /// Whether both are the same value; labels are compared by name.
    pub fn same(self, other: Value, model: &Model) -> bool {
        match (self, other) {
            (Value::Label { .. }, Value::Label { .. }) => self.words(model) == other.words(model),
            _ => self == other,
        }
    }
}
