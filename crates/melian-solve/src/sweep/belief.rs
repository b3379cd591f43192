//! The equilibrium of one setting: players' values at the start of every period, kept or computed again.

use crate::{
    ask::scenario::Setting,
    forever::settle::{ending, is_steady},
    plan::Plan,
    sweep::{Boundary, Choosing, Column, Policies, Sweep, Tally, Workspace},
    tables::Tables,
};
use melian_model::{Diagnostic, PlayerId};
use smallvec::SmallVec;

/// Values at period starts, every `stride`-th period kept.
///
/// With stride √T, memory is 2·√T instead of T boundaries, for one more sweep.
pub(crate) struct History {
    first: usize,
    last: usize,
    stride: usize,
    /// Values at the starts of periods `first + 1 + k·stride`, and of the one after the last.
    kept: Vec<(usize, Boundary)>,
    /// Values at the starts of the periods of one stretch.
    stretch: Vec<(usize, Boundary)>,
}

/// Bytes of history up to which every period is kept.
const KEEP_ALL: u64 = 512 << 20;

/// The columns of all players.
pub(crate) fn player_columns(plan: &Plan) -> SmallVec<[Column; 8]> {
    (0..plan.model.players.len()).map(|p| Column::player(PlayerId(p))).collect()
}

/// One backward period of the players' values alone.
pub(crate) fn value_period(
    plan: &Plan,
    tables: &Tables,
    space: &mut Workspace,
    next: Option<&Boundary>,
    policies: Option<&mut Policies>,
    out: &mut Boundary,
    tally: &Tally,
) {
    let columns = player_columns(plan);
    let sweep = Sweep::new(plan, tables, &columns, tally);
    sweep.run(space, next, Choosing::Respond(policies), &mut |_, _| {}, out);
}

impl History {
    /// Room for what a forward pass over `first..=last` needs: the values at the starts of periods
    /// `first + 1 ..= last + 1`.
    pub fn new(plan: &Plan, first: usize, last: usize) -> History {
        let periods = last + 1 - first;
        let bytes = 8 * plan.model.players.len() as u64 * plan.size.boundary_states * periods as u64;
        let stride = if bytes <= KEEP_ALL { 1 } else { periods.isqrt().max(1) };
        History { first, last, stride, kept: Vec::new(), stretch: Vec::new() }
    }

    /// Takes the players' values at the start of a period, if they are among those to be kept. Players are the first
    /// columns.
    pub fn keep(&mut self, plan: &Plan, period: usize, values: &Boundary) {
        let wanted = period > self.first && period <= self.last + 1;
        if wanted && (period == self.last + 1 || (period - self.first - 1).is_multiple_of(self.stride)) {
            let mut kept = plan.memory.boundaries.take();
            kept.resize_with(plan.entries.len(), Vec::new);
            for ((kept, values), &id) in kept.iter_mut().zip(values).zip(&plan.entries) {
                kept.clear();
                kept.extend_from_slice(&values[..plan.model.players.len() * plan.nodes[id].space.size]);
            }
            self.kept.push((period, kept));
        }
    }

    /// Leaves memory to the next solve.
    pub fn give_back(self, plan: &Plan) {
        self.kept.into_iter().chain(self.stretch).for_each(|(_, values)| plan.memory.boundaries.give(values));
    }

    /// Solves the periods after `first` for a forward pass over `first..=last`.
    pub fn solve(
        plan: &Plan,
        setting: &Setting,
        first: usize,
        last: usize,
        space: &mut Workspace,
        step: &mut dyn FnMut(),
    ) -> Result<(History, Tables), Vec<Diagnostic>> {
        let (horizon, mut tables, mut next) = ending(plan, setting, last, space)?;
        let mut history = History::new(plan, first, last);
        let tally = Tally::default();
        if let Some(tail) = &next {
            history.keep(plan, horizon + 1, tail);
        }
        for period in (first + 1..=horizon).rev() {
            plan.options.interrupt.check()?;
            tables.at(plan, period)?;
            let mut out = Boundary::new();
            match &next {
                Some(next) if is_steady(plan, setting, period) => out.clone_from(next),
                _ => value_period(plan, &tables, space, next.as_ref(), None, &mut out, &tally),
            }
            history.keep(plan, period, &out);
            next = Some(out);
            step();
        }
        Ok((history, tables))
    }

    /// The values at the start of a period after the first; `None` after the horizon.
    pub fn at(
        &mut self,
        plan: &Plan,
        tables: &mut Tables,
        space: &mut Workspace,
        period: usize,
    ) -> Result<Option<&Boundary>, Vec<Diagnostic>> {
        if period > plan.model.horizon {
            return Ok(None);
        }
        if let Some(i) = self.kept.iter().position(|(p, _)| *p == period) {
            return Ok(Some(&self.kept[i].1));
        }
        if !self.stretch.iter().any(|(p, _)| *p == period) {
            self.fill_stretch(plan, tables, space, period)?;
        }
        Ok(self.stretch.iter().find(|(p, _)| *p == period).map(|(_, b)| b))
    }

    /// Computes again the values between the kept period after `period` and `period`.
    fn fill_stretch(
        &mut self,
        plan: &Plan,
        tables: &mut Tables,
        space: &mut Workspace,
        period: usize,
    ) -> Result<(), Vec<Diagnostic>> {
        let later = self.kept.iter().filter(|(p, _)| *p > period).min_by_key(|(p, _)| *p);
        let (from, mut next) = match later {
            Some((p, boundary)) => (*p, Some(boundary.clone())),
            None => (plan.model.horizon + 1, None),
        };
        let tally = Tally::default();
        self.stretch.clear();
        for p in (period..from).rev() {
            tables.at(plan, p)?;
            let mut out = Boundary::new();
            match &next {
                Some(next) if is_steady(plan, &tables.setting, p) => out.clone_from(next),
                _ => value_period(plan, tables, space, next.as_ref(), None, &mut out, &tally),
            }
            self.stretch.push((p, out.clone()));
            next = Some(out);
        }
        Ok(())
    }
}
