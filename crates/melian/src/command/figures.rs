//! Numbers as people read them, and the few colours.

use melian::{
    model::{Convention, Model},
    study::Reading,
};

/// A probability or a mean in a table: three decimals, and 0 only for what is exactly zero.
pub fn short(x: f64) -> String {
    if x == 0.0 { "0".into() } else { format!("{x:.3}") }
}

/// Four significant decimals where they matter; tiny numbers in powers of ten.
pub fn figure(x: f64) -> String {
    let size = x.abs();
    if x == 0.0 {
        "0".into()
    } else if size < 5e-5 {
        format!("{x:.1e}")
    } else if size < 10.0 {
        format!("{x:.4}")
    } else if size < 1000.0 {
        format!("{x:.3}")
    } else {
        format!("{x:.1}")
    }
}

/// Eight significant digits, without zeros at the end: an answer.
pub fn digits(x: f64) -> String {
    let rounded: f64 = format!("{x:.7e}").parse().unwrap_or(x);
    melian::model::print::number(rounded)
}

/// A reading in a table.
pub fn reading(reading: &Reading, number: impl Fn(f64) -> String) -> String {
    match reading {
        Reading::Number(x) => number(*x),
        Reading::Undefined(_) => "–".into(),
    }
}

/// 771120 as `771,120`.
pub fn count(n: u128) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share in per cent.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.001 { "less than 0.1 %".into() } else { format!("{:.1} %", 100.0 * share) }
}

/// The colours that mean something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paint {
    /// A heading.
    Bold,
    /// Something that holds.
    Green,
    /// Something that fails.
    Red,
    /// Something that is not decided.
    Yellow,
}

/// Text in a colour, if colours are wanted.
pub fn paint(text: &str, paint: Paint, colour: bool) -> String {
    let code = match paint {
        Paint::Bold => 1,
        Paint::Green => 32,
        Paint::Red => 31,
        Paint::Yellow => 33,
    };
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// A calendar month, `2025-10`.
pub fn date(model: &Model, period: usize) -> Option<String> {
    model.date(period).map(|(year, month)| format!("{year}-{month:02}"))
}

/// The convention's word in the language.
pub fn convention(convention: Convention) -> &'static str {
    match convention {
        Convention::Payoff => "payoff",
        Convention::Emax => "emax",
    }
}

/// Numbers as a line of bars, the lowest for the least of them, or for `from` if that is less; the same bar for all if they are
/// the same.
pub fn sparkline(values: &[f64], from: Option<f64>) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let least = values.iter().copied().chain(from).fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bar = |x: &f64| match most - least {
        // What rounding leaves is no movement.
        range if range > 1e-9 * least.abs().max(most.abs()).max(1e-300) => {
            BARS[((x - least) / range * 7.0).round() as usize]
        }
        _ => BARS[0],
    };
    values.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures() {
        let check = |x: f64, expected: [&str; 3]| assert_eq!([short(x), figure(x), digits(x)], expected);
        check(0.0, ["0", "0", "0"]);
        check(0.31277034365548445, ["0.313", "0.3128", "0.31277034"]);
        check(6.7159e-21, ["0.000", "6.7e-21", "6.7159e-21"]);
        check(-40.84266413762512, ["-40.843", "-40.843", "-40.842664"]);
        check(12345.678, ["12345.678", "12345.7", "12345.678"]);
        assert_eq!(count(771_120), "771,120");
        assert_eq!(count(12), "12");
        assert_eq!(percent(0.625), "62.5 %");
    }
}
