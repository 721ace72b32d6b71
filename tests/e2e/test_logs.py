"""The log of the daemon: every line is an object, and what a diagnosis did can be found by its id."""
import json
import re

from brandiag import ROOT, house, quick  # noqa: F401
from serve import Daemon

FAULT = quick(doubao={"script": ["500 x100"]})


def lines(daemon):
    """Every line of stderr as an object."""
    return [json.loads(line) for line in daemon.errors.splitlines()]


def settings(level):
    return {"log": {"level": level, "format": "json"}, "breaker": {"failure_threshold": "1"}}


def test_a_diagnosis_is_followed_by_its_id(house):
    with Daemon(house(settings=settings("info"))) as d:
        ids = [d.submit(), d.submit()]
        for id in ids:
            assert d.wait(id) == "done"
        log = lines(d)
        for id in ids:
            story = [l["message"].split(",")[0].split(":")[0] for l in log if l.get("diagnosis") == id]
            assert story == ["accepted", "begun", "finished"], story
        end = next(l for l in log if l.get("diagnosis") == ids[0] and l["message"].startswith("finished"))
        cells = d.report(ids[0])["cells"]
        assert f"complete: {len(cells)} ok" in end["message"]
        assert f"{sum(c['attempts'] for c in cells)} calls" in end["message"]


def test_failed_attempts_are_told_at_debug_with_the_key_of_their_task(house):
    with Daemon(house(FAULT, providers=["doubao"], settings=settings("debug"))) as d:
        id = d.submit()
        d.wait(id)
        tried = [l for l in lines(d) if l["source"] == "attempt"]
        assert tried and all(l["level"] == "debug" and l["diagnosis"] == id for l in tried)
        assert {l["task"] for l in tried} == {"neutral-q000-m00-s0000"}
        assert all(re.match(r"doubao failed after \d+ ms: .*\(\w+ \d+\)$", l["message"]) for l in tried)


def test_nothing_is_written_about_calls_at_the_usual_level(house):
    with Daemon(house(FAULT, providers=["doubao"], settings=settings("warning"))) as d:
        d.wait(d.submit())
        assert not [l for l in lines(d) if "diagnosis" in l]


def test_breakers_and_cancelling_are_told(house):
    slow = {"defaults": {"latency": {"total_ms": 5000}}}
    with Daemon(house(slow, providers=["doubao"], settings=settings("info"))) as d:
        id = d.submit()
        assert d.ask("DELETE", f"/v1/diagnoses/{id}").status in (200, 202)
        d.wait(id)
        assert "cancelled by a client" in [l["message"] for l in lines(d) if l.get("diagnosis") == id]
    with Daemon(house(FAULT, providers=["doubao"], settings=settings("info"))) as d:
        d.wait(d.submit())
        assert any(l["source"] == "breaker" and "is open" in l["message"] for l in lines(d))


def test_every_member_is_described(house):
    page = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    with Daemon(house(FAULT, providers=["doubao"], settings=settings("debug"))) as d:
        d.wait(d.submit())
        assert {name for line in lines(d) for name in line} == told
