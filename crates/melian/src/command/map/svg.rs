//! Drawings as SVG: the few elements that maps and curves are made of.

use super::scale::Colour;

/// A drawing that grows downward.
#[derive(Default)]
pub struct Drawing {
    body: String,
}

/// Where text stands in relation to its point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Drawing {
    /// A filled rectangle; what `title` says appears where the pointer rests.
    pub fn rectangle(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str, title: &str) {
        let head = format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"",
            short(x),
            short(y),
            short(width),
            short(height)
        );
        self.body += &match title.is_empty() {
            true => format!("{head}/>\n"),
            false => format!("{head}><title>{}</title></rect>\n", escaped(title)),
        };
    }

    /// A line of some style, such as `stroke="#333"`.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), style: &str) {
        self.body += &format!(
            "<path d=\"M{} {}L{} {}\" fill=\"none\" {style}/>\n",
            short(from.0),
            short(from.1),
            short(to.0),
            short(to.1)
        );
    }

    /// Several lines of one style.
    pub fn lines(&mut self, pieces: &[[(f64, f64); 2]], style: &str) {
        if pieces.is_empty() {
            return;
        }
        let path: String = pieces
            .iter()
            .map(|[p, q]| format!("M{} {}L{} {}", short(p.0), short(p.1), short(q.0), short(q.1)))
            .collect();
        self.body += &format!("<path d=\"{path}\" fill=\"none\" stroke-linecap=\"round\" {style}/>\n");
    }

    /// A circle; what `title` says appears where the pointer rests.
    pub fn circle(&mut self, (x, y): (f64, f64), radius: f64, style: &str, title: &str) {
        self.body += &format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {style}><title>{}</title></circle>\n",
            short(x),
            short(y),
            short(radius),
            escaped(title)
        );
    }

    /// A square that stands on a corner, dark with a light edge: seen on every ground.
    pub fn diamond(&mut self, (x, y): (f64, f64), radius: f64) {
        let (x0, x1, y0, y1) = (x - radius, x + radius, y - radius, y + radius);
        let corners = [(x, y0), (x1, y), (x, y1), (x0, y)].map(|(a, b)| format!("{},{}", short(a), short(b)));
        self.body += &format!(
            "<polygon points=\"{}\" fill=\"#111\" stroke=\"#fff\" stroke-width=\"1.5\"/>\n",
            corners.join(" ")
        );
    }

    /// Text; `style` may say `font-size="12"` and the like.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, style: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.body += &format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" {style}>{}</text>\n",
            short(x),
            short(y),
            escaped(text)
        );
    }

    /// Text that is read upward.
    pub fn upward(&mut self, (x, y): (f64, f64), text: &str) {
        self.body += &format!(
            "<text transform=\"translate({} {}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
            short(x),
            short(y),
            escaped(text)
        );
    }

    /// The whole file.
    pub fn file(&self, width: f64, height: f64, title: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
             font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"12\" fill=\"#222\">\n\
             <title>{}</title>\n{PATTERNS}<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{}</svg>\n",
            escaped(title),
            self.body,
            w = short(width),
            h = short(height),
        )
    }
}

/// Grounds for what is no number: light lines for worlds that are none, dense ones for those that could not be solved.
const PATTERNS: &str = "\
<defs>
<pattern id=\"none\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
<rect width=\"6\" height=\"6\" fill=\"#fafafa\"/><path d=\"M0 0V6\" stroke=\"#c4c4c4\" stroke-width=\"2\"/></pattern>
<pattern id=\"wrong\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\">\
<rect width=\"4\" height=\"4\" fill=\"#fff\"/><path d=\"M0 0V4\" stroke=\"#777\" stroke-width=\"3\"/></pattern>
</defs>
";

/// A colour as SVG has it.
pub fn hex(colour: Colour) -> String {
    let [r, g, b] = colour;
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A length, to a hundredth of a pixel.
fn short(x: f64) -> String {
    let x = (x * 100.0).round() / 100.0;
    if x == 0.0 { "0".into() } else { x.to_string() }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '&' => escaped += "&amp;",
            '"' => escaped += "&quot;",
            // Not allowed in XML, even escaped.
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
