"""brandiag under test: a folder with a configuration, and the program run in it.

    def test_it(house):
        place = house(providers=["doubao", "qwen"])
        got = place.ask()                      # the reference case, as JSON
        assert got.code == 0 and got.report["summary"]["success"]

Every test has a simulator, a folder and a database of its own. The environment of the
program is clean, and every run has a time-out."""
import collections
import json
import os
import pathlib
import sqlite3
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

KEY = "sim-key"
KEY_ENV = "E2E_KEY"

PATHS = {
    "doubao": "/doubao/api/v3",
    "qwen": "/qwen/compatible-mode/v1",
    "deepseek": "/deepseek",
    "zhipu": "/zhipu/api/paas/v4",
}
MODELS = {
    "doubao": "doubao-seed-2-0-lite-260428",
    "qwen": "qwen-plus",
    "deepseek": "deepseek-flash",
    "zhipu": "glm-4.7",
}
ALL = list(PATHS)

BRANDS = ["华为", "小米", "特斯拉", "比亚迪"]
QUESTION = "20万左右的新能源汽车品牌推荐"
REFERENCE = ["--brand", "华为=Huawei,问界,鸿蒙智行", "--competitor", "小米=Xiaomi",
             "--competitor", "特斯拉=Tesla", "--competitor", "比亚迪=BYD",
             "--question", QUESTION]

QUICK = {"latency": {"total_ms": 200}}


def quick(**providers):
    """A scenario: all answer after 200 ms, but for what is given by provider."""
    return {"defaults": QUICK, "providers": providers}


class Outcome:
    """What one run of the program came to."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def errors(self):
        return self.err.decode("utf-8")

    @property
    def report(self):
        """stdout as exactly one JSON object."""
        return json.loads(self.text)

    @property
    def cells(self):
        return self.report["cells"]

    def of(self, provider):
        """The cells of that provider."""
        return [c for c in self.cells if c["provider"] == provider]

    def statuses(self, provider=None):
        """How many cells by status."""
        return dict(collections.Counter(c["status"] for c in self.cells
                                        if provider in (None, c["provider"])))

    def __repr__(self):
        return (f"<exit {self.code} after {self.seconds:.2f} s\n"
                f"stdout: {self.out[:2000].decode('utf-8', 'replace')}\n"
                f"stderr: {self.err[-2000:].decode('utf-8', 'replace')}>")


class Place:
    """A folder with brandiag.ini; attributes: directory, ini, sim, database."""

    def __init__(self, bin_dir, directory, sim, providers, settings, storage):
        self.bin_dir, self.directory, self.sim = bin_dir, directory, sim
        self.program = bin_dir / "brandiag"
        self.providers = list(providers)
        self.ini = directory / "brandiag.ini"
        self.database = directory / "e2e.db"
        # Tests count calls and run one inquiry twice: nothing is kept but in test_cache.py.
        self.sections = {"cache": {"ttl": "0s"}, "storage": {"plugin": storage}}
        if storage != "store_memory":
            self.sections[f"storage:{storage}"] = {
                "path": str(self.database if storage == "store_sqlite" else directory / "e2e.jsonl")}
        for name in self.providers:
            self.sections[f"provider:{name}"] = {
                "model": MODELS[name],
                "base_url": (sim.url if sim else "http://127.0.0.1:9") + PATHS[name],
                "allow_private": "yes",
                "api_key_env": KEY_ENV,
            }
        for section, values in settings.items():
            self.sections.setdefault(section, {}).update(values)
        self.write()

    def write(self, extra=""):
        """brandiag.ini anew, from self.sections; a value of None leaves its key out."""
        lines = []
        for section, values in self.sections.items():
            lines.append(f"[{section}]")
            lines += [f"{key} = {value}" for key, value in values.items() if value is not None]
        self.ini.write_text("\n".join(lines) + "\n" + extra, encoding="utf-8")

    def line_of(self, text):
        """The number of the first line of brandiag.ini that begins with text."""
        lines = self.ini.read_text(encoding="utf-8").splitlines()
        return 1 + next(i for i, line in enumerate(lines) if line.startswith(text))

    def environment(self, **more):
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.directory), "LC_ALL": "C.UTF-8", KEY_ENV: KEY}
        env.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        env.update(more)
        return {k: v for k, v in env.items() if v is not None}

    def start(self, *args, env=None, **how):
        """The program as a Popen; the caller ends it."""
        how.setdefault("stdin", subprocess.DEVNULL)
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([str(self.program), *map(str, args)], cwd=self.directory,
                                env=self.environment(**(env or {})), **how)

    def run(self, *args, env=None, timeout=30):
        """One run; a run that is still there after timeout seconds fails the test."""
        begin = time.monotonic()
        process = self.start(*args, env=env)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            pytest.fail(f"still running after {timeout} s: {args}\n{err[-2000:]!r}")
        return Outcome(process.returncode, out, err, time.monotonic() - begin)

    def ask(self, *more, **how):
        """The reference case as JSON."""
        return self.run("run", *REFERENCE, "--format", "json", "--quiet", *more, **how)

    def neutral(self, samples, *more, **how):
        """The question alone, so often, as JSON."""
        return self.ask("--probe", "neutral", "--samples", str(samples), *more, **how)

    def rows(self, sql, *values):
        """What the database says; it is opened read only."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as db:
            return db.execute(sql, values).fetchall()


@pytest.fixture
def house(bin_dir, sim, tmp_path):
    """house(scenario=quick(), providers=..., settings={section: {key: value}}) gives a
    Place with a simulator of its own; scenario=None: without a simulator."""
    if not (bin_dir / "brandiag").exists():
        pytest.skip(f"{bin_dir / 'brandiag'} is not built")
    count = 0

    def make(scenario=quick(), providers=("doubao", "qwen"), settings=None,
             storage="store_sqlite", seed=7, key=None):
        nonlocal count
        count += 1
        directory = tmp_path / f"place{count}"
        directory.mkdir()
        one = sim(scenario, seed=seed, key=key) if scenario is not None else None
        return Place(bin_dir, directory, one, providers, settings or {}, storage)

    return make


def one_provider(name, **values):
    """Settings of that provider, for house(settings=...)."""
    return {f"provider:{name}": {k: str(v) for k, v in values.items()}}


def slack(place):
    """Seconds that a run may take longer because the program is built with a sanitizer, which
    looks for leaks at the end, and its tests run beside fuzzing: time is measured without."""
    return 12.0 if b"__asan_init" in place.program.read_bytes() else 0.0
