#!/usr/bin/env python3
"""Measures Melian beside the programs that people use for the same work today, and writes the tables.

    python3 bench/run.py                        everything, seven times in turn
    python3 bench/run.py --quick                a few minutes, to see that all of it works
    python3 bench/run.py --works w1 growth      some of it

Needs Python 3.11 or 3.12, cargo, and the package index; the peers go into bench/.venv.
"""

import argparse
import datetime
import sys
from pathlib import Path

from comparison import environment, machine, report, works
from comparison.measure import measured

BENCH = Path(__file__).resolve().parent


def options():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", nargs="+", choices=works.NAMES, default=works.NAMES, metavar="WORK",
                        help=f"which of {', '.join(works.NAMES)}; default: all")
    parser.add_argument("--repeats", type=int, default=7, help="rounds of each work; default: 7")
    parser.add_argument("--quick", action="store_true", help="one round, smaller sizes")
    parser.add_argument("--long", action="store_true", help="also what takes a peer minutes, once")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="default: 1 2")
    parser.add_argument("--flagship-reference", type=Path, metavar="DIR",
                        help="where flagship.py is: the peer of w4, not part of this repository")
    parser.add_argument("--no-peers", action="store_true", help="ours only; installs nothing")
    parser.add_argument("--results", type=Path, default=BENCH / "results", metavar="DIR", help="where to write")
    parser.add_argument("--name", help="of the files written; default: the date")
    return parser.parse_args()


def main():
    wanted = options()
    binaries = environment.build(BENCH.parent)
    peers = environment.Peers(BENCH) if wanted.no_peers else environment.install(BENCH)
    today = datetime.date.today().isoformat()
    result = {
        "date": today,
        "machine": machine.describe(),
        "versions": machine.versions() | peers.versions(),
        "commit": machine.commit(BENCH.parent),
        "options": {"repeats": 1 if wanted.quick else wanted.repeats, "quick": wanted.quick, "long": wanted.long},
        "left_out": list(peers.problems),
        "works": [],
    }
    target = wanted.results / (wanted.name or today + ("-quick" if wanted.quick else ""))
    disagreements = []
    for work in works.planned(wanted, binaries, peers, result["left_out"]):
        found = measured(work, result["options"]["repeats"])
        result["works"].append(found)
        disagreements += found["disagreements"]
        # After each work, so that a run that is interrupted has not been for nothing.
        report.write(result, target)
    print(f"written: {target}.md, {target}.json")
    for line in disagreements:
        print(f"disagreement: {line}", file=sys.stderr)
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
