"""What `brandiag serve` tells systemd, read from a socket in systemd's place."""
import select
import signal
import socket
import time

import pytest

from brandiag import house  # noqa: F401
from serve import Daemon


class Manager:
    """The other end of $NOTIFY_SOCKET; what came, in order."""

    def __init__(self, directory, abstract=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"brandiag-test-{directory}"[-90:] if abstract else str(directory / "notify")
        self.socket.bind("\0" + name if abstract else name)
        self.env = {"NOTIFY_SOCKET": ("@" + name) if abstract else name}
        self.told = []

    def wait_for(self, state, timeout=10):
        """The next datagram that begins so, as {name: value}; those before it are kept in told."""
        until = time.monotonic() + timeout
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                break
            pairs = dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())
            self.told.append(pairs)
            if state in pairs:
                return pairs
        pytest.fail(f"no {state} within {timeout} s: {self.told}")

    @property
    def order(self):
        """The names of the states, without the watchdog's."""
        return [next(iter(p)) for p in self.told if "WATCHDOG" not in p]


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    m = Manager(tmp_path, request.param == "abstract")
    yield m
    m.socket.close()


def test_a_life_as_systemd_sees_it(house, manager):
    with Daemon(house(), env=manager.env) as d:
        assert manager.wait_for("READY") == {"READY": "1"}
        assert d.get("/healthz").status == 200
        assert manager.wait_for("WATCHDOG") == {"WATCHDOG": "1"}
        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        d.signal(signal.SIGHUP)
        reloading = manager.wait_for("RELOADING")
        assert list(reloading) == ["RELOADING", "MONOTONIC_USEC"]
        now = time.clock_gettime(time.CLOCK_MONOTONIC)
        assert before <= int(reloading["MONOTONIC_USEC"]) / 1e6 <= now
        manager.wait_for("READY")
        manager.wait_for("WATCHDOG")
        d.signal(signal.SIGTERM)
        assert manager.wait_for("STOPPING") == {"STOPPING": "1"}
        assert d.process.wait(20) == 0
        assert manager.order == ["READY", "RELOADING", "READY", "STOPPING"]


def test_a_reload_that_is_refused_is_over_too(house, manager):
    place = house()
    with Daemon(place, env=manager.env) as d:
        manager.wait_for("READY")
        place.write(extra="[nonsense]\nkey = value\n")
        d.signal(signal.SIGHUP)
        manager.wait_for("RELOADING")
        manager.wait_for("READY")
        assert d.get("/healthz").status == 200
        assert manager.order == ["READY", "RELOADING", "READY"]


def test_nobody_is_told_before_it_listens(house, manager):
    place = house(settings={"server": {"listen": "127.0.0.1:1x"}})
    with pytest.raises(AssertionError, match="no daemon"):
        Daemon(place, env=manager.env)
    assert not select.select([manager.socket], [], [], 0.1)[0]


@pytest.mark.parametrize("path", ["", "relative", "/nowhere/notify", "/" + 200 * "x"])
def test_without_a_usable_socket_it_serves_all_the_same(house, path):
    with Daemon(house(), env={"NOTIFY_SOCKET": path}) as d:
        assert d.get("/healthz").status == 200
        assert d.stop() == 0
