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
from crash import ready
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


def all_of(d):
    path, ids = "/v1/diagnoses?limit=1000", set()
    while path:
        page = d.get(path).json
        ids |= {row["id"] for row in page["diagnoses"]}
        path = page["next"]
    return ids


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
        stored = all_of(d)  # the answer to a submission may have been lost with the process
        assert set(accepted) <= stored
        for id in stored:
            assert d.wait(id, 60) == "done", id
        reports = [d.report(id) for id in stored]
        assert d.stop() == 0
    for report in reports:
        check_report(report, shown)
        for cell in report["cells"]:
            marked[cell["question"], cell["provider"]] += cell["maybe_billed_twice"]
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


# ---- a storage that is in trouble ----

@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder]).returncode:
        pytest.skip("no root, or no mount here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_a_full_disk_refuses_delivers_and_recovers(house, small_disk, storage):
    place = house({"defaults": {"latency": {"total_ms": 600}}}, ["qwen"], storage=storage)
    place.sections[f"storage:{storage}"] = {"path": str(small_disk / "db")}
    with Daemon(place) as d:
        first = d.submit()
        d.wait(first)
        running = d.submit(questions=["another?"])
        filler = small_disk / "filler"
        with open(filler, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"x" * 4096)
            except OSError:
                pass
        for i in range(20):  # the last page of a file may still have room
            got = d.post("/v1/diagnoses", inquiry_of(questions=[f"third {i}?" + "!" * 400]))
            if got.status != 202:
                break
        assert got.status == 503 and got.json["error"]["type"] == "storage", got
        assert ready(d, 503, 8) and d.get("/v1/status").json["storage"]["failing"]
        assert d.wait(running) == "done"
        assert {c["status"] for c in d.report(running)["cells"]} == {"ok"}, "the report comes from memory"
        filler.unlink()
        assert ready(d, 200, 10)
        last = d.submit(questions=["fourth?"])
        assert d.wait(last) == "done"
        assert d.stop() == 0
    with Daemon(place) as d:
        assert d.state(first) == "done" and d.state(last) == "done"
        assert d.wait(running) == "done", "what could not be stored is asked again"


def test_another_process_that_locks_the_database_is_waited_for(house):
    place = house(CALLS, ["qwen"])
    with Daemon(place) as d:
        d.wait(d.submit())
        lock = sqlite3.connect(place.database, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        answers = []
        asker = threading.Thread(target=lambda: answers.append(d.post("/v1/diagnoses", inquiry_of(questions=["2?"]))))
        asker.start()
        time.sleep(3)
        assert d.get("/healthz").status == 200
        lock.execute("ROLLBACK")
        lock.close()
        asker.join(20)
        assert answers[0].status == 202, answers
        assert d.wait(answers[0].json["id"]) == "done" and ready(d, 200, 5)


def test_a_second_daemon_and_a_run_are_refused_while_one_serves_and_looking_is_not(house):
    place = house(CALLS, ["qwen"])
    with Daemon(place) as d:
        id = d.submit()
        d.wait(id)
        second = place.run("serve")
        assert second.code == 2 and "working on" in second.errors, second
        run = place.run("run", "--brand", "x", "--question", "y?", "--quiet")
        assert run.code == 2 and f"process {d.pid}" in run.errors, run
        assert place.run("resume", id).code == 2
        assert place.run("report", id).code == 0 and id in place.run("list").text
        assert d.stop() == 0
    assert place.run("run", "--brand", "x", "--question", "y?", "--quiet").code == 0


DAMAGE = {
    "header": lambda data: b"\0" * 100 + data[100:],
    "text": lambda data: b"this is no database, dear" * 400,
    "page": lambda data: data[:8192] + b"\xff" * 8192 + data[16384:],
    "cut": lambda data: data[:len(data) // 2 // 4096 * 4096 + 100],
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_database_is_refused_and_left_as_it_is(house, what):
    place = house(CALLS, ["qwen"])
    with Daemon(place) as d:
        for i in range(5):
            d.wait(d.submit(questions=[f"{i}?"], samples=10))
        assert d.stop() == 0
    data = DAMAGE[what](place.database.read_bytes())
    place.database.write_bytes(data)
    got = place.run("serve")
    assert got.code in (1, 2) and str(place.database) in got.errors, got
    assert place.database.read_bytes() == data


def test_the_database_of_a_newer_brandiag_is_refused(house):
    place = house(CALLS, ["qwen"])
    with Daemon(place) as d:
        d.wait(d.submit())
        assert d.stop() == 0
    with sqlite3.connect(place.database) as db:
        db.execute("PRAGMA user_version = 99")
    got = place.run("serve")
    assert got.code in (1, 2) and "newer" in got.errors, got


# ---- by hand ----

def test_a_run_that_was_killed_is_finished_by_resume(house):
    place = house({"defaults": {"latency": {"total_ms": 300}}}, ["qwen"],
                  {"provider:qwen": {"concurrency": "2"}})
    process = place.start("run", "--brand", "华为", "--question", "哪个好？", "--probe", "neutral", "--samples", "12", "--quiet")
    time.sleep(1.1)
    process.kill()
    process.communicate()
    listed = place.run("list", "--unfinished", "--format", "json")
    (id,) = [row["id"] for row in listed.report]
    before = place.sim.stats()["qwen"]["requests"]
    got = place.run("resume", id, "--format", "json", "--quiet")
    assert got.code == 0 and len(got.cells) == 12 and got.statuses() == {"ok": 12}, got
    marked = sum(c["maybe_billed_twice"] for c in got.cells)
    again = place.sim.stats()["qwen"]["requests"] - 12
    assert 1 <= before < 12 and again <= marked <= 2
    assert any("billed twice" in n or "重复计费" in n for n in got.report["notes"])
    assert "nothing is unfinished" in place.run("list", "--unfinished").text
    nothing = place.run("resume", id)
    assert nothing.code == 2 and "nothing left to ask" in nothing.errors, nothing
    assert place.run("resume", "20200101t000000-00000000").code == 1


def test_an_interrupted_run_is_finished_and_failed_cells_are_asked_again_on_demand(house):
    place = house(quick(qwen={"latency": {"first_ms": 4000, "total_ms": 5000}}, zhipu={"script": ["500 forever"]}), ["qwen", "zhipu"],
                  {"retry": {"max_retries": "0"}})
    process = place.start("run", "--brand", "华为", "--question", "哪个好？", "--probe", "neutral", "--format", "json", "--quiet")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode in (3, 4)
    (id,) = [row["id"] for row in place.run("list", "--format", "json").report]
    place.sim.set_scenario(quick())
    got = place.run("resume", id, "--format", "json", "--quiet")
    assert [c["status"] for c in got.of("qwen")] == ["ok"] and [c["status"] for c in got.of("zhipu")] == ["error"], got
    got = place.run("resume", id, "--failed", "--format", "json", "--quiet")
    assert got.code == 0 and got.statuses() == {"ok": 2}, got
