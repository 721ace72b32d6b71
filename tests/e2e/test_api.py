"""The HTTP API beside docs/openapi.yaml: what is served is described, what is described is served;
limits, languages, pages, storages that do not answer, metrics while diagnoses run."""
import concurrent.futures
import json
import re
import shutil
import sqlite3
import subprocess
import time

import jsonschema
import pytest

from brandiag import QUESTION, ROOT, house  # noqa: F401
from serve import Daemon, contract, inquiry_of, validator

TEXT = {"answer": {"text": "1. 华为\n2. 小米\n先看预算，再看空间。"}}
SLOW = {"defaults": {"latency": {"first_ms": 100, "total_ms": 1500}, **TEXT}}
FAST = {"defaults": {"latency": {"total_ms": 100}, **TEXT}}
PRICES = {f"provider:{p}": {"price_input": "1", "price_output": "2"} for p in ("doubao", "qwen")}


def test_every_route_is_described_and_nothing_else_is():
    table = re.search(r"routes\[\] = \{(.*?)\n\};", (ROOT / "core" / "face" / "routes.c").read_text(), re.S)[1]
    served = {(method.lower(), path.replace("*", "{id}"))
              for method, path in re.findall(r'\{"(\w+)", "([^"]+)", \w+\}', table)}
    described = {(method, path) for path, item in contract()["paths"].items()
                 for method in item if method != "parameters"}
    assert served == described and len(served) == 15


def schemas(o):
    """All that has a type or parts, wherever it stands."""
    if isinstance(o, dict):
        if o.get("type") == "object" and "properties" in o:
            yield o
        for value in o.values():
            yield from schemas(value)
    elif isinstance(o, list):
        for value in o:
            yield from schemas(value)


def references(o):
    if isinstance(o, dict):
        yield from [o["$ref"]] if isinstance(o.get("$ref"), str) else []
        for value in o.values():
            yield from references(value)
    elif isinstance(o, list):
        for value in o:
            yield from references(value)


def test_the_description_is_strict_and_whole():
    for schema in contract()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for schema in schemas(contract()):
        assert schema["additionalProperties"] is False, schema
        assert set(schema.get("required", [])) <= set(schema["properties"]), schema
    for ref in set(references(contract())):
        if ref == "report.schema.json":
            continue
        at = contract()
        for name in ref.removeprefix("#/").split("/"):
            at = at[name]
    operations = [op for item in contract()["paths"].values() for name, op in item.items() if name != "parameters"]
    assert len({op["operationId"] for op in operations}) == len(operations)


def test_the_example_of_the_description_is_accepted(house):
    body = contract()["paths"]["/v1/diagnoses"]["post"]["requestBody"]["content"]["application/json"]
    validator("", "Submission").validate(body["example"])
    with Daemon(house(FAST)) as d:
        got = d.post("/v1/diagnoses", body["example"])
        assert got.status == 202 and d.wait(got.json["id"]) == "done"
        assert got.headers["Location"] == got.json["links"]["self"] == f"/v1/diagnoses/{got.json['id']}"


def test_head_answers_as_get_without_a_body(house):
    with Daemon(house(FAST)) as d:
        id = d.submit()
        d.wait(id)
        for path in ("/", "/healthz", "/readyz", "/metrics", "/v1/diagnoses", f"/v1/diagnoses/{id}", "/v1/status",
                     f"/v1/diagnoses/{id}/report", f"/v1/diagnoses/{id}/events", "/v1/providers", "/v1/nothing"):
            head, got = d.ask("HEAD", path), d.get(path)
            assert (head.status, head.body) == (got.status, b""), path
            assert head.headers["Content-Type"] == got.headers["Content-Type"], path
        assert d.ask("HEAD", "/v1/drain").status == 405 and d.get("/readyz").status == 200


@pytest.mark.parametrize("lang, title", [("zh", "品牌诊断"), ("en", "Brand diagnosis")])
def test_a_report_is_in_the_language_of_the_request_or_of_the_reader(house, lang, title):
    other = {"zh": "Brand diagnosis", "en": "品牌诊断"}[lang]
    with Daemon(house(FAST)) as d:
        id = d.submit(lang=lang)
        d.wait(id)
        path = f"/v1/diagnoses/{id}/report"
        own = d.get(f"{path}?format=terminal")
        assert title in own.text and other not in own.text and "\x1b" not in own.text
        assert own.headers["Content-Type"] == "text/plain; charset=utf-8"
        for reader, there in (("zh", "品牌诊断"), ("en", "Brand diagnosis")):
            assert there in d.get(f"{path}?format=terminal&lang={reader}").text
        assert d.report(id)["lang"] == lang
        for format, kind, there in (("html", "text/html; charset=utf-8", "<!doctype html>"), ("md", "text/markdown; charset=utf-8", "# "),
                                    ("csv", "text/csv; charset=utf-8; header=present", "\ufeffdiagnosis,")):
            got = d.get(f"{path}?format={format}")
            assert got.headers["Content-Type"] == kind and got.text.startswith(there), format
            assert format == "csv" or title in got.text
        assert other in d.get(f"{path}?format=html&lang={'en' if lang == 'zh' else 'zh'}").text
        for bad in ("lang=fr", "format=pdf", "columns=59", "columns=401", "columns=x"):
            got = d.get(f"{path}?{bad}")
            assert got.status == 400 and bad.split("=")[0] in got.json["detail"], bad


def test_brands_and_questions_of_many_languages_come_back_as_they_were(house):
    brands, questions = ["Société Générale", "Ελλάς", "삼성", "Ünïcødé & <b>"], ["¿Cuál es mejor?", "どれがいい？", "ماذا 🚗?"]
    with Daemon(house(FAST)) as d:
        id = d.submit(brand=brands[0], competitors=brands[1:], questions=questions)
        assert d.wait(id) == "done"
        report = d.report(id)
        assert report["questions"] == questions, report["questions"]
        request = d.get(f"/v1/diagnoses/{id}").json["request"]
        assert [request["brand"], *request["competitors"]] == brands or \
            [request["brand"]["name"], *(c["name"] for c in request["competitors"])] == brands
        page = d.get("/").text
        assert "Société Générale" in page and "<b>" not in page.split("</h1>")[1]


def test_the_weights_of_a_request_go_before_those_of_the_configuration(house):
    own = {"mention": 1, "rank": 0, "share_of_voice": 0, "sentiment": 0}
    with Daemon(house(FAST, settings={"score": {"mention": "30", "rank": "10", "share_of_voice": "0", "sentiment": "0"}})) as d:
        def weight(id, part):
            assert d.wait(id) == "done"
            return d.report(id)["scores"][0]["parts"][part]["weight"]
        assert weight(d.submit(), "rank") == 0.25
        id = d.submit(score_weights=own)
        assert weight(id, "rank") == 0 and weight(id, "mention") == 1
        assert d.get(f"/v1/diagnoses/{id}").json["request"]["score_weights"] == own
        got = d.post("/v1/diagnoses", {"brand": "a", "questions": ["b"], "score_weights": {"mention": 1}})
        assert got.status == 400 and "'rank'" in got.json["detail"], got


def test_calls_and_cost_are_limited_and_a_cache_can_be_passed_by(house):
    place = house(FAST, settings={**PRICES, "cache": {"ttl": "1h"}})
    with Daemon(place) as d:
        def asked():
            return sum(p["requests"] for p in place.sim.stats().values())
        d.wait(d.submit())
        assert asked() == 2
        again = d.submit()
        d.wait(again)
        assert asked() == 2 and all(c["cached"] for c in d.report(again)["cells"])
        fresh = d.submit(no_cache=True)
        d.wait(fresh)
        assert asked() == 4 and not any(c["cached"] for c in d.report(fresh)["cells"])
        few = d.submit(questions=["few?"], samples=10, max_calls=3)
        d.wait(few)
        assert asked() == 7
        cheap = d.submit(questions=["cheap?"], samples=10, max_cost=1e-9)
        d.wait(cheap)
        report = d.report(cheap)
        assert {c["reason"] for c in report["cells"] if c["status"] == "skipped"} == {"budget"}
        assert report["summary"]["calls"] == asked() - 7 < 20


def test_pages_of_the_unfinished_stay_unfinished(house):
    with Daemon(house(SLOW, settings={"server": {"running": "1"}})) as d:
        done = d.submit(questions=["done?"])
        d.wait(done)
        ids = {d.submit(questions=[f"{i}?"]) for i in range(5)}
        path, got = "/v1/diagnoses?limit=2&state=unfinished", []
        while path:
            page = d.get(path).json
            assert len(page["diagnoses"]) <= 2
            got += [r["id"] for r in page["diagnoses"]]
            path = page["next"]
        assert set(got) == ids and got == sorted(ids, reverse=True)


def test_a_target_that_hides_something_is_refused(house):
    with Daemon(house(FAST)) as d:
        id = d.submit()
        d.wait(id)
        for path in ("/healthz%00", "/v1/diagnoses%00/x", f"/v1/diagnoses/{id}%00", "/v1/diagnoses?limit=1%00x",
                     f"/v1/diagnoses/{id}/report?lang=zh%00"):
            assert d.get(path).status == 400, path
        for path in ("/v1/diagnoses/%2e%2e/%2e%2e/etc/passwd", "/v1/diagnoses/..%2fstatus", "/%2fhealthz", "/./healthz"):
            assert d.get(path).status == 404, path


@pytest.mark.parametrize("accept, packed", [("gzip", True), ("GZIP;q=0.5", True), ("*", True), ("gzip; q=0", False),
                                            ("br, deflate", False), ("identity", False)])
def test_who_takes_gzip_gets_it(house, accept, packed):
    with Daemon(house(FAST)) as d:
        got = d.get("/metrics", headers={"Accept-Encoding": accept})
        assert (got.headers.get("Content-Encoding") == "gzip") == packed and got.headers["Vary"] == "Accept-Encoding"


def test_a_storage_that_does_not_answer_is_503_and_no_diagnosis_is_told_that_is_not_there(house):
    place = house(FAST)
    with Daemon(place) as d:
        d.wait(d.submit())
        other = sqlite3.connect(place.database, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            body, key = inquiry_of(questions=["locked?"]), {"Idempotency-Key": "k"}
            answers = list(pool.map(lambda _: d.post("/v1/diagnoses", body, headers=key), range(4)))
        other.execute("COMMIT")
        other.close()
        refused = [a for a in answers if a.status == 503]
        assert refused and all("locked" in a.json["detail"] and int(a.headers["Retry-After"]) >= 1 for a in refused)
        until = time.monotonic() + 10
        while d.get("/readyz").status != 200:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert d.wait(d.submit(questions=["free?"])) == "done"


def promtool(text):
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (Debian package prometheus)")
    done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True, timeout=20)
    assert done.returncode == 0 and not done.stdout and not done.stderr, done


def test_metrics_are_clean_while_diagnoses_run(house):
    place = house({"defaults": {"latency": {"first_ms": 50, "total_ms": 800}, "faults": [
        {"fault": "500", "probability": 0.2}, {"fault": "429", "probability": 0.1}], **TEXT}},
        ["doubao", "qwen"], {"server": {"running": "2", "queue": "3"}})
    with Daemon(place) as d:
        promtool(d.get("/metrics").text)
        ids = []
        for i in range(8):
            got = d.post("/v1/diagnoses", inquiry_of(questions=[f"{i}?"], samples=5))
            ids += [got.json["id"]] if got.status == 202 else []
        for _ in range(10):
            promtool(d.get("/metrics").text)
            time.sleep(0.1)
        for id in ids:
            d.wait(id)
        text = d.get("/metrics").text
        promtool(text)
        value = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line[0] != "#"}
        assert value['brandiag_submissions_total{result="accepted"}'] == len(ids)
        assert value['brandiag_submissions_total{result="queue_full"}'] == 8 - len(ids) > 0
        assert value["brandiag_queue_depth"] == value["brandiag_sessions_running"] == 0
        assert value['brandiag_http_responses_total{class="4xx"}'] >= 8 - len(ids)


def test_a_small_diagnosis_passes_a_large_one_in_a_few_call_times(house):
    """Ten cells behind a thousand, on one provider that takes ten calls at once: calls of 0.2 s."""
    scenario = {"defaults": {"latency": {"total_ms": 200}, **TEXT}}
    with Daemon(house(scenario, ["qwen"], {"provider:qwen": {"concurrency": "10", "requests_per_minute": "0"}})) as d:
        large = d.submit(samples=1000)
        until = time.monotonic() + 5
        while d.get(f"/v1/diagnoses/{large}").json["progress"]["done"] < 20:
            assert time.monotonic() < until
            time.sleep(0.02)
        small = d.submit(questions=["small?"], samples=10)
        d.wait(small)
        cells = d.report(small)["cells"]
        assert all(c["status"] == "ok" for c in cells)
        assert d.report(small)["summary"]["elapsed_ms"] < 10 * 200
        assert d.state(large) == "running"
        d.ask("DELETE", f"/v1/diagnoses/{large}")
        d.wait(large)


def test_what_is_asked_of_one_that_waits_or_is_over(house):
    with Daemon(house(SLOW, settings={"server": {"running": "1"}})) as d:
        first = d.submit()
        time.sleep(0.2)
        second = d.submit(questions=["second?"])
        for id, state in ((first, "running"), (second, "queued")):
            got = d.get(f"/v1/diagnoses/{id}/report")
            assert got.status == 409 and state in got.json["detail"] and got.headers["Retry-After"] == "1"
        assert d.ask("DELETE", f"/v1/diagnoses/{second}").status == 202
        d.wait(first)
        d.wait(second)
        assert d.report(second)["summary"]["interrupted"] and d.report(second)["summary"]["calls"] == 0
        for id in (first, second):
            got = d.ask("DELETE", f"/v1/diagnoses/{id}")
            assert got.status == 409 and "over" in got.json["detail"]


def test_one_question_twice_is_two_diagnoses_without_a_key(house):
    with Daemon(house(FAST)) as d:
        body = json.dumps(inquiry_of(questions=[QUESTION])).encode()
        assert len({d.post("/v1/diagnoses", body).json["id"] for _ in range(5)}) == 5
        key = {"Idempotency-Key": "a"}
        first = d.post("/v1/diagnoses", body, headers=key)
        assert (first.status, first.json["known"]) == (202, False)
        other = d.post("/v1/diagnoses", body, headers={"Idempotency-Key": "A"})
        assert other.status == 202 and other.json["id"] != first.json["id"], "keys have a case"
        for bad in ("", "with blank", "x" * 201):
            got = d.post("/v1/diagnoses", body, headers={"Idempotency-Key": bad})
            assert got.status == 400 and "Idempotency-Key" in got.json["detail"], bad


FOREIGN = ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"},
           {"Origin": "http://localhost:1"}, {"Content-Type": "text/plain"},
           {"Content-Type": "application/x-www-form-urlencoded"})


def test_a_page_of_another_site_neither_cancels_nor_reloads_nor_stops(house):
    with Daemon(house(SLOW)) as d:
        id = d.submit(samples=5)
        for headers in FOREIGN:
            for path in ("/v1/diagnoses", "/v1/reload", "/v1/rollback", "/v1/drain"):
                got = d.post(path, headers=headers)
                assert got.status in (403, 415, 421), (path, headers, got)
                assert not [h for h in got.headers if h.lower().startswith("access-control")]
            if "Content-Type" not in headers:
                assert d.ask("DELETE", f"/v1/diagnoses/{id}", headers=headers).status in (403, 421), headers
                assert d.get(f"/v1/diagnoses/{id}/report", headers=headers).status in (403, 421), headers
        status = d.get("/v1/status").json
        assert status["generation"]["reloads"] == 0 and not status["draining"]
        assert status["diagnoses"]["accepted"] == 1
        d.wait(id)
        assert not d.report(id)["summary"]["interrupted"]


def test_the_examples_of_the_guide_work(house):
    """docs/api.md: each curl that is shown, against a server that runs."""
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", guide, re.S)
    place = house(FAST)
    (place.directory / "request.json").write_text(json.dumps(inquiry_of()), encoding="utf-8")
    with Daemon(place) as d:
        id = d.submit()
        d.wait(id)
        first = blocks[0].replace("8731", str(d.port)) + "set -e\n"
        seen = 0
        for block in blocks[1:]:
            if "token" in block:
                continue
            block = re.sub(r"20260502t\S+", id, block)
            script = first + f"ID={id}\n" + block.replace("curl ", "curl -w '\\n%{http_code}\\n' ")
            done = subprocess.run(["bash", "-c", script], cwd=place.directory, capture_output=True, text=True, timeout=30)
            codes = [int(c) for c in re.findall(r"^(\d{3})$", done.stdout, re.M)]
            wanted = [400] if '"question":"?"' in block else [409] if "DELETE" in block else [200, 202]
            assert done.returncode == 0 and codes and set(codes) <= set(wanted), (block, done)
            seen += len(codes)
        assert seen >= 9
