//! Explanations of problems with types, domains and values.

use crate::catalogue::Explanation;

/// In the order of the things that a model consists of.
pub(crate) const TYPES: &[Explanation] = &[
    Explanation {
        id: "type-mismatch",
        title: "a value of another type than is wanted",
        text: r"There are numbers, truth values, and labels of types; none turns into another by itself.
`num(x)` is 1 for true and 0 for false, and the position of a label in its type. Players,
stages and types are no values.

Wrong:

    South gains 0.2 * burning as loot
    if walls { … }

Right:

    South gains 0.2 * num(burning) as loot
    if walls > 0 { … }
",
    },
    Explanation {
        id: "unordered-labels",
        title: "labels without an order",
        text: r"`<`, `<=`, `min`, `max` and `walk` need an order. A type has one if its labels are separated
by `<`. The actions of a stage have none.

Wrong:

    type Posture = { withhold, supply, squeeze }
    if posture >= supply { … }

Right:

    type Posture = { withhold < supply < squeeze }
    if posture >= supply { … }
",
    },
    Explanation {
        id: "wrong-arguments",
        title: "a wrong number of arguments, or an index missing",
        text: r#"A `let`, a measure, a function and a pattern of actions take exactly their arguments; a
family and a table are used with an index, single things without.

Wrong:

    measure peace(m) = P[regime == truce by m]
    claim "Peace comes" : peace > 0.5

Right:

    claim "Peace comes" : peace(12) > 0.5
"#,
    },
    Explanation {
        id: "not-constant",
        title: "something that must be known before anything is solved",
        text: r"Domains, horizons, months, sets, defaults and indices of families are fixed before a game is
solved: they may use numbers, `const`s, loop variables and arguments of actions. Discount,
precision and `require` may use parameters too.

Wrong:

    param levels = 3
    state front : 0 .. levels = 0

Right:

    const levels = 3
    state front : 0 .. levels = 0
",
    },
    Explanation {
        id: "not-whole",
        title: "a fraction where a whole number is needed",
        text: r"`lo .. hi` are the whole numbers from lo to hi. For a grid of real numbers give its step.

Wrong:

    state front : 0 .. 2.5 = 0

Right:

    state front : 0 .. 2.5 by 0.5 = 0
",
    },
    Explanation {
        id: "off-grid",
        title: "a value that the variable never has",
        text: r"A variable has the values of its domain and no others. `snap(…)` takes the nearest value of a
grid.

Wrong:

    state front : 0 .. 3 by 0.5 = 0
    front = 0.7

Right:

    front = snap(0.7)
",
    },
    Explanation {
        id: "range-reversed",
        title: "a range that ends before it starts",
        text: r"Write the lesser end first.

Wrong:

    param cost = 0.1 in 0.3 .. 0

Right:

    param cost = 0.1 in 0 .. 0.3
",
    },
    Explanation {
        id: "grid-step",
        title: "a grid whose steps do not end at its end",
        text: r"A grid goes from its least to its greatest value in equal steps, so the step must divide
the distance.

Wrong:

    state front : 0 .. 3 by 0.7 = 0

Right:

    state front : 0 .. 3 by 0.75 = 0
    state front : 0 .. 2.8 by 0.7 = 0
",
    },
    Explanation {
        id: "domain-too-large",
        title: "a variable with too many values",
        text: r"A game is solved at every combination of values of its variables, so a grid of millions of
levels cannot be solved. A few levels are usually enough: compare two grids.

Wrong:

    state front : 0 .. 3 by 0.0000001 = 0

Right:

    state front : 0 .. 3 by 0.1 = 0
",
    },
    Explanation {
        id: "table-entries",
        title: "a table with an entry too many or too few",
        text: r"A table has exactly one entry for each member of its index.

Wrong:

    param arms[k in {none, some}] = { none: 0 }

Right:

    param arms[k in {none, some}] = { none: 0, some: 1 }
",
    },
    Explanation {
        id: "knots-order",
        title: "knots that do not increase",
        text: r"A table over knots is interpolated between neighbours; the knots are listed from the least
to the greatest.

Wrong:

    param f[x at {0, 2, 1}] = { 0: 0, 1: 3, 2: 4 }

Right:

    param f[x at {0, 1, 2}] = { 0: 0, 1: 3, 2: 4 }
",
    },
    Explanation {
        id: "start-missing",
        title: "no value before the first period",
        text: r"Every state variable has a value before period 1. A conditional one has it exactly if its
condition holds there.

Wrong:

    state walls : 0 .. 3

Right:

    state walls : 0 .. 3 = 3
",
    },
    Explanation {
        id: "start-unneeded",
        title: "a start value for what does not exist at the start",
        text: r"A conditional variable exists only while its condition holds. Where that is not so at the
start, it gets its first value when it is assigned.

Wrong:

    state regime : { war, truce } = war
    state guarantee : { soft, firm } = soft when regime == truce

Right:

    state guarantee : { soft, firm } when regime == truce
",
    },
    Explanation {
        id: "when-conditional",
        title: "existence that depends on what may not exist",
        text: r"The condition of a state variable reads state variables that always exist.

Wrong:

    state guarantee : { soft, firm } when regime == truce
    state patrols : truth when guarantee == firm

Right:

    state patrols : truth when regime == truce
",
    },
    Explanation {
        id: "default-outside",
        title: "a default outside its own range",
        text: r"The range says what is plausible, the default is the baseline: it must be plausible too.
Worlds and sensitivities are drawn from the range.

Wrong:

    param cost = 0.5 in 0 .. 0.3

Right:

    param cost = 0.2 in 0 .. 0.3
",
    },
    Explanation {
        id: "range-law",
        title: "a law of a parameter that is none",
        text: r"`normal(mean, sd)` and `lognormal(mu, sigma)` need a positive spread, `beta(a, b)` positive
shapes, `triangular(lo, mode, hi)` an increasing order.

Wrong:

    param cost = 0.1 ~ normal(0.1, -0.05)

Right:

    param cost = 0.1 ~ normal(0.1, 0.05)
",
    },
    Explanation {
        id: "discount-range",
        title: "a discount factor outside 0 .. 1",
        text: r"The discount factor is what a point of the next period is worth now. An interest rate r a
period is the factor 1 / (1 + r). The same holds of `E[total e discounted d]`.

Wrong:

    player North { discount = 5 }

Right:

    player North { discount = 0.95 }
",
    },
    Explanation {
        id: "precision-negative",
        title: "a negative precision",
        text: r"Precision is the λ of quantal response: 0 chooses at random, great numbers choose the best
action almost surely, `inf` always. Its unit is one over a point of payoff.

Wrong:

    player North { precision = -2 }

Right:

    player North { precision = 2 }
",
    },
    Explanation {
        id: "require-broken",
        title: "a requirement that the parameters violate",
        text: r"`require` states what parameters must satisfy together. The defaults must satisfy it; worlds
that do not are drawn again.

Wrong:

    param prize = 0.05
    param cost = 0.1
    require prize > cost

Right:

    param prize = 0.5
    param cost = 0.1
    require prize > cost
",
    },
    Explanation {
        id: "correlate-few",
        title: "a correlation of one parameter",
        text: r"`correlate` says that parameters are high together, or one where the other is low, over the
plausible worlds. That takes at least two. The name of a table stands for all of its entries that
have a range.

Wrong:

    correlate prize by 0.5

Right:

    correlate prize, ransom by 0.5
",
    },
    Explanation {
        id: "correlate-twice",
        title: "a parameter twice in a group, or a pair in two groups",
        text: r"Each pair of parameters has one correlation. Groups may share one parameter, not two.

Wrong:

    correlate prize, ransom by 0.5
    correlate prize, ransom, cost by 0.2

Right:

    correlate prize, ransom by 0.5
    correlate prize, cost by 0.2
    correlate ransom, cost by 0.2
",
    },
    Explanation {
        id: "correlate-fixed",
        title: "a correlation of a parameter that does not vary",
        text: r"A parameter without a range has its default in every world.

Wrong:

    param ransom = 0.8
    correlate prize, ransom by 0.5

Right:

    param ransom = 0.8 in 0.4 .. 1
    correlate prize, ransom by 0.5
",
    },
    Explanation {
        id: "correlate-range",
        title: "a correlation that is not between -1 and 1",
        text: r"The number behind `by` is a rank correlation (Spearman's): 0 is no connection, near 1 the one is
high where the other is, near -1 low. At 1 and -1 themselves the two would be one parameter.

Wrong:

    correlate prize, ransom by 50
    correlate prize, ransom by 1

Right:

    correlate prize, ransom by 0.5
    let ransom = 0.8 * prize
",
    },
    Explanation {
        id: "correlate-impossible",
        title: "correlations that no numbers have all at once",
        text: r"What goes with a third goes with each other; and of three, not each can be high where the others
are low. Pairs that no `correlate` names count as uncorrelated. Worlds are drawn by normal numbers
whose correlation is 2 sin(pi r / 6) for a rank correlation r, and the matrix of these must be positive
definite: for a group of k alone they must exceed -1 / (k - 1).

Wrong:

    correlate cost, prize, ransom by -0.6

    correlate prize, ransom by 0.9
    correlate prize, cost by 0.9

Right:

    correlate cost, prize, ransom by -0.4

    correlate prize, ransom, cost by 0.9
",
    },
];
