//! The parser: how expressions group, where doc comments go, how it recovers, what it refuses.

use melian_lang::{
    ast::{
        AskMode, BinaryOp, ChangeKind, Expr, ExprKind, Item, ItemKind, Set, SetKind, Setting, StatementKind,
        UnaryOp,
    },
    parser::{parse, parse_bindings, parse_question, parse_settings},
    source::decode,
};

/// An expression with a parenthesis around every operation.
fn shape(expr: &Expr) -> String {
    let opt =
        |word: &str, e: &Option<Expr>| e.as_ref().map_or(String::new(), |e| format!(" {word} {}", shape(e)));
    match &expr.kind {
        ExprKind::Number(x) => format!("{x}"),
        ExprKind::Truth(b) => format!("{b}"),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Wildcard => "_".into(),
        ExprKind::Unary(UnaryOp::Minus, a) => format!("(-{})", shape(a)),
        ExprKind::Unary(UnaryOp::Not, a) => format!("(not {})", shape(a)),
        ExprKind::Binary(op, a, b) => format!("({} {} {})", shape(a), sign(*op), shape(b)),
        ExprKind::If(c, a, b) => format!("(if {} then {} else {})", shape(c), shape(a), shape(b)),
        ExprKind::Call(name, args) => {
            format!("{}({})", name.text, args.iter().map(shape).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Index(a, b) => format!("{}[{}]", shape(a), shape(b)),
        ExprKind::Dot(a, name) => format!("{}.{}", shape(a), name.text),
        ExprKind::Among { value, negated, set } => {
            format!("({}{} in {})", shape(value), if *negated { " not" } else { "" }, set_shape(set))
        }
        ExprKind::Aggregate { kind, body, binders } => {
            let over: Vec<String> =
                binders.iter().map(|b| format!("{} in {}", b.name.text, set_shape(&b.set))).collect();
            format!("{kind:?}({} for {})", shape(body), over.join(", "))
        }
        ExprKind::Probability(ask)
        | ExprKind::Expectation(ask)
        | ExprKind::Choice(ask)
        | ExprKind::Count(ask) => {
            let word = match expr.kind {
                ExprKind::Probability(_) => "P",
                ExprKind::Expectation(_) => "E",
                ExprKind::Choice(_) => "prob",
                _ => "count",
            };
            let mode = match ask.mode {
                AskMode::Plain => "",
                AskMode::Always => "always ",
                AskMode::Total => "total ",
            };
            let window = ask.times.window.as_ref();
            format!(
                "{word}[{mode}{}{}{}{}{}{}{}{}{}{}]",
                shape(&ask.what),
                opt("discounted", &ask.discount),
                ask.times.long_run.map_or("", |_| " in the long run"),
                opt("first", &ask.first),
                window.map_or(String::new(), |(a, b)| format!(" in {}..{}", shape(a), shape(b))),
                opt("at", &ask.times.at),
                opt("after", &ask.times.after),
                opt("until", &ask.times.until),
                opt("by", &ask.times.by),
                opt("|", &ask.given),
            )
        }
        ExprKind::Value(player) => format!("value({})", shape(player)),
        ExprKind::Policy(ask) => {
            let state: Vec<String> =
                ask.state.iter().map(|b| format!("{}={}", shape(&b.target), shape(&b.value))).collect();
            format!("policy[{}{} where {}]", shape(&ask.event), opt("at", &ask.at), state.join(", "))
        }
        ExprKind::Margin(ask) => {
            let at = opt("at", &ask.at);
            format!("margin[{}: {} over {}{at}]", shape(&ask.stage), shape(&ask.action), shape(&ask.over))
        }
        ExprKind::Under(q, change) => {
            let settings: Vec<String> = change.settings.iter().map(setting_shape).collect();
            let kind = match &change.kind {
                ChangeKind::With => "with".to_owned(),
                ChangeKind::Unexpected(at) => format!("unexpected at {}", shape(at)),
                ChangeKind::Unnoticed => "unnoticed".to_owned(),
            };
            format!("({} {kind} {{{}}})", shape(q), settings.join("; "))
        }
        ExprKind::By(c, d) => format!("({} by {})", shape(c), shape(d)),
        ExprKind::Near { left, right, within } => {
            format!("({} near {} within {})", shape(left), shape(right), shape(within))
        }
        ExprKind::Rises(r) => format!(
            "({} {} with {} over {}..{}{})",
            shape(&r.question),
            if r.falls { "falls" } else { "rises" },
            shape(&r.param),
            shape(&r.lo),
            shape(&r.hi),
            opt("by", &r.by),
        ),
        ExprKind::Error => "?".into(),
    }
}

fn set_shape(set: &Set) -> String {
    match &set.kind {
        SetKind::Named(name) => name.text.clone(),
        SetKind::Members(members) => {
            format!("{{{}}}", members.iter().map(shape).collect::<Vec<_>>().join(", "))
        }
        SetKind::Range { lo, hi, step } => {
            let step = step.as_ref().map_or(String::new(), |s| format!(" by {}", shape(s)));
            format!("{}..{}{step}", shape(lo), shape(hi))
        }
        SetKind::Error => "?".into(),
    }
}

fn setting_shape(setting: &Setting) -> String {
    let opt =
        |word: &str, e: &Option<Expr>| e.as_ref().map_or(String::new(), |e| format!(" {word} {}", shape(e)));
    format!(
        "{}{} = {}{}{}{}{}",
        if setting.start { "start " } else { "" },
        shape(&setting.target),
        shape(&setting.value),
        opt("when", &setting.when),
        opt("at", &setting.at),
        opt("from", &setting.from),
        opt("until", &setting.until),
    )
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Power => "^",
        BinaryOp::Equal => "==",
        BinaryOp::Unequal => "!=",
        BinaryOp::Less => "<",
        BinaryOp::AtMost => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::AtLeast => ">=",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
    }
}

/// How a question groups.
fn check_shape(text: &str, expected: &str) {
    let (question, problems) = parse_question(text);
    assert!(problems.is_empty(), "{text}: {problems:?}");
    assert_eq!(shape(&question.unwrap()), expected, "{text}");
}

#[test]
fn operators_bind_as_documented() {
    check_shape("a or b and not c == d", "(a or (b and (not (c == d))))");
    check_shape("a - b - c + d", "(((a - b) - c) + d)");
    check_shape("a / b * c", "((a / b) * c)");
    check_shape("-a ^ b", "(-(a ^ b))");
    check_shape("-a * b", "((-a) * b)");
    check_shape("a * -b", "(a * (-b))");
    check_shape("2 ^ -3 ^ 2", "(2 ^ (-(3 ^ 2)))");
    check_shape("a ^ b ^ c", "(a ^ (b ^ c))");
    check_shape("1e-3 + 0.25", "(0.001 + 0.25)");
    check_shape("if a then 1 else if b then 2 else 3 + 4", "(if a then 1 else (if b then 2 else (3 + 4)))");
    check_shape("(if a then 1 else 2) + 3", "((if a then 1 else 2) + 3)");
    check_shape(
        "x not in {a, put(_, soft)} and y in 1..n + 1",
        "((x not in {a, put(_, soft)}) and (y in 1..(n + 1)))",
    );
    check_shape("Firm[2].bid[1].k == high", "(Firm[2].bid[1].k == high)");
    check_shape("min(a, max(b, c))", "min(a, max(b, c))");
}

#[test]
fn questions_take_their_clauses() {
    check_shape("P[x == a by 3]", "P[(x == a) by 3]");
    check_shape("P[always x > 2 by m + 1]", "P[always (x > 2) by (m + 1)]");
    check_shape("P[a until b by 3]", "P[a until b by 3]");
    check_shape("P[a after 3 by 4 | c == d]", "P[a after 3 by 4 | (c == d)]");
    check_shape("P[a | c by 3]", "P[a by 3 | c]");
    check_shape("E[total x - 1 until c by 3]", "E[total (x - 1) until c by 3]");
    check_shape("E[x when first hot in 1..12]", "E[x first hot in 1..12]");
    check_shape("E[x when first r in {a, b} by 12]", "E[x first (r in {a, b}) by 12]");
    check_shape("E[x when first (n in 1..3) by 12]", "E[x first (n in 1..3) by 12]");
    check_shape("E[P[a after 3 by 9] at 3]", "E[P[a after 3 by 9] at 3]");
    check_shape("E[total at 3]", "E[total at 3]");
    check_shape("E[total x discounted 1 - r until c by 3]", "E[total x discounted (1 - r) until c by 3]");
    check_shape("E[total x by 3 discounted d]", "E[total x discounted d by 3]");
    check_shape("E[x in the long run | y in {a}]", "E[x in the long run | (y in {a})]");
    check_shape("P[x in {a} | y in the long run]", "P[(x in {a}) in the long run | y]");
    check_shape("P[not x in the long run]", "P[(not x) in the long run]");
    check_shape("P[x in the]", "P[(x in the)]");
    check_shape("count(A.s | c by 3) / value(Firm[1])", "(count[A.s by 3 | c] / value(Firm[1]))");
    check_shape("prob(A.s in {a, b} at 3)", "prob[(A.s in {a, b}) at 3]");
    check_shape(
        "policy(A.s == a at 2 where x = -1, B.t = put(c, d))",
        "policy[(A.s == a) at 2 where x=(-1), B.t=put(c, d)]",
    );
    check_shape("margin(A.s: a over put(b) at 2)", "margin[A.s: a over put(b) at 2]");
    check_shape("mean(P[a by m] for m in 1..12 by 3)", "Mean(P[a by m] for m in 1..12 by 3)");
    check_shape("any(x > y by 2 for l in Line, g in {a})", "Any(((x > y) by 2) for l in Line, g in {a})");
}

#[test]
fn interventions_bind_tighter_than_comparisons_and_looser_than_sums() {
    check_shape("a + b with { c = 1 } > d", "(((a + b) with {c = 1}) > d)");
    check_shape(
        "q with { a = 2 * a; start x = 1\n A.s = arm(k) when y >= 1 from 3 until 6, t[b] = 2 } unexpected { } at 12",
        "((q with {a = (2 * a); start x = 1; A.s = arm(k) when (y >= 1) from 3 until 6; t[b] = 2}) unexpected at 12 {})",
    );
    check_shape("not q unnoticed { a = 1 } > 2", "(not ((q unnoticed {a = 1}) > 2))");
}

#[test]
fn conditions_say_by_how_much() {
    check_shape("a > b + c by 0.02 and d <= e", "(((a > (b + c)) by 0.02) and (d <= e))");
    check_shape("a with { b = 1 } near 3 within 0.1 or c", "(((a with {b = 1}) near 3 within 0.1) or c)");
    check_shape(
        "q rises with arms[k] over 0.1 .. 2 * x by 1",
        "(q rises with arms[k] over 0.1..(2 * x) by 1)",
    );
    check_shape("q falls with x over 1..2", "(q falls with x over 1..2)");
}

#[test]
fn settings_and_bindings_stand_alone() {
    let (settings, problems) = parse_settings("dmg = 0.2, start front = 1.1; A.s = b at 1");
    assert!(problems.is_empty(), "{problems:?}");
    let shapes: Vec<String> = settings.iter().map(setting_shape).collect();
    assert_eq!(shapes, ["dmg = 0.2", "start front = 1.1", "A.s = b at 1"]);
    let (bindings, problems) = parse_bindings("month=3, regime=talks, W.table=put(current,soft,open)");
    assert!(problems.is_empty(), "{problems:?}");
    let shapes: Vec<String> =
        bindings.iter().map(|b| format!("{}={}", shape(&b.target), shape(&b.value))).collect();
    assert_eq!(shapes, ["month=3", "regime=talks", "W.table=put(current, soft, open)"]);
    assert_eq!(parse_settings(""), (vec![], vec![]));
    assert_eq!(parse_question("P[x").1.len(), 1);
    assert_eq!(parse_question("").1.len(), 1);
    assert_eq!(parse_bindings("a = 1 b").1.len(), 1);
}

/// The documented nodes of a model: what they are called and what is said of them.
fn docs(text: &str) -> Vec<(String, String)> {
    fn statements(statements: &[melian_lang::ast::Statement], found: &mut Vec<(String, String)>) {
        for statement in statements {
            match &statement.kind {
                StatementKind::Choose(choose) => {
                    found.push((choose.stage.name.text.clone(), choose.doc.clone()));
                    for action in &choose.actions {
                        found.push((action.name.text.clone(), action.doc.clone()));
                        if let Some(body) = &action.body {
                            statements_of(&body.statements, found);
                        }
                    }
                }
                StatementKind::Together(block) => statements_of(&block.statements, found),
                StatementKind::If { arms, .. } => {
                    arms.iter().for_each(|(_, b)| statements_of(&b.statements, found))
                }
                _ => {}
            }
        }
    }
    fn statements_of(list: &[melian_lang::ast::Statement], found: &mut Vec<(String, String)>) {
        statements(list, found);
    }
    let (file, problems) = parse(text);
    assert!(problems.iter().all(|p| p.id == "stray-doc"), "{problems:?}");
    let mut found = vec![("model".to_owned(), file.doc.clone())];
    for Item { kind, doc, .. } in &file.items {
        match kind {
            ItemKind::Param(param) => {
                found.push((param.name.text.clone(), doc.clone()));
                if let melian_lang::ast::Value::Table(entries) = &param.value {
                    found.extend(entries.iter().map(|e| (shape(&e.key), e.doc.clone())));
                }
            }
            ItemKind::Type(decl) => {
                found.push((decl.name.text.clone(), doc.clone()));
                found.extend(decl.labels.labels.iter().map(|l| (l.name.text.clone(), l.doc.clone())));
            }
            ItemKind::Play(play) => statements_of(&play.body.statements, &mut found),
            _ => found.push(("item".to_owned(), doc.clone())),
        }
    }
    found.retain(|(_, doc)| !doc.is_empty());
    found
}

fn check_docs(text: &str, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(docs(text), expected, "{text}");
}

#[test]
fn doc_comments_find_their_node() {
    check_docs("/// one\n///two\n\nmodel m /// three", &[("model", "one\ntwo\nthree")]);
    check_docs("model m\nparam a = 1 /// a\n/// b\nparam b = 2\n", &[("a", "a"), ("b", "b")]);
    // The last that begins on the line.
    check_docs("model m\nparam a = 1 param b = 2 /// b\n", &[("b", "b")]);
    // The outermost that begins on the line.
    check_docs("model m\ntype T = { a, b } /// T", &[("T", "T")]);
    check_docs("model m\ntype T = { /// T\na, /// a\nb /// b\n}", &[("T", "T"), ("a", "a"), ("b", "b")]);
    check_docs("model m\nparam p[k in T] = {\na: 1, /// a\nb: 2 } /// b", &[("a", "a"), ("b", "b")]);
    // What ends on the line, if nothing begins there.
    check_docs("model m\nparam p[k in T] = {\na: 1\n} unit \"x\" /// p", &[("p", "p")]);
    check_docs(
        "model m\nplay once {\n/// stage\nA chooses s { /// too\n/// keep\nkeep /// k\ngo { /// go\nB chooses r { x y } /// r\n}\n} }",
        &[("s", "stage\ntoo"), ("keep", "keep\nk"), ("go", "go"), ("r", "r")],
    );
    check_docs("model m\nplay once { A chooses s {\na ;\n/// b\n; b } }", &[("b", "b")]);
    check_docs(
        "model m\nplay once { together {\n/// s\nA chooses s { x y }\nB chooses r { x /// r\ny } /// y\n} }",
        &[("s", "s"), ("r", "r"), ("y", "y")],
    );
    let (_, problems) = parse("model m\nplay once {\nx = 1 /// stray\n}");
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].id, problems[0].is_error()), ("stray-doc", false));
}

/// The ids of all problems with their lines.
fn check_problems(text: &str, expected: &[(&str, usize)]) {
    let (_, problems) = parse(text);
    let found: Vec<(&str, usize)> = problems
        .iter()
        .map(|p| (p.id, 1 + text[..p.labels[0].span.start as usize].matches('\n').count()))
        .collect();
    assert_eq!(found, expected, "{text}\n{problems:#?}");
}

#[test]
fn all_errors_are_reported_and_none_twice() {
    check_problems(
        "model m\nparam a = \nparam b = 1 in 3\nstate x : {a, b = a\nplay once {\n  x = 1 +\n  y ~ wlak(up: 1)\n  A gain 3\n  if a = 1 { x = (1 }\n  z = 4\n}\nmeasure q = P(a)\nclaim \"c\" : a && b\n",
        &[
            ("unexpected-token", 2),
            ("unexpected-token", 3),
            ("unclosed-brace", 4),
            ("unexpected-token", 4),
            ("unexpected-token", 6),
            ("unknown-law", 7),
            ("unknown-keyword", 8),
            ("single-equals", 9),
            ("unclosed-bracket", 9),
            ("question-brackets", 12),
            ("foreign-operator", 13),
        ],
    );
}

#[test]
fn all_errors_are_reported_inside_of_together() {
    check_problems(
        "model m\nplay rounds forever {\n  together {\n    A choose s { a b }\n    B chooses r {\n      x { y = }\n      z when q = 1 { A gain 2 }\n    }\n    y == 2\n  }\n  x = 1 +\n}\nmeasure q = E[a in the long walk]\n",
        &[
            ("unknown-keyword", 4),
            ("unexpected-token", 6),
            ("single-equals", 7),
            ("unknown-keyword", 7),
            ("double-equals", 9),
            ("unexpected-token", 11),
            ("question-form", 13),
        ],
    );
    check_problems(
        "model m\nplay rounds forever {\n    together {\n        A chooses s { a b }\n        B chooses r { a b }\n}\nmeasure q = P[a]\n",
        &[("unclosed-brace", 3)],
    );
    check_problems("model m\nplay once { together A chooses s { a } }", &[("missing-braces", 2)]);
    check_problems("model m\nplay once { simultaneously { A chooses s { a } } }", &[("unknown-keyword", 2)]);
    check_problems("model m\ntogether { A chooses s { a } }", &[("misplaced-statement", 2)]);
}

#[test]
fn play_says_once_how_long() {
    check_problems("model m\nplay rounds forever from 2025-10 {}\n", &[]);
    check_problems("model m\nplay rounds for 3 forever {}\n", &[("duplicate-clause", 2)]);
    check_problems("model m\nplay once forever {}\n", &[("play-form", 2)]);
    check_problems("model m\nplay forever {}\n", &[("play-form", 2)]);
    check_problems("model m\nplay monthly {}\n", &[("play-form", 2)]);
    check_problems(
        "model m\nconst forever = 1\nstate together : truth = true\n",
        &[("reserved-word", 2), ("reserved-word", 3)],
    );
}

#[test]
fn what_is_said_about_worlds() {
    check_problems(
        "model m\nplausible when a > 1\nplausible \"w\" when a < 1 by 0.1 and b near c within 1\n",
        &[],
    );
    check_problems("model m\ncorrelate a, b[x], c by -0.5\nmeasure q = P[a]\n", &[]);
    check_problems(
        "model m\nplausible \"w\" : a > 1\nplausible if a > 1\n",
        &[("plausible-form", 2), ("plausible-form", 3)],
    );
    check_problems(
        "model m\nplausible a > 1\nplausible \"w\"\nmeasure q = 1 +\n",
        &[("plausible-form", 2), ("plausible-form", 4), ("unexpected-token", 4)],
    );
    check_problems(
        "model m\ncorrelate a, b = 0.5\ncorrelate a b by 0.5\ncorrelate a, by 0.5\n",
        &[("correlate-form", 2), ("correlate-form", 3), ("correlate-form", 4)],
    );
    check_problems(
        "model m\nplausibel when a > 1\ncorrelation a, b by 0.5\n",
        &[("unknown-keyword", 2), ("unknown-keyword", 3)],
    );
    check_problems("model m\nplay once {\n    plausible when a > 1\n}\n", &[("misplaced-declaration", 3)]);
}

#[test]
fn a_missing_brace_is_found_by_indentation() {
    check_problems(
        "model m\nplay once {\n    A chooses s {\n        keep {\n            x = 1\n        go { x = 2 }\n    }\n}\nmeasure q = P[a]\n",
        &[("unclosed-brace", 4)],
    );
    check_problems(
        "model m\nplay once {\n    x = 1\nmeasure q = P[a]\nclaim \"c\" : q > 1\n",
        &[("unclosed-brace", 2)],
    );
    check_problems("model m\nplay once {\n    if a {\n        x = 1\n", &[("unclosed-brace", 3)]);
}

#[test]
fn only_names_have_parts() {
    check_problems(
        "model m\nconst a = 0 .b\nconst c = (d).e\nconst f = 2[1]\n",
        &[("unexpected-token", 2), ("unexpected-token", 4)],
    );
}

#[test]
fn a_better_reason_does_not_hide_the_error() {
    check_problems(
        "model m\nplay once {\n    if a in {b, c {\n        A chooses s {\n            d\n        }\n    }\n}\nmeasure q = P[a]\n",
        &[("unexpected-token", 3), ("unexpected-token", 8)],
    );
}

#[test]
fn one_brace_too_many_is_one_error() {
    check_problems("model m\nplay once {\n    x = 1\n}\n}\nmeasure q = P[a]\n", &[("unmatched-bracket", 5)]);
    check_problems("model m\nplay once {\n    x = (1))\n    y = 2\n}\n", &[("unmatched-bracket", 3)]);
}

#[test]
fn many_errors_are_capped() {
    let text = "model m\nplay once {\n".to_owned() + &"x = \n".repeat(1000) + "}";
    let (_, problems) = parse(&text);
    assert_eq!(problems.len(), 51);
    assert_eq!(problems[50].id, "too-many-problems");
    assert_eq!(problems[50].title, "and 950 more problems after this");
}

#[test]
fn words_of_later_versions_say_so() {
    for text in [
        "model m secret kind of P : {weak: 1}",
        "model m play once { observe x }",
        "model m const secret = 1",
    ] {
        let (_, problems) = parse(text);
        assert_eq!(problems.iter().map(|p| p.id).collect::<Vec<_>>(), ["not-yet"], "{text}: {problems:?}");
    }
}

#[test]
fn statements_need_no_newlines_or_indentation() {
    check_problems(
        "model m play once{x=1 y=2;z~uniform A gains 3 as b B chooses c{d e{f=1}}end}measure q=P[a]",
        &[],
    );
    check_problems("model m\nplay once {\nlet a = 1\nx = a\n}\n", &[]);
    check_problems("\u{feff}model m\r\nplay once {\r\n    x = 1 // c\r\n}\r\n", &[]);
}

/// The first problem's id.
fn first(text: &str) -> &'static str {
    parse(text).1.first().map_or("", |p| p.id)
}

#[test]
fn sizes_and_depths_have_limits() {
    let start = "model m\nlet y = ";
    let of = |open: &str, n: usize| start.to_owned() + &open.repeat(n);
    assert_eq!(first(&of("(", 10_000_000)), "too-deep");
    assert_eq!(first(&of("-", 100_000)), "too-deep");
    assert_eq!(first(&of("not ", 100_000)), "too-deep");
    assert_eq!(first(&of("2 ^ ", 100_000)), "too-deep");
    assert_eq!(first(&of("if a then b else ", 100_000)), "too-deep");
    assert_eq!(first(&(of("a + ", 100_000) + "a")), "too-long");
    assert_eq!(first(&(of("a and ", 100_000) + "a")), "too-long");
    assert_eq!(first(&(start.to_owned() + "a" + &"[1]".repeat(100_000))), "too-long");
    assert_eq!(first(&(start.to_owned() + "a" + &" with {}".repeat(100_000))), "too-long");
    // Long and deep at once: the height of the whole tree counts.
    let chain = "+1".repeat(290);
    let both = start.to_owned() + &"(a".repeat(150) + &format!("{chain})").repeat(150);
    assert_eq!(first(&both), "too-long");
    assert_eq!(first(&("model m play once {".to_owned() + &"if a {".repeat(100_000))), "too-deep");
    assert_eq!(first(&of("()", 2_000_000)), "unexpected-token");
    assert_eq!(parse(&of("()", 2_000_000)).1.last().map(|p| p.id), Some("too-large"));
    // Up to the limit all is well.
    assert_eq!(first(&(of("a + ", 299) + "a")), "");
    assert_eq!(first(&(of("(", 199) + "a" + &")".repeat(199))), "");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let refused = |bytes: &[u8]| decode(bytes).map_err(|d| (d.id, d.title));
    assert_eq!(refused(b"model m"), Ok("model m".into()));
    let title = |r: Result<String, (&'static str, String)>| r.unwrap_err();
    assert_eq!(title(refused(b"")).0, "empty-file");
    assert_eq!(title(refused(b" \n\t")).0, "empty-file");
    assert_eq!(title(refused("\u{feff}\n".as_bytes())).0, "empty-file");
    let latin = title(refused(b"model m\n// caf\xe9\n"));
    assert_eq!(latin, ("not-utf8", "the file is not UTF-8: byte 0xE9 at offset 14 (line 2)".into()));
    assert_eq!(title(refused(b"\xff\xfem\0o\0")).0, "not-utf8");
    let binary = title(refused(b"\x7fELF\x02\x01\n\0\0"));
    assert_eq!(
        binary,
        ("binary-file", "the file is binary: there is a zero byte at offset 7 (line 2)".into())
    );
}
