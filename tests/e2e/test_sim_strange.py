"""brandiag-sim: replies that are no proper HTTP or far too large, its fast clock, and ten
thousand calls at once."""
import gzip
import json
import re
import resource
import select
import socket
import time
import zlib
from email.utils import parsedate_to_datetime

import pytest

from test_sim import (FAST, PROVIDERS, QUESTION, body_of, events, fast, one, post, raw_request, read_for, send_raw,
                      split, stream_text, until)


def raw(sim, fault, provider="qwen", seconds=1.0, **more):
    """(head, body, ending) as they come."""
    s = sim(fast(provider, script=[fault]))
    with send_raw(s, provider, **more) as connection:
        data, ending = read_for(connection, seconds)
    assert until(lambda: s.stats()[provider]["open"] == 0)
    return *split(data), ending


def unchunk(body):
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        out, body = out + body[:int(size, 16)], body[int(size, 16) + 2:]
    return out


def length_of(head):
    return int(re.search(rb"Content-Length: (\d+)", head).group(1))


def test_two_status_lines_stand_on_top_of_each_other(sim):
    head, body, _ = raw(sim, "two_status_lines")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\nContent-Type")
    assert json.loads(body)["choices"]


def test_the_lengths_lie(sim):
    head, body, ending = raw(sim, "length_too_small")
    assert length_of(head) == len(body) // 2 and json.loads(body) and ending == "open"
    head, body, ending = raw(sim, "length_too_large")
    assert length_of(head) == len(body) + 1000 and json.loads(body) and ending == "fin"
    head, body, _ = raw(sim, "length_too_small", stream=True)
    assert length_of(head) == len(body) // 2 and events(body)[-1] == "[DONE]"


def test_labels_are_swapped_or_missing(sim):
    _, headers, data = one(sim, "zhipu", "wrong_label", stream=True)
    assert headers["content-type"].startswith("application/json") and events(data)[-1] == "[DONE]"
    _, headers, data = one(sim, "zhipu", "wrong_label")
    assert headers["content-type"].startswith("text/event-stream") and json.loads(data)
    _, headers, data = one(sim, "zhipu", "no_type")
    assert "content-type" not in headers and json.loads(data)


def test_gzip_is_gzip_and_can_be_read_event_by_event(sim):
    status, headers, data = one(sim, "doubao", "gzip")
    assert headers["content-encoding"] == "gzip" and json.loads(gzip.decompress(data))["choices"]
    status, headers, data = one(sim, "doubao", "gzip", stream=True)
    assert status == 200 and events(gzip.decompress(data))[-1] == "[DONE]"
    s = sim({"providers": {"doubao": {"script": ["gzip"], "latency": {"total_ms": 3000}}}})
    with send_raw(s, "doubao", stream=True) as connection:
        data, ending = read_for(connection, 2)
    body = unchunk(split(data)[1])
    assert ending == "open" and len(events(zlib.decompressobj(31).decompress(body))) > 3


def test_bad_utf8_is_inside_a_text_that_is_whole_otherwise(sim):
    _, _, data = one(sim, "openai", "bad_utf8")
    with pytest.raises(UnicodeDecodeError):
        data.decode()
    text = json.loads(data.decode("utf-8", "replace"))["choices"][0]["message"]["content"]
    assert text.startswith("\ufffd") and len(text.strip("\ufffd")) > 20


def test_deep_json_is_deep_and_many_values_are_many(sim):
    _, _, data = one(sim, "deepseek", "deep_json")
    assert data.count(b"[" * 10000) == 1 and data.count(b"]" * 10000) == 1
    _, _, data = one(sim, "deepseek", "deep_json", stream=True)
    assert events(data)[0].count("[") == 10002
    _, _, data = one(sim, "deepseek", "many_values")
    assert len(json.loads(data)["choices"][0]["message"]["content"]) == 1000001


@pytest.mark.parametrize("stream", [False, True])
def test_bad_chunks_are_chunks_up_to_a_size_that_is_none(sim, stream):
    head, body, ending = raw(sim, "bad_chunks", "doubao", stream=stream)
    assert b"chunked" in head and ending == "fin" and body.endswith(b"\r\nsize\r\nof a chunk\r\n")
    assert len(unchunk(body[:-len(b"size\r\nof a chunk\r\n")])) > 50


def test_interim_replies(sim):
    assert raw(sim, "continue_hang", seconds=0.5) == (b"HTTP/1.1 100 Continue", b"", "open")
    head, rest, _ = raw(sim, "early_hints")
    assert head.startswith(b"HTTP/1.1 103 Early Hints\r\n") and b"Retry-After: 60" in head
    head, body = split(rest)
    assert head.startswith(b"HTTP/1.1 200 OK") and json.loads(body)["choices"]


def test_http09_has_no_head(sim):
    s = sim(fast("qwen", script=["http09"]))
    with send_raw(s, "qwen") as connection:
        data, ending = read_for(connection, 1)
    assert json.loads(data)["choices"] and ending == "fin"


def test_a_redirect_leads_where_the_scenario_says(sim):
    _, headers, data = one(sim, "qwen", "redirect")
    assert (headers["location"], data) == ("https://other.example/", b"")
    s = sim(fast("qwen", script=["redirect"], location="http://169.254.169.254/latest"))
    status, headers, _ = post(s, "qwen")
    assert (status, headers["location"]) == (302, "http://169.254.169.254/latest")


def test_reset_head_comes_after_the_head(sim):
    head, body, ending = raw(sim, "reset_head")
    assert head.startswith(b"HTTP/1.1 200") and body == b"" and ending == "reset"


@pytest.mark.parametrize("stream", [False, True])
def test_reset_end_comes_behind_the_whole_answer(sim, stream):
    head, body, ending = raw(sim, "reset_end", stream=stream)
    assert head.startswith(b"HTTP/1.1 200") and ending == "reset"
    assert events(unchunk(body))[-1] == "[DONE]" if stream else json.loads(body)


@pytest.mark.parametrize("word, model", [("other_model", "quite-another-model"),
                                         ("snapshot", "some-model-2025-12-01")])
def test_the_model_calls_itself_otherwise(sim, word, model):
    _, _, data = one(sim, "qwen", word)
    assert json.loads(data)["model"] == model
    _, _, data = one(sim, "qwen", word, stream=True)
    assert {json.loads(e)["model"] for e in events(data)[:-1]} == {model}


def test_html_is_a_page_under_a_200(sim):
    status, headers, data = one(sim, "qwen", "html", stream=True)
    assert status == 200 and headers["content-type"].startswith("text/html") and data.startswith(b"<!DOCTYPE")


def test_hangup_closes_when_the_next_request_comes(sim):
    s = sim(fast("qwen", script=["hangup"]))
    with send_raw(s, "qwen") as connection:
        data, ending = read_for(connection, 0.5)
        assert json.loads(split(data)[1]) and ending == "open" and b"close" not in data
        connection.sendall(raw_request("qwen"))
        assert read_for(connection, 2) in ((b"", "fin"), (b"", "reset"))
    assert s.stats()["qwen"]["requests"] == 1
    assert post(s, "qwen")[0] == 200


# ---- far too large ----

def drink(sim, word, limit, provider="qwen", **more):
    """(first, last bytes, how many) of at most limit bytes."""
    s = sim(fast(provider, script=[word]))
    first, last, n = b"", b"", 0
    with send_raw(s, provider, **more) as connection:
        connection.settimeout(20)
        while n < limit and (data := connection.recv(1 << 20)):
            first = first + data[:2000 - len(first)]
            last, n = (last + data)[-9000:], n + len(data)
        with open(f"/proc/{s.pid}/status", encoding="ascii") as status:
            assert int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) < 400_000, "it is made, not held"
    assert until(lambda: s.stats()[provider]["open"] == 0)
    return first, last, n


@pytest.mark.parametrize("stream", [False, True])
def test_a_huge_body_is_a_gibibyte_in_chunks(sim, stream):
    first, last, n = drink(sim, "huge_body", 1 << 31, stream=stream)
    assert b"chunked" in first[:300] and n > 1 << 30
    assert last.endswith(b"0\r\n\r\n") and (b"[DONE]" in last) == stream


def test_a_huge_line_is_one_event_before_a_proper_answer(sim):
    _, _, data = one(sim, "qwen", "huge_line", stream=True)
    assert len(data) > 16 << 20 and len(data.split(b"\n", 1)[0]) > 16 << 20
    assert len(json.loads(events(data)[0])["padding"]) == 16 << 20
    assert stream_text(data)


def test_a_huge_header_is_a_gibibyte(sim):
    first, last, n = drink(sim, "huge_header", 1 << 31)
    assert b"\r\nX-Filler: xxxx" in first[:400] and n > 1 << 30
    assert b"xxx\r\n\r\n{" in last and b"\r\n" not in last.split(b"\r\n\r\n{")[0]


def test_many_headers_are_a_hundred_thousand(sim):
    s = sim(fast("qwen", script=["many_headers"]))
    with send_raw(s, "qwen") as connection:
        data, _ = read_for(connection, 10)
    head, body = split(data)
    assert head.count(b"\r\nX-Filler-") == 100_000 and json.loads(body)["choices"]


def test_a_gzip_bomb_is_a_thousand_times_what_comes(sim):
    _, headers, data = one(sim, "qwen", "gzip_bomb")
    assert headers["content-encoding"] == "gzip" and 1 << 20 <= len(data) < 1100_000
    unzip = zlib.decompressobj(31)
    size = len(unzip.decompress(data, 1 << 20))
    while more := unzip.decompress(unzip.unconsumed_tail, 16 << 20):
        size += len(more)
    assert size >= 1 << 30


def test_a_zstd_bomb_is_a_gibibyte_in_32_kib(sim):
    _, headers, data = one(sim, "qwen", "zstd_bomb")
    assert headers["content-encoding"] == "zstd" and 32768 <= len(data) < 33000
    assert data.startswith(b"\x28\xb5\x2f\xfd") and data.endswith(b"\x02\x00\x10a" * 8192)


# ---- when to come again ----

@pytest.mark.parametrize("value", ["2", "2.5", "-1", "abc", "1000000000"])
def test_retry_after_is_sent_as_it_stands(sim, value):
    s = sim(fast("qwen", script=["429"], rate={"retry_after": value, "retry_after_ms": "1500"}))
    status, headers, _ = post(s, "qwen")
    assert (status, headers["retry-after"], headers["retry-after-ms"]) == (429, value, "1500")


@pytest.mark.parametrize("value, seconds", [("date", 2), ("date+60", 60), ("date-60", -60)])
def test_retry_after_may_be_a_date(sim, value, seconds):
    s = sim(fast("qwen", script=["429"], rate={"retry_after": value}))
    _, headers, _ = post(s, "qwen")
    assert "retry-after-ms" not in headers
    assert abs(parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time() - seconds) < 3


# ---- the clock ----

def timed(s, provider="qwen", **more):
    begin = time.monotonic()
    status, _, _ = post(s, provider, body_of(provider, **more))
    return status, time.monotonic() - begin


SLOW = {"defaults": {"latency": {"total_ms": 20000, "error_ms": 20000}}}


@pytest.mark.parametrize("how", ["option", "scenario", "both"])
def test_a_fast_clock_divides_every_delay(sim, how):
    scenario = {**SLOW, **{"scenario": {"speed": 20}, "both": {"speed": 1000}}.get(how, {})}
    s = sim(scenario, speed=None if how == "scenario" else 20)
    for stream in (True, False):
        status, seconds = timed(s, stream=stream)
        assert status == 200 and 1.0 <= seconds < 4
    status, seconds = timed(s, model="no-such-model")
    assert status == 404 and 1.0 <= seconds < 4


def test_a_fast_clock_speeds_drops_and_heartbeats(sim):
    s = sim(fast("deepseek", script=["drip", "keepalive"]), speed=20)
    for low, high in ((15, 45), (60, 210)):  # 40 drops; 200 heartbeats
        with send_raw(s, "deepseek", stream=True) as connection:
            body = split(read_for(connection, 2)[0])[1]
        n = body.count(b"keep-alive") if high > 100 else len(body)
        assert low <= n <= high, body


def test_late_is_fifteen_seconds_late(sim):
    s = sim(fast("qwen", script=["late", "ok"]), speed=10)
    status, seconds = timed(s)
    assert status == 200 and 1.5 <= seconds < 4
    assert timed(s)[1] < 1


def test_a_fast_clock_refills_the_rate(sim):
    s = sim({"speed": 60, "defaults": {"latency": FAST, "rate": {"requests_per_minute": 1}}})
    assert [timed(s)[0], timed(s)[0]] == [200, 429]
    assert until(lambda: timed(s)[0] == 200, 5)


# ---- ten thousand ----

MANY = 10_000


def test_ten_thousand_calls_are_open_at_once(sim):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < MANY + 200:
        pytest.skip(f"only {hard} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (MANY + 200, hard))
    s = sim({"defaults": {"latency": {"total_ms": 12000}, "answer": "short"}})
    poll, calls = select.epoll(), {}
    try:
        for _ in range(MANY):
            connection = socket.create_connection(("127.0.0.1", s.port), timeout=20)
            calls[connection.fileno()] = [connection, b""]
            poll.register(connection, select.EPOLLIN)
        for i, (connection, _) in enumerate(calls.values()):
            connection.sendall(raw_request(PROVIDERS[i % 5], stream=True, prompt=f"{QUESTION}{i}"))
        waiting = MANY
        while waiting:
            ready = poll.poll(30)
            assert ready, f"{waiting} calls are not answered"
            for fd, _ in ready:
                calls[fd][1] += (data := calls[fd][0].recv(65536))
                assert data, "closed before its end"
                waiting -= calls[fd][1].endswith(b"\r\n0\r\n\r\n")
        stats = s.stats()
    finally:
        for connection, _ in calls.values():
            connection.close()
        poll.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert sum(stats[p]["ok"] for p in PROVIDERS) == MANY
    assert sum(stats[p]["max_open"] for p in PROVIDERS) == MANY
    assert all(b"data: [DONE]" in data for _, data in calls.values())
