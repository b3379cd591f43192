"""W2: writes the numbers of random games, so that other programs play the same.

A file holds doubles, little-endian: payoffs (players, states, profiles), then transitions (states, profiles, states), the
last player's action fastest.
"""

import argparse

import numpy as np

from w2_game import add_size, random_game


def write(game, file):
    """One game to one file."""
    payoffs = np.swapaxes(game.u, 0, 1)
    numbers = np.concatenate([payoffs.ravel(), game.phi.ravel()])
    assert np.isfinite(numbers).all()
    numbers.astype("<f8").tofile(file)


def main():
    parser = add_size(argparse.ArgumentParser(description=__doc__))
    parser.add_argument("--to", nargs="+", required=True, help="the files, one a seed")
    options = parser.parse_args()
    for seed, file in enumerate(options.to):
        write(random_game(options, seed), file)


if __name__ == "__main__":
    main()
