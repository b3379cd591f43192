//! A model as readable text: what `melian print --stage model` shows.

mod expression;
mod question;

use std::fmt::Write as _;

use crate::{
    Block, Choice, Convention, Domain, Model, Param, Precision, Range, StatementKind, VarKind, Variable,
};

pub use expression::{binary_word, expr_text, function_word, law_text};
pub use question::{
    atom_text, change_text, commitment_text, comparison_word, condition_text, question_text, settings_text,
};

/// A number in the shortest form that reads back as the same number, without float noise at the 12th digit.
pub fn number(x: f64) -> String {
    if x == 0.0 {
        return "0".into();
    }
    let rounded: f64 = format!("{x:.11e}").parse().unwrap_or(x);
    let magnitude = rounded.abs();
    if (1e-4..1e15).contains(&magnitude) { format!("{rounded}") } else { format!("{rounded:e}") }
}

/// The whole model: players, parameters, variables, the program with names instead of ids, questions, what is plausible,
/// claims.
pub fn print_model(model: &Model) -> String {
    let mut text = String::new();
    print_head(model, &mut text);
    print_params(model, &mut text);
    print_players(model, &mut text);
    print_variables(model, &mut text);
    text += &match model.is_forever() {
        true => format!("\nperiod ({}s, forever)\n", model.period_word),
        false => format!("\nperiod ({} × {})\n", model.horizon, model.period_word),
    };
    print_block(model, &model.period, 1, &mut text);
    if !model.finally.0.is_empty() {
        text += "\nfinally\n";
        print_block(model, &model.finally, 1, &mut text);
    }
    print_questions(model, &mut text);
    text
}

/// Writing to a string cannot fail; this keeps the callers free of a result that is always `Ok`.
macro_rules! line {
    ($out:expr, $($arg:tt)*) => {
        writeln!($out, $($arg)*).expect("writing to a string")
    };
}

fn print_head(model: &Model, out: &mut String) {
    let title = if model.title.is_empty() { String::new() } else { format!(" {:?}", model.title) };
    let convention = match model.convention {
        Convention::Payoff => "payoff",
        Convention::Emax => "emax",
    };
    line!(out, "model {}{title} {{ value = {convention} }}", model.name);
    if let Some((year, month)) = model.calendar {
        let many = if model.is_forever() { String::new() } else { format!("{} ", model.horizon) };
        line!(out, "{many}{}s from {year}-{month:02}", model.period_word);
    }
    for (name, value) in &model.constants {
        line!(out, "const {name} = {value}");
    }
    for e in model.enums.iter().filter(|e| !e.name.is_empty()) {
        line!(out, "type {} = {{ {} }}", e.name, e.labels.join(if e.ordered { " < " } else { ", " }));
    }
}

fn print_params(model: &Model, out: &mut String) {
    if model.params.is_empty() {
        return;
    }
    line!(out, "\nparameters ({})", model.params.len());
    for Param { name, default, range, unit, .. } in &model.params {
        let range = range.map_or_else(String::new, |range| format!(" {}", range_text(range)));
        let unit = if unit.is_empty() { String::new() } else { format!(" unit {unit:?}") };
        line!(out, "    {name} = {}{range}{unit}", number(*default));
    }
    for requirement in &model.requirements {
        line!(out, "    require {}", expr_text(model, requirement));
    }
    for correlation in &model.correlations {
        let names: Vec<&str> = correlation.params.iter().map(|p| model.params[p.0].name.as_str()).collect();
        line!(out, "    correlate {} by {}", names.join(", "), number(correlation.by));
    }
}

fn print_players(model: &Model, out: &mut String) {
    if model.players.is_empty() {
        return;
    }
    line!(out, "\nplayers");
    for (index, player) in model.players.iter().enumerate() {
        let precision = match &player.precision {
            None => String::new(),
            Some(Precision::Infinite) => ", precision = inf".into(),
            Some(Precision::Finite(e)) => format!(", precision = {}", expr_text(model, e)),
        };
        line!(out, "    {} {{ discount = {}{precision} }}", player.name, expr_text(model, &player.discount));
        let lines: Vec<&str> =
            model.lines.iter().filter(|l| l.player.0 == index).map(|l| l.label.as_str()).collect();
        if !lines.is_empty() {
            line!(out, "        paid as {}", lines.join(", "));
        }
    }
}

fn print_variables(model: &Model, out: &mut String) {
    if model.vars.is_empty() {
        return;
    }
    line!(out, "\nvariables");
    for (index, variable) in model.vars.iter().enumerate() {
        let (word, start, when) = match &variable.kind {
            VarKind::State { when, .. } => {
                let start = model.level_name(crate::VarId(index), variable.start_level());
                let when = when.as_ref().map_or(String::new(), |w| format!(" when {}", expr_text(model, w)));
                ("state", format!(" = {start}"), when)
            }
            VarKind::Local => ("local", String::new(), String::new()),
            VarKind::Stage(_) => ("stage", String::new(), String::new()),
            VarKind::Ended => ("ended", " = false".into(), String::new()),
        };
        line!(out, "    {word} {} : {}{start}{when}", variable.name, domain_text(model, variable));
    }
}

/// The plausible values of a parameter: `in 0.1 .. 0.3`, `~ normal(0, 1)`.
pub fn range_text(range: Range) -> String {
    match range {
        Range::Between(lo, hi) => format!("in {} .. {}", number(lo), number(hi)),
        Range::Normal(a, b) => format!("~ normal({}, {})", number(a), number(b)),
        Range::Lognormal(a, b) => format!("~ lognormal({}, {})", number(a), number(b)),
        Range::Triangular(a, b, c) => format!("~ triangular({}, {}, {})", number(a), number(b), number(c)),
        Range::Beta(a, b) => format!("~ beta({}, {})", number(a), number(b)),
    }
}

/// The domain of a variable: `{ war, talks }`, `truth`, `0 .. 5`, `0 .. 1 by 0.25`.
pub fn domain_text(model: &Model, variable: &Variable) -> String {
    if let VarKind::Stage(stage) = variable.kind {
        let labels: Vec<String> = model.stage(stage).actions.iter().map(|a| a.label()).collect();
        return format!("{{ {} }}", labels.join(", "));
    }
    match variable.domain {
        Domain::Truth => "truth".into(),
        Domain::Enum(id, _) => {
            let e = &model.enums[id.0];
            if e.name.is_empty() {
                format!("{{ {} }}", e.labels.join(if e.ordered { " < " } else { ", " }))
            } else {
                e.name.clone()
            }
        }
        Domain::Integers { lo, hi } => format!("{lo} .. {hi}"),
        Domain::Grid { lo, step, levels } => {
            let hi = variable.domain.value(levels.max(1) - 1);
            format!("{} .. {} by {}", number(lo), number(hi), number(step))
        }
    }
}

fn print_block(model: &Model, block: &Block, depth: usize, out: &mut String) {
    let indent = "    ".repeat(depth);
    for statement in &block.0 {
        match &statement.kind {
            StatementKind::Assign { var, value } => {
                line!(out, "{indent}{} = {}", model.var(*var).name, value_text(model, *var, value));
            }
            StatementKind::Draw(draw) => {
                line!(out, "{indent}{} ~ {}", model.var(draw.var).name, law_text(model, &draw.law));
            }
            StatementKind::Pay { player, amount, line } => {
                let label = &model.lines[line.0].label;
                let name = &model.players[player.0].name;
                line!(out, "{indent}{name} gains {} as {label}", expr_text(model, amount));
            }
            StatementKind::If { arms, otherwise } => {
                for (k, (condition, body)) in arms.iter().enumerate() {
                    let word = if k == 0 { "if" } else { "} else if" };
                    line!(out, "{indent}{word} {} {{", expr_text(model, condition));
                    print_block(model, body, depth + 1, out);
                }
                if !otherwise.0.is_empty() {
                    line!(out, "{indent}}} else {{");
                    print_block(model, otherwise, depth + 1, out);
                }
                line!(out, "{indent}}}");
            }
            StatementKind::Choose(choice) => print_choice(model, choice, depth, out),
            StatementKind::End => line!(out, "{indent}end"),
        }
    }
}

fn print_choice(model: &Model, choice: &Choice, depth: usize, out: &mut String) {
    let indent = "    ".repeat(depth);
    let stage = model.stage(choice.stage);
    line!(out, "{indent}{} chooses {} {{", model.players[stage.player.0].name, stage.name);
    for action in &choice.actions {
        let label = stage.actions[action.action].label();
        let guard = action.guard.as_ref().map_or(String::new(), |g| format!(" when {}", expr_text(model, g)));
        if action.body.0.is_empty() {
            line!(out, "{indent}    {label}{guard}");
        } else {
            line!(out, "{indent}    {label}{guard} {{");
            print_block(model, &action.body, depth + 2, out);
            line!(out, "{indent}    }}");
        }
    }
    let and = if choice.with_next { " and at the same time" } else { "" };
    line!(out, "{indent}}}{and}");
}

/// A value that is assigned; a literal shows as the level's name.
fn value_text(model: &Model, var: crate::VarId, value: &crate::Expr) -> String {
    let literal = value.literal().and_then(|x| model.var(var).domain.level(x));
    literal.map_or_else(|| expr_text(model, value), |level| model.level_name(var, level))
}

fn print_questions(model: &Model, out: &mut String) {
    let measures: Vec<_> =
        model.measures.iter().filter_map(|m| m.question.as_ref().map(|q| (&m.name, q))).collect();
    if !measures.is_empty() {
        line!(out, "\nmeasures");
    }
    for (name, question) in measures {
        line!(out, "    {name} = {}", question_text(model, question));
    }
    if !model.mechanisms.is_empty() {
        line!(out, "\nmechanisms");
    }
    for mechanism in &model.mechanisms {
        line!(out, "    {} {:?}", mechanism.id, mechanism.words);
    }
    if !model.plausible.is_empty() {
        line!(out, "\nplausible when");
    }
    for plausible in &model.plausible {
        let words = &plausible.words;
        let words = if words.is_empty() { String::new() } else { format!("{words:?} :\n        ") };
        line!(out, "    {words}{}", condition_text(model, &plausible.condition));
    }
    if !model.claims.is_empty() {
        line!(out, "\nclaims");
    }
    for claim in &model.claims {
        let id = if claim.id.is_empty() { String::new() } else { format!("{} ", claim.id) };
        line!(out, "    {id}{:?} :\n        {}", claim.words, condition_text(model, &claim.condition));
    }
}
