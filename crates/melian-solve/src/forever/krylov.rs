//! Linear recursions that go on for ever, several at a time: x = M·x + b by GMRES (Saad and Schultz 1986), from x = 0.
//!
//! From zero, x stays zero where b and everything that can follow is: where a recursion has several solutions, this is the
//! smallest one.

/// What became of one recursion.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub x: Vec<f64>,
    /// Whether it was found.
    pub settled: bool,
}

/// Directions before a new start.
const DIRECTIONS: usize = 60;
/// Products with M before giving up.
const MOST_PRODUCTS: usize = 3000;
/// What is left, relative to the largest number at hand, when a recursion counts as solved.
const CLOSE: f64 = 1e-14;
/// The same where M has recursions of its own (x = M·x): nearer to what rounding leaves, directions along which nothing
/// changes would be taken for large steps.
const CLOSE_ALONG: f64 = 1e-12;

/// A sum larger than this many times what a period adds at most does not settle, as far as rounding lets us see.
const MOST: f64 = 1e11;

/// One recursion on its way.
struct Way {
    b: Vec<f64>,
    x: Vec<f64>,
    basis: Vec<Vec<f64>>,
    /// Rows of the Hessenberg matrix's columns, turned to triangular form, and the turns.
    columns: Vec<Vec<f64>>,
    turns: Vec<(f64, f64)>,
    right: Vec<f64>,
    state: State,
    close: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// The residual of x comes next.
    Starting,
    Going,
    Settled,
    /// A restart did not make it better.
    Stuck,
}

/// Replaces each vector v by M·v.
type Product<'p, E> = &'p mut dyn FnMut(&mut [Vec<f64>]) -> Result<(), E>;

/// The solutions. `along`: whether b is known to lie in the range of I − M, which need not be all vectors. `product`
/// replaces each vector v by M·v.
///
/// # Errors
/// Those of `product`.
pub(crate) fn solve<E>(b: Vec<Vec<f64>>, along: &[bool], product: Product<E>) -> Result<Vec<Limit>, E> {
    let mut ways: Vec<Way> = b.into_iter().zip(along).map(|(b, along)| Way::new(b, *along)).collect();
    let mut last: Vec<f64> = vec![f64::INFINITY; ways.len()];
    for _ in 0..MOST_PRODUCTS {
        if ways.iter().all(|way| matches!(way.state, State::Settled | State::Stuck)) {
            break;
        }
        let mut v: Vec<Vec<f64>> = ways.iter().map(Way::wants).collect();
        product(&mut v)?;
        for ((way, v), last) in ways.iter_mut().zip(v).zip(&mut last) {
            way.take(v, last);
        }
    }
    Ok(ways.into_iter().map(|way| Limit { settled: way.state == State::Settled, x: way.x }).collect())
}

impl Way {
    fn new(b: Vec<f64>, along: bool) -> Way {
        let x = vec![0.0; b.len()];
        let close = if along { CLOSE_ALONG } else { CLOSE };
        let state = if b.iter().all(|b| *b == 0.0) { State::Settled } else { State::Starting };
        Way {
            b,
            x,
            basis: Vec::new(),
            columns: Vec::new(),
            turns: Vec::new(),
            right: Vec::new(),
            state,
            close,
        }
    }

    /// The vector whose product with M comes next.
    fn wants(&self) -> Vec<f64> {
        match self.state {
            State::Going => self.basis[self.basis.len() - 1].clone(),
            _ => self.x.clone(),
        }
    }

    fn take(&mut self, product: Vec<f64>, last: &mut f64) {
        match self.state {
            State::Starting => {
                let r: Vec<f64> =
                    self.b.iter().zip(&product).zip(&self.x).map(|((b, m), x)| b + m - x).collect();
                let left = largest(&r);
                let scale = largest(&self.x).max(largest(&self.b));
                if largest(&self.x) > MOST * largest(&self.b) {
                    self.state = State::Stuck;
                    return;
                }
                if left <= self.close * scale {
                    self.state = State::Settled;
                    return;
                }
                if left.is_nan() || left > 0.5 * *last {
                    // What rounding leaves is as good as it gets.
                    self.state = if left <= 1e3 * CLOSE * scale { State::Settled } else { State::Stuck };
                    return;
                }
                *last = left;
                let length = norm(&r);
                self.basis = vec![r.iter().map(|r| r / length).collect()];
                self.right = vec![length];
                self.columns.clear();
                self.turns.clear();
                self.state = State::Going;
            }
            State::Going => self.extend(product),
            State::Settled | State::Stuck => {}
        }
    }

    /// One step of Arnoldi's method on I − M.
    fn extend(&mut self, product: Vec<f64>) {
        let k = self.columns.len();
        let mut w: Vec<f64> = self.basis[k].iter().zip(&product).map(|(v, m)| v - m).collect();
        let mut column = vec![0.0; k + 2];
        for _ in 0..2 {
            for (along, v) in column.iter_mut().zip(&self.basis) {
                let part = dot(v, &w);
                *along += part;
                w.iter_mut().zip(v).for_each(|(w, v)| *w -= part * v);
            }
        }
        let length = norm(&w);
        column[k + 1] = length;
        for (i, (c, s)) in self.turns.iter().enumerate() {
            let (a, b) = (column[i], column[i + 1]);
            (column[i], column[i + 1]) = (c * a + s * b, c * b - s * a);
        }
        let (a, b) = (column[k], column[k + 1]);
        let radius = a.hypot(b);
        let (c, s) = if radius > 0.0 { (a / radius, b / radius) } else { (1.0, 0.0) };
        self.turns.push((c, s));
        column[k] = radius;
        column.pop();
        self.columns.push(column);
        let right = self.right[k];
        self.right[k] = c * right;
        self.right.push(-s * right);
        let left = (s * right).abs();
        let scale = largest(&self.x).max(largest(&self.b));
        if left <= 0.1 * self.close * scale || length <= f64::MIN_POSITIVE || k + 1 == DIRECTIONS {
            self.go_there();
        } else {
            self.basis.push(w.iter().map(|w| w / length).collect());
        }
    }

    /// Takes the best combination of directions.
    fn go_there(&mut self) {
        let k = self.columns.len();
        let mut y = vec![0.0; k];
        for i in (0..k).rev() {
            let known: f64 = (i + 1..k).map(|j| self.columns[j][i] * y[j]).sum();
            let pivot = self.columns[i][i];
            y[i] = if pivot == 0.0 { 0.0 } else { (self.right[i] - known) / pivot };
        }
        for (v, y) in self.basis.iter().zip(&y) {
            self.x.iter_mut().zip(v).for_each(|(x, v)| *x += y * v);
        }
        self.state = State::Starting;
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |m, x| f64::max(m, x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long a walk among `n` places, up with probability 0.55, takes to leave them.
    fn walk(v: &[f64]) -> Vec<f64> {
        let at = |i: isize| if i < 0 || i >= v.len() as isize { 0.0 } else { v[i as usize] };
        (0..v.len() as isize).map(|i| 0.55 * at(i + 1) + 0.45 * at(i - 1)).collect()
    }

    #[test]
    fn a_walk_ends() {
        let product = &mut |v: &mut [Vec<f64>]| -> Result<(), ()> {
            v.iter_mut().for_each(|v| *v = walk(v));
            Ok(())
        };
        let found = solve(vec![vec![1.0; 9], vec![0.0; 9]], &[false; 2], product).unwrap();
        assert!(found[0].settled && found[1].settled);
        // Smith and Stam (2004): k/(1 − 2p) − N/(1 − 2p)·(1 − r^k)/(1 − r^N).
        let (r, k, n) = (0.45f64 / 0.55, 4.0, 10.0);
        let expected = (k - n * (1.0 - r.powi(4)) / (1.0 - r.powi(10))) / (1.0 - 2.0 * 0.55);
        assert!((found[0].x[3] - expected).abs() < 1e-11, "{} {expected}", found[0].x[3]);
    }

    #[test]
    fn what_never_ends_is_not_settled() {
        let turn = &mut |v: &mut [Vec<f64>]| -> Result<(), ()> {
            v.iter_mut().for_each(|v| v.rotate_left(1));
            Ok(())
        };
        assert!(!solve(vec![vec![1.0; 5]], &[false], turn).unwrap()[0].settled);
    }
}
