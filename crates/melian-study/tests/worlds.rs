//! Interventions resolve to the right worlds, equal worlds are solved once: against an engine that only records.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use melian_model::{
    Action, Atom, BinaryOp, Change, Commitment, Comparison, Condition, Domain, EnumId, Enumeration, Expr,
    ExprKind, Model, Param, ParamId, Player, PlayerId, Precision, Question, QuestionKind, Settings, Span,
    Stage, StageId, Start, VarId, VarKind, Variable,
};
use melian_solve::{Answer, Answers, Bound, Game, Query, Scenario, Solved, Trouble};
use melian_study::{Asked, Engine, Reading, Study, Verdict, base_world};

const A: ParamId = ParamId(0);
const B: ParamId = ParamId(1);
const REGIME: VarId = VarId(0);
const GUARANTEE: VarId = VarId(1);

/// Two parameters a = 2 and b = 5; `regime : { war, truce }`, `guarantee : { soft, firm } when regime == truce`;
/// one player with one stage; 12 periods; `require a < 100`.
fn model() -> Model {
    let param = |name: &str, default| Param {
        name: name.into(),
        default,
        range: None,
        unit: String::new(),
        source: String::new(),
        doc: String::new(),
        span: Span::NONE,
    };
    let labels = |names: [&str; 2]| Enumeration {
        name: String::new(),
        labels: names.map(String::from).to_vec(),
        ordered: false,
        doc: String::new(),
    };
    let variable = |name: &str, domain, kind| Variable {
        name: name.into(),
        domain,
        kind,
        unit: String::new(),
        doc: String::new(),
        span: Span::NONE,
    };
    let truce = Expr::new(ExprKind::IsAt(REGIME, vec![1]));
    let action = |name: &str| Action { name: name.into(), arguments: Vec::new(), doc: String::new() };
    Model {
        name: "test".into(),
        period_word: "month".into(),
        horizon: 12,
        enums: vec![labels(["war", "truce"]), labels(["soft", "firm"])],
        params: vec![param("a", 2.0), param("b", 5.0)],
        requirements: vec![Expr::new(ExprKind::Binary(
            BinaryOp::Less,
            Box::new(Expr::new(ExprKind::Param(A))),
            Box::new(Expr::number(100.0)),
        ))],
        players: vec![Player {
            name: "P".into(),
            discount: Expr::number(1.0),
            precision: Some(Precision::Finite(Expr::number(1.0))),
            doc: String::new(),
            span: Span::NONE,
        }],
        vars: vec![
            variable(
                "regime",
                Domain::Enum(EnumId(0), 2),
                VarKind::State { start: Start::Level(0), when: None },
            ),
            variable(
                "guarantee",
                Domain::Enum(EnumId(1), 2),
                VarKind::State { start: Start::Absent, when: Some(truce) },
            ),
            variable("P.move", Domain::Integers { lo: 0, hi: 1 }, VarKind::Stage(StageId(0))),
        ],
        stages: vec![Stage {
            player: PlayerId(0),
            name: "move".into(),
            var: VarId(2),
            actions: vec![action("stay"), action("go")],
            doc: String::new(),
            span: Span::NONE,
        }],
        ..Model::default()
    }
}

/// Answers every atom with the mean over the periods of the path's `a`, and keeps the worlds.
#[derive(Clone, Default)]
struct Recorder {
    worlds: Rc<RefCell<Vec<(Scenario, usize)>>>,
    rounds: Rc<Cell<usize>>,
    games: Rc<Cell<usize>>,
}

impl Engine for Recorder {
    fn answer(&self, games: &[Game<'_>], _: &dyn Fn(f64)) -> Result<Solved, Trouble> {
        self.rounds.set(self.rounds.get() + 1);
        self.games.set(self.games.get() + games.len());
        let answers = |game: &Game<'_>| {
            let (mut sum, mut first) = (0.0, 0);
            for segment in game.segments {
                sum += segment.path.params[0] * (segment.until - first) as f64;
                first = segment.until;
            }
            let bound = |_: &Commitment| Bound { visits: 2.0, bound: 1.0 };
            let bounds: Vec<Vec<Bound>> =
                game.segments.iter().map(|s| s.path.commitments.iter().map(bound).collect()).collect();
            let answer = |query: &Query<'_>| {
                let world = Scenario { start: query.start.to_vec(), segments: game.segments.to_vec() };
                self.worlds.borrow_mut().push((world, query.atoms.len()));
                Answers {
                    forever: None,
                    values: vec![Answer::Number(sum / first as f64); query.atoms.len()],
                    bounds: bounds.clone(),
                    payoff_range: vec![(0.0, 1.0)],
                    counts: melian_solve::Counts::default(),
                }
            };
            game.queries.iter().map(answer).collect()
        };
        let horizons = games.iter().filter_map(|game| game.segments.last());
        let periods = horizons.map(|segment| segment.until).sum();
        Ok(Solved { games: games.iter().map(answers).collect(), periods })
    }
}

fn q(kind: QuestionKind) -> Question {
    // Every question stands somewhere else, as in a text: places must not matter.
    thread_local!(static NEXT: RefCell<usize> = const { RefCell::new(0) });
    let at = NEXT.with(|n| n.replace_with(|n| *n + 1));
    Question::new(kind, Span::new(at, at + 1))
}

fn number(x: f64) -> Question {
    q(QuestionKind::Number(x))
}

fn param(p: ParamId) -> Question {
    q(QuestionKind::Param(p))
}

fn value() -> Question {
    q(QuestionKind::Ask(Box::new(Atom::Value(PlayerId(0)))))
}

fn times(a: Question, b: Question) -> Question {
    q(QuestionKind::Binary(BinaryOp::Multiply, Box::new(a), Box::new(b)))
}

fn sets(params: Vec<(ParamId, Question)>) -> Settings {
    Settings { params, ..Settings::default() }
}

fn under(question: Question, change: Change) -> Question {
    q(QuestionKind::Under(Box::new(question), change))
}

fn with(question: Question, settings: Settings) -> Question {
    under(question, Change::With(settings))
}

fn go() -> Settings {
    let commitment = Commitment {
        stage: StageId(0),
        actions: vec![1],
        when: None,
        from: 1,
        until: usize::MAX,
        span: Span::NONE,
    };
    Settings { commitments: vec![commitment], ..Settings::default() }
}

/// Answers questions; returns their values, the worlds solved with the number of atoms in each, and the replies' bounds.
fn answer(questions: &[Question]) -> (Vec<Reading>, Vec<(Scenario, usize)>) {
    let model = model();
    let recorder = Recorder::default();
    let base = base_world(&model, &model.defaults(), &[]).unwrap();
    let mut study = Study::with_engine(&model, base, Box::new(recorder.clone()));
    let asked: Vec<Asked<'_>> = questions.iter().map(Asked::Question).collect();
    let replies = study.answer(&asked, &|_| {}).unwrap();
    assert_eq!(study.effort().games, recorder.games.get());
    let worlds = recorder.worlds.borrow().clone();
    (replies.iter().map(|r| r.reading().unwrap().clone()).collect(), worlds)
}

fn check(question: Question, expected: f64) -> Vec<(Scenario, usize)> {
    let (readings, worlds) = answer(&[question]);
    assert_eq!(readings, [Reading::Number(expected)]);
    worlds
}

#[test]
fn right_sides_read_the_values_outside_simultaneously() {
    // a = b, b = a: swapped, not copied.
    let swap = sets(vec![(A, param(B)), (B, param(A))]);
    let difference = q(QuestionKind::Binary(BinaryOp::Subtract, Box::new(param(A)), Box::new(param(B))));
    check(with(difference, swap.clone()), 3.0);
    check(with(value(), swap), 5.0);
    // The outer intervention is in force for the inner one's right side: a = 2·(10) = 20.
    let inner = with(value(), sets(vec![(A, times(number(2.0), param(A)))]));
    check(with(inner, sets(vec![(A, number(10.0))])), 20.0);
}

#[test]
fn a_right_side_may_be_an_answer() {
    // a = 3 · value = 3 · 2 = 6, which takes a round for the value and one for the question.
    let worlds = check(with(value(), sets(vec![(A, times(number(3.0), value()))])), 6.0);
    assert_eq!(worlds.len(), 2);
}

#[test]
fn equal_worlds_are_solved_once() {
    let by_three = || with(value(), sets(vec![(A, number(3.0))]));
    let other_atom = with(
        q(QuestionKind::Ask(Box::new(Atom::At {
            what: Expr { kind: ExprKind::IsAt(REGIME, vec![0]), span: Span::new(3, 9) },
            given: None,
            at: 2,
            ahead: Vec::new(),
        }))),
        sets(vec![(A, number(3.0))]),
    );
    let same_as_base = with(value(), sets(vec![(A, number(2.0))]));
    let (_, worlds) = answer(&[by_three(), value(), by_three(), other_atom, same_as_base]);
    let atoms: Vec<usize> = worlds.iter().map(|(_, atoms)| *atoms).collect();
    assert_eq!(atoms, [2, 1]);
}

#[test]
fn starts_share_a_game() {
    let model = model();
    let base = base_world(&model, &model.defaults(), &[]).unwrap();
    let recorder = Recorder::default();
    let mut study = Study::with_engine(&model, base, Box::new(recorder.clone()));
    let truce = |level| with(value(), start(vec![(REGIME, 1), (GUARANTEE, level)]));
    let (soft, firm, war) = (truce(0), truce(1), value());
    let asked = [&soft, &firm, &war].map(Asked::Question);
    study.answer(&asked, &|_| {}).unwrap();
    assert_eq!((recorder.games.get(), recorder.worlds.borrow().len()), (1, 3));
}

#[test]
fn surprises_split_the_path() {
    // a = 8 after month 3 of 12: (3·2 + 9·8) / 12 = 6.5.
    let surprise = |after| Change::Unexpected { settings: sets(vec![(A, number(8.0))]), after };
    let worlds = check(under(value(), surprise(3)), 6.5);
    let (world, _) = &worlds[0];
    assert_eq!(world.segments.iter().map(|s| s.until).collect::<Vec<_>>(), [3, 12]);
    assert!(world.segments.iter().all(|s| s.belief == s.path));
    // From the start it is `with`; after the end it is nothing.
    let (_, worlds) = answer(&[
        under(value(), surprise(0)),
        with(value(), sets(vec![(A, number(8.0))])),
        under(value(), surprise(12)),
        value(),
    ]);
    assert_eq!(worlds.len(), 2);
    // Two surprises: a = 8 after 3, a·2 after 6: (3·2 + 3·8 + 6·16) / 12 = 10.5.
    let inner = Change::Unexpected { settings: sets(vec![(A, times(number(2.0), param(A)))]), after: 6 };
    check(under(under(value(), inner), surprise(3)), 10.5);
}

#[test]
fn unnoticed_changes_the_path_only() {
    let mut settings = go();
    settings.params.push((A, number(4.0)));
    let worlds = check(under(value(), Change::Unnoticed(settings)), 4.0);
    let segment = &worlds[0].0.segments[0];
    assert_eq!((segment.belief.params[0], segment.path.params[0]), (2.0, 4.0));
    assert_eq!((segment.belief.commitments.len(), segment.path.commitments.len()), (0, 1));
}

#[test]
fn commitments_report_how_often_they_bound() {
    let model = model();
    let base = base_world(&model, &model.defaults(), &[]).unwrap();
    let mut study = Study::with_engine(&model, base, Box::new(Recorder::default()));
    let question = with(value(), go());
    let reply = study.answer(&[Asked::Question(&question)], &|_| {}).unwrap().remove(0);
    assert_eq!(reply.bounds.len(), 1);
    assert_eq!(reply.bounds[0].commitment, "P.move = go");
    assert_eq!(reply.bounds[0].share(), Some(0.5));
}

fn start(levels: Vec<(VarId, usize)>) -> Settings {
    Settings { start: levels, ..Settings::default() }
}

#[test]
fn conditional_variables_follow_the_start() {
    let worlds = check(with(value(), start(vec![(REGIME, 1), (GUARANTEE, 1)])), 2.0);
    assert_eq!(worlds[0].0.start[..2], [1, 1]);
    // Back at war inside, the guarantee is gone again.
    let worlds =
        check(with(with(value(), start(vec![(REGIME, 0)])), start(vec![(REGIME, 1), (GUARANTEE, 1)])), 2.0);
    assert_eq!(worlds[0].0.start[..2], [0, 2]);
    let problem = |levels| {
        let model = model();
        base_world(&model, &model.defaults(), levels).unwrap_err().remove(0).title
    };
    insta::assert_snapshot!(problem(&[(REGIME, 1)]),
        @"`guarantee` needs a start value, because `regime == truce` holds at this start");
    insta::assert_snapshot!(problem(&[(GUARANTEE, 1)]),
        @"`guarantee` cannot start at a value: it exists only when `regime == truce`");
}

#[test]
fn a_broken_requirement_leaves_the_question_undefined() {
    let (readings, worlds) = answer(&[with(value(), sets(vec![(A, number(200.0))]))]);
    assert_eq!(
        readings,
        [Reading::Undefined("`require a < 100` does not hold under the intervention".into())]
    );
    assert!(worlds.is_empty());
}

#[test]
fn arithmetic_without_a_result_is_undefined() {
    let zero = number(0.0);
    let ratio = q(QuestionKind::Binary(BinaryOp::Divide, Box::new(value()), Box::new(zero)));
    let (readings, _) = answer(&[ratio]);
    assert_eq!(readings, [Reading::Undefined("the arithmetic gives inf".into())]);
}

#[test]
fn rises_asks_five_worlds() {
    let model = model();
    let base = base_world(&model, &model.defaults(), &[]).unwrap();
    let recorder = Recorder::default();
    let mut study = Study::with_engine(&model, base, Box::new(recorder.clone()));
    let rises = Condition::Rises {
        question: value(),
        param: A,
        lo: number(1.0),
        hi: times(number(2.5), param(A)),
        by: Some(number(3.5)),
        falls: false,
        span: Span::NONE,
    };
    let beats = Condition::Compare {
        comparison: Comparison::Greater,
        left: with(value(), sets(vec![(A, number(3.0))])),
        right: value(),
        by: None,
        span: Span::NONE,
    };
    let both = Condition::And(vec![rises, beats]);
    let reply = study.answer(&[Asked::Condition(&both)], &|_| {}).unwrap().remove(0);
    let judged = reply.finding().unwrap().judged();
    // Steps of 1 over 1, 2, 3, 4, 5; the whole rise of 4 is 0.5 more than asked; 3 > 2 by 1: the least is 0.5.
    assert_eq!(judged.verdict, Verdict::Holds);
    assert_eq!(judged.margin, Some(0.5));
    // a = 2 is the base and a = 3 is shared with the comparison.
    assert_eq!((recorder.rounds.get(), recorder.games.get()), (1, 5));
}

#[test]
fn a_plan_covers_every_world() {
    let model = model();
    let base = base_world(&model, &model.defaults(), &[]).unwrap();
    let at_truce = with(value(), start(vec![(REGIME, 1), (GUARANTEE, 0)]));
    let nested = with(value(), Settings { params: vec![(A, at_truce)], ..go() });
    let needs = melian_study::study::needs(&model, &base, &[Asked::Question(&nested)], false).unwrap();
    assert_eq!(needs.starts.len(), 2);
    assert_eq!(needs.atoms.len(), 1);
    assert_eq!(needs.commitments.len(), 1);
}
