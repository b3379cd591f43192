//! A plan as readable text: what `melian print --stage plan` shows.

use crate::{
    plan::explore::NodeId,
    plan::flow::Step,
    plan::size::{bytes, thousands},
    plan::{Op, Plan},
};

impl Plan<'_> {
    /// The plan in words and numbers: sizes, memory, then every box with what it does.
    pub fn describe(&self) -> String {
        let model = self.model;
        let size = &self.size;
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        let word = &model.period_word;
        line(format!("plan of {}", model.name));
        line(format!("  states, dense                       {}", thousands(size.dense_states)));
        line(format!("  states reached at a {word}'s start  {}", thousands(size.period_start_states.into())));
        line(format!("  states reached at any statement     {}", thousands(size.all_states.into())));
        line(format!("  boxes                               {}", size.nodes));
        line(format!("  states in all boxes                 {}", thousands(size.box_states.into())));
        line(format!("  states in use at once               {}", thousands(size.working_states.into())));
        line(format!("  memory of a solve                   {}", bytes(size.solve_bytes.into())));
        line(format!("  memory of all {word}s' values       {}", bytes(size.history_bytes.into())));
        let keys: Vec<&str> = self.keys.iter().map(|k| model.var(*k).name.as_str()).collect();
        line(format!(
            "  specialised for                     {}",
            if keys.is_empty() { "nothing".into() } else { keys.join(", ") }
        ));
        let cost = self.schedule.cost(model.players.len());
        line(format!("  boxes computed                      {}", self.schedule.steps.len()));
        line(format!("  states computed a {word}           {}", thousands(cost.states.into())));
        line(format!("  exponentials a {word}              {}", thousands(cost.exponentials.into())));
        line(format!("  bytes read and written a {word}    {}", bytes(cost.bytes.into())));
        line(String::new());
        line("boxes in order of play: statement, key, axes (levels), states reached of all, rows x stretch, leads to".into());
        for &id in self.order.iter().rev() {
            line(self.describe_node(id));
        }
        line(String::new());
        line(
            "order of computation: boxes that share a region run together, slab by slab; states of a slab"
                .into(),
        );
        for (r, region) in self.schedule.regions.iter().enumerate() {
            line(format!("region {r}: {} x {}", region.slabs, thousands(region.room as u128)));
            for member in &region.members {
                let step = &self.schedule.steps[member.step];
                let sources: Vec<String> =
                    step.paths.iter().map(|p| format!("#{}", self.schedule.steps[p.source].node)).collect();
                let what = step.kind.name();
                line(format!(
                    "  #{} {what}  {}x{}  ← {}",
                    step.node,
                    step.rows(),
                    step.inner,
                    sources.join(" ")
                ));
            }
        }
        out
    }

    fn describe_node(&self, id: NodeId) -> String {
        let model = self.model;
        let node = &self.nodes[id];
        let what = match &self.flow.points[node.point].step {
            Step::Exit => format!("end of {}", model.period_word),
            Step::Assign { var, .. } => format!("{} = …", model.var(*var).name),
            Step::Draw { draw, .. } => format!("{} ~ …", model.var(draw.var).name),
            Step::Pay(payments) => {
                let lines: Vec<String> = payments
                    .iter()
                    .map(|p| format!("{} {}", model.players[p.player.0].name, model.lines[p.line.0].label))
                    .collect();
                format!("pay {}", lines.join(", "))
            }
            Step::Branch { arms } => format!("if ({} arms)", arms.len()),
            Step::Choose { stage, .. } => {
                format!("{} ({} actions)", model.stage_name(*stage), node.edges.len())
            }
            Step::End => "end".into(),
        };
        let key: Vec<String> = self
            .keys
            .iter()
            .map(|&k| format!("{}={}", model.var(k).name, model.level_name(k, node.known[k.0] as usize)))
            .collect();
        let axes: Vec<String> = node
            .space
            .axes
            .iter()
            .map(|a| format!("{}({})", model.var(a.var).name, a.levels.len()))
            .collect();
        let targets: Vec<String> = node.edges.iter().map(|e| format!("#{}", e.target)).collect();
        let mut text = format!("#{id} {what}");
        if !key.is_empty() {
            text.push_str(&format!("  [{}]", key.join(" ")));
        }
        text.push_str(&format!(
            "  {}  {}/{}  {}x{}  → {}",
            if axes.is_empty() { "one state".into() } else { axes.join("·") },
            node.reached.count_ones(..),
            node.space.size,
            node.space.rows(),
            node.space.inner,
            targets.join(" ")
        ));
        let tables = match &node.op {
            Op::Exit { terminal } => terminal.iter().copied().collect(),
            Op::Move { select } => select.iter().copied().collect(),
            Op::Pay { tables } => tables.clone(),
            Op::Chance { law } => vec![*law],
            Op::Choose { available, .. } => vec![*available],
        };
        for t in tables {
            let spec = &self.tables[t];
            let vars: Vec<&str> =
                spec.support.axes.iter().map(|&a| model.var(node.space.axes[a].var).name.as_str()).collect();
            text.push_str(&format!(
                "\n      table over {}: {} x {}{}",
                if vars.is_empty() { "nothing".into() } else { vars.join("·") },
                spec.planes,
                spec.support.len(),
                if spec.timed { ", each period" } else { "" }
            ));
        }
        text
    }
}
