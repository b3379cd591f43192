//! A map in the terminal: one cell of characters for each point, in shades, or in colours where there are some.

use melian::model::Model;

use super::{
    picture::{Cell, Picture},
    scale::{Colour, along, is_light, labels, of_256, verdict},
};
use crate::command::{
    asked::so_many,
    figures::{Paint, count, figure, paint},
    tables::wrapped,
};

/// Shades of numbers, from least to greatest.
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];

/// Where a condition fails clearly, fails hardly, holds hardly, holds clearly.
const VERDICTS: [char; 4] = ['·', '░', '▓', '█'];

/// Characters across, and lines down, that the points of a map may take.
const ROOM: (usize, usize) = (80, 45);

/// A point that stands for the model's own values.
pub const BASELINE: char = '◆';

/// The map of one question.
pub fn page(model: &Model, picture: &Picture<'_>, base: &[f64], colour: bool) -> String {
    let [x, y] = [picture.plane.axes[0], picture.plane.axes[1]];
    let name = |axis: usize| &model.params[picture.plane.axes[axis].param.0].name;
    let mut text = format!("{}\n\n", paint(picture.name, Paint::Bold, colour));
    let shades = Shades::of(picture, colour);
    // A map finer than the page shows every second, third, … point.
    let (every_x, every_y) = (x.steps.div_ceil(ROOM.0), y.steps.div_ceil(ROOM.1));
    let columns: Vec<usize> = (0..x.steps).step_by(every_x).collect();
    let rows: Vec<usize> = (0..y.steps).step_by(every_y).collect();
    let wide = (ROOM.0 * 3 / 4 / columns.len()).clamp(1, 4);
    let nearest = |place: Option<f64>, every: usize| place.map(|p| (p / every as f64).round() as usize);
    let marked_x = nearest(x.place(base[x.param.0]), every_x).map(|k| k.min(columns.len() - 1));
    let marked_y = nearest(y.place(base[y.param.0]), every_y).map(|k| k.min(rows.len() - 1));
    let names = labels(&rows.iter().map(|&k| y.value(k)).collect::<Vec<_>>());
    let margin = names.iter().map(|n| n.chars().count()).max().unwrap_or(0).max(name(1).chars().count()) + 2;
    text += &format!("{:>margin$}\n", name(1));
    let apart = (rows.len() / 6).max(1);
    for (line, &row) in rows.iter().enumerate().rev() {
        let told = line % apart == 0;
        text +=
            &format!("{:>margin$} {}", if told { &names[line] } else { "" }, if told { '┤' } else { '│' });
        for (k, &column) in columns.iter().enumerate() {
            let here = (Some(k), Some(line)) == (marked_x, marked_y);
            text += &shades.cell(picture.cells[row * x.steps + column], wide, here);
        }
        text += "\n";
    }
    text += &foot(&labels(&columns.iter().map(|&k| x.value(k)).collect::<Vec<_>>()), wide, margin, name(0));
    text += "\n";
    text += &shades.legend();
    text += &told(model, picture, base, colour);
    if every_x > 1 || every_y > 1 {
        text += "  finer than the page: it shows some of the points; --svg, --format csv and json have them all\n";
    }
    text
}

/// The axis below, with its values and name.
pub fn foot(names: &[String], wide: usize, margin: usize, title: &str) -> String {
    let longest = names.iter().map(|n| n.chars().count()).max().unwrap_or(1);
    let apart = (longest + 2).div_ceil(wide).max(names.len() / 10).max(1);
    let middle = wide / 2;
    let (mut line, mut values) = (String::new(), String::new());
    for (k, label) in names.iter().enumerate() {
        for at in 0..wide {
            line.push(if k % apart == 0 && at == middle { '┬' } else { '─' });
        }
        if k % apart == 0 {
            let at = (margin + 2 + k * wide + middle).saturating_sub(label.chars().count() / 2);
            values.extend(std::iter::repeat_n(' ', at.saturating_sub(values.chars().count())));
            values += label;
        }
    }
    format!("{:margin$} └{line}\n{values}  {title}\n", "")
}

/// What stands below every map: baseline, least and greatest, points that are no numbers.
pub fn told(model: &Model, picture: &Picture<'_>, base: &[f64], colour: bool) -> String {
    let axes = &picture.plane.axes;
    let point = |values: &[f64]| -> String {
        let parts = axes.iter().zip(values).map(|(axis, value)| {
            format!("{} = {}", model.params[axis.param.0].name, melian::model::print::number(*value))
        });
        parts.collect::<Vec<_>>().join(", ")
    };
    let defaults: Vec<f64> = axes.iter().map(|axis| base[axis.param.0]).collect();
    let outside = axes.iter().any(|axis| axis.place(base[axis.param.0]).is_none());
    let said = match picture.baseline {
        Cell::Number(x) => figure(x),
        Cell::Judged(holds, margin) => {
            let shown = if holds { Paint::Green } else { Paint::Red };
            format!("{}, margin {}", paint(picture.baseline.words(), shown, colour), figure(margin))
        }
        other => other.words().to_owned(),
    };
    let mut text = match outside {
        true => format!("  baseline, not on the map: {}: {said}\n", point(&defaults)),
        false => format!("  {BASELINE} baseline: {}: {said}\n", point(&defaults)),
    };
    if let Some([(k, least), (l, most)]) = picture.ends() {
        let what = if picture.is_condition { " margin" } else { "" };
        let at = |k: usize| point(&picture.plane.values(k));
        text += &match least == most {
            true => format!("  {}{what} wherever there is one\n", figure(least)),
            false => wrapped(&format!(
                "  least{what} {} at {}; greatest {} at {}",
                figure(least),
                at(k),
                figure(most),
                at(l)
            )),
        };
    }
    if picture.is_condition {
        let all = picture.cells.len();
        let (holds, fails) = (
            picture.count(|c| matches!(c, Cell::Judged(true, _))),
            picture.count(|c| matches!(c, Cell::Judged(false, _))),
        );
        text += &format!(
            "  holds at {} of {} points, fails at {}\n",
            count(holds as u128),
            count(all as u128),
            count(fails as u128)
        );
    }
    for (cell, number) in picture.marked() {
        text += &format!("  {} {}: {}\n", cell.mark(), cell.words(), so_many(number, "point"));
    }
    text
}

/// How cells are shaded.
struct Shades {
    /// Least and greatest number.
    ends: (f64, f64),
    /// Greatest margins of holding and failing, if the question is a condition.
    margins: Option<(f64, f64)>,
    colour: bool,
}

impl Shades {
    fn of(picture: &Picture<'_>, colour: bool) -> Shades {
        let ends = picture.ends().map_or((0.0, 0.0), |[(_, a), (_, b)]| (a, b));
        Shades { ends, margins: picture.is_condition.then(|| picture.margins()), colour }
    }

    fn cell(&self, cell: Cell, wide: usize, is_baseline: bool) -> String {
        let (fill, colour) = match cell {
            Cell::Number(x) => {
                let step = self.step(x);
                (SHADES[step], Some(along(step as f64 / (SHADES.len() - 1) as f64)))
            }
            Cell::Judged(holds, margin) => {
                let clear = self.is_clear(holds, margin);
                (VERDICTS[2 * usize::from(holds) + usize::from(clear == holds)], Some(tint(holds, clear)))
            }
            other => (other.mark(), None),
        };
        let middle = if is_baseline { BASELINE } else { fill };
        let marked = |k: usize| if k == wide / 2 { middle } else { fill };
        match colour.filter(|_| self.colour) {
            Some(background) => {
                let plain = |k: usize| if k == wide / 2 && is_baseline { BASELINE } else { ' ' };
                on(background, &(0..wide).map(plain).collect::<String>())
            }
            None => (0..wide).map(marked).collect(),
        }
    }

    /// Which of the shades a number gets.
    fn step(&self, x: f64) -> usize {
        let share = (x - self.ends.0) / (self.ends.1 - self.ends.0);
        ((share * SHADES.len() as f64) as usize).min(SHADES.len() - 1)
    }

    /// Whether a margin is more than half of the greatest one.
    fn is_clear(&self, holds: bool, margin: f64) -> bool {
        let (most_holds, most_fails) = self.margins.unwrap_or_default();
        let most = if holds { most_holds } else { most_fails };
        margin.abs() > 0.5 * most
    }

    fn legend(&self) -> String {
        let sample = |fill: char, colour: Colour| match self.colour {
            true => on(colour, "  "),
            false => fill.to_string().repeat(2),
        };
        let Some((holds, fails)) = self.margins else {
            let (lo, hi) = self.ends;
            if lo == hi {
                return String::new();
            }
            let width = (hi - lo) / SHADES.len() as f64;
            let entries = SHADES.iter().enumerate().map(|(k, &shade)| {
                let from = lo + k as f64 * width;
                let sample = sample(shade, along(k as f64 / (SHADES.len() - 1) as f64));
                let to = if k + 1 == SHADES.len() { hi } else { from + width };
                format!("{sample} {} .. {}", figure(from), figure(to))
            });
            return format!("  {}\n", entries.collect::<Vec<_>>().join("  "));
        };
        let mut entries = Vec::new();
        if fails > 0.0 {
            entries.push(format!(
                "{} fails by more than {}",
                sample('·', tint(false, true)),
                figure(fails / 2.0)
            ));
            entries.push(format!("{} fails by less", sample('░', tint(false, false))));
        }
        if holds > 0.0 {
            entries.push(format!(
                "{} holds by less than {}",
                sample('▓', tint(true, false)),
                figure(holds / 2.0)
            ));
            entries.push(format!("{} holds by more", sample('█', tint(true, true))));
        }
        if entries.is_empty() { String::new() } else { format!("  {}\n", entries.join("  ")) }
    }
}

fn tint(holds: bool, clear: bool) -> Colour {
    verdict(holds, if clear { 0.9 } else { 0.25 })
}

/// Writing on a background.
fn on(background: Colour, text: &str) -> String {
    let ink = if is_light(background) { 16 } else { 231 };
    format!("\x1b[48;5;{}m\x1b[38;5;{ink}m{text}\x1b[0m", of_256(background))
}
