# What an archive answers, computed from its files alone with Python's standard library: beside it the answers of the queries
# are checked. One JSON object a line.
#
#   python3 answers.py <question> <root> [parameters as JSON]

import gzip
import json
import os
import sys
from datetime import date, datetime, timedelta, timezone

DAY = 86_400 * 10**9


def days_of(root):
    for feed in sorted(os.listdir(root)):
        for day in sorted(name for name in os.listdir(f"{root}/{feed}") if name[:2] == "20"):
            with open(f"{root}/{feed}/{day}/manifest.json", encoding="utf-8") as file:
                yield feed, day, json.load(file)


def lines_of(root, feed=None):
    """Every line of every segment, in the order of receive time, feed, connection and number."""
    found = []
    for name, day, manifest in days_of(root):
        if feed is not None and name != feed:
            continue
        for segment in manifest["segments"]:
            with gzip.open(f"{root}/{name}/{day}/{segment['name']}") as file:
                for raw in file:
                    line = json.loads(raw)
                    found.append((line["recv"], name, line["conn"], line["n"], line, raw))
    return sorted(found, key=lambda one: one[:4])


def nanos(text):
    second = datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return int(second.timestamp()) * 10**9 + int(text[20:29].rstrip("Z").ljust(9, "0") if "." in text else 0)


def decimal(integer, scale):
    digits = str(integer).rjust(scale + 1, "0")
    return f"{digits[:-scale]}.{digits[-scale:]}"


def feeds(root, _):
    all_days = list(days_of(root))
    for feed in sorted({name for name, _, _ in all_days}):
        own = [manifest for name, _, manifest in all_days if name == feed]
        yield {
            "feed": feed,
            "days": len(own),
            "from": own[0]["day"],
            "to": own[-1]["day"],
            "records": sum(len(lines_of_segment(root, feed, m, s)) for m in own for s in m["segments"]),
            "bytes": sum(os.path.getsize(f"{root}/{feed}/{m['day']}/{s['name']}") for m in own for s in m["segments"]),
            "gaps": sum(gap.get("count", 1) for m in own for gap in m["gaps"]),
            "condition": own[-1]["condition"],
        }


def lines_of_segment(root, feed, manifest, segment):
    with gzip.open(f"{root}/{feed}/{manifest['day']}/{segment['name']}") as file:
        return file.readlines()


def coverage(root, _):
    held = list(days_of(root))
    for feed in sorted({name for name, _, _ in held}):
        own = {day: manifest for name, day, manifest in held if name == feed}
        day = date.fromisoformat(min(own))
        while day <= date.fromisoformat(max(own)):
            yield {"feed": feed, "day": str(day), **day_of(root, feed, own.get(str(day)), day)}
            day += timedelta(days=1)


def day_of(root, feed, manifest, day):
    if manifest is None:
        return {"state": "not-captured", "records": None, "gapSeconds": None}
    midnight = nanos(f"{day}T00:00:00")
    clip = lambda time: min(max(nanos(time), midnight), midnight + DAY)
    holes = [(clip(gap["from"]), clip(gap["to"] or manifest["updated"])) for gap in manifest["gaps"]]
    # Each instant between two ends of holes lies in one or it does not: counted piece by piece.
    ends = sorted({end for hole in holes for end in hole})
    missing = sum(
        after - before
        for before, after in zip(ends, ends[1:])
        if any(start <= before and after <= end for start, end in holes)
    )
    lines = [json.loads(line) for s in manifest["segments"] for line in lines_of_segment(root, feed, manifest, s)]
    trades = sum(1 for line in lines if line["type"] == "trade" and "frame" in line)
    times = [nanos(line["recv"]) for line in lines] + [end for hole in holes for end in hole]
    span = max(times) - min(times)
    return {
        "state": "captured" if trades else "no-trades",
        "records": len(lines),
        "trades": trades,
        "gapSeconds": decimal(missing, 9),
        "spanSeconds": decimal(span, 9),
        "gapShare": decimal(missing * 10**6 // span, 6),
    }


def gaps(root, asked):
    for feed, day, manifest in days_of(root):
        for gap in manifest["gaps"]:
            if "from" in asked and gap["to"] is not None and gap["to"] < asked["from"]:
                continue
            if "to" in asked and gap["from"] >= asked["to"]:
                continue
            lasts = None if gap["to"] is None else nanos(gap["to"]) - nanos(gap["from"])
            yield {
                "feed": feed,
                "day": day,
                **{name: gap.get(name) for name in ("cause", "fault", "from", "to", "connection", "missing", "detail")},
                "count": gap.get("count", 1),
                "seconds": None if lasts is None else decimal(lasts, 9),
            }


if __name__ == "__main__":
    question, root, *rest = sys.argv[1:]
    for answer in globals()[question](root, json.loads(rest[0]) if rest else {}):
        print(json.dumps(answer))
