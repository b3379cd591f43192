//! The outlook: how a game's state variables are expected to develop, chosen by a rule that names no variable.
//!
//! Rows: months 1, 3, 6, 12, 24, 48 as far as the horizon goes, and the horizon if it is shorter than the last of
//! these; every period of a game of at most six. Columns, in this order, at most [`MOST_COLUMNS`]:
//!
//! 1. the probability of each label of the *lead*: the enumeration among the unconditional state variables that
//!    the conditions of the model (`if`, `when`) read most often; the first declared among equals;
//! 2. for every other state variable in order of declaration: the mean of a numeric one, the probability that a
//!    truth value is true, the probability of the second label of one with two. A variable that does not always
//!    exist shows its probabilities only.
//!
//! Left out, and named below the table: variables with one level, enumerations of three and more labels, numeric
//! variables that do not always exist, and what does not fit.

use melian_model::{
    Atom, Domain, Expr, ExprKind, Model, Question, QuestionKind, Span, StatementKind, VarId, VarKind,
};

use crate::reading::Reading;

/// More columns than this are too many to read.
pub const MOST_COLUMNS: usize = 20;

/// Ends of these periods are shown.
const MONTHS: [usize; 6] = [1, 3, 6, 12, 24, 48];

/// One column: a probability or a mean.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    /// The variable.
    pub var: VarId,
    /// The level whose probability is shown; `None`: the mean.
    pub level: Option<usize>,
}

impl Column {
    /// The variable's name and the level's, or `mean`.
    pub fn title(&self, model: &Model) -> (String, String) {
        let name = model.var(self.var).name.clone();
        (name, self.level.map_or_else(|| "mean".into(), |level| model.level_name(self.var, level)))
    }

    /// Greatest possible difference between two entries: the length of the variable's range, 1 for a probability.
    pub fn scale(&self, model: &Model) -> f64 {
        let domain = model.var(self.var).domain;
        match self.level {
            Some(_) => 1.0,
            None => domain.value(domain.size() - 1) - domain.value(0),
        }
    }

    fn question(&self, at: usize) -> Question {
        let kind = match self.level {
            Some(level) => ExprKind::IsAt(self.var, vec![level]),
            None => ExprKind::Var(self.var),
        };
        let atom = Atom::At { what: Expr::new(kind), given: None, at, ahead: Vec::new() };
        Question::new(QuestionKind::Ask(Box::new(atom)), Span::NONE)
    }
}

/// Which table to make.
#[derive(Clone, PartialEq, Debug)]
pub struct OutlookPlan {
    /// Ends of which periods.
    pub months: Vec<usize>,
    /// What of each.
    pub columns: Vec<Column>,
    /// State variables that are not shown.
    pub left_out: Vec<VarId>,
}

/// The table: one row for each month, one entry for each column.
#[derive(Clone, PartialEq, Debug)]
pub struct Outlook {
    /// What the rows and columns are.
    pub plan: OutlookPlan,
    /// The entries.
    pub rows: Vec<Vec<Reading>>,
}

/// The entry that differs most between two outlooks.
#[derive(Clone, PartialEq, Debug)]
pub struct Move {
    /// Which column.
    pub column: Column,
    /// End of which period.
    pub month: usize,
    /// By how much.
    pub amount: f64,
    /// The amount relative to the column's scale.
    pub share: f64,
}

impl OutlookPlan {
    /// The table that the rule of this module gives for a model.
    pub fn new(model: &Model) -> OutlookPlan {
        let mut columns = Vec::new();
        let mut left_out = Vec::new();
        let lead = lead(model);
        if let Some(var) = lead {
            columns.extend((0..model.var(var).domain.size()).map(|level| Column { var, level: Some(level) }));
        }
        for (index, variable) in model.vars.iter().enumerate() {
            let var = VarId(index);
            if !variable.is_state() || Some(var) == lead {
                continue;
            }
            let level = match variable.domain {
                _ if variable.domain.size() < 2 => None,
                Domain::Truth => Some(Some(1)),
                Domain::Enum(_, 2) => Some(Some(1)),
                Domain::Enum(..) => None,
                Domain::Integers { .. } | Domain::Grid { .. } => (!variable.is_optional()).then_some(None),
            };
            match level {
                Some(level) if columns.len() < MOST_COLUMNS => columns.push(Column { var, level }),
                _ if variable.domain.size() > 1 => left_out.push(var),
                _ => {}
            }
        }
        columns.truncate(MOST_COLUMNS.max(lead.map_or(0, |v| model.var(v).domain.size())));
        OutlookPlan { months: months(model.horizon), columns, left_out }
    }

    /// The same columns at so many periods, evenly spaced from the first to the last of the table: how each goes its way.
    pub fn path(&self, points: usize) -> OutlookPlan {
        let last = self.months.last().copied().unwrap_or(1);
        let at = |k: usize| 1 + (k * (last - 1) + (points - 1) / 2) / (points - 1).max(1);
        let mut months: Vec<usize> = (0..points).map(at).collect();
        months.dedup();
        OutlookPlan { months, ..self.clone() }
    }

    /// The same table without what comes after a month.
    pub fn until(mut self, month: usize) -> OutlookPlan {
        self.months.retain(|&m| m <= month);
        self
    }

    /// One question for each entry, row by row.
    pub fn questions(&self) -> Vec<Question> {
        self.months.iter().flat_map(|&m| self.columns.iter().map(move |c| c.question(m))).collect()
    }

    /// The table, from the answers to [`OutlookPlan::questions`].
    pub fn table(self, readings: &[Reading]) -> Outlook {
        let width = self.columns.len().max(1);
        let rows = readings.chunks(width).map(<[Reading]>::to_vec).collect();
        Outlook { plan: self, rows }
    }
}

impl Outlook {
    /// The entry that differs most, relative to its scale, in the rows that both tables have.
    pub fn largest_move(&self, other: &Outlook, model: &Model) -> Option<Move> {
        let mut largest: Option<Move> = None;
        for (month, row) in self.plan.months.iter().zip(&self.rows) {
            let Some(position) = other.plan.months.iter().position(|m| m == month) else { continue };
            for ((column, a), b) in self.plan.columns.iter().zip(row).zip(&other.rows[position]) {
                let (Some(a), Some(b)) = (a.number(), b.number()) else { continue };
                let (amount, share) = (b - a, (b - a).abs() / column.scale(model));
                if largest.as_ref().is_none_or(|l| share > l.share) {
                    largest = Some(Move { column: column.clone(), month: *month, amount, share });
                }
            }
        }
        largest
    }
}

/// The months of the table.
fn months(horizon: usize) -> Vec<usize> {
    if horizon <= MONTHS.len() {
        return (1..=horizon).collect();
    }
    let mut months: Vec<usize> = MONTHS.into_iter().filter(|&m| m <= horizon).collect();
    if months.last().is_some_and(|&last| last < horizon && last < MONTHS[MONTHS.len() - 1]) {
        months.push(horizon);
    }
    months
}

/// The enumeration that conditions read most: what the game is about.
pub fn lead(model: &Model) -> Option<VarId> {
    let mut reads = vec![0_usize; model.vars.len()];
    let mut count = |e: &Expr| e.variables().iter().for_each(|v| reads[v.0] += 1);
    for block in [&model.period, &model.finally] {
        block.visit(&mut |statement| match &statement.kind {
            StatementKind::If { arms, .. } => arms.iter().for_each(|(condition, _)| count(condition)),
            StatementKind::Choose(choice) => {
                choice.actions.iter().filter_map(|a| a.guard.as_ref()).for_each(&mut count);
            }
            _ => {}
        });
    }
    for variable in &model.vars {
        if let VarKind::State { when: Some(when), .. } = &variable.kind {
            count(when);
        }
    }
    let candidates = model.vars.iter().enumerate().filter(|(_, v)| {
        matches!(v.kind, VarKind::State { when: None, .. })
            && matches!(v.domain, Domain::Enum(..))
            && v.domain.size() > 1
    });
    candidates.max_by_key(|(index, _)| (reads[*index], usize::MAX - index)).map(|(index, _)| VarId(index))
}
