//! Random scenarios: interventions of all three kinds, alone and stacked.

use super::draft::Draft;
use crate::common::baseline;
use melian_model::{Commitment, Span, StageId, VarKind};
use melian_solve::{Scenario, Segment, Setting};

impl Draft {
    /// A random scenario for the finished model.
    pub fn scenario(&mut self) -> Scenario {
        let mut scenario = baseline(&self.b.model);
        let (with, unexpected, unnoticed) = self.pick(&[
            (false, false, false),
            (false, false, false),
            (true, false, false),
            (true, false, false),
            (false, true, false),
            (false, false, true),
            (true, true, false),
            (true, false, true),
            (false, true, true),
        ]);
        if with {
            let mut changed = scenario.segments[0].path.clone();
            self.change(&mut changed);
            scenario.segments[0].belief = changed.clone();
            scenario.segments[0].path = changed;
            if self.odds(0.5) {
                scenario.start = self.start();
            }
        }
        if unexpected && self.b.model.horizon > 1 {
            let after = 1 + self.below(self.b.model.horizon - 1);
            let mut changed = scenario.segments[0].path.clone();
            self.change(&mut changed);
            let later = Segment { until: self.b.model.horizon, belief: changed.clone(), path: changed };
            scenario.segments[0].until = after;
            scenario.segments.push(later);
        }
        if unnoticed {
            for segment in &mut scenario.segments {
                self.change(&mut segment.path);
            }
        }
        scenario
    }

    /// Other parameters and further commitments.
    fn change(&mut self, setting: &mut Setting) {
        for p in self.amounts.clone() {
            if self.odds(0.4) {
                setting.params[p.0] = self.decimal(-15, 15);
            }
        }
        for p in self.chances.clone() {
            if self.odds(0.4) {
                setting.params[p.0] = 0.5 * self.decimal(0, 9);
            }
        }
        let stages = self.b.model.stages.len();
        if stages == 0 {
            return;
        }
        for _ in 0..self.below(3) {
            let stage = StageId(self.below(stages));
            let actions = if self.odds(0.7) {
                vec![self.below(self.b.model.stages[stage.0].actions.len())]
            } else {
                let all = self.b.model.stages[stage.0].actions.len();
                self.some_of(all)
            };
            let when = if self.odds(0.5) { Some(self.before_choice(stage)) } else { None };
            let from = if self.odds(0.7) { 1 } else { 1 + self.below(self.b.model.horizon) };
            let until = if self.odds(0.7) { usize::MAX } else { from + self.below(2) };
            setting.commitments.push(Commitment { stage, actions, when, from, until, span: Span::NONE });
        }
    }

    /// Another start: conditional variables follow their conditions.
    fn start(&mut self) -> Vec<usize> {
        let mut start = self.b.model.start();
        for v in self.plain_states() {
            if self.odds(0.5) {
                start[v.0] = self.below(self.size(v));
            }
        }
        for c in self.conditional_states() {
            if let VarKind::State { when: Some(when), .. } = &self.b.model.var(c).kind
                && let melian_model::ExprKind::IsAt(u, levels) = &when.kind
            {
                let size = self.size(c);
                let holds = levels.contains(&start[u.0]);
                start[c.0] = if !holds {
                    size
                } else if start[c.0] == size {
                    self.below(size)
                } else {
                    start[c.0]
                };
            }
        }
        start
    }
}
