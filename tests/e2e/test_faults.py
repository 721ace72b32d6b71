"""Providers that fail, in every way the simulator knows: each task ends in exactly one cell
that says what happened, in time, and the others do not suffer."""
import json
import re
import socket

import pytest

from brandiag import ALL, BRANDS, KEY_ENV, REFERENCE, house, one_provider, quick, slack  # noqa: F401

ONCE = {"retry": {"max_retries": "0"}}


def script(*steps, **more):
    return {"script": list(steps), **more}


# ---- every fault word, once, at all four providers in one run ----

# word: (status, error types, text: True = some, False = none, None = either)
STREAMED = {
    "ok": ("ok", None, True),
    "hang": ("timeout", "timeout", False),
    "hang_accept": ("timeout", "timeout", False),
    "keepalive": ("timeout", "timeout", False),
    "slow_headers": ("timeout", "timeout", False),
    "drip": ("timeout", "timeout", False),
    "stall": ("truncated", "timeout", True),
    "reset": ("error", "network", False),
    "reset_mid": ("error", "network overloaded", None),
    "half_body": ("error", "network overloaded", True),
    "cut_stream": ("error", "overloaded", True),
    "cut_utf8": ("error", "overloaded", True),
    "error_mid": ("error", "overloaded", True),
    "network_error": ("error", "overloaded", None),
    "error_in_200": ("error", "overloaded", False),
    "garbage": ("error", "overloaded protocol", False),
    "empty": ("timeout", "timeout", False),  # no event at all
    "empty_content": ("error", "empty_answer", False),
    "wrong_type": ("ok", None, True),
    "no_done": ("ok", None, True),
    "crlf": ("ok", None, True),
    "long_line": ("ok", None, True),
    "sensitive": ("refused", "content_filtered", None),
    "content_filtered": ("refused", "content_filtered", False),
    "invalid_request": ("error", "invalid_request", False),
    "model_not_found": ("error", "model_not_found", False),
    "rate_limited": ("error", "rate_limited", False),
    "overloaded": ("error", "overloaded", False),
    "500": ("error", "overloaded", False),
    "502": ("error", "overloaded", False),
    "503_html": ("error", "overloaded", False),
    "504": ("timeout", "timeout", False),
}
# As above without streams: nothing can be kept before the whole reply is there.
WHOLE = {
    **{word: (status, types, None if word == "network_error" else False) for word, (status, types, _) in STREAMED.items() if status == "error"},
    "ok": ("ok", None, True),
    "hang": ("timeout", "timeout", False),
    "stall": ("timeout", "timeout", False),
    "keepalive": ("timeout", "timeout", False),
    "drip": ("timeout", "timeout", False),
    "wrong_type": ("ok", None, True),
    "sensitive": ("refused", "content_filtered", None),
    "content_filtered": ("refused", "content_filtered", False),
    "empty": ("error", "overloaded invalid_request", False),
    "504": ("timeout", "timeout", False),
}
for _word in ("cut_stream", "cut_utf8", "error_mid"):  # faults of streams
    WHOLE.pop(_word)


def wrong(cell, expected):
    status, types, text = expected
    seen = (cell["error"] or {}).get("type")
    if cell["status"] != status or (seen is None) != (types is None) or (seen and seen not in types.split()):
        return f"{cell['status']} {seen}, expected {status} {types}: {cell['error'] and cell['error']['message']}"
    if text is not None and bool(cell["text"]) != text:
        return f"text is {cell['text']!r:.80}"
    if cell["attempts"] != 1:
        return f"{cell['attempts']} attempts"
    return None


@pytest.mark.parametrize("stream, table", [("yes", STREAMED), ("no", WHOLE)], ids=["streams", "whole_replies"])
def test_every_fault_of_every_provider_ends_in_the_status_and_error_of_its_own(house, stream, table):
    words = list(table)
    names = [f"Q{i:02}Q" for i in range(len(words))]  # a brand for each word
    fails = {"match": [{"contains": name, "script": [f"{word} forever"]} for name, word in zip(names, words)],
             "answer": {"text": "华为、小米、特斯拉都值得看看，先看预算。" * 4}}
    settings = {f"provider:{p}": {"concurrency": "64", "requests_per_minute": "0", "stream": stream} for p in ALL}
    settings.update(ONCE, prompt={"matrix": "{question} {brand}"})
    place = house(quick(**{p: fails for p in ALL}), ALL, settings)
    brands = [x for name in names[1:] for x in ("--competitor", name)]
    got = place.run("run", "--brand", names[0], *brands, "--question", "哪个品牌好？", "--probe", "matrix",
                    "--deadline", "3s", "--format", "json", "--quiet")
    assert got.code == 3, got
    assert got.seconds <= 3.25 + slack(place), got.seconds
    assert len(got.cells) == 4 * len(words)
    expected = dict(zip(names, words))
    problems = [f"{c['provider']} {expected[c['brand']]}: {w}" for c in got.cells
                if (w := wrong(c, table[expected[c["brand"]]]))]
    assert not problems, "\n".join(problems)


def test_text_before_a_cut_inside_a_character_is_kept_whole(house):
    text = "华为、小米、特斯拉都值得看看。" * 8
    place = house(quick(**{p: script("cut_utf8 forever", answer={"text": text}) for p in ALL}), ALL, ONCE)
    got = place.neutral(1)
    assert got.code == 4, got
    for cell in got.cells:
        assert cell["text"] and text.startswith(cell["text"]), cell["text"]


def test_a_flood_of_keepalives_ends_with_the_deadline(house):
    place = house(quick(qwen=script("flood forever")), ["qwen", "doubao"], ONCE)
    got = place.neutral(1, "--deadline", "2s")
    assert got.code == 3 and got.seconds <= 2.25 + slack(place), got
    (cell,) = got.of("qwen")
    assert (cell["status"], cell["error"]["type"]) in (("timeout", "timeout"), ("error", "too_large"))
    assert got.statuses("doubao") == {"ok": 1}


# ---- deadlines ----

def test_one_hanging_provider_costs_its_own_cells_only(house):
    place = house(quick(qwen=script("hang forever")))
    got = place.ask("--deadline", "3s")
    assert got.code == 3, got
    assert got.seconds <= 3.25 + slack(place)
    assert got.report["summary"]["elapsed_ms"] <= 3250
    assert got.statuses("doubao") == {"ok": 5}
    assert got.statuses("qwen") == {"timeout": 5}
    assert {c["error"]["type"] for c in got.of("qwen")} == {"timeout"}
    assert place.rows("SELECT status, count(*) FROM cells GROUP BY status ORDER BY status") == [("ok", 5), ("timeout", 5)]


def test_calls_that_hang_are_closed_at_the_end(house):
    place = house(quick(qwen=script("hang forever")))
    assert place.ask("--deadline", "1s").code == 3
    stats = place.sim.stats()["qwen"]
    assert stats["open"] == 0 and stats["aborted"] == stats["requests"]


def test_streams_that_stall_are_truncated_with_what_has_come(house):
    place = house(quick(qwen=script("stall forever", answer={"text": "1. 华为\n2. 小米\n3. 特斯拉\n4. 比亚迪\n" * 5})))
    got = place.ask("--deadline", "2s")
    assert got.code == 3, got  # kept, but more would have come
    assert got.statuses() == {"ok": 5, "truncated": 5}
    for cell in got.of("qwen"):
        assert cell["finish"] == "deadline" and "华为" in cell["text"]
        assert cell["geo"] and not cell["geo"]["complete"]
    assert got.report["summary"]["truncated"] == 5
    assert got.seconds <= 2.25 + slack(place)


def test_the_time_limit_of_a_call_is_the_configured_one_below_the_deadline(house):
    settings = {**ONCE, **one_provider("qwen", timeout_simple="600ms")}
    got = house(quick(qwen=script("hang forever")), ["qwen"], settings).neutral(1, "--deadline", "5s")
    assert got.code == 4 and got.seconds < 2, got
    assert got.statuses() == {"timeout": 1}


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_refused_connections_everywhere_are_exit_4_and_said_per_provider(house):
    port = closed_port()
    settings = {f"provider:{p}": {"base_url": f"http://127.0.0.1:{port}/x"} for p in ALL}
    place = house(None, ALL, settings)
    got = place.ask("--deadline", "4s")
    assert got.code == 4 and got.seconds <= 4.25 + slack(place), got
    assert {c["status"] for c in got.cells} <= {"error", "skipped"}
    types = [{c["error"]["type"] for c in got.of(p) if c["status"] == "error"} for p in ALL]
    assert types == [{"network"}] * 4
    told = place.run("run", *REFERENCE, "--quiet", "--deadline", "3s")
    assert told.code == 4
    assert_said(told.text, "network")


def assert_said(text, kind):
    """The page of what is missing has each provider with the reason and a remedy."""
    page = text[text.index("缺什么，为什么"):text.index("\n发现")]
    said = re.findall(r"^  (\w+)：\S+ \((\w+) \d+\)，5 个。", page, re.M)
    assert said == [(p, kind) for p in ALL], page
    assert page.count("处理：") == len(ALL), page


@pytest.mark.parametrize("word, status", [("hang", "timeout"), ("500", "error")])
def test_all_providers_down_is_exit_4_and_said_per_provider(house, word, status):
    place = house(quick(**{p: script(f"{word} forever") for p in ALL}), ALL)
    got = place.run("run", *REFERENCE, "--quiet", "--deadline", "2s")
    assert got.code == 4 and got.seconds <= 2.25 + slack(place), got
    assert_said(got.text, "timeout" if word == "hang" else "overloaded")
    (listed,) = json.loads(place.run("list", "--format", "json").text)
    again = place.run("report", "--format", "json", listed["id"])
    assert {c["status"] for c in again.cells} <= {status, "skipped"}
    assert again.report["summary"]["completed"] == 0


# ---- keys and money ----

@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("provider", ALL)
def test_a_refused_key_is_tried_with_the_calls_in_flight_and_no_more(house, provider, concurrency):
    settings = one_provider(provider, api_key_env="OTHER", concurrency=concurrency)
    place = house(quick(), [provider, "qwen" if provider != "qwen" else "doubao"], settings)
    got = place.neutral(10, env={"OTHER": "sk-not-the-key-0000"})
    assert got.code == 3, got
    assert place.sim.stats()[provider]["requests"] == concurrency
    assert got.statuses(provider) == {"error": 10}
    assert {c["error"]["type"] for c in got.of(provider)} == {"auth"}
    assert {c["reason"] for c in got.of(provider)} == {None}
    assert sorted(c["attempts"] for c in got.of(provider)) == [0] * (10 - concurrency) + [1] * concurrency
    others = [c for c in got.cells if c["provider"] != provider]
    assert {c["status"] for c in others} == {"ok"}


def test_an_empty_account_is_asked_once(house):
    place = house(quick(**{p: script("quota forever") for p in ALL}), ALL,
                  {f"provider:{p}": {"concurrency": "1"} for p in ALL})
    got = place.ask()
    assert got.code == 4, got
    assert {p: place.sim.stats()[p]["requests"] for p in ALL} == dict.fromkeys(ALL, 1)
    assert {(c["status"], c["error"]["type"]) for c in got.cells} == {("error", "quota")}
    assert_said(place.run("run", *REFERENCE, "--quiet").text, "quota")


# ---- retries, limits, breakers ----

@pytest.mark.parametrize("provider", ALL)
def test_a_429_with_retry_after_is_repeated_when_it_may(house, provider):
    place = house(quick(**{provider: script("429", rate={"retry_after": "1"})}), [provider])
    got = place.neutral(1)
    assert got.code == 0, got
    assert got.cells[0]["attempts"] == 2
    first, second = place.sim.log()
    assert 1000 <= second["at_ms"] - first["at_ms"] < 2500
    assert got.cells[0]["latency_ms"] >= 1200, "latency counts from the first start"


def test_a_429_without_a_time_is_repeated_as_well(house):
    place = house(quick(**{p: script("429") for p in ALL[:3]}), ALL[:3])
    got = place.neutral(1)
    assert got.code == 0, got
    assert [c["attempts"] for c in got.cells] == [2, 2, 2]


def test_a_small_run_repeats_three_calls_in_all(house):
    place = house(quick(**{p: script("500") for p in ALL}), ALL)
    got = place.neutral(1)
    assert got.code == 3, got
    assert sorted(c["attempts"] for c in got.cells) == [1, 2, 2, 2]
    assert got.statuses() == {"ok": 3, "error": 1}


def test_a_gate_that_opens_after_the_deadline_ends_the_provider(house):
    place = house(quick(qwen=script("429 forever", rate={"retry_after": "30"})),
                  settings=one_provider("qwen", concurrency=1))
    got = place.neutral(6, "--deadline", "4s")
    assert got.code == 3 and got.seconds < 2, got
    assert place.sim.stats()["qwen"]["requests"] == 1
    assert got.statuses("qwen") == {"error": 1, "skipped": 5}
    assert {c["reason"] for c in got.of("qwen")} == {None, "rate_limited"}


def test_our_own_requests_per_minute_are_kept(house):
    place = house(quick(), ["qwen"], one_provider("qwen", requests_per_minute=6, concurrency=8))
    got = place.neutral(20, "--deadline", "3s")
    assert got.code == 3, got
    assert place.sim.stats()["qwen"]["requests"] <= 6
    assert set(got.statuses()) == {"ok", "skipped"}


@pytest.mark.parametrize("provider", ALL)
def test_two_500_then_an_answer_is_an_answer_of_the_third_attempt(house, provider):
    place = house(quick(**{provider: script("500 x2")}), [provider])
    got = place.neutral(1)
    assert got.code == 0, got
    assert got.cells[0]["attempts"] == 3 and got.cells[0]["error"] is None
    assert got.report["summary"]["calls"] == 3


def test_a_broken_provider_gets_at_most_5_requests_for_each_breaker_key(house):
    place = house(quick(qwen=script("500 forever")))
    got = place.ask("--deadline", "5s")
    assert got.code == 3 and got.statuses("doubao") == {"ok": 5}, got
    by_brand = [c["attempts"] for c in got.of("qwen")]
    assert max(by_brand) <= 3 and sum(by_brand) == place.sim.stats()["qwen"]["requests"]
    assert place.sim.stats()["qwen"]["requests"] <= 5 + 3, "retries of the whole run are few"


def test_the_breaker_opens_after_5_failures_in_a_row(house):
    place = house(quick(qwen=script("500 forever")), settings=one_provider("qwen", concurrency=1))
    got = place.neutral(20, "--deadline", "5s")
    assert got.code == 3 and got.statuses("doubao") == {"ok": 20}, got
    assert place.sim.stats()["qwen"]["requests"] == 5
    assert {c["reason"] for c in got.of("qwen") if c["status"] == "skipped"} == {"breaker_open"}


def test_the_breaker_lets_one_call_try_and_closes_again(house):
    settings = {"breaker": {"recovery_timeout": "500ms"}, **ONCE, **one_provider("qwen", concurrency=2)}
    place = house(quick(qwen=script("500 x6")), ["qwen"], settings)
    got = place.neutral(16, "--deadline", "6s")
    assert got.code == 3, got
    assert got.statuses() == {"ok": 10, "error": 6}
    log = place.sim.log()
    assert [e["status"] for e in log].count(500) == 6
    times = [e["at_ms"] for e in log]
    assert max(b - a for a, b in zip(times, times[1:])) >= 480, "a pause while it was open"


def test_random_faults_lose_no_task_and_invent_none(house):
    words = ["hang", "reset", "half_body", "cut_stream", "stall", "garbage", "empty", "500", "429", "error_mid",
             "empty_content", "sensitive", "content_filtered"]
    faults = {"faults": [{"fault": w, "probability": 0.03} for w in words]}
    settings = {f"provider:{p}": {"concurrency": "60", "requests_per_minute": "0"} for p in ALL}
    place = house(quick(**{p: faults for p in ALL}), ALL, settings)
    got = place.neutral(50, "--deadline", "4s")
    assert got.code == 3, got
    assert got.seconds <= 4.25 + slack(place)
    keys = [(c["provider"], c["sample"]) for c in got.cells]
    assert sorted(keys) == sorted((p, n) for p in ALL for n in range(50))
    summary = got.report["summary"]
    assert summary["total"] == 200 == summary["completed"] + summary["failed"] + summary["skipped"]
    assert got.statuses()["ok"] > 100
    rows = place.rows("SELECT key, status FROM cells")
    assert len(rows) == 200 == len({key for key, _ in rows})
    assert {s: [r[1] for r in rows].count(s) for s in got.statuses()} == got.statuses()
    assert sum(c["attempts"] for c in got.cells) == sum(place.sim.stats()[p]["requests"] for p in ALL)
