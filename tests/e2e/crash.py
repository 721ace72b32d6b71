"""Daemons that are killed, and storages in trouble: what test_trouble.py builds on.

A task is known by its prompt: matrix prompts are "M|question|brand", neutral ones the
question, and no two submissions share a question."""
import collections
import contextlib
import os
import pathlib
import random
import subprocess
import threading
import time

from serve import Daemon, inquiry_of

PROMPTS = {"prompt": {"matrix": "M|{question}|{brand}|{competitors}"}}


def prompt_of(cell, competitors):
    """What the simulator's log says of that cell's task: (provider, prompt)."""
    if cell["probe"] == "neutral":
        return cell["provider"], cell["question"]
    return cell["provider"], f"M|{cell['question']}|{cell['brand']}|"


def key_of(entry):
    """The same of a line of the log; competitors are left out."""
    prompt = entry["prompt"]
    return entry["provider"], prompt[:prompt.rindex("|") + 1] if prompt.startswith("M|") else prompt


def question(chance):
    return f"Q{chance.getrandbits(60):x}Q哪个好？"


def place_of(cell):
    at = cell["index"]
    return cell["probe"], at["question"], at["brand"], at["model"], cell["sample"]


class Client(threading.Thread):
    """Submits and follows until it is told to stop: what it was told must hold."""

    def __init__(self, daemon, seed, **inquiry):
        super().__init__(daemon=True)
        self.target, self.chance, self.inquiry = daemon, random.Random(seed), inquiry
        self.accepted, self.shown, self.over = set(), {}, False
        self.start()

    def run(self):
        while not self.over:
            with contextlib.suppress(Exception):  # the daemon was killed, as it should be
                self._one()
            time.sleep(0.005)

    def _one(self):
        id = self.target.submit(questions=[question(self.chance)], **self.inquiry)
        self.accepted.add(id)
        for name, _, data in self.target.events(id, timeout=10):
            if name == "cell":
                self.shown[id, place_of(data)] = (data["status"], data["text"])


def kill_at_random(place, chance, accepted, shown, **inquiry):
    """One life under load; the seconds until it was ready."""
    with Daemon(place) as d:
        clients = [Client(d, chance.getrandbits(32), **inquiry) for _ in range(3)]
        time.sleep(chance.uniform(0.02, 0.6))
        d.kill()
        for one in clients:
            one.over = True
        for one in clients:
            one.join(15)
            accepted |= one.accepted
            shown.update(one.shown)
        return d.started_in


def kill_at_start(place, chance):
    """A start that does not come to its end."""
    place.write()
    process = place.start("serve", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(chance.uniform(0.0, 0.05))
    process.kill()
    process.wait()


def all_ids(d):
    path, ids = "/v1/diagnoses?limit=1000", []
    while path:
        page = d.get(path).json
        ids += [row["id"] for row in page["diagnoses"]]
        path = page["next"]
    return ids


def reports_at_the_end(place):
    """Of all diagnoses there are, once nothing is left to do."""
    with Daemon(place) as d:
        ids = all_ids(d)
        assert len(ids) == len(set(ids))
        for id in ids:
            assert d.wait(id, 60) == "done", id
        reports = [d.report(id) for id in ids]
        assert d.stop() == 0
    return reports


def calls_by_task(place):
    return collections.Counter(key_of(entry) for entry in place.sim.log(1000000))


def ready(d, status, within):
    """Does /readyz say so within that many seconds?"""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if d.get("/readyz").status == status:
            return True
        time.sleep(0.05)
    return False


def refused(d, within=12):
    """The first submission that is not accepted."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        got = d.post("/v1/diagnoses", inquiry_of(questions=[f"{time.monotonic()}?" + "!" * 300]))
        if got.status != 202:
            return got
    raise AssertionError("everything is accepted")


class Disk:
    """A file system of its own, of a few MiB."""

    def __init__(self, folder, mib):
        self.folder = pathlib.Path(folder)
        self.filler = self.folder / "filler"
        self.mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", folder], check=False).returncode == 0

    def again(self, how):
        """Mounted "ro" or "rw". False: not now, a file is open for writing."""
        return subprocess.run(["mount", "-o", f"remount,{how}", self.folder],
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    def fill(self):
        with contextlib.suppress(OSError), open(self.filler, "wb", buffering=0) as f:
            while True:
                f.write(b"x" * 4096)

    def empty(self):
        self.filler.unlink()

    def close(self):
        if self.mounted:
            self.again("rw")
            subprocess.run(["umount", self.folder], check=True)
