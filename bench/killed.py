#!/usr/bin/env python3
"""Kills `melian worlds` at random moments and compares what it leaves with an undisturbed run, byte for byte.

    cargo build --release
    python3 bench/killed.py target/release/melian --kills 20
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODEL = "frontline"


def options():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("melian", type=Path, help="the program")
    parser.add_argument("--model", default=MODEL, help=f"default: {MODEL}")
    parser.add_argument("--worlds", type=int, default=4096)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("rest", nargs="*", help="more options of `melian worlds`, after --")
    return parser.parse_args()


def command(wanted, folder):
    """The command that is killed."""
    return [str(wanted.melian.resolve()), "worlds", wanted.model, "-n", str(wanted.worlds), "--out", str(folder),
            "--format", "json", *wanted.rest]


def files(folder):
    """A hash of every file that is not hidden."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir()) if not path.name.startswith(".")}


def main():
    wanted = options()
    draw = random.Random(wanted.seed)
    work = Path(tempfile.mkdtemp(prefix="killed-"))
    started = time.monotonic()
    calm = subprocess.run(command(wanted, work / "calm"), capture_output=True, check=True).stdout
    usual = time.monotonic() - started
    print(f"undisturbed: {usual:.1f} s, {len(files(work / 'calm'))} files")
    kills = 0
    while True:
        process = subprocess.Popen(command(wanted, work / "killed"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            # Moments are spread so that all kills fall into one run's length, and beyond its first few.
            out, err = process.communicate(timeout=draw.uniform(0, 2 * usual / wanted.kills) if kills < wanted.kills else None)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
            continue
        if process.returncode != 0:
            sys.exit(f"ended with {process.returncode}: {err.decode()}")
        break
    left = sorted(path.name for path in (work / "killed").iterdir() if path.suffix in (".journal", ".new"))
    same = files(work / "calm") == files(work / "killed") and out == calm and not left
    print(f"killed {kills} times; files {'equal' if same else 'DIFFER'}; left over: {left or 'nothing'}")
    shutil.rmtree(work)
    sys.exit(0 if same and kills >= wanted.kills else 1)


if __name__ == "__main__":
    main()
