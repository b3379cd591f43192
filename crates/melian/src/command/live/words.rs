//! The words that questions about a model are made of, for completion.

use melian::model::{Domain, Model, VarKind};
use serde::Serialize;

/// A word with what it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Word {
    /// The word.
    pub word: String,
    /// "variable", "stage", …
    pub kind: &'static str,
    /// What its author says of it.
    pub doc: String,
}

/// Forms of questions.
const FORMS: [(&str, &str); 12] = [
    ("P[", "probability: P[e by m], P[e at m], P[e until f by m]"),
    ("E[", "expectation: E[x at m], E[total x by m], E[x when first c by m]"),
    ("prob(", "how often an action is chosen: prob(Player.stage == action at m)"),
    ("policy(", "a choice looked up at a state: policy(Player.stage == action at m where x = v)"),
    ("margin(", "a difference in expected payoff: margin(Player.stage: a over b)"),
    ("count(", "expected visits: count(Player.stage)"),
    ("value(", "expected discounted payoff: value(Player)"),
    ("with {", "an intervention: q with { parameter = x, Player.stage = action }"),
    ("rises with", "a condition: q rises with parameter over a..b"),
    ("falls with", "a condition: q falls with parameter over a..b"),
    ("near", "a condition: x near y within d"),
    ("where", "names variables of a state"),
];

/// All words, each once.
pub fn words(model: &Model) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut add = |word: &str, kind: &'static str, doc: &str| {
        if !words.iter().any(|known| known.word == word) {
            words.push(Word { word: word.to_owned(), kind, doc: doc.to_owned() });
        }
    };
    for measure in &model.measures {
        add(&measure.name, "measure", &measure.doc);
    }
    for variable in model.vars.iter().filter(|v| matches!(v.kind, VarKind::State { .. })) {
        add(&variable.name, "variable", &variable.doc);
    }
    for player in &model.players {
        add(&player.name, "player", &player.doc);
    }
    for (index, stage) in model.stages.iter().enumerate() {
        add(&model.stage_name(melian::model::StageId(index)), "stage", &stage.doc);
        for action in &stage.actions {
            add(&action.name, "action", "");
        }
    }
    for (var, variable) in model.vars.iter().enumerate() {
        if let (Domain::Enum(..), true) = (variable.domain, variable.is_state()) {
            for level in 0..variable.domain.size() {
                add(&model.level_name(melian::model::VarId(var), level), "level", &variable.name);
            }
        }
    }
    for param in &model.params {
        add(&param.name, "parameter", &param.doc);
    }
    for (word, doc) in FORMS {
        add(word, "question", doc);
    }
    words
}
