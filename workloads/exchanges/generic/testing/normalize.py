"""The market events of frames in the form of exchanges/feeds/okx.yaml, written without a look at normalize.ts. Standard
library only.

Reads frames, one a line, and prints one JSON list an event: kind, symbol, time in ns, side, price, size, sequence, id, bid,
bid size, ask, ask size, last, last size, volume.
"""

import json
import sys


def optional(text):
    return text if text is not None else ""


def priced(text):
    """A price of zero, or an empty one, is none."""
    return "" if not optional(text).replace("0", "").replace(".", "") else text


for line in sys.stdin:
    if not line.strip():
        continue
    frame = json.loads(line)
    channel, symbol = frame["arg"]["channel"], frame["arg"]["instId"]
    for item in frame["data"]:
        time = item["ts"] + "000000"
        if channel == "trades":
            side = {"buy": 1, "sell": 2}[item["side"]]
            row = ["trade", symbol, time, side, item["px"], item["sz"], "", item["tradeId"]] + [""] * 7
        else:
            row = ["quote", symbol, time, 0, "", "", "", ""]
            row += [priced(item["bidPx"]), optional(item.get("bidSz")), priced(item["askPx"]), optional(item.get("askSz"))]
            row += [priced(item["last"]), optional(item.get("lastSz")), optional(item.get("vol24h"))]
        print(json.dumps(row, separators=(",", ":")))
