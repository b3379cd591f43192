//! Explanations of the problems that the lexer and the parser find.

use crate::catalogue::Explanation;

/// In the order in which a text meets them: as bytes, as signs, as declarations, statements and questions.
pub(crate) const SYNTAX: &[Explanation] = &[
    Explanation {
        id: "empty-file",
        title: "the file is empty",
        text: r"There is nothing to read. A model begins with `model NAME`; `melian new NAME` writes a
commented starter.

Example:

    model border

    player North { precision = 2 }

    play once {
        North chooses move { hold  press { North gains 1 } }
    }
",
    },
    Explanation {
        id: "too-large",
        title: "the file is too large for a model",
        text: r"A model is a text that people write and read. Beyond 64 MB, or two million words and signs,
it is refused before it takes memory. Check that it is the right file; replace copies by
families and `for`.

Example:

    for i in 1..50 { Firm[i] chooses bid { low  high } }
",
    },
    Explanation {
        id: "not-utf8",
        title: "the file is not UTF-8",
        text: r"Models are UTF-8 text. The message names the first byte that is not. Editors can save in
UTF-8; what was saved as Latin-1, Windows-1252 or UTF-16 must be converted: `iconv -f latin1
-t utf-8 old.melian > new.melian`.
",
    },
    Explanation {
        id: "binary-file",
        title: "the file is binary",
        text: r"The file contains a zero byte, which no text does. It is probably not a model at all, or it
is damaged.
",
    },
    Explanation {
        id: "unknown-character",
        title: "a character that the language does not use",
        text: r"Names consist of letters, digits and `_`. Word processors replace minus signs, quotes and
comparison signs by typographic ones: plain ones are needed. A share is a number from 0 to
1, not a percentage.

Wrong:

    South gains −2 * cost
    mood ~ { calm: 10%, stay: rest }

Right:

    South gains -2 * cost
    mood ~ { calm: 0.1, stay: rest }
",
    },
    Explanation {
        id: "comment-form",
        title: "a comment of another language",
        text: r"Comments begin with `//` and go to the end of the line. `///` begins a doc comment, which
reaches the reports.

Wrong:

    # twelve months
    /* twelve months */

Right:

    // twelve months
",
    },
    Explanation {
        id: "unclosed-text",
        title: "a text without its closing quote",
        text: r#"A text in quotes ends on the line on which it begins. Write `\n` for a new line inside it.

Wrong:

    claim B1 "War is likely : fought > 0.5

Right:

    claim B1 "War is likely" : fought > 0.5
"#,
    },
    Explanation {
        id: "unknown-escape",
        title: "a backslash with a meaning of its own",
        text: r#"Inside quotes a backslash begins an escape: `\"` is a quote, `\\` a backslash, `\n` a new
line. There are no others.

Wrong:

    source "costs\data.csv"

Right:

    source "costs\\data.csv"
"#,
    },
    Explanation {
        id: "quote-form",
        title: "a text in single quotes",
        text: r#"Texts stand in double quotes.

Wrong:

    unit 'points a month'

Right:

    unit "points a month"
"#,
    },
    Explanation {
        id: "number-form",
        title: "not a number",
        text: r"Numbers are written `1`, `0.25`, `1e-3`. They begin and end with a digit, have no
separators, and a product needs its sign. The two points in `1..5` make a range.

Wrong:

    South pays 2cost
    calm: .1
    front = 1_000

Right:

    South pays 2 * cost
    calm: 0.1
    front = 1000
",
    },
    Explanation {
        id: "too-deep",
        title: "nested too deep",
        text: r"Brackets, blocks and operators before their operands may be nested 200 levels deep. The text
is not read beyond that point. Name parts of it with `let`; if it is not that deep, a
bracket is not closed.

Example:

    let hit = num(strikes) * dmg
    let revenue = price * (1 - hit)
",
    },
    Explanation {
        id: "too-long",
        title: "an expression is too long",
        text: r"An expression may have 300 operations in a row, so that everything that reads it can do so
in little memory. Add up over a family, or build the value in steps with a `local`.

Example:

    let all = sum(cost[k] for k in Posture)
",
    },
    Explanation {
        id: "too-many-problems",
        title: "there are more problems",
        text: r"The first fifty problems are shown. Later ones often follow from earlier ones: mend those
and check again.
",
    },
    Explanation {
        id: "not-yet",
        title: "a word of a later version",
        text: r"`secret` (private information) and `observe` are reserved for later versions of the language.
They cannot be names either, so that models written today keep their meaning.

Wrong:

    secret kind of South : { weak: 0.5, tough: 0.5 }

Right, if everybody may know it:

    state kind : { weak, tough } = weak
",
    },
    Explanation {
        id: "unexpected-token",
        title: "something else was expected",
        text: r"The text cannot go on like this. The message says what was expected instead; the mistake may
be just before, where something is missing.

Wrong:

    param prize =
    player North { precision = 2 }

Right:

    param prize = 0.5
    player North { precision = 2 }
",
    },
    Explanation {
        id: "unknown-keyword",
        title: "an unknown word",
        text: r"Where a word of the language is needed there stands another one. The message names the
nearest.

Wrong:

    North choose move { … }
    if a { … } elif b { … }

Right:

    North chooses move { … }
    if a { … } else if b { … }
",
    },
    Explanation {
        id: "reserved-word",
        title: "a word of the language as a name",
        text: r"Words that expressions and statements are made of cannot be names: `if then else and or not in
true false for with unexpected unnoticed forever together`. A `let` or `measure` cannot be called like a question
either: `P E value count prob policy margin mean sum any all`.

Wrong:

    param in = 0.5
    measure value = P[war]

Right:

    param inflow = 0.5
    measure war_value = P[war]
",
    },
    Explanation {
        id: "quoted-name",
        title: "a name or label in quotes",
        text: r#"Names and labels stand without quotes. Quotes are for words that people read: titles, units,
sources, claims.

Wrong:

    mood = "tense"

Right:

    mood = tense
"#,
    },
    Explanation {
        id: "model-missing",
        title: "the text has no header",
        text: r#"A file begins with `model NAME`, perhaps a title in quotes, and a doc comment above it.

Wrong:

    param cost = 0.4

Right:

    model border "A line between two neighbours"

    param cost = 0.4
"#,
    },
    Explanation {
        id: "model-repeated",
        title: "two models in one file",
        text: r"A file holds one model. Put the second one into a file of its own.
",
    },
    Explanation {
        id: "misplaced-statement",
        title: "a statement outside of `play`",
        text: r"Payments, assignments, draws and choices happen in a period: they stand inside `play … { }`
or, for payments after the last period, inside `finally { }`. If it does stand there, a `}`
before it closes `play` too early.

Wrong:

    play once { North chooses move { … } }
    North gains 1

Right:

    play once {
        North chooses move { … }
        North gains 1
    }
",
    },
    Explanation {
        id: "misplaced-declaration",
        title: "a declaration inside of `play`",
        text: r"`const`, `type`, `param`, `correlate`, `player`, `state`, `measure`, `plausible` and `claim` stand at
the outermost level, where their order does not matter. Inside of `play`, `local x : DOMAIN = e` declares
a variable that lives for one period, and `let x = e` names an expression.

Wrong:

    play once {
        state tried : truth = false
    }

Right:

    play once {
        local tried : truth = false
    }
",
    },
    Explanation {
        id: "unclosed-brace",
        title: "a brace is not closed",
        text: r"A `{` has no `}`. If a later brace stands further left than the line it closes, the message
points at that one: the missing `}` belongs in front of it. `melian fmt` shows the nesting
of a text that can be read.

Wrong:

    press {
        South chooses reply { yield  resist }
    hold

Right:

    press {
        South chooses reply { yield  resist }
    }
    hold
",
    },
    Explanation {
        id: "unclosed-bracket",
        title: "a parenthesis or bracket is not closed",
        text: r"A `(` or `[` has no partner before its statement ends.

Wrong:

    line = min(line + 1, 4

Right:

    line = min(line + 1, 4)
",
    },
    Explanation {
        id: "unmatched-bracket",
        title: "a closing bracket without an opening one",
        text: r"A `)`, `]` or `}` closes nothing. Either it is one too many, or an opening bracket is
missing before it.

Wrong:

    x = (1 + 2))

Right:

    x = (1 + 2)
",
    },
    Explanation {
        id: "missing-braces",
        title: "a body without braces",
        text: r"The body of `if`, `else`, `for`, `play` and `finally` stands in braces, even if it is one
statement.

Wrong:

    if mood == war North pays cost

Right:

    if mood == war { North pays cost }
",
    },
    Explanation {
        id: "missing-comma",
        title: "a comma is missing",
        text: r"The members of sets, the entries of tables and the outcomes of a draw are separated by
commas. In the braces of players and interventions a new line is enough.

Wrong:

    mood ~ { calm: 0.1 stay: rest }

Right:

    mood ~ { calm: 0.1, stay: rest }
",
    },
    Explanation {
        id: "stray-comma",
        title: "a comma between actions or statements",
        text: r"Actions and statements are separated by blanks or new lines; between statements on one line
a `;` reads well.

Wrong:

    North chooses move { hold, press }

Right:

    North chooses move { hold  press }
",
    },
    Explanation {
        id: "single-equals",
        title: "`=` inside an expression",
        text: r"`=` sets a value; `==` asks whether two values are equal.

Wrong:

    if mood = war { … }

Right:

    if mood == war { … }
",
    },
    Explanation {
        id: "double-equals",
        title: "`==` where a value is set",
        text: r"`==` asks whether two values are equal; `=` sets a value.

Wrong:

    line == line + 1

Right:

    line = line + 1
",
    },
    Explanation {
        id: "colon-equals",
        title: "`:=` where a value is set",
        text: r"A value is set with `=`.

Wrong:

    line := line + 1

Right:

    line = line + 1
",
    },
    Explanation {
        id: "colon-for-equals",
        title: "`:` where a value is set",
        text: r"What something is set to stands after `=`: attributes, constants, parameters, measures. A
`:` stands before the values that a variable can take, between a key and its entry, and
before the condition of a claim.

Wrong:

    player North { discount: 0.95 }

Right:

    player North { discount = 0.95 }
",
    },
    Explanation {
        id: "equals-for-colon",
        title: "`=` where `:` belongs",
        text: r"A `:` stands before the values that a variable can take, between a key and its entry or
probability, and before the condition of a claim.

Wrong:

    state mood = { calm, war } = calm

Right:

    state mood : { calm, war } = calm
",
    },
    Explanation {
        id: "foreign-operator",
        title: "an operator of another language",
        text: r"Write `and`, `or`, `not`, `!=`, `>=`, `<=`, `^`; an increment is written out.

Wrong:

    if a && !b { line += 1 }

Right:

    if a and not b { line = line + 1 }
",
    },
    Explanation {
        id: "chained-comparison",
        title: "two comparisons in a row",
        text: r"Comparisons are not chained as in mathematics: say both.

Wrong:

    if 0 < line < 4 { … }

Right:

    if 0 < line and line < 4 { … }
",
    },
    Explanation {
        id: "missing-parentheses",
        title: "an operand needs parentheses",
        text: r"`not` and `if … then … else` bind less tightly than the operator before them. Parentheses
say what is meant.

Wrong:

    x = 1 + if a then 2 else 3

Right:

    x = 1 + (if a then 2 else 3)
",
    },
    Explanation {
        id: "by-form",
        title: "`by` without a comparison",
        text: r#"`by` says by how much one number exceeds another. It stands behind the comparison.

Wrong:

    claim "x" : fought by 0.1 > 0.5

Right:

    claim "x" : fought > 0.5 by 0.1
"#,
    },
    Explanation {
        id: "if-form",
        title: "`if` as a statement and `if` as an expression",
        text: r"As a statement, `if` has braces and needs no `else`. As an expression it is `if c then a
else b`, and the `else` cannot be left out, because an expression always has a value.

Wrong:

    mood = if mood == calm then tense
    if mood == war then { … }

Right:

    mood = if mood == calm then tense else war
    if mood == war { … }
",
    },
    Explanation {
        id: "stray-else",
        title: "an `else` without its `if`",
        text: r"`else` stands directly behind the `}` of an `if`; nothing may come between them.

Wrong:

    if a { x = 1 }
    y = 2
    else { x = 3 }

Right:

    if a { x = 1 } else { x = 3 }
    y = 2
",
    },
    Explanation {
        id: "empty-set",
        title: "a set without members",
        text: r"A set, an enumeration and a law of chance need at least one member.

Wrong:

    if mood in {} { … }

Right:

    if mood in {tense, war} { … }
",
    },
    Explanation {
        id: "set-form",
        title: "not a set",
        text: r"After `in` stands a set: members in braces, a type's name, or a range. Sets stand nowhere
else.

Wrong:

    if line in 3 { … }

Right:

    if line in {3} { … }
    if line in 1..3 { … }
    for k in Posture { … }
",
    },
    Explanation {
        id: "domain-form",
        title: "not a set of values",
        text: r"After the `:` of a variable stand the values that it can take: labels, a type's name,
`truth`, whole numbers `lo .. hi`, or a grid `lo .. hi by step`.

Wrong:

    state line : 5 = 2

Right:

    state line : 0 .. 5 = 2
",
    },
    Explanation {
        id: "mixed-order",
        title: "labels ordered only in part",
        text: r"Labels separated by `<` are ordered and can be compared; labels separated by commas are not.
One enumeration has one kind.

Wrong:

    type Mood = { calm < tense, war }

Right:

    type Mood = { calm < tense < war }
",
    },
    Explanation {
        id: "range-form",
        title: "a range in another form",
        text: r"A range is written `lo .. hi`, without brackets.

Wrong:

    param cost = 0.4 in [0.1, 0.8]

Right:

    param cost = 0.4 in 0.1 .. 0.8
",
    },
    Explanation {
        id: "const-range",
        title: "a constant with a plausible range",
        text: r"A constant shapes the model: it may bound domains and the horizon, and has one value. What
is uncertain and may vary from world to world is a `param`.

Wrong:

    const cost = 0.4 in 0.1 .. 0.8

Right:

    param cost = 0.4 in 0.1 .. 0.8
",
    },
    Explanation {
        id: "table-form",
        title: "a table without an index",
        text: r"A table says what it is indexed by, in brackets behind its name.

Wrong:

    param arms = { withhold: 0, supply: 1 }

Right:

    param arms[k in Posture] = { withhold: 0, supply: 1 }
",
    },
    Explanation {
        id: "duplicate-clause",
        title: "a clause is said twice",
        text: r"A range, a unit, a source, a condition or a time can be said once.

Wrong:

    param cost = 0.4 in 0.1 .. 0.8 ~ normal(0.4, 0.1)

Right:

    param cost = 0.4 ~ normal(0.4, 0.1)
",
    },
    Explanation {
        id: "date-form",
        title: "not a calendar month",
        text: r"A date is a year and a month.

Wrong:

    play monthly for 24 from 10-2025 { … }

Right:

    play monthly for 24 from 2025-10 { … }
",
    },
    Explanation {
        id: "play-form",
        title: "`play` does not say how long",
        text: r"`play once` is one period. Otherwise `play` says what a period is, how many there are or that
they go on for ever, and, if calendar dates matter, when it begins. Any plural will do for the
period: `rounds`, `seasons`.

Wrong:

    play for 12 months { … }

Right:

    play monthly for 12 { … }
    play rounds for 12 { … }
    play rounds forever { … }
",
    },
    Explanation {
        id: "plausible-form",
        title: "what is plausible, without `when`",
        text: r#"A world is plausible if what has been observed would be no surprise in it: the condition behind
`when` must hold. What was observed may stand before it in quotes.

Wrong:

    plausible "no deal in nine months" : deal(9) <= 0.5
    plausible deal(9) <= 0.5

Right:

    plausible "no deal in nine months" when deal(9) <= 0.5
    plausible when deal(9) <= 0.5
"#,
    },
    Explanation {
        id: "correlate-form",
        title: "a correlation without `by`",
        text: r"`correlate` names parameters, with commas between them, and behind `by` the rank correlation of any
two of them.

Wrong:

    correlate prize, ransom = 0.5
    correlate prize ransom by 0.5

Right:

    correlate prize, ransom by 0.5
",
    },
    Explanation {
        id: "local-form",
        title: "a local without a first value",
        text: r"A local is set where it is declared, and lives to the end of the period.

Wrong:

    local tried : truth

Right:

    local tried : truth = false
",
    },
    Explanation {
        id: "stage-form",
        title: "a condition on a stage",
        text: r"Conditions stand at actions. To skip a stage as a whole, put it into an `if`.

Wrong:

    North chooses move when line < 4 { … }

Right:

    if line < 4 { North chooses move { … } }
",
    },
    Explanation {
        id: "no-actions",
        title: "a stage without actions",
        text: r"A player chooses between at least one action; one alone is allowed where others may be added
by conditions.

Wrong:

    South chooses reply { }

Right:

    South chooses reply { yield  resist }
",
    },
    Explanation {
        id: "statement-among-actions",
        title: "a statement among actions",
        text: r"The braces of `chooses` hold actions. What follows a choice stands in the braces of its
action; what happens in any case stands before or behind the stage; a condition on an action
is `NAME when c`.

Wrong:

    North chooses move {
        North pays 0.1
        hold
    }

Right:

    North pays 0.1
    North chooses move {
        hold
    }
",
    },
    Explanation {
        id: "unknown-law",
        title: "an unknown law of chance",
        text: r"A variable is redrawn from `walk(up: e, down: e)`, from outcomes `{ a: p, stay: rest }`,
from `normal(mean, sd)`, `binomial(n, p)` or `uniform`. A parameter's plausible values
follow `normal(m, sd)`, `lognormal(mu, sigma)`, `triangular(lo, mode, hi)` or `beta(a, b)`.

Wrong:

    mood ~ random(calm, war)

Right:

    mood ~ { calm: 0.5, war: 0.5 }
",
    },
    Explanation {
        id: "law-arguments",
        title: "a law with other arguments",
        text: r"The two probabilities of `walk` are named, and one may be left out. The other laws take
their arguments in order.

Wrong:

    line ~ walk(0.1, 0.2)

Right:

    line ~ walk(up: 0.1, down: 0.2)
",
    },
    Explanation {
        id: "question-brackets",
        title: "a question in other brackets",
        text: r"`P[…]` and `E[…]` have square brackets; `prob(…)`, `count(…)`, `value(…)`, `policy(…)` and
`margin(…)` have parentheses.

Wrong:

    P(mood == war by 12)

Right:

    P[mood == war by 12]
",
    },
    Explanation {
        id: "question-form",
        title: "a question in another form",
        text: r"Behind what is asked stand its clauses of time, and `| c` for a condition at the same time:
`at m`, `by m`, `after k by m`, `until c by m`, `when first c by m`, `in the long run`, and of a
total `discounted d`. `unexpected { … }` says when: `at m`. `margin` compares two actions: `margin(P.stage: a over b)`.

Wrong:

    P[mood == war at 12 given line > 2]

Right:

    P[mood == war at 12 | line > 2]
",
    },
    Explanation {
        id: "aggregate-form",
        title: "`mean`, `sum`, `any` or `all` without `for`",
        text: r"They run over a set: `for m in 1..12`. A few numbers are added with `+`, a few conditions
joined with `and` or `or`.

Wrong:

    mean(fought, 0.3)

Right:

    mean(P[mood == war at m] for m in 1..12)
",
    },
    Explanation {
        id: "stray-doc",
        title: "a doc comment that belongs to nothing",
        text: r"`///` on a line of its own documents what follows; at the end of a line it documents what
begins on that line. Declarations, stages, actions, labels and entries of tables can be
documented; other statements cannot. An ordinary comment begins with `//`.

Wrong:

    /// tempers cool
    mood ~ { calm: 0.1, stay: rest }

Right:

    // tempers cool
    mood ~ { calm: 0.1, stay: rest }
",
    },
];
