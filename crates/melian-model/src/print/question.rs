//! Questions, interventions and conditions as their author would write them.

use crate::{
    Ahead, Atom, BinaryOp, Change, Commitment, Comparison, Condition, Expr, FOREVER, Model, Question,
    QuestionKind, Settings, StageId, UnaryOp, VarId, Window,
};

use super::{
    expression::{binary_word, expr_text, function_word},
    number,
};

/// A question with names instead of ids.
pub fn question_text(model: &Model, question: &Question) -> String {
    let text = |q: &Question| question_text(model, q);
    let inner = |q: &Question| match q.kind {
        QuestionKind::Binary(..) | QuestionKind::Unary(..) | QuestionKind::Under(..) => {
            format!("({})", text(q))
        }
        _ => text(q),
    };
    let list = |qs: &[Question]| qs.iter().map(text).collect::<Vec<_>>().join(", ");
    match &question.kind {
        QuestionKind::Number(x) => number(*x),
        QuestionKind::Param(p) => model.params[p.0].name.clone(),
        QuestionKind::Unary(UnaryOp::Minus, q) => format!("-{}", inner(q)),
        QuestionKind::Unary(UnaryOp::Not, q) => format!("not {}", inner(q)),
        QuestionKind::Binary(op @ (BinaryOp::Add | BinaryOp::Subtract), a, b) => {
            let left = if matches!(a.kind, QuestionKind::Under(..)) { inner(a) } else { text(a) };
            format!("{left} {} {}", binary_word(*op), inner(b))
        }
        QuestionKind::Binary(op, a, b) => format!("{} {} {}", inner(a), binary_word(*op), inner(b)),
        QuestionKind::Call(function, args) => format!("{}({})", function_word(*function), list(args)),
        QuestionKind::Mean(members) => format!("mean({})", list(members)),
        QuestionKind::Sum(members) => format!("sum({})", list(members)),
        QuestionKind::Ask(atom) => atom_text(model, atom),
        QuestionKind::Under(q, change) => format!("{} {}", inner(q), change_text(model, change)),
    }
}

/// An atom with names instead of ids.
pub fn atom_text(model: &Model, atom: &Atom) -> String {
    let e = |x: &Expr| expr_text(model, x);
    let until = |x: &Option<Expr>| x.as_ref().map_or(String::new(), |c| format!(" until {}", e(c)));
    let given = |x: &Option<Expr>| x.as_ref().map_or(String::new(), |c| format!(" | {}", e(c)));
    let with_ahead = |text: String, ahead: &[Ahead]| {
        ahead.iter().enumerate().rev().fold(text, |text, (k, a)| {
            text.replace(
                &format!("ahead {}", k + 1),
                &format!("{} after {}", atom_text(model, &a.atom), a.after),
            )
        })
    };
    match atom {
        Atom::Ever { event, before, window } => {
            format!("P[{}{}{}]", e(event), until(before), window_text(*window))
        }
        Atom::Always { event, window } => format!("P[always {}{}]", e(event), window_text(*window)),
        Atom::At { what, given: condition, at, ahead } => {
            with_ahead(format!("E[{} at {at}{}]", e(what), given(condition)), ahead)
        }
        Atom::Total { what, until: stop, window, discount } => {
            let discount = discount.as_ref().map_or(String::new(), |d| format!(" discounted {}", e(d)));
            format!("E[total {}{discount}{}{}]", e(what), until(stop), window_text(*window))
        }
        Atom::LongRun { what, given: condition } => {
            format!("E[{} in the long run{}]", e(what), given(condition))
        }
        Atom::WhenFirst { what, first, window, ahead } => {
            let when = match window.by {
                FOREVER => window_text(*window),
                by => format!(" in {}..{by}", window.after + 1),
            };
            with_ahead(format!("E[{} when first {}{when}]", e(what), e(first)), ahead)
        }
        Atom::Count { stage, given: condition, until: stop, window } => format!(
            "count({}{}{}{})",
            model.stage_name(*stage),
            given(condition),
            until(stop),
            window_text(*window)
        ),
        Atom::Choice { stage, actions, given: condition, window } => format!(
            "prob({}{}{})",
            actions_text(model, *stage, actions, "=="),
            window_text(*window),
            given(condition)
        ),
        Atom::Value(player) => format!("value({})", model.players[player.0].name),
        Atom::Policy { stage, actions, at, state } => format!(
            "policy({} at {at}{})",
            actions_text(model, *stage, actions, "=="),
            state_text(model, state)
        ),
        Atom::Margin { stage, action, over, at, state } => {
            let labels = &model.stage(*stage).actions;
            format!(
                "margin({}: {} over {} at {at}{})",
                model.stage_name(*stage),
                labels[*action].label(),
                labels[*over].label(),
                state_text(model, state)
            )
        }
    }
}

fn window_text(window: Window) -> String {
    let after = if window.after == 0 { String::new() } else { format!(" after {}", window.after) };
    let by = if window.by == FOREVER { String::new() } else { format!(" by {}", window.by) };
    after + &by
}

fn state_text(model: &Model, state: &[(VarId, usize)]) -> String {
    if state.is_empty() {
        return String::new();
    }
    let parts: Vec<String> = state
        .iter()
        .map(|&(v, level)| format!("{} = {}", model.var(v).name, model.level_name(v, level)))
        .collect();
    format!(" where {}", parts.join(", "))
}

/// `Russia.talks == engage`, `Washington.stand in {supply, squeeze}`.
fn actions_text(model: &Model, stage: StageId, actions: &[usize], equals: &str) -> String {
    let labels: Vec<String> = actions.iter().map(|&k| model.stage(stage).actions[k].label()).collect();
    let name = model.stage_name(stage);
    match labels.as_slice() {
        [only] => format!("{name} {equals} {only}"),
        _ => format!("{name} in {{{}}}", labels.join(", ")),
    }
}

/// An intervention: `with { … }`.
pub fn change_text(model: &Model, change: &Change) -> String {
    match change {
        Change::With(settings) => format!("with {}", settings_text(model, settings)),
        Change::Unexpected { settings, after } => {
            format!("unexpected {} at {after}", settings_text(model, settings))
        }
        Change::Unnoticed(settings) => format!("unnoticed {}", settings_text(model, settings)),
    }
}

/// What an intervention sets, in braces.
pub fn settings_text(model: &Model, settings: &Settings) -> String {
    let params = settings
        .params
        .iter()
        .map(|(p, q)| format!("{} = {}", model.params[p.0].name, question_text(model, q)));
    let start = settings
        .start
        .iter()
        .map(|&(v, level)| format!("start {} = {}", model.var(v).name, model.level_name(v, level)));
    let commitments = settings.commitments.iter().map(|c| commitment_text(model, c));
    let parts: Vec<String> = params.chain(start).chain(commitments).collect();
    format!("{{ {} }}", parts.join(", "))
}

/// A commitment: `Washington.stand = supply when attention >= 1 from 3`.
pub fn commitment_text(model: &Model, commitment: &Commitment) -> String {
    let mut text = actions_text(model, commitment.stage, &commitment.actions, "=");
    if let Some(when) = &commitment.when {
        text += &format!(" when {}", expr_text(model, when));
    }
    match (commitment.from, commitment.until) {
        (0 | 1, usize::MAX) => {}
        (from, usize::MAX) => text += &format!(" from {from}"),
        (0 | 1, until) => text += &format!(" until {until}"),
        (from, until) if from == until => text += &format!(" at {from}"),
        (from, until) => text += &format!(" from {from} until {until}"),
    }
    text
}

/// A comparison as it is written.
pub fn comparison_word(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Equal => "==",
        Comparison::Unequal => "!=",
    }
}

/// A condition with names instead of ids.
pub fn condition_text(model: &Model, condition: &Condition) -> String {
    let q = |x: &Question| question_text(model, x);
    let by = |d: &Option<Question>| d.as_ref().map_or(String::new(), |d| format!(" by {}", q(d)));
    let join = |members: &[Condition], word: &str| {
        let parts: Vec<String> = members
            .iter()
            .map(|c| match c {
                Condition::And(_) | Condition::Or(_) => format!("({})", condition_text(model, c)),
                _ => condition_text(model, c),
            })
            .collect();
        parts.join(word)
    };
    match condition {
        Condition::Compare { comparison, left, right, by: d, .. } => {
            format!("{} {} {}{}", q(left), comparison_word(*comparison), q(right), by(d))
        }
        Condition::Near { left, right, within, .. } => {
            format!("{} near {} within {}", q(left), q(right), q(within))
        }
        Condition::Rises { question, param, lo, hi, by: d, falls, .. } => format!(
            "{} {} with {} over {}..{}{}",
            q(question),
            if *falls { "falls" } else { "rises" },
            model.params[param.0].name,
            q(lo),
            q(hi),
            by(d)
        ),
        Condition::And(members) => join(members, " and "),
        Condition::Or(members) => join(members, " or "),
        Condition::Not(inner) => format!("not ({})", condition_text(model, inner)),
    }
}
