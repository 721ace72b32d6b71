"""A key is nowhere but in the header it is sent in: not on stdout or stderr, not in a log at
its loudest, not in reports, files or databases, whoever repeats it."""
import http.server
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import threading
import time

import pytest

from brandiag import ALL, KEY_ENV, REFERENCE, house, one_provider, quick, slack  # noqa: F401

CANARY = "sk-canary-7f3a9c51e08b46d2a1c4"
LOUD = ["--set", "log.level=debug"]


def hits(place, *outcomes, needle=CANARY):
    """Where the canary is: in an output of the program or in a file of its folder."""
    found = [f"run {i}: {stream}" for i, got in enumerate(outcomes)
             for stream, data in (("stdout", got.out), ("stderr", got.err)) if needle.encode() in data]
    return found + [str(f) for f in place.directory.rglob("*")
                    if f.is_file() and f.name != "canary.key" and needle.encode() in f.read_bytes()]


def canary_file(place):
    file = place.directory / "canary.key"
    file.write_text(CANARY + "\n")
    file.chmod(0o600)


@pytest.mark.parametrize("source", ["environment", "file"])
@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_a_key_that_is_accepted_is_nowhere(house, source, storage):
    settings = {}
    if source == "file":
        settings = {f"provider:{p}": {"api_key_env": None, "api_key_file": "canary.key"} for p in ALL}
    place = house(quick(), ALL, settings, storage=storage, key=CANARY)
    canary_file(place)
    env = {KEY_ENV: CANARY}
    runs = [place.ask(*LOUD, env=env), place.run("run", *REFERENCE, *LOUD, "--answers", env=env),
            place.run("check", "--show", *LOUD, env=env), place.run("check", "--online", *LOUD, env=env),
            place.run("list", "--format", "json", *LOUD, env=env)]
    assert [got.code for got in runs] == [0] * len(runs), runs
    assert not hits(place, *runs)


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_a_key_that_is_refused_is_nowhere(house, storage):
    place = house(quick(), ALL, storage=storage)
    env = {KEY_ENV: CANARY}
    first = place.ask(*LOUD, env=env)
    assert first.code == 4 and {c["error"]["type"] for c in first.cells} == {"auth"}, first
    runs = [first, place.run("run", *REFERENCE, *LOUD, env=env), place.run("check", "--online", *LOUD, env=env),
            place.run("report", first.report["id"], *LOUD, env=env),
            place.run("report", "--format", "json", first.report["id"], *LOUD, env=env)]
    assert not hits(place, *runs)


class Parrot(http.server.BaseHTTPRequestHandler):
    """Repeats the whole key: in the error, in headers, in the names of the answer."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Authorization"]
        ok = "/ok/" in self.path
        bare = key.removeprefix("Bearer ")
        body = ({"id": bare, "model": bare, "choices": [{"index": 0, "finish_reason": "stop", "message":
                {"role": "assistant", "content": "华为不错。"}}]} if ok else
                {"error": {"message": f"{bare} is no key. Incorrect API key provided: {bare} ({key})", "code": bare, "type": key},
                 "request_id": bare})
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(200 if ok else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Request-Id", bare)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64  # all may come at once
    daemon_threads = True


@pytest.fixture
def parrot():
    server = Server(("127.0.0.1", 0), Parrot)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


SHAPES = {
    "sk": CANARY,
    "uuid": "7f3a9c51-e08b-46d2-a1c4-0123456789ab",
    "id_and_secret": "7f3a9c51e08b46d2a1c40123456789ab.AbCdEfGh12345678",
    "letters": "CanaryKeyOfAnotherShapeWithoutDigits",
}


def repeat(house, url, path, key):
    """Runs against the parrot: what they came to, and where the key is then."""
    settings = {f"provider:{p}": {"base_url": f"{url}/{path}/v1", "stream": "no"} for p in ALL}
    place = house(None, ALL, settings)
    env = {KEY_ENV: key}
    runs = [place.ask(*LOUD, env=env), place.run("run", *REFERENCE, "--answers", *LOUD, env=env),
            place.run("check", "--online", *LOUD, env=env)]
    return runs[0], hits(place, *runs, needle=key)


@pytest.mark.parametrize("shape", ["sk", "uuid", "id_and_secret",
                                   "letters"])
def test_a_key_that_an_error_repeats_whole_is_nowhere(house, parrot, shape):
    got, found = repeat(house, parrot, "no", SHAPES[shape])
    assert got.code == 4, got
    assert not found


def test_a_key_that_stands_beside_an_answer_is_nowhere(house, parrot):
    got, found = repeat(house, parrot, "ok", CANARY)
    assert got.code == 0, got
    assert not found


def test_a_key_in_the_wrong_option_is_not_repeated(house):
    place = house(settings=one_provider("qwen", api_key_env=CANARY))
    runs = [place.run("check"), place.ask()]
    assert [got.code for got in runs] == [2, 2]
    assert not [f for f in hits(place, *runs) if not f.endswith("brandiag.ini")]


# ---- the process itself ----

def in_flight(place, **how):
    """The program while its calls wait for answers: it has read its keys."""
    process = place.start("run", *REFERENCE, "--format", "json", "--quiet", **how)
    deadline = time.monotonic() + 20
    while sum(p["requests"] for p in place.sim.stats().values() if isinstance(p, dict) and "requests" in p) == 0:
        assert process.poll() is None and time.monotonic() < deadline, "no call was made"
        time.sleep(0.02)
    return process


SLOW = {"defaults": {"latency": {"total_ms": 8000}}}


def test_a_key_leaves_the_environment_of_the_process(house):
    place = house(SLOW, ALL, key=CANARY)
    process = in_flight(place, env={KEY_ENV: CANARY})
    try:
        shown = pathlib.Path(f"/proc/{process.pid}/environ").read_bytes()
        arguments = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
    except PermissionError:  # nobody but root may look at all
        shown = arguments = None
    finally:
        process.kill()
        process.communicate()
    if shown is None:
        return
    assert CANARY.encode() not in shown + arguments
    assert f"{KEY_ENV}=*".encode() in shown


def dies(place, **env):
    """Kills the program as a crash would; its wait status."""
    process = in_flight(place, env={KEY_ENV: CANARY, **env},
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard(), hard())))
    os.kill(process.pid, signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = 0  # it is waited for
    process.stdout.close()
    process.stderr.close()
    return status


def hard():
    return resource.getrlimit(resource.RLIMIT_CORE)[1]


def test_a_crash_leaves_no_core_unless_it_is_allowed(house):
    place = house(SLOW, ALL, key=CANARY)
    if slack(place):
        pytest.skip("built with a sanitizer, whose leak checker needs a process that can be looked into")
    status = dies(place)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGABRT
    assert not os.WCOREDUMP(status)
    assert not list(place.directory.glob("core*"))
    status = dies(place, BRANDIAG_ALLOW_CORE="1")
    assert os.WTERMSIG(status) == signal.SIGABRT
    if not os.WCOREDUMP(status):
        pytest.skip("this machine writes no core dumps at all")


def test_plugins_load_for_a_user_who_is_not_root(bin_dir):
    """/proc/self/fd and /proc/self/exe belong to root in a process that cannot be dumped."""
    if os.geteuid() != 0:
        pytest.skip("every other test shows it: this user is not root")
    got = subprocess.run([bin_dir / "brandiag", "plugins", "--config", "/dev/null"], cwd="/", user=65534, group=65534,
                         extra_groups=[], env={"PATH": "/usr/bin:/bin"}, capture_output=True, timeout=30)
    if b"Permission denied" in got.stderr:
        pytest.skip("the build is in a folder that others may not enter")
    assert got.returncode == 0, got.stderr
    assert b"qwen" in got.stdout and b"store_sqlite" in got.stdout


def mappings(pid):
    """(from, to, is never dumped) of what the process may read, from smaps."""
    found = []
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if "-" in words[0] and not words[0].endswith(":"):
            if words[1].startswith("r") and not words[-1].startswith("[v"):
                found.append([*(int(end, 16) for end in words[0].split("-")), False])
            else:
                found.append(None)
        elif words[0] == "VmFlags:" and found[-1]:
            found[-1][2] = "dd" in words
    return [m for m in found if m]


def places_in_memory(pid, needle):
    """(is in memory that is never dumped, the 24 bytes in front) of each occurrence."""
    hits = []
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for start, end, hidden in mappings(pid):
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except OSError:
                continue
            hits += [(hidden, data[max(0, at.start() - 24):at.start()]) for at in re.finditer(re.escape(needle), data)]
    return hits


def test_in_memory_a_key_is_in_its_arena_and_in_requests_of_libcurl_alone(house):
    """Three providers have answered, the fourth holds the run up with another key."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = house(quick(), ALL, one_provider("qwen", api_key_env="OTHER_KEY",
                                                 base_url=f"http://127.0.0.1:{silent.getsockname()[1]}"), key=CANARY)
        if slack(place) or os.geteuid() != 0:
            pytest.skip("only root may look, and a sanitizer's memory is too large to look through")
        process = place.start("run", *REFERENCE, "--quiet", env={KEY_ENV: CANARY, "OTHER_KEY": "another-key-0123456789"})
        try:
            deadline = time.monotonic() + 10
            while sum(p["requests"] for p in place.sim.stats().values() if isinstance(p, dict) and "requests" in p) < 15:
                assert time.monotonic() < deadline, place.sim.stats()
                time.sleep(0.05)
            time.sleep(1)  # the last answers are read
            hits = places_in_memory(process.pid, CANARY.encode())
        finally:
            process.kill()
            process.communicate()
    assert sum(hidden for hidden, _ in hits) >= 2, "the vault's and each provider's"
    ours = [before for hidden, before in hits if not hidden and not before.endswith(b"\r\nAuthorization: Bearer ")]
    assert not ours, ours
