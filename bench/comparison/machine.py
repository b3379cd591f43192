"""What machine, versions and commit a measurement is of."""

import os
import platform
import subprocess
from pathlib import Path


def read(path):
    """A system file's text, or nothing."""
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def output(*command, directory=None):
    """What a command prints, or nothing if there is no such command or it fails."""
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def fields(text):
    """The first value of every `name : value` line."""
    found = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


def caches():
    """The caches of the first core: `L1d 32K`, `L3 32M, shared by 2`."""
    found = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = {"Data": "d", "Instruction": "i"}.get(read(index / "type"), "")
        cache = f"L{read(index / 'level')}{kind} {read(index / 'size')}"
        sharing = read(index / "shared_cpu_list")
        found.append(cache if sharing in ("0", "") else f"{cache}, shared by cores {sharing}")
    return found


def describe():
    """The machine."""
    cpu = fields(read("/proc/cpuinfo"))
    memory = fields(read("/proc/meminfo")).get("MemTotal", "").removesuffix(" kB")
    vectors = [flag for flag in ("avx2", "fma", "avx512f") if flag in cpu.get("flags", "").split()]
    return {
        "processor": cpu.get("model name", platform.processor()),
        "family, model, stepping": ", ".join(cpu.get(name, "?") for name in ("cpu family", "model", "stepping")),
        "cores": os.cpu_count(),
        "vector units": ", ".join(vectors),
        "caches": "; ".join(caches()),
        "memory": f"{int(memory) / 2**20:.1f} GiB" if memory else "?",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions():
    """Versions of the tools."""
    return {"rustc": output("rustc", "--version"), "python": platform.python_version()}


def commit(repository):
    """The commit that is measured, and whether files differ from it."""
    commit = output("git", "rev-parse", "HEAD", directory=repository)
    changed = output("git", "status", "--porcelain", "--untracked-files=no", directory=repository)
    return commit + (" with changes" if changed else "")
