"""brandiag-sim on the wire: shapes, refusals, faults, load."""
import http.client
import json
import os
import re
import resource
import select
import socket
import struct
import subprocess
import sys
import time

import pytest

PATHS = {
    "doubao": "/doubao/api/v3/chat/completions",
    "qwen": "/qwen/compatible-mode/v1/chat/completions",
    "deepseek": "/deepseek/chat/completions",
    "zhipu": "/zhipu/api/paas/v4/chat/completions",
    "openai": "/openai/v1/chat/completions",
}
PROVIDERS = list(PATHS)
FAST = {"first_ms": 5, "tokens_per_second": 100000, "error_ms": 0}
QUESTION = "20 万左右的新能源汽车品牌推荐"
MATRIX = f"{QUESTION}\n品牌：华为\n竞品：小米、特斯拉、比亚迪"


def fast(provider=None, **setting):
    scenario = {"defaults": {"latency": FAST}}
    if provider:
        scenario["providers"] = {provider: setting}
    return scenario


def body_of(provider, prompt=QUESTION, **more):
    body = {"model": "some-model", "messages": [{"role": "user", "content": prompt}]}
    off = {"qwen": {"enable_thinking": False}, "openai": {}}
    body.update(off.get(provider, {"thinking": {"type": "disabled"}}))
    body.update(more)
    return {k: v for k, v in body.items() if v is not ...}


def post(sim, provider, body=None, key="sim-key", path=None):
    """(status, headers, bytes) of one call; body: a dict or bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", sim.port, timeout=30)
    data = body if isinstance(body, bytes) else json.dumps(body or body_of(provider)).encode()
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    try:
        connection.request("POST", path or PATHS[provider], body=data, headers=headers)
        reply = connection.getresponse()
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
    finally:
        connection.close()


def ask(sim, provider, prompt=QUESTION, **more):
    """The text of one answer, not streamed."""
    status, _, data = post(sim, provider, body_of(provider, prompt, **more))
    assert status == 200, data
    return json.loads(data)["choices"][0]["message"]["content"]


def events(data):
    """The data of each SSE event; comments are dropped."""
    found = []
    for block in data.decode().split("\n\n"):
        lines = [line[6:] for line in block.split("\n") if line.startswith("data: ")]
        if lines:
            found.append("\n".join(lines))
    return found


def stream_text(data):
    parts = []
    for event in events(data):
        if event != "[DONE]":
            for choice in json.loads(event)["choices"]:
                parts.append(choice["delta"].get("content") or "")
    return "".join(parts)


def raw_request(provider, **more):
    """The bytes of one call."""
    data = json.dumps(body_of(provider, **more)).encode()
    head = (f"POST {PATHS[provider]} HTTP/1.1\r\nHost: sim\r\n"
            f"Authorization: Bearer sim-key\r\nContent-Length: {len(data)}\r\n\r\n")
    return head.encode() + data


def send_raw(sim, provider, **more):
    """A socket on which one call was sent."""
    s = socket.create_connection(("127.0.0.1", sim.port), timeout=10)
    s.sendall(raw_request(provider, **more))
    return s


def read_for(s, seconds):
    """(bytes, how it ended: "open", "fin" or "reset") after at most that time."""
    data, end = b"", time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if not select.select([s], [], [], left)[0]:
            break
        try:
            more = s.recv(65536)
        except ConnectionResetError:
            return data, "reset"
        if not more:
            return data, "fin"
        data += more
    return data, "open"


def split(data):
    head, _, body = data.partition(b"\r\n\r\n")
    return head, body


def until(condition, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


# Shapes

WHOLE = {
    "doubao": "choices created id model object service_tier usage",
    "qwen": "choices created id model object system_fingerprint usage",
    "deepseek": "choices created id model object system_fingerprint usage",
    "zhipu": "choices created id model request_id usage",
    "openai": "choices created id model object service_tier system_fingerprint usage",
}
MESSAGE = {
    "doubao": "content role", "deepseek": "content role", "zhipu": "content role",
    "qwen": "content reasoning_content role",
    "openai": "annotations content refusal role",
}
USAGE = {
    "doubao": "completion_tokens completion_tokens_details prompt_tokens "
              "prompt_tokens_details total_tokens",
    "qwen": "completion_tokens prompt_tokens prompt_tokens_details total_tokens",
    "deepseek": "completion_tokens completion_tokens_details prompt_cache_hit_tokens "
                "prompt_cache_miss_tokens prompt_tokens prompt_tokens_details total_tokens",
    "zhipu": "completion_tokens prompt_tokens prompt_tokens_details total_tokens",
    "openai": "completion_tokens completion_tokens_details prompt_tokens "
              "prompt_tokens_details total_tokens",
}


def keys(o):
    return " ".join(sorted(o))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_whole_reply_has_the_members_of_its_provider(sim, provider):
    s = sim(fast())
    status, headers, data = post(s, provider)
    reply = json.loads(data)
    assert status == 200
    assert headers["content-type"].startswith("application/json")
    assert keys(reply) == WHOLE[provider]
    choice = reply["choices"][0]
    assert keys(choice["message"]) == MESSAGE[provider]
    assert ("logprobs" in choice) == (provider != "zhipu")
    assert choice["finish_reason"] == "stop"
    assert reply["model"] == "some-model"
    assert keys(reply["usage"]) == USAGE[provider]
    usage = reply["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert data[:1] == (b"\n" if provider == "deepseek" else b"{")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_stream_has_the_events_of_its_provider(sim, provider):
    s = sim(fast())
    more = {"stream": True, "stream_options": {"include_usage": True}}
    status, headers, data = post(s, provider, body_of(provider, **more))
    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["transfer-encoding"] == "chunked"
    assert (b": keep-alive\n\n" in data) == (provider == "deepseek")
    found = events(data)
    assert found[-1] == "[DONE]"
    chunks = [json.loads(event) for event in found[:-1]]
    assert len(stream_text(data)) > 10
    with_usage = [i for i, c in enumerate(chunks) if c.get("usage")]
    assert with_usage == [len(chunks) - 1]
    assert (chunks[-1]["choices"] == []) == (provider not in ("deepseek", "zhipu"))
    finishing = [c for c in chunks for x in c["choices"] if x.get("finish_reason")]
    assert len(finishing) == 1
    assert finishing[0]["choices"][0]["finish_reason"] == "stop"
    roles = sum("role" in x["delta"] for c in chunks for x in c["choices"])
    assert roles == (1 if provider not in ("doubao", "zhipu") else
                     sum(len(c["choices"]) for c in chunks))


@pytest.mark.parametrize("provider", ["doubao", "qwen", "openai"])
def test_a_stream_has_no_usage_unless_asked(sim, provider):
    _, _, data = post(sim(fast()), provider, body_of(provider, stream=True))
    assert all(not json.loads(e).get("usage") for e in events(data)[:-1])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_streamed_and_whole_answers_are_the_same_text(sim, provider):
    whole, streamed = sim(fast(), seed=7), sim(fast(), seed=7)
    _, _, data = post(streamed, provider, body_of(provider, stream=True))
    assert stream_text(data) == ask(whole, provider)


@pytest.mark.parametrize("provider", ["doubao", "deepseek", "zhipu"])
def test_a_model_thinks_unless_told_not_to(sim, provider):
    s = sim(fast())
    _, _, data = post(s, provider, body_of(provider, thinking=..., stream=True))
    deltas = [x["delta"] for e in events(data)[:-1] for x in json.loads(e)["choices"]]
    thoughts = [i for i, d in enumerate(deltas) if d.get("reasoning_content")]
    texts = [i for i, d in enumerate(deltas) if d.get("content")]
    assert thoughts and max(thoughts) < min(texts)
    _, _, data = post(s, provider, body_of(provider, stream=True))
    assert b"reasoning_content" not in data


def test_qwen_thinks_when_told_to_and_streams(sim):
    s = sim(fast())
    _, _, data = post(s, "qwen", body_of("qwen", enable_thinking=True, stream=True))
    assert any(x["delta"].get("reasoning_content") for e in events(data)[:-1]
               for x in json.loads(e)["choices"])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_token_limit_cuts_the_answer(sim, provider):
    s = sim(fast(provider, answer={"text": "一二三四五六七八九十" * 4}))
    limit = "max_completion_tokens" if provider == "openai" else "max_tokens"
    status, _, data = post(s, provider, body_of(provider, **{limit: 10}))
    choice = json.loads(data)["choices"][0]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["content"] == ("一二三四五六七八九十" * 2)[:16]
    assert json.loads(data)["usage"]["completion_tokens"] == 10


def test_thinking_can_use_up_the_limit(sim):
    _, _, data = post(sim(fast()), "deepseek",
                      body_of("deepseek", thinking=..., max_tokens=5))
    choice = json.loads(data)["choices"][0]
    assert choice["message"]["content"] is None
    assert choice["message"]["reasoning_content"]
    assert choice["finish_reason"] == "length"


def test_deepseek_has_a_second_path(sim):
    status, _, _ = post(sim(fast()), "deepseek", path="/deepseek/v1/chat/completions")
    assert status == 200


# Refusals

KEY_REFUSED = {"doubao": ("code", "AuthenticationError"), "qwen": ("code", "invalid_api_key"),
               "deepseek": ("type", "authentication_error"), "zhipu": ("code", "1000"),
               "openai": ("code", "invalid_api_key")}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_wrong_key_is_refused_in_the_providers_words(sim, provider):
    s = sim(fast(), key="right")
    for key in ("wrong", None, ""):
        status, _, data = post(s, provider, key=key)
        assert status == 401
        member, value = KEY_REFUSED[provider]
        if provider == "zhipu" and not key:
            value = "1001"
        assert json.loads(data)["error"][member] == value
    assert post(s, provider, key="right")[0] == 200


def test_a_scenario_sets_a_key_for_one_provider(sim):
    s = sim(fast("zhipu", key="id.secret"))
    assert post(s, "zhipu", key="id.secret")[0] == 200
    assert post(s, "zhipu", key="sim-key")[0] == 401
    assert post(s, "qwen", key="sim-key")[0] == 200


BODIES = [
    # provider, change of the body, status, what the error says somewhere
    ("doubao", {"model": ...}, 400, "MissingParameter"),
    ("doubao", {"messages": ...}, 400, "MissingParameter"),
    ("doubao", {"messages": []}, 400, "InvalidParameter"),
    ("doubao", {"max_tokens": 5, "max_completion_tokens": 5}, 400, "at the same time"),
    ("doubao", {"thinking": {"type": "maybe"}}, 400, "thinking.type"),
    ("doubao", {"model": "no-such-model"}, 404, "InvalidEndpointOrModel.NotFound"),
    ("qwen", {"model": ...}, 400, "model"),
    ("qwen", {"messages": ...}, 400, "messages"),
    ("qwen", {"enable_thinking": True}, 400, "non-streaming calls"),
    ("qwen", {"temperature": 2}, 400, "[0.0, 2.0)"),
    ("qwen", {"model": "no-such-model"}, 404, "model_not_found"),
    ("deepseek", {"messages": [{"role": "developer", "content": "x"}]}, 400,
     "unknown variant `developer`"),
    ("deepseek", {"model": "deepseek-chat"}, 400, "Model Not Exist"),
    ("deepseek", {"model": "deepseek-reasoner"}, 400, "Model Not Exist"),
    ("deepseek", {"max_tokens": 400000}, 422, "[1, 393216]"),
    ("deepseek", {"model": "no-such-model"}, 400, "Model Not Exist"),
    ("zhipu", {"temperature": 1.5}, 400, "1210"),
    ("zhipu", {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
     400, "1214"),
    ("zhipu", {"messages": []}, 400, "1214"),
    ("zhipu", {"request_id": "short"}, 400, "1210"),
    ("zhipu", {"model": "glm-5.3"}, 400, "1210"),
    ("zhipu", {"model": "no-such-model"}, 400, "1211"),
    ("openai", {"model": "gpt-5-mini", "max_tokens": 5}, 400, "unsupported_parameter"),
    ("openai", {"model": "gpt-5-mini", "temperature": 0.5}, 400, "unsupported_parameter"),
    ("openai", {"messages": [{"role": "wizard", "content": "x"}]}, 400, "wizard"),
    ("openai", {"model": "no-such-model"}, 404, "model_not_found"),
]


@pytest.mark.parametrize("provider,change,status,words", BODIES)
def test_a_wrong_body_is_refused_in_the_providers_words(sim, provider, change, status, words):
    got, _, data = post(sim(fast()), provider, body_of(provider, **change))
    assert got == status
    assert words in data.decode()
    assert "error" in json.loads(data)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b"", b'{"model":' * 3000])
def test_what_is_no_json_object_is_refused(sim, provider, body):
    status, _, data = post(sim(fast()), provider, body or b" ")
    assert status == 400
    assert "error" in json.loads(data)


def test_only_models_of_the_scenario_are_known(sim):
    s = sim(fast("qwen", models=["qwen-plus"]))
    assert post(s, "qwen", body_of("qwen", model="qwen-plus"))[0] == 200
    assert post(s, "qwen", body_of("qwen", model="qwen-max"))[0] == 404


def test_an_unknown_path_gets_what_the_provider_does(sim):
    s = sim(fast())
    status, _, data = post(s, "doubao", path="/doubao/api/v3/chat/completion")
    assert (status, data) == (200, b"")
    for provider in PROVIDERS[1:]:
        status, _, data = post(s, provider, path=f"/{provider}/nowhere")
        assert status == 404 and "error" in json.loads(data)
    assert post(s, None, body={}, path="/nobody")[0] == 404


ERRORS = [
    # provider, word, status, what the body says somewhere
    ("doubao", "400", 400, "InvalidParameter"),
    ("doubao", "content_filtered", 400, "InputTextSensitiveContentDetected"),
    ("doubao", "403", 403, "AccessDenied"),
    ("doubao", "quota", 403, "AccountOverdueError"),
    ("doubao", "model_not_found", 404, "InvalidEndpointOrModel.NotFound"),
    ("doubao", "429", 429, "ModelAccountRpmRateLimitExceeded"),
    ("doubao", "429_burst", 429, "RequestBurstTooFast"),
    ("doubao", "429_balance", 429, "QuotaExceeded"),
    ("doubao", "SetLimitExceeded", 429, "SetLimitExceeded"),
    ("doubao", "overloaded", 429, "ServerOverloaded"),
    ("doubao", "500", 500, "InternalServiceError"),
    ("qwen", "content_filtered", 400, "data_inspection_failed"),
    ("qwen", "quota", 400, "Arrearage"),
    ("qwen", "429", 429, "limit_requests"),
    ("qwen", "429_tpm", 429, "insufficient_quota"),
    ("qwen", "429_balance", 429, "Free allocated quota exceeded"),
    ("qwen", "500", 500, "InternalError"),
    ("qwen", "503", 503, "ModelUnavailable"),
    ("deepseek", "402", 402, "Insufficient Balance"),
    ("deepseek", "content_filtered", 400, "Content Exists Risk"),
    ("deepseek", "422", 422, "error"),
    ("deepseek", "429", 429, "rate_limit_exceeded"),
    ("deepseek", "500", 500, "server_error"),
    ("deepseek", "503", 503, "too busy"),
    ("zhipu", "1302", 429, "1302"),
    ("zhipu", "rate_limited", 429, "1302"),
    ("zhipu", "429_balance", 429, "1113"),
    ("zhipu", "overloaded", 429, "1305"),
    ("zhipu", "content_filtered", 400, "contentFilter"),
    ("zhipu", "500", 500, "内部错误"),
    ("openai", "429", 429, "rate_limit_exceeded"),
    ("openai", "quota", 429, "insufficient_quota"),
    ("openai", "500", 500, "server_error"),
    ("openai", "503", 503, "slow_down"),
    ("zhipu", "503", 503, "<html>"),
] + [(provider, "502_html", 502, "<html>") for provider in PROVIDERS]


@pytest.mark.parametrize("provider,word,status,words", ERRORS)
def test_an_error_has_the_status_and_body_of_its_provider(sim, provider, word, status, words):
    s = sim(fast(provider, script=[word]))
    got, headers, data = post(s, provider, body_of(provider, stream=True))
    assert got == status
    assert words in data.decode()
    if "html" in headers["content-type"]:
        assert data.startswith(b"<html>")
    else:
        json.loads(data)
    assert post(s, provider)[0] == 200, "the script is used up"


def test_retry_after_comes_as_the_scenario_says(sim):
    s = sim(fast("qwen", rate={"retry_after": "7"}, script=["429", "500"]))
    assert post(s, "qwen")[1]["retry-after"] == "7"
    assert "retry-after" not in post(s, "qwen")[1]
    s.set_scenario(fast("qwen", rate={"retry_after": "date"}, script=["429"]))
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT",
                        post(s, "qwen")[1]["retry-after"])


# Scripts, chances, limits

def test_a_script_is_consumed_in_order(sim):
    s = sim(fast("doubao", script=["500 x2", "ok", "429"]))
    assert [post(s, "doubao")[0] for _ in range(6)] == [500, 500, 200, 429, 200, 200]
    s.reset()
    assert post(s, "doubao")[0] == 500, "a reset rewinds the script"
    assert s.stats()["doubao"]["requests"] == 1


def test_a_script_can_go_on_for_ever(sim):
    s = sim(fast("doubao", script=["ok", "503 forever"]))
    assert [post(s, "doubao")[0] for _ in range(5)] == [200, 503, 503, 503, 503]


def test_a_match_has_a_script_of_its_own(sim):
    s = sim(fast("qwen", script=["500"], match=[{"contains": "小米", "script": ["429 x2"]}]))
    about = body_of("qwen", "小米怎么样")
    assert post(s, "qwen", about)[0] == 429
    assert post(s, "qwen")[0] == 500
    assert post(s, "qwen")[0] == 200
    assert post(s, "qwen", about)[0] == 429
    assert post(s, "qwen", about)[0] == 200


def test_a_refused_request_does_not_use_up_a_script(sim):
    s = sim(fast("qwen", script=["500"]))
    assert post(s, "qwen", key="wrong")[0] == 401
    assert post(s, "qwen", b"{")[0] == 400
    assert post(s, "qwen")[0] == 500


def test_faults_come_as_often_as_they_are_likely(sim):
    s = sim(fast("doubao", faults=[{"fault": "500", "probability": 0.3},
                                   {"fault": "429", "probability": 0.2}]), seed=3)
    for i in range(300):
        post(s, "doubao", body_of("doubao", f"第 {i} 个问题"))
    errors = s.stats()["doubao"]["errors"]
    assert 60 <= errors["500"] <= 120
    assert 35 <= errors["429"] <= 85


def test_requests_per_minute_are_limited(sim):
    s = sim(fast("qwen", rate={"requests_per_minute": 3}))
    assert [post(s, "qwen")[0] for _ in range(5)] == [200, 200, 200, 429, 429]
    assert post(s, "doubao")[0] == 200


def test_concurrency_is_limited(sim):
    s = sim(fast("zhipu", rate={"concurrency": 2}, script=["hang x2"]))
    held = [send_raw(s, "zhipu") for _ in range(2)]
    assert until(lambda: s.stats()["zhipu"]["open"] == 2)
    status, _, data = post(s, "zhipu")
    assert status == 429 and b"1302" in data
    held[0].close()
    assert until(lambda: s.stats()["zhipu"]["open"] == 1)
    assert post(s, "zhipu")[0] == 200
    held[1].close()


# Time

def test_total_ms_is_how_long_a_call_takes(sim):
    s = sim({"defaults": {"latency": {"total_ms": 400}}})
    for provider in PROVIDERS:
        for stream in (False, True):
            start = time.monotonic()
            post(s, provider, body_of(provider, stream=stream))
            took = time.monotonic() - start
            assert 0.4 <= took < 1.5, (provider, stream)


def test_a_stream_begins_at_first_ms_and_flows(sim):
    s = sim(fast("doubao", latency={"first_ms": 200, "total_ms": 800}))
    with send_raw(s, "doubao", stream=True) as raw:
        start = time.monotonic()
        raw.recv(65536)
        first = time.monotonic() - start
        arrivals = 1
        while b"[DONE]" not in raw.recv(65536):
            arrivals += 1
        total = time.monotonic() - start
    assert 0.2 <= first < 0.75
    assert 0.8 <= total < 2
    assert arrivals >= 2


# Faults on the wire

def faulty(sim, provider, fault, seconds=1.0, **more):
    """(head, body, ending) of a call with that fault."""
    s = sim(fast(provider, script=[fault]))
    with send_raw(s, provider, **more) as raw:
        data, ending = read_for(raw, seconds)
        open_calls = s.stats()[provider]["open"]
    head, body = split(data)
    if ending == "open":
        assert open_calls == 1
    assert until(lambda: s.stats()[provider]["open"] == 0), "the call outlives its client"
    return head, body, ending


@pytest.mark.parametrize("fault", ["hang", "hang_accept"])
def test_a_hanging_call_says_nothing_until_the_client_goes(sim, fault):
    assert faulty(sim, "doubao", fault, 0.5) == (b"", b"", "open")


def test_hang_accept_does_not_read_the_body(sim):
    s = sim(fast("qwen", script=["hang_accept"]))
    with socket.create_connection(("127.0.0.1", s.port), timeout=10) as raw:
        raw.sendall(f"POST {PATHS['qwen']} HTTP/1.1\r\nContent-Length: 8000000\r\n\r\n".encode())
        raw.setblocking(False)
        sent = 0
        for _ in range(50):
            try:
                sent += raw.send(b" " * 200000)
            except BlockingIOError:
                time.sleep(0.01)
        assert sent < 7900000
        # A FIN would queue behind what is not read; a reset does not.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert until(lambda: s.stats()["qwen"]["open"] == 0)


def test_reset_is_a_reset_without_an_answer(sim):
    assert faulty(sim, "doubao", "reset") == (b"", b"", "reset")


@pytest.mark.parametrize("stream", [False, True])
def test_reset_mid_comes_after_half_of_the_body(sim, stream):
    head, body, ending = faulty(sim, "doubao", "reset_mid", stream=stream)
    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) > 50 and ending == "reset"
    assert b"[DONE]" not in body and not body.endswith(b"}")


def test_half_a_body_is_shorter_than_promised(sim):
    head, body, ending = faulty(sim, "zhipu", "half_body")
    promised = int(re.search(rb"Content-Length: (\d+)", head).group(1))
    assert ending == "fin"
    assert len(body) == promised // 2


def test_half_a_stream_is_not_closed_by_a_last_chunk(sim):
    head, body, ending = faulty(sim, "zhipu", "half_body", stream=True)
    assert b"chunked" in head and ending == "fin"
    assert not body.endswith(b"0\r\n\r\n")


def test_cut_stream_ends_http_but_not_the_answer(sim):
    head, body, ending = faulty(sim, "openai", "cut_stream", stream=True)
    assert ending == "fin"
    assert b"Connection: close" in head and b"chunked" not in head
    found = events(body)
    assert body.endswith(b"\n\n") and len(found) > 2
    assert all(not json.loads(e)["choices"][0]["finish_reason"] for e in found)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("prompt", [QUESTION, "Which phone should I buy?"])
def test_cut_utf8_ends_inside_a_character(sim, provider, prompt):
    _, body, ending = faulty(sim, provider, "cut_utf8", stream=True, prompt=prompt)
    assert ending == "fin"
    with pytest.raises(UnicodeDecodeError) as why:
        body.decode()
    assert why.value.reason == "unexpected end of data"


@pytest.mark.parametrize("stream", [False, True])
def test_stall_keeps_the_connection_open_after_some_text(sim, stream):
    head, body, ending = faulty(sim, "doubao", "stall", stream=stream)
    assert ending == "open" and len(body) > 50
    assert b"[DONE]" not in body


def test_drip_sends_a_byte_a_second(sim):
    _, body, ending = faulty(sim, "doubao", "drip", 2.6)
    assert ending == "open" and 2 <= len(body) <= 4


def test_slow_headers_come_byte_by_byte(sim):
    head, body, ending = faulty(sim, "doubao", "slow_headers", 1.5)
    assert ending == "open" and body == b""
    assert b"HTTP/1.1 200".startswith(head) and 5 <= len(head) <= 12


@pytest.mark.parametrize("stream,beat", [(True, b": keep-alive\n\n"), (False, b"\n")])
def test_keepalive_never_says_anything(sim, stream, beat):
    _, body, ending = faulty(sim, "deepseek", "keepalive", 1.2, stream=stream)
    assert ending == "open"
    assert 4 <= body.count(beat) and b"data" not in body and b"{" not in body


def test_flood_never_ends(sim):
    s = sim(fast("openai", script=["flood"]))
    with send_raw(s, "openai", stream=True) as raw:
        got = 0
        while got < 20_000_000:
            got += len(raw.recv(1 << 20))
        assert s.stats()["openai"]["open"] == 1
    assert until(lambda: s.stats()["openai"]["open"] == 0)


def one(sim, provider, fault, **more):
    s = sim(fast(provider, script=[fault]))
    return post(s, provider, body_of(provider, **more))


def test_empty_is_a_200_without_a_body(sim):
    status, headers, data = one(sim, "qwen", "empty", stream=True)
    assert (status, data, headers["content-length"]) == (200, b"", "0")


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [False, True])
def test_error_in_200_is_the_error_body_under_a_200(sim, provider, stream):
    status, headers, data = one(sim, provider, "error_in_200", stream=stream)
    assert status == 200 and headers["content-type"].startswith("application/json")
    reply = json.loads(data)
    assert ("error" in reply or "code" in reply) and "choices" not in reply


@pytest.mark.parametrize("provider", PROVIDERS)
def test_error_mid_is_an_event_after_some_text(sim, provider):
    _, _, data = one(sim, provider, "error_mid", stream=True)
    found = events(data)
    assert found[-1] == "[DONE]"
    last = json.loads(found[-2])
    assert "error" in last or "code" in last
    assert json.loads(found[-3])["choices"]


@pytest.mark.parametrize("stream", [False, True])
def test_garbage_is_no_json(sim, stream):
    status, _, data = one(sim, "doubao", "garbage", stream=stream)
    assert status == 200 and b"\xff\xfe" in data


def test_wrong_type_is_the_other_kind_of_reply(sim):
    _, headers, data = one(sim, "doubao", "wrong_type", stream=True)
    assert headers["content-type"].startswith("application/json") and json.loads(data)
    _, headers, data = one(sim, "doubao", "wrong_type", stream=False)
    assert headers["content-type"].startswith("text/event-stream")
    assert events(data)[-1] == "[DONE]"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_empty_content_is_a_proper_reply_that_says_nothing(sim, provider):
    _, _, data = one(sim, provider, "empty_content")
    assert json.loads(data)["choices"][0]["message"]["content"] == ""
    _, _, data = one(sim, provider, "empty_content", stream=True)
    assert stream_text(data) == "" and events(data)[-1] == "[DONE]"


@pytest.mark.parametrize("provider,reason", [
    ("doubao", "content_filter"), ("deepseek", "content_filter"), ("zhipu", "sensitive"),
    ("openai", "content_filter")])
def test_moderation_ends_the_answer_half_way(sim, provider, reason):
    for stream in (False, True):
        _, _, data = one(sim, provider, "sensitive", stream=stream)
        if stream:
            ends = [x.get("finish_reason") for e in events(data)[:-1]
                    for x in json.loads(e)["choices"]]
            assert [e for e in ends if e] == [reason]
        else:
            assert json.loads(data)["choices"][0]["finish_reason"] == reason


def test_qwen_moderates_with_an_error(sim):
    status, _, data = one(sim, "qwen", "sensitive")
    assert status == 400 and b"data_inspection_failed" in data
    status, _, data = one(sim, "qwen", "sensitive", stream=True)
    assert status == 200 and b"data_inspection_failed" in data


@pytest.mark.parametrize("provider,reason", [("zhipu", "network_error"),
                                             ("deepseek", "insufficient_system_resource")])
def test_network_error_is_a_finish_reason(sim, provider, reason):
    _, _, data = one(sim, provider, "network_error")
    assert json.loads(data)["choices"][0]["finish_reason"] == reason


def test_no_done_ends_without_the_last_event(sim):
    _, _, data = one(sim, "qwen", "no_done", stream=True)
    assert b"[DONE]" not in data and b'"finish_reason":"stop"' in data


def test_crlf_is_the_same_answer_with_other_line_ends(sim):
    _, _, data = one(sim, "qwen", "crlf", stream=True)
    assert b"\r\n\r\n" in data and b": ping\r\n" in data
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert stream_text(data.replace(b"\r\n", b"\n"))


def test_long_line_is_an_event_of_two_mebibytes(sim):
    _, _, data = one(sim, "zhipu", "long_line", stream=True)
    assert max(len(e) for e in events(data)) > 2 << 20
    assert stream_text(data)


@pytest.mark.parametrize("chunk", ["random", "byte"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_small_writes_carry_the_same_answer(sim, provider, chunk):
    cut, whole = sim(fast(provider, chunk=chunk), seed=5), sim(fast(), seed=5)
    more = {"stream": True}
    _, _, data = post(cut, provider, body_of(provider, **more))
    _, _, want = post(whole, provider, body_of(provider, **more))
    assert stream_text(data) == stream_text(want)


# Answers

def test_the_same_seed_gives_the_same_answers(sim):
    prompts = [QUESTION, MATRIX, "Which robot vacuum is best?", QUESTION]
    first, again, other = sim(fast(), seed=11), sim(fast(), seed=11), sim(fast(), seed=12)
    answers = [[ask(s, p, q) for p in PROVIDERS for q in prompts]
               for s in (first, again, other)]
    assert answers[0] == answers[1]
    assert answers[0] != answers[2]
    assert len(set(answers[0])) > len(answers[0]) // 2


def test_overtaking_calls_do_not_change_each_others_answers(sim):
    forward, backward = sim(fast(), seed=2), sim(fast(), seed=2)
    prompts = [f"{QUESTION}（{i}）" for i in range(10)]
    assert ([ask(forward, "qwen", q) for q in prompts] ==
            [ask(backward, "qwen", q) for q in reversed(prompts)][::-1])


def test_the_named_brand_is_in_about_three_answers_of_four(sim):
    s = sim(fast(), seed=4)
    for prompt, brand in ((MATRIX, "华为"),
                          ("Best electric car?\nBrand: Lucid\nCompetitors: Tesla, BYD", "Lucid"),
                          ("推荐一款。\n**品牌**：云上茶；**竞品**：喜茶、霸王茶姬", "云上茶")):
        named = sum(brand in ask(s, "doubao", f"{prompt}\n#{i}") for i in range(120))
        assert 72 <= named <= 110, brand


def test_the_language_of_the_answer_is_that_of_the_question(sim):
    s = sim(fast())
    for i in range(20):
        assert re.search("[一-龥]", ask(s, "qwen", f"哪家咖啡好喝？{i}"))
        assert not re.search("[一-龥]", ask(s, "qwen", f"Which coffee chain is best? {i}"))


def test_names_in_another_script_do_not_change_the_language(sim):
    s = sim(fast("qwen", answer="list"))
    english = "Brand: 华为\nCompetitors: 小米\nQuestion: Which electric car should I buy?"
    chinese = "iPhone 16 和 HUAWEI Pura 70 哪个手机好"
    assert "{" not in ask(s, "qwen", english)
    assert re.search("[a-z]{4} .*[a-z]{4}", ask(s, "qwen", english))
    assert re.search("[一-龥]{4}", ask(s, "qwen", chinese))


@pytest.mark.parametrize("kind,mark", [("table", r"\|---|\| ---|\|:--"), ("json", "geo_analysis"),
                                       ("disclaimer", "华为"), ("list", r"1|第一名")])
def test_a_kind_of_answer_can_be_asked_for(sim, kind, mark):
    s = sim(fast("doubao", answer=kind))
    for i in range(10):
        assert re.search(mark, ask(s, "doubao", f"{MATRIX} {i}"))


def test_a_brand_can_be_made_absent(sim):
    s = sim({"defaults": {"latency": FAST, "answer": "brand-absent"}})
    for i in range(40):
        text = ask(s, "doubao", f"哪种扫地机器人好\n品牌：石头\n竞品：追觅 {i}")
        assert "石头" not in text


def test_no_slot_is_left_open(sim):
    s = sim(fast(), seed=9)
    for i in range(150):
        for q in (f"手机推荐 {i}", f"Which phone? {i}", f"推荐什么 {i}"):
            assert not re.search(r"\{[A-Z][a-z]?\}", ask(s, "openai", q))


# The program

def test_counters_and_log_tell_what_came(sim):
    s = sim(fast("doubao", script=["500"]))
    post(s, "doubao", body_of("doubao", MATRIX))
    post(s, "doubao", body_of("doubao", MATRIX, stream=True))
    post(s, "doubao", key="wrong")
    stats = s.stats()["doubao"]
    assert stats == {"requests": 3, "ok": 1, "aborted": 0, "errors": {"500": 1, "401": 1},
                     "open": 0, "max_open": 1, "by_status": {"500": 1, "200": 1, "401": 1}}
    log = s.log()
    assert [line["fault"] for line in log] == ["500", "ok", "401"]
    assert log[0]["brand"] == "华为" and log[0]["prompt"] == MATRIX[:80]
    assert log[1]["stream"] and log[1]["answered"] and log[1]["model"] == "some-model"
    assert [line["fault"] for line in s.log(1)] == ["401"]
    assert log[0]["at_ms"] <= log[1]["at_ms"] <= log[2]["at_ms"]


def test_a_connection_is_used_again(sim):
    s = sim(fast("qwen", script=["ok", "500"]))
    connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=10)
    connection.connect()
    mine = connection.sock.getsockname()
    for status in (200, 500, 200):
        connection.request("POST", PATHS["qwen"], json.dumps(body_of("qwen")).encode(),
                           {"Authorization": "Bearer sim-key"})
        reply = connection.getresponse()
        reply.read()
        assert reply.status == status
        assert connection.sock.getsockname() == mine
    connection.close()


def test_a_request_may_come_in_any_pieces_and_two_at_once(sim):
    s = sim(fast())
    data = json.dumps(body_of("qwen")).encode()
    whole = (f"POST {PATHS['qwen']} HTTP/1.1\r\nauthorization: bearer sim-key\r\n"
             f"content-length: {len(data)}\r\n\r\n").encode() + data
    with socket.create_connection(("127.0.0.1", s.port), timeout=10) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(0, len(whole), 7):
            raw.sendall(whole[i:i + 7])
        raw.sendall(whole)
        data = b""
        while data.count(b"HTTP/1.1 200 OK") < 2 or not data.endswith(b"}"):
            more = raw.recv(65536)
            assert more
            data += more


@pytest.mark.parametrize("text,status", [
    (b"nonsense\r\n\r\n", 400), (b"GET / HTTP/2.0\r\n\r\n", 400), (b"\0\0\0\0", 400),
    (b"POST /x HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
    (b"POST /x HTTP/1.1\r\nContent-Length: abc\r\n\r\n", 400),
    (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    (b"GET / HTTP/1.1\r\nX: " + b"x" * 40000, 431)])
def test_what_is_no_http_is_refused_and_closed(sim, text, status):
    s = sim()
    with socket.create_connection(("127.0.0.1", s.port), timeout=10) as raw:
        raw.sendall(text)
        data, ending = read_for(raw, 3)
    assert data.startswith(f"HTTP/1.1 {status} ".encode()) and ending in ("fin", "reset")


def test_a_scenario_can_be_replaced_while_it_runs(sim):
    s = sim(fast())
    s.set_scenario(fast("zhipu", script=["1113"]))
    assert post(s, "zhipu")[0] == 429
    status, reply = s.call("POST", "/sim/scenario", b'{"providers":{"zhipu":{"speed":1}}}')
    assert status == 400 and "unknown key 'speed'" in reply["error"]
    assert post(s, "zhipu")[0] == 200, "the scenario of before is still there"


REFUSED = [
    ({"tempo": 1}, "scenario: unknown key 'tempo'; known here: seed speed key defaults providers"),
    ({"speed": 0}, "scenario.speed: must be a number from 0.1"),
    ({"providers": {"qwen": {"location": "a\nb"}}},
     "providers.qwen.location: must be a string of at most 255 bytes, on one line"),
    ({"providers": {"qwen": {"rate": {"retry_after_ms": 5}}}},
     "providers.qwen.rate.retry_after_ms: must be a string"),
    ({"providers": {"bing": {}}}, "providers: unknown key 'bing'"),
    ({"providers": {"qwen": {"latency": {"first": 1}}}},
     "providers.qwen.latency: unknown key 'first'"),
    ({"providers": {"qwen": {"latency": {"first_ms": "slow"}}}},
     "providers.qwen.latency.first_ms: must be a number"),
    ({"providers": {"qwen": {"latency": {"first_ms": {"median": 9, "p95": 1}}}}},
     "providers.qwen.latency.first_ms.p95: must be a number from 9"),
    ({"providers": {"qwen": {"script": ["500 x0"]}}}, "providers.qwen.script[0]: '500 x0'"),
    ({"providers": {"qwen": {"script": ["ok", "422"]}}},
     "providers.qwen.script[1]: qwen has no fault or error '422'"),
    ({"providers": {"qwen": {"faults": [{"fault": "500"}]}}},
     'providers.qwen.faults[0]: needs "probability"'),
    ({"providers": {"qwen": {"faults": [{"fault": "500", "probability": 2}]}}},
     "providers.qwen.faults[0]: probability must be from 0 to 1"),
    ({"providers": {"qwen": {"match": [{"script": ["ok"]}]}}},
     'providers.qwen.match[0]: needs "contains"'),
    ({"providers": {"qwen": {"answer": "poem"}}},
     "providers.qwen.answer: no answers of kind 'poem'"),
    ({"providers": {"qwen": {"chunk": "none"}}},
     "providers.qwen.chunk: must be event, random or byte"),
    ({"seed": -1}, "seed: must be a whole number"),
    ({"defaults": {"rate": {"rpm": 1}}}, "defaults.rate: unknown key 'rpm'"),
    ([], "scenario: must be an object"),
]


@pytest.mark.parametrize("scenario,message", REFUSED)
def test_a_wrong_scenario_is_refused_with_the_place(bin_dir, tmp_path, scenario, message):
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(scenario))
    done = subprocess.run([bin_dir / "brandiag-sim", "--scenario", file],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("args,words", [
    (["--listen", "0.0.0.0:0"], "loopback"), (["--listen", "[::]:0"], "loopback"),
    (["--listen", "10.0.0.1:80"], "loopback"), (["--listen", "127.0.0.1"], "loopback"),
    (["--seed", "x"], "--seed"), (["--speed", "0"], "--speed"), (["--speed", "fast"], "--speed"), (["--wrong"], "--help"), (["extra"], "extra"),
    (["--scenario", "/nonexistent.json"], "nonexistent.json")])
def test_wrong_options_are_refused(bin_dir, args, words):
    done = subprocess.run([bin_dir / "brandiag-sim", *args], capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""


def test_help_names_every_option(bin_dir):
    done = subprocess.run([bin_dir / "brandiag-sim", "--help"], capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 0
    for option in "listen scenario seed speed key port-file exit-with-parent quiet help".split():
        assert f"--{option}" in done.stdout


def test_the_port_is_written_to_a_file(bin_dir, tmp_path):
    file = tmp_path / "port"
    process = subprocess.Popen([bin_dir / "brandiag-sim", "--port-file", file, "--quiet"],
                               stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert re.fullmatch(r"listening on http://127\.0\.0\.1:\d+\n", line)
        assert file.read_text().strip() == line.strip().rsplit(":", 1)[1]
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()


def test_it_stops_at_once_with_calls_open(sim):
    s = sim({"defaults": {"script": ["hang forever"]}})
    held = [send_raw(s, p) for p in PROVIDERS for _ in range(10)]
    assert until(lambda: sum(p["open"] for p in s.stats().values()) == 50)
    start = time.monotonic()
    assert s.stop() == 0
    assert time.monotonic() - start < 2
    for raw in held:
        raw.close()


def test_it_ends_with_its_parent(bin_dir):
    parent = ("import subprocess, sys\n"
              "p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)\n"
              "p.stdout.readline()\n"
              "print(p.pid, flush=True)\n")
    done = subprocess.run([sys.executable, "-c", parent, bin_dir / "brandiag-sim",
                           "--exit-with-parent", "--quiet"],
                          stdout=subprocess.PIPE, text=True, timeout=20, check=True)
    pid = int(done.stdout)

    def gone():
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                return f.read().split()[2] == "Z"
        except FileNotFoundError:
            return True
    assert until(gone), "the simulator outlives its parent"


def descriptors(s):
    return len(os.listdir(f"/proc/{s.pid}/fd"))


def test_a_thousand_calls_are_open_at_once(sim):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    s = sim({"defaults": {"latency": {"total_ms": 2000}}})
    post_stats = s.stats()
    assert post_stats["doubao"]["open"] == 0
    before = descriptors(s)
    poll, calls = select.epoll(), {}
    try:
        for i in range(1000):
            raw = socket.create_connection(("127.0.0.1", s.port), timeout=10)
            data = raw_request(PROVIDERS[i % 4], stream=i % 2 == 0, prompt=f"{QUESTION}{i}")
            calls[raw.fileno()] = [raw, data, None, None]
            poll.register(raw, select.EPOLLIN)
        for call in calls.values():
            call[2] = time.monotonic()
            call[0].sendall(call[1])
            call[1] = b""
        waiting = len(calls)
        while waiting:
            ready = poll.poll(10)
            assert ready, f"{waiting} calls are not answered"
            for fd, _ in ready:
                call = calls[fd]
                call[1] += call[0].recv(65536)
                if call[3] is None and (call[1].endswith(b"\r\n0\r\n\r\n") or
                                        call[1].endswith(b"}") and b"chunked" not in call[1]):
                    call[3] = time.monotonic()
                    waiting -= 1
        stats = s.stats()
        assert max(c[3] for c in calls.values()) - min(c[2] for c in calls.values()) < 6
        assert min(c[3] - c[2] for c in calls.values()) >= 1.9
    finally:
        for call in calls.values():
            call[0].close()
        poll.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert sum(stats[p]["ok"] for p in PROVIDERS) == 1000
    assert sum(stats[p]["max_open"] for p in PROVIDERS) >= 900
    assert until(lambda: descriptors(s) <= before + 1)


def test_clients_that_go_at_any_time_leave_nothing_behind(sim):
    s = sim({"defaults": {"latency": {"total_ms": 300}, "chunk": "random"}})
    s.stats()
    before = descriptors(s)
    for i in range(200):
        raw = send_raw(s, PROVIDERS[i % 5], stream=True, prompt=f"{QUESTION}{i}")
        if i % 3 == 0:
            read_for(raw, 0.002 * (i % 40))
        if i % 2:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
    assert until(lambda: descriptors(s) <= before + 1)
    assert until(lambda: all(p["open"] == 0 for p in s.stats().values()))
    assert sum(p["aborted"] for p in s.stats().values()) > 100
