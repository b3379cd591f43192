//! Explanations of problems with the period and its statements.

use crate::catalogue::Explanation;

/// In the order of the things that a model consists of.
pub(crate) const PROGRAM: &[Explanation] = &[
    Explanation {
        id: "play-count",
        title: "no `play`, or more than one",
        text: r"`play` is the program of one period, and a model has exactly one; `finally` may follow once.

Example:

    play monthly for 24 {
        North chooses move { hold  press { North gains 1 } }
    }
",
    },
    Explanation {
        id: "horizon",
        title: "a horizon that is no number of periods",
        text: r"A game is played for a whole number of periods, at least 1.

Wrong:

    play monthly for 0 { … }

Right:

    play monthly for 24 { … }
",
    },
    Explanation {
        id: "calendar-months",
        title: "a calendar for periods that are not months",
        text: r"`from` gives the calendar month of period 1, so the periods must be months.

Wrong:

    play yearly for 10 from 2025-01 { … }

Right:

    play yearly for 10 { … }
",
    },
    Explanation {
        id: "no-calendar",
        title: "a date in a model without a calendar",
        text: r"`date(y, m)`, `year` and `month` need the date of the first period.

Wrong:

    play monthly for 24 { … }
    measure soon = P[regime == truce by date(2026, 7)]

Right:

    play monthly for 24 from 2025-10 { … }
    measure soon = P[regime == truce by date(2026, 7)]
",
    },
    Explanation {
        id: "not-assignable",
        title: "something that cannot be set during play",
        text: r"Statements set `state` and `local` variables. Parameters, constants, `let`s, arguments and
what was chosen stay as they are.

Wrong:

    param cost = 0.1
    …
    cost = 0

Right:

    state cheap : truth = false
    let cost_now = if cheap then 0 else cost
    …
    cheap = true
",
    },
    Explanation {
        id: "precision-missing",
        title: "a player who chooses and has no precision",
        text: r"Everyone who chooses needs a precision, which says how sharply payoffs decide.

Wrong:

    player North { discount = 0.95 }

Right:

    player North { discount = 0.95, precision = 2 }
",
    },
    Explanation {
        id: "no-action",
        title: "a stage in which nothing can be chosen",
        text: r"At every state at which a stage is reached, one of its actions must be available. Give one
action no `when`, or put the stage into an `if`.

Wrong:

    City chooses answer { hold when walls > 1   sally when walls > 2 }

Right:

    City chooses answer { yield   hold when walls > 1   sally when walls > 2 }
",
    },
    Explanation {
        id: "probabilities-sum",
        title: "probabilities that do not add up to one",
        text: r"The outcomes of a draw have probabilities that add up to one at every state; `rest` takes
what remains. The two of a `walk` add up to at most one: what remains is to stay.

Wrong:

    weather ~ { rain: 0.4, sun: 0.5, frost: 0.2 }

Right:

    weather ~ { rain: 0.4, sun: 0.5, frost: rest }
",
    },
    Explanation {
        id: "probability-negative",
        title: "a negative probability",
        text: r"Probabilities are from 0 to 1 at every state that can be reached.

Wrong:

    walls ~ walk(down: 0.4 * (walls - 1))

Right:

    walls ~ walk(down: 0.4 * max(walls - 1, 0))
",
    },
    Explanation {
        id: "rest-twice",
        title: "two outcomes that take the rest",
        text: r"`rest` is what the other outcomes leave: one outcome can have it.

Wrong:

    mood ~ { calm: 0.1, war: rest, stay: rest }

Right:

    mood ~ { calm: 0.1, war: 0.2, stay: rest }
",
    },
    Explanation {
        id: "law-domain",
        title: "a law that does not fit the variable",
        text: r"`normal` and `binomial` draw numbers, and a `binomial(n, p)` needs the values 0 to n.
Labels are drawn by listing outcomes, or by `uniform`.

Wrong:

    state losses : 0 .. 3 = 0
    losses ~ binomial(5, 0.5)

Right:

    state losses : 0 .. 5 = 0
    losses ~ binomial(5, 0.5)
",
    },
    Explanation {
        id: "snap-misplaced",
        title: "`snap` inside an expression",
        text: r"`snap(e)` is the value of the assigned variable that is nearest to e, so it can only be the
whole right side of an assignment to a numeric variable.

Wrong:

    front = max(0, snap(front - 0.7))

Right:

    front = snap(max(0, front - 0.7))
",
    },
    Explanation {
        id: "finally-statement",
        title: "something other than payments in `finally`",
        text: r"`finally` pays once, after the last period, what the final state is worth. Nothing is chosen
or drawn there.

Wrong:

    finally { regime = fall }

Right:

    finally { if regime == war { North pays 5 as ruin } }
",
    },
    Explanation {
        id: "forever-time",
        title: "the time in play that goes on for ever",
        text: r"Play that goes on for ever is the same in every period, and so is what players do: neither the
program nor a guard, an event or the condition of a commitment may read `t`, `year` or `month`.
What is to happen after some time needs a state variable that counts up to it.

Wrong:

    play monthly forever {
        if t > 6 { North pays cost as rent }
    }

Right:

    state age : 0 .. 6 = 0
    play monthly forever {
        if age == 6 { North pays cost as rent }
        age = min(age + 1, 6)
    }
",
    },
    Explanation {
        id: "forever-finally",
        title: "`finally` after play that goes on for ever",
        text: r"`finally` pays once, after the last period. Play that goes on for ever has none: what a state is
worth must be paid while play is in it.

Wrong:

    play monthly forever { … }
    finally { North gains land as land }

Right:

    play monthly forever {
        …
        North gains (1 - delta) * land as land
    }
",
    },
    Explanation {
        id: "together-few",
        title: "`together` around fewer than two choices",
        text: r"In `together { … }` two players or more choose at the same time. One choice stands by itself.

Wrong:

    together {
        North chooses move { hold  press }
    }

Right:

    together {
        North chooses move   { hold  press }
        South chooses answer { yield  resist }
    }
",
    },
    Explanation {
        id: "together-player",
        title: "a player who chooses twice at the same time",
        text: r"In `together { … }` every player has one choice. Two decisions of one player are one choice with
arguments, or one of them is made before the other.

Wrong:

    together {
        North chooses price  { low  high }
        North chooses amount { few  many }
        South chooses price  { low  high }
    }

Right:

    together {
        North chooses offer { make(price in {low, high}, amount in {few, many}) }
        South chooses price  { low  high }
    }
",
    },
    Explanation {
        id: "together-body",
        title: "something that cannot stand in `together`",
        text: r"The block holds choices, and `for` around them. What follows from one action in it may pay and
assign, under `if` too; chance, `end` and further choices come when all choices are known, behind
the block. A condition on a choice is the `when` of its actions, or an `if` around the block.

Wrong:

    together {
        North chooses move   { hold  press { line ~ walk(up: 0.5) } }
        South chooses answer { yield  resist }
    }

Right:

    together {
        North chooses move   { hold  press }
        South chooses answer { yield  resist }
    }
    if North.move == press { line ~ walk(up: 0.5) }
",
    },
    Explanation {
        id: "together-assigns",
        title: "a variable that two choices set at once",
        text: r"What follows from choices made at the same time happens at the same time, so one variable may be
set by one of them only. It is set by both, too, where the one sets a variable that decides
whether the other exists (`state x : … when c`). Set it behind the block.

Wrong:

    together {
        North chooses move   { hold  press { line = 3 } }
        South chooses answer { yield  resist { line = 2 } }
    }

Right:

    together {
        North chooses move   { hold  press }
        South chooses answer { yield  resist }
    }
    if South.answer == resist { line = 2 }
    else if North.move == press { line = 3 }
",
    },
    Explanation {
        id: "together-reads",
        title: "a choice that is read where it is not known yet",
        text: r"Of choices made at the same time none is known to another: no `when` and no body in `together` may
read the stage of another player in it, and no body a variable that follows from another's choice.
What depends on both stands behind the block. Nor can questions look at a choice given another
one made at the same time; the chance of both is that of an event.

Wrong:

    together {
        North chooses move   { hold  press }
        South chooses answer { yield  resist when North.move == press }
    }
    measure bold = prob(South.answer == resist | North.move == press)

Right:

    together {
        North chooses move   { hold  press }
        South chooses answer { yield  resist }
    }
    if North.move == press and South.answer == resist { mood = war }
    measure clash = P[North.move == press and South.answer == resist]
",
    },
    Explanation {
        id: "not-here",
        title: "something that has no value at this place",
        text: r"Choices and locals last for one period; `t` and dates mean something while play goes on;
`ended` and answers to questions exist only in questions, measures and claims.

Wrong:

    finally { if City.answer == hold { City gains 1 } }

Right:

    state held : truth = false
    …
    City chooses answer { hold { held = true }  yield { held = false } }
    …
    finally { if held { City gains 1 } }
",
    },
    Explanation {
        id: "expansion-too-large",
        title: "a model that is too large when it is written out",
        text: r"Loops, families and `let`s are written out before a game is solved. Half a million statements
and five million operations are allowed. A `let` that uses another twice doubles it.

Wrong:

    for i in 1 .. 1000000000 { North pays i as cost }

Right:

    North pays 500000000500000000 as cost
",
    },
    Explanation {
        id: "lets-too-deep",
        title: "expressions nested too deeply",
        text: r"`let`s are written out, and an expression may then be nested 400 levels deep. Hold an
intermediate result in a `local` with a grid, or simplify.

Example:

    local strain : 0 .. 10 by 0.5 = snap(hunger + losses)
",
    },
];
