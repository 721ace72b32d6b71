"""The daemon: how long a look at a diagnosis takes while others run and are followed."""
import asyncio
import contextlib
import json
import multiprocessing
import re
import statistics
import subprocess
import time

from tools import KEY, Place, Sim, wide

DIAGNOSES, FOLLOWERS, SAMPLES = 50, 200, 4
CALL_MS = 2000


class Serving(Place):
    """A daemon in a folder of its own; with: starts and ends it."""

    def __enter__(self):
        super().__enter__()
        ini = self.path / "brandiag.ini"
        ini.write_text(ini.read_text() + "[server]\nlisten = 127.0.0.1:0\n[log]\nlevel = warning\n[cache]\nttl = 0s\n")
        self.errors = open(self.path / "errors", "wb")
        self.process = subprocess.Popen([str(a) for a in self.command("serve")], cwd=self.path, stdout=subprocess.PIPE,
                                        stderr=self.errors, env={"PATH": "/usr/bin:/bin", "BENCH_KEY": KEY,
                                                                 "HOME": str(self.path)})
        found = re.match(rb"listening on http://.*:(\d+)\n", self.process.stdout.readline())
        if not found:
            self.__exit__()
            raise SystemExit("bench: the daemon did not start")
        self.port = int(found[1])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()
        super().__exit__()


class Client:
    """One connection that is kept."""

    def __init__(self, port):
        self.port = port

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_):
        self.writer.close()

    async def ask(self, method, path, body=b""):
        self.writer.write((f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           f"Content-Length: {len(body)}\r\n\r\n").encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: *(\d+)", head, re.I)[1])
        return int(head.split()[1]), await self.reader.readexactly(length)


async def follow(port, id_):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /v1/diagnoses/{id_}/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    text = await asyncio.wait_for(reader.read(-1), 60)
    writer.close()
    return text.count(b"event: cell\n")


def follow_all(port, ids, result):
    """In a process of its own: its work is not in what is measured."""
    async def many():
        return await asyncio.gather(*(follow(port, ids[i % len(ids)]) for i in range(FOLLOWERS)))
    result.put(sum(asyncio.run(many())))


async def look(port, id_, over):
    times = []
    async with Client(port) as c:
        while not over():
            began = time.monotonic()
            status, _ = await c.ask("GET", f"/v1/diagnoses/{id_}")
            times.append(time.monotonic() - began)
            if status != 200:
                raise SystemExit(f"bench: {status}")
            await asyncio.sleep(0.002)
    return times


async def submit(port, n):
    """Ids, and how long each was until it was stored."""
    ids, times = [], []
    async with Client(port) as c:
        for i in range(n):
            body = json.dumps({"brand": "华为", "questions": [f"{i}?"], "probes": ["neutral"], "samples": SAMPLES}).encode()
            began = time.monotonic()
            status, text = await c.ask("POST", "/v1/diagnoses", body)
            times.append(time.monotonic() - began)
            if status != 202:
                raise SystemExit(f"bench: {status} {text[:300]}")
            ids.append(json.loads(text)["id"])
    return ids, times


def one_round():
    """Times of a look while nothing runs, while all run, and of submitting."""
    with Sim({"defaults": {"latency": {"first_ms": 200, "total_ms": CALL_MS}}}) as sim, \
            Serving(sim.url, ("openai",), **wide(stream=True)) as d:
        (first,), _ = asyncio.run(submit(d.port, 1))
        time.sleep(CALL_MS / 1000 + 0.5)
        until = time.monotonic() + 1
        idle = asyncio.run(look(d.port, first, lambda: time.monotonic() > until))
        ids, posts = asyncio.run(submit(d.port, DIAGNOSES))
        got = multiprocessing.Queue()
        with contextlib.closing(got):
            followers = multiprocessing.Process(target=follow_all, args=(d.port, ids, got))
            followers.start()
            busy = asyncio.run(look(d.port, ids[DIAGNOSES // 2], lambda: not got.empty()))
            cells = got.get()
            followers.join()
        if cells != FOLLOWERS * SAMPLES:
            raise SystemExit(f"bench: {cells} cells were told, of {FOLLOWERS * SAMPLES}")
        return idle, busy, posts


def at(times, percent):
    return statistics.quantiles(times, n=100)[percent - 1] * 1000


def serve(rounds):
    runs = [one_round() for _ in range(rounds)]
    for percent, name in ((50, "median"), (99, "p99")):
        busy = statistics.median(at(r[1], percent) for r in runs)
        idle = statistics.median(at(r[0], percent) for r in runs)
        yield (f"GET a diagnosis, {DIAGNOSES} run, {name}" if percent == 50 else f"  {name}",
               f"{busy:.2f} ms", f"{idle:.2f} ms, nothing runs", busy / idle, "", None)
    posts = [statistics.median(r[2]) * 1000 for r in runs]
    yield "POST a diagnosis until it is stored, median", f"{statistics.median(posts):.2f} ms", "", None, "", None
