//! What is said about worlds: which are plausible, and which parameters hang together.

use melian_lang::{Compiled, compile};
use melian_model::{
    Diagnostic,
    print::{condition_text, print_model},
};

const HEAD: &str = "model m
const _close = 0.6
type Tool = { spear, ram, tower }
param a = 0.3 in 0 .. 1
param b = 0.3 in 0 .. 1
param c = 0.3 ~ normal(0, 1)
param d = 0.3
param use[k in Tool] = { spear: 0.1 fixed, ram: 0.2, tower: 0.3 } in 0 .. 1
player A { precision = 2 }
state peace : truth = false
play rounds for 4 {
    A chooses stand { fight { A gains a + b + c + d + use[ram] }  yield { peace = true } }
}
measure over(m) = P[peace by m]
";

fn read(items: &str) -> Result<Compiled, Vec<Diagnostic>> {
    compile(&format!("{HEAD}{items}\n"), &[])
}

#[track_caller]
fn check(items: &str) -> Compiled {
    let compiled = read(items).unwrap_or_else(|problems| panic!("{items}: {problems:#?}"));
    assert!(compiled.warnings.is_empty(), "{items}: {:#?}", compiled.warnings);
    compiled
}

#[track_caller]
fn refused(items: &str, expected: &[&str]) {
    let ids: Vec<&str> = read(items).err().unwrap_or_default().iter().map(|problem| problem.id).collect();
    assert_eq!(ids, expected, "{items}");
}

#[test]
fn what_is_plausible_is_a_condition_like_a_claims() {
    let model = check(
        "/// Nine rounds of the record
plausible \"no peace yet\" when over(4) <= 0.5  // so far
plausible when over(2)
    near 0.2 within 0.1
    and (over(4) with { a = 2 * a }) > over(4) by 0.01 or over(1) < 0.1
claim \"b\" : over(4) > 0.1",
    )
    .model;
    let [first, second] = &model.plausible[..] else { panic!("{:#?}", model.plausible) };
    assert_eq!((first.words.as_str(), first.doc.as_str()), ("no peace yet", "Nine rounds of the record"));
    assert_eq!(first.text, "over(4) <= 0.5");
    assert_eq!(condition_text(&model, &first.condition), "P[peace by 4] <= 0.5");
    assert_eq!(second.words, "");
    assert_eq!(
        second.text,
        "over(2) near 0.2 within 0.1 and (over(4) with { a = 2 * a }) > over(4) by 0.01 or over(1) < 0.1"
    );
    let printed = print_model(&model);
    let expected = "plausible when
    \"no peace yet\" :
        P[peace by 4] <= 0.5
    (P[peace by 2] near 0.2 within 0.1";
    assert!(printed.contains(expected), "{printed}");
}

#[test]
fn groups_are_parameters_entries_and_tables() {
    let model =
        check("correlate a, use, c by _close\ncorrelate b, a by -_close / 4\nplausible when over(4) < 1")
            .model;
    let groups: Vec<(Vec<&str>, f64)> = model
        .correlations
        .iter()
        .map(|c| (c.params.iter().map(|p| model.params[p.0].name.as_str()).collect(), c.by))
        .collect();
    // The entry of the table that is fixed cannot vary with the others.
    assert_eq!(groups, [(vec!["a", "use[ram]", "use[tower]", "c"], 0.6), (vec!["b", "a"], -0.15)]);
    assert_eq!(model.copula().unwrap().params.len(), 5);
    let printed = print_model(&model);
    assert!(printed.contains("    correlate a, use[ram], use[tower], c by 0.6\n"), "{printed}");
    assert!(check("correlate use[ram], use[tower] by 0.5").model.copula().is_some());
}

#[test]
fn wrong_groups_are_refused() {
    refused("correlate a by 0.5", &["correlate-few"]);
    refused("correlate a, b, a by 0.5", &["correlate-twice"]);
    refused("correlate use, use[ram] by 0.5", &["correlate-twice"]);
    refused("correlate a, b by 0.5\ncorrelate c, b, a by 0.2", &["correlate-twice"]);
    refused("correlate a, d by 0.5", &["correlate-fixed"]);
    refused("correlate a, use[spear] by 0.5", &["correlate-fixed"]);
    refused("correlate a, _close by 0.5", &["unknown-parameter"]);
    refused("correlate a, peace by 0.5", &["unknown-parameter"]);
    refused("correlate a, use[sling] by 0.5", &["unknown-label"]);
    refused("correlate a, b by 1", &["correlate-range"]);
    refused("correlate a, b by 60", &["correlate-range"]);
    refused("correlate a, b by d", &["not-constant"]);
    refused("correlate a, b by 0 / 0", &["correlate-range"]);
    refused("correlate a, b, c by -0.6", &["correlate-impossible"]);
    refused("correlate a, b by 0.9\ncorrelate b, c by 0.9", &["correlate-impossible"]);
}

#[test]
fn those_that_make_it_impossible_are_shown() {
    let items = "correlate use by 0.5\ncorrelate a, b by 0.9\ncorrelate b, c by 0.9";
    let problems = read(items).err().unwrap();
    let text = format!("{HEAD}{items}");
    let shown: Vec<&str> = problems[0].labels.iter().map(|label| &text[label.span.range()]).collect();
    assert_eq!(shown, ["correlate b, c by 0.9", "correlate a, b by 0.9"]);
}

#[test]
fn wrong_conditions_are_refused() {
    refused("plausible when over(4)", &["not-a-condition"]);
    refused("plausible \"x\" when ovr(4) > 0.5", &["unknown-name"]);
    refused("plausible \"x\" when over(9) > 0.5", &["time-outside"]);
}

#[test]
fn what_only_a_plausible_condition_reads_is_read() {
    check("let calm = num(peace)\nparam e = 1 in 0 .. 2\nplausible when E[calm at 4] with { b = e } < 0.9");
    let compiled = read("param e = 1 in 0 .. 2\ncorrelate e, a by 0.5").unwrap();
    let ids: Vec<&str> = compiled.warnings.iter().map(|warning| warning.id).collect();
    assert_eq!(ids, ["unused-parameter"]);
}

#[test]
fn the_words_stay_names() {
    let text = "model m
param plausible = 0.3 in 0 .. 1
param correlate = 0.3 in 0 .. 1
param by = 0.1 in 0 .. 1
param when = 0.1 in 0 .. 1
player A { precision = 2 }
state peace : truth = false
play once { A chooses stand { fight { A gains plausible + correlate + by + when }  yield { peace = true } } }
measure over = P[peace by 1]
correlate correlate, plausible, by by 0.6
plausible when over with { plausible = 1 } > 0.2
";
    let model = compile(text, &[]).unwrap_or_else(|problems| panic!("{problems:#?}")).model;
    assert_eq!((model.plausible.len(), model.correlations[0].params.len()), (1, 3));
}
