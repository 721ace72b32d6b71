"""Breakers, limits, retries and second calls, as the providers' side sees them."""
import json
import subprocess
import time

import pytest

from brandiag import ALL, REFERENCE, house, one_provider, quick, slack  # noqa: F401

ONCE = {"retry": {"max_retries": "0"}}


def hedge(after="300ms", percent=100):
    return {"hedge": {"enabled": "yes", "after": after, "max_percent": str(percent)}}


def requests(place, provider="qwen"):
    return place.sim.stats()[provider]["requests"]


# ---- second calls ----

def test_a_call_that_stays_silent_is_answered_by_a_second_one(house):
    place = house(quick(qwen={"script": ["hang"]}), ["qwen"], hedge())
    got = place.neutral(1)
    assert got.code == 0, got
    assert got.cells[0]["status"] == "ok" and got.cells[0]["attempts"] == 2
    assert got.seconds < 3 + slack(place)
    assert requests(place) == 2 and got.report["summary"]["calls"] == 2
    assert got.report["providers"][0]["hedges"] == 1
    shown = place.run("report", got.report["id"], "--lang", "en")
    assert "1 questions were asked a second time" in " ".join(shown.text.split())


def test_without_hedging_nothing_is_asked_twice(house):
    place = house(quick(qwen={"script": ["hang"]}), ["qwen"], {**ONCE, **one_provider("qwen", timeout_simple="1s")})
    got = place.neutral(1)
    assert got.code == 4 and got.cells[0]["attempts"] == 1 and requests(place) == 1, got


def test_the_call_that_lost_is_closed_at_once(house):
    place = house(quick(qwen={"script": ["hang"]}), ["qwen"], hedge())
    process = place.start("run", "--brand", "华为", "--question", "哪个好？", "--probe", "neutral", "--quiet",
                          "--deadline", "15s")
    process.communicate(timeout=30)
    stats = place.sim.stats()["qwen"]
    assert stats["requests"] == 2 and stats["aborted"] == 1 and stats["open"] == 0, stats


def test_a_call_that_streams_is_left_alone(house):
    slow = {"latency": {"first_ms": 100, "tokens_per_second": 40, "total_ms": 2000}}
    place = house(quick(qwen=slow), ["qwen"], hedge("600ms"))
    got = place.neutral(3)
    assert got.code == 0 and requests(place) == 3, got


def test_two_calls_that_end_together_make_one_cell(house):
    """The second call comes just when the first may be answered, again and again."""
    place = house({"defaults": {"latency": {"total_ms": {"median": 220, "p95": 420}}}}, ["qwen"],
                  {**hedge("110ms"), **one_provider("qwen", stream="no", concurrency=400, requests_per_minute=0)})
    got = place.neutral(200)
    assert got.code == 0 and got.statuses() == {"ok": 200}, got
    hedges = got.report["providers"][0]["hedges"]
    assert hedges > 10, "or nothing was tried"
    attempts = sum(c["attempts"] for c in got.cells)
    assert attempts == 200 + hedges
    assert attempts - 2 <= requests(place) <= attempts, "a second call may be given up before it has left"
    assert place.rows("SELECT count(*), count(DISTINCT key) FROM cells") == [(200, 200)]


def test_second_calls_cut_the_tail_for_a_few_more_calls(house):
    """5 % of the calls take for ever; 5 % more calls are allowed."""
    place = house(quick(qwen={"faults": [{"fault": "hang", "probability": 0.04}]}), ["qwen"],
                  {**hedge("800ms", 5), **ONCE,
                   **one_provider("qwen", concurrency=300, requests_per_minute=0, timeout_simple="8s")})
    got = place.neutral(200, "--deadline", "15s")
    extra = requests(place) - 200
    assert 3 <= extra <= 11, extra
    ok = [c for c in got.cells if c["status"] == "ok"]
    assert len(ok) >= 196, got.statuses()
    assert all(c["latency_ms"] < 3000 for c in ok)


# ---- breakers ----

def test_a_broken_key_is_asked_5_times_and_then_once_each_recovery(house):
    """CB38: one brand's prompts fail, the model's other brand and the other model do not."""
    place = house({"defaults": {"latency": {"total_ms": 100, "error_ms": 20}},
                   "providers": {"qwen": {"match": [{"contains": "品牌：华为", "script": ["500 forever"]}]}}},
                  ["qwen", "doubao"],
                  {**ONCE, "breaker": {"recovery_timeout": "2s"}, **one_provider("qwen", concurrency=2)})
    questions = [x for i in range(20) for x in ("--question", f"第{i}个问题：买哪个？")]
    got = place.run("run", "--brand", "华为", "--competitor", "小米", *questions, "--probe", "matrix", "--format", "json",
                    "--quiet", "--deadline", "8s", timeout=40)
    assert got.code == 3, got
    log = [e for e in place.sim.log() if e["provider"] == "qwen"]
    bad = [e["at_ms"] for e in log if e["status"] == 500]
    assert 5 + 2 <= len(bad) <= 5 + 4, bad
    first, probes = bad[:5], bad[5:]
    assert first[-1] - first[0] < 1900
    assert all(b - a >= 1950 for a, b in zip([first[-1]] + probes, probes)), bad
    good = [c for c in got.cells if c["provider"] == "doubao" or c["brand"] == "小米"]
    assert len(good) == 60 and {c["status"] for c in good} == {"ok"}
    qwen = next(p for p in got.report["providers"] if p["provider"] == "qwen")
    assert qwen["breaker"] == "closed" and qwen["breaker_opened"] >= 3 and qwen["breakers_open"] == 1, qwen


def test_the_report_says_that_a_breaker_opened_in_both_languages(house):
    place = house(quick(qwen={"script": ["500 forever"]}), ["qwen"],
                  {**ONCE, **one_provider("qwen", concurrency=1)})
    got = place.neutral(8)
    assert got.code == 4, got
    assert place.run("report", got.report["id"], "--lang", "zh").text.count("熔断器打开过 1 次，结束时为打开") == 1
    assert "a breaker opened 1 times, at the end it is open" in " ".join(
        place.run("report", got.report["id"], "--lang", "en").text.split())
    again = place.run("report", got.report["id"], "--format", "json").report
    assert again["providers"] == got.report["providers"]


def test_a_queue_is_not_spent_on_a_provider_that_has_just_died(house):
    """It dies under 4 calls; 60 wait. No more are sent than would open its breaker."""
    place = house(quick(qwen={"script": ["ok x8", "500 forever"]}), ["qwen"],
                  {**ONCE, **one_provider("qwen", concurrency=4, requests_per_minute=0)})
    got = place.neutral(60, "--deadline", "5s")
    assert got.code == 3 and got.statuses()["ok"] == 8, got
    assert requests(place) <= 8 + 8, "4 under way when it died, 4 more at most"


# ---- limits ----

def test_tokens_per_minute_are_kept(house):
    place = house(quick(qwen={"answer": {"text": "好" * 80}}), ["qwen"],
                  one_provider("qwen", tokens_per_minute=1000, max_tokens=100, concurrency=4))
    got = place.neutral(60, "--deadline", "5s")
    used = sum(c["usage"]["input"] + c["usage"]["output"] for c in got.cells if c["status"] == "ok")
    assert 500 < used <= 1000, used
    waiting = [c for c in got.cells if c["status"] == "skipped"]
    assert waiting and {c["reason"] for c in waiting} == {"rate_limited"}


def test_more_than_a_hundred_calls_at_once_start_over_the_ramp(house):
    settings = one_provider("qwen", concurrency=300, requests_per_minute=0, ramp="1s")
    place = house({"defaults": {"latency": {"total_ms": 2500}}}, ["qwen"], settings)
    got = place.neutral(300)
    assert got.code == 0, got
    at = sorted(e["at_ms"] for e in place.sim.log())
    assert at[-1] - at[0] >= 800, at[-1] - at[0]
    half = at[200] - at[0]
    assert 300 <= half, half


def test_a_provider_that_takes_few_at_once_is_asked_for_few(house):
    """R10, short: it takes 8 at once and answers 429 above; 32 are configured."""
    place = house(quick(qwen={"rate": {"concurrency": 8}}), ["qwen"],
                  one_provider("qwen", concurrency=32, requests_per_minute=0))
    got = place.neutral(400, "--deadline", "19s", timeout=40)
    stats = place.sim.stats()["qwen"]
    refused = stats["by_status"].get("429", 0)
    assert refused <= 24 + 40, stats  # the first volley, then at most one in ten
    assert got.statuses()["ok"] >= 396, got.statuses()


def test_gated_providers_end_at_once_and_do_not_keep_the_processor_busy(house):
    """R9: every provider asks for a minute's pause."""
    gate = {"script": ["429 forever"], "rate": {"retry_after": "60"}}
    place = house(quick(**{p: gate for p in ALL}), ALL)
    begin = time.process_time()
    got = place.ask()
    assert time.process_time() - begin < 1
    assert got.code == 4 and got.seconds < 3 + slack(place), got
    assert {c["error"]["type"] for c in got.cells if c["error"]} == {"rate_limited"}
    assert all(c["error"]["retry_after_ms"] >= 59000 for c in got.cells if c["status"] == "error")


@pytest.mark.parametrize("spelling, least, most, again", [
    ("2", 2.0, 4.5, True), ("2.5", 2.5, 5.0, True), ("-1", 0, 1.5, True), ("abc", 0, 1.5, True),
    ("1000000000", 0, 0, False), ("date", 0.9, 4.5, True),
])
def test_retry_after_is_understood_in_every_spelling(house, spelling, least, most, again):
    """R2. A date is given in whole seconds, so two seconds from now may be one."""
    place = house(quick(qwen={"script": ["429"], "rate": {"retry_after": spelling}}), ["qwen"])
    got = place.neutral(1)
    log = place.sim.log()
    if not again:
        assert got.code == 4 and len(log) == 1 and got.cells[0]["error"]["type"] == "rate_limited", got
        return
    assert got.code == 0 and len(log) == 2, got
    pause = (log[1]["at_ms"] - log[0]["end_ms"]) / 1000
    assert least - 0.05 <= pause <= most + slack(place), pause


def test_a_storm_of_failures_is_not_multiplied(house):
    """R1: every call fails; what is sent stays within a tenth of what would be sent without
    retries, and breakers end it."""
    place = house(quick(**{p: {"script": ["500 forever"]} for p in ALL}), ALL,
                  {f"provider:{p}": {"concurrency": "20", "requests_per_minute": "0"} for p in ALL})
    got = place.neutral(100, "--deadline", "6s")
    assert got.code == 4, got
    firsts = sum(1 for c in got.cells if c["attempts"])
    sent = sum(place.sim.stats()[p]["requests"] for p in ALL)
    assert sent <= 1.1 * firsts + 3, (sent, firsts)
    assert all(place.sim.stats()[p]["requests"] <= 20 + 5 for p in ALL), place.sim.stats()


def test_a_machine_short_of_files_takes_longer_and_loses_nothing(house):
    """N8, from outside: 64 files, 120 calls at once. The fault is this machine's: no breaker."""
    place = house(quick(), ["qwen"], one_provider("qwen", concurrency=120, requests_per_minute=0))
    done = subprocess.run(["/bin/bash", "-c", 'ulimit -n 64; exec "$0" "$@"', str(place.program), "run", *REFERENCE,
                           "--probe", "neutral", "--samples", "120", "--format", "json", "--quiet"],
                          cwd=place.directory, env=place.environment(), capture_output=True, timeout=60)
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert report["providers"][0]["breaker_opened"] == 0
    assert report["summary"]["completed"] >= 110, (report["summary"], [c["error"] for c in report["cells"] if c["error"]][:3])
