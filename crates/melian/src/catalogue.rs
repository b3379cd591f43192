//! Explanations of what the library and the command report themselves, beside what the language reports.

use melian_lang::Explanation;

/// The explanations, by id.
pub(crate) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        id: "asked-twice",
        title: "a question is asked twice",
        text: "Tables name their columns after the questions, so each is asked once only.",
    },
    Explanation {
        id: "bad-axis",
        title: "`melian map` does not understand an axis",
        text: "A map goes over one parameter or two, each named once with `--over`, from a lower value to a higher one. Where \
               no range is given, the parameter must have one in the model.\n\n\
               Wrong: melian map fearon war --over p=0.8..0.2\nRight: melian map fearon war --over p=0.2..0.8",
    },
    Explanation {
        id: "bad-name",
        title: "a model cannot have this name",
        text: "The name of a model is a word of letters, digits and `_` that does not begin with a digit, because it \
               stands after `model` in the file and the file is called after it.\n\n\
               Wrong: melian new 1st-try\nRight: melian new first_try",
    },
    Explanation {
        id: "design",
        title: "this design cannot be made",
        text: "Trajectories for Morris screening need at least one parameter that varies.",
    },
    Explanation {
        id: "design-file",
        title: "a file of worlds cannot be used",
        text: "A design file is CSV: the first line names parameters, every other line is a world. There must be a \
               column for every parameter that varies and for no other, and every cell must be a finite number. \
               Which parameters vary is said with `--vary` or `--fix`; by default all that have a range.\n\nWrong: \
               a column `dmgg`, or an empty cell\nRight: `dmg,oil_price` and below it `0.2,78`",
    },
    Explanation {
        id: "file-exists",
        title: "`melian new` does not overwrite a file",
        text: "There is a file with the name that the new model would get. Choose another name, or move the file away.",
    },
    Explanation {
        id: "folder-in-use",
        title: "another process is solving these worlds",
        text: "Two processes that solve the same worlds into the same folder would do the work twice. Wait for the \
               other one, or share the work with `--shard K/N`: shards may use one folder at the same time. The \
               lock is released when a process ends, however it does.",
    },
    Explanation {
        id: "folder-taken",
        title: "the folder holds something else",
        text: "Worlds are written into a folder of their own. The one named with `--out` has files in it that are \
               none of a study's; nothing is written there.",
    },
    Explanation {
        id: "folder-trouble",
        title: "a file of the study cannot be written",
        text: "The system refused to write: the disk is full, the folder is not yours, or the device has gone. \
               Every world that was solved is in a part or in a journal; when the cause is removed, the same \
               command goes on where it was.",
    },
    Explanation {
        id: "indices",
        title: "the indices cannot be computed",
        text: "Sensitivity indices need worlds in which the answer varies, and enough of them. The message says \
               what is missing.",
    },
    Explanation {
        id: "interrupted",
        title: "a solve was ended before its time",
        text: "Whoever asked no longer waits for the answer: in `melian serve`, because a newer request came.",
    },
    Explanation {
        id: "no-answer",
        title: "there is no answer anywhere",
        text: "A search for the nearest point at which a verdict changes has looked at points all over the parameters' \
               ranges, and not one of them could be solved. The message gives the reason at the model's own values; \
               `melian ask` at these values says more.",
    },
    Explanation {
        id: "no-policy",
        title: "there is nothing to compare",
        text: "`melian compare` sets policies side by side, and the model as it is. Each policy is named with `--with`; with \
               `--no-baseline` there must be two.\n\n\
               Right: melian compare signorino --with 'bound: { back_A = 2 * back_A }'",
    },
    Explanation {
        id: "no-study",
        title: "a folder holds no worlds",
        text: "What is named is not a folder that `melian worlds` wrote: it has no `study.json`, or one that cannot \
               be read.",
    },
    Explanation {
        id: "no-such-file",
        title: "an embedded model has no file",
        text: "The models that are part of Melian can be run and read, but there is no file that `melian fmt` could \
               change. `melian models NAME > mine.melian` makes a copy.",
    },
    Explanation {
        id: "no-such-value",
        title: "a variable or period does not have this value",
        text: "A value given on the command line is none of the variable's: not one of its labels, outside its range, \
               or between the points of its grid; or the period is not one that is played. The message lists what is \
               possible.\n\n\
               Wrong: melian run forts --start held=99\nRight: melian run forts --start held=9",
    },
    Explanation {
        id: "no-thread",
        title: "no thread can be started",
        text: "The system refused to start another thread. `RAYON_NUM_THREADS=1` works with one.",
    },
    Explanation {
        id: "no-verdict",
        title: "the answer is a number",
        text: "Boxes are looked for where something holds or fails. A number neither holds nor fails; ask a \
               condition of it when the worlds are solved: `melian worlds MODEL --ask 'deal(12) >= 0.5'`.",
    },
    Explanation {
        id: "no-server",
        title: "the server cannot be started",
        text: "The system does not give `melian serve` the threads or sockets that it needs; the message says why.",
    },
    Explanation {
        id: "not-converged",
        title: "no stationary equilibrium was found",
        text: "Play goes on for ever, and no method came to rest at values that a period leaves as they are: plain \
               iteration, damping, acceleration, Newton's method. There may be an equilibrium all the same. Nothing is \
               answered, and the exit code is 3. Try `--homotopy`, which comes from uniform play; a start of your own \
               with `--start-from FILE`; or lower precisions, at which choices swing less. With `--allow-unconverged` \
               there are answers, each marked, from a point that is no equilibrium: fit for finding out what goes \
               wrong, and for nothing else.\n\n\
               Wrong: melian ask MODEL --allow-unconverged 'value(A)', to have a number\n\
               Right: melian ask MODEL --homotopy 'value(A)'",
    },
    Explanation {
        id: "not-forever",
        title: "the model has a last period",
        text: "Stationary equilibria are those of play that goes on for ever. A game with a last period is solved \
               backward from it, and with moves in turn has one equilibrium. `--forever` drops the last period, and \
               what is paid finally, of a model in which nothing reads the time.\n\n\
               Wrong: melian equilibrium ukraine\nRight: melian equilibrium ukraine --forever",
    },
    Explanation {
        id: "nothing-asked",
        title: "nothing is asked of the worlds",
        text: "The model has neither measures nor claims. Ask something with `--ask`.",
    },
    Explanation {
        id: "nothing-varies",
        title: "no parameter varies",
        text: "Worlds differ in their parameters. Those vary that have a range in the model, less those that are \
               given a value with `--param` or kept with `--fix`; with `--vary`, only the ones named.\n\nWrong: \
               `param c = 0.2`\nRight: `param c = 0.2 in 0.1 .. 0.3`",
    },
    Explanation {
        id: "number-needed",
        title: "policies are compared by numbers",
        text: "How much worse one policy is than another can be said of numbers, not of verdicts. Ask for a side of the \
               condition, or for the difference of both.\n\n\
               Wrong: melian compare signorino 'value(A) > value(B)' --with '{ B.reply = resist }'\n\
               Right: melian compare signorino 'value(A) - value(B)' --with '{ B.reply = resist }'",
    },
    Explanation {
        id: "one-for-each",
        title: "an option is given for another number of questions",
        text: "`--better` and `--satisfice` are given once, for all questions, or as often as there are questions, in their \
               order and separated by commas.",
    },
    Explanation {
        id: "other-design",
        title: "the worlds are of another design",
        text: "Sobol' indices and Morris screening need worlds that are arranged for them (`--design saltelli`, \
               `--design morris`). Delta and PAWN take any.",
    },
    Explanation {
        id: "other-study",
        title: "the folder holds worlds of another study",
        text: "What is in the folder was solved from another model, with other options, from another design, or by \
               another version of Melian. The message says what differs. Nothing is written: choose another folder, \
               or give the command that made this one.",
    },
    Explanation {
        id: "part-unreadable",
        title: "a part cannot be read",
        text: "A Parquet file of the study is damaged or was changed. Remove it and give the same command again: \
               its worlds are solved anew, to the same bytes.",
    },
    Explanation {
        id: "policy-form",
        title: "this is no intervention",
        text: "A policy is what stands behind a question as its intervention, in braces; a name with a colon may go before it. \
               `unexpected { … } at 6` and `unnoticed { … }` are interventions too.\n\n\
               Wrong: --with 'B.reply = resist'\nRight: --with 'firm: { B.reply = resist }'",
    },
    Explanation {
        id: "policy-twice",
        title: "two policies have the same name",
        text: "Tables name their rows after the policies. Without a name of its own a policy is called what it does; `as it \
               is` is the unchanged model.",
    },
    Explanation {
        id: "port-unusable",
        title: "the server cannot listen at this address",
        text: "Another program listens at this port already, the address is none of this machine, or the system \
               does not let you use the port. Without `--port` a free one is taken.",
    },
    Explanation {
        id: "questions-too-deep",
        title: "interventions are nested too deeply",
        text: "An intervention may set a parameter to the answer of a question, which may itself stand under an \
               intervention, and so on. Each level takes a round of solving; so many are surely a mistake.",
    },
    Explanation {
        id: "require-broken",
        title: "the parameters do not satisfy a `require`",
        text: "The model says with `require` which parameter values belong together, and the defaults, or the values \
               given with `--param`, do not. Inside an intervention this makes the question undefined instead.\n\n\
               Wrong: `require p + cost < 1` with `--param p=0.9,cost=0.2`\n\
               Right: `--param p=0.7,cost=0.2`",
    },
    Explanation {
        id: "stage-not-solved",
        title: "the equilibrium of choices made at the same time was not found",
        text: "Where players choose at once, the equilibrium is followed from uniform play to the players' \
               precisions, and the branch could not be followed to its end. That happens where it turns very \
               sharply: at precisions far beyond what payoffs call for, or where actions are worth almost the same \
               whatever the others do. Lower the precisions, or raise them step by step to see where it ends.",
    },
    Explanation {
        id: "start-absent",
        title: "a variable that does not exist at the start was given a start value",
        text: "A variable declared with `when` exists only where its condition holds. At the start asked for, it does \
               not; a value would mean nothing.\n\n\
               Wrong: start guarantee = firm, while regime starts at war\n\
               Right: start regime = truce, start guarantee = firm",
    },
    Explanation {
        id: "start-file",
        title: "a file for `--start-from` cannot be understood",
        text: "The file is CSV with a first row of titles. Values: a column for each state variable that matters and \
               one `value(P)` for each player, a row for each state at which a period can begin. Choice \
               probabilities: the columns `stage`, one for each variable that matters, `action` and `probability`. \
               `melian equilibrium MODEL --save FILE` and `--save-policies FILE` write such files, to be changed.\n\n\
               Wrong: town,North,South\nRight: town,value(North),value(South)",
    },
    Explanation {
        id: "start-not-planned",
        title: "a plan was asked about a start that it was not made for",
        text: "Only programs that use the library can cause this: the starts that will be asked about are among the \
               needs that a plan is made for.",
    },
    Explanation {
        id: "start-values",
        title: "a start does not say what is needed at some state",
        text: "A start for play that goes on for ever needs the values of all players at every state in reach at \
               which a period can begin, or the choice probabilities of every stage at every state at which it can \
               be played. The message names a state that has no row. `melian equilibrium MODEL --save FILE` writes a \
               file with all of them.",
    },
    Explanation {
        id: "too-many-worlds",
        title: "the design cannot have so many worlds or parameters",
        text: "There are 1,048,576 Sobol points of at most 256 coordinates, and twice as many coordinates are \
               needed for Sobol' indices; a grid has its number of levels to the power of its number of parameters.",
    },
    Explanation {
        id: "unknown-id",
        title: "there is no diagnostic with this id",
        text: "Ids stand in brackets in a message: error[probabilities-sum]. `melian explain` lists them all.",
    },
    Explanation {
        id: "unknown-model",
        title: "there is neither a file nor an embedded model with this name",
        text: "A model is named by a path, by the name of an embedded model (`melian models` lists them), or by - for \
               standard input. An embedded model goes before a file of the same name; write ./NAME for the file.",
    },
    Explanation {
        id: "unreadable-file",
        title: "a file cannot be read",
        text: "The system does not let Melian read the file; the message says why.",
    },
    Explanation {
        id: "unwritable-file",
        title: "a file cannot be written",
        text: "The system does not let Melian write the file; the message says why.",
    },
];
