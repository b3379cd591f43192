"""The random games of workload W2, and what programs must agree on about them."""

import sgamesolver


def add_size(parser):
    """The options that say which game."""
    parser.add_argument("--states", type=int, required=True)
    parser.add_argument("--players", type=int, required=True)
    parser.add_argument("--actions", type=int, required=True)
    parser.add_argument("--precision", type=float, default=1.0)
    return parser


def random_game(options):
    """A random game with discount 0.95, always the same for a size."""
    return sgamesolver.SGame.random_game(options.states, options.players, options.actions, delta=0.95, seed=0)


def check(values):
    """The sum of each player's values, from values (states, players)."""
    return {f"sum {player}": float(total) for player, total in enumerate(values.sum(0))}
