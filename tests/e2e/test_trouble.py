"""Crashes with every kind of task, and storages in trouble for a while: what was accepted
and shown holds, and all is well by itself when the trouble is over."""
import os
import random
import signal
import sqlite3
import time

import pytest

from brandiag import house, slack  # noqa: F401
from crash import (PROMPTS, Disk, all_ids, calls_by_task, kill_at_random, kill_at_start,
                   place_of, prompt_of, question, ready, refused, reports_at_the_end)
from serve import Daemon, inquiry_of

LIVES = 100 if os.environ.get("BD_LONG") else 12
BOTH = ["matrix", "neutral"]
def after(ms):
    """A scenario: all answer after so long, with nothing but a list."""
    return {"defaults": {"latency": {"total_ms": ms}, "answer": "short"}}


SOON = after(100)


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    made = Disk(folder, 6)
    if not made.mounted:
        pytest.skip("no root, or no mount here")
    yield made
    made.close()


def on_disk(house, disk, storage, scenario=None):
    place = house(scenario or SOON, ["qwen"], storage=storage)
    place.database = disk.folder / "e2e.db"
    place.sections[f"storage:{storage}"] = {"path": str(place.database)}
    return place


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_every_kind_of_task_survives_kill_9_with_one_cell_and_is_marked_if_asked_twice(house, storage):
    place = house(SOON, ["qwen", "zhipu"], PROMPTS, storage=storage)
    chance = random.Random(11)
    accepted, shown, starts = set(), {}, []
    for _ in range(LIVES):
        starts.append(kill_at_random(place, chance, accepted, shown, probes=BOTH))
        kill_at_start(place, chance)
    reports = reports_at_the_end(place)
    assert accepted <= {r["id"] for r in reports}
    calls = calls_by_task(place)
    unmarked, marked = [], 0
    for report in reports:
        cells = {place_of(c): c for c in report["cells"]}
        assert len(cells) == len(report["cells"]) == 2 * (2 + 1), "2 providers, 2 brands and a bare question"
        assert {c["status"] for c in report["cells"]} == {"ok"}, report["id"]
        for at, cell in cells.items():
            told = shown.get((report["id"], at), (cell["status"], cell["text"]))
            assert told == (cell["status"], cell["text"]), "a cell that was shown is another one"
            marked += bool(cell.get("maybe_billed_twice"))
            if calls[prompt_of(cell, None)] > 1 and not cell.get("maybe_billed_twice"):
                unmarked.append((report["id"], at))
    again = sum(n - 1 for n in calls.values())
    print(f"\n{storage}: {LIVES} kills, as many at the start, {len(accepted)} accepted, {len(shown)} cells "
          f"shown, {sum(calls.values())} calls, {again} again, {marked} marked, start p100 {max(starts):.2f} s")
    assert unmarked == [], "asked twice and not marked"
    assert len(accepted) >= LIVES and len(shown) >= LIVES
    assert max(starts) < 2 + slack(place)
    if storage == "store_sqlite":
        assert place.rows("PRAGMA integrity_check") == [("ok",)]
        assert place.rows("SELECT count(*) FROM cells WHERE status = 'begun'") == [(0,)]


# ---- a storage that is in trouble for a while ----

def begin_trouble(d, place):
    """Two that are done, and one that runs; their ids."""
    ids = [d.submit(questions=[f"before {i}?"]) for i in range(2)]
    for id in ids:
        assert d.wait(id) == "done"
    return ids, d.submit(questions=["in the middle?"])


def check_trouble(d, running):
    """While it lasts."""
    got = refused(d)
    assert got.status == 503 and got.json["error"]["type"] == "storage" and got.json["error"]["message"], got
    assert ready(d, 503, 8)
    assert d.wait(running) == "done"
    assert {c["status"] for c in d.report(running)["cells"]} == {"ok"}, "the report comes from memory"


def check_after(d, place, ids):
    """When it is over: all by itself, and what was in memory is stored."""
    assert ready(d, 200, 12)
    ids.append(d.submit(questions=["after?"]))
    assert d.wait(ids[-1]) == "done"
    time.sleep(1.5)  # each second it is looked whether something is to be put again
    before = calls_by_task(place)
    reports = {id: d.report(id) for id in ids}
    d.kill()
    with Daemon(place) as again:
        for id in ids:
            assert again.state(id) == "done", "it was stored before the crash"
            assert [(c["status"], c["text"]) for c in again.report(id)["cells"]] == [
                (c["status"], c["text"]) for c in reports[id]["cells"]]
        for id in all_ids(again):
            assert again.wait(id) == "done"
        assert again.stop() == 0
    assert calls_by_task(place) == before, "nothing is asked again"


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_what_a_full_disk_did_not_take_is_stored_when_there_is_room(house, disk, storage):
    place = on_disk(house, disk, storage, after(600))
    with Daemon(place) as d:
        ids, running = begin_trouble(d, place)
        time.sleep(0.2)  # its call is under way
        disk.fill()
        check_trouble(d, running)
        disk.empty()
        check_after(d, place, [*ids, running])


def test_a_lock_that_another_process_holds_longer_than_anybody_waits_is_survived(house):
    place = house(after(600), ["qwen"])
    place.sections["storage:store_sqlite"]["busy_timeout"] = "1s"
    with Daemon(place) as d:
        ids, running = begin_trouble(d, place)
        time.sleep(0.2)
        lock = sqlite3.connect(place.database, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        check_trouble(d, running)
        time.sleep(max(0.0, 10 - (time.monotonic() - began)))
        assert d.get("/healthz").status == 200
        lock.execute("ROLLBACK")
        lock.close()
        check_after(d, place, [*ids, running])


def test_a_reader_that_never_ends_stops_nobody_and_the_log_shrinks_after_it(house):
    place = house({"defaults": {"latency": {"total_ms": 30}, "answer": {"text": "huawei " * 6000}}}, ["qwen"],
                  {"provider:qwen": {"requests_per_minute": "0"}})
    wal = place.database.with_name(place.database.name + "-wal")
    with Daemon(place) as d:
        assert d.wait(d.submit(questions=["first?"])) == "done"
        reader = sqlite3.connect(f"file:{place.database}?mode=ro", uri=True, isolation_level=None)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM diagnoses").fetchone() == (1,)
        for i in range(30):
            assert d.wait(d.submit(questions=[f"{i}?"], samples=20)) == "done"
        grown = wal.stat().st_size
        assert grown > 10 << 20 and ready(d, 200, 1), "8 MiB are what it has without a reader"
        assert reader.execute("SELECT count(*) FROM diagnoses").fetchone() == (1,), "its snapshot"
        reader.close()
        for i in range(8):
            assert d.wait(d.submit(questions=[f"after {i}?"], samples=20)) == "done"
        assert wal.stat().st_size < grown + (1 << 20), "it is used from its beginning again"
        assert d.stop() == 0
    assert not wal.exists() or wal.stat().st_size == 0
    assert place.rows("SELECT count(*) FROM diagnoses WHERE state = 1") == [(39,)]


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_a_file_system_that_is_read_only_is_refused_with_its_name(house, disk, storage):
    place = on_disk(house, disk, storage)
    with Daemon(place) as d:
        id = d.submit()
        assert d.wait(id) == "done"
        assert d.stop() == 0
    bytes_before = place.database.read_bytes()
    assert disk.again("ro")
    got = place.run("serve")
    assert got.code in (1, 2) and str(place.database) in got.errors, got
    assert place.database.read_bytes() == bytes_before
    assert disk.again("rw")
    with Daemon(place) as d:
        assert d.state(id) == "done"
        assert d.stop() == 0


# ---- what a crash leaves beside the database ----

def killed_in_the_middle(house):
    place = house(SOON, ["qwen"])
    with Daemon(place) as d:
        ids = [d.submit(questions=[f"{i}?"]) for i in range(5)]
        for id in ids:
            assert d.wait(id) == "done"
        d.kill()
    wal = place.database.with_name(place.database.name + "-wal")
    assert wal.stat().st_size > 0, "the rows are still in the log"
    return place, ids, wal


def test_a_missing_shm_file_is_made_anew(house):
    place, ids, _ = killed_in_the_middle(house)
    place.database.with_name(place.database.name + "-shm").unlink()
    with Daemon(place) as d:
        assert [d.state(id) for id in ids] == ["done"] * 5
        assert d.stop() == 0


def test_a_log_that_was_cut_loses_its_end_and_nothing_else(house):
    place, ids, wal = killed_in_the_middle(house)
    os.truncate(wal, wal.stat().st_size * 2 // 3 + 7)
    with Daemon(place) as d:
        there = all_ids(d)
        assert there and set(there) <= set(ids)
        for id in there:
            assert d.wait(id) == "done"
            assert {c["status"] for c in d.report(id)["cells"]} == {"ok"}
        assert d.stop() == 0
    assert place.rows("PRAGMA integrity_check") == [("ok",)]


# ---- stopping ----

def test_sigterm_waits_for_what_runs_and_leaves_nothing(house):
    place = house(after(1000), ["qwen"], {"server": {"grace": "20s"}})
    with Daemon(place) as d:
        ids = [d.submit(questions=[f"{i}?"], samples=3) for i in range(3)]
        time.sleep(0.3)
        assert d.stop() == 0
    assert place.rows("SELECT count(*) FROM diagnoses WHERE state = 1") == [(3,)]
    assert len(place.rows("SELECT key FROM cells WHERE status = 'ok'")) == 9
    assert "nothing is unfinished" in place.run("list", "--unfinished").text
    assert ids


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_what_grace_does_not_suffice_for_is_completed_by_the_next_start(house, storage):
    slow = {**SOON, "providers": {"zhipu": {"latency": {"first_ms": 6000, "total_ms": 7000}}}}
    place = house(slow, ["qwen", "zhipu"], {**PROMPTS, "server": {"grace": "1s", "running": "2"}}, storage=storage)
    chance = random.Random(3)
    with Daemon(place) as d:
        ids = [d.submit(questions=[question(chance)], probes=BOTH) for _ in range(4)]
        time.sleep(0.8)
        began = time.monotonic()
        assert d.stop() == 0
        assert 0.9 < time.monotonic() - began < 5 + slack(place)
    place.sim.set_scenario(after(50))
    reports = {r["id"]: r for r in reports_at_the_end(place)}
    assert set(reports) == set(ids)
    calls = calls_by_task(place)
    for id in ids:
        cells = reports[id]["cells"]
        assert len(cells) == 6 and {c["status"] for c in cells} == {"ok"}
        for c in cells:
            n = calls[prompt_of(c, None)]
            assert n == (2 if bool(c.get("maybe_billed_twice")) else 1), (c["provider"], n)
            assert c["provider"] == "zhipu" or n == 1, "what was answered is not asked again"


def test_a_second_sigterm_ends_at_once(house):
    place = house({"defaults": {"script": ["hang forever"]}}, ["qwen"])
    with Daemon(place) as d:
        id = d.submit()
        time.sleep(0.3)
        d.signal(signal.SIGTERM)
        time.sleep(0.5)
        assert d.process.poll() is None, "it waits"
        assert d.post("/v1/diagnoses", inquiry_of()).status == 503
        began = time.monotonic()
        assert d.stop() == 0
        assert time.monotonic() - began < 5 + slack(place)
    place.sim.set_scenario(after(50))
    assert [r["id"] for r in reports_at_the_end(place)] == [id]


def test_what_is_cancelled_in_the_queue_stays_cancelled_over_a_crash(house):
    place = house({"defaults": {"script": ["hang forever"]}}, ["qwen"], {"server": {"running": "1"}})
    with Daemon(place) as d:
        first = d.submit(questions=["first?"])
        second = d.submit(questions=["second?"])
        time.sleep(0.3)
        assert d.state(second) == "queued"
        assert d.ask("DELETE", f"/v1/diagnoses/{second}").status in (200, 202, 204)
        assert d.wait(second) == "done"
        d.kill()
    place.sim.set_scenario(after(50))
    reports = {r["id"]: r for r in reports_at_the_end(place)}
    assert {c["status"] for c in reports[first]["cells"]} == {"ok"}
    assert {c["status"] for c in reports[second]["cells"]} == {"cancelled"}
    assert ("qwen", "second?") not in calls_by_task(place)


# ---- by hand ----

def test_two_runs_share_a_storage_at_the_same_time(house):
    place = house(after(500), ["qwen"])
    args = ["--competitor", "小米", "--format", "json", "--quiet", "--samples", "5"]
    both = [place.start("run", "--brand", "华为", "--question", f"{i}?", *args) for i in range(2)]
    for one in both:
        out, err = one.communicate(timeout=30)
        assert one.returncode == 0, err
    assert len(place.run("list", "--format", "json").report) == 2
    assert place.rows("SELECT count(*) FROM cells WHERE status = 'ok'") == [(2 * 7,)]


def test_an_answered_cell_of_a_killed_run_is_not_asked_again_whatever_its_probe(house):
    slow = {**SOON, "providers": {"zhipu": {"latency": {"first_ms": 5000, "total_ms": 6000}}}}
    place = house(slow, ["qwen", "zhipu"], PROMPTS)
    process = place.start("run", "--brand", "华为", "--competitor", "小米", "--question", "哪个好？", "--quiet")
    until = time.monotonic() + 10
    while not (place.database.exists() and place.rows("SELECT count(*) FROM sqlite_master WHERE name = 'cells'") == [(1,)]
               and place.rows("SELECT count(*) FROM cells WHERE status = 'ok'") == [(3,)]):
        assert time.monotonic() < until
        time.sleep(0.02)
    process.kill()
    process.communicate()
    place.sim.set_scenario(after(50))
    (id,) = [row["id"] for row in place.run("list", "--unfinished", "--format", "json").report]
    got = place.run("resume", id, "--format", "json", "--quiet")
    assert got.code == 0 and got.statuses() == {"ok": 6}, got
    calls = calls_by_task(place)
    for c in got.cells:
        assert calls[prompt_of(c, None)] == (1 if c["provider"] == "qwen" else 2)
        assert bool(c.get("maybe_billed_twice")) == (c["provider"] == "zhipu")
