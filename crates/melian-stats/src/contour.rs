//! The line on which a surface over a grid changes sides: marching squares.
//!
//! Known are values at the points of a grid and on which side each point is. In every square of four neighbours, the line
//! crosses the edges whose ends are on different sides, at the place where the straight line between the two values is zero:
//!
//! ```text
//! t = |a| / (|a| + |b|)                                                      (1)
//! ```
//!
//! With four crossings (a saddle) the sign of the mean of the four values says which corners hang together (Nielson and Hamann
//! 1991 have a finer rule; for a picture this one will do). Squares with an unknown corner have no line.
//!
//! The side is told apart from the value, because a value of exactly zero is on one side or the other: `a >= b` holds there
//! and `a > b` does not.

/// A value, and whether its point is inside. Where it is inside the value is not negative, elsewhere not positive.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// Which side.
    pub inside: bool,
    /// How far from the line, in the surface's units.
    pub value: f64,
}

/// A piece of the line; whole numbers are points of the grid.
pub type Segment = [(f64, f64); 2];

/// The pieces of the line between inside and outside: `points` row by row, so many to each.
///
/// ```
/// use melian_stats::contour::{Point, boundary};
/// // Falls from 1 to −3 along the row: zero after a quarter of the way.
/// let point = |value: f64| Some(Point { inside: value > 0.0, value });
/// let line = boundary(&[point(1.0), point(-3.0), point(1.0), point(-3.0)], 2);
/// assert_eq!(line, [[(0.25, 0.0), (0.25, 1.0)]]);
/// ```
pub fn boundary(points: &[Option<Point>], width: usize) -> Vec<Segment> {
    let mut segments = Vec::new();
    if width < 2 {
        return segments;
    }
    for y in 0..(points.len() / width).saturating_sub(1) {
        for x in 0..width - 1 {
            let at = |dx: usize, dy: usize| points[(y + dy) * width + x + dx];
            // Around the square; edge k runs from corner k to the next.
            let (Some(a), Some(b), Some(c), Some(d)) = (at(0, 0), at(1, 0), at(1, 1), at(0, 1)) else {
                continue;
            };
            square(&mut segments, (x as f64, y as f64), [a, b, c, d]);
        }
    }
    segments
}

fn square(segments: &mut Vec<Segment>, (x, y): (f64, f64), corners: [Point; 4]) {
    let places = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
    let crossing = |edge: usize| {
        let (from, to) = (edge, (edge + 1) % 4);
        let (a, b) = (corners[from], corners[to]);
        (a.inside != b.inside).then(|| {
            let t = along(a.value.abs(), b.value.abs());
            let (p, q) = (places[from], places[to]);
            (x + p.0 + t * (q.0 - p.0), y + p.1 + t * (q.1 - p.1))
        })
    };
    let crossings: Vec<(f64, f64)> = (0..4).filter_map(crossing).collect();
    match crossings[..] {
        [p, q] => segments.push([p, q]),
        [e0, e1, e2, e3] => {
            let mean: f64 = corners.iter().map(|c| if c.value.is_finite() { c.value } else { 0.0 }).sum();
            if (mean > 0.0) == corners[0].inside {
                // The middle belongs to the first and third corner: the line goes around the others.
                segments.extend([[e0, e1], [e2, e3]]);
            } else {
                segments.extend([[e3, e0], [e1, e2]]);
            }
        }
        _ => {}
    }
}

/// (1); the middle where both are zero, or both are infinite.
fn along(a: f64, b: f64) -> f64 {
    let t = a / (a + b);
    if t.is_finite() { t } else { 0.5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surface(width: usize, height: usize, f: impl Fn(f64, f64) -> f64) -> Vec<Option<Point>> {
        let value = |k: usize| f((k % width) as f64, (k / width) as f64);
        (0..width * height).map(|k| Some(Point { inside: value(k) > 0.0, value: value(k) })).collect()
    }

    #[test]
    fn a_plane_is_cut_exactly() {
        // x + y/2 = 2.3: every end lies on the line, and the pieces go from edge to edge of the grid.
        let line = boundary(&surface(5, 4, |x, y| x + y / 2.0 - 2.3), 5);
        assert!(line.iter().flatten().all(|(x, y)| (x + y / 2.0 - 2.3).abs() < 1e-12), "{line:?}");
        let length: f64 = line.iter().map(|[p, q]| (p.0 - q.0).hypot(p.1 - q.1)).sum();
        // From (2.3, 0) to (0.8, 3).
        assert!((length - 1.5_f64.hypot(3.0)).abs() < 1e-12, "{length}");
    }

    #[test]
    fn a_circle_closes() {
        let line = boundary(&surface(41, 41, |x, y| 220.5 - (x - 20.0).powi(2) - (y - 20.0).powi(2)), 41);
        let length: f64 = line.iter().map(|[p, q]| (p.0 - q.0).hypot(p.1 - q.1)).sum();
        assert!((length / (2.0 * std::f64::consts::PI * 220.5_f64.sqrt()) - 1.0).abs() < 0.01, "{length}");
        // Every end is the end of exactly two pieces.
        for p in line.iter().flatten() {
            let touching = line.iter().flatten().filter(|q| (p.0 - q.0).hypot(p.1 - q.1) < 1e-9).count();
            assert_eq!(touching, 2, "{p:?}");
        }
    }

    #[test]
    fn saddles() {
        let corners = |values: [f64; 4]| boundary(&surface(2, 2, |x, y| values[(x + 2.0 * y) as usize]), 2);
        // The middle is outside: the two inside corners are cut off one by one.
        let line = corners([1.0, -3.0, -3.0, 1.0]);
        assert_eq!(line, [[(0.0, 0.25), (0.25, 0.0)], [(1.0, 0.75), (0.75, 1.0)]]);
        // The middle is inside: the outside corners are.
        let line = corners([3.0, -1.0, -1.0, 3.0]);
        assert_eq!(line, [[(0.75, 0.0), (1.0, 0.25)], [(0.25, 1.0), (0.0, 0.75)]]);
    }

    #[test]
    fn unknown_corners_and_zeros() {
        let mut points = surface(3, 2, |x, _| 0.5 - x);
        assert_eq!(boundary(&points, 3).len(), 1);
        points[3] = None;
        assert!(boundary(&points, 3).is_empty());
        // Zero inside next to zero outside: in the middle.
        let zero = |inside| Some(Point { inside, value: 0.0 });
        let line = boundary(&[zero(true), zero(false), zero(true), zero(false)], 2);
        assert_eq!(line, [[(0.5, 0.0), (0.5, 1.0)]]);
        assert!(boundary(&[], 3).is_empty());
        assert!(boundary(&[zero(true)], 1).is_empty());
    }
}
