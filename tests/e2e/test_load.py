"""A thousand calls at once, and what the engine adds to the time of the slowest call. The
bounds are generous; the figures that were seen are printed (pytest -s) and kept with
record_property."""
import os
import time

import pytest

from brandiag import ALL, house, one_provider, quick, slack  # noqa: F401


def test_a_thousand_calls_at_once_are_all_answered_and_stored(house, record_property):
    place = house({"defaults": {"latency": {"total_ms": 2000}}}, ["qwen"],
                  one_provider("qwen", concurrency=1000, requests_per_minute=0))
    got = place.neutral(1000, timeout=60)
    assert got.code == 0, got
    assert got.statuses() == {"ok": 1000}
    assert len({c["sample"] for c in got.cells}) == 1000
    assert place.rows("SELECT count(*), count(DISTINCT key) FROM cells WHERE status = 'ok'") == [(1000, 1000)]
    stats = place.sim.stats()["qwen"]
    assert stats["requests"] == 1000 and stats["max_open"] >= 900, stats
    again = place.run("report", got.report["id"], "--format", "json")
    assert again.report["cells"] == got.cells, "read again by several threads, nothing missing and all in order"
    record_property("seconds", got.seconds)
    print(f"\n1,000 calls of 2 s: {got.seconds:.2f} s, elapsed {got.report['summary']['elapsed_ms']} ms, "
          f"{stats['max_open']} at once")
    assert got.seconds < 6 + 4 * slack(place)


def test_the_engine_adds_little_to_the_slowest_call(house, record_property):
    place = house({"defaults": {"latency": {"total_ms": 2000}}}, ALL)
    got = place.ask()
    assert got.code == 0, got
    slowest = max(e["end_ms"] - e["at_ms"] for e in place.sim.log()) / 1000
    over = (got.seconds - slowest) / slowest
    record_property("overhead", over)
    print(f"\nreference case, 4 models: {got.seconds:.3f} s, slowest call {slowest:.3f} s, overhead {100 * over:.1f} %")
    assert over <= 0.25 + slack(place)


def test_cells_are_stored_while_the_rest_still_runs(house):
    place = house(quick(qwen={"script": ["hang forever"]}))
    process = place.start("run", "--brand", "华为", "--question", "哪个好？", "--deadline", "4s", "--quiet")
    try:
        until = time.monotonic() + 3
        rows = []
        while time.monotonic() < until and len(rows) < 2:
            time.sleep(0.1)
            if place.database.exists() and os.path.getsize(place.database):
                try:
                    rows = place.rows("SELECT provider, status FROM cells WHERE status != 'begun'")
                except Exception:  # the schema is not there yet
                    rows = []
        assert rows == [("doubao", "ok"), ("doubao", "ok")]
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()
    listed = place.run("list")
    assert listed.code == 0 and "华为" in listed.text, "what was stored before a kill -9 is there"
    assert place.rows("PRAGMA integrity_check") == [("ok",)]


def test_two_programs_may_use_one_database(house):
    place = house()
    args = ["run", "--brand", "华为", "--question", "哪个好？", "--format", "json", "--quiet"]
    processes = [place.start(*args) for _ in range(4)]
    codes = []
    for process in processes:
        try:
            process.communicate(timeout=30)
        except Exception:
            process.kill()
            process.communicate()
            pytest.fail("still running")
        codes.append(process.returncode)
    assert codes == [0] * 4
    assert place.rows("SELECT count(*) FROM cells WHERE status = 'ok'") == [(16,)]
    assert place.rows("SELECT count(*) FROM diagnoses WHERE state = 1") == [(4,)]
