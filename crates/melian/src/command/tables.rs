//! Tables: aligned columns under a rule, no frames.

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle,
    Table, TableStyle, Width,
};

use super::figures::Paint;

/// Tables are made to be read at this width.
pub const WIDTH: u16 = 100;

/// A table with a header; `left` columns are aligned to the left, the others to the right.
pub struct Rows {
    table: Table,
    left: Vec<usize>,
}

impl Rows {
    /// An empty table.
    pub fn new(header: &[&str], left: &[usize], colour: bool) -> Rows {
        let mut table = Table::new();
        table.load_style(style()).force_no_tty();
        if colour {
            table.enforce_styling();
        }
        table.set_width(WIDTH).set_content_arrangement(ContentArrangement::Dynamic);
        let mut rows = Rows { table, left: left.to_vec() };
        if header.iter().any(|title| !title.is_empty()) {
            let cells = rows.cells(header.iter().map(ToString::to_string).collect());
            rows.table.set_header(cells);
        }
        rows
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<String>) {
        let cells = self.cells(row);
        self.table.add_row(cells);
    }

    /// Adds a row with one cell in a colour.
    pub fn push_painted(&mut self, row: Vec<String>, column: usize, paint: Paint) {
        let mut cells = self.cells(row);
        let cell = cells.remove(column);
        let cell = match paint {
            Paint::Bold => cell.add_attribute(Attribute::Bold),
            Paint::Green => cell.fg(Color::Green),
            Paint::Red => cell.fg(Color::Red),
            Paint::Yellow => cell.fg(Color::Yellow),
        };
        cells.insert(column, cell);
        self.table.add_row(cells);
    }

    /// Wraps a column at a width.
    pub fn wrap(&mut self, column: usize, width: u16) {
        if let Some(column) = self.table.column_mut(column) {
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(width)));
        }
    }

    fn cells(&self, row: Vec<String>) -> Vec<Cell> {
        let align =
            |index| if self.left.contains(&index) { CellAlignment::Left } else { CellAlignment::Right };
        row.into_iter().enumerate().map(|(index, text)| Cell::new(text).set_alignment(align(index))).collect()
    }

    /// The table as text, with every line indented and none ending in blanks.
    pub fn text(&self) -> String {
        self.table.lines().map(|line| format!(" {}\n", line.trim_end())).collect()
    }
}

fn style() -> TableStyle {
    TableStyle::new()
        .header_lines(ContentLineStyle::none())
        .header_separator(LineStyle::none().fill('─').junction('─'))
        .content_lines(ContentLineStyle::none())
}

/// A long line folded at the page's width; what follows the first line is indented by two more spaces.
pub fn wrapped(text: &str) -> String {
    let indent = text.len() - text.trim_start().len();
    let mut lines = vec![" ".repeat(indent)];
    let mut empty = true;
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !empty && lines[last].chars().count() + 1 + word.chars().count() > WIDTH.into() {
            lines.push(format!("{}{word}", " ".repeat(indent + 2)));
        } else {
            lines[last] += if empty { "" } else { " " };
            lines[last] += word;
        }
        empty = false;
    }
    lines.join("\n") + "\n"
}
