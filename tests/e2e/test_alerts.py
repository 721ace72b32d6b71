"""[alerts] of the daemon, told to a program on loopback: what is wrong, and that it is over."""
import http.server
import json
import re
import threading
import time

import pytest

from brandiag import quick, house  # noqa: F401
from serve import Daemon


class Hook:
    """Takes messages; answers the first with 500, to be told again."""

    def __init__(self):
        hook = self
        self.got, self.asked = [], 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.asked += 1
                if hook.asked == 1:
                    self.send_response(500)
                else:
                    hook.got.append(body)
                    self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def wait(self, kind, state, within=15, subject=None):
        until = time.monotonic() + within
        while time.monotonic() < until:
            for message in self.got:
                if (message["kind"], message["state"]) == (kind, state) and subject in (None, message["subject"]):
                    return message
            time.sleep(0.05)
        raise AssertionError((kind, state, self.got))


@pytest.fixture
def hook():
    h = Hook()
    yield h
    h.server.shutdown()
    h.server.server_close()


def alerting(house, hook, scenario, providers):
    return house(scenario, providers, {
        "alerts": {"webhook": hook.url, "allow_private": "yes", "format": "generic", "lang": "en", "hold": "0s", "resolve": "1s",
                   "min_cells": "5", "window": "5s", "success_below": "90"},
        "breaker": {"recovery_timeout": "1s"}, "retry": {"max_retries": "0"}})


def test_a_refused_key_is_told_and_that_it_is_over(house, hook):
    place = alerting(house, hook, quick(zhipu={"script": ["401 forever"]}), ["qwen", "zhipu"])
    with Daemon(place) as d:
        d.wait(d.submit())
        told = hook.wait("provider_off", "firing")
        assert told["subject"] == "zhipu" and told["severity"] == "critical" and told["schema"] == "brandiag.alert/1"
        assert hook.asked >= 2, "a message that was not taken is sent again"
        place.sim.set_scenario(quick())
        assert d.post("/v1/reload").status == 200
        hook.wait("provider_off", "resolved")
        assert hook.url not in d.errors


def test_an_open_breaker_a_low_rate_and_a_failed_reload_are_told_and_resolved(house, hook):
    place = alerting(house, hook, quick(zhipu={"script": ["500 forever"]}), ["qwen", "zhipu"])
    with Daemon(place) as d:
        d.wait(d.submit(samples=8))
        assert "zhipu" in hook.wait("breaker_open", "firing")["subject"]
        rate = hook.wait("success_rate", "firing", subject="all providers")
        assert rate["value"] < rate["threshold"] == 90
        place.sections["engine"] = {"deadlin": "1s"}
        place.write()
        assert d.post("/v1/reload").status == 422
        assert re.search(r"brandiag.ini:\d+: .*deadlin", hook.wait("reload_failed", "firing")["text"])
        place.sections.pop("engine")
        place.write()
        assert d.post("/v1/reload").status == 200
        hook.wait("reload_failed", "resolved")
        place.sim.set_scenario(quick())
        time.sleep(1.2)
        d.wait(d.submit(questions=["1?", "2?", "3?", "4?", "5?"], samples=10))  # 108 of 116 answered
        hook.wait("breaker_open", "resolved")
        hook.wait("success_rate", "resolved", 20, "all providers")
