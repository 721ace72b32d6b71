"""Hot reload under test: builds of one adapter, put in place while the daemon serves, and a load
meanwhile."""
import collections
import json
import os
import shutil
import subprocess
import threading
import time

import pytest

from brandiag import KEY_ENV, ROOT, house  # noqa: F401
from test_config import plugin_dir

SOURCE = ROOT / "tests" / "plugins" / "outside" / "echo" / "echo.c"
ANSWER = {"answer": {"text": "1. 华为\n2. 小米\n先看预算，再看空间。"}}
FAST = {"defaults": {"latency": {"total_ms": 60}, **ANSWER}}


def build(folder, name, change=lambda source: source, flags=()):
    """echo.c, changed, as a plugin file of its own."""
    mine = folder / name
    mine.mkdir(exist_ok=True)
    (mine / "echo.c").write_text(change(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")
    subprocess.run(["cc", "-std=gnu17", "-fPIC", "-shared", "-fvisibility=hidden", "-I", ROOT / "core" / "include",
                    "echo.c", "-o", "echo.so", *flags], cwd=mine, check=True, timeout=60)
    return mine / "echo.so"


def version(n):
    """Each build asks for a model that says which one it is."""
    asked = "put_quoted(host, out->body, ask->model)"

    def change(source):
        assert asked in source
        return source.replace(asked, f'put(host, out->body, "\\"any-v{n}\\"")')
    return change


def put(file, plugins):
    """As install(1) does: another file under the name, in one step."""
    shutil.copy(file, plugins / ".echo.so.new")
    (plugins / ".echo.so.new").chmod(0o755)
    os.replace(plugins / ".echo.so.new", plugins / "echo.so")


@pytest.fixture
def place(house):
    here = house(FAST, ["qwen"], {"provider:qwen": {"concurrency": "100", "requests_per_minute": "0"}})
    here.plugins = plugin_dir(here)
    here.v1, here.v2 = (build(here.directory, f"v{n}", version(n)) for n in (1, 2))
    put(here.v1, here.plugins)
    here.sections["engine"] = {"plugin_dir": str(here.plugins)}
    here.sections["provider:echo"] = {"plugin": "echo", "model": "any", "allow_private": "yes", "stream": "no",
                                      "base_url": here.sim.url + "/openai/v1", "api_key_env": KEY_ENV,
                                      "concurrency": "100", "requests_per_minute": "0"}
    return here


class Load(threading.Thread):
    """Diagnoses one after the other, each asked once and awaited; over one connection each,
    without looks at what test_serve.py looks at."""

    def __init__(self, daemon, number, tasks=8):
        super().__init__(daemon=True)
        self.target, self.number, self.tasks = daemon, number, tasks
        self.cells, self.ids, self.over, self.error = [], [], False, None

    def ask(self, method, path, body=None):
        connection = self.target.connect()
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            got = connection.getresponse()
            data = got.read()
            assert got.status < 300, (method, path, got.status, data[:500])
            return data
        finally:
            connection.close()

    def one(self, n):
        asked = {"brand": "华为", "probes": ["neutral"], "models": ["echo"],
                 "questions": [f"T{self.number}-{n}-{i}?" for i in range(self.tasks)]}
        id = json.loads(self.ask("POST", "/v1/diagnoses", json.dumps(asked).encode()))["id"]
        self.ask("GET", f"/v1/diagnoses/{id}/events")  # until it is over
        report = json.loads(self.ask("GET", f"/v1/diagnoses/{id}/report"))
        self.ids.append(id)
        self.cells += [(c["question"], c["status"], c["attempts"]) for c in report["cells"]]

    def run(self):
        n = 0
        try:
            while not self.over:
                n += 1
                self.one(n)
        except Exception as e:
            self.error = e


class Loads:
    """Some of them, for the length of a block; afterwards none has failed."""

    def __init__(self, daemon, count, tasks=8):
        self.all = [Load(daemon, i, tasks) for i in range(count)]

    def __enter__(self):
        for load in self.all:
            load.start()
        return self

    def __exit__(self, kind, *_):
        for load in self.all:
            load.over = True
        for load in self.all:
            load.join(30)
        assert kind or [load.error for load in self.all if load.error] == []

    def done(self):
        """Tasks that were reported."""
        return sum(len(load.cells) for load in self.all)

    def cells(self):
        return [c for load in self.all for c in load.cells]

    def ids(self):
        return [id for load in self.all for id in load.ids]


class Asked:
    """Every request that the simulator saw of a provider, which keeps the last 16384."""

    def __init__(self, sim):
        self.sim, self.seen = sim, {}

    def look(self):
        for call in self.sim.log(16384):
            self.seen[call["prompt"], call["at_ms"], call["model"]] = call
        return self

    def times(self):
        """How often each question was asked."""
        return collections.Counter(prompt for prompt, _, _ in self.seen)

    def models(self):
        return {model for _, _, model in self.seen}


def reload(d):
    """Until it is done: three generations may be alive. How often it was refused."""
    refused = 0
    while True:
        got = d.post("/v1/reload")
        if got.status == 200:
            return refused
        assert got.status == 503, got
        refused += 1
        time.sleep(0.005)


def in_use(pid):
    """Builds of the adapter whose code is in the process."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        return sum(1 for line in maps if "memfd:echo" in line and " r-xp " in line)
