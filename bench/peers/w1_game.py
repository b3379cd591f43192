"""The game of workload W1 as arrays: what bench/models/w1.melian says, for the peers.

States are numbered in row-major order over SHAPE (front, arms of A, arms of B, tension, trust, standing). In each
period the three players move in turn, then every variable walks by at most one level; at an end the impossible
step's probability stays.
"""

import numpy as np

SHAPE = (8, 10, 10, 10, 5, 5)
STATES = int(np.prod(SHAPE))
PLAYERS = ("A", "B", "M")
ACTIONS = 4
PERIODS = 48
DISCOUNT = 0.96
PRECISION = 2.0

FRONT, ARMS_A, ARMS_B, TENSION, TRUST, STANDING = range(6)

# For each player and action: which variables it moves, and by how much.
EFFECTS = (
    ((), ((FRONT, 1),), ((ARMS_A, 1), (TRUST, -1)), ((TENSION, -1),)),
    ((), ((FRONT, -1),), ((ARMS_B, 1), (TRUST, -1)), ((TENSION, -1),)),
    ((), ((TENSION, 1),), ((ARMS_A, -1), (ARMS_B, -1)), ((STANDING, 1),)),
)
COSTS = np.array([[0, 0.10, 0.15, 0.05], [0, 0.10, 0.15, 0.05], [0, 0.05, 0.10, 0.08]])
# For each variable: chances to go down, to stay, to go up.
WALKS = np.array(
    [
        (0.15, 0.70, 0.15),
        (0.20, 0.70, 0.10),
        (0.10, 0.70, 0.20),
        (0.25, 0.60, 0.15),
        (0.10, 0.80, 0.10),
        (0.10, 0.85, 0.05),
    ]
)


def levels():
    """Level of each variable in each state, (6, STATES)."""
    return np.stack(np.unravel_index(np.arange(STATES), SHAPE))


def successors():
    """The state that an action leads to, (3, 4, STATES)."""
    here = levels()

    def after(effects):
        moved = here.copy()
        for variable, step in effects:
            moved[variable] = np.clip(moved[variable] + step, 0, SHAPE[variable] - 1)
        return np.ravel_multi_index(tuple(moved), SHAPE)

    return np.array([[after(effects) for effects in actions] for actions in EFFECTS], dtype=np.int32)


def flow():
    """What each player is paid at the start of a period, (3, STATES)."""
    unit = [here / (size - 1) for here, size in zip(levels(), SHAPE)]
    front, arms_a, arms_b, tension, trust, standing = unit
    return np.stack(
        [
            front + 0.3 * arms_a - 0.5 * tension,
            (1 - front) + 0.3 * arms_b - 0.5 * tension,
            0.5 * standing - tension + 0.2 * trust,
        ]
    )


def check(values):
    """Numbers that must agree between programs, from values (3, STATES): sums over all states, and the values
    where all variables are at their least, in the middle, and at their greatest."""
    middle = np.ravel_multi_index(tuple(size // 2 for size in SHAPE), SHAPE)
    found = {}
    for name, own in zip(PLAYERS, np.asarray(values)):
        found[f"sum {name}"] = float(own.sum())
        for place, state in (("least", 0), ("middle", middle), ("greatest", STATES - 1)):
            found[f"{place} {name}"] = float(own[state])
    return found
