//! Colours, shades and ticks.

/// A colour: red, green, blue.
pub type Colour = [u8; 3];

/// Viridis, at ten equal steps (van der Walt and Smith 2015): perceptually uniform, and read the same by the colour-blind.
const VIRIDIS: [Colour; 10] = [
    [0x44, 0x01, 0x54],
    [0x48, 0x28, 0x78],
    [0x3e, 0x4a, 0x89],
    [0x31, 0x68, 0x8e],
    [0x26, 0x82, 0x8e],
    [0x1f, 0x9e, 0x89],
    [0x35, 0xb7, 0x79],
    [0x6d, 0xcd, 0x59],
    [0xb4, 0xde, 0x2c],
    [0xfd, 0xe7, 0x25],
];

/// Where a condition holds, from hardly to clearly (ColorBrewer's blues).
const HOLDS: [Colour; 4] = [[0xd1, 0xe5, 0xf0], [0x92, 0xc5, 0xde], [0x43, 0x93, 0xc3], [0x21, 0x66, 0xac]];

/// Where it fails: oranges, which nobody takes for blues.
const FAILS: [Colour; 4] = [[0xfe, 0xe0, 0xb6], [0xfd, 0xb8, 0x63], [0xe0, 0x82, 0x14], [0xb3, 0x58, 0x06]];

/// The colour of a number so far along its range.
pub fn along(share: f64) -> Colour {
    blend(&VIRIDIS, share)
}

/// The colour of a margin: its share of the greatest one.
pub fn verdict(holds: bool, share: f64) -> Colour {
    blend(if holds { &HOLDS } else { &FAILS }, share)
}

fn blend(points: &[Colour], share: f64) -> Colour {
    let last = points.len() - 1;
    // A share that is not a number counts as zero.
    let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    let place = share * last as f64;
    let below = (place.floor() as usize).min(last - 1);
    let rest = place - below as f64;
    [0, 1, 2].map(|k| {
        let (a, b) = (f64::from(points[below][k]), f64::from(points[below + 1][k]));
        (a + rest * (b - a)).round() as u8
    })
}

/// Whether dark writing is read on a colour (relative luminance as in WCAG 2, without its gamma).
pub fn is_light(colour: Colour) -> bool {
    let [r, g, b] = colour.map(f64::from);
    0.2126 * r + 0.7152 * g + 0.0722 * b > 128.0
}

/// The colour of a terminal's table of 256 that is nearest, out of its cube of 6 × 6 × 6 and its greys.
pub fn of_256(colour: Colour) -> u8 {
    let steps = [0_u8, 95, 135, 175, 215, 255];
    let far = |a: Colour| -> i32 { (0..3).map(|k| (i32::from(a[k]) - i32::from(colour[k])).pow(2)).sum() };
    let cube = (0..216_u8).map(|n| (16 + n, [n / 36, n / 6 % 6, n % 6].map(|k| steps[usize::from(k)])));
    let greys = (0..24_u8).map(|n| (232 + n, [8 + 10 * n; 3]));
    cube.chain(greys).min_by_key(|(_, c)| far(*c)).map_or(16, |(n, _)| n)
}

/// Round numbers from `lo` to `hi`, about so many: 1, 2 or 5 times a power of ten apart.
pub fn ticks(lo: f64, hi: f64, about: usize) -> Vec<f64> {
    let rough = (hi - lo) / about.max(1) as f64;
    if rough.is_nan() || rough <= 0.0 || !rough.is_finite() {
        return vec![lo];
    }
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= 0.7 * rough);
    let step = step.unwrap_or(rough);
    let first = (lo / step - 1e-9).ceil();
    let count = ((hi / step + 1e-9).floor() - first).clamp(0.0, 100.0) as usize;
    (0..=count).map(|k| (first + k as f64) * step).collect()
}

/// Numbers as labels, with as many decimals as tell them apart.
pub fn labels(values: &[f64]) -> Vec<String> {
    let apart = values.windows(2).map(|p| (p[1] - p[0]).abs()).fold(f64::INFINITY, f64::min);
    let size = values.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    let apart = if apart.is_finite() { apart } else { size };
    if size >= 1e6 || (size > 0.0 && size < 1e-3) {
        return values.iter().map(|x| if *x == 0.0 { "0".into() } else { format!("{x:.2e}") }).collect();
    }
    let fits = |decimals: usize| {
        let rounding = |x: &f64| (format!("{x:.decimals$}").parse::<f64>().unwrap_or(*x) - x).abs();
        values.iter().map(rounding).fold(0.0, f64::max) <= 0.1 * apart
    };
    let decimals = (0..6).find(|d| fits(*d)).unwrap_or(4);
    values
        .iter()
        .map(|x| {
            let text = format!("{x:.decimals$}");
            if text.trim_start_matches('-').chars().all(|c| "0.".contains(c)) {
                text.trim_start_matches('-').to_owned()
            } else {
                text
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours() {
        assert_eq!((along(0.0), along(1.0), along(f64::NAN)), (VIRIDIS[0], VIRIDIS[9], VIRIDIS[0]));
        assert!((0..=20).map(|k| along(f64::from(k) / 20.0)).map(is_light).is_sorted());
        assert_eq!(of_256([255, 0, 0]), 196);
        assert_eq!(of_256([8, 8, 8]), 232);
    }

    #[test]
    fn ticks_are_round() {
        let check = |lo, hi, expected: &[&str]| assert_eq!(labels(&ticks(lo, hi, 5)), expected);
        check(0.05, 0.18, &["0.06", "0.08", "0.10", "0.12", "0.14", "0.16", "0.18"]);
        check(-1.0, 1.0, &["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
        check(0.0, 3e7, &["0", "5.00e6", "1.00e7", "1.50e7", "2.00e7", "2.50e7", "3.00e7"]);
        // Values that are not round are told apart, no more.
        assert_eq!(labels(&[0.05, 0.0565, 0.063]), ["0.050", "0.057", "0.063"]);
        assert_eq!(ticks(2.0, 2.0, 5), [2.0]);
        assert_eq!(labels(&[0.25]), ["0.25"]);
    }
}
