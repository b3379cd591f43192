//! Words of the language, and what people write instead of them.

/// A piece of the user's text short enough to quote in a title.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    let line = text.lines().next().unwrap_or("");
    if line.chars().count() <= LONGEST && line.len() == text.len() {
        return line.to_owned();
    }
    let start: String = line.chars().take(LONGEST).collect();
    format!("{}…", start.trim_end())
}

/// The candidate that is nearest in spelling, if one is near: at most a third of the letters differ.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if word.len() > 60 {
        return None;
    }
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words that begin a declaration.
pub(crate) const ITEMS: [&str; 14] = [
    "const",
    "type",
    "param",
    "require",
    "correlate",
    "player",
    "state",
    "let",
    "play",
    "finally",
    "measure",
    "mechanism",
    "plausible",
    "claim",
];

/// Words that cannot be names, because expressions and statements are made of them.
pub(crate) const RESERVED: [&str; 15] = [
    "if",
    "then",
    "else",
    "and",
    "or",
    "not",
    "in",
    "true",
    "false",
    "for",
    "with",
    "unexpected",
    "unnoticed",
    "forever",
    "together",
];

/// Words that are kept for later versions of the language.
pub(crate) const LATER: [&str; 2] = ["secret", "observe"];

/// Words that ask something when a parenthesis follows.
pub(crate) const QUESTIONS: [&str; 9] =
    ["value", "count", "prob", "policy", "margin", "mean", "sum", "any", "all"];

/// The word for a declaration that other languages have another word for.
pub(crate) fn item_alias(word: &str) -> Option<&'static str> {
    Some(match word {
        "parameter" | "parameters" | "params" | "real" | "float" => "param",
        "constant" | "define" => "const",
        "var" | "variable" | "states" => "state",
        "enum" | "enumeration" => "type",
        "fn" | "def" | "fun" | "func" | "function" | "macro" => "let",
        "players" | "actor" | "agent" | "side" => "player",
        "query" | "question" | "output" | "report" => "measure",
        "assert" | "hypothesis" | "proposition" => "claim",
        "assume" | "constraint" | "requires" => "require",
        "correlation" | "correlations" | "copula" => "correlate",
        "evidence" | "record" | "observed" | "filter" => "plausible",
        "mechanisms" => "mechanism",
        "terminal" | "final" => "finally",
        "game" | "period" | "month" | "rounds" => "play",
        _ => return None,
    })
}

/// The word for a statement's verb that people write in another form.
pub(crate) fn verb_alias(word: &str) -> Option<&'static str> {
    Some(match word {
        "choose" | "chose" | "choosing" | "picks" | "decides" | "selects" | "plays" => "chooses",
        "gain" | "gets" | "receives" | "earns" | "gained" | "wins" => "gains",
        "pay" | "paid" | "loses" | "spends" | "payes" => "pays",
        _ => return None,
    })
}

/// Words that begin a statement or join its parts; most of them may be names where a name stands.
pub(crate) const CLAUSES: [&str; 24] = [
    "model",
    "chooses",
    "gains",
    "pays",
    "as",
    "when",
    "otherwise",
    "by",
    "from",
    "to",
    "until",
    "at",
    "stay",
    "rest",
    "end",
    "once",
    "monthly",
    "value",
    "source",
    "unit",
    "over",
    "rises",
    "falls",
    "near",
];
