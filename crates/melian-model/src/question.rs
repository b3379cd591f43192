//! Questions about a solved game, and claims, which compare answers.
//!
//! State events are sampled at period ends (and at `at 0` on the start state). An event that names exactly one stage
//! is sampled each time that stage is chosen, on the state just before the choice; an event that names several is
//! sampled at period ends, on what was chosen in the period. After `end`, state events go on being sampled on the
//! frozen state; choice events are not. `ended` is the variable [`crate::Model::ended`].

use crate::{
    BinaryOp, Expr, Function, Span, UnaryOp,
    game::{ParamId, PlayerId, StageId, VarId},
};

/// A number (or truth value) computed from answers.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// What is asked.
    pub kind: QuestionKind,
    /// Where it was written.
    pub span: Span,
}

/// What can be asked.
#[derive(Clone, PartialEq, Debug)]
pub enum QuestionKind {
    /// A number.
    Number(f64),
    /// The value that a parameter has under the interventions in force here.
    Param(ParamId),
    /// One operand.
    Unary(UnaryOp, Box<Question>),
    /// Two operands.
    Binary(BinaryOp, Box<Question>, Box<Question>),
    /// A function of numbers.
    Call(Function, Vec<Question>),
    /// `mean(q for m in 1..12)`: the questions, one for each member.
    Mean(Vec<Question>),
    /// `sum(q for m in 1..12)`.
    Sum(Vec<Question>),
    /// Something to compute from a solution.
    Ask(Box<Atom>),
    /// `q with { … }`, `unexpected`, `unnoticed`: the question under an intervention.
    Under(Box<Question>, Change),
}

impl Question {
    /// A question with its place.
    pub fn new(kind: QuestionKind, span: Span) -> Question {
        Question { kind, span }
    }
}

/// A stretch of periods: ends of periods `after+1 ..= by`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Window {
    /// Periods up to and including this one do not count; 0: all count.
    pub after: usize,
    /// The last period that counts; [`crate::FOREVER`] if all do.
    pub by: usize,
}

/// Something to compute from one solved game.
#[derive(Clone, PartialEq, Debug)]
pub enum Atom {
    /// `P[e by m]`, `P[e after k by m]`: that the event is sampled true at least once in the window. With `before`
    /// (`P[e until f by m]`): and `before` was not sampled true earlier in the window (at the same sampling the
    /// event wins).
    Ever {
        /// The event.
        event: Expr,
        /// The event that must not come first.
        before: Option<Expr>,
        /// When.
        window: Window,
    },
    /// `P[always e by m]`: that the event is true at every period end of the window.
    Always {
        /// The event: over state variables.
        event: Expr,
        /// When.
        window: Window,
    },
    /// `E[e at m]` and `P[e at m]`: the expected value at the end of a period, 0 being the start. For an event of
    /// one stage: that it was chosen in that period. With `given`, the conditional expectation; undefined where the
    /// condition has probability zero.
    At {
        /// What: may read `Ahead`.
        what: Expr,
        /// Condition at the same time.
        given: Option<Expr>,
        /// End of which period.
        at: usize,
        /// Questions for play that goes on from the state at hand.
        ahead: Vec<Ahead>,
    },
    /// `E[total e by m]`: the sum over the window of what is sampled; with `until c`, periods after the first period
    /// end (in 1 ..= by) at which `c` holds do not count.
    Total {
        /// What is summed.
        what: Expr,
        /// The event that stops the sum, sampled at period ends.
        until: Option<Expr>,
        /// When.
        window: Window,
        /// `discounted d`: what is sampled in period m counts d^(m − 1)-fold; reads parameters only.
        discount: Option<Expr>,
    },
    /// `E[e when first c by m]`, `in a..b`: the expected value of `e` at the first period end at which `c` holds,
    /// given that this comes in the window. A question about play that goes on takes the state at that first
    /// time as the state at the end of its `after`: nothing happens in between.
    WhenFirst {
        /// What: may read `Ahead`.
        what: Expr,
        /// The event, sampled at period ends.
        first: Expr,
        /// When the first time must fall.
        window: Window,
        /// Questions for play that goes on from the state at hand. Their `after` is not before the window's end.
        ahead: Vec<Ahead>,
    },
    /// `count(P.stage by m)`: how often the stage is expected to be reached in the window; `until c` as in `Total`.
    Count {
        /// The stage.
        stage: StageId,
        /// Only visits where this holds, on the state just before the choice.
        given: Option<Expr>,
        /// The event that stops the count, sampled at period ends.
        until: Option<Expr>,
        /// When.
        window: Window,
    },
    /// `prob(P.stage == a | c)`: expected visits at which one of the actions is chosen over expected visits, both
    /// counted only where `c` holds just before the choice.
    Choice {
        /// The stage.
        stage: StageId,
        /// Actions of the stage.
        actions: Vec<usize>,
        /// Condition on the state just before the choice.
        given: Option<Expr>,
        /// When.
        window: Window,
    },
    /// `E[e in the long run]`, `P[e in the long run]`: the mean over all periods of play that goes on for ever, sampled at
    /// period ends: Σ π(s)·e(s) with the invariant law π that play from the start tends to (in the mean over time).
    /// With `given`, the conditional mean; undefined where the condition has probability zero.
    LongRun {
        /// What: over state variables.
        what: Expr,
        /// Condition at the same time.
        given: Option<Expr>,
    },
    /// `value(P)`: the player's expected discounted payoff at the start of play.
    Value(PlayerId),
    /// `policy(P.stage == a at m where …)`: the choice probability at a state, on or off the path. Variables that
    /// are not named have their start values; stages that are not named did not run.
    Policy {
        /// The stage.
        stage: StageId,
        /// Actions of the stage.
        actions: Vec<usize>,
        /// In which period, from 1.
        at: usize,
        /// Variables (state, local, stage) with their levels; an enclosing stage must be named where it selects the place.
        state: Vec<(VarId, usize)>,
    },
    /// `margin(P.stage: a over b at m where …)`: the mover's expected payoff from one action less that from another.
    Margin {
        /// The stage.
        stage: StageId,
        /// The one action.
        action: usize,
        /// The other.
        over: usize,
        /// In which period, from 1.
        at: usize,
        /// As in `Policy`.
        state: Vec<(VarId, usize)>,
    },
}

/// A question about play that goes on from the state at hand, standing at the end of period `after`.
///
/// Inside the expression it is [`crate::ExprKind::Ahead`]. Only `Ever`, `Always`, `At`, `Total` and `Value` are
/// possible; their windows begin at `after`.
#[derive(Clone, PartialEq, Debug)]
pub struct Ahead {
    /// What is asked.
    pub atom: Atom,
    /// From the end of which period.
    pub after: usize,
}

/// An intervention.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// `with { … }`: the game is played under it, known to all from the start.
    With(Settings),
    /// `unexpected { … } at m`: baseline play through the end of period m, then it is in force and known to all.
    Unexpected {
        /// What changes; no start values.
        settings: Settings,
        /// After the end of which period; 0 is the same as `with`.
        after: usize,
    },
    /// `unnoticed { … }`: only the path changes; all others keep their baseline policies.
    Unnoticed(Settings),
}

/// What an intervention changes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Settings {
    /// Parameters with their new values; right sides read the values in force outside, simultaneously.
    pub params: Vec<(ParamId, Question)>,
    /// Start levels of state variables.
    pub start: Vec<(VarId, usize)>,
    /// Commitments.
    pub commitments: Vec<Commitment>,
}

/// `P.stage = a [when c] [at|from|until m]`: where the condition holds and one of the actions is available, only these are.
#[derive(Clone, PartialEq, Debug)]
pub struct Commitment {
    /// The stage.
    pub stage: StageId,
    /// The actions committed to; usually one.
    pub actions: Vec<usize>,
    /// Condition on the state just before the choice.
    pub when: Option<Expr>,
    /// First period in which it binds.
    pub from: usize,
    /// Last period in which it binds; `usize::MAX` for ever.
    pub until: usize,
    /// Where it was written.
    pub span: Span,
}

/// `measure name = q`.
#[derive(Clone, PartialEq, Debug)]
pub struct Measure {
    /// Name.
    pub name: String,
    /// The question; `None` for a measure that takes arguments, which is expanded where it is used.
    pub question: Option<Question>,
    /// Doc comment.
    pub doc: String,
    /// Where it is declared.
    pub span: Span,
}

/// `claim ID "words" : condition`.
#[derive(Clone, PartialEq, Debug)]
pub struct Claim {
    /// Id of the claim in a brief; may be empty.
    pub id: String,
    /// The claim in words.
    pub words: String,
    /// What must hold.
    pub condition: Condition,
    /// Doc comment.
    pub doc: String,
    /// Where it is declared.
    pub span: Span,
    /// The condition as written.
    pub text: String,
}

/// `mechanism ID "words"`: something that the system is made of. The comments that name its id say where it lives.
#[derive(Clone, PartialEq, Debug)]
pub struct Mechanism {
    /// Its id in a brief.
    pub id: String,
    /// What it is, in words.
    pub words: String,
    /// Numbers of the lines, from 1, whose comments name the id.
    pub lines: Vec<usize>,
    /// Doc comment.
    pub doc: String,
    /// Where it is declared.
    pub span: Span,
}

/// `plausible "words" when condition`: worlds in which it does not hold do not fit what has been observed.
#[derive(Clone, PartialEq, Debug)]
pub struct Plausible {
    /// What has been observed, in words; may be empty.
    pub words: String,
    /// What must hold.
    pub condition: Condition,
    /// Doc comment.
    pub doc: String,
    /// Where it is declared.
    pub span: Span,
    /// The condition as written.
    pub text: String,
}

/// A condition with a signed margin.
#[derive(Clone, PartialEq, Debug)]
pub enum Condition {
    /// `a > b [by d]` and the like.
    Compare {
        /// The comparison.
        comparison: Comparison,
        /// Left side.
        left: Question,
        /// Right side.
        right: Question,
        /// By at least this much.
        by: Option<Question>,
        /// Where it was written.
        span: Span,
    },
    /// `a near b within d`, inclusive: margin d − |a − b|.
    Near {
        /// Left side.
        left: Question,
        /// Right side.
        right: Question,
        /// How near.
        within: Question,
        /// Where it was written.
        span: Span,
    },
    /// `q rises with x over a..b [by d]` (or `falls`): strictly monotone over five equally spaced values of the
    /// parameter; margin: the least step, and with `by`, the lesser of that and the whole rise minus d.
    Rises {
        /// What should rise.
        question: Question,
        /// With which parameter.
        param: ParamId,
        /// From this value.
        lo: Question,
        /// To this value.
        hi: Question,
        /// By at least this much in all.
        by: Option<Question>,
        /// `falls` instead.
        falls: bool,
        /// Where it was written.
        span: Span,
    },
    /// All hold: the least margin.
    And(Vec<Condition>),
    /// One holds: the greatest margin.
    Or(Vec<Condition>),
    /// It does not hold: minus the margin.
    Not(Box<Condition>),
}

/// How two numbers are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `==`: exact; margin −|a − b|.
    Equal,
    /// `!=`.
    Unequal,
}
