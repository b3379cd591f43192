//! What `--over` names: a parameter, and between which values.

use melian::{
    model::{Diagnostic, Model, ParamId, Span},
    study::worlds::{Axis, Plane, law},
};

use crate::command::{shell::Failure, worlds::unknown};

/// More axes than this cannot be drawn.
const MOST: usize = 2;

/// The axes of a map.
///
/// # Errors
/// None or too many, unknown parameters, the same one twice, ranges that are none.
pub fn plane(model: &Model, texts: &[String], steps: usize) -> Result<Plane, Failure> {
    if texts.is_empty() {
        let named = |p: &&melian::model::Param| p.range.is_some();
        let some: Vec<String> =
            model.params.iter().filter(named).take(2).map(|p| format!("--over {}", p.name)).collect();
        let failure = Failure::plain("bad-axis", "nothing says over which parameters the map goes");
        return Err(if some.is_empty() {
            failure.help("name them with their range: `--over NAME=LO..HI`")
        } else {
            failure.help(&format!("for example: `{}`", some.join(" ")))
        });
    }
    if texts.len() > MOST {
        let title = format!("a map has one or two axes, not {}", texts.len());
        return Err(Failure::plain("bad-axis", title)
            .help("make several maps, with the others set by `-p NAME=VALUE`"));
    }
    let mut axes: Vec<Axis> = Vec::new();
    for text in texts {
        let axis = axis(model, text, steps)?;
        if axes.iter().any(|known| known.param == axis.param) {
            let name = &model.params[axis.param.0].name;
            return Err(Failure::plain("bad-axis", format!("both axes are `{name}`"))
                .help("name another parameter, or leave one out: a map over one is a curve"));
        }
        axes.push(axis);
    }
    Ok(Plane { axes })
}

fn axis(model: &Model, text: &str, steps: usize) -> Result<Axis, Failure> {
    let (name, range) = match text.split_once('=') {
        Some((name, range)) => (name.trim(), Some(range)),
        None => (text.trim(), None),
    };
    let place = model.params.iter().position(|p| p.name == name).ok_or_else(|| unknown(model, name))?;
    let (lo, hi) = match range {
        Some(range) => between(text, text.len() - range.len())?,
        None => match model.params[place].range {
            Some(range) => law(range).range(),
            None => {
                let title = format!("`{name}` has no range in the model");
                return Err(
                    Failure::plain("bad-axis", title).help(&format!("give one: `--over {name}=LO..HI`"))
                );
            }
        },
    };
    if lo >= hi {
        let title = format!("the range of `{name}` is the single value {lo}");
        return Err(Failure::plain("bad-axis", title).help(&format!("give one: `--over {name}=LO..HI`")));
    }
    Ok(Axis { param: ParamId(place), lo, hi, steps })
}

/// `LO..HI`, from a place in the option's text on.
fn between(text: &str, from: usize) -> Result<(f64, f64), Failure> {
    let wrong = |title: &str, start: usize, end: usize, help: &str| {
        let span = Span::new(start, end);
        Failure::with(vec![Diagnostic::error("bad-axis", title, span).help(help)], "--over", text)
    };
    let form = "write two numbers: `--over NAME=LO..HI`, such as `--over dmg=0.05..0.18`";
    let range = &text[from..];
    let Some(dots) = range.find("..") else {
        return Err(wrong("this is no range", from, text.len(), form));
    };
    let number = |start: usize, end: usize| {
        let part = text[start..end].trim();
        let number = part.parse::<f64>().ok().filter(|x| x.is_finite());
        number.ok_or_else(|| {
            let said = if part.is_empty() { "here is nothing" } else { "this is no number" };
            wrong(said, start, end, form)
        })
    };
    let (lo, hi) = (number(from, from + dots)?, number(from + dots + 2, text.len())?);
    if lo >= hi {
        let turned = if lo > hi { format!("turn it around: `{hi}..{lo}`") } else { form.to_owned() };
        return Err(wrong("this range does not go up", from, text.len(), &turned));
    }
    if !(hi - lo).is_finite() {
        return Err(wrong("this range is too wide to compute with", from, text.len(), form));
    }
    Ok((lo, hi))
}
