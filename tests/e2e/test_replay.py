"""Stored answers are read again: `replay`, and reports that are the same bytes each time."""
import json
import sqlite3

import pytest
from brandiag import house  # noqa: F401
from serve import Daemon


def damage(place, **changes):
    """The reading that was kept with the first neutral cell, as if other rules had made it."""
    with sqlite3.connect(place.database) as db:
        key, text = db.execute("SELECT key, data FROM cells WHERE key LIKE 'neutral%' ORDER BY key").fetchone()
        cell = json.loads(text)
        cell["read"].update(changes)
        db.execute("UPDATE cells SET data = ? WHERE key = ?", (json.dumps(cell), key))
    return cell["read"]


def run_once(place):
    got = place.neutral(2)
    assert got.code == 0, got
    return got.report["id"]


def test_nothing_is_read_otherwise_by_the_rules_that_read_it(house):
    place = house()
    one = run_once(place)
    got = place.run("replay", one, "--format", "json")
    assert got.code == 0, got
    assert (got.report["answers"], got.report["compared"], got.report["changed"]) == (4, 4, 0)
    assert got.report["cells"] == [] and got.report["rules_then"] == [got.report["rules"]] * 2


def test_what_other_rules_read_is_shown_and_the_report_says_so(house):
    place = house()
    one = run_once(place)
    assert not any("replay" in note for note in place.run("report", one, "--format", "json").report["notes"])
    kept = damage(place, rules=0, found=["从前的牌子"])
    assert kept["brands"]
    got = place.run("replay", one, "--format", "json")
    assert got.code == 5 and got.report["changed"] == 1, got
    changes = got.report["cells"][0]["changes"]
    assert {"brand": "从前的牌子", "what": "found", "was": True, "is": False} in changes
    assert got.report["figures"] == [], "names that nobody tracks are under no figure"
    damage(place, brands=[[True, "recommended", 1, 1, 1.0], *kept["brands"][1:]])
    figures = {(f["brand"], f["figure"]): f for f in place.run("replay", one, "--format", "json").report["figures"]}
    report = place.run("report", one, "--format", "json").report
    for score in report["scores"]:
        if (score["brand"], "score") in figures:
            assert figures[score["brand"], "score"]["is"] == pytest.approx(score["score"])
    assert figures["华为", "score"]["was"] > figures["华为", "score"]["is"], figures
    table = place.run("replay", one, "--lang", "en")
    assert table.code == 5 and "从前的牌子" in table.text and "1 of 4 answers" in table.text, table
    report = place.run("report", one, "--format", "json").report
    assert any(f"brandiag replay {one}" in note for note in report["notes"]), report["notes"]


def test_answers_stored_before_readings_were_kept_are_told_as_such(house):
    place = house()
    one = run_once(place)
    with sqlite3.connect(place.database) as db:
        for key, text in db.execute("SELECT key, data FROM cells").fetchall():
            cell = json.loads(text)
            del cell["read"]
            db.execute("UPDATE cells SET data = ? WHERE key = ?", (json.dumps(cell), key))
    got = place.run("replay", one, "--lang", "en")
    assert got.code == 4 and "before readings were kept" in got.text, got
    assert place.run("report", one, "--format", "json").code == 0


def test_what_is_not_there_is_said(house):
    got = house().run("replay", "20260101-000000-aa")
    assert got.code == 1 and b"nothing is stored" in got.err, got


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_one_diagnosis_gives_the_same_bytes_each_time(house, storage):
    place = house(storage=storage)
    one = run_once(place)
    first = place.run("report", one, "--format", "json")
    run_once(place)  # the storage is written to, closed and opened again
    assert first.code == 0
    for _ in range(2):
        assert place.run("report", one, "--format", "json").out == first.out
    terminal = [place.run("report", one, "--answers").out for _ in range(2)]
    assert terminal[0] == terminal[1]


def test_a_daemon_gives_those_bytes_too_before_and_after_a_reload(house):
    place = house()
    one = run_once(place)
    alone = place.run("report", one, "--format", "json").out
    with Daemon(place) as d:
        first = d.get(f"/v1/diagnoses/{one}/report").body
        assert d.post("/v1/reload").status == 200
        assert d.get(f"/v1/diagnoses/{one}/report").body == first
    assert first.rstrip() == alone.rstrip()


def test_a_daemon_says_in_a_note_what_is_read_otherwise(house):
    place = house()
    one = run_once(place)
    damage(place, found=["从前的牌子"])
    with Daemon(place) as d:
        notes = d.get(f"/v1/diagnoses/{one}/report").json["notes"]
    assert any(f"brandiag replay {one}" in note for note in notes), notes
