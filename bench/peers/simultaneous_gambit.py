"""Random games in which two to four players choose at once, and their logit equilibria by Gambit.

    python3 bench/peers/simultaneous_gambit.py --games 200 > games.txt
    MELIAN_GAMBIT_GAMES=games.txt cargo test -p melian-solve --test simultaneous

One game a line, parts apart by semicolons: numbers of actions; precision; payoffs, one list a player, the last player's
actions fastest; probabilities, one list a player. Lists are apart by bars.
"""

import argparse
import io
import itertools
import random
import sys

import pygambit


def game(seed):
    """Numbers of actions, precision, and payoffs by player and profile."""
    draw = random.Random(seed)
    actions = [draw.randint(2, 4) for _ in range(draw.randint(2, 4))]
    precision = draw.choice([0.5, 1.0, 2.0, 5.0, 10.0])
    profiles = list(itertools.product(*map(range, actions)))
    payoffs = [{profile: draw.randint(0, 1000) / 1000 for profile in profiles} for _ in actions]
    return actions, precision, profiles, payoffs


def solved(actions, precision, payoffs):
    """Probabilities by player, by Gambit."""
    players = " ".join(f'"{i + 1}"' for i in range(len(actions)))
    # The first player's actions go fastest there.
    order = [tuple(reversed(p)) for p in itertools.product(*map(range, reversed(actions)))]
    numbers = " ".join(f"{own[profile]}" for profile in order for own in payoffs)
    text = f'NFG 1 R "" {{ {players} }} {{ {" ".join(map(str, actions))} }}\n\n{numbers}\n'
    found = pygambit.qre.logit_solve_lambda(pygambit.read_nfg(io.BytesIO(text.encode())), precision)[0].profile
    return [[float(found[str(i + 1)][str(a + 1)]) for a in range(many)] for i, many in enumerate(actions)]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--games", type=int, default=200)
    wanted = arguments.parse_args()
    for seed in range(wanted.games):
        actions, precision, profiles, payoffs = game(seed)
        lists = [" ".join(f"{own[profile]}" for profile in profiles) for own in payoffs]
        answers = [" ".join(f"{p:.12g}" for p in own) for own in solved(actions, precision, payoffs)]
        print(f"{' '.join(map(str, actions))}; {precision}; {' | '.join(lists)}; {' | '.join(answers)}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
