"""A reply is judged by what it is: every strange one ends in an error type of its own, soon,
in little memory, and the next call does not notice."""
import json
import subprocess
import time

import pytest

from brandiag import ALL, MODELS, Outcome, house, one_provider, quick, slack  # noqa: F401

ONCE = {"retry": {"max_retries": "0"}}
LIMIT = {"timeout_simple": "3s"}
TEXT = "1. 华为\n2. 小米\n3. 特斯拉\n4. 比亚迪\n先看预算，再看空间。" * 2
MIB = 1 << 20

# word: (status, error type) of the call that gets it, as a stream and as a whole reply
REPLIES = {
    "ok": (("ok", None), ("ok", None)),
    # what is no proper HTTP
    "two_status_lines": (("error", "protocol"), ("error", "protocol")),
    "http09": (("error", "protocol"), ("error", "protocol")),
    "bad_chunks": (("error", "protocol"), ("error", "protocol")),
    "length_too_large": (("ok", None), ("error", "network")),  # a stream's end is in its text
    "half_body": (("error", "network"), ("error", "network")),
    "reset": (("error", "network"), ("error", "network")),
    "reset_head": (("error", "network"), ("error", "network")),
    "continue_hang": (("timeout", "timeout"), ("timeout", "timeout")),
    "early_hints": (("ok", None), ("ok", None)),
    "redirect": (("error", "invalid_request"), ("error", "invalid_request")),
    # what is no proper answer
    "html": (("error", "protocol"), ("error", "protocol")),
    "empty": (("timeout", "timeout"), ("error", "overloaded")),
    "empty_content": (("error", "empty_answer"), ("error", "empty_answer")),
    "error_in_200": (("error", "overloaded"), ("error", "overloaded")),
    "cut_stream": (("error", "overloaded"), None),
    "cut_utf8": (("error", "overloaded"), None),
    "garbage": (("error", "overloaded"), ("error", "overloaded")),
    "deep_json": (("error", "overloaded"), ("error", "overloaded")),
    "model_not_found": (("error", "model_not_found"), ("error", "model_not_found")),
    "sensitive": (("refused", "content_filtered"), ("refused", "content_filtered")),
    # what only looks strange
    "wrong_label": (("ok", None), ("ok", None)),
    "wrong_type": (("ok", None), ("ok", None)),
    "no_type": (("ok", None), ("ok", None)),
    "gzip": (("ok", None), ("ok", None)),
    "bad_utf8": (("ok", None), ("ok", None)),
    "crlf": (("ok", None), ("ok", None)),
    "no_done": (("ok", None), None),
    "long_line": (("ok", None), None),
    # what is too much
    "huge_body": (("error", "too_large"), ("error", "too_large")),
    "huge_line": (("error", "too_large"), ("error", "too_large")),
    "huge_header": (("error", "too_large"), ("error", "too_large")),
    "many_headers": (("error", "too_large"), ("error", "too_large")),
    "many_values": (("error", "too_large"), ("error", "too_large")),
    "gzip_bomb": (("error", "too_large"), ("error", "too_large")),
    "zstd_bomb": (("error", "too_large"), ("error", "too_large")),
    "flood": (("error", "too_large"), None),
}
# What a person at night reads.
SAYS = {
    "two_status_lines": "the reply is not HTTP",
    "http09": "HTTP/0.9",
    "bad_chunks": "the reply is not proper HTTP",
    "half_body": "the reply ended after",
    "continue_hang": "in the reply's headers",
    "redirect": "a redirect, which is never followed",
    "html": "a web page in place of an answer: is the base_url right?",
    "cut_stream": "the stream ended without a finish",
    "huge_body": "the reply is larger than 8388608 bytes",
    "huge_header": "a header line of the reply is too long",
    "many_headers": "the reply's headers are too many or too long",
    "many_values": "JSON of more values than any answer has",
    "gzip_bomb": "the reply is larger than 8388608 bytes",
    "zstd_bomb": "the reply is larger than 8388608 bytes",
}
CASES = [pytest.param(word, stream, expected, id=f"{word}-{'stream' if stream else 'whole'}")
         for word, both in REPLIES.items() for stream, expected in zip((True, False), both) if expected]


def peak_of(process):
    """Polls until the process has ended: the most memory it ever had, in bytes. (The rusage
    of a child counts what its parent had before exec.)"""
    peak = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                marks = [line for line in status if line.startswith("VmHWM:")]
        except ProcessLookupError:
            continue
        if marks:
            peak = max(peak, int(marks[0].split()[1]) * 1024)
        time.sleep(0.005)
    return peak


def measured(place, samples, *more):
    """The Outcome of that many neutral calls, one after the other, and the peak."""
    begin = time.monotonic()
    with open(place.directory / "out", "wb") as out, open(place.directory / "err", "wb") as err:
        process = place.start("run", "--brand", "华为", "--competitor", "小米", "--question", "哪个牌子好？",
                              "--probe", "neutral", "--samples", samples, "--format", "json", "--quiet",
                              "--deadline", "12s", *more, stdout=out, stderr=err)
        try:
            peak = peak_of(process)
        finally:
            process.kill()
            process.wait()
    return Outcome(process.returncode, (place.directory / "out").read_bytes(),
                   (place.directory / "err").read_bytes(), time.monotonic() - begin), peak


def one_at_a_time(house, provider, script, stream=True, settings=None, **more):
    settings = {**ONCE, **one_provider(provider, concurrency=1, stream="yes" if stream else "no", **LIMIT),
                **(settings or {})}
    return house(quick(**{provider: {"script": script, "answer": {"text": TEXT}, **more}}), [provider], settings,
                 storage="store_memory")


@pytest.fixture(scope="module")
def healthy():
    """The peak of a run in which nothing is wrong, by the program: measured once."""
    return {}


def said(cell):
    return cell["status"], cell["error"] and cell["error"]["type"]


@pytest.mark.parametrize("word, stream, expected", CASES)
def test_a_strange_reply_ends_in_its_type_in_time_in_little_memory_and_harms_no_other(
        house, healthy, word, stream, expected):
    place = one_at_a_time(house, "qwen", [word], stream)
    got, peak = measured(place, 3)
    assert got.code in (0, 3), got
    first, *others = got.cells
    assert said(first) == expected, (first["error"], got)
    assert [said(c) for c in others] == [("ok", None)] * 2, got
    assert {c["text"] for c in others} == {TEXT}
    assert all(c["attempts"] == 1 for c in got.cells)
    assert first["latency_ms"] <= 3000 + 1000 + 1000 * slack(place) and got.seconds < 7 + slack(place), got
    if word in SAYS:
        assert any(s in first["error"]["message"] for s in SAYS[word].split("|")), first["error"]
    if expected[0] == "ok":
        assert TEXT in first["text"]
    elif expected[0] == "error":
        assert first["error"]["message"] and first["geo"] is None
    if slack(place):
        return  # a sanitizer's memory is not ours
    if "peak" not in healthy:
        healthy["peak"] = measured(one_at_a_time(house, "qwen", []), 3)[1]
    assert 4 * MIB < healthy["peak"] < 64 * MIB
    assert peak - healthy["peak"] <= 10 * MIB, (peak / MIB, healthy["peak"] / MIB)


def test_all_of_them_at_once_end_in_their_types(house):
    """Every word, each for a question of its own, in one run."""
    words = [word for word, (stream, _) in REPLIES.items() if stream]
    questions = [f"Q{i:02}Q?" for i in range(len(words))]
    match = [{"contains": q, "script": [f"{word} forever"]} for q, word in zip(questions, words)]
    both = ("qwen", "zhipu")
    place = house(quick(**{p: {"match": match, "answer": {"text": TEXT}} for p in both}), both,
                  {**ONCE, "breaker": {"failure_threshold": "1000"},
                   **{f"provider:{p}": {"concurrency": "64", "requests_per_minute": "0", "timeout_simple": "6s"} for p in both}})
    got = place.run("run", "--brand", "华为", *(x for q in questions for x in ("--question", q)), "--probe", "neutral",
                    "--deadline", "12s", "--format", "json", "--quiet")
    assert got.code == 3 and got.seconds < 12.25 + slack(place), got
    assert len(got.cells) == 2 * len(words)
    wrong = [(c["provider"], words[c["index"]["question"]], said(c)) for c in got.cells
             if said(c) != REPLIES[words[c["index"]["question"]]][0]]
    assert not wrong


def test_a_length_that_is_too_small_spoils_its_own_call_and_retries_repair_the_rest(house):
    """What is left over on the connection may cost the call after it an attempt, no more."""
    place = one_at_a_time(house, "qwen", ["length_too_small"], settings={"retry": {"max_retries": "2"}})
    got, _ = measured(place, 3)
    assert got.code == 0, got
    assert {c["text"] for c in got.cells} == {TEXT}
    place = one_at_a_time(house, "qwen", ["length_too_small"], stream=False)
    got, _ = measured(place, 1)
    assert said(got.cells[0]) == ("error", "overloaded") and got.cells[0]["text"] is None, got


@pytest.mark.parametrize("where", ["other", "itself", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd",
                                   "https://other.example/"])
def test_a_redirect_is_not_followed_and_no_other_host_sees_the_key(house, sim, where):
    other = sim(quick())
    place = one_at_a_time(house, "qwen", ["redirect forever"])
    to = {"other": other.url + "/qwen/compatible-mode/v1/chat/completions",
          "itself": place.sim.url + "/qwen/compatible-mode/v1/chat/completions"}.get(where, where)
    place.sim.set_scenario(quick(qwen={"script": ["redirect forever"], "location": to}))
    got, _ = measured(place, 1)
    (cell,) = got.cells
    assert said(cell) == ("error", "invalid_request") and cell["error"]["code"] == 302, got
    assert "redirect" in cell["error"]["message"] and cell["attempts"] == 1
    assert place.sim.stats()["qwen"]["requests"] == 1
    assert other.log() == []


# ---- when to come again ----

@pytest.mark.parametrize("rate, least_ms", [
    ({"retry_after": "1"}, 1000), ({"retry_after": "1.25"}, 1250), ({"retry_after": "date"}, 1000),
    ({"retry_after_ms": "1500"}, 1500), ({"retry_after": "9", "retry_after_ms": "1100"}, 1100),
    ({"retry_after": "-1"}, 0), ({"retry_after": "abc"}, 0), ({"retry_after": "date-60"}, 0)])
def test_retry_after_is_kept_in_every_spelling_and_nonsense_is_none(house, rate, least_ms):
    place = one_at_a_time(house, "zhipu", ["429"], settings={"retry": {"max_retries": "1", "base_delay": "1ms"}},
                          rate=rate)
    got, _ = measured(place, 1)
    assert got.code == 0 and got.cells[0]["attempts"] == 2, got
    first, second = place.sim.log()
    assert least_ms <= second["at_ms"] - first["at_ms"] < least_ms + 1500


@pytest.mark.parametrize("rate", [{"retry_after": "1000000000"}, {"retry_after": "date+3600"}])
def test_a_retry_after_past_the_deadline_is_not_waited_for(house, rate):
    place = one_at_a_time(house, "zhipu", ["429 forever"], settings={"retry": {"max_retries": "2"}}, rate=rate)
    got, _ = measured(place, 3)
    assert got.code == 4 and got.seconds < 3 + slack(place), got
    assert place.sim.stats()["zhipu"]["requests"] == 1
    assert [c["reason"] for c in got.cells].count("rate_limited") == 2


# ---- honest cells ----

def mentions(cell):
    return {b["id"]: b["mentioned"] for b in cell["geo"]["brands"] if b["tracked"]}


@pytest.mark.parametrize("chunk", ["byte", "random"])
@pytest.mark.parametrize("deadline", ["900ms", "1100ms", "1300ms"])
def test_at_the_deadline_the_text_ends_with_a_whole_character(house, chunk, deadline):
    text = "先看预算，再看空间。" * 60
    place = house(quick(**{p: {"answer": {"text": text}, "chunk": chunk, "latency": {"first_ms": 50, "total_ms": 4000}}
                           for p in ALL}), ALL, ONCE)
    got = place.neutral(2, "--deadline", deadline)
    assert got.statuses() == {"truncated": 8} and got.code == 3, got
    for cell in got.cells:
        assert cell["finish"] == "deadline" and cell["text"] and text.startswith(cell["text"])
        assert set(mentions(cell).values()) == {None}, "absent in half an answer is unknown"


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_whole_answer_with_a_reset_right_behind_it_is_not_lost(house, stream):
    """The call after it may find the connection dead, and takes another attempt."""
    place = house(quick(qwen={"script": ["reset_end x20"], "answer": {"text": TEXT}}), ["qwen"],
                  {**one_provider("qwen", concurrency=4, stream="yes" if stream else "no")})
    got = place.neutral(20)
    assert got.code == 0 and got.statuses() == {"ok": 20}, got
    assert {c["text"] for c in got.cells} == {TEXT}
    assert place.sim.stats()["qwen"]["requests"] <= 23, "an answer that was lost would be asked for again"


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_connection_closed_under_the_next_request_costs_one_repeat_that_is_counted(house, stream):
    """Its kernel had taken the request: nobody knows that it was not read."""
    place = one_at_a_time(house, "qwen", ["hangup"], stream, {"retry": {"max_retries": "2"}})
    got = place.neutral(3)
    assert got.code == 0 and got.statuses() == {"ok": 3}, got
    assert sorted(c["attempts"] for c in got.cells) == [1, 1, 2]
    assert place.sim.stats()["qwen"]["requests"] == 3, "each was read once"


def test_many_connections_closed_at_once_when_used_again_open_no_breaker_and_cost_no_budget(house):
    """All that were kept alive die under the second wave of calls, as when a server restarts."""
    place = house(quick(qwen={"script": ["hangup x12"], "answer": {"text": TEXT}}), ["qwen"],
                  {**one_provider("qwen", concurrency=12), "retry": {"max_retries": "2"}})
    got = place.neutral(24)
    assert got.code == 0 and got.statuses() == {"ok": 24}, got
    assert 24 < sum(c["attempts"] for c in got.cells) <= 24 + 12, "what cannot have been read is sent again uncounted"
    assert [p["breaker_opened"] for p in got.report["providers"]] == [0], got.report["providers"]


def test_an_answer_cut_by_its_length_limit_is_truncated_and_absence_in_it_unknown(house):
    text = "1. 小米：年轻人喜欢。\n" + "2. 先看预算，再看空间。\n" * 40
    place = house(quick(**{p: {"answer": {"text": text}} for p in ALL}), ALL,
                  {**ONCE, **{f"provider:{p}": {"max_tokens": "60"} for p in ALL}})
    got = place.neutral(1)
    assert got.statuses() == {"truncated": 4}, got
    for cell in got.cells:
        assert cell["finish"] == "length" and cell["error"] is None
        assert mentions(cell) == {"华为": None, "小米": True, "特斯拉": None, "比亚迪": None}


def test_a_refusal_is_no_absence_and_no_failure_of_the_run(house):
    place = house(quick(**{p: {"script": ["sensitive forever"]} for p in ALL}), ALL)
    got = place.neutral(2)
    assert got.code == 0 and got.statuses() == {"refused": 8}, got
    assert {c["error"]["type"] for c in got.cells} == {"content_filtered"}
    assert {c["attempts"] for c in got.cells} == {1}, "the same text is refused again"
    assert {c["geo"] is None for c in got.cells} == {True}
    (huawei, *_) = got.report["metrics"]["brands"]
    assert huawei["mention_rate"] == {"value": None, "hits": 0, "n": 0, "interval": None}


@pytest.mark.parametrize("provider", ALL)
def test_an_empty_answer_is_asked_again_exactly_once(house, provider):
    place = house(quick(**{provider: {"script": ["empty_content forever"]}}), [provider],
                  {"retry": {"max_retries": "5", "base_delay": "1ms"}})
    got = place.neutral(1)
    assert got.code == 4 and said(got.cells[0]) == ("error", "empty_answer"), got
    assert got.cells[0]["attempts"] == 2 == place.sim.stats()[provider]["requests"]
    place.sim.set_scenario(quick(**{provider: {"script": ["empty_content"]}}))
    got = place.neutral(1, "--no-cache")
    assert got.code == 0 and got.cells[0]["attempts"] == 2, got


@pytest.mark.parametrize("provider", ALL)
def test_a_model_that_is_gone_has_a_type_of_its_own(house, provider):
    place = house(quick(**{provider: {"models": ["another-one"]}}), [provider])
    got = place.neutral(1)
    assert got.code == 4 and said(got.cells[0]) == ("error", "model_not_found"), got
    assert got.cells[0]["attempts"] == 1
    told = place.run("run", "--brand", "华为", "--question", "哪个牌子好？", "--probe", "neutral", "--quiet")
    assert "模型不存在 (model_not_found" in told.text and "检查 model 的写法" in told.text, told.text


@pytest.mark.parametrize("lang, strong, mild", [
    ("zh", "自报由另一个模型 {} 作答", "同一模型，只差日期"),
    ("en", "another model, {}, answered", "the same model but for the date")])
@pytest.mark.parametrize("word", ["other_model", "snapshot", "ok"])
def test_a_model_that_calls_itself_otherwise_is_told(house, word, lang, strong, mild):
    place = house(quick(qwen={"script": [f"{word} forever"]}), ["qwen", "doubao"])
    args = ["run", "--brand", "华为", "--question", "哪个牌子好？", "--probe", "neutral", "--quiet", "--lang", lang]
    asked = MODELS["qwen"]
    name = {"other_model": "quite-another-model", "snapshot": asked + "-2025-12-01", "ok": asked}[word]
    got = place.run(*args, "--format", "json")
    (cell,) = got.of("qwen")
    assert (cell["model"], cell["model_reported"]) == (asked, name), got
    told = [n for n in got.report["notes"] if "qwen" in n]
    page = place.run(*args)
    flat = "".join(page.text.split())
    if word == "ok":
        assert told == []
        assert "".join(mild.split()) not in flat and "".join(strong.split("{}")[0].split()) not in flat
        return
    (note,) = told
    want = strong.format(name) if word == "other_model" else mild
    assert asked in note and name in note and want in note
    assert "".join(note.split()) in flat, page.text
