//! A model as readable text: what `melian print --stage model` shows.

/// A number in the shortest form that reads back as the same number, without float noise at the 12th digit.
pub fn number(x: f64) -> String {
    if x == 0.0 {
        return "0".into();
    }
    let rounded: f64 = format!("{x:.11e}").parse().unwrap_or(x);
    let magnitude = rounded.abs();
    if (1e-4..1e15).contains(&magnitude) { format!("{rounded}") } else { format!("{rounded:e}") }
}
