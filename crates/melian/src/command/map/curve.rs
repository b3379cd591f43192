//! A map over one parameter in the terminal: a curve of points.

use melian::model::{Model, print::number};

use super::{
    picture::{Cell, Picture},
    scale::labels,
    shaded::{BASELINE, foot, told},
};
use crate::command::figures::{Paint, paint};

/// Lines that the curve takes.
const HEIGHT: usize = 13;

/// Characters across.
const ROOM: usize = 80;

/// The curve of one question.
pub fn page(model: &Model, picture: &Picture<'_>, base: &[f64], colour: bool) -> String {
    let axis = picture.plane.axes[0];
    let name = &model.params[axis.param.0].name;
    let every = axis.steps.div_ceil(ROOM);
    let columns: Vec<usize> = (0..axis.steps).step_by(every).collect();
    let wide = (ROOM * 3 / 4 / columns.len()).clamp(1, 5);
    let marked = axis.place(base[axis.param.0]).map(|p| (p / every as f64).round() as usize);
    let (lo, hi) = span(picture);
    let line_of = |x: f64| {
        let share = if hi > lo { (x - lo) / (hi - lo) } else { 0.5 };
        (share * (HEIGHT - 1) as f64).round() as usize
    };
    let heights: Vec<f64> =
        (0..HEIGHT).map(|line| lo + (hi - lo) * line as f64 / (HEIGHT - 1) as f64).collect();
    let zero = (picture.is_condition && hi > lo).then(|| line_of(0.0));
    let told_lines: Vec<usize> = if hi > lo { vec![0, HEIGHT / 2, HEIGHT - 1] } else { vec![HEIGHT / 2] };
    let names = labels(&told_lines.iter().map(|&l| heights[l]).collect::<Vec<_>>());
    let label = |line: usize| match told_lines.iter().position(|&l| l == line) {
        _ if zero == Some(line) => "0",
        Some(k) => names[k].as_str(),
        None => "",
    };
    let margin = names.iter().map(|n| n.chars().count()).max().unwrap_or(1) + 2;
    let mut text = format!("{}\n\n", paint(picture.name, Paint::Bold, colour));
    for line in (0..HEIGHT).rev() {
        let label = label(line);
        let mut row = format!("{label:>margin$} {}", if label.is_empty() { '│' } else { '┤' });
        for (k, &column) in columns.iter().enumerate() {
            let ground = if zero == Some(line) { '┄' } else { ' ' };
            let cell = picture.cells[column];
            let dot = match cell.number() {
                Some(x) if line_of(x) == line => Some(if marked == Some(k) { BASELINE } else { '●' }),
                None if line == 0 => Some(cell.mark()),
                _ => None,
            };
            for at in 0..wide {
                match dot.filter(|_| at == wide / 2) {
                    Some(dot) => row += &painted(dot, cell, colour),
                    None => row.push(ground),
                }
            }
        }
        text += row.trim_end();
        text += "\n";
    }
    text += &foot(&labels(&columns.iter().map(|&k| axis.value(k)).collect::<Vec<_>>()), wide, margin, name);
    text += "\n";
    text += &told(model, picture, base, colour);
    for (step, begins) in picture.changes() {
        let verb = if begins { "begins to hold" } else { "ceases to hold" };
        let (from, to) = (number(axis.value(step)), number(axis.value(step + 1)));
        text += &format!("  {verb} between {name} = {from} and {to}\n");
    }
    text
}

/// What the curve spans: of a condition zero as well.
fn span(picture: &Picture<'_>) -> (f64, f64) {
    let (lo, hi) = picture.ends().map_or((0.0, 0.0), |[(_, a), (_, b)]| (a, b));
    if picture.is_condition { (lo.min(0.0), hi.max(0.0)) } else { (lo, hi) }
}

fn painted(dot: char, cell: Cell, colour: bool) -> String {
    let dot = dot.to_string();
    match cell {
        Cell::Number(_) => dot,
        Cell::Judged(true, _) => paint(&dot, Paint::Green, colour),
        Cell::Judged(false, _) => paint(&dot, Paint::Red, colour),
        _ => paint(&dot, Paint::Yellow, colour),
    }
}
