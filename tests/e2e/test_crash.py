"""kill -9 at any instant: what was accepted is completed, what was shown is kept, what was asked
twice is said."""
import collections
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from brandiag import quick, slack, house  # noqa: F401
from serve import Daemon, inquiry_of

KILLS = 300 if os.environ.get("BD_LONG") else 40
CALLS = {"defaults": {"latency": {"total_ms": 120}}}


class Witness(threading.Thread):
    """A client that submits and follows: what it was told must hold."""

    def __init__(self, daemon, seed):
        super().__init__(daemon=True)
        self.target, self.random = daemon, random.Random(seed)
        self.accepted, self.shown = {}, {}
        self.over = False

    def run(self):
        n = 0
        while not self.over:
            n += 1
            questions = [f"Q{self.random.getrandbits(60):x}Q哪个好？" for _ in range(2)]
            try:
                id = self.target.submit(questions=questions, samples=2)
                self.accepted[id] = questions
                for name, _, data in self.target.events(id, timeout=10):
                    if name == "cell":
                        self.shown[id, place_of(data)] = (data["status"], data["text"])
            except Exception:  # the daemon was killed, as it should be
                time.sleep(0.01)


def place_of(cell):
    return cell["index"]["question"], cell["index"]["model"], cell["sample"]


def check_report(report, shown):
    places = [place_of(c) for c in report["cells"]]
    assert len(places) == len(set(places)) == 2 * 2 * 2, "one cell a task"
    for cell in report["cells"]:
        told = shown.get((report["id"], place_of(cell)))
        if told:
            assert told == (cell["status"], cell["text"]), "a cell that was shown is another one"


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_kill_9_at_any_instant_loses_nothing_and_doubles_nothing(house, storage):
    place = house(CALLS, ["qwen", "zhipu"], storage=storage)
    chance = random.Random(7)
    accepted, shown, restarts = {}, {}, []
    kills = KILLS if storage == "store_sqlite" else KILLS // 2
    for _ in range(kills):
        with Daemon(place) as d:
            restarts.append(d.started_in)
            witnesses = [Witness(d, chance.getrandbits(32)) for _ in range(3)]
            for w in witnesses:
                w.start()
            time.sleep(chance.uniform(0.02, 0.7))
            d.signal(signal.SIGKILL)
            d.process.wait()
            for w in witnesses:
                w.over = True
            for w in witnesses:
                w.join(15)
                accepted.update(w.accepted)
                shown.update(w.shown)
    asked, marked = collections.Counter(), collections.Counter()
    with Daemon(place) as d:
        for id in accepted:
            assert d.wait(id, 60) == "done", id
        reports = [d.report(id) for id in accepted]
        assert d.stop() == 0
    for report in reports:
        check_report(report, shown)
        for cell in report["cells"]:
            marked[cell["question"], cell["provider"]] += bool(cell.get("maybe_billed_twice"))
    for call in place.sim.log(1000000):
        asked[call["prompt"], call["provider"]] += 1
    again = {key: n - 2 for key, n in asked.items() if n > 2}  # two samples each
    print(f"\n{storage}: {kills} kills, {len(accepted)} accepted, {len(shown)} cells shown, "
          f"{sum(asked.values())} calls, {sum(again.values())} again, {sum(marked.values())} marked, "
          f"start p100 {max(restarts):.2f} s")
    assert [key for key in again if not marked[key]] == [], "a call that was made twice is not marked"
    assert len(accepted) >= kills / 2 and len(shown) >= kills
    assert max(restarts) < 2 + slack(place)
    if storage == "store_sqlite":
        assert place.rows("PRAGMA integrity_check") == [("ok",)]
        assert place.rows("SELECT count(*) FROM diagnoses WHERE state = 0") == [(0,)]
