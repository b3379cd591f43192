//! `melian ask`: any question about a model.

use clap::Args;
use melian::{
    Query,
    report::finding::{BoundPart, FindingPart, Number, bounds, word},
    study::{Finding, Reading, Reply, Verdict},
};
use serde::Serialize;

use super::{
    Format, Settings,
    board::{margin, numbers, paint as verdict_paint, unbound},
    csv::Csv,
    equilibrium::{SolvedPart, UNCONVERGED, told},
    figures::{Paint, convention, digits, paint},
    shell::{Failure, Loaded, Outcome, Shell},
};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  melian ask fearon 'P[B.reply == fight]' 'value(A)'
  melian ask fearon 'value(A) with { cost_B = 2 * cost_B }'
  melian ask forts 'P[held == forts] unexpected { p = 0.5 } at 5'
  melian ask fearon 'demand rises with cost_B over 0.1 .. 0.25'
  melian ask my.melian --param dmg=0.2 --format json 'E[front at 12]'";

/// Ask questions about a model.
#[derive(Args)]
pub struct Ask {
    /// Path, name of an embedded model, or -
    model: String,
    /// Questions or conditions; measures of the model may be used by name
    #[arg(required = true)]
    questions: Vec<String>,
    #[command(flatten)]
    settings: Settings,
    /// How to print the answers
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// One answer as JSON.
#[derive(Serialize)]
struct Answer {
    question: String,
    /// The value convention: `payoff` or `emax`.
    convention: &'static str,
    #[serde(flatten)]
    value: Option<Number>,
    #[serde(flatten)]
    finding: Option<FindingPart>,
    bounds: Vec<BoundPart>,
    /// How it was solved, if play goes on for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    equilibrium: Option<SolvedPart>,
}

impl Ask {
    /// Does it.
    pub fn execute(&self, shell: &Shell) -> Result<Outcome, Failure> {
        let loaded = shell.load(&self.model, &self.settings)?;
        shell.remark_on_ranges(loaded.game.model(), &self.settings.params);
        let queries: Vec<Query> =
            self.questions.iter().map(|text| read(&loaded, text)).collect::<Result<_, _>>()?;
        let (setup, options) = (self.settings.setup(), self.settings.options(loaded.game.model())?);
        let replies = shell
            .watch("solving", |progress| melian::answer(&loaded.game, &setup, &queries, &options, progress))
            .map_err(|problems| loaded.failure(problems))?;
        shell.print(&match self.format {
            Format::Table => self.table(&loaded, &replies, shell.colour()),
            Format::Json => self.json(&loaded, &replies),
            Format::Csv => self.csv(&loaded, &replies),
        });
        Ok(Outcome::Done)
    }

    fn table(&self, loaded: &Loaded, replies: &[Reply], colour: bool) -> String {
        let model = loaded.game.model();
        let mut text = format!("{} · value = {}\n", model.name, convention(model.convention));
        let unconverged = replies.iter().any(is_wrong);
        if unconverged {
            text += &paint(UNCONVERGED, Paint::Red, colour);
        }
        if let Some(forever) = replies.iter().find_map(|r| r.forever.as_ref()) {
            text += &told(model, forever);
        }
        for (question, reply) in self.questions.iter().zip(replies) {
            if let Some(value) = reply.reading() {
                text += &match value {
                    Reading::Number(x) => {
                        let flag = if is_wrong(reply) { " (not converged)" } else { "" };
                        format!("{question} = {}{flag}\n", paint(&digits(*x), Paint::Bold, colour))
                    }
                    Reading::Undefined(reason) => {
                        format!("{question} is {}: {reason}\n", paint("undefined", Paint::Yellow, colour))
                    }
                };
            }
            if let Some(finding) = reply.finding() {
                text += &verdict(loaded, question, finding, colour);
            }
            for line in unbound(&reply.bounds) {
                text += &format!("    {line}\n");
            }
        }
        text
    }

    fn json(&self, loaded: &Loaded, replies: &[Reply]) -> String {
        let answers: Vec<Answer> = self
            .questions
            .iter()
            .zip(replies)
            .map(|(question, reply)| Answer {
                question: question.clone(),
                convention: convention(loaded.game.model().convention),
                value: reply.reading().map(Number::of),
                finding: reply.finding().map(|f| FindingPart::of(f, None)),
                bounds: bounds(&reply.bounds),
                equilibrium: reply.forever.as_ref().map(SolvedPart::of),
            })
            .collect();
        serde_json::to_string_pretty(&answers).map_or_else(|e| e.to_string(), |text| text + "\n")
    }

    fn csv(&self, loaded: &Loaded, replies: &[Reply]) -> String {
        let mut table = Csv::new(&["question", "value", "verdict", "margin", "convention", "converged"]);
        let convention = convention(loaded.game.model().convention);
        for (question, reply) in self.questions.iter().zip(replies) {
            let value = reply.reading().and_then(Reading::number).map_or(String::new(), |x| x.to_string());
            let judged = reply.finding().map(Finding::judged);
            let verdict = match reply.reading() {
                Some(Reading::Undefined(_)) => "undefined",
                _ => judged.map_or("", |j| word(&j.verdict)),
            };
            let margin = judged.and_then(|j| j.margin).map_or(String::new(), |m| m.to_string());
            let converged =
                reply.forever.as_ref().map_or("", |f| if f.report.is_ok() { "true" } else { "false" });
            table.row(&[question, &value, verdict, &margin, convention, converged]);
        }
        table.text()
    }
}

/// Whether an answer comes from a point that is no equilibrium.
fn is_wrong(reply: &Reply) -> bool {
    reply.forever.as_ref().is_some_and(|f| f.report.is_err())
}

fn verdict(loaded: &Loaded, question: &str, finding: &Finding, colour: bool) -> String {
    let judged = finding.judged();
    let shown = paint(word(&judged.verdict), verdict_paint(&judged.verdict), colour);
    let mut text = match &judged.verdict {
        Verdict::Undefined(reason) => format!("{question}: {shown}: {reason}\n"),
        _ => format!("{question}: {shown}, margin {}\n", margin(judged)),
    };
    for line in numbers(loaded.game.model(), finding) {
        text += &format!("    {line}\n");
    }
    text
}

/// Reads a question; what is wrong with it is shown in the question.
pub fn read(loaded: &Loaded, text: &str) -> Result<Query, Failure> {
    loaded.game.query(text).map_err(|problems| Failure::with(problems, "question", text))
}
