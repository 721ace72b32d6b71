"""A reply is judged by what it is: every strange one ends in an error type of its own, soon,
in little memory, and the next call does not notice."""
import json
import subprocess
import time

import pytest

from brandiag import ALL, MODELS, Outcome, house, one_provider, quick, slack  # noqa: F401

ONCE = {"retry": {"max_retries": "0"}}
LIMIT = {"timeout_simple": "1500ms"}
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
    "hangup": (("ok", None), ("ok", None)),
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
    "flood": (("error", "too_large"), None),
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
                              "--deadline", "8s", *more, stdout=out, stderr=err)
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
    assert first["latency_ms"] <= 1500 + 1000 and got.seconds < 5 + slack(place), got
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
