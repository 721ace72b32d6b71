"""The HTTP API, as a client has it; every answer is held against docs/openapi.yaml."""
import concurrent.futures
import gzip
import http.client
import json
import signal
import socket
import statistics
import threading
import time

import pytest

from brandiag import QUESTION, REFERENCE, quick, slack, house  # noqa: F401
from serve import Daemon, inquiry_of, numbers, validator

TEXT = {"answer": {"text": "1. 华为\n2. 小米\n先看预算，再看空间。"}}
SLOW = {"defaults": {"latency": {"first_ms": 100, "total_ms": 1500}, **TEXT}}
FAST = {"defaults": {"latency": {"total_ms": 100}, **TEXT}}


def test_the_reference_case_is_accepted_followed_and_reported(house):
    with Daemon(house(SLOW)) as d:
        id = d.submit(competitors=["小米", "特斯拉", "比亚迪"], questions=[QUESTION], probes=["matrix", "neutral"])
        assert d.state(id) in ("queued", "running")
        assert d.get(f"/v1/diagnoses/{id}/report").status == 409
        events = list(d.events(id, "?text=1"))
        names = [name for name, _, _ in events]
        assert names[0] == "state" and names[-1] == "done" and names.count("cell") == 10
        ids = [ident for name, ident, _ in events if name == "cell"]
        assert [int(i.split("-")[1]) for i in ids] == list(range(1, 11))
        texts = {}
        for name, _, data in events:
            if name == "text":
                texts[data["cell"]] = texts.get(data["cell"], "") + data["text"]
        assert texts, "nothing was told while the answers came"
        report = d.report(id)
        assert report["id"] == id and report["summary"]["success"]
        assert all(any(c["text"].startswith(t) for c in report["cells"]) for t in texts.values())
        page = d.get(f"/v1/diagnoses/{id}/report?format=terminal&lang=en&columns=100&answers=1")
        assert page.status == 200 and "Brand diagnosis" in page.text
        assert d.get(f"/v1/diagnoses/{id}/report?format=pdf").status == 400
        whole = d.get(f"/v1/diagnoses/{id}").json
        assert whole["state"] == "done" and whole["progress"]["left_ms"] == 0
        assert whole["summary"] == report["summary"]
        assert d.get("/").status == 200 and id in d.get("/").text


def test_one_that_is_over_is_told_from_the_storage_after_a_restart(house):
    place = house(FAST)
    with Daemon(place) as d:
        id = d.submit()
        d.wait(id)
        before = d.report(id)
        assert d.stop() == 0
    with Daemon(place) as d:
        after = d.report(id)
        assert [c["text"] for c in after["cells"]] == [c["text"] for c in before["cells"]]
        assert d.state(id) == "done"
        events = list(d.events(id))
        assert [name for name, _, _ in events] == ["cell"] * len(after["cells"]) + ["done"]
        assert d.ask("DELETE", f"/v1/diagnoses/{id}").status == 409


@pytest.mark.parametrize("storage", ["store_memory", "store_jsonl", "store_sqlite"])
def test_every_storage_serves(house, storage):
    with Daemon(house(FAST, storage=storage)) as d:
        id = d.submit()
        assert d.wait(id) == "done" and d.report(id)["summary"]["success"]
        assert [r["id"] for r in d.get("/v1/diagnoses").json["diagnoses"]] == [id]


def test_last_event_id_goes_on_where_the_client_was(house):
    with Daemon(house(SLOW)) as d:
        id = d.submit(samples=20)
        seen = []
        for name, ident, data in d.events(id):
            if name == "cell":
                seen.append((ident, json.dumps(data, sort_keys=True)))
            if len(seen) == 7:
                break
        for name, ident, data in d.events(id, headers={"Last-Event-ID": seen[-1][0]}):
            if name == "cell":
                seen.append((ident, json.dumps(data, sort_keys=True)))
        assert len({i for i, _ in seen}) == len(seen) == 40, "lost, or told twice"
        again = [ident for name, ident, _ in d.events(id, headers={"Last-Event-ID": "another-3"}) if name == "cell"]
        assert len(again) == 40


def test_lists_have_pages_and_states(house):
    with Daemon(house(FAST)) as d:
        ids = [d.submit(questions=[f"{i}?"]) for i in range(7)]
        for id in ids:
            d.wait(id)
        path, got = "/v1/diagnoses?limit=3", []
        while path:
            page = d.get(path).json
            got += [r["id"] for r in page["diagnoses"]]
            path = page["next"]
        assert sorted(got) == sorted(ids) and got == sorted(got, reverse=True)
        assert d.get("/v1/diagnoses?state=unfinished").json["diagnoses"] == []
        for bad in ("limit=0", "limit=x", "limit=1001", "state=all"):
            assert d.get(f"/v1/diagnoses?{bad}").status == 400


def test_a_cancelled_one_ends_with_what_has_come(house):
    with Daemon(house(SLOW)) as d:
        id = d.submit(samples=50)
        time.sleep(0.4)
        assert d.ask("DELETE", f"/v1/diagnoses/{id}").status == 202
        assert d.wait(id, 5) == "done"
        report = d.report(id)
        assert report["summary"]["interrupted"] and len(report["cells"]) == 100
        assert d.ask("DELETE", "/v1/diagnoses/nothing").status == 404


def test_the_queue_is_bounded_and_says_when_to_come_again(house):
    place = house(SLOW, settings={"server": {"running": "1", "queue": "2"}})
    with Daemon(place) as d:
        ids = [d.submit(questions=[f"{i}?"]) for i in range(2)]
        time.sleep(0.3)  # the first has left the queue
        ids.append(d.submit(questions=["2?"]))
        got = d.post("/v1/diagnoses", inquiry_of(questions=["3?"]))
        assert got.status == 429 and int(got.headers["Retry-After"]) >= 1, got
        waiting = d.get(f"/v1/diagnoses/{ids[2]}").json
        assert waiting["state"] == "queued" and waiting["ahead"] == 1
        assert len(d.get("/v1/diagnoses").json["diagnoses"]) == 3, "nothing is stored of what was refused"
        place.sections["server"] = {**place.sections["server"], "running": "4", "queue": "3"}
        place.write()
        assert d.post("/v1/reload").status == 200
        time.sleep(0.2)
        assert {d.state(id) for id in ids} == {"running"}, "a reload takes other limits over"
        for id in ids:
            assert d.wait(id) == "done"


def test_texts_of_one_that_waited_in_the_queue_are_told(house):
    place = house({"defaults": {"latency": {"first_ms": 100, "total_ms": 1500}}}, ["qwen", "zhipu"], {"server": {"running": "1"}})
    with Daemon(place) as d:
        d.submit(questions=["0?"], samples=10)
        id = d.submit(questions=["1?"], samples=10)
        assert d.state(id) == "queued"
        told = [data for name, _, data in d.events(id, "?text=1") if name == "text"]
        assert len({t["cell"] for t in told}) == 20, "more answers than were known of when the client came"


def test_one_idempotency_key_is_one_diagnosis(house):
    place = house(FAST)
    with Daemon(place) as d:
        body, key = inquiry_of(), {"Idempotency-Key": "order-7"}
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: d.post("/v1/diagnoses", body, headers=key), range(100)))
        ids = {a.json["id"] for a in answers}
        assert len(ids) == 1 and sorted(a.status for a in answers) == [200] * 99 + [202]
        (id,) = ids
        assert d.post("/v1/diagnoses", inquiry_of(questions=["another?"]), headers=key).status == 422
        assert d.post("/v1/diagnoses", body, headers={"Idempotency-Key": "x" * 201}).status == 400
        d.wait(id)
        assert d.stop() == 0
    with Daemon(place) as d:
        got = d.post("/v1/diagnoses", body, headers=key)
        assert got.status == 200 and got.json["id"] == id and got.json["known"]
    assert place.sim.stats()["qwen"]["requests"] == 1


BODIES = {
    "not_json": ("{", 400), "array": ("[]", 400), "empty": ("", 400),
    "no_question": ({"brand": "x"}, 400), "no_brand": ({"questions": ["y?"]}, 400),
    "strange_member": ({**inquiry_of(), "base_url": "http://10.0.0.1"}, 400),
    "key": ({**inquiry_of(), "api_key": "sk-1"}, 400),
    "wrong_type": ({**inquiry_of(), "questions": "y?"}, 400),
    "calls": ({**inquiry_of(), "max_calls": 0}, 400), "cost": ({**inquiry_of(), "max_cost": -1}, 400),
    "cost_without_prices": ({**inquiry_of(), "max_cost": 1}, 422),
    "provider": ({**inquiry_of(), "models": ["claude"]}, 422),
    "placeholder": ({**inquiry_of(), "questions": ["{{question}}"]}, 400),
    "twice": ({**inquiry_of(), "questions": ["y?", "y?"]}, 400),
    "deep": ("[" * 100000, 400), "nul": ('{"brand": "a\\u0000"}', 400), "utf8": (b'{"brand": "\xff"}', 400),
}


@pytest.fixture(scope="module")
def bodies():
    return {}


def test_a_wrong_body_is_refused_by_name(house):
    with Daemon(house(FAST)) as d:
        for name, (body, status) in BODIES.items():
            if isinstance(body, str):
                body = body.encode()
            got = d.post("/v1/diagnoses", body)
            assert got.status == status, (name, got)
            assert got.json["detail"], name
        assert "base_url" in d.post("/v1/diagnoses", BODIES["strange_member"][0]).json["detail"]
        assert d.get("/v1/diagnoses").json["diagnoses"] == []


def test_paths_and_methods(house):
    with Daemon(house(FAST)) as d:
        assert d.get("/nothing").status == 404 and d.get("/v1/diagnoses/UPPER").status == 404
        assert d.get("/v1/diagnoses/nothing").status == 404
        assert d.get("/v1/diagnoses/nothing/events").status == 404
        assert d.get("/v1/diagnoses/nothing/report").status == 404
        got = d.ask("PUT", "/v1/diagnoses", b"{}", headers={"Content-Type": "application/json"})
        assert got.status == 405 and got.headers["Allow"] == "POST, GET"
        head = d.ask("HEAD", "/healthz")
        assert head.status == 200 and head.body == b""
        assert d.get("/healthz").text == "alive\n" and d.get("/readyz").text == "ready\n"
        assert d.get("/v1/providers").json["providers"][0]["usable"]


def test_large_answers_are_compressed_for_who_takes_that(house):
    with Daemon(house(FAST)) as d:
        id = d.submit()
        d.wait(id)
        plain = d.get(f"/v1/diagnoses/{id}/report")
        packed = d.get(f"/v1/diagnoses/{id}/report", headers={"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "gzip" and len(packed.body) < len(plain.body) / 2
        assert json.loads(gzip.decompress(packed.body)) == plain.json


def test_limits_of_a_request_hold(house):
    with Daemon(house(FAST)) as d:
        id = d.submit(samples=10, max_calls=3)
        d.wait(id)
        report = d.report(id)
        assert sum(c["attempts"] for c in report["cells"]) == 3
        assert {c["reason"] for c in report["cells"] if c["status"] == "skipped"} == {"budget"}


def test_a_stop_finishes_what_runs_and_a_second_one_does_not_wait(house):
    place = house(SLOW)
    with Daemon(place) as d:
        id = d.submit()
        time.sleep(0.3)
        d.signal(signal.SIGTERM)
        time.sleep(0.2)
        assert d.get("/readyz").status == 503 and d.post("/v1/diagnoses", inquiry_of()).status == 503
        ends = [name for name, _, _ in d.events(id)]
        assert ends[-1] == "done", "who follows is told to the end"
        assert d.process.wait(10) == 0
    with Daemon(place) as d:
        assert d.state(id) == "done"
        second = d.submit(questions=["another?"], samples=30)
        time.sleep(0.3)
        d.signal(signal.SIGTERM)
        time.sleep(0.1)
        d.signal(signal.SIGTERM)
        assert d.process.wait(4) == 0
    with Daemon(place) as d:
        whole = d.get(f"/v1/diagnoses/{second}").json
        assert whole["resumed"] and d.wait(second) == "done"
        assert len(d.report(second)["cells"]) == 60


def test_a_large_diagnosis_does_not_starve_a_small_one(house):
    place = house(FAST, ["qwen"], {"provider:qwen": {"concurrency": "10", "requests_per_minute": "0"}})
    with Daemon(place) as d:
        large = d.submit(samples=1000)
        time.sleep(1)
        began = time.monotonic()
        small = d.submit(questions=["small?"], samples=10)
        assert d.wait(small) == "done"
        assert time.monotonic() - began < 1.5 + slack(place), "ten calls of 100 ms beside a thousand"
        assert d.state(large) == "running"


def test_many_followers_and_many_diagnoses_at_once(house):
    """200 who follow, 50 diagnoses, one who does not read: nobody waits for another."""
    place = house(SLOW, ["qwen", "zhipu"], {f"provider:{p}": {"concurrency": "200", "requests_per_minute": "0"}
                                            for p in ("qwen", "zhipu")})
    with Daemon(place) as d:
        ids = [d.submit(questions=[f"{i}?"], samples=2) for i in range(50)]
        lazy = socket.create_connection(("127.0.0.1", d.port))
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.sendall(f"GET /v1/diagnoses/{ids[0]}/events?text=1 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        times, stop = [], threading.Event()

        def look():
            connection = d.connect()
            while not stop.is_set():
                began = time.monotonic()
                connection.request("GET", f"/v1/diagnoses/{ids[25]}")
                connection.getresponse().read()
                times.append(time.monotonic() - began)
                time.sleep(0.005)
            connection.close()
        looker = threading.Thread(target=look)
        looker.start()
        with concurrent.futures.ThreadPoolExecutor(200) as pool:
            ends = list(pool.map(lambda i: list(d.events(ids[i % 50]))[-1][0], range(200)))
        stop.set()
        looker.join()
        lazy.close()
        assert ends == ["done"] * 200
        p99 = statistics.quantiles(times, n=100)[98]
        print(f"\nGET beside them: median {statistics.median(times) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms")
        assert p99 < 0.5 + slack(place)
        time.sleep(0.5)
        assert numbers(d.pid)["threads"] < 120


def test_metrics_and_status_count(house):
    with Daemon(house(FAST)) as d:
        d.wait(d.submit())
        text = d.get("/metrics").text
        assert "brandiag_submissions_total{result=\"accepted\"} 1" in text
        assert "brandiag_generation 1" in text and "brandiag_storage_failing 0" in text
        status = d.get("/v1/status").json
        assert status["diagnoses"]["finished"] == 1 and not status["storage"]["failing"]


def test_the_log_says_which_diagnosis_and_which_task(house):
    place = house(quick(zhipu={"script": ["500 forever"]}), ["qwen", "zhipu"],
                  {"log": {"level": "debug", "format": "json"}, "retry": {"max_retries": "0"}})
    with Daemon(place) as d:
        id = d.submit()
        d.wait(id)
        assert d.stop() == 0
        lines = [json.loads(line) for line in d.errors.splitlines()]
    mine = [line for line in lines if line.get("diagnosis") == id]
    assert mine[0]["message"].startswith("begins: 2 tasks") and mine[-1]["message"].endswith("1 ok, 1 error")
    calls = {line["task"]: line["message"] for line in mine if line["level"] == "debug"}
    assert len(calls) == 2 and any(m.startswith("qwen: ") and " bytes in " in m for m in calls.values()), calls
    (failed,) = [line for line in mine if line["level"] == "info" and "task" in line]
    assert "zhipu: error, overloaded, after 1 calls" in failed["message"] and failed["task"] in calls
