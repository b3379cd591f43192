//! Warnings: what they find, and what they must leave alone.

use melian_lang::compile;

/// A model of two regimes around a program and what follows it; the ids of its warnings.
#[track_caller]
fn check(program: &str, behind: &str, expected: &[&str]) {
    let text = format!(
        "model test\ntype Regime = {{ war, talks, peace }}\nparam cost = 0.5\n\
         player A {{ precision = 2 }}\nplayer B {{ precision = 2 }}\nstate regime : Regime = war\n\
         play monthly for 12 {{\n    B chooses mood {{ good {{ B gains cost }}  bad {{ A gains cost }} }}\n    A chooses pose {{ stand  sit }}\n{program}\n}}\n\
         measure regimes = E[num(regime) at 3]\n{behind}\n"
    );
    match compile(&text, &[]) {
        Ok(compiled) => {
            let ids: Vec<&str> = compiled.warnings.iter().map(|warning| warning.id).collect();
            assert_eq!(ids, expected, "{program}\n{behind}\n{:#?}", compiled.warnings);
        }
        Err(problems) => panic!("{problems:#?}"),
    }
}

const SETTLE: &str = "A chooses offer { fight  settle { regime = peace } }";

#[test]
fn a_regime_is_paid_twice() {
    let twice = format!(
        "if regime == war {{ A pays 1 as war\n {SETTLE} }}\nif regime == peace {{ A gains 1 as peace }}"
    );
    check(&twice, "", &["regime-twice"]);
    let between = format!("if regime == war {{ A pays 1 }}\n{SETTLE}\nif regime == peace {{ A gains 1 }}");
    check(&between, "", &["regime-twice"]);
    let drawn = "if regime == war { A pays 1 }\nregime ~ { peace: 0.1, stay: rest }\nif regime == peace { A gains 1 }";
    check(drawn, "", &["regime-twice"]);
}

#[test]
fn a_regime_is_paid_once() {
    // One `if` with both branches.
    check(&format!("{SETTLE}\nif regime == war {{ A pays 1 }} else {{ A gains 1 }}"), "", &[]);
    // Different players.
    let others = format!("if regime == war {{ A pays 1\n {SETTLE} }}\nif regime == peace {{ B gains 1 }}");
    check(&others, "", &[]);
    // Nothing moves the regime in between.
    check(&format!("if regime == war {{ A pays 1 }}\nif regime == peace {{ A gains 1 }}\n{SETTLE}"), "", &[]);
    // It moves, but not from the one to the other.
    let back = "if regime == war { A pays 1 }\nif regime == talks { regime = peace }\n\
                if regime == peace { A gains 1 }\nA chooses talk { no  yes { if regime == war { regime = talks } } }";
    check(back, "", &[]);
    // A prize for the way there, besides a chain that pays every regime once.
    let chain = "A chooses talk { no  yes { regime = talks } }\n\
                 if regime == talks { A gains 0.1 as process\n A chooses sign { no  yes { regime = peace } } }\n\
                 if regime in {war, talks} { A pays 1 as war } else { A gains 1 as peace }";
    check(chain, "", &[]);
    // What is paid inside an action is the action's, not the regime's.
    let action = "if regime == war { A chooses offer { fight  settle { A pays 1; regime = peace } } }\n\
                  if regime == peace { A gains 1 }";
    check(action, "", &[]);
}

#[test]
fn events_that_no_period_end_shows() {
    let reset = "if regime == war { A chooses talk { no  yes { regime = talks } } }\n\
                 if regime == talks { regime = war }";
    check(reset, "measure talking = P[regime == talks by 6]", &["never-at-period-end"]);
    check(reset, "measure came = E[t when first regime in {talks, peace} by 6]", &["never-at-period-end"]);
    // The choice itself can be asked for.
    check(reset, "measure talking = P[A.talk == yes by 6]", &[]);
    // An intervention starts there.
    check(reset, "measure talking = P[regime == peace at 1] with { start regime = peace }", &[]);
    // Play that ends there stays there.
    let ended = "A chooses talk { no  yes { regime = talks;  end } }\nregime = war";
    check(ended, "measure talking = P[regime == talks by 6]", &[]);
}

#[test]
fn what_play_never_comes_to() {
    check("if regime == peace { A gains 1 }", "", &["payoff-never"]);
    check("if regime == peace { A gains 1 }", "measure p = value(A) with { start regime = peace }", &[]);
    let shut = "if regime == war { A chooses offer { sign when regime == talks { A gains 1 }  no  yes } }";
    check(shut, "", &["unreachable-action"]);
    // Members of a family may be shut out by their arguments, as long as one is left.
    check("A chooses give { x(k in 0..3) when k > 1 { A pays k } }", "", &[]);
    check("A chooses give { no  x(k in 0..3) when k > 3 { A pays k } }", "", &["unreachable-action"]);
    // A payment that is nothing for one member is something for another.
    check("A chooses give { x(k in 0..3) { A pays k } }", "", &[]);
    check("A chooses give { no  x { A pays 0 } }", "", &["payoff-never"]);
}

#[test]
fn names_that_begin_with_an_underscore_may_be_unused() {
    check("local _spare : 0 .. 1 = 0", "param _other = 1\nlet _unused = 2", &[]);
    check("local spare : 0 .. 1 = 0", "", &["unused-local"]);
    check("let double = 2 * cost", "", &["unused-let"]);
}
