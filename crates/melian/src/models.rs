//! The models that are part of the binary: the flagship and the classics.

use melian_model::Diagnostic;

/// A model that needs no file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Embedded {
    /// Its name, as `melian run NAME` takes it.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(Embedded {
            name: $name,
            text: include_str!(concat!("../../../models/", $name, ".melian")),
        }),*]
    };
}

/// All embedded models; the first is the flagship.
pub const MODELS: &[Embedded] = embedded![
    "ukraine",
    "fearon",
    "rubinstein",
    "rubinstein_forever",
    "forts",
    "forts_forever",
    "signorino",
    "frontline",
    "preventive",
    "powell",
    "pennies",
    "staghunt",
    "hawkdove",
    "attrition",
    "audience",
    "cuba",
    "entry",
    "stopping",
];

/// The model that `melian` runs when it is told nothing.
pub fn flagship() -> Embedded {
    MODELS[0]
}

/// An embedded model by its name.
pub fn by_name(name: &str) -> Option<Embedded> {
    MODELS.iter().copied().find(|m| m.name == name)
}

/// The embedded model whose name is most like this one, if one is.
pub fn nearest(name: &str) -> Option<&'static str> {
    crate::setup::nearest(name, MODELS.iter().map(|m| m.name))
}

/// The name and the first sentence of a model, for a list: needs no elaboration.
pub fn summary(text: &str) -> String {
    let head = text.lines().find_map(|line| line.strip_prefix("model "));
    let title = head.and_then(|rest| rest.split('"').nth(1));
    title.unwrap_or_default().to_owned()
}

/// What an unknown model name is answered with.
pub fn unknown(name: &str) -> Diagnostic {
    let all: Vec<&str> = MODELS.iter().map(|m| m.name).collect();
    let problem = Diagnostic::error(
        "unknown-model",
        format!("there is no file and no embedded model `{name}`"),
        melian_model::Span::NONE,
    );
    match nearest(name) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!("embedded models: {}", all.join(", "))),
    }
}
