"""Ctrl-C, closed pipes and places that cannot be written: the report that there is, soon."""
import json
import os
import signal
import subprocess
import time

import pytest

from brandiag import REFERENCE, Outcome, house, quick, slack  # noqa: F401

ASK = ["run", *REFERENCE, "--format", "json", "--quiet"]
HANG = {"script": ["hang forever"]}


def wait_for(sim, provider, requests):
    """Until the simulator has seen so many; 10 s at most."""
    until = time.monotonic() + 10
    while sim.stats()[provider]["requests"] < requests:
        assert time.monotonic() < until, f"{provider} was not asked {requests} times"
        time.sleep(0.02)


def end(process, begin, timeout=10):
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail("still running")
    return Outcome(process.returncode, out, err, time.monotonic() - begin)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl_c", "sigterm"])
def test_an_interrupt_in_the_middle_gives_the_partial_report(house, number):
    place = house(quick(qwen=HANG))
    process = place.start(*ASK)
    wait_for(place.sim, "qwen", 5)
    wait_for(place.sim, "doubao", 5)
    time.sleep(0.6)  # doubao answers after 200 ms
    begin = time.monotonic()
    process.send_signal(number)
    got = end(process, begin)
    assert got.code == 3, got
    assert got.seconds < 1 + slack(place), got.seconds
    assert got.statuses("doubao") == {"ok": 5}
    assert got.statuses("qwen") == {"cancelled": 5}
    assert got.report["summary"]["interrupted"] is True
    assert len(place.rows("SELECT key FROM cells")) == 10
    again = place.run("report", "--format", "json", got.report["id"])
    assert again.statuses() == got.statuses()


def test_an_interrupt_before_any_answer_is_exit_4(house):
    place = house(quick(qwen=HANG, doubao=HANG))
    process = place.start(*ASK)
    wait_for(place.sim, "qwen", 5)
    wait_for(place.sim, "doubao", 5)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    got = end(process, begin)
    assert got.code == 4 and got.seconds < 1 + slack(place), got
    assert got.statuses() == {"cancelled": 10}


def test_an_interrupt_keeps_what_streams_had_brought(house):
    slow = {"latency": {"first_ms": 50, "tokens_per_second": 10}, "answer": {"text": "1. 华为，车机流畅。" * 40}}
    place = house({"providers": {"qwen": slow}}, ["qwen"])
    process = place.start(*ASK)
    wait_for(place.sim, "qwen", 5)
    time.sleep(1)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    got = end(process, begin)
    assert got.seconds < 1 + slack(place), got.seconds
    assert got.statuses() == {"truncated": 5} and {c["finish"] for c in got.cells} == {"cancelled"}
    assert all(c["text"] for c in got.cells)


def test_an_interrupt_cancels_what_waits_as_well(house):
    place = house(quick(qwen=HANG), ["qwen"])
    process = place.start(*ASK, "--samples", "50")
    wait_for(place.sim, "qwen", 8)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    got = end(process, begin)
    assert got.code == 4 and got.seconds < 1 + slack(place), got
    assert got.statuses() == {"cancelled": 54}
    assert place.sim.stats()["qwen"]["requests"] == 8


def test_a_second_interrupt_kills(house):
    place = house(quick(qwen=HANG))
    reader, writer = os.pipe()  # nobody reads: the report fills it and waits
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b" " * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    process = place.start(*ASK, stdout=writer)
    os.close(writer)
    try:
        wait_for(place.sim, "qwen", 5)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == -signal.SIGINT
    finally:
        os.close(reader)
        process.kill()
        process.communicate()


@pytest.mark.parametrize("format", ["terminal", "json"])
def test_a_reader_that_goes_away_early_holds_nothing_up(house, format):
    place = house(quick(), ["qwen"])
    process = place.start("run", *REFERENCE, "--quiet", "--format", format, "--samples", "60")
    process.stdout.close()
    process.stdout = None
    begin = time.monotonic()
    got = end(process, begin)
    assert got.code in (1, -signal.SIGPIPE), got
    (listed,) = json.loads(place.run("list", "--format", "json").text)
    assert listed["finished"] and listed["summary"]["success"], "the diagnosis is stored all the same"


def test_stderr_that_is_closed_does_not_cost_the_report(house):
    place = house()
    process = place.start("run", *REFERENCE, "--format", "json")
    process.stderr.close()
    process.stderr = None
    got = end(process, time.monotonic())
    assert got.code == 0 and len(got.cells) == 10, got.code


@pytest.mark.parametrize("path, words", [
    ("no/such/folder/report.json", ["no/such/folder/report.json", "No such file or directory"]),
    (".", ["."]),
    ("x" * 300, ["File name too long"]),
    ("/dev/full", ["/dev/full", "No space left on device"]),
], ids=["no_folder", "a_folder", "long_name", "full_device"])
def test_an_output_that_cannot_be_written_is_exit_1_and_says_why(house, path, words):
    place = house(quick(), ["qwen"])
    got = place.ask("--output", path)
    assert got.code == 1 and got.out == b"", got
    assert all(word in got.errors for word in words), got.errors


def test_a_full_stdout_is_exit_1_and_said(house):
    place = house(quick(), ["qwen"])
    with open("/dev/full", "wb") as full:
        process = place.start(*ASK, stdout=full)
        got = end(process, time.monotonic())
    assert got.code == 1 and "No space left" in got.err.decode(), got.err


def test_stderr_of_a_running_diagnosis_shows_progress_in_plain_lines(house):
    got = house().run("run", *REFERENCE, "--lang", "en")
    lines = got.errors.splitlines()
    assert lines[-1].startswith("10/10 done  10 ok  0 failed"), lines
