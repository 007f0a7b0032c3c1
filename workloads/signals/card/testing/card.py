"""The card of a run, computed from an archive of Kalshi frames and fires.jsonl with the standard library alone.

python3 card.py <feed folder> <fires.jsonl> <card.json>: reads of the card only `model` and the counts that the run itself made,
and prints what the other members must be."""

import glob, gzip, hashlib, json, math, statistics, sys
from collections import defaultdict
from decimal import Decimal, ROUND_CEILING
from datetime import datetime, timezone

FOLDER, FIRES, CARD = sys.argv[1:4]
card = json.load(open(CARD))
model = card["model"]
HORIZONS = [("1 s", 1000), ("10 s", 10000), ("1 min", 60000), ("5 min", 300000), ("15 min", 900000), ("1 h", 3600000)]
SIDES = {"long": 1, "buy": 1, "yes": 1, "short": -1, "sell": -1, "no": -1}


def nanos(text):
    whole, _, part = text.rstrip("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=timezone.utc).timestamp())
    return seconds * 10**9 + int((part + "000000000")[:9])


MS = 10**6
start, stop = nanos(model["from"]), nanos(model["to"])

# What was received, in order.
records = []
manifests = [json.load(open(path)) for path in sorted(glob.glob(f"{FOLDER}/*/manifest.json"))]
for path in glob.glob(f"{FOLDER}/*/*.jsonl.gz"):
    for line in gzip.open(path, "rt"):
        entry = json.loads(line)
        records.append((nanos(entry["recv"]), entry["conn"], entry["n"], entry))
records.sort(key=lambda one: one[:3])
known_until = max(nanos(one["to"]) for one in manifests if one["to"])

fires = [json.loads(line) for line in open(FIRES)]
for fire in fires:
    fire["at"] = nanos(fire["recv"])
    said = fire["payload"].get("side") if isinstance(fire["payload"], dict) else None
    fire["said"] = said in SIDES
    fire["dir"] = SIDES.get(said, 1)

# The moments: of each fire itself, entry, exit, horizons; of its random moments themselves and horizons.
hold = None if model["hold"] == "settlement" else model["hold"] * MS
moments = defaultdict(set)
for fire in fires:
    at, wanted = fire["at"], moments[fire["symbol"]]
    fire["entry"] = at + model["latencyMs"] * MS
    fire["exit"] = None if hold is None else fire["entry"] + hold
    fire["draws"] = []
    low = max(start // MS, at // MS - model["baselineMs"])
    high = min(stop // MS - 1, at // MS + model["baselineMs"])
    for k in range(model["draws"]):
        digest = hashlib.sha256(f"{model['seed']} {fire['id']} {k}".encode()).hexdigest()
        share = int(digest[:13], 16) / 2**52
        fire["draws"].append((low + math.floor(share * (high - low + 1))) * MS)
    for time in [at, *fire["draws"]]:
        wanted.update([time, *(time + ms * MS for _, ms in HORIZONS)])
    wanted.update(time for time in (fire["entry"], fire["exit"]) if time is not None)

# One pass over the records: books, what is known of them, and the prices at the moments.
class Book:
    def __init__(self):
        self.bids, self.asks = {}, {}
        self.state, self.since = None, None

    def top(self):
        if self.state != "whole":
            return None
        bid, ask = max(self.bids, default=None), min(self.asks, default=None)
        if bid is not None and ask is not None and bid > ask:
            return None
        return (bid, self.bids.get(bid), ask, self.asks.get(ask))


books, waiting, prices, seen = {}, {}, {}, defaultdict(set)
trades = defaultdict(list)
stale = whole = 0
minutes, events, unknown, last = set(), 0, 0, start
settled = {}
UNKNOWN = (None, None, None, None)
for symbol, wanted in moments.items():
    waiting[symbol] = sorted(wanted)[::-1]


def resolve(symbol, before):
    list_ = waiting.get(symbol, [])
    top = (books[symbol].top() if symbol in books else None) or UNKNOWN
    while list_ and list_[-1] < before:
        prices[symbol, list_.pop()] = top


def account(book, now):
    global stale, whole
    now = min(now, stop)
    if book.since is not None:
        if book.state == "stale" or (book.state == "whole" and book.top() is None):
            stale += now - book.since
        elif book.state == "whole":
            whole += now - book.since
    book.since = now


def change(side, price, size):
    size += side.get(price, 0)
    if size == 0:
        side.pop(price, None)
    else:
        side[price] = size


for recv, _, _, entry in records:
    if recv >= stop + 8 * 3600 * 10**9:
        break
    if "event" in entry:
        if entry["event"].get("kind") == "close":
            for symbol in list(waiting):
                resolve(symbol, recv)
            for book in books.values():
                account(book, recv)
                if book.state == "whole":
                    book.state = "stale"
        continue
    frame = entry["frame"]
    kind, msg = frame["type"], frame.get("msg", {})
    symbol = msg.get("market_ticker")
    resolve(symbol, recv)
    rows = 1
    if kind == "orderbook_snapshot":
        book = books.setdefault(symbol, Book())
        account(book, recv)
        book.bids = {Decimal(p): Decimal(s) for p, s in msg.get("yes_dollars_fp", [])}
        book.asks = {1 - Decimal(p): Decimal(s) for p, s in msg.get("no_dollars_fp", [])}
        rows = max(1, len(book.bids) + len(book.asks))
        if book.state != "closed":
            book.state = "whole"
    elif kind == "orderbook_delta":
        book = books.setdefault(symbol, Book())
        account(book, recv)
        if book.state is None:
            book.state = "stale"
        price, size = Decimal(msg["price_dollars"]), Decimal(msg["delta_fp"])
        change(*((book.bids, price) if msg["side"] == "yes" else (book.asks, 1 - price)), size)
    elif kind == "trade":
        trades[symbol].append((recv, Decimal(msg["yes_price_dollars"])))
    elif kind == "market_lifecycle_v2":
        if msg["event_type"] == "determined" and symbol not in settled:
            settled[symbol] = (msg["determination_ts"] * 10**9, float(msg["settlement_value"]))
        if symbol in books:
            account(books[symbol], recv)
            books[symbol].state = "closed"
    if recv < stop:
        minutes.add(recv // (60 * 10**9))
        events += rows
        last = recv
    if kind.startswith("orderbook") and symbol in moments:
        bid, _, ask, _ = books[symbol].top() or UNKNOWN
        seen[symbol].update(one for one in (bid, ask) if one is not None)
for symbol in list(waiting):
    resolve(symbol, min(known_until, max(stop, max(moments[symbol]) + MS)))
for book in books.values():
    account(book, last)
ticks = {s: float(Decimal(math.gcd(*(int(p * 10**6) for p in ps))) / 10**6) for s, ps in seen.items() if ps}


def middle(symbol, time):
    bid, _, ask, _ = prices.get((symbol, time), UNKNOWN)
    return None if bid is None or ask is None else (float(bid) + float(ask)) / 2


def wilson(hits, of):
    if of == 0:
        return None
    z = statistics.NormalDist().inv_cdf(0.975)
    p, n = hits / of, of
    middle_ = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [max(0, middle_ - half), min(1, middle_ + half)]


def moves(values):
    known = [one for one in values if one is not None]
    hits = sum(one > 1e-9 for one in known)
    return {
        "count": len(known),
        "missing": len(values) - len(known),
        "hits": hits,
        "hitRate": hits / len(known) if known else None,
        "interval": wilson(hits, len(known)),
        "meanTicks": statistics.fmean(known) if known else None,
        "medianTicks": statistics.median(known) if known else None,
    }


def move(fire, a, b):
    one, other = middle(fire["symbol"], a), b
    if one is None or other is None:
        return None
    return fire["dir"] * (other - one) / ticks[fire["symbol"]]


def ending(fire, time):
    end = settled.get(fire["symbol"])
    return None if end is None or time >= end[0] else end[1]


def outcome(name, of, base):
    own, random = moves(of), moves(base)
    advantage = None
    if own["meanTicks"] is not None and random["meanTicks"] is not None:
        advantage = own["meanTicks"] - random["meanTicks"]
    return {"horizon": name, "fires": own, "baseline": random, "advantageTicks": advantage}


outcomes = []
for name, ms in HORIZONS:
    later = lambda fire, time: middle(fire["symbol"], time + ms * MS)
    outcomes.append(outcome(
        name,
        [move(f, f["at"], later(f, f["at"])) for f in fires],
        [move(f, d, later(f, d)) for f in fires for d in f["draws"]],
    ))
if any(f["symbol"] in settled for f in fires):
    outcomes.append(outcome(
        "settlement",
        [move(f, f["at"], ending(f, f["at"])) for f in fires],
        [move(f, d, ending(f, d)) for f in fires for d in f["draws"]],
    ))

# Fills.
rates = model["fees"][0]


def fee(kind, price, size):
    rate = Decimal(str(rates[kind]))
    price, size = Decimal(str(price)), Decimal(str(size))
    if rates["formula"] == "notional":
        return float(rate * price * size)
    cents = (rate * price * (1 - price) * size * 100).to_integral_value(ROUND_CEILING)
    return float(cents / 100)


fills, shown, unfilled, unclosed = [], [], 0, 0
for f in fires:
    end = settled.get(f["symbol"])
    bid, bid_size, ask, ask_size = prices.get((f["symbol"], f["entry"]), UNKNOWN)
    buys_ask = (f["dir"] == 1) == (model["entry"] == "taker")
    price, there = (ask, ask_size) if buys_ask else (bid, bid_size)
    passed = True
    if model["entry"] == "maker" and price is not None:
        till = math.inf if f["exit"] is None else f["exit"]
        passed = any(f["entry"] < t <= till and (p < price if f["dir"] == 1 else p > price) for t, p in trades[f["symbol"]])
    if price is None or not passed or (end and f["entry"] >= end[0]):
        unfilled += 1
        continue
    shown.append(float(there))
    size = model["size"] if model["entry"] == "maker" else min(model["size"], float(there))
    bid, _, ask, _ = UNKNOWN if f["exit"] is None else prices.get((f["symbol"], f["exit"]), UNKNOWN)
    out = bid if f["dir"] == 1 else ask
    is_settled = end is not None and (f["exit"] is None or end[0] <= f["exit"] or out is None)
    if is_settled:
        out = end[1]
    if out is None:
        unclosed += 1
        continue
    price, out = float(price), float(out)
    fees = fee(model["entry"], price, size) + (0 if is_settled else fee("taker", out, size))
    gross = f["dir"] * (out - price) * size
    fills.append({
        "opened": f["entry"] // MS, "closed": (end[0] if is_settled else f["exit"]) // MS, "gross": gross, "fees": fees,
        "net": gross - fees, "turnover": (price + (0 if is_settled else out)) * size, "settled": is_settled,
        "partial": size < model["size"],
    })
fills.sort(key=lambda one: (one["closed"], one["opened"]))


def quantile(values, share):
    if not values:
        return None
    values = sorted(values)
    place = share * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


total = lambda member: math.fsum(one[member] for one in fills)
days = (stop - start) / (86400 * 10**9)

total_, peak, worst, longest, below = 0.0, 0.0, 0.0, 0, False
peak_at = min((one["opened"] for one in fills), default=0)
for one in fills:
    total_ += one["net"]
    falls = total_ < peak - 1e-9
    if falls or below:
        longest = max(longest, one["closed"] - peak_at)
    if falls:
        worst = max(worst, peak - total_)
    else:
        peak, peak_at = total_, one["closed"]
    below = falls

for period, ms in (("day", 86400000), ("hour", 3600000), ("minute", 60000)):
    bins = defaultdict(float)
    for minute in minutes:
        bins[minute * 60000 // ms] += 0
    for one in fills:
        bins[one["closed"] // ms] += one["net"]
    if len(bins) >= 10:
        break
results = list(bins.values())


def ratio(values):
    if len(values) < 2 or statistics.pstdev(values) < 1e-12:
        return None
    return statistics.fmean(values) / statistics.stdev(values)


def downside(values):
    below_ = math.sqrt(math.fsum(min(one, 0) ** 2 for one in values) / len(values)) if values else 0
    return None if len(values) < 2 or below_ == 0 else statistics.fmean(values) / below_


def deflated(values, trials, variance):
    sharpe = ratio(values)
    if sharpe is None or len(values) < 3:
        return None, None
    norm, best = statistics.NormalDist(), 0.0
    if trials > 1:
        g = 0.5772156649015329
        best = math.sqrt(variance) * ((1 - g) * norm.inv_cdf(1 - 1 / trials) + g * norm.inv_cdf(1 - 1 / (trials * math.e)))
    m, sd = statistics.fmean(values), statistics.pstdev(values)
    skew = statistics.fmean(((v - m) / sd) ** 3 for v in values)
    kurtosis = statistics.fmean(((v - m) / sd) ** 4 for v in values)
    error = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2
    if error <= 0:
        return best, None
    return best, norm.cdf((sharpe - best) * math.sqrt(len(values) - 1) / math.sqrt(error))


won = [one["net"] for one in fills if one["net"] > 0]
lost = [one["net"] for one in fills if one["net"] < 0]
best, probability = deflated(results, card["trials"]["count"], card["trials"]["variance"] or 0)

# Fires.
per_day, per_symbol, per_minute = defaultdict(int), defaultdict(int), defaultdict(int)
for f in fires:
    per_day[f["recv"][:10]] += 1
    per_symbol[f["feed"], f["symbol"]] += 1
    per_minute[f["at"] // (60 * 10**9)] += 1
waits = [(b["at"] - a["at"]) / 1e9 for a, b in zip(fires, fires[1:])]
counts = [per_minute.get(minute, 0) for minute in minutes | set(per_minute)]
by_symbol = sorted(per_symbol.items(), key=lambda one: (-one[1], one[0]))

# Gaps, as the manifests name them.
holes, reasons, ends = [], defaultdict(int), set()
for manifest in manifests:
    for gap in manifest["gaps"]:
        begin, end = nanos(gap["from"]), nanos(gap["to"]) if gap["to"] else stop
        if begin >= stop or end <= start:
            continue
        # One that spans midnight stands, cut, in both days.
        if (gap["cause"], gap["connection"], begin) not in ends:
            reasons[gap["cause"]] += gap.get("count", 1)
        ends.add((gap["cause"], gap["connection"], end))
        holes.append((max(begin, start), min(end, stop)))
seconds, until = 0, 0
for begin, end in sorted(holes):
    seconds += max(0, end - max(begin, until))
    until = max(until, end)

json.dump({
    "fires": {
        "total": len(fires),
        "withoutSide": sum(not f["said"] for f in fires),
        "buys": sum(f["dir"] == 1 for f in fires),
        "sells": sum(f["dir"] == -1 for f in fires),
        "perDay": [{"day": day, "fires": count} for day, count in sorted(per_day.items())],
        "perSymbol": [{"feed": feed, "symbol": symbol, "fires": n} for (feed, symbol), n in by_symbol[:20]],
        "symbols": len(per_symbol),
        "topSymbolShare": by_symbol[0][1] / len(fires) if fires else None,
        "interArrivalSeconds": {
            "min": min(waits), "p10": quantile(waits, 0.1), "median": statistics.median(waits),
            "mean": statistics.fmean(waits), "p90": quantile(waits, 0.9), "max": max(waits),
        } if waits else None,
        "clustering": {
            "dispersion": statistics.pvariance(counts) / statistics.fmean(counts) if fires and len(counts) > 1 else None,
            "withinSecond": sum(w <= 1 for w in waits) / len(waits) if waits else None,
        },
    },
    "coverage": {
        "days": len(manifests),
        "missingDays": card["coverage"]["missingDays"],
        "minutes": math.ceil((stop - start) / (60 * 10**9)),
        "minutesWithData": len(minutes),
        "events": events,
        "gaps": {"count": sum(reasons.values()), "seconds": seconds / 1e9, "byReason": dict(sorted(reasons.items()))},
        "dropped": sum(reasons.get(one, 0) for one in ("buffer-full", "oversize")),
        "unknownFrames": unknown,
        "books": {"instruments": len(books), "staleShare": stale / (stale + whole) if stale + whole else None},
        "cooled": card["coverage"]["cooled"],
        "stopped": card["coverage"]["stopped"],
    },
    "outcomes": outcomes,
    "fills": {
        "count": len(fills), "unfilled": unfilled, "unclosed": unclosed,
        "atSettlement": sum(one["settled"] for one in fills), "partial": sum(one["partial"] for one in fills),
        "gross": total("gross"), "fees": total("fees"), "net": total("net"),
        "turnover": total("turnover"), "turnoverPerDay": total("turnover") / days,
        "capacity": {"p10": quantile(shown, 0.1), "median": quantile(shown, 0.5)},
    },
    "result": {
        "wins": len(won), "losses": len(lost), "winRate": len(won) / len(fills) if fills else None,
        "profitFactor": math.fsum(won) / -math.fsum(lost) if lost else None,
        "maxDrawdown": worst, "drawdownSeconds": longest / 1000,
        "period": period, "periods": len(results), "sharpe": ratio(results), "sortino": downside(results),
    },
    "trials": {"expectedBest": best, "deflatedSharpe": probability},
}, sys.stdout)
