//! What planning, filling and solving take on grids of several sizes: `cargo bench -p melian-solve`.

use divan::{Bencher, black_box, counter::ItemsCount};
use melian_model::{
    Action, ActionBody, Atom, BinaryOp, Block, Choice, Distribution, Domain, Draw, EnumId, Enumeration, Expr,
    ExprKind, LineId, Model, PayoffLine, Player, PlayerId, Precision, Span, Stage, StageId, Start, Statement,
    StatementKind, VarId, VarKind, Variable,
};
use melian_solve::{Needs, Options, Plan, Route, Scenario, Segment, Setting, answer};

/// Levels of each of the three axes.
const LEVELS: [i64; 4] = [10, 22, 46, 100];

/// Periods of a solve.
const HORIZON: usize = 4;

fn main() {
    divan::main();
}

fn var(v: usize) -> Expr {
    Expr::new(ExprKind::Var(VarId(v)))
}

fn mul(a: f64, b: Expr) -> Expr {
    Expr::new(ExprKind::Binary(BinaryOp::Multiply, Box::new(Expr::number(a)), Box::new(b)))
}

fn statement(kind: StatementKind) -> Statement {
    Statement { kind, span: Span::NONE }
}

fn pay(player: usize, amount: Expr) -> Statement {
    statement(StatementKind::Pay { player: PlayerId(player), amount, line: LineId(player) })
}

fn choose(stage: usize, cost: f64) -> Statement {
    let bodies = [vec![], vec![pay(stage, mul(-cost, var(stage)))]];
    let actions = bodies.into_iter().enumerate().map(|(action, body)| ActionBody {
        action,
        guard: None,
        body: Block(body),
        span: Span::NONE,
    });
    statement(StatementKind::Choose(Choice {
        stage: StageId(stage),
        actions: actions.collect(),
        with_next: false,
    }))
}

/// Two players choose between two actions each, which push two of three axes; all three walk.
fn grid(levels: i64, horizon: usize) -> Model {
    let mut model = Model { name: "grid".into(), horizon, period_word: "period".into(), ..Model::default() };
    let variable = |name: &str, domain, kind| Variable {
        name: name.into(),
        domain,
        kind,
        unit: String::new(),
        doc: String::new(),
        span: Span::NONE,
    };
    for name in ["x", "y", "z"] {
        let kind = VarKind::State { start: Start::Level(levels as usize / 2), when: None };
        model.vars.push(variable(name, Domain::Integers { lo: 0, hi: levels - 1 }, kind));
    }
    for (i, name) in ["One", "Two"].into_iter().enumerate() {
        model.players.push(Player {
            name: name.into(),
            discount: Expr::number(0.95),
            precision: Some(Precision::Finite(Expr::number(2.0))),
            doc: String::new(),
            span: Span::NONE,
        });
        model.lines.push(PayoffLine { player: PlayerId(i), label: "payoff".into() });
        let labels = vec!["hold".to_owned(), "push".to_owned()];
        let actions = labels.iter().map(|name| Action {
            name: name.clone(),
            arguments: Vec::new(),
            doc: String::new(),
        });
        let stage = Stage {
            player: PlayerId(i),
            name: "push".into(),
            var: VarId(3 + i),
            actions: actions.collect(),
            doc: String::new(),
            span: Span::NONE,
        };
        model.stages.push(stage);
        let doc = String::new();
        model.enums.push(Enumeration { name: String::new(), labels, ordered: true, doc });
        let kind = VarKind::Stage(StageId(i));
        model.vars.push(variable(&format!("{name}.push"), Domain::Enum(EnumId(i), 2), kind));
    }
    let walk = |v: usize, up: Expr| {
        let law = Distribution::Walk { up, down: Expr::number(0.2) };
        statement(StatementKind::Draw(Draw { var: VarId(v), law }))
    };
    model.period = Block(vec![
        pay(0, mul(0.1, var(2))),
        choose(0, 0.02),
        choose(1, 0.03),
        walk(0, mul(0.4, var(3))),
        walk(1, mul(0.5, var(4))),
        walk(2, Expr::number(0.3)),
    ]);
    model.finally = Block(vec![pay(0, mul(0.2, var(0))), pay(1, mul(0.3, var(1)))]);
    model
}

/// Every state counts: the grid is started from everywhere.
fn plan(model: &Model) -> Plan<'_> {
    let needs = Needs { starts: vec![model.start()], everything: true, ..Needs::default() };
    Plan::new(model, &needs, &Options::default()).expect("a plan")
}

fn setting(model: &Model) -> Setting {
    Setting { params: model.defaults(), commitments: Vec::new() }
}

#[divan::bench(args = LEVELS, sample_count = 10)]
fn plans(bencher: Bencher, levels: i64) {
    let model = grid(levels, HORIZON);
    bencher.bench(|| plan(black_box(&model)));
}

#[divan::bench(args = LEVELS, sample_count = 10)]
fn tables(bencher: Bencher, levels: i64) {
    let model = grid(levels, HORIZON);
    let plan = plan(&model);
    let setting = setting(&model);
    bencher
        .counter(ItemsCount::new(plan.table_entries()))
        .bench(|| plan.fill(black_box(&setting)).expect("tables"));
}

/// Items are states computed.
#[divan::bench(args = LEVELS, consts = [1, 2], sample_count = 10)]
fn solves<const THREADS: usize>(bencher: Bencher, levels: i64) {
    let model = grid(levels, HORIZON);
    let plan = plan(&model);
    let setting = setting(&model);
    let segment = Segment { until: HORIZON, belief: setting.clone(), path: setting };
    let scenario = Scenario { start: model.start(), segments: vec![segment] };
    let atoms = [Atom::Value(PlayerId(0)), Atom::Value(PlayerId(1))];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().expect("threads");
    let states = plan.cost().states * HORIZON as u64;
    bencher.counter(ItemsCount::new(states)).bench(|| {
        pool.install(|| {
            answer(black_box(&plan), &scenario, &atoms, Route::Backward, &mut |_| {}).expect("answers")
        })
    });
}
