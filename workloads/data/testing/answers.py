# What an archive answers, computed from its files alone with Python's standard library: beside it the answers of the queries
# are checked. One JSON object a line.
#
#   python3 answers.py <question> <root> [parameters as JSON]

import gzip
import json
import os
import sys
from decimal import ROUND_HALF_UP, Decimal, getcontext
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
    return exact(Decimal(integer).scaleb(-scale))


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


def within(asked, recv):
    return asked.get("from", "") <= recv < asked.get("to", "~")


def records(root, asked):
    for recv, feed, conn, n, line, raw in lines_of(root):
        if not within(asked, recv):
            continue
        if "types" in asked and line["type"] not in asked["types"]:
            continue
        if "symbols" in asked and line.get("symbol", "") not in asked["symbols"]:
            continue
        text = raw.decode("utf-8")
        frame = text[text.index('"frame":') + 8 : -2] if "frame" in line else None
        yield {
            "recv": recv,
            "feed": feed,
            "conn": conn,
            "n": n,
            "type": line["type"],
            "symbol": line.get("symbol"),
            "frame": frame,
            "event": line.get("event"),
        }


def symbols(root, asked):
    seen = {}
    for recv, feed, _, _, line, _ in lines_of(root):
        if within(asked, recv) and "symbol" in line:
            seen.setdefault((feed, line["symbol"]), []).append((recv, line["type"]))
    for (feed, symbol), found in sorted(seen.items()):
        types = sorted({kind for _, kind in found})
        yield {
            "feed": feed,
            "symbol": symbol,
            "first": found[0][0],
            "last": found[-1][0],
            "records": len(found),
            "trades": sum(1 for _, kind in found if kind == "trade"),
            "types": {kind: sum(1 for _, one in found if one == kind) for kind in types},
        }


def exact(value):
    """A decimal without zeros at its end."""
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def or_none(text):
    return None if text in (None, "") else exact(text)


def market(root, asked):
    """Trades, quotes and levels of the frames of Kalshi and Binance."""
    for recv, feed, conn, n, line, _ in lines_of(root):
        if "frame" not in line or not within(asked, recv):
            continue
        if "type" not in line["frame"]:
            yield from binance({"recv": recv, "feed": feed, "symbol": line.get("symbol")}, line["frame"], asked)
            continue
        kind, msg = line["frame"]["type"], line["frame"].get("msg", {})
        symbol = msg.get("market_ticker")
        if "symbols" in asked and symbol not in asked["symbols"]:
            continue
        head = {"recv": recv, "feed": feed, "symbol": symbol, "type": line["type"]}
        if kind == "trade":
            side = "buy" if msg["taker_side"] == "yes" else "sell"
            yield {**head, "event": "trade", "side": side, "price": exact(msg["yes_price_dollars"]), "size": exact(msg["count_fp"])}
        elif kind == "ticker":
            yield {
                **head,
                "event": "quote",
                "bid": or_none(msg.get("yes_bid_dollars")),
                "ask": or_none(msg.get("yes_ask_dollars")),
                "bidSize": or_none(msg.get("yes_bid_size_fp")),
                "askSize": or_none(msg.get("yes_ask_size_fp")),
            }
        elif kind == "orderbook_delta":
            yield {**head, "event": "bookChange", **level(msg["side"], msg["price_dollars"], msg["delta_fp"])}
        elif kind == "orderbook_snapshot":
            levels = [level("yes", *one) for one in msg.get("yes_dollars_fp", [])]
            levels += [level("no", *one) for one in msg.get("no_dollars_fp", [])]
            for i, one in enumerate(levels or [{"side": None, "price": None, "size": None}]):
                yield {**head, "event": "bookSnapshot", "first": i == 0, **one}


def binance(head, frame, asked):
    if "symbols" in asked and head["symbol"] not in asked["symbols"]:
        return
    data = frame.get("data", frame)
    if data.get("e") == "trade":
        side = "sell" if data["m"] else "buy"
        yield {**head, "event": "trade", "side": side, "price": exact(data["p"]), "size": exact(data["q"])}
    elif data.get("e") == "depthUpdate":
        levels = {"bid": data["b"], "ask": data["a"]}
        yield {**head, "event": "update", "first": data["U"], "last": data["u"], "levels": levels}
    elif "lastUpdateId" in data:
        levels = {"bid": data["bids"], "ask": data["asks"]}
        yield {**head, "event": "snapshot", "last": data["lastUpdateId"], "levels": levels}


def level(side, price, size):
    shown = Decimal(price) if side == "yes" else 1 - Decimal(price)
    return {"side": "bid" if side == "yes" else "ask", "price": exact(shown), "size": exact(size)}


def events(root, asked):
    for event in market(root, asked):
        event.pop("first", None)
        yield event


def spans(root):
    """When anything of a feed is missing."""
    for feed, _, manifest in days_of(root):
        for gap in manifest["gaps"]:
            yield feed, gap["from"], gap["to"] or "~"


def bars(root, asked):
    size, kind = Decimal(asked["size"]), asked["kind"]
    holes = list(spans(root))
    open_bars, done, ends = {}, [], {}
    for trade in market(root, asked):
        if trade["event"] != "trade":
            continue
        key = (trade["feed"], trade["symbol"])
        start = nanos(trade["recv"]) // int(size * 10**9) if kind == "time" else None
        if kind == "time" and key in open_bars and open_bars[key]["start"] != start:
            done.append(open_bars.pop(key))
        bar = open_bars.setdefault(key, {"key": key, "start": start, "full": False, "since": ends.get(key, trade["recv"]), "trades": []})
        bar["trades"].append(trade)
        volume = sum(Decimal(one["size"]) for one in bar["trades"])
        value = sum(Decimal(one["price"]) * Decimal(one["size"]) for one in bar["trades"])
        reached = {"tick": len(bar["trades"]), "volume": volume, "value": value}.get(kind, Decimal(-1))
        if reached >= size:
            ends[key] = trade["recv"]
            bar["full"] = True
            done.append(open_bars.pop(key))
    done += open_bars.values()
    if kind == "time":
        done.sort(key=lambda bar: (bar["start"], bar["key"]))
    for bar in done:
        yield bar_of(bar, size, kind, holes)


def bar_of(bar, size, kind, holes):
    trades = bar["trades"]
    prices = [Decimal(one["price"]) for one in trades]
    sizes = [Decimal(one["size"]) for one in trades]
    volume = sum(sizes)
    value = sum(price * amount for price, amount in zip(prices, sizes))
    if kind == "time":
        start, end = (rfc3339((bar["start"] + i) * int(size * 10**9)) for i in (0, 1))
        since = start
    else:
        start, end, since = trades[0]["recv"], trades[-1]["recv"], bar["since"]
    # A bar that waits for more trades is touched by whatever is missing behind its last one.
    until_end = end if bar["full"] or kind == "time" else "~"
    return {
        "feed": bar["key"][0],
        "symbol": bar["key"][1],
        "time": start,
        "end": end,
        "open": exact(prices[0]),
        "high": exact(max(prices)),
        "low": exact(min(prices)),
        "close": exact(prices[-1]),
        "volume": exact(volume),
        "value": exact(value),
        "vwap": vwap(value, volume, prices) if volume else None,
        "trades": len(trades),
        "buyVolume": exact(sum((s for s, one in zip(sizes, trades) if one["side"] == "buy"), Decimal(0))),
        "sellVolume": exact(sum((s for s, one in zip(sizes, trades) if one["side"] == "sell"), Decimal(0))),
        "gap": any(feed == bar["key"][0] and start < until_end and (until > since or start >= since) for feed, start, until in holes),
    }


def vwap(value, volume, prices):
    decimals = max(len(exact(price).partition(".")[2]) for price in (prices[0], max(prices), min(prices), prices[-1]))
    getcontext().prec = 60
    return exact((value / volume).quantize(Decimal(1).scaleb(-decimals - 4), ROUND_HALF_UP))


def rfc3339(nanoseconds):
    second = datetime.fromtimestamp(nanoseconds // 10**9, timezone.utc)
    return f"{second:%Y-%m-%dT%H:%M:%S}.{nanoseconds % 10**9:09}Z"


def chained_book(root, asked):
    """By the recipe of Binance's documentation: changes are kept until a snapshot fits between them."""
    kept, sides, last = [], None, None
    for event in market(root, {"symbols": [asked["symbol"]], "to": asked["at"]}):
        if event["event"] == "update" and sides is None:
            kept.append(event)
        elif event["event"] == "snapshot" and sides is None:
            sides, last = {"bid": {}, "ask": {}}, event["last"]
            merge(sides, event["levels"])
            for update in kept:
                if update["last"] > last:
                    merge(sides, update["levels"])
        elif event["event"] == "update" and event["last"] > last:
            merge(sides, event["levels"])
    for side in ("bid", "ask"):
        best = sorted(sides[side], reverse=side == "bid")
        for i, price in enumerate(best[: asked["depth"]]):
            yield {"side": side, "level": i + 1, "price": exact(price), "size": exact(sides[side][price])}


def merge(sides, levels):
    for side in ("bid", "ask"):
        for price, size in levels[side]:
            sides[side][Decimal(price)] = Decimal(size)
        for price in [price for price, size in sides[side].items() if size == 0]:
            del sides[side][price]


def book(root, asked):
    sides, state, snapshot = {"bid": {}, "ask": {}}, None, None
    for event in market(root, {"symbols": [asked["symbol"]], "to": asked["at"]}):
        if event["feed"] != asked["feed"] or not event["event"].startswith("book"):
            continue
        if event["event"] == "bookSnapshot" and event["first"]:
            sides, snapshot = {"bid": {}, "ask": {}}, event["recv"]
        if event["side"] is None:
            continue
        levels, price, size = sides[event["side"]], Decimal(event["price"]), Decimal(event["size"])
        levels[price] = size if event["event"] == "bookSnapshot" else levels.get(price, 0) + size
        if levels[price] == 0:
            del levels[price]
        state = event["recv"]
    if snapshot is None:
        return
    missing = any(feed == asked["feed"] and snapshot <= start < asked["at"] for feed, start, _ in spans(root))
    for side in ("bid", "ask"):
        best = sorted(sides[side], reverse=side == "bid")
        for i, price in enumerate(best[: asked.get("depth", 50)]):
            yield {
                "side": side,
                "level": i + 1,
                "price": exact(price),
                "size": exact(sides[side][price]),
                "recv": state,
                "state": "suspect" if missing else "live",
            }


def asof(root, asked):
    last = {}
    for event in market(root, {"symbols": asked["symbols"], "to": asked["at"]}):
        row = last.setdefault((event["feed"], event["symbol"]), {})
        if event["event"] == "trade":
            row.update(tradeRecv=event["recv"], tradePrice=event["price"], tradeSize=event["size"], tradeSide=event["side"])
        elif event["event"] == "quote":
            row.update(quoteRecv=event["recv"], bid=event["bid"], ask=event["ask"])
    for (feed, symbol), row in sorted(last.items()):
        yield {"feed": feed, "symbol": symbol, **row}


if __name__ == "__main__":
    question, root, *rest = sys.argv[1:]
    for answer in globals()[question](root, json.loads(rest[0]) if rest else {}):
        print(json.dumps(answer))
