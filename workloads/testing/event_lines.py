# The lines that event-lines.ts writes, for scripts that normalise frames independently. Standard library only.
#
#   from event_lines import frames, line, time_ms
#   for recv, frame in frames(): ...
#
# Numbers of JSON arrive as decimal.Decimal with the digits as sent; whole numbers as int.

import json
import sys
from datetime import datetime, timezone
from decimal import Decimal


def frames():
    for text in sys.stdin.buffer:
        recv, frame = text.decode("utf-8").rstrip("\n").split("\t", 1)
        try:
            yield recv, json.loads(frame, parse_float=Decimal)
        except ValueError:
            yield recv, None


def line(kind, symbol, recv, time, sequence, id, *own):
    fields = [kind, symbol, recv, time, sequence, id, *own]
    sys.stdout.write("\t".join("" if f is None else shown(f) for f in fields) + "\n")


def shown(field):
    return format(field, "f") if isinstance(field, Decimal) else str(field)


def time_ns(nanos):
    seconds, rest = divmod(int(nanos), 10**9)
    day = datetime.fromtimestamp(seconds, timezone.utc)
    return day.strftime("%Y-%m-%dT%H:%M:%S") + ".%09dZ" % rest


def time_ms(ms):
    return "" if not ms else time_ns(Decimal(str(ms)) * 10**6)


def time_s(seconds):
    return "" if not seconds else time_ns(Decimal(str(seconds)) * 10**9)


def time_iso(text):
    """RFC 3339 in UTC, with any number of decimals."""
    if not text or text.startswith("0001-"):
        return ""
    whole, _, fraction = text.rstrip("Z").partition(".")
    day = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return time_ns(int(day.timestamp()) * 10**9 + int((fraction + "0" * 9)[:9]))


def rows(levels, emit, first, last_flag="L", change=""):
    """Emits levels, (side, price, size), with the flags of a snapshot (first: "F") or a change (first: "")."""
    if not levels:
        emit("", "", "", first + last_flag + "E" + change)
    for i, (side, price, size) in enumerate(levels):
        flags = (first if i == 0 else "") + (last_flag if i == len(levels) - 1 else "") + change
        emit(side, price, size, flags)
