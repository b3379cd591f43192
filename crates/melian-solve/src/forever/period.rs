//! One backward period of a plan as a map of values: what the methods for stationary games work on.

use crate::{
    plan::{Op, Plan},
    stage,
    stationary::{Lost, Map},
    sweep::belief::player_columns,
    sweep::together::Near,
    sweep::{Boundary, Choosing, Column, Discount, Pays, Policies, Sweep, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Convention, PlayerId};

/// From the players' values at the start of a period, at the states in reach, to those at the start of the period before.
/// Entries stand by player, then by entry of the plan, then by state.
pub(crate) struct BackwardPeriod<'a, 'm> {
    plan: &'a Plan<'m>,
    tables: &'a mut Tables,
    space: &'a mut Workspace,
    /// The precisions of the game itself.
    precision: Vec<f64>,
    share: f64,
    /// For each entry of the plan, the states in reach.
    states: Vec<Vec<usize>>,
    size: usize,
    /// Values after the period, and before it: the players' and their derivatives.
    after: Boundary,
    before: Boundary,
    /// Choice probabilities at the last point.
    policies: Policies,
    /// Those of choices made at the same time, if there are some from a point close by.
    near: Option<Policies>,
    /// Whether points close by may be used at all.
    pub warm: bool,
    /// Whether choices made at the same time stay on the branch that they are on.
    on_any_branch: bool,
}

impl<'a, 'm> BackwardPeriod<'a, 'm> {
    pub fn new(plan: &'a Plan<'m>, tables: &'a mut Tables, space: &'a mut Workspace) -> Self {
        let states: Vec<Vec<usize>> =
            plan.entries.iter().map(|&id| plan.nodes[id].reached.ones().collect()).collect();
        let size = plan.model.players.len() * states.iter().map(Vec::len).sum::<usize>();
        let mut policies = plan.memory.policies.take();
        policies.resize_with(plan.nodes.len(), Vec::new);
        BackwardPeriod {
            plan,
            precision: tables.precision.clone(),
            tables,
            space,
            share: 1.0,
            states,
            size,
            after: plan.memory.boundaries.take(),
            before: plan.memory.boundaries.take(),
            policies,
            near: None,
            warm: true,
            on_any_branch: false,
        }
    }

    /// From now on choices made at the same time are those near these.
    pub fn stay_near(&mut self, policies: Policies) {
        (self.near, self.warm, self.on_any_branch) = (Some(policies), true, true);
    }

    fn players(&self) -> usize {
        self.plan.model.players.len()
    }

    /// Under `emax` payoffs are scaled and not precisions: F_τ(x) = τ·F^{τλ}(x/τ).
    fn scale(&self) -> f64 {
        if self.plan.model.convention == Convention::Emax { self.share } else { 1.0 }
    }

    /// Writes the players' values into columns of a boundary, from column `first` on.
    pub fn scatter(&self, x: &[f64], first: usize, columns: usize, to: &mut Boundary) {
        to.resize_with(self.plan.entries.len(), Vec::new);
        let mut x = x.iter();
        for (to, &id) in to.iter_mut().zip(&self.plan.entries) {
            to.resize(columns * self.plan.nodes[id].space.size, 0.0);
        }
        for player in 0..self.players() {
            for ((to, states), &id) in to.iter_mut().zip(&self.states).zip(&self.plan.entries) {
                let n = self.plan.nodes[id].space.size;
                let column = &mut to[(first + player) * n..][..n];
                states.iter().zip(&mut x).for_each(|(&state, x)| column[state] = *x);
            }
        }
    }

    fn gather(&self, from: &Boundary, first: usize, to: &mut [f64]) {
        let mut to = to.iter_mut();
        for player in 0..self.players() {
            for ((from, states), &id) in from.iter().zip(&self.states).zip(&self.plan.entries) {
                let n = self.plan.nodes[id].space.size;
                let column = &from[(first + player) * n..][..n];
                states.iter().zip(&mut to).for_each(|(&state, to)| *to = column[state]);
            }
        }
    }

    /// The largest value of a single period.
    pub fn paid_at_once(&mut self) -> f64 {
        let near = self.near.clone();
        let mut once = vec![0.0; self.size];
        let paid = self.apply(&vec![0.0; self.size], &mut once);
        self.near = near;
        paid.map_or(f64::INFINITY, |()| once.iter().fold(0.0, |most: f64, x| most.max(x.abs())))
    }

    /// Choice probabilities at the last point.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// The players' values in a boundary as a point.
    pub fn values(&self, from: &Boundary) -> Vec<f64> {
        let mut x = vec![0.0; self.size];
        self.gather(from, 0, &mut x);
        x
    }

    /// Those of choices made at the same time, to be close to at the next point.
    fn remember(&mut self) {
        if !self.warm || self.plan.together.is_empty() {
            self.near = None;
            return;
        }
        let near = self.near.get_or_insert_with(|| vec![Vec::new(); self.plan.nodes.len()]);
        for &id in self.plan.together.iter().flatten() {
            near[id].clone_from(&self.policies[id]);
        }
    }

    /// Leaves memory to the next solve; the choice probabilities at the last point.
    pub fn finish(self) -> Policies {
        self.tables.precision.clone_from(&self.precision);
        self.plan.memory.boundaries.give(self.after);
        self.plan.memory.boundaries.give(self.before);
        self.policies
    }
}

/// The first entry that is no number.
fn finite(x: &[f64]) -> Result<(), Lost> {
    match x.iter().position(|x| !x.is_finite()) {
        Some(entry) => Err(Lost::NotFinite(entry)),
        None => Ok(()),
    }
}

impl Map for BackwardPeriod<'_, '_> {
    fn size(&self) -> usize {
        self.size
    }

    fn player(&self, entry: usize) -> usize {
        entry / (self.size / self.players().max(1)).max(1)
    }

    fn apply(&mut self, x: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        let (plan, players, scale) = (self.plan, self.players(), self.scale());
        if plan.options.interrupt.is_set() {
            // Whoever asked for a solution looks at the interrupt first.
            return Err(Lost::Stage(stage::Lost::Stuck(self.share)));
        }
        let mut after = std::mem::take(&mut self.after);
        self.scatter(x, 0, players, &mut after);
        after.iter_mut().flatten().for_each(|x| *x /= scale);
        self.after = after;
        let columns = player_columns(plan);
        let tally = Tally::default();
        let sweep = Sweep {
            near: self.near.as_ref().map(|policies| Near { policies, on_any_branch: self.on_any_branch }),
            ..Sweep::new(plan, self.tables, &columns, &tally)
        };
        let choosing = Choosing::Respond(Some(&mut self.policies));
        sweep.run(self.space, Some(&self.after), choosing, &mut |_, _| {}, &mut self.before);
        if tally.counts().lost > 0 {
            return Err(Lost::Stage(stage::Lost::Stuck(self.share)));
        }
        self.gather(&self.before, 0, to);
        to.iter_mut().for_each(|x| *x *= scale);
        finite(to)?;
        self.remember();
        Ok(())
    }

    fn tangent(&mut self, d: &[f64], to: &mut [f64]) -> Result<(), Lost> {
        let (plan, players) = (self.plan, self.players());
        let mut columns = player_columns(plan);
        let own = (0..players).map(|p| Discount::Player(PlayerId(p)));
        columns.extend(own.map(|discount| Column { pays: Pays::Nothing, discount }));
        let mut after = plan.memory.boundaries.take();
        after.resize_with(plan.entries.len(), Vec::new);
        for ((wide, values), &id) in after.iter_mut().zip(&self.after).zip(&plan.entries) {
            wide.clear();
            wide.extend_from_slice(&values[..players * plan.nodes[id].space.size]);
        }
        self.scatter(d, players, 2 * players, &mut after);
        let tally = Tally::default();
        let sweep = Sweep {
            // The point is the same as before, and so are choices made at the same time.
            near: Some(Near { policies: &self.policies, on_any_branch: true }),
            derivatives: true,
            ..Sweep::new(plan, self.tables, &columns, &tally)
        };
        let choosing = Choosing::Respond(None);
        sweep.run(self.space, Some(&after), choosing, &mut |_, _| {}, &mut self.before);
        self.gather(&self.before, players, to);
        plan.memory.boundaries.give(after);
        finite(to)
    }

    fn choices(&mut self, to: &mut Vec<f64>) {
        for (node, policy) in self.plan.nodes.iter().zip(&self.policies) {
            if let Op::Choose { .. } = node.op {
                let n = node.space.size;
                for a in 0..node.edges.len() {
                    to.extend(node.reached.ones().map(|state| policy[a * n + state]));
                }
            }
        }
    }

    fn periods_that_matter(&self) -> usize {
        let longest = self.tables.discount.iter().copied().filter(|d| *d < 1.0).fold(0.0, f64::max);
        if longest > 0.0 { ((0.01f64.ln() / longest.ln()) as usize).min(MOST_PERIODS) } else { 0 }
    }

    fn at_share(&mut self, share: f64) -> bool {
        // Infinite precision has no shares.
        if share != 1.0 && self.precision.iter().any(|p| p.is_infinite()) {
            return false;
        }
        let emax = self.plan.model.convention == Convention::Emax;
        self.share = if emax { share.max(LEAST_SHARE) } else { share };
        let share = self.share;
        self.tables.precision.iter_mut().zip(&self.precision).for_each(|(to, p)| *to = share * p);
        if !self.on_any_branch {
            self.near = None;
        }
        true
    }
}

/// Values are not waited for longer than this.
const MOST_PERIODS: usize = 2000;

/// Payoffs are not scaled to nothing: values would be 0/0.
const LEAST_SHARE: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ask::scenario::Setting, plan::Options, plan::needs::Needs};
    use melian_model::{
        Action, ActionBody, BinaryOp, Block, Choice, Distribution, Domain, Draw, Expr, ExprKind, FOREVER,
        LineId, Model, PayoffLine, Player, Precision, Span, Stage, StageId, Start, Statement, StatementKind,
        VarId, VarKind, Variable,
    };

    fn statement(kind: StatementKind) -> Statement {
        Statement { kind, span: Span::NONE }
    }

    fn product(a: Expr, b: Expr) -> Expr {
        Expr { kind: ExprKind::Binary(BinaryOp::Multiply, Box::new(a), Box::new(b)), span: Span::NONE }
    }

    fn is(var: usize, level: usize) -> Expr {
        Expr { kind: ExprKind::IsAt(VarId(var), vec![level]), span: Span::NONE }
    }

    fn read(var: usize) -> Expr {
        Expr { kind: ExprKind::Var(VarId(var)), span: Span::NONE }
    }

    fn pay(player: usize, amount: Expr) -> Statement {
        statement(StatementKind::Pay { player: PlayerId(player), amount, line: LineId(player) })
    }

    /// Two players who move at once, then one of them alone, on a front that their moves shift.
    fn skirmish(convention: Convention) -> Model {
        let mut model = Model { name: "skirmish".into(), horizon: FOREVER, convention, ..Model::default() };
        let front = Variable {
            name: "front".into(),
            domain: Domain::Integers { lo: 0, hi: 3 },
            kind: VarKind::State { start: Start::Level(1), when: None },
            unit: String::new(),
            doc: String::new(),
            span: Span::NONE,
        };
        model.vars.push(front.clone());
        for player in 0..2 {
            model.players.push(Player {
                name: format!("P{player}"),
                discount: Expr::number(0.9),
                precision: Some(Precision::Finite(Expr::number(2.0 + player as f64))),
                doc: String::new(),
                span: Span::NONE,
            });
            model.lines.push(PayoffLine { player: PlayerId(player), label: "all".into() });
        }
        for (stage, player) in [0, 1, 0].into_iter().enumerate() {
            let name = format!("s{stage}");
            let var = VarId(model.vars.len());
            let domain = Domain::Integers { lo: 0, hi: 1 };
            model.vars.push(Variable {
                name: name.clone(),
                domain,
                kind: VarKind::Stage(StageId(stage)),
                ..front.clone()
            });
            let action =
                |k: usize| Action { name: format!("a{k}"), arguments: Vec::new(), doc: String::new() };
            let actions = (0..2).map(action).collect();
            let player = PlayerId(player);
            model.stages.push(Stage { player, name, var, actions, doc: String::new(), span: Span::NONE });
        }
        let choose = |stage: usize, with_next: bool, bodies: [Vec<Statement>; 2]| {
            let action = |(action, body): (usize, Vec<Statement>)| ActionBody {
                action,
                guard: None,
                body: Block(body),
                span: Span::NONE,
            };
            let actions = bodies.into_iter().enumerate().map(action).collect();
            statement(StatementKind::Choose(Choice { stage: StageId(stage), actions, with_next }))
        };
        let when = |condition: Expr, body: Vec<Statement>| {
            statement(StatementKind::If { arms: vec![(condition, Block(body))], otherwise: Block::default() })
        };
        let both = product(is(1, 1), is(2, 1));
        let walk = Distribution::Walk {
            up: product(Expr::number(0.4), is(1, 1)),
            down: product(Expr::number(0.5), is(2, 1)),
        };
        model.period = Block(vec![
            choose(0, true, [vec![], vec![]]),
            choose(1, false, [vec![], vec![]]),
            when(is(1, 1), vec![pay(0, Expr::number(-0.2))]),
            when(is(2, 1), vec![pay(1, Expr::number(-0.3))]),
            pay(0, product(Expr::number(-0.7), both.clone())),
            pay(1, product(Expr::number(0.4), both)),
            statement(StatementKind::Draw(Draw { var: VarId(0), law: walk })),
            choose(2, false, [vec![pay(0, product(Expr::number(0.3), read(0)))], vec![pay(1, read(0))]]),
            pay(1, product(Expr::number(-0.5), read(0))),
        ]);
        model
    }

    #[test]
    fn derivatives_are_differences() {
        for convention in [Convention::Payoff, Convention::Emax] {
            let model = skirmish(convention);
            let plan = Plan::new(&model, &Needs::default(), &Options::default()).unwrap();
            let setting = Setting::default();
            let mut tables = Tables::new(&plan, &setting, 1).unwrap();
            let mut space = Workspace::default();
            let mut map = BackwardPeriod::new(&plan, &mut tables, &mut space);
            for share in [1.0, 0.6] {
                assert!(map.at_share(share));
                let n = map.size();
                assert_eq!(n, 8);
                let x: Vec<f64> = (0..n).map(|i| 0.4 * i as f64 - 0.1 * (i * i) as f64).collect();
                for direction in 0..n {
                    let mut unit = vec![0.0; n];
                    unit[direction] = 1.0;
                    let mut slope = vec![0.0; n];
                    let step = 1e-3;
                    // F at so many steps away.
                    let mut at = |steps: f64| -> Vec<f64> {
                        let near: Vec<f64> = x.iter().zip(&unit).map(|(x, d)| x + steps * step * d).collect();
                        let mut to = vec![0.0; n];
                        map.apply(&near, &mut to).unwrap();
                        to
                    };
                    let [far_down, down, up, far_up] = [at(-2.0), at(-1.0), at(1.0), at(2.0)];
                    map.apply(&x, &mut vec![0.0; n]).unwrap();
                    map.tangent(&unit, &mut slope).unwrap();
                    for i in 0..n {
                        let difference =
                            (8.0 * (up[i] - down[i]) - (far_up[i] - far_down[i])) / (12.0 * step);
                        let off = (difference - slope[i]).abs();
                        assert!(
                            off < 1e-8,
                            "{convention:?} {share} {i} {direction}: {difference} {}",
                            slope[i]
                        );
                    }
                }
            }
        }
    }
}
