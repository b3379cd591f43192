"""W1 in NumPy, vectorised over states."""

import numpy as np

import w1_game as game
from peer import report, timed


def chance(values):
    """Expectation over the six walks, (3, STATES)."""
    grid = values.reshape((3,) + game.SHAPE)
    for v, (size, (down, stay, up)) in enumerate(zip(game.SHAPE, game.WALKS)):
        below = np.take(grid, np.maximum(np.arange(size) - 1, 0), axis=v + 1)
        above = np.take(grid, np.minimum(np.arange(size) + 1, size - 1), axis=v + 1)
        grid = down * below + stay * grid + up * above
    return grid.reshape(3, game.STATES)


def move(values, next_state, costs, player):
    """One player's choice by logit."""
    worth = values[:, next_state]
    worth[player] -= costs[:, None]
    scaled = game.PRECISION * worth[player]
    scaled -= scaled.max(0)
    weight = np.exp(scaled)
    return np.einsum("as,jas->js", weight / weight.sum(0), worth)


def solve(next_state, flow):
    """Values at the start of play, (3, STATES)."""
    values = np.zeros((3, game.STATES))
    for _ in range(game.PERIODS):
        values = game.DISCOUNT * chance(values)
        for player in (2, 1, 0):
            values = move(values, next_state[player], game.COSTS[player], player)
        values += flow
    return values


def main():
    (next_state, flow), setup = timed(lambda: (game.successors(), game.flow()))
    values, seconds = timed(solve, next_state, flow)
    report(seconds, game.check(values), setup)


if __name__ == "__main__":
    main()
