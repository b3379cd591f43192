//! Random models with something wrong in them, at a random place, perhaps under a random condition.

use super::{Case, draft::Draft, draft::Known, players, world};
use crate::common::{baseline, build::*};
use melian_model::{
    Atom, Block, Convention, Distribution, Domain, Expr, ExprKind, Function, PlayerId, Start, Statement,
    StatementKind, VarId, VarKind,
};

/// A case with a faulty statement, which play may or may not come to. Only values are asked for.
pub fn faulty(seed: u64) -> Case {
    let mut draft = Draft::new(seed);
    world(&mut draft);
    players(&mut draft);
    let mut period = draft.period();
    let finally = draft.finally();
    let fault = draft.fault();
    if !fault.is_empty() {
        let condition = draft.condition(&Known::default(), 2);
        let placed = if draft.odds(0.5) { vec![when(condition, fault)] } else { fault };
        draft.insert(&mut period, placed);
    } else {
        // Without the statements at the end that mend conditional variables.
        let kept = period.len().saturating_sub(1 + draft.conditional_states().len());
        period.truncate(kept);
    }
    draft.b.model.period = Block(period);
    draft.b.model.finally = Block(finally);
    let model = draft.b.model.clone();
    // After a surprise the solver judges the new game from its own start, so it may find fault where play never comes.
    let scenario =
        Some(draft.scenario()).filter(|s| s.segments.len() == 1).unwrap_or_else(|| baseline(&model));
    let atoms = (0..model.players.len()).map(|p| Atom::Value(PlayerId(p))).collect();
    Case { seed, model, scenario, atoms }
}

impl Draft {
    /// Statements that cannot be executed; none stands for leaving conditional variables unset.
    fn fault(&mut self) -> Vec<Statement> {
        let nothing = call(Function::Log, vec![num(-1.0)]);
        let one = self.b.param("one", 1.0);
        let x = self.pick(&self.plain_states());
        let domain = self.b.model.var(x).domain;
        let value = |k: usize| Some(num(domain.value(k)));
        match self.below(12) {
            0 => vec![assign(x, num(domain.value(domain.size() - 1) + 1.0))],
            1 => vec![assign(x, add(num(domain.value(0)), mul(num(0.2), par(one))))],
            2 => vec![draw(
                x,
                outcomes(vec![(value(0), Some(num(0.3))), (None, Some(mul(num(0.3), par(one))))]),
            )],
            3 => vec![draw(x, outcomes(vec![(value(0), Some(num(1.2))), (None, None)]))],
            4 => {
                vec![draw(x, outcomes(vec![(value(0), Some(minus(mul(num(0.2), par(one))))), (None, None)]))]
            }
            5 => vec![draw(x, Distribution::Walk { up: num(0.8), down: mul(num(0.7), par(one)) })],
            6 => vec![draw(x, outcomes(vec![(value(0), Some(nothing)), (None, None)]))],
            7 => self.bad_payment(nothing),
            8 => {
                let lookup = ExprKind::Lookup {
                    index: Box::new(mul(num(3.0), par(one))),
                    first: 0,
                    entries: vec![num(1.0), num(2.0)],
                };
                self.bad_payment(Expr::new(lookup))
            }
            9 => {
                let unset = self.b.local("unset", Domain::Truth);
                self.bad_payment(var(unset))
            }
            10 => {
                let movers = self.players.clone().into_iter();
                let Some(mover) = movers.map(|p| p.0).find(|p| self.b.model.players[p.0].precision.is_some())
                else {
                    return self.bad_payment(num(f64::INFINITY));
                };
                let stuck = self.b.stage(mover, "stuck", &["a", "b"]);
                self.arguments.push(vec![f64::NAN; 2]);
                let never = at(x, &[]);
                vec![choose(stuck, vec![guarded(0, never, vec![]), guarded(1, not(par(one)), vec![])])]
            }
            _ => Vec::new(),
        }
    }

    /// A payment of something that has no value; without players, an assignment of it.
    fn bad_payment(&mut self, amount: Expr) -> Vec<Statement> {
        if self.players.is_empty() {
            let x = self.pick(&self.plain_states());
            return vec![assign(x, amount)];
        }
        vec![pay(self.pick(&self.players.clone()), amount)]
    }

    /// Puts statements somewhere into a program.
    fn insert(&mut self, block: &mut Vec<Statement>, statements: Vec<Statement>) {
        let mut at = self.below(block.len() + 1);
        // Not in between or inside choices made at the same time: before the first of them.
        let joined = |s: &Statement| matches!(&s.kind, StatementKind::Choose(c) if c.with_next);
        while at > 0 && joined(&block[at - 1]) {
            at -= 1;
        }
        if at < block.len() && !joined(&block[at]) && self.odds(0.7) {
            let inner: Vec<&mut Vec<Statement>> = match &mut block[at].kind {
                StatementKind::If { arms, otherwise } => {
                    arms.iter_mut().map(|(_, arm)| &mut arm.0).chain([&mut otherwise.0]).collect()
                }
                StatementKind::Choose(choice) => choice.actions.iter_mut().map(|a| &mut a.body.0).collect(),
                _ => Vec::new(),
            };
            if !inner.is_empty() {
                let k = self.below(inner.len());
                let inner = inner.into_iter().nth(k).expect("it was counted");
                return self.insert(inner, statements);
            }
        }
        block.splice(at..at, statements);
    }
}

/// Small models that each show one error: the id and the model.
pub fn each_error() -> Vec<(&'static str, melian_model::Model)> {
    let mut models = Vec::new();
    let mut with = |id: &'static str, program: &dyn Fn(&mut Build, VarId) -> Vec<Statement>| {
        let mut b = Build::new(id, 2);
        let x = b.state("x", Domain::Integers { lo: 0, hi: 2 }, 1);
        let statements = program(&mut b, x);
        models.push((id, b.finish(statements, vec![])));
    };
    let someone = |b: &mut Build| b.player("P", num(1.0), precision(num(1.0)));
    with("leaves-domain", &|_, x| vec![assign(x, add(var(x), num(1.0)))]);
    with("leaves-domain", &|_, x| {
        vec![draw(x, outcomes(vec![(Some(num(0.5)), Some(num(0.5))), (None, None)]))]
    });
    with("leaves-domain", &|_, x| vec![draw(x, Distribution::Binomial { n: num(3.0), p: num(0.5) })]);
    with("probabilities-sum", &|_, x| vec![draw(x, outcomes(vec![(None, Some(num(0.9)))]))]);
    with("probabilities-sum", &|_, x| vec![draw(x, Distribution::Walk { up: num(0.6), down: num(0.6) })]);
    with("probability-negative", &|_, x| {
        vec![draw(x, outcomes(vec![(Some(num(0.0)), Some(num(-0.1))), (None, None)]))]
    });
    with("law-not-finite", &|_, x| vec![draw(x, Distribution::Normal { mean: num(1.0), sd: num(0.0) })]);
    with("no-action", &|b, x| {
        let (p, _) = someone(b);
        let stage = b.stage(p, "stage", &["a"]);
        vec![draw(x, Distribution::Uniform), choose(stage, vec![guarded(0, at(x, &[0, 1]), vec![])])]
    });
    with("payoff-not-finite", &|b, x| {
        let p = someone(b);
        vec![draw(x, Distribution::Uniform), pay(p, call(Function::Log, vec![var(x)]))]
    });
    with("absent-read", &|b, x| {
        let p = someone(b);
        let local = b.local("local", Domain::Truth);
        vec![when(at(x, &[0]), vec![assign(local, num(1.0))]), pay(p, var(local))]
    });
    with("absent-read", &|b, _| {
        let p = someone(b);
        let stage = b.stage(p.0, "offer", &["put", "hold"]);
        let argument = Expr::new(ExprKind::Argument(b.var_of(stage), vec![0.3, f64::NAN]));
        vec![choose(stage, vec![action(0, vec![]), action(1, vec![])]), pay(p, argument)]
    });
    with("conditional-unset", &|b, x| {
        let c = b.conditional("c", Domain::Truth, None, at(x, &[2]));
        assert!(matches!(b.model.var(c).kind, VarKind::State { start: Start::Absent, .. }));
        vec![draw(x, Distribution::Uniform)]
    });
    with("lookup-outside", &|b, x| {
        let p = someone(b);
        let lookup =
            ExprKind::Lookup { index: Box::new(var(x)), first: 0, entries: vec![num(1.0), num(2.0)] };
        vec![draw(x, Distribution::Uniform), pay(p, Expr::new(lookup))]
    });
    with("emax-precision", &|b, _| {
        b.model.convention = Convention::Emax;
        let (p, _) = b.player("P", num(1.0), precision(num(0.0)));
        let stage = b.stage(p, "stage", &["a", "b"]);
        vec![choose(stage, vec![action(0, vec![]), action(1, vec![])])]
    });
    models
}
