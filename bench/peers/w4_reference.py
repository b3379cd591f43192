"""W4: the flagship's baseline by the reference program, 48 months; timed after compiling.

The reference program, `flagship.py`, is no part of this repository: the first argument is its directory.
"""

import argparse
import sys

from peer import report, timed

MONTHS = 48
PLAYERS = ("Russia", "Ukraine", "Washington")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("directory", help="where flagship.py is")
    sys.path.insert(0, options.parse_args().directory)
    import flagship

    structure, setup = timed(flagship.make)
    parameters = dict(flagship.DEFAULT)

    def solve(months):
        return flagship.solve_world(structure, parameters, T=months, store=0)

    _, compiling = timed(solve, 1)
    solution, seconds = timed(solve, MONTHS)
    start = solution.V[structure.index()]
    check = {f"value {name}": float(value) for name, value in zip(PLAYERS, start)}
    report(seconds, check, setup, compiling)


if __name__ == "__main__":
    main()
