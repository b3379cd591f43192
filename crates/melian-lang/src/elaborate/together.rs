//! Choices made at the same time: `together { … }` becomes one choice behind the other, all without bodies, and behind
//! the last of them what follows from each, under `if`s on their stages.

use std::collections::BTreeMap;

use melian_model::{
    ActionBody, Block, Choice, Diagnostic, Expr, ExprKind, Span, StageId, Statement, StatementKind, VarId,
    VarKind,
};

use super::{
    Elaborator,
    choices::Offer,
    comparisons::at_levels,
    env::{Binding, Env},
    statements::Site,
};
use crate::ast;

/// What can be done where something depends on two choices.
const BEHIND: &str = "what depends on both choices stands behind the block: `if A.x == a and B.y == b { … }`";

/// One of the choices of a block.
struct Move {
    stage: StageId,
    /// The variable that holds what is chosen.
    var: VarId,
    actions: Vec<ActionBody>,
    span: Span,
}

/// What the bodies of one choice set and read, and where first.
#[derive(Default)]
struct Effects {
    sets: BTreeMap<VarId, Span>,
    reads: BTreeMap<VarId, Span>,
}

/// That the bodies of a choice change a variable.
struct Touch {
    /// Which choice.
    by: usize,
    /// Where the assignment is.
    span: Span,
    /// The variable that is assigned, if it is another one, which decides whether this one exists.
    through: Option<VarId>,
}

impl<'a> Elaborator<'a> {
    /// `together { … }`.
    pub fn together(
        &mut self,
        block: &'a ast::Block,
        span: Span,
        env: &Env<'a>,
        site: &Site,
        result: &mut Vec<Statement>,
    ) {
        let before = self.problems.met();
        let mut offers = Vec::new();
        self.offers(&block.statements, env, site, &mut offers);
        if self.exhausted {
            return;
        }
        if offers.len() < 2 && self.problems.met() == before {
            let head = Span { end: span.start + "together".len() as u32, ..span };
            self.report(
                Diagnostic::error("together-few", "`together` needs two choices or more", head)
                    .help("a choice that nobody else makes at the same time stands without `together`"),
            );
        }
        self.one_each(&offers);
        // All stages are known before a guard or body is read: what reads one of them is told that it is too early.
        let stages: Vec<Option<StageId>> = offers.iter().map(|offer| self.stage_here(offer)).collect();
        self.note_together(&stages);
        let sound: Vec<bool> = offers.iter().map(|offer| self.bodies_are_simple(offer.choose)).collect();
        let mut moves = Vec::new();
        for ((offer, stage), sound) in offers.iter().zip(&stages).zip(sound) {
            let (Some(stage), true) = (*stage, sound) else { continue };
            let guards = self.guards(offer);
            self.guards_are_blind(offer, stage, &guards);
            let Some(actions) = self.actions(stage, offer, guards) else { continue };
            moves.push(Move { stage, var: self.model.stage(stage).var, actions, span: offer.span });
        }
        let effects: Vec<Effects> = moves.iter().map(Effects::of).collect();
        self.bodies_are_apart(&moves, &effects);
        lower(moves, result);
    }

    /// The choices in a block, loops written out.
    fn offers(
        &mut self,
        statements: &'a [ast::Statement],
        env: &Env<'a>,
        site: &Site,
        offers: &mut Vec<Offer<'a>>,
    ) {
        for statement in statements {
            let span = statement.span;
            if !self.expand(1, span) {
                return;
            }
            match &statement.kind {
                ast::StatementKind::Choose(choose) => offers.extend(self.offer(choose, span, env, site)),
                ast::StatementKind::For { binder, body } => {
                    let Some(members) = self.set(&binder.set, env) else { continue };
                    for (turn, value) in members.into_iter().enumerate() {
                        let inner = env.with(&binder.name.text, binder.name.span, Binding::Value(value));
                        let mut site = site.clone();
                        site.turns.push((span, turn));
                        self.offers(&body.statements, &inner, &site, offers);
                    }
                }
                other => {
                    let help = match other {
                        ast::StatementKind::If { .. } => {
                            "put the `if` around the whole block, or say with `when` which actions are available"
                        }
                        ast::StatementKind::Together(_) => {
                            "all choices made at the same time stand in one block"
                        }
                        _ => "put it before the block or behind it",
                    };
                    self.report(
                        Diagnostic::error("together-body", "only choices stand directly in `together`", span)
                            .help(help),
                    );
                }
            }
        }
    }

    /// Reports players who have several choices in a block.
    fn one_each(&mut self, offers: &[Offer<'a>]) {
        let mut first: BTreeMap<_, Span> = BTreeMap::new();
        for offer in offers {
            let place = offer.choose.stage.span;
            let Some(earlier) = first.insert(offer.player, place) else { continue };
            let player = self.model.players[offer.player.0].name.clone();
            let problem = Diagnostic::error(
                "together-player",
                format!("`{player}` chooses twice at the same time"),
                place,
            );
            self.report(if earlier == place {
                problem.label("in every turn of the loop").help(
                    "put the loop variable into the player, as in `Firm[i] chooses entry`, or take the loop out of \
                     the block",
                )
            } else {
                problem.label("the second choice").also(earlier, "the first").help(
                    "make one choice of the two, with arguments: `bid(price in 1..3, amount in 1..3)`; or let one \
                     stand behind the block",
                )
            });
        }
    }

    /// Whether the bodies of a choice only pay, assign and distinguish; reports what else they do.
    fn bodies_are_simple(&mut self, choose: &'a ast::Choose) -> bool {
        let before = self.problems.met();
        for body in choose.actions.iter().filter_map(|action| action.body.as_ref()) {
            self.simple(body);
        }
        self.problems.met() == before
    }

    fn simple(&mut self, block: &'a ast::Block) {
        for statement in &block.statements {
            let what = match &statement.kind {
                ast::StatementKind::Assign { .. }
                | ast::StatementKind::Pay { .. }
                | ast::StatementKind::Let(_) => continue,
                ast::StatementKind::If { arms, otherwise } => {
                    arms.iter().map(|(_, body)| body).chain(otherwise).for_each(|body| self.simple(body));
                    continue;
                }
                ast::StatementKind::For { body, .. } => {
                    self.simple(body);
                    continue;
                }
                ast::StatementKind::Draw { .. } => "chance",
                ast::StatementKind::Local { .. } => "`local`",
                ast::StatementKind::Choose(_) => "a choice",
                ast::StatementKind::Together(_) => "`together`",
                ast::StatementKind::End => "`end`",
            };
            self.report(
                Diagnostic::error(
                    "together-body",
                    format!("{what} cannot follow from an action in `together`"),
                    statement.span,
                )
                .label("the other choices are not known yet")
                .help("inside the block an action may pay and assign, under `if` too")
                .help(BEHIND),
            );
        }
    }

    /// Reports guards that read what is chosen at the same time.
    fn guards_are_blind(&mut self, offer: &Offer<'a>, stage: StageId, guards: &[Option<Expr>]) {
        for (guard, whole) in guards.iter().zip(offer.guard_places()) {
            let Some(guard) = guard else { continue };
            for (var, span) in reads(guard, whole) {
                match self.at_once(stage, var) {
                    None => {}
                    Some(read) if read == stage => self.not_chosen_yet(stage, span),
                    Some(read) => self.too_early(read, stage, span),
                }
            }
        }
    }

    /// A stage is read by a guard of its own.
    fn not_chosen_yet(&mut self, stage: StageId, span: Span) {
        let name = self.model.stage_name(stage);
        self.report(
            Diagnostic::error(
                "stage-unset",
                format!("`{name}` is read before it can have been chosen"),
                span,
            )
            .help(
                "`when` is looked at before the choice; assign what was chosen to a `state` variable to remember it",
            ),
        );
    }

    /// A stage is read by what belongs to another that is chosen at the same time.
    fn too_early(&mut self, read: StageId, stage: StageId, span: Span) {
        let (name, other) = (self.model.stage_name(read), self.model.stage_name(stage));
        self.report(
            Diagnostic::error(
                "together-reads",
                format!("`{name}` is chosen at the same time as `{other}`"),
                span,
            )
            .label("not known here")
            .help(BEHIND),
        );
    }

    /// Reports bodies that depend on the order in which they are carried out.
    fn bodies_are_apart(&mut self, moves: &[Move], effects: &[Effects]) {
        let dependents = self.dependents();
        // For each variable the first two choices that change it.
        let mut touched: BTreeMap<VarId, Vec<Touch>> = BTreeMap::new();
        let mut touch = |var: VarId, touch: Touch| {
            let known = touched.entry(var).or_default();
            if known.len() < 2 && known.iter().all(|other| other.by != touch.by) {
                known.push(touch);
            }
        };
        for (by, effects) in effects.iter().enumerate() {
            for (&var, &span) in &effects.sets {
                touch(var, Touch { by, span, through: None });
                for dependent in dependents.get(&var).into_iter().flatten() {
                    touch(*dependent, Touch { by, span, through: Some(var) });
                }
            }
        }
        for (by, effects) in effects.iter().enumerate() {
            let stage = moves[by].stage;
            for (&var, &span) in &effects.sets {
                // The later of two assignments is told of the earlier; a change of existence has no order.
                let other = touched[&var].iter().find(|t| t.by < by || (t.by > by && t.through.is_some()));
                if let Some(other) = other {
                    self.set_twice(var, span, other, moves);
                }
            }
            for (&var, &span) in &effects.reads {
                if let Some(read) = self.at_once(stage, var).filter(|read| *read != stage) {
                    self.too_early(read, stage, span);
                    continue;
                }
                // Where this choice sets it too, that is reported already.
                let other = touched.get(&var).and_then(|touches| touches.iter().find(|t| t.by != by));
                if let Some(other) = other.filter(|_| !effects.sets.contains_key(&var)) {
                    self.read_and_set(var, span, other, moves);
                }
            }
        }
    }

    /// For each variable those that exist only where it has certain values.
    fn dependents(&self) -> BTreeMap<VarId, Vec<VarId>> {
        let mut found: BTreeMap<VarId, Vec<VarId>> = BTreeMap::new();
        for (index, var) in self.model.vars.iter().enumerate() {
            if let VarKind::State { when: Some(when), .. } = &var.kind {
                for cause in when.variables() {
                    found.entry(cause).or_default().push(VarId(index));
                }
            }
        }
        found
    }

    fn set_twice(&mut self, var: VarId, span: Span, other: &Touch, moves: &[Move]) {
        let name = self.model.var(var).name.clone();
        let by = self.model.stage_name(moves[other.by].stage);
        let problem =
            Diagnostic::error("together-assigns", format!("`{name}` is set by two choices at once"), span)
                .label("set here")
                .also(other.span, self.touch_words(other, &name, &by))
                .help(BEHIND);
        self.report(problem);
    }

    fn read_and_set(&mut self, var: VarId, span: Span, other: &Touch, moves: &[Move]) {
        let name = self.model.var(var).name.clone();
        let by = self.model.stage_name(moves[other.by].stage);
        let problem = Diagnostic::error(
            "together-reads",
            format!("`{name}` is set by `{by}`, which is chosen at the same time"),
            span,
        )
        .label("read here")
        .also(other.span, self.touch_words(other, &name, &by))
        .help("a `local` before the block can keep the value that it has there")
        .help(BEHIND);
        self.report(problem);
    }

    fn touch_words(&self, touch: &Touch, name: &str, by: &str) -> String {
        match touch.through {
            None => format!("`{by}` sets it here"),
            Some(cause) => {
                let cause = &self.model.var(cause).name;
                format!("`{by}` sets `{cause}` here, which decides whether `{name}` exists")
            }
        }
    }

    /// Remembers which stages are chosen at the same time.
    fn note_together(&mut self, stages: &[Option<StageId>]) {
        let first = stages.iter().flatten().min().copied();
        for stage in stages.iter().flatten() {
            self.symbols.stages[stage.0].together = first;
        }
    }

    /// The stage that a variable holds, if it is chosen at the same time as another one, or is that one itself.
    pub fn at_once(&self, stage: StageId, var: VarId) -> Option<StageId> {
        let VarKind::Stage(read) = self.model.var(var).kind else { return None };
        let together = |id: StageId| self.symbols.stages[id.0].together;
        (together(read).is_some() && together(read) == together(stage)).then_some(read)
    }
}

impl Effects {
    fn of(one: &Move) -> Effects {
        let mut effects = Effects::default();
        for action in &one.actions {
            effects.note(&action.body);
        }
        effects
    }

    fn reads(&mut self, expr: &Expr, whole: Span) {
        for (var, span) in reads(expr, whole) {
            self.reads.entry(var).or_insert(span);
        }
    }

    /// Notes what a block does. Of all statements it can only have these: [`Elaborator::simple`].
    fn note(&mut self, block: &Block) {
        for statement in &block.0 {
            match &statement.kind {
                StatementKind::Assign { var, value } => {
                    self.sets.entry(*var).or_insert(statement.span);
                    self.reads(value, statement.span);
                }
                StatementKind::Pay { amount, .. } => self.reads(amount, statement.span),
                StatementKind::If { arms, otherwise } => {
                    for (condition, body) in arms {
                        self.reads(condition, statement.span);
                        self.note(body);
                    }
                    self.note(otherwise);
                }
                _ => {}
            }
        }
    }
}

/// The variables that an expression reads, and where; what is read in a `let` is read where the `let` is used, in
/// `whole`.
fn reads(expr: &Expr, whole: Span) -> Vec<(VarId, Span)> {
    let mut found = Vec::new();
    expr.visit(&mut |e| {
        if let ExprKind::Var(var) | ExprKind::IsAt(var, _) | ExprKind::Argument(var, _) = e.kind {
            let inside = whole.start <= e.span.start && e.span.end <= whole.end;
            found.push((var, if inside { e.span } else { whole }));
        }
    });
    found
}

/// The choices without their bodies, then for each what follows from it.
fn lower(mut moves: Vec<Move>, result: &mut Vec<Statement>) {
    let mut behind = Vec::new();
    for one in &mut moves {
        let arm = |action: &mut ActionBody| {
            let body = std::mem::take(&mut action.body);
            let chosen = at_levels(one.var, vec![action.action], action.span);
            (!body.0.is_empty()).then_some((chosen, body))
        };
        let arms: Vec<(Expr, Block)> = one.actions.iter_mut().filter_map(arm).collect();
        if !arms.is_empty() {
            let kind = StatementKind::If { arms, otherwise: Block::default() };
            behind.push(Statement { kind, span: one.span });
        }
    }
    let last = moves.len().saturating_sub(1);
    result.extend(moves.into_iter().enumerate().map(|(k, one)| Statement {
        kind: StatementKind::Choose(Choice { stage: one.stage, actions: one.actions, with_next: k < last }),
        span: one.span,
    }));
    result.extend(behind);
}
