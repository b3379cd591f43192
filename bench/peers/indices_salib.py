"""Sensitivity indices by SALib: the samples and numbers that `melian-stats` is held to.

Needs SALib and numpy, which it does not install:

    python3 -m venv salib && salib/bin/pip install SALib numpy
    salib/bin/python bench/peers/indices_salib.py --to crates/melian-stats/tests/data/salib.json

Inputs are in the unit cube. The answers come with them, so that nothing but the estimators is compared. δ and the first
order index of given data are those of the sample as it is: SALib's `analyze` only reports them of resamples.
"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from SALib.analyze import delta, morris, pawn, sobol
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

NAMES = ["x1", "x2", "x3"]
PROBLEM = {"num_vars": 3, "names": NAMES, "bounds": [[0.0, 1.0]] * 3}
SEED = 7


def ishigami(rows):
    """Ishigami and Homma's function (a = 7, b = 0.1) of the unit cube."""
    x = np.pi * (2 * rows - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def columns(rows):
    """A table, column by column."""
    return rows.T.tolist()


def sobol_part():
    """64 base points."""
    rows = sobol_sample.sample(PROBLEM, 64, calc_second_order=False, seed=SEED)
    answers = ishigami(rows)
    found = sobol.analyze(PROBLEM, answers, calc_second_order=False, seed=SEED)
    base = {"inputs": columns(rows), "output": answers.tolist()}
    return base | {"first": found["S1"].tolist(), "total": found["ST"].tolist()}


def morris_part():
    """8 trajectories, in the cube and in other units, with effects as they are and scaled."""
    rows = morris_sample.sample(PROBLEM, 8, num_levels=4, seed=SEED)
    answers = ishigami(rows)
    part = {"inputs": columns(rows), "output": answers.tolist()}
    for scaled in (False, True):
        found = morris.analyze(PROBLEM, rows, answers, num_levels=4, scaled=scaled, seed=SEED)
        part["scaled" if scaled else "plain"] = {k: np.asarray(found[k]).tolist() for k in ("mu", "mu_star", "sigma")}
    return part


def given_part(answer, parts):
    """500 random rows."""
    rows = np.random.default_rng(SEED).random((500, 3))
    answers = answer(rows)
    part = {"inputs": columns(rows), "output": answers.tolist()}
    # SALib's rule for the number of slices and its grid, from the head of its `analyze`.
    n = answers.size
    slices = min(int(np.ceil(n ** (2 / (7 + np.tanh((1500 - n) / 500))))), 48)
    ends = np.linspace(0, n, slices + 1)
    grid = np.linspace(answers.min(), answers.max(), 100)
    if "delta" in parts:
        part["delta"] = [float(delta.calc_delta(answers, grid, column, ends)) for column in rows.T]
    part["first"] = [float(delta.sobol_first(answers, column, ends)) for column in rows.T]
    found = pawn.analyze(PROBLEM, rows, answers, S=10)
    part["pawn"] = {k: found[k].tolist() for k in ("minimum", "mean", "median", "maximum", "CV")}
    return part


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", required=True, type=Path, help="the file")
    options = parser.parse_args()
    everything = {
        "by": {name: version(name) for name in ("SALib", "numpy", "scipy")},
        "sobol": sobol_part(),
        "morris": morris_part(),
        "given": given_part(ishigami, {"delta"}),
        "claim": given_part(lambda rows: (ishigami(rows) > 5).astype(float), set()),
    }
    options.to.write_text(json.dumps(everything, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
