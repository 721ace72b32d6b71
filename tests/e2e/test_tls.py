"""TLS as real services have it: nginx in front of the simulator, with good certificates and
bad ones. nginx runs in the foreground on a free port, and is stopped by its own pid."""
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest

from brandiag import ALL, KEY, house, one_provider, quick, slack  # noqa: F401

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
OPENSSL = shutil.which("openssl")
ONCE = {"retry": {"max_retries": "0"}}
PATH = "/qwen/compatible-mode/v1"

pytestmark = pytest.mark.skipif(not pathlib.Path(NGINX).exists() or not OPENSSL,
                                reason="nginx and openssl are not installed")


def openssl(*args, cwd):
    subprocess.run([OPENSSL, *map(str, args)], cwd=cwd, check=True, capture_output=True, timeout=60)


class Certificates:
    """A CA and what it signed: good, expired, wrong_host; self_signed; stranger, by a CA that
    nobody trusts. Each is NAME.pem with NAME.key."""

    CONFIG = """[ca]
default_ca = own
[own]
new_certs_dir = .
database = index.txt
serial = serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
[v3_ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
"""

    def __init__(self, folder):
        self.folder = folder
        (folder / "ca.cnf").write_text(self.CONFIG)
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("1000\n")
        self.authority("ca")
        self.authority("other-ca")
        self.leaf("good", "IP:127.0.0.1,DNS:localhost")
        self.leaf("wrong_host", "DNS:other.example")
        self.leaf("expired", "IP:127.0.0.1", dates=("20200101000000Z", "20200201000000Z"))
        self.leaf("stranger", "IP:127.0.0.1", ca="other-ca")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "self_signed.key", "-out", "self_signed.pem", "-days", "30", "-subj", "/CN=127.0.0.1", "-addext",
                "subjectAltName=IP:127.0.0.1", cwd=folder)

    def __getitem__(self, name):
        return self.folder / name

    def authority(self, name):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                f"{name}.key", "-out", f"{name}.pem", "-days", "30", "-subj", f"/CN=brandiag test {name}", "-config",
                "ca.cnf", "-extensions", "v3_ca", cwd=self.folder)

    def leaf(self, name, names, ca="ca", dates=None):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
                "-out", f"{name}.csr", "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", cwd=self.folder)
        when = ["-startdate", dates[0], "-enddate", dates[1]] if dates else ["-days", "30"]
        openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", f"{ca}.pem", "-keyfile", f"{ca}.key", "-in",
                f"{name}.csr", "-out", f"{name}.pem", *when, cwd=self.folder)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


CONF = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{
  log_format own '$ssl_protocol $server_protocol $status $http_authorization';
  access_log {folder}/access.log own;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl{http2};
    ssl_certificate {certificate}.pem; ssl_certificate_key {certificate}.key;
    ssl_protocols {protocols}; ssl_ciphers DEFAULT:@SECLEVEL=0;
    location / {{
      proxy_pass http://127.0.0.1:{upstream}; proxy_buffering off; proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
  }}
}}
"""


class Nginx:
    """One nginx; attributes: url, port."""

    def __init__(self, folder, certificate, upstream, protocols="TLSv1.2 TLSv1.3", http2=False):
        folder.mkdir()
        self.folder, self.port = folder, free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        conf = folder / "nginx.conf"
        conf.write_text(CONF.format(folder=folder, port=self.port, certificate=certificate, upstream=upstream,
                                    protocols=protocols, http2=" http2" if http2 else ""))
        self.process = subprocess.Popen([NGINX, "-p", folder, "-e", folder / "error.log", "-c", conf],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + 10
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"nginx did not start: {self.read('error.log')}")

    def read(self, name):
        file = self.folder / name
        return file.read_text() if file.exists() else ""

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def nginx(tmp_path, certificates):
    """nginx(certificate, upstream, ...) starts one; all are stopped at the end."""
    started = []

    def start(certificate, upstream, **how):
        started.append(Nginx(tmp_path / f"nginx{len(started)}", certificates[certificate], upstream, **how))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def behind(house, nginx, certificates, certificate="good", trusted=True, **how):
    """(a place where qwen is asked through nginx and doubao is not, the nginx)"""
    place = house(quick(), ["doubao", "qwen"], ONCE)
    server = nginx(certificate, how.pop("upstream", place.sim.port), **how)
    place.sections["provider:qwen"]["base_url"] = server.url + PATH
    if trusted:
        place.sections["provider:qwen"]["ca_file"] = str(certificates["ca.pem"])
    place.write()
    return place, server


@pytest.mark.parametrize("protocols, used", [("TLSv1.2", "TLSv1.2"), ("TLSv1.3", "TLSv1.3"),
                                             ("TLSv1.2 TLSv1.3", "TLSv1.3")])
@pytest.mark.parametrize("http2", [False, True])
def test_tls_from_1_2_works_and_http2_is_not_taken_up(house, nginx, certificates, protocols, used, http2):
    place, server = behind(house, nginx, certificates, protocols=protocols, http2=http2)
    got = place.neutral(3)
    assert got.code == 0 and got.statuses() == {"ok": 6}, got
    lines = server.read("access.log").splitlines()
    assert lines == [f"{used} HTTP/1.1 200 Bearer {KEY}"] * 3


def failing(place, got):
    """The message of the qwen cells, which all failed in the same way; the others are well."""
    assert got.code == 3, got
    assert got.statuses("doubao") == {"ok": 2} and got.statuses("qwen") == {"error": 2}
    assert {c["error"]["type"] for c in got.of("qwen")} == {"network"}
    assert {c["attempts"] for c in got.of("qwen")} == {1}
    assert got.seconds < 4 + slack(place)
    return {c["error"]["message"] for c in got.of("qwen")}


@pytest.mark.parametrize("certificate, trusted, reason", [
    ("expired", True, "expired"),
    ("wrong_host", True, "no alternative certificate subject name matches"),
    ("self_signed", True, "self-signed"),
    ("stranger", True, "unable to get local issuer certificate"),
    ("good", False, "unable to get local issuer certificate"),
])
def test_a_bad_certificate_is_named_and_no_key_is_sent(house, nginx, certificates, certificate, trusted, reason):
    place, server = behind(house, nginx, certificates, certificate, trusted)
    (message,) = failing(place, place.neutral(2))
    assert f"127.0.0.1:{server.port}: its certificate is not trusted" in message
    assert reason in message, message
    assert server.read("access.log") == ""
    assert place.sim.stats()["qwen"]["requests"] == 0


def test_an_expired_certificate_of_one_of_four_costs_its_own_cells_only(house, nginx, certificates):
    """The reference case; test_broken.py has the other ways to be broken."""
    place = house({"defaults": {"latency": {"total_ms": 1000}}}, ALL)
    server = nginx("expired", place.sim.port)
    place.sections["provider:qwen"]["base_url"] = server.url + PATH
    place.sections["provider:qwen"]["ca_file"] = str(certificates["ca.pem"])
    place.write()
    got = place.ask(timeout=60)
    assert got.code == 3 and got.report["summary"]["elapsed_ms"] <= 20250, got
    others = [c for c in got.cells if c["provider"] != "qwen"]
    assert len(others) == 15 and {c["status"] for c in others} == {"ok"}, got
    assert {c["status"] for c in got.of("qwen")} <= {"error", "skipped"}
    assert max(c["attempts"] for c in got.of("qwen")) <= 3 and server.read("access.log") == ""


def test_tls_1_1_is_refused(house, nginx, certificates):
    place, server = behind(house, nginx, certificates, protocols="TLSv1.1")
    (message,) = failing(place, place.neutral(2))
    assert "the TLS handshake failed" in message and "version" in message, message
    assert KEY not in server.read("access.log") and place.sim.stats()["qwen"]["requests"] == 0


def test_a_server_that_speaks_no_tls_gets_no_key(house, nginx, certificates):
    place = house(quick(), ["doubao", "qwen"], ONCE)
    place.sections["provider:qwen"]["base_url"] = place.sim.url.replace("http:", "https:") + PATH
    place.write()
    (message,) = failing(place, place.neutral(2))
    assert "the TLS handshake failed" in message, message
    assert place.sim.stats()["qwen"]["requests"] == 0


def test_an_upstream_that_is_down_is_overloaded(house, nginx, certificates):
    place, server = behind(house, nginx, certificates, upstream=free_port())
    got = place.neutral(2)
    assert got.code == 3 and got.statuses("doubao") == {"ok": 2}, got
    for cell in got.of("qwen"):
        assert (cell["status"], cell["error"]["type"], cell["error"]["code"]) == ("error", "overloaded", 502)
        assert "502 Bad Gateway" in cell["error"]["message"]
    assert len(server.read("access.log").splitlines()) == 2


@pytest.mark.parametrize("word, status, kind", [
    ("gzip", "ok", None), ("bad_utf8", "ok", None), ("early_hints", "ok", None), ("reset", "error", "overloaded"),
    ("http09", "error", "protocol"), ("half_body", "error", "network"), ("cut_stream", "error", "overloaded"),
    ("html", "error", "protocol"), ("many_headers", "error", "overloaded"), ("huge_body", "error", "too_large"),
    ("gzip_bomb", "error", "too_large"), ("stall", "truncated", "timeout")])
def test_strange_replies_through_nginx_end_in_their_types(house, nginx, certificates, word, status, kind):
    place, _ = behind(house, nginx, certificates)
    place.sections["provider:qwen"]["timeout_simple"] = "1500ms" if word == "stall" else "6s"  # what is large takes its time under sanitizers
    place.write()
    place.sim.set_scenario(quick(qwen={"script": [f"{word} forever"]}))
    got = place.neutral(2)
    assert {(c["status"], c["error"] and c["error"]["type"]) for c in got.of("qwen")} == {(status, kind)}, got
    assert got.statuses("doubao") == {"ok": 2} and got.seconds < 4 + slack(place)


def test_a_stream_through_nginx_arrives_piece_by_piece(house, nginx, certificates):
    place, _ = behind(house, nginx, certificates)
    place.sim.set_scenario({"defaults": {"latency": {"first_ms": 100, "total_ms": 20000}}})
    got = place.neutral(1, "--deadline", "3s")
    (cell,) = got.of("qwen")
    assert cell["status"] == "truncated" and cell["text"] and cell["ttft_ms"] < 2000, got
    assert got.seconds <= 3.25 + slack(place)


def test_the_certificates_of_one_provider_are_not_those_of_the_next(house, nginx, certificates):
    """The same server, one call after the other: who does not trust it is not answered."""
    place, server = behind(house, nginx, certificates)
    place.sections["provider:doubao"].update(base_url=server.url + "/doubao/api/v3", concurrency="1")
    place.sections["provider:qwen"].update(concurrency="1")
    place.sections["breaker"] = {"failure_threshold": "1000"}
    place.write()
    place.sim.set_scenario({"defaults": {"latency": {"total_ms": 20}}})
    got = place.neutral(12)
    assert got.code == 3 and got.statuses("qwen") == {"ok": 12}, got
    assert got.statuses("doubao") == {"error": 12}
    assert {c["error"]["type"] for c in got.of("doubao")} == {"network"}
    assert place.sim.stats()["doubao"]["requests"] == 0


def test_a_redirect_to_another_host_takes_no_key_there(house, nginx, certificates):
    place, server = behind(house, nginx, certificates)
    other = nginx("good", place.sim.port)
    place.sim.set_scenario(quick(qwen={"script": ["redirect forever"],
                                       "location": other.url + PATH + "/chat/completions"}))
    got = place.neutral(2)
    assert {(c["error"]["type"], c["error"]["code"]) for c in got.of("qwen")} == {("invalid_request", 302)}, got
    assert len(server.read("access.log").splitlines()) == 2
    assert other.read("access.log") == ""
