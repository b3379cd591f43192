//! What is asked of many worlds: each question once, under a name on one line.

use super::{figures::count, shell::Failure};

/// Questions as names: on one line each.
///
/// # Errors
/// One is asked twice.
pub fn names(questions: &[String]) -> Result<Vec<String>, Failure> {
    let names: Vec<String> =
        questions.iter().map(|q| q.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    match names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
        Some((_, name)) => {
            Err(Failure::plain("asked-twice", format!("`{name}` is asked twice")).help("ask it once"))
        }
        None => Ok(names),
    }
}

/// `1 point`, `1,024 points`.
pub fn so_many(number: usize, thing: &str) -> String {
    format!("{} {thing}{}", count(number as u128), if number == 1 { "" } else { "s" })
}
