"""W3 by Gambit: the tree as an .efg text, and the logit equilibrium at the precision wanted."""

import argparse
import io
import itertools

import pygambit

import w3_game as game
from peer import report, timed


def lines(rounds):
    """The tree in preorder, one line a node; every node is an information set of its own."""
    sets = [itertools.count(1), itertools.count(1)]
    outcomes = itertools.count(1)
    offers = " ".join(f'"offer {k + 1}"' for k in range(game.OFFERS))

    def choice(player, actions):
        return f'p "" {player + 1} {next(sets[player])} "" {{ {actions} }} 0'

    def end(payoffs):
        return f't "" {next(outcomes)} "" {{ {payoffs[0]:.17g}, {payoffs[1]:.17g} }}'

    def node(period):
        if period > rounds:
            yield end(game.breakdown(rounds))
            return
        proposer = (period - 1) % 2
        yield choice(proposer, offers)
        for offer in range(game.OFFERS):
            yield choice(1 - proposer, '"accept" "refuse"')
            yield end(game.accepted(proposer, offer, period))
            yield from node(period + 1)

    yield 'EFG 2 R "alternating offers" { "One" "Two" }'
    yield '""'
    yield from node(1)


def solve(tree):
    """Payoffs of both players."""
    found = pygambit.qre.logit_solve_lambda(tree, lam=game.PRECISION)[0]
    payoffs = found.profile.payoffs
    return [payoffs[player] for player in tree.players]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, required=True)
    text = "\n".join(lines(options.parse_args().rounds)) + "\n"
    tree, setup = timed(pygambit.read_efg, io.StringIO(text))
    payoffs, seconds = timed(solve, tree)
    report(seconds, game.check(payoffs), setup)


if __name__ == "__main__":
    main()
