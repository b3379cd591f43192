"""The random games of workload W2, and what programs must agree on about them."""

import sgamesolver

from peer import report, timed


def add_size(parser):
    """The options that say which game."""
    parser.add_argument("--states", type=int, required=True)
    parser.add_argument("--players", type=int, required=True)
    parser.add_argument("--actions", type=int, required=True)
    parser.add_argument("--precision", type=float, default=1.0)
    parser.add_argument("--seeds", type=int, default=1, help="solve so many games, one a seed")
    parser.add_argument("--strategies", action="store_true", help="print the strategies too")
    return parser


def random_game(options, seed=0):
    """A random game with discount 0.95, always the same for a size and seed."""
    return sgamesolver.SGame.random_game(options.states, options.players, options.actions, delta=0.95, seed=seed)


def measure(options, solve):
    """Solves each game and prints what that took; `solve` gives values, strategies and whether it succeeded."""
    for seed in range(options.seeds):
        game, setup = timed(random_game, options, seed)
        (values, strategies, success), seconds = timed(solve, game, options.precision)
        more = {"strategies": [float(p) for p in strategies.ravel()]} if options.strategies and success else {}
        note = None if success else "did not converge"
        report(seconds, check(values) if success else {}, setup, note=note, **more)


def check(values):
    """The sum of each player's values, from values (states, players)."""
    return {f"sum {player}": float(total) for player, total in enumerate(values.sum(0))}
