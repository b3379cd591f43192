//! The drawing of a map over two parameters: cells, the line where a condition begins to hold, the baseline.

use melian::study::worlds::Axis;

use super::{super::scale::ticks, FRAME, Figure, TOLD};

impl Figure<'_> {
    pub(super) fn map(&mut self, x: Axis, y: Axis) {
        let (left, top) = self.corner;
        let (wide, high) = (self.size.0 / x.steps as f64, self.size.1 / y.steps as f64);
        // A point is the middle of its cell; cells overlap a little, lest the ground shines through between them.
        let middle =
            move |column: f64, row: f64| (left + (column + 0.5) * wide, top + FRAME.1 - (row + 0.5) * high);
        let told = self.picture.cells.len() <= TOLD;
        for (world, cell) in self.picture.cells.iter().enumerate() {
            let (column, row) = ((world % x.steps) as f64, (world / x.steps) as f64);
            let title = if told { self.told(world, *cell) } else { String::new() };
            let place = (left + column * wide, top + self.size.1 - (row + 1.0) * high);
            let right = (self.size.0 - column * wide).min(wide + 0.5);
            let down = ((row + 1.0) * high).min(high + 0.5);
            self.drawing.rectangle(place, (right, down), &self.fill(*cell), &title);
        }
        let line: Vec<_> =
            self.picture.contour().iter().map(|s| s.map(|(column, row)| middle(column, row))).collect();
        self.drawing.lines(&line, "stroke=\"#fff\" stroke-width=\"4.5\"");
        self.drawing.lines(&line, "stroke=\"#111\" stroke-width=\"2\"");
        let place = (x.place(self.base[x.param.0]), y.place(self.base[y.param.0]));
        if let (Some(column), Some(row)) = place {
            self.drawing.diamond(middle(column, row), 6.0);
        }
        self.frame();
        self.axis_below(x, move |place| middle(place, 0.0).0);
        let values = ticks(y.lo, y.hi, 6);
        let places: Vec<f64> =
            values.iter().map(|v| middle(0.0, y.place(v.clamp(y.lo, y.hi)).unwrap_or(0.0)).1).collect();
        self.axis_left(&values, &places, &self.named(y));
        if self.picture.is_condition { self.verdict_legend(!line.is_empty()) } else { self.number_legend() }
    }
}
