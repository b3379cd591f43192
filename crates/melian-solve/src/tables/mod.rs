//! The numbers of one parameter point: every expression of the program, tabulated over the few variables it reads.

pub(crate) mod problems;

use crate::{
    ask::scenario::Setting,
    plan::flow::Step,
    plan::reach,
    plan::space::NOWHERE,
    plan::{Content, Plan, Rows, TableSpec, is_walk},
    semantics::eval::{Env, eval},
    semantics::law::{LawError, law_exprs, law_row},
    tables::problems::Problems,
};
use melian_model::{Diagnostic, PlayerId, Precision};

/// A plan filled with the numbers of one setting, at one period.
#[derive(Default)]
pub(crate) struct Tables {
    pub setting: Setting,
    pub period: usize,
    /// One vector for each table of the plan, planes one after the other.
    pub data: Vec<Vec<f64>>,
    /// Row offsets of edges that depend on an assigned level.
    pub rows: Vec<Vec<u32>>,
    /// The operands of the plan's schedule.
    pub operands: Vec<Vec<f64>>,
    /// Discount factor of each player.
    pub discount: Vec<f64>,
    /// Precision of each player; ∞ is best response; NaN where none is needed.
    pub precision: Vec<f64>,
    /// Work done so far: how many entries were evaluated.
    pub evaluated: u64,
    /// Levels of variables, positions of axes, probabilities of a draw, offsets of levels: for whoever needs some.
    scratch: Scratch,
}

/// Short lists, used again and again.
#[derive(Default)]
struct Scratch {
    levels: Vec<u32>,
    positions: Vec<usize>,
    row: Vec<f64>,
    offsets: Vec<u32>,
}

impl Tables {
    /// Fills everything, as of period `period`; in tables of the plan that nobody needs any more, if there are some.
    ///
    /// # Errors
    /// Everything that a reachable state makes impossible, each kind once a place.
    pub fn new(plan: &Plan, setting: &Setting, period: usize) -> Result<Tables, Vec<Diagnostic>> {
        let mut tables = plan.memory.tables.take();
        tables.setting.params.clone_from(&setting.params);
        tables.setting.commitments.clone_from(&setting.commitments);
        (tables.period, tables.evaluated) = (period, 0);
        tables.data.resize_with(plan.tables.len(), Vec::new);
        for (data, spec) in tables.data.iter_mut().zip(&plan.tables) {
            data.resize(spec.support.len() * spec.planes, 0.0);
        }
        tables.rows.resize_with(plan.slots, Vec::new);
        tables.operands.resize_with(plan.schedule.operands.len(), Vec::new);
        tables.players(plan)?;
        let mut problems = Problems::new(plan, period);
        tables.fill(plan, |_| true, &mut problems);
        if plan.doubts_conditional {
            problems.conditional();
        }
        tables.confirm(plan, problems)?;
        Ok(tables)
    }

    /// Moves to another period: fills anew what depends on time.
    pub fn at(&mut self, plan: &Plan, period: usize) -> Result<(), Vec<Diagnostic>> {
        if period == self.period {
            return Ok(());
        }
        self.period = period;
        let mut problems = Problems::new(plan, period);
        self.fill(plan, |t| t.timed, &mut problems);
        self.confirm(plan, problems)
    }

    /// A plan's reachable states are those that some parameters reach. What is wrong at one of them counts only if
    /// these parameters reach it, which is found by going through the periods.
    fn confirm(&self, plan: &Plan, suspected: Problems) -> Result<(), Vec<Diagnostic>> {
        if suspected.finish().is_ok() {
            return Ok(());
        }
        let mut tables = Tables {
            setting: self.setting.clone(),
            period: 1,
            data: self.data.clone(),
            rows: self.rows.clone(),
            discount: self.discount.clone(),
            precision: self.precision.clone(),
            ..Tables::default()
        };
        let mut boundary = reach::empty(plan);
        for &(entry, state) in &plan.starts {
            boundary[entry].insert(state);
        }
        let timed = plan.tables.iter().any(|t| t.timed);
        let looks_until = plan.look_ups.iter().map(|(_, _, at)| *at).max().unwrap_or(0);
        for period in 1..=plan.model.horizon {
            tables.period = period;
            tables.fill(plan, |_| true, &mut Problems::new(plan, period));
            let before = boundary.clone();
            let reached = reach::one_period(plan, &tables, &mut boundary);
            let mut problems = Problems::new(plan, period).among(&reached);
            tables.fill(plan, |_| true, &mut problems);
            problems.conditional();
            problems.finish()?;
            if !timed && period >= looks_until && boundary == before {
                break;
            }
        }
        Ok(())
    }

    /// The offsets of an edge's rows.
    #[inline]
    pub fn edge_rows<'a>(&'a self, rows: &'a Rows) -> &'a [u32] {
        match rows {
            Rows::Fixed(rows) => rows,
            Rows::Assigned { slot, .. } => &self.rows[*slot],
        }
    }

    fn players(&mut self, plan: &Plan) -> Result<(), Vec<Diagnostic>> {
        let params = &self.setting.params;
        let env = Env { model: plan.model, levels: &[], params: Some(params), period: None, ahead: &[] };
        let mut wrong = Vec::new();
        self.discount.clear();
        self.precision.clear();
        for (i, player) in plan.model.players.iter().enumerate() {
            let discount = eval(&player.discount, &env).unwrap_or(f64::NAN);
            if !(0.0..=1.0).contains(&discount) {
                wrong.push(Diagnostic::error(
                    "discount-range",
                    format!("the discount factor of `{}` is {discount}, outside 0 to 1", player.name),
                    player.discount.span,
                ));
            }
            let precision = match &player.precision {
                None => f64::NAN,
                Some(Precision::Infinite) => f64::INFINITY,
                Some(Precision::Finite(e)) => {
                    let precision = eval(e, &env).unwrap_or(f64::NAN);
                    let emax = plan.model.convention == melian_model::Convention::Emax;
                    let plays = plan.model.stages.iter().any(|s| s.player.0 == i);
                    if precision.is_nan() || precision < 0.0 {
                        wrong.push(Diagnostic::error(
                            "precision-negative",
                            format!("the precision of `{}` is {precision}, below 0", player.name),
                            e.span,
                        ));
                    } else if precision == 0.0 && emax && plays {
                        wrong.push(
                            Diagnostic::error(
                                "emax-precision",
                                format!("the precision of `{}` is 0, where the value convention `emax` has no value", player.name),
                                e.span,
                            )
                            .help("use a positive precision, or `value = payoff`"),
                        );
                    }
                    precision
                }
            };
            self.discount.push(discount);
            self.precision.push(precision);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    fn fill(&mut self, plan: &Plan, which: impl Fn(&TableSpec) -> bool, problems: &mut Problems) {
        let mut scratch = std::mem::take(&mut self.scratch);
        for (t, spec) in plan.tables.iter().enumerate() {
            if which(spec) {
                let mut data = std::mem::take(&mut self.data[t]);
                self.evaluated += self.fill_table(plan, spec, &mut data, &mut scratch, problems);
                self.data[t] = data;
            }
        }
        for (spec, data) in plan.schedule.operands.iter().zip(&mut self.operands) {
            if which(&plan.tables[spec.table]) {
                spec.fill(plan, &self.data[spec.table], data);
            }
        }
        for node in &plan.nodes {
            for edge in &node.edges {
                if let Rows::Assigned { base, axis, table, slot } = &edge.rows
                    && which(&plan.tables[*table])
                {
                    let axis = &plan.nodes[edge.target].space.axes[*axis];
                    let support = &plan.tables[*table].support;
                    let offsets = &mut scratch.offsets;
                    offsets.clear();
                    offsets.extend(self.data[*table].iter().map(
                        |&level| match axis.position(level as u32) {
                            NOWHERE => 0,
                            p => p * axis.stride as u32,
                        },
                    ));
                    let rows = &mut self.rows[*slot];
                    rows.clear();
                    rows.extend(base.iter().enumerate().map(|(row, b)| b + offsets[support.start(row)]));
                }
            }
        }
        self.scratch = scratch;
    }

    /// Evaluates a table entry by entry, and says how many there were.
    fn fill_table(
        &self,
        plan: &Plan,
        spec: &TableSpec,
        data: &mut [f64],
        scratch: &mut Scratch,
        problems: &mut Problems,
    ) -> u64 {
        let node = &plan.nodes[spec.node];
        let step = &plan.flow.points[node.point].step;
        let n = spec.support.len();
        let Scratch { levels, positions, row, .. } = scratch;
        levels.clone_from(&node.known);
        let id = spec.node;
        let mut evaluated = 0;
        spec.support.visit_with(&node.space, levels, positions, |entry, levels| {
            evaluated += 1;
            let env = Env {
                model: plan.model,
                levels,
                params: Some(&self.setting.params),
                period: Some(self.period),
                ahead: &[],
            };
            match (spec.content, step) {
                (Content::Payment(i) | Content::Final(i), Step::Pay(_) | Step::Exit) => {
                    let env = match spec.content {
                        Content::Final(_) => Env { period: Some(plan.model.horizon), ..env },
                        _ => env,
                    };
                    let payment = &plan.payments(node)[i];
                    data[entry] = match payment.amount(&env) {
                        Ok(x) if x.is_finite() => x,
                        Ok(x) => {
                            problems.payoff(id, spec, entry, payment.amount.span, x);
                            0.0
                        }
                        Err((e, span)) => {
                            problems.eval(id, spec, entry, span, e);
                            0.0
                        }
                    };
                }
                (Content::Level, Step::Assign { var, value, .. }) => {
                    let domain = plan.model.var(*var).domain;
                    data[entry] = match eval(value, &env) {
                        Ok(x) => match domain.level(x) {
                            Some(k) => k as f64,
                            None => {
                                problems.leaves(id, spec, entry, value.span, *var, x);
                                0.0
                            }
                        },
                        Err(e) => {
                            problems.eval(id, spec, entry, value.span, e);
                            0.0
                        }
                    };
                }
                (Content::Select, Step::Assign { var, value, .. }) => {
                    let domain = plan.model.var(*var).domain;
                    let level = match eval(value, &env) {
                        Ok(x) => match domain.level(x) {
                            Some(k) => Some(k),
                            None => {
                                problems.leaves(id, spec, entry, value.span, *var, x);
                                None
                            }
                        },
                        Err(e) => {
                            problems.eval(id, spec, entry, value.span, e);
                            None
                        }
                    };
                    let edge = node.edges.iter().position(|e| Some(e.role) == level);
                    data[entry] = edge.unwrap_or(0) as f64;
                }
                (Content::Select, Step::Branch { arms }) => {
                    let mut taken = arms.len();
                    for (arm, (condition, _)) in arms.iter().enumerate() {
                        match eval(condition, &env) {
                            Ok(x) if x != 0.0 => {
                                taken = arm;
                                break;
                            }
                            Ok(_) => {}
                            Err(e) => {
                                problems.eval(id, spec, entry, condition.span, e);
                                break;
                            }
                        }
                    }
                    let edge = node.edges.iter().position(|e| e.role == taken);
                    data[entry] = edge.unwrap_or(0) as f64;
                }
                (Content::Law, Step::Draw { draw, span }) => {
                    let size = plan.model.var(draw.var).domain.size();
                    row.resize(size, 0.0);
                    if let Err(e) = law_row(draw, &env, row) {
                        let place =
                            law_exprs(draw).iter().map(|e| e.span).reduce(|a, b| a.to(b)).unwrap_or(*span);
                        match e {
                            LawError::Eval(e) => problems.eval(id, spec, entry, place, e),
                            e => problems.law(id, spec, entry, place, draw.var, e),
                        }
                        row.fill(0.0);
                    }
                    let walk = is_walk(draw, &plan.keys);
                    let current = levels[draw.var.0] as usize;
                    for (plane, edge) in node.edges.iter().enumerate() {
                        let level = match edge.role {
                            0 if walk => Some(current),
                            1 if walk => Some(current + 1),
                            2 if walk => current.checked_sub(1),
                            k => Some(k),
                        };
                        data[plane * n + entry] = level.and_then(|k| row.get(k)).copied().unwrap_or(0.0);
                    }
                }
                (Content::Available, Step::Choose { choice, stage, span, .. }) => {
                    let mut any = false;
                    for (plane, edge) in node.edges.iter().enumerate() {
                        let available = match &choice.actions[edge.role].guard {
                            None => true,
                            Some(guard) => match eval(guard, &env) {
                                Ok(x) => x != 0.0,
                                Err(e) => {
                                    problems.eval(id, spec, entry, guard.span, e);
                                    true
                                }
                            },
                        };
                        any |= available;
                        data[plane * n + entry] = if available { 0.0 } else { f64::NEG_INFINITY };
                    }
                    if !any {
                        problems.no_action(id, spec, entry, *span, *stage);
                        (0..spec.planes).for_each(|plane| data[plane * n + entry] = 0.0);
                        return;
                    }
                    for commitment in self.setting.commitments.iter().rev() {
                        if commitment.stage != *stage
                            || !(commitment.from..=commitment.until).contains(&self.period)
                        {
                            continue;
                        }
                        match commitment.when.as_ref().map_or(Ok(1.0), |when| eval(when, &env)) {
                            Ok(x) if x != 0.0 => {}
                            Ok(_) => continue,
                            Err(e) => {
                                problems.eval(id, spec, entry, commitment.span, e);
                                continue;
                            }
                        }
                        let committed = |plane: usize| {
                            commitment.actions.contains(&choice.actions[node.edges[plane].role].action)
                        };
                        let binds = (0..spec.planes).any(|p| committed(p) && data[p * n + entry] == 0.0);
                        if binds {
                            for p in (0..spec.planes).filter(|&p| !committed(p)) {
                                data[p * n + entry] = f64::NEG_INFINITY;
                            }
                            break;
                        }
                    }
                }
                _ => {}
            }
        });
        evaluated
    }

    /// The table of a node's operation, where it has one.
    pub fn table<'a>(&'a self, plan: &'a Plan, id: usize) -> (&'a TableSpec, &'a [f64]) {
        (&plan.tables[id], &self.data[id])
    }
}

impl Plan<'_> {
    /// Evaluates every expression at these parameters as of the first period, as a solve does first, and says how many
    /// entries of tables that took: as many as [`Plan::table_entries`] says.
    ///
    /// # Errors
    /// Everything that a state makes impossible that is reached with these parameters, each kind once a place.
    pub fn fill(&self, setting: &Setting) -> Result<u64, Vec<Diagnostic>> {
        let tables = Tables::new(self, setting, 1)?;
        let evaluated = tables.evaluated;
        self.memory.tables.give(tables);
        Ok(evaluated)
    }
}

/// What `finally` pays a player at one state; 0 where play has ended, and at states at which it cannot be evaluated.
pub(crate) fn pays_finally(plan: &Plan, levels: &[u32], params: &[f64], player: PlayerId) -> f64 {
    let model = plan.model;
    if model.ended.is_some_and(|v| levels[v.0] == 1) {
        return 0.0;
    }
    let env = Env { model, levels, params: Some(params), period: Some(model.horizon), ahead: &[] };
    let own = plan.flow.finally.iter().filter(|payment| payment.payee.player == player);
    own.map(|payment| payment.amount(&env).ok().filter(|x| x.is_finite()).unwrap_or(0.0)).sum()
}
