//! Models as they come out of their text: families written out, names resolved, expressions lowered.

use melian_lang::compile;
use melian_model::{
    ExprKind, Model, StatementKind, VarId, VarKind,
    print::{expr_text, print_model},
};

const SIGNORINO: &str = r#"
/// Signorino (1999): a crisis in three moves. Each action is a block; what follows a choice stands inside it.
model signorino

param war_a = -0.3 in -1 .. 0           unit "A's payoff"      source "stylised"
param back  = -0.8 in -1 .. 0           /// what backing down costs A at home
player A { precision = 3 }
player B { precision = 3 }

play once {
    A chooses start {
        keep
        challenge {
            B chooses reply {
                capitulate { A gains 1;  B pays 0.6 as humiliation }
                resist {
                    A chooses final {
                        back_down { A gains back as audience;  B gains 0.7 }
                        war       { A gains war_a as war;      B pays 0.4 as war }
                    }
                }
            }
        }
    }
}
measure war = P[A.final == war]
claim "Audience costs bind A" : (prob(A.final == war) with { back = 2 * back }) > prob(A.final == war)
"#;

const UKRAINE: &str = include_str!("texts/ukraine_fragment.melian");

#[track_caller]
fn model(text: &str) -> Model {
    match compile(text, &[]) {
        Ok(compiled) => {
            assert!(compiled.warnings.is_empty(), "{:#?}", compiled.warnings);
            compiled.model
        }
        Err(problems) => panic!("{problems:#?}"),
    }
}

fn names(model: &Model) -> Vec<&str> {
    model.vars.iter().map(|var| var.name.as_str()).collect()
}

#[test]
fn the_crisis_of_three_moves() {
    let model = model(SIGNORINO);
    assert_eq!(names(&model), ["A.start", "B.reply", "A.final"]);
    assert_eq!((model.horizon, model.period_word.as_str()), (1, "period"));
    assert_eq!(model.params[1].doc, "what backing down costs A at home");
    assert_eq!(model.params[0].unit, "A's payoff");
    let lines: Vec<String> = model
        .lines
        .iter()
        .map(|line| format!("{} {}", model.players[line.player.0].name, line.label))
        .collect();
    assert_eq!(lines, ["A reply", "B humiliation", "A audience", "B final", "A war", "B war"]);
    assert_eq!(
        model.claims[0].text,
        "(prob(A.final == war) with { back = 2 * back }) > prob(A.final == war)"
    );
}

#[test]
fn the_fragment_of_the_flagship() {
    let model = model(UKRAINE);
    let stages: Vec<String> =
        (0..model.stages.len()).map(|k| model.stage_name(melian_model::StageId(k))).collect();
    assert_eq!(
        stages,
        ["Washington.stand", "Russia.talks", "Washington.table", "Russia.answer", "Ukraine.sign"]
    );
    let labels: Vec<String> = model.stages[2].actions.iter().map(|action| action.label()).collect();
    assert_eq!(
        labels,
        ["nothing", "put(current, soft)", "put(current, firm)", "put(concede, soft)", "put(concede, firm)"]
    );
    // One stage, one place for each member of the family that its statement stands in.
    let mut places = 0;
    model.period.visit(&mut |statement| {
        if let StatementKind::Choose(choice) = &statement.kind {
            places += usize::from(model.stage_name(choice.stage) == "Russia.answer");
        }
    });
    assert_eq!(places, 4);
    assert_eq!(model.calendar, Some((2025, 10)));
    assert_eq!(model.params.iter().filter(|p| p.name.starts_with("arms[")).count(), 5);
    assert_eq!(model.constants[0], ("front_levels".into(), "7".into()));
    let VarKind::State { when: Some(when), .. } = &model.vars[1].kind else { panic!() };
    assert_eq!(expr_text(&model, when), "regime == truce");
    assert!(print_model(&model).contains("arm(door) when attention >= 1"));
}

#[test]
fn constants_can_be_given() {
    let given = [("front_levels".to_owned(), 4.0)];
    let model = compile(UKRAINE, &given).unwrap().model;
    let front = model.vars.iter().find(|var| var.name == "front").unwrap();
    assert_eq!(front.domain.size(), 4);
    let unknown = compile(UKRAINE, &[("front_level".to_owned(), 4.0)]).err().unwrap();
    assert_eq!(unknown[0].id, "unknown-constant");
    assert_eq!(unknown[0].help, ["there is `front_levels`"]);
}

/// The amount of the first payment in a model whose period is `body`, as text.
#[track_caller]
fn amount(declarations: &str, body: &str) -> String {
    let text = format!(
        "model test\ntype Mood = {{ calm < tense < war }}\nparam c = 0.5\nplayer A {{ precision = 2 }}\n\
         state mood : Mood = calm\nstate line : -2 .. 2 = 0\nstate front : 1 .. 3 by 0.5 = 1\n\
         state one : 4 .. 4 by 1 = 4\nstate hot : truth = false\n\
         state pact : {{ soft, firm }} when mood == calm and hot\n{declarations}\n\
         play monthly for 12 from 2025-11 {{ {body} }}\n"
    );
    let model = match compile(&text, &[]) {
        Ok(compiled) => compiled.model,
        Err(problems) => panic!("{problems:#?}"),
    };
    let mut found = None;
    model.period.visit(&mut |statement| {
        if let StatementKind::Pay { amount, .. } = &statement.kind
            && found.is_none()
        {
            found = Some(expr_text(&model, amount));
        }
    });
    found.expect("a payment")
}

#[test]
fn expressions_are_lowered() {
    for (declarations, amount_written, expected) in [
        ("", "c + 2 * 3 - 1", "c + 6 - 1"),
        ("", "0 * c", "0 * c"),
        ("", "num(line)", "line - -2"),
        ("", "num(front)", "round((front - 1) / 0.5)"),
        ("", "unit(front)", "(front - 1) / 2"),
        ("", "unit(one)", "0.5"),
        ("", "unit(mood)", "mood / 2"),
        ("", "step(front) + levels(front) + levels(Mood)", "8.5"),
        ("", "num(last(mood)) + last(line)", "4"),
        ("", "num(hot)", "hot"),
        ("", "num(max(mood, tense))", "max(mood, tense)"),
        ("", "if mood in {calm, tense} then c else 1", "if mood in {calm, tense} then c else 1"),
        ("", "if line in -1..1 then c else 1", "if line in {-1, 0, 1} then c else 1"),
        ("", "if front in 1.4..2 then c else 1", "if front in {1.5, 2} then c else 1"),
        ("", "num(front != 2)", "front in {1, 1.5, 2.5, 3}"),
        ("", "date(2026, 7)", "9"),
        ("", "if true then c else log(-1)", "c"),
        ("", "num(false and hot)", "0"),
        ("let twice(x) = x + x", "twice(c)", "c + c"),
        // Hygiene: the `c` of the argument is the model's, not the macro's own.
        ("let add(x, y) = x - y\nlet swapped(x, y) = add(y, x)", "swapped(c, 2)", "2 - c"),
        ("let is(m) = num(mood == m)", "is(war)", "mood == war"),
        ("const w[k in Mood] = { calm: 1, tense: 2, war: 3 }", "w[tense] * c", "2 * c"),
        ("param p[k in {1, 2}] = { 1: 0.1, 2: 0.2 }", "p[2]", "p[2]"),
        ("param f[x at {0, 1}] = { 0: 0.1, 1: 0.2 }", "f[1]", "f[1]"),
        ("const f[x at {0, 2}] = { 0: 10, 2: 20 }", "f[1]", "15"),
        ("", "sum(i * c for i in 1..3)", "1 * c + 2 * c + 3 * c"),
        ("", "num(any(mood == m for m in {calm, war}))", "mood == calm or mood == war"),
    ] {
        let found = amount(declarations, &format!("A gains {amount_written}"));
        assert_eq!(found, expected, "{amount_written}");
    }
}

#[test]
fn tables_are_looked_up_in_play() {
    let lookup = amount(
        "param w[k in Mood] = { calm: 1, tense: 2, war: 3 }",
        "mood ~ { tense: 0.5, stay: rest }  A gains w[mood]",
    );
    assert_eq!(lookup, "{0: w[calm], 1: w[tense], 2: w[war]}[mood]");
    let knots = amount("param f[x at {0, 2}] = { 0: 1, 2: 2 }", "line ~ uniform  A gains f[line]");
    assert_eq!(knots, "{0: f[0], 2: f[2]}[at line]");
}

#[test]
fn families_of_players_and_loops() {
    let model = model(
        "model race\nconst n = 3\nplayer Firm[i in 1..n] { precision = i }\n\
         state active[i in 1..n] : truth = false\n\
         play rounds for 2 {\n for i in 1..n { Firm[i] chooses enter { no  yes { active[i] = true } } }\n\
         for i in 1..n { if active[i] { Firm[i] gains 1 / sum(num(active[j]) for j in 1..n) } } }\n\
         measure second = P[Firm[2].enter == yes by 2]\n",
    );
    assert_eq!(
        names(&model),
        ["active[1]", "active[2]", "active[3]", "Firm[1].enter", "Firm[2].enter", "Firm[3].enter"]
    );
    assert_eq!(model.players.len(), 3);
    assert_eq!(model.period_word, "round");
}

#[test]
fn guards_fold_and_unavailable_members_are_left_out() {
    let model = model(
        "model cut\nplayer A { precision = 2 }\nplayer B { precision = 2 }\n\
         play once {\n A chooses ask { x(k in 1..3) { A gains k as share\n\
         B chooses give { y(j in 1..3) when j >= k { B pays j as share }  no } } } }\n",
    );
    let mut offered = Vec::new();
    model.period.visit(&mut |statement| {
        if let StatementKind::Choose(choice) = &statement.kind {
            let guarded = choice.actions.iter().any(|action| action.guard.is_some());
            offered.push((choice.actions.iter().map(|action| action.action).collect::<Vec<_>>(), guarded));
        }
    });
    assert_eq!(
        offered,
        [(vec![0, 1, 2], false), (vec![0, 1, 2, 3], false), (vec![1, 2, 3], false), (vec![2, 3], false)]
    );
    assert_eq!(model.stages[1].actions.len(), 4);
}

#[test]
fn ended_exists_only_with_an_end() {
    let with = model(
        "model a\nplayer A { precision = 1 }\nplay rounds for 3 { A chooses go { on  off { A gains 1; end } } }\n\
         measure over = P[ended by 2]\n",
    );
    assert_eq!(with.ended, Some(VarId(1)));
    assert_eq!(model(SIGNORINO).ended, None);
}

#[test]
fn a_local_and_a_stage_are_read_in_the_rest_of_the_period() {
    let model = model(
        "model a\nplayer A { precision = 1 }\nstate x : 0 .. 4 = 0\nplay rounds for 3 {\n\
         local more : 0 .. 2 = if x == 0 then 2 else 1\n\
         A chooses go { on(k in 1..2) { x ~ walk(up: k / 2) }  off }\n\
         if A.go == on(2) { A pays more }\n if A.go != off { A gains A.go.k } }\n",
    );
    let mut tests = Vec::new();
    model.period.visit(&mut |statement| {
        if let StatementKind::If { arms, .. } = &statement.kind
            && let ExprKind::IsAt(_, levels) = &arms[0].0.kind
        {
            tests.push(levels.clone());
        }
    });
    assert_eq!(tests, [vec![1], vec![0, 1]]);
}

#[test]
fn deep_and_wide_texts_are_refused() {
    let deep: String = (1..300).map(|k| format!("let f{k} = 1 + (2 * (1 + (2 * (f{}))))\n", k - 1)).collect();
    let text = format!(
        "model deep\nparam c = 1\nlet f0 = c\n{deep}player A {{ discount = 1 }}\nplay once {{ A gains f299 }}\n"
    );
    let found = compile(&text, &[]).err().unwrap();
    assert_eq!(found[0].id, "lets-too-deep");
    let wide = "model wide\nplayer A { discount = 1 }\nplay once { for i in 1..1000 { for j in 1..1000 { A gains i } } }\n";
    assert_eq!(compile(wide, &[]).err().unwrap()[0].id, "expansion-too-large");
}
