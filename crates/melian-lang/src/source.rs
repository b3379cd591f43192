//! Bytes to text: what is not a text at all is refused here, with the place of the first bad byte.

use melian_model::{Diagnostic, Span};

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// UTF-8 text from bytes.
///
/// # Errors
/// One diagnostic if the bytes are empty, too many, binary, or not UTF-8.
#[expect(clippy::result_large_err, reason = "called once for a file")]
pub fn decode(bytes: &[u8]) -> Result<String, Diagnostic> {
    if bytes.len() > MAX_BYTES {
        let title = format!("the file has {} MB; a model may have {} MB", bytes.len() >> 20, MAX_BYTES >> 20);
        return Err(Diagnostic::error("too-large", title, Span::NONE)
            .help("a model is a text that people read; is this the right file?"));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(empty());
    }
    let line_of = |offset: usize| 1 + bytes[..offset].iter().filter(|b| **b == b'\n').count();
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Diagnostic::error("not-utf8", "the file is UTF-16, not UTF-8", Span::NONE)
            .help("save it as UTF-8 in the editor that wrote it"));
    }
    if let Some(offset) = bytes.iter().position(|b| *b == 0) {
        let title =
            format!("the file is binary: there is a zero byte at offset {offset} (line {})", line_of(offset));
        return Err(Diagnostic::error("binary-file", title, Span::NONE)
            .help("a model is UTF-8 text; is this the right file?"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.strip_prefix('\u{feff}').is_some_and(|rest| rest.trim().is_empty()) => Err(empty()),
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let offset = error.valid_up_to();
            let title = format!(
                "the file is not UTF-8: byte 0x{:02X} at offset {offset} (line {})",
                bytes[offset],
                line_of(offset)
            );
            Err(Diagnostic::error("not-utf8", title, Span::NONE)
                .help("save it as UTF-8; in older editors it may be called Latin-1 or Windows-1252 now"))
        }
    }
}

/// There is nothing to read.
fn empty() -> Diagnostic {
    Diagnostic::error("empty-file", "the file is empty", Span::NONE)
        .help("a model begins with `model NAME`; `melian new NAME` writes a commented starter")
}
