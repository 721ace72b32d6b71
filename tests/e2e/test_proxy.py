"""The configuration of docs/nginx.md, in a real nginx before a real daemon."""
import http.client
import json
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest

from brandiag import ROOT, house  # noqa: F401
from serve import Daemon, inquiry_of

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
OPENSSL = shutil.which("openssl")
PAGE = (ROOT / "docs/nginx.md").read_text(encoding="utf-8")
NAME = "brandiag.example"
TOKEN = "0123456789abcdef" * 4
SLOW = {"defaults": {"latency": {"first_ms": 100, "total_ms": 2500}}}

pytestmark = pytest.mark.skipif(not pathlib.Path(NGINX).exists() or not OPENSSL,
                                reason="nginx and openssl are not installed")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Proxy:
    def __init__(self, folder, upstream):
        self.port = free_port()
        subprocess.run([OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", folder / "own.key", "-out", folder / "own.pem", "-days", "2", "-subj", f"/CN={NAME}",
                        "-addext", f"subjectAltName=DNS:{NAME}"], check=True, capture_output=True)
        piece = re.search(r"```nginx\n(.*?)```", PAGE, re.S)[1]
        for old, new in [("127.0.0.1:8731", f"127.0.0.1:{upstream}"), ("443 ssl", f"127.0.0.1:{self.port} ssl"),
                         (f"/etc/ssl/{NAME}.pem", folder / "own.pem"), (f"/etc/ssl/private/{NAME}.key", folder / "own.key")]:
            assert piece.count(old) == 1
            piece = piece.replace(old, str(new))
        temporary = "".join(f"{what}_temp_path {folder}/{what}; "
                            for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{ access_log off; {temporary}\n{piece}}}\n")
        self.context = ssl.create_default_context(cafile=folder / "own.pem")
        self.process = subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-p", folder],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        self.stop()
        raise AssertionError((folder / "error.log").read_text())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPSConnection(NAME, self.port, timeout=20, context=self.context)
        connection._create_connection = lambda *_, **__: socket.create_connection(("127.0.0.1", self.port), 20)
        head = {"Host": NAME, "Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        connection.request(method, path, body, {**head, **{k.replace("_", "-"): v for k, v in headers.items()}})
        return connection.getresponse()


@pytest.fixture
def proxy(house, tmp_path):
    token = tmp_path / "token"
    token.touch(0o600)
    token.write_text(TOKEN + "\n")
    place = house(SLOW, settings={"server": {"token_file": str(token), "hosts": NAME, "origins": f"https://{NAME}"}})
    folder = tmp_path / "nginx"
    folder.mkdir()
    with Daemon(place) as d:
        p = Proxy(folder, d.port)
        try:
            yield p
        finally:
            p.stop()


def test_the_ini_beside_it_has_the_same_names():
    ini = re.search(r"```ini\n(.*?)```", PAGE, re.S)[1]
    assert f"hosts = {NAME}" in ini and f"origins = https://{NAME}" in ini


def test_events_come_through_as_they_happen(proxy):
    got = proxy.ask("POST", "/v1/diagnoses", json.dumps(inquiry_of()), Origin=f"https://{NAME}")
    assert got.status == 202, got.read()
    id = json.loads(got.read())["id"]
    began = time.monotonic()
    stream = proxy.ask("GET", f"/v1/diagnoses/{id}/events")
    assert stream.status == 200
    first = stream.readline()
    assert first.startswith(b"event: state") and time.monotonic() - began < 1.5, "they are held back"
    assert b"event: done" in stream.read()
    assert time.monotonic() - began > 1.5
    report = proxy.ask("GET", f"/v1/diagnoses/{id}/report")
    assert report.status == 200 and json.loads(report.read())["summary"]["success"]


@pytest.mark.parametrize("headers, status", [
    ({"Authorization": "Bearer wrong"}, 401),
    ({"Origin": "https://evil.example"}, 403),
    ({"Host": "other.example"}, 421),
])
def test_the_checks_hold_through_it(proxy, headers, status):
    assert proxy.ask("GET", "/v1/diagnoses", **headers).status == status


def test_metrics_are_not_for_the_network(proxy):
    assert proxy.ask("GET", "/metrics").status == 403
