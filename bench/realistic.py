"""500 reference diagnoses under providers as slow and as faulty as real ones."""
import collections
import json
import math
import subprocess
import tempfile
import threading
import time

from tools import REFERENCE, Place, Sim

PROVIDERS = ("doubao", "qwen", "deepseek", "zhipu")
A_SECOND = 8   # diagnoses begun: as many as two cores can start beside the simulator
END = 20.25    # seconds
MEDIAN, P99 = 6000, 28000  # of a call, ms, lognormal


def scenario():
    sigma = math.log(P99 / MEDIAN) / 2.3263  # of the normal distribution: 99 %
    p95 = MEDIAN * math.exp(1.6449 * sigma)
    return {"seed": 20, "defaults": {
        "latency": {"first_ms": {"median": 1000, "p95": 4000},
                    "total_ms": {"median": MEDIAN, "p95": round(p95)}},
        "faults": [{"fault": "500", "probability": 0.01}, {"fault": "502", "probability": 0.01},
                   {"fault": "429", "probability": 0.01}, {"fault": "hang", "probability": 0.005}]}}


class One(threading.Thread):
    """One process; wall is from its start to its end, the report included."""

    def __init__(self, place):
        super().__init__()
        self.place, self.report, self.wall, self.errors = place, None, math.inf, ""

    def run(self):
        begin = time.monotonic()
        with tempfile.TemporaryFile() as out:
            child = subprocess.Popen([str(a) for a in self.place.command(
                "run", *REFERENCE, "--format", "json", "--quiet")], cwd=self.place.path, stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin", "BENCH_KEY": "sim-key",
                                                         "HOME": str(self.place.path)})
            try:
                _, errors = child.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                child.kill()
                _, errors = child.communicate()
            self.wall, self.errors = time.monotonic() - begin, errors.decode(errors="replace")
            out.seek(0)
            text = out.read()
        if text:
            self.report = json.loads(text)


def at(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def outcome(cell):
    """Why a cell has no answer."""
    error = cell.get("error") or {}
    where = cell["status"] + (f" ({cell['reason']})" if cell.get("reason") else "")
    return f"{where}: {error.get('type', '-')}, {cell['attempts']} attempts, {error.get('message', '')[:60]}"


def tell(ones):
    walls = [o.wall for o in ones]
    reports = [o.report for o in ones if o.report]
    cells = [c for r in reports for c in r["cells"]]
    total = 20 * len(ones)  # also those of a report that did not come
    ok = sum(c["status"] == "ok" for c in cells)
    cut = sum(c["status"] == "truncated" and bool(c.get("text")) for c in cells)
    early = sum(o.report is not None and o.wall <= END for o in ones)
    print(f"reports                     {len(reports)} of {len(ones)}")
    print(f"by {END} s                  {early} of {len(ones)} = {100 * early / len(ones):.2f} %    target 100 %"
          f"  {'ok' if early == len(ones) else 'MISSED'}")
    print(f"wall, start to exit         p50 {at(walls, .5):.2f} s, p95 {at(walls, .95):.2f} s, max {max(walls):.2f} s")
    good = ok + cut
    print(f"cells answered or cut       {good} of {total} = {100 * good / total:.2f} %    target >= 99 %"
          f"  {'ok' if good >= 0.99 * total else 'MISSED'}")
    print(f"  answered                  {ok} = {100 * ok / total:.2f} %")
    print(f"  cut, with text            {cut} = {100 * cut / total:.2f} %")
    late = sum(c["status"] == "truncated" and bool(c.get("text")) and c["latency_ms"] > 19000 for c in cells)
    print(f"    of these at the deadline  {late}, the others at their provider's time limit")
    rest = collections.Counter(outcome(c) for c in cells
                               if c["status"] != "ok" and not (c["status"] == "truncated" and c.get("text")))
    print(f"the other {total - good} cells:")
    for why, n in rest.most_common(25):
        print(f"  {n:5d}  {why}")
    for o in ones:
        if not o.report:
            print(f"  no report after {o.wall:.2f} s: {o.errors[-200:]}")


def run(diagnoses):
    print(f"{diagnoses} reference diagnoses of 20 cells (4 providers), {A_SECOND} begun a second, each a process;\n"
          f"a call takes {MEDIAN / 1000:.0f} s (median), {P99 / 1000:.0f} s (p99), lognormal; "
          "2 % 5xx, 1 % 429, 0.5 % hang")
    with Sim(scenario()) as sim, Place(sim.url, PROVIDERS) as place:
        ones = []
        for _ in range(diagnoses):
            ones.append(One(place))
            ones[-1].start()
            time.sleep(1 / A_SECOND)
        for o in ones:
            o.join()
        stats = sim.call("GET", "/sim/stats")
        tell(ones)
        sent = sum(s["requests"] for s in stats.values())
        faults = collections.Counter()
        for s in stats.values():
            faults.update(s["errors"])
        print("faults that were put on     " + ", ".join(f"{n} x {word}" for word, n in sorted(faults.items())))
        print(f"calls sent                  {sent}: {sent / (20 * diagnoses):.3f} a cell; "
              f"simulator {sim.cpu():.1f} CPU s")
