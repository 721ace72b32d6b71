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
TWO_KB = """预算二十万左右，可以先看用途再看品牌。下面按大家常问的几个方面说，价格和配置以门店为准。

1. **比亚迪**：三电技术扎实，插混油耗低，售后网点多，适合跑长途又怕找不到充电桩的家庭。
2. **小鹏**：城市智驾在同价位里完整，电耗低，充电快，座椅舒服，后排空间也够用。
3. **深蓝**：操控扎实，增程和纯电可选，车机偶有卡顿，不过系统更新得比较勤。
4. **吉利银河**：底盘调校舒服，做工用料实在，隔音好，适合看重安静的人。
5. **特斯拉**：电耗和补能体系成熟，内饰简单，保险偏贵，二手车价格比较稳定。

选购时建议留意这几点：

- 续航：冬天要打七折左右，北方用户最好选电池大一些的版本，并且确认有没有热泵。
- 充电：家里能装充电桩，用车成本会低很多；装不了，就看常去的地方有没有快充站。
- 空间：一家四口出行，轴距在两米八以上会宽松，后备厢能不能放下婴儿车要亲自试。
- 智驾：高速上的辅助各家都能用，城市里的差别比较大，试驾时走一段自己熟悉的路。
- 售后：看看附近有没有服务中心，保养周期多长，电池的质保是不是终身，条件有哪些。

预算再紧一些，可以等年底或者新款上市前后的优惠，也可以看看准新车，但要查清保养记录和电池的健康度。
公司用车多半更看重采购价和残值，个人用车更应该看每天开起来舒不舒服，两种算法的结论常常不一样。

如果只能给一个建议：看重省心选比亚迪，看重智能选小鹏，喜欢开车可以试试特斯拉。下订之前，至少各试驾
一次，把落地价、保险和充电桩的费用都算进去，再决定也不迟。"""  # what an answer looks like; 2 KB as UTF-8
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
        lines = [f"[cache]\nttl = 0s\n[storage:store_sqlite]\npath = {self.database}"]
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
