"""Scenario discovery: EMA Workbench's PRIM on stored tables, for a test of ours.

Two tables are made up from a seed, one of continuous columns and one with ties. What EMA Workbench's peeling finds in them is
written beside the tables: limits, coverage, density, mass and quasi-p-values of every step, for each objective. The Rust test
`crates/melian-stats/tests/prim_ema.rs` holds our peeling to it.

To write the file again:

    python3 -m venv ema && ema/bin/pip install ema_workbench
    ema/bin/python bench/peers/prim_ema.py
"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from ema_workbench.analysis import prim

DATA = Path(__file__).resolve().parents[2] / "crates/melian-stats/tests/data/prim_ema.json"
ROWS = 600


class Peeling(prim.Prim):
    """PRIM that peels and does not paste: the way of pasting is not the same in both programs."""

    def _paste(self, box):
        return box


def continuous(random):
    """Five uniform columns; what is of interest lies in a box of the first and the fourth, with noise."""
    columns = np.round(random.random((ROWS, 5)), 6)
    inside = (columns[:, 0] > 0.2) & (columns[:, 0] < 0.5) & (columns[:, 3] > 0.6)
    return columns, inside ^ (random.random(ROWS) < 0.03)


def ties(random):
    """Columns of 2, 3, 7 and 20 values and a continuous one on another scale; noisier."""
    levels = [random.integers(0, n, ROWS).astype(float) for n in (2, 3, 7, 20)]
    columns = np.column_stack([*levels, np.round(random.normal(50, 20, ROWS), 4)])
    inside = (columns[:, 0] == 1) & (columns[:, 2] >= 4) & (columns[:, 4] > 45)
    return columns, inside ^ (random.random(ROWS) < 0.08)


def number(value):
    """A JSON number; whole numbers without a fraction, to keep the file small."""
    return int(value) if float(value).is_integer() else float(value)


def trajectory(columns, outcome, objective):
    """Every step of the peeling: limits where they differ from those of all rows, figures, quasi-p-values."""
    names = [f"x{j}" for j in range(columns.shape[1])]
    search = Peeling(
        pd.DataFrame(columns, columns=names), outcome.astype(int), threshold=0.5, obj_function=objective
    )
    box = search.find_box()
    steps = []
    for i, limits in enumerate(box.box_lims):
        figures = box.peeling_trajectory.loc[i]
        restrictions = []
        for column, name in enumerate(names):
            for side in range(2):
                limit = limits.loc[side, name]
                if limit != search.box_init.loc[side, name]:
                    restrictions.append([column, side, limit, box.qp[i][name][side]])
        steps.append(
            {
                "coverage": figures.coverage,
                "density": figures.density,
                "mass": figures.mass,
                "restricted": int(figures.res_dim),
                "restrictions": restrictions,
            }
        )
    return steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=DATA, help="the file")
    options = parser.parse_args()
    random = np.random.default_rng(1)
    tables = []
    for name, make in (("continuous", continuous), ("ties", ties)):
        columns, outcome = make(random)
        tables.append(
            {
                "name": name,
                "columns": [[number(x) for x in column] for column in columns.T],
                "outcome": [int(x) for x in outcome],
                "trajectories": {
                    objective.value: trajectory(columns, outcome, objective) for objective in prim.PRIMObjectiveFunctions
                },
            }
        )
    programs = {"ema_workbench": version("ema_workbench"), "numpy": version("numpy"), "scipy": version("scipy")}
    text = json.dumps({"made_by": "bench/peers/prim_ema.py", "versions": programs, "tables": tables})
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(text + "\n")


if __name__ == "__main__":
    main()
