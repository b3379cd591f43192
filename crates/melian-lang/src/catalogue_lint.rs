//! Explanations of warnings: models that can be solved, but probably do not say what is meant.

use crate::catalogue::Explanation;

/// In the order of the things that a model consists of.
pub(crate) const LINT: &[Explanation] = &[
    Explanation {
        id: "unused-parameter",
        title: "a parameter that nothing reads",
        text: r"Varying it changes nothing. Delete it, use it, or call it `_name` to keep it.

Wrong:

    param hunger = 0.2 in 0 .. 1

Right:

    param hunger = 0.2 in 0 .. 1
    …
    City pays hunger as hunger
",
    },
    Explanation {
        id: "mechanism-nowhere",
        title: "a mechanism that no comment names",
        text: r#"A report shows each mechanism with the lines that make it, which are those whose comments name its
id. Name it there, or delete it.

Wrong:

    mechanism M5 "attention drifts down with time"
    param a_dn = 0.05 in 0.02 .. 0.09

Right:

    mechanism M5 "attention drifts down with time"
    /// Chance that attention falls a level (M5)
    param a_dn = 0.05 in 0.02 .. 0.09
"#,
    },
    Explanation {
        id: "unused-constant",
        title: "a constant that nothing reads",
        text: r"Delete it, use it, or call it `_name` to keep it.

Wrong:

    const years = 3

Right:

    const years = 3
    play monthly for 12 * years { … }
",
    },
    Explanation {
        id: "unused-variable",
        title: "a variable that nothing reads",
        text: r"Nothing in play depends on it and no question asks for it, but it multiplies the states to be
solved. Delete it, ask for it, or call it `_name` to keep it.

Wrong:

    state assaults : 0 .. 6 = 0
    …
    assaults ~ walk(up: 1)

Right:

    measure assaults_made = E[assaults at 6]
",
    },
    Explanation {
        id: "unused-let",
        title: "a `let` that nothing uses",
        text: r"Delete it, use it, or call it `_name` to keep it.

Wrong:

    let breached = walls < 3

Right:

    let breached = walls < 3
    …
    if breached { City pays 0.1 as repair }
",
    },
    Explanation {
        id: "unused-local",
        title: "a local that nothing reads",
        text: r"Delete it, or read it in the rest of its block.

Wrong:

    local breaches : 0 .. 3 = 3 - walls

Right:

    local breaches : 0 .. 3 = 3 - walls
    City pays 0.1 * breaches as repair
",
    },
    Explanation {
        id: "unreachable-action",
        title: "an action that can never be chosen",
        text: r"Its condition is false whatever happens in play. A single member of a family may be shut out
by its argument; here no member is left.

Wrong:

    sally when 3 < 2 { … }

Right:

    sally when walls < 2 { … }
",
    },
    Explanation {
        id: "unreachable-code",
        title: "statements behind `end`",
        text: r"`end` stops play at once; nothing behind it is executed.

Wrong:

    end
    City pays 1 as city

Right:

    City pays 1 as city
    end
",
    },
    Explanation {
        id: "payoff-never",
        title: "a payment that is never made",
        text: r"The condition around it is false whatever happens in play, or its amount is 0.

Wrong:

    if 6 < 5 { City pays 0.1 as hunger }

Right:

    if walls < 2 { City pays 0.1 as hunger }
",
    },
    Explanation {
        id: "player-unpaid",
        title: "a player whom nothing is paid",
        text: r"Without payoffs all actions are equally good: the player chooses at random. A player who
neither chooses nor is paid can be deleted.

Wrong:

    player City { precision = 5 }
    …
    if walls == 0 { Besieger gains 1 as city }

Right:

    if walls == 0 { Besieger gains 1 as city;  City pays 1 as city }
",
    },
    Explanation {
        id: "precision-unused",
        title: "a precision without a choice",
        text: r"A player who never chooses needs no precision.

Wrong:

    player City { precision = 5 }

Right:

    player City { discount = 0.9 }
",
    },
    Explanation {
        id: "single-action",
        title: "a stage with a single action",
        text: r"Nothing is chosen there. Write what happens without the stage, or list what else could be
done.

Wrong:

    City chooses answer { yield { end } }

Right:

    City chooses answer { hold  yield { end } }
",
    },
    Explanation {
        id: "duplicate-outcome",
        title: "an outcome that is listed twice",
        text: r"The probabilities of both add up. Write it once, so that the reader sees the sum.

Wrong:

    mood ~ { war: 0.1, war: 0.05, stay: rest }

Right:

    mood ~ { war: 0.15, stay: rest }
",
    },
    Explanation {
        id: "regime-twice",
        title: "both branches of a regime paid in one period",
        text: r"Two `if`s ask for different values of a variable and pay the same player, and between them
the variable can move from the one to the other: in that period both are paid. Pay once, by
`if … else if …`, after the move or before it.

Wrong:

    if regime == war { North pays 0.4 as war
        North chooses offer { fight  settle { regime = peace } } }
    if regime == peace { North gains 0.3 as peace }

Right:

    if regime == war { North chooses offer { fight  settle { regime = peace } } }
    if regime == war { North pays 0.4 as war } else { North gains 0.3 as peace }
",
    },
    Explanation {
        id: "never-at-period-end",
        title: "an event that is never there when it is looked for",
        text: r"State events are sampled at the ends of periods. What the program sets and always resets
within a period, or never sets at all, is not seen. Ask for the choice instead, which is
seen when it is made.

Wrong:

    measure talking = P[regime == talks at 6]      // reset to war every month

Right:

    measure talking = P[North.table == offer at 6]
",
    },
];
