//! A comparison as JSON and CSV, and all its worlds as CSV: full precision, stable names.

use melian::{
    model::Model,
    stats::discovery::regret::Aim,
    study::worlds::{Contest, contest::QUANTILES},
};
use serde_json::{Value, json};

use super::{
    super::{csv::Csv, worlds::Plan},
    results::{REGRET, Results},
};

/// As JSON.
pub fn json(model: &Model, plan: &Plan, results: &Results<'_>) -> String {
    let (statuses, reasons) = results.statuses();
    let questions: Vec<Value> = results
        .wanted
        .iter()
        .enumerate()
        .map(|(question, wanted)| {
            let aim = if wanted.settings.aim == Aim::More { "more" } else { "less" };
            let plausible = results.has_record.then(|| group(model, plan, results, question, true));
            json!({
                "question": wanted.name,
                "better": aim,
                "satisfice": wanted.settings.threshold,
                "all": group(model, plan, results, question, false),
                "plausible": plausible,
            })
        })
        .collect();
    let varied: Vec<&str> = plan.varied.params.iter().map(|p| model.params[p.0].name.as_str()).collect();
    let value = json!({
        "model": model.name,
        "design": plan.description,
        "varied": varied,
        "worlds": results.rows.len(),
        "statuses": statuses,
        "reasons": reasons.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "policies": results.policies.iter().map(|p| json!({"name": p.name, "change": p.change()})).collect::<Vec<_>>(),
        "questions": questions,
    });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn group(model: &Model, plan: &Plan, results: &Results<'_>, question: usize, plausible: bool) -> Value {
    let contest = match results.contest(question, plausible) {
        Ok(contest) => contest,
        Err(trouble) => return json!({"worlds": 0, "trouble": trouble.to_string()}),
    };
    let named = |places: &[usize]| places.iter().map(|&p| &results.policies[p].name).collect::<Vec<_>>();
    let policies: Vec<Value> = (0..results.policies.len())
        .map(|place| {
            let baseline = results.answer(results.baseline, question, place);
            policy(model, plan, &contest, place, &results.policies[place].name, baseline)
        })
        .collect();
    json!({
        "worlds": contest.robustness.worlds,
        "left_out": contest.robustness.left_out.len(),
        "policies": policies,
        "least_greatest_regret": named(&contest.robustness.minimax),
        "least_mean_regret": named(&contest.least_mean_regret()),
        "most_often_best": named(&contest.most_often_best()),
    })
}

fn policy(model: &Model, plan: &Plan, contest: &Contest, place: usize, name: &str, baseline: f64) -> Value {
    let (outcomes, regret) = (&contest.outcomes[place], &contest.robustness.policies[place]);
    let quantiles = |probabilities: &[f64], values: &[f64]| -> Value {
        let pairs = probabilities.iter().zip(values).map(|(p, x)| (p.to_string(), json!(x)));
        pairs.collect::<serde_json::Map<_, _>>().into()
    };
    let worst = plan.design.params(&plan.varied, regret.worst as u64);
    let worst: serde_json::Map<_, _> =
        plan.varied.params.iter().map(|p| (model.params[p.0].name.clone(), json!(worst[p.0]))).collect();
    json!({
        "policy": name,
        "at_defaults": baseline,
        "mean": outcomes.mean,
        "quantiles": quantiles(&QUANTILES, &outcomes.quantiles),
        "best": regret.best,
        "regret": {
            "mean": regret.mean,
            "quantiles": quantiles(&REGRET, &regret.quantiles),
            "greatest": regret.greatest,
            "worst_world": regret.worst,
            "worst_params": worst,
        },
        "satisficing": regret.satisficing,
    })
}

/// As CSV: one row for each question, policy and set of worlds.
pub fn csv(results: &Results<'_>) -> String {
    let mut table = Csv::new(&[
        "question",
        "policy",
        "which",
        "worlds",
        "at_defaults",
        "mean",
        "q05",
        "median",
        "q95",
        "best",
        "regret_mean",
        "regret_median",
        "regret_q95",
        "regret_greatest",
        "satisficing",
    ]);
    let sets = if results.has_record { &["all", "plausible"][..] } else { &["all"] };
    for (question, wanted) in results.wanted.iter().enumerate() {
        for which in sets {
            let Ok(contest) = results.contest(question, *which == "plausible") else { continue };
            for (place, policy) in results.policies.iter().enumerate() {
                let (outcomes, regret) = (&contest.outcomes[place], &contest.robustness.policies[place]);
                let mut numbers = vec![results.answer(results.baseline, question, place), outcomes.mean];
                numbers.extend(&outcomes.quantiles);
                numbers.extend([regret.best, regret.mean]);
                numbers.extend(&regret.quantiles);
                numbers.push(regret.greatest);
                numbers.push(regret.satisficing.unwrap_or(f64::NAN));
                let mut row = vec![wanted.name.clone(), policy.name.clone(), (*which).to_owned()];
                row.push(contest.robustness.worlds.to_string());
                row.extend(numbers.into_iter().map(cell));
                table.row(&row.iter().map(String::as_str).collect::<Vec<_>>());
            }
        }
    }
    table.text()
}

/// All worlds: one a row, with the parameters that vary and the answers as `POLICY: QUESTION`.
pub fn worlds(model: &Model, plan: &Plan, results: &Results<'_>) -> String {
    let mut header = vec!["world".to_owned()];
    header.extend(plan.varied.params.iter().map(|p| model.params[p.0].name.clone()));
    header.extend(["status", "reason", "plausible"].map(ToOwned::to_owned));
    for wanted in results.wanted {
        header.extend(results.policies.iter().map(|policy| format!("{}: {}", policy.name, wanted.name)));
    }
    let mut table = Csv::new(&header.iter().map(String::as_str).collect::<Vec<_>>());
    for (world, row) in results.rows.iter().enumerate() {
        let params = plan.varied.of(&plan.design.params(&plan.varied, world as u64));
        let mut cells = vec![world.to_string()];
        cells.extend(params.iter().map(ToString::to_string));
        cells.push(row.status.word().to_owned());
        cells.push(row.reason.clone());
        cells.push(results.plausible[world].map_or(String::new(), |fits| fits.to_string()));
        for question in 0..results.wanted.len() {
            let answers = (0..results.policies.len()).map(|policy| results.answer(row, question, policy));
            cells.extend(answers.map(cell));
        }
        table.row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    table.text()
}

fn cell(x: f64) -> String {
    if x.is_nan() { String::new() } else { x.to_string() }
}
