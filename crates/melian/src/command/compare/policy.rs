//! What `--with` names: an intervention, and what to call it.

use melian::{
    Query,
    model::{Diagnostic, Question, QuestionKind, Span},
};

use crate::command::shell::{Failure, Loaded};

/// A policy as the user wrote it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// What it is called; the intervention itself if nothing was said.
    pub name: String,
    /// The whole text behind `--with`; empty for the model as it is.
    text: String,
    /// Where in the text the intervention begins.
    from: usize,
}

/// Which words may begin an intervention.
const WORDS: [&str; 3] = ["with", "unexpected", "unnoticed"];

/// The policies, the unchanged model first if it takes part.
///
/// # Errors
/// None, one alone, one that is no intervention, two of the same name.
pub fn policies(texts: &[String], baseline: bool) -> Result<Vec<Policy>, Failure> {
    if texts.is_empty() {
        return Err(Failure::plain("no-policy", "no policy is named").help(
            "name one or more: `--with '{ PLAYER.stage = action }'`, `--with 'name: { param = 2 * param }'`",
        ));
    }
    let mut policies = Vec::new();
    if baseline {
        policies.push(Policy { name: "as it is".into(), text: String::new(), from: 0 });
    }
    for text in texts {
        let policy = Policy::new(text)?;
        if policies.iter().any(|known| known.name == policy.name) {
            return Err(Failure::plain("policy-twice", format!("two policies are called `{}`", policy.name))
                .help("give each a name of its own: `--with 'name: { … }'`"));
        }
        policies.push(policy);
    }
    if policies.len() < 2 {
        return Err(Failure::plain("no-policy", "there is nothing to compare the policy with")
            .help("leave `--no-baseline` out, or name another policy with `--with`"));
    }
    Ok(policies)
}

impl Policy {
    fn new(text: &str) -> Result<Policy, Failure> {
        let wrong = |title: &str, help: &str| {
            let span = Span::new(text.len() - text.trim_start().len(), text.trim_end().len());
            Failure::with(vec![Diagnostic::error("policy-form", title, span).help(help)], "--with", text)
        };
        let brace = text.find('{').unwrap_or(text.len());
        let colon = text[..brace].find(':');
        let rest = &text[colon.map_or(0, |at| at + 1)..];
        let change = rest.trim_start();
        let from = text.len() - change.len();
        let change = change.trim_end();
        let named = colon.map(|at| text[..at].trim());
        if named == Some("") {
            return Err(wrong("the name of the policy is missing", "write `name: { … }`"));
        }
        if change.is_empty() {
            return Err(wrong("here is no intervention", "write `name: { … }`"));
        }
        let word = change.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if !change.starts_with('{') && !WORDS.contains(&word) {
            return Err(wrong("an intervention stands in braces", &format!("write `{{ {change} }}`")));
        }
        let name = named.unwrap_or(change).split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Policy { name, text: text.to_owned(), from })
    }

    /// The intervention as written; empty for the model as it is.
    pub fn change(&self) -> &str {
        self.text[self.from..].trim_end()
    }

    /// A question under the policy.
    ///
    /// # Errors
    /// What is wrong with the intervention, located in it. (The question was read before.)
    pub fn ask(&self, loaded: &Loaded, question: &str) -> Result<Question, Failure> {
        let change = self.change();
        if change.is_empty() {
            return number(loaded, question);
        }
        // The line break ends a comment that the question may end with.
        let with = if change.starts_with('{') { "with " } else { "" };
        let before = format!("({question}\n) {with}");
        let located = |problem| Failure::with(vec![problem], "--with", &self.text);
        match loaded.game.query(&format!("{before}{change}")) {
            Ok(Query::Question(question)) if matches!(question.kind, QuestionKind::Under(..)) => Ok(question),
            Ok(_) => {
                let span = Span::new(self.from, self.from + change.len());
                let title = "this is more than an intervention";
                Err(located(
                    Diagnostic::error("policy-form", title, span)
                        .help("write the intervention only: `name: { … }`; what is asked stands by itself"),
                ))
            }
            Err(problems) => {
                let moved = problems.into_iter().map(|p| self.moved(p, before.len())).collect();
                Err(Failure::with(moved, "--with", &self.text))
            }
        }
    }

    /// A problem in the whole question, as one in the text behind `--with`.
    fn moved(&self, mut problem: Diagnostic, before: usize) -> Diagnostic {
        let place = |at: u32| (self.from + (at as usize).saturating_sub(before)).min(self.text.len());
        let moved = |span: Span| match span == Span::NONE {
            true => span,
            false => Span::new(place(span.start), place(span.end)),
        };
        problem.labels.iter_mut().for_each(|label| label.span = moved(label.span));
        if let Some(fix) = &mut problem.fix {
            fix.span = moved(fix.span);
        }
        problem
    }
}

/// A question that asks for a number.
///
/// # Errors
/// What is wrong with it; that it is a condition.
pub fn number(loaded: &Loaded, text: &str) -> Result<Question, Failure> {
    match crate::command::ask::read(loaded, text)? {
        Query::Question(question) => Ok(question),
        Query::Condition(_) => {
            let problem = Diagnostic::error(
                "number-needed",
                "this is a condition; policies are compared by numbers",
                Span::new(0, text.len()),
            )
            .help("ask for one of its sides, or for their difference")
            .help(
                "`melian map` shows where a condition holds, `melian worlds --ask` in which share of worlds",
            );
            Err(Failure::with(vec![problem], "question", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |text: &str, name: &str, change: &str| {
            let policy = Policy::new(text).unwrap();
            assert_eq!((policy.name.as_str(), policy.change()), (name, change));
        };
        check("hard: { A.x = go } ", "hard", "{ A.x = go }");
        check("{ A.x =  go }", "{ A.x = go }", "{ A.x =  go }");
        check("later: unexpected { a = 2 } at 5", "later", "unexpected { a = 2 } at 5");
        check("{ a = (if b: 1) }", "{ a = (if b: 1) }", "{ a = (if b: 1) }");
        for wrong in ["", ": { a = 1 }", "a = 1", "name: a = 1", "name:", "within { a = 1 }"] {
            assert!(Policy::new(wrong).is_err(), "{wrong}");
        }
    }
}
