"""The market events of recorded Coinbase Advanced Trade frames, written without a look at normalize.ts. Standard library only.

Reads one frame a line and prints one JSON list an event: kind, symbol, time in ns, side, price, size, flags, sequence, id,
bid, bid size, ask, ask size, last, volume, and what an instrument says.
"""

import json
import re
import sys
from datetime import datetime, timezone

FIRST, LAST, EMPTY, HISTORY = 1, 2, 4, 16
ISO = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?Z")
PHASES = {"online": "open", "offline": "paused", "delisted": "closed"}


def nanos(text):
    if not text:
        return -1
    day, clock, fraction = ISO.fullmatch(text).groups()
    seconds = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=timezone.utc).timestamp()
    if seconds <= 0:
        return -1
    return int(seconds) * 10**9 + int((fraction or "").ljust(9, "0")[:9])


def out(kind, symbol, time, sequence, side=0, price="", size="", flags=0, id="", quote=("",) * 6, instrument=None):
    row = [kind, symbol, str(time), side, price, size, flags, sequence, id, *quote, instrument or {}]
    print(json.dumps(row, separators=(",", ":")))


def book(event, sent, sequence):
    is_snapshot = event["type"] == "snapshot"
    rows = event["updates"]
    times = [nanos(row["event_time"]) for row in rows]
    time = sent if is_snapshot or not times or max(times) < 0 else max(times)
    kind = "bookSnapshot" if is_snapshot else "bookChange"
    first = FIRST if is_snapshot else 0
    if not rows:
        out(kind, event["product_id"], time, sequence, flags=first | LAST | EMPTY)
    for i, row in enumerate(rows):
        flags = (first if i == 0 else 0) | (LAST if i == len(rows) - 1 else 0)
        side = {"bid": 1, "offer": 2}[row["side"]]
        out(kind, event["product_id"], time, sequence, side, row["price_level"], row["new_quantity"], flags)


def trade(one, event, sequence):
    # The side is the maker's: a buy order that stood in the book was sold to.
    side = {"BUY": 2, "SELL": 1}[one["side"]]
    flags = HISTORY if event["type"] == "snapshot" else 0
    out("trade", one["product_id"], nanos(one["time"]), sequence, side, one["price"], one["size"], flags, one["trade_id"])


def ticker(one, sent, sequence):
    def priced(price, size):
        price = one.get(price, "")
        return ["", ""] if not price.strip("0.") else [price, one.get(size, "")]

    bid = priced("best_bid", "best_bid_quantity")
    ask = priced("best_ask", "best_ask_quantity")
    last = priced("price", "")[0]
    out("quote", one["product_id"], sent, sequence, quote=[*bid, *ask, last, one.get("volume_24_h", "")])


def product(one, sent, sequence):
    said = {"phase": PHASES.get(one["status"], "changed"), "action": one["status"]}
    for name, field in [("tick", "quote_increment"), ("sizeStep", "base_increment"), ("title", "display_name")]:
        if one.get(field):
            said[name] = one[field]
    out("instrument", one["id"], sent, sequence, instrument=said)


for line in sys.stdin:
    frame = json.loads(line, parse_int=str, parse_float=str)
    sent = nanos(frame.get("timestamp", ""))
    sequence = frame.get("sequence_num", "")
    for event in frame["events"]:
        if frame["channel"] == "l2_data":
            book(event, sent, sequence)
        for one in event.get("trades", []):
            trade(one, event, sequence)
        for one in event.get("tickers", []):
            ticker(one, sent, sequence)
        for one in event.get("products", []):
            product(one, sent, sequence)
