# Kalshi's frames as market events, independent of normalize.ts: read with json and decimal, standard library only.

import json
from decimal import Decimal

from event_lines import frames, line, rows, time_iso, time_ms, time_s

ONE = Decimal(1)
PHASES = {
    "created": "created",
    "activated": "open",
    "deactivated": "paused",
    "determined": "closed",
    "settled": "settled",
    "close_date_updated": "changed",
    "price_level_structure_updated": "changed",
    "metadata_updated": "changed",
}


def decimal(text):
    return Decimal(text) if text not in (None, "") else ""


def happened(msg):
    if "ts_ms" in msg:
        return time_ms(msg["ts_ms"])
    ts = msg.get("ts")
    return time_iso(ts) if isinstance(ts, str) else time_s(ts)


def instrument(msg):
    action = msg["event_type"]
    meta = msg.get("additional_metadata", msg)
    phase = PHASES[action]
    if phase == "paused" and msg.get("is_deactivated") is False:
        phase = "open"
    steps = [Decimal(r["step"]) for r in msg.get("price_ranges") or []]
    said = {
        "phase": phase,
        "action": action,
        "openTime": time_s(msg.get("open_ts")),
        "closeTime": time_s(msg.get("close_ts")),
        "result": msg.get("result"),
        "settlement": shown(msg.get("settlement_value")),
        "tick": shown(min(steps)) if steps else "",
        "title": meta.get("title") if meta is not msg else "",
        "strikeType": meta.get("strike_type"),
        "floorStrike": shown(meta.get("floor_strike")),
        "capStrike": shown(meta.get("cap_strike")),
    }
    said = {name: value for name, value in said.items() if value}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def shown(number):
    return "" if number in (None, "") else format(Decimal(number), "f")


def events(recv, frame):
    kind, seq, msg = frame["type"], frame.get("seq", ""), frame.get("msg")
    if kind in ("subscribed", "unsubscribed", "ok", "error", "event_lifecycle", "event_fee_update"):
        return
    head = (msg["market_ticker"], recv, happened(msg), seq)
    if kind == "trade":
        price = Decimal(msg["yes_price_dollars"])
        side = "buy" if msg["taker_side"] == "yes" else "sell"
        line("trade", *head, msg["trade_id"], side, price, Decimal(msg["count_fp"]), "")
    elif kind == "orderbook_delta":
        price = Decimal(msg["price_dollars"])
        side = "bid" if msg["side"] == "yes" else "ask"
        price = price if side == "bid" else ONE - price
        line("bookChange", *head, "", side, price, Decimal(msg["delta_fp"]), "LC")
    elif kind == "orderbook_snapshot":
        levels = [("bid", Decimal(p), Decimal(s)) for p, s in msg.get("yes_dollars_fp", [])]
        levels += [("ask", ONE - Decimal(p), Decimal(s)) for p, s in msg.get("no_dollars_fp", [])]
        rows(levels, lambda *own: line("bookSnapshot", *head, "", *own), "F")
    elif kind == "ticker":
        names = "yes_bid_dollars yes_bid_size_fp yes_ask_dollars yes_ask_size_fp"
        names += " price_dollars last_trade_size_fp volume_fp"
        line("quote", *head, "", *(decimal(msg.get(name)) for name in names.split()))
    elif kind == "market_lifecycle_v2":
        action = msg["event_type"]
        times = {"determined": "determination_ts", "settled": "settled_ts"}
        time = head[2] or time_s(msg.get(times.get(action, "")))
        line("instrument", head[0], recv, time, seq, "", instrument(msg))
    else:
        raise ValueError(kind)


for recv, frame in frames():
    events(recv, frame)
