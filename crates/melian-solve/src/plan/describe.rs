//! A plan as readable text: what `melian print --stage plan` shows.

use crate::{
    plan::Plan,
    plan::explore::NodeId,
    plan::flow::Step,
    plan::size::{bytes, thousands},
};

impl Plan<'_> {
    /// The plan in words and numbers: sizes, memory, then every box with what it does.
    pub fn describe(&self) -> String {
        let model = self.model;
        let size = &self.size;
        let mut out = String::new();
        let word = &model.period_word;
        let keys: Vec<&str> = self.keys.iter().map(|k| model.var(*k).name.as_str()).collect();
        let cost = self.schedule.cost(model.players.len());
        let facts = [
            ("states, dense".into(), thousands(size.dense_states)),
            (format!("states reached at a {word}'s start"), thousands(size.period_start_states.into())),
            ("states reached at any statement".into(), thousands(size.all_states.into())),
            ("boxes".into(), size.nodes.to_string()),
            ("states in all boxes".into(), thousands(size.box_states.into())),
            ("states in use at once".into(), thousands(size.working_states.into())),
            ("memory of a solve".into(), bytes(size.solve_bytes.into())),
            (format!("memory of all {word}s' values"), bytes(size.history_bytes.into())),
            ("specialised for".into(), if keys.is_empty() { "nothing".into() } else { keys.join(", ") }),
            ("expressions evaluated to fill the tables".into(), thousands(self.table_entries().into())),
            ("boxes computed".into(), self.schedule.steps.len().to_string()),
            (format!("states computed a {word}"), thousands(cost.states.into())),
            (format!("exponentials a {word}"), thousands(cost.exponentials.into())),
            (format!("bytes read and written a {word}"), bytes(cost.bytes.into())),
        ];
        let width = facts.iter().map(|(what, _): &(String, String)| what.chars().count()).max().unwrap_or(0);
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        line(format!("plan of {}", model.name));
        for (what, fact) in &facts {
            line(format!("  {what:width$}  {fact}"));
        }
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
                    .map(|p| {
                        format!(
                            "{} {}",
                            model.players[p.payee.player.0].name, model.lines[p.payee.line.0].label
                        )
                    })
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
        for spec in self.tables.iter().filter(|table| table.node == id) {
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
