//! The syntax tree: what was written, with the place of every node, before any name has a meaning.
//!
//! One [`Expr`] serves expressions, questions and conditions, because a `let` or a `measure` is a macro that may mix
//! them; which of them may stand where is for the elaborator to say. Parentheses leave no node: the span of what
//! they enclose includes them. A node that could not be read is [`ExprKind::Error`], always with a diagnostic.

use melian_model::Span;
pub use melian_model::{BinaryOp, UnaryOp};

/// A word that names something, with its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A string literal, escapes resolved.
#[derive(Clone, PartialEq, Debug)]
pub struct Text {
    /// What it says.
    pub value: String,
    /// Where, quotes included.
    pub span: Span,
}

/// A whole file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct File {
    /// Doc comment above `model`.
    pub doc: String,
    /// `model NAME`; `None` after an error.
    pub name: Option<Name>,
    /// The title after the name.
    pub title: Option<Text>,
    /// `{ value = emax }`.
    pub attributes: Vec<Attribute>,
    /// Everything else, in order.
    pub items: Vec<Item>,
    /// The whole text.
    pub span: Span,
}

/// `name = value`, in a model header or a player's braces.
#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    /// What is set.
    pub name: Name,
    /// To what; `inf`, `payoff` and `emax` are names.
    pub value: Expr,
    /// Where.
    pub span: Span,
}

/// A declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// What it declares.
    pub kind: ItemKind,
    /// Doc comment; lines joined by newlines, empty if there is none.
    pub doc: String,
    /// Where.
    pub span: Span,
}

/// What can be declared.
#[derive(Clone, PartialEq, Debug)]
pub enum ItemKind {
    /// `const name = e`, `const w[k in Posture] = { … }`.
    Const(Const),
    /// `type T = { a, b }`.
    Type(TypeDecl),
    /// `param name = e in lo .. hi unit "…" source "…"`.
    Param(ParamDecl),
    /// `require e`.
    Require(Expr),
    /// `player A { discount = e, precision = e }`.
    Player(PlayerDecl),
    /// `state x : DOMAIN = start when cond unit "…"`.
    State(StateDecl),
    /// `let f(a, b) = e`.
    Let(LetDecl),
    /// `play monthly for 120 from 2025-10 { … }`, `play rounds forever { … }`.
    Play(Play),
    /// `finally { … }`.
    Finally(Block),
    /// `measure name(m) = q`.
    Measure(LetDecl),
    /// `correlate a, b, arms by 0.6`.
    Correlate(CorrelateDecl),
    /// `mechanism ID "words"`.
    Mechanism(MechanismDecl),
    /// `plausible "words" when condition`.
    Plausible(PlausibleDecl),
    /// `claim ID "words" : condition`.
    Claim(ClaimDecl),
}

/// `const name = e` or a table of constants.
#[derive(Clone, PartialEq, Debug)]
pub struct Const {
    /// Its name.
    pub name: Name,
    /// `[k in Posture]`: present exactly if the value is a table.
    pub index: Option<TableIndex>,
    /// Its value.
    pub value: Value,
}

/// One expression, or the entries of a table.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// `= e`.
    Single(Expr),
    /// `= { key: e, … }`.
    Table(Vec<Entry>),
}

/// What a table is indexed by.
#[derive(Clone, PartialEq, Debug)]
pub enum TableIndex {
    /// `[k in SET]`.
    Members(Binder),
    /// `[x at {0, 0.5, 1}]`: numeric knots with linear interpolation between them.
    Knots {
        /// Name of the coordinate.
        name: Name,
        /// The knots.
        knots: Vec<Expr>,
        /// Where.
        span: Span,
    },
}

/// One entry of a table.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Label, number or knot.
    pub key: Expr,
    /// Its value.
    pub value: Expr,
    /// What is plausible: parameter tables only.
    pub range: Option<RangeDecl>,
    /// Doc comment.
    pub doc: String,
    /// Where.
    pub span: Span,
}

/// `type T = { a < b }`.
#[derive(Clone, PartialEq, Debug)]
pub struct TypeDecl {
    /// Its name.
    pub name: Name,
    /// Its labels.
    pub labels: Labels,
}

/// `{ a, b }` or, ordered, `{ a < b }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Labels {
    /// The labels in order.
    pub labels: Vec<Label>,
    /// Separated by `<`.
    pub ordered: bool,
    /// Where, braces included.
    pub span: Span,
}

/// One label of an enumeration.
#[derive(Clone, PartialEq, Debug)]
pub struct Label {
    /// The label.
    pub name: Name,
    /// Doc comment.
    pub doc: String,
}

/// `param name[index] = default range unit source`.
#[derive(Clone, PartialEq, Debug)]
pub struct ParamDecl {
    /// Its name.
    pub name: Name,
    /// Present exactly if the value is a table.
    pub index: Option<TableIndex>,
    /// Default, or the entries of the table.
    pub value: Value,
    /// What is plausible; behind a table: for every entry that does not say itself.
    pub range: Option<RangeDecl>,
    /// `unit "…"`.
    pub unit: Option<Text>,
    /// `source "…"`.
    pub source: Option<Text>,
}

/// Which values of a parameter are plausible.
#[derive(Clone, PartialEq, Debug)]
pub struct RangeDecl {
    /// What is said.
    pub kind: RangeKind,
    /// Where.
    pub span: Span,
}

/// The forms of a plausible range.
#[derive(Clone, PartialEq, Debug)]
pub enum RangeKind {
    /// `in lo .. hi`.
    Between(Expr, Expr),
    /// `~ normal(m, sd)`, `~ lognormal(mu, sigma)`, `~ triangular(lo, mode, hi)`, `~ beta(a, b)`. The name is one of
    /// these and the number of arguments is right: the parser checks both.
    Law(Name, Vec<Expr>),
    /// `fixed`.
    Fixed,
}

/// `player A { … }`, `player Firm[i in 1..5] { … }`.
#[derive(Clone, PartialEq, Debug)]
pub struct PlayerDecl {
    /// Its name.
    pub name: Name,
    /// The family's index.
    pub index: Option<Binder>,
    /// What stands in the braces: any names, to be checked.
    pub attributes: Vec<Attribute>,
}

/// `state x : DOMAIN …`, `state active[i in 1..5] : truth = false`.
#[derive(Clone, PartialEq, Debug)]
pub struct StateDecl {
    /// Its name.
    pub name: Name,
    /// The family's index.
    pub index: Option<Binder>,
    /// The values it can take.
    pub domain: DomainDecl,
    /// `= start`.
    pub start: Option<Expr>,
    /// `when cond`.
    pub when: Option<Expr>,
    /// `unit "…"`.
    pub unit: Option<Text>,
}

/// The values that a variable can take.
#[derive(Clone, PartialEq, Debug)]
pub struct DomainDecl {
    /// What is said.
    pub kind: DomainKind,
    /// Where.
    pub span: Span,
}

/// The forms of a domain.
#[derive(Clone, PartialEq, Debug)]
pub enum DomainKind {
    /// `{ a, b }`, `{ a < b }`.
    Labels(Labels),
    /// A type's name.
    Named(Name),
    /// `truth`.
    Truth,
    /// `lo .. hi`, `lo .. hi by step`.
    Range {
        /// Least value.
        lo: Expr,
        /// Greatest value.
        hi: Expr,
        /// Distance of neighbours; `None`: whole numbers.
        step: Option<Expr>,
    },
    /// Could not be read.
    Error,
}

/// `let f(a, b) = e`; a `measure` has the same form.
#[derive(Clone, PartialEq, Debug)]
pub struct LetDecl {
    /// Its name.
    pub name: Name,
    /// Names of its arguments.
    pub arguments: Vec<Name>,
    /// What it stands for.
    pub value: Expr,
}

/// `play WORD for N from YYYY-MM { … }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Play {
    /// `monthly`, `rounds`, …; any word. For `play once` the word `once`.
    pub word: Name,
    /// How long.
    pub length: Length,
    /// `from YYYY-MM`.
    pub from: Option<Date>,
    /// The program of one period.
    pub body: Block,
}

/// How long play lasts.
#[derive(Clone, PartialEq, Debug)]
pub enum Length {
    /// `play once`: one period.
    Once,
    /// `for N`.
    Periods(Expr),
    /// `forever`.
    Forever,
}

/// A calendar month.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Date {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Where.
    pub span: Span,
}

/// `claim ID "words" : condition`.
#[derive(Clone, PartialEq, Debug)]
pub struct ClaimDecl {
    /// Its id in a brief.
    pub id: Option<Name>,
    /// The claim in words.
    pub words: Text,
    /// What must hold.
    pub condition: Expr,
}

/// `mechanism ID "words"`.
#[derive(Clone, PartialEq, Debug)]
pub struct MechanismDecl {
    /// Its id in a brief.
    pub id: Name,
    /// What it is, in words.
    pub words: Text,
}

/// `plausible "words" when condition`.
#[derive(Clone, PartialEq, Debug)]
pub struct PlausibleDecl {
    /// What has been observed, in words.
    pub words: Option<Text>,
    /// What must hold.
    pub condition: Expr,
}

/// `correlate a, b, arms by 0.6`.
#[derive(Clone, PartialEq, Debug)]
pub struct CorrelateDecl {
    /// Parameters, entries of tables, whole tables.
    pub params: Vec<Expr>,
    /// The rank correlation.
    pub by: Expr,
}

/// Statements in braces.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Block {
    /// In order of execution.
    pub statements: Vec<Statement>,
    /// Where, braces included.
    pub span: Span,
}

/// A statement.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Where.
    pub span: Span,
}

/// What a statement can do.
#[derive(Clone, PartialEq, Debug)]
pub enum StatementKind {
    /// `x = e`.
    Assign {
        /// The variable.
        target: Place,
        /// Its new value.
        value: Expr,
    },
    /// `x ~ law`.
    Draw {
        /// The variable.
        target: Place,
        /// Its law.
        law: Law,
    },
    /// `P gains e as label`, `P pays e as label`.
    Pay {
        /// Who.
        player: Place,
        /// `pays`: the amount is taken.
        pays: bool,
        /// How much.
        amount: Expr,
        /// Under which name.
        line: Option<Name>,
    },
    /// `if … { } else if … { } else { }`.
    If {
        /// Conditions with their blocks.
        arms: Vec<(Expr, Block)>,
        /// `else`.
        otherwise: Option<Block>,
    },
    /// `for i in SET { }`.
    For {
        /// The loop variable and its set.
        binder: Binder,
        /// What is repeated.
        body: Block,
    },
    /// `let f(a) = e`, to the end of the block.
    Let(LetDecl),
    /// `local x : DOMAIN = e`.
    Local {
        /// Its name.
        name: Name,
        /// Its values.
        domain: DomainDecl,
        /// Its first value.
        value: Expr,
    },
    /// `P chooses NAME { … }`.
    Choose(Choose),
    /// `together { … }`: the stages in it are chosen at the same time.
    Together(Block),
    /// `end`.
    End,
}

/// A name that may have an index: a variable, a player, a member of a family.
#[derive(Clone, PartialEq, Debug)]
pub struct Place {
    /// The name.
    pub name: Name,
    /// `[i]`.
    pub index: Option<Box<Expr>>,
    /// Where, index included.
    pub span: Span,
}

/// A stage where it is played.
#[derive(Clone, PartialEq, Debug)]
pub struct Choose {
    /// Who chooses.
    pub player: Place,
    /// Its name without the player; its index inside a `for`.
    pub stage: Place,
    /// Its actions.
    pub actions: Vec<Action>,
    /// Doc comment.
    pub doc: String,
}

/// `NAME(k in SET) when cond { body }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Action {
    /// Its name.
    pub name: Name,
    /// Arguments of a family.
    pub arguments: Vec<Binder>,
    /// When it is available.
    pub when: Option<Expr>,
    /// What follows the choice; `None` if there are no braces.
    pub body: Option<Block>,
    /// Doc comment.
    pub doc: String,
    /// Where.
    pub span: Span,
}

/// `k in SET`.
#[derive(Clone, PartialEq, Debug)]
pub struct Binder {
    /// The name.
    pub name: Name,
    /// What it runs over.
    pub set: Set,
    /// Where.
    pub span: Span,
}

/// A finite set.
#[derive(Clone, PartialEq, Debug)]
pub struct Set {
    /// What is said.
    pub kind: SetKind,
    /// Where.
    pub span: Span,
}

/// The forms of a set.
#[derive(Clone, PartialEq, Debug)]
pub enum SetKind {
    /// A type's name.
    Named(Name),
    /// `{ a, b }`: labels, numbers, patterns.
    Members(Vec<Expr>),
    /// `lo .. hi`, `lo .. hi by step` (no step after the operator `in`).
    Range {
        /// Least.
        lo: Expr,
        /// Greatest.
        hi: Expr,
        /// Distance of neighbours; `None`: 1.
        step: Option<Expr>,
    },
    /// Could not be read.
    Error,
}

/// The law that a variable is redrawn from.
#[derive(Clone, PartialEq, Debug)]
pub struct Law {
    /// Which.
    pub kind: LawKind,
    /// Where.
    pub span: Span,
}

/// The laws.
#[derive(Clone, PartialEq, Debug)]
pub enum LawKind {
    /// `walk(up: e, down: e)`; at least one is there.
    Walk {
        /// Probability of a step up.
        up: Option<Expr>,
        /// Probability of a step down.
        down: Option<Expr>,
    },
    /// `{ VALUE: e, stay: e, OTHER: rest }`.
    Outcomes(Vec<Outcome>),
    /// `normal(mean, sd)`.
    Normal(Expr, Expr),
    /// `binomial(n, p)`.
    Binomial(Expr, Expr),
    /// `uniform`.
    Uniform,
    /// Could not be read.
    Error,
}

/// One outcome of a draw.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// The value drawn; `None`: `stay`.
    pub value: Option<Expr>,
    /// Its probability; `None`: `rest`.
    pub weight: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// An expression, a question or a condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where, enclosing parentheses included.
    pub span: Span,
}

/// What an expression can be.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// A number, not negative.
    Number(f64),
    /// `true`, `false`.
    Truth(bool),
    /// A name: variable, parameter, constant, label, `t`, `year`, `inf`, …
    Name(String),
    /// `_` in a pattern.
    Wildcard,
    /// `-a`, `not a`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`, `a == b`, `a and b`.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `if c then a else b`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `name(a, b)`: a function, a `let`, a `measure`, an action's pattern.
    Call(Name, Vec<Expr>),
    /// `base[index]`.
    Index(Box<Expr>, Box<Expr>),
    /// `base.name`: a stage of a player, an argument of a stage's action.
    Dot(Box<Expr>, Name),
    /// `a in SET`, `a not in SET`.
    Among {
        /// What is looked for.
        value: Box<Expr>,
        /// `not in`.
        negated: bool,
        /// Where.
        set: Box<Set>,
    },
    /// `mean(q for m in SET)`, `sum`, `any`, `all`.
    Aggregate {
        /// Which.
        kind: Aggregate,
        /// What is repeated.
        body: Box<Expr>,
        /// Over what; the last runs fastest.
        binders: Vec<Binder>,
    },
    /// `P[…]`.
    Probability(Box<Ask>),
    /// `E[…]`.
    Expectation(Box<Ask>),
    /// `prob(P.stage == a …)`: `what` is the event.
    Choice(Box<Ask>),
    /// `count(P.stage …)`: `what` is the stage.
    Count(Box<Ask>),
    /// `value(P)`.
    Value(Box<Expr>),
    /// `policy(P.stage == a at m where …)`.
    Policy(Box<PolicyAsk>),
    /// `margin(P.stage: a over b at m where …)`.
    Margin(Box<MarginAsk>),
    /// `q with { … }`, `unexpected`, `unnoticed`.
    Under(Box<Expr>, Box<Change>),
    /// `a > b by d`: the first is a comparison.
    By(Box<Expr>, Box<Expr>),
    /// `a near b within d`.
    Near {
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
        /// How near.
        within: Box<Expr>,
    },
    /// `q rises with x over a..b by d`.
    Rises(Box<RisesCondition>),
    /// Could not be read.
    Error,
}

/// What is done with many answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aggregate {
    /// `mean`: of numbers.
    Mean,
    /// `sum`: of numbers.
    Sum,
    /// `any`: of conditions.
    Any,
    /// `all`: of conditions.
    All,
}

/// What stands in `P[…]`, `E[…]`, `prob(…)`, `count(…)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    /// `always` (in `P`) or `total` (in `E`).
    pub mode: AskMode,
    /// Event, quantity or stage.
    pub what: Expr,
    /// `when first c` (in `E`).
    pub first: Option<Expr>,
    /// The clauses of time, each at most once.
    pub times: Times,
    /// `discounted d`, behind `total`.
    pub discount: Option<Expr>,
    /// `| c`.
    pub given: Option<Expr>,
}

/// A word before what is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AskMode {
    /// None.
    Plain,
    /// `P[always …]`.
    Always,
    /// `E[total …]`.
    Total,
}

/// Clauses of time; which may stand together is for the elaborator to say.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Times {
    /// `at m`.
    pub at: Option<Expr>,
    /// `after k`.
    pub after: Option<Expr>,
    /// `by m`.
    pub by: Option<Expr>,
    /// `until f`: an event.
    pub until: Option<Expr>,
    /// `in a..b`, behind `when first`.
    pub window: Option<(Expr, Expr)>,
    /// `in the long run`: the place of these words.
    pub long_run: Option<Span>,
}

/// What stands in `policy(…)`.
#[derive(Clone, PartialEq, Debug)]
pub struct PolicyAsk {
    /// `P.stage == a`.
    pub event: Expr,
    /// `at m`.
    pub at: Option<Expr>,
    /// `where x = v, …`.
    pub state: Vec<Binding>,
}

/// What stands in `margin(…)`.
#[derive(Clone, PartialEq, Debug)]
pub struct MarginAsk {
    /// `P.stage`.
    pub stage: Expr,
    /// The one action.
    pub action: Expr,
    /// The other.
    pub over: Expr,
    /// `at m`.
    pub at: Option<Expr>,
    /// `where x = v, …`.
    pub state: Vec<Binding>,
}

/// `x = v`, `P.stage = a` in a `where`.
#[derive(Clone, PartialEq, Debug)]
pub struct Binding {
    /// What is set: a name, `x[i]`, or `P.stage`.
    pub target: Expr,
    /// To what.
    pub value: Expr,
    /// Where.
    pub span: Span,
}

/// An intervention.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// Who knows of it, and when.
    pub kind: ChangeKind,
    /// What it changes.
    pub settings: Vec<Setting>,
    /// Where, from the word to the closing brace or month.
    pub span: Span,
}

/// Who knows of an intervention, and when.
#[derive(Clone, PartialEq, Debug)]
pub enum ChangeKind {
    /// `with { … }`.
    With,
    /// `unexpected { … } at m`.
    Unexpected(Expr),
    /// `unnoticed { … }`.
    Unnoticed,
}

/// One thing that an intervention changes: a parameter, a start value, a commitment.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// `start x = v`.
    pub start: bool,
    /// `dmg`, `arms[supply]`, `P.stage`.
    pub target: Expr,
    /// The new value; an action or pattern for a commitment.
    pub value: Expr,
    /// `when c`.
    pub when: Option<Expr>,
    /// `at m`.
    pub at: Option<Expr>,
    /// `from m`.
    pub from: Option<Expr>,
    /// `until m`.
    pub until: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// `q rises with x over a..b by d`.
#[derive(Clone, PartialEq, Debug)]
pub struct RisesCondition {
    /// What should rise.
    pub question: Expr,
    /// `falls` instead.
    pub falls: bool,
    /// With which parameter: a name or `arms[supply]`.
    pub param: Expr,
    /// From this value.
    pub lo: Expr,
    /// To this value.
    pub hi: Expr,
    /// By at least this much in all.
    pub by: Option<Expr>,
}

impl Expr {
    /// An expression with its place.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span }
    }

    /// The word, if it is a bare name.
    pub fn as_name(&self) -> Option<Name> {
        match &self.kind {
            ExprKind::Name(text) => Some(Name { text: text.clone(), span: self.span }),
            _ => None,
        }
    }

    /// Name and index, if it is `name` or `name[index]`.
    pub fn as_place(&self) -> Option<Place> {
        match &self.kind {
            ExprKind::Name(_) => self.as_name().map(|name| Place { name, index: None, span: self.span }),
            ExprKind::Index(base, index) => base.as_name().map(|name| Place {
                name,
                index: Some(Box::new((**index).clone())),
                span: self.span,
            }),
            _ => None,
        }
    }

    /// Player and stage, if it is `P.stage`, `P[i].stage` or `P.stage[i]`.
    pub fn as_stage(&self) -> Option<(Place, Place)> {
        match &self.kind {
            ExprKind::Dot(base, name) => {
                let stage = Place { name: name.clone(), index: None, span: name.span };
                base.as_place().map(|player| (player, stage))
            }
            ExprKind::Index(base, index) => {
                let (player, stage) = base.as_stage()?;
                if stage.index.is_some() {
                    return None;
                }
                let span = Span { start: stage.span.start, end: self.span.end };
                Some((player, Place { index: Some(Box::new((**index).clone())), span, ..stage }))
            }
            _ => None,
        }
    }
}
