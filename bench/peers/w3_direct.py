"""W3 by backward induction in plain Python, node by node through the whole tree, as a solver of trees must go."""

import argparse
import math

import w3_game as game
from peer import report, timed


def logit(worth):
    """Choice probabilities."""
    best = max(worth)
    weights = [math.exp(game.PRECISION * (x - best)) for x in worth]
    total = sum(weights)
    return [w / total for w in weights]


def mean(weights, payoffs):
    """Payoffs of both players, averaged over actions."""
    return [sum(w * x[j] for w, x in zip(weights, payoffs)) for j in (0, 1)]


def value(period, rounds):
    """Payoffs at the node where an offer is made."""
    if period > rounds:
        return game.breakdown(rounds)
    proposer = (period - 1) % 2
    offers = []
    for offer in range(game.OFFERS):
        answers = [game.accepted(proposer, offer, period), value(period + 1, rounds)]
        offers.append(mean(logit([a[1 - proposer] for a in answers]), answers))
    return mean(logit([o[proposer] for o in offers]), offers)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, required=True)
    rounds = options.parse_args().rounds
    payoffs, seconds = timed(value, 1, rounds)
    report(seconds, game.check(payoffs))


if __name__ == "__main__":
    main()
