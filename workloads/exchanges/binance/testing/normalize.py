"""The market events of recorded Binance frames, written without a look at normalize.ts. Standard library only.

Reads lines `<local ns> <frame>`, where a line without `stream` is a snapshot over REST, and prints one JSON list an event:
kind, symbol, time in ns, side, price, size, flags, sequence, id, bid, bid size, ask, ask size.
"""

import json
import sys

FIRST, LAST, EMPTY = 1, 2, 4


def out(kind, symbol, time="-1", side=0, price="", size="", flags=0, sequence="", id="", quote=None):
    print(json.dumps([kind, symbol, time, side, price, size, flags, sequence, id] + (quote or ["", "", "", ""]), separators=(",", ":")))


def nanos(value):
    # 13 digits are milliseconds, 16 are microseconds.
    return value + "0" * (19 - len(value))


def levels(kind, symbol, time, bids, asks, sequence, id):
    rows = [(1, price, size) for price, size in bids] + [(2, price, size) for price, size in asks]
    first = FIRST if kind == "bookSnapshot" else 0
    if not rows:
        out(kind, symbol, time, flags=first | LAST | EMPTY, sequence=sequence, id=id)
    for i, (side, price, size) in enumerate(rows):
        flags = (first if i == 0 else 0) | (LAST if i == len(rows) - 1 else 0)
        out(kind, symbol, time, side, price, size, flags, sequence, id)


def quoted(price, size):
    is_empty = not price.replace("0", "").replace(".", "")
    return ["", ""] if is_empty else [price, size]


def main(symbol):
    for line in sys.stdin:
        text = line.split(" ", 1)[1]
        frame = json.loads(text, parse_int=str, parse_float=str)
        if "stream" not in frame:
            levels("bookSnapshot", symbol, "-1", frame["bids"], frame["asks"], frame["lastUpdateId"], "")
            continue
        name, channel = frame["stream"].split("@", 1)
        data = frame["data"]
        assert data["s"].lower() == name
        if channel.startswith("depth"):
            levels("bookChange", data["s"], nanos(data["E"]), data["b"], data["a"], data["u"], data["U"])
        elif channel == "trade":
            side = 2 if data["m"] else 1
            out("trade", data["s"], nanos(data["T"]), side, data["p"], data["q"], 0, data["t"], data["t"])
        elif channel == "bookTicker":
            quote = quoted(data["b"], data["B"]) + quoted(data["a"], data["A"])
            out("quote", data["s"], sequence=data["u"], quote=quote)
        else:
            out("unknown", data["s"])


main(sys.argv[1])
