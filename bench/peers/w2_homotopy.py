"""W2: the stationary logit equilibrium of a random game, by the homotopy of sgamesolver."""

import argparse
import warnings

import sgamesolver

from peer import report, timed
from w2_game import add_size, check, random_game

warnings.filterwarnings("ignore")


def solve(game, precision):
    """The equilibrium that the path from the centre leads to, and whether it was reached."""
    homotopy = sgamesolver.homotopy.QRE(game)
    homotopy.solver_setup(target_lambda=precision)
    homotopy.solver.verbose = 0
    outcome = homotopy.solver.start()
    strategies, values, _ = homotopy.y_to_sigma_V_t(outcome["y"])
    return values, outcome["success"]


def main():
    options = add_size(argparse.ArgumentParser(description=__doc__)).parse_args()
    game, setup = timed(random_game, options)
    (values, success), seconds = timed(solve, game, options.precision)
    report(seconds, check(values) if success else {}, setup, note=None if success else "did not converge")


if __name__ == "__main__":
    main()
