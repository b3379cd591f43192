//! Explanations of problems with questions, interventions and claims.

use crate::catalogue::Explanation;

/// In the order of the things that a model consists of.
pub(crate) const QUESTIONS: &[Explanation] = &[
    Explanation {
        id: "time-outside",
        title: "a month that the game does not have",
        text: r"Periods are counted from 1 to the horizon; 0 is the start, which only `at 0` can ask for.
`after k by m` are the periods k+1 to m. In play that goes on for ever, periods up to 100000 can be
asked for.

Wrong:

    play monthly for 6 { … }
    measure late = P[regime == truce by 12]

Right:

    measure late = P[regime == truce by 6]
",
    },
    Explanation {
        id: "question-clauses",
        title: "clauses that this question does not take",
        text: r"`P[e]` takes `by`, `after`, `until`, `always`, or `at m` with `| c`. `E[e]` takes `at m` with
`| c`; `total` with `by`, `after`, `until`, `discounted`; `when first c` with `by` or `in a..b`.
Both take `in the long run` with `| c`, about states. `prob` and `count` take a stage, a time and
`| c`. `margin` compares two single actions. Commitments take `when`, `at`, `from`, `until`;
parameters and `start` take none.

Wrong:

    measure height = E[walls]

Right:

    measure height = E[walls at 6]
",
    },
    Explanation {
        id: "long-run",
        title: "the long run of play that ends",
        text: r"`E[e in the long run]` and `P[e in the long run]` are means over all periods of play that goes on
for ever. Play for N periods has a last period, and no long run.

Wrong:

    play monthly for 24 { … }
    measure tension = P[mood == tense in the long run]

Right:

    play monthly forever { … }
    measure tension = P[mood == tense in the long run]
",
    },
    Explanation {
        id: "not-a-number",
        title: "a condition where a number is wanted",
        text: r#"A measure is a number, and so are the two sides of a comparison. Conditions stand in claims.

Wrong:

    measure likely = P[regime == truce by 12] > 0.5

Right:

    measure truce = P[regime == truce by 12]
    claim "A truce is likely" : truce > 0.5
"#,
    },
    Explanation {
        id: "not-a-condition",
        title: "a number where a condition is wanted",
        text: r#"A claim compares numbers; it holds with a margin, and comparisons are joined by `and`, `or`,
`not`.

Wrong:

    claim "A truce is likely" : P[regime == truce by 12]

Right:

    claim "A truce is likely" : P[regime == truce by 12] > 0.5
"#,
    },
    Explanation {
        id: "local-in-question",
        title: "a local that is asked for at the end of a period",
        text: r"State events are sampled at period ends, when locals are gone. A local can be asked for in
the condition of a stage, or beside one stage, just before whose choice it is read.

Wrong:

    measure open = P[breaches > 1 by 6]

Right:

    measure open = prob(City.answer == yield | breaches > 1)
",
    },
    Explanation {
        id: "ahead-time",
        title: "an inner question that looks back",
        text: r"A question inside `E[…]` is asked of play that goes on from the state at hand, so it begins
when the outer one is asked, or later.

Wrong:

    E[P[regime == war after 3 by 12] when first regime == truce in 1..6]

Right:

    E[P[regime == war after 6 by 12] when first regime == truce in 1..6]
",
    },
];
