//! Choices made at the same time: what `together` is lowered to, and what cannot stand in it.

use melian_lang::{Compiled, compile};
use melian_model::{Block, StatementKind, print::print_model};

/// A model of two players and a family around a period.
fn text(period: &str) -> String {
    format!(
        "model clash\ntype Mood = {{ calm, war }}\nparam cost = 0.5\n\
         player A {{ precision = 2 }}\nplayer B {{ precision = 2 }}\nplayer Firm[i in 1..3] {{ precision = 2 }}\n\
         state mood : Mood = calm\nstate line : 0 .. 9 = 0\nstate other : 0 .. 9 = 0\n\
         state in_market[i in 1..3] : truth = false\nstate pact : 0 .. 2 when mood == war\n\
         play rounds forever {{\n{period}\n}}\n"
    )
}

#[track_caller]
fn read(period: &str) -> Compiled {
    compile(&text(period), &[]).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The program of a period as it is lowered.
#[track_caller]
fn lowered(period: &str) -> String {
    let printed = print_model(&read(period).model);
    let program = printed.split_once("period (rounds, forever)\n").expect("a period").1;
    program.split("\nmeasures").next().unwrap_or_default().to_owned()
}

/// The ids of what is wrong, with the text that each is about.
#[track_caller]
fn mistakes(period: &str) -> Vec<(&'static str, String)> {
    let text = text(period);
    let Err(problems) = compile(&text, &[]) else { panic!("{period} is no mistake") };
    problems.iter().map(|p| (p.id, text[p.labels[0].span.range()].to_owned())).collect()
}

#[track_caller]
fn check_mistakes(period: &str, expected: &[(&str, &str)]) {
    let found = mistakes(period);
    let found: Vec<(&str, &str)> = found.iter().map(|(id, text)| (*id, text.as_str())).collect();
    assert_eq!(found, expected, "{period}");
}

#[test]
fn bodies_stand_behind_the_last_choice() {
    assert_eq!(
        lowered(
            "together {
                A chooses move { hold  push(k in 1..2) when line < 9 { A pays cost * k as push;  line = 3 * k } }
                B chooses reply {
                    yield
                    resist { B pays cost;  if other > 2 { other = 0 } }
                }
            }
            if A.move == push(2) and B.reply == resist { mood = war;  pact = A.move.k }"
        ),
        "    A chooses move {
        hold
        push(1) when line < 9
        push(2) when line < 9
    } and at the same time
    B chooses reply {
        yield
        resist
    }
    if A.move == push(1) {
        A gains -(cost * 1) as push
        line = 3
    } else if A.move == push(2) {
        A gains -(cost * 2) as push
        line = 6
    }
    if B.reply == resist {
        B gains -cost as reply
        if other > 2 {
            other = 0
        }
    }
    if A.move == push(2) and B.reply == resist {
        mood = war
        pact = A.move.k
    }
"
    );
}

#[test]
fn families_of_players_are_unrolled() {
    let program = lowered(
        "together {
            for i in 1..3 {
                Firm[i] chooses entry { out  enter when not in_market[i] { Firm[i] pays cost;  in_market[i] = true } }
            }
            A chooses watch { no  yes { A pays 1 } }
        }
        for i in 1..3 { if in_market[i] { Firm[i] gains 1 / (1 + sum(num(in_market[j]) for j in 1..3)) } }",
    );
    assert_eq!(program.matches("} and at the same time").count(), 3, "{program}");
    assert_eq!(program.matches("if Firm[2].entry == enter {").count(), 1, "{program}");
}

#[test]
fn a_block_may_stand_in_a_condition_and_in_an_action() {
    let game = read(
        "if mood == calm {
            A chooses call { none  talk(k in 1..2) { together {
                Firm[1] chooses offer { low  high { Firm[1] pays k as offer } }
                B chooses offer { low  high { B pays k as offer } }
            } } }
        }
        A gains line",
    );
    // One pair of stages at two places; each chain ends.
    let mut chains = Vec::new();
    game.model.period.visit(&mut |statement| {
        if let StatementKind::Choose(choice) = &statement.kind {
            chains.push((game.model.stage_name(choice.stage), choice.with_next));
        }
    });
    let expected = [
        ("A.call", false),
        ("Firm[1].offer", true),
        ("B.offer", false),
        ("Firm[1].offer", true),
        ("B.offer", false),
    ];
    assert_eq!(chains, expected.map(|(name, with_next)| (name.to_owned(), with_next)));
}

#[test]
fn choices_made_at_once_have_no_bodies() {
    let game = read(
        "together {
            A chooses move { a { A gains 1 }  b { line = 1 } }
            B chooses move { a { B gains 1 }  b when false { other = 1 } }
        }
        A gains line + other",
    );
    let Block(statements) = &game.model.period;
    for statement in statements {
        if let StatementKind::Choose(choice) = &statement.kind {
            assert!(choice.actions.iter().all(|action| action.body.0.is_empty()));
        }
    }
    let kinds: Vec<bool> = statements.iter().map(|s| matches!(s.kind, StatementKind::Choose(_))).collect();
    assert_eq!(kinds, [true, true, false, false, false]);
}

#[test]
fn what_cannot_stand_in_together() {
    check_mistakes("together { }", &[("together-few", "together")]);
    check_mistakes("together { A chooses x { a b } }", &[("together-few", "together")]);
    check_mistakes(
        "together { for i in 1..1 { Firm[i] chooses x { a b } } }",
        &[("together-few", "together")],
    );
    check_mistakes(
        "together { A chooses x { a b }  A chooses y { a b }  B chooses z { a b } }",
        &[("together-player", "y")],
    );
    check_mistakes("together { for i in 1..2 { A chooses x[i] { a b } } }", &[("together-player", "x[i]")]);
    check_mistakes(
        "together { A chooses x { a { line ~ walk(up: 0.5) } b { end } }\nB chooses y { a { local k : truth = true } b { B chooses z { c d } } } }",
        &[
            ("together-body", "line ~ walk(up: 0.5)"),
            ("together-body", "end"),
            ("together-body", "local k : truth = true"),
            ("together-body", "B chooses z { c d }"),
        ],
    );
    check_mistakes(
        "together { A chooses x { a { if line > 2 { together { } } } b }\nB chooses y { a b }  if line > 2 { line = 3 } }",
        &[("together-body", "together { }"), ("together-body", "if line > 2 { line = 3 }")],
    );
}

#[test]
fn what_follows_from_one_choice_does_not_depend_on_another() {
    check_mistakes(
        "together { A chooses x { a { line = 1 } b { line = 2 } }\nB chooses y { a { line = 3 } b } }",
        &[("together-assigns", "line = 3")],
    );
    check_mistakes(
        "together { for i in 1..3 { Firm[i] chooses x { a { line = min(line + 1, 9) } b } } }",
        &[("together-assigns", "line = min(line + 1, 9)")],
    );
    check_mistakes(
        "together { A chooses x { a { mood = war } b }\nB chooses y { a { pact = 1 } b } }",
        &[("together-assigns", "pact = 1")],
    );
    check_mistakes(
        "together { B chooses y { a { if pact == 2 { B gains 1 } } b }\nA chooses x { a { mood = war } b } }",
        &[("together-reads", "pact == 2")],
    );
    check_mistakes(
        "together { A chooses x { a { A gains line + other } b { A gains num(B.y == a) } }\nB chooses y { a { line = 3 } b } }",
        &[("together-reads", "line"), ("together-reads", "num(B.y == a)")],
    );
    check_mistakes(
        "let both = num(A.x == a)\ntogether { A chooses x { a b }\nB chooses y { a { B gains both } b when B.y == a } }",
        &[("together-reads", "B gains both"), ("stage-unset", "B.y == a")],
    );
    // Guards are looked at before anything follows, and a body may read what it sets itself.
    read(
        "together { A chooses x { a when line < 2 { A gains A.x.k + 1 } b(k in 1..2) { line = line + k } }\nB chooses y { a when line > 1 b { B gains other } } }"
            .replace("A gains A.x.k + 1", "A gains num(A.x == a)")
            .as_str(),
    );
}

#[test]
fn questions_do_not_look_at_one_choice_given_the_other() {
    let game = read(
        "together { A chooses x { a b { A gains 1 } }\nB chooses y { a b { B gains 1 } } }\nif A.x == a and B.y == a { mood = war;  pact = 0 } else { mood = calm }",
    );
    for text in [
        "prob(B.y == a | A.x == b)",
        "count(A.x | B.y == a)",
        "P[mood == war] with { A.x = a when B.y == b }",
        "policy(B.y == a where A.x = a)",
        "margin(A.x: a over b where B.y = a)",
    ] {
        let problems = game.question(text).err().unwrap_or_else(|| panic!("{text} is no mistake"));
        assert_eq!(problems.iter().map(|p| p.id).collect::<Vec<_>>(), ["together-reads"], "{text}");
    }
    for text in
        ["P[A.x == a and B.y == a]", "prob(B.y == a | mood == war)", "prob(A.x == a) with { B.y = b }"]
    {
        assert!(game.question(text).is_ok(), "{text}");
    }
}

/// The ids of the warnings.
#[track_caller]
fn warnings(period: &str) -> Vec<&'static str> {
    let used = "\nA gains line + other + num(mood) + sum(num(in_market[i]) for i in 1..3)\n\
                for i in 1..3 { Firm[i] chooses noise { none  loud { Firm[i] gains cost } } }\n\
                A gains if mood == war then pact else 0";
    let mut ids: Vec<&str> = read(&(period.to_owned() + used)).warnings.iter().map(|w| w.id).collect();
    ids.retain(|id| *id != "precision-unused");
    ids
}

#[test]
fn warnings_see_through_what_is_lowered() {
    let clean = "together { A chooses x { a { A pays 1;  line = 2 } b }\nB chooses y { a { B pays 1 } b } }";
    assert_eq!(warnings(clean), Vec::<&str>::new());
    // An action that is never available, and what it pays: one warning for both.
    let dead =
        "together { A chooses x { a when line > 9 { A pays 1 } b }\nB chooses y { a { B pays 1 } b } }";
    assert_eq!(warnings(dead), ["unreachable-action"]);
    let ruled_out =
        "together { A chooses x { a when mood == war { A pays 1 } b }\nB chooses y { a { B pays 1 } b } }";
    assert_eq!(warnings(ruled_out), ["unreachable-action"]);
    // What is paid inside an action is the action's, not the regime's.
    let moved = "if mood == calm { together { A chooses x { a { A pays 1;  mood = war;  pact = 1 } b }\nB chooses y { a { B pays 1 } b } } }\nif mood == war { A gains 1 }";
    assert_eq!(warnings(moved), Vec::<&str>::new());
}
