//! Explanations of problems that only the numbers show: each names a state at which it happens.

use crate::catalogue::Explanation;

/// In the order of the things that a model consists of.
pub(crate) const SOLVE: &[Explanation] = &[
    Explanation {
        id: "leaves-domain",
        title: "an assignment outside the domain",
        text: r"At some state that can be reached, the assigned value is not one of the variable's. `clamp`,
`min` and `max` keep it inside, `snap` takes the nearest value of a grid.

Wrong:

    walls = walls - 2

Right:

    walls = max(walls - 2, 0)
",
    },
    Explanation {
        id: "absent-read",
        title: "a value that does not exist where it is read",
        text: r"A conditional variable exists while its condition holds; a stage's argument exists after an
action that has it was chosen. Ask first: `and`, `or` and `if` look no further than they must.
Comparing with `==` is safe: it is false for what does not exist.

Wrong:

    South gains 0.1 * num(guarantee) as guarantee

Right:

    if regime == truce { South gains 0.1 * num(guarantee) as guarantee }
",
    },
    Explanation {
        id: "conditional-unset",
        title: "a conditional variable without a value",
        text: r"When the condition of a variable comes to hold, the variable must be assigned before the
period is over.

Wrong:

    state guarantee : { soft, firm } when regime == truce
    accept { regime = truce }

Right:

    accept { regime = truce;  guarantee = soft }
",
    },
    Explanation {
        id: "payoff-not-finite",
        title: "a payoff that is no finite number",
        text: r"At some state it is divided by zero, or a logarithm or root is taken of what has none.

Wrong:

    City pays 0.1 / walls as repair

Right:

    City pays 0.1 / max(walls, 1) as repair
",
    },
    Explanation {
        id: "law-not-finite",
        title: "a law of chance that is not defined",
        text: r"Probabilities must be numbers, a standard deviation positive, a number of trials whole and
not negative, at every state that can be reached.

Wrong:

    front ~ normal(front, 0.5 * walls)

Right:

    front ~ normal(front, 0.5 * max(walls, 1))
",
    },
    Explanation {
        id: "lookup-outside",
        title: "a look-up outside the table",
        text: r"At some state the index is none of the table's.

Wrong:

    param damage[k in 1 .. 3] = { 1: 0.5, 2: 0.4, 3: 0.3 }
    City pays damage[walls] as damage

Right:

    City pays damage[clamp(walls, 1, 3)] as damage
",
    },
    Explanation {
        id: "emax-precision",
        title: "precision 0 under the convention `emax`",
        text: r"Under `emax` the value of a choice is (1/λ) ln Σ exp(λQ), which has no value at λ = 0.
Use a small precision, or the convention `payoff`.

Wrong:

    model crisis { value = emax }
    player North { precision = 0 }

Right:

    model crisis { value = emax }
    player North { precision = 0.01 }
",
    },
    Explanation {
        id: "when-too-wide",
        title: "existence that depends on too many values",
        text: r"The variables in all `when` conditions have too many combinations of values. A condition
should test a regime-like variable with few labels.

Wrong:

    state guarantee : { soft, firm } when front > 1.5 and money > 3

Right:

    state guarantee : { soft, firm } when regime == truce
",
    },
    Explanation {
        id: "no-such-place",
        title: "a state that does not say where a stage is played",
        text: r"A stage in the body of an action family is played at several places. `where` must name the
action that led there.

Wrong:

    policy(South.answer == accept at 1)

Right:

    policy(South.answer == accept at 1 where North.table = offer(soft))
",
    },
    Explanation {
        id: "no-such-value",
        title: "a value that a variable does not have",
        text: r"A value given on the command line, or a period, is none of the model's. The message names
those there are.

Example:

    melian run siege.melian --start walls=2
",
    },
    Explanation {
        id: "start-absent",
        title: "a start value for what does not exist there",
        text: r"An intervention or `--start` gives a value to a conditional variable whose condition does not
hold at that start. Set the variable in the condition too.

Wrong:

    peace with { start guarantee = firm }

Right:

    peace with { start regime = truce, start guarantee = firm }
",
    },
    Explanation {
        id: "questions-too-deep",
        title: "questions inside interventions inside questions",
        text: r"An intervention may set a parameter to an answer, whose question may again be asked under an
intervention; a few levels are followed.

Example:

    fallen with { cost = 0.1 * fallen }
",
    },
];
