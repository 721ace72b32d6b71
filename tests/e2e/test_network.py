"""A machine that goes wrong under the program: names that are never resolved, a wall clock
that jumps, a process that stands still. shim.c takes the place of libc for the first two."""
import datetime
import os
import pathlib
import signal
import time

import pytest

from brandiag import ALL, PATHS, REFERENCE, Outcome, house, one_provider, quick, slack  # noqa: F401

SHIM = pathlib.Path(os.environ.get("BRANDIAG_BUILD_DIR", "/nowhere")) / "tests" / "shim.so"
ONCE = {"retry": {"max_retries": "0"}}


@pytest.fixture
def shim():
    """shim(**more): the environment with it."""
    if not SHIM.exists():
        pytest.skip(f"{SHIM} is not built")
    asan = os.environ.get("ASAN_OPTIONS", "")

    def environment(**more):
        # the sanitizer wants to be the first library, and works as the second, too
        return {"LD_PRELOAD": str(SHIM), "ASAN_OPTIONS": ":".join(filter(None, [asan, "verify_asan_link_order=0"])),
                **more}

    return environment


def named(place, provider, host):
    """The provider's base_url with a name in place of the address."""
    place.sections[f"provider:{provider}"]["base_url"] = f"http://{host}:{place.sim.port}{PATHS[provider]}"
    place.write()


# ---- names ----

def test_a_name_that_is_never_resolved_delays_nobody_else(house, shim):
    """N1: the look-ups of one of four providers take 30 s each."""
    place = house({"defaults": {"latency": {"total_ms": 1000}}}, ALL)
    for provider in ALL:
        named(place, provider, f"{provider}.{'hang' if provider == 'qwen' else 'ok'}.test")
    got = place.ask(env=shim(), timeout=60)
    assert got.code == 3, got
    assert got.seconds <= 20.25 + 0.5 + slack(place), got.seconds
    assert got.report["summary"]["elapsed_ms"] <= 20250
    others = [c for c in got.cells if c["provider"] != "qwen"]
    assert len(others) == 15 and {c["status"] for c in others} == {"ok"}, got.statuses()
    assert all(c["attempts"] == 1 and c["latency_ms"] < 2500 for c in others), [c["latency_ms"] for c in others]
    hung = got.of("qwen")
    assert len(hung) == 5 and {c["status"] for c in hung} <= {"timeout", "skipped"}, got.statuses("qwen")
    told = [c["error"]["message"] for c in hung if c["status"] == "timeout"]
    assert told and all("qwen.hang.test" in m and "during the name look-up" in m for m in told), told
    waited = [c["latency_ms"] for c in hung if c["attempts"] == 1]
    assert waited and all(4950 <= ms <= 5300 + 1000 * slack(place) for ms in waited), "5 s is the limit of a connection"
    assert place.sim.stats()["qwen"]["requests"] == 0
    assert sum(c["attempts"] or 0 for c in hung) <= 5 + 2, "five, and probes"


def test_a_name_that_does_not_exist_is_told_with_a_remedy(house, shim):
    place = house(quick(), ["qwen", "doubao"], ONCE)
    named(place, "qwen", "qwen.gone.invalid")
    got = place.neutral(1, env=shim())
    assert got.code == 3 and got.of("doubao")[0]["status"] == "ok", got
    error = got.of("qwen")[0]["error"]
    assert error["type"] == "network" and "qwen.gone.invalid" in error["message"], error
    assert "base_url" in error["message"]


# ---- clocks ----

def test_a_wall_clock_that_jumps_by_an_hour_changes_nothing(house, shim):
    """CB33: time-outs, breakers, latencies and the deadline are by the monotonic clock."""
    place = house({"defaults": {"latency": {"total_ms": 300, "error_ms": 20}},
                   "providers": {"qwen": {"script": ["500 forever"]}, "zhipu": {"script": ["hang forever"]},
                                 "deepseek": {"script": ["429"], "rate": {"retry_after": "1"}}}}, ALL,
                  {"breaker": {"recovery_timeout": "2s"}, **one_provider("qwen", concurrency=2),
                   **one_provider("zhipu", timeout_simple="3s")})
    got = place.neutral(24, "--deadline", "8s", env=shim(BD_SHIM_CLOCK="1"))
    assert got.code == 3, got
    created = datetime.datetime.fromisoformat(got.report["created"].replace("Z", "+00:00")).timestamp()
    assert abs(abs(created - time.time()) - 3600) < 60, "or the clock did not jump"
    assert got.seconds <= 8.25 + 0.5 + slack(place), got.seconds
    assert abs(got.report["summary"]["elapsed_ms"] / 1000 - got.seconds) < 1 + slack(place)
    assert all(-1 <= (c["latency_ms"] or 0) < 9000 for c in got.cells), [c["latency_ms"] for c in got.cells]
    assert got.statuses("doubao") == {"ok": 24}
    assert got.statuses("deepseek") == {"ok": 24}, "after a second's pause"
    assert set(got.statuses("zhipu")) <= {"timeout", "skipped"}
    bad = [e["at_ms"] for e in place.sim.log() if e["provider"] == "qwen"]
    first, probes = bad[:5], bad[5:]
    assert first[-1] - first[0] < 1900 and 1 <= len(probes) <= 5, bad
    assert all(b - a >= 1950 for a, b in zip([first[-1]] + probes, probes)), bad


# ---- a pause ----

def test_a_process_that_stood_still_blames_nobody(house):
    """R12: 30 s, longer than any call's limit. What was in flight ends; no breaker opens."""
    place = house({"defaults": {"latency": {"total_ms": 3000}}}, ["qwen", "doubao"],
                  {f"provider:{p}": {"concurrency": "12"} for p in ("qwen", "doubao")})
    process = place.start("run", *REFERENCE, "--probe", "neutral", "--samples", "12", "--format", "json", "--quiet",
                          "--deadline", "45s")
    begin = time.monotonic()
    try:
        while sum(s["open"] for s in place.sim.stats().values()) < 24:
            assert time.monotonic() - begin < 5 and process.poll() is None, place.sim.stats()
            time.sleep(0.05)
        process.send_signal(signal.SIGSTOP)
        time.sleep(30)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    got = Outcome(process.returncode, out, err, time.monotonic() - begin)
    assert got.code in (0, 3), got
    assert got.seconds <= 45.25 + 0.5 + slack(place), got.seconds
    assert len(got.cells) == 24 and set(got.statuses()) <= {"ok", "timeout", "truncated"}, got.statuses()
    late = [c for c in got.cells if c["status"] != "ok" or c["attempts"] > 1]
    assert len(late) >= 10, "or the pause harmed nothing, and nothing was to be forgiven"
    assert [p["breaker_opened"] for p in got.report["providers"]] == [0, 0], got.report["providers"]
