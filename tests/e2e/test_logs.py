"""The log of the daemon: every line is an object, and what a diagnosis did can be found by its id."""
import json
import re

from brandiag import ROOT, house, quick  # noqa: F401
from serve import Daemon

BROKEN = quick(doubao={"script": ["500 forever"]})
TASK = "neutral-q000-m00-s0000"


def lines(daemon):
    """Every line of stderr as an object."""
    return [json.loads(line) for line in daemon.errors.splitlines()]


def settings(level):
    return {"log": {"level": level, "format": "json"}, "breaker": {"failure_threshold": "1"}}


def test_diagnoses_are_told_apart_by_their_ids(house):
    with Daemon(house(settings=settings("info"))) as d:
        ids = [d.submit(), d.submit()]
        for id in ids:
            assert d.wait(id) == "done"
        assert d.stop() == 0
        for id in ids:
            story = [line for line in lines(d) if line.get("diagnosis") == id]
            assert [line["message"].split()[0] for line in story] == ["begins:", "over"], story
            assert "2 ok" in story[1]["message"] and not any("task" in line for line in story)


def test_a_task_that_failed_is_told_at_info_with_its_key(house):
    with Daemon(house(BROKEN, providers=["doubao"], settings=settings("info"))) as d:
        id = d.submit()
        d.wait(id)
        assert d.stop() == 0
        failed = [line for line in lines(d) if "task" in line]
        assert [(line["diagnosis"], line["task"]) for line in failed] == [(id, TASK)]
        assert failed[0]["level"] == "info" and failed[0]["message"].startswith("doubao: ")


def test_each_call_is_told_at_debug(house):
    with Daemon(house(settings=settings("debug"))) as d:
        id = d.submit()
        d.wait(id)
        calls = sum(c["attempts"] for c in d.report(id)["cells"])
        assert d.stop() == 0
        told = [line for line in lines(d) if "task" in line and line["level"] == "debug"]
        assert len(told) == calls == 2 and {line["diagnosis"] for line in told} == {id}
        assert {line["task"] for line in told} == {TASK, TASK.replace("m00", "m01")}


def test_nothing_is_written_about_diagnoses_at_the_usual_level(house):
    with Daemon(house(BROKEN, providers=["doubao"], settings=settings("warning"))) as d:
        d.wait(d.submit())
        assert not [line for line in lines(d) if "diagnosis" in line]


def test_the_level_is_taken_over_by_a_reload(house):
    place = house(settings=settings("warning"))
    with Daemon(place) as d:
        d.wait(d.submit())
        assert not [line for line in lines(d) if "diagnosis" in line]
        place.sections["log"]["level"] = "info"
        place.write()
        assert d.post("/v1/reload").status == 200
        id = d.submit()
        d.wait(id)
        assert {line["diagnosis"] for line in lines(d) if "diagnosis" in line} == {id}


def test_breakers_are_told(house):
    with Daemon(house(BROKEN, providers=["doubao"], settings=settings("info"))) as d:
        d.wait(d.submit())
        assert any(line["source"] == "breaker" and "is open" in line["message"] for line in lines(d))


def test_every_member_is_described_and_no_other(house):
    page = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    with Daemon(house(BROKEN, providers=["doubao"], settings=settings("debug"))) as d:
        d.wait(d.submit())
        assert {name for line in lines(d) for name in line} == told
