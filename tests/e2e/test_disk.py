"""S3: the disk fails, at this call or at all of a kind. What was acknowledged is there after a crash, nothing is
acknowledged that is not, and all is well when the disk is."""
import os
import sqlite3

import pytest

from brandiag import house  # noqa: F401
from crash import all_ids, ready
from serve import Daemon, inquiry_of

KINDS = ["sync EIO", "write EIO", "write ENOSPC", "write short"]


@pytest.fixture(params=["store_sqlite", "store_jsonl"])
def place(request, house, bin_dir, tmp_path):
    shim = bin_dir.parent / "tests" / "shim_disk.so"
    if not shim.exists():
        pytest.skip(f"{shim} is not built")
    p = house({"defaults": {"latency": {"total_ms": 200}, "answer": {"text": "1. 华为：好\n2. 小米：好"}}}, ["qwen"],
              storage=request.param)
    p.storage = request.param
    p.file = p.directory / "db"
    p.sections[f"storage:{request.param}"] = {"path": str(p.file)}
    p.plan = tmp_path / "plan"
    asan = os.environ.get("ASAN_OPTIONS", "")
    p.shim = {"LD_PRELOAD": str(shim), "BD_SHIM_DISK": str(p.plan), "BD_SHIM_FILES": str(p.file),
              "ASAN_OPTIONS": ":".join(filter(None, [asan, "verify_asan_link_order=0"]))}
    return p


def fails(place, plan):
    beside = place.plan.with_suffix(".new")
    beside.write_text(plan)
    beside.rename(place.plan)


def post(d, question):
    got = d.post("/v1/diagnoses", inquiry_of(questions=[question], samples=3))
    assert got.status in (202, 503), got
    return got.json["id"] if got.status == 202 else None


def check(place, accepted, told):
    """In another process, with a disk that works."""
    with Daemon(place) as d:
        assert set(accepted) <= set(all_ids(d)), "what was acknowledged is there"
        for id in all_ids(d):
            assert d.wait(id, 30) == "done"
            cells = d.report(id)["cells"]
            assert [c["sample"] for c in cells] == [0, 1, 2] and {c["status"] for c in cells} == {"ok"}, id
            for c in cells:
                assert told.get((id, c["sample"]), c["text"]) == c["text"], "a cell that was shown is another one"
        assert d.stop() == 0
    if place.storage == "store_sqlite":
        with sqlite3.connect(place.file) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def follow(d, id, told):
    for name, _, data in d.events(id, timeout=30):
        if name == "cell":
            told[id, data["sample"]] = data["text"]


@pytest.mark.parametrize("kind", KINDS)
def test_calls_that_fail_now_and_then_lose_nothing(place, kind):
    accepted, told = [], {}
    with Daemon(place, env=place.shim) as d:
        for every in (1, 2, 3, 5, 8):
            fails(place, f"{kind} {every} 2")
            for i in range(3):
                id = post(d, f"{every} {i}?")
                if id:
                    accepted.append(id)
                    follow(d, id, told)
        d.kill()
    fails(place, "")
    assert len(accepted) >= 10, "an error that goes away is waited for"
    check(place, accepted, told)


@pytest.mark.parametrize("kind", KINDS[:3])
def test_a_disk_that_fails_for_ever_is_told_and_works_again_when_it_does(place, kind):
    told = {}
    with Daemon(place, env=place.shim) as d:
        accepted = [post(d, "before?")]
        assert d.wait(accepted[0]) == "done"
        fails(place, f"{kind} 1 0")
        assert post(d, "meanwhile?") is None, "nothing is acknowledged that is not stored"
        assert ready(d, 503, 15), d.errors[-2000:]
        assert d.get("/healthz").status == 200 and str(place.file) in d.errors
        fails(place, "")
        assert ready(d, 200, 15), d.errors[-2000:]
        assert d.errors.count("rows cannot be stored") == 1 and "rows are stored again" in d.errors
        accepted.append(post(d, "after?"))
        follow(d, accepted[-1], told)
        d.kill()
    check(place, accepted, told)
