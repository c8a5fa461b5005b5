#!/usr/bin/env python3
"""Recomputes what the events of ../resources/trajectories/*.json lead to, from the rules alone (design §5), with NumPy.

    python3 model/src/test/python/trajectories.py            says which line differs first, if one does
    python3 model/src/test/python/trajectories.py --write    writes "then" of every event of the files anew

Written from the rules as they are described, not from the Java code: whoever changes a rule changes it here, too, and finds out
whether both mean the same. Values are single precision, everything between two of them is double precision, and sums go by the
numbers of the workers, so that the results are equal bit for bit. Of a block with a table ("table": [offset, rows, width]) a push has
all other values and behind them those of its "rows"; here it is computed as a push of everything, in whose other rows nothing has
changed. A file of options that this script does not know is left alone.
"""
import json
import math
import pathlib
import re
import sys

import numpy as np

FILES = pathlib.Path(__file__).parent.parent / "resources/trajectories"
SETTLING = {"folded", "copied", "dropped", "passed"}


def single(values):
    return [float(v) for v in np.array(values, dtype=np.float64).astype(np.float32)]


def finite(values):
    return all(math.isfinite(v) for v in values)


def length(values):
    squares = 0.0
    for v in values:
        squares += v * v
    return math.sqrt(squares)


def number(text, name):
    return float(re.search(rf"\b{name}=([-+0-9.E]+)", text)[1])


class Options:
    def __init__(self, text):
        self.rule = re.search(r"\brule=(\w+)", text)[1].lower()
        self.optimiser = re.search(r"\boptimiser=(\w+)", text)[1].lower()
        self.mu, self.eta = number(text, "momentum"), number(text, "rate")
        self.most_stale = number(text, "max")
        self.size = int(number(text, "size"))
        wait = re.search(r"longestWait=(?:all|([0-9]+)ns)", text)
        self.wait = float(wait[1] or 0)  # nanoseconds
        gain = re.search(r"\bgain=(\w+)", text)
        self.known = gain is None or gain[1] == "NONE"
        self.lock_step = self.rule == "quorum" and self.size == 0 and self.wait == 0


class Worker:
    def __init__(self):
        self.member, self.since_end = False, 0
        self.lease, self.state = None, "none"  # none, announced, open
        self.received, self.decided, self.verdict = 0, 0, "none"


class Ledger:
    """One block. Workers by number, the members of which count."""

    def __init__(self, options, start):
        self.options = options
        self.value, self.statistics = single(start["value"]), single(start["statistics"])
        self.tensors = start.get("tensors", [len(self.value)])
        self.table = start.get("table")  # [offset among the values, rows, width], of a block that has one
        self.changed = set(range(self.table[1])) if self.table else set()  # rows since the value was last shown
        self.version, self.workers = 0, {}
        self.window = []  # of (worker, examples), the newest last
        self.momentum = [0.0] * len(self.value)
        self.round, self.round_began = {}, 0
        self.delayed_round, self.delayed_from = [], None

    def members(self):
        return [w for w in self.workers.values() if w.member]

    # what happens

    def happen(self, event, now):
        worker = self.workers.setdefault(event["worker"], Worker())
        lease, kind = event.get("lease", 0), event["event"]
        if kind == "announce":
            self.round.pop(event["worker"], None)
            worker.state, worker.member = "announced", True
        elif kind == "open":
            worker.state, worker.member, worker.lease = "open", True, lease
            worker.received, worker.decided, worker.verdict = 0, 0, "none"
            return self.answer(worker)
        elif kind in ("close", "lose"):
            if kind == "lose":
                worker.member = False
            if kind == "lose" or worker.lease == lease and worker.state == "open":
                self.round.pop(event["worker"], None)
                self.end(worker)
                self.fold_rounds(now)
        elif kind == "fetch":
            self.fold_rounds(now)
            return self.answer(worker)
        else:
            return self.push(event, worker, now)
        return {}

    def answer(self, worker):
        return {"verdict": worker.verdict, "decided": worker.decided, "members": len(self.members())}

    def end(self, worker):
        worker.state, worker.since_end = "none", 0

    def push(self, event, worker, now):
        if worker.lease != event["lease"]:
            return {"verdict": "fenced", "decided": 0, "members": len(self.members())}
        if event["sequence"] <= worker.received:
            return self.answer(worker)
        if worker.state != "open":
            return {"verdict": "fenced", "decided": 0, "members": len(self.members())}
        worker.received = event["sequence"]
        ago = self.version - event["base"]
        stale = ago if self.options.rule == "quorum" else ago / len(self.members())
        values, statistics = [single([float(v) for v in event.get(k, [])]) for k in ("values", "statistics")]
        values = self.whole(event, values) if self.table and values else values
        one = {"event": event, "stale": stale, "values": values, "statistics": statistics, "verdict": "folded"}
        if event["event"] == "pass":
            one["verdict"] = "passed"
        elif not finite(values + statistics):
            one["verdict"] = "non-finite"
        elif event["event"] == "copy":
            one["verdict"] = "copied" if ago == 0 and len(self.members()) == 1 else "copy-refused"
        if one["verdict"] in ("folded", "copied") and stale > self.options.most_stale:
            one["verdict"] = "dropped"
        weightless = one["verdict"] not in ("folded", "copied")
        if one["verdict"] == "non-finite":
            self.momentum_is_over()
        if one["verdict"] == "copy-refused" or weightless and not self.options.lock_step:
            self.decide(one)
        elif self.options.rule == "quorum":
            self.round_began = self.round_began if self.round else now
            self.round[event["worker"]] = one
            self.fold_rounds(now)
        else:
            self.fold([one], *(self.elastic(one) if self.options.rule == "elastic" else self.average(one)))
        return self.answer(worker)

    def whole(self, event, values):
        """What a push of some rows is of the whole block: in no other row has anything changed."""
        offset, rows, width = self.table
        others = len(self.value) - rows * width
        whole = list(self.value) if event["event"] == "copy" else [0.0] * len(self.value)
        whole[:offset] = values[:offset]
        whole[offset + rows * width :] = values[offset:others]
        for i, row in enumerate(event["rows"]):
            at = offset + row * width
            whole[at : at + width] = values[others + i * width : others + (i + 1) * width]
        return whole

    def momentum_is_over(self):
        if self.options.optimiser == "delayed":
            self.momentum, self.delayed_round = [0.0] * len(self.value), []

    def decide(self, one):
        worker = self.workers[one["event"]["worker"]]
        if one["verdict"] in ("folded", "copied"):
            most = 2 * len(self.members())
            for number, other in self.workers.items():
                if number != one["event"]["worker"]:
                    other.since_end += 1
                    other.member &= other.state != "none" or other.since_end < most
        worker.decided, worker.verdict = one["event"]["sequence"], one["verdict"]
        if one["event"].get("last") and worker.verdict in SETTLING:
            self.end(worker)

    def fold(self, all_of_it, value, statistics):
        kept = finite(value + statistics)
        if kept:
            self.version, self.value, self.statistics = self.version + 1, value, statistics
            weighed = [one["event"] for one in all_of_it if one["verdict"] in ("folded", "copied")]
            self.changed |= {row for event in weighed for row in event.get("rows", [])}
        for one in all_of_it:
            if not kept and one["verdict"] in ("folded", "copied"):
                one["verdict"] = "non-finite"
                self.momentum_is_over()
            self.decide(one)
        return kept

    # rule average

    def average(self, one):
        worker, examples = one["event"]["worker"], one["event"]["examples"]
        share = self.share(worker, examples)
        weight = share / math.sqrt(max(1.0, one["stale"]))
        value = one["values"] if one["verdict"] == "copied" else self.moved(weight, one["values"])
        statistics = self.pooled(self.statistics, one["statistics"], 1.0 if self.version == 0 else weight)
        self.window.append((worker, examples))
        self.forget()
        if self.options.optimiser == "delayed":
            value = self.delayed(one, value)
        return value, single(statistics)

    def delayed(self, one, folded):
        """Momentum at the end of a round: everybody has had a push accepted, or there were 2 L of them."""
        if one["verdict"] == "copied":
            self.momentum, self.delayed_round = [0.0] * len(folded), []
            return folded
        if not self.delayed_round:
            self.delayed_from = self.value
        self.delayed_round.append(one)
        count = len(self.members())
        pushed = {some["event"]["worker"] for some in self.delayed_round}
        if len(pushed) < count and len(self.delayed_round) < 2 * count:
            return folded
        stale = sum(some["stale"] for some in self.delayed_round) > 2 * len(self.delayed_round)
        self.delayed_round = []
        if stale:
            self.momentum = [0.0] * len(folded)
            return folded
        beta = 1 - 1 / math.sqrt(count)
        momentum = [beta * m + (now - g) for m, now, g in zip(self.momentum, folded, self.delayed_from)]
        self.momentum = single(momentum)
        return single([now + beta * m for now, m in zip(folded, momentum)])

    def forget(self):
        """What is older than 4 L pushes of members does not count when there are more members again."""
        of_members = [i for i, (worker, _) in enumerate(self.window) if self.workers[worker].member]
        kept = 4 * len(self.members())
        if len(of_members) > kept:
            self.window = self.window[of_members[-kept] :]

    def elastic(self, one):
        """What is pushed is 0.9/L of the worker's distance already; statistics come nearer by as much."""
        whole = one["verdict"] == "copied" or self.version == 0
        value = one["values"] if one["verdict"] == "copied" else self.moved(1.0, one["values"])
        weight = 1.0 if whole else 0.9 / len(self.members())
        return value, single(self.pooled(self.statistics, one["statistics"], weight))

    def moved(self, weight, change):
        return single([g + weight * d for g, d in zip(self.value, change)])

    def share(self, worker, examples):
        count = len(self.members())
        if count == 1:
            return 1.0
        of_members = [(w, n) for w, n in self.window if self.workers[w].member]
        if len(of_members) < 4 * count:
            return 1.0 / count
        before = of_members[-4 * count :]
        after = before[1:] + [(worker, examples)]
        fractions = [sum(n for w, n in some if w == worker) / sum(n for _, n in some) for some in (before, after)]
        return (fractions[0] + fractions[1]) / 2

    @staticmethod
    def pooled(pool, other, weight):
        """The first half means, the second half variances."""
        if weight == 1:
            return list(other)
        half = len(pool) // 2
        pool = list(pool)
        for mean, variance in zip(range(half), range(half, 2 * half)):
            apart = other[mean] - pool[mean]
            pool[variance] += weight * (other[variance] - pool[variance]) + weight * (1 - weight) * apart * apart
            pool[mean] += weight * apart
        return pool

    # rule quorum

    def fold_rounds(self, now):
        leases = sum(w.state != "none" for w in self.workers.values())
        needed = min(self.options.size, leases) if self.options.size else leases
        overdue = self.options.wait > 0 and now - self.round_began >= self.options.wait
        if self.options.rule != "quorum" or not self.round or len(self.round) < needed and not overdue:
            return
        turns = [self.round[worker] for worker in sorted(self.round)]
        weighed = [one for one in turns if one["verdict"] in ("folded", "copied")]
        self.round = {}
        if not weighed:
            for one in turns:
                self.decide(one)
            return
        momentum = self.momentum
        if weighed[0]["verdict"] == "copied":
            value, momentum = weighed[0]["values"], [0.0] * len(momentum)
        else:
            value, momentum = self.outer(weighed)
        pool, seen = weighed[0]["statistics"], weighed[0]["event"]["examples"]
        for one in weighed[1:]:
            seen += one["event"]["examples"]
            pool = self.pooled(pool, one["statistics"], one["event"]["examples"] / seen)
        if self.fold(turns, value, single(pool)):
            self.momentum = momentum

    def outer(self, weighed):
        total = sum(one["event"]["examples"] for one in weighed)
        weights = [one["event"]["examples"] / total for one in weighed]
        mean = [0.0] * len(self.value)
        for weight, one in zip(weights, weighed):
            mean = [d + weight * v for d, v in zip(mean, one["values"])]
        optimiser, mu, eta = self.options.optimiser, self.options.mu, self.options.eta
        if optimiser == "none":
            return self.moved(1.0, mean), self.momentum
        if optimiser == "rda":
            return self.radial(weights, [one["values"] for one in weighed], mean), self.momentum
        momentum = [mu * m + d for m, d in zip(self.momentum, mean)]
        step = momentum if optimiser == "sgd" else [d + mu * m for d, m in zip(mean, momentum)]
        return self.moved(eta, step), single(momentum)

    def radial(self, weights, changes, mean):
        value, first = [], 0
        for size in self.tensors:
            at = slice(first, first + size)
            longest = sum(w * length(c[at]) for w, c in zip(weights, changes))
            shortest = length(mean[at])
            ratio = longest / shortest if shortest > 0 else 1.0
            scale = min(max(ratio, 1.0), math.sqrt(len(weights)))
            value += [g + scale * d for g, d in zip(self.value[at], mean[at])]
            first += size
        return single(value)


def shortest(values):
    """As few digits as tell a value from every other one of single precision."""
    return [float(str(np.float32(v))) for v in values]


def replayed(table):
    options = Options(table["options"])
    ledgers = [Ledger(options, start) for start in table["blocks"]]
    shown, now = {}, 0
    for event in table["events"]:
        now += event.get("after", 0)
        ledger = ledgers[event["block"] - 1]
        then = ledger.happen(event, now)
        then["version"] = ledger.version
        if shown.get(event["block"]) != ledger.version:
            then["value"], then["statistics"] = shortest(ledger.value), shortest(ledger.statistics)
            if ledger.table:
                then["changed"], ledger.changed = sorted(ledger.changed), set()
        shown[event["block"]] = ledger.version
        yield {**{k: v for k, v in event.items() if k != "then"}, "then": then}


def text(node):
    return json.dumps(node, separators=(",", ":"))


def written(table, events):
    lines = ['{"options": ' + json.dumps(table["options"]) + ",", '"blocks": ' + text(table["blocks"]) + ",", '"events": [']
    return "\n".join(lines) + "\n" + ",\n".join(text(event) for event in events) + "\n]}\n"


def main():
    failed = False
    for path in sorted(FILES.glob("*.json")):
        table = json.loads(path.read_text())
        if not Options(table["options"]).known:
            print(f"{path.name}: left alone")
            continue
        events = list(replayed(table))
        if "--write" in sys.argv:
            path.write_text(written(table, events))
            continue
        differing = [i for i, (new, old) in enumerate(zip(events, table["events"])) if new["then"] != old.get("then")]
        for i in differing[:1]:
            print(f"{path.name}:{i + 4}: {text(events[i]['then'])}, not {text(table['events'][i].get('then'))}")
        failed |= bool(differing)
        print(f"{path.name}: {len(events)} events, {len(differing)} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
