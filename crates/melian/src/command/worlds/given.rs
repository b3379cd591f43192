//! A design from a file: one world a row, one column for each parameter that varies.

use melian::{model::Model, nearest_name, study::worlds::Varied};

use crate::command::shell::{Failure, plain};

/// The rows of a CSV file, in the order of the parameters that vary.
///
/// # Errors
/// Columns that are no parameters or are missing, cells that are no numbers, with line and column.
pub fn read(model: &Model, varied: &Varied, path: &str) -> Result<(Vec<Vec<f64>>, Vec<u8>), Failure> {
    let bytes = std::fs::read(path)
        .map_err(|e| Failure::plain("unreadable-file", format!("cannot read `{path}`: {}", plain(&e))))?;
    let wrong = |title: String| Failure::plain("design-file", format!("`{path}`: {title}"));
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(ToOwned::to_owned).collect(),
        Err(e) => return Err(wrong(format!("the first line cannot be read: {e}"))),
    };
    let names: Vec<&str> = varied.params.iter().map(|p| model.params[p.0].name.as_str()).collect();
    for (index, name) in header.iter().enumerate() {
        if header[..index].contains(name) {
            return Err(wrong(format!("the column `{name}` is there twice")));
        }
        if names.contains(&name.as_str()) {
            continue;
        }
        if model.params.iter().any(|p| p.name == *name) {
            return Err(wrong(format!("`{name}` does not vary here")).help(
                "remove the column, or let the parameter vary: with `--vary`, or by giving it a range",
            ));
        }
        let failure = wrong(format!("there is no parameter `{name}`"));
        return Err(match nearest_name(name, model.params.iter().map(|p| p.name.as_str())) {
            Some(near) => failure.help(&format!("did you mean `{near}`?")),
            None => failure.help("the first line names the parameters, separated by commas"),
        });
    }
    let missing: Vec<&str> = names.iter().copied().filter(|n| !header.iter().any(|h| h == n)).collect();
    if !missing.is_empty() {
        let shown = missing.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if missing.len() > 5 { format!(" and {} more", missing.len() - 5) } else { String::new() };
        return Err(wrong(format!("no column for {shown}{more}"))
            .help("every parameter that varies needs one; say which vary with `--vary a,b`, the others keep their defaults"));
    }
    let place: Vec<usize> = names.iter().filter_map(|n| header.iter().position(|h| h == n)).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| wrong(e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = Vec::with_capacity(place.len());
        for (&column, name) in place.iter().zip(&names) {
            let cell = record.get(column).unwrap_or_default();
            match cell.parse::<f64>() {
                Ok(x) if x.is_finite() => row.push(x),
                _ => {
                    let shown = if cell.is_empty() { "nothing".to_owned() } else { format!("`{cell}`") };
                    return Err(wrong(format!(
                        "line {line}: `{name}` is {shown}, which is no number to compute with"
                    )));
                }
            }
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(wrong("no worlds: only a first line".into()));
    }
    Ok((rows, bytes))
}
