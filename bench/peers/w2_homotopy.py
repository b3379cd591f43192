"""W2: the stationary logit equilibrium of a random game, by the homotopy of sgamesolver."""

import argparse
import warnings

import sgamesolver

from w2_game import add_size, measure

warnings.filterwarnings("ignore")


def solve(game, precision):
    """Values and strategies that the path from the centre leads to, and whether it was followed to its end."""
    homotopy = sgamesolver.homotopy.QRE(game)
    homotopy.solver_setup(target_lambda=precision)
    homotopy.solver.verbose = 0
    outcome = homotopy.solver.start()
    strategies, values, _ = homotopy.y_to_sigma_V_t(outcome["y"])
    # (states, players, actions) to (players, states, actions).
    return values, strategies.swapaxes(0, 1), outcome["success"]


if __name__ == "__main__":
    measure(add_size(argparse.ArgumentParser(description=__doc__)).parse_args(), solve)
