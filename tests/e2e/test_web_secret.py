"""A service that repeats the key, whole or in pieces: no client of the daemon and no file of it has it."""
import collections
import http.server
import json
import threading

import pytest

from brandiag import KEY_ENV, house  # noqa: F401
from serve import Daemon, inquiry_of

CANARY = "sk-canary-7f3a9c51e08b46d2a1c4"
QUICK_RETRY = {"retry": {"max_retries": "0"}, "log": {"level": "debug"}}


class Parrot(http.server.BaseHTTPRequestHandler):
    """/error: the key in a refusal. /late: in an error after half of a stream. /text: in a stream, in
    pieces, slowly."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Authorization"].removeprefix("Bearer ")
        if "/error/" in self.path:
            return self.whole(500, {"error": {"message": f"no: {key} ({key}). Bearer {key}", "code": key, "type": key,
                                              "param": key}, "request_id": key})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("X-Request-Id", key)
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in pieces(f"1. 华为 {key} 很好。\n2. 小米 {key}{key}\n" * 3, 7):
            self.event({"id": key, "model": key, "choices": [{"index": 0, "delta": {"content": piece}}]})
            self.server.beat.wait(0.02)
        if "/late/" in self.path:
            return self.event({"error": {"message": f"overloaded, {key}", "code": key, "type": "server_error"}})
        self.event({"id": key, "model": key, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, o):
        self.wfile.write(b"data: " + json.dumps(o, ensure_ascii=False).encode() + b"\n\n")
        self.wfile.flush()

    def whole(self, status, o):
        data = json.dumps(o).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def pieces(text, n):
    return [text[i:i + n] for i in range(0, len(text), n)]


@pytest.fixture
def parrot():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Parrot)
    server.beat = threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.beat.set()
    server.shutdown()
    thread.join()
    server.server_close()


def open_place(house, url, storage):
    settings = {**QUICK_RETRY, **{f"provider:{name}": {
        "plugin": "openai", "model": "m", "base_url": f"{url}/{name}/v1", "allow_private": "yes",
        "api_key_env": KEY_ENV} for name in ("error", "late", "text")}}
    return house(None, [], settings, storage=storage)


def everything(d, id):
    """All that a client can get of it and of the server, as texts by name."""
    paths = ["/", "/metrics", "/v1/status", "/v1/providers", "/v1/diagnoses", "/v1/diagnoses?state=unfinished",
             f"/v1/diagnoses/{id}", f"/v1/diagnoses/{id}/report", f"/v1/diagnoses/{id}/report?format=terminal&answers=1",
             f"/v1/diagnoses/{id}/report?format=terminal&answers=1&lang=en&columns=400"]
    return {path: d.get(path).text for path in paths}


def clean(texts):
    """Neither the key nor what would do to guess the rest of it."""
    for name, text in texts.items():
        assert "canary" not in text.lower(), (name, text[max(0, text.lower().index("canary") - 200):][:600])
        for i in range(len(CANARY) - 11):
            assert CANARY[i:i + 12] not in text, (name, CANARY[i:i + 12])


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl", "store_memory"])
def test_a_service_that_repeats_the_key_tells_it_to_nobody(house, parrot, storage):
    place = open_place(house, parrot, storage)
    env = {KEY_ENV: CANARY}
    with Daemon(place, env=env) as d:
        id = d.submit(samples=2)
        told, events = collections.defaultdict(str), []
        for name, _, data in d.events(id, "?text=1"):
            events.append(json.dumps(data, ensure_ascii=False))
            if name == "text":
                told[data["cell"]] += data["text"]
        report = d.report(id)
        by = {c["provider"]: c for c in report["cells"]}
        assert by["text"]["status"] == "ok" and "华为" in by["text"]["text"], by["text"]
        assert by["error"]["status"] == "error" and by["error"]["error"]["message"]
        assert any("华为" in text for text in told.values()), "no text was told while it came"
        clean({"events": "\n".join(events), "texts put together": "\n".join(told.values()), **everything(d, id)})
        for path, body in (("/v1/diagnoses", {**inquiry_of(), "api_key": "x"}), ("/v1/reload", {})):
            clean({path: d.post(path, body).text})
        assert d.stop() == 0
        clean({"log": d.errors})
    with Daemon(place, env=env) as d:
        if storage != "store_memory":
            clean({"events of a stored one": json.dumps([e[2] for e in d.events(id)], ensure_ascii=False),
                   **everything(d, id)})
        assert d.stop() == 0
    clean({str(f): f.read_bytes().decode("utf-8", "replace") for f in place.directory.rglob("*") if f.is_file()})
