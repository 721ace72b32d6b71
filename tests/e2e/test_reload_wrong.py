"""What operators get wrong, and what signals do to each other: all of it is refused with its reason,
and the generation in use serves on."""
import os
import signal
import time

import pytest

from hot import build, house, place, put, version  # noqa: F401
from serve import Daemon

SLOW = "#include <unistd.h>\n{}\n__attribute__((constructor)) static void z(void) {{ sleep(2); }}\n"


def serves(d, by="any-v1"):
    id = d.submit(models=["echo"], no_cache=True)
    assert d.wait(id) == "done" and d.report(id)["cells"][0]["status"] == "ok"
    assert d.place.sim.log(1)[0]["model"] == by


def generation(d):
    return d.get("/v1/status").json["generation"]


def replace(place, data):
    (place.plugins / ".new").write_bytes(data)
    (place.plugins / ".new").chmod(0o755)
    os.replace(place.plugins / ".new", place.plugins / "echo.so")


def damaged(whole):
    """Two hundred files that are none: cut anywhere, with a wrong head, or something else."""
    yield from (whole[:len(whole) * n // 160] for n in range(160))
    for at in range(4, 20, 2):  # class, order, version, type, machine
        yield whole[:at] + bytes([whole[at] ^ 0x3f]) + whole[at + 1:]
    for at in range(32, 64, 2):  # where its tables are
        yield whole[:at] + b"\xff" + whole[at + 1:]
    yield from (b"hello", b"\x7fELF", b"#!/bin/sh\nexit 1\n", b"\0" * 4096, whole[::-1], whole[64:],
                whole[:64] * 50, os.urandom(4096), b"\x7fELF" + os.urandom(4096), b"\n" * 100)


def test_two_hundred_damaged_files_are_refused_and_the_daemon_serves_on(place):
    count = refused = 0
    with Daemon(place) as d:
        for data in damaged(place.v1.read_bytes()):
            replace(place, data)
            got = d.post("/v1/reload")
            count += 1
            if got.status == 200:  # a field that nobody reads
                continue
            assert got.status == 422 and any("echo.so" in line for line in got.json["problems"]), got
            refused += 1
        serves(d)
        status = generation(d)
        assert count >= 190 and refused >= count - 8
        assert status["failures"] == refused and status["alive"] == 1 and status["stuck_modules"] == 0
        put(place.v2, place.plugins)
        assert d.post("/v1/reload").status == 200
        serves(d, "any-v2")


LINKED = {
    "nodelete": (["-Wl,-z,nodelete"], "", "nodelete"),
    "static_tls": (["-ftls-model=initial-exec"],
                   "static _Thread_local int n; int *bd_n(void); int *bd_n(void) { return &n; }", "static thread storage"),
    "unique": ([], '__asm__(".data\\n.globl u\\n.type u, %gnu_unique_object\\n.size u, 4\\nu: .long 0\\n.text");', "unique"),
    "stack": (["-Wl,-z,execstack"], "", "stack"),
    "origin": (["-Wl,-rpath,$ORIGIN"], "", "$ORIGIN"),
    "undefined": ([], "int nobody_has_this(void); int (*const f)(void) = nobody_has_this;", "nobody_has_this"),
}


@pytest.mark.parametrize("what", LINKED)
def test_a_build_that_could_not_be_unloaded_or_loaded_is_refused(place, what):
    flags, more, reason = LINKED[what]
    file = build(place.directory, what, lambda s: s + "\n" + more + "\n", flags)
    with Daemon(place) as d:
        put(file, place.plugins)
        got = d.post("/v1/reload")
        assert got.status == 422, got
        assert reason in " ".join(got.json["problems"]), got
        serves(d)
        assert generation(d)["stuck_modules"] == 0


def test_signals_that_come_together_are_few_reloads(place):
    with Daemon(place) as d:
        put(build(place.directory, "slow", lambda s: SLOW.format(version(2)(s))), place.plugins)
        d.signal(signal.SIGHUP)
        time.sleep(0.3)  # its trial runs
        for _ in range(100):
            d.signal(signal.SIGHUP)
            time.sleep(0.005)
        until = time.monotonic() + 15
        while generation(d)["reloads"] < 2 and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.5)
        assert generation(d)["reloads"] == 2, "the one that ran, and one for all that came meanwhile"
        serves(d, "any-v2")


def test_a_stop_in_the_middle_of_a_reload_stops(place):
    with Daemon(place) as d:
        put(build(place.directory, "slow", lambda s: SLOW.format(version(2)(s))), place.plugins)
        d.signal(signal.SIGHUP)
        time.sleep(0.3)
        d.signal(signal.SIGTERM)
        began = time.monotonic()
        assert d.process.wait(20) == 0
        assert time.monotonic() - began < 10


INI = {
    "a NUL": ("[provider:echo2]\nmodel = a\0b\n", "brandiag.ini:"),
    "a line of 1 MiB": ("; " + "x" * (1 << 20) + "\n", "brandiag.ini:"),
    "a value that is none": ("[breaker]\nfailure_threshold = few\n", "failure_threshold"),
    "a section twice": ("[engine]\nworkers = 3\n", "brandiag.ini:"),
    "a token file that is not there": ("[server]\ntoken_file = /nowhere/token\n", "token_file"),
    "a storage that does not open": ("[storage:store_jsonl]\npath = /nowhere/at/all\n", "/nowhere/at/all"),
}


@pytest.mark.parametrize("what", INI)
def test_a_fault_in_the_configuration_is_named_and_changes_nothing(place, what):
    text, words = INI[what]
    place.sections.pop("server", None)
    with Daemon(place) as d:
        place.sections.pop("server")
        place.sections["provider:echo"]["concurrency"] = "3"
        if "storage" in what:
            place.sections["storage"]["plugin"] = "store_jsonl"
        place.write(extra=text)
        got = d.post("/v1/reload")
        assert got.status >= 400 and words in got.text, got
        assert [p["concurrency"] for p in d.get("/v1/providers").json["providers"] if p["name"] == "echo"][0] > 3
        assert generation(d)["number"] == 1 and generation(d)["failures"] == 1
        d.signal(signal.SIGHUP)
        serves(d)


def test_what_needs_a_restart_is_said(place):
    with Daemon(place) as d:
        place.sections["engine"]["workers"] = "7"
        place.sections["server"]["connections"] = "70"
        place.write()
        changes = d.post("/v1/reload").json["changes"]
        assert "[engine] workers and net_threads: from the next start on" in changes
        assert "[server] listen and connections: from the next start on" in changes


def test_ctl_tells_what_it_came_to_and_exits_so(place):
    with Daemon(place) as d:
        server = ["--server", f"http://127.0.0.1:{d.port}"]
        same = place.run("ctl", "reload", *server)
        assert same.code == 0 and "generation 2 is in use, after 1" in same.text and "nothing has changed" in same.text
        put(place.v2, place.plugins)
        other = place.run("ctl", "reload", *server)
        assert other.code == 0 and "[provider:echo] plugin echo: another build" in other.text, other
        back = place.run("ctl", "rollback", *server)
        assert back.code == 0 and "generation 4 is in use, after 3" in back.text, back
        serves(d)
        place.write(extra="speed = 9\n")
        refused = place.run("ctl", "reload", *server)
        assert refused.code == 1 and "brandiag.ini:" in refused.errors and "'speed'" in refused.errors, refused
        assert "the daemon refuses (422)" in refused.errors and refused.text == ""
        assert "generation  4 since" in place.run("ctl", "status", *server).text
        assert place.run("ctl", "relaod", *server).code == 2
    gone = place.run("ctl", "reload", *server)
    assert gone.code == 1 and "is the daemon running there?" in gone.errors
