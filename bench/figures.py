"""The figures. Each gives rows: what | measured | baseline | ratio | target."""
import contextlib
import json
import pathlib
import sqlite3
import statistics
import subprocess
import tempfile
import time

from serving import serve
from tools import (BUILD, KEY, REFERENCE, TWO_KB, Listener, Place, Sim, Traffic, alternate, measure,
                   median, wide)


def two_kb(ms):
    """Every call is answered with the same 2 KB, after so long."""
    return {"defaults": {"latency": {"total_ms": ms}, "answer": {"text": TWO_KB}}}


@contextlib.contextmanager
def both(scenario, **settings):
    """A simulator, a place for the engine, the same request for libcurl alone."""
    with tempfile.TemporaryDirectory() as folder, Sim(scenario) as sim, \
            Place(sim.url, **{**wide(), **settings}) as place:
        yield sim, place, Traffic(pathlib.Path(folder), **wide())


def answered(run, calls):
    summary = json.loads(run.out)["summary"]
    if summary["completed"] != calls:
        raise SystemExit(f"bench: {summary['completed']} of {calls} cells were answered")
    return summary


def first_byte(command):
    """Milliseconds from the start of the process to the first byte of its first request."""
    with Listener() as l, Place(l.url, **wide()) as place:
        begin = time.monotonic()
        subprocess.run([str(a) for a in command(l, place)], cwd=place.path, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin", "BENCH_KEY": KEY, "HOME": str(place.path)})
    return (l.first_byte - begin) * 1000


def overhead(run, sim):
    slowest = max(e["end_ms"] - e["at_ms"] for e in sim.call("GET", "/sim/log?n=10")) / 1000
    return (run.wall - slowest) / slowest


def reference(rounds):
    with tempfile.TemporaryDirectory() as folder, Sim({"defaults": {"latency": {"total_ms": 2000}}}) as sim, \
            Place(sim.url, ("doubao", "qwen")) as place:
        traffic = Traffic(pathlib.Path(folder), **wide())

        def engine():
            run = place.ask()
            answered(run, 10)
            return overhead(run, sim)

        ours, alone = alternate(rounds, engine, lambda: overhead(traffic.alone(sim.url, 10, 10), sim))
        a, b = median(ours, float), median(alone, float)
        yield "reference case: over the slowest call", f"{100 * a:.2f} %", f"{100 * b:.2f} %", a / b, "<= 1 %", a <= 0.01
        ours, alone = alternate(
            rounds + 2,
            lambda: first_byte(lambda l, p: p.command("run", *REFERENCE, "--probe", "neutral", "--quiet")),
            lambda: first_byte(lambda l, p: [BUILD / "bench" / "curl_only", l.url, traffic.headers, traffic.body, 1, 1, 1]))
        a, b = median(ours, float), median(alone, float)
        yield "start to first byte sent", f"{a:.1f} ms", f"{b:.1f} ms", a / b, "<= 20 ms", a <= 20


def inflight(rounds):
    for calls, wall, cpu, mib in ((100, 2.05, 0.03, 16), (1000, None, None, None), (10000, 3.0, None, 300)):
        with both(two_kb(2000)) as (sim, place, traffic):
            spent = []

            def engine():
                before = sim.cpu()
                run = place.neutral(calls)
                spent.append(sim.cpu() - before)
                answered(run, calls)
                return run

            ours, alone, many = alternate(rounds, engine, lambda: traffic.alone(sim.url, calls, calls),
                                          lambda: traffic.alone(sim.url, calls, calls, 16))
            for what, of, unit, target in (("wall", lambda r: r.wall, "s", wall), ("CPU", lambda r: r.cpu, "s", cpu),
                                           ("peak memory", lambda r: r.peak_kib / 1024, "MiB", mib)):
                a, b = median(ours, of), median(alone, of)
                note = f" (16 multis: {median(many, of):.2f})" if what == "wall" else ""
                yield (f"{calls} calls of 2 s in flight: {what}", f"{a:.2f} {unit}", f"{b:.2f} {unit}{note}", a / b,
                       f"<= {target} {unit}" if target else "", a <= target if target else None)
            got = median(ours, lambda r: json.loads(r.out)["summary"]["elapsed_ms"] / 1000)
            yield "  of that until the last cell", f"{got:.2f} s", "", None, "", None
            yield "  the simulator's CPU meanwhile", f"{median(spent, float):.2f} s", "", None, "", None


def cpu(rounds, calls=5000, concurrency=100):
    with both(two_kb(20), concurrency=concurrency) as (sim, place, traffic):
        def engine():
            run = place.neutral(calls)
            answered(run, calls)
            return run

        ours, alone = alternate(rounds, engine, lambda: traffic.alone(sim.url, calls, concurrency))
        a, b = median(ours, lambda r: r.cpu / calls * 1e6), median(alone, lambda r: r.cpu / calls * 1e6)
        yield "CPU a task, everything included", f"{a:.0f} us", f"{b:.0f} us", a / b, "<= 3 x", a / b <= 3


def store(rounds, rows=10000, size=2048):
    def write(how):
        with tempfile.TemporaryDirectory(dir=BUILD / "bench") as folder:
            return json.loads(measure([BUILD / "bench" / "bench_store", how, folder, rows, size]).out)
    ours, alone = alternate(rounds + 4, lambda: write("thread"), lambda: write("plain"))
    a, b = median(ours, lambda r: r["wall"]), median(alone, lambda r: r["wall"])
    yield f"{rows} cells of 2 KB stored", f"{a:.3f} s", f"{b:.3f} s", a / b, "<= 0.2 s", a <= 0.2
    a, b = median(ours, lambda r: r["cpu"]), median(alone, lambda r: r["cpu"])
    yield "  CPU of it", f"{a:.3f} s", f"{b:.3f} s", a / b, "", None


def read_plainly(path):
    begin = time.monotonic()
    with contextlib.closing(sqlite3.connect(path)) as db:
        cells = [json.loads(r[0]) for r in db.execute("SELECT data FROM cells ORDER BY diagnosis, key")]
    json.dumps(cells)
    return time.monotonic() - begin


def report(rounds, calls=10000):
    with Sim({"defaults": {"latency": {"total_ms": 20}}}) as sim, \
            Place(sim.url, **{**wide(), "concurrency": 200}) as place:
        id_ = json.loads(place.neutral(calls).out)["id"]
        for form in ("json", "terminal"):
            ours, alone = alternate(
                rounds, lambda: measure(place.command("report", id_, "--format", form), place.path),
                lambda: read_plainly(place.database))
            a, b = median(ours, lambda r: r.wall), median(alone, float)
            yield f"report of {calls} cells, {form}", f"{a:.3f} s", f"{b:.3f} s", a / b, "<= 0.5 s", a <= 0.5
            yield "  CPU of it", f"{median(ours, lambda r: r.cpu):.3f} s", "", None, "", None


# questions, models, samples, brands
SHAPES = [(100, 20, 5, 4), (1, 1, 10000, 4), (1000, 10, 1, 4), (100, 10, 10, 32)]


def cells(rounds):
    """The figures and their intervals alone; the baseline is half as many cells, so the ratio tells how they grow."""
    for shape in SHAPES:
        half = (shape[0], shape[1], max(shape[2] // 2, 1), shape[3]) if shape[2] > 1 else (shape[0] // 2, *shape[1:])
        runs = alternate(rounds, *(lambda s=s: json.loads(measure([BUILD / "bench" / "bench_cells", *s]).out) for s in (shape, half)))
        (a, b), (more, less) = ([median(r, what) for r in runs] for what in (
            lambda r: r["figures"] + r["intervals"], lambda r: r["after_kib"] - r["before_kib"]))
        yield "figures, {} questions x {} models x {} x {} brands".format(*shape), f"{a:.3f} s", f"half of them: {b:.3f} s", a / b, "<= 0.5 s", a <= 0.5
        yield "  memory of it", f"{more / 1024:.1f} MiB", f"half of them: {less / 1024:.1f} MiB", more / less if less else None, "", None


def steps(rounds, cells=10000):
    """Reading, figures and each format, each alone, on one core; twice the cells beside half of them."""
    def run(*args):
        done = subprocess.run([str(BUILD / "bench" / "bench_steps"), *map(str, args)], input=TWO_KB.encode(), stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)
    whole, half = alternate(rounds, lambda: run(cells), lambda: run(cells // 2))
    for step in ("read", "figures", "intervals", "json", "html", "md", "csv", "terminal"):
        a, b = median(whole, lambda r: r[step]), median(half, lambda r: r[step])
        yield f"{cells} cells: {step}", f"{a:.3f} s", f"{b:.3f} s, {cells // 2} cells", a / b if b else None, "<= 0.5 s", a <= 0.5
    for step in ("read", "json", "html"):
        a, b = (median(runs, lambda r: (r[f"{step}_kib"] - r["made_kib"]) / 1024) for runs in (whole, half))
        yield f"  memory for {step}", f"{a:.1f} MiB", f"{b:.1f} MiB, {cells // 2} cells", a / b, "<= 2.2", a / b <= 2.2
    a, b = (statistics.median(run("--long", mib)["long"] for _ in range(rounds)) for mib in (1, 2))
    yield "an answer of 1 MiB read", f"{a * 1000:.0f} ms", f"{b * 1000:.0f} ms, 2 MiB", b / a, "<= 50 ms", a <= 0.05


def memory(rounds, calls=5000):
    def beyond(run, start):
        return (run.kib_at(3.5) - start.kib_at(3.5)) / calls
    with both(two_kb(4000)) as (sim, place, traffic):
        ours, alone = alternate(rounds, lambda: beyond(place.neutral(calls), place.neutral(1)),
                                lambda: beyond(traffic.alone(sim.url, calls, calls), traffic.alone(sim.url, 1, 1)))
        a, b = median(ours, float), median(alone, float)
        yield f"memory a call, {calls} in flight", f"{a:.1f} KiB", f"{b:.1f} KiB", a / b, "<= 24 KiB", a <= 24


FIGURES = {"reference": reference, "inflight": inflight, "cpu": cpu, "store": store, "report": report, "steps": steps, "cells": cells, "memory": memory, "serve": serve}
