"""W1 in numba: states in parallel, values of the three players side by side; timed after compiling."""

import argparse

import numba
import numpy as np

import w1_game as game
from peer import report, timed


@numba.njit(parallel=True)
def walk(values, out, stride, size, chances):
    """Expectation over one variable's walk."""
    for i in numba.prange(values.shape[0]):
        state = np.int64(i)
        level = (state // stride) % size
        up = state + stride if level < size - 1 else state
        down = state - stride if level > 0 else state
        for j in range(3):
            out[state, j] = chances[0] * values[down, j] + chances[1] * values[state, j] + chances[2] * values[up, j]


@numba.njit(parallel=True)
def move(values, out, next_state, costs, player, precision, flow, pays):
    """One player's choice by logit among four actions, and the flow payments if it is the first."""
    for s in numba.prange(values.shape[0]):
        n0, n1, n2, n3 = next_state[0, s], next_state[1, s], next_state[2, s], next_state[3, s]
        q0 = values[n0, player] - costs[0]
        q1 = values[n1, player] - costs[1]
        q2 = values[n2, player] - costs[2]
        q3 = values[n3, player] - costs[3]
        best = max(max(q0, q1), max(q2, q3))
        p0 = np.exp(precision * (q0 - best))
        p1 = np.exp(precision * (q1 - best))
        p2 = np.exp(precision * (q2 - best))
        p3 = np.exp(precision * (q3 - best))
        scale = 1 / (p0 + p1 + p2 + p3)
        p0 *= scale
        p1 *= scale
        p2 *= scale
        p3 *= scale
        cost = p0 * costs[0] + p1 * costs[1] + p2 * costs[2] + p3 * costs[3]
        for j in range(3):
            value = p0 * values[n0, j] + p1 * values[n1, j] + p2 * values[n2, j] + p3 * values[n3, j]
            if j == player:
                value -= cost
            if pays:
                value += flow[s, j]
            out[s, j] = value


def solve(periods, next_state, flow):
    """Values at the start of play, (STATES, 3)."""
    strides = [int(np.prod(game.SHAPE[v + 1 :])) for v in range(6)]
    values = np.zeros((game.STATES, 3))
    other = np.empty_like(values)
    for _ in range(periods):
        for v in range(6):
            walk(values, other, strides[v], game.SHAPE[v], game.WALKS[v])
            values, other = other, values
        values *= game.DISCOUNT
        for player in (2, 1, 0):
            move(values, other, next_state[player], game.COSTS[player], player, game.PRECISION, flow, player == 0)
            values, other = other, values
    return values


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--threads", type=int, default=2)
    numba.set_num_threads(options.parse_args().threads)
    (next_state, flow), setup = timed(lambda: (game.successors(), np.ascontiguousarray(game.flow().T)))
    _, compiling = timed(solve, 1, next_state, flow)
    values, seconds = timed(solve, game.PERIODS, next_state, flow)
    report(seconds, game.check(values.T), setup, compiling)


if __name__ == "__main__":
    main()
