# Kraken's frames as market events, independent of normalize.ts: read with json and decimal, standard library only.

import json
from decimal import Decimal

from event_lines import frames, line, rows, time_iso

PHASES = {"online": "open", "delisted": "closed"}
PAUSED = "post_only limit_only cancel_only reduce_only maintenance work_in_progress".split()


def price(number):
    return "" if number in (None, "") or Decimal(number) == 0 else Decimal(number)


def happened(item):
    text = item.get("timestamp")
    return "" if not text or text.startswith("1970-01-01T00:00:00") else time_iso(text)


def book(recv, kind, item):
    head = (item["symbol"], recv, happened(item), "", "")
    levels = []
    for side, name in (("bid", "bids"), ("ask", "asks")):
        levels += [(side, Decimal(x["price"]), Decimal(x["qty"])) for x in item[name]]
    name, first = ("bookSnapshot", "F") if kind == "snapshot" else ("bookChange", "")
    rows(levels, lambda *own: line(name, *head, *own), first)


def trade(recv, kind, item):
    head = (item["symbol"], recv, happened(item), "", item["trade_id"], item["side"])
    flags = "H" if kind == "snapshot" else ""
    line("trade", *head, Decimal(item["price"]), Decimal(item["qty"]), flags)


def ticker(recv, kind, item):
    bid, ask = price(item["bid"]), price(item["ask"])
    sizes = [Decimal(item[name]) for name in ("bid_qty", "ask_qty")]
    own = (bid, sizes[0] if bid != "" else "", ask, sizes[1] if ask != "" else "")
    own += (price(item["last"]), "", Decimal(item["volume"]))
    line("quote", item["symbol"], recv, happened(item), "", "", *own)


def instrument(recv, kind, pair):
    status = pair["status"]
    said = {
        "phase": "paused" if status in PAUSED else PHASES[status],
        "action": status,
        "tick": format(Decimal(pair["price_increment"]), "f"),
        "sizeStep": format(Decimal(pair["qty_increment"]), "f"),
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    line("instrument", pair["symbol"], recv, "", "", "", text)


for recv, frame in frames():
    channel = frame.get("channel")
    read = {"book": book, "trade": trade, "ticker": ticker, "instrument": instrument}.get(channel)
    if read is None:
        continue
    items = frame["data"]["pairs"] if channel == "instrument" else frame["data"]
    for item in items:
        read(recv, frame["type"], item)
