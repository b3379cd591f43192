//! Lines to text: neighbouring lines of a kind are aligned.

/// A column is not aligned if one line would get more blanks than this.
const MOST_BLANKS: usize = 24;

/// The same for comments.
const MOST_BLANKS_BEFORE_COMMENT: usize = 48;

/// A line of output.
#[derive(Default, Debug)]
pub(super) struct Line {
    /// Columns before the first character.
    pub indent: usize,
    /// Pieces of text; each but the first begins a column to align.
    pub cells: Vec<Cell>,
    /// A comment at its end, or alone.
    pub comment: Option<String>,
    /// Only neighbours of the same kind are aligned; empty: not aligned.
    pub kind: String,
}

/// A piece of a line.
#[derive(Default, Debug)]
pub(super) struct Cell {
    /// Which column it begins; lines may lack columns.
    pub column: u16,
    /// Its text, without the blank before it.
    pub text: String,
    /// Characters in `text`.
    pub width: usize,
    /// Blanks before it.
    pub blanks: usize,
}

impl Cell {
    /// Appends to the text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.width += text.chars().count();
    }
}

impl Line {
    /// Columns up to a cell.
    fn width_before(&self, cell: usize) -> usize {
        self.indent + self.cells[..cell].iter().map(|c| c.blanks + c.width).sum::<usize>()
    }

    /// Columns of the line without its comment.
    fn width(&self) -> usize {
        self.width_before(self.cells.len())
    }

    /// The cell that begins a column.
    fn cell(&self, column: u16) -> Option<usize> {
        (1..self.cells.len()).find(|n| self.cells[*n].column == column)
    }
}

/// The text of lines; each ends with a newline.
pub(super) fn render(mut lines: Vec<Line>) -> String {
    align_columns(&mut lines);
    let comments = comment_columns(&lines);
    let mut text = String::new();
    for (line, column) in lines.iter().zip(comments) {
        let start = text.len();
        text.extend(std::iter::repeat_n(' ', line.indent));
        for cell in &line.cells {
            text.extend(std::iter::repeat_n(' ', cell.blanks));
            text.push_str(&cell.text);
        }
        if let Some(comment) = &line.comment {
            if !line.cells.is_empty() {
                text.extend(std::iter::repeat_n(' ', column - line.width()));
            }
            text.push_str(comment);
        }
        let end = text.trim_end_matches(' ').len();
        text.truncate(end.max(start));
        text.push('\n');
    }
    text
}

/// Runs of neighbouring lines for which a predicate on two neighbours holds.
fn runs(lines: &[Line], together: impl Fn(&Line, &Line) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for n in 1..=lines.len() {
        if n == lines.len() || !together(&lines[n - 1], &lines[n]) {
            runs.push(start..n);
            start = n;
        }
    }
    runs
}

/// Widens the blanks before cells so that columns stand under each other.
fn align_columns(lines: &mut [Line]) {
    let runs = runs(lines, |a, b| !a.kind.is_empty() && a.kind == b.kind && a.indent == b.indent);
    for run in runs.into_iter().filter(|r| r.len() > 1) {
        for column in 0..8 {
            let starts: Vec<(usize, usize, usize)> = run
                .clone()
                .filter_map(|n| lines[n].cell(column).map(|cell| (n, cell, lines[n].width_before(cell))))
                .collect();
            let most = starts.iter().map(|s| s.2).max().unwrap_or(0);
            let least = starts.iter().map(|s| s.2).min().unwrap_or(0);
            if most - least <= MOST_BLANKS {
                for (line, cell, start) in starts {
                    lines[line].cells[cell].blanks += most - start;
                }
            }
        }
    }
}

/// The column of each line's comment: neighbours with comments have it in common.
fn comment_columns(lines: &[Line]) -> Vec<usize> {
    let commented = |line: &Line| line.comment.is_some() && !line.cells.is_empty();
    let mut columns: Vec<usize> = lines.iter().map(|l| l.width() + 2).collect();
    for run in runs(lines, |a, b| commented(a) && commented(b) && a.indent == b.indent) {
        let most = columns[run.clone()].iter().copied().max().unwrap_or(0);
        let least = columns[run.clone()].iter().copied().min().unwrap_or(0);
        if most - least <= MOST_BLANKS_BEFORE_COMMENT {
            columns[run].fill(most);
        }
    }
    columns
}
