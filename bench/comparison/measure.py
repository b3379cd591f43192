"""Runs the contenders of a work in turn and compares what they answer."""

import json
import os
import subprocess
import sys
import time


def once(contender):
    """Runs a contender once: the lines of JSON that it printed, or why there are none."""
    if contender.silent:
        return [whole_process(contender.command)]
    process = subprocess.Popen(contender.command, env=os.environ | contender.variables,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        output, problems = process.communicate(timeout=contender.limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return [{"failed": f"over {contender.limit:g} s"}]
    if process.returncode != 0:
        print(problems, file=sys.stderr)
        return [{"failed": "failed"}]
    return [json.loads(line) for line in output.splitlines()]


def whole_process(command):
    """Seconds from start to end of a process, and the most memory that it held."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        return {"failed": "failed"}
    return {"seconds": seconds, "peak_mib": usage.ru_maxrss / 1024}


def measured(work, repeats):
    """Everything that was measured of a work: all contenders in turn, round after round."""
    rounds = min(repeats, work.most_repeats or repeats)
    runs = [[] for _ in work.contenders]
    for number in range(rounds):
        print(f"{work.title}: round {number + 1} of {rounds}", flush=True)
        for contender, lines in zip(work.contenders, runs):
            if lines and "failed" in lines[-1][0] or number >= (contender.most_repeats or rounds):
                continue
            lines.append(once(contender))
    contenders = [
        {"name": c.name, "threads": c.threads, "ours": c.ours, "tolerance": c.tolerance, "runs": lines}
        for c, lines in zip(work.contenders, runs)
    ]
    found = {"name": work.name, "title": work.title, "table": work.table, "notes": work.notes,
             "contenders": contenders}
    if work.table == "race":
        compare(contenders)
    if work.table == "games":
        compare_strategies(contenders)
    found["disagreements"] = [f"{work.title}: {c['name']}: {c['difference']:.1e} is more than {c['tolerance']:.0e}"
                              for c in contenders if c.get("difference", 0.0) > c["tolerance"]]
    return found


def compare(contenders):
    """Notes how far each contender's answers are from the first one's, relatively, over the answers both have."""
    first = contenders[0]["runs"][0][0].get("check", {})
    for contender in contenders[1:]:
        own = contender["runs"][0][0].get("check", {})
        shared = [name for name in first if name in own]
        if shared:
            contender["difference"] = max(difference(own[name], first[name]) for name in shared)
            contender["compared"] = shared


def compare_strategies(contenders):
    """Notes how far each contender's choice probabilities are from the first one's, over the games both have solved.

    They are dropped then: nobody wants to read them.
    """
    found = [[line.pop("strategies", None) for line in c["runs"][0]] for c in contenders]
    for run in (run for c in contenders for run in c["runs"][1:]):
        for line in run:
            line.pop("strategies", None)
    for contender, own in zip(contenders[1:], found[1:]):
        both = [(x, y) for x, y in zip(own, found[0]) if x and y]
        if both:
            contender["difference"] = max(abs(p - q) for x, y in both for p, q in zip(x, y))


def difference(x, y):
    """Relative difference of two numbers."""
    return abs(x - y) / max(abs(x), abs(y), 1e-300)
