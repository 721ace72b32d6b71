"""The storage fails or is slow: the report is what the user waits for, not the database."""
import sqlite3

from brandiag import house, quick, slack  # noqa: F401


def test_a_locked_database_delays_no_report_and_the_report_says_so(house):
    place = house(quick())
    assert place.neutral(1).code == 0, "the schema is there"
    other = sqlite3.connect(place.database, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        got = place.neutral(2, "--deadline", "3s", timeout=40)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert got.report["summary"]["elapsed_ms"] <= 3250
    assert got.statuses() == {"ok": 4}, got
    assert got.seconds < 3.25 + 8 + slack(place), "it gives the storage 5 s more, and then the prompt comes back"
    assert any("stored" in note or "存" in note for note in got.report["notes"]), got.report["notes"]


def test_notes_about_the_storage_speak_the_language_of_the_report(house):
    place = house(quick())
    assert place.neutral(1).code == 0
    for lang, words in (("zh", "还没有存好"), ("en", "not stored yet")):
        other = sqlite3.connect(place.database, isolation_level=None)
        try:
            other.execute("BEGIN EXCLUSIVE")
            got = place.neutral(1, "--deadline", "2s", "--lang", lang, timeout=40)
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert any(words in note for note in got.report["notes"]), got.report["notes"]
