//! The answers to one question all over a plane: what every way of showing a map starts from.

use melian::{
    stats::contour::{Point, Segment, boundary},
    study::worlds::{Code, Plane, Row, Status},
};

/// Where in the answers of a world those to one question stand.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The number, or the margin.
    pub number: usize,
    /// The verdict, of a condition.
    pub verdict: Option<usize>,
}

/// What is known of a cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// A condition holds or fails, by this margin.
    Judged(bool, f64),
    /// The margin is within numerical error of zero.
    Undecided(f64),
    /// Some number does not exist.
    Undefined,
    /// A `require` is broken.
    Excluded,
    /// The world could not be solved.
    Failed,
    /// No equilibrium was found.
    Unconverged,
}

impl Cell {
    /// From the answers of a world.
    pub fn of(row: &Row, places: Places) -> Cell {
        match row.status {
            Status::Excluded => return Cell::Excluded,
            Status::Failed => return Cell::Failed,
            Status::Unconverged => return Cell::Unconverged,
            Status::Solved => {}
        }
        let number = row.numbers[places.number];
        match places.verdict.map(|place| row.verdicts[place]) {
            None if number.is_nan() => Cell::Undefined,
            None => Cell::Number(number),
            Some(Code::Holds) => Cell::Judged(true, if number.is_nan() { 0.0 } else { number }),
            Some(Code::Fails) => Cell::Judged(false, if number.is_nan() { 0.0 } else { number }),
            Some(Code::Undecided) => Cell::Undecided(number),
            Some(Code::Undefined | Code::None) => Cell::Undefined,
        }
    }

    /// The number or the margin.
    pub fn number(self) -> Option<f64> {
        match self {
            Cell::Number(x) | Cell::Judged(_, x) | Cell::Undecided(x) => Some(x),
            _ => None,
        }
    }

    /// What it is in words, where it is no number.
    pub fn words(self) -> &'static str {
        match self {
            Cell::Number(_) => "a number",
            Cell::Judged(true, _) => "holds",
            Cell::Judged(false, _) => "fails",
            Cell::Undecided(_) => "undecided: the margin is within numerical error",
            Cell::Undefined => "undefined",
            Cell::Excluded => "breaks a `require` of the model",
            Cell::Failed => "could not be solved",
            Cell::Unconverged => "no equilibrium was found",
        }
    }

    /// The character for it, where it is no number or verdict.
    pub fn mark(self) -> char {
        match self {
            Cell::Undecided(_) => '~',
            Cell::Undefined => '?',
            Cell::Excluded => '×',
            _ => '!',
        }
    }
}

/// One question over a plane.
pub struct Picture<'a> {
    /// The question.
    pub name: &'a str,
    /// Whether it is a condition.
    pub is_condition: bool,
    /// The plane.
    pub plane: &'a Plane,
    /// Answers, by world.
    pub cells: Vec<Cell>,
    /// The answer where nothing is changed.
    pub baseline: Cell,
}

impl<'a> Picture<'a> {
    /// From the answers of all worlds.
    pub fn of(name: &'a str, plane: &'a Plane, rows: &[Row], baseline: &Row, places: Places) -> Picture<'a> {
        Picture {
            name,
            is_condition: places.verdict.is_some(),
            plane,
            cells: rows.iter().map(|row| Cell::of(row, places)).collect(),
            baseline: Cell::of(baseline, places),
        }
    }

    /// Least and greatest number, with their worlds; `None` if there is none.
    pub fn ends(&self) -> Option<[(usize, f64); 2]> {
        let numbers = || self.cells.iter().enumerate().filter_map(|(k, c)| Some((k, c.number()?)));
        let least = numbers().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let most = numbers().max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some([least, most])
    }

    /// The greatest margins with which it holds and fails; 0 where it never does.
    pub fn margins(&self) -> (f64, f64) {
        self.cells.iter().fold((0.0, 0.0), |(holds, fails), cell| match *cell {
            Cell::Judged(true, m) => (f64::max(holds, m), fails),
            Cell::Judged(false, m) => (holds, f64::max(fails, -m)),
            _ => (holds, fails),
        })
    }

    /// In how many cells it is one of these.
    pub fn count(&self, is: impl Fn(Cell) -> bool) -> usize {
        self.cells.iter().filter(|cell| is(**cell)).count()
    }

    /// The cells that are neither numbers nor verdicts, by what they are, with how many there are.
    pub fn marked(&self) -> Vec<(Cell, usize)> {
        let kinds = [Cell::Undecided(0.0), Cell::Undefined, Cell::Excluded, Cell::Unconverged, Cell::Failed];
        let same = |a: Cell, b: Cell| std::mem::discriminant(&a) == std::mem::discriminant(&b);
        let counted = kinds.into_iter().map(|kind| (kind, self.count(|cell| same(cell, kind))));
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// The line between where a condition holds and where it fails.
    pub fn contour(&self) -> Vec<Segment> {
        if !self.is_condition {
            return Vec::new();
        }
        let point = |cell: &Cell| match *cell {
            Cell::Judged(inside, value) => Some(Point { inside, value }),
            Cell::Undecided(value) => Some(Point { inside: value > 0.0, value }),
            _ => None,
        };
        boundary(&self.cells.iter().map(point).collect::<Vec<_>>(), self.plane.width())
    }

    /// Along a single axis: between which steps a condition begins or ceases to hold, and whether it begins.
    pub fn changes(&self) -> Vec<(usize, bool)> {
        let holds = |cell: &Cell| match *cell {
            Cell::Judged(holds, _) => Some(holds),
            _ => None,
        };
        let pairs = self.cells.windows(2).enumerate();
        pairs
            .filter_map(|(k, pair)| {
                let (before, after) = (holds(&pair[0])?, holds(&pair[1])?);
                (before != after).then_some((k, after))
            })
            .collect()
    }
}
