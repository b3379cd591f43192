//! The decimal number with the fewest places that separates two numbers.

use super::region::Edge;

/// Digits after which there is no shorter way to write a number than in full.
const DIGITS: i32 = 17;

/// The edge that keeps `inside` and leaves out `outside`, as round as possible: the coarsest power of ten with a
/// multiple between the two, and of its multiples the nearest to their middle.
pub(super) fn shortest(outside: f64, inside: f64) -> Edge {
    let (low, high) = (outside.min(inside), outside.max(inside));
    if low < 0.0 && high > 0.0 {
        return Edge { at: 0.0, included: false };
    }
    let exact = Edge { at: inside, included: true };
    let size = low.abs().max(high.abs());
    if inside == 0.0 || size == 0.0 || low == high {
        return exact;
    }
    let middle = f64::midpoint(low, high);
    let top = size.log10().floor() as i32 + 1;
    for power in (top - DIGITS - 1..=top).rev() {
        let unit = 10f64.powi(power);
        let multiples = [(middle / unit).round(), (low / unit).ceil(), (high / unit).floor()];
        let fits = |&at: &f64| (at > low && at < high) || at == inside;
        let nearest = multiples
            .into_iter()
            .filter_map(|multiple| multiple_of(multiple, power))
            .filter(fits)
            .min_by(|a, b| (a - middle).abs().total_cmp(&(b - middle).abs()));
        if let Some(at) = nearest {
            return Edge { at, included: at == inside };
        }
    }
    exact
}

/// `multiple` times ten to the `power`, rounded once.
fn multiple_of(multiple: f64, power: i32) -> Option<f64> {
    if multiple.is_finite() { format!("{multiple}e{power}").parse().ok() } else { None }
}

/// A number as people write it: with an exponent only where it would be long.
pub(super) fn text(x: f64) -> String {
    let size = x.abs();
    if size == 0.0 {
        "0".into()
    } else if (1e-5..1e15).contains(&size) {
        format!("{x}")
    } else {
        format!("{x:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_digits_and_no_more() {
        let check = |outside: f64, inside: f64, expected: &str, included: bool| {
            let edge = shortest(outside, inside);
            assert_eq!((text(edge.at).as_str(), edge.included), (expected, included), "{outside} {inside}");
        };
        check(77.6, 78.3, "78", false);
        check(0.43121, 0.43913, "0.435", false);
        check(0.29991, 0.30012, "0.3", false);
        check(1234.0, 1780.0, "1500", false);
        check(99.0, 1001.0, "1000", false);
        check(-0.3, 0.2, "0", false);
        check(-0.41, -0.32, "-0.4", false);
        // Values of a grid stay what they are.
        check(1.0, 2.0, "2", true);
        check(2.0, 1.0, "1", true);
        check(1.0, 0.0, "0", true);
        check(0.0, 1.0, "1", true);
        check(0.1, 0.2, "0.2", true);
        check(3.2e-9, 4.1e-9, "4e-9", false);
        check(1.2e20, 3.1e20, "2e20", false);
        // Neighbouring floating point numbers.
        check(1.0, 1.0 + f64::EPSILON, "1.0000000000000002", true);
        check(f64::MAX, 1.0, "1e308", false);
        check(0.0, f64::from_bits(1), "5e-324", true);
    }
}
