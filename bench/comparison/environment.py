"""Installs the peers into virtual environments of their own and builds our binaries."""

import json
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

# Each environment: the calls of pip that fill it. sgamesolver needs an older NumPy than the others and does not
# declare what it needs to be built.
ENVIRONMENTS = {
    "general": [["numba", "jax", "pygambit==17.0.0b2"]],
    "sgamesolver": [
        ["numpy==1.26.4", "pandas<3", "setuptools", "wheel"],
        ["--no-build-isolation", "sgamesolver==1.0.2"],
    ],
}
REPORTED = ("numpy", "numba", "llvmlite", "jax", "jaxlib", "pygambit", "sgamesolver")


@dataclass
class Peers:
    """The environments that are there."""

    bench: Path
    names: list = field(default_factory=list)
    problems: list = field(default_factory=list)

    def python(self, name):
        """The interpreter of an environment; None if it could not be made."""
        return str(self.bench / ".venv" / name / "bin" / "python") if name in self.names else None

    def script(self, name):
        """A peer's script."""
        return str(self.bench / "peers" / name)

    def variables(self):
        """What the scripts find in their environment."""
        return {"PYTHONDONTWRITEBYTECODE": "1", "NUMBA_CACHE_DIR": str(self.bench / ".venv" / "numba")}

    def versions(self):
        """Versions of the packages that matter."""
        found = {}
        for name in self.names:
            listed = subprocess.run([self.python(name), "-m", "pip", "list", "--format", "json"],
                                    capture_output=True, text=True, check=True)
            versions = {package["name"]: package["version"] for package in json.loads(listed.stdout)}
            found[f"packages: {name}"] = ", ".join(f"{p} {versions[p]}" for p in REPORTED if p in versions)
        return found


def install(bench):
    """Makes the environments that are not there yet. One that cannot be made is left out, with a word why."""
    peers = Peers(bench)
    for name, steps in ENVIRONMENTS.items():
        directory = bench / ".venv" / name
        done = directory / "done.json"
        if not done.exists() or json.loads(done.read_text()) != steps:
            print(f"installing {name}: {' '.join(word for step in steps for word in step)}", flush=True)
            venv.create(directory, with_pip=True, clear=True)
            if not fill(directory, steps):
                peers.problems.append(f"the peers of `{name}` could not be installed")
                continue
            done.write_text(json.dumps(steps))
        peers.names.append(name)
    return peers


def fill(directory, steps):
    """Whether all packages could be installed."""
    pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    return all(subprocess.run(pip + step, check=False).returncode == 0 for step in steps)


def build(repository):
    """Builds our binaries for release; their paths by name."""
    command = ["cargo", "build", "--release", "--locked", "-p", "melian", "-p", "melian-bench"]
    print(" ".join(command), flush=True)
    built = subprocess.run(command + ["--message-format", "json-render-diagnostics"], cwd=repository,
                           stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode != 0:
        sys.exit("our own binaries could not be built")
    messages = map(json.loads, built.stdout.splitlines())
    return {m["target"]["name"]: m["executable"] for m in messages if m.get("executable")}
