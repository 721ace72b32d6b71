"""A thousand reloads and a dozen storages under load: no task is lost, doubled or failed, and
nothing grows."""
import sqlite3
import time

from brandiag import slack
from hot import ANSWER, Asked, Loads, house, place, put, reload  # noqa: F401
from serve import Daemon, numbers


def settled(d):
    """When memory grows no more: the daemon keeps so many diagnoses that are over."""
    now = numbers(d.pid)
    for _ in range(20):
        last = now
        time.sleep(2)
        now = numbers(d.pid)
        if now["rss"] - last["rss"] < 1 << 20:
            break
    return now


def test_a_thousand_reloads_under_load_lose_nothing_and_grow_nothing(place):
    reloads = 100 if slack(place) else 1000
    refused, asked = 0, Asked(place.sim)
    place.sections["storage"]["plugin"] = "store_jsonl"  # grows evenly: an index entry a row
    place.sections["storage:store_jsonl"] = {"path": str(place.directory / "load.jsonl")}
    with Daemon(place) as d:
        with Loads(d, 3) as loads:
            for i in range(40):  # warm
                put(place.v2 if i % 2 else place.v1, place.plugins)
                reload(d)
            before, began, tasks = settled(d), time.monotonic(), loads.done()
            for i in range(reloads):
                put(place.v2 if i % 2 == 0 else place.v1, place.plugins)
                refused += reload(d)
                if i % 200 == 0:
                    asked.look()
            seconds, tasks = time.monotonic() - began, loads.done() - tasks
            put(place.v2, place.plugins)
            reload(d)
            time.sleep(2)
            mark = max(call["at_ms"] for call in place.sim.log(100))
            time.sleep(1)
            newest = [call for call in place.sim.log(1000) if call["at_ms"] > mark]
            after, last = numbers(d.pid), loads.done()
            time.sleep(10)  # the same without reloads: what the tasks themselves take
            by_task = (numbers(d.pid)["rss"] - after["rss"]) / (loads.done() - last)
            grown = after["rss"] - before["rss"] - by_task * tasks
        status = d.get("/v1/status").json["generation"]
        assert d.stop() == 0
    cells, times = loads.cells(), asked.look().times()
    print(f"\n{reloads} reloads in {seconds:.1f} s, {refused} times refused for a moment; {tasks / seconds:.0f} tasks/s, "
          f"{len(cells)} in all; {before} -> {after}, {grown / 2**20:.1f} MiB more by the reloads, {by_task / 1024:.1f} KiB a task")
    assert {(status, attempts) for _, status, attempts in cells} == {("ok", 1)}
    assert len({question for question, _, _ in cells}) == len(cells) == place.sim.stats()["openai"]["requests"]
    assert {times[question] for question, _, _ in cells} == {1}, "asked twice, or never"
    assert {call["model"] for call in newest} == {"any-v2"}
    assert asked.models() == {"any-v1", "any-v2"}
    assert status["reloads"] >= reloads and status["failures"] >= refused and status["stuck_modules"] == 0
    if slack(place):
        return  # a sanitizer keeps what is unloaded
    assert grown < 5 << 20
    assert after["fds"] - before["fds"] <= 4 and after["maps"] - before["maps"] <= 12
    assert abs(after["threads"] - before["threads"]) <= 4


def rows(path):
    """How many cells each diagnosis that is over has in that database, by status."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return {(id, status): n for id, status, n in db.execute(
            "SELECT d.id, c.status, count(*) FROM diagnoses d JOIN cells c ON c.diagnosis = d.id"
            " WHERE d.state = 1 GROUP BY d.id, c.status")}


def test_the_storage_is_changed_under_thousands_of_rows_and_none_is_lost_or_doubled(place):
    place.sim.set_scenario({"defaults": {"latency": {"total_ms": 5}, **ANSWER}})
    paths = [place.directory / f"rows{i}.db" for i in range(7)]
    place.sections["storage:store_sqlite"]["path"] = str(paths[0])
    place.sections["provider:echo"]["concurrency"] = "400"
    pauses = []
    with Daemon(place) as d:
        began, rss = time.monotonic(), numbers(d.pid)["rss"]
        with Loads(d, 4, tasks=100) as loads:
            for path in paths[1:]:
                time.sleep(0.7)
                place.sections["storage:store_sqlite"]["path"] = str(path)
                place.write()
                got = d.post("/v1/reload")
                assert got.status == 200 and got.json["changes"], got
                pauses.append(got.json["storage_pause_ms"])
            time.sleep(0.7)
        seconds, grown = time.monotonic() - began, numbers(d.pid)["rss"] - rss
        assert d.stop() == 0
    stored = [rows(path) for path in paths]
    whole = {id for one in stored for (id, status), n in one.items() if status == "ok" and n == 100}
    tasks = len(loads.cells())
    print(f"\n{tasks} tasks, {2 * tasks / seconds:.0f} rows/s, pauses {pauses} ms, {grown >> 20} MiB more")
    assert {(status, attempts) for _, status, attempts in loads.cells()} == {("ok", 1)}
    assert set(loads.ids()) <= whole, "not whole in any"
    assert place.sim.stats()["openai"]["requests"] == tasks
    assert all(n <= 100 for one in stored for n in one.values())
    assert max(pauses) <= 1000
    assert slack(place) or grown < 200 << 20  # a sanitizer keeps for long what is freed
