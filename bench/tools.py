"""What all figures need: a simulator, a folder with a configuration, a measured child."""
import http.client
import json
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("BD_BUILD_DIR", ROOT / "build" / "release"))
KEY = "sim-key"
PATHS = {"doubao": "/doubao/api/v3", "qwen": "/qwen/compatible-mode/v1", "deepseek": "/deepseek",
         "zhipu": "/zhipu/api/paas/v4", "openai": "/openai/v1"}
MODELS = {"doubao": "doubao-seed-2-0-lite-260428", "qwen": "qwen-plus", "deepseek": "deepseek-flash",
          "zhipu": "glm-4.7", "openai": "gpt-4.1-mini"}
QUESTION = "20万左右的新能源汽车品牌推荐"
REFERENCE = ["--brand", "华为=Huawei,问界,鸿蒙智行", "--competitor", "小米=Xiaomi", "--competitor", "特斯拉=Tesla",
             "--competitor", "比亚迪=BYD", "--question", QUESTION]
TWO_KB = ("值得看的有比亚迪、小米、特斯拉和问界，各有长处。" * 40).encode()[:2046].decode(errors="ignore")
TICK = os.sysconf("SC_CLK_TCK")


class Run:
    """How one child went: code, wall and CPU seconds, KiB at most, samples of (s, KiB)."""

    def __init__(self, code, wall, cpu, samples, out):
        self.code, self.wall, self.cpu, self.samples, self.out = code, wall, cpu, samples, out
        self.peak_kib = max((s[2] for s in samples), default=0)

    def kib_at(self, seconds):
        """Resident memory at that moment."""
        return min(self.samples, key=lambda s: abs(s[0] - seconds))[1]


def memory(pid):
    """(VmRSS, VmHWM) in KiB; of a child its own, while ru_maxrss has the parent's in it."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().split("\n")
        found = {k: int(v.split()[0]) for k, _, v in (x.partition(":") for x in lines) if k in ("VmRSS", "VmHWM")}
        return found["VmRSS"], found["VmHWM"]
    except (OSError, KeyError, ValueError):
        return None


def cpu_of(pid):
    """CPU seconds so far of a process that runs."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measure(args, cwd=None, timeout=300):
    """Runs a program to its end; its output is kept, its memory looked at 50 times a second."""
    samples, ended = [], threading.Event()
    with tempfile.TemporaryFile() as out:
        begin = time.monotonic()
        child = subprocess.Popen([str(a) for a in args], cwd=cwd, stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                                                              "HOME": str(cwd or "/"), "BENCH_KEY": KEY})

        def watch():
            while not ended.is_set() and time.monotonic() - begin < timeout:
                now = memory(child.pid)
                if now:
                    samples.append((time.monotonic() - begin, *now))
                ended.wait(0.02)
            if not ended.is_set():
                child.kill()

        watcher = threading.Thread(target=watch)
        watcher.start()
        errors = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begin
        ended.set()
        watcher.join()
        child.stderr.close()
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if child.returncode not in (0, 3, 4):
        raise SystemExit(f"bench: {args[0]} ended with {child.returncode}\n{errors.decode()[-2000:]}")
    return Run(child.returncode, wall, usage.ru_utime + usage.ru_stime, samples, text)


class Sim:
    """A simulator; with: starts and ends it."""

    def __init__(self, scenario):
        self.scenario = scenario

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(self.scenario, self.file)
        self.file.flush()
        self.process = subprocess.Popen([BUILD / "bin" / "brandiag-sim", "--quiet", "--exit-with-parent",
                                         "--scenario", self.file.name], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit("bench: the simulator did not start")
        self.url = line.split()[-1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.file.close()

    def call(self, method, path):
        """A request to the simulator's own pages, parsed."""
        c = http.client.HTTPConnection(self.url.split("//")[1], timeout=30)
        c.request(method, path)
        got = json.loads(c.getresponse().read())
        c.close()
        return got

    def cpu(self):
        return cpu_of(self.process.pid)


class Place:
    """A folder with brandiag.ini and a database; with: makes and removes it."""

    def __init__(self, url, providers=("openai",), **settings):
        self.url, self.providers, self.settings = url, providers, settings

    def __enter__(self):
        (BUILD / "bench").mkdir(parents=True, exist_ok=True)
        self.folder = tempfile.TemporaryDirectory(dir=BUILD / "bench")
        self.path = pathlib.Path(self.folder.name)
        self.database = self.path / "bench.db"
        lines = [f"[storage:store_sqlite]\npath = {self.database}"]
        for name in self.providers:
            lines.append(f"[provider:{name}]\nmodel = {MODELS[name]}\nbase_url = {self.url}{PATHS[name]}\n"
                         "allow_private = yes\napi_key_env = BENCH_KEY")
            lines += [f"{k} = {v}" for k, v in self.settings.items()]
        (self.path / "brandiag.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def command(self, *args):
        return [BUILD / "bin" / "brandiag", *args]

    def ask(self, *more):
        """The reference case; the report comes as JSON."""
        return measure(self.command("run", *REFERENCE, "--format", "json", "--quiet", *more), self.path)

    def neutral(self, calls):
        return self.ask("--probe", "neutral", "--samples", str(calls), "--deadline", "60s")


def wide(stream=False):
    """Settings under which nothing but the machine limits how many calls are out at once."""
    return {"concurrency": 20000, "requests_per_minute": 0, "ramp": "0s", "stream": "yes" if stream else "no",
            "timeout_simple": "55s", "timeout_normal": "55s", "timeout_complex": "55s"}


class Listener:
    """Takes one request and notes when its first byte came; answers nothing."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def serve(self):
        self.socket.settimeout(20)
        peer, _ = self.socket.accept()
        peer.settimeout(5)
        text = peer.recv(65536)
        self.first_byte = time.monotonic()
        while b"\r\n\r\n" not in text or len(text.split(b"\r\n\r\n", 1)[1]) < self.length(text):
            text += peer.recv(65536)
        self.head, self.body = text.split(b"\r\n\r\n", 1)
        peer.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        peer.close()

    @staticmethod
    def length(text):
        return int(text.lower().split(b"content-length:")[1].split(b"\r\n")[0])

    def __exit__(self, *_):
        self.thread.join()
        self.socket.close()


class Traffic:
    """One request as the engine sends it, for curl_only to send again and again."""

    def __init__(self, folder, **settings):
        with Listener() as l, Place(l.url, **settings) as place:
            place.neutral(1)
        self.headers, self.body = folder / "headers", folder / "body"
        keep = [h for h in l.head.split(b"\r\n")[1:] if not h.lower().startswith((b"host:", b"content-length:"))]
        self.headers.write_bytes(b"\n".join(keep))
        self.body.write_bytes(l.body)

    def alone(self, url, calls, concurrency, multis=1):
        """The baseline: libcurl and libuv, nothing else."""
        run = measure([BUILD / "bench" / "curl_only", url + PATHS["openai"] + "/chat/completions", self.headers,
                       self.body, calls, concurrency, multis])
        run.told = json.loads(run.out)
        if run.told["ok"] != calls:
            raise SystemExit(f"bench: libcurl alone got {run.told['ok']} of {calls} answers")
        return run


def alternate(rounds, *ways):
    """Runs the ways in turn, so often; gives a list of results for each."""
    got = [[] for _ in ways]
    for _ in range(rounds):
        for i, way in enumerate(ways):
            got[i].append(way())
    return got


def median(runs, of):
    return statistics.median(of(r) for r in runs)
