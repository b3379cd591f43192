//! Play that goes on for ever, and what can be asked of it.

use melian_lang::{Asked, Compiled, compile};
use melian_model::{FOREVER, print::question_text};

const BORDER: &str = "model border\ntype Mood = { calm < tense < war }\n\
    param d = 0.9 in 0.5 .. 1\nplayer A { discount = d, precision = 2 }\n\
    state mood : Mood = calm\nstate line : 0 .. 3 = 0\n\
    play monthly forever from 2025-10 {\n\
    local hurry : truth = mood == tense\n\
    A chooses move { wait  go when not hurry { line = min(line + 1, 3) } }\n\
    mood ~ { tense: 0.1, war: 0.01, stay: rest }\n\
    A gains if mood == war then -1 else line }\n";

#[track_caller]
fn border() -> Compiled {
    compile(BORDER, &[]).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn the_horizon_is_for_ever() {
    let game = border();
    assert!(game.model.is_forever());
    assert_eq!(game.model.calendar, Some((2025, 10)));
    assert!(game.warnings.is_empty(), "{:#?}", game.warnings);
    let bare = compile("model m\nplayer A {}\nplay rounds forever { A gains 1 }\n", &[]).unwrap();
    assert_eq!((bare.model.horizon, bare.model.calendar), (FOREVER, None));
}

#[test]
fn questions_need_no_last_month() {
    let game = border();
    for (text, expected) in [
        ("P[mood == war]", "P[mood == war]"),
        ("P[mood == war after 12]", "P[mood == war after 12]"),
        ("P[mood == war by 100000]", "P[mood == war by 100000]"),
        ("P[mood == war by date(2030, 9)]", "P[mood == war by 60]"),
        ("P[mood == war until line == 3]", "P[mood == war until line == 3]"),
        ("prob(A.move == go | mood == calm)", "prob(A.move == go | mood == calm)"),
        ("count(A.move until mood == war)", "count(A.move until mood == war)"),
        ("policy(A.move == go where line = 1)", "policy(A.move == go at 1 where line = 1)"),
        ("E[line when first mood == war]", "E[line when first mood == war]"),
        ("E[line when first mood == war after 6]", "E[line when first mood == war after 6]"),
        ("E[line when first mood == war in 1..6]", "E[line when first mood == war in 1..6]"),
        ("E[total line discounted d]", "E[total line discounted d]"),
        (
            "E[total line by 24 until mood == war discounted 1 / (1 + d)]",
            "E[total line discounted 1 / (1 + d) until mood == war by 24]",
        ),
        ("E[line in the long run]", "E[line in the long run]"),
        ("E[line | mood == calm in the long run]", "E[line in the long run | mood == calm]"),
        ("P[mood in {tense, war} in the long run]", "E[mood in {tense, war} in the long run]"),
        ("mean(P[mood == war at m] for m in 1..2)", "mean(E[mood == war at 1], E[mood == war at 2])"),
        (
            "P[mood == war at 3] with { A.move = go from 2 }",
            "E[mood == war at 3] with { A.move = go from 2 }",
        ),
    ] {
        match game.question(text) {
            Ok(Asked::Number(question)) => {
                assert_eq!(question_text(&game.model, &question), expected, "{text}")
            }
            Ok(Asked::Condition(_)) => panic!("{text}"),
            Err(problems) => panic!("{text}: {problems:#?}"),
        }
    }
}

#[test]
fn mistakes_in_questions() {
    let game = border();
    for (text, id) in [
        ("P[mood == war by 100001]", "time-outside"),
        ("P[mood == war and t > 3]", "forever-time"),
        ("P[mood == war at 3] with { A.move = go when month == 12 }", "forever-time"),
        ("E[line]", "question-clauses"),
        ("E[line at 3 in the long run]", "question-clauses"),
        ("E[line by 3 in the long run]", "question-clauses"),
        ("E[total line in the long run]", "question-clauses"),
        ("P[always mood == war in the long run]", "question-clauses"),
        ("E[line discounted d in the long run]", "question-clauses"),
        ("P[A.move == go in the long run]", "question-clauses"),
        ("P[mood == war in the long run | A.move == go]", "question-clauses"),
        ("E[line when first mood == war in the long run]", "question-clauses"),
        ("prob(A.move == go in the long run)", "question-clauses"),
        ("count(A.move discounted d)", "question-clauses"),
        ("P[mood == war discounted d]", "question-clauses"),
        ("E[line discounted d at 3]", "question-clauses"),
        ("E[total line discounted 1.1]", "discount-range"),
        ("E[total line discounted 2 * d]", "discount-range"),
        ("E[total line discounted line]", "not-constant"),
        ("E[P[mood == war in the long run] at 3]", "question-clauses"),
        ("E[P[mood == war after 12 by 24] when first line == 3]", "ahead-time"),
        ("E[hurry in the long run]", "type-mismatch"),
        ("P[hurry in the long run]", "local-in-question"),
    ] {
        let problems = game.question(text).err().unwrap_or_else(|| panic!("{text} is no mistake"));
        assert_eq!(problems[0].id, id, "{text}: {problems:#?}");
    }
}

#[test]
fn the_time_has_no_place_in_the_period() {
    for (period, expected) in [
        ("A chooses x { a when t > 3 b }", "t"),
        ("A gains year", "year"),
        ("line ~ walk(up: 1 / month)", "month"),
        ("let late = t > 12\nif late { A gains 1 }", "t"),
    ] {
        let text = BORDER.replace("local hurry", &format!("{period}\nlocal hurry"));
        let problems = compile(&text, &[]).err().unwrap_or_else(|| panic!("{period}"));
        let found: Vec<(&str, &str)> =
            problems.iter().map(|p| (p.id, &text[p.labels[0].span.range()])).collect();
        assert_eq!(found, [("forever-time", expected)], "{period}");
    }
}
