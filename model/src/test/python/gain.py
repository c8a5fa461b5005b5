#!/usr/bin/env python3
"""Rule `average` with the gain that keeps the norm, once more, to check or make ../resources/trajectories/average-norm.json.

    python3 model/src/test/python/gain.py          computes what the file's events lead to and compares, float by float
    python3 model/src/test/python/gain.py events   makes the file anew; TrajectoryTest then writes its floats as Java does

A ledger of members, shares and versions in plain Python: values are floats (NumPy's float32), everything else double.
"""
import json
import math
import pathlib
import random
import sys

import numpy as np

FILE = pathlib.Path(__file__).parent.parent / "resources/trajectories/average-norm.json"
OPTIONS = ("AveragingOptions[rule=AVERAGE, period=1, periodBySpeed=false, codec=FP32, staleness=Staleness[max=5.0], quorum=Quorum[size=0, "
           "longestWait=all, gamma=1.0], outer=Outer[optimiser=NONE, momentum=0.0, rate=1.0], gain=NORM, anticipation=0.0]")
START = {"value": [1.0, -0.5, 0.25, 0.0], "statistics": [0.0, 1.0]}
STALENESS_MAX = 5.0


class Ledger:
    def __init__(self):
        self.g, self.stats, self.version = np.float32(START["value"]), np.float32(START["statistics"]), 0
        self.member, self.leased, self.since_end, self.decided = set(), set(), {}, {}
        self.window = []  # oldest first: (worker, examples)
        self.begin_anew()

    def begin_anew(self):
        self.gain = 1.0
        self.begin_round()

    def begin_round(self):
        self.total, self.norms, self.pushed, self.count, self.staleness = [0.0] * 4, 0.0, set(), 0, 0.0

    def become(self, worker, member):
        if member != (worker in self.member):
            (self.member.add if member else self.member.discard)(worker)
            self.begin_anew()

    def open(self, worker):
        self.leased.add(worker)
        self.decided[worker] = 0
        self.become(worker, True)

    def close(self, worker):
        self.leased.discard(worker)
        self.since_end[worker] = 0

    def lose(self, worker):
        self.close(worker)
        self.become(worker, False)

    def share(self, worker, examples):
        members = len(self.member)
        if members == 1:
            return 1.0
        last = [entry for entry in self.window if entry[0] in self.member][-4 * members:]
        if len(last) < 4 * members:
            return 1 / members
        fraction = lambda entries: sum(e for w, e in entries if w == worker) / sum(e for _, e in entries)
        return (fraction(last) + fraction(last[1:] + [(worker, examples)])) / 2

    def remember(self, worker, examples, most):
        kept = []
        for entry in [(worker, examples)] + self.window[::-1]:
            if most > 0:
                kept.append(entry)
                most -= entry[0] in self.member
        self.window = kept[::-1]

    def push(self, event):
        worker, d = event["worker"], [float(np.float32(v)) for v in event["values"]]
        self.decided[worker] = event["sequence"]
        members = len(self.member)
        stale = (self.version - event["base"]) / members
        if not all(math.isfinite(v) for v in d):
            self.begin_anew()
            return "non-finite"
        if event["event"] == "copy" and (self.version > event["base"] or members > 1):
            return "copy-refused"
        if stale > STALENESS_MAX:
            return "dropped"
        share = self.share(worker, event["examples"])
        pooled = self.pool(np.float32(event["statistics"]), share)
        if event["event"] == "copy":
            self.g = np.float32(d)
        else:
            moved = [float(g) + self.gain * share * v for g, v in zip(self.g, d)]
            self.g = np.float32(moved)
        self.stats = pooled
        self.version += 1
        self.remember(worker, event["examples"], 4 * members)
        if members > 1:
            self.note(worker, d, share, stale, members)
        for other in list(self.member - {worker} - self.leased):
            self.since_end[other] += 1
            if self.since_end[other] >= 2 * members:
                self.become(other, False)
        return "copied" if event["event"] == "copy" else "folded"

    def pool(self, new, share):
        if self.version == 0 or share == 1:
            return new
        (m, v), (m1, v1) = map(float, self.stats), map(float, new)
        e = m1 - m
        return np.float32([m + share * e, v + share * (v1 - v) + share * (1 - share) * e * e])

    def note(self, worker, d, share, stale, members):
        self.total = [a + share * b for a, b in zip(self.total, d)]
        self.norms += share * math.sqrt(sum(b * b for b in d))
        self.pushed.add(worker)
        self.count += 1
        self.staleness += stale
        if self.pushed == self.member or self.count == 2 * members:
            length = math.sqrt(sum(a * a for a in self.total))
            ratio = 1 if self.norms == 0 else math.inf if length == 0 else self.norms / length
            too_stale = self.staleness / self.count > 2
            self.gain = 1.0 if too_stale or ratio < 1.01 else min(ratio, math.sqrt(members))
            self.begin_round()

    def happen(self, event):
        worker, then = event["worker"], {}
        kind = event["event"]
        if kind in ("close", "lose"):
            getattr(self, kind)(worker)
        else:
            verdict = self.open(worker) if kind == "open" else self.push(event)
            then = {"verdict": verdict or "none", "decided": self.decided[worker], "members": len(self.member)}
        before = getattr(self, "shown", None)
        then.update(version=self.version, gain=self.gain)
        if before != self.version:
            then.update(value=[float(v) for v in self.g], statistics=[float(v) for v in self.stats])
        self.shown = self.version
        return then


class Events:
    """Workers that meet everything a round can."""

    def __init__(self):
        self.random, self.ledger, self.events = random.Random(29), Ledger(), []
        self.lease, self.sequence = {}, {}

    def add(self, kind, worker, **more):
        event = {"event": kind, "block": 1, "worker": worker, "lease": self.lease[worker], **more}
        self.events.append({**event, "then": self.ledger.happen(event)})

    def open(self, *workers):
        for worker in workers:
            self.lease[worker], self.sequence[worker] = self.lease.get(worker, 0) + 1, 0
            self.add("open", worker)

    def push(self, worker, values=None, late=None, kind="delta"):
        values = values or [round(self.random.uniform(-0.1, 0.1), 4) for _ in range(4)]
        self.sequence[worker] += 1
        late = min(self.ledger.version, self.random.randrange(4) if late is None else late)
        self.add(kind, worker, sequence=self.sequence[worker], base=self.ledger.version - late,
                 examples=self.random.randrange(8, 32), values=values,
                 statistics=[round(self.random.uniform(-1, 1), 4), round(self.random.uniform(0.5, 1.5), 4)])

    def rounds(self, workers, count):
        for _ in range(count):
            for worker in self.random.sample(workers, len(workers)):
                self.push(worker)

    def all(self):
        self.open(0, 1, 2)
        self.rounds([0, 1, 2], 6)
        self.push(0, [0.0] * 4)  # one that has learned nothing
        self.rounds([1, 2], 1)
        for _ in range(7):  # two of three: the round ends after six
            self.push(self.random.randrange(2))
        for worker in (0, 1, 2):  # an epoch ends and the next begins
            self.add("close", worker)
        self.open(0, 1, 2)
        self.rounds([0, 1, 2], 2)
        self.push(1, ["NaN", 0.1, 0.0, 0.0])
        self.rounds([0, 1, 2], 2)
        self.open(3)
        self.rounds([0, 1, 2, 3], 3)
        for late in (9, 11, 10, 8, 25):  # more than two rounds, and one that is dropped
            self.push(self.random.randrange(4) if late == 25 else late % 4, late=late)
        self.rounds([0, 1, 2, 3], 2)
        self.add("close", 3)  # and never again: it leaves after eight
        self.rounds([0, 1, 2], 5)
        self.add("lose", 2)
        self.open(2)
        self.rounds([0, 1, 2], 2)
        self.add("lose", 2)
        self.push(0, [0.25, -0.5, 1.0, 0.125])  # changes that cancel exactly, of equal shares
        self.push(1, [-0.25, 0.5, -1.0, -0.125])
        self.rounds([0, 1], 6)
        self.add("lose", 1)
        self.push(0, [0.3, 0.1, -0.2, 0.7], late=0, kind="copy")
        self.push(0, late=0)
        self.open(1)
        self.rounds([0, 1], 5)
        return self.events


def lines(events):
    yield '{"options": ' + json.dumps(OPTIONS) + ","
    yield '"blocks": ' + json.dumps([START], separators=(",", ":")) + ","
    yield '"events": ['
    for i, event in enumerate(events):
        yield json.dumps(event, separators=(",", ":")) + ("," if i < len(events) - 1 else "")
    yield "]}"


def same(ours, theirs):
    if isinstance(theirs, list):
        return all(np.float32(a) == np.float32(b) for a, b in zip(ours, theirs)) and len(ours) == len(theirs)
    if isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-14)
    return ours == theirs


def check():
    ledger, gains = Ledger(), set()
    for line, event in enumerate(json.loads(FILE.read_text())["events"], 4):
        ours, theirs = ledger.happen(event), event["then"]
        if ours.keys() != theirs.keys() or not all(same(ours[k], theirs[k]) for k in theirs):
            sys.exit(f"{FILE.name}:{line}: {theirs}, but it is {ours}")
        gains.add(ours["gain"])
    print(f"{FILE.name} is right: {len(gains)} gains, up to {max(gains)}")


if __name__ == "__main__":
    if sys.argv[1:] == ["events"]:
        FILE.write_text("\n".join(lines(Events().all())) + "\n")
    else:
        check()
