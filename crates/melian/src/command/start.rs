//! Files that say where to look for a stationary equilibrium, and that one can be written to.
//!
//! Two forms, both CSV. Values: a column for each state variable that matters, and one `value(P)` for each player, a row
//! for each state at which a period can start. Choice probabilities: the columns `stage`, one for each variable that
//! matters, `action` and `probability`, a row for each stage, state and action. A variable that is not there is `absent`.

use melian::{
    model::{Model, StageId, VarId},
    solver::{ByState, Start},
};

use super::shell::{Failure, plain};

/// The start that a file describes.
///
/// # Errors
/// What cannot be read, with the line.
pub fn read(model: &Model, path: &str) -> Result<Start, Failure> {
    let wrong = |title: String| Failure::plain("start-file", format!("`{path}`: {title}"));
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::plain("unreadable-file", format!("cannot read `{path}`: {}", plain(&e))))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header: Vec<String> =
        reader.headers().map_err(|e| wrong(e.to_string()))?.iter().map(ToOwned::to_owned).collect();
    let rows: Vec<csv::StringRecord> =
        reader.records().collect::<Result<_, _>>().map_err(|e| wrong(e.to_string()))?;
    if header.iter().any(|h| h == "stage") {
        policies(model, &header, &rows).map_err(wrong)
    } else {
        values(model, &header, &rows).map_err(wrong)
    }
}

/// A line of a file, counted from its first.
fn line(row: &csv::StringRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}

fn number(row: &csv::StringRecord, column: usize) -> Result<f64, String> {
    let text = row.get(column).unwrap_or_default();
    let number = text.parse::<f64>().ok().filter(|x| x.is_finite());
    number.ok_or_else(|| format!("line {}: `{text}` is not a number", line(row)))
}

/// The columns that are variables.
fn variables(
    model: &Model,
    header: &[String],
    other: impl Fn(&str) -> bool,
) -> Result<Vec<(usize, VarId)>, String> {
    let mut found = Vec::new();
    for (column, name) in header.iter().enumerate().filter(|(_, name)| !other(name)) {
        let var = model.vars.iter().position(|v| v.name == *name);
        let var = var.ok_or_else(|| {
            let near = melian::nearest_name(name, model.vars.iter().map(|v| v.name.as_str()));
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            format!("there is no variable `{name}`{near}")
        })?;
        found.push((column, VarId(var)));
    }
    Ok(found)
}

fn levels(model: &Model, columns: &[(usize, VarId)], row: &csv::StringRecord) -> Result<Vec<usize>, String> {
    let level = |&(column, var): &(usize, VarId)| {
        let text = row.get(column).unwrap_or_default();
        // Also of variables that never are: where one does not matter, it is written so.
        if text == "absent" {
            return Ok(model.var(var).absent());
        }
        melian::level_named(model, var, text)
            .ok_or_else(|| format!("line {}: `{}` cannot be `{text}`", line(row), model.var(var).name))
    };
    columns.iter().map(level).collect()
}

fn values(model: &Model, header: &[String], rows: &[csv::StringRecord]) -> Result<Start, String> {
    let title = |player: usize| format!("value({})", model.players[player].name);
    let mut columns = Vec::new();
    for player in 0..model.players.len() {
        let column = header.iter().position(|h| *h == title(player));
        columns.push(column.ok_or_else(|| format!("there is no column `{}`", title(player)))?);
    }
    let vars = variables(model, header, |h| h.starts_with("value("))?;
    let mut by_state = ByState { vars: vars.iter().map(|(_, v)| *v).collect(), rows: Vec::new() };
    for row in rows {
        let numbers = columns.iter().map(|&c| number(row, c)).collect::<Result<_, _>>()?;
        by_state.rows.push((levels(model, &vars, row)?, numbers));
    }
    Ok(Start::Values(by_state))
}

fn policies(model: &Model, header: &[String], rows: &[csv::StringRecord]) -> Result<Start, String> {
    let column = |name: &str| {
        header.iter().position(|h| h == name).ok_or_else(|| format!("there is no column `{name}`"))
    };
    let (stage, action, probability) = (column("stage")?, column("action")?, column("probability")?);
    let vars = variables(model, header, |h| matches!(h, "stage" | "action" | "probability"))?;
    let ids: Vec<VarId> = vars.iter().map(|(_, v)| *v).collect();
    let all = (0..model.stages.len()).map(StageId);
    let mut stages: Vec<(StageId, ByState)> =
        all.map(|s| (s, ByState { vars: ids.clone(), rows: Vec::new() })).collect();
    for row in rows {
        let name = row.get(stage).unwrap_or_default();
        let (id, by_state) = stages
            .iter_mut()
            .find(|(s, _)| model.stage_name(*s) == name)
            .ok_or_else(|| format!("line {}: there is no stage `{name}`", line(row)))?;
        let label = row.get(action).unwrap_or_default();
        let actions = &model.stage(*id).actions;
        let action = actions
            .iter()
            .position(|a| a.label() == label)
            .ok_or_else(|| format!("line {}: `{name}` has no action `{label}`", line(row)))?;
        let p = number(row, probability)?;
        if !(0.0..=1.0).contains(&p) {
            return Err(format!("line {}: {p} is no probability", line(row)));
        }
        let levels = levels(model, &vars, row)?;
        match by_state.rows.iter_mut().find(|(l, _)| *l == levels) {
            Some((_, own)) => own[action] = p,
            None => {
                let mut own = vec![0.0; actions.len()];
                own[action] = p;
                by_state.rows.push((levels, own));
            }
        }
    }
    stages.retain(|(_, by)| !by.rows.is_empty());
    Ok(Start::Policies(stages))
}

/// Values as a file.
pub fn values_text(model: &Model, values: &ByState) -> String {
    let mut header: Vec<String> = values.vars.iter().map(|&v| model.var(v).name.clone()).collect();
    header.extend(model.players.iter().map(|p| format!("value({})", p.name)));
    let rows = values.rows.iter().map(|(levels, numbers)| {
        let mut row: Vec<String> =
            values.vars.iter().zip(levels).map(|(&v, &k)| model.level_name(v, k)).collect();
        row.extend(numbers.iter().map(f64::to_string));
        row
    });
    text(std::iter::once(header).chain(rows))
}

/// Choice probabilities as a file.
pub fn policies_text(model: &Model, policies: &[(StageId, ByState)]) -> String {
    let mut vars: Vec<VarId> = policies.iter().flat_map(|(_, by)| by.vars.iter().copied()).collect();
    vars.sort();
    vars.dedup();
    let mut header = vec!["stage".to_owned()];
    header.extend(vars.iter().map(|&v| model.var(v).name.clone()));
    header.extend(["action".to_owned(), "probability".to_owned()]);
    let mut rows = vec![header];
    for (stage, by) in policies {
        for (levels, p) in &by.rows {
            for (action, p) in model.stage(*stage).actions.iter().zip(p) {
                let mut row = vec![model.stage_name(*stage)];
                // What does not matter at this stage may be anything.
                row.extend(vars.iter().map(|v| match by.vars.iter().position(|own| own == v) {
                    Some(i) => model.level_name(*v, levels[i]),
                    None => model.level_name(*v, 0),
                }));
                row.extend([action.label(), p.to_string()]);
                rows.push(row);
            }
        }
    }
    text(rows)
}

fn text(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail.
        drop(writer.write_record(&row));
    }
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}
