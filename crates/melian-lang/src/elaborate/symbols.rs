//! What the names of a model stand for once its declarations have been read.

use std::collections::{BTreeMap, BTreeSet};

use melian_model::{Expr, ParamId, PlayerId, Span, StageId, VarId};

use super::types::{Type, Value};

/// What a name declared at the top of a model stands for. Indices are positions in [`Symbols`] or in the file's items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Global {
    /// A constant or a table of constants.
    Const(usize),
    /// A parameter.
    Param(ParamId),
    /// A table of parameters.
    ParamTable(usize),
    /// An enumeration.
    Type(melian_model::EnumId),
    /// A player.
    Player(PlayerId),
    /// A family of players.
    Players(usize),
    /// A state variable.
    State(VarId),
    /// A family of state variables.
    States(usize),
    /// A `let`, by item.
    Let(usize),
    /// A `measure`, by item.
    Measure(usize),
    /// Declared, but its declaration has an error or has not been read yet.
    Pending,
}

impl Global {
    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Global::Const(_) => "a constant",
            Global::Param(_) => "a parameter",
            Global::ParamTable(_) => "a table of parameters",
            Global::Type(_) => "a type",
            Global::Player(_) => "a player",
            Global::Players(_) => "a family of players",
            Global::State(_) => "a state variable",
            Global::States(_) => "a family of state variables",
            Global::Let(_) => "a `let`",
            Global::Measure(_) => "a measure",
            Global::Pending => "a name",
        }
    }
}

/// A declared name.
#[derive(Clone, Debug)]
pub struct Declared {
    /// What it stands for.
    pub global: Global,
    /// Where its name is written.
    pub span: Span,
    /// Position of its item in the file.
    pub item: usize,
    /// It was declared twice: nobody knows what it stands for, and its uses are not judged.
    pub clash: bool,
}

/// How far a constant has been read.
#[derive(Clone, Debug)]
pub enum ConstState {
    /// Not yet.
    Unread,
    /// It is being read: needing it now is a cycle.
    Reading,
    /// One value.
    Value(Value),
    /// A table.
    Table(Table),
    /// Its declaration has an error.
    Broken,
}

/// A constant.
#[derive(Clone, Debug)]
pub struct ConstSymbol {
    /// Its name.
    pub name: String,
    /// Position of its item in the file.
    pub item: usize,
    /// A value given from outside.
    pub given: Option<f64>,
    /// How far it has been read.
    pub state: ConstState,
}

/// A table of constants or parameters: entries are literals or parameters.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// What it is indexed by.
    pub index: Index,
    /// Its entries, in the order of the index.
    pub entries: Vec<Expr>,
    /// The type of an entry.
    pub of: Type,
}

/// What a table is indexed by.
#[derive(Clone, Debug)]
pub enum Index {
    /// Members of a set.
    Members(Vec<Value>),
    /// Knots, increasing.
    Knots(Vec<f64>),
}

/// A family of players or state variables.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// The members' indices.
    pub members: Vec<Value>,
    /// Player or variable of each member.
    pub ids: Vec<usize>,
}

/// What is known of a stage beyond the model's record.
#[derive(Clone, Debug)]
pub struct StageSymbol {
    /// Where its name is written.
    pub span: Span,
    /// In which turns of which loops it stood when it was first met.
    pub turns: Vec<(Span, usize)>,
    /// Arguments of each action, by name.
    pub arguments: Vec<Vec<(String, Value)>>,
    /// Where each action's name is written, and where the whole action.
    pub action_spans: Vec<(Span, Span)>,
    /// Of the stages that are chosen at the same time as this one, this one included, the one declared first.
    pub together: Option<StageId>,
}

/// The names of a model.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    /// Names declared at the top.
    pub globals: BTreeMap<String, Declared>,
    /// Constants.
    pub consts: Vec<ConstSymbol>,
    /// Tables of parameters.
    pub tables: Vec<Table>,
    /// Families of players.
    pub players: Vec<Family>,
    /// Families of state variables.
    pub states: Vec<Family>,
    /// Stages read so far, by player and name.
    pub stage_ids: BTreeMap<(PlayerId, String), StageId>,
    /// Stages read so far, by id.
    pub stages: Vec<StageSymbol>,
    /// Local variables read so far, by name.
    pub locals: BTreeMap<String, VarId>,
    /// Names of players and stages, without indices, as `P.stage`, of all stages in the text, with their place.
    pub written_stages: BTreeMap<String, Span>,
    /// Names of all locals in the text, with the place of their declaration.
    pub written_locals: BTreeMap<String, Span>,
    /// Places of all payments in the text.
    pub written_payments: Vec<Span>,
    /// All `let`s of blocks, with the place of their name.
    pub written_lets: Vec<(String, Span)>,
    /// Start values that interventions set.
    pub restarts: Vec<(VarId, usize)>,
    /// Names declared at the top that something reads.
    pub used: BTreeSet<String>,
    /// Places of the block `let`s that something reads.
    pub used_lets: BTreeSet<Offsets>,
    /// Variables that something reads.
    pub read: BTreeSet<VarId>,
}

/// A place as an ordered key.
pub type Offsets = (u32, u32);

/// A place as an ordered key.
pub fn key(span: Span) -> Offsets {
    (span.start, span.end)
}
