//! The game: who plays, what varies, what is paid, how long it lasts.

use crate::{
    Block, Claim, Correlation, Domain, Enumeration, Expr, Measure, Mechanism, Plausible, Span, StatementKind,
};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub usize);
    };
}
index!(
    /// Position in [`Model::enums`].
    EnumId
);
index!(
    /// Position in [`Model::params`].
    ParamId
);
index!(
    /// Position in [`Model::players`].
    PlayerId
);
index!(
    /// Position in [`Model::vars`].
    VarId
);
index!(
    /// Position in [`Model::stages`].
    StageId
);
index!(
    /// Position in [`Model::lines`].
    LineId
);

/// The number of periods of play that goes on for ever.
pub const FOREVER: usize = usize::MAX;

/// A game, complete: what the language describes and the solver solves.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Model {
    /// `model NAME`.
    pub name: String,
    /// The title after the name; may be empty.
    pub title: String,
    /// Doc comment.
    pub doc: String,
    /// What a mover's own value of a choice is.
    pub convention: Convention,
    /// The word for a period in reports: "month", "round", "period".
    pub period_word: String,
    /// Calendar date of period 1: year and month 1..=12.
    pub calendar: Option<(i32, u32)>,
    /// Number of periods, at least 1; [`FOREVER`] if play goes on for ever. Then nothing in the period reads the time,
    /// nothing is paid finally, and players play the same strategies in every period: a stationary Markov perfect
    /// equilibrium.
    pub horizon: usize,
    /// Structural constants with their values, for the record: name and value as printed.
    pub constants: Vec<(String, String)>,
    /// Enumerations.
    pub enums: Vec<Enumeration>,
    /// Parameters; a table is as many parameters as it has entries.
    pub params: Vec<Param>,
    /// Constraints on the parameters (`require`): expressions without variables.
    pub requirements: Vec<Expr>,
    /// Which parameters hang together over the plausible worlds; [`Model::copula`] says how.
    pub correlations: Vec<Correlation>,
    /// Players, in order of declaration.
    pub players: Vec<Player>,
    /// Everything that varies: state variables, locals, stages.
    pub vars: Vec<Variable>,
    /// The variable that tells whether `end` was executed; present if the period contains an `end`.
    pub ended: Option<VarId>,
    /// Stages, in order of appearance.
    pub stages: Vec<Stage>,
    /// Named payoff lines.
    pub lines: Vec<PayoffLine>,
    /// The program of one period.
    pub period: Block,
    /// What is paid after the last period: payments and `if` only. Skipped where play has ended.
    pub finally: Block,
    /// Named questions.
    pub measures: Vec<Measure>,
    /// What the system that is modelled is made of, in order.
    pub mechanisms: Vec<Mechanism>,
    /// What a world must show to be plausible: all of them must hold.
    pub plausible: Vec<Plausible>,
    /// Claims, in order.
    pub claims: Vec<Claim>,
}

/// What a mover's own value of a choice is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Convention {
    /// Expected payoff, Σ p·Q: precision is error, and errors are not enjoyed (McKelvey and Palfrey 1998).
    #[default]
    Payoff,
    /// (1/λ) ln Σ exp(λ·Q): the shock of the chosen action, extreme value with mean zero, is part of utility (Rust 1987).
    Emax,
}

/// A real parameter of the model: an ensemble may vary it without planning anew.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// Name; an entry of a table is `arms[supply]`.
    pub name: String,
    /// Default value.
    pub default: f64,
    /// What is plausible; `None` if fixed.
    pub range: Option<Range>,
    /// Unit; may be empty.
    pub unit: String,
    /// Source; may be empty.
    pub source: String,
    /// Doc comment.
    pub doc: String,
    /// Where it is declared.
    pub span: Span,
}

/// What values of a parameter are plausible.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Range {
    /// `in lo .. hi`.
    Between(f64, f64),
    /// `~ normal(mean, sd)`.
    Normal(f64, f64),
    /// `~ lognormal(mu, sigma)`: of the logarithm.
    Lognormal(f64, f64),
    /// `~ triangular(lo, mode, hi)`.
    Triangular(f64, f64, f64),
    /// `~ beta(a, b)` on 0..1.
    Beta(f64, f64),
}

/// A player.
#[derive(Clone, PartialEq, Debug)]
pub struct Player {
    /// Name; a member of a family is `Firm[3]`.
    pub name: String,
    /// Discount factor per period, in [0, 1]: reads parameters only.
    pub discount: Expr,
    /// Logit precision per point; `None` if the player has no stage and declares none.
    pub precision: Option<Precision>,
    /// Doc comment.
    pub doc: String,
    /// Where it is declared.
    pub span: Span,
}

/// Precision λ of quantal response, one over a unit of payoff.
#[derive(Clone, PartialEq, Debug)]
pub enum Precision {
    /// A number at least 0: reads parameters only.
    Finite(Expr),
    /// Best response; ties share equally.
    Infinite,
}

/// A variable: its levels are `0..domain.size()`, and, if it is optional, one more that means absent.
#[derive(Clone, PartialEq, Debug)]
pub struct Variable {
    /// Name; a stage is `Russia.talks`, a family member `active[3]`.
    pub name: String,
    /// The values it can take.
    pub domain: Domain,
    /// What kind of variable.
    pub kind: VarKind,
    /// Unit; may be empty.
    pub unit: String,
    /// Doc comment.
    pub doc: String,
    /// Where it is declared.
    pub span: Span,
}

/// How a variable lives.
#[derive(Clone, PartialEq, Debug)]
pub enum VarKind {
    /// Carried from period to period. With `when`, it exists only where the condition (over unconditional state
    /// variables) holds: it becomes absent as soon as the condition fails, it must be assigned before a period ends
    /// with the condition true, and reading it while absent is an error.
    State {
        /// Value before period 1.
        start: Start,
        /// When it exists; `None`: always.
        when: Option<Expr>,
    },
    /// Lives within one period: absent until its declaration assigns it.
    Local,
    /// What was chosen at a stage in this period: level `k` is action `k`; absent until the stage has run. It is
    /// set by the choice, so that the body of the chosen action can already read it.
    Stage(StageId),
    /// Whether `end` was executed: false at first; when true, nothing more happens in any period.
    Ended,
}

/// The start value of a state variable.
#[derive(Clone, PartialEq, Debug)]
pub enum Start {
    /// This level.
    Level(usize),
    /// Absent: the existence condition does not hold at the start.
    Absent,
}

impl Variable {
    /// Whether it can be absent.
    pub fn is_optional(&self) -> bool {
        match &self.kind {
            VarKind::State { when, .. } => when.is_some(),
            VarKind::Local | VarKind::Stage(_) => true,
            VarKind::Ended => false,
        }
    }

    /// Number of levels including absence.
    pub fn levels(&self) -> usize {
        self.domain.size() + usize::from(self.is_optional())
    }

    /// The level that means absent: one past the domain.
    pub fn absent(&self) -> usize {
        self.domain.size()
    }

    /// Whether it is carried from period to period.
    pub fn is_state(&self) -> bool {
        matches!(self.kind, VarKind::State { .. } | VarKind::Ended)
    }

    /// The level it has before period 1.
    pub fn start_level(&self) -> usize {
        match &self.kind {
            VarKind::State { start: Start::Level(k), .. } => *k,
            VarKind::Ended => 0,
            VarKind::State { start: Start::Absent, .. } | VarKind::Local | VarKind::Stage(_) => self.absent(),
        }
    }
}

/// A decision of one player. Its statement may stand at several places (an action family's body is copied for each
/// member); all copies are the same stage with the same list of actions.
#[derive(Clone, PartialEq, Debug)]
pub struct Stage {
    /// Who chooses.
    pub player: PlayerId,
    /// Name, without the player: `talks`.
    pub name: String,
    /// The variable that holds what was chosen.
    pub var: VarId,
    /// All actions.
    pub actions: Vec<Action>,
    /// Doc comment.
    pub doc: String,
    /// Where it is declared.
    pub span: Span,
}

/// One action of a stage; a family `put(l in Line, g in Guarantee)` is as many actions as it has members.
#[derive(Clone, PartialEq, Debug)]
pub struct Action {
    /// Name without arguments: `put`.
    pub name: String,
    /// Arguments as name and printed value: `l = current`.
    pub arguments: Vec<(String, String)>,
    /// Doc comment.
    pub doc: String,
}

impl Action {
    /// As written: `put(current, soft)`.
    pub fn label(&self) -> String {
        if self.arguments.is_empty() {
            return self.name.clone();
        }
        let values: Vec<&str> = self.arguments.iter().map(|(_, v)| v.as_str()).collect();
        format!("{}({})", self.name, values.join(", "))
    }
}

/// A named kind of payoff of a player: `Russia pays war_cost as war`.
#[derive(Clone, PartialEq, Debug)]
pub struct PayoffLine {
    /// Who is paid.
    pub player: PlayerId,
    /// The label; a payment without one goes by the stage's, the phase's or its own text, as the front end decides.
    pub label: String,
}

/// The law that a variable is redrawn from.
#[derive(Clone, PartialEq, Debug)]
pub enum Distribution {
    /// One level up with probability `up`, one down with `down`; what would leave the domain stays.
    Walk {
        /// Probability of a level up.
        up: Expr,
        /// Probability of a level down.
        down: Expr,
    },
    /// Outcomes with probabilities; several that lead to the same level add up.
    Outcomes(Vec<(crate::Outcome, crate::Weight)>),
    /// The normal law gathered on the grid: each level takes the mass within half a step; the end levels take the tails.
    Normal {
        /// Mean.
        mean: Expr,
        /// Standard deviation, positive.
        sd: Expr,
    },
    /// Successes in `n` trials, values 0 to n, all of which must be in the domain.
    Binomial {
        /// Number of trials, a whole number.
        n: Expr,
        /// Probability of success.
        p: Expr,
    },
    /// Every level equally likely.
    Uniform,
}

impl Model {
    /// Whether play goes on for ever.
    pub fn is_forever(&self) -> bool {
        self.horizon == FOREVER
    }

    /// How many choices are made at the same time as others.
    pub fn choices_together(&self) -> usize {
        self.together().len()
    }

    /// Whether somebody who chooses at the same time as others does so without error.
    pub fn plays_together_at_infinity(&self) -> bool {
        let infinite = |stage: &StageId| {
            matches!(self.players[self.stage(*stage).player.0].precision, Some(Precision::Infinite))
        };
        self.together().iter().any(infinite)
    }

    fn together(&self) -> Vec<StageId> {
        let mut stages = Vec::new();
        let mut joined = false;
        self.period.visit(&mut |statement| {
            if let StatementKind::Choose(choice) = &statement.kind {
                if joined || choice.with_next {
                    stages.push(choice.stage);
                }
                joined = choice.with_next;
            }
        });
        stages
    }

    /// A variable by its id.
    pub fn var(&self, id: VarId) -> &Variable {
        &self.vars[id.0]
    }

    /// A stage by its id.
    pub fn stage(&self, id: StageId) -> &Stage {
        &self.stages[id.0]
    }

    /// A stage's full name: `Russia.talks`.
    pub fn stage_name(&self, id: StageId) -> String {
        let stage = self.stage(id);
        format!("{}.{}", self.players[stage.player.0].name, stage.name)
    }

    /// The default value of every parameter.
    pub fn defaults(&self) -> Vec<f64> {
        self.params.iter().map(|p| p.default).collect()
    }

    /// The level of every variable before period 1.
    pub fn start(&self) -> Vec<usize> {
        self.vars.iter().map(Variable::start_level).collect()
    }

    /// A level of a variable as its author would write it.
    pub fn level_name(&self, var: VarId, level: usize) -> String {
        let v = self.var(var);
        if level >= v.domain.size() {
            return "absent".into();
        }
        if let VarKind::Stage(stage) = v.kind {
            return self.stage(stage).actions[level].label();
        }
        match v.domain {
            Domain::Truth => ["false", "true"][level].into(),
            Domain::Enum(e, _) => self.enums[e.0].labels[level].clone(),
            Domain::Integers { .. } => format!("{}", v.domain.value(level)),
            Domain::Grid { .. } => crate::print::number(v.domain.value(level)),
        }
    }

    /// Calendar year and month of a period, if the model has a start date.
    pub fn date(&self, period: usize) -> Option<(i32, u32)> {
        let (year, month) = self.calendar?;
        let months = year * 12 + month as i32 - 1 + period as i32 - 1;
        Some((months.div_euclid(12), months.rem_euclid(12) as u32 + 1))
    }
}
