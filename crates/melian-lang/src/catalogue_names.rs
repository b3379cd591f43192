//! Explanations of problems with names.

use crate::catalogue::Explanation;

/// In the order of the things that a model consists of.
pub(crate) const NAMES: &[Explanation] = &[
    Explanation {
        id: "unknown-name",
        title: "a name that is not declared",
        text: r"Names are declared at the top of the model, in any order, or before their use inside a block.
The message offers the nearest spelling, if one is near.

Wrong:

    param cost = 0.1
    …
    North pays csot as war

Right:

    param cost = 0.1
    …
    North pays cost as war
",
    },
    Explanation {
        id: "unknown-label",
        title: "a label that its type does not have",
        text: r"Where a label stands, its type is known from the other side: the variable that is compared
or set, the index of a table. The type lists its labels.

Wrong:

    type Regime = { war, talks, truce }
    if regime == truse { … }

Right:

    if regime == truce { … }
",
    },
    Explanation {
        id: "ambiguous-label",
        title: "a label of several types",
        text: r"Several types may share a label. Then it must stand where one of them is wanted: beside a
variable, or as the index of a table.

Wrong:

    type Mood = { war, hope }
    type Regime = { war, talks }
    let level(x) = num(x)
    let gloom = level(war)

Right:

    let gloom = num(mood == war)
",
    },
    Explanation {
        id: "unknown-action",
        title: "an action that the stage does not have",
        text: r"After `Player.stage ==` stands one of the actions listed in the stage, or a pattern with its
arguments: `put(_, soft)`. A family without arguments in the pattern means all its members.

Wrong:

    P[North.table == ofer(soft) by 12]

Right:

    P[North.table == offer(soft) by 12]
    P[North.table == offer by 12]
",
    },
    Explanation {
        id: "unknown-parameter",
        title: "an intervention on something that is no parameter",
        text: r"`with { x = v }` changes parameters. Constants are part of the structure and are changed for
the whole run by `--const`; a state variable has `start x = v`.

Wrong:

    state walls : 0 .. 3 = 3
    fallen with { walls = 1 }

Right:

    fallen with { start walls = 1 }
",
    },
    Explanation {
        id: "unknown-constant",
        title: "an override of a constant that there is not",
        text: r"`--const NAME=VALUE` replaces the value of `const NAME = …`, for structure: sizes of grids,
horizons. Parameters are set by `--param`. Tables cannot be overridden.

Example:

    const months = 12
    play monthly for months { … }

    melian run model.melian --const months=24
",
    },
    Explanation {
        id: "unknown-attribute",
        title: "an attribute that there is not",
        text: r"A player has `discount` and `precision`, a model has `value`, which is `payoff` or `emax`.

Wrong:

    player North { patience = 0.9 }

Right:

    player North { discount = 0.9, precision = 2 }
",
    },
    Explanation {
        id: "duplicate-name",
        title: "one name for two things",
        text: r"All names declared at the top share one space, with the names of locals. Labels of types and
payoff lines do not take part. Labels of one type, actions of one stage, entries of one set
and claims with ids must differ among themselves.

Wrong:

    param walls = 3
    state walls : 0 .. 3 = 3

Right:

    param height = 3
    state walls : 0 .. 3 = 3
",
    },
    Explanation {
        id: "cycle",
        title: "a definition by itself",
        text: r"Constants, `let`s and measures are replaced by what they stand for, so none can use itself,
not even by way of others. What grows from period to period is a `state` variable.

Wrong:

    let strain = fear / 2
    let fear = 2 * strain

Right:

    state strain : 0 .. 5 = 0
    let fear = 2 * strain
",
    },
    Explanation {
        id: "no-member",
        title: "an index outside its family or table",
        text: r"Families and tables have exactly the members that their declaration lists.

Wrong:

    state armed[i in 1 .. 5] : truth = false
    measure sixth = P[armed[6] by 3]

Right:

    measure fifth = P[armed[5] by 3]
",
    },
    Explanation {
        id: "duplicate-stage",
        title: "a stage at two places",
        text: r"A stage is one decision with one list of actions, written once. Two decisions have two names.
(The body of an action family is written once, though it is carried out for each member.)

Wrong:

    if calm { North chooses move { … } }
    else    { North chooses move { … } }

Right:

    if calm { North chooses advance { … } }
    else    { North chooses retreat { … } }
",
    },
    Explanation {
        id: "stage-in-loop",
        title: "a stage in a loop without the loop variable",
        text: r"`for` writes its block out once for each member, so a stage inside would be there several
times. The loop variable tells them apart, in the name of the stage or of the player.

Wrong:

    for i in 1 .. 3 { North chooses bid { … } }

Right:

    for i in 1 .. 3 { North chooses bid[i] { … } }
    for i in 1 .. 3 { Firm[i] chooses bid { … } }
",
    },
    Explanation {
        id: "stage-actions",
        title: "a stage whose actions depend on where it stands",
        text: r"A stage inside the body of an action family is one stage for all members, with one list of
actions. List all of them and say with `when` which are available.

Wrong:

    demand(k in 1 .. 3) { South chooses reply { give(j in k .. 3) } }

Right:

    demand(k in 1 .. 3) { South chooses reply { give(j in 1 .. 3) when j >= k } }
",
    },
    Explanation {
        id: "local-unset",
        title: "a local that is read where it has no value",
        text: r"A local lives from its declaration to the end of the block that it stands in, and begins
anew in every period.

Wrong:

    if walls < 3 { local breaches : 0 .. 3 = 3 - walls }
    City pays 0.1 * breaches as repair

Right:

    local breaches : 0 .. 3 = 3 - walls
    City pays 0.1 * breaches as repair
",
    },
    Explanation {
        id: "stage-unset",
        title: "a choice that is read before it is made",
        text: r"The period runs from top to bottom, and choices are forgotten when it ends. To remember one
into the next period, assign it to a `state` variable.

Wrong:

    if City.answer == hold { City pays 0.1 as hunger }
    City chooses answer { hold  yield }

Right:

    City chooses answer { hold  yield }
    if City.answer == hold { City pays 0.1 as hunger }
",
    },
];
