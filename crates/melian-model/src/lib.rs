//! What a game is: variables, statements, players, parameters and questions, without text and without algorithms.
//!
//! A [`Model`] is the typed intermediate form between the language and the solver. The front end builds it from
//! text, a test may build it by hand, and everything behind it reads nothing else.
//!
//! All values are `f64`: a truth value is 0 or 1, a label of an enumeration is its index, a level of a numeric
//! domain is the number it stands for. Types are checked where the model is built, so evaluation needs none.

pub mod correlation;
pub mod diagnostic;
pub mod domain;
pub mod expr;
pub mod game;
pub mod print;
pub mod program;
pub mod question;
pub mod span;

pub use correlation::{Copula, Correlation};
pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use domain::{Domain, Enumeration};
pub use expr::{BinaryOp, Expr, ExprKind, Function, UnaryOp};
pub use game::{
    Action, Convention, Distribution, EnumId, FOREVER, LineId, Model, Param, ParamId, PayoffLine, Player,
    PlayerId, Precision, Range, Stage, StageId, Start, VarId, VarKind, Variable,
};
pub use program::{ActionBody, Block, Choice, Draw, Outcome, Statement, StatementKind, Weight};
pub use question::{
    Ahead, Atom, Change, Claim, Commitment, Comparison, Condition, Measure, Mechanism, Plausible, Question,
    QuestionKind, Settings, Window,
};
pub use span::Span;
