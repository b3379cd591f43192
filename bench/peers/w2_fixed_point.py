"""W2: the stationary logit equilibrium of a random game, by damped iteration in NumPy.

What one would write for one precision. Nothing says that it converges, and for high precisions it does not.
"""

import argparse

import numpy as np

from w2_game import add_size, measure

DISCOUNT = 0.95
DAMPING = 0.5
CLOSE_ENOUGH = 1e-10
MOST_ITERATIONS = 5000


def expected(worth, policies, letters, leaving=None):
    """Expectation over everybody's policy, one player's left out."""
    others = [q for q in range(len(policies)) if q != leaving]
    terms = ["s" + letters, *("s" + letters[q] for q in others)]
    to = "s" if leaving is None else "s" + letters[leaving]
    return np.einsum(",".join(terms) + "->" + to, worth, *(policies[q] for q in others), optimize=True)


def solve(game, precision):
    """Values (states, players), strategies (players, states, actions), and whether they came to rest."""
    payoffs = game.u
    states, players = payoffs.shape[:2]
    transitions = game.phi.reshape(states, -1, states)
    letters = "abcdefgh"[:players]
    values = np.zeros((states, players))
    policies = [np.full((states, n), 1 / n) for n in payoffs.shape[2:]]
    for _ in range(MOST_ITERATIONS):
        ahead = np.einsum("sxt,tp->spx", transitions, values, optimize=True)
        worth = payoffs + DISCOUNT * ahead.reshape(payoffs.shape)
        answers = []
        for p in range(players):
            scaled = precision * expected(worth[:, p], policies, letters, leaving=p)
            weight = np.exp(scaled - scaled.max(1, keepdims=True))
            answers.append(weight / weight.sum(1, keepdims=True))
        change = max(np.abs(new - old).max() for new, old in zip(answers, policies))
        policies = [(1 - DAMPING) * old + DAMPING * new for new, old in zip(answers, policies)]
        found = np.stack([expected(worth[:, p], policies, letters) for p in range(players)], axis=1)
        change = max(change, np.abs(found - values).max())
        values = found
        if change < CLOSE_ENOUGH:
            return values, np.stack(policies), True
    return values, np.stack(policies), False


if __name__ == "__main__":
    measure(add_size(argparse.ArgumentParser(description=__doc__)).parse_args(), solve)
