//! The same case with its declarations in another order: parameters, players, payoff lines and variables.

use super::Case;
use melian_model::{
    Atom, Block, Commitment, Distribution, Expr, ExprKind, LineId, Outcome, ParamId, PlayerId, Precision,
    Statement, StatementKind, VarId, VarKind, Weight,
};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

/// Where each declaration goes.
struct Order {
    params: Vec<usize>,
    players: Vec<usize>,
    lines: Vec<usize>,
    vars: Vec<usize>,
}

/// The case with its declarations shuffled.
pub fn shuffled(case: &Case) -> Case {
    let mut rng = ChaCha8Rng::seed_from_u64(case.seed);
    let mut order = |n: usize| {
        let mut order: Vec<usize> = (0..n).collect();
        order.shuffle(&mut rng);
        order
    };
    let mut model = case.model.clone();
    let order = Order {
        params: order(model.params.len()),
        players: order(model.players.len()),
        lines: order(model.lines.len()),
        vars: order(model.vars.len()),
    };
    for player in &mut model.players {
        order.expr(&mut player.discount);
        if let Some(Precision::Finite(e)) = &mut player.precision {
            order.expr(e);
        }
    }
    for variable in &mut model.vars {
        if let VarKind::State { when: Some(when), .. } = &mut variable.kind {
            order.expr(when);
        }
    }
    for stage in &mut model.stages {
        order.player(&mut stage.player);
        order.var(&mut stage.var);
    }
    for line in &mut model.lines {
        order.player(&mut line.player);
    }
    model.ended.iter_mut().for_each(|v| order.var(v));
    order.block(&mut model.period);
    order.block(&mut model.finally);
    model.params = moved(&model.params, &order.params);
    model.players = moved(&model.players, &order.players);
    model.lines = moved(&model.lines, &order.lines);
    model.vars = moved(&model.vars, &order.vars);

    let mut scenario = case.scenario.clone();
    scenario.start = moved(&scenario.start, &order.vars);
    for segment in &mut scenario.segments {
        for setting in [&mut segment.belief, &mut segment.path] {
            setting.params = moved(&setting.params, &order.params);
            setting
                .commitments
                .iter_mut()
                .for_each(|c: &mut Commitment| c.when.iter_mut().for_each(|e| order.expr(e)));
        }
    }
    let mut atoms = case.atoms.clone();
    atoms.iter_mut().for_each(|a| order.atom(a));
    Case { seed: case.seed, model, scenario, atoms }
}

/// A list with its `i`-th entry at `order[i]`.
fn moved<T: Clone>(list: &[T], order: &[usize]) -> Vec<T> {
    let mut moved = list.to_vec();
    for (entry, &to) in list.iter().zip(order) {
        moved[to] = entry.clone();
    }
    moved
}

impl Order {
    fn var(&self, v: &mut VarId) {
        v.0 = self.vars[v.0];
    }

    fn player(&self, p: &mut PlayerId) {
        p.0 = self.players[p.0];
    }

    fn line(&self, l: &mut LineId) {
        l.0 = self.lines[l.0];
    }

    fn param(&self, p: &mut ParamId) {
        p.0 = self.params[p.0];
    }

    fn expr(&self, e: &mut Expr) {
        match &mut e.kind {
            ExprKind::Var(v) | ExprKind::IsAt(v, _) | ExprKind::Argument(v, _) => self.var(v),
            ExprKind::Param(p) => self.param(p),
            ExprKind::Unary(_, a) | ExprKind::Among(a, _) => self.expr(a),
            ExprKind::Binary(_, a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::If(a, b, c) => [a, b, c].into_iter().for_each(|e| self.expr(e)),
            ExprKind::Call(_, args) => args.iter_mut().for_each(|e| self.expr(e)),
            ExprKind::Lookup { index: a, entries: list, .. }
            | ExprKind::Interpolate { at: a, values: list, .. } => {
                self.expr(a);
                list.iter_mut().for_each(|e| self.expr(e));
            }
            ExprKind::Number(_)
            | ExprKind::Truth(_)
            | ExprKind::Level(..)
            | ExprKind::Period
            | ExprKind::CalendarYear
            | ExprKind::CalendarMonth
            | ExprKind::Ahead(_) => {}
        }
    }

    fn block(&self, block: &mut Block) {
        block.0.iter_mut().for_each(|s| self.statement(s));
    }

    fn statement(&self, statement: &mut Statement) {
        match &mut statement.kind {
            StatementKind::Assign { var, value } => {
                self.var(var);
                self.expr(value);
            }
            StatementKind::Draw(draw) => {
                self.var(&mut draw.var);
                match &mut draw.law {
                    Distribution::Walk { up: a, down: b }
                    | Distribution::Normal { mean: a, sd: b }
                    | Distribution::Binomial { n: a, p: b } => {
                        self.expr(a);
                        self.expr(b);
                    }
                    Distribution::Outcomes(list) => {
                        for (outcome, weight) in list {
                            if let Outcome::Value(e) = outcome {
                                self.expr(e);
                            }
                            if let Weight::Probability(e) = weight {
                                self.expr(e);
                            }
                        }
                    }
                    Distribution::Uniform => {}
                }
            }
            StatementKind::Pay { player, amount, line } => {
                self.player(player);
                self.expr(amount);
                self.line(line);
            }
            StatementKind::If { arms, otherwise } => {
                for (condition, arm) in arms {
                    self.expr(condition);
                    self.block(arm);
                }
                self.block(otherwise);
            }
            StatementKind::Choose(choice) => {
                for action in &mut choice.actions {
                    action.guard.iter_mut().for_each(|e| self.expr(e));
                    self.block(&mut action.body);
                }
            }
            StatementKind::End => {}
        }
    }

    fn atom(&self, atom: &mut Atom) {
        let mut exprs: Vec<&mut Expr> = Vec::new();
        match atom {
            Atom::Ever { event, before, .. } => exprs.extend([event].into_iter().chain(before)),
            Atom::Always { event, .. } => exprs.push(event),
            Atom::At { what, given, ahead, .. } => {
                exprs.extend([what].into_iter().chain(given));
                ahead.iter_mut().for_each(|a| self.atom(&mut a.atom));
            }
            Atom::Total { what, until, discount, .. } => {
                exprs.extend([what].into_iter().chain(until).chain(discount));
            }
            Atom::LongRun { what, given } => exprs.extend([what].into_iter().chain(given)),
            Atom::WhenFirst { what, first, ahead, .. } => {
                exprs.extend([what, first]);
                ahead.iter_mut().for_each(|a| self.atom(&mut a.atom));
            }
            Atom::Count { given, until, .. } => exprs.extend(given.iter_mut().chain(until)),
            Atom::Choice { given, .. } => exprs.extend(given),
            Atom::Value(player) => self.player(player),
            Atom::Policy { state, .. } | Atom::Margin { state, .. } => {
                state.iter_mut().for_each(|(v, _)| self.var(v));
            }
        }
        exprs.into_iter().for_each(|e| self.expr(e));
    }
}
