"""The pieces of work, and who does each: our binary and the peers' scripts."""

import os
import subprocess
from dataclasses import dataclass, field

NAMES = ["w1", "w2", "w3", "w4", "claims", "growth", "worlds", "limits"]

# Grids of W1, from ten thousand to ten million states.
GRIDS = [
    (5, 5, 5, 5, 4, 4),
    (5, 10, 10, 10, 5, 4),
    (8, 10, 10, 10, 5, 5),
    (10, 10, 10, 10, 10, 10),
    (20, 20, 20, 25, 10, 5),
]
# The coarsest is too small to share between threads.
COARSE = GRIDS[0]

LIBRARIES_ON_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass
class Contender:
    """A program that does a piece of work, as a command that prints what it took as lines of JSON."""

    name: str
    threads: int | None
    command: list
    ours: bool = False
    variables: dict = field(default_factory=dict)
    # Seconds after which it is stopped.
    limit: float | None = None
    # Answers of others may differ from the first one's by this much, relatively.
    tolerance: float = 1e-10
    # Rounds of this one alone, where they take long.
    most_repeats: int | None = None
    # The command prints no JSON: only how long the process ran and its memory are taken.
    silent: bool = False


@dataclass
class Work:
    """A piece of work with everyone who does it, ours first."""

    name: str
    title: str
    contenders: list
    # How its table is made, see report.py.
    table: str = "race"
    most_repeats: int | None = None
    notes: list = field(default_factory=list)


def planned(wanted, binaries, peers, left_out):
    """The works wanted, in order. What cannot be done is noted in `left_out`."""
    everything = Planner(wanted, binaries, peers, left_out)
    for name in wanted.works:
        yield from getattr(everything, name)()


class Planner:
    """Puts together each work for the options given."""

    def __init__(self, wanted, binaries, peers, left_out):
        self.wanted, self.binaries, self.peers, self.left_out = wanted, binaries, peers, left_out

    def ours(self, threads, *arguments, name="Melian"):
        """Our binary, on so many threads."""
        command = [self.binaries["melian-bench"], arguments[0], "--threads", str(threads), *map(str, arguments[1:])]
        return Contender(name, threads, command, ours=True)

    def each(self, *arguments):
        """Our binary, on each number of threads."""
        return [self.ours(threads, *arguments) for threads in self.wanted.threads]

    def peer(self, name, threads, script, *arguments, environment="general", variables=None, **more):
        """A peer's script, in a list; nothing if its environment is not there."""
        python = self.peers.python(environment)
        if python is None:
            return []
        command = [python, self.peers.script(script), *map(str, arguments)]
        return [Contender(name, threads, command, variables=self.peers.variables() | (variables or {}), **more)]

    def w1(self):
        peers = []
        for threads in self.wanted.threads:
            peers += self.peer("numba", threads, "w1_numba.py", "--threads", threads)
        peers += self.peer("NumPy", 1, "w1_numpy.py", variables=LIBRARIES_ON_ONE_THREAD)
        peers += self.peer("JAX", None, "w1_jax.py")
        title = "W1: backward induction, 200,000 states, three movers in turn, six walks, 48 periods"
        yield Work("w1", title, self.each("w1") + peers)

    def w2(self):
        if self.peers.python("sgamesolver") is None:
            self.left_out.append("w2: its games, which sgamesolver makes")
            return
        # The homotopy follows its path with errors of about 1e-9.
        tolerance = {"environment": "sgamesolver", "tolerance": 1e-7}
        sizes = [(50, 2, 2, 1), (100, 2, 3, 1), (200, 3, 3, 1)]
        for states, players, actions, precision in sizes[:1] if self.wanted.quick else sizes:
            size = ["--states", states, "--players", players, "--actions", actions, "--precision", precision]
            game = ["--game", *self.games(size, 1)]
            contenders = self.each("w2", *game, *size)
            contenders.append(self.ours(1, "w2", *game, *size, "--homotopy", name="Melian, homotopy"))
            contenders += self.peer("NumPy fixed point", None, "w2_fixed_point.py", *size, **tolerance)
            large = states > 100
            if self.wanted.long or not large:
                contenders += self.peer("sgamesolver homotopy", None, "w2_homotopy.py", *size, **tolerance,
                                        most_repeats=1 if large else None)
            title = (f"W2: stationary logit equilibrium of a random game, {states} states, {players} players, "
                     f"{actions} actions, precision {precision}")
            yield Work("w2", title, contenders)
        yield self.branches()

    def branches(self):
        """W2 where there are several equilibria: the one on the branch of uniform play, for each of several games."""
        seeds = 2 if self.wanted.quick else 20
        size = ["--states", 50, "--players", 2, "--actions", 2, "--precision", 10, "--strategies"]
        files = [word for file in self.games(size[:-1], seeds) for word in ("--game", file)]
        contenders = [self.ours(1, "w2", *files, *size, "--homotopy", name="Melian, homotopy")]
        for name, script in (("sgamesolver homotopy", "w2_homotopy.py"), ("NumPy fixed point", "w2_fixed_point.py")):
            contenders += self.peer(name, None, script, *size, "--seeds", seeds, environment="sgamesolver",
                                    tolerance=1e-6)
        title = (f"W2: stationary logit equilibria of {seeds} random games, 50 states, 2 players, 2 actions, "
                 "precision 10")
        return Work("w2", title, contenders, "games", most_repeats=3)

    def games(self, size, seeds):
        """Files with the games of a size, written if they are not there."""
        directory = self.peers.bench / ".venv" / "w2"
        directory.mkdir(exist_ok=True)
        name = "x".join(str(word) for word in size[1:6:2])
        files = [directory / f"{name}-{seed}.f64" for seed in range(seeds)]
        if not all(file.exists() for file in files):
            command = [self.peers.python("sgamesolver"), self.peers.script("w2_write.py"), *size, "--to", *files]
            subprocess.run([str(word) for word in command], env=os.environ | self.peers.variables(), check=True)
        return files

    def w3(self):
        for rounds in (3, 8):
            size = ["--rounds", rounds]
            peers = self.peer("plain Python, through the tree", 1, "w3_direct.py", *size)
            if rounds == 3:
                peers += self.peer("Gambit", 1, "w3_gambit.py", *size)
            yield self.offers(rounds, peers)
        if self.wanted.long:
            yield self.offers(4, self.peer("Gambit", 1, "w3_gambit.py", "--rounds", 4, limit=60))

    def offers(self, rounds, peers):
        """W3 with so many rounds."""
        title = f"W3: alternating offers, {rounds} rounds, five offers each"
        note = "A round depends on nothing that was refused before it: Melian solves states, the others the tree."
        return Work("w3", title, self.each("w3", "--rounds", rounds) + peers, notes=[note])

    def w4(self):
        directory = self.wanted.flagship_reference
        peers = []
        if directory is None:
            self.left_out.append("w4: its peer, which needs --flagship-reference")
        else:
            peers = self.peer("reference program in numba", 1, "w4_reference.py", directory.resolve())
        yield Work("w4", "W4: the flagship's baseline, 48 months, full grid", self.each("w4") + peers)

    def claims(self):
        command = [self.binaries["melian"], "run"]
        everything = Contender("`melian run`", None, command, ours=True, silent=True)
        yield Work("claims", "The default command: outlook, measures and all claims, the whole process", [everything])

    def growth(self):
        contenders = []
        for grid in GRIDS[:3] if self.wanted.quick else GRIDS:
            levels = ["--levels", ",".join(map(str, grid))]
            contenders += [self.ours(1, "w1", *levels)] if grid == COARSE else self.each("w1", *levels)
        yield Work("growth", "Growth: W1 on coarser and finer grids", contenders, "growth", most_repeats=3)

    def worlds(self):
        count = 10 if self.wanted.quick else 1000
        ours = self.ours(max(self.wanted.threads), "worlds", "--count", count)
        title = f"{count:,} flagship worlds with random parameters: values and three questions each"
        yield Work("worlds", title, [ours], "worlds", most_repeats=1)

    def limits(self):
        yield Work("limits", "The machine: triad a = b + s·c, by size of the working set",
                   self.each("limits"), "limits", most_repeats=1)
