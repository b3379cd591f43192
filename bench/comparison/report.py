"""Writes what was measured as Markdown and JSON."""

import json
from statistics import median


def write(result, target):
    """Writes both files; `target` is their path without the ending."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name(target.name + ".json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    target.with_name(target.name + ".md").write_text(markdown(result))


def markdown(result):
    """The whole page."""
    lines = [f"# Melian beside other programs, {result['date']}", ""]
    lines += [f"- {name}: {value}" for name, value in result["machine"].items()]
    lines += [f"- {name}: {value}" for name, value in result["versions"].items()]
    lines += [f"- commit: {result['commit']}"]
    lines += [f"- left out: {what}" for what in result["left_out"]]
    rounds = result["options"]["repeats"]
    lines += ["", f"Programs ran in turn; rounds: {rounds} where a table does not say otherwise. "
              "Times are medians; ratios are medians of the ratios of the same round. Peers' compile time is not "
              "in their time, our reading and planning of the model not in ours: both stand beside it."]
    for work in result["works"]:
        lines += ["", f"## {work['title']}", "", *TABLES[work["table"]](work["contenders"])]
        lines += ["", *work["notes"]] if work["notes"] else []
    return "\n".join(lines) + "\n"


def table(head, rows):
    """A Markdown table."""
    return ["| " + " | ".join(map(str, cells)) + " |" for cells in [head, ["---"] * len(head), *rows]]


def number(x, digits=3):
    """A number with a few significant digits; a dash for none."""
    if x is None:
        return "–"
    return f"{x:.{digits}g}" if abs(x) < 10**digits else f"{x:,.0f}"


def column(contender, name):
    """One figure of every run of a contender; empty if it failed or has no such figure."""
    figures = [run[0].get(name) for run in contender["runs"]]
    return [x for x in figures if x is not None]


def middle(figures):
    """The median, if there are any."""
    return median(figures) if figures else None


def who(contender):
    """Name and threads."""
    threads = contender["threads"]
    return contender["name"] if threads is None else f"{contender['name']}, {threads} thread{'s' * (threads > 1)}"


def remark(contender):
    """Why there is no time, or what is to be said about the answer."""
    last = contender["runs"][-1][0]
    return last.get("failed") or last.get("note") or ""


def race(contenders):
    """Everybody's time beside ours."""
    ours = [c for c in contenders if c["ours"]]
    head = ["program", "rounds", "s", "least to most s", "set-up s", "compile s", "peak MiB"]
    head += [f"÷ {who(c)}" for c in ours] + ["answers differ by", ""]
    rows = []
    for c in contenders:
        seconds = column(c, "seconds")
        spread = f"{number(min(seconds))} to {number(max(seconds))}" if seconds else "–"
        figures = [number(middle(column(c, name))) for name in ("setup_seconds", "compile_seconds", "peak_mib")]
        ratios = [ratio(c, own) for own in ours]
        apart = f"{c['difference']:.0e}" if "difference" in c else "–"
        rows.append([who(c), len(seconds), number(middle(seconds)), spread, *figures, *ratios, apart, remark(c)])
    return table(head, rows)


def ratio(contender, own):
    """How many times as long as ours, round by round."""
    pairs = zip(column(contender, "seconds"), column(own, "seconds"))
    return number(middle([theirs / ours for theirs, ours in pairs]))


def games(contenders):
    """Several games, each solved by itself: time of one, over all games and rounds."""
    head = ["program", "solved", "rounds", "s a game", "least to most s", f"÷ {who(contenders[0])}",
            "strategies differ by at most"]
    rows = []
    for c in contenders:
        lines = [line for run in c["runs"] for line in run if "seconds" in line]
        seconds = [line["seconds"] for line in lines]
        first = [line["seconds"] for run in contenders[0]["runs"] for line in run if "seconds" in line]
        solved = sum(bool(line.get("check")) for line in c["runs"][0])
        apart = f"{c['difference']:.0e}" if "difference" in c else "–"
        spread = f"{number(min(seconds))} to {number(max(seconds))}" if seconds else "–"
        rows.append([who(c), f"{solved} of {len(c['runs'][0])}", len(c["runs"]), number(middle(seconds)), spread,
                     number(middle([x / y for x, y in zip(seconds, first)])), apart])
    return table(head, rows)


def growth(contenders):
    """Time per state and period, by size."""
    head = ["states", "threads", "rounds", "s", "set-up s", "ns per state and period", "peak MiB"]
    rows = []
    for c in contenders:
        first, seconds = c["runs"][0][0], column(c, "seconds")
        if not seconds:
            rows.append(["–", c["threads"], 0, remark(c), "–", "–", "–"])
            continue
        each = median(seconds) / (first["states"] * first["periods"]) * 1e9
        rows.append([f"{first['states']:,}", c["threads"], len(seconds), number(median(seconds)),
                     number(middle(column(c, "setup_seconds"))), number(each), number(middle(column(c, "peak_mib")))])
    return table(head, rows)


def worlds(contenders):
    """Many worlds beside one alone."""
    rows = []
    for c in contenders:
        for run in c["runs"]:
            found = run[0]
            if "failed" in found:
                continue
            alone = found["alone_all_threads_seconds"]
            rows += [
                ["threads", found["threads"]],
                ["s", number(found["seconds"])],
                ["s a world", number(found["seconds_per_world"])],
                ["s of one world alone, all threads", number(alone)],
                ["s of one world alone, one thread", number(found["alone_one_thread_seconds"])],
                ["a world ÷ one alone, all threads", number(found["seconds_per_world"] / alone)],
                ["share of the time that the cores were busy", number(found["busy_share"])],
                ["peak MiB", number(found["peak_mib"])],
            ]
    return table(["figure", ""], rows)


def limits(contenders):
    """Bandwidth, by size and number of threads."""
    sizes = [line["kib"] for line in contenders[0]["runs"][0] if "kib" in line]
    head = ["working set, KiB", *(f"GB/s, {c['threads']} thread{'s' * (c['threads'] > 1)}" for c in contenders)]
    rows = [[f"{kib:,}", *(number(c["runs"][0][i].get("gb_per_second")) for c in contenders)]
            for i, kib in enumerate(sizes)]
    exponentials = [line["nanoseconds_an_exponential"] for c in contenders for line in c["runs"][0]
                    if "nanoseconds_an_exponential" in line]
    return [*table(head, rows), "", f"An exponential of the sweep, alone: {number(min(exponentials))} ns."]


TABLES = {"race": race, "games": games, "growth": growth, "worlds": worlds, "limits": limits}
