//! What stands beside a drawing: the scale of its colours, and keys for what is no number.

use super::{
    super::{
        picture::Cell,
        scale::{Colour, along, labels, ticks, verdict},
        svg::{Anchor, hex},
    },
    Figure, SMALL, TICK,
};

/// Stretches of colour in a bar.
const PARTS: u32 = 100;

impl Figure<'_> {
    /// The scale of numbers.
    pub(super) fn number_legend(&mut self) {
        let mut below = self.corner.1;
        if let Some([(_, lo), (_, hi)]) = self.picture.ends().filter(|[a, b]| b.1 > a.1) {
            below = self.bar((lo, hi), &|value| along((value - lo) / (hi - lo)));
        }
        self.marks(self.beside(), below);
    }

    /// The scale of margins, with what their sign means.
    pub(super) fn verdict_legend(&mut self, has_line: bool) {
        let right = self.beside();
        let (most_holds, most_fails) = self.picture.margins();
        let most = most_holds.max(most_fails);
        let mut below = self.corner.1;
        if most > 0.0 {
            self.drawing.text((right, below - 10.0), Anchor::Start, SMALL, "margin");
            below = self.bar((-most_fails, most_holds), &|margin| verdict(margin > 0.0, margin.abs() / most));
        }
        if most_holds > 0.0 {
            self.key(right, &mut below, &hex(verdict(true, 0.6)), "holds");
        }
        if most_fails > 0.0 {
            self.key(right, &mut below, &hex(verdict(false, 0.6)), "fails");
        }
        if has_line {
            self.drawing.line(
                (right, below + 7.0),
                (right + 14.0, below + 7.0),
                "stroke=\"#111\" stroke-width=\"2\"",
            );
            self.drawing.text((right + 21.0, below + 11.0), Anchor::Start, "", "margin 0");
            below += 22.0;
        }
        self.marks(right, below);
    }

    /// Where the legend begins.
    fn beside(&self) -> f64 {
        self.corner.0 + self.size.0 + 24.0
    }

    /// A bar of all colours with their values; where it ends.
    fn bar(&mut self, (lo, hi): (f64, f64), colour: &dyn Fn(f64) -> Colour) -> f64 {
        let (right, top, bar) = (self.beside(), self.corner.1, 0.6 * self.size.1);
        let part = bar / f64::from(PARTS);
        for k in 0..PARTS {
            let fill = hex(colour(lo + (hi - lo) * (f64::from(k) + 0.5) / f64::from(PARTS)));
            let place = (right, top + bar - f64::from(k + 1) * part);
            // Parts overlap a little, as cells do.
            let overlap = if k == 0 { 0.0 } else { 0.5 };
            self.drawing.rectangle(place, (18.0, part + overlap), &fill, "");
        }
        let values = ticks(lo, hi, 6);
        for (value, label) in values.iter().zip(labels(&values)) {
            let at = top + bar - (value - lo) / (hi - lo) * bar;
            self.drawing.line((right + 18.0, at), (right + 23.0, at), TICK);
            self.drawing.text((right + 27.0, at + 4.0), Anchor::Start, "", &label);
        }
        top + bar + 28.0
    }

    /// Keys for cells that are no numbers, as far as there are any.
    pub(super) fn marks(&mut self, right: f64, mut below: f64) {
        for (cell, _) in self.picture.marked() {
            let words = match cell {
                Cell::Undecided(_) => "undecided",
                Cell::Excluded => "breaks a `require`",
                other => other.words(),
            };
            self.key(right, &mut below, &self.fill(cell), words);
        }
    }

    /// A square with what its colour means.
    pub(super) fn key(&mut self, right: f64, below: &mut f64, fill: &str, words: &str) {
        self.drawing.rectangle((right, *below), (14.0, 14.0), fill, "");
        self.drawing.text((right + 21.0, *below + 11.0), Anchor::Start, "", words);
        *below += 22.0;
    }
}
