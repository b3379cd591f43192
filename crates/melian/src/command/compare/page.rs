//! A comparison as a page of text: for each question a table of policies, and one over the plausible worlds.

use melian::stats::discovery::regret::Aim;

use super::results::{Results, Wanted};
use crate::command::{
    asked::so_many,
    figures::{Paint, count, paint, percent},
    tables::{Rows, wrapped},
};

/// The page.
pub fn page(results: &Results<'_>, design: &str, colour: bool) -> String {
    let mut text = head(results, design);
    for (question, wanted) in results.wanted.iter().enumerate() {
        let better = match wanted.settings.aim {
            Aim::More => "more is better",
            Aim::Less => "less is better",
        };
        text += &format!("\n{} · {better}\n", paint(&wanted.name, Paint::Bold, colour));
        if results.has_record {
            text += &format!("\n All worlds: {}\n", count(results.worlds(false).len() as u128));
        }
        text += &table(results, question, false, colour);
        if results.has_record {
            let kept = results.worlds(true).len();
            text += &format!("\n Plausible worlds only: {}\n", count(kept as u128));
            if kept > 0 {
                text += &table(results, question, true, colour);
            }
        }
    }
    text + "\n"
        + &wrapped(
            "  mean to 95 %: of the answers over worlds; best: share of worlds in which no policy does better; regret: how \
             much worse than the best policy of the same world",
        )
}

fn head(results: &Results<'_>, design: &str) -> String {
    let (statuses, reasons) = results.statuses();
    let solved = statuses.get("solved").copied().unwrap_or(0);
    let mut parts = vec![so_many(results.rows.len(), "world")];
    for (status, number) in &statuses {
        if solved < results.rows.len() {
            parts.push(format!("{} {status}", count(*number as u128)));
        }
    }
    let mut text = wrapped(&format!("{} · {design}", parts.join(", ")));
    for (reason, times) in reasons.iter().take(5) {
        text += &wrapped(&format!("  {} times: {reason}", count(*times as u128)));
    }
    text
}

fn table(results: &Results<'_>, question: usize, plausible: bool, colour: bool) -> String {
    let contest = match results.contest(question, plausible) {
        Ok(contest) => contest,
        Err(trouble) => return format!("  not compared: {trouble}\n"),
    };
    let wanted = &results.wanted[question];
    let enough = threshold(wanted);
    let mut header = vec![
        "\npolicy",
        "at the\ndefaults",
        "\nmean",
        "\n5 %",
        "\nmedian",
        "\n95 %",
        "\nbest",
        "regret:\nmean",
        "\n95 %",
        "\nmost",
    ];
    if let Some(enough) = &enough {
        header.push(enough);
    }
    let mut rows = Rows::new(&header, &[0], colour);
    for (place, policy) in results.policies.iter().enumerate() {
        let (outcomes, regret) = (&contest.outcomes[place], &contest.robustness.policies[place]);
        let baseline = results.answer(results.baseline, question, place);
        let mut row = vec![policy.name.clone(), if baseline.is_nan() { "–".into() } else { brief(baseline) }];
        row.push(brief(outcomes.mean));
        row.extend(outcomes.quantiles.iter().map(|x| brief(*x)));
        row.push(percent(regret.best));
        row.push(brief(regret.mean));
        row.extend(regret.quantiles.last().map(|x| brief(*x)));
        row.push(brief(regret.greatest));
        row.extend(regret.satisficing.map(percent));
        if contest.robustness.minimax.contains(&place) {
            rows.push_painted(row, 9, Paint::Green);
        } else {
            rows.push(row);
        }
    }
    rows.wrap(0, 26);
    let named = |places: &[usize]| {
        if places.len() == results.policies.len() {
            return "all the same".to_owned();
        }
        places.iter().map(|&p| format!("`{}`", results.policies[p].name)).collect::<Vec<_>>().join(", ")
    };
    let mut text = rows.text();
    text += &wrapped(&format!(
        "  least greatest regret: {}; least mean regret: {}; best most often: {}",
        named(&contest.robustness.minimax),
        named(&contest.least_mean_regret()),
        named(&contest.most_often_best()),
    ));
    let left_out = contest.robustness.left_out.len();
    if left_out > 0 {
        text += &wrapped(&format!(
            "  left out, because some policy has no answer there: {}",
            so_many(left_out, "world")
        ));
    }
    text
}

/// Three significant digits; there are many columns.
fn brief(x: f64) -> String {
    match x.abs() {
        _ if x == 0.0 => "0".into(),
        ..1e-3 => format!("{x:.0e}"),
        ..1.0 => format!("{x:.3}"),
        ..10.0 => format!("{x:.2}"),
        ..100.0 => format!("{x:.1}"),
        ..1e6 => format!("{x:.0}"),
        _ => format!("{x:.2e}"),
    }
}

fn threshold(wanted: &Wanted) -> Option<String> {
    let sign = if wanted.settings.aim == Aim::More { "≥" } else { "≤" };
    wanted.settings.threshold.map(|x| format!("share\n{sign} {}", melian::model::print::number(x)))
}
