//! What is asked in every world, and how the answers are laid out: so many numbers, so many verdicts, each with a name.

use melian_model::{Condition, Model, Question};

use crate::{
    reading::Reading,
    study::{Asked, Found, Reply},
    verdict::{Finding, Verdict},
};

/// A verdict in a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// No verdict: the world was not solved.
    None = 0,
    /// It holds.
    Holds = 1,
    /// It fails.
    Fails = 2,
    /// The margin is within numerical error.
    Undecided = 3,
    /// Some number it needs does not exist.
    Undefined = 4,
}

impl Code {
    /// By its number.
    pub fn of(number: u8) -> Option<Code> {
        [Code::None, Code::Holds, Code::Fails, Code::Undecided, Code::Undefined]
            .into_iter()
            .find(|c| *c as u8 == number)
    }

    /// By its word.
    pub fn named(word: &str) -> Option<Code> {
        [Code::Holds, Code::Fails, Code::Undecided, Code::Undefined].into_iter().find(|c| c.word() == word)
    }

    /// The word for it; empty for none.
    pub fn word(self) -> &'static str {
        match self {
            Code::None => "",
            Code::Holds => "holds",
            Code::Fails => "fails",
            Code::Undecided => "undecided",
            Code::Undefined => "undefined",
        }
    }

    fn from(verdict: &Verdict) -> Code {
        match verdict {
            Verdict::Holds => Code::Holds,
            Verdict::Fails => Code::Fails,
            Verdict::Undecided => Code::Undecided,
            Verdict::Undefined(_) => Code::Undefined,
        }
    }
}

/// One thing that is asked.
#[derive(Clone, Copy, Debug)]
struct Item<'q> {
    asked: Asked<'q>,
    /// Position of its first number.
    first: usize,
    /// Position of its verdict.
    verdict: Option<usize>,
}

/// Everything that is asked in every world.
#[derive(Clone, Debug, Default)]
pub struct Sheet<'q> {
    items: Vec<Item<'q>>,
    /// Names of the numbers: of a claim `C1` its margin `C1.margin` and both sides, `C1.left` and `C1.right`; of one made of
    /// several comparisons `C1.2.left`; of a value that should rise its values `C1.at1` to `C1.at5`.
    pub numbers: Vec<String>,
    /// Names of the verdicts.
    pub verdicts: Vec<String>,
    /// Positions of the verdicts that make a world plausible.
    pub plausible: std::ops::Range<usize>,
    /// Names that no answer may have, because they are those of other columns.
    taken: Vec<String>,
}

impl<'q> Sheet<'q> {
    /// What a model itself asks: its measures, its claims, and which worlds are plausible. Answers get other names than those
    /// that are taken.
    pub fn of_model(model: &'q Model, measures: bool, claims: bool, taken: &[String]) -> Sheet<'q> {
        let mut sheet = Sheet { taken: taken.to_vec(), ..Sheet::default() };
        for measure in model.measures.iter().filter(|_| measures) {
            if let Some(question) = &measure.question {
                let name = sheet.free("measure", &measure.name);
                sheet.question(&name, question);
            }
        }
        for (index, claim) in model.claims.iter().enumerate().filter(|_| claims) {
            let name = if claim.id.is_empty() { format!("claim_{}", index + 1) } else { claim.id.clone() };
            let name = sheet.free("claim", &name);
            sheet.condition(&name, &claim.condition);
        }
        let first = sheet.verdicts.len();
        for (index, plausible) in model.plausible.iter().enumerate() {
            let name = sheet.free("record", &format!("plausible_{}", index + 1));
            sheet.condition(&name, &plausible.condition);
        }
        sheet.plausible = first..sheet.verdicts.len();
        sheet
    }

    /// Whether a column has this name, or begins with it and a dot.
    pub fn has(&self, name: &str) -> bool {
        let columns = self.taken.iter().chain(&self.numbers).chain(&self.verdicts);
        let same = |column: &String| {
            column == name || column.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
        };
        columns.into_iter().any(same)
    }

    /// A name like this one that no column has: with what it is before it if need be, `claim.m`.
    fn free(&self, what: &str, name: &str) -> String {
        let mut free = name.to_owned();
        while self.has(&free) {
            free = format!("{what}.{free}");
        }
        free
    }

    /// Adds a question.
    pub fn question(&mut self, name: &str, question: &'q Question) {
        self.items.push(Item { asked: Asked::Question(question), first: self.numbers.len(), verdict: None });
        self.numbers.push(name.to_owned());
    }

    /// Adds a condition.
    pub fn condition(&mut self, name: &str, condition: &'q Condition) {
        let verdict = Some(self.verdicts.len());
        self.items.push(Item { asked: Asked::Condition(condition), first: self.numbers.len(), verdict });
        self.verdicts.push(name.to_owned());
        self.numbers.push(format!("{name}.margin"));
        side_names(condition, name, &mut self.numbers);
    }

    /// Everything, as a study takes it.
    pub fn asked(&self) -> Vec<Asked<'q>> {
        self.items.iter().map(|item| item.asked).collect()
    }

    /// The answers, from a study's replies. What does not exist is NaN; why not is told with the name of what was asked.
    pub fn answers(&self, replies: &[Reply]) -> (Vec<f64>, Vec<Code>, String) {
        let mut numbers = vec![f64::NAN; self.numbers.len()];
        let mut verdicts = vec![Code::None; self.verdicts.len()];
        let mut reasons = Vec::new();
        for (item, reply) in self.items.iter().zip(replies) {
            match &reply.found {
                Found::Value(Reading::Number(x)) => numbers[item.first] = *x,
                Found::Value(Reading::Undefined(reason)) => {
                    reasons.push(format!("{}: {reason}", self.numbers[item.first]));
                }
                Found::Finding(finding) => {
                    let judged = finding.judged();
                    let place = item.verdict.unwrap_or_default();
                    verdicts[place] = Code::from(&judged.verdict);
                    if let Verdict::Undefined(reason) = &judged.verdict {
                        reasons.push(format!("{}: {reason}", self.verdicts[place]));
                    }
                    let mut found = vec![judged.margin.unwrap_or(f64::NAN)];
                    side_numbers(finding, &mut found);
                    numbers[item.first..item.first + found.len()].copy_from_slice(&found);
                }
            }
        }
        (numbers, verdicts, reasons.join("; "))
    }
}

/// Names of the sides of all comparisons in a condition, in the order of [`side_numbers`].
fn side_names(condition: &Condition, name: &str, names: &mut Vec<String>) {
    match condition {
        Condition::Compare { .. } | Condition::Near { .. } => {
            names.extend(["left", "right"].map(|side| format!("{name}.{side}")));
        }
        Condition::Rises { .. } => names.extend((1..=RISE_POINTS).map(|k| format!("{name}.at{k}"))),
        Condition::And(members) | Condition::Or(members) => {
            for (index, member) in members.iter().enumerate() {
                side_names(member, &format!("{name}.{}", index + 1), names);
            }
        }
        Condition::Not(inner) => side_names(inner, name, names),
    }
}

/// Values at which a rise is looked at.
const RISE_POINTS: usize = crate::verdict::POINTS;

/// Values of the sides of all comparisons in a finding.
fn side_numbers(finding: &Finding, numbers: &mut Vec<f64>) {
    let number = |reading: &Reading| reading.number().unwrap_or(f64::NAN);
    match finding {
        Finding::Compare { left, right, .. } | Finding::Near { left, right, .. } => {
            numbers.extend([number(&left.reading), number(&right.reading)]);
        }
        Finding::Rises { points, .. } => numbers.extend(points.iter().map(|(_, reading)| number(reading))),
        Finding::And(members, _) | Finding::Or(members, _) => {
            members.iter().for_each(|member| side_numbers(member, numbers));
        }
        Finding::Not(inner, _) => side_numbers(inner, numbers),
    }
}
