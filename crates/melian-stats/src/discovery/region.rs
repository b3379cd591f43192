//! A box: limits on some parameters, none on the others.

use super::Table;
use super::decimal::{shortest, text};
use super::figures::Count;

/// A side of a parameter's range.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// Small values are left out.
    Low,
    /// Large values are left out.
    High,
}

/// Where a side ends.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Edge {
    /// The value.
    pub at: f64,
    /// Whether the value itself is in the box: `>=` and `<=` in words, otherwise `>` and `<`.
    pub included: bool,
}

/// Limits on one parameter; absent where the box goes as far as the data.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Limits {
    /// From here.
    pub low: Option<Edge>,
    /// Up to here.
    pub high: Option<Edge>,
}

/// A box: limits for each column of a table.
#[derive(Clone, PartialEq, Debug)]
pub struct Region {
    /// One entry for each column.
    pub limits: Vec<Limits>,
}

impl Edge {
    /// In the middle between a value that stays outside and one that stays inside.
    pub(super) fn between(outside: f64, inside: f64) -> Edge {
        let at = f64::midpoint(outside, inside);
        // Neighbouring floating point numbers have no middle.
        if at == outside || at == inside {
            Edge { at: inside, included: true }
        } else {
            Edge { at, included: false }
        }
    }

    /// Whether a value is on the right side.
    pub fn keeps(self, side: Side, x: f64) -> bool {
        (self.included && x == self.at)
            || match side {
                Side::Low => x > self.at,
                Side::High => x < self.at,
            }
    }
}

impl Limits {
    /// The edge of a side.
    pub fn edge(&self, side: Side) -> Option<Edge> {
        match side {
            Side::Low => self.low,
            Side::High => self.high,
        }
    }

    fn edge_mut(&mut self, side: Side) -> &mut Option<Edge> {
        match side {
            Side::Low => &mut self.low,
            Side::High => &mut self.high,
        }
    }

    /// Whether there is any limit.
    pub fn restricted(&self) -> bool {
        self.low.is_some() || self.high.is_some()
    }
}

/// One edge of a region, with its column of the table.
#[derive(Clone, Copy)]
pub(super) struct Face<'a> {
    pub column: usize,
    pub side: Side,
    pub edge: Edge,
    pub values: &'a [f64],
}

impl Face<'_> {
    pub fn keeps(&self, row: usize) -> bool {
        self.edge.keeps(self.side, self.values[row])
    }
}

/// What a region holds, and what it would hold in addition without one of its edges.
pub(super) struct Tally {
    /// Rows in the region.
    pub inside: Count,
    /// For each face, rows that it alone keeps out.
    pub alone: Vec<Count>,
}

impl Region {
    /// The box without limits.
    pub fn whole(columns: usize) -> Region {
        Region { limits: vec![Limits::default(); columns] }
    }

    /// How many parameters have a limit.
    pub fn restricted(&self) -> usize {
        self.limits.iter().filter(|limits| limits.restricted()).count()
    }

    /// Every limit as column and side, in the order of the columns, low before high.
    pub fn restrictions(&self) -> Vec<(usize, Side)> {
        let sides = |(column, limits): (usize, &Limits)| {
            let of = |side| limits.edge(side).map(|_| (column, side));
            [of(Side::Low), of(Side::High)].into_iter().flatten()
        };
        self.limits.iter().enumerate().flat_map(sides).collect()
    }

    /// Whether a point, one value for each column, is in the box.
    pub fn contains(&self, point: &[f64]) -> bool {
        let keeps = |(limits, &x): (&Limits, &f64)| {
            limits.low.is_none_or(|edge| edge.keeps(Side::Low, x))
                && limits.high.is_none_or(|edge| edge.keeps(Side::High, x))
        };
        self.limits.iter().zip(point).all(keeps)
    }

    /// For each row of a table whether it is in the box. Limits on columns that the table does not have are ignored.
    pub fn rows(&self, table: &Table<'_>) -> Vec<bool> {
        let faces = self.faces(table);
        (0..table.rows()).map(|row| faces.iter().all(|face| face.keeps(row))).collect()
    }

    /// In words: `oil_price > 78 and 0.1 < enforcement < 0.3`; `everywhere` without limits. A column without a name is
    /// called by its number.
    pub fn words(&self, names: &[String]) -> String {
        let parts: Vec<String> = self
            .limits
            .iter()
            .enumerate()
            .filter(|(_, limits)| limits.restricted())
            .map(|(column, limits)| {
                let name = names.get(column).cloned().unwrap_or_else(|| format!("column {}", column + 1));
                let or_equal = |edge: Edge| if edge.included { "=" } else { "" };
                match (limits.low, limits.high) {
                    (Some(low), Some(high)) => format!(
                        "{} <{} {name} <{} {}",
                        text(low.at),
                        or_equal(low),
                        or_equal(high),
                        text(high.at)
                    ),
                    (Some(low), None) => format!("{name} >{} {}", or_equal(low), text(low.at)),
                    (None, Some(high)) => format!("{name} <{} {}", or_equal(high), text(high.at)),
                    (None, None) => name,
                }
            })
            .collect();
        if parts.is_empty() { "everywhere".into() } else { parts.join(" and ") }
    }

    /// Sets or removes one edge.
    pub(super) fn set(&mut self, column: usize, side: Side, edge: Option<Edge>) {
        *self.limits[column].edge_mut(side) = edge;
    }

    /// Its edges with their columns.
    pub(super) fn faces<'a>(&self, table: &Table<'a>) -> Vec<Face<'a>> {
        self.restrictions()
            .into_iter()
            .filter_map(|(column, side)| {
                let edge = self.limits[column].edge(side)?;
                Some(Face { column, side, edge, values: table.columns().get(column)? })
            })
            .collect()
    }

    /// Counts what it holds of the rows that are alive, and what each of its edges alone keeps out.
    pub(super) fn tally(&self, table: &Table<'_>, outcome: &[bool], alive: &[bool]) -> Tally {
        let faces = self.faces(table);
        let mut tally = Tally { inside: Count::default(), alone: vec![Count::default(); faces.len()] };
        for row in (0..table.rows()).filter(|&row| alive[row]) {
            match keeping_out(&faces, row) {
                Keeping::Nobody => tally.inside.add(outcome[row]),
                Keeping::One(face) => tally.alone[face].add(outcome[row]),
                Keeping::Several => {}
            }
        }
        tally
    }

    /// The same rows of the table in rounder numbers: each limit becomes the shortest decimal that still separates
    /// the rows it keeps out from those inside. Limits are rounded one after the other, each beside those that
    /// are round already, so that together they cannot let a row in.
    pub(super) fn rounded(&self, table: &Table<'_>) -> Region {
        let mut region = self.clone();
        for at in 0..self.restrictions().len() {
            let faces = region.faces(table);
            let face = faces[at];
            let upward = match face.side {
                Side::Low => 1.0,
                Side::High => -1.0,
            };
            // Along the face's own direction: the greatest value outside and the least inside.
            let (mut outside, mut inside) = (f64::NEG_INFINITY, f64::INFINITY);
            let mut beyond = f64::NEG_INFINITY;
            for row in 0..table.rows() {
                let x = upward * face.values[row];
                match keeping_out(&faces, row) {
                    Keeping::Nobody => inside = inside.min(x),
                    Keeping::One(one) if one == at => outside = outside.max(x),
                    _ => {}
                }
                if !face.keeps(row) {
                    beyond = beyond.max(x);
                }
            }
            // A limit that alone keeps nothing out is rounded beside all rows beyond it.
            let outside = if outside.is_finite() { outside } else { beyond };
            if outside.is_finite() && inside.is_finite() {
                region.set(face.column, face.side, Some(shortest(upward * outside, upward * inside)));
            }
        }
        region
    }
}

/// Which faces keep a row out.
enum Keeping {
    Nobody,
    One(usize),
    Several,
}

fn keeping_out(faces: &[Face<'_>], row: usize) -> Keeping {
    let mut keeping = Keeping::Nobody;
    for (at, face) in faces.iter().enumerate() {
        if !face.keeps(row) {
            match keeping {
                Keeping::Nobody => keeping = Keeping::One(at),
                _ => return Keeping::Several,
            }
        }
    }
    keeping
}

/// The rows that one face of a region alone keeps out, of those that are alive.
pub(super) fn kept_out_by(faces: &[Face<'_>], at: usize, alive: &[bool]) -> Vec<usize> {
    (0..alive.len())
        .filter(|&row| alive[row] && matches!(keeping_out(faces, row), Keeping::One(one) if one == at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(limits: &[(Option<f64>, Option<f64>)]) -> Region {
        let edge = |at: Option<f64>| at.map(|at| Edge { at, included: false });
        Region {
            limits: limits.iter().map(|&(low, high)| Limits { low: edge(low), high: edge(high) }).collect(),
        }
    }

    #[test]
    fn in_words() {
        let names = ["oil_price".to_string(), "enforcement".to_string()];
        let mut box_ = region(&[(Some(78.0), None), (None, Some(0.3)), (Some(1.0), Some(2.5))]);
        assert_eq!(box_.words(&names), "oil_price > 78 and enforcement < 0.3 and 1 < column 3 < 2.5");
        box_.limits[0].low = Some(Edge { at: 78.0, included: true });
        box_.limits[2].high = Some(Edge { at: 2.5, included: true });
        assert_eq!(box_.words(&names), "oil_price >= 78 and enforcement < 0.3 and 1 < column 3 <= 2.5");
        assert_eq!(Region::whole(2).words(&names), "everywhere");
    }

    #[test]
    fn rounding_keeps_the_rows() {
        // The last row is out on both sides at once: rounding each limit by itself would let it in.
        let columns = [vec![0.1, 0.7, 0.58, 0.51], vec![0.9, 0.17, 0.9, 0.78]];
        let table = Table::new(&columns).unwrap();
        let exact = region(&[(Some(0.5512), None), (Some(0.8345), None)]);
        let round = exact.rounded(&table);
        assert_eq!(round.rows(&table), exact.rows(&table));
        assert_eq!(round.words(&[]), "column 1 > 0.3 and column 2 > 0.8");
    }

    #[test]
    fn tallies() {
        let columns = [vec![0.0, 1.0, 2.0, 3.0], vec![0.0, 0.0, 1.0, 1.0]];
        let table = Table::new(&columns).unwrap();
        let box_ = region(&[(Some(0.5), None), (Some(0.5), None)]);
        let tally = box_.tally(&table, &[true, true, true, false], &[true; 4]);
        assert_eq!(tally.inside, Count { rows: 2, interest: 1 });
        assert_eq!(tally.alone, [Count::default(), Count { rows: 1, interest: 1 }]);
        assert!(box_.contains(&[0.6, 0.6]) && !box_.contains(&[0.6, 0.5]));
    }
}
