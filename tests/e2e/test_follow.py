"""Server-sent events: order, ids, going on after a break, texts, many clients at once."""
import asyncio
import collections
import json
import re
import signal
import socket
import statistics
import time

from brandiag import slack, house  # noqa: F401
from serve import EVENTS, Daemon, numbers, validator

TEXT = "1. 华为：问界和鸿蒙智行口碑都好🚗。\n2. 小米\n先看预算，再看空间，最后看售后和保值率。" * 4
SLOW = {"defaults": {"latency": {"first_ms": 100, "total_ms": 1500}, "answer": {"text": TEXT}}}
WIDE = {f"provider:{p}": {"concurrency": "400", "requests_per_minute": "0"} for p in ("doubao", "qwen")}


class Stream:
    """What one client got: events (name, id, data), comments, and whether the end was proper."""

    def __init__(self):
        self.events, self.comments, self.whole, self.seconds = [], 0, False, 0.0

    def of(self, name):
        return [(ident, data) for n, ident, data in self.events if n == name]

    def take(self, block):
        fields = collections.defaultdict(list)
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            fields[name].append(value)
        if "event" not in fields:
            assert set(fields) == {""}, block  # a comment
            self.comments += 1
            return
        (name,), (data,) = fields["event"], fields["data"]
        assert set(fields) <= {"event", "id", "data"}, block
        data = json.loads(data)
        if name in EVENTS:
            validator("", EVENTS[name]).validate(data)
        else:
            assert name == "cell", name
        self.events.append((name, fields.get("id", [None])[0], data))


async def chunks(reader):
    """Of a chunked body; ends at the last one, or raises."""
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        data = await reader.readexactly(size + 2)
        if size == 0:
            return
        yield data[:-2]


async def follow(d, id, query="", headers="", cells=None, timeout=60):
    """The stream until its end, or until so many cells were told."""
    stream, began, rest = Stream(), time.monotonic(), b""
    reader, writer = await asyncio.open_connection("127.0.0.1", d.port, limit=1 << 24)
    try:
        writer.write(f"GET /v1/diagnoses/{id}/events{query} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout)
        assert b" 200 " in head and b"text/event-stream" in head and b"Transfer-Encoding: chunked" in head, head
        async with asyncio.timeout(timeout):
            async for piece in chunks(reader):
                *blocks, rest = (rest + piece).split(b"\n\n")
                for block in blocks:
                    stream.take(block.decode("utf-8"))
                    if cells is not None and len(stream.of("cell")) >= cells:
                        return stream
        stream.whole = rest == b""
        return stream
    except asyncio.IncompleteReadError:
        return stream  # cut off: not whole
    finally:
        stream.seconds = time.monotonic() - began
        writer.close()


def numbers_of(stream):
    return [int(ident.rsplit("-", 1)[1]) for ident, _ in stream.of("cell")]


def key_of(cell):
    return (cell["probe"], cell["brand"], cell["question"], cell["provider"], cell["sample"])


def test_events_come_in_order_and_cells_are_numbered(house):
    with Daemon(house(SLOW, settings=WIDE)) as d:
        id = d.submit(samples=30)
        stream = asyncio.run(follow(d, id))
        names = [name for name, _, _ in stream.events]
        assert stream.whole and names[0] == "state" and names[-1] == "done" and names.count("done") == 1
        assert numbers_of(stream) == list(range(1, 61))
        assert {name for name, ident, _ in stream.events if ident is not None} == {"cell"}
        states = [data["state"] for _, data in stream.of("state")]
        assert states[-1] == "done" and states == sorted(set(states), key=["queued", "running", "done"].index)
        dones = [data["done"] for _, data in stream.of("progress")]
        assert dones == sorted(dones), "progress goes forward"
        told = {key_of(c): c for _, c in stream.of("cell")}
        for cell in d.report(id)["cells"]:
            assert told[key_of(cell)]["text"] == cell["text"] and told[key_of(cell)]["status"] == cell["status"]
        assert len(told) == 60


def test_a_client_that_is_cut_off_again_and_again_misses_nothing(house):
    """By the header and by the argument, at each cell of the way."""
    with Daemon(house(SLOW, settings=WIDE)) as d:
        id = d.submit(samples=12)
        whole = asyncio.run(follow(d, id))
        want = [(ident, json.dumps(c, sort_keys=True)) for ident, c in whole.of("cell")]
        boot = want[0][0].rsplit("-", 1)[0]
        for at in range(25):
            for how in ({"headers": f"Last-Event-ID: {boot}-{at}\r\n"}, {"query": f"?last_event_id={boot}-{at}"}):
                got = asyncio.run(follow(d, id, **how))
                assert [(i, json.dumps(c, sort_keys=True)) for i, c in got.of("cell")] == want[at:], (at, how)
                assert got.whole and got.events[-1][0] == "done"
        live = d.submit(questions=["live?"], samples=40)
        seen, last = [], f"{boot}-0"
        for _ in range(200):
            got = asyncio.run(follow(d, live, headers=f"Last-Event-ID: {last}\r\n", cells=7))
            seen += [ident for ident, _ in got.of("cell")]
            last = seen[-1] if seen else last
            if got.events[-1][0] == "done":
                break
        assert [int(i.rsplit("-", 1)[1]) for i in seen] == list(range(1, 81)), "lost, or told twice"


def test_ids_that_are_none_begin_anew(house):
    with Daemon(house(SLOW, settings=WIDE)) as d:
        id = d.submit()
        boot = asyncio.run(follow(d, id)).of("cell")[0][0].rsplit("-", 1)[0]
        for last in ("x", "x-1", "-1", f"{boot}", f"{boot}-", f"{boot}--1", f"{boot}-1x", f"{boot}-" + "9" * 40, "%" * 500):
            got = asyncio.run(follow(d, id, headers=f"Last-Event-ID: {last}\r\n"))
            assert numbers_of(got) == [1, 2] and got.events[-1][0] == "done", last
        past = asyncio.run(follow(d, id, headers=f"Last-Event-ID: {boot}-99999\r\n"))
        assert past.of("cell") == [] and past.events[-1][0] == "done"


def test_texts_are_the_beginning_of_the_answer(house):
    """Characters of three and four bytes, one byte a write: none is told in halves."""
    scenario = {"defaults": {**SLOW["defaults"], "chunk": "byte"}}
    with Daemon(house(scenario, settings=WIDE)) as d:
        id = d.submit(samples=5)
        stream = asyncio.run(follow(d, id, "?text=1"))
        cells, texts = [c for _, c in stream.of("cell")], collections.defaultdict(str)
        for _, data in stream.of("text"):
            assert data["text"] and "�" not in data["text"]
            texts[data["cell"]] += data["text"]
        assert len(texts) == 10 and max(map(len, texts.values())) > 20
        assert all(any(c["text"].startswith(t) for c in cells) for t in texts.values())
        assert not asyncio.run(follow(d, id, "?text=0")).of("text")


def test_texts_of_one_that_was_queued_when_its_client_came(house):
    """How many cells it has was not known then: the models were left out."""
    with Daemon(house(SLOW, settings={**WIDE, "server": {"running": "1"}})) as d:
        first = d.submit()
        time.sleep(0.2)
        id = d.submit(questions=["next?"], samples=100)
        assert d.state(id) == "queued"

        async def many():
            return await asyncio.gather(*(follow(d, id, "?text=1") for _ in range(10)))
        for stream in asyncio.run(many()):
            assert [s["state"] for _, s in stream.of("state")] == ["queued", "running", "done"], stream.events[:3]
            assert numbers_of(stream) == list(range(1, 201))
            assert len({data["cell"] for _, data in stream.of("text")}) > 100
        assert d.wait(first) == "done" and d.process.poll() is None, d.errors[-2000:]


def test_a_stream_without_news_says_that_it_is_there(house):
    limits = {f"timeout_{kind}": "60s" for kind in ("simple", "normal", "complex")}
    with Daemon(house({"defaults": {"script": ["hang forever"]}}, ["qwen"], {"provider:qwen": limits})) as d:
        id = d.submit(deadline_ms=19000)
        stream = asyncio.run(follow(d, id))
        assert stream.comments == 1 and stream.whole and stream.events[-1][0] == "done"
        assert len(stream.of("progress")) <= 3, "nothing has moved"


def test_who_follows_is_told_when_the_server_ends(house):
    """Drained: to the end of the diagnosis. In a hurry: the stream ends properly, and goes on elsewhere."""
    place = house(SLOW, settings=WIDE)
    with Daemon(place) as d:
        id = d.submit()

        async def drained():
            streams = [asyncio.create_task(follow(d, id)) for _ in range(20)]
            await asyncio.sleep(0.3)
            d.signal(signal.SIGTERM)
            return await asyncio.gather(*streams)
        assert {(s.whole, s.events[-1][0]) for s in asyncio.run(drained())} == {(True, "done")}
        assert d.process.wait(10) == 0
    place.sim.set_scenario({"defaults": {"script": ["hang forever"]}})
    with Daemon(place) as d:
        id = d.submit(questions=["hangs?"])

        async def hurried():
            streams = [asyncio.create_task(follow(d, id)) for _ in range(20)]
            await asyncio.sleep(0.3)
            d.signal(signal.SIGTERM)
            await asyncio.sleep(0.1)
            d.signal(signal.SIGTERM)
            return await asyncio.gather(*streams)
        streams = asyncio.run(hurried())
        assert all(s.whole and not s.of("done") and s.seconds < 4 + slack(place) for s in streams), \
            [(s.whole, s.seconds, s.events[-1:]) for s in streams]
        assert d.process.wait(4 + slack(place)) == 0


def connections(d):
    """Of clients, the one that asks included."""
    return int(re.search(r"^brandiag_http_connections (\d+)", d.get("/metrics").text, re.M)[1])


def test_two_hundred_who_follow_one_all_get_all(house):
    """And one that reads nothing, for whom nobody waits."""
    place = house(SLOW, settings=WIDE)
    with Daemon(place) as d:
        before = numbers(d.pid)
        id = d.submit(samples=20)
        lazy = socket.create_connection(("127.0.0.1", d.port))
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.sendall(f"GET /v1/diagnoses/{id}/events?text=1 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

        async def many():
            return await asyncio.gather(*(follow(d, id, "?text=1" if i % 10 == 0 else "") for i in range(200)))
        streams = asyncio.run(many())
        assert all(s.whole and numbers_of(s) == list(range(1, 41)) for s in streams)
        slowest = max(s.seconds for s in streams)
        assert slowest < 6 + 10 * slack(place), "calls of 1.5 s"
        lazy.close()
        until = time.monotonic() + 10
        while connections(d) > 1 and time.monotonic() < until:
            time.sleep(0.1)
        assert connections(d) == 1 and numbers(d.pid)["threads"] < before["threads"] + 20, "what is over is closed"


def test_fifty_diagnoses_with_followers_leave_room_to_ask(house):
    place = house(SLOW, settings=WIDE)
    with Daemon(place) as d:
        ids = [d.submit(questions=[f"{i}?"], samples=4) for i in range(50)]
        times = []

        async def look(over):
            reader, writer = await asyncio.open_connection("127.0.0.1", d.port)
            while not over.is_set():
                began = time.monotonic()
                writer.write(f"GET /v1/diagnoses/{ids[25]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
                times.append(time.monotonic() - began)
                await asyncio.sleep(0.005)
            writer.close()

        async def many():
            over = asyncio.Event()
            looker = asyncio.create_task(look(over))
            streams = await asyncio.gather(*(follow(d, ids[i % 50]) for i in range(200)))
            over.set()
            await looker
            return streams
        streams = asyncio.run(many())
        assert all(s.whole and numbers_of(s) == list(range(1, 9)) for s in streams)
        assert len(times) > 20 and statistics.quantiles(times, n=100)[98] < 1 + 3 * slack(place)
