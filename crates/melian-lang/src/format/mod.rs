//! The formatter: the same tokens and comments with canonical blanks and line breaks.
//!
//! Newlines have no meaning in the language, so the formatter prints the tokens it read; what it decides is the gap
//! between each two of them. Blocks are broken into one statement or action a line, indented by four; a block that
//! stood on one line stays there if the line fits in [`WIDTH`] columns and holds no comment. Inside expressions and
//! lists the author's line breaks stay. Consecutive declarations of a kind, actions and draws are aligned at their
//! clauses, and so are the comments behind consecutive lines.
//!
//! INVARIANT: the output has the same tokens (but for `;` between statements) and the same comments, each doc comment
//! belongs to the same node, and formatting it again changes nothing.

mod align;
mod gaps;
mod print;
#[cfg(test)]
mod tests;

use melian_model::Diagnostic;

use crate::parser;

/// Lines are broken where blocks allow it if they would be longer than this.
pub const WIDTH: usize = 110;

/// Columns that a block is indented by.
const INDENT: usize = 4;

/// The text in canonical form.
///
/// # Errors
/// All diagnostics if the text has a syntax error: it is not touched then.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let (layout, problems) = parser::parse_layout(text);
    if problems.iter().any(Diagnostic::is_error) {
        return Err(problems);
    }
    Ok(align::render(print::Printer::new(text, &layout).lines()))
}
