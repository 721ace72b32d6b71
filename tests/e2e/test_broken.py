"""The reference case with four providers, one of them broken: the report is there in time,
the others' cells are whole, and the broken one is not asked over and over.

FAULTS is also the table of docs/reliability.md: test_docs.py compares them, and
`python3 tests/e2e/test_broken.py` prints it."""
import concurrent.futures
import socket

import pytest

BROKEN = "qwen"  # 10 s for this question, so a second attempt has time, too

# word: what happens · the scenario of the broken provider · statuses of its cells · error types · what the user sees
FAULTS = {
    "429": ("429 to every call", {"script": ["429 forever"]}, "error skipped", "rate_limited",
            "`rate_limited`; asked less and less often, never more than its slots take"),
    "429_for_a_minute": ("429 with `Retry-After: 60`", {"script": ["429 forever"], "rate": {"retry_after": "60"}},
                         "error skipped", "rate_limited", "`rate_limited` at once: the pause ends after the deadline"),
    "500": ("500 to every call", {"script": ["500 forever"]}, "error skipped", "overloaded",
            "`overloaded`, the rest `breaker_open`"),
    "refused": ("the connection is refused", None, "error skipped", "network overloaded",
                "`network`, the rest `breaker_open`"),
    "silent": ("accepts, reads nothing, says nothing", {"script": ["hang_accept forever"]}, "timeout skipped",
               "timeout overloaded", "`timeout` at the provider's own limit"),
    "hang": ("reads the request, says nothing", {"script": ["hang forever"]}, "timeout skipped", "timeout overloaded",
             "`timeout` at the provider's own limit"),
    "reset": ("reset in the middle of the reply", {"script": ["reset_mid forever"]}, "error skipped",
              "network overloaded", "`network`, the text so far is shown and not counted"),
    "half_body": ("closes after half of what it promised", {"script": ["half_body forever"]}, "error skipped",
                  "network overloaded", "`network`, the text so far is shown and not counted"),
    "cut_utf8": ("ends the stream inside a character", {"script": ["cut_utf8 forever"]}, "error skipped", "overloaded",
                 "`overloaded`, the text so far, whole characters, is shown and not counted"),
    "stall": ("stalls after some text", {"script": ["stall forever"]}, "truncated timeout", "timeout",
              "`truncated`: the text so far is kept and counted, absence in it is unknown"),
    "keepalive": ("keep-alives for ever", {"script": ["keepalive forever"]}, "timeout skipped", "timeout overloaded",
                  "`timeout`: a keep-alive extends nothing"),
    "slow_headers": ("five bytes of the reply's head a second", {"script": ["slow_headers forever"]},
                     "timeout skipped", "timeout overloaded", "`timeout` at the provider's own limit"),
    "drip": ("one byte a second", {"script": ["drip forever"]}, "timeout truncated skipped", "timeout overloaded",
             "`timeout` at the provider's own limit"),
}


def table():
    """The lines of docs/reliability.md."""
    rows = ["| one of four providers | its cells | the report |", "|---|---|---|"]
    rows += [f"| {what} | {sees} | in time, every other cell `ok`, exit 3 |" for what, _, _, _, sees in FAULTS.values()]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(table(), end="")
    raise SystemExit

from brandiag import ALL, house, slack  # noqa: E402, F401


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run_one(place):
    got = place.ask(timeout=60)
    return place, got, place.sim.stats()[BROKEN]["requests"]


@pytest.fixture(scope="module")
def outcomes():
    return {}


@pytest.fixture
def all_of_them(house, outcomes):
    """All faults at once: each has a simulator and a run of its own."""
    if outcomes:
        return outcomes
    with concurrent.futures.ThreadPoolExecutor(len(FAULTS)) as pool:
        waiting = {}
        for word, (_, behaviour, _, _, _) in FAULTS.items():
            place = house({"defaults": {"latency": {"total_ms": 2000}},
                           "providers": {BROKEN: behaviour} if behaviour else {}}, ALL)
            if behaviour is None:
                place.sections[f"provider:{BROKEN}"]["base_url"] = f"http://127.0.0.1:{closed_port()}/v1"
                place.write()
            waiting[word] = pool.submit(run_one, place)
        outcomes.update({word: job.result() for word, job in waiting.items()})
    return outcomes


def test_every_fault_of_one_provider_leaves_the_report_in_time_and_the_others_whole(all_of_them):
    wrong = []
    for word, (_, _, statuses, types, _) in FAULTS.items():
        place, got, requests = all_of_them[word]
        cells = got.of(BROKEN)
        others = [c for c in got.cells if c["provider"] != BROKEN]
        seen = {c["error"]["type"] for c in cells if c["error"]}
        problems = [
            (got.code != 3, f"exit {got.code}"),
            (got.report["summary"]["elapsed_ms"] > 20250, f"{got.report['summary']['elapsed_ms']} ms"),
            (got.seconds > 20.75 + slack(place), f"{got.seconds:.2f} s in all"),
            (len(cells) != 5 or len(others) != 15, f"{len(cells)} + {len(others)} cells"),
            (any(c["status"] != "ok" for c in others), f"others: {[c['status'] for c in others]}"),
            (not {c["status"] for c in cells} <= set(statuses.split()), f"{[c['status'] for c in cells]}"),
            (not seen <= set(types.split()), f"{seen}"),
            (max(c["attempts"] for c in cells) > 5, f"attempts {[c['attempts'] for c in cells]}"),
            (requests > 15, f"{requests} requests"),
        ]
        wrong += [f"{word}: {what}" for bad, what in problems if bad]
    assert not wrong, "\n".join(wrong)


def test_what_a_broken_provider_was_asked_is_bounded_by_its_breakers(all_of_them):
    """5 calls at once find it dead; what follows are retries within the budget."""
    asked = {word: requests for word, (_, _, requests) in all_of_them.items()}
    for word in ("500", "reset", "half_body", "cut_utf8"):
        assert asked[word] <= 5 + 4, asked
    assert asked["429_for_a_minute"] == 5, asked


def test_text_that_came_before_a_stall_is_in_the_report(all_of_them):
    _, got, _ = all_of_them["stall"]
    assert all(c["text"] for c in got.of(BROKEN) if c["status"] == "truncated")
    assert any(c["status"] == "truncated" for c in got.of(BROKEN))


def test_a_character_that_was_cut_is_left_out_whole(all_of_them):
    _, got, _ = all_of_them["cut_utf8"]
    texts = [c["text"] for c in got.of(BROKEN) if c["text"]]
    assert texts and not any("�" in t for t in texts)


def test_alone_on_the_machine_the_report_of_a_hang_is_there_within_20_25_s(house):
    place = house({"defaults": {"latency": {"total_ms": 2000}}, "providers": {"doubao": {"script": ["hang forever"]}}}, ALL,
                  {"provider:doubao": {"timeout_simple": "60s"}})
    got = place.ask(timeout=60)
    assert got.code == 3 and got.seconds <= 20.25 + slack(place), got
    assert {c["status"] for c in got.of("doubao")} == {"timeout"}
