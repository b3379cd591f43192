//! What each stage does in the first period, and what the game is worth to each player.

use melian_model::{Atom, Model, PlayerId, Question, QuestionKind, Span, StageId, Window};

use crate::reading::Reading;

/// One stage in the first period.
#[derive(Clone, PartialEq, Debug)]
pub struct Opening {
    /// The stage.
    pub stage: StageId,
    /// Expected visits in the first period; at most one unless its statement runs more than once.
    pub visits: Reading,
    /// Probability of each action given that the stage is reached, in the stage's order.
    pub actions: Vec<Reading>,
}

fn ask(atom: Atom) -> Question {
    Question::new(QuestionKind::Ask(Box::new(atom)), Span::NONE)
}

/// The questions behind [`opening`]: for each stage its visits and each action's probability.
pub fn opening_questions(model: &Model) -> Vec<Question> {
    let window = Window { after: 0, by: 1 };
    let mut questions = Vec::new();
    for (index, stage) in model.stages.iter().enumerate() {
        let stage_id = StageId(index);
        questions.push(ask(Atom::Count { stage: stage_id, given: None, until: None, window }));
        for action in 0..stage.actions.len() {
            let actions = vec![action];
            questions.push(ask(Atom::Choice { stage: stage_id, actions, given: None, window }));
        }
    }
    questions
}

/// The table of first choices, from the answers to [`opening_questions`].
pub fn opening(model: &Model, readings: &[Reading]) -> Vec<Opening> {
    let mut readings = readings.iter().cloned();
    let missing = || Reading::Undefined("not asked".into());
    let mut next = || readings.next().unwrap_or_else(missing);
    model
        .stages
        .iter()
        .enumerate()
        .map(|(index, stage)| Opening {
            stage: StageId(index),
            visits: next(),
            actions: stage.actions.iter().map(|_| next()).collect(),
        })
        .collect()
}

/// `value(P)` for every player.
pub fn value_questions(model: &Model) -> Vec<Question> {
    (0..model.players.len()).map(|p| ask(Atom::Value(PlayerId(p)))).collect()
}
