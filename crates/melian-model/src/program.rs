//! The program of a period: statements executed top to bottom.

use crate::{
    Distribution, Expr, Span,
    game::{LineId, PlayerId, StageId, VarId},
};

/// Statements in order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Block(pub Vec<Statement>);

/// A statement with the place it was written at.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Where it was written.
    pub span: Span,
}

/// What a statement can do.
#[derive(Clone, PartialEq, Debug)]
pub enum StatementKind {
    /// `x = e`: the value must be in the variable's domain.
    Assign {
        /// The variable.
        var: VarId,
        /// Its new value.
        value: Expr,
    },
    /// `x ~ law`: redraws one variable given the current values.
    Draw(Draw),
    /// `P gains e as label`; `pays` is a negative amount.
    Pay {
        /// Who is paid.
        player: PlayerId,
        /// How much.
        amount: Expr,
        /// Under which name.
        line: LineId,
    },
    /// `if … { } else if … { } else { }`: the first arm whose condition holds.
    If {
        /// Conditions with their blocks.
        arms: Vec<(Expr, Block)>,
        /// Otherwise.
        otherwise: Block,
    },
    /// A stage: one player picks one of the available actions.
    Choose(Choice),
    /// `end`: play stops, the state freezes, nothing more is paid.
    End,
}

/// A redraw of one variable.
#[derive(Clone, PartialEq, Debug)]
pub struct Draw {
    /// The variable.
    pub var: VarId,
    /// Its law, which may depend on its current value and on everything else that is known at this point.
    pub law: Distribution,
}

/// Where an outcome of a draw leads.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// To this value.
    Value(Expr),
    /// The variable keeps its value.
    Stay,
}

/// How likely an outcome is.
#[derive(Clone, PartialEq, Debug)]
pub enum Weight {
    /// With this probability.
    Probability(Expr),
    /// With what remains to one; at most one outcome has it.
    Rest,
}

/// One place at which a stage is played.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    /// The stage.
    pub stage: StageId,
    /// Its actions here, in the order of the stage's list; an action that can never be available here is left out.
    pub actions: Vec<ActionBody>,
    /// Whether it is made at the same time as the choice that stands next in the block (`together`). Choices that are
    /// made at the same time have no bodies: what follows from them stands after the last of them, under `if`s on their
    /// stages, so that nothing they cause can be seen by another. None of their guards reads another's stage.
    pub with_next: bool,
}

/// What an action does.
#[derive(Clone, PartialEq, Debug)]
pub struct ActionBody {
    /// Position in the stage's list of actions.
    pub action: usize,
    /// When it is available; `None`: always. Evaluated before the choice.
    pub guard: Option<Expr>,
    /// What follows the choice; the stage's variable already holds this action.
    pub body: Block,
    /// Where it was written.
    pub span: Span,
}

impl Block {
    /// Visits every statement, outside first, in order of execution.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Statement)) {
        for statement in &self.0 {
            see(statement);
            match &statement.kind {
                StatementKind::If { arms, otherwise } => {
                    for (_, block) in arms {
                        block.visit(see);
                    }
                    otherwise.visit(see);
                }
                StatementKind::Choose(choice) => {
                    for action in &choice.actions {
                        action.body.visit(see);
                    }
                }
                _ => {}
            }
        }
    }
}
