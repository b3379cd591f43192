//! A map as JSON and CSV: full precision, stable names.

use melian::{
    model::Model,
    study::worlds::{Plane, Row, Sheet, Status},
};
use serde_json::{Value, json};

use super::picture::{Cell, Picture};
use crate::command::csv::Csv;

/// As JSON: axes with their values; for each question numbers (margins of a condition) and verdicts, row by row of the second
/// axis; and the points without answers, with the reason.
pub fn json(
    model: &Model,
    plane: &Plane,
    base: &[f64],
    pictures: &[Picture<'_>],
    rows: &[Row],
    baseline: &Row,
) -> String {
    let axes: Vec<Value> = plane
        .axes
        .iter()
        .map(|axis| {
            let param = &model.params[axis.param.0];
            json!({
                "param": param.name,
                "unit": param.unit,
                "baseline": base[axis.param.0],
                "values": axis.values(),
            })
        })
        .collect();
    let named = |values: &[f64]| -> Value {
        let pairs = plane.axes.iter().zip(values);
        pairs
            .map(|(axis, x)| (model.params[axis.param.0].name.clone(), json!(x)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let without: Vec<Value> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.status != Status::Solved || !row.reason.is_empty())
        .map(|(world, row)| {
            json!({"at": named(&plane.values(world)), "status": row.status.word(), "reason": row.reason})
        })
        .collect();
    let params = model.params.iter().zip(base).map(|(p, x)| (p.name.clone(), json!(x)));
    let value = json!({
        "model": model.name,
        "params": params.collect::<serde_json::Map<_, _>>(),
        "axes": axes,
        "maps": pictures.iter().map(|p| map(p)).collect::<Vec<_>>(),
        "baseline": {"status": baseline.status.word(), "reason": baseline.reason},
        "without": without,
    });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn map(picture: &Picture<'_>) -> Value {
    let by_rows = |cell: &dyn Fn(Cell) -> Value| -> Value {
        let flat: Vec<Value> = picture.cells.iter().map(|c| cell(*c)).collect();
        match picture.plane.axes.len() {
            1 => flat.into(),
            _ => flat.chunks(picture.plane.width()).map(<[Value]>::to_vec).collect::<Vec<_>>().into(),
        }
    };
    let number = |cell: Cell| json!(cell.number());
    if picture.is_condition {
        json!({
            "condition": picture.name,
            "baseline": {"verdict": verdict(picture.baseline), "margin": picture.baseline.number()},
            "verdicts": by_rows(&|cell| json!(verdict(cell))),
            "margins": by_rows(&number),
        })
    } else {
        json!({
            "question": picture.name,
            "baseline": {"value": picture.baseline.number()},
            "values": by_rows(&number),
        })
    }
}

/// The verdict as in other tables; `null` where the world has none.
fn verdict(cell: Cell) -> Option<&'static str> {
    match cell {
        Cell::Judged(true, _) => Some("holds"),
        Cell::Judged(false, _) => Some("fails"),
        Cell::Undecided(_) => Some("undecided"),
        Cell::Undefined => Some("undefined"),
        _ => None,
    }
}

/// As CSV: one point a row, with everything that the sheet has.
pub fn csv(model: &Model, plane: &Plane, sheet: &Sheet<'_>, rows: &[Row]) -> String {
    let mut header: Vec<&str> =
        plane.axes.iter().map(|axis| model.params[axis.param.0].name.as_str()).collect();
    header.extend(["status", "reason"]);
    header.extend(sheet.verdicts.iter().map(String::as_str));
    header.extend(sheet.numbers.iter().map(String::as_str));
    let mut table = Csv::new(&header);
    for (world, row) in rows.iter().enumerate() {
        let mut cells: Vec<String> = plane.values(world).iter().map(ToString::to_string).collect();
        cells.push(row.status.word().into());
        cells.push(row.reason.clone());
        cells.extend(row.verdicts.iter().map(|code| code.word().to_owned()));
        cells.extend(row.numbers.iter().map(|x| if x.is_nan() { String::new() } else { x.to_string() }));
        table.row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    table.text()
}
