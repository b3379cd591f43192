//! The drawing of a map over one parameter: a curve of points.

use melian::study::worlds::Axis;

use super::{super::scale::ticks, Figure};

impl Figure<'_> {
    pub(super) fn curve(&mut self, x: Axis) {
        let (left, top) = self.corner;
        let (width, height) = self.size;
        let (mut lo, mut hi) = self.picture.ends().map_or((0.0, 1.0), |[(_, a), (_, b)]| (a, b));
        if self.picture.is_condition {
            (lo, hi) = (lo.min(0.0), hi.max(0.0));
        }
        let air = if hi > lo { 0.06 * (hi - lo) } else { 0.5 * lo.abs().max(1e-9) };
        (lo, hi) = (lo - air, hi + air);
        let across = move |place: f64| left + (place + 0.5) / x.steps as f64 * width;
        let up = move |value: f64| top + height - (value - lo) / (hi - lo) * height;
        if self.picture.is_condition {
            let zero = up(0.0);
            self.drawing.rectangle((left, top), (width, zero - top), "#eaf2f8", "holds");
            self.drawing.rectangle((left, zero), (width, top + height - zero), "#fef1e0", "fails");
            self.drawing.line((left, zero), (left + width, zero), "stroke=\"#111\" stroke-width=\"1.5\"");
        }
        if let Some(place) = x.place(self.base[x.param.0]) {
            let at = across(place);
            self.drawing.line((at, top), (at, top + height), "stroke=\"#999\" stroke-dasharray=\"4 3\"");
            self.drawing.diamond((at, top + height), 6.0);
        }
        let points: Vec<Option<(f64, f64)>> = self
            .picture
            .cells
            .iter()
            .enumerate()
            .map(|(k, cell)| cell.number().map(|value| (across(k as f64), up(value))))
            .collect();
        let pieces: Vec<_> = points.windows(2).filter_map(|pair| Some([pair[0]?, pair[1]?])).collect();
        self.drawing.lines(&pieces, "stroke=\"#31688e\" stroke-width=\"1.5\"");
        let wide = width / x.steps as f64;
        for (k, point) in points.iter().enumerate() {
            let cell = self.picture.cells[k];
            let title = self.told(k, cell);
            match point {
                Some(point) => {
                    self.drawing.circle(*point, (0.3 * wide).clamp(1.0, 3.5), "fill=\"#31688e\"", &title);
                }
                None => {
                    let place = (left + k as f64 * wide, top);
                    self.drawing.rectangle(place, (wide, height), &self.fill(cell), &title);
                }
            }
        }
        self.frame();
        self.axis_below(x, across);
        let values = ticks(lo, hi, 5);
        let places: Vec<f64> = values.iter().map(|&v| up(v)).collect();
        let name = if self.picture.is_condition { "margin" } else { "" };
        self.axis_left(&values, &places, name);
        let right = left + width + 24.0;
        let mut below = top + 8.0;
        if self.picture.is_condition {
            self.key(right, &mut below, "#eaf2f8", "holds");
            self.key(right, &mut below, "#fef1e0", "fails");
        }
        self.marks(right, below);
    }
}
