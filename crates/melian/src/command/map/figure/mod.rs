//! Maps and curves as drawings, one below the other for several questions: title, frame, axes, what fills a point.

mod curve;
mod legend;
mod plane;

use melian::{
    model::{Model, print::number},
    study::worlds::Axis,
};

use super::{
    picture::{Cell, Picture},
    scale::{along, labels, ticks, verdict},
    svg::{Anchor, Drawing, hex},
};
use crate::command::figures::figure;

/// Pixels of the frame, of what stands around it, and between its bottom and the next figure.
const FRAME: (f64, f64) = (480.0, 480.0);
const CURVE: (f64, f64) = (480.0, 260.0);
const LEFT: f64 = 96.0;
const TOP: f64 = 64.0;
const BELOW: f64 = 104.0;
const RIGHT: f64 = 204.0;

/// More points than this get no words where the pointer rests: the file would become large.
const TOLD: usize = 10_000;

const TICK: &str = "stroke=\"#444\" stroke-width=\"1\"";
const SMALL: &str = "font-size=\"11\" fill=\"#555\"";

/// All questions, as one file.
pub fn file(model: &Model, pictures: &[Picture<'_>], base: &[f64]) -> String {
    let mut drawing = Drawing::default();
    let mut top = 0.0;
    for picture in pictures {
        let size = if picture.plane.axes.len() == 1 { CURVE } else { FRAME };
        let figure = Figure { model, picture, base, corner: (LEFT, top + TOP), size, drawing: &mut drawing };
        figure.draw();
        top += TOP + size.1 + BELOW;
    }
    let title = if model.title.is_empty() { &model.name } else { &model.title };
    drawing.file(LEFT + FRAME.0 + RIGHT, top, title)
}

/// One figure on a drawing.
struct Figure<'a> {
    model: &'a Model,
    picture: &'a Picture<'a>,
    base: &'a [f64],
    /// Upper left corner of the frame.
    corner: (f64, f64),
    size: (f64, f64),
    drawing: &'a mut Drawing,
}

impl Figure<'_> {
    fn draw(mut self) {
        let (left, top) = self.corner;
        let heading = "font-size=\"15\" font-weight=\"bold\"";
        self.drawing.text((left, top - 34.0), Anchor::Start, heading, self.picture.name);
        let title = if self.model.title.is_empty() { &self.model.name } else { &self.model.title };
        self.drawing.text((left, top - 14.0), Anchor::Start, SMALL, title);
        match self.picture.plane.axes[..] {
            [x, y] => self.map(x, y),
            [x] => self.curve(x),
            _ => {}
        }
    }

    /// What a point is, in words.
    fn told(&self, world: usize, cell: Cell) -> String {
        let values = self.picture.plane.values(world);
        let axes = self.picture.plane.axes.iter().zip(values);
        let point: Vec<String> =
            axes.map(|(a, v)| format!("{} = {}", self.model.params[a.param.0].name, number(v))).collect();
        let said = match cell {
            Cell::Number(value) => number(value),
            Cell::Judged(_, margin) | Cell::Undecided(margin) => {
                format!("{}, margin {}", cell.words(), number(margin))
            }
            other => other.words().to_owned(),
        };
        format!("{}: {said}", point.join(", "))
    }

    fn fill(&self, cell: Cell) -> String {
        match cell {
            Cell::Number(value) => {
                let [(_, lo), (_, hi)] = self.picture.ends().unwrap_or_default();
                hex(along(if hi > lo { (value - lo) / (hi - lo) } else { 0.5 }))
            }
            Cell::Judged(holds, margin) => {
                let (most_holds, most_fails) = self.picture.margins();
                let most = most_holds.max(most_fails);
                hex(verdict(holds, if most > 0.0 { margin.abs() / most } else { 0.0 }))
            }
            Cell::Undecided(_) => "#bdbdbd".into(),
            Cell::Undefined => "#ececec".into(),
            Cell::Excluded => "url(#none)".into(),
            Cell::Failed | Cell::Unconverged => "url(#wrong)".into(),
        }
    }

    fn frame(&mut self) {
        let ((left, top), (width, height)) = (self.corner, self.size);
        let corners = [
            (left, top),
            (left + width, top),
            (left + width, top + height),
            (left, top + height),
            (left, top),
        ];
        for side in corners.windows(2) {
            self.drawing.line(side[0], side[1], TICK);
        }
    }

    /// The name of a parameter with its unit.
    fn named(&self, axis: Axis) -> String {
        let param = &self.model.params[axis.param.0];
        if param.unit.is_empty() { param.name.clone() } else { format!("{}, {}", param.name, param.unit) }
    }

    fn axis_below(&mut self, axis: Axis, across: impl Fn(f64) -> f64) {
        let ((left, top), (width, height)) = (self.corner, self.size);
        let bottom = top + height;
        let values = ticks(axis.lo, axis.hi, 6);
        for (value, label) in values.iter().zip(labels(&values)) {
            let at = across(axis.place(value.clamp(axis.lo, axis.hi)).unwrap_or(0.0));
            self.drawing.line((at, bottom), (at, bottom + 5.0), TICK);
            self.drawing.text((at, bottom + 19.0), Anchor::Middle, "", &label);
        }
        let name = self.named(axis);
        self.drawing.text((left + width / 2.0, bottom + 42.0), Anchor::Middle, "", &name);
        let outside = self.picture.plane.axes.iter().any(|a| a.place(self.base[a.param.0]).is_none());
        let values: Vec<String> = self
            .picture
            .plane
            .axes
            .iter()
            .map(|a| format!("{} = {}", self.model.params[a.param.0].name, number(self.base[a.param.0])))
            .collect();
        let said = match self.picture.baseline {
            Cell::Number(value) => figure(value),
            cell @ Cell::Judged(_, margin) => format!("{}, margin {}", cell.words(), figure(margin)),
            other => other.words().to_owned(),
        };
        let sign = if outside { "baseline, outside" } else { "◆ baseline" };
        let said = format!("{sign}: {}: {said}", values.join(", "));
        self.drawing.text((left, bottom + 64.0), Anchor::Start, SMALL, &said);
    }

    fn axis_left(&mut self, values: &[f64], places: &[f64], name: &str) {
        let ((left, top), (_, height)) = (self.corner, self.size);
        for (&at, label) in places.iter().zip(labels(values)) {
            self.drawing.line((left - 5.0, at), (left, at), TICK);
            self.drawing.text((left - 9.0, at + 4.0), Anchor::End, "", &label);
        }
        self.drawing.upward((left - 66.0, top + height / 2.0), name);
    }
}
