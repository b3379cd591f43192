"""What every peer's script does alike: take the time, read its peak memory, print one line of JSON."""

import json
import re
import time
from pathlib import Path


def timed(work, *arguments):
    """The result of a call, and the seconds that it took."""
    begin = time.perf_counter()
    result = work(*arguments)
    return result, time.perf_counter() - begin


def peak_mib():
    """Most memory that this process ever held, in MiB; None where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found.group(1)) / 1024 if found else None


def report(seconds, check, setup=None, compiling=None, note=None, **more):
    """Prints what was measured: `check` are numbers that must agree with everybody else's."""
    line = {"seconds": seconds, "setup_seconds": setup, "compile_seconds": compiling}
    line |= {"peak_mib": peak_mib(), "check": check, "note": note} | more
    print(json.dumps(line), flush=True)
