"""Other plugins, keys, limits and storages under a daemon that works: nothing is lost, nothing is
done twice, and what is wrong changes nothing."""
import os
import signal
import time

import pytest

from brandiag import quick, slack
from hot import ANSWER, build, house, in_use, place, put, reload  # noqa: F401
from serve import Daemon


def test_a_call_that_runs_ends_with_the_plugin_it_began_with_which_then_is_gone(place):
    place.sim.set_scenario(quick(openai={"latency": {"total_ms": 3000}, **ANSWER}))
    with Daemon(place) as d:
        id = d.submit(models=["echo"])
        time.sleep(0.3)
        put(place.v2, place.plugins)
        reload(d)
        assert d.get("/v1/status").json["generation"]["alive"] == 2
        assert d.wait(id) == "done"
        time.sleep(1)
        assert d.get("/v1/status").json["generation"]["alive"] == 1
        if not slack(place):
            assert in_use(d.pid) == 1, "the old code is still mapped"
        assert d.report(id)["cells"][0]["status"] == "ok"
        second = d.submit(models=["echo"], no_cache=True)
        assert d.wait(second) == "done"
    assert [call["model"] for call in place.sim.log()] == ["any-v1", "any-v2"]


HANG = """static int echo_build(void *self, const struct bd_ask *ask, struct bd_request *out,
                      struct bd_error *err)
{
    if (strcmp(ask->model, "any") == 0)
        for (volatile int i = 0;;)
            i = 0;
"""
BEGIN = HANG.split("    if")[0]


def test_a_plugin_that_never_returns_holds_its_generation_and_nobody_else(place):
    put(build(place.directory, "hang", lambda s: s.replace(BEGIN, HANG)), place.plugins)
    place.sections["engine"].update({"workers": "4", "deadline": "1s"})
    place.sections["server"] = {"grace": "1s"}
    with Daemon(place) as d:
        for file in (place.v1, place.v2):
            d.submit(models=["echo"], no_cache=True)  # caught by the hanging build, then by nothing
            time.sleep(0.2)
            put(file, place.plugins)
            assert d.post("/v1/reload").status == 200
            if file is place.v1:
                put(build(place.directory, "hang", lambda s: s.replace(BEGIN, HANG)), place.plugins)
                assert d.post("/v1/reload").status == 200
        got = d.post("/v1/reload")
        assert got.status == 503 and "generations still have diagnoses" in got.json["detail"], got
        id = d.submit(models=["qwen"], no_cache=True)
        assert d.wait(id) == "done" and d.report(id)["cells"][0]["status"] == "ok"
        until = time.monotonic() + 25
        while "still has a call that does not return" not in d.errors and time.monotonic() < until:
            time.sleep(0.2)
        assert "still has a call that does not return" in d.errors
        assert "brandiag_generations_alive 3\n" in d.get("/metrics").text
        assert d.stop(60) == 1
        assert "ending without it" in d.errors


def crash(source):
    return "#include <signal.h>\n" + source + '\n__attribute__((constructor)) static void boom(void) { raise(SIGKILL); }\n'


def sleep(source):
    return "#include <unistd.h>\n" + source + '\n__attribute__((constructor)) static void z(void) { for (;;) pause(); }\n'


def no_open(source):
    return source.replace("    struct echo *e = calloc(1, sizeof(*e));\n",
                          '    struct echo *e = NULL;\n    if (host)\n        return host->fail(host->ctx, err, '
                          'BD_ERR_CONFIG, 0, "no weather today");\n', 1)


BAD = {
    "crash": (crash, "crashed in a trial"), "sleep": (sleep, "did not come back from a trial"),
    "no_open": (no_open, "no weather today"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_build_that_is_wrong_changes_nothing(place, what):
    change, reason = BAD[what]
    with Daemon(place) as d:
        put(build(place.directory, what, change), place.plugins)
        got = d.post("/v1/reload", timeout=20)
        assert got.status == 422 and any(reason in line for line in got.json["problems"]), got
        id = d.submit(models=["echo"])
        assert d.wait(id) == "done" and d.report(id)["cells"][0]["status"] == "ok"
        assert d.get("/v1/status").json["generation"]["number"] == 1
        put(place.v2, place.plugins)
        assert d.post("/v1/reload").status == 200


def test_files_that_are_no_plugins_are_refused_one_by_one_and_the_daemon_lives(place):
    whole = place.v1.read_bytes()
    wrong = [whole[:n] for n in range(0, len(whole), 512)] + [b"hello", b"\x7fELF" + b"\0" * 100, b""]
    target = place.plugins / "echo.so"
    with Daemon(place) as d:
        for data in wrong:
            (place.plugins / ".new").write_bytes(data)
            (place.plugins / ".new").chmod(0o755)
            os.replace(place.plugins / ".new", target)
            assert d.post("/v1/reload").status == 422
        target.unlink()
        for make in (lambda: os.mkfifo(target), target.mkdir, lambda: target.symlink_to(place.v1)):
            make()
            assert d.post("/v1/reload").status == 422
            target.rmdir() if target.is_dir() and not target.is_symlink() else target.unlink()
        assert d.post("/v1/reload").status == 422  # it is not there at all
        id = d.submit(models=["echo"])
        assert d.wait(id) == "done" and d.report(id)["cells"][0]["status"] == "ok"
        put(place.v2, place.plugins)
        assert d.post("/v1/reload").status == 200


def test_a_file_that_is_overwritten_in_place_while_it_is_loaded_harms_nobody(place):
    with Daemon(place) as d:
        id = d.submit(models=["echo"], questions=[f"{i}?" for i in range(50)])
        (place.plugins / "echo.so").write_bytes(b"\0" * 4000)
        assert d.wait(id) == "done"
        assert {c["status"] for c in d.report(id)["cells"]} == {"ok"}


INI = {
    "unknown_key": ("[engine]\nspeed = 5\n", ["speed"]),
    "twice": ("[provider:echo]\nmodel = x\n", ["provider:echo"]),
    "no_section": ("[nonsense]\n", ["nonsense"]),
    "long_line": ("; " + "x" * 100000 + "\n", ["4000"]),
    "no_plugin": ("[provider:new]\nplugin = weather\nmodel = m\n", ["weather"]),
}


@pytest.mark.parametrize("what", INI)
def test_a_wrong_configuration_changes_nothing_and_is_told_with_its_line(place, what):
    text, words = INI[what]
    with Daemon(place) as d:
        place.write(extra=text)
        d.signal(signal.SIGHUP)
        got = d.post("/v1/reload")
        assert got.status == 422, got
        said = " ".join(got.json["problems"])
        assert "brandiag.ini:" in said and all(w in said for w in words), said
        place.ini.unlink()
        assert d.post("/v1/reload").status == 422
        status = d.get("/v1/status").json["generation"]
        assert status["number"] == 1 and status["failures"] == 3
        assert "reload failed, generation 1 stays" in d.errors
        id = d.submit(models=["echo"])
        assert d.wait(id) == "done"


def test_what_a_reload_changes_is_said_and_rolled_back(place):
    with Daemon(place) as d:
        place.sections["provider:other"] = {**place.sections["provider:qwen"], "plugin": "qwen", "concurrency": "3"}
        place.sections["provider:qwen"]["concurrency"] = "7"
        del place.sections["provider:echo"]
        place.write()
        got = d.post("/v1/reload")
        assert got.status == 200, got
        changes = got.json["changes"]
        assert "[provider:other] is new" in changes and "[provider:echo] is gone" in changes
        assert "[provider:qwen] concurrency: 100 -> 7" in changes
        assert {p["name"] for p in d.get("/v1/providers").json["providers"]} == {"qwen", "other"}
        assert d.post("/v1/diagnoses", {"brand": "x", "questions": ["y?"], "models": ["echo"]}).status == 422
        (place.plugins / "echo.so").unlink()  # what it goes back to is kept
        told = place.run("ctl", "rollback", "--server", f"http://127.0.0.1:{d.port}")
        assert told.code == 0 and "generation 3 is in use" in told.text and "files are as they were" in told.text, told
        id = d.submit(models=["echo"])
        assert d.wait(id) == "done" and d.report(id)["cells"][0]["status"] == "ok"
        status = place.run("ctl", "status", "--server", f"http://127.0.0.1:{d.port}")
        assert "rolled back" in status.text, status


def test_another_key_file_is_read(place):
    key = place.directory / "key"
    key.write_text("wrong-key-0123456789\n")
    key.chmod(0o600)
    place.sections["provider:echo"].update({"api_key_env": None, "api_key_file": str(key)})
    with Daemon(place) as d:
        id = d.submit(models=["echo"])
        d.wait(id)
        assert d.report(id)["cells"][0]["error"]["type"] == "auth"
        key.write_text("sim-key\n")
        got = d.post("/v1/reload")
        assert "[provider:echo] another key" in got.json["changes"], got
        id = d.submit(models=["echo"])
        assert d.wait(id) == "done" and d.report(id)["cells"][0]["status"] == "ok"


def test_a_hundred_signals_at_once_are_few_reloads_and_a_stop_among_them_stops(place):
    with Daemon(place) as d:
        for _ in range(100):
            d.signal(signal.SIGHUP)
        time.sleep(1)
        assert 1 <= d.get("/v1/status").json["generation"]["reloads"] <= 100
        put(place.v2, place.plugins)
        d.signal(signal.SIGHUP)
        d.signal(signal.SIGTERM)
        assert d.process.wait(10) == 0


@pytest.mark.parametrize("to", ["store_jsonl", "store_memory", "store_sqlite"])
def test_another_storage_takes_over_while_diagnoses_run(place, to):
    """What runs, and what waits, is whole in the new one."""
    place.sim.set_scenario({"defaults": {"latency": {"total_ms": 700}, **ANSWER}})
    place.sections["server"] = {"running": "2"}
    with Daemon(place) as d:
        ids = [d.submit(models=["echo"], questions=[f"{i}-{k}?" for k in range(20)]) for i in range(4)]
        time.sleep(0.3)
        place.sections["storage"]["plugin"] = to
        if to != "store_memory":
            place.sections[f"storage:{to}"] = {"path": str(place.directory / f"second.{to}")}
        place.write()
        got = d.post("/v1/reload")
        assert got.status == 200 and got.json["storage_pause_ms"] <= 1000, got
        for id in ids:
            assert d.wait(id) == "done"
            assert {c["status"] for c in d.report(id)["cells"]} == {"ok"}
        listed = [r["id"] for r in d.get("/v1/diagnoses").json["diagnoses"]]
        assert sorted(listed) == sorted(ids)
        if to == "store_memory":
            return
        assert d.stop() == 0
    for id in ids:  # from the storage alone
        told = place.run("report", id, "--format", "json")
        assert told.code == 0 and len(told.cells) == 20 and set(told.statuses()) == {"ok"}, told
    assert place.sim.stats()["openai"]["requests"] == 80
