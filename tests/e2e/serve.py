"""`brandiag serve` under test: a daemon in a Place, and a client that is no library's.

    with Daemon(place) as d:
        id = d.submit(questions=["哪个好？"])
        d.wait(id)
        report = d.get(f"/v1/diagnoses/{id}/report").json"""
import functools
import http.client
import json
import os
import re
import select
import signal
import time

import jsonschema
import yaml

from brandiag import ROOT


@functools.lru_cache(None)
def contract():
    return yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))


@functools.lru_cache(None)
def validator(kind, name):
    """Of a schema of docs/openapi.yaml, or of the report."""
    if kind == "report":
        schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
        return jsonschema.Draft202012Validator(schema)
    whole = contract()
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": whole["components"]})


# The checks that come before every operation, and what no path is there for.
ANYWHERE = {400, 401, 403, 404, 405, 413, 415, 421, 429, 500, 501, 503}


def operation(method, path):
    for template, item in contract()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[a-z0-9-]+", template), path):
            return item.get({"HEAD": "get"}.get(method, method.lower()))
    return None


def check(method, path, answer):
    """Every answer is one that docs/openapi.yaml describes."""
    kind = answer.headers.get("Content-Type", "").split(";")[0]
    op = operation(method, path.split("?")[0])
    if method == "HEAD":
        return
    if op is None or str(answer.status) not in op["responses"]:
        assert answer.status in ANYWHERE, (method, path, answer)
        assert kind == "application/problem+json", answer
    if kind == "application/problem+json":
        validator("", "Problem").validate(answer.json)
        assert answer.json["status"] == answer.status
        return
    described = op["responses"][str(answer.status)]
    if "$ref" in described:
        described = contract()["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    assert kind in described["content"], (kind, described)
    schema = described["content"][kind]["schema"]
    if schema.get("$ref") == "report.schema.json":
        validator("report", "").validate(answer.json)
    elif kind == "application/json":
        whole = {**schema, "components": contract()["components"]}
        jsonschema.Draft202012Validator(whole).validate(answer.json)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8")

    def __repr__(self):
        return f"<{self.status} {self.body[:600]!r}>"


class Daemon:
    """Started at once; ended with the block, by its own pid."""

    def __init__(self, place, *args, env=None, wait=20):
        self.place = place
        place.sections.setdefault("server", {}).setdefault("listen", "127.0.0.1:0")
        place.sections.setdefault("log", {}).setdefault("level", "info")
        place.write()
        self.log = open(place.directory / "serve.err", "ab")
        began = time.monotonic()
        self.process = place.start("serve", *args, env=env, stderr=self.log)
        self.port = self._port(wait)
        self.started_in = time.monotonic() - began

    def _port(self, wait):
        ready, _, _ = select.select([self.process.stdout], [], [], wait)
        line = self.process.stdout.readline().decode() if ready else ""
        found = re.match(r"listening on http://.*:(\d+)\n", line)
        if not found:
            self.kill()
            raise AssertionError(f"no daemon: {line!r} {self.errors[-2000:]}")
        return int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def pid(self):
        return self.process.pid

    @property
    def errors(self):
        return (self.place.directory / "serve.err").read_text(encoding="utf-8", errors="replace")

    def signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def stop(self, timeout=40):
        """SIGTERM, and its exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None, timeout=30):
        connection = self.connect(timeout)
        try:
            head = {"Content-Type": "application/json"} if method == "POST" else {}
            if isinstance(body, (dict, list)):
                body = json.dumps(body).encode()
            connection.request(method, path, body, {**head, **(headers or {})})
            got = connection.getresponse()
            answer = Answer(got.status, dict(got.getheaders()), got.read())
            if "Content-Encoding" not in answer.headers:
                check(method, path, answer)
            return answer
        except ConnectionError as e:
            raise AssertionError(f"{method} {path}: {e}; exit code {self.process.poll()}; {self.errors[-3000:]}") from e
        finally:
            connection.close()

    def get(self, path, **how):
        return self.ask("GET", path, **how)

    def post(self, path, body=None, **how):
        return self.ask("POST", path, body if body is not None else {}, **how)

    def submit(self, **inquiry):
        got = self.post("/v1/diagnoses", inquiry_of(**inquiry))
        assert got.status == 202, got
        return got.json["id"]

    def state(self, id):
        got = self.get(f"/v1/diagnoses/{id}")
        assert got.status == 200, got
        return got.json["state"]

    def wait(self, id, timeout=30):
        """Until it is over; its state."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            state = self.state(id)
            if state in ("done", "failed"):
                return state
            time.sleep(0.02)
        raise AssertionError(f"{id} is not over: {self.get(f'/v1/diagnoses/{id}')}")

    def report(self, id):
        got = self.get(f"/v1/diagnoses/{id}/report")
        assert got.status == 200, got
        return got.json

    def events(self, id, query="", headers=None, timeout=40):
        """(event, id, data) of the stream, until it ends."""
        connection = self.connect(timeout)
        try:
            connection.request("GET", f"/v1/diagnoses/{id}/events{query}", headers=headers or {})
            got = connection.getresponse()
            assert got.status == 200, got.status
            name = ident = None
            for line in got:
                line = line.decode("utf-8").rstrip("\n")
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("id: "):
                    ident = line[4:]
                elif line.startswith("data: "):
                    data = json.loads(line[6:])
                    if name in EVENTS:
                        validator("", EVENTS[name]).validate(data)
                    yield name, ident, data
                    ident = None
        finally:
            connection.close()


EVENTS = {"state": "EventState", "progress": "Progress", "text": "EventText", "done": "EventDone"}


def inquiry_of(**more):
    return {"brand": "华为", "competitors": ["小米"], "questions": ["哪个牌子好？"], "probes": ["neutral"], **more}


def numbers(pid):
    """What must not grow: descriptors, threads, mappings; and memory in bytes."""
    base = f"/proc/{pid}"
    with open(f"{base}/maps", encoding="ascii", errors="replace") as maps:
        mappings = sum(1 for _ in maps)
    with open(f"{base}/status", encoding="ascii") as status:
        text = status.read()
    return {
        "fds": len(os.listdir(f"{base}/fd")),
        "threads": int(re.search(r"Threads:\s+(\d+)", text)[1]),
        "maps": mappings,
        "rss": int(re.search(r"VmRSS:\s+(\d+)", text)[1]) * 1024,
    }
