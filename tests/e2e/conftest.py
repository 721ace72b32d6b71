"""Fixtures of the end-to-end tests: the built programs, and simulators.

BD_BIN_DIR names the folder of the built programs; without it the tests skip. Only the
standard library and pytest are used."""
import http.client
import json
import os
import pathlib
import signal
import subprocess

import pytest


@pytest.fixture(scope="session")
def bin_dir():
    """The folder with the programs of the build under test."""
    path = os.environ.get("BD_BIN_DIR")
    if not path:
        pytest.skip("BD_BIN_DIR does not name the folder of the built programs")
    return pathlib.Path(path).resolve()


class Sim:
    """One running simulator."""

    def __init__(self, program, *args):
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--quiet", "--exit-with-parent", *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            _, why = self.process.communicate(timeout=10)
            raise RuntimeError(f"the simulator did not start: {why}")
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])

    @property
    def pid(self):
        return self.process.pid

    def call(self, method, path, body=None):
        """A request to the simulator's own pages: (status, parsed JSON)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def stats(self):
        """Counters by provider."""
        return self.call("GET", "/sim/stats")[1]

    def log(self, n=1000):
        """The last n requests, oldest first."""
        return self.call("GET", f"/sim/log?n={n}")[1]

    def reset(self):
        self.call("POST", "/sim/reset", b"")

    def set_scenario(self, scenario):
        status, reply = self.call("POST", "/sim/scenario", json.dumps(scenario).encode())
        assert status == 200, reply

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        return self.process.returncode


@pytest.fixture
def sim(bin_dir, tmp_path):
    """sim(scenario=None, seed=None, key=None, speed=None) starts a simulator; all are stopped, and
    must have ended well, at the end of the test."""
    program = bin_dir / "brandiag-sim"
    if not program.exists():
        pytest.skip(f"{program} is not built")
    started = []

    def start(scenario=None, seed=None, key=None, speed=None):
        args = []
        if scenario is not None:
            file = tmp_path / f"scenario{len(started)}.json"
            file.write_text(json.dumps(scenario, ensure_ascii=False), encoding="utf-8")
            args += ["--scenario", str(file)]
        if seed is not None:
            args += ["--seed", str(seed)]
        if key is not None:
            args += ["--key", key]
        if speed is not None:
            args += ["--speed", str(speed)]
        started.append(Sim(program, *args))
        return started[-1]

    yield start
    statuses = [one.stop() for one in started]
    assert all(status == 0 for status in statuses), f"simulators ended with {statuses}"
