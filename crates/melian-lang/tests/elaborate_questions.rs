//! Questions, interventions, bindings and stages read apart from a model's text.

use melian_lang::{Asked, Compiled, compile};
use melian_model::{
    Atom, Commitment, Question, QuestionKind, Window,
    print::{condition_text, question_text, settings_text},
};

const TEXT: &str = include_str!("texts/ukraine_fragment.melian");

#[track_caller]
fn game() -> Compiled {
    compile(TEXT, &[]).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[track_caller]
fn read(game: &Compiled, text: &str) -> String {
    match game.question(text) {
        Ok(Asked::Number(question)) => question_text(&game.model, &question),
        Ok(Asked::Condition(condition)) => condition_text(&game.model, &condition),
        Err(problems) => panic!("{text}: {problems:#?}"),
    }
}

#[track_caller]
fn refused(game: &Compiled, text: &str) -> &'static str {
    match game.question(text) {
        Ok(_) => panic!("{text} is no mistake"),
        Err(problems) => {
            for label in problems.iter().flat_map(|problem| &problem.labels) {
                assert!(text.get(label.span.range()).is_some(), "{text}: {label:?}");
            }
            problems[0].id
        }
    }
}

#[test]
fn questions_become_atoms() {
    let game = game();
    for (text, expected) in [
        ("deal(24)", "P[regime == truce by 24]"),
        ("P[regime == truce]", "P[regime == truce by 120]"),
        ("P[regime == truce after 6 by 12]", "P[regime == truce after 6 by 12]"),
        ("P[always regime == war by 6]", "P[always regime == war by 6]"),
        ("P[guarantee == soft until regime == fall by 6]", "P[guarantee == soft until regime == fall by 6]"),
        ("E[front at 12 | regime == war]", "E[front at 12 | regime == war]"),
        ("E[total front until regime == truce by 12]", "E[total front until regime == truce by 12]"),
        ("E[front when first regime == truce by 12]", "E[front when first regime == truce in 1..12]"),
        ("E[front when first regime == truce in 13..24]", "E[front when first regime == truce in 13..24]"),
        ("count(Russia.talks by 12)", "count(Russia.talks by 12)"),
        (
            "prob(Russia.talks == engage | posture >= squeeze)",
            "prob(Russia.talks == engage by 120 | posture >= squeeze)",
        ),
        ("value(Russia) - 2", "value(Russia) - 2"),
        ("max(deal(1), 0.5)", "max(P[regime == truce by 1], 0.5)"),
        ("deal(date(2026, 7))", "P[regime == truce by 10]"),
        (
            "policy(Russia.answer == accept where Washington.table = put(current, soft), regime = talks)",
            "policy(Russia.answer == accept at 1 where Washington.table = put(current, soft), regime = talks)",
        ),
        (
            "margin(Russia.talks: engage over refuse at 2 where front = 1.1)",
            "margin(Russia.talks: engage over refuse at 2 where front = 1.1)",
        ),
        ("sum(deal(m) for m in {1, 2})", "sum(P[regime == truce by 1], P[regime == truce by 2])"),
        ("deal(3) > 0.5 by 0.1", "P[regime == truce by 3] > 0.5 by 0.1"),
        ("deal(3) near dmg within 0.1", "P[regime == truce by 3] near dmg within 0.1"),
        ("deal(3) falls with dmg over 0.1..0.5", "P[regime == truce by 3] falls with dmg over 0.1..0.5"),
    ] {
        assert_eq!(read(&game, text), expected, "{text}");
    }
}

#[test]
fn an_event_at_a_month_is_that_month() {
    let game = game();
    let Ok(Asked::Number(Question { kind: QuestionKind::Ask(atom), .. })) =
        game.question("prob(Russia.talks == engage at 3)")
    else {
        panic!()
    };
    let Atom::Choice { actions, window, given: None, .. } = *atom else { panic!() };
    assert_eq!((actions, window), (vec![1], Window { after: 2, by: 3 }));
}

#[test]
fn the_inner_question_is_asked_of_play_that_goes_on() {
    let game = game();
    let Ok(Asked::Number(Question { kind: QuestionKind::Ask(atom), .. })) =
        game.question("E[front + P[regime == war after 12 by 36] when first regime == truce in 1..12]")
    else {
        panic!()
    };
    let Atom::WhenFirst { window, ahead, .. } = *atom else { panic!() };
    assert_eq!(window, Window { after: 0, by: 12 });
    assert_eq!(ahead.len(), 1);
    assert_eq!(ahead[0].after, 12);
    assert!(matches!(ahead[0].atom, Atom::Ever { window: Window { after: 12, by: 36 }, .. }));
}

#[test]
fn an_intervention_reaches_every_side_of_a_condition() {
    let game = game();
    let read = read(&game, "(deal(1) > 0.5 and not (deal(2) < dmg)) with { dmg = 2 * dmg }");
    assert_eq!(read.matches("with { dmg = 2 * dmg }").count(), 3, "{read}");
}

#[test]
fn mistakes_in_questions() {
    let game = game();
    for (text, id) in [
        ("deal", "wrong-arguments"),
        ("deal(121)", "time-outside"),
        ("dael(3)", "unknown-name"),
        ("P[regim == war at 3]", "unknown-name"),
        ("P[regime == wra at 3]", "unknown-label"),
        ("P[front == 0.7 at 3]", "off-grid"),
        ("P[front > war at 3]", "type-mismatch"),
        ("E[front]", "question-clauses"),
        ("E[regime == war at 3]", "type-mismatch"),
        ("P[regime == war at 3 | Russia.talk == engage]", "unknown-name"),
        ("P[always Russia.talks == engage by 6]", "question-clauses"),
        ("P[Russia.talks == engage at 0]", "question-clauses"),
        ("P[regime == war at 6 after 3]", "question-clauses"),
        ("P[regime == truce | regime == war]", "question-clauses"),
        ("P[ended by 3]", "not-here"),
        ("front", "not-here"),
        ("regime == war", "not-here"),
        ("t > 3", "not-here"),
        ("prob(regime == war)", "question-clauses"),
        ("prob(Russia.talks == sign)", "unknown-action"),
        ("prob(Washington.table == put(_, weak))", "unknown-label"),
        ("deal(3) with { front = 1 }", "unknown-parameter"),
        ("deal(3) with { arms = 2 }", "wrong-arguments"),
        ("deal(3) with { dmg = 2, dmg = 3 }", "duplicate-name"),
        ("deal(3) with { dmg = 2 when front > 1 }", "question-clauses"),
        ("deal(3) with { Russia.talks = engage until 200 }", "time-outside"),
        ("deal(3) with { start front = 0.7 }", "off-grid"),
        ("deal(3) unexpected { start front = 1.1 } at 2", "question-clauses"),
        ("deal(3) rises with front over 0..1", "unknown-parameter"),
        ("value(russia)", "unknown-name"),
        ("policy(Russia.answer == accept where Washington.table = put(current))", "wrong-arguments"),
        ("margin(Washington.table: put over nothing)", "question-clauses"),
        ("E[P[regime == war by 36] at 12]", "question-clauses"),
        ("E[P[regime == war after 6 by 36] at 12]", "ahead-time"),
        ("P[P[regime == war after 6 by 36] > 0.5 by 3]", "not-here"),
        ("deal(3) > true", "not-a-number"),
    ] {
        assert_eq!(refused(&game, text), id, "{text}");
    }
}

#[test]
fn settings_bindings_and_stages() {
    let game = game();
    let settings = game
        .settings("dmg = 2 * dmg, arms[supply] = 0; start front = 1.1, Washington.stand = arm(squeeze) from 3 until 6")
        .unwrap();
    assert_eq!(
        settings_text(&game.model, &settings),
        "{ dmg = 2 * dmg, arms[supply] = 0, start front = 1.1, Washington.stand = arm(squeeze) from 3 until 6 }"
    );
    let Commitment { actions, from, until, .. } = &settings.commitments[0];
    assert_eq!((actions.as_slice(), *from, *until), (&[2][..], 3, 6));

    let bindings = game.bindings("regime=talks, front=1.1, Washington.table=put(concede, firm)").unwrap();
    let named: Vec<String> =
        bindings.iter().map(|(var, level)| game.model.level_name(*var, *level)).collect();
    assert_eq!(named, ["talks", "1.1", "put(concede, firm)"]);
    assert_eq!(game.bindings("regime=taks").err().unwrap()[0].id, "unknown-label");

    assert_eq!(game.model.stage_name(game.stage("Russia.answer").unwrap()), "Russia.answer");
    let unknown = game.stage("Russia.anser").err().unwrap();
    assert_eq!((unknown.id, unknown.fix.unwrap().replacement.as_str()), ("unknown-name", "answer"));
}

#[test]
fn warnings_do_not_depend_on_given_constants() {
    let text = "model a\nconst n = 1\nparam cost = 2\nplayer A { precision = 1 }\n\
                play once { A chooses go { on when n == 2 { A gains 1 }  off } }\n";
    let ids = |given: &[(String, f64)]| -> Vec<&str> {
        compile(text, given).unwrap().warnings.iter().map(|warning| warning.id).collect()
    };
    assert_eq!(ids(&[]), ["unused-parameter", "player-unpaid", "unreachable-action"]);
    assert_eq!(ids(&[("n".to_owned(), 2.0)]), Vec::<&str>::new());
}
