"""Whoever reaches the port: pages of others, guessers of the token, clients that are no clients."""
import json
import os
import socket
import statistics
import time

import pytest

from brandiag import quick, slack, house  # noqa: F401
from serve import Daemon, inquiry_of, numbers

BODY = json.dumps(inquiry_of()).encode()
TOKEN = "0123456789abcdef0123456789abcdef"


def raw(d, data, timeout=15):
    """The first line of what comes back; "" if the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", d.port), timeout=timeout) as s:
        try:
            s.sendall(data)
        except OSError:
            pass  # it was closed while we were still sending
        got = b""
        try:
            while b"\r\n" not in got:
                piece = s.recv(65536)
                if not piece:
                    break
                got += piece
        except OSError:
            pass
    return got.split(b"\r\n")[0].decode("latin-1")


def status(line):
    return int(line.split()[1]) if line.startswith("HTTP/") else 0


def request(method="POST", path="/v1/diagnoses", host="localhost", body=BODY, kind="application/json", **headers):
    lines = [f"{method} {path} HTTP/1.1"]
    if host is not None:
        lines.append(f"Host: {host}")
    if kind:
        lines.append(f"Content-Type: {kind}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if "Content_Length" not in headers and "Transfer_Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def nothing_happened(d):
    assert d.get("/v1/diagnoses").json["diagnoses"] == []


PAGES = {
    "evil_host": (dict(host="evil.example"), 421), "evil_port": (dict(host="localhost:1"), 421),
    "rebound": (dict(host="evil.example:{port}"), 421), "no_host": (dict(host=None), 400),
    "evil_origin": (dict(Origin="https://evil.example"), 403), "null_origin": (dict(Origin="null"), 403),
    "form": (dict(kind="application/x-www-form-urlencoded"), 415), "no_type": (dict(kind=None), 415),
    "text": (dict(kind="text/plain"), 415), "multipart": (dict(kind="multipart/form-data"), 415),
    "trace": (dict(method="TRACE"), 405), "connect": (dict(method="CONNECT"), 405),
    "options": (dict(method="OPTIONS"), 405), "unknown": (dict(method="BREW"), 501),
    "absolute": (dict(path="http://evil.example/v1/diagnoses"), 400),
}


def test_a_page_of_another_site_can_do_nothing(house):
    with Daemon(house(quick())) as d:
        for name, (how, expected) in PAGES.items():
            how = {k: v.format(port=d.port) if isinstance(v, str) else v for k, v in how.items()}
            got = status(raw(d, request(**how)))
            assert got == expected or (name in ("connect", "absolute", "options", "no_host") and got in (400, 404, 405)), \
                (name, got)
            for header in ("Access-Control-Allow-Origin",):
                assert header not in d.ask("OPTIONS", "/v1/diagnoses").headers
        nothing_happened(d)
        assert status(raw(d, request(host=f"127.0.0.1:{d.port}"))) == 202


def token_place(house, **server):
    place = house(quick(), settings={"server": {k: v for k, v in server.items()}})
    (place.directory / "token").write_text(TOKEN + "\n")
    (place.directory / "token").chmod(0o600)
    return place


def test_other_addresses_than_loopback_need_a_token(house):
    place = token_place(house, listen="0.0.0.0:0")
    got = place.run("serve")
    assert got.code == 2 and "token" in got.errors, got
    place.sections["server"]["token_file"] = str(place.directory / "token")
    (place.directory / "token").chmod(0o644)
    place.write()
    assert place.run("serve").code == 2
    (place.directory / "token").chmod(0o600)
    with Daemon(place) as d:
        assert d.get("/v1/status").status == 401
        assert d.get("/v1/status", headers={"Authorization": f"Bearer {TOKEN}"}).status == 200


def test_a_guesser_is_slowed_and_who_has_the_token_is_not(house):
    place = token_place(house)
    place.sections["server"]["token_file"] = str(place.directory / "token")
    right = {"Authorization": f"Bearer {TOKEN}"}
    with Daemon(place) as d:
        assert d.get("/healthz").status == 200 and d.get("/readyz").status == 200
        assert d.get("/metrics").status == 401
        wrong = [d.get("/v1/status", headers={"Authorization": f"Bearer {i:032}"}).status for i in range(12)]
        assert wrong[0] == 401 and wrong[-1] == 429, wrong
        began = time.monotonic()
        assert d.get("/v1/status", headers={"Authorization": "Bearer x"}).status == 429
        assert time.monotonic() - began > 0.9
        began = time.monotonic()
        assert d.get("/v1/status", headers=right).status == 200
        assert time.monotonic() - began < 0.9
        told = place.run("ctl", "status", "--server", f"http://127.0.0.1:{d.port}")
        assert told.code == 0, told  # the token is found in the configuration
        another = "f" * 40
        (place.directory / "token").write_text(another)
        assert d.post("/v1/reload", headers=right).status == 200
        assert d.get("/v1/status", headers={"Authorization": f"Bearer {another}"}).status == 200
        assert d.get("/v1/status", headers=right).status in (401, 429)
        assert TOKEN not in d.errors


def test_requests_that_are_none_are_closed_and_hurt_nobody(house):
    with Daemon(house(quick())) as d:
        before = numbers(d.pid)
        attacks = {
            "two_lengths": request(Content_Length="5") .replace(b"\r\n\r\n", b"\r\nContent-Length: 700\r\n\r\n", 1),
            "negative": request(Content_Length="-1"), "huge": request(Content_Length=str(10 << 30)),
            "overflow": request(Content_Length="9" * 30),
            "smuggle": request(Transfer_Encoding="chunked").replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n", 1),
            "chunk_size": request(body=b"8000000000000000\r\nabc\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
            "chunk_garbage": request(body=b"zz\r\nabc\r\n", Transfer_Encoding="chunked"),
            "nested": request(body=b"[" * 1000000), "nul": request(body=BODY.replace(b"brand", b"br\0nd")),
            "utf8": request(body=b'{"brand": "\xff\xfe"}'), "large": request(body=b" " * (2 << 20) + BODY),
            "long_url": request(path="/" + "x" * (1 << 20)), "nul_path": request(path="/v1/diagnoses/%00"),
            "dots": request(method="GET", path="/v1/diagnoses/../../etc/passwd"),
            "many_headers": request().replace(b"\r\n\r\n", b"\r\n" + b"\r\n".join(b"X-%d: y" % i for i in range(100000)) + b"\r\n\r\n", 1),
            "tls": bytes.fromhex("16030100a5010000a10303") + os.urandom(160), "nothing": b"\r\n\r\n",
            "binary": os.urandom(4000),
        }
        for name, data in attacks.items():
            got = status(raw(d, data))
            assert got == 0 or 400 <= got <= 501, (name, got)
            assert d.get("/healthz").status == 200, name
        nothing_happened(d)
        pipelined = b"".join(request(method="GET", path="/healthz", body=b"") for _ in range(200))
        with socket.create_connection(("127.0.0.1", d.port), timeout=10) as s:
            s.sendall(pipelined)
            got, until = b"", time.monotonic() + 10
            while got.count(b"alive") < 200 and time.monotonic() < until:
                got += s.recv(65536)
        assert got.count(b"alive") == 200
        if not slack(d.place):
            assert numbers(d.pid)["rss"] - before["rss"] < 50 << 20


def test_clients_that_never_finish_take_nobody_elses_place(house):
    """Three hundred that send a byte now and then; the others do not notice."""
    with Daemon(house(quick())) as d:
        quiet = []
        for _ in range(100):
            began = time.monotonic()
            assert d.get("/healthz").status == 200
            quiet.append(time.monotonic() - began)
        before, slow = numbers(d.pid), []
        for i in range(300):
            s = socket.create_connection(("127.0.0.1", d.port), timeout=5)
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: local" if i % 2 else request(Content_Length="100000")[:-10])
            slow.append(s)
        beside, began = [], time.monotonic()
        while time.monotonic() - began < 4:
            for s in slow[::50]:
                try:
                    s.sendall(b"x")
                except OSError:
                    pass
            start = time.monotonic()
            assert d.get("/healthz").status == 200
            beside.append(time.monotonic() - start)
        during = numbers(d.pid)
        assert statistics.median(beside) < 10 * statistics.median(quiet) + 0.01
        if not slack(d.place):
            assert during["rss"] - before["rss"] < 50 << 20
        time.sleep(9)
        open_now = 0
        for s in slow[1::2]:  # headers that were never whole are cut off after 10 s
            s.settimeout(0.01)
            try:
                open_now += s.recv(1) != b""
            except TimeoutError:
                open_now += 1
            except OSError:
                pass
        assert open_now == 0
        for s in slow:
            s.close()
        time.sleep(1.5)
        assert numbers(d.pid)["fds"] <= before["fds"] + 2


def test_no_key_is_in_any_answer(house):
    key = "sk-canary-0123456789abcdef"
    place = house({"defaults": {"latency": {"first_ms": 50, "total_ms": 600},
                                "answer": {"text": f"1. 华为 {key} 很好。\n2. 小米\n" * 5}}}, key=key,
                  settings={"log": {"level": "debug"}})
    with Daemon(place, env={"E2E_KEY": key}) as d:
        id = d.submit()
        events = json.dumps([data for _, _, data in d.events(id, "?text=1")], ensure_ascii=False)
        report = d.get(f"/v1/diagnoses/{id}/report")
        assert report.json["cells"][0]["status"] == "ok"
        everything = [events, report.text, d.get("/metrics").text, d.get("/v1/status").text, d.get("/v1/providers").text,
                      d.get(f"/v1/diagnoses/{id}").text, d.get("/v1/diagnoses").text, d.get("/").text,
                      d.get(f"/v1/diagnoses/{id}/report?format=terminal&answers=1").text, d.errors]
        assert d.stop() == 0
    for text in everything:
        assert key not in text and key[:20] not in text
    assert key.encode() not in place.database.read_bytes()
